//! Data models in a form of our own: YAML that says what the CIM's field tables say.
//!
//! ```yaml
//! name: Endpoint
//! source: where that is written         # for the reader only
//! datasets:
//!   - name: Processes
//!     parent: All_Changes               # none for a root
//!     constraint: tag=process tag=report
//!     fields: process_name process_path # separated by white space
//!     assets: dest user                 # each with its _bunit, _category and _priority
//!     unknown: user                     # "unknown" where an event has no value or an empty one
//!     vendor_product: true              # the field, made of vendor and product
//!     calculated:                       # a field and its eval expression, in this order; they
//!       src_port: coalesce(src_port,0)  # see events as they are, before `unknown` fills
//! ```

use crate::yaml::{self, Kind, Node};
use crate::{ContentError, fs};
use sepal_exec::datamodel::{Calculation, DataModel, Dataset};
use std::path::Path;

/// How the CIM names a product where an add-on gives no name of its own.
///
/// Source: Common Information Model Add-on Manual, the tables' `vendor_product`.
const VENDOR_PRODUCT: &str = "case(isnotnull(vendor_product),vendor_product,\
    isnotnull(vendor) AND vendor!=\"unknown\" AND isnotnull(product) AND product!=\"unknown\",\
    vendor.\" \".product,\
    isnotnull(vendor) AND vendor!=\"unknown\" AND (isnull(product) OR product=\"unknown\"),\
    vendor.\" unknown\",\
    (isnull(vendor) OR vendor=\"unknown\") AND isnotnull(product) AND product!=\"unknown\",\
    \"unknown \".product,isnotnull(sourcetype),sourcetype,1=1,\"unknown\")";

const KEYS: &[&str] = &[
    "name",
    "parent",
    "constraint",
    "fields",
    "assets",
    "unknown",
    "vendor_product",
    "calculated",
];

/// Whether a file may hold one.
pub(super) fn is_form(path: &Path) -> bool {
    fs::is_yaml(path)
}

/// Reads a data model of that form. Constraints are taken as they are, without macros.
///
/// # Errors
/// SPL5102 to SPL5107 for the YAML, SPL4134 for what is not this form.
pub fn read_model_form(file: &str, text: &str) -> Result<DataModel, ContentError> {
    let root = yaml::read(file, text)?;
    known_keys(file, &root, &["name", "source", "datasets"])?;
    let name = required(file, &root, "name")?;
    let Some(Node { kind: Kind::List(list), .. }) = root.get("datasets") else {
        return Err(root.error("SPL4134", file, "a data model has a list `datasets`".into()));
    };
    let datasets = list.iter().map(|d| dataset(file, d)).collect::<Result<_, _>>()?;
    Ok(DataModel { name, datasets })
}

fn required(file: &str, node: &Node, key: &str) -> Result<String, ContentError> {
    let text = node.text_of(file, key)?.filter(|t| !t.trim().is_empty());
    text.ok_or_else(|| node.error("SPL4134", file, format!("a data model needs `{key}` here")))
}

fn known_keys(file: &str, node: &Node, known: &[&str]) -> Result<(), ContentError> {
    match node.entries().iter().find(|(k, _)| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some((key, at)) => {
            let message = format!("a data model has no key `{key}`");
            Err(at.error("SPL4134", file, message).help(format!("there are {}", known.join(", "))))
        }
    }
}

fn dataset(file: &str, node: &Node) -> Result<Dataset, ContentError> {
    known_keys(file, node, KEYS)?;
    let words = |key: &str| -> Result<Vec<String>, ContentError> {
        let text = node.text_of(file, key)?.unwrap_or_default();
        Ok(text.split_whitespace().map(str::to_owned).collect())
    };
    let mut fields = words("fields")?;
    let mut add = |field: String| {
        if !fields.contains(&field) {
            fields.push(field);
        }
    };
    for asset in words("assets")? {
        let of = |part: &str| format!("{asset}_{part}");
        ["bunit", "category", "priority"].map(of).into_iter().for_each(&mut add);
        add(asset);
    }
    let mut calculations = Vec::new();
    let mut made = |field: &str, expression: &str| {
        add(field.to_owned());
        let command = format!("eval {field}={expression}");
        calculations.push(Calculation { outputs: vec![field.to_owned()], command });
    };
    for (field, value) in node.get("calculated").map(Node::entries).unwrap_or_default() {
        let Some(expression) = value.text() else {
            let message = format!("`{field}` takes an eval expression");
            return Err(value.error("SPL4134", file, message));
        };
        made(field, expression);
    }
    match node.get("vendor_product").map(|n| &n.kind) {
        None | Some(Kind::Bool(false, _)) => {}
        Some(_) => made("vendor_product", VENDOR_PRODUCT),
    }
    for field in words("unknown")? {
        made(&field, &format!("if(isnull({field}) OR {field}=\"\",\"unknown\",{field})"));
    }
    Ok(Dataset {
        name: required(file, node, "name")?,
        parent: node.text_of(file, "parent")?,
        constraint: node.text_of(file, "constraint")?.unwrap_or_default(),
        fields,
        calculations,
    })
}
