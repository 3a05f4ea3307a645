#!/usr/bin/env bats
# conlog-dir.bats - a terminal that conlog keeps in a directory: control lines,
# keys, the status, the order of things

# The shell on the kept terminal expands what stands in single quotes; lib and
# bats set kept and stderr.
# shellcheck disable=SC2016,SC2154

load lib
load kept

@test "the terminal is logged, keys reach it, the status is in exit" {
	keep --log log -- 'read x; echo "got $x"; exit 7'
	echo hello >d/keys
	ends 7 "$kept"
	[ "$(cat d/exit)" = 7 ]
	[ "$(tr -d '\r' <log)" = "$(printf 'hello\ngot hello')" ]
	[ "$(ls d)" = "$(printf 'exit\nspool')" ]
	[ ! -e s ]
}

@test "status: 0, 255, and 128+N, without a newline" {
	local status

	for status in 0 255; do
		keep -- "exit $status"
		ends "$status" "$kept"
		printf '%s' "$status" | cmp - d/exit
	done
	keep -- 'kill -KILL $$'
	ends 137 "$kept"
	printf 137 | cmp - d/exit
}

@test "whoever sees exit finds the whole log, twenty of twenty" {
	local i

	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		rm -f log d/exit
		keep --log log -- 'seq 500; exit 3'
		within 20 test -e d/exit
		[ "$(cat d/exit)" = 3 ]
		[ "$(wc -l <log)" -eq 500 ]
		ends 3 "$kept"
	done
}

@test "200,000 lines at once and an exit: whole in all three formats" {
	local format

	seq 200000 | sed 's/$/\r/' >all
	for format in raw cri asciicast; do
		rm -f log
		keep --log log --log-format "$format" -- 'seq 200000; exit 9'
		ends 9 "$kept"
		case $format in
		raw) cat log ;;
		cri) "$HELPER" cri log stdout utf8 ;;
		*) "$HELPER" cast log o ;;
		esac | cmp - all
	done
}

@test "the end is the command's: a child that holds the terminal is not waited for" {
	keep --log log -- 'trap "" HUP; sleep 60 & echo $! >pid; echo said; exit 4'
	ends 4 "$kept"
	[ "$(tr -d '\r' <log)" = said ]
	kill "$(cat pid)" || true
}

@test "control lines set the size, before the console too" {
	mkfifo go
	conlog --dir d --console-socket s --log log --log-format asciicast -- \
		sh -c 'read x <go; exec ptyfork --console-socket s -- \
			sh -c "read x; stty size; read x; stty size"' 3>&- &
	kept=$!
	within 20 test -p d/control
	echo '1 33 99' >d/control
	# The FIFO is read before anything else happens.
	feed go
	# The command may be quicker than conlog is to receive its terminal.
	typed
	within 20 said '33 99'
	echo '1 44 120' >d/control
	typed
	ends 0 "$kept"
	[ "$("$HELPER" cast log r)" = 120x44 ]
	# The record of it comes before what was printed for it.
	[ "$(grep -n '"r", ' log | cut -d: -f1)" -lt \
		"$(grep -n '44 120' log | cut -d: -f1)" ]
	[[ $("$HELPER" cast log o) == *$'44 120\r' ]]
	[[ $(head -n 1 log) == *'"width": 99, "height": 33,'* ]]
}

@test "asciicast: keys are recorded if that is asked for" {
	keep --log log --log-format asciicast --log-input -- 'read x; exit 0'
	printf 'h\303' >d/keys
	printf '\251\n' >d/keys
	ends 0 "$kept"
	[ "$("$HELPER" cast log i)" = 'hé' ]
}

