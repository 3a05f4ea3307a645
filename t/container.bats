#!/usr/bin/env bats
# The container that the tools make together, as root and as a plain user.
# shellcheck disable=SC2016 # expanded by the command
load lib
load rootfs

setup() {
	stage
	cat /proc/self/mountinfo >mounts.before
	chmod 777 .
	rootfs R
}

teardown() {
	kill_started
	cmp /proc/self/mountinfo mounts.before
	leave_nothing
}

NAMESPACES=(ptyfork --mount --pid --ipc --uts --hostname box)
ROOT=(newroot --proc /proc --dev /dev R --)
PLAIN=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# both FUNCTION... - run it with $outer and $inner, which make a container, as
# root for a user of its own and then as a plain user, who is root there
both() {
	outer=("${NAMESPACES[@]}" --)
	inner=("${ROOT[@]}" confine --reuid 1000 --regid 1000 --clear-groups
		--bounding-set=-all --no-new-privs --)
	id=1000 who=() devices=''
	"$@"
	chown -R 65534:65534 R
	outer=("${PLAIN[@]}" "${NAMESPACES[@]}" --map-root-user --)
	inner=("${ROOT[@]}")
	id=0 who=("${PLAIN[@]}")
	devices='/dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero'
	"$@"
	chown -R 0:0 R
}

# says WANTED COMMAND... - the command prints that in a container
says() {
	local wanted=$1

	shift
	run -0 timeout 20 "${outer[@]}" "${inner[@]}" "$@" </dev/null
	[ "$output" = "$wanted" ] || { echo "user $id, $*: $output"; return 1; }
}

whole() {
	says "/dev/pts/0
88:0:$id
88:0:$id
box
$id
/" sh -c 'tty; stat -c %t:%T:%u /dev/console /dev/pts/0; busybox hostname
		id -u; pwd'
}

@test "a container has a terminal that is its console, a name, a user and a root" {
	as_root
	both whole
}

@test "what is written to the console comes out, and what is typed goes in there" {
	as_root
	both says hello sh -c 'echo hello >/dev/console'
	both typed
}

typed() {
	run -0 timeout 20 "${outer[@]}" "${inner[@]}" sh -c \
		'read -r line </dev/console; echo "<$line>"' <<<word
	[ "$output" = '<word>' ]
}

@test "ps shows the command as process 1, and nothing of the host's" {
	as_root
	both says $'1\n2' sh -c 'cd /proc; ls -1d [0-9]* & wait'
	both says cat cat /proc/1/comm
}

@test "the status is that of the command" {
	as_root
	both status
}

status() {
	run -7 timeout 20 "${outer[@]}" "${inner[@]}" sh -c 'exit 7'
	run -127 timeout 20 "${outer[@]}" "${inner[@]}" /nope
}

# Nothing of the host's is there.

@test "there are the mounts that were asked for, and no other" {
	as_root
	both mounts
}

mounts() {
	local points='/ /dev /dev/console /dev/mqueue /dev/pts /dev/shm /proc'

	# shellcheck disable=SC2086
	says "$(printf '%s\n' $points $devices | sort)" \
		sh -c 'awk "{ print \$5 }" /proc/self/mountinfo | sort'
}

# under N WANTED COMMAND... - the same with some descriptors open, with holes
under() (
	last=$((3 + $1)) step=$((1 + $1 % 7))

	for ((fd = last; fd > 2; fd -= step)); do
		eval "exec $fd<mounts.before"
	done
	says "${@:2}"
)

descriptors() {
	for n in {0..49}; do
		under "$n" $'0\n1\n2' sh -c 'ls -1 /proc/$$/fd; :'
	done
}

@test "there are descriptors 0, 1 and 2, whatever the caller has open" {
	as_root
	both descriptors
}

@test "with --clear-env there is no variable but those asked for" {
	as_root
	inner=("${ROOT[@]}" confine --clear-env --env A=1 --env B= --)
	for outer in ptyfork\ -mp 'ptyfork -mp --init' 'ptyfork -mp -- env C=3'
	do
		# shellcheck disable=SC2086
		run -0 timeout 20 $outer "${inner[@]}" env
		[ "$output" = $'A=1\nB=' ] || { echo "$outer: $output"; return 1; }
	done
}

CAPS='sed -n "s/^Cap\(Inh\|Amb\):.//p" /proc/self/status'

@test "no capability of the caller's is inheritable there, or ambient" {
	as_root
	none=$'0000000000000000\n0000000000000000'
	both says "$none" sh -c "$CAPS"
	outer=(setpriv --inh-caps '+chown,+kill' --ambient-caps +chown
		"${NAMESPACES[@]}" --)
	inner=("${ROOT[@]}")
	says "$none" sh -c "$CAPS"
	run -0 "${outer[@]:0:5}" sh -c "$CAPS"
	[ "$output" != "$none" ]
}

@test "a plain user's groups cannot be left, so that what is denied them stays so" {
	as_root
	chown -R 65534:65534 R
	run -0 "${PLAIN[@]}" timeout 20 "${NAMESPACES[@]}" -r -- "${ROOT[@]}" \
		sh -c 'cat /proc/self/setgroups; grep Groups /proc/self/status'
	[ "$output" = $'deny\nGroups:\t ' ]
	run -125 "${PLAIN[@]}" timeout 20 "${NAMESPACES[@]}" -r -- "${ROOT[@]}" \
		confine --groups 0 true
}

# up COMMAND... - a container in the background, as $ptyfork
up() {
	rm -f out
	"${outer[@]}" "$@" sh -c 'echo up; exec sleep 100' >out 2>&1 \
		</dev/null 3>&- &
	ptyfork=$!
	started+=" $!"
	within 20 grep -qs up out
}

down() {
	kill -KILL "$ptyfork"
	wait "$ptyfork" || true
	within 20 none_of_ours
}

@test "the host's mounts and terminals do not show it" {
	as_root
	both unseen
}

# A host for itself, where nobody else opens a terminal; what is seen there.
HOST='mount -t devpts -o newinstance,ptmxmode=666 host /dev/pts
	exec "$@"'
SEEN='echo /dev/pts/*; md5sum </proc/self/mountinfo'

unseen() {
	mkfifo -m 666 fifo
	run -0 --separate-stderr timeout 20 unshare -m sh -c "$HOST" sh \
		"${who[@]}" sh -c "$SEEN
		\"\$@\" >fifo & read -r up <fifo; $SEEN; kill -KILL \$!; $SEEN" \
		sh "${outer[@]}" "${inner[@]}" sh -c 'echo up; sleep 100'
	rm fifo
	[ "$(sort -u <<<"$output" | wc -l) ${lines[0]}" = '2 /dev/pts/ptmx' ] ||
		{ echo "$output"; return 1; }
	within 20 none_of_ours
}

@test "a terminal of the host's is not reached from there by its number" {
	as_root
	ptyfork -- sh -c 'tty >tty; exec sleep 100' >theirs 2>&1 3>&- &
	started+=" $!"
	within 20 test -s tty
	number=$(sed 's,.*/,,' tty)
	run -0 timeout 20 "${NAMESPACES[@]}" -- "${ROOT[@]}" sh -c "
		mknod /tmp/node c 136 $number
		(echo leak >/tmp/node) 2>&- || echo denied
		[ $number = 0 ] || ls /dev/pts/$number 2>&- || echo none
		echo mine >/dev/pts/0"
	[[ $output == denied$'\n'*mine ]]
	[ ! -s theirs ]
}

@test "killing ptyfork is the end of the container" {
	as_root
	both killed
}

killed() {
	up "${inner[@]}"
	down
}
