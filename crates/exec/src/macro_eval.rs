//! Eval expressions inside macros (`iseval`, `validation`), computed by the kernel.

use crate::RunCx;
use crate::eval::{Cell, Program};
use crate::host::FixedHost;
use sepal_data::{Batch, Col, Value};
use sepal_parser::ast::Expr;
use sepal_parser::macros::{MacroEval, MacroValue};
use std::sync::Arc;

/// The kernel's eval, with a macro's arguments as fields. It has no clock: what a macro expands to
/// does not change from run to run.
///
/// Splunk: macros.conf, `iseval` and `validation`.
pub struct KernelEval;

impl MacroEval for KernelEval {
    fn eval(&self, expr: &Expr, arguments: &[(String, String)]) -> Result<MacroValue, String> {
        let program = Program::compile(expr).map_err(|list| {
            list.first().map_or_else(|| "cannot be computed".to_owned(), |d| d.message.clone())
        })?;
        let mut batch = Batch::with_len(1);
        for (name, value) in arguments {
            batch.set(name.as_str(), Col::Const(Value::text_of(value)));
        }
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let bound = program.bind(&batch);
        Ok(match program.eval(&bound, 0, &cx) {
            Cell::Null => MacroValue::Null,
            Cell::Bool(b) => MacroValue::Bool(b),
            other => MacroValue::Text(other.text().unwrap_or_default().into_owned()),
        })
    }
}
