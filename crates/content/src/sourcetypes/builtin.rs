//! The sourcetypes that are built in, and those of folders.

use super::read_sourcetype;
use crate::yaml;
use crate::{ContentError, Note, conf, fs};
use sepal_exec::knowledge::{Deferred, Knowledge, Rule, Stamp, StampField};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

macro_rules! built_in {
    ($($name:literal)*) => {
        const BUILT_IN: &[(&str, &str)] = &[$((
            concat!($name, ".yml"),
            include_str!(concat!("../../knowledge/sourcetypes/", $name, ".yml")),
        )),*];
    };
}

// in the order in which they work: what others build on comes first
built_in! {
    "windows_json"
    "windows_evtx"
    "windows_text"
    "windows_json_names"
    "windows_event"
    "powershell"
    "sysmon_names"
    "sysmon"
    "sysmon_linux"
    "windows_security_names"
    "windows_security"
    "linux_audit"
    "osquery"
    "nginx_plus_kv"
    "access_combined"
    "iis_lines"
    "iis"
    "splunk_audit"
    "suricata"
    "zeek"
    "zeek_conn"
    "zeek_dns"
    "zeek_http"
    "zeek_ssl"
    "zeek_x509"
    "zeek_rpc"
    "zeek_files"
    "zeek_kerberos"
    "zeek_smb"
    "zeek_notice"
    "zeek_other"
    "stream"
    "stream_dns"
    "stream_tcp"
    "pan"
    "pan_threat"
    "pan_traffic"
    "pan_system"
    "pan_config"
    "pan_globalprotect"
    "cisco_asa"
    "cisco_ios"
    "cisco_secure_firewall"
    "f5_bigip"
    "zscaler"
    "pingid"
    "ivanti_vtm_audit"
    "crushftp"
    "papercutng"
    "netbackup"
    "cef"
    "leef"
    "linux_secure"
    "syslog"
    "windows_system"
    "windows_application"
    "windows_task_scheduler"
    "admon"
    "pwsh"
    "aws_cloudtrail"
    "aws_asl"
    "aws_cloudfront"
    "aws_vpcflow"
    "aws_securityhub"
    "o365"
    "azure_aad"
    "azure_audit"
    "ms_defender_hunting"
    "ms_defender_alerts"
    "gws_login"
    "gws_reports"
    "gsuite_drive"
    "gsuite_gmail"
    "gcp_pubsub"
    "github"
    "github_audit"
    "github_webhook"
    "okta"
    "kube_audit"
    "kube_objects_events"
    "kube_falco"
    "circleci"
    "crowdstrike_fdr"
    "default_fields"
}

static READ: OnceLock<Vec<Arc<Rule>>> = OnceLock::new();

/// What is known of sourcetypes: what is built in, and what folders say.
#[derive(Clone, Debug)]
pub struct SourcetypeRules {
    rules: Vec<Arc<Rule>>,
}

/// The keys that say what a rule does; in a built-in file they come after those that say of which
/// events it is.
const OF_BODY: [&str; 9] =
    ["break:", "time:", "extract:", "rex:", "strip:", "alias:", "eval:", "lookup:", "event_types:"];

/// A built-in rule, of which only the beginning is read before it is needed.
fn built_in(file: &'static str, text: &'static str) -> Result<Rule, ContentError> {
    let begins = |line: &&str| OF_BODY.iter().any(|key| line.starts_with(key));
    let lines = text.split_inclusive('\n').take_while(|l| !begins(l));
    let at: usize = lines.map(str::len).sum();
    let root = yaml::read(file, text.get(..at).unwrap_or(text))?;
    let body = move || yaml::read(file, text).and_then(|root| super::body(file, &root));
    // a test reads them all
    Ok(Rule {
        body: Deferred::new(move || body().unwrap_or_default()),
        ..super::head(file, &root)?
    })
}

impl Default for SourcetypeRules {
    fn default() -> Self {
        // a test reads them all
        let read = || BUILT_IN.iter().filter_map(|(file, text)| built_in(file, text).ok());
        SourcetypeRules { rules: READ.get_or_init(|| read().map(Arc::new).collect()).clone() }
    }
}

impl SourcetypeRules {
    /// The built-in ones.
    pub fn new() -> SourcetypeRules {
        SourcetypeRules::default()
    }

    /// The same with those of folders or files, or of [Splunk apps](conf). One whose name is there
    /// already takes its place, with a note where it replaces another of the user's. What an app
    /// says is done after all others.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn with_folders(
        mut self,
        paths: &[PathBuf],
    ) -> Result<(SourcetypeRules, Vec<Note>), ContentError> {
        let mut notes = Vec::new();
        let mut own: Vec<String> = Vec::new();
        let apps: Vec<_> = paths.iter().filter(|p| conf::is_app(p)).collect();
        for path in paths.iter().filter(|p| !conf::layers::is_layered(p)) {
            let files = match path.is_dir() {
                true => fs::yaml_files(path)?,
                false => vec![path.clone()],
            };
            for file in files {
                let (name, text) = (file.to_string_lossy(), fs::text(&file)?);
                let rule = Arc::new(read_sourcetype(&name, &text)?);
                if own.contains(&rule.name) {
                    let message =
                        format!("sourcetype {} is replaced by the one of {name}", rule.name);
                    notes.push(Note::new("SPL4342", message));
                }
                own.push(rule.name.clone());
                match self.rules.iter_mut().find(|r| r.name == rule.name) {
                    Some(old) => *old = rule,
                    None => self.rules.push(rule),
                }
            }
        }
        for path in apps {
            let of = |name: &str, rule: &Arc<Rule>| {
                let sourcetype = |s: &Stamp| {
                    s.field == StampField::Sourcetype && s.pattern.text() != "*" && s.fits(name)
                };
                rule.holds.iter().any(sourcetype)
            };
            let app = conf::read_app(path, &|name| self.rules.iter().any(|r| of(name, r)))?;
            drop(self.rules.splice(..0, app.indexing));
            self.rules.extend(app.rules);
            notes.extend(app.notes);
        }
        Ok((self, notes))
    }

    /// The texts that are built in, by file name.
    pub fn built_in() -> &'static [(&'static str, &'static str)] {
        BUILT_IN
    }
}

impl Knowledge for SourcetypeRules {
    fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }
}
