//! `geostats`: aggregates over bins of a map, at several levels of zoom.

mod table;

use super::{Class, CommandSpec, Op, Operator, Partial, PartialRun, stats};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, Span, Spanned};
use sepal_parser::commands::Command;
use sepal_parser::commands::stats::{Aggregate, AggregateArgument, Stats};
use std::sync::Arc;
use table::Table;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "geostats",
    aliases: &[],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Aggregates over bins of a map, at several levels of zoom.",
        syntax: "geostats [translatetoxy=<bool>] [latfield=<string>] [longfield=<string>] \
                 [globallimit=<int>] [locallimit=<int>] [outputlatfield=<string>] \
                 [outputlongfield=<string>] [binspanlat=<float> binspanlong=<float>] \
                 [maxzoomlevel=<int>] <stats-func>... [BY <field>]",
        details: "Reads the position from lat and lon (latfield, longfield), degrees; rows without one do \
                  not count. Gives a row for each bin with rows, at each zoom level from 0 to \
                  maxzoomlevel (9): its name in geobin, the mean position of its rows in latitude \
                  and longitude (outputlatfield, outputlongfield), and the aggregates. At level 0 \
                  bins are 22.5 degrees high and 45 wide (binspanlat, binspanlong), at each \
                  further level half of that. BY makes a column for each value of the field; of more than \
                  globallimit values (10; 0 = all) those with the largest sum stay, in each row \
                  the locallimit largest (10; 0 = all), and the sum of the others is OTHER. \
                  translatetoxy=false gives a row for each bin and value instead.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/geostats",
        examples: &[CommandExample {
            title: "events of two cities at two levels of zoom",
            search: "* | geostats maxzoomlevel=1 count",
            events: r#"{"lat":52.5,"lon":13.4}
{"lat":52.5,"lon":13.4}
{"lat":48.1,"lon":11.6}"#,
            rows: r#"{"geobin":"bin_id_zl_0_y_6_x_4","latitude":51.03333,"longitude":12.8,"count":3}
{"geobin":"bin_id_zl_1_y_12_x_8","latitude":51.03333,"longitude":12.8,"count":3}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Geostats(g) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let name = |f: &Option<Field>, or: &str| match f {
            Some(f) => FieldName::new(&f.node),
            None => FieldName::new(or),
        };
        let translate = g.translatetoxy.unwrap_or(true);
        if translate && let Some(second) = g.by.get(1) {
            let d = Diagnostic::error("SPL2469", second.span, "BY of `geostats` takes one field");
            let help = "join several into one with eval, or give translatetoxy=false";
            return Err(vec![d.label("one too many").help(help)]);
        }
        let (lat, long) = (name(&g.latfield, "lat"), name(&g.longfield, "lon"));
        let output = [
            FieldName::new(GEOBIN),
            name(&g.outputlatfield, "latitude"),
            name(&g.outputlongfield, "longitude"),
        ];
        let named = |f: &Field| output.iter().any(|o| *o == f.node);
        let aliases = g.aggregates.iter().filter_map(|a| a.alias.as_ref());
        if let Some(f) = aliases.chain(&g.by).find(|f| named(f)) {
            let message = format!("two columns would be named {}", f.node);
            return Err(vec![Diagnostic::error("SPL2470", f.span, message).label("already taken")]);
        }
        let at = stage.name.span;
        let mut aggregates = g.aggregates.clone();
        aggregates.extend([
            hidden("sum", Some(LAT), SUM_LAT, at),
            hidden("sum", Some(LONG), SUM_LONG, at),
            hidden("count", None, ROWS, at),
        ]);
        let mut by = vec![Spanned::new(GEOBIN.to_owned(), at)];
        by.extend(g.by.iter().cloned());
        let stats = Stats { options: Vec::new(), aggregates, by, dedup_splitvals: None };
        let Op::Partial(inner) = stats::operator(&stats)? else {
            return Err(super::wrong_syntax(stage));
        };
        let limit = |n: &Option<Spanned<u64>>| match n.as_ref().map_or(10, |n| n.node) {
            0 => usize::MAX,
            n => usize::try_from(n).unwrap_or(usize::MAX),
        };
        let table = Table {
            output,
            by: g.by.iter().map(|f| FieldName::new(&f.node)).collect(),
            translate,
            global: limit(&g.globallimit),
            local: limit(&g.locallimit),
        };
        let levels = g.maxzoomlevel.as_ref().map_or(9, |n| n.node);
        Ok(Op::Partial(Box::new(Geostats {
            inner,
            bins: Arc::new(Bins {
                lat,
                long,
                high: g.binspanlat.unwrap_or(22.5),
                wide: g.binspanlong.unwrap_or(45.0),
                levels: i32::try_from(levels).unwrap_or(0),
            }),
            table: Arc::new(table),
        })))
    },
};

