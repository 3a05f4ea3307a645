#!/usr/bin/env bats
# bats file_tags=slow
# Joining a container: ptyfork --target gives a terminal of the container's own
# devpts, whatever is made of that inside, and shows nothing of the host.
# shellcheck disable=SC2016 # shells in the container expand what they are given
# shellcheck disable=SC2030,SC2031 # variables are a test's own
load lib
load rootfs

# Who makes a container and joins it: root, root with an init in it, root with a
# container in a user namespace, or a plain user.
KINDS=(root init user rootless)

setup() {
	stage
	chmod 755 .
	kind=root
	apart=(--detach --no-tty)
	first=
}

teardown() {
	end_container
	rm -rf R run
	leave_nothing
}

# fresh_root - a root in ./R, and what else the maker writes to in ./run
fresh_root() {
	rm -rf R run
	rootfs R
	cp "$HELPER" R/bin/helper
	mkdir run
	mkfifo run/in
	case $kind in
	user | rootless) chown -R 65534:65534 R run ;;
	esac
}

# container SCRIPT [COMMAND...] - start a container of that kind, which runs
# SCRIPT, by COMMAND if that is given, and then sleeps. $first is its first
# process, as seen here, $maker what makes one be the user who made it, and in
# R/tmp/log is what SCRIPT says.
container() {
	local ns=(--mount --pid --ipc --uts --hostname box)

	maker=()
	case $kind in
	init) ns+=(--init) ;;
	user) ns+=(--net --uid-map 0:65534:1 --gid-map 0:65534:1) ;;
	rootless)
		ns+=(--net --map-root-user)
		maker=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		;;
	esac
	fresh_root
	printf '%s\n' 'exec >/tmp/log 2>&1' "$1" \
		'echo >/tmp/ready; exec sleep 1000' >R/main
	"${maker[@]}" ptyfork "${apart[@]}" --pid-file run/pid "${ns[@]}" -- \
		newroot --proc /proc --dev /dev R -- "${@:2}" sh /main \
		<>run/in >run/out 3>&- &
	within 20 test -e R/tmp/ready || { cat R/tmp/log; return 1; }
	first=$(<run/pid)
}

end_container() {
	[ -z "$first" ] || kill -KILL "$first" 2>/dev/null || true
	first=
}

# join WORD... - ptyfork --target, with these further words
join() {
	"${maker[@]}" timeout -k 1 10 ptyfork --target "$first" "$@"
}

# joined STATUS WORD... - the same, and it ends with that status
joined() {
	run "-$1" --separate-stderr join "${@:2}"
}

@test "a joining command has a terminal of the container's own devpts" {
	as_root
	for kind in "${KINDS[@]}"; do
		container ''
		joined 0 -- sh -c 'tty; cd /dev/pts; echo *; hostname
			stat -c "%t:%T %u" 0; stat -c %d .'
		[[ $output == $'/dev/pts/0\n0 ptmx\nbox\n88:0 0\n'* ]]
		[ "${lines[4]}" -ne "$(stat -c %d /dev/pts)" ]
		end_container
	done
}

@test "terminals of a container have numbers of their own" {
	as_root
	apart=()
	for kind in "${KINDS[@]}"; do
		container 'tty; stat -c %t:%T /dev/console'
		joined 0 -- tty
		[ "$output" = /dev/pts/1 ]
		[ "$(cat R/tmp/log)" = $'/dev/pts/0\n88:0' ]
		end_container
	done
}

@test "the status of a joining command is that of ptyfork" {
	as_root
	for kind in "${KINDS[@]}"; do
		container ''
		joined 7 -- sh -c 'exit 7'
		joined 137 -- sh -c 'kill -KILL $$'
		fails 127 "ptyfork: cannot execute 'nowhere': *" join -- nowhere
		fails 126 "ptyfork: cannot execute '/tmp': *" join -- /tmp
		end_container
	done
}

@test "a joining command has the size that it was given" {
	as_root
	container ''
	joined 0 -- stty size
	[ "$output" = '24 80' ]
	joined 0 --size 11x77 -- stty size
	[ "$output" = '11 77' ]
}

@test "a joining command is told of a new size that is set from outside" {
	as_root
	container ''
	ptyfork --target "$first" -- sh -c 'trap "stty size; exit 3" WINCH
		echo now; while :; do sleep 0.1; done' <>run/in >out 3>&- &
	joining=$!
	within 20 grep -q now out
	winsz --pid "$joining" 33 44
	ends 3 "$joining"
	[ "$(tail -n 1 out)" = '33 44' ]
}

@test "data from a pipe reach a joining command, and their end" {
	as_root
	for kind in "${KINDS[@]}"; do
		container ''
		seq 20000 >lines
		join -- sh -c 'stty -echo; od -An -v -tx1 | wc' <lines >out
		[ "$(tail -n 1 out | xargs)" = \
			"$(od -An -v -tx1 lines | wc | xargs)" ]
		end_container
	done
}

