use super::*;
use crate::host::FixedHost;
use std::sync::Arc;

fn cx() -> RunCx {
    RunCx::new(Arc::new(FixedHost::default()))
}

fn mv(members: &[&str]) -> Value {
    Value::from_members(members.iter().map(|m| Value::from(*m)))
}

fn batch(cols: &[(&str, Vec<Value>)]) -> Batch {
    let mut b = Batch::with_len(cols[0].1.len());
    for (name, vs) in cols {
        b.set(*name, Col::Values(vs.clone()));
    }
    b
}

/// `row:key,key` for each assignment, null as `~`.
fn shown(b: &Batch, by: &[&str], options: GroupOptions) -> Vec<String> {
    let mut table = GroupTable::new();
    let mut out = Assigned::default();
    let by: Vec<FieldName> = by.iter().map(FieldName::new).collect();
    table.assign(b, &by, options, &cx(), &mut out).unwrap();
    assert_eq!(out.groups.len(), out.rows.len());
    out.groups
        .iter()
        .zip(&out.rows)
        .map(|(g, r)| {
            let key: Vec<String> = table
                .key(*g)
                .map(|v| if v.is_null() { "~".into() } else { v.text().into_owned() })
                .collect();
            let copy = table.key_bytes(*g).to_vec();
            assert_eq!(table.assign_key(&copy).unwrap(), *g);
            format!("{r}:{}", key.join(","))
        })
        .collect()
}

#[test]
fn rows_with_a_null_by_field_are_left_out_unless_kept() {
    let b = batch(&[
        ("a", vec!["x".into(), Value::Null, "".into(), "x".into()]),
        ("b", vec!["1".into(), "2".into(), "3".into(), Value::Null]),
    ]);
    let keep = GroupOptions { keep_null: true, ..Default::default() };
    assert_eq!(shown(&b, &["a", "b"], GroupOptions::default()), ["0:x,1", "2:,3"]);
    assert_eq!(shown(&b, &["a", "b"], keep), ["0:x,1", "1:~,2", "2:,3", "3:x,~"]);
    assert_eq!(shown(&b, &["a", "none"], GroupOptions::default()), [""; 0]);
    assert_eq!(shown(&b, &["none"], keep), ["0:~", "1:~", "2:~", "3:~"]);
}

#[test]
fn without_by_every_row_is_in_group_0() {
    let b = batch(&[("a", vec!["x".into(), Value::Null])]);
    assert_eq!(shown(&b, &[], GroupOptions::default()), ["0:", "1:"]);
}

/// Splunk's page on stats, dedup_splitvals: repeated members count again unless it is true.
#[test]
fn multivalue_by_fields_split() {
    let b = batch(&[
        ("a", vec![mv(&["x", "y", "x"]), "z".into()]),
        ("b", vec![mv(&["1", "2"]), mv(&["3", "4"])]),
    ]);
    let dedup = GroupOptions { dedup_splitvals: true, ..Default::default() };
    assert_eq!(shown(&b, &["a"], GroupOptions::default()), ["0:x", "0:y", "0:x", "1:z"]);
    assert_eq!(shown(&b, &["a"], dedup), ["0:x", "0:y", "1:z"]);
    assert_eq!(
        shown(&b, &["a", "b"], dedup),
        ["0:x,1", "0:x,2", "0:y,1", "0:y,2", "1:z,3", "1:z,4"]
    );
}

#[test]
fn a_constant_multivalue_splits_too() {
    let mut b = batch(&[("a", vec!["x".into(), "y".into()])]);
    b.set("m", Col::Const(mv(&["1", "2"])));
    b.set("k", Col::Const("c".into()));
    assert_eq!(
        shown(&b, &["k", "m", "a"], GroupOptions::default()),
        ["0:c,1,x", "0:c,2,x", "1:c,1,y", "1:c,2,y"]
    );
    assert_eq!(shown(&b, &["k"], GroupOptions::default()), ["0:c", "1:c"]);
}

#[test]
fn numbers_group_by_their_text() {
    let b = batch(&[("a", vec![1.0.into(), "1".into(), "1.0".into(), 0.5.into()])]);
    assert_eq!(shown(&b, &["a"], GroupOptions::default()), ["0:1", "1:1", "2:1.0", "3:0.5"]);
    let mut table = GroupTable::new();
    let mut out = Assigned::default();
    table.assign(&b, &["a".into()], GroupOptions::default(), &cx(), &mut out).unwrap();
    assert_eq!(out.groups, [0, 0, 1, 2]);
}

#[test]
fn keys_do_not_run_into_each_other() {
    let long = "n".repeat(300);
    let b = batch(&[
        ("a", vec!["ab".into(), "a".into(), "".into(), long.as_str().into()]),
        ("b", vec!["c".into(), "bc".into(), "abc".into(), "".into()]),
    ]);
    let last = format!("3:{long},");
    assert_eq!(
        shown(&b, &["a", "b"], GroupOptions::default()),
        ["0:ab,c", "1:a,bc", "2:,abc", last.as_str()]
    );
}

#[test]
fn combinations_are_bounded_with_a_notice() {
    let many: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let many = Value::from_members(many.into_iter().map(Value::from));
    let b = batch(&[("a", vec![many.clone()]), ("b", vec![many])]);
    let cx = cx();
    let mut table = GroupTable::new();
    let mut out = Assigned::default();
    let by = ["a".into(), "b".into()];
    table.assign(&b, &by, GroupOptions::default(), &cx, &mut out).unwrap();
    assert_eq!(out.rows.len(), MAX_GROUPS_PER_ROW);
    let notices = cx.notices();
    assert_eq!((notices[0].0.code, notices[0].0.cuts_result), ("SPL3021", true));
}

#[test]
fn many_groups_stay_small_and_found() {
    let mut table = GroupTable::new();
    let mut out = Assigned::default();
    let by = ["a".into()];
    let n = 100_000;
    for from in (0..n).step_by(1000) {
        let b = batch(&[("a", (from..from + 1000).map(|i| i.to_string().into()).collect())]);
        table.assign(&b, &by, GroupOptions::default(), &cx(), &mut out).unwrap();
        assert_eq!(out.groups[0], from);
    }
    assert_eq!(table.len(), n as usize);
    assert_eq!(table.key(777).next().unwrap().text(), "777");
    // five digits and a length a key
    assert!(table.bytes() / n as usize <= 42 + 6, "{} bytes a group", table.bytes() / n as usize);
    let hash = table.hash(777);
    let mut other = GroupTable::new();
    let id = other.assign_key(table.key_bytes(777)).unwrap();
    assert_eq!(other.hash(id), hash);
}

#[test]
fn damaged_keys_do_not_panic() {
    let mut table = GroupTable::new();
    for key in [&[0xff_u8; 12][..], &[5, b'a'], &[3, 0xff, 0xfe], &[0x80]] {
        let id = table.assign_key(key).unwrap();
        assert!(table.key(id).count() <= 1);
    }
}
