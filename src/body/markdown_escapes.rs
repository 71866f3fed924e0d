//! Words in Markdown: what CommonMark would take as syntax gets a backslash, what it would trim
//! becomes a character reference.

/// How a line break inside a block is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaks {
    /// A backslash and a new line.
    Lines,
    /// `<br>`, where a block must stay on one line.
    Tags,
    /// A space, where there can be no break.
    Spaces,
}

/// The words of one block, whose characters are escaped by what stands around them.
pub(super) struct Escaper<'w> {
    pub words: &'w [char],
    pub breaks: Breaks,
    /// `#` at the end of a heading would be dropped.
    pub heading: bool,
}

impl Escaper<'_> {
    /// Writes the words from `start` to `end`, where markup follows unless the words end there.
    pub fn write(&self, start: usize, end: usize, out: &mut String) {
        (start..end.min(self.words.len())).for_each(|at| self.character(at, at + 1 == end, out));
    }

    fn character(&self, at: usize, last: bool, out: &mut String) {
        match self.words[at] {
            '\r' if self.next(at) == Some('\n') => {}
            '\n' => self.line_break(at, out),
            ' ' | '\t' if self.at_edge(at) => {
                out.push_str(&format!("&#{};", u32::from(self.words[at])));
            }
            c if c.is_ascii_control() && c != '\t' => out.push_str(&format!("&#{};", u32::from(c))),
            c => {
                if self.is_syntax(at, c) || c == '!' && last && self.next(at).is_some() {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }

    fn line_break(&self, at: usize, out: &mut String) {
        // A backslash at the very end of a paragraph would be a backslash.
        let words_follow = self.words[at + 1..].iter().any(|c| *c != '\n');
        match self.breaks {
            Breaks::Lines if words_follow => out.push_str("\\\n"),
            Breaks::Spaces => out.push(' '),
            _ => out.push_str("<br>"),
        }
    }

    fn is_syntax(&self, at: usize, c: char) -> bool {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' => true,
            '#' => self.heading || self.begins_line(at),
            '-' | '+' | '=' | ':' => self.begins_line(at),
            '.' | ')' => self.ends_number(at),
            _ => false,
        }
    }

    /// Whether the character follows a number that begins the line, as in `1.`.
    fn ends_number(&self, at: usize) -> bool {
        let digits = self.words[..at]
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_digit())
            .count();
        digits > 0 && self.begins_line(at - digits)
    }

    fn begins_line(&self, at: usize) -> bool {
        at == 0 || self.words[at - 1] == '\n'
    }

    /// Whether white space here would be trimmed.
    fn at_edge(&self, at: usize) -> bool {
        self.begins_line(at) || matches!(self.next(at), None | Some('\n' | '\r'))
    }

    fn next(&self, at: usize) -> Option<char> {
        self.words.get(at + 1).copied()
    }
}

/// Words that stand by themselves on one line, such as an image's alt text.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let escaper = Escaper {
        words: &words,
        breaks: Breaks::Spaces,
        heading: true,
    };
    escaper.write(0, words.len(), &mut out);
    out
}

/// An address between the parentheses of a link.
pub(super) fn address(url: &str) -> String {
    let mut out = String::new();
    for c in url.chars() {
        if matches!(c, '\\' | '(' | ')' | '<' | '>' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A title between the quotation marks of a link or image.
pub(super) fn title(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '"' | '&' | '<' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
