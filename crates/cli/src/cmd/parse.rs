use super::App;
use crate::args::{ParseArgs, TreeFormat};
use crate::exit::Exit;
use crate::output::{json_visible, visible};
use crate::render;
use crate::spl::Prepared;
use serde_json::{Value as Json, json};

/// Shows the syntax tree.
pub fn parse(app: &App<'_>, args: &ParseArgs) -> Exit {
    let search = match app.prepare(&args.search) {
        Ok(search) => search,
        Err(exit) => return exit,
    };
    if !search.parsed.diagnostics.is_empty() {
        app.say(&render::diagnostics(
            &search.parsed.diagnostics,
            &|span| search.places(span),
            app.look(),
        ));
    }
    let text = match args.format {
        TreeFormat::Json => {
            let tree = tree(&search);
            // of a deep tree nearly all would be indentation
            let long = search.text().len() > 1 << 16;
            let text = match long {
                true => serde_json::to_string(&tree),
                false => serde_json::to_string_pretty(&tree),
            };
            let text = text.unwrap_or_default();
            json_visible(&text).into_owned() + "\n"
        }
        TreeFormat::Text => stages(&search),
    };
    let exit = if !search.parsed.has_errors() { Exit::Done } else { Exit::Failed };
    app.print(&text).worse(exit)
}

/// The tree, the text that its spans count in, and what is wrong with it.
fn tree(search: &Prepared) -> Json {
    let diagnostics: Vec<Json> = search
        .parsed
        .diagnostics
        .iter()
        .map(|d| {
            let mut json = serde_json::to_value(d).unwrap_or_default();
            let places = search.places(d.span);
            if let (Some(map), Some(place)) = (json.as_object_mut(), places.first()) {
                let (line, column) = render::line_column(&place.file_text, place.range.start);
                map.insert("file".to_owned(), json!(&*place.file));
                map.insert("line".to_owned(), json!(line));
                map.insert("column".to_owned(), json!(column));
            }
            json
        })
        .collect();
    json!({
        "ok": !search.parsed.has_errors(),
        "expanded": search.text(),
        "pipeline": search.pipeline(),
        "diagnostics": diagnostics,
    })
}

fn stages(search: &Prepared) -> String {
    let mut out = String::new();
    for stage in &search.pipeline().stages {
        let text = search.text().get(stage.span.range()).unwrap_or_default();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        out.push_str(&format!(
            "{:12} {}\n",
            visible(&stage.name.node, false),
            visible(&flat, false)
        ));
    }
    out
}
