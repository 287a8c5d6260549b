//! A fact's key in five parts, each a number: keys of a month are many, their parts are few.

use super::key_texts::{TEXT_COUNT, texts_of, with_texts};
use super::row_key::EMPTY_KEY;
use super::tables::Table;
use crate::period::{BillingPeriod, Instant};
use crate::usage::{DescriptionClass, FactKey, LineType, Sym};

/// How many parts of a key are text.
pub(super) const TEXT_PARTS: usize = 4;

/// Texts that are numbered together, by their places: who pays; what was used; commitment and the rest; what the
/// commitment covers.
pub(super) const PARTS: [std::ops::Range<usize>; TEXT_PARTS] =
    [0..8, 8..19, 19..COVERED_PART, COVERED_PART..TEXT_COUNT];

/// Where the last part begins: empty on rows that name no product and no terms of a commitment.
pub(super) const COVERED_PART: usize = 30;

/// Symbols of the texts of one part; those it does not have are empty.
pub(super) type Part = [Sym; 11];

/// A key by the numbers of its parts.
pub(super) type ShortKey = [u32; TEXT_PARTS + 1];

/// The part of a key that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fixed {
    pub(super) line_type: LineType,
    pub(super) price_instant: Instant,
    pub(super) interval_start: Option<Instant>,
    pub(super) usage_month: BillingPeriod,
    pub(super) is_cost_zero: bool,
    pub(super) has_public_cost: bool,
    pub(super) description_class: DescriptionClass,
}

/// The parts of keys and their numbers.
#[derive(Debug)]
pub(super) struct KeyParts {
    pub(super) texts: [Table<Part>; TEXT_PARTS],
    pub(super) fixed: Table<Fixed>,
}

impl KeyParts {
    pub(super) fn new() -> Self {
        Self { texts: std::array::from_fn(|_| Table::new()), fixed: Table::new() }
    }

    /// The numbers of a key's parts.
    pub(super) fn shorten(&mut self, key: &FactKey) -> ShortKey {
        let texts = texts_of(key);
        let mut number = |place: usize| {
            let mut part: Part = [Sym::EMPTY; 11];
            let range = PARTS[place].clone();
            part[..range.len()].copy_from_slice(&texts[range]);
            self.texts[place].number_of(&part)
        };
        let [payer, product, rest, covered] = [number(0), number(1), number(2), number(3)];
        let fixed = Fixed {
            line_type: key.line_type,
            price_instant: key.price_instant,
            interval_start: key.interval_start,
            usage_month: key.usage_month,
            is_cost_zero: key.is_cost_zero,
            has_public_cost: key.has_public_cost,
            description_class: key.description_class,
        };
        [payer, product, rest, covered, self.fixed.number_of(&fixed)]
    }

    /// Whether facts of a key cost something.
    pub(super) fn is_costly(&self, short: ShortKey) -> bool {
        !self.fixed.values()[at(short[TEXT_PARTS])].is_cost_zero
    }

    /// The key of numbers, whole again, with other symbols for its texts.
    pub(super) fn lengthen(&self, short: ShortKey, symbols: &[Sym]) -> FactKey {
        let mut texts = [Sym::EMPTY; TEXT_COUNT];
        for (place, range) in PARTS.into_iter().enumerate() {
            let part = self.texts[place].values()[at(short[place])];
            for (text, symbol) in texts[range].iter_mut().zip(part) {
                *text = symbols[symbol.index()];
            }
        }
        let Fixed { line_type, price_instant, interval_start, usage_month, is_cost_zero, has_public_cost, .. } =
            self.fixed.values()[at(short[TEXT_PARTS])];
        let description_class = self.fixed.values()[at(short[TEXT_PARTS])].description_class;
        let key = FactKey {
            line_type,
            price_instant,
            interval_start,
            usage_month,
            is_cost_zero,
            has_public_cost,
            description_class,
            ..EMPTY_KEY
        };
        with_texts(&key, texts)
    }

    /// Per part the numbers that the parts of `other` have here, with these symbols for its texts.
    pub(super) fn take_over(&mut self, other: &Self, symbols: &[Sym]) -> [Vec<u32>; TEXT_PARTS + 1] {
        let mut numbers: [Vec<u32>; TEXT_PARTS + 1] = std::array::from_fn(|_| Vec::new());
        for (place, table) in self.texts.iter_mut().enumerate() {
            let translated = |part: &Part| part.map(|symbol| symbols[symbol.index()]);
            numbers[place] =
                other.texts[place].values().iter().map(|part| table.number_of(&translated(part))).collect();
        }
        numbers[TEXT_PARTS] = other.fixed.values().iter().map(|fixed| self.fixed.number_of(fixed)).collect();
        numbers
    }

    /// The order of keys by what comes first in them: see [`rank`](Ranks::rank).
    pub(super) fn ranks(&self, symbols: &[Sym]) -> Ranks {
        let texts = |place: usize, count: usize| {
            let values = self.texts[place].values();
            ranks_of(values, |part| {
                let mut first: Part = [Sym::EMPTY; 11];
                let symbols = part.iter().map(|symbol| symbols[symbol.index()]);
                first.iter_mut().zip(symbols).take(count).for_each(|(symbol, text)| *symbol = text);
                first
            })
        };
        // Commitment and subscription, then the instants; the texts behind them come after the instants in a key.
        let instants = ranks_of(self.fixed.values(), |fixed| (fixed.price_instant, fixed.interval_start));
        Ranks([texts(0, 11), texts(1, 11), texts(2, 2), instants])
    }
}

/// Numbers that order keys as their first fields do, by the numbers of the parts that these fields are in.
pub(super) struct Ranks([Vec<u32>; 4]);

impl Ranks {
    /// Keys of a lower rank come first. Those of the same rank must be compared whole: few are.
    #[inline]
    pub(super) fn rank(&self, [payer, product, rest, _, fixed]: ShortKey) -> [u32; 4] {
        let [payers, products, commitments, instants] = &self.0;
        [payers[at(payer)], products[at(product)], commitments[at(rest)], instants[at(fixed)]]
    }
}

/// Per value the rank of its key; equal keys have the same.
fn ranks_of<T, K: Ord + Copy>(values: &[T], key_of: impl Fn(&T) -> K) -> Vec<u32> {
    let mut order: Vec<(K, u32)> = values.iter().map(key_of).zip(0..).collect();
    order.sort_unstable();
    let mut ranks = vec![0; values.len()];
    for (rank, same) in (0..).zip(order.chunk_by(|one, other| one.0 == other.0)) {
        for (_, number) in same {
            ranks[at(*number)] = rank;
        }
    }
    ranks
}

/// A number as a place.
pub(super) fn at(number: u32) -> usize {
    usize::try_from(number).expect("a u32 fits a usize on every machine this builds for")
}
