//! Made-up invoices whose parts add up.

use crate::invoice::{
    Due, FeeCalculation, FeeRule, FxQuote, Hold, Invoice, InvoiceLine, Language, LineKind, ServicePart, Settlement,
    Status, TaxTotal, VoucherBalance, planned_due,
};
use crate::money::{FxRate, Percent, Rounding, Usd, Yen, split_yen_line};
use crate::period::BillingPeriod;
use crate::terms::{BankAccount, Issuer, Project, Section};

const SERVICES: [&str; 9] = [
    "AWSDataTransfer",
    "AWSLambda",
    "AWSQueueService",
    "AmazonCloudFront",
    "AmazonCloudWatch",
    "AmazonEC2",
    "AmazonRDS",
    "AmazonS3",
    "AmazonVPC",
];

/// An invoice with a line for each account, and a fee.
pub(super) fn invoice(accounts: usize) -> Invoice {
    let rate = FxRate::parse("145.75").unwrap();
    let mut lines: Vec<InvoiceLine> = (0..accounts)
        .map(|number| {
            let account_id = format!("{:012}", 111_100_000_001 + number);
            aws_line(&account_id, &format!("A{:02} 本番環境", number + 1), Section::AwsUsage, number, rate)
        })
        .collect();
    lines.push(fee_line("プレミアムサービス", 15_000, "standard"));
    totalled(lines, rate)
}

/// The line of one account; a credit where the section says so.
pub(super) fn aws_line(id: &str, name: &str, section: Section, seed: usize, rate: FxRate) -> InvoiceLine {
    let sign = if section == Section::Credits { -1 } else { 1 };
    let parts: Vec<(Usd, Usd)> = (0..SERVICES.len())
        .map(|service| {
            let micros = ((seed + 3) * (service + 7) * 7_919_137 % 90_000_017) as i128;
            let gross = Usd::from_units(sign * micros * 10_i128.pow(13));
            let discount = -gross.percent(Percent::parse("7").unwrap()).unwrap();
            (gross, if section == Section::Credits { Usd::ZERO } else { discount })
        })
        .collect();
    let gross: Vec<Usd> = parts.iter().map(|part| part.0).collect();
    let net: Vec<Usd> = parts.iter().map(|part| part.0 + part.1).collect();
    let gross_usd: Usd = gross.iter().copied().sum();
    let net_usd: Usd = net.iter().copied().sum();
    let gross_jpy = rate.convert(gross_usd, Rounding::TowardZero).unwrap();
    let (net_jpy, remainder) = rate.convert_with_remainder(net_usd, Rounding::TowardZero).unwrap();
    let gross_parts = split_yen_line(gross_jpy, &gross, rate).unwrap();
    let net_parts = split_yen_line(net_jpy, &net, rate).unwrap();
    let services = (0..SERVICES.len())
        .map(|at| ServicePart {
            product_code: SERVICES[at].to_owned(),
            product_name: String::new(),
            gross_usd: parts[at].0,
            discount_usd: parts[at].1,
            net_usd: net[at],
            gross_jpy: gross_parts[at],
            discount_jpy: net_parts[at] - gross_parts[at],
            net_jpy: net_parts[at],
        })
        .collect();
    let kind = LineKind::Aws {
        account_id: id.to_owned(),
        account_name: name.to_owned(),
        section,
        plan_id: "flat-v2".to_owned(),
        plan_name: "一律割引プラン v2".to_owned(),
        gross_usd,
        discount_usd: net_usd - gross_usd,
        net_usd,
        services,
    };
    let description = "AWS利用料 2025年5月分".to_owned();
    line(kind, &description, gross_jpy, net_jpy, "standard", remainder)
}

/// A fee of so many yen.
pub(super) fn fee_line(name: &str, yen: i128, tax_category: &str) -> InvoiceLine {
    let calculation = FeeCalculation { rule: FeeRule::Fixed, minimum_jpy: None, is_minimum: false };
    let kind = LineKind::Fee { fee_id: "premium".to_owned(), calculation };
    line(kind, name, Yen::new(yen), Yen::new(yen), tax_category, 0)
}

fn line(kind: LineKind, name: &str, gross: Yen, net: Yen, tax_category: &str, remainder: i128) -> InvoiceLine {
    InvoiceLine {
        line_no: 0,
        kind,
        description: name.to_owned(),
        gross_jpy: gross,
        discount_jpy: net - gross,
        net_jpy: net,
        tax_category: tax_category.to_owned(),
        remainder,
    }
}

