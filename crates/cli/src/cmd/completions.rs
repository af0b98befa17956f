use super::App;
use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use clap::CommandFactory;

/// Prints the completions of a shell.
pub fn completions(app: &App<'_>, args: &CompletionsArgs) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sepal", &mut text);
    app.print(&String::from_utf8_lossy(&text))
}
