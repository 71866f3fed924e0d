//! People, and what they write.

use std::sync::OnceLock;

use newsline::auth::model::{Email, SignIn, SignInId};
use newsline::auth::passwords::NewPassword;
use newsline::auth::{Role, User, store};
use newsline::db::{Db, Id};
use newsline::http::problem::Problem;

/// Everybody's password.
pub const PASSWORD: &str = "a quiet evening";

/// Somebody of the newsroom with an open sign-in.
#[derive(Clone)]
pub struct Person {
    pub user: User,
    pub sign_in: SignInId,
}

impl Person {
    /// A new account `<name>@example.az`, written past the API: hashing a password takes its time,
    /// so it is done once for all.
    pub async fn hired(db: &Db, role: Role, name: &str) -> Self {
        let now = db.clock().now();
        let email = Email::parse(&format!("{name}@example.az")).expect("an e-mail address");
        let user = User::new(email, name.to_owned(), role, Some(hash().to_owned()), now);
        let stay = SignIn {
            id: Id::new(),
            user_id: user.id,
            created_at: now,
            expires_at: now.plus_seconds(30 * 24 * 3600),
            ended_at: None,
        };
        let sign_in = stay.id;
        let row = user.clone();
        db.write(move |tx| {
            store::insert_user(tx, &row)?;
            Ok::<_, Problem>(store::insert_sign_in(tx, &stay)?)
        })
        .await
        .expect("a new account");
        Self { user, sign_in }
    }
}

fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let password = NewPassword::parse(PASSWORD, "").expect("a password within the rules");
        password.hash().expect("a hash")
    })
}

/// One person of each role.
#[derive(Clone)]
pub struct People {
    pub admin: Person,
    pub editor: Person,
    pub contributor: Person,
    pub moderator: Person,
}

impl People {
    pub async fn hired(db: &Db) -> Self {
        Self {
            admin: Person::hired(db, Role::Admin, "admin").await,
            editor: Person::hired(db, Role::Editor, "editor").await,
            contributor: Person::hired(db, Role::Contributor, "contributor").await,
            moderator: Person::hired(db, Role::Moderator, "moderator").await,
        }
    }

    pub fn with_role(&self, role: Role) -> &Person {
        match role {
            Role::Admin => &self.admin,
            Role::Editor => &self.editor,
            Role::Contributor => &self.contributor,
            Role::Moderator => &self.moderator,
        }
    }
}
