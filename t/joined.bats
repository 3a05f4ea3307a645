#!/usr/bin/env bats
# bats file_tags=slow
# joined.bats - a container that is joined does what it can against that
# shellcheck disable=SC2016 # expanded by the command
# shellcheck disable=SC2030,SC2031 # started is of one test
load lib
load rootfs

setup() {
	stage
	as_root
	rootfs R
}

# stopping - a container whose process 1 stops all that appears in it, until
# there is a file "calm"; its pid is in $one
stopping() {
	timeout 60 ptyfork --no-tty -m -p --kill-child -- newroot --proc /proc \
		--dev /dev --bind . /mnt R -- sh -c "echo >/mnt/up
		until [ -e /mnt/calm ]; do
			for i in 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9; do
				kill -STOP -1 2>/dev/null
			done
		done; exec sleep 60" 3>&- &
	container=$!
	started+=" $!"
	within 20 test -e up
	one=$(pgrep -P "$(pgrep -P "$container")")
}

# alone - nothing is in the container but its process 1
alone() {
	[ "$(pgrep --ns "$one" --nslist pid -c .)" -eq 1 ]
}

@test "TERM ends what joined a container that stops it, and leaves nothing" {
	stopping
	for words in --no-tty '' '--no-tty --pid-file pid'; do
		# shellcheck disable=SC2086
		ptyfork $words --target "$one" -- sleep 60 3>&- &
		pid=$!
		started+=" $pid"
		within 20 grep -qs 'SigBlk:.*[1-9a-f]' "/proc/$pid/status"
		# In the midst of the start, or after it.
		read -rt 0.3 <> <(:) || true
		kill -TERM "$pid"
		ends 143 "$pid"
		within 20 alone
		[ ! -e pid ]
	done
	: >calm
	kill -KILL "$(pgrep -P "$container")"
	within 20 gone "$one"
}

# The child is held up as it closes what it was given, longer than the 10 s that
# ptyfork waits for it.
@test "ptyfork in a container that holds up its child gives up after its time" {
	needs strace
	timeout 60 ptyfork --no-tty -p --kill-child -- sh -c \
		': >up; exec sleep 60' 3>&- &
	container=$!
	started+=" $!"
	within 20 test -e up
	one=$(pgrep -P "$(pgrep -P "$container")")
	run -124 timeout -k 1 50 strace -f -qq -o /dev/null -e trace=close_range \
		-e inject=close_range:delay_enter=13000000 \
		ptyfork --no-tty --target "$one" -- true
	[[ $output == *"ptyfork: cannot start 'true': timed out" ]]
	within 20 alone
	kill -KILL "$(pgrep -P "$container")"
	within 20 gone "$one"
}

# one_more - something is in the container beside its process 1
one_more() {
	! alone
}

@test "KILL of ptyfork in such a container leaves nothing, however early" {
	stopping
	# A command that runs already is not held by ptyfork.
	for words in --no-tty '' '--no-tty --pid-file pid'; do
		for _ in 1 2 3 4; do
			# shellcheck disable=SC2086
			ptyfork $words --kill-child --target "$one" \
				-- sleep 60 3>&- &
			pid=$!
			started+=" $pid"
			within 20 one_more
			kill -KILL "$pid"
			within 20 alone
		done
	done
	: >calm
	kill -KILL "$(pgrep -P "$container")"
	within 20 gone "$one"
}
