//! A body as plain text, and what is counted in it.

use super::model::{Block, Body};

/// Words a minute that a reader of news reads, rounded down so that no estimate is too short.
const READING_SPEED: u32 = 200;

/// The words of one text block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainBlock {
    /// The block's `_key`.
    pub key: String,
    /// All spans, joined; line breaks within the block are `\n`. Offsets of quotes count its code
    /// points.
    pub text: String,
}

impl Body {
    /// The words of each text block, in reading order. Captions and pull quotes are not among
    /// them: they stand beside the text.
    pub fn plain(&self) -> Vec<PlainBlock> {
        let plain = |block: &Block| match block {
            Block::Text(text) => Some(PlainBlock {
                key: text.key.clone(),
                text: text.plain(),
            }),
            _ => None,
        };
        self.0.iter().filter_map(plain).collect()
    }

    /// Words of the text blocks: what white space parts, if it has a letter or digit.
    pub fn word_count(&self) -> u32 {
        let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
        let count = |block: PlainBlock| block.text.split_whitespace().filter(is_word).count();
        let words: usize = self.plain().into_iter().map(count).sum();
        u32::try_from(words).unwrap_or(u32::MAX)
    }

    /// Whole minutes, at least one.
    pub fn reading_minutes(&self) -> u32 {
        self.word_count().div_ceil(READING_SPEED).max(1)
    }

    /// The words alone, blocks parted by blank lines. A picture is its caption and credit, or else
    /// its alternative text; an embed its title and address.
    pub fn to_text(&self) -> String {
        let words = self
            .0
            .iter()
            .map(words_of)
            .filter(|words| !words.is_empty());
        words.collect::<Vec<_>>().join("\n\n")
    }
}

fn words_of(block: &Block) -> String {
    match block {
        Block::Text(text) => text.plain(),
        Block::Image(image) => match (&image.caption, &image.credit) {
            (None, None) => image.alt.clone(),
            (caption, credit) => [caption, credit]
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join("\n"),
        },
        Block::Embed(embed) => match &embed.title {
            Some(title) => format!("{title}\n{}", embed.url),
            None => embed.url.clone(),
        },
        Block::PullQuote(pull) => pull.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::from_markdown;

    #[test]
    fn words_are_what_has_letters_or_digits() {
        let body = from_markdown("The *bridge*s – 2 of them –\n\n- Nagorno-Karabakh's").unwrap();
        assert_eq!(body.word_count(), 6);
        assert_eq!(
            body.to_text(),
            "The bridges – 2 of them –\n\nNagorno-Karabakh's"
        );
    }

    #[test]
    fn reading_takes_at_least_a_minute() {
        let minutes = |words: usize| {
            from_markdown(&"word ".repeat(words))
                .unwrap()
                .reading_minutes()
        };
        assert_eq!([0, 1, 200, 201].map(minutes), [1, 1, 1, 2]);
    }
}
