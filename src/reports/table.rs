//! The sourcing report as a table in CSV (RFC 4180), one row for each thing that is counted.

use super::api::{SourceTally, SourcingReport};
use crate::http::problem::{Code, Problem};

/// The byte order mark, without which spreadsheets read UTF-8 as something else.
const BOM: &[u8] = "\u{feff}".as_bytes();

const COLUMNS: [&str; 8] = [
    "table",
    "id",
    "name",
    "kind",
    "disclosure",
    "quotes",
    "articles",
    "share",
];

#[derive(Default)]
struct Row<'a> {
    table: &'a str,
    id: String,
    name: &'a str,
    kind: &'a str,
    disclosure: &'a str,
    quotes: Option<i64>,
    articles: Option<i64>,
    share: Option<f64>,
}

/// The whole report; its rows begin with the name of what they count.
pub fn csv(report: &SourcingReport) -> Result<Vec<u8>, Problem> {
    let unwritten = |_| Problem::new(Code::Internal, "The table cannot be written.");
    let period = format!("{}/{}", report.from, report.to);
    let mut writer = csv::Writer::from_writer(BOM.to_vec());
    writer.write_record(COLUMNS).map_err(unwritten)?;
    for row in rows(report, &period) {
        writer.write_record(row.cells()).map_err(unwritten)?;
    }
    writer
        .into_inner()
        .map_err(|_| Problem::new(Code::Internal, "The table cannot be written."))
}

fn rows<'a>(report: &'a SourcingReport, period: &'a str) -> Vec<Row<'a>> {
    let mut rows = vec![
        Row {
            table: "period",
            name: period,
            articles: Some(report.articles),
            ..Row::default()
        },
        Row {
            table: "quoted",
            quotes: Some(report.quotes),
            articles: Some(report.quoting_articles),
            ..Row::default()
        },
        Row {
            table: "single_source",
            articles: Some(report.single_source.articles),
            share: report.single_source.share,
            ..Row::default()
        },
        Row {
            table: "unnamed",
            quotes: Some(report.unnamed.quotes),
            articles: Some(report.unnamed.articles),
            share: report.unnamed.share,
            ..Row::default()
        },
    ];
    rows.extend(
        report
            .sources
            .iter()
            .map(|tally| of_source("source", tally)),
    );
    rows.extend(
        report
            .outlets
            .iter()
            .map(|tally| of_source("outlet", tally)),
    );
    rows.extend(report.kinds.iter().map(|tally| Row {
        table: "kind",
        kind: tally.kind.map_or("", |kind| kind.as_str()),
        quotes: Some(tally.quotes),
        articles: Some(tally.articles),
        ..Row::default()
    }));
    rows.extend(report.occasions.iter().map(|tally| Row {
        table: "occasion",
        name: tally.occasion.map_or("", |occasion| occasion.as_str()),
        quotes: Some(tally.quotes),
        articles: Some(tally.articles),
        ..Row::default()
    }));
    rows
}

fn of_source<'a>(table: &'a str, tally: &'a SourceTally) -> Row<'a> {
    Row {
        table,
        id: tally.id.to_string(),
        name: &tally.name,
        kind: tally.kind.as_str(),
        disclosure: tally.disclosure.as_str(),
        quotes: Some(tally.quotes),
        articles: Some(tally.articles),
        share: None,
    }
}

impl Row<'_> {
    fn cells(&self) -> [String; 8] {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        [
            self.table.to_owned(),
            self.id.clone(),
            harmless(self.name),
            self.kind.to_owned(),
            self.disclosure.to_owned(),
            number(self.quotes).unwrap_or_default(),
            number(self.articles).unwrap_or_default(),
            self.share
                .map(|share| share.to_string())
                .unwrap_or_default(),
        ]
    }
}

/// A name that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP says
/// under "CSV Injection": opening a report runs nothing.
fn harmless(name: &str) -> String {
    let is_formula = name.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    match is_formula {
        true => format!("'{name}"),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_formula() {
        for name in ["=1+1", "+994", "-1", "@SUM(A1)", "＝HYPERLINK(\"x\")"] {
            assert_eq!(harmless(name), format!("'{name}"));
        }
        assert_eq!(harmless("Turan"), "Turan");
    }
}
