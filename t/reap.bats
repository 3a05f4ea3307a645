#!/usr/bin/env bats
# reap: a command's end, what it leaves behind, and the process in its pid file
# shellcheck disable=SC2016 # commands are for another shell to expand
load lib

setup() {
	stage_pause
}

# daemon SCRIPT - the words of a command that leaves SCRIPT, with its pid in the
# file pid. SCRIPT begins when the command has ended: a shell that sees the end
# of its job first takes the status away.
daemon() {
	command=(sh -c 'sh -c "$1" "$$" & echo "$!" >pid' -
		"until [ ! -e \"/proc/\$0\" ]; do :; done; $1")
}

# pid_file_names COMMAND... - reap says why it does not follow what COMMAND,
# which succeeds, wrote to the pid file
pid_file_names() {
	fails 125 "reap: cannot follow the process in 'pid': $1" \
		timeout 20 reap --pid-file pid -- sh -c "$2"
}

# parent_is PID PARENT
parent_is() {
	[ "$(awk '/^PPid/ { print $2 }' "/proc/$1/status")" = "$2" ]
}

# told FILE - there is something in it
told() {
	[ -s "$1" ]
}

@test "reap ends with the status of its command" {
	for status in 0 1 9 124 125 126 127 200 255; do
		run "-$status" --separate-stderr reap -- sh -c "exit $status"
		[ -z "$output$stderr" ]
	done
}

@test "reap tells the signal that ended its command" {
	for sig in 1 2 9 15 34 64; do
		run "-$((128 + sig))" reap -- sh -c "kill -$sig \$\$; exit 3"
	done
}

@test "reap passes input and output through" {
	[ "$(echo in | reap -- sh -c 'cat; echo err >&2' 2>&1)" = in$'\n'err ]
}

@test "reap says that a command is missing or cannot be executed" {
	fails 127 "reap: cannot execute './missing': *" reap -- ./missing
	fails 127 "reap: cannot execute 'missing-x': *" reap -- missing-x
	fails 126 "reap: cannot execute '/': *" reap -- /
}

@test "reap without a command, or with bad options, is an error" {
	fails 125 'reap: missing operand*' reap
	fails 125 'reap: *nosuch*' reap --nosuch -- true
}

@test "reap runs another of our tools without a file of it" {
	PATH=$PATH:/nowhere run -0 "$(command -v reap)" -- reap -- sh -c 'echo x'
	[ "$output" = x ]
}

@test "what the command leaves behind becomes reap's child, and no zombie" {
	mkfifo hold
	reap -- sh -c '
		sh -c "sh -c \": <hold\" & echo \$! >orphan"
		read -r pid <orphan
		until [ "$(cut -d" " -f4 "/proc/$pid/stat")" = "$PPID" ]; do :; done
		: >hold
		until [ ! -e "/proc/$pid" ]; do :; done
		echo "reaped by $PPID"' >out 3>&- &
	reap=$!
	ends 0 "$reap"
	[ "$(cat out)" = "reaped by $reap" ]
}

@test "reap does not wait for what its command leaves behind" {
	mkfifo hold
	run -7 timeout 20 reap -- sh -c 'sh -c "exec 3<>hold; echo \$\$ >pid; read -r x <&3" >/dev/null 2>&1 &
		until [ -s pid ]; do :; done; exit 7'
	kill "$(cat pid)"
}

@test "the status is that of the process in the pid file" {
	for status in 0 3 9 255; do
		daemon "exit $status"
		run "-$status" timeout 20 reap --pid-file pid -- "${command[@]}"
	done
	daemon 'kill -KILL $$'
	run -137 timeout 20 reap -p pid -- "${command[@]}"
}

@test "that process is waited for, however long its command is gone" {
	mkfifo hold
	daemon 'read -r x <hold; exit 9'
	reap --pid-file pid -- "${command[@]}" 3>&- &
	reap=$!
	within 20 told pid
	within 20 parent_is "$(cat pid)" "$reap"
	feed hold
	ends 9 "$reap"
}

@test "a process that ended before its command wrote the pid file counts" {
	run -9 timeout 20 reap --pid-file pid -- sh -c '
		sh -c "sh -c \"\$1\" \"\$\$\" & echo \"\$!\" >number" - "$1"
		read -r n <number
		until grep -q "^State:.Z" "/proc/$n/status"; do :; done
		cp number pid' - 'until [ ! -e "/proc/$0" ]; do :; done; exit 9'
}

