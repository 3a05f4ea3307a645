#!/bin/bash
# crun-tests.sh [FILE]... - crun's own tests, of Debian's source package, with
# ptyrunc in crun's place.
#
# All files, or those named (exec, mounts...). A line of TAP for each test that
# passed, was skipped by itself, or failed though it is not in crun-tests.except
# with its reason; one that is there has to fail. RUNTIME may be "crun" itself:
# see runtime.bash.
set -eu
peer=crun # of runtime.bash
# shellcheck source=t/peers/runtime.bash
. "$(dirname "$0")/runtime.bash"

# build_init - what runs in their containers, which brings all it does itself
build_init() {
	[ ! -x "$top/tests/init" ] || return 0
	printf '#define HAVE_SECCOMP 1\n#define HAVE_ERROR_H 1\n' \
		>"$top/tests/config.h"
	gcc -static -w -I "$top/tests" -o "$top/tests/init" "$top/tests/init.c"
}

# runtime - a program that takes crun's command line: what crun calls otherwise
# than runc is said in runc's words
runtime() {
	quoted=$(printf %q "$RUNTIME")
	cat >"$WORK/runtime" <<-END
		#!/bin/bash
		runtime=$quoted
	END
	cat >>"$WORK/runtime" <<-'END'
		[ "${runtime##*/}" != crun ] || exec "$runtime" "$@"
		words=()
		while [ $# -gt 0 ]; do
			case $1 in
			--version)
				"$runtime" --version || exit
				# What it was built with, by which tests are chosen.
				echo '+SELINUX +APPARMOR +CAP +SECCOMP'
				exit
				;;
			--config) # the bundle is the working directory
				[ "$2" = config.json ] || cp "$2" config.json
				shift
				;;
			*) words+=("$1") ;;
			esac
			shift
		done
		exec "$runtime" "${words[@]}"
	END
	chmod +x "$WORK/runtime"
}

# stand_in - Debian 12 has no libmount for Python: the two lists of options of a
# mount, of a file as /proc/PID/mountinfo. And a pid may have less than 5 digits.
stand_in() {
	sed -i 's/\\d{5}/\\d+/' "$top/tests/test_exec.py"
	cat >"$top/tests/libmount.py" <<-'END'
		class Table:
		    def __init__(self, name):
		        self.lines = [line.split() for line in open(name)]

		    def find_target(self, path):
		        for line in reversed(self.lines):
		            if len(line) > 9 and line[4] == path:
		                self.vfs_options = line[5]
		                self.fs_options = line[-1]
		                return self
	END
}

# clear - remove what a file left: containers that its last lines could not
# delete, one of them frozen in a cgroup of the test's own making
frozen=/sys/fs/cgroup/freezer/frozen
clear() {
	local dir pid i

	[ -n "$frozen_before" ] || [ ! -e $frozen ] ||
		echo THAWED >$frozen/freezer.state
	for ((i = 0; i < 100; i++)); do
		[ -n "$frozen_before" ] || [ ! -e $frozen ] || rmdir $frozen || :
		# The name is that of a directory made by Python's tempfile.
		find /sys/fs/cgroup -depth -type d -name 'test-tmp*' \
			-newer "$WORK/runtime" >"$WORK/left" || :
		[ -s "$WORK/left" ] || return 0
		while read -r dir; do
			while read -r pid; do
				kill -KILL "$pid" || :
			done <"$dir/cgroup.procs"
			rmdir "$dir" || :
		done <"$WORK/left"
		sleep 0.05
	done 2>/dev/null
}

# varies FILE TEST - does it depend on the machine, "# where..."?
varies() {
	grep -qF "$1: $2 # where " "$here/crun-tests.except"
}

# judge FILE OUTPUT STATUS - print each test's line, and count it; what a test
# wrote to its standard error may stand before that, in the same line
judge() {
	local file=$1 line name seen=0 plan

	while IFS= read -r line; do
		name=${line#*ok [0-9]* - }
		name=${name%% #SKIP*}
		seen=$((seen + 1))
		case $line in
		ok*'#SKIP')
			skipped=$((skipped + 1))
			echo "ok - $file: $name # skip"
			;;
		ok*)
			passed=$((passed + 1))
			echo "ok - $file: $name"
			! excepted "$file" "$name" || varies "$file" "$name" ||
				wrong "$file" "passes, and is excepted: $name"
			;;
		*)
			failed=$((failed + 1))
			if excepted "$file" "$name"; then
				echo "# excepted: $file: $name"
			else
				echo "not ok - $file: $name"
				sed 's/^/# /' "$2"
				wrong "$file" "failed: $name"
			fi
			;;
		esac
	done < <(grep -oE '(not )?ok [0-9]+ - .*' "$2")
	# A file that ends before its last test is no file that passed.
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$2")
	[ "$3$seen" = "0$plan" ] || {
		if excepted "$file" '*'; then
			failed=$((failed + 1))
			echo "# excepted: $file"
			return
		fi
		echo "not ok - $file: ends with $3, after $seen of ${plan:-?} tests"
		sed 's/^/# /' "$2"
		wrong "$file" "did not end as it should"
	}
}

fetch
build_init
runtime
stand_in
frozen_before=
[ ! -e $frozen ] || frozen_before=1
# Debian's own, where there is another one.
python=/usr/bin/python3
[ -x $python ] || python=python3
mkdir -p "$WORK/log"
cd "$top"
[ $# -gt 0 ] || set -- tests/test_*.py
for file; do
	file=${file##*test_}
	file=${file%.py}
	status=0
	limit=${LIMIT:-300}
	! excepted "$file" '*' || limit=10
	# Some of them want a terminal.
	OCI_RUNTIME=$WORK/runtime INIT=$top/tests/init \
		timeout --foreground "$limit" "$BIN/ptyfork" -- \
		"$python" "tests/test_$file.py" </dev/null \
		>"$WORK/log/$file" 2>&1 || status=$?
	clear
	judge "$file" "$WORK/log/$file" "$status"
done
conclude
