//! What a reader's request asks for. Requests that get one answer have one key, however they are
//! written: the path, the parameters in order, the languages of the site that were asked for, the
//! form and the coding.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::{RequestHead, ServiceRequest};
use actix_web::http::header::{self, HeaderName};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::super::coding::Coding;
use super::super::form::Form;
use super::super::language::asked;
use super::super::path::matched;
use super::super::problem::Problem;
use super::super::query::Params;
use super::super::route_table::Route;
use crate::app::App;
use crate::changes::touched::{Grounds, Touched};
use crate::language::Lang;

/// The languages of the site, and on what that rests; nothing where they are changing right now.
pub struct Languages {
    pub chain: Vec<Lang>,
    pub grounds: Option<Grounds>,
}

impl Languages {
    pub fn hold(&self, touched: &Touched) -> bool {
        let grounds = self.grounds.as_ref();
        grounds.is_some_and(|grounds| grounds.hold(touched))
    }
}

/// What a request asks for, as the SHA-256 of its one way of writing: short, and nobody can make
/// two requests that share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Any part of it is as even as the whole.
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        state.write_u64(u64::from_ne_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// What a request asks for.
#[derive(Clone)]
pub struct Asking {
    pub key: Key,
    pub coding: Coding,
    /// The key was made with these; without them it is good for ever.
    languages: Option<Arc<Languages>>,
}

impl Asking {
    /// Reads a request that the front door has let in.
    pub async fn of(app: &App, request: &ServiceRequest, route: &Route) -> Result<Self, Problem> {
        let params = Params::parse(request.query_string())?;
        let (mut wanted, mut languages) = (String::new(), None);
        if route.reads_language() {
            let asked = asked(&params, request.headers())?;
            if asked.varies() && !asked.header.is_empty() {
                let known = app.languages().await?;
                wanted = asked.key(&known.chain);
                languages = Some(known);
            }
        }
        let coding = Coding::preferred(request.headers());
        let form = request.extensions().get::<Form>().copied();
        let canonical = params.canonical();
        let parts = [
            canonical.as_str(),
            wanted.as_str(),
            form.map_or("", Form::suffix),
            coding.name().unwrap_or_default(),
            matched(request.request()),
        ];
        Ok(Self {
            // Only the last part may have a space: queries are escaped, names are tokens.
            key: Key(Sha256::digest(parts.join(" ")).into()),
            coding,
            languages,
        })
    }

    /// Whether the site's languages are still those that the key was made with.
    pub fn holds(&self, touched: &Touched) -> bool {
        let languages = self.languages.as_ref();
        languages.is_none_or(|languages| languages.hold(touched))
    }
}

/// The bytes that decide about an answer. Those of most requests lie in the map itself: what a
/// processor has to fetch is what a cached answer costs.
pub type Spelling = SmallVec<[u8; 168]>;

/// Requests with longer heads go the long way.
const LONGEST: usize = 1024;

/// The headers that decide what an answer is.
const DECIDING: [HeaderName; 3] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::ACCEPT_ENCODING,
];

/// Puts the bytes that decide about an answer together; false where they go the long way. Each part
/// has its length before it, so that no two requests give the same bytes.
pub fn write_bytes(request: &RequestHead, bytes: &mut Vec<u8>) -> bool {
    bytes.clear();
    for name in DECIDING {
        let mut lines = request.headers().get_all(name);
        let line = lines.next().map_or(&[][..], |line| line.as_bytes());
        let Ok(length) = u16::try_from(line.len()) else {
            return false;
        };
        if lines.next().is_some() {
            return false;
        }
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(line);
    }
    let address = request.uri.path_and_query();
    bytes.extend_from_slice(address.map_or("", |address| address.as_str()).as_bytes());
    bytes.len() <= LONGEST
}

/// The same, to be remembered.
pub fn bytes_of(request: &RequestHead) -> Option<Spelling> {
    let mut bytes = Vec::new();
    write_bytes(request, &mut bytes).then(|| Spelling::from_slice(&bytes))
}
