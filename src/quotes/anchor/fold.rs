//! Words without their typography: quotation marks, dashes, white space, case and Unicode
//! normalization are levelled, and each folded character remembers where it came from.
//!
//! Folding works on grapheme clusters, so that a place found in folded text never cuts one.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_segmenter::{GraphemeClusterSegmenter, GraphemeClusterSegmenterBorrowed};
use unicode_normalization::UnicodeNormalization;

/// Folded text. The character `text[i]` stands for the code points `from[i]..to[i]`; characters
/// of one grapheme cluster share both.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub text: Vec<char>,
    pub from: Vec<u32>,
    pub to: Vec<u32>,
}

impl Folded {
    /// Whether a place may begin or end before `text[at]`: not within a grapheme cluster.
    pub fn is_edge(&self, at: usize) -> bool {
        at == 0 || at >= self.text.len() || self.from[at - 1] != self.from[at]
    }
}

/// Folds one text by the case rules of its language (a BCP 47 tag).
pub(super) fn folded(text: &str, lang: &str) -> Folded {
    let mut folder = Folder::new(lang);
    folder.text(text);
    folder.folded()
}

/// Folds several texts one after another, counting code points through all of them.
pub(super) struct Folder {
    out: Folded,
    at: u32,
    turkic: bool,
    case: CaseMapperBorrowed<'static>,
    clusters: GraphemeClusterSegmenterBorrowed<'static>,
}

impl Folder {
    pub fn new(lang: &str) -> Folder {
        Folder {
            out: Folded::default(),
            at: 0,
            turkic: has_dotless_i(lang),
            case: CaseMapper::new(),
            clusters: GraphemeClusterSegmenter::new(),
        }
    }

    pub fn folded(self) -> Folded {
        self.out
    }

    /// Where two texts meet: one position that reads as white space.
    pub fn border(&mut self) {
        self.space(1);
    }

    pub fn text(&mut self, text: &str) {
        let mut rest = text.char_indices().peekable();
        while let Some((from, first)) = rest.next() {
            let mut last = first;
            let mut to = from + first.len_utf8();
            while let Some(&(at, next)) = rest.peek() {
                if stands_alone(last) && stands_alone(next) {
                    break;
                }
                (last, to) = (next, at + next.len_utf8());
                rest.next();
            }
            if to == from + first.len_utf8() && stands_alone(first) {
                self.single(first);
            } else {
                self.run(&text[from..to]);
            }
        }
    }

    /// A character that is a grapheme cluster by itself and folds to one character.
    fn single(&mut self, c: char) {
        if c.is_whitespace() {
            self.space(1);
        } else if is_unseen(c) {
            self.at += 1;
        } else {
            let folded = levelled(self.simple_case(c));
            self.push(folded, 1);
            self.at += 1;
        }
    }

    fn simple_case(&self, c: char) -> char {
        match (self.turkic, c) {
            (true, _) => self.case.simple_fold_turkic(c),
            (false, c) if c.is_ascii() => c.to_ascii_lowercase(),
            (false, c) => self.case.simple_fold(c),
        }
    }

    fn run(&mut self, run: &str) {
        let mut from = 0;
        for to in self.clusters.segment_str(run).skip(1) {
            self.cluster(&run[from..to]);
            from = to;
        }
    }

    fn cluster(&mut self, cluster: &str) {
        let length = cluster.chars().count() as u32;
        if cluster.chars().all(char::is_whitespace) {
            return self.space(length);
        }
        for c in self.full_case(cluster).nfc().filter(|c| !is_unseen(*c)) {
            self.push(levelled(c), length);
        }
        self.at += length;
    }

    /// Full case folding. An i with a dot above it is what many programs make of İ in lower case.
    fn full_case(&self, cluster: &str) -> String {
        let composed: String = cluster.nfc().collect();
        if !self.turkic {
            return self.case.fold_string(&composed).into_owned();
        }
        let cased = self.case.fold_turkic_string(&composed);
        if cased == "i\u{307}" { "i".to_owned() } else { cased.into_owned() }
    }

    /// White space, of which any amount is one space.
    fn space(&mut self, length: u32) {
        if self.out.text.last() == Some(&' ') {
            self.extend_last(length);
        } else {
            self.push(' ', length);
        }
        self.at += length;
    }

    fn push(&mut self, c: char, length: u32) {
        let joins_dash = c == '-'
            && length == 1
            && self.out.text.last() == Some(&'-')
            && self.out.to.last() == Some(&self.at);
        if joins_dash {
            return self.extend_last(length);
        }
        self.out.text.push(c);
        self.out.from.push(self.at);
        self.out.to.push(self.at + length);
    }

    fn extend_last(&mut self, length: u32) {
        if let Some(to) = self.out.to.last_mut() {
            *to = self.at + length;
        }
    }
}

/// Azerbaijani and Turkish pair I with ı and İ with i.
fn has_dotless_i(lang: &str) -> bool {
    let language = lang.split(['-', '_']).next().unwrap_or(lang);
    language.eq_ignore_ascii_case("az") || language.eq_ignore_ascii_case("tr")
}

/// Characters that never join their neighbours to a grapheme cluster of several code points when
/// those are such characters too, are normalized already, and fold to one character. They are
/// most of what a newsroom writes, and are spared the segmenter.
fn stands_alone(c: char) -> bool {
    match c {
        '\r' | 'ß' | 'İ' | 'ŉ' | 'ǰ' => false,
        '\0'..'\u{300}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' => true,
        '\u{2000}'..='\u{205e}' => !matches!(c, '\u{200c}' | '\u{200d}'),
        _ => false,
    }
}

/// Characters that show nothing and say nothing: soft hyphens, zero-width spaces and joiners of
/// words, and the marks of text direction.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// All quotation marks and apostrophes as one, all dashes as one: an editor who changes « » to
/// “ ” or ' ' means the same words.
fn levelled(c: char) -> char {
    match c {
        '\'' | '`' | '´' | '«' | '»' | 'ʻ' | 'ʼ' | 'ʹ' | '‘'..='‟' | '‹' | '›' | '′' | '″'
        | '❛'..='❞' | '「'..='』' | '〝'..='〟' | '＂' | '＇' => '"',
        '‐'..='―' | '−' | '﹘' | '﹣' | '－' => '-',
        _ => c,
    }
}
