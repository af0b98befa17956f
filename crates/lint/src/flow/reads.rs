//! The fields that a stage reads.

use super::{How, Read};
use crate::walk;
use sepal_parser::ast::{Expr, ExprKind, Field, SearchExpr, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::stats::{Aggregate, AggregateArgument};
use sepal_parser::commands::strcat::StrcatSource;

/// Functions for which a field that is not there is no mistake.
const TOLERANT: &[&str] = &["coalesce", "isnotnull", "isnull", "mvappend", "typeof", "validate"];

/// What a stage reads.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// By name, each time it stands there.
    pub list: Vec<Read>,
    /// Every field, or nobody knows which.
    pub all: bool,
}

impl Reads {
    fn add(&mut self, field: &Field, how: How) {
        self.list.push(Read { name: field.node.clone(), span: field.span, how });
    }

    fn each<'f>(&mut self, fields: impl IntoIterator<Item = &'f Field>, how: How) {
        fields.into_iter().for_each(|f| self.add(f, how));
    }

    fn expr(&mut self, e: &Expr, how: How) {
        match &e.kind {
            ExprKind::Field(name) => {
                self.list.push(Read { name: name.clone(), span: e.span, how });
            }
            ExprKind::Unary { expr, .. } => self.expr(expr, how),
            ExprKind::Binary { lhs, rhs, .. } => {
                self.expr(lhs, how);
                self.expr(rhs, how);
            }
            ExprKind::In { expr, list } => {
                self.expr(expr, how);
                list.iter().for_each(|e| self.expr(e, how));
            }
            ExprKind::Call { name, args } => {
                let tolerant = TOLERANT.contains(&name.node.as_str());
                let how = if tolerant { How::Tolerant } else { how };
                // the first argument of these binds a name of its own
                if matches!(name.node.as_str(), "map" | "filter" | "reduce" | "searchmatch") {
                    self.all = true;
                }
                args.iter().for_each(|e| self.expr(e, how));
            }
            ExprKind::Subsearch(_) => self.all = true,
            ExprKind::Number(_) | ExprKind::String(_) => {}
        }
    }

    fn search(&mut self, e: &SearchExpr) {
        walk::search(e, &mut |e| match e {
            SearchExpr::Compare { field, .. }
            | SearchExpr::In { field, .. }
            | SearchExpr::CompareSubsearch { field, .. }
            | SearchExpr::InSubsearch { field, .. } => self.add(field, How::Filter),
            SearchExpr::Call(e) => self.expr(e, How::Filter),
            SearchExpr::Subsearch(_) => self.all = true,
            _ => {}
        });
    }

    fn aggregates(&mut self, list: &[Aggregate]) {
        for a in list {
            match &a.argument {
                AggregateArgument::Field(f) | AggregateArgument::Prefix(f) => {
                    self.add(f, How::Value);
                }
                AggregateArgument::Eval(e) => self.expr(e, How::Value),
                AggregateArgument::Sparkline { of: Some(of), .. } => {
                    self.aggregates(std::slice::from_ref(of));
                }
                AggregateArgument::Sparkline { of: None, .. } | AggregateArgument::None => {}
            }
        }
    }
}

