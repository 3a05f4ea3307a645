#!/usr/bin/env bats
# Tools that are one another's command: what goes wrong in any of them is said
# to the caller of the first, and what the first has left comes last.
# shellcheck disable=SC2016 # expanded by the command
# shellcheck disable=SC2154 # run sets stderr
load lib
load rootfs

setup() {
	stage
	chmod 777 .
	rootfs R
	: >R/etc/plain
	echo '#!/nope' >R/etc/script
	chmod 755 R/etc/script
}

# What goes wrong in a chain: status, message, words; a step a line.
FAULTS="125|newroot: cannot open root 'nope': *|newroot nope touch ran
125|newroot: unknown option '--nope'; *|newroot --nope R touch ran
125|newroot: missing operand: *|newroot R
125|newroot: cannot bind 'nope': *|newroot --bind nope /x R touch ran
125|newroot: cannot use '/bin/sh' in root 'R': *|newroot --tmpfs /bin/sh R touch ran
125|confine: cannot read '/etc/passwd': *|newroot R confine --reuid bob touch ran
125|confine: bad --reuid '-1': *|newroot R -- confine --reuid -1 touch ran
125|confine: cannot *'/nope': *|newroot R confine --chdir /nope touch ran
125|confine: missing operand: *|newroot R confine --no-new-privs"

# What cannot be executed is known before anything is told of it...
MISSING="127|ptyfork: cannot execute 'nope': *|newroot R nope
127|ptyfork: cannot execute '/nope': *|newroot R confine --umask 0 /nope
126|ptyfork: cannot execute '/etc/plain': *|newroot R -- /etc/plain
126|ptyfork: cannot execute '/bin': *|confine /bin"

# ... but for what the exec alone finds out.
LATE="127|ptyfork: cannot execute '/etc/script'*|newroot R /etc/script"

# each FAULTS FUNCTION WORD... - call it: STATUS MESSAGE WORD... and those there
each() {
	local faults=$1 function=$2 message status words

	shift 2
	while IFS='|' read -r status message words <&9; do
		# shellcheck disable=SC2086
		"$function" "$status" "$message" "$@" $words
		[ -z "$(find . -name ran)" ]
	done 9<<<"$faults"
}

# relayed STATUS MESSAGE WORD... - the words fail like that
relayed() {
	fails "$1" "$2" timeout 20 "${@:3}"
}

@test "a fault in a chain is one line at the caller's standard error" {
	as_root
	each "$FAULTS" relayed ptyfork --mount --
	each "$MISSING" relayed ptyfork --mount --
	each "$LATE" relayed ptyfork --mount --
	chown -R 65534:65534 R
	who=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	each "$FAULTS" relayed "${who[@]}" ptyfork -m -r --
}

@test "so it is without a terminal, and under an init" {
	as_root
	for options in --no-tty '--pid --init' '--no-tty --pid --init'; do
		# shellcheck disable=SC2086
		each "$FAULTS" relayed ptyfork --mount $options --
		# shellcheck disable=SC2086
		each "$MISSING" relayed ptyfork --mount $options --
	done
}

# serve HOW - a receiver at "s" that does so; what it sees is in "seen"
serve() {
	"$HELPER" console s "$1" >seen 3>&- &
	started+=" $!"
	within 20 test -S s
}

# undelivered STATUS MESSAGE OPTION... WORD... - so it fails, and nobody called
undelivered() {
	relayed "$@"
	[ ! -s seen ]
	[ -z "$(find . -name '*pid*')" ]
}

@test "a terminal whose command cannot be set up is not delivered" {
	as_root
	serve mute
	each "$MISSING" undelivered ptyfork --console-socket s \
		--pid-file pid --mount --
	for options in '' --detach '--detach --pid --init'; do
		# shellcheck disable=SC2086
		each "$FAULTS" undelivered ptyfork --console-socket s \
			--pid-file pid --mount $options --
	done
}

# delivered STATUS MESSAGE OPTION... WORD... - so it fails, after delivery
delivered() {
	rm -f s seen
	serve read
	relayed "$@"
	within 20 grep -q '1 fds' seen
	[ -z "$(find . -name '*pid*')" ]
}

@test "a command that cannot be executed leaves no pid file" {
	as_root
	for options in '' --detach '--detach --pid --init'; do
		# shellcheck disable=SC2086
		each "$LATE" delivered ptyfork --console-socket s \
			--pid-file pid --mount $options --
	done
}

