"""Why no detection of a recording's technique finds anything in it: the conditions of their first stages, one
by one, are hunted with as detections of their own."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# what says where events come from and of what kind they are
READS = {"source", "sourcetype", "host", "index", "eventtype", "tag", "eventcode", "eventid", "channel", "logname"}
OPS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Detection:
    """A detection's name and techniques, what its first stage reads, and the conditions in it."""

    def __init__(self, sepal, content, path):
        text = path.read_text()
        head = dict(re.findall(r"^(name|status|type): *(.+)$", text, re.M))
        self.name = head.get("name", "").strip("'\"")
        self.active = head.get("status") not in ("deprecated", "removed") and "deprecated" not in path.parts
        self.active &= head.get("type") not in ("Baseline", "Correlation", "Investigation")
        block = re.search(r"^  mitre_attack_id:\n((?:  *- .*\n)+)", text, re.M)
        self.techniques = re.findall(r"(T\d{4}(?:\.\d{3})?)", block.group(1)) if block else []
        self.reads = self.conditions = None
        if not self.active or not self.techniques:
            return
        command = [sepal, "parse", path]
        ran = subprocess.run(command, cwd=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        tree = json.loads(ran.stdout or "{}")
        if tree.get("ok"):
            stage = tree["pipeline"]["stages"][0]["command"]
            self.reads, self.conditions = first(stage) or (None, None)


def first(stage):
    """What a first stage reads, as the beginning of a search, and its further conditions."""
    if "search" in stage:
        kinds, rest = [], []
        for each in conjuncts(stage["search"]["expr"]):
            names = {n.lower() for n in fields(each)}
            (kinds if names and names <= READS else rest).append(text(each))
        if None in kinds + rest:
            return None
        return " ".join(kinds) or "*", [r for r in rest if r != "*"]
    tstats = stage.get("tstats")
    if not tstats or not (tstats.get("from") or {}).get("datamodel"):
        return None
    model = tstats["from"]["datamodel"]
    name = model["model"]["node"] + ("." + model["dataset"]["node"] if model["dataset"] else "")
    rest = [text(each) for each in conjuncts(tstats["filter"])] if tstats["filter"] else []
    if None in rest:
        return None
    return f"| tstats count from datamodel={name} where", [r for r in rest if r != "*"]


def conjuncts(expr):
    return [c for each in expr["and"] for c in conjuncts(each)] if "and" in expr else [expr]


def fields(expr):
    """The fields of a condition, or none where it has words of its own."""
    kind, of = next(iter(expr.items()))
    if kind in ("and", "or"):
        all_ = [fields(each) for each in of]
        return [n for names in all_ for n in names] if all(all_) else []
    if kind in ("compare", "in"):
        return [of["field"]["node"]]
    return []


def value(v):
    return '"' + v["text"].replace("\\", "\\\\").replace('"', '\\"') + '"' if v["kind"] == "plain" else None


def text(expr):
    """The condition as it is written, `*` where it is always true; None where it cannot be."""
    kind, of = next(iter(expr.items()))
    if kind in ("and", "or"):
        all_ = [text(each) for each in of]
        return None if None in all_ else "(" + (" OR " if kind == "or" else " ").join(all_) + ")"
    if kind == "not":
        inner = text(of)
        return inner and f"NOT {inner}"
    name = '"' + of["field"]["node"] + '"' if kind in ("compare", "in") else ""
    if kind == "compare":
        return (v := value(of["value"])) and f"{name}{OPS[of['op']]}{v}"
    if kind == "in":
        all_ = [value(v) for v in of["values"]]
        return None if None in all_ else f"{name} IN ({', '.join(all_)})"
    if kind == "term":
        return "*" if of["text"] == "*" else value(of)
    return "*" if kind == "time" else None


def loaded(sepal, content):
    paths = sorted(Path(content, "detections").rglob("*.yml"))
    with ThreadPoolExecutor(2) as pool:
        all_ = pool.map(lambda path: Detection(sepal, content, path), paths)
    return [d for d in all_ if d.active and d.techniques]


class Parts:
    """Parts of searches as detections of their own, hunted over recordings."""

    def __init__(self, folder):
        self.folder, self.names = Path(folder), {}

    def add(self, reads, conditions):
        if reads.startswith("|"):
            search = f"{reads} {' '.join(conditions)}" if conditions else reads.removesuffix(" where")
            search += " | where count > 0"
        else:
            search = f"{reads} {' '.join(conditions)} | head 1"
        if search not in self.names:
            number = self.names[search] = f"part {len(self.names)}"
            lines = {"name": number, "id": f"00000000-0000-0000-0000-{len(self.names):012}", "search": search}
            body = "".join(f"{key}: {json.dumps(v)}\n" for key, v in lines.items())
            body += "version: 1\ndate: '2024-01-01'\nauthor: a\nstatus: production\ntype: Hunting\ndescription: d\n"
            body += "tags:\n  mitre_attack_id:\n  - T1000\n"
            (self.folder / f"{number.replace(' ', '_')}.yml").write_text(body)
        return self.names[search]

    def found(self, hunt, data, groups):
        """The parts that find something, by recording."""
        out = {}
        for options, files in groups:
            for line in hunt(files, options, str(self.folder)):
                if line["error"] and "inputs" not in line and "input" not in line:
                    print(f"{line.get('detection')}: {line['error']['message']}", file=sys.stderr)
                if not line["error"] and line.get("rows"):
                    name = line["input"].removeprefix(f"{data}/")
                    out.setdefault(name, set()).add(line["detection"])
        return out


def label(reads):
    """What a first stage reads, for the reader."""
    model = re.search(r"datamodel=(\S+)", reads)
    if model:
        return model.group(1)
    words = re.sub(r'"(source|sourcetype|EventCode|EventID|eventtype|index)"(=| IN )|["()]|NOT ', "", reads)
    words = re.sub(r"(Xml)?WinEventLog:|Microsoft-Windows-|/Operational", "", words)
    words = list(dict.fromkeys(w for w in re.split(r"[ ,]+| OR ", words) if w not in ("OR", "AND", "*", "XmlWinEventLog")))
    return " ".join(words[-3:] if len(words) > 3 else words)[:60]
