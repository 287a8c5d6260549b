/// Who issues the invoices: `[issuer]` of `seikyu.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    /// Legal name.
    pub name: String,
    /// `T` and 13 digits; empty where the issuer is not registered.
    pub registration_number: String,
    /// Date of registration, `YYYY-MM-DD`; empty where not stated.
    pub registered_from: String,
    /// As printed.
    pub postal_code: String,
    /// As printed.
    pub address: String,
    /// As printed.
    pub phone: String,
    /// As printed.
    pub email: String,
    /// Where to pay.
    pub bank: Option<BankAccount>,
}

/// `[issuer.bank]`: 振込先.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankAccount {
    /// 銀行名.
    pub bank_name: String,
    /// 支店名.
    pub branch_name: String,
    /// 預金種別, such as 普通.
    pub account_type: String,
    /// 口座番号, with its leading zeros.
    pub account_number: String,
    /// 口座名義.
    pub account_holder: String,
}
