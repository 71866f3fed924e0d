//! `newsline serve`.

use std::net::TcpListener;

use actix_web::web::Data;

use super::CommandError;
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Settings;

/// Serves until a signal stops it; requests in flight are answered first.
pub async fn run(settings: Settings) -> Result<(), CommandError> {
    let app = Data::new(App::start(settings, Clock::default()).await?);
    let listener = TcpListener::bind(app.settings.bind)?;
    tracing::info!(address = %listener.local_addr()?, database = ?app.settings.db.url, "serving");
    app::server(app, listener)?.await?;
    tracing::info!("stopped");
    Ok(())
}
