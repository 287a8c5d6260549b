//! `invoice.csv`: the lines by service, for people with a spreadsheet.

use super::guard;
use super::labels::{self, Phrase};
use crate::invoice::{Invoice, InvoiceLine, Language, LineKind, ServicePart};
use crate::money::Yen;

const HEADER: [Phrase; 13] = [
    ("請求月", "billing month"),
    ("プロジェクトID", "project id"),
    ("行番号", "line no"),
    ("区分", "kind"),
    ("アカウントID", "account id"),
    ("アカウント名", "account name"),
    ("プラン", "plan"),
    ("摘要", "description"),
    ("サービス", "service"),
    ("定価(円)", "list (JPY)"),
    ("割引(円)", "discount (JPY)"),
    ("金額(税抜・円)", "excl. tax (JPY)"),
    ("税区分", "tax"),
];

/// Makes `invoice.csv`: UTF-8 with BOM, CRLF; the rows of a line sum to the line.
pub fn render_csv(invoice: &Invoice) -> Vec<u8> {
    let bytes = vec![0xEF, 0xBB, 0xBF]; // The BOM, without which spreadsheets guess another encoding.
    let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(bytes);
    let language = invoice.language();
    let mut table = Table { invoice, language, writer };
    table.write(HEADER.map(|title| language.pick(title).to_owned()));
    for line in &invoice.lines {
        table.line(line);
    }
    table.totals();
    table.writer.into_inner().expect("writing to memory does not fail")
}

struct Table<'a> {
    invoice: &'a Invoice,
    language: Language,
    writer: csv::Writer<Vec<u8>>,
}

impl Table<'_> {
    fn write(&mut self, cells: [String; HEADER.len()]) {
        self.writer.write_record(&cells).expect("every row has the cells of the header, and memory does not fail");
    }

    fn line(&mut self, line: &InvoiceLine) {
        match &line.kind {
            LineKind::Aws { services, .. } if !services.is_empty() => {
                for part in services {
                    self.charge(line, Some(part));
                }
            }
            LineKind::Aws { .. } | LineKind::Fee { .. } | LineKind::Adjustment { .. } => self.charge(line, None),
        }
    }

    /// A row of a line: one service of it, or all of it where it has none.
    fn charge(&mut self, line: &InvoiceLine, part: Option<&ServicePart>) {
        let (account_id, account_name, plan_name) = match &line.kind {
            LineKind::Aws { account_id, account_name, plan_name, .. } => (&**account_id, &**account_name, &**plan_name),
            LineKind::Fee { .. } => ("", "", ""),
            LineKind::Adjustment { account_id, account_name, .. } => (&**account_id, &**account_name, ""),
        };
        let whole = (line.gross_jpy, line.discount_jpy, line.net_jpy);
        let (gross, discount, net) = part.map_or(whole, |part| (part.gross_jpy, part.discount_jpy, part.net_jpy));
        let mut cells = self.blank();
        cells[2] = line.line_no.to_string();
        cells[3] = labels::line_group(self.language, line).to_owned();
        cells[4] = guard(account_id).into_owned();
        cells[5] = guard(account_name).into_owned();
        cells[6] = guard(plan_name).into_owned();
        cells[7] = guard(&line.description).into_owned();
        cells[8] = guard(part.map_or("", |part| part.name())).into_owned();
        cells[9] = gross.to_string();
        cells[10] = discount.to_string();
        cells[11] = net.to_string();
        cells[12] = guard(&labels::line_tax(self.language, self.invoice, line)).into_owned();
        self.write(cells);
    }

    /// 小計, one row per tax rate, 合計.
    fn totals(&mut self) {
        let (invoice, language) = (self.invoice, self.language);
        self.total(
            language.pick(("小計(税抜)", "Subtotal (excl. tax)")),
            String::new(),
            invoice.subtotal_jpy,
            String::new(),
        );
        for tax in &invoice.taxes {
            let bucket = labels::tax_bucket(language, tax);
            let base = format!("{bucket} {}", labels::sum(language, tax.base_jpy));
            self.total(
                language.pick(("消費税", "Consumption tax")),
                guard(&base).into_owned(),
                tax.tax_jpy,
                guard(&bucket).into_owned(),
            );
        }
        self.total(language.pick(("合計(税込)", "Total (incl. tax)")), String::new(), invoice.total_jpy, String::new());
    }

    fn total(&mut self, name: &str, description: String, amount: Yen, bucket: String) {
        let mut cells = self.blank();
        cells[3] = name.to_owned();
        cells[7] = description;
        cells[11] = amount.to_string();
        cells[12] = bucket;
        self.write(cells);
    }

    fn blank(&self) -> [String; HEADER.len()] {
        let mut cells: [String; HEADER.len()] = Default::default();
        cells[0] = self.invoice.period.to_string();
        cells[1] = guard(&self.invoice.project.project_id).into_owned();
        cells
    }
}
