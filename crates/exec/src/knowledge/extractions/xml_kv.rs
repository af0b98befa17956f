//! Elements of XML as fields, as the command `xmlkv` finds them: `KV_MODE = xml`.
//!
//! Source: Splunk Admin Manual, props.conf, `KV_MODE`; Search Reference, xmlkv.

use super::{Extraction, Options, only};
use crate::commands::xmlkv::elements;
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("xml_kv", &[], options)?;
    Ok(Arc::new(XmlKv))
}

#[derive(Debug)]
struct XmlKv;

impl Extraction for XmlKv {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        for (name, value) in elements(text) {
            put(name, Cow::Owned(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    #[test]
    fn elements_are_fields() {
        let want = [("user", "ann"), ("port", "22")];
        let text = "<e><user>ann</user><port>22</port></e>";
        assert_eq!(testing::fields(&XmlKv, text), testing::pairs(&want));
        assert!(testing::fields(&XmlKv, "no <xml").is_empty());
    }
}
