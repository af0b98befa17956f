#!/usr/bin/env python3
"""Writes kubernetes_audit.expected.json: what the seed detection must return.

    python3 tests/data/expect_seed.py [--check] [EVENTS.jsonl [ROWS.json]]

It restates queries/kubernetes_suspicious_image_pulling.yml by hand and shares no code with
Sepal, so that the two can disagree:

    source="kubernetes" requestObject.message="Pulling image*"
    | search NOT objectRef.name IN (*splunk*, *falco*)
    | fillnull
    | stats count BY ...
    | rename sourceIPs{} as src_ip, user.username as user
    | search *

The file is a list of objects, one for each row, sorted by the BY values as text from left to
right, keys in the order of the columns. `count` is a number, everything else text.
"""
import itertools
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
BY = ["objectRef.name", "objectRef.namespace", "objectRef.resource", "requestReceivedTimestamp",
      "requestURI", "responseStatus.code", "sourceIPs{}", "stage", "user.groups{}", "user.uid",
      "user.username", "userAgent", "verb"]
RENAME = {"sourceIPs{}": "src_ip", "user.username": "user"}
ALLOWED = ["*splunk*", "*falco*"]


class Object(list):
    """The members of a JSON object in order, repeated keys kept."""


def flatten(value, path, fields):
    """Splunk's KV_MODE=json: a.b, a{}, a{}.b; no field for an empty object or array."""
    if isinstance(value, Object):
        for key, member in value:
            flatten(member, f"{path}.{key}" if path else key, fields)
    elif isinstance(value, list):
        for member in value:
            flatten(member, path + "{}", fields)
    else:
        text = {True: "true", False: "false", None: "null"}.get(value, value)
        fields.setdefault(path, []).append(text)


def read(path):
    """The fields of each event; a damaged line is an event with no field but its text."""
    for line in pathlib.Path(path).read_bytes().split(b"\n"):
        if not line.strip():
            continue
        fields = {}
        try:
            event = json.loads(line, object_pairs_hook=Object, parse_int=str, parse_float=str)
            flatten(event, "", fields)
        except ValueError:
            fields = {}
        yield fields


def matches(values, pattern):
    """field=pattern of `search`: any member, any letter case, * for any text."""
    regex = ".*".join(re.escape(part) for part in pattern.split("*"))
    return any(re.fullmatch(regex, value, re.IGNORECASE | re.DOTALL) for value in values)


def seed(events):
    found = [
        e for e in events
        if matches(e.get("requestObject.message", []), "Pulling image*")
        and not any(matches(e.get("objectRef.name", []), p) for p in ALLOWED)
    ]
    # fillnull: only fields that at least one result has come to exist in the others
    known = set().union(*found)
    groups = {}
    for event in found:
        # stats drops an event without one of its BY fields, and takes each member of a
        # multivalue for itself, repeated ones again
        values = [event.get(name, ["0"] if name in known else []) for name in BY]
        for key in itertools.product(*values):
            groups[key] = groups.get(key, 0) + 1
    return [
        {**{RENAME.get(name, name): text for name, text in zip(BY, key)}, "count": groups[key]}
        for key in sorted(groups)
    ]


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    source = arguments[0] if arguments else HERE / "kubernetes_audit.jsonl"
    target = pathlib.Path(arguments[1] if arguments[1:] else HERE / "kubernetes_audit.expected.json")
    rows = seed(read(source))
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    if "--check" in sys.argv[1:]:
        if target.read_text(encoding="utf-8") != text:
            sys.exit(f"{target.name} is not what this script writes")
        return
    target.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(rows)} rows, {sum(row['count'] for row in rows)} counted")


if __name__ == "__main__":
    main()
