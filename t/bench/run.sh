#!/usr/bin/env bash
# run.sh - our tools against the bare minimum and against what is installed
#
# BIN   directory of our tools
# BARE  directory of the programs of t/bench, built as our tools are
# N     rounds of the short runs (300); a round runs every candidate once
# C     rounds of the copy (24), of MIB mebibytes each (16)
#
# Every candidate runs with stdin from /dev/null and stdout into a pipe that is
# read to its end. The candidates of a row take turns, a figure is the median
# of its rounds, a ratio is one of medians: nothing is compared across runs.

set -u
BIN=$(realpath "${BIN:?make bench sets it}")
BARE=$(realpath "${BARE:?make bench sets it}")
N=${N:-300} C=${C:-24} MIB=${MIB:-16}
PATH=$BIN:$BARE:$PATH
export LC_ALL=C SHELL=/bin/sh
tmp=$(mktemp -d) || exit
trap 'remove_boxes; rm -rf "$tmp"' EXIT
# shellcheck source=t/bench/box.sh
. "$(dirname "$0")/box.sh"
# shellcheck source=t/bench/seccomp.sh
. "$(dirname "$0")/seccomp.sh"

# has NAME - is the program here? Say so if not, once.
has() {
	command -v "$1" >/dev/null && return
	grep -qxs "$1" "$tmp/missing" && return 1
	echo "$1" >>"$tmp/missing"
	echo "not installed, left out: $1" >&2
	return 1
}

