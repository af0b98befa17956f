//! Files that grow.
//!
//! A file is known by its first bytes, so that one that was renamed is read on where it was, and a
//! new one under its old name from the beginning.

use sepal_exec::RunError;
use sepal_exec::host::Host;
use sepal_exec::scan::{Input, InputData, InputFormat, Opened, Shape};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So many first bytes tell files apart.
const HEAD: usize = 256;

/// So many bytes without an end of an event are taken for one.
const LONGEST: usize = 16 << 20;

/// New events of a file.
pub(super) struct New {
    /// They.
    pub input: Input,
    /// Whether the bytes of several are one input too.
    pub joins: bool,
}

/// What a look at the files gave.
#[derive(Default)]
pub(super) struct Looked {
    pub new: Vec<New>,
    /// What cannot be read, each once.
    pub errors: Vec<RunError>,
    /// Whether there is more than was read.
    pub more: bool,
}

/// Where an event ends.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Ends {
    /// With a line.
    Line,
    /// The same; the first line, or the first ones that begin with `#`, are of every part.
    Row,
    /// With `</Event>`.
    Element,
    /// Nobody knows: what is there when nothing was added for a while.
    Pause,
    /// The file is read as a whole when nothing was added for a while.
    File,
}

struct Followed {
    path: PathBuf,
    /// Its first bytes.
    head: Vec<u8>,
    /// So many bytes were hunted.
    read: u64,
    /// Its size when it was looked at last.
    size: u64,
    /// Known once it has bytes.
    ends: Option<Ends>,
    header: Vec<u8>,
}

/// The files that are followed.
pub(super) struct Files {
    all: Vec<Followed>,
    /// The most bytes that are read of all files together at one look.
    most: usize,
    /// Those that could not be read, which is told once.
    bad: Vec<PathBuf>,
}

/// Whether it is no file that can be read again at any place.
pub(super) fn is_pipe(input: &Input, host: &dyn Host) -> bool {
    match &input.data {
        InputData::Bytes(_) | InputData::Kept(..) => true,
        InputData::Path(p) => p == Path::new("-") || matches!(host.size(p), Ok(None)),
    }
}

impl Files {
    /// At most about so many bytes at one look.
    pub fn new(most: usize) -> Files {
        Files { all: Vec::new(), most: most.max(1 << 10), bad: Vec::new() }
    }

    /// What was added since the last look. `listed` are the files that there are.
    pub fn look(&mut self, listed: Vec<Input>, host: &dyn Host) -> Looked {
        let mut looked = Looked::default();
        let mut there: Vec<(Input, PathBuf, u64, Vec<u8>)> = Vec::new();
        for input in listed {
            let InputData::Path(path) = &input.data else { continue };
            let path = path.clone();
            let seen = match host.size(&path) {
                Ok(Some(size)) => read(host, &path, 0, HEAD).map(|head| Some((size, head))),
                // opening a pipe would wait for its writer
                Ok(None) => Ok(None),
                Err(e) => Err(e),
            };
            match seen {
                Ok(Some((size, head))) => {
                    self.bad.retain(|bad| *bad != path);
                    there.push((input, path, size, head));
                }
                // it is gone since it was listed, or no file
                Ok(None) => {}
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => self.cannot(&input, &path, &e, &mut looked),
            }
        }
        self.find(&there);
        let mut left = self.most;
        for (input, path, size, head) in there {
            let Some(file) = self.all.iter_mut().find(|f| f.path == path) else { continue };
            if file.head.len() < head.len() {
                file.head = head;
            }
            match file.take(&input, size, left, host) {
                Ok((new, more)) => {
                    looked.more |= more;
                    if let Some(new) = new {
                        if let InputData::Bytes(bytes) = &new.input.data {
                            left = left.saturating_sub(bytes.len());
                        }
                        looked.new.push(new);
                    }
                }
                Err(e) => self.cannot(&input, &path, &e, &mut looked),
            }
        }
        looked
    }

