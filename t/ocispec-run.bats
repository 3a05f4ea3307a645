#!/usr/bin/env bats
# The specs that engines write, run by the command lines that ocispec makes.
load lib
load ocispec
load rootfs

setup() {
	as_root
	needs jq
	stage
	rootfs "$PWD/root"
}

# sample NAME [FILTER] - config.json from that sample, its places filled in
sample() {
	local dir=overlay-containers/ID/userdata file

	mkdir -p "run/$dir/run" "store/$dir/shm" data
	touch data/file
	for file in hosts hostname resolv.conf {run/,}.containerenv; do
		: >"run/$dir/$file"
	done
	echo 'root:x:0:0::/root:/bin/sh' >"store/$dir/passwd"
	echo 'root:x:0:' >"store/$dir/group"
	sed "s,ROOTFS,$PWD/root,; s,\"RUN/,\"$PWD/run/,
		s,\"STORE/,\"$PWD/store/,; s,/srv/data,$PWD/data,
		s,/var/tmp/buildah1,$PWD/run/$dir," "$SAMPLES/$1.json" |
		jq "${2:-.}" >config.json
}

# contain STATUS - run config.json, which ends with that status
contain() {
	# shellcheck disable=SC2016
	run timeout 60 sh -c 'eval "$(ocispec config.json)"'
	[ "$status" -eq "$1" ] || { echo "$output"; return 1; }
}

@test "podman's container runs" {
	sample podman-run
	contain 0
	[ "$output" = hi ]
}

@test "podman's container with a terminal has one" {
	sample podman-run-tty \
		'.process.consoleSize = {height: 40, width: 120}'
	contain 0
	[ "$output" = $'/dev/pts/0\n40 120' ]
}

