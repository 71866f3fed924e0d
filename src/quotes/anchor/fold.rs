//! Words without their typography: quotation marks, dashes, white space, case and Unicode
//! normalization are levelled, and each folded character remembers where it came from.
//!
//! Folding works on grapheme clusters, so that a place found in folded text never cuts one.

use std::sync::LazyLock;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_segmenter::{GraphemeClusterSegmenter, GraphemeClusterSegmenterBorrowed};
use unicode_normalization::UnicodeNormalization;

use crate::language::{is_unseen, levelled};

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
    kinds: &'static [Kind],
    clusters: GraphemeClusterSegmenterBorrowed<'static>,
}

impl Folder {
    pub fn new(lang: &str) -> Folder {
        Folder::with_capacity(lang, 0)
    }

    /// With room for as many folded characters.
    pub fn with_capacity(lang: &str, characters: usize) -> Folder {
        let turkic = has_dotless_i(lang);
        Folder {
            out: Folded {
                text: Vec::with_capacity(characters),
                from: Vec::with_capacity(characters),
                to: Vec::with_capacity(characters),
            },
            at: 0,
            turkic,
            kinds: if turkic { &TURKIC } else { &USUAL },
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
        let (kinds, turkic) = (self.kinds, self.turkic);
        let kind = |c: char| match kinds.get(c as usize) {
            Some(kind) => *kind,
            None => kind_of(c, turkic),
        };
        let mut rest = text
            .char_indices()
            .map(|(at, c)| (at, c, kind(c)))
            .peekable();
        while let Some((from, first, kind)) = rest.next() {
            let mut last = kind;
            let mut to = from + first.len_utf8();
            let mut single = true;
            while let Some((at, c, next)) = rest.next_if(|(_, _, next)| !last.is_apart_from(*next))
            {
                (last, to, single) = (next, at + c.len_utf8(), false);
            }
            match kind {
                Kind::Space if single => self.space(1),
                Kind::Unseen if single => self.at += 1,
                Kind::Letter(folded) if single => self.letter(folded),
                _ => self.run(&text[from..to]),
            }
        }
    }

    fn letter(&mut self, folded: char) {
        self.push(folded, 1);
        self.at += 1;
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
            return CASE.fold_string(&composed).into_owned();
        }
        let cased = CASE.fold_turkic_string(&composed);
        if cased == "i\u{307}" {
            "i".to_owned()
        } else {
            cased.into_owned()
        }
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

const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The kinds of the characters that the site's languages are written with, so that most of a text
/// is folded by looking up.
static USUAL: LazyLock<Vec<Kind>> = LazyLock::new(|| kinds(false));
static TURKIC: LazyLock<Vec<Kind>> = LazyLock::new(|| kinds(true));

fn kinds(turkic: bool) -> Vec<Kind> {
    ('\0'..'\u{530}').map(|c| kind_of(c, turkic)).collect()
}

/// What a character is to folding.
#[derive(Clone, Copy)]
enum Kind {
    Space,
    /// Shows nothing.
    Unseen,
    /// Folds to this one.
    Letter(char),
    /// May belong to one grapheme cluster with its neighbours, or fold to several characters.
    Cluster,
}

impl Kind {
    fn is_apart_from(self, other: Kind) -> bool {
        !matches!((self, other), (Kind::Cluster, _) | (_, Kind::Cluster))
    }
}

fn kind_of(c: char, turkic: bool) -> Kind {
    match c {
        _ if !stands_alone(c) => Kind::Cluster,
        _ if c.is_whitespace() => Kind::Space,
        _ if is_unseen(c) => Kind::Unseen,
        _ if turkic => Kind::Letter(levelled(CASE.simple_fold_turkic(c))),
        _ => Kind::Letter(levelled(CASE.simple_fold(c))),
    }
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
