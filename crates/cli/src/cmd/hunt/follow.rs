//! `sepal hunt --follow`.

use super::report::{self, entity};
use super::{Hunted, say_trouble};
use crate::args::{HuntArgs, HuntFormat};
use crate::cmd::run::deliver_to;
use crate::cmd::{App, count, footer, reason};
use crate::engine::Input;
use crate::exit::Exit;
use crate::output::{self, Format, Hidden, Style, visible};
use crate::{engine, local, progress, stop};
use sepal_content::RiskIndex;
use sepal_data::time::{Time, parse_span, strftime};
use sepal_exec::host::Host;
use sepal_hunt::{
    Content, Failure, Finding, Follow, Loaded, Now, Options, Progress, Ready, Report, Severity,
    arrange,
};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Follows until Ctrl-C.
pub(super) fn follow(
    app: &App<'_>,
    args: &HuntArgs,
    mut loaded: Loaded,
    content: &Arc<Content>,
    given: &[Input],
    options: Options,
    index: Option<(RiskIndex, bool)>,
) -> Result<Exit, Exit> {
    let begin = Instant::now();
    let every = Duration::try_from_secs_f64(args.every).ok().filter(|e| *e <= LONGEST);
    let Some(every) = every else {
        return Err(app.fail(None, "--every takes seconds, from 0 to 86400"));
    };
    let window = parse_span(&args.window).map_err(|e| format!("--window {}: {e}", args.window));
    let window = window.map_err(|text| app.fail(None, &text))?;
    let Some(window) = window.micros() else {
        return Err(app.fail(None, "--window takes a length in s, m, h or d, such as 15m"));
    };
    let stamping = engine::Options {
        input: args.input.clone(),
        project: app.project.clone(),
        ..engine::Options::default()
    };
    let single = arrange(&mut loaded.ready);
    loaded.failed.iter().for_each(|f| app.say(&super::shown(app, f, 0)));
    if !args.quiet {
        let ready = count(loaded.ready.len() as u64, "detection");
        app.say(&format!(
            "{ready}, {} of them over a window of {}\n",
            loaded.ready.len() - single,
            args.window
        ));
    }
    let progress = Progress::default();
    let stop = stop::flag();
    stop::take();
    let most = (options.rows, options.events);
    let follow = Follow {
        ready: &loaded.ready,
        single,
        risk: index.as_ref().map(|(index, may_add)| (index, *may_add)),
        content,
        options,
        every,
        window,
        window_bytes: (args.window_size as usize) << 20,
        stop,
        progress: &progress,
    };
    let clock = || {
        // what the flags say was looked at before
        let (host, earliest, latest) = local::times(&args.input).ok()?;
        Some(Now { host: Arc::new(host) as Arc<dyn Host>, earliest, latest })
    };
    let first = clock().ok_or_else(|| app.fail(None, "the clock cannot be read"))?;
    let now = || clock().unwrap_or_else(|| Now { host: Arc::clone(&first.host), ..first });
    let inputs = || local::inputs(given, &stamping, &*first.host);
    let mut writer = Writer::new(app, args)?;
    let mut all = Report::default();
    let mut told = |new: Report| {
        let going = writer.news(args, &loaded, &new);
        all.absorb(new, most);
        going && writer.whole(app, args, &loaded, &all)
    };
    let line = |elapsed| super::line(&progress, true, elapsed);
    // a table or a line in between would tear the line of progress
    let shown = app.term.stderr && !app.term.stdout;
    let done = progress::watch_line(shown, &line, || follow.run(&inputs, &now, &mut told));
    stop::take();
    let added = done.map_err(|e| super::unread(app, &e))?;
    let exit = end(app, args, &loaded, &all, begin);
    if let Some((index, _)) = index.filter(|(_, may_add)| *may_add && !args.quiet) {
        app.added_risk(&index, &added);
    }
    Ok(exit)
}

