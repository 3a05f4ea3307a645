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

# nobodys - process 1 of the container is a plain user's by now; it is $one
nobodys() {
	one=$(pgrep -u 65534 -P "$(pgrep -P "$container" || echo 0)")
}

# harmless - a container that does nothing, whose process 1, $one, is a plain
# user's
harmless() {
	timeout 60 ptyfork --no-tty -p --kill-child -- setpriv --reuid 65534 \
		--regid 65534 --clear-groups sleep 60 3>&- &
	container=$!
	started+=" $!"
	within 20 nobodys
}

# second - there is another process of that user in the container, $other
second() {
	other=$(pgrep --ns "$one" --nslist pid -u 65534 | grep -vx "$one")
}

# line PATTERN - the number of the first such line of the file calls
line() {
	grep -n -m 1 "$1" calls | cut -d: -f1
}

@test "what joins a container runs nothing before it is watched" {
	needs strace
	harmless
	timeout 30 strace -f -qq -o calls -e trace=setsid,execve \
		-e inject=setsid:delay_enter=300000 \
		ptyfork --no-tty --target "$one" -- true
	[ "$(line 'setsid.* = [0-9]')" -lt "$(line 'execve(.*\["true"\]')" ]
	kill -KILL "$one"
	within 20 gone "$one"
}

# A command that takes the user of its target loses the signal for its parent's
# death for a moment, and has left the group by then. It is stopped there: strace
# holds it up for long enough to be found.
@test "KILL of its group leaves nothing of ptyfork that the container stops" {
	needs strace
	harmless
	strace -f -qq -o /dev/null -e trace=setresuid \
		-e inject=setresuid:delay_exit=60000000 \
		setsid ptyfork --target "$one" --creds -- true 3>&- &
	tracer=$!
	started+=" $tracer"
	within 20 second
	kill -STOP "$other"
	kill -KILL -- "-$(pgrep -P "$tracer")"
	kill -KILL "$tracer"
	within 20 gone "$other"
	kill -KILL "$one"
	within 20 gone "$one"
}
