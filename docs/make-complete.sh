#!/bin/sh
# Makes docs/complete.md: which fields ESCU's detections ask of their data sources' examples, and which
# of them exist there.
#
# docs/make-complete.sh [SHARED]: see escu.sh. SHARED/data/escu_data_source_examples holds the examples.
# Needs Python 3 and zstd.
set -eu
. "$(dirname "$0")/escu.sh"
zstd -qdc "$shared/data/escu_data_source_examples/data_sources.jsonl.zst" > "$work/data_sources.jsonl"
python3 "$root/docs/complete.py" "$sepal" "$work" "$work/data_sources.jsonl" \
    "$shared/data" "$archives" > "$work/complete.md"
mv "$work/complete.md" "$root/docs/complete.md"
