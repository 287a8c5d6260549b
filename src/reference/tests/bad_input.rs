//! One row for each rule: a sound workspace, one file replaced, and the faults that must come of it.

use super::*;
use crate::money::Yen;

fn check(cases: &[(&str, &str, &str)]) {
    for (file, text, expected) in cases {
        let folder = Folder::sound();
        folder.write(file, text);
        let expected: Vec<&str> = expected.split('\n').collect();
        assert_eq!(folder.faults(), expected, "{file} = {text}");
    }
}

#[test]
fn accounts() {
    let row = |row: &str| format!("{ACCOUNTS}{row}\n");
    let good = "000000000001,A,P-1,flat,2025-01,,,customer";
    #[rustfmt::skip]
    let cases = [
        ("00000000001,A,P-1,flat,2025-01,,,customer",  "row 1 (line 2) | account_id | \"00000000001\""),
        ("00000000000x,A,P-1,flat,2025-01,,,customer", "row 1 (line 2) | account_id | \"00000000000x\""),
        ("000000000001,,P-1,flat,2025-01,,,customer",  "row 1 (line 2) | account_name | nothing"),
        ("000000000001,A,P-9,flat,2025-01,,,customer", "row 1 (line 2) | project_id | \"P-9\""),
        ("000000000001,A,P-1 ,flat,2025-01,,,customer","row 1 (line 2) | project_id | \"P-1 \""),
        ("000000000001,A,,flat,2025-01,,,customer",    "row 1 (line 2) | project_id | nothing"),
        ("000000000001,A,P-1,,2025-01,,,customer",     "row 1 (line 2) | plan_id | nothing"),
        ("000000000001,A,P-1,Flat,2025-01,,,customer", "row 1 (line 2) | plan_id | \"Flat\""),
        ("000000000001,A,P-1,flat,2025-13,,,customer", "row 1 (line 2) | valid_from | \"2025-13\""),
        ("000000000001,A,P-1,flat,,,,customer",        "row 1 (line 2) | valid_from | nothing"),
        ("000000000001,A,P-1,flat,2025-05,2025-04,,customer", "row 1 (line 2) | valid_to | \"2025-04\""),
        ("000000000001,A,P-1,flat,2025-05,x,,customer","row 1 (line 2) | valid_to | \"x\""),
        ("000000000001,A,P-1,flat,2025-05,,,Customer", "row 1 (line 2) | borne_by | \"Customer\""),
        ("000000000001,A,P-1,flat,2025-05,,,",         "row 1 (line 2) | borne_by | nothing"),
        ("000000000001,A,P-1,flat,2024-03,,,customer", "row 1 (line 2) | valid_from | 2024-03"), // Before the plan.
        ("000000000001,A,P-1,flat,2025-05",            "row 1 (line 2) |  | 5 cells"),
    ];
    for (text, expected) in cases {
        check(&[("accounts.csv", &row(text), &format!("accounts.csv | {expected}"))]);
    }
    // Overlaps: an open row, the same month twice; months side by side are fine.
    let overlap =
        "accounts.csv | row 2 (line 3) | valid_from | account 000000000001 in months that row 1 (line 2) has already";
    check(&[
        ("accounts.csv", &row(&format!("{good}\n000000000001,A,P-1,flat,2026-01,,,customer")), overlap),
        (
            "accounts.csv",
            &row("000000000001,A,P-1,flat,2025-03,2025-05,,customer\n000000000001,A,P-1,flat,2025-05,,,customer"),
            overlap,
        ),
        (
            "accounts.csv",
            &row(
                "000000000001,A,P-1,flat,2025-03,2025-05,,customer\n000000000001,A,P-1,flat,2025-01,2025-03,,customer",
            ),
            overlap,
        ),
    ]);
    let folder = Folder::sound();
    folder.write("accounts.csv", row("000000000001,A,P-1,flat,2025-03,2025-05,,customer\n000000000001,A,P-1,flat,2025-06,,,customer\n000000000003,,,,2020-01,,,reseller"));
    assert_eq!(folder.read().unwrap().reference.accounts.len(), 3);
}

