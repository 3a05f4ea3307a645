#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by another shell
load lib

@test "ptybox alone and ptybox --help say how it is used and list the applets" {
	run -0 --separate-stderr ptybox
	[ "${lines[0]}" = 'usage: ptybox [OPTION]... [APPLET [ARG]...]' ]
	grep -qE '^  winsz +print or set the window size' <<<"$output"
	[ -z "$stderr" ]
	[ "$(ptybox --help)" = "$output" ]
}

@test "ptybox --list names the applets one a line, sorted" {
	run -0 ptybox --list
	[ "$output" = "$(sort <<<"$output")" ]
	for name in confine fdrecv fdsend newroot ptyfork winsz; do
		grep -qx "$name" <<<"$output"
	done
	sort -c <<<"$output"
}

@test "ptybox --version names the version" {
	run -0 ptybox --version
	[[ $output =~ ^ptybox\ [0-9]+\.[0-9]+$ ]]
}

@test "an applet can be called by its link, by a path, or through ptybox" {
	run -0 winsz --help
	[ "${lines[0]}" = 'usage: winsz [OPTION]... [ROWS COLS]' ]
	[ "$(ptybox winsz --help)" = "$output" ]
	ln -s "$BIN/ptybox" winsz
	[ "$(./winsz --help)" = "$output" ]
}

@test "messages are led by the applet's name, however it was called" {
	fails 125 "winsz: unknown option '-Z'; try 'winsz --help'" winsz -Z
	fails 125 "winsz: unknown option '-Z'; try 'winsz --help'" \
		ptybox winsz -Z
	fails 125 "winsz: unknown option '-Z'; try 'winsz --help'" \
		"$BIN/winsz" -Z
}

@test "an applet that is not there is refused" {
	fails 125 "ptybox: no applet 'nope'; try 'ptybox --help'" ptybox nope -x
	fails 125 "ptybox: no applet '../winsz'; *" ptybox ../winsz
	fails 125 "ptybox: no applet 'nope'; *" ptybox --man nope
}

@test "a binary of any other name is ptybox" {
	ln -s "$BIN/ptybox" toolbox-0.1
	[ "$(./toolbox-0.1 --list)" = "$(ptybox --list)" ]
}

@test "ptybox --install makes a link for each applet" {
	mkdir dir
	run -0 --separate-stderr ptybox --install dir
	[ -z "$output$stderr" ]
	[ "$(ls dir)" = "$(ptybox --list)" ]
	[ "$(dir/winsz --help)" = "$(winsz --help)" ]
	run -0 ptybox --install dir
}

@test "ptybox --install replaces nothing that is something else" {
	for what in 'touch dir/winsz' 'mkdir dir/winsz' 'ln -s a dir/winsz' \
		'mkfifo dir/winsz'; do
		mkdir dir
		$what
		fails 125 "ptybox: cannot make link 'dir/winsz': something else is there" \
			ptybox --install dir
		rm -r dir
	done
}

@test "ptybox --install says where it cannot make a link" {
	fails 125 "ptybox: cannot make link 'absent/[a-z]*': *" \
		ptybox --install absent
}

@test "what is lost on standard output is an error" {
	for command in 'ptybox' 'ptybox --list' 'ptybox --man winsz' 'winsz --help'; do
		fails 125 "${command%% *}: cannot write to standard output: *" \
			sh -c "$command >/dev/full"
	done
}

@test "closed descriptors 0, 1 and 2 are as good as /dev/null, in all 8 ways" {
	for closed in '' '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
		'<&- >&- 2>&-'; do
		run -0 sh -c "ptybox --man winsz $closed"
		run -125 sh -c "ptybox --nope $closed"
	done
}

@test "a command without a name in argv[0] is refused with one line" {
	fails 125 'ptybox: cannot run without a name in argv?0?' \
		"$HELPER" nameless "$BIN/ptybox"
}

@test "a set-user-ID binary refuses to run" {
	as_root
	chmod 755 . && install -m 4755 "$BIN/ptybox" ptybox
	ln -s ptybox winsz
	for name in ptybox winsz; do
		fails 125 "ptybox: cannot run with the rights of a file *" \
			as_nobody ./$name --help
	done
}

@test "a message is one write" {
	needs strace
	strace -o trace -e trace=write,writev ptybox --nope || true
	[ "$(grep -c '^write.*(2, ' trace)" -eq 1 ]
}

@test "signals blocked and ignored by the caller are as usual for the command" {
	run -0 timeout -k 1 20 "$HELPER" blocked ptyfork --no-tty -- \
		"$HELPER" mask
	[ "$output" = '' ]
}

@test "what the caller blocked and ignored is undone before anything else" {
	needs strace
	strace -f -o trace -e trace=rt_sigprocmask,rt_sigaction \
		"$HELPER" blocked ptybox --list
	grep -qF 'rt_sigprocmask(SIG_SETMASK, [], ' trace
	grep -qF 'rt_sigaction(SIGCHLD, {sa_handler=SIG_DFL' trace
}

@test "a child of the caller is not mistaken for the command" {
	run -3 timeout -k 1 20 "$HELPER" blocked ptyfork --no-tty -- \
		sh -c 'exit 3'
}
