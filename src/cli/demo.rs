//! `newsline demo`: a small newsroom in an embedded database, posted through the app's own
//! handlers at the first run and kept as it is at later ones, then served.

mod content;
mod desk;
mod filling;
mod welcome;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::web::Data;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::{CommandError, serve, user};
use crate::app::App;
use crate::auth::model::{Role, SignIn, SignInId, User};
use crate::auth::secret::random_bytes;
use crate::auth::store;
use crate::clock::Clock;
use crate::config::{Environment, Settings};
use crate::db::{DatabaseUrl, Id};
use crate::http::problem::Problem;
use content::Content;
use desk::Desk;
use welcome::Welcome;

/// Who runs the demo newsroom.
const ADMIN: &str = "admin@demo.example";

/// How long filling may take before its token ends.
const SIGNED_IN_SECONDS: i64 = 15 * 60;

pub async fn run(mut settings: Settings, environment: &Environment) -> Result<(), CommandError> {
    settings.db.url = database(&settings, environment)?;
    let listener = serve::listen("NEWSLINE_BIND", settings.bind)?;
    let address = format!("http://{}", to_open(listener.local_addr()?));
    if !environment.gives("NEWSLINE_PUBLIC_URL") {
        settings.public_url.clone_from(&address);
    }
    let app = Data::new(App::start(settings, Clock::default()).await?);
    let (admin, password) = admin(&app).await?;
    // The log is for those who come; what the demo posts would only hide them.
    let slug = posted(&app, &admin)
        .with_subscriber(NoSubscriber::default())
        .await?;
    let database = format!("{:?}", app.settings.db.url);
    let welcome = Welcome {
        address: &address,
        database: &database,
        admin: ADMIN,
        password: password.as_deref(),
        slug: slug.as_deref(),
    };
    println!("{welcome}");
    serve::until_stopped(app, listener).await
}

/// A file of the demo's own, unless the environment names another.
fn database(settings: &Settings, environment: &Environment) -> Result<DatabaseUrl, CommandError> {
    match (&settings.db.url, environment.gives("DATABASE_URL")) {
        (_, false) => Ok(DatabaseUrl::Sqlite(settings.data_dir.join("demo.db"))),
        (DatabaseUrl::Sqlite(path), true) => Ok(DatabaseUrl::Sqlite(path.clone())),
        (DatabaseUrl::Postgres(_), true) => Err(CommandError::Refused(
            "DATABASE_URL names a PostgreSQL, but the demo runs on an embedded database only: \
             unset it, or set it to sqlite://PATH"
                .to_owned(),
        )),
    }
}

/// Where a browser on this machine finds the server.
fn to_open(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

/// The admin, and the password if the account was only made now. A newsroom with people but
/// without this one is somebody's own, and is left alone.
async fn admin(app: &App) -> Result<(User, Option<String>), CommandError> {
    let (known, people) = app
        .db
        .read_snapshot(|conn| {
            let known = store::find_user_by_email(conn, ADMIN)?;
            Ok::<_, Problem>((known, store::count_users(conn, 1)?))
        })
        .await?;
    if let Some(user) = known {
        return Ok((user, None));
    }
    if people > 0 {
        let database = &app.settings.db.url;
        return Err(CommandError::Refused(format!(
            "{database:?} belongs to a newsroom that is no demo; name another file in DATABASE_URL"
        )));
    }
    let password = random_password();
    let name = "Demo Admin".to_owned();
    let user = user::create(&app.db, ADMIN, name, Role::Admin, password.clone()).await?;
    Ok((user, Some(password)))
}

/// 96 random bits in 24 hex digits: nothing in them has to be escaped on a command line.
fn random_password() -> String {
    let bytes: [u8; 12] = random_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sign-in for as long as filling takes.
async fn sign_in(app: &App, admin: &User) -> Result<SignInId, CommandError> {
    let (id, user_id) = (Id::new(), admin.id);
    let opened = app.db.write(move |tx| {
        let created_at = tx.now();
        let sign_in = SignIn {
            id,
            user_id,
            created_at,
            expires_at: created_at.plus_seconds(SIGNED_IN_SECONDS),
            ended_at: None,
        };
        Ok::<_, Problem>(store::insert_sign_in(tx, &sign_in)?)
    });
    opened.await?;
    Ok(id)
}

/// Posts what is not there yet, and gives the English slug of the main story while it has one.
async fn posted(app: &Data<App>, admin: &User) -> Result<Option<String>, CommandError> {
    let sign_in = sign_in(app, admin).await?;
    let token = app.keys.issue(admin, sign_in, app.db.clock().now());
    let desk = Desk::new(desk::way_in(app.clone()).await, &token);
    let story = match desk.main_story().await? {
        Some(story) => Some(story),
        None => {
            let content = Content::read(app.db.clock().now().timestamp());
            desk.fill(content.map_err(std::io::Error::from)?).await?;
            desk.main_story().await?
        }
    };
    app.db
        .write(move |tx| {
            let now = tx.now();
            Ok::<_, Problem>(store::end_sign_in(tx, sign_in, now)?)
        })
        .await?;
    let slug = story.and_then(|story| story["texts"]["en"]["slug"].as_str().map(str::to_owned));
    Ok(slug)
}
