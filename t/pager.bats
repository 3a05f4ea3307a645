#!/usr/bin/env bats
# One terminal and several programs that want it: pagers behind ptyfork, keys
# for a command that reads data, two ptyforks at once.
# shellcheck disable=SC2016 # shells in the terminal expand what is typed
# shellcheck disable=SC2154 # tmux.bash sets outer, before and pid
load lib
load tmux

export LESSHISTFILE=- LESS=

teardown() {
	close_terminal
	leave_nothing
}

@test "a pager behind ptyfork gets its keys, and the terminal is as before" {
	needs less
	shell_in_terminal
	for what in 'seq 200' 'sh -c "seq 100; sleep 0.5; seq 101 200"'; do
		types "clear; ptyfork -- $what | less"
		shows ':'
		presses G
		shows 200
		presses q
		ends '(0|141)'
	done
}

@test "a pager that was there first keeps the terminal as well" {
	needs less
	shell_in_terminal
	mkfifo go
	types '{ read -r x <go; ptyfork -- sh -c "stty -a; seq 200"; } | less'
	within 20 is_raw
	feed go
	shows ':'
	presses G
	shows 200
	presses g
	shows '.* icanon .*'
	presses q
	ends 0
}

@test "a key is left to a pager that has not read it yet" {
	shell_in_terminal
	mkfifo go end
	types "ptyfork -- sh -c 'read -r x <end' | bash -c 'm=\$(stty -g </dev/tty)
stty -icanon -echo </dev/tty; read -r x <go; read -rsn1 k </dev/tty
stty \$m </dev/tty; echo \"<\$k>\"'"
	within 20 is_raw
	presses k
	# ptyfork would have it by then.
	sleep 0.3
	feed go
	shows '<k>'
	feed end
	ends 0
}

@test "a command whose output goes on gets a line that was typed" {
	shell_in_terminal
	types "ptyfork -- sh -c 'echo now; read -r x; echo \"<\$x>\"; cat' | tee log"
	shows now
	modes_are "$before"
	types hello
	shows '<hello>'
	is_raw
	types more
	presses C-d
	ends 0
	printf '%s\n' now hello '<hello>' more more | cmp - log
}

@test "a command whose output goes on gets an end of file that was typed" {
	shell_in_terminal
	types 'ptyfork -- sh -c "echo now; cat; echo end" | tee log'
	shows now
	presses C-d
	shows end
	ends 0
}

@test "a command whose output goes on gets single keys as soon as it wants" {
	shell_in_terminal
	types "ptyfork -- bash -c 'read -rsn1 x; echo \"<\$x>\"' | tee log"
	within 20 is_raw
	presses k
	shows '<k>'
	ends 0
	types "ptyfork -- sh -c 'stty -echo; echo now; read -r x; echo \"<\$x>\"' | tee log"
	shows now
	within 20 is_raw
	types secret
	shows '<secret>'
	ends 0
	run -1 on_screen secret
}

@test "keys go to a command that reads data" {
	needs less
	shell_in_terminal
	types 'seq 200 | ptyfork --tty 1,2 -- less'
	shows ':'
	presses G
	shows 200
	presses q
	ends 0
	types "seq 200 | ptyfork --tty 1,2 -- bash -c 'read -rsn1 x </dev/tty; echo \"<\$x>\"' | tee log"
	within 20 is_raw
	presses k
	shows '<k>'
	ends 0
}

@test "without a terminal a command that reads data has no keys" {
	run -0 setsid -w timeout 20 ptyfork --tty 1,2 -- cat < <(echo data)
	[ "$output" = data ]
}

# beside - run two ptyforks as one job, which start and end when they are told
# to by s1, s2, e1, e2
beside() {
	cat >job <<-'EOF'
		for n in 1 2; do
			sh -c "echo >up$n; read x <s$n
				exec ptyfork -- sh -c 'echo in$n; read x <e$n'" </dev/tty &
		done
		wait
	EOF
	mkfifo s1 s2 e1 e2
	shell_in_terminal
	types 'sh job'
	within 20 test -e up1 -a -e up2
}

# tool N - the process of the Nth ptyfork that is on the terminal outside
tool() {
	pgrep -t "${outer#/dev/}" -fx "ptyfork -- .*read x <e$1"
}

no_tool() {
	! tool "$1" >/dev/null
}

@test "two at once on one terminal: afterwards it is as before the first" {
	for order in '1 2 1 2' '1 2 2 1'; do
		# shellcheck disable=SC2086
		set -- $order
		beside
		feed "s$1"
		shows "in$1"
		within 20 is_raw
		feed "s$2"
		shows "in$2"
		feed "e$3"
		within 20 no_tool "$3"
		is_raw
		feed "e$4"
		ends 0
		close_terminal
		rm -f s? e? up? job
	done
}

@test "two at once, and the first is killed: afterwards it is as before" {
	beside
	feed s1
	shows in1
	within 20 is_raw
	feed s2
	shows in2
	kill -KILL "$(tool 1)"
	within 20 no_tool 1
	is_raw
	feed e2
	ends 0
}

@test "a terminal that killed processes left raw is put back by the next" {
	beside
	feed s1
	shows in1
	within 20 is_raw
	# The tool, and those of its processes that would put the terminal back;
	# a stopped one does not see their end.
	pid=$(tool 1)
	mapfile -t children < <(pgrep -P "$pid")
	kill -STOP "$pid"
	kill -KILL "${children[@]}" "$pid"
	feed s2
	shows ' *in2'
	feed e2
	ends 0
}
