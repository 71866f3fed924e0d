//! Users at the newsroom's door: admins make accounts, change them and give new passwords. The
//! row and its statements stand in [`crate::auth`], because signing in needs them.
//!
//! An account is `active` or `suspended`, never deleted: what somebody wrote keeps its writer.
//!
//! | file | holds |
//! |---|---|
//! | `api` | JSON |
//! | `desk` | `/v1/desk/users` |

pub mod api;
pub mod desk;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(desk::list_users)
        .service(desk::create_user)
        .service(desk::get_user)
        .service(desk::patch_user)
        .service(desk::set_password);
}
