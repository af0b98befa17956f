//! Searches without their time range.

use sepal_parser::ast::{Pipeline, SearchExpr, Stage};
use sepal_parser::commands::Command;

/// Takes `earliest=`, `latest=` and the like out of a search and the subsearches behind its
/// commands: they say how often the detection is scheduled, and recorded events are older than
/// that.
pub fn without_time(pipeline: &mut Pipeline) {
    pipeline.stages.iter_mut().for_each(stage);
}

fn stage(stage: &mut Stage) {
    match &mut stage.command {
        Command::Search(c) => terms(&mut c.expr),
        Command::Tstats(c) => c.filter.iter_mut().for_each(terms),
        Command::Mstats(c) => c.filter.iter_mut().for_each(terms),
        Command::Append(c) => without_time(&mut c.search),
        Command::Appendcols(c) => without_time(&mut c.search),
        Command::Appendpipe(c) => without_time(&mut c.pipeline),
        Command::Join(c) => without_time(&mut c.search),
        Command::Set(c) => {
            without_time(&mut c.first);
            without_time(&mut c.second);
        }
        Command::Multisearch(c) => c.searches.iter_mut().for_each(without_time),
        Command::Union(c) => c.searches.iter_mut().for_each(without_time),
        _ => {}
    }
}

/// A time modifier is one only where it restricts the whole condition: under OR and NOT it stays,
/// and planning refuses it.
fn terms(expr: &mut SearchExpr) {
    match expr {
        SearchExpr::And(all) => {
            all.retain(|e| !matches!(e, SearchExpr::Time { .. }));
            all.iter_mut().for_each(terms);
        }
        SearchExpr::Or(all) => all.iter_mut().for_each(subsearches),
        SearchExpr::Time { .. } => *expr = SearchExpr::And(Vec::new()),
        other => subsearches(other),
    }
}

fn subsearches(expr: &mut SearchExpr) {
    match expr {
        SearchExpr::And(all) | SearchExpr::Or(all) => all.iter_mut().for_each(subsearches),
        SearchExpr::Not(e) => subsearches(e),
        SearchExpr::Subsearch(search) => without_time(search),
        SearchExpr::CompareSubsearch { search, .. } => without_time(search),
        SearchExpr::InSubsearch { searches, .. } => searches.iter_mut().for_each(without_time),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // tests may
mod tests {
    use super::*;
    use sepal_exec::plan::plan;

    /// How many time modifiers a search's plan has, before and after.
    fn modifiers(text: &str) -> (usize, usize) {
        let mut pipeline = sepal_parser::parse(text).pipeline;
        let before = plan(&pipeline).map_or(99, |p| p.time.len());
        without_time(&mut pipeline);
        (before, plan(&pipeline).map_or(99, |p| p.time.len()))
    }

    #[test]
    fn what_restricts_the_whole_search_goes() {
        assert_eq!(modifiers("search earliest=-1h"), (1, 0));
        assert_eq!(modifiers("search a=1 earliest=-1h (b=2 latest=now)"), (2, 0));
        assert_eq!(modifiers("| tstats count WHERE host=a earliest=-1d BY host"), (1, 0));
    }

    #[test]
    fn what_does_not_stays_refused() {
        assert_eq!(modifiers("search a=1 OR earliest=-1h"), (99, 99));
        assert_eq!(modifiers("search NOT earliest=-1h"), (99, 99));
    }

    #[test]
    fn subsearches_too() {
        for text in [
            "search a=1 [search b=2 earliest=-1h | fields b]",
            "search NOT [search b=2 earliest=-1h | fields b]",
            "search a=1 | append [search b=2 earliest=-1h]",
            "search a=1 | join b [| tstats count WHERE latest=-1h BY b]",
            "| union [search earliest=-1h a=1] [search b=2]",
        ] {
            let mut pipeline = sepal_parser::parse(text).pipeline;
            assert!(format!("{pipeline:?}").contains("Time {"), "{text}");
            without_time(&mut pipeline);
            assert!(!format!("{pipeline:?}").contains("Time {"), "{text}");
        }
    }
}
