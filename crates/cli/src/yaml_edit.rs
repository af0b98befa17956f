//! Replacing the search of a detection's YAML without touching another byte of the file.

/// The indent of a search that was not in a block before.
const INDENT: &str = "    ";

/// Where the top-level key `search` and its value stand: the whole lines, without the blank lines
/// that part it from the next key.
fn extent(text: &str) -> Option<std::ops::Range<usize>> {
    let mut start = None;
    let mut end = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        let bare = line.trim_end();
        if start.is_some() {
            if !bare.is_empty() {
                if !line.starts_with([' ', '\t']) {
                    break;
                }
                end = next;
            }
        } else if is_search_key(bare) {
            start = Some(at);
            end = next;
        }
        at = next;
    }
    Some(start?..end)
}

fn is_search_key(line: &str) -> bool {
    ["search:", "\"search\":", "'search':"].iter().any(|key| {
        line.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

/// The file's text with `search` in place of the old one, as a literal block with the old one's
/// indent; none where the place cannot be told (a mapping in braces). The caller reads the result
/// again and compares.
pub fn replace_search(text: &str, search: &str) -> Option<String> {
    let range = extent(text)?;
    let old = &text[range.clone()];
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let (first, rest) = old.split_once('\n').unwrap_or((old, ""));
    let first = first.trim_end();
    let colon = first.find(':')?;
    let header = first[colon + 1..].trim();
    let literal = header.starts_with('|')
        && !header[1..].split('#').next().is_some_and(|h| h.contains(|c: char| c.is_ascii_digit()));
    let (head, indent) = if literal {
        let content = rest.lines().find(|l| !l.trim().is_empty());
        let indent = content.map_or(INDENT, |l| &l[..l.len() - l.trim_start_matches(' ').len()]);
        (first.to_owned(), if indent.is_empty() { INDENT } else { indent })
    } else {
        (format!("{}: |-", &first[..colon]), INDENT)
    };
    let mut out = String::with_capacity(text.len() + search.len());
    out.push_str(&text[..range.start]);
    out.push_str(&head);
    out.push_str(newline);
    for line in search.trim_end().lines() {
        let line = line.trim_end();
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
        out.push_str(newline);
    }
    out.push_str(&text[range.end..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_header_and_indent() {
        let old = "name: x\nsearch: |-\n  `m` a=1\n    | head\n\ntests: []\n";
        let new = replace_search(old, "`m` a=1\n| head").unwrap();
        assert_eq!(new, "name: x\nsearch: |-\n  `m` a=1\n  | head\n\ntests: []\n");
        assert_eq!(replace_search(&new, "`m` a=1\n| head").unwrap(), new);
    }

    #[test]
    fn plain_quoted_and_folded_values_become_blocks() {
        for old in [
            "search: '`m` a=1 | head'\nid: 1\n",
            "search: `m` a=1\n  | head\nid: 1\n",
            "search: >-\n  `m` a=1\n  | head\nid: 1\n",
            "search: |2-\n  `m` a=1\n  | head\nid: 1\n",
        ] {
            let new = replace_search(old, "`m` a=1\n| head").unwrap();
            assert_eq!(new, "search: |-\n    `m` a=1\n    | head\nid: 1\n", "{old}");
        }
    }

    #[test]
    fn line_ends_and_the_last_key_are_kept() {
        let new = replace_search("id: 1\r\nsearch: |\r\n  a\r\n", "a\n| head").unwrap();
        assert_eq!(new, "id: 1\r\nsearch: |\r\n  a\r\n  | head\r\n");
        assert_eq!(replace_search("{search: a}", "a"), None);
    }
}
