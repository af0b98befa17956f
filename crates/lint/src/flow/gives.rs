//! The fields of the rows that leave a stage.

use super::Fields;
use sepal_exec::regex_engine::SplRegex;
use sepal_parser::ast::{Field, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::NamedOption;
use sepal_parser::commands::stats::{Aggregate, AggregateArgument};
use sepal_parser::commands::tstats::ByField;

type Columns<'c> = dyn Fn(&str) -> Option<Vec<String>> + 'c;

/// What leaves `stage` where `before` comes in and its subsearches give `inner`.
pub(super) fn gives(
    stage: &Stage,
    before: &Fields,
    inner: &[Fields],
    columns: &Columns<'_>,
) -> Fields {
    let mut out = before.clone();
    match &stage.command {
        Command::Search(_) | Command::Where(_) | Command::Head(_) | Command::Tail(_) => {}
        Command::Sort(_) | Command::Reverse(_) | Command::Dedup(_) | Command::Regex(_) => {}
        Command::Fieldformat(_) | Command::Filldown(_) | Command::Replace(_) => {}
        Command::Mvexpand(_) | Command::Makemv(_) | Command::Nomv(_) | Command::Mvcombine(_) => {}
        Command::Highlight(_) | Command::Localop(_) | Command::Noop(_) => {}
        Command::Outputlookup(_) | Command::Makecontinuous(_) | Command::Xmlunescape(_) => {}
        Command::Bare(_) if stage.name.node == "addinfo" => {
            out.extend(["info_min_time", "info_max_time", "info_sid", "info_search_time"]);
        }
        Command::Bare(_) => {}
        Command::Outputtext(_) => out.add("_xml"),
        Command::Concurrency(c) => {
            out.add(c.output.as_ref().map_or("concurrency", |f| &f.node));
        }
        Command::Reltime(c) => {
            let prefix = c.prefix.as_ref().map_or("reltime_", |p| &p.node);
            out.add("reltime");
            out.add(format!("{prefix}*"));
        }
        Command::Eval(c) => out.extend(c.assignments.iter().map(|a| &*a.target.node)),
        Command::Fillnull(c) => out.extend(c.fields.iter().map(|f| &*f.node)),
        Command::Setfields(c) => out.extend(c.fields.iter().map(|f| &*f.field.node)),
        Command::Rex(c) if c.sed => {}
        Command::Rex(c) => {
            match SplRegex::new(&c.pattern.node) {
                Ok(re) => out.extend(re.named_groups().map(|(_, name)| name)),
                Err(_) => out.open = true,
            }
            out.extend(c.offset_field.iter().map(|f| &*f.node));
        }
        Command::Bin(c) => add(&mut out, &c.alias),
        Command::Accum(c) => add(&mut out, &c.alias),
        Command::Delta(c) => match &c.alias {
            Some(a) => out.add(&*a.node),
            None => out.add(format!("delta({})", c.field.node)),
        },
        Command::Autoregress(c) => {
            add(&mut out, &c.alias);
            out.add(format!("{}_p*", c.field.node));
        }
        Command::Strcat(c) => out.add(&*c.destination.node),
        Command::Convert(c) => c.conversions.iter().for_each(|c| add(&mut out, &c.alias)),
        Command::Rangemap(_) => out.add("range"),
        Command::Trendline(c) => out.extend(c.trends.iter().map(|t| &*t.target.node)),
        Command::Addtotals(c) => {
            let total = c.fieldname.as_ref().map_or("Total", |f| &f.node);
            out.add(total);
            add(&mut out, &c.labelfield);
        }
        Command::Iplocation(c) => {
            let prefix = c.prefix.as_ref().map_or("", |p| &p.node);
            let names =
                ["City", "Country", "Region", "lat", "lon", "Continent", "MetroCode", "Timezone"];
            out.extend(names.map(|n| format!("{prefix}{n}")));
        }
        Command::Spath(c) => match (&c.output, &c.path) {
            (Some(output), _) => out.add(&*output.node),
            (None, Some(path)) => out.add(&*path.node),
            (None, None) => out.open = true,
        },
        Command::Transaction(_) => out.extend([
            "duration",
            "eventcount",
            "closed_txn",
            "field_match_sum",
            "linecount",
            "_txn_orphan",
        ]),
        Command::Rename(c) => {
            // all at once: `rename a AS b, b AS c` does not rename twice
            let whole = out.clone();
            for (from, _) in c.pairs.iter().filter(|(f, _)| !f.node.contains('*')) {
                out.remove(&from.node);
            }
            for (from, to) in &c.pairs {
                if from.node.contains('*') {
                    out.rename(&from.node, &to.node);
                } else if whole.may_hold(&from.node) || !whole.may_hold(&to.node) {
                    out.add(&*to.node);
                }
            }
        }
        Command::Table(c) => out = before.keep(c.fields.iter().map(|f| &*f.node)),
        Command::Fields(c) if c.remove => c.fields.iter().for_each(|f| out.remove(&f.node)),
        Command::Fields(c) => {
            let internal = ["_*"];
            out = before.keep(c.fields.iter().map(|f| &*f.node).chain(internal));
        }
        Command::Stats(c) => {
            out = aggregated(&c.aggregates, before);
            out.extend(c.by.iter().map(|f| &*f.node));
            // prestats of its own form
            out.open |= stage.name.node.starts_with("si");
        }
        Command::Eventstats(c) => out = out.union(&aggregated(&c.aggregates, before)),
        Command::Streamstats(c) => out = out.union(&aggregated(&c.stats.aggregates, before)),
        Command::Tstats(c) => {
            out = aggregated(&c.aggregates, &Fields::any());
            for by in &c.by {
                let (ByField::Field(f) | ByField::Prefix(f)) = by;
                out.add(&*f.node);
            }
            if c.span.is_some() {
                out.add("_time");
            }
            appended(&c.options, &mut out, before);
        }
        Command::Mstats(c) => {
            out = aggregated(&c.aggregates, &Fields::any());
            for by in &c.by {
                let (ByField::Field(f) | ByField::Prefix(f)) = by;
                out.add(&*f.node);
            }
            out.add("_time");
            appended(&c.options, &mut out, before);
        }
        Command::Chart(c) => {
            out = aggregated(&c.stats.aggregates, before);
            out.extend(c.computed.iter().map(|c| &*c.target.node));
            out.extend(c.row.iter().map(|a| &*a.field.node));
            if stage.name.node.contains("timechart") {
                out.extend(["_time", "_span"]);
            }
            out.open |= c.column.is_some() || stage.name.node.starts_with("si");
        }
        Command::Top(c) => {
            let option = |name: &str, default: &str| {
                let given = c.options.iter().find(|o| o.name.node == name);
                given.map_or(default.to_owned(), |o| o.value.node.clone())
            };
            out = Fields::only(c.fields.iter().chain(&c.by).map(|f| &*f.node));
            out.add(option("countfield", "count"));
            out.add(option("percentfield", "percent"));
            out.open |= stage.name.node.starts_with("si");
        }
        Command::Lookup(c) => match &c.output {
            Some(o) => {
                out.extend(o.fields.iter().map(|f| &*f.field.as_ref().unwrap_or(&f.column).node));
            }
            None => match columns(&c.table.node) {
                Some(names) => out.extend(names),
                None => out.open = true,
            },
        },
        Command::Inputlookup(c) => {
            let table = columns(&c.table.node).map_or_else(Fields::any, Fields::only);
            out = match c.append {
                Some(true) => out.union(&table),
                _ => table,
            };
            // a KV store's rows have a key
            out.extend(["_key", "_user"]);
        }
        Command::Makeresults(c) if c.data.is_none() => {
            out = Fields::only(["_time"]);
            if c.annotate == Some(true) {
                out.extend(["_raw", "host", "source", "sourcetype", "splunk_server"]);
                out.add("splunk_server_group");
            }
        }
        Command::Fieldsummary(_) => {
            out = Fields::only(["field", "count", "distinct_count", "is_exact", "max", "mean"]);
            out.extend(["min", "numeric_count", "stdev", "values"]);
        }
        Command::Gentimes(_) => {
            out = Fields::only(["endhuman", "endtime", "starthuman", "starttime"]);
        }
        Command::Localize(_) => {
            out = Fields::only(["_time", "count", "density", "duration", "endtime", "starttime"]);
        }
        Command::Metasearch(_) => {
            let names = ["host", "index", "source", "sourcetype", "splunk_server", "_time"];
            out = Fields::only(names);
        }
        Command::Untable(c) => out = Fields::only([&c.x, &c.name, &c.data].map(|f| &*f.node)),
        Command::Append(_) | Command::Appendcols(_) | Command::Appendpipe(_) => {
            inner.iter().for_each(|f| out = out.union(f));
        }
        Command::Join(c) => {
            inner.iter().for_each(|f| out = out.union(f));
            // prefixes of the two sides
            out.open |= c.aliases.is_some();
        }
        Command::Set(_) | Command::Multisearch(_) => {
            out = inner.iter().fold(Fields::default(), |all, f| all.union(f));
        }
        Command::Union(_) => inner.iter().for_each(|f| out = out.union(f)),
        // xmlkv, foreach, transpose, commands that are not known...
        _ => out = Fields::any(),
    }
    out
}

fn add(out: &mut Fields, alias: &Option<Field>) {
    out.extend(alias.iter().map(|f| &*f.node));
}

/// `append=true` of `tstats` keeps the rows before, `prestats=true` has columns of its own.
fn appended(options: &[NamedOption], out: &mut Fields, before: &Fields) {
    let is = |name: &str| {
        let on =
            |v: &str| v.eq_ignore_ascii_case("t") || v.eq_ignore_ascii_case("true") || v == "1";
        options.iter().any(|o| o.name.node == name && on(&o.value.node))
    };
    if is("append") {
        *out = out.union(before);
    }
    // the columns of a chart are values
    out.open |= is("prestats") || is("chart");
}

/// The columns of aggregates.
fn aggregated(list: &[Aggregate], before: &Fields) -> Fields {
    let mut out = Fields::default();
    for a in list {
        let wild = match &a.argument {
            AggregateArgument::Field(f) if f.node.contains('*') => Some(&f.node),
            _ => None,
        };
        let Some(pattern) = wild else {
            out.add(a.alias.as_ref().map_or(&*a.text, |f| &f.node));
            continue;
        };
        let head = a.text.split('(').next().unwrap_or_default();
        let alias = match &a.alias {
            Some(f) => f.node.clone(),
            None => format!("{head}({pattern})"),
        };
        if before.open {
            out.add(if alias.contains('*') { alias } else { "*".to_owned() });
            continue;
        }
        for name in &before.names {
            if let Some(new) = super::fields::swapped(pattern, &alias, name) {
                out.add(new);
            }
        }
        if !before.patterns.is_empty() {
            out.add(alias);
        }
    }
    out
}
