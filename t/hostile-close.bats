#!/usr/bin/env bats
# Descriptors whose close(2) does not return: a TCP socket with a full queue
# that lingers, a file whose FUSE server answers no FLUSH. Nothing that serves,
# or that has a time limit, may ever close one.
# bats file_tags=unsanitized
load lib

# stuck KIND HOW N - send N of that kind to s
stuck() {
	: >file
	: >sent
	"$HELPER" unclosable s "$@" </dev/null >sent 3>&- &
	started+=" $!"
	within 20 grep -q sent sent
}

# serve COMMAND... - that serves at s
serve() {
	env --default-signal "$@" 3>&- 2>err &
	server=$!
	started+=" $server"
	within 20 test -S s
}

complains() {
	grep -q "$1" err
}

# still_serves - the next one is served, and a signal ends it at once
still_serves() {
	echo data | timeout 10 fdsend s
	within 20 grep -q data got
	stops
}

stops() {
	kill -TERM "$server"
	ends 143 "$server"
	[ ! -e s ]
}

# again - the next kind, with nothing of the one before
again() {
	kill_started
	started=
	rm -f got
}

refused() {
	serve fdrecv --keep --count 1 s sh -c 'cat <&3 >got'
	stuck "$1" stay 2
	within 20 complains 'more descriptors than were asked for'
	still_serves
}

@test "fdrecv --keep refuses what cannot be closed, and serves the next" {
	as_root
	for kind in linger flush; do
		refused $kind
		again
	done
}

childless() {
	[ -z "$(pgrep -P "$server")" ]
}

unheard() {
	serve fdrecv --keep --timeout 1 --count 3 s sh -c 'cat <&3 >got'
	stuck "$1" stay 2
	within 20 complains 'sent nothing in time'
	# The other one is in a close that never ends.
	[ "$1" = flush ] || within 20 childless
	stops
}

@test "fdrecv --keep drops one that sent what cannot be closed and no more" {
	as_root
	for kind in linger flush; do
		unheard $kind
		again
	done
}

lost() {
	serve sh -c 'ulimit -n 16; exec fdrecv --keep --timeout 1 s sh -c "cat <&3 >got"'
	stuck "$1" stay 30
	within 20 complains 'a descriptor is lost\|sent nothing in time'
	still_serves
}

@test "fdrecv --keep loses what cannot be closed, and serves the next" {
	as_root
	for kind in linger flush; do
		lost $kind
		again
	done
}

once() {
	serve fdrecv --timeout 20 --terminal s true
	stuck "$1" stay 1
	ends 1 "$server"
	[ "$(<err)" = "fdrecv: cannot take what came: it is not one master of a \
terminal" ]
	[ ! -e s ]
}

@test "fdrecv refuses what cannot be closed, and ends" {
	as_root
	for kind in linger flush; do
		once $kind
		again
	done
}

@test "fdrecv takes what came, and does not close what lies behind it" {
	as_root
	serve fdrecv --timeout 20 s true
	kill -STOP "$server"
	stuck linger behind 2
	kill -CONT "$server"
	ends 0 "$server"
	[ ! -s err ]
}

late() {
	serve fdrecv --timeout 1 --count 3 s true
	stuck "$1" stay 2
	ends 124 "$server"
	[ "$(<err)" = "fdrecv: cannot receive from 's': timed out" ]
}

@test "fdrecv --timeout holds with what cannot be closed" {
	as_root
	for kind in linger flush; do
		late $kind
		again
	done
}

# Nobody reads what is sent to fdsend.
served() {
	serve fdsend --keep s 5 5<file
	stuck "$1" "$2" 1
	: >got
	timeout 10 fdrecv --connect s true
	stops
}

@test "fdsend --keep is sent what cannot be closed, and serves the next" {
	as_root
	: >file
	for kind in linger flush; do
		for how in stay leave; do
			served $kind $how
			again
		done
	done
}

logged() {
	serve conlog --log log --console-socket s --timeout 20
	stuck "$1" stay 2
	within 20 complains 'refused a console that is no master'
	# It goes on with the next, and to the end.
	timeout 10 ptyfork --console-socket s -- echo hello
	ends 0 "$server"
	grep -q hello log
	[ ! -e s ]
}

@test "conlog refuses what cannot be closed, and logs the next" {
	as_root
	for kind in linger flush; do
		logged $kind
		again
		rm -f log
	done
}

@test "hook ends in its time where its command cannot" {
	as_root
	serve hook --timeout 3 -- fdrecv s sleep 60
	stuck flush stay 1
	ends 124 "$server"
	[[ $(<err) == 'hook: '*' took too long' ]]
}
