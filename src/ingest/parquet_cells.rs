//! Values of a Parquet column as the texts that a CSV would have: one road for numbers and times.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, BinaryArray, DictionaryArray, LargeStringArray, PrimitiveArray, StringArray, StringViewArray,
};
use arrow_schema::{DataType, TimeUnit};

use crate::period::Instant;

/// The decoded values of one column of a batch.
pub(super) enum Cells<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Bytes(&'a BinaryArray),
    Dictionary(Vec<usize>, &'a DictionaryArray<Int32Type>, &'a StringArray),
    Double(&'a PrimitiveArray<Float64Type>),
    Single(&'a PrimitiveArray<Float32Type>),
    Whole(Vec<Option<i128>>),
    Decimal(&'a PrimitiveArray<Decimal128Type>, i8),
    /// Ticks since 1970 and how many make a second.
    Time(Vec<Option<i64>>, i64),
    Nothing,
}

impl<'a> Cells<'a> {
    /// Whether values of a type have a text.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the types of Arrow are not ours; others are refused")]
    pub(super) fn is_readable(kind: &DataType) -> bool {
        match kind {
            DataType::Dictionary(key, value) => **key == DataType::Int32 && **value == DataType::Utf8,
            DataType::Timestamp(_, _) | DataType::Decimal128(_, 0..) => true,
            other => other.is_integer() || IS_READ.contains(other),
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the types of Arrow are not ours; others are refused")]
    /// The values of an array; nothing for a type without text.
    pub(super) fn of(array: &'a dyn Array) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string_opt()?),
            DataType::LargeUtf8 => Self::LargeText(array.as_string_opt()?),
            DataType::Utf8View => Self::TextView(array.as_string_view_opt()?),
            DataType::Binary => Self::Bytes(array.as_binary_opt()?),
            DataType::Float64 => Self::Double(array.as_primitive_opt()?),
            DataType::Float32 => Self::Single(array.as_primitive_opt()?),
            DataType::Decimal128(_, places) => Self::Decimal(array.as_primitive_opt()?, *places),
            DataType::Int8 => whole::<Int8Type>(array)?,
            DataType::Int16 => whole::<Int16Type>(array)?,
            DataType::Int32 => whole::<Int32Type>(array)?,
            DataType::Int64 => whole::<Int64Type>(array)?,
            DataType::UInt8 => whole::<UInt8Type>(array)?,
            DataType::UInt16 => whole::<UInt16Type>(array)?,
            DataType::UInt32 => whole::<UInt32Type>(array)?,
            DataType::UInt64 => whole::<UInt64Type>(array)?,
            DataType::Date32 => {
                let days = array.as_primitive_opt::<Date32Type>()?;
                Self::Time(days.iter().map(|day| day.map(|day| i64::from(day) * 86_400)).collect(), 1)
            }
            DataType::Timestamp(TimeUnit::Second, _) => time::<TimestampSecondType>(array, 1)?,
            DataType::Timestamp(TimeUnit::Millisecond, _) => time::<TimestampMillisecondType>(array, 1_000)?,
            DataType::Timestamp(TimeUnit::Microsecond, _) => time::<TimestampMicrosecondType>(array, 1_000_000)?,
            DataType::Timestamp(TimeUnit::Nanosecond, _) => time::<TimestampNanosecondType>(array, 1_000_000_000)?,
            DataType::Dictionary(_, _) => dictionary(array)?,
            DataType::Null => Self::Nothing,
            _ => return None,
        })
    }

    /// Whether the values are text already: see [`bytes`](Self::bytes); else they are [written](Self::write_text).
    pub(super) fn is_text(&self) -> bool {
        match self {
            Self::Text(_) | Self::LargeText(_) | Self::TextView(_) | Self::Bytes(_) | Self::Dictionary(..) => true,
            Self::Double(_) | Self::Single(_) | Self::Whole(_) | Self::Decimal(..) | Self::Time(..) | Self::Nothing => {
                false
            }
        }
    }

    /// Whether any value may hold a NUL. What is written as text has none.
    pub(super) fn may_have_nul(&self) -> bool {
        let has_nul = |bytes: &[u8]| memchr::memchr(0, bytes).is_some();
        match self {
            Self::Text(array) => has_nul(array.value_data()),
            Self::LargeText(array) => has_nul(array.value_data()),
            Self::Bytes(array) => has_nul(array.value_data()),
            Self::Dictionary(_, _, values) => has_nul(values.value_data()),
            Self::TextView(_) => true, // Its buffers hold more than its values.
            Self::Double(_) | Self::Single(_) | Self::Whole(_) | Self::Decimal(..) | Self::Time(..) | Self::Nothing => {
                false
            }
        }
    }

    /// The bytes of a value that is text already, empty for a null or another type.
    #[inline]
    pub(super) fn bytes(&self, row: usize) -> &'a [u8] {
        match self {
            Self::Text(array) if array.is_valid(row) => array.value(row).as_bytes(),
            Self::LargeText(array) if array.is_valid(row) => array.value(row).as_bytes(),
            Self::TextView(array) if array.is_valid(row) => array.value(row).as_bytes(),
            Self::Bytes(array) if array.is_valid(row) => array.value(row),
            Self::Dictionary(places, array, values) if array.is_valid(row) && values.is_valid(places[row]) => {
                values.value(places[row]).as_bytes()
            }
            Self::Text(_) | Self::LargeText(_) | Self::TextView(_) | Self::Bytes(_) | Self::Dictionary(..) => b"",
            Self::Double(_) | Self::Single(_) | Self::Whole(_) | Self::Decimal(..) | Self::Time(..) | Self::Nothing => {
                b""
            }
        }
    }

    /// Appends the text of a value that is none yet; nothing for a null.
    #[allow(clippy::wildcard_enum_match_arm, reason = "what is left is null or text already")]
    pub(super) fn write_text(&self, row: usize, text: &mut Vec<u8>) {
        // Writing to a vector cannot fail.
        let _ = match self {
            // `{}` of a float is its shortest text that reads back as the same float, without exponent.
            Self::Double(array) if array.is_valid(row) => write!(text, "{}", array.value(row)),
            Self::Single(array) if array.is_valid(row) => write!(text, "{}", array.value(row)),
            Self::Decimal(array, places) if array.is_valid(row) => write!(text, "{}e-{places}", array.value(row)),
            Self::Whole(values) => values[row].map_or(Ok(()), |value| write!(text, "{value}")),
            Self::Time(ticks, per_second) => ticks[row].map_or(Ok(()), |ticks| write_time(ticks, *per_second, text)),
            _ => Ok(()),
        };
    }
}

/// Types with a text, besides integers and those with parameters.
const IS_READ: [DataType; 8] = [
    DataType::Utf8,
    DataType::LargeUtf8,
    DataType::Utf8View,
    DataType::Binary,
    DataType::Float64,
    DataType::Float32,
    DataType::Date32,
    DataType::Null,
];

fn whole<'a, T: ArrowPrimitiveType>(array: &dyn Array) -> Option<Cells<'a>>
where
    T::Native: Into<i128>,
{
    let array = array.as_primitive_opt::<T>()?;
    Some(Cells::Whole(array.iter().map(|value| value.map(Into::into)).collect()))
}

fn time<'a, T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array, per_second: i64) -> Option<Cells<'a>> {
    Some(Cells::Time(array.as_primitive_opt::<T>()?.iter().collect(), per_second))
}

fn dictionary<'a>(array: &'a dyn Array) -> Option<Cells<'a>> {
    let array: &DictionaryArray<Int32Type> = array.as_dictionary_opt()?;
    let values = array.values().as_string_opt()?;
    let place = |key: Option<i32>| key.and_then(|key| usize::try_from(key).ok()).unwrap_or(0);
    Some(Cells::Dictionary(array.keys().iter().map(place).collect(), array, values))
}

