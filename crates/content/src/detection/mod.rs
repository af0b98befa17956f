//! A detection as ESCU writes it, in three generations of YAML.

mod declared;
mod rba;

pub use declared::{AttackData, DeclaredBaseline, DeclaredTest, Drilldown};
pub use rba::{Generation, RiskConfig, RiskObject, ThreatObject};

use crate::yaml::{self, Node, TextMap};
use crate::{ContentError, Note};
use sepal_exec::Search;
use sepal_exec::scan::Meta;
use sepal_parser::macros::Origin;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// One detection. Lists that the file does not have are empty, texts too.
///
/// Source: github.com/splunk/security_content (ESCU 4, 5 and 6) and the object models of
/// github.com/splunk/contentctl.
#[derive(Clone, Debug, Serialize)]
pub struct Detection {
    /// The file as the user named it.
    pub file: String,
    /// Which generation's keys the file uses.
    pub generation: Generation,
    /// The name, such as `Kubernetes Suspicious Image Pulling`.
    pub name: String,
    /// The UUID.
    pub id: String,
    /// The version as written.
    pub version: String,
    /// The date of the last change, `YYYY-MM-DD`; v6 writes `modification_date`.
    pub date: String,
    /// v6: the date of the first version.
    pub creation_date: String,
    /// Who wrote it.
    pub author: String,
    /// `production`, `experimental`, `deprecated`...
    pub status: String,
    /// `type`: `TTP`, `Anomaly`, `Hunting`, `Correlation`, `Baseline`...
    pub detection_type: String,
    /// What it finds.
    pub description: String,
    /// The data sources; one that says `A AND B` stays one.
    pub data_source: Vec<String>,
    /// The search, as the YAML gives it: not trimmed, nothing added.
    pub search: String,
    /// What must be set up.
    pub how_to_implement: String,
    /// What else can fire it.
    pub known_false_positives: String,
    /// Links.
    pub references: Vec<String>,
    /// The drilldowns.
    pub drilldown_searches: Vec<Drilldown>,
    /// The analytic stories (v6 top level, else `tags`).
    pub analytic_story: Vec<String>,
    /// The ATT&CK technique ids (v6 top level, else `tags`).
    pub mitre_attack_id: Vec<String>,
    /// The kill chain phases, where the file names them; they are not derived from techniques.
    pub kill_chain_phases: Vec<String>,
    /// CVE ids.
    pub cve: Vec<String>,
    /// The kind of asset.
    pub asset_type: String,
    /// `endpoint`, `network`, `threat`, `identity`, `access`, `audit`.
    pub security_domain: String,
    /// v6: the baselines that must run before.
    pub baselines: Vec<String>,
    /// Why it can only be tested by hand (`tags.manual_test`).
    pub manual_test: Option<String>,
    /// All of `tags` as written.
    pub tags: Value,
    /// The tests that it declares.
    pub tests: Vec<DeclaredTest>,
    /// Its risk configuration in one form for all generations.
    pub risk: RiskConfig,
    /// Top-level keys that are not known here.
    pub other: Map<String, Value>,
    /// What was odd but usable.
    pub notes: Vec<Note>,
    /// Where the search's parts stand in the file.
    #[serde(skip)]
    search_map: TextMap,
    #[serde(skip)]
    text: Arc<str>,
}

/// The keys that are read into fields of their own.
const KNOWN: &[&str] = &[
    "name",
    "id",
    "version",
    "date",
    "creation_date",
    "modification_date",
    "author",
    "status",
    "type",
    "description",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "drilldown_searches",
    "tags",
    "tests",
    "rba",
    "finding",
    "intermediate_findings",
    "threat_objects",
    "analytic_story",
    "mitre_attack_id",
    "cve",
    "asset_type",
    "security_domain",
    "baselines",
];

impl Detection {
    /// Reads a detection from the text of its file; `file` is only a name for messages.
    ///
    /// # Errors
    /// SPL5102 to SPL5105 for YAML that is not taken, SPL5106 where `name` or `search` is
    /// missing, SPL5107 where a value is of another kind than its key takes.
    pub fn load(file: &str, text: &str) -> Result<Detection, ContentError> {
        let root = yaml::read(file, text)?;
        let Some(search_node) = root.get("search") else { return Err(no_search(file, &root)) };
        let get = |key: &str| root.text_of(file, key).map(Option::unwrap_or_default);
        let search = get("search")?;
        if search.trim().is_empty() {
            let message = "`search` is empty".to_owned();
            return Err(search_node.error("SPL5106", file, message));
        }
        let name = get("name")?;
        if name.trim().is_empty() {
            return Err(ContentError::new("SPL5106", file, "the detection has no `name`"));
        }
        let null = Node { kind: yaml::Kind::Null, offset: 0, len: 0, line: 0, column: 0 };
        let tags = root.get("tags").unwrap_or(&null);
        let tag = |key: &str| match root.get(key) {
            Some(_) => root.text_of(file, key).map(Option::unwrap_or_default),
            None => tags.text_of(file, key).map(Option::unwrap_or_default),
        };
        let tag_list = |key: &str| match root.get(key) {
            Some(_) => root.texts_of(file, key),
            None => tags.texts_of(file, key),
        };
        let mut notes = Vec::new();
        let date = match get("date")? {
            date if date.is_empty() => get("modification_date")?,
            date => date,
        };
        Ok(Detection {
            file: file.to_owned(),
            generation: Generation::of(&root),
            id: get("id")?,
            version: get("version")?,
            date,
            creation_date: get("creation_date")?,
            author: get("author")?,
            status: get("status")?,
            detection_type: get("type")?,
            description: get("description")?,
            data_source: root.texts_of(file, "data_source")?,
            how_to_implement: get("how_to_implement")?,
            known_false_positives: get("known_false_positives")?,
            references: root.texts_of(file, "references")?,
            drilldown_searches: declared::drilldowns(file, &root)?,
            analytic_story: tag_list("analytic_story")?,
            mitre_attack_id: tag_list("mitre_attack_id")?,
            kill_chain_phases: tag_list("kill_chain_phases")?,
            cve: tag_list("cve")?,
            asset_type: tag("asset_type")?,
            security_domain: tag("security_domain")?,
            baselines: root.texts_of(file, "baselines")?,
            manual_test: tags.text_of(file, "manual_test")?,
            tags: tags.to_json(),
            tests: declared::tests(file, &root, &mut notes)?,
            risk: rba::read(file, &root)?,
            other: root
                .entries()
                .iter()
                .filter(|(key, _)| !KNOWN.contains(&key.as_str()))
                .map(|(key, node)| (key.clone(), node.to_json()))
                .collect(),
            notes,
            search_map: TextMap::of(search_node, text),
            text: text.into(),
            name,
            search,
        })
    }

