//! How many links a guest's words have.

/// Counts what the apps of readers make links of: an address with its scheme (`https://…`), one
/// that begins with `www.`, and a name with a path (`example.az/offer`). A mere name with a dot is
/// none, or each full stop without a space behind it would be one.
pub fn count(text: &str) -> usize {
    const ENDS: [char; 10] = ['<', '>', '(', ')', '[', ']', '{', '}', '"', ','];
    text.split(|c: char| c.is_whitespace() || ENDS.contains(&c))
        .map(in_word)
        .sum()
}

fn in_word(word: &str) -> usize {
    match word.matches("://").count() {
        0 => usize::from(is_without_scheme(word)),
        many => many,
    }
}

fn is_without_scheme(word: &str) -> bool {
    let (host, has_path) = match word.split_once('/') {
        Some((host, _)) => (host, true),
        None => (word, false),
    };
    let Some((first, rest)) = host.split_once('.') else {
        return false;
    };
    let last = rest.rsplit('.').next().unwrap_or(rest);
    let is_web = first.eq_ignore_ascii_case("www") && !rest.is_empty();
    let is_host = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    is_web || (has_path && is_host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_apps_make_links_of_is_counted() {
        for (text, links) in [
            ("See https://example.az/a and HTTP://EXAMPLE.ORG.", 2),
            ("(www.example.az) [url=http://a.az]b[/url]", 2),
            ("<a href=\"https://a.az\">a</a>,http://b.az,c", 2),
            ("https://a.azhttps://b.az", 2),
            ("Write to t.me/offer, or bit.ly/3x", 2),
            ("пиши на пример.рф/путь", 1),
        ] {
            assert_eq!(count(text), links, "{text}");
        }
    }

    #[test]
    fn what_people_write_is_no_link() {
        for text in [
            "It rained.Then it stopped.",
            "and/or, km/h, 1.5/2, 24/7",
            "the U.S./Canada border, e.g./i.e.",
            "Ask me@example.az",
            "www",
            "a : // b",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }

    proptest! {
        #[test]
        fn links_between_words_are_all_counted(words in prop::collection::vec("[\\pL\\pP]{0,8}", 0..6), links in 0..5_usize) {
            let plain = words.join(" ");
            let all = format!("{plain} {}", "https://example.az/x ".repeat(links));
            prop_assert_eq!(count(&all), count(&plain) + links);
        }
    }
}
