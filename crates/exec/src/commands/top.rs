//! `top`: the most common values; shares everything with `rare`.

use super::stats::prestats;
use super::{Class, CommandSpec, Op, Operator, Partial, PartialRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::group::{Assigned, GroupOptions, GroupTable};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{Reader, Writer};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Span, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::top::Top as Syntax;
use std::cmp::Ordering;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "top",
    aliases: &["sitop"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Counts the combinations of values of the fields and shows the most common ones.",
        syntax: "top [<N>] [countfield=<string>] [limit=<int>] [otherstr=<string>] \
                 [percentfield=<string>] [showcount=<bool>] [showperc=<bool>] [useother=<bool>] \
                 <field-list> [BY <field-list>]",
        details: "10 rows of each BY group unless a number is given; 0 shows all, up to 50,000. \
                  Rows in which one of the fields is null do not count; a multivalue counts for each \
                  of its values. The largest count comes first, among equal counts the value whose \
                  text is last in order. useother=true adds a row for all values that the limit \
                  leaves out. percent is the share of the group's count.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/top",
        examples: &[CommandExample {
            title: "the most common code, and the rest",
            search: "* | top limit=1 useother=true code",
            events: r#"{"code":200}
{"code":404}
{"code":200}
{"code":500}"#,
            rows: r#"{"code":"200","count":2,"percent":"50.000000"}
{"code":"OTHER","count":2,"percent":"50.000000"}"#,
        }],
    },
    plan: |stage, cx| plan(stage, Which::Top, cx),
};

/// The most rows that come out. Source: the page's "Default maximum number of results".
const MAX_ROWS: usize = 50_000;

/// Which end of the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Top,
    Rare,
}

struct TopPlan {
    which: Which,
    limit: usize,
    /// The BY fields, then the fields.
    columns: Vec<FieldName>,
    by: usize,
    count: Option<FieldName>,
    percent: Option<FieldName>,
    other: Option<Value>,
    /// Whether rows may come that stand for several events: those of `prestats=true`.
    weighted: bool,
}

/// Plans `top` and `rare`.
pub(super) fn plan(stage: &Stage, which: Which, cx: &PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Top(t) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let mut diagnostics = super::refuse_wildcards(stage, &t.fields);
    diagnostics.extend(super::refuse_wildcards(stage, &t.by));
    let (mut count, mut percent) = (("count", stage.name.span), ("percent", stage.name.span));
    let (mut showcount, mut showperc, mut useother, mut otherstr) = (true, true, false, "OTHER");
    for o in &t.options {
        let value = o.value.node.as_str();
        let yes = matches!(value.to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes" | "y");
        match o.name.node.as_str() {
            "countfield" => count = (value, o.value.span),
            "percentfield" => percent = (value, o.value.span),
            "showcount" => showcount = yes,
            "showperc" => showperc = yes,
            "useother" => useother = yes,
            _ => otherstr = value,
        }
    }
    let mut taken: Vec<(&str, Span)> =
        t.by.iter().chain(&t.fields).map(|f| (f.node.as_str(), f.span)).collect();
    taken.extend(showcount.then_some(count));
    taken.extend(showperc.then_some(percent));
    for (i, (name, span)) in taken.iter().enumerate() {
        if taken[..i].iter().any(|(n, _)| n == name) {
            diagnostics.push(
                Diagnostic::error("SPL2017", *span, format!("two columns would be named {name}"))
                    .label("already taken")
                    .help("name the columns of the figures with countfield= and percentfield="),
            );
        }
    }
    let limit = limit(t, which, &mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let plan = TopPlan {
        which,
        limit,
        columns: t.by.iter().chain(&t.fields).map(|f| FieldName::new(&f.node)).collect(),
        by: t.by.len(),
        count: showcount.then(|| FieldName::new(count.0)),
        percent: showperc.then(|| FieldName::new(percent.0)),
        other: useother.then(|| Value::text_of(otherstr)),
        weighted: cx.prestats.is_any(),
    };
    Ok(Op::Partial(Box::new(Top { plan: Arc::new(plan) })))
}

/// Rows shown of each group. `rare` refuses a limit above the maximum, as its page says.
fn limit(t: &Syntax, which: Which, diagnostics: &mut Vec<Diagnostic>) -> usize {
    let Some(n) = &t.limit else { return 10 };
    match usize::try_from(n.node).unwrap_or(usize::MAX) {
        0 => usize::MAX,
        limit if limit > MAX_ROWS && which == Which::Rare => {
            diagnostics.push(
                Diagnostic::error("SPL2104", n.span, "`rare` shows at most 50,000 rows")
                    .label("too large")
                    .help("`limit=0` shows as many as it can"),
            );
            limit
        }
        limit => limit,
    }
}

struct Top {
    plan: Arc<TopPlan>,
}

impl Operator for Top {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let mut set: FieldSet = self.plan.columns.iter().collect();
        if self.plan.weighted {
            set.insert(prestats::COUNT);
        }
        set
    }

    fn describe(&self) -> String {
        let n = match self.plan.limit {
            usize::MAX => "all".to_owned(),
            n => n.to_string(),
        };
        let by = if self.plan.by > 0 { " of each group" } else { "" };
        format!("{n}{by}, counts combinations of {} field(s)", self.plan.columns.len())
    }
}

impl Partial for Top {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(TopRun::new(Arc::clone(&self.plan)))
    }

    fn needs_order(&self) -> bool {
        false
    }
}

