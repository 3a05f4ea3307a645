#!/usr/bin/env bats
# held.bats - what is done while COMMAND is held: hooks, pid files, the look-up
# What is in single quotes is for the command to expand; run sets stderr.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib

# fork OPTION... - ptyfork, which may not hang
fork() {
	timeout -k 1 20 ptyfork "$@"
}

@test "--hook runs in the caller's namespaces, in order, before the command" {
	as_root
	run -0 --separate-stderr fork --no-tty -u -p --pid-file pid \
		--hook 'echo "one $1 $(cat pid)" >>log' \
		--hook 'readlink /proc/self/ns/uts "/proc/$1/ns/uts" >>log' \
		-- sh -c 'readlink /proc/self/ns/uts >>log'
	[ "$output$stderr" = '' ]
	read -r word pid noted <log
	[ "$word" = one ]
	[ "$pid" = "$noted" ]
	[ "$(sed -n 2p log)" = "$(readlink /proc/self/ns/uts)" ]
	[ "$(sed -n 3p log)" = "$(sed -n 4p log)" ]
	[ "$(sed -n 2p log)" != "$(sed -n 3p log)" ]
}

@test "--hook runs before the first tool of the chain" {
	run -0 --separate-stderr fork --no-tty --hook 'mkdir d' -- \
		confine --chdir "$PWD/d" -- pwd
	[ "$output" = "$PWD/d" ]
}

@test "--hook has the caller's input, output and error, and default signals" {
	run -125 --separate-stderr sh -c 'trap "" USR1; echo in | timeout -k 1 20 \
		ptyfork --no-tty --hook "cat; echo err >&2
		kill -USR1 \$\$ || :; echo no" -- true'
	[ "$output" = in ]
	[[ $stderr == 'err'*'was killed by signal 10' ]]
}

@test "a hook that fails is 125 in one line, with nothing left of the rest" {
	fails 125 "ptyfork: cannot start 'touch': hook 'exit 3' failed with status 3" \
		fork --no-tty --pid-file pid --pid-start start --hook 'exit 3' \
		--hook 'touch ran' -- touch ran
	[ ! -e ran ]
	[ ! -e pid ]
	[ ! -e start ]
}

@test "a hook is run for a command on a terminal, too" {
	run -0 on_tty 'ptyfork --hook "echo \$1 >hooked" -- sh -c "echo \$\$ >ran"'
	[ "$(cat hooked)" = "$(cat ran)" ]
}

@test "a signal ends ptyfork and its hook, and nothing is left" {
	ptyfork --no-tty --pid-file pid --hook 'touch on; sleep 60; touch late' \
		-- touch ran 3>&- &
	started+=" $!"
	pid=$!
	within 20 test -e on
	kill -TERM "$pid"
	ends 143 "$pid"
	[ ! -e ran ]
	[ ! -e pid ]
	within 20 none_of_ours
}

@test "KILL of ptyfork ends the hook and the held command" {
	ptyfork --no-tty --hook 'touch on; exec sleep 60' -- touch ran 3>&- &
	started+=" $!"
	pid=$!
	within 20 test -e on
	kill -KILL "$pid"
	within 20 none_of_ours
	[ ! -e ran ]
}

# killed COMMAND... - ptyfork is killed once the file "on" is there, with which
# its pid files are there, too; they are removed by a process that goes on
killed() {
	rm -f on
	"$@" 3>&- &
	pid=$!
	started+=" $pid"
	within 20 test -e on
	[ -s pid ]
	[ -s start ]
	kill -KILL "$pid"
}

@test "KILL of ptyfork leaves no pid file of what was held" {
	killed ptyfork --no-tty --pid-file pid --pid-start start \
		--hook 'touch on; exec sleep 60' -- touch ran
	within 20 none_of_ours
	within 20 test ! -e pid
	within 20 test ! -e start
	[ ! -e ran ]
}

@test "KILL of ptyfork leaves its pid files while the command runs" {
	killed ptyfork --no-tty --pid-file pid --pid-start start \
		-- sh -c 'echo >on; exec sleep 60'
	read -rt 0.3 <> <(:) || true
	[ -e "/proc/$(<pid)/stat" ]
	[ -s start ]
	kill -KILL "$(<pid)"
	within 20 none_of_ours
	within 20 test ! -e pid
	within 20 test ! -e start
}

