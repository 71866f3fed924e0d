//! What was touched when: the book by which the read cache knows whether an answer still holds.
//!
//! Each surrogate key has a cell with the number of the last change that touched it. An answer
//! rests on [`Grounds`]: the cells of all its keys, and the number up to which its rows show every
//! change. It holds while no cell has gone beyond that number. So a write costs one look-up for
//! each key it touches, however many answers it ends, and an answer is looked through again only
//! when something was touched since the last time.
//!
//! Changes come in from this process's own writes, before they are acknowledged, and from the
//! look-out (`db::lookout`), which reads the log for those of others.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

#[cfg(test)]
mod tests;

/// How many changes are remembered for answers that are still being made.
const REMEMBERED: usize = 10_000;

/// For how long what is known counts as the present, when the log cannot be looked at: other
/// nodes' changes must show within a second.
const PRESENT: Duration = Duration::from_secs(1);

/// Cells that may be in the book before it is looked through for those that nobody rests on.
const CELLS: usize = 4096;

/// The number of the last change that touched a key.
type Cell = Arc<AtomicI64>;

/// A change with its number, and the surrogate keys that it touches.
pub type Numbered = (i64, Vec<String>);

/// The book of one process.
pub struct Touched {
    book: Mutex<Book>,
    /// Every change up to this number is in the book.
    known: AtomicI64,
    /// The highest number in the book; those between may be on their way.
    highest: AtomicI64,
    /// Goes up whenever something was touched.
    round: AtomicU64,
    /// Goes up when all that was known is void.
    edition: AtomicU64,
    is_open: AtomicBool,
    /// When the log was last looked at, in milliseconds since `opened`.
    heard: AtomicU64,
    opened: Moment,
}

struct Book {
    cells: HashMap<Box<str>, Cell>,
    recent: VecDeque<(i64, Vec<Cell>)>,
    /// Nothing older than this can be told to be untouched.
    forgotten: i64,
    /// Numbers that came in before their predecessors did.
    ahead: BTreeSet<i64>,
    /// When to look for cells that nobody rests on.
    crowded: usize,
}

/// Where a reading begins: its rows show at least every change up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    seq: i64,
    round: u64,
    edition: u64,
}

/// What an answer rests on.
#[derive(Debug)]
pub struct Grounds {
    cells: Box<[Cell]>,
    seq: i64,
    edition: u64,
    /// The round in which it was last seen to hold.
    checked: AtomicU64,
}

impl Default for Touched {
    /// Closed: what nobody looks out for is not written down.
    fn default() -> Self {
        Self {
            book: Mutex::new(Book {
                cells: HashMap::new(),
                recent: VecDeque::new(),
                forgotten: 0,
                ahead: BTreeSet::new(),
                crowded: CELLS,
            }),
            known: AtomicI64::new(0),
            highest: AtomicI64::new(0),
            round: AtomicU64::new(0),
            edition: AtomicU64::new(0),
            is_open: AtomicBool::new(false),
            heard: AtomicU64::new(0),
            opened: Moment::now(),
        }
    }
}

impl Touched {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew at a number: at start, and when the log was lost sight of.
    pub fn open_at(&self, seq: i64) {
        let mut book = self.book();
        book.cells.clear();
        book.recent.clear();
        book.ahead.clear();
        book.forgotten = seq;
        match seq < self.known() {
            // A database that was restored begins again from there.
            true => self.highest.store(seq, Ordering::Release),
            // What was acknowledged meanwhile stays so.
            false => drop(self.highest.fetch_max(seq, Ordering::Release)),
        }
        self.known.store(seq, Ordering::Release);
        self.edition.fetch_add(1, Ordering::Release);
        self.round.fetch_add(1, Ordering::Release);
        self.is_open.store(true, Ordering::Release);
    }

