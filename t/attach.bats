#!/usr/bin/env bats
# attach.bats - be at a terminal that conlog keeps

# The shell on the kept terminal expands what stands in single quotes; lib and
# bats set kept and stderr.
# shellcheck disable=SC2016,SC2154

load lib
load kept

@test "a viewer gets all of the output, and then the status" {
	keep -- 'read x; seq 5000; exit 3'
	attach d >out 2>err 3>&- &
	viewer=$!
	attach --no-stdin d >out2 2>err2 3>&- &
	other=$!
	within 20 attached "$viewer"
	within 20 attached "$other"
	typed go
	ends 3 "$kept"
	ends 3 "$viewer"
	ends 3 "$other"
	{ echo go; seq 5000; } | sed 's/$/\r/' >all
	cmp all out
	cmp all out2
	[ "$(cat err)" = '[ended with status 3]' ]
	[ "$(cat err2)" = '[ended with status 3]' ]
}

@test "attach to what has ended: its status at once, and replay works" {
	keep -- 'seq 10; exit 4'
	ends 4 "$kept"
	run -4 --separate-stderr timeout 20 attach d
	[ -z "$output" ]
	[ "$stderr" = '[ended with status 4]' ]
	run -4 --separate-stderr timeout 20 attach d --replay 3
	[ "$output" = "$(printf '8\r\n9\r\n10\r')" ]
}

@test "attach to what never was, or was killed: an error at once" {
	fails 125 "attach: cannot attach to 'd': No such file or directory" \
		timeout 20 attach d
	mkdir d
	fails 125 "attach: cannot attach to 'd': No such file or directory" \
		timeout 20 attach d
	echo 'no spool' >d/spool
	fails 125 "attach: cannot read the spool in 'd': *" timeout 20 attach d
	rm d/spool
	mkfifo d/spool
	fails 125 "attach: cannot attach to 'd': *" timeout 20 attach d
	rm -r d
	keep -- 'read x'
	attach d >out 2>err 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	# Until the terminal has come there is its socket.
	within 20 test ! -e s
	kill -KILL "$kept"
	ends 137 "$kept"
	ends 125 "$viewer"
	fails 125 "attach: cannot tell the status of 'd': *killed" \
		timeout 20 attach d
}

@test "twenty viewers that come while the command ends miss none of its end" {
	local i

	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		keep -- 'seq 200; exit 6'
		run -6 --separate-stderr timeout 10 attach --replay 1000 d
		[ "$output" = "$(seq 200 | sed 's/$/\r/')" ]
		ends 6 "$kept"
	done
}

@test "the size is the viewer's before the first key, and follows" {
	keep -- 'while read x; do stty size; [ "$x" = end ] && exit 0; done'
	echo end | at_tty 33x99 >out
	ends 0 "$kept"
	grep -q '^33 99' out
	grep -q 'ended with status 0' out
}

@test "the size follows that of the viewer's terminal" {
	keep -- 'trap "stty size" WINCH; echo on
		until [ "$x" = end ]; do read x || :; done'
	within 20 said on
	timeout 60 ptyfork --size 33x99 -- sh -c '
		{
			until [ -e go ]; do sleep 0.05; done
			stty -F /dev/tty rows 44 cols 120
		} &
		exec attach d' >out 3>&- <> <(:) &
	viewer=$!
	within 20 said '33 99'
	: >go
	within 20 said '44 120'
	typed end
	ends 0 "$kept"
	ends 0 "$viewer"
}

@test "at the size that it has already the program draws again" {
	keep -- 'stty rows 33 cols 99; trap "echo winch; exit 0" WINCH; echo on; while :; do sleep 0.05; done'
	within 20 said on
	echo '1 33 99' >d/control
	at_tty 33x99 >out 3>&- <> <(:) &
	viewer=$!
	ends 0 "$kept"
	ends 0 "$viewer"
	grep -q winch out
}

@test "of several viewers the last that came or typed decides" {
	keep -- 'while read x; do stty size; [ "$x" = end ] && exit 0; done'
	mkfifo one two
	exec 4<>one 5<>two
	at_tty 30x90 <one >out1 3>&- 4>&- 5>&- &
	within 20 size_is 30 90
	at_tty 20x80 <two >out2 3>&- 4>&- 5>&- &
	within 20 size_is 20 80
	echo >&4
	within 20 said '30 90'
	echo end >&5
	ends 0 "$kept"
	said '20 80'
	exec 4>&- 5>&-
	wait
}

