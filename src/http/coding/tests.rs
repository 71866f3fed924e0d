//! Which coding clients get, and that it can be undone.

use std::io::Read;

use super::*;

fn preferred(lines: &[&str]) -> Coding {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_str(line).expect("a header");
        headers.append(header::ACCEPT_ENCODING, value);
    }
    Coding::preferred(&headers)
}

#[test]
fn clients_get_the_coding_that_they_like_best() {
    for (lines, coding) in [
        (&[][..], Coding::Identity),
        (&[""][..], Coding::Identity),
        (&["gzip, deflate, br"], Coding::Br),
        (&["gzip, deflate, br, zstd"], Coding::Br),
        (&["gzip", "br"], Coding::Br),
        (&["gzip, zstd"], Coding::Zstd),
        (&["gzip;q=0.9, br;q=0.8"], Coding::Gzip),
        (&["GZIP"], Coding::Gzip),
        (&["x-gzip"], Coding::Gzip),
        (&["gzip;q=0.5, identity"], Coding::Identity),
        (&["gzip;q=0.5, identity;q=0.5"], Coding::Gzip),
        (&["gzip;q=0"], Coding::Identity),
        (&["gzip;q=nonsense"], Coding::Identity),
        (&["gzip;q=1e-1"], Coding::Identity),
        (&["gzip;q=.5"], Coding::Identity),
        (&["gzip;q=0.0001"], Coding::Identity),
        (&["gzip; Q = 0.001"], Coding::Gzip),
        (&["deflate"], Coding::Identity),
        (&["*"], Coding::Identity),
        (&["*;q=0.5, identity;q=0"], Coding::Br),
        (&["br;q=0, *;q=0.5, identity;q=0"], Coding::Zstd),
        (&["gzip, *;q=0"], Coding::Gzip),
        (&["identity;q=0, *;q=0"], Coding::Identity),
        (&["nonsense"], Coding::Identity),
    ] {
        assert_eq!(preferred(lines), coding, "{lines:?}");
    }
}

#[actix_web::test]
async fn bytes_come_back_as_they_went_in() {
    for size in [WORTHWHILE, 1000, LONG - 1, LONG, 300_000] {
        let words = (0u64..).flat_map(|nth| format!("word {} ", nth * nth % 977).into_bytes());
        let plain: Bytes = words.take(size).collect();
        for coding in [Coding::Br, Coding::Zstd, Coding::Gzip] {
            let encoded = coding.encode(&plain).await.expect("worth it");
            assert!(encoded.len() * 4 < plain.len() * 3, "{coding:?} of {size}");
            let mut decoded = Vec::new();
            let undone = match coding {
                Coding::Br => brotli::Decompressor::new(&*encoded, 4096).read_to_end(&mut decoded),
                Coding::Zstd => zstd::stream::read::Decoder::new(&*encoded)
                    .and_then(|mut decoder| decoder.read_to_end(&mut decoded)),
                _ => flate2::read::GzDecoder::new(&*encoded).read_to_end(&mut decoded),
            };
            undone.expect("a stream of this coding");
            assert_eq!(decoded, plain, "{coding:?}");
        }
        assert_eq!(Coding::Identity.encode(&plain).await, None);
    }
}

#[actix_web::test]
async fn a_few_bytes_stay_as_they_are() {
    let plain = Bytes::from_static(b"{}");
    assert_eq!(Coding::Gzip.encode(&plain).await, None);
}
