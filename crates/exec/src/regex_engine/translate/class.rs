//! Bracketed classes: where the dialects differ most.

use super::{Translator, is_shorthand};

impl Translator<'_> {
    /// A bracketed class; the opening bracket is taken already.
    pub(super) fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.chars.peek() == Some(&'^') {
            self.chars.next();
            self.out.push('^');
        }
        let mut first = true;
        // a `-` right after a shorthand, a range or at an edge is a literal
        let mut can_begin_range = false;
        loop {
            let Some(c) = self.chars.next() else {
                return Err("a character class `[` is not closed".to_owned());
            };
            match c {
                ']' if !first => break,
                '[' if self.chars.peek() == Some(&':') => {
                    self.posix()?;
                    can_begin_range = false;
                }
                '-' => {
                    let ends = matches!(self.chars.peek(), None | Some(']'));
                    if can_begin_range && !ends && !self.shorthand_ahead() {
                        self.out.push('-');
                        let Some(end) = self.chars.next() else { continue };
                        self.class_character(end)?;
                    } else {
                        self.out.push_str("\\-");
                    }
                    can_begin_range = false;
                }
                '\\' if self.chars.peek().copied().is_some_and(is_shorthand) => {
                    let Some(c) = self.chars.next() else { continue };
                    if let Some((set, negated)) = Self::shorthand(c) {
                        if negated {
                            self.out.push_str(&format!("[^{set}]"));
                        } else {
                            self.out.push_str(set);
                        }
                    } else {
                        self.property(c);
                    }
                    can_begin_range = false;
                }
                c => {
                    self.class_character(c)?;
                    can_begin_range = true;
                }
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// Whether `\d` and the like come next.
    fn shorthand_ahead(&self) -> bool {
        let mut ahead = self.chars.clone();
        ahead.next() == Some('\\') && ahead.next().is_some_and(is_shorthand)
    }

    fn class_character(&mut self, c: char) -> Result<(), String> {
        if c != '\\' {
            self.literal(c);
            return Ok(());
        }
        let Some(c) = self.chars.next() else {
            return Err("a character class `[` is not closed".to_owned());
        };
        if let Some(c) = self.character(c)? {
            self.literal(c);
            return Ok(());
        }
        match c {
            'b' => self.literal('\u{8}'),
            '1'..='7' => {
                let n = c.to_digit(8).unwrap_or(0);
                let n = self.digits(8, 2, n);
                self.literal(char::from_u32(n).unwrap_or('\0'));
            }
            'E' | 'Q' => {}
            c => self.literal(c),
        }
        Ok(())
    }

    /// `[:alpha:]` inside a class; a literal bracket if it is none.
    fn posix(&mut self) -> Result<(), String> {
        const NAMES: [&str; 14] = [
            "alpha", "digit", "alnum", "upper", "lower", "space", "blank", "cntrl", "graph",
            "print", "punct", "xdigit", "word", "ascii",
        ];
        let mut ahead = self.chars.clone();
        ahead.next();
        let mut name = String::new();
        loop {
            match ahead.next() {
                Some(c) if c.is_ascii_lowercase() || c == '^' => name.push(c),
                Some(':') if ahead.peek() == Some(&']') => {
                    ahead.next();
                    break;
                }
                _ => {
                    self.out.push_str("\\[");
                    return Ok(());
                }
            }
        }
        if !NAMES.contains(&name.trim_start_matches('^')) {
            return Err(format!("`[:{name}:]` is no POSIX class"));
        }
        self.out.push_str(&format!("[:{name}:]"));
        self.chars = ahead;
        Ok(())
    }
}
