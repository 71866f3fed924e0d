//! The read cache: readers' answers as ready bytes in memory, right to the last change.
//!
//! | file | holds |
//! |---|---|
//! | `asking` | what a request asks for: its key, and the short way from its bytes to that key |
//! | `kept` | an answer that can be given again |
//! | `flights` | requests for the same missing answer, which share one reading |
//!
//! An answer is kept with its [`Grounds`](crate::changes::touched::Grounds): the surrogate keys of
//! all that it depends on. It is given only while they hold, while no window on it has opened or
//! closed, and while the change log can be looked at. Only what names its keys is ever kept, so an
//! answer that forgets to is slow, not wrong.

pub mod asking;
mod flights;
pub mod kept;

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Weak};
use std::time::Instant as Moment;

use actix_web::HttpResponse;
use actix_web::dev::RequestHead;
use actix_web::http::Method;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::metrics::CacheMetrics;
use super::request_id;
use crate::app::App;
use crate::changes::touched::{Basis, Touched};
use asking::{Asking, Key, Spelling};
pub use flights::{Boarding, Passenger, Pilot};
use kept::{Fresh, Kept};

/// One for the whole process.
pub struct ReadCache {
    shelves: Option<Shelves>,
    flights: Arc<flights::Flights>,
    metrics: CacheMetrics,
    /// A reading is put on its shelf under this, while the program is being worked on: tests hold it,
    /// to let a change overtake a reading.
    #[cfg(debug_assertions)]
    pub landing: tokio::sync::RwLock<()>,
}

struct Shelves {
    answers: Cache<Key, Arc<Kept>, Bytes>,
    /// The bytes that requests differ by, and what they were found to ask for.
    askings: Cache<Spelling, Known, Bytes>,
}

/// What requests in certain bytes ask for, and the answer that they got last, for as long as it is on its
/// shelf: from the one to the other would be as long a way as from the bytes to here.
#[derive(Clone)]
struct Known {
    asking: Asking,
    answer: Weak<Kept>,
}

/// Weighs by memory.
#[derive(Clone)]
struct Bytes;

/// What an entry takes besides its bytes: the maps, the handles, the counts.
const FRAME: u64 = 160;

impl Weighter<Key, Arc<Kept>> for Bytes {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        FRAME + kept.bytes()
    }
}

impl Weighter<Spelling, Known> for Bytes {
    fn weight(&self, spelling: &Spelling, _: &Known) -> u64 {
        let elsewhere = match spelling.spilled() {
            true => spelling.capacity(),
            false => 0,
        };
        // An answer that has left its shelf keeps its frame for as long as somebody knows of it.
        FRAME + (size_of::<Kept>() + size_of::<Spelling>() + elsewhere) as u64
    }
}

/// The part of the memory that is for finding keys quickly.
const FOR_ASKINGS: u64 = 8;
/// About what an answer and an asking weigh, for sizing the maps.
const USUAL_ANSWER: u64 = 4096;
const USUAL_ASKING: u64 = 576;

impl Shelves {
    fn new(bytes: u64) -> Self {
        let for_askings = bytes / FOR_ASKINGS;
        let for_answers = bytes - for_askings;
        let items = |bytes: u64, usual: u64| usize::try_from(bytes / usual).unwrap_or(usize::MAX);
        Self {
            answers: Cache::with_weighter(items(for_answers, USUAL_ANSWER), for_answers, Bytes),
            askings: Cache::with_weighter(items(for_askings, USUAL_ASKING), for_askings, Bytes),
        }
    }
}

thread_local! {
    /// Where the bytes of a request are put together, so that a hit takes no memory of its own.
    static ASKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static DICE: Cell<u32> = const { Cell::new(1) };
}

/// One in eight requests goes by the shelf, which has to hear what is wanted and what may go. It is
/// diced, so that no order in which a page asks for things leaves one of them out.
fn goes_by_the_shelf() -> bool {
    // Numerical Recipes' linear congruential generator; its highest bits are the best.
    let diced = DICE
        .get()
        .wrapping_mul(1_664_525)
        .wrapping_add(1_013_904_223);
    DICE.set(diced);
    diced >> 29 == 0
}

impl ReadCache {
    /// Keeps as much as fits into `bytes`; with 0, nothing.
    pub fn new(bytes: u64, metrics: CacheMetrics) -> Self {
        Self {
            shelves: (bytes > 0).then(|| Shelves::new(bytes)),
            flights: Arc::default(),
            metrics,
            #[cfg(debug_assertions)]
            landing: tokio::sync::RwLock::default(),
        }
    }

