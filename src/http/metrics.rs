//! Numbers to watch, in the text format of Prometheus.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};
use subtle::ConstantTimeEq;

use crate::db::ReplicaReads;

/// Who may see the numbers, and where.
#[derive(Clone)]
pub struct MetricsAccess {
    /// The only place, where there is one.
    pub bind: Option<SocketAddr>,
    token: Option<String>,
}

impl MetricsAccess {
    pub fn new(bind: Option<SocketAddr>, token: Option<String>) -> Self {
        Self { bind, token }
    }

    /// Whether a bearer token, or none, lets its bearer in; in a time that does not tell how much
    /// of it is right.
    pub fn opens_with(&self, shown: Option<&str>) -> bool {
        match &self.token {
            None => true,
            Some(token) => {
                shown.is_some_and(|shown| token.as_bytes().ct_eq(shown.as_bytes()).into())
            }
        }
    }
}

/// The counters of this process.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    answers: IntCounterVec,
    seconds: HistogramVec,
    statements: IntGauge,
    pub cache: CacheMetrics,
    pub replicas: ReplicaReads,
}

/// What became of readers' requests and answers in the read cache.
#[derive(Clone)]
pub struct CacheMetrics {
    /// Answered from memory.
    pub hits: IntCounter,
    /// Answered by their handler.
    pub misses: IntCounter,
    /// Answered with what another request was reading.
    pub joined: IntCounter,
    pub stored: IntCounter,
    /// Found to be out of date.
    pub dropped: IntCounter,
    /// Overtaken by a change while they were read.
    pub stale: IntCounter,
    bytes: IntGauge,
}

/// The counters of one operation and status, looked up once.
pub struct Tally {
    answers: IntCounter,
    unchanged: IntCounter,
    seconds: Histogram,
}

impl Tally {
    /// `unchanged` is a 304 in the place of the answer.
    pub fn answered(&self, unchanged: bool, elapsed: Duration) {
        match unchanged {
            true => self.unchanged.inc(),
            false => self.answers.inc(),
        }
        self.seconds.observe(elapsed.as_secs_f64());
    }
}

impl CacheMetrics {
    fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = IntCounterVec::new(
            Opts::new(
                "newsline_cache_events_total",
                "What became of readers' requests and answers in the read cache.",
            ),
            &["event"],
        )?;
        let bytes = IntGauge::new("newsline_cache_bytes", "Bytes that the read cache holds.")?;
        registry.register(Box::new(counters.clone()))?;
        registry.register(Box::new(bytes.clone()))?;
        let counter = |event| counters.with_label_values(&[event]);
        Ok(Self {
            hits: counter("hit"),
            misses: counter("miss"),
            joined: counter("joined"),
            stored: counter("stored"),
            dropped: counter("dropped"),
            stale: counter("stale"),
            bytes,
        })
    }
}

fn replica_reads(registry: &Registry) -> Result<ReplicaReads, prometheus::Error> {
    let counters = IntCounterVec::new(
        Opts::new(
            "newsline_replica_reads_total",
            "What became of readers' reads where there are replicas.",
        ),
        &["outcome"],
    )?;
    registry.register(Box::new(counters.clone()))?;
    let counter = |outcome| counters.with_label_values(&[outcome]);
    Ok(ReplicaReads {
        answered: counter("answered"),
        behind: counter("behind"),
        away: counter("away"),
    })
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let answers = IntCounterVec::new(
            Opts::new(
                "newsline_answers_total",
                "Answers, by operation and status.",
            ),
            &["operation", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "newsline_answer_seconds",
                "Time to an answer, by operation.",
            )
            .buckets(vec![
                0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
            ]),
            &["operation"],
        )?;
        let statements = IntGauge::new(
            "newsline_statements",
            "SQL statements sent since the start.",
        )?;
        registry.register(Box::new(answers.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(statements.clone()))?;
        Ok(Self {
            cache: CacheMetrics::new(&registry)?,
            replicas: replica_reads(&registry)?,
            registry,
            answers,
            seconds,
            statements,
        })
    }

    pub fn answered(&self, operation: &str, status: StatusCode, elapsed: Duration) {
        self.answers
            .with_label_values(&[operation, status.as_str()])
            .inc();
        self.seconds
            .with_label_values(&[operation])
            .observe(elapsed.as_secs_f64());
    }

    pub fn tally(&self, operation: &str, status: StatusCode) -> Tally {
        let answers = |status: StatusCode| {
            self.answers
                .with_label_values(&[operation, status.as_str()])
        };
        Tally {
            answers: answers(status),
            unchanged: answers(StatusCode::NOT_MODIFIED),
            seconds: self.seconds.with_label_values(&[operation]),
        }
    }

    /// All numbers as text; what is no counter is given as it is at this moment.
    pub fn text(&self, statements: u64, cached_bytes: u64) -> String {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.statements.set(whole(statements));
        self.cache.bytes.set(whole(cached_bytes));
        let mut text = Vec::new();
        // Writing to memory fails only for metrics that were never valid.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}
