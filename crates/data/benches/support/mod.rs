//! Kubernetes audit events of about 2 KB, the same in every run.
#![allow(dead_code)]

/// A small generator of numbers (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new() -> Random {
        Random(0x9E37_79B9_7F4A_7C15)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    fn uid(&mut self) -> String {
        let (a, b) = (self.below(1 << 32), self.below(1 << 48));
        format!("{a:08x}-{:04x}-4{:03x}-9{:03x}-{b:012x}", a & 0xffff, b & 0xfff, a & 0xfff)
    }
}

/// One event in a hundred pulls an image.
pub fn event(r: &mut Random) -> String {
    let verb = r.of(&["get", "list", "watch", "create", "patch", "update", "delete"]);
    let user =
        r.of(&["system:node:worker-1", "alice@example.com", "system:serviceaccount:ci:deploy"]);
    let ns = r.of(&["default", "kube-system", "payments", "monitoring"]);
    let name = format!("{}-{:x}", r.of(&["web", "api", "cache", "worker"]), r.below(1 << 32));
    let (id, uid, owner) = (r.uid(), r.uid(), r.uid());
    let message = match r.below(100) {
        0 => "Pulling image \\\"nginx:1.25\\\"",
        _ => r.of(&["Started container app", "Created pod", "Scaled up replica set to 3"]),
    };
    let (sec, micro) = (r.below(60), r.below(1_000_000));
    let (ip, port) = (r.below(250), r.below(60000));
    format!(
        concat!(
            r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","#,
            r#""auditID":"{id}","stage":"ResponseComplete","#,
            r#""requestURI":"/api/v1/namespaces/{ns}/events/{name}?timeout=34s","verb":"{verb}","#,
            r#""user":{{"username":"{user}","uid":"{uid}","groups":["system:nodes","#,
            r#""system:authenticated"],"extra":{{"authentication.kubernetes.io/credential-id":"#,
            r#"["X509SHA256={id}"]}}}},"sourceIPs":["10.0.3.{ip}","192.168.1.{ip}"],"#,
            r#""userAgent":"kubelet/v1.29.2 (linux/amd64) kubernetes/4b8e819","objectRef":"#,
            r#"{{"resource":"events","namespace":"{ns}","name":"{name}","uid":"{uid}","#,
            r#""apiVersion":"v1","resourceVersion":"{port}"}},"responseStatus":{{"metadata":{{}},"#,
            r#""code":201}},"requestObject":{{"kind":"Event","apiVersion":"v1","metadata":"#,
            r#"{{"name":"{name}.17c1f3","namespace":"{ns}","creationTimestamp":null,"labels":"#,
            r#"{{"app.kubernetes.io/name":"{name}","pod-template-hash":"{port}"}},"#,
            r#""ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"{name}","#,
            r#""uid":"{owner}","controller":true,"blockOwnerDeletion":true}}],"managedFields":"#,
            r#"[{{"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"#,
            r#""2024-03-01T12:00:{sec:02}Z","fieldsType":"FieldsV1","fieldsV1":{{"f:count":{{}},"#,
            r#""f:firstTimestamp":{{}},"f:involvedObject":{{}},"f:lastTimestamp":{{}},"#,
            r#""f:metadata":{{"f:labels":{{".":{{}},"f:app":{{}}}},"f:ownerReferences":"#,
            r#"{{"k:{{\"uid\":\"{owner}\"}}":{{}}}}}},"f:message":{{}},"f:reason":{{}},"#,
            r#""f:source":{{"f:component":{{}},"f:host":{{}}}},"f:type":{{}}}}}}]}},"#,
            r#""involvedObject":{{"kind":"Pod","namespace":"{ns}","name":"{name}","#,
            r#""uid":"{uid}","apiVersion":"v1","resourceVersion":"{port}","fieldPath":"#,
            r#""spec.containers{{app}}"}},"reason":"Pulling","message":"{message}","source":"#,
            r#"{{"component":"kubelet","host":"worker-1"}},"firstTimestamp":"#,
            r#""2024-03-01T12:00:{sec:02}Z","lastTimestamp":"2024-03-01T12:00:{sec:02}Z","#,
            r#""count":1,"type":"Normal","eventTime":null,"reportingComponent":"kubelet"}},"#,
            r#""requestReceivedTimestamp":"2024-03-01T12:00:{sec:02}.{micro:06}Z","#,
            r#""stageTimestamp":"2024-03-01T12:00:{sec:02}.{micro:06}Z","annotations":"#,
            r#"{{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"" }}}}"#,
        ),
        id = id,
        ns = ns,
        name = name,
        verb = verb,
        user = user,
        uid = uid,
        ip = ip,
        port = port,
        owner = owner,
        sec = sec,
        micro = micro,
        message = message,
    )
}

/// `n` events, one a line.
pub fn block(n: usize) -> String {
    let mut r = Random::new();
    let mut out = String::new();
    for _ in 0..n {
        out.push_str(&event(&mut r));
        out.push('\n');
    }
    out
}

/// The fields that the seed detection reads.
pub const FIELDS: [&str; 14] = [
    "requestObject.message",
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "responseStatus.code",
    "sourceIPs{}",
    "user.username",
    "user.groups{}",
    "user.uid",
    "userAgent",
    "verb",
    "requestURI",
    "stage",
];
