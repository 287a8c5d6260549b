//! TOML by key, with the line of every fault. Keys that nobody asked for are faults, all told at once.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Fault, Place};

/// A parsed file.
pub(super) struct TomlFile<'a> {
    file: Arc<str>,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

impl<'a> TomlFile<'a> {
    /// Parses a file; `None` where it is not TOML, and then every syntax error is a fault.
    pub(super) fn parse(file: &Arc<str>, text: &'a str, faults: &mut Vec<Fault>) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error.span().map(|span| line_of(text, span.start));
            faults.push(Fault {
                at: Place { file: Arc::clone(file), row: None, line },
                column: String::new(),
                found: error.message().to_owned(),
                accepted: String::from("TOML 1.0"),
                remedy: String::from("correct the line"),
            });
        }
        errors.is_empty().then(|| Self { file: Arc::clone(file), text, root })
    }

    /// The keys outside any section.
    pub(super) fn keys(&self) -> Keys<'_> {
        Keys { file: self, path: String::new(), line: 1, table: self.root.get_ref(), asked: Vec::new() }
    }

    fn line(&self, spanned: &Spanned<DeValue<'_>>) -> usize {
        line_of(self.text, spanned.span().start)
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

/// The keys of one section.
pub(super) struct Keys<'a> {
    file: &'a TomlFile<'a>,
    path: String,
    line: usize,
    table: &'a DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> Keys<'a> {
    /// The spot of a key, or of its section where the key is not there.
    pub(super) fn place(&self, key: &str) -> Place {
        let value = self.table.iter().find(|(name, _)| name.get_ref() == key);
        Place::of_line(&self.file.file, value.map_or(self.line, |(_, value)| self.file.line(value)))
    }

    pub(super) fn fault(&self, key: &str, found: &str, accepted: &str, remedy: &str) -> Fault {
        Fault {
            at: self.place(key),
            column: self.full_name(key),
            found: found.to_owned(),
            accepted: accepted.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    fn full_name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// A text, empty where the key is not there; `None` after a fault.
    pub(super) fn text(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
        let Some(value) = self.value(key).map(Spanned::get_ref) else { return Some(String::new()) };
        if let Some(text) = value.as_str() {
            return Some(text.to_owned());
        }
        let remedy = match value.is_float() || value.is_integer() {
            true => "numbers are written as text, such as \"7\" or \"3.5\"",
            false => "put it in quotes",
        };
        faults.push(self.fault(key, &described(value), "a text in quotes", remedy));
        None
    }

    /// Faults a key that is not there although its emptiness would mean something.
    pub(super) fn must_have(&mut self, key: &'static str, accepted: &str, faults: &mut Vec<Fault>) -> bool {
        let is_there = self.table.iter().any(|(name, _)| name.get_ref() == key);
        if !is_there {
            faults.push(self.fault(key, "no such key", accepted, "add it"));
        }
        is_there
    }

    /// A text that must not be blank.
    pub(super) fn needed_text(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
        let text = self.text(key, faults)?;
        if text.trim().is_empty() {
            let is_there = self.table.iter().any(|(name, _)| name.get_ref() == key);
            let found = if is_there { "a blank text" } else { "no such key" };
            faults.push(self.fault(key, found, "a text that is not blank", "add it"));
            return None;
        }
        Some(text)
    }

    /// One of a few words; `default` where the key is not there.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
        default: Option<T>,
        faults: &mut Vec<Fault>,
    ) -> Option<T> {
        let text = self.text(key, faults)?;
        if let (Some(default), true) = (default, text.is_empty()) {
            return Some(default);
        }
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let accepted: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let shown = if text.is_empty() { String::from("nothing") } else { format!("{text:?}") };
            faults.push(self.fault(key, &shown, &accepted.join(", "), ""));
        }
        found.map(|(_, value)| *value)
    }

    /// `true` or `false`, which must be there.
    pub(super) fn boolean(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let found = match self.value(key).map(Spanned::get_ref) {
            Some(DeValue::Boolean(value)) => return Some(*value),
            Some(other) => described(other),
            None => String::from("no such key"),
        };
        faults.push(self.fault(key, &found, "true, false", "write it without quotes"));
        None
    }

    /// `true` or `false`; `None` where the key is not there, or after a fault.
    pub(super) fn optional_boolean(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let value = self.value(key)?.get_ref();
        if let DeValue::Boolean(value) = value {
            return Some(*value);
        }
        faults.push(self.fault(key, &described(value), "true, false", "write it without quotes"));
        None
    }

    /// A whole number that counts something, never an amount of money.
    pub(super) fn count(&mut self, key: &'static str, default: u64, faults: &mut Vec<Fault>) -> Option<u64> {
        let Some(value) = self.value(key) else { return Some(default) };
        if let DeValue::Integer(integer) = value.get_ref()
            && integer.radix() == 10
            && let Ok(count) = integer.as_str().parse::<u64>()
            && count > 0
        {
            return Some(count);
        }
        faults.push(self.fault(key, &described(value.get_ref()), "a whole number from 1 on", ""));
        None
    }

    /// A list of texts; empty where the key is not there.
    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<Vec<String>> {
        let Some(value) = self.value(key) else { return Some(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            faults.push(self.fault(key, &described(value.get_ref()), "a list of texts in square brackets", ""));
            return None;
        };
        let mut texts = Vec::new();
        let mut is_whole = true;
        for item in items.iter() {
            if let Some(text) = item.get_ref().as_str().filter(|text| !text.is_empty() && text.trim() == *text) {
                texts.push(text.to_owned());
                continue;
            }
            is_whole = false;
            let mut fault = self.fault(key, &described(item.get_ref()), "texts without blanks around them", "");
            fault.at.line = Some(self.file.line(item));
            faults.push(fault);
        }
        is_whole.then_some(texts)
    }

    /// A section; `None` where it is not there or is no section, which is a fault.
    pub(super) fn section(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<Keys<'a>> {
        let value = self.value(key)?;
        if let Some(table) = value.get_ref().as_table() {
            return Some(self.inner(self.full_name(key), value, table));
        }
        let accepted = format!("a section [{}]", self.full_name(key));
        faults.push(self.fault(key, &described(value.get_ref()), &accepted, ""));
        None
    }

    /// The sections `[[key]]`.
    pub(super) fn sections(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Vec<Keys<'a>> {
        let mut sections = Vec::new();
        let Some(value) = self.value(key) else { return sections };
        let accepted = format!("sections [[{}]]", self.full_name(key));
        let DeValue::Array(items) = value.get_ref() else {
            faults.push(self.fault(key, &described(value.get_ref()), &accepted, ""));
            return sections;
        };
        for (place, item) in items.iter().enumerate() {
            match item.get_ref().as_table() {
                Some(table) => {
                    sections.push(self.inner(format!("{}[{}]", self.full_name(key), place + 1), item, table));
                }
                None => faults.push(self.fault(key, &described(item.get_ref()), &accepted, "")),
            }
        }
        sections
    }

    fn inner(&self, path: String, value: &Spanned<DeValue<'_>>, table: &'a DeTable<'a>) -> Keys<'a> {
        Keys { file: self.file, path, line: self.file.line(value), table, asked: Vec::new() }
    }

    /// Every key with its text, for sections whose keys are free.
    pub(super) fn all_texts(mut self, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for (name, value) in self.table.iter() {
            match value.get_ref().as_str().filter(|text| !text.trim().is_empty()) {
                Some(text) => texts.push((name.get_ref().to_string(), text.to_owned())),
                None => {
                    let found = described(value.get_ref());
                    faults.push(self.fault(name.get_ref(), &found, "a text that is not blank", ""));
                }
            }
        }
        self.asked.clear();
        texts
    }

    /// Refuses the keys that were not asked for.
    pub(super) fn finish(self, faults: &mut Vec<Fault>) {
        for (name, _) in self.table.iter() {
            if !self.asked.iter().any(|asked| asked == name.get_ref()) {
                let accepted = self.asked.join(", ");
                let remedy = "remove it, or correct its spelling";
                faults.push(self.fault(name.get_ref(), "an unknown key", &accepted, remedy));
            }
        }
    }
}

fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {text:?}"),
        DeValue::Integer(integer) => format!("the number {}", integer.as_str()),
        DeValue::Float(float) => format!("the number {}", float.as_str()),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(value) => format!("the date {value}"),
        DeValue::Array(_) => String::from("a list"),
        DeValue::Table(_) => String::from("a section"),
    }
}
