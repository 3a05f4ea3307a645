#!/usr/bin/env bats
# What is in single quotes is for the command to expand; run sets stderr.
# shellcheck disable=SC2016,SC2154
load lib

setup() {
	stage
	unset LINES COLUMNS
}

# fork OPTION... - ptyfork, which may not hang
fork() {
	timeout -k 1 20 ptyfork "$@"
}

# usage TEXT OPTION... - ptyfork refuses that with TEXT, and runs nothing
usage() {
	local text=$1

	shift
	fails 125 "ptyfork: $text; try 'ptyfork --help'" \
		fork "$@" -- touch ran
	[ ! -e ran ]
}

@test "ptyfork ends with its command's status" {
	for status in 0 1 7 124 125 126 127 255; do
		run "-$status" --separate-stderr fork -- sh -c "exit $status"
		[ "$output$stderr" = '' ]
	done
}

@test "a command killed by signal N is status 128+N" {
	for sig in 1 2 3 6 9 10 13 15 34; do
		run "-$((128 + sig))" --separate-stderr \
			fork -- sh -c "ulimit -c 0; kill -$sig \$\$"
		[ "$output$stderr" = '' ]
	done
}

@test "a command that cannot be executed is 126, one that is not there 127" {
	echo >plain
	fails 126 "ptyfork: cannot execute './plain': *" fork -- ./plain
	fails 126 "ptyfork: cannot execute '/': *" fork -- /
	fails 127 "ptyfork: cannot execute './none': *" fork -- ./none
	fails 127 "ptyfork: cannot execute 'no such': *" fork -- 'no such'
	fails 127 "ptyfork: cannot execute '': *" fork -- ''
}

@test "what cannot be executed is said on stderr, with no terminal either" {
	fails 127 "ptyfork: cannot execute './none': *" fork --no-tty -- ./none
	fails 127 "ptyfork: cannot execute './none': *" \
		fork --split-stderr -- ./none
}

@test "the command's own words are not taken for options" {
	run -0 fork echo --raw -x --
	[ "$output" = '--raw -x --' ]
	run -0 fork --raw -- echo --size
	[ "$output" = '--size' ]
}

@test "ptyfork without a command, and with an unknown option, is refused" {
	fails 125 "ptyfork: missing operand: want *; try 'ptyfork --help'" fork
	usage "unknown option '--nosuch'" --nosuch
	usage "unknown option '-Z'" -Z
}

