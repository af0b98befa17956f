//! `generate kubernetes|sysmon SIZE_BYTES SEED > FILE`: events as JSON lines, the same bytes for
//! the same arguments on every machine, whole lines until SIZE_BYTES are reached.

mod kubernetes;
mod out;
mod rng;
mod sysmon;

use std::io::{self, Write};
use std::process::ExitCode;

use out::Out;

/// Bytes gathered before they are handed to the operating system.
const BLOCK: usize = 1 << 20;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match args.as_slice() {
        [kind, size, seed] => size.parse().ok().zip(seed.parse().ok()).map(|n| (kind.as_str(), n)),
        _ => None,
    };
    let done = match parsed {
        Some(("kubernetes", (size, seed))) => {
            let mut source = kubernetes::Kubernetes::new(seed);
            pour(size, |out| source.event(out))
        }
        Some(("sysmon", (size, seed))) => {
            let mut source = sysmon::Sysmon::new(seed);
            pour(size, |out| source.event(out))
        }
        _ => {
            eprintln!("usage: generate kubernetes|sysmon SIZE_BYTES SEED > FILE");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes events to standard output until `size` bytes are reached.
fn pour(size: u64, mut event: impl FnMut(&mut Out)) -> io::Result<()> {
    // past the line buffer of `Stdout`: whole blocks
    let mut target = io::stdout().lock();
    let mut out = Out::with_capacity(BLOCK + (64 << 10));
    let mut written = 0_u64;
    while written + (out.len() as u64) < size {
        event(&mut out);
        if out.len() >= BLOCK {
            written += out.len() as u64;
            target.write_all(out.bytes())?;
            out.clear();
        }
    }
    target.write_all(out.bytes())?;
    target.flush()
}