    pub fn metrics(&self) -> &CacheMetrics {
        &self.metrics
    }

    /// How much it holds at this moment.
    pub fn bytes(&self) -> u64 {
        let shelves = self.shelves.as_ref();
        shelves.map_or(0, |shelves| {
            shelves.answers.weight() + shelves.askings.weight()
        })
    }

    /// The answer to a request that was asked before in the same bytes.
    pub fn at_hand(&self, app: &App, request: &RequestHead, begun: Moment) -> Option<HttpResponse> {
        let shelves = self.shelves.as_ref()?;
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return None;
        }
        let known = ASKED.with_borrow_mut(|bytes| {
            asking::write_bytes(request, bytes).then(|| shelves.askings.get(bytes.as_slice()))
        })??;
        if !known.asking.holds(app.db.touched()) {
            return None;
        }
        let kept = match self.again(app, &known, begun) {
            Some(kept) => kept,
            None => {
                let kept = self.find(app, &known.asking, begun)?;
                if !std::ptr::eq(known.answer.as_ptr(), &*kept) {
                    self.note(
                        asking::bytes_of(request),
                        &known.asking,
                        Arc::downgrade(&kept),
                    );
                }
                kept
            }
        };
        let id = request_id::header_of(request.headers());
        Some(kept.give(app, request, id, begun))
    }

    /// The answer that was given last, if it still holds.
    fn again(&self, app: &App, known: &Known, begun: Moment) -> Option<Arc<Kept>> {
        let touched = app.db.touched();
        if goes_by_the_shelf() || !touched.is_present(begun) {
            return None;
        }
        let kept = known.answer.upgrade()?;
        kept.holds(touched, app.db.clock()).then(|| {
            self.metrics.hits.inc();
            kept
        })
    }

    /// The answer to a request, if there is one that still holds.
    pub fn find(&self, app: &App, asking: &Asking, begun: Moment) -> Option<Arc<Kept>> {
        let shelves = self.shelves.as_ref()?;
        let touched = app.db.touched();
        let kept = touched
            .is_present(begun)
            .then(|| shelves.answers.get(&asking.key))??;
        if kept.holds(touched, app.db.clock()) {
            self.metrics.hits.inc();
            return Some(kept);
        }
        let is_it = |found: &Arc<Kept>| Arc::ptr_eq(found, &kept);
        if shelves
            .answers
            .remove_if(&asking.key, |found| is_it(found))
            .is_some()
        {
            self.metrics.dropped.inc();
        }
        None
    }

    /// Remembers what a request in these bytes asks for.
    pub fn remember(&self, bytes: Option<Spelling>, asking: &Asking) {
        self.note(bytes, asking, Weak::new());
    }

    fn note(&self, bytes: Option<Spelling>, asking: &Asking, answer: Weak<Kept>) {
        if let (Some(shelves), Some(bytes)) = (&self.shelves, bytes) {
            let asking = asking.clone();
            shelves.askings.insert(bytes, Known { asking, answer });
        }
    }

    /// A seat in the reading of an answer that is missing, or the task to read it for all. Nothing
    /// where the request is answered by itself: without a cache, or where its key was made with
    /// languages that have changed since.
    pub fn board(&self, touched: &Touched, asking: &Asking) -> Option<Boarding> {
        self.shelves.as_ref()?;
        let boarding = self.flights.board(touched, asking.key);
        asking.holds(touched).then_some(boarding)
    }

    /// Takes an answer that was just read, and puts it on the shelf where it is good for more
    /// than those who asked. Without a basis nobody can tell how old its rows are.
    pub async fn land(
        &self,
        app: &App,
        basis: Option<Basis>,
        asking: &Asking,
        fresh: Fresh,
    ) -> Arc<Kept> {
        #[cfg(debug_assertions)]
        let _ground = self.landing.read().await;
        let may_be_kept = fresh.may_be_kept(app.db.clock());
        let (Some(shelves), Some(basis), true) = (&self.shelves, basis, may_be_kept) else {
            return Arc::new(fresh.unkept());
        };
        let Some(grounds) = app.db.touched().grounds(fresh.keys(), basis) else {
            self.metrics.stale.inc();
            return Arc::new(fresh.unkept());
        };
        let kept = Arc::new(fresh.on(grounds));
        shelves.answers.insert(asking.key, kept.clone());
        self.metrics.stored.inc();
        kept
    }
}
