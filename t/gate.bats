#!/usr/bin/env bats
# gate: the other side of confine --hold.
load lib

hold() {
	confine --hold 3 -- "$@" 3<>go >out &
	started=$!
}

# waiting - does the command hold at the gate?
waiting() {
	[ "$(readlink "/proc/$started/fd/3")" = "$PWD/go" ] &&
		grep -q '^State:.S' "/proc/$started/status"
}

@test "gate makes a FIFO that only the user may open" {
	gate --make go
	[ "$(stat -c '%F %a' go)" = 'fifo 600' ]
	fails 125 "gate: cannot make gate 'go': File exists" gate --make go
}

@test "--directory makes the directory for one caller alone" {
	umask 0
	gate --make --directory new/go
	[ "$(stat -c '%a %F' new new/go)" = $'700 directory\n600 fifo' ]
	fails 1 "gate: cannot make directory 'new': File exists" \
		gate -m -d new/other
	fails 125 "gate: cannot make directory 'no/new': No such file or directory" \
		gate -m -d no/new/go
	fails 125 "gate: cannot find the directory of gate 'go': want DIR/NAME" gate -m -d go
	fails 125 "gate: cannot make gate *" gate -m -d "none/$(printf %0300d 0)"
	[ ! -e none ]
	fails 125 "gate: --directory needs --make or --remove; *" gate -d new/go
}

@test "gate lets the command go on, and returns when it has" {
	gate --make go
	hold cat "/proc/self/comm"
	within 20 waiting
	run -0 gate go
	[ -z "$output" ]
	ends 0 "$started"
	[ "$(cat out)" = cat ]
}

@test "--once removes the FIFO when the command has gone on, and not before" {
	gate --make go
	fails 1 "gate: cannot open gate 'go': no process waits there" \
		timeout 20 gate --once go
	[ -p go ]
	hold echo on
	within 20 waiting
	gate --once go
	ends 0 "$started"
	[ "$(cat out)" = on ]
	[ ! -e go ]
}

@test "a gate where no process waits is status 1, at once" {
	gate --make go
	fails 1 "gate: cannot open gate 'go': no process waits there" \
		timeout 20 gate go
}

# waits_at FIFO PID - that gate has it open, and sleeps: it has written to it
waits_at() {
	find -L "/proc/$2/fd" -samefile "$1" 2>/dev/null | grep -q . &&
		grep -qs '^State:.S' "/proc/$2/status"
}

@test "one who died at the gate has not gone on" {
	gate --make go
	sh -c 'exec 3<>go; echo ready >up; exec sleep 60' 3>&- &
	started=$!
	within 20 test -s up
	gate go >said 2>&1 &
	gate=$!
	within 20 waits_at go "$gate"
	kill -KILL "$started"
	ends 1 "$gate"
	[ "$(cat said)" = "gate: cannot open gate 'go': the process that waited there has died" ]
}

# bars - have the command that is about to wait at the gate stop there
bars() {
	gate --make go
	hold echo on
	within 20 waiting
	kill -STOP "$started"
	within 20 in_state "$started" T
}

@test "of two that open a gate one has let the command go on" {
	bars
	gate --timeout 60 go >said 2>&1 3>&- &
	one=$!
	gate --timeout 60 go >said2 2>&1 3>&- &
	other=$!
	within 20 waits_at go "$one"
	within 20 waits_at go "$other"
	kill -CONT "$started"
	ends 0 "$started"
	within 20 gone "$one"
	within 20 gone "$other"
	status=0
	wait "$one" || status=$?
	wait "$other" || status=$((status + $?))
	[ "$status" -eq 1 ]
	[ "$(cat said said2)" = "gate: cannot open gate 'go': no process waits there" ]
	[ "$(cat out)" = on ]
}

@test "a gate that was killed spoils nothing for the next one" {
	bars
	gate --timeout 60 go >said 2>&1 3>&- &
	killed=$!
	within 20 waits_at go "$killed"
	kill -KILL "$killed"
	ends 137 "$killed"
	gate --timeout 60 go >said 2>&1 3>&- &
	next=$!
	within 20 waits_at go "$next"
	kill -CONT "$started"
	ends 0 "$next"
	ends 0 "$started"
	[ ! -s said ]
	[ "$(cat out)" = on ]
}

@test "one who does not go on ends the time" {
	gate --make go
	sh -c 'exec 3<>go; echo ready >up; exec sleep 60' 3>&- &
	started=$!
	within 20 test -s up
	fails 124 "gate: cannot open gate 'go': the process that waits there does not go on" \
		gate --timeout 0.1 go
}

@test "what is no FIFO is not written to" {
	echo text >file
	ln -s go link
	gate --make go
	fails 125 "gate: cannot open gate 'file': it is no FIFO" gate file
	[ "$(cat file)" = text ]
	fails 125 "gate: cannot open gate 'link': *" gate link
	fails 125 "gate: cannot open gate 'none': No such file or directory" \
		gate none
	fails 125 "gate: --once and --timeout are for opening a gate; *" \
		gate --make --timeout 1 g
}

@test "--remove removes the FIFO, or its directory and what is in it" {
	gate --make --directory new/go
	: >new/file
	ln -s "$PWD" new/link
	fails 125 "gate: cannot remove gate 'new/file': it is no FIFO" \
		gate --remove new/file
	gate --remove new/go
	[ ! -e new/go ]
	gate --remove --directory new/go
	[ ! -e new ]
	[ -d . ]
	gate -r -d new/go
	gate -r new/go
	mkdir real
	: >real/file
	ln -s real link
	fails 125 "gate: cannot open directory 'link': *" gate -r -d link/go
	[ -e real/file ]
	mkdir -p new/inner
	fails 125 "gate: cannot remove 'inner' in 'new': *" gate -r -d new/go
	fails 125 'gate: --make and --remove exclude each other; *' gate -m -r x
}

@test "--remove removes what another puts into the directory at the same time" {
	needs strace
	mkdir new
	touch new/file
	run -0 strace -qq -o trace -e trace=rmdir,unlinkat \
		-e inject=rmdir:error=ENOTEMPTY:when=1..3 gate -r -d new/go
	[ -z "$output" ]
	[ ! -e new ]
	mkdir new
	fails 125 "gate: cannot remove directory 'new': Directory not empty" \
		strace -qq -o trace -e trace=rmdir \
		-e inject=rmdir:error=ENOTEMPTY gate -r -d new/go
	fails 125 "gate: cannot remove directory 'new': *" \
		strace -qq -o trace -e trace=rmdir \
		-e inject=rmdir:error=EBUSY:when=1 gate -r -d new/go
	rmdir new
}
