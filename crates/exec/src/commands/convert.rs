//! `convert`: conversion functions such as `ctime` over fields.

use super::{Class, CommandSpec, Names, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::{Time, strftime, strptime};
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value, number};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "convert",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Converts field values: times to text and back, durations and sizes to numbers.",
        syntax: "convert [timeformat=<string>] (<convert-function>(<wc-field>) [AS <field>])...",
        details: "auto: a number where the value is one, also behind thousands commas, as a \
                  duration, or with k, m or g; else the value stays. num: the same, but a value \
                  that is no number is removed. ctime: seconds since the epoch to text. mktime: \
                  text to seconds. dur2sec: [D+]HH:MM:SS to seconds. mstime: [MM:]SS.SSS to \
                  seconds. memk: a size with k, m or g to kilobytes. rmcomma: takes commas out. \
                  rmunit: keeps the number at the start. none: fields that wildcards leave alone. \
                  What ctime, mktime, dur2sec, mstime and memk cannot convert becomes null. \
                  timeformat is %m/%d/%Y %H:%M:%S where none is given. Each value of a \
                  multivalue is converted.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/convert",
        examples: &[
            CommandExample {
                title: "a time to text",
                search: r#"| makeresults | eval t=0 | convert timeformat="%Y-%m-%d" ctime(t) AS day | table t day"#,
                events: "",
                rows: r#"{"t":0,"day":"1970-01-01"}"#,
            },
            CommandExample {
                title: "a duration to seconds",
                search: r#"| makeresults | eval d="1+00:00:10" | convert dur2sec(d) | table d"#,
                events: "",
                rows: r#"{"d":86410}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Convert(c) => {
            let mut steps = Vec::new();
            let mut kept = Vec::new();
            let mut diagnostics = Vec::new();
            for conversion in &c.conversions {
                let (field, alias) = (&conversion.field, &conversion.alias);
                if let Some(alias) = alias
                    && alias.node.matches('*').count() != field.node.matches('*').count()
                {
                    diagnostics.push(
                        Diagnostic::error(
                            "SPL2012",
                            field.span.to(alias.span),
                            "both names must have the same number of wildcards",
                        )
                        .help("one name for several fields would keep only one of them"),
                    );
                }
                let Some(function) = Function::from_name(&conversion.function.node) else {
                    kept.push(field.node.as_str());
                    continue;
                };
                steps.push(Step {
                    function,
                    field: FieldName::new(&field.node),
                    pattern: field.node.contains('*').then(|| Pattern::case_sensitive(&field.node)),
                    alias: alias.as_ref().map(|a| a.node.clone()),
                });
            }
            if !diagnostics.is_empty() {
                return Err(diagnostics);
            }
            let format = c.timeformat.as_ref().map_or(DEFAULT_FORMAT, |f| f.node.as_str());
            Ok(Op::Streaming(Box::new(Convert {
                steps,
                kept: Names::new(kept),
                format: format.to_owned(),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Source: the page, "timeformat".
const DEFAULT_FORMAT: &str = "%m/%d/%Y %H:%M:%S";

struct Convert {
    steps: Vec<Step>,
    /// Fields that wildcards leave alone.
    kept: Names,
    format: String,
}

struct Step {
    function: Function,
    field: FieldName,
    /// Where the field is a wildcard.
    pattern: Option<Pattern>,
    alias: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Function {
    Auto,
    Ctime,
    Dur2sec,
    Memk,
    Mktime,
    Mstime,
    Num,
    Rmcomma,
    Rmunit,
}

impl Function {
    /// `none` is no conversion.
    fn from_name(name: &str) -> Option<Function> {
        Some(match name {
            "auto" => Function::Auto,
            "ctime" => Function::Ctime,
            "dur2sec" => Function::Dur2sec,
            "memk" => Function::Memk,
            "mktime" => Function::Mktime,
            "mstime" => Function::Mstime,
            "num" => Function::Num,
            "rmcomma" => Function::Rmcomma,
            "rmunit" => Function::Rmunit,
            _ => return None,
        })
    }

    fn one(self, v: &Value, format: &str, cx: &RunCx) -> Option<Value> {
        let text = v.text();
        match self {
            Function::Auto | Function::Num => {
                return v.number().or_else(|| any_number(text.trim())).map(Value::Num);
            }
            Function::Ctime => {
                let time = v.number().and_then(Time::from_secs_f64)?;
                return Some(strftime(time, format, cx.host.time_zone()).into());
            }
            Function::Rmcomma => return Some(text.replace(',', "").into()),
            Function::Rmunit => {
                return Some(leading_number(&text).map_or_else(|| v.clone(), Value::from));
            }
            Function::Mktime => {
                strptime(text.trim(), format, cx.host.time_zone(), cx.now()).map(Time::as_secs_f64)
            }
            Function::Dur2sec => duration(text.trim()),
            Function::Mstime => minutes(text.trim()),
            Function::Memk => kilobytes(text.trim()),
        }
        .map(Value::Num)
    }

    fn convert(self, v: &Value, format: &str, cx: &RunCx) -> Value {
        let members = v.members().iter().map(|m| self.one(m, format, cx));
        if self == Function::Auto {
            // all values or none: the page, "auto()"
            let all: Option<Vec<Value>> = members.collect();
            return all.map_or_else(|| v.clone(), Value::from_members);
        }
        Value::from_members(members.flatten())
    }
}

/// Digits with an optional point; no sign, no exponent.
fn plain(s: &str) -> Option<f64> {
    let ok =
        s.bytes().any(|b| b.is_ascii_digit()) && s.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if ok { s.parse().ok() } else { None }
}

/// What auto and num take for a number besides numbers themselves.
fn any_number(s: &str) -> Option<f64> {
    let comma = || {
        let whole = s.split('.').next()?.trim_start_matches(['-', '+']);
        let mut groups = whole.split(',');
        let first = groups.next()?;
        let rest: Vec<&str> = groups.collect();
        let ok = !rest.is_empty()
            && (1..=3).contains(&first.len())
            && rest.iter().all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()));
        if ok { number::parse(&s.replace(',', "")) } else { None }
    };
    number::parse(s)
        .or_else(comma)
        .or_else(|| duration(s))
        .or_else(|| minutes(s).filter(|_| s.contains(':')))
        .or_else(|| kilobytes(s))
}

/// `[D+]HH:MM:SS` as seconds.
fn duration(s: &str) -> Option<f64> {
    let (days, clock) = match s.split_once('+') {
        Some((days, clock)) => (days.parse::<u32>().ok()?, clock),
        None => (0, s),
    };
    let mut parts = clock.split(':');
    let (h, m, s) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || m.contains('.') || h.contains('.') {
        return None;
    }
    Some(f64::from(days) * 86_400.0 + plain(h)? * 3600.0 + plain(m)? * 60.0 + plain(s)?)
}

/// `[MM:]SS.SSS` as seconds.
fn minutes(s: &str) -> Option<f64> {
    match s.split_once(':') {
        Some((m, _)) if m.contains('.') => None,
        Some((m, s)) => Some(plain(m)? * 60.0 + plain(s)?),
        None => plain(s),
    }
}

/// A size with `k`, `m` or `g` behind it as kilobytes; without a letter it is kilobytes.
fn kilobytes(s: &str) -> Option<f64> {
    let last = s.chars().next_back()?;
    let factor = match last.to_ascii_lowercase() {
        'k' => 1.0,
        'm' => 1024.0,
        'g' => 1_048_576.0,
        _ => return number::parse(s),
    };
    number::parse(&s[..s.len() - last.len_utf8()]).map(|n| n * factor)
}

/// The number at the start, as it is written.
fn leading_number(s: &str) -> Option<&str> {
    let s = s.trim_start();
    let sign = usize::from(s.starts_with(['-', '+']));
    let mut point = false;
    let len = s[sign..]
        .bytes()
        .take_while(|b| b.is_ascii_digit() || (*b == b'.' && !std::mem::replace(&mut point, true)))
        .count();
    let text = s[..sign + len].trim_end_matches('.');
    number::parse(text).map(|_| text)
}

impl Operator for Convert {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        for step in self.steps.iter().rev() {
            match (&step.alias, &step.pattern) {
                (None, _) => {}
                (Some(alias), None) => {
                    after.remove(alias);
                    after.insert(&step.field);
                }
                // a target that no field is converted into keeps its own value
                (Some(_), Some(_)) => after.insert(&step.field),
            }
        }
        after
    }
}

impl Streaming for Convert {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for step in &self.steps {
            let fields: Vec<FieldName> = match &step.pattern {
                None => vec![step.field.clone()],
                Some(p) => batch
                    .cols
                    .keys()
                    .filter(|n| {
                        p.is_match(n) && (!n.starts_with('_') || step.field.starts_with('_'))
                    })
                    .filter(|n| !self.kept.covers(n))
                    .cloned()
                    .collect(),
            };
            for field in fields {
                let col = match batch.col(&field) {
                    Some(Col::Const(v)) => Col::Const(step.function.convert(v, &self.format, cx)),
                    Some(Col::Values(vs)) => {
                        let one = |v| step.function.convert(v, &self.format, cx);
                        Col::Values(vs.iter().map(one).collect())
                    }
                    None if step.alias.is_some() => Col::Const(Value::Null),
                    None => continue,
                };
                match &step.alias {
                    None => batch.set(field, col),
                    Some(alias) if step.pattern.is_none() => batch.set(alias.as_str(), col),
                    // row by row, as a batch need not have every field of the result
                    Some(alias) => {
                        let Some(to) = super::wildcard_swap(&step.field, alias, &field) else {
                            continue;
                        };
                        for (row, place) in batch.values_mut(&to).iter_mut().enumerate() {
                            if !col.get(row).is_null() {
                                *place = col.get(row).clone();
                            }
                        }
                    }
                }
            }
        }
        Ok(batch)
    }
}
