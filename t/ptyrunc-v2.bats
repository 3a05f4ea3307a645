#!/usr/bin/env bats
# ptyrunc where there is nothing but cgroups of version 2, as on most hosts
# today. On a machine that has both, that is a mount namespace in which the
# hierarchies of version 1 are not mounted.
# shellcheck disable=SC2154 # bats and oci.bash set them
load lib
load oci

setup() {
	oci_setup
	[ -e /sys/fs/cgroup/cgroup.controllers ] ||
		[ -e /sys/fs/cgroup/unified/cgroup.controllers ] ||
		without 'no cgroups of version 2'
	cat >only-v2 <<-'END'
		if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
			mkdir -p v2
			mount --bind /sys/fs/cgroup/unified v2
			umount --lazy /sys/fs/cgroup
			mount --move v2 /sys/fs/cgroup
		fi
		exec "$@"
	END
}

teardown() {
	oci_teardown
}

# only_v2 COMMAND... - run it there
only_v2() {
	timeout 30 unshare --mount sh "$PWD/only-v2" "$@" 3>&-
}

runtime() {
	only_v2 ptyrunc --root "$BATS_TEST_TMPDIR/state" "$@"
}

oci_remove() {
	local dir

	for dir in state*/*/; do
		[ -d "$dir" ] || continue
		runtime delete --force "$(basename "$dir")" || true
	done
}

# group FILE - what is in that file of the container's cgroup
group() {
	cat /sys/fs/cgroup/{,unified/}"$box/$1" 2>/dev/null
}

# there CONTROLLER - may a container have it?
there() {
	cat /sys/fs/cgroup/{,unified/}cgroup.controllers 2>/dev/null |
		grep -qw "$1"
}

paused() {
	group cgroup.events | grep -qx 'frozen 1'
}

# life RUNTIME... - what happens to a container of that runtime
life() {
	local state

	state=$(mktemp -d "$PWD/state.XXXXXX")
	set -- only_v2 "$@" --root "$state"
	"$@" create -b m "$box" >out 2>&1 || cat out
	"$@" state "$box" | jq -r .status
	"$@" start "$box"
	up
	"$@" exec "$box" sh -c 'exec 2>&1; grep ^0: /proc/self/cgroup
		: >/dev/null
		mknod /tmp/sda b 8 0 && head -c1 /tmp/sda; mknod /tmp/n c 1 3
		rm -f /tmp/sda /tmp/n'
	"$@" ps -f json "$box" | jq length
	"$@" pause "$box"
	within 20 paused
	"$@" state "$box" | jq -r .status
	"$@" resume "$box"
	group cgroup.events | grep frozen
	"$@" events --stats "$box" | jq -r '.id, .data.cpu.usage.total > 0'
	"$@" kill "$box" USR1
	within 20 grep -qs USR1 m/rootfs/tmp/said
	"$@" pause "$box"
	"$@" kill "$box" KILL
	within 20 stopped "$@"
	"$@" delete "$box"
	[ -n "$(oci_cgroups)" ] || echo gone
}

stopped() {
	[ "$("$@" state "$box" | jq -r .status)" = stopped ]
}

# What it runs: two processes, until they are killed.
endless='trap "echo USR1 >/tmp/said" USR1; sleep 1000 & : >/tmp/up
	while :; do wait; done'

up() {
	within 20 test -e m/rootfs/tmp/up
}

@test "a container lives and dies as with runc" {
	needs runc
	bundle m '.process.capabilities |= map_values(["CAP_MKNOD"])' "$endless"
	for runtime in ptyrunc runc; do
		run -0 life "$runtime"
		[ "$output" = "created
0::/$box
head: /tmp/sda: Operation not permitted
2
paused
frozen 0
$box
true
gone" ]
		rm m/rootfs/tmp/{said,up}
	done
}

@test "a container is started in its cgroup, whose limits it has" {
	local file

	there hugetlb || there pids || without 'no controller of version 2'
	bundle m '.linux.resources.hugepageLimits = [{pageSize: "2MB",
			limit: 4194304}]' "$endless"
	there hugetlb ||
		bundle m '.linux.resources.pids.limit = 9' "$endless"
	runtime create -b m "$box" >out 2>&1
	grep -qx "$(pid_of)" <<<"$(group cgroup.procs)"
	file=hugetlb.2MB.max
	there hugetlb || file=pids.max
	[ "$(group $file)" = 4194304 ] || [ "$(group $file)" = 9 ]
	runtime delete --force "$box"
}

@test "a limit that needs a controller that is not there is an error" {
	local limit file value

	while read -r limit file value; do
		! there "${file%%.*}" || continue
		bundle m ".linux.resources |= (. * $limit)"
		refused "ptyrunc: cannot set '$file' to '$value': *"
	done <<-'END'
		{"pids":{"limit":9}} pids.max 9
		{"memory":{"limit":9000000}} memory.max 9000000
		{"cpu":{"quota":5000,"period":10000}} cpu.max *
		{"cpu":{"cpus":"0"}} cpuset.cpus 0
	END
	bundle m
	start_box . "$endless"
	there pids || fails 1 "ptyrunc: cannot set 'pids.max' to '9': *" \
		runtime update --pids-limit 9 "$box"
	box_is running
	runtime delete --force "$box"
}

# more - change a limit that the container was made without
more() {
	echo '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}' |
		runtime update -r - "$box"
}

@test "what a container is made without is counted, and can be limited later" {
	there hugetlb || without 'no controller of version 2'
	bundle m "del(.linux.resources) | .linux.cgroupsPath = \"/$box/in\"" \
		"$endless"
	runtime create -b m "$box" >out 2>&1
	more
	[ "$(group in/hugetlb.2MB.max)" = 4194304 ]
	runtime delete --force "$box"
	cgroup -g "/$box" --remove
}

@test "exec goes where the first process is, if the cgroup takes none" {
	local runtime state script

	needs runc
	there hugetlb || without 'no controller of version 2'
	script="cd /sys/fs/cgroup && mkdir 'in:it s' && echo 1 >'in:it s/cgroup.procs' &&
		echo +hugetlb >cgroup.subtree_control
		$endless"
	bundle m '.linux.namespaces += [{type: "cgroup"}] |
		(.mounts[] | select(.type == "cgroup")).options -= ["ro"] |
		.linux.resources.hugepageLimits = [{pageSize: "2MB",
			limit: 4194304}]' "$script"
	for runtime in runc ptyrunc; do
		state=$(mktemp -d "$PWD/state.XXXXXX")
		only_v2 "$runtime" --root "$state" run -d -b m "$box" >out 2>&1
		up
		run -0 only_v2 "$runtime" --root "$state" exec "$box" \
			grep ^0: /proc/self/cgroup
		[ "$output" = '0::/in:it s' ]
		only_v2 "$runtime" --root "$state" delete --force "$box"
		rm m/rootfs/tmp/up
	done
}

@test "with a cgroup namespace a container sees its own cgroup alone" {
	bundle m '.linux.namespaces += [{type: "cgroup"}] |
		.process.args = ["sh", "-c", "grep ^0: /proc/self/cgroup
		head -n 1 /sys/fs/cgroup/cgroup.procs
		mkdir /sys/fs/cgroup/x 2>&1; true"]'
	run -0 runtime run -b m "$box"
	[ "$output" = "0::/
1
mkdir: can't create directory '/sys/fs/cgroup/x': Read-only file system" ]
}

@test "all that a container has forked is ended, paused or not" {
	local way

	for way in resume pause; do
		rm -f m/rootfs/tmp/up
		start_box 'del(.linux.namespaces[] | select(.type == "pid"))' \
			'for i in 1 2 3 4 5; do setsid sleep 1000 & done
			: >/tmp/up; wait'
		up
		runtime pause "$box"
		[ "$way" = pause ] || runtime resume "$box"
		run -0 runtime delete --force "$box"
		[ -z "$output" ]
		[ -z "$(oci_cgroups)" ]
	done
}

# A device that nothing drives: it is not there once it is allowed.
@test "rules for devices are those of the specification, and exec is held to them" {
	start_box '.linux.resources.devices += [{allow: true, type: "c",
		major: 240, minor: 77, access: "rm"}] |
		.process.capabilities |= map_values(["CAP_MKNOD"])' "$endless"
	run -0 runtime exec "$box" sh -c 'mknod /tmp/k c 240 77
		(: </tmp/k) 2>&1
		(: >/tmp/k) 2>&1
		mknod /tmp/m c 240 78
		(: </tmp/m) 2>&1
		rm /tmp/k /tmp/m'
	[ "$output" = "sh: can't open /tmp/k: No such device or address
sh: can't create /tmp/k: Operation not permitted
sh: can't open /tmp/m: Operation not permitted" ]
	runtime delete --force "$box"
}
