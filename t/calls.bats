#!/usr/bin/env bats
# What our processes ask of the kernel on their way to the command, call by
# call, as strace(1) shows it and as it lets a call end otherwise.
# What is in single quotes is for the command to expand; run sets stderr.
# shellcheck disable=SC2016,SC2154
# bats file_tags=unsanitized
load lib
load rootfs

# Calls by which a descriptor comes to be; fcntl(2) and ioctl(2) do other things
# as well.
BIRTHS=open,openat,openat2,creat,socket,socketpair,accept,accept4,pipe,pipe2
BIRTHS+=,signalfd,signalfd4,memfd_create,open_tree,fsopen,fsmount,recvmsg,dup
BIRTHS+=,epoll_create1,eventfd2,inotify_init1,fcntl,ioctl

setup() {
	stage
	chmod 755 .
}

# under OPTION... - strace for the next scenarios, which ends where the command
# begins; through what seals itself it stays, as it would end there, too
under() {
	through=(timeout 20 strace -ff -qq -e signal=none "$@")
	trace=("${through[@]}" -b execve)
}

# unix COMMAND... - without what a terminal adds to a newline
unix() {
	"$@" | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# Ways to run all of our tools, by name: what they print has to be hello.
scenario() {
	case $1 in
	relay) "${trace[@]}" ptyfork -- echo hello ;;
	input) "${trace[@]}" ptyfork -- cat <<<hello ;;
	split) "${trace[@]}" ptyfork --split-stderr -- sh -c 'echo hello >&2' \
		2>&1 ;;
	typed) unix on_tty "$(printf '%q ' "${trace[@]}") \
		ptyfork sh -c 'sleep 0.2; echo hello'" ;;
	deliver) unix deliver ;;
	pass) pass ;;
	join) "${through[@]}" ptyfork --target $$ -- echo hello ;;
	box) rm -rf R && rootfs R
		"${through[@]}" ptyfork --mount --pid --ipc --uts --net --init -- \
			newroot --proc /proc --dev /dev --tmpfs /tmp \
			--mask /proc/keys --readonly-path /proc/sys R -- \
			confine --reuid 7 --regid 7 --clear-groups \
			--no-new-privs -- echo hello ;;
	between) rm -rf R && rootfs R
		"${through[@]}" ptyfork --mount --pid -- env newroot \
			--proc /proc --dev /dev R echo hello ;;
	esac
}

# ptyfork to fdrecv, both of them looked at
deliver() {
	local one=("${trace[@]}") two=("${trace[@]}")

	one+=(-o trace.deliver.one) two+=(-o trace.deliver.two)
	"${one[@]}" fdrecv --terminal --ack s </dev/null 3>&- &
	"${two[@]}" ptyfork --console-socket s --ack --pid-file pid \
		-- echo hello 3>&- &&
		wait "$!"
}

pass() {
	local one=("${trace[@]}") two=("${trace[@]}")

	one+=(-o trace.pass.one) two+=(-o trace.pass.two)
	echo hello >text
	"$HELPER" socket s
	"${one[@]}" fdrecv --ack --stdin s cat </dev/null 3>&- &
	"${two[@]}" fdsend --wait --ack s <text && wait "$!"
}

# In the last two programs of others are seen, that need not stand everything.
OURS=(relay input split typed deliver pass box)
SCENARIOS=("${OURS[@]}" join between)

# interrupted CALL [OPTION...] - in each scenario every second such call ends
# with EINTR, and nobody notices
interrupted() {
	local name when

	for when in 1+2 2+2; do
		under -o unread -e "trace=$1" \
			-e "inject=$1:error=EINTR:when=$when"
		for name in "${OURS[@]}"; do
			run -0 scenario "$name"
			[ "$output" = hello ] ||
				{ echo "$name: $output"; return 1; }
		done
	done
}

# TIOCGPTPEER is shown with its flags as a number: O_CLOEXEC, O_NOCTTY, O_RDWR.
PEER='TIOCGPTPEER, 0x80102)'

