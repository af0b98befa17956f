//! `DensityFunction`.

use super::kde::Kde;
use super::{Wanted, normal, number, tell_missing};
use crate::run_cx::RunCx;
use hashbrown::HashMap;
use sepal_data::{Batch, Col, FieldName, Value};
use std::sync::OnceLock;

/// The algorithm's name.
pub(super) const NAME: &str = "DensityFunction";

/// What counts as an outlier.
///
/// Source: MLTK, "DensityFunction", `threshold`, `lower_threshold`, `upper_threshold`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tails {
    /// The values of lowest density that hold this part of the area.
    Lowest(f64),
    /// The lowest and the highest values that hold this part each.
    Sides(Option<f64>, Option<f64>),
}

impl Default for Tails {
    fn default() -> Tails {
        Tails::Lowest(0.01)
    }
}

/// A distribution with its parameters.
#[derive(Clone, Debug)]
pub enum Dist {
    /// Normal: mean and standard deviation.
    Norm(f64, f64),
    /// Exponential: the least value, and the mean's distance from it.
    Expon(f64, f64),
    /// A curve around each value.
    Kde(Kde),
}

/// A range of outliers and its part of the area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    from: f64,
    to: f64,
    area: f64,
}

impl Dist {
    pub(super) fn pdf(&self, x: f64) -> f64 {
        match self {
            Dist::Norm(mean, std) => normal::pdf((x - mean) / std) / std,
            Dist::Expon(loc, _) if x < *loc => 0.0,
            Dist::Expon(loc, scale) => (-(x - loc) / scale).exp() / scale,
            Dist::Kde(kde) => kde.pdf(x),
        }
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        match self {
            Dist::Norm(mean, std) => normal::cdf((x - mean) / std),
            Dist::Expon(loc, scale) => -(-(x - loc).max(0.0) / scale).exp_m1(),
            Dist::Kde(kde) => kde.cdf(x),
        }
    }

    /// The point above which `p` lies.
    fn upper(&self, p: f64) -> f64 {
        match self {
            Dist::Norm(mean, std) => mean - std * normal::ppf(p),
            Dist::Expon(loc, scale) => loc - scale * p.ln(),
            Dist::Kde(kde) => kde.ppf(1.0 - p),
        }
    }

    /// The point below which `p` lies.
    fn lower(&self, p: f64) -> f64 {
        match self {
            Dist::Norm(mean, std) => mean + std * normal::ppf(p),
            Dist::Expon(loc, scale) => loc - scale * (-p).ln_1p(),
            Dist::Kde(kde) => kde.ppf(p),
        }
    }

    pub(super) fn moments(&self) -> (f64, f64) {
        match self {
            Dist::Norm(mean, std) => (*mean, *std),
            Dist::Expon(loc, scale) => (loc + scale, *scale),
            Dist::Kde(kde) => kde.moments(),
        }
    }

    /// The ranges of outliers, in order.
    pub(super) fn ranges(&self, tails: Tails) -> Vec<Range> {
        let (below, above) = (f64::NEG_INFINITY, f64::INFINITY);
        match (tails, self) {
            (Tails::Sides(lower, upper), _) => {
                let low = lower.map(|p| Range { from: below, to: self.lower(p), area: p });
                let high = upper.map(|p| Range { from: self.upper(p), to: above, area: p });
                low.into_iter().chain(high).collect()
            }
            (Tails::Lowest(p), Dist::Norm(..)) => {
                self.ranges(Tails::Sides(Some(p / 2.0), Some(p / 2.0)))
            }
            // below the least value the density is 0
            (Tails::Lowest(p), Dist::Expon(loc, _)) => vec![
                Range { from: below, to: *loc, area: 0.0 },
                Range { from: self.upper(p), to: above, area: p },
            ],
            (Tails::Lowest(p), Dist::Kde(kde)) => {
                let area = |from: f64, to: f64| match (from.is_finite(), to.is_finite()) {
                    (_, true) => kde.cdf(to) - if from.is_finite() { kde.cdf(from) } else { 0.0 },
                    (true, false) => 1.0 - kde.cdf(from),
                    (false, false) => 1.0,
                };
                let range = |(from, to)| Range { from, to, area: area(from, to) };
                kde.lowest(p).into_iter().map(range).collect()
            }
        }
    }
}

impl Range {
    fn has(&self, x: f64) -> bool {
        self.from < x && x < self.to
    }

    /// Source: MLTK, "DensityFunction", `BoundaryRanges`: beginning, end and area.
    fn text(&self) -> String {
        let end = |x: f64| match x.is_finite() {
            true => x.to_string(),
            false if x < 0.0 => "-Infinity".to_owned(),
            false => "Infinity".to_owned(),
        };
        // an area is that of the threshold, up to what a sum of doubles can tell
        let area = (self.area * 1e10).round() / 1e10;
        format!("{}:{}:{area}", end(self.from), end(self.to))
    }
}

/// The distribution of one group.
#[derive(Debug)]
pub struct Group {
    /// The values of the BY fields.
    pub by: Vec<String>,
    /// The distribution.
    pub dist: Dist,
    /// Whether it was chosen as the nearest one.
    pub auto: bool,
    /// How many values it is made from.
    pub count: u64,
    /// The least and the greatest of them.
    pub ends: (f64, f64),
}

/// How likely the values of a field are, in each group.
#[derive(Debug)]
pub struct Density {
    /// The field.
    pub field: FieldName,
    /// What tells groups apart.
    pub by: Vec<FieldName>,
    /// What counts as an outlier, where `apply` does not say.
    pub tails: Tails,
    /// Whether `ProbabilityDensity(field)` is given, where `apply` does not say.
    pub show_density: bool,
    /// The groups.
    pub groups: Vec<Group>,
    places: HashMap<String, usize, foldhash::fast::FixedState>,
}

