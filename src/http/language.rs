//! Which language a reader asks for: `lang`, `lang_fallback` and `Accept-Language`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;

use super::problem::Problem;
use super::query::Params;
use crate::language::{Asked, Fallback, LangList};

/// How a reader asks for a language. `lang` wins over the header.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "the parameters as the document shows them; `LanguageAsked` reads them"
)]
pub struct LanguageParams {
    /// One language tag (BCP 47), or several with commas between, the most wanted first.
    #[param(value_type = String, example = "en", max_length = 287, required = false,
        pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(,[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*){0,7}$")]
    lang: Option<LangList>,
    /// What is served when `lang` matches nothing: `none` (nothing: 406 for an item, no items for a list),
    /// `chain` (the site's languages in order) or `any`. Items and notices take `chain`, lists `none` by default.
    #[param(inline, required = false)]
    lang_fallback: Option<Fallback>,
}

/// `Accept-Language` as the document shows it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(
    dead_code,
    reason = "the header as the document shows it; `LanguageAsked` reads it"
)]
pub struct AcceptLanguage {
    /// The languages that the reader's software prefers (RFC 9110 §12.5.4).
    #[param(
        rename = "Accept-Language",
        example = "ru, az;q=0.8",
        max_length = 1000,
        value_type = String,
        required = false
    )]
    accept_language: Option<String>,
}

/// What a request asks for, read.
#[derive(Debug, Clone)]
pub struct LanguageAsked {
    pub asked: Asked,
    pub fallback: Option<Fallback>,
}

impl LanguageAsked {
    /// The mode asked for, or the default for items.
    pub fn for_item(&self) -> Fallback {
        self.fallback.unwrap_or(Fallback::Chain)
    }

    /// The mode asked for, or the default for lists.
    pub fn for_list(&self) -> Fallback {
        self.fallback.unwrap_or(Fallback::None)
    }
}

impl FromRequest for LanguageAsked {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read(request: &HttpRequest) -> Result<LanguageAsked, Problem> {
    let params = Params::parse(request.query_string())?;
    Ok(LanguageAsked {
        asked: asked(&params, request.headers())?,
        fallback: params.one("lang_fallback")?,
    })
}

/// Which languages a request asks for.
pub fn asked(params: &Params, headers: &HeaderMap) -> Result<Asked, Problem> {
    let lines: Vec<&str> = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .filter_map(|line| line.to_str().ok())
        .collect();
    let header = lines.join(",");
    let header = (!header.is_empty()).then_some(header.as_str());
    Ok(Asked::new(params.one("lang")?, header))
}
