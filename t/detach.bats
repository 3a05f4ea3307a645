#!/usr/bin/env bats
# fdrecv at a terminal that goes on without it.
# shellcheck disable=SC2016 # what is in single quotes is for other shells
# shellcheck disable=SC2154 # tmux.bash sets before
load lib
load tmux

teardown() {
	close_terminal
	kill_started
	leave_nothing
}

# kept SCRIPT - run it on a terminal that is given to all who connect to "kept",
# until it ends; then open a terminal with a shell
kept() {
	timeout 60 fdrecv con -- fdsend --listen --keep kept 3 3>&- &
	started=$!
	timeout 60 ptyfork --console-socket con -- bash -c "$1" 3>&- &
	command=$!
	within 20 test -S kept
	shell_in_terminal
}

# over - the command has ended, and with it what kept its terminal
over() {
	wait "$command"
	ends 0 "$started"
	rm -f kept
}

# at KEYS - be there, with these detach keys
at() {
	types "clear; fdrecv --connect --detach-keys '$1' kept"
	within 20 is_raw
}

@test "the keys leave a terminal, which goes on, and say so" {
	kept 'echo now; while read -r x; do echo "<$x>"; [ "$x" != end ] || exit 0; done'
	for keys in 'ctrl-p,ctrl-q' 'ctrl-],x' 'Q'; do
		at "$keys"
		types one
		shows '<one>'
		case $keys in
		ctrl-p*) presses C-p C-q ;;
		ctrl-]*) presses 'C-]' x ;;
		*) presses Q ;;
		esac
		shows '\[detached\]'
		ends 0
	done
	at ctrl-a
	types end
	shows '<end>'
	ends 0
	run -1 on_screen '\[detached\]'
	over
}

@test "killed by SIGKILL: the terminal outside is as before all the same" {
	kept 'read -r x'
	starts fdrecv --connect kept
	kill -KILL "$pid"
	ends 137
	at ctrl-a
	types end
	ends 0
	over
}

# ended PID - has that process ended? Who is to reap it may never do so.
ended() {
	[[ $(ps -o stat= -p "$1") != [^Z]* ]]
}

@test "killed by SIGKILL: a terminal that another tool needs raw stays so" {
	kept 'echo in1; read -r x'
	script 'exec 3<&0' 'fdrecv --connect kept <&3 3<&- & echo $! >pid' \
		'exec ptyfork sh -c "echo in2; read -r x" 3<&-'
	types 'sh script'
	shows ' *in1'
	shows ' *in2'
	restorer=$(pgrep -P "$(cat pid)")
	kill -KILL "$(cat pid)"
	within 20 ended "$restorer"
	is_raw
	types end
	ends 0
	at ctrl-a
	types end
	ends 0
	over
}

@test "keys that only begin the sequence reach the command" {
	kept 'stty raw -echo; touch up; head -c 6 | od -An -tx1; stty sane'
	within 20 test -e up
	at ctrl-a,d
	presses C-a x C-a C-a C-a y
	shows ' *01 78 01 01 01 79'
	ends 0
	over
}

@test "--detach-keys '' looks for none" {
	kept 'stty raw -echo; touch up; head -c 2 | od -An -tx1; stty sane'
	within 20 test -e up
	at ''
	presses C-p C-q
	shows ' *10 11'
	ends 0
	over
}

@test "who comes back has the screen drawn anew" {
	kept 'trap "echo drawn for \$(stty size)" WINCH; touch up
		until [ -e end ]; do sleep 0.05; done'
	within 20 test -e up
	at ctrl-a
	shows 'drawn for 24 80'
	presses C-a
	shows '\[detached\]'
	ends 0
	at ctrl-a
	shows 'drawn for 24 80'
	presses C-a
	ends 0
	touch end
	over
}

@test "--detach-keys refuses what is no sequence" {
	for keys in ctrl- "," "a," ctrl-ab ctrl-1 "$(printf 'a,%.0s' {1..17})"; do
		fails 125 "fdrecv: bad --detach-keys*" fdrecv --detach-keys "$keys" s
	done
}
