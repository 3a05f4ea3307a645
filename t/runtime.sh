#!/bin/sh
# runtime.sh - as much of runc's command line as conmon needs, made of ptyfork:
# the bundle's ./command is what runs, once it is started. PTYFORK_OPTIONS are
# more options for ptyfork. A bundle is found again by its link in $BUNDLES.
set -eu

option() {
	want=$1
	shift
	while [ "$1" != "$want" ]; do
		shift
	done
	echo "$2"
}

for id; do :; done
link=$BUNDLES/$id
case $1 in
create)
	bundle=$(option --bundle "$@")
	ln -s "$bundle" "$link"
	mkfifo "$bundle/go"
	# shellcheck disable=SC2016,SC2086 # for the inner shell; several words
	exec ptyfork --console-socket "$(option --console-socket "$@")" \
		--pid-file "$(option --pid-file "$@")" --detach \
		${PTYFORK_OPTIONS:-} -- \
		sh -c 'cd "$1"; read -r _ <go; exec sh ./command' sh "$bundle"
	;;
start)
	# One that has ended does not open it.
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 sh -c 'echo >"$1"' sh "$link/go"
	;;
delete)
	rm "$link/go" "$link"
	;;
esac
