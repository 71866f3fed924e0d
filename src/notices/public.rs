//! Notices, for readers: those whose window is open.

use std::str::FromStr;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use utoipa::IntoParams;

use super::api::NoticePath;
use super::cards::{NoticeCard, Texts, card};
use super::linked;
use super::model::{AreaCode, NoticeId, NoticeKind, Placement};
use super::published;
use super::publishing::COLLECTION;
use crate::app::App;
use crate::articles::cards::Alternate;
use crate::db::{DbConn, Instant};
use crate::http::choosing::Fields;
use crate::http::form::{self, Form, FormAsked};
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::page::{Page, Pager, Paging};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::Reading;
use crate::language::{Fallback, Lang, choose};
use crate::site::{self, Site};
use crate::standards::Publisher;
use crate::standards::schema_org::SpecialAnnouncement;

/// When a notice has to hold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum ActiveAt {
    Now,
    At(Instant),
}

impl FromStr for ActiveAt {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "now" => Ok(Self::Now),
            _ => text.parse().map(Self::At).map_err(
                |_| "expected `now` or an instant as RFC 3339 says, such as 2026-04-17T08:00:00Z",
            ),
        }
    }
}

/// Which notices a list has.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeFilters {
    /// `now`, or an instant in the past: those whose window was open then. What is to come is not told.
    #[param(value_type = String, default = "now", example = "now", max_length = 40, required = false)]
    active_at: ActiveAt,
    /// Codes of ISO 3166-2 with commas between. `AZ-BA` finds notices for it, for `AZ`, and those for
    /// everywhere.
    #[param(value_type = String, max_length = 400, required = false, example = "AZ-BA",
        pattern = "^[A-Z]{2}(-[A-Z0-9]{1,3})?(,[A-Z]{2}(-[A-Z0-9]{1,3})?)*$")]
    area: Vec<AreaCode>,
    /// Only those that name one of these placements; with commas between.
    #[param(value_type = String, max_length = 2000, required = false, example = "home",
        pattern = "^[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*$")]
    placement: Vec<Placement>,
    /// Only those of these kinds; with commas between.
    #[param(value_type = String, max_length = 100, required = false, example = "alert,civic")]
    kind: Vec<NoticeKind>,
}

impl QueryPart for NoticeFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            active_at: params.one("active_at")?.unwrap_or(ActiveAt::Now),
            area: params.many("area")?,
            placement: params.many("placement")?,
            kind: params.many("kind")?,
        })
    }
}

impl ActiveAt {
    /// The moment that is asked about; 400 for one that has not come yet.
    fn moment(self, now: Instant) -> Result<Instant, Problem> {
        match self {
            Self::Now => Ok(now),
            Self::At(at) if at <= now => Ok(at),
            Self::At(_) => Err(Problem::parameter(
                "active_at",
                "expected `now` or an instant that is not in the future",
            )),
        }
    }
}

/// List notices
///
/// Those whose window is open: urgent ones first, among equals the newest start first. Each comes in
/// the one language of its own that fits, and says so in `served`; so there is no `Content-Language`.
/// With `lang_fallback=none`, those that are in none of the languages of `lang` are left out.
#[utoipa::path(
    tag = "notices",
    params(Paging, NoticeFilters, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, body = Page<NoticeCard>)),
)]
#[get("/v1/notices")]
pub async fn list_notices(
    app: Data<App>,
    request: HttpRequest,
    language: LanguageAsked,
    query: Query<(Paging, NoticeFilters, Fields)>,
) -> ApiResult<Reading> {
    let Query((paging, filters, fields)) = query;
    let now = app.db.clock().now();
    let at = filters.active_at.moment(now)?;
    let pager = Pager::<published::Key>::new(&request, &app.cursors, paging)?;
    let (limit, counts) = (pager.rows(), pager.count);
    let from = pager.at.as_ref().map(|at| (at.back, at.key));
    let asked = language.clone();
    let (site, rows, texts, counted, boundary) = app
        .readers
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let filter = published::Filter {
                langs: acceptable(conn, &asked, &site)?,
                areas: filters.area,
                placements: filters.placement.iter().map(ToString::to_string).collect(),
                unplaced: false,
                kinds: filters.kind,
            };
            let rows = published::list(conn, &filter, at, from, limit)?;
            let ids: Vec<NoticeId> = rows.iter().map(|row| row.id).collect();
            let texts = published::texts_of(conn, &ids)?;
            let counted = counts
                .then(|| published::count(conn, &filter, at))
                .transpose()?;
            let boundary = match filters.active_at {
                ActiveAt::Now => published::next_boundary(conn, now)?,
                ActiveAt::At(_) => None,
            };
            Ok::<_, Problem>((site, rows, texts, counted, boundary))
        })
        .await?;
    let page = pager
        .page(rows, |row| (row.rank, row.starts, row.id))
        .with_total(counted);
    let links = pager.links(&page.page);
    let keys: Vec<String> = page.items.iter().map(|row| key(row.id)).collect();
    let asked = &language.asked;
    let list = Page {
        items: Texts::from(texts).cards(page.items, asked, language.for_item(), &site),
        page: page.page,
        total: page.total,
        total_is: page.total_is,
    };
    Ok(Reading::json(&fields.of_list(value(&list)?)?)?
        .in_language(None, asked)
        .true_until(boundary, now)
        .about([COLLECTION.to_owned(), "site".to_owned()])
        .about(keys)
        .linked(links))
}

