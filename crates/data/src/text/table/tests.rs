//! Tables, with every way to cut the input into blocks.

use super::*;
use crate::Value;
use crate::json::{Frame, FrameStatus};
use proptest::prelude::*;
use std::sync::Arc;

type Row = (Vec<(String, Value)>, u64, FrameStatus);

fn read(dialect: Dialect, text: &[u8], block: usize, max: usize) -> (Vec<Row>, bool) {
    let mut framer = TableFramer::new(dialect, max);
    let (mut out, mut cells) = (Vec::new(), Vec::new());
    let mut emit = |f: Frame<'_>, header: &Arc<Header>| {
        let ok = header.cells(f.bytes, &mut cells).is_ok();
        let lines = !matches!(dialect, Dialect::Csv | Dialect::Tsv);
        assert!(ok || lines || f.status != FrameStatus::Complete, "{f:?}");
        let values = cells.iter().enumerate();
        let values =
            values.map(|(i, c)| (header.name(i).into_owned(), header.value(f.bytes, i, c)));
        out.push((values.collect(), f.offset, f.status));
    };
    for part in text.chunks(block) {
        framer.push(part, &mut emit);
    }
    let whole = framer.finish(&mut emit);
    (out, whole)
}

/// `name=value` of each row, without nulls.
#[track_caller]
fn check(dialect: Dialect, text: &str, want: &[&str], whole: bool) {
    for block in [1, 2, 5, 64, 1 << 20] {
        let (got, end) = read(dialect, text.as_bytes(), block, 1000);
        let rows: Vec<String> = got
            .iter()
            .map(|(cells, _, status)| {
                let cells = cells.iter().filter(|(_, v)| !v.is_null());
                let text = |v: &Value| match v.members() {
                    [] | [_] => v.text().into_owned(),
                    all => format!("{:?}", all.iter().map(|m| m.text()).collect::<Vec<_>>()),
                };
                let mut row: Vec<_> = cells.map(|(n, v)| format!("{n}={}", text(v))).collect();
                if *status != FrameStatus::Complete {
                    row.push(format!("{status:?}"));
                }
                row.join(" ")
            })
            .collect();
        assert_eq!(rows, want, "blocks of {block}");
        assert_eq!(end, whole, "blocks of {block}");
    }
}

/// RFC 4180, section 2.
#[test]
fn csv() {
    check(
        Dialect::Csv,
        "\u{feff}a,b b,c.d\r\n1,\"x, \"\"y\"\"\",3\r\n\r\n,,\"\n4\r\n\"\r\n\"\",\"q\"\n5,6,7,8\n",
        &["a=1 b b=x, \"y\" c_d=3", "c_d=\n4\r\n", "b b=q", "a=5 b b=6 c_d=7 EXTRA_FIELD_4=8"],
        true,
    );
    // a quote inside of a cell, text behind a closing quote
    check(Dialect::Csv, "a,b\nx\"y\",\"1\" 2\n", &["a=x\"y\" b=\"1\" 2"], true);
    check(Dialect::Csv, "a,,b\n1,2,3\n", &["a=1 EXTRA_FIELD_2=2 b=3"], true);
    check(Dialect::Csv, "a,b\n", &[], true);
    check(Dialect::Csv, "", &[], true);
    // the rows of a result keep their names
    check(Dialect::Csv, "_raw,a.b\nx,1\n", &["_raw=x a.b=1"], true);
}

#[test]
fn a_quote_that_is_not_closed_costs_one_line() {
    check(
        Dialect::Csv,
        "a,b\n1,\"2\n3,4\n5,6\n",
        &["a=1 b=2 Damaged", "a=3 b=4", "a=5 b=6"],
        false,
    );
    let text = format!("a,b\n1,\"2\n{}7,\"8\"\n", "3,4\n".repeat(20));
    for block in [1, 3, 1000] {
        let (got, whole) = read(Dialect::Csv, text.as_bytes(), block, 30);
        assert_eq!((got.len(), whole), (22, true), "{got:?}");
        assert_eq!(got[0].2, FrameStatus::Damaged);
        assert!(got[1..].iter().all(|r| r.2 == FrameStatus::Complete));
        assert_eq!(got[21].0[1].1.text(), "8");
    }
}

#[test]
fn long_rows_are_cut() {
    for block in [1, 7, 1000] {
        let text = format!("a,b\n{},1\n\"{}\",2\n3,4\n", "x".repeat(50), "y".repeat(50));
        let (got, _) = read(Dialect::Csv, text.as_bytes(), block, 20);
        let cut: Vec<_> = got.iter().map(|r| (r.1, r.2)).collect();
        let want = [
            (4, FrameStatus::Truncated),
            (57, FrameStatus::Truncated),
            (112, FrameStatus::Complete),
        ];
        assert_eq!(cut, want);
    }
}

#[test]
fn tabs() {
    check(Dialect::Tsv, "a\tb\tc\n\t2\t\n1\t\t\"3\t4\"\n", &["b=2", "a=1 c=3\t4"], true);
}

