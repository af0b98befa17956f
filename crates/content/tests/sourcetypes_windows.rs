//! What events of Windows have after the built-in sourcetypes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::completeness::completeness;
use sepal_content::{CimModels, SourcetypeRules};
use sepal_exec::Search;
use std::sync::Arc;

const CUT: &str = "the example is cut off at its first line end";
const ROWS: &str = "rows that a real Splunk returned have none";
const EMPTY: &str = "it is empty in the example, or not there";

#[test]
fn escu_lists_no_field_that_is_missing() {
    let exceptions: &[(&str, &[&str], &str)] = &[
        ("Sysmon EventID 1", &["user_id"], ROWS),
        ("Sysmon EventID 7", &["parent_process_*"], ROWS),
        // conditions on command lines are asked of the text first, which a calculation forbids
        ("Sysmon EventID 5", &["process"], "slower searches for every command line"),
        ("Windows Event Log Defender 1129", &["*"], CUT),
        ("Windows Event Log Defender *", &["*_File", "*_Value", "Path", "*_Commandline"], EMPTY),
        ("Windows Event Log Printservice *", &["*"], CUT),
        ("Windows Event Log System 47*", &["*"], CUT),
        ("Windows Event Log Security 4698", &["*"], CUT),
        ("Windows Event Log Security 4699", &["*"], CUT),
        ("Windows Event Log Security 4720", &["*"], CUT),
        ("Windows Event Log Security 4732", &["*"], CUT),
        ("Powershell Script*", &["EventData_Xml", "Path", "ScriptBlock*"], CUT),
        ("Powershell Installed*", &["timestamp"], "what the add-on takes it from is not there"),
        (
            "Windows Event Log S*",
            &[
                "AccountName",
                "EventData_Xml",
                "Access*",
                "AdditionalInfo",
                "Attributes",
                "Disposition",
                "DnsHostName",
                "GroupMembership",
                "ImagePath",
                "LogonHours",
                "PrivilegeList",
                "ProcessId",
                "ProcessName",
                "Properties",
                "ResourceAttributes",
                "Service*",
                "SidHistory",
                "Start*",
                "start_mode",
                "Subject*",
                "User*",
                "process*",
            ],
            CUT,
        ),
    ];
    let taken = |name: &str, sourcetype: &str| {
        name.starts_with("Sysmon ")
            || name.starts_with("Windows Event Log")
            || name.starts_with("Powershell") && !sourcetype.starts_with("PwSh:Sub")
    };
    let wrong = completeness(&taken, exceptions);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn over(spl: &str, events: &str) -> String {
    let found = Search::new(spl)
        .data_models(Arc::new(CimModels::new()))
        .knowledge(Arc::new(SourcetypeRules::new()))
        .events("e", events)
        .run();
    found.unwrap().to_string().trim().to_owned()
}

/// An event in the four shapes: XML, and JSON as NXLog, Winlogbeat and evtx_dump write it.
fn shapes(channel: &str, id: u32, data: &[(&str, &str)]) -> [String; 4] {
    let xml: String = data.iter().map(|(k, v)| format!("<Data Name='{k}'>{v}</Data>")).collect();
    let xml = format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='P' Guid='{{G}}'/><EventID>{id}</EventID><Keywords>0x8020000000000000\
         </Keywords><TimeCreated SystemTime='2025-03-04T05:06:07.000Z'/><EventRecordID>9\
         </EventRecordID><Channel>{channel}</Channel><Computer>ws1.example.org</Computer>\
         <Security UserID='S-1-5-18'/></System><EventData>{xml}</EventData></Event>\n"
    );
    let map = |pairs: &[(&str, &str)]| {
        let all = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).into()));
        serde_json::Value::Object(all.collect())
    };
    let data = map(data);
    let mut nxlog = data.clone();
    nxlog["EventID"] = id.into();
    nxlog["Channel"] = channel.into();
    nxlog["Hostname"] = "ws1.example.org".into();
    nxlog["Keywords"] = (-9_214_364_837_600_034_816_i64).into();
    let beat = serde_json::json!({"winlog": {"channel": channel, "event_id": id,
        "computer_name": "ws1.example.org", "keywords": ["Audit Success"], "event_data": data}});
    let evtx = serde_json::json!({"Event": {"System": {"EventID": {"#text": id},
        "Channel": channel, "Computer": "ws1.example.org", "Keywords": "0x8020000000000000"},
        "EventData": data}});
    [xml, nxlog.to_string(), beat.to_string(), evtx.to_string()]
}

