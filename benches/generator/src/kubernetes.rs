//! Kubernetes audit events (audit.k8s.io/v1) as an API server writes them: 1 to 3 KB each, in the
//! Go struct's key order, about 1 % of them pulls of an image.
//!
//! `managedFields` carries keys such as `k:{"uid":"<uuid>"}`, so that 100 MB hold about 35,000
//! distinct paths. As in life these end in empty objects, which Splunk makes no field of; a few
//! ConfigMaps have values under keys that no other event has.

use crate::out::Out;
use crate::rng::Rng;

const WORKLOADS: [&str; 24] = [
    "cart",
    "search",
    "checkout",
    "ledger",
    "payments",
    "catalog",
    "frontend",
    "gateway",
    "mailer",
    "recommend",
    "inventory",
    "pricing",
    "session",
    "profile",
    "report",
    "billing",
    "image-proxy",
    "notify",
    "scheduler",
    "thumbnail",
    "falco",
    "splunk-otel-collector-agent",
    "worker",
    "batch",
];
const NAMESPACES: [&str; 12] = [
    "shop",
    "default",
    "kube-system",
    "monitoring",
    "payments",
    "staging",
    "data",
    "ci",
    "ingress",
    "security",
    "batch",
    "sandbox",
];
const IMAGES: [&str; 8] = [
    "docker.io/library/nginx:1.27.3",
    "registry.acme.example/shop/cart:2.4.1",
    "registry.acme.example/shop/search@sha256:6b1d8a0f3c2e44d1a7",
    "ghcr.io/xmrig/xmrig:latest",
    "quay.io/prometheus/node-exporter:v1.8.2",
    "docker.io/library/busybox",
    "docker.io/splunk/splunk:9.4",
    "docker.io/falcosecurity/falco:0.39.2",
];
const AGENTS: [&str; 4] = [
    "kubectl/v1.31.2 (darwin/arm64) kubernetes/5864a46",
    "Helm/3.16.3",
    "argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0",
];
const RESOURCES: [(&str, &str); 6] = [
    ("pods", ""),
    ("configmaps", ""),
    ("secrets", ""),
    ("services", ""),
    ("deployments", "apps"),
    ("replicasets", "apps"),
];
const NODES: u64 = 150;
const PEOPLE: u64 = 120;
/// Owners that are remembered, so that their uid comes again.
const OWNERS: usize = 4096;

/// Who sent a request.
#[derive(Clone, Copy)]
enum User {
    /// A kubelet, known by its certificate: no uid.
    Node(u64),
    /// A person: sometimes a uid, one to three groups.
    Person(u64),
    /// A service account: a uid, three groups, the pod in `extra`.
    Account(u64),
}

/// One pod's names: workload, its template's hash, a suffix, its namespace.
#[derive(Clone, Copy)]
struct Pod {
    workload: &'static str,
    hash: u64,
    suffix: u64,
    namespace: &'static str,
}

/// What an audit event says before its bodies.
struct Head<'a> {
    level: &'a str,
    verb: &'a str,
    user: User,
    agent: &'a str,
}

/// The source of events.
pub struct Kubernetes {
    rng: Rng,
    micros: u64,
    version: u64,
    owners: Vec<(u64, u64)>,
    at: usize,
}

