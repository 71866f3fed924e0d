//! `newsline serve`.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::web::Data;

use super::CommandError;
use crate::app::{self, App, metrics_server};
use crate::chores::tidy_up;
use crate::clock::Clock;
use crate::config::Settings;
use crate::memory;

/// How often what nobody may ask for any more is thrown away.
const CHORES: Duration = Duration::from_secs(3600);

async fn housekeeping(app: Data<App>) {
    let mut times = actix_web::rt::time::interval(CHORES);
    loop {
        times.tick().await;
        if let Err(problem) = tidy_up(&app).await {
            tracing::warn!(%problem, "old rows could not be thrown away");
        }
        memory::give_back();
    }
}

/// Serves until a signal stops it; requests in flight are answered first.
pub async fn run(settings: Settings) -> Result<(), CommandError> {
    let app = Data::new(App::start(settings, Clock::default()).await?);
    let listener = listen("NEWSLINE_BIND", app.settings.bind)?;
    tracing::info!(address = %listener.local_addr()?, database = ?app.settings.db.url, "serving");
    until_stopped(app, listener).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Serves, and does the chores beside it, until a signal.
pub async fn until_stopped(app: Data<App>, listener: TcpListener) -> Result<(), CommandError> {
    let chores = actix_web::rt::spawn(housekeeping(app.clone()));
    let numbers = match app.settings.metrics.bind {
        Some(address) => {
            let listener = listen("NEWSLINE_METRICS_BIND", address)?;
            let server = metrics_server(app.clone(), listener)?;
            Some((server.handle(), actix_web::rt::spawn(server)))
        }
        None => None,
    };
    let served = app::server(app, listener)?.await;
    chores.abort();
    if let Some((handle, _)) = numbers {
        handle.stop(false).await;
    }
    Ok(served?)
}

/// Takes the address, or says which one cannot be had.
pub fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).map_err(|error| {
        CommandError::Refused(format!("{setting}: cannot listen on {address}: {error}"))
    })
}
