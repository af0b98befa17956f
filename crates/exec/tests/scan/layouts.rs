//! How events may stand in an input.

use crate::support::{Seen, column, events, everywhere, gz, planned, run, zst};
use sepal_exec::host::FixedHost;
use sepal_exec::plan::ScanOptions;
use sepal_exec::scan::{Input, InputFormat, Meta, expand_folders};

/// The same five events, newest first in a result: n is 5, 4, 3, 2, 1.
fn five() -> Vec<String> {
    (1..=5)
        .map(|n| {
            format!(
                r#"{{"timestamp":"2026-01-01T00:00:0{n}Z","n":{n},"o":{{"p":["x{n}","y"]}},"t":"a\nb\"c"}}"#
            )
        })
        .collect()
}

fn check_five(text: impl AsRef<[u8]>) -> Seen {
    let inputs = events(text);
    let all = everywhere("*", &inputs);
    assert_eq!(column(&all, "n"), ["5", "4", "3", "2", "1"]);
    assert_eq!(column(&all, "o.p{}")[0], r#"["x5","y"]"#);
    assert_eq!(column(&all, "t")[0], "a\nb\"c");
    assert_eq!(column(&all, "_time")[0], "1767225605");
    assert_eq!((all.counts[0], all.counts[3]), (5, 0), "{all:?}");
    assert_eq!(all.said, Vec::<String>::new());
    let some = everywhere("n>=2 o.p{}=\"X*\" n!=4 | table n o.p{}", &inputs);
    assert_eq!(column(&some, "n"), ["5", "3", "2"]);
    let count = everywhere("* | stats count sum(n) list(n) by o.p{}", &inputs);
    assert_eq!(count.rows.len(), 6);
    all
}

#[test]
fn json_lines() {
    let plain = check_five(five().join("\n"));
    assert_eq!(column(&plain, "_raw")[4], five()[0]);
    let ended = check_five(five().join("\n") + "\n");
    assert_eq!(plain.rows, ended.rows);
    // a BOM, CRLF, empty lines and lines of spaces are no events
    for text in [
        format!("\u{feff}{}", five().join("\n")),
        format!("{}\r\n", five().join("\r\n")),
        format!("\n\n  \n{}\n\r\n \t\n", five().join("\n\n")),
        format!("\u{feff}\r\n{}", five().join("\r\n\r\n")),
    ] {
        assert_eq!(check_five(&text).rows, plain.rows, "{text:?}");
    }
}

#[test]
fn values_one_after_another() {
    let plain = check_five(five().join("\n"));
    for text in [five().concat(), five().join(" "), five().join("\r\n\r\n ") + "\n"] {
        assert_eq!(check_five(&text).rows, plain.rows, "{text:?}");
    }
    let pretty = |e: &String| {
        let v: serde_json::Value = serde_json::from_str(e).unwrap();
        serde_json::to_string_pretty(&v).unwrap()
    };
    let pretty: Vec<String> = five().iter().map(pretty).collect();
    for text in [pretty.join("\n"), pretty.concat(), format!("\u{feff}{}\r\n", pretty.join("\r\n"))]
    {
        let seen = check_five(&text);
        assert_eq!(column(&seen, "o.p{}"), column(&plain, "o.p{}"));
    }
    check_five(pretty.join("\n").replace('\n', "\r\n"));
}

#[test]
fn arrays_and_wrappers() {
    let plain = check_five(five().join("\n"));
    for text in [
        format!("[{}]", five().join(",")),
        format!(" [\n  {}\n]\n", five().join("\n , ")),
        format!("\u{feff}[{}]", five().join(",\r\n")),
        format!(
            r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{{"a":[1]}},"items":[{}]}}"#,
            five().join(",")
        ),
        format!(
            r#"{{"kind":"EventList","apiVersion":"v1","items":[{}],"x":{{"y":[{{}}]}}}}"#,
            five().join(",\n")
        ),
        format!(r#"{{"Records":[{}]}}"#, five().join(",")),
        format!("{{\n  \"Records\": [\n{}\n]\n}}\n", five().join(",\n")),
        format!(
            r#"{{"Records":[{}]}}{}"#,
            five()[..2].join(","),
            r#"{"Records":["#.to_owned() + &five()[2..].join(",") + "]}"
        ),
    ] {
        assert_eq!(check_five(&text).rows, plain.rows, "{text}");
    }
    let none = everywhere("*", &events("{\"Records\":[]}\n"));
    assert_eq!((none.rows.len(), none.counts[0]), (0, 0));
}

