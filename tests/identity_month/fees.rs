//! What commitments cost, whoever uses them, and other fees.

use super::decimal::ONE;
use super::report::{HOURS, Row, hour_text};
use super::world::{Reservation, SavingsPlan, World, whole};

/// Fees of the month as a whole: of reservations, and one of a domain.
pub fn monthly_fees(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for reservation in &world.reservations {
        let fee = reservation_fee(world, reservation);
        if reservation.has_upfront {
            rows.push(Row {
                line_type: "Fee",
                bill_type: "Purchase",
                quantity: whole(reservation.count),
                cost: reservation.hourly() * reservation.count * 8760,
                count: Some(whole(reservation.count)),
                description: String::from("Sign up charge for subscription"),
                ..fee.clone()
            });
        }
        rows.push(fee);
    }
    for plan in world.plans.iter().filter(|plan| plan.payment == "Partial Upfront") {
        rows.push(Row {
            line_type: "SavingsPlanUpfrontFee",
            bill_type: "Purchase",
            start: plan.start(),
            end: String::from("2026-05-03T00:03:54Z"),
            cost: plan.commitment / 2 * 8760,
            commitment: None,
            used_commitment: None,
            ..plan_fee(world, plan, plan.from_hour)
        });
    }
    rows.push(Row {
        payer: world.payer(super::world::ACCOUNTS[0], 0),
        account: super::world::ACCOUNTS[0],
        line_type: "Fee",
        class: "one_off_fee",
        bill_type: "Purchase",
        start: hour_text(50),
        end: String::from("2026-05-03T02:00:00Z"),
        product: "AmazonRegistrar",
        usage_type: String::from("Global-com"),
        operation: "RegisterDomain",
        quantity: ONE,
        cost: whole(14),
        description: String::from("Registration of a domain"),
        ..Row::default()
    });
    rows
}

fn reservation_fee(world: &World, reservation: &Reservation) -> Row {
    let machine = reservation.machine;
    let from = reservation.from_hour.max(0);
    let hours = whole(reservation.count * i128::from(HOURS - from));
    let hourly = if reservation.has_upfront { reservation.hourly() / 2 } else { reservation.hourly() };
    let is_flexible = reservation.is_flexible();
    Row {
        payer: world.payer(reservation.owner, from),
        account: reservation.owner,
        line_type: "RIFee",
        class: "commitment_fee",
        bill_type: "Anniversary",
        start: hour_text(from),
        end: String::from("2025-05-31T23:59:59Z"),
        hour: from,
        product: "AmazonEC2",
        usage_type: format!("APN1-HeavyUsage:{}.{}", machine.family, machine.size),
        operation: machine.operation(),
        quantity: hours,
        cost: hours / ONE * hourly,
        description: format!("USD hourly fee per {}.{} instance", machine.family, machine.size),
        sku: "RESERVEDFEE",
        term: "Reserved",
        unit: "Hrs",
        factor: (is_flexible || reservation.zone.is_some() && !machine.is_windows).then(|| whole(machine.factor)),
        reservation: reservation.arn.clone(),
        reservation_zone: reservation.zone.unwrap_or_default(),
        reservation_start: reservation.start(),
        count: Some(whole(reservation.count)),
        ..Row::default()
    }
}

fn plan_fee(world: &World, plan: &SavingsPlan, hour: i64) -> Row {
    Row {
        payer: world.payer(plan.owner, hour),
        account: plan.owner,
        line_type: "SavingsPlanRecurringFee",
        class: "commitment_fee",
        bill_type: "Anniversary",
        start: hour_text(hour),
        end: hour_text(hour + 1),
        hour,
        product: "ComputeSavingsPlans",
        usage_type: format!("ComputeSP:1yr{}", plan.payment.replace(' ', "")),
        quantity: ONE,
        description: format!("1yr {} {}", plan.payment, plan.offering()),
        plan: plan.arn.clone(),
        offering: plan.offering(),
        payment: plan.payment,
        plan_start: plan.start(),
        ..Row::default()
    }
}

/// The fees of Savings Plans for an hour; `left` says what of each is not used.
pub fn plan_fees(world: &World, hour: i64, left: Option<&[i128]>) -> Vec<Row> {
    let alive = world.plans.iter().enumerate().filter(|(_, plan)| plan.from_hour <= hour);
    let fee = |(place, plan): (usize, &SavingsPlan)| Row {
        cost: match plan.payment {
            "No Upfront" => plan.commitment,
            "Partial Upfront" => plan.commitment / 2,
            _ => 0,
        },
        commitment: Some(plan.commitment),
        used_commitment: Some(left.map_or(0, |left| plan.commitment - left[place])),
        ..plan_fee(world, plan, hour)
    };
    alive.map(fee).collect()
}