/// The same row for an event in each shape.
fn same(channel: &str, id: u32, data: &[(&str, &str)], spl: &str, want: &str) {
    for event in shapes(channel, id, data) {
        assert_eq!(over(spl, &event), want, "{event}");
    }
}

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

/// Rows of a real Splunk: the process that is accessed is the process, who accesses is its parent.
#[test]
fn sysmon_process_access_and_image_load_are_processes() {
    same(
        SYSMON,
        10,
        &[
            ("SourceProcessGUID", "{A}"),
            ("SourceProcessId", "11"),
            ("SourceImage", "C:\\t\\x y.exe"),
            ("TargetProcessGUID", "{B}"),
            ("TargetProcessId", "22"),
            ("TargetImage", "C:\\Windows\\system32\\lsass.exe"),
            ("GrantedAccess", "0x1410"),
        ],
        "| tstats count from datamodel=Endpoint.Processes by Processes.action Processes.dest \
         Processes.parent_process Processes.parent_process_name Processes.parent_process_id \
         Processes.process Processes.process_guid Processes.process_name Processes.user",
        r#"{"Processes.action":"allowed","Processes.dest":"ws1.example.org","Processes.parent_process":"unknown","Processes.parent_process_name":"x y.exe","Processes.parent_process_id":"11","Processes.process":"unknown","Processes.process_guid":"{B}","Processes.process_name":"lsass.exe","Processes.user":"unknown","count":1}"#,
    );
    same(
        SYSMON,
        7,
        &[
            ("Image", "C:\\Windows\\System32\\cmd.exe"),
            ("ImageLoaded", "C:\\t\\a.dll"),
            ("OriginalFileName", "-"),
            ("Hashes", "MD5=0A,SHA256=0B,IMPHASH=0C"),
            ("Signed", "false"),
            ("SignatureStatus", "Unavailable"),
        ],
        "EventCode=7 | table action process_name parent_process_name original_file_name MD5 \
         SHA256 IMPHASH loaded_file service_dll_signature_exists service_dll_signature_verified",
        r#"{"action":"success","process_name":"cmd.exe","MD5":"0A","SHA256":"0B","IMPHASH":"0C","loaded_file":"a.dll","service_dll_signature_exists":"false","service_dll_signature_verified":"false"}"#,
    );
}

/// Rows of a real Splunk: the last part of what is deleted is the key, a value's name is none.
#[test]
fn sysmon_registry_events() {
    same(
        SYSMON,
        12,
        &[("EventType", "DeleteValue"), ("TargetObject", "HKLM\\System\\Disk\\Enum\\1")],
        "EventCode=12 | table action registry_hive registry_key_name registry_value_name status",
        r#"{"action":"deleted","registry_hive":"HKEY_LOCAL_MACHINE\\\\System","registry_key_name":"1","status":"success"}"#,
    );
    same(
        SYSMON,
        13,
        &[
            ("TargetObject", "HKU\\S-1-5-21-1\\SOFTWARE\\T\\Wide"),
            ("Details", "QWORD (0x00000000-0x00000002)"),
        ],
        "EventCode=13 | table action registry_hive registry_key_name registry_value_*",
        r#"{"action":"modified","registry_hive":"HKEY_CURRENT_USER","registry_key_name":"T","registry_value_data":"0x00000000-0x00000002","registry_value_name":"Wide","registry_value_type":"REG_QWORD"}"#,
    );
}