    /// Writes changes down, in the order of their numbers. One that is known already is passed over.
    pub fn note(&self, changes: &[Numbered]) {
        if !self.is_open.load(Ordering::Acquire) {
            return;
        }
        let mut book = self.book();
        let mut known = self.known.load(Ordering::Relaxed);
        let mut touching = false;
        for (seq, keys) in changes {
            if *seq > known && book.ahead.insert(*seq) && !keys.is_empty() {
                book.touch(*seq, keys);
                touching = true;
            }
        }
        while book.ahead.first().is_some_and(|next| *next <= known + 1) {
            known = known.max(book.ahead.pop_first().unwrap_or(known));
        }
        self.known.store(known, Ordering::Release);
        if let Some((last, _)) = changes.last() {
            self.highest.fetch_max(*last, Ordering::Release);
        }
        if touching {
            self.round.fetch_add(1, Ordering::Release);
        }
    }

    /// The number up to which everything is in the book.
    pub fn known(&self) -> i64 {
        self.known.load(Ordering::Acquire)
    }

    /// The highest number that was acknowledged here or heard of. What shows less is out of date.
    pub fn highest(&self) -> i64 {
        self.highest.load(Ordering::Acquire)
    }

    /// Notes that the log was looked at, and nothing is missing that was there at `moment`.
    pub fn heard_at(&self, moment: Moment) {
        let since = moment.saturating_duration_since(self.opened).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.heard.store(since, Ordering::Relaxed);
    }

    /// Whether what is known is the present. It is not while the log cannot be looked at.
    pub fn is_present(&self, now: Moment) -> bool {
        let heard = Duration::from_millis(self.heard.load(Ordering::Relaxed));
        now.saturating_duration_since(self.opened) < heard + PRESENT
            && self.is_open.load(Ordering::Relaxed)
    }

    /// Taken before the first row is read.
    pub fn basis(&self) -> Basis {
        Basis {
            edition: self.edition.load(Ordering::Acquire),
            round: self.round.load(Ordering::Acquire),
            seq: self.known(),
        }
    }

    /// Whether nothing at all was touched since.
    pub fn is_unmoved_since(&self, basis: Basis) -> bool {
        self.round.load(Ordering::Acquire) == basis.round
    }

    /// What an answer with these keys rests on; nothing where it may be out of date already.
    pub fn grounds<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a str>,
        basis: Basis,
    ) -> Option<Grounds> {
        let mut book = self.book();
        let edition = self.edition.load(Ordering::Relaxed);
        if basis.edition != edition || basis.seq < book.forgotten {
            return None;
        }
        let untouched = |cell: &Cell| cell.load(Ordering::Relaxed) <= basis.seq;
        let cells: Option<Box<[Cell]>> = keys
            .into_iter()
            .map(|key| Some(book.cell(key)).filter(untouched))
            .collect();
        Some(Grounds {
            cells: cells?,
            seq: basis.seq,
            edition,
            checked: AtomicU64::new(self.round.load(Ordering::Relaxed)),
        })
    }
}

impl Book {
    fn cell(&mut self, key: &str) -> Cell {
        if let Some(cell) = self.cells.get(key) {
            return cell.clone();
        }
        if self.cells.len() >= self.crowded {
            self.cells.retain(|_, cell| Arc::strong_count(cell) > 1);
            self.crowded = (self.cells.len() * 2).max(CELLS);
        }
        let cell = Cell::default();
        self.cells.insert(key.into(), cell.clone());
        cell
    }

    fn touch(&mut self, seq: i64, keys: &[String]) {
        let cells: Vec<Cell> = keys.iter().map(|key| self.cell(key)).collect();
        for cell in &cells {
            cell.fetch_max(seq, Ordering::Relaxed);
        }
        self.recent.push_back((seq, cells));
        if self.recent.len() > REMEMBERED
            && let Some((seq, _)) = self.recent.pop_front()
        {
            self.forgotten = self.forgotten.max(seq);
        }
    }
}

impl Grounds {
    /// Whether nothing that the answer rests on was touched since its rows were read.
    pub fn hold(&self, touched: &Touched) -> bool {
        let round = touched.round.load(Ordering::Acquire);
        if self.checked.load(Ordering::Relaxed) == round {
            return true;
        }
        let holds = self.edition == touched.edition.load(Ordering::Acquire)
            && self
                .cells
                .iter()
                .all(|cell| cell.load(Ordering::Relaxed) <= self.seq);
        if holds {
            self.checked.store(round, Ordering::Relaxed);
        }
        holds
    }

    /// How many keys it rests on.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}
