//! Numbers to watch, in the text format of Prometheus.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use subtle::ConstantTimeEq;

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

    /// All numbers as text; `statements` is read at this moment.
    pub fn text(&self, statements: u64) -> String {
        self.statements
            .set(i64::try_from(statements).unwrap_or(i64::MAX));
        let mut text = Vec::new();
        // Writing to memory fails only for metrics that were never valid.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}
