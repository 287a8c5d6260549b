//! Parts of a month: added in any way they are the whole, and what is no part of it is refused by name.

use std::io::Write as _;

use super::parquet_reports::parquet_of;
use super::spilling::{bytes_of, nameless, streamed};
use super::*;
use crate::ingest::ReportPlan;

const MONTH: &str = "2025-05";

struct Scene {
    folder: TestFolder,
    prices: PriceInstants,
    adjustments: Vec<String>,
}

impl Scene {
    fn new() -> Self {
        Self { folder: TestFolder::new(), prices: PriceInstants::new(), adjustments: Vec::new() }
    }

    fn plan(&self, month: &str) -> ReportPlan {
        find_reports(&self.folder.path().join("reports"), month.parse().unwrap(), &self.adjustments).unwrap()
    }

    fn part_bytes(&self, plan: &ReportPlan, file: &str, bytes: u64) -> Vec<u8> {
        let scratch = nameless(&self.folder);
        let memory = Memory { bytes, scratch: &scratch };
        let FoldedPart { facts, part } =
            fold_part(plan, file, &Limits::default(), &memory, &self.prices, &Silent).unwrap();
        let mut bytes = Vec::new();
        let mut writer = begin_part(facts.head(), &part, &mut bytes).unwrap();
        facts
            .for_each_chunk::<FoldError>(|piece| {
                writer.write(piece).unwrap();
                Ok(())
            })
            .unwrap();
        writer.finish().unwrap();
        bytes
    }

    /// A part for each file of the month.
    fn make_parts(&self) {
        let plan = self.plan(MONTH);
        for (number, file) in plan.files.iter().enumerate() {
            self.folder.write(&format!("parts/{number}.part.parquet"), self.part_bytes(&plan, &file.name, u64::MAX));
        }
    }

    fn merge_within(&self, bytes: u64) -> Result<FoldedMonth, PartsError> {
        let scratch = nameless(&self.folder);
        let memory = Memory { bytes, scratch: &scratch };
        merge_parts(&self.plan(MONTH), &self.folder.path().join("parts"), &memory, &self.prices, &Silent)
    }

    fn refusal(&self) -> String {
        let error = self.merge_within(u64::MAX).err().expect("these parts are not those of the month");
        assert!(!error.is_machine_fault(), "{error}");
        error.to_string()
    }

    fn whole(&self) -> Result<FoldOutcome, FoldError> {
        fold_reports(&self.plan(MONTH), &Limits::default(), &self.prices, &Silent)
    }
}

