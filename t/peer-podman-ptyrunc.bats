#!/usr/bin/env bats
# bats file_tags=peer
# podman and buildah, as they are installed, with ptyrunc as their runtime.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats sets stderr
load lib
load oci

setup() {
	oci_setup
	needs podman buildah conmon unshare
	# The cgroups of the containers and of podman's conmons, if they were not
	# there. Podman's own of another test may be in use.
	parents_before=$(find_parents)
	root R
	runtime=$(command -v ptyrunc)
}

teardown() {
	pod rm --all --force --time 0 >/dev/null 2>&1
	# A conmon may still be about to end.
	within 20 none_of_ours || true
	find_parents | grep -vxF "${parents_before:-none}" |
		while read -r parent; do
			# Podman makes plain ones where there is no hierarchy.
			[ "$(stat -fc %T "$parent")" != tmpfs ] ||
				find "$parent" -xdev -type f -delete
			find "$parent" -depth -type d -exec rmdir {} \;
		done
	oci_teardown
}

find_parents() {
	# Others may go while it looks.
	find /sys/fs/cgroup -maxdepth 2 -name libpod_ptyrunc || :
}

# private COMMAND... - with a /run of this test's own, for podman, conmon and
# ptyrunc
private() {
	mkdir -p run
	timeout -k 5 60 unshare -m --propagation slave sh -c '
		mount --bind run /run && exec "$@"' - "$@" 3>&-
}

pod() {
	private podman --root "$PWD/root" --runroot "$PWD/runroot" \
		--tmpdir "$PWD/tmp" --network-config-dir "$PWD/net" \
		--storage-driver vfs --cgroup-manager cgroupfs \
		--events-backend none --runtime "$runtime" "$@"
}

# pod_run OPTION... -- COMMAND... - run it in our root
pod_run() {
	local given=()

	while [ "$1" != -- ]; do
		given+=("$1")
		shift
	done
	shift
	pod run --network none --cgroup-parent /libpod_ptyrunc \
		--ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "${given[@]}" --rootfs "$PWD/R" "$@"
}

# box COMMAND... - one that goes on, named box
box() {
	pod_run -d --name box -- "$@" >id
}

inspect() {
	pod inspect --format "{{$1}}" box
}

status_is() {
	[ "$(inspect .State.Status)" = "$1" ]
}

logged() {
	pod logs box | tr -d '\r' | grep -qx "$1"
}

@test "podman run has the output, the errors and the status" {
	run -7 --separate-stderr pod_run -- sh -c 'echo out; echo err >&2; exit 7'
	[ "$output" = out ]
	[ "$stderr" = err ]
}

@test "podman run says 127 and 126 of what cannot be run" {
	run -127 pod_run -- no-such-command
	touch R/bin/plain
	run -126 pod_run -- /bin/plain
	[ -z "$(pod ps -aq --filter status=running)" ]
}

@test "podman run -t has a terminal" {
	on_tty() {
		script -qec "$1" /dev/null </dev/null
	}
	run -0 pod_run -t -- sh -c 'tty; stty size'
	[ "${lines[0]%$'\r'}" = /dev/pts/0 ]
}

@test "podman run -i has the data of a pipe, and their end" {
	head -c 300000 R/bin/busybox >data
	run -0 --separate-stderr pod_run -i -- wc -c < <(cat data)
	[ "$output" = 300000 ]
}

@test "podman run -v binds, and :ro is read-only" {
	mkdir shared
	echo host >shared/file
	run -0 pod_run -v "$PWD/shared:/mnt:ro" -- sh -c \
		'cat /mnt/file; touch /mnt/x 2>/dev/null || echo ro'
	[ "$output" = $'host\nro' ]
	run -0 pod_run -v "$PWD/shared:/mnt" -- touch /mnt/x
	[ -e shared/x ]
}

@test "podman run --user, --read-only, --cap-drop and --hostname hold" {
	run -0 pod_run --user 5:6 -- id
	[[ $output == 'uid=5 gid=6'* ]]
	run -0 pod_run --read-only -- sh -c 'touch /x 2>/dev/null || echo ro'
	[ "$output" = ro ]
	run -0 pod_run --cap-drop all -- grep CapEff /proc/self/status
	[ "${output#*:}" = $'\t0000000000000000' ]
	run -0 pod_run --hostname other -- hostname
	[ "$output" = other ]
}

