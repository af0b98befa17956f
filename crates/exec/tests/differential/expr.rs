//! Expressions of eval and where: what they look like. Their values: `eval.rs`, `functions.rs`.

#[derive(Clone, Debug)]
pub enum Expr {
    Field(String),
    Num(&'static str),
    Str(&'static str),
    Neg(Box<Expr>),
    /// `+ - * / % .`
    Math(char, Box<Expr>, Box<Expr>),
    /// `= == != < > <= >=`
    Compare(&'static str, Box<Expr>, Box<Expr>),
    /// AND, OR, XOR
    Logic(&'static str, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    Like(Box<Expr>, &'static str),
    Call(&'static str, Vec<Expr>),
}

/// A field's name in eval.
pub fn name(f: &str) -> String {
    if f.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        f.to_owned()
    } else {
        format!("'{f}'")
    }
}

/// A string literal.
pub fn quote(s: &str) -> String {
    format!("\"{s}\"")
}

impl Expr {
    /// How tightly it binds; the larger the tighter.
    fn level(&self) -> u8 {
        match self {
            Expr::Logic("XOR", ..) => 1,
            Expr::Logic("OR", ..) => 2,
            Expr::Logic(..) => 3,
            Expr::Not(_) => 4,
            Expr::Compare(..) | Expr::In(..) | Expr::Like(..) => 5,
            Expr::Math('.', ..) => 6,
            Expr::Math('+' | '-', ..) => 7,
            Expr::Math(..) => 8,
            Expr::Neg(_) => 9,
            _ => 10,
        }
    }

    fn at(&self, level: u8) -> String {
        if self.level() >= level { self.print() } else { format!("({})", self.print()) }
    }

    /// With no more parentheses than the order of the operators asks for (semantics 2).
    pub fn print(&self) -> String {
        match self {
            Expr::Field(f) => name(f),
            Expr::Num(n) => (*n).to_owned(),
            Expr::Str(s) => quote(s),
            Expr::Neg(e) => format!("-{}", e.at(10)),
            // the pages do not say how `.` stands to the others
            Expr::Math('.', a, b) => format!("{} . {}", a.at(10), b.at(10)),
            Expr::Math(op, a, b) => {
                format!("{} {op} {}", a.at(self.level()), b.at(self.level() + 1))
            }
            Expr::Compare(op, a, b) => format!("{}{op}{}", a.at(7), b.at(7)),
            Expr::Logic(op, a, b) => {
                format!("{} {op} {}", a.at(self.level()), b.at(self.level() + 1))
            }
            Expr::Not(e) => format!("NOT {}", e.at(5)),
            Expr::In(e, list) => format!("{} IN ({})", e.at(10), print_all(list)),
            Expr::Like(e, p) => format!("{} LIKE {}", e.at(10), quote(p)),
            Expr::Call(f, args) => format!("{f}({})", print_all(args)),
        }
    }
}

fn print_all(list: &[Expr]) -> String {
    list.iter().map(Expr::print).collect::<Vec<_>>().join(", ")
}
