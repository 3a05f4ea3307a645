#!/usr/bin/env bash
# demo.sh - what the tools do, shown and checked in a few seconds
#
# BIN is the directory of the tools. Every step says what it is about to do,
# does it, shows what came of it, and ends the demo if that is not right.

set -u
PATH=$(cd "${BIN:-bin}" && pwd):$PATH
dir=$(mktemp -d) || exit
cd "$dir" || exit
export LC_ALL=C
trap 'kill $(jobs -p) 2>/dev/null; wait; cd /; rm -rf "$dir"' EXIT

# say LINE... - what comes next, and a fresh log for it
say() {
	local line=$'# %s\n'

	[ ! -t 1 ] || line=$'\e[1m# %s\e[0m\n'
	echo
	# shellcheck disable=SC2059
	printf "$line" "$@"
	rm -f log
}

# show FILE - what was printed, indented
show() {
	sed 's/\r$//; s/^/    /' "$1"
}

# expect FILE PATTERN... - each pattern is a line of the file, or the demo ends
expect() {
	local file=$1 pattern

	shift
	for pattern; do
		if ! tr -d '\r' <"$file" | grep -qx -- "$pattern"; then
			printf '\nTHE DEMO FAILED: no line "%s" in:\n' "$pattern"
			show "$file"
			exit 1
		fi
	done
}

# until_there COMMAND... - poll until it succeeds, for twenty seconds
until_there() {
	for _ in $(seq 1000); do
		"$@" 2>/dev/null && return
		read -rt 0.02 <> <(:) || true
	done
	echo "THE DEMO FAILED: waited in vain for: $*"
	exit 1
}

say "A command that finds a terminal, in a pipeline:" \
	"  echo hello | ptyfork -- sh -c 'tty; cat' | tee log"
echo hello | ptyfork -- sh -c 'tty; cat' | tee log | sed 's/^/    /'
expect log '/dev/pts/[0-9]*' hello

say "A console socket, as a container runtime has it. The shim in one line," \
	"then a command in namespaces of its own, whose terminal goes there:" \
	"  fdrecv con.sock | tee log &" \
	"  ptyfork --console-socket con.sock --mount --pid --uts --mount-proc \\" \
	"          --hostname box -- sh -c 'tty; hostname; ps; stty size'"
fdrecv con.sock >log &
shim=$!
until_there test -S con.sock
ptyfork --console-socket con.sock --mount --pid --uts --mount-proc \
	--hostname box --size 24x80 -- sh -c 'tty; hostname; ps; stty size' ||
	exit 1
wait $shim
show log
expect log '/dev/pts/[0-9]*' box ' *1 .* sh' '24 80'
[ ! -e con.sock ] || { echo "THE DEMO FAILED: con.sock was left"; exit 1; }

say "A running program sees its terminal resized from outside:" \
	"  ptyfork -- sh -c 'trap \"stty size\" WINCH; ...' &" \
	"  winsz --pid \$! 40 120"
mkfifo hold
exec 9<>hold
ptyfork --size 24x80 -- sh -c '
	trap "stty size; exit" WINCH
	stty size
	while :; do read -r line <hold; done' >log </dev/null &
command=$!
until_there grep -q '24 80' log
winsz --pid $command 40 120 || exit 1
wait $command
show log
expect log '24 80' '40 120'

say "An open file, handed from one shell to another that could not open it:" \
	"  sh -c 'exec 3<secret; rm secret; fdsend s 3'" \
	"  fdrecv s -- sh -c 'cat <&3'"
echo 'written in a file that is gone' >secret
fdrecv s -- sh -c 'cat <&3' >log &
sh -c 'exec 3<secret; rm secret; exec fdsend --wait=20 s 3' || exit 1
wait $!
show log
expect log 'written in a file that is gone'

say "Bytes are data, whatever they are: a megabyte of noise through a terminal"
head -c 1000000 /dev/urandom >noise
ptyfork -- cat <noise >copy || exit 1
cksum noise copy | sed 's/^/    /'
cmp noise copy || exit 1

# A root with nothing but busybox in it.
root() {
	mkdir -p rootfs/bin
	cp "$(command -v busybox)" rootfs/bin/busybox
	for tool in sh tty ps id hostname ls stty; do
		ln -s busybox rootfs/bin/$tool
	done
}

