//! `extract`, `kv`: fields from the pairs of a key and a value in `_raw`.

pub(crate) mod pairs;
pub(crate) mod stanza;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::Extraction;
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use pairs::Pairs;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::extract::Extract as Syntax;
use stanza::{Said, Stanza};
use std::borrow::Cow;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "extract",
    aliases: &["kv"],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Extracts fields from the pairs of a key and a value in _raw.",
        syntax: "extract [auto=f] [clean_keys=<bool>] [kvdelim=<string>] [limit=<int>] \
                 [maxchars=<int>] [mv_add=<bool>] [pairdelim=<string>] [reload=<bool>] \
                 [segment=<bool>] [<stanza>...]",
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
                  there was more is told. A stanza of a transforms.conf in a folder of --lookups \
                  is extracted first, by its REGEX and FORMAT or its DELIMS and FIELDS, from its \
                  SOURCE_KEY; MV_ADD, CLEAN_KEYS and KEEP_EMPTY_VALS are its own, unless the \
                  command says otherwise. auto=f without delimiters extracts no pairs; reload and \
                  segment have no effect here.",
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
    plan: |stage, cx| match &stage.command {
        Command::Extract(e) => plan(e, cx),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Pairs of one event. Source: the page, "limit".
const LIMIT: u64 = 50;
/// Characters of one event. Source: the page, "maxchars".
const MAXCHARS: u64 = 10_240;
/// The notice that there was more.
const CUT: &str = "SPL3180";

fn plan(e: &Syntax, cx: &PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let lookups = cx.any_lookups();
    let said = Said { clean: e.clean_keys, mv_add: e.mv_add };
    let (mut stanzas, mut diagnostics) = (Vec::new(), Vec::new());
    for s in &e.stanzas {
        let found = match &lookups {
            Some(lookups) => lookups.extraction(&s.node),
            None => Err(Extraction::unknown(&s.node, [])),
        };
        let made =
            found.map_err(|e| vec![e.at(s.span)]).and_then(|e| Stanza::new(&e, said, s.span));
        match made {
            Ok(stanza) => stanzas.push(stanza),
            Err(ds) => diagnostics.extend(ds),
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
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
        stanzas,
        how,
        limit: size(&e.limit, LIMIT),
        maxchars: size(&e.maxchars, MAXCHARS),
        mv_add: e.mv_add.unwrap_or(false),
        clean: e.clean_keys.unwrap_or(true),
    })))
}

struct Extract {
    stanzas: Vec<Stanza>,
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
        self.stanzas.iter().flat_map(|s| &s.source).for_each(|f| after.insert(f));
        if self.how.is_some() {
            after.insert("_raw");
        }
        after
    }
}

/// The key with `_` for what is no letter or digit, without `_` and digits at its start.
///
/// Source: transforms.conf.spec, `CLEAN_KEYS`.
pub(crate) fn cleaned(key: &str) -> String {
    let one = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let all: String = key.chars().map(one).collect();
    all.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned()
}

/// The beginning of a text; notes whether there was more.
fn head<'t>(text: &'t str, chars: usize, cut: &mut bool) -> &'t str {
    let head = match text.char_indices().nth(chars) {
        Some((at, _)) => text.get(..at).unwrap_or(text),
        None => text,
    };
    *cut |= head.len() < text.len();
    head
}

/// Puts a value into a field, unless it has one that is not added to.
fn put(batch: &mut Batch, row: usize, name: &str, value: &str, mv_add: bool) {
    let Some(place) = batch.values_mut(name).get_mut(row) else { return };
    if place.is_null() {
        *place = Value::from(value);
    } else if mv_add {
        let all = place.members().iter().cloned().chain([Value::from(value)]);
        *place = Value::from_members(all.collect::<Vec<_>>());
    }
}

impl Extract {
    fn stanza(&self, stanza: &Stanza, batch: &mut Batch, cut: &mut bool, cx: &RunCx) {
        let cols: Option<Vec<Col>> = stanza.source.iter().map(|f| batch.col(f).cloned()).collect();
        let Some(cols) = cols else { return };
        for row in 0..batch.len {
            let mut from = |text: &str, batch: &mut Batch| {
                let text = head(text, self.maxchars, cut);
                let searched =
                    stanza.extract(text, |name, v| put(batch, row, name, v, stanza.mv_add));
                if let Err(e) = searched {
                    e.report(cx);
                }
            };
            match cols.as_slice() {
                [one] => one.get(row).members().iter().for_each(|m| from(&m.text(), batch)),
                many => {
                    let texts: Vec<Cow<'_, str>> = many.iter().map(|c| c.get(row).text()).collect();
                    from(&texts.join(" "), batch);
                }
            }
        }
    }
}

impl Streaming for Extract {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mut cut = false;
        for stanza in &self.stanzas {
            self.stanza(stanza, &mut batch, &mut cut, cx);
        }
        if let (Some(how), Some(raw)) = (&self.how, batch.col("_raw").cloned()) {
            for row in 0..batch.len {
                let mut left = self.limit;
                for member in raw.get(row).members() {
                    let whole = member.text();
                    for (key, value) in how.of(head(&whole, self.maxchars, &mut cut)) {
                        if left == 0 {
                            cut = true;
                            break;
                        }
                        let name = if self.clean { cleaned(key) } else { key.to_owned() };
                        if name.is_empty() {
                            continue;
                        }
                        left -= 1;
                        put(&mut batch, row, &name, value, self.mv_add);
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
