//! Rows as lines of a detail file, in an order that does not depend on how they came.

use std::io;

use super::sorted_runs::{Merge, Record, Run, Scratch, Sorter};
use super::{Cover, DetailFact, DetailPlan, RowTaker, RowsError};
use crate::ingest::{Column, FaultKind, FaultList, ReportFile, Row};
use crate::money::{Quantity, Usd};
use crate::usage::{LineType, Measures};

/// Texts of a line that are not its fact's, in the order by which the lines of a fact are sorted.
const TEXTS: usize = 5;

/// Puts the rows of shown facts aside as lines.
pub struct DetailTaker<'a> {
    plan: &'a DetailPlan<'a>,
    sorter: Sorter<'a>,
    record: Vec<u8>,
    failed: Option<io::Error>,
}

impl<'a> DetailTaker<'a> {
    /// `limit`: bytes of lines that stay in memory.
    pub fn new(plan: &'a DetailPlan<'a>, scratch: Scratch<'a>, limit: usize) -> Self {
        Self { plan, sorter: Sorter::new(scratch, limit), record: Vec::new(), failed: None }
    }

    fn add(&mut self, shown: &DetailFact, measures: &Measures, row: &Row<'_>, faults: &mut FaultList) {
        let of_fact = &self.plan.facts.facts[shown.fact];
        let Ok(cost) = shown.cost(&of_fact.measures, measures) else {
            let column = Column::UsageAmount;
            faults.push(Some(row.number()), Some(column.name()), row.text(column), FaultKind::TooLarge);
            return;
        };
        self.record.clear();
        let detail = row.detail();
        // What another account's row is about is not this customer's to see.
        let is_own = shown.account == of_fact.key.account;
        let is_fee = of_fact.key.line_type == LineType::RiFee;
        let zone = if is_fee { Column::ReservationZone } else { Column::AvailabilityZone };
        let resource_id = if is_own { detail.resource_id } else { b"" };
        let mut tags = Vec::new();
        for (tag, value) in detail.tags.iter().filter(|_| is_own) {
            let mark: &[u8] = if tags.is_empty() { b"" } else { b"; " };
            tags.extend_from_slice(&[mark, tag.as_bytes(), b"=", value].concat());
        }
        let texts: [(&str, &[u8]); TEXTS] = [
            ("lineItem/ResourceId", resource_id),
            (zone.name(), row.text(zone)),
            (Column::LineItemDescription.name(), row.text(Column::LineItemDescription)),
            (Column::ProductName.name(), row.text(Column::ProductName)),
            ("resourceTags", &tags),
        ];
        for (column, text) in texts {
            if std::str::from_utf8(text).is_err() {
                faults.push(Some(row.number()), Some(column), text, FaultKind::NotUtf8);
                return;
            }
            self.record.extend_from_slice(text);
            self.record.push(0); // No text of a report has a NUL.
        }
        self.record.extend_from_slice(&measures.quantity.units().to_be_bytes());
        self.record.extend_from_slice(&cost.units().to_be_bytes());
        let fact = u32::try_from(shown.fact).expect("a month has fewer than 2^32 keys");
        if let Err(error) = self.sorter.push(shown.project, fact, &self.record) {
            self.failed = Some(error);
        }
    }
}

impl RowTaker for DetailTaker<'_> {
    fn take(&mut self, _: &ReportFile, fact: usize, measures: &Measures, row: &Row<'_>, faults: &mut FaultList) {
        let plan = self.plan;
        if let (Some(shown), None) = (plan.shown(fact), &self.failed) {
            self.add(shown, measures, row, faults);
        }
    }
}

/// One line of a detail file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailLine {
    /// Its fact.
    pub fact: DetailFact,
    /// `lineItem/ResourceId`.
    pub resource_id: String,
    /// `lineItem/AvailabilityZone`.
    pub zone: String,
    /// As AWS wrote it; other words where AWS's say that a stranger's commitment covers it.
    pub description: String,
    /// `product/ProductName`.
    pub product_name: String,
    /// `tag=value`, separated by `; `.
    pub tags: String,
    /// `lineItem/UsageAmount`; absent on a `rounding`.
    pub quantity: Option<Quantity>,
    /// List dollars for one unit, rounded once to the grid; absent where there is no quantity.
    pub rate: Option<Usd>,
    /// List dollars.
    pub cost: Usd,
}

