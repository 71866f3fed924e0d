//! Whom a subject of the provider is here: a row of `users`, made when they are first seen.

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::tokens::Said;
use crate::auth::model::{Email, Role, User, UserKind};
use crate::auth::store;
use crate::changes::{Action, Change, ItemKind};
use crate::db::schema::{identities, users};
use crate::db::{Db, DbConn, Tx, dialect};
use crate::http::problem::Problem;

/// The row of whoever brings a token, with the role that the token gives them now.
pub async fn recognise(db: &Db, issuer: String, said: Said, role: Role) -> Result<User, Problem> {
    let Said {
        subject,
        name,
        email,
        ..
    } = said;
    let place = (issuer, subject);
    let sought = place.clone();
    let known = db
        .read(move |conn| Ok::<_, Problem>(find(conn, &sought)?))
        .await?;
    match known {
        Some(user) if user.role == role || !user.is_active() => Ok(user),
        Some(user) => promote(db, user, role).await,
        None => {
            db.write(move |tx| match find(tx, &place)? {
                // Their first two requests came at once.
                Some(user) => Ok(user),
                None => make(tx, &place, &name, email.clone(), role),
            })
            .await
        }
    }
}

fn find(conn: &mut DbConn, (issuer, subject): &(String, String)) -> QueryResult<Option<User>> {
    identities::table
        .inner_join(users::table.on(users::id.eq(identities::user_id)))
        .filter(identities::issuer.eq(issuer))
        .filter(identities::subject.eq(subject))
        .select(users::all_columns)
        .first(conn)
        .optional()
}

/// An e-mail address that somebody has already stays theirs: it shows who is meant, and gives
/// nobody another's account.
fn make(
    tx: &mut Tx,
    (issuer, subject): &(String, String),
    name: &str,
    email: Option<Email>,
    role: Role,
) -> Result<User, Problem> {
    let now = tx.now();
    let mut user = User::without_password(UserKind::Outside, name.to_owned(), role, now);
    if let Some(email) = email
        && store::find_user_by_email(tx, email.as_str())?.is_none()
    {
        user.email = Some(email.into_string());
    }
    store::insert_user(tx, &user).map_err(retried_if_taken)?;
    let row = (
        identities::issuer.eq(issuer),
        identities::subject.eq(subject),
        identities::user_id.eq(user.id),
    );
    diesel::insert_into(identities::table)
        .values(row)
        .execute(&mut **tx)?;
    tx.record(Change::of(ItemKind::User, user.id, Action::Created).by(user.id));
    Ok(user)
}

/// The address was free when this transaction looked: who took it meanwhile may be this very person.
fn retried_if_taken(error: DieselError) -> Problem {
    let is_taken = dialect::violated(&error).is_some();
    let problem = Problem::from(error);
    if is_taken {
        problem.overtaken()
    } else {
        problem
    }
}

/// Notes a new role, so that the list of users shows it.
async fn promote(db: &Db, user: User, role: Role) -> Result<User, Problem> {
    db.write(move |tx| {
        let (mut user, read) = (user.clone(), user.version);
        user.role = role;
        let now = tx.now();
        user.touch(now);
        // Where it was changed meanwhile, another request has noted it, or the next will.
        if store::save_user(tx, &user, read)? {
            tx.record(Change::of(ItemKind::User, user.id, Action::Changed).by(user.id));
        }
        Ok(user)
    })
    .await
}
