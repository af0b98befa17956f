use sepal_content::{Detection, LookupDef, macros, risk_events, stamp};

/// Text as a detection, a macro, a lookup definition, a `macros.conf`.
pub fn yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(detection) = Detection::load("d.yml", text) {
        let map = detection.search_map();
        let ends = detection.search.char_indices().map(|(at, _)| at);
        for at in ends.chain([detection.search.len()]) {
            let there = map.locate(at);
            assert!(text.is_char_boundary(there), "{at} is at {there} of {text:?}");
        }
        let row = serde_json::Value::Null;
        let _ = risk_events(&detection, &row);
        let _ = stamp(&detection, "events.json");
    }
    for error in [
        Detection::load("d.yml", text).err(),
        macros::read_yaml("m.yml", text).err(),
        macros::read_conf("m.conf", text).err(),
        LookupDef::load("l.yml", text).err(),
        macros::parse_set(text).err(),
    ]
    .into_iter()
    .flatten()
    {
        assert!(!error.to_string().is_empty());
    }
}