#[test]
fn a_plan_says_when_an_account_may_start_on_it_and_a_running_contract_goes_on() {
    let folder = Folder::sound();
    folder.write("plans/old.toml", plan("old", "valid_to = \"2024-06\""));
    let first = "000000000001,A,P-1,old,2024-05,2025-01,,customer\n";
    let moved = "000000000001,A,P-1,old,2025-02,,,customer\n";
    folder.write("accounts.csv", format!("{ACCOUNTS}{first}{moved}"));
    assert!(folder.read().is_ok());
    folder.write("accounts.csv", format!("{ACCOUNTS}{moved}"));
    assert_eq!(folder.faults(), ["accounts.csv | row 1 (line 2) | valid_from | 2025-02"]);
    // After a gap the contract starts anew.
    let returned = "000000000001,A,P-1,old,2025-03,,,customer\n";
    folder.write("accounts.csv", format!("{ACCOUNTS}{first}{returned}"));
    assert_eq!(folder.faults(), ["accounts.csv | row 2 (line 3) | valid_from | 2025-03"]);
}

#[test]
fn organizations_have_one_plan() {
    let folder = Folder::sound();
    folder.write("plans/org.toml", plan("org", "sharing = \"organization\""));
    let rows = |rows: &str| format!("{ACCOUNTS}{rows}");
    folder.write("accounts.csv", rows("000000000001,A,P-1,org,2025-01,,,customer\n"));
    assert_eq!(folder.faults(), ["accounts.csv | row 1 (line 2) | organization_id | nothing"]);

    let first = "000000000001,A,P-1,org,2025-01,,O,customer\n";
    folder.write("accounts.csv", rows(&format!("{first}000000000002,B,P-1,flat,2025-02,,O,customer\n")));
    let found = "\"flat\", but \"org\" in row 1 (line 2) of organization O: unequal plans in one organization";
    assert_eq!(folder.faults(), [format!("accounts.csv | row 2 (line 3) | plan_id | {found}")]);

    // Another month, another organization, or the reseller's own account without a plan are no contradiction.
    let fine = "000000000001,A,P-1,org,2025-01,2025-01,O,customer\n000000000002,B,P-1,flat,2025-02,,O,customer\n\
                000000000003,C,P-1,org,2025-02,,Q,customer\n000000000004,D,,,2025-02,,Q,reseller\n";
    folder.write("accounts.csv", rows(fine));
    assert!(folder.read().is_ok());
}

#[test]
fn payments_of_a_project_agree_or_are_named() {
    let folder = Folder::sound();
    folder.write("plans/card.toml", plan("card", "payment = \"credit_card\""));
    let two = "000000000001,A,P-1,flat,2025-01,,,customer\n000000000002,B,P-1,card,2025-02,,,customer\n";
    folder.write("accounts.csv", format!("{ACCOUNTS}{two}"));
    let found = "\"card\", paid by credit_card, but row 1 (line 2) of project P-1 has \"flat\", paid by bank_transfer";
    assert_eq!(folder.faults(), [format!("accounts.csv | row 2 (line 3) | plan_id | {found}")]);
    folder.write("projects.csv", format!("{PROJECTS}P-1,Customer,1,2,3,4,credit_card\n"));
    assert!(folder.read().is_ok());
    folder.write("projects.csv", format!("{PROJECTS}P-1,Customer,1,2,3,4,cash\n"));
    assert_eq!(folder.faults(), ["projects.csv | row 1 (line 2) | payment | \"cash\""]);
}

#[test]
fn projects() {
    #[rustfmt::skip]
    let cases = [
        ("P-1,Customer,1,2,3,4,\nP-1,Other,1,2,3,4,", "row 2 (line 3) | project_id | \"P-1\", which projects.csv, row 1 (line 2) has already"),
        ("P-1,,1,2,3,4,",                             "row 1 (line 2) | customer_name | nothing"),
        (",Customer,1,2,3,4,",                        "row 1 (line 2) | project_id | nothing"),
        ("../P,Customer,1,2,3,4,",                    "row 1 (line 2) | project_id | \"../P\""),
    ];
    for (text, expected) in cases {
        check(&[("projects.csv", &format!("{PROJECTS}{text}\n"), &format!("projects.csv | {expected}"))]);
    }
}

