//! Windows event log files, written here: MS-EVEN6, "BinXml", and the layout of files and chunks
//! that libevtx documents.

use crate::support::{Seen, column, events, everywhere, gz, planned, run, zst};
use proptest::prelude::*;
use sepal_exec::plan::ScanOptions;

const CHUNK: usize = 65536;
/// 1601 to 1970, in units of 100 ns.
const EPOCH: u64 = 116_444_736_000_000_000;

/// Binary XML at a place of its chunk.
struct Bin {
    out: Vec<u8>,
    base: usize,
}

impl Bin {
    fn put(&mut self, bytes: &[u8]) -> &mut Bin {
        self.out.extend_from_slice(bytes);
        self
    }

    fn units(&mut self, text: &str) {
        text.encode_utf16().for_each(|u| self.out.extend_from_slice(&u.to_le_bytes()));
    }

    /// A name that stands right behind the reference to it.
    fn name(&mut self, name: &str) {
        let at = (self.base + self.out.len() + 4) as u32;
        self.put(&at.to_le_bytes()).put(&[0; 6]);
        self.put(&(name.encode_utf16().count() as u16).to_le_bytes());
        self.units(name);
        self.put(&[0, 0]);
    }

    fn text(&mut self, text: &str) {
        self.put(&[0x05, 0x01]).put(&(text.encode_utf16().count() as u16).to_le_bytes());
        self.units(text);
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(&[if attributes.is_empty() { 0x01 } else { 0x41 }]).put(&[0; 4]);
        self.name(name);
        if !attributes.is_empty() {
            self.put(&[0; 4]);
        }
        for (n, (name, value)) in attributes.iter().enumerate() {
            self.put(&[if n + 1 < attributes.len() { 0x46 } else { 0x06 }]);
            self.name(name);
            self.text(value);
        }
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: Option<&str>) {
        self.open(name, attributes);
        match text {
            Some(text) => {
                self.put(&[0x02]);
                self.text(text);
                self.put(&[0x04]);
            }
            None => {
                self.put(&[0x03]);
            }
        }
    }
}

/// The n-th event, as binary XML.
fn content(n: u64, base: usize) -> Vec<u8> {
    let mut b = Bin { out: Vec::new(), base };
    b.put(&[0x0f, 1, 1, 0]);
    b.open("Event", &[("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")]);
    b.put(&[0x02]);
    b.open("System", &[]);
    b.put(&[0x02]);
    b.element("EventID", &[], Some(&n.to_string()));
    let time = format!("2026-01-01T00:00:{:02}.1234567Z", n % 60);
    b.element("TimeCreated", &[("SystemTime", &time)], None);
    b.element("Channel", &[], Some("Security"));
    b.element("Computer", &[], Some("pc.example.org"));
    b.put(&[0x04]);
    b.open("EventData", &[]);
    b.put(&[0x02]);
    b.element("Data", &[("Name", "CommandLine")], Some("\"C:\\a b\" <x> & 'é'"));
    b.put(&[0x04, 0x04, 0x00]);
    b.out
}

/// The XML that Windows writes of it.
fn xml(n: u64) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <EventID>{n}</EventID><TimeCreated SystemTime='2026-01-01T00:00:{:02}.1234567Z'/>\
         <Channel>Security</Channel><Computer>pc.example.org</Computer></System><EventData>\
         <Data Name='CommandLine'>\"C:\\a b\" &lt;x&gt; &amp; 'é'</Data></EventData></Event>",
        n % 60
    )
}

