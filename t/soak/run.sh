#!/usr/bin/env bash
# run.sh - very many short runs, and long ones at full speed: no byte is lost,
# and nothing grows
#
# BIN      directory of our tools
# TOOLS    directory of the programs of t/soak, built as our tools are
# RELAYS   runs of the relay (20000)
# BOXES    containers, root's and a plain user's in turn (5000)
# SECONDS_LONG  how long the long relays run (600)
# JOBS     at a time (8)
#
# Takes root: all of it happens in a mount and a pid namespace with a devpts of
# its own, where whatever is left behind can be seen. Ends with 1 where
# something is wrong; all figures are printed in any case.

set -u
BIN=$(realpath "${BIN:?make soak sets it}")
TOOLS=$(realpath "${TOOLS:?make soak sets it}")
RELAYS=${RELAYS:-20000} BOXES=${BOXES:-5000} SECONDS_LONG=${SECONDS_LONG:-600}
JOBS=${JOBS:-8}
BUFFERS=256 # kB
export LC_ALL=C
umask 022

# Its own shell is the init of the namespace, which takes what is orphaned.
if [ "${1:-}" != inside ]; then
	dir=$(mktemp -d) || exit 125
	trap 'rmdir "$dir"' EXIT
	unshare --mount --pid --fork --kill-child --mount-proc \
		"$0" inside "$dir" </dev/null
	exit
fi
dir=$2
mount -t tmpfs -o mode=1777 soak "$dir" &&
	mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 \
		devpts /dev/pts &&
	mount --bind /dev/pts/ptmx /dev/ptmx && cd "$dir" || exit 125
bad=0

wrong() {
	echo "WRONG: $*"
	bad=1
}

prepare() {
	local tool

	# Copies, which nobody builds anew meanwhile.
	mkdir bin
	cp -P "$BIN"/* "$TOOLS/stream" bin
	PATH=$dir/bin:$PATH
	text=$(seq -f 'line %.0f of what has to arrive' 200)
	echo "$text" >text
	# Complete: a plain user could not make these.
	mkdir -p root/{bin,dev,proc}
	cp "$(command -v busybox)" root/bin/busybox
	for tool in cat sh tty; do
		ln -s busybox "root/bin/$tool"
	done
	cp text root/text
	inside=$'/dev/pts/0\n'$text
}

# expect STATUS STATUS-WANTED TEXT WANTED - count a run that came out otherwise
expect() {
	[ "$1" = "$2" ] && [ "$3" = "$4" ] && return
	echo "status $1, ${#3} bytes; wanted $2, ${#4}" >>wrong
}

# relay N - one run of the relay, of one of four kinds
relay() {
	local out

	case $(($1 % 4)) in
	0) out=$(ptyfork -- cat text)
		expect $? 0 "$out" "$text" ;;
	1) out=$(ptyfork -- sh -c 'cat text; exit 7')
		expect $? 7 "$out" "$text" ;;
	2) out=$(ptyfork -- cat <text)
		expect $? 0 "$out" "$text" ;;
	3) out=$(ptyfork --split-stderr -- sh -c 'cat text >&2; kill -9 $$' \
		2>&1 >/dev/null)
		expect $? 137 "$out" "$text" ;;
	esac
}

# box N - one container
box() {
	local out way=()

	[ $(($1 % 2)) -eq 0 ] ||
		way=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	out=$("${way[@]}" ptyfork ${way[0]:+--map-root-user} \
		--mount --pid --ipc --uts --hostname box -- \
		newroot --proc /proc --dev /dev root -- \
		confine --bounding-set -all --no-new-privs -- \
		/bin/sh -c 'tty; cat /text; exit 5')
	expect $? 5 "$out" "$inside"
}

# times N COMMAND - run COMMAND with each number below N, JOBS at a time
times() {
	local job pids=()

	for ((job = 0; job < JOBS; job++)); do
		(for ((i = job; i < $1; i += JOBS)); do "$2" "$i"; done) \
			2>>wrong &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# phase TITLE N COMMAND
phase() {
	local start=$EPOCHREALTIME

	: >wrong
	times "$2" "$3"
	echo "$2 $1, $JOBS at a time: $(elapsed "$start") s," \
		"$(wc -l <wrong) wrong"
	[ ! -s wrong ] || wrong "$(sort wrong | uniq -c | sort -rn | head)"
}

elapsed() {
	echo $(((${EPOCHREALTIME/./} - ${1/./}) / 1000000))
}

# state PID FIELD - a line of /proc/PID/status
state() {
	sed -n "s/^$2:[ \t]*//p" "/proc/$1/status"
}

