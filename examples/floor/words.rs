//! The answers in Newsline's words, put together from rows.

use std::collections::HashMap;

use newsline::articles::attributed;
use newsline::articles::cards::{
    Alternate, ArticleCard, ArticleJson, BodyForm, QuoteOf, QuoteStub, ReviewSums, ReviewsOf,
    SectionName, TopicName,
};
use newsline::articles::model::{ArticleId, ReviewPolicy};
use newsline::articles::published::{Listed, PublishedText, SectionHead, Version, WholeArticle};
use newsline::db::Json;
use newsline::language::{Lang, Match, Served};
use newsline::quotes::cards::QuoteCard;
use newsline::quotes::published::PublishedQuote;
use newsline::site::{AddressParts, Site};
use newsline::sources::published::Named;
use newsline::topics::Topic;
use serde::Serialize;

/// A source as its names are read.
pub type SourceRow = (
    newsline::sources::model::SourceId,
    newsline::sources::model::SourceKind,
    Json<newsline::language::Names>,
);

/// The rows of an article by its address.
pub struct ArticleRows {
    pub text: PublishedText,
    pub whole: WholeArticle,
    pub versions: Vec<Version>,
    pub topics: Vec<Topic>,
    pub quotes: Vec<PublishedQuote>,
}

/// The rows of a list.
pub struct ListRows {
    pub listed: Vec<Listed>,
    pub wholes: Vec<WholeArticle>,
    pub versions: Vec<Version>,
    pub topics: Vec<Topic>,
    pub quotes: Vec<PublishedQuote>,
    pub sources: Vec<SourceRow>,
}

/// A list without the cursors of its page.
#[derive(Serialize)]
pub struct List {
    served: Served,
    items: Vec<ArticleCard>,
}

fn served(lang: &Lang) -> Served {
    Served {
        lang: lang.clone(),
        requested: vec![lang.clone()],
        r#match: Match::Exact,
    }
}

fn alternates(
    id: ArticleId,
    whole: &WholeArticle,
    versions: &[Version],
    site: &Site,
) -> Vec<Alternate> {
    let section = whole.section.as_ref().map(|(_, slug, _)| slug.as_str());
    let own = versions.iter().filter(|version| version.article_id == id);
    own.map(|version| Alternate {
        lang: version.lang.clone(),
        slug: Some(version.slug.clone()),
        headline: version.headline.clone(),
        url: site.article_address(&AddressParts {
            lang: &version.lang,
            slug: Some(&version.slug),
            id: id.uuid(),
            section,
        }),
    })
    .collect()
}

fn url_of(alternates: &[Alternate], lang: &Lang) -> Option<String> {
    let own = alternates.iter().find(|alternate| alternate.lang == *lang);
    own.and_then(|alternate| alternate.url.clone())
}

fn section_of((id, slug, names): &SectionHead, lang: &Lang, site: &Site) -> SectionName {
    SectionName {
        id: *id,
        slug: slug.clone(),
        name: names.0.pick(lang, site.chain()).to_owned(),
    }
}

fn topics_of(whole: &WholeArticle, topics: &[Topic], lang: &Lang, site: &Site) -> Vec<TopicName> {
    let ids = whole.article.topic_ids.0.iter();
    ids.filter_map(|id| topics.iter().find(|topic| topic.id == *id))
        .map(|topic| TopicName {
            id: topic.id,
            slug: topic.slug.clone(),
            name: topic.names.0.pick(lang, site.chain()).to_owned(),
        })
        .collect()
}

fn sums_of(whole: &WholeArticle) -> ReviewSums {
    whole
        .reviews
        .map_or_else(ReviewSums::default, |(count, sum, rated)| {
            ReviewSums::new(count, sum, rated)
        })
}

pub fn article(rows: ArticleRows, site: &Site) -> ArticleJson {
    let ArticleRows {
        text,
        whole,
        versions,
        topics,
        quotes,
    } = rows;
    let lang = text.lang.clone();
    let alternates = alternates(text.article_id, &whole, &versions, site);
    let stub = |row: &PublishedQuote| {
        QuoteOf::Named(QuoteStub {
            id: row.id,
            source: row.source_id,
        })
    };
    let policy = whole.article.review_policy;
    ArticleJson {
        id: text.article_id,
        kind: whole.article.kind,
        served: served(&lang),
        dir: lang.dir(),
        slug: text.slug,
        url: url_of(&alternates, &lang),
        headline: text.headline,
        standfirst: text.standfirst,
        body: Some(BodyForm::Blocks(text.body.0)),
        revision: text.revision,
        word_count: text.word_count,
        reading_minutes: text.reading_minutes,
        section: whole
            .section
            .as_ref()
            .map(|section| section_of(section, &lang, site)),
        topics: topics_of(&whole, &topics, &lang, site),
        first_published_at: text.first_published_at,
        published_at: text.published_at,
        updated_at: text.updated_at,
        alternates,
        quotes: quotes.iter().map(stub).collect(),
        sources: None,
        related: None,
        reviews: ReviewsOf {
            open: policy != ReviewPolicy::Closed,
            policy,
            sums: sums_of(&whole),
            items: None,
        },
        authors: whole.article.authors.0,
        image: text.image,
        seo: text.seo,
        translation: text.translation,
        corrections: text.corrections,
        awaits_related: false,
        lang,
    }
}

pub fn list(rows: ListRows, lang: &Lang, site: &Site) -> List {
    let ListRows {
        listed,
        wholes,
        versions,
        topics,
        quotes,
        sources,
    } = rows;
    let wholes: HashMap<_, _> = wholes
        .into_iter()
        .map(|whole| (whole.article.id, whole))
        .collect();
    let names = sources
        .into_iter()
        .map(|(id, kind, Json(names))| (id, Named { kind, names }))
        .collect();
    let mut quotes_of: HashMap<ArticleId, Vec<QuoteCard>> = HashMap::new();
    for card in attributed::cards_of(quotes, &versions, &names, (lang, site)) {
        quotes_of.entry(card.article.id).or_default().push(card);
    }
    let card = |row: Listed| {
        let whole = wholes.get(&row.article_id)?;
        let alternates = alternates(row.article_id, whole, &versions, site);
        Some(ArticleCard {
            id: row.article_id,
            kind: row.kind,
            slug: row.slug,
            url: url_of(&alternates, &row.lang),
            headline: row.headline,
            standfirst: row.standfirst,
            section: whole
                .section
                .as_ref()
                .map(|section| section_of(section, &row.lang, site)),
            published_at: row.published_at,
            updated_at: row.updated_at,
            alternates,
            reviews: sums_of(whole),
            quote_count: row.quote_count,
            pinned: None,
            image: row.image,
            topics: Some(topics_of(whole, &topics, &row.lang, site)),
            quotes: Some(quotes_of.remove(&row.article_id).unwrap_or_default()),
            lang: row.lang,
        })
    };
    List {
        served: served(lang),
        items: listed.into_iter().filter_map(card).collect(),
    }
}
