#!/usr/bin/env bats
# ptyshim with ptyfork: what is in its directory, its log and its status
# shellcheck disable=SC2016 # commands are for another shell to expand
load lib
load shim
load viewer

setup() {
	stage_pause
}

waits='while [ ! -e go ]; do read -rt 0.05 <>pause || :; done'

# seen PID FILE - wait for it without a pause, while that process is there
seen() {
	local end=$((SECONDS + 21))

	until [ -e "$2" ] || [ "$SECONDS" -ge "$end" ]; do
		gone "$1" && return
	done
	:
}

@test "ptyshim ends with the status of the command, which D/exit has" {
	for status in 0 1 9 124 125 255; do
		shim -- ptyfork -- sh -c "exit $status"
		shim_ends "$status"
		shim -- ptyfork --no-tty -- sh -c "exit $status"
		shim_ends "$status"
	done
}

@test "ptyshim tells the signal that ended the command" {
	for sig in 9 15 11; do
		shim -- ptyfork -- sh -c "kill -$sig \$\$; exit 0"
		shim_ends "$((128 + sig))"
	done
}

@test "the log has what the command printed, in every format" {
	shim -- ptyfork -- sh -c 'tty >/dev/null && echo hello; exit 3'
	shim_ends 3
	[ "$(tr -d '\r' <log)" = hello ]
	rm log
	shim --log-format cri -- ptyfork -- echo hello
	shim_ends 0
	[ "$(said | tr -d '\r')" = hello ]
	rm log
	needs jq
	shim --log-format asciicast -- ptyfork -- echo hello
	shim_ends 0
	[ "$(said_cast | tr -d '\r')" = hello ]
}

@test "200,000 lines and an exit right after are whole, in every format" {
	needs jq
	wanted=$(seq 200000 | cksum)
	shim -- ptyfork -- sh -c 'seq 200000; exit 3'
	shim_ends 3
	[ "$(tr -d '\r' <log | cksum)" = "$wanted" ]
	rm log
	shim --log-format cri -- ptyfork -- sh -c 'seq 200000; exit 4'
	shim_ends 4
	[ "$(said | tr -d '\r' | cksum)" = "$wanted" ]
	rm log
	shim --log-format asciicast -- ptyfork -- sh -c 'seq 200000; exit 5'
	shim_ends 5
	[ "$(said_cast | tr -d '\r' | cksum)" = "$wanted" ]
}

@test "200,000 lines through pipes are whole as well" {
	wanted=$(seq 200000 | cksum)
	shim --log-format cri -- ptyfork --no-tty -- sh -c 'seq 200000; exit 3'
	shim_ends 3
	[ "$(said stdout | cksum)" = "$wanted" ]
}

@test "whoever sees D/exit finds the whole log" {
	for i in {1..10}; do
		rm -rf d log
		shim --log-format cri -- ptyfork -- sh -c 'seq 500; exit 3'
		seen "$shim" d/exit
		cp log seen
		[ "$(cat d/exit)" = 3 ]
		# A line that was seen in part has more than one.
		[ "$(grep -c ' stdout F ' seen)" = 500 ]
		shim_ends 3
	done
}

@test "D/exit is absent or whole at any moment" {
	(
		until [ -e stop ]; do
			status=$(cat d/exit 2>/dev/null) || :
			[ -z "$status" ] || echo "$status"
		done | sort -u >seen
	) 3>&- &
	reader=$!
	for i in {1..10}; do
		shim -- ptyfork -- sh -c 'exit 255'
		ends 255 "$shim"
	done
	: >stop
	wait "$reader"
	[ "$(cat seen)" = 255 ]
}

@test "20 commands that end at the same moment leave whole logs" {
	shims=
	for i in {1..20}; do
		ptyshim --dir "d$i" --log "log$i" -- ptyfork -- "$BASH" -c \
			"$waits; seq 300; exit $i" 3>&- &
		shims+=" $!"
	done
	for i in {1..20}; do
		within 20 told "d$i/pid"
	done
	: >go
	i=0
	for pid in $shims; do
		i=$((i + 1))
		ends "$i" "$pid"
		[ "$(cat "d$i/exit")" = "$i" ]
		[ "$(tr -d '\r' <"log$i" | cksum)" = "$(seq 300 | cksum)" ]
	done
}

