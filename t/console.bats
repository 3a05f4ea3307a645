#!/usr/bin/env bats
# What is in single quotes is for the command to expand; run sets stderr; a test
# is a subshell.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib

setup() {
	stage_pause
}

# deliver OPTION... - ptyfork to the socket "s", which may not hang
deliver() {
	timeout -k 1 20 ptyfork --console-socket s "$@"
}

# serve HOW - a receiver at "s" that does so; what it sees is in "seen"
serve() {
	"$HELPER" console s "$1" >seen 3>&- &
	started+=" $!"
	within 20 test -S s
}

serve_as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$HELPER" console s mute >seen 3>&- &
	started+=" $!"
	within 20 test -S s
}

# receive OPTION... - fdrecv at "s"; what it prints is in "seen"
receive() {
	fdrecv "$@" >seen 3>&- &
	started+=" $!"
	within 20 test -S s
}

# refused STATUS PATTERN OPTION... - a clear line, and nothing of it is left
refused() {
	local status=$1 pattern=$2

	shift 2
	fails "$status" "ptyfork: $pattern" deliver "$@" --pid-file pid -- \
		touch ran
	[ ! -e ran ]
	[ "$(find . -name '*pid*')" = '' ]
}

@test "--console-socket sends the terminal, with one byte beside it" {
	serve twice
	run -7 deliver -- sh -c 'exit 7'
	within 20 grep -q nothing seen
	[ "$(cat seen)" = $'connected\n1 fds, 1 bytes \' \'\nnothing' ]
}

@test "--payload says something else beside it" {
	for text in x 'a longer text' "$(head -c 4095 /dev/zero | tr '\0' x)"
	do
		rm -f s
		serve twice
		run -0 deliver --payload "$text" -- true
		within 20 grep -q nothing seen
		grep -qxF "1 fds, ${#text} bytes '$text'" seen
	done
}

@test "--payload refuses what no receiver takes" {
	serve twice
	refused 125 'cannot send a payload of 0 bytes*' --payload ''
	refused 125 'cannot send a payload of 4096 bytes*' \
		--payload "$(head -c 4096 /dev/zero | tr '\0' x)"
	[ ! -s seen ]
}

@test "what is sent is the master of the command's terminal" {
	receive s -- sh -c 'readlink /proc/self/fd/3; winsz --fd 3; cat <&3'
	run -0 --separate-stderr deliver --size 12x34 -- sh -c 'tty | tee out'
	[ "$output$stderr" = '' ]
	within 20 grep -qF "$(cat out)" seen
	[ "$(head -2 seen)" = $'/dev/ptmx\n12 34' ]
}

@test "who reads the terminal that is delivered waits for what comes" {
	receive s -- grep flags /proc/self/fdinfo/3
	run deliver -- true
	within 20 grep -q flags seen
	# 04000 is O_NONBLOCK.
	[ $((0$(cut -f2 seen) & 04000)) -eq 0 ]
}

@test "fdrecv shows what the command prints, and types what it reads" {
	mkfifo in
	exec 5<>in
	fdrecv s <&5 >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	echo typed >&5
	run -9 deliver -- sh -c 'read -r a; stty size; echo "<$a>"; exit 9'
	within 20 grep -q '<typed>' seen
	[[ $(cat seen) == *$'24 80'* ]]
	exec 5<&-
}

@test "a shim of one line: the command's output is its, the status ours" {
	receive s
	run -3 deliver -- sh -c 'seq 10000; exit 3'
	within 20 grep -q ^10000 seen
	[ "$(tr -d '\r' <seen)" = "$(seq 10000)" ]
}

@test "signals reach a command whose terminal was delivered" {
	receive s
	ptyfork --console-socket s -- bash -c 'trap "exit 9" TERM
		touch up; while :; do read -rt 1 <>pause; done' 3>&- &
	pid=$!
	within 20 test -e up
	kill -TERM "$pid"
	ends 9 "$pid"
}

@test "nobody is called for a command that cannot be set up" {
	as_root
	serve read
	refused 125 'cannot set the host name to *' --uts \
		--hostname "$(printf '%0999d' 1)"
	[ ! -s seen ]
}

@test "a command that is not there is 127, and nobody is called" {
	serve read
	fails 127 "ptyfork: cannot execute './none': *" \
		deliver --pid-file pid -- ./none
	[ ! -s seen ]
	[ ! -e pid ]
}

@test "nothing runs before it is delivered" {
	serve mute
	ptyfork --console-socket s --ack=60 -- touch ran 3>&- &
	pid=$!
	within 20 grep -q '^1 fds' seen
	[ ! -e ran ]
	kill "$pid"
	ends 143 "$pid"
	[ ! -e ran ]
}