    fn cannot(&mut self, input: &Input, path: &Path, e: &io::Error, looked: &mut Looked) {
        if !self.bad.iter().any(|bad| bad == path) {
            self.bad.push(path.to_owned());
            let (file, message) = (input.name.clone(), e.to_string());
            looked.errors.push(RunError::Input { file, message });
        }
    }

    /// Brings what is known of files to the paths where they are now.
    fn find(&mut self, there: &[(Input, PathBuf, u64, Vec<u8>)]) {
        let is = |file: &Followed, size: u64, head: &[u8]| {
            size >= file.read && head.starts_with(&file.head)
        };
        let mut free: Vec<&(Input, PathBuf, u64, Vec<u8>)> = Vec::new();
        let mut kept = Vec::with_capacity(there.len());
        let mut old = std::mem::take(&mut self.all);
        for one in there {
            let same = |f: &Followed| f.path == one.1 && is(f, one.2, &one.3);
            match old.iter().position(same) {
                Some(at) => kept.push(old.swap_remove(at)),
                None => free.push(one),
            }
        }
        for (_, path, size, head) in free {
            let moved = |f: &Followed| !f.head.is_empty() && is(f, *size, head);
            kept.push(match old.iter().position(moved) {
                Some(at) => Followed { path: path.clone(), ..old.swap_remove(at) },
                None => Followed {
                    path: path.clone(),
                    head: head.clone(),
                    read: 0,
                    size: 0,
                    ends: None,
                    header: Vec::new(),
                },
            });
        }
        self.all = kept;
    }
}

impl Followed {
    /// Its new complete events, at most about `left` bytes; and whether there are more.
    fn take(
        &mut self,
        input: &Input,
        size: u64,
        left: usize,
        host: &dyn Host,
    ) -> io::Result<(Option<New>, bool)> {
        let quiet = size == self.size;
        self.size = size;
        if size <= self.read {
            return Ok((None, false));
        }
        if left == 0 {
            return Ok((None, true));
        }
        let ends = match self.ends {
            Some(ends) => ends,
            None => self.ends(input, host)?,
        };
        if ends == Ends::File {
            if !quiet {
                return Ok((None, false));
            }
            self.read = size;
            return Ok((Some(New { input: input.clone(), joins: false }), false));
        }
        // beyond the limit where not even one event ends before it
        let want = left.clamp(64 << 10, LONGEST);
        let mut bytes = read(host, &self.path, self.read, want)?;
        let mut whole = self.read + bytes.len() as u64 >= size;
        let mut end = complete(&bytes, ends, quiet && whole);
        if end == 0 && !whole {
            bytes = read(host, &self.path, self.read, LONGEST)?;
            whole = self.read + bytes.len() as u64 >= size;
            end = complete(&bytes, ends, quiet && whole);
            if end == 0 && bytes.len() >= LONGEST {
                end = match complete(&bytes, Ends::Line, true) {
                    0 => bytes.len(),
                    line => line,
                };
            }
        }
        if end == 0 {
            return Ok((None, false));
        }
        bytes.truncate(end);
        if self.read == 0 && ends == Ends::Row {
            self.header = header(&bytes).to_vec();
        } else if !self.header.is_empty() {
            bytes = [self.header.as_slice(), bytes.as_slice()].concat();
        }
        self.read += end as u64;
        self.ends = Some(ends);
        let mut input = input.clone();
        input.data = InputData::Bytes(Arc::from(bytes));
        Ok((Some(New { input, joins: ends != Ends::Row }), !whole))
    }

