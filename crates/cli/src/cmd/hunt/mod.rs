//! `sepal hunt`: all detections over all events.

mod follow;
mod html;
mod navigator;
mod report;
mod views;

use super::run::{deliver_to, events};
use super::{App, count, footer, without_number};
use crate::args::{HuntArgs, HuntBy, HuntFormat};
use crate::exit::Exit;
use crate::output::{Style, visible};
use crate::{engine, local};
use crate::{progress, render, stop};
use sepal_exec::RunError;
use sepal_exec::host::Host;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::lookup::Lookups;
use sepal_exec::scan;
use sepal_hunt::{
    Choice, Content, DataSet, Failure, Finding, Hunt, LeftOut, Loaded, Options, Progress, Report,
    SetReport, Why,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Hunts.
pub fn hunt(app: &App<'_>, args: &HuntArgs) -> Exit {
    match load_and_run(app, args) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// What a hunt was asked for and what came of it.
struct Hunted<'a> {
    args: &'a HuntArgs,
    loaded: &'a Loaded,
    report: &'a Report,
    /// What failed while it ran, with the number of the data set.
    broken: &'a [(Failure, usize)],
    /// When it was; microseconds since the epoch.
    now: i64,
}

fn load_and_run(app: &App<'_>, args: &HuntArgs) -> Result<Exit, Exit> {
    let begin = Instant::now();
    let tables = [HuntFormat::Text, HuntFormat::Csv, HuntFormat::Markdown];
    if args.by != HuntBy::Finding && !tables.contains(&args.format) {
        return Err(app.fail(None, "--by is about tables: --format text, csv or markdown"));
    }
    let (mut loaded, content) = load(app, args)?;
    loaded.put_correlations_last();
    let index = app.risk_index(args.risk_events.risk_index.as_ref());
    let (host, earliest, latest) =
        local::times(&args.input).map_err(|text| app.fail(None, &text))?;
    let given = events(app, &args.events)?;
    let options = options(args, earliest, latest);
    if args.follow {
        return follow::follow(app, args, loaded, &content, &given, options, index);
    }
    let stamping = engine::Options {
        input: args.input.clone(),
        project: app.project.clone(),
        ..engine::Options::default()
    };
    let inputs = local::inputs(&given, &stamping, &host).map_err(|e| unread(app, &e))?;
    let (progress, now) = (Progress::default(), host.now);
    let stop = stop::flag();
    // what was pressed before the hunt began is not meant for it
    stop::take();
    let hunt = Hunt {
        ready: &loaded.ready,
        content: &content,
        host: Arc::new(host) as Arc<dyn Host>,
        options,
        stop,
        progress: &progress,
    };
    let sets = sets(args, inputs);
    let one_set = sets.len() == 1;
    let line = |elapsed| line(&progress, one_set, elapsed);
    let of_index = index.as_ref().map(|(index, _)| index);
    let hunted =
        progress::watch_line(app.term.stderr, &line, || hunt.run_with_risk(sets, of_index));
    stop::take();
    let (report, risk) = hunted.map_err(|e| app.fail_content(&e))?;
    let broken = broken(&loaded, &report);
    let hunted = Hunted { args, loaded: &loaded, report: &report, broken: &broken, now };
    let mut exit = tell(app, &hunted, begin);
    for notice in &risk.notices {
        exit = exit.worse(Exit::Failed);
        app.say(&render::warning(notice.code, &notice.message, app.look()));
    }
    let index = index.filter(|(_, may_add)| *may_add);
    Ok(match index {
        Some((index, _)) if report.stopped => {
            app.say(&format!("nothing is added to {}\n", index.folder().display()));
            exit
        }
        Some((index, _)) => exit.worse(app.add_risk(&index, risk.events, args.quiet)),
        None => exit,
    })
}

/// What failed while it ran, with the number of the data set.
fn broken(loaded: &Loaded, report: &Report) -> Vec<(Failure, usize)> {
    let broken = report.findings.iter().filter_map(|f| {
        let (ready, error) = (loaded.ready.get(f.detection)?, f.error.as_ref()?);
        Some((ready.failure(error), f.set))
    });
    broken.collect()
}

/// How the hunt runs.
fn options(args: &HuntArgs, earliest: Option<i64>, latest: Option<i64>) -> Options {
    let mut options = Options {
        scan: local::scan_switches(&args.input, args.no_prefilter),
        earliest,
        latest,
        rule_out: !args.no_prefilter,
        rows: args.rows,
        events: match args.format {
            HuntFormat::Ndjson | HuntFormat::Html => args.evidence,
            _ => 0,
        },
        ..Options::default()
    };
    if let Some(threads) = args.threads {
        options.threads = usize::from(threads);
    }
    options
}

/// Reads all detections, and gives what the rules of sourcetypes are planned with.
fn load(app: &App<'_>, args: &HuntArgs) -> Result<(Loaded, Arc<Content>), Exit> {
    let lookups = app.lookups(&args.content.lookups, false)?;
    let knowledge = app.knowledge(&args.content.knowledge, args.content.no_knowledge)?;
    let choice = Choice {
        deprecated: args.deprecated,
        all_types: args.all_types,
        time_modifiers: args.time_modifiers,
    };
    let folders = (&args.content.macros[..], &args.content.set[..], &args.content.datamodels[..]);
    load_content(app, &args.detections, folders, lookups, knowledge, choice)
}

/// The same for any subcommand. `folders` are those of macros, the macros of `--set`, and the folders
/// of data models.
pub(super) fn load_content(
    app: &App<'_>,
    paths: &[PathBuf],
    folders: (&[PathBuf], &[String], &[PathBuf]),
    lookups: Option<Arc<dyn Lookups>>,
    knowledge: Option<Arc<dyn Knowledge>>,
    choice: Choice,
) -> Result<(Loaded, Arc<Content>), Exit> {
    let (of_macros, set, of_models) = folders;
    let (mut loaded, mut first) = (Loaded::default(), None);
    for path in paths {
        // the folder of macros beside or above the detections, as `run` finds it
        let beside = if path.is_dir() { path.join("_") } else { path.clone() };
        let macros = app.macros(Some(&beside), of_macros, set)?;
        let models = app.data_models(of_models, &macros)?;
        let content = Content::new(macros, lookups.clone(), models, knowledge.clone());
        let content = Arc::new(content);
        loaded.add(path, &content, choice).map_err(|e| app.fail_content(&e))?;
        first.get_or_insert(content);
    }
    match first {
        Some(content) if !loaded.is_empty() => Ok((loaded, content)),
        _ => {
            let paths: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
            let text = format!("no detections (.yml) in {}", paths.join(", "));
            Err(app.fail(Some("SPL5302"), &text))
        }
    }
}

fn sets(args: &HuntArgs, inputs: Vec<scan::Input>) -> Vec<DataSet> {
    if args.per_input {
        let one = |i: scan::Input| DataSet { name: i.name.clone(), inputs: vec![i] };
        return inputs.into_iter().map(one).collect();
    }
    let name = match inputs.as_slice() {
        [one] => one.name.clone(),
        all => count(all.len() as u64, "input"),
    };
    vec![DataSet { name, inputs }]
}

/// `12,345 events, 4,115/s, 3 findings, 700 of 1,350 detections`
fn line(p: &Progress, one_set: bool, elapsed: Duration) -> String {
    let [total, done, found, events] =
        [&p.total, &p.done, &p.found, &p.events].map(|n| n.load(Ordering::Relaxed));
    let speed = (events as f64 / elapsed.as_secs_f64().max(1e-3)) as u64;
    let mut text = count(events, "event");
    if events > 0 {
        text.push_str(&format!(", {}/s", plain_count(speed)));
    }
    text.push_str(&format!(", {}", count(found, "finding")));
    if total > 0 {
        let of = count(total, if one_set { "detection" } else { "run" });
        text.push_str(&format!(", {} of {of}", plain_count(done.min(total))));
    }
    text
}

/// A number with its thousands apart.
fn plain_count(n: u64) -> String {
    count(n, "").trim_end_matches([' ', 's']).to_owned()
}

/// Writes the findings, then says what went wrong, what was left out and what was read.
fn tell(app: &App<'_>, hunted: &Hunted<'_>, begin: Instant) -> Exit {
    let Hunted { args, loaded, report, .. } = *hunted;
    let style =
        Style { time_zone: crate::host::zone(args.input.tz.as_deref()), ..Style::default() };
    let (written, _) = deliver_to(app, args.output.as_deref(), style, |out, style| {
        report::write(hunted, style, out)
    });
    let mut exit = written;
    let incomplete = say_trouble(app, hunted, true);
    if !args.quiet {
        app.say(&always(hunted));
        app.say(&left_out(&loaded.left_out));
        app.say(&summary(hunted, begin));
    }
    if report.stopped {
        let (done, total) = (plain_count(report.done), count(report.total, "run"));
        app.say(&format!("STOPPED: found in {done} of {total} of a detection over a data set\n"));
        exit = exit.worse(Exit::Interrupted);
    }
    if args.fail_on_match && report.findings.iter().any(|f| f.rows > 0) {
        exit = exit.worse(Exit::Found);
    }
    if incomplete { exit.worse(Exit::Failed) } else { exit }
}

/// Says what failed, could not be read or was cut, and whether anything did. What cannot even be
/// loaded is left out where `all` is false.
fn say_trouble(app: &App<'_>, hunted: &Hunted<'_>, all: bool) -> bool {
    let failed = failures(hunted);
    if hunted.args.format != HuntFormat::Ndjson || hunted.args.follow {
        let told = failed.iter().filter(|(_, inputs)| all || !inputs.is_empty());
        told.for_each(|(f, inputs)| app.say(&shown(app, f, inputs.len())));
    }
    let mut incomplete = !failed.is_empty();
    for set in &hunted.report.sets {
        incomplete |= !set.errors.is_empty() || set.notices.iter().any(|(n, _)| n.cuts_result);
        app.say(&of_set(app, set));
    }
    incomplete |= hunted.report.findings.iter().any(Finding::is_cut);
    app.say(&notices(app, hunted));
    incomplete
}

/// What cannot run, then what failed while it ran and over which inputs: a detection fails over many
/// for one reason.
fn failures<'h>(hunted: &Hunted<'h>) -> Vec<(&'h Failure, Vec<&'h str>)> {
    let mut all: Vec<_> = hunted.loaded.failed.iter().map(|f| (f, Vec::new())).collect();
    let mut places: HashMap<&Failure, usize> = HashMap::new();
    for (f, set) in hunted.broken {
        let name = hunted.report.sets.get(*set).map_or("", |s| s.name.as_str());
        let at = *places.entry(f).or_insert_with(|| {
            all.push((f, Vec::new()));
            all.len() - 1
        });
        if let Some((_, inputs)) = all.get_mut(at) {
            inputs.push(name);
        }
    }
    all
}

