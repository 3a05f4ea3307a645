#!/usr/bin/env bats
# What is in single quotes is for the command to expand; run sets stderr.
# shellcheck disable=SC2016,SC2154
load lib

setup() {
	stage_pause
}

# fork OPTION... - ptyfork, which may not hang
fork() {
	timeout -k 1 20 ptyfork "$@"
}

# start OPTION... - ptyfork in the background, as $pid; its command is told by
# a fifo "go" and tells by files, of which "up" is waited for
start() {
	mkfifo go
	ptyfork "$@" <&0 3>&- &
	pid=$!
	within 20 test -e up
}

# flags N - the flags of the open file description that is fd N here
flags() {
	sed -n 's/^flags:.//p' "/proc/self/fdinfo/$1"
}

# childless PID - it has no child any more
childless() {
	! pgrep -P "$1" >/dev/null
}

# anon PID - the memory of its own that it has, in KiB
anon() {
	awk '/^RssAnon/ { print $2 }' "/proc/$1/status"
}

@test "the core keeps its promises through every schedule" {
	run -0 timeout 300 "$HELPER" sim 1 100000
}

@test "input from a pipe reaches the command, and its end" {
	run -0 fork -- sh -c 'cat; echo end' < <(echo hello)
	[ "$output" = $'hello\nend' ]
}

@test "input from a file reaches the command, and its end" {
	seq 10000 >in
	fork -- cat <in >out
	cmp in out
}

@test "input from /dev/null and from a closed stdin is an end of file" {
	run -0 fork -- sh -c 'cat; echo end' </dev/null
	[ "$output" = end ]
	run -0 sh -c 'timeout 20 ptyfork -- sh -c "cat; echo end" <&-'
	[ "$output" = end ]
}

@test "the end of input is not the end of the output" {
	run -0 fork -- sh -c 'cat; seq 50000' < <(:)
	[ "$output" = "$(seq 50000)" ]
}

@test "an end of file stays one, however often it is read" {
	run -0 fork -- sh -c 'cat; cat; cat; echo end' </dev/null
	[ "$output" = end ]
	run -0 fork -- sh -c 'read -r a; cat; echo "$a"; cat; cat' <<<one
	[ "$output" = one ]
	run -0 fork -- sh -c 'cat; cat' < <(printf unfinished)
	[ "$output" = unfinished ]
}

@test "no NUL comes from an end of input where the terminal is raw" {
	for end in '' ' ' $'\n'; do
		fork -- sh -c 'stty raw min 0 time 3; exec cat' \
			< <(printf %s "$end") >out
		[ "$(tr -d '\0' <out | wc -c)" = "$(wc -c <out)" ]
	done
	fork --raw -- sh -c 'stty min 0 time 3; cat' </dev/null >out
	[ ! -s out ]
}

@test "output is appended to a file that is written to by others, too" {
	echo first >log
	{
		fork -- echo second
		echo third
	} >>log
	[ "$(cat log)" = $'first\nsecond\nthird' ]
}

