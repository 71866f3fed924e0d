//! What an access token must withstand, case by case.

use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_776_412_800;
const ISSUER: &str = "https://api.example.az";
const AUDIENCE: &str = "newsline";

fn good_claims() -> Claims {
    Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: Uuid::now_v7(),
        sid: Uuid::now_v7(),
        role: "editor".to_owned(),
        iat: NOW,
        nbf: NOW,
        exp: NOW + 900,
        jti: Uuid::now_v7(),
    }
}

fn verifier_of(key: &SigningKey) -> Verifier {
    Verifier::new(ISSUER, AUDIENCE, [key.public()])
}

/// A token with any header and claims, signed well: what only a thief of the key could make.
fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key.encoding, Algorithm::EdDSA);
    format!("{message}.{}", signature.expect("a signature"))
}

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn good_header(key: &SigningKey) -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": key.public().kid()})
}

fn claims_json() -> Value {
    serde_json::to_value(good_claims()).expect("claims are JSON")
}

/// Asserts that the change of one claim spoils an otherwise good token.
fn assert_claim_refused(name: &str, value: Value) {
    let key = SigningKey::generate();
    let mut claims = claims_json();
    claims[name] = value;
    let token = signed(&key, &good_header(&key), &claims);
    assert_eq!(
        verifier_of(&key).verify(&token, NOW),
        Err(TokenError),
        "{claims}"
    );
}

/// Asserts that the change of one header field spoils an otherwise good token.
fn assert_header_refused(name: &str, value: Value) {
    let key = SigningKey::generate();
    let mut header = good_header(&key);
    header[name] = value;
    let token = signed(&key, &header, &claims_json());
    assert_eq!(
        verifier_of(&key).verify(&token, NOW),
        Err(TokenError),
        "{header}"
    );
}

#[test]
fn a_good_token_gives_its_claims() {
    let key = SigningKey::generate();
    let claims = good_claims();
    assert_eq!(
        verifier_of(&key).verify(&key.issue(&claims), NOW),
        Ok(claims)
    );
}

#[test]
fn what_is_remembered_of_a_token_is_what_it_says() {
    let key = SigningKey::generate();
    let verifier = verifier_of(&key);
    let all = [good_claims(), good_claims()];
    for claims in all.iter().chain(&all) {
        let verified = verifier.verify(&key.issue(claims), NOW);
        assert_eq!(verified.as_ref(), Ok(claims));
    }
    assert_eq!(verifier.proven.len(), all.len());
}

#[test]
fn a_token_signed_by_hand_is_good_too() {
    // Without this, the refusals below could come from a fault of the test's own signing.
    let key = SigningKey::generate();
    let token = signed(&key, &good_header(&key), &claims_json());
    assert!(verifier_of(&key).verify(&token, NOW).is_ok());
}

#[test]
fn either_of_two_keys_may_have_signed() {
    let (old, new) = (SigningKey::generate(), SigningKey::generate());
    let verifier = Verifier::new(ISSUER, AUDIENCE, [old.public(), new.public()]);
    assert!(verifier.verify(&old.issue(&good_claims()), NOW).is_ok());
    assert!(verifier.verify(&new.issue(&good_claims()), NOW).is_ok());
}

#[test]
fn an_unknown_key_is_refused() {
    let (ours, theirs) = (SigningKey::generate(), SigningKey::generate());
    let token = theirs.issue(&good_claims());
    assert_eq!(verifier_of(&ours).verify(&token, NOW), Err(TokenError));
}

#[test]
fn another_key_under_our_kid_is_refused() {
    let ours = SigningKey::generate();
    let theirs = SigningKey::from_seed(ours.public().kid(), &[7; 32]).expect("a key");
    let token = theirs.issue(&good_claims());
    assert_eq!(verifier_of(&ours).verify(&token, NOW), Err(TokenError));
}

#[test]
fn alg_none_is_refused() {
    let key = SigningKey::generate();
    for alg in ["none", "None", "NONE", ""] {
        let mut header = good_header(&key);
        header["alg"] = json!(alg);
        let token = format!("{}.{}.", part(&header), part(&claims_json()));
        assert_eq!(
            verifier_of(&key).verify(&token, NOW),
            Err(TokenError),
            "{alg}"
        );
    }
}

#[test]
fn a_public_key_used_as_a_shared_one_is_refused() {
    let key = SigningKey::generate();
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TOKEN_TYPE.to_owned());
    header.kid = Some(key.public().kid().to_string());
    let shared = EncodingKey::from_secret(key.public().as_bytes());
    let token = encode(&header, &good_claims(), &shared).expect("a token");
    assert_eq!(verifier_of(&key).verify(&token, NOW), Err(TokenError));
}

#[test]
fn another_algorithm_in_the_header_is_refused() {
    for alg in ["HS256", "RS256", "ES256", "PS512"] {
        assert_header_refused("alg", json!(alg));
    }
}

#[test]
fn another_type_of_token_is_refused() {
    assert_header_refused("typ", json!("JWT"));
    assert_header_refused("typ", json!("id_token+jwt"));
    assert_header_refused("typ", Value::Null);
}

#[test]
fn a_kid_is_required_and_known() {
    assert_header_refused("kid", Value::Null);
    assert_header_refused("kid", json!(""));
    assert_header_refused("kid", json!(Uuid::now_v7()));
}

