//! The whole app, served on a free port from a thread of its own until the test lets go of it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use newsline::app::{App, server};
use newsline::auth::Role;
use newsline::clock::Clock;
use newsline::config::{Environment, Settings};

use super::client::Client;
use super::database::Database;
use super::factory::{People, Person};

/// A running Newsline with one person of each role.
pub struct TestApp {
    /// What the handlers share; for looking behind the API.
    pub app: Data<App>,
    /// The app's clock: put it forward instead of sleeping.
    pub clock: Clock,
    pub address: SocketAddr,
    pub people: People,
    http: reqwest::Client,
    server: Option<(ServerHandle, JoinHandle<()>)>,
    // The last field: it is dropped when nothing uses it any more.
    pub database: Arc<Database>,
}

/// Any 32 bytes that nobody would deploy.
pub const SECRET: &str = "Jx4vQm8TzL1nWc6RbY9sKd3HfPo7GuAe5iXt2ZqNwCk=";

impl TestApp {
    pub async fn start() -> Self {
        Self::with([]).await
    }

    /// Starts with settings other than the usual ones.
    pub async fn with(settings: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self::on(Database::migrated(), settings).await
    }

    pub async fn on(
        database: Database,
        settings: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        let clock = Clock::default();
        let running = run(settings_for(&database, settings), clock.clone()).await;
        let people = People::hired(&running.app.db).await;
        Self::of(running, people, clock, Arc::new(database))
    }

    /// Another node on the same database, with the same people and the same clock.
    pub async fn node(
        &self,
        settings: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        let settings = settings_for(&self.database, settings);
        let running = run(settings, self.clock.clone()).await;
        let (people, database) = (self.people.clone(), self.database.clone());
        Self::of(running, people, self.clock.clone(), database)
    }

    /// An app on another database that has the same people, such as one that was restored.
    pub async fn moved_to(&self, database: Database) -> Self {
        let running = run(settings_for(&database, []), self.clock.clone()).await;
        let people = self.people.clone();
        Self::of(running, people, self.clock.clone(), Arc::new(database))
    }

    fn of(running: Running, people: People, clock: Clock, database: Arc<Database>) -> Self {
        Self {
            people,
            clock,
            http: Client::http(),
            app: running.app,
            address: running.address,
            server: Some((running.handle, running.thread)),
            database,
        }
    }

    /// Somebody who has not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.address)
    }

    pub fn as_admin(&self) -> Client {
        self.as_person(&self.people.admin)
    }

    pub fn as_editor(&self) -> Client {
        self.as_person(&self.people.editor)
    }

    pub fn as_contributor(&self) -> Client {
        self.as_person(&self.people.contributor)
    }

    pub fn as_moderator(&self) -> Client {
        self.as_person(&self.people.moderator)
    }

    pub fn as_role(&self, role: Role) -> Client {
        self.as_person(self.people.with_role(role))
    }

    /// With an access token that is good for the next 15 minutes of the app's clock.
    pub fn as_person(&self, person: &Person) -> Client {
        self.anonymous().bearing(&self.token_of(person))
    }

    pub fn token_of(&self, person: &Person) -> String {
        self.app
            .keys
            .issue(&person.user, person.sign_in, self.clock.now())
    }

    /// One more person of the newsroom, signed in.
    pub async fn hire(&self, role: Role, name: &str) -> Person {
        Person::hired(&self.app.db, role, name).await
    }
}

fn settings_for(
    database: &Database,
    settings: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Settings {
    let usual = [
        ("DATABASE_CONNECTIONS", "3".to_owned()),
        ("NEWSLINE_DATA_DIR", database.folder().display().to_string()),
        ("NEWSLINE_SECRET", SECRET.to_owned()),
        ("NEWSLINE_WORKERS", "1".to_owned()),
    ];
    let others = settings
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()));
    let all = database.settings().into_iter().chain(usual).chain(others);
    let environment = Environment::from_pairs(all);
    Settings::read(&environment).expect("settings")
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            // The command is sent at once; only waiting for its end needs the future.
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }
}

struct Running {
    app: Data<App>,
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

async fn run(settings: Settings, clock: Clock) -> Running {
    let (ready, started) = tokio::sync::oneshot::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = Data::new(App::start(settings, clock).await.expect("the app starts"));
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let address = listener.local_addr().expect("its address");
            let server = server(app.clone(), listener).expect("a server");
            if ready.send((app, address, server.handle())).is_ok() {
                server.await.expect("the server ends well");
            }
        });
    });
    let (app, address, handle) = started.await.expect("the app starts");
    Running {
        app,
        address,
        handle,
        thread,
    }
}
