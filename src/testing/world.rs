use std::collections::{BTreeMap, BTreeSet};

use super::plans::{ROW_LISTS, percent_plan, source};
use super::{A, B, Billed, Row, day, may, month};
use crate::money::{FxRate, Percent, Quantity, UnitPrice};
use crate::pipeline::{BillError, bill};
use crate::terms::*;
use crate::usage::*;

/// What was agreed; each method adds to it.
#[derive(Clone)]
pub(crate) struct World(pub ReferenceData);

impl World {
    /// 2025-05 at 145.75 yen, 10 % tax; accounts A and B on `none` (no discount) in projects P-A and P-B.
    pub(crate) fn new() -> Self {
        let fx = FxEntry { rate: FxRate::parse("145.75").unwrap(), source: source("MURC") };
        let tax = |category: &str, percent: &str, from: &str| TaxRate {
            tax_category: category.to_owned(),
            percent: Percent::parse(percent).unwrap(),
            valid_from: month(from),
            source: source("law"),
        };
        let reference = ReferenceData {
            issuer: Issuer::default(),
            mode: Mode::StripOnly,
            accounts: Vec::new(),
            projects: BTreeMap::new(),
            plans: BTreeMap::new(),
            fees: Vec::new(),
            vouchers: Vec::new(),
            carried: Vec::new(),
            credit_rules: Vec::new(),
            fx_rates: BTreeMap::from([(may(), fx)]),
            price_list: PriceList::default(),
            savings_plan_rates: SavingsPlanRates::default(),
            tax_treatments: None,
            tax_rates: vec![
                tax("standard", "8", "2014-04"),
                tax("standard", "10", "2019-10"),
                tax("out_of_scope", "0", "1989-04"),
            ],
            row_lists: ROW_LISTS.clone(),
            commitment_rules: crate::reference::shipped_commitment_rules(),
            calendar: crate::reference::shipped_calendar(),
        };
        let plan = percent_plan("none", "0", &[]);
        Self(reference).plan(plan).account(A, "P-A", "none").account(B, "P-B", "none")
    }

    pub(crate) fn plan(mut self, plan: Plan) -> Self {
        self.0.plans.insert(plan.id.clone(), plan);
        self
    }

    /// Puts an account on a plan; an account that is already there moves.
    pub(crate) fn account(self, account: &str, project: &str, plan: &str) -> Self {
        self.contract(account, project, plan, "", BorneBy::Customer)
    }

    pub(crate) fn contract(
        mut self,
        account: &str,
        project: &str,
        plan: &str,
        organization: &str,
        by: BorneBy,
    ) -> Self {
        self.0.accounts.retain(|contract| contract.account_id != account);
        self.0.accounts.push(AccountContract {
            account_id: account.to_owned(),
            account_name: format!("account {account}"),
            project_id: project.to_owned(),
            plan_id: plan.to_owned(),
            valid_from: month("2024-04"),
            valid_to: None,
            organization_id: organization.to_owned(),
            borne_by: by,
        });
        self.0.accounts.sort_by(|one, other| one.account_id.cmp(&other.account_id));
        self.project(project)
    }

    pub(crate) fn project(mut self, project: &str) -> Self {
        let found = Project {
            project_id: project.to_owned(),
            customer_name: String::from("顧客"),
            postal_code: String::new(),
            address: String::new(),
            email: String::new(),
            payment_terms: String::new(),
            customer_id: String::new(),
            payment: String::new(),
            language: String::new(),
            due_rule: None,
        };
        if !project.is_empty() {
            self.0.projects.entry(project.to_owned()).or_insert(found);
        }
        self
    }

    /// A version of a SKU's ladder: (inclusive end, price) of each range, `Inf` last.
    pub(crate) fn ladder(self, sku: &str, from: &str, ranges: &[(&str, &str)]) -> Self {
        self.ladder_from(sku, from, ranges, "offer file")
    }

    pub(crate) fn ladder_from(mut self, sku: &str, from: &str, ranges: &[(&str, &str)], source: &str) -> Self {
        let mut begin = Quantity::ZERO;
        let mut range = |&(end, price): &(&str, &str)| {
            let end = (end != "Inf").then(|| Quantity::parse(end).unwrap());
            let made = PriceRange { begin, end, price: UnitPrice::parse(price).unwrap() };
            begin = end.unwrap_or(begin);
            made
        };
        let ladder = Ladder { ranges: ranges.iter().map(&mut range).collect() };
        let sources = vec![source.into(); ranges.len()];
        let version = PriceVersion { effective_from: day(from), ladder, unit: String::new(), sources };
        self.0.price_list.versions.entry(sku.to_owned()).or_default().push(version);
        self
    }

    /// A single price since long ago.
    pub(crate) fn price(self, sku: &str, price: &str) -> Self {
        self.ladder(sku, "2020-01-01", &[("Inf", price)])
    }

    /// A global free allowance over SKUs.
    pub(crate) fn offer(mut self, sku: &str, allowance: &str, applies_to: &[&str]) -> Self {
        let offer = FreeOffer {
            sku: sku.to_owned(),
            effective_from: day("2020-01-01"),
            allowance: Quantity::parse(allowance).unwrap(),
            applies_to: applies_to.iter().map(|&sku| sku.to_owned()).collect(),
            source: String::from("offer file"),
        };
        self.0.price_list.free_offers.entry(sku.to_owned()).or_default().push(offer);
        self
    }

    pub(crate) fn credit_rule(mut self, line_type: &str, contains: &str, treatment: CreditTreatment) -> Self {
        self.0.credit_rules.push(CreditRule {
            line_type: line_type.to_owned(),
            product_code: String::new(),
            description_contains: contains.to_owned(),
            account_id: String::new(),
            treatment,
        });
        self
    }

    /// Rows, summed by key and sorted, as a fold makes them.
    pub(crate) fn facts(&self, rows: &[Row]) -> Facts {
        let texts = rows.iter().flat_map(Row::texts).map(Box::from);
        let symbols = SymbolTable::from_texts(texts);
        let mut sums: BTreeMap<FactKey, Measures> = BTreeMap::new();
        for row in rows {
            let fact = row.fact(&symbols, &self.0.price_list);
            sums.entry(fact.key).and_modify(|sum| sum.add(&fact.measures)).or_insert(fact.measures);
        }
        let facts: Vec<Fact> = sums.into_iter().map(|(key, measures)| Fact { key, measures }).collect();
        let unblended = facts.iter().map(|fact| fact.measures.unblended).sum();
        let totals =
            ControlTotals { rows: facts.iter().map(|fact| fact.measures.rows).sum(), unblended, ..Default::default() };
        let skus: BTreeSet<&str> = rows.iter().map(|row| row.sku).collect();
        let changes = |sku: &&str| self.0.price_list.changes_within(sku, may().start(), may().end());
        let price_instants = skus
            .iter()
            .map(|sku| ((*sku).to_owned(), changes(sku)))
            .filter(|(_, instants)| !instants.is_empty())
            .collect();
        Facts { period: may(), symbols, facts, price_instants, totals }
    }

    pub(crate) fn try_bill(&self, rows: &[Row]) -> Result<Billed, BillError> {
        let facts = self.facts(rows);
        bill(&facts, &self.0).map(|bill| Billed { facts, bill })
    }

    /// Bills a month through every stage and every check.
    pub(crate) fn bill(&self, rows: &[Row]) -> Billed {
        self.try_bill(rows).unwrap()
    }
}
