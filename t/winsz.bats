#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154
load lib

# open_tty [COMMAND] - have a terminal of 12 rows and 34 columns until close_tty,
# and COMMAND's output at the end; $tty is its name, $owner the process of script
open_tty() {
	mkfifo hold
	script -qec "stty rows 12 cols 34; tty >name; mv name tty.name
		read -r _ <hold; ${1-}" /dev/null <> <(:) >out 3>&- &
	owner=$!
	within 20 test -e tty.name
	tty=$(<tty.name)
}

close_tty() {
	feed hold
	ends 0 "$owner"
}

# emulate ANSWER COMMAND - run COMMAND on a terminal whose emulator, when asked
# for the cursor, types ANSWER
emulate() {
	mkfifo keys
	timeout 30 script -qec "$2" /dev/null <keys >screen 3>&- &
	terminal=$!
	exec {keys}>keys
	within 20 grep -q $'\e\[6n' screen
	printf '%b' "$1" >&"$keys"
	wait "$terminal"
	exec {keys}>&-
	rm keys screen
}

@test "winsz prints rows and columns of the terminal on standard input" {
	run -0 on_tty 'stty rows 12 cols 34; winsz'
	[ "$output" = $'12 34\r' ]
}

@test "winsz looks at standard output, standard error and /dev/tty next" {
	run -0 on_tty 'stty rows 12 cols 34; setsid -w winsz </dev/null 2>/dev/null
		setsid -w winsz </dev/null >one; winsz </dev/null >two 2>/dev/null'
	[ "$output" = $'12 34\r' ]
	[ "$(cat one two)" = $'12 34\n12 34' ]
}

@test "winsz ROWS COLS sets the size that stty then reads" {
	run -0 on_tty 'winsz 5 7; stty size; winsz 0 65535; stty size'
	[ "$output" = $'5 7\r\n0 65535\r' ]
}

@test "winsz ROWSxCOLS sets the size that stty then reads" {
	run -0 on_tty 'winsz 5x7; stty size; winsz -- 65535x0; stty size'
	[ "$output" = $'5 7\r\n65535 0\r' ]
}

@test "winsz leaves the pixels as they are when it sets rows and columns" {
	run -0 on_tty '"$HELPER" pixels 640 480; winsz 5 7; "$HELPER" pixels'
	[ "$output" = $'640 480\r' ]
}

@test "winsz tells the program in the foreground of a new size" {
	run -0 on_tty 'trap "echo told" WINCH; winsz 5 7; winsz 5 7'
	[ "$output" = $'told\r' ]
}

@test "winsz refuses a number that is none from 0 to 65535" {
	for n in 65536 -1 +1 ' 1' '1 ' 0x10 1e3 '' 1.0 4294967297 99999999999999999999
	do
		fails 125 'winsz: bad size *: want a number from 0 to 65535; *' \
			winsz -- "$n" 5
		fails 125 'winsz: bad size *: want a number from 0 to 65535; *' \
			winsz -- 5 "$n"
	done
}

@test "winsz refuses a single word that is not ROWSxCOLS" {
	for size in '' x 5 5x x5 5x7x 5X7 0x70000 65536x7 -1x7 5x-7 ' 5x7' '5x7 ' \
		5x0x7 00000000000000000000000005x7; do
		fails 125 "winsz: bad size '$size': want ROWS COLS or ROWSxCOLS; *" \
			winsz -- "$size"
	done
}

@test "winsz refuses a third operand" {
	fails 125 "winsz: unexpected operand '3'; *" winsz 1 2 3
}

@test "winsz changes nothing when the second number is bad" {
	run -0 on_tty 'stty rows 12 cols 34; winsz 5 7x 2>/dev/null; stty size'
	[ "$output" = $'12 34\r' ]
}

@test "winsz ends with 1 where there is no terminal" {
	fails 1 'winsz: cannot find a terminal: *' setsid -w winsz </dev/null
	fails 1 'winsz: cannot find a terminal: *' setsid -w winsz 5 7 </dev/null
}

