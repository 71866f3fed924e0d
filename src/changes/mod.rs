//! The change log: what happened, by whom, and which surrogate keys it touches. A change is
//! noted with `Tx::record`; `Db::write` numbers it in the same transaction, so that numbers
//! become visible in order and without gaps. `GET /v1/desk/changes` reads it, and the read cache
//! drops by it ([`touched`]).

pub mod desk;
mod model;
pub mod store;
pub mod touched;

pub use model::{Action, Change, ItemKind};

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts.service(desk::list_changes);
}
