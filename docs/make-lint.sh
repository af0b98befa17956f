#!/bin/sh
# Makes docs/lint-escu.md: what `sepal lint` finds in Splunk's ESCU content.
#
# docs/make-lint.sh [SHARED]: SHARED is the folder that holds escu/*.tar.zst, ../shared by default.
# SEPAL names a binary that is already built.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
shared=$(cd "${1:-$root/../shared}" && pwd)
cd "$root"
sepal=${SEPAL:-}
if [ -z "$sepal" ]; then
    cargo build --release --quiet --package sepal
    sepal=${CARGO_TARGET_DIR:-$root/target}/release/sepal
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for archive in "$shared"/escu/*.tar.zst; do
    tar --zstd -xf "$archive" -C "$work"
done
{
    echo '# What `sepal lint` finds in ESCU'
    echo
    echo "Made by \`docs/make-lint.sh\` from $(cd "$shared/escu" && ls ./*.tar.zst | sed 's/^\.\///'),"
    echo 'with the macros and lookups of the same content; [lint.md](lint.md) explains the rules. Counted'
    echo 'are all findings, listed errors and warnings. Lookups that other apps bring or that ESCU'
    echo 'expects on the server count as unknown.'
    echo
    cd "$work"
    # 1: there are findings
    "$sepal" lint detections --macros macros --lookups lookups --format markdown || [ $? = 1 ]
} > "$work/lint-escu.md"
mv "$work/lint-escu.md" "$root/docs/lint-escu.md"
