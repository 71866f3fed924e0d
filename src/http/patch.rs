//! Fields of a merge patch (RFC 7396): absent, `null` and a value are three different things.

use serde::{Deserialize, Deserializer};

/// A field that may be absent from a patch. Put `#[serde(default)]` on it, and
/// `#[schema(value_type = T)]`, because the document shows the value.
///
/// `Patch<T>` refuses `null`; `Patch<Option<T>>` takes it as "clear the field".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    #[default]
    Absent,
    Set(T),
}

impl<T> Patch<T> {
    /// Puts the new value into `field`, and says whether there was one.
    pub fn apply(self, field: &mut T) -> bool {
        match self {
            Self::Absent => false,
            Self::Set(value) => {
                *field = value;
                true
            }
        }
    }

    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    pub fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Set(value) => Patch::Set(value),
        }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }

    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// For `deserialize_with`: a list, or the patch of one, that has `MIN` to `MAX` items. Bounds that
/// the document shows are checked with the types, before anything is looked up.
pub fn many<'de, const MIN: usize, const MAX: usize, D, T, L>(
    deserializer: D,
) -> Result<L, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    L: From<Vec<T>>,
{
    let items = Vec::<T>::deserialize(deserializer)?;
    match (MIN..=MAX).contains(&items.len()) {
        true => Ok(items.into()),
        false => Err(serde::de::Error::custom(format!(
            "expected {MIN} to {MAX} items, found {}",
            items.len()
        ))),
    }
}

/// For `deserialize_with`: a number from `MIN` to `MAX`, or the patch of one.
pub fn within<'de, const MIN: i32, const MAX: i32, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: From<i32>,
{
    let number = i32::deserialize(deserializer)?;
    match (MIN..=MAX).contains(&number) {
        true => Ok(number.into()),
        false => Err(serde::de::Error::custom(format!(
            "expected a number from {MIN} to {MAX}"
        ))),
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    #[derive(Deserialize)]
    struct Bounded {
        #[serde(default, deserialize_with = "many::<1, 2, _, u8, _>")]
        numbers: Patch<Vec<u8>>,
    }

    #[test]
    fn a_list_has_as_many_items_as_its_bounds_say() {
        let read = |json: &str| serde_json::from_str::<Bounded>(json).map(|read| read.numbers);
        assert_eq!(read("{}").unwrap(), Patch::Absent);
        assert_eq!(
            read(r#"{"numbers": [1, 2]}"#).unwrap(),
            Patch::Set(vec![1, 2])
        );
        assert!(read(r#"{"numbers": []}"#).is_err());
        assert!(read(r#"{"numbers": [1, 2, 3]}"#).is_err());
        assert!(read(r#"{"numbers": null}"#).is_err());
    }

    /// `MergePatch` of RFC 7396, section 2, for objects of plain values; what is taken away is null here.
    fn merged(mut target: Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
        target.extend(patch.clone());
        target
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ThingPatch {
        #[serde(default)]
        name: Patch<String>,
        #[serde(default)]
        note: Patch<Option<String>>,
        #[serde(default)]
        tags: Patch<Vec<String>>,
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = "[a-z]{0,3}";
        prop_oneof![
            Just(Value::Null),
            text.prop_map(Value::from),
            proptest::collection::vec(text, 0..3).prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
        ]
    }

    proptest! {
        #[test]
        fn a_patch_merges_as_the_rfc_says_or_is_refused(
            patch in proptest::collection::btree_map(proptest::sample::select(&["name", "note", "tags", "other"][..]), value(), 0..4),
        ) {
            let patch: Map<String, Value> = patch.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let fits = patch.iter().all(|(name, value)| match name.as_str() {
                "name" => value.is_string(),
                "note" => value.is_string() || value.is_null(),
                "tags" => value.is_array(),
                _ => false,
            });
            let read = serde_json::from_value::<ThingPatch>(Value::from(patch.clone()));
            prop_assert_eq!(read.is_ok(), fits);
            let Ok(read) = read else { return Ok(()) };
            let before = json!({"name": "n", "note": "m", "tags": ["t"]});
            let (mut name, mut note, mut tags) = ("n".to_owned(), Some("m".to_owned()), vec!["t".to_owned()]);
            read.name.apply(&mut name);
            read.note.apply(&mut note);
            read.tags.apply(&mut tags);
            let after = json!({"name": name, "note": note, "tags": tags});
            let wanted = merged(before.as_object().unwrap().clone(), &patch);
            prop_assert_eq!(after, Value::from(wanted));
        }
    }
}
