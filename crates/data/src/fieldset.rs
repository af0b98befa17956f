//! Which fields a stage of the pipeline needs.

use indexmap::IndexSet;

use crate::wildcard::Pattern;

/// A set of field names: all of them, all visible ones, or exact names and wildcards (`user.*`), in
/// order of mention. Visible are the names that do not begin with `_`: a lone `*` never means
/// `_raw` or `_time`.
///
/// Field names are case-sensitive, also under a wildcard.
#[derive(Debug, Clone, Default)]
pub struct FieldSet {
    all: bool,
    visible: bool,
    exact: IndexSet<String>,
    wild: Vec<Pattern>,
}

impl FieldSet {
    /// No field.
    pub fn new() -> FieldSet {
        FieldSet::default()
    }

    /// Every field, internal ones too.
    pub fn all() -> FieldSet {
        FieldSet { all: true, ..FieldSet::default() }
    }

    /// Adds one name, or a wildcard where it holds `*`; a lone `*` stands for the visible fields.
    pub fn insert(&mut self, name: &str) {
        if name == "*" {
            self.visible = true;
        } else if name.contains('*') {
            if !self.wild.iter().any(|p| p.text() == name) {
                self.wild.push(Pattern::case_sensitive(name));
            }
        } else if !self.exact.contains(name) {
            self.exact.insert(name.to_owned());
        }
    }

    /// Adds all that `other` holds.
    pub fn union(&mut self, other: &FieldSet) {
        self.all |= other.all;
        self.visible |= other.visible;
        for name in other.exact.iter().map(String::as_str) {
            self.insert(name);
        }
        for pattern in &other.wild {
            self.insert(pattern.text());
        }
    }

    /// Takes one exact name out, because a later stage makes that field itself. Has no effect on
    /// "all" or a wildcard that covers it: the set may be larger than needed, never smaller.
    pub fn remove(&mut self, name: &str) {
        self.exact.shift_remove(name);
    }

    /// Whether the field is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.all
            || (self.visible && !name.starts_with('_'))
            || self.exact.contains(name)
            || self.wild.iter().any(|p| p.is_match(name))
    }

    /// Whether the set can hold a field of the form `prefix.x` or `prefix{}...`. False is certain.
    pub fn may_contain_under(&self, prefix: &str) -> bool {
        let below = |name: &str| {
            let rest = name.strip_prefix(prefix);
            rest.is_some_and(|r| r.starts_with('.') || r.starts_with("{}"))
        };
        self.all
            || (self.visible && !prefix.starts_with('_'))
            || self.exact.iter().any(|n| below(n))
            || self.wild.iter().any(|p| p.may_match_after(prefix))
    }

    /// Whether it is the set of all fields.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether it holds all visible fields.
    pub fn has_visible(&self) -> bool {
        self.all || self.visible
    }

    /// Whether it is the set of all visible fields and nothing else.
    pub fn is_visible(&self) -> bool {
        self.visible && !self.all && self.exact.is_empty() && self.wild.is_empty()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        !self.has_visible() && self.exact.is_empty() && self.wild.is_empty()
    }

    /// Whether the field stands in it by its name or under a wildcard of its own, not only because
    /// all fields do.
    pub fn names(&self, name: &str) -> bool {
        self.exact().contains(name) || self.wildcards().iter().any(|p| p.is_match(name))
    }

    /// The names, where the set is made of exact names only.
    pub fn only_exact(&self) -> Option<&IndexSet<String>> {
        (!self.has_visible() && self.wild.is_empty()).then_some(&self.exact)
    }

    /// The exact names, whatever else is in the set.
    pub fn exact(&self) -> &IndexSet<String> {
        &self.exact
    }

    /// The wildcards.
    pub fn wildcards(&self) -> &[Pattern] {
        &self.wild
    }
}

impl<S: AsRef<str>> FromIterator<S> for FieldSet {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> FieldSet {
        let mut set = FieldSet::new();
        names.into_iter().for_each(|n| set.insert(n.as_ref()));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership() {
        let mut set: FieldSet = ["verb", "user.*", "verb"].into_iter().collect();
        assert!(set.contains("verb") && set.contains("user.name") && !set.contains("User.name"));
        assert!(!set.contains("user") && set.only_exact().is_none());
        assert!(set.may_contain_under("user") && !set.may_contain_under("users"));
        assert!(!set.may_contain_under("verb"));
        set.remove("verb");
        assert!(!set.contains("verb") && !set.is_empty());
        set.union(&["a{}.b", "user.*"].into_iter().collect());
        assert_eq!(set.wildcards().len(), 1);
        assert!(set.may_contain_under("a") && set.may_contain_under("a{}"));
        assert!(!set.may_contain_under("a{}.b"));
        set.union(&FieldSet::all());
        assert!(set.is_all() && set.contains("x") && set.may_contain_under("x"));
        let exact: FieldSet = ["b", "a"].into_iter().collect();
        assert_eq!(exact.only_exact().unwrap().iter().collect::<Vec<_>>(), ["b", "a"]);
        assert!(FieldSet::new().is_empty());
        let visible = FieldSet::from_iter(["*"]);
        assert!(visible.has_visible() && !visible.is_all() && visible.contains("x"));
        assert!(!visible.contains("_raw") && visible.only_exact().is_none());
        assert!(visible.may_contain_under("x") && !visible.may_contain_under("_x"));
    }
}
