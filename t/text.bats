#!/usr/bin/env bats
load lib

# says WANTED WORD... - helper prints WANTED, an errno with status 1
says() {
	local wanted=$1 status=0

	shift
	[[ $wanted != E* ]] || status=1
	run "-$status" "$HELPER" "$@"
	[ "$output" = "$wanted" ] || { echo "$*: $output"; return 1; }
}

@test "a number is digits alone" {
	for word in '' - + +1 -0 ' 1' '1 ' $'\t1' $'1\n' 0x10 1,0 1.0 1e3 a 1a ١; do
		says EINVAL number "$word" 0 100
	done
}

@test "a number may have zeros before it" {
	says 0 number 0 0 100
	says 7 number 0000000000000000000000000000007 0 100
}

@test "a number is in its range or refused" {
	says 5 number 5 5 9
	says 9 number 9 5 9
	says ERANGE number 4 5 9
	says ERANGE number 10 5 9
	says ERANGE number 7 0 3
}

@test "a number never wraps" {
	says 9223372036854775807 number 9223372036854775807 0 9223372036854775807
	for word in 9223372036854775808 18446744073709551616 99999999999999999999; do
		says ERANGE number "$word" 0 9223372036854775807
	done
}

@test "a number with too many digits and a letter is no number" {
	says EINVAL number 99999999999999999999x 0 9
}

@test "an id is a number below the one that means nobody at all" {
	says 0 id 0
	says 4294967294 id 4294967294
	for word in 4294967295 4294967296 18446744073709551616; do
		says ERANGE id "$word"
	done
	says EINVAL id -1
	says EINVAL id root
}

@test "a time has milliseconds, and more is cut off" {
	says 5000 millis 5
	says 250 millis 0.25
	says 1 millis 0.0019
	says 0 millis 0.0009
	says 2147483647 millis 2147483.647
}

@test "a time that is no number of seconds is refused" {
	for word in '' . .5 5. 1.x 1.5.5 -1 1s inf 1e3 1,5 ' 1'; do
		says EINVAL millis "$word"
	done
	for word in 2147483.648 2147484 99999999999999999999; do
		says ERANGE millis "$word"
	done
}

@test "a signal has a number and a name, with SIG or not, in any case" {
	for word in TERM SIGTERM sigterm term 15; do
		says 15 signal "$word"
	done
	says 1 signal HUP
	says 64 signal 64
	says 35 signal SIGRTMIN+1
	says 34 signal rtmin
	says 61 signal RTMAX-3
}

@test "every name of a signal that kill knows is known" {
	local number name known=0

	for number in {1..31}; do
		name=$(kill -l "$number")
		[ "$name" != STKFLT ] || continue
		says "$number" signal "$name"
		known=$((known + 1))
	done
	[ "$known" -eq 30 ]
}

@test "a signal that is none is refused" {
	for word in '' SIG 0 65 -9 NOPE SIGSIGTERM 'TERM ' \
		RTMIN-1 RTMAX+1 RTMIN+31 RTMIN+ RTMINX; do
		says EINVAL signal "$word"
	done
}

@test "plain text and UTF-8 are quoted as they are" {
	says "'a b'" quote 'a b'
	says "'äöü €𝄞'" quote 'äöü €𝄞'
	says "''" quote ''
}

@test "what a terminal would act on is quoted as an escape" {
	says "'\\n\\t\\x1b[2J\\x0d\\x7f'" quote $'\n\t\e[2J\r\x7f'
	says "'\\xc2\\x9b'" quote $'\xc2\x9b'
	says "'\\x9b'" quote $'\x9b'
}

@test "quotes and backslashes are quoted so that the text can be read back" {
	says "'it\\'s \\\\'" quote "it's \\"
}

@test "bytes that are no UTF-8 are quoted as numbers" {
	says "'\\xff'" quote $'\xff'
	says "'\\xc3'" quote $'\xc3'
	says "'\\xc3('" quote $'\xc3('
	says "'\\xc0\\xaf'" quote $'\xc0\xaf'
	says "'\\xe0\\x80\\xaf'" quote $'\xe0\x80\xaf'
	says "'\\xed\\xa0\\x80'" quote $'\xed\xa0\x80'
	says "'\\xf4\\x90\\x80\\x80'" quote $'\xf4\x90\x80\x80'
	says "'\\xe2\\x82'" quote $'\xe2\x82'
}

@test "text that is too long ends in dots, with no character cut in two" {
	local long

	printf -v long '%0394d' 0
	says "'$long'" quote "$long"
	says "'$long...'" quote "${long}00000"
	says "'${long%0}...'" quote "${long%0}äääää"
}

@test "a format makes of its arguments what printf(3) says" {
	run -0 "$HELPER" format
	[ "$output" = "7 [nothing]
24 [word wo    ab ab   |abc%]
37 [  -7 -7  |-7  |-2147483648 2147483647]
25 [05 000000123 -00045 12345]
52 [4294967295 18446744073709551615 18446744073709551615]
65 [-9223372036854775808 -9223372036854775808 -9223372036854775808 -1]
41 [18446744073709551615 18446744073709551615]
15 [65535 255 -1 -1]
32 [007 1777 0a 0000000000abcdef 0 0]
8 [a  bc  |]
5 [123]
5 []
17 ['a\\x1bb' 7 'c\\'d']
5$(printf '%3000s' .)" ]
}
