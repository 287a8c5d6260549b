//! Whose reservation or Savings Plan covers what in one hour, in AWS's order.

use super::decimal::{ONE, TENTH_DECIMAL, parse, quotient, times};
use super::uses::FUNCTIONS;
use super::world::{Machine, Reservation, SavingsPlan, World, whole};

/// A use of one hour, as far as nothing covers it.
#[derive(Clone)]
pub struct Use {
    pub account: &'static str,
    pub payer: &'static str,
    pub machine: Option<&'static Machine>,
    pub sku: &'static str,
    pub zone: &'static str,
    pub product: &'static str,
    pub operation: &'static str,
    pub usage_type: String,
    pub resource: String,
    pub left: i128,
    /// Quantities are multiples of it.
    pub step: i128,
    pub has_correction: bool,
}

/// What covers.
#[derive(Clone, Copy)]
pub enum Cover {
    Reservation(usize),
    /// A Savings Plan, and its rate.
    Plan(usize, i128),
}

/// A part of a use that is covered.
pub struct Covered {
    pub use_place: usize,
    pub quantity: i128,
    pub by: Cover,
}

/// Who may profit in one pass over the commitments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Owner,
    Others,
}

impl Side {
    fn includes(self, owner: &str, account: &str) -> bool {
        (owner == account) == (self == Self::Owner)
    }
}

/// One hour of a payer's family.
pub struct Hour<'a> {
    pub world: &'a World,
    pub hour: i64,
    pub uses: &'a mut [Use],
    pub covered: Vec<Covered>,
    /// What is left of each reservation, in units or hours, and of each Savings Plan, in dollars.
    units: Vec<i128>,
    pub dollars: Vec<i128>,
}

impl<'a> Hour<'a> {
    pub fn new(world: &'a World, hour: i64, uses: &'a mut [Use]) -> Self {
        let units = |reservation: &Reservation| match reservation.is_flexible() {
            _ if reservation.from_hour > hour => 0,
            true => whole(reservation.count * reservation.machine.factor),
            false => whole(reservation.count),
        };
        let dollars = |plan: &SavingsPlan| if plan.from_hour > hour { 0 } else { plan.commitment };
        Self {
            units: world.reservations.iter().map(units).collect(),
            dollars: world.plans.iter().map(dollars).collect(),
            world,
            hour,
            uses,
            covered: Vec::new(),
        }
    }

    /// Reservations before Savings Plans; zonal ones, also of others, before regional ones; owners before others.
    pub fn cover(&mut self) {
        for (is_zonal, side) in [(true, Side::Owner), (true, Side::Others), (false, Side::Owner), (false, Side::Others)]
        {
            for place in 0..self.world.reservations.len() {
                if self.world.reservations[place].zone.is_some() == is_zonal {
                    self.reserve(place, side);
                }
            }
        }
        let (narrow, wide) = (true, false);
        let order = if self.world.is_by_offering {
            [(narrow, Side::Owner), (narrow, Side::Others), (wide, Side::Owner), (wide, Side::Others)]
        } else {
            [(narrow, Side::Owner), (wide, Side::Owner), (narrow, Side::Others), (wide, Side::Others)]
        };
        for (is_narrow, side) in order {
            for place in 0..self.world.plans.len() {
                if self.world.plans[place].family.is_some() == is_narrow {
                    self.save(place, side);
                }
            }
        }
    }

    /// Uses of one side in the same family of accounts as the owner.
    fn open(&self, owner: &str, side: Side) -> Vec<usize> {
        let payer = self.world.payer(owner, self.hour);
        let is_open = |one: &Use| one.left > 0 && one.payer == payer && side.includes(owner, one.account);
        (0..self.uses.len()).filter(|&place| is_open(&self.uses[place])).collect()
    }

    fn take(&mut self, use_place: usize, quantity: i128, by: Cover) {
        self.uses[use_place].left -= quantity;
        self.covered.push(Covered { use_place, quantity, by });
    }

    fn reserve(&mut self, place: usize, side: Side) {
        let reservation = &self.world.reservations[place];
        let mut open = self.open(reservation.owner, side);
        open.retain(|&one| covers(reservation, &self.uses[one]));
        open.sort_by_key(|&one| self.uses[one].machine.map(|machine| machine.factor));
        for one in open {
            let factor = match self.uses[one].machine {
                Some(machine) if reservation.is_flexible() => machine.factor,
                _ => 1,
            };
            let fits = self.units[place] / factor / TENTH_DECIMAL * TENTH_DECIMAL;
            let quantity = self.uses[one].left.min(fits);
            if quantity > 0 {
                self.units[place] -= quantity * factor;
                self.take(one, quantity, Cover::Reservation(place));
            }
        }
    }

    /// The highest saving first, then the lowest rate.
    fn save(&mut self, place: usize, side: Side) {
        let plan = &self.world.plans[place];
        let mut open = Vec::new();
        for one in self.open(plan.owner, side) {
            let step = if self.uses[one].machine.is_some() { TENTH_DECIMAL } else { ONE / 1000 };
            if let Some(rate) = rate(self.world, plan, &self.uses[one]) {
                let price = self.world.catalog.price(self.uses[one].sku, self.hour);
                let share_paid = rate * 1_000_000 / price;
                open.push((share_paid, rate, one, step));
            }
        }
        open.sort_unstable();
        for (_, rate, one, step) in open {
            let fits = quotient(self.dollars[place], rate, step);
            let quantity = self.uses[one].left.min(fits);
            if quantity > 0 {
                self.dollars[place] -= times(quantity, rate);
                self.take(one, quantity, Cover::Plan(place, rate));
            }
        }
    }
}

fn covers(reservation: &Reservation, one: &Use) -> bool {
    let Some(machine) = one.machine else { return false };
    let fits = match reservation.is_flexible() {
        true => machine.family == reservation.machine.family && !machine.is_windows,
        false => machine == reservation.machine,
    };
    fits && reservation.zone.is_none_or(|zone| zone == one.zone)
}

/// The rate of a Savings Plan for a use, if it covers it: less than the first price by a part of its own.
pub fn rate(world: &World, plan: &SavingsPlan, one: &Use) -> Option<i128> {
    let Some(machine) = one.machine else {
        return (plan.family.is_none() && one.sku == FUNCTIONS).then(|| parse("0.0000146667"));
    };
    let percent = match plan.family {
        Some(family) if family != machine.family => return None,
        Some(_) => 58,
        None => 71 + machine.factor,
    };
    // Rates have four decimals. A price cut does not change them.
    let first_price = world.catalog.price(one.sku, -1);
    Some(first_price * percent / 100 / (ONE / 10_000) * (ONE / 10_000))
}
