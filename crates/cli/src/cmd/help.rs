//! Help on SPL, made of the registries.

use super::App;
use crate::args::{Cli, HelpArgs};
use crate::exit::Exit;
use anstyle::{Effects, Style};
use clap::CommandFactory;
use sepal_exec::aggregates::AGGREGATES;
use sepal_exec::commands::{COMMANDS, REFUSED, refused};
use sepal_exec::doc::{CommandDoc, FunctionDoc};
use sepal_exec::functions::FUNCTIONS;
use sepal_parser::codes::CODES;
use sepal_parser::names::TIME_MODIFIERS;
use std::fmt::Write;

/// The length of a line of prose.
const PROSE: usize = 80;

/// Splunk's page on `earliest` and the others.
const TIME_PAGE: &str = "Splunk Search Reference, \"Time modifiers\"";

const BOLD: Style = Style::new().effects(Effects::BOLD);

const OVERVIEW: &str = "\
Topics:
  sepal help commands          the commands of SPL that Sepal runs
  sepal help functions         the functions of eval and where
  sepal help stats-functions   the functions of stats, top and the like
  sepal help refused           the commands that stay refused, and why
  sepal help codes             the codes of messages; sepal help SPL2101 is one of them
  sepal help time-modifiers    earliest, latest and the others that search takes
  sepal help NAME              a command or function, such as stats, mvzip, dc
  sepal help run               a subcommand; the same as sepal run --help
";

/// Prints help.
pub fn help(app: &App<'_>, args: &HelpArgs) -> Exit {
    let mut cli = Cli::command();
    let Some(topic) = &args.topic else {
        return app.print(&format!("{}\n{OVERVIEW}", cli.render_help()));
    };
    if let Some(page) = page(topic, app.term.stdout_colour) {
        return app.print(&page);
    }
    cli.build();
    if let Some(sub) = cli.find_subcommand_mut(topic) {
        let text = sub.render_long_help();
        return app.print(&text.to_string());
    }
    app.fail(None, &unknown(topic))
}

/// What is said where there is no such topic.
pub fn unknown(topic: &str) -> String {
    let names = names();
    let near = sepal_parser::suggest(topic, names.iter().map(String::as_str));
    match near {
        _ if sepal_parser::names::is_command(topic) => {
            format!("`{topic}` is a command of SPL that Sepal does not support")
        }
        _ if sepal_parser::names::is_eval_function(topic) => {
            let why = sepal_exec::functions::refused(topic).map(|why| format!(": {why}"));
            let why = why.unwrap_or_default();
            format!("`{topic}` is a function of SPL that Sepal does not support{why}")
        }
        Some(near) => format!("no help on `{topic}`; did you mean `{near}`?"),
        None => format!("no help on `{topic}`; see `sepal help commands` and `functions`"),
    }
}

/// All topics.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        ["codes", "commands", "functions", "refused", "stats-functions", "time-modifiers"]
            .map(str::to_owned)
            .to_vec();
    names.extend(REFUSED.iter().map(|(name, _)| (*name).to_owned()));
    names.extend(COMMANDS.iter().flat_map(|c| spellings(c.name, c.aliases)));
    names.extend(FUNCTIONS.iter().flat_map(|f| spellings(f.name, f.aliases)));
    names.extend(AGGREGATES.iter().flat_map(|f| spellings(f.name, f.aliases)));
    names.sort();
    names.dedup();
    names
}

fn spellings(name: &str, aliases: &[&str]) -> Vec<String> {
    std::iter::once(name).chain(aliases.iter().copied()).map(str::to_owned).collect()
}