@test "a process that ended as a child of its command counts" {
	mkfifo hold
	reap --pid-file pid -- sh -c '
		sh -c "until grep -q cat \"/proc/\$PPID/comm\"; do :; done
			exit 9" &
		echo "$!" >pid
		exec cat hold' 3>&- &
	reap=$!
	within 20 told pid
	zombie() {
		grep -q '^State:.Z' "/proc/$(cat pid)/status"
	}
	within 20 zombie
	feed hold
	ends 9 "$reap"
}

@test "a process that ended while its command went on counts" {
	daemon 'exit 9'
	run -9 timeout 20 reap --pid-file pid -- sh -c '
		"$@" 
		read -r n <pid
		until [ ! -e "/proc/$n" ]; do :; done' - "${command[@]}"
}

@test "orphans that end first are not taken for it" {
	mkfifo hold
	reap --pid-file pid -- sh -c '
		for i in 1 2 3; do (setsid sh -c "exit $i" &) done
		sh -c "read -r x <hold; exit 9" &
		echo "$!" >pid
		for i in 4 5 6; do (setsid sh -c "exit $i" &) done' 3>&- &
	reap=$!
	within 20 told pid
	within 20 parent_is "$(cat pid)" "$reap"
	only_child() {
		[ "$(cat "/proc/$reap/task/$reap/children")" = "$(cat pid) " ]
	}
	within 20 only_child
	feed hold
	ends 9 "$reap"
}

@test "the command's status counts where it fails without a pid file" {
	run -4 --separate-stderr reap --pid-file pid -- sh -c 'exit 4'
	[ -z "$output$stderr" ]
	run -127 reap --pid-file pid -- ./missing
}

@test "an old pid file is removed first" {
	echo 1 >pid
	run -4 --separate-stderr reap --pid-file pid -- sh -c '[ ! -e pid ]; exit 4'
	[ -z "$stderr" ]
	ln -s /nowhere/x pid
	run -5 reap --pid-file pid -- sh -c 'exit 5'
	[ ! -L pid ]
	mkdir pid
	fails 125 "reap: cannot remove 'pid': *" reap --pid-file pid -- true
}

@test "a stopped process has not ended" {
	mkfifo hold
	daemon 'read -r x <hold; exit 3'
	reap --pid-file pid -- "${command[@]}" 3>&- &
	reap=$!
	within 20 told pid
	pid=$(cat pid)
	within 20 parent_is "$pid" "$reap"
	kill -STOP "$pid"
	within 20 in_state "$pid" T
	kill -0 "$reap"
	kill -CONT "$pid"
	feed hold
	ends 3 "$reap"
	# Nor has COMMAND itself; its end is a signal for reap as the stop was.
	rm pid
	reap -- sh -c 'echo "$$" >pid; read -r x <hold; exit 4' 3>&- &
	reap=$!
	within 20 told pid
	kill -STOP "$(cat pid)"
	within 20 in_state "$(cat pid)" T
	read -rt 0.2 <> <(:) || true
	kill -0 "$reap"
	kill -CONT "$(cat pid)"
	feed hold
	ends 4 "$reap"
}

@test "a pid file without the pid of a descendant is not believed" {
	pid_file_names 'it holds no pid' ': >pid'
	pid_file_names 'it holds no pid' 'echo x >pid'
	pid_file_names 'it holds no pid' 'echo 12x >pid'
	pid_file_names 'it holds no pid' 'echo -1 >pid'
	pid_file_names 'it holds no pid' 'echo 0 >pid'
	pid_file_names 'it holds no pid' 'echo 99999999999 >pid'
	pid_file_names 'it holds no pid' 'printf "1\0" >pid'
	pid_file_names 'it holds no pid' 'printf "1\n\n" >pid'
	pid_file_names 'it holds no pid' 'rm -f pid; mkfifo pid'
	rm pid
	pid_file_names 'it holds no pid' 'rm -f pid; mkdir pid'
	rmdir pid
	pid_file_names 'it is no descendant of this process' 'echo 1 >pid'
	pid_file_names 'it is no descendant of this process' 'echo "$PPID" >pid'
}

@test "a command that fails has its own status, whatever is in its pid file" {
	run -4 --separate-stderr reap --pid-file pid -- sh -c 'echo 1 >pid; exit 4'
	[ -z "$stderr" ]
	run -4 reap --pid-file pid -- sh -c 'echo x >pid; exit 4'
}

