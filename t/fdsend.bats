#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2094,SC2154
load lib

# fdrecv ARG... - with a limit, as its sender may have given up
fdrecv() {
	timeout -k 1 60 fdrecv "$@"
}

# serves ARG... - an fdsend that listens at s; its process is $job
serves() {
	fdsend "$@" <&0 3>&- &
	job=$!
	within 20 test -S s
}

# manages HOW - a service manager at n, whose messages go to the file got
manages() {
	"$HELPER" manager n "$1" >got 3>&- &
	job=$!
	within 20 test -S n
	export NOTIFY_SOCKET=$PWD/n
}

# bad_numbers - 40 words that are no number of anything
bad_numbers() {
	printf '%s\n' -1 -0 +1 ' 1' '1 ' $'1\t' 1x x1 x 0x10 0b1 1e3 1,000 1_000 \
		1: :1 1/2 ½ ² ١ １ '' ' ' . - -- + nan inf infinity 0x \
		2147483648 4294967295 4294967296 4294967297 9223372036854775807 \
		9223372036854775808 18446744073709551615 18446744073709551616 \
		99999999999999999999999999999999
}

@test "fdsend sends descriptor 0" {
	echo hello >in
	fdrecv s >out 3>&- &
	fdsend --wait s <in
	wait $!
	[ "$(cat out)" = hello ]
}

@test "fdsend sends the descriptors that are named, in that order" {
	echo one >a
	fdrecv s sh -c 'cat <&3; echo two >&4' >out 3>&- &
	fdsend --wait s 5 4 5<a 4>b
	wait $!
	[ "$(cat out b)" = $'one\ntwo' ]
}

@test "fdsend takes the spelling of util-linux: -f FD, -a, -b, -p, -d" {
	echo one >a
	name=$BATS_TEST_TMPDIR
	exec 8<a 9<a
	fdrecv -a "$name" sh -c 'cat <&3; cat <&4' >out 3>&- &
	fdsend -d -b -p "$BASHPID" -f 8 -a "$name" 9
	wait $!
	exec 8<&- 9<&-
	[ "$(cat out)" = $'one\none' ]
}

@test "fdsend sends one NUL byte along, or --message" {
	for text in '' x '/dev/pts/ptmx' $'two\nlines'; do
		fdrecv s sh -c 'printf %s "$FDRECV_MESSAGE"' >out 3>&- &
		fdsend --wait ${text:+--message "$text"} s
		wait $!
		[ "$(cat out)" = "$text" ]
	done
}

@test "a message of 4096 bytes is sent, of 4097 refused, none at all too" {
	text=$(printf '%4096s' '')
	fdrecv s sh -c 'printf %s "${#FDRECV_MESSAGE}"' >out 3>&- &
	fdsend --wait --message "$text" s
	wait $!
	[ "$(cat out)" = 4096 ]
	fails 125 "fdsend: bad --message: want at most 4096 bytes; *" \
		fdsend --message "$text." s
	fails 125 "fdsend: bad --message '': *" fdsend --message '' s
}

@test "fdsend sends thousands of descriptors, 253 a message" {
	# shellcheck disable=SC2046
	for n in 253 254 1000 3000; do
		fdrecv --count "$n" --list s >out 3>&- &
		fdsend --wait s $(yes 0 | head -n "$n") <"$BATS_TEST_FILENAME"
		wait $!
		[ "$(wc -l <out)" -eq "$n" ]
	done
}

@test "fdsend sends over seqpacket and dgram" {
	echo hello >in
	for type in seqpacket dgram; do
		fdrecv --type "$type" s >out 3>&- &
		fdsend --wait --type "$type" s <in
		wait $!
		[ "$(cat out)" = hello ]
	done
}

@test "fdsend refuses a descriptor that is not open before it connects" {
	fails 125 'fdsend: cannot send fd 77: it is not open' fdsend nowhere 0 77
}

@test "fdsend refuses 40 bad numbers wherever one is wanted" {
	bad_numbers >numbers
	[ "$(wc -l <numbers)" -eq 40 ]
	while IFS= read -r n; do
		fails 125 "fdsend: bad *; try 'fdsend --help'" fdsend -- nowhere "$n"
		fails 125 "fdsend: bad *; try 'fdsend --help'" fdsend "--fd=$n" nowhere
		fails 125 "fdsend: *" fdsend "--pid=$n" nowhere
		[[ $n == @(2147483648|4294967295) ]] ||
			fails 125 "fdsend: bad *" fdsend "--peer-uid=$n" nowhere
	done <numbers
}

