//! `bucketdir`: puts directories in place of many paths.

use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bucketdir {
    /// `pathfield=`
    pub pathfield: Field,
    /// `sizefield=`
    pub sizefield: Field,
    /// `countfield=`: `totalCount` where none is given.
    pub countfield: Option<Field>,
    /// `maxcount=`: 20 where none is given.
    pub maxcount: Option<Spanned<u64>>,
    /// `sep=`: one character, `/` where none is given.
    pub sep: Option<char>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Bucketdir> {
    const KNOWN: &[&str] = &["pathfield", "sizefield", "countfield", "maxcount", "sep"];
    let (i, all) = options(i, name, KNOWN)?;
    let (mut path, mut size, mut count, mut maxcount, mut sep) = (None, None, None, None, None);
    for o in all {
        match o.name.node.as_str() {
            "pathfield" => path = Some(o.as_field()),
            "sizefield" => size = Some(o.as_field()),
            "countfield" => count = Some(o.as_field()),
            "maxcount" => match o.as_count()? {
                n if n.node > 0 => maxcount = Some(n),
                _ => return Err(o.wrong("a whole number from 1 on")),
            },
            _ => {
                let mut chars = o.value.node.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => sep = Some(c),
                    _ => return Err(o.wrong("one character")),
                }
            }
        }
    }
    let (Some(pathfield), Some(sizefield)) = (path, size) else {
        let help = "write `bucketdir pathfield=source sizefield=count`";
        return missing(i, "`bucketdir` needs pathfield= and sizefield=", help);
    };
    Ok((i, Bucketdir { pathfield, sizefield, countfield: count, maxcount, sep }))
}
