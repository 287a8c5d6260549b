//! What was agreed: contracts, plans, prices, rates. Nouns only, as the workspace states them.
//!
//! - In: what `reference` has read and checked.
//! - Out: [`ReferenceData`].
//! - Refuses: nothing; whoever makes these values has checked them.
//! - Promise: every map is ordered; every price and percentage carries its source.

mod calendar;
mod carried;
mod commitment_rules;
mod console_services;
mod contract;
mod due_rule;
mod fee;
mod issuer;
mod plan;
mod price_list;
mod row_lists;
mod savings_plan_rates;
mod tables;
mod timeline;
mod voucher;

pub use calendar::Calendar;
pub use carried::CarriedLine;
pub use commitment_rules::{CommitmentRules, ReservationRule, SavingsPlanRule, SavingsPlanScope};
pub use console_services::{ConsoleService, ConsoleServices};
pub use contract::{AccountContract, BorneBy, CreditRule, CreditTreatment, Project};
pub use due_rule::{DueBase, DueRule, HolidayRule};
pub use fee::{AwsAmount, Fee, FeeBasis, FeeTier, UnitTier};
pub use issuer::{BankAccount, Issuer};
pub use plan::{Category, CategoryRule, Confirmation, Discount, FreeTierPolicy, Plan, Sharing, Source, is_assumed};
pub use price_list::{FreeOffer, Ladder, PriceList, PriceRange, PriceVersion};
pub use row_lists::{BundledSource, RowLists};
pub use savings_plan_rates::{SavingsPlanKind, SavingsPlanRate, SavingsPlanRates};
pub use tables::{FxEntry, Mode, ReferenceData, Section, TaxDecision, TaxRate, TaxTreatment};
pub use timeline::{AccountTimeline, Stretch, timelines};
pub use voucher::{RecordedDraw, Voucher, VoucherOwner};
