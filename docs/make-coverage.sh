#!/bin/sh
# Makes docs/coverage.md: what of Splunk's ESCU content parses and plans.
#
# docs/make-coverage.sh [SHARED]: SHARED is the folder that holds escu/*.tar.zst, ../shared by default.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
shared=$(cd "${1:-$root/../shared}" && pwd)
cd "$root"
cargo build --release --quiet --package sepal
sepal=${CARGO_TARGET_DIR:-$root/target}/release/sepal
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for archive in "$shared"/escu/*.tar.zst; do
    tar --zstd -xf "$archive" -C "$work"
done
{
    echo '# Coverage of ESCU'
    echo
    echo "Made by \`docs/make-coverage.sh\` from $(cd "$shared/escu" && ls ./*.tar.zst | sed 's/^\.\///'):"
    echo 'each detection is parsed and planned with the macros and lookups of the same content.'
    echo '"Blocks" counts the detections that cannot run because of a command or function, "alone"'
    echo 'those that nothing else keeps from it.'
    echo
    cd "$work"
    "$sepal" coverage detections --macros macros --lookups lookups --format markdown
} > "$work/coverage.md"
mv "$work/coverage.md" "$root/docs/coverage.md"
