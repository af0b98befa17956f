//! The fields of a Windows event as XML: those of `System` and its attributes, the named `Data` of
//! `EventData`, the elements of `UserData` and `RenderingInfo`. A name like `Product Name` becomes
//! `Product_Name`.
//!
//! Values are the texts between the tags as they stand: Splunk's add-on for Windows takes them out
//! with regular expressions and leaves `&amp;` as it is, which the rows of a real Splunk show.

use super::{Extraction, Options, clean, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("windows_xml", &[], options)?;
    Ok(Arc::new(WindowsXml))
}

#[derive(Debug)]
struct WindowsXml;

impl Extraction for WindowsXml {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        // the text of an event of another form may hold XML further down
        let begins = text.trim_start();
        let line = begins.lines().next().unwrap_or_default();
        let here = line.contains("<Event>") || line.contains("<Event ") || begins.starts_with('<');
        if !here || text.starts_with('{') {
            return;
        }
        fields(text, &mut |name, value| {
            let name = clean(name);
            if self.gives(&name) {
                put(&name, Cow::Borrowed(value));
            }
        });
    }

    /// What rules make of `EventID` and `EventRecordID` has no element of its own.
    fn gives(&self, field: &str) -> bool {
        !matches!(field, "EventCode" | "signature_id" | "event_id" | "id") && !field.contains('.')
    }

    fn unless(&self) -> &'static [&'static str] {
        &["{*"]
    }

    /// Values stand in the text as they are, between tags or as an attribute.
    fn witness(&self, field: &str, value: &str) -> Option<Vec<String>> {
        Some(match field {
            "EventID" | "Channel" | "Computer" => vec![format!("*>{value}</{field}>*")],
            // what was cleaned may have been any character
            _ => {
                let name = field.replace('_', "*");
                vec![
                    format!("*>{value}</{name}>*"),
                    format!("*{name}'*>{value}<*"),
                    format!("*{name}\"*>{value}<*"),
                    format!("*{name}='{value}'*"),
                    format!("*{name}=\"{value}\"*"),
                ]
            }
        })
    }
}

/// Calls `put` with each name and value, in the order of the text. Text that is no such event has
/// none. The first of several values of a name counts: later ones are given too.
fn fields<'t>(text: &'t str, put: &mut dyn FnMut(&'t str, &'t str)) {
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(open) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        let start = at + open + 1;
        let Some(close) = memchr::memchr(b'>', &bytes[start..]).map(|n| start + n) else { return };
        at = close + 1;
        let tag = &text[start..close];
        if tag.starts_with(['/', '?', '!']) {
            continue;
        }
        let alone = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) =
            tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
        let value = match alone {
            true => None,
            false => {
                // an element with text only: the next tag closes it
                let next = memchr::memchr(b'<', &bytes[at..]).map(|n| at + n);
                next.filter(|n| bytes.get(n + 1) == Some(&b'/')).map(|n| &text[at..n])
            }
        };
        if name == "Data" {
            if let (Some(field), Some(value)) = (attribute(attributes, "Name"), value) {
                give(field, value, put);
            }
            continue;
        }
        if name != "Event" {
            each_attribute(attributes, &mut |field, value| {
                if field != "xmlns" && !field.starts_with("xmlns:") {
                    give(field, value, put);
                }
            });
        }
        if let Some(value) = value {
            give(name, value, put);
        }
    }
}

fn give<'t>(field: &'t str, value: &'t str, put: &mut dyn FnMut(&'t str, &'t str)) {
    if !field.is_empty() && !value.is_empty() {
        put(field, value);
    }
}

fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let mut found = None;
    each_attribute(attributes, &mut |field, value| {
        if field == name && found.is_none() {
            found = Some(value);
        }
    });
    found
}

/// `a='1' b="2"`.
fn each_attribute<'t>(mut rest: &'t str, put: &mut dyn FnMut(&'t str, &'t str)) {
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|q| matches!(q, '\'' | '"')) else { return };
        let Some((value, next)) = after[1..].split_once(quote) else { return };
        put(name.trim(), value);
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    fn of(text: &str) -> Vec<(&str, &str)> {
        let mut all = Vec::new();
        fields(text, &mut |n, v| all.push((n, v)));
        all
    }

    #[test]
    fn system_data_and_user_data() {
        let text = "<Event xmlns='http://x'><System><Provider Name='P' Guid=\"{1}\"/>\
            <EventID Qualifiers='0'>7</EventID><Correlation/><Security UserID='S-1'/></System>\
            <EventData><Data Name='Path'>C:\\a &amp; b</Data><Data Name='Empty'></Data>\
            <Data>no name</Data></EventData><UserData><X xmlns='y'><Param>v</Param></X></UserData>\
            </Event>";
        let want = [
            ("Name", "P"),
            ("Guid", "{1}"),
            ("Qualifiers", "0"),
            ("EventID", "7"),
            ("UserID", "S-1"),
            ("Path", "C:\\a &amp; b"),
            ("Param", "v"),
        ];
        assert_eq!(of(text), want);
    }

    #[test]
    fn what_is_cut_off_or_odd_gives_what_is_whole() {
        assert_eq!(of("<Event><System><EventID>1</EventID><Comp"), [("EventID", "1")]);
        for odd in ["", "<", "<<>>", "<a b='", "<a b=c>", "<Data Name=>x</Data>", "é<é ü='ä'>ö</é>"]
        {
            let _ = of(odd);
        }
    }
}