/// The example of Zeek's manual, "Zeek TSV format logs", shortened, and what may be in cells.
#[test]
fn zeek() {
    let text = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
        #path\tconn\n#open\t2020-01-01-00-00-00\n#fields\tts\tid.orig_h\tservice\ttunnel\ttags\n\
        #types\ttime\taddr\tstring\tset[string]\tvector[string]\n\
        1591367999.3\t192.168.4.76\t-\t(empty)\ta,b\\x2cc\n\
        1591367999.5\t-\t(empty)\t-\tx\\x09y\n#close\t2020\n";
    check(
        Dialect::Zeek,
        text,
        &[
            "ts=1591367999.3 id.orig_h=192.168.4.76 tags=[\"a\", \"b,c\"]",
            "ts=1591367999.5 service= tags=x\ty",
        ],
        true,
    );
    let mut framer = TableFramer::new(Dialect::Zeek, 1000);
    let mut seen = Vec::new();
    let two = format!("{text}{}", text.replace("\tconn", "\tdns"));
    framer.push(two.as_bytes(), &mut |_, h| seen.push(h.sourcetype.clone()));
    let want = ["zeek:conn", "zeek:conn", "zeek:dns", "zeek:dns"].map(|s| Some(s.to_owned()));
    assert_eq!(seen, want);
}

/// W3C, Extended Log File Format, and what IIS and CloudFront write.
#[test]
fn w3c() {
    check(
        Dialect::W3c,
        "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n\
         #Fields: date time cs-uri-stem cs(User-Agent)\r\n\
         2026-01-01 00:00:01 /a Mozilla/5.0+(X)\r\n\
         #Fields: time sc-status\r\n00:00:02 200\r\n",
        &[
            "date=2026-01-01 time=00:00:01 cs_uri_stem=/a cs_User_Agent_=Mozilla/5.0+(X)",
            "time=00:00:02 sc_status=200",
        ],
        true,
    );
    check(Dialect::W3c, "#Fields: a b\n1 2\t3\n1\t2 3\n", &["a=1 2 b=3", "a=1 b=2 3"], true);
    check(Dialect::W3c, "#Fields: a b\n\"x y\" -\n", &["a=x y b=-"], true);
    check(Dialect::W3c, "#Fields: date-time,b\n1,\"2,3\"\n", &["date_time=1 b=2,3"], true);
}

#[test]
fn sniffing() {
    let sure = |text: &str| sniff(text.as_bytes(), true);
    assert_eq!(sure("a,b,c\n1,2,3\n"), Some(Dialect::Csv));
    assert_eq!(sure("a,b,c\r\n1,\"2\n,\",3\r\n"), Some(Dialect::Csv));
    assert_eq!(sure("Event Type,Event Name,User ID\nx,y,z"), Some(Dialect::Csv));
    assert_eq!(sure("a\tb\tc\n1\t2\t3\n"), Some(Dialect::Tsv));
    assert_eq!(sure("#separator \\x09\n#fields\tts\n"), Some(Dialect::Zeek));
    assert_eq!(sure("#Software: X\n#Fields: a b\n1 2\n"), Some(Dialect::W3c));
    assert_eq!(sure("\"_raw\",\"_time\",\"tag::action\"\n\"a\nb\",1,2\n"), Some(Dialect::Csv));
    assert_eq!(sure("_time,_raw\n1,x\n"), Some(Dialect::Csv));
    // the last row is not whole yet
    assert_eq!(sniff(b"a,b,c\n1,2,3\n4,", false), Some(Dialect::Csv));
    for text in [
        "",
        "a,b,c\n",
        "a,b,c\n1,2\n",
        "a,b,c\n1,2,3\n4,5,6,7\n",
        "a,b\n1,2\n",
        "a,b,a\n1,2,3\n",
        "a,2,c\n1,2,3\n",
        "user=1,b=2,c=3\nuser=1,b=2,c=3\n",
        "Hello, my, dear\nFoo, bar, baz\n",
        "Jan 1 12:00:00 a,b,c\nJan 1 12:00:00 a,b,c\n",
        "a,b,c\n1,\"2,3\n",
        "# comment\na b\n",
        "a b c\n1 2 3\n",
    ] {
        assert_eq!(sure(text), None, "{text:?}");
    }
}

proptest! {
    /// Blocks do not matter, and what the csv crate writes is what is read.
    #[test]
    fn csv_blocks_and_round_trip(
        rows in prop::collection::vec(prop::collection::vec("[ab\",\n\r é]{0,6}", 3), 0..8),
        block in 1usize..9,
    ) {
        let quoted = |c: &String| format!("\"{}\"", c.replace('"', "\"\""));
        let mut text = "x,y,z\n".to_owned();
        for row in &rows {
            text += &(row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n");
        }
        let whole = read(Dialect::Csv, text.as_bytes(), 1 << 20, 1000);
        prop_assert_eq!(&read(Dialect::Csv, text.as_bytes(), block, 1000), &whole);
        let got: Vec<Vec<String>> = whole.0.iter()
            .map(|(cells, _, _)| cells.iter().map(|(_, v)| v.text().into_owned()).collect())
            .collect();
        prop_assert_eq!(got, rows);
        prop_assert!(whole.1);
    }

    #[test]
    fn any_text_in_any_blocks(
        text in "([ab\",\n\t#-]|\"\"|\\\\x09|#fields\t|#Fields: |\r\n){0,60}",
        block in 1usize..9,
        max in prop::sample::select(vec![4usize, 12, 1000]),
    ) {
        for dialect in [Dialect::Csv, Dialect::Tsv, Dialect::Zeek, Dialect::W3c] {
            let whole = read(dialect, text.as_bytes(), 1 << 20, max);
            prop_assert_eq!(&read(dialect, text.as_bytes(), block, max), &whole);
            let _ = sniff(text.as_bytes(), true);
        }
    }
}
