//! The items of a list: what its rule selects, newest first, with pins in their places. A page is
//! found by the key of its edge, and knows at which place of the whole list it begins, so that
//! pins stand where they belong on every page.

use uuid::Uuid;

use super::model::{List, MAX_POSITION, Pin, Rule};
use crate::articles::listing::{self, Filter};
use crate::articles::published::{Listed, TermKind};
use crate::db::{DbConn, Id, Instant};
use crate::http::page::{COUNT_LIMIT, Position};
use crate::http::problem::Problem;
use crate::language::Lang;

/// The edge of a page: the key of a row that the rule selected, and the place of the edge in the
/// list, counted from 0. Going on, the row is the last one before the edge (none at the start of the
/// list); going back, the first one behind it (none where only pins are behind it). Either way it
/// is no part of the page that is asked for.
pub type Key = (Option<listing::Key>, i64);

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
fn filter(list: &List, lang: Lang) -> Filter {
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

/// What the rule selects besides the pins, and the pins with their places in the list, counted from 0.
type Parts = (Filter, Vec<(i64, Listed)>);

/// Behind the end of what the rule selects, the pins that are left follow at once.
fn parts(conn: &mut DbConn, list: &List, lang: &Lang, now: Instant) -> Result<Parts, Problem> {
    let mut pins = live_pins(conn, list, lang, now)?;
    let mut rule = filter(list, lang.clone());
    rule.without
        .extend(pins.iter().map(|(_, row)| row.article_id));
    if !pins.is_empty() {
        let selected = listing::count(conn, &rule, i64::from(MAX_POSITION))?;
        for (before, (place, _)) in (0..).zip(&mut pins) {
            *place = (*place).min(selected + before);
        }
    }
    Ok((rule, pins))
}

/// How many items there are, pins among them; counting stops beyond [`COUNT_LIMIT`].
pub fn count(conn: &mut DbConn, list: &List, lang: &Lang, now: Instant) -> Result<i64, Problem> {
    let (rule, pins) = parts(conn, list, lang, now)?;
    Ok(listing::count(conn, &rule, COUNT_LIMIT + 1)? + pins.len() as i64)
}

/// Which of the languages the list has something in.
pub fn languages(
    conn: &mut DbConn,
    list: &List,
    langs: &[Lang],
    now: Instant,
) -> Result<Vec<Lang>, Problem> {
    let mut there = Vec::new();
    for lang in langs {
        let (rule, pins) = parts(conn, list, lang, now)?;
        if !pins.is_empty() || listing::count(conn, &rule, 1)? > 0 {
            there.push(lang.clone());
        }
    }
    Ok(there)
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
    let rows = listing::list(conn, &of_pins, None, pins.len() as i64)?;
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
    let (rule, pins) = parts(conn, list, lang, now)?;
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
    let mut selected = listing::list(conn, rule, after.map(|key| (false, key)), limit + 1)?
        .into_iter()
        .peekable();
    let mut pins = pins.iter().filter(|(place, _)| *place >= start).peekable();
    let (mut rows, mut last, mut first) = (Vec::new(), after, None);
    while (rows.len() as i64) < limit {
        let place = start + rows.len() as i64;
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
    let first = first.or_else(|| selected.peek().map(|row| row.key(rule.sort)));
    Ok(Selection {
        next: more.then_some((last, end)),
        prev: (start > 0).then_some((first, start)),
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
    let before = before.unwrap_or((Instant::FIRST, Id::from_uuid(Uuid::nil())));
    // One more shows after which row the page begins.
    let mut selected = listing::list(conn, rule, Some((true, before)), wanted + 1)?;
    let beyond = (selected.len() as i64 > wanted)
        .then(|| selected.pop())
        .flatten();
    let after = beyond.map(|row| row.key(rule.sort));
    let page = forwards(conn, rule, pins, (after, start), end - start)?;
    Ok(page)
}