@test "--detach returns as soon as the command runs, 0, and holds nothing" {
	mkfifo go
	receive s
	said=$(deliver --detach --pid-file pid -- sh -c '
		ls -l /proc/$$/fd >fds; echo all >>fds; read -r line <go' 2>&1)
	[ "$said" = '' ]
	[ "$(cat "/proc/$(cat pid)/comm")" = sh ]
	within 20 grep -q all fds
	run -1 grep pipe: fds
	for pid in $(ours); do
		[ "$(cat "/proc/$pid/comm")" != ptyfork ]
	done
	feed go
	within 20 gone "$(cat pid)"
}

@test "--detach says that a command is not there" {
	serve read
	fails 127 "ptyfork: cannot execute './none': *" \
		deliver --detach --pid-file pid -- ./none
	[ ! -e pid ]
}

@test "the end of a detached command is the end of what is received" {
	receive s
	run -0 deliver --detach -- printf hello
	within 20 gone "${started# }"
	[ "$(cat seen)" = hello ]
}

@test "--pid-file has the digits alone, and replaces one that was there" {
	printf 'an older and longer text\n' >pid
	chmod 600 pid
	run -0 timeout 20 ptyfork --pid-file pid -- sh -c \
		'echo $$; cat pid; echo; wc -c <pid; find . -name "*pid*"'
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[0]}" = "${lines[1]}" ]
	[ "${lines[2]}" = "${#lines[0]}" ]
	[ "${lines[3]}" = ./pid ]
}

@test "--pid-file and --pid-start go with the command" {
	for words in '' --no-tty '--no-tty --hook true'; do
		# shellcheck disable=SC2086
		run -0 timeout 20 ptyfork $words --pid-file pid \
			--pid-start start -- cat pid start
		[ "${#lines[@]}" -ge 1 ]
		[ ! -e pid ]
		[ ! -e start ]
	done
	run -0 on_tty 'ptyfork --pid-file pid -- test -s pid'
	[ ! -e pid ]
	# Another one that is there by then stays.
	run -0 timeout 20 ptyfork --pid-file pid -- sh -c \
		'rm pid; echo mine >pid'
	[ "$(cat pid)" = mine ]
	timeout 20 ptyfork --no-tty --detach --pid-file pid -- sleep 60
	within 20 test -s pid
	kill "$(cat pid)"
}

@test "--pid-file stays for a command that goes on without its terminal" {
	mkfifo go
	# shellcheck disable=SC2016
	{
		timeout 20 ptyfork --pid-file pid --pid-start start -- "$BASH" -c \
			'trap "" HUP; echo $$
			until [ -e unread ]; do read -rt 0.05 x <>go; done
			echo more; read -rt 60 x <>go' 3>&- || echo $? >status
	} | { head -n 1 >said; exec <&-; : >unread; }
	[ "$(cat status)" = 141 ]
	[ "$(cat pid)" = "$(cat said)" ]
	[[ $(cat start) == "$(cat said) "* ]]
	feed go
	within 20 gone "$(cat said)"
	within 20 test ! -e pid
	within 20 test ! -e start
}

@test "--pid-file is there before the command runs, and never half" {
	for _ in $(seq 20); do
		rm -f pid
		run -0 timeout 20 ptyfork --no-tty --pid-file pid -- cat pid
		[[ $output =~ ^[0-9]+$ ]]
	done
}

@test "--pid-file has the pid as seen from outside" {
	as_root
	run -0 timeout 20 ptyfork --pid --pid-file pid -- sh -c 'echo $$; cat pid'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" -gt 1 ]
}

@test "a pid file that cannot be written is one line, and nothing runs" {
	mkdir pid.d
	mkdir here
	cd here
	for file in none/pid ../pid.d /dev/full/x /proc/none ''; do
		fails 125 "ptyfork: cannot write *" \
			timeout 20 ptyfork --pid-file "$file" -- touch ran
		[ "$(find . .. -name '.*[0-9]*' -o -name ran)" = '' ]
	done
}

@test "a socket that appears a moment later is waited for" {
	ptyfork --console-socket s -- printf hello 3>&- &
	run -0 fdrecv --timeout 20 s
	[ "$output" = hello ]
	ends 0 "$!"
}

@test "a socket that is missing, and what is no socket, is refused" {
	as_root
	fails 1 "ptyfork: cannot connect to './none': *" timeout 20 \
		ptyfork --console-socket ./none --pid-file pid -- touch ran
	ln -s none s
	refused 1 "cannot connect to 's': *"
	rm s
	for make in 'echo >s' 'mkdir s' 'mkfifo s' 'mknod s c 1 3'; do
		eval "$make"
		refused 125 "cannot connect to 's': *"
		rm -rf s
	done
}

@test "a socket that nobody listens on refuses" {
	"$HELPER" console s close >seen 3>&- &
	pid=$!
	within 20 test -S s
	kill "$pid"
	ends 143 "$pid"
	refused 1 "cannot connect to 's': Connection refused"
	rm s
}

@test "datagram and seqpacket sockets are refused" {
	for type in dgram seqpacket; do
		serve "$type"
		refused 125 "cannot connect to 's': *"
		rm s
	done
}

@test "a socket with a full queue is waited for, but not for ever" {
	"$HELPER" full s 3>&- &
	started+=" $!"
	within 20 test -S s
	refused 124 "cannot connect to 's': *" --timeout 0.3
}

