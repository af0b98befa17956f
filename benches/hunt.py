#!/usr/bin/env python3
"""Measures `sepal hunt` with all detections of a folder: loading alone, and over events with and
without routing, one process each, on one thread. Prints a markdown table; findings must be equal.

    python3 benches/hunt.py --escu FOLDER --size 100000000 FILE...
    python3 benches/hunt.py --escu FOLDER --whole-size 2000000 sysmon.json audit.json

FOLDER has ESCU's folders detections, macros and lookups. Each FILE of events, one a line, is cut or
repeated to `--size` bytes. A hunt without routing (--no-prefilter) is far slower: it runs over the
first `--whole-size` bytes, and so does a hunt with routing to compare with.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def sized(source, size, target):
    """Whole lines of `source`, again and again, up to `size` bytes; how many there are."""
    count = written = 0
    with open(target, "wb") as out:
        while written < size:
            before = written
            with open(source, "rb") as lines:
                for line in lines:
                    if written + len(line) > size:
                        return count, written
                    out.write(line)
                    written += len(line)
                    count += 1
            if written == before:
                break
    return count, written


def run(args, events, *more):
    """CPU seconds, peak MB, and the findings of one hunt."""
    escu = pathlib.Path(args.escu)
    command = [args.sepal, "hunt", "-d", str(escu / "detections"), "--macros", str(escu / "macros"),
               "--lookups", str(escu / "lookups"), "--threads", "1", "--format", "ndjson",
               str(events), *more]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 2):
            sys.exit(f"failed: {' '.join(command)}")
        out.seek(0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--escu", required=True)
    parser.add_argument("--sepal", default=str(ROOT / "target/release/sepal"))
    parser.add_argument("--size", type=int, default=100_000_000)
    parser.add_argument("--whole-size", type=int, default=1_000_000)
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        empty = folder / "none.json"
        empty.write_text('{"nothing": 1}\n')
        load = min(run(args, empty)[0] for _ in range(3))
        print(f"load and plan: {load * 1000:.0f} ms of CPU\n")
        print("| events | CPU s | events/s | MB/s | peak MB | same events, routed | not routed | ratio |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for file in map(pathlib.Path, args.files):
            big, small = folder / f"big-{file.name}", folder / f"small-{file.name}"
            count, size = sized(file, args.size, big)
            few, _ = sized(file, args.whole_size, small)
            cpu, peak, _ = run(args, big)
            net = max(cpu - load, 1e-9)
            routed, _, found = run(args, small)
            whole, _, same = run(args, small, "--no-prefilter")
            if found != same:
                sys.exit(f"{file}: other findings without routing")
            print(f"| {file.name}: {count:,}, {size / 1e6:.0f} MB | {cpu:.1f} | {count / net:,.0f} "
                  f"| {size / 1e6 / net:.1f} | {peak:.0f} | {few:,}: {routed:.1f} s "
                  f"| {whole:.1f} s | {whole / routed:.1f} |", flush=True)
            big.unlink()


if __name__ == "__main__":
    main()
