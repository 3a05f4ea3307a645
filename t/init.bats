#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by the command
load lib
load rootfs
load tmux

setup() {
	stage_pause
	chmod 777 .
}

teardown() {
	close_terminal
	kill_started
	leave_nothing
}

# both FUNCTION... - run it with $who under an init, as root and as a plain user
both() {
	who=(ptyfork --pid --init --mount-proc)
	"$@"
	who=(setpriv --reuid 65534 --regid 65534 --clear-groups "${who[@]}"
		--map-root-user)
	"$@"
}

# says WANTED COMMAND... - the command under an init prints that
says() {
	local wanted=$1

	shift
	run -0 timeout 20 "${who[@]}" "$@"
	[ "$output" = "$wanted" ] || { echo "${who[*]} $*: $output"; return 1; }
}

# background COMMAND... - run it, in $pid, until it says up
background() {
	rm -f out
	"$@" >out 2>err </dev/null 3>&- &
	pid=$!
	started+=" $!"
	within 20 grep -qs up out
}

# ended STATUS - $pid ends with it, and nothing of it is left
ended() {
	local ended=0

	within 20 gone "$pid" || kill -KILL "$pid"
	wait "$pid" || ended=$?
	[ "$ended" = "$1" ] || { echo "status $ended: $(cat out err)"; return 1; }
}

@test "process 1 is an init, the command is process 2 and its child" {
	as_root
	both says $'2 1\ninit' sh -c 'echo $$ $PPID; cat /proc/1/comm'
}

@test "--init is for a new pid namespace" {
	for words in '' --mount '--mount --target 1' '--pid --target 1'; do
		# shellcheck disable=SC2086
		fails 125 'ptyfork: --init needs a new pid namespace, --pid; *' \
			ptyfork --init $words -- touch ran
	done
	[ ! -e ran ]
}

status_of() {
	run -7 timeout 20 "${who[@]}" sh -c 'exit 7'
	run -143 timeout 20 "${who[@]}" sh -c 'kill -TERM $$'
	run -137 timeout 20 "${who[@]}" sh -c 'kill -KILL $$'
	fails 127 "ptyfork: cannot execute '/nope': *" \
		timeout 20 "${who[@]}" /nope
	fails 126 "ptyfork: cannot execute '/': *" timeout 20 "${who[@]}" /
}

@test "the command's status is that of ptyfork, 128+N if signal N killed it" {
	as_root
	both status_of
}

@test "the command's end is the end of all that it left running" {
	as_root
	both says up sh -c 'sleep 100 & setsid sleep 100 & echo up'
}

# The parents of these are gone; process 1 alone can take their status.
ORPHANS='for i in 1 2 3 4 5 6 7 8 9; do
	sh -c "sh -c \"exit 0\" & sh -c \"kill -KILL \\$\\$\" &"
done
left() { grep -ls "^PPid:.1$" /proc/[0-9]*/status | grep -v /$$/; }
while left >/dev/null; do :; done
echo none'

@test "no orphan stays a zombie" {
	as_root
	both says none sh -c "$ORPHANS"
}

signalled() {
	for signal in TERM INT HUP QUIT USR1 USR2; do
		background "${who[@]}" bash -c "trap 'echo $signal; exit 9' $signal
			echo up; while :; do read -rt 0.1 <>pause; done"
		kill -"$signal" "$pid"
		ended 9
		grep -qx "$signal" out
	done
}

@test "a signal to ptyfork reaches the command" {
	as_root
	both signalled
}

@test "a command that does not handle a signal ends by it" {
	as_root
	background ptyfork --pid --init -- sh -c 'echo up; exec sleep 100'
	kill -TERM "$pid"
	ended 143
}

@test "killing ptyfork ends all" {
	as_root
	background ptyfork --pid --init -- sh -c 'setsid sleep 100 &
		trap "" HUP TERM; echo up; sleep 100'
	kill -KILL "$pid"
	ended 137
	within 20 none_of_ours
}

@test "killing the command from outside is the end of it with that status" {
	as_root
	background ptyfork --pid --init --mount -- sh -c 'echo up; sleep 100'
	kill -KILL "$(pgrep -P "$(pgrep -P "$pid" -x init)")"
	ended 137
}

# What a process may see of process 1: it is looked at once, as soon as can be.
LOOK='tr -d "\0" </proc/1/environ; tr -d "\0" </proc/1/cmdline; echo
	for dir in fd fdinfo root cwd root/.. cwd/../..; do ls /proc/1/$dir; done'