/// Numbers the lines and adds them up: standard at 10 %, reduced at 8 %, the rest without tax.
pub(super) fn totalled(mut lines: Vec<InvoiceLine>, rate: FxRate) -> Invoice {
    for (line_no, line) in (1..).zip(&mut lines) {
        line.line_no = line_no;
    }
    let mut taxes = Vec::new();
    for (category, percent) in
        [("standard", "10"), ("reduced", "8"), ("out_of_scope", "0"), ("foreign", "0"), ("exempt", "0")]
    {
        let percent = Percent::parse(percent).unwrap();
        let of_category: Vec<_> = lines.iter().filter(|line| line.tax_category == category).collect();
        if of_category.is_empty() {
            continue;
        }
        let base_jpy: Yen = of_category.iter().map(|line| line.net_jpy).sum();
        taxes.push(TaxTotal {
            tax_category: category.to_owned(),
            percent,
            is_taxed: !percent.is_zero(),
            base_jpy,
            tax_jpy: base_jpy.percent(percent, Rounding::TowardZero).unwrap(),
        });
    }
    let subtotal_jpy = lines.iter().map(|line| line.net_jpy).sum();
    let tax_jpy = taxes.iter().map(|tax| tax.tax_jpy).sum();
    Invoice {
        period: BillingPeriod::new(2025, 5).unwrap(),
        issuer: issuer(),
        issuer_is_registered: true,
        project: project(),
        payment: "bank_transfer".to_owned(),
        due: None,
        status: Status::Draft,
        holds: Vec::new(),
        fx: Some(FxQuote {
            rate, source: "三菱UFJリサーチ&コンサルティング 月中平均 TTS 2025年5月".to_owned()
        }),
        lines,
        taxes,
        subtotal_jpy,
        tax_jpy,
        total_jpy: subtotal_jpy + tax_jpy,
        settlement: Settlement { due_jpy: subtotal_jpy + tax_jpy, ..Settlement::default() },
        issue: None,
        correction: None,
    }
}

fn issuer() -> Issuer {
    Issuer {
        name: "請求テスト株式会社".to_owned(),
        registration_number: "T7123456789012".to_owned(),
        registered_from: "2023-10-01".to_owned(),
        postal_code: "100-0001".to_owned(),
        address: "東京都千代田区千代田 1-1 見本ビル 10階".to_owned(),
        phone: "03-0000-0000".to_owned(),
        email: "billing@example.com".to_owned(),
        bank: Some(BankAccount {
            bank_name: "見本銀行".to_owned(),
            branch_name: "本店営業部(001)".to_owned(),
            account_type: "普通".to_owned(),
            account_number: "0012345".to_owned(),
            account_holder: "セイキユウテスト(カ".to_owned(),
        }),
    }
}

fn project() -> Project {
    Project {
        project_id: "P-0001".to_owned(),
        customer_name: "見本物産株式会社".to_owned(),
        postal_code: "105-0001".to_owned(),
        address: "東京都港区虎ノ門 1-2-3 虎ノ門見本タワー 25階".to_owned(),
        email: "p-0001@example.com".to_owned(),
        payment_terms: "翌月末".to_owned(),
        customer_id: String::new(),
        payment: String::new(),
        language: String::new(),
        due_rule: None,
    }
}

