use super::text::{Style, is_shown};
use super::{MAX_ROWS, respan};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{Batch, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{
    CompareOp, Expr, ExprKind, Field, SearchExpr, SearchValue, Span, Spanned, TermKind,
};
use sepal_parser::names::TIME_MODIFIERS;

/// The rows of a subsearch that has run.
pub(super) struct Answer {
    rows: Vec<Batch>,
}

impl Answer {
    /// Runs a subsearch.
    pub fn of(plan: &Plan, cx: &RunCx) -> Result<Answer, RunError> {
        let (rows, cut) = cx.subsearch_first(plan, MAX_ROWS)?;
        if cut {
            cx.notice(
                "SPL3121",
                format!("a subsearch gave more than {MAX_ROWS} rows: the rest is left out, as Splunk does"),
                true,
            );
        }
        Ok(Answer { rows })
    }

    /// The rows as terms: fields of a row are joined by AND, rows by OR; no row is `NOT ()`, which
    /// no event matches.
    pub fn condition(&self, at: Span) -> Result<SearchExpr, RunError> {
        let mut any = Vec::new();
        for batch in &self.rows {
            for row in 0..batch.len {
                let mut all = Vec::new();
                for (name, value) in batch.row(row).filter(|(n, _)| is_shown(n)) {
                    all.extend(one_field(name, value, at)?);
                }
                match all.len() {
                    0 => {}
                    1 => any.append(&mut all),
                    _ => any.push(SearchExpr::And(all)),
                }
            }
        }
        Ok(match any.len() {
            0 => SearchExpr::Not(Box::new(SearchExpr::And(Vec::new()))),
            1 => any.remove(0),
            _ => SearchExpr::Or(any),
        })
    }

    /// `field op text`, read as if the text had been typed there.
    pub fn compared(&self, field: &Field, op: CompareOp, at: Span) -> Result<SearchExpr, RunError> {
        let text = self.text(at)?;
        let sign = match op {
            CompareOp::Eq => "=",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        };
        let key = field.node.to_ascii_lowercase();
        // a name that is no time modifier; the real one is put in below
        let read = parsed(&format!("x{sign}{}", text.trim()), at);
        match read.map_err(|_| no_value(&text, at))? {
            SearchExpr::Compare { op: read, value, span, .. } if read == op => {
                let is_time = TIME_MODIFIERS.binary_search(&key.as_str()).is_ok();
                if is_time && op == CompareOp::Eq && value.kind == TermKind::Plain {
                    let value = Spanned::new(value.text, at);
                    return Ok(SearchExpr::Time { key: Spanned::new(key, field.span), value });
                }
                Ok(SearchExpr::Compare { field: field.clone(), op, value, span })
            }
            _ => Err(no_value(&text, at)),
        }
    }

    /// The text as values of an `IN (...)` of `search`.
    pub fn list(&self, at: Span) -> Result<Vec<SearchValue>, RunError> {
        let text = self.text(at)?;
        let read = parsed(&format!("x IN {}", in_parentheses(&text)), at);
        match read.map_err(|_| no_value(&text, at))? {
            SearchExpr::In { values, .. } => Ok(values),
            _ => Err(no_value(&text, at)),
        }
    }

    /// The text as an eval expression.
    pub fn expression(&self, at: Span) -> Result<Expr, RunError> {
        eval(&self.text(at)?, at)
    }

    /// The text as values of an `IN (...)` of eval.
    pub fn expressions(&self, at: Span) -> Result<Vec<Expr>, RunError> {
        let text = self.text(at)?;
        let read = eval(&format!("x IN {}", in_parentheses(&text)), at);
        match read.map_err(|_| no_value(&text, at))?.kind {
            ExprKind::In { list, .. } => Ok(list),
            _ => Err(no_value(&text, at)),
        }
    }

    /// What stands in place of the brackets: the text that `return` or `format` made, else that of
    /// an implied `format`.
    fn text(&self, at: Span) -> Result<String, RunError> {
        let mut rows = self.rows.iter().flat_map(|b| (0..b.len).map(move |r| (b, r)));
        if let (Some((batch, row)), None) = (rows.next(), rows.next()) {
            let mut shown = batch.row(row).filter(|(n, _)| is_shown(n));
            if let (Some((name, value)), None) = (shown.next(), shown.next())
                && matches!(name.as_str(), "search" | "query")
                && let [only] = value.members()
            {
                return Ok(only.text().into_owned());
            }
        }
        let style = Style::default();
        let mut texts = Vec::new();
        for batch in &self.rows {
            texts.extend((0..batch.len).filter_map(|row| style.row(batch.row(row))));
        }
        if texts.is_empty() {
            return Err(RunError::Failed {
                code: "SPL3124",
                message: "a subsearch gave no rows, so there is no value here".to_owned(),
                span: Some(at),
            });
        }
        Ok(style.rows(&texts))
    }
}

fn in_parentheses(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('(') { text.to_owned() } else { format!("({text})") }
}

/// A field of a row as a term.
fn one_field(name: &str, value: &Value, at: Span) -> Result<Option<SearchExpr>, RunError> {
    let one = |v: &Value| -> Result<SearchExpr, RunError> {
        let text = v.text();
        if matches!(name, "search" | "query") {
            return parsed(&text, at);
        }
        if TIME_MODIFIERS.binary_search(&name).is_ok() {
            let value = Spanned::new(text.into_owned(), at);
            return Ok(SearchExpr::Time { key: Spanned::new(name.to_owned(), at), value });
        }
        let value =
            SearchValue { text: text.into_owned(), quoted: true, kind: TermKind::Plain, span: at };
        let field = Spanned::new(name.to_owned(), at);
        Ok(SearchExpr::Compare { field, op: CompareOp::Eq, value, span: at })
    };
    let mut terms = value.members().iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(match terms.len() {
        0 => None,
        1 => terms.pop(),
        _ => Some(SearchExpr::Or(terms)),
    })
}

fn parsed(text: &str, at: Span) -> Result<SearchExpr, RunError> {
    let mut e = sepal_parser::parse_terms(text).map_err(|ds| not_read(text, &reason(&ds), at))?;
    match respan::terms(&mut e, at) {
        true => Ok(e),
        false => Err(not_read(text, "it holds a subsearch", at)),
    }
}

fn eval(text: &str, at: Span) -> Result<Expr, RunError> {
    let mut e = sepal_parser::parse_expr(text).map_err(|ds| not_read(text, &reason(&ds), at))?;
    match respan::expr(&mut e, at) {
        true => Ok(e),
        false => Err(not_read(text, "it holds a subsearch", at)),
    }
}

fn reason(ds: &[Diagnostic]) -> String {
    ds.first().map_or_else(String::new, |d| d.message.clone())
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(80).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

fn not_read(text: &str, why: &str, at: Span) -> RunError {
    RunError::Failed {
        code: "SPL3123",
        message: format!("what the subsearch gave cannot stand here: {why}, in `{}`", short(text)),
        span: Some(at),
    }
}

fn no_value(text: &str, at: Span) -> RunError {
    RunError::Failed {
        code: "SPL3123",
        message: format!(
            "the subsearch gave `{}` where a value is needed; end it with `return $field`",
            short(text)
        ),
        span: Some(at),
    }
}