#[test]
fn fees() {
    #[rustfmt::skip]
    let cases = [
        ("P-1,a,Fee,fixed_jpy,10.5,,standard,2025-01,",             "amount | \"10.5\""),
        ("P-1,a,Fee,fixed_jpy,\"10,000\",,standard,2025-01,",       "amount | \"10,000\""),
        ("P-1,a,Fee,fixed_jpy,,,standard,2025-01,",                 "amount | nothing"),
        ("P-1,a,Fee,fixed_jpy,100,3,standard,2025-01,",             "quantity | \"3\""),
        ("P-1,a,Fee,per_unit_jpy,100,,standard,2025-01,",           "quantity | nothing"),
        ("P-1,a,Fee,per_unit_jpy,100,-1,standard,2025-01,",         "quantity | \"-1\""),
        ("P-1,a,Fee,percent_of_aws_net,100.1,,standard,2025-01,",   "amount | \"100.1\""),
        ("P-1,a,Fee,percent_of_aws_gross,-1,,standard,2025-01,",    "amount | \"-1\""),
        ("P-1,a,Fee,percent,5,,standard,2025-01,",                  "basis | \"percent\""),
        ("P-1,a,Fee,fixed_jpy,1,,Standard,2025-01,",                "tax_category | \"Standard\""),
        ("P-1,a,,fixed_jpy,1,,standard,2025-01,",                   "description | nothing"),
        ("P-1,,Fee,fixed_jpy,1,,standard,2025-01,",                 "fee_id | nothing"),
        ("P-9,a,Fee,fixed_jpy,1,,standard,2025-01,",                "project_id | \"P-9\""),
        ("P-1,a,Fee,fixed_jpy,1,,standard,2025-01,2024-12",         "valid_to | \"2024-12\""),
    ];
    for (text, expected) in cases {
        check(&[("fees.csv", &format!("{FEES}{text}\n"), &format!("fees.csv | row 1 (line 2) | {expected}"))]);
    }
    let twice = "P-1,a,Fee,fixed_jpy,1,,standard,2025-01,2025-05\nP-1,a,Fee,fixed_jpy,2,,standard,2025-05,\n";
    let found = "\"a\" of the same project and months as row 1 (line 2)";
    check(&[("fees.csv", &format!("{FEES}{twice}"), &format!("fees.csv | row 2 (line 3) | fee_id | {found}"))]);
    let good = "P-1,a,Fee,fixed_jpy,1,,standard,2025-01,2025-04\nP-1,a,Fee,per_unit_jpy,0.5,2.25,exempt,2025-05,\nP-1,b,F,fixed_jpy,-7,1,reduced,2025-05,\n";
    let folder = Folder::sound();
    folder.write("fees.csv", format!("{FEES}{good}"));
    let workspace = folder.read().unwrap();
    assert_eq!(workspace.warnings, ["fees.csv, row 3 (line 4): a negative fee reduces the invoice"]);
    assert!(matches!(workspace.reference.fees[1].basis, FeeBasis::PerUnitJpy { .. }));
}

