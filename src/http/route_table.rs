//! Which operation an address and a method name, taken from the OpenAPI document: so what is
//! documented, what is mounted, what is allowed and what a query may hold are one thing.

use std::collections::HashMap;

use actix_web::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, PathItem, RefOr, Schema};

use super::form::Offer;
use super::limits::{Limit, limit_of};
use crate::auth::rights::{Right, right_of};

/// One operation as the front door knows it.
#[derive(Debug)]
pub struct Route {
    pub operation: String,
    /// What the caller needs; `None` where everybody may.
    pub right: Option<Right>,
    /// Which limit counts it.
    pub limit: Option<Limit>,
    /// What the query may have.
    pub parameters: Vec<Known>,
    /// The headers that the operation reads.
    pub headers: Vec<Known>,
    /// The forms of its answer.
    pub offer: Offer,
    /// Whether it reads the same for everybody, so that its answers may be shared.
    pub is_for_readers: bool,
}

impl Route {
    pub fn reads_language(&self) -> bool {
        self.headers
            .iter()
            .any(|known| known.name == "Accept-Language")
    }
}

/// A parameter as the document gives it.
#[derive(Debug)]
pub struct Known {
    pub name: String,
    /// In code points.
    pub max_length: Option<usize>,
}

impl Known {
    pub fn is_too_long(&self, value: &str) -> bool {
        self.max_length
            .is_some_and(|max| value.len() > max && value.chars().count() > max)
    }
}

#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<String, Node>,
    /// Segments with names in them, those that say most themselves first.
    patterns: Vec<(SegmentPattern, Node)>,
    /// Everything below, undocumented: the files of `/docs`.
    rest: bool,
    methods: Vec<(Method, Route)>,
}

/// A segment with names in it, told by what stands around them: `{list}.{lang}.rss` is nothing, a
/// dot and `.rss`. What the names are called makes no difference.
#[derive(Debug, PartialEq)]
struct SegmentPattern(Vec<String>);

impl SegmentPattern {
    fn new(segment: &str) -> Self {
        let mut between = vec![String::new()];
        for (nth, piece) in segment.split('{').enumerate() {
            match piece.split_once('}') {
                Some((_, after)) if nth > 0 => between.push(after.to_owned()),
                _ => between[0].push_str(piece),
            }
        }
        Self(between)
    }

    /// How many of the characters it says itself.
    fn said(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }

    /// Whether a segment is of this form; each name takes at least one character.
    fn fits(&self, segment: &str) -> bool {
        let (Some((first, others)), Some(last)) = (self.0.split_first(), self.0.last()) else {
            return false;
        };
        let inside = segment.strip_prefix(first.as_str());
        let Some(mut left) = inside.and_then(|inside| inside.strip_suffix(last.as_str())) else {
            return false;
        };
        for between in &others[..others.len().saturating_sub(1)] {
            let begin = left.chars().next().map_or(0, char::len_utf8);
            match left[begin..].find(between.as_str()) {
                Some(at) if begin > 0 => left = &left[begin + at + between.len()..],
                _ => return false,
            }
        }
        !left.is_empty()
    }
}

/// The routes, as a tree of path segments.
#[derive(Debug, Default)]
pub struct RouteTable(Node);

/// What the table says of a request.
pub enum Found<'a> {
    Route(&'a Route),
    /// The address exists; it takes these methods.
    OtherMethods(Vec<Method>),
    Nothing,
}

impl RouteTable {
    /// Refuses a document in which an operation below `/v1/desk` needs no right.
    pub fn new(document: &OpenApi) -> Result<Self, String> {
        let mut root = Node::default();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                let name = operation
                    .operation_id
                    .clone()
                    .ok_or(format!("{path}: no operation id"))?;
                let right = right_of(&name);
                if path.starts_with("/v1/desk") && right.is_none() {
                    return Err(format!(
                        "{name}: stands in no row of auth::rights::OPERATIONS"
                    ));
                }
                let route = Route {
                    limit: limit_of(&name),
                    operation: name,
                    right,
                    parameters: known(operation, ParameterIn::Query),
                    headers: known(operation, ParameterIn::Header),
                    offer: offer(operation),
                    is_for_readers: method == Method::GET && is_for_readers(operation),
                };
                root.at(path).methods.push((method, route));
            }
        }
        let docs = root.at("/docs");
        docs.rest = true;
        Ok(Self(root))
    }

    pub fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let Some(node) = self.0.find(path.strip_prefix('/').unwrap_or(path)) else {
            return Found::Nothing;
        };
        if let Some((_, route)) = node.methods.iter().find(|(known, _)| known == method) {
            return Found::Route(route);
        }
        let mut methods: Vec<Method> = node
            .methods
            .iter()
            .map(|(method, _)| method.clone())
            .collect();
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        methods.push(Method::OPTIONS);
        Found::OtherMethods(methods)
    }
}

impl Node {
    fn at(&mut self, path: &str) -> &mut Self {
        path.split('/')
            .skip(1)
            .fold(self, |node, segment| match segment.contains('{') {
                true => node.of_pattern(SegmentPattern::new(segment)),
                false => node.fixed.entry(segment.to_owned()).or_default(),
            })
    }