@test "fdsend refuses bad times" {
	for time in -1 x '' ' ' 1x 1. 1..2 1e3 2147484 99999999999999999999; do
		for option in --timeout --wait --ack; do
			fails 125 "fdsend: bad $option *" fdsend "$option=$time" s
		done
	done
}

@test "fdsend waits for the socket to appear, or to be listened on" {
	echo hello >in
	serves --listen s
	kill -KILL "$job"
	ends 137 "$job"
	for _ in {1..3}; do
		fdsend --wait=20 s <in 3>&- &
		job=$!
		run -0 fdrecv s
		[ "$output" = hello ]
		ends 0 "$job"
	done
}

@test "fdsend waits no longer than it is told" {
	fails 124 "fdsend: cannot connect to 'no': no process listened there in time" \
		fdsend --wait=0.1 no
	fails 124 "fdsend: cannot connect to 'no/s': no process listened there in time" \
		fdsend --wait=0 no/s
}

@test "without --wait a socket that is missing or stale is an error at once" {
	fails 1 "fdsend: cannot connect to 's': No such file or directory" \
		fdsend s
	serves --listen s
	kill -KILL "$job"
	ends 137 "$job"
	fails 1 "fdsend: cannot connect to 's': Connection refused" fdsend s
	rm s
}

@test "a peer that accepts nobody is given up after the time limit" {
	"$HELPER" full s 3>&- &
	job=$!
	within 20 test -S s
	for option in --timeout=0.1 --wait=0.1; do
		fails 124 "fdsend: cannot connect to 's': its queue stayed full" \
			fdsend "$option" s
	done
	kill "$job"
	rm s
}

@test "a peer that closed is status 1, and no signal" {
	fails 1 "fdsend: cannot send to 'fd:3': the peer closed the connection" \
		"$HELPER" orphan fdsend fd:3
}

@test "--ack waits for the peer's byte" {
	echo hello >in
	fdrecv --ack s >out 3>&- &
	fdsend --wait --ack s <in
	wait $!
	[ "$(cat out)" = hello ]
}

@test "no byte from a peer that closes is status 1" {
	fdrecv s >out 3>&- &
	fails 1 "fdsend: cannot get an acknowledgement from 's': the peer closed the connection" \
		fdsend --wait --ack s </dev/null
	wait $!
}

@test "no byte in time is status 124" {
	for option in '--ack=0.1' '--ack --timeout=0.1'; do
		"$HELPER" listening s sleep 60 3>&- &
		job=$!
		within 20 test -S s
		# shellcheck disable=SC2086
		fails 124 "fdsend: cannot get an acknowledgement from 's': the peer took too long" \
			fdsend $option s
		kill "$job"
		rm s
	done
}

@test "--reply prints what the peer answers, a greeting too" {
	socat -t 20 UNIX-LISTEN:s,unlink-close \
		SYSTEM:'echo hi; read line; echo got $line' 3>&- &
	run -0 fdsend --wait --reply --message '{"execute": "getfd"}'$'\n' s
	[ "$output" = $'hi\ngot {"execute": "getfd"}' ]
	wait $!
}

@test "--reply lets a peer that waits for our end have it" {
	socat -t 20 UNIX-LISTEN:s,unlink-close SYSTEM:'wc -c; echo bye' 3>&- &
	run -0 fdsend --wait --reply --message 12345 s
	[ "$output" = $'5\nbye' ]
	wait $!
}

@test "--reply to a full disk is an error, from a mute peer a time limit" {
	socat UNIX-LISTEN:s,unlink-close SYSTEM:'echo hi; cat' 3>&- &
	fails 125 'fdsend: cannot write to standard output: *' \
		sh -c 'fdsend --wait --reply s >/dev/full'
	wait $! || true
	"$HELPER" listening s sleep 60 3>&- &
	job=$!
	within 20 test -S s
	fails 124 "fdsend: cannot get an answer from 's': the peer took too long" \
		fdsend --reply --timeout 0.1 s
	kill "$job"
	rm s
}

@test "--listen serves the first who connects, and removes the socket" {
	echo hello >in
	for type in stream seqpacket; do
		serves --listen --type "$type" s <in
		run -0 fdrecv --connect --type "$type" s
		[ "$output" = hello ]
		ends 0 "$job"
		[ ! -e s ]
	done
}

@test "--listen waits for ever, or for --timeout" {
	fails 124 "fdsend: cannot serve 's': no connection in time" \
		fdsend --listen --timeout 0.1 s
	[ ! -e s ]
}

