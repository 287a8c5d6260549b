//! How an invoice is paid, in `invoice.json`.

use serde::Serialize;

use crate::invoice::{Settlement, VoucherBalance, VoucherDraw};

/// Card + vouchers + due = total.
#[derive(Serialize)]
pub(super) struct SettlementEntry<'a> {
    by_card_jpy: i128,
    by_voucher_jpy: i128,
    due_jpy: i128,
    vouchers: Option<BalanceEntry<'a>>,
}

#[derive(Serialize)]
struct BalanceEntry<'a> {
    before_jpy: i128,
    used_jpy: i128,
    left_jpy: i128,
    is_recorded: bool,
    draws: Vec<DrawEntry<'a>>,
}

#[derive(Serialize)]
struct DrawEntry<'a> {
    voucher_id: &'a str,
    valid_to: Option<String>,
    before_jpy: i128,
    used_jpy: i128,
    left_jpy: i128,
}

impl<'a> SettlementEntry<'a> {
    pub(super) fn of(settlement: &'a Settlement) -> Self {
        Self {
            by_card_jpy: settlement.by_card_jpy.count(),
            by_voucher_jpy: settlement.by_voucher_jpy.count(),
            due_jpy: settlement.due_jpy.count(),
            vouchers: settlement.vouchers.as_ref().map(BalanceEntry::of),
        }
    }
}

impl<'a> BalanceEntry<'a> {
    fn of(balance: &'a VoucherBalance) -> Self {
        Self {
            before_jpy: balance.before_jpy.count(),
            used_jpy: balance.used_jpy.count(),
            left_jpy: balance.left_jpy.count(),
            is_recorded: balance.is_recorded,
            draws: balance.draws.iter().map(DrawEntry::of).collect(),
        }
    }
}

impl<'a> DrawEntry<'a> {
    fn of(draw: &'a VoucherDraw) -> Self {
        Self {
            voucher_id: &draw.voucher_id,
            valid_to: draw.valid_to.map(|month| month.to_string()),
            before_jpy: draw.before_jpy.count(),
            used_jpy: draw.used_jpy.count(),
            left_jpy: draw.left_jpy.count(),
        }
    }
}
