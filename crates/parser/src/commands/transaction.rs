//! `transaction`: rows that belong together as one row.

use super::NamedOption;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::columns;
use crate::grammar::options::option;
use crate::grammar::{eval, search};
use crate::input::{Fail, In, Res, stop};
use crate::lex::words::{keyword, string};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transaction {
    /// The fields whose values hold rows together.
    pub fields: Vec<Field>,
    /// `maxspan=`: seconds between the first and the last row; none: no limit.
    pub maxspan: Option<u64>,
    /// `maxpause=`: seconds between two rows; none: no limit.
    pub maxpause: Option<u64>,
    /// `maxevents=`: rows of one transaction; none: no limit.
    pub maxevents: Option<u64>,
    /// `startswith=`.
    pub startswith: Option<Filter>,
    /// `endswith=`.
    pub endswith: Option<Filter>,
    /// `connected=`: whether a row whose fields a transaction does not know opens a new one.
    pub connected: bool,
    /// `unifyends=`: whether the rows at the ends must share a field too.
    pub unifyends: bool,
    /// `keeporphans=`: whether rows outside of all transactions are kept.
    pub keeporphans: bool,
    /// `keepevicted=`: whether transactions that nothing closed are kept.
    pub keepevicted: bool,
    /// `maxopentxn=`: transactions that are open at a time.
    pub maxopentxn: Option<Spanned<u64>>,
    /// `maxopenevents=`: rows of open transactions at a time.
    pub maxopenevents: Option<Spanned<u64>>,
    /// `mvlist=`.
    pub mvlist: Lists,
    /// `delim=`: what joins the texts of the rows with `mvraw=true`.
    pub delim: Option<Spanned<String>>,
    /// `nullstr=`: what stands for a missing value in a list.
    pub nullstr: String,
    /// `mvraw=`: whether `_raw` is a multivalue.
    pub mvraw: bool,
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Terms of a search.
    Search(SearchExpr),
    /// `eval(...)`.
    Eval(Expr),
}

/// Which fields keep every value in order, instead of each distinct one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lists {
    /// None.
    No,
    /// All.
    All,
    /// These.
    Only(Vec<String>),
}

const KNOWN: &[&str] = &[
    "name",
    "maxspan",
    "maxpause",
    "maxevents",
    "startswith",
    "endswith",
    "connected",
    "unifyends",
    "keeporphans",
    "keepevicted",
    "maxopentxn",
    "maxopenevents",
    "mvlist",
    "delim",
    "nullstr",
    "mvraw",
];

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Transaction> {
    let mut t = Transaction {
        fields: Vec::new(),
        maxspan: None,
        maxpause: None,
        maxevents: Some(1000),
        startswith: None,
        endswith: None,
        connected: true,
        unifyends: true,
        keeporphans: false,
        keepevicted: false,
        maxopentxn: None,
        maxopenevents: None,
        mvlist: Lists::No,
        delim: None,
        nullstr: "NULL".to_owned(),
        mvraw: false,
    };
    let mut unifyends = None;
    loop {
        let (rest, more) = columns(i, &[])?;
        t.fields.extend(more);
        i = rest;
        if i.ws().is_empty() {
            break;
        }
        if let Some(rest) = filter_option(i, "startswith") {
            let (rest, f) = filter(rest)?;
            t.startswith = Some(f);
            i = rest;
            continue;
        }
        if let Some(rest) = filter_option(i, "endswith") {
            let (rest, f) = filter(rest)?;
            t.endswith = Some(f);
            i = rest;
            continue;
        }
        let (rest, o) = match option(i, name, KNOWN) {
            Err(nom::Err::Error(_)) => break,
            other => other?,
        };
        i = rest;
        match o.name.node.as_str() {
            "maxspan" => t.maxspan = seconds(&o)?,
            "maxpause" => t.maxpause = seconds(&o)?,
            "maxevents" => t.maxevents = limit(&o)?,
            "connected" => t.connected = o.as_bool()?,
            "unifyends" => unifyends = Some(o.as_bool()?),
            "keeporphans" => t.keeporphans = o.as_bool()?,
            "keepevicted" => t.keepevicted = o.as_bool()?,
            "maxopentxn" => t.maxopentxn = Some(o.as_count()?),
            "maxopenevents" => t.maxopenevents = Some(o.as_count()?),
            "mvraw" => t.mvraw = o.as_bool()?,
            "delim" => t.delim = Some(o.value),
            "nullstr" => t.nullstr = o.value.node,
            "mvlist" => t.mvlist = lists(&o),
            _ => {
                return stop(
                    Diagnostic::unsupported("SPL2264", o.span, "name= of transaction")
                        .help("write the options of the transaction type here"),
                );
            }
        }
    }
    t.unifyends = unifyends.unwrap_or(t.connected);
    Ok((i, t))
}