@test "output to a full disk is one line and 125" {
	for command in 'echo hello' 'exec seq 100000' 'yes'; do
		run -125 --separate-stderr sh -c \
			"timeout 20 ptyfork -- sh -c '$command' >/dev/full"
		[[ $stderr == 'ptyfork: cannot write to standard output: '* ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	run -125 sh -c 'timeout 20 ptyfork --split-stderr -- \
		sh -c "echo a >&2" 2>/dev/full'
}

@test "a command that says nothing does not mind a full disk" {
	run -7 fork -- sh -c 'exit 7' >/dev/full
}

@test "a reader that goes away ends ptyfork as it ends cat" {
	run -0 --separate-stderr bash -c 'timeout 20 ptyfork -- sh -c \
		"echo \$\$ >pid; exec yes" | head -1; echo "${PIPESTATUS[0]}"'
	[ "$output,$stderr" = $'y\n141,' ]
	within 20 gone "$(cat pid)"
}

@test "a command is told by SIGHUP that its reader went away" {
	bash -c 'timeout 20 ptyfork -- bash -c "
		trap \"echo hup >told; exit 0\" HUP
		while echo y; do :; done 2>/dev/null" | head -1' >out
	[ "$(cat out)" = y ]
	within 20 grep -q hup told
}

@test "a command that is silent outlives a reader that went away" {
	run -0 bash -c 'timeout 20 ptyfork -- true | true
		echo "${PIPESTATUS[0]}"'
	[ "$output" = 0 ]
}

@test "a slow reader gets all, and the status is not lost" {
	run -7 bash -c 'set -o pipefail; timeout 60 ptyfork -- sh -c \
		"seq 60000; exit 7" | { while read -rN 4096 a; do
		printf %s "$a"; read -rt 0.001 <> <(:); done
		printf %s "$a"; } >out'
	[ "$(cksum <out)" = "$(seq 60000 | cksum)" ]
}

@test "the command waits for a reader that has stopped, and ends as ever" {
	mkfifo pipe
	exec 5<>pipe
	start -- sh -c 'touch up; head -c 3000000 /dev/zero; touch written
		exit 7' >&5
	read -rt 0.3 <> <(:) || [ ! -e written ]
	[ "$(timeout 20 head -c 3000000 <&5 | wc -c)" = 3000000 ]
	ends 7 "$pid"
	exec 5<&-
}

# left TOOL_OPTION... - a ptyfork, as $pid, whose command has ended and left
# 67000 bytes, behind 65536 that fill the pipe 5: how much of a write fits into
# a pipe that is not empty depends on the writes before. More than it takes in by
# itself, and not so much more that the terminal has no room for the rest.
left() {
	rm -f up go pipe
	mkfifo pipe
	exec 5<>pipe
	timeout 20 head -c 65536 /dev/zero >&5
	start "$@" -- sh -c 'touch up; exec head -c 67000 /dev/zero' >&5
	within 20 childless "$pid"
}

@test "what a command left waits for a full pipe at no cost" {
	left
	waits_at_no_cost "$pid"
	[ "$(timeout 20 head -c 132536 <&5 | wc -c)" = 132536 ]
	ends 0 "$pid"
	exec 5<&-
}

# nothing_pending PID - each signal that came was taken
nothing_pending() {
	grep -q '^ShdPnd:.0*$' "/proc/$1/status"
}

@test "a signal is taken while what a command left waits, and costs nothing" {
	left
	for sig in WINCH CONT CHLD; do
		kill "-$sig" "$pid"
		within 20 nothing_pending "$pid"
	done
	[ "$(timeout 20 head -c 132536 <&5 | wc -c)" = 132536 ]
	ends 0 "$pid"
	exec 5<&-
}

@test "a signal ends ptyfork whose command left what no reader takes" {
	for sig in TERM HUP INT QUIT USR1; do
		left
		kill "-$sig" "$pid"
		ends $((128 + $(kill -l "$sig"))) "$pid"
		exec 5<&-
	done
	left --split-stderr
	kill "$pid"
	ends 143 "$pid"
	exec 5<&-
}

# In a pid namespace of its own, where the number can be had again.
@test "--kill-child does not kill what has got the number of the command" {
	as_root
	run -0 timeout 60 unshare -pf --kill-child --mount-proc \
		env --default-signal bash -c 'mkfifo pipe
		exec 5<>pipe
		head -c 65536 /dev/zero >&5
		ptyfork --kill-child -- sh -c "echo \$\$ >one
			exec head -c 60000 /dev/zero" >pipe 5>&- &
		tool=$!
		until [ -s one ]; do read -rt 0.02 <> <(:); done
		read -r one <one
		while [ -e "/proc/$one" ]; do read -rt 0.02 <> <(:); done
		echo $((one - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 5>&- &
		[ $! -eq "$one" ] || exit 2
		exec 5<&-
		wait "$tool"
		[ $? -eq 141 ] || exit 3
		kill "$one"
		wait "$one"
		[ $? -eq 143 ]' 3>&-
}

@test "output goes to a socket" {
	needs socat
	socat -u EXEC:'timeout 20 ptyfork -- seq 50000' CREATE:out
	[ "$(cksum <out)" = "$(seq 50000 | cksum)" ]
}

@test "input comes from a socket" {
	needs socat
	seq 50000 >in
	socat -u OPEN:in EXEC:'timeout 20 ptyfork -- sort -no out'
	# It is written bit by bit.
	within 20 cmp -s in out
}

@test "with stdout closed the command runs and keeps its status" {
	run -7 --separate-stderr sh -c \
		'exec timeout 20 ptyfork -- sh -c "echo hello; exit 7" >&-'
	[ "$output$stderr" = '' ]
}

@test "the caller's 0, 1 and 2 have the flags that they had" {
	mkfifo in out errors
	exec 5<>in 6<>out 7<>errors
	local before
	before=$(flags 5; flags 6; flags 7)
	start -- sh -c 'touch up; read -r line <go; exit 3' <&5 >&6 2>&7
	[ "$(flags 5; flags 6; flags 7)" = "$before" ]
	kill -KILL "$(pgrep -P "$pid")"
	ends 137 "$pid"
	[ "$(flags 5; flags 6; flags 7)" = "$before" ]
	exec 5<&- 6<&- 7<&-
}

@test "what the command leaves on the terminal does not keep ptyfork" {
	run -3 fork -- sh -c 'trap "" HUP; sleep 60 & echo $! >left; exit 3'
	kill "$(cat left)"
	run -0 fork -- sh -c '(trap "" HUP; while echo y; do :; done) &
		echo $! >left; sleep 0.1'
	kill "$(cat left)" || true
	fork -- sh -c 'echo hello; setsid yes & sleep 0.1' | head -1 >out
	[ "$(cat out)" = hello ]
	fork -- sh -c 'setsid yes & sleep 0.1; exit 0' >out
}

@test "a command that closes its terminal and opens it again is heard" {
	run -4 fork -- sh -c 'echo one; exec </dev/null >/dev/null 2>&1
		sleep 0.5; echo two >/dev/tty; exit 4'
	[ "$output" = $'one\ntwo' ]
}

@test "a command that closed its terminal costs no time" {
	start -- sh -c 'exec </dev/null >/dev/null 2>&1; touch up
		read -r line <go; echo back >/dev/tty; exit 4' >out
	local before
	before=$(ticks "$pid")
	sleep 1
	[ "$(ticks "$pid")" -le $((before + 2)) ]
	feed go
	ends 4 "$pid"
	[ "$(cat out)" = back ]
}

# bats test_tags=unsanitized
@test "input that nobody reads is not kept in memory" {
	start -- sh -c 'touch up; read -r line <go; exit 5' < <(yes) >out
	local before began
	before=$(anon "$pid") began=$(ticks "$pid")
	sleep 1
	[ "$(anon "$pid")" -le $((before + 64)) ]
	[ "$(anon "$pid")" -le 300 ]
	[ "$(ticks "$pid")" -le $((began + 8)) ]
	feed go
	ends 5 "$pid"
}

@test "a command that copies much both ways is never stuck" {
	yes "$(seq -s ' ' 300)" | timeout 20 ptyfork -- sh -c \
		'tee /dev/tty | head -c 20000000' | tail -c 5000 >out
	[ "$(wc -c <out)" = 5000 ]
}

@test "INT, TERM, HUP, QUIT, USR1 and USR2 reach the command" {
	for sig in INT TERM HUP QUIT USR1 USR2; do
		rm -f go up told
		start -- bash -c 'trap "echo '$sig' >told; exit 9" '$sig'
			touch up; while :; do read -rt 1 <>pause; done'
		kill "-$sig" "$pid"
		ends 9 "$pid"
		[ "$(cat told)" = "$sig" ]
	done
}

@test "a command that dies of such a signal gives 128+N" {
	for sig in 1 2 3 10 12 15; do
		rm -f go up
		start -- sh -c 'touch up; exec sleep 60'
		within 20 pgrep -P "$pid" -x sleep
		kill "-$sig" "$pid"
		ends $((128 + sig)) "$pid"
	done
}

@test "SIGHUP that the caller ignores is not the command's either" {
	(trap '' HUP; exec "$HELPER" mask) >want
	run -0 sh -c 'trap "" HUP; exec timeout 20 ptyfork -- "$HELPER" mask'
	[ "$output" = "$(cat want)" ] || [ "$output" = '' ]
}

@test "killing ptyfork ends the command by its terminal" {
	start -- sh -c 'echo $$ >up; exec sleep 60'
	within 20 test -s up
	kill -KILL "$pid"
	within 20 gone "$(cat up)"
	ends 137 "$pid"
}

@test "--kill-child ends even a command that ignores SIGHUP" {
	start --kill-child -- sh -c 'trap "" HUP; echo $$ >up; read -r l <go'
	within 20 test -s up
	kill -KILL "$pid"
	within 20 gone "$(cat up)"
	ends 137 "$pid"
	rm up go
	start --kill-child=USR1 --no-tty -- \
		bash -c 'trap "echo >told; exit" USR1
		echo $$ >up; while :; do read -rt 1 <>pause; done'
	within 20 test -s up
	kill -KILL "$pid"
	within 20 test -e told
	ends 137 "$pid"
}

@test "ptyfork stopped and continued in the middle loses nothing" {
	mkfifo go
	ptyfork -- sh -c 'for i in 1 2 3 4 5; do seq 20000; done; exit 6' \
		>out 3>&- &
	pid=$!
	for _ in 1 2 3 4 5 6; do
		kill -STOP "$pid" 2>/dev/null && sleep 0.02
		kill -CONT "$pid" 2>/dev/null && sleep 0.01
	done
	ends 6 "$pid"
	[ "$(cksum <out)" = \
		"$(for _ in 1 2 3 4 5; do seq 20000; done | cksum)" ]
}
