//! `newsline bench generate`: a database as large as wanted, always the same for the same seed, written
//! in bulk as publishing would have written it text by text.

mod chance;
mod generate;
mod newsroom;
mod rows;
mod saying;
mod story;
mod words;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

pub use generate::{Made, Order, generate};

use super::CommandError;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Settings;

#[derive(Subcommand)]
pub enum Command {
    /// Fill the database of DATABASE_URL with published articles in three languages
    Generate(Order),
}

pub(super) async fn run(command: Command, settings: Settings) -> Result<(), CommandError> {
    let Command::Generate(order) = command;
    order.check().map_err(CommandError::Refused)?;
    let app = App::start(settings, Clock::default()).await?;
    let bar = ProgressBar::new(order.texts).with_style(style());
    let begun = std::time::Instant::now();
    let made = generate(&app.db, &order, |texts| bar.set_position(texts)).await?;
    bar.finish_and_clear();
    let Made {
        articles,
        texts,
        quotes,
        sources,
        most_quoted,
    } = made;
    let per_second = texts as f64 / begun.elapsed().as_secs_f64();
    println!(
        "{texts} texts of {articles} articles, {quotes} quotes of {sources} sources; {per_second:.0} texts a second"
    );
    if let Some((id, sums)) = most_quoted {
        let (quotes, statements) = (sums.quotes, sums.statements);
        println!("source {id} said {statements} statements in {quotes} quotes");
    }
    Ok(())
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template(
        "{wide_bar} {human_pos} of {human_len} texts, {per_sec}, {eta} left",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar())
}
