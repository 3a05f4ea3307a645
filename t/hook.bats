#!/usr/bin/env bats
load lib

@test "hook says nothing of a command that has done its work" {
	run -0 --separate-stderr hook sh -c 'echo out; echo err >&2'
	[ -z "$output$stderr" ]
}

@test "hook says how a command failed, and what it printed last" {
	fails 1 "hook: 'sh' ended with status 3: 'out\\\\nerr'" \
		hook sh -c 'echo out; echo err >&2; exit 3'
	fails 1 "hook: 'false' ended with status 1" hook false
	fails 1 "hook: 'sh' was killed by signal 9" hook sh -c 'kill -9 $$'
	fails 1 "hook: 'x y' ended with status 1" hook --name 'x y' -- false
}

@test "hook prints nothing of a command that a terminal would act on" {
	fails 1 "hook: 'sh' ended with status 1: '\\\\x1b\\[31m'" \
		hook sh -c 'printf "\033[31m"; exit 1'
}

@test "hook takes whatever a command prints, and keeps the end of it" {
	run -1 timeout 30 hook sh -c 'head -c 1000000 /dev/zero | tr "\0" a
		head -c 1000000 /dev/zero | tr "\0" b >&2; echo end; exit 1'
	[[ $output == "hook: 'sh' ended with status 1: '...bbb"*"bbbend'" ]]
	[ "${#output}" -lt 400 ]
}

@test "hook waits for the command, not for who holds its output" {
	hook sh -c 'sleep 300 & echo $! >pid' 3>&-
	kill "$(cat pid)"
}

@test "hook kills a command that takes too long, and its children" {
	fails 124 "hook: 'sh' took too long" \
		hook --timeout 0.2 -- sh -c 'sleep 300 & sleep 300'
	within 20 none_of_ours
	fails 125 "hook: *" hook --timeout x true
}

@test "hook ends with 127 and 126 where nothing was run" {
	fails 127 "hook: cannot execute './nothing': *" hook ./nothing
	fails 127 "hook: cannot execute 'no-such-command': *" hook no-such-command
	: >file
	fails 126 "hook: cannot execute './file': *" hook ./file
	fails 126 "hook: cannot execute './file': *" hook --argv0 x ./file
}

@test "hook gives its standard input on, and no other descriptor" {
	echo text >file
	# shellcheck disable=SC2016
	fails 1 "hook: 'sh' ended with status 1: 'text\\\\n0 1 2 3'" \
		hook sh -c 'cat; cd /proc/self/fd && echo *; exit 1' <file 7<file
}

@test "hook sets environment, directory and argument 0" {
	mkdir dir
	# shellcheck disable=SC2016
	fails 1 "hook: '/bin/sh' ended with status 1: 'me*/dir B=c'" \
		hook --clear-env --env A=b --env A=B=c --chdir dir --argv0 me \
		-- /bin/sh -c 'echo "$0 $PWD $A$HOME"; exit 1'
	fails 125 "hook: bad --env 'A': *" hook --env A true
	fails 125 "hook: bad --env '=A': *" hook --env =A true
	fails 125 "hook: cannot change to directory 'none': *" \
		hook --chdir none true
}

@test "hook that is killed takes its command with it" {
	for signal in TERM KILL; do
		hook sh -c 'echo $$ >pid; exec sleep 300' 3>&- &
		started=$!
		within 20 test -s pid
		kill -"$signal" "$started"
		ends $((128 + $(kill -l "$signal"))) "$started"
		within 20 gone "$(cat pid)"
		rm pid
	done
}
