//! Translations at the newsroom's door: which of them have been left behind by their originals, and by
//! what.

use actix_web::web::{Data, Json as ActixJson, Path};
use actix_web::{HttpRequest, get};
use utoipa::IntoParams;

use super::api::{Drift, TranslationEntry};
use super::store::{self, Filter, Key};
use crate::app::App;
use crate::articles::api::TextPath;
use crate::articles::diff::Diff;
use crate::articles::sight::{find_seen, head};
use crate::auth::Staff;
use crate::db::AnyId;
use crate::http::page::{Listing, Page, Pager, Paging};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart, flag};
use crate::language::Lang;
use crate::quotes::veil::veil;
use crate::texts::store as texts;

/// Which translations.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TranslationFilters {
    /// True for those whose original has moved on, false for those that are up to date; all without it.
    #[param(value_type = Option<bool>, required = false, example = true)]
    stale: Option<bool>,
    /// The language into which it was translated.
    #[param(value_type = Option<String>, example = "ru", max_length = 35, required = false)]
    lang: Option<Lang>,
}

impl QueryPart for TranslationFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        let said = params.text("stale").is_some();
        Ok(Self {
            stale: said.then(|| flag(params, "stale")).transpose()?,
            lang: params.one("lang")?,
        })
    }
}

/// List translations
///
/// Texts whose newest revision says what it was translated from: those first that became stale, or were
/// brought up to date, last. A translation is stale when the newest revision of its original says
/// something else than the one that was translated; `…/drift` shows what.
#[utoipa::path(
    tag = "desk: articles",
    params(Paging, TranslationFilters),
    responses((status = 200, body = Page<TranslationEntry>)),
)]
#[get("/v1/desk/translations")]
pub async fn list_translations(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, TranslationFilters)>,
) -> ApiResult<Listing<TranslationEntry>> {
    let (paging, TranslationFilters { stale, lang }) = query.0;
    let pager = Pager::<Key>::new(&request, &app.cursors, paging)?;
    let (limit, counts) = (pager.rows(), pager.count);
    let at = pager.start();
    let (rows, texts, counted) = app
        .db
        .read_snapshot(move |conn| {
            let filter = Filter { stale, lang };
            let rows = store::list(conn, &filter, at, limit)?;
            let ids: Vec<AnyId> = rows.iter().map(|row| row.article_id.of()).collect();
            let texts = texts::of_items(conn, &ids)?;
            let counted = counts.then(|| store::count(conn, &filter)).transpose()?;
            Ok::<_, Problem>((rows, texts, counted))
        })
        .await?;
    let entries = rows.into_iter().filter_map(|row| {
        let key = row.key();
        Some((key, TranslationEntry::new(row, &texts)?))
    });
    Ok(pager.listing(pager.page_of(entries.collect(), counted)))
}

/// Show how far an original has moved on
///
/// What changed in the original since the revision that a translation was made from: fields, blocks by
/// their keys with their words, quotes. 404 for a text that is no translation.
#[utoipa::path(tag = "desk: articles", params(TextPath), responses((status = 200, body = Drift)))]
#[get("/v1/desk/articles/{id}/texts/{lang}/drift")]
pub async fn get_drift(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
) -> ApiResult<ActixJson<Drift>> {
    let path = path.into_inner();
    let drift = app
        .db
        .read_snapshot(move |conn| {
            let seen = find_seen(conn, path.id, &staff)?;
            seen.check_whole()?;
            let row = store::find(conn, path.id, &path.lang)?;
            let row =
                row.ok_or_else(|| no_drift("There is no text here that is a translation."))?;
            let (lang, revision) = (row.from_lang.clone(), row.from_revision);
            let original = seen.texts.iter().find(|text| text.lang == lang);
            let original = original.ok_or_else(|| no_drift("The original was deleted."))?;
            let then = texts::find_revision(conn, path.id.of(), &lang, revision)?;
            let mut then = then.ok_or_else(Problem::not_found)?;
            let mut now = head(conn, original)?;
            // What changed in a quote is told, but not who said it.
            let _not_told = veil(conn, &mut then.quotes.0, &staff)?;
            let _not_told = veil(conn, &mut now.quotes.0, &staff)?;
            let translation = TranslationEntry::new(row, &seen.texts);
            Ok::<_, Problem>(Drift {
                translation: translation.ok_or_else(Problem::not_found)?,
                changes: Diff::between(&then, &now),
            })
        })
        .await?;
    Ok(ActixJson(drift))
}

fn no_drift(why: &'static str) -> Problem {
    Problem::new(Code::NotFound, why)
}
