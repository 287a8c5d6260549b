//! `detail.csv`: the usage of a project row by row, in the eighteen columns of the customer portal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use super::csv_table::people_writer;
use super::guard;
use crate::money::Usd;
use crate::rows::{Cover, DetailLine, DetailLines, DetailPlan};
use crate::usage::Sym;

/// The columns, in the order of the portal.
const COLUMNS: [&str; 18] = [
    "id",
    "month",
    "invoice_id",
    "aws_account_id",
    "product_name",
    "rate_id",
    "subscription_id",
    "pricing_plan_id",
    "usage_type",
    "operation",
    "availability_zone",
    "reserved_instance",
    "item_description",
    "usage_quantity",
    "rate",
    "cost",
    "resource_id",
    "tag_value",
];

/// What a detail file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailSums {
    /// Lines that are rows of the reports.
    pub rows: u64,
    /// Lines that hold what the rounding of rows left.
    pub roundings: u64,
    /// List dollars of all lines, by account.
    pub costs: BTreeMap<Sym, Usd>,
}

/// Writes the lines of one project: for people, with byte order mark and CRLF, texts guarded against formulas.
///
/// `id` numbers the lines from 1. `invoice_id` is AWS's, `Estimated` until AWS has fixed the row. `cost` is in US
/// dollars at list, before the plan's discount; `rate` the same for one unit: where there are tiers, the account's average.
/// `subscription_id` and `reserved_instance` are about the group's own reservations; `rate_id` and `pricing_plan_id` are
/// always empty.
pub fn write_detail(
    plan: &DetailPlan<'_>,
    project: u32,
    lines: &mut DetailLines<'_>,
    out: &mut impl Write,
) -> io::Result<DetailSums> {
    let mut sums = DetailSums::default();
    let mut writer = people_writer(BufWriter::with_capacity(1 << 20, out), &COLUMNS)?;
    let month = plan.facts.period.to_string();
    let mut number = 0_u64;
    while let Some(line) = lines.next_of(project)? {
        number += 1;
        *if line.quantity.is_some() { &mut sums.rows } else { &mut sums.roundings } += 1;
        *sums.costs.entry(line.fact.account).or_default() += line.cost;
        let numbers = [number.to_string(), amount(line.quantity), amount(line.rate), line.cost.to_string()];
        writer.write_record(cells(plan, &month, &line, &numbers).iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()?;
    Ok(sums)
}

fn amount<T: ToString>(amount: Option<T>) -> String {
    amount.map(|amount| amount.to_string()).unwrap_or_default()
}

fn cells<'a>(
    plan: &'a DetailPlan<'_>,
    month: &'a str,
    line: &'a DetailLine,
    [number, quantity, rate, cost]: &'a [String; 4],
) -> [Cow<'a, str>; 18] {
    let key = &plan.facts.facts[line.fact.fact].key;
    let text = |symbol| guard(plan.facts.text(symbol));
    let (subscription, is_reserved) = match line.fact.cover {
        Cover::Reserved(arn) => (text(arn), "Y"),
        Cover::ReservationFee(arn) => (text(arn), "N"),
        Cover::None | Cover::Planned | Cover::OnDemand | Cover::PartlyOwn => (Cow::Borrowed(""), ""),
    };
    let invoice = plan.facts.text(key.invoice_id);
    let product = if line.product_name.is_empty() { plan.facts.text(key.product_code) } else { &line.product_name };
    [
        Cow::Borrowed(number),
        Cow::Borrowed(month),
        guard(if invoice.is_empty() { "Estimated" } else { invoice }),
        text(line.fact.account),
        guard(product),
        Cow::Borrowed(""),
        subscription,
        Cow::Borrowed(""),
        text(key.usage_type),
        text(key.operation),
        guard(&line.zone),
        Cow::Borrowed(is_reserved),
        guard(&line.description),
        Cow::Borrowed(quantity),
        Cow::Borrowed(rate),
        Cow::Borrowed(cost),
        guard(&line.resource_id),
        guard(&line.tags),
    ]
}
