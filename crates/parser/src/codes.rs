//! What each diagnostic code means: the one list of them.
//!
//! A code has one meaning and keeps it. `SPL0xxx` lexing and parsing, `1xxx` names, `2xxx`
//! arguments, `3xxx` run time, `4xxx` lookups and macros, `5xxx` data.

/// All codes with their meaning, sorted.
pub const CODES: &[(&str, &str)] = &[
    ("SPL0001", "a quote that is never closed"),
    ("SPL0002", "a parenthesis or bracket that is never closed, or never opened"),
    ("SPL0003", "something else is expected at this place"),
    ("SPL0004", "a search or a stage without a command"),
    ("SPL0005", "a comment that is never closed"),
    ("SPL0006", "parentheses, functions or operators nested too deep"),
    ("SPL0007", "a macro call that is never closed"),
    ("SPL0010", "`and`, `or` or `not` in lower case: a word to search for, not an operator"),
    ("SPL0011", "a pipe with nothing after it"),
    ("SPL0012", "a command's name at the beginning of a search: a word to search for"),
    ("SPL0013", "parentheses with nothing inside"),
    ("SPL0014", "a function call on the right side of a comparison of `search`: read as a text"),
    ("SPL0015", "a command's name among search terms: is a pipe missing?"),
    ("SPL1001", "a command that does not exist, or that is not supported"),
    ("SPL1002", "an eval function that does not exist, or that is not supported"),
    ("SPL1003", "a stats function that does not exist, or that is not supported"),
    ("SPL1004", "a conversion of `convert` that does not exist"),
    ("SPL1010", "a command that needs rows as the first command"),
    ("SPL1011", "a command that makes rows of its own after another command"),
    ("SPL2001", "an option that the command does not have"),
    ("SPL2002", "the value of an option is of another kind than the option takes"),
    ("SPL2003", "an argument that the command needs is missing"),
    ("SPL2004", "an argument too many"),
    ("SPL2005", "text in quotes where arithmetic needs a number"),
    ("SPL2006", "a regular expression that is wrong or not supported"),
    ("SPL2007", "an argument of `tonumber` that can give no number"),
    ("SPL2008", "a subnet that is none"),
    ("SPL2009", "`mvfilter` or `mvmap` without one field to go through"),
    ("SPL2010", "a relative time that is none"),
    ("SPL2011", "a truth value that would be stored in a field"),
    ("SPL2012", "old and new name with different numbers of wildcards"),
    ("SPL2013", "an argument of `makeresults` that cannot be used"),
    ("SPL2014", "an option of `stats` that is not supported"),
    ("SPL2015", "a wildcard among the fields of BY"),
    ("SPL2016", "an argument of a stats function that it cannot take"),
    ("SPL2017", "two columns of `stats` of one name"),
    ("SPL2100", "a regular expression of `rex` or `regex` that is wrong"),
    ("SPL2101", "a wildcard where the command needs one field"),
    ("SPL2102", "a number of rows that `dedup` cannot keep"),
    ("SPL2103", "a sed expression of `rex` that is wrong"),
    ("SPL2104", "a limit above what `rare` shows"),
    ("SPL2105", "a pattern of `rex` without a named group"),
    ("SPL2106", "an option of `rex` that has no effect in mode=sed"),
    ("SPL2108", "a second limit of `head`"),
    ("SPL2109", "a time modifier in a `search` behind a pipe"),
    ("SPL2120", "an internal field that `mvexpand` cannot expand"),
    ("SPL2121", "arguments of `makemv` that do not work"),
    ("SPL2122", "the value of an option of `append` is of another kind than it takes"),
    ("SPL2123", "the value of an option of `bin` is of another kind than it takes"),
    ("SPL2124", "an `aligntime` of `bin` that is not supported"),
    ("SPL2125", "a path of `spath` that is missing or none"),
    ("SPL2140", "a subsearch where none can stand"),
    ("SPL2141", "the text of `searchmatch` is no search condition"),
    ("SPL2142", "the number of rows of `return` is not one from 1"),
    ("SPL2143", "`format` with some of its six texts"),
    ("SPL2144", "subsearches nested too deeply"),
    ("SPL2145", "a time modifier inside OR or NOT"),
    ("SPL2146", "a time modifier that is not supported, or whose value is no time"),
    ("SPL2147", "a wrong number of arguments of an eval function"),
    ("SPL2148", "a number in an expression that cannot be read as one"),
    ("SPL2149", "a term that cannot be searched for"),
    ("SPL2200", "a command that makes rows of its own in a subpipeline"),
    ("SPL2201", "a new name for a range of rows of `autoregress`"),
    ("SPL2202", "a range of `rangemap` that is none"),
    ("SPL2203", "a `time_window` of `streamstats` that is no time span"),
    ("SPL2204", "a `time_window` of months or years"),
    ("SPL2205", "`delim` of `mvcombine` has no effect"),
    ("SPL2260", "`left`, `right`, `where` or fields of `join` that do not go together"),
    ("SPL2261", "a dataset such as `savedsearch:name` in place of a subsearch"),
    ("SPL2262", "a template of `foreach` that its mode does not take"),
    ("SPL2263", "fields of `foreach` that its mode does not take"),
    ("SPL2264", "`name` of `transaction` is not supported"),
    ("SPL2265", "a filter of `transaction` that is no search condition"),
    ("SPL3001", "a regular expression gave up on a value: the result may be wrong"),
    ("SPL3002", "a field that is used as a pattern holds no valid regular expression"),
    ("SPL3003", "`mvrange` stopped at its limit"),
    ("SPL3004", "`spath()` met XML, which is not supported"),
    ("SPL3010", "a row that is too large"),
    ("SPL3011", "a temporary file that cannot be written or read back"),
    ("SPL3012", "names of fields that cannot be fetched"),
    ("SPL3013", "an input that was read before it was opened: a bug"),
    ("SPL3014", "a run without a way to run subsearches"),
    ("SPL3015", "parts of a plan that do not fit together: a bug"),
    ("SPL3016", "more distinct field names than are kept"),
    ("SPL3017", "`_index_earliest` and `_index_latest` are ignored"),
    ("SPL3018", "a worker thread that stopped: a bug"),
    ("SPL3019", "`sort` kept its first 10,000 rows"),
    ("SPL3020", "`list` kept its first 100 values"),
    ("SPL3021", "a row that falls into too many groups"),
    ("SPL3022", "more groups than can be counted"),
    ("SPL3100", "`top` or `rare` kept its first 50,000 rows"),
    ("SPL3110", "`append` took the first rows of its subsearch only"),
    ("SPL3111", "`spath` read the beginning of a longer text only"),
    ("SPL3112", "`spath` met too many field names"),
    ("SPL3120", "a subsearch over an input that can be read only once"),
    ("SPL3121", "a subsearch gave more rows than count"),
    ("SPL3122", "a plan whose subsearches did not run: a bug"),
    ("SPL3123", "what a subsearch gave cannot stand in its place"),
    ("SPL3124", "a subsearch gave no rows where a value is needed"),
    ("SPL3125", "a subsearch over events, and no events were named"),
    ("SPL3130", "a time window of `streamstats` that was cut"),
    ("SPL3131", "two columns of `transpose` of one name"),
    ("SPL3132", "a cell of `xyseries` that a later row replaced"),
    ("SPL3133", "`appendcols` took the first rows of its subsearch only"),
    ("SPL3170", "`join` took the first 50,000 rows of its subsearch only"),
    ("SPL3173", "`transaction` evicted transactions because too many were open"),
    ("SPL3175", "`foreach` cannot run its template for a field"),
    ("SPL4001", "a macro that does not exist"),
    ("SPL4002", "a macro call that cannot be read"),
    ("SPL4003", "macros that call each other in a circle"),
    ("SPL4004", "too many macro calls, or calls too deep"),
    ("SPL4005", "a search that is too long after macro expansion"),
    ("SPL4006", "arguments that the validation of a macro refuses"),
    ("SPL4007", "an eval macro that gives no text"),
    ("SPL4101", "a line of a macros.conf that is neither stanza, setting nor comment"),
    ("SPL4102", "a macro whose parts do not fit together"),
    ("SPL4103", "a `--set` that is not NAME=DEFINITION"),
    ("SPL4105", "a macro that replaces another of the same name and number of arguments"),
    ("SPL4201", "a lookup definition whose parts do not fit together"),
    ("SPL5001", "damaged events, kept as text"),
    ("SPL5003", "an event that is too long, cut"),
    ("SPL5004", "an input that ended inside a JSON value"),
    ("SPL5101", "a file or folder that cannot be read"),
    ("SPL5102", "text that is not YAML"),
    ("SPL5103", "a key that stands twice in one mapping"),
    ("SPL5104", "an anchor, alias or merge key"),
    ("SPL5105", "a size or depth limit of a content file"),
    ("SPL5106", "a required key that is missing"),
    ("SPL5107", "a value of another kind than the key takes"),
    ("SPL5108", "an `expected_results` of unknown form"),
    ("SPL5201", "a risk object whose field has no value in the row"),
    ("SPL5202", "a `$field$` of a message that has no value in the row"),
    ("SPL5203", "a threat object whose field has no value in the row"),
    ("SPL5204", "declared test data that does not agree on its source or sourcetype"),
    ("SPL5205", "a `$token$` of a drilldown without a value"),
];

/// The meaning of a code.
pub fn meaning(code: &str) -> Option<&'static str> {
    let found = CODES.binary_search_by(|(c, _)| (*c).cmp(code)).ok()?;
    CODES.get(found).map(|(_, meaning)| *meaning)
}

/// The list as Markdown: docs/errors.md.
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    for (code, meaning) in CODES {
        out.push_str(&format!("| {code} | {meaning} |\n"));
    }
    out
}

const HEAD: &str = "\
# Codes of messages

A code has one meaning and keeps it. `SPL0xxx` is about reading a search, `1xxx` about names, `2xxx`
about arguments, `3xxx` about a run, `4xxx` about macros and lookups, `5xxx` about files and events.
This page is made from `crates/parser/src/codes.rs`.

| code | meaning |
| --- | --- |
";
