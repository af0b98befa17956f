//! The template for each value of a field.

use super::template::{Template, at_template, replaced, stages};
use crate::commands::{Operator, Streaming};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::foreach::{Foreach, Mode};
use serde_json::Value as Json;

/// The fields that hold the value and its number while the template runs.
const ITEM: &str = "<<ITEM>>";
const ITER: &str = "<<ITER>>";

pub(super) struct ForItems {
    mode: Mode,
    /// None: every field with several values.
    field: Option<FieldName>,
    template: Template,
}

impl ForItems {
    pub fn plan(f: &Foreach, cx: &PlanCx) -> Result<ForItems, Vec<Diagnostic>> {
        let text = with_fields(&f.template.node, &[(&f.places.item, ITEM), (&f.places.iter, ITER)]);
        let placed = |ds: Vec<Diagnostic>| -> Vec<Diagnostic> {
            ds.into_iter().map(|d| at_template(d, f.template.span)).collect()
        };
        let (read, _) = stages(&text).map_err(placed)?;
        let wrong = |message: &str, help: &str| {
            vec![Diagnostic::error("SPL2262", f.template.span, message).help(help)]
        };
        match read.as_slice() {
            [only] => match &only.command {
                Command::Eval(e) => {
                    if e.assignments.iter().any(|a| a.target.node.contains(ITEM)) {
                        let what = "<<ITEM>> in the name of a field";
                        return Err(vec![Diagnostic::unsupported(
                            "SPL2262",
                            f.template.span,
                            what,
                        )]);
                    }
                }
                _ => {
                    return Err(wrong(
                        "this mode of `foreach` takes an eval",
                        "write `[eval ...]`",
                    ));
                }
            },
            _ => {
                return Err(wrong(
                    "this mode of `foreach` takes one command",
                    "an eval may hold several assignments: `[eval a=..., b=...]`",
                ));
            }
        }
        Ok(ForItems {
            mode: f.mode,
            field: f.fields.first().map(|f| FieldName::new(&f.node)),
            template: Template::of(&text, cx).map_err(placed)?,
        })
    }

    /// The values to go through.
    fn items(&self, value: &Value) -> Vec<Value> {
        let array = || match value {
            Value::Text(t) if t.trim_start().starts_with('[') => {
                match serde_json::from_str::<Json>(t) {
                    Ok(Json::Array(items)) => Some(items.iter().map(member).collect()),
                    _ => None,
                }
            }
            _ => None,
        };
        match self.mode {
            Mode::JsonArray => array().unwrap_or_default(),
            Mode::AutoCollections => array().unwrap_or_else(|| value.members().to_vec()),
            _ => value.members().to_vec(),
        }
    }

    fn over(&self, field: &str, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        // the template may change the field itself
        let lists: Vec<Vec<Value>> = match batch.col(field) {
            Some(col) => (0..batch.len).map(|r| self.only(col.get(r))).collect(),
            None => return Ok(batch),
        };
        let longest = lists.iter().map(Vec::len).max().unwrap_or_default();
        for n in 0..longest {
            cx.check_stop()?;
            let rows: Vec<usize> = (0..batch.len).filter(|&r| lists[r].len() > n).collect();
            let mut part = batch.take(&rows);
            let items = rows.iter().map(|&r| lists[r][n].clone()).collect();
            part.set(ITEM, Col::Values(items));
            part.set(ITER, Col::Const(Value::Num(n as f64)));
            let mut part = self.template.apply(part, cx)?;
            part.remove(ITEM);
            part.remove(ITER);
            if rows.len() == batch.len {
                batch = part;
                continue;
            }
            for (name, col) in &part.cols {
                let cells = batch.values_mut(name);
                for (at, &row) in rows.iter().enumerate() {
                    cells[row].clone_from(col.get(at));
                }
            }
        }
        Ok(batch)
    }