@test "KILL of the group of ptyfork leaves no pid file" {
	killed setsid ptyfork --pid-file pid --pid-start start \
		-- sh -c 'echo >on; exec sleep 60'
	kill -KILL "-$pid" || true
	within 20 none_of_ours
	within 20 test ! -e pid
	within 20 test ! -e start
}

# bats test_tags=unsanitized
@test "what keeps the pid files is out of the group before the command runs" {
	local sessions runs

	needs strace
	timeout 20 strace -f -qq -o trace -e trace=setsid,execve -e signal=none \
		-e inject=setsid:delay_enter=300000 \
		ptyfork --no-tty --pid-file pid -- touch ran 3>&-
	sessions=$(grep -c 'setsid.* = ' trace)
	[ "$sessions" -ge 1 ]
	runs=$(grep -n 'execve("[^"]*/touch"' trace | tail -n 1)
	[ "$(head -n "${runs%%:*}" trace | grep -c 'setsid.* = ')" = "$sessions" ]
}

@test "--pid-start has the pid and its start time, before the command runs" {
	run -0 fork --no-tty --pid-start start -- sh -c \
		'cat start; echo $$; cut -d " " -f 22 /proc/$$/stat; wc -l <start'
	[ "${lines[0]}" = "${lines[1]} ${lines[2]}" ]
	[ "${lines[3]}" -eq 1 ]
}

@test "--keep-pid-file leaves the files, unless nothing was started" {
	for way in '' --no-tty; do
		# shellcheck disable=SC2086
		run -0 fork $way --keep-pid-file --pid-file pid --pid-start start \
			-- sh -c 'echo $$ >own'
		[ "$(cat pid)" = "$(cat own)" ]
		[[ $(cat start) == "$(cat own) "* ]]
		rm pid start
	done
	run ! fork --no-tty --keep-pid-file --pid-file pid --pid-start start \
		-- ./none
	[ ! -e pid ]
	[ ! -e start ]
}

@test "--pid-start tells a time from a name that looks like one" {
	cp "$(command -v sh)" ') S 1 2 3'
	run -0 fork --no-tty --pid-start start -- './) S 1 2 3' -c \
		'cat start; sed "s/.*)//" /proc/$$/stat | cut -d " " -f 21'
	[ "${lines[0]#* }" = "${lines[1]}" ]
}

@test "--stderr is the command's standard error, not that of the tools" {
	as_root
	fork --no-tty --stderr 7 -- sh -c 'echo out; echo err >&2' 7>got >out 2>no
	[ "$(cat out),$(cat got),$(cat no)" = out,err, ]
	fails 127 "ptyfork: cannot execute './none': *" \
		fork --no-tty --stderr 7 --pid-file pid -- ./none 7>got
	[ ! -s got ]
	run -0 sh -c 'exec 7>got; ptyfork -u --no-tty --stderr 7 -- "$HELPER" open_fds'
	[ "$output" = '0 1 2' ]
}

@test "--stderr refuses what is not passed on, and a terminal's place" {
	fails 125 'ptyfork: cannot use fd 9: it was not passed on' \
		fork --no-tty --stderr 9 -- true 9>&-
	fails 125 "ptyfork: --stderr takes a descriptor from 3; *" \
		fork --no-tty --stderr 1 -- true
	fails 125 "ptyfork: --stderr needs a standard error that is not the \
terminal: *" fork --stderr 7 -- true 7>got
}

