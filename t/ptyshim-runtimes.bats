#!/usr/bin/env bats
# bats file_tags=peer
# ptyshim with the OCI runtimes runc, crun and ptyrunc: one container each
# shellcheck disable=SC2016 # commands are for another shell to expand
load lib
load peer
load shim

setup() {
	stage
	needs runc crun ptyrunc busybox unshare jq
	as_root
	runtimes='runc crun ptyrunc'
}

teardown() {
	kill_started
	for RUNTIME in runc crun ptyrunc; do
		remove_containers
	done
	leave_nothing
}

# prepare RUNTIME SCRIPT - a bundle in which SCRIPT runs, and the command ./oci,
# which is that runtime
prepare() {
	RUNTIME=$1
	box=ptybox-$$-$BATS_TEST_NUMBER
	rm -rf d log bundle oci go
	bundle "$2"
	cat >oci <<-'TEXT'
		#!/bin/sh
		exec unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/unified ||
			umount /sys/fs/cgroup/unified; exec "$@"' - \
	TEXT
	echo "$RUNTIME --root '$PWD/state/$RUNTIME' \"\$@\"" >>oci
	chmod +x oci
}

# create [OPTION]... - a shim that creates the container
create() {
	shim "$@" -- ./oci create --bundle bundle "$box"
	within 20 created
}

created() {
	[ -s d/pid ] && box_is created
}

# over STATUS - the container has ended with it, and is removed
over() {
	shim_ends "$1"
	runtime delete "$box"
}

@test "a container's log, its size and its status" {
	for runtime in $runtimes; do
		prepare "$runtime" 'stty size; echo out; exit 3'
		create --log-format cri
		echo '1 40 120' >d/control
		runtime start "$box"
		over 3
		[ "$(said | tr -d '\r')" = $'40 120\nout' ]
	done
}

@test "the shim is the parent of the container, which it outlives" {
	for runtime in $runtimes; do
		prepare "$runtime" 'exit 0'
		create
		within 20 detached
		reap=$(cut -d' ' -f4 "/proc/$(cat d/pid)/stat")
		[ "$(cat "/proc/$reap/comm")" = reap ]
		[ "$(cat "/proc/$shim/comm")" = conlog ]
		runtime start "$box"
		over 0
	done
}

@test "a container that a signal ends, and one that is killed before its start" {
	for runtime in $runtimes; do
		prepare "$runtime" 'echo ready; while :; do sleep 1; done'
		create
		runtime start "$box"
		within 20 has ready log
		runtime kill "$box" KILL
		over 137
		prepare "$runtime" 'echo ready'
		create
		runtime kill "$box" KILL
		over 137
		[ ! -s log ]
	done
}

@test "a lot of output and an end at once are whole" {
	for runtime in $runtimes; do
		for format in raw cri asciicast; do
			prepare "$runtime" 'seq 20000; exit 5'
			create --log-format "$format"
			runtime start "$box"
			over 5
			case $format in
			raw) cat log ;;
			cri) said ;;
			asciicast) said_cast ;;
			esac | tr -d '\r' | cksum >seen
			[ "$(cat seen)" = "$(seq 20000 | cksum)" ]
		done
	done
}

@test "a container without a terminal has its two streams told apart" {
	for runtime in $runtimes; do
		prepare "$runtime" 'echo out; echo err >&2; exit 4'
		sed -i 's/"terminal": true/"terminal": false/; /consoleSize/d' \
			bundle/config.json
		create --log-format cri
		runtime start "$box"
		over 4
		[ "$(said stdout)" = out ]
		[ "$(said stderr)" = err ]
	done
}

@test "a runtime that fails is told by its own words, and nothing is left" {
	for runtime in $runtimes; do
		prepare "$runtime" 'echo never'
		sed -i 's,/bin/sh,/bin/missing,' bundle/config.json
		mkdir -m 0700 own
		fdrecv own/s 3>&- 2>/dev/null >&2 &
		receiver=$!
		within 20 test -S own/s
		status=0
		./oci create --bundle bundle --console-socket "$PWD/own/s" \
			"$box" 2>own/err || status=$?
		[ "$status" -ne 0 ]
		kill "$receiver" || true
		wait "$receiver" || true
		rm -rf own/s
		run "-$status" --separate-stderr timeout 20 ptyshim --dir d -- \
			./oci create --bundle bundle "$box"
		[ -z "$output" ]
		words() {
			sed 's/time="[^"]*"//' "$@"
		}
		# shellcheck disable=SC2154
		[ "$(words <<<"$stderr")" = "$(words own/err)" ] ||
			{ cat own/err; echo "$stderr"; false; }
		[ "$(cat d/exit)" = "$status" ]
		nothing_left
		run ! box_is created
		rm -r own
	done
}

@test "a directory of any length of path" {
	long=$PWD/$(printf 'x%.0s' {1..150})
	mkdir "$long"
	for runtime in $runtimes; do
		prepare "$runtime" 'echo hello; exit 3'
		rm -rf "$long/d"
		ptyshim --dir "$long/d" --log log -- ./oci create \
			--bundle bundle "$box" 3>&- &
		shim=$!
		started+=" $shim"
		within 20 test -s "$long/d/pid"
		within 20 box_is created
		runtime start "$box"
		ends 3 "$shim"
		[ "$(cat "$long/d/exit")" = 3 ]
		[ "$(tr -d '\r' <log)" = hello ]
		[ -z "$(find "$long" -type p -o -type s)" ]
		runtime delete "$box"
	done
}

@test "a container that runs out of memory is noted" {
	for runtime in $runtimes; do
		prepare "$runtime" 'x=$(busybox head -c 100000000 /dev/zero |
			busybox tr "\0" x); echo "${#x}"'
		jq '.linux.resources.memory.limit = 16000000' bundle/config.json >c
		mv c bundle/config.json
		create
		runtime start "$box"
		within 20 gone "$shim"
		wait "$shim" || status=$?
		[ "$status" -ne 0 ]
		[ -e d/oom ]
		runtime delete "$box"
		rm d/oom
	done
}

@test "containers that end at the same moment have whole logs and statuses" {
	prepare ptyrunc 'while [ ! -e /tmp/go ]; do sleep 0.1; done; seq 300; exit 7'
	shims=
	for i in {1..6}; do
		ptyshim --dir "d$i" --log "log$i" --log-format cri -- ./oci create \
			--bundle bundle "$box-$i" 3>&- &
		shims+=" $!"
		started+=" $!"
	done
	for i in {1..6}; do
		within 20 test -s "d$i/pid"
		runtime start "$box-$i"
	done
	: >bundle/rootfs/tmp/go
	for pid in $shims; do
		ends 7 "$pid"
	done
	for i in {1..6}; do
		[ "$(cat "d$i/exit")" = 7 ]
		cp "log$i" log
		[ "$(said | tr -d '\r' | cksum)" = "$(seq 300 | cksum)" ]
		runtime delete "$box-$i"
	done
}

@test "run --detach is followed as well" {
	for runtime in $runtimes; do
		prepare "$runtime" 'echo hello; exit 6'
		shim -- ./oci run --detach --bundle bundle "$box"
		over 6
		[ "$(tr -d '\r' <log)" = hello ]
	done
}
