//! What the process says to its caller.

use std::process::ExitCode;

/// How a subcommand ended; the same numbers for all of them, whatever the output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; also when the reader of our output went away.
    Done,
    /// `--fail-on-match` matched, `fmt --check` or `snap` found a difference, or `lint` found something.
    Found,
    /// Usage, a wrong search, an unreadable input, a limit that cut the result.
    Failed,
    /// The user pressed Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number: 0, 1, 2, 130.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
            Exit::Interrupted => 130,
        }
    }

    /// The graver of two outcomes.
    pub fn worse(self, other: Exit) -> Exit {
        if other.code() > self.code() { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
