//! What is asked of a text, answered once for each symbol: many facts share it.

use crate::usage::{Facts, Sym};

/// A question about texts, with the answers that were given.
pub(super) struct Asked<'a> {
    facts: &'a Facts,
    question: Box<dyn Fn(&str) -> bool + Send + Sync + 'a>,
    /// By symbol; absent where nobody has asked yet.
    answers: Vec<Option<bool>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(facts: &'a Facts, question: impl Fn(&str) -> bool + Send + Sync + 'a) -> Self {
        Self { facts, question: Box::new(question), answers: vec![None; facts.symbols.len()] }
    }

    /// The answer for a symbol of the facts.
    pub(super) fn of(&mut self, symbol: Sym) -> bool {
        let answer = &mut self.answers[symbol.index()];
        *answer.get_or_insert_with(|| (self.question)(self.facts.text(symbol)))
    }
}
