# runtime.bash - what the scripts share that run another runtime's own tests, of
# Debian's source package, with ptyrunc in its place. $peer is its name; in
# $peer-tests.except stands "FILE: TEST # REASON" for each test that has to fail.
#
# RUNTIME  another runtime to compare with
# WORK     a directory to keep, in which the source is fetched once
# BIN      our tools
# LIMIT    seconds that a file of tests may take
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what the two have in common
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BIN=$(cd "${BIN:-$here/../../bin}" && pwd)
RUNTIME=${RUNTIME:-$BIN/ptyrunc}
if [ -z "${WORK:-}" ]; then
	WORK=$(mktemp -d)
	trap 'rm -rf --one-file-system "$WORK"' EXIT
fi
passed=0 failed=0 skipped=0 unexpected=0

# fetch - set top to where the source is
fetch() {
	[ -e "$WORK/source/done" ] || {
		"$here/source.sh" "$peer" "$WORK/source"
		touch "$WORK/source/done"
	}
	top=$(echo "$WORK/source/$peer"-*)
}

# excepted FILE TEST - has it a line, or one for all of its file?
excepted() {
	[ "${RUNTIME##*/}" = ptyrunc ] || return 1
	grep -qF -e "$1: $2 #" -e "$1: * #" "$here/$peer-tests.except"
}

# wrong FILE MESSAGE
wrong() {
	echo "# $1: $2"
	unexpected=$((unexpected + 1))
}

# conclude - the last line, and the status
conclude() {
	echo "$peer's tests with ${RUNTIME##*/}: $passed passed, $failed failed," \
		"$skipped skipped; $unexpected not as expected"
	[ "$unexpected" = 0 ]
}
