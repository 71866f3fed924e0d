//! Articles at the newsroom's door: what is the same in all languages.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};

use super::api::{ArticlePatch, ArticlePath, DeskArticle, NewArticle};
use super::desk_list::ListQuery;
use super::input::{TextInput, at_most, check_related};
use super::model::{Article, ArticleId};
use super::projection;
use super::published::{self, PublishedArticle};
use super::quoting::Cast;
use super::references::{check_references, check_terms, section_of, topics_of};
use super::sight::{as_published, find_own, find_seen, hold_own};
use super::sitemap;
use super::{keys, quoting, store, writing};
use crate::app::App;
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Id, Json, Tx};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{COUNT_LIMIT, Listing, Page, Pager, Paging};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::Query;
use crate::language::Lang;
use crate::sources::confided::Confided;
use crate::sources::matching::find_or_make;
use crate::texts::model::Text;
use crate::texts::store as texts;
use crate::topics::TopicId;

pub(super) fn whole(
    conn: &mut DbConn,
    article: Article,
    texts: Vec<Text>,
) -> Result<DeskArticle, Problem> {
    let topics = store::topics_of(conn, &[article.id])?
        .into_iter()
        .map(|(_, topic)| topic)
        .collect();
    Ok(DeskArticle::new(article, topics, texts))
}

/// List articles
///
/// Latest change first. Contributors and moderators see what is published, and their own.
#[utoipa::path(tag = "desk: articles", params(Paging, ListQuery), responses((status = 200, body = Page<DeskArticle>)))]
#[get("/v1/desk/articles")]
pub async fn list_desk_articles(
    app: Data<App>,
    staff: Staff,
    request: HttpRequest,
    query: Query<(Paging, ListQuery)>,
) -> ApiResult<Listing<DeskArticle>> {
    let (paging, list) = query.0;
    let pager = Pager::<store::Key>::new(&request, &app.cursors, paging)?;
    let (at, rows, count) = (pager.start(), pager.rows(), pager.count);
    let seen_by = (!staff.may(Right::Edit)).then_some(staff.id);
    let (articles, mut texts, mut topics, total) = app
        .db
        .read_snapshot(move |conn| {
            let filter = list.filter(conn, seen_by)?;
            let articles = store::list(conn, &filter, at, rows)?;
            let ids: Vec<ArticleId> = articles.iter().map(|article| article.id).collect();
            let texts = texts::of_items(conn, &ids.iter().map(|id| id.of()).collect::<Vec<_>>())?;
            let texts = restricted(conn, &articles, texts, &staff)?;
            let topics = store::topics_of(conn, &ids)?;
            let total = count
                .then(|| store::count(conn, &filter, COUNT_LIMIT + 1))
                .transpose()?;
            Ok::<_, Problem>((articles, texts, topics, total))
        })
        .await?;
    let page = pager
        .page(articles, |article| (article.updated_at, article.id))
        .with_total(total);
    Ok(pager.listing(page.map(|article| {
        let own_texts = texts
            .extract_if(.., |text| text.item_id == article.id.of())
            .collect();
        let own_topics = topics
            .extract_if(.., |(id, _)| *id == article.id)
            .map(|(_, topic)| topic)
            .collect();
        DeskArticle::new(article, own_topics, own_texts)
    })))
}

/// Of articles that are not theirs, contributors and moderators see what is published.
fn restricted(
    conn: &mut DbConn,
    articles: &[Article],
    texts: Vec<Text>,
    staff: &Staff,
) -> Result<Vec<Text>, Problem> {
    let closed: Vec<ArticleId> = articles
        .iter()
        .filter(|article| !article.is_open_to(staff))
        .map(|article| article.id)
        .collect();
    if closed.is_empty() {
        return Ok(texts);
    }
    let (theirs, mut open): (Vec<Text>, Vec<Text>) = texts
        .into_iter()
        .partition(|text| closed.contains(&text.item_id.of()));
    open.extend(as_published(conn, &closed, theirs)?);
    Ok(open)
}

/// What a post becomes before the transaction.
#[derive(Clone)]
struct Story {
    post: NewArticle,
    texts: BTreeMap<Lang, TextInput>,
}

impl TryFrom<NewArticle> for Story {
    type Error = Problem;
    fn try_from(mut post: NewArticle) -> Result<Self, Problem> {
        check_related(&post.related)?;
        at_most(&post.authors, "/authors")?;
        if post.sources.len() > 200 || post.texts.len() > 20 {
            return Err(Problem::field(
                "/texts",
                "expected at most 20 texts and 200 sources",
            ));
        }
        let mut texts = BTreeMap::new();
        for (lang, text) in std::mem::take(&mut post.texts) {
            let read = TextInput::try_from(text)
                .map_err(|problem| problem.below(&format!("/texts/{lang}")))?;
            texts.insert(lang, read);
        }
        Ok(Self { post, texts })
    }
}