@test "a child that keeps the terminal does not hold up the end" {
	shim -- ptyfork -- "$BASH" -c "trap '' HUP
		(echo \$BASHPID >child; $waits) & until [ -s child ]; do :; done; exit 5"
	ends 5 "$shim"
	[ "$(cat d/exit)" = 5 ]
	kill -0 "$(cat child)"
	: >go
}

@test "a child that keeps the pipes does not hold up the end" {
	shim -- ptyfork --no-tty -- "$BASH" -c "
		(echo \$BASHPID >child; $waits) & until [ -s child ]; do :; done; exit 5"
	ends 5 "$shim"
	[ "$(cat d/exit)" = 5 ]
	kill -0 "$(cat child)"
	: >go
}

@test "standard output and error are told apart where there is no terminal" {
	shim --log-format cri -- ptyfork --no-tty -- \
		sh -c '[ ! -t 1 ] && echo out; echo err >&2'
	shim_ends 0
	[ "$(said stdout)" = out ]
	[ "$(said stderr)" = err ]
	rm log
	# Any command, where the shim is told.
	shim --log-format cri --no-tty -- sh -c 'echo out; echo err >&2; exit 4'
	shim_ends 4
	[ "$(said stdout)" = out ]
	[ "$(said stderr)" = err ]
}

@test "a directory that is in use is refused, and its shim goes on" {
	shim -- ptyfork -- "$BASH" -c "$waits; exit 3"
	within 20 told d/pid
	pid=$(cat d/pid)
	fails 125 "conlog: cannot use '*/d': it is in use" \
		ptyshim --dir d -- ptyfork -- touch ran
	[ ! -e ran ]
	[ "$(cat d/pid)" = "$pid" ]
	[ -p d/control ]
	: >go
	shim_ends 3
}

@test "a directory that a killed shim left is taken over" {
	shim -- ptyfork -- "$BASH" -c "trap 'exit 1' HUP; $waits"
	within 20 told d/pid
	kill -KILL "$shim"
	wait "$shim" || true
	within 20 none_of_ours
	rm log
	shim -- ptyfork -- sh -c 'echo new; exit 4'
	shim_ends 4
	[ "$(tr -d '\r' <log)" = new ]
}

@test "what an earlier run left in the directory says nothing of this one" {
	mkdir -m 0700 d
	echo 1 >d/pid
	printf 0 >d/exit
	: >d/oom
	shim -- ptyfork -- "$BASH" -c "ls d; $waits; exit 3"
	within 20 has spool log
	[ ! -e d/exit ]
	[ ! -e d/oom ]
	[ "$(cat d/pid)" != 1 ]
	: >go
	shim_ends 3
}

@test "the terminal is resized by a line in D/control" {
	shim -- ptyfork -- "$BASH" -c \
		"trap 'stty size </dev/tty; exit 6' WINCH; echo ready; $waits"
	within 20 has ready log
	echo '1 40 120' >d/control
	shim_ends 6
	[ "$(tr -d '\r' <log)" = $'ready\n40 120' ]
}

@test "D/control is there as soon as D/pid is" {
	for i in {1..10}; do
		rm -rf d go
		shim -- ptyfork -- "$BASH" -c "$waits"
		seen "$shim" d/pid
		[ -p d/control ]
		: >go
		shim_ends 0
	done
}

@test "D and the log are closed to others, whatever the umask" {
	(umask 0; ptyshim --dir d --log log -- ptyfork -- "$BASH" -c \
		"$waits" 3>&-) &
	shim=$!
	within 20 told d/pid
	[ "$(stat -c %a d)" = 700 ]
	[ $((0$(stat -c %a log) & 0137)) = 0 ]
	for file in control keys spool; do
		[ $((0$(stat -c %a "d/$file") & 077)) = 0 ]
	done
	: >go
	ends 0 "$shim"
}

@test "a directory and a log of any path" {
	long=$PWD/$(printf 'x%.0s' {1..150})
	mkdir "$long"
	cd "$long"
	for dir in "$long/d" ./d '../a b'"'"'"$(x)
*'; do
		rm -rf "$dir" "$dir.log"
		run -3 ptyshim --dir "$dir" --log "$dir.log" -- ptyfork -- \
			sh -c 'echo hello; exit 3'
		[ -z "$output" ]
		[ "$(cat "$dir/exit")" = 3 ]
		[ "$(tr -d '\r' <"$dir.log")" = hello ]
		[ -z "$(find "$dir" -type p -o -type s)" ]
	done
}

