//! AWS's bill of a generated month: every row, hour by hour.

use std::collections::BTreeMap;

use super::commitments::{Cover, Covered, Hour, Use};
use super::decimal::{ONE, rounded, times};
use super::fees::{monthly_fees, plan_fees};
use super::report::{HOURS, Row, hour_text};
use super::tiers::Counters;
use super::uses::FUNCTIONS;
use super::world::{Kind, World, payer};

/// The rows of a month, in order of time.
pub fn bill(world: &mut World) -> Vec<Row> {
    let mut rows = monthly_fees(world);
    let mut counters = Counters::default();
    let stride = i64::try_from(world.stride).expect("small");
    for hour in 0..HOURS {
        let mut dollars = None;
        if hour % stride == 0 {
            let mut uses = uses_of(world, hour);
            let mut period = Hour::new(world, hour, &mut uses);
            period.cover();
            dollars = Some(period.dollars);
            rows.extend(covered_rows(world, hour, period.covered, &uses));
            for one in uses.iter().filter(|one| one.left > 0) {
                on_demand_rows(world, hour, one, one.left, &mut counters, &mut rows);
                if one.has_correction {
                    // A part is taken back in the same hour, in steps of the grid that keep products exact.
                    let back = one.left / 2 / one.step * one.step;
                    on_demand_rows(world, hour, one, -back, &mut counters, &mut rows);
                }
            }
        }
        rows.extend(plan_fees(world, hour, dollars.as_deref()));
    }
    rows
}

/// What everybody uses in an hour, in no order.
fn uses_of(world: &mut World, hour: i64) -> Vec<Use> {
    let mut uses = Vec::new();
    for instance in world.instances.iter().filter(|instance| instance.hours.contains(&hour)) {
        let machine = instance.machine;
        let is_short = hour % 3 == 0;
        uses.push(Use {
            account: instance.account,
            payer: world.payer(instance.account, hour),
            machine: Some(machine),
            sku: machine.sku,
            zone: instance.zone,
            product: "AmazonEC2",
            operation: machine.operation(),
            usage_type: format!("APN1-BoxUsage:{}.{}", machine.family, machine.size),
            resource: instance.id.clone(),
            left: if is_short { ONE / 8 * instance.eighths } else { ONE },
            step: ONE / 8,
            has_correction: false,
        });
    }
    for meter in &world.meters {
        let random = &mut world.random;
        let (product, operation) = random.pick(meter.products);
        let steps = i128::try_from(random.between(1, meter.most + 1)).expect("small");
        uses.push(Use {
            account: meter.account,
            payer: payer(meter.account, hour, world.move_hour),
            machine: None,
            sku: meter.sku,
            zone: "",
            product,
            operation,
            usage_type: meter.usage_type.to_owned(),
            resource: String::new(),
            left: meter.step * steps,
            step: meter.step,
            has_correction: meter.has_corrections && random.has_luck(5),
        });
    }
    world.random.shuffle(&mut uses);
    uses
}

/// A row of a use, still without a price.
fn usage_row(world: &World, hour: i64, one: &Use, quantity: i128) -> Row {
    let sku = world.catalog.skus.get(one.sku).expect("the SKU is sold");
    Row {
        payer: one.payer,
        account: one.account,
        line_type: "Usage",
        class: "usage",
        bill_type: "Anniversary",
        start: hour_text(hour),
        end: hour_text(hour + 1),
        hour,
        product: one.product,
        usage_type: one.usage_type.clone(),
        operation: one.operation,
        zone: one.zone,
        resource: one.resource.clone(),
        quantity,
        sku: one.sku,
        unit: sku.unit,
        factor: one.machine.filter(|machine| !machine.is_windows).map(|machine| machine.factor * ONE),
        ..Row::default()
    }
}

fn money(world: &World, exact: i128) -> i128 {
    if world.kind == Kind::Rounded { rounded(exact) } else { exact }
}

