//! `map`: a search for each row.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::{Plan, PlanCx};
use crate::run_cx::{RunCx, RunError};
use crate::{KernelEval, subsearch};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::ast::{Pipeline, Spanned};
use sepal_parser::commands::{Command, map};
use sepal_parser::macros::Origin;
use sepal_parser::{Diagnostic, Severity};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "map",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Runs a search for each row; their rows are the result.",
        syntax: "map search=\"<search>\" [maxsearches=<int>] | map [<search>] [maxsearches=<int>]",
        details: "`$field$` in the search is replaced by the row's value, in double quotes where \
                  it is not one plain word; inside quotes the text is put in as it is. \
                  `$_serial_id$` is the number of the search from 1. Macros are expanded in the \
                  search then. A row without a field that the search names runs none, and that is \
                  told. At most 10 searches run, or as many as maxsearches= says; that there were \
                  more rows is told. The rows themselves are not part of the result: within \
                  appendpipe they stay. Saved searches are not supported.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/map",
        examples: &[CommandExample {
            title: "the logins of a session",
            search: r#"search code=4742 | map search="search code=4624 logon=$id$" | table code user"#,
            events: r#"{"code":4742,"id":"0x1"}
{"code":4624,"logon":"0x1","user":"ann"}
{"code":4624,"logon":"0x2","user":"bob"}"#,
            rows: r#"{"code":4624,"user":"ann"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Map(m) => plan(m, cx),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Searches that run where no number is given. Source: the page's "maxsearches".
const MAX_SEARCHES: u64 = 10;

/// The number of the search, from 1.
const SERIAL: &str = "_serial_id";

fn plan(m: &map::Map, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let template = Template::new(&m.search.node);
    // what is wrong whatever the values are
    let checked = template.with(|name| Some("F".repeat(name.len() + 2)));
    let always = |code: &str| ["SPL0", "SPL1", "SPL4"].iter().any(|c| code.starts_with(c));
    let here = |mut d: Diagnostic| {
        d.span = m.search.span;
        d
    };
    if let Some(Err(ds)) = checked.ok().map(|text| ready(&text, cx)) {
        let wrong: Vec<Diagnostic> = ds.into_iter().filter(|d| always(d.code)).map(here).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
    }
    Ok(Op::Ordered(Box::new(Map(Arc::new(Shared {
        template,
        search: m.search.clone(),
        most: m.maxsearches.as_ref().map_or(MAX_SEARCHES, |n| n.node),
        cx: cx.at_this_depth(),
    })))))
}

/// Expands, parses and plans a text.
fn ready(text: &str, cx: &PlanCx) -> Result<Plan, Vec<Diagnostic>> {
    let pipeline = parsed(text, cx)?;
    cx.at_this_depth().subsearch(&pipeline)
}

pub(super) fn parsed(text: &str, cx: &PlanCx) -> Result<Pipeline, Vec<Diagnostic>> {
    let origin = Origin { file: "map".into(), text: text.into(), lines: Arc::default() };
    let parsed = sepal_parser::parse_search(text, origin, cx.macros(), Some(&KernelEval));
    let wrong: Vec<Diagnostic> =
        parsed.diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
    if wrong.is_empty() { Ok(parsed.pipeline) } else { Err(wrong) }
}

/// A search's text with fields in it.
struct Template(Vec<Part>);

enum Part {
    Text(String),
    /// A field, and whether it stands inside double quotes.
    Field(String, bool),
}

impl Template {
    fn new(text: &str) -> Template {
        let mut parts = Vec::new();
        let (mut plain, mut rest, mut quoted) = (String::new(), text, false);
        while let Some(c) = rest.chars().next() {
            if c == '$'
                && let Some(name) = field(&rest[1..])
            {
                parts.push(Part::Text(std::mem::take(&mut plain)));
                parts.push(Part::Field(name.to_owned(), quoted));
                rest = &rest[name.len() + 2..];
                continue;
            }
            let mut n = c.len_utf8();
            match c {
                '\\' => n += rest[1..].chars().next().map_or(0, char::len_utf8),
                '"' => quoted = !quoted,
                _ => {}
            }
            plain.push_str(&rest[..n]);
            rest = &rest[n..];
        }
        parts.push(Part::Text(plain));
        Template(parts)
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|p| match p {
            Part::Field(name, _) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with values; the name of the first field without one where there is none.
    fn with(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, &str> {
        // a value may be a whole search
        let alone = self.0.iter().all(|p| match p {
            Part::Text(t) => t.trim().is_empty(),
            Part::Field(..) => true,
        });
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Field(name, quoted) => {
                    let text = value(name).ok_or(name.as_str())?;
                    let in_quotes = subsearch::quoted(&text);
                    out.push_str(match (quoted, alone || is_plain(&text)) {
                        (true, _) => &in_quotes[1..in_quotes.len() - 1],
                        (false, true) => &text,
                        (false, false) => &in_quotes,
                    });
                }
            }
        }
        Ok(out)
    }
}

/// The name of a field that ends with `$`.
fn field(text: &str) -> Option<&str> {
    let name = &text[..text.find('$')?];
    let odd = |c: char| c.is_whitespace() || matches!(c, '"' | '|' | '[' | ']' | '=' | '`');
    (!name.is_empty() && !name.contains(odd)).then_some(name)
}

/// Whether a value reads back as one word.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '@' | '*');
    !text.is_empty()
        && text.chars().all(plain)
        && !["AND", "OR", "NOT", "IN", "XOR"].contains(&text.to_ascii_uppercase().as_str())
}

struct Shared {
    template: Template,
    search: Spanned<String>,
    most: u64,
    cx: PlanCx,
}

struct Map(Arc<Shared>);

impl Operator for Map {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.0.template.fields().filter(|f| *f != SERIAL).collect()
    }
    fn describe(&self) -> String {
        format!("at most {} searches", self.0.most)
    }
}

impl Ordered for Map {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { shared: Arc::clone(&self.0), ran: 0 })
    }
}