fn zip_of(text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("r.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// Three files of one row each, all of them different.
fn three_files() -> Scene {
    let scene = Scene::new();
    for (name, cost) in [("a.csv", "1"), ("b.csv", "2"), ("deep/c.csv", "3")] {
        scene.folder.write(&format!("reports/{name}"), csv(&[TestRow::new().with(Column::UnblendedCost, cost)]));
    }
    scene
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn parts_are_the_whole_whatever_the_split_the_names_and_the_memory(
        rows in prop::collection::vec(any_row(), 1..60), cuts in prop::collection::vec(0..60_usize, 3),
        threads in 1..4_usize, names in Just(["w", "x", "y", "z"]).prop_shuffle(), room in 1..9_u64,
    ) {
        let scene = Scene::new();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
        cuts.sort_unstable();
        let parts = [&rows[..cuts[0]], &rows[cuts[0]..cuts[1]], &rows[cuts[1]..cuts[2]], &rows[cuts[2]..]];
        scene.folder.write("reports/a.csv.gz", gzip(csv(parts[0])));
        scene.folder.write("reports/b.parquet", parquet_of(parts[1], Vec::new()));
        scene.folder.write("reports/c.csv", csv(parts[2]));
        scene.folder.write("reports/d.zip", zip_of(&csv(parts[3])));
        let plan = scene.plan(MONTH);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for (file, name) in plan.files.iter().zip(names) {
            let bytes = pool.install(|| scene.part_bytes(&plan, &file.name, room * 640));
            prop_assert_eq!(&bytes, &scene.part_bytes(&plan, &file.name, u64::MAX));
            scene.folder.write(&format!("parts/{name}.part.parquet"), bytes);
        }
        match (scene.whole(), pool.install(|| scene.merge_within(room * 640))) {
            (Ok(whole), Ok(merged)) => {
                prop_assert_eq!(&whole.inputs, &merged.inputs);
                prop_assert_eq!(bytes_of(&whole.facts), streamed(merged));
            }
            (Err(whole), Err(merged)) => prop_assert_eq!(whole.to_string(), merged.to_string()), // The same rows twice.
            (whole, merged) => panic!("{:?} {:?}", whole.err(), merged.err()),
        }
    }
}

#[test]
fn a_file_without_rows_of_the_month_has_a_part_too() {
    let scene = three_files();
    let june = TestRow::new().with(Column::BillingPeriodStartDate, "2025-06-01T00:00:00Z");
    scene.folder.write("reports/d.csv", csv(&[june])).write("reports/e.csv", csv(&[]));
    scene.make_parts();
    let (whole, merged) = (scene.whole().unwrap(), scene.merge_within(u64::MAX).unwrap());
    assert_eq!(whole.facts.totals.other_month_rows, 1);
    assert_eq!(whole.inputs, merged.inputs);
    assert_eq!(bytes_of(&whole.facts), streamed(merged));
}

#[test]
fn a_name_that_is_no_report_file_is_told_with_those_that_are() {
    let scene = three_files();
    let plan = scene.plan(MONTH);
    for name in ["c.csv", "", "./a.csv", "reports/a.csv", "DEEP/c.csv"] {
        let memory = Memory::UNLIMITED;
        let error = fold_part(&plan, name, &Limits::default(), &memory, &scene.prices, &Silent).err().unwrap();
        let expected = format!("{name:?} is no report file of 2025-05; accepted: a.csv, b.csv, deep/c.csv");
        assert_eq!((error.to_string(), error.is_machine_fault()), (expected, false));
    }
}

#[test]
fn parts_that_are_missing_doubled_or_strange_are_refused_together() {
    let scene = three_files();
    scene.make_parts();
    let path = |name: &str| scene.folder.path().join("parts").join(name);
    std::fs::rename(path("1.part.parquet"), path("1.parquet")).unwrap(); // Not looked at.
    std::fs::copy(path("0.part.parquet"), path("copy.part.parquet")).unwrap();
    let strange = Scene::new();
    strange.folder.write("reports/s.csv", csv(&[TestRow::new()]));
    strange.make_parts();
    std::fs::copy(strange.folder.path().join("parts/0.part.parquet"), path("strange.part.parquet")).unwrap();
    scene.folder.write("parts/text.part.parquet", "id,cost\n");
    scene.folder.write("parts/facts.part.parquet", bytes_of(&scene.whole().unwrap().facts));
    let refusal = scene.refusal();
    for expected in [
        "copy.part.parquet: is the part of a.csv, and so is 0.part.parquet",
        "strange.part.parquet: is the part of s.csv, which is no report file of the month",
        "text.part.parquet: is no part",
        "facts.part.parquet: is no part",
        "parts: holds no part of b.csv; make each with seikyu fold --part FILE",
    ] {
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
    assert_eq!(refusal.lines().count(), 6, "{refusal}");
    let none = Scene::new();
    none.folder.write("reports/a.csv", csv(&[TestRow::new()]));
    let error = none.merge_within(u64::MAX).err().unwrap();
    assert!(!error.is_machine_fault() && error.to_string().contains("parts: No such file"), "{error}");
}

#[test]
fn parts_of_another_month_or_of_other_prices_are_refused() {
    let mut scene = three_files();
    scene.make_parts();
    let june = TestRow::new().with(Column::BillingPeriodStartDate, "2025-06-01T00:00:00Z");
    scene.folder.write("reports/b.csv", csv(&[june, TestRow::new()]));
    let other = scene.part_bytes(&scene.plan("2025-06"), "b.csv", u64::MAX);
    scene.folder.write("parts/1.part.parquet", other);
    assert!(scene.refusal().contains("1.part.parquet: is a part of 2025-06, not of 2025-05"));
    scene.make_parts();
    scene.merge_within(u64::MAX).unwrap();
    let change = parse_instant(b"2025-05-15T00:00:00Z").unwrap();
    scene.prices.insert("ANOTHER".to_owned(), vec![change]);
    let refusal = scene.refusal();
    let expected = "0.part.parquet: was made with other list prices: those of ANOTHER change at other times now; \
                    make it again: seikyu fold --part a.csv";
    assert!(refusal.contains(expected), "{refusal}");
    assert_eq!(refusal.lines().count(), 4);
    scene.make_parts();
    scene.merge_within(u64::MAX).unwrap();
}

#[test]
fn a_report_that_has_changed_since_needs_a_new_part() {
    let scene = three_files();
    scene.make_parts();
    // As long as before: only the hash tells.
    scene.folder.write("reports/b.csv", csv(&[TestRow::new().with(Column::UnblendedCost, "9")]));
    let refusal = scene.refusal();
    assert!(refusal.contains("1.part.parquet: was made of b.csv as it was before ("), "{refusal}");
    assert!(refusal.contains("make it again: seikyu fold --part b.csv"), "{refusal}");
}

#[test]
fn a_part_cut_short_or_with_a_flipped_byte_never_counts() {
    let scene = three_files();
    let rows: Vec<TestRow> = (0..40).map(|place| TestRow::new().with(Column::Sku, &format!("S{place}"))).collect();
    scene.folder.write("reports/a.csv", csv(&rows));
    scene.make_parts();
    let (path, whole) =
        (scene.folder.path().join("parts/0.part.parquet"), streamed(scene.merge_within(u64::MAX).unwrap()));
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 4, 100, bytes.len() / 2, bytes.len() - 8, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(scene.refusal().contains("0.part.parquet: is no part"), "{length}");
    }
    let mut told = 0;
    for place in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x15;
        std::fs::write(&path, &damaged).unwrap();
        match scene.merge_within(u64::MAX) {
            Ok(merged) => assert_eq!(streamed(merged), whole, "byte {place}"), // A byte that says nothing of the facts.
            Err(error) => {
                assert!(!error.is_machine_fault(), "byte {place}: {error}");
                told += 1;
            }
        }
    }
    assert!(told > bytes.len() / 7 / 4, "only {told} flipped bytes were told");
}

#[test]
fn files_against_each_other_are_judged_as_in_a_whole_fold() {
    let row = |cost: &str| TestRow::new().with(Column::UnblendedCost, cost);
    let mut scene = Scene::new();
    let keys = ["x/20250501-20250601/1.csv"];
    scene.folder.write("reports/p/20250501-20250601/cur-Manifest.json", manifest("001234567892", "202505", &keys));
    scene.folder.write("reports/p/20250501-20250601/1.csv", csv(&[row("1")]));
    scene.folder.write("reports/late.csv", csv(&[row("3")]));
    scene.make_parts();
    let refusal = scene.refusal();
    assert!(refusal.contains("late.csv") && refusal.contains("cur-Manifest.json delivers"), "{refusal}");
    assert_eq!(refusal, scene.whole().unwrap_err().to_string());
    scene.adjustments.push("late.csv".to_owned());
    assert_eq!(bytes_of(&scene.whole().unwrap().facts), streamed(scene.merge_within(u64::MAX).unwrap()));
    // The same rows, packed otherwise.
    scene.folder.write("reports/late.csv", csv(&[row("1"), row("2")]));
    scene.folder.write("reports/later.csv.gz", gzip(csv(&[row("2"), row("1")])));
    scene.adjustments.push("later.csv.gz".to_owned());
    scene.make_parts();
    let refusal = scene.refusal();
    assert!(refusal.contains("later.csv.gz: has the same content as late.csv"), "{refusal}");
    assert_eq!(refusal, scene.whole().unwrap_err().to_string());
    // Two deliveries, of which one has rows of the other's payer.
    let scene = Scene::new();
    for (name, account, cost) in [("p", "001234567892", "1"), ("q", "998877665549", "2")] {
        let text = manifest(account, "202505", &keys);
        scene.folder.write(&format!("reports/{name}/20250501-20250601/cur-Manifest.json"), text);
        scene.folder.write(&format!("reports/{name}/20250501-20250601/1.csv"), csv(&[row(cost)]));
    }
    scene.make_parts();
    let refusal = scene.refusal();
    assert!(refusal.contains("holds rows of a payer and month that the delivery of"), "{refusal}");
    assert_eq!(refusal, scene.whole().unwrap_err().to_string());
}