fn shown(app: &App<'_>, f: &Failure, inputs: usize) -> String {
    let name = if f.name.is_empty() { "" } else { &format!("{}: ", f.name) };
    let over = match inputs {
        n if n > 1 => format!(", over {}", count(n as u64, "input")),
        _ => String::new(),
    };
    render::error(Some(f.code), &format!("{name}{} ({}){over}", f.message, f.place), app.look())
}

/// What reading a data set had to tell.
fn of_set(app: &App<'_>, set: &SetReport) -> String {
    let mut out = String::new();
    if set.damaged > 0 {
        let places: Vec<_> = set.damaged_at.iter().map(|p| visible(p, false)).collect();
        let more = if (places.len() as u64) < set.damaged { ", ..." } else { "" };
        let damaged = count(set.damaged, "damaged event");
        let text = format!("{damaged} kept as text: {}{more}", places.join(", "));
        out.push_str(&render::warning("SPL5001", &text, app.look()));
    }
    for e in &set.errors {
        out.push_str(&render::error(Some(code(e)), &without_number(&e.to_string()), app.look()));
    }
    for (notice, _) in &set.notices {
        let text = format!("{}: {}", set.name, notice.message);
        out.push_str(&render::warning(notice.code, &text, app.look()));
    }
    out
}

fn code(e: &RunError) -> &'static str {
    match e {
        RunError::Failed { code, .. } => code,
        _ => "SPL5101",
    }
}