@test "a command that waits for the process itself speaks for it" {
	for status in 0 9; do
		run "-$status" --separate-stderr reap --pid-file pid -- \
			sh -c 'sh -c "exit $1" & echo "$!" >pid; wait "$!"' - "$status"
		[ -z "$stderr" ]
		run "-$status" reap --pid-file pid -- \
			ptyfork --pid-file pid -- sh -c "exit $status"
		run "-$status" reap --pid-file pid -- \
			sh -c 'echo "$$" >pid; exit "$1"' - "$status"
	done
}

@test "a process whose parent is another becomes reap's own when that dies" {
	mkfifo hold parent
	reap --pid-file pid -- sh -c '
		sh -c "
			sh -c \"read -r x <hold; exit 9\" & echo \$! >pid
			read -r x <parent
			kill -KILL \$\$" &
		until [ -s pid ]; do :; done' 3>&- &
	reap=$!
	within 20 told pid
	pid=$(cat pid)
	run ! parent_is "$pid" "$reap"
	feed parent
	within 20 parent_is "$pid" "$reap"
	feed hold
	ends 9 "$reap"
}

@test "a process whose status another has taken is no success" {
	mkfifo hold later
	reap --pid-file pid -- sh -c '
		sh -c "
			sh -c \"read -r x <hold\" & echo \$! >pid
			wait; read -r x <later" &
		until [ -s pid ]; do :; done' 2>err 3>&- &
	reap=$!
	within 20 told pid
	parent=$(awk '/^PPid/ { print $2 }' "/proc/$(cat pid)/status")
	within 20 parent_is "$parent" "$reap"
	feed hold
	ends 125 "$reap"
	[ "$(cat err)" = "reap: cannot get the status of process $(cat pid): its parent took it" ]
	feed later
}

@test "signals are passed on to the command" {
	for sig in HUP INT QUIT USR1 USR2 PIPE ALRM TERM WINCH 35; do
		rm -f ready
		# A job in the background ignores INT and QUIT.
		env --default-signal reap -- "$BASH" -c '
			trap "echo got; exit 5" "$1"; : >ready
			while :; do read -rt 0.05 <>pause; done' - "$sig" >out 3>&- &
		reap=$!
		within 20 test -e ready
		kill -s "$sig" "$reap"
		ends 5 "$reap"
		[ "$(cat out)" = got ]
	done
}

@test "signals are passed on to the process in the pid file" {
	daemon 'trap "exit 6" TERM; : >ready; while :; do sleep 0.05; done'
	reap --pid-file pid -- "${command[@]}" 3>&- &
	reap=$!
	within 20 test -e ready
	within 20 parent_is "$(cat pid)" "$reap"
	kill "$reap"
	ends 6 "$reap"
}

@test "a signal to end that comes while the command succeeds is not lost" {
	for sig in TERM INT HUP QUIT; do
		rm -f ready go pid
		env --default-signal reap --pid-file pid -- "$BASH" -c '
			trap "" "$1"
			env --default-signal "$BASH" -c "
				trap \"exit 6\" $1; : >ready
				while :; do read -rt 0.05 <>pause; done" &
			echo "$!" >pid
			until [ -e go ]; do read -rt 0.05 <>pause; done
			exit 0' - "$sig" 3>&- &
		reap=$!
		within 20 test -e ready
		kill -s "$sig" "$reap"
		# Both are signals of a child for reap: the order is this one.
		read -rt 0.2 <> <(:) || true
		: >go
		ends 6 "$reap"
	done
}

@test "a process that a signal ends is told as such" {
	daemon 'exec sleep 60'
	reap --pid-file pid -- "${command[@]}" 3>&- &
	reap=$!
	within 20 told pid
	within 20 parent_is "$(cat pid)" "$reap"
	kill "$reap"
	ends 143 "$reap"
}

@test "what nohup ignores is not passed on" {
	(
		trap '' HUP
		exec reap -- env --default-signal "$BASH" -c '
			trap "exit 9" HUP
			trap "exit 4" USR1
			: >ready
			while :; do read -rt 0.02 <>pause; done'
	) 3>&- &
	reap=$!
	within 20 test -e ready
	# Both at once are passed on in the order of their numbers.
	kill -STOP "$reap"
	kill -HUP "$reap"
	kill -USR1 "$reap"
	kill -CONT "$reap"
	ends 4 "$reap"
}

@test "the command has no signal blocked and its own defaults" {
	run -0 reap -- "$HELPER" mask
	[ "$output" = "$("$HELPER" mask)" ]
}

