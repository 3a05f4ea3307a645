#!/usr/bin/env bats
# What is in single quotes is for the command to expand.
# shellcheck disable=SC2016
load lib

teardown() {
	local dir

	kill_started
	for dir in ${cgroups-}; do
		within 20 rmdir "$dir"
	done
	leave_nothing
}

# ns PID TYPE - which namespace of that type the process is in
ns() {
	readlink "/proc/$1/ns/$2"
}

is_called() {
	[ "$(cat "/proc/$1/comm")" = "$2" ]
}

# is_sleep PID - is it sleep(1), or has it started that? Then $target is its pid
is_sleep() {
	if is_called "$1" sleep; then
		target=$1
	else
		target=$(pgrep -P "$1" -x sleep)
	fi
}

# start COMMAND... - run it with "sleep 100" at its end; $target is sleep's pid
start() {
	"$@" sleep 100 3>&- &
	started+=" $!"
	within 20 is_sleep $!
	started+=" $target"
}

# cgroup VERSION - make an empty cgroup, in $cgroup
cgroup() {
	local top

	top=$(awk -v type="$1" '$3 == type && $4 !~ /cpuset/ { print $2; exit }' \
		/proc/mounts)
	[ -w "$top" ] || without "no $1 file system to write to"
	cgroup=$top/ptybox-test-$BASHPID
	mkdir "$cgroup"
	cgroups+=" $cgroup"
}

# Creating.

@test "ptyfork gives the command a new namespace of each type asked for" {
	as_root
	for option in -m:mnt --mount:mnt -u:uts --uts:uts -i:ipc --ipc:ipc \
		-n:net --net:net -p:pid --pid:pid -U:user --user:user \
		-C:cgroup --cgroup:cgroup -T:time --time:time; do
		type=${option#*:}
		run -0 ptyfork "${option%:*}" -- readlink "/proc/self/ns/$type"
		[[ $output == "$type:["*] ]]
		[ "$output" != "$(ns self "$type")" ]
	done
}

@test "ptyfork leaves the command in the namespaces not asked for" {
	as_root
	run -0 ptyfork -u -- sh -c 'cd /proc/self/ns; readlink c* i* m* n* p* t* user'
	[ "$output" = "$(cd /proc/self/ns; readlink c* i* m* n* p* t* user)" ]
}