@test "process 1 tells nothing of how the container was made" {
	as_root
	export SECRET_OF_THE_HOST=1
	both says ptyfork sh -c "$LOOK" secret-word
	rootfs R
	exec 7</etc 8<.
	for between in '' 'env A=1'; do
		# shellcheck disable=SC2086
		says_of_root ptyfork --mount --pid --init -- $between \
			newroot --proc /proc R sh -c "$LOOK"
	done
}

# With no mounts of its own, ptyfork's process 1 is where its caller is.
@test "process 1 leads nowhere either where only newroot has mounts of its own" {
	as_root
	rootfs R
	says_of_root ptyfork --pid --init newroot --proc /proc R sh -c "$LOOK"
	chown -R 65534:65534 R
	says_of_root setpriv --reuid 65534 --regid 65534 \
		--clear-groups ptyfork --pid --init \
		--map-root-user newroot --proc /proc R sh -c "$LOOK"
}

# says_of_root COMMAND... - a few times, for what may be there only at first
says_of_root() {
	for _ in {1..20}; do
		run -0 timeout 20 "$@"
		[ "$output" = ptyfork ] || { echo "$*: $output"; return 1; }
	done
}

@test "process 1 is done with its duty before the command runs" {
	as_root
	needs strace
	exec 7</etc
	run -0 timeout 20 strace -qq -f -o /dev/null -e trace=setsid \
		-e inject=setsid:delay_enter=300000:when=1 \
		ptyfork --pid --init --mount-proc sh -c "$LOOK"
	[ "$output" = ptyfork ]
}

@test "a process 1 that cannot do its duty is one line, and nothing runs" {
	as_root
	needs strace
	for call in fsopen fsmount chroot; do
		fails 125 'ptyfork: cannot leave the root as process 1: *' \
			timeout 20 strace -qq -f -o /dev/null -e trace=$call \
			-e inject=$call:error=ENOMEM ptyfork --no-tty --pid \
			--init touch ran
	done
	[ ! -e ran ]
}

@test "with newroot and confine the command has pid 2 and is who it should be" {
	as_root
	rootfs R
	run -0 timeout 20 ptyfork --mount --pid --init -- newroot --proc /proc \
		--dev /dev R -- confine --reuid 1000 --regid 1000 \
		--clear-groups --bounding-set=-all -- \
		sh -c 'echo $$; id -u; tty; (kill -9 1 || ls /proc/1/fd) 2>&- ||
			echo denied'
	[ "${lines[*]}" = '2 1000 /dev/pts/0 denied' ]
}

@test "a container can be joined by its init, and its root is seen then" {
	as_root
	rootfs R
	background ptyfork --mount --pid --init --uts --hostname box -- newroot \
		--proc /proc --dev /dev R -- sh -c 'echo up; sleep 100'
	run -0 timeout 20 ptyfork --target "$(pgrep -P "$pid" -x init)" -- \
		sh -c 'tty; busybox hostname; echo *'
	[ "${lines[*]}" = '/dev/pts/1 box bin dev etc proc root sys tmp usr' ]
	kill -TERM "$pid"
	ended 143
}

@test "^C interrupts the command, which is not process 1" {
	as_root
	shell_in_terminal
	types 'ptyfork --pid --init -- sh -c "echo u\p; exec sleep 100"'
	shows up
	presses C-c
	ends 130
}

@test "a shell under an init has job control and says no word against it" {
	as_root
	shell_in_terminal
	types "PS1='in> ' ptyfork --pid --init --mount-proc dash"
	shows 'in>'
	resumable
	types 'sh script'
	shows now
	presses C-z
	shows '.*Stopped.*sh script.*'
	types fg
	shows on
	presses C-c
	types 'echo a$((1))'
	shows a1
	run -1 on_screen '.*(job control|access tty).*'
	presses C-d
	ends 0
}

@test "the size of the terminal reaches a command under an init" {
	as_root
	shell_in_terminal
	script 'trap "stty size </dev/tty" WINCH; echo up' \
		'while :; do read -rt 0.1 <>pause; done'
	types 'ptyfork --pid --init bash script'
	shows up
	mux resize-window -y 30 -x 100
	shows '30 100'
	presses C-c
	ends 130
}

@test "the pid of a detached container is that of its init, which passes TERM on" {
	as_root
	fdrecv s >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	run -0 timeout 20 ptyfork --console-socket s --detach --pid-file pid \
		--pid --init -- bash -c 'trap "echo bye; exit" TERM
		echo up; while :; do read -rt 0.1 <>pause; done'
	within 20 grep -q up seen
	started+=" $(cat pid)"
	[ "$(cat "/proc/$(cat pid)/comm")" = init ]
	kill -TERM "$(cat pid)"
	within 20 grep -q bye seen
	within 20 none_of_ours
}