# size_is ROWS COLS - has the kept terminal that size?
size_is() {
	[ "$(od -An -tu4 -j 268 -N 8 d/spool | tr -s ' ')" = " $1 $2" ]
}

@test "--no-stdin sends no keys and sets no size" {
	keep -- 'stty rows 44 cols 111; echo on; read x; stty size; echo "got $x"'
	within 20 said on
	echo 'not this' | at_tty 33x99 --no-stdin >out 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	read -rt 0.3 <> <(:) || true
	typed this
	ends 0 "$kept"
	ends 0 "$viewer"
	grep -q '44 111' out
	grep -q 'got this' out
}

@test "the detach keys leave the command alone, and say so" {
	keep -- 'stty -echo; echo on; read x; echo "got $x"'
	within 20 said on
	run -0 eval "key '\020\021' | at_tty 24x80"
	[[ $output == '[detached]'* ]]
	# Each of the two alone, and in two reads.
	run -0 eval "key '\020' '\021' | at_tty 24x80"
	[[ $output == '[detached]'* ]]
	kill -0 "$kept"
	echo mine >d/keys
	ends 0 "$kept"
	said 'got mine'
}

@test "a key that may begin the sequence is held until the next one" {
	keep -- 'stty raw -echo; echo on; head -c 5 | od -An -c; exit 0'
	within 20 said on
	key '\020' 'x' '\020\020\021' | at_tty 24x80 >out
	grep -q '\[detached\]' out
	key 'yz' | at_tty 24x80 >out
	ends 0 "$kept"
	said '020   x 020   y   z'
}

@test "--detach-keys: another sequence, or none" {
	keep -- 'stty raw -echo; echo on; head -c 4 | od -An -c; exit 0'
	within 20 said on
	key '\020' '\035' 'd' | at_tty 24x80 --detach-keys 'ctrl-],d' >out
	grep -q '\[detached\]' out
	key '\020\021x' | at_tty 24x80 --detach-keys '' >out
	ends 0 "$kept"
	said '020 020 021   x'
	fails 125 '*bad --detach-keys*' attach --detach-keys ctrl- d
}

@test "a signal ends attach, with the modes of its terminal as before" {
	local sig

	keep -- 'printf "\033[?1049h\033[?1000h\033[?25l"; echo on; read x'
	within 20 said on
	for sig in TERM HUP INT; do
		rm -f pid
		timeout 30 ptyfork -- sh -c "$modes"'
			modes
			sh -c "echo \$\$ >pid; exec attach d"
			echo "status $?"
			modes' >"out.$sig" 3>&- <> <(:) &
		viewer=$!
		within 20 grep -qa '?1049h' "out.$sig"
		kill -s "$sig" "$(cat pid)"
		ends 0 "$viewer"
		same_modes "out.$sig"
		grep -qa 'status 1[0-9][0-9]' "out.$sig"
		grep -qaF $'\033[?25h\033[?1000l\033[?1049l' "out.$sig"
	done
	kill -0 "$kept"
	typed
	ends 0 "$kept"
}

@test "a terminal that hangs up ends attach, and the command lives" {
	keep -- 'stty -echo; echo on; read x; echo "got $x"'
	within 20 said on
	fdrecv c -- "$BASH" -c 'echo $$ >holder; exec cat <&3' >out 2>&1 3>&- &
	holder=$!
	within 20 test -S c
	timeout 60 ptyfork --console-socket c -- \
		sh -c 'echo $$ >pid; exec attach d' 3>&- &
	viewer=$!
	within 20 test -s pid
	within 20 attached "$(cat pid)"
	kill -KILL "$(cat holder)"
	ends 137 "$holder"
	within 20 gone "$(cat pid)"
	ends 129 "$viewer"
	typed mine
	ends 0 "$kept"
	said 'got mine'
}

@test "killed by SIGKILL: its terminal is as before all the same" {
	keep -- 'printf "\033[?1049h\033[?1000h"; echo on; read x'
	within 20 said on
	timeout 30 ptyfork -- sh -c "$modes"'
		modes
		sh -c "echo \$\$ >pid; exec attach d" || echo "status $?"
		until [ -e go ]; do sleep 0.05; done
		modes' >out 3>&- <> <(:) &
	viewer=$!
	within 20 grep -qa '?1049h' out
	kill -KILL "$(cat pid)"
	within 20 grep -qaF $'\033[?1000l\033[?1049l' out
	within 20 none_but_kept
	: >go
	ends 0 "$viewer"
	# The shell may have said its status before or after what resets them.
	same_modes out
	typed
	ends 0 "$kept"
}

