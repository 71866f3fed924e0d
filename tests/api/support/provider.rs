//! A small identity provider: it publishes keys at an address of its own and signs tokens.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::{Value, json};

/// A key of the provider's.
pub struct ProviderKey {
    pub kid: String,
    pub algorithm: Algorithm,
    pub encoding: EncodingKey,
    /// What it publishes.
    pub jwk: Value,
}

fn number(number: &openssl::bn::BigNumRef) -> String {
    BASE64.encode(number.to_vec())
}

impl ProviderKey {
    pub fn rsa(kid: &str) -> Self {
        let key = Rsa::generate(2048).expect("a key");
        let der = key.private_key_to_der().expect("PKCS #1");
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::RS256,
            encoding: EncodingKey::from_rsa_der(&der),
            jwk: json!({"kty": "RSA", "kid": kid, "use": "sig", "n": number(key.n()), "e": number(key.e())}),
        }
    }

    pub fn ec(kid: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
        let key = EcKey::generate(&group).expect("a key");
        let (mut x, mut y) = (BigNum::new().expect("x"), BigNum::new().expect("y"));
        let context = &mut BigNumContext::new().expect("a context");
        key.public_key()
            .affine_coordinates(&group, &mut x, &mut y, context)
            .expect("the point");
        let part = |number: BigNum| BASE64.encode(number.to_vec_padded(32).expect("32 bytes"));
        let (x, y) = (part(x), part(y));
        let pkey = PKey::from_ec_key(key).expect("a key");
        let der = pkey.private_key_to_pkcs8().expect("PKCS #8");
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::ES256,
            encoding: EncodingKey::from_ec_der(&der),
            jwk: json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y}),
        }
    }

    pub fn ed(kid: &str) -> Self {
        let key = PKey::generate_ed25519().expect("a key");
        let der = key.private_key_to_pkcs8().expect("PKCS #8");
        let x = BASE64.encode(key.raw_public_key().expect("the point"));
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::EdDSA,
            encoding: EncodingKey::from_ed_der(&der),
            jwk: json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": kid, "x": x}),
        }
    }

    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.clone());
        header
    }

    pub fn sign(&self, claims: &Value) -> String {
        encode(&self.header(), claims, &self.encoding).expect("a token")
    }
}

/// What the provider answers.
#[derive(Clone)]
pub enum Says {
    Keys(Vec<Value>),
    /// Status line and headers, and a body.
    Raw(String, Vec<u8>),
}

/// A provider that answers until it is dropped.
pub struct Provider {
    pub url: String,
    says: Arc<Mutex<Says>>,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    pub fn start(keys: &[&ProviderKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/keys", listener.local_addr().expect("an address"));
        let provider = Self {
            url,
            says: Arc::new(Mutex::new(Says::Keys(Vec::new()))),
            asked: Arc::default(),
        };
        provider.publish(keys);
        let (says, asked) = (provider.says.clone(), provider.asked.clone());
        // It ends with the process: a test has few of them.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                asked.fetch_add(1, Ordering::SeqCst);
                let says = says.lock().expect("what it says").clone();
                let _ = answer(stream, says);
            }
        });
        provider
    }

    pub fn publish(&self, keys: &[&ProviderKey]) {
        self.say(Says::Keys(keys.iter().map(|key| key.jwk.clone()).collect()));
    }

    pub fn say(&self, says: Says) {
        *self.says.lock().expect("what it says") = says;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, says: Says) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let (head, body) = match says {
        Says::Keys(keys) => (
            "200 OK".to_owned(),
            json!({"keys": keys}).to_string().into_bytes(),
        ),
        Says::Raw(head, body) => (head, body),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}