@test "--keep serves everyone, whoever comes and goes in between" {
	echo hello >in
	serves --keep s <in
	for _ in {1..20}; do
		socat -u OPEN:/dev/null UNIX-CONNECT:s
		run -0 fdrecv --connect s cat /dev/fd/3
		[ "$output" = hello ]
	done
	kill "$job"
	ends 143 "$job"
}

@test "--keep is held up by nobody who connects and takes nothing" {
	echo hello >in
	serves --keep s <in
	"$HELPER" mute s 300 >mute 3>&- &
	mute=$!
	within 20 grep -q connected mute
	run -0 fdrecv --connect --timeout 5 s cat /dev/fd/3
	[ "$output" = hello ]
	kill "$job" "$mute"
	ends 143 "$job"
	wait "$mute" || true
}

@test "a signal ends fdsend as one, with the socket removed" {
	for mode in --listen --keep; do
		for sig in TERM HUP INT QUIT; do
			env --default-signal fdsend "$mode" s 3>&- &
			job=$!
			within 20 test -S s
			kill -"$sig" "$job"
			ends $((128 + $(kill -l "$sig"))) "$job"
			[ ! -e s ]
		done
	done
}

@test "an answer that no process reads ends fdsend as cat, its socket removed" {
	mkfifo pipe
	exec 5<>pipe
	env --default-signal fdsend --listen --reply s >pipe 3>&- 5>&- &
	job=$!
	within 20 test -S s
	exec 5<&-
	fdrecv --connect --ack s
	ends 141 "$job"
	[ ! -e s ]
}

@test "a signal that the caller ignores stays ignored" {
	(trap '' HUP; exec fdsend --listen s </dev/null 3>&-) &
	job=$!
	within 20 test -S s
	kill -HUP "$job"
	run -0 fdrecv --connect s
	ends 0 "$job"
}

@test "--pid takes the descriptors of another process" {
	echo hello >in
	sh -c 'echo $$ >pid; exec sleep 60' <in 3>&- &
	job=$!
	within 20 grep -q . pid
	for process in "$job" "$job:$("$HELPER" pidfd "$job")"; do
		fdrecv s sh -c 'cat /dev/fd/3' >out 3>&- &
		fdsend --wait --pid "$process" s </dev/null
		wait $!
		[ "$(cat out)" = hello ]
	done
	kill "$job"
}

@test "--pid knows a process from a later one with its number" {
	fails 125 "fdsend: cannot open process $BASHPID: it is another one by now" \
		fdsend --pid "$BASHPID:1" s
}

@test "--pid of no process, or of a descriptor not open there, is refused" {
	fails 125 "fdsend: cannot open process *: No such process" \
		fdsend --pid 2147483647 s
	fails 125 "fdsend: cannot take fd 77 of process '$BASHPID': Bad file descriptor" \
		fdsend --pid "$BASHPID" s 77
}

@test "--pid takes a thousand descriptors within a low limit" {
	# shellcheck disable=SC2046
	(ulimit -Sn 64 && exec fdsend --pid "$BASHPID" --wait s \
		$(yes 0 | head -n 1000) 3>&-) &
	fdrecv --count 1000 --list s >out
	wait $!
	[ "$(wc -l <out)" -eq 1000 ]
}

@test "--notify stores descriptors and waits until that is worked off" {
	manages passes
	fdsend --notify --name log 0 5 5<"$BATS_TEST_FILENAME" </dev/null
	ends 0 "$job"
	[ "$(cat got)" = $'2 FDSTORE=1 FDNAME=log\n1 BARRIER=1' ]
}

@test "--notify sends many messages; a manager that is not there is status 1" {
	socket=@$BATS_TEST_TMPDIR
	manages passes
	# shellcheck disable=SC2046
	fdsend --notify $(yes 0 | head -n 600) </dev/null
	ends 0 "$job"
	[ "$(cat got)" = $'253 FDSTORE=1\n253 FDSTORE=1\n94 FDSTORE=1\n1 BARRIER=1' ]
	NOTIFY_SOCKET=$socket fails 1 "fdsend: cannot connect to '$socket': *" \
		fdsend --notify
}

@test "--notify asks that a terminal is not polled, whichever end it is" {
	for end in master slave; do
		manages passes
		"$HELPER" with "$end" fdsend --notify --name tty
		ends 0 "$job"
		[ "$(head -n 1 got)" = '1 FDSTORE=1 FDNAME=tty FDPOLL=0' ]
	done
}

@test "--notify gives a manager that does not answer no more than its time" {
	for option in --timeout=0.1 --ack=0.1; do
		manages holds
		fails 124 "fdsend: cannot get an acknowledgement from '$PWD/n': *" \
			fdsend --notify "$option"
		kill "$job"
		rm n
	done
}