#[test]
fn sysmon_dns_answers_and_network_ends() {
    same(
        SYSMON,
        22,
        &[
            ("QueryName", "a.example.org"),
            ("QueryStatus", "0"),
            ("QueryResults", "type:  5 b.example.org;::ffff:192.0.2.9;"),
            ("Image", "C:\\t\\x.exe"),
        ],
        "tag=dns | table query answer answer_count reply_code_id src dest process_name",
        r#"{"query":"a.example.org","answer":["b.example.org","::ffff:192.0.2.9"],"answer_count":2,"reply_code_id":"0","src":"ws1.example.org","process_name":"x.exe"}"#,
    );
    same(
        SYSMON,
        3,
        &[
            ("Image", "C:\\t\\x.exe"),
            ("User", "NT AUTHORITY\\SYSTEM"),
            ("Protocol", "tcp"),
            ("Initiated", "true"),
            ("SourceIsIpv6", "false"),
            ("SourceIp", "192.0.2.1"),
            ("SourceHostname", "-"),
            ("DestinationIp", "192.0.2.2"),
            ("DestinationHostname", "-"),
            ("DestinationPort", "443"),
        ],
        "| tstats count from datamodel=Network_Traffic by All_Traffic.src All_Traffic.dest \
         All_Traffic.dest_port All_Traffic.transport All_Traffic.direction All_Traffic.user \
         All_Traffic.app",
        r#"{"All_Traffic.src":"192.0.2.1","All_Traffic.dest":"192.0.2.2","All_Traffic.dest_port":"443","All_Traffic.transport":"tcp","All_Traffic.direction":"outbound","All_Traffic.user":"SYSTEM","All_Traffic.app":"C:\\t\\x.exe","count":1}"#,
    );
}

/// A file is new where it was created now.
#[test]
fn sysmon_files() {
    let file = |created| {
        [
            ("UtcTime", "2025-03-04 05:06:07.001"),
            ("CreationUtcTime", created),
            ("TargetFilename", "C:\\t\\a.txt"),
        ]
    };
    let spl = "EventCode=11 | table action file_name object_category eventtype";
    for (created, action) in
        [("2025-03-04 05:06:07.001", "created"), ("2024-03-04 05:06:07.001", "modified")]
    {
        let want = format!(
            r#"{{"action":"{action}","file_name":"a.txt","object_category":"file","eventtype":["windows_event_signature","endpoint_services_processes","ms-sysmon-filemod"]}}"#
        );
        same(SYSMON, 11, &file(created), spl, &want);
    }
}

/// Splunk Add-on for Windows: a command line without the program's path gets it.
#[test]
fn security_processes() {
    let data = |line| {
        [
            ("SubjectUserName", "ann"),
            ("SubjectDomainName", "EX"),
            ("NewProcessId", "0x1f"),
            ("NewProcessName", "C:\\Windows\\System32\\net.exe"),
            ("TokenElevationType", "%%1937"),
            ("ProcessId", "0x2f"),
            ("CommandLine", line),
            ("TargetUserName", "-"),
            ("ParentProcessName", "C:\\Windows\\System32\\cmd.exe"),
        ]
    };
    let spl = "tag=process | table action user src_user src_nt_domain process process_id \
               process_name parent_process_id parent_process_name Token_Elevation_Type_id dest";
    for (line, process) in [
        ("net user /add", "C:\\\\Windows\\\\System32\\\\net.exe user /add"),
        ("C:\\Windows\\System32\\net.exe user", "C:\\\\Windows\\\\System32\\\\net.exe user"),
    ] {
        let want = format!(
            r#"{{"action":"allowed","user":"ann","src_user":"ann","src_nt_domain":"EX","process":"{process}","process_id":"0x1f","process_name":"net.exe","parent_process_id":"0x2f","parent_process_name":"cmd.exe","Token_Elevation_Type_id":"2","dest":"ws1.example.org"}}"#
        );
        same("Security", 4688, &data(line), spl, &want);
    }
}

