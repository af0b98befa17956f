//! `map`: a search for each row.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// The search's text with `$field$` in it.
    pub search: Spanned<String>,
    /// `maxsearches=`: the most searches that run; 10 where none is given.
    pub maxsearches: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Map> {
    let (i, (mut options, names)) = mixed(i, name, &["search", "maxsearches"], &[])?;
    if let Some(saved) = names.first() {
        return stop(
            Diagnostic::unsupported("SPL2266", saved.span, "a saved search in map")
                .help("write the search itself: `map search=\"search user=$user$\"`"),
        );
    }
    let open = i.ws();
    let (i, brackets) = match open.s.starts_with('[') {
        // the text counts, as with `search=`; what it means is known once the values are in
        true => {
            let (rest, _) = quiet(open)?;
            let inner = &open.s[1..rest.off - open.off - 1];
            let span = open.skip(1).span_to(open.skip(1 + inner.len()));
            let (rest, more) = mixed(rest, name, &["search", "maxsearches"], &[])?;
            options.extend(more.0);
            (rest, Some(Spanned::new(inner.to_owned(), span)))
        }
        false => (i, None),
    };
    let (mut search, mut maxsearches) = (brackets, None);
    for o in options {
        match o.name.node.as_str() {
            "maxsearches" => maxsearches = Some(o.as_count()?),
            _ => search = Some(o.value),
        }
    }
    match search {
        Some(search) if !search.node.trim().is_empty() => Ok((i, Map { search, maxsearches })),
        _ => missing(i, "`map` needs a search", "write `map search=\"search user=$user$\"`"),
    }
}

/// Where the brackets at `open` end.
fn quiet(open: In<'_>) -> Res<'_, ()> {
    let full = open.cx.diagnostics.borrow().len();
    let (rest, _) = subsearch(open)?;
    // `$field$` may stand where a name or value cannot
    open.cx.diagnostics.borrow_mut().truncate(full);
    Ok((rest, ()))
}
