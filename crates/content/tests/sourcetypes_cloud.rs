//! Events of cloud services: what they are recognized as, and what the data models then hold.
//! The events are written for these tests, in the forms that the services document.
#![allow(clippy::unwrap_used)]

mod common;

use sepal_content::{CimModels, SourcetypeRules};
use sepal_exec::Search;
use std::sync::Arc;

/// The rows of a search over events of which nothing is said.
fn over(events: &str, spl: &str) -> String {
    let search = Search::new(spl)
        .data_models(Arc::new(CimModels::new()))
        .knowledge(Arc::new(SourcetypeRules::new()));
    search.events("plain.log", events).run().unwrap().to_string().trim().to_owned()
}

fn sourcetype(events: &str) -> String {
    let row = over(events, "* | head 1 | table sourcetype");
    row.trim_start_matches(r#"{"sourcetype":""#).trim_end_matches(r#""}"#).to_owned()
}

const LOGIN: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAX","arn":"arn:aws:iam::123456789012:user/ann","accountId":"123456789012","userName":"ann"},"eventTime":"2024-05-06T07:08:09Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.5","userAgent":"Mozilla/5.0","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"Yes"},"eventType":"AwsConsoleSignIn","recipientAccountId":"123456789012"}"#;
const RUN: &str = r#"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAX:bob","arn":"arn:aws:sts::123456789012:assumed-role/dev/bob","accountId":"123456789012","sessionContext":{"sessionIssuer":{"userName":"dev","arn":"arn:aws:iam::123456789012:role/dev"}}},"eventTime":"2024-05-06T07:09:09Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.6","userAgent":"aws-cli/2","requestParameters":{"instanceType":"t3.micro","instancesSet":{"items":[{"imageId":"ami-1"}]}},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}},"eventType":"AwsApiCall","recipientAccountId":"123456789012"}"#;

