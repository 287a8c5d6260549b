use super::read_console;
use crate::read_back::ReadBackError;
use crate::reconcile::{ConsoleFile, Dimension};
use crate::testing::{A, B, PAYER, may, usd};

fn read(text: &str) -> Result<ConsoleFile, ReadBackError> {
    read_console("console.csv", text.as_bytes(), may())
}

/// Each figure as `account service amount`.
fn figures(text: &str) -> Vec<String> {
    let file = read(text).unwrap_or_else(|error| panic!("{error}"));
    let figure = |figure: &crate::reconcile::Figure| {
        format!("{} {} {}", figure.key.account_id, figure.key.service, figure.amount).trim().to_owned()
    };
    file.figures.iter().map(figure).collect()
}

fn refusal(text: &str) -> String {
    read(text).expect_err(text).to_string()
}

#[test]
fn every_form_of_cost_explorer_is_read() {
    let by_service = "\u{feff}\"Service\",\"EC2-Instances($)\",\"EC2-Other($)\",\"Support (Business)($)\",\"Tax($)\",\"Total costs($)\"\r\n\
                      \"Service total\",\"300.5\",\"40\",\"0\",\"34.05\",\"374.55\"\r\n\
                      \"2025-04-01\",\"200\",\"20\",\"\",\"22\",\"242\"\r\n\
                      \"2025-05-01\",\"100.5\",\"20\",\"\",\"12.05\",\"132.55\"\r\n";
    assert_eq!(figures(by_service), ["EC2-Instances 100.5", "EC2-Other 20.0", "Tax 12.05"]);
    assert_eq!(read(by_service).unwrap().notes, ["figures of other months are left out: 2025-04"]);

    let by_account = format!(
        "\"Linked account\",\"{A}\",\"{B}\",\"Total costs($)\"\n\
         \"Linked account name\",\"見本, 物産 ($)\",\"B($)\",\"Total costs($)\"\n\
         \"Linked account total\",\"3.25\",\"1e-7\",\"3.2500001\"\n\
         \"2025-05-01\",\"3.25\",\"1e-7\",\"3.2500001\"\n"
    );
    assert_eq!(figures(&by_account), [format!("{A}  3.25"), format!("{B}  0.0000001")]);

    let names_only = format!("Linked account name,Alpha ({A})($),Total costs($)\n2025-05-01,1.5,1.5\n");
    assert_eq!(figures(&names_only), [format!("{A}  1.5")]);

    let daily = "Service,S3($),Total costs($)\n2025-05-01,1.11,1.11\n2025-05-02,2.22,2.22\n2025-05-31,0.01,0.01\n";
    assert_eq!(figures(daily), ["S3 3.34"]);
    assert_eq!(read(daily).unwrap().figures[0].printed, 3);

    let turned =
        "Service,2025-04-01($),2025-05-01($),Total costs($)\nS3,1,2,3\nLambda,0,0.5,0.5\nTotal costs,1,2.5,3.5\n";
    assert_eq!(figures(turned), ["Lambda 0.5", "S3 2.0"]);

    let turned = format!("Linked account,Linked account name,2025-05\n{A},Alpha,2\n{B},Beta,-1\n");
    assert_eq!(figures(&turned), [format!("{A}  2.0"), format!("{B}  -1.0")]);

    let by_month = "\"\",\"Total costs($)\"\n\"Total costs\",\"9.99\"\n\"2025-05-01\",\"9.99\"\n";
    assert_eq!(figures(by_month), ["9.99"]);
    assert_eq!(read(by_month).unwrap().dimension, Dimension::Month);
}

#[test]
fn plain_tables_and_invoices_are_read() {
    let both = format!("account_id,service,amount_usd\n{A},S3,1.25\n{A},S3,0.25\n{B},\"A, b\",2\n");
    assert_eq!(figures(&both), [format!("{A} S3 1.5"), format!("{B} A, b 2.0")]);
    assert_eq!(figures(&format!("amount_usd,account_id\n1,{A}\n")), [format!("{A}  1.0")]);
    assert_eq!(figures("service,amount_usd\nS3,1\n"), ["S3 1.0"]);

    let invoices =
        read(&format!("payer_id,invoice_id,amount_usd,tax_usd\n{PAYER},77,110.00,10.00\n{PAYER},78,5,\n")).unwrap();
    let told: Vec<_> = invoices.figures.iter().map(|one| (one.key.invoice_id.as_str(), one.amount, one.tax)).collect();
    assert_eq!(told, [("77", usd("110"), Some(usd("10"))), ("78", usd("5"), None)]);
    assert_eq!(invoices.rounding, usd("0.01"));
    assert_eq!(invoices.payers, [PAYER.to_owned()].into());
}

const BILL: &str = "\"InvoiceID\",\"PayerAccountId\",\"LinkedAccountId\",\"RecordType\",\"BillingPeriodStartDate\",\
                    \"ProductCode\",\"CurrencyCode\",\"CostBeforeTax\",\"TotalCost\"\n";

