//! IBM's Log Event Extended Format, 1.0 and 2.0: `LEEF:1.0|vendor|product|version|id|key=value...`
//! with tabs between the pairs, or with the character that 2.0 names after the id (`^`, `x5E`).
//!
//! Source: IBM QRadar DSM Guide, "LEEF event components".

use super::{Extraction, Options, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("leef", &[], options)?;
    Ok(Arc::new(Leef))
}

#[derive(Debug)]
struct Leef;

const HEADER: [&str; 5] =
    ["leef_version", "leef_vendor", "leef_product", "leef_product_version", "leef_event_id"];

impl Extraction for Leef {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let Some((_, mut rest)) = text.split_once("LEEF:") else { return };
        let mut second = false;
        for (n, name) in HEADER.into_iter().enumerate() {
            let Some((value, after)) = rest.split_once('|') else { return };
            let value = value.trim();
            second |= n == 0 && value.starts_with('2');
            if !value.is_empty() {
                put(name, Cow::Borrowed(value));
            }
            rest = after;
        }
        let mut delimiter = '\t';
        if second && let Some((named, after)) = rest.split_once('|') {
            match character(named) {
                Some(c) => (delimiter, rest) = (c, after),
                // the sender left it out
                None if named.is_empty() => rest = after,
                None => {}
            }
        }
        for pair in rest.split(delimiter) {
            let Some((key, value)) = pair.split_once('=') else { continue };
            let (key, value) = (super::kv::clean(key.trim()), value.trim());
            if !key.is_empty() && !value.is_empty() {
                put(&key, Cow::Borrowed(value));
            }
        }
    }

    fn witness(&self, _: &str, value: &str) -> Option<Vec<String>> {
        Some(vec![format!("*{value}*")])
    }
}

/// A character, or its number: `x09`, `0x5E`.
fn character(named: &str) -> Option<char> {
    let mut chars = named.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(c);
    }
    let digits = named.strip_prefix("0x").or_else(|| named.strip_prefix('x'))?;
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let mut all = Vec::new();
        Leef.fields(text, &mut |n, v| all.push(format!("{n}={v}")));
        all.join(";")
    }

    #[test]
    fn both_versions() {
        let head = "leef_version=1.0;leef_vendor=V;leef_product=P;leef_product_version=3;\
            leef_event_id=e1";
        assert_eq!(
            of("<13>x LEEF:1.0|V|P|3|e1|src=192.0.2.1\tusrName=ann b\turl=/?a=b\tempty="),
            format!("{head};src=192.0.2.1;usrName=ann b;url=/?a=b")
        );
        let head = head.replace("1.0", "2.0");
        for (delimiter, between) in [("^", "^"), ("x5E", "^"), ("0x7c", "|"), ("", "\t")] {
            assert_eq!(
                of(&format!("LEEF:2.0|V|P|3|e1|{delimiter}|src=1{between}dst=2")),
                format!("{head};src=1;dst=2"),
                "{delimiter}"
            );
        }
        // without the delimiter's part
        assert_eq!(of("LEEF:2.0|V|P|3|e1|src=1\tdst=2"), format!("{head};src=1;dst=2"));
    }

    #[test]
    fn what_is_odd_is_harmless() {
        for odd in ["", "LEEF:", "LEEF:2.0|||||", "LEEF:2.0|a|b|c|d|xZZ|a=b", "LEEF:1.0|a|b|c|d|=é"]
        {
            let _ = of(odd);
        }
    }

    #[test]
    fn witnesses_hold_for_what_is_found() {
        let fits = |w: &String, text: &str| sepal_data::wildcard::Pattern::new(w).is_match(text);
        for text in ["LEEF:2.0|V|P|1|e|^|a=b c^d=e=f", "LEEF:1.0|V|P|1|e|a= b\tc=d"] {
            Leef.fields(text, &mut |name, value| {
                if let Some(all) = Leef.witness(name, &value) {
                    assert!(all.iter().any(|w| fits(w, text)), "{name}={value}");
                }
            });
        }
    }
}
