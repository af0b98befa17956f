//! The stanzas of props.conf as rules.

use super::indexing;
use super::keys::PROPS;
use super::layers::{Conf, Layered, Value};
use super::notes::Notes;
use super::spec::Spec;
use super::steps::{Phase, disabled, phase, steps};
use crate::ContentError;
use crate::sourcetypes::steps::{calculated, parsed};
use sepal_data::wildcard::Pattern;
use sepal_exec::knowledge::extractions;
use sepal_exec::knowledge::{Body, Given, Rule, StampField, Step};
use std::collections::BTreeMap;
use std::path::Path;

/// More conditions than this on all rules together, and an app is too large.
const MOST_GUARDS: usize = 500_000;

/// A stanza with what its name says.
struct Stanza<'c> {
    spec: Spec,
    priority: i64,
    conf: &'c Layered,
}

/// Something that is done with the events of a stanza.
struct Item<'k> {
    phase: Phase,
    class: &'k str,
    /// Its stanza; the strongest come first.
    stanza: usize,
    /// Not with events of these.
    unless: Vec<usize>,
    step: Step,
}

/// The rules for inputs, and those for events.
pub(super) fn read(
    app: &Path,
    transforms: &Conf,
    known: &dyn Fn(&str) -> bool,
    notes: &mut Notes,
) -> Result<(Vec<Rule>, Vec<Rule>), ContentError> {
    let conf = Conf::read(app, "props.conf")?;
    notes.keys(PROPS, &conf.default);
    let mut stanzas = Vec::new();
    for layered in conf.stanzas.iter().filter(|s| !disabled(s)) {
        notes.keys(PROPS, layered);
        stanzas.extend(stanza(layered, notes)?);
    }
    if !conf.default.settings.is_empty() {
        stanzas.push(Stanza { spec: Spec::all(), priority: 0, conf: &conf.default });
    }
    let strength = |s: &Stanza<'_>| std::cmp::Reverse((s.spec.rank, s.priority));
    stanzas
        .sort_by(|a, b| strength(a).cmp(&strength(b)).then_with(|| a.conf.name.cmp(&b.conf.name)));
    let name = |s: &Stanza<'_>| format!("{}: [{}]", app.join("props.conf").display(), s.conf.name);
    let mut for_inputs = Vec::new();
    for stanza in &stanzas {
        let indexing = indexing::read(stanza.conf, &conf.default, notes)?;
        let stamps = stamps(stanza)?;
        if indexing.is_empty() && stamps.is_empty() {
            continue;
        }
        for_inputs.push(Rule {
            name: name(stanza),
            holds: stanza.spec.stamps.clone(),
            stamps,
            body: Body { indexing, ..Body::default() }.into(),
            ..Rule::default()
        });
    }
    let mut items = items(&stanzas, transforms, notes)?;
    automatic(&stanzas, known, &mut items)?;
    let alone = |i: &Item<'_>| stanzas.get(i.stanza).is_some_and(alone);
    match items.iter().all(alone) {
        // no event is of two of them
        true => items.sort_by_key(|i| (i.stanza, i.phase, i.class)),
        false => items.sort_by_key(|i| (i.phase, i.class, i.stanza)),
    }
    // what is done when events are indexed comes before all rules
    let (masks, items): (Vec<_>, Vec<_>) = items.into_iter().partition(|i| i.phase == Phase::Sed);
    for_inputs.extend(rules(masks, &stanzas, &name));
    Ok((for_inputs, rules(items, &stanzas, &name)))
}

