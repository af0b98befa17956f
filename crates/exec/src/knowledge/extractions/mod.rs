//! Ways to take fields out of an event's text. One file each, named as `extract:` of a sourcetype
//! names it, and one line below.

mod auditd;
mod auto_kv;
mod cef;
mod delims;
mod kv;
mod leef;
mod syslog;
mod transform;
mod windows_xml;
mod wineventlog;
mod xml_kv;

pub use transform::{TransformError, transform};

use crate::run_cx::RunCx;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

/// Takes fields out of a text.
pub trait Extraction: Debug + Send + Sync {
    /// Calls `put` with each field and its value, in the order of the text. The first value of a
    /// field counts, or all do: see [`multivalue`](Self::multivalue). Text that is not of this form
    /// has none.
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>));

    /// The same in a run, which is told of what could not be looked at.
    fn fields_in<'t>(&self, cx: &RunCx, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let _ = cx;
        self.fields(text, put);
    }

    /// Whether values join those that the field has already.
    fn adds(&self) -> bool {
        false
    }

    /// Whether a field that is given several times has all the values.
    fn multivalue(&self) -> bool {
        false
    }

    /// The fields that it can give; none: any.
    fn outputs(&self) -> Option<Vec<String>> {
        None
    }

    /// Whether it may give a field of this name; where it may not, no text is asked for it.
    fn gives(&self, field: &str) -> bool {
        let _ = field;
        true
    }

    /// Wildcard patterns: a text that one of them matches gives no field at all.
    fn unless(&self) -> &'static [&'static str] {
        &[]
    }

    /// Wildcard patterns of which each text matches one where this field has this value (which may
    /// hold `*`); none where that cannot be said. The scan asks them first.
    fn witness(&self, field: &str, value: &str) -> Option<Vec<String>> {
        let _ = (field, value);
        None
    }
}

/// What `extract:` says besides the name: keys and their values, one or more.
pub type Options = Vec<(String, Vec<String>)>;

type Make = fn(&Options) -> Result<Arc<dyn Extraction>, String>;

macro_rules! extractions {
    ($($name:ident)*) => {
        const ALL: &[(&str, Make)] = &[$((stringify!($name), $name::make)),*];
    };
}

extractions! {
    auditd
    auto_kv
    cef
    delims
    kv
    leef
    syslog
    windows_xml
    wineventlog
    xml_kv
}

/// The names that `extract:` takes.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

/// The extraction of a name.
///
/// # Errors
/// A sentence: there is none of that name, or an option that it does not take.
pub fn named(name: &str, options: &Options) -> Result<Arc<dyn Extraction>, String> {
    match ALL.iter().find(|(n, _)| *n == name) {
        Some((_, make)) => make(options),
        None => {
            let all: Vec<_> = names().collect();
            Err(format!("`extract` takes {}, not `{name}`", all.join(", ")))
        }
    }
}

/// That there are no options but these.
fn only(name: &str, known: &[&str], options: &Options) -> Result<(), String> {
    match options.iter().find(|(k, _)| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some((key, _)) if known.is_empty() => Err(format!("`{name}` has no option `{key}`")),
        Some((key, _)) => {
            Err(format!("`{name}` has no option `{key}`; there are {}", known.join(", ")))
        }
    }
}

/// The one value of an option.
fn one<'o>(options: &'o Options, key: &str) -> Result<Option<&'o str>, String> {
    match options.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_slice()) {
        None => Ok(None),
        Some([value]) => Ok(Some(value)),
        Some(_) => Err(format!("`{key}` takes one value")),
    }
}

/// The name as a field can be called: what is no letter, digit or `_` becomes `_`, and none of
/// those stands in front.
///
/// Source: Splunk Admin Manual, transforms.conf, `CLEAN_KEYS`.
fn clean(name: &str) -> Cow<'_, str> {
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match name.chars().all(fine) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.chars().map(|c| if fine(c) { c } else { '_' }).collect()),
    }
}

/// What tests of extractions look at.
#[cfg(test)]
mod testing {
    use super::Extraction;

    /// The fields of a text, in its order.
    pub fn fields(by: &dyn Extraction, text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        by.fields(text, &mut |n, v| all.push((n.to_owned(), v.into_owned())));
        all
    }

    /// Pairs as they come out.
    pub fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }
}
