//! The key of a row, the same for who sums rows up and for who finds a row's fact again.

use std::collections::{BTreeSet, HashMap};

use ahash::RandomState;

use super::fold_terms::FoldTerms;
use super::key_parts::{Fixed, KeyParts, ShortKey};
use super::known_texts::{ByCode, is_same};
use super::row_fields::{BadField, all_bad_fields, measures_of};
use super::row_key::{account_text, description_class};
use super::row_texts::RowTexts;
use super::tables::Interner;
use crate::ingest::{Code, Column, FaultKind, FaultList, Row};
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::usage::{DescriptionClass, LineType, Measures};

/// How many descriptions are remembered with their class.
const KNOWN_DESCRIPTIONS: usize = 100_000;

/// A row of the month: its key by numbers of the given tables, and what it adds to its fact.
pub(super) struct KeyedRow {
    pub(super) short: ShortKey,
    pub(super) measures: Measures,
    /// Numbers finer than the grid.
    pub(super) rounded: u64,
}

/// Payer and billing period of a row, and its month.
#[derive(Debug)]
struct Source {
    payer: Vec<u8>,
    code: Option<Code>,
    /// The start of the billing period, where it is a time already; else its text.
    time: Option<Instant>,
    text: Vec<u8>,
    period: BillingPeriod,
}

/// The start of a billing period as a row has it.
enum Start<'a> {
    Time(Instant),
    Text(&'a [u8]),
}

/// Makes keys of rows. Nothing is allocated for the common row: its texts are those of the row before or known.
#[derive(Debug)]
pub(super) struct RowKeys<'a> {
    terms: &'a FoldTerms,
    texts: RowTexts,
    last_fixed: Option<(Fixed, u32)>,
    line_types: Vec<(Box<[u8]>, LineType)>,
    descriptions: HashMap<Box<[u8]>, DescriptionClass, RandomState>,
    last_source: Source,
    last_description: (Vec<u8>, DescriptionClass),
    coded_line_types: ByCode<LineType>,
    coded_classes: ByCode<DescriptionClass>,
    /// Payers and months of all rows, other months included.
    pub(super) sources: BTreeSet<(String, BillingPeriod)>,
}

impl<'a> RowKeys<'a> {
    /// Before the first row.
    pub(super) fn new(terms: &'a FoldTerms) -> Self {
        Self {
            terms,
            texts: RowTexts::new(),
            last_fixed: None,
            line_types: Vec::new(),
            descriptions: HashMap::with_hasher(RandomState::new()),
            last_source: Source { payer: Vec::new(), code: None, time: None, text: Vec::new(), period: terms.period },
            last_description: (Vec::new(), description_class("")),
            coded_line_types: ByCode::default(),
            coded_classes: ByCode::default(),
            sources: BTreeSet::new(),
        }
    }

    /// The month whose rows have keys.
    pub(super) const fn period(&self) -> BillingPeriod {
        self.terms.period
    }

    /// The key and the measures of a row; nothing for a row of another month. Always with the same tables.
    #[inline]
    pub(super) fn of_row(
        &mut self,
        row: &Row<'_>,
        interner: &mut Interner,
        parts: &mut KeyParts,
    ) -> Result<Option<KeyedRow>, BadField> {
        if self.period_of(row)? != self.terms.period {
            return Ok(None);
        }
        let mut rounded = 0;
        let line_type = self.line_type(row);
        let measures = measures_of(row, line_type, &mut rounded)?;
        let has_public_cost = !row.is_blank(Column::PublicOnDemandCost);
        let start = measures.first_start;
        let keeps_class = line_type.keeps_description_class_only();
        let is_by_sku = line_type.is_priced_by_sku();
        let fixed = Fixed {
            line_type,
            price_instant: if is_by_sku {
                self.terms.price_instant(row.text(Column::Sku), start)
            } else {
                self.terms.start
            },
            interval_start: line_type.keeps_hour().then_some(start),
            usage_month: self.terms.month_of(start),
            is_cost_zero: measures.unblended.is_zero(),
            has_public_cost,
            description_class: if keeps_class { self.class_of(row)? } else { DescriptionClass::Plain },
        };
        let [payer, product, rest, covered] = self.texts.numbers_of(row, line_type, interner, parts)?;
        let short = [payer, product, rest, covered, self.number_of(fixed, parts)];
        Ok(Some(KeyedRow { short, measures, rounded }))
    }

