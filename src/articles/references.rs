//! What an article refers to: its section and topics, authors and related items. Whatever it comes to
//! name is there, and stays until the article is saved.

use super::input::at_most;
use super::model::{Article, ArticleId, Author};
use super::store;
use crate::auth::UserId;
use crate::auth::store::users_among;
use crate::db::DbConn;
use crate::http::problem::{Code, Problem};
use crate::http::words::Line;
use crate::named::Named;
use crate::sections::{Section, SectionId};
use crate::topics::{Topic, TopicId};

/// The section that a request names.
pub fn section_of(
    conn: &mut DbConn,
    reference: Option<&Line<120>>,
) -> Result<Option<SectionId>, Problem> {
    let Some(reference) = reference else {
        return Ok(None);
    };
    let section = Section::hold_used(conn, &[reference.to_string()])?;
    let section = section.into_iter().flatten().next();
    let section = section.ok_or_else(|| Problem::field("/section", "there is no such section"))?;
    Ok(Some(section.id))
}

/// The topics that a request names, each once.
pub fn topics_of(conn: &mut DbConn, references: &[Line<120>]) -> Result<Vec<TopicId>, Problem> {
    at_most(references, "/topics")?;
    let references: Vec<String> = references.iter().map(ToString::to_string).collect();
    let found = Topic::hold_used(conn, &references)?;
    let mut ids: Vec<TopicId> = Vec::new();
    for (nth, topic) in found.into_iter().enumerate() {
        let topic = topic
            .ok_or_else(|| Problem::field(format!("/topics/{nth}"), "there is no such topic"))?;
        if !ids.contains(&topic.id) {
            ids.push(topic.id);
        }
    }
    Ok(ids)
}

/// Authors and related items must be there: a dangling reference would show readers nothing.
pub fn check_references(conn: &mut DbConn, article: &Article) -> Result<(), Problem> {
    let authors = &article.authors.0;
    let users: Vec<UserId> = authors.iter().filter_map(|author| author.user).collect();
    let known = users_among(conn, &users)?;
    let unknown = |author: &Author| author.user.is_some_and(|user| !known.contains(&user));
    if let Some(nth) = authors.iter().position(unknown) {
        return Err(Problem::field(
            format!("/authors/{nth}/user"),
            "there is no such user",
        ));
    }
    let ids: Vec<ArticleId> = article
        .related
        .0
        .iter()
        .filter_map(|item| item.internal)
        .collect();
    let known = store::existing(conn, &ids)?;
    let missing = article
        .related
        .0
        .iter()
        .position(|item| item.internal.is_some_and(|id| !known.contains(&id)));
    match missing {
        Some(nth) => Err(Problem::field(
            format!("/related/{nth}/internal"),
            "there is no such article",
        )),
        None => Ok(()),
    }
}

/// 409 where the section or a topic of an article that comes back was deleted since.
pub fn check_terms(conn: &mut DbConn, article: &Article) -> Result<(), Problem> {
    let section: Vec<String> = article.section_id.iter().map(ToString::to_string).collect();
    let topics = store::topics_of(conn, &[article.id])?;
    let topics: Vec<String> = topics.iter().map(|(_, topic)| topic.to_string()).collect();
    let lacking = |what| {
        let detail = format!("Its {what} was deleted since: restore that first.");
        Err(Problem::new(Code::WrongState, detail))
    };
    if Section::hold_used(conn, &section)?
        .iter()
        .any(Option::is_none)
    {
        return lacking("section");
    }
    if Topic::hold_used(conn, &topics)?.iter().any(Option::is_none) {
        return lacking("topic");
    }
    Ok(())
}
