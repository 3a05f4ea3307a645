#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031 # expanded by another shell; bats
# Devices, terminals and memory in a root, as a runtime's specification asks.
load lib
load rootfs

setup() {
	stage
	chmod 755 .
	rootfs R
	cat /proc/self/mountinfo >mounts.before
}

teardown() {
	cmp /proc/self/mountinfo mounts.before
	leave_nothing
}

# inside SCRIPT OPTION... - run busybox's sh in R, with a proc
inside() {
	local script=$1

	shift
	$as newroot --proc /proc "$@" R -- sh -c "$script"
}

# shows WANTED SCRIPT OPTION... - what the script prints there, exactly
shows() {
	local wanted=$1

	shift
	run -0 inside "$@"
	[ "$output" = "$wanted" ] || { echo "${as:-root}, $*: $output"; return 1; }
}

# both PLAN - run the function once with $as empty, once as a plain user
both() {
	as=''
	"$@"
	rm -rf R
	rootfs R
	chown -R 65534:65534 R
	as='as_nobody unshare -Urmpf'
	"$@"
}

# refused TEXT WORD... - newroot ends with that line and 125
refused() {
	local text=$1

	shift
	fails 125 "newroot: $text" newroot "$@"
}

DEVICES='cd /dev && stat -c "%n %t:%T" full null random tty urandom zero &&
	for l in fd ptmx stderr stdin stdout; do echo "$l $(readlink "$l")"; done
	echo >null && head -c 3 zero | wc -c && test ! -e pts'
WANTED='full 1:7
null 1:3
random 1:8
tty 5:0
urandom 1:9
zero 1:5
fd /proc/self/fd
ptmx pts/ptmx
stderr /proc/self/fd/2
stdin /proc/self/fd/0
stdout /proc/self/fd/1
3'

standard_devices() {
	shows "$WANTED" "$DEVICES" --devices /dev
	# Once more, on what is there by now.
	shows "$WANTED" "$DEVICES" --devices /dev
	shows "$WANTED" "$DEVICES" --mount tmpfs x /dev mode=755 --devices /dev
}

@test "--devices makes the standard devices in the /dev that is there" {
	as_root
	both standard_devices
}

@test "--devices replaces what is no device, and leaves links of the image" {
	as_root
	as=''
	echo data >R/dev/null
	ln -s null R/dev/zero
	mknod R/dev/full c 1 5
	mknod R/dev/ptmx c 5 2
	ln -s nothing R/dev/stdin
	shows "${WANTED/stdin \/proc\/self\/fd\/0/stdin nothing}" "$DEVICES" \
		--devices /dev
	rm R/dev/null
	mkdir R/dev/null
	refused "cannot make device 'null': *" --devices /dev R true
}

@test "--devices does not go where a link leads" {
	as_root
	ln -s tmp R/link
	refused "cannot use '/link' in root 'R': a symbolic link is on the way" \
		--devices /link R true
	[ -z "$(ls R/tmp)" ]
}

