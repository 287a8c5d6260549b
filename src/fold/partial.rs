use std::collections::BTreeSet;
use std::collections::HashMap;

use ahash::RandomState;
use rayon::prelude::*;

use super::fingerprint::Fingerprint;
use super::key_parts::{KeyParts, ShortKey, TEXT_PARTS, at};
use super::run_order::{Canonical, places_in};
use super::sums::Sums;
use super::tables::Interner;
use crate::money::{Quantity, Usd};
use crate::period::{BillingPeriod, Instant};
use crate::usage::{ControlTotals, FACTS_A_TASK, Fact, FactKey, Facts, Measures, PriceInstants, Sym, SymbolTable};

/// Sums of some of a month's rows: of one file, or of several after [`merge`](Self::merge).
///
/// Adding is exact, associative and commutative; [`into_facts`](Self::into_facts) puts the result in its
/// canonical order, so it does not matter how the rows were divided.
#[derive(Debug)]
pub struct PartialFacts {
    pub(super) texts: Interner,
    pub(super) parts: KeyParts,
    /// Per key the place of its sums: a small map, for it is looked up for every row.
    places: HashMap<ShortKey, u32, RandomState>,
    sums: Sums,
    /// What was read.
    pub totals: ControlTotals,
    /// Payers and months of all rows, other months included.
    pub sources: BTreeSet<(String, BillingPeriod)>,
}

/// Facts that are looked for together: memory answers many questions in the time of one.
pub(super) const TOGETHER: usize = 32;

/// A sum beyond what can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumTooLarge;

impl Default for PartialFacts {
    fn default() -> Self {
        Self {
            texts: Interner::new(),
            parts: KeyParts::new(),
            places: HashMap::with_hasher(RandomState::new()),
            sums: Sums::default(),
            totals: ControlTotals::default(),
            sources: BTreeSet::new(),
        }
    }
}

impl PartialFacts {
    /// Adds a fact whose key has symbols of this table.
    pub(super) fn add(&mut self, key: &FactKey, measures: &Measures) -> Result<(), SumTooLarge> {
        let short = self.parts.shorten(key);
        self.add_short(short, measures)
    }

    /// Adds a fact whose key has parts of this table.
    #[inline]
    pub(super) fn add_short(&mut self, short: ShortKey, measures: &Measures) -> Result<(), SumTooLarge> {
        let place = self.place_of(short);
        self.sums.add(place, measures)
    }

    /// Adds facts in their order: first all are looked for, so that memory is asked for many at a time. Where a sum is too
    /// large, those before it are added, and its place is told.
    pub(super) fn add_all(&mut self, facts: &[(ShortKey, Measures)]) -> Result<(), usize> {
        for (part, start) in facts.chunks(TOGETHER).zip((0_usize..).step_by(TOGETHER)) {
            let mut places = [0; TOGETHER];
            for (place, (short, _)) in places.iter_mut().zip(part) {
                *place = self.place_of(*short);
            }
            for ((number, (_, measures)), place) in (start..).zip(part).zip(places) {
                self.sums.add(place, measures).map_err(|SumTooLarge| number)?;
            }
        }
        Ok(())
    }

    /// The place of the sums of a key; new ones sum nothing yet.
    #[inline]
    fn place_of(&mut self, short: ShortKey) -> u32 {
        if let Some(&place) = self.places.get(&short) {
            return place;
        }
        let place = u32::try_from(self.sums.len()).expect("a month has fewer than 2^32 keys");
        self.places.insert(short, place);
        self.sums.push_nothing();
        place
    }

    /// See [`Fingerprint`].
    pub(super) fn fingerprint(&self) -> u128 {
        let mut fingerprint = Fingerprint::new(&self.texts, &self.parts);
        self.sums().for_each(|(short, measures)| fingerprint.add(short, &measures));
        fingerprint.number()
    }

