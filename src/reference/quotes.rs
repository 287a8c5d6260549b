//! The `csv` crate accepts any quoting; a torn quote would swallow rows, so it is looked for first.

#[derive(Clone, Copy, PartialEq)]
enum Quoting {
    CellStart,
    Plain,
    Quoted,
    Closed,
}

/// Follows the quotes of a CSV text, piece by piece.
pub(crate) struct QuoteScan {
    delimiter: u8,
    state: Quoting,
    line: usize,
    opened_in: usize,
    torn: Option<(usize, &'static str)>,
}

impl QuoteScan {
    pub(crate) fn new(delimiter: u8, first_line: usize) -> Self {
        Self { delimiter, state: Quoting::CellStart, line: first_line, opened_in: first_line, torn: None }
    }

    pub(crate) fn feed(&mut self, text: &[u8]) {
        for &byte in text {
            if self.torn.is_some() {
                return;
            }
            self.state = match (self.state, byte) {
                (Quoting::CellStart, b'"') => {
                    self.opened_in = self.line;
                    Quoting::Quoted
                }
                (Quoting::Plain, b'"') => {
                    self.torn = Some((self.line, "a quote inside a cell without quotes"));
                    return;
                }
                (Quoting::Quoted, b'"') => Quoting::Closed,
                (Quoting::Quoted, _) => Quoting::Quoted,
                (Quoting::Closed, b'"') => Quoting::Quoted, // Written twice: one quote of the text.
                (_, b'\n' | b'\r') => Quoting::CellStart,
                (_, byte) if byte == self.delimiter => Quoting::CellStart,
                (Quoting::Closed, _) => {
                    self.torn = Some((self.line, "text after a closing quote"));
                    return;
                }
                (Quoting::CellStart | Quoting::Plain, _) => Quoting::Plain,
            };
            self.line += usize::from(byte == b'\n');
        }
    }

    /// The line of the first quote that is not where RFC 4180 has one, or that is never closed, and what is wrong.
    pub(crate) fn finish(&self) -> Option<(usize, &'static str)> {
        let is_open = self.state == Quoting::Quoted;
        self.torn.or_else(|| is_open.then_some((self.opened_in, "a quote that is never closed")))
    }
}

/// What is accepted instead of a torn quote, and what to do.
pub(crate) const WHOLE_QUOTES: (&str, &str) =
    ("quotes around a whole cell, and a quote inside it written twice", "correct the quotes; the file may be cut off");
