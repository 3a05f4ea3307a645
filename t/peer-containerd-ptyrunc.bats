#!/usr/bin/env bats
# bats file_tags=peer
# containerd and its shim, as they are installed, with ptyrunc as the runtime;
# ctr is their client.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # oci.bash and bats set them
load lib
load oci

setup() {
	oci_setup
	needs containerd ctr containerd-shim-runc-v2 unshare
	runtime=$(command -v ptyrunc)
	root R
	mkdir -p c run
	cat >config.toml <<-END
		version = 2
		root = "$PWD/c/root"
		state = "$PWD/c/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri",
			"io.containerd.internal.v1.opt"]
		[grpc]
		address = "$PWD/c/sock"
	END
	private containerd -c "$PWD/config.toml" >containerd.log 2>&1 &
	daemon=$!
	within 20 works || without "containerd does not start: $(tail -n 1 containerd.log)"
}

works() {
	client version >/dev/null 2>&1
}

teardown() {
	client task kill -s KILL "$box" >/dev/null 2>&1
	client task rm -f "$box" >/dev/null 2>&1
	client container rm "$box" >/dev/null 2>&1
	kill "$(daemon_pid)" 2>/dev/null
	within 20 gone "$daemon"
	find /sys/fs/cgroup -type d -name "ns-$box" -exec rmdir {} + \
		2>/dev/null || :
	find . -type s -delete # of containerd and its shims
	oci_teardown
}

daemon_pid() {
	for pid in $(ours); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != containerd ] ||
			echo "$pid"
	done
}

# private COMMAND... - with a /run of this test's own
private() {
	unshare -m --propagation slave sh -c '
		mount --bind run /run && exec "$@"' - "$@" 3>&-
}

client() {
	private timeout -k 5 60 ctr --address "$PWD/c/sock" --namespace "ns-$box" "$@"
}

# box_run OPTION... -- COMMAND... - ctr run of our root
box_run() {
	local given=()

	while [ "$1" != -- ]; do
		given+=("$1")
		shift
	done
	shift
	client run --runc-binary "$runtime" "${given[@]}" --rootfs "$PWD/R" \
		"$box" "$@"
}

@test "ctr run has the output and the status, and leaves nothing" {
	run box_run --rm -- /bin/sh -c 'echo out; exit 7'
	[ "$status" -eq 7 ]
	[ "$output" = out ]
	run -0 client container ls -q
	[ -z "$output" ]
}

@test "ctr run -t has a terminal" {
	run -0 ptyfork -- unshare -m --propagation slave sh -c '
		mount --bind run /run && exec "$@"' - \
		timeout -k 5 60 ctr --address "$PWD/c/sock" --namespace "ns-$box" \
		run --runc-binary "$runtime" --rm -t --rootfs "$PWD/R" "$box" \
		/bin/sh -c 'tty; exit' 3>&-
	[[ $output == */dev/pts/0* ]]
}

@test "ctr says why a command cannot be run" {
	run box_run --rm -- /no/such/command
	[ "$status" -ne 0 ]
	[[ $output == *'o such file'* ]]
}

@test "ctr task exec, ps, pause, resume, kill and rm" {
	box_run -d -- /bin/sh -c 'while :; do sleep 0.1; done'
	run -0 client task exec --exec-id e1 "$box" /bin/echo in
	[ "$output" = in ]
	run client task exec --exec-id e2 "$box" /bin/sh -c 'exit 5'
	[ "$status" -eq 5 ]
	run -0 client task ps "$box"
	[ "${#lines[@]}" -ge 2 ]
	client task pause "$box"
	run -0 client task ls
	[[ $output == *PAUSED* ]]
	client task resume "$box"
	client task kill -s KILL "$box"
	within 20 stopped
	client task rm "$box"
	client container rm "$box"
}

stopped() {
	[[ $(client task ls) == *STOPPED* ]]
}

@test "ctr run --memory-limit and --seccomp are the container's" {
	box_run -d --memory-limit 67108864 --seccomp -- /bin/sh -c \
		'grep Seccomp: /proc/self/status; while :; do sleep 0.1; done'
	limit=$(find /sys/fs/cgroup -path "*/ns-$box/$box/memory.limit_in_bytes" \
		-o -path "*/ns-$box/$box/memory.max") || :
	[ "$(<"$limit")" = 67108864 ]
	run -0 client task exec --exec-id e1 "$box" /bin/grep Seccomp: \
		/proc/1/status
	[ "$output" = $'Seccomp:\t2' ]
}
