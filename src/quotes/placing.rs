//! Giving a quote another place in its text, and what its words have to do with it.

use super::anchor::Wanted;
use super::api::check_pieces;
use super::model::{Manner, Quote};
use crate::articles::quoting::find_words;
use crate::body::Body;
use crate::db::Json;
use crate::http::problem::Problem;

/// The words of a quote that consists of some pieces.
pub fn words_of<'p>(pieces: impl Iterator<Item = &'p str>) -> String {
    pieces.collect::<Vec<_>>().join(" … ")
}

/// Whether a text has the words of each piece; paragraphs and other white space do not count.
pub fn says<'p>(text: &str, mut pieces: impl Iterator<Item = &'p str>) -> bool {
    let text = on_one_line(text);
    pieces.all(|piece| text.contains(&on_one_line(piece)))
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Quote {
    fn pieces(&self) -> impl Iterator<Item = &str> {
        self.segments.0.iter().map(|segment| segment.exact.as_str())
    }

    /// Refuses a direct quote that says anything but what stands in the text.
    pub fn check_words(&self) -> Result<(), Problem> {
        match self.manner == Manner::Direct && !says(&self.text, self.pieces()) {
            true => Err(Problem::field(
                "/text",
                "a direct quote says the words of its anchor",
            )),
            false => Ok(()),
        }
    }

    /// Whether its words are those of its anchor, and not words of their own.
    fn is_told_by_its_anchor(&self) -> bool {
        let text = on_one_line(&self.text);
        let run_on = self.pieces().collect::<Vec<_>>().join(" ");
        [words_of(self.pieces()), run_on]
            .iter()
            .any(|words| on_one_line(words) == text)
    }

    /// Finds its pieces in the body and ties it to them. Where its words were those of the anchor,
    /// they follow it. What is wrong is pointed at from `/segments`.
    pub fn move_to(&mut self, body: &Body, pieces: &[Wanted]) -> Result<(), Problem> {
        check_pieces(pieces)?;
        let found = find_words(body, &self.lang, pieces)?;
        if self.is_told_by_its_anchor() {
            self.text = words_of(pieces.iter().map(|piece| piece.exact.trim()));
        }
        (self.anchor_state, self.segments) = (found.state, Json(found.segments));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_no_part_of_the_words() {
        assert!(says(
            "One.\n\nTwo  three.",
            ["One. Two", "three."].into_iter()
        ));
        assert!(!says("One, two.", ["One. Two"].into_iter()));
    }
}
