#!/usr/bin/env bats
# What OCI runtimes got wrong, one test a case: namespaces, cgroups, hooks, the
# life of a container, its commands, and seccomp.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats sets stderr
load lib
load oci

# group CONTROLLER - the directory of the cgroup that the box has, or had
group() {
	local dir

	dir=$(sed -n "s/^\([^ ]*,\)*$1\(,[^ ]*\)* //p" "state/$box/cgroups")
	[ -d "$dir" ] && echo "$dir"
}

version_1() {
	[ ! -e /sys/fs/cgroup/cgroup.controllers ] ||
		without 'needs cgroups of version 1'
}

@test "37: a namespace that cannot be joined is named" {
	bundle m '.linux.namespaces += [{type: "ipc", path: "/no/where"}] |
		.linux.namespaces |= map(select(.type != "ipc" or .path))'
	refused "*the ipc namespace '/no/where'*o such file*"
	bundle m '.linux.namespaces |= map(if .type == "ipc" then
		.path = "proc/self/ns/ipc" else . end)'
	refused "*ipc namespace, not 'proc/self/ns/ipc'"
	bundle m '.linux.namespaces |= map(if .type == "ipc" then
		.path = "/proc/self/ns/net" else . end)'
	refused "*'/proc/self/ns/net' is no ipc namespace"
}

@test "38: a host name is set in a uts namespace that is joined" {
	unshare -u sleep 60 3>&- &
	started=$!
	within 20 differs uts "$started"
	bundle m ".linux.namespaces |= map(if .type == \"uts\" then
		.path = \"/proc/$started/ns/uts\" else . end)" hostname
	runs box
}

differs() {
	[ "$(readlink "/proc/$2/ns/$1")" != "$(readlink "/proc/self/ns/$1")" ]
}

@test "39: a sysctl of the host is refused before anything is made" {
	local filter

	for filter in '.linux.sysctl = {"vm.swappiness": "1"}' \
		'.linux.sysctl = {"kernel.hostname": "x"}' \
		'.linux.sysctl = {"net.ipv4.ip_forward": "1"} |
			.linux.namespaces |= map(select(.type != "network"))' \
		'.linux.sysctl = {"net.ipv4.ip_forward": "1"} |
			.linux.namespaces |= map(if .type == "network" then
			.path = "/proc/self/ns/net" else . end)' \
		'.linux.sysctl = {"kernel.shmmax": "1"} |
			.linux.namespaces |= map(select(.type != "ipc"))' \
		'.linux.sysctl = {"net.ipv4/../../kernel/x": "1"}'; do
		bundle m "$filter"
		refused '*sysctl*'
	done
}

@test "40: sysctls are spelled with dots or slashes, values may have blanks" {
	bundle m '.linux.sysctl = {"net/ipv4/ip_forward": "1",
		"net.ipv4.ping_group_range": "0 7"}' \
		'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ping_group_range'
	runs $'1\n0\t7'
}

@test "41: a cgroup without a path from the top is below the caller's" {
	local own

	own=$(sed -n 's/.*:memory://p' /proc/self/cgroup)
	[ -n "$own" ] || own=$(sed -n 's/^0:://p' /proc/self/cgroup)
	start_box '.linux.cgroupsPath = null' 'exec sleep 60'
	grep -q "memory:${own%/}/$box\$\|^0::${own%/}/$box\$" \
		"/proc/$(pid_of)/cgroup"
	runtime delete -f "$box"
	start_box ".linux.cgroupsPath = \"a/$box\"" 'exec sleep 60'
	grep -q "memory:${own%/}/a/$box\$\|^0::${own%/}/a/$box\$" \
		"/proc/$(pid_of)/cgroup"
	# Those alone, as others have a cgroup of that name, too.
	sed -n "s,^[^ ]* \(.*\)/$box\$,\1,p" "state/$box/cgroups" >parents
	[ -s parents ]
	runtime delete -f "$box"
	xargs rmdir <parents
}

