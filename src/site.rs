//! The site: its name, languages, time zone, the patterns of its public addresses, its social
//! links. One row, made at first start, read through both doors. `pattern` reads addresses back.

pub mod pattern;

use actix_web::web::Data;
use actix_web::{get, patch};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::schema::site;
use crate::db::{Db, DbConn, Id, Instant, Json, Tx};
use crate::http::body::MergePatch;
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::mounts::Mounts;
use crate::http::openapi::IfMatchHeader;
use crate::http::patch::{Patch, many};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::reading::Reading;
use crate::http::words::{Line, WebAddress};
use crate::language::{Lang, Slug};
use crate::quotes::projection as quotes;
use crate::sorting;
use pattern::{AddressPattern, Name};

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(get_site)
        .service(get_desk_site)
        .service(patch_site);
}

/// The settings that editors see and readers use.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = site, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Site {
    id: i32,
    pub version: i64,
    pub name: String,
    pub time_zone: String,
    /// In the order of the fallback chain.
    pub languages: Json<Vec<Lang>>,
    pub article_url: Option<String>,
    pub notice_url: Option<String>,
    pub home_url: Option<String>,
    pub social: Json<Vec<SocialLink>>,
    pub updated_at: Instant,
}

/// A place where the newsroom can be followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SocialLink {
    /// The network's name.
    #[schema(example = "telegram")]
    pub network: Line<40>,
    pub url: WebAddress,
}

/// What an address pattern is filled with.
pub struct AddressParts<'a> {
    pub lang: &'a Lang,
    pub slug: Option<&'a Slug>,
    pub id: Uuid,
    pub section: Option<&'a str>,
}

impl Site {
    pub fn chain(&self) -> &[Lang] {
        &self.languages.0
    }

    /// The public address of an article's text; `None` while the site has no pattern for it.
    pub fn article_address(&self, parts: &AddressParts) -> Option<String> {
        self.article_url
            .as_deref()
            .map(|pattern| fill(pattern, parts))
    }

    /// The public address of a notice.
    pub fn notice_address(&self, parts: &AddressParts) -> Option<String> {
        self.notice_url
            .as_deref()
            .map(|pattern| fill(pattern, parts))
    }

    /// The public address of the front page in a language.
    pub fn home_address(&self, lang: &Lang) -> Option<String> {
        let pattern = self.home_url.as_deref()?;
        Some(pattern.replace("{lang}", lang.as_str()))
    }

