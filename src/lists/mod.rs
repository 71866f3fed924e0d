//! Lists: ordered selections of texts, made by a rule, with pins at the top and some articles
//! kept out. News Line is one of them, and there from the first start.
//!
//! | file | holds |
//! |---|---|
//! | `model` | the row, rules, pins |
//! | `store` | statements |
//! | `api` | JSON |
//! | `items` | what is in a list: its rule and its pins |
//! | `published` | statements for readers |
//! | `desk` | `/v1/desk/lists` |
//! | `public` | `/v1/lists` |

pub mod api;
pub mod desk;
pub mod items;
pub mod model;
pub mod public;
pub mod published;
pub mod store;

use crate::db::Db;
use crate::http::mounts::Mounts;
use crate::http::problem::{Code, Problem};
use crate::named::Named;
use model::List;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_lists)
        .service(public::get_list_items)
        .service(desk::list_desk_lists)
        .service(desk::create_list)
        .service(desk::get_desk_list)
        .service(desk::patch_list)
        .service(desk::delete_list)
        .service(desk::restore_list);
}

/// Makes News Line at first start.
pub async fn ensure(db: &Db) -> Result<(), Problem> {
    let made = db
        .write(|tx| {
            let now = tx.now();
            let known = store::by_slug(tx, model::NEWS_LINE)?;
            if let (None, Some(list)) = (known, List::news_line(now)) {
                list.insert(tx)?;
            }
            Ok::<_, Problem>(())
        })
        .await;
    match made {
        // Two nodes may start at once; either one's will do.
        Err(problem) if problem.code() == Code::AlreadyExists => Ok(()),
        made => made,
    }
}
