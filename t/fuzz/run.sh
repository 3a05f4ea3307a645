#!/usr/bin/env bash
# run.sh SECONDS [TARGET]... - fuzz each target so long, two at a time, and say
# what came of it, a line each. Fails on a finding, whose input is kept.
#
# The inputs in corpus/TARGET are what a run starts from; what it learns is
# added to $O/corpus/TARGET, for the next one. A finding is repeated by
# "$O/TARGET FILE".
set -eu -o pipefail
cd "$(dirname "$0")/../.."

O=$(realpath -m "${O:-.obj/fuzz}")
seconds=${1:?run.sh SECONDS [TARGET]...}
shift
export O seconds

SANITIZE=address,undefined

# names FILE... - without their directory and their .c
names() {
	local file

	for file; do
		basename "$file" .c
	done
}

mapfile -t sources < <(find lib src -name '*.c' ! -path src/main.c)
mapfile -t applets < <(make -s names)
mapfile -t targets < <(names t/fuzz/*.c | grep -vx fuzz)

# What every target is linked with.
shared=("${sources[@]/#/$O/}" "$O/t/fuzz/fuzz.c" "$O/t/helper-term.c")
shared=("${shared[@]/%.c/.o}")

# link TARGET - with its own __wrap_NAME in place of NAME
link() {
	local wraps

	mapfile -t wraps < <(grep -oE '__wrap_[a-z_]+' "t/fuzz/$1.c" | sort -u)
	clang -fsanitize=fuzzer,$SANITIZE -fno-sanitize-recover=all \
		"${wraps[@]/#__wrap_/-Wl,--wrap=}" -o "$O/$1" \
		"$O/t/fuzz/$1.o" "${shared[@]}"
}

build() {
	local flags target objects=("${@/#/$O/t/fuzz/}")

	flags="-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
-fsanitize=fuzzer-no-link,$SANITIZE '-DAPPLETS=$(printf 'X(%s) ' \
		"${applets[@]}")'"
	# Of these make does not know the headers.
	rm -rf "$O/t/fuzz"
	mkdir -p "$O/t/fuzz"
	make -s -j2 CC=clang LINK= O="$O" CFLAGS="$flags" "${shared[@]}" \
		"${objects[@]/%/.o}"
	for target; do
		link "$target"
	done
}

# fuzz TARGET - one of them, and its line
fuzz() {
	local target=$1 log=$O/$1.log status=0 runs inputs

	mkdir -p "$O/corpus/$target"
	"$O/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-use_value_profile=1 -close_fd_mask=1 -print_final_stats=1 \
		-artifact_prefix="$O/$target.found-" "$O/corpus/$target" \
		"t/fuzz/corpus/$target" >"$log" 2>&1 || status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	inputs=$(find "$O/corpus/$target" -type f | wc -l)
	if [ "$status" -eq 0 ]; then
		echo "$target: $runs runs, $inputs inputs"
	else
		echo "$target: a finding, see $log"
		grep -E 'Assertion|ERROR:|runtime error|Test unit written' \
			"$log" | sed 's/^/    /' || tail -n 3 "$log"
	fi
	return "$status"
}
export -f fuzz

[ $# -gt 0 ] || set -- "${targets[@]}"
build "$@"
printf '%s\n' "$@" | xargs -P 2 -I TARGET bash -euc 'fuzz TARGET'
