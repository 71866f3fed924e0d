//! The order of names, as a dictionary of the language has it (CLDR collation).

use std::cmp::Ordering;

use icu_collator::options::CollatorOptions;
use icu_collator::{CollatorBorrowed, CollatorPreferences};

use super::tag::Lang;

/// The data by which names are sorted here. Name it anew when the keys change (the test that pins
/// them fails then), and every database sorts its names anew at the next start.
pub const DATA: &str = "CLDR 49";

/// The order of one language. In Azerbaijani, ə follows e and x follows h.
pub struct Collation(CollatorBorrowed<'static>);

impl Collation {
    pub fn of(lang: &Lang) -> Self {
        let options = CollatorOptions::default();
        let of = |preferences| CollatorBorrowed::try_new(preferences, options);
        let order = of(lang.id().into()).or_else(|_| of(CollatorPreferences::default()));
        Self(order.expect("the root collation is compiled in"))
    }

    /// Names that differ in nothing a dictionary sees are equal; break the tie by id.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        self.0.compare(one, other)
    }

    /// Bytes that sort as the names do. They hold within one version of the collation data:
    /// whoever stores them must write them anew when it changes.
    pub fn sort_key(&self, name: &str) -> Vec<u8> {
        let mut key = Vec::new();
        let Ok(()) = self.0.write_sort_key_to(name, &mut key);
        key
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::Digest;

    use super::*;

    fn sorted(lang: &str, words: &str) -> String {
        let collation = Collation::of(&lang.parse().unwrap());
        let mut words: Vec<&str> = words.split(' ').collect();
        words.reverse();
        words.sort_by(|one, other| collation.compare(one, other));
        words.join(" ")
    }

    #[test]
    fn each_language_has_its_alphabet() {
        for (lang, order) in [
            (
                "az",
                "a b c ç d e ə f g ğ h x ı i j k q l m n o ö p r s ş t u ü v y z",
            ),
            (
                "az",
                "Cavid Çingiz Dilarə Elçin Əli Fuad Gülnar Xədicə Ilqar İlham Kamal Qasım Leyla Sabir Şəhla Zaur",
            ),
            ("tr", "c ç d g ğ h ı i j o ö p s ş t u ü v"),
            ("ru", "Абрамов Егоров Ёлкин Ельцин Иванов Йотов Яшин"),
            ("en", "Adams Élan Elliot Zoe"),
            ("en", "Cavid Çingiz Elçin Fuad Ilham İlham Qasım Xədicə"),
        ] {
            assert_eq!(sorted(lang, order), order, "{lang}");
        }
    }

    #[test]
    fn the_keys_are_those_of_the_data_that_is_named() {
        let words = "Əli Çingiz Ilqar İlham Ёлкин Яшин Elliot Zoe-2 ﷺ";
        let keys: Vec<u8> = ["az", "ru", "en", "tr"]
            .iter()
            .flat_map(|lang| Collation::of(&lang.parse().unwrap()).sort_key(words))
            .collect();
        let digest = sha2::Sha256::digest(&keys);
        let digest: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!((DATA, digest.as_str()), ("CLDR 49", "9583ede0c9407176"));
    }

    proptest! {
        #[test]
        fn keys_sort_as_names_do(one: String, other: String, lang in "az|ru|en|tr|qqq") {
            let collation = Collation::of(&lang.parse().unwrap());
            let by_key = collation.sort_key(&one).cmp(&collation.sort_key(&other));
            prop_assert_eq!(by_key, collation.compare(&one, &other));
        }
    }
}
