//! `sepal drilldown`: a detection's drilldown searches, for a row that it finds.

use super::run::{deliver_to, execute, inputs};
use super::{App, count, notices, risk};
use crate::args::DrilldownArgs;
use crate::engine::{Input, Options, Outcome};
use crate::exit::Exit;
use crate::output::{self, Format, Hidden, Style, json_visible, visible};
use crate::render;
use crate::spl::{Prepared, Source};
use sepal_content::{Detection, FilledDrilldown, Note, RiskIndex, SearchTimes, fill_drilldown};
use sepal_parser::macros::MacroSet;
use serde_json::{Map, Value as Json};
use std::io::{self, Write};
use std::sync::Arc;

/// As many rows are drilled into with --all: each drilldown is a search of its own.
const MOST_ROWS: usize = 100;

/// Runs drilldowns.
pub fn drilldown(app: &App<'_>, mut args: DrilldownArgs) -> Exit {
    let tz_given = args.input.tz.is_some();
    args.input = app.input(&args.input);
    match load_and_run(app, &args, tz_given) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// A drilldown that ran.
struct Ran {
    row: usize,
    filled: FilledDrilldown,
    outcome: Outcome,
}

fn load_and_run(app: &App<'_>, args: &DrilldownArgs, tz_given: bool) -> Result<Exit, Exit> {
    let source = app.source(Some(&args.file), None)?;
    let Some(detection) = source.detection.clone() else {
        return Err(app.fail(None, "drilldowns belong to a detection: name one (.yml)"));
    };
    let wanted = wanted(app, args, &detection)?;
    if args.list {
        return Ok(app.print(&visible(&declared(&detection, &wanted), true)));
    }
    let format = args.format.or_else(|| args.output.as_deref().and_then(Format::of_path));
    let format = format.unwrap_or(Format::Table);
    if matches!(format, Format::Csv | Format::Raw) && (wanted.len() > 1 || args.all) {
        let text = "csv and raw hold one table: name one drilldown with --only, and one row";
        return Err(app.fail(None, text));
    }
    let macros = app.macros(Some(&args.file), &args.content.macros, &args.content.set)?;
    let search = Prepared::new(source, &macros);
    app.report(&search)?;
    let index = app.risk_index(args.risk_events.risk_index.as_ref()).map(|(index, _)| index);
    let options = Options {
        risk: app.risk_inputs(&search, index.as_ref())?,
        declared: Some(Arc::clone(&detection)),
        timeless: !args.time_modifiers,
        lookups: app.lookups(&args.content.lookups, false)?,
        data_models: Some(app.data_models(&args.content.datamodels, &macros)?),
        knowledge: app.knowledge(&args.content.knowledge, args.content.no_knowledge)?,
        input: args.input.clone(),
        project: app.project.clone(),
        tz_given,
        threads: args.threads,
        ..Options::default()
    };
    let none_needed = search.generates() || !options.risk.is_empty();
    let inputs = inputs(app, none_needed, &args.events)?;
    if inputs.contains(&Input::Stdin) {
        let text = "the events are read more than once: name files or folders, not standard input";
        return Err(app.fail(None, text));
    }
    let outcome = execute(app, &search, &inputs, &options)?;
    app.say(&notices(&outcome.summary, app.look()));
    let mut exit = graver(&outcome);
    let times = risk::times(&options).map_err(|text| app.fail(None, &text))?;
    let rows = rows(app, args, &detection, outcome.results.rows.len())?;
    let risk = with_index(app, &detection, &outcome, times.clone(), index.as_ref())?;
    let options = Options { risk, ..options };

    let mut all = Vec::new();
    for number in rows {
        let Some(mut row) = risk::row(&outcome.results, number) else { continue };
        let mut put = |name: &str, text: String| {
            row.entry(name).or_insert_with(|| text.into());
        };
        put("info_min_time", times.info_min_time());
        put("info_max_time", times.info_max_time());
        for at in &wanted {
            let Some(declared) = detection.drilldown_searches.get(*at) else { continue };
            let filled = fill_drilldown(&detection, declared, &row);
            match one(app, args, &filled, &macros, &inputs, &options) {
                Ok(outcome) => {
                    exit = exit.worse(graver(&outcome));
                    all.push(Ran { row: number + 1, filled, outcome });
                }
                Err(Exit::Interrupted) => return Err(Exit::Interrupted),
                Err(failed) => exit = exit.worse(failed),
            }
        }
    }
    let style = Style {
        max_rows: (args.max_rows > 0).then_some(args.max_rows),
        time_zone: crate::host::zone(args.input.tz.as_deref()),
        ..Style::default()
    };
    let (written, _) = deliver_to(app, args.output.as_deref(), style, |out, style| {
        write(&all, format, style, out).map(|()| Hidden::default())
    });
    Ok(written.worse(exit))
}

/// The drilldowns that are meant, from 0.
fn wanted(app: &App<'_>, args: &DrilldownArgs, detection: &Detection) -> Result<Vec<usize>, Exit> {
    let all = detection.drilldown_searches.len();
    let name = &detection.name;
    match args.only {
        _ if all == 0 => {
            Err(app.fail(Some("SPL4214"), &format!("{name} declares no drilldown_searches")))
        }
        None => Ok((0..all).collect()),
        Some(n) if (1..=all).contains(&n) => Ok(vec![n - 1]),
        Some(n) => {
            let text = format!("--only {n}: {name} has {}", count(all as u64, "drilldown"));
            Err(app.fail(Some("SPL4214"), &text))
        }
    }
}

fn declared(detection: &Detection, wanted: &[usize]) -> String {
    let mut out = String::new();
    for at in wanted {
        let Some(d) = detection.drilldown_searches.get(*at) else { continue };
        out.push_str(&format!(
            "{}. {}\n   from {} to {}\n   {}\n",
            at + 1,
            d.name,
            or_dash(&d.earliest_offset),
            or_dash(&d.latest_offset),
            d.search.trim()
        ));
    }
    out
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// The rows that are meant, from 0.
fn rows(
    app: &App<'_>,
    args: &DrilldownArgs,
    detection: &Detection,
    all: usize,
) -> Result<std::ops::Range<usize>, Exit> {
    let name = &detection.name;
    if all == 0 {
        let text = format!("{name} finds nothing in these events: there is no row to drill into");
        return Err(app.fail(Some("SPL4215"), &text));
    }
    if args.all {
        if all > MOST_ROWS {
            let text = format!("only the first {MOST_ROWS} of {all} rows are drilled into");
            app.say(&render::warning("SPL4213", &text, app.look()));
        }
        return Ok(0..all.min(MOST_ROWS));
    }
    match usize::try_from(args.row) {
        Ok(n) if (1..=all).contains(&n) => Ok(n - 1..n),
        _ => {
            let found = count(all as u64, "row");
            let text = format!("--row {}: {name} gives {found}", args.row);
            Err(app.fail(Some("SPL4215"), &text))
        }
    }
}

/// The risk events of all rows with those of the index.
fn with_index(
    app: &App<'_>,
    detection: &Detection,
    outcome: &Outcome,
    times: SearchTimes,
    index: Option<&RiskIndex>,
) -> Result<Vec<sepal_exec::scan::Input>, Exit> {
    let mut events = match detection.adds_risk() {
        true => risk::make(detection, &outcome.results, times).events,
        false => Vec::new(),
    };
    let mut inputs = Vec::new();
    if let Some(index) = index {
        index.without_known(&mut events).map_err(|e| app.fail_content(&e))?;
        inputs = index.inputs().map_err(|e| app.fail_content(&e))?;
    }
    if !events.is_empty() {
        inputs.push(RiskIndex::input_of(&events));
    }
    Ok(inputs)
}

/// Runs a drilldown that was filled in.
fn one(
    app: &App<'_>,
    args: &DrilldownArgs,
    filled: &FilledDrilldown,
    macros: &MacroSet,
    inputs: &[Input],
    options: &Options,
) -> Result<Outcome, Exit> {
    for note in &filled.notes {
        app.say(&render::note(note, app.look()));
    }
    let search = Prepared::new(Source::typed(&filled.search, &filled.name), macros);
    app.report(&search)?;
    if !args.time_modifiers && !args.quiet && has_time(&search) {
        let text = "time modifiers in the drilldown's search do not count: recorded events are older \
                    (--time-modifiers)";
        app.say(&render::note(&Note::new("SPL4216", text.to_owned()), app.look()));
    }
    let risk = match sepal_content::reads_risk(search.text()) {
        true => options.risk.clone(),
        false => Vec::new(),
    };
    let mut options = Options { risk, ..options.clone() };
    options.input.earliest = bound(&filled.earliest);
    options.input.latest = bound(&filled.latest);
    let outcome = execute(app, &search, inputs, &options)?;
    let warnings = &outcome.summary.warnings;
    app.say(&render::diagnostics(warnings, &|span| search.places(span), app.look()));
    app.say(&notices(&outcome.summary, app.look()));
    Ok(outcome)
}

fn has_time(search: &Prepared) -> bool {
    let mut without = search.pipeline().clone();
    sepal_hunt::without_time(&mut without);
    without != *search.pipeline()
}

/// A time as the flags take it; none where the range has no such end.
fn bound(text: &str) -> Option<String> {
    let open =
        text.is_empty() || text == "+Infinity" || text.parse::<f64>().is_ok_and(|n| n == 0.0);
    (!open).then(|| text.to_owned())
}

fn graver(outcome: &Outcome) -> Exit {
    let s = &outcome.summary;
    let cut = s.notices.iter().any(|(n, _)| n.cuts_result) || !s.input_errors.is_empty();
    match (s.partial, cut) {
        (true, _) => Exit::Interrupted,
        (_, true) => Exit::Failed,
        _ => Exit::Done,
    }
}

fn write(all: &[Ran], format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if format == Format::Json {
        let list: Vec<Json> = all.iter().map(object).collect();
        let text = serde_json::to_string_pretty(&list)?;
        return writeln!(out, "{}", json_visible(&text));
    }
    for (i, ran) in all.iter().enumerate() {
        let FilledDrilldown { name, search, earliest, latest, .. } = &ran.filled;
        let range = format!("row {}, from {} to {}", ran.row, or_dash(earliest), or_dash(latest));
        let rows = ran.outcome.results_in(format);
        if i > 0 && matches!(format, Format::Table | Format::Md) {
            writeln!(out)?;
        }
        match format {
            Format::Ndjson => {
                writeln!(out, "{}", json_visible(&object(ran).to_string()))?;
                continue;
            }
            Format::Md => {
                let fence = "```";
                writeln!(out, "## {}\n\n{}\n", visible(name, false), visible(&range, false))?;
                writeln!(out, "{fence}spl\n{}\n{fence}\n", visible(search.trim(), true))?;
            }
            Format::Table => {
                writeln!(out, "{}\n{}", visible(name, false), visible(&range, false))?;
                writeln!(out, "{}\n", visible(search.trim(), true))?;
            }
            _ => {}
        }
        output::write(format, rows, style, out)?;
        if rows.rows.is_empty() && matches!(format, Format::Table | Format::Md) {
            writeln!(out, "no rows")?;
        }
    }
    out.flush()
}

/// `{drilldown, row, search, earliest, latest, rows}`
fn object(ran: &Ran) -> Json {
    let FilledDrilldown { name, search, earliest, latest, .. } = &ran.filled;
    let results = &ran.outcome.results;
    let rows = (0..results.rows.len()).filter_map(|n| risk::row(results, n)).map(Json::Object);
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| out.insert(key.to_owned(), value);
    put("drilldown", name.as_str().into());
    put("row", ran.row.into());
    put("search", search.as_str().into());
    put("earliest", earliest.as_str().into());
    put("latest", latest.as_str().into());
    put("rows", rows.collect());
    Json::Object(out)
}
