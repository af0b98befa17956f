#!/usr/bin/env python3
"""Runs Sepal, DuckDB and jq in turn on the same events, checks that their answers agree row by
row, and prints CPU time, wall time and peak memory with the ratios. See benches/README.md.

    python3 benches/compare.py --size 1000000000 --rounds 3
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
SEED = "queries/kubernetes_suspicious_image_pulling.yml"
GB = 1e9

# A process of its own starts and waits for each program: the peak memory that the kernel reports
# for a child is never less than that of the process that started it, and this one is small.
LAUNCHER = r"""
import os, sys, time
out, err, *argv = sys.argv[1:]
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [(os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0),
           (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o644), (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o644)]
start = time.perf_counter()
pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
_, status, use = os.wait4(pid, 0)
wall = time.perf_counter() - start
print(os.waitstatus_to_exitcode(status), use.ru_utime + use.ru_stime, wall, use.ru_maxrss * 1024)
"""

# --- DuckDB -----------------------------------------------------------------------------------

DUCKDB_CHILD = r"""
import sys, duckdb
threads, out, sql = sys.argv[1:]
con = duckdb.connect()
con.execute('SET threads=' + threads)
if sql:
    con.execute("COPY (" + sql + ") TO '" + out + "' (FORMAT json)")
"""

TYPED = """read_ndjson('{file}', columns={{
  verb: 'VARCHAR', stage: 'VARCHAR', requestURI: 'VARCHAR', userAgent: 'VARCHAR',
  requestReceivedTimestamp: 'VARCHAR', sourceIPs: 'VARCHAR[]',
  "user": 'STRUCT(username VARCHAR, uid VARCHAR, groups VARCHAR[])',
  objectRef: 'STRUCT(name VARCHAR, namespace VARCHAR, resource VARCHAR)',
  responseStatus: 'STRUCT(code BIGINT)', requestObject: 'STRUCT(message VARCHAR)'}})"""
TYPED_COUNT = """read_ndjson('{file}', columns={{
  verb: 'VARCHAR', "user": 'STRUCT(username VARCHAR)'}})"""
TYPED_SYSMON = """read_ndjson('{file}', columns={{
  EventID: 'BIGINT', Hostname: 'VARCHAR', Image: 'VARCHAR'}})"""
AUTO = "read_ndjson_auto('{file}')"
STAMP = {
    "typed": "requestReceivedTimestamp",
    # the automatic schema makes a timestamp of it; this gives the text back
    "auto": "strftime(make_timestamp(epoch_us(requestReceivedTimestamp)), "
            "'%Y-%m-%dT%H:%M:%S.%fZ')",
}
# The seed search. fillnull gives '0' only where some result has the field; stats drops a row
# with a null BY field and takes each member of a list for itself.
SEED_SQL = """
WITH hits AS (
  SELECT objectRef."name" AS n, objectRef."namespace" AS ns, objectRef."resource" AS res,
    {stamp} AS ts, requestURI AS uri, responseStatus.code::VARCHAR AS code,
    CASE WHEN len(sourceIPs) > 0 THEN sourceIPs END AS ips, stage,
    CASE WHEN len("user"."groups") > 0 THEN "user"."groups" END AS grp,
    "user".uid AS uid, "user".username AS username, userAgent AS agent, verb
  FROM {source}
  WHERE requestObject.message ILIKE 'Pulling image%'
    AND NOT coalesce(objectRef."name" ILIKE '%splunk%' OR objectRef."name" ILIKE '%falco%', false)
), known AS (
  SELECT {known} FROM hits
), filled AS (
  SELECT {filled},
    unnest(coalesce(ips, CASE WHEN k_ips THEN ['0'] END)) AS ip,
    unnest_groups AS g
  FROM (SELECT *, unnest(coalesce(grp, CASE WHEN k_grp THEN ['0'] END)) AS unnest_groups
        FROM hits, known)
)
SELECT n AS "objectRef.name", ns AS "objectRef.namespace", res AS "objectRef.resource",
  ts AS requestReceivedTimestamp, uri AS requestURI, code AS "responseStatus.code",
  ip AS src_ip, stage, g AS "user.groups{{}}", uid AS "user.uid", username AS "user",
  agent AS userAgent, verb, count(*) AS count
