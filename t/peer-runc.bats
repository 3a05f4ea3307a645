#!/usr/bin/env bats
# bats file_tags=peer,slow
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2030,SC2031,SC2154 # variables are a test's own
#
# peer-crun.bats is a link to this file: both runtimes pass the same tests.
load lib
load peer
RUNTIME=${BATS_TEST_FILENAME##*/peer-}
RUNTIME=${RUNTIME%.bats}
export RUNTIME BATS_TEST_NAME_PREFIX="$RUNTIME: "

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs_containers
}

teardown() {
	remove_containers
	leave_nothing
}

@test "what a container prints arrives at fdrecv" {
	bundle 'tty; echo error >&2; stty size'
	receive con.sock
	start
	received
	[ "$(without_cr out)" = $'/dev/pts/0\nerror\n11 33' ]
}

@test "lines that a container prints end in a plain newline" {
	bundle 'read -r _; seq 3'
	echo >in
	receive con.sock
	start
	received
	printf '\n1\n2\n3\n' | cmp - out
}

@test "lines end as the container's terminal writes them with --onlcr" {
	bundle 'read -r _; seq 3'
	echo >in
	receive --onlcr con.sock
	start
	received
	printf '\r\n1\r\n2\r\n3\r\n' | cmp - out
}

@test "what is sent through fdrecv is a container's input, up to its end" {
	bundle sha1sum
	seq 10 >in
	receive con.sock
	start
	received
	[ "$(tail -n 1 out)" = "$(seq 10 | sha1sum)" ]
}

@test "a container that ends at once loses no output" {
	bundle 'seq 1000'
	for i in {1..50}; do
		box=ptybox-$$-$i
		receive con.sock
		start
		received
		[ "$(without_cr out | cksum)" = "$(seq 1000 | cksum)" ]
	done
}

@test "a container's megabyte is complete in a pipe to tee" {
	bundle 'seq 200000'
	fdrecv con.sock </dev/null 3>&- | tee log | cksum >sum 3>&- &
	receiver=$!
	within 20 test -S con.sock
	start
	received
	[ "$(without_cr log | cksum)" = "$(seq 200000 | cksum)" ]
	[ "$(cat sum)" = "$(cksum <log)" ]
}

@test "fdrecv that looks after the container has ended has its output" {
	bundle 'seq 1000'
	receive con.sock
	kill -STOP "$receiver"
	start
	within 20 box_is stopped
	kill -CONT "$receiver"
	received
	[ "$(without_cr out | cksum)" = "$(seq 1000 | cksum)" ]
}

@test "fdrecv --list tells that a terminal's master came" {
	bundle true
	receive --list con.sock
	start || true
	received
	[ "$(wc -l <out)" -eq 1 ]
	grep -q master out
}

@test "a command of fdrecv has the container's terminal on descriptor 3" {
	bundle 'stty -echo; read -r line; echo "got $line"; stty size'
	receive con.sock -- sh -c 'winsz --fd 3 40 120; echo hello >&3
		echo "$LISTEN_FDS $FDRECV_UID"; cat <&3'
	start
	received 1
	[ "$(without_cr out | grep -v '^hello$')" = $'1 0\ngot hello\n40 120' ]
}

@test "a command of fdrecv can read what the runtime calls its terminal" {
	bundle true
	receive con.sock -- sh -c 'echo "[$FDRECV_MESSAGE]"; cat <&3'
	start
	received 1
	case $RUNTIME in
	crun) [ "$(head -n 1 out)" = '[ ]' ] ;;
	*) head -n 1 out | grep -qx '\[/dev/.*ptmx\]' ;;
	esac
}

@test "fdrecv --terminal takes a container's terminal" {
	bundle 'echo hello'
	receive --terminal con.sock
	start
	received
	[ "$(without_cr out)" = hello ]
}

@test "a plain user's fdrecv takes the terminal of root's container" {
	bundle 'echo hello'
	chmod 777 .
	chmod a+x "$BATS_RUN_TMPDIR"
	as_nobody fdrecv "$PWD/con.sock" </dev/null >out 3>&- &
	receiver=$!
	within 20 test -S con.sock
	start
	received
	[ "$(without_cr out)" = hello ]
}

# start_as_nobody - start, of a plain user who is root in a user namespace
start_as_nobody() {
	chmod a+x "$BATS_RUN_TMPDIR"
	chown -R 65534 bundle
	# The first test of all has made one, to see what works.
	rm -rf --one-file-system state
	mkdir -m 777 state
	chmod 666 con.sock
	as_nobody=as_nobody start
}

@test "root's fdrecv refuses the terminal of a plain user's container" {
	bundle 'echo hello'
	receive con.sock 2>err
	start_as_nobody || true
	within 20 grep -q '^fdrecv: cannot receive from .*65534' err
	[ ! -s out ]
	kill "$receiver"
	received 143
}