/// The languages of notices that may be served; `None` where all may.
fn acceptable(
    conn: &mut DbConn,
    language: &LanguageAsked,
    site: &Site,
) -> Result<Option<Vec<Lang>>, Problem> {
    let (asked, fallback) = (&language.asked, language.for_item());
    if asked.varies() || fallback == Fallback::Any {
        return Ok(None);
    }
    let fits =
        |lang: &Lang| choose(asked, std::slice::from_ref(lang), site.chain(), fallback).is_some();
    let langs = published::languages(conn)?;
    Ok(Some(langs.into_iter().filter(fits).collect()))
}

/// The forms in which a notice is told.
const FORMS: [Form; 2] = [Form::Json, Form::SchemaOrg];

/// A notice in a form.
async fn told(
    app: &App,
    id: NoticeId,
    language: &LanguageAsked,
    form: Form,
    fields: &Fields,
) -> ApiResult<Reading> {
    let now = app.db.clock().now();
    let (site, row, texts) = app
        .readers
        .read_snapshot(move |conn| {
            let Some(row) = published::find_open(conn, id, now)? else {
                let opens = published::opens(conn, id, now)?;
                return Err(Problem::not_found().about([key(id)]).true_until(opens));
            };
            let texts = published::texts_of(conn, &[id])?;
            Ok::<_, Problem>((site::find(conn)?, row, texts))
        })
        .await?;
    let (starts, ends) = (row.starts, row.ends);
    let published: Vec<(Lang, Instant)> = texts
        .iter()
        .map(|text| (text.lang.clone(), text.published_at))
        .collect();
    let card = card(row, texts, &language.asked, language.for_item(), &site);
    let card = match card {
        Ok(card) => card,
        Err(alternates) => {
            let problem = not_in_language(value(&alternates)?);
            let problem = problem.about([key(id), "site".to_owned()]);
            return Err(problem.true_until(ends));
        }
    };
    let lang = card.lang.clone();
    let reading = match form {
        Form::SchemaOrg => {
            let publisher = Publisher {
                site: &site,
                api: &app.settings.public_url,
            };
            let published = published.iter().find(|(of, _)| *of == lang);
            let published_at = published.map_or(starts, |(_, at)| *at);
            let announcement = linked::announcement(&card, published_at, publisher)?;
            Reading::in_form(form, &announcement)?
        }
        Form::Json | Form::Annotation | Form::Ninjs => {
            Reading::json(&fields.of_item(value(&card)?)?)?
        }
    };
    let (address, query) = (format!("/v1/notices/{id}"), format!("?lang={lang}"));
    Ok(reading
        .in_language(Some(&lang), &language.asked)
        .true_until(ends, now)
        .about([key(id), "site".to_owned()])
        .linked(card.alternates.iter().filter_map(Alternate::link))
        .linked(form.links(&FORMS, &address, &query)))
}

/// One notice
///
/// While its window is open; 404 before and after. `Accept` chooses the form; `fields` is for
/// `application/json` alone.
#[utoipa::path(
    tag = "notices",
    params(NoticePath, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, content(
        (NoticeCard = "application/json"), (SpecialAnnouncement = form::SCHEMA_ORG),
    ))),
)]
#[get("/v1/notices/{id}")]
pub async fn get_notice(
    app: Data<App>,
    path: Path<NoticePath>,
    language: LanguageAsked,
    form: FormAsked,
    query: Query<Fields>,
) -> ApiResult<Reading> {
    told(&app, path.id, &language, form.0, &query.0).await
}

/// One notice as JSON-LD
///
/// As a schema.org `SpecialAnnouncement`, whatever `Accept` says.
#[utoipa::path(
    tag = "notices",
    params(NoticePath, LanguageParams, AcceptLanguage),
    responses((status = 200, body = SpecialAnnouncement, content_type = form::SCHEMA_ORG)),
)]
#[get("/v1/notices/{id}.jsonld")]
pub async fn get_notice_jsonld(
    app: Data<App>,
    path: Path<NoticePath>,
    language: LanguageAsked,
) -> ApiResult<Reading> {
    told(
        &app,
        path.id,
        &language,
        Form::SchemaOrg,
        &Fields::default(),
    )
    .await
}

fn key(id: NoticeId) -> String {
    format!("notice:{id}")
}

fn value(body: &impl serde::Serialize) -> ApiResult<serde_json::Value> {
    serde_json::to_value(body)
        .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))
}

fn not_in_language(alternates: serde_json::Value) -> Problem {
    Problem::new(
        Code::LanguageNotAvailable,
        "The notice is not to be had in any language that was asked for.",
    )
    .with_alternates(alternates)
}
