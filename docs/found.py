"""Hunts with all active detections of ESCU over each recording, and writes a table of what was found.

python3 found.py SEPAL CONTENT DATA ARCHIVES: the binary, the folder with ESCU's detections, macros and
lookups, the folder with the recordings and manifest.jsonl, the archives' names for the text.
"""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict

sepal, content, data, archives = sys.argv[1:5]

# now() stands still, so that the table changes only with its reasons
NOW = ["--now", "2025-01-01T00:00:00", "--tz", "UTC"]


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
    if sourcetype and source and "," not in source:
        out += ["--source", source]
    return tuple(out)


def hunt(files, options):
    """The objects that `sepal hunt` writes for these files."""
    command = [sepal, "hunt", "--detections", "detections", "--macros", "macros"]
    command += ["--lookups", "lookups", "--per-input", "--format", "ndjson", "--rows", "0", "--quiet"]
    command += [*NOW, *options, "--", *(f"{data}/{f}" for f in files)]
    ran = subprocess.run(command, cwd=content, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # 2: some detection or recording could not be used, which is told below
    if ran.returncode not in (0, 2) or not ran.stdout and ran.returncode:
        sys.exit(f"{' '.join(command[:12])} ...: exit {ran.returncode}\n{ran.stderr.decode()[-2000:]}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


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

groups = defaultdict(list)
for entry in sets:
    groups[stamps(entry)].append(entry["file"])

found = defaultdict(list)  # file: [(detection, rows, techniques)]
failed = {}  # detection or file: reason
broken = {}  # detection: (reason, recordings)
unread = {}  # recording: reason
always = set()
for options, files in sorted(groups.items()):
    for line in hunt(files, options):
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


named = [e for e in sets if e.get("techniques")]
hits = [e for e in named if fires(e)]
detections = {d for all in found.values() for (d, _, _) in all}
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
print("| recording | techniques | events | found of other techniques |")
print("| --- | --- | ---: | ---: |")
for entry in sorted(named, key=lambda e: e["file"]):
    if not fires(entry):
        other = len(found[entry["file"]])
        own = ", ".join(entry["techniques"])
        print(f"| {code(short(entry['file']))} | {own} | {entry.get('events') or ''} | {other} |")

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
print("Not events:", ", ".join(code(short(f)) for f in sorted(skipped)) or "none")
