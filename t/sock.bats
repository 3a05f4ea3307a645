#!/usr/bin/env bats
# bats file_tags=slow
load lib

# fdrecv ARG... - with a limit, as its sender may have given up
fdrecv() {
	timeout -k 1 60 fdrecv "$@"
}

# word N - a word of N letters
word() {
	printf "%$1s" '' | tr ' ' x
}

# passes_over SOCKET - a file sent to SOCKET arrives at fdrecv there
passes_over() {
	echo hello >in
	fdrecv "$1" >out 3>&- &
	job=$!
	fdsend --wait=20 "$1" <in
	wait "$job"
	[ "$(cat out)" = hello ]
	rm in out
}

# leave_stale SOCKET - a socket that nobody listens on any more
leave_stale() {
	fdsend --listen "$1" 3>&- &
	job=$!
	within 20 test -S "$1"
	kill -KILL "$job"
	wait "$job" || true
}

@test "a socket is a path, @NAME, or fd:N" {
	while read -r how text kind; do
		run -0 "$HELPER" sock_name "$text" "$how"
		[ "$output" = "$kind" ]
	done <<-end
		- s path s
		- /run/s path /run/s
		- ./fd:3 path ./fd:3
		- ./@s path ./@s
		- @s abstract s
		abstract s abstract s
		abstract @s abstract s
		abstract fd:3 abstract fd:3
		- fd:3 fd 3
		- fd:2147483647 fd 2147483647
	end
}

@test "an empty name and a bad fd:N are no sockets" {
	for text in '' @ fd: fd:x fd:-1 'fd: 1' fd:+1 fd:0x1 fd:1x fd:2147483648 \
		fd:4294967296 fd:18446744073709551616; do
		run -1 "$HELPER" sock_name "$text" -
		fails 125 'fdsend: bad SOCKET *' fdsend "$text"
	done
	run -1 "$HELPER" sock_name '' abstract
}

@test "a socket's name may have any length, and no other name appears" {
	for n in 1 2 106 107 108 109 254 255; do
		passes_over "$(word "$n")"
		fdsend --listen "$(word "$n")" 3>&- &
		job=$!
		within 20 test -S "$(word "$n")"
		[ "$(ls -A)" = "$(word "$n")" ]
		kill "$job"
		ends 143 "$job"
		[ -z "$(ls -A)" ]
	done
}

@test "a socket may lie 3800 bytes deep" {
	deep=$(for _ in {1..19}; do printf '%s/' "$(word 199)"; done)
	mkdir -p "$deep"
	passes_over "${deep}s"
	[ -z "$(ls -A "$deep")" ]
}

@test "a path that no kernel takes is one clear line" {
	deep=$(for _ in {1..25}; do printf '%s/' "$(word 199)"; done)
	for path in "$(word 256)" "./$(word 256)" "$deep"s; do
		fails 125 'fdsend: cannot connect to *: File*name too long' \
			fdsend "$path"
		fails 125 'fdsend: cannot listen on *: File*name too long' \
			fdsend --listen "$path"
	done
	[ -z "$(find . -type s)" ]
}

@test "an abstract name has 107 bytes at most" {
	passes_over "@$BASHPID-$(word 96)"
	fails 125 'fdsend: cannot connect to *: File*name too long' \
		fdsend "@$(word 108)"
	fails 125 'fdsend: cannot listen on *: File*name too long' \
		fdsend --listen "@$(word 108)"
}

@test "an abstract name that is in use is refused" {
	fdsend --listen "@$BATS_TEST_TMPDIR" 3>&- &
	job=$!
	within 20 grep -q "@$BATS_TEST_TMPDIR" /proc/net/unix
	fails 125 "fdsend: cannot listen on *: another process listens there" \
		fdsend --listen "@$BATS_TEST_TMPDIR"
	kill "$job"
	ends 143 "$job"
}

@test "a stale socket is replaced" {
	leave_stale s
	passes_over s
	[ -z "$(ls -A)" ]
}

@test "a live socket is refused, and whoever listens there notices nothing" {
	echo hello >in
	fdsend --listen s <in 3>&- &
	job=$!
	within 20 test -S s
	for type in stream seqpacket; do
		fails 125 "fdsend: cannot listen on 's': another process listens there" \
			fdsend --listen --timeout 1 --type "$type" s
	done
	run -0 fdrecv --connect s
	[ "$output" = hello ]
	wait "$job"
}

@test "what is no socket is neither replaced nor connected to" {
	mkdir things things/dir
	echo kept >things/file
	mkfifo things/fifo
	ln -s nowhere things/dangling
	before=$(ls -li things)
	for name in things/{file,dir,fifo,dangling,.,..}; do
		fails 125 "fdsend: cannot listen on '$name': something that is no socket is there" \
			fdsend --listen "$name"
	done
	for name in things/{file,dir,fifo,.}; do
		fails 125 "fdsend: cannot connect to '$name': *ocket*" fdsend "$name"
	done
	[ "$(ls -li things)" = "$before" ]
}

@test "a stale socket of another user is left alone" {
	as_root
	chmod 777 .
	as_nobody sh -c 'echo $$ >pid; exec fdsend --listen s' 3>&- &
	job=$!
	within 20 test -S s
	kill -KILL "$(cat pid)"
	ends 137 "$job"
	fails 125 "fdsend: cannot listen on 's': Permission denied" \
		fdsend --listen s
	rm s
}

