//! What a body would do to the quotes of a text, told without saving it: so an editor's tool can
//! warn while somebody types.

use actix_web::post;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::api::TextPath;
use super::api_states::Publication;
use super::corrections::Changes;
use super::desk_texts::pick;
use super::gate::{Candidate, sources_of};
use super::input::{Draft, draft};
use super::sight::see_own;
use super::store;
use super::writing::Draughting;
use crate::app::App;
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::body::Body;
use crate::db::DbConn;
use crate::http::body::Posted;
use crate::http::once::Answer;
use crate::http::problem::{ApiResult, FieldError, Problem};
use crate::quotes::model::QuoteEffect;
use crate::sources::model::SourceId;
use crate::sources::store as sources;
use crate::texts::model::Cause;
use crate::texts::store as texts;

/// A body in one of the forms that a save takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body_markdown": "On Friday the minister said the bridge will open."}))]
pub struct BodyToCheck {
    /// Portable Text.
    #[serde(default)]
    #[schema(value_type = Option<Body>)]
    pub body: Option<Value>,
    /// The body as Markdown (CommonMark).
    #[serde(default)]
    #[schema(max_length = 400_000)]
    pub body_markdown: Option<String>,
    /// The body as HTML, which is sanitised.
    #[serde(default)]
    #[schema(max_length = 400_000)]
    pub body_html: Option<String>,
}

/// What a save of a body would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "version": 9,
    "quote_effects": [{"quote": "0192f1a2-7c3e-7b10-9a55-0000000a0001", "before": "anchored", "after": "orphaned", "nearest": null}],
    "publication": {"refused": true, "problems": [{
        "code": "publish-gate",
        "detail": "One quote has lost its words.",
        "errors": [{"pointer": "/quotes/0192f1a2-7c3e-7b10-9a55-0000000a0001", "code": "quote-orphaned",
            "detail": "The quoted words are no longer in the text."}],
    }]},
}))]
pub struct TextCheck {
    /// The version of the text that it was checked against.
    pub version: i64,
    /// What the save would answer in this field.
    pub quote_effects: Vec<QuoteEffect>,
    pub publication: PublicationCheck,
}

/// Whether the text could be published with the body, with no quote confirmed and no note given.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationCheck {
    pub refused: bool,
    /// Everything that stands against it.
    pub problems: Vec<Obstacle>,
}

/// Something that stands against a publication, as its problem would say it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Obstacle {
    #[schema(example = "publish-gate")]
    pub code: &'static str,
    pub detail: String,
    pub errors: Vec<FieldError>,
}

impl From<&Problem> for Obstacle {
    fn from(problem: &Problem) -> Self {
        Self {
            code: problem.code().word(),
            detail: problem.detail().to_owned(),
            errors: problem.errors().to_vec(),
        }
    }
}

/// Check a body
///
/// Tells what a save of this body would do to the quotes of the text, and whether the text could
/// then be published. Nothing is saved. The answer carries the `ETag` of the version that was
/// checked; no `If-Match` is asked for. Repeating a check does no harm, so it needs no
/// `Idempotency-Key`; with one, the first answer is given again, whatever has been saved since.
/// Names of confidential sources that the caller may not know are not looked for.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath),
    request_body = BodyToCheck,
    responses((status = 200, body = TextCheck)),
)]
#[post("/v1/desk/articles/{id}/texts/{lang}/check")]
pub async fn check_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    posted: Posted<BodyToCheck>,
) -> ApiResult<Answer> {
    let BodyToCheck {
        body,
        body_markdown,
        body_html,
    } = posted.value;
    let body = draft(body, body_markdown, body_html)?.ok_or_else(|| {
        Problem::field("/body", "expected one of body, body_markdown and body_html")
    })?;
    let path = path.into_inner();
    posted
        .once
        .read(&app.db, &app.secret, move |conn| {
            let check = check(conn, &path, body.clone(), &staff)?;
            Answer::changed(check.version, &check)
        })
        .await
}

fn check(
    conn: &mut DbConn,
    path: &TextPath,
    body: Draft,
    staff: &Staff,
) -> Result<TextCheck, Problem> {
    let (_, texts) = see_own(conn, path.id, staff)?;
    let text = pick(texts, path)?;
    let version = text.version;
    // A text that takes no saves has nothing to check.
    text.clone().save(text.saved_at)?;
    let published = text.published_revision;
    let mut draughting = Draughting::of(conn, text, Cause::Save)?;
    let quote_effects = draughting.set_body(body)?;
    let Draughting {
        text,
        content,
        quotes,
        ..
    } = draughting;
    let before = match published {
        Some(number) => texts::find_revision(conn, text.item_id, &text.lang, number)?,
        None => None,
    };
    let changes = before.map(|before| Changes::between(&before, &content.body, &quotes));
    let named: Vec<SourceId> = sources_of(&quotes).into_iter().collect();
    let mut sources = sources::find_many(conn, &named)?;
    if !staff.may(Right::Edit) {
        sources.retain(|source| source.created_by == staff.id);
    }
    let told = store::corrections_of(conn, path.id, &text.lang)?;
    let candidate = Candidate {
        lang: &text.lang,
        content: &content,
        quotes: &quotes,
        sources: &sources,
        changes: changes.as_ref(),
        corrections: &told,
    };
    let problems = candidate.refusals(&Publication::default())?;
    Ok(TextCheck {
        version,
        quote_effects,
        publication: PublicationCheck {
            refused: !problems.is_empty(),
            problems: problems.iter().map(Obstacle::from).collect(),
        },
    })
}