#[test]
fn security_logons_and_accounts() {
    same(
        "Security",
        4624,
        &[
            ("SubjectUserName", "-"),
            ("TargetUserName", "ann"),
            ("TargetDomainName", "EX"),
            ("LogonType", "3"),
            ("WorkstationName", "-"),
            ("IpAddress", "192.0.2.7"),
            ("IpPort", "4711"),
        ],
        "| tstats count from datamodel=Authentication by Authentication.action \
         Authentication.app Authentication.user Authentication.src Authentication.dest \
         Authentication.signature Authentication.signature_id",
        r#"{"Authentication.action":"success","Authentication.app":"win:remote","Authentication.user":"ann","Authentication.src":"192.0.2.7","Authentication.dest":"ws1.example.org","Authentication.signature":"An account was successfully logged on","Authentication.signature_id":"4624","count":1}"#,
    );
    same(
        "Security",
        4738,
        &[("SubjectUserName", "adm"), ("TargetUserName", "ann"), ("TargetSid", "S-1-1")],
        "tag=account tag=change | table user src_user object object_id object_category action \
         change_type result status",
        r#"{"user":"ann","src_user":"adm","object":"ann","object_id":"S-1-1","object_category":"user","action":"modified","change_type":"AAA","result":"A user account was changed","status":"success"}"#,
    );
}

#[test]
fn services_of_the_system_log() {
    same(
        "System",
        7045,
        &[
            ("ServiceName", "svc"),
            ("ImagePath", "C:\\t\\s.exe"),
            ("StartType", "demand start"),
            ("AccountName", "LocalSystem"),
        ],
        "eventtype=wineventlog_system EventCode=7045 | table dest service service_name \
         start_mode vendor_product Error_Code",
        r#"{"dest":"ws1.example.org","service":"svc","service_name":"svc","start_mode":"manual","vendor_product":"Microsoft Windows","Error_Code":"-"}"#,
    );
}

/// Names with spaces are cleaned, the text of a block is a field.
#[test]
fn other_channels_have_their_data() {
    let channel = "Microsoft-Windows-Windows Defender/Operational";
    let [xml, ..] = shapes(channel, 5007, &[("New Value", "HKLM\\x = 0x1")]);
    assert_eq!(
        over("source=*Defender* | table EventCode New_Value EventData_Xml dvc user_id", &xml),
        r#"{"EventCode":"5007","New_Value":"HKLM\\x = 0x1","EventData_Xml":"<Data Name='New Value'>HKLM\\x = 0x1</Data>","dvc":"ws1.example.org","user_id":"S-1-5-18"}"#
    );
}

fn row(raw: &str, source: &str, sourcetype: &str) -> String {
    serde_json::json!({"_raw": raw, "source": source, "sourcetype": sourcetype, "host": "h"})
        .to_string()
}

const LOGON: &str = "03/04/2025 05:06:07 AM\nLogName=Security\nEventCode=4624\nEventType=0\n\
    ComputerName=dc1.example.org\nType=Information\nRecordNumber=7\nKeywords=Audit Success\n\
    Message=An account was successfully logged on.\n\nSubject:\n\tSecurity ID:\t\tS-1-0-0\n\
    \tAccount Name:\t\t-\n\tAccount Domain:\t\t-\n\tLogon ID:\t\t0x0\n\nLogon Type:\t\t\t3\n\n\
    New Logon:\n\tSecurity ID:\t\tEX\\ann\n\tAccount Name:\t\tann\n\tAccount Domain:\t\tEX\n\
    \tLogon ID:\t\t0x77\n\nNetwork Information:\n\tWorkstation Name:\tPC1\n\
    \tSource Network Address:\t192.0.2.7\n\tSource Port:\t\t4711\n";

