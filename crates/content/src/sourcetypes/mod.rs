//! What is known of events by sourcetype: one YAML file each.
//!
//! ```yaml
//! name: My product
//! source: where that is written        # for the reader only
//! holds:                                # one of them; wildcards, without regard to case
//!   - sourcetype=my:product
//!   - source=/var/log/my/*
//! recognize:                            # inputs that say neither: their first events have all of
//!   - fields: {vendor: my, id: '*'}       # these fields (wildcards), or
//!     text: '^\d+ my:'                    # a text that this matches; one of the list is enough
//! given: {sourcetype: 'my:product'}     # what their events are stamped with then
//! break: {before: '^\d\d/'}             # an event begins where a line matches; also after,
//!                                       # between (the first group stands between), xml: Event
//! time: {prefix: 'at=', format: '%s', lookahead: 40, zone: UTC}   # or {field: NAME}
//! stamp:                                # a default field made of each event; `like` says what its
//!   source: {eval: '"my:".channel', like: 'my:*'}   # values are, for rules that go by it
//! extract:                              # fields of the event's text, one way or several
//!   - windows_xml
//!   - kv: {from: message}               # of another field; some ways have options
//! rex:                                  # named groups become fields
//!   - {field: _raw, regex: 'user=(?<user>\S+)'}
//! strip: [event_data.]                  # event_data.NAME is known as NAME too
//! alias:                                # the first of the old ones that has a value; else the
//!   dest: [Computer, Hostname]          # event's own `dest` stays; the old ones stay too
//! eval:                                 # they do not see each other, but each its own field
//!   action: if(status="ok","success","failure")
//! lookup:                               # what follows `lookup` in a search
//!   - my_codes code OUTPUT code_text
//! event_types:
//!   - {name: my_login, search: action=*, tags: authentication}
//! when_named: true                      # only where a search names the field, not for `*`
//! ```
//!
//! Work goes in the order above, which is Splunk's.
//!
//! Source: Splunk Knowledge Manager Manual, "The sequence of search-time operations".

mod builtin;
mod indexing;
pub(crate) mod steps;

pub use builtin::SourcetypeRules;

use crate::ContentError;
use crate::yaml::{self, Kind, Node};
use sepal_data::wildcard::Pattern;
use sepal_exec::knowledge::recognize::Text;
use sepal_exec::knowledge::{Body, Deferred, EventType, Rule, Signs, Stamp, StampField};
use sepal_exec::scan::Meta;
use sepal_parser::parse_terms;

const KEYS: &[&str] = &[
    "name",
    "source",
    "holds",
    "recognize",
    "given",
    "break",
    "time",
    "stamp",
    "extract",
    "rex",
    "strip",
    "alias",
    "eval",
    "lookup",
    "event_types",
    "when_named",
];

/// Reads what one file says of a sourcetype.
///
/// # Errors
/// SPL5102 to SPL5107 for the YAML, SPL4341 for what is not this form.
pub fn read_sourcetype(file: &str, text: &str) -> Result<Rule, ContentError> {
    let root = yaml::read(file, text)?;
    known_keys(file, &root, KEYS)?;
    let rule = Rule { body: body(file, &root)?.into(), ..head(file, &root)? };
    check(file, &rule)?;
    Ok(rule)
}

/// What says of which events a rule is.
fn head(file: &str, root: &Node) -> Result<Rule, ContentError> {
    let name = required(file, root, "name")?;
    let mut holds = Vec::new();
    for node in list(root, "holds") {
        holds.push(stamp(node).ok_or_else(|| {
            let message = "`holds` takes sourcetype=..., source=... or host=...";
            wrong(file, node, message.to_owned())
        })?);
    }
    if holds.is_empty() {
        return Err(wrong(file, root, "a sourcetype needs `holds`: of which events it is".into()));
    }
    let signs = list(root, "recognize").iter().map(|n| signs(file, n)).collect::<Result<_, _>>()?;
    Ok(Rule {
        name,
        holds,
        unless: Vec::new(),
        signs,
        given: given(file, root)?,
        stamps: steps::stamps(file, root)?,
        when_named: when_named(file, root)?,
        body: Deferred::default(),
    })
}

