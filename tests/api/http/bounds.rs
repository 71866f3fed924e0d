//! Everything that a client may send has a bound, and the document says which.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::contract::{document, operations};

/// True where a schema says that it may be of a type.
fn may_be(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

/// Notes what is unbounded in a schema and in all that it is made of.
fn search(
    document: &Value,
    schema: &Value,
    place: &str,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<String>,
) {
    if !schema.is_object() {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        if seen.insert(reference.to_owned()) {
            let named = document
                .pointer(reference.trim_start_matches('#'))
                .expect("a schema");
            search(document, named, reference, seen, found);
        }
        return;
    }
    let says = |names: &[&str]| names.iter().any(|name| !schema[*name].is_null());
    if may_be(schema, "string") && !says(&["maxLength", "enum", "const", "format"]) {
        found.push(format!("a string without an end: {place}"));
    }
    if may_be(schema, "array") && !says(&["maxItems"]) {
        found.push(format!("a list without an end: {place}"));
    }
    let parts = schema["properties"].as_object().into_iter().flatten();
    for (name, part) in parts {
        search(document, part, &format!("{place}/{name}"), seen, found);
    }
    for name in ["items", "additionalProperties"] {
        search(
            document,
            &schema[name],
            &format!("{place}/{name}"),
            seen,
            found,
        );
    }
    for name in ["oneOf", "anyOf", "allOf"] {
        for part in schema[name].as_array().into_iter().flatten() {
            search(document, part, place, seen, found);
        }
    }
}

#[test]
fn every_string_and_list_that_is_sent_has_an_end() {
    let document = document();
    let (mut seen, mut found, mut bodies) = (BTreeSet::new(), Vec::new(), 0);
    for operation in operations() {
        for parameter in operation.parameters() {
            let place = format!("{} {}", operation.id, parameter["name"]);
            search(
                &document,
                &parameter["schema"],
                &place,
                &mut seen,
                &mut found,
            );
        }
        let contents = operation.json["requestBody"]["content"].as_object();
        for content in contents.into_iter().flatten().map(|(_, content)| content) {
            bodies += 1;
            search(
                &document,
                &content["schema"],
                &operation.id,
                &mut seen,
                &mut found,
            );
        }
    }
    assert!(
        bodies > 40 && seen.len() > 40,
        "{bodies} bodies, {} schemas",
        seen.len()
    );
    assert!(found.is_empty(), "{found:#?}");
}
