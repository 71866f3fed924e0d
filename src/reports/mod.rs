//! Reports for the newsroom about what it publishes.
//!
//! [`sourcing`]: who is quoted, how often, through whom and on what occasion, and how many stories
//! rest on one source. Each report is counted by the database in a fixed number of statements
//! ([`store`]) over what readers see now.
//!
//! Routes: `/v1/desk/reports/sourcing`, and the same as a table, `/v1/desk/reports/sourcing.csv`
//! ([`desk`]).

pub mod api;
pub mod desk;
pub mod sourcing;
pub mod store;
pub mod table;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(desk::get_sourcing_report)
        .service(desk::get_sourcing_report_csv);
}
