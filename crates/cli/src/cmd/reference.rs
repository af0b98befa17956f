//! The pages of docs/reference, made of the registries: one a command and function.

use sepal_exec::aggregates::AGGREGATES;
use sepal_exec::commands::{COMMANDS, REFUSED};
use sepal_exec::doc::{CommandDoc, FunctionDoc};
use sepal_exec::functions::FUNCTIONS;
use std::collections::BTreeMap;
use std::fmt::Write;

/// All pages by their path below docs/reference.
pub fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for c in COMMANDS {
        let page = command(c.name, c.aliases, &c.doc);
        pages.insert(format!("commands/{}.md", c.name), page);
    }
    for f in FUNCTIONS {
        let page = function("eval function", f.name, f.aliases, &f.doc);
        pages.insert(format!("functions/{}.md", f.name), page);
    }
    for f in AGGREGATES {
        let page = function("stats function", f.name, f.aliases, &f.doc);
        pages.insert(format!("stats-functions/{}.md", f.name), page);
    }
    pages.insert("README.md".to_owned(), index());
    pages
}

fn index() -> String {
    let mut out = String::from(
        "# Reference\n\nMade from the registries of `sepal`; `sepal help NAME` shows the same. \
         The tests run every example.\n",
    );
    let mut list = |title: &str, folder: &str, rows: &mut dyn Iterator<Item = (&str, &str)>| {
        let _ = write!(out, "\n## {title}\n\n");
        for (name, summary) in rows {
            let _ = writeln!(out, "- [`{name}`]({folder}/{name}.md): {}", prose(summary));
        }
    };
    list("Commands", "commands", &mut COMMANDS.iter().map(|c| (c.name, c.doc.summary)));
    let mut categories: Vec<&str> = FUNCTIONS.iter().map(|f| f.category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        let of = FUNCTIONS.iter().filter(|f| f.category == category);
        let title = format!("Eval functions: {category}");
        list(&title, "functions", &mut of.map(|f| (f.name, f.doc.summary)));
    }
    let rows = &mut AGGREGATES.iter().map(|f| (f.name, f.doc.summary));
    list("Stats functions", "stats-functions", rows);
    out.push_str("\n## Refused commands\n\n");
    for (name, why) in REFUSED {
        let _ = writeln!(out, "- `{name}`: {}", prose(why));
    }
    out
}

fn head(kind: &str, name: &str, aliases: &[&str], summary: &str, syntax: &str) -> String {
    let mut out = format!("# {}\n\n", prose(name));
    let also: Vec<String> = aliases.iter().map(|a| format!("`{a}`")).collect();
    let also = if also.is_empty() { String::new() } else { format!("; also {}", also.join(", ")) };
    let _ = write!(out, "{} ({kind}{also})\n\n## Syntax\n\n", prose(summary));
    block(&mut out, syntax);
    out
}

fn command(name: &str, aliases: &[&str], doc: &CommandDoc) -> String {
    let mut out = head("command", name, aliases, doc.summary, doc.syntax);
    details(&mut out, doc.details);
    if !doc.examples.is_empty() {
        out.push_str("\n## Examples\n");
    }
    for e in doc.examples {
        let _ = write!(out, "\n{}:\n\n", prose(e.title));
        block(&mut out, e.search);
        if !e.events.trim().is_empty() {
            out.push_str("\nover\n\n");
            block(&mut out, e.events);
        }
        out.push_str("\ngives\n\n");
        block(&mut out, if e.rows.trim().is_empty() { "no rows" } else { e.rows });
    }
    source(&mut out, doc.source);
    out
}

fn function(kind: &str, name: &str, aliases: &[&str], doc: &FunctionDoc) -> String {
    let mut out = head(kind, name, aliases, doc.summary, doc.syntax);
    details(&mut out, doc.details);
    if !doc.examples.is_empty() {
        out.push_str("\n## Examples\n\n");
        let mut lines = String::new();
        for e in doc.examples {
            let over =
                if e.input.is_empty() { String::new() } else { format!("  over x = {}", e.input) };
            let _ = writeln!(lines, "{}{over}  ->  {}", e.expr, e.result);
        }
        block(&mut out, &lines);
    }
    source(&mut out, doc.source);
    out
}

fn details(out: &mut String, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    out.push_str("\n## Details\n\n");
    let paragraphs: Vec<String> =
        text.trim().lines().map(str::trim).filter(|l| !l.is_empty()).map(prose).collect();
    let _ = writeln!(out, "{}", paragraphs.join("\n\n"));
}

fn source(out: &mut String, page: &str) {
    if page.trim().is_empty() {
        return;
    }
    let scheme = if page.starts_with("http") { "" } else { "https://" };
    let _ = write!(out, "\n## Source\n\n<{scheme}{}>\n", page.trim());
}

fn block(out: &mut String, text: &str) {
    // a fence longer than any run of backticks in the text
    let fence = "`".repeat(if text.contains("```") { 4 } else { 3 });
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let _ = writeln!(out, "{fence}text\n{}\n{fence}", lines.join("\n"));
}

/// Prose in which code stands between backticks and nothing else is markup.
fn prose(text: &str) -> String {
    let balanced = text.matches('`').count().is_multiple_of(2);
    let (mut out, mut code) = (String::with_capacity(text.len() + 8), false);
    for c in text.trim().chars() {
        match c {
            '`' if balanced => {
                code = !code;
                out.push(c);
            }
            '<' if !code => out.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' if !code => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn only_backticks_are_markup() {
        assert_eq!(prose("a_b `c_d` <e> *"), r"a\_b `c_d` &lt;e> \*");
        assert_eq!(prose("one ` alone"), r"one \` alone");
    }
}
