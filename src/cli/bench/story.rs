//! Stories, one after another: an article, its texts in up to three languages, and their quotes.
//!
//! The quotes of every other article are the same statements in each of its languages, those of the
//! rest stand alone. The first person is quoted in the latter only, so that they have as many
//! statements as quotes.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::chance::Chance;
use super::generate::{Order, SECONDS, beginning};
use super::newsroom::Newsroom;
use super::rows::{Story, Telling};
use super::saying::{Place, Saying};
use super::words::{AUTHORS, HEADLINES, LANGS, PLACES, SENTENCES, Said, fill};
use crate::articles::model::{Article, ArticleId, ArticleKind, Author, ReviewPolicy};
use crate::articles::projection::all_terms;
use crate::articles::published::PublishedArticle;
use crate::articles::publishing;
use crate::body::{Block, Body, Span, TextBlock};
use crate::db::{Instant, Json};
use crate::http::problem::{Code, Problem};
use crate::http::words::Line;
use crate::language::{Lang, Slug, slug_from_headline};
use crate::quotes::model::Quote;
use crate::quotes::published::PublishedQuote;
use crate::sources::confidence::Standing;
use crate::sources::credits::QuoteCredit;
use crate::texts::model::{Cause, Revision, Text, TextOf, TextState};
use crate::topics::TopicId;

/// All stories of an order, the oldest first.
pub struct Stories {
    order: Order,
    newsroom: Arc<Newsroom>,
    zone: TimeZone,
    langs: [Lang; 3],
    next: u64,
    /// Quotes so far in articles whose quotes stand alone, and how many there will be.
    alone: (u64, u64),
    /// How often the first person is quoted.
    first_person: u64,
}

/// What is drawn for an article as a whole.
struct Draft {
    article: Article,
    topics: Vec<TopicId>,
    headline: Said,
    place: Said,
    number: usize,
    /// What is said in each of its languages, where it is the same in all.
    shared: Option<Vec<Saying>>,
}

/// The first of the things of `nth`, where `all` things are dealt to `among`.
fn dealt(nth: u64, all: u64, among: u64) -> u64 {
    (u128::from(nth) * u128::from(all) / u128::from(among.max(1))) as u64
}

impl Stories {
    pub fn new(order: Order, newsroom: Arc<Newsroom>, zone: TimeZone) -> Result<Self, Problem> {
        let lang = |tag: &str| tag.parse::<Lang>();
        let [Ok(az), Ok(ru), Ok(en)] = LANGS.map(lang) else {
            return Err(Problem::new(Code::Internal, "A language has no tag."));
        };
        let mut stories = Self {
            first_person: 0,
            order,
            newsroom,
            zone,
            langs: [az, ru, en],
            next: 0,
            alone: (0, 0),
        };
        let articles = (0..stories.order.articles()).filter(|nth| !is_shared(*nth));
        stories.alone.1 = articles.map(|nth| stories.quotes_of(nth)).sum();
        let wanted = (stories.order.quotes() / 10).min(10_000);
        stories.first_person = wanted.min(stories.alone.1);
        Ok(stories)
    }

    /// The numbers of an article's texts.
    fn texts_of(&self, article: u64) -> std::ops::Range<u64> {
        let (texts, articles) = (self.order.texts, self.order.articles());
        dealt(article, texts, articles)..dealt(article + 1, texts, articles)
    }

    fn quotes_in(&self, text: u64) -> u64 {
        let (quotes, texts) = (self.order.quotes(), self.order.texts);
        dealt(text + 1, quotes, texts) - dealt(text, quotes, texts)
    }

    fn quotes_of(&self, article: u64) -> u64 {
        let texts = self.texts_of(article);
        let (quotes, all) = (self.order.quotes(), self.order.texts);
        dealt(texts.end, quotes, all) - dealt(texts.start, quotes, all)
    }

