//! Differences as a person reads them.

use super::super::count;
use crate::output::visible;
use anstyle::{AnsiColor, Style};
use sepal_hunt::snap::diff::{Line, Sign, diff};

/// More lines than these of one snapshot are counted, not shown.
const MOST: usize = 200;

/// What differs between two texts.
pub(super) fn difference(old: &str, new: &str, colour: bool) -> String {
    lines(&diff(old, new), colour)
}

/// A text that is new as a whole.
pub(super) fn whole(new: &str, colour: bool) -> String {
    let one = |l: &str| Line { sign: Sign::Added, parts: vec![(false, l.to_owned())] };
    lines(&new.trim_end().lines().map(one).collect::<Vec<_>>(), colour)
}

fn lines(all: &[Line], colour: bool) -> String {
    let mut out = String::new();
    for l in all.iter().take(MOST) {
        let (sign, style) = match l.sign {
            Sign::Title => (' ', Style::new().bold()),
            Sign::Same => (' ', Style::new()),
            Sign::Removed => ('-', AnsiColor::Red.on_default()),
            Sign::Added => ('+', AnsiColor::Green.on_default()),
        };
        let mut text = format!("{sign} ");
        for (differs, part) in &l.parts {
            let style = if *differs { style.bold().underline() } else { style };
            let part = visible(part, false);
            match colour {
                true => text.push_str(&format!("{style}{part}{style:#}")),
                false => text.push_str(&part),
            }
        }
        out.push_str("  ");
        out.push_str(text.trim_end());
        out.push('\n');
    }
    if all.len() > MOST {
        let more = u64::try_from(all.len() - MOST).unwrap_or(u64::MAX);
        out.push_str(&format!("  and {}\n", count(more, "more line")));
    }
    out
}
