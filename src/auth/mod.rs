//! Who is calling, and with what proof.
//!
//! | file | holds |
//! |---|---|
//! | `secret` | the server's one secret, and the keys derived from it |
//! | `passwords` | rules for passwords, and their argon2id hashes |
//! | `tokens` | access tokens: signed JWTs, and the public keys that check them |
//! | `opaque` | tokens that mean nothing by themselves: refresh tokens, manage tokens of reviews |

pub mod opaque;
pub mod passwords;
pub mod secret;
pub mod tokens;
