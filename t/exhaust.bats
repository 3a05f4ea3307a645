#!/usr/bin/env bats
# What runs out: descriptors, memory, space, terminals, processes, namespaces.
# It works, or is one line that says why; nobody is left.
# What is in single quotes is for other shells; run sets stderr.
# shellcheck disable=SC2016,SC2154
# bats file_tags=unsanitized
load lib

teardown() {
	kill_started
	[ -z "${group-}" ] || within 20 rmdir "$group"
	leave_nothing
}

# one_line - the last run failed, and said why in one line
one_line() {
	[[ "$status" -eq 125 || "$status" -eq 1 ]] &&
		[[ $stderr == *': cannot '*': '* ]] &&
		[ "${#stderr_lines[@]}" -eq 1 ]
}

# works_or_says COMMAND... - it is 0 and silent, and the file ran is there; or
# one line, and nothing ran
works_or_says() {
	rm -f ran
	run --separate-stderr timeout -k 1 20 "$@"
	if [ "$status" -eq 0 ]; then
		[ -e ran ] && [ "$stderr" = '' ]
	else
		one_line && [ ! -e ran ]
	fi || { echo "$*: $status $stderr" && false; }
}

# with_files N COMMAND... - with so many descriptors
with_files() {
	works_or_says sh -c 'ulimit -n "$0"; exec "$@"' "$@"
}

# each_limit COMMAND... - with 4 to 24 descriptors; with 24 it works
each_limit() {
	local n

	for n in {4..24}; do
		with_files "$n" "$@" || return 1
	done
	[ "$status" -eq 0 ]
}

# small OPTIONS COMMAND - with a tmpfs of these options at small
small() {
	mkdir -p small
	timeout -k 1 40 unshare -m sh -c 'mount -t tmpfs -o "$0" none small; eval "$1"' "$@"
}

# bats test_tags=unsanitized
@test "with few descriptors namespaces, an init and two terminals" {
	as_root
	each_limit ptyfork -m -p -u -i -- touch ran
	each_limit ptyfork -r -m -p -- touch ran
	each_limit ptyfork -m -p --init -- touch ran
	each_limit ptyfork --split-stderr -- touch ran
	each_limit ptyfork --no-tty -- touch ran
	each_limit ptyfork --no-tty --detach --pid-file pid -- touch ran
	within 20 test -e ran
}

# bats test_tags=unsanitized
@test "with few descriptors a root is entered, or nothing runs" {
	as_root
	each_limit newroot --proc /proc --dev /dev / -- touch "$PWD/ran"
	each_limit ptyfork -m -p -- newroot --proc /proc --dev /dev \
		--mask /sys/kernel --readonly-path /sys --read-only \
		--bind "$PWD" "$PWD" / -- confine --no-new-privs \
		--bounding-set none -- touch "$PWD/ran"
}

# bats test_tags=unsanitized
@test "with few descriptors a namespace is joined, or nothing runs" {
	as_root
	unshare -m -u sleep 60 3>&- &
	started=$!
	within 20 [ ! /proc/$started/ns/uts -ef /proc/self/ns/uts ]
	each_limit ptyfork --target "$started" -- touch "$PWD/ran"
}

# bats test_tags=unsanitized
@test "with few descriptors a file is sent and received, or that is said" {
	local n

	for n in {4..12}; do
		"$HELPER" sender stream s 1,1 3>&- &
		started=$!
		with_files "$n" fdrecv s touch ran
		kill "$started" || true
	done
	[ "$status" -eq 0 ]
	for n in {3..8}; do
		rm -f got
		fdrecv s sh -c 'cat <&3 >got' 3>&- &
		started=$!
		run --separate-stderr timeout -k 1 20 \
			sh -c "ulimit -n $n; exec fdsend --wait s"
		[ "$status" -eq 0 ] || one_line
		[ "$status" -ne 0 ] || within 20 test -e got
		kill "$started" || true
		within 20 gone "$started"
		rm -f s
	done
	[ "$status" -eq 0 ]
}

# bats test_tags=unsanitized
@test "with few descriptors no terminal is mistaken for another, or for none" {
	ptyfork --size 5x7 -- sleep 60 3>&- &
	started=$!
	within 20 winsz --pid "$started" >/dev/null
	for n in {4..12}; do
		run --separate-stderr timeout -k 1 20 sh -c "ulimit -n $n
			exec winsz --pid $started"
		if [ "$status" -ne 0 ]; then
			[ "$status" -eq 125 ]
			one_line
		else
			[ "$output" = '5 7' ]
		fi
	done
	[ "$status" -eq 0 ]
	kill "$started"
}

