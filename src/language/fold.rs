//! Case by language, and the folded forms in which quotes and names are compared.
//!
//! Azerbaijani and Turkish have two letters where others have one: I is the capital of ı, and
//! İ that of i. Everything else is the full case mapping and folding of Unicode.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_locale::subtags::language;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::tag::Lang;

#[cfg(test)]
mod tests;

const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The text in small letters.
pub fn lower<'t>(text: &'t str, lang: &Lang) -> Cow<'t, str> {
    CASE.lowercase_to_string(text, lang.id())
}

/// The text in capitals.
pub fn upper<'t>(text: &'t str, lang: &Lang) -> Cow<'t, str> {
    CASE.uppercase_to_string(text, lang.id())
}

/// The text without its case, for comparing: `ß` is `ss`, and i and ı stay apart where the
/// language keeps them apart.
pub fn fold<'t>(text: &'t str, lang: &Lang) -> Cow<'t, str> {
    Letters::of(lang).fold(text)
}

/// The text without what two copies of the same words may differ in: composition (NFC), case,
/// the forms of quotation marks (all `"`) and dashes (all `-`), the width and number of white
/// space characters (one space), and characters that cannot be seen.
pub fn fold_for_match(text: &str, lang: &Lang) -> Folded {
    Folded::new(text, Letters::of(lang))
}

/// The same for a name that may stand in a text of any language: all four letters i are one.
pub fn fold_name(text: &str) -> Folded {
    Folded::new(text, Letters::OneI)
}

/// A folded text that knows where in the original each of its characters stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    pub text: String,
    /// For each code point of `text`, the code point of the original at which it begins; at
    /// last the length of the original. It never decreases.
    pub map: Vec<usize>,
    /// For each code point of `text`, where in the original it ends.
    ends: Vec<usize>,
}

impl Folded {
    fn new(original: &str, letters: Letters) -> Self {
        let mut folded = Self {
            text: String::new(),
            map: Vec::new(),
            ends: Vec::new(),
        };
        let mut length = 0;
        let seen = original
            .chars()
            .enumerate()
            .inspect(|(at, _)| length = at + 1);
        let mut cluster = String::new();
        let mut span = 0..0;
        for (at, c) in seen.filter(|(_, c)| !is_invisible(*c)) {
            if begins_cluster(c) {
                folded.push_cluster(&cluster, &span, letters);
                cluster.clear();
                span.start = at;
            }
            if cluster.is_empty() {
                span.start = at;
            }
            cluster.push(c);
            span.end = at + 1;
        }
        folded.push_cluster(&cluster, &span, letters);
        folded.map.push(length);
        folded
    }

    /// Combining marks may change places under normalization, so a letter and its marks are
    /// one: each character that comes out of them stands for all of them.
    fn push_cluster(&mut self, cluster: &str, span: &Range<usize>, letters: Letters) {
        if let [byte] = cluster.as_bytes()
            && !byte.is_ascii_uppercase()
        {
            return self.push(plain(char::from(*byte)), span);
        }
        let composed: String = cluster.nfc().collect();
        for c in letters.fold(&composed).nfc() {
            self.push(plain(c), span);
        }
    }

    fn push(&mut self, c: char, span: &Range<usize>) {
        if c == ' ' && self.text.ends_with(' ') {
            if let Some(end) = self.ends.last_mut() {
                *end = span.end;
            }
            return;
        }
        self.text.push(c);
        self.map.push(span.start);
        self.ends.push(span.end);
    }

    /// The code points of the original that the code points `folded` of the text stand for;
    /// nothing for a range that is empty or reaches beyond the text.
    pub fn original(&self, folded: Range<usize>) -> Option<Range<usize>> {
        let last = folded
            .end
            .checked_sub(1)
            .filter(|last| *last >= folded.start)?;
        Some(*self.map.get(folded.start)?..*self.ends.get(last)?)
    }

    /// Where in the original the words of another folded text stand, in code points, first
    /// to last, without overlaps. Empty words stand nowhere.
    pub fn places_of(&self, words: &Folded) -> Vec<Range<usize>> {
        if words.text.is_empty() {
            return Vec::new();
        }
        let length = words.text.chars().count();
        let (mut bytes, mut points) = (0, 0);
        let starts = self.text.match_indices(&words.text).map(|(byte, _)| {
            points += self.text[bytes..byte].chars().count();
            bytes = byte;
            points
        });
        starts
            .filter_map(|start| self.original(start..start + length))
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Letters {
    /// I is the capital of ı, and İ that of i.
    TwoI,
    /// I is the capital of i.
    Plain,
    /// I, İ, ı and i are one letter.
    OneI,
}

impl Letters {
    fn of(lang: &Lang) -> Self {
        let language = lang.id().language;
        let two = language == language!("az") || language == language!("tr");
        if two { Self::TwoI } else { Self::Plain }
    }

    fn fold(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::TwoI => CASE.fold_turkic_string(text),
            Self::Plain => CASE.fold_string(text),
            Self::OneI => Cow::Owned(CASE.fold_turkic_string(text).replace('ı', "i")),
        }
    }
}

/// Whether nothing before this character can join with it under NFC.
fn begins_cluster(c: char) -> bool {
    if c.is_ascii() {
        return true;
    }
    let mut first = None;
    decompose_canonical(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0
        && !matches!(is_nfc_quick(iter::once(first)), IsNormalized::Maybe)
}

/// Soft hyphen, zero width space, word joiner, byte order mark: left over from typesetting.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Quotation marks, dashes and white space in their plain form.
fn plain(c: char) -> char {
    match c {
        '\'' | '`' | '«' | '»' | '´' | 'ʼ' | '‘'..='‟' | '′' | '″' | '‹' | '›' => {
            '"'
        }
        '〝'..='〟' | '＂' | '＇' => '"',
        '‐'..='―' | '−' | '﹘' | '﹣' | '－' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}
