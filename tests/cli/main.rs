//! The binary as a user meets it: what it prints, where, and how it ends.

mod errors;
mod fmt;
mod help;
mod pty;
mod repl;
mod run;
mod search;
mod support;