@test "42: what means no limit is none" {
	version_1
	start_box '.linux.resources = {pids: {limit: 0}, memory: {limit: -1},
		cpu: {quota: -1, period: 50000, shares: 0, cpus: ""}}' \
		'exec sleep 60'
	[ "$(cat "$(group pids)/pids.max")" = max ]
	# So much is none.
	[ "$(cat "$(group memory)/memory.limit_in_bytes")" -gt $((1 << 62)) ]
	[ "$(cat "$(group cpu)/cpu.cfs_quota_us")" = -1 ]
	[ "$(cat "$(group cpu)/cpu.cfs_period_us")" = 50000 ]
	[ "$(cat "$(group cpu)/cpu.shares")" = 1024 ]
	runtime delete -f "$box"
	start_box '.linux.resources = {cpu: {period: 50000}}' 'exec sleep 60'
	[ "$(cat "$(group cpu)/cpu.cfs_quota_us")" = -1 ]
	[ "$(cat "$(group cpu)/cpu.cfs_period_us")" = 50000 ]
	runtime delete -f "$box"
	start_box '.linux.resources = {pids: {limit: -1}, cpu: {quota: 0}}' \
		'exec sleep 60'
	[ "$(cat "$(group pids)/pids.max")" = max ]
	[ "$(cat "$(group cpu)/cpu.cfs_quota_us")" = -1 ]
}

@test "43: a limit that cannot be had is refused, and no cgroup stays" {
	local resources

	for resources in '{memory: {limit: 64000000, swap: 32000000}}' \
		'{memory: {swap: 32000000}}' '{cpu: {cpus: "99999"}}' \
		'{hugepageLimits: [{pageSize: "3MB", limit: 1}]}' \
		'{unified: {"no.such": "1"}}'; do
		bundle m ".linux.resources = $resources"
		refused '*'
	done
}

@test "44: limits are converted for cgroups of version 2" {
	bundle m '.linux.resources = {cpu: {shares: 1024},
		memory: {limit: 1000000, swap: 3000000}}'
	run -0 ocispec --resources --cgroup v2 m/config.json
	grep -qx 'cpu.weight 100' <<<"$output"
	grep -qx 'memory.max 1000000' <<<"$output"
	grep -qx 'memory.swap.max 2000000' <<<"$output"
	bundle m '.linux.resources = {memory: {limit: 1000000, swap: -1}}'
	run -0 ocispec --resources --cgroup v2 m/config.json
	grep -qx 'memory.swap.max max' <<<"$output"
	bundle m '.linux.resources = {memory: {swap: 3000000}}'
	run -1 ocispec --resources --cgroup v2 m/config.json
}

# hook WHEN SCRIPT [MORE] - a filter for jq: a hook of the host's sh
hook() {
	jq -nr --arg when "$1" --arg script "$2" '
		".hooks[\($when | @json)] += [{path: \"/bin/sh\",
		args: [\"sh\", \"-c\", \($script | @json)] '"${3:-}"'}]"'
}

@test "45: a hook is waited for, not who holds its output" {
	bundle m "$(hook prestart 'sleep 60 & echo $! >'"$PWD/pid"'; exit 0')"
	runs ran
	kill "$(<pid)"
}

@test "46: a hook may say much, and its last words are in the error" {
	bundle m "$(hook prestart 'head -c 1000000 /dev/zero | tr "\0" x
		head -c 1000000 /dev/zero | tr "\0" x >&2')"
	runs ran
	bundle m "$(hook prestart 'echo the reason >&2; exit 3')"
	refused '*the reason*'
}

@test "47: a hook has the caller's environment, or just its own" {
	bundle m "$(hook prestart "env >$PWD/env" )"
	A_WORD=here runs ran
	grep -qx A_WORD=here env
	bundle m "$(hook prestart "/usr/bin/env >$PWD/env" \
		', env: [\"B_WORD=there\"]')"
	A_WORD=here runs ran
	grep -qx B_WORD=there env
	run ! grep A_WORD env
	bundle m '.process.env += ["C=own"] | .hooks.startContainer = [{
		path: "/bin/sh", args: ["sh", "-c", "env >/hooked"]}]'
	runs ran
	grep -qx C=own m/rootfs/hooked
}

