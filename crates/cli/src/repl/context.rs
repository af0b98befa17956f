//! What the cursor stands in.

/// Where in a search the cursor stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Context<'a> {
    /// Inside a double-quoted text.
    Text,
    /// Inside a comment.
    Comment,
    /// In a macro's name, after its opening backtick at this offset.
    Macro(usize),
    /// In a command's name that begins at this offset.
    Command(usize),
    /// In the arguments of a command.
    Arguments {
        /// The command's name as typed; `search` where implied.
        command: &'a str,
        /// From the command's name on.
        stage: &'a str,
    },
}

/// Reads the text before the cursor.
pub fn of(before: &str) -> Context<'_> {
    let bytes = before.as_bytes();
    let mut stage = 0;
    // the stage begins after a pipe or a bracket, so a command's name must follow
    let mut piped = false;
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i..].starts_with(b"```") {
            match before[i + 3..].find("```") {
                Some(n) => i += n + 6,
                None => return Context::Comment,
            }
            continue;
        }
        match bytes[i] {
            b'"' => match closing_quote(&bytes[i + 1..]) {
                Some(n) => i += n + 1,
                None => return Context::Text,
            },
            b'`' => match before[i + 1..].find('`') {
                Some(n) => i += n + 1,
                None => return Context::Macro(i + 1),
            },
            b'|' | b'[' => {
                stage = i + 1;
                piped = true;
            }
            _ => {}
        }
        i += 1;
    }
    let text = &before[stage..];
    let start = stage + (text.len() - text.trim_start().len());
    let text = &before[start..];
    let word = text.len() - text.trim_start_matches(is_name).len();
    if !piped {
        return Context::Arguments { command: "search", stage: text };
    }
    if word == text.len() {
        return Context::Command(start);
    }
    Context::Arguments { command: &text[..word], stage: text }
}

fn closing_quote(bytes: &[u8]) -> Option<usize> {
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'"' => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The offset of the word that ends at the cursor: a field's or function's name, or an option's.
pub fn word_start(before: &str) -> usize {
    let part = |c: char| is_name(c) || matches!(c, '.' | '{' | '}' | ':');
    before.char_indices().rev().take_while(|(_, c)| part(*c)).last().map_or(before.len(), |(i, _)| i)
}

/// The function whose opening bracket the cursor stands right behind.
pub fn open_call(before: &str) -> Option<&str> {
    let name = before.strip_suffix('(')?;
    let start = name.char_indices().rev().take_while(|(_, c)| is_name(*c)).last()?.0;
    Some(&name[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_knows_where_it_is() {
        assert_eq!(of("a=1 | st"), Context::Command(6));
        assert_eq!(of("|"), Context::Command(1));
        assert_eq!(of("`kube"), Context::Macro(1));
        assert_eq!(of("x=\"a | b"), Context::Text);
        assert_eq!(of("``` why"), Context::Comment);
        assert_eq!(of("ver"), Context::Arguments { command: "search", stage: "ver" });
        assert_eq!(
            of("x=\"a\\\" | b\" | eval y=[ search z | eval q=le"),
            Context::Arguments { command: "eval", stage: "eval q=le" }
        );
        assert_eq!(of("| append [ se"), Context::Command(11));
        assert_eq!(word_start("stats count by user.groups{"), 15);
        assert_eq!(word_start("ü b "), 5);
        assert_eq!(open_call("| eval x=substr("), Some("substr"));
        assert_eq!(open_call("| eval x=("), None);
    }
}
