//! The server's one secret (`NEWSLINE_SECRET`): what makes a good one, the keys derived from
//! it, what is sealed with them, and its file beside an embedded database.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::http::problem::{Code, Problem};
use crate::private;

/// Fewest bytes of a secret's text.
pub const MIN_BYTES: usize = 32;

// Words of examples and placeholders. A random secret contains one of them about once in ten
// million times; `generate` then draws again.
const PLACEHOLDERS: [&str; 9] = [
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "secret",
    "password",
    "example",
    "replace",
    "12345678",
];

// Sets Newsline's keys apart from those of another program that was given the same secret.
const SALT: &[u8] = b"newsline";
// First byte of what is sealed, so that another cipher can follow without guessing.
const SEAL_VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// What is wrong with the secret. None of the messages repeats it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(
        "the secret has {0} bytes, fewer than {MIN_BYTES}; make one with: openssl rand -base64 32"
    )]
    TooShort(usize),
    #[error("the secret is easy to guess; make one with: openssl rand -base64 32")]
    Guessable,
    #[error("this was sealed with another secret: the one in use is wrong")]
    WrongSecret,
    #[error("the secret's file {}: {cause}", path.display())]
    File { path: PathBuf, cause: io::Error },
}

/// The server's secret, kept only as the start of a key derivation.
#[derive(Clone)]
pub struct Secret(Hkdf<Sha256>);

