//! A Windows event as text: lines of `NAME=value`, then `Message=` and in it lines of
//! `Account Name:`, tabs and a value, under headings.
//!
//! Spaces and the like in names become `_`. A name that stands there twice, such as the account
//! names of the subject and of the new logon, has both values. Splunk's add-on for Windows gives
//! those of two headings names of their own too: `Subject_Account_Name`, `Target_Account_Name`.
//!
//! Source: Splunk Admin Manual, transforms.conf, `MV_ADD` and `CLEAN_KEYS`; "Source types for the
//! Splunk Add-on for Microsoft Windows", `WinEventLog`.

use super::{Extraction, Options, clean, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("wineventlog", &[], options)?;
    Ok(Arc::new(WinEventLog))
}

#[derive(Debug)]
struct WinEventLog;

/// What stands before the message alone: a message that says it too says it of something else.
const HEAD: [&str; 4] = ["EventCode", "LogName", "ComputerName", "RecordNumber"];

impl Extraction for WinEventLog {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        // the same events as XML and as JSON have their own ways
        if text.trim_start().starts_with(['<', '{']) {
            return;
        }
        let (head, message) = match text.find("\nMessage=") {
            Some(at) => (&text[..at], text.get(at + "\nMessage=".len()..)),
            None => (text, None),
        };
        let word = |n: &str| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let lines = head.lines().filter_map(|l| l.split_once('=')).filter(|(n, _)| word(n));
        for (name, value) in lines {
            give(name, value, put);
        }
        if let Some(message) = message.map(str::trim_end).filter(|m| !m.is_empty()) {
            put("Message", Cow::Borrowed(message));
            of_message(message, put);
        }
    }

    fn multivalue(&self) -> bool {
        true
    }

    /// Other names for `EventCode` are for rules to give.
    fn gives(&self, field: &str) -> bool {
        !matches!(field, "EventID" | "signature_id" | "event_id") && !field.contains('.')
    }

    fn unless(&self) -> &'static [&'static str] {
        &["{*", "<*"]
    }

    /// Values stand in the text as they are, after the name.
    fn witness(&self, field: &str, value: &str) -> Option<Vec<String>> {
        let equal = format!("*{field}={value}*");
        if HEAD.contains(&field) {
            return Some(vec![equal]);
        }
        // what was cleaned may have been any character
        let under = |f: &str| format!("*{}:*{value}*", f.replace('_', "*"));
        let mut all = vec![format!("*{}={value}*", field.replace('_', "*")), under(field)];
        for (prefix, _) in HEADINGS {
            all.extend(field.strip_prefix(prefix).map(under));
        }
        Some(all)
    }
}

/// Headings whose lines have names of their own too.
const HEADINGS: [(&str, &str); 2] = [("Subject_", "Subject:"), ("Target_", "Target Account:")];

/// The lines of a message but the first one, which says what happened.
fn of_message<'t>(message: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
    let mut prefix = None;
    let mut name = String::new();
    for line in message.lines().skip(1) {
        let Some((key, value)) = line.split_once(':') else {
            // a heading's lines end with an empty one
            if line.trim().is_empty() {
                prefix = None;
            }
            continue;
        };
        if value.trim().is_empty() {
            let of = HEADINGS.iter().find(|(_, heading)| line.trim_end() == *heading);
            if of.is_some() || !key.starts_with(char::is_whitespace) {
                prefix = of.map(|(prefix, _)| *prefix);
            }
            continue;
        }
        if !value.starts_with([' ', '\t']) {
            continue;
        }
        let value = value.trim_start_matches([' ', '\t']);
        let key = clean(key);
        if HEAD.contains(&&*key) {
            continue;
        }
        give(&key, value, put);
        if let (Some(prefix), false) = (prefix, key.is_empty()) {
            name.clear();
            name.push_str(prefix);
            name.push_str(&key);
            give(&name, value, put);
        }
    }
}

fn give<'t>(name: &str, value: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
    let (name, value) = (clean(name), value.trim_end_matches('\r'));
    if !name.is_empty() && !value.is_empty() && WinEventLog.gives(&name) {
        put(&name, Cow::Borrowed(value));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        testing::fields(&WinEventLog, text)
    }

    #[test]
    fn head_message_and_headings() {
        let text = "01/02/2025 03:04:05 PM\r\nLogName=Security\r\nEventCode=4726\r\n\
            Message=A user account was deleted.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1\r\n\
            \tAccount Name:\t\tann\r\n\r\nTarget Account:\r\n\tAccount Name:\t\tbob\r\n\r\n\
            Additional Information:\r\n\tPrivileges\t-\r\n\tProcess Name:\tC:\\a b.exe\r\n\tNone:\t\r\n";
        let message = text.split_once("Message=").unwrap().1.trim_end();
        let want = [
            ("LogName", "Security"),
            ("EventCode", "4726"),
            ("Message", message),
            ("Security_ID", "S-1"),
            ("Subject_Security_ID", "S-1"),
            ("Account_Name", "ann"),
            ("Subject_Account_Name", "ann"),
            ("Account_Name", "bob"),
            ("Target_Account_Name", "bob"),
            ("Process_Name", "C:\\a b.exe"),
        ];
        assert_eq!(of(text), testing::pairs(&want));
    }

    #[test]
    fn other_forms_and_odd_texts() {
        assert_eq!(of("<Event><System a='b'/></Event>"), []);
        assert_eq!(of("{\"a\":\"b=c\"}"), []);
        assert_eq!(of("A=1\nMessage=x: y\nkey:value\n: v\nk: v"), {
            let message = "x: y\nkey:value\n: v\nk: v";
            testing::pairs(&[("A", "1"), ("Message", message), ("k", "v")])
        });
        for odd in ["", "=", "\nMessage=", "\nMessage=\n:", "é=ü\nMessage=ä\nö: ß"] {
            let _ = of(odd);
        }
    }
}
