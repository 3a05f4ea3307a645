#!/usr/bin/env bats
# What a command takes of the process that it joins, besides the namespaces:
# ptyfork --target with --creds, --env, --join-cgroup.
# shellcheck disable=SC2016 # shells in the container expand what they are given
# shellcheck disable=SC2030,SC2031 # variables are a test's own
load lib
load rootfs

setup() {
	stage
	chmod 755 .
	as_root
	rootfs R
	maker=()
	first=
	cgroups=()
}

teardown() {
	[ -z "$first" ] || kill -KILL "$first" 2>/dev/null || true
	[ -z "$first" ] || within 20 gone "$first"
	for dir in "${cgroups[@]}"; do
		within 20 rmdir "$dir" 2>/dev/null
	done
	kill_started
	leave_nothing
}

# container NAMESPACE... -- WORD... - start one with these further words of
# ptyfork, in which these of confine's run sleep; $first is its process
container() {
	local ns=()

	while [ "$1" != -- ]; do
		ns+=("$1")
		shift
	done
	shift
	"${maker[@]}" ptyfork --no-tty --detach --pid-file pid -m -p -u -i \
		"${ns[@]}" -- newroot --proc /proc --dev /dev R -- \
		confine "$@" -- /bin/sleep 1000 3>&-
	first=$(<pid)
	within 20 grep -qx sleep "/proc/$first/comm"
}

join() {
	"${maker[@]}" timeout -k 1 20 ptyfork --target "$first" "$@"
}

# as_target - is a command that joins what the target is, which is process 1?
RIGHTS='^(Uid|Gid|Groups|Cap...|NoNewPrivs):'
as_target() {
	local there tty

	there=$(join --no-tty -- grep -E "$RIGHTS" /proc/1/status)
	for tty in --no-tty ''; do
		# shellcheck disable=SC2086
		run -0 join $tty --creds -- grep -E "$RIGHTS" /proc/self/status
		[ "$output" = "$there" ]
	done
}

@test "a command has the user, groups and capabilities of its target" {
	container -- --reuid 1000 --regid 1001 --groups 5,6 \
		--bounding-set=-all,+chown,+kill --no-new-privs
	as_target
	[[ $output == *'Groups:'*'5 6'* && $output == *$'NoNewPrivs:\t1' ]]
	[[ $output == *$'CapBnd:\t0000000000000021'* ]]
	[[ $output == *$'CapPrm:\t0000000000000000'* ]]
}

@test "a command of a target without groups has none" {
	container -- --regid 7 --clear-groups
	as_target
}

@test "a command has the ambient capabilities of its target" {
	container -- --reuid 1000 --regid 1000 --clear-groups \
		--bounding-set=-all,+chown,+kill --inh-caps=-all,+chown \
		--ambient-caps=-all,+chown
	as_target
	[[ $output == *$'CapEff:\t0000000000000001'* ]]
}

@test "a command of root that has dropped capabilities gets none of them back" {
	container -- --bounding-set=-all,+chown,+kill
	as_target
	[[ $output == *$'CapEff:\t0000000000000021'* ]]
	run ! join --creds -- sh -c 'mount -t tmpfs x /tmp 2>/dev/null'
}

@test "nor does it where the target could have got them back by an exec" {
	# Root whose permitted set alone is smaller.
	"$HELPER" reduced 0x21 3>&- &
	started=" $!"
	first=$!
	within 20 grep -q 'CapPrm:.0000000000000021' "/proc/$first/status"
	run -0 join --creds -- grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status
	[ "$output" = $'CapPrm:\t0000000000000021\nCapEff:\t0000000000000021\nCapBnd:\t0000000000000021' ]
	first=
}

@test "without --creds a command keeps what its caller has" {
	container -- --reuid 1000 --bounding-set=-all --no-new-privs
	run -0 join -- grep -E '^(Uid|CapBnd|NoNewPrivs):' /proc/self/status
	[ "$output" = "$(grep -E '^(Uid|CapBnd|NoNewPrivs):' /proc/self/status)" ]
}

@test "ids are those that the target has in its user namespace" {
	container --uid-map 0:100000:65536 --gid-map 0:100000:65536 -- \
		--reuid 33 --regid 44 --groups 55 --bounding-set=-all,+kill
	run -0 join --creds -- sh -c 'id -u; id -g; id -G
		grep -E "CapBnd|CapPrm" /proc/self/status'
	[ "$output" = $'33\n44\n44 55\nCapPrm:\t0000000000000000\nCapBnd:\t0000000000000020' ]
	as_target
}

@test "a user joins what it has made, with the rights in there" {
	mkdir run
	chown 65534:65534 run
	cd run
	maker=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	mv ../R .
	chown -R 65534:65534 R
	container --map-root-user -- --bounding-set=-all,+chown
	run -0 join --creds -- sh -c 'id -u; grep CapEff /proc/self/status'
	[ "$output" = $'0\nCapEff:\t0000000000000001' ]
	as_target
}

@test "root joins a user's container as that one's root, and no more" {
	mkdir run
	chown 65534:65534 run
	cd run
	mv ../R .
	chown -R 65534:65534 R
	maker=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	container --map-root-user -- --bounding-set=-all,+chown
	maker=()
	as_target
}

@test "rights are not taken over the border of a user namespace" {
	container --uid-map 0:100000:65536 --gid-map 0:100000:65536 -- --umask 022
	fails 125 "ptyfork: cannot take the user of process $first: its user \
namespace is not joined (add --user)" join --mount --pid --creds -- true
	run -0 join --user --mount --pid --creds -- id -u
	[ "$output" = 0 ]
}

