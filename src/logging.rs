//! What is logged, and how: `NEWSLINE_LOG` and `NEWSLINE_LOG_FORMAT`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{ConfigError, Environment};

/// The two settings, read and checked.
pub struct LogSettings {
    filter: EnvFilter,
    is_json: bool,
}

impl LogSettings {
    pub fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let wrong = |name, problem: String| Err(ConfigError { name, problem });
        let name = "NEWSLINE_LOG";
        let asked = environment.get(name).unwrap_or_default();
        let filter = match filter(asked) {
            Ok(filter) => filter,
            Err(problem) => return wrong(name, problem),
        };
        let name = "NEWSLINE_LOG_FORMAT";
        let is_json = match environment.get(name) {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => return wrong(name, format!("expected text or json, found {other}")),
        };
        Ok(Self { filter, is_json })
    }

    /// Logs go to standard error, so that standard output is the answer of a command.
    pub fn begin(self) {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(self.filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_target(false);
        match self.is_json {
            true => subscriber.json().init(),
            false => subscriber.init(),
        }
    }
}

/// A mere level is that of Newsline's own lines, which show nothing of what people send; those of the
/// libraries might, and are asked for by name. To actix a request that is broken as HTTP is an error,
/// which anybody could fill the log with.
fn filter(asked: &str) -> Result<EnvFilter, String> {
    let directives = match asked.parse::<LevelFilter>() {
        Ok(LevelFilter::OFF) => asked.to_owned(),
        Ok(level) => format!("warn,actix_http::h1=off,newsline={level}"),
        // To the filter a mere word is a library, of which it would show everything.
        Err(_) if !asked.contains(['=', ',', '[']) => {
            return Err(format!(
                "expected error, warn, info, debug, trace, off, or a filter such as warn,newsline=debug, found {asked}"
            ));
        }
        Err(_) => asked.to_owned(),
    };
    EnvFilter::try_new(directives).map_err(|error| error.to_string())
}