@test "the terminal is the console of the standard devices as well" {
	as_root
	for as in '' as_nobody; do
		rm -rf R
		rootfs R
		[ -z "$as" ] || chown -R 65534:65534 R
		ln -s /nowhere R/dev/console
		# shellcheck disable=SC2086
		run -0 $as ptyfork -mpui ${as:+-r} -- newroot --proc /proc \
			--mount tmpfs tmpfs /dev nosuid,mode=755 \
			--mount devpts devpts /dev/pts \
			newinstance,nosuid,noexec,ptmxmode=0666,mode=0600 \
			--devices /dev R sh -c 'tty; stat -c %t:%T /dev/console
			awk '\''$5 == "/dev/pts" { print $6, $NF }'\'' \
			/proc/self/mountinfo; cd /dev/pts; echo *'
		[ "$output" = $'/dev/pts/0\n88:0
rw,nosuid,noexec,relatime rw,mode=600,ptmxmode=666,max=1024\n0 ptmx' ]
		run -0 $as ptyfork -mpui ${as:+-r} -- newroot --proc /proc \
			--mount devpts devpts /dev/pts newinstance,ptmxmode=0666 \
			--devices /dev R stat -c %t:%T /dev/console
		[ "$output" = 88:0 ]
	done
}

@test "a devpts without a terminal of its own is a new one" {
	as_root
	as=''
	shows 'ptmx' 'cd /dev/pts && echo *' --mount devpts devpts /dev/pts \
		newinstance,ptmxmode=0666
	run -0 ptyfork -m -- newroot --mount devpts devpts /dev/pts '' \
		--mount devpts devpts /tmp newinstance R sh -c 'echo /dev/pts/* /tmp/*'
	[ "$output" = '/dev/pts/0 /dev/pts/ptmx /tmp/ptmx' ]
	run -125 ptyfork -m -- newroot --mount devpts devpts /dev/pts x=1 R true
	[[ $output == "newroot: cannot mount the terminal's devpts at '/dev/pts': "* ]]
}

@test "--device makes a device with its mode and its owner" {
	as_root
	as=''
	umask 077
	shows $'/dev/net/tun a:c8 character special file 666 0:0
/dev/d 7:9 block special file 640 7:8\n/f 0:0 fifo 4622 1:2' \
		'stat -c "%n %t:%T %F %a %u:%g" /dev/net/tun /dev/d /f' \
		--device /dev/net/tun c 10:200 0666 0:0 \
		--device dev/d b 7:9 640 7:8 --device /f p 0:0 4622 1:2
	# On one that is there the same, and on what is something else.
	shows $'/dev/d 7:9 600 0:0\n/f 1:3 666 3:4' \
		'stat -c "%n %t:%T %a %u:%g" /dev/d /f' \
		--device dev/d b 7:9 0600 0:0 --device /f u 1:3 666 3:4
}

@test "--device binds the host's device where none can be made, and no other" {
	as_root
	chown -R 65534:65534 R
	as='as_nobody unshare -Urmpf'
	shows 1:3 'stat -c %t:%T /dev/null && echo >/dev/null' \
		--device /dev/null c 1:3 0666 0:0
	shows fifo 'stat -c %F /f' --device /f p 0:0 0600 0:0
	# shellcheck disable=SC2086
	fails 125 "newroot: cannot bind-mount the host's '/dev/zero': it is not device 1:3" \
		$as newroot --device /dev/zero c 1:3 666 0:0 R true
	# shellcheck disable=SC2086
	fails 125 "newroot: cannot bind-mount the host's '/dev/nope': *" \
		$as newroot --device /dev/nope c 1:3 666 0:0 R true
}

@test "--device leaves a device that is mounted there as it is" {
	as_root
	mknod -m 640 mine c 1 3
	chown 5:6 mine
	mkdir R/sub
	as=''
	shows $'1:3 640 5:6\n1:3 640 5:6' \
		'stat -c "%t:%T %a %u:%g" /dev/x /sub/mine' \
		--bind mine /dev/x --device /dev/x c 1:3 666 0:0 \
		--bind mine /sub/mine --device /sub/mine c 1:3 666 0:0
	[ "$(stat -c '%a %u:%g' mine)" = '640 5:6' ]
	chown -R 65534:65534 R
	as='as_nobody unshare -Urmpf'
	shows 1:7 'stat -c %t:%T /dev/full' --devices /dev \
		--device /dev/full c 1:7 666 0:0
}

@test "--device refuses words that are no device" {
	for words in 'x 1:3 666 0:0|type' 'cc 1:3 666 0:0|type' \
		'c 1 666 0:0|number' 'c 1:x 666 0:0|number' \
		'c 4294967296:1 666 0:0|number' 'c 1:3 888 0:0|mode' \
		'c 1:3 17777 0:0|mode' 'c 1:3 666 0|owner' \
		'c 1:3 666 0:4294967295|owner'; do
		# shellcheck disable=SC2086
		refused "bad ${words#*|} '*' of a device: want *; *" \
			--dir /made --device /dev/x ${words%|*} R true
	done
	[ ! -e R/made ]
}

@test "each option that puts something into a root is known as one" {
	options=$(newroot --help | sed -n 's/^ *\(--[a-z-]*\( [A-Z:]\{1,\}\)\{1,\}\).*/\1/p')
	[ "$(wc -l <<<"$options")" -gt 15 ]
	while read -r option words; do
		# shellcheck disable=SC2086
		run -125 newroot "$option" $words no/root true
		[[ $output != *'puts nothing into a root'* ]]
	done <<<"$options"
}

@test "a tmpfs has the mode of the directory that it covers, or its own" {
	as_root
	as=''
	mkdir -m 711 R/d
	shows '711 1700 755' 'echo $(stat -c %a /d /tmp /new)' \
		--mount tmpfs x /d nosuid --mount tmpfs x /tmp mode=1700,ro \
		--mount tmpfs x /new ro,mode=755
	shows '711 ro' 'echo $(stat -c %a /d; (: >/d/x) 2>&- || echo ro)' \
		--mount tmpfs x /d ro
}

@test "a tmpfs where there was no directory is for all users, the next time too" {
	as_root
	as=''
	for _ in 1 2; do
		shows '755 1777 1777' 'echo $(stat -c %a /a /a/new /copy)' \
			--mount tmpfs x /a/new nosuid \
			--mount tmpfs x /copy tmpcopyup
	done
}

@test "a tmpfs that is to be read-only is so when all is in it" {
	as_root
	as=''
	shows 'ro null:1:3 a' 'cd /dev; echo $( (: >x) 2>&- || echo ro
		stat -c %n:%t:%T null) $(ls -d a)' --mount tmpfs x /dev ro,mode=755 \
		--devices /dev --dir /dev/a --mount devpts x /dev/pts newinstance
}

