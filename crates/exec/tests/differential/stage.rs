//! The commands: how each is written, and what it does to rows. One function a command.

use super::eval::{V, eval};
use super::grouped::{eventstats, groups, stats, streamstats};
use super::rng::Rng;
use super::value::{Row, Table, Val, texts, wild};
use super::{condition, expr, generate};
use regex::Regex;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub struct Stage {
    pub spl: String,
    pub run: Box<dyn Fn(Table) -> Table>,
}

impl Stage {
    pub fn is_filter(&self) -> bool {
        ["search ", "where ", "regex ", "head ", "tail "].iter().any(|c| self.spl.starts_with(c))
    }
}

pub fn stage(spl: String, run: impl Fn(Table) -> Table + 'static) -> Stage {
    Stage { spl, run: Box::new(run) }
}

/// Keeps rows; columns stay.
fn filter(spl: String, keep: impl Fn(&Row) -> bool + 'static) -> Stage {
    stage(spl, move |mut t| {
        t.rows.retain(&keep);
        t
    })
}

/// Changes rows one by one; where new columns go is not compared.
fn each(spl: String, change: impl Fn(&mut Row) + 'static) -> Stage {
    stage(spl, move |mut t| {
        t.rows.iter_mut().for_each(&change);
        t.columns = None;
        t
    })
}

pub fn set(row: &mut Row, name: &str, v: Option<Val>) {
    match v {
        Some(v) => drop(row.insert(name.to_owned(), v)),
        None => drop(row.shift_remove(name)),
    }
}

/// Fields of events and what stages make.
const NAMES: &[&str] =
    &["a", "b", "c", "n", "m", "o.x", "o.y", "a{}", "m{}", "l{}.id", "e", "count", "r0"];

type Make = fn(&mut Rng) -> Stage;
const COMMANDS: &[Make] = &[
    search,
    where_,
    eval_,
    eval_,
    fields,
    table,
    rename,
    fillnull,
    stats,
    stats,
    eventstats,
    streamstats,
    sort,
    sort,
    head,
    reverse,
    dedup,
    top,
    mvexpand,
    makemv,
    nomv,
    bin,
    regex,
    rex,
    addtotals,
    append,
    rename_wild,
    transpose,
    untimed,
];

pub fn make(rng: &mut Rng) -> Stage {
    rng.pick(COMMANDS)(rng)
}

fn search(rng: &mut Rng) -> Stage {
    let c = condition::make(rng, 3);
    filter(format!("search {}", c.print()), move |r| c.holds(r))
}

fn where_(rng: &mut Rng) -> Stage {
    let e = generate::truth(rng, 3);
    filter(format!("where {}", e.print()), move |r| eval(&e, r) == V::Bool(true))
}

fn eval_(rng: &mut Rng) -> Stage {
    let n = 1 + rng.below(2);
    let names = rng.some(&["e", "a", "b", "n", "o.x"], n);
    let all: Vec<_> = names.into_iter().map(|f| (f, generate::any(rng, 3))).collect();
    let text: Vec<_> =
        all.iter().map(|(f, e)| format!("{}={}", expr::name(f), e.print())).collect();
    each(format!("eval {}", text.join(", ")), move |r| {
        for (f, e) in &all {
            let v = eval(e, r).store();
            set(r, f, v);
        }
    })
}

fn fields(rng: &mut Rng) -> Stage {
    let minus = rng.chance(50);
    let n = 1 + rng.below(4);
    let list = rng.some(&["a", "b", "c", "n", "m*", "o.*", "*{}", "e", "l{}.id"], n);
    let spl = format!("fields {}{}", if minus { "- " } else { "" }, list.join(" "));
    each(spl, move |r| {
        r.retain(|f, _| f.starts_with('_') || list.iter().any(|p| wild(p, f)) != minus);
    })
}

fn table(rng: &mut Rng) -> Stage {
    let n = 1 + rng.below(5);
    let mut list = rng.some(NAMES, n);
    if rng.chance(30) {
        list.push("_time");
    }
    stage(format!("table {}", list.join(" ")), move |mut t| {
        for r in &mut t.rows {
            *r = list.iter().filter_map(|f| Some(((*f).to_owned(), r.get(*f)?.clone()))).collect();
        }
        t.columns = Some(list.iter().map(|f| (*f).to_owned()).collect());
        t
    })
}

fn rename(rng: &mut Rng) -> Stage {
    let from = rng.pick(NAMES);
    let to = rng.pick(&["a", "b", "z", "e", "q.r"]);
    stage(format!("rename {from} AS {to}"), move |mut t| {
        for r in &mut t.rows {
            let v = r.shift_remove(from);
            set(r, to, v);
        }
        t.columns = None;
        t
    })
}

