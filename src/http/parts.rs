//! What `fields` leaves of an answer, as the OpenAPI document shows it: for each schema a part in
//! which nothing is required, because whoever names fields gets these and no others.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{AnyOf, AnyOfBuilder, ArrayItems};
use utoipa::openapi::{OpenApi, Ref, RefOr, Response, Schema};

use super::form::JSON;
use super::route_table::operations;

type Schemas = BTreeMap<String, RefOr<Schema>>;

const PREFIX: &str = "#/components/schemas/";

/// Lets every operation that takes `fields` answer with a part.
pub fn allow_parts(document: &mut OpenApi) {
    let Some(mut schemas) = document.components.take() else {
        return;
    };
    let mut parts = Parts {
        schemas: &schemas.schemas,
        wanted: BTreeSet::new(),
    };
    for item in document.paths.paths.values_mut() {
        let takes_fields = operations(item).any(|(_, operation)| takes_fields(operation));
        if let (true, Some(operation)) = (takes_fields, &mut item.get) {
            parts.offer(operation);
        }
    }
    let made = parts.make();
    schemas.schemas.extend(made);
    document.components = Some(schemas);
}

fn takes_fields(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(parameter)
            if parameter.name == "fields" && parameter.parameter_in == ParameterIn::Query)
    })
}

struct Parts<'a> {
    schemas: &'a Schemas,
    /// The names of those that parts are to be made of.
    wanted: BTreeSet<String>,
}

impl Parts<'_> {
    fn offer(&mut self, operation: &mut Operation) {
        let Some(RefOr::T(Response { content, .. })) = operation.responses.responses.get_mut("200")
        else {
            return;
        };
        // No other form can be cut.
        let Some(RefOr::T(content)) = content.get_mut(JSON) else {
            return;
        };
        if let Some(whole) = &mut content.schema {
            let mut part = whole.clone();
            self.cut(&mut part);
            let either = AnyOfBuilder::new().item(whole.clone()).item(part);
            *whole = RefOr::T(Schema::AnyOf(either.build()));
        }
    }

    /// The parts of all that is wanted, and of what these hold in turn.
    fn make(mut self) -> Schemas {
        let mut made = Schemas::new();
        while let Some(name) = self.wanted.pop_first() {
            let part = part_name(&name);
            if made.contains_key(&part) {
                continue;
            }
            if let Some(mut schema) = self.schemas.get(&name).cloned() {
                self.cut(&mut schema);
                made.insert(part, schema);
            }
        }
        made
    }

    /// Takes away what requires a field, here and below.
    fn cut(&mut self, schema: &mut RefOr<Schema>) {
        match schema {
            RefOr::Ref(reference) => self.refer(reference),
            RefOr::T(Schema::Object(object)) => {
                let is_page = object.properties.contains_key("page");
                if !is_page {
                    object.required.clear();
                }
                for (name, below) in &mut object.properties {
                    // The frame of a list stays as it is.
                    if !is_page || name == "items" {
                        self.cut(below);
                    }
                }
            }
            RefOr::T(Schema::Array(array)) => {
                if let ArrayItems::RefOrSchema(items) = &mut array.items {
                    self.cut(items);
                }
            }
            RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(|one| self.cut(one)),
            RefOr::T(Schema::AnyOf(any)) => any.items.iter_mut().for_each(|one| self.cut(one)),
            RefOr::T(Schema::OneOf(one_of)) => {
                // Parts of two things may be the same.
                let mut any = AnyOf::new();
                any.description = one_of.description.take();
                any.items = std::mem::take(&mut one_of.items);
                any.items.iter_mut().for_each(|one| self.cut(one));
                *schema = RefOr::T(Schema::AnyOf(any));
            }
            RefOr::T(_) => {}
        }
    }

    fn refer(&mut self, reference: &mut Ref) {
        let name = reference.ref_location.trim_start_matches(PREFIX);
        if self.has_fields(name) {
            self.wanted.insert(name.to_owned());
            reference.ref_location = format!("{PREFIX}{}", part_name(name));
        }
    }

    fn has_fields(&self, name: &str) -> bool {
        match self.schemas.get(name) {
            Some(RefOr::T(Schema::Object(object))) => !object.properties.is_empty(),
            Some(RefOr::T(Schema::Array(_))) => false,
            Some(RefOr::T(_)) => true,
            _ => false,
        }
    }
}

fn part_name(name: &str) -> String {
    format!("Part_{name}")
}
