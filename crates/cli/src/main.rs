//! The `sepal` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    sepal::main().into()
}
