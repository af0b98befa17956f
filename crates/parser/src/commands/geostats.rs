//! `geostats`: aggregates over bins of a map.

use super::NamedOption;
use super::stats::{Aggregate, terms};
use crate::ast::*;
use crate::grammar::options::option;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Geostats {
    /// The aggregates in order.
    pub aggregates: Vec<Aggregate>,
    /// The BY fields.
    pub by: Vec<Field>,
    /// `translatetoxy=`
    pub translatetoxy: Option<bool>,
    /// `latfield=`, `longfield=`, `outputlatfield=`, `outputlongfield=`
    pub latfield: Option<Field>,
    pub longfield: Option<Field>,
    pub outputlatfield: Option<Field>,
    pub outputlongfield: Option<Field>,
    /// `globallimit=`, `locallimit=`: 0 = all.
    pub globallimit: Option<Spanned<u64>>,
    pub locallimit: Option<Spanned<u64>>,
    /// `binspanlat=`, `binspanlong=`: degrees.
    pub binspanlat: Option<f64>,
    pub binspanlong: Option<f64>,
    /// `maxzoomlevel=`
    pub maxzoomlevel: Option<Spanned<u64>>,
}

const KNOWN: &[&str] = &[
    "translatetoxy",
    "latfield",
    "longfield",
    "outputlatfield",
    "outputlongfield",
    "globallimit",
    "locallimit",
    "binspanlat",
    "binspanlong",
    "maxzoomlevel",
];

/// More levels than any map has.
const MAX_ZOOM: u64 = 20;

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Geostats> {
    let mut all: Vec<NamedOption> = Vec::new();
    let (i, aggregates, by) = terms(i, &mut |i| {
        let (rest, o) = option(i, name, KNOWN)?;
        all.push(o);
        Ok((rest, ()))
    })?;
    let mut g = Geostats {
        aggregates,
        by,
        translatetoxy: None,
        latfield: None,
        longfield: None,
        outputlatfield: None,
        outputlongfield: None,
        globallimit: None,
        locallimit: None,
        binspanlat: None,
        binspanlong: None,
        maxzoomlevel: None,
    };
    for o in all {
        match o.name.node.as_str() {
            "translatetoxy" => g.translatetoxy = Some(o.as_bool()?),
            "latfield" => g.latfield = Some(o.as_field()),
            "longfield" => g.longfield = Some(o.as_field()),
            "outputlatfield" => g.outputlatfield = Some(o.as_field()),
            "outputlongfield" => g.outputlongfield = Some(o.as_field()),
            "globallimit" => g.globallimit = Some(o.as_count()?),
            "locallimit" => g.locallimit = Some(o.as_count()?),
            "binspanlat" => g.binspanlat = Some(o.as_number_in(1e-6, 180.0)?),
            "binspanlong" => g.binspanlong = Some(o.as_number_in(1e-6, 360.0)?),
            _ => match o.as_count()? {
                n if n.node <= MAX_ZOOM => g.maxzoomlevel = Some(n),
                _ => return Err(o.wrong("a whole number from 0 to 20")),
            },
        }
    }
    Ok((i, g))
}
