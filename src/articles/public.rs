//! Articles for readers: lists, and the parts of one. One article by itself is in `public_article`.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::api::ArticlePath;
use super::assembly::{self, CardInclude, Wish};
use super::attributed;
use super::cards::{ArticleCard, ArticleCards, ArticleJson, RelatedItem};
use super::filters::ArticleFilters;
use super::keys;
use super::listing::{self, Key};
use super::model::ArticleId;
use super::published::{self, Version};
use crate::app::App;
use crate::db::DbConn;
use crate::http::choosing::Fields;
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::page::{COUNT_LIMIT, Page, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::{Moved, Read, Reading};
use crate::language::{Asked, Fallback, Lang, Served, Slug, choose};
use crate::quotes::cards::QuoteCard;
use crate::quotes::public::known_source;
use crate::quotes::published as published_quotes;
use crate::site::Site;
use crate::sources::model::SourceId;
use crate::sources::published::{self as published_sources, Known};

/// What a list of articles carries besides.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CardIncludes {
    /// `topics`, `quotes`, or both with a comma between.
    #[param(value_type = Option<String>, pattern = "^(topics|quotes)(,(topics|quotes))?$", example = "topics", max_length = 20, required = false)]
    pub include: Vec<CardInclude>,
}

impl QueryPart for CardIncludes {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            include: params.many("include")?,
        })
    }
}

/// A text by its address.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SlugPath {
    /// The language (BCP 47).
    #[param(value_type = String, example = "en", min_length = 2, max_length = 35)]
    pub lang: Lang,
    /// The slug, present or old.
    #[param(value_type = String, example = "the-bridge-opens-in-may", max_length = 120)]
    pub slug: Slug,
}

/// Which language a reader gets: chosen from what they asked for, or named by the path.
pub enum Choice<'a> {
    Asked(&'a Asked, Fallback),
    Path(&'a Lang),
}

/// The language in which an article is served, among those that it has; 404, 406 or 410 where there
/// is none.
pub fn choose_language(
    conn: &mut DbConn,
    site: &Site,
    id: ArticleId,
    choice: &Choice,
) -> Result<(Served, Vec<Version>), Problem> {
    let chosen = choose_among(conn, site, id, choice);
    chosen.map_err(|problem| problem.about(keys::keys_of_missing(id)))
}

fn choose_among(
    conn: &mut DbConn,
    site: &Site,
    id: ArticleId,
    choice: &Choice,
) -> Result<(Served, Vec<Version>), Problem> {
    let versions = published::versions(conn, &[id])?;
    let available: Vec<Lang> = versions
        .iter()
        .map(|version| version.lang.clone())
        .collect();
    let (asked, fallback) = match choice {
        Choice::Asked(asked, fallback) => ((*asked).clone(), *fallback),
        Choice::Path(lang) => (Asked::of((*lang).clone()), Fallback::None),
    };
    if let Some(served) = choose(&asked, &available, site.chain(), fallback) {
        return Ok((served, versions));
    }
    let retracted = published::retractions(conn, id)?;
    let languages: Vec<Lang> = retracted.iter().map(|(lang, _)| lang.clone()).collect();
    if let Some(served) = choose(&asked, &languages, site.chain(), fallback) {
        let note = retracted
            .into_iter()
            .find(|(lang, _)| *lang == served.lang)
            .map(|(_, note)| note);
        let gone = Problem::new(Code::Gone, note.unwrap_or_default())
            .with_header(header::CONTENT_LANGUAGE, served.lang.as_str());
        // Another header may lead to the note in another language.
        return Err(match choice {
            Choice::Asked(asked, _) if asked.varies() => {
                gone.with_header(header::VARY, "Accept-Language")
            }
            _ => gone,
        });
    }
    match (available.is_empty(), choice) {
        (true, _) | (_, Choice::Path(_)) => Err(Problem::not_found()),
        (false, Choice::Asked(..)) => {
            let alternates = assembly::alternates(conn, site, id)?;
            let alternates = serde_json::to_value(alternates).unwrap_or_default();
            Err(Problem::new(
                Code::LanguageNotAvailable,
                "The article is not published in that language.",
            )
            .with_alternates(alternates))
        }
    }
}

/// An article in the language chosen.
pub fn find_article(
    conn: &mut DbConn,
    site: &Site,
    id: ArticleId,
    choice: &Choice,
    wish: &Wish,
) -> Result<ArticleJson, Problem> {
    let (served, versions) = choose_language(conn, site, id, choice)?;
    let text = published::find_text(conn, id, &served.lang)?.ok_or_else(Problem::not_found)?;
    assembly::article(conn, site, (text, versions), served, wish)
}

/// The article at an address of old or now, in the language of the path or one that is near.
pub fn find_article_at(
    conn: &mut DbConn,
    site: &Site,
    path: &SlugPath,
    wish: &Wish,
) -> Result<ArticleJson, Problem> {
    let choice = Choice::Path(&path.lang);
    let Some(text) = published::text_at(conn, &path.lang, &path.slug)? else {
        let nothing = || Problem::not_found().about([keys::key_of_language(&path.lang)]);
        let id = published::article_at(conn, &path.lang, &path.slug)?.ok_or_else(nothing)?;
        return find_article(conn, site, id, &choice, wish);
    };
    let (served, versions) = choose_language(conn, site, text.0.article_id, &choice)?;
    assembly::article(conn, site, (text, versions), served, wish)
}

/// An answer that is whole, or holds the fields asked for.
pub fn chosen(
    answer: &impl Serialize,
    fields: &Fields,
    of: impl Fn(&Fields, serde_json::Value) -> ApiResult<serde_json::Value>,
) -> ApiResult<Reading> {
    if fields.is_whole() {
        return Reading::json(answer);
    }
    let value = serde_json::to_value(answer)
        .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))?;
    Reading::json(&of(fields, value)?)
}

