//! Of which sourcetype an input is that does not say it: told from its first events.
//!
//! Splunk's indexers do the same with their rules for known source types. Source: Splunk Getting
//! Data In, "Why source types matter", automatic recognition.

use super::{Indexing, Knowledge, Rule};
use crate::scan::Meta;
use regex::bytes::{Regex, RegexBuilder};
use sepal_data::wildcard::Pattern;
use std::sync::{Arc, OnceLock};

/// What an event of a sourcetype looks like: all of it must be so.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    /// Fields that it has, and what their values are like.
    pub fields: Vec<(String, Pattern)>,
    /// A regular expression that its text matches.
    pub text: Option<Text>,
}

/// A regular expression that is compiled when it is first asked. Its classes (`\d`, `\w`, `\s`) are
/// those of ASCII, which compile in a fraction of the time: an unknown input asks all of them.
#[derive(Clone, Debug)]
pub struct Text {
    regex: Arc<(String, OnceLock<Option<Regex>>)>,
}

impl Text {
    /// From its text; see [`check`](Self::check).
    pub fn new(pattern: &str) -> Text {
        Text { regex: Arc::new((pattern.to_owned(), OnceLock::new())) }
    }

    /// Whether it is a regular expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        self.compile().map(|_| ()).map_err(|e| e.to_string())
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.regex.0).unicode(false).build()
    }

    fn is_match(&self, text: &str) -> bool {
        let compiled = self.regex.1.get_or_init(|| self.compile().ok());
        compiled.as_ref().is_some_and(|r| r.is_match(text.as_bytes()))
    }
}

/// An event as recognition sees it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Its fields, where it has any without a rule: JSON.
    pub fields: Vec<(String, String)>,
    /// Its text.
    pub text: String,
}

impl Sample {
    fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl Signs {
    /// Whether an event has them.
    pub fn fit(&self, event: &Sample) -> bool {
        let field = |(name, like): &(String, Pattern)| {
            event.value(name).is_some_and(|value| like.is_match(value))
        };
        self.fields.iter().all(field) && self.text.as_ref().is_none_or(|t| t.is_match(&event.text))
    }
}

/// What an input was recognized as.
#[derive(Clone, Debug)]
pub struct Recognized {
    /// The rule's name.
    pub name: String,
    /// The default fields of events that have none of their own.
    pub given: Meta,
    /// How its text becomes events.
    pub indexing: Indexing,
}

impl Recognized {
    /// As a rule says.
    pub(super) fn by(rule: &Rule, given: Meta) -> Recognized {
        Recognized { name: rule.name.clone(), given, indexing: rule.body.indexing.clone() }
    }
}

impl Recognized {
    /// Nothing is known but what the user says.
    pub(super) fn nothing() -> Recognized {
        Recognized { name: String::new(), given: Meta::default(), indexing: Indexing::default() }
    }
}

/// Recognizes inputs.
#[derive(Clone, Debug)]
pub struct Recognizer {
    rules: Vec<Arc<Rule>>,
}

impl Recognizer {
    /// By these rules: the first that fits counts.
    pub fn new(knowledge: &dyn Knowledge) -> Recognizer {
        let rules = knowledge.rules().iter().filter(|r| !r.signs.is_empty());
        Recognizer { rules: rules.cloned().collect() }
    }

    /// By its first events: the first one that fits a rule says what all are.
    pub fn recognize(&self, events: &[Sample]) -> Option<Recognized> {
        let of = |event: &Sample| {
            let rule = self.rules.iter().find(|r| r.signs.iter().any(|s| s.fit(event)))?;
            Some(Recognized::by(rule, rule.given.clone()))
        };
        events.iter().find_map(of)
    }
}
