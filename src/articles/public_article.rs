//! One article for readers, by its id or its address, in each of its forms.

use actix_web::get;
use actix_web::web::{Data, Path};
use utoipa::IntoParams;

use super::api::ArticlePath;
use super::assembly::{BodyChoice, Include, Wish};
use super::cards::{Alternate, ArticleJson};
use super::model::ArticleId;
use super::public::{Choice, SlugPath, chosen, find_article, find_article_at};
use super::{keys, linked, ninjs};
use crate::app::App;
use crate::db::DbConn;
use crate::http::choosing::Fields;
use crate::http::form::{self, Form, FormAsked};
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::{Moved, Read, Reading};
use crate::standards::Publisher;
use crate::standards::ninjs::NinjsItem;
use crate::standards::schema_org::NewsArticle;

/// The forms in which an article is told.
const FORMS: [Form; 3] = [Form::Json, Form::SchemaOrg, Form::Ninjs];

/// What an article carries, and the form of its body.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Shape {
    /// Of `quotes`, `sources`, `related` and `reviews`, with commas between.
    #[param(value_type = Option<String>, example = "quotes,sources", max_length = 40, required = false,
        pattern = "^(quotes|sources|related|reviews)(,(quotes|sources|related|reviews)){0,3}$")]
    include: Vec<Include>,
    /// The form of the body; `blocks` is Portable Text.
    #[param(inline, required = false)]
    body: Option<BodyChoice>,
}

impl QueryPart for Shape {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            include: params.many("include")?,
            body: params.one("body")?,
        })
    }
}

impl Shape {
    fn wish(self) -> Wish {
        Wish {
            include: self.include,
            body: self.body.unwrap_or(BodyChoice::Blocks),
        }
    }
}

/// What has to be read of an article for a form; `shape` is that of its JSON.
fn wish(form: Form, shape: Shape) -> Wish {
    let include = match form {
        Form::Json | Form::Annotation => return shape.wish(),
        Form::SchemaOrg => vec![Include::Quotes, Include::Sources],
        Form::Ninjs => vec![Include::Quotes, Include::Related],
    };
    Wish {
        include,
        body: BodyChoice::Blocks,
    }
}

/// An article in a form. `address` is that of its JSON, with the query that it needs there.
fn told(
    article: &ArticleJson,
    publisher: Publisher,
    form: Form,
    fields: &Fields,
    (address, query): (&str, &str),
) -> ApiResult<Reading> {
    let reading = match form {
        Form::Json | Form::Annotation => chosen(article, fields, Fields::of_item)?,
        Form::SchemaOrg => Reading::in_form(form, &linked::news_article(article, publisher)?)?,
        Form::Ninjs => Reading::in_form(form, &ninjs::item(article, publisher)?)?,
    };
    Ok(reading
        .modified(Some(article.updated_at))
        .about(keys::keys_of(article))
        .linked(article.alternates.iter().filter_map(Alternate::link))
        .linked(form.links(&FORMS, address, query)))
}

async fn by_id(
    app: Data<App>,
    id: ArticleId,
    language: LanguageAsked,
    form: Form,
    (shape, fields): (Shape, Fields),
) -> ApiResult<Reading> {
    let (site, wish, here) = (app.site().await?, wish(form, shape), app.clone());
    let read = move |conn: &mut DbConn| {
        let choice = Choice::Asked(&language.asked, language.for_item());
        let article = find_article(conn, &site, id, &choice, &wish)?;
        let lang = &article.lang;
        let (address, query) = (format!("/v1/articles/{id}"), format!("?lang={lang}"));
        let publisher = Publisher {
            site: &site,
            api: &here.settings.public_url,
        };
        let reading = told(&article, publisher, form, &fields, (&address, &query))?;
        Ok(reading.in_language(Some(lang), &language.asked))
    };
    app.readers.read_snapshot(read).await
}