@test "--messages has what the tools say, the command the standard error" {
	as_root
	fork --no-tty --messages log -- sh -c 'echo out; echo err >&2' >out 2>err
	[ "$(cat out),$(cat err),$(cat log)" = out,err, ]
	run -127 --separate-stderr fork --no-tty --messages log -- ./none
	[ "$output$stderr" = '' ]
	run -125 --separate-stderr fork --messages log -- newroot none -- true
	[ "$output$stderr" = '' ]
	[[ $(cat log) == "ptyfork: cannot execute './none': "*$'\n'"newroot: cannot open root 'none': "* ]]
	run -0 fork --messages log -- sh -c 'tty >&2'
	[[ $output == /dev/pts/* ]]
	run -0 fork -u --no-tty --messages log -- "$HELPER" open_fds
	[ "$output" = '0 1 2' ]
	fails 125 "ptyfork: cannot open 'no/log': *" fork --messages no/log true
	for with in '--stderr 7 --no-tty' --split-stderr; do
		eval "fails 125 'ptyfork: --messages excludes *' \
			fork --messages log $with true" 7>got
	done
}

@test "--hold waits for a byte from a FIFO, and takes no more" {
	# Held, it has the output open.
	fork --detach --no-tty --hold gate --pid-file pid -- \
		sh -c 'echo ran >ran; ls -l /proc/self/fd >fds' \
		</dev/null >out 2>&1 3>&-
	[ ! -e ran ]
	[ "$(stat -c '%F %a' gate)" = 'fifo 600' ]
	[[ $(readlink "/proc/$(cat pid)/exe") == *ptybox* ]]
	echo 1<>gate
	within 20 grep -q ran ran
	within 20 grep -q 2 fds
	run ! grep gate fds
	fails 125 "ptyfork: cannot wait on 'ran': it is no FIFO" fork --hold ran true
	fails 125 "ptyfork: cannot make 'no/where': *" fork --hold no/where true
	fails 125 'confine: cannot wait on fd 7: a tool before waits on fd *' \
		fork --preserve-fds 7, --hold gate -- confine --hold 7 -- true 7<>gate
	fails 127 "ptyfork: cannot execute './none': *" \
		fork --no-tty --hold gate -- ./none
}

# waits PID - does it read from the gate?
waits() {
	local fd

	read -r _ fd _ <"/proc/$1/syscall"
	[[ $fd == 0x* ]] && [ "/proc/$1/fd/$((fd))" -ef gate ]
}

@test "KILL of ptyfork ends what waits on --hold" {
	ways=(--raw --no-tty)
	[ "$(id -u)" -ne 0 ] || ways+=(--mount --pid)
	for way in "${ways[@]}"; do
		ptyfork "$way" --hold gate --pid-file pid -- touch ran 3>&- &
		pid=$!
		started+=" $pid"
		within 20 test -s pid
		within 20 waits "$(<pid)"
		# By that its terminal would not hang up.
		run -0 ls -l "/proc/$(<pid)/fd"
		[[ $output != *ptmx* ]]
		kill -KILL "$pid"
		within 20 none_of_ours
		within 20 test ! -e pid
	done
	[ ! -e ran ]
}

@test "what waits on --hold and is detached outlives ptyfork" {
	fork --detach --no-tty --hold gate -- touch ran 3>&-
	[ ! -e ran ]
	echo 1<>gate
	within 20 test -e ran
}

@test "--cpu-list is where ptyfork and its command run" {
	run -0 fork --no-tty --cpu-list 0 -- \
		grep Cpus_allowed_list /proc/self/status
	[ "${output##*[[:blank:]]}" = 0 ]
	fails 125 "ptyfork: bad --cpu-list 'x': want one as 0-3,8; *" \
		fork --cpu-list x true
	fails 125 "ptyfork: cannot run on CPUs '8191': *" \
		fork --cpu-list 8191 true
}

@test "a command is looked up before anything is told of it" {
	as_root
	echo >plain
	mkdir bin
	echo '#!/bin/sh' >bin/denied
	PATH=$PWD/bin:$PATH
	for how in './none 127' './plain 126' '/ 126' 'none 127' 'denied 126' \
		"'' 127"; do
		eval "set -- $how"
		fails "$2" "ptyfork: cannot execute '$1': *" fork --no-tty \
			--pid-file pid --hook '[ ! -e pid ] || : >hooked' -- "$1"
		fails "$2" "ptyfork: cannot execute '$1': *" fork --no-tty -- \
			confine --hold 7 -- "$1" 7<> <(:)
	done
}

@test "a command that only its new user may not run is looked up as that user" {
	as_root
	cp "$(type -P true)" true
	chmod 700 true
	chmod 755 .
	fails 126 "ptyfork: cannot execute './true': *" fork --no-tty --pid-file \
		pid -- confine --reuid 65534 --regid 65534 --clear-groups -- ./true
	[ ! -e pid ]
}

@test "a hook may begin with a dash" {
	printf '#!/bin/sh\necho went >went\n' >-go
	chmod +x ./-go
	PATH=$PWD:$PATH run -0 fork --no-tty --hook -go -- cat went
	[ "$output" = went ]
}