@test "a directory that is missing, or closed to us, is one clear line" {
	as_root
	fails 125 "fdsend: cannot listen on 'no/s': No such file or directory" \
		fdsend --listen no/s
	mkdir closed
	fails 125 "fdsend: cannot listen on 'closed/s': Permission denied" \
		as_nobody fdsend --listen closed/s
	fails 125 "fdsend: cannot listen on 'closed/': Is a directory" \
		fdsend --listen closed/
}

@test "a socket has mode 0600 whatever the umask" {
	for mask in 0 022 077 0777; do
		(umask "$mask" && exec fdsend --listen s 3>&-) &
		job=$!
		within 20 test -S s
		[ "$(stat -c %a s)" = 600 ]
		kill "$job"
		ends 143 "$job"
	done
}

# only NAME... - is nothing else here?
only() {
	[ "$(ls -A)" = "$(printf '%s\n' "$@")" ]
}

one_of() {
	[ -s "$1" ] || [ -s "$2" ]
}

@test "of two that race for a stale socket exactly one wins, 200 times" {
	leave_stale s
	for _ in {1..200}; do
		rm -f err.*
		fdsend --listen s 2>err.1 3>&- & one=$!
		fdsend --listen s 2>err.2 3>&- & two=$!
		# Not wait -n: bash may have forgotten who ended before it.
		within 20 one_of err.1 err.2
		[ "$(cat err.1 err.2)" = \
			"fdsend: cannot listen on 's': another process listens there" ]
		within 20 only err.1 err.2 s
		[ ! -s err.1 ] || read -r one two <<<"$two $one"
		wait "$two" || lost=$?
		[ "$lost" -eq 125 ]
		kill -KILL "$one"
		wait "$one" || true
	done
	rm s
}

@test "who connects as soon as the socket is there is never refused" {
	for _ in {1..50}; do
		fdsend --listen s <"$BATS_TEST_FILENAME" 3>&- &
		job=$! end=$((SECONDS + 21))
		until [ -S s ] || [ "$SECONDS" -ge "$end" ]; do :; done
		fdrecv --connect s >out
		wait "$job"
		cmp out "$BATS_TEST_FILENAME"
	done
}

@test "at the end nothing is removed but what was made" {
	fdsend --listen s 3>&- &
	job=$!
	within 20 test -S s
	mv s moved
	echo other >s
	kill "$job"
	ends 143 "$job"
	[ "$(cat s)" = other ]
	rm moved
}

@test "a lock that others hold on the directory is not waited for for ever" {
	leave_stale s
	fails 124 "fdsend: cannot listen on 's': its directory stays locked" \
		flock . fdsend --listen s
	rm s
}

@test "fd:N serves on a socket that was inherited" {
	echo hello >in
	"$HELPER" listening s fdsend --listen fd:3 <in 3>&- &
	job=$!
	within 20 test -S s
	run -0 fdrecv --connect s
	[ "$output" = hello ]
	wait "$job"
	rm s
}

@test "fd:N that is not open, no socket, or does not listen is refused" {
	fails 125 "fdsend: cannot use 'fd:77': Bad file descriptor" fdsend fd:77
	fails 125 "fdsend: cannot use 'fd:0': *ocket*" fdsend fd:0 </dev/null
	fails 125 "fdsend: cannot listen on 'fd:3': it does not listen" \
		"$HELPER" orphan fdsend --listen fd:3
}

@test "another user who listens there is not trusted, unless named" {
	as_root
	echo hello >in
	chmod 777 .
	for trust in '' '--peer-uid 1' '--peer-uid 65534'; do
		as_nobody fdrecv --timeout 5 s >out 2>err 3>&- &
		job=$!
		within 20 test -S s
		# shellcheck disable=SC2086
		if fdsend $trust s <in 2>err.fdsend; then
			[ "$trust" = '--peer-uid 65534' ]
		fi
		wait "$job" || true
	done
	[ "$(cat out)" = hello ]
}

@test "another user who connects is not trusted, unless named" {
	as_root
	echo hello >in
	name=@$BATS_TEST_TMPDIR
	fdsend --listen --peer-uid 65534 "$name" <in 3>&- &
	job=$!
	within 20 grep -q "$name" /proc/net/unix
	run -0 as_nobody fdrecv --connect "$name"
	[ "$output" = hello ]
	wait "$job"
}

@test "a hidden socket that was left is swept, and no other thing" {
	"$HELPER" socket .ptybox-0123456789abcdef
	"$HELPER" socket .ptybox-0123456789abcdee
	"$HELPER" socket .ptybox-else
	echo >.ptybox-0123456789abcd00
	env --default-signal fdrecv .ptybox-0123456789abcd11 3>&- &
	job=$!
	started+=" $job"
	within 20 test -S .ptybox-0123456789abcd11
	touch -d '2 minutes ago' .ptybox-0123456789abcdef .ptybox-else \
		.ptybox-0123456789abcd00 .ptybox-0123456789abcd11
	fails 124 '*' fdrecv --timeout 0.1 s
	[ "$(printf '%s\n' .ptybox-*)" = '.ptybox-0123456789abcd00
.ptybox-0123456789abcd11
.ptybox-0123456789abcdee
.ptybox-else' ]
	kill "$job"
	ends 143 "$job"
	rm .ptybox-*
}

@test "a socket is bound in the directory that was looked at" {
	needs strace
	ASAN_OPTIONS=detect_leaks=0 run -124 strace -qq -e trace=bind -o trace \
		fdrecv --timeout 0.1 "$PWD/s"
	grep -q 'sun_path="/proc/self/fd/' trace
	run -1 grep -F "$PWD" trace
}