/// The most time between two looks.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What is said at the end.
fn end(app: &App<'_>, args: &HuntArgs, loaded: &Loaded, all: &Report, begin: Instant) -> Exit {
    let broken = super::broken(loaded, all);
    // the events were hunted until the end that was asked for
    let hunted = Hunted { args, loaded, report: all, broken: &broken, now: now() };
    let whole = !streams(args.format) && args.output.is_none();
    let mut exit = match whole {
        true => deliver(app, args, &hunted),
        false => Exit::Done,
    };
    if say_trouble(app, &hunted, false) {
        exit = exit.worse(Exit::Failed);
    }
    let found = all.findings.iter().filter(|f| f.rows > 0).count() as u64;
    if !args.quiet {
        let events: u64 = all.sets.iter().map(|s| s.events).sum();
        app.say(&super::left_out(&loaded.left_out));
        app.say(&format!(
            "{} found something, {}; followed {} for {}\n",
            count(found, "detection"),
            count(all.findings.iter().map(|f| f.rows).sum(), "row"),
            count(events, "event"),
            footer::time(begin.elapsed())
        ));
    }
    if args.fail_on_match && found > 0 { exit.worse(Exit::Found) } else { exit }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Whether what is new can be written behind what was.
fn streams(format: HuntFormat) -> bool {
    matches!(format, HuntFormat::Text | HuntFormat::Ndjson | HuntFormat::Csv)
}

fn style(args: &HuntArgs) -> Style {
    let time_zone = crate::host::zone(args.input.tz.as_deref());
    Style { time_zone, ..Style::default() }
}

fn deliver(app: &App<'_>, args: &HuntArgs, hunted: &Hunted<'_>) -> Exit {
    let write = |out: &mut dyn Write, style: &Style| report::write(hunted, style, out);
    deliver_to(app, None, style(args), write).0
}

/// Where findings go as they come.
struct Writer {
    file: Option<BufWriter<File>>,
    style: Style,
    header: bool,
}

impl Writer {
    fn new(app: &App<'_>, args: &HuntArgs) -> Result<Writer, Exit> {
        let mut style = style(args);
        let file = match &args.output {
            Some(path) if streams(args.format) => {
                let cannot = |e| {
                    let text = format!("{} cannot be written: {}", path.display(), reason(&e));
                    app.fail(None, &text)
                };
                Some(BufWriter::new(File::create(path).map_err(cannot)?))
            }
            Some(_) => None,
            None => {
                style.colour = app.term.stdout_colour;
                style.terminal = app.term.stdout;
                None
            }
        };
        Ok(Writer { file, style, header: false })
    }

    /// Writes what is new; false where nobody reads it.
    fn news(&mut self, args: &HuntArgs, loaded: &Loaded, new: &Report) -> bool {
        if !streams(args.format) {
            return true;
        }
        let mut bytes = Vec::new();
        let written =
            self.write(args, loaded, new, &mut bytes).and_then(|()| match &mut self.file {
                Some(file) => file.write_all(&bytes).and_then(|()| file.flush()),
                None => {
                    let mut out = io::stdout().lock();
                    out.write_all(&bytes).and_then(|()| out.flush())
                }
            });
        written.is_ok()
    }

    fn write(
        &mut self,
        args: &HuntArgs,
        loaded: &Loaded,
        new: &Report,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let broken: Vec<(Failure, usize)> = super::broken(loaded, new);
        let hunted = Hunted { args, loaded, report: new, broken: &broken, now: now() };
        match args.format {
            HuntFormat::Text => {
                for f in new.findings.iter().filter(|f| f.rows > 0) {
                    if let Some(ready) = loaded.ready.get(f.detection) {
                        self.line(ready, f, args.rows, out)?;
                    }
                }
            }
            HuntFormat::Csv => {
                let table = report::table(&hunted);
                if table.rows.is_empty() {
                    return Ok(());
                }
                let mut text = Vec::new();
                output::write(Format::Csv, &table, &self.style, &mut text)?;
                let skip = match self.header {
                    true => text.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1),
                    false => 0,
                };
                self.header = true;
                out.extend_from_slice(text.get(skip..).unwrap_or_default());
            }
            // what cannot run is told once, at the end
            _ => report::findings(&hunted, out)?,
        }
        Ok(())
    }

    /// `2026-02-11 08:02:00  high 80  Logs Deleted  T1070  user:eve`, then its rows.
    fn line(&self, ready: &Ready, f: &Finding, rows: usize, out: &mut Vec<u8>) -> io::Result<()> {
        let time = f.times.last.and_then(Time::from_secs_f64);
        let time = time.map(|t| strftime(t, "%Y-%m-%d %H:%M:%S", &self.style.time_zone));
        let severity = ready.severity();
        let paint = match self.style.colour {
            true => super::views::paint("severity", severity.name()),
            false => anstyle::Style::new(),
        };
        let score = match ready.score() {
            Some(score) if severity != Severity::Info => format!(" {score}"),
            _ => String::new(),
        };
        let mut parts = vec![time.unwrap_or_else(|| "-".to_owned())];
        parts.push(format!("{paint}{}{score}{paint:#}", severity.name()));
        parts.push(visible(&ready.detection.name, false).into_owned());
        if f.rows > 1 {
            parts.push(count(f.rows, "row"));
        }
        parts.push(visible(&ready.detection.mitre_attack_id.join(" "), false).into_owned());
        let who: Vec<String> = f.entities.iter().take(5).map(entity).collect();
        parts.push(visible(&who.join(", "), false).into_owned());
        parts.retain(|p| !p.is_empty());
        writeln!(out, "{}", parts.join("  "))?;
        for row in 0..f.first.len.min(rows) {
            let fields: Vec<String> = f
                .first
                .row(row)
                .filter(|(name, v)| !v.is_null() && *name != "_time")
                .map(|(name, v)| {
                    let texts: Vec<String> =
                        v.members().iter().map(|m| m.text().into_owned()).collect();
                    let text: String = texts.join(", ").chars().take(LONGEST_VALUE).collect();
                    format!("{}={}", visible(name, false), visible(&text, false))
                })
                .collect();
            writeln!(out, "    {}", fields.join(" "))?;
        }
        Ok(())
    }

    /// Writes all that was found anew, where it goes to a file.
    fn whole(&self, app: &App<'_>, args: &HuntArgs, loaded: &Loaded, all: &Report) -> bool {
        let Some(path) = args.output.as_deref().filter(|_| !streams(args.format)) else {
            return true;
        };
        let broken = super::broken(loaded, all);
        let hunted = Hunted { args, loaded, report: all, broken: &broken, now: now() };
        let written =
            replace(path, |out| report::write(&hunted, &self.style, out).map(|_: Hidden| ()));
        if let Err(e) = &written {
            app.fail(None, &format!("{} cannot be written: {}", path.display(), reason(e)));
        }
        written.is_ok()
    }
}

/// As many characters of a value are shown.
const LONGEST_VALUE: usize = 200;

/// Writes a file beside the one that is replaced, so that whoever opens it finds a whole one.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let made = File::create(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    let done = made.and_then(|()| std::fs::rename(&beside, path));
    if done.is_err() {
        // what is left of it is of no use
        let _ = std::fs::remove_file(&beside);
    }
    done
}
