#!/usr/bin/env bats
# What ocispec makes of mounts, namespaces, cgroups and hooks. Numbers in
# comments are rows of the list of cases that runtimes got wrong.
load lib
load ocispec

setup() {
	needs jq
	stage
}

# ns TYPE FILTER - the namespaces of the spec: those, and one of TYPE by FILTER
ns() {
	echo ".linux.namespaces |= map(select(.type != \"$1\") // empty) |
		.linux.namespaces += [{type: \"$1\"} + $2]"
}

# 24
@test "destinations are taken from the root, clean" {
	spec '.mounts = [
		{destination: "/a/../b/./c", type: "tmpfs"},
		{destination: "/../../x", type: "tmpfs"},
		{destination: "//a///b//", type: "tmpfs"},
		{destination: "/..", type: "tmpfs"},
		{destination: "data", type: "tmpfs", source: "s"}]'
	words
	has --mount tmpfs tmpfs /b/c '' --mount tmpfs tmpfs /x '' \
		--mount tmpfs tmpfs /a/b '' --mount tmpfs tmpfs / '' \
		--mount tmpfs s /data ''
	# shellcheck disable=SC2154
	[ "$stderr" = "ocispec: warning: mounts.4.destination: 'data' is relative, taken from /" ]
	refused 'del(.mounts[0].destination)' 'mounts.0.destination: want a path'
	refused '.mounts[0].destination = ""' 'mounts.0.destination: want a path'
}

# 26
@test "a bind is one by its type or by its options" {
	spec '.mounts = [
		{destination: "/a", type: "bind", source: "/s"},
		{destination: "/b", type: "none", source: "s", options: ["rbind", "ro"]},
		{destination: "/c", source: "s/../t", options: ["bind"]},
		{destination: "/d", type: "ext4", source: "-s", options: ["rbind"]}]'
	words
	has --mount bind /s /a bind --mount bind s /b rbind,ro \
		--mount bind s/../t /c bind --mount bind ./-s /d rbind
	refused 'del(.mounts[0].type)' 'mounts.0.type: want a type of file system'
	refused '.mounts[0].type = "none"' \
		'mounts.0.type: want a type of file system'
	refused '.mounts[0] = {destination: "/a", type: "bind"}' \
		'mounts.0.source: a bind needs a path'
}

# 28
@test "an option that a bind does not know is a warning, others go on" {
	spec '.mounts = [
		{destination: "/a", type: "bind", source: "/s", options:
			["ro", "frob", "rro", "rslave", "nosymfollow"]},
		{destination: "/b", type: "tmpfs", options:
			["ro", "frob", "size=1m", "tmpcopyup"]}]'
	words
	has --mount bind /s /a bind,ro,rro,rslave,nosymfollow \
		--mount tmpfs tmpfs /b ro,frob,size=1m,tmpcopyup
	[ "$stderr" = "ocispec: warning: mounts.0.options.1: a bind has no option 'frob', not set" ]
	refused '.mounts[1].options += ["a,b"]' \
		"mounts.1.options.4: want one option, not 'a,b'"
	refused '.mounts[1].options += ["b\\\\"]' \
		'mounts.1.options.4: want one option, not *'
	refused '.mounts[1].options += ["=b"]' \
		"mounts.1.options.4: want one option, not '=b'"
}

@test "a bind has its ids mapped" {
	local map='[{containerID: 0, hostID: 1000, size: 10},
		{containerID: 20, hostID: 5, size: 1}]'

	spec ".mounts = [{destination: \"/a\", source: \"/s\", options:
		[\"rbind\", \"ridmap\"], uidMappings: $map, gidMappings: $map}]"
	words
	has --mount bind /s /a 'rbind,ridmap,X-mount.idmap=u:0:1000:10 u:20:5:1 g:0:1000:10 g:20:5:1'
	refused ".mounts[0] += {type: \"tmpfs\", uidMappings: $map,
		gidMappings: $map}" 'mounts.0: only a bind has ids mapped'
	refused '.mounts += [{destination: "/a", source: "/s",
		options: ["bind", "idmap"]}] | .linux.namespaces += [{type: "user"}]' \
		'mounts.*: no ids can be mapped in a user namespace: not supported'
	refused '.mounts += [{destination: "/a", source: "/s",
		options: ["bind", "idmap"]}]' \
		'mounts.7: want uidMappings and gidMappings'
	refused ".mounts += [{destination: \"/a\", source: \"/s\",
		options: [\"bind\"], uidMappings: $map}]" \
		'mounts.7: want uidMappings and gidMappings'
}