fn set(buf: &mut [u8], at: usize, bytes: &[u8]) {
    buf[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A chunk with the records of these numbers, and where each begins.
fn chunk(numbers: std::ops::Range<u64>) -> (Vec<u8>, Vec<usize>) {
    let mut c = vec![0; CHUNK];
    let mut at = 512;
    let mut places = Vec::new();
    for n in numbers.clone() {
        let body = content(n, at + 24);
        let size = (body.len() + 28) as u32;
        places.push(at);
        set(&mut c, at, b"**\0\0");
        set(&mut c, at + 4, &size.to_le_bytes());
        set(&mut c, at + 8, &n.to_le_bytes());
        set(&mut c, at + 16, &(EPOCH + n * 10_000_000).to_le_bytes());
        set(&mut c, at + 24, &body);
        set(&mut c, at + 24 + body.len(), &size.to_le_bytes());
        at += size as usize;
    }
    set(&mut c, 0, b"ElfChnk\0");
    for (place, n) in
        [(8, numbers.start), (16, numbers.end - 1), (24, numbers.start), (32, numbers.end - 1)]
    {
        set(&mut c, place, &n.to_le_bytes());
    }
    set(&mut c, 40, &128u32.to_le_bytes());
    set(&mut c, 44, &(*places.last().unwrap() as u32).to_le_bytes());
    set(&mut c, 48, &(at as u32).to_le_bytes());
    sum(&mut c);
    (c, places)
}

/// Writes the checksums of a chunk.
fn sum(c: &mut [u8]) {
    let free = u32::from_le_bytes(c[48..52].try_into().unwrap()) as usize;
    let data = evtx::checksum_ieee(&c[512..free]);
    set(c, 52, &data.to_le_bytes());
    let header = evtx::checksum_ieee(&[&c[..120], &c[128..512]].concat());
    set(c, 124, &header.to_le_bytes());
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut f = vec![0; 4096];
    set(&mut f, 0, b"ElfFile\0");
    set(&mut f, 32, &128u32.to_le_bytes());
    set(&mut f, 36, &[1, 0, 3, 0, 0, 0x10]);
    set(&mut f, 42, &(chunks.len() as u16).to_le_bytes());
    let crc = evtx::checksum_ieee(&f[..120]);
    set(&mut f, 124, &crc.to_le_bytes());
    chunks.iter().for_each(|c| f.extend_from_slice(c));
    f
}

fn three_chunks() -> Vec<u8> {
    file(&[chunk(1..21).0, vec![0; CHUNK], chunk(21..41).0])
}

fn seen(file: impl AsRef<[u8]>) -> Seen {
    everywhere("* | table _raw", &events(file))
}

#[test]
fn records_are_the_events_that_splunk_indexes() {
    for bytes in [three_chunks(), gz(&three_chunks()), zst(&three_chunks())] {
        let all = everywhere("* | table _time _raw source sourcetype host index", &events(bytes));
        let want: Vec<String> = (1..=40).rev().map(xml).collect();
        assert_eq!(column(&all, "_raw"), want);
        assert_eq!(column(&all, "_time")[0], "1767225640.123456");
        assert_eq!(column(&all, "source")[0], "XmlWinEventLog:Security");
        assert_eq!(column(&all, "sourcetype")[0], "XmlWinEventLog");
        assert_eq!(column(&all, "host")[0], "pc.example.org");
        assert_eq!((all.counts[0], all.counts[3]), (40, 0));
        assert_eq!(all.counts[1], 3 * CHUNK as u64);
        assert_eq!(all.said, Vec::<String>::new());
    }
    let some =
        everywhere("\"<EventID>7</EventID>\" host=PC* | table _raw", &events(three_chunks()));
    assert_eq!(column(&some, "_raw"), [xml(7)]);
    let empty = everywhere("*", &events(file(&[])));
    assert_eq!((empty.rows.len(), empty.said.len()), (0, 0));
}

#[test]
fn a_damaged_record_is_counted() {
    let (mut c, places) = chunk(1..6);
    // a token that does not exist
    c[places[2] + 28] = 0x7f;
    sum(&mut c);
    let got = seen(file(&[c]));
    assert_eq!((got.rows.len(), got.counts[3]), (4, 1), "{got:?}");
    assert!(got.damaged[0].starts_with("events byte "), "{got:?}");
    assert!(got.damaged[0].contains("record"), "{got:?}");
    // a record's own header
    let (mut c, places) = chunk(1..6);
    c[places[2]] = 0;
    sum(&mut c);
    let got = seen(file(&[c]));
    assert_eq!((got.rows.len(), got.counts[3]), (4, 1), "{got:?}");
}

#[test]
fn a_damaged_chunk_is_counted() {
    let (good, _) = chunk(1..6);
    let (mut bad, _) = chunk(6..11);
    bad[0] = b'X';
    let got = seen(file(&[good.clone(), bad, chunk(11..16).0]));
    assert_eq!((got.rows.len(), got.counts[3]), (10, 1), "{got:?}");
    assert!(got.damaged[0].starts_with(&format!("events byte {}: ", 4096 + CHUNK)), "{got:?}");
    // a wrong checksum: its records are read, and it is said
    let (mut old, places) = chunk(6..11);
    let last = *places.last().unwrap();
    old[last + 16] ^= 1;
    let got = seen(file(&[good, old]));
    assert_eq!((got.rows.len(), got.counts[3]), (10, 1), "{got:?}");
    assert!(got.damaged[0].ends_with("a chunk whose checksum is wrong"), "{got:?}");
}

#[test]
fn a_file_that_ends_early() {
    let whole = three_chunks();
    let (_, places) = chunk(21..41);
    // in the middle of a record of the last chunk
    let cut = 4096 + 2 * CHUNK + places[5] + 40;
    let got = seen(&whole[..cut]);
    assert_eq!(got.rows.len(), 25, "{got:?}");
    assert!(got.counts[3] >= 1, "{got:?}");
    assert_eq!(got.said, ["SPL5010 an EVTX file ended inside its header or a chunk x1"]);
    let got = seen(&whole[..1000]);
    assert_eq!(got.said, ["SPL5010 an EVTX file ended inside its header or a chunk x1"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever stands in a file: no panic, and the same for any number of threads.
    #[test]
    fn any_damage(
        changes in prop::collection::vec((0usize..3000, any::<u8>()), 1..12),
        sums in any::<bool>(),
        cut in prop::option::of(0usize..5000),
    ) {
        let (mut c, _) = chunk(1..6);
        for (at, byte) in changes {
            c[at] = byte;
        }
        if sums && u32::from_le_bytes(c[48..52].try_into().unwrap()) as usize <= CHUNK
            && u32::from_le_bytes(c[48..52].try_into().unwrap()) >= 512 {
            sum(&mut c);
        }
        let mut bytes = file(&[c, chunk(6..8).0]);
        bytes.truncate(cut.map_or(bytes.len(), |n| 4096 + n));
        let plan = planned("* | table _raw");
        let one = run(&plan, &events(&bytes), &ScanOptions::default(), 1);
        prop_assert_eq!(&run(&plan, &events(&bytes), &ScanOptions::default(), 3), &one);
        prop_assert!(cut.is_some() || one.rows.len() >= 2);
    }
}
