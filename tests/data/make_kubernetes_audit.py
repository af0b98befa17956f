#!/usr/bin/env python3
"""Writes kubernetes_audit.jsonl: a Kubernetes audit log (audit.k8s.io/v1) for the tests.

    python3 tests/data/make_kubernetes_audit.py            # rewrites the file beside this script
    python3 tests/data/make_kubernetes_audit.py --check    # exit 1 if the file differs

The same bytes come out on every machine: a fixed seed, a generator of our own, no clock.
Key order, nesting, escapes and timestamps are those of an API server (the Go struct's order,
maps sorted, & < > as \\u0026 \\u003c \\u003e, microseconds). A few lines look as a log shipper
that re-encodes leaves them: keys sorted, everything outside ASCII escaped.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "kubernetes_audit.jsonl"
MASK = (1 << 64) - 1
IMAGES = [
    "docker.io/library/nginx:1.27.3",
    "registry.acme.example/shop/cart:2.4.1",
    "registry.acme.example/shop/search@sha256:6b1d8a0f3c",
    "ghcr.io/xmrig/xmrig:latest",
    "quay.io/prometheus/node-exporter:v1.8.2",
    "docker.io/library/busybox",
]
NODES = [("worker-1", "10.0.1.11"), ("worker-2", "10.0.1.12"), ("worker-3", "10.0.1.13")]
KUBELET = "kubelet/v1.31.4 (linux/amd64) kubernetes/a78aa47"
KUBECTL = "kubectl/v1.31.2 (darwin/arm64) kubernetes/5864a46"
MANAGER = "kube-controller-manager/v1.31.4 (linux/amd64) kubernetes/a78aa47"


class Random:
    """xorshift64*: the same numbers in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        x = self.state
        x ^= x >> 12
        x = (x ^ (x << 25)) & MASK
        x ^= x >> 27
        self.state = x
        return (((x * 0x2545F4914F6CDD1D) & MASK) >> 33) % limit

    def pick(self, items):
        return items[self.below(len(items))]

    def text(self, alphabet, length):
        return "".join(alphabet[self.below(len(alphabet))] for _ in range(length))

    def hex(self, length):
        return self.text("0123456789abcdef", length)

    def uid(self):
        h = self.hex(32)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def pod(self, workload):
        letters = "bcdfghjklmnpqrstvwxz2456789"
        return f"{workload}-{self.text(letters, 9)}-{self.text(letters, 5)}"


def go(value):
    """JSON as Go's encoding/json writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "&<>":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def shipped(value):
    """JSON as a re-encoding log shipper writes it: sorted keys, ASCII only."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def literal(text):
    """A number that must keep its text (0.10, 1e3); `Log.line` takes the marks off."""
    return f"@@{text}@@"


