//! Which rules matter for some inputs: with none of them a search runs as if there were none.

use super::recognize::{Recognized, Recognizer};
use super::{Given, Knowledge, Rule, Stamp, StampField};
use crate::host::Host;
use crate::scan::{Input, InputData, Meta, Opened, Shape};
use std::sync::Arc;

/// Above this many inputs nobody looks into each before the search.
const MOST: usize = 256;

/// What is known of some inputs.
pub struct Known {
    /// The inputs, with what they were recognized as, or with what recognizes them when they are
    /// opened.
    pub inputs: Vec<Input>,
    /// The rules that may hold for one of their events; none: no rule does.
    pub knowledge: Option<Arc<dyn Knowledge>>,
    /// Whether that is all rules because events may have stamps of their own: see
    /// [`for_stamps`].
    pub own_stamps: bool,
}

/// Looks at inputs: what they are, and which rules may hold for them. Rules go by what an input is
/// stamped with or recognized as; rows and envelopes bring stamps of their own.
///
/// A pipe waits for whoever writes into it: with `pipes` it is opened now and kept for the search,
/// without it stays unknown, for a search that may read no events.
pub fn known(
    knowledge: &Arc<dyn Knowledge>,
    mut inputs: Vec<Input>,
    pipes: bool,
    host: &dyn Host,
) -> Known {
    let recognizer = Arc::new(Recognizer::new(&**knowledge));
    let all = knowledge.rules();
    let mut may: Vec<bool> = vec![false; all.len()];
    let many = inputs.len() > MOST;
    let mut own_stamps = false;
    for input in &mut inputs {
        // looked at before the sourcetype that the user gave says that nothing else is known
        if !many {
            told(input, all, &recognizer, host);
        }
        stamped(input, all);
        let looked = if many { Looked::Unknown } else { look(input, &recognizer, pipes, host) };
        match looked {
            Looked::Plain => {}
            Looked::OwnStamps => own_stamps = true,
            Looked::Unknown => {
                input.recognizer = Some(Arc::clone(&recognizer));
                own_stamps = true;
            }
        }
        for (may, rule) in may.iter_mut().zip(all) {
            *may = *may || Stamp::any(&rule.holds, |f| input.default_of(f.name(), None));
        }
    }
    if own_stamps {
        may.fill(true);
    }
    Known { inputs, knowledge: chosen(knowledge, may), own_stamps }
}

/// The rules that may hold for events with these stamps (`source`, `sourcetype`, `host`); none: no
/// rule does.
pub fn for_stamps(
    knowledge: &Arc<dyn Knowledge>,
    stamps: &[[String; 3]],
) -> Option<Arc<dyn Knowledge>> {
    let holds = |rule: &Arc<Rule>| {
        stamps.iter().any(|s| {
            Stamp::any(&rule.holds, |field| {
                let at = StampField::ALL.iter().position(|f| *f == field)?;
                s.get(at)
            })
        })
    };
    chosen(knowledge, knowledge.rules().iter().map(holds).collect())
}

/// The rules of which it is said, and those that they lead to: a rule that stamps events may make
/// others hold.
fn chosen(knowledge: &Arc<dyn Knowledge>, mut may: Vec<bool>) -> Option<Arc<dyn Knowledge>> {
    let all = knowledge.rules();
    loop {
        let mut more = false;
        for n in 0..all.len() {
            let leads = |(r, yes): (&Arc<Rule>, &bool)| *yes && leads_to(r, &all[n]);
            if !may[n] && all.iter().zip(&may).any(leads) {
                may[n] = true;
                more = true;
            }
        }
        if !more {
            break;
        }
    }
    let rules: Vec<_> =
        all.iter().zip(&may).filter(|(_, may)| **may).map(|(r, _)| Arc::clone(r)).collect();
    match rules.len() {
        0 => None,
        n if n == all.len() => Some(Arc::clone(knowledge)),
        _ => Some(Arc::new(rules) as Arc<dyn Knowledge>),
    }
}

