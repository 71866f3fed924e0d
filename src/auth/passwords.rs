//! Passwords: the rules for a new one, and its argon2id hash as a PHC string.
//!
//! Hashing takes tens of milliseconds and 19 MiB by design: call it off the async threads and
//! outside of transactions.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;

use super::secret::random_bytes;

/// Fewest characters of a password: below it, guessing is cheaper than the hash is dear.
pub const MIN_CHARS: usize = 10;
/// Most characters of a password: room for any passphrase, and no more work than that.
pub const MAX_CHARS: usize = 200;

// The first choice of OWASP's Password Storage Cheat Sheet for argon2id: 19 MiB, two passes, one
// lane. More memory would let a burst of sign-ins push a small server into swapping.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

const PARAMS: Params = match Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)) {
    Ok(params) => params,
    Err(_) => panic!("the parameters above are within argon2's bounds"),
};

/// Why a password cannot be taken as a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    #[error("a password has at most {MAX_CHARS} characters")]
    TooLong,
    #[error("a password must not be the e-mail address of the account")]
    SameAsEmail,
}

/// Hashing failed: this machine has no memory left for it.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(argon2::password_hash::Error);

/// A password that keeps the rules, ready to be hashed and stored.
pub struct NewPassword(String);

impl NewPassword {
    /// Takes `password` for the account of `email`: [`MIN_CHARS`] to [`MAX_CHARS`] characters
    /// (Unicode code points after NFC), and not the address itself in any case.
    pub fn parse(password: &str, email: &str) -> Result<Self, PasswordError> {
        let password = prepared(password);
        let chars = password.chars().count();
        if chars < MIN_CHARS {
            return Err(PasswordError::TooShort);
        }
        if chars > MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        if password.to_lowercase() == prepared(email.trim()).to_lowercase() {
            return Err(PasswordError::SameAsEmail);
        }
        Ok(Self(password))
    }

    /// The argon2id hash with a salt of its own, as a PHC string (`$argon2id$v=19$m=…`).
    pub fn hash(&self) -> Result<String, HashError> {
        let salt = random_bytes::<SALT_BYTES>();
        let hash = hasher().hash_password_with_salt(self.0.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(HashError)
    }
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Whether `password` is the one that `stored` (a PHC string) was made from. A string that is
/// no PHC hash fits no password.
pub fn verify(password: &str, stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else {
        return verify_nobody(password);
    };
    hasher()
        .verify_password(prepared(password).as_bytes(), &stored)
        .is_ok()
}

/// Spends the time of [`verify`] and says no: for accounts that do not exist, so that the time
/// of an answer does not tell which do.
pub fn verify_nobody(password: &str) -> bool {
    let mut hash = [0; HASH_BYTES];
    let spent =
        hasher().hash_password_into(prepared(password).as_bytes(), &[0; SALT_BYTES], &mut hash);
    // Kept alive, or the optimiser may drop the work whose only result is its duration.
    let _ = std::hint::black_box((spent, hash));
    false
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

/// NFC, as RFC 8265 §4.2 asks: a letter with an accent is one code point from some keyboards
/// and two from others, and both are the same password.
fn prepared(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "editor@example.az";

    fn hash(password: &str) -> String {
        let new = NewPassword::parse(password, EMAIL).expect("a password within the rules");
        new.hash().expect("a hash")
    }

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let stored = hash("a quiet evening");
        assert!(verify("a quiet evening", &stored));
        assert!(!verify("a quiet evening ", &stored));
        assert!(!verify("", &stored));
    }

    #[test]
    fn the_hash_names_argon2id_and_its_cost() {
        let stored = hash("a quiet evening");
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        assert_ne!(hash("a quiet evening"), hash("a quiet evening"));
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        let stored = hash("axşamınız xeyir");
        assert!(verify("axs\u{327}amınız xeyir", &stored));
    }

    #[test]
    fn nobody_and_broken_hashes_fit_no_password() {
        assert!(!verify_nobody("a quiet evening"));
        assert!(!verify("a quiet evening", ""));
        assert!(!verify("a quiet evening", "$argon2id$v=19$broken"));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let stored = hash("a quiet evening");
        let time = |attempt: fn(&str, &str) -> bool| {
            let start = std::time::Instant::now();
            assert!(!attempt("another evening", &stored));
            start.elapsed()
        };
        // In turn, and the best of several: other work on the machine slows both alike.
        let rounds = (0..7).map(|_| (time(verify), time(|password, _| verify_nobody(password))));
        let (somebodies, nobodies): (Vec<_>, Vec<_>) = rounds.unzip();
        let somebody = somebodies.into_iter().min().expect("seven rounds");
        let nobody = nobodies.into_iter().min().expect("seven rounds");
        assert!(nobody * 2 > somebody, "{nobody:?} against {somebody:?}");
        assert!(somebody * 2 > nobody, "{nobody:?} against {somebody:?}");
    }

    #[test]
    fn length_is_counted_in_characters() {
        let parse = |password: &str| NewPassword::parse(password, EMAIL).map(drop);
        assert_eq!(parse(&"ə".repeat(9)), Err(PasswordError::TooShort));
        assert_eq!(parse(&"ə".repeat(10)), Ok(()));
        assert_eq!(parse(&"ə".repeat(200)), Ok(()));
        assert_eq!(parse(&"ə".repeat(201)), Err(PasswordError::TooLong));
    }

    #[test]
    fn the_email_is_no_password() {
        let parsed = NewPassword::parse("Editor@Example.AZ", EMAIL).map(drop);
        assert_eq!(parsed, Err(PasswordError::SameAsEmail));
    }
}
