#!/usr/bin/env bats
# bats file_tags=slow
# shellcheck disable=SC2016 # shells in the terminal expand what is typed
# shellcheck disable=SC2030,SC2031 # a test sets what its own functions read
# shellcheck disable=SC2154 # tmux.bash sets outer
load lib
load tmux

teardown() {
	close_terminal
	leave_nothing
}

# run_in_terminal COMMAND - run it by a shell that leaves the modes alone, which
# writes its status to ./status and then waits for a line. Before it runs, tmux
# has not set the modes yet.
run_in_terminal() {
	rm -f status up
	printf ': >up\nread -r x\n%s\necho $? >status\nread -r x\n' "$1" >caller
	terminal 'sh caller'
	within 20 test -e up
	before=$(modes)
	flags_before=$(flags)
	types ''
}

# victim WORD... - run ptyfork with that command there, its pid in $pid, and
# wait until the terminal is raw
victim() {
	run_in_terminal "ulimit -c 0
		sh -c 'echo \$\$ >pid; exec ptyfork -- $*'"
	within 20 is_raw
	pid=$(cat pid)
}

# flags - those of 0, 1 and 2 of the caller
flags() {
	local caller

	caller=$(mux display-message -p '#{pane_pid}')
	grep flags "/proc/$caller/fdinfo/"[012]
}

# ended STATUS - wait for that end; the terminal is as before, or soon will be
ended() {
	within 20 test -s status
	[ "$(cat status)" -eq "$1" ] || {
		echo "status $(cat status), not $1"
		return 1
	}
	within 20 modes_are "$before" || {
		echo "modes: $before, now $(modes)"
		return 1
	}
	[ "$(flags)" = "$flags_before" ]
}

@test "every signal that ends ptyfork leaves the terminal as it was" {
	for sig in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 \
		ALRM TERM STKFLT XCPU XFSZ VTALRM PROF IO PWR SYS; do
		victim sleep 100
		kill -"$sig" "$pid"
		ended $((128 + $(kill -l "$sig"))) || {
			echo "signal $sig"
			return 1
		}
		close_terminal
	done
}

@test "SIGKILL after any other signal leaves the terminal as it was" {
	for sig in PIPE CHLD CONT STOP TSTP TTIN TTOU URG WINCH; do
		victim sleep 100
		kill -"$sig" "$pid"
		kill -KILL "$pid"
		ended 137 || {
			echo "signal $sig"
			return 1
		}
		close_terminal
	done
}

@test "a killed ptyfork leaves modes alone that somebody has changed since" {
	victim sleep 100
	kill -STOP "$pid"
	stty -F "$outer" sane -echo
	changed=$(modes)
	kill -KILL "$pid"
	within 20 test -s status
	within 20 none_on_terminal sleep
	modes_are "$changed"
}

# none_on_terminal NAME - has every process of that name here ended?
none_on_terminal() {
	local process

	for process in $(ours); do
		! grep -qxF "$1" "/proc/$process/comm" 2>/dev/null || return 1
	done
}

@test "a killed ptyfork ends its command with the terminal" {
	script 'trap "" TERM INT' 'while read -r x; do :; done'
	victim sh script
	kill -KILL "$pid"
	ended 137
	within 20 none_on_terminal ptyfork
}

@test "a command that ignores SIGHUP does not keep the terminal raw" {
	for sig in KILL SEGV; do
		script 'trap "" HUP' 'read -r x; read -r x'
		victim sh script
		kill -"$sig" "$pid"
		ended $((128 + $(kill -l "$sig")))
		close_terminal
	done
}

@test "signals for ptyfork reach a command that handles them" {
	for sig in HUP INT QUIT TERM USR1 USR2; do
		script "trap 'echo got; exit 3' $sig" 'echo now' \
			'while :; do sleep 0.05; done'
		victim sh script
		shows now
		kill -"$sig" "$pid"
		shows got
		ended 3
		close_terminal
	done
}

@test "the modes are back before a caller sees what ended ptyfork" {
	for sig in ALRM VTALRM PROF XCPU IO PWR STKFLT 34 64; do
		run_in_terminal "sh -c 'echo \$\$ >pid; exec ptyfork sleep 100'
			stty -g >after"
		within 20 is_raw
		kill -"$sig" "$(cat pid)"
		within 20 test -s after
		[ "$(cat after)" = "$before" ] || { echo "$sig"; return 1; }
		rm after
		close_terminal
	done
}

# A shell handles its own trap after the end of what it waits for.
late="trap 'exit 9' HUP INT QUIT TERM; sh -c 'echo >up; exec sleep 60'"

@test "TERM and HUP end the whole job of a command on a terminal" {
	script "$late"
	for sig in TERM HUP; do
		rm -f up
		victim bash script
		# Its caller has made an empty one.
		within 20 test -s up
		kill -"$sig" "$pid"
		ended 9
		close_terminal
	done
}

