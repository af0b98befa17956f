//! Rows of a batch that are worked on apart, and put together again without copying a value.

use sepal_data::{Batch, Col, FieldName, OrderKey, Value};

/// A batch in parts.
pub(super) struct Split {
    /// The names of its columns, in order.
    names: Vec<FieldName>,
    order: Vec<OrderKey>,
    parts: Vec<Batch>,
}

impl Split {
    /// Splits a batch by the rows of each part: each row is in one.
    pub fn new(batch: Batch, rows: &[&[usize]]) -> Split {
        let Batch { len, cols, order } = batch;
        let of = |rows: &&[usize]| Batch {
            order: rows.iter().filter_map(|row| order.get(*row).copied()).collect(),
            ..Batch::with_len(rows.len())
        };
        let mut parts: Vec<Batch> = rows.iter().map(of).collect();
        let names = cols.keys().cloned().collect();
        for (name, col) in cols {
            match col {
                Col::Const(value) => {
                    for part in &mut parts {
                        part.set(name.clone(), Col::Const(value.clone()));
                    }
                }
                Col::Values(mut values) => {
                    values.resize(len, Value::Null);
                    for (part, rows) in parts.iter_mut().zip(rows) {
                        // a part where no row has a value does without the column
                        let has = |row: &usize| values.get(*row).is_some_and(|v| !v.is_null());
                        let Some(first) = rows.iter().position(has) else { continue };
                        let mut own = vec![Value::Null; first];
                        let rest = rows.get(first..).unwrap_or_default().iter();
                        let take = |row: &usize| values.get_mut(*row).map(std::mem::take);
                        own.extend(rest.map(take).map(Option::unwrap_or_default));
                        part.set(name.clone(), Col::Values(own));
                    }
                }
            }
        }
        Split { names, order, parts }
    }

    /// Puts what `change` makes of a part in its place; it keeps the rows.
    pub fn change<E>(
        &mut self,
        part: usize,
        change: impl FnOnce(Batch) -> Result<Batch, E>,
    ) -> Result<(), E> {
        if let Some(part) = self.parts.get_mut(part) {
            *part = change(std::mem::take(part))?;
        }
        Ok(())
    }

    /// The batch of all rows.
    pub fn join(self, rows: &[&[usize]]) -> Batch {
        let Split { names, order, parts } = self;
        let len = rows.iter().map(|rows| rows.len()).sum();
        let mut batch = Batch { order, ..Batch::with_len(len) };
        // columns keep their places, also those without values; those that are new follow
        for name in names.iter().chain(parts.iter().flat_map(|p| p.cols.keys())) {
            if batch.cols.contains_key(name) {
                continue;
            }
            let all: Vec<Option<&Col>> = parts.iter().map(|p| p.cols.get(name)).collect();
            let same = match all.as_slice() {
                [Some(Col::Const(first)), rest @ ..] => rest
                    .iter()
                    .all(|c| matches!(c, Some(Col::Const(v)) if v == first))
                    .then(|| first.clone()),
                _ => None,
            };
            let col = match same {
                Some(value) => Col::Const(value),
                None => Col::Values(vec![Value::Null; len]),
            };
            batch.cols.insert(name.clone(), col);
        }
        for (part, rows) in parts.into_iter().zip(rows) {
            for (name, col) in part.cols {
                let Some(Col::Values(to)) = batch.cols.get_mut(&name) else { continue };
                match col {
                    Col::Const(Value::Null) => {}
                    Col::Const(value) => {
                        for row in *rows {
                            if let Some(to) = to.get_mut(*row) {
                                *to = value.clone();
                            }
                        }
                    }
                    Col::Values(values) => {
                        for (row, value) in rows.iter().zip(values) {
                            if let Some(to) = to.get_mut(*row) {
                                *to = value;
                            }
                        }
                    }
                }
            }
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_together_as_they_were() {
        let mut batch = Batch::with_len(4);
        let texts = |all: [&str; 4]| {
            let of = |t: &str| if t.is_empty() { Value::Null } else { Value::text_of(t) };
            Col::Values(all.into_iter().map(of).collect())
        };
        batch.set("a", texts(["1", "2", "3", "4"]));
        batch.set("b", texts(["", "x", "", ""]));
        batch.set("c", Col::Const("k".into()));
        batch.order = OrderKey::following(7, 4);
        let before = batch.clone();
        let rows: [&[usize]; 2] = [&[0, 2], &[1, 3]];
        let mut split = Split::new(batch, &rows);
        let changed = split.change(0, |mut part| {
            assert_eq!((part.len, part.get("a", 1).text().as_ref()), (2, "3"));
            assert!(part.col("b").is_none(), "no row of this part has it");
            assert_eq!(part.order[1].row, 9);
            part.set("new", Col::Const("n".into()));
            Ok::<_, ()>(part)
        });
        assert_eq!(changed, Ok(()));
        let after = split.join(&rows);
        assert_eq!(after.order, before.order);
        assert!(after.cols.keys().eq(["a", "b", "c", "new"]));
        for name in ["a", "b", "c"] {
            assert!((0..4).all(|row| after.get(name, row) == before.get(name, row)), "{name}");
        }
        assert_eq!(after.col("c"), Some(&Col::Const("k".into())));
        assert_eq!(after.get("new", 2).text(), "n");
        assert!(after.get("new", 1).is_null());
    }
}
