//! A Markdown table (GitHub's form): members of a multivalue parted by `<br>`.

use super::escape::visible;
use super::table::is_numeric;
use crate::engine::Results;
use std::io::{self, Write};

/// Text that shows as it is, also in a cell of a table: nothing of it is markup, an HTML tag, or a
/// mention of a person or an issue.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let shown = visible(text, true);
    let mut before = ' ';
    let mut chars = shown.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("<br>"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '[' | ']' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            // within a word it is an address
            '@' if !before.is_alphanumeric() => out.push_str("\\@"),
            // inside a word an underscore is no emphasis
            '_' if !(before.is_alphanumeric()
                && chars.peek().is_some_and(|n| n.is_alphanumeric())) =>
            {
                out.push_str("\\_");
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

fn line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for cell in cells {
        write!(out, "| {cell} ")?;
    }
    out.write_all(b"|\n")
}

pub(super) fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    if results.columns.is_empty() {
        return Ok(());
    }
    line(results.columns.iter().map(|c| plain(c)), out)?;
    let rule = (0..results.columns.len())
        .map(|i| if is_numeric(results, i) { "---:".to_owned() } else { "---".to_owned() });
    line(rule, out)?;
    for row in &results.rows {
        line(row.iter().map(|v| plain(&v.text())), out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_would_be_markup_is_text() {
        assert_eq!(plain("a|b <c> `d`\n*"), r"a\|b &lt;c&gt; \`d\`<br>\*");
        assert_eq!(plain("@bob #1 eve@x.org"), r"\@bob \#1 eve@x.org");
        assert_eq!(plain("_a_b_ ~c~ &lt; \u{202e}"), r"\_a_b\_ \~c\~ &amp;lt; \\u{202e}");
    }
}
