//! What a list of aggregates with BY fields asks for, checked: the plan of `stats`, and of the
//! commands that share its syntax.

use super::prestats::States;
use crate::aggregates::{
    self, Aggregate, AggregateSet, Argument, OF_SERIES, ResolveError, SPARKLINE_OF, Sparkline,
};
use crate::commands::{wildcard_swap, with_program};
use crate::eval::{Cell, Program};
use crate::group::GroupOptions;
use crate::run_cx::RunCx;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{ExprKind, Spanned};
use sepal_parser::commands::stats::{Aggregate as Syntax, AggregateArgument, Stats as StatsSyntax};

/// A planned list of aggregates and BY fields.
pub(crate) struct StatsPlan {
    pub(in crate::commands) fixed: Vec<Fixed>,
    pub(in crate::commands) wild: Vec<Wild>,
    pub(in crate::commands) by: Vec<FieldName>,
    dedup_splitvals: bool,
    /// Where rows of `prestats=true` may come: what is read of them.
    pub(super) prestats: Option<States>,
    pub(in crate::commands) needs_order: bool,
    pub(super) allnum: bool,
    /// What null BY values become at the end, where a `fillnull` that follows says so.
    pub(super) fill: Option<Value>,
    /// The columns that hold the keys where they are not the BY fields themselves: their bins.
    pub(in crate::commands) keys: Vec<FieldName>,
    /// Keeps rows in which a BY field is null, as a group of its own.
    pub(in crate::commands) keep_null: bool,
    /// Output columns in order: a fixed aggregate, or the place of a wildcard one.
    pub(super) columns: Vec<Place>,
}

/// What stands in an output column, by its number in its list.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Fixed(usize),
    Wild(usize),
}

pub(in crate::commands) struct Fixed {
    pub aggregate: Aggregate,
    pub argument: Arg,
    pub name: FieldName,
}

pub(in crate::commands) enum Arg {
    None,
    Field(FieldName),
    Eval(Program),
}

/// `sum(*)`, `values(a*) AS b*`: one aggregate for each field that matches.
pub(in crate::commands) struct Wild {
    pub aggregate: Aggregate,
    pub pattern: Pattern,
    alias: String,
}

impl Wild {
    /// The name of the aggregate of one field.
    pub fn name_of(&self, field: &str) -> FieldName {
        let name = wildcard_swap(self.pattern.text(), &self.alias, field);
        FieldName::new(name.unwrap_or_else(|| self.alias.replacen('*', field, 1)))
    }

    /// Whether it takes that field: not the BY fields, and internal ones only if asked for.
    pub fn takes(&self, field: &FieldName, by: &[FieldName]) -> bool {
        self.pattern.is_match(field)
            && !by.contains(field)
            && (!field.starts_with('_') || self.pattern.text().starts_with('_'))
    }
}

/// Functions whose answer depends on the rows' order or time.
const ORDERED: [&str; 10] = [
    "first",
    "last",
    "list",
    "earliest",
    "latest",
    "earliest_time",
    "latest_time",
    "rate",
    "rate_avg",
    "rate_sum",
];

/// What the field begins with in which `mstats` hands measurements with their time series to the
/// functions that need these. No field that a user names begins so.
pub(in crate::commands) const POINTS: &str = "\u{1}points of ";

/// The error of a function that needs time series where nobody tells them.
fn needs_series(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::error("SPL2480", name.span, format!("{} is a function of mstats", name.node))
        .label("needs the time series of a metric")
        .help("use it in mstats, or `rate()` BY the fields that tell the counters apart")
}

