use super::input::{Input, InputData, InputFormat};
use super::shape::{Shape, detect, samples};
use crate::host::Host;
use crate::knowledge::{Recognized, Recognizer};
use crate::run_cx::RunError;
use encoding_rs_io::DecodeReaderBytes;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// How much is looked at to tell the format.
const SNIFF: usize = 64 << 10;

/// An input whose format is known.
pub struct Opened {
    /// The bytes after decompression, and as UTF-8, from the start.
    pub reader: Box<dyn Read + Send>,
    /// How events stand in it.
    pub format: InputFormat,
    /// What its events look like.
    pub shape: Shape,
    /// What it was recognized as, before or now.
    pub recognized: Option<Arc<Recognized>>,
    /// `gz`, `zst` or nothing.
    pub compression: Option<&'static str>,
    /// The size in bytes, where the input is a plain file that can be read at any place.
    pub seekable: Option<u64>,
}

/// What went wrong with an input.
pub(super) fn input_error(input: &Input, e: &std::io::Error) -> RunError {
    RunError::Input { file: input.name.clone(), message: e.to_string() }
}

fn fill(reader: &mut dyn Read, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut head = vec![0; limit];
    let mut n = 0;
    while n < limit {
        match reader.read(&mut head[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            // what was read is looked at; the error comes back when it is read again
            Err(_) if n > 0 => break,
            Err(e) => return Err(e),
        }
    }
    head.truncate(n);
    Ok(head)
}

impl Opened {
    /// Opens an input, sees through gz, zst and UTF-16, and looks at the first 64 KiB.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(input: &Input, host: &dyn Host) -> Result<Opened, RunError> {
        match input.looked_at.take() {
            Some(opened) => Ok(opened),
            None => Opened::with(input, host, input.recognizer.as_deref()),
        }
    }

    /// The same with what recognizes it.
    ///
    /// # Errors
    /// What the system says.
    pub fn with(
        input: &Input,
        host: &dyn Host,
        recognizer: Option<&Recognizer>,
    ) -> Result<Opened, RunError> {
        let err = |e: std::io::Error| input_error(input, &e);
        let (mut reader, size): (Box<dyn Read + Send>, Option<u64>) = match &input.data {
            InputData::Path(p) => (host.open(p).map_err(err)?, host.size(p).map_err(err)?),
            InputData::Bytes(b) => (Box::new(Cursor::new(b.clone())), Some(b.len() as u64)),
            InputData::Kept(..) => {
                return Err(RunError::failed("SPL3013", "events that were kept have no bytes"));
            }
        };
        let magic = fill(&mut reader, 4).map_err(err)?;
        let joined = Cursor::new(magic.clone()).chain(reader);
        let (mut reader, compression): (Box<dyn Read + Send>, _) = match magic.as_slice() {
            [0x1f, 0x8b, ..] => (Box::new(flate2::read::MultiGzDecoder::new(joined)), Some("gz")),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                (Box::new(zstd::stream::read::Decoder::new(joined).map_err(err)?), Some("zst"))
            }
            _ => (Box::new(joined), None),
        };
        let mut head = fill(&mut reader, SNIFF).map_err(err)?;
        let mut decoded = false;
        if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = head.as_slice() {
            // UTF-16, in the order of bytes that the mark says
            let joined = Cursor::new(head).chain(reader);
            reader = Box::new(DecodeReaderBytes::new(joined));
            head = fill(&mut reader, SNIFF).map_err(err)?;
            decoded = true;
        }
        let (format, shape) = detect(&head, head.len() < SNIFF, input.format.as_ref());
        let recognized = match (&input.recognized, recognizer) {
            (None, Some(r)) => r.recognize(&samples(&head, &format, &shape)).map(Arc::new),
            (known, _) => known.clone(),
        };
        let breaker = recognized.as_ref().and_then(|r| r.indexing.breaker.clone());
        let format = match (breaker, &input.format, &shape) {
            (Some(breaker), None, Shape::Text) => InputFormat::Broken(breaker),
            _ => format,
        };
        Ok(Opened {
            recognized,
            reader: Box::new(Cursor::new(head).chain(reader)),
            format,
            shape,
            compression,
            seekable: size.filter(|_| compression.is_none() && !decoded),
        })
    }
}

/// Replaces folders by the files in them and below, sorted by path; hidden files are left out.
pub fn expand_folders(paths: Vec<PathBuf>, host: &dyn Host) -> Result<Vec<PathBuf>, RunError> {
    let mut out = Vec::new();
    let mut todo: Vec<PathBuf> = paths.into_iter().rev().collect();
    while let Some(path) = todo.pop() {
        let listed = host.list(&path).map_err(|e| RunError::Input {
            file: path.display().to_string(),
            message: e.to_string(),
        })?;
        match listed {
            None => out.push(path),
            Some(mut entries) => {
                entries.retain(|p| {
                    p.file_name().is_some_and(|n| !n.to_string_lossy().starts_with('.'))
                });
                entries.sort();
                todo.extend(entries.into_iter().rev());
            }
        }
    }
    Ok(out)
}

/// Whether offsets of a format are those of lines.
pub fn counts_lines(format: &InputFormat) -> bool {
    use InputFormat::{Broken, Csv, Lines, Rows, Text, Tsv, W3c, Zeek};
    matches!(format, Lines | Rows | Text | Broken(_) | Csv | Tsv | Zeek | W3c)
}

/// The number of the line that begins at `offset`, from 1.
pub fn line_at(reader: &mut dyn Read, offset: u64) -> Option<u64> {
    let mut left = offset;
    let mut lines = 1;
    let mut buf = vec![0; 1 << 16];
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(buf.len()).min(buf.len());
        let n = reader.read(&mut buf[..want]).ok().filter(|n| *n > 0)?;
        lines += memchr::memchr_iter(b'\n', &buf[..n]).count() as u64;
        left -= n as u64;
    }
    Some(lines)
}
