//! From the groups of bins and values to the rows of the map.

use super::{GEOBIN, ROWS, SUM_LAT, SUM_LONG};
use crate::run_cx::RunError;
use foldhash::fast::FixedState;
use indexmap::IndexMap;
use sepal_data::{Batch, Col, FieldName, Value};
use smol_str::SmolStr;

/// What the map shows.
pub struct Table {
    /// The columns with the bin, its latitude and longitude.
    pub output: [FieldName; 3],
    pub by: Vec<FieldName>,
    /// A column for each value, not a row.
    pub translate: bool,
    /// How many values have columns of their own, and how many in one row.
    pub global: usize,
    pub local: usize,
}

/// The column of the values without one of their own.
const OTHER: &str = "OTHER";

/// A row of the groups: its place, its bin, its rows of the batch.
struct Bin {
    /// Level, y, x.
    place: (u64, u64, u64),
    name: SmolStr,
    rows: Vec<usize>,
    lat: f64,
    long: f64,
}

impl Table {
    /// The rows of the map.
    pub fn make(&self, batches: Vec<Batch>) -> Result<Batch, RunError> {
        let mut all = Batch::default();
        batches.into_iter().for_each(|b| all.append(b));
        let mut bins: IndexMap<SmolStr, Bin, FixedState> = IndexMap::default();
        let mut sums: Vec<f64> = Vec::new();
        for row in 0..all.len {
            let name = all.get(GEOBIN, row).to_smol();
            let number = |field: &str| all.get(field, row).number().unwrap_or(0.0);
            let at = bins.get_index_of(&name).unwrap_or(bins.len());
            let bin = bins.entry(name.clone()).or_insert_with(|| {
                let place = place(&name);
                Bin { place, name: name.clone(), rows: Vec::new(), lat: 0.0, long: 0.0 }
            });
            bin.rows.push(row);
            bin.lat += number(SUM_LAT);
            bin.long += number(SUM_LONG);
            sums.resize(bins.len().max(sums.len()), 0.0);
            if let Some(sum) = sums.get_mut(at) {
                *sum += number(ROWS);
            }
        }
        for (bin, rows) in bins.values_mut().zip(sums) {
            bin.lat = rounded(bin.lat / rows);
            bin.long = rounded(bin.long / rows);
        }
        let mut bins: Vec<Bin> = bins.into_values().collect();
        bins.sort_by_key(|b| b.place);
        let split = self.translate && !self.by.is_empty();
        let one = |bin: &Bin| if split { 1 } else { bin.rows.len() };
        let repeat = |of: &dyn Fn(&Bin) -> Value| {
            let values = bins.iter().flat_map(|b| std::iter::repeat_n(of(b), one(b)));
            Col::Values(values.collect())
        };
        let mut out = Batch::with_len(bins.iter().map(one).sum());
        let [bin, lat, long] = &self.output;
        out.set(bin.clone(), repeat(&|b| Value::Text(b.name.clone())));
        out.set(lat.clone(), repeat(&|b| Value::Num(b.lat)));
        out.set(long.clone(), repeat(&|b| Value::Num(b.long)));
        let hidden = [GEOBIN, SUM_LAT, SUM_LONG, ROWS];
        let order: Vec<usize> = bins.iter().flat_map(|b| b.rows.iter().copied()).collect();
        for (name, col) in &all.cols {
            if split || hidden.contains(&name.as_str()) {
                continue;
            }
            let values = order.iter().map(|r| col.get(*r).clone()).collect();
            self.put(&mut out, name.clone(), values)?;
        }
        if split {
            self.columns(&bins, &all, &mut out)?;
        }
        Ok(out)
    }

    fn put(&self, out: &mut Batch, name: FieldName, values: Vec<Value>) -> Result<(), RunError> {
        if out.cols.contains_key(&name) {
            let message = format!("geostats: two columns would be named {name}");
            return Err(RunError::failed("SPL3343", message));
        }
        out.set(name, Col::Values(values));
        Ok(())
    }

    /// A column for each value of the BY field, or for each aggregate and value.
    fn columns(&self, bins: &[Bin], all: &Batch, out: &mut Batch) -> Result<(), RunError> {
        let Some(by) = self.by.first() else { return Ok(()) };
        let aggregates: Vec<(&FieldName, &Col)> = all
            .cols
            .iter()
            .filter(|(name, _)| {
                *name != by && ![GEOBIN, SUM_LAT, SUM_LONG, ROWS].contains(&name.as_str())
            })
            .collect();
        let Some((_, first)) = aggregates.first() else { return Ok(()) };
        // the values by the sum of the first aggregate over the first level
        let mut sums: IndexMap<SmolStr, f64, FixedState> = IndexMap::default();
        for bin in bins {
            for row in &bin.rows {
                let sum = sums.entry(all.get(by, *row).to_smol()).or_default();
                if bin.place.0 == 0 {
                    *sum += first.get(*row).number().unwrap_or(0.0);
                }
            }
        }
        let mut values: Vec<(SmolStr, f64)> = sums.into_iter().collect();
        values.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut other = values.len() > self.global;
        values.truncate(self.global);
        values.sort_by(|a, b| a.0.cmp(&b.0));
        let places: IndexMap<SmolStr, usize, FixedState> =
            values.iter().enumerate().map(|(at, (v, _))| (v.clone(), at)).collect();
        let alone = aggregates.len() == 1;
        for (name, col) in &aggregates {
            let counts = name.starts_with("count") || name.starts_with("dc(") || *name == "c";
            let empty = if counts { Value::Num(0.0) } else { Value::Null };
            let mut columns = vec![vec![empty.clone(); bins.len()]; values.len() + 1];
            for (n, bin) in bins.iter().enumerate() {
                let mut here: Vec<(usize, &Value)> = bin
                    .rows
                    .iter()
                    .map(|r| {
                        let at = places.get(&all.get(by, *r).to_smol()).copied();
                        (at.unwrap_or(values.len()), col.get(*r))
                    })
                    .collect();
                let size = |v: &Value| v.number().unwrap_or(f64::NEG_INFINITY);
                here.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)).then(a.0.cmp(&b.0)));
                let mut own = 0;
                let mut rest: Option<f64> = None;
                for (at, value) in here {
                    if at < values.len() && own < self.local {
                        own += 1;
                        columns[at][n] = value.clone();
                    } else if let Some(number) = value.number() {
                        rest = Some(rest.unwrap_or(0.0) + number);
                    }
                }
                if let Some(sum) = rest {
                    other = true;
                    columns[values.len()][n] = Value::Num(sum);
                }
            }
            let names = values.iter().map(|(v, _)| v.as_str()).chain(other.then_some(OTHER));
            for (value, column) in names.zip(columns) {
                let title = match alone {
                    true => FieldName::new(value),
                    false => FieldName::from(format!("{name}: {value}")),
                };
                self.put(out, title, column)?;
            }
        }
        Ok(())
    }
}

/// Five decimals, about a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// Level, y and x of a bin's name.
fn place(name: &str) -> (u64, u64, u64) {
    let mut numbers = name.split('_').filter_map(|p| p.parse::<u64>().ok());
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}