    fn of_pattern(&mut self, pattern: SegmentPattern) -> &mut Self {
        let known = self
            .patterns
            .iter()
            .position(|(known, _)| *known == pattern);
        let at = known.unwrap_or_else(|| {
            let said = pattern.said();
            let place = self
                .patterns
                .partition_point(|(known, _)| known.said() >= said);
            self.patterns.insert(place, (pattern, Self::default()));
            place
        });
        &mut self.patterns[at].1
    }

    /// What a path names below: what is spelt out before what only fits, and of this the closest.
    fn find(&self, path: &str) -> Option<&Self> {
        let (segment, below) = match path.split_once('/') {
            Some((segment, below)) => (segment, Some(below)),
            None => (path, None),
        };
        let fitting = self
            .patterns
            .iter()
            .filter(|(pattern, _)| pattern.fits(segment));
        let candidates = self.fixed.get(segment).into_iter();
        candidates
            .chain(fitting.map(|(_, node)| node))
            .find_map(|node| match below {
                Some(below) if !node.rest => node.find(below),
                _ => (node.rest || !node.methods.is_empty()).then_some(node),
            })
    }
}

/// The operations of a path, by method.
pub fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

/// The forms in which an operation answers, by the media types of its 200.
fn offer(operation: &Operation) -> Offer {
    match operation.responses.responses.get("200") {
        Some(RefOr::T(response)) => Offer::of(response.content.keys().map(String::as_str)),
        _ => Offer::default(),
    }
}

/// Needs no token, and is no part of signing in or of watching the process.
fn is_for_readers(operation: &Operation) -> bool {
    let open = operation.security.iter().flatten().next().is_none();
    let mut tags = operation.tags.iter().flatten();
    open && !tags.any(|tag| tag == "auth" || tag == "system")
}

fn known(operation: &Operation, place: ParameterIn) -> Vec<Known> {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .filter(|parameter| parameter.parameter_in == place)
        .map(|parameter| Known {
            name: parameter.name.clone(),
            max_length: match &parameter.schema {
                Some(RefOr::T(Schema::Object(schema))) => schema.max_length,
                _ => None,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(paths: &[&str]) -> Node {
        let mut root = Node::default();
        for path in paths {
            let route = Route {
                operation: (*path).to_owned(),
                right: None,
                limit: None,
                parameters: Vec::new(),
                headers: Vec::new(),
                offer: Offer::default(),
                is_for_readers: true,
            };
            root.at(path).methods.push((Method::GET, route));
        }
        root
    }

    fn named<'a>(table: &'a Node, path: &str) -> Option<&'a str> {
        let node = table.find(path.trim_start_matches('/'))?;
        node.methods
            .first()
            .map(|(_, route)| route.operation.as_str())
    }

    #[test]
    fn a_segment_is_told_by_what_stands_around_its_names() {
        let table = table(&[
            "/a/{id}",
            "/a/{id}.ninjs",
            "/a/{id}.jsonld",
            "/a/{id}.anno.jsonld",
            "/a/own",
            "/a/{id}/quotes",
            "/feeds/{list}.{lang}.rss",
            "/feeds/{list}.{lang}.json",
            "/maps/{n}.xml",
        ]);
        for (path, found) in [
            ("/a/1", "/a/{id}"),
            ("/a/1.ninjs", "/a/{id}.ninjs"),
            ("/a/.ninjs", "/a/{id}"),
            ("/a/1.jsonld", "/a/{id}.jsonld"),
            ("/a/1.anno.jsonld", "/a/{id}.anno.jsonld"),
            ("/a/.anno.jsonld", "/a/{id}.jsonld"),
            ("/a/1.jsonl", "/a/{id}"),
            ("/a/own", "/a/own"),
            ("/a/1/quotes", "/a/{id}/quotes"),
            ("/a/own/quotes", "/a/{id}/quotes"),
            ("/feeds/news-line.az.rss", "/feeds/{list}.{lang}.rss"),
            ("/feeds/n.az.json", "/feeds/{list}.{lang}.json"),
            ("/feeds/ə.ə.rss", "/feeds/{list}.{lang}.rss"),
        ] {
            assert_eq!(named(&table, path), Some(found), "{path}");
        }
        for path in [
            "/a",
            "/a/",
            "/a/1/",
            "/a/1.ninjs/quotes/",
            "/feeds/news-line.rss",
            "/feeds/news-line.az.atom",
            "/feeds/.az.rss",
            "/feeds/n..rss",
            "/maps/.xml",
            "/maps/1.xml/2",
        ] {
            assert_eq!(named(&table, path), None, "{path}");
        }
    }

    #[test]
    fn names_may_differ_where_what_stands_around_them_is_the_same() {
        let table = table(&["/a/{id}/quotes", "/a/{lang}/{slug}"]);
        assert_eq!(named(&table, "/a/az/quotes"), Some("/a/{id}/quotes"));
        assert_eq!(named(&table, "/a/az/rain"), Some("/a/{lang}/{slug}"));
    }
}
