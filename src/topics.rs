//! Topics: what articles are about, each with as many as fit. Editors keep them; readers get
//! their names. What they share with topics and lists stands in [`crate::named`].

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::changes::ItemKind;
use crate::db::among::among;
use crate::db::schema::{article_topics, articles, topics};
use crate::db::{DbConn, Id, Instant, Json, Tx};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::mounts::Mounts;
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Pager, Paging, Position};
use crate::http::patch::Patch;
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Deleted, Query};
use crate::http::reading::Reading;
use crate::language::{Lang, Names, NamesPatch, Slug};
use crate::lists;
use crate::named::order::{self, Entry, NamesOf};
use crate::named::public::NamedList;
use crate::named::{self, Named};
use crate::named_row;
use crate::on_each_backend;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(list_topics)
        .service(list_desk_topics)
        .service(create_topic)
        .service(get_desk_topic)
        .service(patch_topic)
        .service(delete_topic)
        .service(restore_topic);
}

/// The id of a [`Topic`].
pub type TopicId = Id<Topic>;

/// What an article is about.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = topics, treat_none_as_null = true)]
pub struct Topic {
    pub id: TopicId,
    pub slug: Slug,
    pub names: Json<Names>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// The topics with these ids, deleted ones too, in no order.
pub fn find_many(conn: &mut DbConn, ids: &[TopicId]) -> QueryResult<Vec<Topic>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = topics::table.filter(among(topics::id, ids));
    on_each_backend!(conn => query.load(conn))
}

/// Puts all topics in order in the languages of a chain.
pub fn put_in_order(conn: &mut DbConn, chain: &[Lang]) -> QueryResult<()> {
    let all: Vec<(TopicId, Json<Names>)> = topics::table
        .filter(topics::deleted_at.is_null())
        .select((topics::id, topics::names))
        .load(conn)?;
    let entries: Vec<Entry> = all
        .iter()
        .map(|(id, Json(names))| Entry {
            id: id.of(),
            of: &[NamesOf::Topics],
            names,
        })
        .collect();
    order::put(conn, &entries, chain)
}

/// The topics that a request names by their slugs or their ids, in its order; nothing for what
/// there is not, or was deleted.
pub fn by_slugs_or_ids(
    conn: &mut DbConn,
    references: &[String],
) -> QueryResult<Vec<Option<Topic>>> {
    let (ids, slugs) = named::ids_and_slugs::<Topic>(references);
    let found: Vec<Topic> = topics::table
        .filter(topics::deleted_at.is_null())
        .filter(among(topics::id, ids).or(among(topics::slug, slugs)))
        .load(conn)?;
    Ok(named::in_order_of(references, found))
}

fn has_articles(conn: &mut DbConn, id: TopicId) -> QueryResult<bool> {
    let about = article_topics::table
        .inner_join(articles::table.on(articles::id.eq(article_topics::article_id)))
        .filter(article_topics::topic_id.eq(id))
        .filter(articles::deleted_at.is_null());
    diesel::select(exists(about)).get_result(conn)
}

impl Named for Topic {
    const KIND: ItemKind = ItemKind::Topic;
    const COLLECTION: &'static str = "topics";
    const BY_NAME: Option<NamesOf> = Some(NamesOf::Topics);
    type Key = Slug;
    type Json = TopicJson;
    named_row!(topics);

    fn key(&self) -> Slug {
        self.slug.clone()
    }

    fn list(
        conn: &mut DbConn,
        deleted: bool,
        at: Option<Position<Self::Key>>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        let mut query = topics::table
            .filter(topics::deleted_at.is_not_null().eq(deleted))
            .limit(limit)
            .into_boxed();
        query = match at {
            Some(Position { back: true, key }) => query
                .filter(topics::slug.lt(key))
                .order(topics::slug.desc()),
            Some(Position { back: false, key }) => {
                query.filter(topics::slug.gt(key)).order(topics::slug)
            }
            None => query.order(topics::slug),
        };
        query.load(conn)
    }

    fn needed_by(&self, conn: &mut DbConn) -> QueryResult<Option<&'static str>> {
        if has_articles(conn, self.id)? {
            return Ok(Some("There are articles about this topic."));
        }
        let listed = lists::store::follows(conn, self.id.uuid())?;
        Ok(listed.then_some("A list is made of this topic."))
    }
}

/// A topic.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Topic)]
pub struct TopicJson {
    pub id: TopicId,
    pub slug: Slug,
    pub names: Names,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
}