@test "the ids of a bind are mapped by an option as well" {
	spec '.mounts = [{destination: "/a", source: "/s", options: ["rbind",
		"ridmap=uids=0-1000-10#20-5-1;gids=0-7-1", "ro"]}]'
	words
	has --mount bind /s /a 'rbind,ridmap,ro,X-mount.idmap=u:0:1000:10 u:20:5:1 g:0:7:1'
	for maps in '' 'uids=' 'uids=0-1' 'uids=0-1-2-3' 'uids=0-1-0' \
		'uids=0-4294967296-1' 'uids=@0-1-2' 'uids=0-1-2#' 'uids=0-1-2;' \
		'pids=0-1-2' 'uids=0-+1-2'; do
		refused ".mounts = [{destination: \"/a\", source: \"/s\",
			options: [\"bind\", \"idmap=$maps\"]}]" \
			"mounts.0.options.1: want uids=CONTAINER-HOST-SIZE;gids=..., not '*'"
	done
	refused '.mounts = [{destination: "/a", source: "/s", options: ["bind",
		"idmap=gids=0-1-2"]}]' 'mounts.0: want uidMappings and gidMappings'
	refused '.mounts = [{destination: "/a", type: "tmpfs", options:
		["idmap=uids=0-1-2;gids=0-1-2"]}]' \
		'mounts.0: only a bind has ids mapped'
}

# 35
@test "a device has a type that there is, and its numbers" {
	spec '.linux.devices = [
		{path: "/dev/a", type: "c", major: 10, minor: 229, fileMode: 8576,
			uid: 1, gid: 2},
		{path: "/dev/b", type: "u", major: 1, minor: 3},
		{path: "/dev/../dev/c", type: "b", major: 7, minor: 0},
		{path: "/dev//ptmx", type: "c", major: 5, minor: 2},
		{path: "/dev/d", type: "p", fileMode: 384}]'
	words
	has --devices /dev --device /dev/a c 10:229 0600 1:2 \
		--device /dev/b c 1:3 0666 0:0 --device /dev/c b 7:0 0666 0:0 \
		--device /dev/d p 0:0 0600 0:0
	refused '.linux.devices = [{path: "/d", type: "x", major: 1, minor: 1}]' \
		"linux.devices.0.type: want c, b, u or p, not 'x'"
	refused '.linux.devices = [{path: "d", type: "c", major: 1, minor: 1}]' \
		'linux.devices.0.path: want an absolute path'
	refused '.linux.devices = [{path: "/d", type: "c", major: 1}]' \
		'linux.devices.0: want major and minor'
}

@test "the devices of the host stay as they are" {
	spec '.mounts += [{destination: "/dev/", type: "bind", source: "/dev"}] |
		.linux.devices = [{path: "/dev/a", type: "c", major: 1, minor: 3}]'
	words
	has_no --devices
	has_no --device
	has_no --caller-devpts
}

@test "the terminal is of the host's devpts where there is no other" {
	local dev='.process.terminal = true | .mounts |= map(select(
		.destination | startswith("/dev") | not)) | .mounts +=
		[{destination: "/dev/", type: "bind", source: "/dev"}]'

	spec "$dev"
	words
	has --caller-devpts
	spec "$dev | .process.terminal = false"
	words
	has_no --caller-devpts
	spec "$dev | .mounts += [{destination: \"/dev/pts\", type: \"devpts\"}]"
	words
	has_no --caller-devpts
}

@test "a bind that is shared is the only mount that the host sees" {
	spec
	words
	has_no --propagation
	spec '.mounts += [{destination: "/a", source: "/s", options:
		["rbind", "rshared"]}]'
	words
	has --propagation unchanged
}

