//! The risk configuration of the three generations in one form.

use crate::ContentError;
use crate::yaml::Node;
use serde::Serialize;

/// Which generation's keys a detection uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// ESCU 4: `tags.observable`, `tags.message`, `tags.risk_score`.
    V4,
    /// ESCU 5: `rba`.
    V5,
    /// ESCU 6: `finding`, `intermediate_findings`, `threat_objects`, `creation_date`.
    V6,
}

impl Generation {
    pub(super) fn of(root: &Node) -> Generation {
        let has = |key: &str| root.get(key).is_some();
        if has("finding") || has("intermediate_findings") || has("creation_date") {
            Generation::V6
        } else if has("rba") {
            Generation::V5
        } else {
            Generation::V4
        }
    }
}

/// What a hit says of whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskConfig {
    /// The generation it was read from.
    pub generation: Generation,
    /// The message, with `$field$`; in v6 the finding's title. Empty where there is none.
    pub message: String,
    /// Whose risk rises.
    pub risk_objects: Vec<RiskObject>,
    /// What else is worth following.
    pub threat_objects: Vec<ThreatObject>,
}

/// A field whose value's risk rises.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskObject {
    /// The field of the result.
    pub field: String,
    /// `user`, `system` or `other`.
    #[serde(rename = "type")]
    pub kind: String,
    /// By how much, 0 to 100.
    pub score: f64,
    /// v6: its own message; else [`RiskConfig::message`] counts.
    pub message: Option<String>,
    /// v6: it is the entity of the `finding`, not of an intermediate finding.
    pub finding: bool,
}

/// A field whose value is a trace of the attack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThreatObject {
    /// The field of the result.
    pub field: String,
    /// `ip_address`, `process_name`, `url`...
    #[serde(rename = "type")]
    pub kind: String,
}

pub(super) fn read(file: &str, root: &Node) -> Result<RiskConfig, ContentError> {
    let generation = Generation::of(root);
    match generation {
        Generation::V4 => v4(file, root),
        Generation::V5 => v5(file, root),
        Generation::V6 => v6(file, root),
    }
}

fn required(file: &str, node: &Node, key: &str, what: &str) -> Result<String, ContentError> {
    match node.text_of(file, key)? {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(node.error("SPL5106", file, format!("{what} has no `{key}`"))),
    }
}

fn risk_object(file: &str, node: &Node) -> Result<RiskObject, ContentError> {
    Ok(RiskObject {
        field: required(file, node, "field", "the risk object")?,
        kind: required(file, node, "type", "the risk object")?,
        score: node.number_of(file, "score")?.unwrap_or(0.0),
        message: node.text_of(file, "message")?,
        finding: false,
    })
}

fn threat_objects(file: &str, parent: &Node) -> Result<Vec<ThreatObject>, ContentError> {
    let items = parent.get("threat_objects").map_or(&[][..], Node::items);
    let one = |node: &Node| {
        Ok(ThreatObject {
            field: required(file, node, "field", "the threat object")?,
            kind: required(file, node, "type", "the threat object")?,
        })
    };
    items.iter().map(one).collect()
}

/// Source: contentctl 5, `objects/rba.py`.
fn v5(file: &str, root: &Node) -> Result<RiskConfig, ContentError> {
    let mut out = RiskConfig {
        generation: Generation::V5,
        message: String::new(),
        risk_objects: Vec::new(),
        threat_objects: Vec::new(),
    };
    let Some(rba) = root.get("rba") else { return Ok(out) };
    out.message = rba.text_of(file, "message")?.unwrap_or_default();
    for node in rba.get("risk_objects").map_or(&[][..], Node::items) {
        out.risk_objects.push(risk_object(file, node)?);
    }
    out.threat_objects = threat_objects(file, rba)?;
    Ok(out)
}

/// ESCU 6: `finding: {title, entity: {field, type, score}}`,
/// `intermediate_findings: {entities: [{field, type, score, message}]}`, and `threat_objects` at
/// the top. The finding's entity gets a risk event too, with the title as message.
///
/// Source: github.com/splunk/security_content pull requests 4082 and 4088.
fn v6(file: &str, root: &Node) -> Result<RiskConfig, ContentError> {
    let mut out = RiskConfig { generation: Generation::V6, ..v5(file, root)? };
    if let Some(finding) = root.get("finding") {
        let title = finding.text_of(file, "title")?;
        let message = match title {
            Some(title) => Some(title),
            None => finding.text_of(file, "message")?,
        };
        out.message = message.unwrap_or_default();
        for key in ["entity", "entities"] {
            for node in finding.get(key).map_or(&[][..], Node::items) {
                let object = risk_object(file, node)?;
                out.risk_objects.push(RiskObject { finding: true, ..object });
            }
        }
    }
    if let Some(findings) = root.get("intermediate_findings") {
        let entities = findings.get("entities").unwrap_or(findings);
        for node in entities.items() {
            let object = risk_object(file, node)?;
            if out.message.is_empty() {
                out.message = object.message.clone().unwrap_or_default();
            }
            out.risk_objects.push(object);
        }
    }
    out.threat_objects.extend(threat_objects(file, root)?);
    Ok(out)
}

/// `tags.observable` with its roles. Where `risk_score` is missing it is
/// `confidence * impact / 100`.
///
/// Source: contentctl 4, `detection_abstract.py`, `risk`.
fn v4(file: &str, root: &Node) -> Result<RiskConfig, ContentError> {
    let mut out = RiskConfig {
        generation: Generation::V4,
        message: String::new(),
        risk_objects: Vec::new(),
        threat_objects: Vec::new(),
    };
    let Some(tags) = root.get("tags") else { return Ok(out) };
    out.message = tags.text_of(file, "message")?.unwrap_or_default();
    let score = match tags.number_of(file, "risk_score")? {
        Some(score) => score,
        None => {
            let confidence = tags.number_of(file, "confidence")?.unwrap_or(0.0);
            let impact = tags.number_of(file, "impact")?.unwrap_or(0.0);
            (confidence * impact / 100.0).round()
        }
    };
    for node in tags.get("observable").map_or(&[][..], Node::items) {
        let field = required(file, node, "name", "the observable")?;
        let kind = required(file, node, "type", "the observable")?.to_lowercase();
        let roles = node.texts_of(file, "role")?;
        let role = |name: &str| roles.iter().any(|r| r.eq_ignore_ascii_case(name));
        let victim = match kind.as_str() {
            "user" | "username" | "email address" => Some("user"),
            "device" | "endpoint" | "hostname" | "ip address" => Some("system"),
            _ => None,
        };
        let risk = match (role("Victim"), victim, role("Attacker")) {
            (true, Some(risk), _) => risk,
            (_, _, true) => {
                let kind = match kind.as_str() {
                    "process name" | "process" => "process",
                    "file name" | "file" | "file hash" => "file_name",
                    "ip address" => "ip_address",
                    "url string" | "url" => "url",
                    other => other,
                };
                out.threat_objects.push(ThreatObject { field, kind: kind.to_owned() });
                continue;
            }
            _ => "other",
        };
        out.risk_objects.push(RiskObject {
            field,
            kind: risk.to_owned(),
            score,
            message: None,
            finding: false,
        });
    }
    Ok(out)
}