@test "reap makes no session and does not change the foreground group" {
	on_tty 'echo "$$ $(ps -o sid=,tpgid= -p $$)" >before
		reap -- sh -c "ps -o sid=,tpgid=,pgid= -p \$\$; ps -o pgid= -p \$PPID" >inside' >/dev/null
	read -r _ sid tpgid <before
	{ read -r in_sid in_tpgid in_pgid; read -r reap_pgid; } <inside
	[ "$in_sid" = "$sid" ]
	[ "$in_pgid" = "$reap_pgid" ]
	[ "$in_tpgid" = "$tpgid" ]
}

@test "a key typed at the terminal reaches the command once" {
	fdrecv s -- "$BASH" -c '
		until [ -s ready ]; do read -rt 0.02 <> <(:); done
		read -r reap <ready
		kill -STOP "$reap"
		until grep -q "^State:.T" "/proc/$reap/status"; do :; done
		printf "\003" >&3
		until [ -e got ]; do read -rt 0.02 <> <(:); done
		# What reap passes on it passes in the order of their numbers.
		kill -USR1 "$reap"
		kill -CONT "$reap"
		cat <&3 >cat 2>&1
		exit 0' 3>&- &
	started=$!
	within 20 test -S s
	timeout 30 ptyfork --console-socket s -- reap -- "$BASH" -c '
		trap "echo got >>got" INT
		trap ": >enough" USR1
		echo "$PPID" >ready
		until [ -e enough ]; do read -rt 0.02 <>pause; done
		exit 0'
	ends 0 "$started"
	[ "$(cat got)" = got ]
}

@test "a hang-up of the terminal reaches the command" {
	fdrecv s -- "$BASH" -c '
		until [ -e ready ]; do read -rt 0.02 <> <(:); done
		exit 0' 3>&- &
	started=$!
	within 20 test -S s
	run -7 timeout 20 ptyfork --console-socket s -- reap -- "$BASH" -c '
		trap "exit 7" HUP
		: >ready
		while :; do read -rt 0.02 <>pause; done'
	ends 0 "$started"
}

@test "the stop key stops reap with its command, and both continue" {
	mkfifo hold
	fdrecv s -- "$BASH" -c '
		until [ -e ready ]; do read -rt 0.02 <> <(:); done
		printf "\032" >&3
		cat <&3 >cat 2>&1
		exit 0' 3>&- &
	started=$!
	within 20 test -S s
	ptyfork --console-socket s -- "$BASH" -c '
		set -m
		reap -- sh -c ": >ready; read -r x <hold; exit 8"
		echo "$?" >stopped
		fg
		echo "$?" >ended' 3>&- &
	shell=$!
	within 20 told stopped
	[ "$(cat stopped)" = 148 ]
	feed hold
	ends 0 "$shell"
	ends 0 "$started"
	[ "$(cat ended)" = 8 ]
}

@test "a stop by kill is passed on, and so is the end of it" {
	daemon 'trap "echo stop >>got" TSTP; trap "echo go on >>got" CONT
		: >ready; until [ -e end ]; do sleep 0.05; done; exit 3'
	# A process group that is orphaned, as reap's is here, is not stopped.
	setsid reap --pid-file pid -- "${command[@]}" 3>&- &
	reap=$!
	within 20 told pid
	within 20 parent_is "$(cat pid)" "$reap"
	within 20 test -e ready
	kill -TSTP "$reap"
	within 20 grep -q stop got
	kill -CONT "$reap"
	within 20 grep -q 'go on' got
	: >end
	ends 3 "$reap"
}

@test "--then runs a script at the end, which has the status" {
	run -9 reap --then 'echo "ended $REAP_STATUS"; exit 4' -- sh -c 'exit 9'
	[ "$output" = 'ended 9' ]
	run -0 reap --then 'echo "ended $REAP_STATUS"' -- true
	[ "$output" = 'ended 0' ]
	run -127 reap --then 'echo "ended $REAP_STATUS"' -- ./missing
	[ "${lines[1]}" = 'ended 127' ]
	daemon 'exit 3'
	run -3 timeout 20 reap -p pid --then 'echo "ended $REAP_STATUS"' -- "${command[@]}"
	[ "$output" = 'ended 3' ]
}

@test "the script is told the process and its cgroups" {
	mkfifo hold
	daemon 'cat /proc/self/cgroup >cgroup; read -r x <hold; exit 3'
	reap -p pid --then 'echo "$REAP_PID"; echo "$REAP_CGROUP"' -- \
		"${command[@]}" >out 3>&- &
	reap=$!
	within 20 told cgroup
	within 20 parent_is "$(cat pid)" "$reap"
	feed hold
	ends 3 "$reap"
	[ "$(cat out)" = "$(cat pid cgroup)" ]
	# Without such a process there is neither.
	run -0 reap -p pid --then 'echo "<$REAP_PID$REAP_CGROUP>"' -- true
	[ "$output" = '<>' ]
}