#[test]
fn fee_tiers_and_minimums() {
    let fees =
        "project_id,fee_id,description,basis,amount,quantity,tax_category,valid_from,valid_to,minimum_jpy,tiers\n";
    #[rustfmt::skip]
    let cases = [
        ("P-1,a,Fee,fixed_jpy,1,,standard,2025-01,,10,",             "minimum_jpy | \"10\""),
        ("P-1,a,Fee,per_unit_jpy,-1,2,standard,2025-01,,10,",        "minimum_jpy | \"10\""),
        ("P-1,a,Fee,percent_of_aws_net,5,,standard,2025-01,,1.5,",   "minimum_jpy | \"1.5\""),
        ("P-1,a,Fee,percent_of_aws_net,5,,standard,2025-01,,-1,",    "minimum_jpy | \"-1\""),
        ("P-1,a,Fee,fixed_jpy,1,,standard,2025-01,,,res",            "tiers | \"res\""),
        ("P-1,a,Fee,percent_of_aws_net,5,,standard,2025-01,,,res",   "amount | \"5\""),
        ("P-1,a,Fee,percent_of_aws_net,,,standard,2025-01,,,rse",    "tiers | \"rse\""),
        ("P-1,a,Fee,percent_of_aws_net,,,standard,2025-01,,10,",     "amount | nothing"),
        ("P-1,a,Fee,percent_of_aws_net,,,standard,2025-01,,,seats",  "tiers | \"seats\""),
        ("P-1,a,Fee,per_unit_jpy,,3,standard,2025-01,,,res",         "tiers | \"res\""),
        ("P-1,a,Fee,per_unit_jpy,5,3,standard,2025-01,,,seats",      "amount | \"5\""),
        ("P-1,a,Fee,per_unit_jpy,,,standard,2025-01,,,seats",        "quantity | nothing"),
        ("P-1,a,Fee,per_unit_jpy,,3,standard,2025-01,,,",            "amount | nothing"),
    ];
    let tiers = "tiers,above_jpy,percent,above_quantity,unit_price_jpy\nres,0,10,,\nres,1000,7,,\nseats,,,0,500\nseats,,,10,450.5\n";
    let tiers = ("fee_tiers.csv", tiers);
    for (text, expected) in cases {
        let file = format!("{fees}{text}\n");
        let folder = Folder::sound();
        folder.write(tiers.0, tiers.1);
        folder.write("fees.csv", &file);
        assert_eq!(folder.faults(), [format!("fees.csv | row 1 (line 2) | {expected}")]);
    }
    #[rustfmt::skip]
    let cases = [
        ("res,1000,7\n",             "row 1 (line 2) | above_jpy | 1000 as the lowest limit of \"res\""),
        ("res,0,10\nres,0,7\n",      "row 2 (line 3) | above_jpy | \"0\", which fee_tiers.csv, row 1 (line 2) has already"),
        ("res,0.5,7\n",              "row 1 (line 2) | above_jpy | \"0.5\""),
        ("res,-1,7\n",               "row 1 (line 2) | above_jpy | \"-1\""),
        ("res,0,101\n",              "row 1 (line 2) | percent | \"101\""),
        (",0,7\n",                   "row 1 (line 2) | tiers | nothing"),
    ];
    for (text, expected) in cases {
        let text = format!("tiers,above_jpy,percent\n{text}");
        check(&[("fee_tiers.csv", &text, &format!("fee_tiers.csv | {expected}"))]);
    }
    #[rustfmt::skip]
    let cases = [
        ("s,,,10,5\n",               "row 1 (line 2) | above_quantity | 10.0 as the lowest limit of \"s\""),
        ("s,,,0,5\ns,,,0.0,4\n",     "row 2 (line 3) | above_quantity | \"0.0\", which fee_tiers.csv, row 1 (line 2) has already"),
        ("s,,,0,-5\n",               "row 1 (line 2) | unit_price_jpy | \"-5\""),
        ("s,,,-1,5\n",               "row 1 (line 2) | above_quantity | \"-1\""),
        ("s,,,0,\n",                 "row 1 (line 2) | unit_price_jpy | nothing"),
        ("s,,,,5\n",                 "row 1 (line 2) | above_quantity | nothing"),
        ("s,0,,0,5\n",               "row 1 (line 2) | above_jpy | \"0\""),
        ("s,,7,0,5\n",               "row 1 (line 2) | percent | \"7\""),
        ("s,0,7,,\ns,,,10,5\n",
            "row 2 (line 3) | unit_price_jpy | a unit_price_jpy in the tiers \"s\", which fee_tiers.csv, row 1 (line 2) begins with a percent"),
    ];
    for (text, expected) in cases {
        let text = format!("tiers,above_jpy,percent,above_quantity,unit_price_jpy\n{text}");
        check(&[("fee_tiers.csv", &text, &format!("fee_tiers.csv | {expected}"))]);
    }
    check(&[(
        "fee_tiers.csv",
        "tiers\nres\n",
        "fee_tiers.csv | row 1 (line 2) | above_jpy | nothing\nfee_tiers.csv | row 1 (line 2) | percent | nothing",
    )]);
    // Rows need no order; one set of tiers serves several fees.
    let folder = Folder::sound();
    folder.write("fee_tiers.csv", "tiers,above_jpy,percent\nres,1000,7\nres,0,10\n");
    folder.write("fees.csv", format!("{fees}P-1,a,F,percent_of_aws_net,,,standard,2025-01,,900,res\n"));
    let fee = &folder.read().unwrap().reference.fees[0];
    let FeeBasis::PercentOfAws { tiers, .. } = &fee.basis else { panic!("a percentage") };
    let limits: Vec<i128> = tiers.iter().map(|tier| tier.above_jpy.count()).collect();
    assert_eq!((limits, fee.minimum), (vec![0, 1000], Some(Yen::new(900))));
}

