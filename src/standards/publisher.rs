//! Who tells: the newsroom, and the address of its API, of which lasting ids are made.

use super::schema_org::{Agent, AgentType};
use crate::language::Lang;
use crate::site::Site;

/// The site, and the address under which clients reach the API.
#[derive(Clone, Copy)]
pub struct Publisher<'a> {
    pub site: &'a Site,
    pub api: &'a str,
}

impl Publisher<'_> {
    /// The id of what the API has at a path. Addresses of the frontend may move; this one stays.
    pub fn id(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    /// The newsroom as the publisher of something in this language.
    pub fn agent(&self, lang: &Lang) -> Agent {
        let social = self.site.social.0.iter();
        Agent {
            kind: Some(AgentType::NewsMediaOrganization),
            id: Some(self.id("/v1/site")),
            name: Some(self.site.name.clone()),
            url: self.site.home_address(lang),
            same_as: social.map(|link| link.url.to_string()).collect(),
            ..Agent::default()
        }
    }
}