@test "bad control lines cost a warning, and nothing else" {
	local line

	keep --log log -- 'trap "echo winch" WINCH; echo on; while :; do read x || continue; stty size; exit; done' 2>err
	within 20 said on
	for line in foo 999 '999 2 2' '1 2' 1 '1 -1 -1' '1 10.5 20.3' \
		'1 0x10 0x20' '1 100000 100000' '1 1001 1000' '1 1000 1001' \
		"1 2 2 $(printf '%65535s' x)" '4 1 1' '0 1 1' ''; do
		printf '%s\n' "$line" >d/control
	done
	[ "$(wc -l <err)" -le 1 ]
	echo '1 0010 0020 30' >d/control
	within 20 said winch
	typed
	ends 0 "$kept"
	said '10 20'
	[ "$(grep -c 'ignored a control line' err)" -eq 1 ]
	grep -qE 'ignored 1[0-9] more control lines' err
	[ "$(wc -l <err)" -eq 2 ]
}

@test "a control line that stays unfinished spoils none that come later" {
	keep -- 'read x; stty size' 2>err
	printf '1 4' >d/control
	within 20 grep -q 'ignored a control line' err
	echo '1 40 120' >d/control
	typed
	ends 0 "$kept"
	said '40 120'
}

@test "10,000 random control lines" {
	keep -- 'read x; stty size' 2>err
	head -c 300000 /dev/urandom | tr '\0-\011\013-\37' '0-9 ' |
		head -n 10000 >d/control
	printf '\n1 40 120\n' >d/control
	typed
	ends 0 "$kept"
	said '40 120'
	[ "$(wc -l <err)" -lt 1000 ]
}

@test "a size counts for the keys behind it, whatever control lines wait" {
	keep --log log --log-format asciicast --log-input -- \
		'echo on; read x' 2>err
	within 20 said on
	kill -STOP "$kept"
	within 20 in_state "$kept" T
	timeout 20 sh -c "seq -f 'line %g' 3000 >d/control"
	echo '1 40 120' >d/control
	typed key
	kill -CONT "$kept"
	ends 0 "$kept"
	[ "$("$HELPER" cast log r)" = 120x40 ]
	[ "$(grep -n '"r", ' log | cut -d: -f1)" -lt \
		"$(grep -n '"i", ' log | cut -d: -f1 | head -n 1)" ]
}

@test "reopen: a log that was moved away goes on at its path" {
	keep --log log --log-format cri -- 'echo one; read x; echo two'
	within 20 grep -q one log
	mv log old
	echo '2 0 0' >d/control
	within 20 test -e log
	typed
	ends 0 "$kept"
	grep -q 'F two' log
	run ! grep -q two old
}

@test "reopen while the directory is gone: the old log goes on, the next one works" {
	mkdir logs
	keep --log logs/log -- 'echo one; read x; echo two; read x; echo three' \
		2>err
	within 20 grep -q one logs/log
	mv logs kept
	echo '2 0 0' >d/control
	within 20 grep -q 'cannot open log' err
	typed
	within 20 grep -q two kept/log
	mkdir logs
	echo '2 0 0' >d/control
	within 20 test -e logs/log
	typed
	ends 0 "$kept"
	grep -q three logs/log
}

@test "reopen while the disk is full: the old log goes on, the next one works" {
	as_root
	mkdir disk
	mkfifo in
	run -0 --separate-stderr timeout 60 unshare -m bash -c '
		reached() { until grep -q "$@"; do read -rt 0.02 <> <(:) || :; done; }
		mount -t tmpfs -o nr_inodes=20 tmpfs disk
		exec 4<>in
		conlog --dir d --log disk/log <in >out 2>err 4>&- &
		echo one >&4
		reached one out
		mv disk/log disk/old
		mkdir disk/all
		while mkdir "disk/all/$((i++))"; do :; done 2>/dev/null
		echo "2 0 0" >d/control
		reached "cannot open log .*No space" err
		echo two >&4
		reached two out
		rmdir disk/all/1
		echo "2 0 0" >d/control
		until [ -e disk/log ]; do read -rt 0.02 <> <(:) || :; done
		echo three >&4
		exec 4>&-
		wait $!
		cat err disk/old
		echo --
		cat disk/log' 3>&-
	[[ $output == "conlog: cannot open log '"*$'\none\ntwo\n--\nthree' ]]
	[ "${#lines[@]}" -eq 5 ]
}

