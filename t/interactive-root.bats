#!/usr/bin/env bats
# A container with a person at its terminal.
# shellcheck disable=SC2016 # shells in the terminal expand what is typed
# shellcheck disable=SC2154 # tmux.bash sets outer, before and pid
load lib
load tmux
load rootfs

# Who makes the container: root, root with an init in it, a plain user
KINDS=(root init rootless)

setup() {
	as_root
	stage
	chmod 755 . "$BATS_RUN_TMPDIR"
	rootfs R
	cp "$HELPER" R/bin/helper
	ln -s busybox R/bin/vi
	resumable
	cp script R/script
	chown 65534:65534 R/tmp
}

teardown() {
	[ -z "${first:-}" ] || kill -KILL "$first" 2>/dev/null || true
	close_terminal
	rm -rf R
	leave_nothing
}

# box_of KIND [CONFINE...] - the command line of a container of that kind,
# which ends where its own command begins
box_of() {
	local ns='--mount --pid --ipc --uts --hostname box'
	local who='setpriv --reuid 65534 --regid 65534 --clear-groups'

	case $1 in
	root) who= ;;
	init) who='' ns+=' --init' ;;
	user) who='' ns+=' --uid-map 0:65534:1 --gid-map 0:65534:1' ;;
	rootless) ns+=' --map-root-user --net' ;;
	esac
	echo "$who ptyfork $ns -- newroot --proc /proc --dev /dev R -- ${*:2}"
}

# As what a command of a container runs that is not root there
PLAIN='confine --reuid 1000 --regid 1000 --clear-groups --bounding-set -all'

# shell_in KIND [CONFINE...] - a shell in such a container, in a shell
shell_in() {
	shell_in_terminal
	starts env PS1=in: "BOX=$PWD" "$(box_of "$@")" /bin/sh
	shows in:
}

# as_ever - is all well after the shell inside has ended?
as_ever() {
	types 'exit 7'
	ends 7
	run -1 on_screen '.*(job control|access tty|not a tty).*'
	close_terminal
}

@test "a shell in a container has a terminal and job control" {
	as_root
	for kind in "${KINDS[@]}"; do
		shell_in "$kind"
		types tty 'tty </dev/console; hostname; sh /script'
		shows /dev/pts/0
		shows box
		shows now
		presses C-z
		shows '.*Stopped.*sh /script'
		types jobs
		shows '.*Stopped.*sh /script' 2
		types fg
		shows on
		presses C-c
		types 'echo a$?'
		shows a130
		as_ever
	done
}

@test "a shell of a plain user in a container has all that, too" {
	as_root
	for kind in root init; do
		shell_in "$kind" "$PLAIN"
		types 'id -u; echo a >/dev/tty; sh /script'
		shows 1000
		shows a
		shows now
		presses C-z
		shows '.*Stopped.*sh /script'
		types fg
		shows on
		presses C-c
		as_ever
	done
}

@test "the first process of a container is its shell, or its init" {
	as_root
	shell_in root
	types 'ps -o pid,args; echo a$((1))'
	shows a1
	on_screen ' *1 /bin/sh'
	as_ever
	shell_in init
	types 'ps -o pid,comm; echo a$((1))'
	shows a1
	on_screen ' *1 init'
	on_screen ' *2 sh'
	as_ever
}

@test "a window's new size is that of a container" {
	as_root
	for kind in "${KINDS[@]}"; do
		shell_in "$kind"
		types 'stty size'
		shows '24 80'
		mux resize-window -y 30 -x 100
		types 'stty size; stty size </dev/console'
		shows '30 100' 2
		as_ever
	done
}

@test "a file can be edited by vi in a container" {
	as_root
	for kind in "${KINDS[@]}"; do
		rm -f R/tmp/new
		shell_in "$kind"
		types 'vi /tmp/new'
		shows '~' 20
		types iword
		shows 'I /tmp/new.*'
		presses Escape
		shows '- /tmp/new.*'
		types :wq
		within 20 test -s R/tmp/new
		types 'echo a$((1))'
		shows a1
		[ "$(cat R/tmp/new)" = word ]
		as_ever
	done
}

@test "^C ends a command that an init has started" {
	as_root
	shell_in_terminal
	starts "$(box_of init)" cat
	types hello
	shows hello 2
	presses C-c
	ends 130
}

@test "^D ends a command that is all there is in a container" {
	as_root
	for kind in "${KINDS[@]}"; do
		shell_in_terminal
		starts "$(box_of "$kind")" cat
		types hello
		shows hello 2
		presses C-d
		ends 0
		close_terminal
	done
}

# ended_inside - has all ended that was in a container?
ended_inside() {
	! grep -qszxF "BOX=$PWD" /proc/[0-9]*/environ
}

@test "ptyfork that is killed leaves the modes as before, and no container" {
	as_root
	for kind in "${KINDS[@]}"; do
		shell_in "$kind"
		types 'sleep 1000 & sleep 1000 & echo a$((1))'
		shows a1
		run ! ended_inside
		kill -KILL "$pid"
		ends 137
		within 20 ended_inside
		close_terminal
	done
}

@test "a shell that joins a container has job control and a size" {
	as_root
	for kind in "${KINDS[@]}"; do
		box=$(box_of "$kind")
		${box/ptyfork/ptyfork --no-tty --detach --pid-file R/tmp/pid} \
			sleep 1000 </dev/null >log 3>&-
		first=$(<R/tmp/pid)
		shell_in_terminal
		starts env PS1=in: "${box%%ptyfork*}" ptyfork --target "$first" sh
		shows in:
		types 'tty; sh /script'
		shows /dev/pts/0
		shows now
		presses C-z
		shows '.*Stopped.*sh /script'
		mux resize-window -y 30 -x 100
		types 'stty size'
		shows '30 100'
		types fg
		shows on
		presses C-c
		as_ever
		kill -KILL "$first"
	done
}

# types_behind COMMAND - a terminal of root, in which COMMAND types at all there
# are; what then has come to the caller is on the screen, in <>
types_behind() {
	printf 'exec /bin/helper sti %s\n' \
		'/dev/tty /dev/console /dev/pts/[0-9]*' >R/probe
	script 'exec 5<>/dev/tty' "$1 /bin/sh /probe" 'echo again' \
		'read -r x; echo "<$x>"; read -r x'
	terminal 'sh script'
	shows typed
	shows again
	types ''
	shows '<X*>'
}

# bats test_tags=unsanitized
@test "no command in a container can type at the caller's terminal" {
	as_root
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null)" != 0 ] ||
		without 'the kernel refuses TIOCSTI by itself'
	types_behind 'chroot R'
	on_screen '<XX+>'
	close_terminal
	for kind in "${KINDS[@]}" user; do
		types_behind "$(box_of "$kind")"
		on_screen 'took 88:0'
		on_screen '<>'
		close_terminal
	done
	types_behind "$(box_of root "$PLAIN")"
	on_screen '<>'
}
