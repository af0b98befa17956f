//! Rules that find what is wrong with a search or a detection before it runs.
//!
//! A [`Subject`] is a search and where it stands; [`lint`] gives its [`Finding`]s with their places
//! in the file, [`fix::fix`] the text with the safe ones repaired. Each rule is a file of
//! [`rules`]; docs/lint.md is made of the registry.
//!
//! ```
//! use sepal_lint::{Options, Subject, lint};
//!
//! let search = "index=web | stats count BY host | where user=\"eve\"";
//! let found = lint(&Subject::typed(search, "<search>"), &Options::default());
//! assert_eq!(found[0].code, "SPL6004");
//! ```

pub mod docs;
mod finding;
pub mod fix;
pub mod flow;
pub mod output;
pub mod rules;
mod subject;
mod suppress;
pub mod walk;

pub use finding::{Finding, Level, Place, Raw};
pub use rules::{RULES, Rule, rule};
pub use subject::Subject;

use flow::Flow;
use sepal_content::Detection;
use sepal_content::yaml::Node;
use sepal_exec::lookup::Lookups;
use sepal_parser::macros::MacroSet;
use sepal_parser::{Diagnostic, ParsedSearch, Severity};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a search may call, and which rules count.
#[derive(Clone, Default)]
pub struct Options {
    /// The macros.
    pub macros: MacroSet,
    /// The lookups; without any, what a lookup gives is not known and none is missing.
    pub lookups: Option<Arc<dyn Lookups>>,
    /// Only these codes (or beginnings of codes); empty for the rules that are on by default.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Options {
    /// Whether findings of this code count.
    fn wants(&self, code: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|c| is_or_begins(code, c));
        let selected = match self.select.is_empty() {
            true => rule(code).is_none_or(|r| r.on),
            false => named(&self.select),
        };
        selected && !named(&self.ignore)
    }
}

fn is_or_begins(code: &str, wanted: &str) -> bool {
    let of_code = code.get(..wanted.len()).is_some_and(|c| c.eq_ignore_ascii_case(wanted));
    !wanted.is_empty() && (of_code || rule(code).is_some_and(|r| r.name == wanted))
}

/// What a rule sees.
pub struct Cx<'a> {
    /// The search and its detection.
    pub subject: &'a Subject,
    /// The search with its macros expanded, parsed.
    pub parsed: &'a ParsedSearch,
    /// Which fields each stage gets, reads and gives.
    pub flow: &'a Flow<'a>,
    /// The macros.
    pub macros: &'a MacroSet,
    /// The lookups, where their folders are known.
    pub lookups: Option<&'a dyn Lookups>,
    /// The YAML of the detection.
    pub yaml: Option<&'a Node>,
}

impl Cx<'_> {
    /// The text that spans count in.
    pub fn text(&self) -> &str {
        &self.parsed.expanded.text
    }

    /// The detection, where the search is one's.
    pub fn detection(&self) -> Option<&Detection> {
        self.subject.detection()
    }
}

/// Lints a search. Findings come in the order of the file; those that a comment suppresses are left
/// out. What the parser itself has to say comes along with its own code.
pub fn lint(subject: &Subject, options: &Options) -> Vec<Finding> {
    let parsed = subject.parse(&options.macros);
    let lookups = options.lookups.as_deref();
    let flow = Flow::of(&parsed.pipeline, lookups);
    let yaml = subject.detection().and_then(|d| sepal_content::yaml::read(&d.file, d.text()).ok());
    let cx = Cx {
        subject,
        parsed: &parsed,
        flow: &flow,
        macros: &options.macros,
        lookups,
        yaml: yaml.as_ref(),
    };
    let mut raw: Vec<Raw> = Vec::new();
    let unparsed = parsed.has_errors();
    for d in &parsed.diagnostics {
        if d.unsupported.is_none() && !rules::takes_over(d) && options.wants(d.code) {
            raw.push(of_parser(d));
        }
    }
    for rule in RULES.iter().filter(|r| options.wants(r.code)) {
        // a stage that was not understood would make the fields after it unknown
        if unparsed && rule.needs_whole {
            continue;
        }
        let from = raw.len();
        (rule.check)(&cx, &mut raw);
        for finding in raw.iter_mut().skip(from) {
            (finding.code, finding.level) = (rule.code, finding.level.min(rule.level));
        }
    }
    let suppressed: BTreeSet<String> = suppress::codes(subject);
    raw.retain(|f| !suppressed.contains(f.code));
    let mut found: Vec<Finding> = raw.into_iter().map(|f| f.locate(subject, &parsed)).collect();
    found.sort_by(|a, b| a.key().cmp(&b.key()));
    found.dedup_by(|a, b| a.key() == b.key());
    found
}

fn of_parser(d: &Diagnostic) -> Raw {
    let level = match d.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    Raw {
        code: d.code,
        level,
        label: d.label.clone(),
        help: d.help.clone(),
        ..Raw::at(d.span, d.message.clone())
    }
}
