#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by the command
load lib
load rootfs

# What is seen of a devpts: the names, then mode, group and device of each.
LOOK='tty; echo /dev/pts/*; stat -c %a:%g:%t /dev/pts/0 /dev/pts/ptmx'

# Who may, and what he gets: root gid 5, a plain user not, root with ids does.
root() { timeout 20 ptyfork --mount "$@"; }
plain() { as_nobody timeout 20 ptyfork --mount --map-root-user "$@"; }
mapped() {
	timeout 20 ptyfork --mount --uid-map 0:100000:65536 \
		--gid-map 0:100000:65536 "$@"
}

# before_fsopen COMMAND... - as on a kernel without the calls that mount anew
before_fsopen() {
	needs strace
	"${who[@]}" timeout 20 strace -qq -f -o trace -e trace=fsopen \
		-e inject=fsopen:error=ENOSYS "$@"
	grep -q INJECTED trace
}

# shows MODE GROUP COMMAND... - a devpts of its own, with terminals like that
shows() {
	local mode=$1 group=$2

	shift 2
	run -0 "$@" -- sh -c "$LOOK"
	[ "$output" = "/dev/pts/0
/dev/pts/0 /dev/pts/ptmx
$mode:$group:88
666:0:5" ] || { echo "$*: $output"; return 1; }
}

@test "--caller-devpts takes the terminal from the caller's, with mounts of its own" {
	as_root
	run -0 ptyfork -m --caller-devpts -- stat -Lc %d /proc/self/fd/0 /dev/pts
	[ "$(tr -d '\r' <<<"$output" | sort -u)" = "$(stat -c %d /dev/pts)" ]
}

@test "--caller-devpts takes the terminal from the caller's, in joined mounts" {
	as_root
	ptyfork -m -- sh -c 'stat -Lc %d /dev/pts >own; exec sleep 60' 3>&- \
		</dev/null &
	pid=$!
	started+=" $pid"
	within 20 test -s own
	joined=$(cat own)
	target=$(pgrep -P "$pid")
	run -0 ptyfork --target "$target" -- stat -Lc %d /proc/self/fd/0
	[ "${output%$'\r'}" = "$joined" ]
	run -0 ptyfork --target "$target" --caller-devpts -- \
		stat -Lc %d /proc/self/fd/0
	[ "${output%$'\r'}" = "$(stat -c %d /dev/pts)" ]
	[ "$joined" != "$(stat -c %d /dev/pts)" ]
}

@test "with mounts of its own a command's terminal is /dev/pts/0 of its own devpts" {
	as_root
	shows 620 5 root
}

@test "for a plain user, who has no group 5, nobody else can write to it" {
	as_root
	shows 600 0 plain
}

@test "in a user namespace that has a group 5 it is that group's" {
	as_root
	shows 620 5 mapped
}

@test "a kernel that cannot mount without a place has it just so" {
	as_root
	install -m 666 /dev/null trace
	who=()
	shows 620 5 before_fsopen ptyfork --mount
	who=(as_nobody)
	shows 600 0 before_fsopen ptyfork --mount --map-root-user
}

@test "newroot --dev has the same devpts, the terminal's owner is the final user" {
	as_root
	rootfs R
	for user in 0 1000; do
		run -0 root newroot --dev /dev R -- confine --reuid "$user" \
			--regid "$user" --clear-groups -- sh -c "$LOOK
			stat -c %u /dev/pts/0 /dev/console"
		[ "$output" = "/dev/pts/0
/dev/pts/0 /dev/pts/ptmx
620:5:88
666:0:5
$user
$user" ]
	done
}

@test "a command finds no program and no set-user-id there" {
	as_root
	run -0 root awk '$(NF - 1) == "ptyfork" { print $5, $6, $(NF - 2) }' \
		/proc/self/mountinfo
	[ "$output" = '/dev/pts rw,nosuid,noexec,relatime devpts' ]
}

# opened N COMMAND... - COMMAND's terminal and N more are all that there can be
opened() {
	local most=$1

	shift
	ulimit -n 2048
	run -0 "$@" bash -c 'n=1
		while { exec {fd}<>/dev/ptmx; } 2>&-; do n=$((n + 1)); done
		echo $n'
	[ "$output" = "$most" ] || { echo "$*: $output"; return 1; }
}

@test "one container cannot take all terminals that there are" {
	as_root
	[ "$(cat /proc/sys/kernel/pty/max)" -ge 3000 ] ||
		without 'kernel.pty.max is low'
	opened 1024 root
	opened 1024 plain
	who=()
	opened 1024 before_fsopen ptyfork --mount
}

# holds FIFO COMMAND... - the command waits for an end of the FIFO, in $pid
holds() {
	local fifo=$1

	shift
	mkfifo "$fifo"
	"$@" -- sh -c "tty >tty.$fifo; cat $fifo" >"out.$fifo" 2>&1 3>&- &
	within 20 test -s "tty.$fifo"
}

@test "two at once both have /dev/pts/0, and what one writes is its own" {
	as_root
	chmod 777 .
	holds a root
	holds b plain
	[ "$(cat tty.a tty.b)" = $'/dev/pts/0\n/dev/pts/0' ]
	feed a one
	feed b two
	wait
	[ "$(cat out.a) $(cat out.b)" = 'one two' ]
}

@test "without a /dev/pts to put it at the command has a terminal all the same" {
	as_root
	run -0 unshare -m sh -c 'mount -t tmpfs dev /dev
		timeout 20 ptyfork --mount sh -c "stty size && echo /dev/*"'
	[ "$output" = $'24 80\n/dev/*' ]
}

@test "a devpts that the kernel refuses is one line" {
	as_root
	needs strace
	for call in fsconfig fsmount; do
		fails 125 'ptyfork: cannot make a devpts: *' timeout 20 strace \
			-qq -f -o /dev/null -e trace=$call \
			-e inject=$call:error=ENOMEM ptyfork --mount touch ran
	done
	[ ! -e ran ]
}
