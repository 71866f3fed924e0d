//! Answers from a database, by diesel on the connection of that database alone.

use std::collections::BTreeSet;
use std::error::Error;

use actix_web::web::{self, Data, Path, Query};
use actix_web::{App, HttpResponse, HttpServer};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use newsline::articles::model::ArticleId;
use newsline::articles::published::{LISTED, Version};
use newsline::db::Instant;
use newsline::db::among::among;
use newsline::db::schema::{
    published_articles, published_quotes, published_review_sums, published_slugs,
    published_sources, published_texts, sections, site, topics,
};
use newsline::language::{Lang, Slug};
use newsline::quotes::published::PublishedQuote;
use newsline::site::Site;
use newsline::sources::model::SourceId;
use newsline::topics::TopicId;
use serde::Deserialize;

use crate::words::{self, ArticleRows, ListRows};

/// As many as Newsline has by default.
const CONNECTIONS: u32 = 8;

/// What Newsline says to each connection that reads.
const OF_SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
    PRAGMA synchronous = FULL; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;";
const OF_POSTGRES: &str = "SET application_name = 'floor'; SET TIME ZONE 'UTC'";

/// One row more than a page has shows whether there is another page.
const ROWS: i64 = 21;

#[derive(Debug)]
struct Settings(&'static str);

impl<C: SimpleConnection + 'static> CustomizeConnection<C, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut C) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(self.0)
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(Deserialize)]
struct Wanted {
    lang: String,
    published_before: Option<String>,
}

/// The columns of an article with its section and what its reviews come to.
macro_rules! columns_of_whole {
    () => {
        (
            published_articles::all_columns,
            (sections::id, sections::slug, sections::names).nullable(),
            (
                published_review_sums::count,
                published_review_sums::rating_sum,
                published_review_sums::rating_count,
            )
                .nullable(),
        )
    };
}

