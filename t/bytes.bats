#!/usr/bin/env bats
# bats file_tags=slow
# What is in single quotes is for the command to expand.
# shellcheck disable=SC2016
load lib

# through COMMAND... - what is in "in" goes through ptyfork and COMMAND to "out"
through() {
	# shellcheck disable=SC2002
	cat in | timeout -k 1 120 ptyfork -- "$@" | cat >out
	[ "${PIPESTATUS[*]}" = '0 0 0' ]
}

# same COMMAND... - and is the same there
same() {
	through "$@"
	cmp in out
}

# hog N - keep the processors busy
hog() {
	for _ in $(seq "$1"); do
		sh -c 'while :; do :; done' 3>&- &
		started+=" $!"
	done
}

# every - every byte value, with END behind each
every() {
	for a in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
		for b in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
			# shellcheck disable=SC2059
			printf "\\x$a$b${1-}"
		done
	done
}

@test "64 MiB of random bytes go through a terminal as they are" {
	head -c 67108864 /dev/urandom >in
	same cat
}

@test "nothing, one byte and an unfinished line go through" {
	: >in
	same cat
	for byte in x '\n' '\0' '\4' '\026' '\377'; do
		# shellcheck disable=SC2059
		printf "$byte" >in
		same cat
	done
	printf 'one\ntwo' >in
	same cat
}

@test "every byte value goes through, alone, in a row and many times" {
	every >in
	same cat
	every '\n' >in
	same cat
	every >once
	for _ in $(seq 50); do cat once; done >in
	same cat
}

@test "bytes that a terminal acts on go through, whatever is beside them" {
	for i in $(seq 2000); do
		printf '\4\4\026\4\026\026\n\026\n\4\n%*s\4' $((i % 40)) ''
	done >in
	same cat
	head -c 5000 /dev/zero | tr '\0' '\4' >in
	same cat
	head -c 5000 /dev/zero | tr '\0' '\026' >in
	same cat
	head -c 5000 /dev/zero | tr '\0' '\n' >in
	same cat
}

@test "a line of 100,000 bytes goes through, and lines around the limits" {
	head -c 100000 /dev/zero | tr '\0' x >in
	same cat
	echo >>in
	same cat
	for n in 1023 1024 1025 2048 4094 4095 4096 4097 8192 65535 65536; do
		head -c "$n" /dev/zero | tr '\0' x
		echo
	done >in
	same cat
	for n in 1023 1024 1025 4095 4096; do
		head -c "$n" /dev/zero | tr '\0' x >in
		same cat
	done
}

@test "readers of 1 and of 7 bytes get the same" {
	head -c 30000 /dev/urandom >in
	same dd bs=1 status=none
	same dd bs=7 status=none
	for size in 1 2 7 8 64 128 512 1024 2048; do
		head -c 5000 /dev/zero | tr '\0' x >in
		same dd bs="$size" status=none
		seq 3000 >in
		same dd bs="$size" status=none
	done
}

@test "a late reader gets the same, from a quick and from a slow writer" {
	head -c 300000 /dev/urandom >in
	same sh -c 'sleep 0.3; exec cat'
	{
		head -c 100 in
		sleep 0.1
		head -c 5000 /dev/zero
		sleep 0.1
		printf x
	} | timeout 20 ptyfork -- cat >out
	{
		head -c 100 in
		head -c 5000 /dev/zero
		printf x
	} | cmp - out
}

@test "a command that leaves canonical mode halfway gets the rest" {
	head -c 200000 /dev/urandom >rest
	for first in 'first line' 'many words here' ''; do
		{
			echo "$first"
			cat rest
		} >in
		through sh -c 'read -r line; stty raw; echo "$line" >line
			head -c 200000'
		cmp rest out
		[ "$(cat line)" = "$first" ]
	done
}

@test "a command that leaves canonical mode at once gets all" {
	{
		echo 'first line'
		head -c 200000 /dev/urandom
	} >in
	same sh -c 'stty raw; exec head -c 200011'
	every '\n' >in
	same sh -c 'sleep 0.2; stty raw; exec head -c 512'
}

@test "a last line without an end is not lost where the terminal gets raw" {
	printf abc >in
	same sh -c 'sleep 0.2; stty raw; exec head -c 3'
}

@test "a command that comes back to canonical mode gets lines and the end" {
	seq 3000 >in
	through sh -c 'head -c 100; stty raw; head -c 900
		stty -raw -opost -echo; cat; cat'
	cmp in out
}

@test "whole lines are the same in any mode, whenever that changes" {
	seq 20000 >in
	same sh -c 'head -c 100; stty raw; head -c 5000
		stty -raw -opost -echo; head -c 10000
		stty raw; exec head -c 93794'
}

@test "bytes go both ways at once" {
	head -c 3000000 /dev/urandom >in
	same sh -c 'tee copy'
	cmp in copy
}

@test "100,000 lines and an instant exit, 200 times" {
	seq 100000 >in
	want=$(cksum <in)
	for _ in $(seq 200); do
		got=$(timeout 20 ptyfork -- sh -c 'cat in; exit 7' | cksum
			echo "${PIPESTATUS[0]}")
		[ "$got" = "$want"$'\n7' ]
	done
}

# fifty - a short command, fifty times; what did not come as it should
fifty() {
	local came status

	for _ in $(seq 50); do
		status=0
		came=$(timeout 60 ptyfork -- sh -c 'echo hi; exit 7') ||
			status=$?
		[ "$came,$status" = hi,7 ] || echo "$came,$status"
	done
}

@test "the last words of a short command are never lost, on a busy machine" {
	local job jobs=()

	hog 6
	for job in 1 2 3 4 5 6; do
		fifty >"wrong$job" 3>&- &
		jobs+=("$!")
	done
	for job in "${jobs[@]}"; do
		wait "$job"
	done
	cat wrong*
	[ "$(cat wrong* | wc -c)" = 0 ]
}

@test "1 MiB and an instant exit, to quick and to slow readers" {
	head -c 1048576 /dev/urandom >in
	for _ in $(seq 20); do
		timeout 20 ptyfork -- cat in | cmp - in
	done
	for _ in 1 2 3; do
		timeout 20 ptyfork -- cat in | {
			sleep 0.1
			dd bs=4096 status=none
		} | cmp - in
	done
}

@test "all of it also comes to a file, whose end is where it should be" {
	head -c 1048576 /dev/urandom >in
	timeout 20 ptyfork -- cat in >out
	cmp in out
	timeout 20 ptyfork -- cat in >>out
	[ "$(wc -c <out)" = 2097152 ]
}
