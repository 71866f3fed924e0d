//! Every setting with its name, its default and what it is, as `.env.example` and the README list them.

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
        "DATABASE_REPLICA_URLS",
        Some(""),
        "hot standbys of a PostgreSQL for readers' reads, with commas between",
    ),
    setting(
        "NEWSLINE_PG_POOLED",
        Some("false"),
        "true: DATABASE_URL leads to a pooler in transaction mode, such as PgBouncer",
    ),
    setting(
        "DATABASE_CONNECTIONS",
        Some("8"),
        "connections that are kept open to the database and to each replica, 1 to 500",
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
        "DATABASE_GROUP",
        Some("64"),
        "writes that SQLite commits together at most, 1 to 1024; 1: each by itself",
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
        "NEWSLINE_CONNECTIONS",
        Some("10000"),
        "connections of clients at once, 1 to 1000000; more wait until there is room",
    ),
    setting(
        "NEWSLINE_HEADER_SECONDS",
        Some("10"),
        "seconds that the headers of a request may take to arrive, 1 to 600",
    ),
    setting(
        "NEWSLINE_BODY_SECONDS",
        Some("20"),
        "seconds that the body of a request may take to arrive, 1 to 600",
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
        "NEWSLINE_LIMIT_REVIEWS",
        Some("20/3600"),
        "reviews left or changed from one address",
    ),
    setting(
        "NEWSLINE_LIMIT_ARTICLE_REVIEWS",
        Some("300/3600"),
        "reviews left on one article from all addresses",
    ),
    setting(
        "NEWSLINE_REVIEW_LINKS",
        Some("2"),
        "links that the words of a review may have, 0 to 100",
    ),
    setting(
        "NEWSLINE_REVIEW_REPEAT_HOURS",
        Some("24"),
        "hours in which the same words from one address are one review, 0 to 720",
    ),
    setting(
        "NEWSLINE_KEEP_ADDRESSES_DAYS",
        Some("30"),
        "days that the network address of a review is kept, 0 to 3650; 0 keeps none",
    ),
    setting(
        "NEWSLINE_KEEP_EMAILS_DAYS",
        Some("365"),
        "days that the e-mail address of a review is kept, 0 to 3650; 0 keeps none",
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