/// What follows `name=`.
fn filter_option<'a>(i: In<'a>, name: &'static str) -> Option<In<'a>> {
    let at = i.ws();
    let (word, rest) = (at.s.get(..name.len())?, at.skip(name.len()).ws());
    let equals = word.eq_ignore_ascii_case(name) && rest.s.starts_with('=');
    equals.then(|| rest.skip(1))
}

/// Terms in quotes or parentheses, one term, or `eval(...)`.
fn filter(i: In<'_>) -> Res<'_, Filter> {
    let at = i.ws();
    if let Ok((rest, _)) = keyword("eval", "eval")(at)
        && rest.ws().s.starts_with('(')
    {
        let (rest, e) = match eval::expr(rest) {
            Err(nom::Err::Error(_)) => return rest.ws().cut("a condition"),
            other => other?,
        };
        return Ok((rest, Filter::Eval(e)));
    }
    if at.s.starts_with('"') {
        let (rest, text) = string(at)?;
        return match crate::parse_terms(&text.node) {
            Ok(e) => Ok((rest, Filter::Search(e))),
            Err(ds) => {
                let why = ds.first().map_or("it is empty", |d| d.message.as_str());
                let message = format!("this is no search condition: {why}");
                stop(Diagnostic::error("SPL2265", text.span, message).label("read as a search"))
            }
        };
    }
    // a parenthesis, or one word up to white space
    let end = match at.s.starts_with('(') {
        true => match close(at.s) {
            Some(n) => n,
            None => return at.cut("`)`"),
        },
        false => at.s.find(char::is_whitespace).unwrap_or(at.s.len()),
    };
    match search::terms(at.first(end)) {
        Ok((rest, e)) if rest.ws().is_empty() => Ok((at.skip(end), Filter::Search(e))),
        Ok((rest, _)) => rest.ws().cut("the end of the condition"),
        Err(nom::Err::Error(_)) => at.cut("a condition"),
        Err(e) => Err(e),
    }
}

/// The length of the parenthesis at the beginning.
fn close(s: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for t in crate::lex::raw::raw(s) {
        match t.text(s) {
            "(" => depth += 1,
            ")" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(t.end);
                }
            }
            _ => {}
        }
    }
    None
}

/// A length of time: a whole number and `s`, `m`, `h` or `d`; negative is no limit.
fn seconds(o: &NamedOption) -> Result<Option<u64>, nom::Err<Fail>> {
    let text = o.value.node.as_str();
    let wrong = || o.wrong("a number of s, m, h or d, such as 30s");
    if let Some(number) = text.strip_prefix('-') {
        let digits = number.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        return match digits.parse::<u64>() {
            Ok(_) => Ok(None),
            Err(_) => Err(wrong()),
        };
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text[digits..].to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        _ => return Err(wrong()),
    };
    match text[..digits].parse::<u64>() {
        Ok(n) => Ok(Some(n.saturating_mul(unit))),
        Err(_) => Err(wrong()),
    }
}

/// A number of rows; negative is no limit.
fn limit(o: &NamedOption) -> Result<Option<u64>, nom::Err<Fail>> {
    match o.value.node.parse::<i64>() {
        Ok(n) => Ok(u64::try_from(n).ok()),
        Err(_) => Err(o.wrong("a whole number")),
    }
}

fn lists(o: &NamedOption) -> Lists {
    match o.as_bool() {
        Ok(true) => Lists::All,
        Ok(false) => Lists::No,
        Err(_) => {
            let names = o.value.node.split([',', ' ']).filter(|n| !n.is_empty());
            Lists::Only(names.map(str::to_owned).collect())
        }
    }
}
