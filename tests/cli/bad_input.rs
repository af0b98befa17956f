//! Input that means harm, or is only broken: events, SPL, macros and YAML. Every run ends by itself,
//! with the documented exit code and a message, never with a panic, a signal or a full stack.

use crate::support::{Ran, root, sepal_within};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How deep "too deep" is.
const DEEP: usize = 100_000;
/// A run that takes longer hangs. Far more than any takes, also on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs the binary in a folder with bytes on standard input: it ends in time, in good order, and not
/// with an error code that it says nothing of.
fn ends(dir: &Path, args: &[&str], input: &[u8]) -> Ran {
    let ran = sepal_within(LIMIT, dir, args, input);
    let (err, shown) = (&ran.err, || head(&args.join(" ")));
    assert!(!err.contains("panicked") && !err.contains("overflow"), "{}\n{err}", shown());
    assert!(!err.contains("SPL3018"), "a worker panicked: {}\n{err}", shown());
    if ran.code != 0 {
        assert!(!err.trim().is_empty(), "exit {} without a word: {}", ran.code, shown());
    }
    ran
}

/// The beginning of a text, for messages of tests.
fn head(text: &str) -> String {
    text.chars().take(600).collect()
}

fn folder() -> tempfile::TempDir {
    // a work tree of its own, so that no macros are found further up
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(".git")).unwrap();
    dir
}

fn write(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(dir.join(name), bytes).unwrap();
}

fn nested(open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(DEEP), close.repeat(DEEP))
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Searches that read events in each of the ways that the engine has.
const SEARCHES: &[&str] = &[
    "*",
    "* | table *",
    "a=1 OR n>3 OR x*=*y* | table a n _raw _time",
    "\"text\" NOT a=2",
    "* | fillnull | stats count sum(n) avg(n) stdev(n) max(n) min(n) median(n) values(a) list(n) range(n) by a",
    "* | eval d=n*2, m=n%7, r=round(n,2), c=tostring(n,\"commas\"), h=tostring(n,\"hex\"), t=strftime(n,\"%c\"), p=pow(n,n), s=substr(a,n,n), v=mvrange(0,3), j=spath(_raw,\"k.l\"), u=relative_time(n,\"-1d@d\") | sort - n a | reverse | head 20",
    "* | rename a* as b* | head 100 | tail 50 | eval z=mvcount(k)",
];

