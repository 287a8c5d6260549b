use std::collections::{BTreeMap, BTreeSet};

use super::checks::equal;
use super::{AuditError, Bridge};
use crate::money::Usd;
use crate::usage::{Facts, Sym};

/// The lines of a detail file sum to the list total of the bridge, account by account, to the last digit.
pub fn check_detail(
    facts: &Facts,
    bridge: &Bridge,
    accounts: &BTreeSet<Sym>,
    sums: &BTreeMap<Sym, Usd>,
) -> Result<(), AuditError> {
    for account in accounts {
        let expected = bridge.accounts.get(account).map(|account| account.list_total).unwrap_or_default();
        let name = || format!("detail lines of account {} against its list total", facts.text(*account));
        equal(name, sums.get(account).copied().unwrap_or_default(), expected)?;
    }
    Ok(())
}
