use std::collections::BTreeSet;

use super::{Amounts, Figures, LineKey};
use crate::money::Yen;

/// A month with one more thing as it is now, and what that thing is.
#[derive(Clone, Debug)]
pub struct Step {
    /// Such as `usage`, `refund`, `plan`; several joined by `+` where only together they could be priced.
    pub cause: String,
    /// What the project would owe.
    pub figures: Figures,
}

/// By how much a line, or the tax, moved for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The line; absent for the consumption tax.
    pub line: Option<LineKey>,
    /// How the line is called.
    pub description: String,
    /// Why.
    pub cause: String,
    /// Before this cause.
    pub before_jpy: Yen,
    /// After it.
    pub after_jpy: Yen,
}

impl Change {
    /// After less before.
    pub fn difference(&self) -> Yen {
        self.after_jpy - self.before_jpy
    }
}

/// Every movement of every line between what was billed and the last step, in the order of the steps.
///
/// Each step is compared with the one before, so the changes sum to the whole difference, to the yen.
pub fn changes(billed: &Figures, steps: &[Step]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before = billed;
    for step in steps {
        let after = &step.figures;
        let keys: BTreeSet<&LineKey> = before.lines.keys().chain(after.lines.keys()).collect();
        for key in keys {
            let [old, new] = [before, after].map(|figures| figures.lines.get(key));
            let [before_jpy, after_jpy] = [old, new].map(|line| line.map_or(Yen::ZERO, |line| line.net_jpy));
            if before_jpy != after_jpy {
                let description = new.or(old).map(|line| line.description.clone()).unwrap_or_default();
                let (line, cause) = (Some(key.clone()), step.cause.clone());
                changes.push(Change { line, description, cause, before_jpy, after_jpy });
            }
        }
        if before.tax_jpy != after.tax_jpy {
            changes.push(Change {
                line: None,
                description: "消費税 (consumption tax)".to_owned(),
                cause: step.cause.clone(),
                before_jpy: before.tax_jpy,
                after_jpy: after.tax_jpy,
            });
        }
        before = after;
    }
    changes
}

/// What every cause came to in yen with tax, also where that is nothing.
pub fn causes(billed: &Figures, steps: &[Step]) -> Vec<(String, Yen)> {
    let mut before = billed.total_jpy;
    let cause = |step: &Step| {
        let difference = step.figures.total_jpy - before;
        before = step.figures.total_jpy;
        (step.cause.clone(), difference)
    };
    steps.iter().map(cause).collect()
}

/// What each line owes now less what it was billed: the lines of a credit note or of a carried difference.
pub fn settling_lines(billed: &Figures, now: &Figures) -> Vec<(LineKey, Amounts)> {
    let keys: BTreeSet<&LineKey> = billed.lines.keys().chain(now.lines.keys()).collect();
    let none = Amounts::default();
    let line = |key: &LineKey| {
        let [old, new] = [billed, now].map(|figures| figures.lines.get(key).unwrap_or(&none));
        let named = if new.description.is_empty() { old } else { new };
        let amounts = Amounts {
            account_name: named.account_name.clone(),
            description: named.description.clone(),
            gross_jpy: new.gross_jpy - old.gross_jpy,
            discount_jpy: new.discount_jpy - old.discount_jpy,
            net_jpy: new.net_jpy - old.net_jpy,
        };
        let moved = [amounts.gross_jpy, amounts.discount_jpy, amounts.net_jpy].iter().any(|yen| !yen.is_zero());
        moved.then(|| (key.clone(), amounts))
    };
    keys.into_iter().filter_map(line).collect()
}