@test "tmpcopyup copies what a tmpfs covers, and leaves that as it is" {
	as_root
	as=''
	mkdir -p R/d/sub/deep
	echo one >R/d/one
	chmod 640 R/d/one
	touch -d @7 R/d/one R/d/sub
	ln -s one R/d/link
	mkfifo R/d/fifo
	"$HELPER" socket R/d/socket
	chown -h 3:4 R/d/one R/d/link R/d/sub
	echo deep >R/d/sub/deep/file
	shows $'one fifo 0:0 644\none link 3:4 777\none one 3:4 640\none sub 3:4 755\ndeep\n7' \
		'cd /d; for f in *; do echo $(cat one) $f $(stat -c "%u:%g %a" $f)
		done; cat sub/deep/file; stat -c %Y one; echo new >one; rm -r sub' \
		--mount tmpfs x /d tmpcopyup
	[ "$(cat R/d/one R/d/sub/deep/file)" = $'one\ndeep' ]
	rm R/d/socket
	chown 5:6 R/d
	for owned in 7:6:uid=7 5:8:gid=8 7:8:uid=7,gid=8; do
		shows "${owned%:*}" 'stat -c %u:%g /d' \
			--mount tmpfs x /d "${owned##*:},tmpcopyup"
	done
	shows 'one ro' 'echo $(cat /d/one; (: >/d/x) 2>&- || echo ro)' \
		--mount tmpfs x /d ro,tmpcopyup
	refused "bad mount option 'tmpcopyup': it is for tmpfs; *" \
		--mount proc x /d tmpcopyup R true
}

# propagates WORDS - does a mount that is made outside appear inside a bind, and
# one inside outside?
propagates() {
	where=$PWD/T unshare -m --propagation private bash -c '
		mkdir -p T && mount -t tmpfs host T && mount --make-shared T
		mkdir T/late T/mine; rm -f go seen; mkfifo go seen
		"$@" --bind go /go --bind seen /seen R sh -c "echo >/seen
			read x </go; mount -t tmpfs in /x/mine
			grep -c \" /x/late \" /proc/self/mountinfo || :" &
		read -rt 9 <>seen; mount -t tmpfs late T/late
		timeout 20 sh -c "echo >go"; wait
		grep -c /T/mine /proc/self/mountinfo' - "$@"
}

