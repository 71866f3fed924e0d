//! `Idempotency-Key`: a POST that is sent twice is done once. The key's row is the first insert of
//! the change's own transaction and holds the answer, so a crash loses both or none.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder};
use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::address::ClientAddress;
use super::problem::{Code, Problem};
use crate::app::App;
use crate::auth::guards::Staff;
use crate::auth::secret::Secret;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::prepared::prepared;
use crate::db::schema::idempotency_keys;
use crate::db::{Db, DbConn, Instant, Tx, dialect};
use crate::on_each_backend;

/// Answers are kept this long.
const KEPT_SECONDS: i64 = 24 * 3600;

/// The key of a request, before its body is known.
pub struct Key {
    caller: String,
    hash: Option<Vec<u8>>,
    path: String,
}

/// What makes a POST safe to repeat: its key, and what it was sent for.
#[derive(Clone)]
pub struct Once(Option<Claim>);

#[derive(Clone)]
struct Claim {
    caller: String,
    key_hash: Vec<u8>,
    request_hash: Vec<u8>,
}

impl Once {
    /// Reads the header; 400 where it is empty or longer than 200 characters.
    pub fn key(request: &HttpRequest) -> Result<Key, Problem> {
        let (caller, place) = match request.extensions().get::<Staff>() {
            Some(staff) => (format!("user:{}", staff.id), None),
            None => {
                let app = request.app_data::<Data<App>>();
                let from = app.map(|app| ClientAddress::of(app, request).to_string());
                ("guest".to_owned(), from)
            }
        };
        let hash = match request.headers().get("idempotency-key") {
            None => None,
            Some(key) if (1..=200).contains(&key.len()) => {
                // A guest's address keeps their keys apart from others', and cannot be read from it.
                let hash = Sha256::new().chain_update(key.as_bytes());
                let hash = match place {
                    Some(place) => hash.chain_update([0]).chain_update(place),
                    None => hash,
                };
                Some(hash.finalize().to_vec())
            }
            Some(_) => {
                return Err(Problem::new(
                    Code::InvalidHeader,
                    "Idempotency-Key takes 1 to 200 characters.",
                ));
            }
        };
        Ok(Key {
            caller,
            hash,
            path: request.path().to_owned(),
        })
    }

    /// Runs the job in one transaction, or gives the answer that it gave before.
    pub async fn write(
        self,
        db: &Db,
        secret: &Secret,
        job: impl Fn(&mut Tx) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let Some(claim) = self.0 else {
            return db.write(job).await;
        };
        let secret = secret.clone();
        db.write(move |tx| {
            if let Some(first) = claim.take(tx)? {
                return claim.replay(first, &secret);
            }
            let answer = job(tx)?;
            claim.keep(tx, &answer, &secret)?;
            Ok(answer)
        })
        .await
    }
}

impl Once {
    /// The same for a POST that changes nothing: without a key it is a read, and with one no more
    /// is written than the key's row.
    pub async fn read(
        self,
        db: &Db,
        secret: &Secret,
        job: impl Fn(&mut DbConn) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        match self.0 {
            None => db.read_snapshot(job).await,
            Some(_) => self.write(db, secret, move |tx| job(tx)).await,
        }
    }
}

impl Key {
    pub fn for_body(self, body: &[u8]) -> Once {
        let Self { caller, hash, path } = self;
        Once(hash.map(|key_hash| {
            let request_hash = Sha256::new()
                .chain_update(&path)
                .chain_update([0])
                .chain_update(body)
                .finalize()
                .to_vec();
            Claim {
                caller,
                key_hash,
                request_hash,
            }
        }))
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = idempotency_keys)]
struct Kept {
    caller: String,
    key_hash: Vec<u8>,
    request_hash: Vec<u8>,
    status: i32,
    location: Option<String>,
    etag: Option<String>,
    body: Vec<u8>,
    sealed: bool,
    created_at: Instant,
    subject: Option<Vec<u8>>,
}

const PURPOSE: &str = "idempotency";

impl Claim {
    /// Takes the key, waiting up to 5 s for another transaction that holds it; gives what was kept
    /// under it before.
    fn take(&self, tx: &mut Tx) -> Result<Option<Kept>, Problem> {
        let now = tx.now();
        let row = Kept {
            caller: self.caller.clone(),
            key_hash: self.key_hash.clone(),
            request_hash: self.request_hash.clone(),
            status: 0,
            location: None,
            etag: None,
            body: Vec::new(),
            sealed: false,
            created_at: now,
            subject: None,
        };
        if insert(tx, &row)? {
            return Ok(None);
        }
        let old = idempotency_keys::table
            .find((&self.caller, &self.key_hash))
            .filter(idempotency_keys::created_at.lt(now.plus_seconds(-KEPT_SECONDS)));
        diesel::delete(old).execute(&mut **tx)?;
        let kept = idempotency_keys::table
            .find((&self.caller, &self.key_hash))
            .first(&mut **tx)
            .optional()?;
        // It was too old, be it that we or somebody else threw it away.
        match kept {
            None if !insert(tx, &row)? => Err(in_progress()),
            kept => Ok(kept),
        }
    }

    fn replay(&self, kept: Kept, secret: &Secret) -> Result<Answer, Problem> {
        if kept.request_hash != self.request_hash {
            return Err(Problem::new(
                Code::KeyReused,
                "This Idempotency-Key stands for another request.",
            ));
        }
        let body = match kept.sealed {
            false => kept.body,
            true => secret
                .open(PURPOSE, &kept.body, &self.key_hash)
                .map_err(|_| {
                    Problem::new(Code::Internal, "The answer that was kept cannot be opened.")
                })?,
        };
        let status = u16::try_from(kept.status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok());
        Ok(Answer {
            status: status.unwrap_or(StatusCode::OK),
            location: kept.location,
            etag: kept.etag,
            body,
            secret: kept.sealed,
            subject: kept.subject,
            replayed: true,
        })
    }

