//! `anomalydetection`: rows whose values are rare together.

use super::held::Held;
use super::outlier::{covers, percentile, planned, with_names};
use super::{Class, CommandSpec, Flow, Give, Names, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::anomalydetection::{Action, Method};
use smol_str::SmolStr;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "anomalydetection",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Finds rows whose values are rare together.",
        syntax: "anomalydetection [method=histogram|iqr] [action=filter|annotate|summary] \
                 [pthresh=<num>] [cutoff=<bool>] [<field-list>]",
        details: "The probability of a row is the product of the frequencies of its values: of a \
                  text, how many of all rows have it; of a field with numbers only, how many of \
                  all rows are in its bin of a histogram. A row is an anomaly below pthresh; \
                  without it, where the logarithm is below the first quartile of all logarithms \
                  - 1.5 * their interquartile range. filter, the default, gives the anomalies, \
                  annotate all rows with log_event_prob and max_freq, and those that are anomalies \
                  with probable_cause and probable_cause_freq; summary gives one row of statistics. \
                  How Splunk cuts the bins, and lowers the threshold with cutoff=true, is not \
                  documented: bins are as wide as Freedman and Diaconis say, cutoff=true is taken \
                  as false, and a notice tells of either. method=iqr is outlier with its options; \
                  zscore is refused.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/anomalydetection",
        examples: &[CommandExample {
            title: "one of four is rare",
            search: "* | anomalydetection pthresh=0.3 user | table user probable_cause \
                     probable_cause_freq",
            events: r#"{"user":"ann"}
{"user":"ann"}
{"user":"bob"}
{"user":"ann"}"#,
            rows: r#"{"user":"bob","probable_cause":"user","probable_cause_freq":0.25}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Anomalydetection(a) => Ok(match &a.method {
            Method::Iqr(outlier) => planned(outlier),
            Method::Histogram { action, pthresh, cutoff } => Op::Ordered(Box::new(Detect {
                action: *action,
                pthresh: *pthresh,
                cutoff: cutoff.unwrap_or(true),
                names: (!a.fields.is_empty())
                    .then(|| Arc::new(Names::new(a.fields.iter().map(|f| f.node.as_str())))),
            })),
        }),
        _ => Err(super::wrong_syntax(stage)),
    },
};

const ADDED: [&str; 4] = ["log_event_prob", "max_freq", "probable_cause", "probable_cause_freq"];
/// No value.
const NONE: u32 = u32::MAX;

#[derive(Clone)]
struct Detect {
    action: Action,
    pthresh: Option<f64>,
    cutoff: bool,
    names: Option<Arc<Names>>,
}

impl Operator for Detect {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if self.action == Action::Summary {
            after = FieldSet::default();
        }
        ADDED.iter().for_each(|f| after.remove(f));
        with_names(after, self.names.as_deref())
    }
}

impl Ordered for Detect {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: self.clone(),
            held: Held::new(),
            fields: IndexMap::default(),
            rows: 0,
        })
    }
}

/// The values of a field.
#[derive(Default)]
struct Seen {
    /// How many rows have each.
    values: IndexMap<SmolStr, u64, foldhash::fast::FixedState>,
    /// The number of each row's value.
    rows: Vec<u32>,
}

impl Seen {
    /// The part of all rows that has each value, or is in its bin; and whether there are bins.
    fn frequencies(&self, rows: usize) -> (Vec<f64>, bool) {
        let all = rows as f64;
        let parsed: Option<Vec<(f64, u64)>> = (self.values.iter())
            .map(|(v, n)| sepal_data::number::parse(v).filter(|x| x.is_finite()).map(|x| (x, *n)))
            .collect();
        let Some(numbers) = parsed.filter(|n| !n.is_empty()) else {
            return (self.values.values().map(|n| *n as f64 / all).collect(), false);
        };
        let bins = bins(&numbers);
        let mut sizes: IndexMap<u64, u64, foldhash::fast::FixedState> = IndexMap::default();
        for (bin, (_, n)) in bins.iter().zip(&numbers) {
            *sizes.entry(*bin).or_default() += n;
        }
        let size = |bin: &u64| sizes.get(bin).copied().unwrap_or_default() as f64 / all;
        (bins.iter().map(size).collect(), true)
    }
}

/// The bin of each number. As wide as Freedman and Diaconis say: 2 * IQR / cbrt(n); where the IQR
/// is 0, as many as Sturges says.
fn bins(numbers: &[(f64, u64)]) -> Vec<u64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let count: u64 = sorted.iter().map(|n| n.1).sum();
    // the number at a place among all, without writing each as often as it comes
    let at = |place: u64| {
        let mut before = 0;
        let found = sorted.iter().find(|(_, n)| {
            before += n;
            before > place
        });
        found.map_or(0.0, |n| n.0)
    };
    let quartile = |quarters: u64| {
        let place = quarters * (count - 1);
        let (low, part) = (place / 4, (place % 4) as f64 / 4.0);
        at(low) * (1.0 - part) + at((low + 1).min(count - 1)) * part
    };
    let (min, max) = (at(0), at(count - 1));
    let span = max - min;
    let mut width = 2.0 * (quartile(3) - quartile(1)) / (count as f64).cbrt();
    if width.is_nan() || width <= 0.0 {
        width = span / ((count as f64).log2().ceil() + 1.0);
    }
    // the largest number is in the last bin
    let last = (span / width).ceil() - 1.0;
    let bin = |n: &(f64, u64)| ((n.0 - min) / width).floor().min(last).max(0.0) as u64;
    numbers.iter().map(bin).collect()
}

