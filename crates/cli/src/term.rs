//! What is known of the terminals that we write to.

use std::io::IsTerminal;

/// What standard output and standard error are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// Standard input is a terminal.
    pub stdin: bool,
    /// Standard output is a terminal.
    pub stdout: bool,
    /// Standard error is a terminal.
    pub stderr: bool,
    /// Standard output takes colours (a terminal, no `NO_COLOR`, or `CLICOLOR_FORCE`).
    pub stdout_colour: bool,
    /// Standard error takes colours.
    pub stderr_colour: bool,
    /// The terminal's columns, where standard output is one.
    pub width: Option<usize>,
}

/// The width of a terminal that does not say how wide it is.
const DEFAULT_WIDTH: usize = 80;

/// Narrower than this nothing can be laid out.
const LEAST_WIDTH: usize = 20;

impl Term {
    /// Asks the system.
    pub fn detect() -> Term {
        use anstream::ColorChoice;
        let stdout = std::io::stdout().is_terminal();
        Term {
            stdin: std::io::stdin().is_terminal(),
            stdout,
            stderr: std::io::stderr().is_terminal(),
            stdout_colour: anstream::AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
            stderr_colour: anstream::AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
            width: if stdout { Some(columns()) } else { None },
        }
    }
}

fn columns() -> usize {
    let size = terminal_size::terminal_size();
    let columns = size.map_or(DEFAULT_WIDTH, |(w, _)| usize::from(w.0));
    if columns == 0 { DEFAULT_WIDTH } else { columns.max(LEAST_WIDTH) }
}
