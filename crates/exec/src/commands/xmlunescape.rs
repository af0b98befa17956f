//! `xmlunescape`: characters in place of XML's references.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use quick_xml::escape::unescape;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "xmlunescape",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Puts characters in place of XML's references in _raw.",
        syntax: "xmlunescape [maxinputs=<int>]",
        details: "`&amp;` becomes `&`; `&lt;`, `&gt;`, `&quot;`, `&apos;` and references by number \
                  are known, others stay as they are. Each is replaced once: `&amp;lt;` becomes \
                  `&lt;`. maxinputs has no effect here.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xmlunescape",
        examples: &[CommandExample {
            title: "elements that were escaped",
            search: r#"| makeresults | eval _raw="&lt;name&gt;Bob&lt;/name&gt;" | xmlunescape | xmlkv | table name"#,
            events: "",
            rows: r#"{"name":"Bob"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Xmlunescape(_) => Ok(Op::Streaming(Box::new(Xmlunescape))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Xmlunescape;

impl Operator for Xmlunescape {
    // the text is made of itself only
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Streaming for Xmlunescape {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        if batch.col("_raw").is_none() {
            return Ok(batch);
        }
        for cell in batch.values_mut("_raw") {
            let text = cell.text();
            if text.contains('&') {
                *cell = Value::text_of(unescaped(&text));
            }
        }
        Ok(batch)
    }
}

/// The references one by one, so that an unknown one leaves the others alone.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        // no reference is longer: `&#x0010FFFF;`
        let end = reference.bytes().take(16).position(|b| b == b';').map(|n| n + 1);
        let known = end.and_then(|end| Some((end, unescape(reference.get(..end)?).ok()?)));
        match known {
            Some((end, character)) => {
                out.push_str(&character);
                rest = &reference[end..];
            }
            None => {
                out.push('&');
                rest = &reference[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_references_stay() {
        assert_eq!(unescaped("&lt;&nope;&amp;lt; & &#65;&#x42;&"), "<&nope;&lt; & AB&");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[&;#xaglt0-9é]{0,40}") {
            unescaped(&s);
        }
    }
}