@test "48: a hook that fails at start undoes the container" {
	local when

	for when in poststart startContainer; do
		create_box "$(hook $when 'echo the reason >&2; exit 1') |
			$(hook poststop "echo >$PWD/stopped-$when")" 'exec sleep 60'
		run --separate-stderr runtime start "$box"
		[ "$status" -ne 0 ]
		[[ $stderr == *'the reason'* ]]
		[ ! -e "state/$box" ]
		[ -e "stopped-$when" ]
	done
}

@test "49: a hook has an absolute path to something" {
	bundle m '.hooks.prestart = [{path: "bin/sh"}]'
	refused '*hooks.prestart*'
	bundle m '.hooks.prestart = [{path: "/no/where"}]'
	refused '*/no/where*'
}

@test "50: a pid file is written whole, or nothing is left" {
	bundle m . 'exec sleep 60'
	run --separate-stderr runtime create -b m --pid-file no/where "$box"
	[ "$status" -ne 0 ]
	[ ! -e "state/$box" ]
	echo host >file
	ln -s file link
	runtime create -b m --pid-file link "$box" >out
	[ ! -L link ]
	[ "$(<file)" = host ]
	[ "$(od -An -c link)" = "$(printf %s "$(pid_of)" | od -An -c)" ]
}

@test "51: a signal has a name or a number, and is TERM" {
	local signal

	start_box . 'trap "echo got" TERM; echo ready; while :; do sleep 0.01; done'
	within 20 grep -q ready out
	for signal in sigterm TERM 15 ''; do
		runtime kill "$box" ${signal:+"$signal"}
		within 20 grep -q got out
		: >out
	done
	for signal in 65 -1 frob; do
		run --separate-stderr runtime kill "$box" "$signal"
		[ "$status" -ne 0 ]
	done
	runtime kill "$box" SIGRTMIN+1
	runtime kill "$box" 64
}

@test "51a: a cgroup with processes in it is not shared" {
	start_box . 'exec sleep 60'
	bundle m2 . 'exec sleep 60'
	run --separate-stderr ptyrunc --root state2 create -b m2 "$box" 3>&-
	[ "$status" -ne 0 ]
	[ ! -e "state2/$box" ]
	box_is running
	run ! gone "$(pid_of)"
}

@test "51b: a cgroup that is frozen is not entered" {
	local frozen=/sys/fs/cgroup/freezer/$box

	[ -e /sys/fs/cgroup/freezer ] || without 'there is no freezer of version 1'
	bundle m . 'exec sleep 60'
	jq --arg path "/$box" '.linux.cgroupsPath = $path' m/config.json >c
	mv c m/config.json
	mkdir "$frozen"
	echo FROZEN >"$frozen/freezer.state"
	# What is frozen would hold a pipe open.
	status=0
	runtime create -b m "$box" >out 2>err || status=$?
	echo THAWED >"$frozen/freezer.state"
	rmdir "$frozen"
	[ "$status" -eq 1 ]
	[[ $(<err) == *": the container's cgroup unexpectedly frozen" ]]
}

@test "51c: signal 0 to all of a container is sent to none" {
	start_box . 'exec sleep 60'
	runtime kill --all "$box" 0
	box_is running
}

@test "52: a created container can be killed" {
	create_box . 'exec sleep 60'
	runtime kill "$box" TERM
	runtime kill "$box" KILL
	within 20 box_is stopped
	run --separate-stderr runtime start "$box"
	[ "$status" -ne 0 ]
	runtime delete "$box"
}

@test "53: pause works before the start, and once" {
	create_box . 'exec sleep 60'
	runtime pause "$box"
	box_is paused
	run --separate-stderr runtime pause "$box"
	[ "$status" -ne 0 ]
	runtime resume "$box"
	box_is created
}

