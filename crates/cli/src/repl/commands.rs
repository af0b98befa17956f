//! The `:commands` of the prompt.

/// One of them.
pub struct Meta {
    /// Its name without the colon.
    pub name: &'static str,
    /// Its arguments, as hints and `:help` show them.
    pub arguments: &'static str,
    /// What it does.
    pub summary: &'static str,
}

/// All, sorted by name.
pub static META: &[Meta] = &[
    Meta { name: "explain", arguments: "SPL", summary: "show how a search would run" },
    Meta {
        name: "fields",
        arguments: "[PATTERN]",
        summary: "the fields of the events (a sample), with how often and an example",
    },
    Meta {
        name: "format",
        arguments: "table|json|ndjson|csv|md|raw",
        summary: "how rows are shown",
    },
    Meta {
        name: "help",
        arguments: "[TOPIC]",
        summary: "this list, or help on a command or function",
    },
    Meta { name: "load", arguments: "FILE...", summary: "read more files or folders of events" },
    Meta { name: "macros", arguments: "[NAME]", summary: "the macros, or the text of one" },
    Meta { name: "quit", arguments: "", summary: "leave; so does Ctrl-D" },
    Meta { name: "run", arguments: "FILE", summary: "run a detection or a file of SPL" },
    Meta {
        name: "save",
        arguments: "FILE",
        summary: "write the last rows, all of them, in the format of the file's ending",
    },
    Meta { name: "set", arguments: "MACRO=DEFINITION", summary: "define a macro" },
    Meta { name: "sources", arguments: "", summary: "the files of events" },
    Meta {
        name: "time",
        arguments: "[EARLIEST [LATEST] | all]",
        summary: "the time range of the searches, such as -24h@h now",
    },
];

/// The words of a line; those with blanks stand in quotes, and a backslash takes the next
/// character as it is (file name completion writes `a\ b`).
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('\\', None) => word.get_or_insert_default().extend(chars.next()),
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_be_quoted() {
        assert_eq!(words(" a 'b c' d\\ e \"f\"g"), ["a", "b c", "d e", "fg"]);
        assert_eq!(words("\"\" x"), ["", "x"]);
    }

    #[test]
    fn commands_are_sorted() {
        assert!(META.is_sorted_by_key(|m| m.name));
    }
}
