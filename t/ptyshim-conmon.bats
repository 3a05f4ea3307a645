#!/usr/bin/env bats
# bats file_tags=peer
# What conmon's own tests ask of it, asked of ptyshim. The command lines differ:
# conmon's --bundle, --cid and --runtime are a runtime's create, its bundle/ctl
# is d/control, its attach socket is attach, and its exec is that of the runtime.
# shellcheck disable=SC2016 # commands are for another shell to expand
load lib
load peer
load shim

setup() {
	stage
	needs runc busybox
	as_root
	# shellcheck disable=SC2034 # for peer.bash
	RUNTIME=runc
	box=ptybox-$$-$BATS_TEST_NUMBER
}

teardown() {
	kill_started
	remove_containers
	leave_nothing
}

# container SCRIPT [OPTION]... - the shim of a container that runs SCRIPT
container() {
	bundle "$1"
	shift
	shim "$@" -- runc --root "$PWD/state/runc" create --bundle bundle "$box"
	within 20 box_is created
	runtime start "$box"
}

# piped SCRIPT [OPTION]... - the same without a terminal
piped() {
	bundle "$1"
	sed -i 's/"terminal": true/"terminal": false/; /consoleSize/d' \
		bundle/config.json
	shift
	shim "$@" -- runc --root "$PWD/state/runc" create --bundle bundle "$box"
	within 20 box_is created
	runtime start "$box"
}

# sizes - start a container that prints its size at each change of it
sizes() {
	container 'trap "stty size; : >/tmp/seen" WINCH; echo ready
		while [ ! -e /tmp/end ]; do sleep 0.05 & wait; done'
	within 20 has ready log
}

over() {
	: >bundle/rootfs/tmp/end
	# shellcheck disable=SC2154 # of shim.bash
	ends 0 "$shim"
}

# sized SIZE - the container has said it
sized() {
	within 20 has "^$1" log
}

hundred='i=1; while [ $i -le 100 ]; do echo "hello $i"; i=$((i + 1)); done'

@test "conmon: control lines that are no size change nothing" {
	sizes
	long=$(printf '#%.0s' {1..65535})
	for line in '1 -1 -1' '1 2' '1' '' 'foo' '999' '999 2 2' '1 10.5 20.3' \
		'1 0x10 0x20' '1 100000 100000' '1 1001 1000' '1 1000 1001' \
		'1 65535 65535' "1 2 2 $long" '1 2 x' '1 2 2x' '-1 2 2' \
		'1 99999999999999999999 2'; do
		echo "$line" >d/control
	done
	echo '1 31 41' >d/control
	sized '31 41'
	over
	[ "$(tr -d '\r' <log)" = $'ready\n31 41' ]
}

@test "conmon: control lines that are a size" {
	sizes
	echo '1 2 2' >d/control
	sized '2 2'
	echo '1 2 3 4' >d/control
	sized '2 3'
	echo '1 0010 0020' >d/control
	sized '10 20'
	echo '1 1000 1000' >d/control
	sized '1000 1000'
	over
	[ "$(tr -d '\r' <log)" = $'ready\n2 2\n2 3\n10 20\n1000 1000' ]
}

@test "conmon: the log is opened anew at a control line" {
	sizes
	rm log
	echo '2 1 1' >d/control
	within 20 test -e log
	echo '1 31 41' >d/control
	sized '31 41'
	mv log moved
	echo '1 32 42' >d/control
	within 20 has '32 42' moved
	echo '2 0 0' >d/control
	within 20 test -e log
	echo '1 33 43' >d/control
	sized '33 43'
	over
	[ "$(tr -d '\r' <moved)" = $'31 41\n32 42' ]
	[ "$(tr -d '\r' <log)" = '33 43' ]
}

@test "conmon: a log in the format of Kubernetes" {
	piped "$hundred" --log-format cri
	over
	[ "$(said stdout | cksum)" = "$(sh -c "$hundred" | cksum)" ]
	[ "$(grep -c ' stdout F ' log)" = 100 ]
}

@test "conmon: a line that is longer than its buffer comes in parts" {
	piped 'busybox head -c 65535 /dev/zero | busybox tr "\0" "#"' \
		--log-format cri
	over
	[ "$(grep -c ' stdout P ' log)" -ge 4 ]
	run ! has ' stdout F ' log
	[ "$(said)" = "$(head -c 65535 /dev/zero | tr '\0' '#')" ]
}

