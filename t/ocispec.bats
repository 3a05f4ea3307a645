#!/usr/bin/env bats
# What ocispec makes of a config.json. Numbers in comments are rows of the list
# of cases that runtimes got wrong.
load lib
load ocispec

setup() {
	needs jq
	stage
}

@test "ocispec prints the whole command line, and the same from anywhere" {
	# shellcheck disable=SC2016
	spec '.process.args = ["echo", "a b", "", "it'\''s", "$HOME", "\n"]'
	run -0 ocispec config.json
	[ "$output" = "$(cat "$SAMPLES/runc-spec.words")" ]
	mkdir dir
	mv config.json dir
	run -0 ocispec dir/config.json
	[ "$output" = "$(sed 's, rootfs -- , dir/rootfs -- ,' \
		"$SAMPLES/runc-spec.words")" ]
	run -0 ocispec --bundle "$PWD/x y" dir/config.json
	[ "$output" = "$(sed "s, rootfs -- , '$PWD/x y/rootfs' -- ," \
		"$SAMPLES/runc-spec.words")" ]
	run -0 ocispec --bundle . - <dir/config.json
	[ "$output" = "$(sed 's, rootfs -- , ./rootfs -- ,' \
		"$SAMPLES/runc-spec.words")" ]
}

@test "ocispec quotes words so that a shell reads exactly them" {
	local shell

	printf '"%s"' '\u0001\b\t\n\r !\"#$%&'"'"'()*+,-./:;<=>?@[\\]^_`{|}~' \
		'' '=a' '~' '-n' '\u007f' 'é😀' 'if' '#x' 'a\nb\n' '*' '{a,b}' |
		jq -s . >list
	spec ".process.args = $(cat list)"
	jq -j '.[] + "\u0000"' list >wanted
	for shell in sh bash 'busybox sh'; do
		$shell -c "eval \"set -- \$(ocispec config.json)\"
			while [ \"\$1\" != confine ]; do shift; done
			while [ \"\$1\" != -- ]; do shift; done
			shift; printf '%s\\0' \"\$@\"" >got
		cmp wanted got
	done
}

# 1
@test "an integer is digits in its range" {
	local id='*.uid: want an integer from 0 to 4294967294'

	refused '.process.user.uid = -1' "$id"
	refused '.process.user.uid = 4294967295' "$id"
	refused '.process.user.uid = 4294967296' "$id"
	refused '.process.user.uid = "5"' "$id"
	refused '.process.user.uid = [5]' 'process.user.uid: *'
	for number in 5.0 1e1 1E0 5e-1; do
		spec
		sed -i "s/\"uid\": 0/\"uid\": $number/" config.json
		fails 1 "ocispec: process.user.uid: want an integer *" \
			ocispec config.json
	done
	refused '.process.oomScoreAdj = 1001' \
		'process.oomScoreAdj: want an integer from -1000 to 1000'
	refused '.process.terminal = "true"' \
		'process.terminal: want true or false'
	refused '.mounts[0].options = "ro"' 'mounts.0.options: want an array'
	refused '.process.env[0] = null' 'process.env.0: want a string'
}

# 2
@test "of a key that is there twice the last one counts, in any case" {
	spec
	sed -i 's/"uid": 0/"uid": 1, "UID": 2, "Uid": 3/' config.json
	words
	has --reuid 3
	sed -i 's/"hostname"/"HostName"/' config.json
	words
	has --hostname runc
}

# 3, 4
@test "nothing but one document is read" {
	spec
	printf '\357\273\277' | cat - config.json >bom
	fails 1 "ocispec: cannot read 'bom': line 1, column 1: *" ocispec bom
	for text in x '{}' // ','; do
		(cat config.json && echo "$text") >longer
		fails 1 "ocispec: cannot read 'longer': line $(wc -l <longer), column 1: text after the end" \
			ocispec longer
	done
}

# 5
@test "words are exact" {
	spec '.process.args = ["a\n\u0001é😀", "", "x"] |
		.process.env = ["PATH=/bin", "A= \n=é", "B="]'
	run -0 ocispec config.json
	eval "set -- $output"
	while [ "$1" != --env ]; do shift; done
	[ "$4" = $'A= \n=é' ]
	[ "$6" = B= ]
	while [ "$1" != -- ]; do shift; done
	[ "$#" -eq 4 ]
	[ "$2" = $'a\n\001é😀' ]
	[ "$3,$4" = ,x ]
}

# 6
@test "a word is never changed: it is refused instead" {
	spec
	sed -i 's/"sh"/"a\\ud800"/' config.json
	fails 1 "ocispec: cannot read 'config.json': line 10, column 9: a lone surrogate *" \
		ocispec config.json
	spec
	sed -i 's/"sh"/"a\xff"/' config.json
	fails 1 "ocispec: cannot read 'config.json': line 10, column 9: no valid UTF-8" \
		ocispec config.json
	spec
	sed -i 's/"sh"/"a\\u0000"/' config.json
	fails 1 "ocispec: cannot read 'config.json': line 10, column 9: *" \
		ocispec config.json
}

# 7
@test "a process has a command, a directory, a root" {
	local command='process.args: want a command'

	refused '.process.args = []' "$command"
	refused '.process.args = [""]' "$command"
	refused 'del(.process.args)' "$command"
	refused 'del(.process)' 'process: want a process'
	refused 'del(.root)' 'root: want a root'
	refused 'del(.root.path)' 'root.path: want a root'
	refused '.root.path = ""' 'root.path: want a root'
	refused 'del(.process.cwd)' 'process.cwd: want an absolute path'
	refused '.process.cwd = ""' 'process.cwd: want an absolute path'
	refused '.process.cwd = "tmp"' 'process.cwd: want an absolute path'
}

# 9
@test "what is not asked for is not there" {
	spec 'del(.linux, .mounts, .hostname)'
	run -0 ocispec config.json
	[[ $output == "ptyfork --no-tty -- "*"newroot --read-only --devices /dev rootfs -- "* ]]
	refused 'del(.linux, .mounts)' \
		'hostname: needs its own uts namespace'
	refused 'del(.linux, .hostname) | .domainname = "x"' \
		'domainname: needs its own uts namespace'
}

# 10
@test "any version 1 is taken, and no other" {
	for version in 1.0.0 1.0.2-dev 1.3.0 1.99.99 1.0.0+x; do
		spec ".ociVersion = \"$version\""
		words
	done
	for version in 2.0.0 0.9.0 1 1.0 1. 1..0 10.0.0 1.0.0x 1.a.0 1.0.-1 ''; do
		refused ".ociVersion = \"$version\"" \
			"ociVersion: want 1.x.y, not '$version'"
	done
	refused '.ociVersion = "1.0.0-\"x"' "ociVersion: want 1.x.y, not *"
	refused 'del(.ociVersion)' "ociVersion: want 1.x.y, not ''"
}

# 11
@test "a variable has a name and a value" {
	refused '.process.env = ["PATH=/bin", "NOEQ"]' \
		"process.env.1: want NAME=VALUE, not 'NOEQ'"
	refused '.process.env = ["=x"]' \
		"process.env.0: want NAME=VALUE, not '=x'"
}

# 12, 13
@test "the environment is the spec's alone, and HOME is looked up" {
	spec 'del(.process.env)'
	words
	has --clear-env --home
	has_no --env
	has --no-default-path
	has --no-tools
}

# 17
@test "groups are there once, and a umask of 0 is one" {
	spec '.process.user = {uid: 0, gid: 0, umask: 0,
		additionalGids: [0, 5, 5, 0, 7]}'
	words
	has --groups 0,5,7
	has --umask 0000
	spec
	words
	has --clear-groups
	has --umask 0022
	refused '.process.user.umask = 512' \
		'process.user.umask: want an integer from 0 to 511'
}

# 18, 19, 20
@test "limits are known, in order, and there once" {
	spec '.process.rlimits = [
		{type: "RLIMIT_CORE", soft: 0, hard: 1},
		{type: "RLIMIT_NPROC", soft: 5, hard: 5}]'
	sed -i 's/"hard": 1$/"hard": 18446744073709551615/' config.json
	words
	has --rlimit core=0:unlimited --rlimit nproc=5:5
	refused '.process.rlimits += .process.rlimits' \
		'process.rlimits.1: a second RLIMIT_NOFILE'
	refused '.process.rlimits[0].soft = 2000' \
		'process.rlimits.0.soft: is above the hard limit'
	for type in RLIMIT_FROB nofile RLIMIT_nofile NOFILE RLIMIT_ ''; do
		refused ".process.rlimits[0].type = \"$type\"" \
			"process.rlimits.0.type: no such limit: '$type'"
	done
	for value in -1 '"5"' 0.5; do
		refused ".process.rlimits[0].hard = $value" \
			'process.rlimits.0.hard: want an integer from 0 to 18446744073709551615'
	done
	spec
	sed -i 's/"hard": 1024/"hard": 18446744073709551616/' config.json
	fails 1 'ocispec: process.rlimits.0.hard: want an integer *' \
		ocispec config.json
	refused 'del(.process.rlimits[0].soft)' \
		'process.rlimits.0: want soft and hard'
}

