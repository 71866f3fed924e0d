//! `newsline user …`: the first admin, and whoever cannot be reached through the API.

use std::io::Read;

use super::CommandError;
use crate::app::ready_database;
use crate::auth::model::{Email, Role, User, UserKind, UserState};
use crate::auth::routes::hash_password;
use crate::auth::store;
use crate::changes::{Action, Change, ItemKind};
use crate::clock::Clock;
use crate::config::{Environment, Settings};
use crate::db::Db;
use crate::http::etag::check_saved;
use crate::http::problem::{Code, Problem};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make an account; its password comes from NEWSLINE_PASSWORD or standard input
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// contributor, editor, moderator or admin
        #[arg(long)]
        role: Role,
    },
    /// List the accounts
    List,
    /// Suspend an account: it is signed out at once
    Disable {
        #[arg(long)]
        email: String,
    },
    /// Give an account another role
    SetRole {
        #[arg(long)]
        email: String,
        #[arg(long)]
        role: Role,
    },
    /// Give an account another password, from NEWSLINE_PASSWORD or standard input
    SetPassword {
        #[arg(long)]
        email: String,
    },
}

pub async fn run(
    command: Command,
    settings: Settings,
    environment: &Environment,
) -> Result<(), CommandError> {
    let db = ready_database(&settings, Clock::default()).await?;
    match command {
        Command::List => list(&db).await,
        Command::Create { email, name, role } => {
            let password = password(environment)?;
            let user = create(&db, &email, name, role, password).await?;
            println!("created {} {} ({})", user.id, address(&user), user.role);
            Ok(())
        }
        Command::Disable { email } => {
            let suspend = |user: &mut User| {
                user.state = UserState::Suspended;
                Ok(())
            };
            change(&db, &email, suspend).await
        }
        Command::SetRole { email, role } => {
            let set = move |user: &mut User| {
                refuse_outside(user)?;
                user.role = role;
                Ok(())
            };
            change(&db, &email, set).await
        }
        Command::SetPassword { email } => {
            let hash = hash_password(password(environment)?, &email, "/password").await?;
            let set = move |user: &mut User| {
                refuse_outside(user)?;
                user.password_hash = Some(hash.clone());
                Ok(())
            };
            change(&db, &email, set).await
        }
    }
}

/// Makes an account.
pub async fn create(
    db: &Db,
    email: &str,
    name: String,
    role: Role,
    password: String,
) -> Result<User, CommandError> {
    let email = Email::parse(email).map_err(|error| CommandError::Refused(error.to_owned()))?;
    let hash = hash_password(password, email.as_str(), "/password").await?;
    let user = User::new(email, name, role, Some(hash), db.clock().now());
    let row = user.clone();
    db.write(move |tx| {
        store::insert_user(tx, &row)?;
        tx.record(Change::of(ItemKind::User, row.id, Action::Created));
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(user)
}

/// What the identity provider says of its people is not said here: whoever leaves there would still
/// come in with a password of ours.
fn refuse_outside(user: &User) -> Result<(), Problem> {
    match user.kind {
        UserKind::Person => Ok(()),
        UserKind::Outside | UserKind::Key => {
            let detail = "This account has its role and its sign-in from the identity provider.";
            Err(Problem::new(Code::WrongState, detail))
        }
    }
}

/// Changes an account and ends its sign-ins; the last active admin stays one.
async fn change(
    db: &Db,
    email: &str,
    edit: impl Fn(&mut User) -> Result<(), Problem> + Send + 'static,
) -> Result<(), CommandError> {
    let email = email.trim().to_lowercase();
    let user = db
        .write(move |tx| {
            let Some(mut user) = store::find_user_by_email(tx, &email)? else {
                return Err(Problem::not_found());
            };
            let (read, now) = (user.version, tx.now());
            let was_active_admin = user.is_active_admin();
            edit(&mut user)?;
            if was_active_admin && !user.is_active_admin() && store::hold_active_admins(tx)? <= 1 {
                let detail = "This is the last active admin. Make another one first.";
                return Err(Problem::new(Code::WrongState, detail));
            }
            user.touch(now);
            check_saved(store::save_user(tx, &user, read)?, read)?;
            store::end_sign_ins(tx, user.id, now)?;
            tx.record(Change::of(ItemKind::User, user.id, Action::Changed));
            Ok(user)
        })
        .await?;
    println!("{} {} {}", address(&user), user.role, user.state);
    Ok(())
}

async fn list(db: &Db) -> Result<(), CommandError> {
    let mut after = None;
    loop {
        let users = db
            .read(move |conn| Ok::<_, Problem>(store::list_users(conn, after, 500)?))
            .await?;
        for user in &users {
            println!(
                "{} {} {} {} {}",
                user.id,
                address(user),
                user.role,
                user.state,
                user.name
            );
        }
        match users.last() {
            Some(last) => after = Some((false, last.id)),
            None => return Ok(()),
        }
    }
}

/// People of the outside identity provider may have none.
fn address(user: &User) -> &str {
    user.email.as_deref().unwrap_or("-")
}

fn password(environment: &Environment) -> Result<String, CommandError> {
    if let Some(password) = environment.get("NEWSLINE_PASSWORD") {
        return Ok(password.to_owned());
    }
    let mut typed = String::new();
    std::io::stdin().read_to_string(&mut typed)?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}