@test "54: exec works in a created container" {
	create_box . 'exec sleep 60'
	run -0 runtime exec "$box" sh -c 'echo in'
	[ "$output" = in ]
}

@test "55: ps and list have a form for nothing" {
	run -0 runtime list
	[ "${#lines[@]}" -eq 1 ]
	run -0 runtime list -f json
	[ "$output" = '[]' ]
	create_box . 'exec sleep 60'
	runtime kill "$box" KILL
	within 20 box_is stopped
	run -0 runtime ps "$box"
	[ "${#lines[@]}" -eq 1 ]
	run -0 runtime ps -f json "$box"
	[ "$output" = '[]' ]
}

@test "56: list and state without a directory of states" {
	run -0 ptyrunc --root "$PWD/none" list -q
	[ -z "$output" ]
	fails 1 "*does not exist*" ptyrunc --root "$PWD/none" state x
	[ ! -e none ]
}

@test "57: what follows the command is the command's own" {
	start_box . 'exec sleep 60'
	run -0 runtime exec "$box" echo -e --env -- x
	[ "$output" = '--env -- x' ] || [ "$output" = '-e --env -- x' ]
	run -0 runtime exec "$box" -- echo a
	[ "$output" = a ]
	run -0 runtime exec -- "$box" echo a
	[ "$output" = a ]
}

@test "58: exec has the container's own where nothing is said" {
	start_box '.process.user = {uid: 5, gid: 6, additionalGids: [7]} |
		.process.cwd = "/tmp" | .process.env += ["C=own"]' 'exec sleep 60'
	printf 'root:x:0:0::/root:\nfive:x:5:6::/five:\n' >m/rootfs/etc/passwd
	run -0 runtime exec "$box" sh -c 'id -u; id -g; id -G; pwd; echo $C'
	[ "$output" = $'5\n6\n6 7\n/tmp\nown' ]
	run -0 runtime exec --user 0 "$box" sh -c 'id -u; id -G; echo $HOME'
	[ "$output" = $'0\n6 7\n/root' ]
	run -0 runtime exec --user 0:0 --cwd / --env D=e "$box" \
		sh -c 'id -g; pwd; echo $D'
	[ "$output" = $'0\n/\ne' ]
	run -0 runtime exec --additional-gids 8 --additional-gids 9 "$box" \
		sh -c 'id -u; id -g; grep Groups: /proc/self/status'
	[ "$output" = $'5\n6\nGroups:\t7 8 9 ' ]
	jq '{cwd: "/", env: ["PATH=/bin"], args: ["sh", "-c",
		"grep CapBnd: /proc/self/status; echo $HOME"]}' -n >process
	run -0 runtime exec --process process "$box"
	# CAP_KILL, CAP_NET_BIND_SERVICE and CAP_AUDIT_WRITE, of the example.
	[ "$output" = $'CapBnd:\t0000000020000420\n/root' ]
	jq '{cwd: "/", args: ["sh", "-c", "ulimit -n"],
		env: ["PATH=/bin"]}' -n >process
	run -0 prlimit --nofile=77:77 timeout 30 ptyrunc --root state exec \
		--process process "$box" 3>&-
	[ "$output" = 77 ]
	jq '{cwd: "/", args: ["/bin/busybox", "env"]}' -n >process
	run -0 runtime exec --process process "$box"
	[ "$output" = HOME=/root ]
	jq '{cwd: "/", args: ["env"]}' -n >process
	run -255 runtime exec --process process "$box"
	[[ $output == *'o such file'* ]]
}

@test "59: exec ends when its process does, whatever that leaves behind" {
	start_box . 'exec sleep 60'
	run -3 timeout 10 ptyrunc --root state exec "$box" \
		sh -c 'sleep 60 >/dev/null 2>&1 & exit 3' 3>&-
}

@test "60: process 1 is protected from itself, but not from a filter" {
	bundle m . 'kill -TERM $$; kill -HUP $$; kill -11 $$; echo lives'
	runs lives
	bundle m . 'kill -INT $$; echo lives'
	run -130 runtime run -b m "$box"
	bundle m '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{names: ["getppid", "sysinfo"], action: "SCMP_ACT_KILL_PROCESS"}]} |
		.process.args = ["busybox", "free"]'
	run runtime run -b m "$box"
	[ "$status" -eq 159 ]
}