/// An input whose sourcetype is given is not looked at for one, but its rule may say how it breaks
/// into events.
fn stamped(input: &mut Input, rules: &[Arc<Rule>]) {
    if input.recognized.is_some() || input.meta == Meta::default() {
        return;
    }
    let of = |f: StampField| input.meta.get(f.name());
    let holds = |r: &&Arc<Rule>| Stamp::any(&r.holds, of) && !Stamp::any(&r.unless, of);
    let found = rules.iter().filter(|r| holds(r) && !r.body.indexing.is_empty());
    let known = found.map(|r| Recognized::by(r, Meta::default())).reduce(|mut first, next| {
        first.indexing.breaker = first.indexing.breaker.or(next.indexing.breaker);
        first.indexing.time = first.indexing.time.or(next.indexing.time);
        first
    });
    // what the user says of the sourcetype is not questioned
    let known = known.or_else(|| input.meta.sourcetype.is_some().then(Recognized::nothing));
    input.recognized = known.map(Arc::new);
}

/// An input of which the user says the sourcetype, and no source: where its events are recognized
/// as being of that sourcetype, what is known of them holds. The user may have said what the events
/// become (`XmlWinEventLog`, of events that stand there as JSON) or the sourcetype of any JSON.
fn told(input: &mut Input, rules: &[Arc<Rule>], recognizer: &Recognizer, host: &dyn Host) {
    let Meta { sourcetype: Some(named), source: None, .. } = &input.meta else { return };
    if input.recognized.is_some() || !opens_twice(input, host) {
        return;
    }
    // the run says what is wrong
    let Ok(opened) = Opened::with(input, host, Some(recognizer)) else { return };
    let Some(recognized) = opened.recognized else { return };
    let same = |t: &str| t.eq_ignore_ascii_case(named);
    let becomes = |r: &Arc<Rule>| {
        let stamp = |g: &Given| g.field == StampField::Sourcetype && g.like.is_match(named);
        r.name == recognized.name && r.stamps.iter().any(stamp)
    };
    if recognized.given.sourcetype.as_deref().map_or_else(|| same(JSON), same) {
        input.recognized = Some(recognized);
    } else if rules.iter().any(becomes) {
        input.meta.sourcetype = None;
        input.recognized = Some(recognized);
    }
}

/// The sourcetype of JSON of which nothing is known.
const JSON: &str = "_json";

fn opens_twice(input: &Input, host: &dyn Host) -> bool {
    match &input.data {
        InputData::Bytes(_) | InputData::Kept(..) => true,
        InputData::Path(p) => input.can_reopen() && matches!(host.size(p), Ok(Some(_))),
    }
}

/// Whether the stamps that one rule gives may be such that the other one holds.
fn leads_to(from: &Rule, to: &Rule) -> bool {
    from.stamps.iter().any(|given| {
        let (like, of) = (&given.like, given.field);
        let meet = |s: &Stamp| like.is_match(s.pattern.text()) || s.pattern.is_match(like.text());
        to.holds.iter().any(|s| s.field == of && meet(s))
    })
}

enum Looked {
    /// All its events have the input's stamps.
    Plain,
    /// Its events may have stamps of their own.
    OwnStamps,
    /// It was not looked at.
    Unknown,
}

/// Looks into an input. A pipe cannot be opened twice: it is kept open.
fn look(input: &mut Input, recognizer: &Recognizer, pipes: bool, host: &dyn Host) -> Looked {
    let twice = opens_twice(input, host);
    if !twice && !pipes {
        return Looked::Unknown;
    }
    match Opened::with(input, host, Some(recognizer)) {
        // the run says what is wrong
        Err(_) if twice => Looked::Plain,
        Err(_) => Looked::Unknown,
        Ok(opened) => {
            input.recognized.clone_from(&opened.recognized);
            let looked = match opened.shape {
                Shape::Json { .. } | Shape::Text => Looked::Plain,
                _ => Looked::OwnStamps,
            };
            if !twice {
                input.looked_at.keep(opened);
            }
            looked
        }
    }
}
