//! A wrong setting is named at start, and nothing is made on the way.

use std::path::Path;
use std::process::Command;

use newsline::config::{Environment, SETTINGS, Settings};

fn read(name: &'static str, value: &str) -> Result<Settings, String> {
    let environment = Environment::from_pairs([(name, value.to_owned())]);
    Settings::read(&environment).map_err(|error| error.to_string())
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let settings = Settings::read(&Environment::from_pairs([])).expect("defaults");
    assert_eq!(settings.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(
        settings
            .languages
            .iter()
            .map(newsline::language::Lang::as_str)
            .collect::<Vec<_>>(),
        ["az", "ru", "en"]
    );
}

#[test]
fn a_wrong_setting_is_named() {
    for (name, value) in [
        ("DATABASE_URL", "mysql://localhost/newsline"),
        ("DATABASE_URL", "newsline.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_REPLICA_URLS", "sqlite://replica.db"),
        ("DATABASE_REPLICA_URLS", "replica.example.az"),
        // The default is an embedded database.
        ("DATABASE_REPLICA_URLS", "postgres://replica.example.az/n"),
        ("NEWSLINE_PG_POOLED", "yes"),
        ("DATABASE_CONNECTIONS", "0"),
        ("DATABASE_CONNECTIONS", "501"),
        ("DATABASE_CONNECTIONS", "many"),
        ("DATABASE_WAIT_SECONDS", "-1"),
        ("DATABASE_WAIT_SECONDS", "0"),
        ("DATABASE_WAIT_SECONDS", "601"),
        ("DATABASE_STATEMENT_SECONDS", "1.5"),
        ("DATABASE_STATEMENT_SECONDS", "0"),
        ("DATABASE_STATEMENT_SECONDS", "601"),
        ("DATABASE_GROUP", "0"),
        ("DATABASE_GROUP", "1025"),
        ("NEWSLINE_BIND", "8080"),
        ("NEWSLINE_WORKERS", "-1"),
        ("NEWSLINE_WORKERS", "257"),
        ("NEWSLINE_PUBLIC_URL", "api.example.az"),
        ("NEWSLINE_PUBLIC_URL", "ftp://api.example.az"),
        ("NEWSLINE_PUBLIC_URL", "https://api.example.az/?a=b"),
        ("NEWSLINE_LANGUAGES", "azerbaijani language"),
        ("NEWSLINE_LANGUAGES", ","),
        ("NEWSLINE_MIGRATE", "yes"),
        ("NEWSLINE_TRUSTED_PROXIES", "10.0.0.0/40"),
        ("NEWSLINE_TRUSTED_PROXIES", "everybody"),
        ("NEWSLINE_LIMIT_SIGN_IN", "60"),
        ("NEWSLINE_LIMIT_ACCOUNT", "0/60"),
        ("NEWSLINE_LIMIT_STRANGERS", "-1/60"),
        ("NEWSLINE_LIMIT_DESK", "none"),
        ("NEWSLINE_LIMIT_REVIEWS", "20"),
        ("NEWSLINE_LIMIT_ARTICLE_REVIEWS", "0/60"),
        ("NEWSLINE_REVIEW_LINKS", "101"),
        ("NEWSLINE_REVIEW_REPEAT_HOURS", "721"),
        ("NEWSLINE_KEEP_ADDRESSES_DAYS", "-1"),
        ("NEWSLINE_KEEP_EMAILS_DAYS", "3651"),
        ("NEWSLINE_CONNECTIONS", "0"),
        ("NEWSLINE_HEADER_SECONDS", "0"),
        ("NEWSLINE_BODY_SECONDS", "601"),
        ("NEWSLINE_METRICS_BIND", "9100"),
        ("NEWSLINE_METRICS_TOKEN", "short"),
        ("NEWSLINE_DESK_ORIGINS", "*"),
        ("NEWSLINE_DESK_ORIGINS", "desk.example.az"),
        ("NEWSLINE_DESK_ORIGINS", "ftp://desk.example.az"),
        ("NEWSLINE_DESK_ORIGINS", "https://desk.example.az/login"),
        (
            "NEWSLINE_DESK_ORIGINS",
            "https://desk.example.az, https://me@desk.example.az",
        ),
    ] {
        let error = read(name, value)
            .err()
            .unwrap_or_else(|| panic!("{name}={value} was taken"));
        assert!(
            error.starts_with(&format!("{name}: ")),
            "{name}={value}: {error}"
        );
    }
}

#[test]
fn origins_are_read_as_browsers_write_them() {
    let origins = " https://Desk.example.az:443/, http://localhost:3000,";
    let settings = read("NEWSLINE_DESK_ORIGINS", origins).expect("settings");
    assert_eq!(
        settings.desk_origins,
        ["https://desk.example.az", "http://localhost:3000"]
    );
}

#[test]
fn postgresql_needs_a_secret() {
    let settings =
        read("DATABASE_URL", "postgres://newsline@localhost/newsline").expect("settings");
    let error = settings
        .secret()
        .map(drop)
        .expect_err("no secret")
        .to_string();
    assert!(error.starts_with("NEWSLINE_SECRET: "), "{error}");
}

#[test]
fn a_secret_that_can_be_guessed_is_refused() {
    for secret in [
        "hunter2",
        "a".repeat(64).as_str(),
        "changeme-changeme-changeme-changeme",
    ] {
        let settings = read("NEWSLINE_SECRET", secret).expect("settings");
        let error = settings
            .secret()
            .map(drop)
            .expect_err("no secret")
            .to_string();
        assert!(
            error.starts_with("NEWSLINE_SECRET: ") && !error.contains(secret),
            "{error}"
        );
    }
}

#[test]
fn settings_show_no_password() {
    let settings = read(
        "DATABASE_URL",
        "postgres://newsline:hunter2@localhost/newsline",
    )
    .expect("settings");
    assert!(!format!("{:?}", settings.db).contains("hunter2"));
}

#[test]
fn a_database_of_an_unknown_kind_is_an_error_and_never_a_new_file() {
    let folder = std::env::temp_dir().join(format!("newsline-config-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_newsline"))
        .arg("serve")
        .current_dir(&folder)
        .env_clear()
        .env("DATABASE_URL", "newsline.db")
        .output()
        .expect("the program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("DATABASE_URL: "), "{said}");
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 0);
    std::fs::remove_dir_all(&folder).expect("the folder");
}

#[test]
fn the_example_file_has_every_setting() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example");
    let example = std::fs::read_to_string(file).expect(".env.example");
    let settings: Vec<String> = SETTINGS
        .iter()
        .map(|setting| {
            format!(
                "# {}\n#{}={}\n",
                setting.about,
                setting.name,
                setting.default.unwrap_or_default()
            )
        })
        .collect();
    for setting in &settings {
        assert!(
            example.contains(setting.as_str()),
            "missing in .env.example:\n{setting}"
        );
    }
    let named = example
        .lines()
        .filter(|line| line.contains('=') && !line.starts_with("# "))
        .count();
    assert_eq!(
        named,
        settings.len(),
        ".env.example has a setting that is none"
    );
}
