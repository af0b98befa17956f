//! Arrays of numbers as numpy writes them (`.npy`), in base64.
//!
//! Source: numpy, "NEP 1: A simple file format for NumPy arrays".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Most numbers of an array.
const MOST: usize = 1 << 24;

/// The numbers of an array with at most two axes, row by row.
pub(super) fn decode(text: &str) -> Result<Vec<f64>, String> {
    let bytes = STANDARD.decode(text.trim()).map_err(|e| format!("base64: {e}"))?;
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("an array is not in the .npy format")?;
    let cut = || "an array is cut".to_owned();
    let (version, rest) = rest.split_at_checked(2).ok_or_else(cut)?;
    let (length, rest) = match version {
        [1, _] => {
            let (n, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
            (usize::from(u16::from_le_bytes(*n)), rest)
        }
        [2 | 3, _] => {
            let (n, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
            (usize::try_from(u32::from_le_bytes(*n)).unwrap_or(usize::MAX), rest)
        }
        _ => return Err("an array is in an unknown version of the .npy format".to_owned()),
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let header = std::str::from_utf8(header).map_err(|_| cut())?;
    let shape = shape(header).ok_or("an array has no shape")?;
    let count = shape.iter().try_fold(1_usize, |a, n| a.checked_mul(*n)).filter(|n| *n <= MOST);
    let count = count.ok_or("an array is too large")?;
    if shape.len() > 2 {
        return Err("an array has more than two axes".to_owned());
    }
    let wide = shape.iter().all(|n| *n > 1) && shape.len() > 1;
    if wide && after(header, "fortran_order").is_some_and(|v| v.starts_with("True")) {
        return Err("an array is stored column by column".to_owned());
    }
    let kind = after(header, "descr").unwrap_or_default();
    let kind = kind.trim_start_matches(['\'', '"']).split(['\'', '"']).next().unwrap_or_default();
    let numbers: Vec<f64> = match kind {
        "<f8" => data
            .chunks_exact(8)
            .filter_map(|c| Some(f64::from_le_bytes(c.try_into().ok()?)))
            .collect(),
        "<f4" => data
            .chunks_exact(4)
            .filter_map(|c| Some(f64::from(f32::from_le_bytes(c.try_into().ok()?))))
            .collect(),
        "<i8" => data
            .chunks_exact(8)
            .filter_map(|c| Some(i64::from_le_bytes(c.try_into().ok()?) as f64))
            .collect(),
        "<i4" => data
            .chunks_exact(4)
            .filter_map(|c| Some(f64::from(i32::from_le_bytes(c.try_into().ok()?))))
            .collect(),
        other => return Err(format!("an array holds `{other}`, not numbers")),
    };
    match numbers.len() == count {
        true => Ok(numbers),
        false => Err(cut()),
    }
}

/// What follows a key of the header, a literal of a Python dictionary.
fn after<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let at = header.find(key)? + key.len();
    let rest = header.get(at..)?.trim_start_matches(['\'', '"']).trim_start();
    Some(rest.strip_prefix(':')?.trim_start())
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let (inner, _) = after(header, "shape")?.strip_prefix('(')?.split_once(')')?;
    let parts = inner.split(',').map(str::trim).filter(|p| !p.is_empty());
    parts.map(|p| p.trim_end_matches('L').parse().ok()).collect()
}

/// An array of one axis.
pub(super) fn encode(numbers: &[f64]) -> String {
    let mut header =
        format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", numbers.len());
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap_or_default().to_le_bytes());
    bytes.extend(header.as_bytes());
    numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn there_and_back() {
        for numbers in [vec![], vec![1.5], vec![-0.1, f64::MAX, 1e-300]] {
            assert_eq!(decode(&encode(&numbers)).unwrap(), numbers);
        }
    }

    // numpy.save of numpy.array([[1, 2], [3, 4]], dtype="<i4")
    #[test]
    fn two_axes() {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }\n";
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        (1..5_i32).for_each(|n| bytes.extend(n.to_le_bytes()));
        assert_eq!(decode(&STANDARD.encode(&bytes)).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        bytes.pop();
        assert_eq!(decode(&STANDARD.encode(&bytes)).unwrap_err(), "an array is cut");
    }

    #[test]
    fn what_is_no_array_of_numbers() {
        for text in ["", "?", "AAAA", "k05VTVBZ", "k05VTVBZAQD//w=="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
