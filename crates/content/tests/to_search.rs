//! A detection as a search: its stamp, and places in its file.

use sepal_content::Detection;

const YAML: &str = "\
name: A Test
id: 1
search: |-
    `logs` verb=create
      | stats cuont BY user
tests:
  - name: True Positive Test
    attack_data:
      - data: https://example.com/audit.json
        source: kubernetes
        sourcetype: aws:audit
";

#[test]
fn errors_point_into_the_yaml_file() {
    let detection = Detection::load("a_test.yml", YAML).expect("loads");
    let error = detection.to_search().define("logs", "*").run().expect_err("wrong");
    let text = error.to_string();
    assert!(text.starts_with("a_test.yml:5:15: "), "{text}");
}

#[test]
fn events_get_the_declared_source() {
    let yaml = YAML.replace("stats cuont BY user", "table source sourcetype");
    let detection = Detection::load("a_test.yml", &yaml).expect("loads");
    let search = detection.to_search().define("logs", "source=kubernetes");
    let found = search.events("audit.json", r#"{"verb": "create"}"#).run().expect("runs");
    assert_eq!(found.to_string(), "{\"source\":\"kubernetes\",\"sourcetype\":\"aws:audit\"}\n");
}
