//! `fields`: keeps or removes fields.

use super::{Class, CommandSpec, Names, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fields",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps (`+`) or removes (`-`) fields; wildcards allowed.",
        syntax: "fields [+|-] <wc-field-list>",
        details: "`_raw` and `_time` are kept unless they are removed by name: `fields - _raw`. A \
                  wildcard does not cover names that begin with `_`, unless it begins with `_` \
                  itself. Columns come in the order of the list.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fields",
        examples: &[CommandExample {
            title: "remove by pattern",
            search: "| makeresults | eval a1=1, a2=2, b=3 | fields - a* _time",
            events: "",
            rows: r#"{"b":3}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Fields(f) => Ok(Op::Streaming(Box::new(Fields {
            remove: f.remove,
            names: Names::new(f.fields.iter().map(|f| f.node.as_str())),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Fields {
    remove: bool,
    names: Names,
}

/// What `fields` without `-` keeps besides what is named.
const ALWAYS: [&str; 2] = ["_raw", "_time"];

impl Operator for Fields {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if self.remove {
            self.names.exact().for_each(|n| after.remove(n));
            return after;
        }
        if let Some(exact) = after.only_exact() {
            let mut kept = FieldSet::new();
            for n in exact.iter().filter(|n| self.keeps(n)) {
                kept.insert(n);
            }
            return kept;
        }
        let mut kept = FieldSet::new();
        self.names.all().for_each(|n| kept.insert(n));
        ALWAYS.iter().filter(|n| after.contains(n)).for_each(|n| kept.insert(n));
        kept
    }
}

impl Fields {
    fn keeps(&self, name: &str) -> bool {
        if self.remove {
            !self.names.covers(name)
        } else {
            self.names.covers(name) || ALWAYS.contains(&name)
        }
    }
}

impl Streaming for Fields {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        batch.cols.retain(|name, _| self.keeps(name));
        if !self.remove {
            // columns come in the order of the list, what is kept anyway stays in front
            let place = |n: &FieldName| self.names.place(n).map_or(0, |p| p + 1);
            let places: Vec<usize> = batch.cols.keys().map(place).collect();
            if !places.is_sorted() {
                let mut cols: Vec<_> =
                    places.into_iter().zip(std::mem::take(&mut batch.cols)).collect();
                cols.sort_by_key(|(place, _)| *place);
                batch.cols = cols.into_iter().map(|(_, col)| col).collect();
            }
        }
        Ok(batch)
    }
}
