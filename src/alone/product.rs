//! What instance a row used or a reservation is for, read from its codes and attributes.

use crate::money::Quantity;
use crate::terms::{CommitmentRules, ReservationRule};
use crate::usage::{Fact, Facts, Sym};

/// The texts by which AWS matches a reservation with usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Product<'a> {
    pub product_code: Sym,
    /// Names platform, engine, edition and licence.
    pub operation: Sym,
    pub region: &'a str,
    pub usage_type: &'a str,
    /// Such as `m5.large` or `db.r5.large`; empty where the row names none.
    pub instance_type: &'a str,
    pub deployment: &'a str,
    /// Absent where neither attribute nor usage type tells.
    pub tenancy: Option<Tenancy>,
    /// The row's own normalization factor.
    factor: Option<Quantity>,
}

/// On whose hardware an instance runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tenancy {
    Shared,
    Dedicated,
    Host,
}

impl<'a> Product<'a> {
    pub(super) fn of(facts: &'a Facts, fact: &Fact) -> Self {
        let key = &fact.key;
        let usage_type = facts.text(key.usage_type);
        let attribute = facts.text(key.instance_type).trim();
        let instance_type = usage_type.split_once(':').map_or(attribute, |(_, instance)| instance.trim());
        let factor = Quantity::parse(facts.text(key.normalization_factor)).ok();
        Self {
            product_code: key.product_code,
            operation: key.operation,
            region: region_of(facts.text(key.region), usage_type),
            usage_type,
            instance_type,
            deployment: facts.text(key.deployment_option),
            tenancy: tenancy_of(facts.text(key.tenancy), usage_type),
            factor: factor.filter(|factor| Quantity::ZERO < *factor && *factor < TOO_LARGE),
        }
    }

    /// Everything of the instance type but its size: `m5` of `m5.large`, `db.r5` of `db.r5.large`.
    pub(super) fn family(&self) -> String {
        let parts = self.instance_type.split('.');
        let place = size_place(self.instance_type);
        let kept: Vec<&str> = parts.enumerate().filter(|(at, _)| Some(*at) != place).map(|(_, part)| part).collect();
        kept.join(".")
    }

    /// Normalized units of one instance for one hour: the row's own, else by its size and deployment.
    pub(super) fn normalized_units(&self, rules: &CommitmentRules, rule: Option<&ReservationRule>) -> Option<Quantity> {
        if self.factor.is_some() {
            return self.factor;
        }
        let whole = rules.size_factors.get(self.instance_type);
        let size = || rules.size_factors.get(self.instance_type.split('.').nth(size_place(self.instance_type)?)?);
        let factor = *whole.or_else(size)?;
        factor.times(self.multiple(rule)).ok()
    }

    /// How many times the units of its size the deployment counts.
    pub(super) fn multiple(&self, rule: Option<&ReservationRule>) -> Quantity {
        let multiples = rule.map(|rule| rule.multiples.as_slice()).unwrap_or_default();
        let named = |part: &str| self.usage_type.contains(part) || self.deployment.contains(part);
        let found = multiples.iter().find(|(part, _)| named(part));
        found.map_or(Quantity::ONE, |(_, times)| *times)
    }
}

/// More normalized units than an instance can have: 10^5.
const TOO_LARGE: Quantity = Quantity::from_units(10_i128.pow(5 + crate::money::GRID_PLACES));

/// Where the size stands between the points of an instance type.
fn size_place(instance_type: &str) -> Option<usize> {
    const NAMED: [&str; 7] = ["nano", "micro", "small", "medium", "large", "xlarge", "metal"];
    let is_size = |part: &str| {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        NAMED.contains(&part) || rest == "xlarge" || part.starts_with("metal-")
    };
    instance_type.split('.').skip(1).position(is_size).map(|place| place + 1)
}

/// The region, else the prefix of the usage type that stands for one (`APN1`; none in us-east-1).
fn region_of<'a>(region: &'a str, usage_type: &'a str) -> &'a str {
    if !region.trim().is_empty() {
        return region.trim();
    }
    let is_prefix = |part: &&str| {
        let bytes = part.as_bytes();
        (2..=5).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    usage_type.split_once('-').map(|(prefix, _)| prefix).filter(is_prefix).unwrap_or_default()
}

fn tenancy_of(attribute: &str, usage_type: &str) -> Option<Tenancy> {
    let attribute = attribute.trim().to_ascii_lowercase();
    match attribute.as_str() {
        "shared" | "default" => Some(Tenancy::Shared),
        "dedicated" => Some(Tenancy::Dedicated),
        "host" => Some(Tenancy::Host),
        _ if usage_type.contains("Dedicated") => Some(Tenancy::Dedicated),
        _ if usage_type.contains("HostBoxUsage") || usage_type.contains("HostUsage") => Some(Tenancy::Host),
        _ if usage_type.contains("BoxUsage") => Some(Tenancy::Shared),
        _ => None,
    }
}
