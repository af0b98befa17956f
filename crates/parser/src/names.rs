//! The names of Splunk's commands and functions, for did-you-mean, completion and colours.

/// Every command of Splunk's Search Reference, aliases included, and of the Machine Learning
/// Toolkit and DB Connect where detections use them; sorted.
#[rustfmt::skip]
pub const COMMANDS: &[&str] = &[
    "abstract", "accum", "addcoltotals", "addinfo", "addtotals", "analyzefields", "anomalies",
    "anomalousvalue", "anomalydetection", "append", "appendcols", "appendpipe", "apply", "arules",
    "associate", "audit", "autoregress", "awssnsalert", "bin", "bucket", "bucketdir", "chart",
    "cluster", "cofilter", "collect", "concurrency", "contingency", "convert", "correlate", "counttable", "crawl",
    "ctable", "datamodel", "datamodelsimple", "dbinspect", "dbxlookup", "dbxoutput", "dbxquery",
    "dedup", "delete", "deletemodel", "delta", "diff", "discretize", "dump", "entitymerge", "erex",
    "eval", "eventcount", "eventstats", "extract", "fieldformat", "fields", "fieldsummary",
    "filldown", "fillnull", "findkeywords", "findtypes", "fit", "flatten", "folderize", "foreach", "format",
    "from", "fromjson", "gauge", "gentimes", "geom", "geomfilter", "geostats", "head", "highlight",
    "history", "iconify", "input", "inputcsv", "inputintelligence", "inputlookup", "iplocation",
    "join", "kmeans", "kv", "kvform", "listmodels", "loadjob", "localize", "localop", "lookup",
    "makecontinuous", "makejson", "makemv", "makeresults", "map", "mcatalog", "mcollect",
    "metadata", "metasearch", "meventcollect", "mpreview", "msearch", "mstats", "multikv",
    "multisearch", "mvcombine", "mvexpand", "mvreverse", "nomv", "noop", "outlier", "outputcsv",
    "outputlookup", "outputtext", "overlap", "pivot", "predict", "rangemap", "rare", "rawstats",
    "redistribute", "regex", "relevancy", "reltime", "rename", "replace", "require", "rest",
    "return", "reverse", "rex", "rtorder", "run", "runshellscript", "sample", "savedsearch",
    "score", "script", "scrub", "search", "searchtxn", "selfjoin", "sendalert", "sendemail", "set",
    "setfields", "sichart", "sirare", "sistats", "sitimechart", "sitop", "sort", "spath", "stats",
    "strcat", "streamstats", "summary", "surrounding", "table", "tags", "tail", "timechart",
    "timewrap", "tojson", "top", "transaction", "transpose", "trendline", "tscollect", "tstats",
    "typeahead", "typelearner", "typer", "union", "uniq", "untable", "walklex", "where", "x11",
    "xmlkv", "xmlunescape", "xpath", "xsdelta", "xyseries",
];

/// Every eval function of Splunk's Search Reference; sorted.
#[rustfmt::skip]
pub const EVAL_FUNCTIONS: &[&str] = &[
    "abs", "acos", "acosh", "array_to_object", "asin", "asinh", "atan", "atan2", "atanh", "avg",
    "bit_and", "bit_not", "bit_or", "bit_shift_left", "bit_shift_right", "bit_xor", "case", "ceil",
    "ceiling", "cidrmatch", "cluster", "coalesce", "commands", "cos", "cosh", "exact", "exp",
    "false", "floor", "getfields", "hypot", "if", "in", "ipmask", "isarray", "isbool", "isdouble",
    "isint", "ismv", "isnotnull", "isnull", "isnum", "isobject", "isstr", "json", "json_append",
    "json_array", "json_array_to_mv", "json_delete", "json_entries", "json_extend", "json_extract",
    "json_extract_exact", "json_has_key_exact", "json_keys", "json_object", "json_set",
    "json_set_exact", "json_valid", "len", "length", "like", "ln", "log", "lookup", "lower", "ltrim",
    "match", "max", "md5", "min", "mv_to_json_array", "mvappend", "mvcount", "mvdedup", "mvfilter",
    "mvfind", "mvindex", "mvjoin", "mvmap", "mvrange", "mvreverse", "mvsort", "mvzip", "now",
    "null", "nullif", "object_to_array", "pi", "pow", "printf", "random", "relative_time",
    "replace", "round", "rtrim", "searchmatch", "sha1", "sha256", "sha512", "sigfig", "sin",
    "sinh", "spath", "split", "sqrt", "stdev", "strftime", "strptime", "substr", "sum", "tan",
    "tanh", "time", "toarray", "tobool", "todouble", "toint", "tojson", "tomv", "tonumber",
    "toobject", "tostring", "trim", "true", "typeof", "upper", "urldecode", "validate", "var",
    "xpath",
];

/// Every statistical function, without the number of a percentile; sorted.
#[rustfmt::skip]
pub const STATS_FUNCTIONS: &[&str] = &[
    "avg", "c", "count", "dc", "distinct_count", "earliest", "earliest_time", "estdc",
    "estdc_error", "exactperc", "first", "last", "latest", "latest_time", "list", "max", "mean",
    "median", "min", "mode", "p", "per_day", "per_hour", "per_minute", "per_second", "perc",
    "range", "rate", "rate_avg", "rate_sum", "sparkline", "stdev", "stdevp", "sum", "sumsq",
    "upperperc", "values", "var", "varp",
];

/// The functions of `convert`; sorted.
#[rustfmt::skip]
pub const CONVERT_FUNCTIONS: &[&str] = &[
    "auto", "ctime", "dur2sec", "memk", "mktime", "mstime", "none", "num", "rmcomma", "rmunit",
];

/// The modifiers that restrict the time range of a `search`; sorted.
///
/// Source: Splunk Search Reference, "Time modifiers".
#[rustfmt::skip]
pub const TIME_MODIFIERS: &[&str] = &[
    "_index_earliest", "_index_latest", "daysago", "earliest", "enddaysago", "endhoursago",
    "endminutesago", "endmonthsago", "endtime", "endtimeu", "hoursago", "latest", "minutesago",
    "monthsago", "searchtimespandays", "searchtimespanhours", "searchtimespanminutes",
    "searchtimespanmonths", "startdaysago", "starthoursago", "startminutesago", "startmonthsago",
    "starttime", "starttimeu", "timeformat",
];

/// Whether Splunk has a command of this name (lower case).
pub fn is_command(name: &str) -> bool {
    COMMANDS.binary_search(&name).is_ok()
}

/// Whether eval has a function of this name (lower case).
pub fn is_eval_function(name: &str) -> bool {
    EVAL_FUNCTIONS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_unique() {
        for list in [COMMANDS, EVAL_FUNCTIONS, STATS_FUNCTIONS, CONVERT_FUNCTIONS, TIME_MODIFIERS] {
            for pair in list.windows(2) {
                assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
            }
        }
    }
}