/// Each kind of damage as events: the run is done, all events are there, and what is damaged is
/// counted.
#[test]
fn events_of_all_kinds() {
    let dir = folder();
    let object = |inside: &str| format!("{{\"a\":1,\"k\":{inside}}}\n").into_bytes();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("deep_arrays", object(&nested("[", "1", "]"))),
        ("deep_objects", object(&nested("{\"k\":", "1", "}"))),
        ("deep_mixed", object(&nested("[{\"k\":", "1", "}]"))),
        ("only_open", "[".repeat(DEEP).into_bytes()),
        ("only_open_objects", "{\"k\":".repeat(DEEP).into_bytes()),
        ("only_close", "]".repeat(DEEP).into_bytes()),
        ("deep_in_array", format!("[{{\"a\":1}},{}]", nested("[", "", "]")).into_bytes()),
        ("deep_in_records", format!("{{\"Records\":[{{\"a\":{}}}]}}", nested("[", "", "]")).into_bytes()),
        ("deep_text_in_hec", format!("{{\"time\":1,\"event\":\"{}\"}}", nested("[", "", "]")).into_bytes()),
        ("deep_event_in_hec", format!("{{\"time\":1,\"event\":{}}}", nested("[", "", "]")).into_bytes()),
        ("deep_raw_in_row", format!("{{\"_time\":1,\"_raw\":\"{}\"}}", nested("[", "", "]")).into_bytes()),
        ("deep_result", format!("{{\"preview\":false,\"result\":{}}}", nested("{\"a\":", "1", "}")).into_bytes()),
        ("quotes", "\"".repeat(DEEP).into_bytes()),
        ("backslashes", format!("{{\"a\":\"{}\"}}", "\\".repeat(DEEP + 1)).into_bytes()),
        ("utf8", b"{\"a\":\"\xff\xfe\xc3\x28\",\"\xf0\x9f\":1}\n\xff\xff\n{\"n\":\xe2\x82}\n".to_vec()),
        ("utf16", "\u{feff}{\"a\":1}\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("surrogates", br#"{"a":"\ud800","n":"\udfff\ud800\ud800","\ud83d":"\ud83d\u0041"}"#.to_vec()),
        ("escapes", br#"{"a":"\u12","n":"\x41\u","\u0061":"\uzzzz\"}"#.to_vec()),
        ("duplicates", format!("{{{}}}", "\"a\":1,".repeat(5000) + "\"a\":2").into_bytes()),
        ("numbers", format!("{{\"a\":1,\"n\":1e400}}\n{{\"n\":-1e400}}\n{{\"n\":{0}}}\n{{\"n\":0.{0}}}\n{{\"n\":1e-{0}}}\n{{\"n\":9223372036854775808}}\n{{\"n\":-0}}\n{{\"n\":1e308}}\n{{\"n\":\"NaN\"}}\n{{\"n\":\"inf\"}}\n{{\"n\":-}}\n", "9".repeat(500)).into_bytes()),
        ("times", "{\"timestamp\":\"9999-99-99T99:99:99Z\",\"n\":1}\n{\"timestamp\":1e300}\n{\"timestamp\":-9e18}\n{\"timestamp\":\"+262143-01-01\"}\n".into()),
        ("zeros", vec![0; 300_000]),
        ("nothing", Vec::new()),
        ("bom", b"\xef\xbb\xbf".to_vec()),
        ("newlines", b"\r\n".repeat(DEEP)),
        ("many_keys", format!("{{{}\"a\":1}}", (0..20_000).map(|n| format!("\"k{n}\":{n},")).collect::<String>()).into_bytes()),
        ("long_key", format!("{{\"{}\":1}}", "k.{}".repeat(DEEP)).into_bytes()),
        ("binary", (0..400_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
    ];
    for (name, bytes) in &files {
        write(dir.path(), &format!("{name}.json"), bytes);
    }
    std::thread::scope(|scope| {
        for part in 0..2 {
            let (files, dir) = (&files, dir.path());
            scope.spawn(move || {
                for (name, _) in files.iter().skip(part).step_by(2) {
                    for search in SEARCHES {
                        let file = format!("{name}.json");
                        let args = [
                            "run",
                            "-q",
                            search,
                            &file,
                            "--format",
                            "ndjson",
                            "--now",
                            "2026-01-01",
                        ];
                        let ran = ends(dir, &args, b"");
                        assert_eq!(ran.code, 0, "{name} | {search}\n{}", head(&ran.err));
                    }
                }
            });
        }
    });
    // what is damaged is said, changes the code under --strict, and is still there
    for name in ["deep_arrays", "only_open", "utf8", "escapes"] {
        let file = format!("{name}.json");
        let args = ["run", "-q", "* | table k a _raw", &file, "--format", "ndjson"];
        let ran = ends(dir.path(), &args, b"");
        assert!(ran.err.contains("damaged"), "{name}: {}", head(&ran.err));
        assert!(!ran.out.is_empty(), "{name}");
        let strict = ends(dir.path(), &[&args[..], &["--strict"]].concat(), b"");
        assert_eq!(strict.code, 2, "{name}");
    }
    let table = ends(dir.path(), &["run", "-q", "* | head 3", "many_keys.json"], b"");
    assert_eq!(table.code, 0);
}

/// A compressed file that is cut or wrong: what came before counts, the run says so and exits 2.
#[test]
fn cut_and_wrong_compression() {
    let dir = folder();
    let lines: String =
        (0..3000).map(|n| format!("{{\"n\":{n},\"x\":\"{}\"}}\n", n * 7919)).collect();
    let packed = gz(lines.as_bytes());
    let zst = zstd::stream::encode_all(lines.as_bytes(), 1).unwrap();
    let mut wrong_sum = packed.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 0xff;
    let mut flipped = packed.clone();
    flipped[packed.len() / 2] ^= 0x55;
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("half.gz", packed[..packed.len() / 2].to_vec()),
        ("last.gz", packed[..packed.len() - 1].to_vec()),
        ("head.gz", packed[..10].to_vec()),
        ("magic.gz", packed[..2].to_vec()),
        ("sum.gz", wrong_sum),
        ("flipped.gz", flipped),
        ("half.zst", zst[..zst.len() / 2].to_vec()),
        ("magic.zst", zst[..4].to_vec()),
        ("noise.gz", [&[0x1f, 0x8b][..], &[0xaa; 5000]].concat()),
        ("noise.zst", [&[0x28, 0xb5, 0x2f, 0xfd][..], &[0xaa; 5000]].concat()),
        ("second.gz", [&packed[..], &packed[..packed.len() / 3]].concat()),
    ];
    for (name, bytes) in &cases {
        write(dir.path(), name, bytes);
        let ran = ends(dir.path(), &["run", "-q", "* | stats count", name], b"");
        assert_eq!(ran.code, 2, "{name}\n{}\n{}", head(&ran.out), head(&ran.err));
        assert!(ran.err.contains(name), "{name}: {}", head(&ran.err));
    }
    // the rows that were read are shown all the same
    let ran =
        ends(dir.path(), &["run", "-q", "* | stats count", "second.gz", "--format", "csv"], b"");
    let count: u64 = ran.out.trim().trim_start_matches("count\n").parse().unwrap();
    assert!(count > 3000, "{}", ran.out);
    // through a pipe as well
    let ran = ends(dir.path(), &["run", "-q", "* | stats count"], &cases[0].1);
    assert_eq!(ran.code, 2, "{}", head(&ran.err));
}

/// One line over the limit of an event, 100 MB; the event after it is read.
#[test]
fn a_line_of_100_megabytes() {
    let dir = folder();
    let path = dir.path().join("long.json");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(b"{\"a\":1}\n{\"a\":2,\"x\":\"").unwrap();
    let block = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&block).unwrap());
    file.write_all(b"\"}\n{\"a\":3}\n").unwrap();
    file.into_inner().unwrap();
    for search in ["* | stats count sum(a)", "a=3 | stats count"] {
        let args = ["run", "-q", search, "long.json", "--format", "ndjson"];
        let ran = ends(dir.path(), &args, b"");
        // the event was cut, so the result is not that of all the data
        assert_eq!(ran.code, 2, "{search}: {}", head(&ran.err));
        assert!(ran.err.contains("SPL5003") && ran.err.contains("64 MiB"), "{}", head(&ran.err));
        let want = if search.starts_with('*') { "\"count\":3" } else { "\"count\":1" };
        assert!(ran.out.contains(want), "{search}: {}", head(&ran.out));
    }
}

