//! The commands that calculate by groups.

use super::aggregates::{self, Agg};
use super::events::FIELDS;
use super::rng::Rng;
use super::stage::{Stage, set, stage};
use super::value::{Row, Table, Val, texts};
use std::collections::BTreeMap;

/// The groups of a row: one for each combination of the members; none where a field is null.
pub fn groups(r: &Row, by: &[&'static str]) -> Vec<Vec<String>> {
    by.iter().fold(vec![Vec::new()], |all, f| {
        let members = texts(r.get(*f));
        let more =
            |k: Vec<String>| members.iter().map(move |m| [k.clone(), vec![m.clone()]].concat());
        all.into_iter().flat_map(more).collect()
    })
}

pub fn by_clause(rng: &mut Rng) -> (Vec<&'static str>, String) {
    let n = rng.below(3);
    let by = rng.some(&["a", "b", "c", "m{}", "o.x", "e"], n);
    let text = if by.is_empty() { String::new() } else { format!(" BY {}", by.join(" ")) };
    (by, text)
}

pub fn agg_fields(by: &[&'static str]) -> Vec<&'static str> {
    FIELDS.iter().copied().chain(["e"]).filter(|f| !by.contains(f)).collect()
}

pub fn stats(rng: &mut Rng) -> Stage {
    let (by, text) = by_clause(rng);
    let aggs = aggregates::make(rng, &agg_fields(&by));
    stage(format!("stats {}{text}", aggregates::print(&aggs)), move |t| {
        let mut all: BTreeMap<Vec<String>, Vec<&Row>> = BTreeMap::new();
        if by.is_empty() {
            all.insert(Vec::new(), Vec::new());
        }
        for r in &t.rows {
            groups(r, &by).into_iter().for_each(|k| all.entry(k).or_default().push(r));
        }
        let row = |(key, rows): (Vec<String>, Vec<&Row>)| {
            let mut out: Row =
                by.iter().zip(key).map(|(f, k)| ((*f).to_owned(), Val::Text(k))).collect();
            aggs.iter().for_each(|a| set(&mut out, &a.name, a.of(&rows)));
            out
        };
        let columns = by.iter().map(|f| (*f).to_owned()).chain(aggs.iter().map(|a| a.name.clone()));
        Table { columns: Some(columns.collect()), rows: all.into_iter().map(row).collect() }
    })
}

/// Writes the results for the groups of a row into it.
fn write(r: &mut Row, aggs: &[Agg], of_groups: &[Vec<&Row>]) {
    if of_groups.is_empty() {
        return;
    }
    for a in aggs {
        let all = of_groups.iter().filter_map(|rows| a.of(rows)).collect();
        set(r, &a.name, Val::from_members(all));
    }
}

pub fn eventstats(rng: &mut Rng) -> Stage {
    let (by, text) = by_clause(rng);
    let aggs = aggregates::make(rng, &agg_fields(&by));
    stage(format!("eventstats {}{text}", aggregates::print(&aggs)), move |t| {
        let mut of: BTreeMap<Vec<String>, Vec<&Row>> = BTreeMap::new();
        for o in &t.rows {
            groups(o, &by).into_iter().for_each(|k| of.entry(k).or_default().push(o));
        }
        let mut results: BTreeMap<Vec<Vec<String>>, Vec<Option<Val>>> = BTreeMap::new();
        let mut rows = t.rows.clone();
        for r in &mut rows {
            let keys = groups(r, &by);
            if keys.is_empty() {
                continue;
            }
            let all = results.entry(keys.clone()).or_insert_with(|| {
                let one =
                    |a: &Agg| Val::from_members(keys.iter().filter_map(|k| a.of(&of[k])).collect());
                aggs.iter().map(one).collect()
            });
            aggs.iter().zip(all).for_each(|(a, v)| set(r, &a.name, v.clone()));
        }
        Table { rows, columns: None }
    })
}

pub fn streamstats(rng: &mut Rng) -> Stage {
    // what a row of several groups gives in a window no page says
    let n = rng.below(3);
    let mut by = rng.some(&["b", "c", "o.x"], n);
    let several = n > 0 && rng.chance(25);
    if several {
        by[0] = rng.pick(&["m{}", "a{}"]);
    }
    let aggs = aggregates::make(rng, &agg_fields(&by));
    let window = if several { 0 } else { rng.pick(&[0, 0, 1, 2, 3]) };
    // a value that stands twice in BY counts twice, the second time with the first behind it
    let (current, global) = (several || rng.chance(70), rng.chance(60));
    let by_text = if by.is_empty() { String::new() } else { format!(" BY {}", by.join(" ")) };
    let spl = format!(
        "streamstats window={window} current={} global={} {}{by_text}",
        if current { "t" } else { "f" },
        if global { "t" } else { "f" },
        aggregates::print(&aggs)
    );
    stage(spl, move |t| {
        let mut rows = t.rows.clone();
        for (i, r) in rows.iter_mut().enumerate() {
            let keys = groups(r, &by);
            let end = if current { i + 1 } else { i };
            // rows without the BY field count nowhere, not in a window either
            let counted: Vec<&Row> =
                t.rows[..end].iter().filter(|o| !groups(o, &by).is_empty()).collect();
            let last = |v: &[&'_ Row]| if window == 0 { 0 } else { v.len().saturating_sub(window) };
            let from = if global { last(&counted) } else { 0 };
            let of = |(n, k): (usize, &Vec<String>)| {
                let times = |o: &Row| match std::ptr::eq(o, &t.rows[i]) {
                    true => keys[..=n].iter().filter(|other| *other == k).count(),
                    false => groups(o, &by).iter().filter(|other| *other == k).count(),
                };
                let mut mine: Vec<&Row> = counted[from..]
                    .iter()
                    .copied()
                    .flat_map(|o| std::iter::repeat_n(o, times(o)))
                    .collect();
                if !current {
                    let own = keys[..n].iter().filter(|other| *other == k).count();
                    mine.extend(std::iter::repeat_n(&t.rows[i], own));
                }
                let from = if global { 0 } else { last(&mine) };
                mine[from..].to_vec()
            };
            let of_groups: Vec<Vec<&Row>> = keys.iter().enumerate().map(of).collect();
            write(r, &aggs, &of_groups);
        }
        Table { rows, columns: None }
    })
}
