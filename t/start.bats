#!/usr/bin/env bats
# What is in single quotes is for the command to expand; run sets stderr.
# shellcheck disable=SC2016,SC2154
load lib

setup() {
	stage
	printf 'one\ntwo' >in
}

# What every start should come to: its input, its status, nothing on stderr.
probe='ptyfork -- sh -c "cat; exit 7" <in'

# as_ever SHELL-WORDS - a start in that way comes to what it should
as_ever() {
	run -7 --separate-stderr timeout -k 1 20 sh -c "$1"
	[ "$output,$stderr" = $'one\ntwo,' ]
}

@test "signals blocked, SIGCHLD ignored and a child already there" {
	as_ever "exec \"\$HELPER\" blocked $probe"
	run -7 timeout -k 1 20 "$HELPER" blocked ptyfork --no-tty -- \
		sh -c 'exit 7'
}

@test "the command has no signal blocked, and ignores what its caller did" {
	run -0 "$HELPER" blocked ptyfork --tty 0 -- "$HELPER" mask
	[ "$output" = '' ]
}

# ignored WORD... - the signals that a command started so ignores
ignored() {
	(
		trap '' HUP INT QUIT USR1 PIPE TERM TSTP TTIN TTOU
		"$@" grep SigIgn /proc/self/status
	)
}

@test "without a terminal the command ignores what its caller ignored" {
	as_root
	[ "$(ignored ptyfork --no-tty)" = "$(ignored env)" ]
	[ "$(ignored ptyfork --no-tty -u)" = "$(ignored env)" ]
	run -0 "$HELPER" blocked ptyfork --no-tty -- "$HELPER" mask
	[ "$output" = '' ]
}

@test "on a terminal the keyboard's signals arrive, the others as for its caller" {
	[ "$(ignored ptyfork)" = "$(
		trap '' HUP USR1 PIPE TERM
		grep SigIgn /proc/self/status
	)" ]
}

@test "--default-signals lets all arrive, on a terminal or without" {
	[ "$(ignored ptyfork --no-tty --default-signals)" = "$(
		grep SigIgn /proc/self/status
	)" ]
	[ "$(ignored ptyfork --default-signals)" = "$(
		grep SigIgn /proc/self/status
	)" ]
}

# listens WORD... - what a daemon finds of a descriptor that was announced to
# what is called with these words
listens() {
	LISTEN_FDS=1 sh -c 'LISTEN_PID=$$ exec timeout -k 1 20 "$@"' sh \
		sh -c 'LISTEN_PID=$$ exec "$@"' sh "$@" \
		sh -c 'echo "${LISTEN_FDS-} ${LISTEN_PID-} $$"
			[ -z "${LISTEN_FDS-}" ] || cat <&3' 3< <(echo socket)
}

