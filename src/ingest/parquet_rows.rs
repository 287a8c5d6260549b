use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::columns::Column;
use super::csv_header::Header;
use super::delivery::ReportFile;
use super::error::{FaultList, IngestError};
use super::export_rows::ExportRows;
use super::fault_kind::FaultKind;
use super::filled::Completing;
use super::limits::Progress;
use super::parquet_batch::{Batch, Dictionaries, with_dictionaries};
use super::parquet_cells::Cells;
use super::parquet_maps::{ExportColumns, is_readable};
use super::read::FileSeal;
use super::row::{NO_DETAIL, Row, RowDetail, RowSink, Tag, Values};
use super::row_groups::RowGroups;
use super::scattered::ScatteredBytes;
use super::unpack::Tap;

/// Rows that are decoded at once. So few in tests that what is known of one batch meets the next one there too.
const BATCH_ROWS: usize = if cfg!(test) { 7 } else { 8_192 };

/// Reads a Parquet file: only the used columns, a batch of rows at a time.
pub(super) fn read_parquet(
    file: &ReportFile,
    progress: &dyn Progress,
    sink: &mut dyn RowSink,
    faults: &mut FaultList,
) -> Result<FileSeal, IngestError> {
    let machine = |source| IngestError::machine(&file.path, source);
    // Parquet is read from its end, so the hash is a pass of its own.
    let (bytes, sha256) = Tap::seal_whole(&file.source, progress).map_err(machine)?;
    let opened = file.source.here_and_there().map_err(machine)?;
    let failure = opened.failure();
    let mut rows = 0;
    // The decoder is not ours and may not have met every damage there is.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(file, opened, &mut rows, progress, sink, faults)));
    if let Some(failure) = failure.lock().expect("nobody stops while it is held").take() {
        return Err(machine(failure)); // An error of the decoder was the store's.
    }
    match decoded {
        Ok(Ok(())) => {}
        Ok(Err(error)) => faults.push(None, None, error.as_bytes(), FaultKind::Damaged),
        Err(_) => faults.push(None, None, b"", FaultKind::Damaged),
    }
    if bytes != file.bytes {
        faults.push(None, None, format!("{bytes} bytes, {} when listed", file.bytes).as_bytes(), FaultKind::Damaged);
    }
    Ok(FileSeal { bytes, sha256, rows })
}

fn decode(
    report: &ReportFile,
    file: ScatteredBytes,
    rows: &mut u64,
    progress: &dyn Progress,
    sink: &mut dyn RowSink,
    faults: &mut FaultList,
) -> Result<(), String> {
    let wrong = |error: ParquetError| error.to_string();
    let chunks = file.chunks();
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(wrong)?;
    let schema = Arc::clone(metadata.schema());
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let faults_before = faults.count();
    let header = Header::resolve_parquet(&names, &report.columns, faults);
    let wants_detail = sink.wants_detail();
    let beside = header.resource_id.into_iter().chain(header.tags.iter().map(|(_, place)| *place));
    let of_export = header.export.iter().flat_map(|export| export.beside(wants_detail));
    let used = header.places.iter().copied().flatten().chain(beside.filter(|_| wants_detail)).chain(of_export);
    let mask = ProjectionMask::roots(metadata.parquet_schema(), used);
    for column in Column::ALL {
        let Some(place) = header.places[column.index()] else { continue };
        let kind = schema.field(place).data_type();
        if !Cells::is_readable(kind) {
            faults.push(None, Some(&names[place]), kind.to_string().as_bytes(), FaultKind::ColumnType);
        }
    }
    for place in header.export.iter().flat_map(|export| export.beside(wants_detail)) {
        let kind = schema.field(place).data_type();
        if !is_readable(kind) {
            faults.push(None, Some(&names[place]), kind.to_string().as_bytes(), FaultKind::ColumnType);
        }
    }
    if faults.count() > faults_before {
        return Ok(());
    }
    let options = ArrowReaderOptions::new().with_schema(with_dictionaries(&schema, &header, metadata.metadata()));
    let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).map_err(wrong)?;
    let mut chosen = RowGroups::choose(metadata.metadata(), &schema, &header, sink);
    let groups = metadata
        .metadata()
        .row_groups()
        .iter()
        .enumerate()
        .filter(|(group, _)| chosen.kept.binary_search(group).is_ok());
    let pieces = groups.flat_map(|(group, columns)| {
        let columns = columns.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf));
        columns.map(move |(_, column)| column.byte_range()).map(move |(start, length)| (group, start, length))
    });
    chunks.lock().expect("nobody stops while it is held").expect(pieces);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let builder = builder.with_projection(mask).with_batch_size(BATCH_ROWS);
    let reader = builder.with_row_groups(chosen.kept.clone()).build().map_err(wrong)?;
    let mut dictionaries = Dictionaries::default();
    let mut export_rows = header.export.clone().map(ExportRows::new);
    for batch in reader {
        let batch = batch.map_err(|error| error.to_string())?;
        progress.on_rows(batch.num_rows() as u64);
        let values = Batch::of(&batch, &header, &names, &mut dictionaries)?;
        let of_export = header.export.as_ref().map(|export| ExportColumns::of(&batch, export, &names, wants_detail));
        let beside = wants_detail.then(|| Beside::of(&batch, &header, &names)).transpose()?;
        let of_export = of_export.transpose()?;
        let may_have_nul = values.may_have_nul || of_export.as_ref().is_some_and(ExportColumns::may_have_nul);
        let mut batch_rows = BatchRows { values, of_export, beside, may_have_nul, export: &mut export_rows };
        for row in 0..batch.num_rows() {
            *rows += chosen.skipped_before_next() + 1;
            batch_rows.hand_on(row, *rows, sink, faults);
        }
    }
    *rows += chosen.skipped_at_the_end();
    Ok(())
}