@test "a stop from inside another namespace does not stop ptyfork" {
	as_root
	script 'echo $$ >inner' 'kill -STOP $$' 'kill -TSTP $$' 'echo on >on' \
		'exit 4'
	run_in_terminal "sh -c 'echo \$\$ >pid; exec ptyfork -m -- sh script'"
	within 20 test -s inner
	pid=$(cat pid)
	within 20 in_state "$(cat inner)" T
	# It may be at work for a moment.
	within 20 in_state "$pid" S
	is_raw
	kill -CONT "$(cat inner)"
	within 20 test -s on
	ended 4
}

@test "a caller's descriptors stay in blocking mode, even for a killed ptyfork" {
	victim cat
	[ "$(flags)" = "$flags_before" ]
	kill -KILL "$pid"
	ended 137
}

@test "^Z does nothing where no shell could resume what stops" {
	victim cat
	presses C-z
	types hello
	shows '(\^Z)?hello'
	shows hello
	presses C-d
	ended 0
}

@test "the terminal is as it was after a normal end" {
	run_in_terminal "ptyfork -- sh -c 'exit 3'"
	ended 3
}

@test "the terminal is as it was after a command that left its own raw" {
	run_in_terminal 'ptyfork -- stty raw -echo'
	ended 0
}

@test "a command that is not there is one line on an unchanged terminal" {
	run_in_terminal 'ptyfork -- no-such-command'
	ended 127
	shows "ptyfork: cannot execute 'no-such-command': .*"
	[ "$(screen | grep -c .)" -eq 1 ]
}

@test "a full disk is one line on the terminal as it was" {
	run_in_terminal 'ptyfork -- echo x >/dev/full'
	ended 125
	shows 'ptyfork: cannot write to standard output: No space left.*'
}

@test "a reader that ends early leaves the terminal as it was" {
	run_in_terminal 'ptyfork -- yes | head -n 1'
	ended 0
	shows y
}

# closes COMMAND - close the window in which ptyfork runs COMMAND; teardown sees
# what is left behind
closes() {
	victim "$@"
	mux kill-session
	within 20 none_of_ours
}

@test "nothing is left of a command whose window was closed" {
	closes sleep 100
	closes cat
	closes dash
	closes bash --norc --noprofile
}

@test "nothing is left of a reader that ignores SIGHUP in a closed window" {
	script 'trap "" HUP' 'read -r x; read -r x'
	closes sh script
}

@test "nothing is left of a writer that ignores SIGHUP in a closed window" {
	script 'trap "" HUP' 'while echo x; do :; done'
	closes sh script
}

@test "nothing is left of what was suspended in a closed window" {
	needs dash
	terminal dash
	shows '\$'
	before=$(modes)
	starts ptyfork sleep 100
	presses C-z
	shows '.*Stopped.*'
	mux kill-session
	within 20 none_of_ours
}

# types_behind COMMAND - a program that COMMAND starts types at every terminal
# it finds; $took is at how many, $foreign at how many that are the caller's
types_behind() {
	run_in_terminal "exec 5<>/dev/tty; cd /; $1 \"\$HELPER\" sti
		cd -; echo again; read -r x; echo \"<\$x>\""
	shows typed
	shows again
	types ''
	shows '<X*>'
	within 20 test -s status
	screen | grep -c '^took' >took || true
	screen | grep -cx "took $(stat -c %t:%T "$outer")" >foreign || true
}

# safe_from_typing COMMAND - did nothing of that come to the caller? Where
# nobody can type behind a back at all, this shows nothing.
safe_from_typing() {
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null)" != 0 ] ||
		without 'the kernel refuses TIOCSTI by itself'
	types_behind "$1"
	[ "$(cat foreign)" -eq 0 ]
	on_screen '<>'
	modes_are "$before"
}

@test "without ptyfork a command can type at the caller's terminal" {
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null)" != 0 ] ||
		without 'the kernel refuses TIOCSTI by itself'
	types_behind ''
	[ "$(cat foreign)" -ge 5 ]
	on_screen '<X+>'
}

@test "a command cannot type at its caller's terminal" {
	safe_from_typing ptyfork
	[ "$(cat took)" -ge 3 ]
}

@test "a command of a plain user cannot type at its caller's terminal" {
	as_root
	safe_from_typing 'setpriv --reuid 65534 --regid 65534 --clear-groups \
		ptyfork'
	[ "$(cat took)" -ge 3 ]
}

@test "root of a user namespace cannot type at its caller's terminal" {
	needs unshare
	unshare -U true || without 'no user namespaces here'
	safe_from_typing 'ptyfork --map-root-user'
	[ "$(cat took)" -ge 3 ]
}

@test "a command without a terminal to type at does not get the caller's" {
	safe_from_typing 'ptyfork </dev/null'
}

@test "a session leader gets no controlling terminal by ptyfork" {
	needs setsid ps
	script 'ptyfork -- true' 'ps -o tty= -p $$'
	run -0 setsid -w sh script </dev/null
	[ "$output" = '?' ]
	run -0 setsid -w ptyfork -- sh -c 'ps -o tty= -p "$PPID"' </dev/null
	[ "$output" = '?' ]
	run_in_terminal 'setsid -w sh script'
	ended 0
	shows '\?'
}