impl Secret {
    /// Takes a secret as it stands in a setting or file; white space around it is left out.
    ///
    /// Refused: fewer than [`MIN_BYTES`] bytes, a repeated piece, a placeholder of an example.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.len() < MIN_BYTES {
            return Err(SecretError::TooShort(text.len()));
        }
        if is_repetition(text.as_bytes()) || is_placeholder(text) {
            return Err(SecretError::Guessable);
        }
        Ok(Self(Hkdf::new(Some(SALT), text.as_bytes())))
    }

    /// A new secret as text: 32 random bytes in base64url.
    pub fn generate() -> String {
        loop {
            let text = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
            if Self::parse(&text).is_ok() {
                return text;
            }
        }
    }

    /// Reads the secret of the file at `path`, or makes one there, readable by its owner only.
    ///
    /// Two processes that start at once end up with the same one.
    pub fn load_or_create(path: &Path) -> Result<Self, SecretError> {
        let failed = |cause| SecretError::File {
            path: path.to_owned(),
            cause,
        };
        match fs::read_to_string(path) {
            Ok(text) => return Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        create_file(path, &Self::generate()).map_err(failed)?;
        Self::parse(&fs::read_to_string(path).map_err(failed)?)
    }

    /// The key for one purpose (HKDF-SHA256, RFC 5869). Another purpose gives an unrelated key.
    pub fn derive(&self, purpose: &'static str) -> [u8; 32] {
        let mut key = [0; 32];
        self.0
            .expand(purpose.as_bytes(), &mut key)
            .expect("32 bytes are within the 8160 of HKDF-SHA256");
        key
    }

    /// Encrypts `plaintext` for one purpose and binds it to `aad`, which is not stored: name in
    /// it where the result belongs (such as the row's id), so that it opens nowhere else.
    ///
    /// The result is one version byte, 24 bytes of nonce, and the ciphertext of
    /// XChaCha20-Poly1305 with its tag: 41 bytes more than the plaintext.
    pub fn seal(&self, purpose: &'static str, plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
        // The extended nonce is long enough to be drawn at random without counting messages.
        let nonce = random_bytes::<NONCE_BYTES>();
        let payload = Payload {
            msg: plaintext,
            aad,
        };
        let ciphertext = self
            .cipher(purpose)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a plaintext in memory is within the 256 GiB of ChaCha20");
        [&[SEAL_VERSION], nonce.as_slice(), &ciphertext].concat()
    }

    /// Opens what [`Secret::seal`] made for the same purpose and `aad`. Anything else, and
    /// anything altered, is [`SecretError::WrongSecret`].
    pub fn open(
        &self,
        purpose: &'static str,
        sealed: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, SecretError> {
        let Some((&SEAL_VERSION, rest)) = sealed.split_first() else {
            return Err(SecretError::WrongSecret);
        };
        let Some((nonce, msg)) = rest.split_first_chunk::<NONCE_BYTES>() else {
            return Err(SecretError::WrongSecret);
        };
        self.cipher(purpose)
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .map_err(|_| SecretError::WrongSecret)
    }

    /// Seals anew what was sealed with `old`; `None` where it is sealed with this secret already.
    /// The problem is for whoever changes the secret on the command line.
    pub fn reseal(
        &self,
        old: &Self,
        purpose: &'static str,
        sealed: &[u8],
        aad: &[u8],
    ) -> Result<Option<Vec<u8>>, Problem> {
        if self.open(purpose, sealed, aad).is_ok() {
            return Ok(None);
        }
        let plaintext = old.open(purpose, sealed, aad).map_err(|_| {
            let detail = "Something is sealed with neither NEWSLINE_SECRET nor NEWSLINE_SECRET_PREVIOUS. Nothing was changed.";
            Problem::new(Code::WrongState, detail)
        })?;
        Ok(Some(self.seal(purpose, &plaintext, aad)))
    }

    fn cipher(&self, purpose: &'static str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derive(purpose).into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `N` bytes of the operating system's randomness.
///
/// # Panics
/// Where the system has none to give: there is no safe way on without it.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

fn is_placeholder(text: &str) -> bool {
    let text = text.to_lowercase();
    PLACEHOLDERS.iter().any(|word| text.contains(word))
}

/// Whether the text is one piece over and over: `aaaa…`, `abcabc…`.
fn is_repetition(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|piece| text.chunks(piece).all(|chunk| text.starts_with(chunk)))
}

/// Puts a file with `text` at `path`, unless there is one already, which then stays.
fn create_file(path: &Path, text: &str) -> io::Result<()> {
    let name = URL_SAFE_NO_PAD.encode(random_bytes::<9>());
    let draft = path.with_file_name(format!(".{name}.new"));
    let linked = write_private(&draft, text)
        // A link appears with all its content or not at all, and never in place of another:
        // whoever reads `path` finds a whole secret, even after a crash.
        .and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    removed?;
    // Keys in the database are sealed with the secret, and lost with it.
    private::sync_folder(path)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private::files().create_new(true).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_secret() -> Secret {
        Secret::parse(&Secret::generate()).expect("a generated secret is good")
    }

    fn new_folder() -> PathBuf {
        let name = URL_SAFE_NO_PAD.encode(random_bytes::<9>());
        let folder = std::env::temp_dir().join(format!("newsline-secret-{name}"));
        fs::create_dir(&folder).expect("a folder for the test");
        folder
    }

    #[test]
    fn a_short_secret_is_refused() {
        let refused = Secret::parse("0aB9_xYz0aB8-xYq0aB7_xYw0aB6-xY").expect_err("31 bytes");
        assert!(matches!(refused, SecretError::TooShort(31)), "{refused}");
    }

    #[test]
    fn a_well_known_secret_is_refused() {
        for known in [
            "changeme-changeme-and-change-it-again",
            "This is the SECRET of our newsroom in Baku",
            "replace this with 32 random bytes please",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "0af1-0af1-0af1-0af1-0af1-0af1-0af1-0af1",
        ] {
            let refused = Secret::parse(known).expect_err(known);
            assert!(matches!(refused, SecretError::Guessable), "{known}");
            assert!(!refused.to_string().contains(known));
        }
    }

    #[test]
    fn white_space_around_a_secret_does_not_count() {
        let text = Secret::generate();
        let plain = Secret::parse(&text).expect("good");
        let padded = Secret::parse(&format!(" {text}\n")).expect("good");
        assert_eq!(plain.derive("cursors"), padded.derive("cursors"));
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let secret = new_secret();
        assert_eq!(secret.derive("cursors"), secret.derive("cursors"));
        assert_ne!(secret.derive("cursors"), secret.derive("keys"));
        assert_ne!(secret.derive("cursors"), new_secret().derive("cursors"));
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_purpose_and_place_only() {
        let secret = new_secret();
        let sealed = secret.seal("keys", b"a private key", b"row 1");
        let opened = secret.open("keys", &sealed, b"row 1").expect("opens");
        assert_eq!(opened, b"a private key");
        assert_eq!(sealed.len(), 13 + 41);
        assert!(secret.open("keys", &sealed, b"row 2").is_err());
        assert!(secret.open("answers", &sealed, b"row 1").is_err());
    }

    #[test]
    fn another_secret_is_told_as_the_wrong_one() {
        let sealed = new_secret().seal("keys", b"a private key", b"");
        let refused = new_secret().open("keys", &sealed, b"").expect_err("wrong");
        assert!(matches!(refused, SecretError::WrongSecret));
    }

    #[test]
    fn nothing_altered_or_cut_opens() {
        let secret = new_secret();
        let sealed = secret.seal("keys", b"a private key", b"");
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(secret.open("keys", &altered, b"").is_err(), "byte {at}");
            assert!(secret.open("keys", &sealed[..at], b"").is_err(), "cut {at}");
        }
    }

    #[test]
    fn sealing_twice_gives_two_results() {
        let secret = new_secret();
        assert_ne!(
            secret.seal("keys", b"same", b""),
            secret.seal("keys", b"same", b"")
        );
    }

    #[test]
    fn debug_does_not_print_it() {
        assert_eq!(format!("{:?}", new_secret()), "Secret(…)");
    }

    #[test]
    fn the_file_is_made_once_and_private() {
        let folder = new_folder();
        let path = folder.join("secret");
        let made = Secret::load_or_create(&path).expect("made");
        let read = Secret::load_or_create(&path).expect("read");
        assert_eq!(made.derive("keys"), read.derive("keys"));
        let names = fs::read_dir(&folder).expect("the folder").count();
        assert_eq!(names, 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("the file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(folder).expect("cleared");
    }

    #[test]
    fn many_starts_at_once_agree_on_one_secret() {
        let folder = new_folder();
        let path = folder.join("secret");
        let start = || {
            Secret::load_or_create(&path)
                .expect("a secret")
                .derive("keys")
        };
        let mut keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            let ended = starts.into_iter().map(std::thread::ScopedJoinHandle::join);
            ended.map(|key| key.expect("no panic")).collect()
        });
        keys.dedup();
        assert_eq!(keys.len(), 1);
        fs::remove_dir_all(folder).expect("cleared");
    }

    #[test]
    fn a_file_that_cannot_be_made_is_named_in_the_error() {
        let path = std::env::temp_dir().join("newsline-no-such-folder/secret");
        let error = Secret::load_or_create(&path).expect_err("no folder");
        assert!(
            error.to_string().contains("newsline-no-such-folder"),
            "{error}"
        );
    }
}
