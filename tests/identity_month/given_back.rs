//! What an account that is alone gets back of its own commitments, hour by hour, by the rules of re-application alone.

use std::collections::{BTreeMap, BTreeSet};

use super::decimal::{ONE, TENTH_DECIMAL, quotient, times};
use super::report::Row;
use super::strangers::owner;
use super::uses::FUNCTIONS;
use super::world::{MACHINES, Machine, Reservation, World, whole};

/// Un-covered usage of one account and hour: machine and zone.
type Open = BTreeMap<(usize, &'static str), i128>;

/// The hour's state of one account.
struct Hour<'a> {
    world: &'a World,
    account: &'static str,
    hour: i64,
    open: Open,
    /// What the account itself used of each commitment: units or hours, or dollars.
    used: BTreeMap<&'a str, i128>,
    given: i128,
}

impl Hour<'_> {
    /// Takes up to `most(machine)` of what is open, and says how much for each.
    fn cover(&mut self, key: (usize, &'static str), most: i128) -> i128 {
        let open = self.open.get_mut(&key).expect("it is open");
        let quantity = most.clamp(0, *open);
        *open -= quantity;
        let price = self.world.catalog.price(MACHINES[key.0].sku, self.hour);
        // Quantities are cut on the grid: the last digits of the product do not count here.
        self.given += quantity / 1000 * (price / 10_000_000_000_000) / 100;
        quantity
    }

    fn reserve(&mut self, reservation: &Reservation) {
        let capacity = match reservation.is_flexible() {
            _ if reservation.from_hour > self.hour => 0,
            true => whole(reservation.count * reservation.machine.factor),
            false => whole(reservation.count),
        };
        let mut left = capacity - self.used.get(reservation.arn.as_str()).copied().unwrap_or_default();
        let mut keys: Vec<_> = self.open.keys().copied().collect();
        keys.retain(|&(place, zone)| fits(reservation, &MACHINES[place], zone));
        keys.sort_by_key(|&(place, _)| MACHINES[place].factor);
        for key in keys {
            let factor = if reservation.is_flexible() { MACHINES[key.0].factor } else { 1 };
            // Cut at the tenth decimal, so that products of what is left stay on the grid.
            left -= self.cover(key, left / factor / TENTH_DECIMAL * TENTH_DECIMAL) * factor;
        }
    }

    fn save(&mut self, place: usize, rates: &BTreeMap<(&str, &str, &str), i128>) {
        let plan = &self.world.plans[place];
        if plan.from_hour > self.hour {
            return;
        }
        let mut left = plan.commitment - self.used.get(plan.arn.as_str()).copied().unwrap_or_default();
        let mut keys = Vec::new();
        for &key in self.open.keys() {
            let machine = &MACHINES[key.0];
            let is_eligible = plan.family.is_none_or(|family| family == machine.family);
            if let Some(&rate) = rates.get(&(plan.offering(), plan.payment, machine.sku)).filter(|_| is_eligible) {
                let price = self.world.catalog.price(machine.sku, self.hour);
                keys.push((rate * 1_000_000_000 / price, machine.factor, key, rate));
            }
        }
        keys.sort_unstable();
        for (_, _, key, rate) in keys {
            // Rates have four decimals, what is used of a plan at most eighteen: the quotient is cut at 10^-10.
            let quantity = self.cover(key, quotient(left / 1_000_000 * 1_000_000, rate, TENTH_DECIMAL));
            left -= times(quantity, rate);
        }
    }
}

fn fits(reservation: &Reservation, machine: &Machine, zone: &str) -> bool {
    let is_covered = match reservation.is_flexible() {
        true => machine.family == reservation.machine.family && !machine.is_windows,
        false => machine == reservation.machine,
    };
    is_covered && reservation.zone.is_none_or(|own| own == zone)
}

/// What each account gets back at list, to about 10^-9 for each hour; accounts whose functions strangers cover are
/// left out, since the price that orders a tiered SKU is not told.
pub fn given_back(world: &World, rows: &[Row]) -> BTreeMap<&'static str, i128> {
    let mut rates: BTreeMap<(&str, &str, &str), i128> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.class == "sp_covered") {
        let rate = row.rate.expect("a covered row has its rate");
        let lowest = rates.entry((row.offering, row.payment, row.sku)).or_insert(rate);
        *lowest = rate.min(*lowest);
    }
    let mut hours: BTreeMap<(&'static str, i64), Hour<'_>> = BTreeMap::new();
    let mut left_out = BTreeSet::new();
    for row in rows.iter().filter(|row| matches!(row.class, "ri_covered" | "sp_covered")) {
        let (account, hour) = (row.account, row.hour);
        let (open, used, given) = (Open::new(), BTreeMap::new(), 0);
        let state = hours.entry((account, hour)).or_insert(Hour { world, account, hour, open, used, given });
        let arn = if row.reservation.is_empty() { &row.plan } else { &row.reservation };
        if owner(arn) == account {
            let is_flexible = world.reservations.iter().any(|one| one.arn == *arn && one.is_flexible());
            let units = if is_flexible { times(row.quantity, row.factor.unwrap_or(ONE)) } else { row.quantity };
            *state.used.entry(arn).or_default() += row.effective_cost.filter(|_| !row.plan.is_empty()).unwrap_or(units);
        } else if row.sku == FUNCTIONS {
            left_out.insert(account);
        } else {
            let machine = MACHINES.iter().position(|machine| machine.sku == row.sku).expect("an instance type");
            *state.open.entry((machine, row.zone)).or_default() += row.quantity;
        }
    }
    let mut accounts = BTreeMap::new();
    for state in hours.values_mut().filter(|state| !left_out.contains(state.account)) {
        for is_zonal in [true, false] {
            for reservation in &world.reservations {
                if reservation.owner == state.account && reservation.zone.is_some() == is_zonal {
                    state.reserve(reservation);
                }
            }
        }
        for is_narrow in [true, false] {
            for (place, plan) in world.plans.iter().enumerate() {
                if plan.owner == state.account && plan.family.is_some() == is_narrow {
                    state.save(place, &rates);
                }
            }
        }
        *accounts.entry(state.account).or_default() += state.given;
    }
    accounts
}
