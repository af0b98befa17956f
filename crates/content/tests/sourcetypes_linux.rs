//! Linux events, syslog and the formats on top of it, without a sourcetype: what searches over data
//! models then find.

mod common;

use common::rows::{check, recognized};

const AUDIT: &str = "\
type=SYSCALL msg=audit(1700000000.100:41): arch=c000003e syscall=59 success=yes exit=0 a0=55d a1=55e a2=55f a3=8 items=2 ppid=700 pid=701 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm=\"chmod\" exe=\"/usr/bin/chmod\" key=\"cmd\"\u{1d}ARCH=x86_64 SYSCALL=execve AUID=\"ann\" UID=\"root\"
type=EXECVE msg=audit(1700000000.100:41): argc=3 a0=\"chmod\" a1=\"777\" a2=2F746D702F782079
type=PROCTITLE msg=audit(1700000000.100:41): proctitle=63686D6F6400373737002F746D702F782079
type=PATH msg=audit(1700000000.100:41): item=1 name=\"/tmp/new\" inode=9 dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=CREATE cap_fp=0 OUID=\"root\" OGID=\"root\"
type=USER_AUTH msg=audit(1700000001.200:42): pid=800 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication grantors=? acct=\"eve\" exe=\"/usr/sbin/sshd\" hostname=192.0.2.9 addr=192.0.2.9 terminal=ssh res=failed'\u{1d}UID=\"root\" AUID=\"unset\"
type=ADD_USER msg=audit(1700000002.300:43): pid=900 uid=0 auid=1000 ses=1 msg='op=adding user acct=\"mallory\" exe=\"/usr/sbin/useradd\" hostname=box addr=? terminal=pts/1 res=success'UID=\"root\" AUID=\"ann\"
type=SERVICE_STOP msg=audit(1700000003.400:44): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=auditd comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success'UID=\"root\" AUID=\"unset\"
";

