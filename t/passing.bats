#!/usr/bin/env bats
# passing.bats - signals that ptyfork passes on, without a caller's terminal
# shellcheck disable=SC2016 # expanded by the command
load lib

setup() {
	stage_pause
}

# answers SIGNAL WORD... - with these words a command that handles the signal
# gets it from ptyfork
answers() {
	local sig=$1

	shift
	rm -f up
	env --default-signal "$@" -- bash -c "trap 'exit 9' $sig; echo >up
		while :; do read -rt 1 <>pause; done" >/dev/null 3>&- &
	pid=$!
	within 20 test -e up
	kill -"$sig" "$pid"
	ends 9 "$pid" || { echo "signal $sig: $*"; return 1; }
}

@test "a signal that would end ptyfork is passed on, whichever it is" {
	for sig in ALRM VTALRM PROF XCPU IO PWR STKFLT 34 50 64; do
		answers "$sig" ptyfork
	done
	answers ALRM ptyfork --no-tty
	answers 64 ptyfork --no-tty
}

# Of two signals that came a shell runs the trap of the smaller one first.
@test "a signal that ptyfork was started with as ignored is not passed on" {
	for sig in HUP ALRM; do
		rm -f up
		env --default-signal --ignore-signal="$sig" ptyfork -- \
			env --default-signal bash -c "trap 'exit 9' $sig
			trap 'exit 7' TERM; echo >up
			while :; do read -rt 1 <>pause; done" >/dev/null 3>&- &
		pid=$!
		within 20 test -e up
		kill -"$sig" "$pid"
		kill -TERM "$pid"
		ends 7 "$pid" || { echo "signal $sig"; return 1; }
	done
}

# A shell handles its own trap after the end of what it waits for.
late="trap 'exit 9' HUP INT QUIT TERM; sh -c 'echo >up; exec sleep 60'"

@test "TERM, HUP, INT and QUIT end the whole job of the command" {
	as_root
	for sig in TERM HUP INT QUIT; do
		for words in '' '--tty 1,2' '-p --init'; do
			rm -f up
			# shellcheck disable=SC2086
			env --default-signal ptyfork $words -- \
				bash -c "$late" >/dev/null 3>&- &
			pid=$!
			within 20 test -e up
			kill -"$sig" "$pid"
			ends 9 "$pid" || { echo "$sig: $words"; return 1; }
		done
	done
}

# The file is on a file system that does not answer, so to say.
@test "TERM, HUP, INT and QUIT end a command that hangs in its exec" {
	cp "$(type -P true)" slow
	for sig in TERM HUP INT QUIT; do
		for words in '' --no-tty; do
			rm -f held
			"$HELPER" lease slow >held 3>&- &
			holder=$!
			within 20 grep -qsx held held
			# shellcheck disable=SC2086
			env --default-signal ptyfork $words -- ./slow \
				>/dev/null 3>&- &
			pid=$!
			within 20 grep -qx asked held
			kill -"$sig" "$pid"
			ends "$((128 + $(kill -l "$sig")))" "$pid" ||
				{ echo "$sig: $words"; return 1; }
			kill "$holder"
			wait "$holder" || :
		done
	done
}

@test "a command whose status is lost ends ptyfork all the same" {
	needs strace
	for words in '' --no-tty; do
		# shellcheck disable=SC2086
		run -125 --separate-stderr timeout -k 1 20 strace -qq \
			-o /dev/null -e trace=wait4 -e inject=wait4:error=ECHILD \
			ptyfork $words -- true
	done
}

# listening FILE COMMAND... - run it as what FILE is announced to at 3
listening() {
	local file=$1

	shift
	LISTEN_FDS=1 sh -c 'LISTEN_PID=$$ exec "$@"' sh "$@" 3<"$file"
}

@test "conlog and reap pass on what they were given, as tee and timeout do" {
	echo one >one
	for tool in reap 'conlog --log log'; do
		# shellcheck disable=SC2086
		run -0 $tool -- sh -c 'cat <&7; cat "$1"' sh <(echo two) 7<one
		[ "$tool" = reap ] || output=$(<log)
		[ "$output" = $'one\ntwo' ]
	done
}

@test "what is announced to conlog and reap is announced to their command" {
	echo one >one
	for tool in reap 'conlog --log log'; do
		rm -f log
		# shellcheck disable=SC2086
		run -0 listening one $tool -- \
			sh -c 'echo $(($$ - LISTEN_PID)); cat <&3'
		[ "$tool" = reap ] || output=$(<log)
		[ "$output" = $'0\none' ]
	done
}

@test "what isolates passes nothing on, behind conlog and reap as well" {
	as_root
	for tool in reap 'conlog --log log'; do
		for inner in 'newroot /' 'confine --' 'ptyfork --no-tty -m --'; do
			rm -f log
			# shellcheck disable=SC2086
			run -0 $tool -- $inner sh -c \
				'[ ! -e /proc/self/fd/77 ] && echo closed' 77</
			[ "$tool" = reap ] || output=$(<log)
			[ "$output" = closed ]
		done
	done
}

# goes_on PID - continue it; has it ended?
goes_on() {
	kill -CONT "$1" 2>/dev/null
	gone "$1"
}

# It is stopped in its first wait for the command's start, so that both are
# there when it goes on.
# bats test_tags=unsanitized
@test "a signal that comes as the command starts to run is passed on" {
	needs strace
	for way in --no-tty '--no-tty -r' -r; do
		rm -f up
		# shellcheck disable=SC2086
		env --default-signal strace -D -qq -o /dev/null -e trace=poll,ppoll \
			-e inject=poll,ppoll:signal=STOP:when=1 ptyfork $way -- \
			bash -c 'trap "exit 9" TERM; echo >up
			while :; do read -rt 1 <>pause; done' >/dev/null 3>&- &
		pid=$!
		started+=" $pid"
		within 20 test -e up
		within 20 in_state "$pid" '[tT]'
		kill -TERM "$pid"
		# A look may see it where strace holds it, before it stops.
		within 20 goes_on "$pid"
		ends 9 "$pid" || { echo "$way"; return 1; }
	done
}
