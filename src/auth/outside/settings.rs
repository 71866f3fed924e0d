//! Which provider is trusted, with what, and what its roles mean here.

use serde_json::Value;
use url::{Host, Url};

use crate::auth::Role;
use crate::config::{ConfigError, Environment};

/// The `NEWSLINE_OIDC_…` settings.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `aud` that stands for this API.
    pub audience: String,
    pub jwks_url: Url,
    role_claim: String,
    /// Their word for a role, and ours.
    roles: Vec<(String, Role)>,
}

const ISSUER: &str = "NEWSLINE_OIDC_ISSUER";
const AUDIENCE: &str = "NEWSLINE_OIDC_AUDIENCE";
const JWKS_URL: &str = "NEWSLINE_OIDC_JWKS_URL";
const ROLE_CLAIM: &str = "NEWSLINE_OIDC_ROLE_CLAIM";
const ROLES: &str = "NEWSLINE_OIDC_ROLES";

fn wrong(name: &'static str, problem: impl Into<String>) -> ConfigError {
    let problem = problem.into();
    ConfigError { name, problem }
}

impl ProviderSettings {
    /// `None` where none of the three is given that a provider needs. `own` is the `iss` of our own
    /// tokens: one that both use would leave open whose a token is.
    pub fn read(environment: &Environment, own: &str) -> Result<Option<Self>, ConfigError> {
        let needed = [ISSUER, AUDIENCE, JWKS_URL];
        if needed.iter().all(|name| environment.get(name).is_none()) {
            return Ok(None);
        }
        let get = |name: &'static str| {
            let text = environment.get(name).map(str::to_owned);
            text.ok_or_else(|| wrong(name, "must be set with the other two of NEWSLINE_OIDC_"))
        };
        let issuer = get(ISSUER)?;
        if issuer == own {
            return Err(wrong(ISSUER, "this is the address of this API itself"));
        }
        let claim = environment.get(ROLE_CLAIM).unwrap_or_default();
        Ok(Some(Self {
            issuer,
            audience: get(AUDIENCE)?,
            jwks_url: jwks_url(&get(JWKS_URL)?)?,
            role_claim: claim.to_owned(),
            roles: roles(environment.get(ROLES).unwrap_or_default())?,
        }))
    }

    /// The role that a token's claims give: of several the one that may do most.
    pub fn role_of(&self, claims: &serde_json::Map<String, Value>) -> Option<Role> {
        let said = claim(claims, &self.role_claim)?;
        let words: Vec<&str> = match said {
            Value::String(word) => vec![word],
            Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let meant = |role: &Role| {
            let mut known = self.roles.iter().filter(|(_, ours)| ours == role);
            known.any(|(theirs, _)| words.contains(&theirs.as_str()))
        };
        [
            Role::Admin,
            Role::Editor,
            Role::Moderator,
            Role::Contributor,
        ]
        .into_iter()
        .find(meant)
    }
}

/// A claim by its whole name (`https://example.az/roles`), or by the way to it (`realm_access.roles`).
fn claim<'a>(claims: &'a serde_json::Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let mut way = name.split('.');
        let first = claims.get(way.next()?)?;
        way.try_fold(first, |value, part| value.get(part))
    })
}

/// By TLS, or from this very machine: whoever can change the keys on their way can be anybody.
fn jwks_url(text: &str) -> Result<Url, ConfigError> {
    let url: Url = text
        .parse()
        .map_err(|error: url::ParseError| wrong(JWKS_URL, error.to_string()))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err(wrong(JWKS_URL, "expected an https address")),
    }
}

