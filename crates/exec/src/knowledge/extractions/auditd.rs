//! Records of the Linux audit daemon: `type=... msg=audit(TIME:SERIAL): key=value...`.
//!
//! The pairs are those that Splunk's automatic extraction gives of them, with the inner pairs of
//! `msg='...'`, and keep their values as they stand: ESCU decodes `proctitle` itself. What the
//! kernel writes in hexadecimal digits (values with blanks, quotes or control characters) is
//! given decoded under the names of the Common Information Model, and `event_id` is the serial.
//!
//! Source: Red Hat Security Guide, "Understanding audit log files"; auparse(3); ESCU's data sources
//! Linux Auditd, which show the fields in Splunk.

use super::{Extraction, Options, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("auditd", &[], options)?;
    Ok(Arc::new(Auditd))
}

#[derive(Debug)]
struct Auditd;

/// Fields that are made of others.
const DECODED: &[&str] = &["process", "process_current_directory", "file_path", "process_path"];

/// What a record's text is given as, decoded: by type (none: any) and key.
const TEXTS: &[(Option<&str>, &str, &str)] = &[
    (Some("USER_CMD"), "cmd", "process"),
    (Some("CWD"), "cwd", "process_current_directory"),
    (Some("USER_CMD"), "cwd", "process_current_directory"),
    (Some("PATH"), "name", "file_path"),
    (None, "exe", "process_path"),
];

impl Extraction for Auditd {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        if !text.contains("type=") {
            return;
        }
        let mut kind = "";
        let mut command: Vec<Cow<'t, str>> = Vec::new();
        pairs(text, &mut |key, value, quoted| {
            if key == "type" && kind.is_empty() {
                kind = value;
            }
            if let Some(id) = value.strip_prefix("audit(").filter(|_| key == "msg") {
                let serial = id.split_once(')').and_then(|(at, _)| at.rsplit_once(':'));
                if let Some((_, serial)) = serial {
                    put("event_id", Cow::Borrowed(serial));
                }
            }
            if kind == "EXECVE" && argument(key) {
                command.push(decoded(value, quoted));
            }
            for (of, from, to) in TEXTS {
                if key == *from && of.is_none_or(|of| of == kind) {
                    put(to, decoded(value, quoted));
                }
            }
            put(key, Cow::Borrowed(value));
        });
        if let Some(title) = title(text).filter(|_| kind == "PROCTITLE") {
            put("process", title);
        }
        if !command.is_empty() {
            put("process", Cow::Owned(command.join(" ")));
        }
    }

    /// Values stand in the text as they are, but for those that are decoded.
    fn witness(&self, field: &str, value: &str) -> Option<Vec<String>> {
        match field {
            "event_id" => Some(vec![format!("*:{value})*")]),
            _ if DECODED.contains(&field) => None,
            _ => Some(vec![format!("*={value}*"), format!("*=\"{value}\"*")]),
        }
    }
}

/// The command line of `proctitle=`. `ausearch -i` writes it without quotes, up to the line's end.
fn title(text: &str) -> Option<Cow<'_, str>> {
    let (_, rest) = text.split_once("proctitle=")?;
    let rest = rest.split(['\u{1d}', '\n']).next()?.trim_end();
    if let Some(quoted) = rest.strip_prefix('"') {
        return Some(Cow::Borrowed(quoted.split('"').next()?));
    }
    let word = rest.split(' ').next()?;
    Some(match decoded(word, false) {
        text @ Cow::Owned(_) => text,
        Cow::Borrowed(_) => Cow::Borrowed(rest),
    })
    .filter(|t| !t.is_empty())
}

/// `a0`, `a12`, and the parts of a long one: `a1[0]`.
fn argument(key: &str) -> bool {
    let Some(number) = key.strip_prefix('a') else { return false };
    let number = number.split('[').next().unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

fn in_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'[' | b']')
}

/// Calls `put` with each key, its value and whether that stood in double quotes.
fn pairs<'t>(text: &'t str, put: &mut dyn FnMut(&'t str, &'t str, bool)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(eq) = memchr::memchr(b'=', bytes.get(from..).unwrap_or_default()) {
        let eq = from + eq;
        let key_at =
            bytes[from..eq].iter().rposition(|b| !in_key(*b)).map_or(from, |n| from + n + 1);
        let key = text.get(key_at..eq).unwrap_or_default();
        let at = eq + 1;
        let rest = bytes.get(at..).unwrap_or_default();
        let (value, quoted, next) = match rest.first() {
            Some(b'"') => {
                let inner = rest.get(1..).unwrap_or_default();
                let len = memchr::memchr(b'"', inner).unwrap_or(inner.len());
                (text.get(at + 1..at + 1 + len), true, at + len + 2)
            }
            // the inner pairs follow: they are read as the others
            Some(b'\'') => (None, false, at + 1),
            _ => {
                let len = bare(rest);
                (text.get(at..at + len), false, at + len)
            }
        };
        from = next.clamp(at, bytes.len());
        if let Some(value) = value.filter(|v| !v.is_empty() && !key.is_empty()) {
            put(key, value, quoted);
        }
    }
}

