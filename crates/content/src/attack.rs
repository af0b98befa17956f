//! Names and tactics of MITRE ATT&CK's techniques.
//!
//! © 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The
//! MITRE Corporation: the names in `knowledge/attack.csv` are those of
//! [ATT&CK for Enterprise](https://attack.mitre.org/matrices/enterprise/), version [`VERSION`]. Two that
//! this version revoked and detections still name keep the names that they had: T1208 and T1574.002.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The version of ATT&CK.
pub const VERSION: &str = "17.0";

/// A column of the matrix.
#[derive(Debug, PartialEq, Eq)]
pub struct Tactic {
    /// `TA0001`...
    pub id: &'static str,
    /// As ATT&CK's files name it, such as `initial-access`.
    pub short: &'static str,
    /// As people read it, such as `Initial Access`.
    pub name: &'static str,
}

const fn tactic(id: &'static str, short: &'static str, name: &'static str) -> Tactic {
    Tactic { id, short, name }
}

/// All tactics of ATT&CK for Enterprise, in the order of the matrix.
pub static TACTICS: [Tactic; 14] = [
    tactic("TA0043", "reconnaissance", "Reconnaissance"),
    tactic("TA0042", "resource-development", "Resource Development"),
    tactic("TA0001", "initial-access", "Initial Access"),
    tactic("TA0002", "execution", "Execution"),
    tactic("TA0003", "persistence", "Persistence"),
    tactic("TA0004", "privilege-escalation", "Privilege Escalation"),
    tactic("TA0005", "defense-evasion", "Defense Evasion"),
    tactic("TA0006", "credential-access", "Credential Access"),
    tactic("TA0007", "discovery", "Discovery"),
    tactic("TA0008", "lateral-movement", "Lateral Movement"),
    tactic("TA0009", "collection", "Collection"),
    tactic("TA0011", "command-and-control", "Command and Control"),
    tactic("TA0010", "exfiltration", "Exfiltration"),
    tactic("TA0040", "impact", "Impact"),
];

/// A technique, or a sub-technique.
#[derive(Debug, PartialEq, Eq)]
pub struct Technique {
    /// `T1059` or `T1059.001`.
    pub id: &'static str,
    /// Its own name: `PowerShell`, without that of the technique it belongs to.
    pub name: &'static str,
    /// The tactics it serves, in the order of the matrix.
    pub tactics: Vec<&'static Tactic>,
}

impl Technique {
    /// With the name of the technique it belongs to: `Command and Scripting Interpreter: PowerShell`.
    pub fn full_name(&self) -> String {
        match self.id.split_once('.').and_then(|(parent, _)| technique(parent)) {
            Some(parent) => format!("{}: {}", parent.name, self.name),
            None => self.name.to_owned(),
        }
    }
}

static TECHNIQUES: LazyLock<HashMap<&'static str, Technique>> = LazyLock::new(|| {
    let lines = include_str!("../knowledge/attack.csv").lines().skip(1);
    let one = |line: &'static str| {
        let (id, rest) = line.split_once(',')?;
        let (name, tactics) = rest.rsplit_once(',')?;
        let of = |short: &str| TACTICS.iter().find(|t| t.short == short);
        Some((id, Technique { id, name, tactics: tactics.split(' ').filter_map(of).collect() }))
    };
    lines.filter_map(one).collect()
});

/// The technique with this id, in any letter case and with blanks around it; none where ATT&CK has none.
pub fn technique(id: &str) -> Option<&'static Technique> {
    let id = id.trim();
    TECHNIQUES.get(id).or_else(|| TECHNIQUES.get(id.to_ascii_uppercase().as_str()))
}

/// Its page on attack.mitre.org.
pub fn page(id: &str) -> String {
    format!("https://attack.mitre.org/techniques/{}/", id.trim().replace('.', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_technique_with_tactics() {
        let lines = include_str!("../knowledge/attack.csv").lines().skip(1);
        assert_eq!(TECHNIQUES.len(), lines.count());
        for (id, technique) in TECHNIQUES.iter() {
            let well = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
            let (number, sub) = id[1..].split_once('.').unwrap_or((&id[1..], "000"));
            assert!(id.starts_with('T') && well(number, 4) && well(sub, 3), "{id}");
            assert!(!technique.name.is_empty() && !technique.tactics.is_empty(), "{id}");
        }
    }

    /// Names and tactics as on attack.mitre.org.
    #[test]
    fn techniques_by_id() {
        let shell = technique(" t1059.001 ").unwrap();
        assert_eq!(shell.full_name(), "Command and Scripting Interpreter: PowerShell");
        assert_eq!(shell.tactics.iter().map(|t| t.name).collect::<Vec<_>>(), ["Execution"]);
        let accounts = technique("T1078").unwrap().tactics.iter().map(|t| t.id);
        assert_eq!(accounts.collect::<Vec<_>>(), ["TA0001", "TA0003", "TA0004", "TA0005"]);
        assert_eq!(technique("T9999"), None);
        assert_eq!(page("T1059.001"), "https://attack.mitre.org/techniques/T1059/001/");
    }
}
