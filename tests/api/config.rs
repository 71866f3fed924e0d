//! A wrong setting is named at start, and nothing is made on the way.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use newsline::config::{Environment, SETTINGS, Settings};
use newsline::logging::LogSettings;

fn read(name: &'static str, value: &str) -> Result<Settings, String> {
    let environment = Environment::from_pairs([(name, value.to_owned())]);
    let log = LogSettings::read(&environment).map(drop);
    log.and_then(|()| Settings::read(&environment))
        .map_err(|error| error.to_string())
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
        ("NEWSLINE_LOG", "verbose"),
        ("NEWSLINE_LOG", "newsline=loud"),
        ("NEWSLINE_LOG_FORMAT", "JSON"),
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
fn a_setting_that_there_is_not_is_named() {
    for name in ["NEWSLINE_TRUSTED_PROXY", "NEWSLINE_PORT"] {
        let error = read(name, "9000").err().expect("it is no setting");
        assert!(error.contains(name), "{error}");
    }
    for (name, value) in [
        ("NEWSLINE_PORT", "tcp://10.0.0.1:80"),
        ("NEWSLINE_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("NEWSLINE_API_SERVICE_HOST", "10.0.0.1"),
        ("NEWSDESK", "something else's"),
    ] {
        assert!(read(name, value).is_ok(), "{name}={value} was refused");
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

/// What `newsline serve` says in a folder with this `.env`; it must not start.
fn said_of_env_file(content: &str, name: &str, value: &OsStr) -> String {
    let folder = std::env::temp_dir().join(format!("newsline-config-{}", uuid::Uuid::now_v7()));
    let below = folder.join("below");
    std::fs::create_dir_all(&below).expect("a folder");
    // Nobody asked for the one of another folder.
    std::fs::write(folder.join(".env"), "NEWSLINE_BIND=elsewhere\n").expect("a file");
    std::fs::write(below.join(".env"), content).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_newsline"))
        .arg("serve")
        .current_dir(&below)
        .env_clear()
        .env("DATABASE_URL", "mysql://nowhere")
        .env(name, value)
        .output()
        .expect("the program");
    assert!(!output.status.success());
    std::fs::remove_dir_all(&folder).expect("the folder");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_of_settings_is_read_whole_or_not_at_all() {
    let said = |content| said_of_env_file(content, "LANG", OsStr::new("C"));
    let broken =
        said("# Proxies\nNEWSLINE_TRUSTED_PROXIES=127.0.0.1, 10.0.0.0/8\nNEWSLINE_LOG=off\n");
    assert!(broken.contains(".env: line 2 cannot be read"), "{broken}");
    let secret = said("NEWSLINE_PASSWORD=hunter2 and more\n");
    assert!(
        secret.contains(".env: line 1 cannot be read") && !secret.contains("hunter2"),
        "{secret}"
    );
    let unknown = said("NEWSLINE_TRUSTED_PROXY=127.0.0.1\n");
    assert!(
        unknown.contains("NEWSLINE_TRUSTED_PROXY is no"),
        "{unknown}"
    );
    let whole = said("NEWSLINE_LOG='warn,newsline=debug'\n");
    assert!(whole.contains("DATABASE_URL: "), "{whole}");
}

#[cfg(unix)]
#[test]
fn what_is_no_utf8_is_named_where_it_is_a_setting() {
    use std::os::unix::ffi::OsStrExt;
    let other = OsStr::from_bytes(b"\xff");
    let said = said_of_env_file("", "NEWSLINE_BIND", other);
    assert!(said.contains("NEWSLINE_BIND: expected UTF-8"), "{said}");
    let said = said_of_env_file("", "SOMETHING_ELSE", other);
    assert!(said.contains("DATABASE_URL: "), "{said}");
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

/// What the first start makes holds hashes of passwords, addresses and drafts.
#[cfg(unix)]
#[test]
fn what_the_first_start_makes_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("newsline-first-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let listed = Command::new(env!("CARGO_BIN_EXE_newsline"))
        .args(["user", "list"])
        .current_dir(&folder)
        .env_clear()
        .env("DATABASE_URL", "sqlite://kept/here/newsline.db")
        .output()
        .expect("the program");
    assert!(listed.status.success(), "{listed:?}");
    let mode = |path: &str| {
        let found = std::fs::metadata(folder.join(path)).unwrap_or_else(|_| panic!("no {path}"));
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("kept"), 0o700);
    assert_eq!(mode("kept/here"), 0o700);
    assert_eq!(mode("kept/here/newsline.db"), 0o600);
    std::fs::remove_dir_all(&folder).expect("the folder");
}
