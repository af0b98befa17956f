//! A set of field names as far as it can be known without events.

use std::collections::BTreeSet;

/// Which fields rows may have. Before the first command that sets the columns (`stats`, `table`...)
/// nobody knows what events hold: the set is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Any other field may be there too, but for those in `gone`.
    pub open: bool,
    /// These may be there.
    pub names: BTreeSet<String>,
    /// What matches one of these may be there: `row *`.
    pub patterns: BTreeSet<String>,
    /// These are not there although the set is open.
    pub gone: BTreeSet<String>,
}

impl Fields {
    /// Anything.
    pub fn any() -> Fields {
        Fields { open: true, ..Fields::default() }
    }

    /// These and no others.
    pub fn only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Fields {
        let mut out = Fields::default();
        out.extend(names);
        out
    }

    /// Whether a row may have the field.
    pub fn may_hold(&self, name: &str) -> bool {
        self.names.contains(name)
            || self.patterns.iter().any(|p| matches(p, name))
            || self.open && !self.gone.contains(name)
    }

    /// Adds a field; one with `*` as a pattern, one whose name comes from values opens the set.
    pub fn add(&mut self, name: impl Into<String>) {
        let name = name.into();
        if name.contains('{') && !name.contains("{}") {
            self.open = true;
        } else if name.contains('*') {
            self.patterns.insert(name);
        } else {
            self.gone.remove(&name);
            self.names.insert(name);
        }
    }

    /// Adds fields.
    pub fn extend<S: Into<String>>(&mut self, names: impl IntoIterator<Item = S>) {
        names.into_iter().for_each(|n| self.add(n));
    }

    /// Removes a field or what a pattern matches.
    pub fn remove(&mut self, name: &str) {
        if name.contains('*') {
            self.names.retain(|n| !matches(name, n));
            self.patterns.remove(name);
        } else {
            self.names.remove(name);
            if self.open {
                self.gone.insert(name.to_owned());
            }
        }
    }

    /// Only what the names and patterns of `list` name; those that are not there are taken as if
    /// they were, so that one missing field is told once.
    pub fn keep<'n>(&self, list: impl IntoIterator<Item = &'n str>) -> Fields {
        let mut out = Fields::default();
        for wanted in list {
            if !wanted.contains('*') {
                out.add(wanted);
                continue;
            }
            out.extend(self.names.iter().filter(|n| matches(wanted, n)).cloned());
            if self.open {
                out.add(wanted);
            }
            // two patterns may overlap: `row *` and `*1`
            let overlapping = self.patterns.iter().filter(|p| may_overlap(wanted, p));
            out.extend(overlapping.cloned());
        }
        if self.open && out.patterns.contains("*") {
            out.open = true;
        }
        out
    }

    /// What rows of either set may have.
    pub fn union(&self, other: &Fields) -> Fields {
        let mut out = self.clone();
        out.open |= other.open;
        out.names.extend(other.names.iter().cloned());
        out.patterns.extend(other.patterns.iter().cloned());
        out.gone.retain(|n| !other.may_hold(n));
        out
    }

    /// Renames a field, or by `*` several.
    pub fn rename(&mut self, from: &str, to: &str) {
        if !from.contains('*') {
            self.remove(from);
            self.add(to);
            return;
        }
        let matching: Vec<String> =
            self.names.iter().filter(|n| matches(from, n)).cloned().collect();
        for name in matching {
            if let Some(new) = swapped(from, to, &name) {
                self.names.remove(&name);
                self.add(new);
            }
        }
        for pattern in self.patterns.clone() {
            if may_overlap(from, &pattern) {
                self.open = true;
            }
        }
        if self.open && to.contains('*') {
            self.gone.retain(|n| !matches(to, n));
        }
    }

    /// A name that differs in letter case alone.
    pub fn other_case(&self, name: &str) -> Option<&str> {
        self.names.iter().map(String::as_str).find(|n| *n != name && n.eq_ignore_ascii_case(name))
    }
}

/// Whether a pattern with `*` matches a name.
pub fn matches(pattern: &str, name: &str) -> bool {
    captures(pattern, name).is_some()
}

/// What each `*` of a pattern stands for, as few as possible from the left.
fn captures<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let mut parts = pattern.split('*');
    let mut rest = name.strip_prefix(parts.next()?)?;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty().then(Vec::new) };
    let mut found = Vec::with_capacity(parts.len());
    for part in middle {
        let at = rest.find(part)?;
        found.push(rest.get(..at)?);
        rest = rest.get(at + part.len()..)?;
    }
    found.push(rest.strip_suffix(last)?);
    Some(found)
}

/// `name`, which matches `from`, as `to` names it.
pub fn swapped(from: &str, to: &str, name: &str) -> Option<String> {
    let found = captures(from, name)?;
    let mut found = found.into_iter();
    let mut out = String::new();
    for (n, part) in to.split('*').enumerate() {
        if n > 0 {
            out.push_str(found.next()?);
        }
        out.push_str(part);
    }
    Some(out)
}

/// Whether one name may match both patterns; sure only where it says no.
fn may_overlap(a: &str, b: &str) -> bool {
    let ends = |s: &str| {
        let first = s.split('*').next().unwrap_or_default().to_owned();
        (first, s.rsplit('*').next().unwrap_or_default().to_owned())
    };
    let ((a1, a2), (b1, b2)) = (ends(a), ends(b));
    (a1.starts_with(&b1) || b1.starts_with(&a1)) && (a2.ends_with(&b2) || b2.ends_with(&a2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        assert!(matches("Web.*", "Web.url") && matches("*", "") && matches("a*b*c", "a1b2c"));
        assert!(!matches("Web.*", "Webx") && !matches("a*b", "a") && !matches("a*a", "a"));
        assert_eq!(swapped("Web.*", "*", "Web.url").as_deref(), Some("url"));
        assert_eq!(swapped("*_*", "*x*", "a_b").as_deref(), Some("axb"));
    }

    #[test]
    fn open_and_closed() {
        let mut f = Fields::any();
        f.remove("a");
        assert!(!f.may_hold("a") && f.may_hold("b"));
        let mut f = Fields::only(["Web.url", "count", "row *"]);
        f.rename("Web.*", "*");
        assert!(f.may_hold("url") && !f.may_hold("Web.url") && f.may_hold("row 1"));
        assert_eq!(f.other_case("URL"), Some("url"));
        let kept = f.keep(["u*", "row *", "new"]);
        assert!(kept.may_hold("url") && kept.may_hold("new") && !kept.may_hold("count"));
        assert!(Fields::any().keep(["*"]).may_hold("x"));
        assert!(f.union(&Fields::any()).may_hold("anything"));
    }
}
