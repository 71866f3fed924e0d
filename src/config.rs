//! The settings: all from the environment (and a file `.env` in the working folder), each in
//! [`SETTINGS`], each in `.env.example`. A wrong one is named at start.

mod environment;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::http::header::HeaderValue;

use crate::auth::outside::ProviderSettings;
use crate::auth::secret::{Secret, SecretError};
use crate::db::{DatabaseUrl, DbSettings, ReplicaUrls};
use crate::http::address::TrustedProxies;
use crate::http::limits::Quotas;
use crate::http::metrics::MetricsAccess;
use crate::language::Lang;
pub use environment::Environment;
pub use table::{SETTINGS, Setting};

/// A setting that cannot be used, or where settings come from.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    pub name: &'static str,
    pub problem: String,
}

/// The settings of a server, read and checked.
#[derive(Clone)]
pub struct Settings {
    pub db: DbSettings,
    pub bind: SocketAddr,
    pub workers: usize,
    /// Of clients, of all workers together.
    pub connections: usize,
    /// How long the headers of a request may take to arrive.
    pub header_time: Duration,
    /// How long its body may take after that.
    pub body_time: Duration,
    pub data_dir: PathBuf,
    /// Without a slash at the end.
    pub public_url: String,
    pub languages: Vec<Lang>,
    pub migrate: bool,
    pub cache_bytes: u64,
    pub desk_origins: Vec<String>,
    pub trusted_proxies: TrustedProxies,
    pub limits: Quotas,
    pub guests: GuestSettings,
    pub metrics: MetricsAccess,
    /// The outside identity provider, where there is one.
    pub provider: Option<ProviderSettings>,
    secret: Option<String>,
}

/// What is asked of the reviews that readers leave, and how long what they give of themselves is kept.
#[derive(Debug, Clone, Copy)]
pub struct GuestSettings {
    /// Links in the words of a review.
    pub links: usize,
    /// For so long the same words from one address are a repetition; 0 for never.
    pub repeat_hours: i64,
    /// 0 where no address is kept at all.
    pub address_days: i64,
    /// 0 where no e-mail address is kept at all.
    pub email_days: i64,
}

impl GuestSettings {
    fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let up_to = |most, name| within(environment.parse::<i64>(name)?, 0..=most, name);
        let links = "NEWSLINE_REVIEW_LINKS";
        Ok(Self {
            links: within(environment.parse(links)?, 0..=100, links)?,
            repeat_hours: up_to(720, "NEWSLINE_REVIEW_REPEAT_HOURS")?,
            address_days: up_to(3650, "NEWSLINE_KEEP_ADDRESSES_DAYS")?,
            email_days: up_to(3650, "NEWSLINE_KEEP_EMAILS_DAYS")?,
        })
    }
}

impl Settings {
    pub fn read(environment: &Environment) -> Result<Self, ConfigError> {
        environment.refuse_unknown()?;
        let seconds =
            |name| within(environment.parse::<u64>(name)?, 1..=600, name).map(Duration::from_secs);
        let db = DbSettings {
            url: environment.parse::<DatabaseUrl>("DATABASE_URL")?,
            replicas: replicas(environment)?,
            pooled: environment.parse("NEWSLINE_PG_POOLED")?,
            connections: within(
                environment.parse("DATABASE_CONNECTIONS")?,
                1..=500,
                "DATABASE_CONNECTIONS",
            )?,
            wait: seconds("DATABASE_WAIT_SECONDS")?,
            statement_timeout: seconds("DATABASE_STATEMENT_SECONDS")?,
            group: within(
                environment.parse("DATABASE_GROUP")?,
                1..=1024,
                "DATABASE_GROUP",
            )?,
        };
        let public_url = public_url(environment)?;
        Ok(Self {
            db,
            bind: environment.parse("NEWSLINE_BIND")?,
            workers: within(
                environment.parse("NEWSLINE_WORKERS")?,
                0..=256,
                "NEWSLINE_WORKERS",
            )?,
            connections: within(
                environment.parse("NEWSLINE_CONNECTIONS")?,
                1..=1_000_000,
                "NEWSLINE_CONNECTIONS",
            )?,
            header_time: seconds("NEWSLINE_HEADER_SECONDS")?,
            body_time: seconds("NEWSLINE_BODY_SECONDS")?,
            data_dir: environment.parse("NEWSLINE_DATA_DIR")?,
            provider: ProviderSettings::read(environment, &public_url)?,
            public_url,
            languages: languages(environment)?,
            migrate: environment.parse("NEWSLINE_MIGRATE")?,
            cache_bytes: cache_bytes(environment)?,
            desk_origins: origins(environment)?,
            trusted_proxies: environment.parse("NEWSLINE_TRUSTED_PROXIES")?,
            limits: Quotas {
                sign_in: environment.parse("NEWSLINE_LIMIT_SIGN_IN")?,
                account: environment.parse("NEWSLINE_LIMIT_ACCOUNT")?,
                strangers: environment.parse("NEWSLINE_LIMIT_STRANGERS")?,
                desk: environment.parse("NEWSLINE_LIMIT_DESK")?,
                reviews: environment.parse("NEWSLINE_LIMIT_REVIEWS")?,
                article_reviews: environment.parse("NEWSLINE_LIMIT_ARTICLE_REVIEWS")?,
            },
            guests: GuestSettings::read(environment)?,
            metrics: metrics_access(environment)?,
            secret: environment.get("NEWSLINE_SECRET").map(str::to_owned),
        })
    }

