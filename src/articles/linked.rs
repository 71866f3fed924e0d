//! An article as a schema.org `NewsArticle`.

use super::assembly::read_body;
use super::cards::{Alternate, ArticleJson, BodyForm, Correction, QuoteOf, Translation};
use super::model::{ArticleId, ArticleKind, Author};
use super::published::Raw;
use crate::body::Body;
use crate::http::problem::{Code, Problem};
use crate::language::Lang;
use crate::quotes::cards::QuoteCard;
use crate::quotes::linked::quotation;
use crate::standards::Publisher;
use crate::standards::schema_org::*;
use crate::texts::model::{Image, Pixels, Seo};

/// What of a text has to be read from its JSON before others can be told of it.
pub struct Opened {
    pub body: Body,
    pub image: Option<Image>,
    pub seo: Option<Seo>,
    pub corrections: Vec<Correction>,
    pub translation: Option<Translation>,
}

impl Opened {
    /// Of an article that was read with its body in blocks.
    pub fn of(article: &ArticleJson) -> Result<Self, Problem> {
        let body = match &article.body {
            Some(BodyForm::Blocks(raw)) => read_body(raw)?,
            Some(BodyForm::Words(_)) | None => Body::default(),
        };
        Ok(Self {
            body,
            image: article.image.as_ref().map(opened).transpose()?,
            seo: article.seo.as_ref().map(opened).transpose()?,
            corrections: opened(&article.corrections)?,
            translation: article.translation.as_ref().map(opened).transpose()?,
        })
    }
}

fn opened<T: serde::de::DeserializeOwned>(raw: &Raw) -> Result<T, Problem> {
    serde_json::from_str(raw.0.get())
        .map_err(|_| Problem::new(Code::Internal, "The text cannot be read."))
}

/// The id of a text, which stays when its slug changes.
pub fn article_id(publisher: Publisher, id: ArticleId, lang: &Lang) -> String {
    publisher.id(&format!("/v1/articles/{id}?lang={lang}"))
}

/// The type of an article; schema.org has none for interviews and videos.
pub fn work_type(kind: ArticleKind) -> WorkType {
    match kind {
        ArticleKind::Opinion => WorkType::OpinionNewsArticle,
        ArticleKind::Explainer => WorkType::BackgroundNewsArticle,
        ArticleKind::News | ArticleKind::Interview | ArticleKind::Video => WorkType::NewsArticle,
    }
}

/// The whole quotes of an article that was read with them.
pub fn quotes(article: &ArticleJson) -> impl Iterator<Item = &QuoteCard> {
    article.quotes.iter().filter_map(|quote| match quote {
        QuoteOf::Whole(card) => Some(&**card),
        QuoteOf::Named(_) => None,
    })
}

/// An article that was read with its quotes, its sources and its body in blocks.
pub fn news_article(article: &ArticleJson, publisher: Publisher) -> Result<NewsArticle, Problem> {
    let Opened {
        body,
        image,
        seo,
        corrections,
        translation,
    } = Opened::of(article)?;
    let (title, summary) = seo.map_or((None, None), |seo| (seo.title, seo.description));
    let title = title
        .map(String::from)
        .filter(|title| *title != article.headline);
    let sources = article.sources.as_deref().unwrap_or_default();
    let (original, translations) = translations(article, translation, publisher);
    Ok(NewsArticle {
        context: Context,
        kind: work_type(article.kind),
        id: article_id(publisher, article.id, &article.lang),
        url: article.url.clone(),
        main_entity_of_page: article.url.clone(),
        headline: article.headline.clone(),
        alternative_headline: title,
        description: article.standfirst.clone().or(summary.map(String::from)),
        article_body: body.to_text(),
        in_language: article.lang.clone(),
        article_section: article.section.as_ref().map(|section| section.name.clone()),
        keywords: article
            .topics
            .iter()
            .map(|topic| topic.name.clone())
            .collect(),
        genre: match article.kind {
            ArticleKind::Interview | ArticleKind::Video => Some(article.kind.as_str()),
            ArticleKind::News | ArticleKind::Opinion | ArticleKind::Explainer => None,
        },
        author: article.authors.iter().map(author).collect(),
        publisher: publisher.agent(&article.lang),
        image: image.map(picture),
        date_published: article.first_published_at,
        date_modified: article.updated_at,
        word_count: article.word_count,
        time_required: format!("PT{}M", article.reading_minutes),
        is_accessible_for_free: true,
        translation_of_work: original,
        work_translation: translations,
        has_part: quotes(article)
            .map(|card| quotation(card, sources, publisher))
            .collect(),
        correction: corrections.into_iter().map(correction).collect(),
    })
}

fn author(author: &Author) -> Agent {
    Agent {
        kind: Some(AgentType::Person),
        name: Some(author.name.to_string()),
        url: author.url.as_ref().map(|url| url.to_string()),
        ..Agent::default()
    }
}

fn picture(image: Image) -> ImageObject {
    ImageObject {
        kind: ImageType,
        url: image.url.to_string(),
        caption: image.caption.map(String::from),
        description: image.alt.map(String::from),
        credit_text: image.credit.map(String::from),
        width: image.width.map(Pixels::get),
        height: image.height.map(Pixels::get),
    }
}

fn correction(correction: Correction) -> CorrectionComment {
    CorrectionComment {
        kind: CorrectionType,
        text: correction.note,
        date_published: correction.at,
    }
}

/// The text that this one was translated from, where readers have it, and those in other languages.
fn translations(
    article: &ArticleJson,
    translation: Option<Translation>,
    publisher: Publisher,
) -> (Option<Work>, Vec<Work>) {
    let work = |other: &Alternate| Work {
        kind: work_type(article.kind),
        id: article_id(publisher, article.id, &other.lang),
        url: other.url.clone(),
        headline: other.headline.clone(),
        in_language: other.lang.clone(),
    };
    let original = translation.map(|translation| translation.from);
    let others = article
        .alternates
        .iter()
        .filter(|other| other.lang != article.lang);
    let (originals, others): (Vec<_>, Vec<_>) =
        others.partition(|other| Some(&other.lang) == original.as_ref());
    (
        originals.first().copied().map(work),
        others.into_iter().map(work).collect(),
    )
}