@test "the terminal is the user's that the command becomes" {
	container -- --reuid 1000 --regid 1000 --clear-groups
	run -0 join --creds -- sh -c 'stat -c "%u %a" $(tty); echo </dev/tty'
	[ "${lines[0]}" = '1000 620' ]
}

@test "a command has the environment of its target, but TERM of its terminal" {
	container -- --clear-env --env A=b --env PATH=/bin --env TERM=dumb \
		--env 'B= c=d'
	TERM=xterm-256color run -0 join --env -- env
	[ "$(sort <<<"$output")" = $'A=b\nB= c=d\nPATH=/bin\nTERM=xterm-256color' ]
	TERM=xterm-256color run -0 join --env --no-tty -- env
	[ "$(sort <<<"$output")" = $'A=b\nB= c=d\nPATH=/bin\nTERM=dumb' ]
}

@test "a command is looked up with the PATH of its target" {
	mkdir R/own
	cp R/bin/busybox R/own/uname
	container -- --clear-env --env PATH=/own
	run -0 join --env -- uname
	[ "$output" = Linux ]
	fails 127 "ptyfork: cannot execute 'cat': *" join --env -- cat
}

@test "descriptors that were announced to the target are none of a command's" {
	container -- --env LISTEN_FDS=3 --env LISTEN_PID=1 --env LISTEN_FDNAMES=x
	run -1 join --env --no-tty -- sh -c 'env | grep LISTEN'
	run -0 join --env --no-tty -- sh -c 'env | grep -c PATH'
	echo one >file
	run -0 bash -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<file' sh \
		timeout --foreground 20 sh -c 'LISTEN_PID=$$ exec ptyfork "$@"' sh \
		--target "$first" --env --no-tty -- sh -c 'env | grep LISTEN_FDS; cat <&3'
	[ "$output" = $'LISTEN_FDS=1\none' ]
}

@test "a target that has overwritten its environment is not believed" {
	BAD=variable GOOD=1 "$HELPER" scribble BAD 3>&- &
	started=" $!"
	first=$!
	within 20 grep -qa 'BAD_________' "/proc/$first/environ"
	run -0 join --env --no-tty -- env
	[[ $output == *'GOOD=1'* && $output != *BAD* ]]
	first=
}

# cgroup_dir NAME - a new cgroup below where a hierarchy is mounted
cgroup_dir() {
	local top

	top=$(awk -v t="$1" '$0 ~ " - " t "$" { print $5; exit }' \
		/proc/self/mountinfo)
	[ -n "$top" ] || without "no $1"
	dir=$top/ptybox-$$-$BATS_TEST_NUMBER${2-}
	mkdir "$dir"
	cgroups+=("$dir")
}

@test "a command starts in the cgroups of its target, of both versions" {
	cgroup_dir 'cgroup2 .*'
	cgroup_dir 'cgroup .*,pids'
	container --cgroup="${cgroups[0]}" --cgroup="${cgroups[1]}" -- --umask 022
	run -0 join --join-cgroup -- cat /proc/self/cgroup
	[ "$output" = "$(cat "/proc/$first/cgroup")" ]
	[[ $output == *"/ptybox-$$-$BATS_TEST_NUMBER"* ]]
	run -0 join -- cat /proc/self/cgroup
	[ "$output" = "$(cat /proc/self/cgroup)" ]
}

@test "a cgroup that can be seen nowhere is an error, and nothing runs" {
	cgroup_dir 'cgroup .*,pids'
	container --cgroup="${cgroups[0]}" -- --umask 022
	fails 125 "ptyfork: cannot join cgroup '/ptybox-*': it is mounted nowhere \
here" unshare -m sh -c 'umount -l "$1"; shift; "$@"' sh \
		"$(dirname "${cgroups[0]}")" ptyfork --target "$first" \
		--join-cgroup --no-tty -- touch /ran
	[ ! -e R/ran ]
}

@test "a cgroup above the root of the cgroup namespace is one only by its mount" {
	cgroup_dir 'cgroup .*,pids'
	cgroup_dir 'cgroup .*,pids' other
	container --cgroup="${cgroups[0]}" -- --umask 022
	run -0 ptyfork --cgroup="$dir" -C --no-tty -- ptyfork \
		--target "$first" -u --join-cgroup --no-tty -- cat /proc/self/cgroup
	[[ $output == *pids*":/../${cgroups[0]##*/}"$'\n'* ]]
	# Where nothing is mounted but what is below that root.
	mkdir cg
	fails 125 "ptyfork: cannot join cgroup '/../ptybox-*" ptyfork \
		--cgroup="$dir" -C -m --no-tty -- sh -c 'umount -l "$1"
			mount -t cgroup -o pids x cg; shift; exec "$@"' sh \
		"$(dirname "$dir")" ptyfork --target "$first" -u --join-cgroup \
		--no-tty -- true
}

@test "what is taken of a target takes one" {
	for word in --creds --env --join-cgroup; do
		fails 125 "ptyfork: --creds, --env and --join-cgroup need --target*" \
			ptyfork "$word" -- true
	done
	fails 125 'ptyfork: cannot find process 4194303: *' \
		ptyfork --target 4194303 --creds -- true
}

@test "a start with the rights of a target that is stopped ends with its caller" {
	container -- --reuid 1000 --regid 1000 --clear-groups
	join --creds --no-tty -- sleep 1000 3>&- &
	caller=$!
	started+=" $caller"
	within 20 eval 'pgrep -f -P "$(pgrep -P "$caller")" "sleep 1000"'
	kill -TERM "$caller"
	ends 143 "$caller"
}