    /// The secret: the one given, or with an embedded database the one in the data folder, which
    /// is made at first start.
    pub fn secret(&self) -> Result<Secret, ConfigError> {
        let wrong = |error: SecretError| ConfigError {
            name: "NEWSLINE_SECRET",
            problem: error.to_string(),
        };
        match (&self.secret, &self.db.url) {
            (Some(secret), _) => Secret::parse(secret).map_err(wrong),
            (None, DatabaseUrl::Sqlite(_)) => {
                Secret::load_or_create(&self.data_dir.join("secret")).map_err(wrong)
            }
            (None, DatabaseUrl::Postgres(_)) => Err(ConfigError {
                name: "NEWSLINE_SECRET",
                problem: "must be set with PostgreSQL; make one with: openssl rand -base64 32"
                    .to_owned(),
            }),
        }
    }

    /// Whether clients reach this API by TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https:")
    }

    /// True where a page of this origin may call the newsroom's door.
    pub fn allows_origin(&self, origin: &HeaderValue) -> bool {
        origin
            .to_str()
            .is_ok_and(|origin| self.desk_origins.iter().any(|known| known == origin))
    }
}

fn within<T: PartialOrd + std::fmt::Display + Copy>(
    value: T,
    range: std::ops::RangeInclusive<T>,
    name: &'static str,
) -> Result<T, ConfigError> {
    match range.contains(&value) {
        true => Ok(value),
        false => {
            let problem = format!(
                "expected a number from {} to {}, found {value}",
                range.start(),
                range.end()
            );
            Err(ConfigError { name, problem })
        }
    }
}

fn replicas(environment: &Environment) -> Result<ReplicaUrls, ConfigError> {
    let name = "DATABASE_REPLICA_URLS";
    let replicas: ReplicaUrls = environment.parse(name)?;
    match environment.parse("DATABASE_URL")? {
        DatabaseUrl::Sqlite(_) if !replicas.is_empty() => Err(ConfigError {
            name,
            problem: "only a PostgreSQL has replicas, and DATABASE_URL is none".to_owned(),
        }),
        _ => Ok(replicas),
    }
}

fn cache_bytes(environment: &Environment) -> Result<u64, ConfigError> {
    let name = "NEWSLINE_CACHE_MIB";
    let mib = within(environment.parse::<u64>(name)?, 0..=1_048_576, name)?;
    Ok(mib * 1024 * 1024)
}

fn public_url(environment: &Environment) -> Result<String, ConfigError> {
    let name = "NEWSLINE_PUBLIC_URL";
    let url: url::Url = environment.parse(name)?;
    match matches!(url.scheme(), "http" | "https") && url.query().is_none() {
        true => Ok(url.as_str().trim_end_matches('/').to_owned()),
        false => Err(ConfigError {
            name,
            problem: "expected an http or https address without a query".to_owned(),
        }),
    }
}

fn metrics_access(environment: &Environment) -> Result<MetricsAccess, ConfigError> {
    let bind = environment.get("NEWSLINE_METRICS_BIND");
    let bind = bind.map(|_| environment.parse("NEWSLINE_METRICS_BIND"));
    let name = "NEWSLINE_METRICS_TOKEN";
    let token = environment.get(name).map(str::to_owned);
    match &token {
        Some(token) if token.len() < 16 => Err(ConfigError {
            name,
            problem: "expected at least 16 characters".to_owned(),
        }),
        _ => Ok(MetricsAccess::new(bind.transpose()?, token)),
    }
}

fn languages(environment: &Environment) -> Result<Vec<Lang>, ConfigError> {
    let name = "NEWSLINE_LANGUAGES";
    let list: crate::language::LangList = environment.parse(name)?;
    Ok(list.tags().to_vec())
}

/// The origins as browsers write them: in lower case, without the port that the scheme implies.
fn origins(environment: &Environment) -> Result<Vec<String>, ConfigError> {
    let name = "NEWSLINE_DESK_ORIGINS";
    let list = environment.get(name).unwrap_or_default();
    list.split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .map(|text| {
            origin(text).ok_or_else(|| ConfigError {
                name,
                problem: format!("expected origins such as https://desk.example.az, found {text}"),
            })
        })
        .collect()
}

fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let origin = url.origin().ascii_serialization();
    // Whatever else an address may have (a path, a query, a user) would stand behind the slash.
    let bare = url.as_str() == format!("{origin}/");
    (bare && matches!(url.scheme(), "http" | "https")).then_some(origin)
}
