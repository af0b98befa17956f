//! Unicode simple case folding.

/// The character that stands for all letter-case variants of `c` (one to one: `ß` stays `ß`).
pub fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    // the dotted and dotless i of Turkish fold to themselves outside Turkish; a few letters have
    // single folds that the standard library's full mappings do not show
    match c {
        'İ' | 'ı' => return c,
        '\u{1FD3}' => return '\u{390}',
        '\u{1FE3}' => return '\u{3B0}',
        '\u{FB05}' => return '\u{FB06}',
        _ => {}
    }
    let upper = single(c.to_uppercase()).unwrap_or(c);
    single(upper.to_lowercase()).unwrap_or(upper)
}

fn single(mut it: impl Iterator<Item = char>) -> Option<char> {
    let first = it.next();
    if it.next().is_some() { None } else { first }
}

/// Each character of `s` folded.
pub fn fold_str(s: &str) -> String {
    if s.is_ascii() {
        return s.to_ascii_lowercase();
    }
    s.chars().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The regex crate folds by the Unicode tables (of an older version: only settled blocks).
    #[test]
    fn agrees_with_the_unicode_tables() {
        for c in ('\u{80}'..'\u{2E00}').filter(|&c| fold(c) != c) {
            let class = format!("(?i)^{}$", regex::escape(&c.to_string()));
            let re = regex::Regex::new(&class).unwrap();
            assert!(re.is_match(&fold(c).to_string()), "{c:?} U+{:X}", c as u32);
        }
        for c in "kKKsſSµμΜσςΣßẞÉéΩΩ".chars() {
            for d in "kKKsſSµμΜσςΣßẞÉéΩΩ".chars() {
                let re = regex::Regex::new(&format!("(?i)^{c}$")).unwrap();
                assert_eq!(re.is_match(&d.to_string()), fold(c) == fold(d), "{c} {d}");
            }
        }
    }
}
