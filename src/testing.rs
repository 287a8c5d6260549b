//! Months in a few lines: rows become facts as a fold would make them, a [`World`] holds what was agreed.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::money::{FxRate, Percent, Quantity, UnitPrice, Usd};
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::pipeline::{Bill, BillError, bill};
use crate::terms::*;
use crate::usage::*;

/// Two customers' accounts, a sister of the first, and a stranger.
pub(crate) const A: &str = "111111111111";
pub(crate) const B: &str = "222222222222";
pub(crate) const C: &str = "333333333333";
pub(crate) const STRANGER: &str = "999999999999";
pub(crate) const PAYER: &str = "000000000001";
pub(crate) const OTHER_PAYER: &str = "000000000002";

/// One row of a report; what is not named is as in [`Row::default`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub payer: &'static str,
    pub account: &'static str,
    pub line_type: &'static str,
    pub product: &'static str,
    pub usage_type: &'static str,
    pub operation: &'static str,
    pub sku: &'static str,
    pub rate_code: &'static str,
    pub quantity: &'static str,
    pub cost: &'static str,
    /// Empty where the report has none.
    pub public_cost: &'static str,
    pub arn: &'static str,
    pub subscription: &'static str,
    pub start: &'static str,
    pub invoice_id: &'static str,
    pub billing_entity: &'static str,
    pub tax_type: &'static str,
    pub description: &'static str,
    pub description_class: DescriptionClass,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            payer: PAYER,
            account: A,
            line_type: "Usage",
            product: "AmazonEC2",
            usage_type: "BoxUsage:m5.large",
            operation: "RunInstances",
            sku: "M5",
            rate_code: "",
            quantity: "1",
            cost: "0",
            public_cost: "",
            arn: "",
            subscription: "",
            start: "2025-05-10T05:00:00Z",
            invoice_id: "INV-1",
            billing_entity: "AWS",
            tax_type: "",
            description: "",
            description_class: DescriptionClass::Plain,
        }
    }
}

/// A text made at run time, kept for the rest of the test.
pub(crate) fn kept(text: impl ToString) -> &'static str {
    Box::leak(text.to_string().into_boxed_str())
}

pub(crate) fn may() -> BillingPeriod {
    "2025-05".parse().unwrap()
}

