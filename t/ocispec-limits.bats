#!/usr/bin/env bats
# Limits that are changed, and what is used: ocispec --limit and --stats.
load lib

# limits VERSION WANTED WORD... - what --resources says of these limits
limits() {
	local version=$1 wanted=$2 options=() word

	shift 2
	for word; do
		options+=(--limit "$word")
	done
	run -0 ocispec --cgroup "$version" --resources "${options[@]}"
	[ "$output" = "$wanted" ] || { echo "$*: $output"; return 1; }
}

@test "limits are words, the last of a name counts" {
	limits v1 'memory/memory.limit_in_bytes 5
memory/memory.memsw.limit_in_bytes -1
memory/memory.soft_limit_in_bytes 1024
cpu/cpu.shares 7
cpu/cpu.cfs_period_us 9
cpu/cpu.cfs_quota_us -1
cpu/cpu.cfs_burst_us 1
cpu/cpu.idle 1
cpu/cpu.rt_period_us 4
cpu/cpu.rt_runtime_us 3
cpuset/cpuset.cpus 0-1,3
cpuset/cpuset.mems 0
pids/pids.max 20
blkio/blkio.bfq.weight 100' pids-limit=3 pids-limit=20 memory=5 \
		memory-swap=-1 memory-reservation=1k cpu-share=7 \
		cpu-quota=-1 cpu-period=9 cpu-burst=1 cpu-idle=1 \
		cpu-rt-period=4 cpu-rt-runtime=3 cpuset-cpus=0-1,3 \
		cpuset-mems=0 blkio-weight=100
	limits v2 'pids.max max' pids-limit=-1
	limits v1 '' memory= pids-limit=
	run -0 ocispec --cgroup v1 --plan - --limit cpu-share=7
	[ "$output" = "cgroup_words='--set cpu/cpu.shares=7'" ]
}

@test "a size has a unit, or is bytes" {
	local size

	for size in 64m 64M 64mb 64MB 64MiB 65536k 65536KiB 67108864 67108864b; do
		limits v2 'memory.max 67108864' "memory=$size"
	done
	limits v2 'memory.max 2199023255552' memory=2t
	for size in x 6x 6mx -1m 1.5g 9999999t 99999999999999999999 m ' '; do
		fails 1 "ocispec: bad memory '$size': want a size" \
			ocispec --resources --limit "memory=$size"
	done
}

@test "a limit that there is not is refused" {
	fails 1 "ocispec: no such limit: 'mem=5'" \
		ocispec --resources --limit mem=5
	fails 1 "ocispec: no such limit: 'memory'" \
		ocispec --resources --limit memory
	fails 1 "ocispec: bad pids-limit '5m': want a number" \
		ocispec --resources --limit pids-limit=5m
	fails 1 'ocispec: pids.limit: want an integer *' \
		ocispec --resources --limit pids-limit=99999999999999999999
	fails 1 'ocispec: memory.swap: is below the limit of memory' \
		ocispec --resources --limit memory=5 --limit memory-swap=4
	fails 125 'ocispec: --update and --limit exclude each other*' \
		ocispec --update x --limit memory=5
}

@test "swap is told from the limit of before, where v2 needs one" {
	echo '{"ociVersion": "1.0.2", "root": {"path": "/"}, "process":
		{"cwd": "/", "args": ["x"]}, "linux": {"resources":
		{"memory": {"limit": 100}}}}' >config.json
	run -0 ocispec --cgroup v2 --resources --limit memory-swap=150 config.json
	[ "$output" = 'memory.swap.max 50' ]
	fails 1 'ocispec: memory.swap: needs a limit of memory' \
		ocispec --cgroup v2 --resources --limit memory-swap=150
}

