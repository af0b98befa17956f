"""Hunts with all active detections of ESCU over each recording, and writes a table of what was found.

python3 found.py SEPAL CONTENT DATA ARCHIVES: the binary, the folder with ESCU's detections, macros and
lookups, the folder with the recordings and manifest.jsonl, the archives' names for the text.

FOUND_KEEP names a folder in which the results of each piece of the recordings are kept, so that a run that
was interrupted goes on; FOUND_STOP=1 writes the table of what is there without hunting the rest.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import found_why as why

sepal, content, data, archives = sys.argv[1:5]
keep = Path(os.environ.get("FOUND_KEEP") or tempfile.mkdtemp())
keep.mkdir(exist_ok=True)

# now() stands still, so that the table changes only with its reasons
NOW = ["--now", "2025-01-01T00:00:00", "--tz", "UTC"]
# more flags, such as --knowledge, for trials
EXTRA = os.environ.get("SEPAL_FLAGS", "").split()
# recordings with more bytes are not asked why nothing is found in them
WHY = 4_000_000
# bytes of recordings that are hunted together; a piece is lost where a run is interrupted
PIECE = 30_000_000

SELF_TOLD = ("jsonl(evtx)", "xml", "wineventlog-text")


def stamps(entry):
    """`--source` and `--sourcetype` as the manifest names them, where the events do not say it."""
    sourcetype, source = entry.get("sourcetype"), entry.get("data_source") or ""
    windows = ("XmlWinEventLog", "WinEventLog", "Microsoft-Windows", "Security", "System", "Application")
    if entry["format"] in SELF_TOLD or "_raw=" in entry["format"] or source.startswith(windows):
        # Windows events say which channel they are of, and the manifest names one where a file has
        # several; rows with `_raw` bring their own
        return ()
    out = []
    if sourcetype:
        out += ["--sourcetype", sourcetype]
    if sourcetype and source and "," not in source and source != "Kubernetes Audit":
        # that is the name of ESCU's data source, whose `source` is recognized
        out += ["--source", source]
    return tuple(out)


def hunt(files, options, detections="detections"):
    """The objects that `sepal hunt` writes for these files."""
    command = [sepal, "hunt", *EXTRA, "--detections", detections, "--macros", "macros"]
    command += ["--lookups", "lookups", "--per-input", "--format", "ndjson", "--quiet"]
    command += ["--rows", "0", "--evidence", "0"]
    command += [*NOW, *options, "--", *(f"{data}/{f}" for f in files)]
    ran = subprocess.run(command, cwd=content, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # 2: some detection or recording could not be used, which is told below
    if ran.returncode not in (0, 2) or not ran.stdout and ran.returncode:
        sys.exit(f"{' '.join(command[:12])} ...: exit {ran.returncode}\n{ran.stderr.decode()[-2000:]}")
    lines = (json.loads(line) for line in ran.stdout.splitlines())
    # correlations are of no single recording
    return [line for line in lines if line.get("input") != "risk events"]


def pieces(entries):
    """The recordings by their stamps, in pieces."""
    groups = defaultdict(list)
    for entry in entries:
        groups[stamps(entry)].append(entry)
    for options, group in sorted(groups.items()):
        piece, size = [], 0
        # small ones first: a run that is interrupted has most of them
        for entry in sorted(group, key=lambda e: e["bytes"]):
            if piece and size + entry["bytes"] > PIECE:
                yield options, piece
                piece, size = [], 0
            piece.append(entry["file"])
            size += entry["bytes"]
        yield options, piece


def all_hunted(entries):
    """What is found in each piece, now or before, and the recordings that this is about."""
    covered, lines = set(), []
    for path in sorted(keep.glob("*.json")):
        kept = json.loads(path.read_text())
        covered.update(kept["files"])
        lines += kept["lines"]
    if not os.environ.get("FOUND_STOP"):
        rest = [e for e in entries if e["file"] not in covered]
        for options, files in pieces(rest):
            start = time.time()
            got = hunt(files, options)
            covered.update(files)
            lines += got
            path = keep / f"{len(list(keep.iterdir())):04}.json"
            path.with_suffix(".part").write_text(json.dumps({"files": files, "lines": got}))
            path.with_suffix(".part").rename(path)
            print(f"{time.time() - start:.0f} s for {len(files)} from {files[0]}", file=sys.stderr)
    return covered, lines


def related(one, other):
    """Whether two techniques are the same, or one is a sub-technique of the other."""
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")


def cell(text):
    return re.sub(r"([\\|`*_\[\]<>~])", r"\\\1", text)


def code(text):
    return f"`{text.replace('|', chr(92) + '|')}`"


with open(f"{data}/manifest.jsonl") as lines:
    manifest = [json.loads(line) for line in lines]
# rows that some Splunk gave and lists of field names are no events
NOT_EVENTS = ("search results", "reference")
skipped = [e["file"] for e in manifest if e["format"].startswith(NOT_EVENTS)]
sets = [e for e in manifest if not e["format"].startswith(NOT_EVENTS)]

covered, lines = all_hunted(sets)
waiting = [e for e in sets if e["file"] not in covered]
sets = [e for e in sets if e["file"] in covered]

found = defaultdict(list)  # file: [(detection, rows, techniques)]
failed = {}  # detection or file: reason
broken = {}  # detection: (reason, recordings)
unread = {}  # recording: reason
always = set()
for line in lines:
    error = line["error"]
    name = line.get("input", "").removeprefix(f"{data}/")
    if error and "detection" not in line:
        unread[name] = error["message"]
    elif error and "inputs" in line:
        reason, times = broken.get(line["detection"], (f"{error['code']} {error['message']}", 0))
        broken[line["detection"]] = (reason, times + len(line["inputs"]))
    elif error:
        failed[line["detection"] or line["file"]] = f"{error['code']} {error['message']}"
    elif line["without_events"]:
        always.add(line["detection"])
    elif line["rows"]:
        found[name].append((line["detection"], line["rows"], line["mitre_attack_id"]))


def fires(entry):
    """Whether a detection of one of the recording's techniques finds something in it."""
    ids = [t for (_, _, techniques) in found[entry["file"]] for t in techniques]
    return any(related(t, own) for t in ids for own in entry.get("techniques") or [])