fn body(file: &str, root: &Node) -> Result<Body, ContentError> {
    let mut event_types = Vec::new();
    for node in list(root, "event_types") {
        known_keys(file, node, &["name", "search", "tags"])?;
        let search = required(file, node, "search")?;
        let at = node.get("search").unwrap_or(node);
        let condition = parse_terms(&search)
            .map_err(|ds| wrong(file, at, format!("`{search}`: {}", steps::first(&ds))))?;
        let tags = node.text_of(file, "tags")?.unwrap_or_default();
        event_types.push(EventType {
            name: required(file, node, "name")?,
            condition,
            tags: tags.split_whitespace().map(str::to_owned).collect(),
        });
    }
    Ok(Body {
        indexing: indexing::read(file, root)?,
        steps: steps::steps(file, root)?,
        event_types,
    })
}

fn when_named(file: &str, root: &Node) -> Result<bool, ContentError> {
    match root.text_of(file, "when_named")?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(wrong(file, root, "`when_named` takes true or false".into())),
    }
}

fn signs(file: &str, node: &Node) -> Result<Signs, ContentError> {
    known_keys(file, node, &["fields", "text"])?;
    let mut fields = Vec::new();
    for (name, like) in map(file, node, "fields")? {
        let text = like.text().ok_or_else(|| {
            wrong(file, like, format!("`{name}` takes a pattern that its values match"))
        })?;
        fields.push((name.clone(), Pattern::new(text)));
    }
    let text = node.text_of(file, "text")?.map(|t| Text::new(&t));
    if fields.is_empty() && text.is_none() {
        return Err(wrong(file, node, "`recognize` takes `fields`, `text` or both".into()));
    }
    Ok(Signs { fields, text })
}

/// That the regular expressions are such: the built-in ones are asked in a test only.
fn check(file: &str, rule: &Rule) -> Result<(), ContentError> {
    for text in rule.signs.iter().filter_map(|s| s.text.as_ref()) {
        text.check().map_err(|e| {
            ContentError::new("SPL4341", file, format!("`recognize` of {}: {e}", rule.name))
        })?;
    }
    Ok(())
}

fn given(file: &str, root: &Node) -> Result<Meta, ContentError> {
    let mut meta = Meta::default();
    for (name, node) in map(file, root, "given")? {
        let to = match name.as_str() {
            "source" => &mut meta.source,
            "sourcetype" => &mut meta.sourcetype,
            "host" => &mut meta.host,
            "index" => &mut meta.index,
            _ => {
                let message = format!("`given` takes {}, not `{name}`", Meta::FIELDS.join(", "));
                return Err(wrong(file, node, message));
            }
        };
        let text = node.text().ok_or_else(|| wrong(file, node, "a text is expected".into()))?;
        *to = Some(text.into());
    }
    Ok(meta)
}

fn stamp(node: &Node) -> Option<Stamp> {
    let (field, pattern) = node.text()?.split_once('=')?;
    let field = StampField::of(field.trim())?;
    let pattern = pattern.trim();
    (!pattern.is_empty()).then(|| Stamp::new(field, pattern))
}

fn wrong(file: &str, node: &Node, message: String) -> ContentError {
    node.error("SPL4341", file, message)
}

fn required(file: &str, node: &Node, key: &str) -> Result<String, ContentError> {
    let text = node.text_of(file, key)?.filter(|t| !t.trim().is_empty());
    text.ok_or_else(|| wrong(file, node, format!("a sourcetype needs `{key}` here")))
}

fn known_keys(file: &str, node: &Node, known: &[&str]) -> Result<(), ContentError> {
    if !matches!(node.kind, Kind::Map(_)) {
        return Err(wrong(file, node, format!("keys are expected here: {}", known.join(", "))));
    }
    match node.entries().iter().find(|(k, _)| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some((key, at)) => Err(wrong(file, at, format!("a sourcetype has no key `{key}` here"))
            .help(format!("there are {}", known.join(", ")))),
    }
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map_or(&[], Node::items)
}

/// The entries of a mapping of names.
fn map<'n>(file: &str, node: &'n Node, key: &str) -> Result<&'n [(String, Node)], ContentError> {
    match node.get(key) {
        None => Ok(&[]),
        Some(n @ Node { kind: Kind::Map(_), .. }) => Ok(n.entries()),
        Some(n) => Err(wrong(file, n, format!("`{key}` takes fields: `name: value`"))),
    }
}