# 21
@test "an unknown capability is a warning, once" {
	spec '.process.capabilities |= map_values(["CAP_FROB", "CAP_KILL"])'
	words
	has --bounding-set kill --inh-caps none --ambient-caps none
	[ "$stderr" = "ocispec: warning: process.capabilities.bounding.0: unknown capability 'CAP_FROB'" ]
	for word in kill CAP_5 KILL 'CAP_KILL,CAP_CHOWN' +CAP_KILL CAP_ALL; do
		spec ".process.capabilities.bounding = [\"$word\"]"
		words
		has --bounding-set none
		[[ $stderr == *"unknown capability '$word'" ]]
	done
}

# 22, 23
@test "sets of capabilities are within each other" {
	refused '.process.capabilities.effective += ["CAP_CHOWN"]' \
		'process.capabilities.effective: chown is not in permitted'
	refused '.process.capabilities.inheritable = ["CAP_CHOWN"]' \
		'process.capabilities.inheritable: chown is not in bounding'
	spec 'del(.process.capabilities)'
	words
	has --bounding-set none --inh-caps none --ambient-caps none
	spec '.process.capabilities.inheritable = ["CAP_KILL"] |
		.process.user.uid = 5'
	words
	has --inh-caps kill --ambient-caps kill
	[ -z "$stderr" ]
	run -0 ocispec --check config.json
	[ "$output" = 'warning: process.capabilities.ambient: net_bind_service,audit_write is not in permitted and inheritable, and not set' ]
}