/// Counts of all combinations of BY values and values.
struct TopRun {
    plan: Arc<TopPlan>,
    groups: GroupTable,
    counts: Vec<u64>,
    assigned: Assigned,
}

impl TopRun {
    fn new(plan: Arc<TopPlan>) -> TopRun {
        TopRun {
            plan,
            groups: GroupTable::new(),
            counts: Vec::new(),
            assigned: Assigned::default(),
        }
    }

    fn add(&mut self, group: u32, n: u64) {
        let at = group as usize;
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] = self.counts[at].saturating_add(n);
    }
}

/// A combination of values and its count.
struct Entry {
    key: Vec<Value>,
    count: u64,
}

impl Entry {
    fn compare(&self, other: &Entry, plan: &TopPlan) -> Ordering {
        let order = |a: &[Value], b: &[Value]| {
            let texts = a.iter().zip(b).map(|(a, b)| a.text().cmp(&b.text()));
            texts.fold(Ordering::Equal, Ordering::then)
        };
        let ((by, values), (other_by, other_values)) =
            (self.key.split_at(plan.by), other.key.split_at(plan.by));
        // the page of `top`: of values that are equally common the last in order is shown first
        let rank = self.count.cmp(&other.count).then_with(|| order(values, other_values));
        order(by, other_by).then(match plan.which {
            Which::Top => rank.reverse(),
            Which::Rare => rank,
        })
    }
}