/// The instant of a time without a part of a second, as far as its text is read as one.
pub(super) fn instant_of_ticks(ticks: i64, per_second: i64) -> Option<Instant> {
    let seconds = ticks.div_euclid(per_second);
    let is_whole = ticks.rem_euclid(per_second) == 0 && YEARS.contains(&seconds);
    is_whole.then(|| Instant::from_seconds(seconds))
}

/// The years 1 to 9999, in seconds since 1970.
const YEARS: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;

/// A time as text. A part of a second is shown, so that the reader of times refuses it.
fn write_time(ticks: i64, per_second: i64, text: &mut Vec<u8>) -> std::io::Result<()> {
    let seconds = ticks.div_euclid(per_second);
    if !YEARS.contains(&seconds) {
        return write!(text, "{ticks}/{per_second} s since 1970");
    }
    let instant = Instant::from_seconds(seconds);
    match ticks.rem_euclid(per_second) {
        0 => write_instant(instant, text),
        rest => {
            let shown = instant.to_string();
            write!(text, "{} + {rest}/{per_second} s", shown.trim_end_matches('Z'))?;
        }
    }
    Ok(())
}

/// As [`Instant`] shows itself, but without the machinery of formats: there are three times in a row.
fn write_instant(instant: Instant, text: &mut Vec<u8>) {
    let (year, month, day) = instant.date();
    let year = u32::try_from(year).expect("years from 1 to 9999 come here");
    let second = u32::try_from(instant.seconds().rem_euclid(86_400)).expect("a day has fewer seconds");
    let mut pair = |number: u32, mark: &[u8]| {
        let digit = |number: u32| b"0123456789"[(number % 10) as usize];
        text.extend_from_slice(&[digit(number / 10), digit(number)]);
        text.extend_from_slice(mark);
    };
    pair(year / 100, b"");
    pair(year, b"-");
    pair(month, b"-");
    pair(day, b"T");
    pair(second / 3_600, b":");
    pair(second / 60 % 60, b":");
    pair(second % 60, b"Z");
}
