//! The id under which a request is found in the logs, and in its answer.

use std::cell::RefCell;
use std::time::SystemTime;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The id of a request, among its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The client's own id, if it is sane: 1 to 128 letters, digits and `._-`.
fn sent(headers: &HeaderMap) -> Option<&HeaderValue> {
    let id = headers.get(X_REQUEST_ID)?;
    let is_sane = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let bytes = id.as_bytes();
    ((1..=128).contains(&bytes.len()) && bytes.iter().all(is_sane)).then_some(id)
}

/// The id as a header: the client's own, or a new one.
pub fn header_of(headers: &HeaderMap) -> HeaderValue {
    if let Some(id) = sent(headers) {
        return id.clone();
    }
    let mut text = Uuid::encode_buffer();
    let text = made().hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
}

/// The id as text.
pub fn text_of(headers: &HeaderMap) -> String {
    header_of(headers).to_str().unwrap_or_default().to_owned()
}

thread_local! {
    /// Random once for each thread, then counted on.
    static TAIL: RefCell<(u16, u64)> = RefCell::new({
        let mut random = [0; 10];
        // Without the system's randomness ids are still told apart by time and count.
        let _ = getrandom::fill(&mut random);
        let [a, b, rest @ ..] = random;
        (u16::from_be_bytes([a, b]), u64::from_be_bytes(rest))
    });
}

/// A UUIDv7 (RFC 9562 §5.7) whose tail counts on from a random start (§6.2): asking the system for
/// randomness at each request costs more than the rest of a cached answer's head.
fn made() -> Uuid {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = now.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0));
    let tail = TAIL.with_borrow_mut(|(head, count)| {
        *count = count.wrapping_add(1);
        let mut tail = [0; 10];
        tail[..2].copy_from_slice(&head.to_be_bytes());
        tail[2..].copy_from_slice(&count.to_be_bytes());
        tail
    });
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_threads_make_the_same_id() {
        let make = || std::thread::spawn(|| (0..5000).map(|_| made()).collect::<Vec<_>>());
        let threads: Vec<_> = (0..4).map(|_| make()).collect();
        let ids = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("ids"));
        let ids: BTreeSet<Uuid> = ids.collect();
        assert_eq!(ids.len(), 20_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
