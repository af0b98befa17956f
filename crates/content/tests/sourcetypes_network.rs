//! Network and web events without a sourcetype, and what searches over data models then find.

mod common;

use common::completeness::completeness;
use common::rows::{check, recognized};

#[test]
fn web_servers() {
    let kv = "site=\"a.example\" server=\"s\" dest_port=\"443\" dest_ip=\"192.0.2.1\" \
        src=\"192.0.2.2\" src_ip=\"192.0.2.2\" user=\"-\" time_local=\"02/Jan/2024:03:04:05 +0000\" \
        protocol=\"HTTP/1.1\" status=\"404\" bytes_out=\"10\" bytes_in=\"5\" http_user_agent=\"curl\" \
        uri_query=\"a=b\" uri_path=\"/x\" http_method=\"POST\" https=\"on\"\n";
    recognized(kv, "nginx:plus:kv");
    let by = "| tstats count from datamodel=Web by Web.url Web.http_method Web.status Web.src \
        Web.http_user_agent Web.url_length Web.action";
    check(
        by,
        kv,
        &[
            r#"{"Web.url":"https://a.example/x?a=b","Web.http_method":"POST","Web.status":"404","Web.src":"192.0.2.2","Web.http_user_agent":"curl","Web.url_length":"23","Web.action":"blocked","count":1}"#,
        ],
    );
    let combined = "192.0.2.2 - ann [02/Jan/2024:03:04:05 +0000] \"GET /x/y.php?a=b HTTP/1.1\" 200 512 \
        \"http://ref.example/z\" \"Mozilla/5.0 (\\\"q\\\")\"\n";
    recognized(combined, "access_combined");
    check(
        by,
        combined,
        &[
            r#"{"Web.url":"/x/y.php?a=b","Web.http_method":"GET","Web.status":"200","Web.src":"192.0.2.2","Web.http_user_agent":"Mozilla/5.0 (\\\"q\\\")","Web.url_length":"12","Web.action":"allowed","count":1}"#,
        ],
    );
    check(
        "* | table user file uri_path uri_query referer_domain version",
        combined,
        &[
            r#"{"user":"ann","file":"y.php","uri_path":"/x/y.php","uri_query":"a=b","referer_domain":"ref.example","version":"1.1"}"#,
        ],
    );
    let iis = r#"{"date":"2024-01-02","time":"03:04:05","s_ip":"192.0.2.1","cs_method":"GET","cs_uri_stem":"/owa","cs_uri_query":"-","s_port":"443","cs_username":"-","c_ip":"192.0.2.2","cs_User_Agent_":"Mozilla/5.0+(X)","sc_status":"200","time_taken":"3"}"#;
    recognized(iis, "ms:iis:auto");
    check(
        by,
        iis,
        &[
            r#"{"Web.url":"/owa","Web.http_method":"GET","Web.status":"200","Web.src":"192.0.2.2","Web.http_user_agent":"Mozilla/5.0 (X)","Web.url_length":"4","Web.action":"allowed","count":1}"#,
        ],
    );
}

/// Microsoft's "W3C logging": what IIS logs by default; `+` stands for a blank.
#[test]
fn iis_lines_without_their_header() {
    let line = "2024-01-02 03:04:05 192.0.2.1 POST /owa/auth.owa a=b 443 ann 192.0.2.2 Mozilla/5.0+(X) - 404 0 2 15\n";
    recognized(line, "ms:iis:default:85");
    check(
        "| tstats count from datamodel=Web by Web.url Web.http_method Web.status Web.src Web.dest \
         Web.user Web.http_user_agent Web.action Web.dest_port",
        line,
        &[
            r#"{"Web.url":"/owa/auth.owa?a=b","Web.http_method":"POST","Web.status":"404","Web.src":"192.0.2.2","Web.dest":"192.0.2.1","Web.user":"ann","Web.http_user_agent":"Mozilla/5.0 (X)","Web.action":"blocked","Web.dest_port":"443","count":1}"#,
        ],
    );
}

