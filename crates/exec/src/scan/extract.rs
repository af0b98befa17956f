mod direct;
mod envelope;
mod plain;
mod source;
mod table;
mod time;
mod xml;

use self::envelope::Envelope;
use self::table::Table;
use self::time::TimeSource;
use super::builder::{Builder, leaf_text, value};
use super::input::{Input, InputData, InputFormat, Meta, ScanCounts};
use super::queue::Looks;
use super::shape::Shape;
use super::worker::ScanSpec;
use crate::knowledge::StampField;
use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use crate::search::{Pred, SearchProgram, probe};
use sepal_data::fieldset::FieldSet;
use sepal_data::json::{self, Flattener, Leaf, PathSet, ScanError, ScanErrorKind, Slots};
use sepal_data::prefilter::Probe;
use sepal_data::text::table::{Cell, Header, RowError};
use sepal_data::time::TimeZone;
use sepal_data::time::fields::TIME_FIELDS;
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use smol_str::SmolStr;
use std::sync::{Arc, LazyLock};
use thiserror::Error;

/// Fields that the scan itself makes, not the event's JSON.
const OWN: [&str; 6] = ["_raw", "_time", "source", "sourcetype", "index", "host"];

/// Rows in a batch where the fields are known, and where all are wanted.
const ROWS: usize = 1024;
const WIDE_ROWS: usize = 128;

/// What is wrong with an event.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Json(#[from] ScanError),
    #[error(transparent)]
    Row(#[from] RowError),
    #[error("an XML event without its beginning or its end")]
    Xml,
}

/// Where the filter finds field number `slot`.
#[derive(Clone, Copy)]
enum At {
    /// In the event's JSON, slot of the filter's paths; in a table's row, field of its filter.
    Path(usize),
    /// The event's text.
    Raw,
    /// Nowhere.
    Missing,
}

/// Turns the events of one input into batches.
pub(super) struct Extractor<'a> {
    spec: &'a ScanSpec<'a>,
    cx: &'a RunCx,
    unit: u32,
    /// The condition that the scan asks of this input.
    program: &'a SearchProgram,
    json: bool,
    /// Windows events as XML.
    xml: bool,
    envelope: Envelope,
    /// The columns of the rows, where the input is a table.
    header: Option<Arc<Header>>,
    cells: Vec<Cell>,
    /// Reads rows whose columns are fields.
    table: Option<Box<Table>>,
    /// What the scan itself asks of each event; the rest is asked of the batch.
    filter: Pred,
    filter_at: Vec<At>,
    filter_paths: Option<Paths>,
    /// Asked of each batch before anything else.
    residual: Pred,
    fetch: Fetch,
    time: TimeSource,
    rule: Option<time::Rule>,
    /// The zone of times that name none.
    zone: TimeZone,
    constants: Vec<(FieldName, Value)>,
    meta: Meta,
    want: FieldSet,
    builder: Builder,
    want_raw: bool,
    want_time: bool,
    direct: Option<direct::Direct>,
    /// Reads the JSON inside of events in an envelope; made for the first of them.
    inner: Option<Box<envelope::Inner>>,
    /// Events that passed the filter, of those it was asked about lately.
    passed: u32,
    asked: u32,
    pub probe: Option<Probe>,
}

struct Paths {
    paths: PathSet,
    slots: Slots,
}

#[allow(clippy::large_enum_variant)] // a few a run, never moved in a loop
enum Fetch {
    /// The wanted fields are known: slot `i` is that of wanted field `i`.
    Exact { paths: Paths },
    /// All fields, or all that match a wildcard.
    All { flattener: Box<Flattener>, leaves: Vec<Leaf> },
    /// None.
    Nothing,
}

fn compile(names: &[String]) -> Result<Paths, RunError> {
    let paths = PathSet::compile(names).map_err(|e| RunError::failed("SPL3012", e.to_string()))?;
    let slots = Slots::new(paths.len());
    Ok(Paths { paths, slots })
}

/// Every event.
static ANY: LazyLock<SearchProgram> = LazyLock::new(SearchProgram::any);

