//! Decides for every fact whether it is on-demand, passed on, or taken away; strips foreign benefits.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::Asked;
use super::counters::{Counters, Cover, Item, SkuKey, is_spot};
use super::credits::{CreditDecision, decide};
use super::owners::{Owner, Owners, account_of_arn};
use super::{AccountHold, Adjustments, Cause, GroupId, Groups, Passed, PassedKind, RowClass};
use crate::money::{Quantity, Usd};
use crate::terms::{ReferenceData, Section};
use crate::usage::{Fact, Facts, Sym};

/// What every fact became.
pub(super) struct Stripped {
    pub counters: Counters,
    pub passed: Vec<Passed>,
    pub adjustments: Adjustments,
    pub holds: BTreeSet<AccountHold>,
    pub warnings: Vec<String>,
}

/// Goes through the facts once, in order.
pub(super) fn strip(
    facts: &Facts,
    classes: &[RowClass],
    reference: &ReferenceData,
    groups: &Groups,
    owners: &Owners,
) -> Stripped {
    let mut stripper = Stripper {
        facts,
        reference,
        groups,
        owners,
        group_of: groups.of_symbols(facts),
        last_group: None,
        spot: Asked::new(facts, is_spot),
        items: Vec::with_capacity(facts.facts.len()), // Most facts are counted; room that is not used costs nothing.
        keys: Vec::with_capacity(facts.facts.len()),
        known: BTreeMap::new(),
        used_products: used_products(facts, classes),
        out: Stripped {
            counters: Counters::default(),
            passed: Vec::new(),
            adjustments: Adjustments::default(),
            holds: BTreeSet::new(),
            warnings: Vec::new(),
        },
    };
    for (place, (fact, class)) in facts.facts.iter().zip(classes).enumerate() {
        stripper.take(place, fact, *class);
    }
    stripper.out.counters = Counters::of(stripper.keys, &stripper.items);
    stripper.out
}

/// Products with on-demand or covered usage, by account: the sources of bundled discounts.
fn used_products(facts: &Facts, classes: &[RowClass]) -> BTreeMap<Sym, BTreeSet<Sym>> {
    let mut used: BTreeMap<Sym, BTreeSet<Sym>> = BTreeMap::new();
    for (fact, class) in facts.facts.iter().zip(classes) {
        let is_use = matches!(class, RowClass::Usage | RowClass::RiCovered | RowClass::SpCovered)
            || (*class == RowClass::OneOffFee && !fact.key.is_cost_zero);
        if is_use && (fact.measures.quantity > Quantity::ZERO || !fact.measures.unblended.is_zero()) {
            used.entry(fact.key.account).or_default().insert(fact.key.product_code);
        }
    }
    used
}

struct Stripper<'a> {
    facts: &'a Facts,
    reference: &'a ReferenceData,
    groups: &'a Groups,
    owners: &'a Owners,
    group_of: BTreeMap<Sym, GroupId>,
    /// The account that was asked for last: its facts follow each other.
    last_group: Option<(Sym, GroupId)>,
    /// Of a usage type.
    spot: Asked<'a>,
    /// What the counters are made of, in order of the facts, and the counter of each.
    items: Vec<Item>,
    keys: Vec<(GroupId, SkuKey)>,
    /// What was found for an account, ARN and subscription: rows of an hour ask the same again and again.
    known: BTreeMap<(Sym, Sym, Sym), Coverage>,
    used_products: BTreeMap<Sym, BTreeSet<Sym>>,
    out: Stripped,
}

/// Whether a covered row's commitment may be used by its account.
#[derive(Clone, Copy)]
enum Coverage {
    Own,
    Foreign,
    Unresolved,
}