def short(file):
    return file.removesuffix(".zst")


def data_set(entry):
    """What was recorded together: a capture's archive, a campaign's folder, else the file."""
    file = re.sub(r"^(attack_data_history)/evtx_(json|xml)/", r"\1/", entry["file"])
    together = re.match(r".*?(?:\.zip|/compound/[^/]+?)(?=_zeek_logs/|/)|attack_data_history/.*(?=/)", file)
    return together.group(0) if together else file


def explained(missed):
    """Of each missed recording the class of the reason, and the reason."""
    out = {}
    detections = why.loaded(sepal, content)
    of = {}
    for e in missed:
        of[e["file"]] = [
            d for d in detections if any(related(t, o) for t in d.techniques for o in e["techniques"])
        ]
        if not of[e["file"]]:
            out[e["file"]] = ("none", "ESCU has no active detection of the technique")
        elif e["bytes"] > WHY:
            said = "detections of it; the recording is too large to ask for each of their conditions"
            out[e["file"]] = ("unmet", f"{len(of[e['file']])} {said}")
    rest = [e for e in missed if e["file"] not in out]
    with tempfile.TemporaryDirectory() as folder:
        parts = why.Parts(folder)
        kinds = {d.reads: parts.add(d.reads, []) for e in rest for d in of[e["file"]] if d.reads}
        there = parts.found(hunt, data, pieces(rest)) if kinds else {}
    reading = {}
    for e in rest:
        file = e["file"]
        reading[file] = [d for d in of[file] if d.reads and kinds[d.reads] in there.get(file, ())]
        if not reading[file]:
            labels = sorted({why.label(d.reads) for d in of[file] if d.reads})
            some = "; ".join(code(x) for x in labels[:4]) + ("; ..." if len(labels) > 4 else "")
            out[file] = ("unread", f"of its {len(of[file])} detections none reads such events, but {some}")
    rest = [e for e in rest if reading[e["file"]]]
    with tempfile.TemporaryDirectory() as folder:
        parts = why.Parts(folder)
        asked = {}
        for e in rest:
            for d in reading[e["file"]]:
                asked[d.name] = [(c, parts.add(d.reads, [c])) for c in d.conditions]
                asked[d.name].append((None, parts.add(d.reads, d.conditions)))
        there = parts.found(hunt, data, pieces(rest)) if asked else {}
    for e in rest:
        file = e["file"]
        best = None
        for d in reading[file]:
            fails = [c for c, part in asked[d.name] if part not in there.get(file, ())]
            holds = len(asked[d.name]) - len(fails)
            rank = (-len(fails), holds, d.name)
            if best is None or rank > best[0]:
                best = (rank, d, fails)
        _, d, fails = best
        conditions = [c for c in fails if c]
        if conditions:
            said = "no event has " + " and none ".join(code(short_text(c)) for c in conditions[:2])
        elif fails:
            said = "no event has all of its conditions together"
        else:
            said = "events meet its first stage, and a later one takes them away"
        out[file] = ("unmet", f"{len(reading[file])} read its events; nearest is {cell(d.name)}: {said}")
    return out


def short_text(condition):
    return condition if len(condition) < 110 else condition[:107] + "..."


named = [e for e in sets if e.get("techniques")]
hits = [e for e in named if fires(e)]
missed = [e for e in named if not fires(e)]
reasons = explained(missed)
classes = Counter(reasons[e["file"]][0] for e in missed)
detections = {d for all in found.values() for (d, _, _) in all}
together = defaultdict(list)
for e in named:
    together[data_set(e)].append(e)
