#!/usr/bin/env bats
# What a sender may do to a receiver, and what the receiver makes of it.
# The expansions in single quotes are those of the commands received for.
# shellcheck disable=SC2016
load lib

# fdrecv ARG... - with a limit, as its sender may have given up
fdrecv() {
	timeout -k 1 60 fdrecv "$@"
}

# hostile TYPE STEP... - send what no tool would, once somebody listens at s
hostile() {
	local type=$1

	shift
	"$HELPER" sender "$type" s "$@" </dev/null 3>&- &
}

# serve WORD... - fdrecv --keep at s
serve() {
	env --default-signal fdrecv --keep "$@" 3>&- 2>err &
	server=$!
	within 20 test -S s
}

# stop - end it, and wait for what it started
stop() {
	kill "$server"
	wait "$server" || true
}

# complaints N - the server has said so many lines
complaints() {
	[ "$(wc -l <err)" -eq "$1" ]
}

open_files() {
	find "/proc/$server/fd" -mindepth 1 | wc -l
}

open_as_before() {
	[ "$(open_files)" -eq "$before" ]
}

@test "a message with 1, 2, 3 or 253 descriptors is taken whole" {
	for n in 1 2 3 253; do
		hostile stream $n,1
		run -0 fdrecv s sh -c 'echo $LISTEN_FDS'
		[ "$output" = $n ]
	done
	hostile stream 2+,1
	run -0 fdrecv s sh -c 'echo $LISTEN_FDS'
	[ "$output" = 4 ]
}

@test "a console is one descriptor: 0, 2, 3 and 253 are refused" {
	for n in 0 2 3 253; do
		hostile stream $n,1
		fails 1 'fdrecv: cannot *' fdrecv --terminal s true
	done
}

@test "a packet without a descriptor is refused, whatever comes after it" {
	for type in seqpacket dgram; do
		hostile $type 0,1 1,1
		fails 1 'fdrecv: cannot receive from *: its message has no descriptor' \
			fdrecv --type $type s
	done
	hostile dgram 0,0
	fails 1 'fdrecv: cannot receive from a sender: its message has no descriptor' \
		fdrecv --type dgram s
}

@test "bytes before the descriptor are part of a stream's message" {
	hostile stream 0,1 0,2 1,1
	run -0 fdrecv s sh -c 'echo $FDRECV_MESSAGE'
	[ "$output" = xxxx ]
	hostile stream 0,3
	fails 1 "fdrecv: cannot receive from *: it closed, and only said 'xxx'" \
		fdrecv s
}

@test "a sender that closes without a word is refused" {
	hostile stream
	fails 1 "fdrecv: cannot receive from pid * of user $(id -u): it closed without a descriptor" \
		fdrecv s
	hostile seqpacket 0,0
	fails 1 'fdrecv: cannot receive from pid *: it closed without a descriptor' \
		fdrecv --type seqpacket s
}

@test "no byte at all carries a descriptor over all but a stream" {
	for type in seqpacket dgram; do
		hostile $type 1,0
		run -0 fdrecv --type $type s sh -c 'echo "[$FDRECV_MESSAGE]"'
		[ "$output" = '[]' ]
	done
}

@test "of a message of 60,000 bytes the first 4096 are kept" {
	hostile stream 1,60000
	run -0 fdrecv s sh -c 'echo ${#FDRECV_MESSAGE}'
	[ "$output" = 4096 ]
	hostile stream 1,60000 1,60000
	run -0 fdrecv --count 2 s sh -c 'echo ${#FDRECV_MESSAGE} $LISTEN_FDS'
	[ "$output" = '4096 2' ]
}

@test "a packet longer than a message may be is refused" {
	for type in seqpacket dgram; do
		hostile $type 1,60000
		fails 1 'fdrecv: cannot receive from *: *' \
			fdrecv --type $type s
	done
}

@test "a message that comes in parts is read by parts" {
	hostile stream 1,1 0,5 1,1
	run -0 fdrecv --count 2 s sh -c 'echo $FDRECV_MESSAGE $LISTEN_FDS'
	[ "$output" = 'xxxxxxx 2' ]
}

