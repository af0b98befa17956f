//! Findings by severity, by technique, and by entity.

use super::Hunted;
use crate::args::HuntFormat;
use crate::engine::Results;
use anstyle::{AnsiColor, Color, Effects, Style};
use sepal_content::attack;
use sepal_data::{FieldName, Value};
use sepal_hunt::{Finding, Ready, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// As many detections are named in a cell for reading.
const NAMED: usize = 3;

/// How a cell of a table looks on a terminal.
pub(super) fn paint(column: &str, cell: &str) -> Style {
    let colour = |c: AnsiColor| Style::new().fg_color(Some(Color::Ansi(c)));
    match (column, cell) {
        ("severity", "critical") => colour(AnsiColor::Red).effects(Effects::BOLD),
        ("severity", "high") => colour(AnsiColor::Red),
        ("severity", "medium") => colour(AnsiColor::Yellow),
        ("severity", "low") => colour(AnsiColor::Blue),
        ("severity", "info") => Style::new().effects(Effects::DIMMED),
        _ => Style::new(),
    }
}

/// What found something.
fn found<'h>(hunted: &Hunted<'h>) -> impl Iterator<Item = (&'h Finding, &'h Ready)> {
    let loaded = hunted.loaded;
    let some = hunted.report.findings.iter().filter(|f| f.rows > 0);
    some.filter_map(move |f| Some((f, loaded.ready.get(f.detection)?)))
}

/// The sums over some findings.
#[derive(Default)]
struct Sum<'h> {
    findings: u64,
    rows: u64,
    risk: f64,
    score: f64,
    /// In the order in which they come: by falling score.
    detections: Vec<&'h str>,
    entities: BTreeSet<(&'h str, &'h str)>,
    techniques: BTreeSet<&'h str>,
}

impl<'h> Sum<'h> {
    fn add(&mut self, f: &'h Finding, ready: &'h Ready) {
        self.findings += 1;
        self.rows += f.rows;
        self.score = self.score.max(ready.score().unwrap_or(0.0));
        let name = ready.detection.name.as_str();
        if !self.detections.contains(&name) {
            self.detections.push(name);
        }
        self.techniques.extend(ready.detection.mitre_attack_id.iter().map(String::as_str));
        for e in &f.entities {
            self.entities.insert((&e.kind, &e.value));
            self.risk += e.risk;
        }
    }
}

fn num(n: u64) -> Value {
    Value::Num(n as f64)
}

/// Members for a program, the first ones for people.
fn list<'t>(hunted: &Hunted<'_>, all: impl ExactSizeIterator<Item = &'t str>) -> Value {
    if hunted.args.format == HuntFormat::Csv {
        return Value::from_members(all.map(Value::text_of));
    }
    let count = all.len();
    let mut shown: Vec<String> = all.take(NAMED).map(str::to_owned).collect();
    if count > NAMED {
        shown.push(format!("{} more", count - NAMED));
    }
    Value::text_of(shown.join(", "))
}

fn results(columns: &[&str], rows: Vec<Vec<Value>>) -> Results {
    Results { columns: columns.iter().map(FieldName::new).collect(), rows }
}

/// A row a severity, the gravest first.
pub(super) fn by_severity(hunted: &Hunted<'_>) -> Results {
    let mut sums: BTreeMap<Severity, Sum<'_>> = BTreeMap::new();
    found(hunted).for_each(|(f, r)| sums.entry(r.severity()).or_default().add(f, r));
    let rows = sums.iter().rev().map(|(severity, s)| {
        vec![
            Value::text_of(severity.name()),
            num(s.findings),
            num(s.rows),
            num(s.entities.len() as u64),
            list(hunted, s.techniques.iter().copied()),
            list(hunted, s.detections.iter().copied()),
        ]
    });
    let columns = ["severity", "findings", "rows", "entities", "techniques", "detections"];
    results(&columns, rows.collect())
}

/// A row a technique, in the order of their numbers.
pub(super) fn by_technique(hunted: &Hunted<'_>) -> Results {
    let mut sums: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    for (f, r) in found(hunted) {
        for id in r.detection.mitre_attack_id.iter().collect::<BTreeSet<_>>() {
            sums.entry(id).or_default().add(f, r);
        }
    }
    let rows = sums.into_iter().map(|(id, s)| {
        let known = attack::technique(id);
        let tactics: Vec<&str> =
            known.map(|t| t.tactics.iter().map(|t| t.name).collect()).unwrap_or_default();
        vec![
            Value::text_of(id),
            Value::text_of(known.map(attack::Technique::full_name).unwrap_or_default()),
            list(hunted, tactics.into_iter()),
            num(s.findings),
            num(s.rows),
            Value::Num(s.score),
            list(hunted, s.detections.iter().copied()),
        ]
    });
    let columns = ["technique", "name", "tactics", "findings", "rows", "score", "detections"];
    results(&columns, rows.collect())
}

/// A row an entity, the highest risk first.
pub(super) fn by_entity(hunted: &Hunted<'_>) -> Results {
    let mut sums: HashMap<(&str, &str), Sum<'_>> = HashMap::new();
    for (f, r) in found(hunted) {
        for e in &f.entities {
            let sum = sums.entry((&e.kind, &e.value)).or_default();
            let (rows, risk) = (sum.rows, sum.risk);
            sum.add(f, r);
            // its own, not those of the whole finding
            (sum.rows, sum.risk) = (rows + e.rows, risk + e.risk);
        }
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|(a, x), (b, y)| y.risk.total_cmp(&x.risk).then_with(|| a.cmp(b)));
    let rows = sums.into_iter().map(|((kind, value), s)| {
        vec![
            Value::text_of(value),
            Value::text_of(kind),
            Value::Num(s.risk),
            num(s.findings),
            num(s.rows),
            list(hunted, s.techniques.iter().copied()),
            list(hunted, s.detections.iter().copied()),
        ]
    });
    let columns = ["entity", "type", "risk", "findings", "rows", "techniques", "detections"];
    results(&columns, rows.collect())
}
