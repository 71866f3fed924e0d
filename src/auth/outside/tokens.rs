//! What a token of the provider must have, and what it says. Checked as RFC 8725 asks: the
//! algorithm is one of the key's, issuer and audience are the ones of the settings, times hold
//! within the leeway of our own tokens.

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::jwks::OutsideKey;
use super::settings::ProviderSettings;
use crate::auth::Role;
use crate::auth::model::Email;
use crate::auth::tokens::LEEWAY_SECONDS;
use crate::db::Instant;
use crate::http::problem::{Code, Problem};

/// Longest token that is looked at; providers put more into theirs than we do.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What a token's header must tell before a key is looked for.
pub struct Shape {
    pub kid: String,
    algorithm: Algorithm,
}

/// The issuer that a token claims to have, unchecked.
pub fn issuer_said(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Issuer>(token);
    claims.ok().map(|claims| claims.iss)
}

/// Reads the header. Many providers still call access tokens `JWT`, or nothing; other kinds are
/// refused, and the audience tells access tokens from the rest.
pub fn shape(token: &str) -> Option<Shape> {
    let header = decode_header(token).ok()?;
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    let is_access = matches!(typ.trim_start_matches("application/"), "jwt" | "at+jwt");
    (is_access && header.crit.is_none()).then_some(Shape {
        kid: header.kid?,
        algorithm: header.alg,
    })
}

/// The claims of a good token.
pub struct Said {
    pub subject: String,
    pub name: String,
    /// Only one that the provider has verified.
    pub email: Option<Email>,
    claims: Map<String, Value>,
}

impl Said {
    /// 403 where the provider gives them no role here.
    pub fn role(&self, settings: &ProviderSettings) -> Result<Role, Problem> {
        settings.role_of(&self.claims).ok_or_else(|| {
            let detail = "The identity provider gives you no role in this newsroom.";
            Problem::new(Code::Forbidden, detail)
        })
    }
}

pub fn verify(
    token: &str,
    shape: &Shape,
    key: &OutsideKey,
    settings: &ProviderSettings,
    now: Instant,
) -> Option<Said> {
    if !key.algorithms.contains(&shape.algorithm) {
        return None;
    }
    let mut validation = Validation::new(shape.algorithm);
    validation.set_issuer(&[&settings.issuer]);
    validation.set_audience(&[&settings.audience]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // The library compares with the machine's clock; `is_its_time` does with the app's.
    validation.validate_exp = false;
    let claims = decode::<Map<String, Value>>(token, &key.key, &validation);
    let claims = claims.ok()?.claims;
    if !is_its_time(&claims, now.timestamp().as_second() as f64) {
        return None;
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let subject = text("sub").filter(|subject| (1..=255).contains(&subject.len()))?;
    let name = text("name").or_else(|| text("preferred_username"));
    let name: String = name
        .unwrap_or(subject)
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let is_verified = matches!(claims.get("email_verified"), Some(Value::Bool(true)));
    let email = text("email").filter(|_| is_verified).map(Email::parse);
    Some(Said {
        subject: subject.to_owned(),
        name,
        email: email.and_then(Result::ok),
        claims,
    })
}

/// A date that is no number (`NumericDate`, RFC 7519 §2) is never the time.
fn is_its_time(claims: &Map<String, Value>, now: f64) -> bool {
    let leeway = LEEWAY_SECONDS as f64;
    let begun = |name: &str| match claims.get(name) {
        None => true,
        Some(date) => date.as_f64().is_some_and(|date| date <= now + leeway),
    };
    let end = claims.get("exp").and_then(Value::as_f64);
    begun("nbf") && begun("iat") && end.is_some_and(|end| end > now - leeway)
}