@test "the root has its propagation, and paths that are hidden in it" {
	spec '.linux.rootfsPropagation = "rslave" | .root.readonly = false |
		.linux.maskedPaths = ["/a/../b"] | .linux.readonlyPaths = ["/c"]'
	words
	has newroot --propagation rslave --mount
	has --mask /b --readonly-path /c rootfs -- confine
	has_no --read-only
	refused '.linux.rootfsPropagation = "frob"' \
		"linux.rootfsPropagation: no such propagation: 'frob'"
	refused '.linux.maskedPaths = ["a"]' \
		'linux.maskedPaths.0: want an absolute path'
}

# 37
@test "a namespace that is joined exists and is of its type" {
	refused "$(ns network '{path: "/no/where"}')" \
		"linux.namespaces.4.path: cannot open the network namespace '/no/where': *"
	refused "$(ns network '{path: "proc/self/ns/net"}')" \
		"linux.namespaces.4.path: want an absolute path of a network namespace, not 'proc/self/ns/net'"
	refused "$(ns network '{path: "/proc/self/ns/uts"}')" \
		"linux.namespaces.4.path: '/proc/self/ns/uts' is no network namespace"
	mkfifo fifo
	refused "$(ns pid "{path: \"$PWD/fifo\"}")" \
		"linux.namespaces.4.path: '$PWD/fifo' is no pid namespace"
	# Looked at before it is opened: a device does something then.
	if [ "$(id -u)" = 0 ]; then
		needs strace
		mknod device c 1 3
		spec "$(ns network "{path: \"$PWD/device\"}")"
		run -1 strace -f -qq -o trace -e trace=open,openat \
			ocispec config.json
		[[ $output == *"device' is no network namespace" ]]
		grep -q '/device", .*O_PATH' trace
		run -1 eval "grep '/device\"' trace | grep -v O_PATH"
	fi
	refused '.linux.namespaces += [{type: "uts"}]' \
		'linux.namespaces.5: a second uts namespace'
	refused '.linux.namespaces += [{type: "frob"}]' \
		"linux.namespaces.5.type: no such type: 'frob'"
}

# 38
@test "namespaces are made or joined, the host's is neither" {
	as_root
	unshare --net --uts sleep 300 3>&- &
	started=$!
	within 20 test ! /proc/$started/ns/uts -ef /proc/self/ns/uts
	spec "$(ns uts "{path: \"/proc/$started/ns/uts\"}") |
		$(ns network '{path: "/proc/self/ns/net"}')"
	words
	has --pid --ipc --mount --join "uts=/proc/$started/ns/uts" \
		--hostname runc
	has_no --net
	refused "$(ns uts '{path: "/proc/self/ns/uts"}')" \
		'hostname: needs its own uts namespace'
	spec '.linux.namespaces += [{type: "cgroup"}, {type: "time"}] |
		.linux.timeOffsets = {monotonic: {secs: -5, nanosecs: 7},
			boottime: {secs: 9}}'
	words
	has --cgroup --time
	has --time-offset monotonic=-5:7
	has --time-offset boottime=9:0
	refused '.linux.timeOffsets = {boottime: {secs: 1}}' \
		'linux.timeOffsets: needs a new time namespace'
}

@test "ids are mapped where there is a user namespace" {
	local map='[{containerID: 0, hostID: 100000, size: 5000},
		{containerID: 5000, hostID: 7, size: 1}]'

	spec ".linux.namespaces += [{type: \"user\"}] |
		.linux.uidMappings = $map | .linux.gidMappings = $map"
	words
	has --user
	has --uid-map 0:100000:5000 --uid-map 5000:7:1 --gid-map
	refused ".linux.uidMappings = $map" \
		'linux.uidMappings: needs a user namespace'
	refused '.linux.namespaces += [{type: "user"}]' \
		'linux.uidMappings: a new user namespace needs it'
	refused ".linux.namespaces += [{type: \"user\"}] |
		.linux.gidMappings = $map | .linux.uidMappings =
		[{containerID: 0, hostID: 0, size: 0}]" \
		'linux.uidMappings.0.size: want a size above 0'
}

