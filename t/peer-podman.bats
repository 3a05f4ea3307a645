#!/usr/bin/env bats
# bats file_tags=peer
# podman with crun, as it is installed: its containers on our terminals, and
# their terminals in our tools.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats sets stderr
load lib
load peer

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs podman conmon crun busybox unshare
	find_parents >parents
	rootfs rootfs true
	pod -- true >probe.log 2>&1 ||
		without "podman cannot run a container: $(tail -n 1 probe.log)"
}

teardown() {
	pod_command rm --all --force --time 0 >/dev/null 2>&1
	# The cgroup that podman makes for its conmons, if it was not there.
	find_parents | grep -vxFf parents | while read -r parent; do
		find "$parent" -depth -type d -exec rmdir {} \;
	done
	leave_nothing
}

find_parents() {
	# Others may go while it looks.
	find /sys/fs/cgroup -maxdepth 2 -name libpod_parent || :
}

# private COMMAND... - run it with a /run of this test's own, which crun and
# podman write to, and without the half of the cgroups that crun refuses
private() {
	mkdir -p run
	timeout -k 5 60 unshare -m sh -c 'mount --bind run /run
		! mountpoint -q /sys/fs/cgroup/unified ||
			umount /sys/fs/cgroup/unified; exec "$@"' - "$@" 3>&-
}

# podman's own options: everything it keeps is in the test's directory
options=(--root "$BATS_TEST_TMPDIR/root" --runroot "$BATS_TEST_TMPDIR/runroot"
	--tmpdir "$BATS_TEST_TMPDIR/tmp"
	--network-config-dir "$BATS_TEST_TMPDIR/net" --storage-driver vfs
	--cgroup-manager cgroupfs --events-backend none --runtime crun)

pod_command() {
	private podman "${options[@]}" "$@"
}

# pod [OPTION]... -- COMMAND... - podman run OPTIONs, our rootfs, COMMAND
pod() {
	local given=()

	while [ "$1" != -- ]; do
		given+=("$1")
		shift
	done
	shift
	private "${on[@]}" podman "${options[@]}" run --network none \
		--cgroups disabled --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "${given[@]}" \
		--rootfs "$PWD/rootfs" "$@"
}

@test "podman run -t prints all on the terminal that ptyfork made" {
	on=(ptyfork --)
	mkfifo in
	run -7 --separate-stderr pod -t -- sh -c 'seq 20000; exit 7' <>in
	[ "$(tr -d '\r' <<<"$output" | cksum)" = "$(seq 20000 | cksum)" ]
}

@test "podman run -it gives a container the size of ptyfork's terminal" {
	on=(ptyfork --size 31x99 --)
	mkfifo in
	# podman starts it beside the resize that it has conmon do; before that
	# busybox's stty takes 0 0 for an error.
	run -0 --separate-stderr pod -it -- sh -c 'i=0
		while [ "$(stty size 2>&1)" != "31 99" ] && [ $((i += 1)) -lt 500 ]
		do
			sleep 0.02
		done
		stty size' <>in
	[ "$(tr -d '\r' <<<"$output")" = '31 99' ]
}

@test "podman run -i has the data of a pipe through ptyfork, and their end" {
	on=(ptyfork --)
	head -c 300000 rootfs/bin/busybox >data
	run -0 --separate-stderr pod -i -- sha1sum < <(cat data)
	[ "$output" = "$(sha1sum <data)" ]
}

@test "winsz resizes the terminal of a podman container from outside" {
	pod -dt --name box -- sh -c 'trap "stty size; exit" WINCH; echo ready
		while :; do sleep 0.1; done'
	within 20 logged ready
	winsz --pid "$(inspect .State.Pid)" 40 120
	within 20 logged '40 120'
}

@test "fdsend takes the terminal of a podman container out of conmon" {
	pod -dt --name box -- sh -c 'trap "stty size; exit" WINCH; echo ready
		while :; do sleep 0.1; done'
	within 20 logged ready
	conmon=$(inspect .State.ConmonPid)
	cd "/proc/$conmon/fdinfo"
	master=$(grep -l '^tty-index:' ./* | head -n 1)
	cd "$BATS_TEST_TMPDIR"
	fdsend --listen --pid "$conmon" s "${master#./}" 3>&- &
	fdrecv --connect --wait=20 s -- winsz --fd 3 41 121
	within 20 logged '41 121'
}

# inspect FIELD - what podman knows of the container
inspect() {
	pod_command inspect --format "{{$1}}" box
}

# logged LINE - is that line in what the container printed?
logged() {
	pod_command logs box | tr -d '\r' | grep -qx "$1"
}
