//! Which operation an address and a method name, taken from the OpenAPI document: so what is
//! documented, what is mounted, what is allowed and what a query may hold are one thing.

use std::collections::HashMap;

use actix_web::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, PathItem, RefOr, Schema};

use crate::auth::rights::{Right, right_of};

/// One operation as the front door knows it.
#[derive(Debug)]
pub struct Route {
    pub operation: String,
    /// What the caller needs; `None` where everybody may.
    pub right: Option<Right>,
    /// What the query may have.
    pub parameters: Vec<Known>,
    /// The headers that the operation reads.
    pub headers: Vec<Known>,
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
    /// `{name}`, with what stands before and after it in the segment (`{list}.{lang}.rss` takes all).
    any: Option<Box<Node>>,
    /// Everything below, undocumented: the files of `/docs`.
    rest: bool,
    methods: Vec<(Method, Route)>,
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
                    operation: name,
                    right,
                    parameters: known(operation, ParameterIn::Query),
                    headers: known(operation, ParameterIn::Header),
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
                true => node.any.get_or_insert_default(),
                false => node.fixed.entry(segment.to_owned()).or_default(),
            })
    }

    fn find(&self, path: &str) -> Option<&Self> {
        let (segment, below) = match path.split_once('/') {
            Some((segment, below)) => (segment, Some(below)),
            None => (path, None),
        };
        let step = |node: &'_ Self| node.leads(below);
        self.fixed
            .get(segment)
            .filter(|node| step(node))
            .or_else(|| {
                self.any
                    .as_deref()
                    .filter(|node| !segment.is_empty() && step(node))
            })
            .and_then(|node| match below {
                Some(below) if !node.rest => node.find(below),
                _ => Some(node),
            })
    }

    /// Whether the rest of a path names something below.
    fn leads(&self, below: Option<&str>) -> bool {
        match below {
            Some(_) if self.rest => true,
            Some(below) => self.find(below).is_some(),
            None => self.rest || !self.methods.is_empty(),
        }
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
