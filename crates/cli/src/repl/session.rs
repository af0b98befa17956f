//! What the prompt keeps between two lines.

use super::commands::{META, words};
use super::complete::SharedNames;
use crate::args::ReplArgs;
use crate::cmd::{App, count, footer, help, notices, reason, run};
use crate::engine::{Input, Options, Results};
use crate::exit::Exit;
use crate::output::{self, Format, Style, visible};
use crate::render;
use crate::spl::{Prepared, Source};
use clap::ValueEnum;
use sepal_content::RiskIndex;
use sepal_parser::macros::MacroSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows that a table at the prompt shows; `:save` writes all.
const SHOWN_ROWS: usize = 100;

/// What follows a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next line.
    Go,
    /// The next line; this one was wrong.
    Wrong,
    /// The end.
    Quit,
}

/// A session at the prompt.
pub struct Session<'a> {
    pub(super) app: &'a App<'a>,
    pub(super) inputs: Vec<Input>,
    macros: MacroSet,
    pub(super) options: Options,
    risk: Option<RiskIndex>,
    format: Format,
    last: Option<Results>,
    pub(super) names: SharedNames,
}

impl<'a> Session<'a> {
    /// A session over the events and macros of the command line.
    pub fn new(app: &'a App<'a>, args: &ReplArgs) -> Result<Session<'a>, Exit> {
        let macros = app.macros(None, &args.macros, &[])?;
        let mut session = Session {
            app,
            inputs: Vec::new(),
            macros: macros.clone(),
            options: Options {
                lookups: app.lookups(&args.lookups, args.allow_write)?,
                data_models: Some(app.data_models(&args.datamodels, &macros)?),
                knowledge: app.knowledge(&args.knowledge, args.no_knowledge)?,
                input: app.input(&args.input),
                project: app.project.clone(),
                tz_given: args.input.tz.is_some(),
                ..Options::default()
            },
            risk: app.risk_index(args.risk_index.as_ref()).map(|(index, _)| index),
            format: Format::Table,
            last: None,
            names: SharedNames::default(),
        };
        session.note_macros();
        if args.events.is_empty() {
            session.add(app.project_inputs()?);
        } else if session.load(args.events.clone()) == Next::Wrong {
            return Err(Exit::Failed);
        }
        Ok(session)
    }

    /// The names for completion, shared.
    pub fn names(&self) -> SharedNames {
        SharedNames::clone(&self.names)
    }

    /// Whether there are events.
    pub fn has_inputs(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// Does what a line asks for.
    pub fn line(&mut self, line: &str) -> Next {
        let trimmed = line.trim();
        match trimmed {
            "quit" | "exit" => return Next::Quit,
            "help" => return self.help(""),
            _ => {}
        }
        if let Some(topic) = trimmed.strip_prefix("help ")
            && topic.split_whitespace().count() == 1
        {
            return self.help(topic);
        }
        match trimmed.strip_prefix(':') {
            Some(command) => self.command(command),
            None => self.search(Source::typed(trimmed, "<search>")),
        }
    }

    fn command(&mut self, line: &str) -> Next {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match name {
            "quit" | "q" | "exit" => Next::Quit,
            "help" | "h" | "?" => self.help(rest),
            "load" => self.load(words(rest).into_iter().map(PathBuf::from).collect()),
            "sources" => self.sources(),
            "fields" => self.fields(rest),
            "macros" => self.show_macros(rest),
            "set" => self.set(rest),
            "explain" => self.explain(rest),
            "time" => self.time(rest),
            "format" => self.set_format(rest),
            "save" => self.save(rest),
            "run" => match words(rest).as_slice() {
                [file] => match Source::read(Path::new(file)) {
                    Ok(source) => self.search(source),
                    Err(e) => self.wrong(&render::content(&e, self.app.look())),
                },
                _ => self.usage(name),
            },
            _ => {
                let near = sepal_parser::suggest(name, META.iter().map(|m| m.name));
                let text = match near {
                    Some(near) => format!("no command `:{name}`; did you mean `:{near}`?"),
                    None => format!("no command `:{name}`; :help lists them"),
                };
                self.error(&text)
            }
        }
    }

    fn wrong(&self, text: &str) -> Next {
        self.app.say(text);
        Next::Wrong
    }

    pub(super) fn error(&self, text: &str) -> Next {
        self.app.fail(None, text);
        Next::Wrong
    }

    pub(super) fn usage(&self, name: &str) -> Next {
        let arguments = META.iter().find(|m| m.name == name).map_or("", |m| m.arguments);
        self.error(&format!("usage: :{name} {arguments}"))
    }

    pub(super) fn show(&self, text: &str) -> Next {
        match self.app.print(text) {
            Exit::Done => Next::Go,
            _ => Next::Wrong,
        }
    }

    /// A search over the session's events.
    fn search(&mut self, source: Source) -> Next {
        let Some(results) = self.run(source, false) else { return Next::Wrong };
        let names = results.columns.iter().filter(|c| !c.starts_with('_'));
        self.names.borrow_mut().fields.extend(names.map(|c| c.to_string()));
        self.last = Some(results);
        Next::Go
    }

    /// Runs and shows a search; quietly for the session's own questions.
    pub(super) fn run(&self, source: Source, quiet: bool) -> Option<Results> {
        let search = Prepared::new(source, &self.macros);
        if quiet {
            if search.parsed.has_errors() {
                return None;
            }
            return Some(
                run::execute(self.app, &search, &self.inputs, &self.options).ok()?.results,
            );
        }
        self.app.report(&search).ok()?;
        let options = self.options_of(&search)?;
        if self.inputs.is_empty() && options.risk.is_empty() && !search.generates() {
            self.error("no events: :load FILE reads some, and | makeresults needs none");
            return None;
        }
        let outcome = run::execute(self.app, &search, &self.inputs, &options).ok()?;
        let hidden = self.write(outcome.results_in(self.format))?;
        self.app.say(&notices(&outcome.summary, self.app.look()));
        self.app.say(&footer(outcome.results.rows.len(), hidden, &outcome.summary));
        Some(outcome.results)
    }

    /// With the risk events that there are now, for a search that asks for them.
    fn options_of(&self, search: &Prepared) -> Option<Options> {
        let risk = self.app.risk_inputs(search, self.risk.as_ref()).ok()?;
        Some(Options { risk, ..self.options.clone() })
    }

    fn write(&self, results: &Results) -> Option<output::Hidden> {
        let style = Style {
            // the window may have changed since the last search
            width: crate::term::Term::detect().width,
            colour: self.app.term.stdout_colour,
            terminal: self.app.term.stdout,
            max_rows: Some(SHOWN_ROWS),
            time_zone: crate::host::zone(self.options.input.tz.as_deref()),
            ..Style::default()
        };
        let mut out = BufWriter::new(io::stdout().lock());
        output::write(self.format, results, &style, &mut out).ok()
    }

    fn help(&self, topic: &str) -> Next {
        if topic.is_empty() {
            let mut text = String::from("A line is a search; it may go on over several lines.\n\n");
            for m in META {
                let usage = format!(":{} {}", m.name, m.arguments);
                text.push_str(&format!("  {usage:38} {}\n", m.summary));
            }
            text.push_str("\nHelp on SPL: :help commands, :help functions, :help stats-functions, :help NAME\n");
            text.push_str("Keys: Tab completes, Alt-Enter goes on to the next line, Ctrl-R seeks in the history,\n");
            text.push_str("Ctrl-C stops a search or gives up a line, Ctrl-D quits\n");
            return self.show(&text);
        }
        match help::page(topic, self.app.term.stdout_colour) {
            Some(page) => self.show(&page),
            None => self.error(&help::unknown(topic)),
        }
    }

    fn show_macros(&self, name: &str) -> Next {
        let name = name.trim_matches('`');
        let mut text = String::new();
        for m in self.macros.iter() {
            let call = call(m);
            if name.is_empty() {
                text.push_str(&format!("{}\n", visible(&call, false)));
            } else if m.name == name || call == name {
                let definition = visible(&m.definition, true);
                text.push_str(&format!("`{}`\n", visible(&call, false)));
                text.push_str(&format!("  {}\n", definition.trim().replace('\n', "\n  ")));
                text.push_str(&format!("  from {}\n", visible(&m.origin.file, false)));
            }
        }
        if text.is_empty() {
            return self.error(&match name {
                "" => "no macros; --macros DIR or :set MACRO=DEFINITION give some".to_owned(),
                name => match sepal_parser::suggest(name, self.macros.iter().map(|m| &*m.name)) {
                    Some(near) => format!("no macro `{name}`; did you mean `{near}`?"),
                    None => format!("no macro `{name}`"),
                },
            });
        }
        self.show(&text)
    }

    fn note_macros(&self) {
        self.names.borrow_mut().macros = self.macros.iter().map(call).collect();
    }

    fn set(&mut self, text: &str) -> Next {
        if text.is_empty() {
            return self.usage("set");
        }
        match sepal_content::macros::parse_set(text) {
            Ok(m) => {
                self.macros.insert(m);
                self.note_macros();
                Next::Go
            }
            Err(e) => self.wrong(&render::content(&e, self.app.look())),
        }
    }

    fn explain(&self, text: &str) -> Next {
        if text.is_empty() {
            return self.usage("explain");
        }
        let search = Prepared::new(Source::typed(text, "<search>"), &self.macros);
        if self.app.report(&search).is_err() {
            return Next::Wrong;
        }
        let Some(options) = self.options_of(&search) else { return Next::Wrong };
        match self.app.engine.explain(&search, &self.inputs, &options) {
            Ok(text) => self.show(&visible(&text, true)),
            Err(refusal) => {
                run::refused(self.app, &search, refusal);
                Next::Wrong
            }
        }
    }

    fn time(&mut self, text: &str) -> Next {
        let words = words(text);
        let before = self.options.input.clone();
        let input = &mut self.options.input;
        match words.as_slice() {
            [] => {}
            [all] if all == "all" => (input.earliest, input.latest) = (None, None),
            [earliest] => (input.earliest, input.latest) = (Some(earliest.clone()), None),
            [earliest, latest] => {
                (input.earliest, input.latest) = (Some(earliest.clone()), Some(latest.clone()));
            }
            _ => return self.usage("time"),
        }
        if let Err(text) = crate::local::check_times(&self.options.input) {
            self.options.input = before;
            return self.error(&text);
        }
        let input = &self.options.input;
        let text = match (&input.earliest, &input.latest) {
            (None, None) => "all time".to_owned(),
            (from, to) => format!(
                "from {} to {}",
                from.as_deref().unwrap_or("the beginning"),
                to.as_deref().unwrap_or("the end")
            ),
        };
        self.show(&format!("{}\n", visible(&text, false)))
    }

    fn set_format(&mut self, text: &str) -> Next {
        if text.is_empty() {
            let name = self.format.to_possible_value().map(|v| v.get_name().to_owned());
            return self.show(&format!("{}\n", name.unwrap_or_default()));
        }
        match Format::from_str(text, true) {
            Ok(format) => {
                self.format = format;
                Next::Go
            }
            Err(_) => self.usage("format"),
        }
    }

    fn save(&self, text: &str) -> Next {
        let words = words(text);
        let [file] = words.as_slice() else { return self.usage("save") };
        let Some(results) = &self.last else {
            return self.error("no rows yet: run a search first");
        };
        let path = Path::new(file);
        let format = Format::of_path(path).unwrap_or(self.format);
        let zone = crate::host::zone(self.options.input.tz.as_deref());
        let style = Style { time_zone: zone, ..Style::default() };
        let written = File::create(path).and_then(|f| {
            let mut out = BufWriter::new(f);
            output::write(format, results, &style, &mut out)?;
            out.flush()
        });
        match written {
            Ok(()) => {
                let rows = count(results.rows.len() as u64, "row");
                self.app.say(&format!("{rows} written to {}\n", visible(file, false)));
                Next::Go
            }
            Err(e) => self.error(&format!("{file} cannot be written: {}", reason(&e))),
        }
    }
}

/// A macro as it is called.
fn call(m: &sepal_parser::macros::MacroDef) -> String {
    if m.arguments.is_empty() {
        m.name.clone()
    } else {
        format!("{}({})", m.name, m.arguments.join(", "))
    }
}