# 39, 40
@test "a sysctl is one of a namespace of its own" {
	spec '.linux.sysctl = {"net/ipv4/ip_forward": "1",
		"net.ipv4.ping_group_range": "0 0", "kernel.msgmax": "5",
		"fs.mqueue.msg_max": "9", "net/ipv4/conf/a.b/forwarding": "1"} |
		.domainname = "d"'
	words
	has --sysctl net/ipv4/ip_forward=1
	has --sysctl 'net.ipv4.ping_group_range=0 0'
	has --sysctl kernel.domainname=d
	has --sysctl net/ipv4/conf/a.b/forwarding=1
	for name in vm.swappiness kernel.hostname kernel.shm net frob '' \
		net.ipv4/../../kernel/x net/../kernel/x .net. net..x /net/x \
		kernel.msgmaxx net.x=y 'net.x\ny' kernel/msgmax/x; do
		refused ".linux.sysctl = {\"$name\": \"1\"}" 'linux.sysctl.*: *'
	done
	refused '.linux.namespaces |= map(select(.type != "network")) |
		.linux.sysctl = {"net.x": "1"}' \
		'linux.sysctl."net.x": needs its own network namespace'
	refused '.linux.namespaces |= map(select(.type != "ipc")) |
		.linux.sysctl = {"kernel/shmmax": "1"}' \
		'linux.sysctl.kernel/shmmax: needs its own ipc namespace'
}

# lines VERSION RESOURCES WANTED - what --resources says of them
lines() {
	spec ".linux.resources = $2"
	run -0 ocispec --cgroup "$1" --resources config.json
	[ "$output" = "$3" ] || { echo "$1 $2: $output"; return 1; }
}

# 42
@test "a limit that is none is written as that, and 0 is not written" {
	lines v1 '{pids: {limit: 0}}' ''
	lines v1 '{pids: {limit: -1}}' 'pids/pids.max max'
	lines v2 '{pids: {limit: 7}}' 'pids.max 7'
	lines v1 '{memory: {limit: -1, swap: -1}}' \
		$'memory/memory.limit_in_bytes -1\nmemory/memory.memsw.limit_in_bytes -1'
	lines v2 '{memory: {limit: -1, swap: -1, reservation: -1}}' \
		$'memory.max max\nmemory.swap.max max\nmemory.low max'
	lines v2 '{memory: {limit: 0, swap: 0}}' ''
	lines v1 '{cpu: {quota: -1}}' 'cpu/cpu.cfs_quota_us -1'
	lines v1 '{cpu: {quota: 0, shares: 0, cpus: "", period: 0}}' ''
	lines v1 '{cpu: {period: 5000}}' 'cpu/cpu.cfs_period_us 5000'
	lines v2 '{cpu: {period: 5000}}' 'cpu.max max 5000'
	lines v2 '{cpu: {quota: 5000}}' 'cpu.max 5000'
	lines v2 '{cpu: {quota: -1, period: 7}}' 'cpu.max max 7'
}

@test "every resource has its file in the one version or the other" {
	local all='{
		memory: {limit: 100, swap: 300, reservation: 50},
		cpu: {shares: 1024, quota: 5, period: 9, burst: 1, cpus: "0-1",
			mems: "0", idle: 0},
		pids: {limit: 3},
		blockIO: {weight: 10, throttleReadBpsDevice: [
			{major: 8, minor: 0, rate: 5}], throttleWriteIOPSDevice: [
			{major: 8, minor: 1, rate: 6}]},
		hugepageLimits: [{pageSize: "2MB", limit: 0}],
		rdma: {mlx: {hcaHandles: 2, hcaObjects: 3}}}'

	lines v1 "$all" 'memory/memory.limit_in_bytes 100
memory/memory.memsw.limit_in_bytes 300
memory/memory.soft_limit_in_bytes 50
cpu/cpu.shares 1024
cpu/cpu.cfs_period_us 9
cpu/cpu.cfs_quota_us 5
cpu/cpu.cfs_burst_us 1
cpu/cpu.idle 0
cpuset/cpuset.cpus 0-1
cpuset/cpuset.mems 0
pids/pids.max 3
blkio/blkio.bfq.weight 10
blkio/blkio.throttle.read_bps_device 8:0 5
blkio/blkio.throttle.write_iops_device 8:1 6
hugetlb/hugetlb.2MB.limit_in_bytes 0
rdma/rdma.max mlx hca_handle=2 hca_object=3'
	lines v2 "$all" 'memory.max 100
