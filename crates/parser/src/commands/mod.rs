//! The syntax of each command: one module a command, named as the user types it.
//!
//! Adding a command: its module and one line in [`commands!`] below.

use crate::ast::{Span, Spanned};
use serde::Serialize;

/// `name=value` as typed in a command's arguments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedOption {
    /// The name in lower case.
    pub name: Spanned<String>,
    /// The value without quotes.
    pub value: Spanned<String>,
    /// The whole option.
    pub span: Span,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $module:ident :: $ty:ident),+ $(,)?) => {
        $(#[allow(missing_docs)] pub mod $module;)+

        /// What a stage was asked to do: one variant a command.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)]
        pub enum Command {
            $($(#[$doc])* $variant(Box<$module::$ty>)),+
        }
    };
}

commands! {
    Append = append::Append,
    Bin = bin::Bin,
    Convert = convert::Convert,
    Dedup = dedup::Dedup,
    Eval = eval::Eval,
    Fields = fields::Fields,
    Fillnull = fillnull::Fillnull,
    Head = head::Head,
    Makemv = makemv::Makemv,
    Makeresults = makeresults::Makeresults,
    Mvexpand = mvexpand::Mvexpand,
    Nomv = nomv::Nomv,
    Other = other::Other,
    Regex = regex::Regex,
    Rename = rename::Rename,
    Reverse = reverse::Reverse,
    Rex = rex::Rex,
    Search = search::Search,
    Sort = sort::Sort,
    Spath = spath::Spath,
    Stats = stats::Stats,
    Table = table::Table,
    Tail = tail::Tail,
    Top = top::Top,
    Where = where_::Where,
}
