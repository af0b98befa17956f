use super::*;
use proptest::prelude::*;

fn found(pattern: &str, text: &str) -> Option<String> {
    let re = SplRegex::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
    let r = re.find_at(text, 0).unwrap()?;
    Some(text[r].to_owned())
}

#[test]
fn pcre_dialect() {
    for (pattern, text, want) in [
        // blanks, newlines, escapes that PCRE takes for the character
        (r"a\hb", "a\tb", Some("a\tb")),
        (r"[\h]+", " \t", Some(" \t")),
        (r"a\Rb", "a\r\nb", Some("a\r\nb")),
        (r"\/etc\/passwd", "/etc/passwd", Some("/etc/passwd")),
        (r"a\_b\-c\:d\=e\@f\<g\>h\#i\&j", "a_b-c:d=e@f<g>h#i&j", Some("a_b-c:d=e@f<g>h#i&j")),
        (r"\e\[0m", "\u{1b}[0m", Some("\u{1b}[0m")),
        (r"\x41\x{42}\103\cI", "ABC\t", Some("ABC\t")),
        (r"\x41\x{42}\0103\cI", "AB\u{8}3\t", Some("AB\u{8}3\t")),
        (r"\Qa.b*\E+", "a.b**", Some("a.b**")),
        // braces and brackets that are literals
        (r"{abc}", "{abc}", Some("{abc}")),
        (r"x{,3}", "x{,3}", Some("x{,3}")),
        (r"a{2}", "aaa", Some("aa")),
        (r"a]b", "a]b", Some("a]b")),
        (r"[]a]+", "]a", Some("]a")),
        (r"[^]a]+", "]ab", Some("b")),
        (r"[[]x[]]", "[x]", Some("[x]")),
        (r"[a&&b~~c]+", "&~", Some("&~")),
        (r"[\w-.]+", "a-b.c", Some("a-b.c")),
        (r"[\w.-]+", "a-b.c", Some("a-b.c")),
        (r"[A-Z|\d]+", "A|1", Some("A|1")),
        (r"[[:alpha:]_]+", "ab_1", Some("ab_")),
        (r"[a\]b]+", "a]b", Some("a]b")),
        (r"[\\/]+", r"\/", Some(r"\/")),
        // ASCII classes as PCRE has them
        (r"\w+", "é1", Some("1")),
        (r"\d", "٣", None),
        (r"\bcat\b", "a cat.", Some("cat")),
        // flags in the middle, comments, names
        (r"ab(?i)cd", "abCD", Some("abCD")),
        (r"(?i:ab)cd", "ABcd", Some("ABcd")),
        (r"a(?#comment)b", "ab", Some("ab")),
        (r"(?'n'x)(?<m>y)(?P<o>z)", "xyz", Some("xyz")),
        (
            r"(?x) a  b # c
           d",
            "abd",
            Some("abd"),
        ),
        // the backtracking engine
        (r"foo(?=bar)", "foobar", Some("foo")),
        (r"(?<!a)b", "ab bb", Some("b")),
        (r"(a)\1", "aa", Some("aa")),
        (r"(?<q>['\x22])x\k<q>", "'x'", Some("'x'")),
        (r"a++b", "aaab", Some("aaab")),
        (r"a++a", "aaa", None),
        (r"(?>a+)a", "aaa", None),
        (r"end\Z", "end\n", Some("end")),
    ] {
        assert_eq!(found(pattern, text).as_deref(), want, "{pattern} on {text:?}");
    }
}

#[test]
fn wrong_patterns_say_what_is_wrong() {
    for (pattern, what) in [
        ("(", "unclosed group"),
        ("a)", "unopened group"),
        ("[a", "a character class `[` is not closed"),
        ("*a", "`*` has nothing to repeat"),
        ("(?<1a>x)", "`1a` is no name of a group: letters, digits and `_`, no digit first"),
        ("a\\", "the pattern ends in a single backslash"),
        ("(?R)", "recursion in a pattern is not supported"),
        ("(?|a|b)", "branch reset `(?|` is not supported"),
        ("(\\w{1000}){1000}", "the pattern is too large"),
        ("[z-a]", "invalid character class range, the start must be <= the end"),
    ] {
        assert_eq!(SplRegex::new(pattern).unwrap_err(), what, "{pattern}");
    }
}

#[test]
fn the_step_limit_is_an_error_not_an_answer() {
    let re = SplRegex::new(r"^(a|aa)+\1$").unwrap();
    assert!(re.backtracks());
    let text = format!("{}b", "a".repeat(200));
    assert!(matches!(re.is_match(&text), Err(GaveUp::Steps(_))));
}

#[test]
fn groups_have_names_and_places() {
    let re = SplRegex::new(r"(?<user>\w+)@(?<host>\w+)(:\d+)?").unwrap();
    assert_eq!(re.named_groups().collect::<Vec<_>>(), [(1, "user"), (2, "host")]);
    let text = "a@b, c@d:1";
    let all = re.captures_all(text, usize::MAX).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!((all[1].text(text, 1), all[0].range(3)), (Some("c"), None));
    assert_eq!(all[1].whole(), 5..10);
    assert_eq!(re.captures_all(text, 1).unwrap().len(), 1);
}

#[test]
fn empty_matches_move_on() {
    let re = SplRegex::new("x*").unwrap();
    assert_eq!(re.replace("aéx", &Template::literal("-"), usize::MAX).unwrap(), "-a-é--");
    assert_eq!(re.captures_all("é", usize::MAX).unwrap().len(), 2);
}

#[test]
fn templates() {
    let re = SplRegex::new(r"^(\d{1,2})/(\d{1,2})/").unwrap();
    for (template, want) in [
        (r"\2/\1/", "14/1/2023"),
        (r"\0", "1/14/2023"),
        (r"\\1", r"\12023"),
        (r"\3\9x", "x2023"),
        (r"$1\n", r"$1\n2023"),
        (r"\12", "122023"),
    ] {
        let t = Template::new(template, re.groups());
        assert_eq!(re.replace("1/14/2023", &t, usize::MAX).unwrap(), want, "{template}");
    }
}

#[test]
fn a_replacement_cannot_grow_without_bounds() {
    let re = SplRegex::new("a").unwrap();
    let t = Template::literal(&"x".repeat(1 << 20));
    assert!(matches!(re.replace(&"a".repeat(100), &t, usize::MAX), Err(GaveUp::Size(_))));
}

proptest! {
    #[test]
    fn any_pattern_compiles_or_says_why(pattern in r"[\\\[\](){}?*+|^$.:<>=!a-c0-9,\-&#éxQEkgpPZbwdh]{0,24}", text in "[a-c0-9\\[\\]é \n]{0,16}") {
        match SplRegex::new(&pattern) {
            Ok(re) => {
                let _ = re.is_match(&text);
                let _ = re.captures_all(&text, 10);
                let _ = re.replace(&text, &Template::new(r"<\1>", re.groups()), 10);
            }
            Err(e) => prop_assert!(!e.is_empty()),
        }
    }

    #[test]
    fn any_text_is_no_panic(pattern in ".{0,24}", text in ".{0,16}") {
        if let Ok(re) = SplRegex::new(&pattern) {
            let _ = re.is_match(&text);
        }
    }
}
