//! `stats`: aggregates over groups.

use super::{Class, CommandSpec, Op, Operator, Partial, PartialRun};
use crate::aggregates::{
    self, Aggregate, AggregateSet, Argument, ResolveError, SPARKLINE_OF, Sparkline,
};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::group::{Assigned, GroupOptions, GroupTable};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::{Reader, Writer};
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{ExprKind, Spanned};
use sepal_parser::commands::Command;
use sepal_parser::commands::stats::{Aggregate as Syntax, AggregateArgument, Stats as StatsSyntax};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "stats",
    aliases: &["sistats"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Aggregates over all rows, or over the rows of each combination of BY values.",
        syntax: "stats <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... [BY <field-list>] \
                 [dedup_splitvals=<bool>]",
        details: "Only the BY fields and the aggregates are left. Rows in which a BY field is null \
                  are left out; a multivalue BY field counts for each of its values. Without BY \
                  there is always one row. Rows come sorted by the BY values as text.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
        examples: &[CommandExample {
            title: "count by a field, and where a condition holds",
            search: r#"* | stats count count(eval(code="404")) AS missing BY host"#,
            events: r#"{"host":"b","code":404}
{"host":"a","code":200}
{"host":"b","code":200}"#,
            rows: r#"{"host":"a","count":1,"missing":0}
{"host":"b","count":2,"missing":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Stats(s) => operator(s),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The operator of that syntax.
pub(super) fn operator(s: &StatsSyntax) -> Result<Op, Vec<Diagnostic>> {
    Ok(Op::Partial(Box::new(Stats { plan: Arc::new(StatsPlan::new(s)?) })))
}

/// A planned list of aggregates and BY fields.
pub(crate) struct StatsPlan {
    pub(super) fixed: Vec<Fixed>,
    pub(super) wild: Vec<Wild>,
    pub(super) by: Vec<FieldName>,
    dedup_splitvals: bool,
    pub(super) needs_order: bool,
    allnum: bool,
    fill: Option<Value>,
    /// The columns that hold the keys where they are not the BY fields themselves: their bins.
    pub(super) keys: Vec<FieldName>,
    /// Keeps rows in which a BY field is null, as a group of its own.
    pub(super) keep_null: bool,
    /// Output columns in order: a fixed aggregate, or the place of a wildcard one.
    columns: Vec<Place>,
}

#[derive(Clone, Copy)]
enum Place {
    Fixed(usize),
    Wild(usize),
}

pub(super) struct Fixed {
    pub aggregate: Aggregate,
    pub argument: Arg,
    pub name: FieldName,
}

pub(super) enum Arg {
    None,
    Field(FieldName),
    Eval(Program),
}

/// `sum(*)`, `values(a*) AS b*`: one aggregate for each field that matches.
pub(super) struct Wild {
    pub aggregate: Aggregate,
    pub pattern: Pattern,
    alias: String,
}

impl Wild {
    /// The name of the aggregate of one field.
    pub fn name_of(&self, field: &str) -> FieldName {
        let name = super::wildcard_swap(self.pattern.text(), &self.alias, field);
        FieldName::new(name.unwrap_or_else(|| self.alias.replacen('*', field, 1)))
    }

    /// Whether it takes that field: not the BY fields, and internal ones only if asked for.
    pub fn takes(&self, field: &FieldName, by: &[FieldName]) -> bool {
        self.pattern.is_match(field)
            && !by.contains(field)
            && (!field.starts_with('_') || self.pattern.text().starts_with('_'))
    }
}

/// Functions whose answer depends on the rows' order or time.
const ORDERED: [&str; 8] =
    ["first", "last", "list", "earliest", "latest", "earliest_time", "latest_time", "rate"];

impl StatsPlan {
    pub fn new(s: &StatsSyntax) -> Result<StatsPlan, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut allnum = false;
        for o in &s.options {
            match o.name.node.as_str() {
                "partitions" => {}
                "allnum" => match o.value.node.to_ascii_lowercase().as_str() {
                    "true" | "t" | "1" | "yes" | "y" => allnum = true,
                    "false" | "f" | "0" | "no" | "n" => allnum = false,
                    other => diagnostics.push(
                        Diagnostic::error(
                            "SPL2002",
                            o.value.span,
                            format!("`allnum=` needs true or false, not `{other}`"),
                        )
                        .label("expected true or false"),
                    ),
                },
                other => diagnostics.push(Diagnostic::unsupported(
                    "SPL2014",
                    o.span,
                    format!("stats {other}="),
                )),
            }
        }
        let mut plan = StatsPlan {
            fixed: Vec::new(),
            wild: Vec::new(),
            by: s.by.iter().map(|f| FieldName::new(&f.node)).collect(),
            dedup_splitvals: s.dedup_splitvals.as_ref().is_some_and(|d| d.node),
            needs_order: false,
            allnum,
            fill: None,
            keys: s.by.iter().map(|f| FieldName::new(&f.node)).collect(),
            keep_null: false,
            columns: Vec::new(),
        };
        for f in s.by.iter().filter(|f| f.node.contains('*')) {
            diagnostics.push(
                Diagnostic::error("SPL2015", f.span, "BY takes no wildcards")
                    .label("name the fields"),
            );
        }
        for a in &s.aggregates {
            plan.add(a, &mut diagnostics);
        }
        if diagnostics.is_empty() { Ok(plan) } else { Err(diagnostics) }
    }

    fn add(&mut self, a: &Syntax, diagnostics: &mut Vec<Diagnostic>) {
        if a.function.node != "sparkline" {
            return self.add_one(a, None, diagnostics);
        }
        let (of, step) = match &a.argument {
            AggregateArgument::Sparkline { of, step } => (of.as_deref(), step.as_ref()),
            _ => (None, None),
        };
        let shape = match Sparkline::new(step.map(|s| s.node.as_str())) {
            Ok(shape) => shape,
            Err(why) => {
                let span = step.map_or(a.span, |s| s.span);
                let d = Diagnostic::error("SPL2300", span, "the span of a sparkline is wrong");
                return diagnostics.push(d.label(why));
            }
        };
        let (function, percentile, argument) = match of {
            Some(of) => (of.function.clone(), of.percentile.clone(), of.argument.clone()),
            None => {
                let count = Spanned::new("count".to_owned(), a.function.span);
                (count, None, AggregateArgument::None)
            }
        };
        let spec = aggregates::find(&function.node);
        let wild = matches!(&argument, AggregateArgument::Field(f) if f.node.contains('*'));
        let bare = matches!(argument, AggregateArgument::None)
            && spec.is_some_and(|s| s.argument == Argument::Required);
        if !spec.is_some_and(|s| SPARKLINE_OF.contains(&s.name)) || wild || bare {
            let d = Diagnostic::error("SPL2301", a.span, "a sparkline cannot be made of that");
            let help = format!("it takes one of {}, and one field", SPARKLINE_OF.join(", "));
            return diagnostics.push(d.label("not an aggregate for a sparkline").help(help));
        }
        let of = Syntax { function, percentile, argument, ..a.clone() };
        self.add_one(&of, Some(shape), diagnostics);
    }

    fn add_one(
        &mut self,
        a: &Syntax,
        sparkline: Option<Sparkline>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let has_argument = !matches!(a.argument, AggregateArgument::None);
        // `sum` alone means `sum(*)`
        let all = !has_argument && !matches!(a.function.node.as_str(), "count" | "c");
        let resolved =
            Aggregate::resolve(&a.function.node, a.percentile.as_deref(), has_argument || all);
        let aggregate = match resolved {
            Ok(x) => Aggregate { sparkline, ..x },
            Err(e) => {
                let d = match &e {
                    ResolveError::Unsupported(name) => Diagnostic::unsupported(
                        "SPL1003",
                        a.function.span,
                        format!("stats function {name}"),
                    ),
                    _ => Diagnostic::error("SPL2016", a.function.span, e.to_string()),
                };
                diagnostics.push(match e {
                    ResolveError::Unknown { similar: Some(s), .. } => {
                        d.help(format!("did you mean `{s}`?"))
                    }
                    _ => d,
                });
                return;
            }
        };
        self.needs_order |= ORDERED.contains(&aggregate.spec.name) || sparkline.is_some();
        let alias = a.alias.as_ref().map(|f| f.node.as_str());
        let wild = match &a.argument {
            AggregateArgument::Field(f) if f.node.contains('*') => Some(f.node.as_str()),
            AggregateArgument::None if all => Some("*"),
            _ => None,
        };
        if let Some(pattern) = wild {
            let head = a.text.split('(').next().unwrap_or_default().to_owned();
            let alias = match alias {
                Some(alias) if alias.matches('*').count() == pattern.matches('*').count() => {
                    alias.to_owned()
                }
                Some(_) => {
                    let span = a.alias.as_ref().map_or(a.span, |f| f.span);
                    diagnostics.push(
                        Diagnostic::error(
                            "SPL2012",
                            span,
                            "both names must have the same number of wildcards",
                        )
                        .help("one name for several fields would keep only one of them"),
                    );
                    return;
                }
                None => format!("{head}({pattern})"),
            };
            self.columns.push(Place::Wild(self.wild.len()));
            self.wild.push(Wild { aggregate, pattern: Pattern::case_sensitive(pattern), alias });
            return;
        }
        let argument = match &a.argument {
            AggregateArgument::None => Arg::None,
            AggregateArgument::Field(f) => Arg::Field(FieldName::new(&f.node)),
            AggregateArgument::Sparkline { .. } => {
                diagnostics.push(Diagnostic::unsupported(
                    "SPL1003",
                    a.span,
                    "stats function sparkline",
                ));
                return;
            }
            AggregateArgument::Prefix(p) => {
                diagnostics.push(
                    Diagnostic::error("SPL2016", p.span, "PREFIX() is for tstats only")
                        .label("no field"),
                );
                return;
            }
            AggregateArgument::Eval(e) => match &e.kind {
                ExprKind::Field(f) => Arg::Field(FieldName::new(f)),
                _ => match Program::compile(e) {
                    Ok(p) => Arg::Eval(p),
                    Err(ds) => {
                        diagnostics.extend(ds);
                        return;
                    }
                },
            },
        };
        let name = FieldName::new(alias.unwrap_or(&a.text));
        if self.fixed.iter().any(|f| f.name == name) || self.by.contains(&name) {
            let span = a.alias.as_ref().map_or(a.span, |f| f.span);
            diagnostics.push(
                Diagnostic::error("SPL2017", span, format!("two columns would be named {name}"))
                    .label("already taken")
                    .help("give this one another name with AS"),
            );
            return;
        }
        self.columns.push(Place::Fixed(self.fixed.len()));
        self.fixed.push(Fixed { aggregate, argument, name });
    }

    /// States for these aggregates.
    pub(super) fn start(&self, aggregates: &[Aggregate]) -> AggregateSet {
        match self.allnum {
            true => AggregateSet::all_numbers(aggregates),
            false => AggregateSet::new(aggregates),
        }
    }

    /// How a row's groups are told.
    pub(super) fn group_options(&self) -> GroupOptions {
        GroupOptions {
            dedup_splitvals: self.dedup_splitvals,
            keep_null: self.keep_null || self.fill.is_some(),
        }
    }

    /// The fields that a command needs that writes these aggregates into its rows.
    pub(super) fn needed_beside(&self, mut after: FieldSet) -> FieldSet {
        // with BY a row without group keeps what it has
        if self.by.is_empty() {
            self.fixed.iter().for_each(|f| after.remove(&f.name));
        }
        after.union(&self.needed());
        after
    }

    /// The arguments that are expressions as columns, by the place of their aggregate.
    pub(super) fn computed(&self, batch: &Batch, cx: &RunCx) -> Vec<Option<Col>> {
        let one = |f: &Fixed| match &f.argument {
            Arg::Eval(p) => Some(condition_or_value(p, batch, cx)),
            _ => None,
        };
        self.fixed.iter().map(one).collect()
    }

    /// The fields that the BY clause and the aggregates read.
    pub(super) fn needed(&self) -> FieldSet {
        let mut set = FieldSet::new();
        self.by.iter().for_each(|f| set.insert(f));
        for f in &self.fixed {
            match &f.argument {
                Arg::None => {}
                Arg::Field(n) => set.insert(n),
                Arg::Eval(p) => set = super::with_program(set, p),
            }
        }
        self.wild.iter().for_each(|w| set.insert(w.pattern.text()));
        if self.needs_order {
            set.insert("_time");
        }
        set
    }
}

struct Stats {
    plan: Arc<StatsPlan>,
}

impl Operator for Stats {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.plan.needed()
    }
    fn describe(&self) -> String {
        let fill = if self.plan.fill.is_some() { ", null BY values filled at the end" } else { "" };
        match self.plan.by.len() {
            0 => "one group".to_owned(),
            n => format!("groups by {n} field(s){fill}"),
        }
    }
}

impl Partial for Stats {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(StatsRun::new(Arc::clone(&self.plan)))
    }
    fn needs_order(&self) -> bool {
        self.plan.needs_order
    }
    fn defer_fill(&mut self, fill: &Value) -> bool {
        let counts = self.plan.fixed.iter().all(|f| matches!(f.argument, Arg::None));
        match Arc::get_mut(&mut self.plan) {
            Some(plan) if counts && plan.wild.is_empty() => {
                plan.fill = Some(fill.clone());
                true
            }
            _ => false,
        }
    }
}

pub(super) struct StatsRun {
    plan: Arc<StatsPlan>,
    pub groups: GroupTable,
    set: AggregateSet,
    /// The states of wildcard aggregates, by their place and field.
    wild: IndexMap<(usize, FieldName), AggregateSet>,
    assigned: Assigned,
    seq: u64,
}

impl StatsRun {
    pub fn new(plan: Arc<StatsPlan>) -> StatsRun {
        let aggregates: Vec<Aggregate> = plan.fixed.iter().map(|f| f.aggregate).collect();
        StatsRun {
            set: plan.start(&aggregates),
            plan,
            groups: GroupTable::new(),
            wild: IndexMap::new(),
            assigned: Assigned::default(),
            seq: 0,
        }
    }

    /// The state of a wildcard aggregate for one field.
    fn wild_state<'w>(
        wild: &'w mut IndexMap<(usize, FieldName), AggregateSet>,
        plan: &StatsPlan,
        at: usize,
        field: &FieldName,
    ) -> &'w mut AggregateSet {
        wild.entry((at, field.clone())).or_insert_with(|| plan.start(&[plan.wild[at].aggregate]))
    }

    /// The same states in `len` other groups: group `g` goes to `to[g]`, or is left out. Groups
    /// that nothing goes to are those of no rows.
    pub fn regrouped(&mut self, to: &[Option<u32>], len: u32) -> Result<StatsRun, RunError> {
        let plan = Arc::clone(&self.plan);
        let mut run = StatsRun::new(Arc::clone(&plan));
        for g in 0..len {
            run.groups.assign_key(&g.to_le_bytes())?;
        }
        let before = self.groups.len();
        self.set.resize(before);
        run.set.resize(len as usize);
        for ((at, field), state) in &mut self.wild {
            state.resize(before);
            Self::wild_state(&mut run.wild, &plan, *at, field).resize(len as usize);
        }
        let mut w = Writer::new();
        for (g, to) in (0..).zip(to) {
            let Some(to) = *to else { continue };
            w.buf.clear();
            self.set.encode_group(g, &mut w);
            self.wild.values().for_each(|s| s.encode_group(g, &mut w));
            let mut r = Reader::new(&w.buf);
            run.set.merge_group(to, &mut r)?;
            for state in run.wild.values_mut() {
                state.merge_group(to, &mut r)?;
            }
        }
        Ok(run)
    }

    /// The groups with the deferred fill settled: null is the fill where some row had the field,
    /// else the row goes.
    fn settle(&mut self, fill: &Value, cx: &RunCx) -> Result<(), RunError> {
        let n = self.plan.by.len();
        let mut exists = vec![false; n];
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        for g in 0..count {
            for (e, v) in exists.iter_mut().zip(self.groups.key(g)) {
                *e |= !v.is_null();
            }
        }
        let mut settled = StatsRun::new(Arc::clone(&self.plan));
        let (mut from, mut keys) = (Vec::new(), vec![Vec::new(); n]);
        for g in 0..count {
            let key: Vec<Value> = self.groups.key(g).collect();
            if key.iter().zip(&exists).any(|(v, e)| v.is_null() && !e) {
                continue;
            }
            from.push(g);
            for (col, v) in keys.iter_mut().zip(key) {
                col.push(if v.is_null() { fill.clone() } else { v });
            }
        }
        let mut batch = Batch::with_len(from.len());
        for (name, col) in self.plan.by.iter().zip(keys) {
            batch.set(name.clone(), Col::Values(col));
        }
        let mut assigned = Assigned::default();
        settled.groups.assign(&batch, &self.plan.by, GroupOptions::default(), cx, &mut assigned)?;
        let mut w = Writer::new();
        for (&group, &row) in assigned.groups.iter().zip(&assigned.rows) {
            w.buf.clear();
            self.set.encode_group(from[row as usize], &mut w);
            settled.set.merge_group(group, &mut Reader::new(&w.buf))?;
        }
        *self = settled;
        Ok(())
    }
}

