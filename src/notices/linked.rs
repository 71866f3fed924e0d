//! A notice as a schema.org `SpecialAnnouncement`.

use super::cards::NoticeCard;
use super::model::{Area, NoticeId};
use crate::articles::assembly::read_body;
use crate::articles::cards::Alternate;
use crate::db::Instant;
use crate::http::problem::Problem;
use crate::language::Lang;
use crate::standards::Publisher;
use crate::standards::schema_org::*;

/// A notice in the language of its card. `published_at` is when that text was published; nobody
/// saw it before its window opened.
pub fn announcement(
    card: &NoticeCard,
    published_at: Instant,
    publisher: Publisher,
) -> Result<SpecialAnnouncement, Problem> {
    let (own, others): (Vec<&Alternate>, Vec<&Alternate>) = card
        .alternates
        .iter()
        .partition(|text| text.lang == card.lang);
    Ok(SpecialAnnouncement {
        context: Context,
        kind: WorkType::SpecialAnnouncement,
        id: notice_id(publisher, card.id, &card.lang),
        url: own.first().and_then(|text| text.url.clone()),
        headline: card.headline.clone(),
        text: read_body(&card.body)?.to_text(),
        in_language: card.lang.clone(),
        category: card.kind.as_str(),
        disambiguating_description: card.label.clone(),
        date_posted: published_at.max(card.window.starts),
        expires: card.window.ends,
        spatial_coverage: card.areas.iter().map(area).collect(),
        author: card.issuer.as_ref().map(|issuer| Agent {
            name: Some(issuer.clone()),
            ..Agent::default()
        }),
        publisher: publisher.agent(&card.lang),
        potential_action: card.action.as_ref().map(|action| ViewAction {
            kind: ActionType,
            name: action.label.clone(),
            target: action.url.to_string(),
        }),
        work_translation: others
            .into_iter()
            .map(|text| Work {
                kind: WorkType::SpecialAnnouncement,
                id: notice_id(publisher, card.id, &text.lang),
                url: text.url.clone(),
                headline: text.headline.clone(),
                in_language: text.lang.clone(),
            })
            .collect(),
    })
}

fn notice_id(publisher: Publisher, id: NoticeId, lang: &Lang) -> String {
    publisher.id(&format!("/v1/notices/{id}?lang={lang}"))
}

fn area(area: &Area) -> AdministrativeArea {
    AdministrativeArea {
        kind: AreaType,
        identifier: area.code.to_string(),
        name: area.name.to_string(),
    }
}