@test "winsz ends with 125 when the size cannot be written" {
	run -0 on_tty 'winsz 2>error >/dev/full; echo $?'
	[ "$output" = $'125\r' ]
	[[ $(<error) == 'winsz: cannot write to standard output: '* ]]
}

@test "winsz --file acts on a terminal by name" {
	open_tty
	run -0 winsz --file "$tty"
	[ "$output" = '12 34' ]
	winsz -F "$tty" 5 7
	run -0 stty -F "$tty" size
	[ "$output" = '5 7' ]
	close_tty
}

@test "winsz --file does not take a terminal over that is nobody's" {
	setsid -w "$HELPER" with master sh -c 'exec winsz --watch --file \
		"/dev/pts/$(sed -n "s/tty-index:.//p" /proc/self/fdinfo/0)"' \
		>sizes 3>&- &
	pid=$!
	within 20 test -s sizes
	run -0 ps -o sid=,tty= -p "$pid"
	[ "${output// /}" = "$pid?" ]
	kill "$pid"
	ends 143 "$pid"
}

@test "winsz --file refuses what is no terminal" {
	touch file
	for file in file . /dev/null /dev/zero missing ''; do
		fails 1 "winsz: cannot open terminal '$file': *" winsz -F "$file"
	done
}

@test "winsz --file leaves a FIFO's waiting writer waiting" {
	mkfifo fifo
	sh -c 'echo x >fifo' 3>&- &
	pid=$!
	within 20 grep -q wait_for_partner /proc/$pid/wchan || true
	fails 1 "winsz: cannot open terminal 'fifo': *" winsz -F fifo
	run -0 timeout 20 cat fifo
	[ "$output" = x ]
	ends 0 "$pid"
}

@test "winsz --fd acts on the terminal on a descriptor" {
	open_tty
	run -0 winsz --fd 7 7<"$tty"
	[ "$output" = '12 34' ]
	winsz -f 7 5 7 7<"$tty"
	run -0 stty -F "$tty" size
	[ "$output" = '5 7' ]
	close_tty
}

@test "winsz --fd refuses a descriptor that is closed or no terminal" {
	fails 1 'winsz: cannot read the size of fd 9: *' winsz --fd 9
	fails 1 'winsz: cannot read the size of fd 9: *' winsz --fd 9 9</dev/null
	for fd in -1 +0 2147483648 x ''; do
		fails 125 "winsz: bad --fd '$fd': *" winsz --fd "$fd"
	done
}

@test "winsz --pid finds the terminal on which a process runs a command" {
	open_tty 'stty size'
	run -0 winsz --pid "$owner"
	[ "$output" = '12 34' ]
	winsz -p "$owner" 40 120
	close_tty
	[ "$(<out)" = $'40 120\r' ]
}

@test "winsz --pid prefers the terminal of the command to the process's own" {
	run -0 on_tty 'stty rows 1 cols 2
		script -qec "stty rows 3 cols 4; winsz --pid $$" /dev/null; :'
	[[ $output == *$'1 2\r' ]]
	run -0 on_tty 'stty rows 1 cols 2; script -qec \
		"stty rows 3 cols 4; winsz --pid \$PPID" /dev/null'
	[[ $output == *$'3 4\r' ]]
}

@test "winsz --pid takes no child for a command that has no terminal of its own" {
	run -0 on_tty 'stty rows 1 cols 2; until [ -e end ]; do :; done &
		exec script -qec "stty rows 3 cols 4; winsz --pid \$PPID >out
			touch end" /dev/null'
	[ "$(<out)" = '3 4' ]
}

