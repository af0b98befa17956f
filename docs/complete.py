"""Asks each example event of ESCU's data sources for the fields that the detections over it ask for.

python3 complete.py SEPAL CONTENT EXAMPLES DATA ARCHIVES: the binary, the folder with ESCU's detections
and macros, the examples (one data source a line), the folder of recordings, the archives' names for the
text.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sepal, content, examples, data, archives = sys.argv[1:6]

# what every event has, and what stands for no field
GIVEN = {"_time", "_raw", "index", "*", "_indextime", "earliest", "latest"}
# more flags, such as --knowledge, for trials
EXTRA = os.environ.get("SEPAL_FLAGS", "").split()
# recordings that hold many kinds of events
RECORDED = [
    "attack_data_history/T1649",
    "attack_data_history/evtx_xml",
    "evtx_to_mitre_attack/xml",
    "invictus_aws",
    "k8s_audit/lab_1_20",
    "panther_analysis",
    "stratus_red_team",
]
# what Enterprise Security adds from its tables of assets and identities
ASSETS = re.compile(r"^(dest|dvc|src|src_user|user)_(bunit|category|priority|zone)$")


def fields_of(node):
    """The fields that a condition or an expression names."""
    found = []
    if isinstance(node, list):
        for each in node:
            found += fields_of(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "field":
                found.append(value["node"] if isinstance(value, dict) else value)
            elif key not in ("span", "search", "searches", "subsearch"):
                found += fields_of(value)
    return found


def asked(pipeline):
    """The dataset, or None, and the fields that the search asks its events for."""
    stages = [(s["name"]["node"], next(iter(s["command"].values()))) for s in pipeline["stages"]]
    name, first = stages[0]
    if name == "tstats":
        source = (first.get("from") or {}).get("datamodel")
        if not source:
            return None
        dataset = source["model"]["node"]
        if source["dataset"]:
            dataset += "." + source["dataset"]["node"]
        names = fields_of([first["filter"], first["by"], [a["argument"] for a in first["aggregates"]]])
        return dataset, names
    if name == "search":
        names = fields_of(first["expr"])
        if len(stages) > 1 and stages[1][0] in ("stats", "eventstats"):
            # nothing between them makes a field
            stats = stages[1][1]
            names += fields_of([a["argument"] for a in stats["aggregates"]])
            names += [f["node"] for f in stats["by"]]
        return None, names
    return None


def parsed(path):
    """A detection's name, data sources, and what its search asks for."""
    text = path.read_text()
    head = {}
    for key in ("name", "status"):
        line = re.search(rf"^{key}: *(.+)$", text, re.M)
        head[key] = line.group(1).strip("'\"") if line else ""
    block = re.search(r"^data_source:\n((?:[ ]*- .*\n)+)", text, re.M)
    sources = re.findall(r"- (.+)", block.group(1)) if block else []
    ran = subprocess.run([sepal, "parse", path], cwd=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    tree = json.loads(ran.stdout or "{}")
    what = asked(tree["pipeline"]) if tree.get("ok") else None
    return path, head, [s.strip("'\"") for s in sources], what


def run(search, paths, stamp=()):
    """The rows."""
    command = [sepal, "run", *EXTRA, "--quiet", "--format", "ndjson", "--no-config", "-q", search, *stamp]
    ran = subprocess.run([*command, "--", *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if ran.returncode:
        sys.exit(f"{search[:300]}\n{ran.stderr.decode()[-1000:]}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_cut(source):
    """Whether the example of an event of Windows breaks off: ESCU's files keep its first line only."""
    raw = source["_raw"].rstrip()
    windows = source["source"].startswith(("XmlWinEventLog:", "WinEventLog:"))
    return windows and not raw.endswith(("</Event>", "}"))


def recorded(source):
    """A file of recorded events of the source's kind, or None."""
    kind = f"sourcetype={quoted(source['sourcetype'])}"
    where = f"source={quoted(source['source'])}"
    code = re.search(r"(\d+)$", source["data_source"])
    if code:
        kind += f" EventCode={code.group(1)}"
        if where == 'source="XmlWinEventLog:System"':
            # ESCU has events of accounts under System, which Windows writes to Security
            where = f"({where} OR source=XmlWinEventLog:Security)"
    elif source["data_source"].startswith("AWS CloudTrail "):
        kind += f" eventName={source['data_source'].rsplit(' ', 1)[1]}"
    search = f"{kind} {where} | head 500 | table _time host source sourcetype _raw"
    rows = run(search, [f"{data}/{folder}" for folder in RECORDED])
    return written("".join(json.dumps(row) + "\n" for row in rows)) if rows else None


def written(text):
    path = Path(tempfile.mkdtemp(dir=scratch), "events.json")
    path.write_text(text)
    return path


def example(source):
    """A file with the example, and how it is stamped."""
    raw = source["_raw"]
    try:
        event = raw if isinstance(json.loads(raw), dict) else json.dumps({"_raw": raw})
    except ValueError:
        event = json.dumps({"_raw": raw})
    return written(event + "\n"), (
        *("--source", source["source"], "--sourcetype", source["sourcetype"]),
        *("--host", "example"),
    )


def existing(path, stamp, dataset, names):
    """Those of the fields that the events have, as events or in the dataset; None where they are not
    of the dataset."""
    if dataset is None:
        rows = run("* | table " + " ".join(map(quoted, names)), [path], stamp)
        return {n for n in names if any(row.get(n) not in (None, "", []) for row in rows)}
    values = " ".join(f"values({quoted(n)}) AS f{i}" for i, n in enumerate(names))
    row = (run(f"| tstats count {values} from datamodel={dataset}", [path], stamp) or [{}])[0]
    if not int(row.get("count") or 0):
        return None
    return {n for i, n in enumerate(names) if row.get(f"f{i}") not in (None, "", [])}


def cell(text):
    return re.sub(r"([\\|`*_\[\]<>~])", r"\\\1", text)


def code(text):
    return f"`{text.replace('|', chr(92) + '|')}`"


with open(examples) as lines:
    sources = {}
    for line in lines:
        entry = json.loads(line)
        sources.setdefault(entry["data_source"], entry)

paths = sorted(Path(content, "detections").rglob("*.yml"))
with ThreadPoolExecutor(2) as pool:
    all_ = list(pool.map(parsed, paths))
active = [d for d in all_ if d[1]["status"] not in ("deprecated", "removed") and "/deprecated/" not in str(d[0])]

wanted = defaultdict(set)  # (data source, dataset): fields
rows = defaultdict(list)  # detection: [(data source, dataset, fields)]
without = Counter()
for path, head, names, what in active:
    known = [n for n in names if sources.get(n, {}).get("_raw")]
    if what is None:
        without["no base search or tstats that asks events for fields"] += 1
    elif not names:
        without["no data source named"] += 1
    elif not known:
        without["no example of the data source"] += 1
    else:
        dataset, fields = what
        fields = sorted({f for f in fields if f not in GIVEN and not f.startswith("date_") and "*" not in f})
        for name in known:
            wanted[name, dataset].update(fields)
            rows[head["name"]].append((name, dataset, fields))

with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:
    used = sorted({source for source, _ in wanted})
    keys = sorted(((s, d) for (s, d), fields in wanted.items() if fields), key=str)
    files = dict(zip(used, pool.map(lambda name: example(sources[name]), used)))
    given = dict(zip(keys, pool.map(lambda k: existing(*files[k[0]], k[1], sorted(wanted[k])), keys)))
    short = sorted({k[0] for k in keys if given[k] is None or wanted[k] - given[k]})
    more = dict(zip(short, pool.map(lambda name: recorded(sources[name]), short)))
    again = [k for k in keys if more.get(k[0])]
    found = pool.map(lambda k: existing(more[k[0]], (), k[1], sorted(wanted[k])), again)
    recorded_too = dict(zip(again, found))
have = {k: (given[k] or set()) | (recorded_too.get(k) or set()) for k in keys}
alien = {k for k in keys if given[k] is None and recorded_too.get(k) is None}


def reason(source, dataset, field):
    """Why the source's events have no such field."""
    plain = field.rsplit(".", 1)[-1] if dataset else field
    if ASSETS.match(plain):
        return "Enterprise Security adds it from its assets and identities"
    if (source, dataset) in alien:
        return f"{source}: its example is no event of {dataset}"
    if dataset and "." not in field:
        return "the search names no dataset for it, and it is no indexed field"
    if more.get(source):
        return f"{source}: neither its example nor the recorded events have it"
    if is_cut(sources[source]):
        return f"{source}: its example is cut off"
    if field in (sources[source]["fields"] or []):
        return f"{source}: its example has it by ESCU's list, and no text that it could be taken from"
    return f"{source}: its example has none"


def lacking(over, have):
    """The fields that no data source of a detection has."""
    return [f for f in over[0][2] if all(f not in (have[name, d] or ()) for name, d, _ in over if (name, d) in have)]


whole, part, only, alone = [], [], 0, 0
for detection, over in sorted(rows.items()):
    only += not lacking(over, given)
    alone += any(not lacking([each], have) for each in over)
    nowhere = lacking(over, have)
    if nowhere:
        reasons = defaultdict(list)
        for f in nowhere:
            reasons["; ".join(dict.fromkeys(reason(name, d, f) for name, d, _ in over))].append(f)
        part.append((detection, len(over[0][2]), reasons))
    else:
        whole.append(detection)

total = len(rows)
fields = sum(len(over[0][2]) for over in rows.values())
nowhere = sum(len(fs) for _, _, reasons in part for fs in reasons.values())
print("# Fields that ESCU asks for, and has")
print()
print(f"Made by `docs/make-complete.sh`: the active detections of {archives} whose data source has an")
print("`example_log`. Asked for are the fields that the search names in its base search (and, where `stats`")
print("comes next, in that) or in `tstats`; they exist where the sourcetype and the data model make a value")
print("of the example, raw text in, fields out. A detection is complete if each of its fields exists in the")
print("example of one of its data sources: many searches put two kinds of events together.")
print()
print("The example is one event, and ESCU's files keep its first line only, which cuts off events of")
print(f"Windows within their data ({sum(is_cut(sources[n]) for n in used)} data sources here). Where it has not all the fields, recorded events of the")
print("same source and sourcetype, and of the same event code or API call, stand in beside it (for those that")
print("ESCU has under System, though Windows writes them to Security, those of Security), from these folders")
print("of `shared/data`: " + ", ".join(f"`{folder}`" for folder in RECORDED) + ".")
print()
print(f"- {total} detections over {len(used)} data sources; **{len(whole)} are complete, {100 * len(whole) / total:.1f} %**")
print(f"- {only} ({100 * only / total:.1f} %) are complete by the examples, without recorded events")
print(f"- {alone} ({100 * alone / total:.1f} %) are complete by one of their data sources alone")
print(f"- {fields - nowhere} of {fields} fields ({100 * (fields - nowhere) / fields:.1f} %) exist")
print()
print("Not measured: " + ", ".join(f"{n} with {why}" for why, n in sorted(without.items())) + ".")
print()
print("## By data source")
print()
print("| data source | sourcetype | detections | fields asked | in the example | with recorded events |")
print("| --- | --- | ---: | ---: | ---: | ---: |")
count = Counter(name for over in rows.values() for name, _, _ in over)
for name in used:
    own = [k for k in keys if k[0] == name]
    n = sum(len(wanted[k]) for k in own)
    in_example = sum(len(given[k] or ()) for k in own)
    there = str(sum(len(have[k]) for k in own)) if more.get(name) else ""
    cut = ", cut off" if is_cut(sources[name]) else ""
    print(f"| {cell(name)} | {code(sources[name]['sourcetype'])}{cut} | {count[name]} | {n} | {in_example} | {there} |")
print()
print("## Incomplete detections")
print()
print("| detection | fields asked | missing | reason |")
print("| --- | ---: | --- | --- |")
for detection, n, reasons in part:
    for why, fields in reasons.items():
        print(f"| {cell(detection)} | {n} | {' '.join(code(f) for f in fields)} | {cell(why)} |")