/// Splunk Admin Manual, transforms.conf, `MV_ADD`: both account names.
#[test]
fn event_log_text() {
    let event = row(LOGON, "WinEventLog:Security", "WinEventLog");
    assert_eq!(
        over(
            "EventCode=4624 Account_Name=ann | table Account_Name Subject_Account_Name Logon_Type",
            &event
        ),
        r#"{"Account_Name":["-","ann"],"Subject_Account_Name":"-","Logon_Type":"3"}"#
    );
    assert_eq!(
        over("tag=authentication | table user src src_ip dest action app signature", &event),
        r#"{"user":"ann","src":"PC1","src_ip":"192.0.2.7","dest":"dc1.example.org","action":"success","app":"win:remote","signature":"An account was successfully logged on"}"#
    );
    assert_eq!(over("EventCode=4625", &event), "");
    assert_eq!(over("Account_Name=bob", &event), "");
}

/// Text that was recognized says its log itself.
#[test]
fn event_log_text_says_its_source() {
    let event = serde_json::json!({"_raw": LOGON, "sourcetype": "windows:text"}).to_string();
    assert_eq!(
        over("source=WinEventLog:Security | table source sourcetype host user", &event),
        r#"{"source":"WinEventLog:Security","sourcetype":"WinEventLog","host":"dc1.example.org","user":"ann"}"#
    );
}

/// A file of such text needs no more: it is recognized, and a date begins an event.
#[test]
fn event_log_text_as_a_file() {
    let later = LOGON.replace("EventCode=4624", "EventCode=4634").replace("=Security", "=System");
    assert_eq!(
        over("* | table EventCode source host | sort EventCode", &format!("{LOGON}{later}")),
        "{\"EventCode\":\"4624\",\"source\":\"WinEventLog:Security\",\"host\":\"dc1.example.org\"}\n\
         {\"EventCode\":\"4634\",\"source\":\"WinEventLog:System\",\"host\":\"dc1.example.org\"}"
    );
}

#[test]
fn sysmon_for_linux() {
    let raw = "<Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{g}\"/><EventID>1</EventID>\
        <Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer>\
        <Security UserId=\"0\"/></System><EventData><Data Name=\"Image\">/usr/bin/sudo</Data>\
        <Data Name=\"CommandLine\">sudo id</Data><Data Name=\"User\">ann</Data>\
        <Data Name=\"ParentImage\">/bin/bash</Data></EventData></Event>";
    let event = row(raw, "Syslog:Linux-Sysmon/Operational", "sysmon:linux");
    assert_eq!(
        over(
            "| tstats count from datamodel=Endpoint.Processes by Processes.dest \
             Processes.process Processes.process_name Processes.parent_process_name \
             Processes.user Processes.vendor_product",
            &event
        ),
        r#"{"Processes.dest":"web1","Processes.process":"sudo id","Processes.process_name":"sudo","Processes.parent_process_name":"bash","Processes.user":"ann","Processes.vendor_product":"Microsoft Sysmon For Linux","count":1}"#
    );
}

/// Splunk Getting Data In, "Monitor Active Directory": the form of its events.
#[test]
fn active_directory_monitoring() {
    let raw = "03/04/2025 05:06:07.123\ndcName=dc1.example.org\nadmonEventType=Update\nNames:\n\
        \t\tobjectCategory=CN=Group-Policy-Container,CN=Schema\n\t\tdisplayName=Policy A\n\
        Object Details:\n\t\tobjectGUID=11-22\n\t\twhenChanged=05:06.07 AM\n";
    let event = row(raw, "ActiveDirectory", "ActiveDirectory");
    assert_eq!(
        over("eventtype=admon-gpo | table admonEventType dcName displayName objectGUID", &event),
        r#"{"admonEventType":"Update","dcName":"dc1.example.org","displayName":"Policy A","objectGUID":"11-22"}"#
    );
}