@test "winsz --pid does not guess which of two commands is meant" {
	needs tmux
	tmux -S tmux -f /dev/null new-session -d -x 80 -y 24 'read -r _' 3>&-
	pid=$(tmux -S tmux display-message -p '#{pid}')
	winsz --pid "$pid" 5 7
	tmux -S tmux split-window 'read -r _'
	fails 1 "winsz: cannot find a terminal of process $pid" winsz --pid "$pid"
	tmux -S tmux kill-server
	rm -f tmux
}

@test "winsz --pid finds a terminal in another mount namespace" {
	unshare -m true || without 'no mount namespaces here'
	mkfifo hold
	unshare -m sh -c 'mount -t devpts -o newinstance,ptmxmode=666 new /dev/pts
		mount --bind /dev/pts/ptmx /dev/ptmx
		exec script -qec "tty; touch ready; read -r _ <hold; stty size" \
			/dev/null >out' <> <(:) 3>&- &
	pid=$!
	within 20 test -e ready
	winsz --pid "$pid" 40 120
	feed hold
	ends 0 "$pid"
	[ "$(<out)" = $'/dev/pts/0\r\n40 120\r' ]
}

@test "winsz --pid does not guess between two terminals of one number" {
	unshare -m true || without 'no mount namespaces here'
	mkfifo hold
	cat >pts0 <<-'E'
		mount -t devpts -o newinstance,ptmxmode=666 new /dev/pts
		mount --bind /dev/pts/ptmx /dev/ptmx
		exec script -qec "$1" /dev/null
	E
	unshare -m sh pts0 'exec 9<&0; sh pts0 "touch ready; read -r _ <hold"' \
		</dev/null >/dev/null 3>&- &
	pid=$!
	within 20 test -e ready
	fails 1 'winsz: cannot find a terminal of process *' \
		winsz --pid "$(pgrep -nf "sh -c touch ready; read -r _ <hold")"
	feed hold
	ends 0 "$pid"
}

@test "winsz --pid is not misled by the name of a program" {
	cp "$(command -v bash)" './a) R 1 1 1 (b'
	run -0 on_tty 'stty rows 1 cols 2; "./a) R 1 1 1 (b" -c "winsz -p \$\$; :"'
	[ "$output" = $'1 2\r' ]
}

@test "winsz --pid finds a terminal that only another process has open" {
	on_tty 'stty rows 1 cols 2; sleep 60 & exec <&- >out 2>&1
		winsz --pid $$; kill $!'
	[ "$(<out)" = '1 2' ]
}

@test "winsz --pid passes a descriptor by that would never answer" {
	as_root
	[ -e /dev/fuse ] || without 'no /dev/fuse'
	mkdir stuck
	mkfifo go
	unshare -m ptyfork --size 5x7 -- "$HELPER" frozen stuck \
		sh -c 'echo $$ >up; read -r x <go' 3>&- &
	pid=$!
	within 20 test -s up
	run -0 timeout -k 1 10 winsz --pid "$(cat up)"
	[ "$output" = '5 7' ]
	feed go
	ends 0 "$pid"
}

@test "winsz --pid does not take the terminal over" {
	open_tty
	run -0 setsid -w sh -c 'winsz -p "$1"; ps -o tty= -p $$' sh "$owner"
	[ "$output" = $'12 34\n?' ]
	close_tty
}

@test "winsz --pid ends with 1 where there is no process or no terminal" {
	fails 1 'winsz: cannot open the terminal of process 2147483647: *' \
		winsz --pid 2147483647
	setsid -w sh -c 'winsz --pid $$ 2>error; echo $? >status'
	[ "$(<status)" = 1 ]
	[[ $(<error) == 'winsz: cannot find a terminal of process '* ]]
	for pid in 0 -1 ' 1' 4294967297 x ''; do
		fails 125 "winsz: bad --pid '$pid': *" winsz --pid "$pid"
	done
}

@test "winsz --pid needs the right to see what a process has open" {
	as_root
	open_tty
	fails 1 "winsz: cannot open the terminal of process $owner: *" as_nobody \
		/proc/self/fd/9 winsz --pid "$owner" 9<"$(command -v winsz)"
	close_tty
}