#[test]
fn a_bill_is_read_without_its_totals() {
    let text = format!(
        "{BILL}\"1\",\"{PAYER}\",\"{A}\",\"LinkedLineItem\",\"2025/05/01 00:00:00\",\"AmazonS3\",\"USD\",\"1.0\",\"1.10\"\n\
         \"1\",\"{PAYER}\",\"{A}\",\"LinkedLineItem\",\"2025/05/01 00:00:00\",\"AmazonS3\",\"USD\",\"2.0\",\"2.20\"\n\
         \"1\",\"{PAYER}\",\"\",\"PayerLineItem\",\"2025/05/01 00:00:00\",\"AmazonEC2\",\"USD\",\"5\",\"5.50\"\n\
         \"1\",\"{PAYER}\",\"\",\"Rounding\",\"2025/05/01 00:00:00\",\"\",\"USD\",\"0\",\"0.01\"\n\
         \"1\",\"{PAYER}\",\"\",\"StatementTotal\",\"2025/05/01 00:00:00\",\"\",\"USD\",\"8\",\"8.81\"\n"
    );
    let expected = [format!("{PAYER} AmazonEC2 5.5"), format!("{PAYER} Rounding 0.01"), format!("{A} AmazonS3 3.3")];
    assert_eq!(figures(&text), expected);
    let bill = read(&text).unwrap();
    assert_eq!(bill.payers, [PAYER.to_owned()].into());
    let rounding: Vec<_> = bill.figures.iter().map(|figure| figure.own_rounding).collect();
    assert_eq!(rounding, [usd("0"), usd("0.01"), usd("0")]);
    let much = text.replace("\"0\",\"0.01\"", "\"0\",\"500\"");
    assert_eq!(read(&much).unwrap().figures[1].own_rounding, usd("0.05"), "500 dollars are no rounding");
}

#[test]
fn rounding_is_half_of_the_last_digit() {
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        ("1.5",          "0.005"), // Cents, at the coarsest.
        ("1.25",         "0.005"),
        ("1.2345",       "0.00005"),
        ("1.2345678901", "0.00000000005"),
        ("4.4E-7",       "0.000000005"),
        ("1.23456789012345", "0.00000000005"), // Ten decimals, at the finest.
    ];
    for (printed, rounding) in cases {
        let file = read(&format!("service,amount_usd\nS3,{printed}\n")).unwrap();
        assert_eq!(file.rounding, usd(rounding), "{printed}");
    }
}

#[test]
fn what_is_refused_says_where_and_what_is_accepted() {
    let cases: [(String, &[&str]); 13] = [
        (
            String::from("a,b\n1,2\n"),
            &["console.csv, line 1", "the header a,b", "a Cost Explorer CSV", "account_id, service, amount_usd"],
        ),
        (String::new(), &["an empty file"]),
        (String::from("service,amount_usd\nS3,\"1\n"), &["line 2", "a quote that is never closed"]),
        (String::from("service,amount_usd\nS3,1,234\n"), &["line 2", "3 cells", "2 cells"]),
        (
            String::from("service,amount_usd\nS3,$1\nEC2,one\n"),
            &["2 faults", "line 2, amount_usd: found \"$1\"", "line 3, amount_usd: found \"one\""],
        ),
        (
            String::from("account_id,service,amount_usd\n12345,S3,1\n"),
            &["line 2, account_id", "twelve digits", "leading zeros"],
        ),
        (String::from("service,amount_usd,note\nS3,1,x\n"), &["header \"note\"", "an unknown column"]),
        (
            String::from("Service,S3($),Total costs($)\n2025-04-01,1,1\n"),
            &["no figure of the month", "figures of 2025-05"],
        ),
        (
            String::from("Service,S3($),Total costs($)\n2025-05-01,1.10,1.20\n"),
            &["line 2", "the total of 2025-05-01 is 1.2", "sum to 1.1"],
        ),
        (
            String::from("Service,S3($),EC2($)\nService total,1.10,3\n2025-05-01,1.10,2\n"),
            &["line 2", "the total of EC2($) is 3.0"],
        ),
        (String::from("Service,S3($)\nMay,1\n"), &["line 2", "found \"May\"", "YYYY-MM-DD"]),
        (
            String::from("Linked account name,Alpha($)\n2025-05-01,1\n"),
            &["found \"Alpha\"", "an account id of twelve digits"],
        ),
        (
            format!(
                "{BILL}1,{PAYER},{A},Surprise,2025/05/01,AmazonS3,USD,1,1\n1,{PAYER},{A},LinkedLineItem,2025/04/01,AmazonS3,JPY,1,1\n"
            ),
            &["3 faults", "\"Surprise\"", "LinkedLineItem", "\"JPY\"", "2025-04-01", "2025-05, the month"],
        ),
    ];
    for (text, words) in cases {
        let told = refusal(&text);
        for word in words {
            assert!(told.contains(word), "{word:?} is not in: {told}");
        }
    }
    let twice = format!("payer_id,invoice_id,amount_usd\n{PAYER},7,1\n{PAYER},7,2\n");
    assert!(refusal(&twice).contains("line 3, invoice_id: found invoice \"7\" twice"));
    let not_text = read_console("console.csv", b"service,amount_usd\n\xff,1\n", may()).unwrap_err().to_string();
    assert!(not_text.contains("not UTF-8"));
}