fn on_demand_rows(world: &World, hour: i64, one: &Use, quantity: i128, counters: &mut Counters, rows: &mut Vec<Row>) {
    if quantity == 0 {
        return;
    }
    let row = usage_row(world, hour, one, quantity);
    let version = world.catalog.version(one.sku, hour);
    if one.usage_type.contains("SpotUsage") {
        // The Spot price moves; AWS states the on-demand cost all the same.
        let spot = ONE / 10_000 * i128::from(700 + hour % 37);
        let public_cost = Some(money(world, times(quantity, version.ranges[0].1)));
        // It is passed on as it is billed.
        let cost = money(world, times(quantity, spot));
        rows.push(Row { cost, exact: cost, public_cost, description: String::from("Spot Instance-hour"), ..row });
        return;
    }
    // As documented: the public cost is stated at the last range, and at the first paid one for what is free.
    let last = version.ranges.last().expect("a price has a range").1;
    for part in counters.count(&world.catalog, one.sku, hour, quantity) {
        let (rate_code, term, public_rate) = match part.range {
            Some(range) => (format!("{}.JRTCKXETXF.RANGE{range}", one.sku), "OnDemand", last),
            None => (format!("{}.GLOBALFREE.TIER", one.sku), "", version.ranges[0].1),
        };
        rows.push(Row {
            quantity: part.quantity,
            cost: money(world, times(part.quantity, part.price)),
            exact: times(part.quantity, part.price),
            public_cost: Some(money(world, times(part.quantity, public_rate))),
            rate_code,
            term,
            description: String::from(if part.range.is_none() {
                "$0.00 under the monthly global free tier"
            } else {
                "as listed"
            }),
            ..row.clone()
        });
    }
}

/// Rows of covered uses, and one negation for each Savings Plan, account, usage type, operation and zone.
fn covered_rows(world: &World, hour: i64, covered: Vec<Covered>, uses: &[Use]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut negations: BTreeMap<_, Row> = BTreeMap::new();
    for Covered { use_place, quantity, by } in covered {
        let one = &uses[use_place];
        let row = usage_row(world, hour, one, quantity);
        let exact = times(quantity, world.catalog.price(one.sku, hour));
        let public_cost = Some(money(world, exact));
        match by {
            Cover::Reservation(place) => {
                let reservation = &world.reservations[place];
                let share = one.machine.map_or(1, |machine| machine.factor);
                rows.push(Row {
                    line_type: "DiscountedUsage",
                    class: "ri_covered",
                    public_cost,
                    rate_code: format!("{}.QF3VHMOBGR.6YS6EN2CT7", one.sku),
                    term: "Reserved",
                    description: format!("{} reserved instance applied", reservation.machine.size),
                    reservation: reservation.arn.clone(),
                    effective_cost: Some(times(quantity, reservation.hourly() * share / reservation.machine.factor)),
                    ..row
                });
            }
            Cover::Plan(place, rate) => {
                let plan = &world.plans[place];
                let cost = money(world, exact);
                let row = Row {
                    plan: plan.arn.clone(),
                    offering: plan.offering(),
                    payment: plan.payment,
                    plan_start: plan.start(),
                    ..row
                };
                let key = (place, one.account, one.usage_type.clone(), one.operation, one.zone);
                let negation = negations.entry(key).or_insert_with(|| Row {
                    line_type: "SavingsPlanNegation",
                    class: "sp_negation",
                    description: format!(
                        "SavingsPlanNegation used by AccountId : {} and UsageSku : {}",
                        one.account, one.sku
                    ),
                    resource: String::new(),
                    sku: "",
                    factor: None,
                    quantity: 0,
                    public_cost: Some(0),
                    ..row.clone()
                });
                negation.quantity -= quantity;
                negation.cost -= exact;
                rows.push(Row {
                    line_type: "SavingsPlanCoveredUsage",
                    class: "sp_covered",
                    cost,
                    public_cost,
                    rate_code: format!(
                        "{}.JRTCKXETXF.{}",
                        one.sku,
                        if one.sku == FUNCTIONS { "RANGE0" } else { "6YS6EN2CT7" }
                    ),
                    term: "OnDemand",
                    description: String::from("covered by Savings Plan"),
                    rate: Some(rate),
                    effective_cost: Some(times(quantity, rate)),
                    ..row
                });
            }
        }
    }
    for (_, row) in negations {
        let cost = money(world, row.cost);
        rows.push(Row { cost, public_cost: Some(cost), ..row });
    }
    rows
}