    /// Tells everything that is wrong with a row of which one thing is.
    pub(super) fn tell(&mut self, row: &Row<'_>, BadField(column, kind): BadField, faults: &mut FaultList) {
        let before = faults.count();
        let line_type = self.line_type(row);
        all_bad_fields(row, line_type, |BadField(column, kind)| {
            faults.push(Some(row.number()), Some(column.name()), row.text(column), kind);
        });
        if faults.count() == before {
            faults.push(Some(row.number()), Some(column.name()), row.text(column), kind);
        }
    }

    fn number_of(&mut self, fixed: Fixed, parts: &mut KeyParts) -> u32 {
        match self.last_fixed {
            Some((last, number)) if last == fixed => number,
            _ => {
                let number = parts.fixed.number_of(&fixed);
                self.last_fixed = Some((fixed, number));
                number
            }
        }
    }

    /// The month of a row. Payer and month are remembered: loose files are judged by them.
    #[inline]
    fn period_of(&mut self, row: &Row<'_>) -> Result<BillingPeriod, BadField> {
        let (payer, code) = (row.text(Column::PayerAccountId), row.code(Column::PayerAccountId));
        let start = match row.time_of(Column::BillingPeriodStartDate) {
            Some(time) => Start::Time(time),
            None => Start::Text(row.text(Column::BillingPeriodStartDate)),
        };
        let last = &self.last_source;
        let is_known = (code.is_some() && last.code == code || is_same(&last.payer, payer))
            && match start {
                Start::Time(time) => last.time == Some(time),
                Start::Text(text) => last.time.is_none() && is_same(&last.text, text),
            };
        if is_known { Ok(last.period) } else { self.learn_source(payer, code, start) }
    }

    #[inline(never)]
    fn learn_source(&mut self, payer: &[u8], code: Option<Code>, start: Start<'_>) -> Result<BillingPeriod, BadField> {
        let (time, text) = match start {
            Start::Time(time) => (Some(time), Vec::new()),
            Start::Text(text) => (None, text.to_owned()),
        };
        let instant = time.or_else(|| parse_instant(&text));
        let instant = instant.ok_or(BadField(Column::BillingPeriodStartDate, FaultKind::BadTime))?;
        let period = BillingPeriod::of(instant);
        let account = account_text(payer).ok_or(BadField(Column::PayerAccountId, FaultKind::BadAccount))?;
        self.sources.insert((account.to_owned(), period));
        self.last_source = Source { payer: payer.to_owned(), code, time, text, period };
        Ok(period)
    }

    #[inline]
    fn line_type(&mut self, row: &Row<'_>) -> LineType {
        let code = row.code(Column::LineItemType);
        if let Some(line_type) = code.and_then(|code| self.coded_line_types.get(code)) {
            return line_type;
        }
        let line_type = self.line_type_of(row.text(Column::LineItemType));
        if let Some(code) = code {
            self.coded_line_types.set(code, line_type);
        }
        line_type
    }

    fn line_type_of(&mut self, spelled: &[u8]) -> LineType {
        if let Some((_, line_type)) = self.line_types.iter().find(|(known, _)| is_same(known, spelled)) {
            return *line_type;
        }
        let line_type = LineType::parse(&String::from_utf8_lossy(spelled));
        if self.line_types.len() < 64 {
            self.line_types.push((Box::from(spelled), line_type));
        }
        line_type
    }

    fn class_of(&mut self, row: &Row<'_>) -> Result<DescriptionClass, BadField> {
        let code = row.code(Column::LineItemDescription);
        if let Some(class) = code.and_then(|code| self.coded_classes.get(code)) {
            return Ok(class);
        }
        let description = row.text(Column::LineItemDescription);
        if let Some(code) = code {
            let class = self.class_of_text(description)?;
            self.coded_classes.set(code, class);
            return Ok(class);
        }
        if is_same(&self.last_description.0, description) {
            return Ok(self.last_description.1);
        }
        let class = self.class_of_text(description)?;
        self.last_description.0.clear();
        self.last_description.0.extend_from_slice(description);
        self.last_description.1 = class;
        Ok(class)
    }

    fn class_of_text(&mut self, description: &[u8]) -> Result<DescriptionClass, BadField> {
        if let Some(class) = self.descriptions.get(description) {
            return Ok(*class);
        }
        let text =
            std::str::from_utf8(description).map_err(|_| BadField(Column::LineItemDescription, FaultKind::NotUtf8))?;
        let class = description_class(text);
        if self.descriptions.len() < KNOWN_DESCRIPTIONS {
            self.descriptions.insert(Box::from(description), class);
        }
        Ok(class)
    }
}
