#!/usr/bin/env bats
# The fields of the runtime specification, one by one: what each is for is in
# the plan, or the spec is refused. Nothing that was asked for is ignored.
load lib
load ocispec

setup() {
	as_root # the sample is root's
	needs jq
	stage
}

# plan FILTER CGROUP - what the spec, changed by FILTER, becomes
plan() {
	spec "$BASE | $1"
	ocispec --plan - --id i --cgroup "$2" config.json 2>&1 |
		grep -v ^created=
	echo "status ${PIPESTATUS[0]}"
}

# changes FILTER... - each is seen, with one version of cgroups at least
changes() {
	local filter

	for filter; do
		if [ "$(plan "$filter" v1)" = "$plain_v1" ] &&
			[ "$(plan "$filter" v2)" = "$plain_v2" ]; then
			echo "ignored: $filter"
			return 1
		fi
	done
}

# none FILTER... - each is no more than what there is without it
none() {
	local filter

	for filter; do
		if [ "$(plan "$filter" v1)" != "$plain_v1" ] ||
			[ "$(plan "$filter" v2)" != "$plain_v2" ]; then
			echo "seen: $filter"
			return 1
		fi
	done
}

# plain BASE - what the fields are to change
plain() {
	BASE=$1
	plain_v1=$(plan . v1)
	plain_v2=$(plan . v2)
	[[ $plain_v1 == *'status 0' && $plain_v2 == *'status 0' ]]
}

@test "every field of process is seen" {
	plain '.process.terminal = true | .process.consoleSize = {height: 1, width: 2}'
	changes '.process.terminal = false' \
		'.process.consoleSize.height = 9' '.process.consoleSize.width = 9' \
		'.process.cwd = "/x"' '.process.env += ["A=b"]' \
		'.process.args += ["x"]' '.process.user.uid = 5' \
		'.process.user.gid = 5' '.process.user.umask = 7' \
		'.process.user.additionalGids = [5]' \
		'.process.capabilities.bounding += ["CAP_CHOWN"]' \
		'.process.capabilities.effective += ["CAP_CHOWN"]' \
		'.process.capabilities.inheritable += ["CAP_CHOWN"]' \
		'.process.capabilities.inheritable = ["CAP_KILL"]' \
		'.process.capabilities |= (.inheritable = ["CAP_KILL"] |
			.ambient = ["CAP_KILL"])' \
		'.process.rlimits[0].type = "RLIMIT_CORE"' \
		'.process.rlimits[0].hard = 99999' '.process.rlimits[0].soft = 9' \
		'.process.noNewPrivileges = false' '.process.apparmorProfile = "x"' \
		'.process.oomScoreAdj = 9' '.process.selinuxLabel = "x"' \
		'.process.ioPriority = {class: "IOPRIO_CLASS_IDLE"}' \
		'.process.scheduler = {policy: "SCHED_IDLE"}'
	plain '.process.scheduler = {policy: "SCHED_OTHER"}'
	changes '.process.scheduler.nice = 1' '.process.scheduler.priority = 1' \
		'.process.scheduler.flags = ["SCHED_FLAG_RECLAIM"]' \
		'.process.scheduler.runtime = 1' '.process.scheduler.deadline = 1' \
		'.process.scheduler.period = 1'
	plain '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 1}'
	changes '.process.ioPriority.priority = 2'
}

@test "every field of root, mounts, hooks and the rest is seen" {
	plain '.hooks.prestart = [{path: "/bin/true"}]'
	changes '.ociVersion = "1.1.0"' '.ociVersion = "2.0.0"' \
		'.root.path = "other"' '.root.readonly = false' \
		'.hostname = "other"' '.domainname = "other"' \
		'.mounts[0].destination = "/p"' '.mounts[0].type = "sysfs"' \
		'.mounts[1].source = "x"' '.mounts[1].options += ["noexec"]' \
		'.mounts[0].uidMappings = [{containerID: 0, hostID: 5, size: 1}]' \
		'.mounts[0].gidMappings = [{containerID: 0, hostID: 5, size: 1}]' \
		'.annotations.a = "b"' '.hooks.prestart[0].path = "/bin/false"' \
		'.hooks.prestart[0].args = ["x"]' '.hooks.prestart[0].env = ["A=b"]' \
		'.hooks.prestart[0].timeout = 5' \
		'.hooks.createRuntime = .hooks.prestart' \
		'.hooks.createContainer = .hooks.prestart' \
		'.hooks.startContainer = .hooks.prestart' \
		'.hooks.poststart = .hooks.prestart' \
		'.hooks.poststop = .hooks.prestart'
}

@test "every field of linux is seen" {
	plain '.linux.devices = [{path: "/dev/x", type: "c", major: 1, minor: 3,
			fileMode: 384, uid: 1, gid: 1}] |
		.linux.namespaces += [{type: "user"}, {type: "time"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 1, size: 10}] |
		.linux.gidMappings = .linux.uidMappings'
	changes '.linux.namespaces[0].type = "cgroup"' \
		'.linux.namespaces[0].path = "/proc/self/ns/pid"' \
		'.linux.uidMappings[0].containerID = 1' \
		'.linux.uidMappings[0].hostID = 2' '.linux.uidMappings[0].size = 9' \
		'.linux.gidMappings[0].containerID = 1' \
		'.linux.gidMappings[0].hostID = 2' '.linux.gidMappings[0].size = 9' \
		'.linux.timeOffsets.monotonic.secs = 5' \
		'.linux.timeOffsets.boottime.nanosecs = 5' \
		'.linux.devices[0].path = "/dev/y"' \
		'.linux.devices[0].type = "b"' '.linux.devices[0].major = 5' \
		'.linux.devices[0].minor = 5' '.linux.devices[0].fileMode = 1' \
		'.linux.devices[0].uid = 2' '.linux.devices[0].gid = 2' \
		'.linux.netDevices.eth0.name = "x"' '.linux.cgroupsPath = "/x"' \
		'.linux.intelRdt.closID = "x"' \
		'.linux.memoryPolicy.mode = "MPOL_BIND"' \
		'.linux.sysctl["net.ipv4.ip_forward"] = "1"' \
		'.linux.seccomp.defaultAction = "SCMP_ACT_LOG"' \
		'.linux.rootfsPropagation = "rslave"' \
		'.linux.maskedPaths += ["/x"]' '.linux.readonlyPaths += ["/x"]' \
		'.linux.mountLabel = "x"' '.linux.personality.domain = "LINUX32"' \
		'.linux.personality = {domain: "LINUX", flags: ["x"]}'
}

