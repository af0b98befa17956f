//! `eval`: computes fields, left to right.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "eval",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Computes fields; several assignments run left to right.",
        syntax: "eval <field>=<expression> [, <field>=<expression>]...",
        details: "An expression that is null removes the field. `{name}` in the target is replaced \
                  by the value of that field. Arithmetic with a missing field is null, and so is \
                  division by zero.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval",
        examples: &[CommandExample {
            title: "left to right",
            search: "| makeresults | eval a=1, b=a+1, c=b*2 | table a b c",
            events: "",
            rows: r#"{"a":1,"b":2,"c":4}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Eval(e) => {
            let mut diagnostics = Vec::new();
            let mut steps = Vec::new();
            for a in &e.assignments {
                match Program::compile_with(&a.expr, cx) {
                    Ok(program) => {
                        if is_condition(&a.expr)
                            || matches!(program.constant(), Some(crate::eval::Cell::Bool(_)))
                        {
                            diagnostics.push(
                                sepal_parser::Diagnostic::error(
                                    "SPL2011",
                                    a.expr.span,
                                    "a truth value cannot be stored in a field",
                                )
                                .help("wrap it in if(..., \"true\", \"false\") or tostring(...)"),
                            );
                        }
                        steps.push(Step { target: Target::parse(&a.target.node), program });
                    }
                    Err(ds) => diagnostics.extend(ds),
                }
            }
            if diagnostics.is_empty() {
                Ok(Op::Streaming(Box::new(Eval { steps })))
            } else {
                Err(diagnostics)
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Functions that give a truth value, whatever their arguments.
const CONDITIONS: [&str; 12] = [
    "cidrmatch",
    "in",
    "isarray",
    "isbool",
    "isint",
    "isnotnull",
    "isnull",
    "isnum",
    "isstr",
    "like",
    "match",
    "searchmatch",
];

/// Whether the expression is a truth value by its form.
fn is_condition(expr: &Expr) -> bool {
    use BinaryOp::{And, Compare, Like, Or, Xor};
    match &expr.kind {
        ExprKind::Unary { op, .. } => *op == UnaryOp::Not,
        ExprKind::Binary { op, .. } => matches!(op, And | Compare(_) | Like | Or | Xor),
        ExprKind::In { .. } => true,
        ExprKind::Call { name, .. } => CONDITIONS.contains(&name.node.as_str()),
        _ => false,
    }
}

struct Eval {
    steps: Vec<Step>,
}

struct Step {
    target: Target,
    program: Program,
}

enum Target {
    Name(FieldName),
    /// `a{b}c`: text, the name of a field, text...
    Computed(Vec<(String, String)>, String),
}

impl Target {
    fn parse(name: &str) -> Target {
        let mut parts = Vec::new();
        let mut rest = name;
        // `{}` is part of a JSON field's name
        while let Some((before, after)) = rest.split_once('{') {
            match after.split_once('}') {
                Some((field, more)) if !field.is_empty() => {
                    parts.push((before.to_owned(), field.to_owned()));
                    rest = more;
                }
                _ => return Target::Name(name.into()),
            }
        }
        if parts.is_empty() {
            Target::Name(name.into())
        } else {
            Target::Computed(parts, rest.to_owned())
        }
    }
}

impl Operator for Eval {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        for step in self.steps.iter().rev() {
            match &step.target {
                Target::Name(n) => after.remove(n),
                Target::Computed(parts, _) => parts.iter().for_each(|(_, f)| after.insert(f)),
            }
            after = super::with_program(after, &step.program);
        }
        after
    }
}

impl Streaming for Eval {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for step in &self.steps {
            let col = step.program.column(&batch, cx);
            match &step.target {
                Target::Name(n) => batch.set(n.clone(), col),
                Target::Computed(parts, last) => {
                    for row in 0..batch.len {
                        let mut name = String::new();
                        for (text, field) in parts {
                            name.push_str(text);
                            name.push_str(&batch.get(field, row).text());
                        }
                        name.push_str(last);
                        if !name.is_empty() {
                            let v = col.get(row).clone();
                            batch.values_mut(&name)[row] = v;
                        }
                    }
                }
            }
        }
        Ok(batch)
    }
}