/// What the XML has in attributes, events as JSON of each writer have too.
#[test]
fn json_has_what_stands_in_attributes_of_the_xml() {
    let evtx = r##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Service Control Manager","Guid":"{G1}","EventSourceName":"Old Name"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":7045},"Version":0,"Level":4,"TimeCreated":{"#attributes":{"SystemTime":"2025-03-04T05:06:07.250000Z"}},"EventRecordID":9,"Correlation":{"#attributes":{"ActivityID":"A1"}},"Execution":{"#attributes":{"ProcessID":11,"ThreadID":12}},"Channel":"System","Computer":"ws1.example.org","Security":{"#attributes":{"UserID":"S-1-5-21-7"}}},"EventData":{"ImagePath":"C:\\a.exe"}}}"##;
    let nxlog = r#"{"EventTime":"2025-03-04 05:06:07","@timestamp":"2025-03-04T05:06:07.250Z","Hostname":"ws1.example.org","EventID":7045,"SourceName":"Service Control Manager","ProviderGuid":"{G1}","RecordNumber":9,"ExecutionProcessID":11,"ThreadID":12,"ActivityID":"A1","Channel":"System","UserID":"S-1-5-21-7","ImagePath":"C:\\a.exe"}"#;
    let beat6 = r#"{"@timestamp":"2025-03-04T05:06:07.250Z","log_name":"System","event_id":7045,"computer_name":"ws1.example.org","source_name":"Service Control Manager","provider_guid":"{G1}","record_number":"9","process_id":11,"thread_id":12,"activity_id":"A1","user":{"identifier":"S-1-5-21-7"},"event_data":{"ImagePath":"C:\\a.exe"}}"#;
    let beat7 = r#"{"@timestamp":"2025-03-04T05:06:07.250Z","winlog":{"channel":"System","event_id":7045,"computer_name":"ws1.example.org","provider_name":"Service Control Manager","provider_guid":"{G1}","record_id":9,"process":{"pid":11,"thread":{"id":12}},"activity_id":"A1","user":{"identifier":"S-1-5-21-7"},"event_data":{"ImagePath":"C:\\a.exe"}}}"#;
    for event in [evtx, nxlog, beat6, beat7] {
        let spl = "* | eval t=strftime(_time, \"%H:%M:%S.%3N\") | table t EventCode UserID Name \
                   Guid EventRecordID ProcessID ThreadID ActivityID user_id ImagePath";
        let row = over(spl, event);
        let want = r#""EventCode":"7045","UserID":"S-1-5-21-7","Name":"Service Control Manager","Guid":"{G1}","EventRecordID":"9","ProcessID":"11","ThreadID":"12","ActivityID":"A1","user_id":"S-1-5-21-7","ImagePath":"C:\\a.exe"}"#;
        assert_eq!(row, format!("{{\"t\":\"05:06:07.250\",{want}"), "{event}");
    }
    let row = over("* | table SystemTime EventSourceName Qualifiers", evtx);
    let want = r#"{"SystemTime":"2025-03-04T05:06:07.250000Z","EventSourceName":"Old Name","Qualifiers":"16384"}"#;
    assert_eq!(row, want);
}

/// Events of an evtx file have their time although it stands far behind and a user names the
/// sourcetype, which leaves nothing to recognize.
#[test]
fn evtx_as_json_has_its_time_for_a_given_source() {
    let far = "x".repeat(600);
    let event = format!(
        r##"{{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"{far}"}}}},"EventID":4771,"TimeCreated":{{"#attributes":{{"SystemTime":"2025-03-04T05:06:07.250000Z"}}}},"Channel":"Security","Computer":"dc1"}},"EventData":{{"TargetUserName":"a"}}}}}}"##
    );
    let meta = sepal_exec::scan::Meta {
        source: Some("XmlWinEventLog:Security".into()),
        sourcetype: Some("XmlWinEventLog".into()),
        host: None,
        index: None,
    };
    let found = Search::new("* | table _time EventCode TargetUserName source")
        .knowledge(Arc::new(SourcetypeRules::new()))
        .input(sepal_exec::scan::Input::bytes("e", event.into_bytes()).with_meta(meta))
        .run();
    let want = r#"{"_time":1741064767.25,"EventCode":"4771","TargetUserName":"a","source":"XmlWinEventLog:Security"}"#;
    assert_eq!(found.unwrap().to_string().trim(), want);
}

