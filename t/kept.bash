# kept.bash - for tests of a terminal that conlog keeps in d

load viewer

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
	within 20 eval '[ -p d/control ] || [ -e d/exit ]'
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

# modes - print the modes of the terminal, on a line of their own
# shellcheck disable=SC2016,SC2034 # for the tests and their shells
modes='modes() { printf "\nmodes %s\n" "$(stty -g)"; }'

# same_modes FILE - were they printed twice, and are they the same?
same_modes() {
	grep -a '^modes ..*:' "$1" | tr -d '\r' | uniq -c | grep -q '^ *2 '
}

# typed TEXT - type it on the kept terminal
typed() {
	feed d/keys "${1-}"
}