@test "--kill leaves nothing of a command that fails" {
	for status in 1 4 127; do
		quick "$status" reap --kill --pid-file pid -- sh -c '
			sleep 60 &
			setsid sleep 60 &
			sh -c "trap : TERM HUP; sleep 60 & sleep 60; sleep 60" &
			(setsid sh -c "sleep 60 & sleep 60" &)
			exit "$1"' - "$status"
		none_of_ours
	done
	# Nor of one that a signal has ended, or whose pid file cannot be used.
	quick 137 reap -k -- sh -c 'sleep 60 & kill -KILL $$'
	none_of_ours
	quick 125 reap -k -p pid -- sh -c 'sleep 60 & echo 1 >pid'
	none_of_ours
}

@test "--kill ends the process in the pid file of a command that fails" {
	quick 4 reap --kill --pid-file pid -- sh -c '
		sleep 60 & echo "$!" >pid; exit 4'
	none_of_ours
	quick 4 reap --kill --pid-file pid -- sh -c '
		setsid sleep 60 & echo "$!" >pid; (setsid sleep 60 &); exit 4'
	none_of_ours
	# Without it, it is followed.
	daemon 'exit 9'
	command[2]+='; exit 4'
	run -9 timeout 20 reap --pid-file pid -- "${command[@]}"
}

@test "--kill is not for what a command leaves that waited for its process" {
	mkfifo hold
	reap --kill --pid-file pid -- sh -c '
		sh -c "(read -r x <hold; echo \"\$x\" >got) & exit 9" &
		echo "$!" >pid; wait "$!"' 3>&- &
	ends 9 "$!"
	feed hold alive
	within 20 told got
}

@test "--kill leaves a command that succeeds what it has left" {
	mkfifo hold
	run -0 reap --kill -- sh -c 'sh -c "read -r x <hold; echo \$x >got" >out 2>&1 &'
	feed hold alive
	within 20 told got
	daemon 'sh -c "read -r x <hold; echo \$x >got2" & exit 9'
	reap --kill --pid-file pid -- "${command[@]}" 3>&- &
	ends 9 "$!"
	feed hold alive
	within 20 told got2
}

@test "hundreds of orphans are all reaped" {
	run -9 timeout 20 reap --pid-file pid -- sh -c '
		i=0
		while [ $i -lt 300 ]; do sh -c "exit $i" & i=$((i + 1)); done
		sh -c "until [ ! -e /proc/$$ ]; do :; done; exit 9" & echo "$!" >pid'
}

@test "reap is a process 1 as well" {
	as_root
	daemon 'sh -c "sh -c \"exit 3\" &"; exit 9'
	run -9 timeout 20 ptyfork --no-tty --pid --mount-proc -- \
		reap --pid-file pid -- "${command[@]}"
}

# follows PID - does that reap follow a process that is no child of its own?
follows() {
	[ -n "$(find "/proc/$1/fd" -lname '*pidfd*' 2>/dev/null)" ]
}

# Its parent takes its status, and makes another process with its number before
# anybody looks.
@test "a process that has got the number of another is not waited for" {
	as_root
	cat >parent <<-'EOF'
		sleep 60 &
		it=$!
		echo $it >pid
		while [ ! -e go ]; do sleep 0.05; done
		kill -KILL $it
		wait $it
		echo $((it - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		[ $! = $it ] && echo >again
		wait
	EOF
	timeout 30 ptyfork --no-tty -p --mount-proc --kill-child -- reap \
		--pid-file pid -- sh -c '
		sh parent 2>/dev/null & until [ -s pid ]; do :; done; echo >left' 2>err 3>&- &
	started+=" $!"
	reap=$!
	within 20 test -e left
	within 20 follows "$(pgrep -P "$(pgrep -P "$reap")")"
	echo >go
	ends 125 "$reap"
	[ -e again ]
	[ "$(cat err)" = "reap: cannot get the status of process $(cat pid): its parent took it" ]
}

@test "a script may begin with a dash" {
	printf '#!/bin/sh\necho went\n' >-go
	chmod +x ./-go
	PATH=$PWD:$PATH run -0 reap --then -go true
	[ "$output" = went ]
}
