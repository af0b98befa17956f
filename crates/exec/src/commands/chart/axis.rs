//! A field of a chart and its bins.

use crate::commands::bin::width::{Range, Width};
use crate::commands::bin::{Bins, TimeRange};
use crate::run_cx::RunCx;
use sepal_data::time::{Span, Time, Unit};
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::chart::Axis as Syntax;

pub(super) struct Axis {
    pub field: FieldName,
    /// The column that holds the keys of the groups: where there are bins not the field itself,
    /// which aggregates may read.
    pub key: FieldName,
    /// Whether it is `_time`.
    pub time: bool,
    bins: Option<Bins>,
}

/// The bins of a field, once their width is known.
pub(super) struct Scale {
    width: Width,
    align: Option<Time>,
    time: bool,
}

impl Axis {
    /// `always`: there are bins also without options.
    pub fn new(
        a: &Syntax,
        key: &str,
        always: bool,
        range: &TimeRange,
    ) -> Result<Axis, Vec<Diagnostic>> {
        let field = FieldName::new(&a.field.node);
        let time = field == "_time";
        let bins = match a.bins.is_empty() && !always {
            true => None,
            false => Some(Bins::new(&a.bins, time, range)?),
        };
        let key = if bins.is_some() { FieldName::new(key) } else { field.clone() };
        Ok(Axis { field, key, time, bins })
    }

    /// Writes the keys of the rows. Where the width is not known yet they are the values, times
    /// in whole seconds: no width is chosen that is less.
    pub fn write_keys(&self, batch: &mut Batch, cx: &RunCx) {
        let Some(bins) = &self.bins else { return };
        let width = match (&bins.span, self.time) {
            (Some(width), _) => Some(width.clone()),
            (None, true) => Span::new(1, Unit::Second).map(Width::Time),
            (None, false) => None,
        };
        let align = bins.span.as_ref().and_then(|_| bins.align(cx));
        let scale = width.map(|width| Scale { width, align, time: self.time });
        let one = |v: &Value| match v {
            Value::Mv(ms) => Value::from_members(ms.iter().map(|m| start(&scale, m, cx))),
            v => start(&scale, v, cx),
        };
        let col = match batch.col(&self.field) {
            None => Col::Const(Value::Null),
            Some(Col::Const(v)) => Col::Const(one(v)),
            Some(Col::Values(vs)) => Col::Values(vs.iter().map(one).collect()),
        };
        batch.set(self.key.clone(), col);
    }

    /// The bins of these keys, if there are any.
    pub fn scale(&self, range: Option<(f64, f64)>, cx: &RunCx) -> Option<Scale> {
        let bins = self.bins.as_ref()?;
        let range = range.map(|(a, b)| Range::new(a, b));
        let width = bins.width(range, self.time, cx)?;
        Some(Scale { width, align: bins.align(cx), time: self.time })
    }
}

/// The beginning of a value's bin; the value where it has none.
fn start(scale: &Option<Scale>, v: &Value, cx: &RunCx) -> Value {
    let range = scale.as_ref().zip(v.number()).and_then(|(s, n)| s.bin(n, cx));
    range.map_or_else(|| v.clone(), |r| Value::Num(r.start))
}

impl Scale {
    pub fn bin(&self, n: f64, cx: &RunCx) -> Option<Range> {
        self.width.bin(n, cx.host.time_zone(), self.align)
    }

    /// The beginning of the bin that a key is in.
    pub fn start(&self, key: Value, cx: &RunCx) -> Value {
        match key.number().and_then(|n| self.bin(n, cx)) {
            Some(range) => Value::Num(range.start),
            None => key,
        }
    }

    /// What is shown of a bin by its beginning.
    pub fn show(&self, start: &Value, cx: &RunCx) -> Value {
        match start.number() {
            Some(n) if self.time => Value::Num(n),
            Some(n) => self.bin(n, cx).map_or_else(|| start.clone(), |r| Value::from(r.text())),
            None => start.clone(),
        }
    }
}
