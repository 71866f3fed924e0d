//! The settings: all from the environment (and a file `.env` beside the program), each in
//! [`SETTINGS`], each in `.env.example`. A wrong one is named at start.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use actix_web::http::header::HeaderValue;

use crate::auth::outside::ProviderSettings;
use crate::auth::secret::{Secret, SecretError};
use crate::db::{DatabaseUrl, DbSettings};
use crate::http::address::TrustedProxies;
use crate::http::limits::Quotas;
use crate::http::metrics::MetricsAccess;
use crate::language::Lang;

/// One setting: its name, its default (none where it must or may be left out), what it is.
pub struct Setting {
    pub name: &'static str,
    pub default: Option<&'static str>,
    pub about: &'static str,
}

const fn setting(
    name: &'static str,
    default: Option<&'static str>,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        about,
    }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting(
        "DATABASE_URL",
        Some("sqlite://data/newsline.db"),
        "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME",
    ),
    setting(
        "DATABASE_CONNECTIONS",
        Some("8"),
        "connections to the database that are kept open, 1 to 500",
    ),
    setting(
        "DATABASE_WAIT_SECONDS",
        Some("5"),
        "seconds that a request waits for a connection, 1 to 600",
    ),
    setting(
        "DATABASE_STATEMENT_SECONDS",
        Some("20"),
        "seconds that one statement may take on PostgreSQL, 1 to 600",
    ),
    setting(
        "NEWSLINE_BIND",
        Some("127.0.0.1:8080"),
        "address and port to listen on",
    ),
    setting(
        "NEWSLINE_WORKERS",
        Some("0"),
        "threads that answer requests; 0 is one per processor",
    ),
    setting(
        "NEWSLINE_DATA_DIR",
        Some("data"),
        "folder for the embedded database's secret",
    ),
    setting(
        "NEWSLINE_PUBLIC_URL",
        Some("http://127.0.0.1:8080"),
        "the address under which clients reach this API",
    ),
    setting(
        "NEWSLINE_SECRET",
        None,
        "at least 32 random bytes as text; required on PostgreSQL, made at first start otherwise",
    ),
    setting(
        "NEWSLINE_SECRET_PREVIOUS",
        None,
        "the secret until now, for `newsline keys rewrap` only",
    ),
    setting(
        "NEWSLINE_LANGUAGES",
        Some("az,ru,en"),
        "languages of a new site; the first is the fallback",
    ),
    setting(
        "NEWSLINE_MIGRATE",
        Some("false"),
        "true: apply pending migrations at start, also on PostgreSQL",
    ),
    setting(
        "NEWSLINE_CACHE_MIB",
        Some("64"),
        "memory for readers' answers that are kept ready, in MiB; 0 keeps none",
    ),
    setting(
        "NEWSLINE_DESK_ORIGINS",
        Some(""),
        "web origins that may call the newsroom's door, with commas between",
    ),
    setting(
        "NEWSLINE_TRUSTED_PROXIES",
        Some(""),
        "networks of proxies in front, whose X-Forwarded-For is believed, with commas between",
    ),
    setting(
        "NEWSLINE_LIMIT_SIGN_IN",
        Some("60/60"),
        "sign-ins and refreshes from one address: REQUESTS/SECONDS, or off",
    ),
    setting(
        "NEWSLINE_LIMIT_ACCOUNT",
        Some("10/900"),
        "wrong passwords for one account from one address",
    ),
    setting(
        "NEWSLINE_LIMIT_STRANGERS",
        Some("100/3600"),
        "passwords for one account from all addresses where nobody has signed in to it before",
    ),
    setting(
        "NEWSLINE_LIMIT_DESK",
        Some("3000/60"),
        "requests at the newsroom's door by one user or API key",
    ),
    setting(
        "NEWSLINE_OIDC_ISSUER",
        None,
        "the issuer of an outside identity provider whose access tokens are taken",
    ),
    setting(
        "NEWSLINE_OIDC_AUDIENCE",
        None,
        "the audience that stands for this API in its tokens",
    ),
    setting(
        "NEWSLINE_OIDC_JWKS_URL",
        None,
        "where it publishes its keys: an https address, or http on this machine",
    ),
    setting(
        "NEWSLINE_OIDC_ROLE_CLAIM",
        Some("roles"),
        "the claim with the roles, by its name or the way to it such as realm_access.roles",
    ),
    setting(
        "NEWSLINE_OIDC_ROLES",
        Some(""),
        "what its roles mean, such as news-desk=editor,chiefs=admin; none: it uses our words",
    ),
    setting(
        "NEWSLINE_METRICS_BIND",
        None,
        "address and port for /metrics alone, which is then not to be had elsewhere",
    ),
    setting(
        "NEWSLINE_METRICS_TOKEN",
        None,
        "at least 16 characters that /metrics asks for as a bearer token",
    ),
    setting(
        "NEWSLINE_LOG",
        Some("info"),
        "what is logged: error, warn, info, debug, or a tracing filter",
    ),
    setting("NEWSLINE_LOG_FORMAT", Some("text"), "text or json"),
    setting(
        "NEWSLINE_PASSWORD",
        None,
        "the password for `newsline user create` and `set-password`, instead of standard input",
    ),
];

/// A setting that cannot be used.
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
    pub data_dir: PathBuf,
    /// Without a slash at the end.
    pub public_url: String,
    pub languages: Vec<Lang>,
    pub migrate: bool,
    pub cache_bytes: u64,
    pub desk_origins: Vec<String>,
    pub trusted_proxies: TrustedProxies,
    pub limits: Quotas,
    pub metrics: MetricsAccess,
    /// The outside identity provider, where there is one.
    pub provider: Option<ProviderSettings>,
    secret: Option<String>,
}

/// What the environment says; a value that is empty counts as not set.
pub struct Environment(HashMap<String, String>);

impl Environment {
    /// The process's own, after a `.env` file in the working folder was added to it.
    pub fn of_process() -> Self {
        let _ = dotenvy::dotenv();
        Self(
            std::env::vars()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        )
    }

    pub fn from_pairs(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// The value of a setting, or its default.
    pub fn get(&self, name: &str) -> Option<&str> {
        let default = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .and_then(|setting| setting.default);
        self.0.get(name).map(String::as_str).or(default)
    }

    /// True where the setting was given, so that its default does not hold.
    pub fn gives(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn parse<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        let value = self.get(name).unwrap_or_default();
        value.parse().map_err(|error: T::Err| ConfigError {
            name,
            problem: error.to_string(),
        })
    }
}

impl Settings {
    pub fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let seconds =
            |name| within(environment.parse::<u64>(name)?, 1..=600, name).map(Duration::from_secs);
        let db = DbSettings {
            url: environment.parse::<DatabaseUrl>("DATABASE_URL")?,
            connections: within(
                environment.parse("DATABASE_CONNECTIONS")?,
                1..=500,
                "DATABASE_CONNECTIONS",
            )?,
            wait: seconds("DATABASE_WAIT_SECONDS")?,
            statement_timeout: seconds("DATABASE_STATEMENT_SECONDS")?,
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
            },
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