/// List articles
///
/// One language serves all items. Filters are joined by and; values with commas between by or.
#[utoipa::path(
    tag = "articles",
    params(Paging, ArticleFilters, CardIncludes, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, body = ArticleCards)),
)]
#[get("/v1/articles")]
pub async fn list_articles(
    app: Data<App>,
    request: HttpRequest,
    language: LanguageAsked,
    query: Query<(Paging, (ArticleFilters, CardIncludes, Fields))>,
) -> ApiResult<Reading> {
    let (paging, (filters, includes, fields)) = query.0;
    Listing { filters, includes }
        .read(&app, &request, &language, paging, &fields)
        .await
}

/// A list of articles to be read.
#[derive(Clone)]
struct Listing {
    filters: ArticleFilters,
    includes: CardIncludes,
}

impl Listing {
    async fn read(
        self,
        app: &App,
        request: &HttpRequest,
        language: &LanguageAsked,
        paging: Paging,
        fields: &Fields,
    ) -> ApiResult<Reading> {
        let pager = Pager::<Key>::new(request, &app.cursors, paging)?;
        let (language, fields, site) = (language.clone(), fields.clone(), app.site().await?);
        let read = move |conn: &mut DbConn| {
            let chain = site.chain();
            let served = choose(&language.asked, chain, chain, language.for_list());
            let page = self.page(conn, &site, served.as_ref(), &pager)?;
            let reading = list_reading(&language, served, page, &pager, &fields)?;
            Ok::<_, Problem>(reading.about(self.filters.keys()))
        };
        app.readers.read_snapshot(read).await
    }

    /// Empty where no language serves.
    fn page(
        &self,
        conn: &mut DbConn,
        site: &Site,
        served: Option<&Served>,
        pager: &Pager<Key>,
    ) -> ApiResult<Page<ArticleCard>> {
        let Some(served) = served else {
            return Ok(pager.page_of(Vec::new(), pager.count.then_some(0)));
        };
        let filter = self.filters.clone().filter(conn, served.lang.clone())?;
        let rows = listing::list(conn, &filter, pager.start(), pager.rows())?;
        let total = pager
            .count
            .then(|| listing::count(conn, &filter, COUNT_LIMIT + 1))
            .transpose()?;
        let keys: Vec<Key> = rows.iter().map(|row| row.key(filter.sort)).collect();
        let cards = assembly::cards(conn, site, rows, &self.includes.include)?;
        Ok(pager.page_of(keys.into_iter().zip(cards).collect(), total))
    }
}

fn list_reading(
    language: &LanguageAsked,
    served: Option<Served>,
    page: Page<ArticleCard>,
    pager: &Pager<Key>,
    fields: &Fields,
) -> ApiResult<Reading> {
    let lang = served.as_ref().map(|served| served.lang.clone());
    let keys = match &lang {
        Some(lang) => keys::keys_of_cards(lang, &page.items),
        None => vec!["site".to_owned()],
    };
    let modified = page.items.iter().map(|card| card.updated_at).max();
    let links = pager.links(&page.page);
    let reading = chosen(&ArticleCards { served, page }, fields, Fields::of_list)?;
    Ok(reading
        .in_language(lang.as_ref(), &language.asked)
        .modified(modified)
        .about(keys)
        .linked(links))
}

