//! The whole app: what is shared by all requests, what is mounted where, and the server.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant as Moment;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::Compress;
use actix_web::web::{self, Data};
use actix_web::{HttpServer, Responder};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::auth::api_keys::LastUses;
use crate::auth::keyring::{KeyRing, KeyRingError};
use crate::auth::outside::Provider;
use crate::auth::secret::Secret;
use crate::clock::Clock;
use crate::config::{ConfigError, Settings};
use crate::db::migrations::{self, MigrationError};
use crate::db::{DatabaseUrl, Db, OpenError, ReadersDb, dialect};
use crate::http::cache::ReadCache;
use crate::http::cache::asking::Languages;
use crate::http::front_door::{FrontDoor, at_hand};
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::http::mounts::Mounts;
use crate::http::openapi;
use crate::http::page::CursorKey;
use crate::http::problem::Problem;
use crate::http::route_table::RouteTable;
use crate::site::Site;
use crate::system::SentDocument;
use crate::{
    api_keys, articles, auth, changes, feeds, lists, notices, pages, private, quotes, reports,
    reviews, sections, site, sorting, sources, system, topics, users,
};

/// What all requests share.
pub struct App {
    pub db: Db,
    /// The database for what answers readers.
    pub readers: ReadersDb,
    pub settings: Settings,
    pub secret: Secret,
    pub cursors: CursorKey,
    pub keys: KeyRing,
    pub metrics: Metrics,
    pub limits: Limits,
    pub last_uses: LastUses,
    /// The outside identity provider, where there is one.
    pub provider: Option<Provider>,
    pub routes: Arc<RouteTable>,
    pub cache: ReadCache,
    /// The OpenAPI document, as it is sent.
    pub document: Arc<SentDocument>,
    /// The `Content-Security-Policy` of `/docs`.
    pub docs_policy: String,
    site: Mutex<Option<SiteAtHand>>,
}