/// SPL that is nested or long beyond reason: a diagnostic and exit 2, or a result.
#[test]
fn searches() {
    let dir = folder();
    // long, but not nested: fewer pieces do
    let flat = |piece: &str, end: &str| format!("{}{end}", piece.repeat(DEEP / 5));
    let cases: Vec<(&str, String)> = vec![
        ("parentheses", nested("(", "a=1", ")")),
        ("where_parentheses", format!("* | where {}", nested("(", "a=1", ")"))),
        ("open_parentheses", "(".repeat(DEEP)),
        ("open_where", format!("* | where {}", "(".repeat(DEEP))),
        ("brackets", nested("[search ", "a=1", "]")),
        ("open_brackets", "[".repeat(DEEP)),
        ("append", nested("* | append [", "search a=1", "]")),
        ("functions", format!("* | eval x={}", nested("lower(", "a", ")"))),
        ("if", format!("* | eval x={}", nested("if(1=1,", "a", ",2)"))),
        ("not", format!("* | where {}", flat("NOT ", "a=1"))),
        ("search_not", flat("NOT ", "a=1")),
        ("minus", format!("* | eval x={}", flat("-", "1"))),
        ("plus", format!("* | eval x={}", flat("1+", "1"))),
        ("concat", format!("* | eval x={}", flat("a.", "a"))),
        ("where_or", format!("* | where {}", flat("a=1 OR ", "a=2"))),
        ("where_and", format!("* | where {}", flat("a=1 AND ", "a=2"))),
        ("where_xor", format!("* | where {}", flat("a=1 XOR ", "a=2"))),
        ("search_or", flat("a=1 OR ", "a=2")),
        ("search_and", flat("a=1 ", "a=2")),
        ("search_mix", flat("a=1 OR (b=2 ", "a=2")),
        ("in_list", format!("a IN ({})", flat("1,", "2"))),
        ("case", format!("* | eval x=case({})", flat("a=1,2,", "1=1,3"))),
        ("fields", format!("* | table {}", flat("a ", "b"))),
        ("stats", format!("* | stats {}", flat("count(a) ", "as b"))),
        ("pipes", "|".repeat(DEEP)),
        ("stages", format!("*{}", "| eval a=1".repeat(5000))),
        ("tail_stages", format!("* | head 5{}", "| eval a=1".repeat(5000))),
        ("tail_heads", format!("*{}", "| head 5".repeat(5000))),
        ("tail_stats", format!("*{}", "| stats count".repeat(5000))),
        ("quotes", "\"".repeat(DEEP + 1)),
        ("backticks", "`".repeat(DEEP)),
        ("comments", "```".repeat(DEEP + 1)),
        ("open_comment", format!("* ```{}", "x".repeat(DEEP))),
        ("backslashes", format!("a=\"{}", "\\".repeat(DEEP))),
        ("macro_arguments", format!("`m({})`", nested("`m(", "1", ")`"))),
        ("stars", format!("a={}", "*".repeat(DEEP))),
        ("star_text", format!("a={}b", "*x".repeat(DEEP / 10))),
        ("long_term", "x".repeat(DEEP)),
        ("long_number", format!("* | eval x={}", "9".repeat(DEEP))),
        ("nul", "a=\0 | table \0".into()),
        ("empty", String::new()),
        ("spaces", " ".repeat(DEEP)),
    ];
    write(dir.path(), "e.json", "{\"a\":1,\"x\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n{\"a\":2}\n");
    for (name, spl) in &cases {
        write(dir.path(), &format!("{name}.spl"), spl);
    }
    write(dir.path(), "utf8.spl", b"a=\xff | table \xc3");
    let names: Vec<&str> = cases.iter().map(|(n, _)| *n).chain(["utf8"]).collect();
    std::thread::scope(|scope| {
        for part in 0..2 {
            let (names, dir) = (&names, dir.path());
            scope.spawn(move || {
                for name in names.iter().skip(part).step_by(2) {
                    let file = format!("{name}.spl");
                    for args in [
                        &["run", &file, "e.json", "--quiet", "--format", "ndjson"][..],
                        &["parse", &file, "--format", "text"],
                        &["fmt", &file, "--check"],
                    ] {
                        let ran = ends(dir, args, b"");
                        let expected: &[i32] = match args[0] {
                            "fmt" => &[0, 1, 2],
                            _ => &[0, 2],
                        };
                        assert!(
                            expected.contains(&ran.code),
                            "{args:?}: {} {}",
                            ran.code,
                            head(&ran.err)
                        );
                        assert!(
                            ran.err.len() < 100_000,
                            "{args:?}: {} bytes of messages",
                            ran.err.len()
                        );
                    }
                }
            });
        }
    });
    // a tree as JSON, of a search that is not quite so long
    for (name, spl) in [
        ("tree_and", format!("* | where {}a=2", "a=1 AND ".repeat(3000))),
        ("tree_brackets", format!("{}a=1{}", "[search ".repeat(3000), "]".repeat(3000))),
        ("tree_stages", format!("*{}", "| eval a=1".repeat(3000))),
    ] {
        write(dir.path(), &format!("{name}.spl"), spl);
        let file = format!("{name}.spl");
        let ran = ends(dir.path(), &["parse", &file, "--format", "json"], b"");
        assert_eq!(ran.code, if name == "tree_brackets" { 2 } else { 0 }, "{name}");
        assert!(ran.out.len() < 40_000_000, "{name}: {} bytes", ran.out.len());
    }
    for name in ["parentheses", "where_parentheses", "functions", "not"] {
        let ran = ends(dir.path(), &["run", &format!("{name}.spl"), "e.json"], b"");
        assert_eq!(ran.code, 2, "{name}");
        assert!(ran.err.contains("SPL0006"), "{name}: {}", head(&ran.err));
    }
    for (name, rows) in [("in_list", 2), ("search_or", 2), ("stages", 2), ("tail_heads", 2)] {
        let args = ["run", &format!("{name}.spl"), "e.json", "--quiet", "--format", "ndjson"];
        let ran = ends(dir.path(), &args, b"");
        assert_eq!((ran.code, ran.out.lines().count()), (0, rows), "{name}: {}", head(&ran.err));
    }
}

