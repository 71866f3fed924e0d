//! Puts readers' answers together: rows of texts and what is read by key beside them. Each
//! function costs a fixed number of statements, however many rows it is given.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::attributed;
use super::cards::{
    Alternate, ArticleCard, ArticleJson, BodyForm, QuoteOf, QuoteStub, RelatedItem, ReviewSums,
    ReviewsOf, SectionName, TopicName,
};
use super::model::{ArticleId, Related, ReviewPolicy};
use super::published::{self, Listed, Raw, SectionHead, TextOfArticle, Version, WholeArticle};
use crate::body::Body;
use crate::db::{DbConn, Json};
use crate::http::problem::{Code, Problem};
use crate::language::{Lang, Served};
use crate::quotes::published::{self as published_quotes, PublishedQuote};
use crate::reviews::cards::ReviewCard;
use crate::reviews::published as published_reviews;
use crate::site::{AddressParts, Site};
use crate::text_enum;
use crate::topics::{self, Topic, TopicId};

text_enum! {
    /// What an article can carry besides.
    pub enum Include { Quotes = "quotes", Sources = "sources", Related = "related", Reviews = "reviews" }
}

text_enum! {
    /// What a list of articles can carry besides.
    pub enum CardInclude { Quotes = "quotes", Topics = "topics" }
}

text_enum! {
    /// The form of the body.
    pub enum BodyChoice { Blocks = "blocks", Html = "html", Markdown = "markdown", Text = "text", None = "none" }
}

/// How many reviews an article carries with `include=reviews`.
const FIRST_REVIEWS: i64 = 10;

/// The addresses and names around some articles, each read once.
struct Around {
    articles: BTreeMap<ArticleId, WholeArticle>,
    topics: Vec<Topic>,
    versions: Vec<Version>,
}

impl Around {
    fn read(conn: &mut DbConn, ids: &[ArticleId], with_topics: bool) -> Result<Self, Problem> {
        let versions = published::versions(conn, ids)?;
        let articles = published::find_whole(conn, ids)?;
        Ok(Self::of(conn, articles, versions, with_topics)?)
    }

    /// Of articles that were read already, in all their versions.
    fn of(
        conn: &mut DbConn,
        articles: Vec<WholeArticle>,
        versions: Vec<Version>,
        with_topics: bool,
    ) -> QueryResult<Self> {
        let topics: BTreeSet<TopicId> = match with_topics {
            true => articles
                .iter()
                .flat_map(|whole| whole.article.topic_ids.0.iter().copied())
                .collect(),
            false => BTreeSet::new(),
        };
        Ok(Self {
            topics: topics::find_many(conn, &topics.into_iter().collect::<Vec<_>>())?,
            articles: articles
                .into_iter()
                .map(|whole| (whole.article.id, whole))
                .collect(),
            versions,
        })
    }

    fn section(&self, id: ArticleId) -> Option<&SectionHead> {
        self.articles.get(&id)?.section.as_ref()
    }

    fn section_name(&self, id: ArticleId, lang: &Lang, site: &Site) -> Option<SectionName> {
        let (id, slug, names) = self.section(id)?;
        Some(SectionName {
            id: *id,
            slug: slug.clone(),
            name: names.0.pick(lang, site.chain()).to_owned(),
        })
    }

    fn topic_names(&self, id: ArticleId, lang: &Lang, site: &Site) -> Vec<TopicName> {
        let whole = self.articles.get(&id);
        let ids = whole.map_or(&[][..], |whole| &whole.article.topic_ids.0);
        ids.iter()
            .filter_map(|id| self.topics.iter().find(|topic| topic.id == *id))
            .map(|topic| TopicName {
                id: topic.id,
                slug: topic.slug.clone(),
                name: topic.names.0.pick(lang, site.chain()).to_owned(),
            })
            .collect()
    }