class Log:
    def __init__(self):
        self.rng = Random(0x5E9A1)
        self.micros = 0
        self.lines = []
        self.hits = []
        self.later = []
        self.version = 41207

    # time: 2026-02-11T08:00:00Z plus a clock that only moves forward
    def stamp(self, micros):
        seconds, fraction = divmod(micros, 1_000_000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return f"2026-02-11T{8 + hour:02}:{minute:02}:{second:02}.{fraction:06}Z"

    def second(self):
        return self.stamp(self.micros)[:19] + "Z"

    def line(self, event, write=go):
        self.flush(self.micros)
        text = write(event)
        if "@@" in text:
            parts = text.split("@@")
            for i in range(1, len(parts), 2):
                parts[i - 1] = parts[i - 1].removesuffix('"')
                parts[i + 1] = parts[i + 1].removeprefix('"')
            text = "".join(parts)
        self.lines.append(text)
        return text

    def flush(self, until=None):
        """Writes the watches that ended meanwhile; without a time, all of them."""
        self.later.sort()
        while self.later and (until is None or self.later[0][0] <= until):
            self.lines.append(self.later.pop(0)[1])

    def event(self, verb, uri, user, *, level="Metadata", stage="ResponseComplete", ref=None,
              code=200, status=None, request=None, response=None, ips=("10.0.0.5",),
              agent=MANAGER, reason="", decision="allow", took=None, impersonated=None):
        """One audit event; arguments set to None leave their key out."""
        self.micros += 90_000 + self.rng.below(4_000_000)
        received = self.micros
        self.micros += took if took is not None else 400 + self.rng.below(12_000)
        out = {
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": level,
            "auditID": self.rng.uid(), "stage": stage, "requestURI": uri, "verb": verb,
            "user": user,
        }
        if impersonated:
            out["impersonatedUser"] = impersonated
        if ips is not None:
            out["sourceIPs"] = list(ips)
        if agent is not None:
            out["userAgent"] = agent
        if ref:
            out["objectRef"] = ref
        if stage != "RequestReceived":
            result = {"metadata": {}}
            result.update(status or {})
            if code is not None:
                result["code"] = code
            out["responseStatus"] = result
        if request is not None:
            out["requestObject"] = request
        if response is not None:
            out["responseObject"] = response
        out["requestReceivedTimestamp"] = self.stamp(received)
        out["stageTimestamp"] = self.stamp(self.micros)
        if stage != "RequestReceived":
            out["annotations"] = {
                "authorization.k8s.io/decision": decision, "authorization.k8s.io/reason": reason,
            }
        return out

    # users
    def node(self, index):
        """A kubelet's client certificate carries no uid."""
        return {"username": f"system:node:{NODES[index][0]}",
                "groups": ["system:nodes", "system:authenticated"]}

    def account(self, namespace, name, uid, extra=None):
        user = {"username": f"system:serviceaccount:{namespace}:{name}", "uid": uid,
                "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}",
                           "system:authenticated"]}
        if extra:
            user["extra"] = extra
        return user

    def person(self, name, *groups):
        return {"username": f"{name}@acme.example", "groups": [*groups, "system:authenticated"]}

    # objects
    def kube_event(self, namespace, pod, reason, message, node, container="app", kind="Normal"):
        """The Event object that a kubelet sends; its name is the pod's name and a hash."""
        return {
            "kind": "Event", "apiVersion": "v1",
            "metadata": {"name": f"{pod}.18{self.rng.hex(14)}", "namespace": namespace,
                         "creationTimestamp": None},
            "involvedObject": {"kind": "Pod", "namespace": namespace, "name": pod,
                               "uid": self.rng.uid(), "apiVersion": "v1",
                               "resourceVersion": str(self.version),
                               "fieldPath": f"spec.containers{{{container}}}"},
            "reason": reason, "message": message,
            "source": {"component": "kubelet", "host": NODES[node][0]},
            "firstTimestamp": self.second(), "lastTimestamp": self.second(), "count": 1,
            "type": kind, "eventTime": None, "reportingComponent": "kubelet",
            "reportingInstance": NODES[node][0],
        }

    def stored(self, obj, fields, manager="kubelet"):
        """The object as the API server answers: uid, version and managedFields added."""
        self.version += 1 + self.rng.below(3)
        out = json.loads(json.dumps(obj))
        meta = out["metadata"]
        meta.pop("creationTimestamp", None)
        meta["uid"] = self.rng.uid()
        meta["resourceVersion"] = str(self.version)
        meta["creationTimestamp"] = self.second()
        meta["managedFields"] = [{
            "manager": manager, "operation": "Update", "apiVersion": out["apiVersion"],
            "time": self.second(), "fieldsType": "FieldsV1", "fieldsV1": fields}]
        return out

    def event_fields(self):
        return {"f:count": {}, "f:firstTimestamp": {},
                "f:involvedObject": {}, "f:lastTimestamp": {}, "f:message": {}, "f:reason": {},
                "f:source": {"f:component": {}, "f:host": {}}, "f:type": {}}

    def note(self, reason, message, *, pod=None, node=None, namespace=None, level=None,
             verb="create", code=201, kind="Normal", object_name=True, **kw):
        """A kubelet's create (or update) of an Event object. Returns the audit event."""
        node = self.rng.below(3) if node is None else node
        namespace = namespace or self.rng.pick(["shop", "default", "monitoring"])
        pod = pod or self.rng.pod(self.rng.pick(["cart", "search", "checkout", "ledger"]))
        level = level or "RequestResponse"
        body = self.kube_event(namespace, pod, reason, message, node, kind=kind)
        ref = {"resource": "events", "namespace": namespace, "name": body["metadata"]["name"],
               "apiVersion": "v1"}
        uri = f"/api/v1/namespaces/{namespace}/events"
        if verb != "create":
            uri += "/" + ref["name"]
        if not object_name:
            del ref["name"]
            del body["metadata"]["name"]
            body["metadata"] = {"generateName": pod + ".", **body["metadata"]}
        answer = None
        if level == "RequestResponse" and code in (200, 201):
            answer = self.stored(body, self.event_fields())
        kw.setdefault("ips", (NODES[node][1],))
        kw.setdefault("agent", KUBELET)
        user = kw.pop("user", None) or self.node(node)
        return self.event(verb, uri, user, level=level, ref=ref, code=code,
                          request=None if level == "Metadata" else body, response=answer, **kw)

    def pull(self, why, rows, message=None, write=go, change=None, **kw):
        """A pull that the seed detection must report, as `rows` rows (counted by hand)."""
        message = message or f'Pulling image "{self.rng.pick(IMAGES)}"'
        event = self.note("Pulling", message, **kw)
        if change:
            change(event)
        self.line(event, write)
        self.hits.append((len(self.lines), rows, why))

    # traffic that no detection asks for
    def noise(self, count):
        for _ in range(count):
            NOISE[self.rng.below(len(NOISE))](self)