@test "winsz --like copies rows, columns and pixels" {
	open_tty
	"$HELPER" pixels 640 480 <"$tty"
	run -0 on_tty "winsz --like $tty; winsz; \"\$HELPER\" pixels"
	[ "$output" = $'12 34\r\n640 480\r' ]
	close_tty
}

@test "winsz --like refuses what is no terminal" {
	run -0 on_tty 'winsz 5 7; winsz --like /dev/null 2>error; echo $?; winsz'
	[ "$output" = $'1\r\n5 7\r' ]
	[[ $(<error) == "winsz: cannot open terminal '/dev/null': "* ]]
}

@test "winsz --export prints what a shell can evaluate" {
	run -0 on_tty 'winsz 5 7; winsz --export; eval "$(winsz -e)"
		sh -c "echo \$LINES \$COLUMNS"'
	[ "$output" = $'LINES=5; COLUMNS=7; export LINES COLUMNS;\r\n5 7\r' ]
}

@test "winsz --watch prints the size, then each change, until the hang-up" {
	open_tty
	winsz --watch --file "$tty" >sizes 3>&- &
	pid=$!
	within 20 grep -qx '12 34' sizes
	winsz -F "$tty" 12 34
	winsz -F "$tty" 5 7
	within 20 grep -qx '5 7' sizes
	close_tty
	ends 0 "$pid"
	[ "$(<sizes)" = $'12 34\n5 7' ]
}

@test "winsz --watch follows its own terminal, until a signal ends it" {
	run -0 on_tty 'winsz 1 2; winsz --watch >sizes & watch=$!
		until grep -qx "1 2" sizes; do :; done; winsz 3 4
		until grep -qx "3 4" sizes; do :; done; winsz 5 6
		until grep -qx "5 6" sizes; do :; done
		kill $watch; wait $watch; echo $? >status'
	[ "$(<status)" = 143 ]
	[ "$(<sizes)" = $'1 2\n3 4\n5 6' ]
}

@test "winsz --watch of its own terminal sleeps until a signal comes" {
	needs strace
	run -0 on_tty 'winsz 1 2; strace -qqo trace winsz --watch >sizes &
		until grep -q poll trace; do :; done; winsz 3 4
		until grep -qx "3 4" sizes; do :; done; kill $(pgrep -P $!); wait'
	grep -q '^poll(.*, 3, -1) ' trace
	run -1 grep -q '^poll(.*, 3, 100)' trace
}

@test "winsz --watch in the background goes on" {
	run -0 on_tty 'bash -mc "winsz 1 2; winsz --watch >sizes & 
		until grep -qx \"1 2\" sizes; do :; done; winsz 3 4
		until grep -qx \"3 4\" sizes; do :; done; kill \$!"'
	[ "$(<sizes)" = $'1 2\n3 4' ]
}

@test "winsz --watch ends by SIGPIPE when its reader leaves" {
	open_tty
	run -141 bash -o pipefail -c 'timeout 20 winsz -wF "$1" | head -n 1' - "$tty"
	[ "$output" = '12 34' ]
	run -0 bash -c 'trap "" PIPE; { timeout 20 winsz -wF "$1" 2>error
		echo $? >status; } | head -n 1' - "$tty"
	[ "$(<status) $(<error)" = \
		'125 winsz: cannot write to standard output: Broken pipe' ]
	close_tty
}

@test "winsz --watch ends by SIGHUP where the terminal lives on" {
	open_tty
	winsz -wF "$tty" >sizes 3>&- &
	pid=$!
	within 20 grep -qx '12 34' sizes
	kill -HUP "$pid"
	ends 129 "$pid"
	close_tty
}

