#!/bin/bash
# conmon-tests.sh [TEST]... - conmon's own tests of what a container's monitor
# does, of its source, with ptyshim in conmon's place.
#
# All of those below, or those whose title matches TEST. SOURCE is a directory
# with conmon's source (default: Debian's source package), BIN our tools. What
# conmon's other tests are about is its command line, journald, podman's pipes
# and an attach socket, which ptyshim does not have.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
BIN=$(cd "${BIN:-$here/../../bin}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$BIN:$PATH"

titles='ctr logs: log driver as k8s-file with invalid path should fail
ctr logs: k8s partial message
runtime: simple runtime test
runtime: container with log size limit
runtime: invalid runtime binary should fail
attach: container finishes immediately without --stdin
exec: simple --exec --exec-process-spec
ctrl: resize the terminal, negative width and height
ctrl: resize the terminal, not enough variables
ctrl: resize the terminal, no variables
ctrl: resize the terminal, too many variables
ctrl: resize the terminal, too long line
ctrl: resize the terminal
ctrl: rotate logs
ctrl: unknown message .foo.
ctrl: unknown message .999.
ctrl: unknown message .999 2 2.
ctrl: resize with floating point dimensions
ctrl: resize with hex numbers
ctrl: resize overflow rejected
ctrl: resize with leading zeros
ctrl: maximum valid size
ctrl: size exceeding maximum - height too large
ctrl: size exceeding maximum - width too large
ctrl: size exceeding maximum - both too large'
if [ $# -gt 0 ]; then
	titles=$(printf '%s\n' "$@")
fi

# fetch - set tests to a copy of the tests, which need not pull an image
fetch() {
	if [ -z "${SOURCE:-}" ]; then
		"$here/source.sh" conmon "$work/source"
		SOURCE=$(echo "$work"/source/conmon-*)
	fi
	tests=$work/test
	cp -r "$SOURCE/test" "$tests"
	rm -f "$tests/setup_suite.bash"
}

# image - the root of a container: busybox, but for sh, which would not look
# further, and stty, which fails where the size is 0 0
image() {
	local root=$work/root tool file

	mkdir -p "$root"/{bin,dev,proc,sys,tmp}
	cp "$(command -v busybox)" "$root/bin/busybox"
	for tool in $(busybox --list); do
		[ "$tool" = busybox ] || ln -s busybox "$root/bin/$tool"
	done
	cp "$BIN/ptybox" "$root/bin/ptybox"
	rm "$root/bin/sh" "$root/bin/stty"
	cp "$(command -v dash)" "$root/bin/sh"
	for file in $(ldd "$root/bin/sh" | grep -o '/[^ ]*'); do
		mkdir -p "$root${file%/*}"
		cp "$file" "$root$file"
	done
	printf '#!/bin/sh\nexec ptybox winsz\n' >"$root/bin/stty"
	chmod +x "$root/bin/stty"
	tar -C "$root" -cf "$work/rootfs.tar" .
}

# bridge - ./conmon, which has conmon's options for ptyshim
bridge() {
	cat >"$work/conmon" <<-'END'
		#!/bin/bash
		log='' process='' tty=--no-tty options=()
		while [ $# -gt 0 ]; do
			case $1 in
			--cid) cid=$2 ;;
			--runtime) runtime=$2 ;;
			--bundle) bundle=$2 ;;
			--container-pidfile) pid_file=$2 ;;
			--conmon-pidfile) conmon_pid_file=$2 ;;
			--exec-process-spec) process=$2 ;;
			--log-path) log=${2#k8s-file:} ;;
			--log-size-max) options+=(--log-size-max "$2") ;;
			-t | --terminal) tty='' ;;
			esac
			case $1 in
			-t | --terminal | --exec | --syslog | --stdin | -i) shift ;;
			*) shift 2 ;;
			esac
		done
		dir=$bundle/shim${process:+.exec}
		if [ -n "$process" ]; then
			command=("$runtime" exec --process "$process" \
				--pid-file "$dir/pid" "$cid")
		else
			command=("$runtime" create --bundle "$bundle" "$cid")
		fi
		setsid ptyshim --dir "$dir" --log "$log" --log-format cri $tty \
			"${options[@]}" -- "${command[@]}" </dev/null \
			>"$bundle/said" 2>&1 &
		echo $! >"$conmon_pid_file"
		until [ -s "$dir/pid" ]; do
			kill -0 $! 2>/dev/null || break
			sleep 0.01
		done
		if [ ! -s "$dir/pid" ]; then
			# In the words of conmon's tests.
			sed 's/^conlog: cannot open/Failed to open log file/' "$bundle/said"
			exit 1
		fi
		cp "$dir/pid" "$pid_file"
		[ -n "$process" ] || ln -sf shim/control "$bundle/ctl"
	END
	chmod +x "$work/conmon"
}

fetch
image
bridge
passed=0 failed=0
while read -r title; do
	if CONMON_BINARY=$work/conmon RUNTIME_BINARY=$(command -v runc) \
		CONMON_TEST_ROOTFS_TAR=$work/rootfs.tar timeout 120 \
		bats --tap -f "^$title\$" "$tests" </dev/null >"$work/tap" 2>&1 &&
		grep -q '^ok 1' "$work/tap"; then
		passed=$((passed + 1))
		grep '^ok ' "$work/tap"
	else
		failed=$((failed + 1))
		cat "$work/tap"
	fi
done <<<"$titles"
echo "conmon's tests with ptyshim: $passed passed, $failed failed"
[ "$failed" = 0 ]
