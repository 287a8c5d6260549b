use std::collections::BTreeSet;
use std::collections::HashMap;

use ahash::RandomState;

use super::key_texts::{TEXT_COUNT, texts_of, with_texts};
use crate::money::{Quantity, Usd};
use crate::period::BillingPeriod;
use crate::usage::{ControlTotals, Fact, FactKey, Facts, Measures, PriceInstants, Sym, SymbolTable};

/// Texts in the order in which they were met.
#[derive(Debug)]
pub(super) struct Interner {
    places: HashMap<Box<str>, u32, RandomState>,
}

impl Interner {
    pub(super) fn new() -> Self {
        let mut places = HashMap::with_hasher(RandomState::new());
        places.insert(Box::from(""), 0);
        Self { places }
    }

    /// The symbol of a text, the empty text being [`Sym::EMPTY`]. Symbols are in no order.
    pub(super) fn intern(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::EMPTY;
        }
        if let Some(&place) = self.places.get(text) {
            return Sym(place);
        }
        let place = u32::try_from(self.places.len()).expect("a month has fewer than 2^32 different texts");
        self.places.insert(Box::from(text), place);
        Sym(place)
    }

    /// The texts by their symbols.
    fn into_texts(self) -> Vec<Box<str>> {
        let mut texts = vec![Box::from(""); self.places.len()];
        for (text, place) in self.places {
            texts[Sym(place).index()] = text;
        }
        texts
    }
}

/// Sums of some of a month's rows: of one file, or of several after [`merge`](Self::merge).
///
/// Adding is exact, associative and commutative; [`into_facts`](Self::into_facts) puts the result in its
/// canonical order, so it does not matter how the rows were divided.
#[derive(Debug)]
pub struct PartialFacts {
    pub(super) texts: Interner,
    facts: HashMap<FactKey, Measures, RandomState>,
    /// What was read.
    pub totals: ControlTotals,
    /// Payers and months of all rows, other months included.
    pub sources: BTreeSet<(String, BillingPeriod)>,
}

/// A sum beyond what can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumTooLarge;

impl Default for PartialFacts {
    fn default() -> Self {
        Self {
            texts: Interner::new(),
            facts: HashMap::with_hasher(RandomState::new()),
            totals: ControlTotals::default(),
            sources: BTreeSet::new(),
        }
    }
}

impl PartialFacts {
    /// Adds a fact whose key has symbols of this table.
    pub(super) fn add(&mut self, key: FactKey, measures: &Measures) -> Result<(), SumTooLarge> {
        match self.facts.get_mut(&key) {
            Some(sum) => add_checked(sum, measures).ok_or(SumTooLarge)?,
            None => {
                self.facts.insert(key, *measures);
            }
        }
        Ok(())
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: Self) -> Result<(), SumTooLarge> {
        if self.is_empty() && self.totals == ControlTotals::default() {
            let sources = std::mem::take(&mut self.sources);
            *self = other;
            self.sources.extend(sources);
            return Ok(());
        }
        let symbols: Vec<Sym> = other.texts.into_texts().iter().map(|text| self.texts.intern(text)).collect();
        for (key, measures) in &other.facts {
            self.add(translate(key, &symbols), measures)?;
        }
        self.totals = add_totals(&self.totals, &other.totals).ok_or(SumTooLarge)?;
        self.sources.extend(other.sources);
        Ok(())
    }

    /// The facts in their canonical order.
    pub fn into_facts(self, period: BillingPeriod, price_instants: PriceInstants) -> Result<Facts, SumTooLarge> {
        let texts = self.texts.into_texts();
        let symbols = SymbolTable::from_texts(texts.iter().cloned());
        let places: Vec<Sym> =
            texts.iter().map(|text| symbols.find(text).expect("the table was made of these texts")).collect();
        let translated = |(key, measures): (FactKey, Measures)| Fact { key: translate(&key, &places), measures };
        let mut facts: Vec<Fact> = self.facts.into_iter().map(translated).collect();
        facts.sort_unstable_by_key(|fact| fact.key);
        sums_fit(&facts).ok_or(SumTooLarge)?;
        Ok(Facts { period, symbols, facts, price_instants, totals: self.totals })
    }
}

fn translate(key: &FactKey, symbols: &[Sym]) -> FactKey {
    let texts: [Sym; TEXT_COUNT] = texts_of(key).map(|text| symbols[text.index()]);
    with_texts(key, texts)
}

/// Adds like [`Measures::add`], but without a stop where a sum is too large.
pub(super) fn add_checked(sum: &mut Measures, other: &Measures) -> Option<()> {
    let usd = |left: Usd, right: Usd| left.units().checked_add(right.units()).map(Usd::from_units);
    let quantity = |left: Quantity, right: Quantity| left.units().checked_add(right.units()).map(Quantity::from_units);
    *sum = Measures {
        rows: sum.rows.checked_add(other.rows)?,
        quantity: quantity(sum.quantity, other.quantity)?,
        unblended: usd(sum.unblended, other.unblended)?,
        public_cost: usd(sum.public_cost, other.public_cost)?,
        net_unblended: usd(sum.net_unblended, other.net_unblended)?,
        net_rows: sum.net_rows.checked_add(other.net_rows)?,
        normalized_quantity: quantity(sum.normalized_quantity, other.normalized_quantity)?,
        sp_effective_cost: usd(sum.sp_effective_cost, other.sp_effective_cost)?,
        ri_effective_cost: usd(sum.ri_effective_cost, other.ri_effective_cost)?,
        first_start: sum.first_start.min(other.first_start),
        last_end: sum.last_end.max(other.last_end),
    };
    Some(())
}

/// Adds counts of rows and dollars.
pub(super) fn add_totals(left: &ControlTotals, right: &ControlTotals) -> Option<ControlTotals> {
    Some(ControlTotals {
        rows: left.rows.checked_add(right.rows)?,
        unblended: Usd::from_units(left.unblended.units().checked_add(right.unblended.units())?),
        other_month_rows: left.other_month_rows.checked_add(right.other_month_rows)?,
        rounded_inputs: left.rounded_inputs.checked_add(right.rounded_inputs)?,
    })
}

/// Whether any sum of these facts can be held, whichever of them are chosen and in whatever order they are
/// added: the stages behind this one need not look again.
pub(super) fn sums_fit(facts: &[Fact]) -> Option<()> {
    let mut sizes = [0_i128; 7];
    for Fact { measures, .. } in facts {
        let units = [
            measures.quantity.units(),
            measures.unblended.units(),
            measures.public_cost.units(),
            measures.net_unblended.units(),
            measures.normalized_quantity.units(),
            measures.sp_effective_cost.units(),
            measures.ri_effective_cost.units(),
        ];
        for (size, units) in sizes.iter_mut().zip(units) {
            *size = size.checked_add(units.checked_abs()?)?;
        }
    }
    Some(())
}
