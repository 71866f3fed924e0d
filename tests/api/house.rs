//! The rules of the house that no compiler checks.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that are kept, relative to the root; those of an archive without git are all there are.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output();
    let listed = listed.expect("git").stdout;
    let names = listed
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    let paths = names.map(|name| PathBuf::from(String::from_utf8_lossy(name).into_owned()));
    paths.filter(|path| root().join(path).is_file()).collect()
}

fn code() -> impl Iterator<Item = (PathBuf, String)> {
    let rust = files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"));
    rust.map(|path| {
        let text = std::fs::read_to_string(root().join(&path)).expect("code");
        (path, text)
    })
}

/// A file that no `mod` names is not compiled, and its tests are never run.
#[test]
fn every_file_of_tests_is_one_of_the_program() {
    let sources: Vec<(PathBuf, String)> = code().collect();
    for (path, _) in &sources {
        let folder = path.parent().unwrap_or(Path::new(""));
        let (within, name) = match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("mod") => (folder.parent(), folder.file_name()),
            _ => (Some(folder), path.file_stem()),
        };
        let (Some(within), Some(name)) = (within, name.and_then(|name| name.to_str())) else {
            continue;
        };
        if !path.starts_with("tests/api") || path.ends_with("tests/api/main.rs") {
            continue;
        }
        let declared = format!("mod {name};");
        let beside = |other: &Path| {
            other.parent() == Some(within)
                && (other.ends_with("mod.rs") || other.ends_with("main.rs"))
        };
        let named = sources
            .iter()
            .any(|(other, text)| beside(other) && text.contains(&declared));
        assert!(named, "{} is named by no `mod`", path.display());
    }
}

/// True for what answers readers.
fn is_for_readers(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.contains("/public") || name.starts_with("src/pages") || name.starts_with("src/feeds")
}

/// A draft cannot leak through code that has no way to the desk's tables.
#[test]
fn what_answers_readers_never_uses_a_store() {
    const TABLES_OF_THE_DESK: [&str; 14] = [
        "articles",
        "texts",
        "revisions",
        "quotes",
        "sources",
        "source_names",
        "source_spellings",
        "source_likenesses",
        "quote_credits",
        "reviews",
        "review_prints",
        "notices",
        "users",
        "slugs",
    ];
    for (path, text) in code().filter(|(path, _)| is_for_readers(path)) {
        for (at, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let words: Vec<&str> = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .collect();
            let place = format!("{}:{}: {line}", path.display(), at + 1);
            assert!(!words.contains(&"store"), "{place}");
            let of_schema = words.contains(&"schema") || line.contains("::table");
            assert!(
                !(of_schema && TABLES_OF_THE_DESK.iter().any(|table| words.contains(table))),
                "{place}"
            );
        }
    }
}

/// Readers may be answered from a replica, which is behind; the newsroom must see what it wrote.
#[test]
fn readers_read_as_readers_and_nobody_else_does() {
    for (path, text) in code().filter(|(path, _)| path.starts_with("src")) {
        let text: String = text.split_whitespace().collect();
        let reads_as_newsroom = ["db.read(", "db.read_snapshot(", "db.write("]
            .iter()
            .any(|call| text.contains(call));
        let reads_as_reader = text.contains("app.readers.");
        let is_both = path.ends_with("site.rs");
        assert!(
            !(is_for_readers(&path) && reads_as_newsroom),
            "{} does not read by app.readers",
            path.display()
        );
        assert!(
            is_for_readers(&path) || is_both || !reads_as_reader,
            "{} reads what may be out of date",
            path.display()
        );
    }
}

#[test]
fn what_readers_call_in_published_code_names_no_table_of_the_desk() {
    let published =
        code().filter(|(path, _)| path.starts_with("src") && path.ends_with("published.rs"));
    for (path, text) in published {
        let imports = text
            .split("use crate::db::schema::")
            .skip(1)
            .filter_map(|rest| rest.split(';').next());
        for table in
            imports.flat_map(|names| names.split(|c: char| !c.is_alphanumeric() && c != '_'))
        {
            let fine = table.is_empty()
                || table.starts_with("published_")
                || ["self", "site", "sections", "topics", "lists"].contains(&table);
            assert!(fine, "{} uses the table {table}", path.display());
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for (path, text) in code() {
        let lines = text.lines().count();
        assert!(
            lines <= 500 || path.ends_with("db/schema.rs"),
            "{}: {lines} lines",
            path.display()
        );
    }
}

#[test]
fn every_file_of_code_says_what_belongs_in_it() {
    for (path, text) in code() {
        assert!(text.starts_with("//!"), "{}", path.display());
    }
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TO", "FIX", "XX"].into_iter().zip(["DO", "ME", "X"]);
    let mut marks: Vec<String> = marks.map(|(start, end)| format!("{start}{end}")).collect();
    marks.extend(["todo!", "unimplemented!", "dbg!"].map(|name| format!("{name}(")));
    for (path, text) in code().filter(|(path, _)| !path.ends_with("house.rs")) {
        for mark in &marks {
            assert!(
                !text.contains(mark.as_str()),
                "{mark} in {}",
                path.display()
            );
        }
    }
}

/// How something was made is nobody's business who reads it.
#[test]
fn no_file_names_the_tools_it_was_written_with() {
    let words = [
        ["anth", "ropic"],
        ["cla", "ude"],
        ["chat", "gpt"],
        ["co", "pilot"],
        ["/wo", "rk/"],
    ];
    let words = words.map(|parts| parts.concat());
    for path in files() {
        let bytes = std::fs::read(root().join(&path)).expect("a file");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in &words {
            assert!(!text.contains(word), "{word} in {}", path.display());
        }
    }
}
