//! A regex argument: compiled once where it is a literal, else kept until it changes.

use crate::eval::{Cell, Compiler, NodeBox, Row};
use crate::regex_engine::SplRegex;
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Span;
use std::sync::{Arc, Mutex, PoisonError};

/// How many patterns of a field are kept compiled.
const KEPT: usize = 16;

/// A regex argument.
pub struct RegexArg {
    fixed: Option<Arc<SplRegex>>,
    node: NodeBox,
    recent: Mutex<Vec<(String, Option<Arc<SplRegex>>)>>,
}

impl RegexArg {
    /// Takes the pattern's node; a literal that is wrong is SPL2006.
    pub fn new(c: &mut Compiler, node: NodeBox, span: Span) -> RegexArg {
        let mut fixed = None;
        if let Some(pattern) = node.constant().and_then(Cell::single_text) {
            match SplRegex::new(&pattern) {
                Ok(re) => fixed = Some(Arc::new(re)),
                Err(why) => {
                    let d = Diagnostic::error("SPL2006", span, "the regular expression is wrong");
                    c.diagnostics.push(d.label(why));
                }
            }
        }
        RegexArg { fixed, node, recent: Mutex::default() }
    }

    /// The regex for a row; none where the pattern is null or wrong, which is counted.
    pub fn get(&self, row: &Row<'_>, cx: &RunCx) -> Option<Arc<SplRegex>> {
        if let Some(re) = &self.fixed {
            return Some(Arc::clone(re));
        }
        let cell = self.node.eval(row, cx);
        let pattern = cell.single_text()?;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, re)) = recent.iter().find(|(p, _)| *p == pattern) {
            return re.clone();
        }
        let re = match SplRegex::new(&pattern) {
            Ok(re) => Some(Arc::new(re)),
            Err(_) => {
                cx.notice(
                    "SPL3002",
                    "a field that is used as a pattern holds no valid regular expression",
                    false,
                );
                None
            }
        };
        if recent.len() == KEPT {
            recent.remove(0);
        }
        recent.push((pattern.into_owned(), re.clone()));
        re
    }
}

/// The answer, or a counted notice and none where the engine gave up.
pub fn told<T>(r: Result<T, crate::regex_engine::GaveUp>, cx: &RunCx) -> Option<T> {
    match r {
        Ok(v) => Some(v),
        Err(e) => {
            e.report(cx);
            None
        }
    }
}
