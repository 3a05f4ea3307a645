#!/usr/bin/env bats
# Peers that go on and on: floods, cycles, objects of any kind, a terminal that
# its sender still plays with. hostile.bats has what one message may be.
# The expansions in single quotes are those of the commands received for.
# shellcheck disable=SC2016
# bats file_tags=unsanitized
load lib

# harm HOW N - do it at s, once somebody listens there
harm() {
	"$HELPER" peer s "$@" </dev/null 3>&- &
	villain=$!
}

# serve WORD... - fdrecv --keep at s
serve() {
	env --default-signal fdrecv --keep "$@" 3>&- 2>>err &
	server=$!
	within 20 test -S s
}

stop() {
	kill "$server"
	wait "$server" || true
}

open_files() {
	find "/proc/$server/fd" -mindepth 1 | wc -l
}

open_as_before() {
	[ "$(open_files)" -eq "$before" ]
}

# memory - what the server has of its own, in kB: how much of its file is mapped
# is for the kernel to say
memory() {
	awk '/^RssAnon/ { print $2 }' "/proc/$server/status"
}

complaints() {
	[ "$(wc -l <err)" -ge "$1" ]
}

# refused COMMAND... - what that has as standard input is no terminal's master:
# a line, at once, and the server has let go of it
refused() {
	: >err
	"$@" fdsend s
	within 5 complaints 1
	[ "$(<err)" = "fdrecv: cannot take what came: it is not one master of a \
terminal" ]
	within 5 open_as_before
}

@test "an object of any kind but the one that is wanted is refused at once" {
	mkfifo p
	serve --terminal s sh -c 'touch ran'
	before=$(open_files)
	for kind in epoll eventfd timerfd signalfd inotify pidfd memfd path \
		slave socket listening; do
		refused "$HELPER" with $kind
	done
	for file in /dev/zero /dev/null /etc/passwd / \
		/proc/self/mem /proc/self/ns/mnt; do
		refused "$BASH" -c 'exec "$@" <"$0"' "$file"
	done
	refused "$BASH" -c 'exec "$@" <>p' bash
	[ ! -e ran ]
	stop
}

# bats test_tags=unsanitized
@test "ten thousand who say a byte and leave cost nothing, and others are served" {
	serve s sh -c 'cat <&3 >got'
	harm flood 1000
	wait "$villain"
	within 20 complaints 1000
	before=$(open_files) rss=$(memory)
	harm flood 9000
	within 60 complaints 2000
	echo data | fdsend s
	within 20 grep -q data got
	wait "$villain"
	within 60 complaints 10000
	within 20 open_as_before
	[ $(($(memory) - rss)) -le 64 ]
	stop
}

@test "datagrams without a descriptor are a line each, and others are served" {
	serve --type dgram s sh -c 'cat <&3 >got'
	harm datagrams 2000
	within 60 complaints 500
	echo data | fdsend --type dgram --timeout 10 s
	wait "$villain"
	within 20 grep -q data got
	within 20 complaints 2000
	stop
}

@test "a user who may not send is not heard, however often" {
	as_root
	name=@$$.$BATS_TEST_NUMBER
	env --default-signal fdrecv --keep "$name" sh -c 'cat <&3 >got' \
		3>&- 2>err &
	server=$!
	as_nobody "$HELPER" peer "$name" flood 500 </dev/null 3>&- &
	villain=$!
	within 60 complaints 100
	echo data | fdsend --wait=10 "$name"
	within 20 grep -q data got
	wait "$villain"
	within 20 complaints 500
	run -1 grep -v 'of user 65534: that user may not' err
	stop
}

# files_near N - that many are open in the whole system, or not many more
files_near() {
	[ "$(cut -f1 /proc/sys/fs/file-nr)" -lt $(($1 + 1000)) ]
}

@test "sockets sent over themselves are let go, two thousand of them" {
	serve s true
	files=$(cut -f1 /proc/sys/fs/file-nr)
	before=$(open_files)
	harm cycle 2000
	wait "$villain"
	within 20 open_as_before
	within 20 files_near "$files"
	stop
}

@test "who dribbles is given no more time than who is silent" {
	for how in dribble urgent; do
		harm $how 20
		fails 124 "fdrecv: cannot receive from 's': timed out" \
			timeout 20 fdrecv --timeout 0.5 s
		wait "$villain"
	done
}

@test "a server drops who dribbles, and serves others meanwhile" {
	serve --timeout 3 s sh -c 'cat <&3 >got'
	before=$(open_files)
	for _ in 1 2 3 4 5; do
		harm dribble 10
	done
	echo data | fdsend s
	within 20 grep -q data got
	within 20 complaints 5
	within 20 open_as_before
	stop
}

@test "a sender that plays with the flags of its terminal loses nothing of it" {
	harm toggle 20000
	run -0 timeout 60 fdrecv s
	[ "${#lines[@]}" -eq 20000 ]
	[ "${lines[19999]}" = 20000 ]
}

heard() {
	grep -q caught stolen
}

@test "a sender that takes back what it has shown does not hold a person up" {
	needs script
	harm steal 300000 >stolen
	on_tty 'stty -g >before; fdrecv s; echo $? >status; stty -g >after' \
		>screen 3>&- &
	within 25 heard
	kill -TERM "$(our fdrecv)"
	within 20 test -s after
	[ "$(cat status)" = 143 ]
	cmp before after
	kill "$villain"
}

@test "of descriptors that are more than a server wants none stays open" {
	serve --count 2 s true
	before=$(open_files)
	for n in 1 2 3; do
		fdsend s 0 0 0 </dev/null
		within 20 complaints $n
	done
	within 20 open_as_before
	stop
}

@test "descriptors that come back with an answer are not kept" {
	for how in --reply --ack; do
		"$HELPER" server s hello text 0 </dev/null 3>&- &
		run -0 timeout 20 fdsend --wait $how --message hello s 0
	done
}