@test "winsz --watch goes on after SIGHUP where that is ignored" {
	open_tty
	nohup winsz -wF "$tty" >sizes 3>&- &
	pid=$!
	within 20 grep -qx '12 34' sizes
	kill -HUP "$pid"
	kill -HUP "$pid"
	winsz -F "$tty" 5 7
	within 20 grep -qx '5 7' sizes
	close_tty
	ends 0 "$pid"
}

@test "winsz --watch ends with 0 when its own terminal hangs up" {
	run -0 "$HELPER" with master sh -c 'n=$(sed -n "s/tty-index:.//p" \
			/proc/self/fdinfo/0)
		setsid sh -c "exec winsz -w <>/dev/pts/$n >sizes" &
		until [ -s sizes ]; do :; done; exec <&-; wait $!; echo $?'
	[ "$output" = 0 ]
}

@test "winsz --watch goes on when it is moved to the background" {
	cat >job <<-'E'
		{
			until grep -qx "1 2" sizes; do :; done
			pkill -STOP -x -P $$ winsz
		} &
		winsz 1 2
		winsz -w >sizes
		bg
		winsz 3 4
		until grep -qx "3 4" sizes; do :; done
		pkill -x -P $$ winsz
	E
	run -0 on_tty 'bash -m job'
}

@test "winsz --query prints what the terminal emulator says" {
	emulate '\033[40;120R' 'stty rows 12 cols 34; winsz --query -t 20 >size'
	[ "$(<size)" = '40 120' ]
	emulate '\033[40;120R' 'winsz --query -t 20 --export >size'
	[ "$(<size)" = 'LINES=40; COLUMNS=120; export LINES COLUMNS;' ]
}

@test "winsz --query --set sets what the terminal emulator says" {
	emulate '\033[40;120R' 'stty rows 12 cols 34; winsz --query -t 20 --set >out
		stty size >size'
	[ "$(<size)" = '40 120' ]
	[ ! -s out ]
	emulate '\033[41;121R' 'winsz --query -t 20 --set --export >out
		stty size >size'
	[ "$(<size)" = '41 121' ]
	[ "$(<out)" = 'LINES=41; COLUMNS=121; export LINES COLUMNS;' ]
	fails 125 "winsz: --set is for --query*" winsz --set
}

@test "winsz --query finds the answer between keystrokes" {
	for keys in 'ab\n' '\033[A' '\033[1;' '\033' '\033[' '\033[0;5R' \
		'\033[5;0R' '\033[R' '\033[1;99999R' \
		'\033[1;2;3R' '\033[?1;2c' '\0033\0201'; do
		emulate "$keys\\033[40;120R" 'winsz --query -t 20 >size'
		[ "$(<size)" = '40 120' ]
	done
	emulate '\033[\x9b40;120R' 'winsz --query -t 20 >size'
	[ "$(<size)" = '40 120' ]
}

@test "winsz --query leaves what is typed after the answer to be read" {
	emulate '\033[40;120Rhello\n' 'winsz --query -t 20; read -r word; echo "$word" >word'
	[ "$(<word)" = hello ]
}

@test "winsz --query puts the modes of the terminal back" {
	emulate '\033[40;120R' 'stty -g >before; winsz --query -t 20; stty -g >after'
	cmp before after
	run -0 on_tty 'stty -g >before; winsz -qt 0.05 2>error; stty -g >after'
	cmp before after
}

@test "winsz --query puts the modes back when a signal ends it" {
	for signal in HUP INT QUIT TERM ALRM USR1 USR2; do
		run -0 on_tty 'stty -g >before; {
			until stty -a | grep -q -e -icanon; do :; done
			pkill -'"$signal"' -x -P $$ winsz
		} <&1 & winsz -qt 60; echo $? >status; stty -g >after'
		cmp before after
		[ "$(<status)" = $((128 + $(kill -l "$signal"))) ]
	done
}