pub(crate) fn month(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

pub(crate) fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn instant(text: &str) -> Instant {
    parse_instant(text.as_bytes()).unwrap()
}

fn day(text: &str) -> Instant {
    instant(&format!("{text}T00:00:00Z"))
}

impl Row {
    fn texts(&self) -> [&'static str; 16] {
        [
            self.payer,
            self.account,
            self.line_type,
            self.product,
            self.usage_type,
            self.operation,
            self.sku,
            self.rate_code,
            self.arn,
            self.subscription,
            self.invoice_id,
            self.billing_entity,
            self.tax_type,
            self.description,
            "Anniversary",
            "USD",
        ]
    }

    fn fact(&self, symbols: &SymbolTable, prices: &PriceList) -> Fact {
        let sym = |text: &str| symbols.find(text).unwrap();
        let (line_type, start) = (LineType::parse(self.line_type), instant(self.start));
        let (quantity, cost) = (Quantity::parse(self.quantity).unwrap(), usd(self.cost));
        let (from, to) = (may().start(), may().end());
        let price_instant = if !line_type.is_priced_by_sku() {
            from
        } else if start < from || start >= to {
            start
        } else {
            let changes = prices.changes_within(self.sku, from, to);
            changes.into_iter().rev().find(|change| *change <= start).unwrap_or(from)
        };
        let keeps_text = !line_type.keeps_description_class_only();
        let key = FactKey {
            payer: sym(self.payer),
            account: sym(self.account),
            bill_type: sym("Anniversary"),
            invoice_id: sym(self.invoice_id),
            billing_entity: sym(self.billing_entity),
            invoicing_entity: Sym::EMPTY,
            legal_entity: Sym::EMPTY,
            currency: sym("USD"),
            line_type_text: sym(self.line_type),
            line_type,
            tax_type: sym(self.tax_type),
            product_code: sym(self.product),
            service_code: Sym::EMPTY,
            usage_type: sym(self.usage_type),
            operation: sym(self.operation),
            region: Sym::EMPTY,
            sku: sym(self.sku),
            rate_code: sym(self.rate_code),
            pricing_term: Sym::EMPTY,
            unit: Sym::EMPTY,
            commitment_arn: sym(self.arn),
            subscription_id: sym(self.subscription),
            price_instant,
            interval_start: line_type.keeps_hour().then_some(start),
            availability_zone: Sym::EMPTY,
            sp_offering: Sym::EMPTY,
            sp_payment_option: Sym::EMPTY,
            sp_term: Sym::EMPTY,
            sp_rate: Sym::EMPTY,
            normalization_factor: Sym::EMPTY,
            usage_month: BillingPeriod::of(start),
            is_cost_zero: cost.is_zero(),
            has_public_cost: !self.public_cost.is_empty(),
            product_name: Sym::EMPTY,
            description: if keeps_text { sym(self.description) } else { Sym::EMPTY },
            description_class: self.description_class,
            dimensions: Sym::EMPTY,
        };
        let public_cost = if self.public_cost.is_empty() { Usd::ZERO } else { usd(self.public_cost) };
        let measures = Measures {
            rows: 1,
            quantity,
            unblended: cost,
            public_cost,
            net_unblended: Usd::ZERO,
            net_rows: 0,
            normalized_quantity: Quantity::ZERO,
            sp_effective_cost: Usd::ZERO,
            ri_effective_cost: Usd::ZERO,
            first_start: start,
            last_end: start,
        };
        Fact { key, measures }
    }
}

/// What was agreed; each method adds to it.
#[derive(Clone)]
pub(crate) struct World(pub ReferenceData);

pub(crate) fn source(text: &str) -> Source {
    Source { text: text.to_owned(), confirmed: None }
}

/// A plan that takes a percentage of the listed services off, shares nothing, and discounts commitment fees.
pub(crate) fn percent_plan(id: &str, percent: &str, services: &[&str]) -> Plan {
    let services = services.iter().map(|&code| code.to_owned()).collect();
    Plan {
        id: id.to_owned(),
        name: id.to_owned(),
        valid_from: month("2024-04"),
        valid_to: None,
        sharing: Sharing::Account,
        free_tier: FreeTierPolicy::AlwaysFreePerGroup,
        commitment_fees: true,
        payment: String::from("bank_transfer"),
        source: source("contract"),
        assumptions: Vec::new(),
        discount: Discount::Percent { percent: Percent::parse(percent).unwrap(), services },
    }
}

/// A plan by category: name, rule, product codes, pattern of the usage type.
pub(crate) fn category_plan(id: &str, categories: &[(&str, CategoryRule, &[&str], &str)]) -> Plan {
    let category = |&(name, rule, products, pattern): &(&str, CategoryRule, &[&str], &str)| Category {
        name: name.to_owned(),
        rule,
        product_codes: products.iter().map(|&code| code.to_owned()).collect(),
        usage_type: Regex::new(pattern).unwrap(),
        source: source("contract"),
    };
    Plan { discount: Discount::Category(categories.iter().map(category).collect()), ..percent_plan(id, "0", &[]) }
}

pub(crate) fn off(percent: &str) -> CategoryRule {
    CategoryRule::PercentOff(Percent::parse(percent).unwrap())
}

pub(crate) fn flat(price: &str) -> CategoryRule {
    CategoryRule::UnitPrice(UnitPrice::parse(price).unwrap())
}

fn row_lists() -> RowLists {
    let words = "SPP|EDP|PPA|Solution\\s+Provider|Enterprise\\s+Discount|Private\\s+Pricing|Private\\s+Rate|\
                 Distributor|Partner\\s+Discount";
    RowLists {
        support_products: vec![Regex::new("^(AWS|OCB).*Support").unwrap()],
        bundled_sources: vec![BundledSource {
            product_code: String::from("AmazonEC2"),
            usage_type: Regex::new("NatGateway").unwrap(),
            source_product_code: String::from("AWSNetworkFirewall"),
        }],
        private_refund_words: vec![Regex::new(&format!("(?i)\\b({words})\\b")).unwrap()],
    }
}

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
            credit_rules: Vec::new(),
            fx_rates: BTreeMap::from([(may(), fx)]),
            price_list: PriceList::default(),
            tax_treatments: None,
            tax_rates: vec![
                tax("standard", "8", "2014-04"),
                tax("standard", "10", "2019-10"),
                tax("out_of_scope", "0", "1989-04"),
            ],
            row_lists: row_lists(),
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
            due_rule: String::new(),
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
        let version = PriceVersion { effective_from: day(from), ladder, source: source.to_owned() };
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
