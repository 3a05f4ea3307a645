#!/usr/bin/env bash
# shim.sh - ptyshim, conlog and attach against conmon, in one run: memory, the way of a
# key, the throughput of the log, and a crowd of viewers that never read
#
# BIN   directory of our tools, made absolute
# BARE  directory of the programs of t/bench
# N     keys (500); LOGS rounds of the log (5), of LINES lines each (1000000);
#       BOXES terminals at a time (200)
#
# Prints a table, and ends with 1 where a figure is not what it should be.
set -u
BIN=$(realpath "${BIN:?make bench sets it}")
BARE=$(realpath "${BARE:?make bench sets it}")
N=${N:-500} LOGS=${LOGS:-5} LINES=${LINES:-1000000} BOXES=${BOXES:-200}
PATH=$BIN:$BARE:$PATH
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit
trap 'end_all; rm -rf "$tmp"' EXIT
cd "$tmp" || exit

# Everything that was started here, in one list.
started=()

# The shell tells of each job that was killed.
end_all() {
	disown -a
	[ ${#started[@]} -eq 0 ] || kill -KILL "${started[@]}" 2>/dev/null
	until_true none_left
	started=()
}

# shellcheck disable=SC2317 # until_true calls it
none_left() {
	[ ${#started[@]} -eq 0 ] || ! kill -0 "${started[@]}" 2>/dev/null
}

# until COMMAND... - poll, for a minute at the most
until_true() {
	local end=$((SECONDS + 60))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -rt 0.01 <> <(:) || true
	done
}

# keep D SCRIPT OPTION... - a terminal kept in D, on which SCRIPT runs
keep() {
	local dir=$1 script=$2

	shift 2
	# The FIFOs of one that was killed have no reader.
	rm -rf "$dir"
	conlog --dir "$dir" --console-socket "$dir.s" "$@" -- \
		ptyfork --console-socket "$dir.s" -- sh -c "$script" &
	kept=$!
	started+=("$kept")
	until_true test -p "$dir/control"
}

# conmon_box COMMAND - the same by conmon; it runs when started
conmon_box() {
	rm -rf bundle bundles exits pid clog
	mkdir bundle bundles exits
	echo '{}' >bundle/config.json
	echo "$1" >bundle/command
	BUNDLES=$tmp/bundles _OCI_SYNCPIPE=4 conmon --cid box --cuuid box \
		--name box --terminal --full-attach --runtime "$here/../runtime.sh" \
		--bundle "$tmp/bundle" --container-pidfile "$tmp/pid" \
		--exit-dir "$tmp/exits" --log-path "k8s-file:$tmp/clog" \
		--conmon-pidfile "$tmp/conmon.pid" 4>sync
	until_true test -s pid
	started+=("$(cat conmon.pid)" "$(cat pid)")
}

start_conmon_box() {
	BUNDLES=$tmp/bundles "$here/../runtime.sh" start box
}

# private PID... - KiB that these processes share with nobody
private() {
	local pid

	for pid; do
		cat "/proc/$pid/smaps_rollup"
	done | awk '/^Private_(Clean|Dirty):/ { n += $2 } END { print n + 0 }'
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

failed=0

# row FIGURE OURS PEER RATIO GOAL HOLDS - HOLDS is an awk condition
row() {
	local met=yes

	if [ -z "$4" ]; then
		met='?'
	elif ! awk "BEGIN { exit !($6) }"; then
		met=NO
		failed=1
	fi
	printf '| %s | %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$5" "$met"
}

has_conmon() {
	command -v conmon >/dev/null
}

# All that stays of a shim: conlog, reap and the spool.
memory_row() {
	local ours conmon='' ratio='' shim

	ptyshim --dir d --log log --log-format cri -- \
		ptyfork -- sh -c 'seq 1000; read x' &
	shim=$!
	started+=("$shim")
	until_true grep -qsa 1000 d/spool
	# shellcheck disable=SC2046 # a list of words
	set -- $(cat "/proc/$shim/task/$shim/children")
	started+=("$@")
	ours=$(($(private "$shim" "$@") + $(du -k d | cut -f1)))
	if has_conmon; then
		conmon_box 'seq 1000; read x'
		start_conmon_box
		until_true grep -qsa 1000 clog
		conmon=$(private "$(cat conmon.pid)")
		ratio=$(awk "BEGIN { printf \"%.2f\", $ours / $conmon }")
	fi
	end_all
	row 'private memory of a shim, the spool counted' "$ours KiB" \
		"conmon ${conmon:--} KiB" "$ratio" '< 1 x conmon' "$ratio < 1"
}

latency_row() {
	local bare ours ratio

	keep d 'stty raw -echo; exec cat'
	read -r bare ours ratio < <(latency "$N" attach d 2>/dev/null)
	end_all
	row 'a key and its echo, through attach' "$ours us" "a bare pty $bare us" \
		"$ratio" '<= 3 x bare' "$ratio <= 3"
}

# ours_log, conmon_log - us from the start of the output to the status
ours_log() {
	local start

	rm -f log
	keep d "read x; seq $LINES" --log log --log-format cri
	start=${EPOCHREALTIME/.}
	echo >d/keys
	wait "$kept"
	echo $((${EPOCHREALTIME/.} - start))
}

conmon_log() {
	local start

	conmon_box "seq $LINES"
	start=${EPOCHREALTIME/.}
	start_conmon_box
	until_true test -e exits/box
	echo $((${EPOCHREALTIME/.} - start))
}

throughput_row() {
	local i ours conmon='' ratio=''

	for ((i = 0; i < LOGS; i++)); do
		ours_log >>ours.us
		! has_conmon || conmon_log >>conmon.us
	done 2>/dev/null
	ours=$(median <ours.us)
	if has_conmon; then
		conmon=$(median <conmon.us)
		ratio=$(awk "BEGIN { printf \"%.2f\", $conmon / $ours }")
	fi
	row "$LINES lines in the log (CRI)" "$((ours / 1000)) ms" \
		"conmon $((${conmon:-0} / 1000)) ms" "$ratio" \
		'>= 1 x conmon' "$ratio >= 1"
}

# shellcheck disable=SC2317 # until_true calls it
# ended N - have all terminals come to their end?
ended() {
	local i

	for ((i = 0; i < $1; i++)); do
		[ -e "b$i/exit" ] || return
	done
}

# Each has a viewer that is stopped, and one whose reader never reads.
crowd_row() {
	local i start done_in='' ratio=''

	mkfifo stuck
	exec 5<>stuck
	for ((i = 0; i < BOXES; i++)); do
		keep "b$i" 'read x; seq 20000'
		attach --no-stdin "b$i" >&5 2>/dev/null &
		started+=($!)
		attach --no-stdin "b$i" >/dev/null 2>&1 &
		started+=($!)
		kill -STOP $!
	done
	start=${EPOCHREALTIME/.}
	for ((i = 0; i < BOXES; i++)); do
		echo >"b$i/keys"
	done
	if until_true ended "$BOXES"; then
		done_in=$(((${EPOCHREALTIME/.} - start) / 1000))
		ratio=0
	else
		ratio=1
	fi
	end_all
	exec 5>&-
	row "$BOXES terminals, two viewers each that never read" \
		"${done_in:-none} ms" '-' "$ratio stalled" 'none stalls' "$ratio < 1"
}

printf '| figure | ours | against | ratio | goal | met |\n'
printf '|---|---|---|---|---|---|\n'
memory_row
latency_row
throughput_row
crowd_row
exit "$failed"
