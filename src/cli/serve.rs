//! `newsline serve`.

use std::net::{SocketAddr, TcpListener};

use actix_web::web::Data;

use super::CommandError;
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Settings;

/// Serves until a signal stops it; requests in flight are answered first.
pub async fn run(settings: Settings) -> Result<(), CommandError> {
    let app = Data::new(App::start(settings, Clock::default()).await?);
    let listener = listen(app.settings.bind)?;
    tracing::info!(address = %listener.local_addr()?, database = ?app.settings.db.url, "serving");
    app::server(app, listener)?.await?;
    tracing::info!("stopped");
    Ok(())
}

/// Takes the address, or says which one cannot be had.
pub fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).map_err(|error| {
        CommandError::Refused(format!(
            "NEWSLINE_BIND: cannot listen on {address}: {error}"
        ))
    })
}
