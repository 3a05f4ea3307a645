#!/usr/bin/env bats
load lib

# every_byte [EXCEPT] - all 256 values, but those that EXCEPT (for tr) names
every_byte() {
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", i }' |
		LC_ALL=C tr -d "${1-}"
}

# type_at MODES READER [COMMAND...] - once a terminal is in MODES, type the file
# sent at it, and when COMMAND succeeds the end of file; READER's output goes to
# the file got, what the terminal shows to stdout
type_at() {
	mkfifo keys
	{
		within 20 test -e ready
		cat sent
		[ $# -lt 3 ] || within 20 "${@:3}"
	} >keys 3>&- &
	timeout 30 script -qec "$HELPER modes $1; touch ready; $2 >got" /dev/null <keys
	wait $!
}

@test "a terminal in data mode hands on every byte but VEOF and VLNEXT" {
	as_root
	{ every_byte '\004\026'; echo; } >sent
	run -0 type_at data cat
	[ -z "$output" ]
	cmp sent got
}

@test "VLNEXT makes VEOF and VLNEXT data in data mode" {
	printf 'a\026\004b\026\026c\n' >sent
	run -0 type_at data cat
	[ "$(<got)" = $'a\004b\026c' ]
}

@test "a terminal in data mode shows output as it was written" {
	as_root
	run -0 on_tty "$HELPER modes data; printf 'a\tb\n'"
	[ "$output" = $'a\tb' ]
}

@test "a terminal in raw mode hands on every byte" {
	as_root
	every_byte >sent
	run -0 type_at raw 'head -c 256'
	[ -z "$output" ]
	cmp sent got
}

@test "raw mode leaves output processing as it was where that is asked for" {
	as_root
	run -0 on_tty "$HELPER modes keys; echo a"
	[ "$output" = $'a\r' ]
	run -0 on_tty "stty -opost; $HELPER modes keys; echo a"
	[ "$output" = a ]
	run -0 on_tty "$HELPER modes raw; echo a"
	[ "$output" = a ]
}

@test "a command that leaves data mode's lines behind reads single bytes" {
	printf x >sent
	# The end of file is typed as a byte, which would be read with this one.
	run -0 type_at data 'stty -icanon; dd bs=9 count=1 status=none' test -s got
	cmp sent got
}

@test "a new terminal starts with the size of the first one of its caller" {
	as_root
	run -0 on_tty "stty rows 12 cols 34; $HELPER default_size </dev/null
		setsid -w $HELPER default_size </dev/null 2>/dev/null
		setsid -w $HELPER default_size </dev/null >size; cat size"
	[ "$output" = $'12 34\r\n12 34\r\n12 34\r' ]
}

@test "a new terminal's size is that of /dev/tty where no other is given" {
	as_root
	run -0 on_tty "stty rows 12 cols 34
		$HELPER default_size </dev/null 2>/dev/null >size; cat size"
	[ "$output" = $'12 34\r' ]
}

@test "a terminal without a size does not count, nor does half a size" {
	as_root
	export LINES=5 COLUMNS=6
	for size in '0 cols 0' '0 cols 34' '12 cols 0'; do
		run -0 on_tty "stty rows $size; $HELPER default_size"
		[ "$output" = $'5 6\r' ]
	done
}

@test "without a terminal a size comes from LINES and COLUMNS" {
	LINES=5 COLUMNS=6 run -0 setsid -w "$HELPER" default_size </dev/null
	[ "$output" = '5 6' ]
	LINES=65535 COLUMNS=1 run -0 setsid -w "$HELPER" default_size </dev/null
	[ "$output" = '65535 1' ]
}

@test "a size is 24x80 where LINES or COLUMNS is no size" {
	run -0 env -u LINES -u COLUMNS setsid -w "$HELPER" default_size </dev/null
	[ "$output" = '24 80' ]
	for bad in '' 0 -1 65536 ' 5' 5x 1e1; do
		LINES=$bad COLUMNS=6 run -0 setsid -w "$HELPER" default_size </dev/null
		[ "$output" = '24 80' ]
		LINES=5 COLUMNS=$bad run -0 setsid -w "$HELPER" default_size </dev/null
		[ "$output" = '24 80' ]
	done
}

@test "a job is in the foreground of its own terminal alone" {
	as_root
	run -0 on_tty "$HELPER foreground 0"
	run -1 on_tty "$HELPER foreground 0 </dev/null"
	run -1 on_tty "setsid -w $HELPER foreground 0"
	# shellcheck disable=SC2016
	run -1 on_tty "bash -mc '\"$HELPER\" foreground 0 & wait \$!'"
}