/// What a stage reads.
pub fn reads(stage: &Stage) -> Reads {
    let mut r = Reads::default();
    match &stage.command {
        Command::Search(c) => r.search(&c.expr),
        Command::Where(c) => r.expr(&c.expr, How::Filter),
        Command::Eval(c) => {
            for (n, a) in c.assignments.iter().enumerate() {
                let from = r.list.len();
                r.expr(&a.expr, How::Value);
                r.all |= a.target.node.contains('{');
                // what an assignment before it in the same eval gave is no field from outside
                let own: Vec<&str> =
                    c.assignments.iter().take(n).map(|a| a.target.node.as_str()).collect();
                let mut place = 0;
                r.list.retain(|read| {
                    place += 1;
                    place <= from || !own.contains(&read.name.as_str())
                });
            }
        }
        Command::Fieldformat(c) => c.assignments.iter().for_each(|a| r.expr(&a.expr, How::Value)),
        Command::Head(c) => c.condition.iter().for_each(|e| r.expr(e, How::Filter)),
        Command::Stats(c) | Command::Eventstats(c) => {
            r.aggregates(&c.aggregates);
            r.each(&c.by, How::By);
        }
        Command::Streamstats(c) => {
            r.aggregates(&c.stats.aggregates);
            r.each(&c.stats.by, How::By);
            for e in [&c.reset_before, &c.reset_after].into_iter().flatten() {
                r.expr(&e.node, How::Value);
            }
        }
        Command::Chart(c) => {
            r.aggregates(&c.stats.aggregates);
            r.each([&c.row, &c.column].into_iter().flatten().map(|a| &a.field), How::By);
            for c in &c.computed {
                r.expr(&c.expr, How::Value);
                r.aggregates(&c.aggregates);
            }
        }
        Command::Top(c) => r.each(c.fields.iter().chain(&c.by), How::By),
        // within their own data
        Command::Tstats(_) | Command::Mstats(_) | Command::Inputlookup(_) => {}
        Command::Sort(c) => r.each(c.keys.iter().map(|k| &k.field), How::Value),
        Command::Dedup(c) => {
            r.each(&c.fields, How::By);
            r.each(c.sortby.iter().map(|k| &k.field), How::Value);
        }
        Command::Rename(c) => r.each(c.pairs.iter().map(|(from, _)| from), How::Listed),
        Command::Table(c) => r.each(&c.fields, How::Listed),
        Command::Fields(c) if c.remove => {}
        Command::Fields(c) => r.each(&c.fields, How::Listed),
        Command::Rex(c) => r.each(&c.field, How::Value),
        Command::Regex(c) => r.each(&c.field, How::Filter),
        Command::Mvexpand(c) => r.add(&c.field, How::Value),
        Command::Makemv(c) => r.add(&c.field, How::Value),
        Command::Nomv(c) => r.add(&c.field, How::Value),
        // nothing to convert is no harm
        Command::Convert(c) => r.each(c.conversions.iter().map(|c| &c.field), How::Listed),
        Command::Bin(c) => r.add(&c.field, How::Value),
        Command::Lookup(c) => {
            r.each(c.inputs.iter().map(|i| i.field.as_ref().unwrap_or(&i.column)), How::Value);
        }
        Command::Spath(c) => r.each(&c.input, How::Value),
        Command::Join(c) => r.each(&c.fields, How::By),
        Command::Xyseries(c) => {
            r.each([&c.x, &c.name], How::By);
            r.each(&c.data, How::Value);
        }
        Command::Untable(_) => r.all = true,
        Command::Iplocation(c) => r.add(&c.field, How::Value),
        Command::Transaction(c) => {
            r.each(&c.fields, How::By);
            walk::conditions(&stage.command).into_iter().for_each(|e| r.search(e));
            walk::expressions(&stage.command).into_iter().for_each(|e| r.expr(e, How::Value));
        }
        Command::Trendline(c) => r.each(c.trends.iter().map(|t| &t.field), How::Value),
        Command::Accum(c) => r.add(&c.field, How::Value),
        Command::Delta(c) => r.add(&c.field, How::Value),
        Command::Autoregress(c) => r.add(&c.field, How::Value),
        Command::Rangemap(c) => r.add(&c.field, How::Value),
        Command::Strcat(c) => {
            let fields = c.sources.iter().filter_map(|s| match s {
                StrcatSource::Field(f) => Some(f),
                StrcatSource::Text(_) => None,
            });
            r.each(fields, How::Value);
        }
        Command::Fillnull(c) => r.each(&c.fields, How::Tolerant),
        Command::Filldown(c) => r.each(&c.fields, How::Tolerant),
        Command::Replace(c) => r.each(&c.fields, How::Tolerant),
        Command::Return(c) => r.each(c.items.iter().map(|i| &i.field), How::Listed),
        Command::Reverse(_) | Command::Tail(_) | Command::Highlight(_) | Command::Localop(_) => {}
        Command::Noop(_) | Command::Append(_) | Command::Appendcols(_) => {}
        Command::Makeresults(_) | Command::Setfields(_) | Command::Makecontinuous(_) => {}
        _ => r.all = true,
    }
    // a wildcard names many; a quoted argument of a template is no name
    r.all |= r.list.iter().any(|f| f.name == "*");
    r
}
