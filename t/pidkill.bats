#!/usr/bin/env bats
# pidkill: a signal for one process, and for no other.
load lib

start_of() {
	awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat"
}

# target COMMAND... - start it, noted for the teardown
target() {
	"$@" </dev/null 3>&- &
	started=$!
}

@test "pidkill sends TERM to the process that began at that time" {
	target sleep 60
	run -0 pidkill "$started:$(start_of "$started")"
	[ -z "$output" ]
	ends 143 "$started"
}

@test "a process that began at another time is not signalled" {
	target sleep 60
	fails 1 "pidkill: cannot signal process '$started:7': No such process" \
		pidkill -s KILL "$started:7"
	kill -0 "$started"
}

@test "without a time the pid alone counts" {
	target sleep 60
	run -0 pidkill --signal kill "$started"
	ends 137 "$started"
}

@test "signal 0 tells whether there is such a process" {
	target sleep 60
	at=$started:$(start_of "$started")
	pidkill -s 0 "$at"
	pidkill -s KILL -w "$at"
	wait "$started" || true
	fails 1 "pidkill: cannot signal process '$at': No such process" \
		pidkill -s 0 "$at"
}

@test "--wait returns once the process has ended, a zombie included" {
	target sh -c 'trap "sleep 0.3; exit 3" TERM; echo >ready
		while :; do sleep 0.01; done'
	within 20 test -e ready
	pidkill --wait=20 "$started"
	gone "$started"
	ends 3 "$started"
}

@test "--wait gives up after its time" {
	target sleep 60
	fails 124 "pidkill: cannot wait for process '$started': it goes on" \
		pidkill -s 0 --wait=0.1 "$started"
}

@test "a name of a process may look like the rest of its line" {
	cp "$(command -v sleep)" $'b) Z 1\n2 3'
	target ./$'b) Z 1\n2 3' 60
	within 20 grep -qs '^b' "/proc/$started/comm"
	run -0 pidkill "$started:$(tr '\n' ' ' <"/proc/$started/stat" |
		awk '{ sub(/.*\) /, ""); print $20 }')"
	ends 143 "$started"
}

@test "what is no process, signal or time is a usage error" {
	local word

	for word in '' 0 -1 x 1: 1:x :1 1:-1 99999999999 1:99999999999999999999; do
		fails 125 "pidkill: bad process *" pidkill -- "$word"
	done
	fails 125 "pidkill: bad --signal 'frob': *" pidkill -s frob 1
	fails 125 "pidkill: bad --wait 'x': *" pidkill --wait=x 1
}