def lease(log):
    i = log.rng.below(3)
    name, ip = NODES[i]
    log.line(log.event(
        "update", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/"
        f"{name}?timeout=10s", log.node(i), ips=(ip,), agent=KUBELET,
        ref={"resource": "leases", "namespace": "kube-node-lease", "name": name,
             "uid": f"0d6e59f2-a1e3-4fc5-96e7-9e399158500{i}",
             "apiGroup": "coordination.k8s.io", "apiVersion": "v1"}))


def get_list(log):
    resource = log.rng.pick(["pods", "nodes", "services", "configmaps"])
    space = "" if resource == "nodes" else "/namespaces/shop"
    ref = {"resource": resource, "apiVersion": "v1"}
    if space:
        ref = {"resource": resource, "namespace": "shop", "apiVersion": "v1"}
    who = log.rng.pick([log.person("alice", "sre"), log.person("bob", "dev", "oncall")])
    log.line(log.event(
        "list", f"/api/v1{space}/{resource}?fieldSelector=spec.nodeName%3D"
        f"worker-{1 + log.rng.below(3)}&limit=500", who, ref=ref, ips=("203.0.113.24",),
        agent=KUBECTL, reason='RBAC: allowed by ClusterRoleBinding "view-all" of ClusterRole '
        '"view" to Group "sre"'))


def watch(log):
    """A watch logs its start and, minutes later, its end: one auditID, two stages."""
    resource = log.rng.pick(["pods", "secrets", "endpoints"])
    took = 60_000_000 + log.rng.below(200_000_000)
    user = log.account("kube-system", "coredns", "5d0c8f4e-7b7d-4c1b-a3a0-0b8d0e1f2a3b")
    first = log.event(
        "watch", f"/api/v1/{resource}?allowWatchBookmarks=true&resourceVersion={log.version}"
        f"&timeoutSeconds={took // 1_000_000}&watch=true", user, stage="ResponseStarted",
        ref={"resource": resource, "apiVersion": "v1"}, ips=("10.244.0.7",),
        agent="coredns/v0.0.0 (linux/amd64) kubernetes/$Format")
    log.line(first)
    end = log.micros + took
    last = dict(first, stage="ResponseComplete", stageTimestamp=log.stamp(end))
    log.later.append((end, go(last)))


