"""Asks each example event of ESCU's data sources for the fields that the detections over it ask for.

python3 complete.py SEPAL CONTENT EXAMPLES ARCHIVES: the binary, the folder with ESCU's detections and
macros, the examples (one data source a line), the archives' names for the text.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sepal, content, examples, archives = sys.argv[1:5]

# what every event has, and what stands for no field
GIVEN = {"_time", "_raw", "index", "*", "_indextime", "earliest", "latest"}
# the sides of these conditions that hold for another product's events
SOURCE = {"source", "sourcetype", "eventtype", "tag", "host"}


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


def run(event, stamp, search):
    """The first row."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(event)
        file.flush()
        command = [sepal, "run", "--quiet", "--format", "ndjson", "--no-config", "-q", search, *stamp]
        ran = subprocess.run([*command, "--", file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if ran.returncode:
        sys.exit(f"{search[:300]}\n{ran.stderr.decode()[-1000:]}")
    for line in ran.stdout.splitlines():
        return json.loads(line)
    return {}


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def existing(source, dataset, names):
    """Those of the fields that the source's example has, as an event or in the dataset."""
    raw = source["_raw"]
    try:
        event = raw if isinstance(json.loads(raw), dict) else json.dumps({"_raw": raw})
    except ValueError:
        event = json.dumps({"_raw": raw})
    stamp = ["--source", source["source"], "--sourcetype", source["sourcetype"], "--host", "example"]
    if dataset is None:
        search = "* | table " + " ".join(quoted(n) for n in names)
        row = run(event, stamp, search)
        return {n for n in names if row.get(n) not in (None, "", [])}
    values = " ".join(f"values({quoted(n)}) AS f{i}" for i, n in enumerate(names))
    row = run(event, stamp, f"| tstats count {values} from datamodel={dataset}")
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
rows = []  # (detection, data source, dataset, fields)
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
            rows.append((head["name"], name, dataset, fields))

keys = sorted(wanted, key=str)
with ThreadPoolExecutor(2) as pool:
    made = pool.map(lambda k: existing(sources[k[0]], k[1], sorted(wanted[k])), keys)
    have = dict(zip(keys, made))


def reason(source, dataset, field):
    """Why the example has no such field."""
    own = set(sources[source]["fields"] or [])
    plain = field.rsplit(".", 1)[-1]
    if have[source, dataset] is None:
        return f"the example is no event of {dataset}"
    if plain in own:
        return "**the add-on makes it**"
    if dataset is None:
        return "the add-on makes no such field of the example"
    return f"{dataset} takes it from the event, and the add-on makes no such field of the example"


by_detection = defaultdict(list)  # detection: [(source, dataset, asked, missing)]
for name, source, dataset, fields in rows:
    got = have[source, dataset]
    missing = [f for f in fields if f not in (got or ())]
    by_detection[name].append((source, dataset, fields, missing))
json.dump(by_detection, open("/tmp/found/complete.json", "w"))
json.dump(without, open("/tmp/found/without.json", "w"))
