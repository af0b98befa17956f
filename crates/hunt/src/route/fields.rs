//! What is asked of the values of one field, by all detections together.

use aho_corasick::AhoCorasick;
use sepal_data::FieldName;
use sepal_data::wildcard::{Pattern, fold_str};
use sepal_exec::search::Test;
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A field and the different tests of its values.
pub(super) struct Field {
    pub name: FieldName,
    /// With the number of each among all tests.
    tests: Vec<(u32, Test)>,
    known: HashMap<(u8, bool, String), u32>,
    index: OnceLock<Index>,
}

/// Which tests a value may pass, as places in the list.
struct Index {
    /// By the whole value with its letters folded.
    whole: HashMap<String, Vec<u32>>,
    /// By a part of the value: one look at it for all.
    parts: Option<AhoCorasick>,
    of_part: Vec<Vec<u32>>,
    /// Those that are asked of every value.
    others: Vec<u32>,
}

/// The tests that a value passes.
pub(super) type Passed = Arc<[u32]>;

impl Field {
    pub fn new(name: &FieldName) -> Field {
        let (known, index) = (HashMap::new(), OnceLock::new());
        Field { name: name.clone(), tests: Vec::new(), known, index }
    }

    /// The number of a test, which is `next` where it is new.
    pub fn number(&mut self, test: &Test, next: u32) -> u32 {
        let key = |kind, p: &Pattern| (kind, p.is_case_sensitive(), p.text().to_owned());
        let key = match test {
            Test::Exists => Some((0, false, String::new())),
            Test::Is(p) if p.is_wild() => Some(key(1, p)),
            Test::Is(p) => Some(key(2, p)),
            Test::IsNot(p) if p.is_wild() => Some(key(3, p)),
            Test::IsNot(p) => Some(key(4, p)),
            _ => None,
        };
        let number = match key {
            Some(key) => *self.known.entry(key).or_insert(next),
            None => next,
        };
        if number == next {
            self.tests.push((next, test.clone()));
        }
        number
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let (mut whole, mut others) = (HashMap::<String, Vec<u32>>::new(), Vec::new());
            let mut words = HashMap::<String, Vec<u32>>::new();
            for (at, (_, test)) in (0u32..).zip(&self.tests) {
                match test {
                    Test::Is(p) if !p.is_wild() => {
                        whole.entry(fold_str(p.text())).or_default().push(at);
                    }
                    Test::OneOf(texts) => {
                        for text in &texts.texts {
                            whole.entry(fold_str(text)).or_default().push(at);
                        }
                    }
                    Test::Is(p) => match p.needle() {
                        Some(word) => words.entry(fold_str(word)).or_default().push(at),
                        None => others.push(at),
                    },
                    _ => others.push(at),
                }
            }
            let (words, mut of_part): (Vec<_>, Vec<_>) = words.into_iter().unzip();
            let parts = match words.is_empty() {
                true => None,
                false => AhoCorasick::new(&words).ok(),
            };
            if parts.is_none() {
                others.extend(of_part.drain(..).flatten());
            }
            Index { whole, parts, of_part, others }
        })
    }

    /// The numbers of the tests that a value passes.
    fn passed(&self, value: &str, none: &Passed) -> Passed {
        let index = self.index();
        let mut may: Vec<u32> = index.others.clone();
        let folded = fold_str(value);
        if let Some(found) = index.whole.get(&folded) {
            may.extend(found);
        }
        if let Some(parts) = &index.parts {
            for found in parts.find_overlapping_iter(folded.as_bytes()) {
                may.extend(index.of_part.get(found.pattern().as_usize()).into_iter().flatten());
            }
        }
        may.sort_unstable();
        may.dedup();
        let passes = |at: &u32| {
            let (number, test) = self.tests.get(*at as usize)?;
            test.passes_folded(value, &folded).then_some(*number)
        };
        let found: Vec<u32> = may.iter().filter_map(passes).collect();
        if found.is_empty() { Arc::clone(none) } else { found.into() }
    }
}

/// What was found of the values of a field lately.
#[derive(Default)]
pub(super) struct Memo {
    values: HashMap<SmolStr, Passed, foldhash::fast::RandomState>,
    bytes: usize,
}

/// A longer value is not remembered.
const LONG: usize = 4 << 10;
/// Bytes of values that are remembered of a field.
const MOST: usize = 1 << 20;

impl Memo {
    pub fn passed(&mut self, field: &Field, value: &SmolStr, none: &Passed) -> Passed {
        if let Some(passed) = self.values.get(value.as_str()) {
            return Arc::clone(passed);
        }
        let passed = field.passed(value, none);
        if value.len() <= LONG {
            self.bytes += value.len() + 64;
            if self.bytes > MOST {
                self.values.clear();
                self.bytes = value.len() + 64;
            }
            self.values.insert(value.clone(), Arc::clone(&passed));
        }
        passed
    }
}