    fn keep(&self, tx: &mut Tx, answer: &Answer, secret: &Secret) -> Result<(), Problem> {
        let body = match answer.secret {
            false => answer.body.clone(),
            true => secret.seal(PURPOSE, &answer.body, &self.key_hash),
        };
        let keep = diesel::update(idempotency_keys::table.find((&self.caller, &self.key_hash)))
            .set((
                idempotency_keys::status.eq(i32::from(answer.status.as_u16())),
                idempotency_keys::location.eq(&answer.location),
                idempotency_keys::etag.eq(&answer.etag),
                idempotency_keys::body.eq(&body),
                idempotency_keys::sealed.eq(answer.secret),
                idempotency_keys::subject.eq(&answer.subject),
            ))
            .returning(idempotency_keys::status);
        let conn: &mut DbConn = tx;
        let _: Vec<i32> = on_each_backend!(conn => prepared(keep).load(conn))?;
        Ok(())
    }
}

fn in_progress() -> Problem {
    Problem::new(
        Code::InProgress,
        "The same request is still being worked on.",
    )
    .retry_after(1)
}

/// True where the row went in; false where the key is there already.
fn insert(tx: &mut Tx, row: &Kept) -> Result<bool, Problem> {
    let conn: &mut DbConn = tx;
    dialect::wait_for_locks(conn, Some(5))?;
    let inserted = on_each_backend!(conn => diesel::insert_into(idempotency_keys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn));
    let inserted = inserted.map_err(|error| match dialect::is_lock_timeout(&error) {
        true => in_progress(),
        false => error.into(),
    })?;
    dialect::wait_for_locks(tx, None)?;
    Ok(inserted == 1)
}

/// Throws away the answers that nobody may ask for any more.
pub fn forget_old(conn: &mut DbConn, now: Instant) -> QueryResult<usize> {
    let old = idempotency_keys::created_at.lt(now.plus_seconds(-KEPT_SECONDS));
    diesel::delete(idempotency_keys::table.filter(old)).execute(conn)
}

/// Throws away the answers that tell of these, because what they tell of was erased.
pub fn forget_subjects(conn: &mut DbConn, subjects: &[Vec<u8>]) -> QueryResult<usize> {
    let telling = among(idempotency_keys::subject, subjects);
    diesel::delete(idempotency_keys::table.filter(telling)).execute(conn)
}

/// Seals the answers that carry secrets with another secret; gives how many there were to seal.
pub fn rewrap(conn: &mut DbConn, old: &Secret, new: &Secret) -> Result<usize, Problem> {
    let mut count = 0;
    let mut after: Option<(String, Vec<u8>)> = None;
    loop {
        let page = sealed_after(conn, after.take())?;
        let Some((caller, key_hash, _)) = page.last() else {
            return Ok(count);
        };
        after = Some((caller.clone(), key_hash.clone()));
        for (caller, key_hash, body) in page {
            if let Some(body) = new.reseal(old, PURPOSE, &body, &key_hash)? {
                diesel::update(idempotency_keys::table.find((caller, key_hash)))
                    .set(idempotency_keys::body.eq(body))
                    .execute(conn)?;
                count += 1;
            }
        }
    }
}

type Sealed = (String, Vec<u8>, Vec<u8>);

/// Some of the answers that are sealed, after a key; there may be too many for memory.
fn sealed_after(conn: &mut DbConn, after: Option<(String, Vec<u8>)>) -> QueryResult<Vec<Sealed>> {
    const MANY: i64 = 500;
    let place = (idempotency_keys::caller, idempotency_keys::key_hash);
    let query = idempotency_keys::table
        .filter(idempotency_keys::sealed.eq(true))
        .order(place)
        .select((place.0, place.1, idempotency_keys::body))
        .limit(MANY);
    match after {
        None => query.load(conn),
        Some(after) => query
            .filter(row_compare(place, Way::After, after))
            .load(conn),
    }
}

/// The answer of a POST, in the form in which it can be kept and given again.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    location: Option<String>,
    etag: Option<String>,
    body: Vec<u8>,
    secret: bool,
    subject: Option<Vec<u8>>,
    replayed: bool,
}

impl Answer {
    fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))?;
        Ok(Self {
            status,
            location: None,
            etag: None,
            body,
            secret: false,
            subject: None,
            replayed: false,
        })
    }

    /// 201 with the address and the version of what was made.
    pub fn created(location: String, version: i64, body: &impl Serialize) -> Result<Self, Problem> {
        let etag = Some(super::etag::of_version(version));
        Ok(Self {
            location: Some(location),
            etag,
            ..Self::new(StatusCode::CREATED, body)?
        })
    }

    /// 202: taken, but not yet to be seen.
    pub fn accepted(body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::ACCEPTED, body)
    }

    /// 200: what became of several things, or what was asked for.
    pub fn done(body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, body)
    }

    /// 200 with the version of what was changed.
    pub fn changed(version: i64, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self {
            etag: Some(super::etag::of_version(version)),
            ..Self::new(StatusCode::OK, body)?
        })
    }

    /// The body carries a secret: it is kept encrypted.
    pub fn with_secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    /// The body tells of this: [`forget_subjects`] takes it away where it is kept.
    pub fn of_subject(self, subject: Vec<u8>) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }
}

impl Responder for Answer {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.content_type("application/json");
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if self.secret {
            response.insert_header((header::CACHE_CONTROL, "private, no-store"));
        }
        if self.replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        response.body(self.body)
    }
}
