//! `noop`: switches of Splunk's search optimizer and log.

use crate::ast::*;
use crate::commands::NamedOption;
use crate::grammar::args::field;
use crate::grammar::options::value;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Noop {
    /// `search_optimization=`, `search_optimization.NAME=`, `log_NAME=`...
    pub options: Vec<NamedOption>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Noop> {
    let mut options = Vec::new();
    loop {
        let at = i.ws();
        let Ok((rest, name)) = field(at) else { return Ok((at, Noop { options })) };
        let after = rest.ws();
        if !after.s.starts_with('=') {
            return after.cut("`=`");
        }
        let (rest, value) = value(after.skip(1))?;
        let name = Spanned::new(name.node.to_ascii_lowercase(), name.span);
        options.push(NamedOption { name, value, span: at.span_to(rest) });
        i = rest;
    }
}
