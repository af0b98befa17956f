//! The values of expressions (semantics 2, 9, 23 to 28; eval and where pages).

use super::expr::Expr;
use super::functions;
use super::value::{Row, Val, number, print};

/// Digits that count, and digits after the point (eval page, "Rounding").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prec {
    /// None: does not limit a product.
    pub figures: Option<i32>,
    pub places: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum V {
    Null,
    Bool(bool),
    /// With the precision of the least precise input, if one is limited.
    Num(f64, Option<Prec>),
    /// Of a field: a number where it looks like one.
    Field(String),
    /// Text that is text.
    Str(String),
    Mv(Vec<Val>),
}

fn magnitude(n: f64) -> i32 {
    // the exponent of the shortest decimal writing
    format!("{:e}", n.abs()).split_once('e').unwrap().1.parse().unwrap()
}

fn precision_of(s: &str) -> Option<Prec> {
    let (mantissa, exponent) = s.split_once(['e', 'E']).unwrap_or((s, "0"));
    let (_, part) = mantissa.split_once('.')?;
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let figures = digits.trim_start_matches('0').len() as i32;
    let places = (part.len() as i32 - exponent.parse::<i32>().unwrap()).max(0);
    (figures < 16).then_some(Prec { figures: (figures > 0).then_some(figures), places })
}

fn least(a: Option<i32>, b: Option<i32>) -> Option<i32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn product(n: f64, a: Option<Prec>, b: Option<Prec>) -> Option<Prec> {
    let figures = least(a.and_then(|p| p.figures), b.and_then(|p| p.figures))?;
    if n == 0.0 || !n.is_finite() {
        return None;
    }
    Some(Prec { figures: Some(figures), places: (figures - 1 - magnitude(n)).clamp(0, 30) })
}

fn sum(n: f64, a: Option<Prec>, b: Option<Prec>) -> Option<Prec> {
    let places = least(a.map(|p| p.places), b.map(|p| p.places))?;
    n.is_finite().then(|| of_places(n, places))
}

pub fn of_places(n: f64, places: i32) -> Prec {
    let figures = (n != 0.0).then(|| (places + 1 + magnitude(n)).max(1));
    Prec { figures, places }
}

pub fn print_at(n: f64, p: Prec) -> String {
    if !n.is_finite() || n.abs() >= 1e17 {
        return print(n);
    }
    let s = format!("{n:.*}", p.places as usize);
    match s.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| "0.".contains(c)) => rest.to_owned(),
        _ => s,
    }
}

impl V {
    pub fn of(v: Option<&Val>) -> V {
        match v {
            None => V::Null,
            Some(Val::Text(s)) => V::Field(s.clone()),
            Some(Val::Num(n)) => V::Num(*n, None),
            Some(Val::Mv(ms)) => V::Mv(ms.clone()),
        }
    }

    /// To keep in a field.
    pub fn store(self) -> Option<Val> {
        Some(match self {
            V::Null => return None,
            V::Num(n, None) => Val::Num(n),
            V::Mv(ms) => return Val::from_members(ms),
            other => Val::Text(other.text()?),
        })
    }

    /// Of a single value.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            V::Null | V::Mv(_) => return None,
            V::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
            V::Num(n, None) => print(*n),
            V::Num(n, Some(p)) => print_at(*n, *p),
            V::Field(s) | V::Str(s) => s.clone(),
        })
    }

    /// Of a single value that is or looks like a number.
    pub fn number(&self) -> Option<(f64, Option<Prec>)> {
        match self {
            V::Num(n, p) => Some((*n, *p)),
            V::Field(s) | V::Str(s) => Some((number(s)?, precision_of(s))),
            _ => None,
        }
    }

    pub fn members(&self) -> Vec<Val> {
        self.clone().store().map(|v| v.members()).unwrap_or_default()
    }

    pub fn truth(&self) -> Option<bool> {
        match self {
            V::Bool(b) => Some(*b),
            _ => None,
        }
    }
}

fn of_bool(b: Option<bool>) -> V {
    b.map_or(V::Null, V::Bool)
}

fn math(op: char, a: &V, b: &V) -> V {
    if *a == V::Null || *b == V::Null {
        return V::Null;
    }
    let is_text = |v: &V| matches!(v, V::Field(_) | V::Str(_));
    // quoted text is no number where `+` could join
    let plain = |v: &V| !matches!(v, V::Str(_)) && v.number().is_some();
    if op == '.' || op == '+' && is_text(a) && is_text(b) && !(plain(a) && plain(b)) {
        return match (a.text(), b.text()) {
            (Some(a), Some(b)) => V::Str(a + &b),
            _ => V::Null,
        };
    }
    let (Some((x, px)), Some((y, py))) = (a.number(), b.number()) else { return V::Null };
    match op {
        '+' => V::Num(x + y, sum(x + y, px, py)),
        '-' => V::Num(x - y, sum(x - y, px, py)),
        '*' => V::Num(x * y, product(x * y, px, py)),
        _ if y == 0.0 => V::Null,
        '/' => V::Num(x / y, product(x / y, px, py)),
        _ => V::Num(x % y, sum(x % y, px, py)),
    }
}

fn compare(op: &str, a: &V, b: &V) -> Option<bool> {
    let any = |ms: &[Val], f: &dyn Fn(&V) -> Option<bool>| {
        Some(ms.iter().any(|m| f(&V::of(Some(m))) == Some(true)))
    };
    let order = match (a, b) {
        (V::Null, _) | (_, V::Null) => return None,
        (V::Mv(ms), b) => return any(ms, &|m| compare(op, m, b)),
        (a, V::Mv(ms)) => return any(ms, &|m| compare(op, a, m)),
        (a, b) => match (a.number(), b.number()) {
            (Some((x, _)), Some((y, _))) => x.partial_cmp(&y)?,
            _ => a.text()?.cmp(&b.text()?),
        },
    };
    Some(match op {
        "=" | "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

pub fn eval(e: &Expr, row: &Row) -> V {
    match e {
        Expr::Field(f) => V::of(row.get(f)),
        Expr::Num(s) => V::Num(s.parse().unwrap(), precision_of(s)),
        Expr::Str(s) => V::Str((*s).to_owned()),
        Expr::Neg(e) => match eval(e, row).number() {
            Some((n, p)) => V::Num(-n, p),
            None => V::Null,
        },
        Expr::Math(op, a, b) => math(*op, &eval(a, row), &eval(b, row)),
        Expr::Compare(op, a, b) => of_bool(compare(op, &eval(a, row), &eval(b, row))),
        Expr::Not(e) => of_bool(eval(e, row).truth().map(|b| !b)),
        Expr::Logic(op, a, b) => {
            let (a, b) = (eval(a, row).truth(), eval(b, row).truth());
            of_bool(match (*op, a, b) {
                ("AND", Some(false), _) | ("AND", _, Some(false)) => Some(false),
                ("OR", Some(true), _) | ("OR", _, Some(true)) => Some(true),
                (_, None, _) | (_, _, None) => None,
                ("AND", ..) => Some(true),
                ("OR", ..) => Some(false),
                (_, Some(a), Some(b)) => Some(a != b),
            })
        }
        Expr::In(e, list) => {
            let v = eval(e, row);
            if v == V::Null {
                return V::Null;
            }
            V::Bool(list.iter().any(|x| compare("=", &v, &eval(x, row)) == Some(true)))
        }
        Expr::Like(e, p) => functions::like(&eval(e, row), p),
        Expr::Call(f, args) => {
            let args: Vec<V> = args.iter().map(|a| eval(a, row)).collect();
            functions::call(f, &args)
        }
    }
}
