//! Splunk's pages of the eval functions.

macro_rules! page {
    ($name:ident, $slug:literal) => {
        pub const $name: &str = concat!(
            "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/",
            $slug
        );
    };
}

page!(BITWISE, "bitwise-functions");
page!(CONDITION, "comparison-and-conditional-functions");
page!(CONVERSION, "conversion-functions");
page!(CRYPTO, "cryptographic-functions");
page!(TIME, "date-and-time-functions");
page!(INFO, "informational-functions");
page!(JSON, "json-functions");
page!(MATH, "mathematical-functions");
page!(MV, "multivalue-eval-functions");
page!(STATS, "statistical-eval-functions");
page!(TEXT, "text-functions");
page!(TRIG, "trig-and-hyperbolic-functions");