@test "what an update leaves as it is is what the cgroup has by now" {
	echo '{"ociVersion": "1.0.2", "root": {"path": "/"}, "process":
		{"cwd": "/", "args": ["x"]}, "linux": {"resources":
		{"memory": {"limit": 100}, "cpu": {"quota": 50000}}}}' >config.json
	mkdir v1 v2
	echo "unified $PWD/v2" >list2
	echo "memory $PWD/v1" >list1
	limit() {
		run -0 ocispec --resources --cgroup "$@" config.json
	}
	limit v2 --limit cpu-period=200000
	[ "$output" = 'cpu.max 50000 200000' ]
	limit v2 --limit cpu-period=200000 --cgroup-file list2
	[ "$output" = 'cpu.max 50000 200000' ]
	echo '30000 100000' >v2/cpu.max
	echo 120 >v2/memory.max
	limit v2 --limit cpu-period=200000 --limit memory-swap=150 \
		--cgroup-file list2
	[ "$output" = $'memory.swap.max 30\ncpu.max 30000 200000' ]
	echo '{"cpu": {"period": 9000}}' >update
	limit v2 --update update --cgroup-file list2
	[ "$output" = 'cpu.max 30000 9000' ]
	limit v2 --limit cpu-quota=40000 --cgroup-file list2
	[ "$output" = 'cpu.max 40000' ]
	echo 'max 100000' >v2/cpu.max
	limit v2 --limit cpu-period=200000 --cgroup-file list2
	[ "$output" = 'cpu.max max 200000' ]
	echo 70 >v1/memory.limit_in_bytes
	limit v1 --limit memory-swap=80 --cgroup-file list1
	[ "$output" = 'memory/memory.memsw.limit_in_bytes 80' ]
	echo 9223372036854771712 >v1/memory.limit_in_bytes
	limit v1 --limit memory-swap=80 --cgroup-file list1
	[ "$output" = 'memory/memory.memsw.limit_in_bytes 80' ]
}

@test "ocispec --stats tells of cgroup v2" {
	mkdir v2
	printf '%s\n' 'usage_usec 30' 'user_usec 20' 'system_usec 10' \
		'nr_periods 3' 'nr_throttled 2' 'throttled_usec 1' >v2/cpu.stat
	printf 'anon 1\nfile 2\n' >v2/memory.stat
	echo max >v2/memory.max
	echo 7 >v2/memory.current
	echo 0 >v2/memory.swap.current
	echo 5 >v2/pids.current
	echo 9 >v2/pids.max
	run -0 ocispec --stats 'a"b' v2
	[ "$output" = '{"type":"stats","id":"a\"b","data":{"cpu":{"usage":{"total":30000,"kernel":10000,"user":20000},"throttling":{"periods":3,"throttledPeriods":2,"throttledTime":1000}},"memory":{"cache":2,"usage":{"limit":18446744073709551615,"usage":7},"swap":{"usage":0},"raw":{"anon":1,"file":2}},"pids":{"current":5,"limit":9}}}' ]
}

@test "ocispec --stats tells of cgroup v1, each controller in its place" {
	mkdir memory cpu cpuacct pids
	printf 'nr_periods 3\nnr_throttled 2\nthrottled_time 1\n' >cpu/cpu.stat
	echo 30 >cpuacct/cpuacct.usage
	echo '10 20 ' >cpuacct/cpuacct.usage_percpu
	printf 'user 2\nsystem 1\n' >cpuacct/cpuacct.stat
	printf 'cache 4\n' >memory/memory.stat
	echo 5 >memory/memory.limit_in_bytes
	echo 6 >memory/memory.usage_in_bytes
	echo 7 >memory/memory.max_usage_in_bytes
	echo 8 >memory/memory.failcnt
	echo 1 >pids/pids.current
	echo max >pids/pids.max
	run -0 ocispec --stats c memory cpu cpuacct pids nothing
	[ "$output" = '{"type":"stats","id":"c","data":{"cpu":{"usage":{"total":30,"percpu":[10,20],"kernel":10000000,"user":20000000},"throttling":{"periods":3,"throttledPeriods":2,"throttledTime":1}},"memory":{"cache":4,"usage":{"limit":5,"usage":6,"max":7,"failcnt":8},"swap":{},"raw":{"cache":4}},"pids":{"current":1,"limit":18446744073709551615}}}' ]
}

