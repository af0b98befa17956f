//! Which detections are not tested, and why.

use sepal_content::Detection;

/// Types whose searches are not about events: what they read is made by detections.
const NOT_OF_EVENTS: [&str; 3] = ["Baseline", "Correlation", "Investigation"];

/// Why a detection is not tested: as in contentctl, what is not in production, what is marked as tested
/// by hand and correlations. With `all`, its status and type do not count. A detection without a status is
/// tested.
///
/// Source: contentctl, `detection_abstract.py`, `SKIPPED_ANALYTICS_TYPES`, `skip_all_tests`.
pub fn skipped(detection: &Detection, all: bool) -> Option<String> {
    if let Some(why) = detection.manual_test.as_deref().filter(|w| !w.trim().is_empty()) {
        return Some(format!("manual test: {}", why.trim()));
    }
    if detection.tests.is_empty() {
        return Some("it declares no tests".to_owned());
    }
    let status = detection.status.trim().to_lowercase();
    if !all && !matches!(status.as_str(), "" | "production") {
        return Some(format!("it is {status}, not in production"));
    }
    let kind = detection.detection_type.trim();
    let not_of_events = NOT_OF_EVENTS.iter().any(|t| kind.eq_ignore_ascii_case(t));
    (!all && not_of_events).then(|| format!("type {kind}: it does not find single events"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(head: &str, all: bool) -> Option<String> {
        let text = format!("name: N\nsearch: a=1\n{head}");
        match Detection::load("n.yml", &text) {
            Ok(detection) => skipped(&detection, all),
            Err(e) => Some(e.to_string()),
        }
    }

    #[test]
    fn as_contentctl_skips() {
        let tests = "tests:\n- name: T\n  attack_data: [{data: a.log}]\n";
        let of = |head: &str, all| why(&format!("{head}\n{tests}"), all);
        assert_eq!(of("status: production\ntype: TTP", false), None);
        assert_eq!(of("type: Hunting", false), None);
        let not = Some("it is experimental, not in production".to_owned());
        assert_eq!(of("status: experimental", false), not);
        assert_eq!(of("status: experimental", true), None);
        assert_eq!(
            of("status: Deprecated", false).as_deref(),
            Some("it is deprecated, not in production")
        );
        let kind = "type Correlation: it does not find single events";
        assert_eq!(of("type: Correlation", false).as_deref(), Some(kind));
        assert_eq!(of("type: Correlation", true), None);
        let by_hand = "tags: {manual_test: no data}";
        assert_eq!(of(by_hand, true).as_deref(), Some("manual test: no data"));
        assert_eq!(why("status: production", true).as_deref(), Some("it declares no tests"));
    }
}