# none_but_kept - is no attach of this test left?
none_but_kept() {
	local pid

	for pid in $(ours); do
		[ "$(cat "/proc/$pid/comm")" != attach ] || return 1
	done
}

@test "keys typed before attach is there reach the command" {
	keep -- 'read x; echo "got $x"'
	fdrecv c -- "$BASH" -c 'printf "early\n" >&3; cat <&3 >out 2>&1 || :' 3>&- &
	typist=$!
	within 20 test -S c
	# They wait in the terminal when attach begins.
	timeout 30 ptyfork --console-socket c -- "$BASH" -c '
		until read -rt 0; do read -rt 0.02 <> <(:); done
		exec attach d' 3>&- &
	viewer=$!
	ends 0 "$kept"
	ends 0 "$viewer"
	ends 0 "$typist"
	said 'got early'
}

# viewer_in - attach on a terminal of 24x80, whose keys come from descriptor 4
viewer_in() {
	mkfifo in
	exec 4<>in
	at_tty 24x80 <in >out 3>&- 4>&- &
	viewer=$!
	within 20 size_is 24 80
}

@test "what is pasted reaches a command that is slower, all of it" {
	head -c 400000 /dev/urandom | tr '\020' x >pasted
	keep -- 'stty raw -echo; echo on; dd bs=1 count=400000 status=none | cksum'
	within 20 said on
	viewer_in
	cat pasted >&4 3>&- 2>/dev/null &
	started+=" $!"
	within 60 gone "$kept"
	ends 0 "$kept"
	exec 4>&-
	ends 0 "$viewer"
	said "^$(cksum <pasted)"
}

@test "the keys that detach are seen though the command takes none" {
	mkfifo go
	keep -- 'stty raw -echo; echo on; read x <go; exit 0'
	within 20 said on
	viewer_in
	{
		head -c 400000 /dev/zero | tr '\0' x
		printf '\020\021'
	} >&4 3>&- 2>/dev/null &
	started+=" $!"
	ends 0 "$viewer"
	grep -q '\[detached\]' out
	exec 4>&-
	echo >go
	ends 0 "$kept"
}

@test "a mebibyte goes in and comes out at the same time" {
	keep --log log -- 'stty raw -echo; echo on; head -c 1048576; exit 0'
	within 20 said on
	head -c 1048576 /dev/urandom >in
	attach d <in >out 2>err 3>&- &
	viewer=$!
	within 60 gone "$kept"
	ends 0 "$kept"
	ends 0 "$viewer"
	tail -c 1048576 log | cmp - in
}

@test "lines that are no terminal's begin at the left, and nothing is typed" {
	conlog --dir d -- sh -c '
		until [ -e go ]; do sleep 0.05; done; seq 3; exit 5' 3>&- &
	kept=$!
	within 20 test -p d/control
	timeout 60 ptyfork --onlcr -- attach d >out 3>&- <> <(:) &
	viewer=$!
	within 20 attached "$viewer"
	: >go
	ends 5 "$kept"
	ends 5 "$viewer"
	printf '1\r\n2\r\n3\r\n[ended with status 5]\r\n' | cmp - out
}

@test "standard input ends: its keys count, the output goes on to its end" {
	keep -- 'read x; echo "got $x"; read y; echo "and $y"; exit 2'
	printf 'one\n' | attach d >out 2>err 3>&- &
	viewer=$!
	within 20 said 'got one'
	typed two
	ends 2 "$kept"
	ends 2 "$viewer"
	grep -q 'and two' out
}

@test "a late viewer is told of the modes, and they are reset when it leaves" {
	keep -- 'printf "\033[?1049h\033[?2004h\033[?1006;1002h\033[?25l\033=\033[?2026h"
		printf "\033[?1002l"; echo on; read x; printf "\033[?2004l"; read x
		printf "\033c"; echo off; read x'
	within 20 said on
	key '\020\021' | at_tty 24x80 >out
	grep -qaF $'\033[?1049h\033[?2004h\033[?1006h\033[?25l\033=' out
	run ! grep -qaF '?1002' out
	run ! grep -qaF '?2026' out
	grep -qaF $'\033>\033[?25h\033[?1006l\033[?2004l\033[?1049l' out
	typed
	within 20 said '2004l'
	key '\020\021' | at_tty 24x80 >out
	grep -qaF $'\033[?1049h\033[?1006h\033[?25l\033=' out
	typed
	within 20 said off
	attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	typed
	ends 0 "$kept"
	ends 0 "$viewer"
	run ! grep -qaF $'\033' out
}

