//! `fields`: what an answer keeps. `fields=headline,slug,quotes.text` keeps these and nothing else.

use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::problem::Problem;
use super::query::{Params, QueryPart};

/// Which fields the answer keeps.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Fields {
    /// Names of fields with commas between, dots for those inside: `headline,quotes.text`. Without it the
    /// answer is whole. In lists the names are those of an item.
    #[param(value_type = Option<String>, max_length = 1000, pattern = "^[a-z0-9_.]+(,[a-z0-9_.]+)*$", example = "id",
        required = false)]
    fields: Option<Tree>,
}

/// The names as a tree; a leaf keeps everything below it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Tree(Vec<(String, Tree)>);

impl QueryPart for Fields {
    fn read(params: &Params) -> Result<Self, Problem> {
        let names: Vec<String> = params.many("fields")?;
        let mut tree = Tree::default();
        for name in &names {
            tree.add(name.split('.'));
        }
        Ok(Self {
            fields: (!names.is_empty()).then_some(tree),
        })
    }
}

impl Tree {
    fn add<'a>(&mut self, mut path: impl Iterator<Item = &'a str>) {
        let Some(name) = path.next() else { return };
        let at = match self.0.iter().position(|(known, _)| known == name) {
            Some(at) => at,
            None => {
                self.0.push((name.to_owned(), Self::default()));
                self.0.len() - 1
            }
        };
        self.0[at].1.add(path);
    }
}

impl Fields {
    pub fn is_whole(&self) -> bool {
        self.fields.is_none()
    }

    /// Keeps what was asked for; 400 for a name that the answer does not have.
    pub fn of_item(&self, item: Value) -> Result<Value, Problem> {
        match &self.fields {
            Some(tree) => keep(item, tree, ""),
            None => Ok(item),
        }
    }

    /// The same for each of the `items` of a list, whose frame stays.
    pub fn of_list(&self, mut list: Value) -> Result<Value, Problem> {
        if let (Some(tree), Some(items)) = (&self.fields, list.get_mut("items")) {
            *items = keep(items.take(), tree, "")?;
        }
        Ok(list)
    }
}

fn keep(value: Value, tree: &Tree, path: &str) -> Result<Value, Problem> {
    match value {
        whole if tree.0.is_empty() => Ok(whole),
        Value::Array(items) => items
            .into_iter()
            .map(|item| keep(item, tree, path))
            .collect(),
        Value::Object(mut fields) => {
            let mut kept = Map::new();
            for (name, below) in &tree.0 {
                let path = format!("{path}{name}");
                let value = fields.remove(name).ok_or_else(|| unknown(&path))?;
                kept.insert(name.clone(), keep(value, below, &format!("{path}."))?);
            }
            Ok(Value::Object(kept))
        }
        Value::Null => Ok(Value::Null),
        _ => Err(unknown(path.trim_end_matches('.'))),
    }
}

fn unknown(path: &str) -> Problem {
    Problem::parameter("fields", format!("there is no field `{path}` here"))
}
