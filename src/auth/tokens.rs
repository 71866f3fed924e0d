//! Access tokens: JWTs signed with Ed25519 (RFC 8037) in the profile `at+jwt` (RFC 9068), checked
//! as RFC 8725 asks, and the public keys that check them (JWK Set, RFC 7517).
//!
//! Everything here is arithmetic: keys are kept, and sign-ins looked up, elsewhere. Instants are
//! seconds since 1970 (`NumericDate`), and the caller's clock says what time it is.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk as LibraryJwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::secret::random_bytes;

/// The media type in the header of an access token: no other kind of JWT is taken for one.
pub const TOKEN_TYPE: &str = "at+jwt";
/// By how many seconds the clocks of two nodes may differ.
pub const LEEWAY_SECONDS: i64 = 10;
/// Longest token that is looked at; ours have about 600 bytes.
const MAX_TOKEN_BYTES: usize = 4096;
/// How many tokens a verifier remembers.
const REMEMBERED: usize = 1024;

// PKCS #8 (RFC 8410 §7) around the 32 bytes of an Ed25519 seed is these bytes and then the seed.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The token is not good. The reason is not told: it would help only a forger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct TokenError;

/// A key's bytes are not those of an Ed25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not an Ed25519 key")]
pub struct KeyError;

/// What an access token says. Every claim is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The address of this API.
    pub iss: String,
    /// Whom the token is for: one text, never a list.
    pub aud: String,
    /// The user's id.
    pub sub: Uuid,
    /// The sign-in's id.
    pub sid: Uuid,
    /// The user's role when the token was made; the database decides.
    pub role: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    /// The token's own id.
    pub jti: Uuid,
}

/// A private key that signs access tokens.
pub struct SigningKey {
    seed: [u8; 32],
    public: PublicKey,
    encoding: EncodingKey,
    header: Header,
}

impl SigningKey {
    /// A new key with a new id.
    pub fn generate() -> Self {
        Self::from_seed(Uuid::now_v7(), &random_bytes::<32>())
            .expect("any 32 bytes are the seed of an Ed25519 key")
    }

    /// The key `kid` from its [`SigningKey::seed`].
    pub fn from_seed(kid: Uuid, seed: &[u8]) -> Result<Self, KeyError> {
        let seed = <[u8; 32]>::try_from(seed).map_err(|_| KeyError)?;
        let encoding = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &seed].concat());
        let x = public_half(&encoding)?;
        let public = PublicKey { kid, x };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(kid.to_string());
        Ok(Self {
            seed,
            public,
            encoding,
            header,
        })
    }

    /// The 32 secret bytes, to be kept sealed.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The half that everybody may have.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a token (JWS compact serialisation).
    pub fn issue(&self, claims: &Claims) -> String {
        encode(&self.header, claims, &self.encoding)
            .expect("a key from a checked seed signs any claims")
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, …)", self.public.kid)
    }
}

/// A public key that checks access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kid: Uuid,
    x: [u8; 32],
}

impl PublicKey {
    /// The key `kid` from the 32 bytes of its point.
    pub fn from_bytes(kid: Uuid, x: &[u8]) -> Result<Self, KeyError> {
        let x = x.try_into().map_err(|_| KeyError)?;
        Ok(Self { kid, x })
    }

    pub fn kid(&self) -> Uuid {
        self.kid
    }

    /// The 32 bytes of its point.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.x
    }

    /// The key as a JWK.
    pub fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(self.x),
            key_use: "sig",
            alg: "EdDSA",
            kid: self.kid.to_string(),
        }
    }
}

/// A public key as JSON (RFC 7517 §4, RFC 8037 §2).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    pub kty: &'static str,
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// The 32 bytes of the public key in base64url.
    pub x: String,
    #[serde(rename = "use")]
    pub key_use: &'static str,
    pub alg: &'static str,
    /// The key's id, as in the header of the tokens it signed.
    pub kid: String,
}

/// The keys whose tokens are good now (RFC 7517 §5).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct JwkSet {
    pub keys: Vec<Jwk>,
}

impl<'a> FromIterator<&'a PublicKey> for JwkSet {
    fn from_iter<I: IntoIterator<Item = &'a PublicKey>>(keys: I) -> Self {
        let keys = keys.into_iter().map(PublicKey::jwk).collect();
        Self { keys }
    }
}

/// Checks access tokens of one issuer for one audience.
pub struct Verifier {
    validation: Validation,
    keys: HashMap<String, DecodingKey>,
    /// What tokens with a good signature say, by the SHA-256 of all their bytes: to check one is a
    /// quarter of a worker's part in a small write. Times are compared at each use.
    proven: Cache<[u8; 32], Claims>,
}

impl Verifier {
    /// Takes tokens of `issuer` for `audience`, signed by one of `keys`.
    pub fn new<'a>(
        issuer: &str,
        audience: &str,
        keys: impl IntoIterator<Item = &'a PublicKey>,
    ) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The library compares with the machine's clock; `verify` does with the caller's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let keys = keys.into_iter();
        let keys = keys.map(|key| (key.kid.to_string(), DecodingKey::from_ed_der(&key.x)));
        Self {
            validation,
            keys: keys.collect(),
            proven: Cache::new(REMEMBERED),
        }
    }

    /// The claims of a good token at the instant `now`, in seconds since 1970.
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError);
        }
        let digest = Sha256::digest(token).into();
        let claims = match self.proven.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = self.prove(token)?;
                self.proven.insert(digest, claims.clone());
                claims
            }
        };
        check_times(&claims, now)?;
        Ok(claims)
    }

    /// The claims of a token that is good but perhaps for its times.
    fn prove(&self, token: &str) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError)?;
        let key = self.key_for(&header)?;
        let token = decode::<Claims>(token, key, &self.validation).map_err(|_| TokenError)?;
        Ok(token.claims)
    }

    /// Whether the token names a key that is known here.
    pub fn knows_key_of(&self, token: &str) -> bool {
        token.len() <= MAX_TOKEN_BYTES
            && jsonwebtoken::decode_header(token)
                .is_ok_and(|header| header.kid.is_some_and(|kid| self.keys.contains_key(&kid)))
    }

    fn key_for(&self, header: &Header) -> Result<&DecodingKey, TokenError> {
        let typ = header.typ.as_deref().ok_or(TokenError)?;
        // `crit` names extensions that must be understood (RFC 7515 §4.1.11): we know none.
        if !typ.eq_ignore_ascii_case(TOKEN_TYPE) || header.crit.is_some() {
            return Err(TokenError);
        }
        let kid = header.kid.as_deref().ok_or(TokenError)?;
        self.keys.get(kid).ok_or(TokenError)
    }
}

fn check_times(claims: &Claims, now: i64) -> Result<(), TokenError> {
    let latest = now.saturating_add(LEEWAY_SECONDS);
    let earliest = now.saturating_sub(LEEWAY_SECONDS);
    let is_good = claims.iat <= latest && claims.nbf <= latest && claims.exp > earliest;
    is_good.then_some(()).ok_or(TokenError)
}

fn public_half(key: &EncodingKey) -> Result<[u8; 32], KeyError> {
    let jwk = LibraryJwk::from_encoding_key(key, Algorithm::EdDSA).map_err(|_| KeyError)?;
    let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
        return Err(KeyError);
    };
    let x = URL_SAFE_NO_PAD.decode(pair.x).map_err(|_| KeyError)?;
    x.try_into().map_err(|_| KeyError)
}

#[cfg(test)]
mod tests;
