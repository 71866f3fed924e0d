//! Parameters of the path.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::db::AnyId;

/// Which thing. What kind it is, the address says.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ItemPath {
    /// The id of the thing.
    pub id: AnyId,
}