@test "the process has its ids, its labels and its place" {
	spec '.process += {oomScoreAdj: -5, apparmorProfile: "p", cwd: "/a b",
		selinuxLabel: "u:r:t:s0:c1,c2", noNewPrivileges: false} |
		.process.user = {uid: 4294967294, gid: 7}'
	words
	has --reuid 4294967294 --regid 7
	has --oom-score-adj -5
	has --apparmor-profile p
	has --selinux-label u:r:t:s0:c1,c2
	has --chdir '/a b' --make-dir
	has_no --no-new-privs
}

@test "a terminal has its size from the spec" {
	spec '.process.consoleSize = {height: 40, width: 120}'
	words
	has --no-tty
	has_no --size
	spec '.process += {terminal: true,
		consoleSize: {height: 40, width: 120}}'
	words
	has --size 40x120
	has_no --no-tty
	refused '.process.consoleSize = {height: 65536, width: 1}' \
		'process.consoleSize.height: want an integer from 0 to 65535'
}

@test "scheduler, I/O priority and personality are confine's words" {
	spec '.process.scheduler = {policy: "SCHED_BATCH", nice: -5,
			flags: ["SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM"]} |
		.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 2} |
		.linux.personality = {domain: "LINUX32"}'
	words
	has --scheduler batch --nice -5 --sched-flags reset-on-fork,reclaim \
		--ionice best-effort:2
	has --personality linux32
	spec '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 1,
			deadline: 2, period: 3, priority: 0} |
		.process.ioPriority = {class: "IOPRIO_CLASS_IDLE"} |
		.linux.personality = {domain: "LINUX", flags: []}'
	words
	has --scheduler deadline --sched-runtime 1 --sched-deadline 2 \
		--sched-period 3 --ionice idle
	has --personality linux
	refused '.process.scheduler = {nice: 1}' \
		"process.scheduler: bad policy '': want *"
	refused '.process.scheduler = {policy: "SCHED_fifo"}' \
		'process.scheduler: bad policy *'
	refused '.process.scheduler = {policy: "SCHED_OTHER", priority: 1}' \
		'process.scheduler: a priority is for fifo and rr'
	refused '.process.scheduler = {policy: "SCHED_FIFO"}' \
		'process.scheduler: fifo and rr need a priority'
	refused '.process.scheduler = {policy: "SCHED_OTHER", nice: 20}' \
		"process.scheduler: bad nice '20': want -20 to 19"
	refused '.process.scheduler = {policy: "SCHED_OTHER", flags: ["X"]}' \
		"process.scheduler: bad flags '': *"
	refused '.process.ioPriority = {class: "idle"}' \
		'process.ioPriority.class: want IOPRIO_CLASS_RT, _BE or _IDLE'
	refused '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 8}' \
		"process.ioPriority: bad priority of I/O 'realtime:8': *"
	refused '.linux.personality = {domain: "BSD"}' \
		'linux.personality.domain: want LINUX or LINUX32'
	refused '.linux.personality = {domain: "LINUX", flags: ["x"]}' \
		'linux.personality.flags: no flag is known'
	refused '.process.execCPUAffinity = {initial: "x"}' \
		"process.execCPUAffinity: bad list of CPUs 'x': *"
}

