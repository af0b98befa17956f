//! The functions of eval, from their pages.

use super::eval::{V, of_places};
use super::value::Val;
use regex::Regex;

/// `%` is any text, `_` any character.
pub fn like(v: &V, pattern: &str) -> V {
    fn fits(p: &[char], s: &[char]) -> bool {
        match p.split_first() {
            None => s.is_empty(),
            Some(('%', rest)) => (0..=s.len()).any(|i| fits(rest, &s[i..])),
            Some((c, rest)) => {
                s.split_first().is_some_and(|(x, left)| (*c == '_' || c == x) && fits(rest, left))
            }
        }
    }
    let pattern: Vec<char> = pattern.chars().collect();
    if *v == V::Null {
        return V::Null;
    }
    V::Bool(v.members().iter().any(|m| fits(&pattern, &m.text().chars().collect::<Vec<_>>())))
}

/// Half away from zero in the decimal writing.
fn round(n: f64, places: usize) -> f64 {
    let text = format!("{}", n.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() <= places {
        return n;
    }
    let up = part.as_bytes()[places] >= b'5';
    let digits: u128 = format!("{whole}{}", &part[..places]).parse().unwrap();
    let digits = (digits + u128::from(up)).to_string();
    let r: f64 = format!("{digits}e-{places}").parse().unwrap();
    if n < 0.0 { -r } else { r }
}

/// As SQLite's: from 1, negative from the end.
fn substr(s: &str, start: i64, len: Option<i64>) -> String {
    let chars: Vec<char> = s.chars().collect();
    let n = chars.len() as i64;
    let first = if start > 0 {
        start - 1
    } else if start < 0 {
        n + start
    } else {
        -1
    };
    // place 0 stands before the first character, places before it count too
    let end = len.map_or(n, |l| first + l).clamp(0, n);
    let first = first.clamp(0, n);
    if end <= first { String::new() } else { chars[first as usize..end as usize].iter().collect() }
}

fn int(v: &V) -> Option<i64> {
    v.number().map(|(n, _)| n as i64)
}

fn strings(s: Vec<String>) -> V {
    let ms: Vec<Val> = s.into_iter().map(Val::Text).collect();
    if ms.len() > 1 { V::Mv(ms) } else { V::Str(ms[0].text()) }
}

fn to_text(v: &V, f: impl Fn(&str) -> String) -> V {
    match v {
        V::Mv(ms) => V::Mv(ms.iter().map(|m| Val::Text(f(&m.text()))).collect()),
        one => one.text().map_or(V::Null, |s| V::Str(f(&s))),
    }
}

fn split(s: &str, by: &str) -> Vec<String> {
    s.split(by).map(str::to_owned).collect()
}

pub fn call(f: &str, args: &[V]) -> V {
    let text = |i: usize| args.get(i).and_then(V::text);
    let num = |i: usize| args.get(i).and_then(V::number);
    let try_call = || -> Option<V> {
        Some(match f {
            "if" => args[if args[0].truth() == Some(true) { 1 } else { 2 }].clone(),
            "case" => args.chunks(2).find(|c| c[0].truth() == Some(true))?[1].clone(),
            "true" => V::Bool(true),
            "null" => V::Null,
            "coalesce" => args.iter().find(|a| **a != V::Null)?.clone(),
            "isnull" => V::Bool(args[0] == V::Null),
            "isnotnull" => V::Bool(args[0] != V::Null),
            "len" => V::Num(text(0)?.chars().count() as f64, None),
            "lower" => to_text(&args[0], str::to_lowercase),
            "upper" => to_text(&args[0], str::to_uppercase),
            "substr" => {
                let len = if args.len() > 2 { Some(int(&args[2])?) } else { None };
                V::Str(substr(&text(0)?, int(&args[1])?, len))
            }
            "tonumber" => {
                let (n, p) = num(0)?;
                V::Num(n, p)
            }
            "tostring" => to_text(&args[0], str::to_owned),
            "mvcount" => match args[0].members().len() {
                0 => V::Null,
                n => V::Num(n as f64, None),
            },
            "mvindex" => {
                let ms = args[0].members();
                let place = |v: &V| int(v).map(|i| if i < 0 { i + ms.len() as i64 } else { i });
                let (a, b) = (place(&args[1])?, place(args.get(2).unwrap_or(&args[1]))?);
                let kept = ms.iter().enumerate().filter(|(i, _)| (a..=b).contains(&(*i as i64)));
                if a < 0 {
                    return None;
                }
                return Val::from_members(kept.map(|(_, m)| m.clone()).collect())
                    .map(|v| V::of(Some(&v)));
            }
            "mvappend" => {
                let all = args.iter().flat_map(V::members).collect();
                V::of(Some(&Val::from_members(all)?))
            }
            "split" => strings(split(&text(0)?, &text(1)?)),
            "replace" => {
                let regex = Regex::new(&text(1)?).unwrap();
                let with = text(2)?;
                let s = text(0)?;
                let out = regex.replace_all(&s, |c: &regex::Captures<'_>| {
                    let group = |i| c.get(i).map_or("", |m| m.as_str());
                    with.replace("\\1", group(1)).replace("\\2", group(2))
                });
                V::Str(out.into_owned())
            }
            "match" => {
                let regex = Regex::new(&text(1)?).unwrap();
                if args[0] == V::Null {
                    return None;
                }
                V::Bool(args[0].members().iter().any(|m| regex.is_match(&m.text())))
            }
            "like" => like(&args[0], &text(1)?),
            "round" => {
                let (n, _) = num(0)?;
                let places = if args.len() > 1 { int(&args[1])? } else { 0 };
                let n = round(n, places as usize);
                V::Num(n, (places > 0).then(|| of_places(n, places as i32)))
            }
            "abs" => num(0).map(|(n, p)| V::Num(n.abs(), p))?,
            "floor" => V::Num(num(0)?.0.floor(), None),
            "ceiling" => V::Num(num(0)?.0.ceil(), None),
            _ => panic!("no function {f}"),
        })
    };
    try_call().unwrap_or(V::Null)
}
