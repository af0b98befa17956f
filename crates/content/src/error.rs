//! What can go wrong with content, and what is worth saying without being wrong.

use serde::Serialize;

/// A content file that cannot be used: which file, where, why, and what to do.
///
/// Codes: `SPL4xxx` for macros and lookups, `SPL5xxx` for data and detections.
///
/// | code | meaning |
/// | --- | --- |
/// | SPL4101 | a line of a .conf file that is neither stanza, setting nor comment |
/// | SPL4102 | a macro whose parts do not fit together |
/// | SPL4103 | a `--set` that is not `NAME=DEFINITION` |
/// | SPL4152 | a setting of a Splunk app that does not fit |
/// | SPL4134 | a data model that cannot be read |
/// | SPL4341 | a file that does not say what is known of a sourcetype |
/// | SPL4201 | a lookup definition whose parts do not fit together |
/// | SPL5101 | a file or folder that cannot be read |
/// | SPL5102 | text that is not YAML |
/// | SPL5103 | a key that stands twice in one mapping |
/// | SPL5104 | an anchor, alias or merge key |
/// | SPL5105 | a size or depth limit |
/// | SPL5106 | a required key that is missing |
/// | SPL5107 | a value of another kind than the key takes |
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{}: {message} [{code}]", self.place())]
pub struct ContentError {
    /// The stable code.
    pub code: &'static str,
    /// The file as the user named it.
    pub file: String,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 where no column is known.
    pub column: usize,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ContentError {
    /// An error about a whole file.
    pub fn new(code: &'static str, file: &str, message: impl Into<String>) -> Self {
        let (file, message) = (file.to_owned(), message.into());
        ContentError { code, file, line: 0, column: 0, message, help: None }
    }

    /// The same at a line and column, both from 1.
    pub fn at(mut self, line: usize, column: usize) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    /// The same with a help line.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `file`, `file:line` or `file:line:column`, as far as known.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }
}

/// Something that the user should hear of although the work goes on.
///
/// | code | meaning |
/// | --- | --- |
/// | SPL4105 | a macro that replaces another of the same name and number of arguments |
/// | SPL4121 | a lookup definition that replaces another of the same name |
/// | SPL4150 | a setting of a Splunk app that has no effect |
/// | SPL4151 | a setting of a Splunk app that is not known |
/// | SPL4153 | a stanza of transforms.conf that is missing or extracts nothing |
/// | SPL4154 | an event type of a Splunk app that cannot be used |
/// | SPL4135 | a data model that replaces another of the same name |
/// | SPL4342 | a sourcetype that replaces another of the same name |
/// | SPL5108 | an `expected_results` of unknown form |
/// | SPL5201 | a risk object whose field has no value in the row |
/// | SPL5202 | a `$field$` of the message that has no value in the row |
/// | SPL5203 | a threat object whose field has no value in the row |
/// | SPL5204 | declared test data that does not agree on its source or sourcetype |
/// | SPL5205 | a `$token$` of a drilldown without a value |
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The stable code.
    pub code: &'static str,
    /// One sentence in lower case without a full stop.
    pub message: String,
}

impl Note {
    /// A note.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Note { code, message: message.into() }
    }
}