/// Arguments of functions and commands that ask for more than there is.
#[test]
fn arguments() {
    let dir = folder();
    let a = "a".repeat(40);
    write(dir.path(), "e.json", format!("{{\"a\":\"{a}\",\"n\":1e308,\"t\":\"9\"}}\n"));
    for search in [
        "| makeresults count=100000000000",
        "| makeresults count=-1",
        "| makeresults count=99999999999999999999999",
        "* | eval x=mvrange(0,1000000000000)",
        "* | eval x=mvrange(0,1,0.000000000001)",
        "* | eval x=mvrange(0,10,0)",
        "* | eval x=mvrange(1,\"1000y\",\"1s\")",
        "* | eval x=printf(\"%1000000000d\",1)",
        "* | eval x=printf(\"%.1000000000f\",1)",
        "* | eval x=printf(\"%s%n%*d\",1)",
        "* | eval x=pow(10,400), y=pow(0,-1), z=sqrt(-1), w=ln(0), v=exp(1000), u=1/0, q=1%0",
        "* | eval x=round(n,1000000), y=round(n,-1000000), z=round(n*10,5)",
        "* | eval x=substr(a,-9e18,9e18), y=substr(a,1e300), z=substr(a,0,-1)",
        "* | eval x=mvindex(a,9e18), y=mvindex(a,-9e18,9e18), z=mvindex(a,1,-5)",
        "* | eval x=relative_time(9e18,\"+99999999999y\"), y=relative_time(now(),\"@w99\")",
        "* | eval x=strftime(1e300,\"%Y %s %N\"), y=strftime(-9e18,\"%c\"), z=strftime(0,\"%1000000Y\")",
        "* | eval x=strptime(a,\"%Y-%m-%d\"), y=strptime(\"99999999999\",\"%s\"), z=strptime(\"\",\"\")",
        "* | eval x=tostring(n,\"commas\"), y=tostring(n,\"duration\"), z=tostring(-n,\"hex\")",
        "* | eval x=tonumber(\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\",36), y=tonumber(\"1\",1)",
        "* | eval x=replace(a,\"\",\"xxxxxxxxxx\"), y=replace(a,\"(a*)*\",\"\\1\\9\\99\")",
        "* | eval x=match(a,\"((a{0,100}){0,100}){0,100}\")",
        "* | eval x=match(a,\"(a|aa)+\\1$\"), y=match(a,\"(?=(a+))\\1b\")",
        "* | rex field=a \"(?<x>(a+)+)$\"",
        "* | rex field=a \"(?<x>(?:(a+)+)+)(?!a)b\"",
        "* | rex field=a \"(?<x>(a{1,1000}){1,1000})\"",
        "* | rex field=a max_match=0 \"(?<x>)\"",
        "* | rex field=a \"(((((((((((((((((((((((((((((((((((((((((\"",
        "* | rex field=a mode=sed \"s/a*/&&&&&&&&/g\"",
        "* | regex a=\"(\\d{1,1000}){1,1000}\"",
        "* | bin n span=0.0000000000000001",
        "* | bin n bins=0",
        "* | bin n bins=99999999999",
        "* | bin n span=0",
        "* | bin _time span=1us",
        "* | head 99999999999999999999",
        "* | head -5",
        "* | sort 99999999999999999999 a",
        "* | top limit=99999999999999999999 a",
        "* | dedup 99999999999999999999 a",
        "* | mvexpand a limit=99999999999999999999",
        "* | stats perc999999(n) perc-1(n) perc50.5(n) exactperc99.99(n)",
        "* | eval x=spath(a,\"{}{}{}{}.....\"), y=json_extract(a,\"[[[[\")",
        "a=*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
        "* | where like(a,\"%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%b\")",
        "* earliest=-99999999999999y latest=+99999999999999y",
        "* earliest=-1d@w9",
        "n>9e999999999999",
        "ip=1.2.3.4/99 OR ip=::/999 OR ip=\"/\"",
        "* | rename a* as *b*",
        "* | rename * as *******",
        "* | eval {a}=1, {n}={t}",
        "* | makemv delim=\"\" a | mvexpand a",
        "* | makemv tokenizer=\"()\" a",
        "* | convert ctime(n) timeformat=\"%9999999Y\"",
        "* | append [search * | append [search * | append [search *]]]",
        "* | spath input=a path=a{99999999999999999999}.b output=x",
    ] {
        let args =
            ["run", "-q", search, "e.json", "--quiet", "--format", "ndjson", "--now", "2026-01-01"];
        let ran = ends(dir.path(), &args, b"");
        assert!([0, 2].contains(&ran.code), "{search}: {} {}", ran.code, head(&ran.err));
        assert!(ran.out.len() < 50_000_000, "{search}: {} bytes", ran.out.len());
    }
}