fn unread(app: &App<'_>, e: &RunError) -> Exit {
    let near = match e {
        RunError::Input { file, .. } if !Path::new(file).exists() => {
            sepal_content::fs::near(Path::new(file))
        }
        _ => None,
    };
    let near = near.map(|p| format!("; did you mean {}?", p.display())).unwrap_or_default();
    app.fail(Some(code(e)), &(without_number(&e.to_string()) + &near))
}

/// What the runs had to tell, each once with the number of findings.
fn notices(app: &App<'_>, hunted: &Hunted<'_>) -> String {
    let mut all: BTreeMap<(&str, &str), (u64, &str)> = BTreeMap::new();
    for f in &hunted.report.findings {
        let Some(ready) = hunted.loaded.ready.get(f.detection) else { continue };
        for (notice, _) in &f.notices {
            let first = (0, ready.detection.name.as_str());
            all.entry((notice.code, &notice.message)).or_insert(first).0 += 1;
        }
    }
    let mut out = String::new();
    for ((code, message), (n, name)) in all {
        let more = if n > 1 { format!(" and {} more", n - 1) } else { String::new() };
        out.push_str(&render::warning(code, &format!("{name}{more}: {message}"), app.look()));
    }
    out
}

/// Detections that give rows where there are no events, too.
fn always(hunted: &Hunted<'_>) -> String {
    let findings = hunted.report.findings.iter().filter(|f| f.always);
    let of = |f: &Finding| Some(hunted.loaded.ready.get(f.detection)?.detection.name.as_str());
    let names: BTreeSet<&str> = findings.filter_map(of).collect();
    let names: Vec<_> = names.into_iter().map(|n| visible(n, false)).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("rows also without any event: {}\n", names.join(", ")),
    }
}