# size PID - its memory in kB, and its descriptors
size() {
	local fds=("/proc/$1/fd/"*) memory

	memory=$(state "$1" VmRSS)
	echo "${memory% kB} ${#fds[@]}"
}

# The two long relays: at full speed out of a command, and through one in both
# directions. Each is in the foreground of an outer terminal, whose size
# changes all the time.
long_out() {
	exec ptyfork -- bash -c '
		sh -c "echo \$\$ >out.pid; exec ptyfork -- \
			stream write '"$SECONDS_LONG"' out.wrote" |
		stream check >out.came' </dev/null
}

long_both() {
	exec ptyfork -- bash -c '
		stream write '"$SECONDS_LONG"' both.wrote |
		sh -c "echo \$\$ >both.pid; exec ptyfork -- cat" |
		stream check >both.came' </dev/null
}

# resize PID... - new sizes for their terminals until there is none
resize() {
	local pid n=0

	while kill -0 "$@" 2>/dev/null; do
		n=$((n + 1))
		for pid; do
			winsz --pid "$pid" $((n % 200 + 1)) $((n % 99 + 1)) ||
				true
		done 2>/dev/null
		echo "$n" >resizes
	done
}

# watch - the sizes of the long relays after a while and before their end
watch() {
	local name end=$((SECONDS + SECONDS_LONG))

	sleep $((SECONDS_LONG / 4 + 1))
	for name in out both; do
		size "$(cat $name.pid)" >$name.early
	done
	sleep $((end - SECONDS - 2))
	for name in out both; do
		size "$(cat $name.pid)" >$name.late
	done
}

# grew NAME - did that one? Its buffers are touched as it comes, page by page.
grew() {
	local kb fds kb_late fds_late

	read -r kb fds <"$1.early"
	read -r kb_late fds_late <"$1.late"
	echo "  $1: $(cat "$1.came") bytes; $kb, then $kb_late kB in memory," \
		"$fds, then $fds_late descriptors"
	[ "$kb_late" -le $((kb + BUFFERS)) ] && [ "$fds_late" -eq "$fds" ]
}

long() {
	local start=$EPOCHREALTIME name pids=()

	long_out >out.said 2>&1 &
	pids+=($!)
	long_both >both.said 2>&1 &
	pids+=($!)
	resize "${pids[@]}" &
	watch
	wait "${pids[@]}" || wrong 'a long relay failed'
	wait
	echo "long relays: $(elapsed "$start") s, $(cat resizes) sizes each"
	for name in out both; do
		grew $name || wrong 'it grew'
		cmp -s $name.wrote $name.came ||
			wrong "$(cat $name.wrote) bytes were written"
		[ ! -s $name.said ] || wrong "$(cat $name.said)"
	done
}

# look - what there is that could grow: here, then on the whole machine
look() {
	local all=(/proc/[0-9]*) ptys=(/dev/pts/[0-9]*)

	[ -e "${ptys[0]}" ] || ptys=()
	echo "${#all[@]} processes, ${#ptys[@]} ptys," \
		"$(wc -l </proc/self/mountinfo) mounts," \
		"$(find . /dev/shm -type s | wc -l) sockets"
}

look_outside() {
	echo "$(cat /proc/sys/kernel/pty/nr) ptys," \
		"$(cut -f1 /proc/sys/fs/file-nr) open files," \
		"$(find /sys/fs/cgroup -type d | wc -l) cgroups"
}

prepare
here=$(look) outside=$(look_outside)
phase 'relays' "$RELAYS" relay
phase 'containers' "$BOXES" box
[ "$SECONDS_LONG" -eq 0 ] || long

# What the kernel takes down takes a moment.
for ((i = 0; i < 100; i++)); do
	[ "$(look)" != "$here" ] || break
	sleep 0.1
done
echo "here before:    $here"
echo "here after:     $(look)"
echo "outside before: $outside"
echo "outside after:  $(look_outside)"
[ "$(look)" = "$here" ] || wrong 'something is left behind'
[ "$bad" -eq 0 ]
