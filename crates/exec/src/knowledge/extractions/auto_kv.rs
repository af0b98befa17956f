//! Splunk's automatic extraction, `KV_MODE = auto`, to the letter: what the command `extract` finds
//! without options. Captures of Splunk 10.4 show it: `user.name=x` is the field `user_name`, the
//! first of several pairs of one key counts, and a value may hold `=`.
//!
//! Source: Splunk Admin Manual, props.conf, `KV_MODE`.

use super::{Extraction, Options, only};
use crate::commands::extract::cleaned;
use crate::commands::extract::pairs::Pairs;
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("auto_kv", &[], options)?;
    Ok(Arc::new(AutoKv(Pairs::auto())))
}

struct AutoKv(Pairs);

impl std::fmt::Debug for AutoKv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AutoKv")
    }
}

impl Extraction for AutoKv {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        for (key, value) in self.0.of(text) {
            let name = cleaned(key);
            if !name.is_empty() {
                put(&name, Cow::Owned(value.to_owned()));
            }
        }
    }

    /// Values stand in the text as they are.
    fn witness(&self, _: &str, value: &str) -> Option<Vec<String>> {
        Some(vec![format!("*={value}*"), format!("*=\"{value}*")])
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    /// As captured from Splunk 10.4: `autokv-key-punctuation`, `kvmode-auto-repeated-key`,
    /// `kvmode-value-containing-equals`.
    #[test]
    fn as_captured() {
        let by = AutoKv(Pairs::auto());
        let text = r#"zone-found=dmz user.name=alice ip:port=1.2.3.4 x-f="1, 2" filter=a=b"#;
        let want = [
            ("zone_found", "dmz"),
            ("user_name", "alice"),
            ("port", "1.2.3.4"),
            ("x_f", "1, 2"),
            ("filter", "a=b"),
        ];
        assert_eq!(testing::fields(&by, text), testing::pairs(&want));
        assert!(!by.multivalue());
    }
}
