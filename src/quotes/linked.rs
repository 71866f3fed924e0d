//! A quote in the words of others: as a schema.org `Quotation`, and as an annotation of the page in
//! which it stands. What readers may not know of a source is not in the card, and so not here.

use super::anchor::{AnchorState, Segment};
use super::cards::{Attribution, QuoteCard};
use super::model::{Manner, Occasion, QuoteId};
use super::setting::Setting;
use crate::articles::linked::{article_id, work_type};
use crate::db::Instant;
use crate::sources::api::SourceItem;
use crate::sources::model::{SourceId, SourceKind};
use crate::standards::Publisher;
use crate::standards::annotation::*;
use crate::standards::schema_org::*;

/// The id of a quote as a thing. The annotation that tells of it has another.
fn quote_id(publisher: Publisher, id: QuoteId) -> String {
    publisher.id(&format!("/v1/quotes/{id}"))
}

/// The id of a source.
pub fn source_id(publisher: Publisher, id: SourceId) -> String {
    publisher.id(&format!("/v1/sources/{id}"))
}

/// A quote within its article; `sources` are those that it may name.
pub fn quotation(card: &QuoteCard, sources: &[SourceItem], publisher: Publisher) -> Quotation {
    let attribution = &card.attribution;
    let said_at = attribution.said_at.as_ref();
    Quotation {
        context: None,
        kind: QuotationType,
        id: quote_id(publisher, card.id),
        text: card.text.clone(),
        in_language: card.article.lang.clone(),
        spoken_by_character: speaker(card, publisher),
        creator: creator(card, sources, publisher),
        date_created: said_at.map(|said_at| said_at.as_str().to_owned()),
        disambiguating_description: match card.manner {
            Manner::Direct => "direct speech",
            Manner::Indirect => "indirect speech",
            Manner::Mixed => "mixed speech",
        },
        genre: attribution.occasion.map(Occasion::as_str),
        is_based_on: origin(attribution, publisher),
        is_part_of: None,
        translation_of_work: card.original.as_ref().map(|original| OtherQuotation {
            kind: QuotationType,
            id: None,
            text: Some(original.text.to_string()),
            in_language: Some(original.lang.clone()),
        }),
        example_of_work: card.statement.map(|statement| OtherQuotation {
            kind: QuotationType,
            id: Some(format!("urn:uuid:{statement}")),
            text: None,
            in_language: None,
        }),
        creative_work_status: card.verification.state.as_str(),
    }
}

/// A quote that stands alone.
pub fn lone_quotation(
    card: &QuoteCard,
    setting: &Setting,
    sources: &[SourceItem],
    publisher: Publisher,
) -> Quotation {
    let article = &card.article;
    Quotation {
        context: Some(Context),
        is_part_of: Some(Work {
            kind: work_type(setting.kind),
            id: article_id(publisher, article.id, &article.lang),
            url: setting.url.clone(),
            headline: article.headline.clone(),
            in_language: article.lang.clone(),
        }),
        ..quotation(card, sources, publisher)
    }
}

fn agent_type(kind: SourceKind) -> AgentType {
    match kind {
        SourceKind::Person => AgentType::Person,
        SourceKind::Organisation => AgentType::Organization,
    }
}

/// Who spoke, as the text has it.
fn speaker(card: &QuoteCard, publisher: Publisher) -> Agent {
    let stated = card.attribution.stated_name.clone();
    let role = card.attribution.stated_role.clone();
    let Some(source) = &card.source else {
        return Agent {
            name: stated,
            job_title: role,
            description: card.unnamed.clone(),
            ..Agent::default()
        };
    };
    let (job_title, description) = match source.kind {
        SourceKind::Person => (role, None),
        SourceKind::Organisation => (None, role),
    };
    Agent {
        kind: Some(agent_type(source.kind)),
        id: Some(source_id(publisher, source.id)),
        name: Some(source.name.clone()),
        alternate_name: stated.filter(|stated| *stated != source.name),
        job_title,
        description,
        ..Agent::default()
    }
}

