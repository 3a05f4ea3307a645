#!/usr/bin/env bats
# bats file_tags=slow
# shellcheck disable=SC2016 # shells in the terminal expand what is typed
# shellcheck disable=SC2154 # tmux.bash sets outer, before and pid
load lib
load tmux

teardown() {
	close_terminal
	leave_nothing
}

# shell_inside [SHELL] - the same with a shell on a terminal of ptyfork in it
shell_inside() {
	shell_in_terminal
	types "PS1='in> ' ptyfork ${1:-dash}"
	shows 'in>'
}

# stops - wait until the shell tells that its job has stopped
stops() {
	shows '.*(Stopped|Suspended).*'
	within 20 modes_are "$before"
}

@test "what is typed at a shell appears once, and ^D ends it" {
	shell_inside
	types 'echo a$((1))'
	shows a1
	run -0 screen
	[ "$(grep -c 'echo a' <<<"$output")" -eq 1 ]
	presses C-d
	ends 0
}

@test "a shell with line editing works as ever" {
	shell_inside 'bash --norc --noprofile'
	types 'echo a$((1))b'
	shows a1b
	presses Up C-a C-k
	types 'echo c$((1))d'
	shows c1d
	run -1 on_screen '.*job control.*'
	presses C-d
	ends 0
}

@test "what is typed at cat comes back line by line until ^D" {
	shell_in_terminal
	starts ptyfork cat
	types hello
	shows hello 2
	presses C-d
	ends 0
}

@test "the command's terminal is not that of its caller" {
	shell_inside
	types tty
	shows '/dev/pts/[0-9]+'
	run -1 on_screen "$outer"
	presses C-d
	ends 0
}

@test "the shell gets the command's status" {
	shell_in_terminal
	types "ptyfork -- sh -c 'exit 7'; echo then \$?"
	shows 'then 7'
	ends 0
}

@test "^C interrupts the command, which ends ptyfork as it ends the command" {
	shell_in_terminal
	starts ptyfork -- sleep 100
	presses C-c
	ends 130
}

@test "^C interrupts what a shell inside runs, and not that shell" {
	shell_inside
	types 'echo now; sleep 100'
	shows now
	presses C-c
	types 'echo a$?'
	shows a130
	presses C-d
	ends 0
}

@test "^C comes to a command that handles it" {
	shell_in_terminal
	script 'trap "echo caught; exit 3" INT; echo now' 'read -r x'
	types 'ptyfork sh script'
	shows now
	presses C-c
	shows '(\^C)?caught'
	ends 3
}

@test "^\\ makes the command quit" {
	shell_in_terminal
	types 'ulimit -c 0'
	starts ptyfork -- sleep 100
	presses "C-\\"
	ends 131
}

@test "a shell inside has job control and says no word against it" {
	resumable
	for shell in dash 'bash --norc --noprofile'; do
		shell_inside "$shell"
		types 'sh script'
		shows now
		presses C-z
		shows '.*Stopped.*sh script.*'
		types fg
		shows on
		presses C-c
		types 'jobs; echo a$((1))'
		shows a1
		run -1 on_screen '.*(job control|access tty).*'
		close_terminal
	done
}

@test "a shell in namespaces of its own has job control" {
	unshare -U true || without 'no user namespaces here'
	shell_in_terminal
	types "PS1='in> ' ptyfork --map-root-user --pid --mount-proc dash"
	shows 'in>'
	resumable
	types 'echo $$; sh script'
	shows 1
	shows now
	presses C-z
	shows '.*Stopped.*sh script.*'
	types fg
	shows on
	presses C-c C-d
	ends 130
	run -1 on_screen '.*(job control|access tty).*'
}

@test "^Z suspends ptyfork with its command, and fg resumes both" {
	for shell in dash 'bash --norc --noprofile'; do
		shell_in_terminal "$shell"
		starts ptyfork -- sleep 100
		presses C-z
		shows '.*Stopped.*'
		types 'stty -g >stopped'
		within 20 test -s stopped
		[ "$shell" != dash ] || [ "$(cat stopped)" = "$before" ]
		types fg
		within 20 is_raw
		presses C-c
		ends 130
		close_terminal
		rm stopped
	done
}

@test "^Z and fg work any number of times" {
	shell_in_terminal
	starts ptyfork cat
	for i in 1 2 3 4 5; do
		types "line $i"
		shows "line $i" 2
		presses C-z
		stops
		types clear
		within 20 on_screen '\$'
		types fg
		within 20 is_raw
	done
	presses C-d
	ends 0
}

@test "^Z and fg work through a ptyfork in a ptyfork" {
	shell_in_terminal
	script 'trap "echo on" CONT; echo now' 'read -r x; echo "<$x>"' \
		'read -r x; exec cat'
	starts ptyfork ptyfork ptyfork sh script
	shows now
	types one
	shows '<one>'
	presses C-z
	stops
	types fg
	shows on
	types two
	shows two 2
	presses C-d
	ends 0
}

