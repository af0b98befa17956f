use crate::{Finding, Level};

/// One annotation: `::warning file=..,line=..,col=..,title=..::message`.
///
/// Source: docs.github.com, "Workflow commands for GitHub Actions"; escapes as in actions/toolkit,
/// `packages/core/src/command.ts`.
pub fn github(f: &Finding) -> String {
    let command = match f.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let (from, to) = f.lines();
    let title = format!("{} {}", f.code, f.rule());
    let text = match &f.help {
        Some(help) => format!("{}\n{help}", f.message),
        None => f.message.clone(),
    };
    // columns are only for places within one line
    let columns = match from.line == to.line {
        true => format!("col={},endColumn={}", from.column, to.column),
        false => format!("endLine={},col={}", to.line, from.column),
    };
    annotation(command, f.file(), &format!("line={},{columns}", from.line), &title, &text)
}

/// An annotation: `command` is `error`, `warning` or `notice`, `place` the lines and columns.
pub fn annotation(command: &str, file: &str, place: &str, title: &str, text: &str) -> String {
    let (file, title) = (property(file), property(title));
    format!("::{command} file={file},{place},title={title}::{}\n", data(text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes() {
        assert_eq!(super::data("a%b\r\nc: d, e"), "a%25b%0D%0Ac: d, e");
        assert_eq!(super::property("a%b\r\nc: d, e"), "a%25b%0D%0Ac%3A d%2C e");
    }
}
