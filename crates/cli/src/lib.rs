//! The command line of Sepal: arguments, output, the prompt, and the rendering of errors. The only
//! crate that knows a terminal.

pub mod args;
pub mod cmd;
pub mod engine;
mod exit;
mod explain;
pub mod host;
pub mod local;
pub mod output;
mod progress;
pub mod project;
pub mod render;
pub mod repl;
pub mod spl;
pub mod stop;
pub mod term;
mod yaml_edit;

pub use exit::Exit;

use args::{Cli, Command, ReplArgs};
use clap::Parser;
use cmd::App;

/// Runs the command line of this process.
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // help and version are no errors; a closed pipe is nobody's loss
            let _ = e.print();
            return if e.use_stderr() { Exit::Failed } else { Exit::Done };
        }
    };
    let mut app =
        App { term: term::Term::detect(), engine: &local::Local, project: None, apps: Vec::new() };
    let command = cli.command.unwrap_or_else(|| Command::Repl(Box::<ReplArgs>::default()));
    if command.reads_project() {
        app.project = match app.find_project(&cli.project) {
            Ok(project) => project,
            Err(exit) => return exit,
        };
    }
    app.apps = app.knowledge_paths(command.knowledge());
    app.apps.retain(|path| sepal_content::conf::is_app(path));
    app.dispatch(command)
}
