#!/usr/bin/env bash
# run.sh [PATH]... - run the tests of these files and directories, several files
# at a time
#
# JOBS       how many files at a time (two for each core: tests wait more than
#            they compute)
# BATSFLAGS  options for bats
# LIMIT      seconds that a file may take
#
# What a file has to say comes in one piece, once it is through. Ends with 1
# where a test failed. (GNU parallel, which bats would take, ignores SIGALRM,
# and so would every test.)
set -u
# What is made is for other users to see, as anywhere: some tests have one.
umask 022
JOBS=${JOBS:-$(($(nproc) * 2))}
export LIMIT=${LIMIT:-600}
files=()
for path in "${@:-$(dirname "$0")}"; do
	if [ -d "$path" ]; then
		files+=("$path"/*.bats)
	else
		files+=("$path")
	fi
done

# What takes in the orphans of a file's tests, which find them there.
HELPER=$(realpath "${HELPER:-$(dirname "$0")/../.obj/helper}")
export HELPER

# shellcheck disable=SC2086 # a list of words
[ ${#files[@]} -gt 1 ] ||
	exec "${HELPER%/*}/offspring" --run bats ${BATSFLAGS:-} "${files[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_one() {
	local status=0 log

	log=$(mktemp -p "$work")
	# shellcheck disable=SC2086
	"${HELPER%/*}/offspring" --run bats ${BATSFLAGS:-} "$1" \
		>"$log" 2>&1 || status=$?
	[ "$status" -ne 124 ] ||
		sed -i "1i not ok $1: not through after $LIMIT s" "$log"
	[ "$status" -eq 0 ] || echo "# failed: $1" >>"$log"
	flock "$work" cat "$log"
	return "$((status > 0))"
}
export -f run_one
export work

# first - the files with the tag slow, then the largest, so that none is left
# alone at the end
first() {
	grep -lE '^# bats file_tags=(.*,)?slow' "${files[@]}"
	# shellcheck disable=SC2012 # our own names
	ls -S "${files[@]}"
}

# shellcheck disable=SC2016 # for the inner shell
first | awk '!seen[$0]++' | tr '\n' '\0' |
	xargs -0 -P "$JOBS" -I FILE bash -c 'run_one "$1"' - FILE || exit 1
