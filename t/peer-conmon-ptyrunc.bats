#!/usr/bin/env bats
# bats file_tags=peer
# conmon by hand, with ptyrunc as its runtime, as cri-o calls it.
# shellcheck disable=SC2016 # commands are for another shell to expand
# shellcheck disable=SC2154 # bats and oci.bash set box, output and stderr
load lib
load oci

setup() {
	oci_setup
	needs conmon
	export TMPDIR=$PWD
	mkdir exits
	runtime=$(command -v ptyrunc)
}

teardown() {
	find . -type s -delete # of a conmon that gave up
	oci_teardown
}

# shim OPTION... - conmon creates the container of ./m; it goes on in the
# background, and says when the runtime has ended
shim() {
	_OCI_SYNCPIPE=4 timeout 60 conmon --cid "$box" --cuuid "$box" \
		--name "$box" --full-attach --runtime "$runtime" --runtime-arg --root \
		--runtime-arg "$PWD/state" --bundle "$PWD/m" \
		--container-pidfile "$PWD/pid" --exit-dir "$PWD/exits" \
		--log-path "k8s-file:$PWD/log" --log-level error \
		--conmon-pidfile "$PWD/conmon.pid" "$@" 3>&- 4>sync
	within 20 test -s sync
	[ -s pid ]
}

# said - what the log has of the output
said() {
	sed 's/^[^ ]* [^ ]* [^ ]* //' log | tr -d '\r'
}

ended() {
	[ -e "exits/$box" ]
}

@test "conmon logs what a container prints, and how it ended" {
	bundle m . 'echo out; echo err >&2; exit 7'
	shim
	[ "$(<pid)" = "$(pid_of)" ]
	box_is created
	runtime start "$box"
	within 20 ended
	[ "$(<"exits/$box")" = 7 ]
	grep -q ' stdout F out$' log
	grep -q ' stderr F err$' log
}

@test "conmon has the terminal of a container" {
	bundle m '.process.terminal = true' 'tty; stty size; exit 3'
	shim --terminal
	runtime start "$box"
	within 20 ended
	[ "$(<"exits/$box")" = 3 ]
	[[ $(said) == /dev/pts/0* ]]
}

@test "conmon sees the end by a signal" {
	bundle m . 'exec sleep 60'
	shim
	runtime start "$box"
	runtime kill "$box" KILL
	within 20 ended
	[ "$(<"exits/$box")" = 137 ]
	within 20 box_is stopped
	runtime delete "$box"
}

@test "conmon is told why a container could not be made" {
	bundle m '.process.args = ["no-such-command"]'
	_OCI_SYNCPIPE=4 run timeout 60 conmon --cid "$box" --cuuid "$box" \
		--name "$box" --full-attach --runtime "$runtime" --runtime-arg --root \
		--runtime-arg "$PWD/state" --bundle "$PWD/m" \
		--container-pidfile "$PWD/pid" --exit-dir "$PWD/exits" \
		--log-path "k8s-file:$PWD/log" \
		--conmon-pidfile "$PWD/conmon.pid" 3>&- 4>sync
	within 20 grep -q 'o such file' sync
	[ ! -e "state/$box" ]
}