struct Run {
    shared: Arc<Shared>,
    ran: u64,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        for row in 0..batch.len {
            cx.check_stop()?;
            if self.ran >= self.shared.most {
                let message = format!(
                    "map ran its search for the first {} rows: see maxsearches",
                    self.shared.most
                );
                cx.notice("SPL3171", message, true);
                return Ok(Flow::Done);
            }
            self.ran += 1;
            let serial = self.ran;
            let value = |name: &str| match name {
                SERIAL => Some(serial.to_string()),
                _ => {
                    let v = batch.get(name, row);
                    (!v.is_null()).then(|| v.text().into_owned())
                }
            };
            let text = match self.shared.template.with(value) {
                Ok(text) => text,
                Err(name) => {
                    let message = format!("map ran no search for rows without the field {name}");
                    cx.notice("SPL3176", message, true);
                    continue;
                }
            };
            let plan = ready(&text, &self.shared.cx).map_err(|ds| RunError::Failed {
                code: "SPL3172",
                message: format!(
                    "the search of map cannot run with a row's values: {}",
                    ds.first().map_or("it has no plan", |d| d.message.as_str())
                ),
                span: Some(self.shared.search.span),
            })?;
            for mut rows in cx.subsearch(&plan)? {
                // their places are those of another search
                rows.order.clear();
                out.push(rows);
            }
        }
        Ok(Flow::More)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, value: &str) -> String {
        let fill = |name: &str| (name != "none").then(|| value.to_owned());
        Template::new(template).with(fill).unwrap_or_else(|name| format!("no {name}"))
    }

    #[test]
    fn values_read_back_as_one_word() {
        assert_eq!(filled("search u=$u$ x", "ann"), "search u=ann x");
        assert_eq!(filled("search u=$u$", "a b"), r#"search u="a b""#);
        assert_eq!(filled(r#"search u="$u$ x""#, r#"a "b""#), r#"search u="a \"b\" x""#);
        assert_eq!(filled("search u=$u$", "or"), r#"search u="or""#);
        assert_eq!(filled("$u$", "search a=1 | stats count"), "search a=1 | stats count");
        assert_eq!(filled("search $none$", "x"), "no none");
        assert_eq!(
            filled(r#"search a | rex "b$" | where c=$x.y{}$"#, "1"),
            r#"search a | rex "b$" | where c=1"#
        );
        assert_eq!(filled("$ $$ $", "1"), "$ $$ $");
    }
}
