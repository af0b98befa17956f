//! CSV, tab-separated values, Zeek's logs and the W3C's extended log files.

use crate::support::{column, events, everywhere, gz, zst};
use sepal_exec::scan::{Input, InputFormat, Meta};

const CSV: &str = "\u{feff}timestamp,user.name,note,empty\r\n\
    2026-01-01T00:00:01Z,ann,\"a, \"\"b\"\"\nc\",\r\n\r\n\
    2026-01-01T00:00:02Z,Bob,x,1,more\r\n2026-01-01T00:00:03Z,ann\r\n";

fn forced(text: impl AsRef<[u8]>, format: InputFormat) -> Vec<Input> {
    let mut inputs = events(text);
    inputs[0].format = Some(format);
    inputs
}

#[test]
fn csv() {
    for text in [CSV.as_bytes().to_vec(), gz(CSV.as_bytes()), zst(CSV.as_bytes())] {
        let inputs = forced(text, InputFormat::Csv);
        let seen = everywhere("*", &inputs);
        assert_eq!(column(&seen, "_time"), ["1767225603", "1767225602", "1767225601"]);
        // HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS: a dot is an underscore
        assert_eq!(column(&seen, "user_name"), ["ann", "Bob", "ann"]);
        assert_eq!(column(&seen, "note"), ["-", "x", "a, \"b\"\nc"]);
        assert_eq!(column(&seen, "empty"), ["-", "1", "-"]);
        assert_eq!(column(&seen, "EXTRA_FIELD_5"), ["-", "more", "-"]);
        assert_eq!(column(&seen, "_raw")[2], "2026-01-01T00:00:01Z,ann,\"a, \"\"b\"\"\nc\",");
        assert_eq!(column(&seen, "sourcetype")[0], "csv");
        assert_eq!(column(&seen, "source")[0], "events");
        assert_eq!((seen.counts[0], seen.counts[3]), (3, 0));
        assert_eq!(seen.said, Vec::<String>::new());
        assert_eq!(everywhere("user_name=b*", &inputs).rows.len(), 1);
        assert_eq!(everywhere("user_name=ann note!=zzz", &inputs).rows.len(), 1);
        assert_eq!(everywhere("NOT note=x", &inputs).rows.len(), 2);
        assert_eq!(everywhere("empty=*", &inputs).rows.len(), 1);
        assert_eq!(everywhere("EXTRA_FIELD_5=more", &inputs).rows.len(), 1);
        assert_eq!(everywhere("sourcetype=csv \"bob\"", &inputs).rows.len(), 1);
        assert_eq!(everywhere("user*=bob", &inputs).rows.len(), 1);
        let count = everywhere("* | stats count by user_name", &inputs);
        assert_eq!(
            count.rows,
            [r#"{"user_name":"Bob","count":1}"#, r#"{"user_name":"ann","count":2}"#]
        );
        let few = everywhere("note=x | table user_name missing", &inputs);
        assert_eq!(few.rows, [r#"{"user_name":"Bob"}"#]);
    }
}

#[test]
fn csv_that_is_seen() {
    let seen = everywhere("* | table a c sourcetype _time", &events("a,b,c\n1,2,3\n4,,6\n"));
    assert_eq!(column(&seen, "c"), ["3", "6"]);
    assert_eq!(column(&seen, "sourcetype"), ["csv", "csv"]);
    assert_eq!(column(&seen, "_time"), ["-", "-"]);
    // text with commas stays text
    let text = everywhere("*", &events("Hello, my, friend\nhow, are, you\n"));
    assert_eq!(column(&text, "sourcetype"), ["text", "text"]);
    let tabs = everywhere("* | table b sourcetype", &events("a\tb\tc\n\t2\t\n"));
    assert_eq!(tabs.rows, [r#"{"b":"2","sourcetype":"tsv"}"#]);
}

#[test]
fn columns_and_stamps() {
    let text = "host,source,n\nh1,,1\n,s2,2\n";
    let seen = everywhere("* | table n host source index", &events(text));
    assert_eq!(
        seen.rows,
        [
            r#"{"n":"1","host":"h1","source":"events","index":"main"}"#,
            r#"{"n":"2","host":"localhost","source":"s2","index":"main"}"#
        ]
    );
    assert_eq!(everywhere("host=h1", &events(text)).rows.len(), 1);
    let meta = Meta { host: Some("given".into()), ..Meta::default() };
    let given = vec![events(text).remove(0).with_meta(meta)];
    assert_eq!(column(&everywhere("* | table host", &given), "host"), ["given", "given"]);
    assert_eq!(everywhere("host=h1", &given).rows.len(), 0);
    // two columns of a name are one field of several values
    let twice = everywhere("* | table a", &forced("a,b,a\n1,2,3\n4,5,\n", InputFormat::Csv));
    assert_eq!(column(&twice, "a"), [r#"["1","3"]"#, "4"]);
    assert_eq!(everywhere("a=3", &forced("a,b,a\n1,2,3\n4,5,\n", InputFormat::Csv)).rows.len(), 1);
}

/// What `outputcsv` and the export of a search write.
#[test]
fn results_of_a_search() {
    let text = "\"_raw\",\"_time\",\"a.b\",host,mv,\"__mv_mv\"\n\
        \"{\"\"n\"\": 1,\n\"\"a.b\"\": 9}\",\"2026-01-01T00:00:02.000+0000\",x,h1,\"1\n2\",\"$1$;$2$\"\n\
        plain,1767225601,,h2,one,\n";
    let seen = everywhere("* | table _time a.b n host mv _raw __mv_mv", &events(text));
    assert_eq!(column(&seen, "_time"), ["1767225602", "1767225601"]);
    assert_eq!(column(&seen, "a.b"), ["x", "-"]);
    assert_eq!(column(&seen, "n"), ["1", "-"]);
    assert_eq!(column(&seen, "host"), ["h1", "h2"]);
    assert_eq!(column(&seen, "mv"), [r#"["1","2"]"#, "one"]);
    assert_eq!(column(&seen, "_raw")[1], "plain");
    assert_eq!(column(&seen, "__mv_mv"), ["-", "-"]);
    assert_eq!(everywhere("mv=2", &events(text)).rows.len(), 1);
    assert_eq!(everywhere("host=h2 plain", &events(text)).rows.len(), 1);
}

#[test]
fn damaged_rows_are_kept() {
    let inputs = forced("a,b\n1,\"2\n3,4\n", InputFormat::Csv);
    let seen = everywhere("* | table a b _raw", &inputs);
    assert_eq!(seen.rows, [r#"{"_raw":"1,\"2"}"#, r#"{"a":"3","b":"4","_raw":"3,4"}"#]);
    assert_eq!(seen.damaged, ["events byte 4 line 2: a quoted cell without an end"]);
    assert_eq!(seen.said, ["SPL5010 an input ended inside a quoted cell x1"]);
}

const ZEEK: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
    #path\tconn\n#open\t2026-01-01-00-00-00\n#fields\tts\tid.orig_h\tservice\thistory\ttags\n\
    #types\ttime\taddr\tstring\tstring\tset[string]\n\
    1767225601.5\t10.0.0.1\tdns\t(empty)\ta,b\n1767225602.25\t10.0.0.2\t-\tSh\t(empty)\n\
    #close\t2026-01-01-01-00-00\n";

#[test]
fn zeek() {
    for inputs in [events(ZEEK), events(gz(ZEEK.as_bytes())), forced(ZEEK, InputFormat::Zeek)] {
        let seen = everywhere("* | table _time id.orig_h service history tags sourcetype", &inputs);
        assert_eq!(
            seen.rows,
            [
                r#"{"_time":1767225602.25,"id.orig_h":"10.0.0.2","history":"Sh","sourcetype":"zeek:conn"}"#,
                r#"{"_time":1767225601.5,"id.orig_h":"10.0.0.1","service":"dns","history":"","tags":["a","b"],"sourcetype":"zeek:conn"}"#,
            ]
        );
        assert_eq!((seen.counts[0], seen.counts[3]), (2, 0));
        assert_eq!(everywhere("tags=b", &inputs).rows.len(), 1);
        assert_eq!(everywhere("sourcetype=zeek:conn id.orig_h=10.0.0.*", &inputs).rows.len(), 2);
        assert_eq!(everywhere("sourcetype=zeek:dns", &inputs).rows.len(), 0);
        assert_eq!(everywhere("NOT service=*", &inputs).rows.len(), 1);
    }
    // files one after another, each with its own header
    let two = ZEEK.to_owned() + &ZEEK.replace("\tconn", "\tdns").replace("\tservice", "\tquery");
    let by =
        everywhere("* | stats count values(service) values(query) by sourcetype", &events(two));
    assert_eq!(
        by.rows,
        [
            r#"{"sourcetype":"zeek:conn","count":2,"values(service)":"dns"}"#,
            r#"{"sourcetype":"zeek:dns","count":2,"values(query)":"dns"}"#
        ]
    );
}

#[test]
fn w3c() {
    let text = "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n\
        #Date: 2026-01-01 00:00:00\r\n#Fields: date time s-ip cs-uri-stem cs(User-Agent) sc-status\r\n\
        2026-01-01 00:00:01 10.0.0.1 /a Mozilla/5.0+(X) 200\r\n\
        #Fields: date time cs-uri-stem\r\n2026-01-01 00:00:02 /b\r\n";
    let seen = everywhere(
        "* | table _time cs_uri_stem cs_User_Agent_ sc_status sourcetype",
        &events(text),
    );
    assert_eq!(
        seen.rows,
        [
            r#"{"_time":1767225602,"cs_uri_stem":"/b","sourcetype":"iis"}"#,
            r#"{"_time":1767225601,"cs_uri_stem":"/a","cs_User_Agent_":"Mozilla/5.0+(X)","sc_status":"200","sourcetype":"iis"}"#,
        ]
    );
    assert_eq!(everywhere("sc_status>100", &events(text)).rows.len(), 1);
    assert_eq!(everywhere("cs_uri_stem=/b", &events(text)).rows.len(), 1);
    assert_eq!(seen.counts[0], 2);
    let other =
        everywhere("* | table a sourcetype", &forced("#Fields: a b\nx \"y z\n", InputFormat::W3c));
    assert_eq!(other.counts[3], 1);
    assert_eq!(other.rows, [r#"{"sourcetype":"w3c"}"#]);
}
