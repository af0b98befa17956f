//! "did you mean": the nearest of the known names.

/// The candidate nearest to `typed`, in any letter case, if it is near enough to be meant.
pub fn suggest<'c>(typed: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let typed = typed.to_lowercase();
    let len = typed.chars().count();
    if !(2..=80).contains(&len) {
        return None;
    }
    // one slip in a short name, up to three in a long one
    let limit = (len / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|c| c.len().abs_diff(typed.len()) <= 8)
        .map(|c| (distance(&typed, &c.to_lowercase()), c))
        .filter(|&(d, _)| d <= limit)
        .min_by_key(|&(d, _)| d)
        .map(|(_, c)| c)
}

/// Damerau-Levenshtein distance (optimal string alignment): inserted, removed, changed or swapped
/// letters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// "did you mean `x`?" for the nearest candidate.
pub(crate) fn did_you_mean<'c>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    suggest(typed, candidates).map(|c| format!("did you mean `{c}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["stats", "eval", "where", "eventstats", "table"];
        assert_eq!(suggest("stast", names), Some("stats"));
        assert_eq!(suggest("Evla", names), Some("eval"));
        assert_eq!(suggest("eventstat", names), Some("eventstats"));
        assert_eq!(suggest("frobnicate", names), None);
        assert_eq!(suggest("x", names), None);
    }

    #[test]
    fn swapped_letters_are_one_slip() {
        assert_eq!(distance("hte", "the"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
