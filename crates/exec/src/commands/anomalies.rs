//! `anomalies`: how unexpected each row is after those before it.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{self, Definition, Lookups};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Spanned, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::anomalies::Anomalies;
use smol_str::SmolStr;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "anomalies",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Finds rows that are unlike those before them.",
        syntax: "anomalies [threshold=<num>] [labelonly=<bool>] [normalize=<bool>] \
                 [maxvalues=<int>] [field=<field>] [denylist=<filename>] [denylistthreshold=<num>] \
                 [by <field-list>]",
        details: "unexpectedness = [s(P and X) - s(P)] / [s(P) + s(X)], where X is the row and P \
                  the maxvalues (100) rows before it with the same values of the fields behind by. \
                  Rows below threshold (0.01) are left out, with labelonly=true none. Which measure \
                  s is, Splunk does not document, which a notice tells: here it is how many \
                  different groups of three characters in a row there are in field, _raw by \
                  default; with normalize=true, the default, all digits are alike. A row whose \
                  unexpectedness after a row of the table denylist is denylistthreshold (0.05) or \
                  less is expected: 0. The table is a CSV file of --lookups with a column of the \
                  field's name. A row without the field has no unexpectedness, and is left out \
                  unless labelonly=true. blacklist and blacklistthreshold are the old names.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/anomalies",
        examples: &[CommandExample {
            title: "the second login says nothing new",
            search: "* | anomalies field=m threshold=0.1 | table m unexpectedness",
            events: r#"{"m":"login 17"}
{"m":"login 42"}
{"m":"abcd"}"#,
            rows: r#"{"m":"login 17","unexpectedness":1}
{"m":"abcd","unexpectedness":0.25}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Anomalies(a) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let diagnostics = super::refuse_wildcards(stage, &a.by);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let deny = a.denylist.as_ref().map(|name| table(name, &a.field, cx)).transpose()?;
    Ok(Op::Ordered(Box::new(Plan(Arc::new(Settings {
        by: a.by.iter().map(|f| FieldName::new(&f.node)).collect(),
        options: Anomalies::clone(a),
        deny,
    })))))
}

/// The table of a denylist, which must have the column that is compared.
fn table(name: &Spanned<String>, field: &str, cx: &PlanCx) -> Result<Deny, Vec<Diagnostic>> {
    let at_name = |e: lookup::LookupError| vec![e.at(name.span)];
    let lookups = cx.lookups(name)?;
    // Splunk's is a file without its ending
    let file = match name.node.ends_with(".csv") || name.node.ends_with(".csv.gz") {
        true => name.node.clone(),
        false => format!("{}.csv", name.node),
    };
    let definition = lookups.find(&file).map_err(at_name)?;
    let columns = lookup::header(&*lookups, &definition).map_err(at_name)?;
    if !columns.iter().any(|c| c == field) {
        let text = format!("{} has no column `{field}`", definition.file);
        let d = Diagnostic::error("SPL3352", name.span, text);
        return Err(vec![d.label("no events to compare with")]);
    }
    Ok(Deny { lookups, definition })
}

struct Deny {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
}

struct Settings {
    options: Anomalies,
    by: Vec<FieldName>,
    deny: Option<Deny>,
}

struct Plan(Arc<Settings>);

/// The field that is added.
const ADDED: &str = "unexpectedness";

impl Operator for Plan {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove(ADDED);
        after.insert(&self.0.options.field);
        self.0.by.iter().for_each(|f| after.insert(f));
        after
    }
}

impl Ordered for Plan {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: Arc::clone(&self.0),
            groups: HashMap::default(),
            expected: None,
            held: 0,
            pieces: Vec::new(),
            key: Vec::new(),
        })
    }
}

/// Three characters in a row; a shorter text is one piece.
type Piece = u64;

/// What stands for no character: more than any has.
const NONE: u64 = 0x1f_ffff;

/// The different pieces of a text, sorted.
fn pieces(text: &str, normalize: bool, out: &mut Vec<Piece>) {
    out.clear();
    let char = |c: char| match normalize && c.is_ascii_digit() {
        true => u64::from('0'),
        false => u64::from(c),
    };
    let (mut seen, mut piece) = (0_usize, NONE << 42 | NONE << 21 | NONE);
    for c in text.chars() {
        piece = (piece << 21 | char(c)) & ((1 << 63) - 1);
        seen += 1;
        if seen >= 3 {
            out.push(piece);
        }
    }
    if (1..3).contains(&seen) {
        out.push(piece);
    }
    out.sort_unstable();
    out.dedup();
}

/// [s(P and X) - s(P)] / [s(P) + s(X)], by the pieces of X that are not in P.
fn unexpectedness(new: usize, before: usize, row: usize) -> f64 {
    match before + row {
        0 => 0.0,
        all => new as f64 / all as f64,
    }
}

