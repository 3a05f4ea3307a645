#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by another shell
load lib

parse() {
	"$HELPER" parse "$@"
}

# parsed WANTED WORD... - the words are taken as WANTED says
parsed() {
	local wanted=$1

	shift
	run -0 parse "$@"
	[ "$output" = "$wanted" ] || { echo "$*: $output"; return 1; }
}

# refused TEXT WORD... - the words are refused with one line that says why
refused() {
	local text=$1

	shift
	fails 125 "parse: $text; try 'parse --help'" parse "$@"
}

@test "an option takes its value as --name VALUE, --name=VALUE, -n VALUE, -nVALUE" {
	parsed 'fd=5 [s]' --fd 5 s
	parsed 'fd=5 [s]' --fd=5 s
	parsed 'fd=5 [s]' -f 5 s
	parsed 'fd=5 [s]' -f5 s
}

@test "an option whose name has two words is written with a dash" {
	parsed 'socket=x [s]' --console-socket x s
	refused "unknown option '--console_socket'" --console_socket x s
}

@test "a value may be empty, hold an equals sign or start with a dash" {
	parsed 'socket= [s]' --console-socket= s
	parsed 'socket= [s]' --console-socket '' s
	parsed 'socket=a=b [s]' --console-socket=a=b s
	parsed 'socket=--fd [s]' --console-socket --fd s
}

@test "letters can be bundled, and the last of a bundle can have a value" {
	parsed 'mount uts [s]' -mu s
	parsed 'ack fd=3 mount [s]' -maf3 s
	parsed 'ack fd=3 mount [s]' -maf 3 s
}

@test "the letter of an option with an optional value never takes one" {
	parsed 'ack [5]' -a 5
	parsed 'dir [.]' -d .
}

@test "a long option takes an optional value after an equals sign alone" {
	parsed 'ack [5]' --ack 5
	parsed 'ack=5 [s]' --ack=5 s
}

@test "an optional directory may be the next word where it exists" {
	mkdir here
	parsed 'dir=here [s]' --dir here s
	parsed 'dir [absent]' --dir absent
	parsed 'dir=absent [s]' --dir=absent s
	run -125 parse --dir
	mkdir ./-- ./-m
	parsed 'dir [s]' --dir -- s
	parsed 'dir mount [s]' --dir -m s
	parsed 'dir=-- [s]' --dir=-- s
}

@test "an optional directory can be given beside the bare option" {
	parsed 'dir dir=. [s]' -d --dir=. s
	parsed 'dir dir=. [s]' --dir=. -d s
	parsed 'dir dir=. dir=/ [s]' --dir=. -d --dir / s
}

@test "an option given twice counts as it is given last" {
	parsed 'fd=4 [s]' --fd 3 -f4 s
	parsed 'ack [s]' --ack=5 --ack s
	parsed 'ack=5 [s]' --ack --ack=5 s
}

@test "options that add up keep their order" {
	parsed 'a stdin b stdin [s]' -o a -i --order=b --stdin s
}

@test "an option adds up as often as it is given" {
	local words=()

	for _ in {1..1000}; do words+=(-o x); done
	run -0 parse "${words[@]}" s
	[ "$(grep -o x <<<"$output" | wc -l)" -eq 1000 ]
}

@test "options of a series keep their order, each with all its values" {
	parsed 'bind(a,b) [s]' --bind a b s
	parsed 'bind(a,b) empty(c) lock() bind(d,e) [s]' \
		--bind a b --empty c --lock --bind d e s
	parsed 'empty(c) bind(a,b) lock() [s]' -e c -b a b -l s
	parsed 'fd=3 mount lock() bind(a,b) [s]' -mlf3 --bind a b s
	parsed 'lock() bind(a,b) [s]' -lb a b s
}

@test "one value of a series can be in the option's own word" {
	parsed 'empty(c) bind(a,b) [s]' --empty=c -b a b s
	parsed 'empty() empty(=) [s]' --empty= -e= s
	parsed 'lock() empty(c) bind(a,b) [s]' -lec -b a b s
}

@test "several values cannot be in the option's own word" {
	refused 'option --bind takes SRC DST as words of their own' --bind=a b s
	refused 'option -b takes SRC DST as words of their own' -ba b s
	refused 'option -b takes SRC DST as words of their own' -blm a b s
}

