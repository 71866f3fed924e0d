//! The provider's keys as it publishes them (JWK Set, RFC 7517). Only public keys of signatures are
//! taken, each for the algorithms of its kind: a shared key, or a public one used as such, checks
//! nothing (RFC 8725 §3.1, §3.2).

use std::collections::HashMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// A key that checks tokens.
#[derive(Clone)]
pub struct OutsideKey {
    pub key: DecodingKey,
    pub algorithms: &'static [Algorithm],
}

/// More keys than any provider has.
const MANY: usize = 100;
/// RFC 7518 §3.3 asks for RSA keys of 2048 bits.
const RSA_LETTERS: usize = 2048 / 8 * 4 / 3;

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

/// The keys by their `kid`; those that are of no use here are left out. `None` where it is no JWK set.
pub fn read(bytes: &[u8]) -> Option<HashMap<String, OutsideKey>> {
    let set: KeySet = serde_json::from_slice(bytes).ok()?;
    let keys = set.keys.into_iter().take(MANY);
    // One key of an unknown kind must not spoil the others (RFC 7517 §5).
    let known = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Some(known.filter_map(|jwk| of_use(&jwk)).collect())
}

fn of_use(jwk: &Jwk) -> Option<(String, OutsideKey)> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let kid = jwk.common.key_id.clone()?;
    if !matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) {
        return None;
    }
    let of_kind: &'static [Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= RSA_LETTERS => {
            &[RS256, RS384, RS512, PS256, PS384, PS512]
        }
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => &[ES256],
            EllipticCurve::P384 => &[ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => &[EdDSA],
        _ => return None,
    };
    let algorithms = match jwk.common.key_algorithm {
        None => of_kind,
        Some(named) => {
            let named = Algorithm::try_from(named).ok()?;
            let at = of_kind.iter().position(|known| *known == named)?;
            &of_kind[at..=at]
        }
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some((kid, OutsideKey { key, algorithms }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn algorithms(key: Value) -> Option<Vec<Algorithm>> {
        let set = json!({"keys": [{"kty": "strange"}, key]}).to_string();
        let mut keys = read(set.as_bytes()).expect("a set");
        keys.remove("k").map(|key| key.algorithms.to_vec())
    }

    /// base64url of so many letters, and a last one without bits that belong to no byte.
    fn number(letters: usize) -> String {
        "u".repeat(letters) + "A"
    }

    fn rsa(more: Value) -> Value {
        let mut key = json!({"kty": "RSA", "kid": "k", "n": number(341), "e": "AQAB"});
        let fields = key.as_object_mut().expect("a key");
        fields.extend(more.as_object().expect("fields").clone());
        key
    }

    #[test]
    fn a_key_checks_the_algorithms_of_its_kind_or_the_one_it_names() {
        assert_eq!(algorithms(rsa(json!({}))).map(|all| all.len()), Some(6));
        let named = rsa(json!({"alg": "RS256", "use": "sig"}));
        assert_eq!(algorithms(named), Some(vec![Algorithm::RS256]));
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let ed = json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "x": x});
        assert_eq!(algorithms(ed), Some(vec![Algorithm::EdDSA]));
        let ec = json!({"kty": "EC", "kid": "k", "crv": "P-256", "x": x, "y": x});
        assert_eq!(algorithms(ec), Some(vec![Algorithm::ES256]));
    }

    #[test]
    fn what_could_be_forged_or_is_for_something_else_is_left_out() {
        for key in [
            json!({"kty": "oct", "kid": "k", "k": "c2VjcmV0"}),
            json!({"kty": "oct", "kid": "k", "k": "c2VjcmV0", "alg": "HS256"}),
            rsa(json!({"alg": "HS256"})),
            rsa(json!({"alg": "ES256"})),
            rsa(json!({"use": "enc"})),
            rsa(json!({"kid": null})),
            rsa(json!({"n": number(170)})),
        ] {
            assert_eq!(algorithms(key.clone()), None, "{key}");
        }
    }

    #[test]
    fn what_is_no_set_is_none() {
        for text in ["", "{}", "[]", "{\"keys\": 1}", "<html>"] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
