use std::collections::HashMap;

use ahash::RandomState;

use super::key_texts::{TEXT_COUNT, Text, with_texts};
use super::partial::{PartialFacts, SumTooLarge, add_checked};
use super::row_fields::{
    BadField, COLUMN_OF_TEXT, EMPTY_KEY, Fixed, account_text, all_bad_fields, commitment_arn, description_class,
    key_texts, lay_out, measures_of,
};
use crate::ingest::{Column, FaultKind, FaultList, Row, RowSink};
use crate::money::Usd;
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::usage::{DescriptionClass, FactKey, LineType, Measures, PriceInstants, Sym};

/// How many descriptions are remembered with their class.
const KNOWN_DESCRIPTIONS: usize = 100_000;

/// What every fold of a month is made with.
#[derive(Debug)]
pub struct FoldTerms {
    period: BillingPeriod,
    start: Instant,
    end: Instant,
    price_instants: HashMap<Box<[u8]>, Vec<Instant>, RandomState>,
}

impl FoldTerms {
    /// For a month, with the instants inside it at which prices change.
    pub fn new(period: BillingPeriod, price_instants: &PriceInstants) -> Self {
        let sorted = |instants: &Vec<Instant>| {
            let mut instants = instants.clone();
            instants.sort_unstable();
            instants
        };
        let price_instants =
            price_instants.iter().map(|(sku, instants)| (Box::from(sku.as_bytes()), sorted(instants))).collect();
        Self { period, start: period.start(), end: period.end(), price_instants }
    }

    /// An instant at which the price of a row is in force: see [`FactKey::price_instant`].
    fn price_instant(&self, sku: &[u8], start: Instant) -> Instant {
        if start < self.start || start >= self.end {
            return start;
        }
        let changes = self.price_instants.get(sku).map(Vec::as_slice).unwrap_or_default();
        let inside = changes.iter().rev().find(|change| **change <= start && **change > self.start);
        inside.copied().unwrap_or(self.start)
    }
}

/// Folds the rows of one file.
///
/// A row's key is first laid out as bytes; only a layout that was never met is checked and interned, so the
/// common row costs one look-up.
#[derive(Debug)]
pub struct FileFold<'a> {
    terms: &'a FoldTerms,
    partial: PartialFacts,
    layouts: HashMap<Box<[u8]>, usize, RandomState>,
    sums: Vec<(FactKey, Measures)>,
    layout: Vec<u8>,
    line_types: Vec<(Box<[u8]>, LineType)>,
    descriptions: HashMap<Box<[u8]>, DescriptionClass, RandomState>,
    last_source: (Vec<u8>, Vec<u8>, BillingPeriod),
}

impl<'a> FileFold<'a> {
    /// Before the first row.
    pub fn new(terms: &'a FoldTerms) -> Self {
        Self {
            terms,
            partial: PartialFacts::default(),
            layouts: HashMap::with_hasher(RandomState::new()),
            sums: Vec::new(),
            layout: Vec::new(),
            line_types: Vec::new(),
            descriptions: HashMap::with_hasher(RandomState::new()),
            last_source: (Vec::new(), Vec::new(), terms.period),
        }
    }

    /// The sums, once the file has proved whole.
    pub fn into_partial(self) -> Result<PartialFacts, SumTooLarge> {
        let Self { mut partial, layouts, sums, descriptions, .. } = self;
        drop((layouts, descriptions)); // The larger part of the memory, and not needed for the sums.
        for (key, measures) in &sums {
            partial.add(*key, measures)?;
        }
        Ok(partial)
    }