impl Kubernetes {
    /// A cluster whose events depend on `seed` alone.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let owners = (0..64).map(|_| (rng.bits(), rng.bits())).collect();
        let micros = 40 * 86_400_000_000 + rng.below(86_400_000_000);
        Kubernetes { rng, micros, version: 41_207, owners, at: 0 }
    }

    /// Appends one event and a newline.
    pub fn event(&mut self, out: &mut Out) {
        self.micros += 200 + self.rng.below(15_000);
        self.version += self.rng.below(4);
        match self.rng.below(1000) {
            0..10 => self.note(out, true),
            10..160 => self.note(out, false),
            160..210 => self.pod(out, true),
            210..480 => self.pod(out, false),
            480..483 => self.config_map(out),
            483..600 => self.deployment(out),
            600..720 => self.lease(out),
            _ => self.read(out),
        }
    }

    fn uuid(&mut self) -> (u64, u64) {
        (self.rng.bits(), self.rng.bits())
    }

    fn any_pod(&mut self) -> Pod {
        let bits = self.rng.bits();
        let workload = self.rng.pick(&WORKLOADS);
        Pod {
            workload,
            hash: bits >> 52,
            suffix: bits & 0xF_FFFF,
            namespace: self.rng.pick(&NAMESPACES),
        }
    }

    fn pod_name(out: &mut Out, pod: Pod) {
        out.s(pod.workload).s("-").hex(pod.hash * 2_654_435_761, 9).s("-").suffix(pod.suffix);
    }

    fn user_name(out: &mut Out, user: User) {
        match user {
            User::Node(n) => out.s("system:node:worker-").n(n),
            User::Person(n) => out.s("person-").n(n).s("@acme.example"),
            User::Account(n) => out
                .s("system:serviceaccount:")
                .s(NAMESPACES[n as usize % NAMESPACES.len()])
                .s(":")
                .s(WORKLOADS[n as usize % WORKLOADS.len()])
                .s("-sa"),
        };
    }

    fn user(&mut self, out: &mut Out, user: User) {
        out.s(r#","user":{"username":""#);
        Self::user_name(out, user);
        match user {
            User::Node(_) => {
                out.s(r#"","groups":["system:nodes","system:authenticated"]}"#);
            }
            User::Person(n) => {
                if n % 4 == 0 {
                    out.s(r#"","uid":"aws-iam-authenticator:123456789012:AIDA"#)
                        .hex(n * 77_777, 12);
                }
                out.s(r#"","groups":["#);
                for group in ["sre", "dev", "oncall"].iter().take(n as usize % 3 + 1) {
                    out.s("\"").s(group).s("\",");
                }
                out.s(r#""system:authenticated"]}"#);
            }
            User::Account(n) => {
                let namespace = NAMESPACES[n as usize % NAMESPACES.len()];
                out.s(r#"","uid":""#).uuid((n * 0x9E37_79B9_7F4A_7C15, n * 0xC2B2_AE3D_27D4_EB4F));
                out.s(r#"","groups":["system:serviceaccounts","system:serviceaccounts:"#);
                out.s(namespace).s(r#"","system:authenticated"],"extra":{"#);
                out.s(r#""authentication.kubernetes.io/credential-id":["JTI="#).uuid(self.uuid());
                out.s(r#""],"authentication.kubernetes.io/node-name":["worker-"#).n(n % NODES);
                out.s(r#""],"authentication.kubernetes.io/pod-uid":[""#).uuid(self.uuid());
                out.s(r#""]}}"#);
            }
        }
    }

    fn addresses(&mut self, out: &mut Out, user: User) {
        out.s(r#","sourceIPs":["#);
        let bits = self.rng.bits();
        if let User::Node(n) = user {
            // one kubelet in ten reaches the server through two proxies
            if bits.is_multiple_of(10) {
                out.s("\"198.51.100.").n(bits >> 56).s("\",\"10.0.0.").n(n % 7 + 2).s("\",");
            }
            out.s("\"10.0.").n(n / 100 + 1).s(".").n(n % 100 + 10).s("\"]");
        } else {
            out.s("\"203.0.113.").n(bits >> 56).s("\"");
            if bits.is_multiple_of(3) {
                out.s(",\"10.0.0.").n(bits >> 40 & 7).s("\"");
            }
            out.s("]");
        }
    }

    /// From the brace to `requestURI":"`; the caller writes the address, then calls `who`.
    fn open(&mut self, out: &mut Out, head: &Head, stage: &str) {
        out.s(r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":""#).s(head.level);
        out.s(r#"","auditID":""#).uuid(self.uuid()).s(r#"","stage":""#).s(stage);
        out.s(r#"","requestURI":""#);
    }

    /// From the end of the address to the end of the user agent.
    fn who(&mut self, out: &mut Out, head: &Head) {
        out.s(r#"","verb":""#).s(head.verb).s("\"");
        self.user(out, head.user);
        self.addresses(out, head.user);
        out.s(r#","userAgent":""#).s(head.agent).s("\"");
    }

    /// The two timestamps, the annotations, the end of the line.
    fn close(&mut self, out: &mut Out, user: User) {
        out.s(r#","requestReceivedTimestamp":""#).time(self.micros, "T", 6);
        let end = self.micros + 400 + self.rng.below(9_000);
        out.s(r#"Z","stageTimestamp":""#).time(end, "T", 6);
        out.s(r#"Z","annotations":{"authorization.k8s.io/decision":"allow","#);
        out.s(r#""authorization.k8s.io/reason":""#);
        if !matches!(user, User::Node(_)) {
            out.s(
                r#"RBAC: allowed by ClusterRoleBinding \"edit-all\" of ClusterRole \"edit\" to "#,
            );
            out.s(r#"User \""#);
            Self::user_name(out, user);
            out.s(r#"\""#);
        }
        out.s("\"}}\n");
    }

    /// A kubelet's create of an Event object; `pull` makes it the pull of an image.
    fn note(&mut self, out: &mut Out, pull: bool) {
        let node = self.rng.below(NODES);
        let pod = self.any_pod();
        let (hash, owner) = (self.rng.bits(), self.uuid());
        let image = self.rng.pick(&IMAGES);
        let style = self.rng.below(20);
        // a virtual kubelet is a service account; without its uid `fillnull` would have no user.uid
        // to fill, and the seed search no row
        let user = if style == 4 { User::Account(node % 96) } else { User::Node(node) };
        let head = Head {
            level: "RequestResponse",
            verb: "create",
            user,
            agent: "kubelet/v1.31.4 (linux/amd64) kubernetes/a78aa47",
        };
        self.open(out, &head, "ResponseComplete");
        out.s("/api/v1/namespaces/").s(pod.namespace).s("/events");
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":"events","namespace":""#).s(pod.namespace);
        out.s(r#"","name":""#);
        Self::pod_name(out, pod);
        out.s(".18").hex(hash, 14);
        out.s(r#"","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201}"#);
        for body in ["requestObject", "responseObject"] {
            out.s(",\"").s(body).s(r#"":{"kind":"Event","apiVersion":"v1","metadata":{"name":""#);
            Self::pod_name(out, pod);
            out.s(".18").hex(hash, 14).s(r#"","namespace":""#).s(pod.namespace);
            if body == "requestObject" {
                out.s(r#"","creationTimestamp":null}"#);
            } else {
                out.s(r#"","uid":""#).uuid((hash, owner.1)).s(r#"","resourceVersion":""#);
                out.n(self.version).s(r#"","creationTimestamp":""#).time(self.micros, "T", 0);
                out.s(concat!(
                    r#"Z","managedFields":[{"manager":"kubelet","operation":"Update","#,
                    r#""apiVersion":"v1","time":""#
                ));
                out.time(self.micros, "T", 0).s(concat!(
                    r#"Z","fieldsType":"FieldsV1","fieldsV1":{"f:count":{},"f:firstTimestamp":{},"#,
                    r#""f:involvedObject":{},"f:lastTimestamp":{},"f:message":{},"f:reason":{},"#,
                    r#""f:source":{"f:component":{},"f:host":{}},"f:type":{}}}]}"#
                ));
            }
            out.s(r#","involvedObject":{"kind":"Pod","namespace":""#).s(pod.namespace);
            out.s(r#"","name":""#);
            Self::pod_name(out, pod);
            out.s(r#"","uid":""#).uuid(owner).s(r#"","apiVersion":"v1","resourceVersion":""#);
            out.n(self.version).s(r#"","fieldPath":"spec.containers{app}"},"reason":""#);
            if pull {
                out.s(r#"Pulling","message":""#);
                out.s(match style {
                    0 | 1 => r"\u0050ulling image",
                    2 => "PULLING IMAGE",
                    3 => "pulling image",
                    _ => "Pulling image",
                });
                out.s(r#" \""#).s(image).s(r#"\"""#);
            } else {
                match style % 4 {
                    0 => out.s(r#"Pulled","message":"Successfully pulled image \""#).s(image).s(
                        r#"\" in 1.204s (1.204s including waiting). Image size: 72955450 bytes.""#,
                    ),
                    1 => out.s(r#"Created","message":"Created container app""#),
                    2 => out.s(r#"Started","message":"Started container app""#),
                    _ => out
                        .s(r#"Unhealthy","message":"Readiness probe failed: Get \"http://10.244."#)
                        .n(node)
                        .s(r#".9:8080/healthz\": dial tcp: connect: connection refused""#),
                };
            }
            out.s(r#","source":{"component":"kubelet","host":"worker-"#).n(node);
            out.s(r#""},"firstTimestamp":""#).time(self.micros, "T", 0);
            out.s(r#"Z","lastTimestamp":""#).time(self.micros, "T", 0);
            out.s(
                r#"Z","count":1,"type":"Normal","eventTime":null,"reportingComponent":"kubelet","#,
            );
            out.s(r#""reportingInstance":"worker-"#).n(node).s("\"}");
        }
        self.close(out, head.user);
    }

    /// A pod is created (a new owner's uid among the paths) or its status is patched (a known one).
    fn pod(&mut self, out: &mut Out, new: bool) {
        let pod = self.any_pod();
        let node = self.rng.below(NODES);
        let owner = if new {
            let owner = self.uuid();
            if self.owners.len() < OWNERS {
                self.owners.push(owner);
            } else {
                self.owners[self.at] = owner;
                self.at = (self.at + 1) % OWNERS;
            }
            owner
        } else {
            self.rng.pick(&self.owners)
        };
        let head = Head {
            level: if new { "RequestResponse" } else { "Request" },
            verb: if new { "create" } else { "patch" },
            user: if new { User::Account(self.rng.below(96)) } else { User::Node(node) },
            agent: if new {
                "kube-controller-manager/v1.31.4 (linux/amd64) kubernetes/a78aa47/system:serviceaccount"
            } else {
                "kubelet/v1.31.4 (linux/amd64) kubernetes/a78aa47"
            },
        };
        self.open(out, &head, "ResponseComplete");
        out.s("/api/v1/namespaces/").s(pod.namespace).s("/pods");
        if !new {
            out.s("/");
            Self::pod_name(out, pod);
            out.s("/status");
        }
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":"pods","namespace":""#).s(pod.namespace);
        if !new {
            out.s(r#"","name":""#);
            Self::pod_name(out, pod);
            out.s(r#"","apiVersion":"v1","subresource":"status"#);
        } else {
            out.s(r#"","apiVersion":"v1"#);
        }
        out.s(r#""},"responseStatus":{"metadata":{},"code":"#).s(if new { "201" } else { "200" });
        out.s("}");
        if new {
            out.s(
                r#","requestObject":{"kind":"Pod","apiVersion":"v1","metadata":{"generateName":""#,
            );
            out.s(pod.workload).s(r#"-","labels":{"app":""#).s(pod.workload);
            out.s(r#""}},"spec":{"containers":[{"name":"app","image":""#).s(self.rng.pick(&IMAGES));
            out.s(r#""}]},"status":{}},"responseObject""#);
        } else {
            out.s(r#","requestObject""#);
        }
        out.s(r#":{"kind":"Pod","apiVersion":"v1","metadata":{"name":""#);
        Self::pod_name(out, pod);
        out.s(r#"","generateName":""#).s(pod.workload).s(r#"-","namespace":""#).s(pod.namespace);
        out.s(r#"","uid":""#).uuid(self.uuid()).s(r#"","resourceVersion":""#).n(self.version);
        out.s(r#"","creationTimestamp":""#).time(self.micros, "T", 0);
        out.s(r#"Z","labels":{"app":""#).s(pod.workload).s(r#"","tier":"web"},"#);
        out.s(r#""ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":""#);
        out.s(pod.workload).s(r#"","uid":""#).uuid(owner);
        out.s(concat!(
            r#"","controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"#,
            r#""kube-controller-manager","operation":"Update","apiVersion":"v1","time":""#
        ));
        out.time(self.micros, "T", 0).s(concat!(
            r#"Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":"#,
            r#"{".":{},"f:app":{},"f:tier":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\""#
        ));
        out.uuid(owner).s(concat!(
            r#"\"}":{".":{},"f:apiVersion":{},"f:blockOwnerDeletion":{},"f:controller":{},"#,
            r#""f:kind":{},"f:name":{},"f:uid":{}}}},"f:spec":{"f:containers":"#,
            r#"{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"#,
            r#""f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"#,
            r#""f:containerPort":{},"f:protocol":{}}},"f:resources":{}}},"f:dnsPolicy":{},"#,
            r#""f:restartPolicy":{},"f:schedulerName":{}}}}]},"spec":{"containers":[{"name":"app","#,
            r#""image":""#
        ));
        out.s(self.rng.pick(&IMAGES)).s(concat!(
            r#"","ports":[{"containerPort":8080,"protocol":"TCP"}],"env":[{"name":"JAVA_OPTS","#,
            r#""value":"-Xmx512m -Dfile=\"C:\\tools\\app.cfg\""}],"resources":{"limits":"#,
            r#"{"cpu":"500m","memory":"256Mi"}},"imagePullPolicy":"IfNotPresent"}],"nodeName":"#,
            r#""worker-"#
        ));
        out.n(node).s(concat!(
            r#"","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"#,
            r#""NoExecute","tolerationSeconds":300}]},"status":{"phase":"Pending","qosClass":"#,
            r#""Burstable","podIPs":[{"ip":"10.244."#
        ));
        out.n(node).s(".").n(self.rng.below(250) + 2).s(r#""}]}}"#);
        self.close(out, head.user);
    }

    /// A ConfigMap whose keys no other event has.
    fn config_map(&mut self, out: &mut Out) {
        let namespace = self.rng.pick(&NAMESPACES);
        let head = self.person("Request", "create");
        self.open(out, &head, "ResponseComplete");
        out.s("/api/v1/namespaces/").s(namespace).s(r"/configmaps?fieldManager=ci\u0026timeout=5s");
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":"configmaps","namespace":""#).s(namespace);
        out.s(concat!(
            r#"","name":"sessions","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},"#,
            r#""requestObject":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"sessions"},"#,
            r#""data":{"#
        ));
        for comma in ["", ","] {
            out.s(comma).s("\"session-").hex(self.rng.bits(), 12).s(r#"":"{\"ttl\":"#);
            out.n(self.rng.below(9_000)).s(r#",\"theme\":\"gr\u00fcn\"}""#);
        }
        out.s("}}");
        self.close(out, head.user);
    }

    fn person(&mut self, level: &'static str, verb: &'static str) -> Head<'static> {
        let user = User::Person(self.rng.below(PEOPLE));
        Head { level, verb, user, agent: self.rng.pick(&AGENTS) }
    }

    fn deployment(&mut self, out: &mut Out) {
        let pod = self.any_pod();
        let replicas = self.rng.below(12);
        let head = self.person("RequestResponse", "update");
        self.open(out, &head, "ResponseComplete");
        out.s("/apis/apps/v1/namespaces/").s(pod.namespace).s("/deployments/").s(pod.workload);
        out.s(r"?fieldManager=helm\u0026fieldValidation=Strict");
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":"deployments","namespace":""#).s(pod.namespace);
        out.s(r#"","name":""#).s(pod.workload);
        out.s(
            r#"","apiGroup":"apps","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200}"#,
        );
        for body in ["requestObject", "responseObject"] {
            out.s(",\"").s(body).s(r#"":{"kind":"Deployment","apiVersion":"apps/v1","metadata":"#);
            out.s(r#"{"name":""#).s(pod.workload).s(r#"","namespace":""#).s(pod.namespace);
            out.s(r#"","resourceVersion":""#)
                .n(self.version)
                .s(r#"","generation":"#)
                .n(replicas + 3);
            out.s(r#","labels":{"app":""#).s(pod.workload);
            out.s(r#"","app.kubernetes.io/managed-by":"Helm"}},"spec":{"replicas":"#).n(replicas);
            out.s(r#","selector":{"matchLabels":{"app":""#).s(pod.workload);
            out.s(r#""}},"template":{"metadata":{"creationTimestamp":null,"labels":{"app":""#);
            out.s(pod.workload).s(r#""}},"spec":{"containers":[{"name":"app","image":""#);
            out.s(IMAGES[1]).s(concat!(
                r#"","args":["--log=json","--filter","a\u003cb \u0026\u0026 c\u003ed"],"resources":"#,
                r#"{"limits":{"cpu":"500m","memory":"256Mi"}}},{"name":"proxy","image":"#,
                r#""docker.io/envoyproxy/envoy:v1.32","resources":{}}],"restartPolicy":"Always"}},"#,
                r#""strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","#,
                r#""maxSurge":"25%"}},"progressDeadlineSeconds":600},"status":{"conditions":["#,
                r#"{"type":"Available","status":"True","reason":"MinimumReplicasAvailable"}]}}"#
            ));
        }
        self.close(out, head.user);
    }

    fn lease(&mut self, out: &mut Out) {
        let node = self.rng.below(NODES);
        let head = Head {
            level: "RequestResponse",
            verb: "update",
            user: User::Node(node),
            agent: "kubelet/v1.31.4 (linux/amd64) kubernetes/a78aa47",
        };
        self.open(out, &head, "ResponseComplete");
        out.s("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-").n(node);
        out.s("?timeout=10s");
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":"leases","namespace":"kube-node-lease","name":"worker-"#);
        out.n(node).s(concat!(
            r#"","apiGroup":"coordination.k8s.io","apiVersion":"v1"},"responseStatus":"#,
            r#"{"metadata":{},"code":200}"#
        ));
        for body in ["requestObject", "responseObject"] {
            out.s(",\"").s(body).s(r#"":{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","#);
            out.s(r#""metadata":{"name":"worker-"#).n(node);
            out.s(r#"","namespace":"kube-node-lease","resourceVersion":""#).n(self.version);
            out.s(r#"","creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"holderIdentity":"worker-"#);
            out.n(node).s(r#"","leaseDurationSeconds":40,"renewTime":""#).time(self.micros, "T", 6);
            out.s("Z\"}}");
        }
        self.close(out, head.user);
    }

    /// get, list, watch and delete: no body but for the delete's options.
    fn read(&mut self, out: &mut Out) {
        let (resource, group) = self.rng.pick(&RESOURCES);
        let pod = self.any_pod();
        let verb = self.rng.pick(&["get", "get", "list", "watch", "watch", "delete"]);
        let user = match self.rng.below(3) {
            0 => User::Person(self.rng.below(PEOPLE)),
            _ => User::Account(self.rng.below(96)),
        };
        let level = if verb == "delete" { "Request" } else { "Metadata" };
        let head = Head { level, verb, user, agent: self.rng.pick(&AGENTS) };
        let stage = match self.rng.below(8) {
            0 => "RequestReceived",
            1 if verb == "watch" => "ResponseStarted",
            _ => "ResponseComplete",
        };
        self.open(out, &head, stage);
        out.s(if group.is_empty() { "/api/v1" } else { "/apis/apps/v1" });
        out.s("/namespaces/").s(pod.namespace).s("/").s(resource);
        let named = matches!(verb, "get" | "delete");
        if named {
            out.s("/");
            Self::pod_name(out, pod);
        } else {
            out.s(r"?allowWatchBookmarks=true\u0026labelSelector=app.kubernetes.io%2Fname%3D");
            out.s(pod.workload).s(r"\u0026resourceVersion=").n(self.version);
            out.s(r"\u0026timeoutSeconds=").n(300 + self.rng.below(300)).s(r"\u0026watch=true");
        }
        self.who(out, &head);
        out.s(r#","objectRef":{"resource":""#).s(resource).s(r#"","namespace":""#).s(pod.namespace);
        if named {
            out.s(r#"","name":""#);
            Self::pod_name(out, pod);
        }
        if !group.is_empty() {
            out.s(r#"","apiGroup":""#).s(group);
        }
        out.s(r#"","apiVersion":"v1"}"#);
        if stage != "RequestReceived" {
            out.s(r#","responseStatus":{"metadata":{},"code":"#);
            out.s(if self.rng.below(40) == 0 { "404}" } else { "200}" });
        }
        if verb == "delete" && stage != "RequestReceived" {
            out.s(r#","requestObject":{"kind":"DeleteOptions","apiVersion":"v1","#);
            out.s(r#""propagationPolicy":"Background","gracePeriodSeconds":"#);
            out.n(self.rng.below(31)).s("}");
        }
        self.close(out, user);
    }
}
