//! Reading one JSON object field by field, noting everything that is wrong with a pointer to it.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::check::BodyError;
use super::model::MAX_KEY;

/// The fields of an object that nobody has taken yet. `close` refuses those that stay.
pub(super) struct Fields<'e> {
    object: Map<String, Value>,
    pointer: String,
    errors: &'e mut Vec<BodyError>,
}

impl<'e> Fields<'e> {
    /// `pointer` is where the value stands in the body.
    pub fn open(value: Value, pointer: String, errors: &'e mut Vec<BodyError>) -> Option<Self> {
        if let Value::Object(object) = value {
            return Some(Self {
                object,
                pointer,
                errors,
            });
        }
        errors.push(wrong_type(&pointer, "an object"));
        None
    }

    pub fn close(self) {
        for name in self.object.keys() {
            let pointer = format!("{}/{}", self.pointer, escaped(name));
            let detail = format!("There is no field `{name}` here.");
            self.errors
                .push(BodyError::new(&pointer, "unknown-field", detail));
        }
    }

    pub fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        let pointer = self.pointer_to(name);
        self.errors.push(BodyError::new(&pointer, code, detail));
    }

    /// Leaves the fields that stay unread: what they would mean is not known.
    pub fn abandon(mut self) {
        self.object.clear();
    }

    pub fn pointer_to(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    pub fn errors(&mut self) -> &mut Vec<BodyError> {
        self.errors
    }

    /// A string that must be there.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.object.remove(name) {
            Some(value) => self.string(name, value),
            None => {
                self.refuse(name, "missing", format!("`{name}` is needed."));
                None
            }
        }
    }

    /// A string that may be absent or null.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        let value = self.present(name)?;
        self.string(name, value)
    }

    /// A whole number that may be absent or null.
    pub fn optional_number(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let value = self.present(name)?;
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
        let number = number.filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let detail = format!("`{name}` is a whole number from {least} to {most}.");
            self.refuse(name, "bad-number", detail);
        }
        number
    }

    /// An array; empty when absent.
    pub fn optional_list(&mut self, name: &str) -> Vec<Value> {
        if self.object.contains_key(name) {
            self.list(name)
        } else {
            Vec::new()
        }
    }

    /// An array that must be there.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        match self.object.remove(name) {
            Some(Value::Array(items)) => return items,
            Some(_) => self
                .errors
                .push(wrong_type(&self.pointer_to(name), "an array")),
            None => self.refuse(name, "missing", format!("`{name}` is needed.")),
        }
        Vec::new()
    }

    /// A `_key`; empty when absent, so that one is made later.
    pub fn key(&mut self) -> String {
        if !self.object.contains_key("_key") {
            return String::new();
        }
        let Some(key) = self.text("_key") else {
            return String::new();
        };
        let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if key.is_empty() || key.len() > MAX_KEY || !key.chars().all(sound) {
            let detail = format!("A key is 1 to {MAX_KEY} of A-Z, a-z, 0-9, `.`, `_` and `-`.");
            self.refuse("_key", "bad-key", detail);
        }
        key
    }

    /// An id that must be there.
    pub fn id(&mut self, name: &str) -> Option<Uuid> {
        let text = self.text(name)?;
        self.uuid(name, &text)
    }

    /// An id that may be absent or null.
    pub fn optional_id(&mut self, name: &str) -> Option<Uuid> {
        let text = self.optional_text(name)?;
        self.uuid(name, &text)
    }

    fn uuid(&mut self, name: &str, text: &str) -> Option<Uuid> {
        let id = Uuid::try_parse(text).ok();
        if id.is_none() {
            self.refuse(name, "bad-id", format!("`{name}` is not a UUID."));
        }
        id
    }

    fn present(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    fn string(&mut self, name: &str, value: Value) -> Option<String> {
        let Value::String(text) = value else {
            self.errors
                .push(wrong_type(&self.pointer_to(name), "a string"));
            return None;
        };
        if text.contains('\0') {
            self.refuse(name, "nul", "U+0000 is not allowed in text.");
        }
        Some(text)
    }
}

pub(super) fn wrong_type(pointer: &str, wanted: &str) -> BodyError {
    BodyError::new(pointer, "wrong-type", format!("This must be {wanted}."))
}

/// RFC 6901 §3: `~` and `/` inside a name.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
