//! `rex`: fields from the named groups of a regular expression, or sed-style replacement.

mod sed;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use crate::regex_engine::{Captures, GaveUp, SplRegex};
use crate::run_cx::{RunCx, RunError};
use sed::Sed;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::rex::Rex as Syntax;
use std::fmt::Write;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "rex",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes fields of the named groups of a regular expression, or replaces text in a field.",
        syntax: "rex [field=<field>] (\"<regex-expression>\" [max_match=<int>] [offset_field=<string>]) \
                 | (mode=sed \"<sed-expression>\")",
        details: "PCRE syntax, found anywhere in the field, `_raw` where none is given. Where nothing \
                  matches the row stays as it is, and so does the field of a group that takes no part \
                  in the match. max_match=0 takes all matches, more than one makes multivalue fields. \
                  Each member of a multivalue field is searched on its own. offset_field= tells where \
                  the groups stand, in characters from 0. mode=sed replaces the first match \
                  (`s/regex/text/`), the Nth (`s/regex/text/2`) or all (`s/regex/text/g`), with \
                  `\\1` for a group, or single characters (`y/abc/xyz/`).",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rex",
        examples: &[
            CommandExample {
                title: "two fields of one",
                search: r#"* | rex field=mail "(?<user>[^@]+)@(?<domain>.+)" | table user domain"#,
                events: r#"{"mail":"ann@example.com"}"#,
                rows: r#"{"user":"ann","domain":"example.com"}"#,
            },
            CommandExample {
                title: "mask the first twelve digits",
                search: r#"* | rex field=card mode=sed "s/(\d{4}-){3}/XXXX-XXXX-XXXX-/g" | table card"#,
                events: r#"{"card":"1234-5678-9012-3456"}"#,
                rows: r#"{"card":"XXXX-XXXX-XXXX-3456"}"#,
            },
        ],
    },
    plan: |stage, cx| match &stage.command {
        Command::Rex(r) => plan(r, cx),
        _ => Err(super::wrong_syntax(stage)),
    },
};

fn plan(r: &Syntax, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let field = r.field.as_ref().map_or(FieldName::new_static("_raw"), |f| FieldName::new(&f.node));
    if r.sed {
        let ignored = r.max_match.as_ref().map(|m| (m.span, "max_match"));
        let ignored = ignored.or(r.offset_field.as_ref().map(|f| (f.span, "offset_field")));
        if let Some((span, name)) = ignored {
            let message = format!("`{name}=` has no effect in mode=sed");
            cx.warnings.push(Diagnostic::warning("SPL2106", span, message).label("ignored"));
        }
        return Ok(Op::Streaming(Box::new(Replace { field, sed: Sed::new(&r.pattern)? })));
    }
    let regex = super::compile_regex(&r.pattern)?;
    let groups: Vec<(usize, FieldName)> =
        regex.named_groups().map(|(i, n)| (i, FieldName::new(n))).collect();
    if groups.is_empty() {
        let message = "the pattern of `rex` names no group, so it would make no field";
        return Err(vec![
            Diagnostic::error("SPL2105", r.pattern.span, message)
                .label("no named group")
                .help("name a group: `(?<user>\\w+)`; to filter rows use `regex`"),
        ]);
    }
    Ok(Op::Streaming(Box::new(Extract {
        field,
        regex,
        groups,
        max_match: match &r.max_match {
            None => 1,
            Some(n) if n.node == 0 => usize::MAX,
            Some(n) => usize::try_from(n.node).unwrap_or(usize::MAX),
        },
        offset_field: r.offset_field.as_ref().map(|f| FieldName::new(&f.node)),
    })))
}

/// Calls `f` with the matches one after another, left to right, until it says to stop.
pub(super) fn each_match(
    regex: &SplRegex,
    text: &str,
    mut f: impl FnMut(&Captures) -> Result<bool, GaveUp>,
) -> Result<(), GaveUp> {
    let mut from = 0;
    while let Some(c) = regex.captures_at(text, from)? {
        if !f(&c)? {
            break;
        }
        let m = c.whole();
        from = match text.get(m.end..).and_then(|t| t.chars().next()) {
            _ if m.end > m.start => m.end,
            Some(c) => m.end + c.len_utf8(),
            None => break,
        };
    }
    Ok(())
}

struct Extract {
    field: FieldName,
    regex: SplRegex,
    /// The named groups: number and field.
    groups: Vec<(usize, FieldName)>,
    max_match: usize,
    offset_field: Option<FieldName>,
}

/// What was found in one row: the values of each group, and their places.
struct Found {
    values: Vec<Vec<Value>>,
    offsets: String,
}