@test "the CPUs of an exec are those before its cgroup, and after" {
	spec '.process.execCPUAffinity = {initial: "0", final: "0-1"}'
	words
	has_no --cpu-list
	run -0 ocispec --exec --target $$ config.json true
	eval "set -- $output"
	printf '%s\n' "$@" >words
	has --cpu-list 0
	has --cpu-list 0-1
}

@test "ocispec --target passes on which process it is" {
	ocispec --example >config.json
	for word in $$ "$$:77"; do
		run -0 ocispec --exec --target "$word" config.json true
		[[ $output == "ptyfork --target $word "* ]]
	done
	for word in x 0 -1 1: :1 ''; do
		fails 125 "ocispec: bad --target '$word': want PID or *" \
			ocispec --exec --target "$word" config.json true
	done
	fails 125 'ocispec: --exec and --target go together; *' \
		ocispec --target 1 config.json
}

@test "what is not supported is refused, not ignored" {
	refused '.linux.intelRdt = {closID: "x"}' \
		'linux.intelRdt: is not supported'
	refused '.linux.netDevices = {eth0: {}}' \
		'linux.netDevices: is not supported'
	refused '.linux.memoryPolicy = {mode: "MPOL_BIND"}' \
		'linux.memoryPolicy: is not supported'
	refused '.linux.mountLabel = "x"' 'linux.mountLabel: is not supported'
}

@test "ocispec ends with 125 where it cannot read or write" {
	fails 125 "ocispec: cannot open 'none': *" ocispec none
	fails 125 "ocispec: cannot read '.': *" ocispec .
	fails 125 'ocispec: missing operand*' ocispec
	fails 125 'ocispec: one CONFIG at a time*' ocispec a b
	fails 125 'ocispec: *exclude each other*' ocispec --check --devices x
	spec
	run -125 sh -c "ocispec config.json >/dev/full"
}

@test "ocispec --check lists every error, warning and unknown field" {
	spec '.process.user.uid = -1 | .process.args = [] | .frob = 1 |
		.process.Frob = {} | .mounts[0].destination = "proc" |
		.linux.resources.cpu = {frob: 1} |
		.process.capabilities.bounding += ["CAP_FROB"] |
		.linux.namespaces += [{type: "x", path: "/y"}]'
	run -1 ocispec --check config.json
	sort <<<"$output" >lines
	diff - lines <<-EOT
	frob: unknown
	linux.namespaces.5.type: no such type: 'x'
	linux.resources.cpu.frob: unknown
	process.Frob: unknown
	process.args: want a command
	process.user.uid: want an integer from 0 to 4294967294
	warning: mounts.0.destination: 'proc' is relative, taken from /
	warning: process.capabilities.bounding.3: unknown capability 'CAP_FROB'
	EOT
	spec '.frob = 1 | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["read", "frob"], action: "SCMP_ACT_ERRNO"}]}'
	run -0 ocispec --check config.json
	[ "$output" = $'frob: unknown\nlinux.seccomp.syscalls.0.names.1: unknown' ]
	run -0 --separate-stderr ocispec config.json
	[ -z "$stderr" ]
	for file in "$SAMPLES"/*-run*.json; do
		[ "${file##*/}" != podman-run-bridge.json ] || continue
		run -0 ocispec --check "$file"
		run -1 grep -v '^linux.seccomp.syscalls.*: unknown$' <<<"${output:-linux.seccomp.syscalls: unknown}"
	done
}

@test "however much there is to say, no error goes unseen" {
	spec '.process = ([range(600) | {("x\(.)"): 1}] | add) + .process |
		.process.user.uid = "5"'
	fails 1 'ocispec: process.user.uid: want an integer from 0 to 4294967294' \
		ocispec config.json
	run -1 ocispec --check config.json
	spec '.process = ([range(600) | {("x\(.)"): 1}] | add) + .process'
	run -0 --separate-stderr ocispec config.json
	[ -z "$stderr" ]
	spec '.mounts = ([range(600) | {destination: "d\(.)", type: "tmpfs",
		source: "t"}]) + .mounts | .process.args = []'
	fails 1 'ocispec: cannot check all of the spec: 500 warnings or more' \
		ocispec config.json
	run -1 ocispec --check config.json
}