@test "a soft reset leaves the alternate screen and nothing else" {
	keep -- 'printf "\033[?1049;1000;2004h\033[?25l\033[!p"; echo on; read x'
	within 20 said on
	attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	within 20 grep -qa 1049 out
	typed
	ends 0 "$kept"
	ends 0 "$viewer"
	[ "$(tr -dc '\033[?0-9hl' <out)" = $'\033[?1049h\033[?1049l' ]
}

@test "modes that the output sets while one is there are reset as well" {
	keep -- 'read x; printf "\033[?1003h\033[31mred"; exit 1'
	attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	typed
	ends 1 "$kept"
	ends 1 "$viewer"
	[[ $(cat out) == *$'\033[?1003h\033[31mred\033[?1003l\033[0m' ]]
}

@test "replay: as many lines as asked for, none by default, and the open one" {
	keep --log log --log-format cri -- \
		'seq 20; printf "long "; sleep 0.1; printf "line\n"; printf "\$ "; read x'
	within 20 said '\$ '
	typed
	ends 0 "$kept"
	run timeout 20 attach d
	[ "$output" = '[ended with status 0]' ]
	timeout 20 attach --replay 3 d >out 2>err || true
	printf '19\r\n20\r\nlong line\r\n$ \r\n' >all
	# The newline that was typed ends the open line.
	printf '20\r\nlong line\r\n$ \r\n' | cmp - out
	timeout 20 attach --replay 4 d 2>err | cmp - all
	[ "$(timeout 20 attach --replay 1000000 d 2>err | wc -l)" -eq 22 ]
}

@test "replay: bounded, from a line's start, however long the output was" {
	keep -- 'seq 100000; exit 0'
	ends 0 "$kept"
	timeout 20 attach --replay 1000000 d >out 2>err
	[ "$(wc -c <out)" -le 131072 ]
	[ "$(wc -c <out)" -gt 100000 ]
	seq 100000 | tail -n "$(wc -l <out)" | sed 's/$/\r/' | cmp - out
}

# unread PID - has it written what a pipe holds, and waits?
unread() {
	awk '/^wchar/ { exit $2 < 60000 }' "/proc/$1/io" &&
		grep -q '^State:.S' "/proc/$1/status"
}

# dealt_with PID - has it taken the signals that it was sent?
dealt_with() {
	grep -qx 'ShdPnd:.0*' "/proc/$1/status"
}

@test "replay: a resize while its reader is slow loses none of it" {
	keep -- 'seq 100000; exit 4'
	ends 4 "$kept"
	timeout 20 attach --replay 1000000 d >all 2>err || true
	mkfifo slow
	exec 4<>slow
	attach --replay 1000000 d >slow 2>err 3>&- 4>&- &
	viewer=$!
	exec 5<slow 4>&-
	within 20 unread "$viewer"
	kill -WINCH "$viewer"
	within 20 dealt_with "$viewer"
	timeout 20 cat <&5 >out
	exec 5>&-
	ends 4 "$viewer"
	cmp all out
	[ "$(cat err)" = '[ended with status 4]' ]
}

@test "replay: what a terminal would answer, the clipboard and bells are left out" {
	keep -- 'printf "a\033[6nb\033[cc\033[>0qd\033[?1\$pe\033]52;c;aGk=\007f"
		printf "\033]11;?\033\\\\g\007h\033Pq\033\\\\i\005j\033Zk\033[?2026hl"
		printf "\033[1;31mm\033]0;a title?\007n\033[?u\302\2336no\033[18tp"
		printf "\033_Gx\033\\\\q\033[5ir\033]9;hi\007s\n"'
	ends 0 "$kept"
	timeout 20 attach --replay 1 d >out 2>err
	printf 'abcdefghijkl\033[1;31mm\033]0;a title?\007nopqrs\r\n\033[0m' |
		cmp - out
}

@test "replay: what begins inside an image begins behind it" {
	keep -- 'printf "a\n\033Pq#0\n#1\n#2\n\033\\\\after\nlast\n"'
	ends 0 "$kept"
	attach --replay 4 d 2>err | cmp - <(printf 'after\r\nlast\r\n')
	# One without an end hides nothing.
	keep -- 'printf "\033]2;a title\nb\nc\n"'
	ends 0 "$kept"
	attach --replay 2 d 2>err | cmp - <(printf 'b\r\nc\r\n')
}