@test "a receiver that never accepts, or never reads, is no error" {
	for how in ignore hold; do
		serve "$how"
		run -5 --separate-stderr deliver -- sh -c 'exit 5'
		[ "$output$stderr" = '' ]
		rm s
	done
}

@test "with --ack it is: nothing runs, and the time is over" {
	for how in ignore hold mute; do
		serve "$how"
		refused 124 "cannot get an acknowledgement from 's': *" \
			--ack=0.2
		rm s
	done
}

@test "a receiver that hung up before it was sent anything is an error" {
	fails 1 'ptyfork: cannot send the terminal to *' "$HELPER" orphan \
		timeout 20 ptyfork --console-socket fd:3 --pid-file pid -- \
		touch ran
	[ ! -e ran ]
	[ ! -e pid ]
}

@test "--ack is 10 s long, or what --timeout says" {
	serve mute
	refused 124 "cannot get an acknowledgement from 's': *" \
		--ack --timeout 0.2
}

@test "with --ack a receiver that hangs up is an error" {
	for how in close read; do
		serve "$how"
		refused 1 "cannot * 's': *" --ack=5
		rm -f s
	done
}

@test "with --ack the command runs once the receiver says so" {
	serve ack
	run -6 deliver --ack=15 -- sh -c 'exit 6'
	grep -q '^1 fds' seen
}

@test "fdrecv --ack acknowledges" {
	fdrecv --ack s -- sh -c 'cat <&3' >seen 3>&- &
	started+=" $!"
	within 20 test -S s
	run -6 deliver --ack=15 -- sh -c 'echo hello; exit 6'
	within 20 grep -q hello seen
}

@test "a socket of another user's is refused, --peer-uid trusts it" {
	as_root
	chmod 777 .
	serve_as_nobody
	refused 1 "cannot * 's'*"
	[ "$(grep -c '^1 fds' seen)" = 0 ]
	rm -f s
	serve_as_nobody
	run -0 deliver --peer-uid 65534 -- true
	within 20 grep -q '^1 fds' seen
}

@test "a path longer than a socket address is a socket as well" {
	local dir
	dir=$(printf 'd%.0s' {1..200})
	mkdir "$dir"
	fdrecv "$dir/con.sock" >seen 3>&- &
	started+=" $!"
	within 20 test -S "$dir/con.sock"
	run -0 timeout 20 ptyfork --console-socket "$dir/con.sock" -- echo hello
	within 20 grep -q hello seen
}

@test "a socket without a path will do" {
	local name=@$BATS_TEST_TMPDIR

	fdrecv "$name" >seen 3>&- &
	started+=" $!"
	within 20 grep -qF "$name" /proc/net/unix
	run -0 timeout 20 ptyfork --console-socket "$name" -- echo hello
	within 20 grep -q hello seen
}

@test "an inherited socket will do, what is inherited and none is refused" {
	needs socat
	# It has its terminal closed with that socket: the status is any.
	run socat -u EXEC:'timeout 20 ptyfork --console-socket fd\:1 -- true' \
		CREATE:seen
	[ "$(cat seen)" = ' ' ]
	fails 125 "ptyfork: bad --console-socket ''*" \
		timeout 20 ptyfork --console-socket '' -- touch ran
	fails 125 "ptyfork: cannot use 'fd:0': *" \
		timeout 20 ptyfork --console-socket fd:0 -- touch ran
	[ ! -e ran ]
}

@test "ptyfork that is killed before it delivered leaves nothing" {
	serve mute
	ptyfork --console-socket s --ack=60 --pid-file pid -- touch ran 3>&- &
	pid=$!
	within 20 grep -q '^1 fds' seen
	child=$(cat pid)
	kill -KILL "$pid"
	ends 137 "$pid"
	within 20 gone "$child"
	[ ! -e ran ]
}

@test "after --ack a command prints to fdrecv without a carriage return" {
	for _ in {1..10}; do
		fdrecv --ack s >seen 3>&- &
		receiver=$!
		run -0 deliver --ack -- \
			sh -c 'stty -a | grep -o -e "-onlcr"'
		ends 0 "$receiver"
		[ "$(cat seen)" = -onlcr ]
	done
}

@test "a socket that was not passed on is none, whatever has its number" {
	for n in 3 4 5 6 7 8 9 10 11 12; do
		fails 125 "ptyfork: cannot use 'fd:$n': it was not passed on" \
			bash -c 'for ((fd = 3; fd < 20; fd++)); do
				eval "exec $fd>&-"; done; exec "$@"' sh \
			timeout 20 ptyfork --console-socket "fd:$n" -- touch ran
		fails 125 "confine: cannot open filter 'fd:$n': *" \
			bash -c 'for ((fd = 3; fd < 20; fd++)); do
				eval "exec $fd>&-"; done; exec "$@"' sh \
			timeout 20 ptyfork --no-tty -- confine \
			--seccomp-filter "fd:$n" -- touch ran
	done
	[ ! -e ran ]
}
