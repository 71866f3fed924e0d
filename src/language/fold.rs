//! Case by language, and the folded form in which names are compared.
//!
//! Azerbaijani and Turkish have two letters where others have one: I is the capital of ı, and
//! İ that of i. Everything else is the full case mapping and folding of Unicode. Anchors fold the words of a
//! text by its language (`quotes/anchor/fold.rs`), by the same [`levelled`] and [`is_unseen`].

use std::borrow::Cow;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use unicode_normalization::UnicodeNormalization;

use super::tag::Lang;

#[cfg(test)]
mod tests;

const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The text in small letters.
pub fn lower<'t>(text: &'t str, lang: &Lang) -> Cow<'t, str> {
    CASE.lowercase_to_string(text, lang.id())
}

/// A name, or a text that may have it, without what two spellings of the same name may differ in:
/// composition (NFC), case, the forms of quotation marks (all `"`) and dashes (all `-`), the width and
/// number of white space characters (one space), and characters that cannot be seen. The text may be
/// of any language, so all four letters i are one.
pub fn fold_name(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_unseen(*c) && !joins(*c));
    let composed: String = seen.nfc().collect();
    let small = CASE.fold_turkic_string(&composed).replace('ı', "i");
    let mut folded = String::with_capacity(small.len());
    for c in small.nfc() {
        match c.is_whitespace() {
            false => folded.push(levelled(c)),
            true if folded.ends_with(' ') => {}
            true => folded.push(' '),
        }
    }
    folded
}

/// Characters that show nothing and say nothing: soft hyphens, zero-width spaces and joiners of
/// words, and the marks of text direction.
pub fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Characters that only change how their neighbours look, if at all: joiners and variation selectors.
/// To a text they may belong; a name is the same without them.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{180e}' | '\u{200c}' | '\u{200d}' | '\u{2061}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}'
    )
}

/// All quotation marks and apostrophes as one, all dashes as one: an editor who changes « » to
/// “ ” or ' ' means the same words.
pub fn levelled(c: char) -> char {
    match c {
        '\''
        | '`'
        | '´'
        | '«'
        | '»'
        | 'ʻ'
        | 'ʼ'
        | 'ʹ'
        | '‘'..='‟'
        | '‹'
        | '›'
        | '′'
        | '″'
        | '❛'..='❞'
        | '「'..='』'
        | '〝'..='〟'
        | '＂'
        | '＇' => '"',
        '‐'..='―' | '−' | '﹘' | '﹣' | '－' => '-',
        _ => c,
    }
}