impl Extract {
    fn search(&self, value: &Value, cx: &RunCx) -> Option<Found> {
        let mut found =
            Found { values: vec![Vec::new(); self.groups.len()], offsets: String::new() };
        let mut any = false;
        for member in value.members() {
            let text = member.text();
            let (mut left, mut chars) = (self.max_match, Chars::default());
            let searched = each_match(&self.regex, &text, |c| {
                any = true;
                left -= 1;
                for ((group, name), values) in self.groups.iter().zip(&mut found.values) {
                    let Some(t) = c.text(&text, *group) else { continue };
                    values.push(Value::text_of(t));
                    if let Some(r) = c.range(*group).filter(|_| self.offset_field.is_some())
                        && !r.is_empty()
                    {
                        let (start, end) = (chars.at(&text, r.start), chars.at(&text, r.end));
                        let sep = if found.offsets.is_empty() { "" } else { "&" };
                        // writing to a string cannot fail
                        let _ = write!(found.offsets, "{sep}{name}={start}-{}", end - 1);
                    }
                }
                Ok(left > 0)
            });
            if let Err(e) = searched {
                e.report(cx);
            }
        }
        any.then_some(found)
    }
}

/// Character numbers of byte offsets, counted on from the last one asked for.
#[derive(Default)]
struct Chars {
    byte: usize,
    char: usize,
}

impl Chars {
    fn at(&mut self, text: &str, byte: usize) -> usize {
        if byte < self.byte {
            *self = Chars::default();
        }
        self.char += text.get(self.byte..byte).map_or(0, |t| t.chars().count());
        self.byte = byte;
        self.char
    }
}

impl Operator for Extract {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        // where nothing matches, the groups' fields stay what they were
        after.insert(&self.field);
        after
    }

    fn describe(&self) -> String {
        let names: Vec<&str> = self.groups.iter().map(|(_, n)| n.as_str()).collect();
        let slow = if self.regex.backtracks() { ", backtracking" } else { "" };
        format!("{} from {}{slow}", names.join(", "), self.field)
    }
}

impl Streaming for Extract {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        // the place of a new column is this command's, also in a batch without a match: how events
        // are split over batches must not show
        for name in self.groups.iter().map(|(_, n)| n).chain(&self.offset_field) {
            if !batch.cols.contains_key(name) {
                batch.set(name.clone(), Col::Values(vec![Value::Null; batch.len]));
            }
        }
        let hits: Vec<(usize, Found)> = match batch.col(&self.field) {
            None => return Ok(batch),
            Some(Col::Const(v)) => {
                if let Some(found) = self.search(v, cx) {
                    for ((_, name), values) in self.groups.iter().zip(found.values) {
                        if !values.is_empty() {
                            batch.set(name.clone(), Col::Const(Value::from_members(values)));
                        }
                    }
                    if let Some(name) =
                        self.offset_field.clone().filter(|_| !found.offsets.is_empty())
                    {
                        batch.set(name, Col::Const(found.offsets.into()));
                    }
                }
                return Ok(batch);
            }
            Some(Col::Values(vs)) => {
                let rows = vs.iter().take(batch.len).enumerate();
                rows.filter_map(|(r, v)| Some((r, self.search(v, cx)?))).collect()
            }
        };
        let mut hits = hits;
        for (g, (_, name)) in self.groups.iter().enumerate() {
            let column = batch.values_mut(name);
            for (row, found) in &mut hits {
                let values = std::mem::take(&mut found.values[g]);
                if !values.is_empty() {
                    column[*row] = Value::from_members(values);
                }
            }
        }
        if let Some(name) = &self.offset_field {
            let column = batch.values_mut(name);
            for (row, found) in hits {
                if !found.offsets.is_empty() {
                    column[row] = found.offsets.into();
                }
            }
        }
        Ok(batch)
    }
}

struct Replace {
    field: FieldName,
    sed: Sed,
}

impl Replace {
    /// The value with the script applied to each member; where the engine gives up it stays.
    fn value(&self, value: &Value, cx: &RunCx) -> Option<Value> {
        let one = |m: &Value| match self.sed.apply(&m.text()) {
            Ok(changed) => changed.map(Value::from),
            Err(e) => {
                e.report(cx);
                None
            }
        };
        match value {
            Value::Null => None,
            Value::Mv(ms) => {
                let changed: Vec<Option<Value>> = ms.iter().map(one).collect();
                changed.iter().any(Option::is_some).then(|| {
                    let members = changed.into_iter().zip(ms.iter());
                    Value::from_members(
                        members.map(|(new, old)| new.unwrap_or_else(|| old.clone())),
                    )
                })
            }
            single => one(single),
        }
    }
}

impl Operator for Replace {
    fn needed(&self, after: FieldSet) -> FieldSet {
        // it makes no field: a field that nothing reads later need not be changed
        after
    }

    fn describe(&self) -> String {
        format!("replaces in {}", self.field)
    }
}

impl Streaming for Replace {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        match batch.cols.get_mut(&self.field) {
            Some(Col::Const(v)) => {
                if let Some(new) = self.value(v, cx) {
                    *v = new;
                }
            }
            Some(Col::Values(vs)) => {
                for v in vs {
                    if let Some(new) = self.value(v, cx) {
                        *v = new;
                    }
                }
            }
            None => {}
        }
        Ok(batch)
    }
}
