//! The feeds of lists. The path names list and language, and they decide.

use actix_web::get;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use utoipa::IntoParams;

use super::feed::{self, Feed};
use super::json_feed::JsonFeed;
use super::{atom, rss};
use crate::app::App;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::reading::Reading;
use crate::language::{Lang, Slug};

/// Which list, in which language.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FeedPath {
    /// The list's slug.
    #[param(value_type = String, example = "news-line", max_length = 120)]
    list: Slug,
    /// One of the site's languages (BCP 47).
    #[param(value_type = String, example = "en", min_length = 2, max_length = 35)]
    lang: Lang,
}

/// The feed of a list in RSS
///
/// RSS 2.0: the first 20 items of the list in that language with their whole texts.
#[utoipa::path(
    tag = "feeds",
    params(FeedPath),
    responses((status = 200, body = String, content_type = "application/rss+xml")),
)]
#[get("/feeds/{list}.{lang}.rss")]
pub async fn get_rss(app: Data<App>, path: Path<FeedPath>) -> ApiResult<Reading> {
    answer(app, path.into_inner(), "rss", |feed, address| {
        let document = rss::write(feed, address).into_bytes();
        Ok(Reading::new("application/rss+xml; charset=utf-8", document))
    })
    .await
}

/// The feed of a list in Atom
///
/// Atom (RFC 4287): the first 20 items of the list in that language with their whole texts.
#[utoipa::path(
    tag = "feeds",
    params(FeedPath),
    responses((status = 200, body = String, content_type = "application/atom+xml")),
)]
#[get("/feeds/{list}.{lang}.atom")]
pub async fn get_atom(app: Data<App>, path: Path<FeedPath>) -> ApiResult<Reading> {
    answer(app, path.into_inner(), "atom", |feed, address| {
        let document = atom::write(feed, address)?;
        Ok(Reading::new(
            "application/atom+xml; charset=utf-8",
            document,
        ))
    })
    .await
}

/// The feed of a list in JSON
///
/// JSON Feed 1.1: the first 20 items of the list in that language with their whole texts.
#[utoipa::path(
    tag = "feeds",
    params(FeedPath),
    responses((status = 200, body = JsonFeed, content_type = "application/feed+json")),
)]
#[get("/feeds/{list}.{lang}.json")]
pub async fn get_json_feed(app: Data<App>, path: Path<FeedPath>) -> ApiResult<Reading> {
    answer(app, path.into_inner(), "json", |feed, address| {
        let document = serde_json::to_vec(&JsonFeed::new(feed, address))
            .map_err(|_| Problem::new(Code::Internal, "The feed cannot be written."))?;
        Ok(Reading::new("application/feed+json", document))
    })
    .await
}

async fn answer(
    app: Data<App>,
    path: FeedPath,
    ending: &str,
    write: impl FnOnce(&Feed, &str) -> Result<Reading, Problem>,
) -> ApiResult<Reading> {
    let FeedPath { list, lang } = path;
    let (api, now) = (app.settings.public_url.clone(), app.db.clock().now());
    let address = format!("{api}/feeds/{list}.{lang}.{ending}");
    let feed = app
        .readers
        .read_snapshot(move |conn| feed::read(conn, &list, &lang, &api, now))
        .await?;
    Ok(write(&feed, &address)?
        .in_language_of_path(&feed.lang)
        .modified(Some(feed.updated))
        .true_until(feed.until, now)
        .about(feed.keys))
}
