//! The path: what routes are found by, and its parameters.

use actix_web::HttpRequest;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::db::AnyId;

/// The path in its one spelling, by which actix finds the handler: `%64esk` is `desk`, and only what
/// would break a segment stays escaped. Whoever asked of the path as it was sent would take the right
/// from one operation and run another.
pub fn matched(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Which thing. What kind it is, the address says.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ItemPath {
    /// The id of the thing.
    pub id: AnyId,
}