#[test]
fn unknown_critical_extensions_are_refused() {
    assert_header_refused("crit", json!(["b64"]));
}

#[test]
fn another_issuer_or_audience_is_refused() {
    assert_claim_refused("iss", json!("https://elsewhere.example"));
    assert_claim_refused("iss", json!([ISSUER]));
    assert_claim_refused("aud", json!("another"));
    assert_claim_refused("aud", json!([AUDIENCE, "another"]));
}

#[test]
fn a_missing_claim_is_refused() {
    let key = SigningKey::generate();
    for name in [
        "iss", "aud", "sub", "sid", "role", "iat", "nbf", "exp", "jti",
    ] {
        let mut claims = claims_json();
        claims.as_object_mut().expect("an object").remove(name);
        let token = signed(&key, &good_header(&key), &claims);
        assert_eq!(
            verifier_of(&key).verify(&token, NOW),
            Err(TokenError),
            "{name}"
        );
        assert_claim_refused(name, Value::Null);
    }
}

#[test]
fn claims_of_another_type_are_refused() {
    assert_claim_refused("sub", json!("an editor"));
    assert_claim_refused("sid", json!(7));
    assert_claim_refused("exp", json!("1776413700"));
    assert_claim_refused("exp", json!(-1));
    assert_claim_refused("exp", json!(1e300));
}

#[test]
fn an_expired_token_is_refused() {
    let key = SigningKey::generate();
    let (verifier, token) = (verifier_of(&key), key.issue(&good_claims()));
    let verify = |now| verifier.verify(&token, now);
    assert!(verify(NOW + 900 + LEEWAY_SECONDS - 1).is_ok());
    assert_eq!(verify(NOW + 900 + LEEWAY_SECONDS), Err(TokenError));
    assert_eq!(verify(i64::MAX), Err(TokenError));
}

#[test]
fn a_token_of_the_future_is_refused() {
    let key = SigningKey::generate();
    let (verifier, token) = (verifier_of(&key), key.issue(&good_claims()));
    let verify = |now| verifier.verify(&token, now);
    assert!(verify(NOW - LEEWAY_SECONDS).is_ok());
    assert_eq!(verify(NOW - LEEWAY_SECONDS - 1), Err(TokenError));
    assert_eq!(verify(i64::MIN), Err(TokenError));
    assert_claim_refused("nbf", json!(NOW + LEEWAY_SECONDS + 1));
    assert_claim_refused("iat", json!(NOW + LEEWAY_SECONDS + 1));
}

#[test]
fn a_token_altered_anywhere_is_refused() {
    let key = SigningKey::generate();
    let verifier = verifier_of(&key);
    let token = key.issue(&good_claims());
    // It is remembered from here on.
    assert!(verifier.verify(&token, NOW).is_ok());
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).expect("ASCII");
        assert_eq!(
            verifier.verify(&altered, NOW),
            Err(TokenError),
            "letter {at}"
        );
    }
}

#[test]
fn garbage_is_refused_without_a_panic() {
    let verifier = verifier_of(&SigningKey::generate());
    for text in ["", ".", "..", "...", "a.b.c", "e30.e30.e30", "é.é.é", "\0"] {
        assert_eq!(verifier.verify(text, NOW), Err(TokenError), "{text}");
    }
    assert_eq!(verifier.verify(&"a".repeat(1 << 20), NOW), Err(TokenError));
}

#[test]
fn a_key_comes_back_from_its_seed() {
    let key = SigningKey::generate();
    let again = SigningKey::from_seed(key.public().kid(), key.seed()).expect("a key");
    assert_eq!(again.public(), key.public());
    assert!(
        verifier_of(&key)
            .verify(&again.issue(&good_claims()), NOW)
            .is_ok()
    );
    assert!(SigningKey::from_seed(Uuid::now_v7(), &[0; 31]).is_err());
    assert!(PublicKey::from_bytes(Uuid::now_v7(), &[0; 31]).is_err());
}

#[test]
fn a_public_point_that_is_none_refuses_every_token() {
    let key = SigningKey::generate();
    let point = PublicKey::from_bytes(key.public().kid(), &[0xff; 32]).expect("32 bytes");
    let verifier = Verifier::new(ISSUER, AUDIENCE, [&point]);
    assert_eq!(
        verifier.verify(&key.issue(&good_claims()), NOW),
        Err(TokenError)
    );
}

#[test]
fn the_key_set_is_the_one_of_rfc_8037() {
    // The seed and public key of RFC 8037, appendix A.1.
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let kid = Uuid::nil();
    let key = SigningKey::from_seed(kid, &seed.expect("base64url")).expect("a key");
    let set = serde_json::to_value(JwkSet::from_iter([key.public()])).expect("JSON");
    let expected = json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "use": "sig", "alg": "EdDSA", "kid": kid,
    }]});
    assert_eq!(set, expected);
}

#[test]
fn debug_does_not_print_a_private_key() {
    let key = SigningKey::from_seed(Uuid::nil(), &[7; 32]).expect("a key");
    assert_eq!(
        format!("{key:?}"),
        "SigningKey(00000000-0000-0000-0000-000000000000, …)"
    );
}
