//! What a detection says of its place in frameworks, as the fields of a risk event.

use crate::{Detection, attack};
use serde_json::{Map, Value};

/// The phase of the kill chain that a tactic belongs to.
///
/// Source: github.com/splunk/contentctl, `objects/constants.py`.
fn phase(tactic: &str) -> &'static str {
    match tactic {
        "reconnaissance" => "Reconnaissance",
        "resource-development" => "Weaponization",
        "initial-access" => "Delivery",
        "execution" | "persistence" => "Installation",
        "command-and-control" => "Command and Control",
        "exfiltration" | "impact" => "Actions on Objectives",
        _ => "Exploitation",
    }
}

fn once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = Vec::new();
    for one in all {
        if !out.contains(&one) {
            out.push(one);
        }
    }
    out
}

/// `annotations` as JSON, and the fields `annotations.*` that ES makes of it; names and tactics come
/// from ATT&CK. Frameworks of which nothing is known are left out.
///
/// `cis20`, `nist` and, where the file names none, `kill_chain_phases` are what contentctl derives.
///
/// Source: help.splunk.com Enterprise Security, "Use security framework annotations in correlation
/// searches"; github.com/splunk/contentctl, `objects/detection_tags.py`.
pub(super) fn annotations(detection: &Detection) -> Map<String, Value> {
    let techniques: Vec<_> =
        detection.mitre_attack_id.iter().filter_map(|id| attack::technique(id)).collect();
    let tactics = || techniques.iter().flat_map(|t| t.tactics.iter());
    let phases = match detection.kill_chain_phases.is_empty() {
        true => once(tactics().map(|t| phase(t.short).to_owned())),
        false => detection.kill_chain_phases.clone(),
    };
    let is = |text: &str, other: &str| text.trim().eq_ignore_ascii_case(other);
    let cis = if is(&detection.security_domain, "network") { "CIS 13" } else { "CIS 10" };
    let nist = if is(&detection.detection_type, "TTP") { "DE.CM" } else { "DE.AE" };
    let frameworks = [
        ("analytic_story", detection.analytic_story.clone()),
        ("cis20", vec![cis.to_owned()]),
        ("cve", detection.cve.clone()),
        ("kill_chain_phases", phases),
        ("mitre_attack", detection.mitre_attack_id.clone()),
        ("nist", vec![nist.to_owned()]),
    ];
    let known = || frameworks.iter().filter(|(_, list)| !list.is_empty());
    let mut out = Map::new();
    let mut put = |name: &str, list: Vec<String>| {
        if !list.is_empty() {
            out.insert(name.to_owned(), list.into());
        }
    };
    put("annotations._all", once(known().flat_map(|(_, list)| list.iter().cloned())));
    put("annotations._frameworks", known().map(|(name, _)| (*name).to_owned()).collect());
    for (name, list) in known() {
        put(&format!("annotations.{name}"), list.clone());
    }
    let attack = "annotations.mitre_attack.mitre_";
    put(&format!("{attack}tactic"), once(tactics().map(|t| t.short.to_owned())));
    put(&format!("{attack}tactic_id"), once(tactics().map(|t| t.id.to_owned())));
    put(&format!("{attack}technique"), once(techniques.iter().map(|t| t.name.to_owned())));
    put(&format!("{attack}technique_id"), detection.mitre_attack_id.clone());
    put("cve", detection.cve.clone());
    let whole: Map<String, Value> =
        known().map(|(name, list)| ((*name).to_owned(), list.clone().into())).collect();
    out.insert("annotations".to_owned(), Value::Object(whole));
    out
}
