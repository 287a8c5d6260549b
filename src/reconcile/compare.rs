//! Ours against theirs, key by key, every difference with its causes.

use std::collections::{BTreeMap, BTreeSet};

use super::view::{Naming, Spot};
use super::{ConsoleFile, DifferenceCause, Dimension, Figure, Key, OwnRow, View};
use crate::money::Usd;
use crate::terms::ConsoleServices;

/// Half of the tenth decimal: rows of reports are printed with ten.
const ROW_ROUNDING: i128 = 50_000_000;

/// On which side a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// On both.
    Both,
    /// Only in our facts.
    OursOnly,
    /// Only in the file.
    TheirsOnly,
}

impl Seen {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::OursOnly => "ours_only",
            Self::TheirsOnly => "theirs_only",
        }
    }
}

/// One key on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Of what.
    pub key: Key,
    /// Whether both sides have it.
    pub seen: Seen,
    /// Our AWS unblended cost.
    pub ours: Usd,
    /// What the file says.
    pub theirs: Usd,
    /// Ours less theirs, by cause; sums to the difference.
    pub causes: BTreeMap<DifferenceCause, Usd>,
    /// What rounding may amount to.
    pub tolerance: Usd,
}

impl Compared {
    /// Ours less theirs.
    pub fn difference(&self) -> Usd {
        self.ours - self.theirs
    }

    /// The part of the difference that a cause explains.
    pub fn part(&self, cause: DifferenceCause) -> Usd {
        self.causes.get(&cause).copied().unwrap_or_default()
    }
}

/// A month against a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// By what figures are told apart.
    pub dimension: Dimension,
    /// Every key of either side, sorted.
    pub rows: Vec<Compared>,
    /// What the file was found to leave out or book elsewhere.
    pub view: View,
    /// What else would fit as well, and what could not be matched.
    pub notes: Vec<String>,
}

impl Comparison {
    /// Rows of which a part is unexplained.
    pub fn unexplained(&self) -> impl Iterator<Item = &Compared> {
        self.rows.iter().filter(|row| !row.part(DifferenceCause::Unexplained).is_zero())
    }

    /// The sum of a cause over all rows.
    pub fn sum(&self, cause: DifferenceCause) -> Usd {
        self.rows.iter().map(|row| row.part(cause)).sum()
    }
}

/// A sum with the number of roundings in it.
#[derive(Clone, Copy, Default)]
struct Sum {
    amount: Usd,
    rows: u64,
    own_rounding: Usd,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.amount += other.amount;
        self.rows += other.rows;
        self.own_rounding += other.own_rounding;
    }
}

/// Compares. A file leaves out or moves things as a whole, so the causes are looked for over all keys together: the view
/// under which the fewest keys stay unexplained counts, the one with the fewest causes among equals.
pub fn compare(own: &[OwnRow], file: &ConsoleFile, services: &ConsoleServices) -> Comparison {
    let taxed: BTreeSet<(&str, &str)> = file
        .figures
        .iter()
        .filter(|figure| figure.tax.is_some())
        .map(|figure| (figure.key.payer_id.as_str(), figure.key.invoice_id.as_str()))
        .collect();
    let naming = Naming {
        dimension: file.dimension,
        services,
        is_by_code: is_by_code(own, file, services),
        taxed_invoices: &|payer, invoice| taxed.contains(&(payer, invoice)),
    };
    let mut spots: BTreeMap<Spot, Sum> = BTreeMap::new();
    for row in own {
        let sum = spots.entry(naming.spot(row)).or_default();
        sum.add(Sum { amount: row.amount, rows: row.rows, own_rounding: Usd::ZERO });
    }
    let theirs = sums_of_figures(&file.figures, &naming);
    let sides = Sides { spots: &spots, theirs: &theirs, rounding: file.rounding };
    let (view, others) = sides.best_view();
    let rows = sides.compare(view);
    let mut notes: Vec<String> = others.into_iter().map(also_fits).collect();
    notes.extend(unknown_services(own, file, &naming));
    Comparison { dimension: file.dimension, rows, view, notes }
}