@test "ocispec is quick with a spec that is wrong a hundred thousand times" {
	local filter

	for filter in '.process.args = [range(100000)]' \
		'.process.capabilities.bounding = [range(100000) | "C\(.)"]' \
		'.process.rlimits = [range(60000) | {type: "RLIMIT_CPU"}]' \
		'.linux.namespaces = [range(100000) | {type: "pid"}]' \
		'.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
			{action: "SCMP_ACT_LOG", names: [range(100000) | "x\(.)"]}]}' \
		'.process.user.additionalGids = [range(100000)]'; do
		spec "$filter"
		run timeout 20 ocispec --check config.json
		[ "$status" -le 1 ]
		[ "${#lines[@]}" -le 500 ]
	done
}

@test "ocispec --get prints values, raw or as JSON" {
	spec '.annotations = {"a.b": "x\ty", "n": "é"}'
	run -0 ocispec --get process.terminal --get annotations.a.b \
		--get process.args --get mounts.0.destination config.json
	[ "$output" = $'false\nx\ty\n["sh"]\n/proc' ]
	run -0 ocispec --json --get process.user.uid --get annotations.n \
		--get annotations config.json
	[ "$output" = $'0\n"é"\n{"a.b":"x\\ty","n":"é"}' ]
	run -1 ocispec --get none --get hostname config.json
	[ "$output" = $'\nrunc' ]
	run -1 ocispec --json --get none --get hostname config.json
	[ "$output" = $'null\n"runc"' ]
	fails 125 "ocispec: cannot find '\"x': *" ocispec --get '"x' config.json
}

@test "ocispec --log-line writes a line of a log with time and level" {
	local time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z'

	run -0 ocispec --log-line json error $'"\\\n\e\xff'
	[[ $output =~ ^'{"time":"'$time'","level":"error","msg":"\"\\\n\u001b�"}'$ ]]
	[ "$(jq -r .level <<<"$output")" = error ]
	run -0 ocispec --log-line text warning ' --a "b'
	[[ $output =~ ^'time="'$time'" level=warning msg=" --a \"b"'$ ]]
	run -0 date -ud "$(ocispec --log-line json error '' | jq -r .time)" +%Y
	[ "$output" = "$(date -u +%Y)" ]
	fails 125 "ocispec: bad --log-line 'xml': want json or text; *" \
		ocispec --log-line xml error x
	for words in error 'error x y' ''; do
		# shellcheck disable=SC2086
		fails 125 'ocispec: --log-line wants LEVEL and MESSAGE; *' \
			ocispec --log-line text $words
	done
}

@test "ocispec --plan names the user, by number where it has no name" {
	as_root
	ocispec --example >config.json
	plan() {
		run -0 setpriv --reuid "$1" --clear-groups ocispec --plan - - \
			<config.json
		eval "$output"
		# shellcheck disable=SC2154 # set by the plan
		[ "$owner $owner_json" = "$2 \"$2\"" ]
	}
	plan 0 "$(id -un 0)"
	plan 65534 "$(id -un 65534)"
	plan 4242424 '#4242424'
}

@test "ocispec --example is a spec without a fault" {
	ocispec --example >config.json
	[ -z "$(ocispec --check config.json)" ]
	run -0 jq -r '.process.terminal, .root.path, .ociVersion' config.json
	[ "$output" = $'true\nrootfs\n1.0.2' ]
	ocispec --example --rootless >config.json
	[ -z "$(ocispec --check config.json)" ]
	words
	has --uid-map "0:$(id -u):1" --gid-map "0:$(id -g):1"
	has_no --net
	fails 125 'ocispec: --rootless goes with --example*' \
		ocispec --rootless config.json
}

@test "ocispec --features is JSON with what runc says" {
	run -0 jq -r '.ociVersionMin, .hooks[2], .linux.namespaces[3],
		.linux.capabilities[0], .linux.seccomp.actions[0]' \
		< <(ocispec --features)
	[ "$output" = $'1.0.0\ncreateContainer\nnetwork\nCAP_CHOWN\nSCMP_ACT_ALLOW' ]
}
