#!/usr/bin/env bats
# bats file_tags=peer
# What ptyfork --target does in containers that others have made.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2030,SC2031,SC2154 # variables are a test's own
load lib
load peer

RUNTIMES=(runc crun)

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	for RUNTIME in "${RUNTIMES[@]}"; do
		export RUNTIME
		needs_containers
	done
	maker=()
}

teardown() {
	remove_all
	leave_nothing
}

# remove_all - each runtime forgets its containers, and the last one is dead
remove_all() {
	local RUNTIME

	for RUNTIME in "${RUNTIMES[@]}"; do
		remove_containers
	done
	[ -z "${first-}" ] || within 20 gone "$first"
}

# container - start one that sleeps; its process is $first
container() {
	remove_all
	rm -rf bundle pid
	bundle 'exec sleep 1000'
	sed -i 's/"terminal": true/"terminal": false/' bundle/config.json
	[ -z "${as_nobody:-}" ] || chown -R 65534 bundle
	runtime run -d --bundle bundle --pid-file "$PWD/pid" "$box" \
		</dev/null >log 2>&1
	first=$(<pid)
}

# join WORD... - join it
join() {
	"${maker[@]}" timeout 20 ptyfork --target "$first" "$@"
}

# joins STATUS WORD... - join it, to end with that status, from /dev/null
joins() {
	run "-$1" --separate-stderr join "${@:2}" </dev/null
	[ -z "$stderr" ]
}

@test "a joining command has a terminal of the container's own" {
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		joins 0 -- sh -c 'tty; pwd; cd /dev/pts; echo *
			busybox stat -c %d 0'
		[[ $output == $'/dev/pts/0\n/\n0 ptmx\n'* ]]
		[ "${lines[3]}" -ne "$(stat -c %d /dev/pts)" ]
	done
}

@test "two who have joined have terminals of different numbers" {
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		mkfifo in
		join -- cat 3>&- <>in >out &
		echo now >in
		within 20 grep -qs now out
		joins 0 -- tty
		[ "$output" = /dev/pts/1 ]
		kill %1
		rm in out
	done
}

@test "the status of a joining command is that of ptyfork" {
	as_root
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		joins 7 -- sh -c 'exit 7'
		joins 143 -- sh -c 'kill $$'
		fails 127 "ptyfork: cannot execute 'nowhere': *" join -- nowhere
	done
}

@test "data go through a joining command and come back whole" {
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		run -0 --separate-stderr join -- sh -c 'stty -echo; sha1sum' \
			< <(seq 20000)
		[ "$output" = "$(seq 20000 | sha1sum)" ]
		joins 0 -- seq 20000
		[ "$(cksum <<<"$output")" = "$(seq 20000 | cksum)" ]
	done
}

@test "a joining command is told of a new size that is set from outside" {
	as_root
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		mkfifo in
		ptyfork --target "$first" -- sh -c \
			'trap "stty size; exit 3" WINCH; echo now
			while :; do sleep 0.1; done' 3>&- <>in >out &
		joining=$!
		within 20 grep -qs now out
		winsz --pid "$joining" 33 44
		ends 3 "$joining"
		[ "$(tail -n 1 out)" = '33 44' ]
		rm in out
	done
}

@test "a shell that joins has job control" {
	as_root
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		joins 0 -- sh -ic 'sh -c "kill -STOP \$\$; echo on"; echo out; fg'
		[[ $output == *$'\nout\n'*$'\non' ]]
		[[ $output != *'job control'* ]]
	done
}

@test "a plain user joins his own container" {
	chmod a+x "$BATS_RUN_TMPDIR"
	mkdir -p state/{runc,crun}
	chmod 777 . state state/*
	as_nobody=yes
	maker=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		joins 0 -- sh -c 'tty; id -u'
		[ "$output" = $'/dev/pts/0\n0' ]
	done
}


# What a command finds, to be compared; the numbers of processes are not.
LOOK='tty; pwd; id -u; id -g; ls /dev/pts; stty size; ls /proc/$$/fd
	cd /proc/$$; stat -Lc "%t:%T %a %u %g" fd/0; set -- $(cat stat)
	[ "$1 $5 $6 $8" = "$$ $$ $$ $$" ] && echo leads
	for n in ipc mnt net pid uts user cgroup; do readlink ns/$n; done'

# execs - look by exec -t of the runtime, on a terminal that ptyfork makes;
# crun leaves ONLCR on, runc sets the size when the command is already there
execs() {
	timeout 20 ptyfork --raw --size 24x80 -- bash -c \
		'. "$1"; runtime exec -t "$2" sh -c "$3"' - \
		"$BATS_TEST_DIRNAME/peer.bash" "$box" \
		"until [ \"\$(stty size 2>/dev/null)\" = '24 80' ]; do :; done; $LOOK" </dev/null |
		tr -d '\r'
}

@test "a joining command finds what a command of exec -t finds" {
	for RUNTIME in "${RUNTIMES[@]}"; do
		container
		for tool in ls stat readlink; do
			ln -sf busybox "bundle/rootfs/bin/$tool"
		done
		execs >theirs
		join --size 24x80 -- sh -c "$LOOK" </dev/null >ours
		grep -qx leads ours
		diff -u theirs ours
	done
}