memory.swap.max 200
memory.low 50
cpu.weight 100
cpu.max 5 9
cpu.max.burst 1
cpu.idle 0
cpuset.cpus 0-1
cpuset.mems 0
pids.max 3
io.weight 1
io.max 8:0 rbps=5
io.max 8:1 wiops=6
hugetlb.2MB.max 0
rdma.max mlx hca_handle=2 hca_object=3'
	lines v1 '{memory: {kernel: 1, kernelTCP: 2, swappiness: 0,
		disableOOMKiller: true}, network: {classID: 5,
		priorities: [{name: "eth0", priority: 3}]},
		cpu: {realtimePeriod: 4, realtimeRuntime: 3}}' \
		'memory/memory.kmem.limit_in_bytes 1
memory/memory.kmem.tcp.limit_in_bytes 2
memory/memory.swappiness 0
memory/memory.oom_control 1
cpu/cpu.rt_period_us 4
cpu/cpu.rt_runtime_us 3
net_cls/net_cls.classid 5
net_prio/net_prio.ifpriomap eth0 3'
	for file in 'v1 blkio/blkio.bfq.weight_device' 'v2 io.bfq.weight'; do
		lines "${file% *}" '{blockIO: {weightDevice: [
			{major: 8, minor: 1, weight: 10}, {major: 8, weight: 1000}]}}' \
			"${file#* } 8:1 10"$'\n'"${file#* } 8:0 1000"
	done
	lines v2 '{unified: {"memory.high": "5", "io.max": "8:0 rbps=1\n8:1 rbps=2"}}' \
		$'memory.high 5\nio.max 8:0 rbps=1\nio.max 8:1 rbps=2'
}

# impossible VERSION RESOURCES MESSAGE - they are refused with that message
impossible() {
	spec ".linux.resources = $2"
	fails 1 "ocispec: linux.resources.$3" ocispec --cgroup "$1" config.json
}

# 43, 44
@test "a limit that cannot be had is refused" {
	local version

	for version in v1 v2; do
		impossible $version '{memory: {limit: 5, swap: 4}}' \
			'memory.swap: is below the limit of memory'
		impossible $version '{memory: {swap: 4}}' \
			'memory.swap: needs a limit of memory'
		impossible $version '{memory: {limit: -1, swap: 4}}' \
			'memory.swap: needs a limit of memory'
		impossible $version '{memory: {limit: -2}}' \
			'memory.limit: want an integer from -1 to *'
		impossible $version '{memory: {useHierarchy: false}}' \
			'memory.useHierarchy: cannot be turned off'
		impossible $version '{blockIO: {weight: 9}}' \
			'blockIO.weight: want 10 to 1000'
		impossible $version '{blockIO: {weightDevice: [{leafWeight: 10}]}}' \
			'blockIO.weightDevice.0.leafWeight: cannot be had *'
		impossible $version '{blockIO: {weightDevice: [{weight: 9}]}}' \
			'blockIO.weightDevice.0.weight: want 10 to 1000'
		for size in '' 2 2mb 2M MB 02MB 2MBx ../x; do
			impossible $version "{hugepageLimits: [{pageSize: \"$size\", limit: 1}]}" \
				"hugepageLimits.0.pageSize: no such size: '$size'"
		done
	done
	for resource in '{memory: {kernel: 1}}' '{memory: {kernelTCP: 1}}' \
		'{memory: {swappiness: 0}}' '{memory: {disableOOMKiller: true}}' \
		'{network: {classID: 1}}' '{cpu: {realtimePeriod: 1}}'; do
		impossible v2 "$resource" '*: cannot be had with cgroup v2'
	done
	impossible v1 '{unified: {"memory.high": "1"}}' \
		'unified: invalid configuration: cannot be had with cgroup v1'
	for name in x ../memory.max /memory.max 'a.b/c' 'memory.max\nx' '' .x; do
		impossible v2 "{unified: {\"$name\": \"1\"}}" \
			'unified.*: is no file of a cgroup'
	done
	fails 125 "ocispec: bad --cgroup 'v3': *" ocispec --cgroup v3 config.json
}

