//! Facts of two versions of a month together: to see what one part of a new version does.

use std::collections::BTreeMap;

use super::key_texts::{texts_of, with_texts};
use super::partial::{SumTooLarge, sums_fit};
use crate::usage::{ControlTotals, Fact, FactKey, Facts, Measures, Sym, SymbolTable};

/// The chosen facts of both, in their canonical order, with totals of their own.
///
/// Both must be of one month and of the same price instants.
pub fn mix_facts<'a>(
    [one, other]: [&'a Facts; 2],
    is_chosen: impl Fn(usize, usize, &'a Fact) -> bool,
) -> Result<Facts, SumTooLarge> {
    debug_assert!(one.period == other.period && one.price_instants == other.price_instants, "versions of one month");
    let texts = one.symbols.texts().chain(other.symbols.texts()).map(Box::from);
    let symbols = SymbolTable::from_texts(texts);
    let mut sums: BTreeMap<FactKey, Measures> = BTreeMap::new();
    for (side, facts) in [one, other].into_iter().enumerate() {
        let own: Vec<Sym> =
            facts.symbols.texts().map(|text| symbols.find(text).expect("the table has the texts of both")).collect();
        for (_, fact) in facts.facts.iter().enumerate().filter(|(place, fact)| is_chosen(side, *place, fact)) {
            let key = with_texts(&fact.key, texts_of(&fact.key).map(|symbol| own[symbol.index()]));
            match sums.get_mut(&key) {
                Some(sum) => super::partial::add_checked(sum, &fact.measures).ok_or(SumTooLarge)?,
                None => drop(sums.insert(key, fact.measures)),
            }
        }
    }
    let facts: Vec<Fact> = sums.into_iter().map(|(key, measures)| Fact { key, measures }).collect();
    sums_fit(&facts).ok_or(SumTooLarge)?;
    let totals = ControlTotals {
        rows: facts.iter().map(|fact| fact.measures.rows).sum(),
        unblended: facts.iter().map(|fact| fact.measures.unblended).sum(),
        other_month_rows: other.totals.other_month_rows,
        rounded_inputs: other.totals.rounded_inputs,
    };
    Ok(Facts { period: one.period, symbols, facts, price_instants: one.price_instants.clone(), totals })
}