/// Red Hat's "Audit record types"; what is in hexadecimal digits: `chmod 777 /tmp/x y`.
#[test]
fn audit_records_reach_the_data_models() {
    check(
        "| tstats count from datamodel=Endpoint.Processes by Processes.process Processes.process_name \
         Processes.process_id Processes.parent_process_id Processes.user",
        AUDIT,
        &[
            r#"{"Processes.process":"/usr/bin/chmod","Processes.process_name":"chmod","Processes.process_id":"701","Processes.parent_process_id":"700","Processes.user":"ann","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Endpoint.Processes by Processes.process",
        AUDIT,
        &[
            r#"{"Processes.process":"/usr/bin/chmod","count":1}"#,
            r#"{"Processes.process":"chmod 777 /tmp/x y","count":2}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Authentication by Authentication.user Authentication.src \
         Authentication.action Authentication.app",
        AUDIT,
        &[
            r#"{"Authentication.user":"eve","Authentication.src":"192.0.2.9","Authentication.action":"failure","Authentication.app":"sshd","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Change.All_Changes by All_Changes.action All_Changes.object \
         All_Changes.object_category All_Changes.status All_Changes.change_type",
        AUDIT,
        &[
            r#"{"All_Changes.action":"created","All_Changes.object":"mallory","All_Changes.object_category":"user","All_Changes.status":"success","All_Changes.change_type":"AAA","count":1}"#,
            r#"{"All_Changes.action":"stopped","All_Changes.object":"auditd","All_Changes.object_category":"service","All_Changes.status":"success","All_Changes.change_type":"auditd","count":1}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Endpoint.Filesystem by Filesystem.file_path \
         Filesystem.file_name Filesystem.action",
        AUDIT,
        &[
            r#"{"Filesystem.file_path":"/tmp/new","Filesystem.file_name":"new","Filesystem.action":"created","count":1}"#,
        ],
    );
}

/// ESCU joins the arguments by `foreach a*`: a field of another rule must not be among them.
#[test]
fn records_of_arguments_have_no_other_fields_that_begin_with_a() {
    check(
        "sourcetype=linux:audit type=EXECVE | fields - _* | table a*",
        AUDIT,
        &[r#"{"a0":"chmod","a1":"777","a2":"2F746D702F782079","argc":"3"}"#],
    );
    recognized(
        "{\"type\": \"PATH\", \"msg\": \"audit(1.2:3)\", \"name\": \"/a\"}\n",
        "linux:audit",
    );
}

const SECURE: &str = "\
Jan  2 03:04:05 web1 sshd[99]: Failed password for invalid user bob from 192.0.2.7 port 4711 ssh2
Jan  2 03:04:06 web1 sshd[99]: Accepted publickey for ann from 192.0.2.8 port 4712 ssh2: RSA SHA256:x
Jan  2 03:04:07 web1 sudo[12]:     ann : TTY=pts/0 ; PWD=/home/ann ; USER=root ; COMMAND=/bin/cat /etc/shadow
Jan  2 03:04:08 web1 useradd[13]: new user: name=mallory, UID=1002, GID=1002, home=/home/mallory, shell=/bin/sh
";

#[test]
fn logins_over_syslog() {
    recognized(SECURE, "linux_secure");
    check(
        "| tstats count from datamodel=Authentication by Authentication.user Authentication.action \
         Authentication.src Authentication.dest Authentication.app",
        SECURE,
        &[
            r#"{"Authentication.user":"ann","Authentication.action":"success","Authentication.src":"192.0.2.8","Authentication.dest":"web1","Authentication.app":"sshd","count":1}"#,
            r#"{"Authentication.user":"bob","Authentication.action":"failure","Authentication.src":"192.0.2.7","Authentication.dest":"web1","Authentication.app":"sshd","count":1}"#,
            r#"{"Authentication.user":"root","Authentication.action":"success","Authentication.src":"unknown","Authentication.dest":"web1","Authentication.app":"sudo","count":1}"#,
        ],
    );
    check(
        "vendor_action=Failed | table host src_port sshd_protocol process pid",
        SECURE,
        &[
            r#"{"host":"web1","src_port":"4711","sshd_protocol":"ssh2","process":"sshd","pid":"99"}"#,
        ],
    );
    check(
        "| tstats count from datamodel=Change.All_Changes by All_Changes.action All_Changes.object",
        SECURE,
        &[r#"{"All_Changes.action":"created","All_Changes.object":"mallory","count":1}"#],
    );
}

#[test]
fn other_syslog() {
    let text = "<34>1 2024-01-02T03:04:05Z box app 7 - [a@1 k=\"v\"] it broke user=ann\n";
    recognized(text, "syslog");
    check(
        "* | table host process pid severity facility k user",
        text,
        &[
            r#"{"host":"box","process":"app","pid":"7","severity":"critical","facility":"auth","k":"v","user":"ann"}"#,
        ],
    );
}

#[test]
fn cef_and_leef() {
    let cef = "<13>Jan  2 03:04:05 fw CEF:0|Acme|Wall|1.0|100|worm stopped|9|src=192.0.2.1 dst=192.0.2.2 spt=5 dpt=80 proto=TCP act=blocked suser=ann cs1Label=Rule Name cs1=x y\n";
    recognized(cef, "cef");
    check(
        "* | table vendor_product signature signature_id severity src dest src_port dest_port action user Rule_Name",
        cef,
        &[
            r#"{"vendor_product":"Acme Wall","signature":"worm stopped","signature_id":"100","severity":"critical","src":"192.0.2.1","dest":"192.0.2.2","src_port":"5","dest_port":"80","action":"blocked","user":"ann","Rule_Name":"x y"}"#,
        ],
    );
    let leef = "Jan  2 03:04:05 fw LEEF:2.0|Acme|Wall|1.0|deny|^|src=192.0.2.1^dst=192.0.2.2^sev=5^usrName=ann\n";
    recognized(leef, "leef");
    check(
        "* | table vendor_product signature_id severity src dest user",
        leef,
        &[
            r#"{"vendor_product":"Acme Wall","signature_id":"deny","severity":"medium","src":"192.0.2.1","dest":"192.0.2.2","user":"ann"}"#,
        ],
    );
}