    /// The values of a cell; where no field is named, none of a single value.
    fn only(&self, value: &Value) -> Vec<Value> {
        let single = self.field.is_none() && !matches!(value, Value::Mv(_));
        match (single, value) {
            (true, Value::Text(t)) if t.trim_start().starts_with('[') => {
                match serde_json::from_str::<Json>(t) {
                    Ok(Json::Array(_)) => self.items(value),
                    _ => Vec::new(),
                }
            }
            (true, _) => Vec::new(),
            _ => self.items(value),
        }
    }
}

/// A member of a JSON array: numbers as numbers, other than text as JSON.
fn member(json: &Json) -> Value {
    match json {
        Json::Number(n) => match n.as_f64() {
            // whole numbers beyond 2^53 keep every digit as text
            Some(f) if f.abs() <= 9_007_199_254_740_992.0 => Value::Num(f),
            _ => Value::from_json(json),
        },
        Json::Array(_) => Value::text_of(json.to_string()),
        _ => Value::from_json(json),
    }
}

/// The template with fields in place of the placeholders: alone, a placeholder becomes a field's
/// name; in a text in double quotes the text is put together.
fn with_fields(text: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let quoted = match c {
            '"' => closed(rest, '"', true),
            '\'' => closed(rest, '\'', false),
            _ => None,
        };
        if let Some(n) = quoted {
            let whole = &rest[..n];
            rest = &rest[n..];
            let inside = places.iter().any(|(p, _)| whole.contains(p));
            match c {
                '"' if inside => {
                    let cut: Vec<(&str, String)> =
                        places.iter().map(|(p, f)| (*p, format!("\".'{f}'.\""))).collect();
                    out.push('(');
                    out.push_str(&replaced(whole, &cut));
                    out.push(')');
                }
                '\'' => {
                    let own: Vec<(&str, String)> =
                        places.iter().map(|(p, f)| (*p, (*f).to_owned())).collect();
                    out.push_str(&replaced(whole, &own));
                }
                _ => out.push_str(whole),
            }
            continue;
        }
        if let Some((place, field)) = places.iter().find(|(p, _)| rest.starts_with(p)) {
            out.push_str(&format!("'{field}'"));
            rest = &rest[place.len()..];
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// The length of the quoted text at the beginning; none where it is not closed.
fn closed(text: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if escapes => {
                chars.next();
            }
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

impl Operator for ForItems {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let Some(field) = &self.field else { return FieldSet::all() };
        // a row without values keeps what it has: nothing is taken out
        let mut set = self.template.needed(after.clone());
        set.union(&after);
        set.insert(field);
        set.remove(ITEM);
        set.remove(ITER);
        set
    }
    fn describe(&self) -> String {
        match &self.field {
            Some(f) => format!("values of {f}"),
            None => "values of all fields".to_owned(),
        }
    }
}

impl Streaming for ForItems {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        if let Some(field) = &self.field {
            return self.over(field, batch, cx);
        }
        let mut names: Vec<FieldName> =
            batch.cols.keys().filter(|n| !n.starts_with('_')).cloned().collect();
        names.sort();
        for name in names {
            batch = self.over(&name, batch, cx)?;
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_fields() {
        let places = [("<<ITEM>>", ITEM), ("<<ITER>>", ITER)];
        let get = |text: &str| with_fields(text, &places);
        assert_eq!(get("eval t=t+<<ITEM>>"), "eval t=t+'<<ITEM>>'");
        assert_eq!(get("eval t='<<ITEM>>'"), "eval t='<<ITEM>>'");
        assert_eq!(get(r#"eval t="a<<ITEM>>""#), r#"eval t=("a".'<<ITEM>>'."")"#);
        assert_eq!(get(r#"eval t="\"<<ITER>>""#), r#"eval t=("\"".'<<ITER>>'."")"#);
        assert_eq!(with_fields("NUMBER", &[("NUMBER", ITEM)]), "'<<ITEM>>'");
    }
}
