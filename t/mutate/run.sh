#!/usr/bin/env bash
# run.sh - take one safeguard at a time out of a copy of the tools, and see that
# a test fails
#
# run.sh [WORD]...  only what has one of the words in its title or its file
# run.sh --check    only see that each defect can be planted and has tests
#
# JOBS  at a time (2)
# KEEP  a directory to leave the output of the tests in
#
# Every defect of list.bash is planted into a copy of the tree, built, and shown
# to the tests named with it. A test that fails without any defect as well counts
# for nothing. Ends with 1 where a defect has survived all its tests.
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

# check - whether each defect changes its file, and each test exists
check() {
	local i test name wrong=0

	cd "$here/../.." || return
	for ((i = 0; i < ${#titles[@]}; i++)); do
		! sed "${programs[i]}" "${files[i]}" | cmp -s - "${files[i]}" ||
			{ echo "NOT PLANTED: ${titles[i]} (${files[i]})"; wrong=1; }
		for test in ${tests[i]}; do
			name=${test%%:*}
			[ "$name" != "$test" ] || test=$name:
			grep -s '^@test ' "t/$name.bats" |
				grep -qE -e "${test#"$name":}" ||
				{ echo "NO TEST: $test: ${titles[i]}"; wrong=1; }
		done
	done
	return "$wrong"
}

# copy JOB - a tree of its own, built
copy() {
	local tree=$work/$1

	mkdir "$tree"
	cp -R "$here/../../"{Makefile,README.md,lib,src,t} "$tree"
	mkdir "$tree/bin"
	cp "$here/../../bin/"{ptyrunc,ptyshim} "$tree/bin"
	build "$tree" || { cat "$tree/log"; exit 125; }
	mkdir "$tree/verdicts" "$tree/sound"
	cp -a "$tree/bin" "$tree/obj/helper" "$tree/obj/offspring" "$tree/sound"
}

build() {
	make -C "$1" O=obj BIN=bin all obj/helper >"$1/log" 2>&1
}

# titles_failed FILE - of the tests in what bats said
titles_failed() {
	sed -n 's/^not ok [0-9]* //p' "$1" | sort -u
}

# bats_in TREE BIN HELPER NAME [ARG]... - what t/NAME.bats says of those tools
bats_in() {
	cd "$1" || return
	BIN=$1/$2 HELPER=$1/$3 timeout -k 5 240 \
		"$1/obj/offspring" --run bats --formatter tap "${@:5}" \
		"t/$4.bats" 2>&1 </dev/null
	[ $? -ne 124 ] || echo "not ok 0 $4: it hangs"
}

# test_one TREE TEST LOG - run it on the tools with the defect
test_one() {
	local name=${2%%:*} filter=()

	[ "$name" = "$2" ] || filter=(--filter "${2#*:}")
	(bats_in "$1" bin obj/helper "$name" "${filter[@]}") >"$3"
}

# is_sound TREE NAME TITLE - that test passes on the tools as they are. Whether
# it does is asked once.
is_sound() {
	local verdict title

	verdict=$1/verdicts/$2.${3//[^[:alnum:]]/_}
	# shellcheck disable=SC2001 # every character that means something
	title=$(sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$3")
	[[ $3 != *': it hangs' ]] || title='.*'
	[ -e "$verdict" ] || (bats_in "$1" sound/bin sound/helper "$2" \
		--filter "^$title\$") >"$verdict"
	! grep -q '^not ok' "$verdict" && grep -q '^ok' "$verdict" && return
	echo "fails as it is: $2: $3" >&2
	return 1
}

# catcher TREE TEST LOG - the first of the tests in the log that is sound
catcher() {
	local title

	while IFS= read -r title; do
		! is_sound "$1" "${2%%:*}" "$title" || { echo "$title"; return; }
	done < <(titles_failed "$3")
}

# judge INDEX TREE - plant that defect, and say what became of it
judge() {
	local file=$2/${files[$1]} log=$KEEP/$1 test status=SURVIVED by=

	cp "$file" "$2/saved"
	sed -i "${programs[$1]}" "$file"
	if cmp -s "$file" "$2/saved"; then
		status='NOT PLANTED'
	elif ! build "$2"; then
		status='NOT BUILT'
	else
		for test in ${tests[$1]}; do
			test_one "$2" "$test" "$log.${test%%:*}"
			by=$(catcher "$2" "$test" "$log.${test%%:*}")
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

plant_all() {
	local i n=0

	for ((i = 0; i < ${#titles[@]}; i++)); do
		wanted "$i" "${words[@]}" || continue
		n=$((n + 1))
		[ $((n % JOBS)) -ne "$1" ] || judge "$i" "$work/$1"
	done
}

[ "${1-}" != --check ] || { check; exit; }
words=("$@")
each "$JOBS" copy
each "$JOBS" plant_all | tee "$work/said"
n=$(wc -l <"$work/said")
caught=$(grep -c '^caught: ' "$work/said")
echo "$caught of $n defects were caught, ${SECONDS} s"
[ "$caught" -eq "$n" ]
