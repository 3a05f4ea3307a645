#!/usr/bin/env bash
# run.sh - take one safeguard at a time out of a copy of the tools, and see that
# a test fails
#
# run.sh [WORD]...  only what has one of the words in its title or its file
#
# JOBS  at a time (2)
# KEEP  a directory to leave the output of the tests in
#
# Every defect of list.bash is planted into a copy of the tree, built, and shown
# to the tests named with it. One that fails without any defect counts for
# nothing. Ends with 1 where a defect has survived all its tests.
# shellcheck disable=SC2030,SC2031 # a job's variables are its own

set -u
JOBS=${JOBS:-2}
here=$(cd "$(dirname "$0")" && pwd) || exit
work=$(mktemp -d) || exit
# The tests are other users, too.
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
KEEP=${KEEP:-$work/keep}
mkdir -p "$KEEP"
export LC_ALL=C

# plant TITLE FILE SED TEST... - a defect: what sed makes of FILE. A TEST is
# NAME of t/NAME.bats, or NAME:REGEX for those of its tests whose title matches;
# a dot stands for a space.
titles=() files=() programs=() tests=()
plant() {
	titles+=("$1")
	files+=("$2")
	programs+=("$3")
	tests+=("${*:4}")
}
# shellcheck source=t/mutate/list.bash
. "$here/list.bash"

# wanted INDEX WORD...
wanted() {
	local what="${titles[$1]} ${files[$1]}" word

	shift
	[ $# -gt 0 ] || return 0
	for word; do
		[[ $what == *"$word"* ]] && return
	done
	return 1
}

# copy JOB - a tree of its own, built
copy() {
	local tree=$work/$1

	mkdir "$tree"
	cp -R "$here/../../"{Makefile,README.md,lib,src,t} "$tree"
	mkdir "$tree/bin"
	cp "$here/../../bin/"{ptyrunc,ptyshim} "$tree/bin"
	build "$tree" || { cat "$tree/log"; exit 125; }
}

build() {
	make -C "$1" O=obj BIN=bin all obj/helper >"$1/log" 2>&1
}

# titles_failed FILE - of the tests in what bats said
titles_failed() {
	sed -n 's/^not ok [0-9]* //p' "$1" | sort -u
}

# test_one TREE TEST LOG - run it and add what it says to the log
test_one() {
	local name=${2%%:*} filter=()

	[ "$name" = "$2" ] || filter=(--filter "${2#*:}")
	(cd "$1" && BIN=$1/bin HELPER=$1/obj/helper timeout -k 5 240 \
		"$1/obj/offspring" --run bats --formatter tap "${filter[@]}" \
		"t/$name.bats") \
		>>"$3" 2>&1 </dev/null
	[ $? -ne 124 ] || echo "not ok 0 $name: it hangs" >>"$3"
}

# judge INDEX TREE - plant that defect, and say what became of it
judge() {
	local file=$2/${files[$1]} log=$KEEP/$1 test status=SURVIVED by=

	cp "$file" "$2/saved"
	sed -i "${programs[$1]}" "$file"
	: >"$log"
	if cmp -s "$file" "$2/saved"; then
		status='NOT PLANTED'
	elif ! build "$2"; then
		status='NOT BUILT'
	else
		for test in ${tests[$1]}; do
			test_one "$2" "$test" "$log"
			by=$(titles_failed "$log" | grep -vxFf "$work/ill" |
				head -n 1)
			[ -z "$by" ] || break
		done
		[ -z "$by" ] || status=caught
	fi
	cp "$2/saved" "$file"
	echo "$status: ${titles[$1]} (${files[$1]})${by:+: $by}"
}

# each N COMMAND ARG... - run COMMAND ARG... JOB for each of N jobs at once
each() {
	local job pids=()

	for ((job = 0; job < $1; job++)); do
		"${@:2}" "$job" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# The tests on the tools as they are; those that fail are noted as ill.
look() {
	local n=0 test

	for test in "${all_tests[@]}"; do
		n=$((n + 1))
		[ $((n % JOBS)) -ne "$1" ] ||
			test_one "$work/$1" "$test" "$KEEP/sound-$1"
	done
}

plant_all() {
	local i n=0

	for ((i = 0; i < ${#titles[@]}; i++)); do
		wanted "$i" "${words[@]}" || continue
		n=$((n + 1))
		[ $((n % JOBS)) -ne "$1" ] || judge "$i" "$work/$1"
	done
}

words=("$@")
for ((i = 0; i < ${#titles[@]}; i++)); do
	! wanted "$i" "$@" || tr ' ' '\n' <<<"${tests[i]}"
done >"$work/tests"
# Of a file that is run as a whole the parts are run with it.
mapfile -t all_tests < <(sort -u "$work/tests" | awk -F: \
	'NF == 1 { whole[$1] } !($1 in whole) || NF == 1')
each "$JOBS" copy
each "$JOBS" look
for ((i = 0; i < JOBS; i++)); do
	titles_failed "$KEEP/sound-$i"
done >"$work/ill" 2>/dev/null
sed 's/^/fails as it is: /' "$work/ill"
each "$JOBS" plant_all | tee "$work/said"
n=$(wc -l <"$work/said")
caught=$(grep -c '^caught: ' "$work/said")
echo "$caught of $n defects were caught, ${SECONDS} s"
[ "$caught" -eq "$n" ]