# enter NAME COMMAND... - one more candidate of the next contest, if it is here
field=()
enter() {
	has "$2" || return 0
	[ ${#field[@]} -eq 0 ] || field+=(:::)
	field+=("$@")
}

# try NAME COMMAND... - enter it, if it does its work here at all
try() {
	has "$2" || return 0
	if "${around[@]}" "${@:2}" </dev/null >"$tmp/why" 2>&1; then
		enter "$@"
	else
		echo "fails, left out: $1: $(tail -n 1 "$tmp/why")" >&2
	fi
}

# contest OPTION... - run the candidates; figures are asked for by name then
#
# around  a command, the race runs under that: another user, other mounts
around=()
contest() {
	: >"$tmp/figures"
	[ ${#field[@]} -eq 0 ] ||
		"${around[@]}" race "$@" "${field[@]}" >"$tmp/figures" ||
		: >"$tmp/figures"
	field=()
}

# us NAME, cpu NAME - median wall clock and CPU time of a candidate, or nothing
us() {
	awk -F'\t' -v name="$1" '$1 == name { print $2 }' "$tmp/figures"
}

cpu() {
	awk -F'\t' -v name="$1" '$1 == name { print $3 }' "$tmp/figures"
}

# over A B - A / B to two digits, or nothing where one of them is missing
over() {
	[ -z "$1" ] || [ -z "$2" ] ||
		awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# holds A OP B... - do all of them hold? A missing figure decides nothing.
holds() {
	while [ $# -gt 0 ]; do
		[ -z "$1" ] || [ -z "$3" ] ||
			awk "BEGIN { exit !($1 $2 $3) }" || return
		shift 3
	done
}

# met A OP B... - the word for it; the first figure has to be there
met() {
	if [ -z "$1" ]; then
		echo '?'
	elif holds "$@"; then
		echo yes
	else
		echo NO
	fi
}

# with FIGURE UNIT - both, or a dash
with() {
	[ -z "$1" ] && echo '-' || echo "${1%.[0-9]} $2"
}

# peers BASE NAME... - "NAME FIGURE us (RATIO x)" of each that has run
peers() {
	local base=$1 name list=''

	shift
	for name; do
		[ -z "$(us "$name")" ] || list+="${list:+, }$name $(
			with "$(us "$name")" us) ($(
			over "$(us "$name")" "$(us "$base")")x)"
	done
	echo "$list"
}

row() {
	local cell

	for cell; do
		printf '| %s ' "$cell"
	done
	echo '|'
}

# rate US - MB a second when a piece of the copy took so long
rate() {
	[ -z "$1" ] || awk -v us="$1" -v mib="$MIB" \
		'BEGIN { printf "%.0f", mib * 1048576 / us }'
}

start_row() {
	local ratio socat script unbuffer list

	enter ours ptyfork -- true
	enter bare bare-pty true
	contest -n "$N"
	ratio=$(over "$(us ours)" "$(us bare)")
	set -- "$(with "$(us ours)" us)" "$(with "$(us bare)" us)"

	enter ours ptyfork -- true
	enter socat socat -u EXEC:true,pty,setsid,ctty -
	enter script script -qec true /dev/null
	enter unbuffer unbuffer true
	enter 'setsid (no terminal)' setsid -w true
	contest -n "$((N / 10 + 1))"
	socat=$(over "$(us socat)" "$(us ours)")
	script=$(over "$(us script)" "$(us ours)")
	unbuffer=$(over "$(us unbuffer)" "$(us ours)")
	list=$(peers ours socat script unbuffer 'setsid (no terminal)')
	row "\`ptyfork -- true\`" "$@" "$ratio" \
		'<= 1.2 x bare; socat >= 3x, script, unbuffer >= 10x' \
		"$(met "$ratio" '<=' 1.2 "$socat" '>=' 3 "$script" '>=' 10 \
			"$unbuffer" '>=' 10)" "$list"
}

# The tool's own share alone: the command is static and does nothing.
static_row() {
	enter ours ptyfork -- nothing
	enter bare bare-pty nothing
	contest -n "$N"
	row 'the same, a static command' "$(with "$(us ours)" us)" \
		"$(with "$(us bare)" us)" \
		"$(over "$(us ours)" "$(us bare)")" '' '' ''
}

namespace_row() {
	local ratio

	enter ours ptyfork -m -p -i -u -- true
	enter bare bare-pty -m -p -i -u -P true
	enter 'bare, mounts left shared' bare-pty -m -p -i -u true
	enter unshare unshare -m -p -f -i -u true
	contest -n "$N"
	ratio=$(over "$(us ours)" "$(us bare)")
	row "\`ptyfork -m -p -i -u -- true\`" "$(with "$(us ours)" us)" \
		"$(with "$(us bare)" us)" "$ratio" \
		'<= 1.25 x bare; faster than unshare' \
		"$(met "$ratio" '<=' 1.25 "$(us ours)" '<' "$(us unshare)")" \
		"$(peers ours unshare 'bare, mounts left shared')"
}

copy_rows() {
	local fill rate burnt list='' name

	fill="$(command -v fill) $MIB"
	enter ours ptyfork -- fill "$MIB"
	enter bare bare-pty fill "$MIB"
	enter script script -qec "$fill" /dev/null
	enter socat socat -u "EXEC:$fill,pty,rawer,setsid,ctty" -
	contest -n "$C" -b "$((MIB * 1048576))"
	for name in script socat; do
		list+="${list:+, }$name $(with "$(rate "$(us $name)")" MB/s)"
	done
	rate=$(over "$(us bare)" "$(us ours)")
	row "copying $((MIB * C)) MiB out of the terminal, $MIB at a time" \
		"$(with "$(rate "$(us ours)")" MB/s)" \
		"$(with "$(rate "$(us bare)")" MB/s)" "$rate" \
		'>= 0.97 x bare; never behind script, socat' \
		"$(met "$rate" '>=' 0.97 "$(us ours)" '<=' "$(us script)" \
			"$(us ours)" '<=' "$(us socat)")" "$list"

	burnt=$(over "$(cpu ours)" "$(cpu bare)") list=''
	for name in script socat; do
		list+="${list:+, }$name $(with "$(cpu $name)" us)"
	done
	row "CPU of the copier, $MIB MiB" "$(with "$(cpu ours)" us)" \
		"$(with "$(cpu bare)" us)" "$burnt" '<= 1.05 x bare' \
		"$(met "$burnt" '<=' 1.05)" "$list"
}

pass_row() {
	local ratio

	! has fdrecv || ! has fdsend ||
		enter ours fdrecv "$tmp/sock" + fdsend "$tmp/sock"
	enter bare bare-recv "$tmp/sock" + bare-send "$tmp/sock"
	contest -n "$N" -s "$tmp/sock"
	ratio=$(over "$(us ours)" "$(us bare)")
	row "one fd from \`fdsend\` to \`fdrecv\`" "$(with "$(us ours)" us)" \
		"$(with "$(us bare)" us)" "$ratio" '<= 1.6 x bare' \
		"$(met "$ratio" '<=' 1.6)" ''
}

# Processes that the test started under a tag, but the command itself.
tagged() {
	local pid

	grep -lzsx "PTYBOX_BENCH=$1" /proc/[0-9]*/environ | cut -d/ -f3 |
		while read -r pid; do
			[ "$(readlink "/proc/$pid/exe")" = \
				"$(command -v nothing)" ] || echo "$pid"
		done
}

# commands - the idle commands of this run
commands() {
	pgrep -xf "($(command -v nothing)|nothing) idle-$$"
}

# idle NAME COMMAND... - private KiB of a tool whose command does nothing
#
# Two of it run, so that the text of the program, which the kernel shares, is
# counted as shared: what is left is what one more costs. All processes of the
# tool count (Private_Clean and Private_Dirty of smaps_rollup), COMMAND not.
idle() {
	local n=0 pid

	has "$2" || return 0
	for tag in "$$-1" "$$-2"; do
		PTYBOX_BENCH=$tag TAG=$tag "${@:2}" </dev/null 2>&1 |
			cat >"$tmp/idle.$tag" &
	done
	while [ "$(commands | wc -l)" -lt 2 ] && [ $((n += 1)) -lt 100 ]; do
		sleep 0.05
	done
	# What is still being set up is not idle yet.
	sleep 0.3
	for pid in $(tagged "$$-2"); do
		cat "/proc/$pid/smaps_rollup"
	done | awk -v name="$1" '/^Private_(Clean|Dirty)/ { sum += $2 }
		END { printf "%s\t%d\n", name, sum }' >>"$tmp/memory"
	# The relays end with their command.
	commands | xargs -r kill
	wait
}

kib() {
	awk -F'\t' -v name="$1" '$1 == name && $2 { print $2 }' "$tmp/memory"
}

start_conmon() {
	exec conmon --sync -c "$TAG" -u "$TAG" -n x -b "$tmp" \
		-r "$tmp/runtime" -l "k8s-file:$tmp/log.$TAG" \
		-p "$tmp/pid.$TAG" --socket-dir-path "$tmp"
}

# A runtime for conmon that starts the idle command and tells its pid.
conmon_idle() {
	cat >"$tmp/runtime" <<-EOF
		#!/bin/sh
		while [ "\$1" != --pid-file ]; do shift; done
		$(command -v nothing) idle-$$ &
		printf %s "\$!" >"\$2"
	EOF
	chmod +x "$tmp/runtime"
	idle conmon start_conmon
}

memory_row() {
	local name list='' command

	command="$(command -v nothing) idle-$$"
	: >"$tmp/memory"
	idle ours ptyfork -- nothing "idle-$$"
	idle bare bare-pty nothing "idle-$$"
	idle script script -qec "exec $command" /dev/null
	idle socat socat -u "EXEC:$command,pty,setsid,ctty" -
	idle unbuffer unbuffer nothing "idle-$$"
	! has conmon || conmon_idle
	for name in script socat unbuffer conmon; do
		[ -z "$(kib $name)" ] ||
			list+="${list:+, }$name $(kib $name) KiB"
	done
	row 'private memory of an idle relay' "$(with "$(kib ours)" KiB)" \
		"$(with "$(kib bare)" KiB)" \
		"$(over "$(kib ours)" "$(kib bare)")" '<= 64 KiB' \
		"$(met "$(kib ours)" '<=' 64)" "$list"
}

# size FILE - KiB when stripped
size() {
	! strip -o "$tmp/stripped" "$1" 2>/dev/null ||
		awk -v n="$(stat -c %s "$tmp/stripped")" \
			'BEGIN { printf "%.0f", n / 1024 }'
}

size_row() {
	local ours bare

	ours=$(size "$BIN/ptybox") bare=$(size "$BARE/bare-pty")
	row 'the binary, stripped' "$(with "$ours" KiB)" \
		"$(with "$bare" KiB)" "$(over "$ours" "$bare")" '<= 410 KiB' \
		"$(met "$ours" '<=' 410)" ''
}

row what ours bare ratio goal met 'peers (x ours)'
row --- ---: ---: ---: --- --- ---
start_row
static_row
namespace_row
copy_rows
pass_row
make_boxes
box_row
read_only_box_row
rootless_box_row
chain_row
target_row
life_rows
memory_row
size_row
seccomp_rows