    /// What its beginning says; asked again as long as no event was complete.
    fn ends(&self, input: &Input, host: &dyn Host) -> io::Result<Ends> {
        let packed = self.head.starts_with(&[0x1f, 0x8b])
            || self.head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        let opened = match Opened::open(input, host) {
            Ok(opened) => opened,
            // half of a packed file is no file yet
            Err(_) if packed => return Ok(Ends::File),
            Err(e) => return Err(io::Error::other(e.to_string())),
        };
        if opened.seekable.is_none() {
            return Ok(Ends::File);
        }
        Ok(match (opened.format, opened.shape) {
            (InputFormat::Evtx, _) => Ends::File,
            (_, Shape::WindowsXml) => Ends::Element,
            (InputFormat::Lines | InputFormat::Rows | InputFormat::Text, _) => Ends::Line,
            (InputFormat::Csv | InputFormat::Tsv | InputFormat::Zeek | InputFormat::W3c, _) => {
                Ends::Row
            }
            (InputFormat::Concatenated | InputFormat::Broken(_), _) => Ends::Pause,
            _ => Ends::File,
        })
    }
}

/// How many of the bytes are complete events.
fn complete(bytes: &[u8], ends: Ends, quiet: bool) -> usize {
    let line = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    match ends {
        Ends::Line | Ends::Row => line,
        Ends::Element => {
            const END: &[u8] = b"</Event>";
            let ends_at = |at: &usize| bytes.get(*at..).is_some_and(|b| b.starts_with(END));
            let at = (0..=line.saturating_sub(END.len())).rev().find(ends_at);
            // with the rest of its line
            let after = at.map_or(0, |at| at + END.len());
            let rest = bytes.get(after..).unwrap_or_default();
            match rest.iter().position(|b| *b == b'\n') {
                Some(more) if at.is_some() => after + more + 1,
                _ => 0,
            }
        }
        Ends::Pause if quiet => line,
        Ends::Pause | Ends::File => 0,
    }
}

/// The lines that say what the columns are.
fn header(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    let comments = bytes.starts_with(b"#");
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if comments && !line.starts_with(b"#") {
            break;
        }
        end += line.len();
        if !comments {
            break;
        }
    }
    bytes.get(..end).unwrap_or_default()
}

