//! Parquet's RLE / bit-packing hybrid: how places in a dictionary are written.
//!
//! Source: apache/parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".

/// Values in a packed group, and the shortest run that is not packed.
const GROUP: usize = 8;

/// How many bits a number needs.
pub(super) fn bits_of(number: u32) -> u8 {
    u8::try_from(u32::BITS - number.leading_zeros()).expect("at most 32")
}

/// Appends numbers of at most `width` bits: runs, of which no two neighbours have the same number, each with its length.
pub(super) fn hybrid(runs: impl Iterator<Item = (u32, usize)>, width: u8, out: &mut Vec<u8>) {
    let mut waiting: Vec<u32> = Vec::new(); // What is not written yet.
    for (number, run) in runs {
        if width == 0 {
            varint(run << 1, out); // However short: its value needs no bytes.
            continue;
        }
        // Packed groups are whole: the first numbers of a run may have to fill one up.
        let filling = (GROUP - waiting.len() % GROUP) % GROUP;
        if run < filling + GROUP {
            waiting.extend(std::iter::repeat_n(number, run));
            continue;
        }
        waiting.extend(std::iter::repeat_n(number, filling));
        packed(&waiting, width, out);
        waiting.clear();
        varint((run - filling) << 1, out);
        out.extend_from_slice(&number.to_le_bytes()[..usize::from(width).div_ceil(8)]);
    }
    packed(&waiting, width, out);
}

/// Appends numbers in groups of eight, the last one filled up with zeros.
fn packed(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(GROUP);
    varint(groups << 1 | 1, out);
    let mut bits = 0_u64;
    let mut filled = 0_u32;
    let padding = std::iter::repeat_n(0, groups * GROUP - numbers.len());
    for number in numbers.iter().copied().chain(padding) {
        bits |= u64::from(number) << filled;
        filled += u32::from(width);
        while filled >= 8 {
            out.extend_from_slice(&bits.to_le_bytes()[..1]);
            bits >>= 8;
            filled -= 8;
        }
    }
}

/// Seven bits a byte, the least first.
fn varint(mut number: usize, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the encoding as its specification says, bit by bit.
    fn read(mut bytes: &[u8], width: u8, count: usize) -> Vec<u32> {
        let take = |bytes: &mut &[u8]| {
            let (first, rest) = bytes.split_first().expect("more bytes");
            *bytes = rest;
            *first
        };
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let (mut header, mut shift) = (0_usize, 0);
            loop {
                let byte = take(&mut bytes);
                header |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            if header & 1 == 1 {
                let groups = header >> 1;
                let packed: Vec<u8> = (0..groups * usize::from(width)).map(|_| take(&mut bytes)).collect();
                let bit = |place: usize| u32::from(packed[place / 8] >> (place % 8) & 1);
                let number = |first: usize| (0..usize::from(width)).map(|place| bit(first + place) << place).sum();
                numbers.extend((0..groups * GROUP).map(|place| -> u32 { number(place * usize::from(width)) }));
            } else {
                let value = (0..usize::from(width).div_ceil(8)).map(|place| u32::from(take(&mut bytes)) << (8 * place));
                let value = value.sum::<u32>();
                numbers.extend(std::iter::repeat_n(value, header >> 1));
            }
        }
        assert!(bytes.is_empty(), "more was written than was needed");
        assert!(numbers.len() < count + GROUP && numbers[count..].iter().all(|filling| *filling == 0));
        numbers.truncate(count);
        numbers
    }

    fn written(numbers: &[u32], width: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let runs = numbers.chunk_by(PartialEq::eq).map(|run| (run[0], run.len()));
        hybrid(runs, width, &mut out);
        out
    }

    #[test]
    fn the_example_of_the_specification() {
        // Encodings.md: the numbers 0 to 7 in three bits are 10001000 11000110 11111010.
        assert_eq!(written(&[0, 1, 2, 3, 4, 5, 6, 7], 3), [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
    }

    #[test]
    fn a_run_is_its_length_and_value() {
        assert_eq!(written(&[300; 100], 9), [200, 1, 44, 1], "the length twice as a varint, then 300 in two bytes");
        assert_eq!(written(&[0; 8], 0), [16], "a single value needs no bits");
        assert_eq!(written(&[0; 3], 0), [6], "nor a group of eight");
        assert_eq!(written(&[], 0), [0_u8; 0]);
    }

    #[test]
    fn a_long_run_fills_up_the_group_before_it() {
        // 5 and 1 1 1 1 1 1 1 in one packed group of three bits, then eight times 1: 0b101 + the sum of 1 << 3k.
        let numbers: Vec<u32> = std::iter::once(5).chain([1; 15]).collect();
        assert_eq!(written(&numbers, 3), [0b11, 0b0100_1101, 0b1001_0010, 0b0010_0100, 16, 1]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            runs in prop::collection::vec((0_u32..1 << 17, 1_usize..30), 0..40),
        ) {
            let numbers: Vec<u32> = runs.iter().flat_map(|(number, length)| std::iter::repeat_n(*number, *length)).collect();
            let width = bits_of(numbers.iter().copied().max().unwrap_or(0));
            prop_assert_eq!(read(&written(&numbers, width), width, numbers.len()), numbers);
        }
    }
}
