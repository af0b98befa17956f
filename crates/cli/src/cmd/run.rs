use super::{App, footer, notices, reason, reason_at, risk, without_number};
use crate::args::{RunArgs, SearchArgs};
use crate::engine::{Input, Job, Options, Outcome, Progress, Refusal};
use crate::exit::Exit;
use crate::output::{Format, Hidden, Style};
use crate::spl::Prepared;
use crate::{output, progress, render, stop};
use sepal_exec::RunError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs a search and prints its rows.
pub fn run(app: &App<'_>, mut args: RunArgs) -> Exit {
    if args.spl.is_some() {
        // with -q every path is one of events
        args.events.splice(0..0, args.file.take());
    }
    let tz_given = args.input.tz.is_some();
    args.input = app.input(&args.input);
    match prepare_and_run(app, &args, tz_given) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// Endings of files that hold events and no search.
const EVENTS: &[&str] = &["csv", "gz", "json", "jsonl", "log", "ndjson", "zst"];

fn prepare_and_run(app: &App<'_>, args: &RunArgs, tz_given: bool) -> Result<Exit, Exit> {
    if let Some(file) = &args.file
        && file
            .extension()
            .is_some_and(|e| EVENTS.iter().any(|known| e.eq_ignore_ascii_case(known)))
    {
        let text = format!(
            "{} is no search: first name a detection (.yml) or a file of SPL, or use -q 'SPL'",
            file.display()
        );
        return Err(app.fail(None, &text));
    }
    let search = SearchArgs {
        file: args.file.clone(),
        spl: args.spl.clone(),
        macros: args.content.macros.clone(),
        set: args.content.set.clone(),
    };
    let search = app.prepare(&search)?;
    app.report(&search)?;
    let detection = search.source.detection.clone();
    if args.risk && detection.is_none() {
        return Err(app.fail(None, "--risk needs a detection: a file of SPL declares no risk"));
    }
    let index = app.risk_index(args.risk_events.risk_index.as_ref());
    let options = Options {
        risk: app.risk_inputs(&search, index.as_ref().map(|(i, _)| i))?,
        timeless: false,
        declared: None,
        lookups: app.lookups(&args.content.lookups, args.allow_write)?,
        data_models: Some(app.data_models(&args.content.datamodels, &search.macros)?),
        knowledge: app.knowledge(&args.content.knowledge, args.content.no_knowledge)?,
        input: args.input.clone(),
        project: app.project.clone(),
        tz_given,
        threads: args.threads,
        no_prefilter: args.no_prefilter,
        profile: args.profile,
    };
    if args.explain {
        let given = |p: &PathBuf| match p == Path::new("-") {
            true => Input::Stdin,
            false => Input::Path(p.clone()),
        };
        let mut inputs: Vec<Input> = args.events.iter().map(given).collect();
        if inputs.is_empty() {
            inputs = app.project_inputs()?;
        }
        return match app.engine.explain(&search, &inputs, &options) {
            Ok(text) => Ok(app.print(&output::visible(&text, true))),
            Err(refusal) => Err(refused(app, &search, refusal)),
        };
    }
    // with risk events a search need not wait for others
    let none_needed = search.generates() || !options.risk.is_empty();
    let inputs = inputs(app, none_needed, &args.events)?;
    let outcome = execute(app, &search, &inputs, &options)?;

    let add = index.filter(|(_, may_add)| *may_add).map(|(index, _)| index);
    let add = add.filter(|_| detection.as_ref().is_some_and(|d| d.adds_risk()));
    let made = match &detection {
        Some(detection) if args.risk || add.is_some() => {
            let times = risk::times(&options).map_err(|text| app.fail(None, &text))?;
            Some(risk::make(detection, &outcome.results, times))
        }
        _ => None,
    };
    let (written, hidden) = match &made {
        Some(made) if args.risk => {
            let exit = deliver(app, args, |out, _| {
                risk::write(&made.events, out)?;
                Ok(Hidden::default())
            });
            for note in &made.notes {
                app.say(&render::note(note, app.look()));
            }
            exit
        }
        _ => deliver(app, args, |out, style| {
            output::write(format(args), outcome.results_in(format(args)), style, out)
        }),
    };
    let summary = &outcome.summary;
    app.say(&render::diagnostics(&summary.warnings, &|span| search.places(span), app.look()));
    app.say(&notices(summary, app.look()));
    if args.profile {
        app.say(&profile(&search, &outcome));
    }
    if !args.quiet {
        app.say(&footer(outcome.results.rows.len(), hidden, summary));
    }
    let mut exit = written;
    if args.fail_on_match && !outcome.results.rows.is_empty() {
        exit = exit.worse(Exit::Found);
    }
    let cut = summary.notices.iter().any(|(n, _)| n.cuts_result);
    let unread = !summary.input_errors.is_empty();
    if cut || unread || (args.strict && summary.damaged > 0) {
        exit = exit.worse(Exit::Failed);
    }
    if summary.partial {
        exit = exit.worse(Exit::Interrupted);
    }
    if let (Some(index), Some(made)) = (add, made) {
        // rows of a part of the events can be wrong
        if cut || unread || summary.partial {
            app.say(&format!("nothing is added to {}\n", index.folder().display()));
        } else {
            exit = exit.worse(app.add_risk(&index, made.events, args.quiet));
        }
    }
    Ok(exit)
}

fn format(args: &RunArgs) -> Format {
    let by_name = args.output.as_deref().and_then(Format::of_path);
    args.format.or(by_name).unwrap_or(Format::Table)
}

/// Where the events come from: what the user named, else the inputs of the project file, else
/// standard input if something is piped in.
pub(super) fn inputs(
    app: &App<'_>,
    none_needed: bool,
    paths: &[PathBuf],
) -> Result<Vec<Input>, Exit> {
    if none_needed {
        let inputs = named(app, paths)?;
        return if inputs.is_empty() { app.project_inputs() } else { Ok(inputs) };
    }
    let inputs = events(app, paths)?;
    for input in &inputs {
        if let Input::Path(path) = input
            && let Err(e) = path.metadata()
        {
            return Err(
                app.fail(Some("SPL5101"), &format!("{}: {}", path.display(), reason_at(&e, path)))
            );
        }
    }
    Ok(inputs)
}

fn named(app: &App<'_>, paths: &[PathBuf]) -> Result<Vec<Input>, Exit> {
    let mut inputs = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            if inputs.contains(&Input::Stdin) {
                return Err(app.fail(None, "standard input (-) is named twice"));
            }
            inputs.push(Input::Stdin);
        } else {
            inputs.push(Input::Path(path.clone()));
        }
    }
    Ok(inputs)
}

