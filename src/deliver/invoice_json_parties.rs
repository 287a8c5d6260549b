//! Issuer and recipient, in `invoice.json`.

use serde::Serialize;

use crate::terms::{BankAccount, Issuer, Project};

#[derive(Serialize)]
pub(super) struct IssuerEntry<'a> {
    name: &'a str,
    is_registered: bool,
    registration_number: &'a str,
    registered_from: &'a str,
    postal_code: &'a str,
    address: &'a str,
    phone: &'a str,
    email: &'a str,
    bank: Option<BankEntry<'a>>,
}

impl<'a> IssuerEntry<'a> {
    pub(super) fn of(issuer: &'a Issuer, is_registered: bool) -> Self {
        Self {
            name: &issuer.name,
            is_registered, // On the supply date: the month's last day.
            registration_number: &issuer.registration_number,
            registered_from: &issuer.registered_from,
            postal_code: &issuer.postal_code,
            address: &issuer.address,
            phone: &issuer.phone,
            email: &issuer.email,
            bank: issuer.bank.as_ref().map(BankEntry::of),
        }
    }
}

#[derive(Serialize)]
struct BankEntry<'a> {
    bank_name: &'a str,
    branch_name: &'a str,
    account_type: &'a str,
    account_number: &'a str,
    account_holder: &'a str,
}

impl<'a> BankEntry<'a> {
    fn of(bank: &'a BankAccount) -> Self {
        Self {
            bank_name: &bank.bank_name,
            branch_name: &bank.branch_name,
            account_type: &bank.account_type,
            account_number: &bank.account_number,
            account_holder: &bank.account_holder,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ProjectEntry<'a> {
    project_id: &'a str,
    customer_id: &'a str,
    customer_name: &'a str,
    postal_code: &'a str,
    address: &'a str,
    email: &'a str,
    payment_terms: &'a str,
    language: &'a str,
}

impl<'a> ProjectEntry<'a> {
    pub(super) fn of(project: &'a Project) -> Self {
        Self {
            project_id: &project.project_id,
            customer_id: &project.customer_id,
            customer_name: &project.customer_name,
            postal_code: &project.postal_code,
            address: &project.address,
            email: &project.email,
            payment_terms: &project.payment_terms,
            language: &project.language,
        }
    }
}
