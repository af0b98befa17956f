//! `iplocation`: where an IP address is.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::Lookups;
use crate::run_cx::{RunCx, RunError};
use maxminddb::Reader;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::ast::Span;
use sepal_parser::commands::Command;
use serde_json::Value as Json;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "iplocation",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds where an IP address is, from a MaxMind database.",
        syntax: "iplocation [prefix=<string>] [allfields=<bool>] [lang=<string>] <ip-address-fieldname>",
        details: "The database is the file with the ending .mmdb in a folder of --lookups, such as \
                  GeoLite2-City.mmdb of MaxMind; without one the search fails once an address is \
                  looked up. City, Country, Region, lat and lon are added, with allfields=true \
                  Continent, MetroCode and Timezone too, each with the prefix. What the database \
                  does not know of an address that it has is empty. An address that it does not \
                  have, such as an internal one, adds nothing. Of a subnet the first address \
                  counts. Names are in the language lang, or English where there are none.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/9.4/search-commands/iplocation",
        examples: &[CommandExample {
            title: "rows without an address stay as they are",
            search: r#"| makeresults | eval user="ann" | iplocation src | table user"#,
            events: "",
            rows: r#"{"user":"ann"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Iplocation(l) => {
            let prefix = l.prefix.as_ref().map_or("", |p| p.node.as_str());
            let all = l.allfields.unwrap_or(false);
            let kinds = KINDS.iter().filter(|k| all || !k.only_all);
            Ok(Op::Streaming(Box::new(Iplocation {
                field: FieldName::new(&l.field.node),
                fields: kinds
                    .map(|k| (FieldName::from(format!("{prefix}{}", k.name)), k))
                    .collect(),
                lang: l.lang.as_ref().map_or("en", |l| l.node.as_str()).to_owned(),
                lookups: cx.lookups(&stage.name).ok(),
                span: stage.span,
                reader: OnceLock::new(),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// A field that is added.
struct Kind {
    name: &'static str,
    /// The path in MaxMind's record; `names` at its end has a text for each language.
    path: &'static str,
    /// Only with allfields=true.
    only_all: bool,
}

const fn kind(name: &'static str, path: &'static str, only_all: bool) -> Kind {
    Kind { name, path, only_all }
}

static KINDS: [Kind; 8] = [
    kind("City", "/city/names", false),
    kind("Continent", "/continent/names", true),
    kind("Country", "/country/names", false),
    kind("MetroCode", "/location/metro_code", true),
    kind("Region", "/subdivisions/0/names", false),
    kind("Timezone", "/location/time_zone", true),
    kind("lat", "/location/latitude", false),
    kind("lon", "/location/longitude", false),
];

struct Iplocation {
    field: FieldName,
    fields: Vec<(FieldName, &'static Kind)>,
    lang: String,
    lookups: Option<Arc<dyn Lookups>>,
    span: Span,
    /// Opened by the first address.
    reader: OnceLock<Result<Reader<Vec<u8>>, RunError>>,
}

impl Operator for Iplocation {
    // a row whose address is not known keeps its fields
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

impl Iplocation {
    fn failed(&self, code: &'static str, message: String) -> RunError {
        RunError::Failed { code, message, span: Some(self.span) }
    }

    fn open(&self) -> Result<Reader<Vec<u8>>, RunError> {
        let found = match &self.lookups {
            None => Ok(None),
            Some(lookups) => lookups.locations(),
        };
        match found {
            Err(e) => Err(self.failed("SPL3182", format!("the MaxMind database: {e}"))),
            Ok(None) => Err(self.failed(
                "SPL3181",
                "iplocation needs a MaxMind database: put a file such as GeoLite2-City.mmdb into \
                 a folder of --lookups"
                    .to_owned(),
            )),
            Ok(Some((name, bytes))) => Reader::from_source(bytes)
                .map_err(|e| self.failed("SPL3182", format!("{name}: {e}"))),
        }
    }

    fn record(&self, address: &str) -> Result<Option<Json>, RunError> {
        let address = address.split('/').next().unwrap_or_default().trim();
        let Ok(ip) = address.parse::<IpAddr>() else { return Ok(None) };
        let reader = self.reader.get_or_init(|| self.open()).as_ref().map_err(RunError::clone)?;
        if ip.is_ipv6() && reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let broken = |e| self.failed("SPL3182", format!("the MaxMind database: {e}"));
        reader.lookup(ip).map_err(broken)?.decode().map_err(broken)
    }

    fn value(&self, record: &Json, kind: &Kind) -> Value {
        let found = record.pointer(kind.path).map(|j| match j {
            Json::Object(names) => names.get(&self.lang).or_else(|| names.get("en")).cloned(),
            other => Some(other.clone()),
        });
        match found.flatten() {
            Some(Json::String(s)) => Value::text_of(&s),
            Some(Json::Number(n)) => Value::from(n.to_string()),
            _ => Value::text_of(""),
        }
    }
}

impl Streaming for Iplocation {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let Some(col) = batch.col(&self.field).cloned() else { return Ok(batch) };
        for row in 0..batch.len {
            let mut records = Vec::new();
            for member in col.get(row).members() {
                records.extend(self.record(&member.text())?);
            }
            if records.is_empty() {
                continue;
            }
            for (name, kind) in &self.fields {
                let values: Vec<Value> = records.iter().map(|r| self.value(r, kind)).collect();
                batch.values_mut(name)[row] = Value::from_members(values);
            }
        }
        Ok(batch)
    }
}