    /// The keys, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = ShortKey> {
        self.places.keys().copied()
    }

    /// Keys and their sums, in the order in which the sums lie in memory.
    pub(super) fn sums(&self) -> impl Iterator<Item = (ShortKey, Measures)> {
        in_order(self.sums.len(), &self.places).into_iter().zip(0..).map(|(short, place)| (short, self.sums.get(place)))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.sums.len() == 0
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: Self) -> Result<(), SumTooLarge> {
        if self.is_empty() && self.totals == ControlTotals::default() {
            let sources = std::mem::take(&mut self.sources);
            *self = other;
            self.sources.extend(sources);
            return Ok(());
        }
        let numbers = self.take_over(&other)?;
        let mut waiting: Vec<(ShortKey, Measures)> = Vec::with_capacity(TOGETHER);
        let mut sums = other.sums().map(|(short, measures)| (translated(&numbers, short), measures));
        loop {
            waiting.clear();
            waiting.extend(sums.by_ref().take(TOGETHER));
            if waiting.is_empty() {
                return Ok(());
            }
            self.add_all(&waiting).map_err(|_| SumTooLarge)?;
        }
    }

    /// Counts rows whose sums were added without their totals.
    pub(super) fn add_totals(&mut self, totals: &ControlTotals) -> Result<(), SumTooLarge> {
        self.totals = add_totals(&self.totals, totals).ok_or(SumTooLarge)?;
        Ok(())
    }

    /// Takes over everything but sums: per part of a key the numbers that the parts of `other` have here.
    pub(super) fn take_over(&mut self, other: &Self) -> Result<[Vec<u32>; TEXT_PARTS + 1], SumTooLarge> {
        let mut intern = |text: &[u8]| self.texts.intern(text).expect("it is text");
        let symbols: Vec<Sym> = other.texts.texts().into_iter().map(&mut intern).collect();
        self.totals = add_totals(&self.totals, &other.totals).ok_or(SumTooLarge)?;
        self.sources.extend(other.sources.iter().cloned());
        Ok(self.parts.take_over(&other.parts, &symbols))
    }

    /// Takes the sums out, with their keys; texts and parts of keys stay, and so do their numbers.
    pub(super) fn take_sums(&mut self) -> (Vec<ShortKey>, Sums) {
        let sums = std::mem::take(&mut self.sums);
        let places = std::mem::replace(&mut self.places, HashMap::with_hasher(RandomState::new()));
        (in_order(sums.len(), &places), sums)
    }

    /// The facts in their canonical order.
    pub fn into_facts(mut self, period: BillingPeriod, price_instants: PriceInstants) -> Result<Facts, SumTooLarge> {
        let (shorts, sums) = self.take_sums();
        let (symbols, order, totals) = self.into_order();
        let fact = |place: u32| Fact { key: order.key_of(shorts[at(place)]), measures: sums.get(place) };
        let facts: Vec<Fact> = places_in(&order, &shorts).into_par_iter().map(fact).collect();
        debug_assert!(facts.is_sorted_by(|left, right| left.key < right.key), "the short way orders as keys do");
        sums_fit(&facts).ok_or(SumTooLarge)?;
        Ok(Facts { period, symbols, facts, price_instants, totals })
    }

    /// Once all keys are known: the sorted texts, the canonical order, and what was read.
    pub(super) fn into_order(self) -> (SymbolTable, Canonical, ControlTotals) {
        let texts = self.texts.into_texts();
        let symbols = SymbolTable::from_texts(texts.iter().cloned());
        let find = |text: &str| symbols.find(text).expect("the table was made of these texts");
        let sorted: Vec<Sym> = texts.iter().map(|text| find(text)).collect();
        (symbols, Canonical::new(self.parts, sorted), self.totals)
    }
}

/// So many keys, by their places.
fn in_order(count: usize, places: &HashMap<ShortKey, u32, RandomState>) -> Vec<ShortKey> {
    let mut shorts: Vec<ShortKey> = vec![[0; TEXT_PARTS + 1]; count];
    for (short, place) in places {
        shorts[at(*place)] = *short;
    }
    shorts
}

/// A key in the numbers of the table that took its parts over.
pub(super) fn translated(numbers: &[Vec<u32>; TEXT_PARTS + 1], short: ShortKey) -> ShortKey {
    std::array::from_fn(|part| numbers[part][at(short[part])])
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
        total_commitment: usd(sum.total_commitment, other.total_commitment)?,
        used_commitment: usd(sum.used_commitment, other.used_commitment)?,
        amortized_upfront: usd(sum.amortized_upfront, other.amortized_upfront)?,
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

/// How many amounts and quantities a fact sums.
pub(super) const AMOUNT_COUNT: usize = 10;

/// The amounts and quantities of sums, as whole units of the grid.
pub(super) fn amounts_of(sums: &Measures) -> [i128; AMOUNT_COUNT] {
    [
        sums.quantity.units(),
        sums.unblended.units(),
        sums.public_cost.units(),
        sums.net_unblended.units(),
        sums.normalized_quantity.units(),
        sums.sp_effective_cost.units(),
        sums.ri_effective_cost.units(),
        sums.total_commitment.units(),
        sums.used_commitment.units(),
        sums.amortized_upfront.units(),
    ]
}

/// The inverse of [`amounts_of`], with rows and net rows, first start and last end.
pub(super) fn measures_of(
    [rows, net_rows]: [u64; 2],
    amounts: [i128; AMOUNT_COUNT],
    [first_start, last_end]: [Instant; 2],
) -> Measures {
    let (usd, quantity) = (|place| Usd::from_units(amounts[place]), |place| Quantity::from_units(amounts[place]));
    Measures {
        rows,
        quantity: quantity(0),
        unblended: usd(1),
        public_cost: usd(2),
        net_unblended: usd(3),
        net_rows,
        normalized_quantity: quantity(4),
        sp_effective_cost: usd(5),
        ri_effective_cost: usd(6),
        total_commitment: usd(7),
        used_commitment: usd(8),
        amortized_upfront: usd(9),
        first_start,
        last_end,
    }
}

/// Whether any sum of these facts can be held, whichever of them are chosen and in whatever order they are
/// added: the stages behind this one need not look again.
pub(super) fn sums_fit(facts: &[Fact]) -> Option<()> {
    let sizes = facts.par_chunks(FACTS_A_TASK).map(|facts| {
        let mut sizes = SumSizes::default();
        facts.iter().try_for_each(|fact| sizes.add(&fact.measures))?;
        Some(sizes)
    });
    sizes.try_reduce(SumSizes::default, SumSizes::plus).map(drop)
}

/// The sizes of all amounts, whatever their signs.
#[derive(Default)]
pub(super) struct SumSizes([i128; AMOUNT_COUNT]);

impl SumSizes {
    /// Adds a fact; nothing where a sum cannot be held.
    pub(super) fn add(&mut self, measures: &Measures) -> Option<()> {
        for (size, units) in self.0.iter_mut().zip(amounts_of(measures)) {
            *size = size.checked_add(units.checked_abs()?)?;
        }
        Some(())
    }

    /// Both together.
    fn plus(mut self, other: Self) -> Option<Self> {
        for (size, more) in self.0.iter_mut().zip(other.0) {
            *size = size.checked_add(more)?;
        }
        Some(self)
    }
}
