//! The prompt.

mod commands;
mod complete;
mod events;
mod helper;
mod history;
mod session;

use crate::args::ReplArgs;
use crate::cmd::App;
use crate::exit::Exit;
use crate::output::visible;
use helper::SplHelper;
use rustyline::config::Config;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Cmd, ColorMode, CompletionType, Editor, KeyCode, KeyEvent, Modifiers};
use session::{Next, Session};

const PROMPT: &str = "sepal> ";

/// Lines kept in the history file.
const HISTORY: usize = 10_000;

/// Reads searches and `:commands` until the end of the input.
pub fn repl(app: &App<'_>, args: ReplArgs) -> Exit {
    let interactive = app.term.stdin && app.term.stdout;
    let mut session = match Session::new(app, &args) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let mut editor = match editor(app) {
        Ok(editor) => editor,
        Err(e) => return app.fail(None, &format!("the prompt cannot be opened: {e}")),
    };
    editor.set_helper(Some(SplHelper::new(session.names(), app.term.stdout_colour)));
    let history = history::path();
    if let Some(path) = &history {
        // none yet at the first start
        let _ = editor.load_history(path);
    }
    if interactive {
        let events = if session.has_inputs() { "" } else { "; :load FILE reads events" };
        let project = app.project.as_ref().map(|p| format!("; project {}", p.file.display()));
        let project = project.map(|p| visible(&p, false).into_owned()).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        app.say(&format!("sepal {version}, :help for help, Ctrl-D to quit{project}{events}\n"));
    }
    let mut exit = Exit::Done;
    loop {
        match editor.readline(PROMPT) {
            Ok(line) => {
                if line.trim().is_empty() {
                    continue;
                }
                // a history that cannot be kept must not stop the work
                let _ = editor.add_history_entry(line.as_str());
                if let Some(path) = &history {
                    let _ = editor.append_history(path);
                }
                match session.line(&line) {
                    Next::Quit => break,
                    Next::Go => {}
                    Next::Wrong if interactive => {}
                    Next::Wrong => exit = Exit::Failed,
                }
            }
            // the line is given up, the session stays
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(e) => return app.fail(None, &format!("the prompt failed: {e}")),
        }
    }
    exit
}

fn editor(app: &App<'_>) -> rustyline::Result<Editor<SplHelper, FileHistory>> {
    let colour = if app.term.stdout_colour { ColorMode::Enabled } else { ColorMode::Disabled };
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .color_mode(colour)
        .build();
    let mut editor = Editor::with_config(config)?;
    // Enter runs a complete search; Alt-Enter goes on to the next line
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline);
    Ok(editor)
}
