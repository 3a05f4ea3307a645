#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by another shell
load lib

# fds COMMAND... - the numbers that COMMAND would find open, of those given here
fds() {
	"$HELPER" "$@" sh -c 'for n in 3 4 5 6 7 8; do
		! [ -e /proc/$$/fd/$n ] || printf "$n "; done' \
		3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null
}

@test "a pipe is made non-blocking without the others noticing" {
	run -0 sh -c 'true | "$HELPER" own 0'
	[ "$output" = 'own non-blocking, shared blocking, closed on exec' ]
}

@test "a FIFO is made non-blocking without the others noticing" {
	mkfifo fifo
	run -0 "$HELPER" own 5 5<>fifo
	[ "$output" = 'own non-blocking, shared blocking, closed on exec' ]
}

@test "a terminal is made non-blocking without the others noticing" {
	needs script
	run -0 on_tty '"$HELPER" own 0'
	[ "$output" = $'own non-blocking, shared blocking, closed on exec\r' ]
}

@test "what a second description would not be the same of is refused" {
	echo >file
	for what in file . /dev/null /dev/ptmx; do
		run -1 "$HELPER" own 5 5<$what
		[ "$output" = ENOTSUP ]
	done
	run -1 "$HELPER" own 77
	[ "$output" = 'another errno' ]
}

@test "everything but 0, 1 and 2 is closed" {
	run -0 fds close_rest 0 -1
	[ "$output" = '' ]
}

@test "the first few are kept, and one more is left to close itself" {
	run -0 fds close_rest 2 -1
	[ "$output" = '3 4 ' ]
	run -0 fds close_rest 1 6
	[ "$output" = $'open\n3 6 ' ]
	run -0 fds close_rest 3 4
	[ "$output" = $'open\n3 4 5 ' ]
}

@test "a descriptor that is to be kept and is not there is an error" {
	fails 125 'helper: cannot close the rest: *' \
		"$HELPER" close_rest 1 -1 true 3<&-
}

@test "the rest is closed on an old kernel too" {
	run -0 fds old_kernel "$HELPER" close_rest 2 6
	[ "$output" = $'open\n3 4 6 ' ]
}

@test "the rest is closed on an old kernel without /proc" {
	as_root
	run -0 unshare -m sh -c 'mount -t tmpfs none /proc &&
		"$HELPER" old_kernel "$HELPER" close_rest 1 -1 \
		sh -c "echo a >&3; ! echo b >&5" 3>&1 5>&1 2>/dev/null'
	[ "$output" = a ]
}

@test "a wait ends when there is something to read" {
	run -0 sh -c 'echo | "$HELPER" wait_fd 0 60000'
	[ "$output" = ready ]
}

@test "a wait ends when the other end is closed" {
	run -0 sh -c 'true | "$HELPER" wait_fd 0 60000'
	[ "$output" = ready ]
}

@test "a wait ends when its time is over, and a time of none looks once" {
	mkfifo fifo
	run -1 "$HELPER" wait_fd 5 30 5<>fifo
	[ "$output" = late ]
	run -0 sh -c 'echo >&5; "$HELPER" wait_fd 5 0' 5<>fifo
	[ "$output" = ready ]
}

@test "a wait ends with a signal, which stays to be read" {
	local pid

	mkfifo fifo
	"$HELPER" wait_fd 5 60000 5<>fifo >out 3>&- &
	pid=$!
	within 20 grep -q '^SigBlk:.*2..$' "/proc/$pid/status"
	kill -USR1 "$pid"
	wait "$pid" || [ $? -eq 1 ]
	[ "$(cat out)" = signal ]
}

@test "a wait on a descriptor that is not open fails" {
	run -1 "$HELPER" wait_fd 77 60000
	[ "$output" = 'another errno' ]
}