impl PartialRun for StatsRun {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        self.groups.assign(batch, &plan.keys, plan.group_options(), cx, &mut self.assigned)?;
        let (mut order, mut times) = (Vec::new(), Vec::new());
        if batch.order.is_empty() {
            // the rows are in order already: their number is their place
            order = OrderKey::following(self.seq, batch.len);
            self.seq += batch.len as u64;
        }
        if plan.needs_order {
            // the field, not the place: `bin` and `eval` change it
            times = times_of(batch);
        }
        let order = if batch.order.is_empty() { &order } else { &batch.order };
        let made = plan.computed(batch, cx);
        let columns: Vec<Option<&Col>> = plan
            .fixed
            .iter()
            .zip(&made)
            .map(|(f, made)| match &f.argument {
                Arg::None => None,
                Arg::Field(n) => batch.col(n),
                Arg::Eval(_) => made.as_ref(),
            })
            .collect();
        self.set.update(self.groups.len(), &self.assigned, &columns, order, &times, cx)?;
        for (at, w) in plan.wild.iter().enumerate() {
            for (name, col) in &batch.cols {
                if w.takes(name, &plan.by) && !col.is_all_null() {
                    Self::wild_state(&mut self.wild, &plan, at, name).update(
                        self.groups.len(),
                        &self.assigned,
                        &[Some(col)],
                        order,
                        &times,
                        cx,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn payloads(&mut self, _: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let mut w = Writer::new();
        w.uint(self.wild.len() as u64);
        for ((at, field), state) in &mut self.wild {
            state.resize(self.groups.len());
            w.uint(*at as u64);
            w.str(field);
        }
        self.set.resize(self.groups.len());
        w.uint(u64::from(count));
        for g in 0..count {
            w.bytes(self.groups.key_bytes(g));
            self.set.encode_group(g, &mut w);
            self.wild.values().for_each(|s| s.encode_group(g, &mut w));
        }
        *self = StatsRun::new(Arc::clone(&self.plan));
        Ok(vec![(0, w.buf)])
    }

    fn merge(&mut self, payload: &[u8], _: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let mut r = Reader::new(payload);
        let mut wild = Vec::new();
        for _ in 0..r.len()? {
            let at = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let field = FieldName::new(r.str()?);
            if at >= plan.wild.len() {
                return Err(RunError::failed("SPL3015", "a payload belongs to another search"));
            }
            Self::wild_state(&mut self.wild, &plan, at, &field);
            wild.push((at, field));
        }
        for _ in 0..r.uint()? {
            let group = self.groups.assign_key(r.bytes()?)?;
            self.set.merge_group(group, &mut r)?;
            for (at, field) in &wild {
                Self::wild_state(&mut self.wild, &plan, *at, field).merge_group(group, &mut r)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let plan = Arc::clone(&self.plan);
        if let Some(fill) = &plan.fill {
            self.settle(fill, cx)?;
        }
        if plan.by.is_empty() && self.groups.is_empty() {
            self.groups.assign_key(&[])?;
        }
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let mut keys: Vec<(Vec<Value>, u32)> =
            (0..count).map(|g| (self.groups.key(g).collect(), g)).collect();
        keys.sort_by(|(a, _), (b, _)| {
            let texts = |k: &[Value]| k.iter().map(|v| v.to_smol()).collect::<Vec<_>>();
            texts(a).cmp(&texts(b))
        });
        let mut batch = Batch::with_len(keys.len());
        for (i, name) in plan.by.iter().enumerate() {
            batch.set(name.clone(), Col::Values(keys.iter().map(|(k, _)| k[i].clone()).collect()));
        }
        let groups: Vec<u32> = keys.iter().map(|(_, g)| *g).collect();
        for (name, values) in self.results(&groups, cx) {
            if !batch.cols.contains_key(&name) {
                batch.set(name, Col::Values(values));
            }
        }
        Ok(vec![batch])
    }
}

impl StatsRun {
    /// The results of these groups, a column for each aggregate, in the order of the aggregates.
    pub fn results(&mut self, groups: &[u32], cx: &RunCx) -> Vec<(FieldName, Vec<Value>)> {
        let plan = Arc::clone(&self.plan);
        let len = self.groups.len();
        self.set.resize(len);
        self.wild.values_mut().for_each(|s| s.resize(len));
        let mut fixed: Vec<Vec<Value>> = vec![Vec::with_capacity(groups.len()); plan.fixed.len()];
        for g in groups {
            for (col, v) in fixed.iter_mut().zip(self.set.finish_group(*g, cx)) {
                col.push(v);
            }
        }
        let mut wild: BTreeMap<usize, Vec<(FieldName, Vec<Value>)>> = BTreeMap::new();
        for ((at, field), state) in &self.wild {
            let values = groups.iter().flat_map(|g| state.finish_group(*g, cx)).collect();
            wild.entry(*at).or_default().push((plan.wild[*at].name_of(field), values));
        }
        let mut out = Vec::new();
        for place in &plan.columns {
            match place {
                Place::Fixed(i) => {
                    out.push((plan.fixed[*i].name.clone(), std::mem::take(&mut fixed[*i])))
                }
                Place::Wild(at) => {
                    let mut cols = wild.remove(at).unwrap_or_default();
                    cols.sort_by(|a, b| a.0.cmp(&b.0));
                    out.append(&mut cols);
                }
            }
        }
        out
    }
}

/// Each row's `_time` in microseconds.
pub(super) fn times_of(batch: &Batch) -> Vec<i64> {
    let micros = |v: &Value| {
        v.number()
            .and_then(sepal_data::time::Time::from_secs_f64)
            .map_or(OrderKey::NO_TIME, sepal_data::time::Time::as_micros)
    };
    (0..batch.len).map(|r| micros(batch.get("_time", r))).collect()
}

/// The argument `eval(...)` as a column: a condition is 1 where it is true, else null.
fn condition_or_value(p: &Program, batch: &Batch, cx: &RunCx) -> Col {
    use crate::eval::Cell;
    let bound = p.bind(batch);
    Col::Values(
        (0..batch.len)
            .map(|r| match p.eval(&bound, r, cx) {
                Cell::Bool(true) => Value::Num(1.0),
                Cell::Bool(false) => Value::Null,
                cell => cell.into_value(),
            })
            .collect(),
    )
}
