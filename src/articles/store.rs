//! Statements on the desk's articles.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::model::{Article, ArticleId};
use crate::auth::UserId;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::prepared::prepared;
use crate::db::schema::{article_authors, article_topics, articles, corrections, texts};
use crate::db::{AnyId, DbConn, Instant, Json};
use crate::language::Lang;
use crate::sections::SectionId;
use crate::texts::model::{Pending, TextState};
use crate::topics::TopicId;
use crate::{insert_few, on_each_backend};

/// An article, deleted or not.
pub fn find(conn: &mut DbConn, id: ArticleId) -> QueryResult<Option<Article>> {
    articles::table.find(id).first(conn).optional()
}

/// The same, and nobody else changes or publishes it before this transaction ends: what one of
/// two writes would else miss of the other is what readers see.
pub fn hold(conn: &mut DbConn, id: ArticleId) -> QueryResult<Option<Article>> {
    let query = articles::table.filter(articles::id.eq(id));
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.get_result(conn).optional(),
        DbConn::Postgres(conn) => query.for_update().get_result(conn).optional(),
    }
}

/// Whether readers have ever seen a text of it, be it deleted since.
pub fn was_published(conn: &mut DbConn, id: ArticleId) -> QueryResult<bool> {
    let published = texts::table.filter(
        texts::item_id
            .eq(id.of::<()>())
            .and(texts::first_published_at.is_not_null()),
    );
    diesel::select(diesel::dsl::exists(published)).get_result(conn)
}

pub fn insert(conn: &mut DbConn, article: &Article) -> QueryResult<()> {
    let insert = diesel::insert_into(articles::table).values(article);
    on_each_backend!(conn => insert.execute(conn)).map(drop)
}

/// Saves the row if it still has the version that was read; false where it has not.
pub fn save(conn: &mut DbConn, article: &Article, read_version: i64) -> QueryResult<bool> {
    let unchanged = articles::table.filter(
        articles::id
            .eq(article.id)
            .and(articles::version.eq(read_version)),
    );
    let save = diesel::update(unchanged)
        .set(article)
        .returning(articles::version);
    let saved: Vec<i64> = on_each_backend!(conn => prepared(save).load(conn))?;
    Ok(saved.len() == 1)
}

/// The topics of several articles, in the order in which each has them.
pub fn topics_of(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<(ArticleId, TopicId)>> {
    article_topics::table
        .filter(among(article_topics::article_id, ids))
        .order((article_topics::article_id, article_topics::position))
        .select((article_topics::article_id, article_topics::topic_id))
        .load(conn)
}

/// Puts these topics in the place of those that the article had.
pub fn set_topics(conn: &mut DbConn, article: ArticleId, topics: &[TopicId]) -> QueryResult<()> {
    diesel::delete(article_topics::table.filter(article_topics::article_id.eq(article)))
        .execute(conn)?;
    add_topics(conn, article, topics)
}

/// Gives topics to an article that has none.
pub fn add_topics(conn: &mut DbConn, article: ArticleId, topics: &[TopicId]) -> QueryResult<()> {
    let rows: Vec<_> = (0_i32..)
        .zip(topics)
        .map(|(position, topic)| {
            (
                article_topics::article_id.eq(article),
                article_topics::topic_id.eq(*topic),
                article_topics::position.eq(position),
            )
        })
        .collect();
    insert_few!(conn, article_topics::table, rows.as_slice()).map(drop)
}

/// Notes whose article it is: who made it, and its authors that have accounts.
pub fn set_authors(conn: &mut DbConn, article: &Article) -> QueryResult<()> {
    diesel::delete(article_authors::table.filter(article_authors::article_id.eq(article.id)))
        .execute(conn)?;
    add_authors(conn, article)
}

/// The same of an article that is new.
pub fn add_authors(conn: &mut DbConn, article: &Article) -> QueryResult<()> {
    let mut users: Vec<UserId> = article
        .authors
        .0
        .iter()
        .filter_map(|author| author.user)
        .collect();
    users.push(article.created_by);
    users.sort();
    users.dedup();
    let rows: Vec<_> = users
        .into_iter()
        .map(|user| {
            (
                article_authors::article_id.eq(article.id),
                article_authors::user_id.eq(user),
            )
        })
        .collect();
    insert_few!(conn, article_authors::table, rows.as_slice()).map(drop)
}

/// Which articles the desk wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<TextState>,
    pub pending: Option<Pending>,
    pub lang: Option<Lang>,
    pub sections: Vec<SectionId>,
    pub author: Option<UserId>,
    pub updated_after: Option<Instant>,
    pub external_id: Option<String>,
    pub deleted: bool,
    /// Only what this user may see: what is published, and their own.
    pub seen_by: Option<UserId>,
}

/// The place of an article in the desk's list.
pub type Key = (Instant, ArticleId);

