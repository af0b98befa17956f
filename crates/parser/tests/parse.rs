//! What the grammars read, as JSON without spans.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_parser::parse;
use serde_json::Value;

/// The stages of a search as JSON without spans; panics on an error.
fn stages(text: &str) -> Vec<Value> {
    let p = parse(text);
    assert!(!p.has_errors(), "{text}: {:?}", p.diagnostics);
    p.pipeline.stages.iter().map(|s| bare(serde_json::to_value(&s.command).unwrap())).collect()
}

/// Without spans; `{node, span}` becomes the node.
fn bare(v: Value) -> Value {
    match v {
        Value::Object(mut m) => {
            m.shift_remove("span");
            match m.len() == 1 && m.contains_key("node") {
                true => bare(m["node"].take()),
                false => Value::Object(m.into_iter().map(|(k, v)| (k, bare(v))).collect()),
            }
        }
        Value::Array(list) => Value::Array(list.into_iter().map(bare).collect()),
        other => other,
    }
}

/// A search expression in one line: `(a & (b | c))`.
fn terms(text: &str) -> String {
    show(&stages(text)[0]["search"]["expr"])
}

fn show(v: &Value) -> String {
    let Some((kind, v)) = v.as_object().and_then(|m| m.iter().next()) else {
        return v.to_string();
    };
    let join = |sep: &str| -> String {
        let list: Vec<String> = v.as_array().unwrap().iter().map(show).collect();
        format!("({})", list.join(sep))
    };
    let s = |k: &str| v[k].as_str().unwrap_or("?").to_owned();
    let val = |v: &Value| match (v["quoted"].as_bool(), v["kind"].as_str()) {
        (Some(true), _) => format!("{:?}", v["text"].as_str().unwrap()),
        (_, Some("plain")) => v["text"].as_str().unwrap().to_owned(),
        (_, kind) => format!("{}:{}", kind.unwrap(), v["text"].as_str().unwrap()),
    };
    match kind.as_str() {
        "and" => join(" & "),
        "or" => join(" | "),
        "not" => format!("!{}", show(v)),
        "term" => val(v),
        "compare" => format!("{} {} {}", s("field"), s("op"), val(&v["value"])),
        "in" => {
            let list: Vec<String> = v["values"].as_array().unwrap().iter().map(val).collect();
            format!("{} in [{}]", s("field"), list.join(" "))
        }
        "time" => format!("time {} {}", s("key"), s("value")),
        other => other.to_owned(),
    }
}

/// An eval expression in one line, fully parenthesised.
fn expr(text: &str) -> String {
    fn show(v: &Value) -> String {
        let (kind, v) = v["kind"].as_object().unwrap().iter().next().unwrap();
        let list = |v: &Value| -> String {
            v.as_array().unwrap().iter().map(show).collect::<Vec<_>>().join(" ")
        };
        match kind.as_str() {
            "number" => v.as_str().unwrap().to_owned(),
            "string" => v.to_string(),
            "field" => format!("'{}'", v.as_str().unwrap()),
            "unary" => format!("({} {})", v["op"].as_str().unwrap(), show(&v["expr"])),
            "binary" => {
                let op = match &v["op"] {
                    Value::String(op) => op.clone(),
                    op => op["compare"].as_str().unwrap().to_owned(),
                };
                format!("({} {op} {})", show(&v["lhs"]), show(&v["rhs"]))
            }
            "in" => format!("({} in {})", show(&v["expr"]), list(&v["list"])),
            "call" => format!("{}[{}]", v["name"].as_str().unwrap(), list(&v["args"])),
            other => other.to_owned(),
        }
    }
    show(&stages(&format!("| where {text}"))[0]["where"]["expr"])
}

/// Splunk Search Manual, "Boolean expressions with logical operators": OR before AND in `search`.
#[test]
fn search_binds_or_before_and() {
    assert_eq!(terms("A=1 AND B=1 OR C=1"), "(A eq 1 & (B eq 1 | C eq 1))");
    assert_eq!(terms("NOT A=1 C=1"), "(!A eq 1 & C eq 1)");
    assert_eq!(terms("a OR b c"), "((a | b) & c)");
    assert_eq!(terms("NOT (a OR b) NOT(c)"), "(!(a | b) & !c)");
    assert_eq!(terms("*"), "*");
}

