//! The commands: one file each, named as the user types it.
//!
//! Adding a command: its file, one line in [`COMMANDS`], its cases.

use crate::doc::CommandDoc;
use crate::eval::Program;
use crate::plan::{Events, Plan, PlanCx};
use crate::regex_engine::SplRegex;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, Spanned, Stage};

/// A command.
pub struct CommandSpec {
    /// The name in lower case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Where it may run.
    pub class: Class,
    /// Help.
    pub doc: CommandDoc,
    /// Turns the syntax into an operator.
    pub plan: fn(&Stage, &mut PlanCx) -> Result<Op, Vec<Diagnostic>>,
}

/// Where a command may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Makes rows out of nothing; only as the first command.
    Generating,
    /// Row by row, beside the scan.
    Streaming,
    /// A state per group beside the scan, merged afterwards.
    Partial,
    /// Over the rows in event order, after the merge.
    Ordered,
}

/// A planned command.
pub enum Op {
    /// Makes rows out of nothing.
    Generating(Box<dyn Generating>),
    /// Row by row.
    Streaming(Box<dyn Streaming>),
    /// A state per group.
    Partial(Box<dyn Partial>),
    /// Over the rows in order.
    Ordered(Box<dyn Ordered>),
    /// Events that the command searches for; only as the first command. Planning puts its parts
    /// into the plan, which never holds it.
    Events(Box<Events>),
}

impl Op {
    /// What every planned command can tell.
    pub fn operator(&self) -> &dyn Operator {
        match self {
            Op::Generating(o) => &**o,
            Op::Streaming(o) => &**o,
            Op::Partial(o) => &**o,
            Op::Ordered(o) => &**o,
            Op::Events(o) => &**o,
        }
    }
}

/// What every planned command can tell.
pub trait Operator: Send + Sync {
    /// The fields that must reach the command so that the fields `after` leave it right.
    fn needed(&self, after: FieldSet) -> FieldSet;

    /// One line for `--explain`, without the command's name.
    fn describe(&self) -> String {
        String::new()
    }

    /// Whether it does nothing, once it was asked what it needs: the plan leaves it out then.
    fn is_idle(&self) -> bool {
        false
    }

    /// The plans of its subsearches, as far as they are known before it runs; without those inside
    /// of them.
    fn subsearches(&self) -> Vec<&Plan> {
        Vec::new()
    }

    /// The plan of a subsearch without whose rows it gives none, whatever rows reach it: that of a
    /// `join` which keeps only rows with a match.
    fn matched_with(&self) -> Option<&Plan> {
        None
    }

    /// Whether it does something besides giving rows, such as writing a file.
    fn acts(&self) -> bool {
        false
    }
}

/// Makes rows out of nothing.
pub trait Generating: Operator {
    /// The rows, in order.
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError>;
}

/// Works row by row: any split of the rows into batches gives the same rows.
pub trait Streaming: Operator {
    /// The batch that comes out. Rows keep their order.
    fn apply(&self, batch: Batch, cx: &RunCx) -> Result<Batch, RunError>;

    /// The columns that it leaves, in their order, where it sets one: names and wildcards.
    fn columns(&self) -> Option<&[(FieldName, Option<Pattern>)]> {
        None
    }

    /// Where the command is `fieldformat`: fields and what a table shows in their place.
    fn formats(&self) -> &[(FieldName, Program)] {
        &[]
    }
}

/// Keeps a state per group: rows may come in any order, split over any number of states.
pub trait Partial: Operator {
    /// An empty state.
    fn start(&self) -> Box<dyn PartialRun>;

    /// Whether the answer depends on the rows' order or `_time`, so that the scan must find it.
    fn needs_order(&self) -> bool;

    /// Takes over a `fillnull` without a list that stands right before: null stays a sentinel
    /// until the input ends. Says whether it did.
    fn defer_fill(&mut self, fill: &Value) -> bool {
        let _ = fill;
        false
    }
}

