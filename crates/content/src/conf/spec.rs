//! Of which events a stanza of props.conf is.

use sepal_data::wildcard::Pattern;
use sepal_exec::knowledge::{Exact, Stamp, StampField};
use sepal_exec::regex_engine::SplRegex;
use std::sync::Arc;

/// What a stanza's name says.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// 3 for `source::`, 2 for `host::`, 1 for a sourcetype, 0 for `[default]`.
    pub rank: u8,
    /// Whether it is one name, not a pattern.
    pub literal: bool,
    /// One of these.
    pub stamps: Vec<Stamp>,
}

impl Spec {
    /// Of all events.
    pub fn all() -> Spec {
        let stamps = StampField::ALL.map(|f| Stamp::new(f, "*")).to_vec();
        Spec { rank: 0, literal: false, stamps }
    }

    /// By its name: `source::<pattern>`, `host::<pattern>`, or a sourcetype.
    ///
    /// Source: props.conf, "[<spec>] stanza patterns" and "Case-sensitivity for [<spec>] stanza
    /// matching": of sources and sourcetypes case counts, of hosts it does not. A sourcetype is a
    /// pattern where it begins with `(?::){0}`, as add-ons write it.
    ///
    /// # Errors
    /// Why it is no pattern.
    pub fn of(name: &str) -> Result<Spec, String> {
        let (rank, field, text) = if let Some(text) = name.strip_prefix("source::") {
            (3, StampField::Source, text)
        } else if let Some(text) = name.strip_prefix("host::") {
            (2, StampField::Host, text)
        } else if let Some(text) = name.strip_prefix("(?::){0}") {
            let stamp = pattern(StampField::Sourcetype, text)?;
            return Ok(Spec { rank: 1, literal: false, stamps: vec![stamp] });
        } else {
            return Ok(Spec::one(1, StampField::Sourcetype, name));
        };
        let plain = |c: char| !"*|()[]{}?+\\^$".contains(c);
        match text.chars().all(plain) && !text.contains("...") {
            true => Ok(Spec::one(rank, field, text)),
            false => Ok(Spec { rank, literal: false, stamps: vec![pattern(field, text)?] }),
        }
    }

    fn one(rank: u8, field: StampField, text: &str) -> Spec {
        let exact = (field != StampField::Host).then(|| Exact::Text(text.to_owned()));
        let stamp = Stamp { exact, ..Stamp::new(field, text) };
        Spec { rank, literal: true, stamps: vec![stamp] }
    }
}

/// `...` is any text, `*` any without a separator of folders, `.` a period; the rest is a regular
/// expression.
fn pattern(field: StampField, text: &str) -> Result<Stamp, String> {
    let mut regex = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("...") {
            regex.push_str(".*");
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '*' => regex.push_str(r"[^/\\]*"),
            '.' => regex.push_str(r"\."),
            '\\' => {
                regex.push('\\');
                let next = rest.chars().next();
                regex.extend(next.or(Some('\\')));
                rest = rest.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
            }
            c => regex.push(c),
        }
    }
    let flags = if field == StampField::Host { "(?is)" } else { "(?s)" };
    let compiled = SplRegex::new(&format!("{flags}^(?:{regex})$"))?;
    // what rules are found by, before a value is known
    let wide = match text.contains(|c| "|()[]{}?+\\^$".contains(c)) {
        true => "*".to_owned(),
        false => text.replace("...", "*"),
    };
    let exact = Some(Exact::Regex(Arc::new(compiled)));
    Ok(Stamp { field, pattern: Pattern::new(&wide), exact })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(spec: &str, value: &str) -> bool {
        let spec = Spec::of(spec).unwrap_or_else(|e| panic!("{e}"));
        spec.stamps.iter().any(|s| s.fits(value))
    }

    /// Source: props.conf, the examples of its "stanza patterns".
    #[test]
    fn patterns() {
        let gz = "source::....(?<!tar.)(gz|bz2)";
        assert!(fits(gz, "/var/log/a.gz"));
        assert!(fits(gz, "a.bz2"));
        assert!(!fits(gz, "/var/log/a.tar.gz"));
        assert!(!fits(gz, "a.gz.old"));
        assert!(fits("source::/var/log/*.log", "/var/log/a.log"));
        assert!(!fits("source::/var/log/*.log", "/var/log/deep/a.log"));
        assert!(fits("source::/var/.../a.log", "/var/log/deep/a.log"));
        assert!(!fits("source::/var/log/a.log", "/var/log/aXlog"));
        assert!(!fits("source::...a.log", "/x/aXlog"));
        assert!(fits("source::udp:(514|515)", "udp:515"));
        assert!(fits(r"source::c:\\logs\\*", r"c:\logs\a"));
    }

    #[test]
    fn case_counts_but_for_hosts() {
        assert!(fits("acme:fw", "acme:fw"));
        assert!(!fits("acme:fw", "ACME:FW"));
        assert!(!fits("source::...A", "xa"));
        assert!(fits("host::foo", "FOO"));
        assert!(fits("host::foo*", "FOO1"));
        assert!(!fits("host::(?-i)bar", "BAR"));
        assert!(fits("host::(?-i)bar", "bar"));
        // a sourcetype is one name
        assert!(!fits("acme*", "acme:fw"));
        assert!(fits("(?::){0}acme*", "acme:fw"));
    }

    #[test]
    fn ranks() {
        let rank = |s| Spec::of(s).map(|s| (s.rank, s.literal));
        assert_eq!(rank("source::a"), Ok((3, true)));
        assert_eq!(rank("source::a*"), Ok((3, false)));
        assert_eq!(rank("host::a.b"), Ok((2, true)));
        assert_eq!(rank("a"), Ok((1, true)));
        assert!(rank("source::(").is_err());
    }
}
