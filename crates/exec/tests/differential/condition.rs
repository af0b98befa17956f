//! The conditions of `search` (semantics 1 to 10).

use super::rng::Rng;
use super::value::{Row, number, texts, wild};

pub enum Cond {
    Test(&'static str, &'static str, &'static str),
    /// A word of `_raw`, or the beginning of one with `*` after it (semantics 16).
    Term(&'static str),
    In(&'static str, Vec<&'static str>),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
}

const FIELDS: &[&str] = &["a", "b", "c", "n", "m{}", "o.x", "a{}", "l{}.id", "m"];
const VALUES: &[&str] = &["x", "X*", "*y", "1", "10", "1.0", "007", "*", "true", "null", "zz"];

const TERMS: &[&str] = &["x", "XY", "y", "xy*", "10", "007", "true", "timestamp", "zz"];

pub fn make(rng: &mut Rng, depth: usize) -> Cond {
    if depth == 0 || rng.chance(35) {
        if rng.chance(8) {
            return Cond::Term(rng.pick(TERMS));
        }
        let f = rng.pick(FIELDS);
        if !rng.seen.is_empty() && rng.chance(60) {
            let (f, v) = rng.pick(&rng.seen.clone());
            return match rng.below(4) {
                0 => Cond::Test(f, "!=", v),
                1 => Cond::In(f, vec![v, rng.pick(VALUES)]),
                2 if number(v).is_some() => Cond::Test(f, rng.pick(&["<=", ">="]), v),
                _ => Cond::Test(f, "=", v),
            };
        }
        return match rng.below(4) {
            0 => Cond::Test(f, "!=", rng.pick(VALUES)),
            1 => {
                Cond::Test(f, rng.pick(&["<", "<=", ">", ">="]), rng.pick(&["1", "2.5", "10", "0"]))
            }
            2 => Cond::In(f, rng.some(VALUES, 3)),
            _ => Cond::Test(f, "=", rng.pick(VALUES)),
        };
    }
    let a = Box::new(make(rng, depth - 1));
    match rng.below(5) {
        0 => Cond::Not(a),
        1 | 2 => Cond::And(a, Box::new(make(rng, depth - 1))),
        _ => Cond::Or(a, Box::new(make(rng, depth - 1))),
    }
}

impl Cond {
    fn level(&self) -> u8 {
        match self {
            Cond::And(..) => 1,
            Cond::Or(..) => 2,
            _ => 3,
        }
    }

    fn at(&self, level: u8) -> String {
        if self.level() >= level { self.print() } else { format!("({})", self.print()) }
    }

    /// OR binds tighter than AND (semantics 1).
    pub fn print(&self) -> String {
        let quoted = |v: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "*.".contains(c);
            if v.is_empty() || !v.chars().all(plain) { format!("\"{v}\"") } else { v.to_owned() }
        };
        match self {
            Cond::Term(w) => (*w).to_owned(),
            Cond::Test(f, op, v) => format!("{f}{op}{}", quoted(v)),
            Cond::In(f, vs) => {
                format!("{f} IN ({})", vs.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(", "))
            }
            Cond::Not(c) => format!("NOT {}", c.at(4)),
            Cond::And(a, b) => format!("{} {}", a.at(1), b.at(2)),
            Cond::Or(a, b) => format!("{} OR {}", a.at(2), b.at(3)),
        }
    }

    pub fn holds(&self, row: &Row) -> bool {
        let equal = |v: &str, p: &str| wild(&p.to_lowercase(), &v.to_lowercase());
        match self {
            Cond::Not(c) => !c.holds(row),
            Cond::Term(w) => texts(row.get("_raw")).iter().any(|raw| {
                let words = raw.split(|c: char| !c.is_alphanumeric());
                words.into_iter().any(|x| equal(x, w))
            }),
            Cond::And(a, b) => a.holds(row) && b.holds(row),
            Cond::Or(a, b) => a.holds(row) || b.holds(row),
            Cond::In(f, ps) => texts(row.get(*f)).iter().any(|v| ps.iter().any(|p| equal(v, p))),
            Cond::Test(f, op, p) => texts(row.get(*f)).iter().any(|v| {
                let order = match (number(v), number(p)) {
                    (Some(x), Some(y)) => x.partial_cmp(&y).unwrap(),
                    _ => v.to_lowercase().as_str().cmp(p),
                };
                match *op {
                    "=" => equal(v, p),
                    "!=" => !equal(v, p),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                }
            }),
        }
    }
}