@test "every field of linux.resources is seen" {
	plain '.linux.resources = {devices: [{allow: false}],
		hugepageLimits: [{pageSize: "2MB", limit: 1}],
		rdma: {a: {hcaHandles: 1, hcaObjects: 1}},
		memory: {limit: 9999999}, blockIO: {
			throttleReadBpsDevice: [{major: 1, minor: 1, rate: 1}]}}'
	changes '.linux.resources.devices[0].allow = true' \
		'.linux.resources.devices += [{allow: true, type: "c", major: 200}]' \
		'.linux.resources.devices += [{allow: true, type: "c", minor: 200}]' \
		'.linux.resources.devices += [{allow: true, access: "r"}]' \
		'.linux.resources.memory.limit = 8888888' \
		'.linux.resources.memory.reservation = 1' \
		'.linux.resources.memory.swap = 99999999' \
		'.linux.resources.memory.kernel = 1' \
		'.linux.resources.memory.kernelTCP = 1' \
		'.linux.resources.memory.swappiness = 1' \
		'.linux.resources.memory.disableOOMKiller = true' \
		'.linux.resources.memory.useHierarchy = false' \
		'.linux.resources.cpu.shares = 9' '.linux.resources.cpu.quota = 9' \
		'.linux.resources.cpu.burst = 9' '.linux.resources.cpu.period = 9' \
		'.linux.resources.cpu.realtimeRuntime = 9' \
		'.linux.resources.cpu.realtimePeriod = 9' \
		'.linux.resources.cpu.cpus = "0"' '.linux.resources.cpu.mems = "0"' \
		'.linux.resources.cpu.idle = 1' '.linux.resources.pids.limit = 9' \
		'.linux.resources.blockIO.weight = 10' \
		'.linux.resources.blockIO.leafWeight = 10' \
		'.linux.resources.blockIO.weightDevice = [{major: 1, minor: 1, weight: 10}]' \
		'.linux.resources.blockIO.throttleReadBpsDevice[0].major = 2' \
		'.linux.resources.blockIO.throttleReadBpsDevice[0].minor = 2' \
		'.linux.resources.blockIO.throttleReadBpsDevice[0].rate = 2' \
		'.linux.resources.hugepageLimits[0].pageSize = "1GB"' \
		'.linux.resources.hugepageLimits[0].limit = 2' \
		'.linux.resources.network.classID = 1' \
		'.linux.resources.network.priorities = [{name: "a", priority: 1}]' \
		'.linux.resources.rdma.a.hcaHandles = 2' \
		'.linux.resources.rdma.a.hcaObjects = 2' \
		'.linux.resources.unified["a.b"] = "1"'
	for kind in WriteBps ReadIOPS WriteIOPS; do
		changes ".linux.resources.blockIO.throttle${kind}Device =
			[{major: 1, minor: 1, rate: 1}]"
	done
}

@test "every field of linux.seccomp is seen" {
	plain '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO",
		defaultErrnoRet: 1, architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["read"], action: "SCMP_ACT_ALLOW", args: [
			{index: 0, value: 5, valueTwo: 1, op: "SCMP_CMP_MASKED_EQ"}]},
			{names: ["mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 2}]}'
	changes '.linux.seccomp.defaultAction = "SCMP_ACT_KILL"' \
		'.linux.seccomp.defaultErrnoRet = 2' \
		'.linux.seccomp.architectures = ["SCMP_ARCH_X32"]' \
		'.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG"]' \
		'.linux.seccomp.syscalls[0].names = ["write"]' \
		'.linux.seccomp.syscalls[0].action = "SCMP_ACT_LOG"' \
		'.linux.seccomp.syscalls[1].errnoRet = 3' \
		'.linux.seccomp.syscalls[0].args[0].index = 1' \
		'.linux.seccomp.syscalls[0].args[0].value = 4' \
		'.linux.seccomp.syscalls[0].args[0].valueTwo = 2' \
		'.linux.seccomp.syscalls[0].args[0].op = "SCMP_CMP_EQ"' \
		'.linux.seccomp.syscalls[0].action = "SCMP_ACT_NOTIFY"'
}

@test "what asks for nothing here changes nothing, and --check names it" {
	plain .
	# An exec makes the permitted set of the others; of an exec into the
	# container, of an update; what is so anyway; another platform's.
	none '.process.capabilities.permitted += ["CAP_CHOWN"]' \
		'.process.execCPUAffinity = {final: "0"}' \
		'.linux.resources.memory.checkBeforeUpdate = true' \
		'.linux.resources.memory.useHierarchy = true' \
		'.linux.rootfsPropagation = ""' '.linux.mountLabel = ""' \
		'.windows.layerFolders = ["x"]' '.vm = {}' '.frob = 1'
	spec '.windows = {} | .vm = {} | .process.frob = 1'
	run -0 ocispec --check config.json
	[[ $output == *windows* && $output == *vm* && $output == *process.frob* ]]
}