@test "a command that fails is told by its own words and status" {
	run -7 --separate-stderr ptyshim --dir d -- sh -c 'echo why >&2; exit 7'
	[ -z "$output" ]
	[ "$stderr" = why ]
	[ "$(cat d/exit)" = 7 ]
	nothing_left
	fails 127 "*: cannot execute './missing': *" \
		ptyshim --dir d -- ./missing
	[ "$(cat d/exit)" = 127 ]
	nothing_left
	fails 125 'ptyfork: unknown option *' \
		ptyshim --dir d -- ptyfork --nosuch -- true
	nothing_left
	fails 127 "ptyfork: cannot execute './missing': *" \
		ptyshim --dir d -- ptyfork -- ./missing
	nothing_left
}

@test "a command that starts nothing is told by its words without a terminal" {
	run -7 --separate-stderr ptyshim --dir d --log log --no-tty -- \
		sh -c 'echo why; echo really >&2; exit 7'
	[ -z "$output" ]
	[ "$stderr" = $'why\nreally' ]
	[ "$(cat log)" = "$stderr" ]
	fails 127 "*: cannot execute './missing': *" \
		ptyshim --dir d --no-tty -- ./missing
	fails 126 "*: cannot execute '/': *" ptyshim --dir d --no-tty -- /
	fails 127 "ptyfork: cannot execute './missing': *" \
		ptyshim --dir d -- ptyfork --no-tty -- ./missing
	# All of it, as far as there is room for it.
	run -7 --separate-stderr ptyshim --dir d --no-tty -- \
		sh -c 'seq 9999; exit 7'
	[ "$stderr" = "$(seq 9999)" ]
	# One that was started has its log.
	run -7 --separate-stderr ptyshim --dir d --log log -- \
		ptyfork --no-tty -- sh -c 'echo why >&2; exit 7'
	[ -z "$output$stderr" ]
	run -0 --separate-stderr ptyshim --dir d --no-tty -- echo hello
	[ -z "$output$stderr" ]
	for options in '--log l' '--dir d --console-socket s'; do
		# shellcheck disable=SC2086
		fails 125 'conlog: --show-failure needs *' \
			conlog $options --show-failure x -- true
	done
	fails 125 'conlog: --show-failure needs *' conlog --dir d --show-failure x
}

@test "a command that fails leaves no process" {
	quick 7 ptyshim --dir d -- sh -c '
		sleep 60 & setsid sleep 60 & exit 7'
	nothing_left
}

@test "a terminal that never comes ends the command in bounded time" {
	quick 124 ptyshim --dir d --timeout 0.3 -- \
		sh -c 'sleep 60; exit 3'
	[ ! -s out ]
	[ "$(cat err)" = 'conlog: gave up: no console came in time' ]
	nothing_left
	# Nor does a command hold it up that ends no signal but KILL.
	quick 124 ptyshim --dir d --timeout 0.3 -- sh -c '
		trap "" TERM HUP INT; sleep 60; sleep 60'
	nothing_left
	# Nor one that has left a process and gone.
	quick 124 ptyshim --dir d --timeout 0.3 -- sh -c '
		setsid sh -c "trap \"\" TERM; sleep 60; sleep 60" >/dev/null 2>&1 &
		echo "$!" >"$PID_FILE"'
	nothing_left
}

