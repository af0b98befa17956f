//! Events are written by anyone: what they hold must not drive the terminal that shows them.

use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Whether a character would move the cursor, colour, retitle or reorder a terminal's text: C0 and
/// C1 controls, DEL, and the invisible characters that change the direction of text or hide it.
pub fn is_hostile(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text with every such character written as an escape (`\t`, `\x1b`, `\u{202e}`). Newlines
/// stay where `newlines` is true.
pub fn visible(s: &str, newlines: bool) -> Cow<'_, str> {
    if !s.chars().any(|c| is_hostile(c) && !(newlines && c == '\n')) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 8);
    for c in s.chars() {
        match c {
            '\n' if newlines => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_hostile(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
        }
    }
    Cow::Owned(out)
}

/// JSON text in which the controls that JSON lets stand (DEL, C1, directions) are escaped too. The
/// value is the same.
pub fn json_visible(json: &str) -> Cow<'_, str> {
    let bad = |c: char| is_hostile(c) && (c as u32) > 0x1f;
    if !json.contains(bad) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if bad(c) {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The columns that a character takes on a terminal.
pub fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The columns that a text takes on a terminal.
pub fn width(s: &str) -> usize {
    if s.is_ascii() { s.len() } else { s.chars().map(char_width).sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_drive_the_terminal() {
        assert_eq!(visible("a\x1b]0;owned\x07b\u{9b}31m", false), "a\\x1b]0;owned\\x07b\\x9b31m");
        assert_eq!(visible("txt.\u{202e}exe", false), "txt.\\u{202e}exe");
        assert_eq!(visible("a\nb\tc", true), "a\nb\\tc");
        assert!(matches!(visible("plain ü 日本", false), Cow::Borrowed(_)));
    }

    #[test]
    fn escaped_json_has_the_same_value() {
        let value = serde_json::json!({"a": "x\u{9b}y\u{202e}z\u{e0001}\x1b"});
        let text = value.to_string();
        let shown = json_visible(&text);
        assert!(!shown.chars().any(is_hostile), "{shown}");
        let back: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(back, value);
    }
}