/// The values of a search reach up to white space, and commas in lists.
#[test]
fn search_values() {
    assert_eq!(
        terms(r#"sourceIPs{}!=::1 a = "b c" d==e"#),
        r#"(sourceIPs{} ne ::1 & a eq "b c" & d eq e)"#
    );
    assert_eq!(terms(r#"p="*\\cmd.exe" q=*\\\\x"#), r#"(p eq "*\\cmd.exe" & q eq *\\x)"#);
    assert_eq!(terms("url=http://h/p?a=b&c=%20"), "url eq http://h/p?a=b&c=%20");
    assert_eq!(terms("a=b,c d=e, f>=-1.5"), "(a eq b,c & d eq e & f ge -1.5)");
    assert_eq!(terms(r#"v IN (1*, "x y",z) w in("a")"#), r#"(v in [1* "x y" z] & w in ["a"])"#);
    assert_eq!(
        terms(r#""odd name"=x user=CASE(Al) TERM(10.0.0.1)"#),
        "(odd name eq x & user eq case:Al & term:10.0.0.1)"
    );
    assert_eq!(
        terms("earliest=-24h@h latest=now() index::main"),
        "(time earliest -24h@h & time latest now() & index eq main)"
    );
    assert_eq!(
        terms("k8s.io/reason=* cidrmatch(\"10.0.0.0/8\", ip)"),
        "(k8s.io/reason eq * & call)"
    );
    assert_eq!(terms("host::web1"), "host eq web1");
}

/// Splunk Search Reference, eval, "Operators": AND before OR in `where`; `.` after `+`.
#[test]
fn eval_precedence() {
    assert_eq!(expr("a=1 AND b=1 OR c=1"), "((('a' eq 1) and ('b' eq 1)) or ('c' eq 1))");
    assert_eq!(expr("1+2 . \"ms\""), "((1 add 2) concat \"ms\")");
    assert_eq!(expr("1+2*3-4"), "((1 add (2 mul 3)) sub 4)");
    assert_eq!(expr("20/5/2"), "((20 div 5) div 2)");
    assert_eq!(expr("NOT a=1 AND b"), "((not ('a' eq 1)) and 'b')");
    assert_eq!(expr("-a*-2 % 3"), "(((neg 'a') mul (neg 2)) rem 3)");
    assert_eq!(expr("a XOR b OR c"), "('a' xor ('b' or 'c'))");
    assert_eq!(expr("x like \"%a\" and y"), "(('x' like \"%a\") and 'y')");
    assert_eq!(
        expr("x IN (1, \"b\") OR NOT y NOT IN (2)"),
        "(('x' in 1 \"b\") or (not (not ('y' in 2))))"
    );
}

/// In eval a bare name has no `.`: it joins texts.
#[test]
fn eval_words() {
    assert_eq!(expr("a.b = 'c.d'"), "(('a' concat 'b') eq 'c.d')");
    assert_eq!(expr(".25 + 1.5 - 1e3"), "((.25 add 1.5) sub 1e3)");
    assert_eq!(expr("1 . 2"), "(1 concat 2)");
    assert_eq!(expr("4624_count > 0"), "('4624_count' gt 0)");
    assert_eq!(expr(r#"match(x, "a\"b\\c\d")"#), r#"match['x' "a\"b\\c\\d"]"#);
    assert_eq!(expr("IF(isnull(a), now(), a{}.b)"), "if[isnull['a'] now[] ('a{}' concat 'b')]");
}

/// Commas between aggregates are optional, percentiles carry their number, and the default
/// column is the text as typed.
#[test]
fn stats_aggregates() {
    let s = &stages(
        "| stats count, perc95(x) p50( y ) as \"the median\" dc(eval(if(a=\"b\", 1, null()))) BY a.b, c{} d\ne",
    )[0]["stats"];
    let a = s["aggregates"].as_array().unwrap();
    assert_eq!(a.len(), 4);
    assert_eq!(a[1]["function"], "perc");
    assert_eq!(a[1]["percentile"], "95");
    assert_eq!(a[2]["text"], "p50( y )");
    assert_eq!(a[2]["alias"], "the median");
    assert_eq!(a[3]["text"], "dc(eval(if(a=\"b\", 1, null())))");
    assert_eq!(s["by"], serde_json::json!(["a.b", "c{}", "d", "e"]));
    let s =
        &stages("| stats exactperc99.5(x), sparkline(avg(x), 1h) AS t, c by y dedup_splitvals=t")
            [0]["stats"];
    assert_eq!(s["aggregates"][0]["percentile"], "99.5");
    assert_eq!(s["aggregates"][1]["argument"]["sparkline"]["step"], "1h");
    assert_eq!(s["dedup_splitvals"], true);
}

/// One line for each command with typed syntax.
#[test]
fn commands() {
    let check = |text: &str, want: Value| {
        let got = stages(text).pop().unwrap();
        assert_eq!(got, want, "{text}\n{got}");
    };
    use serde_json::json;
    check(
        "x | append maxout=5 [search y]",
        json!({"append": {"options": [{"name": "maxout", "value": "5"}],
        "search": {"stages": [{"name": "search", "command": {"search": {"expr": {"term": {"text": "y", "quoted": false, "kind": "plain"}}}}}]}}}),
    );
    check(
        "x | bucket _time span=1h AS t",
        json!({"bin": {"options": [{"name": "span", "value": "1h"}], "field": "_time", "alias": "t"}}),
    );
    check(
        "x | dedup 2 a b sortby -c",
        json!({"dedup": {"limit": 2, "fields": ["a", "b"], "keepevents": null, "keepempty": null, "consecutive": null,
        "sortby": [{"field": "c", "descending": true, "cast": "auto"}]}}),
    );
    check("x | fields - a, b*", json!({"fields": {"remove": true, "fields": ["a", "b*"]}}));
    check("x | fillnull value=N/A a", json!({"fillnull": {"value": "N/A", "fields": ["a"]}}));
    check("x | fillnull", json!({"fillnull": {"value": null, "fields": []}}));
    check(
        "x | head 5",
        json!({"head": {"limit": 5, "condition": null, "keeplast": null, "null": null}}),
    );
    check(
        "x | makemv delim=\",\" allowempty=t f",
        json!({"makemv": {"field": "f", "delim": ",", "tokenizer": null, "allowempty": true, "setsv": null}}),
    );
    check(
        "| makeresults count=3",
        json!({"makeresults": {"count": 3, "annotate": null, "format": null, "data": null, "options": []}}),
    );
    check("x | mvexpand f limit=2", json!({"mvexpand": {"field": "f", "limit": 2}}));
    check("x | nomv f", json!({"nomv": {"field": "f"}}));
    check(
        "x | rare 3 a by b",
        json!({"top": {"limit": 3, "options": [], "fields": ["a"], "by": ["b"]}}),
    );
    check(
        "x | regex a!=\"b|c\"",
        json!({"regex": {"field": "a", "negated": true, "pattern": "b|c"}}),
    );
    check(
        "x | regex \"(?i)t\"",
        json!({"regex": {"field": null, "negated": false, "pattern": "(?i)t"}}),
    );
    check(
        "x | rename a{} AS \"b c\", d.* as *",
        json!({"rename": {"pairs": [["a{}", "b c"], ["d.*", "*"]]}}),
    );
    check("x | reverse", json!({"reverse": {}}));
    check(
        "x | rex max_match=0 field=u mode=sed \"s/a/b/g\"",
        json!({"rex": {"field": "u", "pattern": "s/a/b/g", "sed": true, "max_match": 0, "offset_field": null}}),
    );
    check(
        "x | sort 0 - a, +b num(c)",
        json!({"sort": {"limit": 0, "descending": false, "keys": [
        {"field": "a", "descending": true, "cast": "auto"}, {"field": "b", "descending": false, "cast": "auto"}, {"field": "c", "descending": false, "cast": "num"}]}}),
    );
    check(
        "x | sort a desc",
        json!({"sort": {"limit": null, "descending": true, "keys": [{"field": "a", "descending": false, "cast": "auto"}]}}),
    );
    check(
        "x | spath output=o path=a{}.b",
        json!({"spath": {"input": null, "output": "o", "path": "a{}.b"}}),
    );
    check("x | table a b, c", json!({"table": {"fields": ["a", "b", "c"]}}));
    check("x | tail", json!({"tail": {"limit": null}}));
    check(
        "x | convert timeformat=\"%F\" ctime(a) AS b mktime(c)",
        json!({"convert": {"timeformat": "%F", "conversions": [
        {"function": "ctime", "field": "a", "alias": "b"}, {"function": "mktime", "field": "c", "alias": null}]}}),
    );
    check(
        "x | eval \"a b\"=1, {f}.x=2",
        json!({"eval": {"assignments": [
        {"target": "a b", "expr": {"kind": {"number": "1"}}}, {"target": "{f}.x", "expr": {"kind": {"number": "2"}}}]}}),
    );
    check(
        "x | sendemail l a [search y]",
        json!({"other": {"known": true,
        "tokens": [{"text": "l"}, {"text": "a"}, {"text": "["}, {"text": "search"}, {"text": "y"}, {"text": "]"}],
        "subsearches": [{"stages": [{"name": "search", "command": {"search": {"expr": {"term": {"text": "y", "quoted": false, "kind": "plain"}}}}}]}]}}),
    );
}
