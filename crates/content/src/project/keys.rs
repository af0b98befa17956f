//! The keys of `sepal.toml`: one declaration, of which reading, messages and docs/sepal-toml.md are
//! made.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Folders, relative to the file; they must be there.
    Folders,
    /// Files or folders, relative to the file; they must be there.
    Paths,
    /// A folder, relative to the file; it need not be there.
    NewFolder,
    /// Patterns of files, relative to the file.
    Patterns,
    /// A text.
    Text,
    /// `true` or `false`.
    Truth,
    /// A time, relative or absolute.
    Time,
    /// A time zone.
    Zone,
    /// How events stand in a file.
    Format,
}

impl Kind {
    /// What stands for it in messages and on the page.
    pub fn takes(self) -> &'static str {
        match self {
            Kind::Folders => "a folder or a list of folders",
            Kind::Paths => "a folder, a file or a list of them",
            Kind::NewFolder => "a folder",
            Kind::Patterns => "a pattern or a list of patterns",
            Kind::Text => "a text",
            Kind::Truth => "true or false",
            Kind::Time => "a time such as \"-24h@h\" or \"2026-01-31T00:00:00\"",
            Kind::Zone => "a time zone such as \"Europe/Zurich\", \"UTC\" or \"+02:00\"",
            Kind::Format => "`auto`, `lines`, `values`, `array`, `rows` or `text`",
        }
    }

    /// Whether a list of texts is taken too.
    pub fn many(self) -> bool {
        matches!(self, Kind::Folders | Kind::Paths | Kind::Patterns)
    }
}

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether the table makes no sense without it.
    pub required: bool,
    /// The flag of the command line that says the same; empty where there is none.
    pub flag: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// One table of the file.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Whether it is written as `[[name]]`, any number of times.
    pub many: bool,
    /// What it is about.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

const fn key(name: &'static str, kind: Kind, flag: &'static str, doc: &'static str) -> Key {
    Key { name, kind, required: false, flag, doc }
}

/// All tables.
pub static TABLES: &[Table] = &[
    Table {
        name: "content",
        many: false,
        doc: "What searches use. Folders that a flag names come after those of the file: a flag adds, \
              and of two things of one name the flag's counts.",
        keys: &[
            key(
                "macros",
                Kind::Paths,
                "--macros",
                "Macros, as YAML files and `macros.conf`; after those of the folder `macros` beside or \
                 above the detection.",
            ),
            key(
                "lookups",
                Kind::Folders,
                "--lookups",
                "Lookup definitions (YAML, `transforms.conf`) and tables (CSV); also saved searches and \
                 models, which may stand beside them.",
            ),
            key(
                "saved-searches",
                Kind::Folders,
                "",
                "Folders of which only the files `savedsearches.conf` are read, for `savedsearch`.",
            ),
            key(
                "models",
                Kind::Folders,
                "",
                "Folders of which only the `.mlmodel` files are read, for `apply` and `summary`; `fit` \
                 writes a new model into the first one that it may write to.",
            ),
            key(
                "knowledge",
                Kind::Paths,
                "--knowledge",
                "Sourcetypes: fields, event types and tags of events.",
            ),
            key(
                "datamodels",
                Kind::Paths,
                "--datamodels",
                "Data models, as Splunk's JSON or YAML.",
            ),
            key(
                "detections",
                Kind::Paths,
                "",
                "What `sepal lint`, `sepal coverage` and `sepal test` look at where no path is given.",
            ),
        ],
    },
    Table {
        name: "test",
        many: false,
        doc: "Where `sepal test` finds the events of tests.",
        keys: &[
            key(
                "data",
                Kind::Folders,
                "--data",
                "Folders that mirror the paths of the tests' URLs.",
            ),
            key(
                "cache",
                Kind::NewFolder,
                "--cache",
                "Where --fetch keeps what it fetched; it must lie in the folder of the file or below.",
            ),
        ],
    },
    Table {
        name: "permissions",
        many: false,
        doc: "What a search may do besides reading.",
        keys: &[key(
            "allow-write",
            Kind::Truth,
            "--allow-write",
            "Whether `outputlookup` may write tables and `fit` models. It holds for folders in the \
             folder of the file or below, links followed, and for no others.",
        )],
    },
    Table {
        name: "time",
        many: false,
        doc: "The time range and the time zone of searches.",
        keys: &[
            key(
                "earliest",
                Kind::Time,
                "--earliest",
                "Events from this time on. A range is one thing: where --earliest or --latest is given, \
                 neither of the file's counts.",
            ),
            key("latest", Kind::Time, "--latest", "Events before this time."),
            key(
                "tz",
                Kind::Zone,
                "--tz",
                "The zone of times that are shown, and of times without a zone where the input has no \
                 `tz` of its own.",
            ),
        ],
    },
    Table {
        name: "inputs",
        many: true,
        doc: "Files of events, and what they are stamped with. A run without events reads all inputs. \
              With events, each file is stamped by the first input that matches it.",
        keys: &[
            Key {
                name: "files",
                kind: Kind::Patterns,
                required: true,
                flag: "EVENTS",
                doc: "Which files: a file, a folder with all below it, or a pattern.",
            },
            key("source", Kind::Text, "--source", "Their `source`; by default the file's name."),
            key("sourcetype", Kind::Text, "--sourcetype", "Their `sourcetype`."),
            key("index", Kind::Text, "--index", "Their `index`; by default `main`."),
            key("host", Kind::Text, "--host", "Their `host`."),
            key(
                "tz",
                Kind::Zone,
                "--tz",
                "The zone of the times in them that name none, as `TZ` in Splunk's props.conf.",
            ),
            key("format", Kind::Format, "--input-format", "How events stand in them."),
        ],
    },
];

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|t| t.name == name)
}

impl Table {
    /// As it is written in the file: `[time]`, `[[inputs]]`.
    pub fn written(&self) -> String {
        if self.many { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }

    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|k| k.name == name)
    }
}