/// Rules of what stands side by side for the same events.
fn rules(
    items: Vec<Item<'_>>,
    stanzas: &[Stanza<'_>],
    name: &dyn Fn(&Stanza<'_>) -> String,
) -> Vec<Rule> {
    let stamps = |at: &usize| stanzas.get(*at).map_or(Vec::new(), |s| s.spec.stamps.clone());
    let rule = |(at, unless, steps): (usize, Vec<usize>, Vec<Step>)| Rule {
        name: stanzas.get(at).map(name).unwrap_or_default(),
        holds: stamps(&at),
        unless: unless.iter().flat_map(stamps).collect(),
        body: Body { steps, ..Body::default() }.into(),
        ..Rule::default()
    };
    let mut parts: Vec<(usize, Vec<usize>, Vec<Step>)> = Vec::new();
    for item in items {
        match parts.last_mut() {
            Some((at, unless, steps)) if *at == item.stanza && *unless == item.unless => {
                steps.push(item.step);
            }
            _ => parts.push((item.stanza, item.unless, vec![item.step])),
        }
    }
    parts.into_iter().map(rule).collect()
}

/// Whether no event of it is of another stanza that is so.
fn alone(stanza: &Stanza<'_>) -> bool {
    stanza.spec.rank == 1 && stanza.spec.literal
}

fn stanza<'c>(layered: &'c Layered, notes: &mut Notes) -> Result<Option<Stanza<'c>>, ContentError> {
    let Some(first) = layered.settings.values().next() else { return Ok(None) };
    let name = &layered.name;
    if name.starts_with("rule::") || name.starts_with("delayedrule::") {
        notes.not(first, &format!("[{name}] has no effect: sourcetypes are not told by rules"));
        return Ok(None);
    }
    let spec = Spec::of(name)
        .map_err(|why| first.error(format!("[{name}] is no pattern for events: {why}")))?;
    let priority = match layered.settings.get("priority").filter(|v| !v.text.trim().is_empty()) {
        Some(v) => v.text.trim().parse().map_err(|_| v.error("`priority` takes a number"))?,
        None if spec.literal => 100,
        None => 0,
    };
    Ok(Some(Stanza { spec, priority, conf: layered }))
}

/// Sourcetypes that the stanza gives: `rename`, and `sourcetype` where none is known.
fn stamps(stanza: &Stanza<'_>) -> Result<Vec<Given>, ContentError> {
    let mut all = Vec::new();
    let keys = [("rename", stanza.spec.rank == 1), ("sourcetype", stanza.spec.rank > 1)];
    for (key, _) in keys.into_iter().filter(|(_, here)| *here) {
        let Some(value) = stanza.conf.settings.get(key) else { continue };
        let to = value.text.trim();
        if to.is_empty() {
            continue;
        }
        let text = format!("\"{}\"", to.replace('\\', "\\\\").replace('"', "\\\""));
        let expression = match key {
            "rename" => text,
            // what an input is called that says nothing
            _ => format!(
                "if(isnull(sourcetype) OR in(sourcetype,\"text\",\"json\",\"csv\"),{text},sourcetype)"
            ),
        };
        let step = parsed(&format!("eval sourcetype={expression}"), None);
        if let Step::Command { stage, .. } = step.map_err(|e| value.error(e))? {
            let (field, like) = (StampField::Sourcetype, Pattern::new(to));
            all.push(Given { field, like, step: stage });
        }
    }
    Ok(all)
}