@test "devices are what the spec allows, and what every container has" {
	spec '.linux.resources.devices = [{allow: false, access: "rwm"},
		{allow: true, type: "c", major: 10, minor: 229, access: "rw"},
		{allow: true, type: "c", major: 136}, {allow: true, type: "b", minor: 3}]'
	run -0 ocispec --devices config.json
	[ "$(head -n 6 <<<"$output")" = 'deny a *:* rwm
deny a *:* rwm
allow c 10:229 rw
allow c 136:* rwm
allow b *:3 rwm
allow c *:* m' ]
	[ "$(tail -n 1 <<<"$output")" = 'allow c 136:* rwm' ]
	refused '.linux.resources.devices = [{allow: true, type: "x"}]' \
		"linux.resources.devices.0.type: want a, b or c, not 'x'"
	refused '.linux.resources.devices = [{allow: true, access: "rwx"}]' \
		"linux.resources.devices.0.access: want some of rwm, not 'rwx'"
	refused '.linux.resources.devices = [{allow: true, type: "a", major: 1}]' \
		'linux.resources.devices.0: a rule for all types has no numbers'
}

# 49
@test "a hook has a path that can be executed" {
	refused '.hooks.prestart = [{path: "true"}]' \
		'hooks.prestart.0.path: want an absolute path'
	refused '.hooks.poststop = [{}]' \
		'hooks.poststop.0.path: want an absolute path'
	refused '.hooks.createRuntime = [{path: "/no/where"}]' \
		"hooks.createRuntime.0.path: cannot execute '/no/where': *"
	refused '.hooks.poststart = [{path: "/bin/true", timeout: 0}]' \
		'hooks.poststart.0.timeout: want a number above 0'
	refused '.hooks.poststart = [{path: "/bin/true", env: ["x"]}]' \
		"hooks.poststart.0.env.0: want NAME=VALUE, not 'x'"
	# In the container it may be there.
	spec '.hooks.startContainer = [{path: "/no/where"}]'
	words
}

