//! `outputlookup`: writes the rows into a lookup table.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outputlookup {
    /// The lookup definition, or a CSV file.
    pub table: Spanned<String>,
    /// `append=`: after the table's rows instead of in their place.
    pub append: Option<bool>,
    /// `create_empty=`: an empty file where there are no rows.
    pub create_empty: Option<bool>,
    /// `override_if_empty=`: the table goes where there are no rows.
    pub override_if_empty: Option<bool>,
    /// `max=`: how many rows are written.
    pub max: Option<Spanned<u64>>,
    /// `key_field=`: the field that tells which row of a KV store lookup is replaced.
    pub key_field: Option<Field>,
    /// `allow_updates=`: whether rows of the same key are replaced.
    pub allow_updates: Option<bool>,
    /// `output_format=splunk_mv_csv`: multivalues can be read back.
    pub multivalue: bool,
    /// `createinapp=`, `create_context=` as typed.
    pub options: Vec<super::NamedOption>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Outputlookup> {
    const KNOWN: &[&str] = &[
        "append",
        "create_empty",
        "override_if_empty",
        "max",
        "key_field",
        "allow_updates",
        "createinapp",
        "create_context",
        "output_format",
    ];
    let (i, mut given) = options(i, name, KNOWN)?;
    let Ok((i, table)) = field(i) else {
        let help = "write `outputlookup hosts.csv`";
        return missing(i, "`outputlookup` needs the name of a lookup", help);
    };
    let (i, more) = options(i, name, KNOWN)?;
    given.extend(more);
    let mut output = Outputlookup {
        table,
        append: None,
        create_empty: None,
        override_if_empty: None,
        max: None,
        key_field: None,
        allow_updates: None,
        multivalue: false,
        options: Vec::new(),
    };
    for o in given {
        match o.name.node.as_str() {
            "append" => output.append = Some(o.as_bool()?),
            "create_empty" => output.create_empty = Some(o.as_bool()?),
            "override_if_empty" => output.override_if_empty = Some(o.as_bool()?),
            "max" => output.max = Some(o.as_count()?),
            "key_field" => output.key_field = Some(o.as_field()),
            "allow_updates" => output.allow_updates = Some(o.as_bool()?),
            "output_format" => match o.value.node.as_str() {
                "splunk_sv_csv" => output.multivalue = false,
                "splunk_mv_csv" => output.multivalue = true,
                _ => return Err(o.wrong("splunk_sv_csv or splunk_mv_csv")),
            },
            _ => output.options.push(o),
        }
    }
    Ok((i, output))
}
