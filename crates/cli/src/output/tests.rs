use super::*;
use sepal_data::Value;

fn results() -> Results {
    let mv = Value::Mv([Value::from("system:masters"), "system:authenticated".into()].into());
    Results {
        columns: ["user", "user.groups{}", "count", "note"].map(Into::into).to_vec(),
        rows: vec![
            vec!["kubernetes-admin".into(), mv, Value::Num(3.0), Value::Null],
            vec!["日本語".into(), Value::Null, "12".into(), "a\x1b[31m|b_c *d*\nline 2".into()],
        ],
    }
}

fn shown(format: Format, results: &Results, style: &Style) -> String {
    let mut out = Vec::new();
    write(format, results, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn formats() {
    let results = results();
    let style = Style::default();
    let all = [Format::Table, Format::Json, Format::Ndjson, Format::Csv, Format::Md, Format::Raw];
    let text: Vec<String> =
        all.iter().map(|&f| format!("== {f:?}\n{}", shown(f, &results, &style))).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_table_fits_every_terminal() {
    let mut wide = results();
    wide.columns.push("uri".into());
    wide.rows[0].push("/api/v1/namespaces/kube-system/pods?fieldManager=kubectl-client".into());
    wide.rows[1].push("/api/v1/namespaces/default/events".repeat(20).into());
    let mut text = String::new();
    for screen in [120, 80, 40] {
        let style = Style { width: Some(screen), ..Style::default() };
        let table = shown(Format::Table, &wide, &style);
        for line in table.lines() {
            assert!(width(line) <= screen, "{screen}: {line}");
        }
        text.push_str(&format!("== {screen}\n{table}\n"));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn rows_beyond_the_cap_and_fields_of_events_are_counted() {
    let mut event = Results { columns: vec!["_time".into(), "_raw".into()], rows: vec![] };
    event.columns.extend((0..20).map(|i| format!("f{i}").into()));
    for i in 0..5 {
        let mut row = vec![Value::Num(1_767_225_600.25 + f64::from(i)), "{}".into()];
        row.resize(22, Value::Null);
        event.rows.push(row);
    }
    let style = Style { max_rows: Some(2), ..Style::default() };
    let mut out = Vec::new();
    let hidden = write(Format::Table, &event, &style, &mut out).unwrap();
    assert_eq!(hidden, Hidden { rows: 3, columns: 20 });
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn colours_only_add_escapes() {
    let plain = shown(Format::Table, &results(), &Style::default());
    let style = Style { colour: true, ..Style::default() };
    let coloured = shown(Format::Table, &results(), &style);
    assert!(coloured.contains("\x1b[1m"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn a_formula_is_defused_and_a_negative_number_is_not() {
    let results = Results {
        columns: vec!["x".into()],
        rows: ["=1+1", "-1", "@a", "-a", "b"].map(|s| vec![s.into()]).to_vec(),
    };
    let style = Style { csv_safe: true, ..Style::default() };
    assert_eq!(shown(Format::Csv, &results, &style), "x\n'=1+1\n-1\n'@a\n'-a\nb\n");
}