    /// Where the search stands, for the parser's messages: for each line of the search the offset
    /// in the file. A folded or quoted scalar joins several lines of the file to one line of the
    /// search; [`Detection::search_map`] is exact for those too.
    pub fn search_origin(&self) -> Origin {
        Origin {
            file: self.file.as_str().into(),
            text: self.text.clone(),
            lines: self.search_map.lines(&self.search).into(),
        }
    }

    /// The detection as a search that can run: macros and events are still to be given. Events get
    /// the `source` and the like that the detection declares for its own test data, see
    /// [`stamp`](crate::stamp()). Data models are those of [`CimModels`](crate::CimModels).
    ///
    /// ```
    /// let text = "\
    /// name: Secrets Read
    /// id: 6f0a4a3e-7b0f-4c0e-9d0c-0a8f1b2c3d4e
    /// search: '`kube_audit` verb=get objectRef.resource=secrets | stats count BY user.username'
    /// ";
    /// let found = sepal_content::Detection::load("secrets_read.yml", text)?
    ///     .to_search()
    ///     .define("kube_audit", "*")
    ///     .events("audit.jsonl", r#"
    ///         {"verb":"get","objectRef":{"resource":"secrets"},"user":{"username":"eve"}}
    ///         {"verb":"get","objectRef":{"resource":"pods"},"user":{"username":"bob"}}
    ///     "#)
    ///     .run()?;
    /// assert_eq!(found.to_string(), "{\"user.username\":\"eve\",\"count\":1}\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_search(&self) -> Search {
        let detection = self.clone();
        let models = Arc::new(crate::CimModels::new());
        let search = Search::new(&self.search)
            .origin(self.search_origin())
            .data_models(models)
            .knowledge(Arc::new(crate::SourcetypeRules::new()));
        search.stamp(move |file| {
            let stamp = crate::stamp(&detection, file);
            Meta {
                source: stamp.source.map(Into::into),
                sourcetype: stamp.sourcetype.map(Into::into),
                index: stamp.index.map(Into::into),
                host: stamp.host.map(Into::into),
            }
        })
    }

    /// Maps each offset in the search to its offset in the file, whatever the scalar's style.
    pub fn search_map(&self) -> &TextMap {
        &self.search_map
    }

    /// The whole file's text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The name of its saved search in the ESCU app: `ESCU - NAME - Rule`.
    ///
    /// Source: contentctl, `objects/risk_event.py`.
    pub fn saved_search_name(&self) -> String {
        format!("ESCU - {} - Rule", self.name)
    }

    /// The name of the filter macro that belongs to it: `my_detection_filter`.
    ///
    /// Source: contentctl, `detection_abstract.py` (blank, `-`, `.` and `/` become `_`).
    pub fn filter_macro_name(&self) -> String {
        let name = self.name.replace([' ', '-', '.', '/'], "_").to_lowercase();
        format!("{name}_filter")
    }

    /// Whether ES writes risk events for it as shipped: `TTP` and `Anomaly` do, `Hunting` has no
    /// risk action, and `Correlation` in v4 and v5 only raises a notable.
    pub fn writes_risk(&self) -> bool {
        let is = |name: &str| self.detection_type.eq_ignore_ascii_case(name);
        is("TTP") || is("Anomaly") || (is("Correlation") && self.generation == Generation::V6)
    }
}

fn no_search(file: &str, root: &Node) -> ContentError {
    let keys: Vec<&str> = root.entries().iter().map(|(k, _)| k.as_str()).take(8).collect();
    if keys.contains(&"search") {
        return ContentError::new("SPL5106", file, "`search` is empty");
    }
    let error = ContentError::new("SPL5106", file, "the file is not a detection: no `search`");
    match (&root.kind, keys.is_empty()) {
        (yaml::Kind::Map(_), false) => {
            error.help(format!("a detection has `name` and `search`; here are {}", keys.join(", ")))
        }
        _ => error.help(format!("a detection is a mapping; here is {}", root.kind_name())),
    }
}
