//! JSON of notices, for the newsroom, and their errors as problems.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::model::{
    Area, Notice, NoticeAction, NoticeError, NoticeId, NoticeKind, Placement, Priority, Severity,
    Window,
};
use crate::auth::UserId;
use crate::body::Body;
use crate::db::{Instant, Json};
use crate::http::patch::{Patch, many};
use crate::http::problem::{Code, Problem};
use crate::http::words::{Line, WebAddress};
use crate::language::{Lang, NamesPatch};
use crate::texts::model::{Pending, Revision, Text, TextState};

impl From<NoticeError> for Problem {
    fn from(error: NoticeError) -> Self {
        let detail = error.to_string();
        match error {
            NoticeError::Unlabelled => Self::field("/label", detail),
            NoticeError::Backwards => Self::field("/window/ends", detail),
            NoticeError::TooManyAreas => Self::field("/areas", detail),
            NoticeError::AreaTwice { index } => Self::field(format!("/areas/{index}"), detail),
            NoticeError::TooManyPlacements => Self::field("/placements", detail),
            NoticeError::PlacementTwice { index } => {
                Self::field(format!("/placements/{index}"), detail)
            }
            NoticeError::Published => Self::new(Code::InUse, detail),
            NoticeError::Deleted | NoticeError::NotDeleted => Self::new(Code::WrongState, detail),
        }
    }
}

/// Which notice.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NoticePath {
    /// The notice's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: NoticeId,
}

/// Which text of which notice.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NoticeTextPath {
    /// The notice's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: NoticeId,
    /// The text's language (BCP 47).
    #[param(value_type = String, example = "en", min_length = 2, max_length = 35)]
    pub lang: Lang,
}

/// A notice, perhaps with its texts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "civic", "issuer": null, "priority": "normal", "severity": null, "label": null,
    "window": {"starts": "2026-11-01T00:00:00Z", "ends": null},
    "areas": [{"code": "AZ-BA", "name": "Baku"}], "placements": ["article", "home"],
    "action": {"url": "https://example.az/climate", "label": {"en": "What you can do"}},
    "texts": {"en": {"headline": "Dear resident!", "body_markdown": "You can do your part."}}
}))]
pub struct NewNotice {
    pub kind: NoticeKind,
    /// Who speaks, where it is not the newsroom.
    #[serde(default)]
    pub issuer: Option<Line<200>>,
    #[serde(default = "normal")]
    #[schema(default = "normal")]
    pub priority: Priority,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// What it is marked with; a promotion needs one.
    #[serde(default)]
    pub label: Option<Line<100>>,
    pub window: Window,
    /// Without any, it holds everywhere.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub areas: Vec<Area>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub placements: Vec<Placement>,
    #[serde(default)]
    pub action: Option<NoticeAction>,
    /// By language.
    #[serde(default, deserialize_with = "crate::http::json::distinct_map")]
    pub texts: BTreeMap<Lang, NewNoticeText>,
}

fn normal() -> Priority {
    Priority::Normal
}

/// A text of a notice. Of `body`, `body_markdown` and `body_html` at most one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"headline": "Dear resident!", "body_markdown": "You can do your part."}))]
pub struct NewNoticeText {
    pub headline: Line<500>,
    /// Portable Text.
    #[serde(default)]
    #[schema(value_type = Option<Body>)]
    pub body: Option<Value>,
    /// The body as Markdown (CommonMark).
    #[serde(default)]
    #[schema(write_only, max_length = 400_000)]
    pub body_markdown: Option<String>,
    /// The body as HTML, which is sanitised.
    #[serde(default)]
    #[schema(write_only, max_length = 400_000)]
    pub body_html: Option<String>,
}

/// A change of a text of a notice.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"headline": "Dear residents!"}))]
pub struct NoticeTextPatch {
    #[serde(default)]
    #[schema(value_type = Line<500>)]
    pub headline: Patch<Line<500>>,
    /// Portable Text.
    #[serde(default)]
    #[schema(value_type = Body)]
    pub body: Patch<Value>,
    /// The body as Markdown (CommonMark).
    #[serde(default)]
    #[schema(value_type = String, write_only, max_length = 400_000)]
    pub body_markdown: Patch<String>,
    /// The body as HTML, which is sanitised.
    #[serde(default)]
    #[schema(value_type = String, write_only, max_length = 400_000)]
    pub body_html: Patch<String>,
}

/// How to publish.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"published_at": null}))]
pub struct NoticePublication {
    /// A moment in the past, for imports of an archive.
    #[serde(default)]
    pub published_at: Option<Instant>,
}

/// A change of what is the same in all languages.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"priority": "high", "window": {"ends": "2026-12-01T00:00:00Z"}}))]
pub struct NoticePatch {
    #[serde(default)]
    #[schema(value_type = NoticeKind)]
    kind: Patch<NoticeKind>,
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    issuer: Patch<Option<Line<200>>>,
    #[serde(default)]
    #[schema(value_type = Priority)]
    priority: Patch<Priority>,
    #[serde(default)]
    #[schema(value_type = Option<Severity>)]
    severity: Patch<Option<Severity>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<100>>)]
    label: Patch<Option<Line<100>>>,
    #[serde(default)]
    #[schema(value_type = WindowPatch)]
    window: Patch<WindowPatch>,
    #[serde(default, deserialize_with = "many::<0, 50, _, Area, _>")]
    #[schema(value_type = Vec<Area>, max_items = 50)]
    areas: Patch<Vec<Area>>,
    #[serde(default, deserialize_with = "many::<0, 20, _, Placement, _>")]
    #[schema(value_type = Vec<Placement>, max_items = 20)]
    placements: Patch<Vec<Placement>>,
    #[serde(default)]
    #[schema(value_type = Option<ActionPatch>)]
    action: Patch<Option<ActionPatch>>,
}

