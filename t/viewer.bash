# viewer.bash - for tests that attach
# shellcheck shell=bash

# attached PID - is that process, or one below it, attached by now? It has the
# spool open, and has looked at it: it waits for signals after that.
attached() {
	local pid

	looks "$1" && return
	# shellcheck disable=SC2013 # they are words
	for pid in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		attached "$pid" && return
	done
	return 1
}

looks() {
	local open

	open=$(find "/proc/$1/fd" -printf '%l\n' 2>/dev/null) || true
	[[ $open == */d/spool$'\n'* && $open == *'[signalfd]'* ]]
}