# called PATTERN CALL... - the scenarios' calls of those that match and succeed;
# what strace names ??? is none that it has seen
called() {
	local name

	for name in "${SCENARIOS[@]}"; do
		under -o "trace.$name" -e "trace=$2"
		[ "$(scenario "$name")" = hello ] || echo "failed: $name"
	done
	cat trace.* | grep -E "$1" | grep -v ' = -1 \|^???('
}

@test "every descriptor is born close-on-exec" {
	as_root
	needs strace busybox
	called '^(fcntl.*F_DUPFD|ioctl.*TIOCGPTPEER|[^fi]|fs)' "$BIRTHS" >calls
	# glibc opens by openat(2).
	for call in 'open(at)?' pipe2 socket signalfd4 fsmount recvmsg ioctl; do
		grep -qE "^$call\(" calls || { echo "no $call"; return 1; }
	done
	[ -z "$(grep -v "CLOEXEC\|$PEER" calls | tee /dev/stderr)" ]
}

@test "no terminal is opened so that it could become a controlling one" {
	as_root
	needs strace busybox
	called '/dev/(tty|pts/|ptmx)|/self/fd/|"(ptmx|[0-9]+)"|TIOCGPTPEER' \
		open,openat,openat2,ioctl >calls
	grep -q '^open.*ptmx' calls
	[ -z "$(grep -v "O_NOCTTY\|O_PATH\|$PEER" calls | tee /dev/stderr)" ]
}

@test "a read or a write that is interrupted is done again" {
	as_root
	needs strace busybox
	interrupted read
	interrupted write
}

@test "a poll that is interrupted is done again" {
	as_root
	needs strace busybox
	interrupted poll
}

@test "a wait for a child that is interrupted is done again" {
	as_root
	needs strace busybox
	interrupted wait4
}

@test "a message that is interrupted on its way is sent again, and received" {
	as_root
	needs strace busybox
	interrupted sendmsg
	interrupted recvmsg
	interrupted accept4
}

@test "a place in a root is looked for again while others rename things" {
	as_root
	needs strace busybox
	rootfs R
	for error in EAGAIN EINTR; do
		run -0 timeout 20 strace -qq -o /dev/null -e trace=openat2 \
			-e inject=openat2:error=$error:when=1+2 unshare -m \
			newroot --proc /proc --dev /dev R echo hello
		[ "$output" = hello ]
	done
}

@test "a root that the kernel did not change is noticed, and nothing runs" {
	as_root
	needs strace busybox
	rootfs R
	fails 125 "newroot: cannot enter root 'R': it is another one" \
		timeout 20 strace -qq -o /dev/null -e trace=pivot_root \
		-e inject=pivot_root:retval=0 unshare -m newroot R touch ran
	[ ! -e ran ] && [ ! -e R/ran ]
}

@test "a root that one did not become is noticed, and nothing runs" {
	as_root
	needs strace
	for call in setresuid setresgid; do
		fails 125 'ptyfork: cannot become * 0: *' timeout 20 strace \
			-f -qq -o /dev/null -e trace=$call \
			-e inject=$call:retval=0 ptyfork --no-tty \
			--uid-map 0:1000:1 --gid-map 0:1000:1 touch ran
	done
	[ ! -e ran ]
}

@test "a process that ends while it is looked for is not joined" {
	needs strace
	fails 125 'ptyfork: cannot find process *' timeout 20 strace -f -qq \
		-o /dev/null -e trace=pidfd_send_signal \
		-e inject=pidfd_send_signal:error=ESRCH \
		ptyfork --no-tty --target $$ touch ran
	[ ! -e ran ]
}

has_child() {
	[ -n "$(<"/proc/$1/task/$1/children")" ]
}

@test "a ptyfork that is killed just before its command can be told runs none" {
	needs strace
	timeout 20 strace -f -qq -o /dev/null -e trace=prctl \
		-e inject=prctl:delay_enter=2000000 sh -c 'echo $$ >pid
			exec ptyfork --kill-child --no-tty touch ran' 3>&- &
	within 20 test -s pid
	pid=$(<pid)
	# It has those two seconds: nothing has to be started for that.
	within 20 has_child "$pid"
	kill -KILL "$pid"
	within 20 none_of_ours
	[ ! -e ran ]
}