say "A container: new namespaces, a root, privileges given up, in one process." \
	"  ptyfork --mount --pid --ipc --uts --hostname box -- \\" \
	"    newroot --proc /proc --dev /dev rootfs -- \\" \
	"    confine --reuid 1000 --regid 1000 --clear-groups \\" \
	"      --bounding-set -all --no-new-privs -- \\" \
	"    /bin/sh -c 'tty; hostname; id -u; ps; ls /'"
if [ "$(id -u)" -ne 0 ]; then
	echo "    (left out: it takes root; a plain user has --map-root-user)"
elif ! command -v busybox >/dev/null; then
	echo "    (left out: no busybox to put into it)"
else
	root
	ptyfork --mount --pid --ipc --uts --hostname box -- \
		newroot --proc /proc --dev /dev rootfs -- \
		confine --reuid 1000 --regid 1000 --clear-groups \
		--bounding-set -all --no-new-privs -- \
		/bin/sh -c 'tty; hostname; id -u; ps; ls /' >log || exit 1
	show log
	expect log /dev/pts/0 box 1000 ' *1 1000 .*' 'bin *dev *proc'
fi

# A command that is left to itself, with a log and two viewers at its terminal.
show_shim() {
	say "A command that is left to itself: a log, two viewers at its terminal," \
		"a resize, and an exit status that can be asked for later:" \
		"  ptyshim --dir d --log box.log --log-format cri -- ptyfork -- sh ... &" \
		"  attach --no-stdin d &    echo 1 40 120 >d/control    attach d"
	# shellcheck disable=SC2016 # it is for another shell to expand
	ptyshim --dir d --log box.log --log-format cri -- ptyfork -- sh -c '
		trap "sized=1" WINCH
		echo "the door is open"
		until [ "$sized" ]; do sleep 0.02; done
		stty size
		printf "your name? "
		read -r name
		echo "hello $name"
		exit 7' &
	shim=$!
	until_there grep -q open box.log
	attach --no-stdin --replay 1 d >watcher 2>&1 &
	watcher=$!
	until_there grep -q open watcher
	echo 1 40 120 >d/control
	until_there grep -q 'your name' watcher
	echo Ada | attach d >visitor 2>&1
	wait $watcher
	wait $shim
	echo "    exit status: $?, and in d/exit: $(cat d/exit)"
	echo "    a viewer from the beginning saw:"
	show watcher | sed 's/^/    /'
	echo "    the log, for Kubernetes:"
	show box.log | sed 's/^/    /'
	expect watcher 'the door is open' '40 120' 'hello Ada' \
		'\[ended with status 7\]'
	expect visitor 'hello Ada'
	expect box.log '.* stdout F hello Ada'
	expect d/exit 7
}
show_shim

# A whole runtime: what an engine does with a bundle, step by step.
show_runtime() {
	local run=(ptyrunc --root "$dir/state") id=demo-$$

	mkdir -p bundle
	mv rootfs bundle/rootfs
	ocispec --example >bundle/config.json
	say "A runtime, made of these tools: a bundle, its terminal over a socket," \
		"a resize, a command inside, and the end:" \
		"  fdrecv con.sock -- conlog --dir c --log c.log --fd 3 &" \
		"  ptyrunc create --bundle bundle --console-socket con.sock box" \
		"  ptyrunc start box; echo 1 30 100 >c/control" \
		"  ptyrunc exec box sh -c 'stty size </dev/console'; ptyrunc delete -f box"
	fdrecv con.sock -- conlog --dir c --log c.log --fd 3 &
	until_there test -S con.sock
	"${run[@]}" create --bundle bundle --console-socket con.sock $id || exit 1
	"${run[@]}" state $id | grep -o '"status":"[a-z]*"' >log
	"${run[@]}" start $id || exit 1
	until_there test -p c/control
	echo 1 30 100 >c/control
	sized() { "${run[@]}" exec "$id" stty size -F /dev/console | grep '30 100'; }
	until_there sized >>log
	"${run[@]}" exec $id sh -c 'hostname; ps' >>log
	"${run[@]}" delete --force $id || exit 1
	wait
	"${run[@]}" list >left
	show log
	expect log '"status":"created"' '30 100' ptyrunc ' *1 0 *sh'
	[ "$(wc -l <left)" -eq 1 ] || exit 1
}
if [ -d rootfs ]; then
	show_runtime
fi

say "All of it was as it should be."