def get_one(log):
    log.line(log.event(
        "get", "/api/v1/namespaces/shop/secrets/db-credentials",
        log.account("shop", "cart", "c2f6a7f0-31c1-4a54-8d0c-6f1f3f4a5b6c",
                    {"authentication.kubernetes.io/credential-id":
                        ["JTI=" + log.rng.uid()],
                     "authentication.kubernetes.io/pod-name": [log.rng.pod("cart")],
                     "authentication.kubernetes.io/pod-uid": [log.rng.uid()]}),
        ref={"resource": "secrets", "namespace": "shop", "name": "db-credentials",
             "apiVersion": "v1"}, ips=("10.244.1.23",), agent="okhttp/4.12.0",
        reason='RBAC: allowed by RoleBinding "cart/shop" of Role "read-db" to ServiceAccount '
        '"cart/shop"'))


def patch_status(log):
    i = log.rng.below(3)
    pod = log.rng.pod("checkout")
    body = {"metadata": {"uid": log.rng.uid()}, "status": {
        "$setElementOrder/conditions": [{"type": "PodReadyToStartContainers"}, {"type": "Ready"}],
        "conditions": [{"lastTransitionTime": log.second(), "message": None, "reason": None,
                        "status": "True", "type": "Ready"}],
        "containerStatuses": [{
            "containerID": "containerd://" + log.rng.hex(64),
            "image": "registry.acme.example/shop/checkout:3.0.0", "lastState": {}, "name": "app",
            "ready": True, "restartCount": 0, "started": True,
            "state": {"running": {"startedAt": log.second()}}}],
        "hostIP": NODES[i][1], "podIP": f"10.244.{i}.{2 + log.rng.below(250)}",
        "podIPs": [{"ip": f"10.244.{i}.9"}, {"ip": f"fd00:10:244:{i}::9"}]}}
    full = {"kind": "Pod", "apiVersion": "v1", "metadata": {
        "name": pod, "namespace": "shop", "labels": {"app": "checkout", "tier": "web"},
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": pod[:-6],
                             "uid": log.rng.uid(), "controller": True,
                             "blockOwnerDeletion": True}]},
        "spec": {"containers": [{"name": "app", "image": "registry.acme.example/shop/checkout:3.0.0",
                                 "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                                 "resources": {}, "imagePullPolicy": "IfNotPresent"}],
                 "nodeName": NODES[i][0], "tolerations": [
                     {"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                      "effect": "NoExecute", "tolerationSeconds": 300}]},
        "status": {"phase": "Running", "qosClass": "BestEffort"}}
    owner = full["metadata"]["ownerReferences"][0]["uid"]
    fields = {"f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:tier": {}},
                             "f:ownerReferences": {".": {}, f'k:{{"uid":"{owner}"}}': {}}},
              "f:spec": {"f:containers": {'k:{"name":"app"}': {
                  ".": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {},
                  "f:ports": {".": {}, 'k:{"containerPort":8080,"protocol":"TCP"}': {
                      ".": {}, "f:containerPort": {}, "f:protocol": {}}}}}},
              "f:status": {"f:conditions": {'k:{"type":"Ready"}': {".": {}, "f:status": {}}}}}
    log.line(log.event(
        "patch", f"/api/v1/namespaces/shop/pods/{pod}/status", log.node(i),
        level="RequestResponse", ips=(NODES[i][1],), agent=KUBELET,
        ref={"resource": "pods", "namespace": "shop", "name": pod, "apiVersion": "v1",
             "subresource": "status"}, request=body, response=log.stored(full, fields)))


def deployment(log):
    verb = log.rng.pick(["create", "update"])
    body = {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {
        "name": "ledger", "namespace": "shop", "creationTimestamp": None,
        "labels": {"app": "ledger"}},
        "spec": {"replicas": 2 + log.rng.below(4), "selector": {"matchLabels": {"app": "ledger"}},
                 "template": {"metadata": {"creationTimestamp": None,
                                           "labels": {"app": "ledger"}},
                              "spec": {"containers": [
                                  {"name": "app", "image": "registry.acme.example/shop/ledger:9",
                                   "args": ["--log=json", "--filter", "a<b && c>d"],
                                   "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}}},
                                  {"name": "proxy", "image": "docker.io/envoyproxy/envoy:v1.32",
                                   "resources": {}}]}},
                 "strategy": {}}, "status": {}}
    name = "/ledger" if verb == "update" else ""
    log.line(log.event(
        verb, f"/apis/apps/v1/namespaces/shop/deployments{name}?fieldManager=helm",
        log.account("ci", "deployer", "a41b1c9e-96a2-4d0e-8d59-1f0a2b3c4d5e"),
        level="RequestResponse", agent="Helm/3.16.3", ips=("198.51.100.7", "10.0.0.2"),
        code=200 if verb == "update" else 201,
        ref={"resource": "deployments", "namespace": "shop", "name": "ledger",
             "apiGroup": "apps", "apiVersion": "v1"},
        request=body, response=log.stored(body, {"f:spec": {"f:replicas": {}}}, "helm")))


def create_pod(log):
    body = {"kind": "Pod", "apiVersion": "v1", "metadata": {
        "generateName": "cart-7d9f-", "creationTimestamp": None,
        "labels": {"app": "cart", "pod-template-hash": "7d9f"}},
        "spec": {"containers": [{"name": "app", "image": "registry.acme.example/shop/cart:2.4.1",
                                 "env": [{"name": "GREETING", "value": "Grüß Gott, café"},
                                         {"name": "PATH_WIN", "value": "C:\\tools\\bin"},
                                         {"name": "MOTD", "value": 'say "hi"\nthen\tleave'}],
                                 "securityContext": {"privileged": False}}],
                 "restartPolicy": "Always"}, "status": {}}
    log.line(log.event(
        "create", "/api/v1/namespaces/shop/pods",
        log.account("kube-system", "replicaset-controller",
                    "e0b6f0a1-4c57-4f0f-9f3b-2b3c4d5e6f70"), level="Request", code=201,
        ref={"resource": "pods", "namespace": "shop", "apiVersion": "v1"}, request=body,
        agent=MANAGER.replace(" kub", "/system:serviceaccount kub"), ips=("10.0.0.5",)))


def delete(log):
    pod = log.rng.pod("search")
    verb = log.rng.pick(["delete", "delete", "deletecollection"])
    ref = {"resource": "pods", "namespace": "shop", "name": pod, "apiVersion": "v1"}
    uri = f"/api/v1/namespaces/shop/pods/{pod}"
    if verb == "deletecollection":
        del ref["name"]
        uri = "/api/v1/namespaces/shop/pods?labelSelector=app%3Dsearch"
    log.line(log.event(
        verb, uri, log.person("alice", "sre"), level="Request", ref=ref, agent=KUBECTL,
        ips=("203.0.113.24",),
        request={"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
                 "gracePeriodSeconds": log.rng.below(31)}))


def probe(log):
    path = log.rng.pick(["/healthz", "/livez?verbose=1&exclude=etcd", "/readyz", "/version"])
    log.line(log.event(
        "get", path, {"username": "system:anonymous", "groups": ["system:unauthenticated"]},
        agent="kube-probe/1.31", ips=("10.0.0.1",), reason="RBAC: allowed by ClusterRoleBinding "
        '"system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group '
        '"system:unauthenticated"'))


def forbidden(log):
    log.line(log.event(
        "list", "/api/v1/secrets?limit=500", log.person("mallory", "contractors"),
        ref={"resource": "secrets", "apiVersion": "v1"}, code=403, decision="forbid",
        status={"status": "Failure", "message": 'secrets is forbidden: User "mallory@acme.example"'
                ' cannot list resource "secrets" in API group "" at the cluster scope',
                "reason": "Forbidden", "details": {"kind": "secrets"}},
        ips=("192.0.2.66", "10.0.0.2"), agent="curl/8.9.1", reason=""))


def execute(log):
    pod = log.rng.pod("cart")
    log.line(log.event(
        "create", f"/api/v1/namespaces/shop/pods/{pod}/exec?command=sh&command=-c&command="
        "id%3B+cat+%2Fetc%2Fpasswd&container=app&stdout=true", log.person("bob", "dev"),
        level="Request", stage=log.rng.pick(["ResponseStarted", "ResponseComplete"]), code=101,
        ref={"resource": "pods", "namespace": "shop", "name": pod, "apiVersion": "v1",
             "subresource": "exec"}, agent=KUBECTL, ips=("203.0.113.80",)))


def review(log):
    log.line(log.event(
        "create", "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        {"username": "system:kube-scheduler", "groups": ["system:authenticated"]},
        level="RequestResponse", code=201, agent="kube-scheduler/v1.31.4 (linux/amd64)",
        ref={"resource": "subjectaccessreviews", "apiGroup": "authorization.k8s.io",
             "apiVersion": "v1"},
        request={"kind": "SubjectAccessReview", "apiVersion": "authorization.k8s.io/v1",
                 "metadata": {"creationTimestamp": None},
                 "spec": {"nonResourceAttributes": {"path": "/metrics", "verb": "get"},
                          "user": "system:serviceaccount:monitoring:prometheus",
                          "groups": ["system:serviceaccounts", "system:authenticated"]},
                 "status": {"allowed": False}},
        response={"kind": "SubjectAccessReview", "apiVersion": "authorization.k8s.io/v1",
                  "metadata": {"creationTimestamp": None}, "spec": {},
                  "status": {"allowed": log.rng.below(2) == 1, "reason": ""}}))


def received(log):
    log.line(log.event(
        "get", "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication",
        {"username": "system:kube-controller-manager", "groups": ["system:authenticated"]},
        stage="RequestReceived", took=0, ref={
            "resource": "configmaps", "namespace": "kube-system",
            "name": "extension-apiserver-authentication", "apiVersion": "v1"}))


def pod_life(log):
    reason, message, kind = log.rng.pick([
        ("Pulled", 'Successfully pulled image "docker.io/library/nginx:1.27.3" in 1.204s '
         "(1.204s including waiting). Image size: 72955450 bytes.", "Normal"),
        ("Pulled", 'Container image "registry.acme.example/shop/cart:2.4.1" already present on '
         "machine", "Normal"),
        ("Created", "Created container app", "Normal"),
        ("Started", "Started container app", "Normal"),
        ("Unhealthy", "Readiness probe failed: Get \"http://10.244.1.9:8080/healthz\": dial tcp "
         "10.244.1.9:8080: connect: connection refused", "Warning"),
    ])
    log.line(log.note(reason, message, kind=kind))


NOISE = [lease, lease, get_list, get_list, watch, get_one, patch_status, deployment, create_pod,
         delete, probe, forbidden, execute, review, received, pod_life, pod_life]


def near_misses(log):
    """Lines that speak of pulling and that the seed detection must not report: 20 of them."""
    for pod in ("falco-x7k2p", "falco-m4q9z", "acme-falcosidekick-0", "splunk-otel-collector-agent-q8w4n",
                "splunk-otel-collector-agent-z2v5c", "prod-splunk-forwarder-1"):
        log.line(log.note("Pulling", 'Pulling image "docker.io/library/busybox"', pod=pod))
    # the names of the allowed workloads match in any letter case; the server refuses such a name
    for pod in ("SplunkForwarder", "node-FALCO"):
        log.line(log.note(
            "Pulling", 'Pulling image "quay.io/acme/agent:1"', pod=pod, code=422, status={
                "status": "Failure", "message": f'Event "{pod}" is invalid', "reason": "Invalid",
                "details": {"kind": "Event", "causes": [
                    {"reason": "FieldValueInvalid", "message": "must be lower case",
                     "field": "metadata.name"}]}}))
    # level Metadata carries no request body
    log.line(log.note("Pulling", "", level="Metadata"))
    log.line(log.note("Pulling", "", level="Metadata"))
    # another beginning
    for message in ('Successfully pulled image "ghcr.io/xmrig/xmrig:latest" in 3.1s',
                    'Back-off pulling image "registry.acme.example/shop/nope:1"',
                    'Pulling  image "two-spaces:1"', ' Pulling image "leading-blank:1"',
                    '(combined from similar events): Pulling image "docker.io/library/nginx"'):
        log.line(log.note("Pulling", message))
    # the count of an Event is raised: the text is only in the answer
    event = log.note("Pulling", 'Pulling image "docker.io/library/busybox"', verb="patch", code=200)
    event["requestObject"] = {"count": 4, "lastTimestamp": log.second()}
    log.line(event)
    # the new Events API calls the text `note`
    event = log.note("Pulling", 'Pulling image "docker.io/library/busybox"', level="Request")
    body = event["requestObject"]
    body["apiVersion"] = event["objectRef"]["apiVersion"] = "events.k8s.io/v1"
    body["note"] = body.pop("message")
    event["requestURI"] = event["requestURI"].replace("/api/v1", "/apis/events.k8s.io/v1")
    log.line(event)
    # the text at another path, and inside a longer text
    event = log.note("Pulling", 'Pulling image "docker.io/library/busybox"', level="Request")
    event["requestObject"]["status"] = {"message": event["requestObject"].pop("message")}
    log.line(event)
    log.line(log.event(
        "create", "/api/v1/namespaces/shop/configmaps", log.person("alice", "sre"),
        level="Request", code=201, agent=KUBECTL, ref={
            "resource": "configmaps", "namespace": "shop", "name": "docs", "apiVersion": "v1"},
        request={"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "docs"},
                 "data": {"sample.json": '{"requestObject":{"message":"Pulling image \\"x\\""}}'}}))
    # numbers that must keep their text, an empty object and an empty array
    log.line(log.event(
        "create", "/apis/acme.example/v1/namespaces/shop/quotas", log.person("alice", "sre"),
        level="RequestResponse", code=201, agent=KUBECTL,
        ref={"resource": "quotas", "namespace": "shop", "name": "pulls",
             "apiGroup": "acme.example", "apiVersion": "v1"},
        request={"kind": "Quota", "apiVersion": "acme.example/v1", "spec": {
            "message": "Pulling image", "ratio": literal("0.10"), "burst": literal("1e3"),
            "bytes": literal("12345678901234567890"), "delta": -1, "strict": True, "soft": False,
            "owner": None, "labels": {}, "zones": [], "steps": [[1, 2], [3]],
            "rules": [{"to": ["a", "b"]}, {"to": ["c"]}, {}]}},
        response={"kind": "Quota", "apiVersion": "acme.example/v1"}))


def build():
    log = Log()
    log.noise(12)
    for _ in range(8):
        log.pull("a kubelet's pull: one address, two groups", 2)
        log.noise(4)
    log.pull("two addresses", 4, ips=("198.51.100.7", "10.0.1.11"))
    log.noise(3)
    log.pull("three addresses, IPv6 among them", 6, ips=("2001:db8::7", "198.51.100.7", "10.0.1.12"))
    log.noise(3)
    log.pull("the same address twice in one event: its rows count 2", 4,
             ips=("198.51.100.7", "10.0.1.13", "198.51.100.7"))
    near_misses(log)
    vk = log.account("virtual-kubelet", "vk", "7f0c5a52-2f5f-4a9e-9f63-3a1b2c3d4e5f",
                     {"authentication.kubernetes.io/node-name": ["vk-1"],
                      "authentication.kubernetes.io/pod-name": ["vk-0"]})
    log.pull("a service account: user.uid, three groups", 3, user=vk, agent="virtual-kubelet/1.11")
    log.pull("a service account, two addresses", 6, user=vk, ips=("10.0.1.11", "10.0.1.12"))
    log.noise(6)
    log.pull("all capitals", 2, 'PULLING IMAGE "docker.io/library/nginx:1.27.3"')
    log.pull("small letters", 2, 'pulling image "docker.io/library/nginx:1.27.3"')
    log.pull("the first letter written as \\u0050", 2,
             write=lambda e: go(e).replace('"Pulling image', '"\\u0050ulling image'))
    log.pull("nothing after the literal", 2, "Pulling image")
    log.pull("a longer word", 2, "Pulling images of the release")
    log.noise(8)
    log.pull("an allowed vendor's image in a pod of another name", 2,
             'Pulling image "docker.io/splunk/splunk:9.4"', pod="dropper-0")
    log.pull("no objectRef.name (generateName): 0", 2, object_name=False)
    log.pull("no responseStatus.code: 0", 2, code=None)
    log.pull("no responseStatus: 0", 2, change=lambda e: e.pop("responseStatus"))
    log.pull("no sourceIPs: 0", 2, ips=None)
    log.pull("no user.groups: 0", 1, change=lambda e: e["user"].pop("groups"))
    log.pull("no userAgent: 0", 2, agent=None)
    log.noise(8)
    log.pull("written to the log twice: count 2", 2)
    log.lines.append(log.lines[-1])
    log.pull("the key userAgent twice: a multivalue, two agents and two groups", 4,
             write=lambda e: go(e).replace(
                 '"userAgent":', '"userAgent":"audit-proxy/2.1","userAgent":', 1))
    log.pull("re-encoded: sorted keys, \\u00e9, a surrogate pair, \\n, \\\" and \\\\", 2,
             'Pulling image "registry.acme.example/café/🚀:1"\nretry C:\\ctr', write=shipped,
             agent='kubectl/v1.31 ("café" \\o/ 🚀)')
    log.pull("level Request: no answer in the log", 2, level="Request")
    log.pull("update instead of create", 2, verb="update", code=200)
    log.pull("stage Panic", 2, stage="Panic", code=500, status={
        "status": "Failure", "message": "APIServer panic'd: runtime error: index out of range",
        "reason": "InternalError"})
    log.pull("refused, the namespace is going away", 2, code=403, namespace="doomed", status={
        "status": "Failure", "message": "events is forbidden: unable to create new content in "
        "namespace doomed because it is being terminated", "reason": "Forbidden",
        "details": {"name": "doomed", "kind": "events",
                    "causes": [{"reason": "NamespaceTerminating", "field": "metadata.namespace"}]}})
    log.pull("a person's hand-made event, impersonated", 3,
             user=log.person("mallory", "contractors", "dev"), agent="curl/8.9.1",
             impersonated={"username": "system:node:worker-1", "groups": ["system:nodes"]})
    log.noise(70)
    # the disk was full: this line ends inside the text
    whole = go(log.note("Pulling", 'Pulling image "docker.io/library/nginx:1.27.3"'))
    log.lines.append(whole[:whole.index("Pulling image") + len("Pulling ima")])
    log.noise(40)
    log.flush()
    return log


def main():
    log = build()
    text = "\n".join(log.lines) + "\n"
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is not what this script writes")
        return
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(log.lines)} lines, {len(text.encode())} bytes")
    print(f"{len(log.hits)} pulls to report, {sum(h[1] for h in log.hits)} rows by hand")
    for line, rows, why in log.hits:
        print(f"| {line} | {rows} | {why} |")


if __name__ == "__main__":
    main()