/// Splunk's export endpoint: one object a line, the row under `result`.
#[test]
fn export_rows() {
    let text = concat!(
        r#"{"preview":false,"offset":0,"result":{"_raw":"{\"n\":1,\"deep\":{\"x\":2}}","_time":"2026-01-01T00:00:01.000+00:00","host":"h1","mv":["a","b"],"n":"one"}}"#,
        "\n",
        r#"{"preview":false,"offset":1,"result":{"_raw":"plain text","_time":"2026-01-01T00:00:02.500+00:00","big":1e400,"half":"\ud800!","big":"2"}}"#,
        "\n",
        r#"{"preview":false,"offset":2,"result":"no row"}"#,
        "\n",
        r#"{"preview":false,"lastrow":true}"#,
        "\n",
        r#"{"other":1}"#,
        "\n"
    );
    let seen = everywhere("* | table _time n deep.x mv host _raw big half other", &events(text));
    insta::assert_snapshot!(seen.rows.join("\n"));
    assert_eq!((seen.counts[0], seen.counts[3]), (5, 0));
    assert_eq!(everywhere("n=one", &events(text)).rows.len(), 1);
    assert_eq!(everywhere("\"plain text\" OR other=1", &events(text)).rows.len(), 2);
}

/// Rows that some Splunk gave, as `| outputlookup`-like JSON lines and as the `results` endpoint.
#[test]
fn rows_of_a_result() {
    let row = r#"{"_time":"1767225600","a.b":"1","c":["x","y"],"d":null,"e":{"f":1}}"#;
    let odd = r#"{"_time":"1767225601","a.b":1e400,"c":[["x"],"\udfff",12345678901234567890123],"deep":D}"#;
    let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
    let text = format!("{row}\n{}\n", odd.replace('D', &deep));
    let seen = everywhere("* | table a.b c d e deep", &events(&text));
    insta::assert_snapshot!(seen.rows.join("\n"));
    assert_eq!((seen.counts[0], seen.counts[3]), (2, 0));
}

/// `{"event": ...}` as sent to an HTTP event collector.
#[test]
fn hec_envelopes() {
    let text = concat!(
        r#"{"time":1767225601.25,"host":"h1","sourcetype":"st","event":{"a":{"b":[1,2]},"c":"x"}}"#,
        "\n",
        r#"{"time":"1767225602","event":"text with \"quotes\" and \ud83d","source":"s2","fields":{"region":"eu","n":1e400}}"#,
        "\n",
        r#"{"time":1767225603,"event":1e400,"index":"i"}"#,
        "\n",
        r#"{"time":1767225604,"host":"no event"}"#,
        "\n"
    );
    let search = "* | table _time host source sourcetype index a.b{} c region n _raw";
    let seen = everywhere(search, &events(text));
    insta::assert_snapshot!(seen.rows.join("\n"));
    assert_eq!((seen.counts[0], seen.counts[3]), (4, 0));
    assert_eq!(everywhere("host=h1 a.b{}=2", &events(text)).rows.len(), 1);
    assert_eq!(everywhere("sourcetype=st OR index=i", &events(text)).rows.len(), 2);
    // what the user stamps wins over the envelope
    let meta = Meta { host: Some("mine".into()), ..Meta::default() };
    let stamped = [events(text).remove(0).with_meta(meta)];
    assert_eq!(everywhere("host=mine", &stamped).rows.len(), 4);
    // one after another without newlines is how HEC takes a batch
    let joined = everywhere(search, &events(text.replace('\n', "")));
    assert_eq!(joined.rows, seen.rows);
}

#[test]
fn plain_text() {
    let text = "Jan  1 00:00:01 h sshd: failed password\n\nJan  1 00:00:02 h sshd: ok\r\n";
    let seen = everywhere("failed | table _raw sourcetype", &events(text));
    assert_eq!(column(&seen, "_raw"), ["Jan  1 00:00:01 h sshd: failed password"]);
    assert_eq!(column(&seen, "sourcetype"), ["text"]);
    assert_eq!((seen.counts[0], seen.counts[3]), (2, 0));
}

