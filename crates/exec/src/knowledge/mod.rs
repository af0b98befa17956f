//! What is known of events by their source, sourcetype or host: the fields that Splunk makes of
//! them at search time, before the first search sees them.
//!
//! A rule holds for events whose `source`, `sourcetype` or `host` matches. Inputs that say neither
//! are [recognized](recognize) by their first events. A rule's steps work row by row: they take
//! fields out of the event's text, give them other names, calculate, look up. Then event types say
//! what an event is, and their tags. Where rules come from is behind [`Knowledge`], which planning
//! gets.
//!
//! Source: Splunk Knowledge Manager Manual, "The sequence of search-time operations".

pub mod extractions;
mod implied;
mod inputs;
mod install;
mod made;
pub mod recognize;
mod split;
mod steps;

pub use extractions::Extraction;
pub use inputs::{Known, for_stamps, known};
pub(crate) use install::{Installed, PlannedRules, install};
pub use install::{ScanFilter, Wide};
pub use recognize::{Recognized, Recognizer, Signs};

use crate::regex_engine::SplRegex;
use crate::scan::{Meta, TimeRule};
use sepal_data::text::Breaker;
use sepal_data::wildcard::Pattern;
use sepal_parser::ast::{SearchExpr, Stage};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// Where rules are found.
pub trait Knowledge: Send + Sync {
    /// All rules; those that hold for an event work in this order.
    fn rules(&self) -> &[Arc<Rule>];
}

impl Knowledge for Vec<Arc<Rule>> {
    fn rules(&self) -> &[Arc<Rule>] {
        self
    }
}

/// What is known of some events.
#[derive(Debug, Default)]
pub struct Rule {
    /// Its name in messages.
    pub name: String,
    /// The rule holds where one of these does.
    pub holds: Vec<Stamp>,
    /// But not where one of these does.
    pub unless: Vec<Stamp>,
    /// How events of it are told that say nothing of themselves: one of these fits.
    pub signs: Vec<Signs>,
    /// The default fields of an input that was recognized so, where it has none of its own.
    pub given: Meta,
    /// Default fields that are made of each event, before any rule is asked whether it holds:
    /// `source`, `sourcetype` or `host`.
    pub stamps: Vec<Given>,
    /// Its fields are made only where a search names them, not for `*`.
    pub when_named: bool,
    /// What it does with events of which it holds.
    pub body: Deferred,
}

/// What a rule does.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// How its inputs break into events, and where their time stands.
    pub indexing: Indexing,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What the events can be.
    pub event_types: Vec<EventType>,
}

/// The body of a rule, which is made when it is first asked for: most searches need few of the
/// rules.
pub struct Deferred(LazyLock<Body, Box<dyn FnOnce() -> Body + Send>>);

impl Deferred {
    /// What `make` gives.
    pub fn new(make: impl FnOnce() -> Body + Send + 'static) -> Deferred {
        Deferred(LazyLock::new(Box::new(make)))
    }
}

impl From<Body> for Deferred {
    fn from(body: Body) -> Deferred {
        Deferred::new(|| body)
    }
}

impl Default for Deferred {
    fn default() -> Deferred {
        Deferred::new(Body::default)
    }
}

impl Deref for Deferred {
    type Target = Body;
    fn deref(&self) -> &Body {
        &self.0
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// How a text becomes events.
#[derive(Clone, Debug, Default)]
pub struct Indexing {
    /// How it breaks into events; a line each where nothing is said.
    pub breaker: Option<Breaker>,
    /// Where the time of an event stands.
    pub time: Option<Arc<TimeRule>>,
}

impl Indexing {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.breaker.is_none() && self.time.is_none()
    }
}

/// A default field that is made of each event.
#[derive(Clone, Debug)]
pub struct Given {
    /// Which.
    pub field: StampField,
    /// What its values are like: by it rules are found that may hold then.
    pub like: Pattern,
    /// How: an `eval` of this field.
    pub step: Stage,
}

/// A default field and what it must be: a wildcard pattern without regard to case.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// `source`, `sourcetype` or `host`.
    pub field: StampField,
    /// The pattern.
    pub pattern: Pattern,
    /// What the value must be besides.
    pub exact: Option<Exact>,
}

/// What a wildcard pattern cannot say.
#[derive(Clone, Debug)]
pub enum Exact {
    /// This text, letter by letter.
    Text(String),
    /// What this matches.
    Regex(Arc<SplRegex>),
}

impl Stamp {
    /// A wildcard pattern for a field.
    pub fn new(field: StampField, pattern: &str) -> Stamp {
        Stamp { field, pattern: Pattern::new(pattern), exact: None }
    }

    /// Whether the value of the field is so.
    pub fn fits(&self, value: &str) -> bool {
        match &self.exact {
            None => self.pattern.is_match(value),
            Some(Exact::Text(text)) => text == value,
            // a search that was given up holds for nothing
            Some(Exact::Regex(regex)) => regex.is_match(value).unwrap_or(false),
        }
    }

    /// Whether one of several is so, where `of` gives an event's default fields as far as it has
    /// them.
    pub fn any<S: AsRef<str>>(stamps: &[Stamp], of: impl Fn(StampField) -> Option<S>) -> bool {
        stamps.iter().any(|s| of(s.field).is_some_and(|v| s.fits(v.as_ref())))
    }
}

/// A default field that rules go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampField {
    /// `source`
    Source,
    /// `sourcetype`
    Sourcetype,
    /// `host`
    Host,
}

impl StampField {
    /// All of them.
    pub const ALL: [StampField; 3] = [StampField::Source, StampField::Sourcetype, StampField::Host];

    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            StampField::Source => "source",
            StampField::Sourcetype => "sourcetype",
            StampField::Host => "host",
        }
    }

    /// The field of this name.
    pub fn of(name: &str) -> Option<StampField> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// One step of a rule.
#[derive(Clone, Debug)]
pub enum Step {
    /// Fields of the event's text, or of another field that holds text.
    Extract {
        /// The field that is read: `_raw` mostly.
        from: String,
        /// How.
        by: Arc<dyn Extraction>,
    },
    /// `prefix` + NAME is known as NAME too, where that is not there.
    Strip(Vec<String>),
    /// Another name for a field: the first of the old ones that has a value; else the event's own
    /// field of that name stays.
    Alias {
        /// The name.
        new: String,
        /// The names that it stands for.
        old: Vec<String>,
        /// Where none of them has a value the event's own field goes.
        only: bool,
    },
    /// A command that works row by row, and the fields that it gives; none: any.
    Command {
        /// The fields, names or wildcards.
        outputs: Option<Vec<String>>,
        /// The command.
        stage: Stage,
    },
}

/// An event type.
#[derive(Clone, Debug)]
pub struct EventType {
    /// Its name: a value of `eventtype`. Without one it gives tags only.
    pub name: String,
    /// Which events are of it.
    pub condition: SearchExpr,
    /// The tags of its events: values of `tag`.
    pub tags: Vec<String>,
}
