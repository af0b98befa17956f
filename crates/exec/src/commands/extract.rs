//! `extract`, `kv`: fields from the pairs of a key and a value in `_raw`.

mod pairs;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use pairs::Pairs;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::extract::Extract as Syntax;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "extract",
    aliases: &["kv"],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Extracts fields from the pairs of a key and a value in _raw.",
        syntax: "extract [auto=f] [clean_keys=<bool>] [kvdelim=<string>] [limit=<int>] \
                 [maxchars=<int>] [mv_add=<bool>] [pairdelim=<string>] [reload=<bool>] \
                 [segment=<bool>]",
        details: "Without delimiters, key=value pairs are found anywhere in the text: a value ends \
                  at white space or one of , ; | &, or at the closing quote where it is in double \
                  quotes. pairdelim and kvdelim are lists of characters that stand between pairs, \
                  and between key and value; a value that holds one of kvdelim itself, outside \
                  quotes, is not extracted. With kvdelim alone, pairs end as they do without \
                  delimiters; with pairdelim alone, kvdelim is =. Empty values give no field. \
                  clean_keys, true by default, makes _ of each character of a key that is no \
                  letter or digit, and takes _ and digits off its start. A field that exists \
                  keeps its value, and the first of several pairs of one key counts, unless \
                  mv_add=true adds all of them. limit, 50 by default, is how many pairs are \
                  extracted, maxchars, 10240 by default, how many characters are looked at; that \
                  there was more is told. auto=f without delimiters extracts nothing; reload and \
                  segment have no effect here, and a stanza of transforms.conf is refused: write \
                  its regular expression with rex.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/extract",
        examples: &[
            CommandExample {
                title: "key=value pairs",
                search: r#"| makeresults | eval _raw="user=ann note=\"not found\" ip:port=1.2.3.4" | extract | table user note port"#,
                events: "",
                rows: r#"{"user":"ann","note":"not found","port":"1.2.3.4"}"#,
            },
            CommandExample {
                title: "other delimiters",
                search: r#"| makeresults | eval _raw="user: ann; role: admin" | kv pairdelim=";" kvdelim=":" | table user role"#,
                events: "",
                rows: r#"{"user":"ann","role":"admin"}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Extract(e) => plan(e),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Pairs of one event. Source: the page, "limit".
const LIMIT: u64 = 50;
/// Characters of one event. Source: the page, "maxchars".
const MAXCHARS: u64 = 10_240;
/// The notice that there was more.
const CUT: &str = "SPL3180";

fn plan(e: &Syntax) -> Result<Op, Vec<Diagnostic>> {
    if !e.stanzas.is_empty() {
        let refuse = |s: &sepal_parser::ast::Spanned<String>| {
            Diagnostic::unsupported("SPL2280", s.span, format!("the extraction {}", s.node))
                .label("a stanza of transforms.conf")
                .help("write its regular expression with `rex`")
        };
        return Err(e.stanzas.iter().map(refuse).collect());
    }
    for delim in [&e.pairdelim, &e.kvdelim].into_iter().flatten() {
        if delim.node.is_empty() {
            return Err(vec![
                Diagnostic::error("SPL2281", delim.span, "a list of delimiters is empty")
                    .label("no character here"),
            ]);
        }
    }
    let chars = |d: &Option<sepal_parser::ast::Spanned<String>>| d.as_ref().map(|d| d.node.clone());
    let size = |n: &Option<sepal_parser::ast::Spanned<u64>>, default| {
        usize::try_from(n.as_ref().map_or(default, |n| n.node)).unwrap_or(usize::MAX)
    };
    let how = match (chars(&e.pairdelim), chars(&e.kvdelim)) {
        (None, None) if e.auto == Some(false) => None,
        (None, None) => Some(Pairs::auto()),
        (pair, kv) => Some(Pairs::delimited(pair, kv)),
    };
    Ok(Op::Streaming(Box::new(Extract {
        how,
        limit: size(&e.limit, LIMIT),
        maxchars: size(&e.maxchars, MAXCHARS),
        mv_add: e.mv_add.unwrap_or(false),
        clean: e.clean_keys.unwrap_or(true),
    })))
}

struct Extract {
    /// None extracts nothing.
    how: Option<Pairs>,
    limit: usize,
    maxchars: usize,
    mv_add: bool,
    clean: bool,
}

impl Operator for Extract {
    // a field that exists keeps its value: all of them stay needed
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert("_raw");
        after
    }
}

/// The key with `_` for what is no letter or digit, without `_` and digits at its start.
///
/// Source: transforms.conf.spec, `CLEAN_KEYS`.
fn cleaned(key: &str) -> String {
    let one = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let all: String = key.chars().map(one).collect();
    all.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned()
}

impl Streaming for Extract {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let Some(how) = &self.how else { return Ok(batch) };
        let Some(raw) = batch.col("_raw").cloned() else { return Ok(batch) };
        let mut cut = false;
        for row in 0..batch.len {
            let mut left = self.limit;
            for member in raw.get(row).members() {
                let whole = member.text();
                let text = match whole.char_indices().nth(self.maxchars) {
                    Some((at, _)) => &whole[..at],
                    None => &*whole,
                };
                cut |= text.len() < whole.len();
                for (key, value) in how.of(text) {
                    if left == 0 {
                        cut = true;
                        break;
                    }
                    let name = if self.clean { cleaned(key) } else { key.to_owned() };
                    if name.is_empty() {
                        continue;
                    }
                    left -= 1;
                    let place = &mut batch.values_mut(&name)[row];
                    if place.is_null() {
                        *place = Value::from(value);
                    } else if self.mv_add {
                        let all = place.members().iter().cloned().chain([Value::from(value)]);
                        *place = Value::from_members(all.collect::<Vec<_>>());
                    }
                }
            }
        }
        if cut {
            let message = format!(
                "extract stopped at {} pairs or {} characters of an event: limit= and maxchars=",
                self.limit, self.maxchars
            );
            cx.notice(CUT, message, false);
        }
        Ok(batch)
    }
}
