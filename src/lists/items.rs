//! The items of a list: what its rule selects, newest first, with pins in their places. A page is
//! found by the key of its edge, and knows at which place of the whole list it begins, so that
//! pins stand where they belong on every page.

use super::model::{List, Pin, Rule};
use crate::articles::model::ArticleId;
use crate::articles::published::{self, Filter, Listed, TermKind};
use crate::db::{DbConn, Instant};
use crate::http::page::Position;
use crate::http::problem::Problem;
use crate::language::Lang;

/// The edge of a page: the key of the nearest row that the rule selected, and the place in the
/// list of the first item beyond it, counted from 0.
pub type Key = (Option<published::Key>, i64);

/// A page of a list.
pub struct Selection {
    /// With whether it was put at its place.
    pub rows: Vec<(Listed, bool)>,
    pub next: Option<Key>,
    pub prev: Option<Key>,
    /// The next moment at which a pin ends.
    pub true_until: Option<Instant>,
}

/// What the rule of a list selects in a language.
pub fn filter(list: &List, lang: Lang) -> Filter {
    let mut filter = Filter::all(lang);
    match list.rule.0 {
        Rule::Latest => {}
        Rule::Section { section } => filter.terms.push((TermKind::Section, vec![section.of()])),
        Rule::Topic { topic } => filter.terms.push((TermKind::Topic, vec![topic.of()])),
        Rule::Source { source } => filter.terms.push((TermKind::Source, vec![source.of()])),
        Rule::Kind { article_kind } => filter.kinds.push(article_kind),
    }
    filter.without.clone_from(&list.hidden.0);
    filter
}

/// The pins that hold now and whose articles are published in the language, by their places.
fn live_pins(
    conn: &mut DbConn,
    list: &List,
    lang: &Lang,
    now: Instant,
) -> Result<Vec<(i64, Listed)>, Problem> {
    let holds = |pin: &&Pin| {
        pin.until.is_none_or(|until| until > now) && !list.hidden.0.contains(&pin.article)
    };
    let pins: Vec<&Pin> = list.pins.0.iter().filter(holds).collect();
    if pins.is_empty() {
        return Ok(Vec::new());
    }
    let mut of_pins = Filter::all(lang.clone());
    of_pins.ids = pins.iter().map(|pin| pin.article).collect();
    let rows = published::list(conn, &of_pins, None, pins.len() as i64)?;
    let mut placed: Vec<(i64, Listed)> = rows
        .into_iter()
        .filter_map(|row| {
            let pin = pins.iter().find(|pin| pin.article == row.article_id)?;
            Some((i64::from(pin.position) - 1, row))
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    Ok(placed)
}

/// A page of at most `limit` items.
pub fn select(
    conn: &mut DbConn,
    list: &List,
    lang: &Lang,
    at: Option<Position<Key>>,
    limit: i64,
    now: Instant,
) -> Result<Selection, Problem> {
    let pins = live_pins(conn, list, lang, now)?;
    let mut rule = filter(list, lang.clone());
    let pinned: Vec<ArticleId> = pins.iter().map(|(_, row)| row.article_id).collect();
    rule.without.extend(pinned);
    let ends = list
        .pins
        .0
        .iter()
        .filter_map(|pin| pin.until)
        .filter(|until| *until > now);
    let true_until = ends.min();
    let selection = match at {
        Some(Position { back: true, key }) => backwards(conn, &rule, &pins, key, limit)?,
        at => forwards(conn, &rule, &pins, at.map_or((None, 0), |at| at.key), limit)?,
    };
    Ok(Selection {
        true_until,
        ..selection
    })
}

fn forwards(
    conn: &mut DbConn,
    rule: &Filter,
    pins: &[(i64, Listed)],
    (after, start): Key,
    limit: i64,
) -> Result<Selection, Problem> {
    let mut selected = published::list(conn, rule, after.map(|key| (false, key)), limit + 1)?
        .into_iter()
        .peekable();
    let mut pins = pins.iter().filter(|(place, _)| *place >= start).peekable();
    let (mut rows, mut last, mut first) = (Vec::new(), after, None);
    while (rows.len() as i64) < limit {
        let place = start + rows.len() as i64;
        // Behind the end of what the rule selects, the pins that are left follow at once.
        let due = pins
            .peek()
            .is_some_and(|(at, _)| *at <= place || selected.peek().is_none());
        if due && let Some((_, pinned)) = pins.next() {
            rows.push((pinned.clone(), true));
        } else if let Some(row) = selected.next() {
            let key = row.key(rule.sort);
            (first, last) = (first.or(Some(key)), Some(key));
            rows.push((row, false));
        } else {
            break;
        }
    }
    let more = selected.peek().is_some() || pins.peek().is_some();
    let end = start + rows.len() as i64;
    Ok(Selection {
        next: more.then_some((last, end)),
        prev: (start > 0).then_some((first.or(after), start)),
        rows,
        true_until: None,
    })
}

fn backwards(
    conn: &mut DbConn,
    rule: &Filter,
    pins: &[(i64, Listed)],
    (before, end): Key,
    limit: i64,
) -> Result<Selection, Problem> {
    let start = (end - limit).max(0);
    let in_page = |place: i64| (start..end).contains(&place);
    let pinned = pins.iter().filter(|(place, _)| in_page(*place)).count() as i64;
    let wanted = end - start - pinned;
    // One more shows after which row the page begins.
    let mut selected = published::list(conn, rule, before.map(|key| (true, key)), wanted + 1)?;
    let beyond = (selected.len() as i64 > wanted)
        .then(|| selected.pop())
        .flatten();
    let after = beyond.map(|row| row.key(rule.sort));
    let page = forwards(conn, rule, pins, (after, start), end - start)?;
    Ok(page)
}
