//! What is known of events by their source, sourcetype or host: the fields that Splunk makes of
//! them at search time, before the first search sees them.
//!
//! A rule holds for events whose `source`, `sourcetype` or `host` matches. Its steps work row by
//! row: they take fields out of the event's text, give them other names, calculate, look up. Then
//! event types say what an event is, and their tags. Where rules come from is behind [`Knowledge`],
//! which planning gets.
//!
//! Source: Splunk Knowledge Manager Manual, "The sequence of search-time operations".

mod implied;
mod inputs;
mod install;
mod made;
mod windows_xml;

pub use inputs::may_hold;
pub(crate) use install::{Installed, install};
pub use install::{ScanFilter, Wide};

use sepal_parser::ast::{SearchExpr, Stage};
use std::sync::Arc;

/// Where rules are found.
pub trait Knowledge: Send + Sync {
    /// All rules; those that hold for an event work in this order.
    fn rules(&self) -> &[Arc<Rule>];
}

/// What is known of some events.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name in messages.
    pub name: String,
    /// The rule holds where one of these does.
    pub holds: Vec<Stamp>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What the events can be.
    pub event_types: Vec<EventType>,
}

/// A default field and what it must be: a wildcard pattern without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// `source`, `sourcetype` or `host`.
    pub field: StampField,
    /// The pattern.
    pub pattern: String,
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
    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            StampField::Source => "source",
            StampField::Sourcetype => "sourcetype",
            StampField::Host => "host",
        }
    }
}

/// One step of a rule.
#[derive(Clone, Debug)]
pub enum Step {
    /// The fields of a Windows event's XML text.
    WindowsXml,
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
    /// Its name: a value of `eventtype`.
    pub name: String,
    /// Which events are of it.
    pub condition: SearchExpr,
    /// The tags of its events: values of `tag`.
    pub tags: Vec<String>,
}
