#!/usr/bin/env bats
# Prompts that flush what was typed before they ask, and data that was.
# shellcheck disable=SC2016 # what is in single quotes is for other shells
load lib

# fork ARG... - ptyfork, with a limit
fork() {
	timeout -k 1 30 ptyfork "$@"
}

@test "two passwords on a pipe make a key that has them" {
	needs ssh-keygen
	run -0 fork -- ssh-keygen -q -t ed25519 -f key < <(printf 'secret12\nsecret12\n')
	run -0 ssh-keygen -y -P secret12 -f key
	run -255 ssh-keygen -y -P '' -f key
}

@test "getpass of Python reads what is on a pipe, then the rest as lines" {
	needs python3
	run -0 fork -- python3 -c 'import getpass, sys
print([getpass.getpass(""), getpass.getpass(""), sys.stdin.read()])' \
		< <(printf 'one\ntwo\nthree\nfour')
	[ "${lines[-1]}" = "['one', 'two', 'three\\nfour']" ]
}

# as_carol - nobody calls su for a user whose password is "right word"
as_carol() {
	cp /etc/passwd passwd
	echo 'carol:x:4321:4321::/:/bin/sh' >>passwd
	(
		umask 077
		echo 'carol:$6$saltsalt$tmv4zidrR3f7pOrTITj6Ba7.spZnhtzGn5wuqHFY68zm50ZLR5//o9q9i8iSRdMqplExrB.teIJPqU2TgMV.a1:19000:0:99999:7:::' >shadow
	)
	unshare -m sh -c 'mount --bind passwd /etc/passwd &&
		mount --bind shadow /etc/shadow && exec "$@"' sh \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		timeout -k 1 30 "$(command -v ptyfork)" -- \
		su carol -c 'id -u; cat'
}

@test "su takes a password that is on a pipe, and its command the rest" {
	needs su
	as_root
	run -0 as_carol < <(printf 'right word\nmore\nlines')
	[ "$output" = $'Password: \n4321\nmore\nlines' ]
}

@test "su refuses a wrong password, none, and the right one on the next line" {
	needs su
	as_root
	for input in 'wrong\n' '' '\nright word\n' 'wrong\nright word\n'; do
		run -1 as_carol < <(printf %b "$input")
		[ "$output" = $'Password: \nsu: Authentication failure' ]
	done
}

# The read and the flush come while the terminal is being looked at.
@test "a read is told before the flush behind it, or with it" {
	needs strace
	run -0 timeout 30 strace -qq -o /dev/null -e trace=ioctl \
		-e inject=ioctl:delay_enter=500000 "$HELPER" typeahead
	[ "$output" != blind ] || without 'this kernel does not tell of reads'
	[ "$output" = read ]
}

@test "prompts that flush read line by line, whatever is on the pipe" {
	{
		seq -f 'word %g' 20
		seq 3000
	} >in
	{
		sed 's/^w/password w/' in | head -n 20
		seq -f 'line %g' 3000
	} >want
	for how in 'cat in' 'cat in; sleep 0.3' \
		'while read -r l; do echo "$l"; done <in'; do
		fork -- "$HELPER" prompt 20 < <(sh -c "$how") >out
		cmp want out
	done
}

@test "a prompt that comes late, after lines that were read, gets the next" {
	printf '%s\n' one two secret three >in
	run -0 fork -- bash -c 'read -r a; read -r b; echo "$a $b"
		"$HELPER" prompt 1' <in
	[ "$output" = $'one two\npassword secret\nline three' ]
	run -0 fork -- bash -c 'sleep 0.5; read -r a; read -r b; echo "$a $b"
		sleep 0.5; exec "$HELPER" prompt 1' <in
	[ "$output" = $'one two\npassword secret\nline three' ]
}

@test "an end of file comes behind the last password, and not before" {
	run -0 fork -- "$HELPER" prompt 2 < <(echo one)
	[ "$output" = $'password one\npassword (end)' ]
	run -0 fork -- "$HELPER" prompt 2 < <(printf 'one\ntwo')
	[ "$output" = $'password one\npassword two' ]
	run -0 fork -- "$HELPER" prompt 1 </dev/null
	[ "$output" = 'password (end)' ]
}

@test "bytes that a terminal acts on are quoted again after a flush" {
	printf 'a\4b\26c\26\26\n\4\4\n\26\n' >in
	run -0 --separate-stderr fork -- "$HELPER" prompt 3 <in
	[ "$output" = $'password a\4b\26c\26\26\npassword \4\4\npassword \26' ]
}

@test "a line, short or long, and much behind it survive a prompt" {
	for n in 5 3000; do
		{
			head -c "$n" /dev/zero | tr '\0' x
			echo
			seq 20000
		} >in
		fork -- "$HELPER" prompt 1 <in >out
		{
			printf 'password '
			head -n 1 in
			seq -f 'line %g' 20000
		} | cmp - out
	done
}

@test "a command that flushes a raw terminal gets all that was typed" {
	seq 500 >in
	fork -- python3 -c 'import os, sys, termios, time, tty
tty.setraw(0)
got = b""
while len(got) < int(sys.argv[1]):
    if got.count(b"\n") < 40:
        termios.tcflush(0, termios.TCIFLUSH)
    got += os.read(0, 4096 if got.count(b"\n") >= 40 else 1)
    while got.count(b"\n") < 40 and not got.endswith(b"\n"):
        got += os.read(0, 1)
os.write(1, got)' "$(wc -c <in)" <in >out
	cmp in out
}

@test "a FIFO as input ends where its last writer has gone before" {
	mkfifo f
	for how in 'printf "a\nb\nc" >f' 'sleep 0.3; seq 3 >f' 'seq 3; seq 20000 >f'; do
		sh -c "$how" >/dev/null 3>&- &
		run -0 fork -- sh -c 'tail -n 1' <f
		[[ $output == [3c] || $output == 20000 ]]
		wait "$!"
	done
}

@test "a prompt where there is no terminal to answer it gets an end of file" {
	needs setsid
	run -0 setsid -w timeout -k 1 20 ptyfork --tty 1,2 -- \
		sh -c 'read -r x </dev/tty; echo $?; cat' < <(printf 'one\ntwo\n')
	[ "$output" = $'1\none\ntwo' ]
	run -0 setsid -w timeout -k 1 20 ptyfork --tty 1,2 -- \
		"$HELPER" prompt 1 </dev/null
	[ "$output" = 'password (end)' ]
}
