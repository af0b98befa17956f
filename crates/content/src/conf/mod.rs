//! Splunk's own configuration, from the folder of an app: props.conf, transforms.conf,
//! eventtypes.conf and tags.conf become [rules](Rule) as YAML sourcetypes do. The lookups of
//! transforms.conf and macros.conf are read by [`LookupFolders`](crate::LookupFolders) and
//! [`fs::macro_set`](crate::fs::macro_set), which take the same folder.
//!
//! What an app says of an event comes of several stanzas: `[source::...]` wins over `[host::...]`,
//! and that over the sourcetype's, setting by setting. So a rule here is a part of a stanza with
//! what [keeps it from holding](Rule::unless): a stronger stanza with the same setting.
//!
//! Source: Splunk Admin Manual, props.conf, "[<spec>] stanza precedence".

mod indexing;
pub mod keys;
pub(crate) mod layers;
mod notes;
pub(crate) mod parse;
mod props;
mod spec;
mod steps;
mod types;

pub use layers::is_app;

use crate::{ContentError, Note, fs};
use layers::Conf;
use notes::Notes;
use sepal_exec::knowledge::{Body, Rule, Stamp, StampField};
use sepal_parser::macros::MacroSet;
use std::path::Path;
use std::sync::Arc;

/// What an app says.
#[derive(Debug, Default)]
pub struct App {
    /// How inputs become events, and under which name: these rules come before all others, the
    /// strongest first.
    pub indexing: Vec<Arc<Rule>>,
    /// What is known of events, in the order in which it is done.
    pub rules: Vec<Arc<Rule>>,
    /// What has no effect, and what is odd.
    pub notes: Vec<Note>,
}

/// Reads an app's folder. `known` says whether something is known already of a sourcetype, which
/// then has its fields not by `KV_MODE = auto` unless the app says so.
///
/// # Errors
/// SPL4101 for a line that is none of a .conf file's, SPL4152 for a setting that does not fit, with
/// file and line; what cannot be read.
pub fn read_app(app: &Path, known: &dyn Fn(&str) -> bool) -> Result<App, ContentError> {
    let mut notes = Notes::default();
    let transforms = Conf::read(app, "transforms.conf")?;
    for stanza in &transforms.stanzas {
        notes.keys(keys::TRANSFORMS, stanza);
    }
    let (indexing, mut rules) = props::read(app, &transforms, known, &mut notes)?;
    let mut macros = MacroSet::new();
    // who reads the app's macros says what is to be said of them
    fs::add_macros(&mut macros, app, &mut Vec::new())?;
    let event_types = types::read(app, &macros, &mut notes)?;
    if !event_types.is_empty() {
        rules.push(Rule {
            name: format!("{}: event types", app.display()),
            holds: StampField::ALL.map(|f| Stamp::new(f, "*")).to_vec(),
            body: Body { event_types, ..Body::default() }.into(),
            ..Rule::default()
        });
    }
    let shared = |rules: Vec<Rule>| rules.into_iter().map(Arc::new).collect();
    Ok(App { indexing: shared(indexing), rules: shared(rules), notes: notes.list() })
}
