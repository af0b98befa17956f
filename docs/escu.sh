# Sourced by the scripts of this folder: $root, $shared, the binary $sepal, and the content of ESCU
# unpacked in $work, which is removed at the end.
#
# The first argument is the folder that holds escu/*.tar.zst, ../shared by default. SEPAL names a
# binary that is already built.
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
archives=$(cd "$shared/escu" && ls ./*.tar.zst | sed 's/^\.\///')