@test "a bind that is a slave gets what is mounted outside later, a shared one gives" {
	as_root
	for start in newroot 'ptyfork -m --no-tty -- newroot'; do
		for words in $':0\n0' $'rslave:1\n0' $'slave:1\n0' $'rprivate:0\n0'; do
			# shellcheck disable=SC2086
			run propagates $start --proc /proc --mount none T /x \
				"rbind,${words%%:*}"
			[ "$output" = "${words#*:}" ] ||
				{ echo "$start $words $output"; false; }
		done
	done
	for start in newroot 'ptyfork -m --propagation unchanged --no-tty -- newroot'; do
		# shellcheck disable=SC2086
		run propagates $start --proc /proc --mount none T /x rbind,rshared
		[ "$output" = $'1\n1' ] || { echo "$start: $output"; false; }
	done
}

@test "a bind is not shared with nobody" {
	as_root
	mkdir T
	for words in rbind,rshared bind,shared rbind,rslave,shared; do
		fails 125 "newroot: cannot bind 'T' shared: its mount is shared with no other (ptyfork --propagation unchanged keeps it so)" \
			unshare -m --propagation private \
			newroot --mount none T /x "$words" R true
		fails 125 "newroot: cannot bind 'T' shared: *" unshare -m sh -c '
			mount --bind T T && mount --make-shared T &&
			exec ptyfork -m -- newroot --mount none T /x "$0" R true' \
			"$words"
	done
}

@test "--propagation of the root is that of its binds, and reaches nobody outside" {
	as_root
	for words in $'rslave:1\n0' $'slave:1\n0' $'rshared:1\n0' $'private:0\n0' \
		$'runbindable:0\n0'; do
		run propagates newroot --proc /proc --propagation "${words%%:*}" \
			--mount none T /x rbind
		[ "$output" = "${words#*:}" ] || { echo "$words $output"; false; }
	done
	run -0 newroot --proc /proc --propagation shared R awk \
		'{ print $5, $7 }' /proc/self/mountinfo
	[[ $output == *'/ shared:'* && $output == *'/proc -'* ]]
	run -0 newroot --proc /proc --propagation rshared R awk \
		'{ print $5, $7 }' /proc/self/mountinfo
	[[ $output == *'/ shared:'* && $output == *'/proc shared:'* ]]
	for word in x bind private,shared ro ''; do
		refused "bad --propagation '$word': want *; *" \
			--propagation "$word" R true
	done
}

# hierarchies - those of version 1 that the host has mounted, a line each
hierarchies() {
	awk '$3 == "cgroup" { sub(".*/", "", $2); print $2 }' /proc/mounts | sort
}