/// What `apply` shows of a group.
pub(super) struct Shown {
    ranges: Vec<Range>,
    text: Value,
}

impl Density {
    /// A model of groups.
    pub fn new(
        field: FieldName,
        by: Vec<FieldName>,
        tails: Tails,
        show_density: bool,
        groups: Vec<Group>,
    ) -> Density {
        let place = |(i, g): (usize, &Group)| {
            let mut key = String::new();
            g.by.iter().for_each(|v| add_key(&mut key, v));
            (key, i)
        };
        let places = groups.iter().enumerate().map(place).collect();
        Density { field, by, tails, show_density, groups, places }
    }

    pub(super) fn inputs(&self) -> Vec<&FieldName> {
        std::iter::once(&self.field).chain(&self.by).collect()
    }

    /// Source: MLTK, "DensityFunction": `IsOutlier(field)`, `ProbabilityDensity(field)` and
    /// `BoundaryRanges`.
    pub(super) fn outputs(&self, wanted: &Wanted) -> Vec<FieldName> {
        let outlier = || format!("IsOutlier({})", self.field).into();
        let mut out = vec![wanted.alias.clone().unwrap_or_else(outlier)];
        out.push("BoundaryRanges".into());
        if wanted.show_density.unwrap_or(self.show_density) {
            out.push(format!("ProbabilityDensity({})", self.field).into());
        }
        out
    }

    pub(super) fn apply(
        &self,
        batch: &mut Batch,
        wanted: &Wanted,
        shown: &[OnceLock<Shown>],
        cx: &RunCx,
    ) {
        tell_missing(batch, &self.inputs(), cx);
        let tails = wanted.tails.unwrap_or(self.tails);
        let dense = wanted.show_density.unwrap_or(self.show_density);
        let (mut outlier, mut ranges) =
            (vec![Value::Null; batch.len], vec![Value::Null; batch.len]);
        let mut density = vec![Value::Null; if dense { batch.len } else { 0 }];
        let col = batch.col(&self.field);
        let by: Vec<Option<&Col>> = self.by.iter().map(|f| batch.col(f)).collect();
        let mut key = String::new();
        let cells = outlier.iter_mut().zip(&mut ranges).enumerate();
        for (row, (outlier, ranges)) in cells {
            let Some(x) = col.and_then(|c| number(c.get(row))) else { continue };
            key.clear();
            let mut whole = true;
            for cell in &by {
                let cell = cell.map_or(&sepal_data::value::NULL, |c| c.get(row));
                whole &= !cell.is_null();
                add_key(&mut key, &cell.text());
            }
            if !whole {
                continue;
            }
            let place = self.places.get(key.as_str());
            let found = place.and_then(|p| self.groups.get(*p).zip(shown.get(*p)));
            let Some((group, shown)) = found else {
                let text =
                    "a row is of a group that the model does not have: it gets no prediction";
                cx.notice("SPL3322", text, false);
                continue;
            };
            let shown = shown.get_or_init(|| {
                let ranges = group.dist.ranges(tails);
                let text = Value::from_members(ranges.iter().map(|r| Value::from(r.text())));
                Shown { ranges, text }
            });
            let out = shown.ranges.iter().any(|r| r.has(x));
            *outlier = Value::Num(f64::from(u8::from(out)));
            *ranges = shown.text.clone();
            if let Some(cell) = density.get_mut(row) {
                *cell = Value::Num(group.dist.pdf(x));
            }
        }
        let values = [outlier, ranges, density];
        for (name, values) in self.outputs(wanted).into_iter().zip(values) {
            batch.set(name, Col::Values(values));
        }
    }

    /// Source: MLTK, "DensityFunction": "type", "min", "max", "mean", "std", "cardinality", "other".
    pub(super) fn summary(&self) -> Batch {
        let mut batch = Batch::with_len(self.groups.len());
        for (i, field) in self.by.iter().enumerate() {
            let value = |g: &Group| g.by.get(i).map_or(Value::Null, Value::text_of);
            batch.set(field.clone(), Col::Values(self.groups.iter().map(value).collect()));
        }
        let mut set = |name: &str, one: &dyn Fn(&Group) -> Value| {
            batch.set(name, Col::Values(self.groups.iter().map(one).collect()));
        };
        set("type", &|g| {
            let name = match g.dist {
                Dist::Norm(..) => "Normal",
                Dist::Expon(..) => "Exponential",
                Dist::Kde(_) => "Gaussian KDE",
            };
            Value::from(if g.auto { format!("Auto: {name}") } else { name.to_owned() })
        });
        set("min", &|g| Value::Num(g.ends.0));
        set("max", &|g| Value::Num(g.ends.1));
        set("mean", &|g| Value::Num(g.dist.moments().0));
        set("std", &|g| Value::Num(g.dist.moments().1));
        set("cardinality", &|g| Value::from(g.count));
        set("other", &|g| match &g.dist {
            Dist::Norm(..) => Value::Null,
            Dist::Expon(loc, scale) => Value::from(format!("Location: {loc}, Scale: {scale}")),
            Dist::Kde(k) => {
                let n: f64 = k.points.iter().map(|(_, w)| w).sum();
                Value::from(format!("Bandwidth: {}, Parameter size: {n}", k.bandwidth))
            }
        });
        batch
    }
}

/// Adds a BY value to the text that tells groups apart.
fn add_key(key: &mut String, value: &str) {
    key.push_str(value);
    key.push('\0');
}