impl From<Topic> for TopicJson {
    fn from(topic: Topic) -> Self {
        let Topic {
            id,
            slug,
            names,
            version,
            created_at,
            updated_at,
            deleted_at,
        } = topic;
        Self {
            id,
            slug,
            names: names.0,
            version,
            created_at,
            updated_at,
            deleted_at,
        }
    }
}

/// A new topic.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slug": "caspian", "names": {"az": "Xəzər", "ru": "Каспий", "en": "Caspian"}}))]
pub struct NewTopic {
    slug: Slug,
    names: Names,
}

/// A change of a topic.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": {"ru": "Каспий"}}))]
pub struct TopicPatch {
    #[serde(default)]
    #[schema(value_type = Slug)]
    slug: Patch<Slug>,
    #[serde(default)]
    #[schema(value_type = NamesPatch)]
    names: Patch<NamesPatch>,
}

impl TopicPatch {
    fn apply(self, topic: &mut Topic) -> Result<(), Problem> {
        let Self { slug, names } = self;
        slug.apply(&mut topic.slug);
        named::desk::patch_names(names, &mut topic.names.0)?;
        Ok(())
    }
}

/// The topics
///
/// In the order of their names in the language served, as its dictionary has it.
#[utoipa::path(tag = "site", params(Paging, LanguageParams, AcceptLanguage), responses((status = 200, body = NamedList)))]
#[get("/v1/topics")]
pub async fn list_topics(
    app: Data<App>,
    request: HttpRequest,
    query: Query<Paging>,
    asked: LanguageAsked,
) -> ApiResult<Reading> {
    let pager = Pager::new(&request, &app.cursors, query.0)?;
    let rows = (NamesOf::Topics, find_many);
    named::public::read_by_name::<Topic>(&app, asked, pager, rows).await
}

/// The topics, for the newsroom
///
/// In the order of their slugs, with their versions.
#[utoipa::path(tag = "desk: site", params(Paging, Deleted), responses((status = 200, body = Page<TopicJson>)))]
#[get("/v1/desk/topics")]
pub async fn list_desk_topics(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, Deleted)>,
) -> ApiResult<Listing<TopicJson>> {
    named::desk::list::<Topic>(&app, &request, query.0).await
}

/// Make a topic
#[utoipa::path(tag = "desk: site", request_body = NewTopic, responses((status = 201, body = TopicJson)))]
#[post("/v1/desk/topics")]
pub async fn create_topic(
    app: Data<App>,
    editor: Staff,
    new: Posted<NewTopic>,
) -> ApiResult<Answer> {
    let NewTopic { slug, names } = new.value;
    let create = move |tx: &mut Tx| {
        let now = tx.now();
        let topic = Topic {
            id: Id::new(),
            slug: slug.clone(),
            names: Json(names.clone()),
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        named::desk::create(tx, &editor, topic)
    };
    new.once.write(&app.db, &app.secret, create).await
}

/// A topic, for the newsroom
///
/// Deleted ones too, so that they can be restored.
#[utoipa::path(tag = "desk: site", params(ItemPath), responses((status = 200, body = TopicJson)))]
#[get("/v1/desk/topics/{id}")]
pub async fn get_desk_topic(
    app: Data<App>,
    path: Path<ItemPath>,
) -> ApiResult<WithEtag<TopicJson>> {
    named::desk::get::<Topic>(&app, path.id).await
}

/// Change a topic
///
/// Names are merged language by language.
#[utoipa::path(
    tag = "desk: site",
    params(ItemPath, IfMatchHeader),
    request_body(content = TopicPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = TopicJson)),
)]
#[patch("/v1/desk/topics/{id}")]
pub async fn patch_topic(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    patch: MergePatch<TopicPatch>,
) -> ApiResult<WithEtag<TopicJson>> {
    let edit = move |_: &mut DbConn, topic: &mut Topic| patch.0.clone().apply(topic);
    named::desk::change(&app, editor, path.id, if_match, edit).await
}

/// Delete a topic
///
/// Refused while an article or a list needs it. It can be restored.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 204, description = "Deleted.")))]
#[delete("/v1/desk/topics/{id}")]
pub async fn delete_topic(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    named::desk::delete::<Topic>(&app, editor, path.id, if_match).await
}

/// Restore a topic
///
/// Brings a deleted topic back.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 200, body = TopicJson)))]
#[put("/v1/desk/topics/{id}/restoration")]
pub async fn restore_topic(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<TopicJson>> {
    named::desk::restore::<Topic>(&app, editor, path.id, if_match).await
}