@test "conmon: a limit of the log's size" {
	piped "$hundred" --log-format cri --log-size-max 1000
	over
	[ "$(stat -c %s log)" -le 1000 ]
	run ! has 'hello 11$' log
	has 'hello 100$' log
	[ -s log.1 ]
}

@test "conmon: a log that cannot be opened is an error before the runtime runs" {
	bundle true
	fails 125 "conlog: *'/not/a/path'*" ptyshim --dir d --log /not/a/path -- \
		runc --root "$PWD/state/runc" create --bundle bundle "$box"
	[ ! -e state ]
	[ ! -e d ]
	fails 125 "conlog: *" ptyshim --dir d --log log --log-format invalid -- \
		runc --root "$PWD/state/runc" create --bundle bundle "$box"
	[ ! -e d ]
}

@test "conmon: a runtime that is not there is an error" {
	bundle true
	fails 127 "*: cannot execute '/nonexistent/runtime': *" \
		ptyshim --dir d -- /nonexistent/runtime create --bundle bundle box
}

@test "conmon: what a runtime says of a bad config.json is passed on" {
	bundle true
	echo '"' >bundle/config.json
	run -1 --separate-stderr ptyshim --dir d -- \
		runc --root "$PWD/state/runc" create --bundle bundle "$box"
	# shellcheck disable=SC2154
	[[ $stderr == *'runc create failed: '* ]]
	[ ! -e d/pid ]
	[ "$(cat d/exit)" = 1 ]
}

@test "conmon: the pid file has the container's pid" {
	sizes
	[ "$(cat d/pid)" = "$(runtime state "$box" | jq .pid)" ]
	over
}

@test "conmon: what is attached goes to standard input, and its end ends it" {
	container 'stty -echo; echo ready; cat && echo "stopped"'
	within 20 has ready log
	printf 'Hello there!\n\004' | timeout 20 attach --replay 1 d >out
	ends 0 "$shim"
	[ "$(tr -d '\r' <log)" = $'ready\nHello there!\nstopped' ]
	[ "$(tr -d '\r' <out)" = $'ready\nHello there!\nstopped' ]
	[ ! -e d/keys ]
}

@test "conmon: standard input stays open when one who was attached leaves" {
	container 'stty -echo; echo ready; cat && echo "stopped"'
	within 20 has ready log
	for text in 'Hello there!' 'Hello again!'; do
		attach d <<<"$text" >/dev/null 3>&- &
		viewer=$!
		within 20 has "$text" log
		kill "$viewer"
		ends 143 "$viewer"
		kill -0 "$shim"
	done
	run ! has stopped log
	printf '\004' >d/keys
	ends 0 "$shim"
	[ "$(tr -d '\r' <log)" = $'ready\nHello there!\nHello again!\nstopped' ]
}

@test "conmon: without input a container ends at once" {
	piped 'cat && echo stopped' </dev/null
	ends 0 "$shim"
	[ "$(cat log)" = stopped ]
}

@test "conmon: the status of an exec, and its log" {
	sizes
	for status in 0 1 42 255; do
		run "-$status" ptyshim --dir e --no-tty --log exec.log -- \
			runc --root "$PWD/state/runc" exec \
			--pid-file "$PWD/e/pid" "$box" \
			sh -c "echo 'Hello from exec!'; exit $status"
		[ -z "$output" ]
		[ "$(cat e/exit)" = "$status" ]
		[ "$(cat exec.log)" = 'Hello from exec!' ]
		rm exec.log
	done
	over
}

@test "conmon: an exec with a terminal of its own, which is resized" {
	sizes
	ptyshim --dir e --log exec.log -- sh -c 'exec runc --root state/runc exec \
		--tty --detach --console-socket "$CONSOLE_SOCKET" \
		--pid-file "$PID_FILE" "$0" sh -c "
			stty -echo; echo ready; read -r _; stty size; exit 7"' \
		"$box" 3>&- &
	exec=$!
	within 20 has ready exec.log
	echo '1 50 60' >e/control
	echo >e/keys
	ends 7 "$exec"
	[ "$(tr -d '\r' <exec.log)" = $'ready\n50 60' ]
	[ "$(cat e/exit)" = 7 ]
	over
}