/// Wildcards on both sides keep what they stand for (semantics 48, rename page).
fn rename_wild(rng: &mut Rng) -> Stage {
    let (from, to) =
        rng.pick(&[("*{}", "*_all"), ("o.*", "p_*"), ("l{}.*", "l_*"), ("*.x", "*_x")]);
    let (head, tail) = from.split_once('*').unwrap();
    let (before, after) = to.split_once('*').unwrap();
    stage(format!("rename {from} AS {to}"), move |mut t| {
        let part = |f: &str| {
            let kept = f.strip_prefix(head)?.strip_suffix(tail)?;
            Some(format!("{before}{kept}{after}"))
        };
        for r in &mut t.rows {
            *r = r.drain(..).map(|(f, v)| (part(&f).unwrap_or(f), v)).collect();
        }
        t.columns = None;
        t
    })
}

/// Rows to columns, five unless it says (transpose page).
fn transpose(rng: &mut Rng) -> Stage {
    let mut list = rng.some(&["a", "b", "c", "n", "o.x", "e"], 3);
    list.sort_unstable();
    let n = rng.pick(&[5, 1, 3, 20]);
    let names = list.join(" ");
    let count = if n == 5 { String::new() } else { format!(" {n}") };
    stage(format!("table {names} | fillnull value=none {names} | transpose{count}"), move |t| {
        if t.rows.is_empty() {
            return Table::default();
        }
        let row = |f: &&str| {
            let mut out = Row::from_iter([("column".to_owned(), Val::Text((*f).to_owned()))]);
            for (i, r) in t.rows.iter().take(n).enumerate() {
                let none = Val::Text("none".into());
                out.insert(format!("row {}", i + 1), r.get(*f).cloned().unwrap_or(none));
            }
            out
        };
        Table { rows: list.iter().map(row).collect(), columns: None }
    })
}

/// Some rows without a time.
fn untimed(rng: &mut Rng) -> Stage {
    let f = rng.pick(&["b", "c", "n"]);
    each(format!("eval _time=if(isnull({f}), null(), _time)"), move |r| {
        if !r.contains_key(f) {
            r.shift_remove("_time");
        }
    })
}

fn fillnull(rng: &mut Rng) -> Stage {
    let value = rng.pick(&["0", "none", "x"]);
    let list = if rng.chance(60) { rng.some(NAMES, 2) } else { Vec::new() };
    let option = if value == "0" { String::new() } else { format!("value={value} ") };
    stage(format!("fillnull {option}{}", list.join(" ")), move |mut t| {
        let mut names: BTreeSet<String> = list.iter().map(|f| (*f).to_owned()).collect();
        if list.is_empty() {
            names = t.rows.iter().flat_map(|r| r.keys().cloned()).collect();
        }
        for r in &mut t.rows {
            for f in &names {
                r.entry(f.clone()).or_insert_with(|| Val::Text(value.to_owned()));
            }
        }
        t.columns = None;
        t
    })
}

/// Numbers, then addresses, then text (semantics 47 decides pair by pair; this order is one).
fn compare(a: &str, b: &str, cast: &str) -> Ordering {
    let kind = |s: &str| {
        let number = super::value::number(s.trim()).filter(|_| cast != "str");
        (number, s.parse::<IpAddr>().ok().filter(|_| cast.is_empty()))
    };
    match (kind(a), kind(b)) {
        ((Some(x), _), (Some(y), _)) => x.partial_cmp(&y).unwrap(),
        ((Some(_), _), _) => Ordering::Less,
        (_, (Some(_), _)) => Ordering::Greater,
        ((_, Some(x)), (_, Some(y))) => x.cmp(&y),
        ((_, Some(_)), _) => Ordering::Less,
        (_, (_, Some(_))) => Ordering::Greater,
        _ => a.cmp(b),
    }
}