fn also_fits(view: View) -> String {
    let names: Vec<&str> = view.causes().map(DifferenceCause::name).collect();
    format!("{} would explain as many figures; look at the file's filters", names.join(" and "))
}

/// Services of the file are product codes where more of them are codes of our rows than names of the table.
fn is_by_code(own: &[OwnRow], file: &ConsoleFile, services: &ConsoleServices) -> bool {
    if !file.dimension.has_services() {
        return false;
    }
    let codes: BTreeSet<&str> = own.iter().map(|row| row.product_code.as_str()).collect();
    let printed: BTreeSet<&str> = file.figures.iter().map(|figure| figure.key.service.as_str()).collect();
    let as_code = printed.iter().filter(|name| codes.contains(**name) || services.has_code(name)).count();
    let as_name = printed.iter().filter(|name| services.service_named(name).is_some()).count();
    as_code > as_name
}

fn sums_of_figures(figures: &[Figure], naming: &Naming<'_>) -> BTreeMap<Key, Sum> {
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for figure in figures {
        let own_rounding = figure.own_rounding;
        let mut add = |key: Key, amount: Usd, rows: u64| {
            sums.entry(key).or_default().add(Sum { amount, rows, own_rounding });
        };
        let part = |service: &str| Key { service: service.to_owned(), ..figure.key.clone() };
        let printed = u64::from(figure.printed);
        match (naming.dimension, figure.tax) {
            (Dimension::AwsInvoice, Some(tax)) => {
                add(part("before tax"), figure.amount - tax, printed + printed);
                add(part("tax"), tax, printed);
            }
            (Dimension::AwsInvoice, None) => add(part("total"), figure.amount, printed),
            (Dimension::AccountAndService | Dimension::Service, _) => {
                add(part(&naming.service_printed(&figure.key.service)), figure.amount, printed);
            }
            (Dimension::Account | Dimension::Month, _) => add(figure.key.clone(), figure.amount, printed),
        }
    }
    sums
}

/// Names that the table does not have: told by name, and compared under that name.
fn unknown_services(own: &[OwnRow], file: &ConsoleFile, naming: &Naming<'_>) -> Vec<String> {
    if !file.dimension.has_services() || naming.is_by_code {
        return Vec::new();
    }
    let is_known = |name: &str| naming.services.service_named(name).is_some() || naming.services.has_code(name);
    let ours = own.iter().filter(|row| !row.is_marketplace && row.amount != Usd::ZERO);
    let ours: BTreeSet<&str> = ours.map(|row| row.product_code.as_str()).filter(|code| !is_known(code)).collect();
    let remedy = "add it to rates/console/services.csv";
    ours.into_iter().map(|code| format!("product code {code:?} has no name in the console; {remedy}")).collect()
}

/// Both sides, by key.
struct Sides<'a> {
    spots: &'a BTreeMap<Spot, Sum>,
    theirs: &'a BTreeMap<Key, Sum>,
    rounding: Usd,
}