@test "any command finds the socket and the pid file in its environment" {
	shim -- sh -c 'exec ptyfork --console-socket "$CONSOLE_SOCKET" \
		--pid-file "$PID_FILE" -- sh -c "
			echo \$\$; cat \"\$PID_FILE\"; exit 3"'
	shim_ends 3
	[[ $(tr -d '\r' <log) =~ ^([0-9]+)$'\n'([0-9]+)$ ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
	rm log
	shim --no-tty -- sh -c 'echo "${CONSOLE_SOCKET-none}"; echo "$PID_FILE"'
	shim_ends 0
	[ "$(cat log)" = none$'\n'"$PWD/d/pid" ]
}

@test "options go behind create and run, and behind nothing else" {
	mkdir bundle
	echo '{ "process": { "terminal": false } }' >bundle/config.json
	printf '%s\n' '#!/bin/sh' 'printf "<%s>" "$@" >args' >oci
	chmod +x oci
	pid="<--pid-file><$PWD/d/pid>"
	shows() {
		local words=$1

		shift
		shim --no-tty -- ./oci "$@"
		shim_ends 0
		[ "$(cat args)" = "$words" ] || { cat args; return 1; }
	}
	shows "<create>$pid<--bundle><b><box>" create --bundle b box
	shows "<run>$pid<-d><box>" run -d box
	shows "<--root><create><--debug><run>$pid<x y>" \
		--root create --debug run 'x y'
	shows "<--root=r><create>$pid<>" --root=r create ''
	shows '<exec><create>' exec create
	shows '<-x><sh><run>' -x sh run
}

@test "a bundle without a terminal is one with pipes" {
	mkdir bundle
	printf '%s\n' '#!/bin/sh' \
		'echo "${CONSOLE_SOCKET-none}"; [ -t 1 ] || echo "$*"' >oci
	chmod +x oci
	echo '{ "process": { "terminal": false } }' >bundle/config.json
	for words in '--bundle bundle' '--bundle=bundle' '-b bundle'; do
		rm -f log
		# shellcheck disable=SC2086
		shim -- ./oci create $words box
		shim_ends 0
		[ "$(cat log)" = "none
create --pid-file $PWD/d/pid $words box" ]
	done
	cd bundle
	run -0 ptyshim --dir d --log log -- ../oci create box
	[ "$(head -n 1 log)" = none ]
}

@test "the words of a command arrive as they are" {
	shim --no-tty -- printf '<%s>' '' ' a  b ' "'" '"' '$x' '*' $'\n' -- --dir
	shim_ends 0
	[ "$(cat log)" = '<>< a  b ><'"'"'><"><$x><*><
><--><--dir>' ]
}

@test "attach is at the terminal, and ends as the command does" {
	shim -- ptyfork -- sh -c 'stty -echo; echo ready
		read -r line; echo "got $line"; stty size; exit 9'
	within 20 has ready log
	echo '1 40 120' >d/control
	run -9 --separate-stderr timeout 20 attach --replay 1 d <<<hello
	[ "$(tr -d '\r' <<<"$output")" = $'ready\ngot hello\n40 120' ]
	# shellcheck disable=SC2154
	[ "$stderr" = '[ended with status 9]' ]
	shim_ends 9
	# And it says so afterwards.
	run -9 timeout 20 attach d
}

@test "every viewer sees all of it, and the same end" {
	shim -- ptyfork -- "$BASH" -c "$waits; seq 2000; exit 8"
	within 20 told d/pid
	viewers=
	for i in {1..5}; do
		timeout 20 attach --no-stdin d >"out$i" 2>"err$i" 3>&- &
		viewers+=" $!"
	done
	for viewer in $viewers; do
		within 20 attached "$viewer"
	done
	: >go
	for viewer in $viewers; do
		ends 8 "$viewer"
	done
	for i in {1..5}; do
		[ "$(tr -d '\r' <"out$i" | cksum)" = "$(seq 2000 | cksum)" ]
	done
	shim_ends 8
}

@test "attach while no terminal has come yet waits for it" {
	shim -- "$BASH" -c "$waits; exec ptyfork --pid-file \"\$PID_FILE\" \
		--console-socket \"\$CONSOLE_SOCKET\" -- \
		sh -c 'read -r line; echo \"got \$line\"; exit 4'"
	within 20 test -p d/control
	timeout 20 attach d <<<early >out 2>err 3>&- &
	viewer=$!
	: >go
	ends 4 "$viewer"
	[[ $(cat out) == *'got early'* ]]
	shim_ends 4
}

@test "signals reach the command" {
	for sig in TERM INT HUP QUIT USR1 USR2; do
		rm -f log
		shim -- ptyfork -- "$BASH" -c \
			"trap 'echo got; exit 5' $sig; echo ready; $waits"
		within 20 has ready log
		within 20 detached
		kill -s "$sig" "$shim"
		shim_ends 5
		[ "$(tr -d '\r' <log)" = $'ready\ngot' ]
	done
}

@test "a key typed at the shim's own terminal reaches the command once" {
	fdrecv s -- "$BASH" -c '
		until grep -q ready log; do read -rt 0.02 <> <(:) || :; done
		read -r shim <pid
		kill -STOP "$shim"
		until grep -q "^State:.T" "/proc/$shim/status"; do :; done
		printf "\003" >&3
		until [ -e got ]; do read -rt 0.02 <> <(:) || :; done
		# What is passed on is passed in the order of the numbers.
		kill -USR1 "$shim"
		kill -CONT "$shim"
		cat <&3 >cat 2>&1 || :' 3>&- 2>/dev/null &
	typist=$!
	started+=" $typist"
	within 20 test -S s
	run -0 timeout 20 ptyfork --console-socket s -- \
		sh -c 'echo "$$" >pid; exec ptyshim "$@"' - --dir d --log log \
		-- ptyfork -- "$BASH" -c "trap 'echo got >>got' INT
			trap ': >go' USR1; echo ready; $waits"
	ends 0 "$typist"
	[ "$(cat got)" = got ]
}

@test "no shell stays, and nothing but the command has the terminal" {
	mkfifo go
	shim -- ptyfork -- sh -c 'read -r x <go; exit 0'
	within 20 detached
	[ "$(cat "/proc/$shim/comm")" = conlog ]
	reap=$(cut -d' ' -f4 "/proc/$(cat d/pid)/stat")
	[ "$(cat "/proc/$reap/comm")" = reap ]
	[ "$(cut -d' ' -f4 "/proc/$reap/stat")" = "$shim" ]
	only_three() {
		[ "$(cat "/proc/$shim/task/$shim/children")" = "$reap " ] &&
			[ "$(cat "/proc/$reap/task/$reap/children")" = "$(cat d/pid) " ] &&
			! grep -qvxF -e "$shim" -e "$reap" -e "$(cat d/pid)" <<<"$(ours)"
	}
	within 20 only_three
	feed go
	shim_ends 0
}

@test "a command goes on without its shim where its terminal is kept" {
	shim -- ptyfork -- "$BASH" -c "trap '' HUP; echo ready; $waits
		echo more; exit 0"
	within 20 has ready log
	pid=$(cat d/pid)
	for fd in "/proc/$shim/fd"/*; do
		[[ $(readlink "$fd") != */ptmx ]] || master=${fd##*/}
	done
	fdsend --listen --keep --pid "$shim" s "$master" 3>&- &
	keeper=$!
	started+=" $keeper"
	within 20 test -S s
	kill -KILL "$shim"
	wait "$shim" || true
	kill -0 "$pid"
	# The FIFO of the one that was killed is still there.
	exec 8<>d/control
	fdrecv --connect s -- conlog --dir d --log log --fd 3 3>&- 8>&- &
	conlog=$!
	within 20 eval '[ -p d/control ] && ! [ d/control -ef /proc/self/fd/8 ]'
	exec 8>&-
	: >go
	within 20 has more log
	within 20 gone "$pid"
	ends 0 "$conlog"
	ends 0 "$keeper"
}

# bats test_tags=unsanitized
@test "out of memory is noted in D/oom" {
	as_root
	cgroup=/sys/fs/cgroup/memory/ptyshim-$$
	if [ -d /sys/fs/cgroup/memory ]; then
		limit=memory.limit_in_bytes
	else
		cgroup=/sys/fs/cgroup/ptyshim-$$
		limit=memory.max
	fi
	mkdir "$cgroup" || without 'no cgroup can be made'
	[ -e "$cgroup/$limit" ] || { rmdir "$cgroup"; without 'no memory controller'; }
	echo 16M >"$cgroup/$limit"
	# One that is ended otherwise is no such case.
	shim -- ptyfork --cgroup "$cgroup" -- sh -c 'kill -KILL $$'
	ends 137 "$shim"
	[ ! -e d/oom ]
	shim -- ptyfork --cgroup "$cgroup" -- sh -c '
		x=$(head -c 100000000 /dev/zero | tr "\0" x); echo "${#x}"'
	within 20 gone "$shim"
	wait "$shim" || status=$?
	# What the command was in a pipeline with may end after it.
	within 20 rmdir "$cgroup"
	[ "$status" -ne 0 ]
	[ -e d/oom ]
}

@test "the log is limited as conlog limits it, and keys are recorded" {
	needs jq
	shim --log-size-max 2k -- ptyfork -- seq 1000
	shim_ends 0
	[ -s log.1 ]
	[ "$(stat -c %s log)" -le 2048 ]
	rm log*
	shim --log-format asciicast --log-input -- ptyfork -- \
		sh -c 'stty -echo; echo ready; read -r line; echo "got $line"'
	within 20 has ready log
	echo hello >d/keys
	shim_ends 0
	[[ $(said_cast) == *'got hello'* ]]
	[ "$(jq -j 'select(type == "array" and .[1] == "i") | .[2]' log |
		tr '\r' '\n')" = hello ]
}

@test "ptyshim is called wrongly" {
	fails 125 "ptyshim: missing --dir; try 'ptyshim --help'" ptyshim true
	fails 125 "ptyshim: missing --dir; try 'ptyshim --help'" ptyshim
	fails 125 "ptyshim: missing --dir; try 'ptyshim --help'" \
		ptyshim --dir '' -- true
	fails 125 "ptyshim: missing COMMAND; try 'ptyshim --help'" \
		ptyshim --dir d
	fails 125 "ptyshim: option '--log' needs a value; try *" \
		ptyshim --dir d --log
	fails 125 "ptyshim: unknown option '--nosuch'; try *" \
		ptyshim --dir d --nosuch -- true
	fails 125 "ptyshim: unknown option '--no\\\\nsuch'; try *" \
		ptyshim --dir d $'--no\nsuch' -- true
	fails 125 "conlog: *" ptyshim --dir d --log-format x -- true
	fails 125 "conlog: *" ptyshim --dir d --timeout x -- true
	fails 125 "conlog: *" ptyshim --dir d --log-size-max x -- true
	fails 125 "conlog: *" ptyshim --dir d --log /nowhere/log -- touch ran
	[ ! -e ran ]
	[ ! -e d ]
	run -0 --separate-stderr ptyshim --help
	[ -z "$stderr" ]
	[ "${lines[0]}" = \
		'usage: ptyshim --dir DIR [OPTION]... [--] COMMAND [ARG]...' ]
}

@test "what ptyshim gives to COMMAND is not the caller's to give" {
	mkdir bundle
	echo '{ "process": { "terminal": true } }' >bundle/config.json
	for option in --pid-file --console-socket; do
		fails 125 "ptyshim: option '$option' of COMMAND is for ptyshim to give; try *" \
			ptyshim --dir d -- ptyfork "$option" x -- touch ran
		fails 125 "ptyshim: option '$option' of COMMAND is for ptyshim to give; try *" \
			ptyshim --dir d -- touch create --bundle bundle "$option=x" ran
	done
	[ ! -e ran ]
	[ ! -e d ]
	# Those of a command are its own.
	shim -- ptyfork -- echo --pid-file x
	shim_ends 0
	[ "$(tr -d '\r' <log)" = '--pid-file x' ]
}

@test "the script is one for dash, busybox ash and bash" {
	needs dash busybox
	script=$(command -v ptyshim)
	for shell in dash 'busybox ash' bash 'bash --posix'; do
		rm -rf d log
		# shellcheck disable=SC2086
		run -3 --separate-stderr $shell "$script" --dir=d --log log \
			--log-format=cri -- ptyfork -- sh -c 'echo "$1"; exit 3' - "it's"
		[ -z "$output$stderr" ]
		[ "$(said | tr -d '\r')" = "it's" ]
		[ "$(cat d/exit)" = 3 ]
		# shellcheck disable=SC2086
		run -5 $shell "$script" --dir d --no-tty sh -c 'exit 5'
		# shellcheck disable=SC2086
		run -125 $shell "$script" --dir d
	done
}

@test "ptyshim finds its tools beside itself" {
	script=$(command -v ptyshim)
	run -3 env PATH=/usr/bin:/bin "$script" --dir d --log log --no-tty -- \
		sh -c 'echo hello; exit 3'
	[ "$(cat log)" = hello ]
}

@test "ptyshim tells its version and its help by the letters of every tool" {
	for word in -V --version; do
		run -0 ptyshim "$word"
		[[ $output == 'ptyshim (ptybox) '* ]]
	done
	for word in -h --help; do
		run -0 ptyshim "$word"
		[[ $output == 'usage: ptyshim '* ]]
	done
}