/// Macros that lead to themselves, to each other without end, or to more and more text.
#[test]
fn macros() {
    let dir = folder();
    write(dir.path(), "e.json", "{\"a\":1}\n");
    let mut conf = String::new();
    for n in 0..DEEP {
        conf.push_str(&format!("[chain{n}]\ndefinition = `chain{}`\n", n + 1));
    }
    conf.push_str(&format!("[chain{DEEP}]\ndefinition = a=1\n"));
    write(dir.path(), "chain.conf", conf);
    let mut conf = String::from(
        "[self]\ndefinition = `self`\n[ping]\ndefinition = `pong`\n[pong]\ndefinition = a=1 `ping`\n",
    );
    conf.push_str("[grow(1)]\nargs = x\ndefinition = `grow($x$$x$)`\n");
    for n in 0..40 {
        conf.push_str(&format!("[bomb{n}]\ndefinition = `bomb{0}` `bomb{0}`\n", n + 1));
    }
    conf.push_str("[bomb40]\ndefinition = a=1\n[quote]\ndefinition = \"\n[tick]\ndefinition = `\n");
    conf.push_str("[ev]\niseval = 1\ndefinition = \"`ev`\"\n[check(1)]\nargs = x\nvalidation = isnum($x$\nerrormsg = no\ndefinition = $x$\n");
    write(dir.path(), "macros.conf", conf);
    for (call, code) in [
        ("`self`", 2),
        ("`ping`", 2),
        ("`chain0`", 2),
        ("`grow(x)`", 2),
        ("`bomb0`", 2),
        ("`quote`", 2),
        ("`tick`", 2),
        ("`ev`", 2),
        ("`check(\"\")`", 2),
        ("`nosuch`", 2),
        ("`self", 2),
        (&format!("`chain{}`", DEEP - 3), 0),
    ] {
        let file = if call.contains("chain") { "chain.conf" } else { "macros.conf" };
        let args = ["run", "-q", call, "e.json", "--macros", file];
        let ran = ends(dir.path(), &args, b"");
        assert_eq!(ran.code, code, "{call}: {}", head(&ran.err));
        assert!(ran.err.len() < 50_000, "{call}: {} bytes of messages", ran.err.len());
        let ran = ends(dir.path(), &["expand", "-q", call, "--macros", file], b"");
        assert!([0, 2].contains(&ran.code) && ran.out.len() < 5_000_000, "{call}");
    }
    for set in [
        "x",
        "=",
        "x(=",
        "x(a,a)=$a$",
        "x=`x`",
        "(a)=b",
        "x(1)=\"",
        &format!("x={}", "(".repeat(50_000)),
    ] {
        let ran = ends(dir.path(), &["run", "-q", "`x`", "e.json", "--set", set], b"");
        assert_eq!(ran.code, 2, "{}: {}", head(set), head(&ran.err));
    }
}

