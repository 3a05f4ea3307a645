#!/usr/bin/env bash
# sim.sh - very many schedules of the relay's core, and of the loop around it,
# in a build of their own
#
# SCHEDULES  how many, of each (10000000)
# SEED       the first one's (1); each of the others has the next
# JOBS       processes (2)
# CC         what to build with (cc)
#
# Ends with 1 and the seed of a schedule that broke a promise. To see that one
# alone: SCHEDULES=1 SEED=N JOBS=1 t/soak/sim.sh

set -eu
SCHEDULES=${SCHEDULES:-10000000} SEED=${SEED:-1} JOBS=${JOBS:-2}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The shipped loop and what is below it; the kernel is that of the world.
"${CC:-cc}" -O2 -std=c11 -D_GNU_SOURCE -iquote lib -Dpoll=sim_poll \
	-Dtcgetattr=sim_tcgetattr -Dtcflush=sim_tcflush -o "$work/sim" \
	t/soak/{sim,world,calls}.c t/helper-{sim,relay,term}.c \
	lib/relay/{relay_loop,relay,ptyinput,buf}.c \
	lib/tty/{detach_keys,tty}.c lib/base/{text,fd}.c

SECONDS=0
each=$(((SCHEDULES + JOBS - 1) / JOBS))
pids=() status=0
for ((job = 0; job < JOBS; job++)); do
	"$work/sim" $((SEED + job * each)) "$each" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || status=1
done
[ "$status" -eq 0 ] ||
	exit "$status"
echo "$((each * JOBS)) schedules from seed $SEED on: $SECONDS s, all kept"
