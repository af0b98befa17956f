//! The template for each field.

use super::template::{Template, check, replaced};
use crate::commands::{Operator, Streaming};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use foldhash::HashMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Spanned;
use sepal_parser::commands::foreach::{Foreach, Places};
use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the rows of a batch stood before the template ran over some of them.
const ROW: &str = "_foreach_row";

pub(super) struct ForFields {
    patterns: Vec<String>,
    places: Places,
    template: Spanned<String>,
    cx: PlanCx,
    /// The template for each field that was met; none where it makes no commands.
    ready: Mutex<HashMap<FieldName, Option<Arc<Template>>>>,
}

impl ForFields {
    pub fn plan(f: &Foreach, cx: &PlanCx) -> Result<ForFields, Vec<Diagnostic>> {
        let p = &f.places;
        let [one, two, three] = &p.segments;
        check(&f.template, &[&p.field, &p.matched, one, two, three], cx)?;
        Ok(ForFields {
            patterns: f.fields.iter().map(|f| f.node.clone()).collect(),
            places: f.places.clone(),
            template: f.template.clone(),
            cx: cx.at_this_depth(),
            ready: Mutex::default(),
        })
    }

    /// The fields of a batch to go through, in order, each with its number among the patterns.
    fn fields(&self, batch: &Batch) -> Vec<(usize, FieldName)> {
        let mut all: Vec<(usize, FieldName)> = Vec::new();
        let mut seen: std::collections::HashSet<FieldName> = Default::default();
        for (at, pattern) in self.patterns.iter().enumerate() {
            if !pattern.contains('*') {
                let name = FieldName::new(pattern);
                if seen.insert(name.clone()) {
                    all.push((at, name));
                }
                continue;
            }
            let hidden = pattern.starts_with('_');
            let matching =
                |n: &&FieldName| (hidden || !n.starts_with('_')) && segments(pattern, n).is_some();
            let mut found: Vec<FieldName> = batch
                .cols
                .keys()
                .filter(matching)
                .filter(|n| !seen.contains(*n))
                .cloned()
                .collect();
            found.sort_by(|a, b| by_name(a, b));
            seen.extend(found.iter().cloned());
            all.extend(found.into_iter().map(|n| (at, n)));
        }
        all
    }

    fn template(&self, pattern: &str, field: &FieldName, cx: &RunCx) -> Option<Arc<Template>> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = ready.get(field) {
            return known.clone();
        }
        let caught = segments(pattern, field).unwrap_or_default();
        let mut with: Vec<(&str, String)> =
            vec![(&self.places.field, field.to_string()), (&self.places.matched, caught.concat())];
        for (n, place) in self.places.segments.iter().enumerate() {
            with.push((place, caught.get(n).map(|s| (*s).to_owned()).unwrap_or_default()));
        }
        let made = match Template::of(&replaced(&self.template.node, &with), &self.cx) {
            Ok(template) => Some(Arc::new(template)),
            Err(ds) => {
                let why = ds.first().map_or("", |d| d.message.as_str());
                let message = format!(
                    "foreach left the field {field} out: with its name the template cannot be \
                     read ({why}); single quotes such as '{}' may help",
                    self.places.field
                );
                cx.notice("SPL3175", message, true);
                None
            }
        };
        ready.insert(field.clone(), made.clone());
        made
    }

    /// Runs a template over the rows that have a field.
    fn over(
        &self,
        template: &Template,
        field: &FieldName,
        mut batch: Batch,
        cx: &RunCx,
    ) -> Result<Batch, RunError> {
        let has: Vec<bool> = match batch.col(field) {
            Some(col) => (0..batch.len).map(|r| !col.get(r).is_null()).collect(),
            None => return Ok(batch),
        };
        let many = has.iter().filter(|h| **h).count();
        if many == batch.len {
            return template.apply(batch, cx);
        }
        if many == 0 {
            return Ok(batch);
        }
        let places = (0..batch.len).map(|r| Value::Num(r as f64)).collect();
        batch.set(ROW, Col::Values(places));
        let pick = |want: bool| -> Vec<usize> {
            has.iter().enumerate().filter(|(_, h)| **h == want).map(|(r, _)| r).collect()
        };
        let (with, without) = (pick(true), pick(false));
        let done = template.apply(batch.take(&with), cx)?;
        let mut place: Vec<usize> = without.clone();
        match done.col(ROW) {
            Some(col) => place.extend(
                (0..done.len).map(|r| col.get(r).number().map_or(usize::MAX, |n| n as usize)),
            ),
            // dropped by `table` and the like: the rows are those that went in
            None if done.len == with.len() => place.extend(&with),
            None => {
                let message = "foreach cannot tell which rows its template kept: put the command \
                               that names the columns after foreach";
                return Err(RunError::Failed {
                    code: "SPL3175",
                    message: message.to_owned(),
                    span: Some(self.template.span),
                });
            }
        }
        let mut all = batch.take(&without);
        all.append(done);
        let mut order: Vec<usize> = (0..all.len).collect();
        order.sort_by_key(|&r| place.get(r).copied().unwrap_or(usize::MAX));
        let mut all = all.take(&order);
        all.remove(ROW);
        Ok(all)
    }
}