/// The condition on this input's events: a wider one where rules may make its fields. Rows bring
/// stamps of their own.
fn asked<'a>(spec: &'a ScanSpec<'_>, input: &Input, looks: &Looks) -> &'a SearchProgram {
    let Some(wide) = &spec.filter.wide else { return &spec.filter.exact };
    if matches!(input.data, InputData::Kept(..)) {
        // the condition is asked again once the rules have made their fields
        return &ANY;
    }
    let plain = matches!(looks.shape, Shape::Json { .. } | Shape::Text);
    let stamp = |f: StampField| input.default_of(f.name(), looks.recognized.as_deref());
    if !plain || wide.may_hold(stamp) { &wide.program } else { &spec.filter.exact }
}

impl<'a> Extractor<'a> {
    pub fn new(
        spec: &'a ScanSpec<'a>,
        cx: &'a RunCx,
        unit: u32,
        input: &Input,
        looks: &Looks,
    ) -> Result<Extractor<'a>, RunError> {
        let (format, shape) = (&looks.format, &looks.shape);
        let envelope = match shape {
            Shape::Hec => Envelope::Hec,
            Shape::Export => Envelope::Export,
            Shape::Rows => Envelope::Rows,
            Shape::Json { .. } | Shape::Text | Shape::WindowsXml | Shape::Table => Envelope::None,
        };
        let xml = *shape == Shape::WindowsXml;
        let is_table = *shape == Shape::Table;
        let json = *shape != Shape::Text && !xml && !is_table;
        let known = looks.recognized.as_ref().and_then(|r| r.indexing.time.as_ref());
        let rule = input.time.as_ref().or(known);
        let rule = rule.map(|r| time::Rule::new(r)).transpose()?;
        let zone = rule.as_ref().and_then(|r| r.zone.clone());
        let zone = zone.or_else(|| input.time_zone.clone());
        let zone = zone.unwrap_or_else(|| cx.host.time_zone().clone());
        let plain = envelope == Envelope::None;
        let program = asked(spec, input, looks);
        // stamped fields are known before any event is read
        let stamped = |field: &str| -> Option<SmolStr> { input.meta.get(field).cloned() };
        let known = |pred: &Pred| match pred {
            Pred::Field(slot, test) => {
                let name = program.fields.get_index(*slot as usize)?;
                stamped(name).map(|v| test.passes(&v))
            }
            _ => None,
        };
        let whole = program.pred.simplify(&known);
        let on_batch = |p: &Pred| {
            let mut yes = !plain;
            p.leaves(&mut |leaf| match leaf {
                Pred::Named(..) | Pred::Expression(_) => yes = true,
                Pred::Field(slot, _) => {
                    let name = program.fields.get_index(*slot as usize).map(SmolStr::as_str);
                    // a default that an event's own field may replace is settled in the batch
                    yes |= name.is_some_and(|n| n == "_time" || (Meta::FIELDS.contains(&n)));
                }
                _ => {}
            });
            yes
        };
        let (mut now, mut later) = (Vec::new(), Vec::new());
        match whole {
            Pred::And(ps) => {
                ps.into_iter().for_each(|p| if on_batch(&p) { later.push(p) } else { now.push(p) })
            }
            p if on_batch(&p) => later.push(p),
            p => now.push(p),
        }
        let (filter, residual) =
            (Pred::And(now).simplify(&|_| None), Pred::And(later).simplify(&|_| None));

        let mut want = spec.needed.clone();
        residual.leaves(&mut |leaf| match leaf {
            Pred::Field(slot, _) => {
                if let Some(n) = program.fields.get_index(*slot as usize) {
                    want.insert(n);
                }
            }
            Pred::Named(name, _) => want.insert(name.text()),
            Pred::Term(..) => want.insert("_raw"),
            Pred::Expression(_) => want.union(&program.needed()),
            _ => {}
        });