@test "podman run --tmpfs is for its user, and -v /dev:/dev has the terminal" {
	run -0 pod_run --user 5 --tmpfs /scratch -- sh -c \
		'touch /scratch/x && stat -c %a /scratch'
	[ "$output" = 1777 ]
	run -0 --separate-stderr pod_run -t -v /dev:/dev -- tty
	[[ $output == /dev/pts/* ]]
	run -0 pod_run --user 5:6 --group-add keep-groups -- true
}

@test "podman run joins a user namespace whose root podman's files are closed to" {
	chown -R 100000:100000 R
	pod_run -d --name box --uidmap 0:100000:5000 -- sleep 60 >id
	run -0 --separate-stderr pod_run --rm --userns container:box -- \
		cat /proc/self/uid_map
	[ "$(tr -s ' ' <<<"$output")" = ' 0 100000 5000' ]
}

@test "podman run joins another container, and masks what podman mounts" {
	box sleep 60
	run -0 --separate-stderr pod_run --rm --ipc container:box --pid container:box \
		--uts container:box --security-opt mask=/etc/hosts -- sh -c '
		hostname; tr "\0" " " </proc/1/cmdline; wc -c </etc/hosts'
	[ "${lines[0]}" = "$(cut -c 1-12 id)" ]
	[ "${lines[1]}" = 'sleep 60 0' ]
}

@test "podman pod pauses, stops and starts its containers" {
	states() {
		pod ps -a --sort names --format '{{.Names}} {{.State}}' |
			cut -d ' ' -f 1,2 | tr '\n' ' '
	}
	pod pod create --infra=false --name two \
		--cgroup-parent /libpod_ptyrunc >/dev/null
	pod_run -d --pod two --name a -- sleep 60 >id
	pod_run -d --pod two --name b -- sleep 60 >id
	pod pod pause two
	[ "$(states)" = 'a Paused b Paused ' ]
	pod pod unpause two
	pod pod stop --time 0 two
	[ "$(states)" = 'a Exited b Exited ' ]
	pod pod start two
	[ "$(states)" = 'a Up b Up ' ]
	pod pod rm --force --time 0 two
}

@test "podman run --memory and --pids-limit are in the cgroup" {
	run -0 pod_run --memory 64m --pids-limit 77 -- sh -c '
		cat /sys/fs/cgroup/memory/memory.limit_in_bytes \
			/sys/fs/cgroup/pids/pids.max 2>/dev/null ||
		cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max'
	[ "$output" = $'67108864\n77' ]
}

@test "podman run --security-opt seccomp=FILE filters" {
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":
		["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":1}]}' >p
	run pod_run --security-opt "seccomp=$PWD/p" -- mkdir /tmp/x
	[ "$status" -eq 1 ]
	[[ $output == *'not permitted'* ]]
	run -0 pod_run --security-opt seccomp=unconfined -- mkdir /tmp/x
}

@test "podman exec, with a terminal or without" {
	box sleep 60
	run -5 --separate-stderr pod exec box sh -c 'echo in; exit 5'
	[ "$output" = in ]
	run -0 pod exec -t box tty
	[[ $output == /dev/pts/* ]]
	run -0 pod exec --user 7 --env A=b box sh -c 'id -u; echo $A'
	[ "$output" = $'7\nb' ]
	run -0 pod exec -i box cat <<<data
	[ "$output" = data ]
	run -127 pod exec box no-such-command
}

@test "podman top, logs, kill and wait" {
	box sh -c 'trap "echo got; exit 3" USR1; echo up
		while :; do sleep 0.02; done'
	within 20 logged up
	run -0 pod top box
	[[ $output == *trap* ]]
	pod kill --signal USR1 box
	[ "$(pod wait box)" = 3 ]
	within 20 logged got
}

@test "podman pause, unpause, stop and start again" {
	box sh -c 'trap "exit 0" TERM; while :; do sleep 0.02; done'
	pod pause box
	status_is paused
	pod unpause box
	status_is running
	pod stop --time 10 box
	status_is exited
	[ "$(inspect .State.ExitCode)" = 0 ]
	pod start box
	status_is running
	pod rm --force --time 0 box
}

@test "podman update changes the limits" {
	box sleep 60
	pod update --pids-limit 55 box ||
		pod update --memory 32m box
	run -0 pod exec box cat /sys/fs/cgroup/pids/pids.max \
		/sys/fs/cgroup/memory/memory.limit_in_bytes
	[[ $output == *55* || $output == *33554432* ]]
}

@test "buildah runs what builds an image" {
	build() {
		private buildah --root "$PWD/root" --runroot "$PWD/runroot" \
			--storage-driver vfs "$@"
	}
	id=$(build from --name work scratch)
	mount=$(build mount "$id")
	cp -a R/. "$mount"
	run -0 --separate-stderr build run --runtime "$runtime" \
		--network none "$id" -- sh -c 'echo built >/made; cat /made'
	[ "$output" = built ]
	[ "$(<"$mount/made")" = built ]
	build rm --all >/dev/null
}

@test "podman run of an ordinary user, who is root in there" {
	needs newuidmap setpriv
	mkdir -p home xdg
	chmod 700 xdg
	echo nobody:100000:65536 >lent
	chown -R 65534:65534 home xdg R
	run -3 unshare -m --propagation slave sh -c '
		mount --bind lent /etc/subuid && mount --bind lent /etc/subgid &&
		exec timeout -k 5 60 setpriv --reuid 65534 --regid 65534 \
			--clear-groups env -i "PATH=$PATH" "HOME=$PWD/home" \
			"XDG_RUNTIME_DIR=$PWD/xdg" "$@"' - \
		podman --storage-driver vfs --cgroup-manager cgroupfs \
		--events-backend none --runtime "$runtime" --log-level error \
		run --network none --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 --rootfs "$PWD/R" \
		sh -c 'id -u; cat /proc/self/uid_map; exit 3' 3>&-
	[ "${lines[0]}" = 0 ]
	[[ ${lines[1]} == *0*65534*1 ]]
	# Podman's process that keeps its user namespace.
	kill "$(cat xdg/libpod/tmp/pause.pid)"
}