@test "the chain's status is that of the last command, 128+N if signal N killed it" {
	as_root
	for options in '' --no-tty '--pid --init'; do
		for last in newroot\ R 'newroot R -- confine --umask 0'; do
			# shellcheck disable=SC2086
			set -- timeout 20 ptyfork --mount $options -- $last
			run -7 "$@" sh -c 'exit 7'
			run -137 "$@" sh -c 'kill -KILL $$'
			run -143 "$@" sh -c 'kill -TERM $$'
		done
	done
}

LOOK='tty; stat -c %t:%T /dev/console; cd /dev/pts; echo *; exit 7'

@test "with another program in between, or a path, it is the same container" {
	as_root
	mkdir tools
	ln -s "$(readlink -f "$(command -v newroot)")" tools/newroot
	for tool in newroot 'env A=1 newroot' ./tools/newroot \
		'nice -n 1 newroot' 'env A=1 ./tools/newroot'; do
		# shellcheck disable=SC2086
		run -7 timeout 20 ptyfork --mount --pid -- $tool --proc /proc \
			--dev /dev R -- sh -c "$LOOK"
		[ "$output" = $'/dev/pts/0\n88:0\n0 ptmx' ] ||
			{ echo "$tool: $output"; return 1; }
	done
}

@test "with another program in between a fault has the same status" {
	as_root
	for fault in '125 nope true' '125 R confine --reuid bob true' \
		'127 R nope' '126 R /etc/plain' '7 R sh -c exit${IFS}7'; do
		# shellcheck disable=SC2086
		run "-${fault%% *}" timeout 20 ptyfork --mount -- env A=1 \
			newroot ${fault#* }
	done
}

@test "an applet that is no step sees the new terminal" {
	as_root
	run -0 ptyfork --size 12x34 -- winsz
	[ "$output" = '12 34' ]
	run -0 ptyfork --size 12x34 --mount -- confine --umask 0 -- winsz
	[ "$output" = '12 34' ]
	run -0 ptyfork --mount -- ptyfork --mount -- tty
	[ "$output" = /dev/pts/0 ]
	run -3 ptyfork -- ptyfork -- ptyfork -- sh -c 'exit 3'
}

@test "an applet that is no step says on the new terminal what is wrong" {
	run -125 --separate-stderr ptyfork -- winsz 5
	[[ $output == 'winsz: '* && -z $stderr ]]
	run -125 --separate-stderr ptyfork --no-tty -- winsz 5
	[[ $stderr == 'winsz: '* && -z $output ]]
}

@test "fdrecv in a chain receives, on the new terminal" {
	ptyfork -- fdrecv s >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	echo hello | fdsend s
	within 20 grep -qx hello seen
}

@test "what fdrecv received is there for the last command of a chain" {
	as_root
	fdrecv s -- confine --umask 0 --preserve-fds 1 -- sh -c \
		'cat <&3; echo "$LISTEN_FDS $FDRECV_UID"' >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	echo hello | fdsend s
	within 20 grep -q 0 seen
	[ "$(cat seen)" = $'hello\n1 0' ]
}

@test "what is asked for of a tool in a chain goes to standard output" {
	as_root
	for tool in newroot confine winsz; do
		run -0 --separate-stderr ptyfork --mount -- $tool --help
		[[ $output == "usage: $tool "* && -z $stderr ]]
	done
	run -0 ptyfork --mount -- newroot --proc /proc R confine --dump
	[[ $output == 'uid 0 0 0'* ]]
}

@test "the words of the last command are its own" {
	as_root
	run -0 ptyfork --mount -- newroot R -- confine --umask 0 -- echo \
		newroot -- --help confine
	[ "$output" = 'newroot -- --help confine' ]
	run -0 ptyfork -- echo newroot
	[ "$output" = newroot ]
}

@test "a held container is there, its command runs when it is told to" {
	as_root
	mkfifo go
	exec 5<>go
	fdrecv s >seen 3>&- 5>&- &
	started+=" $!"
	within 20 test -S s
	run -0 timeout 20 ptyfork --console-socket s --detach --pid-file pid \
		--mount --preserve-fds 1 3<go 5>&- -- newroot --bind . /mnt R \
		-- confine --hold 3 --preserve-fds 0 -- \
		sh -c 'echo >/mnt/ran; echo runs'
	started+=" $(cat pid)"
	[ -e "/proc/$(cat pid)/root/etc/plain" ]
	[ ! -e ran ]
	echo >&5
	within 20 grep -q runs seen
	[ -e ran ]
}

@test "a held container whose caller goes away runs nothing" {
	as_root
	mkfifo go
	fdrecv s >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	exec 5<>go
	run -0 timeout 20 ptyfork --console-socket s --detach --pid-file pid \
		--mount --preserve-fds 1 3<go 5>&- -- newroot --bind . /mnt R \
		-- confine --hold 3 -- touch /mnt/ran
	exec 5>&-
	within 20 none_of_ours
	[ ! -e ran ]
}

@test "the console is delivered before the command runs" {
	as_root
	needs strace
	serve ack
	run -0 timeout 20 strace -f -o trace -e trace=sendmsg,execve \
		ptyfork --console-socket s --ack --mount -- newroot R \
		confine --umask 0 sh -c 'exit 0'
	grep -E 'SCM_RIGHTS.*cmsg_data=\[[0-9]+\]|execve\("/bin/sh"' trace |
		tail -2 >order
	[[ $(head -1 order) == *SCM_RIGHTS* ]]
	[[ $(tail -1 order) == *execve* ]]
}

@test "a chain pays no exec, and its command has no descriptor of it" {
	as_root
	needs strace
	run -0 timeout 20 strace -f -qq -o trace -e trace=execve,execveat \
		ptyfork --mount --pid newroot --proc /proc R -- \
		confine --umask 0 -- ls -1 /proc/self/fd
	# The tool, its sealed self, and the command.
	[ "$(grep -c 'exec.* = 0' trace)" -eq 3 ]
	[ "${lines[*]}" = '0 1 2 3' ]
}

@test "a filter is in force for the last command, even where that is an applet" {
	# A program of one instruction: whatever is called is killed.
	printf '\x06\0\0\0\0\0\0\x80' >filter
	run -159 timeout 20 ptyfork -- confine --no-new-privs \
		--seccomp-filter filter -- winsz
}

# fds_of_last [WORD]... - what is open in fdrecv as it waits, called by those
fds_of_last() {
	"$@" fdrecv --list s >/dev/null 3>&- &
	pid=$!
	started+=" $pid"
	within 20 test -S s
	# As it is when it waits for a sender.
	within 20 in_state "$(pgrep -xP "$pid" fdrecv || echo "$pid")" S
	fds=$(ls "/proc/$(pgrep -xP "$pid" fdrecv || echo "$pid")/fd")
	fdsend s
	ends 0 "$pid"
}

@test "a tool that is the last command has no descriptor of the tools before it" {
	fds_of_last
	alone=$fds
	for words in ptyfork 'ptyfork --no-tty' 'ptyfork --split-stderr' reap; do
		# shellcheck disable=SC2086
		fds_of_last $words
		[ "$fds" = "$alone" ] ||
			{ echo "$words: ${fds//$'\n'/ }"; false; }
	done
}

# as_called PID - what everybody reads in /proc of how it was called
as_called() {
	tr -s '\0' ' ' <"/proc/$1/cmdline"
}

@test "a tool that is the last command shows nothing of the tools before it" {
	SECRET=hush confine --clear-env --env "A=b c" -- fdrecv --list s >/dev/null 3>&- &
	pid=$!
	started+=" $pid"
	within 20 test -S s
	run -0 as_called "$pid"
	[ "$output" = 'fdrecv --list s ' ]
	run -1 grep -a hush "/proc/$pid/environ"
	fdsend s
	ends 0 "$pid"
}

@test "nor does a tool in a root, which sees the root alone" {
	as_root
	SECRET=hush timeout 20 newroot --proc /proc --tmpfs /tmp R -- confine \
		--clear-env --bounding-set=-all -- fdrecv --list /tmp/s >out 3>&- &
	pid=$!
	started+=" $pid"
	within 20 eval 'one=$(pgrep -P $pid) && [ -S "/proc/$one/root/tmp/s" ]'
	run -0 as_called "$one"
	[ "$output" = 'fdrecv --list /tmp/s ' ]
	run -1 grep -a hush "/proc/$one/environ"
	fdsend "/proc/$one/root/tmp/s"
	ends 0 "$pid"
	grep -q "^3 char-device r " out
}
