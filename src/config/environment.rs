//! What the environment says, and the file `.env` beside it.

use std::collections::HashMap;
use std::str::FromStr;

use super::{ConfigError, SETTINGS};

/// In the working folder.
const FILE: &str = ".env";

/// What the environment says; a value that is empty counts as not set.
pub struct Environment(HashMap<String, String>);

impl Environment {
    /// The process's own, after a `.env` file in the working folder was added to it.
    pub fn of_process() -> Result<Self, ConfigError> {
        match dotenvy::from_path(FILE) {
            Err(error) if !error.not_found() => return Err(unreadable(&error)),
            _ => {}
        }
        let mut known = HashMap::new();
        for (name, value) in std::env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) if !value.is_empty() => {
                    known.insert(name, value);
                }
                (Ok(name), Err(_)) => {
                    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
                        return Err(ConfigError {
                            name: setting.name,
                            problem: "expected UTF-8".to_owned(),
                        });
                    }
                }
                // Empty, or nothing of ours.
                _ => {}
            }
        }
        Ok(Self(known))
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

    /// A setting that nobody reads is a setting that somebody believes in.
    pub(super) fn refuse_unknown(&self) -> Result<(), ConfigError> {
        let is_setting = |name: &str| SETTINGS.iter().any(|setting| setting.name == name);
        let unknown = self.0.iter().find(|(name, value)| {
            name.starts_with("NEWSLINE_") && !is_setting(name) && !is_of_a_service(name, value)
        });
        match unknown {
            None => Ok(()),
            Some((name, _)) => Err(ConfigError {
                name: "the environment",
                problem: format!("{name} is no setting of Newsline; .env.example has all of them"),
            }),
        }
    }

    pub(super) fn parse<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError>
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

/// What Kubernetes tells everybody of a service whose name begins with `newsline`, such as
/// `NEWSLINE_SERVICE_HOST` and `NEWSLINE_PORT=tcp://10.0.0.1:80`.
fn is_of_a_service(name: &str, value: &str) -> bool {
    name.contains("_SERVICE_")
        || name.contains("_PORT_")
        || (name.ends_with("_PORT") && value.contains("://"))
}

/// Names the line, and not what stands in it: that may be a password.
fn unreadable(error: &dotenvy::Error) -> ConfigError {
    let problem = match error {
        dotenvy::Error::LineParse(end, _) => {
            let content = std::fs::read_to_string(FILE).unwrap_or_default();
            let line = content.lines().position(|line| line.ends_with(end));
            let line = line.map_or("a line".to_owned(), |nth| format!("line {}", nth + 1));
            format!("{line} cannot be read; a value with spaces stands in quotation marks")
        }
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "it cannot be read".to_owned(),
    };
    ConfigError {
        name: FILE,
        problem,
    }
}
