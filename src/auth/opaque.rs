//! Opaque tokens, `nlr_<id>_<secret>`, `nlt_…` and `nlk_…`: an id to look the row up by, and
//! 32 random bytes of which only a hash is stored.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::secret::random_bytes;

const SECRET_BYTES: usize = 32;
// Without padding, 32 bytes are 43 letters of base64url, and a simple UUID is 32 hex digits.
const SECRET_LETTERS: usize = 43;
const ID_LETTERS: usize = 32;

/// What a token is for. The prefix lets people and secret scanners tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpaqueKind {
    /// The manage token of a guest's own review, `nlr_…`.
    Review,
    /// The refresh token of a sign-in, `nlt_…`.
    Refresh,
    /// The API key of a tool, `nlk_…`.
    ApiKey,
}

impl OpaqueKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Review => "nlr_",
            Self::Refresh => "nlt_",
            Self::ApiKey => "nlk_",
        }
    }
}

/// A token as its bearer has it. It is shown once, by [`OpaqueToken::reveal`], and stored as
/// its [`OpaqueToken::hash`].
#[derive(Clone)]
pub struct OpaqueToken {
    kind: OpaqueKind,
    id: Uuid,
    secret: [u8; SECRET_BYTES],
}

impl OpaqueToken {
    /// A new token with a random secret for the row `id`.
    pub fn generate(kind: OpaqueKind, id: Uuid) -> Self {
        let secret = random_bytes();
        Self { kind, id, secret }
    }

    /// Reads a token of one kind. The shape is exact: lower-case hex digits of the id, `_`, and
    /// 43 letters of base64url (RFC 4648 §5), so that each token has one spelling.
    pub fn parse(kind: OpaqueKind, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(kind.prefix())?;
        // The id comes first and has no `_`, which base64url may have.
        let (id, secret) = rest.split_once('_')?;
        if secret.len() != SECRET_LETTERS {
            return None;
        }
        let id = parse_id(id)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self { kind, id, secret })
    }

    /// Whether a text means to be a token of this kind.
    pub fn is_meant(kind: OpaqueKind, text: &str) -> bool {
        text.starts_with(kind.prefix())
    }

    /// The id of the row that the token belongs to.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The token's text, for its bearer only: no `Display`, lest it end up in a log.
    pub fn reveal(&self) -> String {
        let secret = URL_SAFE_NO_PAD.encode(self.secret);
        format!("{}{}_{secret}", self.kind.prefix(), self.id.simple())
    }

    /// SHA-256 of the whole text: what is stored. The secret has 256 random bits, so that a slow
    /// hash would add nothing.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.reveal()).into()
    }

    /// Whether `stored` is this token's hash, in a time that does not depend on where they
    /// differ.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(stored).into()
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}_…", self.kind.prefix(), self.id.simple())
    }
}

/// Hex digits only: `Uuid::try_parse` also takes braces, hyphens, URNs and upper case.
fn parse_id(text: &str) -> Option<Uuid> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != ID_LETTERS || !text.bytes().all(is_digit) {
        return None;
    }
    Uuid::try_parse(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn new_token() -> OpaqueToken {
        OpaqueToken::generate(OpaqueKind::Refresh, Uuid::now_v7())
    }

    #[test]
    fn a_token_comes_back_from_its_text() {
        let token = new_token();
        let read = OpaqueToken::parse(OpaqueKind::Refresh, &token.reveal()).expect("a token");
        assert_eq!(read.id(), token.id());
        assert!(read.matches(&token.hash()));
    }

    #[test]
    fn one_kind_is_not_taken_for_the_other() {
        let token = new_token();
        let text = token.reveal();
        assert!(text.starts_with("nlt_"));
        assert!(OpaqueToken::parse(OpaqueKind::Review, &text).is_none());
        let renamed = text.replacen("nlt_", "nlr_", 1);
        let read = OpaqueToken::parse(OpaqueKind::Review, &renamed).expect("a token");
        assert!(!read.matches(&token.hash()));
    }

    #[test]
    fn the_hash_covers_kind_id_and_secret() {
        let token = new_token();
        let other_id = OpaqueToken {
            id: Uuid::now_v7(),
            ..token.clone()
        };
        let other_kind = OpaqueToken {
            kind: OpaqueKind::Review,
            ..token.clone()
        };
        let other_secret = OpaqueToken::generate(OpaqueKind::Refresh, token.id());
        for other in [other_id, other_kind, other_secret] {
            assert!(!other.matches(&token.hash()), "{other:?}");
        }
        assert!(!token.matches(&token.hash()[..31]));
        assert!(!token.matches(&[]));
    }

    #[test]
    fn each_token_has_one_spelling() {
        let text = new_token().reveal();
        let parse = |text: &str| OpaqueToken::parse(OpaqueKind::Refresh, text);
        assert!(parse(&format!("{text}A")).is_none());
        assert!(parse(&format!("{text}=")).is_none());
        assert!(parse(&text[..text.len() - 1]).is_none());
        assert!(parse(&text.to_uppercase()).is_none());
        // The last letter carries four bits and two zeros: `B` would end in other bits.
        assert!(parse(&format!("{}B", &text[..text.len() - 1])).is_none());
        let hyphens = text.replacen(&text[4..36], &Uuid::now_v7().hyphenated().to_string(), 1);
        assert!(parse(&hyphens).is_none());
    }

    #[test]
    fn debug_does_not_print_the_secret() {
        let token = new_token();
        let printed = format!("{token:?}");
        assert!(printed.contains(&token.id().simple().to_string()));
        assert!(!token.reveal().contains(&printed));
        assert!(!printed.contains(&URL_SAFE_NO_PAD.encode(token.secret)));
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "(nlr_|nlt_)?\\PC{0,90}") {
            let _ = OpaqueToken::parse(OpaqueKind::Review, &text);
        }
    }
}
