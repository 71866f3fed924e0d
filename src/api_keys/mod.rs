//! API keys at the newsroom's door: admins make keys for tools, change and revoke them. The row
//! and its statements stand in [`crate::auth::api_keys`], because coming in needs them.
//!
//! A key is good until it expires or is revoked; a revoked one is gone for good. What it wrote
//! keeps its name.
//!
//! | file | holds |
//! |---|---|
//! | `api` | JSON |
//! | `desk` | `/v1/desk/api-keys` |

pub mod api;
pub mod desk;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(desk::list_api_keys)
        .service(desk::create_api_key)
        .service(desk::get_api_key)
        .service(desk::patch_api_key)
        .service(desk::delete_api_key);
}