/// The quotes of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotesOf {
    pub served: Served,
    /// In the order of the text.
    pub items: Vec<QuoteCard>,
}

/// The quotes of an article
///
/// Those of the text that is served, in its order.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, LanguageParams, AcceptLanguage, Fields),
    responses((status = 200, body = QuotesOf)),
)]
#[get("/v1/articles/{id}/quotes")]
pub async fn list_article_quotes(
    app: Data<App>,
    path: Path<ArticlePath>,
    language: LanguageAsked,
    query: Query<Fields>,
) -> ApiResult<Reading> {
    let (id, asked, site) = (path.id, language.clone(), app.site().await?);
    let quotes = app
        .readers
        .read_snapshot(move |conn| {
            let choice = Choice::Asked(&asked.asked, asked.for_item());
            let (served, versions) = choose_language(conn, &site, id, &choice)?;
            let rows = published_quotes::of_articles(conn, &[id], &served.lang)?;
            let names = attributed::names_of_sources(conn, &rows)?;
            let items = attributed::cards_of(rows, &versions, &names, (&served.lang, &site));
            Ok::<_, Problem>(QuotesOf { served, items })
        })
        .await?;
    Ok(chosen(&quotes, &query.0, Fields::of_list)?
        .in_language(Some(&quotes.served.lang), &language.asked)
        .about([keys::key_of(id), "site".to_owned()])
        .about(quotes.items.iter().flat_map(keys::keys_of_quote)))
}

/// The related items of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedOf {
    pub served: Served,
    pub items: Vec<RelatedItem>,
}

/// The related items of an article
///
/// Articles of ours while they are published, pages elsewhere with their own language, promotions
/// with their label.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, LanguageParams, AcceptLanguage, Fields),
    responses((status = 200, body = RelatedOf)),
)]
#[get("/v1/articles/{id}/related")]
pub async fn list_related(
    app: Data<App>,
    path: Path<ArticlePath>,
    language: LanguageAsked,
    query: Query<Fields>,
) -> ApiResult<Reading> {
    let (id, asked, site) = (path.id, language.clone(), app.site().await?);
    let (related, awaits) = app
        .readers
        .read_snapshot(move |conn| {
            let choice = Choice::Asked(&asked.asked, asked.for_item());
            let (served, _) = choose_language(conn, &site, id, &choice)?;
            let article = published::find_article(conn, id)?.ok_or_else(Problem::not_found)?;
            let items = assembly::related(conn, &site, &article.related.0, &served.lang)?;
            let awaits = assembly::awaits_related(&article.related.0, &items);
            Ok::<_, Problem>((RelatedOf { served, items }, awaits))
        })
        .await?;
    Ok(chosen(&related, &query.0, Fields::of_list)?
        .in_language(Some(&related.served.lang), &language.asked)
        .about([keys::key_of(id), "site".to_owned()])
        .about(keys::keys_of_related(related.items.iter()))
        .about(awaits.then(|| keys::COLLECTION.to_owned())))
}

/// Articles that quote a source
///
/// Or quote somebody through it. One language serves all items.
#[utoipa::path(
    tag = "sources",
    params(ItemPath, Paging, CardIncludes, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, body = ArticleCards), (status = 301, description = "It was merged into another source.")),
)]
#[get("/v1/sources/{id}/articles")]
pub async fn list_source_articles(
    app: Data<App>,
    request: HttpRequest,
    path: Path<ItemPath>,
    language: LanguageAsked,
    query: Query<(Paging, CardIncludes, Fields)>,
) -> ApiResult<Read> {
    let id: SourceId = path.id.of();
    if let Known::Moved(survivor) = known_source(&app, id).await? {
        let address = format!("/v1/sources/{survivor}/articles");
        return Ok(Moved::to(address, published_sources::keys_of(id)).into());
    }
    let (paging, includes, fields) = query.0;
    let list = Listing {
        filters: ArticleFilters::quoting(id),
        includes,
    };
    let reading = list
        .read(&app, &request, &language, paging, &fields)
        .await?;
    Ok(reading.about([format!("source:{id}")]).into())
}