#[test]
fn credits_and_tax() {
    let credits = "line_type,product_code,description_contains,account_id,treatment\n";
    let taxes = "tax_category,percent,valid_from,source\n";
    #[rustfmt::skip]
    let cases = [
        ("credits.csv",        format!("{credits}credit,,,,reseller\n"),          "row 1 (line 2) | line_type | \"credit\""),
        ("credits.csv",        format!("{credits}Credit,,,1,reseller\n"),         "row 1 (line 2) | account_id | \"1\""),
        ("credits.csv",        format!("{credits}Credit,,,,keep\n"),              "row 1 (line 2) | treatment | \"keep\""),
        ("tax_treatments.csv", format!("{TREATMENTS}usage,,,,standard,2025-01,\n"),   "row 1 (line 2) | section | \"usage\""),
        ("tax_treatments.csv", format!("{TREATMENTS}marketplace,,,,none,2025-01,\n"), "row 1 (line 2) | tax_category | \"none\""),
        ("tax_treatments.csv", format!("{TREATMENTS},,,,standard,,\n"),           "row 1 (line 2) | valid_from | nothing"),
        ("rates/tax/consumption_tax.csv", format!("{taxes}standard,10,2019-10,x\nreview,10,2019-10,x\n"), "row 2 (line 3) | tax_category | \"review\""),
        ("rates/tax/consumption_tax.csv", format!("{taxes}standard,101,2019-10,x\n"), "row 1 (line 2) | percent | \"101\""),
        ("rates/tax/consumption_tax.csv", format!("{taxes}standard,10,2019-10, \n"),  "row 1 (line 2) | source | \" \""),
        ("rates/tax/consumption_tax.csv", format!("{taxes}standard,10,2025-06,x\n"),  "the file | tax_category | \"standard\", which has no rate in 2025-05"),
        ("rates/tax/consumption_tax.csv", format!("{taxes}standard,10,2019-10,x\nstandard,8,2019-10,x\n"),
            "row 2 (line 3) | valid_from | \"standard from 2019-10\", which rates/tax/consumption_tax.csv, row 1 (line 2) has already"),
    ];
    for (file, text, expected) in cases {
        check(&[(file, &text, &format!("{file} | {expected}"))]);
    }
}

#[test]
fn exchange_rates() {
    let file = "rates/fx/usd_jpy_tts.csv";
    #[rustfmt::skip]
    let cases = [
        ("2025-05,-145.75,x\n",                  "row 1 (line 2) | rate | \"-145.75\""),
        ("2025-05,,x\n",                         "row 1 (line 2) | rate | nothing"),
        ("2025-05,\"145,75\",x\n",               "row 1 (line 2) | rate | \"145,75\""),
        ("2025-05,145.75,\n",                    "row 1 (line 2) | source | nothing"),
        ("2025-05-31,145.75,x\n",                "row 1 (line 2) | billing_period | \"2025-05-31\""),
        ("2025-05,145.75,x\n2025-05,145.75,x\n", "row 2 (line 3) | billing_period | \"2025-05\", which rates/fx/usd_jpy_tts.csv, row 1 (line 2) has already"),
        ("2025-03,1,x\n2025-04,2,x\n2025-06,3,x\n", "the file | billing_period | no rate for 2025-05; there are rates for 2025-03 to 2025-04, 2025-06"),
        ("",                                     "the file | billing_period | no rate for 2025-05; there are rates for no month"),
    ];
    for (text, expected) in cases {
        check(&[(file, &format!("{FX}{text}"), &format!("{file} | {expected}"))]);
    }
    // Without a month no rate is missing; an unlikely rate is told; an assumed one is marked.
    let folder = Folder::sound();
    folder.write(file, format!("{FX}2025-04,14575,assumed\n"));
    let workspace = read_workspace(&folder.dir, None).unwrap();
    assert_eq!(workspace.warnings.len(), 1);
    assert!(workspace.reference.fx_rates.values().all(|entry| entry.source.holds()));
}