impl Stripper<'_> {
    fn take(&mut self, place: usize, fact: &Fact, class: RowClass) {
        match class {
            RowClass::Usage if self.spot.of(fact.key.usage_type) => {
                self.pass(place, fact, Section::AwsUsage, PassedKind::Spot)
            }
            RowClass::Usage => self.count(place, fact, Cover::None, Some(fact.measures.unblended)),
            RowClass::RiCovered => self.take_covered(place, fact, Cover::Ri),
            RowClass::SpCovered => self.take_covered(place, fact, Cover::Sp),
            RowClass::SpNegation => self.take_negation(place, fact),
            RowClass::CommitmentFee => self.take_commitment_fee(place, fact),
            RowClass::OneOffFee => self.pass(place, fact, Section::AwsUsage, PassedKind::OneOffFee),
            RowClass::Marketplace => self.pass(place, fact, Section::Marketplace, PassedKind::Marketplace),
            RowClass::BundledDiscount => self.take_bundled(place, fact),
            RowClass::Credit | RowClass::Refund => self.take_credit(place, fact, class),
            RowClass::PrivateDiscount => self.remove(fact, Cause::PrivateDiscountsRemoved),
            RowClass::Tax => self.remove(fact, Cause::TaxRemoved),
            RowClass::Support => self.remove(fact, Cause::SupportRemoved),
            RowClass::SplitCost => self.note_split_cost(fact),
            RowClass::Unknown => {
                self.hold_unknown(fact);
                self.pass(place, fact, Section::AwsUsage, PassedKind::Undecided);
            }
        }
    }

    fn pass(&mut self, fact_place: usize, fact: &Fact, section: Section, kind: PassedKind) {
        self.out.passed.push(Passed { fact: fact_place, account: fact.key.account, section, kind });
    }

    fn remove(&mut self, fact: &Fact, cause: Cause) {
        self.out.adjustments.book_row(fact.key.account, fact.key.payer, cause, -fact.measures.unblended);
    }

    fn count(&mut self, place: usize, fact: &Fact, cover: Cover, basis: Option<Usd>) {
        let account = fact.key.account;
        let known = self.last_group.filter(|(last, _)| *last == account);
        let group = known.map_or_else(|| self.group_of[&account], |(_, group)| group); // Every account of the facts has one.
        self.last_group = Some((account, group));
        let public_cost = fact.key.has_public_cost.then_some(fact.measures.public_cost);
        let (price_instant, rows) = (fact.key.price_instant, fact.measures.rows);
        let quantity = fact.measures.quantity;
        self.keys.push((group, SkuKey::of(fact)));
        self.items.push(Item { fact: place, account, price_instant, rows, quantity, cover, basis, public_cost });
    }

    fn take_covered(&mut self, place: usize, fact: &Fact, cover: Cover) {
        match self.coverage(fact) {
            Coverage::Own => self.pass(place, fact, Section::AwsUsage, PassedKind::OwnCoverage),
            Coverage::Unresolved => self.pass(place, fact, Section::AwsUsage, PassedKind::Undecided),
            Coverage::Foreign => {
                let basis = fact.key.has_public_cost.then_some(fact.measures.public_cost);
                self.count(place, fact, cover, basis);
            }
        }
    }

    fn take_negation(&mut self, place: usize, fact: &Fact) {
        match self.coverage(fact) {
            Coverage::Own => self.pass(place, fact, Section::AwsUsage, PassedKind::OwnCoverage),
            Coverage::Unresolved => self.pass(place, fact, Section::AwsUsage, PassedKind::Undecided),
            Coverage::Foreign => {
                let (key, amount) = (&fact.key, -fact.measures.unblended);
                self.out.adjustments.book_foreign(key, Cause::ForeignSpRemoved, amount);
            }
        }
    }

    fn take_commitment_fee(&mut self, place: usize, fact: &Fact) {
        if !fact.key.commitment_arn.is_empty() {
            self.coverage(fact); // Only for its hold: a fee stays with the account that is charged.
        }
        self.pass(place, fact, Section::CommitmentFees, PassedKind::CommitmentFee);
    }

    /// Whether the fact's commitment is of its account's group; holds where nobody can tell.
    fn coverage(&mut self, fact: &Fact) -> Coverage {
        let asked = (fact.key.account, fact.key.commitment_arn, fact.key.subscription_id);
        if let Some(known) = self.known.get(&asked) {
            return *known;
        }
        let found = self.find_coverage(fact);
        self.known.insert(asked, found);
        found
    }

    fn find_coverage(&mut self, fact: &Fact) -> Coverage {
        let account = self.facts.text(fact.key.account);
        match self.owners.owner(fact.key.commitment_arn, fact.key.subscription_id) {
            Owner::Account(owner) if self.groups.share(account, &owner) => Coverage::Own,
            Owner::Account(_) => Coverage::Foreign,
            Owner::Unresolved(detail) => {
                let named = account_of_arn(self.facts.text(fact.key.commitment_arn)).unwrap_or(account).to_owned();
                for account_id in [account.to_owned(), named] {
                    self.hold(&account_id, "unresolved_owner", detail.clone(), UNRESOLVED_REMEDY, true);
                }
                Coverage::Unresolved
            }
        }
    }

    fn hold(&mut self, account_id: &str, reason: &'static str, detail: String, remedy: &str, spreads: bool) {
        let (account_id, remedy) = (account_id.to_owned(), remedy.to_owned());
        self.out.holds.insert(AccountHold { account_id, reason, detail, remedy, spreads_to_group: spreads });
    }

    fn hold_unknown(&mut self, fact: &Fact) {
        let account = self.facts.text(fact.key.account).to_owned();
        let detail = format!("line type {:?}", self.facts.text(fact.key.line_type_text));
        let remedy =
            "find out from AWS what this line type is; until the program knows it, the row is drafted as billed";
        self.hold(&account, "unknown_line_type", detail, remedy, true);
    }

    fn take_bundled(&mut self, place: usize, fact: &Fact) {
        if self.has_bundle_source(fact) {
            self.pass(place, fact, Section::AwsUsage, PassedKind::BundledDiscount);
        } else {
            self.remove(fact, Cause::BundledDiscountsRemoved);
        }
    }

    /// Whether the usage that earns a bundled discount is in the group.
    fn has_bundle_source(&mut self, fact: &Fact) -> bool {
        let (product, usage_type) = (self.facts.text(fact.key.product_code), self.facts.text(fact.key.usage_type));
        let sources = &self.reference.row_lists.bundled_sources;
        let fitting: Vec<&str> = sources
            .iter()
            .filter(|source| source.product_code == product && source.usage_type.is_match(usage_type))
            .map(|source| source.source_product_code.as_str())
            .collect();
        if fitting.is_empty() {
            self.out.warnings.push(format!(
                "a bundled discount of product {product}, usage type {usage_type:?} has no source in bundled_sources.csv; \
                 it is removed"
            ));
            return false;
        }
        let account = self.facts.text(fact.key.account);
        let mut sharing =
            self.used_products.iter().filter(|(user, _)| self.groups.share(account, self.facts.text(**user)));
        sharing.any(|(_, products)| products.iter().any(|product| fitting.contains(&self.facts.text(*product))))
    }

    fn take_credit(&mut self, place: usize, fact: &Fact, class: RowClass) {
        let lists = &self.reference.row_lists;
        let is_refund = class == RowClass::Refund;
        let removed = if is_refund { Cause::RefundsRemoved } else { Cause::CreditsRemoved };
        let kind = if is_refund { PassedKind::Refund } else { PassedKind::Credit };
        match decide(self.facts, fact, class, &self.reference.credit_rules, lists) {
            CreditDecision::Reseller => self.remove(fact, removed),
            CreditDecision::Customer => self.pass(place, fact, Section::Credits, kind),
            CreditDecision::CustomerByRule if is_refund => {
                self.pass(place, fact, Section::Credits, PassedKind::DecidedRefund);
            }
            CreditDecision::CustomerByRule => self.pass(place, fact, Section::Credits, kind),
            CreditDecision::Commitment => self.refund_commitment(place, fact),
            CreditDecision::Hold => {
                self.remove(fact, removed);
                let account = self.facts.text(fact.key.account).to_owned();
                let description = self.facts.text(fact.key.description);
                let detail = format!("{} USD, {description:?}, is left out", fact.measures.unblended);
                self.hold(&account, "credit_held", detail, "decide in credits.csv: reseller or customer", false);
            }
        }
    }

    /// The refund of a commitment goes to its owner; the owner's account may be another than the row's.
    fn refund_commitment(&mut self, place: usize, fact: &Fact) {
        let kind = PassedKind::CommitmentRefund;
        let owner = match self.owners.owner(fact.key.commitment_arn, fact.key.subscription_id) {
            Owner::Account(owner) => owner,
            Owner::Unresolved(_) if fact.key.commitment_arn.is_empty() => {
                return self.pass(place, fact, Section::Credits, kind); // A Savings Plans product without ARN.
            }
            Owner::Unresolved(detail) => {
                let account = self.facts.text(fact.key.account).to_owned();
                self.hold(&account, "unresolved_owner", detail, UNRESOLVED_REMEDY, true);
                return self.pass(place, fact, Section::Credits, PassedKind::Undecided);
            }
        };
        if owner == self.facts.text(fact.key.account) {
            return self.pass(place, fact, Section::Credits, kind);
        }
        let is_charged = self.reference.contract(&owner, self.facts.period).is_some();
        match self.facts.symbols.find(&owner).filter(|_| is_charged) {
            Some(owner) => {
                let (payer, amount) = (fact.key.payer, fact.measures.unblended);
                self.out.adjustments.book_row(fact.key.account, payer, Cause::RefundsRemoved, -amount);
                self.out.adjustments.book_row(owner, payer, Cause::RefundsRemoved, amount);
                self.out.passed.push(Passed { fact: place, account: owner, section: Section::Credits, kind });
            }
            None => {
                self.remove(fact, Cause::RefundsRemoved); // A stranger's: the reseller's.
                if self.reference.knows(&owner) {
                    self.hold_lost_refund(fact, &owner);
                }
            }
        }
    }

    /// A customer's refund that no line can carry: no contract now, or nothing of the account in the report.
    fn hold_lost_refund(&mut self, fact: &Fact, owner: &str) {
        let (amount, arn) = (fact.measures.unblended, self.facts.text(fact.key.commitment_arn));
        let detail =
            format!("refund of {amount} USD for {arn}: its owner has no contract or no row this month; left out");
        self.hold(owner, "refund_review", detail, "pass it on by hand, or decide in credits.csv", false);
    }

    fn note_split_cost(&mut self, fact: &Fact) {
        if !fact.measures.unblended.is_zero() {
            let account = self.facts.text(fact.key.account);
            self.out.warnings.push(format!(
                "split cost rows of account {account} have an unblended cost of {} USD; they are left out of money",
                fact.measures.unblended
            ));
        }
    }
}

const UNRESOLVED_REMEDY: &str =
    "find out who bought the commitment; where its account moved, correct the report or ask AWS for the right owner";