@test "hooks are run in order, up to the first that fails" {
	cat >h <<-'EOT'
	#!/bin/sh
	echo "$0 $* ${A-none} $PWD $(cat)" >>"$LOG"
	[ "$1" != fail ]
	EOT
	chmod +x h
	mkdir bundle
	export LOG=$PWD/log
	spec ".hooks = {prestart: [
		{path: \"$PWD/h\", args: [\"x y\", \"a b\"]},
		{path: \"$PWD/h\", args: [\"h\", \"fail\"],
			env: [\"A=b c\", \"PATH=$PATH\", \"LOG=$LOG\"]},
		{path: \"$PWD/h\"}]} | .hooks.poststop = .hooks.prestart"
	# shellcheck disable=SC2034
	hook_state=$PWD/state hook_bundle=$PWD/bundle
	echo '{}' >state
	fails 1 "hook: '$PWD/h' ended with status 1" \
		eval "$(ocispec --hooks prestart config.json)"
	diff log - <<-EOT
	$PWD/h a b none $PWD/bundle {}
	$PWD/h fail b c $PWD/bundle {}
	EOT
	rm log
	hook_failed=0
	eval "$(ocispec --hooks poststop config.json)" 2>/dev/null
	[ "$hook_failed" = 1 ]
	[ "$(wc -l <log)" -eq 3 ]
	[ -z "$(ocispec --hooks poststart config.json)" ]
	fails 125 "ocispec: bad --hooks 'x': *" ocispec --hooks x config.json
}

# set_plan OPTION... - read the plan of config.json
set_plan() {
	ocispec --plan plan "$@"
	# shellcheck disable=SC1091
	. ./plan
}

@test "ocispec --plan writes all that a runtime wants to know" {
	spec '.annotations = {a: "it'\''s"} | .linux.cgroupsPath = "/x y" |
		.process.user = {uid: 1, gid: 2} | .linux.resources.pids.limit = 5'
	set_plan --id c1 --cgroup v1 --save saved --get hostname --get none \
		config.json
	# shellcheck disable=SC2154
	{
		[ "$version" = 1.0.2-dev ]
		[ "$id_json,$bundle,$bundle_json" = "\"c1\",$PWD,\"$PWD\"" ]
		[ "$rootfs,$rootfs_json" = "rootfs,\"$PWD/rootfs\"" ]
		[ "$annotations_json" = '{"a":"it'\''s"}' ]
		[[ $created == 20??-??-??T??:??:??.?????????Z ]]
		[ "$terminal,$console_size" = 0, ]
		[ "$uid,$gid,$hostname" = 1,2,runc ]
		[ "$cgroups_path" = '/x y' ]
		[ "$pid_ns,$user_ns,$net_ns,$time_ns" = new,host,new,host ]
		[ "$get_1,$get_2" = runc, ]
		[ "$hooks_prestart" = '' ]
		eval "set -- $cgroup_words"
		[ "$1,$2" = --set,pids/pids.max=5 ]
		# Others than root cannot have devices denied.
		if [ "$(id -u)" = 0 ]; then
			[ "$3,$4" = '--device,deny a *:* rwm' ]
		else
			[ $# -eq 2 ]
		fi
		eval "set -- ptyfork $ptyfork_words -- $command_words"
		printf '%s\n' "$@" >got
	}
	words
	cmp words got
	[ "$(stat -c %a plan)" = 600 ]
	[ "$(jq -cS . saved)" = "$(jq -cS . config.json)" ]
	[ "$(stat -c %a saved)" = 600 ]
	run -0 --separate-stderr ocispec --plan - config.json
	[ "${lines[0]}" = version=1.0.2-dev ]
}

@test "a plan is there whole or not at all" {
	spec
	echo old >plan
	chmod 644 plan
	ln -s plan link
	ocispec --plan link config.json
	[ "$(cat plan)" = old ]
	[ ! -L link ]
	spec '.ociVersion = "2.0.0"'
	fails 1 'ocispec: ociVersion: *' ocispec --plan plan config.json
	[ "$(cat plan)" = old ]
	spec
	fails 125 "ocispec: cannot write 'no/where': *" \
		ocispec --plan no/where config.json
	run -0 ls -d [a-r]*
	[ "$output" = $'config.json\nlink\nplan' ]
}

@test "a plan that does not fit leaves nothing" {
	as_root
	spec
	mkdir small
	# shellcheck disable=SC2016
	run -0 unshare --mount sh -c 'mount -t tmpfs -o size=4k,nr_inodes=9 t small
		head -c 4096 /dev/zero >small/fill
		ocispec --plan small/plan config.json && exit 9
		ls small'
	[[ $output == "ocispec: cannot write 'small/plan': "*$'\nfill' ]]
}

@test "ocispec --update reads resources alone" {
	echo '{"memory": {"swap": 9}, "pids": {"limit": 3}}' >update
	run -0 ocispec --cgroup v1 --plan - --update update
	[ "$output" = "cgroup_words='--set memory/memory.memsw.limit_in_bytes=9 --set pids/pids.max=3'" ]
	run -0 ocispec --cgroup v1 --resources --update - <update
	[ "$output" = $'memory/memory.memsw.limit_in_bytes 9\npids/pids.max 3' ]
	fails 1 'ocispec: memory.swap: needs a limit of memory' \
		ocispec --cgroup v2 --resources --update update
	echo '{"pids": {"limit": "3"}}' >update
	fails 1 'ocispec: pids.limit: want an integer *' \
		ocispec --resources --update update
}

@test "ocispec --hold, --preserve-fds and --listen-fds are in the words" {
	spec
	words --hold 7 --preserve-fds 2 --listen-fds 1
	has --hold 7
	has --env LISTEN_FDS=1 --env LISTEN_PID=1
	[ "$(grep -cx -e --preserve-fds words)" -eq 2 ]
}