@test "podman's container with options has what they say" {
	sample podman-run-options '.process.args[2] |= "umask; \(.)"'
	contain 0
	[ "$(grep -v ^tmpfs <<<"$output")" = "0022
uid=11 gid=12 groups=12,33
/tmp
file
CapInh:	0000000000001000
CapPrm:	0000000000001000
CapEff:	0000000000001000
CapBnd:	0000000000001000
CapAmb:	0000000000001000
NoNewPrivs:	1
Seccomp:	2
Seccomp_filters:	1
touch: /x: Read-only file system
hh
$(tail -n 1 <<<"$output")" ]
	[[ $output == *'tmpfs on /tt type tmpfs (rw,nosuid,nodev,relatime,size=1024k)'* ]]
}

@test "podman's privileged container has its capabilities and devices" {
	# What this machine does not have is no matter here.
	sample podman-run-privileged \
		'.process.args = ["grep", "CapEff", "/proc/self/status"]'
	contain 0
	[[ ${lines[-1]} == CapEff:*[1-9a-f]* ]]
}

@test "podman's container in a user namespace is root there" {
	chmod 711 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" \
		"$(dirname "$BATS_TEST_TMPDIR")"
	chown -R 100000:100000 root
	sample podman-run-userns '.process.args = ["cat", "/proc/self/uid_map"]'
	contain 0
	[ "$output" = '         0     100000       5000' ]
}

@test "podman's container joins the network namespace that it is given" {
	unshare --net sleep 300 3>&- &
	started=$!
	within 20 test ! /proc/$started/ns/net -ef /proc/self/ns/net
	sample podman-run-bridge ".linux.namespaces[1].path =
		\"/proc/$started/ns/net\" | .process.args =
		[\"readlink\", \"/proc/self/ns/net\"]"
	contain 0
	[ "$output" = "$(readlink "/proc/$started/ns/net")" ]
}

@test "containerd's containers run" {
	sample ctr-run
	contain 5
	[ "$output" = hi ]
	sample ctr-run-tty
	contain 6
	[ "${lines[0]}" = /dev/pts/0 ]
	sample ctr-run-seccomp
	contain 0
	[ "$output" = $'Seccomp:\t2\nSeccomp_filters:\t1' ]
}

@test "buildah's container changes its root" {
	sample buildah-run
	contain 0
	[ "$output" = 0 ]
	[ "$(cat root/one)" = one ]
}

@test "what runc writes for a start runs" {
	sample runc-spec ".root.path = \"$PWD/root\" |
		.process.args = [\"sh\", \"-c\", \"echo \$PATH; tty; hostname\"]"
	contain 0
	[ "$output" = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/dev/pts/0
runc' ]
}

# 8, 14
@test "a working directory is made, in a root that is read-only too" {
	local read_only

	ln -s root link
	for read_only in true false; do
		sample runc-spec ".root = {path: \"link\", readonly: $read_only} |
			.process.user.uid = 5 | .process.cwd = \"/no/where\" |
			.process.args = [\"sh\", \"-c\", \"pwd; stat -c '%u %a' /no .\"]"
		contain 0
		[ "$output" = $'/no/where\n0 755\n0 755' ]
		rmdir root/no/where root/no
		sample runc-spec ".root = {path: \"link\", readonly: $read_only} |
			.process.cwd = \"/etc/file\""
		echo >root/etc/file
		contain 125
		[[ $output == "confine: cannot enter '/etc/file': "* ]]
	done
}

@test "the host sees what is mounted in a shared bind, and nothing else" {
	mkdir shared other
	cp -a root root.copy
	sample runc-spec ".root = {path: \"root\"} |
		.process.capabilities |= map_values([\"CAP_SYS_ADMIN\"]) |
		.mounts += [{destination: \"/shared\", source: \"$PWD/shared\",
			options: [\"rbind\", \"rshared\"]},
			{destination: \"/other\", source: \"$PWD/other\",
			options: [\"rbind\"]}] |
		.process.args = [\"sh\", \"-c\", \"for dir in shared other tmp; do
			mkdir -p /\$dir/new; mount -t tmpfs new /\$dir/new;
			done\"]"
	# shellcheck disable=SC2016
	run -0 unshare --mount sh -c 'mount --make-rshared /
		for dir in shared other root; do
			mount -t tmpfs t $dir
			mount --make-shared $dir
		done
		cp -a "$1/." root
		eval "$(ocispec config.json)" >&2
		grep -o "[^ ]* [^ ]* [^ ]* shared:[0-9]* - tmpfs new" \
			/proc/self/mountinfo' sh "$PWD/root.copy"
	[[ $output == "/ $PWD/shared/new "*" - tmpfs new" ]]
}

@test "what ocispec writes for a start runs" {
	ocispec --example | jq ".root.path = \"$PWD/root\" |
		.process.args = [\"sh\", \"-c\", \"id -u; exit 3\"]" >config.json
	contain 3
	[ "$output" = 0 ]
}

@test "what ocispec writes for an ordinary user runs" {
	chmod 711 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" \
		"$(dirname "$BATS_TEST_TMPDIR")"
	as_nobody ocispec --example --rootless |
		jq ".root.path = \"$PWD/root\" | .process.args =
		[\"sh\", \"-c\", \"id -u; exit 3\"]" >config.json
	# shellcheck disable=SC2016
	run -3 as_nobody timeout 60 sh -c 'eval "$(ocispec config.json)"'
	[ "$output" = 0 ]
}

# up SAMPLE - start that container, its process waiting for TERM; $pid is it
up() {
	sample "$1" '.process.terminal = false | del(.process.consoleSize) |
		.process.args = ["/bin/sh", "-c",
		"trap exit\\ 7 TERM; echo up; while :; do /bin/sleep 0.1; done"]'
	eval "set -- $(ocispec config.json)"
	shift
	ptyfork --pid-file pid "$@" >out 3>&- &
	started=$!
	within 20 grep -q up out
	pid=$(cat pid)
}

@test "a process joins a container with what the container has" {
	up podman-run-options
	# shellcheck disable=SC2016
	run -0 sh -c 'eval "$(ocispec --exec --target "$1" --env B=c --cwd / \
		config.json -- sh -c "id; pwd; echo \$A\$B; hostname;
			grep -E Seccomp: /proc/self/status")"' sh "$pid"
	[ "$output" = 'uid=11 gid=12 groups=12,33
/
bc
hh
Seccomp:	2' ]
	# shellcheck disable=SC2016
	run -0 sh -c 'eval "$(ocispec --exec --target "$1" --process "$2" \
		config.json)"' sh "$pid" "$SAMPLES/podman-exec.process.json"
	[ "$output" = $'uid=5 gid=0(root)\n/tmp\n1' ]
	kill "$started"
	ends 7 "$started"
}

# entered PROCESS - run that process object in the container, on a terminal
entered() {
	local status=0

	# shellcheck disable=SC2016
	on_tty "timeout 20 sh -c 'eval \"\$(ocispec --exec --target $pid \
		--process \"$PWD/$1\" config.json)\"'" >shown || status=$?
	tr -d '\r' <shown
	return "$status"
}

# That of the sample has no PATH, by which nothing is found; an image gives it.
@test "what containerd execs with a terminal has one of the container's" {
	up ctr-run-tty
	cp "$SAMPLES/ctr-exec-tty.process.json" process.json
	run -127 entered process.json
	[[ $output == "ptyfork: cannot execute 'sh': No such file or directory" ]]
	jq '.env += ["PATH=/bin"]' process.json >found.json
	run -0 entered found.json
	[[ $output == /dev/pts/[0-9]*$'\n'[0-9]*' '[0-9]* ]]
	jq '.consoleSize = {height: 33, width: 99}' found.json >sized.json
	run -0 entered sized.json
	[[ $output == /dev/pts/[0-9]*$'\n33 99' ]]
	kill "$started"
	ends 7 "$started"
}

@test "what podman execs with a terminal has one of the container's" {
	up podman-run-tty
	cp "$SAMPLES/podman-exec-tty.process.json" process.json
	run -0 entered process.json
	[[ $output == /dev/pts/[0-9]* ]]
	kill "$started"
	ends 7 "$started"
}
