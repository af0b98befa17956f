use super::App;
use crate::args::ExpandArgs;
use crate::exit::Exit;
use crate::output::visible;
use crate::render;

/// Prints the search as it runs: its macros expanded.
pub fn expand(app: &App<'_>, args: &ExpandArgs) -> Exit {
    let search = match app.prepare(&args.search) {
        Ok(search) => search,
        Err(exit) => return exit,
    };
    // only what is wrong with macros: whether the result parses is `parse`'s question
    let wrong = &search.parsed.expanded.diagnostics;
    if !wrong.is_empty() {
        app.say(&render::diagnostics(wrong, &|span| search.places(span), app.look()));
        return Exit::Failed;
    }
    let text = search.text().trim_end();
    let shown = if app.term.stdout { visible(text, true) } else { text.into() };
    app.print(&format!("{shown}\n"))
}