# start_of PID - its start time
start_of() {
	cut -d ' ' -f 22 "/proc/$1/stat"
}

# oom_kills N - the kernel has killed that many; the file is never half there
oom_kills() {
	printf 'oom 9\noom_kill %s\n' "$1" >events
	mv events v2/memory.events
}

# counts WORD LEAST - so many lines with that word have been seen
counts() {
	[ -e seen ] && [ "$(grep -c "$1" seen)" -ge "$2" ]
}

# looked_again - what is watched has been looked at since
looked_again() {
	within 20 counts stats $(($(grep -c stats seen) + 2))
}

@test "ocispec --stats takes a list, and goes on until the process has ended" {
	mkdir v2
	echo 5 >v2/pids.current
	printf '%s\n' 'half a line' "unified $PWD/v2" >list
	run -0 ocispec --stats c --cgroup-file list
	[ "$(jq -c .data.pids <<<"$output")" = '{"current":5}' ]
	oom_kills 1
	sleep 60 3>&- &
	started=$!
	ocispec --stats 'a"b' --cgroup-file list --interval 20ms \
		--until "$started:$(start_of "$started")" >seen 3>&- &
	watch=$!
	within 20 counts stats 3
	run ! grep -q oom seen
	oom_kills 2
	within 20 grep -qx '{"type":"oom","id":"a\\"b"}' seen
	looked_again
	# A cgroup that is removed as its process ends kills nothing.
	rm v2/memory.events
	looked_again
	oom_kills 2
	looked_again
	[ "$(grep -c oom seen)" = 1 ]
	oom_kills 3
	within 20 counts oom 2
	rm v2/memory.events
	kill "$started"
	ends 0 "$watch"
	[ "$(grep -c oom seen)" = 2 ]
	run -0 timeout 20 ocispec --stats c --interval 1h --until "$$:1" v2
	[ "${#lines[@]}" = 1 ]
	for bad in x 0 1x 1s2 5m1 ''; do
		fails 125 "ocispec: bad --until '1:1' or --interval '$bad'; *" \
			ocispec --stats c --until 1:1 --interval "$bad"
	done
	fails 125 "ocispec: bad --until '1' or --interval '1'; *" \
		ocispec --stats c --until 1 --interval 1
	fails 125 'ocispec: --interval and --until go together; *' \
		ocispec --stats c --until 1:1
	fails 125 'ocispec: --cgroup-file goes with --stats, --update or *' \
		ocispec --cgroup-file list
	fails 125 'ocispec: --until goes with --stats; *' \
		ocispec --until 1:1 --interval 1
}

@test "ocispec --plan --lock makes a directory that must be new" {
	ocispec --example >config.json
	mkdir rootfs
	umask 0
	ocispec --lock box --plan box/plan --save box/config.json \
		--creator "$$" config.json
	[ "$(stat -c %a box box/plan box/config.json)" = $'700\n600\n600' ]
	grep -qx "creator='$$ $(start_of "$$")'" box/plan
	fails 125 "ocispec: cannot make directory 'box': File exists" \
		ocispec --lock box --plan box/other config.json
	[ ! -e box/other ]
	fails 125 'ocispec: --creator, --lock and --save go with --plan; *' \
		ocispec --lock box config.json
}

@test "ocispec --stats of a cgroup that is gone has nothing to tell" {
	run -0 ocispec --stats c nothing
	[ "$output" = '{"type":"stats","id":"c","data":{"cpu":{"usage":{},"throttling":{}},"memory":{"usage":{},"swap":{},"raw":{}},"pids":{}}}' ]
}
