#!/usr/bin/env bats
# peer-crun.bats is a link to this file: both runtimes pass the same tests.
load lib
load peer
RUNTIME=${BATS_TEST_FILENAME##*/peer-}
RUNTIME=${RUNTIME%.bats}
export BATS_TEST_NAME_PREFIX="$RUNTIME: "

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs_containers
	leave_baseline
}

teardown() {
	remove_containers
	leave_nothing
}

@test "what a container prints arrives at fdrecv" {
	bundle 'tty; echo error >&2; stty size'
	receive con.sock
	start box
	received
	[ "$(without_cr out)" = $'/dev/pts/0\nerror\n11 33' ]
}

@test "lines that a container prints end in a plain newline" {
	bundle 'read -r _; seq 3'
	echo >in
	receive con.sock
	start box
	received
	printf '\n1\n2\n3\n' | cmp - out
}

@test "lines end as the container's terminal writes them with --onlcr" {
	bundle 'read -r _; seq 3'
	echo >in
	receive --onlcr con.sock
	start box
	received
	printf '\r\n1\r\n2\r\n3\r\n' | cmp - out
}

@test "what is sent through fdrecv is a container's input, up to its end" {
	bundle cksum
	seq 10 >in
	receive con.sock
	start box
	received
	[ "$(tail -n 1 out)" = "$(seq 10 | cksum)" ]
}

@test "a container that ends at once loses no output" {
	bundle 'seq 1000'
	for i in {1..50}; do
		receive con.sock
		start "box$i"
		received
		[ "$(without_cr out | cksum)" = "$(seq 1000 | cksum)" ]
	done
}

@test "a container's megabyte is complete in a pipe to tee" {
	bundle 'seq 200000'
	fdrecv con.sock </dev/null 3>&- | tee log | cksum >sum 3>&- &
	receiver=$!
	within 5 test -S con.sock
	start box
	received
	[ "$(without_cr log | cksum)" = "$(seq 200000 | cksum)" ]
	[ "$(cat sum)" = "$(cksum <log)" ]
}

@test "fdrecv that looks after the container has ended has its output" {
	bundle 'seq 1000'
	receive con.sock
	kill -STOP "$receiver"
	start box
	within 5 container_is box stopped
	kill -CONT "$receiver"
	received
	[ "$(without_cr out | cksum)" = "$(seq 1000 | cksum)" ]
}

@test "fdrecv --list tells that a terminal's master came" {
	bundle true
	receive --list con.sock
	start box || true
	received
	[ "$(wc -l <out)" -eq 1 ]
	grep -q master out
}

@test "a command of fdrecv has the container's terminal on descriptor 3" {
	# shellcheck disable=SC2016 # the container's shell expands it
	bundle 'stty -echo; read -r line; echo "got $line"; stty size'
	echo 'winsz --fd 3 40 120; echo hello >&3
		echo "$LISTEN_FDS $FDRECV_UID"; cat <&3 2>/dev/null' >command
	receive con.sock -- sh command
	start box
	received || true
	[ "$(without_cr out | grep -v '^hello$')" = $'1 0\ngot hello\n40 120' ]
}

@test "a command of fdrecv can read what the runtime calls its terminal" {
	bundle true
	# shellcheck disable=SC2016 # fdrecv sets it
	receive con.sock -- sh -c 'echo "[$FDRECV_MESSAGE]"; cat <&3'
	start box
	received || true
	case $RUNTIME in
	crun) [ "$(head -n 1 out)" = '[ ]' ] ;;
	*) head -n 1 out | grep -qx '\[/dev/.*ptmx\]' ;;
	esac
}

@test "fdrecv --terminal takes a container's terminal" {
	bundle 'echo hello'
	receive --terminal con.sock
	start box
	received
	[ "$(without_cr out)" = hello ]
}
