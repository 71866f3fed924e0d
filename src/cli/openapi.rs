//! `newsline openapi`: the document on standard output, the same on every machine.

use super::CommandError;
use crate::app;
use crate::config::SETTINGS;

/// The committed document names the default address, whatever is set here.
pub fn print() -> Result<(), CommandError> {
    let public_url = SETTINGS
        .iter()
        .find(|setting| setting.name == "NEWSLINE_PUBLIC_URL")
        .and_then(|it| it.default);
    let document = app::document(public_url.unwrap_or_default());
    let text = document
        .to_pretty_json()
        .map_err(|error| CommandError::Refused(error.to_string()))?;
    println!("{text}");
    Ok(())
}
