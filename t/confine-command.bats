#!/usr/bin/env bats
# confine: what COMMAND is, how it is called, and where it begins.
# shellcheck disable=SC2016 # expanded by the command
load lib

# in_root PASSWD COMMAND... - with that as /etc/passwd, in a root of its own
in_root() {
	mkdir -p R/bin R/etc
	cp "$(command -v busybox)" R/bin/sh
	[ "$1" = - ] || printf '%b' "$1" >R/etc/passwd
	shift
	newroot R -- "$@"
}

@test "--home takes HOME from the first whole line of the user" {
	as_root
	needs busybox
	local home='confine --clear-env --home --reuid 4711 -- /bin/sh -c'
	for case in '=/' 'x\n\na:x:4711\nb:x:4711:0::/one:\nc:x:4711:0::/two:\n=/one' \
		'b:x:4711:0:\n=/' 'b:x:4711:0:::\n=/' 'b:x:4712:0::/other:\n=/'; do
		# shellcheck disable=SC2086 # words
		run -0 in_root "${case%=*}" $home 'echo $HOME'
		[ "$output" = "${case##*=}" ]
	done
}

@test "--home leaves a HOME that is there, and fills an empty one" {
	run -0 confine --env HOME=/mine --home -- sh -c 'echo $HOME'
	[ "$output" = /mine ]
	run -0 confine --env HOME= --home --reuid "$(id -u)" --keep-groups \
		-- sh -c '[ -n "$HOME" ]'
}

@test "--home is / where passwd is a directory, a link to nowhere or a FIFO" {
	as_root
	needs busybox
	for make in 'mkdir' 'ln -s /no/where' mkfifo; do
		rm -rf R
		mkdir -p R/etc
		$make R/etc/passwd
		run -0 timeout 20 env BIN="$BIN" bash -c "
			mkdir -p R/bin; cp '$(command -v busybox)' R/bin/sh
			newroot R -- confine --clear-env --home -- /bin/sh -c 'echo \$HOME'"
		[ "$output" = / ]
	done
}

@test "--make-dir makes the directory, readable by all, whatever the mask" {
	umask 077
	run -0 confine --chdir "$PWD/a/b/c" --make-dir -- pwd
	[ "$output" = "$PWD/a/b/c" ]
	[ "$(stat -c %a a a/b a/b/c | sort -u)" = 755 ]
	run -0 confine --chdir "$PWD/a/b/c" --make-dir -- pwd
	touch file
	fails 125 "confine: cannot enter *file': Not a directory" \
		confine --chdir "$PWD/file" --make-dir -- true
	fails 125 "confine: cannot enter *: Not a directory" \
		confine --chdir "$PWD/file/x" --make-dir -- true
	fails 125 "confine: --make-dir needs --chdir; *" \
		confine --make-dir -- true
}

@test "--no-default-path finds nothing without a PATH" {
	local env

	for env in '--clear-env' '--clear-env --env PATH='; do
		# shellcheck disable=SC2086 # words
		fails 127 "confine: cannot execute 'true': No such file or directory" \
			confine $env --no-default-path -- true
		# shellcheck disable=SC2086 # words
		confine $env --no-default-path -- /bin/true
	done
	confine --clear-env -- true
	confine --no-default-path -- true
}

@test "--no-tools looks in PATH even for the name of a tool" {
	mkdir bin
	printf '#!/bin/sh\necho other\n' >bin/winsz
	chmod +x bin/winsz
	run -0 confine --env PATH="$PWD/bin:/bin:/usr/bin" --no-tools -- winsz
	[ "$output" = other ]
	fails 127 "confine: cannot execute 'fdrecv': *" \
		confine --env PATH=/bin --no-tools -- fdrecv --help
}

@test "--argv0 is the command's name for itself" {
	run -0 confine --argv0 another -- sh -c 'tr "\0" " " </proc/$$/cmdline'
	[[ $output == another\ * ]]
}

@test "a filter may be in the word, or on a descriptor" {
	local allow=BgAAAAAA/38=

	printf '\6\0\0\0\0\0\377\177' >filter
	[ "$(base64 <filter)" = "$allow" ]
	for word in "data:$allow" fd:3 "$PWD/filter"; do
		run -0 confine --no-new-privs --seccomp-filter "$word" -- \
			grep Seccomp: /proc/self/status 3<filter
		[ "$output" = $'Seccomp:\t2' ]
	done
	for word in data: data:x data:BgAA 'data:BgAAAAAA/38' 'data:****' fd:99 \
		fd:x; do
		fails 125 "confine: cannot * filter *" \
			confine --no-new-privs --seccomp-filter "$word" -- true
	done
}

@test "--seccomp-flags are the filter's" {
	confine --no-new-privs --seccomp-filter data:BgAAAAAA/38= \
		--seccomp-flags log,tsync -- true
	fails 125 "confine: bad --seccomp-flags 'frob': *" \
		confine --no-new-privs --seccomp-filter data:BgAAAAAA/38= \
		--seccomp-flags frob -- true
	fails 125 "confine: --seccomp-flags needs --seccomp-filter; *" \
		confine --seccomp-flags log -- true
}
