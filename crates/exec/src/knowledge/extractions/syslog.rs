//! The header of syslog messages: RFC 3164 as most senders write it, with or without priority, with
//! the old time or one of ISO 8601, and RFC 5424 with its structured data. A length before the
//! message (RFC 6587) is passed over.
//!
//! `process` and `pid` are what Splunk's own extraction for `syslog` gives; `syslog_host` is the
//! sender, which Splunk makes the event's `host`.
//!
//! Source: RFC 3164, section 4; RFC 5424, section 6; Splunk's default `[syslog]` in props.conf.

use super::{Extraction, Options, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("syslog", &[], options)?;
    Ok(Arc::new(Syslog))
}

#[derive(Debug)]
struct Syslog;

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

const SEVERITIES: [&str; 8] =
    ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];

impl Extraction for Syslog {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let mut rest = text.trim_start();
        if let Some((length, after)) = rest.split_once(' ')
            && after.starts_with('<')
            && length.bytes().all(|b| b.is_ascii_digit())
        {
            rest = after;
        }
        let mut give = |name: &str, value: &'t str| {
            if !value.is_empty() && value != "-" {
                put(name, Cow::Borrowed(value));
            }
        };
        if let Some((number, after)) = priority(rest) {
            rest = after;
            give("priority", number);
            if let Ok(n) = number.parse::<usize>() {
                give("facility", FACILITIES.get(n / 8).copied().unwrap_or_default());
                give("severity", SEVERITIES.get(n % 8).copied().unwrap_or_default());
            }
            if let Some(after) = rest.strip_prefix("1 ") {
                return new_form(after, &mut give);
            }
        }
        let Some(after) = past_time(rest) else { return };
        let Some((host, message)) = word(after) else { return };
        // a tag right after the time: there is no host
        let (host, message) = match host.ends_with(':') {
            true => ("", after),
            false => (host, message),
        };
        give("syslog_host", host);
        let message = tag(message, &mut give);
        give("message", message);
    }

    /// Values stand in the text as they are, but for the names of numbers.
    fn witness(&self, field: &str, value: &str) -> Option<Vec<String>> {
        match field {
            "facility" | "severity" => None,
            _ => Some(vec![format!("*{value}*")]),
        }
    }
}

/// `<13>`.
fn priority(text: &str) -> Option<(&str, &str)> {
    let (number, after) = text.strip_prefix('<')?.split_once('>')?;
    let fine =
        !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    fine.then_some((number, after))
}

/// The next word, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.trim_start()))
}

/// What follows `Jan  2 03:04:05`, `Jan 2 2024 03:04:05` or `2024-01-02T03:04:05+00:00`; none where
/// there is no time.
fn past_time(text: &str) -> Option<&str> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (first, rest) = word(text)?;
    if first.len() >= 19 && first.as_bytes().get(4) == Some(&b'-') && first.contains(':') {
        return Some(rest);
    }
    let named = first.len() == 3 && MONTHS.find(first).is_some_and(|n| n.is_multiple_of(3));
    let (day, rest) = word(rest).filter(|_| named)?;
    day.parse::<u8>().ok()?;
    let (time, after) = word(rest)?;
    let (time, after) = match time.len() == 4 && time.parse::<u16>().is_ok() {
        true => word(after)?,
        false => (time, after),
    };
    let clock = time.contains(':') && time.starts_with(|c: char| c.is_ascii_digit());
    // Cisco writes a colon after it
    clock.then(|| after.strip_prefix(": ").unwrap_or(after))
}

/// Gives `process` and `pid` of `name[12]: text`, and is the text.
fn tag<'t>(message: &'t str, give: &mut dyn FnMut(&str, &'t str)) -> &'t str {
    let Some((name, rest)) = word(message) else { return message };
    let Some(name) = name.strip_suffix(':') else { return message };
    match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
        Some((name, pid)) => {
            give("process", name);
            give("pid", pid);
        }
        None => give("process", name),
    }
    rest
}

