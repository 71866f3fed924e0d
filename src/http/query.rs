//! Parameters of the query. Each list has a struct of its filters; the front door has
//! already refused every name that the OpenAPI document does not give to the address.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;

use super::problem::{Code, Problem};

/// More than any operation has. Each is compared with those before it, so that many would be work.
const MOST: usize = 40;

/// The decoded parameters of one request, each at most once.
#[derive(Debug, Clone)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// 400 where a name comes twice: which one was meant, nobody knows.
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if pairs.len() == MOST {
                let detail = format!("A query has at most {MOST} parameters.");
                return Err(Problem::new(Code::BadRequest, detail));
            }
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(Problem::parameter(
                    &name,
                    "it may be given once; several values are parted by commas",
                ));
            }
            if value.contains(['\0', char::REPLACEMENT_CHARACTER]) {
                return Err(Problem::parameter(&name, "expected UTF-8 without U+0000"));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The same parameters in one way of writing, whatever their order was.
    pub fn canonical(&self) -> String {
        let mut pairs: Vec<_> = self.0.iter().collect();
        pairs.sort();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs).finish()
    }

    /// One value; 400 where it cannot be read.
    pub fn one<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem>
    where
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| Problem::parameter(name, error.to_string()))
    }

    /// Values parted by commas, at most `MANY`, none empty; an absent parameter has none.
    pub fn many<T: FromStr>(&self, name: &str) -> Result<Vec<T>, Problem>
    where
        T::Err: std::fmt::Display,
    {
        const MANY: usize = 50;
        let Some(text) = self.text(name) else {
            return Ok(Vec::new());
        };
        let parts: Vec<&str> = text.split(',').collect();
        if parts.len() > MANY {
            return Err(Problem::parameter(
                name,
                format!("expected at most {MANY} values"),
            ));
        }
        parts
            .into_iter()
            .map(|part| match part {
                "" => Err(Problem::parameter(
                    name,
                    "expected a value that is not empty",
                )),
                part => part
                    .parse()
                    .map_err(|error: T::Err| Problem::parameter(name, error.to_string())),
            })
            .collect()
    }

    /// What identifies the selection of a list: every parameter but those that turn its pages or
    /// shape its items.
    pub fn selection(&self) -> String {
        let mut pairs: Vec<_> = self
            .0
            .iter()
            .filter(|(name, _)| !NOT_SELECTING.contains(&name.as_str()))
            .collect();
        pairs.sort();
        format!("{pairs:?}")
    }
}

/// Parameters that turn pages or shape items, and so do not say which items a list has.
const NOT_SELECTING: [&str; 5] = ["cursor", "limit", "count", "include", "fields"];

/// A group of parameters that a handler asks for.
pub trait QueryPart: Sized {
    fn read(params: &Params) -> Result<Self, Problem>;
}

/// The parameters of a request: `Query<(Paging, ArticleFilters)>`.
pub struct Query<T>(pub T);

impl<T: QueryPart> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            Params::parse(request.query_string())
                .and_then(|params| T::read(&params))
                .map(Self),
        )
    }
}

impl<A: QueryPart, B: QueryPart> QueryPart for (A, B) {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok((A::read(params)?, B::read(params)?))
    }
}

impl<A: QueryPart, B: QueryPart, C: QueryPart> QueryPart for (A, B, C) {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok((A::read(params)?, B::read(params)?, C::read(params)?))
    }
}

/// A parameter that is `true` or `false`, false where absent.
pub fn flag(params: &Params, name: &str) -> Result<bool, Problem> {
    match params.text(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::parameter(name, "expected true or false")),
    }
}

/// Whether a list at the desk shows what is there, or what was deleted and can be restored.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Deleted {
    /// `true`: what was deleted, instead of what is there.
    #[param(default = false, required = false)]
    pub deleted: bool,
}

impl QueryPart for Deleted {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            deleted: flag(params, "deleted")?,
        })
    }
}
