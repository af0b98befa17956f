//! The binary as a user meets it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // a test fails by panicking

mod bad_input;
mod coverage;
mod errors;
mod fmt;
mod help;
mod hunt;
mod lint;
mod project;
mod pty;
mod reference;
mod repl;
mod run;
mod search;
mod support;
mod test;
mod test_changes;
mod test_fetch;