FROM filled WHERE {present}
GROUP BY ALL ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13"""
SCALARS = ["n", "ns", "res", "ts", "uri", "code", "stage", "uid", "username", "agent", "verb"]
COUNT_SQL = """SELECT verb, "user".username AS "user.username", count(*) AS count FROM {source}
WHERE verb IS NOT NULL AND "user".username IS NOT NULL GROUP BY ALL ORDER BY 1, 2"""

SYSMON_SQL = """SELECT Hostname, Image, count(*) AS count FROM {source}
WHERE EventID = 13 AND Hostname IS NOT NULL AND Image IS NOT NULL GROUP BY ALL ORDER BY 1, 2"""


def seed_sql(schema, file):
    return SEED_SQL.format(
        stamp=STAMP[schema], source=(TYPED if schema == "typed" else AUTO).format(file=file),
        known=", ".join(f"bool_or({c} IS NOT NULL) AS k_{c}" for c in [*SCALARS, "ips", "grp"]),
        filled=", ".join(f"coalesce({c}::VARCHAR, CASE WHEN k_{c} THEN '0' END) AS {c}" for c in SCALARS),
        present=" AND ".join(f"{c} IS NOT NULL" for c in [*SCALARS, "ip", "g"]))


def count_sql(schema, file):
    return COUNT_SQL.format(source=(TYPED_COUNT if schema == "typed" else AUTO).format(file=file))


def sysmon_sql(schema, file):
    return SYSMON_SQL.format(source=(TYPED_SYSMON if schema == "typed" else AUTO).format(file=file))


# --- jq ---------------------------------------------------------------------------------------

SEED_JQ = r"""
[inputs
  | select((.requestObject.message? // "") | tostring | ascii_downcase | startswith("pulling image"))
  | select((.objectRef.name // "") | ascii_downcase | (contains("splunk") or contains("falco")) | not)
  | [[.objectRef.name], [.objectRef.namespace], [.objectRef.resource], [.requestReceivedTimestamp],
     [.requestURI], [.responseStatus.code], .sourceIPs, [.stage], .user.groups, [.user.uid],
     [.user.username], [.userAgent], [.verb]]
  | map((. // []) | map(select(. != null) | tostring))] as $hits
| [range(13) as $i | any($hits[]; .[$i] | length > 0)] as $known
| [$hits[]
  | [range(13) as $i | if (.[$i] | length) > 0 then .[$i] elif $known[$i] then ["0"] else [] end]
  | combinations]
| group_by(.)[]
| . as $rows
| [["objectRef.name", "objectRef.namespace", "objectRef.resource", "requestReceivedTimestamp",
    "requestURI", "responseStatus.code", "src_ip", "stage", "user.groups{}", "user.uid", "user",
    "userAgent", "verb"], $rows[0]] | transpose | map({key: .[0], value: .[1]}) | from_entries
| . + {count: ($rows | length)}
"""
COUNT_JQ = r"""
reduce (inputs | select(.verb != null and .user.username != null)) as $e
  ({}; .[$e.verb][$e.user.username] += 1)
| . as $all | keys[] as $verb | $all[$verb] | . as $users | keys[] as $user
| {verb: $verb, "user.username": $user, count: $users[$user]}
"""
SYSMON_JQ = r"""
reduce (inputs | select(.EventID == 13 and .Hostname != null and .Image != null)) as $e
  ({}; .[$e.Hostname][$e.Image] += 1)
| . as $all | keys[] as $host | $all[$host] | . as $images | keys[] as $image
| {Hostname: $host, Image: $image, count: $images[$image]}
"""

# --- running ----------------------------------------------------------------------------------


class Failed(Exception):
    pass


def launch(argv, out):
    """One run as a whole process: (CPU seconds, wall seconds, peak bytes)."""
    err = str(out) + ".err"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", LAUNCHER, str(out), err, *map(str, argv)],
        cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"cannot start {argv[0]}: {done.stderr.strip()[-400:]}")
    code, cpu, wall, peak = done.stdout.split()
    if code != "0":
        tail = pathlib.Path(err).read_text(encoding="utf-8", errors="replace").strip()[-800:]
        raise Failed(f"{argv[0]} ended with {code}: {tail}")
    return float(cpu), float(wall), int(peak)


def rows(path):
    """The rows as lists of (column, text), in their order; numbers as their text."""
    out = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line, parse_int=str, parse_float=str)
                out.append([(k, v if isinstance(v, str) else json.dumps(v)) for k, v in row.items()])
    return out


def agree(name, got, other, wanted):
    """Row by row; says where the two part."""
    for i, (a, b) in enumerate(zip(got, wanted)):
        if a != b:
            raise Failed(f"row {i + 1} differs\n  {name}: {a}\n  {other}: {b}")
    if len(got) != len(wanted):
        raise Failed(f"{name} gives {len(got)} rows, {other} {len(wanted)}")


def warm(path):
    """Reads the file once, so that every run finds it in the page cache."""
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


class Program:
    """A command line under measurement; `copies_to` is set where it writes its own result file."""

    def __init__(self, name, argv, copies_to=None, rounds=None, gives_rows=True):
        self.name = name
        self.argv = argv
        self.copies_to = copies_to
        self.rounds = rounds
        self.gives_rows = gives_rows
        self.runs = []

    def run(self, scratch):
        out = scratch / "out"
        self.runs.append(launch(self.argv, out))
        return self.copies_to or out

    def figures(self):
        cpu, wall, peak = zip(*self.runs)
        return statistics.median(cpu), statistics.median(wall), max(peak)


class Bench:
    def __init__(self, options, file, scratch):
        self.o = options
        self.file = file
        self.size = os.path.getsize(file)
        self.scratch = scratch
        self.report = []

    def sepal(self, name, *args, threads=1, rows_expected=True):
        if self.o.sepal is None:
            return []
        argv = [self.o.sepal, "run", *args, "--format", "ndjson", "--threads", threads]
        return [Program(f"Sepal{name}, {threads} thread{'s'[:threads > 1]}", argv,
                        gives_rows=rows_expected)]

    def duckdb(self, schema, sql, threads=1):
        if self.o.duckdb is None:
            return []
        out = self.scratch / f"duckdb-{schema}-{threads}"
        argv = [self.o.duckdb, "-c", DUCKDB_CHILD, threads, out, sql]
        return [Program(f"DuckDB {schema}, {threads} thread{'s'[:threads > 1]}", argv, out)]

    def jq(self, program, file):
        if self.o.jq is None:
            return []
        argv = [self.o.jq, "-n", "-c", program, file]
        return [Program("jq", argv, rounds=self.o.jq_rounds)]

    def case(self, title, programs, size=None):
        """Interleaved rounds; the answers of the first one are compared."""
        print(f"\n### {title}\n", flush=True)
        if not programs:
            print("No program to run.")
            return
        first = None
        for turn in range(self.o.rounds):
            for program in programs:
                if program.rounds is not None and turn >= program.rounds:
                    continue
                out = program.run(self.scratch)
                if turn == 0 and program.gives_rows:
                    answer = rows(out)
                    # agreement on nothing would prove nothing
                    if not answer:
                        raise Failed(f"{program.name} gives no rows")
                    if first is None:
                        first = (program.name, answer)
                    else:
                        agree(program.name, answer, *first)
        self.table(title, programs, None if first is None else len(first[1]), size or self.size)

    def table(self, title, programs, count, size):
        base = programs[0].figures()
        print("| program | CPU s | CPU s/GB | wall s | peak MB | CPU ratio | wall ratio | peak ratio |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for program in programs:
            cpu, wall, peak = program.figures()
            ratios = " | ".join(f"{a / b:.2f}" if b else "-" for a, b in zip((cpu, wall, peak), base))
            print(f"| {program.name} | {cpu:.3f} | {cpu / size * GB:.3f} | {wall:.3f} "
                  f"| {peak / 1e6:.1f} | {ratios} |")
            self.report.append({
                "case": title, "program": program.name, "bytes": size, "cpu_s": cpu,
                "wall_s": wall, "peak_bytes": peak, "runs": program.runs, "rows": count})
        if count is not None:
            agreed = sum(p.gives_rows for p in programs)
            print(f"\n{count} rows" + (f", the same from all {agreed}." if agreed > 1 else "."))
        sys.stdout.flush()

    # the cases

    def overhead(self):
        """What DuckDB's process costs before it reads anything: Python and the library."""
        if self.o.duckdb is None:
            return
        argv = [self.o.duckdb, "-c", DUCKDB_CHILD, 1, self.scratch / "none", ""]
        cpu, wall, peak = zip(*(launch(argv, self.scratch / "out") for _ in range(9)))
        cpu, wall = statistics.median(cpu), statistics.median(wall)
        print(f"\nDuckDB's process without a query: CPU {cpu:.3f} s, wall {wall:.3f} s, peak "
              f"{max(peak) / 1e6:.1f} MB. The tables hold it; take it off to compare engines alone.")
        self.report.append({"case": "DuckDB without a query", "cpu_s": cpu, "wall_s": wall,
                            "peak_bytes": max(peak)})

    def seed(self):
        file = str(self.file)
        args = (SEED, file, "--source", "kubernetes")
        self.case("(a) The seed search", [
            *self.sepal("", *args), *self.sepal("", *args, threads=2),
            *self.sepal(" --no-prefilter", *args, "--no-prefilter"),
            *self.sepal(" --no-prefilter", *args, "--no-prefilter", threads=2),
            *self.duckdb("typed", seed_sql("typed", file)),
            *self.duckdb("typed", seed_sql("typed", file), threads=2),
            *self.duckdb("auto", seed_sql("auto", file)),
            *self.duckdb("auto", seed_sql("auto", file), threads=2), *self.jq(SEED_JQ, file)])

    def count(self):
        file = str(self.file)
        args = ("-q", "* | stats count by verb, user.username", file)
        self.case("(b) stats count by verb, user.username", [
            *self.sepal("", *args), *self.sepal("", *args, threads=2),
            *self.duckdb("typed", count_sql("typed", file)),
            *self.duckdb("typed", count_sql("typed", file), threads=2),
            *self.duckdb("auto", count_sql("auto", file)),
            *self.duckdb("auto", count_sql("auto", file), threads=2), *self.jq(COUNT_JQ, file)])

    def flatten(self):
        args = ("-q", "* | fillnull | table * | tail 5", str(self.file))
        # no counterpart elsewhere; the threads must give the same bytes
        self.case("(c) fillnull | table * | tail 5", [
            *self.sepal("", *args), *self.sepal("", *args, threads=2)])

    def sysmon(self):
        path = pathlib.Path(self.o.sysmon_file) if self.o.sysmon_file else generate(
            "sysmon", self.o.size, self.o.seed)
        warm(path)
        file = str(path.resolve())
        args = ("-q", "EventID=13 | stats count by Hostname, Image", file)
        self.case("(e) EventID=13 | stats count by Hostname, Image over Sysmon events", [
            *self.sepal("", *args), *self.sepal("", *args, threads=2),
            *self.duckdb("typed", sysmon_sql("typed", file)),
            *self.duckdb("typed", sysmon_sql("typed", file), threads=2),
            *self.duckdb("auto", sysmon_sql("auto", file)),
            *self.duckdb("auto", sysmon_sql("auto", file), threads=2),
            *self.jq(SYSMON_JQ, file)], os.path.getsize(file))

    def start(self):
        small = self.scratch / "ten.jsonl"
        with open(self.file, "rb") as lines:
            small.write_bytes(b"".join(line for line, _ in zip(lines, range(10))))
        programs = self.sepal("", SEED, str(small), "--source", "kubernetes", rows_expected=False)
        print("\n### (d) Start-up: the seed search on 10 events, median of 30 runs\n")
        if not programs:
            print("No program to run.")
            return
        for _ in range(30):
            programs[0].run(self.scratch)
        cpu, wall, peak = programs[0].figures()
        print(f"wall {wall * 1e3:.1f} ms, CPU {cpu * 1e3:.1f} ms, peak {peak / 1e6:.1f} MB")
        self.report.append({"case": "(d) start-up", "program": programs[0].name, "cpu_s": cpu,
                            "wall_s": wall, "peak_bytes": peak, "runs": programs[0].runs})


# --- what is there ----------------------------------------------------------------------------


def find_duckdb():
    """The interpreter of a virtual environment with DuckDB, made on first use; None without."""
    home = ROOT / "target" / "bench-venv"
    python = home / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        probe = [str(python), "-c", "import duckdb; print(duckdb.__version__)"]
        done = subprocess.run(probe, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            subprocess.run([str(python), "-m", "pip", "install", "-q", "duckdb"], check=True)
            done = subprocess.run(probe, capture_output=True, text=True, check=True)
        return str(python), done.stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"DuckDB is left out: {error}")
        return None, None


def generate(kind, size, seed):
    """The events, written once for each size and seed (the same bytes on every machine)."""
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / f"{kind}-{size}-{seed}.jsonl"
    if not file.exists():
        target = ROOT / "target" / "generate"
        subprocess.run(["cargo", "build", "--release", "--quiet", "--target-dir", str(target)],
                       cwd=ROOT / "benches" / "generator", check=True)
        part = file.with_suffix(".part")
        with open(part, "wb") as out:
            subprocess.run([str(target / "release" / "generate"), kind, str(size), str(seed)],
                           stdout=out, check=True)
        part.rename(file)
    return file


def machine():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "?")
    except OSError:
        return "?"


def arguments():
    cases = ["seed", "count", "flatten", "start", "sysmon"]
    parser = argparse.ArgumentParser(description="Measures Sepal against DuckDB and jq.")
    parser.add_argument("--sepal", default=str(ROOT / "target" / "release" / "sepal"))
    parser.add_argument("--file", help="Kubernetes events to read instead of generated ones")
    parser.add_argument("--sysmon-file", help="Sysmon events to read instead of generated ones")
    parser.add_argument("--size", type=int, default=1_000_000_000, help="bytes to generate")
    parser.add_argument("--seed", type=int, default=7, help="of the generator")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jq-rounds", type=int, default=1, help="jq is slow; 0 leaves it out")
    parser.add_argument("--no-duckdb", action="store_true")
    parser.add_argument("--cases", default=",".join(cases), help="of " + ",".join(cases))
    parser.add_argument("--json", help="write every figure to this file")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    unknown = [case for case in options.cases if case not in cases]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)} (of {', '.join(cases)})")
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return options


def main():
    options = arguments()
    if not os.access(options.sepal, os.X_OK):
        print(f"Sepal is left out: {options.sepal} is not there (cargo build --release).")
        options.sepal = None
    else:
        options.sepal = str(pathlib.Path(options.sepal).resolve())
    options.duckdb, version = (None, None) if options.no_duckdb else find_duckdb()
    options.jq = shutil.which("jq") if options.jq_rounds > 0 else None
    if options.jq is None:
        print("jq is left out: " + ("not installed." if options.jq_rounds > 0 else "--jq-rounds 0."))
    if options.file:
        file = pathlib.Path(options.file).resolve()
    else:
        file = generate("kubernetes", options.size, options.seed)
    warm(file)
    print(f"{file.name}, {os.path.getsize(file)} bytes; {machine()}, {os.cpu_count()} cores; "
          f"DuckDB {version}; medians of {options.rounds} rounds, largest peak; "
          "ratios to the first line (2.00: twice as much)")
    with tempfile.TemporaryDirectory(prefix="sepal-bench-") as scratch:
        bench = Bench(options, file, pathlib.Path(scratch))
        failed = False
        bench.overhead()
        for case in options.cases:
            try:
                getattr(bench, case)()
            except Failed as error:
                failed = True
                print(f"FAILED: {error}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(bench.report, out, indent=1)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