@test "a command that was suspended goes on behind the shell after bg" {
	shell_in_terminal
	mkfifo go
	starts ptyfork -- sh -c '"read -r x <go; echo got \$x; read -r x"'
	presses C-z
	stops
	types bg
	feed go word
	shows '.*got word'
	modes_are "$before"
	types fg
	within 20 is_raw
	types ''
	ends 0
}

@test "a command in the background writes at once and reads after fg" {
	shell_in_terminal
	types "ptyfork -- sh -c 'echo behind; read -r x; echo \"<\$x>\"' &"
	shows '.*behind'
	modes_are "$before"
	types jobs
	shows '\[1\].*Running.*'
	types fg
	within 20 is_raw
	types hello
	shows '<hello>'
	ends 0
}

@test "kill -TSTP suspends ptyfork with its command" {
	shell_in_terminal
	starts ptyfork -- sleep 100
	kill -TSTP "$pid"
	stops
	types fg
	within 20 is_raw
	presses C-c
	ends 130
}

goes_on() {
	! grep -q '^State:.T' "/proc/$pid/status"
}

@test "fg resumes what kill -STOP has stopped" {
	shell_in_terminal
	starts ptyfork cat
	kill -STOP "$pid"
	shows '.*Stopped.*'
	# STOP cannot be caught: the shell reads from a raw terminal.
	presses f g C-j
	# The shell would read what comes before.
	within 20 goes_on
	types hello
	shows ' *hello' 2
	presses C-d
	ends 0
}

@test "TSTP from outside stops what runs in a namespace of its own, too" {
	as_root
	shell_in_terminal
	starts ptyfork -m cat
	kill -TSTP "$pid"
	shows '.*Stopped.*'
	types fg
	within 20 is_raw
	types hello
	shows ' *hello' 2
	presses C-d
	ends 0
}

@test "a shell that suspends itself suspends ptyfork" {
	shell_inside 'bash --norc --noprofile'
	types suspend
	stops
	types fg
	within 20 is_raw
	types 'echo a$((1))'
	shows a1
	presses C-d
	ends 0
}

@test "a window's new size is the command's" {
	shell_inside
	mux resize-window -y 30 -x 100
	types 'stty size'
	shows '30 100'
	presses C-d
	ends 0
}

# tell_sizes - a script that runs until it was told twice that its window has
# another size
tell_sizes() {
	script 'trap "stty size; n=x\$n" WINCH; echo now' \
		'until [ "$n" = xx ]; do sleep 0.1; done'
}

@test "a program is told that its window has another size" {
	shell_in_terminal
	tell_sizes
	types 'ptyfork sh script'
	shows now
	mux resize-window -y 30 -x 100
	shows '30 100'
	mux resize-window -y 20 -x 60
	shows '20 60'
	ends 0
}

@test "a size that changed while ptyfork was suspended is seen after fg" {
	shell_inside 'bash --norc --noprofile'
	types suspend
	stops
	mux resize-window -y 30 -x 100
	types fg
	within 20 is_raw
	types 'stty size'
	shows '30 100'
	presses C-d
	ends 0
}

@test "--size stays when the window changes" {
	shell_in_terminal
	types "PS1='in> ' ptyfork --size 11x77 dash"
	shows 'in>'
	mux resize-window -y 30 -x 100
	types 'stty size'
	shows '11 77'
	presses C-d
	ends 0
}

# looks_alike COMMAND LAST [KEY...] - is the screen the same with ptyfork as
# without, after these keys? LAST is the line that is drawn last, at the end of a
# file of 60 lines.
looks_alike() {
	local how

	seq 60 | sed 's/^/line /' >file
	for how in '' ptyfork; do
		shell_in_terminal
		types "clear; $how $1"
		within 20 is_raw
		shows 'line 1'
		presses "${@:3}"
		shows "$2"
		screen >"screen$how"
		types :q
		ends 0
		close_terminal
	done
	diff -u screen screenptyfork
}

@test "vi looks as it does without ptyfork" {
	needs vim.tiny
	looks_alike 'vim.tiny -u NONE -i NONE file' 'line 60' G
}

@test "less looks as it does without ptyfork" {
	needs less
	export LESSHISTFILE=-
	looks_alike 'less file' '\(END\)' G
}

@test "a file can be edited by vi" {
	needs vim.tiny
	shell_in_terminal
	starts ptyfork vim.tiny -u NONE -i NONE new
	shows '~' 20
	types iword
	presses Escape
	types :wq
	ends 0
	[ "$(cat new)" = word ]
}

