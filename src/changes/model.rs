//! What a change says.

use serde_json::Value;

use crate::auth::UserId;
use crate::db::Id;
use crate::language::Lang;
use crate::text_enum;

text_enum! {
    /// What kind of thing changed.
    pub enum ItemKind {
        Article = "article", Notice = "notice", Source = "source", Section = "section", Topic = "topic",
        List = "list", Site = "site", Review = "review", User = "user", Key = "key",
    }
}

text_enum! {
    /// What happened to it.
    pub enum Action {
        Created = "created", Changed = "changed", Deleted = "deleted", Restored = "restored",
        TextSaved = "text_saved", TextDeleted = "text_deleted",
        Submitted = "submitted", TakenBack = "taken_back",
        Published = "published", Unpublished = "unpublished", Retracted = "retracted",
        QuoteVerified = "quote_verified", Merged = "merged", IdentityRead = "identity_read",
        Received = "received", Decided = "decided", Edited = "edited", Withdrawn = "withdrawn", Erased = "erased",
        Forgotten = "forgotten", PersonalDataRead = "personal_data_read",
    }
}

/// One row of the change log, before it has its number.
#[derive(Debug, Clone)]
pub struct Change {
    pub action: Action,
    pub item_kind: ItemKind,
    pub item_id: Option<uuid::Uuid>,
    pub lang: Option<Lang>,
    /// Who did it; nobody for readers.
    pub actor: Option<UserId>,
    /// The surrogate keys of the readers' answers that it touches.
    pub keys: Vec<String>,
    pub detail: Option<Value>,
}

impl Change {
    pub fn of<T>(item_kind: ItemKind, item_id: Id<T>, action: Action) -> Self {
        Self {
            action,
            item_kind,
            item_id: Some(item_id.uuid()),
            lang: None,
            actor: None,
            keys: vec![format!("{item_kind}:{item_id}")],
            detail: None,
        }
    }

    /// Of several at once, or of none in particular: readers' answers do not show it.
    pub fn of_many(item_kind: ItemKind, action: Action) -> Self {
        Self {
            action,
            item_kind,
            item_id: None,
            lang: None,
            actor: None,
            keys: Vec::new(),
            detail: None,
        }
    }

    pub fn by(mut self, actor: UserId) -> Self {
        self.actor = Some(actor);
        self
    }

    pub fn in_language(mut self, lang: &Lang) -> Self {
        self.lang = Some(lang.clone());
        self
    }

    /// Names further surrogate keys.
    pub fn touching(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.keys.extend(keys);
        self
    }

    pub fn saying(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }
}