# seccomp FILTER - a profile that allows, changed by FILTER
seccomp() {
	bundle m ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\",
		syscalls: [{names: [\"mkdir\", \"mkdirat\"],
		action: \"SCMP_ACT_ERRNO\"}]} | $1" \
		'mkdir /made && echo made || true'
}

@test "61: an unknown name is skipped, all else that is unknown refused" {
	local filter

	seccomp '.linux.seccomp.syscalls[0].names += ["frobnicate"]'
	run runtime run -b m "$box"
	[[ $output == *'not permitted'* ]]
	for filter in '.syscalls[0].action = "SCMP_ACT_FROB"' \
		'.syscalls[0].args = [{index: 0, value: 1, op: "SCMP_CMP_FROB"}]' \
		'.syscalls[0].args = [{index: 6, value: 1, op: "SCMP_CMP_EQ"}]' \
		'.architectures = ["SCMP_ARCH_FROB"]' \
		'.flags = ["SECCOMP_FILTER_FLAG_FROB"]'; do
		seccomp ".linux.seccomp |= ($filter)"
		refused '*linux.seccomp*'
	done
}

@test "62: ERRNO is EPERM, or what it says, 0 included" {
	seccomp .
	run runtime run -b m "$box"
	[[ $output == *'not permitted'* ]]
	seccomp '.linux.seccomp.syscalls[0].errnoRet = 0'
	run runtime run -b m "$box"
	[ ! -e m/rootfs/made ]
	[ "$output" = made ]
	seccomp '.linux.seccomp.syscalls[0] |= (.errnoRet = 1 |
		.action = "SCMP_ACT_ALLOW")'
	refused '*errnoRet*'
}

@test "63: without rules the default is for all; three words for the end" {
	local action

	bundle m '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
	runs ran
	for action in KILL KILL_PROCESS TRAP; do
		seccomp ".linux.seccomp.syscalls[0].action = \"SCMP_ACT_$action\" |
			.process.args = [\"busybox\", \"mkdir\", \"/made\"]"
		run runtime run -b m "$box"
		[ "$status" -eq 159 ]
	done
}

@test "64: rules of one call with different arguments hold both" {
	bundle m '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 7,
			args: [{index: 0, value: 8, op: "SCMP_CMP_EQ"}]},
		{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 1,
			args: [{index: 1, value: 10, op: "SCMP_CMP_EQ"}]},
		{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 1,
			args: [{index: 1, value: 12, op: "SCMP_CMP_EQ"}]}]}' \
		'trap : USR1 USR2 CONT; for s in USR1 USR2 CONT; do
			kill -$s $$ 2>/dev/null && echo $s; done'
	runs CONT
}

@test "65: NOTIFY without a listener is refused" {
	seccomp '.linux.seccomp.syscalls[0].action = "SCMP_ACT_NOTIFY"'
	refused '*linux.seccomp*'
}

# In what podman allows, process_mrelease is the newest call, and io_uring_setup
# an older one that is not there.
# bats test_tags=unsanitized
@test "66: a call younger than the profile is ENOSYS, any other the default" {
	local profile

	profile=$(jq '.linux.seccomp | .defaultErrnoRet = 88 |
		.syscalls |= (map(.names -= ["clone3"]) + [{names: ["clone3"],
			action: "SCMP_ACT_ERRNO", errnoRet: 38}])' \
		"$BATS_TEST_DIRNAME/oci/podman-run.json")
	bundle m ".linux.seccomp = $profile" \
		'for n in 425 435 449 450 1000; do /helper call $n; done'
	cp "$HELPER" m/rootfs/helper
	run -0 runtime run -b m "$box"
	# clone3, and all above process_mrelease.
	[ "$output" = "$(printf 'errno %s\n' 88 38 38 38 38)" ]
}