@test "--notify without a manager, or with a bad name, is refused" {
	unset NOTIFY_SOCKET
	fails 125 'fdsend: cannot notify: NOTIFY_SOCKET is not set' fdsend --notify
	for address in '' s vsock:2:1 @; do
		NOTIFY_SOCKET=$address fails 125 'fdsend: cannot connect to *' \
			fdsend --notify
	done
	for name in '' a:b $'a\nb' ä "$(printf '%256s' '')"; do
		fails 125 'fdsend: bad --name *' fdsend --notify --name "$name"
	done
}

@test "options that contradict each other are refused" {
	while read -r words; do
		# shellcheck disable=SC2086
		fails 125 "fdsend: *; try 'fdsend --help'" fdsend $words
	done <<-end
		--listen --wait s
		--keep --wait s
		--keep --ack s
		--keep --reply s
		--ack --reply s
		--name x s
		--type dgram --listen s
		--type dgram --keep s
		--type dgram --ack s
		--type dgram --reply s
		--type raw s
		--notify --listen
		--notify --keep
		--notify --message x
		--notify --reply
		--notify --type stream --wait
		--notify --type seqpacket
		--notify -a
	end
	fails 125 'fdsend: missing operand: want SOCKET; *' fdsend
}

@test "no name makes fdsend's messages touch the terminal" {
	for name in $'\e[31mred' $'a\nb' $'a\rb' $'\a' $'\x9b31m' $'\xff' $'\x7f'; do
		for words in '' --listen --wait=0; do
			# shellcheck disable=SC2086
			run --separate-stderr fdsend $words "no/$name"
			[ "${#stderr_lines[@]}" -eq 1 ]
			[[ $stderr != *[$'\x01'-$'\x1f\x7f'-$'\x9f']* ]]
		done
	done
}

@test "--pidfd sends a pidfd of a process, before all others" {
	echo data >f
	fdsend --wait=10 --pidfd $$ s 3>&- &
	run -0 fdrecv --timeout 20 --list s
	[ "${#lines[@]}" -eq 1 ]
	[[ $output = "3 pidfd rw "* ]]
	fdsend --wait=10 --pidfd "$$:$("$HELPER" pidfd $$)" s 5 5<f 3>&- &
	run -0 fdrecv --timeout 20 s sh -c 'cat <&4'
	[ "$output" = data ]
	fails 125 "fdsend: cannot open process $$: it is another one by now" \
		fdsend --pidfd $$:1 s
	fails 125 "fdsend: bad --pidfd 'x': want PID*" fdsend --pidfd x s
}

@test "--mode gives each reader of --keep a file of its own" {
	seq 3 >f
	env --default-signal fdsend --keep --mode r s <f 3>&- &
	started+=" $!"
	for _ in 1 2; do
		run -0 fdrecv --connect --wait=10 s
		[ "$output" = "$(seq 3)" ]
	done
	kill "$!"
}

@test "--mode opens for what it says, and what cannot be is refused" {
	echo data >f
	for pair in 'r r' 'w w' 'r+ rw'; do
		fdsend --wait=10 -m "${pair% *}" s <>f 3>&- &
		run -0 fdrecv --timeout 20 --list s
		[ "$output" = "3 file ${pair#* } $PWD/f" ]
	done
	fails 125 "fdsend: bad --mode 'x': want r, w or r+*" fdsend -m x s
	fails 125 'fdsend: --getfd and --mode exclude each other*' \
		fdsend --dup -m r s
	timeout 20 fdrecv --timeout 5 t 3>&- 2>err &
	within 20 test -S t
	fails 125 'fdsend: cannot reopen fd 0: *' \
		"$HELPER" with master fdsend -m r t
	wait "$!" || true
}

@test "the words of util-linux are known: --dup, --blocking" {
	echo data >f
	fdsend --blocking=10 --dup --pid $$ s 5 5<f 3>&- &
	job=$!
	timeout 20 fdrecv --timeout 10 s >out || true
	wait "$job" || true
}

@test "--keep ends when the terminal that it gives away hangs up" {
	ptyfork --console-socket c -- sh -c 'read -r _ <go' 3>&- &
	job=$!
	mkfifo go
	timeout 60 fdrecv --timeout 20 c fdsend --keep s 3 3>&- &
	keeper=$!
	within 20 test -S s
	timeout 20 fdrecv --connect --list s
	feed go
	ends 0 "$job"
	ends 0 "$keeper"
	[ ! -e s ]
}