# bats test_tags=unsanitized
@test "with little memory it works, or is killed before it began" {
	as_root
	group=/sys/fs/cgroup/memory/ptybox-$$-exhaust
	[ -d "${group%/*}" ] || without 'needs the memory controller, cgroup v1'
	mkdir "$group"
	for limit in 64 128 256 512 1024; do
		echo ${limit}k >$group/memory.limit_in_bytes
		run --separate-stderr timeout -k 1 20 sh -c 'echo $$ >"$0/cgroup.procs"
			exec ptyfork --size 5x7 -- winsz' "$group"
		[ "$status,$output" = '0,5 7' ] || [ "$status" -eq 137 ]
	done
	[ "$status" -eq 0 ]
}

# bats test_tags=unsanitized
@test "with little room for addresses it works, or says so" {
	for limit in 1000 2000 3000 4000 8000; do
		run --separate-stderr timeout -k 1 20 sh -c "ulimit -v $limit
			exec ptyfork --size 5x7 -- winsz"
		[ "$status,$output,$stderr" = '0,5 7,' ] || one_line ||
			[ "$status" -eq 139 ]
	done
	[ "$status" -eq 0 ]
}

@test "a pid file on a full disk is one line, nothing runs, nothing is left" {
	as_root
	for size in size=4k nr_inodes=2; do
		# Without /proc the file has a name before it is whole.
		for first in : 'mount -t tmpfs none /proc'; do
			fails 125 "ptyfork: cannot write 'small/pid': *" \
				small $size "$first"'
					head -c 4096 /dev/zero >small/full
					ptyfork --pid-file small/pid -- touch ran
					status=$?; [ "$(ls -A small)" = full ] &&
						[ ! -e ran ] && exit $status'
		done
	done
}

@test "output to a disk that gets full is one line, what fitted is whole" {
	as_root
	fails 125 'ptyfork: cannot write to standard output: *' small size=8k '
		timeout 20 ptyfork -- seq 100000 >small/out; status=$?
		seq 100000 | head -c 8192 | cmp - small/out && exit $status'
	seq 100000 >in
	fdsend --listen s <in 3>&- &
	fails 125 'fdrecv: cannot write to standard output: *' small size=8k '
		fdrecv --connect --wait=10 s >small/out; status=$?
		head -c 8192 in | cmp - small/out && exit $status'
}

@test "a socket on a full disk is one line" {
	as_root
	fails 125 "fdrecv: cannot listen on 'small/s': *" \
		small nr_inodes=1 'timeout 20 fdrecv small/s'
	fails 125 "fdsend: cannot listen on 'small/s': *" \
		small nr_inodes=1 'timeout 20 fdsend --listen small/s'
}

@test "a root that has no room for what is to be mounted is one line" {
	as_root
	for option in --proc --tmpfs --dev --dir; do
		fails 125 "newroot: cannot *" small nr_inodes=1 \
			"ptyfork -m -p -- newroot $option /x small -- /x"
	done
}

@test "no terminal left for standard error, or for a receiver, is one line" {
	as_root
	"$HELPER" console s hold >seen 3>&- &
	started=$!
	within 20 test -S s
	for options in --split-stderr '--console-socket s'; do
		fails 125 'ptyfork: cannot open a terminal: *' unshare -m sh -c "
			mount -t devpts -o newinstance,ptmxmode=666,max=1 none /dev/pts
			mount --bind /dev/pts/ptmx /dev/ptmx
			[ '$options' = --split-stderr ] || exec 5<>/dev/ptmx
			exec ptyfork $options -- touch ran"
	done
	[ ! -e ran ]
}

# run_by_none UID - has that user no process?
run_by_none() {
	! pgrep -u "$1" >/dev/null
}

@test "where no process may be started, it is one line" {
	as_root
	chmod 777 .
	# Some id that nobody else has.
	local few='setpriv --reuid 64321 --regid 64321 --clear-groups prlimit'
	for options in '' --no-tty '--kill-child' '-r -m -p' '-r -p --init'; do
		for n in 1 2 3 4 5 6; do
			# What that user had before counts until it is gone.
			within 20 run_by_none 64321
			# shellcheck disable=SC2086
			works_or_says $few --nproc=$n ptyfork $options -- \
				touch ran
		done
		[ "$status" -eq 0 ]
	done
}

@test "where namespaces are forbidden, it is one line" {
	needs unshare
	for type in user mnt pid uts ipc net cgroup time; do
		fails 125 'ptyfork: cannot create namespaces*: *' unshare -Ur sh -c "
			echo 0 >/proc/sys/user/max_${type}_namespaces
			exec ptyfork -U -m -p -u -i -n -C -T -- touch ran"
	done
	fails 125 '*: cannot *' unshare -Ur sh -c "
		echo 0 >/proc/sys/user/max_mnt_namespaces
		exec newroot / -- touch ran"
	[ ! -e ran ]
}
