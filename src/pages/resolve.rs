//! From a public address, in any language or an old one, to the item that stands there.

use actix_web::get;
use actix_web::web::Data;
use serde::Serialize;
use url::Url;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::articles::cards::Alternate;
use crate::articles::model::ArticleId;
use crate::articles::public::{Choice, choose_language};
use crate::articles::{assembly, keys, published as published_articles};
use crate::db::{AnyId, DbConn, Id, Instant};
use crate::http::problem::{ApiResult, Code, Problem, ProblemJson};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::Reading;
use crate::language::{Asked, Fallback, Lang, Slug};
use crate::notices::cards::card as notice_card;
use crate::notices::model::NoticeId;
use crate::notices::published as published_notices;
use crate::notices::publishing::COLLECTION as NOTICES;
use crate::site::pattern::{AddressPattern, Read};
use crate::site::{self, Site};
use crate::text_enum;

text_enum! {
    /// What stands at a public address.
    pub enum ResolvedKind { Article = "article", Notice = "notice", Home = "home" }
}

/// The address that was asked about.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResolveParams {
    /// A public address: of an article, a notice, or the front page, as the site's patterns have them.
    #[param(value_type = String, max_length = 2000, pattern = "^https?://[^\\s/?#]+", example = "https://example.az/en/the-bridge-opens-in-may")]
    url: Url,
}

impl QueryPart for ResolveParams {
    fn read(params: &Params) -> Result<Self, Problem> {
        const EXPECTED: &str = "expected an absolute http or https address";
        let url: Option<Url> = params.one("url")?;
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| Problem::parameter("url", EXPECTED))?;
        Ok(Self { url })
    }
}

/// Where the API has the item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "item": "/v1/articles/by-slug/en/the-bridge-opens-in-may",
    "page": "/v1/pages/articles/en/the-bridge-opens-in-may",
}))]
pub struct ResolvedLinks {
    /// The item itself.
    pub item: String,
    /// Everything on its page; null where there is no bundle of it.
    #[schema(required = true)]
    pub page: Option<String>,
}

/// What stands at a public address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolved {
    pub kind: ResolvedKind,
    /// Null for the front page.
    #[schema(required = true)]
    pub id: Option<AnyId>,
    pub lang: Lang,
    #[schema(required = true)]
    pub slug: Option<Slug>,
    /// The address that it has now: redirect to it where another one was asked for.
    pub url: String,
    pub api: ResolvedLinks,
    /// The same item in each of its languages, this one included.
    pub alternates: Vec<Alternate>,
}

/// An item that was found, with all that caches have to know of it.
struct Found {
    resolved: Resolved,
    keys: Vec<String>,
    until: Option<Instant>,
}

/// Find what stands at a public address
///
/// In any language, and at old addresses too; `url` is the present one. The scheme makes no
/// difference, nor does a slash at the end, the query, or the fragment. 404 where nothing stands there
/// or another site begins, 410 with the note where it was retracted.
#[utoipa::path(
    tag = "pages",
    params(ResolveParams),
    responses(
        (status = 200, body = Resolved),
        (status = 404, description = "Not Found", content_type = "application/problem+json", body = ProblemJson),
    ),
)]
#[get("/v1/resolve")]
pub async fn resolve_address(app: Data<App>, query: Query<ResolveParams>) -> ApiResult<Reading> {
    let (url, now) = (query.0.url, app.db.clock().now());
    let Found {
        resolved,
        keys,
        until,
    } = app
        .readers
        .read_snapshot(move |conn| resolve(conn, &url, now))
        .await?;
    Ok(Reading::json(&resolved)?
        .in_language_of_path(&resolved.lang)
        .true_until(until, now)
        .about(keys))
}

fn resolve(conn: &mut DbConn, url: &Url, now: Instant) -> Result<Found, Problem> {
    let site = site::find(conn)?;
    let read = |pattern: &Option<String>| -> Vec<Read> {
        let pattern = pattern.as_deref().map(AddressPattern::parse);
        pattern
            .and_then(Result::ok)
            .map_or_else(Vec::new, |pattern| pattern.read(url))
    };
    // An address may have the form of several: what is no slug of an article may be the id of a notice.
    let (articles, notices) = (read(&site.article_url), read(&site.notice_url));
    let article = article(conn, &site, &articles);
    let notice = or_else(article, || {
        let found = notice(conn, &site, &notices, now)?;
        Ok(found.unless(&articles, keys::COLLECTION))
    });
    or_else(notice, || {
        let mut found = home(&site, &read(&site.home_url))?;
        found = found.unless(&articles, keys::COLLECTION);
        if !notices.is_empty() {
            found.until = published_notices::next_boundary(conn, now)?;
        }
        Ok(found.unless(&notices, NOTICES))
    })
}

impl Found {
    /// Holds unless an item comes that stands before it at this address: one of the collection,
    /// if the address can be read as one of those.
    fn unless(mut self, readings: &[Read], collection: &str) -> Self {
        if !readings.is_empty() {
            self.keys.push(collection.to_owned());
        }
        self
    }
}

fn or_else(
    found: Result<Found, Problem>,
    next: impl FnOnce() -> Result<Found, Problem>,
) -> Result<Found, Problem> {
    match found {
        Err(problem) if problem.code() == Code::NotFound => next(),
        found => found,
    }
}