/// Microsoft Sentinel's table SecurityEvent names no channel.
#[test]
fn sentinels_security_events() {
    let event = r#"{"TenantId":"t","Account":"D\\u1","EventID":"4688","TimeGenerated":"2025-03-04 05:06:07.000","Computer":"ws1","SubjectUserName":"u1","NewProcessName":"C:\\Windows\\System32\\cmd.exe","ParentProcessName":"C:\\Windows\\explorer.exe","CommandLine":"C:\\Windows\\System32\\cmd.exe /c whoami","SourceComputerId":"c","TimeCreatedUtc":"2025-03-04 05:06:07.000"}"#;
    let row = over("* | table source sourcetype host EventCode process process_name", event);
    let want = r#"{"source":"XmlWinEventLog:Security","sourcetype":"XmlWinEventLog","host":"ws1","EventCode":"4688","process":"C:\\Windows\\System32\\cmd.exe /c whoami","process_name":"cmd.exe"}"#;
    assert_eq!(row, want);
    let spl = "| tstats count from datamodel=Endpoint.Processes by Processes.process_name \
               Processes.parent_process_name Processes.dest";
    let want = r#"{"Processes.process_name":"cmd.exe","Processes.parent_process_name":"explorer.exe","Processes.dest":"ws1","count":1}"#;
    assert_eq!(over(spl, event), want);
}

/// A real Splunk gives none for new processes; ESCU's lists name it for other events.
#[test]
fn sysmon_has_user_id_but_for_new_processes() {
    for (id, want) in [("1", "{}"), ("13", r#"{"user_id":"S-1-5-18"}"#)] {
        let event = format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='Microsoft-Windows-Sysmon'/><EventID>{id}</EventID><Channel>\
             Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws1</Computer>\
             <Security UserID='S-1-5-18'/></System><EventData><Data Name='Image'>a.exe</Data>\
             </EventData></Event>\n"
        );
        assert_eq!(over("* | table user_id", &event), want);
    }
}

