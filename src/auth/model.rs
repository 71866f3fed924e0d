//! Who works in the newsroom.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Id, Instant};
use crate::text_enum;

/// The id of a [`User`].
pub type UserId = Id<User>;
/// The id of a [`SignIn`], the `sid` of access tokens.
pub type SignInId = Id<SignIn>;

text_enum! {
    /// What somebody does in the newsroom. What each may do stands in [`super::rights`].
    pub enum Role {
        /// Writes own articles and submits them.
        Contributor = "contributor",
        /// Writes and publishes everything.
        Editor = "editor",
        /// Decides on readers' reviews.
        Moderator = "moderator",
        /// May do everything, and keeps users and the site.
        Admin = "admin",
    }
}

text_enum! {
    /// Whether somebody may sign in.
    pub enum UserState { Active = "active", Suspended = "suspended" }
}

text_enum! {
    /// How somebody comes in.
    pub enum UserKind {
        /// Signs in here, with a password.
        Person = "person",
        /// Brings tokens of the outside identity provider, which also say the role.
        Outside = "outside",
        /// An API key: a tool, under its own name. See [`super::api_keys`].
        Key = "key",
    }
}

/// Somebody who works here, or a tool that does.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::db::schema::users)]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    /// Folded to lower case: an address signs in however it is typed. API keys have none, and some
    /// people of the outside identity provider.
    pub email: Option<String>,
    pub name: String,
    pub role: Role,
    pub state: UserState,
    /// A PHC string of argon2id; nobody signs in without one.
    pub password_hash: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub kind: UserKind,
}

/// One stay of a user, from signing in to logging out; its refresh tokens are one family.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::sign_ins)]
pub struct SignIn {
    pub id: SignInId,
    pub user_id: UserId,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
}

/// An e-mail address as it is stored and compared: trimmed, in lower case.
///
/// The rule is deliberately small (one `@`, a dot behind it, no spaces): whether an address
/// takes mail, only mail can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected an e-mail address of at most 254 characters";
        let email = text.trim().to_lowercase();
        let (name, host) = email.split_once('@').ok_or(EXPECTED)?;
        let plain =
            email.len() <= 254 && !email.chars().any(|c| c.is_whitespace() || c.is_control());
        let host_like = host.contains('.')
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.');
        (plain && host_like && !name.is_empty())
            .then_some(Self(email))
            .ok_or(EXPECTED)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl<'de> serde::Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Email {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(254))
            .pattern(Some("^[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+$"))
            .description(Some("An e-mail address."))
            .examples([serde_json::json!("editor@example.az")])
            .build()
            .into()
    }
}
impl ToSchema for Email {}

impl User {
    /// A new account, active at once.
    pub fn new(
        email: Email,
        name: String,
        role: Role,
        password_hash: Option<String>,
        now: Instant,
    ) -> Self {
        Self {
            id: Id::new(),
            email: Some(email.into_string()),
            password_hash,
            ..Self::without_password(UserKind::Person, name, role, now)
        }
    }

    /// Somebody, or a tool, who comes in by other means than a password.
    pub fn without_password(kind: UserKind, name: String, role: Role, now: Instant) -> Self {
        Self {
            id: Id::new(),
            email: None,
            name,
            role,
            state: UserState::Active,
            password_hash: None,
            version: 1,
            created_at: now,
            updated_at: now,
            kind,
        }
    }

    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }

    /// Whether a password of ours opens anything for them.
    pub fn may_sign_in(&self) -> bool {
        self.kind == UserKind::Person && self.is_active()
    }

    /// Of people who sign in here only: what the outside provider says of somebody may change at
    /// any time, and a newsroom must not be left without anybody who keeps it.
    pub fn is_active_admin(&self) -> bool {
        self.may_sign_in() && self.role == Role::Admin
    }

    pub fn set_password(&mut self, hash: String, now: Instant) {
        self.password_hash = Some(hash);
        self.touch(now);
    }

    /// Counts a change.
    pub fn touch(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }
}