# failing CALL HOW COMMAND... - run COMMAND, whose call CALL ends so:
# error=ERRNO[:when=N]
failing() {
	local call=$1 how=$2

	shift 2
	timeout 20 strace -f -qq -e signal=none -o /dev/null -e "trace=$call" \
		-e "inject=$call:$how" "$@"
}

@test "a line that a terminal does not take is missed" {
	needs strace script
	export -f failing
	run -125 on_tty "bash -c 'failing write error=EIO:when=1 winsz'"
	[[ $output == "winsz: cannot write to standard output: "* ]]
	run -125 on_tty "bash -c 'failing write error=EIO:when=1 winsz --watch'"
	[[ $output == "winsz: cannot write to standard output: "* ]]
}

@test "without an acknowledgement that can be sent neither side believes" {
	needs strace
	failing sendto error=ENOBUFS:when=1 fdrecv --ack --list s \
		</dev/null >out 2>err 3>&- &
	recv=$!
	run -1 --separate-stderr fdsend --wait --ack s 0
	[ "$stderr" = "fdsend: cannot get an acknowledgement from 's': the peer closed the connection" ]
	ends 1 "$recv"
	[[ $(cat err) == "fdrecv: cannot acknowledge what came: "* ]]
	[ ! -s out ]
}

@test "a sender whose user is not known is not taken for another one" {
	needs strace
	failing getsockopt error=ENOMEM fdrecv s true </dev/null 2>err 3>&- &
	recv=$!
	run -0 fdsend --wait s 0
	ends 1 "$recv"
	[ "$(cat err)" = "fdrecv: cannot receive from a sender: its user is not known" ]
}

@test "a socket that cannot be removed is told of, whoever made it" {
	needs strace
	mkdir d
	: >log
	failing unlinkat error=EROFS:when=1 fdrecv d/r cat \
		</dev/null 2>recv.err 3>&- &
	recv=$!
	run -0 fdsend --wait d/r 0
	wait "$recv"
	[ "$(cat recv.err)" = "fdrecv: cannot remove socket 'd/r': Read-only file system" ]
	failing unlinkat error=EROFS:when=1 fdsend --listen d/s 0 \
		</dev/null 2>send.err 3>&- &
	send=$!
	run -0 fdrecv --connect --wait d/s true
	wait "$send"
	[ "$(cat send.err)" = "fdsend: cannot remove socket 'd/s': Read-only file system" ]
	rm d/r d/s
}

@test "a socket that cannot be looked at is not published, and not left" {
	needs strace
	mkdir d
	fails 125 "fdrecv: cannot listen on 'd/s': *" failing \
		newfstatat,fstatat64,statx error=EIO fdrecv d/s
	[ -z "$(ls -A d)" ]
}

@test "a name that cannot be removed while a socket is published is no success" {
	needs strace
	# Where the file system has no rename that replaces nothing.
	fails 125 "fdrecv: cannot listen on 's': *" timeout 20 \
		strace -f -qq -o /dev/null -e trace=renameat2,unlinkat \
		-e inject=renameat2:error=EINVAL \
		-e inject=unlinkat:error=EROFS:when=1 fdrecv s
	[ ! -e s ]
	rm .ptybox-*
}

@test "a command that cannot be executed, nor that be told, is not silent" {
	as_root
	needs strace
	run -127 --separate-stderr failing write error=ENOBUFS:when=2 \
		ptyfork -p -- nothing
	[[ $output == "ptyfork: cannot execute 'nothing': "* ]]
}

@test "a command that must not be killed does not start, and nobody waits" {
	needs strace
	fails 1 "ptyfork: cannot connect to 's': *" failing kill error=EPERM \
		ptyfork --console-socket s --timeout 0.2 -- touch ran
	[ ! -e ran ]
}

@test "a child that is waited for once more is taken off the list" {
	needs strace
	failing wait4 error=EINTR:when=1 fdrecv --keep --max 1 s -- \
		sh -c 'cat >>out <&3' 3>&- &
	for text in one two; do
		echo $text >$text
		run -0 fdsend --wait s 0 <$text
	done
	within 20 grep -q two out
	[ "$(cat out)" = $'one\ntwo' ]
	kill "$(our fdrecv)"
	within 20 none_of_ours
}
