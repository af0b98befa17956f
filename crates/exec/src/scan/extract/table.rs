use super::source::EventRow;
use super::time::{TimeSource, time_value};
use super::{Extractor, Fault, text};
use sepal_data::text::table::{Cell, Dialect, Header};
use sepal_data::time::fields::{TIME_FIELDS, TimeField};
use sepal_data::time::{self, TimeZone};
use sepal_data::{OrderKey, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The rows of a table, read cell by cell.
#[derive(Default)]
pub(super) struct Table {
    header: Option<Arc<Header>>,
    cells: Vec<Cell>,
    /// The fields of the filter, and the columns of each.
    filter: Vec<(String, Vec<usize>)>,
    /// For each column its number in the builder; none where it is not wanted.
    places: Vec<Option<u32>>,
    /// The numbers of fields: the same for every header.
    ids: HashMap<String, u32>,
    time: TimeCells,
    /// The field that the user names for the time.
    time_field: Option<String>,
    /// A date and a time of day, put together.
    stamp: String,
}

/// Where the time of a row is looked for.
#[derive(Default)]
enum TimeCells {
    #[default]
    Text,
    /// The column that the user names.
    Named(usize),
    /// The W3C's date and time, which are UTC.
    Both(usize, usize),
    /// The columns of well-known names.
    Known(Vec<(usize, &'static TimeField)>),
}

impl Table {
    pub fn new(filter: Vec<String>, time_field: Option<String>) -> Table {
        let filter = filter.into_iter().map(|name| (name, Vec::new())).collect();
        Table { filter, time_field, ..Table::default() }
    }

    /// Calls `test` with the values of field `i` of the filter until one passes.
    pub fn any(&self, i: usize, row: &[u8], mut test: impl FnMut(&str) -> bool) -> bool {
        let (Some(header), Some((_, columns))) = (&self.header, self.filter.get(i)) else {
            return false;
        };
        columns
            .iter()
            .any(|c| self.cells.get(*c).is_some_and(|cell| header.any(row, *c, cell, &mut test)))
    }

    fn find_time(&self, header: &Header) -> TimeCells {
        let column = |name: &str| header.columns(name).next();
        if let Some(name) = &self.time_field {
            return column(name).map_or(TimeCells::Text, TimeCells::Named);
        }
        if header.dialect() == Dialect::W3c
            && let (Some(date), Some(time)) = (column("date"), column("time"))
        {
            return TimeCells::Both(date, time);
        }
        let known = |f: &'static TimeField| {
            // `@timestamp` is `_timestamp` in a table
            let name = f.name.replace('@', "_");
            let mut names = header.names.iter();
            let n = names.position(|n| n.eq_ignore_ascii_case(f.name) || *n == name)?;
            Some((n, f))
        };
        TimeCells::Known(TIME_FIELDS.iter().filter_map(known).collect())
    }

    /// The text of a cell.
    fn text(&self, header: &Header, row: &[u8], column: usize) -> Option<Value> {
        let cell = self.cells.get(column)?;
        Some(header.value(row, column, cell)).filter(|v| !v.is_null())
    }
}

impl Extractor<'_> {
    /// The header of the rows that follow.
    pub fn set_header(&mut self, header: &Arc<Header>) {
        if self.header.as_ref().is_some_and(|h| Arc::ptr_eq(h, header)) {
            return;
        }
        self.header = Some(Arc::clone(header));
        let Some(table) = &mut self.table else { return };
        table.header = Some(Arc::clone(header));
        for (name, columns) in &mut table.filter {
            *columns = header.columns(name).collect();
        }
        table.time = table.find_time(header);
        table.places = (0..header.names.len())
            .map(|c| {
                let name = header.name(c);
                let own = name == "_time" || name == "_raw";
                if own || !self.want.contains(&name) {
                    return None;
                }
                let next = u32::try_from(table.ids.len()).ok()?;
                Some(*table.ids.entry(name.into_owned()).or_insert(next))
            })
            .collect();
    }

    /// A row of a table: its columns are the event's fields.
    pub(super) fn table_row(&mut self, row: &[u8], mut key: OrderKey) -> Result<(), Fault> {
        let (Some(header), Some(table)) = (&self.header, &mut self.table) else { return Ok(()) };
        let header = Arc::clone(header);
        header.cells(row, &mut table.cells)?;
        let source = EventRow { event: row, at: &self.filter_at, slots: None, table: Some(table) };
        if !self.filter.matches(&source) {
            return Ok(());
        }
        let time = self.row_time_of(&header, row);
        if !self.spec.in_time(time) {
            return Ok(());
        }
        key.time = time;
        self.builder.begin(key, || text(row), time_value(time));
        let Some(table) = &mut self.table else { return Ok(()) };
        for (column, cell) in table.cells.iter().enumerate() {
            let id = match table.places.get(column) {
                Some(id) => *id,
                // more cells than the header has names
                None => {
                    let name = header.name(column);
                    let next = u32::try_from(table.ids.len()).unwrap_or(u32::MAX);
                    let wanted = self.want.contains(&name);
                    wanted.then(|| *table.ids.entry(name.into_owned()).or_insert(next))
                }
            };
            let Some(id) = id else { continue };
            let v = header.value(row, column, cell);
            if !v.is_null() {
                self.builder.column(id, &header.name(column), v);
            }
        }
        self.builder.join();
        if let Some(sourcetype) = &header.sourcetype
            && self.meta.sourcetype.is_none()
            && self.want.contains("sourcetype")
        {
            self.builder.named("sourcetype", Value::text_of(sourcetype));
        }
        Ok(())
    }

    /// A row of a search result that was written as CSV.
    pub(super) fn result_row(&mut self, row: &[u8], key: OrderKey) -> Result<(), Fault> {
        let Some(header) = self.header.clone() else { return Ok(()) };
        let mut cells = std::mem::take(&mut self.cells);
        let read = header.cells(row, &mut cells);
        let (mut raw, mut fields) = (String::new(), Vec::new());
        for (column, cell) in cells.iter().enumerate() {
            let name = header.name(column);
            // `__mv_x` holds the values of x, each between dollar signs
            if name.starts_with("__mv_") {
                continue;
            }
            match header.value(row, column, cell) {
                Value::Null => {}
                v if name == "_raw" => raw = v.text().into_owned(),
                v => {
                    let several = header.columns(&format!("__mv_{name}")).next();
                    let several = several.and_then(|c| Some((c, cells.get(c)?)));
                    let several = several.map(|(c, cell)| header.value(row, c, cell));
                    let v = several.and_then(|v| members(&v.text())).unwrap_or(v);
                    fields.push((name.into_owned(), v));
                }
            }
        }
        self.cells = cells;
        read?;
        self.explicit(&raw, fields, key);
        Ok(())
    }

    fn row_time_of(&mut self, header: &Header, row: &[u8]) -> i64 {
        if matches!(self.time, TimeSource::Unused) {
            return OrderKey::NO_TIME;
        }
        let (tz, now) = (&self.zone, self.cx.now());
        let Some(table) = &mut self.table else { return OrderKey::NO_TIME };
        let found = match &table.time {
            TimeCells::Text => None,
            TimeCells::Named(c) => {
                let v = table.text(header, row, *c);
                return v
                    .and_then(|v| {
                        self.rule_value(&v.text()).or_else(|| self.explicit_time(&v.text()))
                    })
                    .or_else(|| self.by_rule(row))
                    .unwrap_or_else(|| self.time_of(row, false));
            }
            TimeCells::Both(date, clock) => {
                let mut stamp = std::mem::take(&mut table.stamp);
                stamp.clear();
                for c in [*date, *clock] {
                    if let Some(v) = table.text(header, row, c) {
                        stamp.push_str(&v.text());
                        stamp.push(' ');
                    }
                }
                let found = time::parse_value(stamp.trim_end(), &TimeZone::UTC, now);
                table.stamp = stamp;
                found
            }
            TimeCells::Known(columns) => columns.iter().find_map(|(c, f)| {
                let v = table.text(header, row, *c)?;
                time::parse_value(&v.text(), f.zone(tz), now)
            }),
        };
        if let Some(time) = self.by_rule(row) {
            return time;
        }
        found.map_or_else(|| self.time_of(row, false), time::Time::as_micros)
    }
}

/// The members that `$a$;$b$` stands for, where `$$` is a dollar sign.
fn members(text: &str) -> Option<Value> {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.strip_prefix('$')?;
        let mut member = String::new();
        loop {
            let (part, more) = rest.split_once('$')?;
            member.push_str(part);
            rest = more;
            match rest.strip_prefix('$') {
                Some(more) => {
                    member.push('$');
                    rest = more;
                }
                None => break,
            }
        }
        all.push(Value::text_of(&member));
        match rest.strip_prefix(';') {
            Some(more) => rest = more,
            None => return rest.is_empty().then(|| Value::from_members(all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::members;

    /// Splunk, "Use CSV lookups": multivalue fields in exported CSV.
    #[test]
    fn several_values() {
        let of = |t: &str| {
            members(t)
                .map(|v| v.members().iter().map(|m| m.text().into_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of("$a$;$b;c$;$$"), Some(vec!["a".into(), "b;c".into(), String::new()]));
        assert_eq!(of("$a$$b$;$c$"), Some(vec!["a$b".into(), "c".into()]));
        for no in ["", "a", "$a", "$a$;", "$a$b"] {
            assert_eq!(of(no), None, "{no}");
        }
    }
}
