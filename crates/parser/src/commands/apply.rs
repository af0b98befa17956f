//! `apply`: what a model that `fit` trained says about each row.

use super::NamedOption;
use super::fit::{any_option, name_after};
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::missing;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Apply {
    /// The model, maybe with `app:` before it.
    pub model: Spanned<String>,
    /// `as`: the name of the field that is added.
    pub alias: Option<Field>,
    /// Parameters of the algorithm, as typed.
    pub options: Vec<NamedOption>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Apply> {
    let (mut model, mut alias, mut options) = (None, None, Vec::new());
    loop {
        if let Some((rest, option)) = any_option(i)? {
            options.push(option);
            i = rest;
        } else if let Some((rest, name)) = name_after(i, "as", "as score")? {
            alias = Some(name);
            i = rest;
        } else {
            match field(i) {
                Ok((rest, name)) if model.is_none() => {
                    model = Some(name);
                    i = rest;
                }
                _ => break,
            }
        }
    }
    let Some(model) = model else {
        return missing(i, "`apply` needs the name of a model", "write `apply model`");
    };
    Ok((i, Apply { model, alias, options }))
}
