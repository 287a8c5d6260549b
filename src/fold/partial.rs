use std::collections::BTreeSet;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use ahash::RandomState;

use super::key_parts::{KeyParts, Part, ShortKey, TEXT_PARTS, at};
use super::tables::Interner;
use crate::money::{Quantity, Usd};
use crate::period::BillingPeriod;
use crate::usage::{ControlTotals, Fact, FactKey, Facts, Measures, PriceInstants, Sym, SymbolTable};

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
    sums: Vec<Measures>,
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
            parts: KeyParts::new(),
            places: HashMap::with_hasher(RandomState::new()),
            sums: Vec::new(),
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
        if let Some(&place) = self.places.get(&short) {
            return add_checked(&mut self.sums[at(place)], measures).ok_or(SumTooLarge);
        }
        let place = u32::try_from(self.sums.len()).expect("a month has fewer than 2^32 keys");
        self.places.insert(short, place);
        self.sums.push(*measures);
        Ok(())
    }

    /// A number that files with the same rows of the month have in common, whatever their packing and order.
    ///
    /// It is compared within one run only: another version of the standard library may make another.
    pub(super) fn fingerprint(&self) -> u128 {
        // Texts and parts are hashed once each, not once per key: keys of an hour are many, their parts are few.
        let texts: Vec<u128> = self.texts.texts().iter().map(digest_of).collect();
        let text_parts = self.parts.texts.each_ref().map(|table| {
            let part = |part: &Part| digest_of(&part.map(|symbol| texts[symbol.index()]));
            table.values().iter().map(part).collect::<Vec<u128>>()
        });
        let fixed: Vec<u128> = self.parts.fixed.values().iter().map(digest_of).collect();
        let digest = |(short, place): (&ShortKey, &u32)| {
            let words: [u128; TEXT_PARTS] = std::array::from_fn(|part| text_parts[part][at(short[part])]);
            let measures = &self.sums[at(*place)];
            let counts = (measures.rows, measures.net_rows, measures.first_start, measures.last_end);
            digest_of(&(words, fixed[at(short[TEXT_PARTS])], counts, amounts_of(measures)))
        };
        self.places.iter().map(digest).fold(0, u128::wrapping_add)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: Self) -> Result<(), SumTooLarge> {
        if self.is_empty() && self.totals == ControlTotals::default() {
            let sources = std::mem::take(&mut self.sources);
            *self = other;
            self.sources.extend(sources);
            return Ok(());
        }
        let mut intern = |text: &str| self.texts.intern(text.as_bytes()).expect("it is text");
        let symbols: Vec<Sym> = other.texts.into_texts().iter().map(|text| intern(text)).collect();
        let numbers = self.parts.take_over(&other.parts, &symbols);
        for (short, place) in &other.places {
            let short: ShortKey = std::array::from_fn(|part| numbers[part][at(short[part])]);
            self.add_short(short, &other.sums[at(*place)])?;
        }
        self.totals = add_totals(&self.totals, &other.totals).ok_or(SumTooLarge)?;
        self.sources.extend(other.sources);
        Ok(())
    }

    /// The facts in their canonical order.
    pub fn into_facts(self, period: BillingPeriod, price_instants: PriceInstants) -> Result<Facts, SumTooLarge> {
        let Self { texts, parts, places, sums, totals, .. } = self;
        let texts = texts.into_texts();
        let symbols = SymbolTable::from_texts(texts.iter().cloned());
        let sorted: Vec<Sym> =
            texts.iter().map(|text| symbols.find(text).expect("the table was made of these texts")).collect();
        drop(texts);
        let mut shorts: Vec<ShortKey> = vec![[0; TEXT_PARTS + 1]; sums.len()];
        for (short, place) in places {
            shorts[at(place)] = short;
        }
        let ranks = parts.ranks(&sorted);
        let mut order: Vec<([u32; 4], u32)> = shorts.iter().map(|short| ranks.rank(*short)).zip(0..).collect();
        order.sort_unstable_by(|left, right| {
            let key_of = |place| parts.lengthen(shorts[at(place)], &sorted);
            left.0.cmp(&right.0).then_with(|| key_of(left.1).cmp(&key_of(right.1)))
        });
        let fact = |(_, place): ([u32; 4], u32)| Fact {
            key: parts.lengthen(shorts[at(place)], &sorted),
            measures: sums[at(place)],
        };
        let facts: Vec<Fact> = order.into_iter().map(fact).collect();
        debug_assert!(facts.is_sorted_by(|left, right| left.key < right.key), "the short way orders as keys do");
        sums_fit(&facts).ok_or(SumTooLarge)?;
        Ok(Facts { period, symbols, facts, price_instants, totals })
    }
}

/// A number that different values hardly ever have in common.
fn digest_of(value: &(impl Hash + ?Sized)) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, value).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(0) << 64) | half(1)
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

/// Whether any sum of these facts can be held, whichever of them are chosen and in whatever order they are
/// added: the stages behind this one need not look again.
pub(super) fn sums_fit(facts: &[Fact]) -> Option<()> {
    let mut sizes = [0_i128; AMOUNT_COUNT];
    for Fact { measures, .. } in facts {
        for (size, units) in sizes.iter_mut().zip(amounts_of(measures)) {
            *size = size.checked_add(units.checked_abs()?)?;
        }
    }
    Some(())
}
