//! Sections: the parts of the site, each article in one at most. Editors keep them; readers get
//! their names. What they share with topics and lists stands in [`crate::named`].

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use diesel::dsl::{exists, max};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::changes::ItemKind;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{articles, sections};
use crate::db::{DbConn, Id, Instant, Json, Tx};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::mounts::Mounts;
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Paging, Position};
use crate::http::patch::{Patch, within};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Deleted, Query};
use crate::http::reading::Reading;
use crate::language::{Names, NamesPatch, Slug};
use crate::lists;
use crate::named::public::NamedList;
use crate::named::{self, Named};
use crate::named_row;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(list_sections)
        .service(list_desk_sections)
        .service(create_section)
        .service(get_desk_section)
        .service(patch_section)
        .service(delete_section)
        .service(restore_section);
}

/// The id of a [`Section`].
pub type SectionId = Id<Section>;

/// A part of the site.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = sections, treat_none_as_null = true)]
pub struct Section {
    pub id: SectionId,
    pub slug: Slug,
    pub names: Json<Names>,
    /// Sections of one position stand in the order in which they were made.
    pub position: i32,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// The sections with these ids, deleted ones too, in no order.
pub fn find_many(conn: &mut DbConn, ids: &[SectionId]) -> QueryResult<Vec<Section>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    sections::table.filter(among(sections::id, ids)).load(conn)
}

/// The section that a request names by its slug or its id; nothing where there is none, or it was
/// deleted.
pub fn by_slug_or_id(conn: &mut DbConn, reference: &str) -> QueryResult<Option<Section>> {
    let mut found = by_slugs_or_ids(conn, &[reference.to_owned()])?;
    Ok(found.pop().flatten())
}

/// The sections that a request names by their slugs or their ids, in its order; nothing for what
/// there is not, or was deleted.
pub fn by_slugs_or_ids(
    conn: &mut DbConn,
    references: &[String],
) -> QueryResult<Vec<Option<Section>>> {
    let (ids, slugs) = named::ids_and_slugs::<Section>(references);
    let found: Vec<Section> = sections::table
        .filter(sections::deleted_at.is_null())
        .filter(among(sections::id, ids).or(among(sections::slug, slugs)))
        .load(conn)?;
    Ok(named::in_order_of(references, found))
}

fn last_position(conn: &mut DbConn) -> QueryResult<Option<i32>> {
    sections::table.select(max(sections::position)).first(conn)
}

fn has_articles(conn: &mut DbConn, id: SectionId) -> QueryResult<bool> {
    let inside = articles::table
        .filter(articles::section_id.eq(id))
        .filter(articles::deleted_at.is_null());
    diesel::select(exists(inside)).get_result(conn)
}

impl Named for Section {
    const KIND: ItemKind = ItemKind::Section;
    const COLLECTION: &'static str = "sections";
    type Key = (i32, SectionId);
    type Json = SectionJson;
    named_row!(sections);

    fn key(&self) -> Self::Key {
        (self.position, self.id)
    }

    fn list(
        conn: &mut DbConn,
        deleted: bool,
        at: Option<Position<Self::Key>>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        let order = (sections::position, sections::id);
        let mut query = sections::table
            .filter(sections::deleted_at.is_not_null().eq(deleted))
            .limit(limit)
            .into_boxed();
        query = match at {
            Some(Position { back: true, key }) => query
                .filter(row_compare(order, Way::Before, key))
                .order((sections::position.desc(), sections::id.desc())),
            Some(Position { back: false, key }) => query
                .filter(row_compare(order, Way::After, key))
                .order(order),
            None => query.order(order),
        };
        query.load(conn)
    }

    fn needed_by(&self, conn: &mut DbConn) -> QueryResult<Option<&'static str>> {
        if has_articles(conn, self.id)? {
            return Ok(Some("There are articles in this section."));
        }
        let listed = lists::store::follows(conn, self.id.uuid())?;
        Ok(listed.then_some("A list is made of this section."))
    }
}

/// A section.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Section)]
pub struct SectionJson {
    pub id: SectionId,
    pub slug: Slug,
    pub names: Names,
    /// Where it stands among the sections, the lowest first.
    pub position: i32,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
}

impl From<Section> for SectionJson {
    fn from(section: Section) -> Self {
        let Section {
            id,
            slug,
            names,
            position,
            version,
            created_at,
            updated_at,
            deleted_at,
        } = section;
        Self {
            id,
            slug,
            names: names.0,
            position,
            version,
            created_at,
            updated_at,
            deleted_at,
        }
    }
}

/// The highest position; leaves room for the one after the last.
const MAX_POSITION: i32 = 1_000_000;