/// The page of a topic: a list, or everything of that name.
pub fn page(topic: &str, colour: bool) -> Option<String> {
    let topic = topic.trim().to_lowercase();
    let bold = if colour { BOLD } else { Style::new() };
    let mut out = String::new();
    match topic.as_str() {
        "commands" | "command" => {
            let rows = COMMANDS.iter().map(|c| (c.name, c.doc.summary));
            list(&mut out, "Commands", rows.collect(), bold);
            return Some(out);
        }
        "functions" | "function" | "eval-functions" => {
            let mut categories: Vec<&str> = FUNCTIONS.iter().map(|f| f.category).collect();
            categories.sort_unstable();
            categories.dedup();
            for category in categories {
                let of = FUNCTIONS.iter().filter(|f| f.category == category);
                let rows = of.map(|f| (f.name, f.doc.summary)).collect();
                list(&mut out, &format!("Functions: {category}"), rows, bold);
            }
            return Some(out);
        }
        "stats-functions" | "stats-function" | "aggregates" => {
            let rows = AGGREGATES.iter().map(|f| (f.name, f.doc.summary));
            list(&mut out, "Stats functions", rows.collect(), bold);
            return Some(out);
        }
        "refused" => {
            list(&mut out, "Refused commands", REFUSED.to_vec(), bold);
            return Some(out);
        }
        "codes" => {
            list(&mut out, "Codes of messages", CODES.to_vec(), bold);
            return Some(out);
        }
        "time-modifiers" => {
            let _ = writeln!(out, "{bold}Time modifiers{bold:#}");
            prose(&mut out, &TIME_MODIFIERS.join(", "));
            let _ = writeln!(out, "\n{bold}Source{bold:#}\n  {TIME_PAGE}");
            return Some(out);
        }
        _ => {}
    }
    let code = topic.to_ascii_uppercase();
    if let Some(meaning) = sepal_parser::codes::meaning(&code) {
        return Some(format!("{bold}{code}{bold:#} (code of a message)\n  {meaning}\n"));
    }
    if let Some(why) = refused(&topic) {
        return Some(format!("{bold}{topic}{bold:#} (refused command)\n  {why}\n"));
    }
    let name = topic.strip_suffix("()").unwrap_or(&topic);
    if let Some(c) = sepal_exec::commands::find(name) {
        command(&mut out, c.name, c.aliases, &c.doc, bold);
    }
    if let Some(f) = sepal_exec::functions::find(name) {
        function(&mut out, "eval function", f.name, f.aliases, &f.doc, bold);
    }
    if let Some(f) = sepal_exec::aggregates::find(name) {
        function(&mut out, "stats function", f.name, f.aliases, &f.doc, bold);
    }
    (!out.is_empty()).then_some(out)
}

fn list(out: &mut String, title: &str, rows: Vec<(&str, &str)>, bold: Style) {
    let widest = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let _ = writeln!(out, "{bold}{title}{bold:#}");
    for (name, summary) in rows {
        let _ = writeln!(out, "  {name:widest$}  {summary}");
    }
    out.push('\n');
}

fn head(out: &mut String, kind: &str, name: &str, aliases: &[&str], summary: &str, bold: Style) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "{bold}{name}{bold:#} ({kind}");
    if !aliases.is_empty() {
        let _ = write!(out, "; also {}", aliases.join(", "));
    }
    let _ = writeln!(out, ")\n  {summary}\n");
}

fn section(out: &mut String, title: &str, text: &str, bold: Style) {
    if text.trim().is_empty() {
        return;
    }
    let _ = writeln!(out, "{bold}{title}{bold:#}");
    indent(out, text, "  ");
    out.push('\n');
}

fn indent(out: &mut String, text: &str, by: &str) {
    for line in text.trim().lines() {
        let line = line.trim_end();
        let _ = if line.is_empty() { writeln!(out) } else { writeln!(out, "{by}{line}") };
    }
}

/// Prose in lines of a readable length; its own line breaks stay.
fn prose(out: &mut String, text: &str) {
    for paragraph in text.trim().lines() {
        let mut line = String::from(" ");
        for word in paragraph.split_whitespace() {
            if line.len() + word.len() >= PROSE && line.len() > 1 {
                let _ = writeln!(out, "{line}");
                line = String::from(" ");
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn command(out: &mut String, name: &str, aliases: &[&str], doc: &CommandDoc, bold: Style) {
    head(out, "command", name, aliases, doc.summary, bold);
    section(out, "Syntax", doc.syntax, bold);
    if !doc.details.trim().is_empty() {
        let _ = writeln!(out, "{bold}Details{bold:#}");
        prose(out, doc.details);
        out.push('\n');
    }
    if !doc.examples.is_empty() {
        let _ = writeln!(out, "{bold}Examples{bold:#}");
        for e in doc.examples {
            let _ = writeln!(out, "  {}", e.title);
            indent(out, e.search, "    ");
            if !e.events.trim().is_empty() {
                let _ = writeln!(out, "    over");
                indent(out, e.events, "      ");
            }
            let _ = writeln!(out, "    gives");
            indent(out, if e.rows.trim().is_empty() { "no rows" } else { e.rows }, "      ");
        }
        out.push('\n');
    }
    section(out, "Source", doc.source, bold);
    trim(out);
}

fn function(
    out: &mut String,
    kind: &str,
    name: &str,
    aliases: &[&str],
    doc: &FunctionDoc,
    bold: Style,
) {
    head(out, kind, name, aliases, doc.summary, bold);
    section(out, "Syntax", doc.syntax, bold);
    if !doc.details.trim().is_empty() {
        let _ = writeln!(out, "{bold}Details{bold:#}");
        prose(out, doc.details);
        out.push('\n');
    }
    if !doc.examples.is_empty() {
        let _ = writeln!(out, "{bold}Examples{bold:#}");
        for e in doc.examples {
            let over =
                if e.input.is_empty() { String::new() } else { format!("  over x = {}", e.input) };
            let _ = writeln!(out, "  {}{over}  ->  {}", e.expr, e.result);
        }
        out.push('\n');
    }
    section(out, "Source", doc.source, bold);
    trim(out);
}

fn trim(out: &mut String) {
    out.truncate(out.trim_end().len());
    out.push('\n');
}
