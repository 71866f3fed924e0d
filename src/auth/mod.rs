//! Who is calling, and with what proof.
//!
//! | file | holds |
//! |---|---|
//! | `model` | users, roles, sign-ins |
//! | `rights` | what each role may do, and what each operation asks for: two tables |
//! | `guards` | finding out who calls |
//! | `attempts` | how many guesses at a password are heard |
//! | `api_keys` | the keys of tools |
//! | `keyring` | the signing keys as a running node has them |
//! | `signing_keys` | the same as they are stored |
//! | `secret` | the server's one secret, and the keys derived from it |
//! | `passwords` | rules for passwords, and their argon2id hashes |
//! | `tokens` | access tokens: signed JWTs, and the public keys that check them |
//! | `opaque` | tokens that mean nothing by themselves: refresh tokens, manage tokens of reviews |
//! | `outside` | people of an outside identity provider |
//! | `store`, `api`, `routes` | statements, JSON and handlers of signing in |

pub mod api;
pub mod api_keys;
pub mod attempts;
pub mod guards;
pub mod keyring;
pub mod model;
pub mod opaque;
pub mod outside;
pub mod passwords;
pub mod rights;
pub mod routes;
pub mod secret;
pub mod signing_keys;
pub mod store;
pub mod tokens;

pub use guards::Staff;
pub use model::{Role, User, UserId};
pub use rights::Right;