impl PartialRun for TopRun {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let mut assigned = std::mem::take(&mut self.assigned);
        self.groups.assign(batch, &plan.columns, GroupOptions::default(), cx, &mut assigned)?;
        match plan.weighted.then(|| prestats::weights(batch)).flatten() {
            None => assigned.groups.iter().for_each(|g| self.add(*g, 1)),
            Some(weights) => {
                for (group, row) in assigned.groups.iter().zip(&assigned.rows) {
                    self.add(*group, weights.get(*row as usize).copied().unwrap_or(1));
                }
            }
        }
        self.assigned = assigned;
        Ok(())
    }

    fn payloads(&mut self, _: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        let mut w = Writer::new();
        w.uint(self.counts.len() as u64);
        for (group, count) in (0..).zip(&self.counts) {
            w.bytes(self.groups.key_bytes(group));
            w.uint(*count);
        }
        *self = TopRun::new(Arc::clone(&self.plan));
        Ok(vec![(0, w.buf)])
    }

    fn merge(&mut self, payload: &[u8], _: &RunCx) -> Result<(), RunError> {
        let mut r = Reader::new(payload);
        for _ in 0..r.uint()? {
            let group = self.groups.assign_key(r.bytes()?)?;
            let count = r.uint()?;
            self.add(group, count);
        }
        Ok(())
    }

    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let plan = Arc::clone(&self.plan);
        let groups = (0..).zip(&self.counts);
        let mut entries: Vec<Entry> = groups
            .map(|(g, count)| Entry { key: self.groups.key(g).collect(), count: *count })
            .collect();
        entries.sort_by(|a, b| a.compare(b, &plan));
        let mut rows = Rows::default();
        for group in entries.chunk_by(|a, b| a.key[..plan.by] == b.key[..plan.by]) {
            let total = group.iter().fold(0u64, |n, e| n.saturating_add(e.count));
            let shown = &group[..group.len().min(plan.limit)];
            for e in shown {
                rows.push(e.key.clone(), e.count, total);
            }
            let rest = shown.iter().fold(total, |n, e| n.saturating_sub(e.count));
            if let (Some(other), Some(first)) = (&plan.other, group.first())
                && rest > 0
            {
                let mut key = first.key.clone();
                key[plan.by..].fill(other.clone());
                rows.push(key, rest, total);
            }
            cx.check_stop()?;
            if rows.keys.len() > MAX_ROWS {
                cx.notice("SPL3100", "top and rare show at most 50,000 rows, as Splunk does", true);
                rows.truncate(MAX_ROWS);
                break;
            }
        }
        *self = TopRun::new(Arc::clone(&plan));
        Ok(vec![rows.into_batch(&plan)])
    }
}

#[derive(Default)]
struct Rows {
    keys: Vec<Vec<Value>>,
    counts: Vec<Value>,
    percents: Vec<Value>,
}

impl Rows {
    fn push(&mut self, key: Vec<Value>, count: u64, total: u64) {
        self.keys.push(key);
        self.counts.push(count.into());
        // Splunk shows six digits after the point
        self.percents.push(format!("{:.6}", count as f64 * 100.0 / total as f64).into());
    }

    fn truncate(&mut self, rows: usize) {
        self.keys.truncate(rows);
        self.counts.truncate(rows);
        self.percents.truncate(rows);
    }

    fn into_batch(self, plan: &TopPlan) -> Batch {
        let mut batch = Batch::with_len(self.keys.len());
        for (i, name) in plan.columns.iter().enumerate() {
            let column = self.keys.iter().map(|k| k.get(i).cloned().unwrap_or_default()).collect();
            batch.set(name.clone(), Col::Values(column));
        }
        let figures = [(&plan.count, self.counts), (&plan.percent, self.percents)];
        for (name, values) in figures {
            if let Some(name) = name {
                batch.set(name.clone(), Col::Values(values));
            }
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::FixedHost;

    #[test]
    fn states_merge_in_any_order() {
        let parsed = sepal_parser::parse("* | top 2 useother=t a by g");
        let Ok(Op::Partial(top)) = plan(&parsed.pipeline.stages[1], Which::Top, &PlanCx::default())
        else {
            panic!("not planned")
        };
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let part = |n: usize| {
            let text = |i: usize| Value::text_of(i.to_string());
            let mut b = Batch::with_len(40);
            b.set("a", Col::Values((0..40).map(|r| text((r * r + n) % 7)).collect()));
            b.set("g", Col::Values((0..40).map(|r| text((r + n) % 3)).collect()));
            b
        };
        let mut whole = top.start();
        (0..6).for_each(|n| whole.update(&part(n), &cx).unwrap());
        let want = whole.finish(&cx).unwrap().swap_remove(0);
        assert_eq!(want.len, 9);
        let mut merged = top.start();
        for n in (0..6).rev() {
            let mut state = top.start();
            state.update(&part(n), &cx).unwrap();
            for (_, payload) in state.payloads(&cx).unwrap() {
                merged.merge(&payload, &cx).unwrap();
            }
        }
        assert_eq!(merged.finish(&cx).unwrap().swap_remove(0).cols, want.cols);
    }
}
