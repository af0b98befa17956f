//! The risk events of rows: printed, and added to a risk index.

use super::{App, count};
use crate::engine::{Options, Results};
use crate::exit::Exit;
use crate::local;
use crate::spl::Prepared;
use sepal_content::{AddedRisk, Detection, Note, RiskIndex, RiskMaker, SearchTimes};
use sepal_exec::host::Host;
use sepal_exec::scan::Input;
use sepal_hunt::{MOST_RISK_ROWS, RiskEvent};
use std::io::{self, Write};

/// The risk events of some rows, and what was missing, each once.
pub(super) struct Made {
    pub events: Vec<RiskEvent>,
    pub notes: Vec<Note>,
}

/// The time range and clock of a run.
///
/// # Errors
/// What is wrong with the options.
pub(super) fn times(options: &Options) -> Result<SearchTimes, String> {
    let (host, earliest, latest) = local::times(&options.input)?;
    Ok(SearchTimes { earliest, latest, now: host.now(), zone: host.time_zone().clone() })
}

/// A row as its detection's messages and drilldowns see it.
pub(super) fn row(results: &Results, number: usize) -> Option<RiskEvent> {
    let row = results.rows.get(number)?;
    let fields = results.columns.iter().zip(row).filter(|(_, v)| !v.is_null());
    Some(fields.map(|(name, v)| (name.to_string(), v.to_json())).collect())
}

/// The risk events of all rows.
pub(super) fn make(detection: &Detection, results: &Results, times: SearchTimes) -> Made {
    let mut maker = RiskMaker::new(detection, Some(times));
    let mut made = Made { events: Vec::new(), notes: Vec::new() };
    for fields in (0..results.rows.len().min(MOST_RISK_ROWS)).filter_map(|n| row(results, n)) {
        let risk = maker.events(&fields);
        made.events.extend(risk.events);
        for note in risk.notes {
            if !made.notes.contains(&note) {
                made.notes.push(note);
            }
        }
    }
    if results.rows.len() > MOST_RISK_ROWS {
        let message = format!("only the first {MOST_RISK_ROWS} rows make risk events");
        made.notes.push(Note::new("SPL4213", message));
    }
    made
}

/// Writes one JSON object a line.
pub(super) fn write(events: &[RiskEvent], out: &mut dyn Write) -> io::Result<()> {
    for event in events {
        let text = serde_json::Value::Object(event.clone()).to_string();
        writeln!(out, "{}", crate::output::json_visible(&text))?;
    }
    Ok(())
}

impl App<'_> {
    /// The risk events of an index, for a search that asks for them.
    pub(crate) fn risk_inputs(
        &self,
        search: &Prepared,
        index: Option<&RiskIndex>,
    ) -> Result<Vec<Input>, Exit> {
        match index {
            Some(index) if sepal_content::reads_risk(search.text()) => {
                index.inputs().map_err(|e| self.fail_content(&e))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Adds risk events to an index, and says what became of them.
    pub(super) fn add_risk(&self, index: &RiskIndex, events: Vec<RiskEvent>, quiet: bool) -> Exit {
        let added = match index.add(events) {
            Ok(added) => added,
            Err(e) => return self.fail_content(&e),
        };
        if !quiet {
            self.added_risk(index, &added);
        }
        Exit::Done
    }

    /// Says how many risk events an index has got.
    pub(super) fn added_risk(&self, index: &RiskIndex, added: &AddedRisk) {
        let known = match added.known {
            0 => String::new(),
            known => format!(", {known} were there already"),
        };
        let new = count(added.new as u64, "new risk event");
        let folder = index.folder().display();
        self.say(&format!("{new} in {folder}{known}\n"));
    }
}