@test "the command leads a session on a terminal of its own" {
	run -0 fork -- sh -c 'tty; echo >/dev/tty; ps -o tty= -p $$
		[ "$(ps -o sid=,pgid=,tpgid= -p $$ | tr -d " ")" = "$$$$$$" ]'
	[[ ${lines[0]} == /dev/pts/* ]]
	[ "/dev/${lines[1]}" = "${lines[0]}" ]
}

@test "a caller that leads a session does not get a terminal by ptyfork" {
	run -0 setsid -w sh -c 'timeout 20 ptyfork -- true; ps -o tty= -p $$'
	[ "$output" = '?' ]
}

@test "a command cannot look into what stands between it and its caller" {
	as_root
	run -0 on_tty "setpriv --reuid 65534 --regid 65534 --clear-groups \
		ptyfork sh -c 'ls /proc/\$PPID/fd || echo hidden'"
	[[ $output == *'Permission denied'*hidden* ]]
}

# with_fds FD... -- COMMAND... - run it with 0, 1, 2 and these alone
with_fds() (
	for fd in "/proc/$BASHPID/fd"/*; do
		fd=${fd##*/}
		[[ " 0 1 2 255 $* " == *" $fd "* ]] || eval "exec $fd>&-"
	done
	while [ "$1" != -- ]; do
		eval "exec $1</dev/null"
		shift
	done
	shift
	timeout -k 1 20 "$@"
)

@test "the command gets 0, 1, 2 and what its caller passed, not what is ours" {
	for words in '' --no-tty --split-stderr '-- confine --preserve-fds all'; do
		# shellcheck disable=SC2086
		run -0 with_fds 5 63 -- ptyfork $words -- "$HELPER" open_fds
		[ "$output" = '0 1 2 5 63' ]
	done
	[ "$(fork -- cat <(echo a) <(echo b))" = $'a\nb' ]
	[ "$(confine --preserve-fds all -- cat <(echo a))" = a ]
}

@test "a command that isolates gets 0, 1 and 2 and no other descriptor" {
	as_root
	for words in '-u' '-t self -u' '--join uts=/proc/self/ns/uts' '-r' \
		'--mount-proc -p'; do
		# shellcheck disable=SC2086
		run -0 fork ${words/self/$$} -- "$HELPER" open_fds 9</dev/null
		[ "$output" = '0 1 2' ]
	done
	run -0 fork confine -- "$HELPER" open_fds 9</dev/null
	[ "$output" = '0 1 2' ]
	run -0 confine -- "$HELPER" open_fds 9</dev/null
	[ "$output" = '0 1 2' ]
}

@test "what the command was passed is open in no process of ours" {
	local command='sh -c "exec 5>&-; read -r line <gate"'

	mkfifo pipe gate
	for words in 'ptyfork --no-tty' ptyfork 'on_tty ptyfork'; do
		if [ "$words" = 'on_tty ptyfork' ]; then
			on_tty "ptyfork -- $command 5>pipe" >/dev/null 3>&- &
		else
			eval "$words -- $command 5>pipe" 3>&- &
		fi
		pid=$!
		timeout 20 cat pipe
		timeout 20 sh -c 'echo >gate'
		ends 0 "$pid"
	done
}

@test "--tty 1,2: any of 0, 1 and 2 is the terminal, the others the caller's" {
	local list fd want

	for list in 0 1 2 0,1 0,2 1,2 0,1,2 2,1,0 1,1; do
		want=
		for fd in 0 1 2; do
			[[ $list != *$fd* ]] || want+="$fd "
		done
		run -0 --separate-stderr fork --tty "$list" -- sh -c '
			exec 9>got
			for n in 0 1 2; do [ ! -t $n ] || echo -n "$n " >&9
			done; stty size </dev/tty >&9'
		[ "$(cat got)" = "${want}24 80" ]
		[ "$output$stderr" = '' ]
	done
}

@test "--tty 1,2 lets the command read the caller's input itself" {
	run -0 fork --tty 1,2 -- sh -c 'read -r a; echo "$a"; exec cat' \
		< <(printf 'one\n\4\0two')
	[ "$output" = $'one\n\4two' ]
}

@test "--tty 0 leaves output and errors as the caller's" {
	run -0 --separate-stderr fork --tty 0 -- sh -c 'echo a; echo b >&2; cat' \
		<<<c
	[ "$output,$stderr" = $'a\nc,b' ]
	printf x | fork --tty 0 -- sh -c 'cat; cat; echo' >out
	[ "$(od -An -c out)" = '   x  \n' ]
}

@test "--tty 2 shows standard error's terminal on standard error" {
	run -0 --separate-stderr fork --tty 2 -- sh -c 'echo a; echo b >&2'
	[ "$output,$stderr" = a,b ]
}

@test "--tty takes 0, 1 and 2 with commas between and nothing else" {
	for list in '' ',' 3 '0,3' 01 '0,,1' '0,' ',0' -1 ' 0' '0 1' '0,1,2,' \
		a 0x0 1-2; do
		usage "bad --tty '$list': want some of 0,1,2" --tty "$list"
	done
}

@test "--split-stderr keeps errors apart, on a terminal each" {
	run -0 --separate-stderr fork --split-stderr -- sh -c '
		test -t 0 && test -t 1 && test -t 2 && echo a && echo b >&2 &&
		test "$(readlink /proc/$$/fd/1)" != "$(readlink /proc/$$/fd/2)"'
	[ "$output,$stderr" = a,b ]
	run -9 --separate-stderr fork --split-stderr -- sh -c '
		seq 20000 >&2 & seq 30000; wait; exit 9'
	[ "$output" = "$(seq 30000)" ]
	[ "$stderr" = "$(seq 20000)" ]
}

@test "--split-stderr with --tty 0,2 splits what there is" {
	run -0 --separate-stderr fork --split-stderr --tty 0,2 -- sh -c '
		test ! -t 1; test -t 2; echo a; echo b >&2'
	[ "$output,$stderr" = a,b ]
}

@test "a caller's terminal that does not know its size does not count" {
	run -0 ptyfork -- sh -c 'stty rows 0 cols 0; ptyfork -- stty size'
	[ "$output" = '24 80' ]
	run -0 ptyfork -- sh -c 'stty rows 0 cols 0
		LINES=7 COLUMNS=9 ptyfork -- stty size'
	[ "$output" = '7 9' ]
}

@test "--size is there before the command can look" {
	run -0 fork --size 12x34 -- stty size
	[ "$output" = '12 34' ]
	run -0 fork --size 65535x1 -- stty size
	[ "$output" = '65535 1' ]
	run -0 fork --size 5x6 --split-stderr -- stty size -F /dev/stderr
	[ "$output" = '5 6' ]
}

@test "LINES and COLUMNS of another terminal are not the command's" {
	LINES=7 COLUMNS=8 run -0 fork -- sh -c 'echo "${LINES-} ${COLUMNS-}"'
	[ "$output" = ' ' ]
	LINES=7 COLUMNS=8 run -0 fork --no-tty -- \
		sh -c 'echo "${LINES-} ${COLUMNS-}"'
	[ "$output" = '7 8' ]
}

@test "without --size it is that of LINES and COLUMNS, else 24 80" {
	run -0 fork -- stty size
	[ "$output" = '24 80' ]
	LINES=7 COLUMNS=8 run -0 fork -- stty size
	[ "$output" = '7 8' ]
	LINES=x COLUMNS=-8 run -0 fork -- stty size
	[ "$output" = '24 80' ]
}

@test "--size refuses what is not two numbers that a terminal can have" {
	for size in '' x 5 5x x5 5x7x 5x7x9 5X7 '5 7' 5x65536 65536x5 -1x7 \
		5x-7 ' 5x7' '5x7 ' +5x7 0x10x7 5x4294967296 5.0x7 5x7$'\n'; do
		fails 125 "ptyfork: bad --size *: want ROWSxCOLS; try *" \
			fork --size "$size" -- touch ran
	done
	[ ! -e ran ]
}

@test "a terminal for data echoes nothing and adds nothing" {
	run -0 fork -- sh -c 'stty -a </dev/tty; cat >/dev/null; printf "a\nb\n"' \
		<<<hello
	[[ $output == *' -echo '*$'\na\nb' && $output != *$'\r'* ]]
	[[ $output == *$'\n-isig icanon iexten '* && $output == *$'\n-opost '* ]]
}

@test "--onlcr ends lines with a carriage return and a newline" {
	fork --onlcr -- printf 'a\nb' >out
	[ "$(od -An -c out)" = '   a  \r  \n   b' ]
}

@test "--echo shows what is typed in" {
	run -0 fork --echo -- sh -c 'cat >/dev/null; echo end' <<<hello
	[ "$output" = $'hello\nend' ]
}

@test "--raw starts in raw mode" {
	run -0 fork --raw -- stty -a
	[[ $output == *$'\n-isig -icanon -iexten -echo '* ]]
	[[ $output == *'min = 1; time = 0'* && $output == *$'\n-opost '* ]]
}

@test "--no-tty leaves 0, 1 and 2 as they are" {
	run -7 --separate-stderr fork --no-tty -- sh -c '
		test ! -t 0; cat; echo b >&2; exit 7' <<<a
	[ "$output,$stderr" = a,b ]
	run -0 setsid -w timeout 20 ptyfork --no-tty -- sh -c 'ps -o tty= -p $$'
	[ "$output" = '?' ]
}

@test "--no-tty --detach returns at once and leaves the caller's session" {
	mkfifo go
	fork --no-tty --detach --pid-file pid -- \
		sh -c 'read -r line <go; ps -o sid=,tty= -p $$' >out 3>&-
	[ ! -s out ]
	feed go
	within 20 test -s out
	[ "$(tr -d ' ' <out)" = "$(cat pid)?" ]
}

@test "--no-tty --detach refuses to leave a command on the caller's terminal" {
	run -125 script -qec 'ptyfork --no-tty --detach -- touch ran' /dev/null
	[[ $output == *'would leave COMMAND on this terminal'* ]]
	[ ! -e ran ]
}

@test "--preserve-fds takes a count, a list or all" {
	as_root
	local words

	while read -r words fds; do
		# shellcheck disable=SC2086
		run -0 fork -u --preserve-fds $words -- "$HELPER" open_fds \
			</dev/null 3</dev/null 4</dev/null 5</dev/null \
			8</dev/null 9</dev/null
		[ "$output" = "$fds" ] || { echo "$words: $output"; false; }
	done <<-'END'
		0 0 1 2
		2 0 1 2 3 4
		4, 0 1 2 4
		8,4 0 1 2 4 8
		3-5,4,9 0 1 2 3 4 5 9
	END
	run -0 with_fds 9 77 -- ptyfork -u --preserve-fds all -- "$HELPER" \
		open_fds
	[ "$output" = '0 1 2 9 77' ]
	run -0 fork --preserve-fds 1 -- sh -c 'cat <&3' 3< <(echo hello)
	[ "$output" = hello ]
	run -0 fork -u --preserve-fds all -- winsz </dev/null 9</dev/null
	[ "$(confine --preserve-fds 9, -- cat /dev/fd/9 9< <(echo nine))" = nine ]
	[ "$(confine --preserve-fds all -- cat /dev/fd/9 9< <(echo nine))" = nine ]
}

@test "--preserve-fds refuses descriptors that are not open" {
	fails 125 'ptyfork: cannot preserve fd 4: *' \
		fork --preserve-fds 3 -- touch ran 3</dev/null 4<&- 5</dev/null
	[ ! -e ran ]
}

@test "options that make no sense together are refused by name" {
	usage '*--console-socket needs a terminal*' --console-socket s --no-tty
	usage '*no --split-stderr' --console-socket s --split-stderr
	for o in --ack --ack=1 --payload=x --peer-uid=0 --timeout=1; do
		usage '--ack, --payload, --peer-uid and --timeout go with *' $o
	done
	usage '--detach leaves no process to relay*' --detach
	usage '--detach and --kill-child exclude*' \
		--detach --no-tty --kill-child
	for o in --split-stderr --tty=0 --raw --size=1x1 --onlcr --echo \
		--caller-devpts; do
		usage '--no-tty excludes *' --no-tty $o
	done
	usage '--split-stderr needs 2 *' --split-stderr --tty 0,1
	usage '--hostname needs --uts, a uts namespace to name' --hostname x
	usage '--init needs a new pid namespace, --pid' --init
	fails 125 'ptyfork: --map-root-user and --map-current-user exclude each other' \
		fork --map-root-user --map-current-user -- true
}

@test "a number is refused however else it is spelt, and nothing runs" {
	local option n=0
	local bad=(-1 -0 +1 +0 ' 1' '1 ' $'1\n' $'\t1' 1: :1 0x1 0X1 0x 1e3 1E0
		1k 1K 1M 2147483648 4294967295 4294967296 4294967297 65536x
		9223372036854775807 9223372036854775808 18446744073709551615
		18446744073709551616 99999999999999999999999999 '1,0' 1/1 '1;2'
		a 1a a1 '' ' ' - -- + . '1 2' ½ ١ 1_0 '$1' "'1'" 1.. 1.1.1 ..5)

	[ "${#bad[@]}" -ge 40 ]
	for option in --target --preserve-fds --timeout --ack --peer-uid \
		--kill-child --uid-map --gid-map --size; do
		for spelling in "${bad[@]}"; do
			# An id may be as large as that, and a size have no row.
			case $option=$spelling in
			--peer-uid=2147483648 | --size=0x1) continue ;;
			esac
			fails 125 "ptyfork: *" fork --console-socket s \
				"$option=$spelling" -- touch ran
			n=$((n + 1))
		done
	done
	[ ! -e ran ]
	[ "$n" -ge 360 ]
}

@test "a bad number is named with its option" {
	fails 125 "ptyfork: bad --target '-1'*" fork --target=-1 -- true
	for word in -1 ',' '2,' 3-2 3- 3,x 3,,4 4x ALL ''; do
		fails 125 "ptyfork: bad --preserve-fds '$word': want a count, a list such as 5,63 or all; *" \
			fork "--preserve-fds=$word" -- true
	done
	fails 125 "ptyfork: bad --preserve-fds '1x'*" \
		fork --preserve-fds=1x -- true
	fails 125 "ptyfork: bad --kill-child 'SIGNO'*" \
		fork --kill-child=SIGNO -- true
	fails 125 "ptyfork: bad --uid-map '0:0'*" fork --uid-map 0:0 -- true
}