@test "asciicast: behind a renamed one sizes are those of now, and times begin anew" {
	keep --log log --log-format asciicast --log-size-max 1k -- \
		'read x; seq 20000; exit 0'
	echo '1 44 120' >d/control
	# Long enough that its times are told from those of the first one.
	read -rt 2 <> <(:) || true
	typed
	ends 0 "$kept"
	for file in log log.1; do
		[[ $(head -n 1 "$file") == *'"width": 120, "height": 44,'* ]]
		[ "$(sed -n '2s/^\[\([0-9]*\)\..*/\1/p' "$file")" -lt 2 ]
	done
}

# bats test_tags=unsanitized
@test "keys for a terminal that the command has closed wait, at no cost" {
	keep -- 'stty raw -echo; exec <&- >&- 2>&-; : >closed
		until [ -e go ]; do sleep 0.05; done; exit 6'
	within 20 test -e closed
	head -c 300000 /dev/zero >d/keys 3>&- &
	typist=$!
	started+=" $typist"
	# More than the terminal and the FIFO hold.
	within 20 eval 'awk "/^wchar/ { exit \$2 < 65536 }" "/proc/$typist/io" &&
		in_state "$typist" S'
	waits_at_no_cost "$kept"
	kill -0 "$typist"
	: >go
	ends 6 "$kept"
	[ "$(cat d/exit)" = 6 ]
}

# bats test_tags=unsanitized
@test "with few descriptors it works, or is an error before the command runs" {
	local n shape

	for shape in '--console-socket s -- ptyfork --console-socket s' ''; do
		for n in {6..40}; do
			rm -rf d ran
			# shellcheck disable=SC2086 # a list of words
			run --separate-stderr timeout 20 sh -c 'ulimit -n "$0"; exec "$@"' \
				"$n" conlog --dir d --log log $shape -- \
				sh -c ': >ran; exit 7'
			if [ -e ran ]; then
				[ "$status,$stderr" = 7, ]
				[ "$(cat d/exit)" = 7 ]
			else
				[ "$status" -eq 125 ]
				[ "${#stderr_lines[@]}" -eq 1 ]
			fi
		done
		[ -e ran ]
	done
}

# bats test_tags=unsanitized
@test "a spool that another conlog has just removed is made anew" {
	needs strace
	# It stops where it is about to lock what it has opened.
	timeout 60 strace -qq -o /dev/null -e trace=flock \
		-e inject=flock:error=EINTR:signal=STOP:when=1 sh -c 'echo $$ >pid
			exec conlog --dir d -- \
			sh -c "until [ -e go ]; do sleep 0.05; done"' 3>&- &
	traced=$!
	within 20 test -e d/spool
	within 20 in_state "$(cat pid)" '[Tt]'
	rm d/spool
	within 20 eval 'kill -CONT "$(cat pid)" && [ -p d/control ]'
	[ -e d/spool ]
	: >go
	ends 0 "$traced"
}

@test "a directory in use is an error, one of a conlog that was killed is not" {
	keep -- 'read x; exit 3'
	fails 125 "conlog: cannot use 'd': it is in use" \
		conlog --dir d -- true
	[ -p d/control ]
	kill -KILL "$kept"
	ends 137 "$kept"
	[ -p d/control ]
	within 20 none_of_ours
	keep -- 'exit 4'
	ends 4 "$kept"
	[ "$(ls d)" = "$(printf 'exit\nspool')" ]
	# One that is just being killed still has its lock.
	(
		exec 7<>d/spool 3>&-
		flock 7
		: >locked
		read -rt 0.1 <> <(:) || true
	) &
	within 20 test -e locked
	run -0 conlog --dir d -- true
	wait
}