print("# What ESCU finds in the recordings")
print()
print(f"Made by `docs/make-found.sh`: all active detections of {archives} over each recording of")
print("`shared/data` for itself, with `sepal hunt`. Source and sourcetype are those that its manifest")
print("names, if any; time modifiers of the detections do not count. A recording is named after the")
print("techniques that its manifest lists; a detection is of its technique if it lists the same one, its")
print("parent or a sub-technique.")
print()
print(f"- {len(sets)} recordings, in {sum(1 for e in sets if found[e['file']])} of them something is found")
print(f"- {len(detections)} detections find something")
share = 100 * len(hits) / max(1, len(named))
print(f"- {len(named)} recordings are named after a technique; in {len(hits)} of them ({share:.0f} %) a")
print("  detection of that technique finds something")
sets_hit = sum(1 for all in together.values() if any(fires(e) for e in all))
print(f"- {len(together)} data sets are named after a technique, where files that were recorded together are one;")
print(f"  in {sets_hit} of them ({100 * sets_hit / max(1, len(together)):.0f} %) a detection of that technique finds something")
readable = len(named) - classes["none"] - classes["unread"]
print(f"- {readable} named recordings are such that an active detection of the technique reads events of their")
print(f"  kind at all; in {len(hits)} of them ({100 * len(hits) / max(1, readable):.0f} %) one finds something")
readable_sets = [all for all in together.values() if any(fires(e) or reasons[e["file"]][0] == "unmet" for e in all)]
print(f"- of data sets, {len(readable_sets)} are such; in {sets_hit} of them ({100 * sets_hit / max(1, len(readable_sets)):.0f} %) one finds something")
if waiting:
    print(f"- {len(waiting)} recordings were not hunted for this table")
print()
print("Why nothing is found in the others, as far as a script can tell; each is listed below:")
print()
print(f"- {classes['none']}: ESCU has no active detection of the technique")
print(f"- {classes['unread']}: no detection of the technique reads such events, by source, sourcetype, event code or data model")
print(f"- {classes['unmet']}: detections read the events, and their conditions are not met: another variant of the")
print("  attack, or the event that they look for is not in the recording")
print()
print("| folder | recordings | something found | named after a technique | of that found | share |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
folders = defaultdict(list)
for entry in sets:
    parts = entry["file"].split("/")
    deep = parts[0] == "evtx_to_mitre_attack"
    folders["/".join(parts[: 2 if deep else 1])].append(entry)
for folder, entries in sorted(folders.items()):
    own = [e for e in entries if e.get("techniques")]
    hit = sum(1 for e in own if fires(e))
    some = sum(1 for e in entries if found[e["file"]])
    percent = f"{100 * hit / len(own):.0f} %" if own else ""
    print(f"| {code(folder)} | {len(entries)} | {some} | {len(own)} | {hit} | {percent} |")

print()
print("## Found")
print()
print("Detections with the number of their rows; those of the recording's techniques in bold.")
print()
print("| recording | techniques | detections |")
print("| --- | --- | --- |")
for entry in sorted(sets, key=lambda e: e["file"]):
    own = entry.get("techniques") or []
    rows = []
    for name, count, ids in sorted(found[entry["file"]]):
        mark = "**" if any(related(t, o) for t in ids for o in own) else ""
        rows.append(f"{mark}{cell(name)}{mark} {count}")
    if rows:
        print(f"| {code(short(entry['file']))} | {', '.join(own)} | {'; '.join(rows)} |")

print()
print("## Named after a technique, and no detection of it finds anything")
print()
print("The nearest detection is the one of which the fewest conditions of the first stage fail, each asked for")
print("itself of all events of the recording.")
print()
print("| recording | techniques | events | found of other techniques | why |")
print("| --- | --- | ---: | ---: | --- |")
for entry in sorted(missed, key=lambda e: e["file"]):
    other = len(found[entry["file"]])
    own = ", ".join(entry["techniques"])
    line = f"| {code(short(entry['file']))} | {own} | {entry.get('events') or ''} | {other} |"
    print(f"{line} {reasons[entry['file']][1]} |")

print()
print(Path(__file__).with_name("found-notes.md").read_text().rstrip())

print()
print("## Detections by the number of recordings in which they find something")
print()
print("| detection | recordings | rows |")
print("| --- | ---: | ---: |")
times, counts = Counter(), Counter()
for all in found.values():
    for name, count, _ in all:
        times[name] += 1
        counts[name] += count
for name, n in sorted(times.items(), key=lambda item: (-item[1], item[0])):
    print(f"| {cell(name)} | {n} | {counts[name]} |")

print()
print("## Not counted")
print()
print("Detections that give rows without any event, too:", "; ".join(sorted(always)) or "none")
print()
print("Detections that cannot run:")
print()
for name, reason in sorted(failed.items()):
    print(f"- {cell(name)}: {cell(reason)}")
print()
print("Detections that fail over some recordings:")
print()
for name, (reason, times_) in sorted(broken.items()):
    print(f"- {cell(name)}, over {times_}: {cell(reason)}")
print()
print("Recordings that could not be read, or not to their end:")
print()
for name, reason in sorted(unread.items()):
    print(f"- {code(short(name))}: {cell(reason)}")
if not unread:
    print("- none")
print()
if waiting:
    print()
    print("Not hunted for this table:", ", ".join(code(short(e["file"])) for e in waiting))
print()
print("Not events:", ", ".join(code(short(f)) for f in sorted(skipped)) or "none")