@test "a value of a series may be empty or start with a dash" {
	parsed 'bind(-m,--) lock() [s]' --bind -m -- --lock s
	parsed 'bind(,--help) empty(-) [s]' -b '' --help -e - s
	parsed 'empty(-l) [s]' --empty=-l s
}

@test "an option of a series without all its values is refused" {
	refused 'option --bind wants SRC DST' --bind
	refused 'option --bind wants SRC DST' --empty c --bind a
	refused 'option -b wants SRC DST' -lb a
	refused 'option --empty wants DST' --empty
	refused 'option --lock takes no value' --lock=1 s
}

@test "an option of a series may be given as often as one likes" {
	local words=()

	for _ in {1..500}; do words+=(--bind x y -l); done
	run -0 parse "${words[@]}" s
	[ "$(grep -o 'bind(x,y)' <<<"$output" | wc -l)" -eq 500 ]
}

@test "options end at the first operand" {
	parsed 'mount [s][-u]' -m s -u
	parsed '[-][-m]' - -m
}

@test "two dashes end the options" {
	parsed 'mount [-u]' -m -- -u
	parsed '[s][--][-m]' s -- -m
	parsed '[--]' -- --
}

@test "an unknown option names itself and points to --help" {
	refused "unknown option '--nope'" --nope s
	refused "unknown option '--nope=3'" --nope=3 s
	refused "unknown option '-x'" -x s
	refused "unknown option '-x' in '-mxu'" -mxu s
	refused "unknown option '--hel'" --hel s
	refused "unknown option '--f'" --f 3 s
}

@test "an unknown option cannot write to the terminal" {
	refused "unknown option '--\\\\x1b\\[2J\\\\n'" $'--\e[2J\n' s
	refused "unknown option '-\\\\xc3'" $'-\xc3' s
}

@test "an option without the value it wants is refused" {
	refused 'option --fd wants FD' --fd
	refused 'option -f wants FD' -mf
}

@test "a flag with a value is refused" {
	refused 'option --mount takes no value' --mount=1 s
	refused 'option --stdin takes no value' --stdin=1 s
}

@test "a number is refused that is not digits alone" {
	for word in '' ' 1' '1 ' +1 -1 0x1 1e1 1.0 ١ a $'1\n'; do
		run -125 --separate-stderr parse "--fd=$word" s
		[[ $stderr == "parse: bad --fd '"*"': want a number; try"* ]]
	done
}

@test "a number is refused that would wrap" {
	for word in 2147483648 4294967296 18446744073709551616; do
		refused "bad --fd '$word': too large" --fd "$word" s
	done
	parsed 'fd=2147483647 [s]' --fd 2147483647 s
}

@test "a time is seconds, with a fraction if need be" {
	parsed 'timeout=1500 [s]' --timeout 1.5 s
	parsed 'timeout=0 [s]' -t0 s
	refused "bad --timeout '1s': want seconds" -t 1s s
	refused "bad --ack 'x': want seconds" --ack=x s
}

@test "too few and too many operands are refused" {
	refused 'missing operand: want SOCKET \[\[--\] COMMAND \[ARG\]...\]'
	refused "unexpected operand 'd'" a b c d
}

@test "--help is printed on standard output with status 0, whatever else is there" {
	run -0 --separate-stderr parse --fd 3 --help --nope
	[ "${lines[0]}" = 'usage: parse [OPTION]... SOCKET [[--] COMMAND [ARG]...]' ]
	[ -z "$stderr" ]
}

@test "--help names as many values as an option takes" {
	run -0 parse --help
	[[ $output == *$'\n  -b, --bind SRC DST      one of a series, two values\n'* ]]
	[[ $output == *$'\n  -l, --lock              one of a series, bare\n'* ]]
}

@test "an applet that says nothing but its name and its brief has both texts" {
	run -0 "$HELPER" bare --help
	[[ $output == *$'\n\nsay nothing\n\nOptions:\n'* ]]
	run -0 "$HELPER" bare
	[[ $output == *$'\n.Sh DESCRIPTION\nThe options are:\n'* ]]
}

@test "--help after the first operand is the command's" {
	parsed '[s][--help]' s --help
}

@test "--help takes no value" {
	refused 'option --help takes no value' --help=x
}

@test "--help fails where standard output cannot be written" {
	fails 125 'parse: cannot write to standard output: *' \
		sh -c '"$HELPER" parse --help >/dev/full'
}
