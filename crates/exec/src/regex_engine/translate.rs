mod class;

use std::iter::Peekable;
use std::str::Chars;

/// The dialect to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Linear,
    Backtracking,
}

#[derive(Debug)]
pub(super) struct Translated {
    pub pattern: String,
    /// Whether only the backtracking engine can run it.
    pub backtracks: bool,
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = "\\t-\\r\\x20";
const BLANK: &str = "\\t\\x20\\x{A0}";
const VERTICAL: &str = "\\x0A-\\x0D\\x{85}\\x{2028}\\x{2029}";
const NEWLINE: &str = "(?:\\r\\n|[\\x0A-\\x0D\\x{85}\\x{2028}\\x{2029}])";

/// Rewrites a PCRE pattern. What differs between the dialects:
/// `\d \w \s \b` are ASCII, `\h \H \v \V \R \N \e \Z \Q..\E \cX` and octal escapes exist, a needless
/// escape is the character itself, `{` that begins no quantifier, `]` at a class's start and `[`
/// inside a class are literals, `&&` and `--` in a class have no meaning, names come as `(?'n'..)`.
///
/// # Errors
/// What PCRE refuses too, or what neither engine has (recursion, branch reset).
pub(super) fn translate(pattern: &str, target: Target) -> Result<Translated, String> {
    let mut t = Translator {
        chars: strip_verbs(pattern).chars().peekable(),
        out: String::with_capacity(pattern.len() + 16),
        target,
        backtracks: false,
        extended: false,
    };
    t.run()?;
    Ok(Translated { pattern: t.out, backtracks: t.backtracks })
}

/// Leading `(*UTF8)` and the like only choose options that are always on.
fn strip_verbs(mut p: &str) -> &str {
    for verb in ["(*UTF8)", "(*UTF)", "(*UCP)", "(*ANYCRLF)"].repeat(2) {
        p = p.strip_prefix(verb).unwrap_or(p);
    }
    p
}

struct Translator<'p> {
    chars: Peekable<Chars<'p>>,
    out: String,
    target: Target,
    backtracks: bool,
    extended: bool,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), String> {
        // whether something stands before that a quantifier can repeat, and whether that was a
        // quantifier itself
        let (mut atom, mut quantified) = (false, false);
        while let Some(c) = self.chars.next() {
            let was_quantified = std::mem::take(&mut quantified);
            match c {
                '\\' => {
                    self.escape()?;
                    atom = true;
                }
                '[' => {
                    self.class()?;
                    atom = true;
                }
                '(' => {
                    self.group()?;
                    atom = false;
                }
                ')' => {
                    self.out.push(')');
                    atom = true;
                }
                '|' => {
                    self.out.push('|');
                    atom = false;
                }
                '*' | '?' | '+' if was_quantified => {
                    if c == '+' {
                        self.backtracks = true;
                    }
                    self.out.push(c);
                }
                '*' | '?' | '+' => {
                    if !atom {
                        return Err(format!("`{c}` has nothing to repeat"));
                    }
                    self.out.push(c);
                    quantified = true;
                }
                '{' => match self.counted() {
                    Some(q) if atom => {
                        self.out.push_str(&q);
                        quantified = true;
                    }
                    _ => {
                        self.out.push_str("\\{");
                        atom = true;
                    }
                },
                '}' | ']' => {
                    self.out.push('\\');
                    self.out.push(c);
                    atom = true;
                }
                '#' if self.extended => {
                    for c in self.chars.by_ref() {
                        if c == '\n' {
                            break;
                        }
                    }
                }
                c => {
                    self.out.push(c);
                    atom = !(self.extended && c.is_whitespace()) || atom;
                }
            }
        }
        Ok(())
    }

    /// `n}`, `n,}` or `n,m}` after an opening brace; taken only if complete.
    fn counted(&mut self) -> Option<String> {
        let mut ahead = self.chars.clone();
        let mut q = String::from("{");
        let (mut digits, mut comma) = (0, false);
        loop {
            match ahead.next()? {
                c @ '0'..='9' => {
                    digits += usize::from(!comma);
                    q.push(c);
                }
                ',' if !comma && digits > 0 => {
                    comma = true;
                    q.push(',');
                }
                '}' if digits > 0 => {
                    q.push('}');
                    self.chars = ahead;
                    return Some(q);
                }
                _ => return None,
            }
        }
    }

    fn literal(&mut self, c: char) {
        if !c.is_alphanumeric() && c.is_ascii() && !c.is_whitespace() && !c.is_control() {
            if !matches!(
                c,
                '<' | '>' | '_' | '/' | '"' | '\'' | '`' | '!' | '%' | ',' | ':' | ';' | '=' | '@'
            ) {
                self.out.push('\\');
            }
            self.out.push(c);
        } else if c.is_control() || c.is_whitespace() {
            self.out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
        } else {
            self.out.push(c);
        }
    }

    /// A class escape such as `\d`: what stands in a class, and whether it is negated.
    fn shorthand(c: char) -> Option<(&'static str, bool)> {
        Some(match c {
            'd' => (DIGIT, false),
            'D' => (DIGIT, true),
            'w' => (WORD, false),
            'W' => (WORD, true),
            's' => (SPACE, false),
            'S' => (SPACE, true),
            'h' => (BLANK, false),
            'H' => (BLANK, true),
            'v' => (VERTICAL, false),
            'V' => (VERTICAL, true),
            'N' => ("\\n", true),
            _ => return None,
        })
    }

    /// A character escape: `\n`, `\x41`, `\x{41}`, `\012`, `\cA`, `\e`. The letter is taken already.
    fn character(&mut self, c: char) -> Result<Option<char>, String> {
        let code = match c {
            'n' => 10,
            'r' => 13,
            't' => 9,
            'f' => 12,
            'a' => 7,
            'e' => 27,
            'c' => match self.chars.next() {
                Some(c) if c.is_ascii() => u32::from(c.to_ascii_uppercase()) ^ 64,
                _ => return Err("`\\c` needs a character".to_owned()),
            },
            'x' if self.chars.peek() == Some(&'{') => {
                self.chars.next();
                let hex: String = self.chars.by_ref().take_while(|c| *c != '}').take(9).collect();
                u32::from_str_radix(&hex, 16)
                    .map_err(|_| format!("`\\x{{{hex}}}` is no character"))?
            }
            'x' => self.digits(16, 2, 0),
            'o' if self.chars.peek() == Some(&'{') => {
                self.chars.next();
                let oct: String = self.chars.by_ref().take_while(|c| *c != '}').take(9).collect();
                u32::from_str_radix(&oct, 8)
                    .map_err(|_| format!("`\\o{{{oct}}}` is no character"))?
            }
            '0' => self.digits(8, 2, 0),
            // three octal digits are a character, fewer a group
            '1'..='3' if self.octal_ahead() => {
                let first = c.to_digit(8).unwrap_or(0);
                self.digits(8, 2, first)
            }
            _ => return Ok(None),
        };
        match char::from_u32(code) {
            Some(c) => Ok(Some(c)),
            None => Err(format!("U+{code:X} is no character")),
        }
    }

    fn octal_ahead(&self) -> bool {
        let mut ahead = self.chars.clone();
        (0..2).all(|_| ahead.next().is_some_and(|c| c.is_digit(8)))
    }

    fn digits(&mut self, radix: u32, most: usize, start: u32) -> u32 {
        let mut n = start;
        for _ in 0..most {
            match self.chars.peek().and_then(|c| c.to_digit(radix)) {
                Some(d) => {
                    n = n * radix + d;
                    self.chars.next();
                }
                None => break,
            }
        }
        n
    }

    /// An escape outside a class; the backslash is taken already.
    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.chars.next() else {
            return Err("the pattern ends in a single backslash".to_owned());
        };
        if let Some((set, negated)) = Self::shorthand(c) {
            self.out.push_str(if negated { "[^" } else { "[" });
            self.out.push_str(set);
            self.out.push(']');
            return Ok(());
        }
        if let Some(c) = self.character(c)? {
            self.literal(c);
            return Ok(());
        }
        match c {
            '1'..='9' => {
                self.backtracks = true;
                self.out.push('\\');
                self.out.push(c);
            }
            'k' | 'g' | 'G' | 'K' => {
                self.backtracks = true;
                self.out.push('\\');
                self.out.push(c);
                // the name or number comes through as it is
                if let Some(open @ ('{' | '<' | '\'')) = self.chars.peek().copied() {
                    let close = if open == '{' {
                        '}'
                    } else if open == '<' {
                        '>'
                    } else {
                        '\''
                    };
                    self.chars.next();
                    let name: String = self.chars.by_ref().take_while(|c| *c != close).collect();
                    self.out.push_str(&format!("<{name}>"));
                }
            }
            'Z' => {
                self.backtracks = true;
                self.out.push_str("(?=\\n?\\z)");
            }
            'b' if self.target == Target::Linear => self.out.push_str("(?-u:\\b)"),
            'A' | 'z' | 'b' | 'B' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'R' => self.out.push_str(NEWLINE),
            'p' | 'P' => self.property(c),
            'Q' => self.quoted(),
            'E' => {}
            'X' | 'C' | 'L' | 'l' | 'u' | 'U' => {
                return Err(format!("`\\{c}` is not supported"));
            }
            c => self.literal(c),
        }
        Ok(())
    }

    fn property(&mut self, c: char) {
        self.out.push('\\');
        self.out.push(c);
        if self.chars.peek() == Some(&'{') {
            for c in self.chars.by_ref() {
                self.out.push(c);
                if c == '}' {
                    break;
                }
            }
        } else if let Some(c) = self.chars.next() {
            self.out.push(c);
        }
    }

    /// `\Q...\E`.
    fn quoted(&mut self) {
        while let Some(c) = self.chars.next() {
            if c == '\\' && self.chars.peek() == Some(&'E') {
                self.chars.next();
                return;
            }
            self.literal(c);
        }
    }

    /// What follows an opening parenthesis.
    fn group(&mut self) -> Result<(), String> {
        if self.chars.peek() == Some(&'*') {
            return Err("backtracking verbs such as `(*SKIP)` are not supported".to_owned());
        }
        if self.chars.peek() != Some(&'?') {
            self.out.push('(');
            return Ok(());
        }
        self.chars.next();
        match self.chars.peek().copied() {
            Some('#') => {
                for c in self.chars.by_ref() {
                    if c == ')' {
                        break;
                    }
                }
                return Ok(());
            }
            Some('\'') => {
                self.chars.next();
                let name: String = self.chars.by_ref().take_while(|c| *c != '\'').collect();
                self.out.push_str(&format!("(?P<{name}>"));
            }
            Some('<') => {
                self.chars.next();
                if matches!(self.chars.peek(), Some('=' | '!')) {
                    self.backtracks = true;
                    self.out.push_str("(?<");
                } else {
                    self.out.push_str("(?P<");
                    self.name()?;
                }
            }
            Some('P') => {
                self.chars.next();
                match self.chars.next() {
                    Some('<') => {
                        self.out.push_str("(?P<");
                        self.name()?;
                    }
                    Some('=') => {
                        self.backtracks = true;
                        let name: String = self.chars.by_ref().take_while(|c| *c != ')').collect();
                        self.out.push_str(&format!("(?:\\k<{name}>"));
                        self.out.push(')');
                    }
                    _ => return Err("`(?P` must be followed by `<name>`".to_owned()),
                }
            }
            Some('=' | '!' | '>' | '(') => {
                self.backtracks = true;
                self.out.push_str("(?");
                if self.chars.peek() == Some(&'(') {
                    // a condition: its brackets come through as they are
                    let cond: String = self.chars.by_ref().take_while(|c| *c != ')').collect();
                    self.out.push_str(&cond);
                    self.out.push(')');
                } else if let Some(c) = self.chars.next() {
                    self.out.push(c);
                }
            }
            Some('|') => return Err("branch reset `(?|` is not supported".to_owned()),
            Some('R' | '0'..='9' | '&' | '+') => {
                return Err("recursion in a pattern is not supported".to_owned());
            }
            _ => self.flags()?,
        }
        Ok(())
    }

    fn name(&mut self) -> Result<(), String> {
        let name: String = self.chars.by_ref().take_while(|c| *c != '>').collect();
        let ok = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !ok {
            return Err(format!(
                "`{name}` is no name of a group: letters, digits and `_`, no digit first"
            ));
        }
        self.out.push_str(&name);
        self.out.push('>');
        Ok(())
    }

    /// `(?i)`, `(?s-m:`, `(?:`.
    fn flags(&mut self) -> Result<(), String> {
        let mut flags = String::new();
        let mut on = true;
        loop {
            match self.chars.next() {
                Some(c @ ('i' | 'm' | 's' | 'U')) => flags.push(c),
                Some('x') => {
                    self.extended = on;
                    flags.push('x');
                }
                // duplicate names: nothing to switch on
                Some('J') => {}
                Some('-') => {
                    on = false;
                    flags.push('-');
                }
                Some(c @ (')' | ':')) => {
                    let flags = flags.strip_suffix('-').unwrap_or(&flags);
                    if flags.is_empty() && c == ')' {
                        return Ok(());
                    }
                    self.out.push_str("(?");
                    self.out.push_str(flags);
                    self.out.push(c);
                    return Ok(());
                }
                Some(c) => return Err(format!("`(?{flags}{c}` is not known")),
                None => return Err("a group is not closed".to_owned()),
            }
        }
    }
}

fn is_shorthand(c: char) -> bool {
    Translator::shorthand(c).is_some() || matches!(c, 'p' | 'P')
}
