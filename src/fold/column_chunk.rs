//! Column chunks of a Parquet file, compressed with Snappy: what the library's writer would write of values that it is
//! given numbered, or that it need not number.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, EncodingMask, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::coded::Places;
use super::hybrid::{bits_of, hybrid};

/// Bounds longer than this are left out of the file's statistics.
pub(super) const LONGEST_BOUND: usize = 64;

/// The bytes of a chunk, and what the file says of it.
pub(super) type Chunk = (Bytes, ColumnCloseResult);

/// One page of values.
pub(super) fn plain(values: &[u8], rows: u32, column: ColumnDescPtr) -> Result<Chunk, ParquetError> {
    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let (buf, size) = pack(values)?;
    let written = pages.write_page(CompressedPage::new(data_page(buf, rows, Encoding::PLAIN), size))?;
    pages.close()?;
    let bytes = Bytes::from(sink.into_inner()?);
    let used = [Encoding::PLAIN, Encoding::RLE];
    let metadata = ColumnChunkMetaData::builder(column)
        .set_compression(Compression::SNAPPY)
        .set_encodings_mask(EncodingMask::new_from_encodings(used.iter()))
        .set_page_encoding_stats(vec![stats(PageType::DATA_PAGE, Encoding::PLAIN)])
        .set_num_values(i64::from(rows))
        .set_total_compressed_size(signed(written.compressed_size)?)
        .set_total_uncompressed_size(signed(written.uncompressed_size)?)
        .set_data_page_offset(0);
    let metadata = metadata.build()?;
    Ok(closed(bytes, rows, metadata))
}

/// A page of values, and a page of places among them.
pub(super) fn numbered(numbered: Places, column: ColumnDescPtr, is_text: bool) -> Result<Chunk, ParquetError> {
    let Places { runs, values, dictionary, bounds } = numbered;
    let rows = runs.iter().map(|run| run.rows()).sum::<usize>();
    let rows = u32::try_from(rows).map_err(|error| ParquetError::General(error.to_string()))?;
    let width = bits_of(values.saturating_sub(1));
    let mut data = vec![width];
    hybrid(runs.iter().map(|run| (run.place(), run.rows())), width, &mut data);

    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let (buf, size) = pack(&dictionary)?;
    let page = Page::DictionaryPage { buf, num_values: values, encoding: Encoding::PLAIN, is_sorted: false };
    let first = pages.write_page(CompressedPage::new(page, size))?;
    let (buf, size) = pack(&data)?;
    let page = data_page(buf, rows, Encoding::RLE_DICTIONARY);
    let second = pages.write_page(CompressedPage::new(page, size))?;
    pages.close()?;
    let bytes = Bytes::from(sink.into_inner()?);

    let used = [Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];
    let mut metadata = ColumnChunkMetaData::builder(column)
        .set_compression(Compression::SNAPPY)
        .set_encodings_mask(EncodingMask::new_from_encodings(used.iter()))
        .set_page_encoding_stats(vec![
            stats(PageType::DICTIONARY_PAGE, Encoding::PLAIN),
            stats(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY),
        ])
        .set_num_values(i64::from(rows))
        .set_total_compressed_size(signed(first.compressed_size + second.compressed_size)?)
        .set_total_uncompressed_size(signed(first.uncompressed_size + second.uncompressed_size)?)
        .set_dictionary_page_offset(Some(0))
        .set_data_page_offset(signed(first.compressed_size)?);
    if is_text {
        let short = bounds.filter(|bounds| bounds.iter().all(|one| one.len() <= LONGEST_BOUND));
        let [least, most] = short.map_or([None, None], |bounds| bounds.map(|bound| Some(ByteArray::from(bound))));
        metadata = metadata.set_statistics(Statistics::new(least, most, Some(u64::from(values)), Some(0), false));
    }
    let metadata = metadata.build()?;
    Ok(closed(bytes, rows, metadata))
}

/// A page of rows that are never null.
fn data_page(buf: Bytes, num_values: u32, encoding: Encoding) -> Page {
    let (def_level_encoding, rep_level_encoding) = (Encoding::RLE, Encoding::RLE);
    Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics: None }
}

const fn stats(page_type: PageType, encoding: Encoding) -> PageEncodingStats {
    PageEncodingStats { page_type, encoding, count: 1 }
}

/// A column chunk that is complete.
fn closed(bytes: Bytes, rows: u32, metadata: ColumnChunkMetaData) -> Chunk {
    let close = ColumnCloseResult {
        bytes_written: bytes.len() as u64,
        rows_written: u64::from(rows),
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    (bytes, close)
}

/// A page as it is written, and how long it was.
fn pack(page: &[u8]) -> Result<(Bytes, usize), ParquetError> {
    let packed = snap::raw::Encoder::new().compress_vec(page);
    packed.map(|packed| (Bytes::from(packed), page.len())).map_err(|error| ParquetError::External(Box::new(error)))
}

fn signed(size: usize) -> Result<i64, ParquetError> {
    i64::try_from(size).map_err(|error| ParquetError::General(error.to_string()))
}
