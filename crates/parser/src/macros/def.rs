use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a text was read from, for error messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file's path as the user named it, or a name such as `<command line>`.
    pub file: Arc<str>,
    /// The whole file's text, so that a message can show the line.
    pub text: Arc<str>,
    /// Maps the search text to the file: for each line of the text, the byte offset in `text`
    /// where that line's content begins. Empty when the text is the whole file.
    pub lines: Arc<[usize]>,
}

/// One search macro.
///
/// Source: Splunk `macros.conf.spec`; ESCU's `macros/*.yml` have the same keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MacroDef {
    /// The name without its number of arguments: `kube_audit`.
    pub name: String,
    /// The arguments' names; `$name$` in the definition is replaced, even inside quotes.
    pub arguments: Vec<String>,
    /// The text that a call stands for, or an eval expression giving it (`iseval`).
    pub definition: String,
    /// The definition is an eval expression that gives the text.
    pub iseval: bool,
    /// An eval expression over the arguments that must hold.
    pub validation: Option<String>,
    /// What is said when `validation` does not hold.
    pub errormsg: Option<String>,
    /// Where the definition stands.
    pub origin: Origin,
}

/// The macros a search may call, by name and number of arguments: `f`, `f(1)` and `f(2)` are
/// three macros. A copy shares the definitions until one of the two changes.
#[derive(Clone, Debug, Default)]
pub struct MacroSet {
    map: Arc<BTreeMap<(String, usize), MacroDef>>,
}

impl MacroSet {
    /// No macros.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a macro; gives back the one of that name and number of arguments that it replaces.
    pub fn insert(&mut self, def: MacroDef) -> Option<MacroDef> {
        Arc::make_mut(&mut self.map).insert((def.name.clone(), def.arguments.len()), def)
    }

    /// The macro of this name and number of arguments.
    pub fn get(&self, name: &str, arguments: usize) -> Option<&MacroDef> {
        self.map.get(&(name.to_owned(), arguments))
    }

    /// All macros, sorted by name and number of arguments.
    pub fn iter(&self) -> impl Iterator<Item = &MacroDef> {
        self.map.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}