/// A page, latest change first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<Article>> {
    let query = filtered(filter).limit(limit);
    match at {
        None => query.order((articles::updated_at.desc(), articles::id.desc())),
        Some((false, key)) => query
            .filter(row_compare(
                (articles::updated_at, articles::id),
                Way::Before,
                key,
            ))
            .order((articles::updated_at.desc(), articles::id.desc())),
        Some((true, key)) => query
            .filter(row_compare(
                (articles::updated_at, articles::id),
                Way::After,
                key,
            ))
            .order((articles::updated_at.asc(), articles::id.asc())),
    }
    .load(conn)
}

/// How many there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<ArticleId> = filtered(filter)
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(filter: &Filter) -> articles::BoxedQuery<'_, crate::db::MultiBackend> {
    let mut query = articles::table.into_boxed();
    query = match filter.deleted {
        true => query.filter(articles::deleted_at.is_not_null()),
        false => query.filter(articles::deleted_at.is_null()),
    };
    if !filter.sections.is_empty() {
        query = query.filter(among(articles::section_id, filter.sections.as_slice()));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(articles::updated_at.gt(after));
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(articles::external_id.eq(external_id));
    }
    if let Some(author) = filter.author {
        let theirs = article_authors::table.filter(
            article_authors::article_id
                .eq(articles::id)
                .and(article_authors::user_id.eq(author)),
        );
        query = query.filter(diesel::dsl::exists(theirs));
    }
    if let Some(user) = filter.seen_by {
        let of_article = texts::item_id.eq(articles::id);
        let published = texts::table.filter(of_article.and(texts::state.eq(TextState::Published)));
        query = query.filter(
            articles::created_by
                .eq(user)
                .or(diesel::dsl::exists(published)),
        );
    }
    with_texts(query, filter)
}

type Query<'a> = articles::BoxedQuery<'a, crate::db::MultiBackend>;

/// One text must fit all that is asked of texts.
fn with_texts<'a>(query: Query<'a>, filter: &'a Filter) -> Query<'a> {
    if filter.state.is_none() && filter.pending.is_none() && filter.lang.is_none() {
        return query;
    }
    // One expression with switches: a subquery that names the outer table cannot be boxed.
    let states = filter
        .state
        .map_or(TextState::ALL.to_vec(), |state| vec![state]);
    let any_pending = filter.pending.is_none().into_sql::<Nullable<Bool>>();
    let any_lang = filter.lang.is_none().into_sql::<Bool>();
    let lang = filter.lang.as_ref().map_or("", Lang::as_str);
    let fitting = texts::table
        .filter(
            texts::item_id
                .eq(articles::id)
                .and(texts::deleted_at.is_null()),
        )
        .filter(among(texts::state, states))
        .filter(texts::pending.eq(filter.pending).or(any_pending))
        .filter(texts::lang.eq(lang).or(any_lang));
    // What somebody may not see must not be found out by asking for it: of others' articles only
    // published texts count, and never that something newer is pending.
    let all = filter.seen_by.is_none().into_sql::<Bool>();
    let nobody = UserId::from_uuid(uuid::Uuid::nil());
    let own = articles::created_by.eq(filter.seen_by.unwrap_or(nobody));
    let any_state = filter.pending.is_none().into_sql::<Bool>();
    let open = texts::state.eq(TextState::Published).and(any_state);
    let fitting = fitting.filter(all.or(own).or(open));
    query.filter(diesel::dsl::exists(fitting))
}

/// What readers are told about words that were changed after they were published.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = corrections, treat_none_as_default_value = false)]
pub struct Correction {
    pub item_id: AnyId,
    pub lang: Lang,
    pub to_revision: i32,
    pub from_revision: i32,
    pub note: String,
    pub quotes: Json<Vec<crate::quotes::model::QuoteId>>,
    pub blocks: Json<Vec<String>>,
    pub made_by: UserId,
    pub made_at: Instant,
}

pub fn insert_correction(conn: &mut DbConn, correction: &Correction) -> QueryResult<()> {
    diesel::insert_into(corrections::table)
        .values(correction)
        .execute(conn)
        .map(drop)
}

/// Puts another note in the place of that of a correction; says whether there is one.
pub fn reword_correction(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    to_revision: i32,
    note: &str,
) -> QueryResult<bool> {
    let correction = corrections::table.find((article.of::<()>(), lang, to_revision));
    diesel::update(correction)
        .set(corrections::note.eq(note))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// The corrections of a text, oldest first.
pub fn corrections_of(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
) -> QueryResult<Vec<Correction>> {
    corrections::table
        .filter(
            corrections::item_id
                .eq(article.of::<()>())
                .and(corrections::lang.eq(lang)),
        )
        .order(corrections::to_revision)
        .load(conn)
}

/// Those of the ids that are articles and not deleted.
pub fn existing(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<ArticleId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    articles::table
        .filter(among(articles::id, ids).and(articles::deleted_at.is_null()))
        .select(articles::id)
        .load(conn)
}
