//! JSON of notices, for readers: each in the one language that fits.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::{
    Area, NoticeAction, NoticeId, NoticeKind, Placement, Priority, Severity, Window,
};
use super::published::{self, PublishedNotice, PublishedNoticeText};
use crate::articles::cards::Alternate;
use crate::body::Body;
use crate::db::{DbConn, Json};
use crate::http::words::WebAddress;
use crate::language::{Asked, Fallback, Lang, Served, choose};
use crate::site::{AddressParts, Site};

/// A notice in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeCard {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub priority: Priority,
    #[schema(required = true)]
    pub severity: Option<Severity>,
    /// Who speaks, where it is not the newsroom.
    #[schema(required = true)]
    pub issuer: Option<String>,
    /// What a promotion is marked with; it always has one.
    #[schema(required = true)]
    pub label: Option<String>,
    pub window: Window,
    /// Without any, it holds everywhere.
    pub areas: Vec<Area>,
    pub placements: Vec<Placement>,
    pub served: Served,
    pub lang: Lang,
    pub headline: String,
    /// Portable Text.
    #[schema(value_type = Body)]
    pub body: Box<RawValue>,
    #[schema(required = true)]
    pub action: Option<ActionCard>,
    pub alternates: Vec<Alternate>,
}

/// What a reader can do about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NoticeButton)]
pub struct ActionCard {
    pub url: WebAddress,
    /// The words on the button, in the language served or the nearest that there is.
    #[schema(example = "What you can do")]
    pub label: String,
}

/// Notices for readers of one language, which the path named; where a notice is not in it, the
/// first language of the site's chain stands in, and `served` says so. One statement.
pub fn cards(
    conn: &mut DbConn,
    rows: Vec<PublishedNotice>,
    lang: &Lang,
    site: &Site,
) -> diesel::QueryResult<Vec<NoticeCard>> {
    let ids: Vec<NoticeId> = rows.iter().map(|row| row.id).collect();
    let texts = Texts::from(published::texts_of(conn, &ids)?);
    let asked = Asked::of(lang.clone());
    Ok(texts.cards(rows, &asked, Fallback::Chain, site))
}

/// The texts of several notices.
pub struct Texts(BTreeMap<NoticeId, Vec<PublishedNoticeText>>);

impl From<Vec<PublishedNoticeText>> for Texts {
    fn from(texts: Vec<PublishedNoticeText>) -> Self {
        let mut by_notice: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for text in texts {
            by_notice.entry(text.notice_id).or_default().push(text);
        }
        Self(by_notice)
    }
}

impl Texts {
    /// Each notice in the language that fits; those that have none that is acceptable are left out.
    pub fn cards(
        mut self,
        rows: Vec<PublishedNotice>,
        asked: &Asked,
        fallback: Fallback,
        site: &Site,
    ) -> Vec<NoticeCard> {
        rows.into_iter()
            .filter_map(|row| {
                let texts = self.0.remove(&row.id)?;
                card(row, texts, asked, fallback, site).ok()
            })
            .collect()
    }
}

/// A notice in the language that fits, or else the languages that there are.
pub fn card(
    row: PublishedNotice,
    texts: Vec<PublishedNoticeText>,
    asked: &Asked,
    fallback: Fallback,
    site: &Site,
) -> Result<NoticeCard, Vec<Alternate>> {
    let available: Vec<Lang> = texts.iter().map(|text| text.lang.clone()).collect();
    let alternates = alternates(&texts, site);
    let Some(served) = choose(asked, &available, site.chain(), fallback) else {
        return Err(alternates);
    };
    match texts.into_iter().find(|text| text.lang == served.lang) {
        Some(text) => Ok(NoticeCard::new(row, text, served, alternates, site)),
        None => Err(alternates),
    }
}

fn alternates(texts: &[PublishedNoticeText], site: &Site) -> Vec<Alternate> {
    let alternate = |text: &PublishedNoticeText| Alternate {
        lang: text.lang.clone(),
        slug: None,
        headline: text.headline.clone(),
        url: site.notice_address(&AddressParts {
            lang: &text.lang,
            slug: None,
            id: text.notice_id.uuid(),
            section: None,
        }),
    };
    texts.iter().map(alternate).collect()
}

impl NoticeCard {
    fn new(
        row: PublishedNotice,
        text: PublishedNoticeText,
        served: Served,
        alternates: Vec<Alternate>,
        site: &Site,
    ) -> Self {
        let PublishedNotice {
            id,
            kind,
            issuer,
            priority,
            rank: _,
            severity,
            label,
            starts,
            ends,
            areas,
            placements,
            action,
        } = row;
        let PublishedNoticeText {
            notice_id: _,
            lang,
            headline,
            body,
            published_at: _,
            updated_at: _,
        } = text;
        let button = |Json(NoticeAction { url, label })| ActionCard {
            url,
            label: label.pick(&lang, site.chain()).to_owned(),
        };
        Self {
            id,
            kind,
            priority,
            severity,
            issuer,
            label,
            window: Window { starts, ends },
            areas: areas.0,
            placements: placements.0,
            action: action.map(button),
            served,
            lang,
            headline,
            body: body.0,
            alternates,
        }
    }
}