/// `left out: 84 deprecated (--deprecated), 13 of type Correlation (--all-types)`
fn left_out(all: &[LeftOut]) -> String {
    let mut by: BTreeMap<&Why, u64> = BTreeMap::new();
    all.iter().for_each(|l| *by.entry(&l.why).or_default() += 1);
    let parts: Vec<String> = by
        .into_iter()
        .map(|(why, n)| match why {
            Why::Status(status) => format!("{n} {} (--deprecated)", visible(status, false)),
            Why::Type(t) => format!("{n} of type {} (--all-types)", visible(t, false)),
        })
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("left out: {}\n", parts.join(", ")),
    }
}

/// `12 findings of 9 detections; 1,350 detections over 4,211 events in 3 s`
fn summary(hunted: &Hunted<'_>, begin: Instant) -> String {
    let Hunted { args, loaded, report, .. } = *hunted;
    let found: Vec<usize> =
        report.findings.iter().filter(|f| f.rows > 0).map(|f| f.detection).collect();
    let mut different = found.clone();
    different.sort_unstable();
    different.dedup();
    let n = |n: usize, noun| count(n as u64, noun);
    let mut out = n(found.len(), "finding");
    if args.per_input {
        let sets = report.sets.iter().enumerate();
        let sets = sets.filter(|(_, s)| !s.of_risk);
        let with = sets.filter(|(i, _)| report.findings.iter().any(|f| f.set == *i && f.rows > 0));
        out.push_str(&format!(
            " of {} in {} of {}",
            n(different.len(), "detection"),
            with.count(),
            n(report.sets.iter().filter(|s| !s.of_risk).count(), "input")
        ));
    }
    let read = || report.sets.iter().filter(|s| !s.of_risk);
    let events: u64 = read().map(|s| s.events).sum();
    let bytes: u64 = read().map(|s| s.bytes).sum();
    out.push_str(&format!(
        "; {} over {} ({}) in {}",
        n(loaded.ready.len(), "detection"),
        count(events, "event"),
        footer::bytes(bytes),
        footer::time(begin.elapsed())
    ));
    if !loaded.failed.is_empty() {
        out.push_str(&format!("; {} cannot run", n(loaded.failed.len(), "detection")));
    }
    out.push('\n');
    out
}

/// Whether a name of an input is worth a column.
fn named(hunted: &Hunted<'_>) -> bool {
    hunted.args.per_input
}

/// The name of a file without its folders.
fn file_name(file: &str) -> &str {
    Path::new(file).file_name().and_then(|n| n.to_str()).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_speed_findings_and_how_far() {
        let p = Progress::default();
        let two = Duration::from_secs(2);
        assert_eq!(line(&p, true, two), "0 events, 0 findings");
        p.total.store(1350, Ordering::Relaxed);
        p.done.store(1, Ordering::Relaxed);
        p.found.store(1, Ordering::Relaxed);
        p.events.store(12_345, Ordering::Relaxed);
        let text = "12,345 events, 6,172/s, 1 finding, 1 of 1,350 detections";
        assert_eq!(line(&p, true, two), text);
        assert_eq!(line(&p, false, two), text.replace("detections", "runs"));
    }
}
