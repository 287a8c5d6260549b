use crate::alone::RowClass;
use crate::audit::BridgeRow;
use crate::convert::ServicePart;
use crate::discount::Ruling;
use crate::invoice::{Invoice, InvoiceLine};
use crate::money::{Quantity, Usd};
use crate::period::Instant;

/// Invoices of a month, taken apart.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// In the order of the month.
    pub invoices: Vec<ExplainedInvoice>,
}

impl Explanation {
    /// Every charge that is shown.
    pub fn charges(&self) -> impl Iterator<Item = &ExplainedCharge> {
        self.invoices.iter().flat_map(|invoice| {
            let services = invoice.lines.iter().flat_map(|line| &line.services);
            services.flat_map(|service| &service.charges).chain(&invoice.unprinted)
        })
    }
}

/// One invoice.
#[derive(Clone, Debug)]
pub struct ExplainedInvoice {
    /// As it was billed, with all its lines, taxes and totals.
    pub invoice: Invoice,
    /// The lines that are asked for.
    pub lines: Vec<ExplainedLine>,
    /// Charges of its accounts that are on no line, for list and discount of the line would be 0: what own commitments cover
    /// stands here where nothing else was used.
    pub unprinted: Vec<ExplainedCharge>,
    /// From AWS's charge to the net total, of the accounts of these lines; empty where services are asked for.
    pub bridge: Vec<BridgeRow>,
}

/// One line.
#[derive(Clone, Debug)]
pub struct ExplainedLine {
    /// As it was billed.
    pub line: InvoiceLine,
    /// The services that are asked for; none on a fee.
    pub services: Vec<ExplainedService>,
}

/// What a line charges for one service.
#[derive(Clone, Debug)]
pub struct ExplainedService {
    /// As it was billed.
    pub part: ServicePart,
    /// In the order of the facts; they sum to it.
    pub charges: Vec<ExplainedCharge>,
}

/// One charged fact, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedCharge {
    /// Place in the facts.
    pub fact: usize,
    /// `lineItem/LineItemType`.
    pub line_type: String,
    /// What the program takes the rows for.
    pub class: RowClass,
    /// `lineItem/UsageType`.
    pub usage_type: String,
    /// `lineItem/Operation`.
    pub operation: String,
    /// `product/sku`.
    pub sku: String,
    /// `lineItem/LineItemDescription`, of line types whose facts keep it.
    pub description: String,
    /// Start of the usage, for line types whose facts keep the hour.
    pub hour: Option<Instant>,
    /// Rows of the reports.
    pub rows: u64,
    /// `lineItem/UsageAmount`.
    pub quantity: Quantity,
    /// `pricing/unit`.
    pub unit: String,
    /// As in `charges.parquet`: `single_price`, `tiers`, else where the figure comes from or why it is passed on.
    pub price_rule: &'static str,
    /// SKU, effective date and begin of each range used; separated by `; `.
    pub price_rows: String,
    /// The same rows with what they say: `SKU from DATE above BEGIN: PRICE USD`, or the allowance of a free offer.
    pub prices: Vec<String>,
    /// Where these rows come from; separated by `; `.
    pub price_sources: String,
    /// List dollars.
    pub list: Usd,
    /// The plan's rule.
    pub ruling: Ruling,
    /// Discount dollars.
    pub discount: Usd,
    /// AWS's unblended cost.
    pub aws_unblended: Usd,
    /// Why list dollars are not AWS's; empty where they are.
    pub why_not_aws: String,
    /// What own commitments cover after all: ARN and quantity.
    pub given_back: Vec<(String, Quantity)>,
}

impl ExplainedCharge {
    /// What is charged.
    pub fn net(&self) -> Usd {
        self.list + self.discount
    }
}
