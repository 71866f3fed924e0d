//! Readers' answers that are too large to be written whole before they are sent.

use actix_web::body::{BodyStream, BoxBody};
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures_util::stream;

use super::reading::{Reading, entity_tag};

/// A readers' answer that is written while it is sent, piece by piece.
pub struct Streamed<I> {
    /// What the answer says of itself; it has no body.
    head: Reading,
    /// All that the bytes depend on: two answers with the same version are the same bytes.
    version: String,
    pieces: I,
}

impl<I: Iterator<Item = Bytes> + 'static> Streamed<I> {
    pub fn new(head: Reading, version: String, pieces: I) -> Self {
        Self {
            head,
            version,
            pieces,
        }
    }
}

impl<I: Iterator<Item = Bytes> + 'static> Responder for Streamed<I> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = self.head.respond_to(request);
        let tag = entity_tag(self.version.as_bytes());
        response.headers_mut().insert(header::ETAG, tag);
        response.headers_mut().remove(header::CONTENT_ENCODING);
        let pieces = stream::iter(self.pieces.map(Ok::<_, std::convert::Infallible>));
        response.set_body(BoxBody::new(BodyStream::new(pieces)))
    }
}
