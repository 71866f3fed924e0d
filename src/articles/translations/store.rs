//! Statements on the newsroom's list of translations.

use diesel::prelude::*;

use crate::articles::model::ArticleId;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{articles, revisions, translations};
use crate::db::{DbConn, Instant, Json, MultiBackend, Tx};
use crate::http::page::COUNT_LIMIT;
use crate::language::Lang;
use crate::on_each_backend;
use crate::texts::model::{TranslatedFrom, Translator};

/// A text whose newest revision is a translation.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = translations)]
pub struct Row {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub from_lang: Lang,
    pub from_revision: i32,
    pub translator: Translator,
    /// The original says something else by now, or is retracted.
    pub stale: bool,
    /// The moment from which it is, or is not.
    pub since: Instant,
}

pub fn find(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<Option<Row>> {
    translations::table
        .find((article, lang))
        .first(conn)
        .optional()
}

pub fn put(conn: &mut DbConn, row: &Row) -> QueryResult<()> {
    on_each_backend!(conn => diesel::insert_into(translations::table)
        .values(row)
        .on_conflict((translations::article_id, translations::lang))
        .do_update()
        .set(row)
        .execute(conn)
        .map(drop))
}

pub fn remove(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<()> {
    diesel::delete(translations::table.find((article, lang)))
        .execute(conn)
        .map(drop)
}

/// The translations that were made of a text.
pub fn made_from(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<Vec<Row>> {
    translations::table
        .filter(translations::article_id.eq(article))
        .filter(translations::from_lang.eq(lang))
        .load(conn)
}

/// Marks a translation as stale, or up to date, from now on.
pub fn mark(tx: &mut Tx, article: ArticleId, lang: &Lang, stale: bool) -> QueryResult<()> {
    let since = tx.now();
    diesel::update(translations::table.find((article, lang)))
        .set((translations::stale.eq(stale), translations::since.eq(since)))
        .execute(&mut **tx)
        .map(drop)
}

/// Those of the revisions that are translations, and of what.
pub fn translated(
    conn: &mut DbConn,
    article: ArticleId,
    of: &[(&Lang, i32)],
) -> QueryResult<Vec<(Lang, TranslatedFrom)>> {
    let langs: Vec<&Lang> = of.iter().map(|(lang, _)| *lang).collect();
    let numbers: Vec<i32> = of.iter().map(|(_, number)| *number).collect();
    let found: Vec<(Lang, i32, Option<Json<TranslatedFrom>>)> = revisions::table
        .filter(revisions::item_id.eq(article.of::<()>()))
        .filter(among(revisions::lang, langs))
        .filter(among(revisions::number, numbers))
        .filter(revisions::translated_from.is_not_null())
        .select((
            revisions::lang,
            revisions::number,
            revisions::translated_from,
        ))
        .load(conn)?;
    let asked = |(lang, number, from): (Lang, i32, Option<Json<TranslatedFrom>>)| {
        let Json(from) = from?;
        of.contains(&(&lang, number)).then_some((lang, from))
    };
    Ok(found.into_iter().filter_map(asked).collect())
}

/// Which translations the newsroom wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub stale: Option<bool>,
    pub lang: Option<Lang>,
}

/// The place of a translation in the list.
pub type Key = (Instant, ArticleId, Lang);

impl Row {
    pub fn key(&self) -> Key {
        (self.since, self.article_id, self.lang.clone())
    }
}

/// A page, the latest change of standing first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let place = (translations::article_id, translations::lang);
    let newest_first = (
        translations::since.desc(),
        translations::article_id.desc(),
        translations::lang.desc(),
    );
    let query = filtered(filter).limit(limit);
    match at {
        None => query.order(newest_first),
        Some((false, (since, article, lang))) => query
            .filter(translations::since.le(since))
            .filter(translations::since.lt(since).or(row_compare(
                place,
                Way::Before,
                (article, lang),
            )))
            .order(newest_first),
        Some((true, (since, article, lang))) => query
            .filter(translations::since.ge(since))
            .filter(translations::since.gt(since).or(row_compare(
                place,
                Way::After,
                (article, lang),
            )))
            .order((
                translations::since.asc(),
                translations::article_id.asc(),
                translations::lang.asc(),
            )),
    }
    .load(conn)
}

/// How many there are, up to one more than is counted.
pub fn count(conn: &mut DbConn, filter: &Filter) -> QueryResult<i64> {
    let some: Vec<ArticleId> = filtered(filter)
        .limit(COUNT_LIMIT + 1)
        .select(translations::article_id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(filter: &Filter) -> translations::BoxedQuery<'_, MultiBackend> {
    let of_article = articles::table.filter(
        articles::id
            .eq(translations::article_id)
            .and(articles::deleted_at.is_null()),
    );
    let mut query = translations::table
        .filter(diesel::dsl::exists(of_article))
        .into_boxed();
    if let Some(stale) = filter.stale {
        query = query.filter(translations::stale.eq(stale));
    }
    if let Some(lang) = &filter.lang {
        query = query.filter(translations::lang.eq(lang));
    }
    query
}
