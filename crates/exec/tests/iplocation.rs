//! `iplocation` over a small MaxMind database that the test writes.
//!
//! Source: MaxMind DB File Format Specification 2.0; Splunk Search Reference, iplocation.

#![allow(clippy::unwrap_used)]

mod support;

use sepal_exec::lookup::{Definition, MemoryLookups};
use sepal_exec::scan::InputFormat;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use support::{Outcome, rows, run_with};

/// A value of the data section.
fn encode(v: &Json, out: &mut Vec<u8>) {
    let head = |kind: u8, len: usize, out: &mut Vec<u8>| {
        let size = if len < 29 { len as u8 } else { 29 };
        if kind > 7 {
            out.extend([size, kind - 7]);
        } else {
            out.push(kind << 5 | size);
        }
        if len >= 29 {
            out.push((len - 29) as u8);
        }
    };
    match v {
        Json::String(s) => {
            head(2, s.len(), out);
            out.extend(s.as_bytes());
        }
        Json::Number(n) if n.is_u64() => {
            head(6, 4, out);
            out.extend(u32::try_from(n.as_u64().unwrap()).unwrap().to_be_bytes());
        }
        Json::Number(n) => {
            head(3, 8, out);
            out.extend(n.as_f64().unwrap().to_be_bytes());
        }
        Json::Array(all) => {
            head(11, all.len(), out);
            all.iter().for_each(|v| encode(v, out));
        }
        Json::Object(map) => {
            head(7, map.len(), out);
            for (k, v) in map {
                encode(&json!(k), out);
                match k.as_str() {
                    // numbers of the metadata have their own types
                    "record_size"
                    | "ip_version"
                    | "binary_format_major_version"
                    | "binary_format_minor_version" => {
                        head(5, 2, out);
                        out.extend(u16::try_from(v.as_u64().unwrap()).unwrap().to_be_bytes());
                    }
                    "build_epoch" => {
                        head(9, 8, out);
                        out.extend(v.as_u64().unwrap().to_be_bytes());
                    }
                    _ => encode(v, out),
                }
            }
        }
        _ => unreachable!(),
    }
}

/// A database of one IPv4 network: the addresses whose first bits are `bits`.
fn database(bits: &str, record: &Json) -> Vec<u8> {
    let nodes = bits.len() as u32;
    let mut out = Vec::new();
    for (i, bit) in bits.chars().enumerate() {
        let next = if i + 1 == bits.len() { nodes + 16 } else { i as u32 + 1 };
        let pair = if bit == '0' { [next, nodes] } else { [nodes, next] };
        pair.iter().for_each(|r| out.extend(&r.to_be_bytes()[1..]));
    }
    out.extend([0; 16]);
    encode(record, &mut out);
    out.extend(b"\xAB\xCD\xEFMaxMind.com");
    let metadata = json!({
        "node_count": nodes, "record_size": 24, "ip_version": 4, "database_type": "Test-City",
        "languages": ["en", "de"], "binary_format_major_version": 2,
        "binary_format_minor_version": 0, "build_epoch": 1, "description": {"en": "test"},
    });
    encode(&metadata, &mut out);
    out
}

fn munich() -> Json {
    json!({
        "city": {"names": {"en": "Munich", "de": "München"}},
        "continent": {"names": {"en": "Europe", "de": "Europa"}},
        "country": {"iso_code": "DE", "names": {"en": "Germany", "de": "Deutschland"}},
        "location": {"latitude": 48.25, "longitude": 11.5, "time_zone": "Europe/Berlin"},
        "subdivisions": [{"names": {"en": "Bavaria"}}, {"names": {"en": "Upper Bavaria"}}],
    })
}

/// The rows of a search over the events, with a database that has 8.0.0.0/8.
fn find(search: &str, events: &str, database: Vec<u8>) -> Result<Vec<Json>, String> {
    let mut lookups = MemoryLookups::new(false);
    lookups.add(Definition::new("geo.mmdb", "geo.mmdb"), database);
    match run_with(search, events, InputFormat::Lines, 2, Arc::new(lookups)) {
        Outcome::Rows(batch, _) => Ok(rows(&batch).into_iter().map(Json::Object).collect()),
        Outcome::Refused { code, message, .. } => Err(format!("{code}: {message}")),
    }
}

#[test]
fn fields_of_an_address() {
    let db = || database("00001000", &munich());
    let table = "| table City Country Region lat lon Continent Timezone MetroCode";
    let search = format!("* | iplocation src {table}");
    assert_eq!(
        find(&search, r#"{"src":"8.8.8.8"}"#, db()).unwrap(),
        [json!({"City": "Munich", "Country": "Germany", "Region": "Bavaria", "lat": "48.25",
            "lon": "11.5"})]
    );
    // allfields; what the database does not know is empty
    let search = format!("* | iplocation allfields=true src {table}");
    assert_eq!(
        find(&search, r#"{"src":"8.0.0.0/24"}"#, db()).unwrap(),
        [json!({"City": "Munich", "Country": "Germany", "Region": "Bavaria", "lat": "48.25",
            "lon": "11.5", "Continent": "Europe", "Timezone": "Europe/Berlin", "MetroCode": ""})]
    );
    // lang, and English where it has no name; prefix
    let search = "* | iplocation lang=de prefix=s_ src | table s_City s_Region City";
    assert_eq!(
        find(search, r#"{"src":"8.1.2.3"}"#, db()).unwrap(),
        [json!({"s_City": "München", "s_Region": "Bavaria"})]
    );
}

#[test]
fn addresses_that_the_database_does_not_have_add_nothing() {
    let search = "* | iplocation src | table src City";
    for src in ["9.9.9.9", "10.0.0.1", "2001:db8::1", "x", ""] {
        let event = json!({"src": src, "City": "old"}).to_string();
        let found = find(search, &event, database("00001000", &munich())).unwrap();
        assert_eq!(found, [json!({"src": src, "City": "old"})]);
    }
}

#[test]
fn several_addresses_give_several_places() {
    let found = find(
        "* | iplocation src{} | table City",
        r#"{"src":["8.8.8.8","8.1.1.1","10.0.0.1"]}"#,
        database("00001000", &munich()),
    );
    assert_eq!(found.unwrap(), [json!({"City": ["Munich", "Munich"]})]);
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let search = "* | iplocation src";
    let refused = |db| find(search, r#"{"src":"8.8.8.8"}"#, db).unwrap_err();
    assert!(refused(b"no database".to_vec()).starts_with("SPL3182"));
    let mut broken = database("00001000", &munich());
    broken[48 + 16..48 + 40].fill(0xff);
    assert!(refused(broken).starts_with("SPL3182"));
}