    fn alternates(&self, id: ArticleId, site: &Site) -> Vec<Alternate> {
        let section = self.section(id).map(|(_, slug, _)| slug.as_str());
        let own = self
            .versions
            .iter()
            .filter(|version| version.article_id == id);
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

    fn sums(&self, id: ArticleId) -> ReviewSums {
        let sums = self.articles.get(&id).and_then(|whole| whole.reviews);
        sums.map_or_else(ReviewSums::default, |(count, sum, rated)| {
            ReviewSums::new(count, sum, rated)
        })
    }
}

/// The languages in which an article is published, as links of a language switcher.
pub fn alternates(
    conn: &mut DbConn,
    site: &Site,
    id: ArticleId,
) -> Result<Vec<Alternate>, Problem> {
    Ok(Around::read(conn, &[id], false)?.alternates(id, site))
}

/// Articles of a list, in the order of the rows.
pub fn cards(
    conn: &mut DbConn,
    site: &Site,
    rows: Vec<Listed>,
    include: &[CardInclude],
) -> Result<Vec<ArticleCard>, Problem> {
    let ids: Vec<ArticleId> = rows.iter().map(|row| row.article_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let with_topics = include.contains(&CardInclude::Topics);
    let around = Around::read(conn, &ids, with_topics)?;
    let mut quotes = match (include.contains(&CardInclude::Quotes), rows.first()) {
        (true, Some(row)) => Some(attributed::quotes_of(
            conn,
            site,
            &ids,
            &row.lang,
            &around.versions,
        )?),
        _ => None,
    };
    let card = |row: Listed| {
        let Listed {
            article_id: id,
            lang,
            kind,
            slug,
            headline,
            standfirst,
            image,
            quote_count,
            first_published_at: _,
            published_at,
            updated_at,
        } = row;
        let alternates = around.alternates(id, site);
        ArticleCard {
            id,
            kind,
            slug,
            url: url_among(&alternates, &lang),
            headline,
            standfirst,
            section: around.section_name(id, &lang, site),
            published_at,
            updated_at,
            alternates,
            reviews: around.sums(id),
            quote_count,
            pinned: None,
            image,
            topics: with_topics.then(|| around.topic_names(id, &lang, site)),
            quotes: quotes
                .as_mut()
                .map(|quotes| quotes.remove(&id).unwrap_or_default()),
            lang,
        }
    };
    Ok(rows.into_iter().map(card).collect())
}

fn url_among(alternates: &[Alternate], lang: &Lang) -> Option<String> {
    alternates
        .iter()
        .find(|alternate| alternate.lang == *lang)
        .and_then(|alternate| alternate.url.clone())
}

/// The related items that readers may see, in their order: those of ours in `lang`, or else in the
/// nearest language of the site's chain.
pub fn related(
    conn: &mut DbConn,
    site: &Site,
    items: &[Related],
    lang: &Lang,
) -> Result<Vec<RelatedItem>, Problem> {
    let ids: Vec<ArticleId> = items.iter().filter_map(|item| item.internal).collect();
    let ours = nearest_cards(conn, site, &ids, lang)?;
    let item = |item: &Related| {
        let Related {
            rel,
            label,
            internal,
            external,
        } = item.clone();
        let internal = match internal {
            Some(id) => Some(ours.get(&id)?.clone()),
            None => None,
        };
        Some(RelatedItem {
            rel,
            label: label.map(String::from),
            internal,
            external,
        })
    };
    Ok(items.iter().filter_map(item).collect())
}

/// Whether some of these are not shown, because they are not published.
pub fn awaits_related(items: &[Related], shown: &[RelatedItem]) -> bool {
    let ours = items.iter().filter(|item| item.internal.is_some()).count();
    let seen = shown.iter().filter(|item| item.internal.is_some()).count();
    seen < ours
}

fn nearest_cards(
    conn: &mut DbConn,
    site: &Site,
    ids: &[ArticleId],
    lang: &Lang,
) -> Result<BTreeMap<ArticleId, ArticleCard>, Problem> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut nearest: BTreeMap<ArticleId, Listed> = BTreeMap::new();
    let order: Vec<&Lang> = std::iter::once(lang).chain(site.chain()).collect();
    let rank = |lang: &Lang| {
        order
            .iter()
            .position(|known| *known == lang)
            .unwrap_or(order.len())
    };
    for row in published::all_versions(conn, ids)? {
        let better = nearest
            .get(&row.article_id)
            .is_none_or(|known| rank(&row.lang) < rank(&known.lang));
        if better {
            nearest.insert(row.article_id, row);
        }
    }
    let cards = cards(conn, site, nearest.into_values().collect(), &[])?;
    Ok(cards.into_iter().map(|card| (card.id, card)).collect())
}

/// What a reader wants of an article.
#[derive(Debug, Clone)]
pub struct Wish {
    pub include: Vec<Include>,
    pub body: BodyChoice,
}

/// One article in the language that was chosen, with all its versions.
pub fn article(
    conn: &mut DbConn,
    site: &Site,
    ((text, whole), versions): (TextOfArticle, Vec<Version>),
    served: Served,
    wish: &Wish,
) -> Result<ArticleJson, Problem> {
    let id = text.article_id;
    let article = whole.article.clone();
    let around = Around::of(conn, vec![whole], versions, true)?;
    let lang = text.lang.clone();
    let rows = published_quotes::of_articles(conn, &[id], &lang)?;
    let body = body_in(text.body, wish.body, &evidence_of(&rows))?;
    let (names, sources) = attributed::sources_of(conn, site, &rows, &lang, &wish.include)?;
    let quotes = match names {
        Some(names) => attributed::cards_of(rows, &around.versions, &names, (&lang, site))
            .into_iter()
            .map(|card| QuoteOf::Whole(Box::new(card)))
            .collect(),
        None => rows
            .iter()
            .map(|row| {
                QuoteOf::Named(QuoteStub {
                    id: row.id,
                    source: row.source_id,
                })
            })
            .collect(),
    };
    let related = match wish.include.contains(&Include::Related) {
        true => Some(related(conn, site, &article.related.0, &lang)?),
        false => None,
    };
    let items = match wish.include.contains(&Include::Reviews) {
        true => Some(
            published_reviews::newest(conn, id, FIRST_REVIEWS)?
                .into_iter()
                .map(ReviewCard::from)
                .collect(),
        ),
        false => None,
    };
    let alternates = around.alternates(id, site);
    let policy = article.review_policy;
    Ok(ArticleJson {
        id,
        kind: article.kind,
        served,
        dir: lang.dir(),
        slug: text.slug,
        url: url_among(&alternates, &lang),
        headline: text.headline,
        standfirst: text.standfirst,
        body,
        revision: text.revision,
        word_count: text.word_count,
        reading_minutes: text.reading_minutes,
        section: around.section_name(id, &lang, site),
        topics: around.topic_names(id, &lang, site),
        authors: article.authors.0,
        first_published_at: text.first_published_at,
        published_at: text.published_at,
        updated_at: text.updated_at,
        alternates,
        quotes,
        sources,
        reviews: ReviewsOf {
            open: policy != ReviewPolicy::Closed,
            policy,
            sums: around.sums(id),
            items,
        },
        image: text.image,
        seo: text.seo,
        translation: text.translation,
        corrections: text.corrections,
        awaits_related: related
            .as_ref()
            .is_some_and(|shown| awaits_related(&article.related.0, shown)),
        related,
        lang,
    })
}

/// A body of the copies for readers, opened.
pub fn read_body(raw: &RawValue) -> Result<Body, Problem> {
    serde_json::from_str(raw.get())
        .map_err(|_| Problem::new(Code::Internal, "The body cannot be read."))
}

/// Where the words of a quote can be read at their source, as far as readers may know.
pub type Evidence = BTreeMap<Uuid, String>;

pub fn evidence_of(quotes: &[PublishedQuote]) -> Evidence {
    let known = |quote: &PublishedQuote| Some((quote.id.uuid(), quote.evidence_url.clone()?));
    quotes.iter().filter_map(known).collect()
}

fn body_in(
    body: Raw,
    choice: BodyChoice,
    evidence: &Evidence,
) -> Result<Option<BodyForm>, Problem> {
    let Json(raw) = body;
    let read = || read_body(&raw);
    Ok(match choice {
        BodyChoice::None => None,
        BodyChoice::Html => Some(BodyForm::Words(
            read()?.to_html(|quote| evidence.get(&quote).cloned()),
        )),
        BodyChoice::Markdown => Some(BodyForm::Words(read()?.to_markdown())),
        BodyChoice::Text => Some(BodyForm::Words(read()?.to_text())),
        BodyChoice::Blocks => Some(BodyForm::Blocks(raw)),
    })
}