/// What all settings do.
fn items<'c>(
    stanzas: &[Stanza<'c>],
    transforms: &Conf,
    notes: &mut Notes,
) -> Result<Vec<Item<'c>>, ContentError> {
    // by setting, the strongest stanza first
    let mut by_key: BTreeMap<&str, Vec<(usize, &Value)>> = BTreeMap::new();
    for (at, stanza) in stanzas.iter().enumerate() {
        for (key, value) in &stanza.conf.settings {
            if phase(key).is_some() {
                by_key.entry(key).or_default().push((at, value));
            }
        }
    }
    let mut items = Vec::new();
    let mut evals: Vec<(&'c str, Vec<usize>, usize, &Value)> = Vec::new();
    let mut guards = 0_usize;
    for (key, of) in by_key {
        let Some((phase, class)) = phase(key) else { continue };
        let mut before = Before::default();
        for (stanza, value) in of {
            let Some(s) = stanzas.get(stanza) else { continue };
            let unless = before.next(stanza, &s.spec);
            guards += unless.len();
            if guards > MOST_GUARDS {
                let what = "the app has too many stanzas that the same events may be of";
                return Err(value.error(what));
            }
            // one that is empty switches a weaker one off
            if phase == Phase::Eval && !value.text.trim().is_empty() {
                evals.push((class, unless, stanza, value));
                continue;
            }
            for step in steps(phase, key, value, transforms, notes)? {
                items.push(Item { phase, class, stanza, unless: unless.clone(), step });
            }
        }
    }
    let all: Vec<_> = evals.iter().map(|(class, .., v)| (*class, v.text.trim())).collect();
    let made = calculated(&all).map_err(|(n, why)| match evals.get(n) {
        Some((class, .., value)) => value.error(format!("`EVAL-{class}`: {why}")),
        None => ContentError::new("SPL4152", "props.conf", why),
    })?;
    let first = made.first.into_iter().map(|s| (Phase::Eval, s));
    for (phase, (n, step)) in first.chain(made.then.into_iter().map(|s| (Phase::Evaled, s))) {
        let Some((class, unless, stanza, _)) = evals.get(n) else { continue };
        let (stanza, unless) = (*stanza, unless.clone());
        if phase == Phase::Evaled
            && let Some(step) = made.last.clone()
            && !items
                .last()
                .is_some_and(|i: &Item<'_>| i.phase == Phase::Forget && i.stanza == stanza)
        {
            let unless = unless.clone();
            items.push(Item { phase: Phase::Forget, class: "", stanza, unless, step });
        }
        items.push(Item { phase, class, stanza, unless, step });
    }
    Ok(items)
}

/// The stanzas with a setting that are stronger than the next one and may hold for its events.
#[derive(Default)]
struct Before {
    rank: u8,
    higher: Vec<usize>,
    patterns: Vec<usize>,
    literals: Vec<usize>,
}

impl Before {
    fn next(&mut self, at: usize, spec: &Spec) -> Vec<usize> {
        if self.rank != spec.rank {
            self.rank = spec.rank;
            self.higher.append(&mut self.patterns);
            self.higher.append(&mut self.literals);
        }
        let mut all = self.higher.clone();
        all.extend_from_slice(&self.patterns);
        match spec.literal {
            // two names are of different events
            true => self.literals.push(at),
            false => {
                all.extend_from_slice(&self.literals);
                self.patterns.push(at);
            }
        }
        all
    }
}

/// Sourcetypes of the app that say nothing of it have `KV_MODE = auto`, unless something else is
/// said of the event.
///
/// Source: props.conf, `KV_MODE`, "Default: auto".
fn automatic(
    stanzas: &[Stanza<'_>],
    known: &dyn Fn(&str) -> bool,
    items: &mut Vec<Item<'_>>,
) -> Result<(), ContentError> {
    let says = |s: &Stanza<'_>| s.conf.settings.contains_key("KV_MODE");
    if stanzas.iter().any(|s| s.spec.rank == 0 && says(s)) {
        return Ok(());
    }
    let others = stanzas.iter().enumerate().filter(|(_, s)| says(s));
    let wide: Vec<usize> = others.clone().filter(|(_, s)| !alone(s)).map(|(n, _)| n).collect();
    let all: Vec<usize> = others.map(|(n, _)| n).collect();
    for (stanza, s) in stanzas.iter().enumerate() {
        if s.spec.rank != 1 || says(s) || (s.spec.literal && known(&s.conf.name)) {
            continue;
        }
        let wrong = |e| ContentError::new("SPL4152", "props.conf", e);
        let by = extractions::named("auto_kv", &Vec::new()).map_err(wrong)?;
        let step = Step::Extract { from: "_raw".to_owned(), by };
        let unless = if s.spec.literal { wide.clone() } else { all.clone() };
        items.push(Item { phase: Phase::Kv, class: "", stanza, unless, step });
    }
    Ok(())
}
