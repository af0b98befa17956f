//! Events: JSON written and taken apart by hand, so that numbers keep their text.

use super::rng::Rng;
use super::value::{Row, Val};
use indexmap::IndexMap;

pub enum Json {
    Text(&'static str),
    /// A number, true, false or null, as written.
    Plain(&'static str),
    Array(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

pub struct Event {
    pub time: u32,
    pub body: Vec<(&'static str, Json)>,
}

const TEXTS: &[&str] = &[
    "x",
    "X",
    "y",
    "xy",
    "Xy",
    "",
    "007",
    "1.0",
    "10",
    "1",
    "-3",
    "2.50",
    "a,b",
    "b,a,,b",
    "x y",
    "10.0.0.9",
    "10.0.0.10",
    "true",
    "é",
    "zz top",
    "1e2",
    "abcab",
];
const NUMBERS: &[&str] =
    &["0", "1", "2", "3", "10", "9", "-1", "1.0", "0.5", "2.50", "-2.25", "100", "7", "1e2", "33"];

/// The fields that events may have, as SPL names them.
pub const FIELDS: &[&str] =
    &["a", "b", "c", "n", "m", "o.x", "o.y", "a{}", "m{}", "l{}.id", "l{}.k"];

fn scalar(rng: &mut Rng, numeric: bool) -> Json {
    match rng.below(20) {
        0 => Json::Plain("null"),
        1 => Json::Plain(rng.pick(&["true", "false"])),
        i => {
            if (i < 15) == numeric {
                Json::Plain(rng.pick(NUMBERS))
            } else {
                let few = if rng.chance(60) { 6 } else { TEXTS.len() };
                Json::Text(rng.pick(&TEXTS[..few]))
            }
        }
    }
}

fn array(rng: &mut Rng, numeric: bool) -> Json {
    let len = rng.below(4);
    Json::Array((0..len).map(|_| scalar(rng, numeric)).collect())
}

pub fn event(rng: &mut Rng) -> Event {
    let mut body = Vec::new();
    for (name, numeric) in [("a", false), ("b", false), ("c", true), ("n", true), ("m", true)] {
        if rng.chance(25) {
            continue;
        }
        let multi = match name {
            "m" => 80,
            "a" => 12,
            _ => 0,
        };
        let value = if rng.chance(multi) { array(rng, numeric) } else { scalar(rng, numeric) };
        body.push((name, value));
    }
    if rng.chance(40) {
        let parts = ["x", "y"].into_iter().filter(|_| rng.chance(70)).collect::<Vec<_>>();
        body.push((
            "o",
            Json::Object(parts.into_iter().map(|p| (p, scalar(rng, p == "y"))).collect()),
        ));
    }
    if rng.chance(30) {
        let len = rng.below(3);
        let mut all = Vec::new();
        for _ in 0..len {
            let mut one = vec![("id", scalar(rng, true))];
            if rng.chance(50) {
                one.push(("k", scalar(rng, false)));
            }
            all.push(Json::Object(one));
        }
        body.push(("l", Json::Array(all)));
    }
    Event { time: 1_700_000_000 + rng.below(12) as u32 * 7, body }
}

impl Json {
    fn write(&self, out: &mut String) {
        match self {
            Json::Text(s) => out.push_str(&format!("\"{s}\"")),
            Json::Plain(s) => out.push_str(s),
            Json::Array(all) => {
                out.push('[');
                for (i, one) in all.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    one.write(out);
                }
                out.push(']');
            }
            Json::Object(all) => write_object(all, out),
        }
    }

    fn flatten(&self, name: &str, out: &mut IndexMap<String, Vec<Val>>) {
        match self {
            Json::Text(s) | Json::Plain(s) => {
                out.entry(name.to_owned()).or_default().push(Val::Text((*s).to_owned()));
            }
            Json::Array(all) => {
                all.iter().for_each(|one| one.flatten(&format!("{name}{{}}"), out));
            }
            Json::Object(all) => {
                all.iter().for_each(|(k, one)| one.flatten(&format!("{name}.{k}"), out));
            }
        }
    }
}

/// The fields of some events with their values, as far as conditions name them.
pub fn seen(events: &[Event]) -> Vec<(&'static str, &'static str)> {
    fn add(one: &Json, name: &str, out: &mut Vec<(&'static str, &'static str)>) {
        match one {
            Json::Text(s) | Json::Plain(s) => {
                out.extend(FIELDS.iter().filter(|f| **f == name).map(|f| (*f, *s)));
            }
            Json::Array(all) => all.iter().for_each(|x| add(x, &format!("{name}{{}}"), out)),
            Json::Object(all) => all.iter().for_each(|(k, x)| add(x, &format!("{name}.{k}"), out)),
        }
    }
    let mut out = Vec::new();
    for e in events {
        e.body.iter().for_each(|(k, one)| add(one, k, &mut out));
    }
    out
}

fn write_object(all: &[(&'static str, Json)], out: &mut String) {
    out.push('{');
    for (i, (k, one)) in all.iter().enumerate() {
        out.push_str(&format!("{}\"{k}\":", if i > 0 { "," } else { "" }));
        one.write(out);
    }
    out.push('}');
}

impl Event {
    pub fn line(&self) -> String {
        let mut out = format!("{{\"timestamp\":{}", self.time);
        let mut body = String::new();
        write_object(&self.body, &mut body);
        out.push_str(if self.body.is_empty() { "" } else { "," });
        out.push_str(&body[1..]);
        out
    }

    /// The fields that Splunk makes of it, and those of every event.
    pub fn row(&self) -> Row {
        let mut fields = IndexMap::new();
        self.body.iter().for_each(|(k, one)| one.flatten(k, &mut fields));
        let mut row: Row =
            fields.into_iter().filter_map(|(k, vs)| Some((k, Val::from_members(vs)?))).collect();
        row.insert("_raw".into(), Val::Text(self.line()));
        for name in ["timestamp", "_time"] {
            row.insert(name.into(), Val::Text(self.time.to_string()));
        }
        row
    }
}
