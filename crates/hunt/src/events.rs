//! The events that are hunted: inputs that are read and unpacked once.

use sepal_exec::RunError;
use sepal_exec::host::Host;
use sepal_exec::scan::{Input, InputData, Opened};
use std::io::Read;
use std::path::Path;

/// Events that are hunted together.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Its name in the report.
    pub name: String,
    /// Where its events are, in order.
    pub inputs: Vec<Input>,
}

/// How much is kept in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of one input after unpacking: a larger file is read again for each
    /// detection.
    pub input: usize,
    /// About the most bytes of all inputs together.
    pub all: usize,
}

impl Default for Limits {
    /// 256 MiB of one input, 512 MiB of all.
    fn default() -> Self {
        Limits { input: 256 << 20, all: 512 << 20 }
    }
}

/// A data set whose inputs are in memory as far as the limits allow.
pub(crate) struct Held {
    /// Its number.
    pub number: usize,
    pub inputs: std::sync::Arc<[Input]>,
    /// The bytes in memory.
    pub bytes: usize,
    /// Whether all of its inputs are there.
    pub whole: bool,
}

/// Reads a data set, as far as `left` more bytes allow.
///
/// # Errors
/// A pipe that does not fit: it cannot be read a second time.
pub(crate) fn hold(
    number: usize,
    set: DataSet,
    limits: Limits,
    mut left: usize,
    host: &dyn Host,
) -> Result<Held, RunError> {
    let (mut inputs, mut bytes, mut whole) = (Vec::with_capacity(set.inputs.len()), 0, true);
    for mut input in set.inputs {
        if let InputData::Path(path) = &input.data {
            let once = path == Path::new("-") || !matches!(host.size(path), Ok(Some(_)));
            let limit = if once { limits.all } else { limits.input.min(left) };
            match read(&input, limit, host) {
                Ok(Some(read)) => {
                    bytes += read.len();
                    left = left.saturating_sub(read.len());
                    input.data = InputData::Bytes(read.into());
                }
                Ok(None) if once => {
                    let message = format!(
                        "more than {} MiB, and it can be read only once: save it to a file",
                        limit >> 20
                    );
                    return Err(RunError::Input { file: input.name, message });
                }
                Err(e) if once => return Err(e),
                // the run tells what is wrong with it
                Ok(None) | Err(_) => whole = false,
            }
        }
        inputs.push(input);
    }
    Ok(Held { number, inputs: inputs.into(), bytes, whole })
}

/// The bytes of an input after unpacking; none where there are more than `limit`, or where only
/// reading it again gives the same events.
fn read(input: &Input, limit: usize, host: &dyn Host) -> Result<Option<Vec<u8>>, RunError> {
    let opened = Opened::open(input, host)?;
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = opened.reader.take(most.saturating_add(1)).read_to_end(&mut bytes);
    if let Err(e) = read {
        return Err(RunError::Input { file: input.name.clone(), message: e.to_string() });
    }
    // bytes that look packed would be unpacked a second time
    let packed = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    Ok((bytes.len() <= limit && !packed).then_some(bytes))
}