/// A batch, row by row.
struct BatchRows<'a, 'e> {
    values: Batch<'a>,
    of_export: Option<ExportColumns<'a>>,
    beside: Option<Beside<'a>>,
    /// Whether any text may have a NUL: hardly ever, so rows need not be looked through.
    may_have_nul: bool,
    export: &'e mut Option<ExportRows>,
}

impl BatchRows<'_, '_> {
    /// Hands on a row: its place in the batch and its number in the file.
    fn hand_on(&mut self, row: usize, number: u64, sink: &mut dyn RowSink, faults: &mut FaultList) {
        let (resource_id, mut tags) = self.beside.as_ref().map(|beside| beside.texts(row)).unwrap_or_default();
        let (Some(export), Some(columns)) = (&mut self.export, &self.of_export) else {
            let detail = RowDetail { resource_id: &resource_id, tags: &tags, ..*NO_DETAIL };
            let values = Values::Batch(&self.values, row);
            return hand_on(&Row { number, values, detail: &detail }, self.may_have_nul, sink, faults);
        };
        let mut completing = Completing::new(&self.values, row);
        match export.complete(&mut completing, &columns.at(row), sink.wants_detail(), number, faults) {
            Ok(in_map) => {
                tags.extend(in_map.iter().map(|(tag, value)| (tag.as_str(), Cow::Borrowed(value.as_bytes()))));
            }
            Err(wrong) => return wrong.tell(number, faults),
        }
        let detail = RowDetail { resource_id: &resource_id, tags: &tags, ..*NO_DETAIL };
        let values = Values::Completed(&self.values, row, &completing.filled);
        hand_on(&Row { number, values, detail: &detail }, self.may_have_nul, sink, faults);
    }
}

fn hand_on(row: &Row<'_>, may_have_nul: bool, sink: &mut dyn RowSink, faults: &mut FaultList) {
    if may_have_nul && row.has_nul() {
        faults.push(Some(row.number()), None, b"", FaultKind::Nul);
    } else {
        sink.take(row, faults);
    }
}

/// The columns of a batch that only some sinks want.
struct Beside<'a> {
    resource_id: Option<Cells<'a>>,
    tags: Vec<(&'a str, Cells<'a>)>,
}

impl<'a> Beside<'a> {
    fn of(batch: &'a RecordBatch, header: &'a Header, names: &[String]) -> Result<Self, String> {
        let cells = |place: usize| {
            let name = &names[place];
            let array = batch.column_by_name(name).ok_or_else(|| format!("column {name} was not decoded"))?;
            Cells::of(array.as_ref()).ok_or_else(|| format!("column {name} is of type {}", array.data_type()))
        };
        let tags = header.tags.iter().map(|(tag, place)| Ok((tag.as_str(), cells(*place)?)));
        Ok(Self { resource_id: header.resource_id.map(cells).transpose()?, tags: tags.collect::<Result<_, String>>()? })
    }

    /// The resource and the tags that are not blank.
    fn texts(&self, row: usize) -> (Cow<'_, [u8]>, Vec<Tag<'_>>) {
        let text = |cells: &Cells<'a>| {
            let mut text = Cow::Borrowed(cells.bytes(row));
            if !cells.is_text() {
                cells.write_text(row, text.to_mut());
            }
            text
        };
        let tags = self.tags.iter().map(|(tag, cells)| (*tag, text(cells))).filter(|(_, value)| !value.is_empty());
        (self.resource_id.as_ref().map(text).unwrap_or_default(), tags.collect())
    }
}
