//! Which commands and functions a search uses, from its tokens: also of a search that does not
//! parse, and of commands whose syntax is not known.

use sepal_exec::{aggregates, commands, functions};
use sepal_parser::names::{CONVERT_FUNCTIONS, is_eval_function};
use sepal_parser::{TokenClass, tokens};
use std::collections::BTreeSet;

/// What kind of name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A command.
    Command,
    /// An eval function.
    Function,
    /// A stats function.
    StatsFunction,
    /// A conversion of `convert`.
    Conversion,
}

/// What becomes of a command or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Neither known to Splunk's reference nor here.
    Unknown,
    /// Splunk's, and not here.
    Unsupported,
    /// Not here on purpose.
    Refused,
    /// Here.
    Supported,
}

impl State {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            State::Unknown => "unknown",
            State::Unsupported => "unsupported",
            State::Refused => "refused",
            State::Supported => "supported",
        }
    }
}

/// A command or function by its name in the registry, or as typed in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

impl Use {
    /// As messages name it: `command tstats`.
    pub fn label(&self) -> String {
        let kind = match self.kind {
            Kind::Command => "command",
            Kind::Function => "function",
            Kind::StatsFunction => "stats function",
            Kind::Conversion => "conversion",
        };
        format!("{kind} {}", self.name)
    }

    /// Whether Sepal has it.
    pub fn state(&self) -> State {
        let name = self.name.as_str();
        let (here, refused, known) = match self.kind {
            Kind::Command => (
                commands::find(name).is_some(),
                commands::refused(name).is_some(),
                sepal_parser::names::is_command(name),
            ),
            Kind::Function => (
                functions::find(name).is_some(),
                functions::refused(name).is_some(),
                is_eval_function(name),
            ),
            Kind::StatsFunction => (aggregates::find(name).is_some(), false, true),
            Kind::Conversion => (true, false, true),
        };
        match (here, refused, known) {
            (true, _, _) => State::Supported,
            (_, true, _) => State::Refused,
            (_, _, true) => State::Unsupported,
            _ => State::Unknown,
        }
    }
}

/// Commands whose functions are stats functions.
const STATS: &[&str] = &[
    "chart",
    "eventstats",
    "geostats",
    "mstats",
    "sichart",
    "sistats",
    "sitimechart",
    "stats",
    "streamstats",
    "timechart",
    "tstats",
];

/// Commands whose functions are eval functions.
const EVAL: &[&str] = &["eval", "fieldformat", "search", "where"];

/// A pipeline that is open at a token.
#[derive(Default)]
struct Open {
    command: String,
    /// For each open parenthesis whether it is that of `eval(...)`.
    parens: Vec<bool>,
    /// After BY or AS, where a name is that of a field.
    names: bool,
}

/// Adds what a macro-expanded text uses.
pub fn census(text: &str, uses: &mut BTreeSet<Use>) {
    let mut open = vec![Open { command: "search".into(), ..Open::default() }];
    let mut last = "";
    for (span, class) in tokens(text) {
        let piece = text.get(span.range()).unwrap_or_default();
        let nested = open.len() > 1;
        let Some(here) = open.last_mut() else { return };
        let lower = || piece.to_ascii_lowercase();
        match class {
            TokenClass::Command => {
                let name = lower();
                let known = commands::find(&name).map(|c| c.name.to_owned());
                let name = known.unwrap_or(name);
                *here = Open { command: name.clone(), ..Open::default() };
                uses.insert(Use { kind: Kind::Command, name });
            }
            TokenClass::Pipe => here.parens.clear(),
            TokenClass::Bracket => match piece {
                "[" => open.push(Open { command: "search".into(), ..Open::default() }),
                "]" if nested => drop(open.pop()),
                "(" => here.parens.push(last.eq_ignore_ascii_case("eval")),
                ")" => drop(here.parens.pop()),
                _ => {}
            },
            TokenClass::Keyword => here.names = matches!(lower().as_str(), "by" | "as" | "over"),
            TokenClass::Function => uses.extend(function(here, lower())),
            TokenClass::Plain | TokenClass::Field => {
                // the one stats function that stands without parentheses
                if !here.names && lower() == "count" && STATS.contains(&here.command.as_str()) {
                    uses.extend(function(here, lower()));
                }
                if piece != "," {
                    here.names &= last.eq_ignore_ascii_case("by");
                }
            }
            _ => {}
        }
        last = piece;
    }
}

/// What a name before a parenthesis is.
fn function(here: &Open, name: String) -> Option<Use> {
    let command = here.command.as_str();
    let inside = here.parens.iter().any(|eval| *eval);
    if command == "convert" {
        let known = CONVERT_FUNCTIONS.binary_search(&name.as_str()).is_ok();
        return known.then_some(Use { kind: Kind::Conversion, name });
    }
    if STATS.contains(&command) && !inside {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let spec = aggregates::find(&name).or_else(|| aggregates::find(stem));
        let known = sepal_parser::names::STATS_FUNCTIONS.binary_search(&stem).is_ok();
        let name = match spec {
            Some(spec) => spec.name.to_owned(),
            None if known => stem.to_owned(),
            None => return None,
        };
        return Some(Use { kind: Kind::StatsFunction, name });
    }
    if !inside && !EVAL.contains(&command) {
        return None;
    }
    if let Some(spec) = functions::find(&name) {
        return Some(Use { kind: Kind::Function, name: spec.name.to_owned() });
    }
    is_eval_function(&name).then_some(Use { kind: Kind::Function, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        let mut uses = BTreeSet::new();
        census(text, &mut uses);
        uses.iter().map(Use::label).collect()
    }

    #[test]
    fn commands_by_their_own_names_also_inside_brackets() {
        assert_eq!(
            labels(
                "| tstats count FROM datamodel=X BY _time span=1h | bucket _time | append [search a | head 1]"
            ),
            [
                "command append",
                "command bin",
                "command head",
                "command search",
                "command tstats",
                "stats function count"
            ]
        );
    }

    #[test]
    fn functions_by_where_they_stand() {
        assert_eq!(
            labels(
                "* | stats count(eval(match(x, \"a\"))) AS sum, perc95(y) c(z) max(w) BY count \
                 | eval m = max(1, len(a)) | convert ctime(t)"
            ),
            [
                "command convert",
                "command eval",
                "command stats",
                "function len",
                "function match",
                "function max",
                "stats function count",
                "stats function max",
                "stats function perc",
                "conversion ctime"
            ]
        );
    }

    #[test]
    fn texts_comments_and_fields_are_no_uses() {
        assert_eq!(labels(r#"a="| stats dc(x)" ``` | head ``` max (b) TERM(c)"#), [""; 0]);
        assert_eq!(labels("* | stats dc(x) AS count"), ["command stats", "stats function dc"]);
    }

    #[test]
    fn states() {
        let state = |kind, name: &str| Use { kind, name: name.to_owned() }.state();
        assert_eq!(state(Kind::Command, "stats"), State::Supported);
        assert_eq!(state(Kind::Command, "sendemail"), State::Refused);
        assert_eq!(state(Kind::Command, "nonsense"), State::Unknown);
        assert_eq!(state(Kind::Function, "len"), State::Supported);
        assert_eq!(state(Kind::StatsFunction, "dc"), State::Supported);
    }
}
