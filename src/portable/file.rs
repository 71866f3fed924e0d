//! The file: lines of JSON ([NDJSON](https://github.com/ndjson/ndjson-spec)). The first says what it
//! is, each other is a row, and the last shows that nothing is missing.

use std::collections::BTreeMap;
use std::io::{BufRead, Lines, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::rows::Row;
use super::{PortableError, Purpose};

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What is in the file.
    pub newsline: Purpose,
    /// Of this form of the file.
    pub format: u32,
    /// The name of the newest migration of the database that it is from.
    pub schema: String,
    /// How many rows of each table follow.
    pub rows: BTreeMap<String, u64>,
}

/// The only form of the file there is.
pub const FORMAT: u32 = 1;

impl Head {
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

#[derive(Serialize)]
struct Out<'a> {
    table: &'a str,
    row: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In {
    table: Option<String>,
    row: Option<Row>,
    /// Only in the last line: how many rows there were.
    end: Option<u64>,
}

/// Writes a file.
pub struct Outgoing<W> {
    to: W,
    written: u64,
}

impl<W: Write> Outgoing<W> {
    pub fn begin(mut to: W, head: &Head) -> Result<Self, PortableError> {
        line(&mut to, head)?;
        Ok(Self { to, written: 0 })
    }

    /// Writes a row that is an object of JSON.
    pub fn row(&mut self, table: &str, told: &str) -> Result<(), PortableError> {
        // Databases write white space between the parts as they please.
        let value: Value = serde_json::from_str(told).map_err(unreadable)?;
        let row = serde_json::value::to_raw_value(&value).map_err(unreadable)?;
        line(&mut self.to, &Out { table, row: &row })?;
        self.written += 1;
        Ok(())
    }

    pub fn end(mut self) -> Result<W, PortableError> {
        line(&mut self.to, &serde_json::json!({"end": self.written}))?;
        self.to.flush()?;
        Ok(self.to)
    }
}

fn unreadable(error: serde_json::Error) -> PortableError {
    PortableError::Refused(format!("a row cannot be told: {error}"))
}

fn line(to: &mut impl Write, value: &impl Serialize) -> Result<(), PortableError> {
    serde_json::to_writer(&mut *to, value).map_err(std::io::Error::from)?;
    Ok(to.write_all(b"\n")?)
}

/// Reads a file.
pub struct Incoming<R> {
    lines: Lines<R>,
    pub head: Head,
    line: u64,
    read: BTreeMap<String, u64>,
    ended: bool,
}

impl<R: BufRead> Incoming<R> {
    /// Reads the head.
    pub fn begin(from: R) -> Result<Self, PortableError> {
        let mut lines = from.lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let head: Head = serde_json::from_str(&first).map_err(|_| {
            PortableError::Refused("this is neither a backup nor an export of Newsline".to_owned())
        })?;
        if head.format != FORMAT {
            let problem = format!(
                "the file has form {}, and this program reads form {FORMAT}",
                head.format
            );
            return Err(PortableError::Refused(problem));
        }
        Ok(Self {
            lines,
            head,
            line: 1,
            read: BTreeMap::new(),
            ended: false,
        })
    }

    /// The next row and its table. After the last one the file is known to be whole.
    pub fn next_row(&mut self) -> Result<Option<(String, Row)>, PortableError> {
        let Some(text) = self.lines.next().transpose()? else {
            return match self.ended {
                true => Ok(None),
                false => Err(self.wrong("the file breaks off here")),
            };
        };
        self.line += 1;
        if self.ended {
            return Err(self.wrong("something follows the end"));
        }
        let read: In =
            serde_json::from_str(&text).map_err(|error| self.wrong(&error.to_string()))?;
        match (read.table, read.row, read.end) {
            (Some(table), Some(row), None) => {
                *self.read.entry(table.clone()).or_default() += 1;
                Ok(Some((table, row)))
            }
            (None, None, Some(end)) => {
                self.check_whole(end)?;
                self.ended = true;
                self.next_row()
            }
            _ => Err(self.wrong("neither a row nor the end")),
        }
    }

    fn check_whole(&self, end: u64) -> Result<(), PortableError> {
        let promised: BTreeMap<&String, &u64> = self
            .head
            .rows
            .iter()
            .filter(|(_, rows)| **rows > 0)
            .collect();
        let read: BTreeMap<&String, &u64> = self.read.iter().collect();
        match promised == read && self.head.total() == end {
            true => Ok(()),
            false => Err(self.wrong("there are not as many rows as the first line says")),
        }
    }

    /// What is wrong with the line that was read last.
    pub fn wrong(&self, problem: &str) -> PortableError {
        PortableError::Line {
            line: self.line,
            problem: problem.to_owned(),
        }
    }
}
