//! `--review`: one question a snapshot.

use super::App;
use crate::stop;
use std::io::{self, BufRead};
use std::sync::atomic::Ordering;

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It becomes the snapshot.
    Accept,
    /// The snapshot stays, what is new is thrown away.
    Reject,
    /// It stays beside the snapshot.
    Skip,
    /// So do all that follow.
    Quit,
}

const QUESTION: &str = "accept (a), reject (r), skip (s), quit (q)? ";

/// Asks until there is an answer; the end of the input is `quit`.
pub(super) fn ask(app: &App<'_>) -> Answer {
    loop {
        app.print(QUESTION);
        // what was accepted is written already: the first Ctrl-C ends the process
        let flag = stop::flag();
        flag.store(true, Ordering::SeqCst);
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        stop::take();
        if !matches!(read, Ok(n) if n > 0) {
            app.print("\n");
            return Answer::Quit;
        }
        if let Some(answer) = answer(&line) {
            return answer;
        }
    }
}

fn answer(line: &str) -> Option<Answer> {
    match line.trim().to_lowercase().as_str() {
        "a" | "accept" | "y" | "yes" => Some(Answer::Accept),
        "r" | "reject" | "n" | "no" => Some(Answer::Reject),
        "s" | "skip" => Some(Answer::Skip),
        "q" | "quit" => Some(Answer::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};

    #[test]
    fn answers() {
        assert_eq!(answer("a\n"), Some(Answer::Accept));
        assert_eq!(answer(" Reject \r\n"), Some(Answer::Reject));
        assert_eq!(answer("s"), Some(Answer::Skip));
        assert_eq!(answer("q"), Some(Answer::Quit));
        // Enter alone must not accept anything
        assert_eq!(answer("\n"), None);
        assert_eq!(answer("ar"), None);
    }
}