fn read(host: &dyn Host, path: &Path, from: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    host.open_at(path, from)?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sepal_exec::host::FixedHost;
    use std::fs;

    /// The texts of new events by file name, and whether there is more.
    fn look(files: &mut Files, dir: &Path) -> (Vec<(String, String)>, bool) {
        let host = FixedHost::default();
        let mut paths: Vec<PathBuf> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        let looked = files.look(paths.into_iter().map(Input::path).collect(), &host);
        assert!(looked.errors.is_empty(), "{:?}", looked.errors);
        let text = |new: New| {
            let name = Path::new(&new.input.name).file_name().unwrap().to_str().unwrap().to_owned();
            match new.input.data {
                InputData::Bytes(b) => (name, String::from_utf8(b.to_vec()).unwrap()),
                InputData::Path(_) | InputData::Kept(..) => (name, "the file".to_owned()),
            }
        };
        (looked.new.into_iter().map(text).collect(), looked.more)
    }

    fn add(path: &Path, text: &str) {
        use io::Write;
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn one(name: &str, text: &str) -> (Vec<(String, String)>, bool) {
        (vec![(name.to_owned(), text.to_owned())], false)
    }

    const NONE: (Vec<(String, String)>, bool) = (Vec::new(), false);

    #[test]
    fn a_line_is_read_once_it_is_complete() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, mut files) = (dir.path(), Files::new(1 << 20));
        let log = dir.join("a.jsonl");
        add(&log, "");
        assert_eq!(look(&mut files, dir), NONE);
        add(&log, "{\"a\":1}\n{\"a\"");
        assert_eq!(look(&mut files, dir), one("a.jsonl", "{\"a\":1}\n"));
        assert_eq!(look(&mut files, dir), NONE);
        add(&log, ":2}\n");
        assert_eq!(look(&mut files, dir), one("a.jsonl", "{\"a\":2}\n"));
        assert_eq!(look(&mut files, dir), NONE);
    }

    #[test]
    fn a_renamed_file_is_read_on_and_a_new_one_from_its_beginning() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, mut files) = (dir.path(), Files::new(1 << 20));
        let log = dir.join("a.jsonl");
        add(&log, "{\"a\":1}\n");
        look(&mut files, dir);
        add(&log, "{\"a\":2}\n");
        fs::rename(&log, dir.join("a.jsonl.1")).unwrap();
        add(&log, "{\"b\":3}\n");
        let both = [("a.jsonl", "{\"b\":3}\n"), ("a.jsonl.1", "{\"a\":2}\n")];
        let both = both.map(|(n, t)| (n.to_owned(), t.to_owned())).to_vec();
        assert_eq!(look(&mut files, dir), (both, false));
        // cut off, and written anew
        fs::write(&log, "").unwrap();
        assert_eq!(look(&mut files, dir), NONE);
        add(&log, "{\"c\":4}\n");
        assert_eq!(look(&mut files, dir), one("a.jsonl", "{\"c\":4}\n"));
    }

    #[test]
    fn parts_of_a_table_have_its_header() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, mut files) = (dir.path(), Files::new(1 << 20));
        let (csv, zeek) = (dir.join("a.csv"), dir.join("z.log"));
        add(&csv, "time,user,src\n1,2,3\n");
        assert_eq!(look(&mut files, dir), one("a.csv", "time,user,src\n1,2,3\n"));
        add(&csv, "4,5,6\n");
        assert_eq!(look(&mut files, dir), one("a.csv", "time,user,src\n4,5,6\n"));
        let head = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n";
        add(&zeek, &format!("{head}1.5\tx\n"));
        assert_eq!(look(&mut files, dir), one("z.log", &format!("{head}1.5\tx\n")));
        add(&zeek, "2.5\ty\n");
        assert_eq!(look(&mut files, dir), one("z.log", &format!("{head}2.5\ty\n")));
    }

    #[test]
    fn an_event_of_many_lines_waits_for_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, mut files) = (dir.path(), Files::new(1 << 20));
        let xml = dir.join("a.xml");
        let event = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System/></Event>\n";
        add(&xml, &format!("{event}<Event xmlns='x'>\n"));
        assert_eq!(look(&mut files, dir), one("a.xml", event));
        add(&xml, "</Event>");
        assert_eq!(look(&mut files, dir), NONE);
        add(&xml, "\n");
        assert_eq!(look(&mut files, dir), one("a.xml", "<Event xmlns='x'>\n</Event>\n"));
        // nobody knows whether a value goes on: it is read when nothing more came
        let json = dir.join("b.json");
        add(&json, "{\n\"a\": 1\n}\n{\n\"a\": 2\n");
        assert_eq!(look(&mut files, dir), NONE);
        add(&json, "}\n");
        assert_eq!(look(&mut files, dir), NONE);
        assert_eq!(look(&mut files, dir).0.len(), 1);
        assert_eq!(look(&mut files, dir), NONE);
    }

    #[test]
    fn a_look_reads_no_more_than_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let (dir, mut files) = (dir.path(), Files::new(100 << 10));
        let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1000));
        for name in ["a.jsonl", "b.jsonl"] {
            add(&dir.join(name), &line.repeat(150));
        }
        let (mut bytes, mut looks, mut more) = (0, 0, true);
        while more {
            let (new, rest) = look(&mut files, dir);
            let got: usize = new.iter().map(|(_, text)| text.len()).sum();
            assert!(got <= 164 << 10, "{got}");
            assert!(new.iter().all(|(_, t)| t.starts_with("{\"a\"") && t.ends_with("\"}\n")));
            (bytes, looks, more) = (bytes + got, looks + 1, rest);
            assert!(looks < 20);
        }
        assert_eq!(bytes, 2 * 150 * line.len());
        assert!(looks > 2);
    }
}