/// A hold with words.
pub(super) fn hold(reason: &'static str, account_id: &str, detail: &str, remedy: &str) -> Hold {
    Hold {
        project_id: "P-0001".to_owned(),
        account_id: account_id.to_owned(),
        reason,
        detail: detail.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// One of each kind, with a name for messages.
pub(super) fn sample_invoices() -> Vec<(&'static str, Invoice)> {
    vec![
        ("one account", invoice(1)),
        ("forty accounts", invoice(40)),
        ("negative lines", negative()),
        ("held", held()),
        ("long names", long_names()),
        ("old characters", old_characters()),
        ("fees only, not registered", fees_only()),
        ("English", english()),
    ]
}

/// The invoices of the pictures in `docs/`, by the name of the picture.
pub(super) fn pictured() -> Vec<(&'static str, Invoice)> {
    let mut voucher = invoice(2);
    voucher.payment = "voucher".to_owned();
    voucher.project.payment_terms = "前払い".to_owned();
    // A balance of 1,000,000 yen does not reach: the rest is to be transferred.
    let (before, total) = (Yen::new(1_000_000), voucher.total_jpy);
    voucher.settlement = Settlement {
        by_voucher_jpy: before,
        due_jpy: total - before,
        vouchers: Some(VoucherBalance { before_jpy: before, used_jpy: before, ..VoucherBalance::default() }),
        ..Settlement::default()
    };
    let mut one = invoice(1);
    one.due = Some(due("end_of_next_month", one.period));
    vec![("one-account", one), ("forty-accounts", invoice(40)), ("voucher", voucher), ("english", english())]
}

fn due(rule: &str, period: BillingPeriod) -> Due {
    planned_due(rule.parse().unwrap(), period, &crate::reference::shipped_calendar())
}

fn english() -> Invoice {
    let mut invoice = invoice(3);
    invoice.project.language = "en".to_owned();
    invoice.project.customer_name = "Sample Trading Co., Ltd. (見本物産)".to_owned();
    invoice.project.payment_terms = String::new();
    invoice.due = Some(due("end_of_next_month/previous", invoice.period));
    for line in &mut invoice.lines {
        match &line.kind {
            LineKind::Aws { section, .. } => line.description = Language::English.aws_line(*section, invoice.period),
            LineKind::Fee { .. } | LineKind::Adjustment { .. } => line.description = "Premium service".to_owned(),
        }
    }
    invoice
}

fn rate() -> FxRate {
    FxRate::parse("145.75").unwrap()
}

fn negative() -> Invoice {
    let lines = vec![
        aws_line("012345678907", "返金だけのアカウント", Section::Credits, 4, rate()),
        aws_line("012345678907", "返金だけのアカウント", Section::Marketplace, 5, rate()),
        fee_line("前月分の調整", -4_321_000, "standard"),
        fee_line("立替金", 50_000, "out_of_scope"),
        fee_line("国外のお客様へのサービス", 70_000, "foreign"),
        fee_line("非課税の取引", 90_000, "exempt"),
        fee_line("備蓄用飲料水", 1_080, "reduced"),
    ];
    let mut invoice = totalled(lines, rate());
    invoice.payment = "voucher".to_owned();
    invoice
}

fn held() -> Invoice {
    let mut invoice = invoice(3);
    invoice.status = Status::Held;
    let arn = "arn:aws:ec2:ap-northeast-1:999900009999:reserved-instances/0d9f6f3e-0000-4444-8888-0123456789ab";
    invoice.holds = vec![
        hold("unknown_line_type", "111100000001", "line type \"NewThing\" on 3 rows", "扱いを billing の規則に加える"),
        hold("unresolved_owner", "111100000002", arn, "accounts.csv に所有者を登録する"),
        hold("not_final", "", "12,345 行に請求書 ID がない", "AWS の請求確定後にもう一度実行する"),
        hold("new_reason", "", &"理由の長い説明。".repeat(300), "短い対処"),
    ];
    invoice
}

fn long_names() -> Invoice {
    let mut invoice = invoice(2);
    invoice.project.customer_name =
        "特定非営利活動法人アジア太平洋地域クラウド基盤相互運用推進協議会連合会東京本部".to_owned();
    invoice.issuer.name = "株式会社とても長い名前の再販事業者ホールディングスジャパンインターナショナル".to_owned();
    if let LineKind::Aws { account_name, services, .. } = &mut invoice.lines[0].kind {
        *account_name = "production-workloads-for-the-asia-pacific-region-and-its-very-long-name(本番環境)".to_owned();
        services[0].product_code = "marketplace-product-code-0123456789abcdefghijklmnopqrstuvwxyz".to_owned();
    }
    invoice.lines[1].description = "AWS利用料(検証環境、開発環境、教育環境の合算)2025年5月分".repeat(3);
    invoice
}

fn old_characters() -> Invoice {
    let mut invoice = invoice(1);
    invoice.project.customer_name =
        "髙\u{FA11}\u{20BB7}野商店〜\u{FF5E}~−\u{FF0D}-—―・\u{FF65}神\u{FA19}福\u{FA1B}(株)㈱①Ⅳ纊".to_owned();
    invoice.project.address = "奈良県葛城市 1−2‐3 濵邊齋藤第\u{FF12}ビル".to_owned();
    invoice.payment = "credit_card".to_owned();
    if let LineKind::Aws { account_name, .. } = &mut invoice.lines[0].kind {
        *account_name =
            "\u{FF8A}\u{FF9D}\u{FF76}\u{FF78} カナ & \u{A5}\u{FFE5}\\ \"引用\" '符' <山> 𠮟る 塚\u{FA10}".to_owned();
    }
    invoice
}

fn fees_only() -> Invoice {
    let mut invoice = totalled(vec![fee_line("サポート費用", 30_000, "standard")], rate());
    invoice.fx = None;
    invoice.payment = String::new();
    invoice.issuer_is_registered = false;
    invoice.issuer.bank = None;
    invoice
}
