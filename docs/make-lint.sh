#!/bin/sh
# Makes docs/lint-escu.md: what `sepal lint` finds in Splunk's ESCU content.
#
# docs/make-lint.sh [SHARED]: see escu.sh.
set -eu
. "$(dirname "$0")/escu.sh"
{
    echo '# What `sepal lint` finds in ESCU'
    echo
    echo "Made by \`docs/make-lint.sh\` from $archives,"
    echo 'with the macros and lookups of the same content; [lint.md](lint.md) explains the rules. Counted'
    echo 'are all findings, listed errors and warnings. Lookups that other apps bring or that ESCU'
    echo 'expects on the server count as unknown.'
    echo
    cd "$work"
    # 1: there are findings
    "$sepal" lint detections --macros macros --lookups lookups --format markdown || [ $? = 1 ]
} > "$work/lint-escu.md"
mv "$work/lint-escu.md" "$root/docs/lint-escu.md"