@test "output of a joining command comes whole" {
	as_root
	container ''
	run -0 join -- awk 'BEGIN { for (i = 1; i <= 100000; i++) print i }'
	[ "$(cksum <<<"$output")" = "$(seq 100000 | cksum)" ]
}

@test "a shell that joins has job control" {
	as_root
	for kind in "${KINDS[@]}"; do
		container ''
		joined 0 -- sh -ic 'sh -c "kill -STOP \$\$; echo on"; echo out; fg'
		[[ $output == *$'\nout\n'*$'\non' ]]
		[[ $output$stderr != *'job control'* ]]
		end_container
	done
}

@test "the terminal of a joining command can be delivered" {
	as_root
	for kind in "${KINDS[@]}"; do
		container ''
		fdrecv --peer-uid 65534 s <run/in >out 3>&- &
		receiver=$!
		within 20 test -S s
		chmod 666 s
		joined 0 --console-socket s --detach -- \
			sh -c 'tty; stty size; ls /dev/pts'
		ends 0 "$receiver"
		[ "$(tr -s '\r\n ' ' ' <out)" = '/dev/pts/0 24 80 0 ptmx ' ]
		end_container
	done
}

@test "to join the mount namespace alone gives a terminal of it, too" {
	as_root
	container ''
	run -0 timeout 10 ptyfork --join "mnt=/proc/$first/ns/mnt" -- \
		sh -c 'tty; ls /dev/pts'
	[ "$output" = $'/dev/pts/0\n0     ptmx' ]
}

@test "a joining command has nothing of the host's open" {
	as_root
	exec 7</ 8<.
	for kind in "${KINDS[@]}"; do
		container ''
		joined 0 -- sh -c 'ls -1 /proc/$$/fd
			for l in fd/2 cwd root exe; do readlink /proc/$$/$l; done'
		[ "$(xargs <<<"$output")" = \
			'0 1 2 /dev/pts/0 / / /bin/busybox' ]
		end_container
	done
}

@test "no descriptor of the caller leads a joining command out" {
	as_root
	container ''
	mkdir host
	cp R/bin/busybox host/sh
	exec 7<host
	for word in /proc/self/fd/{0..20}/{sh,../host/sh}; do
		run ! join -- "$word" -c 'echo out'
		[[ $status == 12[67] && $output == 'ptyfork: cannot execute '* ]]
	done
}

# opened - what was opened in the container, and not only looked up, before the
# command: by the process that joins it, and by the one that gets a terminal
opened() {
	{
		sed '1,/setns(.*CLONE_NEWNS) *= 0/d' \
			"$(grep -l 'setns(.*CLONE_NEWNS) *= 0' trace.*)"
		sed '/execve/q' "$(grep -l 'openat2(.*"/dev/pts"' trace.*)"
	} | grep -E '(open|creat).*= [0-9]+' | grep -v O_PATH
}

# watched - join this container, and note the system calls until the command
watched() {
	rm -f trace.*
	timeout 10 strace -ff -qq -o trace -e trace=%file,setns \
		--signal=none "${maker[@]}" ptyfork --target "$first" -- "$@"
}

# bats test_tags=unsanitized
@test "nothing in a container is opened but the ptmx of its devpts" {
	as_root
	needs strace
	for kind in "${KINDS[@]}"; do
		container ''
		run -0 watched tty
		run -0 opened
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == 'openat2('[0-9]*', "ptmx", {flags=O_RDWR|O_NOC'* ]]
		end_container
	done
}

# refused OBJECT SCRIPT - if a container runs that, is a terminal in it refused
# at once, before anything is opened that the script has put there?
refused() {
	container "$2"
	echo "in this container, by $kind: $2"
	fails 125 "ptyfork: cannot open $1: *" watched true
	run -1 --separate-stderr opened
	[ -z "$stderr" ]
	end_container
}

PTS="'/dev/pts' of the mount namespace that was joined"

# bats test_tags=unsanitized
@test "a container without a /dev/pts is refused in a line" {
	as_root
	needs strace
	for kind in "${KINDS[@]}"; do
		refused "$PTS" 'umount -l /dev/pts'
		refused "$PTS" 'umount -l /dev/pts; rmdir /dev/pts'
		refused "$PTS" 'umount -l /dev'
	done
}

@test "without a terminal a command joins a container without a /dev/pts" {
	as_root
	container 'umount -l /dev'
	run -0 join --no-tty -- sh -c 'cd /dev; echo *'
	[ "$output" = '*' ]
}

# bats test_tags=unsanitized
@test "a link to a devpts in the place of /dev/pts or /dev is not followed" {
	as_root
	needs strace
	for kind in "${KINDS[@]}"; do
		refused "$PTS" 'mkdir /d; mount -o bind /dev/pts /d
			umount -l /dev/pts; rmdir /dev/pts; ln -s /d /dev/pts'
		refused "$PTS" 'mkdir /d; mount -o rbind /dev /d
			umount -l /dev; rmdir /dev; ln -s d /dev; ls /dev/pts/ptmx'
	done
}