/// A running state of a [`Partial`] command.
pub trait PartialRun: Send {
    /// Takes rows in. `batch.order` gives each row's place; empty: the rows follow those before.
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError>;
    /// Gives the state away as payloads by bucket; it is empty afterwards.
    fn payloads(&mut self, cx: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError>;
    /// Takes in a payload that another state of the same command gave.
    fn merge(&mut self, payload: &[u8], cx: &RunCx) -> Result<(), RunError>;
    /// The rows, in the command's own order.
    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError>;
}

/// Sees all rows in order.
pub trait Ordered: Operator {
    /// A fresh run.
    fn start(&self) -> Box<dyn OrderedRun>;

    /// Where only the first rows matter: how many (`head 5`).
    fn first_rows(&self) -> Option<usize> {
        None
    }

    /// Where the command is `fillnull` without a list: its value.
    fn fills_all(&self) -> Option<&Value> {
        None
    }
}

/// Whether a run wants more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    More,
    /// Further rows change nothing.
    Done,
}

/// A running [`Ordered`] command.
pub trait OrderedRun: Send {
    /// Takes rows in, in order, and may give rows out.
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError>;
    /// The rest of the rows, one batch after another until `give` says that no more are wanted.
    /// Most commands have none: they gave each row when it came.
    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let _ = (give, cx);
        Ok(())
    }
}

/// Takes rows on and says whether more are wanted.
pub type Give<'a> = dyn FnMut(Batch) -> Result<bool, RunError> + 'a;

/// Puts what is given to a list.
pub(crate) fn put_to(out: &mut Vec<Batch>) -> impl FnMut(Batch) -> Result<bool, RunError> + '_ {
    |batch| {
        out.push(batch);
        Ok(true)
    }
}

/// Gives batches until no more are wanted.
pub(crate) fn give_all(
    batches: impl IntoIterator<Item = Batch>,
    give: &mut Give<'_>,
) -> Result<(), RunError> {
    for batch in batches {
        if !give(batch)? {
            break;
        }
    }
    Ok(())
}

mod given;
mod held;
mod matched;
mod pass_on;
mod refused;
mod subpipeline;

pub use refused::{REFUSED, refused};

macro_rules! commands {
    ($($module:ident),+ $(,)?) => {
        $(pub mod $module;)+

        /// All commands, sorted by name.
        pub static COMMANDS: &[&CommandSpec] = &[$(&$module::SPEC),+];
    };
}

commands! {
    accum,
    addcoltotals,
    addinfo,
    addtotals,
    anomalies,
    anomalydetection,
    append,
    appendcols,
    appendpipe,
    apply,
    arules,
    associate,
    autoregress,
    bin,
    bucketdir,
    chart,
    cluster,
    concurrency,
    contingency,
    convert,
    correlate,
    datamodel,
    dedup,
    delta,
    diff,
    erex,
    eval,
    eventcount,
    eventstats,
    extract,
    fieldformat,
    fields,
    fieldsummary,
    filldown,
    fillnull,
    fit,
    flatten,
    foreach,
    format,
    from,
    fromjson,
    gauge,
    gentimes,
    geostats,
    head,
    highlight,
    iconify,
    inputlookup,
    iplocation,
    join,
    kmeans,
    loadjob,
    localize,
    localop,
    lookup,
    makecontinuous,
    makemv,
    makeresults,
    map,
    metadata,
    metasearch,
    mstats,
    multikv,
    multisearch,
    mvcombine,
    mvexpand,
    nomv,
    noop,
    outlier,
    outputlookup,
    outputtext,
    predict,
    rangemap,
    rare,
    regex,
    reltime,
    rename,
    replace,
    require,
    return_,
    reverse,
    rex,
    savedsearch,
    search,
    selfjoin,
    set,
    setfields,
    sort,
    spath,
    stats,
    strcat,
    streamstats,
    summary,
    table,
    tags,
    tail,
    timechart,
    timewrap,
    tojson,
    top,
    transaction,
    transpose,
    trendline,
    tstats,
    union,
    uniq,
    untable,
    where_,
    x11,
    xmlkv,
    xmlunescape,
    xpath,
    xyseries,
}