impl StatsPlan {
    pub fn new(s: &StatsSyntax) -> Result<StatsPlan, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut allnum = false;
        for o in &s.options {
            match o.name.node.as_str() {
                "partitions" => {}
                "allnum" => match o.value.node.to_ascii_lowercase().as_str() {
                    "true" | "t" | "1" | "yes" | "y" => allnum = true,
                    "false" | "f" | "0" | "no" | "n" => allnum = false,
                    other => diagnostics.push(
                        Diagnostic::error(
                            "SPL2002",
                            o.value.span,
                            format!("`allnum=` needs true or false, not `{other}`"),
                        )
                        .label("expected true or false"),
                    ),
                },
                other => diagnostics.push(Diagnostic::unsupported(
                    "SPL2014",
                    o.span,
                    format!("stats {other}="),
                )),
            }
        }
        let mut plan = StatsPlan {
            fixed: Vec::new(),
            wild: Vec::new(),
            by: s.by.iter().map(|f| FieldName::new(&f.node)).collect(),
            dedup_splitvals: s.dedup_splitvals.as_ref().is_some_and(|d| d.node),
            prestats: None,
            needs_order: false,
            allnum,
            fill: None,
            keys: s.by.iter().map(|f| FieldName::new(&f.node)).collect(),
            keep_null: false,
            columns: Vec::new(),
        };
        for f in s.by.iter().filter(|f| f.node.contains('*')) {
            diagnostics.push(
                Diagnostic::error("SPL2015", f.span, "BY takes no wildcards")
                    .label("name the fields"),
            );
        }
        for a in &s.aggregates {
            plan.add(a, &mut diagnostics);
        }
        if diagnostics.is_empty() { Ok(plan) } else { Err(diagnostics) }
    }

    fn add(&mut self, a: &Syntax, diagnostics: &mut Vec<Diagnostic>) {
        if a.function.node != "sparkline" {
            return self.add_one(a, None, diagnostics);
        }
        let (of, step) = match &a.argument {
            AggregateArgument::Sparkline { of, step } => (of.as_deref(), step.as_ref()),
            _ => (None, None),
        };
        let shape = match Sparkline::new(step.map(|s| s.node.as_str())) {
            Ok(shape) => shape,
            Err(why) => {
                let span = step.map_or(a.span, |s| s.span);
                let d = Diagnostic::error("SPL2300", span, "the span of a sparkline is wrong");
                return diagnostics.push(d.label(why));
            }
        };
        let (function, percentile, argument) = match of {
            Some(of) => (of.function.clone(), of.percentile.clone(), of.argument.clone()),
            None => {
                let count = Spanned::new("count".to_owned(), a.function.span);
                (count, None, AggregateArgument::None)
            }
        };
        let spec = aggregates::find(&function.node);
        let wild = matches!(&argument, AggregateArgument::Field(f) if f.node.contains('*'));
        let bare = matches!(argument, AggregateArgument::None)
            && spec.is_some_and(|s| s.argument == Argument::Required);
        if !spec.is_some_and(|s| SPARKLINE_OF.contains(&s.name)) || wild || bare {
            let d = Diagnostic::error("SPL2301", a.span, "a sparkline cannot be made of that");
            let help = format!("it takes one of {}, and one field", SPARKLINE_OF.join(", "));
            return diagnostics.push(d.label("not an aggregate for a sparkline").help(help));
        }
        let of = Syntax { function, percentile, argument, ..a.clone() };
        self.add_one(&of, Some(shape), diagnostics);
    }

    fn add_one(
        &mut self,
        a: &Syntax,
        sparkline: Option<Sparkline>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let has_argument = !matches!(a.argument, AggregateArgument::None);
        // `sum` alone means `sum(*)`
        let all = !has_argument && !matches!(a.function.node.as_str(), "count" | "c");
        let resolved =
            Aggregate::resolve(&a.function.node, a.percentile.as_deref(), has_argument || all);
        let aggregate = match resolved {
            Ok(x) => Aggregate { sparkline, ..x },
            Err(e) => {
                let d = match &e {
                    ResolveError::Unsupported(name) => Diagnostic::unsupported(
                        "SPL1003",
                        a.function.span,
                        format!("stats function {name}"),
                    ),
                    _ => Diagnostic::error("SPL2016", a.function.span, e.to_string()),
                };
                diagnostics.push(match e {
                    ResolveError::Unknown { similar: Some(s), .. } => {
                        d.help(format!("did you mean `{s}`?"))
                    }
                    _ => d,
                });
                return;
            }
        };
        let points =
            matches!(&a.argument, AggregateArgument::Field(f) if f.node.starts_with(POINTS));
        if OF_SERIES.contains(&aggregate.spec.name) && !points {
            return diagnostics.push(needs_series(&a.function));
        }
        self.needs_order |= ORDERED.contains(&aggregate.spec.name) || sparkline.is_some();
        let alias = a.alias.as_ref().map(|f| f.node.as_str());
        let wild = match &a.argument {
            AggregateArgument::Field(f) if f.node.contains('*') => Some(f.node.as_str()),
            AggregateArgument::None if all => Some("*"),
            _ => None,
        };
        if let Some(pattern) = wild {
            let head = a.text.split('(').next().unwrap_or_default().to_owned();
            let alias = match alias {
                Some(alias) if alias.matches('*').count() == pattern.matches('*').count() => {
                    alias.to_owned()
                }
                Some(_) => {
                    let span = a.alias.as_ref().map_or(a.span, |f| f.span);
                    diagnostics.push(
                        Diagnostic::error(
                            "SPL2012",
                            span,
                            "both names must have the same number of wildcards",
                        )
                        .help("one name for several fields would keep only one of them"),
                    );
                    return;
                }
                None => format!("{head}({pattern})"),
            };
            self.columns.push(Place::Wild(self.wild.len()));
            self.wild.push(Wild { aggregate, pattern: Pattern::case_sensitive(pattern), alias });
            return;
        }
        let argument = match &a.argument {
            AggregateArgument::None => Arg::None,
            AggregateArgument::Field(f) => Arg::Field(FieldName::new(&f.node)),
            AggregateArgument::Sparkline { .. } => {
                diagnostics.push(Diagnostic::unsupported(
                    "SPL1003",
                    a.span,
                    "stats function sparkline",
                ));
                return;
            }
            AggregateArgument::Prefix(p) => {
                diagnostics.push(
                    Diagnostic::error("SPL2016", p.span, "PREFIX() is for tstats only")
                        .label("no field"),
                );
                return;
            }
            AggregateArgument::Eval(e) => match &e.kind {
                ExprKind::Field(f) => Arg::Field(FieldName::new(f)),
                _ => match Program::compile(e) {
                    Ok(p) => Arg::Eval(p),
                    Err(ds) => {
                        diagnostics.extend(ds);
                        return;
                    }
                },
            },
        };
        let name = FieldName::new(alias.unwrap_or(&a.text));
        if self.fixed.iter().any(|f| f.name == name) || self.by.contains(&name) {
            let span = a.alias.as_ref().map_or(a.span, |f| f.span);
            diagnostics.push(
                Diagnostic::error("SPL2017", span, format!("two columns would be named {name}"))
                    .label("already taken")
                    .help("give this one another name with AS"),
            );
            return;
        }
        self.columns.push(Place::Fixed(self.fixed.len()));
        self.fixed.push(Fixed { aggregate, argument, name });
    }

    /// States for these aggregates.
    pub(in crate::commands) fn start(&self, aggregates: &[Aggregate]) -> AggregateSet {
        match self.allnum {
            true => AggregateSet::all_numbers(aggregates),
            false => AggregateSet::new(aggregates),
        }
    }

    /// How a row's groups are told.
    pub(in crate::commands) fn group_options(&self) -> GroupOptions {
        GroupOptions {
            dedup_splitvals: self.dedup_splitvals,
            keep_null: self.keep_null || self.fill.is_some(),
        }
    }

    /// The fields that a command needs that writes these aggregates into its rows.
    pub(in crate::commands) fn needed_beside(&self, mut after: FieldSet) -> FieldSet {
        // with BY a row without group keeps what it has
        if self.by.is_empty() {
            self.fixed.iter().for_each(|f| after.remove(&f.name));
        }
        after.union(&self.needed());
        after
    }

    /// The arguments that are expressions as columns, by the place of their aggregate.
    pub(in crate::commands) fn computed(&self, batch: &Batch, cx: &RunCx) -> Vec<Option<Col>> {
        let one = |f: &Fixed| match &f.argument {
            Arg::Eval(p) => Some(condition_or_value(p, batch, cx)),
            _ => None,
        };
        self.fixed.iter().map(one).collect()
    }

    /// The fields that the BY clause and the aggregates read.
    pub(in crate::commands) fn needed(&self) -> FieldSet {
        let mut set = FieldSet::new();
        self.by.iter().for_each(|f| set.insert(f));
        for f in &self.fixed {
            match &f.argument {
                Arg::None => {}
                Arg::Field(n) => set.insert(n),
                Arg::Eval(p) => set = with_program(set, p),
            }
        }
        self.wild.iter().for_each(|w| set.insert(w.pattern.text()));
        if self.needs_order {
            set.insert("_time");
        }
        if let Some(states) = &self.prestats {
            states.needed(&mut set);
        }
        set
    }
}

/// The argument `eval(...)` as a column: a condition is 1 where it is true, else null.
fn condition_or_value(p: &Program, batch: &Batch, cx: &RunCx) -> Col {
    let bound = p.bind(batch);
    Col::Values(
        (0..batch.len)
            .map(|r| match p.eval(&bound, r, cx) {
                Cell::Bool(true) => Value::Num(1.0),
                Cell::Bool(false) => Value::Null,
                cell => cell.into_value(),
            })
            .collect(),
    )
}