struct Run {
    plan: Detect,
    held: Held,
    fields: IndexMap<FieldName, Seen, foldhash::fast::FixedState>,
    rows: usize,
}

/// What is known of a row.
#[derive(Clone, Copy)]
struct Score {
    log: f64,
    max: f64,
    /// The field with the smallest frequency, and that.
    cause: Option<(usize, f64)>,
}

impl Run {
    fn scores(&self, cx: &RunCx) -> Vec<Score> {
        let none = Score { log: 0.0, max: 0.0, cause: None };
        let mut scores = vec![none; self.rows];
        for (i, seen) in self.fields.values().enumerate() {
            let (frequencies, binned) = seen.frequencies(self.rows);
            if binned {
                let text = "`anomalydetection`: how Splunk cuts numbers into bins is not \
                            documented; anomalies by numbers may be others";
                cx.notice("SPL3300", text, true);
            }
            for (score, value) in scores.iter_mut().zip(&seen.rows) {
                let Some(&f) = frequencies.get(*value as usize) else { continue };
                score.log += f.ln();
                score.max = score.max.max(f);
                if score.cause.is_none_or(|(_, least)| f < least) {
                    score.cause = Some((i, f));
                }
            }
        }
        scores
    }

    fn summary(&self, scores: &[Score], logs: &[f64], threshold: f64) -> Batch {
        let mut batch = Batch::with_len(1);
        let mut set = |name: &str, n: f64| batch.set(name, Col::Const(Value::Num(n)));
        set("num_anomalies", scores.iter().filter(|s| s.log < threshold).count() as f64);
        set("thresh", threshold);
        set("max_logprob", logs.last().copied().unwrap_or_default());
        set("min_logprob", logs.first().copied().unwrap_or_default());
        set("1st_quartile", percentile(logs, 25.0).unwrap_or_default());
        set("3rd_quartile", percentile(logs, 75.0).unwrap_or_default());
        batch
    }
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        cx.check_stop()?;
        for (name, col) in &batch.cols {
            if !covers(self.plan.names.as_deref(), name) || col.is_all_null() {
                continue;
            }
            let seen = self.fields.entry(name.clone()).or_default();
            seen.rows.resize(self.rows, NONE);
            for row in 0..batch.len {
                let value = col.get(row);
                if value.is_null() {
                    seen.rows.push(NONE);
                    continue;
                }
                let entry = seen.values.entry(value.to_smol());
                seen.rows.push(u32::try_from(entry.index()).unwrap_or(NONE));
                *entry.or_default() += 1;
            }
        }
        self.rows += batch.len;
        if self.plan.action != Action::Summary {
            self.held.push(batch, cx)?;
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        if self.rows == 0 {
            return Ok(());
        }
        let scores = self.scores(cx);
        let mut logs: Vec<f64> = scores.iter().map(|s| s.log).collect();
        logs.sort_unstable_by(f64::total_cmp);
        let threshold = match self.plan.pthresh {
            Some(p) => p.ln(),
            None => {
                if self.plan.cutoff {
                    let text = "`anomalydetection`: what Splunk does with cutoff=true is not \
                                documented; it would find fewer anomalies. cutoff=false and \
                                pthresh= are as documented";
                    cx.notice("SPL3301", text, true);
                }
                let quartile = |p| percentile(&logs, p).unwrap_or_default();
                let (low, high) = (quartile(25.0), quartile(75.0));
                low - 1.5 * (high - low)
            }
        };
        if self.plan.action == Action::Summary {
            give(self.summary(&scores, &logs, threshold))?;
            return Ok(());
        }
        let fields: Vec<Value> = self.fields.keys().map(|n| Value::Text(n.clone())).collect();
        let filter = self.plan.action == Action::Filter;
        let mut left = scores.as_slice();
        self.held.drain(cx, None, &mut |mut batch| {
            let (here, after) = left.split_at_checked(batch.len).unwrap_or((left, &[]));
            left = after;
            let keep: Vec<bool> = here.iter().map(|s| !filter || s.log < threshold).collect();
            let mut set = |name: &str, one: &dyn Fn(&Score) -> Option<Value>| {
                let values = here.iter().map(|s| one(s).unwrap_or_default()).collect();
                batch.set(name, Col::Values(values));
            };
            let cause = |s: &Score| s.cause.filter(|_| s.log < threshold);
            let [log, max, by, frequency] = ADDED;
            set(log, &|s| Some(Value::Num(s.log)));
            set(max, &|s| s.cause.map(|_| Value::Num(s.max)));
            set(by, &|s| cause(s).and_then(|(i, _)| fields.get(i).cloned()));
            set(frequency, &|s| cause(s).map(|(_, f)| Value::Num(f)));
            batch.retain(&keep);
            give(batch)
        })
    }
}
