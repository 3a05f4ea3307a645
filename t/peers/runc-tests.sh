#!/bin/bash
# runc-tests.sh [FILE]... - runc's own integration tests, of Debian's source
# package, with ptyrunc in runc's place and fdrecv in recvtty's.
#
# All files, or those named (create, exec...). A test that fails has to be in
# runc-tests.except with its reason, and one that is there has to fail. What the
# tests themselves skip is counted apart. See runtime.bash.
set -eu
peer=runc # of runtime.bash
# shellcheck source=t/peers/runtime.bash
. "$(dirname "$0")/runtime.bash"
export PATH="$WORK/bin:$BIN:$PATH"

# tool FILE - make a program of what stands on stdin
tool() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
	chmod +x "$1"
}

# images - the one of busybox is Debian's busybox; there is no Debian in a file
images() {
	local root=$WORK/busybox tool

	[ ! -e "$WORK/busybox.tar" ] || return 0
	mkdir -p "$root"/{bin,dev,etc,home,root,tmp,usr/bin,usr/sbin,var}
	cp "$(command -v busybox)" "$root/bin/busybox"
	for tool in $(busybox --list); do
		[ "$tool" = busybox ] || ln -s busybox "$root/bin/$tool"
	done
	chmod 1777 "$root/tmp"
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:n:/:/bin/false\n' \
		>"$root/etc/passwd"
	printf 'root:x:0:\nnobody:x:65534:\n' >"$root/etc/group"
	tar -C "$root" -cf "$WORK/busybox.tar" .
}

# The tests call gawk for its word boundaries.
stand_ins() {
	command -v gawk >/dev/null || tool "$WORK/bin/gawk" <<-'END'
		#!/bin/sh
		program=$(printf %s "$1" | sed 's/\\</(^|[^a-z_])/; s/\\>/([^a-z_]|$)/')
		shift
		exec awk "$program" "$@"
	END
	tool "$tests/get-images.sh" <<-END
		echo BUSYBOX_IMAGE=$WORK/busybox.tar
		echo DEBIAN_IMAGE=$WORK/busybox.tar
	END
	# bats waits for all who hold its own descriptors.
	tool "$top/contrib/cmd/recvtty/recvtty" <<-'END'
		#!/bin/bash
		# recvtty of fdrecv: --mode null takes any number, single shows one
		while [ $# -gt 1 ]; do
			case $1 in
			--pid-file) pid_file=$2 && shift ;;
			--mode) mode=$2 && shift ;;
			esac
			shift
		done
		exec 3>&- 4>&- 5>&-
		echo $$ >"$pid_file"
		[ "$mode" = single ] && exec fdrecv "$1" </dev/null
		exec fdrecv --keep --max 200 "$1" -- \
			sh -c 'exec cat <&3 >/dev/null 2>&1' </dev/null >/dev/null 2>&1
	END
}

# judge FILE OUTPUT - count what passed, and print what is not as expected
judge() {
	local file=$1 line name

	while read -r line; do
		name=${line#*ok [0-9]* }
		name=${name#[0-9]* }
		case $line in
		ok*' # skip'*)
			skipped=$((skipped + 1))
			;;
		ok*)
			passed=$((passed + 1))
			! excepted "$file" "$name" ||
				wrong "$file" "passes, and is excepted: $name"
			;;
		'not ok'*)
			name=${name% # in *}
			failed=$((failed + 1))
			excepted "$file" "$name" || wrong "$file" "failed: $name"
			;;
		esac
	done < <(sed -n 's/^ok [0-9]* /ok 1 /p; s/^not ok [0-9]* /not ok 1 /p' "$2")
}

fetch
tests=$top/tests/integration
images
stand_ins
[ -p "$WORK/idle" ] || mkfifo "$WORK/idle"
cd "$tests"
[ $# -gt 0 ] || set -- *.bats
for file; do
	file=${file%.bats}
	log=$WORK/$file.tap
	# Many of them want a terminal, on which nobody types. No time limit of
	# bats's own: some wait for all jobs, of which that is one.
	RUNC=$RUNTIME timeout --foreground "${LIMIT:-300}" ptyfork -- bats --tap \
		"$tests/$file.bats" <>"$WORK/idle" >"$log" 2>&1 || true
	judge "$file" "$log"
done
conclude
