//! Who is calling, and with what proof.
//!
//! | file | holds |
//! |---|---|
//! | `model` | users, roles, sign-ins |
//! | `rights` | what each role may do, and what each operation asks for: two tables |
//! | `guards` | finding out who calls |
//! | `keyring` | the signing keys of this database |
//! | `secret` | the server's one secret, and the keys derived from it |
//! | `passwords` | rules for passwords, and their argon2id hashes |
//! | `tokens` | access tokens: signed JWTs, and the public keys that check them |
//! | `opaque` | tokens that mean nothing by themselves: refresh tokens, manage tokens of reviews |
//! | `store`, `api`, `routes` | statements, JSON and handlers of signing in |

pub mod api;
pub mod guards;
pub mod keyring;
pub mod model;
pub mod opaque;
pub mod passwords;
pub mod rights;
pub mod routes;
pub mod secret;
pub mod store;
pub mod tokens;

pub use guards::Staff;
pub use model::{Role, User, UserId};
pub use rights::Right;
