use crate::Finding;
use serde_json::{Value, json};

/// One line: an object with its keys in a fixed order. Lines and columns count from 1, columns in
/// characters; `macro` is the macro in whose definition the place is, with the call at `line`.
pub fn json(f: &Finding) -> String {
    let (from, to) = f.lines();
    let value: Value = json!({
        "file": f.file(),
        "line": from.line,
        "column": from.column,
        "end_line": to.line,
        "end_column": to.column,
        "code": f.code,
        "rule": f.rule(),
        "level": f.level.word(),
        "message": f.message,
        "help": f.help,
        "fixable": !f.fix.is_empty(),
        "macro": f.macro_name(),
    });
    value.to_string() + "\n"
}