@test "root's fdrecv takes a plain user's container with --peer-uid" {
	bundle 'echo hello'
	receive --peer-uid 65534 con.sock
	start_as_nobody
	received
	[ "$(without_cr out)" = hello ]
}

@test "fdrecv says in one line that a runtime ended without a terminal" {
	bundle true '{ "destination": "/tmp", "type": "nosuchfs" }'
	receive con.sock 2>err
	run ! start
	received 1
	[ "$(wc -l <err)" -eq 1 ]
	[[ $(cat err) == 'fdrecv: '* ]]
}

@test "fdrecv listens at a path longer than a socket's address" {
	bundle 'echo hello'
	long=$PWD/$(printf '%0120d' 0)
	mv bundle "$long"
	fdrecv "$long/con.sock" </dev/null >out 3>&- &
	receiver=$!
	within 20 test -S "$long/con.sock"
	# runc connects from inside the bundle to no more than 107 bytes.
	runtime run -d --bundle "$long" --console-socket con.sock "$box"
	received
	[ "$(without_cr out)" = hello ]
}

@test "a container is hung up when fdrecv is killed" {
	bundle 'read -r _; echo end'
	mkfifo in
	receive con.sock 4<>in
	start
	box_is running
	kill -KILL "$receiver"
	within 20 box_is stopped
}

@test "a container's terminal is handed on to all who ask for it" {
	bundle 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.1; done'
	receive con.sock -- fdsend --listen --keep next.sock 3
	start
	fdrecv --connect --wait=20 next.sock </dev/null >seen 3>&- &
	viewer=$!
	within 20 grep -q ready seen
	fdrecv --connect next.sock -- winsz --fd 3 50 100
	within 20 gone "$viewer"
	[ "$(without_cr seen | tail -n 1)" = '50 100' ]
	ends 0 "$receiver"
	within 20 none_of_ours
}

@test "the terminal of a command that joins a container arrives, too" {
	bundle 'read -r _'
	echo 'tty; seq 1000' >bundle/rootfs/more
	receive con.sock -- sh -c 'cat <&3'
	start
	first=$receiver
	for _ in {1..10}; do
		receive con.sock
		runtime exec -d -t --console-socket "$PWD/con.sock" "$box" sh /more
		received
		[ "$(without_cr out | tail -n +2 | cksum)" = "$(seq 1000 | cksum)" ]
	done
	kill "$first"
}

# foreground - run ./bundle's container on a terminal that ptyfork makes. crun
# leaves ONLCR on the terminal that it makes itself, so the container has none.
foreground() {
	timeout -k 1 20 ptyfork -- bash -c '. "$1"; runtime run --bundle bundle "$2"' \
		- "$BATS_TEST_DIRNAME/peer.bash" "$box"
}

@test "a container runs in the foreground where there is no terminal" {
	# What crun reads of a container that has ended already it prints as an
	# error, with a date.
	local wait=
	[ "$RUNTIME" != crun ] || wait='read x;'
	bundle "stty -echo -onlcr; seq 1000; $wait exit 7"
	mkfifo in
	foreground <>in >out 3>&- &
	pid=$!
	started+=" $pid"
	within 20 grep -sqx 1000 out
	[ -z "$wait" ] || echo 1<>in
	ends 7 "$pid"
	[ "$(cksum <out)" = "$(seq 1000 | cksum)" ]
}

@test "data from a pipe reach a container in the foreground, and their end" {
	bundle 'stty -echo -onlcr; sha1sum'
	run -0 --separate-stderr foreground < <(seq 1000)
	[ "$(tail -n 1 <<<"$output")" = "$(seq 1000 | sha1sum)" ]
}

@test "a container in the foreground has an end of file from /dev/null" {
	bundle 'stty -onlcr; cat; echo end'
	run -0 --separate-stderr foreground </dev/null
	[[ $output == *end ]]
}

@test "a shell in a container works as at a terminal" {
	needs tmux
	bundle 'exec sh -i'
	tmux="tmux -S $PWD/tmux.sock -f /dev/null"
	$tmux new-session -d -x 90 -y 30 "fdrecv con.sock" 3>&-
	within 20 test -S con.sock
	start
	$tmux send-keys 'stty size; sleep 100' Enter
	within 20 seen '30 90'
	$tmux resize-window -x 77 -y 22
	$tmux send-keys C-c 'stty size; echo $?' Enter
	within 20 seen '22 77'
	$tmux send-keys 'exit' Enter
	within 20 none_of_ours
	rm tmux.sock
}

# seen LINE - is that line on tmux's screen?
seen() {
	$tmux capture-pane -p | grep -qx "$1"
}
