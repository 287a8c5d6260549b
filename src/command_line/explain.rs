//! `seikyu explain`: an invoice taken apart, as indented text for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::explain::{ExplainedCharge, ExplainedInvoice, ExplainedLine, ExplainedService};
use crate::invoice::{Adjusted, FeeRule, LineKind};
use crate::money::{Quantity, Usd};
use crate::rows::RowPlace;
use crate::run::Explained;

/// The rows of each fact.
pub(super) type Places<'a> = BTreeMap<usize, Vec<&'a RowPlace>>;

/// The rows by their facts; absent where they were not read.
pub(super) fn places(explained: &Explained) -> Option<Places<'_>> {
    let rows = explained.rows.as_ref()?;
    let mut places: Places<'_> = BTreeMap::new();
    for row in rows {
        places.entry(row.fact).or_default().push(row);
    }
    Some(places)
}

/// Invoice, line, service, charge, row, each under the one that it is a part of. Dollars are exact.
pub(super) fn text(explained: &Explained, with_rows: bool) -> String {
    let places = places(explained);
    let mut out = Text(String::new());
    for invoice in &explained.explanation.invoices {
        out.invoice(&explained.run.period, invoice, places.as_ref());
    }
    if places.is_none() {
        out.say(
            0,
            if with_rows {
                "there are no reports here: this ends at the facts"
            } else {
                "--rows tells file and line of the rows"
            },
        );
    }
    out.0
}

struct Text(String);

impl Text {
    fn say(&mut self, depth: usize, text: &str) {
        writeln!(self.0, "{:width$}{}", "", text.trim_end(), width = depth * 2).expect("text in memory takes any line");
    }

    fn invoice(&mut self, period: &str, explained: &ExplainedInvoice, places: Option<&Places<'_>>) {
        let invoice = &explained.invoice;
        let number = invoice.issue.as_ref().map(|issue| format!(", {}", issue.number)).unwrap_or_default();
        let (project, status) = (&invoice.project.project_id, invoice.status.name());
        self.say(0, &format!("invoice of project {project}, {period}, {status}{number}"));
        let (subtotal, tax) = (invoice.subtotal_jpy.with_commas(), invoice.tax_jpy.with_commas());
        self.say(1, &format!("total {} yen = lines {subtotal} + tax {tax}", invoice.total_jpy.with_commas()));
        for tax in &invoice.taxes {
            let (amount, base) = (tax.tax_jpy.with_commas(), tax.base_jpy.with_commas());
            let how = if tax.is_taxed {
                format!("{} % of {base}, cut off once", tax.percent)
            } else {
                format!("none on {base}")
            };
            self.say(1, &format!("tax {}: {amount} yen = {how}", tax.tax_category));
        }
        let numbers = invoice.lines.iter().map(|line| line.net_jpy.with_commas());
        self.say(1, &format!("lines {subtotal} yen = {}", sum_text(numbers)));
        if explained.lines.len() < invoice.lines.len() {
            self.say(1, &format!("{} of {} lines are asked for", explained.lines.len(), invoice.lines.len()));
        }
        for line in &explained.lines {
            self.line(explained, line, places);
        }
        if !explained.unprinted.is_empty() {
            self.say(1, "on no line, for list and discount are 0:");
            self.charges(&explained.unprinted, places);
        }
        let mut accounts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in &explained.bridge {
            accounts.entry(&row.account_id).or_default().push(format!("{} {}", row.cause, row.amount));
        }
        for (account, causes) in accounts {
            self.say(1, &format!("bridge of account {account}: {}", causes.join(", ")));
        }
    }

    fn line(
        &mut self,
        explained: &ExplainedInvoice,
        ExplainedLine { line, services }: &ExplainedLine,
        places: Option<&Places<'_>>,
    ) {
        let yen = line.net_jpy.with_commas();
        self.say(1, &format!("line {}: {yen} yen, {}, tax {}", line.line_no, line.description, line.tax_category));
        match &line.kind {
            LineKind::Aws { account_id, account_name, section, plan_id, gross_usd, discount_usd, net_usd, .. } => {
                let plan = if plan_id.is_empty() { "no plan" } else { plan_id };
                self.say(2, &format!("account {account_id} {account_name}, section {}, {plan}", section.name()));
                let (rate, source) = explained
                    .invoice
                    .fx
                    .as_ref()
                    .map(|fx| (fx.rate.to_string(), fx.source.as_str()))
                    .unwrap_or_default();
                let rest = Usd::from_units(line.remainder);
                self.say(2, &format!("net {net_usd} USD x {rate} ({source}) = {yen} yen, cut off {rest}"));
                self.say(2, &format!("net {net_usd} USD = {}", list_and_discount(*gross_usd, *discount_usd)));
            }
            LineKind::Fee { fee_id, calculation } => {
                let how = match &calculation.rule {
                    FeeRule::Fixed => String::from("a fixed amount"),
                    FeeRule::PerUnit { bands, .. } => {
                        let bands = bands.iter().map(|band| format!("{} x {} yen", band.quantity, band.unit_price));
                        format!("{}, cut off once", bands.collect::<Vec<_>>().join(" + "))
                    }
                    FeeRule::Percent { base_jpy, bands, .. } => {
                        let bands =
                            bands.iter().map(|band| format!("{} % of {}", band.percent, band.base_jpy.with_commas()));
                        let bands: Vec<String> = bands.collect();
                        format!("of {} yen of AWS lines: {}, cut off once", base_jpy.with_commas(), bands.join(" + "))
                    }
                };
                let minimum = if calculation.is_minimum { "; the minimum is charged" } else { "" };
                self.say(2, &format!("fee {fee_id}: {how}{minimum}"));
            }
            LineKind::Adjustment { of, account_id, .. } => {
                let Adjusted { number, period } = of;
                self.say(
                    2,
                    &format!(
                        "account {account_id}, settles a difference of {number} of {period}: `seikyu ledger show {number}`"
                    ),
                );
            }
        }
        for service in services {
            self.service(service, places);
        }
    }