/// A change of a window.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeWindowPatch, example = json!({"ends": "2026-12-01T00:00:00Z"}))]
pub struct WindowPatch {
    #[serde(default)]
    #[schema(value_type = Instant)]
    starts: Patch<Instant>,
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    ends: Patch<Option<Instant>>,
}

/// A change of an action; where there was none, it must be whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeActionPatch, example = json!({"label": {"az": "Nə edə bilərsiniz"}}))]
pub struct ActionPatch {
    #[serde(default)]
    #[schema(value_type = WebAddress)]
    url: Patch<WebAddress>,
    #[serde(default)]
    #[schema(value_type = NamesPatch)]
    label: Patch<NamesPatch>,
}

impl NoticePatch {
    pub fn apply(self, notice: &mut Notice) -> Result<(), Problem> {
        let Self {
            kind,
            issuer,
            priority,
            severity,
            label,
            window,
            areas,
            placements,
            action,
        } = self;
        kind.apply(&mut notice.kind);
        issuer
            .map(|issuer| issuer.map(String::from))
            .apply(&mut notice.issuer);
        priority.apply(&mut notice.priority);
        severity.apply(&mut notice.severity);
        label
            .map(|label| label.map(String::from))
            .apply(&mut notice.label);
        if let Patch::Set(WindowPatch { starts, ends }) = window {
            starts.apply(&mut notice.starts);
            ends.apply(&mut notice.ends);
        }
        areas.map(Json).apply(&mut notice.areas);
        placements.map(Json).apply(&mut notice.placements);
        if let Patch::Set(action) = action {
            let present = notice.action.take().map(|Json(action)| action);
            let changed = action.map(|patch| patch.apply(present)).transpose()?;
            notice.action = changed.map(Json);
        }
        Ok(notice.check()?)
    }
}

impl ActionPatch {
    fn apply(self, present: Option<NoticeAction>) -> Result<NoticeAction, Problem> {
        let Self { url, label } = self;
        let Some(mut action) = present else {
            let missing = |field: &str| {
                Problem::field(
                    format!("/action/{field}"),
                    "expected both `url` and `label`",
                )
            };
            let label = label.into_option().ok_or_else(|| missing("label"))?;
            return Ok(NoticeAction {
                url: url.into_option().ok_or_else(|| missing("url"))?,
                label: label
                    .into_names()
                    .map_err(|error| Problem::field("/action/label", error.to_string()))?,
            });
        };
        url.apply(&mut action.url);
        if let Patch::Set(label) = label {
            label
                .apply(&mut action.label)
                .map_err(|error| Problem::field("/action/label", error.to_string()))?;
        }
        Ok(action)
    }
}

/// A notice as the desk has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskNotice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    #[schema(required = true)]
    pub issuer: Option<String>,
    pub priority: Priority,
    #[schema(required = true)]
    pub severity: Option<Severity>,
    #[schema(required = true)]
    pub label: Option<String>,
    pub window: Window,
    pub areas: Vec<Area>,
    pub placements: Vec<Placement>,
    #[schema(required = true)]
    pub action: Option<NoticeAction>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
    /// By language.
    pub texts: BTreeMap<Lang, NoticeTextStates>,
}

impl DeskNotice {
    pub fn new(notice: Notice, texts: Vec<Text>) -> Self {
        let window = notice.window();
        let Notice {
            id,
            kind,
            issuer,
            priority,
            severity,
            label,
            starts: _,
            ends: _,
            areas,
            placements,
            action,
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
        } = notice;
        Self {
            id,
            kind,
            issuer,
            priority,
            severity,
            label,
            window,
            areas: areas.0,
            placements: placements.0,
            action: action.map(|Json(action)| action),
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
            texts: texts
                .into_iter()
                .map(|text| (text.lang.clone(), text.into()))
                .collect(),
        }
    }
}

/// The states of a notice's text, without its body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticeTextStates {
    pub state: TextState,
    #[schema(required = true)]
    pub pending: Option<Pending>,
    pub version: i64,
    pub head_revision: i32,
    #[schema(required = true)]
    pub published_revision: Option<i32>,
    pub headline: String,
    #[schema(required = true)]
    pub first_published_at: Option<Instant>,
    #[schema(required = true)]
    pub published_at: Option<Instant>,
    #[schema(required = true)]
    pub updated_at: Option<Instant>,
    pub saved_at: Instant,
}

impl From<Text> for NoticeTextStates {
    fn from(text: Text) -> Self {
        let Text {
            item_id: _,
            item_kind: _,
            lang: _,
            version,
            state,
            pending,
            head_revision,
            published_revision,
            slug: _,
            headline,
            note: _,
            first_published_at,
            published_at,
            updated_at,
            created_by: _,
            created_at: _,
            saved_at,
            deleted_at: _,
        } = text;
        Self {
            state,
            pending,
            version,
            head_revision,
            published_revision,
            headline,
            first_published_at,
            published_at,
            updated_at,
            saved_at,
        }
    }
}

/// A text of a notice as the desk has it: its states, and what its newest revision says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskNoticeText {
    pub notice_id: NoticeId,
    pub lang: Lang,
    #[serde(flatten)]
    pub states: NoticeTextStates,
    pub body: Body,
}

impl DeskNoticeText {
    pub fn new(text: Text, head: Revision) -> Self {
        Self {
            notice_id: text.item_id.of(),
            lang: text.lang.clone(),
            states: text.into(),
            body: head.body.0,
        }
    }
}