fn sort(rng: &mut Rng) -> Stage {
    let n = 1 + rng.below(3);
    let keys: Vec<(&str, bool, &str)> = rng
        .some(&["a", "b", "c", "n", "o.x", "e", "count", "_time"], n)
        .into_iter()
        .map(|f| (f, rng.chance(40), rng.pick(&["", "", "num", "str"])))
        .collect();
    let limit = rng.pick(&[0, 0, 3, 1]);
    let one = |(f, down, cast): &(&str, bool, &str)| {
        let f = if cast.is_empty() { (*f).to_owned() } else { format!("{cast}({f})") };
        format!("{}{f}", if *down { "-" } else { "+" })
    };
    let text: Vec<_> = keys.iter().map(one).collect();
    stage(format!("sort {limit} {}", text.join(", ")), move |mut t| {
        t.rows.sort_by(|x, y| {
            for (f, down, cast) in &keys {
                let o = match (x.get(*f), y.get(*f)) {
                    (Some(a), Some(b)) => {
                        let o = compare(&a.texts()[0], &b.texts()[0], cast);
                        if *down { o.reverse() } else { o }
                    }
                    (a, b) => b.is_some().cmp(&a.is_some()),
                };
                if o != Ordering::Equal {
                    return o;
                }
            }
            Ordering::Equal
        });
        if limit > 0 {
            t.rows.truncate(limit);
        }
        t
    })
}

fn head(rng: &mut Rng) -> Stage {
    let n = rng.below(6);
    let tail = rng.chance(40);
    stage(format!("{} {n}", if tail { "tail" } else { "head" }), move |mut t| {
        if tail {
            t.rows.reverse();
        }
        t.rows.truncate(n);
        t
    })
}

fn reverse(_: &mut Rng) -> Stage {
    stage("reverse".into(), |mut t| {
        t.rows.reverse();
        t
    })
}

fn dedup(rng: &mut Rng) -> Stage {
    let n = 1 + rng.below(2);
    let fields = 1 + rng.below(2);
    let by = rng.some(&["a", "b", "c", "n", "m{}", "o.x", "e"], fields);
    let (consecutive, keepempty) = (rng.chance(30), rng.chance(30));
    let mut spl = format!("dedup {n} {}", by.join(" "));
    if consecutive {
        spl += " consecutive=true";
    }
    if keepempty {
        spl += " keepempty=true";
    }
    stage(spl, move |mut t| {
        let mut seen: Vec<Vec<Vec<String>>> = Vec::new();
        t.rows.retain(|r| {
            let key: Vec<Vec<String>> = by.iter().map(|f| texts(r.get(*f))).collect();
            if key.iter().any(Vec::is_empty) {
                if consecutive && keepempty {
                    seen.clear();
                }
                return keepempty;
            }
            if consecutive && seen.last().is_some_and(|k| *k != key) {
                seen.clear();
            }
            seen.push(key.clone());
            seen.iter().filter(|k| **k == key).count() <= n
        });
        t
    })
}

fn top(rng: &mut Rng) -> Stage {
    let rare = rng.chance(50);
    let n = 1 + rng.below(2);
    let mut names = rng.some(&["a", "b", "c", "n", "m{}", "o.x"], n + 1);
    let by: Vec<&str> = if rng.chance(40) { vec![names.remove(0)] } else { Vec::new() };
    names.truncate(n);
    let limit = rng.pick(&[0, 1, 2, 10]);
    let by_text = if by.is_empty() { String::new() } else { format!(" BY {}", by[0]) };
    let spl =
        format!("{} limit={limit} {}{by_text}", if rare { "rare" } else { "top" }, names.join(" "));
    stage(spl, move |t| {
        let mut counts: BTreeMap<Vec<String>, BTreeMap<Vec<String>, usize>> = BTreeMap::new();
        let all = [by.clone(), names.clone()].concat();
        for mut key in t.rows.iter().flat_map(|r| groups(r, &all)) {
            let values = key.split_off(by.len());
            *counts.entry(key).or_default().entry(values).or_default() += 1;
        }
        let mut rows = Vec::new();
        for (key, values) in counts {
            let total: usize = values.values().sum();
            let mut values: Vec<_> = values.into_iter().collect();
            values.sort_by(|(a, x), (b, y)| x.cmp(y).then_with(|| a.cmp(b)));
            if !rare {
                values.reverse();
            }
            values.truncate(if limit == 0 { usize::MAX } else { limit });
            for (v, count) in values {
                let cells = key.iter().cloned().chain(v).map(Val::Text);
                let mut r: Row = all.iter().map(|f| (*f).to_owned()).zip(cells).collect();
                r.insert("count".into(), Val::Num(count as f64));
                let percent = format!("{:.6}", 100.0 * count as f64 / total as f64);
                r.insert("percent".into(), Val::Text(percent));
                rows.push(r);
            }
        }
        let columns = all.iter().copied().chain(["count", "percent"]);
        Table { rows, columns: Some(columns.map(str::to_owned).collect()) }
    })
}

