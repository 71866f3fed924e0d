//! Linking quotes as one statement, at the newsroom's door. The link is part of the quote, so it is
//! a save of the text that the quote stands in, and readers see it when that is published.

use actix_web::put;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::DeskQuote;
use super::desk::{QuotePath, find_own_quote, find_quote};
use super::model::{LinkError, MOST_OF_STATEMENT, Quote};
use super::room::Room;
use super::store;
use super::veil::veil;
use crate::app::App;
use crate::articles::input::SlugWish;
use crate::articles::writing::Draughting;
use crate::auth::Staff;
use crate::db::{AnyId, DbConn, Tx};
use crate::http::body::ValidJson;
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::openapi::IfMatchHeader;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::texts::model::Cause;

/// What a quote is linked to.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"statement": "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01"}))]
pub struct StatementInput {
    /// Another quote of the same source, or a statement that such quotes share; null makes the quote
    /// a statement by itself.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    pub statement: Option<AnyId>,
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        Self::field("/statement", error.to_string())
    }
}

/// Link a quote to a statement
///
/// What was said once and is quoted in several languages or articles is one statement: it counts once,
/// and is one item in timelines. Saves the text of this quote; the text of the other stays as it is. Readers
/// see the link when the text is published.
#[utoipa::path(
    tag = "desk: quotes",
    params(QuotePath, IfMatchHeader),
    request_body = StatementInput,
    responses((status = 200, body = DeskQuote)),
)]
#[put("/v1/desk/quotes/{id}/statement")]
pub async fn link_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<QuotePath>,
    if_match: IfMatch,
    input: ValidJson<StatementInput>,
) -> ApiResult<WithEtag<DeskQuote>> {
    let (id, target) = (path.id, input.0.statement);
    let (quote, version) = app
        .db
        .write(move |tx| {
            let (_, _, text) = find_own_quote(tx, id, &staff)?;
            if_match.check(text.version)?;
            let mut draughting = Draughting::of(tx, text, Cause::Quote)?;
            let row = draughting.quotes.iter_mut().find(|quote| quote.id == id);
            let row = row.ok_or_else(Problem::not_found)?;
            match target {
                Some(target) => link(tx, row, target, &staff)?,
                None => leave_statement(tx, row)?,
            }
            let mut linked = row.clone();
            let confided = veil(tx, std::slice::from_mut(&mut linked), &staff)?;
            confided.record(tx, &staff, "link_quote");
            let saved = draughting.save(tx, &SlugWish::Keep, Vec::new(), &staff)?;
            Ok::<_, Problem>((linked, saved.text.version))
        })
        .await?;
    Ok(WithEtag {
        version,
        item: quote.into(),
    })
}

/// Makes a quote a statement by itself; those that were linked to it stay together.
pub(super) fn leave_statement(tx: &mut Tx, row: &mut Quote) -> Result<(), Problem> {
    let joined = store::of_statement(tx, row.id.of(), 2)?;
    row.unlink(joined.iter().any(|other| other.id != row.id));
    Ok(())
}

/// Both are compared as the caller sees them: what they may not know does not show in the answer.
fn link(tx: &mut Tx, row: &mut Quote, target: AnyId, staff: &Staff) -> Result<(), Problem> {
    let other = find_target(tx, target, staff)?.ok_or(LinkError::Unknown)?;
    if other.statement() == row.statement() {
        return Ok(());
    }
    let mut own = row.clone();
    let _not_told = veil(tx, std::slice::from_mut(&mut own), staff)?;
    own.link_to(&other)?;
    let mut room = Room::in_all(tx, &[other.statement()], staff)?;
    room.take_place(other.statement(), own.source_id)?;
    row.statement = own.statement;
    Ok(())
}

/// One of the statement of this id, or the quote of this id: a quote that left those that were linked
/// to it is of another statement, and its id is theirs.
fn find_target(conn: &mut DbConn, target: AnyId, staff: &Staff) -> Result<Option<Quote>, Problem> {
    let members = store::of_statement(conn, target, MOST_OF_STATEMENT)?;
    let members = members.into_iter().map(|quote| quote.id);
    for id in members.chain(std::iter::once(target.of())) {
        match find_quote(conn, id, staff) {
            Ok((quote, ..)) => return Ok(Some(quote)),
            Err(problem) if problem.code() == Code::NotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}