        // the filter's own fields
        let mut names: Vec<String> = Vec::new();
        let mut filter_at = vec![At::Missing; program.fields.len()];
        filter.leaves(&mut |leaf| {
            if let Pred::Field(slot, _) = leaf
                && let Some(name) = program.fields.get_index(*slot as usize)
            {
                filter_at[*slot as usize] = match name.as_str() {
                    "_raw" => At::Raw,
                    _ if !json && !is_table => At::Missing,
                    n => match names.iter().position(|x| x == n) {
                        Some(i) => At::Path(i),
                        None => {
                            names.push(n.to_owned());
                            At::Path(names.len() - 1)
                        }
                    },
                };
            }
        });
        let paths = json && !names.is_empty();
        let filter_paths = if paths { Some(compile(&names)?) } else { None };
        let probe = (spec.options.prefilter && plain && !is_table)
            .then(|| {
                probe(&filter, &|slot| {
                    matches!(filter_at.get(slot as usize), Some(At::Path(_) | At::Raw))
                })
            })
            .filter(|p| !p.is_trivial());

        // the wanted fields
        let exact: Option<Vec<String>> = want.only_exact().map(|names| {
            names
                .iter()
                .filter(|n| {
                    !OWN.contains(&n.as_str())
                        || (Meta::FIELDS.contains(&n.as_str()) && stamped(n).is_none())
                })
                .cloned()
                .collect()
        });
        let want_raw = want.contains("_raw");
        let want_time = want.contains("_time");
        let time_wanted = spec.needs_time || want_time;
        let by_rule = rule.as_ref().and_then(|r| r.field.clone());
        let named = spec.options.time_field.clone().or(by_rule);
        let table = is_table.then(|| Box::new(Table::new(names, named.clone())));
        let time_field = named.clone().or_else(|| match shape {
            Shape::Json { time_field } => time_field.clone(),
            _ => None,
        });
        let mut exact_names = exact.clone().unwrap_or_default();
        let time = match time_field {
            _ if !time_wanted => TimeSource::Unused,
            Some(name) if json => {
                let own = compile(std::slice::from_ref(&name))?;
                let slot = exact.as_ref().map(|_| {
                    exact_names.iter().position(|n| *n == name).unwrap_or_else(|| {
                        exact_names.push(name.clone());
                        exact_names.len() - 1
                    })
                });
                let known = TIME_FIELDS.iter().find(|f| f.name == name);
                TimeSource::Field { name, known, slot, own, leaf: None, named: named.is_some() }
            }
            _ => TimeSource::Text,
        };
        let fields = exact.clone().unwrap_or_default();
        let fetch = match &exact {
            _ if !json || envelope == Envelope::Rows => Fetch::Nothing,
            Some(_) if exact_names.is_empty() => Fetch::Nothing,
            Some(_) => Fetch::Exact { paths: compile(&exact_names)? },
            None => Fetch::All {
                flattener: Box::new(Flattener::with_filter(spec.options.max_fields, want.clone())),
                leaves: Vec::new(),
            },
        };
        let default_sourcetype = match (format.dialect(), json, xml) {
            (Some(dialect), ..) => dialect.sourcetype(),
            (_, true, _) => "_json",
            (_, _, true) => "XmlWinEventLog",
            _ => "text",
        };
        // rows of a result are taken as they are: a field that they lack is one that is not there
        let or = |field: &str, default: &str| {
            let of = || input.default_of(field, looks.recognized.as_deref()).unwrap_or(default);
            stamped(field).or_else(|| (*format != InputFormat::Rows).then(|| of().into()))
        };
        let meta = Meta {
            source: or("source", &input.name),
            sourcetype: or("sourcetype", default_sourcetype),
            index: or("index", "main"),
            host: or("host", "localhost"),
        };
        let constants = Meta::FIELDS
            .iter()
            .filter(|f| want.contains(f))
            .filter_map(|f| Some((FieldName::new_static(f), Value::Text(meta.get(f)?.clone()))))
            .collect();
        Ok(Extractor {
            spec,
            cx,
            unit,
            program,
            json,
            xml,
            envelope,
            header: None,
            cells: Vec::new(),
            table,
            filter,
            filter_at,
            filter_paths,
            residual,
            fetch,
            time,
            rule,
            zone,
            constants,
            meta: input.meta.clone(),
            builder: Builder::new(&fields, want_raw, want_time, spec.sparse),
            want_raw,
            want_time,
            direct: None,
            inner: None,
            want,
            passed: 0,
            asked: 0,
            probe,
        })
    }

    /// Whether no event of this input can match.
    pub fn is_empty(&self) -> bool {
        matches!(self.filter, Pred::False) || matches!(self.residual, Pred::False)
    }

    /// Whether events should be JSON.
    pub fn reads_json(&self) -> bool {
        self.json
    }

    /// How many rows a batch should have.
    fn rows(&self) -> usize {
        if matches!(self.fetch, Fetch::All { .. }) { WIDE_ROWS } else { ROWS }
    }

    /// Whether the batch should be taken now.
    pub fn is_full(&self) -> bool {
        self.builder.len() >= self.rows()
    }

    /// Field names left out because of the cap.
    pub fn dropped_fields(&self) -> u64 {
        let inner = self.inner.as_ref().map_or(0, |i| i.dropped);
        match &self.fetch {
            Fetch::All { flattener, .. } => flattener.dropped_values() + inner,
            _ => inner,
        }
    }

    /// The rows so far, with the fields that are the same in every row.
    pub fn take(&mut self) -> Batch {
        let mut batch = self.builder.take();
        for (name, v) in &self.constants {
            match batch.cols.get_mut(name) {
                None => batch.set(name.clone(), Col::Const(v.clone())),
                // an event's own field fills in only what was not stamped
                Some(_) if self.meta.get(name).is_some() => {
                    batch.set(name.clone(), Col::Const(v.clone()))
                }
                Some(col) => {
                    for cell in col.values_mut(batch.len) {
                        if cell.is_null() {
                            *cell = v.clone();
                        }
                    }
                }
            }
        }
        if !matches!(self.residual, Pred::True) {
            let mask = self.program.mask_with(&self.residual, &batch, self.cx);
            batch.retain(&mask);
        }
        batch
    }

    /// Takes one event in; its row is in the builder if it passed.
    /// With `store`, rows may go there instead (see [`allow_direct`](Self::allow_direct)).
    pub fn event(
        &mut self,
        event: &[u8],
        row: u64,
        counts: &mut ScanCounts,
        store: Option<&mut RowStore>,
    ) -> Result<(), RunError> {
        // blanks around a row may be cells
        let event = if self.header.is_some() { event } else { event.trim_ascii() };
        if event.is_empty() {
            return Ok(());
        }
        counts.events += 1;
        let key = OrderKey { time: OrderKey::NO_TIME, unit: self.unit, row };
        let done = match self.envelope {
            _ if self.table.is_some() => self.table_row(event, key),
            _ if self.header.is_some() => self.result_row(event, key),
            Envelope::None if self.xml => match self.windows(event, key) {
                true => Ok(()),
                false => Err(Fault::Xml),
            },
            Envelope::None => self.plain(event, key).map_err(Fault::from),
            Envelope::Rows => self.row(event, key).map_err(Fault::from),
            Envelope::Hec | Envelope::Export => self.wrapped(event, key).map_err(Fault::from),
        };
        if let Err(e) = done {
            counts.damage(self.unit, row, || e.to_string());
            self.damaged(event, key);
        }
        match (store, &self.direct) {
            (Some(store), Some(direct)) if direct.ready.is_some() => {
                counts.matched += 1;
                self.write(event, store)
            }
            _ => Ok(()),
        }
    }

    /// Takes in the beginning of an event that is too long.
    pub fn cut(&mut self, event: &[u8], row: u64, counts: &mut ScanCounts) -> Result<(), RunError> {
        if !self.json {
            return self.event(event, row, counts, None);
        }
        counts.events += 1;
        let error = ScanError { kind: ScanErrorKind::Unterminated, offset: event.len() };
        counts.damage(self.unit, row, || error.to_string());
        self.damaged(event, OrderKey { time: OrderKey::NO_TIME, unit: self.unit, row });
        Ok(())
    }
}

/// The text of an event; bytes that are not UTF-8 are U+FFFD.
fn text(event: &[u8]) -> Value {
    Value::from(&*json::lossy(event))
}