/// A new section.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slug": "politics", "names": {"az": "Siyasət", "ru": "Политика", "en": "Politics"}}))]
pub struct NewSection {
    slug: Slug,
    names: Names,
    /// Where it stands among the sections; the last where absent or null.
    #[schema(minimum = 0, maximum = 1_000_000)]
    position: Option<i32>,
}

/// A change of a section.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": {"ru": "Политика"}, "position": 1}))]
pub struct SectionPatch {
    #[serde(default)]
    #[schema(value_type = Slug)]
    slug: Patch<Slug>,
    #[serde(default)]
    #[schema(value_type = NamesPatch)]
    names: Patch<NamesPatch>,
    #[serde(default, deserialize_with = "within::<0, MAX_POSITION, _, _>")]
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    position: Patch<i32>,
}

impl SectionPatch {
    fn apply(self, section: &mut Section) -> Result<(), Problem> {
        let Self {
            slug,
            names,
            position,
        } = self;
        slug.apply(&mut section.slug);
        named::desk::patch_names(names, &mut section.names.0)?;
        position.apply(&mut section.position);
        Ok(())
    }
}

fn checked(position: i32) -> Result<i32, Problem> {
    let expected = || format!("expected a number from 0 to {MAX_POSITION}");
    match position {
        0..=MAX_POSITION => Ok(position),
        _ => Err(Problem::field("/position", expected())),
    }
}

/// The sections
///
/// All of them in order, each with its name in the language asked for.
#[utoipa::path(tag = "site", params(LanguageParams, AcceptLanguage), responses((status = 200, body = NamedList)))]
#[get("/v1/sections")]
pub async fn list_sections(app: Data<App>, asked: LanguageAsked) -> ApiResult<Reading> {
    named::public::read_all::<Section>(&app, asked).await
}

/// The sections, for the newsroom
///
/// In order, with their versions.
#[utoipa::path(tag = "desk: site", params(Paging, Deleted), responses((status = 200, body = Page<SectionJson>)))]
#[get("/v1/desk/sections")]
pub async fn list_desk_sections(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, Deleted)>,
) -> ApiResult<Listing<SectionJson>> {
    named::desk::list::<Section>(&app, &request, query.0).await
}

/// Make a section
#[utoipa::path(tag = "desk: site", request_body = NewSection, responses((status = 201, body = SectionJson)))]
#[post("/v1/desk/sections")]
pub async fn create_section(
    app: Data<App>,
    editor: Staff,
    new: Posted<NewSection>,
) -> ApiResult<Answer> {
    let NewSection {
        slug,
        names,
        position,
    } = new.value;
    let position = position.map(checked).transpose()?;
    let create = move |tx: &mut Tx| {
        let now = tx.now();
        let position = match position {
            Some(position) => position,
            None => last_position(tx)?.map_or(0, |last| last.saturating_add(1)),
        };
        let section = Section {
            id: Id::new(),
            slug: slug.clone(),
            names: Json(names.clone()),
            position: position.min(MAX_POSITION),
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        named::desk::create(tx, &editor, section)
    };
    new.once.write(&app.db, &app.secret, create).await
}

/// A section, for the newsroom
///
/// Deleted ones too, so that they can be restored.
#[utoipa::path(tag = "desk: site", params(ItemPath), responses((status = 200, body = SectionJson)))]
#[get("/v1/desk/sections/{id}")]
pub async fn get_desk_section(
    app: Data<App>,
    path: Path<ItemPath>,
) -> ApiResult<WithEtag<SectionJson>> {
    named::desk::get::<Section>(&app, path.id).await
}

/// Change a section
///
/// Names are merged language by language.
#[utoipa::path(
    tag = "desk: site",
    params(ItemPath, IfMatchHeader),
    request_body(content = SectionPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = SectionJson)),
)]
#[patch("/v1/desk/sections/{id}")]
pub async fn patch_section(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    patch: MergePatch<SectionPatch>,
) -> ApiResult<WithEtag<SectionJson>> {
    let edit = move |_: &mut DbConn, section: &mut Section| patch.0.clone().apply(section);
    named::desk::change(&app, editor, path.id, if_match, edit).await
}

/// Delete a section
///
/// Refused while an article or a list needs it. It can be restored.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 204, description = "Deleted.")))]
#[delete("/v1/desk/sections/{id}")]
pub async fn delete_section(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    named::desk::delete::<Section>(&app, editor, path.id, if_match).await
}

/// Restore a section
///
/// Brings a deleted section back.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 200, body = SectionJson)))]
#[put("/v1/desk/sections/{id}/restoration")]
pub async fn restore_section(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<SectionJson>> {
    named::desk::restore::<Section>(&app, editor, path.id, if_match).await
}
