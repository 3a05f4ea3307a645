# kept.bash - for tests of a terminal that conlog keeps in d

# keep OPTION... -- SCRIPT - keep the terminal that SCRIPT runs on; $kept is
# conlog, which is ready
keep() {
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	rm -f d/exit
	conlog --dir d --console-socket s "${options[@]}" -- \
		ptyfork --console-socket s -- sh -c "$2" 3>&- &
	# shellcheck disable=SC2034 # for the tests
	kept=$!
	within 10 eval '[ -p d/control ] || [ -e d/exit ]'
}

# said PATTERN - has the command said that by now? (the header has a size)
said() {
	grep -qa -e "$1" d/spool
}

# at_tty SIZE OPTION... - attach on a terminal of that size; the keys come from
# standard input
at_tty() {
	local size=$1

	shift
	timeout 60 ptyfork --size "$size" -- attach "$@" d
}

# key KEY... - type them as a person would: after the last one was dealt with
key() {
	local one

	for one; do
		printf '%b' "$one"
		read -rt 0.3 <> <(:) || true
	done
}

# attached PID - is that process, or a child of it, attached by now?
attached() {
	local pid

	for pid in "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		[ -n "$(find "/proc/$pid/fd" -lname '*/d/spool' 2>/dev/null)" ] &&
			return
	done
	return 1
}

# typed TEXT - type it on the kept terminal
typed() {
	printf '%s\n' "${1-}" >d/keys
}