/// `TIME HOST APP PROCID MSGID STRUCTURED-DATA MSG`.
fn new_form<'t>(text: &'t str, give: &mut dyn FnMut(&str, &'t str)) {
    let mut rest = text;
    for name in ["", "syslog_host", "process", "pid", "msgid"] {
        let Some((value, after)) = word(rest) else { return };
        if !name.is_empty() {
            give(name, value);
        }
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('-') {
        rest = after;
    }
    while let Some(element) = rest.strip_prefix('[') {
        rest = structured(element, give);
    }
    give("message", rest.trim_start().trim_start_matches('\u{feff}'));
}

/// `id name="value" ...]`: gives its parameters, and is what follows.
fn structured<'t>(element: &'t str, give: &mut dyn FnMut(&str, &'t str)) -> &'t str {
    let end = element.find([' ', ']']).unwrap_or(element.len());
    let mut rest = element.get(end..).unwrap_or_default();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(']') {
            return after;
        }
        let Some((name, value)) = rest.split_once("=\"") else { return "" };
        let bytes = value.as_bytes();
        let mut at = 0;
        loop {
            match bytes.get(at) {
                None => return "",
                Some(b'\\') => at += 2,
                Some(b'"') => break,
                Some(_) => at += 1,
            }
        }
        give(name, value.get(..at).unwrap_or_default());
        rest = value.get(at + 1..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let mut all = Vec::new();
        Syslog.fields(text, &mut |n, v| all.push(format!("{n}={v}")));
        all.join(";")
    }

    #[test]
    fn the_old_form() {
        assert_eq!(
            of("Jan  2 03:04:05 web1 sshd[99]: Failed password"),
            "syslog_host=web1;process=sshd;pid=99;message=Failed password"
        );
        // RFC 3164, section 5.4: 34 is facility 4, severity 2
        assert_eq!(
            of("<34>Oct 11 22:14:15 mymachine su: 'su root' failed"),
            "priority=34;facility=auth;severity=critical;syslog_host=mymachine;process=su;\
             message='su root' failed"
        );
        assert_eq!(
            of("2024-01-02T03:04:05.678+01:00 web1 CRON[7]: (root) CMD (x)"),
            "syslog_host=web1;process=CRON;pid=7;message=(root) CMD (x)"
        );
        assert_eq!(
            of("Jan 2 2024 03:04:05 fw1 : no tag here"),
            "syslog_host=fw1;message=no tag here"
        );
        assert_eq!(of("Jan  2 03:04:05 sshd[9]: x"), "process=sshd;pid=9;message=x");
    }

    /// RFC 5424, section 6.5.
    #[test]
    fn the_new_form() {
        assert_eq!(
            of("<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 \
                [exampleSDID@32473 iut=\"3\" eventSource=\"Application\"][p@1 class=\"hi\\\"gh\"] An entry"),
            "priority=165;facility=local4;severity=notice;syslog_host=mymachine.example.com;\
             process=evntslog;msgid=ID47;iut=3;eventSource=Application;class=hi\\\"gh;\
             message=An entry"
        );
        assert_eq!(
            of("77 <34>1 2003-10-11T22:14:15.003Z host su 12 - - 'su root' failed"),
            "priority=34;facility=auth;severity=critical;syslog_host=host;process=su;pid=12;\
             message='su root' failed"
        );
    }

    #[test]
    fn what_is_odd_is_harmless() {
        assert_eq!(of("no header at all"), "");
        for odd in [
            "",
            "<",
            "<1>",
            "<999>1 ",
            "<1>1 a b c d e [x",
            "<1>1 a b c d e [x y=\"\\",
            "Jan",
            "Jan é",
        ] {
            let _ = of(odd);
        }
    }

    #[test]
    fn witnesses_hold_for_what_is_found() {
        let fits = |w: &String, text: &str| sepal_data::wildcard::Pattern::new(w).is_match(text);
        for text in [
            "<34>1 2024-01-02T03:04:05Z h p 7 m [i k=\"v\\\"w\"] text",
            "Jan  2 03:04:05 h p[7]: text",
        ] {
            Syslog.fields(text, &mut |name, value| {
                if let Some(all) = Syslog.witness(name, &value) {
                    assert!(all.iter().any(|w| fits(w, text)), "{name}={value}");
                }
            });
        }
    }
}