/// The lines of all files, by project, fact, and then by their texts and numbers.
pub struct DetailLines<'a> {
    plan: &'a DetailPlan<'a>,
    merge: Merge,
    /// What the lines of the open fact leave of its dollars, and the name of its product.
    open: Option<(DetailFact, Usd, String)>,
}

impl<'a> DetailLines<'a> {
    /// What the takers have put aside.
    pub fn of(plan: &'a DetailPlan<'a>, takers: Vec<DetailTaker<'_>>) -> Result<Self, RowsError> {
        let mut runs: Vec<Run> = Vec::new();
        for taker in takers {
            taker.failed.map_or(Ok(()), Err)?;
            runs.extend(taker.sorter.into_runs());
        }
        Ok(Self { plan, merge: Merge::of(runs)?, open: None })
    }

    /// The next line of a project, in the order of [`DetailPlan::projects`]; nothing when all were given. Behind the last line of a
    /// fact comes its `rounding`, where something is left.
    pub fn next_of(&mut self, project: u32) -> io::Result<Option<DetailLine>> {
        let coming = self.merge.peek().map(|record| (record.group, record.fact));
        if let Some((open, left, product_name)) = self.open.take_if(|(open, _, _)| {
            coming != Some((open.project, u32::try_from(open.fact).expect("a month has fewer than 2^32 keys")))
        }) && !left.is_zero()
        {
            return Ok(Some(DetailLine {
                fact: open,
                resource_id: String::new(),
                zone: String::new(),
                description: String::from("rounding"),
                product_name,
                tags: String::new(),
                quantity: None,
                rate: None,
                cost: left,
            }));
        }
        if coming.is_none_or(|(group, _)| group != project) {
            return Ok(None);
        }
        let Some(record) = self.merge.next()? else { return Ok(None) };
        let line = self.line(record)?;
        let (_, left, product_name) = self.open.get_or_insert((line.fact, line.fact.list, String::new()));
        *left -= line.cost;
        product_name.clone_from(&line.product_name);
        Ok(Some(line))
    }

    fn line(&self, Record { fact, bytes, .. }: Record) -> io::Result<DetailLine> {
        let torn = || io::Error::new(io::ErrorKind::InvalidData, "a line that was put aside came back torn");
        let fact = usize::try_from(fact).ok().and_then(|fact| self.plan.shown(fact)).ok_or_else(torn)?;
        let mut parts = bytes.splitn(TEXTS + 1, |byte| *byte == 0);
        let mut text = || String::from_utf8(parts.next().unwrap_or_default().to_vec()).map_err(io::Error::other);
        let [resource_id, zone, description, product_name, tags] = [text()?, text()?, text()?, text()?, text()?];
        let numbers = parts.next().and_then(|numbers| numbers.split_first_chunk::<16>()).ok_or_else(torn)?;
        let cost: [u8; 16] = numbers.1.try_into().map_err(|_| torn())?;
        let quantity = Quantity::from_units(i128::from_be_bytes(*numbers.0));
        let cost = Usd::from_units(i128::from_be_bytes(cost));
        let of_fact = &self.plan.facts.facts[fact.fact];
        let (dollars, units) =
            if fact.is_by_quantity() { (fact.list, of_fact.measures.quantity) } else { (cost, quantity) };
        let one = Quantity::from_units(10_i128.pow(18));
        // A rate beyond the grid (dollars for nearly nothing) is left out: it is there to be read, nothing is made of it.
        let rate = if units.is_zero() { None } else { dollars.share_of(one, units).ok() };
        let usage_type = self.plan.facts.text(of_fact.key.usage_type);
        let description = match fact.cover {
            Cover::OnDemand => format!("on demand: {usage_type}"),
            Cover::PartlyOwn => format!("on demand, a part of it covered by own commitments: {usage_type}"),
            Cover::None | Cover::Reserved(_) | Cover::Planned | Cover::ReservationFee(_) => description,
        };
        Ok(DetailLine {
            fact: *fact,
            resource_id,
            zone,
            description,
            product_name,
            tags,
            quantity: Some(quantity),
            rate,
            cost,
        })
    }
}