#[test]
fn plans() {
    let file = "plans/flat.toml";
    let good = plan("flat", "");
    let fresh = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to)
    };
    #[rustfmt::skip]
    let cases = [
        (fresh("\"7\"", "7.0"),                    "line 11 | discount.percent | the number 7.0"),
        (fresh("\"7\"", "7"),                      "line 11 | discount.percent | the number 7"),
        (fresh("\"7\"", "\"7%\""),                 "line 11 | discount.percent | \"7%\""),
        (fresh("\"7\"", "\"100.5\""),              "line 11 | discount.percent | \"100.5\""),
        (fresh("\"7\"", "\"-1\""),                 "line 11 | discount.percent | \"-1\""),
        (fresh("percent = \"7\"\n", ""),           "line 9 | discount.percent | nothing"),
        (fresh("\"AmazonEC2\"", ""),               "line 12 | discount.services | nothing"),
        (fresh("\"AmazonEC2\"", "\"a\", \"a\""),   "line 12 | discount.services | \"a\" twice"),
        (fresh("\"AmazonEC2\"", "1"),              "line 12 | discount.services | the number 1"),
        (fresh("source = \"contract\"", "source = \" \""), "line 7 | source | a blank text"),
        (fresh("source = \"contract\"\n", ""),     "line 1 | source | no such key"),
        (fresh("= true", "= \"true\""),            "line 4 | commitment_fees | the text \"true\""),
        (fresh("commitment_fees = true\n", ""),    "line 1 | commitment_fees | no such key"),
        (fresh("\"account\"", "\"project\""),      "line 5 | sharing | \"project\""),
        (fresh("\"bank_transfer\"", "\"cash\""),   "line 6 | payment | \"cash\""),
        (fresh("2024-04", "2024-4"),               "line 3 | valid_from | \"2024-4\""),
        (fresh("valid_from", "valid_form"),        "line 1 | valid_from | no month\nplans/flat.toml | line 3 | valid_form | an unknown key"),
        (fresh("name =", "nmae ="),                "line 1 | name | no such key\nplans/flat.toml | line 2 | nmae | an unknown key"),
        (fresh("\"percent\"", "\"tiered\""),       "line 10 | discount.kind | \"tiered\""),
        (fresh("services =", "service ="),         "line 9 | discount.services | nothing\nplans/flat.toml | line 12 | discount.service | an unknown key"),
        (plan("flat", "valid_to = \"2024-03\""),   "line 8 | valid_to | 2024-03"),
        (plan("flat", "free_tier = \"all\""),      "line 8 | free_tier | \"all\""),
        (plan("flat", "confirmed = { by = \"x\", on = \"May\", what = \"y\" }"), "line 8 | confirmed.on | \"May\""),
        (plan("flat", "confirmed = { by = \"x\", on = \"2025-05-01\" }"),        "line 8 | confirmed.what | no such key"),
        (category_plan("name = \"a\"\nrule = \"percent_off\"\nvalue = \"5\"\nusage_type = '('\nsource = \"x\"\nproduct_codes = []\n"),
            "line 15 | discount.category[1].usage_type | \"(\""),
        (category_plan("name = \"a\"\nrule = \"unit_price\"\nvalue = \"-0.1\"\nsource = \"x\"\nproduct_codes = []\nusage_type = ''\n"),
            "line 14 | discount.category[1].value | \"-0.1\""),
        (category_plan("name = \"a\"\nrule = \"percent_off\"\nvalue = 5.5\nsource = \"x\"\nproduct_codes = []\nusage_type = ''\n"),
            "line 14 | discount.category[1].value | the number 5.5"),
        (category_plan("name = \"a\"\nrule = \"percent_off\"\nvalue = \"5\"\nproduct_codes = []\nusage_type = ''\n"),
            "line 11 | discount.category[1].source | no such key"),
        (category_plan("name = \"a\"\nrule = \"off\"\nvalue = \"5\"\nsource = \"x\"\nproduct_codes = []\nusage_type = ''\n"),
            "line 13 | discount.category[1].rule | \"off\""),
        (category_plan("name = \"a\"\nrule = \"percent_off\"\nvalue = \"5\"\nusage_type = ''\nsource = \"x\"\n"),
            "line 11 | discount.category[1].product_codes | no such key"),
        (category_plan("name = \"a\"\nrule = \"percent_off\"\nvalue = \"5\"\nproduct_codes = []\nsource = \"x\"\n"),
            "line 11 | discount.category[1].usage_type | no such key"),
    ];
    for (text, expected) in &cases {
        let folder = Folder::sound();
        folder.write(file, text);
        let expected = format!("{file} | {expected}");
        assert_eq!(folder.faults(), expected.split('\n').collect::<Vec<_>>(), "{text}");
    }
    let folder = Folder::sound();
    folder.write(file, "id = \nname = [\n");
    assert!(folder.faults().iter().all(|fault| fault.starts_with("plans/flat.toml | line ")));
    folder.write(file, plan("flat", ""));
    folder.write("plans/same.toml", plan("flat", ""));
    assert_eq!(
        folder.faults(),
        ["plans/same.toml | line 1 | id | \"flat\", which plans/flat.toml, line 1 has already"]
    );
}