# cgroup_dirs OPTION... - what is at /sys/fs/cgroup, and how is it mounted?
cgroup_dirs() {
	run -0 ptyfork -mpn --no-tty "$@" -- newroot --proc /proc \
		--mount sysfs sysfs /sys ro,nosuid \
		--mount cgroup cgroup /sys/fs/cgroup nosuid,noexec,nodev,ro \
		R sh -c 'for d in /sys/fs/cgroup/*; do echo "${d##*/}"; done
		awk '\''$5 ~ "^/sys/fs/cgroup" { print $6 }'\'' \
		/proc/self/mountinfo | sort -u'
	[ "$output" = "$(hierarchies)
ro,nosuid,nodev,noexec,relatime" ] || { echo "$*: $output"; return 1; }
}

@test "cgroups of version 1 are a directory for each hierarchy" {
	as_root
	[ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ] ||
		without 'needs cgroups of version 1'
	[ -n "$(hierarchies)" ]
	cgroup_dirs
	cgroup_dirs -C
	cgroup_dirs -r
	cgroup_dirs -r -C
}

@test "of a hierarchy the root has the process's own cgroup and what is below" {
	local top

	top=$(awk '$3 == "cgroup" && $4 !~ /cpuset/ { print $2; exit }' /proc/mounts)
	[ -w "$top" ] || without 'needs cgroups of version 1'
	mkdir -p "$top/ptybox-test-$$/in"
	for option in '' -C; do
		# shellcheck disable=SC2086
		run -0 ptyfork -mpn $option --cgroup "$top/ptybox-test-$$" \
			--no-tty -- newroot --mount cgroup cgroup /tmp rw R \
			sh -c 'cd /tmp/"$0" && echo */ && cat cgroup.procs' \
			"${top##*/}"
		[ "${lines[0]}" = in/ ] || { echo "$output"; false; }
		[ "${lines[1]}" = 1 ]
	done
	within 20 rmdir "$top/ptybox-test-$$/in"
	within 20 rmdir "$top/ptybox-test-$$"
}

@test "cgroups of version 2 are mounted anew" {
	as_root
	run -0 ptyfork -mp -C --no-tty -- newroot --proc /proc \
		--mount cgroup2 cgroup /tmp nosuid,ro R \
		awk '$5 == "/tmp" { print $6, $8, $9 }' /proc/self/mountinfo
	[ "$output" = 'ro,nosuid,relatime cgroup2 cgroup' ]
}

@test "directories that are masked share one file system" {
	as_root
	mkdir R/d1 R/d2 R/d3
	as=''
	shows '1 3' 'awk '\''$5 ~ "^/d" { n++; seen[$3]++ } END {
		for (s in seen) m++; print m, n }'\'' /proc/self/mountinfo' \
		--mask /d1 --mask /d2 --mask d3
	refused "cannot mask '/': it is the root" --mask / R true
}

@test "a bind with mapped ids shows the owners that the maps say" {
	as_root
	mkdir src
	for id in 0 7 2000; do
		: >"src/$id"
		chown "$id:$id" "src/$id"
	done
	as=''
	shows '1000:0 1007:9 65534:65534' \
		'echo $(stat -c %u:%g /x/0 /x/7 /x/2000)' --mount none src /x \
		'bind,idmap,X-mount.idmap=u:0:1000:10 g:0:0:1 g:7:9:1'
	shows '0:0 7:7 2000:2000' \
		'echo $(stat -c %u:%g /x/0 /x/7 /x/2000)' --bind src /x
}

@test "maps that are none are refused" {
	as_root
	mkdir src
	for maps in x u:0:0 q:0:0:1 u:0:0:1:1 'b:0:0:1 y'; do
		refused "bad id map '*': want u:INSIDE:OUTSIDE:COUNT, g:, b:" \
			--mount none src /x "bind,X-mount.idmap=$maps" R true
	done
}

@test "a /dev/null of the host is the root's own in the command" {
	as_root
	# A copy of the host's tree of devices, so that nothing of it is changed.
	run -0 unshare -m sh -c 'mount -t tmpfs t /mnt && mkdir /mnt/dev &&
		mknod -m 640 /mnt/dev/null c 1 3 &&
		mount --bind /mnt/dev/null /dev/null &&
		newroot --proc /proc --dev /dev R -- sh -c "
			chmod 7 /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2
			stat -L -c %a /proc/self/fd/0 >/result
			readlink /proc/self/fd/2 >>/result
			echo x >&0 || echo read-only >>/result" \
			</dev/null >/dev/null 2>/dev/null &&
		stat -c %a /mnt/dev/null'
	[ "$output" = 640 ]
	[ "$(<R/result)" = $'7\n/dev/null\nread-only' ]
}

@test "a /dev/null that a root does not have stays the host's" {
	as_root
	: >R/dev/null
	run -0 newroot --proc /proc R -- sh -c 'stat -L -c %t:%T /proc/self/fd/0' </dev/null
	[ "$output" = 1:3 ]
}
