#!/bin/sh
# Makes docs/found.md: which of ESCU's detections find something in the shared recordings.
#
# docs/make-found.sh [SHARED]: see escu.sh. SHARED/data holds the recordings and manifest.jsonl. Needs
# Python 3.
set -eu
. "$(dirname "$0")/escu.sh"
python3 "$root/docs/found.py" "$sepal" "$work" "$shared/data" "$archives" > "$work/found.md"
mv "$work/found.md" "$root/docs/found.md"
