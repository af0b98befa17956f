//! Cases of the Search Manual's "Wildcards" page and of the sources named beside them.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

#[test]
fn matches() {
    for (pattern, text, want) in [
        // "my*" matches myhost1 and myhost.ny.mydomain.com
        ("my*", "myhost1", true),
        ("my*", "myhost.ny.mydomain.com", true),
        ("my*", "amyhost", false),
        ("*host", "yourhost", true),
        ("*host", "host1", false),
        ("*host*", "yourhost27.yourdomain.com", true),
        ("*host*", "HOST", true),
        ("a*c", "ac", true),
        ("a*c", "abcb", false),
        ("ab*ba", "aba", false),
        ("*ab*ab*", "ab-ab", true),
        ("*ab*ab*", "aab", false),
        ("a**c", "axc", true),
        ("*", "", true),
        ("**", "x", true),
        ("", "", true),
        ("", "x", false),
        ("Pulling image*", "pULLING IMAGE \"nginx\"", true),
        // rule 6: in `search`, = compares text
        ("1", "1.0", false),
        // rule 11: a star cannot be escaped
        (r"\*", r"\*", true),
        (r"*\windows\*", r"C:\Windows\Temp", true),
        (r"*\windows\*", r"C:\Windows", false),
        ("*É*", "caf\u{e9}", true),
        ("straße", "STRASSE", false),
        ("straße", "STRAẞE", true),
        ("kelvin", "\u{212A}elvin", true),
        ("*kelvi*", "x\u{212A}elvin", true),
        ("*ss*", "\u{17F}S", true),
        ("σ*", "ς", true),
        ("*\u{FFFD}*", "a\u{FFFD}b", true),
    ] {
        assert_eq!(Pattern::new(pattern).is_match(text), want, "{pattern} on {text}");
    }
}

#[test]
fn case_sensitive_and_literal() {
    assert!(Pattern::case_sensitive("User*").is_match("Username"));
    assert!(!Pattern::case_sensitive("User*").is_match("username"));
    assert!(!Pattern::case_sensitive("*É").is_match("é"));
    assert!(Pattern::literal("a*").is_match("A*"));
    assert!(!Pattern::literal("a*").is_match("ab"));
    assert!(Pattern::new("*\u{FFFD}*s").is_match_bytes(b"a\xFF-S"));
}

#[test]
fn needle_is_the_longest_part() {
    assert_eq!(Pattern::new("a*Pulling*bc").needle(), Some("Pulling"));
    assert_eq!(Pattern::new("**").needle(), None);
    assert_eq!(Pattern::new("x").needle(), Some("x"));
    assert!(Pattern::new("**").is_any() && !Pattern::new("").is_any());
}

#[test]
fn prefixes() {
    let p = Pattern::case_sensitive("user.*.name");
    assert!(p.may_match_after("user") && p.may_match_after("user.x") && !p.may_match_after("u2"));
    assert!(!Pattern::case_sensitive("user").may_match_after("user"));
    assert!(Pattern::case_sensitive("user").may_match_after("us"));
    assert!(Pattern::case_sensitive("*x").may_match_after("us"));
}

/// 200 stars on 1 MiB, built to make backtracking explode.
#[test]
fn linear_time() {
    let text = "a".repeat(1 << 20);
    // an unoptimised build gets ten times the 50 ms that a release build must keep
    let limit = if cfg!(debug_assertions) { 3000 } else { 50 };
    for part in ["a*", "aa*", "*aaaaaaaab", "*aaaaaaaab*", "*A*k*", "*é*", "*aé*"] {
        for pattern in [Pattern::new(&part.repeat(200)), Pattern::case_sensitive(&part.repeat(200))]
        {
            let start = Instant::now();
            pattern.is_match(&format!("{text}b"));
            let wide = format!("é{text}");
            pattern.is_match(&wide);
            let took = start.elapsed().as_millis();
            assert!(took < limit, "{part}: {took} ms");
        }
    }
}

/// The obvious matcher, by dynamic programming over folded characters.
fn slow(pattern: &str, text: &str) -> bool {
    let t: Vec<char> = fold_str(text).chars().collect();
    let mut row = vec![false; t.len() + 1];
    row[0] = true;
    for p in fold_str(pattern).chars() {
        let mut next = vec![false; t.len() + 1];
        for i in 0..=t.len() {
            next[i] = if p == '*' {
                row[i] || (i > 0 && next[i - 1])
            } else {
                i > 0 && row[i - 1] && t[i - 1] == p
            };
        }
        row = next;
    }
    row[t.len()]
}

proptest! {
    #[test]
    fn agrees_with_dynamic_programming(p in "[abKsé\\*]{0,8}", t in "[abkKsſ\u{212A}éÉ]{0,12}") {
        prop_assert_eq!(Pattern::new(&p).is_match(&t), slow(&p, &t));
    }
}
