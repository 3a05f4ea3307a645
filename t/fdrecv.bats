#!/usr/bin/env bats
# The expansions in single quotes are those of the commands received for.
# shellcheck disable=SC2016
load lib

# fdrecv ARG... - with a limit, as its sender may have given up
fdrecv() {
	timeout -k 1 60 fdrecv "$@"
}

# send WORD... - send standard input, once somebody listens at s
send() {
	# Without it bash would give it /dev/null.
	fdsend --wait=10 "$@" <&0 3>&- &
}

# bare COMMAND... - without what bats has open from 3 up
bare() {
	"$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

socketless() {
	[ ! -e s ]
}

# same_lines WORD... - these are the lines that run noted
same_lines() {
	[ "$output" = "$(printf '%s\n' "$@")" ] || { echo "$output"; return 1; }
}

@test "fdrecv copies a file from where its sender stands in it" {
	seq 5 >f
	{ read -r _; send s; } <f
	run -0 fdrecv s
	same_lines 2 3 4 5
}

@test "fdrecv copies pipes, FIFOs and sockets until their end" {
	seq 1000 | fdsend --wait=10 s 3>&- &
	fdrecv s | cmp - <(seq 1000)
	mkfifo p
	seq 2000 >p 3>&- &
	send s <p
	fdrecv s | cmp - <(seq 2000)
	"$HELPER" pair seq 3000 -- fdsend --wait=10 s 3>&- &
	fdrecv s | cmp - <(seq 3000)
}

@test "fdrecv copies files byte for byte to a pipe, a file and a device" {
	head -c 3000000 /dev/urandom >f
	send s <f
	fdrecv s | cmp - f
	send s <f
	fdrecv s >g
	cmp f g
	send s <f
	fdrecv s >>g
	cat f f | cmp - g
	send s <f
	fdrecv s >/dev/null
}

@test "fdrecv copies files of /proc, whose size is 0" {
	send s </proc/version
	fdrecv s >g
	cmp g /proc/version
}

@test "fdrecv copies several descriptors one after another" {
	echo one >f
	echo two >g
	fdsend --wait=10 s 5 6 5<f 6<g 3>&- &
	run -0 fdrecv s
	same_lines one two
}

@test "fdrecv copies what is non-blocking as if it were not" {
	mkfifo p
	"$HELPER" nonblock fdsend --wait=10 s <>p 3>&- &
	env --default-signal fdrecv s 3>&- >out &
	pid=$!
	within 20 socketless
	for line in one two; do
		timeout 20 sh -c "echo $line >p"
		within 20 grep -q $line out
	done
	kill "$pid"
	ends 143 "$pid"
}

@test "fdrecv copies a terminal until it hangs up" {
	"$HELPER" with master sh -c 'fdsend --wait=10 s' 3>&- &
	run -0 fdrecv s
	[ "$output" = "" ]
}

@test "what a session left waits for a full pipe at no cost" {
	mkfifo pipe
	exec 5<>pipe
	timeout 20 head -c 65536 /dev/zero >&5
	command fdrecv s >pipe 3>&- 5>&- &
	pid=$!
	ptyfork --console-socket s --detach -- sh -c 'echo $$ >one
		exec head -c 60000 /dev/zero'
	within 20 test -s one
	within 20 gone "$(cat one)"
	waits_at_no_cost "$pid"
	[ "$(timeout 20 head -c 125536 <&5 | wc -c)" = 125536 ]
	ends 0 "$pid"
	exec 5<&-
}

@test "fdrecv refuses to copy what gives no bytes, before it copies anything" {
	echo data >f
	for kind in epoll eventfd timerfd signalfd inotify pidfd path \
		listening socket; do
		"$HELPER" with "$kind" fdsend --wait=10 s 5 0 5<f 3>&- &
		fails 1 'fdrecv: cannot copy descriptor 4: its kind is *' \
			fdrecv s
	done
	fdsend --wait=10 s 5 5>g 3>&- &
	fails 1 'fdrecv: cannot copy descriptor 3: its kind is file, its access w' \
		fdrecv s
}

@test "fdrecv does not copy a file onto itself" {
	echo data >f
	send s <f
	fails 1 'fdrecv: cannot copy descriptor 3: it is the output' \
		bash -c 'fdrecv s >>f'
	[ "$(cat f)" = data ]
}

@test "fdrecv says when standard output is full" {
	seq 100 >f
	send s <f
	run -125 bash -c 'fdrecv s 2>&1 >/dev/full'
	[[ $output = "fdrecv: cannot write to standard output: "* ]]
}

@test "fdrecv dies of SIGPIPE, as cat does, when nobody reads" {
	send s </dev/zero
	run -0 bash -c 'fdrecv s | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"'
	[ "$output" = 141 ]
}

@test "fdrecv --list describes what the shell can open" {
	mkdir 'a b'
	mkfifo p
	# shellcheck disable=SC2094
	fdsend --wait=10 s 5 6 7 8 9 10 11 5<'a b' 6<>p 7</dev/null 8< <(:) \
		9>f 10<>f 11</proc/self/ns/mnt 3>&- &
	run -0 fdrecv --list s
	[ "${lines[0]}" = "3 directory r $PWD/a\0040b" ]
	[ "${lines[1]}" = "4 fifo rw $PWD/p" ]
	[ "${lines[2]}" = "5 char-device r /dev/null 1:3" ]
	[[ ${lines[3]} = "6 pipe r pipe:["*"]" ]]
	[ "${lines[4]}" = "7 file w $PWD/f" ]
	[ "${lines[5]}" = "8 file rw $PWD/f" ]
	[[ ${lines[6]} = "9 namespace r mnt:["*"]" ]]
}

@test "fdrecv --list describes what only a program can open" {
	while read -r kind line; do
		"$HELPER" with "$kind" fdsend --wait=10 s 3>&- &
		run -0 fdrecv --list s
		# shellcheck disable=SC2053
		[[ $output == $line ]] || { echo "$kind: $output"; return 1; }
	done <<-'END'
		epoll 3 epoll rw anon_inode:*
		eventfd 3 eventfd rw anon_inode:*
		timerfd 3 timerfd rw anon_inode:*
		signalfd 3 signalfd rw anon_inode:*
		inotify 3 inotify r anon_inode:inotify
		pidfd 3 pidfd rw *
		memfd 3 memfd rw /memfd:a\\0040name\\0040(deleted)
		path 3 directory path /
		master 3 pty-master rw /dev/pts/* 0x0
		slave 3 tty rw /dev/pts/*
		socket 3 socket rw unix seqpacket unconnected
		listening 3 socket rw unix seqpacket listening
	END
}

@test "fdrecv --list writes paths so that printf gives them back" {
	local name=$'a\n\\ \e[31m\303\251'

	: >"$name"
	send s <"$name"
	run -0 fdrecv --list s
	[ "${#lines[@]}" -eq 1 ]
	[ "$(printf %b "${output#* * * }")" = "$PWD/$name" ]
}

@test "fdrecv --list does not touch what it describes" {
	needs strace
	mkfifo p
	fdsend --wait=10 s 5 5<>p 3>&- &
	# A leak checker cannot work where strace does.
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -qq -o trace fdrecv --list s
	fd=$(sed -n 's/.*SCM_RIGHTS, cmsg_data=\[\([0-9]*\)\].*/\1/p' trace)
	sed '1,/SCM_RIGHTS/d' trace >after
	run -0 grep -oE "^[a-z0-9_]+\($fd," after
	same_lines "fcntl($fd," "statx($fd,"
}

@test "a command gets the descriptors at 3 and up, and nothing else" {
	fdsend --wait=10 s 5 6 5</dev/null 6</dev/null 3>&- &
	run -0 bare fdrecv s -- "$HELPER" open_fds
	[ "$output" = "0 1 2 3 4" ]
}

@test "a command gets none of ten leaked descriptors" {
	send s </dev/null
	run -0 bash -c 'for n in {20..29}; do eval "exec $n</etc/passwd"; done
		exec fdrecv s "$HELPER" open_fds'
	[ "$output" = "0 1 2 3" ]
}

@test "fdrecv works whichever of 0, 1 and 2 are closed" {
	for close in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
		'<&- >&- 2>&-'; do
		echo data >f
		send s <f
		bash -c "fdrecv s -- sh -c 'cat <&3 >out' $close"
		[ "$(cat out)" = data ]
		rm out
	done
}

@test "LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES are right" {
	fdsend --wait=10 s 5 6 5</dev/null 6</dev/null 3>&- &
	run -0 fdrecv s sh -c \
		'echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ]'
	[ "$output" = "2 unknown:unknown" ]
}

@test "LISTEN_FDNAMES takes the name from the message, if it may be one" {
	for pair in 'FDNAME=con con' 'FDSTORE=1+FDNAME=b-2 b-2' \
		'FDNAME=a:b unknown' 'FDNAME= unknown' 'XFDNAME=a unknown'; do
		send --message "$(tr + '\n' <<<"${pair% *}")" s </dev/null
		run -0 fdrecv s sh -c 'echo $LISTEN_FDNAMES'
		[ "$output" = "${pair#* }" ] || { echo "$pair"; return 1; }
	done
}

@test "LISTEN_FDS counts only what is at 3 and up without a gap" {
	fdsend --wait=10 s 0 0 0 </dev/null 3>&- &
	run -0 fdrecv -f 7 -f 3 -f 4 s sh -c 'echo $LISTEN_FDS'
	[ "$output" = 2 ]
	send s </dev/null
	LISTEN_FDS=4 LISTEN_PID=$$ LISTEN_FDNAMES=x \
		run -0 fdrecv -i s sh -c 'env | grep -c ^LISTEN || true'
	[ "$output" = 0 ]
}

@test "the message and its sender are in the environment" {
	send --message $'tab\there\nand\e' s </dev/null
	run -0 fdrecv s sh -c \
		'printf "%s." "$FDRECV_MESSAGE"; echo $FDRECV_UID $FDRECV_GID
		echo $FDRECV_PID'
	[ "${lines[1]}" = $'and\e.'"$(id -u) $(id -g)" ]
	[ "${lines[2]}" = $! ]
}

@test "the descriptors go where -f, -i, -o and -e say, in the order given" {
	echo input >f
	fdsend --wait=10 s 5 6 7 8 5<f 6</dev/null 7>err 8>out 3>&- &
	fdrecv -f 9 -if 11 -eo s sh -c 'echo no' 2>/dev/null || true
	fdsend --wait=10 s 5 6 7 8 5<f 6</dev/null 7>err 8>out 3>&- &
	bare fdrecv -f 9 -ieo s sh -c 'cat <&9; "$HELPER" open_fds >&2'
	[ "$(cat out)" = input ]
	[ "$(cat err)" = "0 1 2 9" ]
}

@test "a descriptor never overwrites another one before it is moved" {
	for n in a b c d e f; do echo $n >$n; done
	for order in '8 7 6 5 4 3' '4 3 6 5 8 7' '5 3 4 8 6 7' '3 4 5 6 7 8' \
		'9 8 7 6 5 4' '20 3 19 4 18 5'; do
		fdsend --wait=10 s 5 6 7 8 9 10 5<a 6<b 7<c 8<d 9<e 10<f 3>&- &
		# shellcheck disable=SC2046,SC2086
		run -0 fdrecv $(printf -- '-f %d ' $order) s -- bash -c \
			"for n in $order; do cat <&\$n; done"
		same_lines a b c d e f
	done
}

@test "descriptors beyond the places given go to 3 and up" {
	for n in a b c; do echo $n >$n; done
	fdsend --wait=10 s 5 6 7 5<a 6<b 7<c 3>&- &
	run -0 fdrecv -f 3 s sh -c 'cat <&3; cat <&4; cat <&5'
	same_lines a b c
}

@test "fdrecv refuses fewer descriptors than places" {
	send s </dev/null
	fails 1 'fdrecv: cannot take what came: 1 descriptors for 2 places' \
		fdrecv -i -o s cat
}

@test "a command that cannot be executed is 126 or 127, said on our stderr" {
	send s </dev/null
	fails 127 "fdrecv: cannot execute 'nonesuch': *" fdrecv s nonesuch
	send s </dev/null
	fails 126 "fdrecv: cannot execute '/': *" fdrecv s -- /
	fdsend --wait=10 s 5 5>err 3>&- &
	fails 127 "fdrecv: cannot execute 'nonesuch': *" fdrecv -e s nonesuch
	[ ! -s err ]
}

@test "fdrecv ends with the status of the command" {
	send s </dev/null
	run -7 fdrecv s sh -c 'exit 7'
	send s </dev/null
	run -143 bash -c "fdrecv s sh -c 'kill \$\$'"
}

@test "fdrecv receives from several sockets in order, as util-linux spells it" {
	echo in >f
	fdsend --wait=10 s2 5 5>out 3>&- &
	send s <f
	fdrecv -i s -o s2 --run cat
	[ "$(cat out)" = in ]
	send -a "$$.$BATS_TEST_NUMBER" <f
	run -0 fdrecv -a -i "$$.$BATS_TEST_NUMBER" --run cat
	[ "$output" = in ]
}

@test "each of several sockets has to send as many as it has places" {
	fdsend --wait=10 s 0 0 </dev/null 3>&- &
	fails 1 'fdrecv: cannot take what came: 2 descriptors for 1 places' \
		fdrecv -i s -f 5 s2 --run cat
	fails 124 "fdrecv: cannot receive from 's': timed out" \
		fdrecv --timeout 0.1 -i s -f 5 s2 --run cat
}

@test "the socket has mode 0600, appears and is removed" {
	umask 0
	fdrecv s 3>&- >out &
	pid=$!
	within 20 test -S s
	[ "$(stat -c %a s)" = 600 ]
	fdsend s </dev/null
	wait "$pid"
	socketless
}

@test "a signal ends fdrecv by that signal, and removes the socket" {
	for sig in TERM INT HUP QUIT; do
		env --default-signal fdrecv s 3>&- &
		pid=$!
		within 20 test -S s
		kill -$sig "$pid"
		ends $((128 + $(kill -l $sig))) "$pid"
		socketless
	done
}

@test "fdrecv under nohup does not end by SIGHUP" {
	env --ignore-signal=HUP fdrecv s >out 3>&- &
	pid=$!
	within 20 test -S s
	kill -HUP "$pid"
	echo data >f
	fdsend s <f
	wait "$pid"
	[ "$(cat out)" = data ]
}

@test "fdrecv replaces a stale socket and refuses a live one" {
	env --default-signal fdrecv s 3>&- &
	pid=$!
	within 20 test -S s
	fails 125 "fdrecv: cannot listen on 's': *" fdrecv s
	kill -KILL "$pid"
	wait "$pid" || true
	[ -S s ]
	send s </dev/null
	fdrecv s
}

@test "fdrecv refuses a path that is no socket, and leaves it" {
	echo data >f
	fails 125 "fdrecv: cannot listen on 'f': *" fdrecv f
	[ "$(cat f)" = data ]
	fails 125 "fdrecv: cannot listen on 'd/s': *" fdrecv d/s
}

@test "fdrecv takes paths longer than an address has room for" {
	local dir

	dir=$(printf 'd%.0s' {1..120})
	mkdir "$dir"
	echo data >f
	fdsend --wait=10 "$dir/s" <f 3>&- &
	run -0 fdrecv "$dir/s"
	[ "$output" = data ]
}

@test "fdrecv takes an inherited socket, connected or listening" {
	echo data >f
	"$HELPER" pair fdsend fd:0 5 5<f -- fdrecv fd:0 >out
	[ "$(cat out)" = data ]
	fails 125 "fdrecv: cannot use 'fd:17': *" fdrecv fd:17
	fails 125 "fdrecv: cannot use 'fd:0': *" fdrecv fd:0 </dev/null
}

@test "fdrecv takes seqpackets and datagrams" {
	echo data >f
	for type in seqpacket dgram; do
		send --type $type s <f
		run -0 fdrecv --type $type s
		[ "$output" = data ]
	done
}

@test "fdrecv --connect gets descriptors from one who listens" {
	echo data >f
	fdsend --listen s <f 3>&- &
	run -0 fdrecv --connect --wait=10 s
	[ "$output" = data ]
	fails 1 "fdrecv: cannot connect to 's': No such *" fdrecv --connect s
	"$HELPER" socket s
	fails 1 "fdrecv: cannot connect to 's': *refused" fdrecv --connect s
	rm s
	fails 124 "fdrecv: cannot connect to 's': *" fdrecv --connect --wait=0.1 s
}

@test "fdrecv --request asks, and keeps what is said before the descriptor" {
	echo data >f
	"$HELPER" server s 'get it' 'here: ' 5 5<f 3>&- &
	run -0 fdrecv --connect --wait=10 --request 'get it' s \
		sh -c 'echo "$FDRECV_MESSAGE"; cat <&3'
	same_lines 'here: x' data
	"$HELPER" server s 'get it' 'no such thing' 3>&- &
	fails 1 "fdrecv: cannot receive from *: it closed, and only said 'no such thing'" \
		fdrecv --connect --wait=10 --request 'get it' s
}

@test "fdrecv --timeout ends a wait for anybody, and for one who is silent" {
	fails 124 "fdrecv: cannot receive from 's': timed out" \
		fdrecv --timeout 0.1 s
	"$HELPER" sender stream s hold 3>&- &
	fails 124 "fdrecv: cannot receive from 's': timed out" \
		fdrecv --timeout 0.5 s
}

@test "fdrecv --ack answers once the descriptors are accepted" {
	echo data >f
	fdsend --wait=10 --ack=15 s <f 3>&- &
	run -0 fdrecv --ack s
	wait $!
	fdsend --wait=10 --ack=15 s <f 3>&- 2>err &
	run -1 fdrecv --ack --terminal s
	ends 1 $!
}

@test "fdrecv --terminal takes one master of a terminal and nothing else" {
	"$HELPER" with master fdsend --wait=10 s 3>&- &
	run -0 fdrecv --terminal s true
	for kind in slave epoll memfd; do
		"$HELPER" with $kind fdsend --wait=10 s 3>&- &
		fails 1 'fdrecv: cannot take what came: it is not one master of a terminal' \
			fdrecv --terminal s true
	done
	"$HELPER" with master fdsend --wait=10 s 0 0 3>&- &
	run -1 fdrecv --terminal s true
}

@test "fdrecv --peer-uid lets a further user in, and nobody else does" {
	as_root
	chmod 777 .
	name=@$$.$BATS_TEST_NUMBER
	timeout 20 fdrecv "$name" sh -c 'echo $FDRECV_UID' >out 2>err 3>&- &
	job=$!
	as_nobody "$(type -P fdsend)" --wait=10 "$name" </dev/null || true
	within 10 grep -q 'from pid .* of user 65534: .*--peer-uid' err
	fdsend "$name" </dev/null
	ends 0 "$job"
	[ "$(cat out)" = 0 ]
	[ "$(wc -l <err)" = 1 ]
	as_nobody "$(type -P fdsend)" --wait=10 "$name" </dev/null 3>&- &
	run -0 fdrecv --peer-uid 65534 "$name" sh -c 'echo $FDRECV_UID'
	[ "$output" = 65534 ]
}

@test "fdrecv --count gathers descriptors over many messages" {
	# shellcheck disable=SC2046
	fdsend --wait=10 s $(printf '0 %.0s' {1..1000}) </dev/null 3>&- &
	run -0 bash -c 'ulimit -n 1100; exec fdrecv --count 1000 s \
		"$HELPER" open_fds'
	[ "$output" = "$(echo {0..1002})" ]
}

@test "fdrecv --count refuses more, and less" {
	fdsend --wait=10 s 0 0 0 </dev/null 3>&- &
	fails 1 'fdrecv: *: it sent more descriptors than were asked for' \
		fdrecv --count 2 s
	send s </dev/null
	fails 1 'fdrecv: *: it closed after 1 of 2 descriptors' \
		fdrecv --count 2 s
}

@test "fdrecv --keep serves one sender after another" {
	env --default-signal fdrecv --keep s 3>&- >out &
	pid=$!
	for n in 1 2 3; do
		echo "$n" | fdsend --wait=10 s
	done
	within 20 grep -q 3 out
	kill "$pid"
	ends 143 "$pid"
	socketless
	[ "$(cat out)" = "$(seq 3)" ]
}

@test "what fdrecv --keep still shows ends with it, even if it is killed" {
	mkfifo fifo
	exec 5<>fifo
	env --default-signal fdrecv --keep s 3>&- >out &
	pid=$!
	echo hello >&5
	fdsend --wait=10 s <&5
	within 20 grep -q hello out
	kill -KILL "$pid"
	ends 137 "$pid"
	within 20 none_of_ours
	exec 5<&-
	rm s
}

@test "fdrecv --keep ends when its output cannot be written" {
	env --default-signal fdrecv --keep s 3>&- >/dev/full 2>err &
	echo data | fdsend --wait=10 s
	ends 125 $!
	socketless
	[[ $(cat err) = "fdrecv: cannot write to standard output: "* ]]
}

@test "a message that no process reads ends fdrecv, its socket removed" {
	mkfifo pipe
	exec 5<>pipe
	env --default-signal fdrecv --keep --terminal s true 2>pipe 3>&- 5>&- &
	pid=$!
	within 20 test -S s
	exec 5<&-
	fdsend s </dev/null
	ends 141 "$pid"
	socketless
}

@test "fdrecv --keep runs a command for each, --max at a time" {
	began() { [ "$(wc -l <began)" -eq "$1" ]; }
	mkfifo hold
	exec 8<>hold
	env --default-signal fdrecv --keep --max 2 s sh -c \
		'echo $$ >>began; read -r _ <hold' 3>&- &
	pid=$!
	for _ in 1 2 3; do
		fdsend --wait=10 s </dev/null
	done
	within 20 began 2
	run -1 within 0 began 3
	echo >&8
	within 20 began 3
	kill "$pid"
	ends 143 "$pid"
	printf '\n\n' >&8
}

@test "LISTEN_PID is right for the commands of --keep" {
	env --default-signal fdrecv --keep s sh -c \
		'[ $LISTEN_PID = $$ ] && echo right >out' 3>&- &
	pid=$!
	fdsend --wait=10 s </dev/null
	within 20 test -s out
	kill "$pid"
}

@test "fdrecv refuses command lines that mean nothing" {
	while IFS='|' read -r words message; do
		# shellcheck disable=SC2086
		fails 125 "fdrecv: $message; try 'fdrecv --help'" fdrecv $words
	done <<-'END'
		|missing operand: want SOCKET *
		--nonesuch s|unknown option '--nonesuch'
		--keep --connect s|--keep is for a socket that listens
		--wait s|--wait needs --connect
		--request x s|--request needs --connect
		--max 2 s|--max needs --keep and COMMAND
		--max 0 --keep s true|bad --max 0: want 1 to *
		--max x --keep s true|bad --max 'x': want a number
		--count 0 s|bad --count 0: want 1 to *
		--count 99999999 s|bad --count 99999999: want 1 to *
		--timeout x s|bad --timeout 'x': want seconds
		--connect --wait=x s|bad --wait 'x': want seconds
		--type tcp s|bad --type 'tcp': want stream, seqpacket or dgram
		--peer-uid no-such s|bad --peer-uid 'no-such': want a user
		--peer-uid 4294967295 s|bad --peer-uid '4294967295': too large
		--list s true|--list takes no COMMAND
		-i s|a place for a descriptor needs COMMAND
		-f -1 s true|bad --fd '-1': want a descriptor
		-f 99999999 s true|bad --fd '99999999': want a descriptor
		-i -f 0 s true|descriptor 0 is given twice
		-i s --|missing COMMAND
		-i s --run|missing COMMAND
		s --list|option '--list' comes after SOCKET
		s -i -- true|option '-i' comes after SOCKET
		--keep -i s -o s2 --run true|several sockets need COMMAND, and no --keep
		--type dgram --ack s|datagrams are received and not answered
		--type dgram --connect s|datagrams are received and not answered
		--type dgram @s|a datagram does not name its sender
		fd:x|bad socket 'fd:x'
		--run s true|--run comes after SOCKET
		--pair true --keep|--pair excludes SOCKET, --abstract, --connect and --keep
		-a|missing operand: want SOCKET *
	END
}

@test "a request that finds no room ends at a signal, and at its time" {
	env --default-signal "$HELPER" stuffed fdrecv --connect --request x \
		--list fd:3 3>&- &
	pid=$!
	started+=" $pid"
	within 20 grep -qs '^SigBlk:.*[1-9a-f]' "/proc/$pid/status"
	kill -TERM "$pid"
	ends 143 "$pid"
	run -124 --separate-stderr timeout 20 "$HELPER" stuffed fdrecv \
		--connect --request x --timeout 0.1 --list fd:3
}

# To it all that its user namespace does not map have one name.
@test "fdrecv does not take a stranger for its own user in a user namespace" {
	as_root
	chmod 777 .
	name=@$$.$BATS_TEST_NUMBER
	setpriv --reuid 12345 --clear-groups "$(type -P fdsend)" --wait=10 \
		"$name" </dev/null 3>&- &
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U \
		"$(type -P fdrecv)" "$name" >out 2>err 3>&- &
	# shellcheck disable=SC2034 # teardown ends it
	started=$!
	within 20 grep -q 'cannot receive from pid .* of user 65534: ' err
	[ ! -s out ]
}

@test "a user of --peer-uid may connect to a path, and no other is heard" {
	as_root
	chmod 777 .
	for name in nobody 65534; do
		as_nobody "$(type -P fdsend)" --wait=10 s </dev/null 3>&- &
		run -0 timeout 20 fdrecv --timeout 10 --peer-uid "$name" s \
			sh -c 'echo $FDRECV_UID'
		[ "$output" = 65534 ]
	done
	timeout 20 fdrecv --timeout 10 --peer-uid 65534 s true 3>&- 2>err &
	job=$!
	within 20 test -S s
	[ "$(stat -c %a s)" = 666 ]
	setpriv --reuid 1 --clear-groups "$(type -P fdsend)" s </dev/null || true
	within 10 grep -q 'of user 1: that user may not' err
	as_nobody "$(type -P fdsend)" s </dev/null
	ends 0 "$job"
}

@test "--pair receives from a program that answers on what it inherits" {
	echo data >f
	run -0 timeout 20 fdrecv --pair 'fdsend fd:3 0 <f' cat
	[ "$output" = '' ]
	run -0 timeout 20 fdrecv --pair 'fdsend fd:3 0 <f' -- sh -c 'cat <&3'
	[ "$output" = data ]
	run -0 timeout 20 fdrecv --pair 'fdsend fd:3 0 <f'
	[ "$output" = data ]
	printf '#!/bin/sh\nfdsend fd:3 0 <f\n' >-go
	chmod +x ./-go
	PATH=$PWD:$PATH run -0 timeout 20 fdrecv --pair -go
	[ "$output" = data ]
	fails 1 'fdrecv: *: it closed without a descriptor' \
		timeout 20 fdrecv --pair 'exit 3' true
	fails 124 "fdrecv: cannot receive from 'sleep 1': timed out" \
		timeout 20 fdrecv --timeout 0.2 --pair 'sleep 1' true
}

@test "a program of --pair has one end, and nothing else of ours" {
	run -0 bare timeout 20 fdrecv --pair \
		'"$HELPER" open_fds >&2; fdsend fd:3 </dev/null' true
	[ "$output" = '0 1 2 3' ]
}

@test "-r and --run stand for -- after a SOCKET" {
	for run in -r --run --; do
		echo data | fdsend --wait=10 s 3>&- &
		run -0 timeout 20 fdrecv -i s $run cat
		[ "$output" = data ]
	done
}
