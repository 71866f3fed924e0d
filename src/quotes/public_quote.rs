//! One quote for readers, in each of its forms.

use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Path};

use super::cards::QuoteCard;
use super::desk::QuotePath;
use super::model::QuoteId;
use super::setting::Setting;
use super::{linked, published};
use crate::app::App;
use crate::articles::public::chosen;
use crate::articles::{attributed, keys};
use crate::db::{DbConn, Instant};
use crate::http::choosing::Fields;
use crate::http::form::{self, Form, FormAsked};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::Query;
use crate::http::reading::Reading;
use crate::site::Site;
use crate::sources::api::SourceItem;
use crate::standards::Publisher;
use crate::standards::annotation::WebAnnotation;
use crate::standards::schema_org::Quotation;

/// The forms in which a quote is told.
const FORMS: [Form; 3] = [Form::Json, Form::SchemaOrg, Form::Annotation];

/// What the Web Annotation Protocol wants said of an annotation (§4.1).
const LDP_RESOURCE: &str = "<http://www.w3.org/ns/ldp#Resource>; rel=\"type\"";

/// A quote, and what is said of it in other forms than JSON.
struct Told {
    card: QuoteCard,
    published_at: Instant,
    site: Arc<Site>,
    /// Read for other forms only.
    beyond: Option<(Setting, Vec<SourceItem>)>,
}

fn read_told(conn: &mut DbConn, site: Arc<Site>, id: QuoteId, form: Form) -> Result<Told, Problem> {
    let nothing = || Problem::not_found().about([format!("quote:{id}"), "quotes".to_owned()]);
    let row = published::find(conn, id)?.ok_or_else(nothing)?;
    let (lang, published_at) = (row.lang.clone(), row.published_at);
    let rows = vec![row];
    let sources = match form {
        Form::Json => None,
        _ => Some(attributed::source_items(conn, &site, &rows, &lang)?),
    };
    let cards = attributed::quote_cards(conn, &site, rows, &lang)?;
    let card = cards.into_iter().next().ok_or_else(nothing)?;
    let beyond = match sources {
        Some(sources) => Some((Setting::find(conn, &site, &card.article)?, sources)),
        None => None,
    };
    Ok(Told {
        card,
        published_at,
        site,
        beyond,
    })
}

/// A quote in a form.
async fn told(app: &App, id: QuoteId, form: Form, fields: &Fields) -> ApiResult<Reading> {
    let site = app.site().await?;
    let read = move |conn: &mut DbConn| read_told(conn, site, id, form);
    let told = app.readers.read_snapshot(read).await?;
    let publisher = Publisher {
        site: &told.site,
        api: &app.settings.public_url,
    };
    let card = &told.card;
    let reading = match &told.beyond {
        None => chosen(card, fields, Fields::of_item)?,
        Some((setting, _)) if form == Form::Annotation => {
            let annotation = linked::annotation(card, told.published_at, setting, publisher);
            Reading::in_form(form, &annotation)?
                .linked([LDP_RESOURCE.to_owned()])
                .allowing("GET, HEAD, OPTIONS")
        }
        Some((setting, sources)) => {
            let quotation = linked::lone_quotation(card, setting, sources, publisher);
            Reading::in_form(form, &quotation)?
        }
    };
    let section = told
        .beyond
        .as_ref()
        .and_then(|(setting, _)| setting.section);
    let section = section.map(|section| format!("section:{section}"));
    Ok(reading
        .in_language_of_path(&card.article.lang)
        .about([format!("quote:{id}"), "site".to_owned()])
        .about(keys::keys_of_quote(card))
        .about(section)
        .linked(form.links(&FORMS, &format!("/v1/quotes/{id}"), "")))
}

/// Read a quote
///
/// In the language of the text in which it stands. `Accept` chooses the form; `fields` is for
/// `application/json` alone.
#[utoipa::path(
    tag = "quotes",
    params(QuotePath, Fields),
    responses((status = 200, content(
        (QuoteCard = "application/json"), (Quotation = form::SCHEMA_ORG), (WebAnnotation = form::ANNOTATION),
    ))),
)]
#[get("/v1/quotes/{id}")]
pub async fn get_quote(
    app: Data<App>,
    path: Path<QuotePath>,
    form: FormAsked,
    query: Query<Fields>,
) -> ApiResult<Reading> {
    told(&app, path.id, form.0, &query.0).await
}

/// Read a quote as JSON-LD
///
/// As a schema.org `Quotation`, whatever `Accept` says.
#[utoipa::path(
    tag = "quotes",
    params(QuotePath),
    responses((status = 200, body = Quotation, content_type = form::SCHEMA_ORG)),
)]
#[get("/v1/quotes/{id}.jsonld")]
pub async fn get_quote_jsonld(app: Data<App>, path: Path<QuotePath>) -> ApiResult<Reading> {
    told(&app, path.id, Form::SchemaOrg, &Fields::default()).await
}

/// Read a quote as a web annotation
///
/// As an annotation of the article's page (W3C Web Annotation Data Model), whatever `Accept` says. The
/// words are found by themselves, or by the key of their block and the place in it.
#[utoipa::path(
    tag = "quotes",
    params(QuotePath),
    responses((status = 200, body = WebAnnotation, content_type = form::ANNOTATION)),
)]
#[get("/v1/quotes/{id}.anno.jsonld")]
pub async fn get_quote_annotation(app: Data<App>, path: Path<QuotePath>) -> ApiResult<Reading> {
    told(&app, path.id, Form::Annotation, &Fields::default()).await
}