impl Sides<'_> {
    /// The view that leaves the fewest keys unexplained, then with the fewest causes; and others as good.
    fn best_view(&self) -> (View, Vec<View>) {
        let mut best: Vec<(usize, u32, View)> = Vec::new();
        for view in View::all().filter(|view| self.has_effect(*view)) {
            let rank = (self.unexplained(view), view.count());
            let least = best.first().map(|(keys, causes, _)| (*keys, *causes));
            if least.is_none_or(|least| rank < least) {
                best.clear();
            }
            if least.is_none_or(|least| rank <= least) {
                best.push((rank.0, rank.1, view));
            }
        }
        let mut views = best.into_iter().map(|(_, _, view)| view);
        (views.next().unwrap_or_default(), views.collect())
    }

    /// Whether every cause of a view has something to hide or move.
    fn has_effect(&self, view: View) -> bool {
        view.causes().all(|cause| {
            self.spots.iter().any(|(spot, sum)| {
                let is_moved = cause == DifferenceCause::DataTransferApart && spot.key != spot.apart;
                !sum.amount.is_zero() && (spot.hidden_by == Some(cause) || is_moved)
            })
        })
    }

    /// What a view shows, by key.
    fn shown(&self, view: View) -> BTreeMap<&Key, Sum> {
        let mut shown: BTreeMap<&Key, Sum> = BTreeMap::new();
        for (spot, sum) in self.spots {
            if spot.hidden_by.is_some_and(|cause| view.has(cause)) {
                continue;
            }
            let is_apart = view.has(DifferenceCause::DataTransferApart);
            let shown = shown.entry(if is_apart { &spot.apart } else { &spot.key }).or_default();
            shown.add(*sum);
        }
        shown
    }

    /// Figures that a view does not explain. The total is one of them: it tells what is left out from what only has
    /// another name on the other side.
    fn unexplained(&self, view: View) -> usize {
        let shown = self.shown(view);
        let keys: BTreeSet<&Key> = shown.keys().copied().chain(self.theirs.keys()).collect();
        let is_off = |shown: Sum, theirs: Sum| (shown.amount - theirs.amount).abs() > self.tolerance(shown, theirs);
        let (mut all_shown, mut all_theirs, mut count) = (Sum::default(), Sum::default(), 0);
        for key in keys {
            let (shown, theirs) = (shown.get(key).copied().unwrap_or_default(), self.theirs_of(key));
            count += usize::from(is_off(shown, theirs));
            all_shown.add(shown);
            all_theirs.add(theirs);
        }
        count + usize::from(is_off(all_shown, all_theirs))
    }

    fn theirs_of(&self, key: &Key) -> Sum {
        self.theirs.get(key).copied().unwrap_or_default()
    }

    /// Each printed figure and each row may be off by half of its last digit.
    fn tolerance(&self, shown: Sum, theirs: Sum) -> Usd {
        let figures = i128::from(theirs.rows).saturating_mul(self.rounding.units());
        let rows = i128::from(shown.rows).saturating_mul(ROW_ROUNDING);
        Usd::from_units(figures.saturating_add(rows)) + theirs.own_rounding
    }

    fn compare(&self, view: View) -> Vec<Compared> {
        let shown = self.shown(view);
        let mut ours: BTreeMap<&Key, Usd> = BTreeMap::new();
        let mut causes: BTreeMap<&Key, BTreeMap<DifferenceCause, Usd>> = BTreeMap::new();
        for (spot, sum) in self.spots {
            *ours.entry(&spot.key).or_default() += sum.amount;
            let mut book = |key, cause, amount| *causes.entry(key).or_default().entry(cause).or_default() += amount;
            match spot.hidden_by.filter(|cause| view.has(*cause)) {
                Some(cause) => book(&spot.key, cause, sum.amount),
                None if view.has(DifferenceCause::DataTransferApart) && spot.key != spot.apart => {
                    book(&spot.key, DifferenceCause::DataTransferApart, sum.amount);
                    book(&spot.apart, DifferenceCause::DataTransferApart, -sum.amount);
                }
                None => {}
            }
        }
        let keys: BTreeSet<&Key> = ours.keys().chain(causes.keys()).copied().chain(self.theirs.keys()).collect();
        let mut rows = Vec::new();
        for key in keys {
            let (own, theirs) = (ours.get(key).copied(), self.theirs.get(key));
            let (shown, printed) = (shown.get(key).copied().unwrap_or_default(), self.theirs_of(key));
            let tolerance = self.tolerance(shown, printed);
            let rest = shown.amount - printed.amount;
            let mut causes = causes.remove(key).unwrap_or_default();
            let last = if rest.abs() > tolerance { DifferenceCause::Unexplained } else { DifferenceCause::Rounding };
            causes.insert(last, rest);
            causes.retain(|_, amount| !amount.is_zero());
            let seen = match (own, theirs) {
                (Some(_), Some(_)) => Seen::Both,
                (_, None) => Seen::OursOnly,
                (None, Some(_)) => Seen::TheirsOnly,
            };
            let (ours, theirs) = (own.unwrap_or_default(), printed.amount);
            let is_nothing = seen == Seen::OursOnly && ours.is_zero() && causes.is_empty();
            if !is_nothing {
                rows.push(Compared { key: key.clone(), seen, ours, theirs, causes, tolerance });
            }
        }
        rows
    }
}