/// The length of a value without quotes. The names that auditd adds to what the kernel wrote follow
/// a separator (0x1d), which some collectors drop: `res=success'UID="root"`, `rdev=0OUID="root"`.
fn bare(rest: &[u8]) -> usize {
    let end = |b: &u8| *b <= b' ' || matches!(b, b'\'' | b'"' | b',');
    let len = rest.iter().position(end).unwrap_or(rest.len());
    let value = rest.get(..len).unwrap_or_default();
    let name = rest.get(len) == Some(&b'"') && value.last() == Some(&b'=');
    let Some(eq) = value.len().checked_sub(1).filter(|_| name) else { return len };
    let upper = value[..eq].iter().rposition(|b| !b.is_ascii_uppercase());
    upper.map_or(len, |n| n + 1)
}

/// The text of a value: hexadecimal digits, where it stands without quotes and is of nothing else;
/// the zero bytes between arguments become blanks.
fn decoded(value: &str, quoted: bool) -> Cow<'_, str> {
    let hex = !quoted
        && value.len() >= 2
        && value.len().is_multiple_of(2)
        && value.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex {
        return Cow::Borrowed(value);
    }
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
    let mut bytes: Vec<u8> = value
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| match digit(pair[0]) << 4 | digit(pair[1]) {
            0 => b' ',
            byte => byte,
        })
        .collect();
    while bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        testing::fields(&Auditd, text)
    }

    fn value<'a>(all: &'a [(String, String)], name: &str) -> Option<&'a str> {
        all.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[test]
    fn inner_pairs_and_names_that_auditd_adds() {
        for separator in ["\u{1d}", ""] {
            let all = of(&format!(
                "type=USER_AUTH msg=audit(1700000000.123:77): pid=9 uid=0 msg='op=PAM:auth \
                 grantors=? acct=\"ann\" exe=\"/usr/bin/su\" hostname=? \
                 res=failed'{separator}UID=\"root\" AUID=\"ann\""
            ));
            let want = [
                ("event_id", "77"),
                ("msg", "audit(1700000000.123:77):"),
                ("op", "PAM:auth"),
                ("acct", "ann"),
                ("process_path", "/usr/bin/su"),
                ("hostname", "?"),
                ("res", "failed"),
                ("UID", "root"),
                ("AUID", "ann"),
            ];
            for (name, text) in want {
                assert_eq!(value(&all, name), Some(text), "{name}");
            }
        }
        let all = of("type=PATH msg=audit(1.2:3): cap_frootid=0OUID=\"root\" OGID=\"wheel\"");
        assert_eq!(value(&all, "cap_frootid"), Some("0"));
        assert_eq!(value(&all, "OUID"), Some("root"));
        assert_eq!(value(&all, "OGID"), Some("wheel"));
    }

    /// `printf '%s' 'ls -l' | xxd -p` and the like.
    #[test]
    fn hexadecimal_digits_are_decoded_under_other_names() {
        let all = of("type=PROCTITLE msg=audit(1.2:3): proctitle=6C73002D6C00");
        assert_eq!(value(&all, "proctitle"), Some("6C73002D6C00"));
        assert_eq!(value(&all, "process"), Some("ls -l"));
        let all = of("type=PROCTITLE msg=audit(1.2:3): proctitle=\"6C73\"");
        assert_eq!(value(&all, "process"), Some("6C73"));
        let all = of(
            "type=PROCTITLE msg=audit(01/02/24 03:04:05.678:9) : proctitle=ls --color=auto /tmp",
        );
        assert_eq!(value(&all, "process"), Some("ls --color=auto /tmp"));
        let all = of("type=EXECVE msg=audit(1.2:3): argc=3 a0=\"sh\" a1=\"-c\" a2=6563686F2031");
        assert_eq!(value(&all, "a2"), Some("6563686F2031"));
        assert_eq!(value(&all, "process"), Some("sh -c echo 1"));
        // the arguments of a system call are numbers
        let all =
            of("type=SYSCALL msg=audit(1.2:3): a0=6C73 a1=2D6C exe=2F746D702F6120 key=(null)");
        assert_eq!(value(&all, "process"), None);
        assert_eq!(value(&all, "a0"), Some("6C73"));
        assert_eq!(value(&all, "process_path"), Some("/tmp/a"));
        let all = of("type=PATH msg=audit(1.2:3): item=0 name=2F746D702F612062 nametype=CREATE");
        assert_eq!(value(&all, "file_path"), Some("/tmp/a b"));
    }

    #[test]
    fn what_is_odd_is_harmless() {
        for odd in
            ["", "type=", "type==\"", "type=EXECVE a0=", "type=a x='", "type=a é=\"ü", "=type="]
        {
            let _ = of(odd);
        }
        assert!(of("nothing=here").is_empty());
    }

    #[test]
    fn witnesses_hold_for_what_is_found() {
        let text =
            "type=SYSCALL msg=audit(1.2:3): comm=\"ls\" exe=\"/bin/ls\" res=success'UID=\"a\"";
        for (name, value) in of(text) {
            let Some(all) = Auditd.witness(&name, &value) else { continue };
            let fits = |w: &String| sepal_data::wildcard::Pattern::new(w).is_match(text);
            assert!(all.iter().any(fits), "{name}={value}");
        }
        assert_eq!(Auditd.witness("process", "x"), None);
    }
}