/// The inputs of a search that reads events.
pub(crate) fn events(app: &App<'_>, paths: &[PathBuf]) -> Result<Vec<Input>, Exit> {
    let mut inputs = named(app, paths)?;
    if inputs.is_empty() {
        inputs = app.project_inputs()?;
    }
    if inputs.is_empty() {
        if app.term.stdin {
            let text = "no events: name files or folders of JSON events, or pipe events in";
            return Err(app.fail(None, text));
        }
        inputs.push(Input::Stdin);
    }
    Ok(inputs)
}

/// Runs a search with Ctrl-C and progress; says what is wrong if there is no result.
pub(crate) fn execute(
    app: &App<'_>,
    search: &Prepared,
    inputs: &[Input],
    options: &Options,
) -> Result<Outcome, Exit> {
    let progress = Arc::new(Progress::default());
    let stop = stop::flag();
    // what was pressed before the search began is not meant for it
    stop::take();
    let job = Job { search, inputs, options, stop, progress: Arc::clone(&progress) };
    let result = progress::watch(app.term.stderr, &progress, || app.engine.run(&job));
    stop::take();
    result.map_err(|refusal| refused(app, search, refusal))
}

pub(crate) fn refused(app: &App<'_>, search: &Prepared, refusal: Refusal) -> Exit {
    match refusal {
        Refusal::Search(list) => {
            app.say(&render::diagnostics(&list, &|span| search.places(span), app.look()));
            Exit::Failed
        }
        Refusal::Option(text) => app.fail(None, &text),
        Refusal::Run(RunError::Stopped) => {
            app.say("stopped; no rows\n");
            Exit::Interrupted
        }
        Refusal::Run(RunError::Failed { code, message, span: Some(span) }) => {
            let d = sepal_parser::Diagnostic::error(code, span, message);
            app.say(&render::diagnostics(&[d], &|span| search.places(span), app.look()));
            Exit::Failed
        }
        Refusal::Run(RunError::Failed { code, message, span: None }) => {
            app.fail(Some(code), &message)
        }
        Refusal::Run(RunError::Input { file, message }) => {
            app.fail(Some("SPL5101"), &format!("{file}: {}", without_number(&message)))
        }
        Refusal::Run(other) => app.fail(None, &other.to_string()),
    }
}

/// Writes to `-o` or standard output.
fn deliver(
    app: &App<'_>,
    args: &RunArgs,
    write: impl FnOnce(&mut dyn Write, &Style) -> io::Result<Hidden>,
) -> (Exit, Hidden) {
    let style = Style {
        csv_safe: args.csv_safe,
        max_rows: (args.max_rows > 0).then_some(args.max_rows),
        time_zone: crate::host::zone(args.input.tz.as_deref()),
        ..Style::default()
    };
    deliver_to(app, args.output.as_deref(), style, write)
}

/// Writes to a file or standard output.
pub(crate) fn deliver_to(
    app: &App<'_>,
    path: Option<&Path>,
    mut style: Style,
    write: impl FnOnce(&mut dyn Write, &Style) -> io::Result<Hidden>,
) -> (Exit, Hidden) {
    let mut hidden = Hidden::default();
    let Some(path) = path else {
        style.width = app.term.width;
        style.colour = app.term.stdout_colour;
        style.terminal = app.term.stdout;
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let result = write(&mut out, &style).and_then(|h| {
            hidden = h;
            out.flush()
        });
        // what a closed pipe left in the buffer is not tried again
        let _ = out.into_parts();
        return (app.written(result), hidden);
    };
    let result = File::create(path).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        hidden = write(&mut out, &style)?;
        out.flush()
    });
    match result {
        Ok(()) => (Exit::Done, hidden),
        Err(e) => {
            let text = format!("{} cannot be written: {}", path.display(), reason(&e));
            (app.fail(None, &text), hidden)
        }
    }
}

fn profile(search: &Prepared, outcome: &Outcome) -> String {
    let mut out = String::new();
    let s = &outcome.summary;
    for stage in &s.profile {
        let text = search.text().get(stage.span.range()).unwrap_or(&stage.name);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = output::visible(&flat, false).chars().take(60).collect();
        let (time, rows) = (super::footer::time(stage.time), super::count(stage.rows_out, "row"));
        let rows_in = super::count(stage.rows_in, "row");
        out.push_str(&format!("{time:>10}  {rows_in:>14} -> {rows:<14}  {shown}\n"));
    }
    if s.bytes > 0 {
        let per_second = s.bytes as f64 / s.elapsed.as_secs_f64().max(1e-9);
        let speed = super::footer::bytes(per_second as u64);
        out.push_str(&format!("{} read, {speed}/s\n", super::footer::bytes(s.bytes)));
    }
    out
}