/// Post an article
///
/// May carry a whole story: texts in several languages, their quotes with new or existing sources,
/// related items. Quotes that carry the same `key` in several languages are one statement.
#[utoipa::path(tag = "desk: articles", request_body = NewArticle, responses((status = 201, body = DeskArticle)))]
#[post("/v1/desk/articles")]
pub async fn create_article(
    app: Data<App>,
    staff: Staff,
    posted: Posted<NewArticle>,
) -> ApiResult<Answer> {
    let story = Story::try_from(posted.value)?;
    posted
        .once
        .write(&app.db, &app.secret, move |tx| {
            create(tx, story.clone(), &staff)
        })
        .await
}

fn create(tx: &mut Tx, story: Story, staff: &Staff) -> Result<Answer, Problem> {
    let Story {
        post,
        texts: inputs,
    } = story;
    let now = tx.now();
    let article = Article {
        id: Id::new(),
        kind: post.kind,
        section_id: section_of(tx, post.section.as_ref())?,
        authors: Json(post.authors),
        related: Json(post.related),
        review_policy: post.review_policy,
        external_id: post.external_id.map(String::from),
        version: 1,
        created_by: staff.id,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    check_references(tx, &article)?;
    let topics = topics_of(tx, &post.topics)?;
    store::insert(tx, &article)?;
    store::add_topics(tx, article.id, &topics)?;
    store::add_authors(tx, &article)?;
    let mut change = Change::of(ItemKind::Article, article.id, Action::Created).by(staff.id);
    change.keys.clear();
    tx.record(change);
    let named = find_or_make(tx, &post.sources, staff)?;
    let quotes = inputs.values().filter_map(|text| text.quotes.as_deref());
    let cast = Cast::of(tx, &named, quotes.flat_map(quoting::references), staff)?;
    let mut texts = Vec::new();
    for (lang, text) in originals_first(inputs) {
        let made = writing::create_text(tx, &article, &lang, None, text, &cast, staff);
        let made = made.map_err(|problem| problem.below(&format!("/texts/{lang}")))?;
        texts.push(made.text);
    }
    texts.sort_by(|one, other| one.lang.cmp(&other.lang));
    let id = article.id;
    let mut json = DeskArticle::new(article, topics, texts);
    json.sources = Some(quoting::matches_of(&named));
    // That a name stands for somebody who is not on record is news to whoever posted it.
    let found = named.values().filter(|found| found.how.tells_more());
    let confided = Confided::among(found.map(|found| &found.source));
    confided.record(tx, staff, "create_article");
    Answer::created(format!("/v1/desk/articles/{id}"), 1, &json)
}

/// Each text after the one that it was translated from; those that name each other come last, and
/// are refused where they do not find it.
fn originals_first(mut texts: BTreeMap<Lang, TextInput>) -> Vec<(Lang, TextInput)> {
    let mut ordered = Vec::new();
    while !texts.is_empty() {
        let waits = |text: &TextInput| {
            let from = text.translated_from.as_ref();
            from.is_some_and(|from| texts.contains_key(&from.lang))
        };
        let ready = texts.iter().find(|(_, text)| !waits(text));
        let next = ready
            .or_else(|| texts.iter().next())
            .map(|(lang, _)| lang.clone());
        ordered.extend(next.and_then(|lang| texts.remove_entry(&lang)));
    }
    ordered
}

/// Read an article
///
/// What is the same in all languages, and the states of its texts. What a text says is at `…/texts/{lang}`.
#[utoipa::path(tag = "desk: articles", params(ArticlePath), responses((status = 200, body = DeskArticle)))]
#[get("/v1/desk/articles/{id}")]
pub async fn get_desk_article(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
) -> ApiResult<WithEtag<DeskArticle>> {
    let id = path.id;
    let json = app
        .db
        .read_snapshot(move |conn| {
            let seen = find_seen(conn, id, &staff)?;
            whole(conn, seen.article, seen.texts)
        })
        .await?;
    Ok(WithEtag {
        version: json.version,
        item: json,
    })
}

/// Change an article
///
/// What is the same in all languages has no draft: once a text is published, a change needs an
/// editor and reaches readers at once.
#[utoipa::path(
    tag = "desk: articles",
    params(ArticlePath, IfMatchHeader),
    request_body(content = ArticlePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskArticle)),
)]
#[patch("/v1/desk/articles/{id}")]
pub async fn patch_article(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
    if_match: IfMatch,
    patch: MergePatch<ArticlePatch>,
) -> ApiResult<WithEtag<DeskArticle>> {
    let (id, patch) = (path.id, patch.0);
    let json = app
        .db
        .write(move |tx| {
            let (mut article, texts) = find_own(tx, id, &staff)?;
            if_match.check(article.version)?;
            let read = article.version;
            let topics = apply(tx, &mut article, patch.clone())?;
            check_references(tx, &article)?;
            article.touch(tx.now());
            save(tx, &article, read)?;
            let retold = topics.is_some().then(|| "quotes".to_owned());
            if let Some(topics) = topics {
                store::set_topics(tx, id, &topics)?;
            }
            store::set_authors(tx, &article)?;
            let json = whole(tx, article.clone(), texts)?;
            let maps = refresh_published(tx, &article, &json.topics)?;
            let change = Change::of(ItemKind::Article, id, Action::Changed).by(staff.id);
            // Timelines can be narrowed to a topic.
            let change = change.touching(keys::lists_of(&json)).touching(retold);
            tx.record(change.touching(maps));
            Ok::<_, Problem>(json)
        })
        .await?;
    Ok(WithEtag {
        version: json.version,
        item: json,
    })
}

