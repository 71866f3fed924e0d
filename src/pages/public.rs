//! The page of an article. The path names the language, and it decides for everything on it.

use actix_web::get;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::articles::assembly::{BodyChoice, Include, Wish};
use crate::articles::cards::{
    Alternate, ArticleCard, ArticleJson, QuoteOf, QuoteStub, RelatedItem, ReviewSums,
};
use crate::articles::keys;
use crate::articles::public::{CardIncludes, SlugPath, chosen, find_article_at};
use crate::db::{DbConn, Instant};
use crate::http::choosing::Fields;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::{Moved, Read};
use crate::language::{Lang, Slug};
use crate::lists::model::{List, NEWS_LINE, keys_of_missing};
use crate::lists::public::{ListHead, page_of};
use crate::lists::published as published_lists;
use crate::notices::cards::{self as notice_cards, NoticeCard};
use crate::notices::model::AreaCode;
use crate::notices::published as published_notices;
use crate::quotes::cards::QuoteCard;
use crate::reviews::cards::ReviewCard;
use crate::site::{Site, SocialLink};
use crate::sources::api::SourceItem;

/// How many notices a page shows.
const NOTICES: i64 = 10;
/// How much of News Line stands beside an article.
const NEWS: i64 = 10;
/// Where on a site the notices of an article's page stand.
const PLACEMENT: &str = "article";

/// For whom the page is.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Where the reader is (ISO 3166-2): notices for this area, for its country, and for everywhere. Without
    /// it, all notices.
    #[param(value_type = Option<String>, pattern = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$", max_length = 6, example = "AZ-BA",
        required = false)]
    area: Option<AreaCode>,
    /// The form of the body.
    #[param(inline, required = false)]
    body: Option<BodyChoice>,
}

impl QueryPart for PageParams {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            area: params.one("area")?,
            body: params.one("body")?,
        })
    }
}

/// The reviews on a page: all in numbers, the newest in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageReviews {
    pub summary: ReviewSums,
    pub items: Vec<ReviewCard>,
}

/// The head of News Line.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageList {
    pub list: ListHead,
    pub items: Vec<ArticleCard>,
}

/// Everything on the page of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticlePage {
    pub article: ArticleJson,
    /// In the order of the text.
    pub quotes: Vec<QuoteCard>,
    /// Whoever is quoted, and the outlets.
    pub sources: Vec<SourceItem>,
    pub reviews: PageReviews,
    pub related: Vec<RelatedItem>,
    /// Those that hold now, for the area.
    pub notices: Vec<NoticeCard>,
    pub social: Vec<SocialLink>,
    /// Null where the site has no such list.
    #[schema(required = true)]
    pub news_line: Option<PageList>,
}

/// Read the page of an article
///
/// The article, its quotes with their sources, its first reviews and their sums, related items, the
/// notices for `area`, social links and the head of News Line, in one answer with one `ETag`. The notices
/// are those with the placement `article`, and those without any, which stand everywhere.
#[utoipa::path(
    tag = "pages",
    params(SlugPath, PageParams, Fields),
    responses((status = 200, body = ArticlePage), (status = 301, description = "It has another slug now.")),
)]
#[get("/v1/pages/articles/{lang}/{slug}")]
pub async fn get_article_page(
    app: Data<App>,
    path: Path<SlugPath>,
    query: Query<(PageParams, Fields)>,
) -> ApiResult<Read> {
    let (path, (params, fields)) = (path.into_inner(), query.0);
    let (now, site) = (app.db.clock().now(), app.site().await?);
    let read = move |conn: &mut DbConn| {
        let (page, list, until) = assemble(conn, &site, &path, params, now)?;
        if page.article.slug != path.slug {
            let address = format!("/v1/pages/articles/{}/{}", path.lang, page.article.slug);
            return Ok(Moved::to(address, [keys::key_of(page.article.id)]).into());
        }
        Ok(chosen(&page, &fields, Fields::of_item)?
            .in_language_of_path(&path.lang)
            .modified(Some(modified(&page)))
            .true_until(until, now)
            .about(keys_of(&page, &path.lang))
            .about(list)
            .linked(page.article.alternates.iter().filter_map(Alternate::link))
            .into())
    };
    app.readers.read_snapshot(read).await
}

