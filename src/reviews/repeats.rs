//! Whoever sends the same words to the same article again repeats themselves: a finger that slipped,
//! a form that was sent twice, a robot. What was said is compared by a print of it, which tells
//! nothing by itself and is kept for as long as a repetition counts
//! (`NEWSLINE_REVIEW_REPEAT_HOURS`).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::api::NewReview;
use super::model::ReviewId;
use crate::articles::model::ArticleId;
use crate::auth::secret::Secret;
use crate::http::address::ClientAddress;
use crate::language::fold::fold_name;

/// The print of a review. Two have the same one if they are on the same article, in answer to the
/// same review, from the same place, and say the same but for case, punctuation and white space.
/// Stars do not count; where there are no words, the name stands for them, because two people of
/// one household may both have three stars to give.
pub fn print(
    secret: &Secret,
    article: ArticleId,
    from: ClientAddress,
    review: &NewReview,
) -> Vec<u8> {
    let title = review.title.as_deref().unwrap_or_default();
    let said = match &review.body {
        Some(body) => format!("said {}", essence(&format!("{title}\n{}", &**body))),
        None => format!("starred {}", essence(&review.author.name)),
    };
    let answered = review.in_reply_to.map(ReviewId::uuid).unwrap_or_default();
    let mut print = Hmac::<Sha256>::new_from_slice(&secret.derive("prints of reviews"))
        .unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    print.update(article.uuid().as_bytes());
    print.update(answered.as_bytes());
    print.update(from.place().to_string().as_bytes());
    print.update(&[0]);
    print.update(said.as_bytes());
    print.finalize().into_bytes().to_vec()
}

/// Letters and digits without their case; all signs where there is nothing else.
fn essence(words: &str) -> String {
    let folded = fold_name(words);
    let letters: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    match letters.is_empty() {
        true => folded,
        false => letters,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "Jx4vQm8TzL1nWc6RbY9sKd3HfPo7GuAe5iXt2ZqNwCk=";

    fn print_of(article: ArticleId, from: &str, review: Value) -> Vec<u8> {
        let secret = Secret::parse(SECRET).unwrap();
        let from: IpAddr = from.parse().unwrap();
        let review = serde_json::from_value(review).unwrap();
        print(&secret, article, from.into(), &review)
    }

    fn review(body: &str) -> Value {
        json!({"author": {"name": "A reader"}, "lang": "en", "rating": 4, "body": body})
    }

    #[test]
    fn the_same_words_are_the_same_however_they_are_dressed() {
        let article = ArticleId::new();
        let print = |body| print_of(article, "203.0.113.1", review(body));
        let first = print("Clear and fair.");
        for again in [
            "clear and FAIR!!",
            " Clear  and\nfair",
            "Cle\u{200b}ar and fair.",
        ] {
            assert_eq!(print(again), first, "{again}");
        }
        for other in ["Clear and fairer.", "👍", "👍👍"] {
            assert_ne!(print(other), first, "{other}");
        }
        assert_ne!(print("👍"), print("👍👍"));
    }

    #[test]
    fn elsewhere_and_from_others_they_are_not() {
        let (here, there) = (ArticleId::new(), ArticleId::new());
        let first = print_of(here, "2001:db8:0:1::1", review("Fair."));
        assert_eq!(
            print_of(here, "2001:db8:0:1::2", review("Fair.")),
            first,
            "one household"
        );
        assert_ne!(print_of(here, "2001:db8:0:2::1", review("Fair.")), first);
        assert_ne!(print_of(there, "2001:db8:0:1::1", review("Fair.")), first);
        let mut reply = review("Fair.");
        reply["in_reply_to"] = json!(there);
        assert_ne!(print_of(here, "2001:db8:0:1::1", reply), first);
    }

    #[test]
    fn stars_alone_are_told_apart_by_name() {
        let article = ArticleId::new();
        let stars = |name: &str, rating: i32| {
            let review = json!({"author": {"name": name}, "lang": "en", "rating": rating});
            print_of(article, "203.0.113.1", review)
        };
        assert_eq!(stars("Leyla", 5), stars("leyla", 1));
        assert_ne!(stars("Leyla", 5), stars("Murad", 5));
    }
}
