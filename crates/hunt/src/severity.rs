//! How grave a finding is.

/// A finding's severity, from its score.
///
/// Source: contentctl, `objects/detection_tags.py` (`severity`): five steps of 20 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To 20, or without a score: detections of type Hunting have none.
    Info,
    /// Above 20.
    Low,
    /// Above 40.
    Medium,
    /// Above 60.
    High,
    /// Above 80.
    Critical,
}

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// Of a score from 0 to 100.
    pub fn of(score: Option<f64>) -> Severity {
        match score.unwrap_or(0.0) {
            s if s > 80.0 => Severity::Critical,
            s if s > 60.0 => Severity::High,
            s if s > 40.0 => Severity::Medium,
            s if s > 20.0 => Severity::Low,
            _ => Severity::Info,
        }
    }

    /// `critical`, `high`, `medium`, `low`, `info`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn a_bound_belongs_to_the_lower_step() {
        let of = |score: f64| Severity::of(Some(score)).name();
        assert_eq!([0.0, 20.0, 20.5, 40.0, 41.0].map(of), ["info", "info", "low", "low", "medium"]);
        assert_eq!(
            [60.0, 61.0, 80.0, 81.0, 100.0].map(of),
            ["medium", "high", "high", "critical", "critical"]
        );
        assert_eq!(Severity::of(None), Severity::Info);
        assert!(Severity::Critical > Severity::High);
    }
}
