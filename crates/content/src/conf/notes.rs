//! What is told of an app that works.

use super::keys::{How, Key, near, of};
use super::layers::{Layered, Value};
use crate::Note;

/// More are counted only.
const MOST: usize = 100;

/// Notes, of which a bad file may give any number.
#[derive(Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    more: usize,
}

impl Notes {
    /// Notes what is not done with a setting.
    pub fn not(&mut self, at: &Value, what: &str) {
        self.put("SPL4150", at, what);
    }

    pub fn put(&mut self, code: &'static str, at: &Value, what: &str) {
        let note = Note::new(code, format!("{}: {what}", at.place()));
        // a setting for all stanzas is read with each of them
        if self.list.contains(&note) {
            return;
        }
        match self.list.len() < MOST {
            true => self.list.push(note),
            false => self.more += 1,
        }
    }

    /// Tells which settings of a stanza are unknown or not honoured.
    pub fn keys(&mut self, list: &[Key], stanza: &Layered) {
        for (key, value) in &stanza.settings {
            match of(list, key) {
                Some(How::Done(_) | How::Idle(_)) => {}
                Some(How::Not(_)) if unset(&value.text) => {}
                Some(How::Not(why)) => {
                    self.not(value, &format!("`{key}` of [{}] has no effect: {why}", stanza.name));
                }
                None => {
                    let near = near(list, key).map(|n| format!("; did you mean `{n}`?"));
                    let near = near.unwrap_or_default();
                    let what = format!("[{}] has an unknown setting `{key}`{near}", stanza.name);
                    self.put("SPL4151", value, &what);
                }
            }
        }
    }

    pub fn list(mut self) -> Vec<Note> {
        if self.more > 0 {
            let message = format!("there are {} more of these", self.more);
            self.list.push(Note::new("SPL4150", message));
        }
        self.list
    }
}

/// Whether the value switches off what its key is about.
fn unset(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "" | "false" | "0" | "no" | "f")
}
