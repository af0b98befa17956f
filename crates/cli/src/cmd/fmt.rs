use super::{App, reason};
use crate::args::FmtArgs;
use crate::exit::Exit;
use crate::output::visible;
use crate::spl::Source;
use crate::{render, yaml_edit};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Formats searches.
pub fn fmt(app: &App<'_>, args: &FmtArgs) -> Exit {
    if let Some(text) = &args.spl {
        return typed(app, args, Source::typed(text, "<search>"));
    }
    let mut exit = Exit::Done;
    let (mut changed, mut all) = (0u64, 0u64);
    for file in &args.files {
        if file == Path::new("-") {
            exit = exit.worse(match app.source(Some(file), None) {
                Ok(source) => typed(app, args, source),
                Err(exit) => exit,
            });
            continue;
        }
        let files = match files(file) {
            Ok(files) => files,
            Err(e) => {
                exit = exit.worse(app.fail_content(&e));
                continue;
            }
        };
        for file in files {
            all += 1;
            match one(app, args, &file) {
                Ok(true) => changed += 1,
                Ok(false) => {}
                Err(failed) => exit = exit.worse(failed),
            }
        }
    }
    if args.check && changed > 0 {
        let of = super::count(all, "file");
        app.say(&format!("{changed} of {of} not formatted\n"));
        exit = exit.worse(Exit::Found);
    }
    if args.write {
        app.say(&format!("{} formatted, {} as they were\n", changed, all - changed));
    }
    exit
}

fn files(path: &Path) -> Result<Vec<PathBuf>, sepal_content::ContentError> {
    if path.is_dir() { sepal_content::fs::yaml_files(path) } else { Ok(vec![path.to_owned()]) }
}

/// Formats a search that is in no file.
fn typed(app: &App<'_>, args: &FmtArgs, source: Source) -> Exit {
    let formatted = match format(app, &source) {
        Ok(text) => text,
        Err(exit) => return exit,
    };
    if !args.check {
        return app.print(&shown(app, &formatted));
    }
    if formatted.trim_end() == source.text.trim_end() { Exit::Done } else { Exit::Found }
}

fn shown(app: &App<'_>, text: &str) -> String {
    if app.term.stdout { visible(text, true).into_owned() } else { text.to_owned() }
}

fn format(app: &App<'_>, source: &Source) -> Result<String, Exit> {
    let formatted =
        sepal_parser::format(&source.text).map(|text| text.trim_end().to_owned() + "\n");
    formatted.map_err(|list| {
        app.say(&render::diagnostics(&list, &|span| source.place(span), app.look()));
        Exit::Failed
    })
}

/// Formats one file; whether it was different.
fn one(app: &App<'_>, args: &FmtArgs, file: &Path) -> Result<bool, Exit> {
    let source = Source::read(file).map_err(|e| app.fail_content(&e))?;
    let search = format(app, &source)?;
    let old = &source.origin.text;
    let new = if source.detection.is_some() {
        if search.trim_end() == source.text.trim_end() {
            old.to_string()
        } else {
            let new = yaml_edit::replace_search(old, &search);
            // what is written reads back as the formatted search, or nothing is written
            let same = |new: &String| {
                let read = sepal_content::Detection::load(&source.origin.file, new);
                read.is_ok_and(|d| d.search.trim_end() == search.trim_end())
            };
            new.filter(same).ok_or_else(|| {
                let text =
                    "the search cannot be rewritten in place: write it as a block (search: |-)";
                app.fail(None, &format!("{}: {text}", file.display()))
            })?
        }
    } else {
        search.clone()
    };
    let different = new.as_bytes() != old.as_bytes();
    if args.check {
        if different {
            app.print(&format!("{}\n", visible(&file.to_string_lossy(), false)));
        }
    } else if args.write {
        if different {
            write(file, &new).map_err(|e| {
                let text = format!("{} cannot be written: {}", file.display(), reason(&e));
                app.fail(None, &text)
            })?;
        }
    } else {
        app.print(&shown(app, &search));
    }
    Ok(different)
}

/// Replaces a file as a whole: a crash in between leaves the old one.
pub(super) fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let target = std::fs::canonicalize(file)?;
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(name);
    let result = std::fs::File::create(&temporary)
        .and_then(|mut f| {
            f.write_all(text.as_bytes())?;
            f.set_permissions(std::fs::metadata(&target)?.permissions())?;
            f.sync_all()
        })
        .and_then(|()| std::fs::rename(&temporary, &target));
    if result.is_err() {
        // the error that matters is the first one
        let _ = std::fs::remove_file(&temporary);
    }
    result
}
