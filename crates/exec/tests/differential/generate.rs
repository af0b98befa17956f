//! Expressions that chance makes. Each fits where it stands: nothing that planning refuses.

use super::events::FIELDS;
use super::expr::Expr;
use super::rng::Rng;

fn call(f: &'static str, args: Vec<Expr>) -> Expr {
    Expr::Call(f, args)
}

pub fn field(rng: &mut Rng) -> Expr {
    let all = if rng.chance(80) { &FIELDS[..5] } else { FIELDS };
    Expr::Field(if rng.chance(10) { "e".to_owned() } else { rng.pick(all).to_owned() })
}

fn number(rng: &mut Rng) -> Expr {
    Expr::Num(rng.pick(&["0", "1", "2", "10", "3", "0.5", "1.50", "100"]))
}

fn string(rng: &mut Rng) -> Expr {
    Expr::Str(rng.pick(&["x", "X", "y", "xy", "", "10", "1.0", "007", "a,b", "zz"]))
}

/// A number, or null.
pub fn num(rng: &mut Rng, depth: usize) -> Expr {
    if depth == 0 {
        return if rng.chance(70) { field(rng) } else { number(rng) };
    }
    let d = depth - 1;
    match rng.below(9) {
        0..3 => {
            let op = rng.pick(&['+', '-', '*', '/', '%']);
            Expr::Math(op, Box::new(num(rng, d)), Box::new(num(rng, d)))
        }
        3 => Expr::Neg(Box::new(field(rng))),
        4 => call("len", vec![text(rng, d)]),
        5 => call("mvcount", vec![any(rng, d)]),
        6 => {
            let mut args = vec![num(rng, d)];
            if rng.chance(50) {
                args.push(Expr::Num(rng.pick(&["0", "1", "2"])));
            }
            call("round", args)
        }
        7 => call(rng.pick(&["abs", "floor", "ceiling"]), vec![num(rng, d)]),
        _ => call("tonumber", vec![field(rng)]),
    }
}

/// A text, or null.
fn text(rng: &mut Rng, depth: usize) -> Expr {
    if depth == 0 {
        return if rng.chance(70) { field(rng) } else { string(rng) };
    }
    let d = depth - 1;
    match rng.below(6) {
        0 => Expr::Math('.', Box::new(any(rng, d)), Box::new(any(rng, d))),
        1 => call(rng.pick(&["lower", "upper"]), vec![text(rng, d)]),
        2 => {
            let mut args = vec![text(rng, d), Expr::Num(rng.pick(&["1", "2", "3", "0"]))];
            if rng.chance(50) {
                args[1] = Expr::Neg(Box::new(args[1].clone()));
            }
            if rng.chance(50) {
                args.push(Expr::Num(rng.pick(&["0", "1", "2", "9"])));
            }
            call("substr", args)
        }
        3 => {
            let (p, w) =
                rng.pick(&[("x", "-"), ("[0-9]+", "N"), ("(x)(y)?", "<\\2\\1>"), ("^", "s")]);
            call("replace", vec![text(rng, d), Expr::Str(p), Expr::Str(w)])
        }
        4 => call("tostring", vec![if rng.chance(40) { truth(rng, d) } else { any(rng, d) }]),
        _ => Expr::Math('+', Box::new(field(rng)), Box::new(field(rng))),
    }
}

/// What can be stored: no truth value.
pub fn any(rng: &mut Rng, depth: usize) -> Expr {
    if depth == 0 {
        return text(rng, 0);
    }
    let d = depth - 1;
    match rng.below(10) {
        0 => call("if", vec![truth(rng, d), any(rng, d), any(rng, d)]),
        1 => {
            let mut args = vec![truth(rng, d), any(rng, d), truth(rng, d), any(rng, d)];
            if rng.chance(50) {
                args.extend([call("true", vec![]), any(rng, d)]);
            }
            call("case", args)
        }
        2 => call("coalesce", vec![field(rng), any(rng, d), field(rng)]),
        3 => call("mvappend", vec![any(rng, d), any(rng, d)]),
        4 => {
            let mut args = vec![any(rng, d), Expr::Num(rng.pick(&["0", "1", "2"]))];
            if rng.chance(50) {
                args.push(Expr::Neg(Box::new(Expr::Num(rng.pick(&["1", "2"])))));
            }
            call("mvindex", args)
        }
        5 => call("split", vec![text(rng, d), Expr::Str(rng.pick(&[",", "x", " "]))]),
        6 | 7 => num(rng, depth),
        _ => text(rng, depth),
    }
}

/// A truth value, or null.
pub fn truth(rng: &mut Rng, depth: usize) -> Expr {
    let d = depth.saturating_sub(1);
    let below = if depth == 0 { 5 } else { 9 };
    match rng.below(below) {
        0 | 1 => {
            let op = rng.pick(&["=", "==", "!=", "<", "<=", ">", ">="]);
            let other = if rng.chance(50) { string(rng) } else { number(rng) };
            Expr::Compare(op, Box::new(any(rng, d)), Box::new(other))
        }
        2 => {
            let op = rng.pick(&["=", "!=", "<", ">"]);
            Expr::Compare(op, Box::new(field(rng)), Box::new(any(rng, d)))
        }
        3 => match rng.below(4) {
            0 => {
                call("match", vec![text(rng, d), Expr::Str(rng.pick(&["x", "^1", "[0-9]$", "^$"]))])
            }
            1 => call("like", vec![text(rng, d), Expr::Str(rng.pick(&["x%", "_", "%y", "1%0"]))]),
            2 => Expr::Like(Box::new(field(rng)), rng.pick(&["x%", "%"])),
            _ => Expr::In(Box::new(field(rng)), vec![string(rng), number(rng), string(rng)]),
        },
        4 => call(rng.pick(&["isnull", "isnotnull"]), vec![any(rng, d)]),
        5 => Expr::Not(Box::new(truth(rng, d))),
        _ => {
            let op = rng.pick(&["AND", "OR", "XOR"]);
            Expr::Logic(op, Box::new(truth(rng, d)), Box::new(truth(rng, d)))
        }
    }
}