/// `suffix` is what the path had after the slug.
async fn by_slug(
    app: Data<App>,
    path: SlugPath,
    (form, suffix): (Form, &'static str),
    (shape, fields): (Shape, Fields),
) -> ApiResult<Read> {
    let (site, wish, here) = (app.site().await?, wish(form, shape), app.clone());
    let read = move |conn: &mut DbConn| {
        let article = find_article_at(conn, &site, &path, &wish)?;
        let (lang, slug) = (&path.lang, &article.slug);
        let address = format!("/v1/articles/by-slug/{lang}/{slug}");
        if *slug != path.slug {
            let address = format!("{address}{suffix}");
            return Ok(Moved::to(address, [keys::key_of(article.id)]).into());
        }
        let publisher = Publisher {
            site: &site,
            api: &here.settings.public_url,
        };
        let reading = told(&article, publisher, form, &fields, (&address, ""))?;
        Ok(reading.in_language_of_path(&article.lang).into())
    };
    app.readers.read_snapshot(read).await
}

/// Read an article
///
/// In the language that fits what was asked for. The answer says which it is and why (`served`).
/// `Accept` chooses the form; `fields`, `include` and `body` are for `application/json` alone.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, LanguageParams, AcceptLanguage, Shape, Fields),
    responses((status = 200, content(
        (ArticleJson = "application/json"), (NewsArticle = form::SCHEMA_ORG), (NinjsItem = form::NINJS),
    ))),
)]
#[get("/v1/articles/{id}")]
pub async fn get_article(
    app: Data<App>,
    path: Path<ArticlePath>,
    language: LanguageAsked,
    form: FormAsked,
    query: Query<(Shape, Fields)>,
) -> ApiResult<Reading> {
    by_id(app, path.id, language, form.0, query.0).await
}

/// Read an article as JSON-LD
///
/// As a schema.org `NewsArticle` with its quotations, whatever `Accept` says.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, LanguageParams, AcceptLanguage),
    responses((status = 200, body = NewsArticle, content_type = form::SCHEMA_ORG)),
)]
#[get("/v1/articles/{id}.jsonld")]
pub async fn get_article_jsonld(
    app: Data<App>,
    path: Path<ArticlePath>,
    language: LanguageAsked,
) -> ApiResult<Reading> {
    let whole = Default::default();
    by_id(app, path.id, language, Form::SchemaOrg, whole).await
}

/// Read an article as ninjs
///
/// As an item of the IPTC's ninjs 3.1, whatever `Accept` says.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, LanguageParams, AcceptLanguage),
    responses((status = 200, body = NinjsItem, content_type = form::NINJS)),
)]
#[get("/v1/articles/{id}.ninjs")]
pub async fn get_article_ninjs(
    app: Data<App>,
    path: Path<ArticlePath>,
    language: LanguageAsked,
) -> ApiResult<Reading> {
    let whole = Default::default();
    by_id(app, path.id, language, Form::Ninjs, whole).await
}

/// Read an article by its address
///
/// The path names the language. An old slug answers 301 with the present one. `Accept` chooses the form;
/// `fields`, `include` and `body` are for `application/json` alone.
#[utoipa::path(
    tag = "articles",
    params(SlugPath, Shape, Fields),
    responses(
        (status = 200, content(
            (ArticleJson = "application/json"), (NewsArticle = form::SCHEMA_ORG), (NinjsItem = form::NINJS),
        )),
        (status = 301, description = "It has another slug now."),
    ),
)]
#[get("/v1/articles/by-slug/{lang}/{slug}")]
pub async fn get_article_by_slug(
    app: Data<App>,
    path: Path<SlugPath>,
    form: FormAsked,
    query: Query<(Shape, Fields)>,
) -> ApiResult<Read> {
    by_slug(app, path.into_inner(), (form.0, ""), query.0).await
}

/// Read an article by its address as JSON-LD
///
/// As a schema.org `NewsArticle` with its quotations, whatever `Accept` says.
#[utoipa::path(
    tag = "articles",
    params(SlugPath),
    responses(
        (status = 200, body = NewsArticle, content_type = form::SCHEMA_ORG),
        (status = 301, description = "It has another slug now."),
    ),
)]
#[get("/v1/articles/by-slug/{lang}/{slug}.jsonld")]
pub async fn get_article_by_slug_jsonld(app: Data<App>, path: Path<SlugPath>) -> ApiResult<Read> {
    let form = Form::SchemaOrg;
    by_slug(
        app,
        path.into_inner(),
        (form, form.suffix()),
        Default::default(),
    )
    .await
}

/// Read an article by its address as ninjs
///
/// As an item of the IPTC's ninjs 3.1, whatever `Accept` says.
#[utoipa::path(
    tag = "articles",
    params(SlugPath),
    responses(
        (status = 200, body = NinjsItem, content_type = form::NINJS),
        (status = 301, description = "It has another slug now."),
    ),
)]
#[get("/v1/articles/by-slug/{lang}/{slug}.ninjs")]
pub async fn get_article_by_slug_ninjs(app: Data<App>, path: Path<SlugPath>) -> ApiResult<Read> {
    let form = Form::Ninjs;
    by_slug(
        app,
        path.into_inner(),
        (form, form.suffix()),
        Default::default(),
    )
    .await
}