    fn service(&mut self, ExplainedService { part, charges }: &ExplainedService, places: Option<&Places<'_>>) {
        let (net, sum) = (part.net_usd, list_and_discount(part.gross_usd, part.discount_usd));
        let yen = part.net_jpy.with_commas();
        self.say(2, &format!("{}: {yen} yen of the line; net {net} USD = {sum}", part.name()));
        self.charges(charges, places);
    }

    fn charges(&mut self, charges: &[ExplainedCharge], places: Option<&Places<'_>>) {
        match places {
            Some(places) => {
                for charge in charges {
                    self.charge(&Sums::of(charge), charge);
                    self.rows(places.get(&charge.fact).map(Vec::as_slice).unwrap_or_default());
                }
            }
            None => {
                for (charge, sums) in alike(charges) {
                    self.charge(&sums, charge);
                }
            }
        }
    }

    fn charge(&mut self, sums: &Sums, charge: &ExplainedCharge) {
        let what = [&charge.usage_type, &charge.operation, &charge.description].map(String::as_str);
        let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
        let facts = if sums.facts > 1 { format!(", {} facts", sums.facts) } else { String::new() };
        let rows = if sums.rows == 1 { String::from("1 row") } else { format!("{} rows", sums.rows) };
        self.say(3, &format!("{} {}: {rows}{facts}", charge.line_type, what.join(" ")));
        let unit = if charge.unit.is_empty() { String::new() } else { format!(" {}", charge.unit) };
        let rule = if charge.price_rows.is_empty() {
            format!("by {}", charge.price_rule)
        } else {
            format!("by {}: {} ({})", charge.price_rule, charge.prices.join("; "), charge.price_sources)
        };
        self.say(4, &format!("list {} USD for {}{unit} {rule}", sums.list, sums.quantity));
        let ruling = &charge.ruling;
        let why = if ruling.rule.is_empty() {
            format!("none: {}", ruling.why_none)
        } else {
            format!("plan {}, {}: {}", ruling.plan_id, ruling.rule, ruling.effect)
        };
        self.say(4, &format!("discount {} USD, {why}; net {} USD", sums.discount, sums.list + sums.discount));
        let why = if charge.why_not_aws.is_empty() { String::new() } else { format!(": {}", charge.why_not_aws) };
        self.say(4, &format!("AWS charged {} USD, class {}{why}", sums.unblended, charge.class.name()));
        for (arn, quantity) in &sums.given_back {
            self.say(4, &format!("own commitment covers {quantity} of it after all: {arn}"));
        }
    }

    fn rows(&mut self, rows: &[&RowPlace]) {
        for row in rows {
            let entry = if row.entry.is_empty() { String::new() } else { format!(" ({})", row.entry) };
            let place = row.line.map_or_else(|| format!("row {}", row.row), |line| format!("line {line}"));
            let RowPlace { quantity, unblended, resource_id, .. } = row;
            self.say(5, &format!("{}{entry}, {place}: {quantity}, AWS {unblended} USD {resource_id}", row.file));
        }
    }
}

/// `1 + 2 - 3`.
fn sum_text(numbers: impl Iterator<Item = String>) -> String {
    numbers.collect::<Vec<String>>().join(" + ").replace("+ -", "- ")
}

fn list_and_discount(list: Usd, discount: Usd) -> String {
    format!("list {list} + discount {discount}").replace("+ discount -", "- discount ")
}

/// What charges that are told as one sum to.
struct Sums {
    facts: u64,
    rows: u64,
    quantity: Quantity,
    list: Usd,
    discount: Usd,
    unblended: Usd,
    given_back: BTreeMap<String, Quantity>,
}

impl Sums {
    fn of(charge: &ExplainedCharge) -> Self {
        Self {
            facts: 1,
            rows: charge.rows,
            quantity: charge.quantity,
            list: charge.list,
            discount: charge.discount,
            unblended: charge.aws_unblended,
            given_back: charge.given_back.iter().cloned().collect(),
        }
    }

    fn add(&mut self, other: Self) {
        self.facts += other.facts;
        self.rows += other.rows;
        self.quantity += other.quantity;
        self.list += other.list;
        self.discount += other.discount;
        self.unblended += other.unblended;
        for (arn, quantity) in other.given_back {
            *self.given_back.entry(arn).or_default() += quantity;
        }
    }
}

/// Charges that differ in nothing that is told but their amounts, such as the hours of a commitment, as one.
fn alike(charges: &[ExplainedCharge]) -> Vec<(&ExplainedCharge, Sums)> {
    let mut places = BTreeMap::new();
    let mut found: Vec<(&ExplainedCharge, Sums)> = Vec::new();
    for charge in charges {
        let texts = [&charge.line_type, &charge.usage_type, &charge.operation, &charge.description, &charge.unit];
        let reasons = [&charge.price_rows, &charge.price_sources, &charge.why_not_aws];
        let key = (texts, charge.price_rule, reasons, &charge.ruling, charge.class);
        let place = *places.entry(key).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, sums)) => sums.add(Sums::of(charge)),
            None => found.push((charge, Sums::of(charge))),
        }
    }
    found
}