@test "announced descriptors reach the command, under its own pid" {
	as_root
	for words in confine ptyfork 'ptyfork --no-tty' 'ptyfork -u' \
		'confine --umask 0 confine --umask 7' \
		'ptyfork -u confine --umask 0'; do
		# shellcheck disable=SC2086
		run -0 listens $words --
		[[ ${lines[0]} =~ ^1\ ([0-9]+)\ ([0-9]+)$ ]]
		[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
		[ "${lines[1]}" = socket ]
	done
	as_root
	[ "$(listens ptyfork -p --)" = $'1 1 1\nsocket' ]
	[ "$(listens ptyfork -p --init --)" = $'1 2 2\nsocket' ]
}

@test "announced descriptors that are not passed on are not announced" {
	as_root
	for words in 'confine --preserve-fds 0' 'ptyfork --preserve-fds 0'; do
		# shellcheck disable=SC2086
		run -0 listens $words --
		[[ $output =~ ^\ \ [0-9]+$ ]]
	done
	[ "$(LISTEN_PID=1 LISTEN_FDS=1 ptyfork -u -- sh -c \
		'echo "$LISTEN_PID $LISTEN_FDS"')" = '1 1' ]
}

@test "all signals ignored" {
	as_ever "trap '' HUP INT QUIT USR1 USR2 PIPE ALRM TERM CHLD CONT TSTP \
		TTIN TTOU URG WINCH XCPU XFSZ; $probe"
}

@test "a child that is there already is not waited for" {
	as_ever "sleep 60 >&- 2>&- & echo \$! >left
		sh -c 'exit 9' & exec $probe"
	kill "$(cat left)"
}

@test "0, 1 and 2 closed in all eight ways" {
	for closed in '' '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
		'<&- >&- 2>&-'; do
		rm -f got
		run -7 --separate-stderr sh -c "exec 3>&- $closed
			timeout 20 ptyfork -- sh -c 'cat; tty >got; exit 7'"
		[ "$output$stderr" = '' ]
		[[ $(cat got) == /dev/pts/* ]]
	done
}

@test "what was closed is no file of ours for the command" {
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		rm -f got
		run -0 sh -c "exec $closed; timeout 20 ptyfork --no-tty -- sh -c \
			'for n in 0 1 2; do readlink /proc/\$\$/fd/\$n
			done | sort -u >got'"
		! grep -vxE '/dev/null|pipe:.*|/.*bats.*' got
	done
}

@test "ten leaked descriptors are not those of a command that isolates" {
	run -0 bash -c 'for n in {10..19}; do eval "exec $n</etc/passwd"; done
		exec timeout 20 ptyfork -U -- "$HELPER" open_fds'
	[ "$output" = '0 1 2' ]
}

@test "without a name of its own it says so" {
	fails 125 'ptybox: cannot run without a name *' "$HELPER" nameless "$(command -v ptyfork)"
}

# bats test_tags=unsanitized
@test "with few descriptors it works, or says so and leaves nobody" {
	local n worked=0

	for n in $(seq 3 17); do
		rm -f ran
		run --separate-stderr timeout -k 1 20 sh -c "ulimit -n $n
			exec ptyfork -- sh -c 'touch ran; exit 7'"
		if [ "$status" -eq 7 ]; then
			[ -e ran ]
			worked=$((worked + 1))
			[ "$stderr" = '' ]
		else
			[ "$status" -eq 125 ]
			[[ $stderr == 'ptyfork: cannot '* ]]
			[ "${#stderr_lines[@]}" -eq 1 ]
			[ ! -e ran ]
		fi
	done
	[ "$worked" -ge 4 ]
}

# bats test_tags=unsanitized
@test "with few descriptors a terminal is delivered, or nothing runs" {
	local n

	for n in $(seq 3 16); do
		rm -f ran s pid
		"$HELPER" console s mute >seen 3>&- &
		started+=" $!"
		within 20 test -S s
		run --separate-stderr timeout -k 1 20 sh -c "ulimit -n $n; exec ptyfork \
			--console-socket s --pid-file pid -- sh -c \
			'touch ran; exit 7'"
		if [ "$status" -eq 7 ]; then
			[ -e ran ]
			[ "$stderr" = '' ]
		else
			[ "$status" -eq 125 ]
			[ "${#stderr_lines[@]}" -eq 1 ]
			[ ! -e ran ]
			[ ! -e pid ]
		fi
	done
	[ "$status" -eq 7 ]
}

@test "umask 0 and umask 777" {
	as_ever "umask 0; $probe"
	as_ever "umask 777; $probe"
	[ "$(umask 0 && timeout 20 ptyfork --pid-file pid -- stat -c %a pid)" = 644 ]
}

@test "nice, no core files and no file of any length" {
	as_ever "nice -n 19 $probe"
	as_ever "ulimit -c 0; $probe"
	as_ever "ulimit -f 0; $probe"
}

# bats test_tags=unsanitized
@test "without /proc" {
	as_root
	as_ever "unshare -m sh -c 'mount -t tmpfs none /proc; $probe'"
	as_ever "unshare -m sh -c 'umount -l /proc; $probe'"
	run -0 unshare -m sh -c 'mount -t tmpfs none /proc
		seq 50000 | timeout 20 ptyfork -- cat | tail -1'
	[ "$output" = 50000 ]
	run -0 unshare -m sh -c 'mount -t tmpfs none /proc
		exec timeout 20 ptyfork -u -- "$HELPER" open_fds 5<in 9<in'
	[ "$output" = '0 1 2' ]
}

@test "on a root that nobody can write to" {
	as_root
	as_ever "unshare -m sh -c 'mount -o bind,ro / / && mount -o remount,\
bind,ro / && cd $PWD && $probe'"
}

@test "without a /dev/ptmx it is one line" {
	as_root
	fails 125 'ptyfork: cannot open a terminal: *' unshare -m sh -c '
		mount -t tmpfs none /dev; exec ptyfork -- true'
	run -7 unshare -m sh -c '
		mount -t tmpfs none /dev; exec ptyfork --no-tty -- sh -c "exit 7"'
}

@test "in a directory that is gone" {
	run -0 --separate-stderr sh -c 'exec 8<in; mkdir d; cd d; rmdir ../d
		exec timeout 20 ptyfork -- cat <&8'
	[ "$output,$stderr" = $'one\ntwo,' ]
}

@test "with an environment of a megabyte" {
	as_ever "for n in 1 2 3 4 5 6 7 8 9 10; do
		export v\$n=\$(head -c 100000 /dev/zero | tr '\\0' x); done
		$probe"
}

@test "with no environment" {
	run -7 env -i "$(command -v ptyfork)" -- /bin/sh -c 'exit 7'
}

@test "with no terminals left it is one line" {
	as_root
	fails 125 'ptyfork: cannot open a terminal: *' unshare -m sh -c '
		mount -t devpts -o newinstance,ptmxmode=666,max=1 none /dev/pts
		mount --bind /dev/pts/ptmx /dev/ptmx
		exec 5<>/dev/ptmx ptyfork -- true'
}

@test "with the privileges of a file it refuses to do anything" {
	as_root
	chmod 755 .
	install -m 4755 "$(readlink -f "$(command -v ptyfork)")" ptyfork
	exec 7<ptyfork
	run -125 --separate-stderr as_nobody /proc/self/fd/7 ptyfork -- touch ran
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == 'ptybox: cannot run with the rights of a file '* ]]
	[ ! -e ran ]
}