const SURICATA: &str = r#"{"timestamp":"2024-01-02T03:04:05.000000+0000","flow_id":1,"event_type":"http","src_ip":"192.0.2.1","src_port":4444,"dest_ip":"192.0.2.2","dest_port":80,"proto":"TCP","http":{"hostname":"a.example","url":"/x?y=1","http_user_agent":"curl","http_method":"POST","status":200,"length":33}}
{"timestamp":"2024-01-02T03:04:06.000000+0000","flow_id":2,"event_type":"alert","src_ip":"192.0.2.1","src_port":4444,"dest_ip":"192.0.2.2","dest_port":80,"proto":"TCP","alert":{"action":"blocked","gid":1,"signature_id":2000,"signature":"ET X","category":"Attempted","severity":1}}
{"timestamp":"2024-01-02T03:04:07.000000+0000","flow_id":3,"event_type":"dns","src_ip":"192.0.2.1","src_port":4444,"dest_ip":"192.0.2.2","dest_port":53,"proto":"UDP","dns":{"version":2,"type":"answer","id":7,"rrname":"a.example","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"a.example","rrtype":"A","ttl":5,"rdata":"203.0.113.1"}]}}
{"timestamp":"2024-01-02T03:04:08.000000+0000","flow_id":4,"event_type":"tls","src_ip":"192.0.2.1","src_port":4444,"dest_ip":"192.0.2.2","dest_port":443,"proto":"TCP","tls":{"subject":"C=US, O=Acme, CN=a.example","issuerdn":"CN=ca","version":"TLS 1.2","sni":"a.example"}}
{"timestamp":"2024-01-02T03:04:09.000000+0000","flow_id":5,"event_type":"flow","src_ip":"192.0.2.1","src_port":4444,"dest_ip":"192.0.2.2","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":2,"pkts_toclient":3,"bytes_toserver":100,"bytes_toclient":50,"age":7}}
"#;

#[test]
fn suricata() {
    recognized(SURICATA, "suricata");
    check(
        "| tstats count from datamodel=Web by Web.url Web.site Web.http_method Web.status Web.dest sourcetype",
        SURICATA,
        &[
            r#"{"Web.url":"/x?y=1","Web.site":"a.example","Web.http_method":"POST","Web.status":"200","Web.dest":"192.0.2.2","sourcetype":"suricata","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Intrusion_Detection by IDS_Attacks.signature \
         IDS_Attacks.severity IDS_Attacks.action IDS_Attacks.transport",
        SURICATA,
        &[
            r#"{"IDS_Attacks.signature":"ET X","IDS_Attacks.severity":"high","IDS_Attacks.action":"blocked","IDS_Attacks.transport":"tcp","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Network_Resolution by DNS.query DNS.answer DNS.record_type \
         DNS.message_type DNS.reply_code",
        SURICATA,
        &[
            r#"{"DNS.query":"a.example","DNS.answer":"203.0.113.1","DNS.record_type":"A","DNS.message_type":"RESPONSE","DNS.reply_code":"No Error","count":1}"#,
        ],
    );
    check(
        "* | search tag=certificate | table ssl_subject_common_name ssl_subject_organization ssl_issuer_common_name",
        SURICATA,
        &[
            r#"{"ssl_subject_common_name":"a.example","ssl_subject_organization":"Acme","ssl_issuer_common_name":"ca"}"#,
        ],
    );
    check(
        "| tstats sum(All_Traffic.bytes) AS b from datamodel=Network_Traffic by All_Traffic.app \
         All_Traffic.bytes_in All_Traffic.bytes_out All_Traffic.action",
        SURICATA,
        &[
            r#"{"All_Traffic.app":"tls","All_Traffic.bytes_in":"50","All_Traffic.bytes_out":"100","All_Traffic.action":"allowed","b":150}"#,
        ],
    );
}

#[test]
fn zeek_in_both_spellings() {
    for dot in [".", "_"] {
        let ends = format!(
            r#""uid":"C1","id{dot}orig_h":"192.0.2.1","id{dot}orig_p":5,"id{dot}resp_h":"192.0.2.2","id{dot}resp_p":53"#
        );
        let conn = format!(
            r#"{{"ts":1700000000.5,{ends},"proto":"tcp","service":"http","duration":1.5,"orig_bytes":10,"resp_bytes":20,"conn_state":"SF","local_orig":true,"local_resp":false}}"#
        );
        recognized(&conn, "zeek:conn:json");
        check(
            "| tstats count from datamodel=Network_Traffic by All_Traffic.src All_Traffic.dest_port \
             All_Traffic.bytes All_Traffic.bytes_in All_Traffic.direction All_Traffic.app",
            &conn,
            &[
                r#"{"All_Traffic.src":"192.0.2.1","All_Traffic.dest_port":"53","All_Traffic.bytes":"30","All_Traffic.bytes_in":"20","All_Traffic.direction":"outbound","All_Traffic.app":"http","count":1}"#,
            ],
        );
        let dns = format!(
            r#"{{"ts":1700000000.5,{ends},"proto":"udp","trans_id":9,"query":"a.example","qtype_name":"A","rcode":0,"rcode_name":"NOERROR","rejected":false,"answers":["203.0.113.1","203.0.113.2"]}}"#
        );
        recognized(&dns, "zeek:dns:json");
        check(
            "| tstats values(DNS.answer) AS answer from datamodel=Network_Resolution by DNS.query \
             DNS.record_type DNS.message_type DNS.transport",
            &dns,
            &[
                r#"{"DNS.query":"a.example","DNS.record_type":"A","DNS.message_type":"RESPONSE","DNS.transport":"udp","answer":["203.0.113.1","203.0.113.2"]}"#,
            ],
        );
        let http = format!(
            r#"{{"ts":1700000000.5,{ends},"trans_depth":1,"method":"GET","host":"a.example","uri":"/x?y=1","user_agent":"curl","request_body_len":1,"response_body_len":2,"status_code":200}}"#
        );
        recognized(&http, "zeek:http:json");
        check(
            "| tstats count from datamodel=Web by Web.url Web.http_method Web.status Web.bytes Web.uri_path",
            &http,
            &[
                r#"{"Web.url":"http://a.example/x?y=1","Web.http_method":"GET","Web.status":"200","Web.bytes":"3","Web.uri_path":"/x","count":1}"#,
            ],
        );
        let rpc = format!(
            r#"{{"ts":1700000000.5,{ends},"rtt":0.1,"endpoint":"netlogon","operation":"NetrServerReqChallenge"}}"#
        );
        recognized(&rpc, "zeek:rpc:json");
        check(
            "operation=NetrServerReqChallenge | table src_ip dest_ip operation",
            &rpc,
            &[
                r#"{"src_ip":"192.0.2.1","dest_ip":"192.0.2.2","operation":"NetrServerReqChallenge"}"#,
            ],
        );
        let ssl = format!(
            r#"{{"ts":1700000000.5,{ends},"version":"TLSv12","server_name":"LIST-0123456789abcdef.x","resumed":false,"established":true}}"#
        );
        recognized(&ssl, "zeek:ssl:json");
        let weird = format!(r#"{{"ts":1700000000.5,{ends},"name":"x","notice":false,"peer":"p"}}"#);
        recognized(&weird, "zeek:json");
        check(
            "* | table src dest dest_port",
            &weird,
            &[r#"{"src":"192.0.2.1","dest":"192.0.2.2","dest_port":"53"}"#],
        );
    }
}

/// Palo Alto's "Syslog field descriptions".
#[test]
fn palo_alto() {
    let threat = "Jan  2 03:04:05 fw 1,2024/01/02 03:04:05,0123,THREAT,url,2305,2024/01/02 03:04:05,192.0.2.1,192.0.2.2,0.0.0.0,0.0.0.0,rule1,dom\\ann,,web-browsing,vsys1,in,out,eth1,eth2,log,2024/01/02 03:04:05,77,1,5000,443,0,0,0x0,tcp,allow,\"a.example/mgmt/tm/util/bash?x=1,2\",(9999),unknown,informational,client-to-server,1,0x0,US,DE,0,text/html,0,,,1,\"curl/8, x\",,,,,,,0,0,0,0,0,,fw1,,,,post,0\n";
    recognized(threat, "pan:threat");
    check(
        "| tstats count from datamodel=Web where Web.url=\"*/mgmt/tm/util/bash*\" \
         Web.http_method=\"POST\" by Web.http_user_agent Web.http_method Web.url Web.url_length Web.src \
         Web.dest Web.user Web.status",
        threat,
        &[
            r#"{"Web.http_user_agent":"curl/8, x","Web.http_method":"POST","Web.url":"a.example/mgmt/tm/util/bash?x=1,2","Web.url_length":"33","Web.src":"192.0.2.1","Web.dest":"192.0.2.2","Web.user":"dom\\ann","Web.status":"unknown","count":1}"#,
        ],
    );
    let traffic = "1,2024/01/02 03:04:05,0123,TRAFFIC,end,2305,2024/01/02 03:04:05,192.0.2.1,192.0.2.2,203.0.113.1,192.0.2.2,rule1,,,screenconnect,vsys1,in,out,eth1,eth2,log,2024/01/02 03:04:05,77,1,5000,443,6000,443,0x0,tcp,reset-both,700,600,100,9,2024/01/02 03:04:00,5,any,0,1,0x0,US,DE,0,4,5,tcp-fin,0,0,0,0,,fw1,from-policy\n";
    recognized(traffic, "pan:traffic");
    check(
        "| tstats count from datamodel=Network_Traffic by All_Traffic.app All_Traffic.action \
         All_Traffic.src_zone All_Traffic.bytes All_Traffic.bytes_in All_Traffic.packets_out \
         All_Traffic.rule All_Traffic.dvc All_Traffic.src_translated_port",
        traffic,
        &[
            r#"{"All_Traffic.app":"screenconnect","All_Traffic.action":"blocked","All_Traffic.src_zone":"in","All_Traffic.bytes":"700","All_Traffic.bytes_in":"100","All_Traffic.packets_out":"4","All_Traffic.rule":"rule1","All_Traffic.dvc":"fw1","All_Traffic.src_translated_port":"6000","count":1}"#,
        ],
    );
    let config = "<14>Jan  2 03:04:05 fw 1,2024/01/02 03:04:05,0123,CONFIG,0,2305,2024/01/02 03:04:05,192.0.2.9,,set,admin,Web,Succeeded,deviceconfig system,,,5,0x0,0,0,0,0,,fw1\n";
    recognized(config, "pan:config");
    check(
        "| tstats count from datamodel=Change.All_Changes by All_Changes.user All_Changes.action \
         All_Changes.object All_Changes.status All_Changes.src",
        config,
        &[
            r#"{"All_Changes.user":"admin","All_Changes.action":"modified","All_Changes.object":"deviceconfig system","All_Changes.status":"success","All_Changes.src":"192.0.2.9","count":1}"#,
        ],
    );
}

const ASA: &str = "\
Jan  2 2024 03:04:05 fw1 : %ASA-6-302013: Built outbound TCP connection 11 for outside:203.0.113.5/443 (203.0.113.5/443) to inside:192.0.2.7/50000 (198.51.100.1/50001)
Jan  2 2024 03:04:06 fw1 : %ASA-6-302014: Teardown TCP connection 11 for outside:203.0.113.5/443 to inside:192.0.2.7/50000 duration 1:02:03 bytes 999 TCP FINs
Jan  2 2024 03:04:07 fw1 : %ASA-4-106023: Deny udp src outside:203.0.113.6/53 dst inside:192.0.2.8/5353 by access-group \"acl_out\" [0x0, 0x0]
Jan  2 2024 03:04:08 fw1 : %ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 192.0.2.3 : user = eve : user IP = 203.0.113.9
Jan  2 2024 03:04:09 fw1 : %ASA-6-605005: Login permitted from 192.0.2.4/5000 to inside:192.0.2.1/ssh for user \"ann\"
Jan  2 2024 03:04:10 fw1 : %ASA-5-111010: User 'ann', running 'CLI' from IP 192.0.2.4, executed 'no logging enable'
Jan  2 2024 03:04:11 fw1 : %ASA-4-113019: Group = vpn, Username = bob, IP = 203.0.113.8, Session disconnected. Session Type: SSL, Duration: 0h:02m:03s, Bytes xmt: 10, Bytes rcv: 20, Reason: User Requested
";

/// Cisco's "ASA Series Syslog Messages": of an outbound connection the first address is the foreign
/// one.
#[test]
fn cisco_asa() {
    recognized(ASA, "cisco:asa");
    check(
        "| tstats count from datamodel=Network_Traffic by All_Traffic.action All_Traffic.src \
         All_Traffic.dest All_Traffic.dest_port All_Traffic.transport",
        ASA,
        &[
            r#"{"All_Traffic.action":"allowed","All_Traffic.src":"192.0.2.7","All_Traffic.dest":"203.0.113.5","All_Traffic.dest_port":"443","All_Traffic.transport":"tcp","count":1}"#,
            r#"{"All_Traffic.action":"blocked","All_Traffic.src":"203.0.113.6","All_Traffic.dest":"192.0.2.8","All_Traffic.dest_port":"5353","All_Traffic.transport":"udp","count":1}"#,
            r#"{"All_Traffic.action":"teardown","All_Traffic.src":"203.0.113.5","All_Traffic.dest":"192.0.2.7","All_Traffic.dest_port":"50000","All_Traffic.transport":"tcp","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Authentication by Authentication.user Authentication.action \
         Authentication.src",
        ASA,
        &[
            r#"{"Authentication.user":"ann","Authentication.action":"success","Authentication.src":"192.0.2.4","count":1}"#,
            r#"{"Authentication.user":"eve","Authentication.action":"failure","Authentication.src":"203.0.113.9","count":1}"#,
        ],
    );
    check(
        "message_id=302014 OR message_id=113019 | table message_id duration bytes bytes_in user host severity",
        ASA,
        &[
            r#"{"message_id":"113019","duration":123,"bytes_in":"20","user":"bob","host":"fw1","severity":"medium"}"#,
            r#"{"message_id":"302014","duration":3723,"bytes":"999","host":"fw1","severity":"informational"}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Change.All_Changes by All_Changes.user All_Changes.command",
        ASA,
        &[r#"{"All_Changes.user":"ann","All_Changes.command":"no logging enable","count":1}"#],
    );
}

/// The fields of ESCU's searches over `eventtype=cisco_ios`.
#[test]
fn cisco_ios() {
    let text = "\
<189>77: Jan  2 03:04:05: %PM-4-ERR_DISABLE: arp-inspection error detected on Gi1/0/2, putting Gi1/0/2 in err-disable state
<189>78: Jan  2 03:04:06: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 0011.2233.4455 on port FastEthernet0/1.
<189>79: Jan  2 03:04:07: %PARSER-5-CFGLOG_LOGGEDCMD: User:ann  logged command:monitor session 1 source interface Gi1/0/1
";
    recognized(text, "cisco:ios");
    check(
        "eventtype=cisco_ios facility=PM mnemonic=ERR_DISABLE disable_cause=\"arp-inspection\" \
         | eval src_interface=src_int_prefix_long+src_int_suffix | table src_interface",
        text,
        &[r#"{"src_interface":"GigabitEthernet1/0/2"}"#],
    );
    check(
        "eventtype=cisco_ios mnemonic=PSECURE_VIOLATION | table src_mac src_int_prefix_long src_int_suffix action",
        text,
        &[
            r#"{"src_mac":"0011.2233.4455","src_int_prefix_long":"FastEthernet","src_int_suffix":"0/1","action":"blocked"}"#,
        ],
    );
    check(
        "eventtype=cisco_ios mnemonic=CFGLOG_LOGGEDCMD command=\"monitor session*\" | table user",
        text,
        &[r#"{"user":"ann"}"#],
    );
}

#[test]
fn other_products() {
    let ivanti = "[02/Jan/2024:03:04:05 +0000]\tUSER=!!ABSENT!!\tGROUP=!!ABSENT!!\tAUTH=!!ABSENT!!\tIP=!!ABSENT!!\tOPERATION=adduser\tMODUSER=eve\tMODGROUP=admin\n";
    recognized(ivanti, "ivanti_vtm_audit");
    check(
        "OPERATION=adduser MODGROUP=admin IP=\"!!ABSENT!!\" | table MODUSER AUTH action",
        ivanti,
        &[r#"{"MODUSER":"eve","AUTH":"!!ABSENT!!","action":"created"}"#],
    );
    let crush = "SESSION|01/02/2024 03:04:05.678|[HTTPS:1_2_ab:anonymous:192.0.2.1] READ: *POST /WebInterface/?a=b HTTP/1.1*\n";
    recognized(crush, "crushftp:sessionlogs");
    check(
        "* | table user src http_method uri_path",
        crush,
        &[
            r#"{"user":"anonymous","src":"192.0.2.1","http_method":"POST","uri_path":"/WebInterface/"}"#,
        ],
    );
    let ping = r#"{"source":"PINGID","id":"1","recorded":"2024-01-02T03:04:05.000Z","actors":[{"type":"user","name":"ann"}],"resources":[{"ipaddress":"192.0.2.1"}],"result":{"status":"UNSUCCESSFUL_ATTEMPT","message":"no"}}"#;
    check(
        "source=PINGID | table user src action",
        ping,
        &[r#"{"user":"ann","src":"192.0.2.1","action":"failure"}"#],
    );
    let audit = "Audit:[timestamp=01-02-2024 03:04:05.678, user=ann, action=login attempt, info=failed reason=user-initiated useragent=\"x\" clientip=192.0.2.1 method=\"Splunk\" session=ab]\n";
    recognized(audit, "audittrail");
    check(
        "| tstats count from datamodel=Authentication by Authentication.user Authentication.src",
        audit,
        &[r#"{"Authentication.user":"ann","Authentication.src":"192.0.2.1","count":1}"#],
    );
    let osquery = r#"{"name":"es_process_events","hostIdentifier":"mac1","calendarTime":"Tue Jan  2 03:04:05 2024 UTC","unixTime":1704164645,"columns":{"cmdline":"plutil -x","path":"/usr/bin/plutil","pid":"9","parent":"1","username":"ann","cwd":"/"},"action":"added"}"#;
    recognized(osquery, "osquery:results");
    check(
        "| tstats count from datamodel=Endpoint.Processes by Processes.process Processes.process_name \
         Processes.user Processes.dest Processes.parent_process_id",
        osquery,
        &[
            r#"{"Processes.process":"plutil -x","Processes.process_name":"plutil","Processes.user":"ann","Processes.dest":"mac1","Processes.parent_process_id":"1","count":1}"#,
        ],
    );
    let stream = r#"{"endtime":"2024-01-02T03:04:05.000000Z","timestamp":"2024-01-02T03:04:05.000000Z","bytes":3,"bytes_in":1,"bytes_out":2,"dest_ip":"192.0.2.2","dest_port":80,"flow_id":"f","http_method":"GET","http_user_agent":"Java/1.8","protocol_stack":"ip:tcp:http","site":"a.example","src_ip":"192.0.2.1","src_port":9,"status":200,"transport":"tcp","uri":"/x.class","uri_path":"/x.class"}"#;
    recognized(stream, "stream:http");
    check(
        "| tstats count from datamodel=Web where Web.http_user_agent=\"*Java*\" Web.url=\"*.class*\" by \
         Web.url Web.url_length Web.src Web.dest",
        stream,
        &[
            r#"{"Web.url":"http://a.example/x.class","Web.url_length":"24","Web.src":"192.0.2.1","Web.dest":"192.0.2.2","count":1}"#,
        ],
    );
}

/// Every field that ESCU says its data sources have.
#[test]
fn fields_of_escu() {
    let ours = |source: &str, sourcetype: &str| {
        const OURS: [&str; 13] = [
            "linux:audit",
            "linux_secure",
            "nginx:plus:kv",
            "osquery:results",
            "pan:threat",
            "pan:traffic",
            "splunkd_ui_access",
            "stream:http",
            "stream:ip",
            "stream:tcp",
            "suricata",
            "ivanti_vtm_audit",
            "crushftp:sessionlogs",
        ];
        OURS.contains(&sourcetype) || source == "PingID"
    };
    let exceptions: &[(&str, &[&str], &str)] = &[
        ("PingID", &["extracted_source"], "ESCU gives the example a source of Windows"),
        ("Splunk Stream IP", &["*"], "ESCU's example is one of NGINX, not of Stream"),
    ];
    let wrong = completeness(&ours, exceptions);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
