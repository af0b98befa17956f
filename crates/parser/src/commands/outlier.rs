//! `outlier`: numbers far from the others.

use crate::ast::*;
use crate::commands::NamedOption;
use crate::grammar::options::mixed;
use crate::input::{Fail, In, Res};
use serde::Serialize;

/// The options of `outlier`.
pub(crate) const OPTIONS: &[&str] = &["action", "mark", "param", "type", "uselower"];

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Outlier {
    /// `action=remove`: whether rows with an outlier are dropped; else it is cut to the bound.
    pub remove: bool,
    /// `mark=`: whether a value that is cut gets `000` in front.
    pub mark: bool,
    /// `param=`: how many times the interquartile range is still usual; 2.5 where none is given.
    pub param: Option<f64>,
    /// `uselower=`: whether small numbers are outliers too.
    pub uselower: bool,
    /// The fields; all where none is named.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Outlier> {
    let (i, (options, fields)) = mixed(i, name, OPTIONS, &[])?;
    let mut o = Outlier { fields, ..Outlier::default() };
    options.iter().try_for_each(|option| o.take(option))?;
    Ok((i, o))
}

impl Outlier {
    /// Takes over an option of the list.
    pub(crate) fn take(&mut self, o: &NamedOption) -> Result<(), nom::Err<Fail>> {
        match o.name.node.as_str() {
            "action" => match o.value.node.to_ascii_lowercase().as_str() {
                "remove" | "rm" => self.remove = true,
                "transform" | "tf" => self.remove = false,
                _ => return Err(o.wrong("remove (rm) or transform (tf)")),
            },
            "mark" => self.mark = o.as_bool()?,
            "uselower" => self.uselower = o.as_bool()?,
            "type" => {
                if !o.value.node.eq_ignore_ascii_case("iqr") {
                    return Err(o.wrong("iqr"));
                }
            }
            _ => self.param = Some(positive(o)?),
        }
        Ok(())
    }
}

/// The value as a number that is not below 0.
pub(crate) fn positive(o: &NamedOption) -> Result<f64, nom::Err<Fail>> {
    match o.value.node.parse::<f64>() {
        Ok(n) if n.is_finite() && n >= 0.0 => Ok(n),
        _ => Err(o.wrong("a number that is not negative")),
    }
}
