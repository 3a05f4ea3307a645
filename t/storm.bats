#!/usr/bin/env bats
# Too much at once, or nothing for too long: queues, storms of signals, who is
# stopped in the middle, a clock that has run for years.
# What is in single quotes is for other shells.
# shellcheck disable=SC2016
# bats file_tags=unsanitized
load lib

@test "a queue of datagrams that is full is waited for, but not for ever" {
	"$HELPER" console s dgram 3>&- &
	job=$!
	started+=" $job"
	within 20 test -S s
	run -124 timeout -s KILL 20 sh -c 'while fdsend --type dgram --timeout 0.3 s; do
		:; done; fdsend --type dgram --timeout 0.3 s'
}

@test "a storm of signals costs no byte and no status" {
	for signal in WINCH CHLD CONT; do
		ptyfork -- sh -c 'echo >ready; seq 2000000; exit 7' >out 3>&- &
		job=$!
		started+=" $job"
		within 20 test -e ready
		for _ in {1..10000}; do
			kill -$signal $job || break
		done
		ends 7 $job
		seq 2000000 | cmp - out
		rm ready
	done
}

@test "a server goes on through a storm of signals" {
	env --default-signal fdrecv --keep s sh -c 'cat <&3 >got' 3>&- &
	job=$!
	started+=" $job"
	within 20 test -S s
	for _ in {1..10000}; do
		kill -CHLD $job
	done
	echo data | fdsend s
	within 20 grep -q data got
	kill $job
	within 20 [ ! -e s ]
}

# asleep PID - it waits for something
asleep() {
	[ "$(cut -d' ' -f3 "/proc/$1/stat")" = S ]
}

@test "a reader that is stopped gets all in the end" {
	mkfifo pipe
	cat pipe >out 3>&- &
	reader=$!
	exec 9>pipe
	kill -STOP $reader
	ptyfork -- sh -c 'seq 200000; exit 7' >&9 3>&- 9>&- &
	writer=$!
	within 20 asleep $writer
	kill -CONT $reader
	exec 9>&-
	ends 7 $writer
	ends 0 $reader
	seq 200000 | cmp - out
}

stopped() {
	[ -s pid ] && grep -q '^State:.T' "/proc/$(cat pid)/status"
}

@test "a command that is stopped is waited for, and goes on" {
	ptyfork -- sh -c 'echo $$ >pid; echo a; kill -STOP $$; echo b; exit 7' \
		>out 3>&- &
	job=$!
	started+=" $job"
	within 20 stopped
	within 20 grep -q a out
	kill -CONT "$(cat pid)"
	ends 7 $job
	[ "$(cat out)" = $'a\nb' ]
}

@test "a receiver that is stopped after it connected is given up" {
	fdrecv --ack s true 3>&- &
	job=$!
	started+=" $job"
	within 20 test -S s
	kill -STOP $job
	fails 124 'fdsend: *' timeout 20 fdsend --ack=0.3 s
}

@test "a clock that has run for years is no clock that ran out" {
	as_root
	local start=$SECONDS

	run -124 unshare -T --monotonic=315360000 --fork \
		timeout -s KILL 20 fdrecv --timeout 0.5 s
	[ $((SECONDS - start)) -lt 10 ]
	run -0 unshare -T --monotonic=315360000 --fork \
		sh -c 'seq 50000 | timeout 20 ptyfork -- cat | tail -1'
	[ "$output" = 50000 ]
}