/// The page, the surrogate keys of the list on it, and the next moment at which something on it opens
/// or ends.
fn assemble(
    conn: &mut DbConn,
    site: &Site,
    path: &SlugPath,
    params: PageParams,
    now: Instant,
) -> Result<(ArticlePage, Vec<String>, Option<Instant>), Problem> {
    let wish = Wish {
        include: Include::ALL.to_vec(),
        body: params.body.unwrap_or(BodyChoice::Blocks),
    };
    let article = find_article_at(conn, site, path, &wish)?;
    let rows =
        published_notices::active(conn, now, params.area.as_ref(), Some(PLACEMENT), NOTICES)?;
    let notices = notice_cards::cards(conn, rows, &path.lang, site)?;
    let boundary = published_notices::next_boundary(conn, now)?;
    let news_line = published_lists::find(conn, &news_line()?)?;
    let list = news_line.as_ref().map(List::keys);
    let list = list.unwrap_or_else(|| keys_of_missing().into());
    let head = news_line
        .map(|list| head_of(conn, site, &list, &path.lang, now))
        .transpose()?;
    let (head, pins) = head.unzip();
    let until = [boundary, pins.flatten()].into_iter().flatten().min();
    Ok((page(article, notices, site, head), list, until))
}

fn news_line() -> Result<Slug, Problem> {
    Slug::parse(NEWS_LINE).map_err(|_| Problem::not_found())
}

/// The first items of a list, and the next moment at which one of its pins ends.
fn head_of(
    conn: &mut DbConn,
    site: &Site,
    list: &List,
    lang: &Lang,
    now: Instant,
) -> Result<(PageList, Option<Instant>), Problem> {
    let none = CardIncludes {
        include: Vec::new(),
    };
    let (items, selection) = page_of(conn, site, list, lang, (None, NEWS), &none, now)?;
    let list = ListHead::new(list, lang, site);
    Ok((PageList { list, items }, selection.true_until))
}

/// Takes apart what the article carries, so that each thing has its place on the page.
fn page(
    mut article: ArticleJson,
    notices: Vec<NoticeCard>,
    site: &Site,
    news_line: Option<PageList>,
) -> ArticlePage {
    let mut quotes = Vec::new();
    let mut stubs = Vec::new();
    for quote in std::mem::take(&mut article.quotes) {
        if let QuoteOf::Whole(card) = quote {
            let source = card.source.as_ref().map(|source| source.id);
            stubs.push(QuoteOf::Named(QuoteStub {
                id: card.id,
                source,
            }));
            quotes.push(*card);
        }
    }
    article.quotes = stubs;
    ArticlePage {
        quotes,
        sources: article.sources.take().unwrap_or_default(),
        reviews: PageReviews {
            summary: article.reviews.sums,
            items: article.reviews.items.take().unwrap_or_default(),
        },
        related: article.related.take().unwrap_or_default(),
        notices,
        social: site.social.0.clone(),
        news_line,
        article,
    }
}

fn modified(page: &ArticlePage) -> Instant {
    let news = page
        .news_line
        .iter()
        .flat_map(|list| &list.items)
        .map(|card| card.updated_at);
    news.chain([page.article.updated_at])
        .max()
        .unwrap_or(page.article.updated_at)
}

fn keys_of(page: &ArticlePage, lang: &Lang) -> Vec<String> {
    let news = page.news_line.as_ref().map_or(&[][..], |list| &list.items);
    keys::keys_of(&page.article)
        .into_iter()
        .chain(page.quotes.iter().flat_map(keys::keys_of_quote))
        .chain(
            page.sources
                .iter()
                .map(|source| format!("source:{}", source.id)),
        )
        .chain(keys::keys_of_related(page.related.iter()))
        .chain(
            page.notices
                .iter()
                .map(|notice| format!("notice:{}", notice.id)),
        )
        .chain(["notices".to_owned()])
        .chain(keys::keys_of_cards(lang, news))
        .collect()
}
