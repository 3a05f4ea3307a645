# tmux.bash - a terminal with a person at it, played by tmux. Load lib first; a
# file that loads this calls close_terminal in its teardown.
#
# Nothing here sleeps: what was typed takes effect on the screen, and that is
# what is waited for, as whole lines.
# shellcheck disable=SC2034 # some of what is set here is for the tests

mux() {
	tmux -S "$BATS_TEST_TMPDIR/mux" -f /dev/null "$@"
}

# terminal COMMAND [ROWS COLS] - open a terminal (24x80) that runs COMMAND; its
# device is $outer. Shells in it have the prompt "$ " alone and no history.
terminal() {
	needs tmux stty
	env -u TMUX PS1='$ ' PS2='> ' HISTFILE= ENV= SHELL=/bin/sh \
		tmux -S "$BATS_TEST_TMPDIR/mux" -f /dev/null new-session -d \
		-y "${2:-24}" -x "${3:-80}" "$1" 3>&-
	outer=$(mux display-message -p '#{pane_tty}')
}

close_terminal() {
	mux kill-server 2>/dev/null
	rm -f "$BATS_TEST_TMPDIR/mux"
}

# types TEXT... - type each TEXT and Return
types() {
	local text

	for text; do
		mux send-keys -l "$text"
		mux send-keys Enter
	done
}

# script LINE... - what "sh script" runs
script() {
	printf '%s\n' "$@" >script
}

# presses KEY... - as tmux names them: C-c
presses() {
	mux send-keys "$@"
}

# resumable - what "sh script" runs: says now, and on when it was resumed. Only
# then does it have the terminal, and ^C and ^Z are for it.
resumable() {
	script 'trap "echo on" CONT; echo now' 'while sleep 0.1; do :; done'
}

screen() {
	mux capture-pane -p
}

# on_screen REGEX [N] - do that many lines (1, or more) match, each as a whole?
on_screen() {
	[ "$(screen | grep -cxE -- "$1")" -ge "${2:-1}" ]
}

# shows REGEX [N] - wait until it does
shows() {
	within 20 on_screen "$@" || {
		echo "no $1 on the screen:"
		screen
		return 1
	}
}

# modes - those of the terminal outside, as one word
modes() {
	stty -g -F "$outer"
}

# modes_are WORD - are they that?
modes_are() {
	[ "$(modes)" = "$1" ]
}

# shell_in_terminal [SHELL] - a terminal with a shell in it, which has jobs and
# (dash) leaves the modes alone; how they are is in $before, and in $front the
# process group of the shell
shell_in_terminal() {
	local shell=${1:-dash}

	needs "${shell%% *}"
	terminal "$shell"
	shows '\$'
	before=$(modes)
	pane=$(mux display-message -p '#{pane_pid}')
	front=$(in_front)
}

# in_front - the process group that has the terminal outside
in_front() {
	ps -o tpgid= -p "$pane"
}

# starts COMMAND... - type a command that becomes a ptyfork, its pid in ./pid,
# and wait until the terminal is raw
starts() {
	types "sh -c 'echo \$\$ >pid; exec $*'"
	within 20 is_raw
	pid=$(cat pid)
}

# A shell that edits its lines has one that is nearly so, and puts the first modes
# back before the command begins.
is_raw() {
	stty -a -F "$outer" | grep -q -e -icanon && ! modes_are "$before"
}

# ends STATUS - wait until the shell, asked once more, tells that status of the
# command before, and that the modes are as before. Where the command has left
# them alone the question may come before the prompt; it is for the shell if
# that has the terminal again.
ends() {
	# shellcheck disable=SC2016 # expanded by eval
	within 20 eval '[ "$(in_front)" = "$front" ]' || {
		echo "in front: $(in_front), not $front"
		return 1
	}
	within 20 modes_are "$before" || {
		echo "modes: $before, now $(modes)"
		return 1
	}
	# shellcheck disable=SC2016 # the shell in the terminal expands it
	types 'echo status $?'
	shows "(\\$ )?status $1"
}