@test "ptyfork takes the letters of several namespaces in one word" {
	as_root
	run -0 ptyfork -munpiCT -- sh -c 'readlink /proc/self/ns/*'
	for line in $(readlink /proc/$$/ns/*); do
		[[ $line == user:* || $output != *"$line"* ]]
	done
}

@test "ptyfork --pid without --mount makes the command process 1" {
	as_root
	run -0 ptyfork --pid -- sh -c 'echo $$'
	[ "$output" = 1 ]
}

@test "ptyfork --mount-proc shows the command its own processes alone" {
	as_root
	run -0 ptyfork --pid --mount-proc -- sh -c 'echo /proc/[0-9]*'
	[ "$output" = /proc/1 ]
	[ -e "/proc/$$/stat" ]
}

@test "ptyfork --mount-proc=DIR mounts proc there" {
	as_root
	mkdir p
	run -0 ptyfork --pid --mount-proc=p -- sh -c 'echo p/[0-9]* "$(ls /proc)"'
	[[ $output == "p/1 "*$'\n'"$$"$'\n'* ]]
}

@test "ptyfork --mount-proc mounts at what it looked up, not at a name" {
	as_root
	needs strace
	run -0 timeout 20 strace -f -qq -o trace -e trace=mount,move_mount \
		ptyfork --no-tty --pid --mount-proc -- sh -c 'echo /proc/[0-9]*'
	[ "$output" = /proc/1 ]
	grep -q 'move_mount([0-9]*, "", [0-9]*, "",' trace
	run -1 grep '"proc"' trace
	# A kernel without these calls.
	run -0 timeout 20 strace -f -qq -o trace -e trace=fsopen \
		-e inject=fsopen:error=ENOSYS ptyfork --no-tty --pid \
		--mount-proc -- sh -c 'echo /proc/[0-9]*'
	grep -q INJECTED trace
	[ "$output" = /proc/1 ]
}

@test "ptyfork --mount-proc refuses what is no directory" {
	as_root
	touch file
	for dir in "$PWD/file" "$PWD/none"; do
		fails 125 "ptyfork: cannot mount proc at '$dir': *" \
			ptyfork --pid "--mount-proc=$dir" -- touch ran
	done
	[ ! -e ran ]
}

@test "ptyfork --hostname names the command's host and no other" {
	as_root
	before=$(uname -n)
	run -0 ptyfork --uts --hostname 'a-new.name' -- uname -n
	[ "$output" = a-new.name ]
	[ "$(uname -n)" = "$before" ]
}

@test "ptyfork --hostname names no host that the command shares with others" {
	as_root
	for how in '' '--target $$' '--target $$ --uts' \
		'--join uts=/proc/self/ns/uts'; do
		fails 125 'ptyfork: *' unshare --uts sh -c \
			"ptyfork $how --hostname new -- uname -n"
	done
}

@test "ptyfork --net leaves the command the loopback device alone" {
	as_root
	run -0 ptyfork --net -- sh -c "sed -n 's/ *\(.*\):.*/\1/p' /proc/net/dev"
	[ "$output" = lo ]
}

@test "a mount made under ptyfork --mount does not reach a shared file system" {
	as_root
	run -0 unshare -m --propagation shared sh -c \
		'ptyfork -m -- mount -t tmpfs new . && cat /proc/self/mountinfo'
	[[ $output == *' shared:'* ]]
	[[ $output != *" $PWD "* ]]
}

@test "a plain user gets every namespace with one of users" {
	as_root
	run -0 as_nobody ptyfork -rmunpiCT --mount-proc --hostname mine -- \
		sh -c 'echo $$ $(uname -n) $(id -u) /proc/[0-9]*'
	[ "$output" = '1 mine 0 /proc/1' ]
}

@test "a plain user gets no namespace without one of users" {
	as_root
	for option in -m -u -i -n -p -C -T; do
		fails 125 'ptyfork: cannot create namespaces*: *' \
			as_nobody ptyfork "$option" -- true
	done
}

@test "ptyfork in new namespaces ends with the command's status" {
	as_root
	run -7 ptyfork -mpu -- sh -c 'exit 7'
	run -143 ptyfork -mpu --mount-proc -- sh -c \
		'sh -c "kill -TERM \$\$"; exit $?'
	run -127 ptyfork -mpu -- /no/such/command
}

# Joining.

@test "ptyfork --target with letters joins those namespaces of the process" {
	as_root
	start unshare -n -u -i -C
	run -0 ptyfork -t "$target" -n --uts -- sh -c 'readlink /proc/self/ns/*'
	for type in net uts; do
		[[ $output == *"$(ns "$target" $type)"* ]]
	done
	for type in ipc cgroup mnt pid user time; do
		[[ $output == *"$(ns $$ $type)"* ]]
	done
}

@test "ptyfork --target alone joins all namespaces of the process" {
	as_root
	start unshare -m -u -i -n -p -C -T -f --mount-proc --kill-child
	run -0 ptyfork --target "$target" -- sh -c 'readlink /proc/self/ns/*'
	[ "$output" = "$(readlink "/proc/$target/ns/"*)" ]
	[ "$output" != "$(readlink "/proc/$$/ns/"*)" ]
}

@test "a command in a joined pid namespace sees the processes there" {
	as_root
	start unshare -p -f --mount-proc --kill-child
	run -0 ptyfork -t "$target" -- cat /proc/1/comm
	[ "$output" = sleep ]
}

@test "ptyfork --target runs the command here where nothing differs" {
	run -0 ptyfork -t "$$" -- sh -c 'readlink /proc/self/ns/*; pwd'
	[ "$output" = "$(readlink /proc/$$/ns/*; pwd)" ]
}

@test "ptyfork --join takes the file of a namespace" {
	as_root
	start unshare -n -u
	run -0 ptyfork --join "net=/proc/$target/ns/net" \
		--join "uts=/proc/$target/ns/uts" -- sh -c 'readlink /proc/self/ns/*'
	[[ $output == *"$(ns "$target" net)"*"$(ns "$target" uts)"* ]]
}

@test "ptyfork --join takes a file that a namespace is mounted on" {
	as_root
	start unshare -n
	touch file
	run -0 unshare -m sh -c "mount --bind /proc/$target/ns/net file &&
		ptyfork --join net=file -- readlink /proc/self/ns/net"
	[ "$output" = "$(ns "$target" net)" ]
}

@test "ptyfork --join takes each name of a type that nsenter has" {
	for type in user cgroup ipc uts net pid time mnt mount; do
		run -0 ptyfork --join "$type=/proc/self/ns/${type/mount/mnt}" -- \
			readlink "/proc/self/ns/${type/mount/mnt}"
		[ "$output" = "$(ns $$ "${type/mount/mnt}")" ]
	done
}

@test "ptyfork --join refuses what is no namespace of that type" {
	mkfifo fifo
	touch file
	for word in net=file net=/dev/null net=. net=fifo; do
		fails 125 "ptyfork: cannot join '$word': it is no namespace" \
			timeout 20 ptyfork --join "$word" -- touch ran
	done
	fails 125 "ptyfork: cannot join 'uts=/proc/self/ns/net': it is a namespace of another type" \
		ptyfork --join uts=/proc/self/ns/net -- touch ran
	[ ! -e ran ]
}

@test "ptyfork --join refuses a word that is not TYPE=FILE" {
	fails 125 "ptyfork: cannot join 'net': want TYPE=FILE" \
		ptyfork --join net -- touch ran
	for word in =/x network=/x NET=/x '=' 'a-rather-long-type=/x'; do
		fails 125 "ptyfork: cannot join '$word': the types are *" \
			ptyfork --join "$word" -- touch ran
	done
	fails 125 "ptyfork: cannot open '/no/file': *" \
		ptyfork --join net=/no/file -- touch ran
	[ ! -e ran ]
}

@test "ptyfork --target refuses what is no process" {
	true &
	wait $!
	fails 125 "ptyfork: cannot find process $!: *" ptyfork -t $! -- touch ran
	fails 125 "ptyfork: bad --target '0': want PID or PID:STARTTIME; *" \
		ptyfork -t 0 -- touch ran
	for pid in 0 '' -1 +1 ' 1' 1: 0x1 1e3 4294967297 18446744073709551617; do
		run -125 --separate-stderr ptyfork --target "$pid" -- touch ran
		# shellcheck disable=SC2154
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	[ ! -e ran ]
}

@test "ptyfork --target joins the process that began at that time alone" {
	as_root
	start unshare -n
	began=$(cut -d ' ' -f 22 "/proc/$target/stat")
	run -0 ptyfork -t "$target:$began" -n -- readlink /proc/self/ns/net
	[ "$output" = "$(ns "$target" net)" ]
	for other in 0 $((began - 1)) $((began + 1)); do
		fails 125 "ptyfork: cannot find process $target: *" \
			ptyfork -t "$target:$other" -n -- touch ran
	done
	for word in "$target:" "$target:x" "$target:-1" ":$began"; do
		fails 125 "ptyfork: bad --target '$word': *" \
			ptyfork -t "$word" -n -- touch ran
	done
	[ ! -e ran ]
}

@test "ptyfork --target refuses a process that has ended and is not waited for" {
	start sh -c 'sh -c "echo \$\$ >pid"& exec "$@"' sh
	within 20 test -s pid
	within 20 grep -q 'State:.Z' "/proc/$(cat pid)/status"
	fails 125 "ptyfork: cannot open the * namespace of process $(cat pid): *" \
		ptyfork -t "$(cat pid)" -- touch ran
	[ ! -e ran ]
}

@test "a plain user cannot join the namespaces of root" {
	as_root
	start unshare -n
	fails 125 "ptyfork: cannot open the user namespace of process $target: *" \
		as_nobody ptyfork -t "$target" -- true
	fails 125 "ptyfork: cannot open '/proc/$target/ns/net': *" \
		as_nobody ptyfork --join "net=/proc/$target/ns/net" -- true
}

@test "a plain user joins the namespaces of a user namespace as its root" {
	as_root
	start as_nobody unshare -U -r -n -u
	fails 125 'ptyfork: cannot join the net namespace (an unprivileged user joins the user namespace that it belongs to as well): *' \
		as_nobody ptyfork -t "$target" -n -- true
	run -0 as_nobody ptyfork -t "$target" -- sh -c \
		'id; readlink /proc/self/ns/net /proc/self/ns/uts'
	[ "${lines[0]}" = 'uid=0(root) gid=0(root) groups=0(root)' ]
	[ "${lines[1]}" = "$(ns "$target" net)" ]
	[ "${lines[2]}" = "$(ns "$target" uts)" ]
}

@test "root joins a user namespace as its root, without groups of its own" {
	as_root
	start as_nobody unshare -U -r
	[ "$(cat "/proc/$target/setgroups")" = deny ]
	run -0 setpriv --groups 5,6 ptyfork -t "$target" -- id
	[ "$output" = 'uid=0(root) gid=0(root) groups=0(root)' ]
}

@test "root joins a network that is not of the user namespace it joins too" {
	as_root
	start unshare -n unshare -U -r
	run -0 ptyfork -t "$target" -- sh -c \
		'readlink /proc/self/ns/net /proc/self/ns/user'
	[ "$output" = "$(ns "$target" net; ns "$target" user)" ]
}

@test "ptyfork joins a user namespace without a root as who it is" {
	as_root
	start as_nobody unshare -U
	run -0 as_nobody ptyfork -t "$target" -- sh -c 'id -u; id -g'
	[ "$output" = $'65534\n65534' ]
}

@test "root does not stay who it is in a user namespace without a root" {
	as_root
	for maps in '1 100001 1000|0 100000 9' '|0 100000 9' '0 100000 9|' '|'; do
		unshare -U sh -c 'echo; exec sleep 100' >ready 3>&- & target=$!
		started+=" $target"
		within 20 test -s ready
		[ -z "${maps#*|}" ] || echo "${maps#*|}" >"/proc/$target/gid_map"
		[ -z "${maps%|*}" ] || echo "${maps%|*}" >"/proc/$target/uid_map"
		fails 125 'ptyfork: cannot stay * 65534 in a user namespace that does not map it: *' \
			ptyfork -t "$target" -- touch ran
		rm ready
	done
	[ ! -e ran ]
}

@test "ptyfork creates a namespace inside of those it joins" {
	as_root
	start as_nobody unshare -U -r
	run -0 as_nobody ptyfork --join "user=/proc/$target/ns/user" -n -- sh -c \
		'readlink /proc/self/ns/user /proc/self/ns/net'
	[ "${lines[0]}" = "$(ns "$target" user)" ]
	[ "${lines[1]}" != "$(ns "$target" net)" ]
}

# What becomes of the command.

@test "ptyfork --kill-child kills the command when ptyfork is killed" {
	ptyfork --kill-child -- sh -c \
		'trap "" HUP; echo $$ >pid; exec sleep 100' </dev/null 3>&- &
	ptyfork=$!
	within 20 test -s pid
	kill -KILL "$ptyfork"
	within 20 test ! -e "/proc/$(cat pid)/comm"
}

@test "ptyfork --kill-child=SIGNAL sends another signal" {
	for signal in USR1 SIGUSR1 10; do
		rm -f pid got
		ptyfork --kill-child=$signal -- sh -c \
			'trap "" HUP; trap "echo >got; kill \$!" USR1
			sleep 100 & echo >pid; wait' </dev/null 3>&- &
		ptyfork=$!
		within 20 test -s pid
		kill -KILL "$ptyfork"
		within 20 test -e got
	done
}

@test "ptyfork --kill-child refuses what is no signal" {
	for signal in '' 0 65 NOSUCH -9 ' 9' 4294967305; do
		fails 125 "ptyfork: bad --kill-child '$signal': *" \
			ptyfork "--kill-child=$signal" -- touch ran
	done
	[ ! -e ran ]
}

@test "ptyfork --cgroup starts the command in a cgroup of version 2" {
	cgroup cgroup2
	run -0 ptyfork --cgroup "$cgroup" -- grep ^0: /proc/self/cgroup
	[ "$output" = "0::/${cgroup##*/}" ]
}

@test "ptyfork --cgroup starts the command in a cgroup of version 1" {
	cgroup cgroup
	run -0 ptyfork --cgroup "$cgroup" -- cat /proc/self/cgroup
	[[ $output == *":/${cgroup##*/}"* ]]
}

@test "ptyfork --cgroup puts a command in a new pid namespace there as well" {
	for version in cgroup cgroup2; do
		cgroup $version
		run -0 ptyfork -p --cgroup "$cgroup" -- cat /proc/self/cgroup
		[[ $output == *":/${cgroup##*/}"* ]]
	done
}

@test "ptyfork -C with --cgroup DIR makes DIR the root that the command sees" {
	for version in cgroup cgroup2; do
		cgroup $version
		run -0 ptyfork -C --cgroup "$cgroup" -- cat /proc/self/cgroup
		[[ $output != *ptybox-test* ]]
	done
}

@test "ptyfork --cgroup refuses what is no cgroup" {
	fails 125 "ptyfork: cannot use cgroup '.': it is no cgroup" \
		ptyfork --cgroup . -- touch ran
	fails 125 "ptyfork: cannot open cgroup '/no/dir': *" \
		ptyfork --cgroup=/no/dir -- touch ran
	fails 125 "ptyfork: cannot open cgroup '/dev/null': *" \
		ptyfork --cgroup=/dev/null -- touch ran
	[ ! -e ran ]
}

@test "ptyfork --cgroup runs nothing in a cgroup it may not enter" {
	for version in cgroup cgroup2; do
		cgroup $version
		fails 125 'ptyfork: cannot enter the cgroup: *' \
			as_nobody ptyfork --cgroup "$cgroup" -- echo ran
	done
}

@test "ptyfork --cgroup-file starts the command in the cgroups of a list" {
	cgroup cgroup
	one=$cgroup
	cgroup cgroup2
	printf '%s\n' "pids $one" "unified $cgroup" >list
	for way in '' -p -r; do
		# shellcheck disable=SC2086
		run -0 ptyfork $way --cgroup-file list -- \
			grep -cE "/(${one##*/}|${cgroup##*/})$" /proc/self/cgroup
		[ "$output" = 2 ]
	done
	fails 125 "ptyfork: cannot read 'none': No such file or directory" \
		ptyfork --cgroup-file none -- true
	# A name that is cut off may be that of another cgroup.
	printf 'pids %s' "$one" >half
	echo "$one" >list
	for list in list half; do
		fails 125 "ptyfork: cannot read '$list': Invalid argument" \
			ptyfork --cgroup-file "$list" -- true
	done
}

@test "what is no list of cgroups is an error, and read no further" {
	for tool in 'ptyfork --cgroup-file' 'cgroup --list --file' \
		'ocispec --stats c --cgroup-file'; do
		# shellcheck disable=SC2086
		fails 125 "${tool%% *}: cannot read '.': Is a directory" \
			timeout 20 $tool . -- true
		# shellcheck disable=SC2086
		fails 125 "${tool%% *}: cannot read '/dev/zero': *" \
			timeout 20 $tool /dev/zero -- true
	done
}

@test "ptyfork --cgroup can be given for each hierarchy, and once for each" {
	cgroup cgroup
	one=$cgroup
	cgroup cgroup2
	[ "${one%/*}" != "${cgroup%/*}" ]
	run -0 ptyfork -C --cgroup "$one" --cgroup "$cgroup" -- \
		cat /proc/self/cgroup
	[[ $output == *":/"$'\n'* && $output != *ptybox-test* ]]
	run -0 ptyfork --cgroup "$one" --cgroup "$cgroup" -- \
		grep -c "/${one##*/}$" /proc/self/cgroup
	[ "$output" = 2 ]
	fails 125 "ptyfork: cannot use cgroup '$cgroup': another one of its hierarchy was given" \
		ptyfork --cgroup "$one" --cgroup "$cgroup" --cgroup "$cgroup" -- true
}

@test "ptyfork --sysctl sets what is of the new namespaces" {
	as_root
	run -0 ptyfork -inu --sysctl net.ipv4.ip_forward=1 \
		--sysctl kernel/domainname=here.org --sysctl kernel.shmmax=4096 \
		--sysctl 'kernel.sem=250 32000 32 7' \
		-- sh -c 'cd /proc/sys && cat net/ipv4/ip_forward \
		kernel/domainname kernel/shmmax && cat kernel/sem | tr "\t" " "'
	[ "$output" = $'1\nhere.org\n4096\n250 32000 32 7' ]
	# Dots and slashes change places where a slash is first.
	fails 125 "ptyfork: cannot set 'net/ipv4/conf/eth0.1/forwarding=1': No such file or directory" \
		ptyfork -n --sysctl net/ipv4/conf/eth0.1/forwarding=1 -- true
	fails 125 "ptyfork: cannot set 'net.ipv4.conf.eth0/1.forwarding=1': No such file or directory" \
		ptyfork -n --sysctl net.ipv4.conf.eth0/1.forwarding=1 -- true
}

@test "ptyfork --sysctl refuses what is not of a new or joined namespace" {
	for word in vm.swappiness=1 net/ipv4/../../vm/swappiness=1 \
		kernel.shmmaxx=1 /net/ipv4/ip_forward=1 net//x=1 ./net/x=1; do
		fails 125 "ptyfork: cannot set '$word': it is no setting of a namespace" \
			ptyfork -inu --sysctl "$word" -- touch ran
	done
	fails 125 "ptyfork: cannot set 'net.x=1': it is of the caller's own net namespace" \
		ptyfork -iu --sysctl net.x=1 -- touch ran
	fails 125 "ptyfork: cannot set 'net.x=1': it is of the caller's own net namespace" \
		ptyfork --join net=/proc/self/ns/net --sysctl net.x=1 -- touch ran
	fails 125 "ptyfork: cannot set 'kernel.hostname=x': that is for --hostname" \
		ptyfork -u --sysctl kernel.hostname=x -- touch ran
	for word in x =x; do
		fails 125 "ptyfork: cannot set '$word': want NAME=VALUE" \
			ptyfork -n --sysctl "$word" -- touch ran
	done
	[ ! -e ran ]
}

@test "ptyfork --sysctl sets what is of a namespace that is joined" {
	as_root
	unshare -u sh -c 'echo; exec sleep 60' >ready 3>&- &
	started=$!
	within 20 test -s ready
	run -0 ptyfork --join "uts=/proc/$started/ns/uts" --sysctl kernel.domainname=j \
		-- cat /proc/sys/kernel/domainname
	[ "$output" = j ]
	[ "$(nsenter -t $started -u cat /proc/sys/kernel/domainname)" = j ]
}

# ahead CLOCK - seconds from the caller's clock to the command's, about
ahead() {
	local here there

	read -r here _ </proc/uptime
	there=$("$@" -- cut -d. -f1 /proc/uptime)
	ahead=$((there - ${here%.*}))
	[ "$ahead" -ge 0 ] || ahead=$((ahead + 3))
}

@test "ptyfork sets the clocks of a new time namespace ahead" {
	as_root
	run -0 ptyfork --monotonic=-5 --time-offset boottime=7:500000000 -- \
		awk '{ print $1, $2, $3 }' /proc/self/timens_offsets
	[ "$output" = $'monotonic -5 0\nboottime 7 500000000' ]
	for as in '' as_nobody; do
		ahead $as ptyfork -r --boottime 500000
		[ "$ahead" -ge 500000 ] && [ "$ahead" -lt 500090 ]
	done
	ahead ptyfork --init -p --boottime 500000
	[ "$ahead" -ge 500000 ] && [ "$ahead" -lt 500090 ]
	for word in x monotonic =1 boot=1; do
		fails 125 "ptyfork: cannot set '$word': want monotonic=SECS or boottime=SECS" \
			ptyfork --time-offset "$word" -- touch ran
	done
	for word in monotonic=x monotonic=1:1000000000 monotonic=1: boottime=1.5; do
		fails 125 "ptyfork: cannot set '$word': want SECS or SECS:NANOSECS" \
			ptyfork --time-offset "$word" -- touch ran
	done
	fails 125 "ptyfork: cannot set the clocks of a time namespace that is joined" \
		ptyfork --target $$ --boottime 1 -- touch ran
}

@test "ptyfork -n brings the interface lo up" {
	as_root
	for as in '' 'as_nobody'; do
		run -0 $as ptyfork -rn -- awk '/lo:/ { print "lo" }' /proc/net/dev
		[ "$output" = lo ]
		run -0 $as ptyfork -rn -- sh -c 'ss -h >/dev/null 2>&1
			exec 3<>/dev/udp/127.0.0.1/9 && echo up' ||
			run -0 $as ptyfork -rn -- bash -c \
				'exec 3<>/dev/udp/127.0.0.1/9 && echo up'
		[ "$output" = up ]
	done
}

@test "ptyfork joins one namespace and creates another" {
	as_root
	unshare -un sh -c 'hostname joined; echo; exec sleep 60' >ready 3>&- &
	started=$!
	within 20 test -s ready
	run -0 ptyfork --join "uts=/proc/$started/ns/uts" -p -m -r -- \
		sh -c 'hostname; echo $$; id -u; readlink /proc/self/ns/net'
	[ "$output" = $'joined\n1\n0\n'"$(readlink /proc/self/ns/net)" ]
	fails 125 'ptyfork: cannot create a namespace of a type that is joined' \
		ptyfork --join "uts=/proc/$started/ns/uts" -u -- touch ran
}

# later COMMAND... - what COMMAND sees of a mount that was made
# outside after it had started, at T/late
later() {
	unshare -m --propagation private bash -c '
		mkdir -p T && mount -t tmpfs host T && mount --make-shared T
		mkdir T/late T/mine; rm -f go seen; mkfifo go seen
		"$@" sh -c "echo >seen; read x <go
			mount -t tmpfs in \$0/mine 2>&1
			grep -c \" \$0/late \" /proc/self/mountinfo || :" "$where" &
		read -rt 9 <>seen; mount -t tmpfs late T/late
		timeout 20 sh -c "echo >go"; wait
		grep -c /T/mine /proc/self/mountinfo' - "$@"
}

@test "ptyfork --propagation says what new mounts have to do with the old" {
	as_root
	where=$PWD/T
	export where
	for words in $'private:0\n0' $'slave:1\n0' $'unchanged:1\n1' $'shared:1\n1'; do
		run later ptyfork -m --no-tty --propagation "${words%%:*}" --
		[ "$output" = "${words#*:}" ] || { echo "$words: $output"; false; }
	done
	run later ptyfork -m --no-tty --
	[ "$output" = $'0\n0' ]
	fails 125 "ptyfork: bad --propagation 'x': want private, slave, shared or unchanged" \
		ptyfork -m --propagation x -- touch ran
}

@test "a sandbox of two nested user namespaces is joined by who made it" {
	as_root
	as_nobody unshare -Urnm unshare -Ur sh -c 'echo >&3; exec sleep 100' \
		3>ready &
	started=$!
	within 20 test -s ready
	within 20 is_sleep "$started"
	started+=" $target"
	for as in as_nobody ''; do
		run -0 $as ptyfork -t "$target" --no-tty -- sh -c \
			'readlink /proc/self/ns/user /proc/self/ns/net \
			/proc/self/ns/mnt; id -u'
		[ "$output" = "$(ns "$target" user; ns "$target" net
			ns "$target" mnt; echo 0)" ]
	done
}

@test "every namespace that is used up is told as that, whatever makes it" {
	as_root
	local words

	for words in 'net ptyfork -n' 'mnt ptyfork -m' 'uts ptyfork -u' \
		'ipc ptyfork -i' 'pid ptyfork -p' 'user ptyfork -U' \
		'cgroup ptyfork -C' 'time ptyfork -T' \
		'time ptyfork --monotonic 5' 'mnt newroot /'; do
		# shellcheck disable=SC2086
		run -0 unshare -Urpf --mount-proc sh -c '
			echo 0 >/proc/sys/user/max_$1_namespaces; shift
			"$@" true 2>&1 || echo $?' sh $words
		[[ $output == *' (see max_'*'_namespaces in /proc/sys/user): '*$'\n125' ]]
	done
}

# bats test_tags=unsanitized
@test "what a chroot does not have is told" {
	as_root
	mkdir -p R/bin
	cp "$BIN/ptybox" R/bin/ptyfork
	fails 125 'ptyfork: cannot cut mounts off from others (the present root is no mount point: a chroot?): *' \
		chroot R /bin/ptyfork --no-tty -m -- touch ran
	fails 125 'ptyfork: cannot create namespaces (there is no user namespace in a chroot, nor where /proc/sys/kernel forbids it): *' \
		chroot R /bin/ptyfork --no-tty -U -- touch ran
	fails 125 'ptyfork: cannot seal this program: /proc is not mounted' \
		chroot R /bin/ptyfork --no-tty --target 1 -- touch ran
	fails 125 'ptyfork: cannot seal this program: /proc is not mounted' \
		chroot R /bin/ptyfork --no-tty --pid --init -- touch ran
}

@test "a proc of which parts are hidden permits no new one, and that is told" {
	as_root
	local mask='mount --bind /dev/null /proc/self/../keys && exec "$@"'

	chmod 755 .
	fails 125 "ptyfork: cannot mount proc at '/proc' (in a user namespace it takes a pid namespace of its own, and a proc that nothing is mounted over): *" \
		unshare -m sh -c "$mask" sh \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		ptyfork -r -p --no-tty --mount-proc -- touch ran
	fails 125 "newroot: cannot mount 'proc' at '/proc': not permitted (in a user namespace, where something is mounted over a part of the present one)" \
		unshare -m sh -c "$mask" sh \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		ptyfork -r -p -m --no-tty -- newroot --proc /proc / touch ran
	fails 125 "newroot: cannot bind '/' (in a user namespace, with what is mounted below alone: rbind): *" \
		as_nobody ptyfork -r -m --no-tty -- newroot --mount bind / /tmp bind / \
		touch ran
}

@test "what is missing for a namespace, or is used up, is told" {
	as_root
	fails 125 'ptyfork: cannot create namespaces (an unprivileged user adds --map-root-user): *' \
		as_nobody ptyfork -m -p -- touch ran
	run -0 unshare -Urpf --mount-proc sh -c '
		echo 0 >/proc/sys/user/max_net_namespaces
		ptyfork -n -- true 2>&1 || echo $?'
	[[ $output == 'ptyfork: cannot create namespaces (see max_*_namespaces in /proc/sys/user): '*$'\n125' ]]
	fails 125 "ptyfork: cannot mount proc at '/proc' (in a user namespace it takes a pid namespace of its own, and a proc that nothing is mounted over): *" \
		as_nobody ptyfork -r --mount-proc -- touch ran
	fails 125 "newroot: cannot mount 'sysfs' at '/sys': not permitted (in a user namespace it takes a net namespace of its own)" \
		as_nobody ptyfork -r -m -- newroot --mount sysfs x /sys '' / true
	printf '#!/no/such/interpreter\n' >script
	chmod 755 script .
	for words in ptyfork 'ptyfork --no-tty' confine hook reap 'newroot --ro-bind /dev/null /x /' \
		'ptyfork -m -- confine'; do
		# shellcheck disable=SC2086
		run -127 $words -- "$PWD/script"
		[[ $output == *": cannot execute '$PWD/script' (its interpreter or loader is missing): "* ]]
	done
}
