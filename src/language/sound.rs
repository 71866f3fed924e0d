//! How a name sounds, whatever its script and spelling: the key by which names that may be one
//! find each other, and the letters in which they are compared.
//!
//! "Rəşad Nəbiyev", "Rashad Nabiyev" and "Набиев Рашад" have one key. It keeps the consonants, by
//! classes of those that stand for one another between Azerbaijani, Russian and English spelling
//! (Quliyev, Guliyev, Гулиев; Həsənov, Hasanov, Гасанов), and forgets vowels, doubled letters and
//! the order of words. So it brings too many together rather than too few, and [`likeness`] decides.

use similar::{Algorithm, capture_diff_slices, diff_ratio};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::fold_name;

#[cfg(test)]
mod tests;

/// How much two words must have in common to be one spelt in two ways, in percent of their letters.
/// "Qasımov" and "Касымов" have 71, "Məmmədov" and "Мамедов" 80; "Həsənov" and "Hüseynov", which
/// have one key, 66.
const SAME_WORD: u32 = 70;

/// Words that make no difference.
const EMPTY_WORDS: [&str; 6] = ["of", "the", "and", "ve", "va", "i"];

/// A name as it sounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sound {
    /// Equal for names that may be one.
    pub key: String,
    /// The words in plain letters, in the order of their keys.
    pub spelt: String,
}

impl Sound {
    /// `None` for a name without a consonant that is written in letters known here: such names are
    /// compared by their folded form only.
    pub fn of(name: &str) -> Option<Self> {
        let plain = spell(name);
        let words = plain.split(' ').filter(|word| !EMPTY_WORDS.contains(word));
        let mut words: Vec<(String, &str)> = words
            .map(|word| (consonants(word), word))
            // Initials and particles tell little, numbers much.
            .filter(|(key, _)| key.len() > 1 || key.contains(|c: char| c.is_ascii_digit()))
            .collect();
        words.sort();
        let (keys, spelt): (Vec<String>, Vec<&str>) = words.into_iter().unzip();
        (!keys.is_empty()).then(|| Self {
            key: keys.join(" "),
            spelt: spelt.join(" "),
        })
    }
}

/// How much two names of one key are alike, in percent; `None` where a word of them is another.
pub fn likeness(one: &str, other: &str) -> Option<u32> {
    let (one, other): (Vec<&str>, Vec<&str>) =
        (one.split(' ').collect(), other.split(' ').collect());
    if one.len() != other.len() {
        return None;
    }
    let words = one.iter().zip(&other).map(|(one, other)| ratio(one, other));
    let words: Vec<u32> = words.collect();
    let all_same = words.iter().all(|ratio| *ratio >= SAME_WORD);
    let sum: u32 = words.iter().sum();
    all_same.then(|| sum / u32::try_from(words.len()).unwrap_or(u32::MAX).max(1))
}

fn ratio(one: &str, other: &str) -> u32 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let changes = capture_diff_slices(Algorithm::Myers, &one, &other);
    (diff_ratio(&changes, one.len(), other.len()) * 100.0) as u32
}

/// The name in small Latin letters as an English text would write it, single spaces between words.
fn spell(name: &str) -> String {
    let folded = fold_name(name);
    let is_azerbaijani = folded.contains(['ə', 'ğ', 'ş', 'ç', 'ö', 'ü']);
    let mut spelt = String::new();
    let mut letters = folded.nfc().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (letter, next) {
            // Dzhafarov is Cəfərov.
            ('д', Some('ж')) => {
                letters.next();
                spelt.push('j');
            }
            ('c', _) if is_azerbaijani => spelt.push('j'),
            ('x', _) if is_azerbaijani => spelt.push_str("kh"),
            ('q', _) => spelt.push('g'),
            ('"' | '\'', _) => {}
            _ => match plain(letter) {
                Some(plain) => spelt.push_str(plain),
                None => spelt.extend(base(letter)),
            },
        }
    }
    spelt.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ə' | 'ǝ' | 'ә' | 'а' => "a",
        'ş' | 'ш' => "sh",
        'ç' | 'ч' => "ch",
        'ğ' | 'ғ' => "gh",
        'ı' | 'и' | 'і' => "i",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ҝ' => "g",
        'д' => "d",
        'е' | 'э' | 'ё' => "e",
        'ж' => "zh",
        'з' => "z",
        'й' | 'ы' | 'ј' => "y",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' => "n",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ү' | 'ұ' => "u",
        'ф' => "f",
        'х' => "kh",
        'һ' => "h",
        'ц' => "ts",
        'ҹ' => "j",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'є' => "ye",
        'ї' => "yi",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        _ => return None,
    })
}

/// A letter without its marks; whatever is no letter or digit parts words.
fn base(letter: char) -> impl Iterator<Item = char> {
    let parts = std::iter::once(letter)
        .nfkd()
        .filter(|part| !is_combining_mark(*part));
    parts.map(|part| match part.is_ascii_alphanumeric() {
        true => part.to_ascii_lowercase(),
        false => ' ',
    })
}

/// The consonants of a word in plain letters, by classes; a vowel counts where the word begins with
/// it. Digits are kept.
fn consonants(word: &str) -> String {
    let mut key = String::new();
    let (mut last, mut before) = (None, None);
    for letter in word.chars() {
        let class = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => before.is_none().then_some('a'),
            'g' | 'k' | 'q' | 'x' => Some('k'),
            // After these it is no letter of its own: sh, kh, gh, zh, ch.
            'h' if matches!(before, Some('s' | 'k' | 'g' | 'z' | 'c')) => last,
            'h' => Some('k'),
            'c' | 'j' | 's' | 'z' => Some('s'),
            'b' | 'p' => Some('b'),
            'd' | 't' => Some('t'),
            'f' | 'v' | 'w' => Some('v'),
            other => Some(other),
        };
        if class.is_some() && class != last {
            key.extend(class);
        }
        (last, before) = (class, Some(letter));
    }
    key
}