@test "a viewer that comes in the middle of a sequence gets all of it" {
	keep -- 'stty -echo; printf "x\033[3"; echo on >&2; read x; printf "1mred\n"; exit 0'
	within 20 said 'on'
	attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	attach --no-stdin --replay 5 d >out2 2>err2 3>&- &
	other=$!
	within 20 attached "$viewer"
	within 20 attached "$other"
	typed
	ends 0 "$kept"
	ends 0 "$viewer"
	ends 0 "$other"
	grep -q red out
	grep -q red out2
}

@test "viewers that never read stall nobody" {
	local i

	keep -- 'read x; seq 300000; exit 5'
	mkfifo stuck
	exec 4<>stuck
	for i in 1 2 3 4 5; do
		attach --no-stdin d >&4 2>/dev/null 3>&- &
		started+=" $!"
	done
	for i in 1 2 3 4 5; do
		attach --no-stdin d >"out$i" 2>/dev/null 3>&- &
		kill -STOP $!
		started+=" $!"
	done
	typed
	ends 5 "$kept"
	# shellcheck disable=SC2086 # a list of words
	kill -KILL $started
	exec 4>&-
}

@test "a viewer that falls behind skips whole lines, says so, and sees the end" {
	keep -- 'read x; seq 300000; exit 5'
	attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	kill -STOP "$viewer"
	typed
	ends 5 "$kept"
	kill -CONT "$viewer"
	ends 5 "$viewer"
	grep -q '^attach: fell behind, [0-9]* bytes are not shown' err
	[ "$(tail -n 1 out)" = $'300000\r' ]
	# What is there is what was said: numbers that grow, each one whole.
	tr -d '\r' <out | tail -n +2 | sort -n -c
	run ! grep -qv '^[0-9]*.$' out
	[ "$(grep -c . out)" -gt 1000 ]
}

# left_out - how many bytes does the file err say are not shown?
left_out() {
	awk '/fell behind/ { n += $4 } END { print n + 0 }' err
}

@test "a viewer that is slow for long says so once a second, with the count" {
	local begin

	keep -- 'read x; seq 3000000; exit 5'
	{ sh -c 'echo $$ >pid; exec attach --no-stdin d' 2>err || :; } 3>&- |
		dd bs=2 status=none >out 3>&- &
	within 20 test -s pid
	within 20 attached "$(cat pid)"
	begin=$SECONDS
	typed
	within 60 gone "$kept"
	ends 5 "$kept"
	within 60 gone "$(cat pid)"
	within 20 none_of_ours
	[ "$(grep -c 'fell behind' err)" -ge 1 ]
	[ "$(grep -c 'fell behind' err)" -le $((SECONDS - begin + 3)) ]
	[ $(($(left_out) + $(wc -c <out))) -eq \
		"$({ echo; seq 3000000; } | sed 's/$/\r/' | wc -c)" ]
}

@test "a hundred viewers come and go" {
	local i viewers=()

	keep -- 'read x; seq 100; exit 5'
	for ((i = 0; i < 100; i++)); do
		attach --no-stdin d >"out$i" 2>/dev/null 3>&- &
		viewers+=($!)
	done
	for ((i = 0; i < 100; i++)); do
		within 20 attached "${viewers[i]}"
	done
	for ((i = 0; i < 100; i += 2)); do
		kill -KILL "${viewers[i]}"
	done
	typed
	ends 5 "$kept"
	for ((i = 1; i < 100; i += 2)); do
		ends 5 "${viewers[i]}"
		[ "$(wc -l <"out$i")" -eq 101 ]
	done
}

@test "without an inotify instance attach looks for itself" {
	as_root
	chmod 711 . ..
	keep -- 'read x; seq 100; read x; exit 5'
	chown -R 54321 d
	"$HELPER" inotify 54321 attach --no-stdin d >out 2>err 3>&- &
	viewer=$!
	within 20 attached "$viewer"
	typed
	within 20 grep -q '^100' out
	typed
	ends 5 "$kept"
	ends 5 "$viewer"
	[ "$(wc -l <out)" -eq 102 ]
}

@test "a reader of attach that goes away ends it" {
	keep -- 'read x; seq 1000; read x'
	{ sh -c 'echo $$ >pid; exec attach --no-stdin d' || echo $? >status; } \
		2>err 3>&- | head -n 1 >out 3>&- &
	within 20 test -s pid
	within 20 attached "$(cat pid)"
	typed
	within 20 test -s status
	[ "$(cat status)" = 141 ]
	[ ! -s err ]
	typed
	ends 0 "$kept"
}

@test "standard input that cannot be read is an error, and not its end" {
	keep -- 'echo on; read x'
	within 20 said on
	fails 125 'attach: cannot read standard input: Is a directory' \
		timeout 20 attach d </
	typed
	ends 0 "$kept"
}
