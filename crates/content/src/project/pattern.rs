//! Patterns of files: which files there are, and whether a file is one of them.

use globset::{GlobBuilder, GlobMatcher};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Span;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Folders deeper than this are not entered: a link may point upwards.
const MAX_DEPTH: usize = 32;

/// A pattern that looks through more than this was not meant so.
const MAX_LOOKED_AT: usize = 200_000;

/// A file, a folder with all below it, or a pattern with wildcards, which are `*`, `?`, `[...]`,
/// `{a,b}` and `**` for any number of folders.
///
/// Wildcards match files and not folders, and no name that begins with a dot unless the pattern
/// says the dot. Only plain files count: a pipe or a device would never end.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it stands in the file.
    pub written: String,
    span: Span,
    /// What stands before the first wildcard, as messages name it, absolute, and without links.
    base: PathBuf,
    base_absolute: PathBuf,
    base_real: Option<PathBuf>,
    /// The rest; none where there is no wildcard.
    rest: Option<Rest>,
}

#[derive(Clone, Debug)]
struct Rest {
    matcher: GlobMatcher,
    /// How many folders deep a match can be.
    depth: usize,
    /// Whether a name in it begins with a dot.
    hidden: bool,
}

impl Pattern {
    /// A pattern relative to a folder.
    ///
    /// # Errors
    /// SPL5405 where it is none.
    pub(super) fn new(
        written: &str,
        folder: &Path,
        span: Span,
    ) -> Result<Pattern, Box<Diagnostic>> {
        let none = |what: String| {
            let help = "wildcards are *, ?, [ab], {a,b}, and ** for any number of folders; [*] is \
                        a star";
            let d = Diagnostic::error("SPL5405", span, what).label("no pattern of files");
            Box::new(d.help(help))
        };
        if written.trim().is_empty() {
            return Err(none("an empty pattern matches nothing".to_owned()));
        }
        let wild = |part: &&str| part.contains(['*', '?', '[', ']', '{', '}']);
        let parts: Vec<&str> = written.split('/').collect();
        let plain = parts.iter().take_while(|p| !wild(p)).count();
        let (before, after) = parts.split_at(plain);
        // of `/*.log` the part before the slash is the root, not nothing
        let before = match before {
            [""] => "/".to_owned(),
            _ => before.join("/"),
        };
        let rest = after.join("/");
        let rest = match rest.is_empty() {
            true => None,
            false => {
                if after.contains(&"..") {
                    let what = format!("`..` after a wildcard in `{written}`");
                    return Err(none(what));
                }
                let glob = GlobBuilder::new(&rest).literal_separator(true).build();
                let glob = glob.map_err(|e| none(format!("`{written}`: {}", e.kind())))?;
                Some(Rest {
                    matcher: glob.compile_matcher(),
                    depth: if rest.contains("**") { MAX_DEPTH } else { after.len() },
                    hidden: after.iter().any(|p| p.starts_with('.')),
                })
            }
        };
        let base = joined(folder, Path::new(&before));
        let base_absolute = absolute(&base);
        let base_real = base_absolute.canonicalize().ok();
        Ok(Pattern { written: written.to_owned(), span, base, base_absolute, base_real, rest })
    }

    /// Whether a file, absolute as written and without links, is one of the pattern's.
    pub(super) fn is_match(&self, written: &Path, real: Option<&Path>) -> bool {
        let within = |base: &Path, path: &Path| match (path.strip_prefix(base), &self.rest) {
            (Err(_), _) => false,
            (Ok(_), None) => true,
            (Ok(below), Some(rest)) => {
                rest.matcher.is_match(below) && (rest.hidden || !below.iter().any(is_hidden))
            }
        };
        let real_base = self.base_real.as_deref().unwrap_or(&self.base_absolute);
        within(&self.base_absolute, written)
            || within(real_base, written)
            || real.is_some_and(|real| within(real_base, real))
    }

    /// The files, sorted.
    pub(super) fn find(&self) -> Result<BTreeSet<PathBuf>, Box<Diagnostic>> {
        let mut found = BTreeSet::new();
        let base = if self.base.as_os_str().is_empty() { Path::new(".") } else { &self.base };
        match base.metadata() {
            Ok(meta) if meta.is_dir() => self.walk(&mut found)?,
            Ok(meta) if meta.is_file() && self.rest.is_none() => {
                _ = found.insert(self.base.clone())
            }
            _ => {}
        }
        if !found.is_empty() {
            return Ok(found);
        }
        let what = format!("`{}` matches no file", self.written);
        let help = match base.exists() {
            false => format!("there is no {}", base.display()),
            true if self.rest.is_none() => format!("{} holds no plain file", base.display()),
            true => format!(
                "of the files in {} none matches; * stops at a slash, ** does not",
                base.display()
            ),
        };
        let d = Diagnostic::error("SPL5406", self.span, what).label("no such file");
        Err(Box::new(d.help(help)))
    }

    fn walk(&self, found: &mut BTreeSet<PathBuf>) -> Result<(), Box<Diagnostic>> {
        let (depth, hidden) =
            self.rest.as_ref().map_or((MAX_DEPTH, false), |r| (r.depth, r.hidden));
        let mut looked_at = 0usize;
        let mut open = vec![(self.base.clone(), Vec::new())];
        while let Some((folder, above)) = open.pop() {
            let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            let unreadable = |e: std::io::Error| {
                let e = crate::fs::unreadable(listed, &e);
                let what = format!("{}: {}", e.file, e.message);
                Box::new(Diagnostic::error("SPL5101", self.span, what).label("needs it"))
            };
            let real = listed.canonicalize().map_err(unreadable)?;
            // a link in a circle
            if above.contains(&real) {
                continue;
            }
            let mut here = above;
            here.push(real);
            for entry in listed.read_dir().map_err(unreadable)? {
                let name = entry.map_err(unreadable)?.file_name();
                looked_at += 1;
                if looked_at > MAX_LOOKED_AT {
                    let what = format!(
                        "`{}` looks through more than {MAX_LOOKED_AT} files and folders",
                        self.written
                    );
                    let help = "write more before the first wildcard";
                    let d = Diagnostic::error("SPL5409", self.span, what);
                    return Err(Box::new(d.label("too much to look through").help(help)));
                }
                if is_hidden(&name) && !hidden {
                    continue;
                }
                let path = folder.join(&name);
                // a link that leads nowhere is no file
                let Ok(meta) = path.metadata() else { continue };
                if meta.is_dir() && here.len() < depth {
                    open.push((path, here.clone()));
                } else if meta.is_file() && self.takes(&path) {
                    found.insert(path);
                }
            }
        }
        Ok(())
    }

    fn takes(&self, path: &Path) -> bool {
        let Some(rest) = &self.rest else { return true };
        path.strip_prefix(&self.base).is_ok_and(|below| rest.matcher.is_match(below))
    }
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// A path in a folder, without `.` in between.
pub(super) fn joined(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path).components().filter(|c| *c != Component::CurDir).collect()
}

/// The path from the root, with `..` taken as written.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let Ok(full) = std::path::absolute(path) else { return path.to_owned() };
    let mut out = PathBuf::new();
    for part in full.components() {
        match part {
            Component::ParentDir => _ = out.pop(),
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}
