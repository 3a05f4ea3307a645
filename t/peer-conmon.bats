#!/usr/bin/env bats
# bats file_tags=peer
# conmon is the receiver, and runtime.sh what it takes for runc.
# shellcheck disable=SC2016 # commands are for another shell to expand
# shellcheck disable=SC2030,SC2031 # each test sets its own environment
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs conmon socat
	export BUNDLES=$PWD/bundles TMPDIR=$PWD
	mkdir bundle bundles exits
	echo '{}' >bundle/config.json
}

# shim COMMAND - conmon creates a container named box that is to run COMMAND; it
# goes on in the background, and says when the runtime has ended
shim() {
	echo "$1" >bundle/command
	_OCI_SYNCPIPE=4 timeout 60 conmon --cid box --cuuid box --name box --terminal --full-attach \
		--runtime "$BATS_TEST_DIRNAME/runtime.sh" \
		--bundle "$PWD/bundle" --container-pidfile "$PWD/pid" \
		--exit-dir "$PWD/exits" --log-path "k8s-file:$PWD/log" \
		--conmon-pidfile "$PWD/conmon.pid" 3>&- 4>sync
	within 20 test -s sync
	[ -s pid ]
}

runtime() {
	"$BATS_TEST_DIRNAME/runtime.sh" "$@"
}

# logged PATTERN - is there a line that matches in the log?
logged() {
	grep -q "$1" log
}

# box_is_gone - has conmon seen the end, and ended itself?
box_is_gone() {
	[ -e exits/box ] && none_of_ours
}

# said - what the log has of the terminal's output, without its carriage returns.
# A line that came in parts is logged as such: P where its end is missing.
said() {
	awk '{
		end = $3 == "F" ? "\n" : ""
		sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
		printf "%s%s", $0, end
	}' log | tr -d '\r'
}

@test "conmon logs what a command prints and tells how it ended" {
	shim 'echo hello; tty; exit 7'
	runtime start box
	within 20 box_is_gone
	[[ $(said) == hello$'\n'/dev/pts/* ]]
	[ "$(cat exits/box)" = 7 ]
}

@test "conmon tells the signal that ended a command" {
	shim 'kill -TERM $$'
	runtime start box
	within 20 box_is_gone
	[ "$(cat exits/box)" = 143 ]
}

@test "conmon's pid file has the command's pid alone, without a newline" {
	shim 'echo "pid $$"'
	runtime start box
	within 20 box_is_gone
	printf %s "$(said | sed -n 's/^pid //p')" | cmp - pid
}

@test "a command is not run before it is started" {
	shim 'echo running'
	run -0 cat "/proc/$(cat pid)/comm"
	[ "$output" = sh ]
	[ ! -s log ]
	runtime start box
	within 20 box_is_gone
	[ "$(said)" = running ]
}

@test "a resize through conmon's control pipe is seen by the command" {
	shim 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.05; done'
	runtime start box
	within 20 logged ready
	echo '1 41 121' >bundle/ctl
	within 20 box_is_gone
	[ "$(said | tail -n 1)" = '41 121' ]
}

@test "a resize before the start is what the command begins with" {
	shim 'stty size'
	echo '1 42 122' >bundle/ctl
	within 20 size_is 42 122
	runtime start box
	within 20 box_is_gone
	[ "$(said)" = '42 122' ]
}

size_is() {
	[ "$(winsz --pid "$(cat pid)")" = "$*" ]
}

@test "winsz --pid resizes the terminal that conmon holds" {
	shim 'stty size'
	winsz --pid "$(cat pid)" 43 123
	runtime start box
	within 20 box_is_gone
	[ "$(said)" = '43 123' ]
}

@test "conmon's attach socket types into a command and shows what it says" {
	shim 'stty -echo; echo ready; read -r line; echo "got $line"; exit 3'
	runtime start box
	within 20 logged ready
	echo hello | socat -t 5 - unix-connect:bundle/attach,socktype=5 >out
	within 20 box_is_gone
	[ "$(tr -d '\r\002' <out)" = 'got hello' ]
	[ "$(cat exits/box)" = 3 ]
}

@test "conmon has all the output of a command that ends at once" {
	for _ in {1..20}; do
		shim 'seq 1000; exit 7'
		runtime start box
		within 20 box_is_gone
		[ "$(said | cksum)" = "$(seq 1000 | cksum)" ]
		[ "$(cat exits/box)" = 7 ]
		runtime delete box
		rm -r exits/box log pid bundle/ctl bundle/winsz
	done
}

@test "conmon has all of a megabyte, lines whole and in order" {
	shim 'seq 200000'
	runtime start box
	within 20 box_is_gone
	[ "$(said | cksum)" = "$(seq 200000 | cksum)" ]
}

@test "a command in new namespaces is process 1 inside, another outside" {
	as_root
	export PTYFORK_OPTIONS='--pid --uts --ipc'
	shim 'echo "pid $$"; exit 5'
	[ "$(cat pid)" -gt 1 ]
	runtime start box
	within 20 box_is_gone
	[ "$(said)" = 'pid 1' ]
	[ "$(cat exits/box)" = 5 ]
}

@test "a command is hung up when conmon is killed" {
	shim 'trap "echo hup >hup; exit" HUP; echo ready; while :; do sleep 0.05; done'
	runtime start box
	within 20 logged ready
	kill -KILL "$(cat conmon.pid)"
	within 20 none_of_ours
	[ "$(cat bundle/hup)" = hup ]
	rm bundle/attach
}

@test "create is over, and its output, before the terminal is taken" {
	# containerd's shim reads both to their end before it accepts.
	echo 'echo hello' >bundle/command
	fdrecv con.sock </dev/null >out 3>&- &
	receiver=$!
	within 20 test -S con.sock
	kill -STOP "$receiver"
	run -0 timeout 20 "$BATS_TEST_DIRNAME/runtime.sh" create \
		--bundle "$PWD/bundle" --pid-file "$PWD/pid" \
		--console-socket "$PWD/con.sock" box
	[ -z "$output" ]
	kill -CONT "$receiver"
	runtime start box
	ends 0 "$receiver"
	[ "$(tr -d '\r' <out)" = hello ]
}

@test "conmon is told why a command could not be given a terminal" {
	as_root
	export PTYFORK_OPTIONS='--cgroup /nonexistent'
	run ! shim true
	[ ! -e pid ]
	[[ $(cat sync) == *'ptyfork: cannot '*nonexistent* ]]
	within 20 none_of_ours
	find . -type s -delete
}