# pastes MODES - paste 1 MiB of lines at a command with its terminal like that
pastes() {
	seq 1000000 1131071 >lines
	shell_in_terminal
	script "stty $1; echo now" 'head -c 1048576 | cksum'
	types 'ptyfork sh script'
	shows now
	mux load-buffer lines
	mux paste-buffer
	within 60 on_screen "$(cksum <lines)"
	ends 0
}

@test "a paste of 1 MiB arrives whole, with echo" {
	pastes echo
}

@test "a paste of 1 MiB arrives whole, without echo" {
	pastes -echo
}

@test "a paste that nobody reads does not hold up the output" {
	seq 1000000 1131071 >lines
	shell_in_terminal
	mkfifo go
	starts ptyfork -- sh -c \
		'"read -r x <go; echo got \$x; head -c 1048576 | cksum"'
	mux load-buffer lines
	mux paste-buffer
	feed go word
	within 60 on_screen "$(cksum <lines)"
	ends 0
}

@test "output into a pipe is in order on the screen and has plain newlines" {
	shell_in_terminal
	types "ptyfork -- sh -c 'echo one; echo two; read -r x; echo \$x' | tee log"
	shows two
	on_screen one
	types three
	shows three 2
	ends 0
	printf 'one\ntwo\nthree\nthree\n' | cmp log
}

@test "^C ends a command whose output goes into a pipe" {
	shell_in_terminal
	types 'ptyfork -- sh -c "echo now; exec sleep 100" | tee log'
	shows now
	modes_are "$before"
	presses C-c
	ends '(0|130)'
}

@test "^Z suspends a command whose output goes into a pipe" {
	shell_in_terminal
	resumable
	types 'ptyfork -- sh script | tee log'
	shows now
	presses C-z
	stops
	types fg
	shows on
	presses C-c
	ends '(0|130)'
}

@test "on a terminal, with other input, lines are in order on the screen" {
	shell_in_terminal
	types "ptyfork -- sh -c 'echo one; echo two' </dev/null"
	shows two
	on_screen one
	ends 0
}

@test "on a terminal, with other input, ^C ends the command" {
	shell_in_terminal
	types 'ptyfork -- sh -c "echo now; exec sleep 100" </dev/null'
	shows now
	presses C-c
	ends 130
}

@test "on a terminal, with other input, ^C ends what a script runs" {
	shell_in_terminal
	types "ptyfork -- bash -c 'echo now; sleep 100; echo no' </dev/null"
	shows now
	presses C-c
	ends 130
	run -1 on_screen no
}

@test "on a terminal, with other input, ^Z and fg work" {
	shell_in_terminal
	types 'ptyfork -- sh -c "echo now; exec sleep 100" </dev/null'
	shows now
	presses C-z
	stops
	types fg 'echo not yet'
	presses C-c
	ends 130
}

@test "with --tty 1,2 the command reads the caller's terminal itself" {
	shell_in_terminal
	types "ptyfork --tty 1,2 -- sh -c 'tty; read -r x; echo \"<\$x>\"'"
	shows "$outer"
	modes_are "$before"
	types hello
	shows '<hello>'
	ends 0
}

@test "with --tty 1,2 ^C ends the command" {
	shell_in_terminal
	types 'ptyfork --tty 1,2 -- sh -c "echo now; exec sleep 100"'
	shows now
	presses C-c
	ends 130
}

@test "--split-stderr keeps errors apart, with plain newlines in a file" {
	shell_in_terminal
	script 'echo out; echo err >&2' 'test -t 2 && echo tty >&2'
	types 'ptyfork --split-stderr sh script 2>log'
	shows out
	ends 0
	printf 'err\ntty\n' | cmp log
}

@test "--split-stderr shows both in order on one screen" {
	shell_in_terminal
	types "ptyfork --split-stderr -- sh -c 'echo out; echo err >&2'"
	shows out
	shows err
	ends 0
}

@test "winsz resizes the terminal of a command in the background" {
	shell_in_terminal
	tell_sizes
	types 'ptyfork sh script & echo $! >pid'
	shows '.*now'
	within 20 test -s pid
	winsz --pid "$(cat pid)" 40 120
	shows '.*40 120'
	winsz --pid "$(cat pid)" 41 121
	shows '.*41 121'
	types wait
	ends 0
}

@test "winsz resizes a command in another window" {
	shell_in_terminal
	tell_sizes
	starts ptyfork sh script
	shows now
	for size in '40 120' '41 121'; do
		mux new-window -d "winsz --pid $pid $size 2>error"
		shows "$size"
	done
	ends 0
}

@test "winsz resizes a command whose input is no terminal" {
	tell_sizes
	ptyfork sh script </dev/null >out 3>&- &
	pid=$!
	within 20 grep -q now out
	winsz --pid "$pid" 40 120
	within 20 grep -qx '40 120' out
	winsz --pid "$pid" 41 121
	within 20 gone "$pid"
	wait "$pid"
	[ "$(tail -n 1 out)" = '41 121' ]
}