fn mvexpand(rng: &mut Rng) -> Stage {
    let f = rng.pick(&["m{}", "a{}", "e", "a", "l{}.id"]);
    let limit = rng.pick(&[0, 0, 1, 2]);
    stage(format!("mvexpand {f} limit={limit}"), move |mut t| {
        let expand = |r: Row| {
            let members = r.get(f).map(Val::members).unwrap_or_default();
            let n = if limit == 0 { usize::MAX } else { limit };
            members.into_iter().take(n).map(move |m| {
                let mut r = r.clone();
                r.insert(f.to_owned(), m);
                r
            })
        };
        t.rows = t.rows.into_iter().flat_map(expand).collect();
        t
    })
}

fn makemv(rng: &mut Rng) -> Stage {
    let f = rng.pick(&["a", "b", "e"]);
    let (delim, empty) = (rng.pick(&[",", "x", " "]), rng.chance(40));
    let option = if empty { " allowempty=true" } else { "" };
    each(format!("makemv delim=\"{delim}\"{option} {f}"), move |r| {
        let all = texts(r.get(f));
        let parts = all.iter().flat_map(|s| s.split(delim)).filter(|p| empty || !p.is_empty());
        let v = Val::from_members(parts.map(|p| Val::Text(p.to_owned())).collect());
        set(r, f, v);
    })
}

fn nomv(rng: &mut Rng) -> Stage {
    let f = rng.pick(&["a{}", "m{}", "e", "l{}.k"]);
    each(format!("nomv {f}"), move |r| {
        let v = r.get(f).map(|v| Val::Text(v.text()));
        set(r, f, v);
    })
}

fn bin(rng: &mut Rng) -> Stage {
    let (f, span) = (rng.pick(&["n", "c", "m{}", "e"]), rng.pick(&[1, 2, 5, 10]));
    each(format!("bin span={span} {f}"), move |r| {
        let one = |m: Val| match m.number() {
            Some(n) => {
                // plus zero: a range that begins at zero has no sign
                let low = (n / f64::from(span)).floor() * f64::from(span) + 0.0;
                Val::Text(format!("{low}-{}", low + f64::from(span)))
            }
            None => m,
        };
        let all = r.get(f).map(Val::members).unwrap_or_default();
        let v = Val::from_members(all.into_iter().map(one).collect());
        set(r, f, v);
    })
}

fn regex(rng: &mut Rng) -> Stage {
    let (f, not) = (rng.pick(&["a", "b", "n", "m{}", "e"]), rng.chance(40));
    let p = rng.pick(&["x", "^[0-9]+$", "(?i)^X", "^$"]);
    let re = Regex::new(p).unwrap();
    filter(format!("regex {f}{}\"{p}\"", if not { "!=" } else { "=" }), move |r| {
        texts(r.get(f)).iter().any(|s| re.is_match(s)) != not
    })
}

fn rex(rng: &mut Rng) -> Stage {
    let f = rng.pick(&["a", "b", "n", "m{}", "e"]);
    let p = rng.pick(&["(?<e>[0-9])", "(?<e>x)(?<q>y)?", "^(?<a>.)", "(?<b>[a-z]+),(?<e>[a-z]*)"]);
    let max = rng.pick(&[1, 1, 0, 2]);
    let option = if max == 1 { String::new() } else { format!(" max_match={max}") };
    let re = Regex::new(p).unwrap();
    each(format!("rex field={f}{option} \"{p}\""), move |r| {
        let n = if max == 0 { usize::MAX } else { max };
        let all = texts(r.get(f));
        for name in re.capture_names().flatten() {
            let found = all.iter().flat_map(|s| re.captures_iter(s).take(n));
            let found = found.filter_map(|c| Some(Val::Text(c.name(name)?.as_str().to_owned())));
            if let Some(v) = Val::from_members(found.collect()) {
                set(r, name, Some(v));
            }
        }
    })
}

fn addtotals(rng: &mut Rng) -> Stage {
    let list = if rng.chance(70) { rng.some(&["n", "c", "o.y", "e", "m"], 2) } else { Vec::new() };
    each(format!("addtotals {}", list.join(" ")), move |r| {
        let counts =
            |f: &str| if list.is_empty() { !f.starts_with('_') } else { list.contains(&f) };
        let sum = r.iter().filter(|(f, _)| counts(f)).filter_map(|(_, v)| v.number()).sum();
        r.insert("Total".into(), Val::Num(sum));
    })
}

fn append(rng: &mut Rng) -> Stage {
    let v = rng.pick(&["1", "7", "10"]);
    stage(format!("append [| makeresults | eval n={v}, a=\"x\" | fields - _time]"), move |mut t| {
        let n = Val::Num(v.parse().unwrap());
        t.rows.push(Row::from_iter([("n".to_owned(), n), ("a".to_owned(), Val::Text("x".into()))]));
        t.columns = None;
        t
    })
}