    fn story(&mut self, nth: u64) -> Result<Story, Problem> {
        let mut chance = Chance::of(self.order.seed, 10, nth);
        let articles = self.order.articles() as i64;
        let at = beginning().plus_seconds(nth as i64 * SECONDS / articles.max(1));
        let draft = self.draft(nth, at, &mut chance)?;
        let published = PublishedArticle::new(&draft.article, draft.topics.clone(), at);
        let mut tellings = Vec::new();
        for (lang, text) in self.texts_of(nth).enumerate() {
            let since = at.plus_seconds(lang as i64 * 300);
            let sayings = match &draft.shared {
                Some(shared) => shared[..self.quotes_in(text) as usize].to_vec(),
                None => (0..self.quotes_in(text))
                    .map(|_| self.said_alone(since, &mut chance))
                    .collect(),
            };
            tellings.push(self.telling(&draft, &published, lang, since, &sayings, &mut chance)?);
        }
        Ok(Story {
            article: draft.article,
            published,
            tellings,
        })
    }

    fn draft(&self, nth: u64, at: Instant, chance: &mut Chance) -> Result<Draft, Problem> {
        let created = at.plus_seconds(-3600);
        let mut topics: Vec<TopicId> = Vec::new();
        for _ in 0..1 + chance.below(3) {
            let topic = self.newsroom.topics[chance.mostly_low(self.newsroom.topics.len())];
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        let author = Line::parse(*chance.pick(AUTHORS));
        let author = author.map_err(|error| Problem::field("/authors", error.to_string()))?;
        let kind = match chance.below(10) {
            0 => ArticleKind::Opinion,
            1 => ArticleKind::Interview,
            2 => ArticleKind::Explainer,
            _ => ArticleKind::News,
        };
        let article = Article {
            id: chance.id(created),
            kind,
            section_id: Some(*chance.pick(&self.newsroom.sections)),
            authors: Json(vec![Author {
                name: author,
                user: None,
                url: None,
            }]),
            related: Json(Vec::new()),
            review_policy: ReviewPolicy::PreModerated,
            external_id: Some(format!("bench:{}:{nth}", self.order.seed)),
            version: 1,
            created_by: self.newsroom.user,
            created_at: created,
            updated_at: created,
            deleted_at: None,
        };
        let most = self.texts_of(nth).map(|text| self.quotes_in(text)).max();
        let shared = is_shared(nth).then(|| {
            let sayings = 0..most.unwrap_or_default();
            sayings
                .map(|_| Saying::drawn(&self.newsroom, None, at, chance))
                .collect()
        });
        Ok(Draft {
            article,
            topics,
            headline: *chance.pick(HEADLINES),
            place: *chance.pick(PLACES),
            number: 2 + chance.below(98),
            shared,
        })
    }

    /// Of the quotes that stand alone, one in each of as many stretches is the first person's.
    fn said_alone(&mut self, at: Instant, chance: &mut Chance) -> Saying {
        let (nth, all) = self.alone;
        self.alone.0 += 1;
        let stretch = dealt(nth, self.first_person, all);
        let begins = |stretch: u64| (stretch * all).div_ceil(self.first_person.max(1));
        let length = begins(stretch + 1) - begins(stretch);
        let drawn = Chance::of(self.order.seed, 11, stretch).below(length as usize);
        let is_first = self.first_person > 0 && nth == begins(stretch) + drawn as u64;
        Saying::drawn(&self.newsroom, is_first.then_some(0), at, chance)
    }

    /// One text of an article, published as an editor would have.
    fn telling(
        &self,
        draft: &Draft,
        published: &PublishedArticle,
        lang: usize,
        since: Instant,
        sayings: &[Saying],
        chance: &mut Chance,
    ) -> Result<Telling, Problem> {
        let filled = fill(draft.headline[lang], draft.number, draft.place[lang], "");
        let slug = self.slug(&filled, lang, draft.article.id)?;
        let (body, quotes) = self.body(draft, lang, sayings, chance)?;
        let mut text = self.text(&draft.article, lang, &filled, &slug);
        text.publish(Some(since), since)?;
        let revision = Revision {
            item_id: text.item_id,
            lang: text.lang.clone(),
            number: text.head_revision,
            slug: Some(slug.clone()),
            headline: filled,
            standfirst: chance
                .one_in(2)
                .then(|| chance.pick(SENTENCES)[lang].to_owned()),
            body: Json(body),
            image: None,
            seo: None,
            quotes: Json(quotes.clone()),
            cause: Cause::Save,
            restored_from: None,
            translated_from: None,
            saved_by: text.created_by,
            saved_at: text.saved_at,
        };
        let on_record = Standing::default();
        let shown: Vec<PublishedQuote> = quotes
            .iter()
            .map(|quote| PublishedQuote::new(quote.clone(), since, &self.zone, &on_record))
            .collect();
        let credits = quotes
            .iter()
            .map(|quote| QuoteCredit::new(quote, since, &on_record))
            .collect();
        let times = (since, since, since);
        let copy = publishing::copy(
            &draft.article,
            &text,
            revision.clone().into(),
            &shown,
            &[],
            times,
        )?;
        let sources = shown.iter().flat_map(PublishedQuote::sources).collect();
        Ok(Telling {
            terms: all_terms(published, &text.lang, since, sources),
            text,
            revision,
            slug,
            quotes,
            copy,
            shown,
            credits,
        })
    }

    /// The end of the article's id tells stories of one headline apart.
    fn slug(&self, headline: &str, lang: usize, article: ArticleId) -> Result<Slug, Problem> {
        let id = article.uuid().simple().to_string();
        let slug = format!(
            "{}-{}",
            slug_from_headline(headline, &self.langs[lang]),
            &id[24..]
        );
        Slug::parse(&slug).map_err(|error| Problem::field("/slug", error.to_string()))
    }

    fn text(&self, article: &Article, lang: usize, headline: &str, slug: &Slug) -> Text {
        Text {
            item_id: article.id.of(),
            item_kind: TextOf::Article,
            lang: self.langs[lang].clone(),
            version: 1,
            state: TextState::Draft,
            pending: None,
            head_revision: 1,
            published_revision: None,
            slug: Some(slug.clone()),
            headline: headline.to_owned(),
            note: None,
            first_published_at: None,
            published_at: None,
            updated_at: None,
            created_by: article.created_by,
            created_at: article.created_at,
            saved_at: article.created_at,
            deleted_at: None,
        }
    }

    /// Paragraphs with quotes, and others between and behind them until there are words enough.
    fn body(
        &self,
        draft: &Draft,
        lang: usize,
        sayings: &[Saying],
        chance: &mut Chance,
    ) -> Result<(Body, Vec<Quote>), Problem> {
        let (mut paragraphs, mut quotes, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut sayings = (0..).zip(sayings).peekable();
        while bytes < self.order.body_bytes() || sayings.peek().is_some() {
            let mut plain = String::new();
            for _ in 0..3 + chance.below(2) {
                plain.push_str(chance.pick(SENTENCES)[lang]);
                plain.push(' ');
            }
            plain.pop();
            paragraphs.push(plain);
            if let Some((position, saying)) = sayings.next() {
                let place = Place {
                    article: &draft.article,
                    lang,
                    position,
                    block: format!("b{}", paragraphs.len() + 1),
                    is_shared: draft.shared.is_some(),
                };
                let (quote, paragraph) = saying.told(&self.newsroom, &self.langs, place, chance)?;
                paragraphs.push(paragraph);
                quotes.push(quote);
            }
            bytes = paragraphs.iter().map(String::len).sum();
        }
        let blocks = (1..)
            .zip(paragraphs)
            .map(|(nth, text)| paragraph(nth, text));
        Ok((Body(blocks.collect()), quotes))
    }
}

impl Iterator for Stories {
    type Item = Result<Story, Problem>;
    fn next(&mut self) -> Option<Self::Item> {
        let nth = self.next;
        self.next += 1;
        (nth < self.order.articles()).then(|| self.story(nth))
    }
}

/// Whether the quotes of an article are the same in all its languages.
fn is_shared(article: u64) -> bool {
    article.is_multiple_of(2)
}

fn paragraph(nth: usize, text: String) -> Block {
    Block::Text(TextBlock {
        key: format!("b{nth}"),
        children: vec![Span {
            key: "s1".to_owned(),
            text,
            ..Span::default()
        }],
        ..TextBlock::default()
    })
}
