//! A migrated database for each test, gone when the test ends: a copy of a template that is
//! migrated once and found again by the hash of the migrations.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use newsline::db::{DbConn, migrations};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// One test's database and its folder.
pub struct Database {
    url: String,
    folder: PathBuf,
}

impl Database {
    /// An empty database with every table.
    pub fn migrated() -> Self {
        let name = format!("t_{}", Uuid::now_v7().simple());
        let folder = scratch().join(&name);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let url = match server() {
            Some(server) => cloned(&server, &name),
            None => copied(&folder),
        };
        Self { url, folder }
    }

    fn name(&self) -> Option<&str> {
        self.folder.file_name()?.to_str()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// By which settings the app reaches it: where `TEST_DATABASE_POOLER` is set, through that.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        match std::env::var("TEST_DATABASE_POOLER") {
            Ok(pooler) if is_on_postgres() => vec![
                ("DATABASE_URL", through(&pooler, &self.url)),
                ("NEWSLINE_PG_POOLED", "true".to_owned()),
            ],
            _ => vec![("DATABASE_URL", self.url.clone())],
        }
    }

    /// Where the app may keep files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A connection past the app.
    pub fn connect(&self) -> DbConn {
        connect(&self.url)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Some(server), Some(name)) = (server(), self.name()) {
            // FORCE, because pools close their connections in their own time.
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = server.conn().batch_execute(&drop);
        }
        // The app's writer may be putting its own files away at this moment.
        let _ = (0..5).find(|_| std::fs::remove_dir_all(&self.folder).is_ok());
    }
}

/// In memory where the machine has such a folder: every commit is synced, and a test's data is
/// not worth the wait.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    base.join("newsline-tests")
}

fn connect(url: &str) -> DbConn {
    match url.strip_prefix("sqlite://") {
        Some(path) => {
            DbConn::Sqlite(SqliteConnection::establish(path).expect("the test's database"))
        }
        None => DbConn::Postgres(PgConnection::establish(url).expect("the test's database")),
    }
}

fn migrate(url: &str) {
    migrations::run(&mut connect(url)).expect("the migrations");
}

/// A copy of the template file.
fn copied(folder: &Path) -> String {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let template = scratch().join(format!("template-{}.db", hash_of_migrations()));
        if !template.exists() {
            // Renamed when it is whole: another process may be looking.
            let making = scratch().join(format!("making-{}.db", std::process::id()));
            let _ = std::fs::remove_file(&making);
            migrate(&format!("sqlite://{}", making.display()));
            std::fs::rename(&making, &template).expect("the template in its place");
        }
        template
    });
    let file = folder.join("newsline.db");
    std::fs::copy(template, &file).expect("a copy of the template");
    format!("sqlite://{}", file.display())
}

/// A PostgreSQL server that tests may make databases on.
struct Server(Url);

/// Whether databases are made on a PostgreSQL.
pub fn is_on_postgres() -> bool {
    server().is_some()
}

/// The same database by way of a pooler.
fn through(pooler: &str, url: &str) -> String {
    let mut url: Url = url.parse().expect("the URL of a database");
    let (host, port) = pooler.split_once(':').expect("HOST:PORT");
    url.set_host(Some(host)).expect("a host");
    let port = port.parse().expect("a port");
    url.set_port(Some(port)).expect("a URL with a port");
    url.into()
}

fn server() -> Option<Server> {
    let url = std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| url.starts_with("postgres"))?;
    Some(Server(url.parse().expect("TEST_DATABASE_URL is a URL")))
}

impl Server {
    fn conn(&self) -> PgConnection {
        PgConnection::establish(self.0.as_str()).expect("the server of TEST_DATABASE_URL")
    }

    fn url_of(&self, database: &str) -> String {
        let mut url = self.0.clone();
        url.set_path(database);
        url.into()
    }
}

/// A database cloned from the template.
fn cloned(server: &Server, name: &str) -> String {
    static TEMPLATE: OnceLock<(String, &str)> = OnceLock::new();
    let (template, strategy) =
        TEMPLATE.get_or_init(|| (template_on(server), quickest_copy_on(server)));
    let create = format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}");
    server
        .conn()
        .batch_execute(&create)
        .expect("a clone of the template");
    server.url_of(name)
}

/// Since 15 a server writes a copy into its log, page by page, unless it is told to copy the files.
fn quickest_copy_on(server: &Server) -> &'static str {
    let version = diesel::dsl::sql::<Integer>("current_setting('server_version_num')::int");
    let version: i32 = diesel::select(version)
        .get_result(&mut server.conn())
        .expect("the server's version");
    match version {
        150_000.. => "STRATEGY FILE_COPY",
        _ => "",
    }
}

/// The template's name; makes it where it is missing, while other processes wait.
fn template_on(server: &Server) -> String {
    const LOCK: i64 = 0x6e65_7773;
    let name = format!("newsline_template_{}", hash_of_migrations());
    let conn = &mut server.conn();
    diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<BigInt, _>(LOCK)
        .execute(conn)
        .expect("the lock");
    let known: i64 = diesel::select(
        diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM pg_database WHERE datname = ")
            .bind::<Text, _>(&name)
            .sql(")"),
    )
    .get_result(conn)
    .expect("the list of databases");
    if known == 0 {
        let making = format!("{name}_making");
        for statement in [
            format!("DROP DATABASE IF EXISTS {making}"),
            format!("CREATE DATABASE {making}"),
        ] {
            conn.batch_execute(&statement).expect("an empty database");
        }
        migrate(&server.url_of(&making));
        conn.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}"))
            .expect("the template in its place");
    }
    name
}

fn hash_of_migrations() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut hash = Sha256::new();
    for file in files_below(&folder) {
        hash.update(std::fs::read(file).expect("a migration"));
    }
    hash.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
