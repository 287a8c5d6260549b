//! FOCUS exports: what can be billed by them is what the same rows of a CUR give; the rest is refused by name.

use super::*;

/// Columns of FOCUS 1.0 with AWS columns, as far as they are used, and one row of usage on demand.
const USAGE: [(&str, &str); 26] = [
    ("BilledCost", "0.124"),
    ("BillingAccountId", "001234567892"),
    ("BillingCurrency", "USD"),
    ("BillingPeriodStart", "2025-05-01T00:00:00.000Z"),
    ("ChargeCategory", "Usage"),
    ("ChargeClass", ""),
    ("ChargeDescription", "$0.124 per On Demand Linux m5.large Instance Hour"),
    ("ChargeFrequency", "Usage-Based"),
    ("ChargePeriodEnd", "2025-05-13T16:00:00.000Z"),
    ("ChargePeriodStart", "2025-05-13T15:00:00.000Z"),
    ("CommitmentDiscountId", ""),
    ("CommitmentDiscountStatus", ""),
    ("InvoiceIssuerName", "Amazon Web Services Japan G.K."),
    ("ListCost", "0.124"),
    ("PricingCategory", "Standard"),
    ("PricingQuantity", "1"),
    ("PricingUnit", "Hrs"),
    ("ProviderName", "AWS"),
    ("PublisherName", "AWS"),
    ("RegionId", "ap-northeast-1"),
    ("SkuId", "FKYYTRYVU2GJMJEE"),
    ("SkuPriceId", "FKYYTRYVU2GJMJEE.JRTCKXETXF.6YS6EN2CT7"),
    ("SubAccountId", "000000000104"),
    ("x_Discounts", "{}"),
    ("x_Operation", "RunInstances"),
    ("x_ServiceCode", "AmazonEC2"),
];

/// Rows of which each changes some cells of the usage above.
fn focus_csv(more: &[(&str, &str)], rows: &[&[(&str, &str)]]) -> String {
    let columns: Vec<(&str, &str)> = USAGE.iter().chain(more).copied().collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| *name)).unwrap();
    for changes in rows {
        let cell = |(name, text): &(&str, &str)| {
            changes.iter().find(|(changed, _)| changed == name).map_or(*text, |(_, text)| *text).to_owned()
        };
        writer.write_record(columns.iter().map(cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn fold_text(text: String) -> Result<FoldOutcome, String> {
    let folder = TestFolder::new();
    folder.write("f.csv.gz", gzip(text));
    fold_folder(folder.path(), "2025-05", &[]).map_err(|error| error.to_string())
}

/// 1.0: the usage type has a column of its own.
const V1_0: &[(&str, &str)] = &[("x_UsageType", "APN1-BoxUsage:m5.large")];
/// 1.2: it is the SKU's meter, and there is an invoice.
const V1_2: &[(&str, &str)] = &[("SkuMeter", "APN1-BoxUsage:m5.large"), ("InvoiceId", "INV-1")];

fn cur_row(invoice: &str) -> TestRow {
    TestRow::new()
        .with(Column::InvoiceId, invoice)
        .with(Column::InvoicingEntity, "Amazon Web Services Japan G.K.")
        .with(Column::PublicOnDemandCost, "0.124")
        .with(Column::Unit, "Hrs")
        .with(Column::RegionCode, "ap-northeast-1")
        .with(Column::RateCode, "FKYYTRYVU2GJMJEE.JRTCKXETXF.6YS6EN2CT7")
}

#[test]
fn usage_tax_credits_and_single_fees_are_the_rows_of_a_cur() {
    let kinds = |tax: &str| -> Vec<(&str, Vec<(&str, &str)>)> {
        let _ = tax;
        vec![
            ("Usage", vec![]),
            ("Tax", vec![("ChargeCategory", "Tax"), ("PublisherName", "")]),
            ("Credit", vec![("ChargeCategory", "Credit"), ("BilledCost", "-3.5"), ("PublisherName", "")]),
            ("Fee", vec![("ChargeCategory", "Purchase"), ("ChargeFrequency", "One-Time"), ("BilledCost", "14")]),
        ]
    };
    for (version, invoice) in [(V1_0, ""), (V1_2, "INV-1")] {
        for (line_type, changes) in kinds(invoice) {
            let billed = changes.iter().find(|(name, _)| *name == "BilledCost").map_or("0.124", |(_, text)| text);
            let row = cur_row(invoice).with(Column::LineItemType, line_type).with(Column::UnblendedCost, billed);
            let found = fold_text(focus_csv(version, &[&changes])).unwrap().facts;
            assert_eq!(found, fold_rows(&[row]).facts, "{line_type} {invoice}");
        }
    }
}

#[test]
fn rows_that_do_not_say_enough_are_refused_by_row_and_column() {
    let arn = "arn:aws:ec2:ap-northeast-1:090000000909:reserved-instances/1";
    #[rustfmt::skip]
    let cases: [(&[(&str, &str)], &str); 16] = [
        (&[("CommitmentDiscountId", arn), ("CommitmentDiscountStatus", "Used")], "CommitmentDiscountId: \"arn:aws:ec2"),
        (&[("CommitmentDiscountStatus", "Unused")],                  "CommitmentDiscountStatus: \"Unused\""),
        (&[("PricingCategory", "Committed")],                        "PricingCategory: \"Committed\""),
        (&[("x_Discounts", r#"{"EdpDiscount":-0.01}"#)],             "after private discounts"),
        (&[("x_Discounts", "none")],                                 "is no map"),
        (&[("ChargeClass", "Correction")],                           "a refund or corrected usage"),
        (&[("ChargeCategory", "Purchase"), ("ChargeFrequency", "Recurring")], "ChargeFrequency: \"Recurring\""),
        (&[("ChargeCategory", "Adjustment")],                        "what is adjusted"),
        (&[("ChargeCategory", "usage")],                             "accepted are Usage"),
        (&[("PublisherName", "Example Software Inc.")],              "AWS Marketplace"),
        (&[("PublisherName", "")],                                   "PublisherName: cannot be billed"),
        (&[("ProviderName", "Microsoft")],                           "no charge of AWS"),
        (&[("x_ServiceCode", "AWSDataTransfer")],                    "which service caused the traffic"),
        (&[("x_ServiceCode", "")],                                   "the service is not in it"),
        (&[("PricingQuantity", "")],                                 "the quantity is not in it"),
        (&[("SkuId", "")],                                           "the SKU is not in it"),
    ];
    for (changes, expected) in cases {
        let error = fold_text(focus_csv(V1_2, &[&[], changes])).unwrap_err();
        assert!(error.contains("f.csv.gz, row 2, ") && error.contains(expected), "{changes:?}: {error}");
        if !expected.contains("is no map") {
            assert!(error.contains("use the CUR 2.0 export of the same payer"), "{error}");
        }
    }
}

#[test]
fn the_version_is_told_by_the_columns() {
    #[rustfmt::skip]
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[],                                       "FOCUS 1.0"),
        (&[("CommitmentDiscountQuantity", "")],     "FOCUS 1.1"),
        (&[("SkuPriceDetails", ""), ("InvoiceId", "")], "FOCUS 1.2"),
    ];
    for (more, version) in cases {
        let error = fold_text(focus_csv(more, &[&[]])).unwrap_err(); // Its usage type is missing.
        let expected = format!("x_UsageType: is not in the header, but is needed to bill by {version}");
        assert!(error.contains(&expected), "{error}");
    }
}
