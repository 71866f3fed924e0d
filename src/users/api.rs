//! What an admin says of accounts. The answer is [`crate::auth::api::UserJson`].

use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::model::{Email, Role, User, UserState};
use crate::http::patch::Patch;
use crate::http::words::Line;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "editor@example.az", "name": "Aysel Quliyeva", "role": "editor", "password": "a quiet evening",
}))]
pub struct NewUser {
    pub email: Email,
    pub name: Line<200>,
    pub role: Role,
    /// 10 to 200 characters, not the e-mail address. Nobody signs in to an account without one.
    #[schema(format = Password)]
    pub password: Option<Line<1000>>,
}

/// A change of an account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "editor", "state": "active"}))]
pub struct UserPatch {
    #[serde(default)]
    #[schema(value_type = Email)]
    email: Patch<Email>,
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Patch<Line<200>>,
    #[serde(default)]
    #[schema(value_type = Role)]
    role: Patch<Role>,
    #[serde(default)]
    #[schema(value_type = UserState)]
    state: Patch<UserState>,
}

impl UserPatch {
    pub fn apply(self, user: &mut User) {
        let Self {
            email,
            name,
            role,
            state,
        } = self;
        email
            .map(|email| Some(email.into_string()))
            .apply(&mut user.email);
        name.map(String::from).apply(&mut user.name);
        role.apply(&mut user.role);
        state.apply(&mut user.state);
    }
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "a quiet evening"}))]
pub struct NewPassword {
    /// 10 to 200 characters, not the e-mail address.
    #[schema(format = Password)]
    pub password: Line<1000>,
}
