#!/bin/sh
# Makes docs/coverage.md: what of Splunk's ESCU content parses and plans.
#
# docs/make-coverage.sh [SHARED]: see escu.sh.
set -eu
. "$(dirname "$0")/escu.sh"
{
    echo '# Coverage of ESCU'
    echo
    echo "Made by \`docs/make-coverage.sh\` from $archives:"
    echo 'each detection is parsed and planned with the macros and lookups of the same content.'
    echo '"Blocks" counts the detections that cannot run because of a command or function, "alone"'
    echo 'those that nothing else keeps from it.'
    echo
    cd "$work"
    "$sepal" coverage detections --macros macros --lookups lookups --format markdown
} > "$work/coverage.md"
mv "$work/coverage.md" "$root/docs/coverage.md"
