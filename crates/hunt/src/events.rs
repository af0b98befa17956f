//! The events that are hunted: inputs that are read and unpacked once.

use sepal_exec::RunError;
use sepal_exec::host::Host;
use sepal_exec::knowledge::{Knowledge, Known, known};
use sepal_exec::scan::{Input, InputData, Opened};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

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
    /// The most bytes of one input after unpacking: a larger file is read again where it must be.
    pub input: usize,
    /// About the most bytes of all inputs together.
    pub all: usize,
}

impl Default for Limits {
    /// 64 MiB of one input, 512 MiB of all.
    fn default() -> Self {
        Limits { input: 64 << 20, all: 512 << 20 }
    }
}

/// A data set whose inputs are in memory as far as the limits allow.
pub(crate) struct Held {
    /// Its number.
    pub number: usize,
    pub inputs: Arc<[Input]>,
    /// What is known of sourcetypes that may be about one of its events.
    pub knowledge: Option<Arc<dyn Knowledge>>,
    /// Whether that depends on the stamps that its events have themselves.
    pub own_stamps: bool,
    /// The bytes in memory.
    pub bytes: usize,
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
    knowledge: Option<&Arc<dyn Knowledge>>,
    host: &dyn Host,
    stopped: &dyn Fn() -> bool,
) -> Result<Held, RunError> {
    let (mut inputs, mut bytes) = (Vec::with_capacity(set.inputs.len()), 0);
    for mut input in set.inputs {
        if let InputData::Path(path) = &input.data {
            let size = match path == Path::new("-") {
                true => None,
                false => host.size(path).ok().flatten(),
            };
            let once = size.is_none();
            let limit = if once { limits.all } else { limits.input.min(left) };
            let size = size.and_then(|s| usize::try_from(s).ok()).unwrap_or(0);
            // unpacked it is hardly less
            let read = match size > limit {
                true => Ok(None),
                false => read(&input, size, limit, host, stopped),
            };
            match read {
                Err(RunError::Stopped) => return Err(RunError::Stopped),
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
                Ok(None) | Err(_) => {}
            }
        }
        inputs.push(input);
    }
    let Known { inputs, knowledge, own_stamps } = match knowledge {
        None => Known { inputs, knowledge: None, own_stamps: false },
        Some(k) => known(k, inputs, true, host),
    };
    Ok(Held { number, inputs: inputs.into(), knowledge, own_stamps, bytes })
}

/// Bytes read before it is asked whether to go on.
const STEP: u64 = 4 << 20;

/// The bytes of an input, whose file has `size`, after unpacking; none where there are more than `limit`, or where only
/// reading it again gives the same events.
fn read(
    input: &Input,
    size: usize,
    limit: usize,
    host: &dyn Host,
    stopped: &dyn Fn() -> bool,
) -> Result<Option<Vec<u8>>, RunError> {
    let mut reader = Opened::open(input, host)?.reader;
    let mut bytes = Vec::with_capacity(size.saturating_add(1));
    loop {
        if stopped() {
            return Err(RunError::Stopped);
        }
        let n = (&mut reader)
            .take(STEP)
            .read_to_end(&mut bytes)
            .map_err(|e| RunError::Input { file: input.name.clone(), message: e.to_string() })?;
        if bytes.len() > limit {
            return Ok(None);
        }
        if n == 0 {
            break;
        }
    }
    // bytes that look packed would be unpacked a second time
    let packed = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    Ok((!packed).then_some(bytes))
}