/// The stage's syntax is not that of its command: a mistake in the registries, told as an error.
pub(crate) fn wrong_syntax(stage: &Stage) -> Vec<Diagnostic> {
    vec![Diagnostic::unsupported(
        "SPL1001",
        stage.name.span,
        format!("this form of {}", stage.name.node),
    )]
}

/// "takes no wildcards" for each name of the list that holds one.
pub(crate) fn refuse_wildcards(stage: &Stage, fields: &[Field]) -> Vec<Diagnostic> {
    let refuse = |f: &Field| {
        let message = format!("`{}` takes no wildcards", stage.name.node);
        Diagnostic::error("SPL2101", f.span, message).label("name the fields")
    };
    fields.iter().filter(|f| f.node.contains('*')).map(refuse).collect()
}

/// The pattern of a command, compiled.
pub(crate) fn compile_regex(pattern: &Spanned<String>) -> Result<SplRegex, Vec<Diagnostic>> {
    SplRegex::new(&pattern.node).map_err(|why| {
        vec![
            Diagnostic::error("SPL2100", pattern.span, "the regular expression is wrong")
                .label(why),
        ]
    })
}

/// The set with the fields that an expression reads.
pub(crate) fn with_program(mut set: FieldSet, program: &Program) -> FieldSet {
    if program.reads_whole_row() {
        return FieldSet::all();
    }
    program.fields().for_each(|f| set.insert(f));
    set
}

/// The name that `name` has under the pattern `to` if it matches `from`: each `*` of `to` is the
/// text that the same `*` of `from` stands for. Without wildcards: `to` if `name` is `from`.
pub(crate) fn wildcard_swap(from: &str, to: &str, name: &str) -> Option<String> {
    if !from.contains('*') {
        return (from == name).then(|| to.to_owned());
    }
    let parts: Vec<&str> = from.split('*').collect();
    let (first, rest) = parts.split_first()?;
    let mut left = name.strip_prefix(first)?;
    let mut caught = Vec::new();
    for (i, part) in rest.iter().enumerate() {
        let at = if i + 1 == rest.len() {
            left.len()
                .checked_sub(part.len())
                .filter(|at| left.is_char_boundary(*at) && left[*at..] == **part)?
        } else {
            left.find(part)?
        };
        caught.push(&left[..at]);
        left = &left[at + part.len()..];
    }
    let mut out = String::new();
    let mut caught = caught.into_iter();
    for (i, part) in to.split('*').enumerate() {
        if i > 0 {
            out.push_str(caught.next().unwrap_or_default());
        }
        out.push_str(part);
    }
    Some(out)
}

/// A list of field names, some with wildcards.
pub(crate) struct Names(Vec<(FieldName, Option<Pattern>)>);

impl Names {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Names {
        let one =
            |n: &str| (FieldName::new(n), n.contains('*').then(|| Pattern::case_sensitive(n)));
        Names(names.into_iter().map(one).collect())
    }

    /// Whether a name is on the list or matches a wildcard on it.
    pub fn covers(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// The place on the list that a name stands at, or that of the first wildcard it matches.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(n, p)| match p {
            Some(p) => p.is_match(name) && (!name.starts_with('_') || n.starts_with('_')),
            None => n == name,
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (&FieldName, Option<&Pattern>)> {
        self.0.iter().map(|(n, p)| (n, p.as_ref()))
    }

    /// The names without wildcards.
    pub fn exact(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().filter(|(_, p)| p.is_none()).map(|(n, _)| n)
    }

    /// All names as written.
    pub fn all(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().map(|(n, _)| n)
    }
}

/// The command of that name or alias.
pub fn find(name: &str) -> Option<&'static CommandSpec> {
    COMMANDS.iter().copied().find(|c| c.name == name || c.aliases.contains(&name))
}