/// Statements that are told to one kind of connection, `$conn`, within `$transaction`.
macro_rules! floor_on {
    ($name:ident, $conn:ty, $settings:expr, $transaction:path) => {
        mod $name {
            use super::*;

            type Connections = Pool<ConnectionManager<$conn>>;

            fn versions(conn: &mut $conn, ids: &[ArticleId]) -> QueryResult<Vec<Version>> {
                published_texts::table
                    .filter(among(published_texts::article_id, ids))
                    .order((published_texts::article_id, published_texts::lang))
                    .select((
                        published_texts::article_id,
                        published_texts::lang,
                        published_texts::slug,
                        published_texts::headline,
                        published_texts::revision,
                        published_texts::updated_at,
                    ))
                    .load(conn)
            }

            fn quotes(
                conn: &mut $conn,
                ids: &[ArticleId],
                lang: &Lang,
            ) -> QueryResult<Vec<PublishedQuote>> {
                published_quotes::table
                    .filter(
                        among(published_quotes::article_id, ids)
                            .and(published_quotes::lang.eq(lang)),
                    )
                    .order((published_quotes::article_id, published_quotes::position))
                    .load(conn)
            }

            fn topics(
                conn: &mut $conn,
                ids: BTreeSet<TopicId>,
            ) -> QueryResult<Vec<newsline::topics::Topic>> {
                let ids: Vec<TopicId> = ids.into_iter().collect();
                topics::table.filter(among(topics::id, ids)).load(conn)
            }

            fn article_rows(
                conn: &mut $conn,
                lang: &Lang,
                slug: &Slug,
            ) -> QueryResult<ArticleRows> {
                let is_its_text = published_texts::article_id
                    .eq(published_slugs::article_id)
                    .and(published_texts::lang.eq(published_slugs::lang));
                let is_its_article = published_articles::id.eq(published_slugs::article_id);
                let is_its_section = published_articles::section_id.eq(sections::id.nullable());
                let are_its_reviews = published_review_sums::article_id.eq(published_articles::id);
                let (text, whole): newsline::articles::published::TextOfArticle =
                    published_slugs::table
                        .inner_join(published_texts::table.on(is_its_text))
                        .inner_join(published_articles::table.on(is_its_article))
                        .left_join(sections::table.on(is_its_section))
                        .left_join(published_review_sums::table.on(are_its_reviews))
                        .filter(published_slugs::lang.eq(lang))
                        .filter(published_slugs::slug.eq(slug))
                        .select((published_texts::all_columns, columns_of_whole!()))
                        .first(conn)?;
                let ids = [text.article_id];
                Ok(ArticleRows {
                    versions: versions(conn, &ids)?,
                    topics: topics(conn, whole.article.topic_ids.0.iter().copied().collect())?,
                    quotes: quotes(conn, &ids, lang)?,
                    text,
                    whole,
                })
            }

            fn list_rows(
                conn: &mut $conn,
                lang: &Lang,
                before: Option<Instant>,
            ) -> QueryResult<ListRows> {
                let mut listed = published_texts::table
                    .filter(published_texts::lang.eq(lang))
                    .into_boxed();
                if let Some(before) = before {
                    listed = listed.filter(published_texts::published_at.lt(before));
                }
                let mut listed: Vec<newsline::articles::published::Listed> = listed
                    .order((
                        published_texts::published_at.desc(),
                        published_texts::article_id.desc(),
                    ))
                    .limit(ROWS)
                    .select(LISTED)
                    .load(conn)?;
                let ids: Vec<ArticleId> = listed.iter().map(|row| row.article_id).collect();
                let versions = versions(conn, &ids)?;
                let is_its_section = published_articles::section_id.eq(sections::id.nullable());
                let are_its_reviews = published_review_sums::article_id.eq(published_articles::id);
                let wholes: Vec<newsline::articles::published::WholeArticle> =
                    published_articles::table
                        .left_join(sections::table.on(is_its_section))
                        .left_join(published_review_sums::table.on(are_its_reviews))
                        .filter(among(published_articles::id, ids.as_slice()))
                        .select(columns_of_whole!())
                        .load(conn)?;
                let on = wholes
                    .iter()
                    .flat_map(|whole| whole.article.topic_ids.0.iter().copied());
                let topics = topics(conn, on.collect())?;
                let quotes = quotes(conn, &ids, lang)?;
                let named: BTreeSet<SourceId> =
                    quotes.iter().flat_map(PublishedQuote::sources).collect();
                let named: Vec<SourceId> = named.into_iter().collect();
                let sources = published_sources::table
                    .filter(
                        among(published_sources::id, named)
                            .and(published_sources::merged_into.is_null()),
                    )
                    .select((
                        published_sources::id,
                        published_sources::kind,
                        published_sources::names,
                    ))
                    .load(conn)?;
                listed.truncate(ROWS as usize - 1);
                Ok(ListRows {
                    listed,
                    wholes,
                    versions,
                    topics,
                    quotes,
                    sources,
                })
            }

            async fn article(
                pool: Data<Connections>,
                site: Data<Site>,
                path: Path<(Lang, Slug)>,
            ) -> HttpResponse {
                let (lang, slug) = path.into_inner();
                let body = web::block(move || {
                    let mut conn = pool.get().ok()?;
                    let rows = $transaction(&mut conn, |conn: &mut $conn| {
                        article_rows(conn, &lang, &slug)
                    })
                    .ok()?;
                    serde_json::to_vec(&words::article(rows, &site)).ok()
                });
                answer(body.await)
            }

            async fn list(
                pool: Data<Connections>,
                site: Data<Site>,
                wanted: Query<Wanted>,
            ) -> HttpResponse {
                let body = web::block(move || {
                    let lang: Lang = wanted.lang.parse().ok()?;
                    let before = wanted.published_before.as_ref();
                    let before: Option<Instant> =
                        before.map(|before| before.parse()).transpose().ok()?;
                    let mut conn = pool.get().ok()?;
                    let rows =
                        $transaction(&mut conn, |conn: &mut $conn| list_rows(conn, &lang, before))
                            .ok()?;
                    serde_json::to_vec(&words::list(rows, &lang, &site)).ok()
                });
                answer(body.await)
            }

            pub async fn serve(bind: &str, url: &str) -> Result<(), Box<dyn Error>> {
                let pool = Pool::builder()
                    .max_size(CONNECTIONS)
                    .test_on_check_out(false)
                    .connection_customizer(Box::new(Settings($settings)))
                    .build(ConnectionManager::<$conn>::new(url))?;
                let told: Site = site::table.first(&mut pool.get()?)?;
                let (pool, told) = (Data::new(pool), Data::new(told));
                println!("answers at {bind}");
                let app = move || {
                    App::new()
                        .app_data(pool.clone())
                        .app_data(told.clone())
                        .route("/v1/articles/by-slug/{lang}/{slug}", web::get().to(article))
                        .route("/v1/articles", web::get().to(list))
                };
                HttpServer::new(app)
                    .workers(crate::workers()?)
                    .bind(bind)?
                    .run()
                    .await?;
                Ok(())
            }
        }
    };
}

fn answer(body: Result<Option<Vec<u8>>, actix_web::error::BlockingError>) -> HttpResponse {
    match body {
        Ok(Some(body)) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn in_sqlite<T>(
    conn: &mut SqliteConnection,
    read: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    conn.transaction(read)
}

fn in_postgres<T>(
    conn: &mut PgConnection,
    read: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    snapshot.run(read)
}

floor_on!(on_sqlite, SqliteConnection, OF_SQLITE, in_sqlite);
floor_on!(on_postgres, PgConnection, OF_POSTGRES, in_postgres);

pub async fn serve(bind: &str, url: &str) -> Result<(), Box<dyn Error>> {
    match url.strip_prefix("sqlite://") {
        Some(path) => on_sqlite::serve(bind, path).await,
        None => on_postgres::serve(bind, url).await,
    }
}
