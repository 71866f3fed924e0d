//! Requests for the same missing answer share one reading. A reading goes on when the one who
//! began it hangs up; and nobody joins one that a change may have overtaken, because its rows may
//! be older than the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Kept;
use super::asking::Key;
use crate::changes::touched::{Basis, Touched};

/// What became of a reading; nothing until it has ended.
type Landed = Option<Arc<Kept>>;

/// The readings that are under way.
#[derive(Default)]
pub struct Flights(Mutex<HashMap<Key, Flight>>);

struct Flight {
    basis: Basis,
    landed: watch::Receiver<Landed>,
}

/// A place in a reading.
pub enum Boarding {
    /// Nobody reads this yet.
    Pilot(Pilot),
    /// Somebody does.
    Passenger(Passenger),
}

/// Whoever reads it for all. When it is dropped without an answer, the others hear that, too.
pub struct Pilot {
    pub basis: Basis,
    key: Key,
    landed: watch::Sender<Landed>,
    flights: Arc<Flights>,
}

/// Whoever waits for it.
pub struct Passenger(watch::Receiver<Landed>);

impl Flights {
    fn under_way(&self) -> MutexGuard<'_, HashMap<Key, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn board(self: &Arc<Self>, touched: &Touched, key: Key) -> Boarding {
        let mut under_way = self.under_way();
        if let Some(flight) = under_way.get(&key)
            && touched.is_unmoved_since(flight.basis)
        {
            return Boarding::Passenger(Passenger(flight.landed.clone()));
        }
        let basis = touched.basis();
        let (landed, receiver) = watch::channel(None);
        let flight = Flight {
            basis,
            landed: receiver,
        };
        under_way.insert(key, flight);
        Boarding::Pilot(Pilot {
            basis,
            key,
            landed,
            flights: self.clone(),
        })
    }
}

impl Pilot {
    /// Gives the answer to all who wait for it.
    pub fn land(self, kept: &Arc<Kept>) {
        self.landed.send_replace(Some(kept.clone()));
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        let mut under_way = self.flights.under_way();
        // A later reading may have taken its place.
        let is_mine = |flight: &Flight| flight.landed.same_channel(&self.landed.subscribe());
        if under_way.get(&self.key).is_some_and(is_mine) {
            under_way.remove(&self.key);
        }
    }
}

impl Passenger {
    /// The answer; nothing where the reading came to none that can be shared.
    pub async fn landed(mut self) -> Landed {
        let landed = self.0.wait_for(Option::is_some).await;
        landed.ok().and_then(|landed| landed.clone())
    }
}