# let_go PID - continue the process in the file pid; has strace, PID, ended? The
# one that it holds for a moment looks stopped before it is.
let_go() {
	kill -CONT "$(cat pid)" 2>/dev/null || true
	gone "$1"
}

# bats test_tags=unsanitized
@test "a directory is in use until its conlog has removed all that was its own" {
	needs strace
	# It stops once the status is there: keys, control and exit are renamed.
	timeout 60 strace -qq -o /dev/null -e trace=renameat,renameat2 \
		-e inject=renameat,renameat2:signal=STOP:when=3 \
		sh -c 'echo $$ >pid; exec conlog --dir d -- true' 3>&- &
	traced=$!
	within 20 test -e d/exit
	fails 125 "conlog: cannot use 'd': it is in use" \
		conlog --dir d -- touch ran
	within 20 let_go "$traced"
	ends 0 "$traced"
	[ ! -e ran ]
	[ "$(ls d)" = "$(printf 'exit\nspool')" ]
}

@test "a directory is 0700, and none is used where others may write" {
	umask 0
	keep -- 'read x'
	[ "$(stat -c %a d d/spool d/keys d/control | tr '\n' ' ')" = \
		'700 600 600 600 ' ]
	typed
	ends 0 "$kept"
	mkdir -m 777 open
	fails 125 "conlog: cannot use 'open': others may write to it*" \
		conlog --dir open -- true
	[ -z "$(ls open)" ]
}

@test "an error before the command runs leaves nothing" {
	fails 125 "*cannot open log 'no/log'*" \
		conlog --dir d --log no/log -- touch ran
	fails 125 "*cannot listen on*" \
		conlog --dir d --console-socket no/s -- touch ran
	[ ! -e d ]
	[ ! -e ran ]
}

@test "a console that never comes: given up in time, the command ended" {
	fails 124 'conlog: gave up: no console came in time' \
		timeout 20 conlog --dir d --console-socket s --timeout 0.5 -- \
		sleep 60
	[ "$(cat d/exit)" = 143 ]
	run -3 --separate-stderr conlog --dir d --console-socket s -- \
		sh -c 'echo "words of its own" >&2; exit 3'
	[ "$stderr" = 'words of its own' ]
	[ "$(cat d/exit)" = 3 ]
	fails 125 'conlog: the command ended, and no console came' \
		conlog --dir d --console-socket s -- true
	fails 124 'conlog: gave up: no console came in time' \
		conlog --dir d --console-socket s --timeout 0.2 --log log
	[ ! -e s ]
}

# bats test_tags=unsanitized
@test "a console that came in time is taken, though conlog was stopped then" {
	needs strace
	# It stops where it waits first, until its time is over.
	timeout 60 strace -qq -o /dev/null -e trace=poll,ppoll \
		-e inject=poll,ppoll:signal=STOP:when=1 sh -c 'echo $$ >pid
			exec conlog --dir d --console-socket s --timeout 0.2 -- \
			ptyfork --console-socket s -- \
			sh -c ": >ran; read x; exit 3"' 3>&- &
	traced=$!
	within 20 test -e ran
	within 20 in_state "$(cat pid)" '[Tt]'
	read -rt 0.3 <> <(:) || true
	kill -CONT "$(cat pid)"
	typed
	within 20 let_go "$traced"
	ends 3 "$traced"
	[ "$(cat d/exit)" = 3 ]
}

@test "what is no terminal is refused on the console socket" {
	conlog --dir d --console-socket s --timeout 20 --log log 2>err 3>&- &
	kept=$!
	within 20 test -S s
	fdsend s 0 </dev/null
	within 20 grep -q 'refused a console' err
	ptyfork --console-socket s -- echo hello
	ends 0 "$kept"
	[ "$(tr -d '\r' <log)" = hello ]
}