# bats test_tags=unsanitized
@test "what is at /dev/pts and no devpts is not asked for a terminal" {
	as_root
	needs strace
	for kind in root rootless; do
		for put in 'mkfifo ptmx' 'touch ptmx; mount -o bind /dev/zero ptmx' \
			'ln -s /dev/ptmx' 'ln -s /d/ptmx' 'mkdir ptmx' ''; do
			refused "$PTS" "mkdir /d; mount -o bind /dev/pts /d
				mount -t tmpfs x /dev/pts; cd /dev/pts; $put"
		done
		refused "$PTS" 'mount -o bind /tmp /dev/pts'
		refused "$PTS" 'mount -t proc proc /dev/pts'
		refused "$PTS" 'umount -l /dev/pts; rmdir /dev/pts; mkfifo /dev/pts'
	done
	kind=root
	refused "$PTS" 'mount -t tmpfs x /dev/pts; mknod /dev/pts/ptmx c 1 5'
	refused "$PTS" 'mount -t tmpfs x /dev/pts; mknod /dev/pts/ptmx c 5 2'
}

# bats test_tags=unsanitized
@test "what is mounted over the ptmx of a devpts is not opened" {
	as_root
	needs strace
	for kind in root rootless; do
		for what in /tmp/log /dev/zero /tmp/f /d/ptmx; do
			refused 'a terminal' "mkfifo /tmp/f; mkdir /d
				mount -t devpts -o newinstance x /d
				mount -o bind $what /dev/pts/ptmx"
		done
	done
}

@test "a /dev/pts that never answers does not hold up for ever" {
	as_root
	grep -qw fuse /proc/filesystems || without 'no FUSE here'
	container 'mknod /dev/fuse c 10 229; exec 9<>/dev/fuse
		mount -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 x /dev/pts'
	fails 124 "ptyfork: cannot start 'true': timed out" join \
		--console-socket s --timeout 0.5 -- true
	end_container
}

@test "a container that has used up its terminals is refused in a line" {
	as_root
	for kind in "${KINDS[@]}"; do
		container 'umount -l /dev/pts; mount -t devpts \
			-o newinstance,ptmxmode=666,max=1 x /dev/pts
			sleep 1000 <>/dev/pts/ptmx &'
		fails 125 'ptyfork: cannot open a terminal: *' join -- true
		end_container
	done
}

# spied_on JOINS WORD... - join so often to run true by these words, while
# somebody inside looks at all processes; what is seen is in ./seen
spied_on() {
	local i

	container 'helper spy >/tmp/seen &' "${@:2}"
	mkdir -p host
	echo precious >host/data
	exec 7<host 8<"$HELPER"
	for ((i = 0; i < $1; i++)); do
		join -- "${@:2}" true <host/data >>host/out 2>>host/err
	done
	exec 7<&- 8<&-
	[ ! -s host/err ]
	end_container
	# It was killed: the last line may be a part of one.
	sed '$d' R/tmp/seen | sort | uniq -c >seen
}

# bats test_tags=unsanitized
@test "who watches others join sees the commands, and nothing of the host" {
	as_root
	local fine=' seen$| (exe /bin/busybox|root /|cwd /)$'

	fine+='| fd/[012] /dev/pts/[0-9]+$'
	for kind in root user rootless; do
		spied_on 150 confine --bounding-set -all
		grep -q 'exe /bin/busybox' seen
		run -1 grep -vE "$fine" seen
	done
}

# all_guarded - was every terminal in ./seen, as "mode uid gid", root's or then
# the user's alone? How many there are is a matter of luck, but for one.
all_guarded() {
	grep -oE '[0-7]{3} [0-9]+ [0-9]+$' seen | sort -u >modes
	cat modes
	grep -qxE '620 (0|1000) 5' modes && ! grep -vxE '620 (0|1000) 5' modes
}

@test "nobody but its user can write to a terminal while a command joins" {
	as_root
	container 'cd /dev/pts; while :; do stat -c "%a %u %g" [0-9]*; done \
		>/tmp/seen 2>&1 &'
	for i in {1..150}; do
		join -- confine --reuid 1000 --regid 1000 --clear-groups true
	done </dev/null >out 2>&1
	[ ! -s out ]
	end_container
	mv R/tmp/seen seen
	all_guarded
}

starts() {
	local i

	for ((i = 0; i < 150; i++)); do
		ptyfork --mount --pid -- newroot --proc /proc --dev /dev R -- \
			confine --reuid 1000 --regid 1000 --clear-groups true
	done </dev/null
}

@test "nobody but its user can write to a terminal while a container starts" {
	as_root
	fresh_root
	"$HELPER" slaves R >seen 3>&- &
	sampler=$!
	starts
	kill "$sampler"
	ends 143 "$sampler"
	all_guarded
}