/// YAML bombs and broken YAML as a detection, a macro and a lookup.
#[test]
fn yaml() {
    let dir = folder();
    std::fs::create_dir(dir.path().join("m")).unwrap();
    std::fs::create_dir(dir.path().join("l")).unwrap();
    write(dir.path(), "e.json", "{\"a\":1}\n");
    let mut bomb = "name: n\nsearch: a=1\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let refs = vec![format!("*{from}"); 9].join(",");
        bomb.push_str(&format!("{to}: &{to} [{refs}]\n"));
    }
    let deep = |open: &str, close: &str| format!("name: n\nsearch: {}\n", nested(open, "x", close));
    let stairs: String = (0..2000).map(|n| format!("{}k:\n", " ".repeat(n))).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("bomb", bomb.into()),
        ("brackets", deep("[", "]").into()),
        ("braces", deep("{a: ", "}").into()),
        ("open", format!("name: n\nsearch: {}", "[".repeat(DEEP)).into()),
        ("dashes", format!("name: n\nsearch:\n  {}x\n", "- ".repeat(DEEP)).into()),
        ("questions", format!("{}x\n", "? ".repeat(DEEP)).into()),
        ("stairs", format!("name: n\nsearch: a=1\n{stairs}").into()),
        ("twice", "name: n\nsearch: a=1\nsearch: a=2\n".into()),
        ("utf8", b"name: n\nsearch: \xff\n".to_vec()),
        ("nul", b"name: n\nsearch: a\0b\n".to_vec()),
        ("utf16", "name: n\nsearch: a=1\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("no_search", "name: n\n".into()),
        ("list", "- a\n- b\n".into()),
        ("number", "1\n".into()),
        ("empty", Vec::new()),
        ("tag", "name: n\nsearch: !!binary \"%%\"\n".into()),
        ("large", format!("name: n\nsearch: '{}'\n", "a ".repeat(6_000_000)).into()),
        ("keys", (0..DEEP).map(|n| format!("k{n}: 1\n")).collect::<String>().into()),
        ("quote", "name: n\nsearch: 'a=1\n".into()),
        ("merge", "name: n\n<<: {search: a=1}\n".into()),
        ("deep_spl", format!("name: n\nsearch: '{}'\n", nested("(", "a=1", ")")).into()),
    ];
    for (name, bytes) in &cases {
        let file = format!("{name}.yml");
        write(dir.path(), &file, bytes);
        for args in
            [&["run", &file, "e.json"][..], &["parse", &file], &["expand", &file], &["fmt", &file]]
        {
            let ran = ends(dir.path(), args, b"");
            // what only the parser of SPL refuses can still be expanded, and fmt works on tokens
            let can = *name == "deep_spl" && ["expand", "fmt"].contains(&args[0]);
            assert!(ran.code == 2 || can, "{args:?}: {} {}", ran.code, head(&ran.err));
            assert!(ran.err.len() < 50_000, "{args:?}: {} bytes of messages", ran.err.len());
        }
        for (folder, option) in [("m", "--macros"), ("l", "--lookups")] {
            write(&dir.path().join(folder), &file, bytes);
            let ran = ends(dir.path(), &["run", "-q", "*", "e.json", option, folder], b"");
            // a name alone may be a lookup, and what it does not know it leaves alone
            let can = folder == "l" && ["no_search", "brackets", "deep_spl"].contains(name);
            assert!(ran.code == 2 || can, "{option} {file}: {} {}", ran.code, head(&ran.err));
            std::fs::remove_file(dir.path().join(folder).join(&file)).unwrap();
        }
    }
}

/// What is no file of events, search or content at all.
#[test]
fn paths() {
    let dir = folder();
    write(dir.path(), "e.json", "{\"a\":1}\n");
    let long = "x".repeat(5000);
    for args in [
        &["run", "-q", "*", "no/such.json"][..],
        &["run", "-q", "*", &long],
        &["run", "-q", "*", "e.json/"],
        &["run", "-q", "*", ""],
        &["run", ".", "e.json"],
        &["run", "-q", "*", "e.json", "-o", "."],
        &["run", "-q", "*", "e.json", "--macros", "e.json"],
        &["run", "-q", "*", "e.json", "--time-field", "", "--earliest", "x"],
        &["parse", "no.spl"],
    ] {
        let ran = ends(dir.path(), args, b"");
        assert_eq!(ran.code, 2, "{args:?}: {}", head(&ran.err));
    }
    // the project's own events are no search
    let audit = root().join("tests/data/kubernetes_audit.jsonl");
    let ran = ends(dir.path(), &["run", audit.to_str().unwrap(), "e.json"], b"");
    assert_eq!(ran.code, 2);
}