const GEOBIN: &str = "geobin";
/// The position, and what it is made of in each group; no field has such a name.
const LAT: &str = "\u{1}lat";
const LONG: &str = "\u{1}long";
const SUM_LAT: &str = "\u{1}sum of lat";
const SUM_LONG: &str = "\u{1}sum of long";
const ROWS: &str = "\u{1}rows";

fn hidden(function: &str, field: Option<&str>, name: &str, at: Span) -> Aggregate {
    Aggregate {
        function: Spanned::new(function.to_owned(), at),
        percentile: None,
        argument: match field {
            Some(f) => AggregateArgument::Field(Spanned::new(f.to_owned(), at)),
            None => AggregateArgument::None,
        },
        alias: Some(Spanned::new(name.to_owned(), at)),
        text: name.to_owned(),
        span: at,
    }
}

/// Where on the map, and how it is cut up.
struct Bins {
    lat: FieldName,
    long: FieldName,
    /// Degrees at level 0.
    high: f64,
    wide: f64,
    /// The last level.
    levels: i32,
}

impl Bins {
    /// The name of the bin of a position.
    fn name(&self, level: i32, lat: f64, long: f64) -> Value {
        let times = f64::from(2_i32.saturating_pow(level.unsigned_abs()));
        let place = |degrees: f64, whole: f64, span: f64| {
            let last = (2.0 * whole / span * times).ceil() - 1.0;
            ((degrees + whole) / span * times).floor().clamp(0.0, last.max(0.0)) as u64
        };
        let (y, x) = (place(lat, 90.0, self.high), place(long, 180.0, self.wide));
        Value::from(format!("bin_id_zl_{level}_y_{y}_x_{x}"))
    }
}

struct Geostats {
    inner: Box<dyn Partial>,
    bins: Arc<Bins>,
    table: Arc<Table>,
}

impl Operator for Geostats {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let mut set = self.inner.needed(after);
        for made in [GEOBIN, LAT, LONG] {
            set.remove(made);
        }
        set.insert(&self.bins.lat);
        set.insert(&self.bins.long);
        set
    }
    fn describe(&self) -> String {
        format!("{} levels of zoom", self.bins.levels + 1)
    }
}

impl Partial for Geostats {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(Run {
            inner: self.inner.start(),
            bins: Arc::clone(&self.bins),
            table: Arc::clone(&self.table),
        })
    }
    fn needs_order(&self) -> bool {
        self.inner.needs_order()
    }
}

struct Run {
    inner: Box<dyn PartialRun>,
    bins: Arc<Bins>,
    table: Arc<Table>,
}

impl PartialRun for Run {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let degrees = |field: &FieldName, row: usize, most: f64| {
            batch.get(field, row).number().filter(|n| n.abs() <= most)
        };
        let (mut rows, mut positions) = (Vec::new(), Vec::new());
        for row in 0..batch.len {
            let lat = degrees(&self.bins.lat, row, 90.0);
            if let (Some(lat), Some(long)) = (lat, degrees(&self.bins.long, row, 180.0)) {
                rows.push(row);
                positions.push((lat, long));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut part = batch.take(&rows);
        let numbers = |of: fn(&(f64, f64)) -> f64| {
            Col::Values(positions.iter().map(|p| Value::Num(of(p))).collect())
        };
        part.set(LAT, numbers(|p| p.0));
        part.set(LONG, numbers(|p| p.1));
        for level in 0..=self.bins.levels {
            let names = positions.iter().map(|(lat, long)| self.bins.name(level, *lat, *long));
            part.set(GEOBIN, Col::Values(names.collect()));
            self.inner.update(&part, cx)?;
        }
        Ok(())
    }

    fn payloads(&mut self, cx: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        self.inner.payloads(cx)
    }

    fn merge(&mut self, payload: &[u8], cx: &RunCx) -> Result<(), RunError> {
        self.inner.merge(payload, cx)
    }

    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let made = self.inner.finish(cx)?;
        Ok(vec![self.table.make(made)?])
    }
}
