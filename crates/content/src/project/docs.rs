//! docs/sepal-toml.md, made of the declaration.

use super::keys::TABLES;
use std::fmt::Write;

const INTRODUCTION: &str = "\
# sepal.toml

What a project has, so that it need not be said on every command line. An example:

```toml
[content]
macros = [\"macros\"]
lookups = [\"lookups\"]
detections = [\"detections\"]

[time]
earliest = \"2026-01-01T00:00:00\"
tz = \"UTC\"

[[inputs]]
files = \"logs/audit/*.jsonl\"
sourcetype = \"kube:apiserver:audit\"
index = \"kubernetes\"

[[inputs]]
files = [\"logs/firewall/**/*.log\", \"logs/firewall/**/*.log.gz\"]
sourcetype = \"acme:firewall\"
host = \"fw1\"
tz = \"Europe/Zurich\"
```

The file is looked for in the working folder, then in each folder above it up to the root of the file
system; the nearest one is taken, alone. `--config FILE` takes that one, `--no-config` none. It is used
by `run`, `repl`, `parse`, `expand`, `lint`, `coverage` and `test`; `sepal config` prints what is in force and
where each value came from, `sepal run --explain` also what each file is stamped with.

Paths are relative to the folder of the file. Files and folders that it names must be there, but for `cache`. An
unknown key is an error.

## The file and the command line

A flag wins over the file. Folders of flags are added after those of the file, and of two things of one
name the later one counts; EVENTS on the command line replace the files of all inputs.

Each of `source`, `sourcetype`, `index` and `host` of a file of events is what the flag says; else what the
first input that matches the file says; else, for EVENTS of the command line, what the detection declares
of its test data. --tz stands above the `tz` of inputs too.

A run without EVENTS reads the inputs' files, each once, also where something is piped in: name `-` to
read standard input. A search that makes its own rows (`| makeresults`) has the inputs for its
subsearches.

## Patterns

`*` and `?` stop at a slash, `**` stands for any number of folders, `[ab]` for one of these characters,
`{a,b}` for one of these texts. Wildcards match plain files only: no folders, no pipes or devices, and
no name that begins with a dot unless the pattern says the dot. A path without wildcards may be a folder:
all files in it and below. A pattern that matches nothing is an error where the inputs are read.

## A file of a stranger

A `sepal.toml` can say what is read, and nothing else: it runs no program and reaches no network. What
`sepal test --fetch` gets is kept in `cache` only where that lies in the file's own folder or below. With
`allow-write`, searches may write tables and models into folders of `lookups` and `models` that lie in
the file's own folder or below, links followed. A folder elsewhere is read only (SPL5410), also with
--allow-write; it can be written to where it is named by --lookups and --allow-write is given.
`--no-config` leaves the file out.
";

/// The page.
pub fn markdown() -> String {
    let mut out = INTRODUCTION.to_owned();
    for table in TABLES {
        let _ = write!(out, "\n## `{}`\n\n{}\n\n", table.written(), table.doc);
        out.push_str("| key | takes | flag | |\n| --- | --- | --- | --- |\n");
        for key in table.keys {
            let flag = if key.flag.is_empty() { String::new() } else { format!("`{}`", key.flag) };
            let needed = if key.required { " Needed." } else { "" };
            let _ = writeln!(
                out,
                "| `{}` | {} | {flag} | {}{needed} |",
                key.name,
                key.kind.takes(),
                key.doc
            );
        }
    }
    out
}
