//! The only door to clock, time zone, randomness and files, so that a run can be repeated.

use jiff::tz::TimeZone;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What a run may ask of the world.
pub trait Host: Send + Sync {
    /// The time that `now()` and relative time modifiers count from, microseconds since the epoch.
    fn now(&self) -> i64;
    /// The time zone of times without one, and of times that are shown.
    fn time_zone(&self) -> &TimeZone;
    /// The seed of `random()`.
    fn seed(&self) -> u64;
    /// Opens a file that the user named; `-` is standard input.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        if path == Path::new("-") {
            return Ok(Box::new(io::stdin()));
        }
        Ok(Box::new(File::open(path)?))
    }
    /// Opens a file at a byte offset.
    fn open_at(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
    /// The size of a file that can be read at any offset; none for pipes and devices.
    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        if path == Path::new("-") {
            return Ok(None);
        }
        let meta = std::fs::metadata(path)?;
        Ok(meta.is_file().then_some(meta.len()))
    }
    /// The entries of a folder; none where the path is not a folder.
    fn list(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        if path == Path::new("-") || !std::fs::metadata(path)?.is_dir() {
            return Ok(None);
        }
        let mut out = Vec::new();
        for entry in std::fs::read_dir(path)? {
            out.push(entry?.path());
        }
        Ok(Some(out))
    }
}

/// A host with everything given: tests, `--now`, `--tz`.
#[derive(Clone, Debug)]
pub struct FixedHost {
    /// Microseconds since the epoch.
    pub now: i64,
    /// The time zone.
    pub time_zone: TimeZone,
    /// The seed of `random()`.
    pub seed: u64,
}

impl Default for FixedHost {
    /// 2026-01-01T00:00:00Z, UTC, seed 0.
    fn default() -> Self {
        FixedHost { now: 1_767_225_600_000_000, time_zone: TimeZone::UTC, seed: 0 }
    }
}

impl Host for FixedHost {
    fn now(&self) -> i64 {
        self.now
    }
    fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }
    fn seed(&self) -> u64 {
        self.seed
    }
}