/// A whole file of CloudTrail is one object; its records are the events.
#[test]
fn cloudtrail_records_are_logons_and_changes() {
    for events in [format!("{LOGIN}\n{RUN}\n"), format!("{{\"Records\":[{LOGIN},{RUN}]}}\n")] {
        assert_eq!(sourcetype(&events), "aws:cloudtrail");
        let found = over(
            &events,
            "| tstats count from datamodel=Authentication by Authentication.action \
             Authentication.user Authentication.src Authentication.signature Authentication.app",
        );
        let want = r#"{"Authentication.action":"failure","Authentication.user":"ann","Authentication.src":"192.0.2.5","Authentication.signature":"ConsoleLogin","Authentication.app":"AwsConsoleSignIn","count":1}"#;
        assert_eq!(found, want);
        let found = over(
            &events,
            "| tstats count from datamodel=Change.All_Changes by All_Changes.action \
             All_Changes.status All_Changes.object_category All_Changes.object All_Changes.user \
             All_Changes.vendor_region",
        );
        assert!(found.contains(r#""All_Changes.action":"created","All_Changes.status":"success","All_Changes.object_category":"instance","All_Changes.object":"i-1","All_Changes.user":"bob","All_Changes.vendor_region":"eu-west-1""#), "{found}");
    }
}

/// The add-on says `success` where AWS gives no code: ESCU asks for it.
#[test]
fn a_call_without_an_error_has_the_code_success() {
    let found = over(RUN, "errorCode=success | table errorCode user_arn user_type aws_account_id");
    let want = r#"{"errorCode":"success","user_arn":"arn:aws:sts::123456789012:assumed-role/dev/bob","user_type":"AssumedRole","aws_account_id":"123456789012"}"#;
    assert_eq!(found, want);
    let denied = RUN.replace(r#""eventType""#, r#""errorCode":"AccessDenied","eventType""#);
    assert_eq!(over(&denied, "errorCode=success | stats count"), r#"{"count":0}"#);
    assert_eq!(over(&denied, "errorCode=AccessDenied | table status"), r#"{"status":"failure"}"#);
}

/// Amazon VPC User Guide, "Flow log records": the fields of version 2 in their order.
#[test]
fn flow_logs_are_network_traffic() {
    let flow = "2 123456789012 eni-0a1b2c 10.0.0.1 10.0.0.2 40000 443 6 10 840 1700000000 1700000060 REJECT OK\n";
    assert_eq!(sourcetype(flow), "aws:cloudwatchlogs:vpcflow");
    let found = over(
        flow,
        "| tstats sum(All_Traffic.bytes) as bytes from datamodel=Network_Traffic by \
         All_Traffic.src_ip All_Traffic.dest_ip All_Traffic.dest_port All_Traffic.transport \
         All_Traffic.action",
    );
    let want = r#"{"All_Traffic.src_ip":"10.0.0.1","All_Traffic.dest_ip":"10.0.0.2","All_Traffic.dest_port":"443","All_Traffic.transport":"tcp","All_Traffic.action":"blocked","bytes":840}"#;
    assert_eq!(found, want);
}

/// Amazon CloudFront Developer Guide, "Standard log file fields".
#[test]
fn cloudfront_lines_are_web_requests() {
    let line = "2024-01-02\t03:04:05\tFRA2-C1\t921\t192.0.2.9\tGET\td1.cloudfront.net\t/a/b.html\t404\t-\tcurl/8%200\tq=1\t-\tError\tid==\twww.example.com\thttps\t100\t0.250\t-\tTLSv1.3\tX\tError\tHTTP/1.1\t-\t-\t5000\t0.250\tError\ttext/html\t10\t-\t-\n";
    assert_eq!(sourcetype(line), "aws:cloudfront:accesslogs");
    let found = over(
        line,
        "tag=web | table src http_method status url http_user_agent bytes dest uri_path",
    );
    let want = r#"{"src":"192.0.2.9","http_method":"GET","status":"404","url":"https://www.example.com/a/b.html?q=1","http_user_agent":"curl/8 0","bytes":1021,"dest":"www.example.com","uri_path":"/a/b.html"}"#;
    assert_eq!(found, want);
}

const O365: &str = r#"{"CreationTime":"2024-02-03T04:05:06","Id":"1","Operation":"UserLoginFailed","OrganizationId":"org-1","RecordType":15,"ResultStatus":"Failed","UserKey":"k","UserType":0,"Version":1,"Workload":"AzureActiveDirectory","ClientIP":"192.0.2.7:4455","ObjectId":"o","UserId":"eve@example.org","ExtendedProperties":[{"Name":"RequestType","Value":"OAuth2:Token"},{"Name":"UserAgent","Value":"curl/8"}],"ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"}"#;

#[test]
fn office_365_logons() {
    assert_eq!(sourcetype(O365), "o365:management:activity");
    let found = over(
        O365,
        "tag=authentication | table action user src user_agent RequestType signature app \
         vendor_account reason user_type",
    );
    let want = r#"{"action":"failure","user":"eve@example.org","src":"192.0.2.7","user_agent":"curl/8","RequestType":"OAuth2:Token","signature":"UserLoginFailed","app":"AzureActiveDirectory","vendor_account":"org-1","reason":"InvalidUserNameOrPassword","user_type":"Regular"}"#;
    assert_eq!(found, want);
}

#[test]
fn azure_sign_ins_and_audit() {
    let sign_in = r#"{"time":"2024-01-01T00:00:00Z","resourceId":"/tenants/t/providers/Microsoft.aadiam","operationName":"Sign-in activity","category":"SignInLogs","tenantId":"t","resultType":"50126","callerIpAddress":"192.0.2.1","properties":{"userPrincipalName":"ann@example.org","appDisplayName":"Portal","userAgent":"curl/8","status":{"errorCode":50126,"failureReason":"wrong"}}}"#;
    assert_eq!(sourcetype(sign_in), "azure:monitor:aad");
    let found = over(sign_in, "tag=authentication | table action user src user_agent app reason");
    let want = r#"{"action":"failure","user":"ann@example.org","src":"192.0.2.1","user_agent":"curl/8","app":"Portal","reason":"wrong"}"#;
    assert_eq!(found, want);
    let audit = r#"{"time":"2024-01-01T00:00:00Z","resourceId":"/tenants/t/providers/Microsoft.aadiam","operationName":"Add user","category":"AuditLogs","tenantId":"t","properties":{"result":"success","operationType":"Add","initiatedBy":{"user":{"id":"1","userPrincipalName":"adm@example.org"}},"targetResources":[{"id":"2","type":"User","userPrincipalName":"new@example.org"}]}}"#;
    let found = over(
        audit,
        "| tstats count from datamodel=Change.All_Changes by All_Changes.user All_Changes.action \
         All_Changes.change_type All_Changes.status All_Changes.command",
    );
    let want = r#"{"All_Changes.user":"new@example.org","All_Changes.action":"created","All_Changes.change_type":"AAA","All_Changes.status":"success","All_Changes.command":"Add user","count":1}"#;
    assert_eq!(found, want);
}

#[test]
fn okta_lockouts_and_logons() {
    let lock = r#"{"published":"2024-01-01T00:00:00Z","eventType":"user.account.lock","version":"0","severity":"DEBUG","actor":{"id":"a","type":"User","alternateId":"sys@example.org"},"client":{"ipAddress":"192.0.2.3"},"outcome":{"result":"FAILURE","reason":"LOCKED_OUT"},"target":[{"id":"g","type":"UserGroup","alternateId":"all"},{"id":"u","type":"User","alternateId":"eve@example.org"}]}"#;
    assert_eq!(sourcetype(lock), "OktaIM2:log");
    let found = over(
        lock,
        "| tstats count from datamodel=Change where All_Changes.change_type=AAA \
         All_Changes.object_category=User All_Changes.action=lockout by All_Changes.user \
         All_Changes.command All_Changes.result All_Changes.src",
    );
    let want = r#"{"All_Changes.user":"eve@example.org","All_Changes.command":"user.account.lock","All_Changes.result":"FAILURE","All_Changes.src":"192.0.2.3","count":1}"#;
    assert_eq!(found, want);
    let start = lock.replace("user.account.lock", "user.session.start");
    let found = over(&start, "eventtype=okta_log tag=authentication | table action user signature");
    let want = r#"{"action":"failure","user":"sys@example.org","signature":"user.session.start"}"#;
    assert_eq!(found, want);
}

#[test]
fn crowdstrike_process_starts() {
    let event = r#"{"event_simpleName":"ProcessRollup2","aid":"a1","cid":"c1","event_platform":"Win","timestamp":"1713805173418","CommandLine":"whoami /all","ImageFileName":"\\Device\\HarddiskVolume1\\Windows\\System32\\whoami.exe","ParentBaseFileName":"cmd.exe","RawProcessId":"77","UserName":"ann","ComputerName":"ws1","IntegrityLevel":"12288","SHA256HashData":"ab"}"#;
    assert_eq!(sourcetype(event), "crowdstrike:events:sensor");
    let found = over(
        event,
        "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=whoami.exe \
         by Processes.dest Processes.user Processes.process Processes.parent_process_name \
         Processes.process_id Processes.process_integrity_level Processes.action Processes.os",
    );
    let want = r#"{"Processes.dest":"ws1","Processes.user":"ann","Processes.process":"whoami /all","Processes.parent_process_name":"cmd.exe","Processes.process_id":"77","Processes.process_integrity_level":"high","Processes.action":"allowed","Processes.os":"Microsoft Windows","count":1}"#;
    assert_eq!(found, want);
}

#[test]
fn what_is_recognized_is_what_the_macros_ask_for() {
    for (event, want) in [
        (
            r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","stage":"ResponseComplete"}"#,
            "_json",
        ),
        (
            r#"{"kind":"admin#reports#activity","id":{"applicationName":"admin"},"event":{"name":"CREATE_USER"}}"#,
            "gws:reports:admin",
        ),
        (
            r#"{"kind":"admin#reports#activity","id":{"applicationName":"login"},"event":{"name":"login_failure"}}"#,
            "gws:reports:login",
        ),
        (
            r#"{"insertId":"x","data":{"logName":"projects/p/logs/a%2Factivity","protoPayload":{"methodName":"v1.compute.instances.insert"}}}"#,
            "google:gcp:pubsub:message",
        ),
        (
            r#"{"_document_id":"d","action":"repo.destroy","actor":"ann","org":"o","created_at":1}"#,
            "github:cloud:audit",
        ),
        (
            r#"{"action":"opened","repository":{"full_name":"o/r","node_id":"n"},"sender":{"login":"ann"}}"#,
            "aws:firehose:json",
        ),
        (
            r#"{"ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/x","GeneratorId":"g","SchemaVersion":"2018-10-08"}"#,
            "aws:securityhub:finding",
        ),
        (
            r#"{"class_uid":6003,"metadata":{"product":{"name":"CloudTrail","vendor_name":"AWS"},"version":"1.0"},"api":{"operation":"GetObject"}}"#,
            "aws:cloudtrail:lake",
        ),
        (
            r#"{"time":"2024-01-01T00:00:00Z","tenantId":"t","operationName":"Publish","category":"AdvancedHunting-DeviceProcessEvents","properties":{}}"#,
            "mscs:azure:eventhub:defender:advancedhunting",
        ),
        (
            "12:00:00.000000000: Warning Shell in a container (user=root k8s_pod_name=p)",
            "kube:container:falco",
        ),
        (
            r#"{"build_num":1,"build_url":"https://circleci.com/gh/o/r/1","job_name":"j"}"#,
            "circleci",
        ),
        // of something else that looks a little like it
        (r#"{"eventName":"ConsoleLogin","eventSource":"x"}"#, "_json"),
        (r#"{"action":"repo.destroy","actor":"ann"}"#, "_json"),
    ] {
        assert_eq!(sourcetype(event), want, "{event}");
    }
}

#[test]
fn falco_pairs_and_kubernetes_source() {
    let line =
        "12:00:00.000000000: Warning Shell in a container (user=root process=sh k8s_pod_name=p-1)";
    let found = over(line, "* | table user process k8s_pod_name priority message");
    let want = r#"{"user":"root","process":"sh","k8s_pod_name":"p-1","priority":"Warning","message":"Shell in a container"}"#;
    assert_eq!(found, want);
    let audit = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","stage":"S"}"#;
    assert_eq!(over(audit, r#"source="kubernetes" verb=get | stats count"#), r#"{"count":1}"#);
}

#[test]
fn google_and_github_name_who_did_what() {
    let gcp = r#"{"data":{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","resource":{"type":"gce_instance","labels":{"project_id":"p"}},"protoPayload":{"serviceName":"compute.googleapis.com","methodName":"v1.compute.instances.insert","resourceName":"projects/p/i/1","authenticationInfo":{"principalEmail":"ann@example.org"},"requestMetadata":{"callerIp":"192.0.2.8"}}}}"#;
    let found = over(gcp, "tag=change | table user src command action status vendor_account");
    let want = r#"{"user":"ann@example.org","src":"192.0.2.8","command":"v1.compute.instances.insert","action":"created","status":"success","vendor_account":"p"}"#;
    assert_eq!(found, want);
    let gws = r#"{"kind":"admin#reports#activity","id":{"applicationName":"login","customerId":"C1"},"actor":{"email":"eve@example.org"},"ipAddress":"192.0.2.4","event":{"type":"login","name":"login_failure","parameters":[{"name":"login_type","value":"google_password"},{"name":"login_challenge_method","multiValue":["security_key"]}]}}"#;
    let found =
        over(gws, "tag=authentication | table user src_ip action login_challenge_method app");
    let want = r#"{"user":"eve@example.org","src_ip":"192.0.2.4","action":"failure","login_challenge_method":"security_key","app":"login"}"#;
    assert_eq!(found, want);
    let audit = r#"{"_document_id":"d","action":"repo.destroy","actor":"ann","actor_ip":"192.0.2.2","org":"o","repo":"o/r","created_at":1}"#;
    let found = over(audit, "tag=change | table user src command object vendor_account");
    let want = r#"{"user":"ann","src":"192.0.2.2","command":"repo.destroy","object":"o/r","vendor_account":"o"}"#;
    assert_eq!(found, want);
}

#[test]
fn alerts_of_security_hub_and_defender() {
    let finding = r#"{"ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","GeneratorId":"g","SchemaVersion":"2018-10-08","Title":"Odd reads","Severity":{"Label":"HIGH","Normalized":70},"AwsAccountId":"1","Region":"eu-west-1","Resources":[{"Id":"arn:aws:s3:::b1","Type":"AwsS3Bucket"},{"Id":"arn:aws:ec2:eu-west-1:1:instance/i-7","Type":"AwsEc2Instance"}]}"#;
    let found = over(
        finding,
        "tag=alert | table signature severity vendor_region instance_extract s3bucket_extract",
    );
    let want = r#"{"signature":"Odd reads","severity":"high","vendor_region":"eu-west-1","instance_extract":"i-7","s3bucket_extract":"b1"}"#;
    assert_eq!(found, want);
    let process = r#"{"time":"2024-01-01T00:00:00Z","tenantId":"t","operationName":"Publish","category":"AdvancedHunting-DeviceProcessEvents","properties":{"DeviceName":"ws1","FileName":"whoami.exe","ProcessCommandLine":"whoami","AccountName":"ann","InitiatingProcessFileName":"cmd.exe","ProcessId":5}}"#;
    let found = over(
        process,
        "| tstats count from datamodel=Endpoint.Processes by Processes.dest Processes.user \
         Processes.process_name Processes.process Processes.parent_process_name",
    );
    let want = r#"{"Processes.dest":"ws1","Processes.user":"ann","Processes.process_name":"whoami.exe","Processes.process":"whoami","Processes.parent_process_name":"cmd.exe","count":1}"#;
    assert_eq!(found, want);
}

/// Splunk Add-on for Microsoft Office 365: the parameters of a command are fields.
#[test]
fn parameters_of_exchange_commands() {
    let rule = r#"{"CreationTime":"2024-02-03T04:05:06","Operation":"New-InboxRule","OrganizationId":"o","RecordType":1,"ResultStatus":"True","UserId":"ann@example.org","UserType":2,"Workload":"Exchange","ClientIP":"[2001:db8::1]:55","Parameters":[{"Name":"Name","Value":"."},{"Name":"ForwardTo","Value":"x@example.net"},{"Name":"DeleteMessage","Value":"True"}]}"#;
    let found = over(
        rule,
        "tag=change | table user src Name ForwardTo DeleteMessage user_type status action",
    );
    let want = r#"{"user":"ann@example.org","src":"2001:db8::1","Name":".","ForwardTo":"x@example.net","DeleteMessage":"True","user_type":"Admin","status":"success","action":"created"}"#;
    assert_eq!(found, want);
}

/// Every field that ESCU's data sources name, but for those listed here.
#[test]
fn fields_of_escu_are_there() {
    const TABLES: &str = "comes from a table that the add-on keeps up to date";
    const UNKNOWN: &str = "neither the event nor a document says what it is made of";
    const SEVERAL: &str = "the list is of several events; this one has nothing to make it of";
    // of access lists, instances and roles, which an alarm or a snapshot has not
    const OF_OTHERS: &[&str] = &[
        "authentication_method",
        "change_type",
        "dest_*_range",
        "direction",
        "errorMessage",
        "image_id",
        "instance_type",
        "object",
        "object_attrs",
        "object_id",
        "protocol",
        "protocol_code",
        "reason",
        "responseElements",
        "result",
        "result_id",
        "rule_action",
        "sessionCredentialFromConsole",
        "src_ip_range",
        "src_port_range",
        "src_user*",
        "temp_access_key",
        "tlsDetails.*",
        "userIdentity.userName",
    ];
    let ours = |_: &str, sourcetype: &str| {
        let families = ["aws:", "o365:", "azure:", "mscs:", "crowdstrike:", "gsuite:", "gws:"];
        families.iter().any(|f| sourcetype.starts_with(f))
            || ["circleci", "kube:container:falco", "_json"].contains(&sourcetype)
    };
    let wrong = common::completeness::completeness(
        &ours,
        &[
            ("AWS CloudTrail *", &["desc"], UNKNOWN),
            ("AWS CloudTrail DescribeImageScanFindings", &["eventtype", "tag"], UNKNOWN),
            ("AWS CloudTrail DeleteAlarms", OF_OTHERS, SEVERAL),
            ("AWS CloudTrail DeleteSnapshot", OF_OTHERS, SEVERAL),
            ("CrowdStrike *", &["aid_*"], TABLES),
            ("CrowdStrike *", &["*_meaning"], TABLES),
            ("CircleCI", &["eventtype", "tag"], UNKNOWN),
            ("Kubernetes Audit", &["eventtype", "tag"], UNKNOWN),
            ("Kubernetes Audit", &["timestamp"], "no step for searches over source=kubernetes"),
            ("GitHub", &["*"], "the example is cut off after 10000 characters: no JSON"),
        ],
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Events of older API servers, and those that a sink took apart, lack their `apiVersion`.
#[test]
fn kubernetes_audit_without_its_version() {
    let event = r#"{"kind":"Event","level":"Metadata","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/x","verb":"create","user":{"username":"u1"},"objectRef":{"resource":"pods"}}"#;
    common::rows::check(
        "source=kubernetes | table sourcetype verb objectRef.resource",
        event,
        &[r#"{"sourcetype":"_json","verb":"create","objectRef.resource":"pods"}"#],
    );
    // three fields of these names in one event are no accident, two may be
    let other = r#"{"auditID":"a1","verb":"create"}"#;
    common::rows::check("source=kubernetes | table verb", other, &[]);
}

/// Microsoft Defender XDR, "AlertEvidence": AlertId and Title name the alert.
#[test]
fn an_alert_of_advanced_hunting_has_its_id() {
    let event = r#"{"time":"2025-03-04T05:06:07Z","tenantId":"t","operationName":"Publish","category":"AdvancedHunting-AlertEvidence","properties":{"AlertId":"da1","Title":"Odd sign-in","Severity":"High","DeviceName":"ws1"}}"#;
    let spl = "| tstats count from datamodel=Alerts by Alerts.id Alerts.signature";
    let want = r#"{"Alerts.id":"da1","Alerts.signature":"Odd sign-in","count":1}"#;
    common::rows::check(spl, event, &[want]);
    // no page says that the add-on makes one
    common::rows::check("* | table description", event, &["{}"]);
}

/// Webhooks that a proxy cut down to what a workflow needs.
#[test]
fn a_workflow_run_is_a_webhook_of_github() {
    let event = r#"{"action":"requested","workflow_run":{"id":7,"event":"push","head_branch":"b"},"repository":{"id":1,"full_name":"o/r"}}"#;
    let want = r#"{"source":"github","action":"requested","workflow_run.event":"push"}"#;
    let spl = "sourcetype=aws:firehose:json | table source action workflow_run.event";
    common::rows::check(spl, event, &[want]);
}

/// What the API's watch of events says, as collectors send it.
#[test]
fn events_of_kubernetes_objects() {
    let event = r#"{"type":"ADDED","object":{"kind":"Event","involvedObject":{"kind":"Pod","name":"p1"},"reason":"Pulling","message":"Pulling image \"kube-hunter\""}}"#;
    common::rows::check(
        r#"sourcetype=kube:objects:events object.message="Pulling image *kube-hunter*" | table object.involvedObject.name"#,
        event,
        &[r#"{"object.involvedObject.name":"p1"}"#],
    );
    assert_eq!(sourcetype(r#"{"type":"ADDED","object":{"kind":"Pod","reason":"x"}}"#), "_json");
}

/// JSON of any sort is `_json`; who says so does not say that the events are nothing more.
#[test]
fn json_that_is_said_to_be_such_is_recognized() {
    let event = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a1","stage":"ResponseComplete","verb":"get"}"#;
    let over = |sourcetype: &str| {
        let meta =
            sepal_exec::scan::Meta { sourcetype: Some(sourcetype.into()), ..Default::default() };
        let input = sepal_exec::scan::Input::bytes("e", event.as_bytes().to_vec()).with_meta(meta);
        let search = Search::new("* | table source sourcetype verb");
        let found = search.knowledge(Arc::new(SourcetypeRules::new())).input(input).run();
        found.unwrap().to_string().trim().to_owned()
    };
    let row =
        |source, kind| format!(r#"{{"source":"{source}","sourcetype":"{kind}","verb":"get"}}"#);
    assert_eq!(over("_json"), row("kubernetes", "_json"));
    assert_eq!(over("aws:cloudtrail"), row("e", "aws:cloudtrail"));
}
