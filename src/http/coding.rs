//! Content codings of readers' answers (RFC 9110 §8.4, §12.5.3): which one a client gets, and the
//! bytes in it. They are kept and sent many times, so they are compressed once and well.

use std::io::Write;
use std::num::NonZero;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::language::thousandths;

#[cfg(test)]
mod tests;

/// Ready bytes are in one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    Br,
    Zstd,
    Gzip,
    Identity,
}

/// Marks a request whose answer is compressed when it is whole: on its way only streams are.
pub struct CodedWhole;

/// What is shorter gains nothing.
const WORTHWHILE: usize = 200;

/// What is longer is compressed off the async threads.
const LONG: usize = 8 * 1024;

/// As many long answers are compressed at once as there are processors: more would be ready no
/// sooner, and each takes memory.
static ROOM: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

impl Coding {
    /// The one that the client likes best; among equals the one that is smallest.
    pub fn preferred(headers: &HeaderMap) -> Self {
        Weights::of(headers).best()
    }

    /// Puts the choice in the place of the wishes of a client that refuses plain bytes; it gets them where
    /// it takes nothing else that there is, which RFC 9110 §12.5.3 leaves to the server. The framework
    /// would refuse it, with an answer that caches keep for others.
    pub fn settle(headers: &mut HeaderMap) {
        let weights = Weights::of(headers);
        if weights.plain() != Some(0) {
            return;
        }
        match weights.best().name() {
            Some(name) => {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(name));
            }
            None => {
                headers.remove(header::ACCEPT_ENCODING);
            }
        }
    }

    /// Its name in headers; none for bytes as they are.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Br => Some("br"),
            Self::Zstd => Some("zstd"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The bytes in this coding, or nothing where they stay as they are.
    pub async fn encode(self, plain: &Bytes) -> Option<Bytes> {
        if self == Self::Identity || plain.len() < WORTHWHILE {
            return None;
        }
        let encoded = if plain.len() < LONG {
            self.compress(plain)
        } else {
            let plain = plain.clone();
            let _room = ROOM.acquire().await.ok()?;
            let work = tokio::task::spawn_blocking(move || self.compress(&plain));
            work.await.ok().flatten()
        };
        encoded.map(Bytes::from)
    }

    fn compress(self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut encoded = Vec::with_capacity(plain.len() / 2);
        match self {
            Self::Br => {
                let window = usize::BITS - plain.len().leading_zeros() + 1;
                let params = brotli::enc::BrotliEncoderParams {
                    quality: 5,
                    lgwin: window.clamp(10, 22) as i32,
                    size_hint: plain.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut &*plain, &mut encoded, &params).ok()?;
            }
            Self::Zstd => encoded = zstd::bulk::compress(plain, 6).ok()?,
            Self::Gzip => {
                let level = flate2::Compression::new(6);
                let mut encoder = flate2::write::GzEncoder::new(&mut encoded, level);
                encoder.write_all(plain).ok()?;
                encoder.finish().ok()?;
            }
            Self::Identity => return None,
        }
        encoded.shrink_to_fit();
        Some(encoded)
    }
}

/// Weights in thousandths; none where the client does not name it.
#[derive(Default)]
struct Weights {
    br: Option<u16>,
    zstd: Option<u16>,
    gzip: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn of(headers: &HeaderMap) -> Self {
        let mut weights = Self::default();
        for line in headers.get_all(header::ACCEPT_ENCODING) {
            let items = line.to_str().unwrap_or_default().split(',');
            items.for_each(|item| weights.add(item));
        }
        weights
    }

    /// Of bytes as they are, where the client says something of them.
    fn plain(&self) -> Option<u16> {
        self.identity.or(self.any.filter(|weight| *weight == 0))
    }

    fn add(&mut self, item: &str) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = match name.trim().to_ascii_lowercase().as_str() {
            "br" => &mut self.br,
            "zstd" => &mut self.zstd,
            "gzip" | "x-gzip" => &mut self.gzip,
            "identity" => &mut self.identity,
            "*" => &mut self.any,
            _ => return,
        };
        *weight = Some(quality(parameters));
    }

    fn best(&self) -> Coding {
        let coded = [
            (Coding::Br, self.br),
            (Coding::Zstd, self.zstd),
            (Coding::Gzip, self.gzip),
        ];
        // What is not named is taken only from somebody who refuses plain bytes.
        let plain = self.plain();
        let refused = plain == Some(0);
        let weight = |named: Option<u16>| named.or(self.any.filter(|_| refused)).unwrap_or(0);
        let mut best = (Coding::Identity, plain.unwrap_or(0));
        for (coding, named) in coded {
            let weight = weight(named);
            let is_better = weight > best.1 || (weight == best.1 && best.0 == Coding::Identity);
            if weight > 0 && is_better {
                best = (coding, weight);
            }
        }
        best.0
    }
}

/// `q`, in thousandths; 1 where there is none, 0 where it cannot be read.
fn quality(parameters: &str) -> u16 {
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    value.map_or(1000, |value| thousandths(value).unwrap_or(0))
}