/// The rows before, of a group.
#[derive(Default)]
struct Group {
    rows: VecDeque<Box<[Piece]>>,
    /// How many of the rows have a piece.
    counts: HashMap<Piece, u32, FixedState>,
}

impl Group {
    /// Takes in a row's pieces and forgets the oldest beyond `most`; says by how many more pieces
    /// there are.
    fn push(&mut self, pieces: &[Piece], most: usize) -> i64 {
        let mut more = pieces.len() as i64;
        pieces.iter().for_each(|p| *self.counts.entry(*p).or_default() += 1);
        self.rows.push_back(pieces.into());
        if self.rows.len() > most {
            for piece in self.rows.pop_front().unwrap_or_default() {
                more -= 1;
                if let Some(n) = self.counts.get_mut(&piece) {
                    *n -= 1;
                    if *n == 0 {
                        self.counts.remove(&piece);
                    }
                }
            }
        }
        more
    }
}

/// Most pieces of rows that are kept.
const MOST: i64 = 50_000_000;

struct Run {
    plan: Arc<Settings>,
    groups: HashMap<Vec<Option<SmolStr>>, Group, FixedState>,
    /// The pieces of the rows of the denylist, once it is read.
    expected: Option<Vec<Vec<Piece>>>,
    /// How many pieces are kept.
    held: i64,
    pieces: Vec<Piece>,
    key: Vec<Option<SmolStr>>,
}

impl Run {
    /// Reads the denylist.
    fn begin(&mut self, cx: &RunCx) -> Result<(), RunError> {
        if self.expected.is_some() {
            return Ok(());
        }
        let text = "`anomalies`: by what Splunk measures how uniform events are is not documented; \
                    its unexpectedness is another";
        cx.notice("SPL3350", text, true);
        let mut all = Vec::new();
        if let Some(deny) = &self.plan.deny {
            let options = &self.plan.options;
            let wanted = |name: &str| name == options.field;
            let table = lookup::read(&*deny.lookups, &deny.definition, &wanted, cx)?;
            for row in 0..table.rows() {
                let value = table.value(0, row);
                if !value.is_null() {
                    let mut one = Vec::new();
                    pieces(&value.text(), options.normalize, &mut one);
                    all.push(one);
                }
            }
        }
        self.expected = Some(all);
        Ok(())
    }

    /// How unexpected the row with these pieces is, which is then one of those before.
    fn score(&mut self) -> f64 {
        let (options, pieces) = (&self.plan.options, self.pieces.as_slice());
        let like = |other: &Vec<Piece>| {
            let new = pieces.iter().filter(|p| other.binary_search(p).is_err()).count();
            unexpectedness(new, other.len(), pieces.len()) <= options.denylistthreshold
        };
        let denied = self.expected.iter().flatten().any(like);
        if !self.groups.contains_key(&self.key) {
            self.groups.insert(self.key.clone(), Group::default());
        }
        let Some(group) = self.groups.get_mut(&self.key) else { return 0.0 };
        let new = pieces.iter().filter(|p| !group.counts.contains_key(p)).count();
        let score = unexpectedness(new, group.counts.len(), pieces.len());
        self.held += group.push(pieces, options.maxvalues);
        if denied { 0.0 } else { score }
    }
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        if batch.len > 0 {
            self.begin(cx)?;
        }
        let plan = Arc::clone(&self.plan);
        let options = &plan.options;
        let none = Col::Const(Value::Null);
        let col = batch.col(&options.field).cloned().unwrap_or(none.clone());
        let by: Vec<Col> =
            plan.by.iter().map(|f| batch.col(f).cloned().unwrap_or(none.clone())).collect();
        let (mut scores, mut keep) = (Vec::with_capacity(batch.len), Vec::new());
        for row in 0..batch.len {
            if row.is_multiple_of(64) {
                cx.check_stop()?;
            }
            let value = col.get(row);
            if value.is_null() {
                scores.push(Value::Null);
                keep.push(options.labelonly);
                if !options.labelonly {
                    let field = &options.field;
                    let text = format!("`anomalies` leaves out rows without the field `{field}`");
                    cx.notice("SPL3351", text, true);
                }
                continue;
            }
            pieces(&value.text(), options.normalize, &mut self.pieces);
            self.key.clear();
            self.key
                .extend(by.iter().map(|c| c.get(row)).map(|v| (!v.is_null()).then(|| v.to_smol())));
            let score = self.score();
            if self.held > MOST {
                let text = "there are more rows before than `anomalies` keeps: use a smaller \
                            maxvalues= or fewer groups";
                return Err(RunError::failed("SPL3353", text));
            }
            scores.push(Value::Num(score));
            keep.push(options.labelonly || score >= options.threshold);
        }
        batch.set(ADDED, Col::Values(scores));
        batch.retain(&keep);
        out.push(batch);
        Ok(Flow::More)
    }
}