/// Puts a patch into the row; gives the topics where they change.
fn apply(
    tx: &mut Tx,
    article: &mut Article,
    patch: ArticlePatch,
) -> Result<Option<Vec<TopicId>>, Problem> {
    let ArticlePatch {
        external_id,
        kind,
        section,
        topics,
        authors,
        review_policy,
        related,
    } = patch;
    external_id
        .map(|id| id.map(String::from))
        .apply(&mut article.external_id);
    kind.apply(&mut article.kind);
    if let Some(section) = section.into_option() {
        article.section_id = section_of(tx, section.as_ref())?;
    }
    authors.map(Json).apply(&mut article.authors);
    at_most(&article.authors.0, "/authors")?;
    review_policy.apply(&mut article.review_policy);
    related.map(Json).apply(&mut article.related);
    check_related(&article.related.0)?;
    topics
        .into_option()
        .map(|topics| topics_of(tx, &topics))
        .transpose()
}

/// Brings the published copy up to date, where there is one; gives the surrogate keys of the
/// sitemaps, since the section may stand in an address.
fn refresh_published(
    tx: &mut Tx,
    article: &Article,
    topics: &[TopicId],
) -> Result<Vec<String>, Problem> {
    let Some(row) = published::find_article(tx, article.id)? else {
        return Ok(Vec::new());
    };
    let moved = row.section_id != article.section_id;
    let row = PublishedArticle::new(article, topics.to_vec(), row.first_published_at);
    projection::refresh(tx, &row)?;
    let now = tx.now();
    match moved {
        true => Ok(sitemap::note(tx, article.id, 0, now)?),
        false => Ok(Vec::new()),
    }
}

pub(super) fn save(tx: &mut Tx, article: &Article, read: i64) -> Result<(), Problem> {
    check_saved(store::save(tx, article, read)?, read)
}

/// Delete an article
///
/// Hides it; refused while a text of it is published. It can be restored.
#[utoipa::path(
    tag = "desk: articles",
    params(ArticlePath, IfMatchHeader),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/desk/articles/{id}")]
pub async fn delete_article(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let id = path.id;
    app.db
        .write(move |tx| {
            let (mut article, texts) = find_own(tx, id, &staff)?;
            if_match.check(article.version)?;
            if let Some(text) = texts.iter().find(|text| text.is_published()) {
                return Err(Problem::new(
                    Code::InUse,
                    format!("Its text in {} is published.", text.lang),
                ));
            }
            let (read, now) = (article.version, tx.now());
            article.deleted_at = Some(now);
            article.touch(now);
            save(tx, &article, read)?;
            tx.record(Change::of(ItemKind::Article, id, Action::Deleted).by(staff.id));
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Restore an article
///
/// Brings back one that was deleted, with all its texts. Refused while its section or a topic is
/// deleted.
#[utoipa::path(tag = "desk: articles", params(ArticlePath, IfMatchHeader), responses((status = 200, body = DeskArticle)))]
#[put("/v1/desk/articles/{id}/restoration")]
pub async fn restore_article(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskArticle>> {
    let id = path.id;
    let json = app
        .db
        .write(move |tx| {
            let (mut article, texts) = hold_own(tx, id, &staff)?;
            if_match.check(article.version)?;
            if article.deleted_at.take().is_none() {
                return Err(Problem::new(Code::WrongState, "It is not deleted."));
            }
            check_terms(tx, &article)?;
            let read = article.version;
            article.touch(tx.now());
            save(tx, &article, read)?;
            tx.record(Change::of(ItemKind::Article, id, Action::Restored).by(staff.id));
            whole(tx, article, texts)
        })
        .await?;
    Ok(WithEtag {
        version: json.version,
        item: json,
    })
}
