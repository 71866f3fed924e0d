//! Reports at the newsroom's door, for editors.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::header;
use actix_web::web::{Data, Json as ActixJson};
use actix_web::{HttpResponse, get};
use utoipa::IntoParams;

use super::api::SourcingReport;
use super::sourcing::{LONGEST, MOST, Period, Report, USUAL, ranked};
use super::{store, table};
use crate::app::App;
use crate::auth::Staff;
use crate::db::{DbConn, Instant};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::quotes::filters::out_of_range;
use crate::quotes::said_at::SaidAt;
use crate::sections;
use crate::site::{self, Site};
use crate::sources::confided::Confided;
use crate::sources::model::SourceId;
use crate::sources::store as sources;

/// Over what a report is made.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourcingQuery {
    /// From this moment on, or from the start of this day, month or year in the site's time zone.
    /// 30 days before the end where it is left out.
    #[param(value_type = Option<String>, max_length = 40, example = "2026-04-01", required = false)]
    from: Option<SaidAt>,
    /// Before this moment, or to the end of this day, month or year. Until now where it is left out.
    #[param(value_type = Option<String>, max_length = 40, example = "2026-04-30", required = false)]
    to: Option<SaidAt>,
    /// The slug or id of a section.
    #[param(value_type = Option<String>, max_length = 120, required = false)]
    section: Option<String>,
}

impl QueryPart for SourcingQuery {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            from: params.one("from")?,
            to: params.one("to")?,
            section: params.one("section")?,
        })
    }
}

impl SourcingQuery {
    fn period(self, conn: &mut DbConn, site: &Site, now: Instant) -> Result<Period, Problem> {
        let zone = site.zone();
        let to = match self.to {
            Some(to) => to.end(&zone).ok_or_else(|| out_of_range("to"))?,
            None => now,
        };
        let from = match self.from {
            Some(from) => from.start(&zone).ok_or_else(|| out_of_range("from"))?,
            None => to.plus_seconds(-USUAL * 24 * 3600),
        };
        let section = match self.section {
            Some(reference) => {
                let section = sections::by_slug_or_id(conn, &reference)?;
                let unknown = || Problem::parameter("section", "there is no such section");
                Some(section.ok_or_else(unknown)?.id)
            }
            None => None,
        };
        let period = Period { from, to, section };
        match (from < to, period.is_too_long()) {
            (false, _) => Err(Problem::parameter("to", "expected an end after the start")),
            (_, true) => Err(Problem::parameter(
                "from",
                format!("expected at most {LONGEST} days"),
            )),
            _ => Ok(period),
        }
    }
}

/// Counts, and notes whose identity the report tells.
async fn report(
    app: &App,
    editor: &Staff,
    query: SourcingQuery,
    operation: &'static str,
) -> ApiResult<SourcingReport> {
    let now = app.db.clock().now();
    let (site, report) = app
        .db
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let period = query.period(conn, &site, now)?;
            let counted = store::count_sourcing(conn, &period, site.chain())?;
            let listed = [&counted.by_source, &counted.by_outlet].map(ranked);
            let listed = listed.iter().flat_map(|ranked| ranked.iter().take(MOST));
            let ids: BTreeSet<SourceId> = listed.map(|(id, _)| *id).collect();
            let named = sources::find_many(conn, &ids.into_iter().collect::<Vec<_>>())?;
            let sources: BTreeMap<_, _> = named
                .into_iter()
                .map(|source| (source.id, source))
                .collect();
            let report = Report {
                period,
                counted,
                sources,
            };
            Ok::<_, Problem>((site, report))
        })
        .await?;
    let confided = Confided::among(report.sources.values());
    confided.note(&app.db, editor, operation).await?;
    Ok(SourcingReport::new(&report, site.chain()))
}

/// Who is quoted
///
/// Over the texts that readers see and that were published in the period: quotes and articles by
/// source, kind, outlet and occasion, and how many stories rest on a single source. A statement in
/// several languages or articles counts once. At most 366 days.
#[utoipa::path(
    tag = "desk: reports",
    params(SourcingQuery),
    responses((status = 200, body = SourcingReport)),
)]
#[get("/v1/desk/reports/sourcing")]
pub async fn get_sourcing_report(
    app: Data<App>,
    editor: Staff,
    query: Query<SourcingQuery>,
) -> ApiResult<ActixJson<SourcingReport>> {
    let report = report(&app, &editor, query.0, "get_sourcing_report").await?;
    Ok(ActixJson(report))
}

/// Who is quoted, as a table
///
/// The same report as CSV for a spreadsheet, in UTF-8 with a byte order mark. The first column says
/// what a row counts: `period`, `quoted`, `single_source`, `unnamed`, `source`, `outlet`, `kind` or
/// `occasion`. A name that a spreadsheet would run as a formula has an apostrophe before it.
#[utoipa::path(
    tag = "desk: reports",
    params(SourcingQuery),
    responses((status = 200, body = String, content_type = "text/csv")),
)]
#[get("/v1/desk/reports/sourcing.csv")]
pub async fn get_sourcing_report_csv(
    app: Data<App>,
    editor: Staff,
    query: Query<SourcingQuery>,
) -> ApiResult<HttpResponse> {
    let report = report(&app, &editor, query.0, "get_sourcing_report_csv").await?;
    let zone = jiff::tz::TimeZone::UTC;
    let day = |at: Instant| zone.to_datetime(at.timestamp()).date();
    let name = format!("sourcing-{}-{}.csv", day(report.from), day(report.to));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(table::csv(&report)?))
}