#[test]
fn settings() {
    #[rustfmt::skip]
    let cases = [
        (String::from("[paths]\n"),                              "the file | issuer | no such section"),
        (String::from("[issuer]\n"),                             "line 1 | issuer.name | no such key"),
        (SEIKYU.replace("T7", "T6"),                             "line 3 | issuer.registration_number | \"T6123456789012\""),
        (format!("{SEIKYU}registered_from = \"2023/10/01\"\n"),  "line 4 | issuer.registered_from | \"2023/10/01\""),
        (format!("{SEIKYU}registered_from = 2023-10-01\n"),      "line 4 | issuer.registered_from | the date 2023-10-01"),
        (format!("{SEIKYU}[path]\n"),                            "line 4 | path | an unknown key"),
        (format!("{SEIKYU}[reports]\nadjustments = [\"../x\"]\n"), "line 5 | reports.adjustments | \"../x\""),
        (format!("{SEIKYU}[reports]\nadjustments = [\"x\", \"x\"]\n"), "line 5 | reports.adjustments | \"x\" twice"),
        (format!("{SEIKYU}[reports]\nmax_unpack_ratio = 0\n"),   "line 5 | reports.max_unpack_ratio | the number 0"),
        (format!("{SEIKYU}[reports]\nmax_memory_bytes = 1048575\n"), "line 5 | reports.max_memory_bytes | 1048575"),
        (format!("{SEIKYU}[billing]\nmode = \"strip\"\n"),       "line 5 | billing.mode | \"strip\""),
        (format!("{SEIKYU}[billing]\ntax_rounding = \"up\"\n"),  "line 5 | billing.tax_rounding | \"up\""),
        (format!("{SEIKYU}[issuer.bank]\nbank_name = \"x\"\nbranch_name = \"x\"\naccount_type = \"x\"\naccount_holder = \"x\"\n"),
                                                                 "line 4 | issuer.bank.account_number | no such key"),
    ];
    for (text, expected) in cases {
        check(&[("seikyu.toml", &text, &format!("seikyu.toml | {expected}"))]);
    }
}