@test "--fd and --status-fd: the end is told" {
	mkfifo told
	exec 7<>told
	fdrecv s -- sh -c 'exec conlog --dir d --log log --fd 3 --status-fd 7' \
		3>&- 7>&- 7<told &
	kept=$!
	within 20 test -S s
	# fdrecv passes nothing on but what it received.
	kill "$kept"
	ends 143 "$kept"
	conlog --dir d --log log --console-socket s --status-fd 7 7<&7 3>&- &
	kept=$!
	within 20 test -S s
	ptyfork --console-socket s -- sh -c 'echo hello; exit 5' || true
	[ ! -e d/exit ]
	printf 5 >&7
	printf '\n' >&7
	ends 0 "$kept"
	[ "$(cat d/exit)" = 5 ]
	[ "$(tr -d '\r' <log)" = hello ]
}

@test "a terminal that was sent before the end was told is logged" {
	mkfifo told
	exec 7<>told
	conlog --dir d --log log --console-socket s --status-fd 7 3>&- &
	kept=$!
	within 20 test -S s
	kill -STOP "$kept"
	within 20 in_state "$kept" T
	# Others that have no terminal to send come first.
	fdsend s 0 </dev/null
	fdsend s 0 </dev/null
	ptyfork --console-socket s -- echo hello
	echo 5 >&7
	kill -CONT "$kept"
	ends 0 "$kept"
	[ "$(cat d/exit)" = 5 ]
	[ "$(tr -d '\r' <log)" = hello ]
}

@test "--status-fd: an end without a status, and one that nobody tells" {
	rm -f told
	mkfifo told
	exec 7<>told
	conlog --dir d --log log --console-socket s --status-fd 7 3>&- &
	kept=$!
	within 20 test -S s
	ptyfork --console-socket s -- true
	echo x >&7
	ends 0 "$kept"
	[ ! -e d/exit ]
	fails 125 "attach: cannot tell the status of 'd': conlog was not told" \
		timeout 20 attach d
	(exec 7>&-; conlog --dir d --log log --console-socket s --status-fd 8 \
		8</dev/null 3>&-) &
	kept=$!
	within 20 test -S s
	ptyfork --console-socket s -- sh -c 'echo more'
	ends 0 "$kept"
	[ ! -e d/exit ]
	grep -q more log
}

@test "SIGTERM goes to the command, and conlog stays until it ends" {
	keep --log log -- 'trap "echo bye; exit 6" TERM; echo on; while :; do sleep 0.05; done'
	within 20 said on
	kill "$kept"
	ends 6 "$kept"
	said bye
	[ "$(cat d/exit)" = 6 ]
}

@test "a full disk: the terminal goes on, exit is written all the same" {
	as_root
	mkdir disk
	run -5 timeout -k 1 60 unshare -m bash -c '
		mount -t tmpfs -o size=200k tmpfs disk || exit 99
		conlog --dir disk/d --log disk/log --console-socket s -- \
			ptyfork --console-socket s -- \
			sh -c "seq 100000; echo last; exit 5"
		status=$?
		cp disk/d/exit . && grep -qa last disk/d/spool || exit 98
		exit $status' 3>&-
	[ "$(cat exit)" = 5 ]
	[[ $output == *"cannot write log"*"bytes are not in it"* ]]
	[ "${#lines[@]}" -eq 2 ]
}

@test "twenty that end at the same moment" {
	local i pids=()

	mkfifo go
	exec 7<>go
	for ((i = 0; i < 20; i++)); do
		conlog --dir "d$i" --log "log$i" --console-socket "s$i" -- \
			ptyfork --console-socket "s$i" -- \
			sh -c "read x <go; seq 500; exit $i" 3>&- 7>&- &
		pids+=($!)
	done
	for ((i = 0; i < 20; i++)); do
		within 20 test -p "d$i/control"
	done
	printf '\n%.0s' {1..20} >&7
	for ((i = 0; i < 20; i++)); do
		ends "$i" "${pids[i]}"
		[ "$(cat "d$i/exit")" = "$i" ]
		[ "$(wc -l <"log$i")" -eq 500 ]
	done
}