impl Operator for ForFields {
    // which fields the template reads depends on names that are not known yet
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
    fn describe(&self) -> String {
        self.patterns.join(" ")
    }
}

impl Streaming for ForFields {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for (at, field) in self.fields(&batch) {
            if batch.len == 0 {
                break;
            }
            cx.check_stop()?;
            let Some(pattern) = self.patterns.get(at) else { continue };
            let Some(template) = self.template(pattern, &field, cx) else { continue };
            batch = match pattern.contains('*') {
                true => self.over(&template, &field, batch, cx)?,
                false => template.apply(batch, cx)?,
            };
        }
        Ok(batch)
    }
}

/// What each `*` of the pattern stands for in the name; none where it does not match. Each stands
/// for as little as it can, the last one for the rest.
fn segments<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let mut parts = pattern.split('*');
    let mut left = name.strip_prefix(parts.next()?)?;
    let mut caught = Vec::new();
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return left.is_empty().then_some(caught);
    }
    while let Some(part) = parts.next() {
        let at = match parts.peek() {
            None => left.strip_suffix(part)?.len(),
            Some(_) => left.find(part)?,
        };
        caught.push(&left[..at]);
        left = &left[at + part.len()..];
    }
    Some(caught)
}

/// By text, but runs of digits by their number: `a2` before `a10`.
fn by_name(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a, b);
    loop {
        let (Some(p), Some(q)) = (x.chars().next(), y.chars().next()) else {
            return x.len().cmp(&y.len()).then_with(|| a.cmp(b));
        };
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
            let (m, n) = (digits(x), digits(y));
            let (one, two) = (x[..m].trim_start_matches('0'), y[..n].trim_start_matches('0'));
            let order = one.len().cmp(&two.len()).then_with(|| one.cmp(two));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (&x[m..], &y[n..]);
        } else {
            if p != q {
                return p.cmp(&q);
            }
            (x, y) = (&x[p.len_utf8()..], &y[q.len_utf8()..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_catch_their_parts() {
        assert_eq!(segments("test*ab*", "test1ab2"), Some(vec!["1", "2"]));
        assert_eq!(segments("*", "x"), Some(vec!["x"]));
        assert_eq!(segments("a*", "a"), Some(vec![""]));
        assert_eq!(segments("*_x", "a_x_x"), Some(vec!["a_x"]));
        assert_eq!(segments("a", "a"), Some(vec![]));
        assert_eq!(segments("a*b", "ab"), Some(vec![""]));
        assert_eq!(segments("ab*b", "ab"), None);
        assert_eq!(segments("a", "ab"), None);
    }

    #[test]
    fn numbers_in_names_are_numbers() {
        let mut names = ["a10", "a2", "b", "a", "a02", "A1", "a2b"];
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(names, ["A1", "a", "a02", "a2", "a2b", "a10", "b"]);
    }
}