#[test]
fn price_lists() {
    let file = "rates/list_prices/a.csv";
    let version = "SKU S from 2025-01-01T00:00:00Z";
    #[rustfmt::skip]
    let cases = [
        ("S,0,Inf,-0.1,Hrs,2025-01-01,,x\n",        "row 1 (line 2) | price_per_unit | \"-0.1\"".to_owned()),
        ("S,0,Inf,,Hrs,2025-01-01,,x\n",            "row 1 (line 2) | price_per_unit | nothing".to_owned()),
        ("S,0,Inf,0.1,Hrs,2025-01-01,,\n",          "row 1 (line 2) | source | nothing".to_owned()),
        (",0,Inf,0.1,Hrs,2025-01-01,,x\n",          "row 1 (line 2) | sku | nothing".to_owned()),
        ("S,0,Inf,0.1,Hrs,2025-02-30,,x\n",         "row 1 (line 2) | effective_from | \"2025-02-30\"".to_owned()),
        ("S,0,Inf,0.1,Hrs,2025-01-01T00:00:00,,x\n","row 1 (line 2) | effective_from | \"2025-01-01T00:00:00\"".to_owned()),
        ("S,0,0,0.1,Hrs,2025-01-01,,x\n",           "row 1 (line 2) | end_range | \"0\"".to_owned()),
        ("S,1,Inf,0.1,Hrs,2025-01-01,,x\n",         format!("row 1 (line 2) | begin_range | 1.0 as the lowest begin of {version}")),
        ("S,0,9,0.1,Hrs,2025-01-01,,x\n",           format!("row 1 (line 2) | end_range | 9.0 as the highest end of {version}")),
        ("S,9,Inf,0.1,Hrs,2025-01-01,,x\nS,0,8,1,Hrs,2025-01-01,,x\n", format!("row 1 (line 2) | begin_range | a gap from 8.0 to 9.0 in {version}")),
        ("S,0,9,0.1,Hrs,2025-01-01,,x\nS,8,Inf,1,Hrs,2025-01-01,,x\n", format!("row 2 (line 3) | begin_range | {version}, which contradicts {file}, row 1 (line 2)")),
        ("S,0,Inf,0.1,Hrs,2025-01-01,,x\nS,0,Inf,0.2,Hrs,2025-01-01,,x\n", format!("row 2 (line 3) | begin_range | {version}, which contradicts {file}, row 1 (line 2)")),
        ("S,0,9,0.1,Hrs,2025-01-01,,x\nS,9,Inf,1,GB,2025-01-01,,x\n", format!("row 2 (line 3) | unit | {version}, which contradicts {file}, row 1 (line 2)")),
        ("S,0,9,0.1,GB,2025-01-01,T,x\n",           "row 1 (line 2) | price_per_unit | \"0.1\"".to_owned()),
        ("S,1,9,0,GB,2025-01-01,T,x\n",             "row 1 (line 2) | begin_range | \"1\"".to_owned()),
        ("S,0,Inf,0,GB,2025-01-01,T,x\n",           "row 1 (line 2) | end_range | \"Inf\"".to_owned()),
        ("S,0,9,0,GB,2025-01-01,T;T,x\n",           "row 1 (line 2) | applies_to | \"T;T\"".to_owned()),
        ("S,0,9,0,GB,2025-01-01,S;T,x\n",           "row 1 (line 2) | applies_to | \"S;T\"".to_owned()),
        ("S,0,9,0,GB,2025-01-01,T,x\nS,0,8,0,GB,2025-01-01,T,x\n", format!("row 2 (line 3) | end_range | {version}, which contradicts {file}, row 1 (line 2)")),
        ("S,0,9,0,GB,2025-01-01,T,x\nS,0,Inf,1,GB,2025-02-01,,x\n", format!("row 1 (line 2) | applies_to | {version}, which contradicts {file}, row 2 (line 3)")),
    ];
    for (text, expected) in &cases {
        check(&[(file, &format!("{PRICES}{text}"), &format!("{file} | {expected}"))]);
    }
    check(&[
        (
            "rates/list_prices/b.csv",
            &format!("{PRICES}SKU1,0,Inf,0.2,Hrs,2025-01-01,,x\n"),
            "rates/list_prices/b.csv | row 1 (line 2) | begin_range | SKU SKU1 from 2025-01-01T00:00:00Z, which contradicts rates/list_prices/a.csv, row 1 (line 2)",
        ),
        (
            "rates/list_prices/b.json",
            "{}",
            "rates/list_prices/b.json | the file |  | a file or folder that is no price list",
        ),
    ]);
}

#[test]
fn row_lists() {
    #[rustfmt::skip]
    let cases = [
        ("rates/row_lists/support_products.csv",     "product_code_pattern,source\n(,x\n", "product_code_pattern | \"(\""),
        ("rates/row_lists/support_products.csv",     "product_code_pattern,source\nx,\n", "source | nothing"),
        ("rates/row_lists/bundled_sources.csv",      "product_code,usage_type_pattern,source_product_code,source\na,,,x\n", "source_product_code | nothing"),
        ("rates/row_lists/private_refund_words.csv", "words,source\n ,x\n", "words | \" \""),
    ];
    for (file, text, expected) in cases {
        check(&[(file, text, &format!("{file} | row 1 (line 2) | {expected}"))]);
    }
}

#[test]
fn missing_files() {
    #[rustfmt::skip]
    let cases = ["accounts.csv", "projects.csv", "plans", "rates/fx/usd_jpy_tts.csv"];
    for name in cases {
        let folder = Folder::sound();
        let path = folder.dir.join(name);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            fs::remove_file(&path).unwrap()
        }
        assert_eq!(folder.faults(), [format!("{name} | the file |  | nothing of this name")]);
    }
}

#[test]
fn a_folder_without_settings_is_no_workspace() {
    let folder = Folder::sound();
    fs::remove_file(folder.dir.join("seikyu.toml")).unwrap();
    let error = crate::reference::read_workspace(&folder.dir, None).unwrap_err();
    assert!(!error.is_machine_fault());
    assert!(error.to_string().contains("there is no seikyu.toml in it"), "{error}");
    let error = crate::reference::read_workspace(&folder.dir.join("nowhere"), None).unwrap_err();
    assert!(error.to_string().contains("there is no such folder"), "{error}");
}