@test "two messages at once stay two" {
	hostile stream 1,3 2,3
	run -0 fdrecv s sh -c 'echo $FDRECV_MESSAGE $LISTEN_FDS'
	[ "$output" = 'xxx 1' ]
}

@test "a sender that talks and talks is refused" {
	"$HELPER" server s hello "$(printf 'x%.0s' {1..5000})" 3>&- &
	fails 1 'fdrecv: cannot receive from *: it talks and sends no descriptor' \
		fdrecv --connect --wait=10 --request hello s
}

@test "what a peer says is printed without its control characters" {
	"$HELPER" server s hello $'\e]0;title\a\n' 3>&- &
	fails 1 "fdrecv: *: it closed, and only said '\\\\x1b]0;title\\\\x07\\\\n'" \
		fdrecv --connect --wait=10 --request hello s
}

@test "a descriptor lost to the limit of open files is noticed" {
	for n in 12 100; do
		hostile stream $n,1
		fails 1 'fdrecv: cannot receive from *: a descriptor is lost: *' \
			timeout 20 bash -c \
			'exec 3>&-; ulimit -n 12; exec fdrecv s true'
	done
}

@test "a socket sent over itself is described and let go" {
	hostile stream self
	run -0 fdrecv --list s
	[ "$output" = "3 socket rw unix stream connected" ]
}

@test "each bad sender costs a server a line, and nothing stays open" {
	serve --terminal s true
	before=$(open_files)
	hostile stream
	within 20 complaints 1
	for steps in 0,1 0,1/1,1 1,1 2,1 3,1 253,1 2+,1 1,60000 self; do
		: >err
		# shellcheck disable=SC2046
		hostile stream $(tr / ' ' <<<"$steps")
		within 20 complaints 1 || { echo "$steps"; cat err; return 1; }
	done
	within 20 open_as_before
	stop
}

@test "a sender that is silent does not delay another one" {
	serve s sh -c 'cat <&3 >got'
	"$HELPER" mute s 10 >said 3>&- &
	within 20 test -s said
	echo data | fdsend s
	within 20 test -s got
	[ ! -s err ]
	stop
}

@test "without --keep too a silent sender does not delay another one" {
	echo data >f
	fdrecv s >out 3>&- &
	pid=$!
	"$HELPER" mute s 10 >said 3>&- &
	within 20 test -s said
	fdsend s <f
	wait "$pid"
	[ "$(cat out)" = data ]
}

@test "300 silent connections make room for one that sends" {
	serve s sh -c 'cat <&3 >got'
	"$HELPER" mute s 300 >said 3>&- &
	within 20 test -s said
	echo data | fdsend s
	within 20 test -s got
	grep -q 'too many others wait' err
	[ "$(open_files)" -lt 80 ]
	stop
}

@test "without --keep too 300 silent connections make room" {
	echo data >f
	fdrecv s >out 3>&- &
	pid=$!
	"$HELPER" mute s 300 >said 3>&- &
	within 20 test -s said
	fdsend s <f
	wait "$pid"
	[ "$(cat out)" = data ]
}

@test "a server drops who is silent for too long" {
	serve --timeout 0.2 s true
	before=$(open_files)
	hostile stream hold
	within 20 complaints 1
	grep -qx 'fdrecv: cannot receive from pid .*: it sent nothing in time' err
	within 20 open_as_before
	stop
}

@test "a server out of descriptors drops the oldest and goes on" {
	env --default-signal bash -c 'exec 3>&-; ulimit -n 30
		exec fdrecv --keep s sh -c "cat <&3 >got"' 2>err &
	server=$!
	within 20 test -S s
	"$HELPER" mute s 100 >said 3>&- &
	within 20 test -s said
	echo data | fdsend s
	within 20 test -s got
	stop
}

@test "a file whose server never answers cannot hold up --list or --terminal" {
	mkfifo p
	hostile_fifo() { "$HELPER" sender stream s 1,1 <>p 3>&- & }
	hostile_fifo
	run -0 fdrecv --list s
	[ "$output" = "3 fifo rw $PWD/p" ]
	hostile_fifo
	fails 1 'fdrecv: cannot take what came: *' fdrecv --terminal s true
}
