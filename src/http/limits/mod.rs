//! How often somebody may ask: one limit for each thing that is worth limiting, all made here.
//!
//! An operation that stands in [`limit_of`] is counted by the front door before its handler runs;
//! a limit on what only the handler knows (the account of a sign-in) is taken there. Each node
//! counts for itself.
//!
//! | file | holds |
//! |---|---|
//! | `limiter` | counting by key, in bounded memory, on the app's clock |
//! | `standing` | what a client is told: `RateLimit`, `RateLimit-Policy`, 429 |

mod limiter;
mod standing;

pub use limiter::{Limiter, Quota};
pub use standing::Standing;

use actix_web::{HttpMessage, HttpRequest};

use super::address::ClientAddress;
use super::problem::Problem;
use crate::app::App;
use crate::auth::Staff;
use crate::auth::attempts::Attempts;
use crate::auth::rights::right_of;
use crate::clock::Clock;
use crate::config::Settings;

/// Which limit counts an operation at the front door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// By address: signing in and refreshing.
    SignIn,
    /// By caller: the newsroom's door.
    Desk,
    /// By address: leaving a review, and changing one.
    Reviews,
}

/// The limit of an operation; readers' GETs have none.
pub fn limit_of(operation: &str) -> Option<Limit> {
    match operation {
        "create_token" | "refresh_token" => Some(Limit::SignIn),
        "create_review" | "patch_own_review" | "delete_own_review" => Some(Limit::Reviews),
        other => right_of(other).map(|_| Limit::Desk),
    }
}

/// The limits of this node.
pub struct Limits {
    sign_in: Limiter,
    desk: Limiter,
    reviews: Limiter,
    /// Reviews left on one article, by its id.
    pub article_reviews: Limiter,
    /// Guesses at the password of one account.
    pub attempts: Attempts,
}

impl Limits {
    pub fn new(settings: &Settings, clock: &Clock) -> Self {
        let quotas = &settings.limits;
        Self {
            sign_in: Limiter::new("sign-in", quotas.sign_in, clock),
            desk: Limiter::new("desk", quotas.desk, clock),
            reviews: Limiter::new("reviews", quotas.reviews, clock),
            article_reviews: Limiter::new("article-reviews", quotas.article_reviews, clock),
            attempts: Attempts::new(quotas.account, quotas.strangers, clock),
        }
    }

    /// Counts a request, or refuses it with 429. Who calls has been found out by then.
    pub fn count(
        &self,
        limit: Limit,
        app: &App,
        request: &HttpRequest,
    ) -> Result<Standing, Problem> {
        match limit {
            Limit::SignIn => self.sign_in.take(ClientAddress::of(app, request)),
            Limit::Desk => {
                let caller = request.extensions().get::<Staff>().map(|staff| staff.id);
                self.desk.take(caller)
            }
            Limit::Reviews => self.reviews.take(ClientAddress::of(app, request)),
        }
    }
}

/// The quotas of the settings.
#[derive(Debug, Clone, Copy)]
pub struct Quotas {
    pub sign_in: Quota,
    pub account: Quota,
    pub strangers: Quota,
    pub desk: Quota,
    pub reviews: Quota,
    pub article_reviews: Quota,
}