/// Who spoke, as they are known.
fn creator(card: &QuoteCard, sources: &[SourceItem], publisher: Publisher) -> Option<Agent> {
    let source = card.source.as_ref()?;
    let known = sources.iter().find(|known| known.id == source.id);
    let same_as = known.into_iter().flat_map(|known| &known.same_as);
    Some(Agent {
        kind: Some(agent_type(source.kind)),
        id: Some(source_id(publisher, source.id)),
        name: Some(source.name.clone()),
        same_as: same_as.map(|address| address.to_string()).collect(),
        ..Agent::default()
    })
}

fn origin(attribution: &Attribution, publisher: Publisher) -> Option<Origin> {
    let Attribution {
        outlet,
        programme,
        evidence_url,
        ..
    } = attribution;
    if outlet.is_none() && programme.is_none() && evidence_url.is_none() {
        return None;
    }
    Some(Origin {
        kind: OriginType,
        name: programme.clone(),
        url: evidence_url.clone(),
        publisher: outlet.as_ref().map(|outlet| Agent {
            kind: Some(AgentType::Organization),
            id: Some(source_id(publisher, outlet.id)),
            name: Some(outlet.name.clone()),
            ..Agent::default()
        }),
    })
}

/// A quote as an annotation of the page of its text.
pub fn annotation(
    card: &QuoteCard,
    created: Instant,
    setting: &Setting,
    publisher: Publisher,
) -> WebAnnotation {
    let article = &card.article;
    let page = setting.url.clone();
    let page = page.unwrap_or_else(|| article_id(publisher, article.id, &article.lang));
    WebAnnotation {
        context: AnnotationContext,
        id: format!("{}.anno.jsonld", quote_id(publisher, card.id)),
        kind: AnnotationType,
        motivation: Describing,
        created,
        creator: Annotator {
            id: publisher.id("/v1/site"),
            kind: OrganizationType,
            name: publisher.site.name.clone(),
            homepage: publisher.site.home_address(&article.lang),
        },
        body: bodies(card, publisher),
        target: targets(card, &page),
    }
}

fn bodies(card: &QuoteCard, publisher: Publisher) -> Vec<AnnotationBody> {
    let named = card.source.as_ref().map(|source| source.name.clone());
    let named = card
        .attribution
        .stated_name
        .clone()
        .or(named)
        .or(card.unnamed.clone());
    let role = card.attribution.stated_role.clone();
    let words: Vec<String> = named.into_iter().chain(role).collect();
    let resource = |purpose: Purpose, source: String| {
        AnnotationBody::Elsewhere(ResourceBody {
            kind: SpecificResourceType,
            purpose,
            source,
        })
    };
    let who = AnnotationBody::Words(TextualBody {
        kind: TextualBodyType,
        purpose: Describing,
        value: words.join(", "),
        format: PlainText,
        language: card.article.lang.clone(),
    });
    let source = card.source.as_ref();
    let source =
        source.map(|source| resource(Purpose::Identifying, source_id(publisher, source.id)));
    let quote = resource(Purpose::Linking, quote_id(publisher, card.id));
    std::iter::once(who).chain(source).chain([quote]).collect()
}

/// A target for each piece; the whole page where the words are no longer in the text.
fn targets(card: &QuoteCard, page: &str) -> Vec<Target> {
    let target = |selector: Vec<Selector>| Target {
        kind: SpecificResourceType,
        source: page.to_owned(),
        selector,
    };
    let segments = &card.anchor.segments;
    if segments.is_empty() {
        return vec![target(Vec::new())];
    }
    let exact = card.anchor.state == AnchorState::Anchored;
    segments
        .iter()
        .map(|segment| target(selectors(segment, exact)))
        .collect()
}

fn selectors(segment: &Segment, exact: bool) -> Vec<Selector> {
    let words = Selector::Quote(TextQuoteSelector {
        kind: TextQuoteSelectorType,
        exact: segment.exact.clone(),
        prefix: segment.prefix.clone(),
        suffix: segment.suffix.clone(),
    });
    let block = Selector::Block(FragmentSelector {
        kind: FragmentSelectorType,
        value: segment.block.clone(),
        conforms_to: HtmlFragments,
        refined_by: TextPositionSelector {
            kind: TextPositionSelectorType,
            start: segment.start,
            end: segment.end,
        },
    });
    // Otherwise other words stand there, and a selector has those that stand there.
    exact.then_some(words).into_iter().chain([block]).collect()
}
