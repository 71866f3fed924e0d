//! Whether words name somebody: what the publish gate asks of a text that quotes a confidential
//! source. No database, no HTTP.

use super::model::folded;
use crate::http::words::Line;
use crate::language::{Lang, Names, fold_name, slug_of};

/// How many letters may follow a name in its word. Azerbaijani and Russian put their endings behind a
/// name ("Quliyevin", "Гулиеву"), so a long name counts wherever a word begins with it. A short one
/// would stand in half the dictionary: it may have the longest common ending, and initials none. In
/// doubt it errs on the side of whoever must not be named.
fn longest_ending(name: &str) -> usize {
    match name.chars().filter(|c| c.is_alphanumeric()).count() {
        0..=2 => 0,
        3..=4 => 4,
        _ => usize::MAX,
    }
}

/// Words that may name somebody.
pub struct Words {
    folded: String,
    /// The addresses among them, spelt as slugs are.
    addresses: Vec<String>,
    lang: Lang,
}

impl Words {
    /// Of a text in `lang`; `addresses` are slugs and URLs, in which names are spelt in plain letters.
    pub fn new<'a>(text: &str, addresses: impl Iterator<Item = &'a str>, lang: &Lang) -> Self {
        let spelt = |address: &str| {
            let words = address.split(|c: char| !c.is_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            format!("-{}-", words.join("-").to_lowercase())
        };
        Self {
            folded: fold_name(text),
            addresses: addresses.map(spelt).collect(),
            lang: lang.clone(),
        }
    }

    /// Of a note, in which no addresses are looked for.
    pub fn of_note(note: &str, lang: &Lang) -> Self {
        Self::new(note, std::iter::empty(), lang)
    }

    /// True where they have one of these names, whatever its case and the spelling of its marks.
    pub fn name(&self, names: &Names, aliases: &[Line<200>]) -> bool {
        let spelt = names.iter().map(|(_, name)| name);
        let spelt = spelt.chain(aliases.iter().map(|alias| &**alias));
        folded(names, aliases).any(|name| stands_in(&name, &self.folded))
            || spelt.into_iter().any(|name| self.is_in_address(name))
    }

    fn is_in_address(&self, name: &str) -> bool {
        // A name in letters that have no spelling here stands in no address.
        let Some(spelt) = slug_of(name, &self.lang) else {
            return false;
        };
        let spelt = format!("-{spelt}-");
        self.addresses
            .iter()
            .any(|address| address.contains(&spelt))
    }
}

/// Whether a folded name begins where a word of a folded text begins.
fn stands_in(name: &str, text: &str) -> bool {
    let longest = longest_ending(name);
    let is_letter = |c: &char| c.is_alphanumeric();
    text.match_indices(name).any(|(at, _)| {
        let within = text[..at]
            .chars()
            .next_back()
            .is_some_and(|c| is_letter(&c));
        let ending = text[at + name.len()..]
            .chars()
            .take_while(is_letter)
            .count();
        !(within && name.starts_with(char::is_alphanumeric)) && ending <= longest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, text: &str, address: &str) -> bool {
        let (names, az) = (Names::parse([("az", name)]), "az".parse().unwrap());
        Words::new(text, [address].into_iter(), &az).name(&names.unwrap(), &[])
    }

    #[test]
    fn a_name_is_found_in_any_case_and_with_any_ending() {
        for text in [
            "Aydın Quliyev dedi.",
            "AYDIN QULİYEV",
            "«Aydın\u{a0}Quliyev»",
            "Aydın Quliyevin sözləri",
            "dedi ki,Aydın Quliyevə",
        ] {
            assert!(named("Aydın Quliyev", text, ""), "{text}");
        }
        assert!(named("Айдын Гулиев", "сказали Айдын Гулиеву", ""));
        assert!(named("Əli", "Əlinin sözləri", ""));
    }

    #[test]
    fn a_name_within_another_word_is_none() {
        assert!(!named("Ann", "It was announced by Hannah.", ""));
        assert!(named("Ann", "“Ann” said so.", ""));
        assert!(!named("Aliyev", "Valiyev said so.", ""));
        assert!(!named("B", "A bridge opens.", ""));
        assert!(named("B", "A bridge, said B.", ""));
    }

    #[test]
    fn a_name_with_marks_that_nobody_sees_is_a_name() {
        for text in [
            "Aydın\u{200e} Quliyev dedi.",
            "\u{202b}Aydın Quliyev\u{202c}",
            "Ay\u{200d}dın Quli\u{2060}yev",
            "Aydın\u{2066} Qu\u{ad}liyev\u{2069}ə",
        ] {
            assert!(named("Aydın Quliyev", text, ""), "{text:?}");
        }
        let marked = "Aydın\u{200e} Quli\u{200f}yev";
        assert!(named(marked, "Aydın Quliyev dedi.", ""));
        assert!(named(marked, "", "aydin-quliyev-danisdi"));
    }

    #[test]
    fn a_name_that_has_no_spelling_stands_in_no_address() {
        for address in ["text", "text-2", "https://example.ge/text/1.jpg"] {
            assert!(!named("გიორგი ბერიძე", "", address), "{address}");
        }
        assert!(named("გიორგი ბერიძე", "გიორგი ბერიძემ თქვა.", "text"));
    }

    #[test]
    fn an_address_names_somebody_in_plain_letters() {
        let name = "Elçin Qəniyev";
        assert!(named(name, "", "elcin-qeniyev-danisdi"));
        assert!(named(
            name,
            "",
            "https://example.az/2026/Elcin_Qeniyev.html"
        ));
        assert!(!named(name, "", "elcin-qeniyevler"));
    }
}
