//! The form in which insta keeps a snapshot: a header of YAML between two lines `---`, then the text.
//!
//! Source: insta 1.49, `Snapshot::from_file` and `save`; docs at insta.rs, "Snapshot Files".

use std::io;
use std::path::{Path, PathBuf};

/// A snapshot's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What it was made from.
    pub source: String,
    /// What makes it.
    pub expression: String,
    /// The text.
    pub body: String,
}

impl Snapshot {
    /// Reads the text of a file. Keys of the header that are not ours are passed over.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Snapshot, String> {
        let text = text.replace("\r\n", "\n");
        let rest = text.strip_prefix("---\n").ok_or("it does not begin with a line `---`")?;
        let (head, body) = match rest.strip_prefix("---\n") {
            Some(body) => ("", body),
            None => rest.split_once("\n---\n").ok_or("its header has no end, a line `---`")?,
        };
        if body.lines().any(|l| l.starts_with("<<<<<<< ") || l.starts_with(">>>>>>> ")) {
            return Err("it has marks of a merge that is not done".to_owned());
        }
        let value = |key: &str| {
            let line = head.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(": "));
            line.map(unquoted).unwrap_or_default()
        };
        Ok(Snapshot {
            source: value("source"),
            expression: value("expression"),
            body: body.to_owned(),
        })
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        format!(
            "---\nsource: {}\nexpression: {}\n---\n{}\n",
            scalar(&self.source),
            scalar(&self.expression),
            self.body.trim_end()
        )
    }

    /// Whether insta would take two texts for the same: it looks at neither the end of lines nor
    /// that of the text.
    pub fn is_same(&self, body: &str) -> bool {
        self.body.replace("\r\n", "\n").trim_end() == body.trim_end()
    }
}

/// A scalar of YAML, in quotes unless it is a plain path.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    match begins && text.chars().all(plain) {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

fn unquoted(text: &str) -> String {
    serde_json::from_str::<String>(text).unwrap_or_else(|_| text.trim().to_owned())
}

/// The file of what is new, beside the one of what was accepted: `x.snap.new`.
pub fn pending(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Writes a file and the folders above it. It is there whole or not at all.
///
/// # Errors
/// Where that cannot be done.
pub fn write(file: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(name);
    let done =
        std::fs::write(&beside, snapshot.to_text()).and_then(|()| std::fs::rename(&beside, file));
    if done.is_err() {
        // the error that is told is the first one
        let _ = std::fs::remove_file(&beside);
    }
    done
}

/// A name as a part of a file's name: `True Positive Test` is `true_positive_test`.
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() => out.push(c),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    // a file's name has at most 255 bytes
    let out: String = out.trim_end_matches('_').chars().take(50).collect();
    if out.is_empty() { "test".to_owned() } else { out }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // tests may
mod tests {
    use super::*;

    fn of(source: &str, expression: &str, body: &str) -> Snapshot {
        let (source, expression) = (source.to_owned(), expression.to_owned());
        Snapshot { source, expression, body: body.to_owned() }
    }

    #[test]
    fn what_is_written_is_read() {
        for (source, expression) in
            [("a/b.yml", "sepal snap b.yml"), ("ü: \"x\" #y", "- |"), ("", "true"), ("1.5", "~")]
        {
            let snapshot = of(source, expression, "a\n\n---\nb: c");
            let read = Snapshot::parse(&snapshot.to_text()).unwrap();
            assert_eq!((&read.source, &read.expression), (&snapshot.source, &snapshot.expression));
            assert!(read.is_same(&snapshot.body), "{read:?}");
        }
    }

    #[test]
    fn what_insta_writes_is_read() {
        let text = "---\r\nsource: tests/a.rs\r\nassertion_line: 7\r\nexpression: \"a b\"\r\ninfo:\r\n  x: 1\r\n---\r\nrow\r\n  a: 1\r\n";
        let read = Snapshot::parse(text).unwrap();
        assert_eq!(read.source, "tests/a.rs");
        assert_eq!(read.expression, "a b");
        assert!(read.is_same("row\n  a: 1\n\n"));
        assert!(!read.is_same("row\n  a: 2"));
        assert_eq!(Snapshot::parse("---\n---\nx\n").unwrap().body, "x\n");
    }

    #[test]
    fn what_is_none() {
        assert!(Snapshot::parse("").is_err());
        assert!(Snapshot::parse("row\n").is_err());
        assert!(Snapshot::parse("---\nsource: a\n").unwrap_err().contains("no end"));
        let merge = "---\nsource: a\n---\n<<<<<<< HEAD\nrow\n=======\n>>>>>>> b\n";
        assert!(Snapshot::parse(merge).unwrap_err().contains("merge"));
    }

    #[test]
    fn names_of_files() {
        assert_eq!(slug("True Positive Test"), "true_positive_test");
        assert_eq!(slug("../../etc/passwd"), "etc_passwd");
        assert_eq!(slug(" - "), "test");
        assert_eq!(slug(&"ä".repeat(300)).chars().count(), 50);
        assert_eq!(pending(Path::new("a/b@t.snap")), Path::new("a/b@t.snap.new"));
    }
}
