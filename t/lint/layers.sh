#!/usr/bin/env bash
# layers.sh - one direction of dependency: a room of lib includes itself and the
# rooms before it, a tool includes lib and its own folder
#
# Prints each include that goes the other way, as FILE:LINE: WHY, and ends
# with 1.
set -eu
cd "$(dirname "$0")/../.."

ROOMS='base json proc cgroup user tty sock relay spool ns root cred cli chain'

declare -A at
n=0
for room in $ROOMS; do
	at[$room]=$((n += 1))
done

# judge FILE LINE INCLUDED - is that include one that may be?
judge() {
	local dir=${1#*/} to=${3%%/*} why=

	dir=${dir%%/*}
	if [ "$3" = "$to" ]; then
		why='it names no folder'
	elif [[ $1 == src/* ]]; then
		[ -n "${at[$to]-}" ] || [ "$dir" = "$to" ] ||
			why="$to belongs to another tool"
	elif [ -z "${at[$dir]-}" ]; then
		why="lib/$dir is not in the order of rooms"
	elif [ -z "${at[$to]-}" ]; then
		why="lib knows nothing of src/$to"
	elif [ "${at[$to]}" -gt "${at[$dir]}" ]; then
		why="lib/$dir comes before lib/$to"
	fi
	[ -z "$why" ] || { echo "$1:$2: \"$3\": $why"; return 1; }
}

status=0
while IFS=: read -r file line text; do
	text=${text#*\"}
	judge "$file" "$line" "${text%%\"*}" || status=1
done < <(grep -rn --include='*.[ch]' '^#include "' lib src)
exit "$status"
