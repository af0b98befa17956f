//! The syntax of paths: the common part of XPath 1.0.

/// Paths, joined by `|`.
#[derive(Debug, PartialEq)]
pub struct Paths(pub Vec<Path>);

/// A path.
#[derive(Debug, PartialEq)]
pub struct Path {
    /// Begins at the document.
    pub absolute: bool,
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, PartialEq)]
pub struct Step {
    /// After `//`.
    pub deep: bool,
    pub test: Test,
    pub conditions: Vec<Condition>,
}

/// What a step leads to.
#[derive(Debug, PartialEq)]
pub enum Test {
    /// Elements of a name; none: all.
    Element(Option<String>),
    /// Attributes of a name; none: all.
    Attribute(Option<String>),
    Text,
    Here,
    Parent,
}

/// What stands in brackets.
#[derive(Debug, PartialEq)]
pub enum Condition {
    Position(usize),
    /// `last()`, or so many before it.
    Last(usize),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Exists(Path),
    Compare(Path, Compare, Literal),
    Contains(Path, String),
    StartsWith(Path, String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, PartialEq)]
pub enum Literal {
    Text(String),
    Number(f64),
}

/// Deepest nesting of conditions.
const MAX_DEPTH: usize = 16;

impl Paths {
    /// Reads paths.
    ///
    /// # Errors
    /// What is wrong with them, or not supported.
    pub fn parse(text: &str) -> Result<Paths, String> {
        let mut p = Parser { rest: text.trim(), depth: 0 };
        let mut all = vec![p.path()?];
        while p.eat("|") {
            all.push(p.path()?);
        }
        match p.rest {
            "" => Ok(Paths(all)),
            rest => Err(format!("`{rest}` is not supported here")),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, what: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word such as `and`, not the beginning of a longer one.
    fn eat_word(&mut self, what: &str) -> bool {
        let before = self.rest;
        if self.eat(what) && !self.rest.starts_with(is_name) {
            return true;
        }
        self.rest = before;
        false
    }

    fn expect(&mut self, what: &str) -> Result<(), String> {
        match self.eat(what) {
            true => Ok(()),
            false if self.rest.is_empty() => Err(format!("expected `{what}` at the end")),
            false => Err(format!("expected `{what}` before `{}`", self.rest)),
        }
    }

    fn path(&mut self) -> Result<Path, String> {
        let mut deep = self.eat("//");
        let absolute = deep || self.eat("/");
        let mut steps = Vec::new();
        loop {
            steps.push(self.step(deep)?);
            deep = self.eat("//");
            if !deep && !self.eat("/") {
                return Ok(Path { absolute, steps });
            }
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let len = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(len);
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        self.rest = rest;
        Some(name)
    }

    fn step(&mut self, deep: bool) -> Result<Step, String> {
        let test = if self.eat("..") {
            Test::Parent
        } else if self.eat(".") {
            Test::Here
        } else if self.eat("@*") {
            Test::Attribute(None)
        } else if self.eat("@") {
            let name = self.name().ok_or("expected an attribute's name after `@`")?;
            Test::Attribute(Some(name.to_owned()))
        } else if self.eat("*") {
            Test::Element(None)
        } else {
            match self.name() {
                Some("text") if self.eat("(") => {
                    self.expect(")")?;
                    Test::Text
                }
                Some(name) if self.rest.starts_with('(') => {
                    return Err(format!("`{name}()` is not supported"));
                }
                Some(name) if name.contains("::") => {
                    return Err(format!("the axis of `{name}` is not supported"));
                }
                Some(name) => Test::Element(Some(name.to_owned())),
                None if self.rest.is_empty() => return Err("the path ends too early".to_owned()),
                None => return Err(format!("expected a name before `{}`", self.rest)),
            }
        };
        let mut conditions = Vec::new();
        while self.eat("[") {
            conditions.push(self.any()?);
            self.expect("]")?;
        }
        Ok(Step { deep, test, conditions })
    }

    fn any(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("conditions stand too deep in each other".to_owned());
        }
        let mut left = self.all()?;
        while self.eat_word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.all()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut left = self.one()?;
        while self.eat_word("and") {
            left = Condition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Condition, String> {
        if let Some(n) = self.whole() {
            return match n {
                0 => Err("positions count from 1".to_owned()),
                n => Ok(Condition::Position(n)),
            };
        }
        if self.eat("last()") {
            let less =
                if self.eat("-") { self.whole().ok_or("expected a number after `-`")? } else { 0 };
            return Ok(Condition::Last(less));
        }
        if self.eat("position()") {
            self.expect("=")?;
            let n = self.whole().filter(|n| *n > 0).ok_or("expected a position after `=`")?;
            return Ok(Condition::Position(n));
        }
        if self.eat("not(") {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.eat("(") {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let function = if self.eat("contains(") {
            Some(true)
        } else if self.eat("starts-with(") {
            Some(false)
        } else {
            None
        };
        let path = self.inner_path()?;
        if let Some(contains) = function {
            self.expect(",")?;
            let Literal::Text(text) = self.literal()? else {
                return Err("expected a text in quotes".to_owned());
            };
            self.expect(")")?;
            return Ok(match contains {
                true => Condition::Contains(path, text),
                false => Condition::StartsWith(path, text),
            });
        }
        let ops = [
            ("=", Compare::Eq),
            ("!=", Compare::Ne),
            ("<=", Compare::Le),
            (">=", Compare::Ge),
            ("<", Compare::Lt),
            (">", Compare::Gt),
        ];
        match ops.into_iter().find(|(text, _)| self.eat(text)) {
            Some((_, op)) => Ok(Condition::Compare(path, op, self.literal()?)),
            None => Ok(Condition::Exists(path)),
        }
    }

    fn inner_path(&mut self) -> Result<Path, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("conditions stand too deep in each other".to_owned());
        }
        let path = self.path();
        self.depth -= 1;
        path
    }

    fn whole(&mut self) -> Option<usize> {
        self.rest = self.rest.trim_start();
        let len = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let n = self.rest[..len].parse().ok()?;
        self.rest = &self.rest[len..];
        Some(n)
    }

    fn literal(&mut self) -> Result<Literal, String> {
        self.rest = self.rest.trim_start();
        for quote in ['\'', '"'] {
            if let Some(body) = self.rest.strip_prefix(quote) {
                let (text, rest) = body.split_once(quote).ok_or("a text without its end")?;
                self.rest = rest;
                return Ok(Literal::Text(text.to_owned()));
            }
        }
        let len = self
            .rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-')))
            .unwrap_or(self.rest.len());
        let n = self.rest[..len].parse().map_err(|_| "expected a text in quotes or a number")?;
        self.rest = &self.rest[len..];
        Ok(Literal::Number(n))
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[a/@*.\\[\\]()'=<!0-9 é|-]{0,40}") {
            let _ = Paths::parse(&s);
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(Paths::parse(&"a[".repeat(10_000)).is_err());
        assert!(Paths::parse(&format!("a[{}", "(".repeat(10_000))).is_err());
        assert!(Paths::parse(&format!("a[{}", "not(".repeat(10_000))).is_err());
    }
}