/// Lists stand on lines of their own, the first value too; ESCU's searches for SID history compare
/// with what follows the break.
#[test]
fn sid_history_begins_with_its_first_value() {
    let data = [("TargetUserName", "u1"), ("SidHistory", "\n\t\t%{S-1-5-21-1-2-3-500}")];
    let spl = r#"NOT SidHistory IN ("%%1793", -) | table SidHistory"#;
    same("Security", 4738, &data, spl, r#"{"SidHistory":"%{S-1-5-21-1-2-3-500}"}"#);
    same("Security", 4738, &[("SidHistory", "%%1793")], spl, "");
}

/// ESCU asks of 4728 who was added to a group: `where user=src_user` is who added himself.
#[test]
fn who_comes_into_a_group_is_the_user() {
    let event = |name: &'static str, sid: &'static str| {
        [
            ("MemberName", name),
            ("MemberSid", sid),
            ("TargetUserName", "Admins"),
            ("SubjectUserName", "ann"),
        ]
    };
    let spl = "* | table user src_user user_group Group_Name";
    let want = |user: &str| {
        format!(
            r#"{{"user":"{user}","src_user":"ann","user_group":"Admins","Group_Name":"Admins"}}"#
        )
    };
    let dn = "CN=ann,OU=Staff,DC=example,DC=org";
    for id in [4728, 4732, 4756] {
        same("Security", id, &event(dn, "S-1-5-21-1-2-3-1105"), spl, &want("ann"));
    }
    // a forwarder that resolves identifiers names the account
    same("Security", 4729, &event(dn, r"EXAMPLE\bob"), spl, &want("bob"));
    same("Security", 4733, &event(r"CN=Doe\, Jan,DC=x", "S-1-5-1"), spl, &want("Doe, Jan"));
    same("Security", 4757, &event("-", "S-1-5-21-9"), spl, &want("S-1-5-21-9"));
    let other = [("TargetUserName", "Admins"), ("SubjectUserName", "ann")];
    same("Security", 4737, &other, "* | table user", r#"{"user":"Admins"}"#);
}

fn given(sourcetype: &str, source: Option<&str>, spl: &str, events: &str) -> String {
    let meta = sepal_exec::scan::Meta {
        source: source.map(Into::into),
        sourcetype: Some(sourcetype.into()),
        host: None,
        index: None,
    };
    let input = sepal_exec::scan::Input::bytes("e", events.as_bytes().to_vec()).with_meta(meta);
    let found = Search::new(spl).knowledge(Arc::new(SourcetypeRules::new())).input(input).run();
    found.unwrap().to_string().trim().to_owned()
}

/// Who says what events become still wants the fields that are made on the way there.
#[test]
fn a_given_sourcetype_that_the_events_become() {
    let spl = "* | table EventCode source sourcetype host TargetUserName";
    let want = r#"{"EventCode":"4738","source":"XmlWinEventLog:Security","sourcetype":"XmlWinEventLog","host":"ws1.example.org","TargetUserName":"u1"}"#;
    let events = shapes("Security", 4738, &[("TargetUserName", "u1")]);
    for event in &events {
        assert_eq!(given("XmlWinEventLog", None, spl, event), want, "{event}");
        assert_eq!(given("xmlwineventlog", None, "* | stats count", event), r#"{"count":1}"#);
    }
    // another one is not questioned, nor is a source
    let json = &events[1];
    let spl = "* | table EventCode source sourcetype";
    let other = r#"{"source":"e","sourcetype":"my:own"}"#;
    assert_eq!(given("my:own", None, spl, json), other);
    let both = r#"{"EventCode":"4738","source":"WinEventLog:x","sourcetype":"WinEventLog"}"#;
    assert_eq!(given("WinEventLog", Some("WinEventLog:x"), spl, json), both);
    // text breaks into events as without a word of the user
    let want = r#"{"source":"WinEventLog:Security","count":2}"#;
    let text = format!("{LOGON}{LOGON}");
    assert_eq!(given("WinEventLog", None, "* | stats count by source", &text), want);
}

/// Exports hold both forms, in turn; and somebody's notes.
#[test]
fn text_and_xml_in_one_file() {
    let [xml, ..] = shapes("System", 7045, &[("ServiceName", "svc1")]);
    let spl = "* | table _time source sourcetype host EventCode ServiceName | sort EventCode";
    let rows = "{\"_time\":1741064767,\"source\":\"XmlWinEventLog:System\",\"sourcetype\":\
                \"XmlWinEventLog\",\"host\":\"ws1.example.org\",\"EventCode\":\"7045\",\"ServiceName\":\"svc1\"}";
    for text in [format!("{xml}{LOGON}"), format!("{LOGON}{xml}")] {
        let found = over(spl, &text);
        let lines: Vec<&str> = found.lines().collect();
        assert_eq!(lines.len(), 2, "{found}");
        assert!(lines[0].contains(r#""source":"WinEventLog:Security","sourcetype":"WinEventLog","host":"dc1.example.org","EventCode":"4624"#), "{found}");
        assert_eq!(lines[1], rows);
    }
    // notes are kept as text, as what stands between events of XML otherwise
    let noted = format!("# services\n# of today\n{xml}{xml}");
    let whole = spl.replacen('*', "EventCode=*", 1);
    assert_eq!(over(&whole, &noted), format!("{rows}\n{rows}"));
    assert_eq!(over("* | stats count", &noted), r#"{"count":4}"#);
    // a note alone is text
    let spl = "* | stats count by sourcetype";
    assert_eq!(over(spl, "# nothing\n"), r#"{"sourcetype":"text","count":1}"#);
}