/// `news-desk=editor, chiefs=admin`; without any, the provider uses our words.
fn roles(text: &str) -> Result<Vec<(String, Role)>, ConfigError> {
    let pairs = text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (theirs, ours) = pair.rsplit_once('=').unwrap_or((pair, ""));
        let ours = ours.trim().parse().map_err(|error| {
            wrong(
                ROLES,
                format!("expected THEIRS=OURS such as news-desk=editor: {error}"),
            )
        });
        Ok((theirs.trim().to_owned(), ours?))
    });
    let pairs: Vec<_> = pairs.collect::<Result<_, _>>()?;
    match pairs.is_empty() {
        false => Ok(pairs),
        true => Ok(Role::ALL
            .iter()
            .map(|role| (role.as_str().to_owned(), *role))
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    const OWN: &str = "http://127.0.0.1:8080";

    /// With some settings changed; an empty one is not set.
    fn read(changed: &[(&'static str, &str)]) -> Result<ProviderSettings, String> {
        let usual = [
            (ISSUER, "https://login.example.az"),
            (AUDIENCE, "newsline-api"),
            (JWKS_URL, "https://login.example.az/keys"),
        ];
        let mut pairs: BTreeMap<&'static str, &str> = usual.into_iter().collect();
        pairs.extend(changed.iter().copied());
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let given = given.map(|(name, value)| (name, value.to_owned()));
        let read = ProviderSettings::read(&Environment::from_pairs(given), OWN);
        let read = read.map_err(|error| error.to_string())?;
        read.ok_or_else(|| "none".to_owned())
    }

    fn role(settings: &ProviderSettings, claims: Value) -> Option<Role> {
        settings.role_of(claims.as_object().expect("claims"))
    }

    #[test]
    fn a_provider_is_whole_or_none() {
        assert!(read(&[]).is_ok());
        for name in [ISSUER, AUDIENCE, JWKS_URL] {
            let error = read(&[(name, "")]).expect_err(name);
            assert!(error.starts_with(name), "{error}");
        }
        let none = read(&[(ISSUER, ""), (AUDIENCE, ""), (JWKS_URL, "")]);
        assert_eq!(none.expect_err("none"), "none");
        assert!(read(&[(ISSUER, OWN)]).is_err());
    }

    #[test]
    fn keys_come_by_tls_or_from_this_machine() {
        for url in [
            "http://127.0.0.1:9/k",
            "http://localhost/k",
            "http://[::1]/k",
        ] {
            assert!(read(&[(JWKS_URL, url)]).is_ok(), "{url}");
        }
        for url in [
            "http://login.example.az/k",
            "http://127.0.0.1.example.az/",
            "file:///k",
            "k",
        ] {
            let error = read(&[(JWKS_URL, url)]).expect_err(url);
            assert!(error.starts_with(JWKS_URL), "{error}");
        }
    }

    #[test]
    fn a_role_is_found_by_name_and_by_way() {
        let plain = read(&[]).expect("settings");
        assert_eq!(role(&plain, json!({"roles": "editor"})), Some(Role::Editor));
        let several = json!({"roles": ["contributor", 7, "moderator", "chief"]});
        assert_eq!(role(&plain, several), Some(Role::Moderator));
        for none in [
            json!({}),
            json!({"roles": []}),
            json!({"roles": "Editor"}),
            json!({"roles": 1}),
        ] {
            assert_eq!(role(&plain, none), None);
        }
        let deep = read(&[(ROLE_CLAIM, "realm_access.roles")]).expect("settings");
        let claims = json!({"realm_access": {"roles": ["admin"]}});
        assert_eq!(role(&deep, claims), Some(Role::Admin));
        let named = read(&[(ROLE_CLAIM, "https://example.az/role")]).expect("settings");
        let claims = json!({"https://example.az/role": "editor"});
        assert_eq!(role(&named, claims), Some(Role::Editor));
    }

    #[test]
    fn their_words_mean_what_the_settings_say_and_nothing_else() {
        let settings = read(&[(ROLES, "news-desk = editor, cn=chiefs=admin")]).expect("settings");
        assert_eq!(
            role(&settings, json!({"roles": "news-desk"})),
            Some(Role::Editor)
        );
        assert_eq!(
            role(&settings, json!({"roles": "cn=chiefs"})),
            Some(Role::Admin)
        );
        assert_eq!(role(&settings, json!({"roles": "admin"})), None);
        for roles in ["news-desk", "news-desk=chief", "=", "a=editor=b"] {
            let error = read(&[(ROLES, roles)]).expect_err(roles);
            assert!(error.starts_with(ROLES), "{error}");
        }
    }
}