    /// The time zone by whose calendar days begin.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// Slugs, tags and ids have no character that an address would have to escape.
fn fill(text: &str, parts: &AddressParts) -> String {
    text.replace("{lang}", parts.lang.as_str())
        .replace("{slug}", parts.slug.map_or("", Slug::as_str))
        .replace("{id}", &parts.id.to_string())
        .replace("{section}", parts.section.unwrap_or(pattern::NO_SECTION))
}

const ID: i32 = 1;

/// The site; every database has one after the first start.
pub fn find(conn: &mut DbConn) -> QueryResult<Site> {
    site::table.find(ID).first(conn)
}

/// Makes the site at first start, with the languages of the settings.
pub async fn ensure(db: &Db, languages: Vec<Lang>) -> Result<(), Problem> {
    let made = db
        .write(move |tx| {
            if find(tx).optional()?.is_some() {
                return Ok(());
            }
            let new = Site {
                id: ID,
                version: 1,
                name: "Newsline".to_owned(),
                time_zone: "UTC".to_owned(),
                languages: Json(languages.clone()),
                article_url: None,
                notice_url: None,
                home_url: None,
                social: Json(Vec::new()),
                updated_at: tx.now(),
            };
            diesel::insert_into(site::table)
                .values(&new)
                .execute(&mut **tx)?;
            Ok::<_, Problem>(())
        })
        .await;
    match made {
        // Two nodes may start at once; either one's will do.
        Err(problem) if problem.code() == Code::AlreadyExists => Ok(()),
        made => made,
    }
}

/// The settings of the site.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Site)]
pub struct SiteJson {
    pub name: String,
    /// A name of the IANA time zone database, by whose calendar days begin.
    #[schema(example = "Asia/Baku")]
    pub time_zone: String,
    /// In the order in which they stand in for one another.
    pub languages: Vec<Lang>,
    /// The pattern of an article's public address: `{lang}`, `{slug}`, `{id}`, `{section}`.
    #[schema(required = true, example = "https://example.az/{lang}/{slug}")]
    pub article_url: Option<String>,
    #[schema(required = true)]
    pub notice_url: Option<String>,
    #[schema(required = true)]
    pub home_url: Option<String>,
    pub social: Vec<SocialLink>,
}

impl From<Site> for SiteJson {
    fn from(site: Site) -> Self {
        let Site {
            id: _,
            version: _,
            name,
            time_zone,
            languages,
            article_url,
            notice_url,
            home_url,
            social,
            updated_at: _,
        } = site;
        Self {
            name,
            time_zone,
            languages: languages.0,
            article_url,
            notice_url,
            home_url,
            social: social.0,
        }
    }
}

/// A change of the settings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Bakı xəbərləri", "time_zone": "Asia/Baku"}))]
pub struct SitePatch {
    #[serde(default)]
    #[schema(value_type = Line<100>)]
    name: Patch<Line<100>>,
    #[serde(default)]
    #[schema(value_type = Line<60>)]
    time_zone: Patch<Line<60>>,
    /// 1 to 20 languages, the first of which is the fallback.
    #[serde(default, deserialize_with = "many::<1, 20, _, Lang, _>")]
    #[schema(value_type = Vec<Lang>, min_items = 1, max_items = 20)]
    languages: Patch<Vec<Lang>>,
    /// With `{slug}` or `{id}`, and perhaps `{lang}` and `{section}`.
    #[serde(default)]
    #[schema(value_type = Option<AddressPattern>)]
    article_url: Patch<Option<AddressPattern>>,
    /// With `{id}`, and perhaps `{lang}`.
    #[serde(default)]
    #[schema(value_type = Option<AddressPattern>)]
    notice_url: Patch<Option<AddressPattern>>,
    /// With `{lang}`, perhaps.
    #[serde(default)]
    #[schema(value_type = Option<AddressPattern>)]
    home_url: Patch<Option<AddressPattern>>,
    #[serde(default, deserialize_with = "many::<0, 50, _, SocialLink, _>")]
    #[schema(value_type = Vec<SocialLink>, max_items = 50)]
    social: Patch<Vec<SocialLink>>,
}

impl SitePatch {
    fn apply(self, site: &mut Site) -> Result<(), Problem> {
        let Self {
            name,
            time_zone,
            languages,
            article_url,
            notice_url,
            home_url,
            social,
        } = self;
        if let Patch::Set(zone) = &time_zone {
            jiff::tz::TimeZone::get(zone)
                .map_err(|_| Problem::field("/time_zone", "expected a name such as Asia/Baku"))?;
        }
        if let Patch::Set(languages) = &languages {
            let distinct: std::collections::BTreeSet<_> = languages.iter().collect();
            if !(1..=20).contains(&languages.len()) || distinct.len() != languages.len() {
                return Err(Problem::field(
                    "/languages",
                    "expected 1 to 20 languages, each once",
                ));
            }
        }
        if matches!(&social, Patch::Set(social) if social.len() > 50) {
            return Err(Problem::field("/social", "expected at most 50 links"));
        }
        check_names(
            "/article_url",
            &article_url,
            &[Name::Slug, Name::Id],
            &[Name::Lang, Name::Section],
        )?;
        check_names("/notice_url", &notice_url, &[Name::Id], &[Name::Lang])?;
        check_names("/home_url", &home_url, &[], &[Name::Lang])?;
        name.map(String::from).apply(&mut site.name);
        time_zone.map(String::from).apply(&mut site.time_zone);
        languages.map(Json).apply(&mut site.languages);
        for (field, pattern) in [
            (&mut site.article_url, article_url),
            (&mut site.notice_url, notice_url),
            (&mut site.home_url, home_url),
        ] {
            pattern
                .map(|pattern| pattern.map(String::from))
                .apply(field);
        }
        social.map(Json).apply(&mut site.social);
        Ok(())
    }
}

/// 422 for a pattern that has a name of neither list, or none of those of which it needs one.
fn check_names(
    pointer: &'static str,
    pattern: &Patch<Option<AddressPattern>>,
    needed: &[Name],
    others: &[Name],
) -> Result<(), Problem> {
    let Patch::Set(Some(pattern)) = pattern else {
        return Ok(());
    };
    let in_braces = |names: &[Name]| {
        let names: Vec<&str> = names.iter().map(|name| name.in_braces()).collect();
        names.join(" or ")
    };
    let odd = pattern
        .names()
        .find(|name| !needed.contains(name) && !others.contains(name));
    if let Some(odd) = odd {
        return Err(Problem::field(
            pointer,
            format!("these addresses have no {}", in_braces(&[odd])),
        ));
    }
    if !needed.is_empty() && !pattern.names().any(|name| needed.contains(&name)) {
        return Err(Problem::field(
            pointer,
            format!("expected {} in it", in_braces(needed)),
        ));
    }
    Ok(())
}

/// The site
///
/// Its name, languages, time zone, address patterns and social links.
#[utoipa::path(tag = "site", responses((status = 200, body = SiteJson)))]
#[get("/v1/site")]
pub async fn get_site(app: Data<App>) -> ApiResult<Reading> {
    let read = |conn: &mut DbConn| Ok::<_, Problem>(find(conn)?);
    let site = app.readers.read(read).await?;
    let modified = site.updated_at;
    Ok(Reading::json(&SiteJson::from(site))?
        .modified(Some(modified))
        .about(["site".to_owned()]))
}

/// The site, for the newsroom
///
/// The same settings, with their version.
#[utoipa::path(tag = "desk: site", responses((status = 200, body = SiteJson)))]
#[get("/v1/desk/site")]
pub async fn get_desk_site(app: Data<App>) -> ApiResult<WithEtag<SiteJson>> {
    let site = app.db.read(|conn| Ok::<_, Problem>(find(conn)?)).await?;
    Ok(WithEtag {
        version: site.version,
        item: site.into(),
    })
}

/// Change the site
///
/// A new time zone moves the days on which quotes were said, other languages the order in which
/// sources and topics stand; readers have both at once.
#[utoipa::path(
    tag = "desk: site",
    params(IfMatchHeader),
    request_body(content = SitePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = SiteJson)),
)]
#[patch("/v1/desk/site")]
pub async fn patch_site(
    app: Data<App>,
    admin: Staff,
    if_match: IfMatch,
    patch: MergePatch<SitePatch>,
) -> ApiResult<WithEtag<SiteJson>> {
    let patch = patch.0;
    let site = app
        .db
        .write(move |tx| {
            let mut site = find(tx)?;
            if_match.check(site.version)?;
            let (read, before) = (site.version, site.clone());
            patch.clone().apply(&mut site)?;
            site.version += 1;
            site.updated_at = tx.now();
            let unchanged = site::table.filter(site::id.eq(ID).and(site::version.eq(read)));
            let saved = diesel::update(unchanged).set(&site).execute(&mut **tx)? == 1;
            check_saved(saved, read)?;
            let touched = follow(tx, &before, &site)?;
            tx.record(changed().by(admin.id).touching(touched));
            Ok::<_, Problem>(site)
        })
        .await?;
    Ok(WithEtag {
        version: site.version,
        item: site.into(),
    })
}

/// A change of the site, or of what hangs on it.
pub fn changed() -> Change {
    let site = Id::<Site>::from_uuid(Uuid::nil());
    let mut change = Change::of(ItemKind::Site, site, Action::Changed);
    // There is one site, so its surrogate key has no id.
    change.keys = vec!["site".to_owned()];
    change
}

/// Works out anew what readers' rows keep of the time zone and the languages; gives the
/// surrogate keys of the answers that differ now, besides those that name the site.
fn follow(tx: &mut Tx, before: &Site, site: &Site) -> Result<Option<String>, Problem> {
    if site.chain() != before.chain() {
        sorting::rewrite(tx, site.chain())?;
    }
    let moved = site.time_zone != before.time_zone;
    if moved {
        quotes::redate(tx, &site.zone())?;
    }
    Ok(moved.then(|| "quotes".to_owned()))
}
