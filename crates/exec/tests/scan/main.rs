//! The scan through the public API: every layout that events come in, read whole, in pieces of any
//! size, by any number of threads; and the literal probe against a scan without it.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests may

mod bad_lines;
mod evtx_files;
mod layouts;
mod pieces;
mod prefilter;
mod support;
mod tables;
mod text;
mod times;
