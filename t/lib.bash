# lib.bash - what every test file loads: the tools in PATH, a directory of its
# own for each test, and a look at what a test left behind.
#
# Tests with the tag unsanitized are about what a sanitizer itself changes: it
# needs /proc, memory and descriptors. Those with the tag once are about what is
# the same in each build: they are run with one of them.
#
# Background jobs of a test close bats's own descriptor: CMD 3>&- &

bats_require_minimum_version 1.5.0
# Once for a file, whose tests have what is exported.
if [ "${TOOLS_OF-}" != "$BATS_TEST_FILENAME" ]; then
	BIN=$(realpath "${BIN:-$BATS_TEST_DIRNAME/../bin}")
	PATH=$BIN:$PATH
	HELPER=$(realpath "${HELPER:-$BATS_TEST_DIRNAME/../.obj/helper}")
	TOOLS_OF=$BATS_TEST_FILENAME
	export LC_ALL=C BIN HELPER TOOLS_OF
fi

setup() {
	stage
}

teardown() {
	kill_started
	leave_nothing
}

# stage - go to the directory of the test, without input
stage() {
	cd "$BATS_TEST_TMPDIR" || return 1
	exec </dev/null
}

# stage_pause - the same, with a FIFO that a shell which has a trap may wait on,
# read -t N <>pause: a trap of bash that is due while it makes a process
# substitution fails, at times, to be parsed
stage_pause() {
	stage && mkfifo -m 666 pause
}

# kill_started - end the jobs that the test noted in $started, and remove the
# socket s that one of them could not remove
kill_started() {
	[ -n "${started-}" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	kill -KILL $started 2>/dev/null || true
	rm -f s
}

# offspring list|none|nothing - what this test has left: see t/offspring.c
offspring() {
	"${HELPER%/*}/offspring" "$1" "$$" "$BATS_TEST_TMPDIR"
}

# ours - the processes that this test started and that still run, whatever they
# have become: found by their parents, which are this shell and what runs the
# file. A search in a pipeline finds the other parts of that.
ours() {
	offspring list
}

# our NAME - the first process of that name that this test started, not one that
# it has forked, which may have a smaller number
our() {
	local pid list

	list=$(comm -12 <(ours | sort) <(pgrep -x "$1" | sort))
	for pid in $list; do
		grep -qxF "$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")" \
			<<<"$list" || { echo "$pid"; return; }
	done
}

none_of_ours() {
	offspring none
}

# leave_nothing - fail the test if it left a process, mount or socket
leave_nothing() {
	local pid mounts

	! offspring nothing || return 0
	if ! within 20 none_of_ours; then
		for pid in $(ours); do
			echo "left behind: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
			kill -KILL "$pid" || true
		done
		return 1
	fi
	! mounts=$(grep -E "${BATS_TEST_TMPDIR#/tmp}[/ ]" /proc/self/mountinfo) ||
		{ echo "left mounted: $mounts"; return 1; }
	[ -z "$(find "$BATS_TEST_TMPDIR" -type s)" ]
}

# within SECONDS COMMAND... - poll until COMMAND succeeds, or fail; $! is
# another one afterwards
within() {
	local end=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -rt 0.02 <> <(:) || true
	done
}

# gone PID - that process is no more, or a zombie
gone() {
	! [ -e "/proc/$1" ] || grep -qs '^State:.Z' "/proc/$1/status"
}

# in_state PID LETTER - is it in that state, as proc(5) has it?
in_state() {
	grep -qs "^State:.$2" "/proc/$1/status"
}

# ticks PID - how much of the processor it used, in ticks of the clock
ticks() {
	echo $(($(cut -d' ' -f14,15 <"/proc/$1/stat" | tr ' ' +)))
}

# waits_at_no_cost PID - is it as good as idle for a second?
waits_at_no_cost() {
	local before

	before=$(ticks "$1")
	sleep 1
	[ "$(ticks "$1")" -le $((before + 5)) ]
}

# ends STATUS PID - that background job ends with that status, in time
ends() {
	local status=0

	within 20 gone "$2" || { echo "$2 goes on"; return 1; }
	wait "$2" || status=$?
	[ "$status" -eq "$1" ] || { echo "status $status, not $1"; return 1; }
}

# feed FIFO [LINE] - write a line to a FIFO that a process reads, or will soon: to
# open it would wait for ever for one that has ended
feed() {
	# shellcheck disable=SC2016 # expanded by the other shell
	timeout 20 sh -c 'printf "%s\n" "$2" >"$1"' sh "$1" "${2-}"
}

# on_tty COMMAND - run COMMAND with a new terminal on 0, 1 and 2. Its input has
# no end: script types one as a byte, which the terminal would show.
on_tty() {
	SHELL=$BASH timeout -k 5 30 script -qec "$1" /dev/null <> <(:)
}

# quick STATUS COMMAND... - COMMAND ends with STATUS; what it says goes to the
# files out and err, so that a process that it leaves is not waited for, as run
# does
quick() {
	local status=0 wanted=$1

	shift
	timeout -k 5 20 "$@" >out 2>err 3>&- || status=$?
	[ "$status" -eq "$wanted" ] || { echo "status $status"; return 1; }
}

# fails STATUS PATTERN COMMAND... - COMMAND ends with STATUS, says nothing on
# stdout and one line on stderr that matches the shell pattern
fails() {
	local status=$1 pattern=$2

	shift 2
	run "-$status" --separate-stderr "$@"
	[ -z "$output" ] || { echo "stdout: $output"; return 1; }
	# shellcheck disable=SC2053,SC2154
	[[ $stderr == $pattern ]] || { echo "stderr: $stderr"; return 1; }
	# shellcheck disable=SC2154
	[ "${#stderr_lines[@]}" -eq 1 ]
}

# needs COMMAND... - skip without them; where CI says so, fail
needs() {
	local command

	for command; do
		command -v "$command" >/dev/null ||
			without "$command is not installed"
	done
}

# without REASON - skip for a reason; with STRICT=1 that is a failure
without() {
	if [ "${STRICT:-0}" = 1 ]; then
		echo "STRICT: $1"
		return 1
	fi
	skip "$1"
}

# as_root - skip what only root can prepare
as_root() {
	[ "$(id -u)" = 0 ] || without 'needs root'
}

# as_nobody COMMAND... - run it as a plain user
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