/// The site as it was last read, and on what that rests.
type SiteAtHand = (Arc<Site>, Arc<Languages>);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Migration(#[from] MigrationError),
    #[error("{0} migrations are pending: run `newsline migrate`, or set NEWSLINE_MIGRATE=true")]
    MigrationsPending(usize),
    /// `lc_messages` of a PostgreSQL that does not let itself be asked for another.
    #[error(
        "the database tells its errors in the language of {0}, by which they cannot be told apart. As a \
         superuser of the database: ALTER ROLE … SET lc_messages = 'C' for the role in DATABASE_URL"
    )]
    ForeignLanguage(String),
    #[error("the database cannot be used: {0}")]
    Database(#[from] Problem),
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    #[error("the client for the identity provider: {0}")]
    Provider(#[from] reqwest::Error),
    #[error("the route table: {0}")]
    Routes(String),
    #[error("the metrics: {0}")]
    Metrics(String),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl App {
    /// Opens the database, brings an embedded one up to date, and makes what the first start needs.
    pub async fn start(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        private::folders()
            .recursive(true)
            .create(&settings.data_dir)?;
        let secret = settings.secret()?;
        let db = ready_database(&settings, clock).await?;
        db.look_out().await?;
        site::ensure(&db, settings.languages.clone()).await?;
        lists::ensure(&db).await?;
        sorting::ensure(&db).await?;
        let keys = KeyRing::load(&db, &secret, &settings.public_url).await?;
        let (routes, document) = described(&settings.public_url)?;
        let metrics = Metrics::new().map_err(|error| StartError::Metrics(error.to_string()))?;
        Ok(Self {
            routes,
            cache: ReadCache::new(settings.cache_bytes, metrics.cache.clone()),
            readers: ReadersDb::open(db.clone(), &settings.db, metrics.replicas.clone()),
            metrics,
            site: Mutex::default(),
            cursors: CursorKey::new(secret.derive("cursors")),
            limits: Limits::new(&settings, db.clock()),
            last_uses: LastUses::default(),
            provider: settings.provider.clone().map(Provider::new).transpose()?,
            document,
            docs_policy: docs_policy(&settings.public_url),
            db,
            keys,
            secret,
            settings,
        })
    }

    /// The site as readers' answers show it, read anew only after it was changed.
    pub async fn site(&self) -> Result<Arc<Site>, Problem> {
        Ok(self.site_at_hand().await?.0)
    }

    /// The site's languages, and on what they rest.
    pub async fn languages(&self) -> Result<Arc<Languages>, Problem> {
        Ok(self.site_at_hand().await?.1)
    }

    async fn site_at_hand(&self) -> Result<SiteAtHand, Problem> {
        let at_hand = || self.site.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = self.db.touched();
        let held = at_hand().clone();
        let holds = |(_, languages): &SiteAtHand| {
            languages.hold(touched) && touched.is_present(Moment::now())
        };
        if let Some(held) = held.filter(holds) {
            return Ok(held);
        }
        let basis = touched.basis();
        let site = self
            .db
            .read(|conn| Ok::<_, Problem>(site::find(conn)?))
            .await?;
        let languages = Languages {
            chain: site.chain().to_vec(),
            grounds: touched.grounds(["site"], basis),
        };
        let read = (Arc::new(site), Arc::new(languages));
        *at_hand() = Some(read.clone());
        Ok(read)
    }
}

/// Opens the database that the settings name and, where that may be, brings it up to date.
pub async fn ready_database(settings: &Settings, clock: Clock) -> Result<Db, StartError> {
    let db = open_database(settings, clock)?;
    let foreign = db.read(|conn| Ok::<_, Problem>(dialect::foreign_language(conn)?));
    if let Some(locale) = foreign.await? {
        return Err(StartError::ForeignLanguage(locale));
    }
    let migrate = settings.migrate || matches!(settings.db.url, DatabaseUrl::Sqlite(_));
    bring_up_to_date(&db, migrate).await?;
    Ok(db)
}

/// Opens the database that the settings name, and makes the file of an embedded one.
pub fn open_database(settings: &Settings, clock: Clock) -> Result<Db, StartError> {
    if let DatabaseUrl::Sqlite(path) = &settings.db.url {
        make_file(path)?;
    }
    Ok(Db::open(&settings.db, clock)?)
}

/// SQLite would let everybody read a file that it makes; those that it puts beside one are as that.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        private::folders().recursive(true).create(folder)?;
    }
    match private::files().create_new(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

async fn bring_up_to_date(db: &Db, migrate: bool) -> Result<(), StartError> {
    let pending = db
        .read(|conn| Ok::<_, Problem>(migrations::pending(conn)))
        .await??;
    match (pending, migrate) {
        (0, _) => Ok(()),
        (pending, false) => Err(StartError::MigrationsPending(pending)),
        (_, true) => {
            for name in db
                .maintain(|conn| Ok::<_, Problem>(migrations::run(conn)))
                .await??
            {
                tracing::info!(name, "migrated");
            }
            Ok(())
        }
    }
}

/// Every route, with its documentation.
fn mount(mounts: &mut Mounts) {
    // First what readers ask most: the router looks through the addresses one by one.
    mounts
        .configure(articles::mount)
        .configure(pages::mount)
        .configure(quotes::mount)
        .configure(sources::mount)
        .configure(reviews::mount)
        .configure(notices::mount)
        .configure(lists::mount)
        .configure(sections::mount)
        .configure(topics::mount)
        .configure(site::mount)
        .configure(feeds::mount)
        .configure(changes::mount)
        .configure(reports::mount)
        .service(auth::routes::create_token)
        .service(auth::routes::refresh_token)
        .service(auth::routes::log_out)
        .service(auth::routes::get_me)
        .service(auth::routes::change_password)
        .service(auth::routes::get_jwks)
        .configure(users::mount)
        .configure(api_keys::mount)
        .configure(system::mount);
}

/// The OpenAPI document of the whole app.
pub fn document(public_url: &str) -> OpenApi {
    let (_, document) = actix_web::App::new()
        .into_utoipa_app()
        .configure(|config| mount(&mut Mounts::Document(config)))
        .split_for_parts();
    openapi::complete(document, public_url)
}

/// What is kept of the document.
type Described = (Arc<RouteTable>, Arc<SentDocument>);

/// The same for all apps of a process that have one address.
fn described(public_url: &str) -> Result<Described, StartError> {
    static KNOWN: Mutex<BTreeMap<String, Described>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(described) = known.get(public_url) {
        return Ok(described.clone());
    }
    let described = describe(public_url).map_err(StartError::Routes)?;
    known.insert(public_url.to_owned(), described.clone());
    Ok(described)
}

/// On a thread of its own, because it takes much memory, which is given back with the thread.
fn describe(public_url: &str) -> Result<Described, String> {
    let public_url = public_url.to_owned();
    let describe = move || {
        let document = document(&public_url);
        let json = document.to_json().map_err(|error| error.to_string())?;
        let routes = RouteTable::new(&document)?;
        Ok((Arc::new(routes), Arc::new(SentDocument::new(json))))
    };
    let broken_off = |_| Err("the document cannot be made".to_owned());
    std::thread::spawn(describe)
        .join()
        .unwrap_or_else(broken_off)
}

/// What the page of `/docs` may load: its own files, and answers of the API, also where the page is
/// opened under another address than the public one. The viewer writes styles into its elements.
fn docs_policy(public_url: &str) -> String {
    let origin = url::Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self' {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        origin.unwrap_or_default()
    )
}

/// How long requests in flight may take to end after a signal to stop.
const SHUTDOWN_SECONDS: u64 = 8;

/// All routes behind the front door. A server has before it what is at hand.
pub fn service(
    app: Data<App>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    // By itself the viewer would have the document judged by a service elsewhere.
    let viewer = Config::new(["/openapi.json"]).validator_url("none");
    let docs = SwaggerUi::new("/docs/{_:.*}").config(viewer);
    actix_web::App::new()
        .app_data(app.clone())
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .configure(|config| mount(&mut Mounts::Worker(config)))
        .service(web::redirect("/docs", "/docs/"))
        .service(docs)
        .default_service(web::to(nothing))
        .wrap(Compress::default())
        .wrap(FrontDoor(app))
}

/// The server on a listener; run it by awaiting it. It stops by itself on SIGTERM and SIGINT.
pub fn server(app: Data<App>, listener: TcpListener) -> std::io::Result<Server> {
    let workers = match app.settings.workers {
        0 => std::thread::available_parallelism()?.get(),
        workers => workers,
    };
    // The framework counts by worker.
    let connections = app.settings.connections.div_ceil(workers);
    let header_time = app.settings.header_time;
    let server = HttpServer::new(move || at_hand::before(app.clone(), service(app.clone())))
        .workers(workers)
        .max_connections(connections)
        .client_request_timeout(header_time)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?;
    Ok(server.run())
}

/// A server for `/metrics` alone, on a listener of its own (`NEWSLINE_METRICS_BIND`).
pub fn metrics_server(app: Data<App>, listener: TcpListener) -> std::io::Result<Server> {
    let service = move || {
        actix_web::App::new()
            .app_data(app.clone())
            .route("/metrics", web::get().to(system::show_metrics))
    };
    let server = HttpServer::new(service).workers(1).disable_signals();
    Ok(server.listen(listener)?.run())
}

async fn nothing() -> impl Responder {
    Err::<&str, _>(Problem::not_found())
}
