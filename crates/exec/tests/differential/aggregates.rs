//! The functions of stats, over the rows of one group.

use super::rng::Rng;
use super::value::{Row, Val, number};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub struct Agg {
    pub function: &'static str,
    pub field: Option<&'static str>,
    pub name: String,
}

const ALL: &[&str] = &[
    "count", "sum", "avg", "min", "max", "dc", "values", "list", "first", "last", "earliest",
    "latest", "range", "stdev", "median", "mode",
];

pub fn make(rng: &mut Rng, fields: &[&'static str]) -> Vec<Agg> {
    let n = 1 + rng.below(3);
    let mut out: Vec<Agg> = Vec::new();
    for i in 0..n {
        let function = rng.pick(ALL);
        let field = (function != "count" || rng.chance(50)).then(|| rng.pick(fields));
        let name = match field {
            _ if rng.chance(50) => format!("r{i}"),
            Some(f) => format!("{function}({f})"),
            None => "count".to_owned(),
        };
        if out.iter().all(|a| a.name != name) {
            out.push(Agg { function, field, name });
        }
    }
    out
}

pub fn print(all: &[Agg]) -> String {
    let one = |a: &Agg| {
        let call = a.field.map_or("count".to_owned(), |f| format!("{}({f})", a.function));
        if a.name == call { call } else { format!("{call} AS {}", a.name) }
    };
    all.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Numbers before text (semantics 43); of equal numbers the first by text.
fn order(a: &str, b: &str) -> Ordering {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.partial_cmp(&y).unwrap(),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        _ => a.cmp(b),
    }
}

impl Agg {
    pub fn of(&self, rows: &[&Row]) -> Option<Val> {
        let Some(field) = self.field else { return Some(Val::Num(rows.len() as f64)) };
        let having: Vec<&&Row> = rows.iter().filter(|r| r.contains_key(field)).collect();
        let members: Vec<Val> = having.iter().flat_map(|r| r[field].members()).collect();
        let texts: Vec<String> = members.iter().map(Val::text).collect();
        let mut numbers: Vec<f64> = members.iter().filter_map(Val::number).collect();
        let n = numbers.len() as f64;
        let numeric = |x: f64| (n > 0.0).then_some(Val::Num(x));
        let sum: f64 = numbers.iter().sum();
        let distinct: BTreeSet<&String> = texts.iter().collect();
        let all = |of: Vec<String>| Val::from_members(of.into_iter().map(Val::Text).collect());
        let time = |r: &&&Row| r.get("_time").and_then(Val::number);
        match self.function {
            "count" => Some(Val::Num(members.len() as f64)),
            "dc" => Some(Val::Num(distinct.len() as f64)),
            "sum" => numeric(sum),
            "avg" => numeric(sum / n),
            "range" => {
                numbers.sort_by(f64::total_cmp);
                Some(Val::Num(numbers.last()? - numbers.first()?))
            }
            "median" => {
                numbers.sort_by(f64::total_cmp);
                numbers.get(numbers.len() / 2).map(|x| Val::Num(*x))
            }
            "stdev" => {
                let mean = sum / n;
                let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
                numeric(if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 })
            }
            "mode" => {
                let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
                texts.iter().for_each(|t| *counts.entry(t).or_default() += 1);
                let most = *counts.values().max()?;
                counts.iter().find(|(_, c)| **c == most).map(|(t, _)| Val::Text((*t).clone()))
            }
            "min" | "max" => {
                let best = distinct.iter().copied().min_by(|a, b| {
                    let o = order(a, b);
                    (if self.function == "max" { o.reverse() } else { o }).then(a.cmp(b))
                });
                best.map(|t| Val::Text(t.clone()))
            }
            "values" => all(distinct.into_iter().cloned().collect()),
            "list" => all(texts.into_iter().take(100).collect()),
            "first" => members.first().cloned(),
            "last" => members.last().cloned(),
            // newest first: of one time the first seen is the latest, the last seen the earliest
            "earliest" | "latest" => {
                let timed: Vec<_> = having.iter().filter(|r| time(r).is_some()).collect();
                if timed.is_empty() {
                    let row =
                        if self.function == "latest" { having.first() } else { having.last() };
                    return row.map(|r| r[field].members()[0].clone());
                }
                let times = timed.iter().map(|r| time(r).unwrap());
                let best = if self.function == "latest" {
                    let t = times.fold(f64::MIN, f64::max);
                    timed.iter().find(|r| time(r) == Some(t))
                } else {
                    let t = times.fold(f64::MAX, f64::min);
                    timed.iter().rev().find(|r| time(r) == Some(t))
                };
                best.map(|r| r[field].members()[0].clone())
            }
            f => panic!("no aggregate {f}"),
        }
    }
}
