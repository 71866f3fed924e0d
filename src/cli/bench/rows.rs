//! The rows of some stories, and how they are written: in bulk, table by table, in the order in which
//! they name each other.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::articles::model::{Article, ArticleId};
use crate::articles::projection::Term;
use crate::articles::published::{PublishedArticle, PublishedText};
use crate::auth::UserId;
use crate::db::Tx;
use crate::db::schema::{
    article_authors, article_topics, articles, published_articles, published_quotes,
    published_slugs, published_terms, published_texts, quote_credits, quotes, revisions, slugs,
    texts,
};
use crate::insert_in_bulk;
use crate::language::{Lang, Slug};
use crate::quotes::model::Quote;
use crate::quotes::published::PublishedQuote;
use crate::sources::credits::QuoteCredit;
use crate::sources::model::SourceId;
use crate::sources::sums::{self, Counted, Sums};
use crate::texts::model::{Revision, Text};
use crate::topics::TopicId;

/// A published text: what the desk has of it, and what readers get.
pub struct Telling {
    pub text: Text,
    pub revision: Revision,
    pub slug: Slug,
    pub quotes: Vec<Quote>,
    pub copy: PublishedText,
    pub shown: Vec<PublishedQuote>,
    pub credits: Vec<QuoteCredit>,
    pub terms: Vec<Term>,
}

/// An article with all its texts.
pub struct Story {
    pub article: Article,
    pub published: PublishedArticle,
    pub tellings: Vec<Telling>,
}

#[derive(Insertable)]
#[diesel(table_name = article_topics, treat_none_as_default_value = false)]
struct About {
    article_id: ArticleId,
    topic_id: TopicId,
    position: i32,
}

#[derive(Insertable)]
#[diesel(table_name = article_authors, treat_none_as_default_value = false)]
struct WrittenBy {
    article_id: ArticleId,
    user_id: UserId,
}

/// A row of `slugs` and of `published_slugs`.
#[derive(Clone, Insertable)]
#[diesel(table_name = slugs, treat_none_as_default_value = false)]
struct Address {
    lang: Lang,
    slug: Slug,
    article_id: ArticleId,
}

#[derive(Insertable)]
#[diesel(table_name = published_slugs, treat_none_as_default_value = false)]
struct PublishedAddress {
    lang: Lang,
    slug: Slug,
    article_id: ArticleId,
}

/// The rows of several stories.
#[derive(Default)]
pub struct Rows {
    articles: Vec<Article>,
    about: Vec<About>,
    written_by: Vec<WrittenBy>,
    texts: Vec<Text>,
    revisions: Vec<Revision>,
    addresses: Vec<Address>,
    quotes: Vec<Quote>,
    published_articles: Vec<PublishedArticle>,
    copies: Vec<PublishedText>,
    published_addresses: Vec<PublishedAddress>,
    terms: Vec<Term>,
    shown: Vec<PublishedQuote>,
    credits: Vec<QuoteCredit>,
    /// What they add to the numbers of sources.
    pub sums: BTreeMap<SourceId, Sums>,
}

impl Rows {
    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn push(&mut self, story: Story) {
        let Story {
            article,
            published,
            tellings,
        } = story;
        let id = article.id;
        let topics = (0..).zip(published.topic_ids.0.iter());
        self.about.extend(topics.map(|(position, topic)| About {
            article_id: id,
            topic_id: *topic,
            position,
        }));
        self.written_by.push(WrittenBy {
            article_id: id,
            user_id: article.created_by,
        });
        self.count(&tellings);
        self.articles.push(article);
        self.published_articles.push(published);
        for telling in tellings {
            self.push_telling(id, telling);
        }
    }

    fn push_telling(&mut self, article_id: ArticleId, telling: Telling) {
        let Telling {
            text,
            revision,
            slug,
            quotes,
            copy,
            shown,
            credits,
            terms,
        } = telling;
        self.addresses.push(Address {
            lang: text.lang.clone(),
            slug: slug.clone(),
            article_id,
        });
        self.published_addresses.push(PublishedAddress {
            lang: text.lang.clone(),
            slug,
            article_id,
        });
        self.texts.push(text);
        self.revisions.push(revision);
        self.quotes.extend(quotes);
        self.copies.push(copy);
        self.shown.extend(shown);
        self.credits.extend(credits);
        self.terms.extend(terms);
    }

    /// No statement is told in two articles, so each article adds up by itself.
    fn count(&mut self, tellings: &[Telling]) {
        let counted: Vec<Counted> = tellings
            .iter()
            .flat_map(|telling| &telling.shown)
            .map(|quote| Counted {
                id: quote.id.of(),
                article_id: quote.article_id.of(),
                source_id: quote.source_id,
                outlet_id: quote.outlet_id,
                statement: quote.statement,
            })
            .collect();
        for (source, sums) in sums::count(&counted) {
            let sum = self.sums.entry(source).or_default();
            *sum = *sum + sums;
        }
    }

    pub fn insert(&self, tx: &mut Tx) -> QueryResult<()> {
        insert_in_bulk!(tx, articles::table, self.articles);
        insert_in_bulk!(tx, article_topics::table, self.about);
        insert_in_bulk!(tx, article_authors::table, self.written_by);
        insert_in_bulk!(tx, texts::table, self.texts);
        insert_in_bulk!(tx, revisions::table, self.revisions);
        insert_in_bulk!(tx, slugs::table, self.addresses);
        insert_in_bulk!(tx, quotes::table, self.quotes);
        insert_in_bulk!(tx, published_articles::table, self.published_articles);
        insert_in_bulk!(tx, published_texts::table, self.copies);
        insert_in_bulk!(tx, published_slugs::table, self.published_addresses);
        insert_in_bulk!(tx, published_terms::table, self.terms);
        insert_in_bulk!(tx, published_quotes::table, self.shown);
        insert_in_bulk!(tx, quote_credits::table, self.credits);
        Ok(())
    }
}
