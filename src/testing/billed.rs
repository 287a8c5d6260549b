use std::collections::{BTreeMap, BTreeSet};

use crate::money::Usd;
use crate::pipeline::Bill;
use crate::terms::Section;
use crate::usage::Facts;

/// A billed month, and short questions to it. Amounts are text: `1.24`.
pub(crate) struct Billed {
    pub facts: Facts,
    pub bill: Bill,
}

impl Billed {
    /// The bridge of an account without its zero rows and without `net_total`, over all payers.
    pub(crate) fn bridge(&self, account: &str) -> Vec<(&'static str, String)> {
        let mut sums: BTreeMap<&'static str, Usd> = BTreeMap::new();
        for row in self.bill.bridge.rows(&self.facts).into_iter().filter(|row| row.account_id == account) {
            *sums.entry(row.cause).or_default() += row.amount;
        }
        let told = sums.into_iter().filter(|(cause, amount)| !amount.is_zero() && *cause != "net_total");
        told.map(|(cause, amount)| (cause, amount.to_string())).collect()
    }

    /// Gross and discount dollars of an account in a section.
    pub(crate) fn section(&self, account: &str, section: Section) -> (String, String) {
        let charges = self.bill.discounted.charges.iter();
        let own = charges.filter(|charge| self.facts.text(charge.account) == account && charge.section == section);
        let (gross, discount) =
            own.fold((Usd::ZERO, Usd::ZERO), |(gross, off), charge| (gross + charge.list, off + charge.discount));
        (gross.to_string(), discount.to_string())
    }

    pub(crate) fn usage(&self, account: &str) -> (String, String) {
        self.section(account, Section::AwsUsage)
    }

    /// Project, account and reason of every hold.
    pub(crate) fn holds(&self) -> Vec<(&str, &str, &str)> {
        let holds = self.bill.holds.iter();
        holds.map(|hold| (hold.project_id.as_str(), hold.account_id.as_str(), hold.reason)).collect()
    }

    pub(crate) fn reasons(&self) -> BTreeSet<&str> {
        self.bill.holds.iter().map(|hold| hold.reason).collect()
    }
}

/// A bridge as [`Billed::bridge`] tells it.
pub(crate) fn told(rows: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    rows.iter().map(|(cause, amount)| (*cause, (*amount).to_owned())).collect()
}
