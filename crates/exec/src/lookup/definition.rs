use sepal_parser::Diagnostic;
use sepal_parser::ast::Span;
use sepal_parser::elsewhere;

/// How a column is compared.
///
/// Source: Splunk transforms.conf.spec, `match_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatchKind {
    /// Equal text.
    #[default]
    Exact,
    /// `*` in the table stands for any text.
    Wildcard,
    /// The table holds address ranges such as `10.0.0.0/8`.
    Cidr,
}

/// What a lookup is: where its table is and how its rows match.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The name that searches use.
    pub name: String,
    /// The table's file, as messages show it.
    pub file: String,
    /// Whether the table stands for a KV store collection.
    pub kv_store: bool,
    /// The columns that are not compared exactly.
    pub match_type: Vec<(String, MatchKind)>,
    /// Whether letter case counts.
    pub case_sensitive: bool,
    /// At least this many rows, filled up with `default_match`.
    pub min_matches: usize,
    /// At most this many rows; Splunk's default is 100, or 1 for a time-bounded lookup.
    pub max_matches: Option<usize>,
    /// What the output fields get where too few rows match.
    pub default_match: String,
    /// For a time-bounded lookup.
    pub time: Option<TimeBound>,
    /// The columns of a KV store collection that nobody filled: it has no rows.
    pub unfilled: Option<Vec<String>>,
}

/// Which rows of a time-bounded lookup match.
///
/// Source: Splunk transforms.conf.spec, `time_field`.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeBound {
    /// The column with the time.
    pub field: String,
    /// Its strptime format; none for seconds since the epoch.
    pub format: Option<String>,
    /// By how many seconds an event may be later than the row.
    pub max_offset_secs: i64,
    /// By how many seconds an event must be later than the row.
    pub min_offset_secs: i64,
}

impl Definition {
    /// A lookup with Splunk's defaults, such as a CSV file that is named directly has.
    pub fn new(name: &str, file: &str) -> Definition {
        Definition {
            name: name.to_owned(),
            file: file.to_owned(),
            kv_store: false,
            match_type: Vec::new(),
            case_sensitive: true,
            min_matches: 0,
            max_matches: None,
            default_match: String::new(),
            time: None,
            unfilled: None,
        }
    }

    /// How a column is compared.
    pub fn kind(&self, column: &str) -> MatchKind {
        self.match_type.iter().rev().find(|(c, _)| c == column).map(|(_, k)| *k).unwrap_or_default()
    }

    /// At most this many rows match one input.
    pub fn limit(&self) -> usize {
        let default = if self.time.is_some() { 1 } else { 100 };
        self.max_matches.unwrap_or(default)
    }
}

/// Why a lookup cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupError {
    /// The stable code, `SPL41xx`.
    pub code: &'static str,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it is a construct that is not supported here.
    pub unsupported: bool,
}

impl LookupError {
    /// An error.
    pub fn new(code: &'static str, message: impl Into<String>) -> LookupError {
        LookupError { code, message: message.into(), help: None, unsupported: false }
    }

    /// The same with a help line.
    pub fn help(mut self, help: impl Into<String>) -> LookupError {
        self.help = Some(help.into());
        self
    }

    /// "There is no lookup of that name", with the nearest of those that there are.
    pub fn unknown<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> LookupError {
        let known: Vec<&str> = known.into_iter().collect();
        let app = elsewhere::help(elsewhere::Kind::Lookup, name);
        let near = || sepal_parser::suggest(name, known.iter().copied());
        let help = match app.or_else(|| near().map(|n| format!("did you mean `{n}`?"))) {
            Some(help) => help,
            None if known.is_empty() => {
                "name the folder of lookup definitions and tables with --lookups DIR".to_owned()
            }
            None => "put its definition or its CSV file into a folder of --lookups".to_owned(),
        };
        LookupError::new("SPL4110", format!("no lookup `{name}`")).help(help)
    }

    /// "outputlookup may not write".
    pub fn not_writable() -> LookupError {
        LookupError::new("SPL4116", "`outputlookup` may not write: nobody allowed it")
            .help("--allow-write lets a search write tables in the folders of --lookups")
    }

    /// The error at a place of the search.
    pub fn at(self, span: Span) -> Diagnostic {
        let mut d =
            Diagnostic::error(self.code, span, self.message.clone()).label(match self.code {
                "SPL4110" => "not found",
                _ => "cannot be used",
            });
        d.help = self.help;
        d.unsupported = self.unsupported.then_some(self.message);
        d
    }
}