#[test]
fn nothing_at_all() {
    for text in ["", "\n", "\u{feff}", "\r\n \t\r\n", "[]", "[ ]\n", "{\"Records\":[]}"] {
        let seen = everywhere("* | stats count", &events(text));
        assert_eq!((column(&seen, "count"), seen.counts[0]), (vec!["0".to_owned()], 0), "{text:?}");
    }
    let seen = everywhere("*", &events("{}"));
    assert_eq!(seen.counts[..1], [1]);
    assert_eq!(everywhere("* | stats count", &[]).rows, [r#"{"count":0}"#]);
}

#[test]
fn compressed() {
    let plain = check_five(five().join("\n"));
    let (a, b) = (five()[..2].join("\n") + "\n", five()[2..].join("\n"));
    // several members, one of them empty, one that ends in the middle of a line
    let mid = a.len() / 2;
    let members = [gz(&a.as_bytes()[..mid]), gz(b""), gz(&a.as_bytes()[mid..]), gz(b.as_bytes())];
    let frames =
        [zst(&a.as_bytes()[..mid]), zst(b""), zst(&a.as_bytes()[mid..]), zst(b.as_bytes())];
    for packed in [
        gz(five().join("\n").as_bytes()),
        members.concat(),
        zst(five().join("\n").as_bytes()),
        frames.concat(),
        gz(format!("\u{feff}[{}]", five().join(",")).as_bytes()),
        zst(format!(r#"{{"Records":[{}]}}"#, five().join(",")).as_bytes()),
    ] {
        assert_eq!(check_five(&packed).rows, plain.rows);
    }
}

/// What came before the cut counts, the cut is told, and the run is marked as incomplete.
#[test]
fn cut_gz_and_zst() {
    let lines: String = (0..20_000)
        .map(|n| {
            format!(
                "{{\"n\":{n},\"x\":\"{:x}\"}}\n",
                (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            )
        })
        .collect();
    for (name, packed) in [("gz", gz(lines.as_bytes())), ("zst", zst(lines.as_bytes()))] {
        for keep in [packed.len() / 2, packed.len() - 1, packed.len() - 5] {
            let inputs = events(&packed[..keep]);
            let plan = planned("* | stats count max(n)");
            let want = run(&plan, &inputs, &ScanOptions::default(), 1);
            assert_eq!(run(&plan, &inputs, &ScanOptions::default(), 3), want);
            assert!(want.counts[0] > 0 && want.said.len() == 1, "{name} {keep}: {want:?}");
            assert!(want.said[0].contains("events"), "{want:?}");
        }
        // only the magic bytes are there
        let inputs = events(&packed[..4]);
        let plan = planned("* | stats count");
        let options = sepal_exec::run::RunOptions::default();
        let cx = sepal_exec::RunCx::new(std::sync::Arc::new(FixedHost::default()));
        let done = sepal_exec::run::run_to_batch(&plan, &inputs, &options, &cx);
        assert!(done.is_err() || done.unwrap().1.is_cut(), "{name}");
    }
}

#[test]
fn several_files_and_folders() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let e = five();
    write("b.json", e[0].as_bytes());
    write("a/2.jsonl", format!("{}\n\n{}", e[1], e[2]).as_bytes());
    write("a/1.json.gz", &gz(format!("[{}]", e[3]).as_bytes()));
    write("a/deeper/x.zst", &zst(e[4].as_bytes()));
    write("a/.hidden", b"{\"n\":99}");
    write("a/empty.json", b"");
    let paths = expand_folders(vec![dir.path().to_owned()], &FixedHost::default()).unwrap();
    let names: Vec<_> =
        paths.iter().map(|p| p.strip_prefix(dir.path()).unwrap().to_owned()).collect();
    let names: Vec<_> = names.iter().map(|p| p.to_str().unwrap()).collect();
    assert_eq!(names, ["a/1.json.gz", "a/2.jsonl", "a/deeper/x.zst", "a/empty.json", "b.json"]);
    let inputs: Vec<Input> = paths.into_iter().map(Input::path).collect();
    let seen = everywhere("* | table n source", &inputs);
    assert_eq!(column(&seen, "n"), ["5", "4", "3", "2", "1"]);
    assert!(column(&seen, "source")[1].ends_with("a/1.json.gz"));
    let by = everywhere("* | stats count by source | table count", &inputs);
    assert_eq!(column(&by, "count"), ["1", "2", "1", "1"]);
    // without times: in the order of inputs and lines
    let plain: Vec<Input> =
        [("x", "{\"n\":1}\n{\"n\":2}"), ("y", "[{\"n\":3},{\"n\":4}]"), ("z", "{\"n\":5}")]
            .iter()
            .map(|(name, text)| Input::bytes(*name, text.as_bytes()))
            .collect();
    assert_eq!(column(&everywhere("*", &plain), "n"), ["1", "2", "3", "4", "5"]);
}

#[test]
fn a_named_format_is_used_as_it_is() {
    let mut input = events("{\"n\":1}\n{\"n\":2}").remove(0);
    input.format = Some(InputFormat::Text);
    let seen = everywhere("* | table _raw n", &[input.clone()]);
    assert_eq!(column(&seen, "n"), ["-", "-"]);
    input.format = Some(InputFormat::Concatenated);
    assert_eq!(column(&everywhere("*", &[input.clone()]), "n"), ["1", "2"]);
    // events that are no array where one is said to be: still events
    input.format = Some(InputFormat::Array);
    let seen = everywhere("*", &[input]);
    assert_eq!(seen.counts[0], 2, "{seen:?}");
}