/// The article that one of the readings names: by its id where they have one, otherwise by its slug.
fn article(conn: &mut DbConn, site: &Site, readings: &[Read]) -> Result<Found, Problem> {
    let slugs: Vec<Slug> = readings
        .iter()
        .filter(|read| read.id.is_none())
        .filter_map(|read| read.slug.clone())
        .collect();
    let langs = readings.iter().filter_map(|read| read.lang.clone());
    let langs: Vec<Lang> = langs.chain(site.chain().iter().cloned()).collect();
    let taken = match slugs.is_empty() {
        true => Vec::new(),
        false => published_articles::articles_at(conn, &langs, &slugs)?,
    };
    let by_slug = |read: &Read| {
        let of_read = |lang: &Lang| {
            let mut places = taken.iter();
            places.find(|(known, slug, _)| known == lang && Some(slug) == read.slug.as_ref())
        };
        let langs = read.lang.iter().chain(site.chain());
        // An address that names its language is never one of another.
        let mut langs = langs.take(read.lang.as_ref().map_or(usize::MAX, |_| 1));
        let (lang, _, id) = langs.find_map(of_read)?;
        Some((*id, Some(lang.clone())))
    };
    let named = |read: &Read| match read.id {
        Some(id) => Some((Id::from_uuid(id), read.lang.clone())),
        None => by_slug(read),
    };
    match readings.iter().find_map(named) {
        Some((id, lang)) => found_article(conn, site, id, lang.as_ref()),
        None => Err(Problem::not_found()),
    }
}

fn found_article(
    conn: &mut DbConn,
    site: &Site,
    id: ArticleId,
    lang: Option<&Lang>,
) -> Result<Found, Problem> {
    let anything = Asked::default();
    let choice = lang.map_or(Choice::Asked(&anything, Fallback::Any), Choice::Path);
    let lang = choose_language(conn, site, id, &choice)?.0.lang;
    let alternates = assembly::alternates(conn, site, id)?;
    let own = alternates.iter().find(|alternate| alternate.lang == lang);
    let own = own.ok_or_else(Problem::not_found)?;
    let (slug, url) = (own.slug.clone(), own.url.clone());
    let (slug, url) = slug.zip(url).ok_or_else(Problem::not_found)?;
    let resolved = Resolved {
        kind: ResolvedKind::Article,
        id: Some(id.of()),
        api: ResolvedLinks {
            item: format!("/v1/articles/by-slug/{lang}/{slug}"),
            page: Some(format!("/v1/pages/articles/{lang}/{slug}")),
        },
        lang,
        slug: Some(slug),
        url,
        alternates,
    };
    // The slug of a section may stand in the address.
    let keys = ["site".to_owned(), "sections".to_owned(), keys::key_of(id)];
    Ok(Found {
        resolved,
        keys: keys.into(),
        until: None,
    })
}

/// The notice of this id, while its window is open.
fn notice(
    conn: &mut DbConn,
    site: &Site,
    readings: &[Read],
    now: Instant,
) -> Result<Found, Problem> {
    let named = readings
        .iter()
        .find_map(|read| Some((read.id?, &read.lang)));
    let (id, lang) = named.ok_or_else(Problem::not_found)?;
    let id: NoticeId = Id::from_uuid(id);
    let row = published_notices::find_open(conn, id, now)?.ok_or_else(Problem::not_found)?;
    let ends = row.ends;
    let texts = published_notices::texts_of(conn, &[id])?;
    let asked = lang.clone().map(Asked::of).unwrap_or_default();
    let card = notice_card(row, texts, &asked, Fallback::None, site);
    let card = card.map_err(|_| Problem::not_found())?;
    let own = card
        .alternates
        .iter()
        .find(|alternate| alternate.lang == card.lang);
    let url = own.and_then(|alternate| alternate.url.clone());
    let resolved = Resolved {
        kind: ResolvedKind::Notice,
        id: Some(id.of()),
        slug: None,
        url: url.ok_or_else(Problem::not_found)?,
        api: ResolvedLinks {
            item: format!("/v1/notices/{id}?lang={}", card.lang),
            page: None,
        },
        lang: card.lang,
        alternates: card.alternates,
    };
    Ok(Found {
        resolved,
        keys: vec!["site".to_owned(), format!("notice:{id}")],
        until: ends,
    })
}

/// The front page, in a language of the site.
fn home(site: &Site, readings: &[Read]) -> Result<Found, Problem> {
    let read = readings.first().ok_or_else(Problem::not_found)?;
    let lang = match &read.lang {
        Some(lang) => site.chain().iter().find(|known| *known == lang),
        None => site.chain().first(),
    };
    let lang = lang.ok_or_else(Problem::not_found)?;
    let is_alone = read.lang.is_none();
    let alternate = |of: &Lang| Alternate {
        lang: of.clone(),
        slug: None,
        headline: site.name.clone(),
        url: site.home_address(of),
    };
    let langs = site.chain().iter().filter(|of| !is_alone || *of == lang);
    let resolved = Resolved {
        kind: ResolvedKind::Home,
        id: None,
        lang: lang.clone(),
        slug: None,
        url: site.home_address(lang).ok_or_else(Problem::not_found)?,
        api: ResolvedLinks {
            item: format!(
                "/v1/lists/{}/items?lang={lang}",
                crate::lists::model::NEWS_LINE
            ),
            page: None,
        },
        alternates: langs.map(alternate).collect(),
    };
    Ok(Found {
        resolved,
        keys: vec!["site".to_owned()],
        until: None,
    })
}
