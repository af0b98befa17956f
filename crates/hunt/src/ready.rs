//! A detection whose search is planned.

use crate::load::{Content, Failure};
use crate::run::Nothing;
use crate::timeless::without_time;
use sepal_content::Detection;
use sepal_exec::KernelEval;
use sepal_exec::RunError;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::plan::{Plan, plan_with};
use sepal_parser::ast::{Pipeline, Span};
use sepal_parser::macros::{Origin, SourceMap};
use sepal_parser::{Diagnostic, Severity};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A detection that can run.
pub struct Ready {
    /// The detection.
    pub detection: Detection,
    /// What is odd about its search.
    pub warnings: Vec<Diagnostic>,
    /// What it was planned with.
    pub(crate) content: Arc<Content>,
    pub(crate) pipeline: Pipeline,
    /// The search with its macros expanded.
    pub(crate) text: String,
    map: SourceMap,
    /// For events of no known sourcetype.
    pub(crate) plain: Plan,
    /// With the rules of sourcetypes that were asked for last, by the number of their set: plans take
    /// room.
    ruled: Mutex<Option<(usize, Result<Arc<Plan>, RunError>)>>,
    /// What it gives where there are no events; none where that depends on what subsearches find.
    pub(crate) nothing: OnceLock<Option<Nothing>>,
}

impl Ready {
    /// Parses and plans a detection's search; with `timed` its time modifiers count.
    pub(crate) fn new(
        detection: Detection,
        content: &Arc<Content>,
        timed: bool,
    ) -> Result<Ready, Box<Failure>> {
        // as if the search were the whole file: `place` finds the way to the file, which is exact
        // for every style of YAML scalar
        let file = detection.file.as_str().into();
        let origin = Origin { file, text: detection.search.as_str().into(), lines: Arc::default() };
        let parsed = sepal_parser::parse_search(
            &detection.search,
            origin,
            &content.macros,
            Some(&KernelEval),
        );
        let (map, text) = (parsed.expanded.map, parsed.expanded.text);
        let error = |list: Vec<Diagnostic>| {
            let mut errors = list.into_iter().filter(|d| d.severity == Severity::Error);
            let (code, message, span) = match errors.next() {
                Some(d) => {
                    let what = if d.unsupported.is_some() { "unsupported: " } else { "" };
                    (d.code, format!("{what}{}", d.message), d.span)
                }
                None => ("SPL3015", "the search has no plan".to_owned(), Span::default()),
            };
            Box::new(failure(&detection, &map, code, message, Some(span)))
        };
        if parsed.diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return Err(error(parsed.diagnostics));
        }
        let mut pipeline = parsed.pipeline;
        if !timed {
            without_time(&mut pipeline);
        }
        let mut plain = plan_with(&pipeline, &mut content.cx.clone()).map_err(error)?;
        let mut warnings = parsed.diagnostics;
        warnings.append(&mut plain.warnings);
        let content = Arc::clone(content);
        let (ruled, nothing) = (Mutex::default(), OnceLock::new());
        Ok(Ready { detection, warnings, content, pipeline, text, map, plain, ruled, nothing })
    }

    /// The plan for events that rules of sourcetypes may hold for.
    ///
    /// # Errors
    /// A rule that cannot be used.
    pub(crate) fn ruled(&self, rules: &Arc<dyn Knowledge>) -> Result<Arc<Plan>, RunError> {
        let rules = self.content.rule_set(rules);
        let mut made = self.ruled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = made.as_ref().filter(|(number, _)| *number == rules.number) {
            return plan.clone();
        }
        let plan = plan_with(&self.pipeline, &mut rules.cx.clone());
        let plan = plan.map(Arc::new).map_err(|list| match list.into_iter().next() {
            Some(d) => RunError::Failed { code: d.code, message: d.message, span: Some(d.span) },
            None => RunError::failed("SPL3015", "the search has no plan"),
        });
        *made = Some((rules.number, plan.clone()));
        plan
    }

    /// An error of a run, with its place.
    pub fn failure(&self, e: &RunError) -> Failure {
        match e {
            RunError::Failed { code, message, span } => {
                failure(&self.detection, &self.map, code, message.clone(), *span)
            }
            RunError::Input { .. } => {
                failure(&self.detection, &self.map, "SPL5101", e.to_string(), None)
            }
            other => failure(&self.detection, &self.map, "SPL3015", other.to_string(), None),
        }
    }

    /// The highest of its risk objects' scores; none where it declares none.
    pub fn score(&self) -> Option<f64> {
        let scores = self.detection.risk.risk_objects.iter().map(|o| o.score);
        scores.fold(None, |max, s| Some(max.map_or(s, |m: f64| m.max(s))))
    }
}

fn failure(
    detection: &Detection,
    map: &SourceMap,
    code: &'static str,
    message: String,
    span: Option<Span>,
) -> Failure {
    Failure {
        file: detection.file.clone(),
        name: detection.name.clone(),
        id: detection.id.clone(),
        code,
        message,
        place: span.map_or_else(|| detection.file.clone(), |span| place(detection, map, span)),
    }
}

/// Where a span of the expanded search was written: in the detection, at the call of the outermost
/// macro.
fn place(detection: &Detection, map: &SourceMap, span: Span) -> String {
    let Some(frame) = map.resolve(span).pop() else { return detection.file.clone() };
    let (text, at) = match frame.macro_name {
        Some(_) => (frame.file_text.as_ref(), frame.range.start),
        None => (detection.text().as_ref(), detection.search_map().locate(frame.range.start)),
    };
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{}:{line}:{column}", frame.file)
}