    fn fold_row(&mut self, row: &Row<'_>) -> Result<(), BadField> {
        if self.period_of(row)? != self.terms.period {
            self.partial.totals.other_month_rows += 1;
            return Ok(());
        }
        let mut rounded = 0;
        let measures = measures_of(row, &mut rounded)?;
        let line_type = self.line_type(row.text(Column::LineItemType));
        let has_public_cost = !row.text(Column::PublicOnDemandCost).is_empty();
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
            usage_month: BillingPeriod::of(start),
            is_cost_zero: measures.unblended.is_zero(),
            has_public_cost,
            description_class: if keeps_class { self.class_of(row)? } else { DescriptionClass::Plain },
        };
        let arn = commitment_arn(row);
        let texts = key_texts(row, line_type, &arn);
        self.add(fixed, &texts, &measures)?;
        self.count(&measures, rounded)
    }

    /// The month of a row. Payer and month are remembered: loose files are judged by them.
    fn period_of(&mut self, row: &Row<'_>) -> Result<BillingPeriod, BadField> {
        let (payer, start) = (row.text(Column::PayerAccountId), row.text(Column::BillingPeriodStartDate));
        if self.last_source.0 == payer && self.last_source.1 == start {
            return Ok(self.last_source.2);
        }
        let instant = parse_instant(start).ok_or(BadField(Column::BillingPeriodStartDate, FaultKind::BadTime))?;
        let period = BillingPeriod::of(instant);
        let account = account_text(payer).ok_or(BadField(Column::PayerAccountId, FaultKind::BadAccount))?;
        self.partial.sources.insert((account.to_owned(), period));
        self.last_source = (payer.to_owned(), start.to_owned(), period);
        Ok(period)
    }

    fn line_type(&mut self, spelled: &[u8]) -> LineType {
        if let Some((_, line_type)) = self.line_types.iter().find(|(known, _)| **known == *spelled) {
            return *line_type;
        }
        let line_type = LineType::parse(&String::from_utf8_lossy(spelled));
        if self.line_types.len() < 64 {
            self.line_types.push((Box::from(spelled), line_type));
        }
        line_type
    }

    fn class_of(&mut self, row: &Row<'_>) -> Result<DescriptionClass, BadField> {
        let description = row.text(Column::LineItemDescription);
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

    fn add(&mut self, fixed: Fixed, texts: &[&[u8]; TEXT_COUNT], measures: &Measures) -> Result<(), BadField> {
        lay_out(&fixed, texts, &mut self.layout);
        if let Some(&place) = self.layouts.get(self.layout.as_slice()) {
            let sum = &mut self.sums[place].1;
            return add_checked(sum, measures).ok_or(BadField(Column::UsageAmount, FaultKind::TooLarge));
        }
        let key = self.make_key(&fixed, texts)?;
        self.layouts.insert(Box::from(self.layout.as_slice()), self.sums.len());
        self.sums.push((key, *measures));
        Ok(())
    }

    /// Checks and interns the texts of a key that was never met in this file.
    fn make_key(&mut self, fixed: &Fixed, texts: &[&[u8]; TEXT_COUNT]) -> Result<FactKey, BadField> {
        for (place, column) in [(Text::payer, Column::PayerAccountId), (Text::account, Column::UsageAccountId)] {
            account_text(texts[place as usize]).ok_or(BadField(column, FaultKind::BadAccount))?;
        }
        if texts[Text::currency as usize] != b"USD" {
            return Err(BadField(Column::CurrencyCode, FaultKind::Currency));
        }
        let mut symbols = [Sym::EMPTY; TEXT_COUNT];
        for (place, (symbol, text)) in symbols.iter_mut().zip(texts).enumerate() {
            let text = std::str::from_utf8(text).map_err(|_| BadField(COLUMN_OF_TEXT[place], FaultKind::NotUtf8))?;
            *symbol = self.partial.texts.intern(text);
        }
        let key = FactKey {
            line_type: fixed.line_type,
            price_instant: fixed.price_instant,
            interval_start: fixed.interval_start,
            usage_month: fixed.usage_month,
            is_cost_zero: fixed.is_cost_zero,
            has_public_cost: fixed.has_public_cost,
            description_class: fixed.description_class,
            ..EMPTY_KEY
        };
        Ok(with_texts(&key, symbols))
    }

    fn count(&mut self, measures: &Measures, rounded: u64) -> Result<(), BadField> {
        let totals = &mut self.partial.totals;
        totals.rows += 1;
        totals.rounded_inputs += rounded;
        let sum = totals.unblended.units().checked_add(measures.unblended.units());
        totals.unblended = sum.map(Usd::from_units).ok_or(BadField(Column::UnblendedCost, FaultKind::TooLarge))?;
        Ok(())
    }
}

impl RowSink for FileFold<'_> {
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList) {
        if let Err(BadField(column, kind)) = self.fold_row(row) {
            let before = faults.count();
            all_bad_fields(row, |BadField(column, kind)| {
                faults.push(Some(row.number()), Some(column.name()), row.text(column), kind);
            });
            if faults.count() == before {
                faults.push(Some(row.number()), Some(column.name()), row.text(column), kind);
            }
        }
    }
}
