//! The OpenAPI document as tests walk it.

use newsline::app;
use reqwest::Method;
use serde_json::Value;

/// One operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{names}`.
    pub path: String,
    pub json: Value,
}

/// Where Newsline is unless something else is set.
pub const DEFAULT_ADDRESS: &str = "http://127.0.0.1:8080";

/// The document under the default address, as `newsline openapi` prints it.
pub fn document() -> Value {
    let document = app::document(DEFAULT_ADDRESS);
    serde_json::to_value(document).expect("JSON")
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, json) in item.as_object().expect("operations") {
            let Ok(method) = method.to_uppercase().parse() else {
                continue;
            };
            let id = json["operationId"].as_str().unwrap_or_default().to_owned();
            operations.push(Operation {
                id,
                method,
                path: path.clone(),
                json: json.clone(),
            });
        }
    }
    operations
}

impl Operation {
    pub fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.json["parameters"].as_array().into_iter().flatten()
    }

    /// The names in the path's braces.
    pub fn names_in_path(&self) -> Vec<&str> {
        let pieces = self.path.split('{').skip(1);
        pieces.filter_map(|piece| piece.split('}').next()).collect()
    }

    /// The path with something in the place of each name: well formed, but nothing that is there.
    pub fn filled_path(&self) -> String {
        let mut path = self.path.clone();
        for name in self.names_in_path() {
            let value = self.value_of(name);
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        path
    }

    /// The filled path in other spellings (RFC 3986 §6.2.2.2): each segment that is fixed with its
    /// first letter escaped, in turn.
    pub fn other_spellings(&self) -> Vec<String> {
        let (path, filled) = (self.path.split('/'), self.filled_path());
        let segments: Vec<&str> = filled.split('/').collect();
        let fixed = path
            .enumerate()
            .filter(|(_, segment)| !segment.is_empty() && !segment.starts_with('{'));
        fixed
            .map(|(nth, segment)| {
                let mut spelt: Vec<String> = segments.iter().map(|&part| part.to_owned()).collect();
                spelt[nth] = format!("%{:02X}{}", segment.as_bytes()[0], &segments[nth][1..]);
                spelt.join("/")
            })
            .collect()
    }

    fn value_of(&self, name: &str) -> String {
        let parameter = self
            .parameters()
            .find(|parameter| parameter["in"] == "path" && parameter["name"] == name);
        let schema = parameter.map(|parameter| &parameter["schema"]);
        let says = |key: &str, value: &str| schema.is_some_and(|schema| schema[key] == value);
        if says("format", "uuid") || name == "id" {
            "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01".to_owned()
        } else if says("type", "integer") {
            "1".to_owned()
        } else if name == "lang" {
            "az".to_owned()
        } else {
            "nothing".to_owned()
        }
    }
}
