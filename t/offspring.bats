#!/usr/bin/env bats
# bats file_tags=once
# What the tests find of what they have left.
# shellcheck disable=SC2016 # scripts are for another shell to expand
load lib

# hidden SCRIPT - an orphan in a session of its own, of which neither name,
# environment, directory nor descriptors tell where it is from; its pid in pid
hidden() {
	rm -f pid
	(cd / && exec setsid env -i /bin/sh -c "$1" hidden \
		"$BATS_TEST_TMPDIR/pid" >/dev/null 2>&1 3>&- 4>&- &)
	within 20 test -s pid
	pid=$(<pid)
	started+=" $pid"
}

@test "an orphan that hides where it is from is found until it has ended" {
	[ -n "${OFFSPRING-}" ] || without 'not run by t/run.sh'
	none_of_ours
	hidden 'echo $$ >"$1"; exec sleep 60'
	within 20 grep -q sleep "/proc/$pid/comm"
	[ "$(ours)" = "$pid" ]
	[ "$(our sleep)" = "$pid" ]
	run ! none_of_ours
	run ! offspring nothing
	kill -KILL "$pid"
	within 20 none_of_ours
	offspring nothing
}

@test "so is one that a hidden one has left behind" {
	[ -n "${OFFSPRING-}" ] || without 'not run by t/run.sh'
	hidden '(sleep 60 & echo $! >"$1")'
	within 20 eval '[ "$(ours)" = "$pid" ]'
	kill -KILL "$pid"
	within 20 none_of_ours
}

@test "an orphan is found by its environment or its directory alone" {
	unset OFFSPRING
	(setsid sleep 60 3>&- &)
	within 20 eval '[ -n "$(our sleep)" ]'
	kill -KILL "$(our sleep)"
	within 20 none_of_ours
	(setsid env -i /bin/sleep 60 3>&- &)
	within 20 eval '[ -n "$(our sleep)" ]'
	kill -KILL "$(our sleep)"
	within 20 none_of_ours
}

@test "a zombie is none, nor is what searches" {
	sh -c 'sleep 60 3>&- & echo $! >pid; exec sleep 60' 3>&- &
	parent=$!
	started+=" $parent"
	within 20 test -s pid
	pid=$(<pid)
	[ "$(ours | sort -n)" = "$(printf '%s\n' "$parent" "$pid" | sort -n)" ]
	kill -KILL "$pid"
	within 20 grep -q '^State:.Z' "/proc/$pid/status"
	[ "$(ours)" = "$parent" ]
	kill -KILL "$parent"
	within 20 none_of_ours
	(none_of_ours)
}

@test "a socket and a mount in the test's directory are found" {
	mkdir -p a/b
	offspring nothing
	fdrecv a/b/s -- true 3>&- &
	receiver=$!
	within 20 test -S a/b/s
	kill -KILL "$receiver"
	within 20 none_of_ours
	run ! offspring nothing
	rm a/b/s
	offspring nothing
	as_root
	# Others look at the mounts of the host meanwhile.
	run -1 unshare -m sh -c 'mount -t tmpfs none a && exec "$@"' sh \
		"${HELPER%/*}/offspring" nothing "$$" "$BATS_TEST_TMPDIR"
	run -0 unshare -m sh -c 'exec "$@"' sh \
		"${HELPER%/*}/offspring" nothing "$$" "$BATS_TEST_TMPDIR"
}

@test "what a runner of tests runs has its status, and its signals" {
	runner=${HELPER%/*}/offspring
	run -7 "$runner" --run sh -c 'exit 7'
	run -143 "$runner" --run sh -c 'kill -TERM $$'
	run -127 "$runner" --run ./none
	# What is blocked or ignored is not, and nothing else is open.
	run -0 "$HELPER" blocked "$runner" --run "$HELPER" mask
	[ -z "$output" ]
	run -0 "$runner" --run "$HELPER" open_fds 9</dev/null
	[ "$output" = '0 1 2' ]
	# In the session and the group that it was started in.
	run -0 "$runner" --run sh -c 'cut -d" " -f5,6 /proc/$$/stat'
	[ "$output" = "$(cut -d' ' -f5,6 /proc/$$/stat)" ]
}

@test "tests that are not through in time are told of and killed" {
	LIMIT=1 run -124 "${HELPER%/*}/offspring" --run \
		sh -c 'setsid sleep 61 3>&- & exec sleep 62'
	grep -Eqx '# [0-9]+ of [0-9]+, in [^ ]+, call .*: sleep 61 ' <<<"$output"
	grep -Eqx '# [0-9]+ of [0-9]+, in [^ ]+, call .*: sleep 62 ' <<<"$output"
	none_of_ours
	LIMIT=60 run -3 "${HELPER%/*}/offspring" --run sh -c 'exit 3'
	[ -z "$output" ]
}
