//! What the desk's list of articles can be narrowed to.

use utoipa::IntoParams;

use super::store::Filter;
use crate::auth::UserId;
use crate::db::{DbConn, Instant};
use crate::http::problem::Problem;
use crate::http::query::{Params, QueryPart, flag};
use crate::language::Lang;
use crate::sections;
use crate::texts::model::{Pending, TextState};

/// Which articles. `state`, `pending` and `lang` must fit one text of the article together.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The state of a text.
    #[param(inline, required = false)]
    state: Option<TextState>,
    /// The state of a newer revision of a published text.
    #[param(inline, required = false)]
    pending: Option<Pending>,
    /// The language of a text.
    #[param(value_type = Option<String>, example = "en", max_length = 35, required = false)]
    lang: Option<Lang>,
    /// Slugs or ids of sections, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    section: Vec<String>,
    /// The id of a user: whoever made it, or is among its authors.
    #[param(value_type = Option<String>, format = Uuid, required = false)]
    author: Option<UserId>,
    /// Changed after this moment.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    updated_after: Option<Instant>,
    /// The name that a wire bridge knows it by.
    #[param(max_length = 200, required = false)]
    external_id: Option<String>,
    /// True for those that were deleted.
    #[param(default = false, required = false)]
    deleted: bool,
}

impl QueryPart for ListQuery {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            state: params.one("state")?,
            pending: params.one("pending")?,
            lang: params.one("lang")?,
            section: params.many("section")?,
            author: params.one("author")?,
            updated_after: params.one("updated_after")?,
            external_id: params.text("external_id").map(str::to_owned),
            deleted: flag(params, "deleted")?,
        })
    }
}

impl ListQuery {
    pub fn filter(self, conn: &mut DbConn, seen_by: Option<UserId>) -> Result<Filter, Problem> {
        let unknown = || Problem::parameter("section", "there is no such section");
        let found = match self.section.is_empty() {
            true => Vec::new(),
            false => sections::by_slugs_or_ids(conn, &self.section)?,
        };
        let found = found
            .into_iter()
            .map(|section| section.map(|section| section.id).ok_or_else(unknown))
            .collect::<Result<_, _>>()?;
        Ok(Filter {
            state: self.state,
            pending: self.pending,
            lang: self.lang,
            sections: found,
            author: self.author,
            updated_after: self.updated_after,
            external_id: self.external_id,
            deleted: self.deleted,
            seen_by,
        })
    }
}
