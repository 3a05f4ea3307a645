# peer.bash - for the tests against real peers: containers of busybox, run by
# runc or crun with nothing outside the test's own directory.
#
# A process in a container has an environment of its own, so leave_nothing does
# not see it: a test file's teardown calls remove_containers first.
# RUNTIME is runc or crun.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck shell=bash

# runtime ARG... - the runtime, with its state in the test's directory, of a
# plain user's where $as_nobody says so. Neither can have the other's: it would
# forget what it does not know, and not end it. crun refuses the hybrid layout
# of cgroups, so it is not shown the second half.
runtime() {
	local way=(unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/unified ||
		umount /sys/fs/cgroup/unified; exec "$@"' -)

	if [ -n "${as_nobody:-}" ]; then
		way+=(setpriv --reuid 65534 --regid 65534 --clear-groups
			unshare -Urm)
	fi
	timeout --foreground -k 5 60 "${way[@]}" \
		"$RUNTIME" --root "$BATS_TEST_TMPDIR/state/$RUNTIME" "$@" 3>&-
}

# rootfs DIR SCRIPT - a root with busybox in it, and SCRIPT as /main
rootfs() {
	local tool

	mkdir -p "$1"/bin "$1"/dev "$1"/proc "$1"/sys "$1"/tmp
	cp "$(command -v busybox)" "$1/bin/busybox"
	for tool in cat echo id seq sh sha1sum sleep stty true tty; do
		ln -sf busybox "$1/bin/$tool"
	done
	printf '%s\n' "$2" >"$1/main"
}

# bundle SCRIPT [MOUNT] - an OCI bundle in ./bundle: busybox's sh runs SCRIPT on
# a terminal of 11 rows and 33 columns; MOUNT is one more mount, as JSON
bundle() {
	rootfs bundle/rootfs "$1"
	cat >bundle/config.json <<-END
	{
		"ociVersion": "1.0.2",
		"root": { "path": "rootfs" },
		"process": {
			"terminal": true,
			"consoleSize": { "height": 11, "width": 33 },
			"user": { "uid": 0, "gid": 0 },
			"cwd": "/",
			"env": [ "PATH=/bin", "TERM=vt100" ],
			"args": [ "/bin/sh", "/main" ]
		},
		"mounts": [ {
			"destination": "/proc",
			"type": "proc",
			"source": "proc"
		}, {
			"destination": "/dev",
			"type": "tmpfs",
			"source": "tmpfs",
			"options": [ "mode=755", "size=64k" ]
		}, {
			"destination": "/dev/pts",
			"type": "devpts",
			"source": "devpts",
			"options": [ "newinstance", "ptmxmode=0666", "mode=620" ]
		} ${2:+, $2} ],
		"linux": {
			"namespaces": [
				{ "type": "pid" }, { "type": "ipc" },
				{ "type": "uts" }, { "type": "mount" }
			]
		}
	}
	END
}

# needs_containers - skip where the runtime is missing or cannot run anything,
# which is tried once for a file. A container is called $box, which no other on
# this machine is, as its name is that of a cgroup.
needs_containers() {
	box=ptybox-$$-1
	needs "$RUNTIME" busybox unshare setpriv
	[ ! -e "$BATS_FILE_TMPDIR/works" ] || return 0
	bundle true
	sed -i 's/"terminal": true/"terminal": false/' bundle/config.json
	runtime run --bundle bundle "$box" </dev/null >probe.log 2>&1 ||
		without "$RUNTIME cannot run a container: $(tail -n 1 probe.log)"
	touch "$BATS_FILE_TMPDIR/works"
}

# receive ARG... - start fdrecv with these arguments, its output in ./out, its
# input from ./in if that is there, and wait until it listens
receive() {
	[ -e in ] || ln -s /dev/null in
	fdrecv "$@" <in >out 3>&- &
	receiver=$!
	within 20 test -S con.sock
}

# received [STATUS] - wait until fdrecv has ended, with STATUS (default 0)
received() {
	ends "${1:-0}" "$receiver"
}

# start - run ./bundle's container, its terminal to con.sock
start() {
	runtime run -d --bundle bundle \
		--console-socket "$PWD/con.sock" "$box"
}

# box_is STATUS - is the container that, running or stopped?
box_is() {
	[[ $(runtime state "$box") =~ \"status\":\ *\"$1\" ]]
}

remove_containers() {
	local dir id

	for dir in "$BATS_TEST_TMPDIR/state/$RUNTIME"/*/; do
		id=$(basename "$dir")
		[ -d "$dir" ] && runtime delete --force "$id" >/dev/null 2>&1
	done
	# What a runtime that was killed has forgotten.
	for dir in /sys/fs/cgroup/{,*/}"ptybox-$$"-*; do
		[ -d "$dir" ] || continue
		xargs -r kill -KILL <"$dir/cgroup.procs" 2>/dev/null
		within 20 rmdir "$dir" 2>/dev/null
	done
	return 0
}

# without_cr FILE - what was written before the receiver could clear ONLCR has
# a carriage return at the end of its lines; not what these tests are about
without_cr() {
	tr -d '\r' <"$1"
}
