//! Risk events of a hunt, and the detections that ask for them.
//!
//! The other detections run first. The risk events of all rows of their findings, with those of the
//! index where one is named, are the events of the second part. What that part finds makes risk events
//! too, where its detections say so, but is not looked at once more: in Splunk these searches are
//! scheduled, and see what they wrote themselves the next time.

use crate::run::Done;
use crate::{DataSet, Hunt, Progress, Ready, Report, RiskEvent};
use sepal_content::{ContentError, RiskIndex, RiskMaker, SearchTimes};
use sepal_data::Batch;
use sepal_exec::Notice;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Of how many rows of one finding risk events are made: as many as a search of Splunk gives at most to
/// its actions is far less, but here one search may stand for months of schedules.
pub const MOST_RISK_ROWS: usize = 100_000;

/// The most risk events of a hunt.
const MOST_EVENTS: usize = 1_000_000;

/// The name of the data set of risk events.
const NAME: &str = "risk events";

/// The risk events of a hunt.
#[derive(Debug, Default)]
pub struct Risk {
    /// In the order of the findings, each once.
    pub events: Vec<RiskEvent>,
    /// What to tell of them.
    pub notices: Vec<Notice>,
}

impl Hunt<'_> {
    /// Runs all detections over each data set, then those that ask for risk events over the risk
    /// events: they are the last ones of `ready`
    /// ([`Loaded::put_correlations_last`](crate::Loaded::put_correlations_last)). Events of the index
    /// are read, and nothing is written.
    ///
    /// A finding of the second part belongs to a data set of its own, the last one. Where the hunt is
    /// stopped before, there is none.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_with_risk(
        &self,
        sets: Vec<DataSet>,
        index: Option<&RiskIndex>,
    ) -> Result<(Report, Risk), ContentError> {
        let first = self.ready.iter().take_while(|r| !r.reads_risk).count();
        let (of_events, correlations) = self.ready.split_at(first);
        let mut options = self.options.clone();
        if index.is_some() || !correlations.is_empty() {
            options.risk_rows = options.risk_rows.max(MOST_RISK_ROWS);
        }
        let known = index.map(RiskIndex::ids).transpose()?.unwrap_or_default();
        let mut inputs = index.map(RiskIndex::inputs).transpose()?.unwrap_or_default();
        let (mut report, of_sets) = (self.part(of_events, &options).run(sets), Part::default());
        let mut risk = Risk::default();
        let mut seen = HashSet::new();
        of_sets.take(&report, &mut seen, &mut risk);
        if report.stopped || correlations.is_empty() {
            return Ok((report, risk));
        }
        let new = |e: &&RiskEvent| id(e).is_none_or(|id| !known.contains(id));
        let fresh: Vec<RiskEvent> = risk.events.iter().filter(new).cloned().collect();
        if !fresh.is_empty() {
            inputs.push(RiskIndex::input_of(&fresh));
        }
        drop(fresh);
        let progress = Progress::default();
        let hunt = Hunt { progress: &progress, ..self.part(correlations, &options) };
        let second = hunt.run(vec![DataSet { name: NAME.to_owned(), inputs }]);
        let sets = report.sets.len();
        self.progress.found.fetch_add(progress.found.load(Ordering::Relaxed), Ordering::Relaxed);
        let Report { findings, sets: mut of_risk, stopped, done, total, .. } = second;
        of_risk.iter_mut().for_each(|s| s.of_risk = true);
        report.sets.append(&mut of_risk);
        (report.stopped, report.done) = (report.stopped | stopped, report.done + done);
        report.total += total;
        let part = Part { findings: report.findings.len() };
        report.findings.extend(findings.into_iter().map(|mut f| {
            (f.detection, f.set) = (f.detection + first, f.set + sets);
            f
        }));
        part.take(&report, &mut seen, &mut risk);
        Ok((report, risk))
    }

    fn part<'p>(&'p self, ready: &'p [Ready], options: &crate::Options) -> Hunt<'p> {
        Hunt {
            ready,
            content: self.content,
            host: Arc::clone(&self.host),
            options: options.clone(),
            stop: Arc::clone(&self.stop),
            progress: self.progress,
        }
    }

    /// Makes the risk events of a run's rows.
    pub(crate) fn add_risk(&self, ready: &Ready, batch: &Batch, done: &mut Done) {
        let most = self.options.risk_rows;
        if most == 0 || !makes_risk(ready) {
            return;
        }
        // rows that may be wrong
        if done.notices.iter().any(|(n, _)| n.cuts_result) {
            return;
        }
        let times = SearchTimes {
            earliest: self.options.earliest,
            latest: self.options.latest,
            now: self.host.now(),
            zone: self.host.time_zone().clone(),
        };
        done.risk = of_rows(ready, batch, times, most).into();
        if batch.len > most {
            let message = format!("only the first {most} rows make risk events");
            done.notices.push((Notice { code: "SPL4213", message, cuts_result: true }, 1));
        }
    }
}

/// Whether rows of a detection become risk events.
fn makes_risk(ready: &Ready) -> bool {
    !ready.detection.risk.risk_objects.is_empty() && ready.detection.adds_risk()
}

/// The risk events of the first rows of a detection.
pub(crate) fn of_rows(
    ready: &Ready,
    batch: &Batch,
    times: SearchTimes,
    most: usize,
) -> Vec<RiskEvent> {
    let mut events = Vec::new();
    if !makes_risk(ready) {
        return events;
    }
    let mut maker = RiskMaker::new(&ready.detection, Some(times));
    for row in 0..batch.len.min(most) {
        let row: RiskEvent = batch.row(row).map(|(n, v)| (n.to_string(), v.to_json())).collect();
        events.extend(maker.events(&row).events);
    }
    events
}

/// Where the findings of a part begin.
#[derive(Default)]
struct Part {
    findings: usize,
}

impl Part {
    /// Adds the risk events of its findings that did not come before.
    fn take(&self, report: &Report, seen: &mut HashSet<String>, risk: &mut Risk) {
        for finding in report.findings.iter().skip(self.findings) {
            for event in finding.risk.iter() {
                if risk.events.len() >= MOST_EVENTS {
                    let message = format!("only the first {MOST_EVENTS} risk events are kept");
                    let notice = Notice { code: "SPL4213", message, cuts_result: true };
                    if !risk.notices.iter().any(|n| n.message == notice.message) {
                        risk.notices.push(notice);
                    }
                    return;
                }
                if id(event).is_none_or(|id| seen.insert(id.to_owned())) {
                    risk.events.push(event.clone());
                }
            }
        }
    }
}

fn id(event: &RiskEvent) -> Option<&str> {
    event.get("risk_event_id")?.as_str()
}
