use super::{Pred, Test};
use sepal_data::prefilter::Probe;

/// The most texts of one field that are sought in the bytes.
const MOST_TEXTS: usize = 64;

/// A literal probe that every matching event passes: an AND of ORs over texts that must stand in
/// the event.
///
/// `in_text` says whether field number `slot` comes from the event's own text, rather than from
/// the command line, a calculation or a lookup.
pub fn probe(pred: &Pred, in_text: &dyn Fn(u32) -> bool) -> Probe {
    let mut clauses = Vec::new();
    match pred {
        Pred::And(ps) => ps.iter().for_each(|p| clauses.extend(clause(p, in_text))),
        p => clauses.extend(clause(p, in_text)),
    }
    Probe::new(&clauses)
}

/// The literals of which one must occur; none where nothing can be said.
fn clause(pred: &Pred, in_text: &dyn Fn(u32) -> bool) -> Option<Vec<String>> {
    match pred {
        Pred::Field(slot, Test::Is(p)) if in_text(*slot) => Some(vec![p.needle()?.to_owned()]),
        // each text costs a scan of the bytes
        Pred::Field(slot, Test::OneOf(set)) if in_text(*slot) && set.texts.len() <= MOST_TEXTS => {
            Some(set.texts.clone())
        }
        Pred::Term(_, text) => {
            // the longest part between wildcards
            let part = text.split('*').max_by_key(|p| p.len()).filter(|p| !p.is_empty())?;
            Some(vec![part.to_owned()])
        }
        Pred::Or(ps) => {
            let mut all = Vec::new();
            for p in ps {
                all.extend(clause(p, in_text)?);
            }
            Some(all)
        }
        // any of its parts that says something will do; the others are left to the full test
        Pred::And(ps) => ps.iter().find_map(|p| clause(p, in_text)),
        _ => None,
    }
}