@test "winsz --query: killed by SIGKILL, its terminal is as before all the same" {
	run -0 on_tty 'stty -g >before; {
		until stty -a | grep -q -e -icanon; do :; done
		pkill -KILL -x -P $$ winsz
	} <&1 & winsz -qt 60; echo $? >status
	until stty -g >after; cmp -s before after; do :; done'
	[ "$(<status)" = 137 ]
	within 20 none_of_ours
}

@test "winsz --query does without the process that would put its terminal back" {
	for signal in KILL STOP; do
		run -0 on_tty 'stty -g >before; {
			until stty -a | grep -q -e -icanon; do :; done
			pid=$(pgrep -x -P $$ winsz)
			pkill -'"$signal"' -P "$pid"
			until ps -o stat= --ppid "$pid" | grep -q "[ZT]"; do :; done
			kill "$pid"
		} <&1 & winsz -qt 60; echo $? >status; stty -g >after'
		cmp before after
		[ "$(<status)" = 143 ]
	done
}

@test "winsz --query puts the modes back before it stops" {
	cat >job <<-'E'
		stty -g >before
		{
			until stty -a | grep -q -e -icanon; do :; done
			pkill -TSTP -x -P $$ winsz
		} <&1 &
		winsz -qt 60 2>error
		stty -g >after
		fg || echo "ended with $?"
	E
	run -0 on_tty 'bash -m job'
	cmp before after
	[[ $output == *'ended with 125'* ]]
}

@test "winsz --query ends with 124 when nothing answers" {
	run -0 on_tty 'winsz --query --timeout 0.05 2>error; echo $?'
	[[ $output == *124* ]]
	[ "$(<error)" = 'winsz: cannot ask fd 0 for its size: no answer in 50 ms' ]
	run -0 on_tty 'winsz -qt0 2>error; echo $?'
	[[ $output == *124* ]]
}

@test "winsz --query waits no longer than it says where nobody reads either" {
	run -0 on_tty 'kill -STOP $PPID
		dd if=/dev/zero of=/dev/tty oflag=nonblock bs=65536 2>/dev/null
		winsz -qt 0.05 2>error; echo $? >status; kill -CONT $PPID'
	[ "$(<status)" = 124 ]
}

@test "winsz --query needs to write as well as to read" {
	emulate '\033[40;120R' 'winsz --query </dev/tty >size'
	[ "$(<size)" = '40 120' ]
	run -0 on_tty 'winsz --query --fd 0 </dev/tty 2>error; echo $?'
	[ "$output" = $'125\r' ]
	[[ $(<error) == 'winsz: cannot ask fd 0 for its size: '* ]]
}

@test "winsz --query refuses the end of a terminal that has no emulator" {
	fails 125 'winsz: cannot ask fd 0 for its size: *' "$HELPER" with master \
		bash -c 'n=$(sed -n "s/tty-index:.//p" /proc/self/fdinfo/0)
			exec 9<>"/dev/pts/$n"; winsz --query'
}

@test "winsz --query agrees with tmux" {
	needs tmux
	tmux -S tmux -f /dev/null new-session -d -x 101 -y 31 \
		'winsz 1 2; winsz $(winsz --query); stty size >out; mv out size' 3>&-
	within 20 test -e size
	[[ $(<size) =~ ^(30|31)\ 101$ ]]
	rm tmux
}

@test "winsz refuses options that do not go together" {
	local why='winsz: * exclude each other; *'

	fails 125 "$why" winsz --file /dev/null --fd 1
	fails 125 "$why" winsz --fd 1 --pid 1
	fails 125 "$why" winsz --like /dev/null 5 7
	fails 125 "$why" winsz --watch --query
	fails 125 "$why" winsz --watch 5x7
	fails 125 'winsz: --export is for printing; *' winsz --export 5 7
	fails 125 'winsz: --timeout is for --query; *' winsz --timeout 1
}

@test "winsz refuses a time that is none" {
	for time in -1 1s '' 1e3 ' 1'; do
		fails 125 "winsz: bad --timeout '$time': want seconds; *" \
			winsz --query --timeout "$time"
	done
}
