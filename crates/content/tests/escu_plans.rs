//! All detections of ESCU of October 2024: which plan, and why the others do not.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout)] // tests may

mod common;

use sepal_content::{CimModels, LookupFolders, fs};
use sepal_exec::KernelEval;
use sepal_exec::lookup::Lookups;
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_parser::{Diagnostic, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The detections that do not plan: what is said of each, and why that is right.
const REVIEWED: &[(&str, &str)] = &[
    // models that run in a container of the Data Science and Deep Learning app: COMPATIBILITY.md
    (
        "endpoint/detect_suspicious_processnames_using_pretrained_model_in_dsdl.yml",
        "model MLTKContainer is not supported",
    ),
    (
        "network/detect_dga_domains_using_pretrained_model_in_dsdl.yml",
        "model MLTKContainer is not supported",
    ),
    (
        "network/detect_dns_data_exfiltration_using_pretrained_model_in_dsdl.yml",
        "model MLTKContainer is not supported",
    ),
    // a macro and a data model of Splunk Enterprise Security, which are not part of ESCU
    ("network/excessive_dns_failures.yml", "unknown macro `get_asset(1)`"),
    ("deprecated/identify_new_user_accounts.yml", "there is no data model `Identity_Management`"),
    // a macro of the Common Information Model add-on
    (
        "deprecated/detection_of_dns_tunnels.yml",
        "unknown macro `cim_corporate_web_domain_search(1)`",
    ),
    // the app URL Toolbox
    ("endpoint/randomly_generated_windows_service_name.yml", "no lookup `ut_shannon_lookup`"),
    ("endpoint/potential_password_in_username.yml", "no lookup `ut_shannon_lookup`"),
    // the app CyberChef for Splunk
    ("network/ssl_certificates_with_punycode.yml", "unknown command `cyberchef`"),
    // how_to_implement: "the admon_groups_def lookup being configured", by the user
    ("application/windows_ad_privileged_group_modification.yml", "no lookup `admon_groups_def`"),
    // tables that an older ESCU's baseline searches write; no definition of them is left
    (
        "deprecated/aws_cloud_provisioning_from_previously_unseen_city.yml",
        "no lookup `previously_seen_provisioning_activity_src.csv`",
    ),
    (
        "deprecated/aws_cloud_provisioning_from_previously_unseen_country.yml",
        "no lookup `previously_seen_provisioning_activity_src.csv`",
    ),
    (
        "deprecated/aws_cloud_provisioning_from_previously_unseen_ip_address.yml",
        "no lookup `previously_seen_provisioning_activity_src.csv`",
    ),
    (
        "deprecated/aws_cloud_provisioning_from_previously_unseen_region.yml",
        "no lookup `previously_seen_provisioning_activity_src.csv`",
    ),
    (
        "deprecated/detect_new_user_aws_console_login.yml",
        "no lookup `previously_seen_users_console_logins_cloudtrail`",
    ),
    (
        "deprecated/ec2_instance_started_in_previously_unseen_region.yml",
        "no lookup `previously_seen_aws_regions.csv`",
    ),
    (
        "deprecated/ec2_instance_started_with_previously_unseen_ami.yml",
        "no lookup `previously_seen_ec2_amis.csv`",
    ),
    (
        "deprecated/ec2_instance_started_with_previously_unseen_instance_type.yml",
        "no lookup `previously_seen_ec2_instance_types.csv`",
    ),
    (
        "deprecated/ec2_instance_started_with_previously_unseen_user.yml",
        "no lookup `previously_seen_ec2_launches_by_user.csv`",
    ),
    // "Macros inside of quoted values are not expanded": Knowledge Management Manual, "Use search
    // macros in searches"
    ("endpoint/first_time_seen_child_process_of_zoom.yml", "this is no relative time"),
];

/// Fields that a detection asks of a dataset and that the CIM does not have there: they are null,
/// and the run says so.
const NOT_IN_THE_CIM: &[&str] = &[
    // the CIM has authentication_method and original_file_name
    // a field without its dataset
    "dataset All_Traffic has no field `user`",
    "dataset Authentication has no field `Authentication.method`",
    "dataset Processes has no field `Processes.orig_process_name`",
    // a field without its dataset
    "dataset Processes has no field `parent_process_name`",
    // letter case counts in names of fields
    "dataset Processes has no field `processes.process_name`",
    // made by no command before
    "dataset Processes has no field `temp`",
    "dataset Web has no field `src`",
    "dataset Web has no field `web.url`",
];

/// What keeps a search from planning, if anything, with warnings about fields.
fn judge(
    detection: &sepal_content::Detection,
    cx: &mut PlanCx,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let parsed = sepal_parser::parse_search(
        &detection.search,
        detection.search_origin(),
        cx.macros(),
        Some(&KernelEval),
    );
    let error = |d: &Diagnostic| d.severity == Severity::Error;
    if parsed.diagnostics.iter().any(error) {
        return (parsed.diagnostics.into_iter().filter(error).collect(), Vec::new());
    }
    match plan_with(&parsed.pipeline, cx) {
        Ok(plan) => (Vec::new(), plan.warnings),
        Err(list) => (list, Vec::new()),
    }
}

#[test]
fn what_does_not_plan_is_reviewed() {
    let Some(escu) = common::escu() else { return };
    let root = escu.join("detections");
    let (macros, _) = fs::macro_set(&[escu.join("macros")]).unwrap();
    let (lookups, _) = LookupFolders::read(&[escu.join("lookups")], true).unwrap();
    let lookups: Arc<dyn Lookups> = Arc::new(lookups);
    let cx = PlanCx::default()
        .with_lookups(Some(lookups))
        .with_data_models(Some(Arc::new(CimModels::new())))
        .with_macros(macros);
    let reviewed: BTreeMap<&str, &str> = REVIEWED.iter().copied().collect();
    let (mut planned, mut active, mut wrong, mut fields) = (0, 0, Vec::new(), Vec::new());
    for path in fs::yaml_files(&root).unwrap() {
        let detection = fs::detection(&path).unwrap();
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let (errors, warnings) = judge(&detection, &mut cx.clone());
        for w in warnings.iter().filter(|w| w.code == "SPL2316") {
            fields.push(w.message.clone());
        }
        if errors.is_empty() {
            planned += 1;
            active += usize::from(!file.starts_with("deprecated/"));
            if reviewed.contains_key(file.as_str()) {
                wrong.push(format!("{file} plans now"));
            }
            continue;
        }
        match (errors.first(), reviewed.get(file.as_str())) {
            (Some(d), Some(reason)) if d.message == *reason => {}
            (Some(d), _) => wrong.push(format!("{file}: {} {}", d.code, d.message)),
            (None, _) => {}
        }
    }
    fields.sort();
    fields.dedup();
    println!("ESCU: {planned} plan, {active} of them active");
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(fields, NOT_IN_THE_CIM);
    assert!(planned >= 1430 && active >= 1350, "{planned} {active}");
}
