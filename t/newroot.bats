#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by another shell
# shellcheck disable=SC2030,SC2031 # variables are a test's own
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

# plain COMMAND... - as a plain user, who is root in namespaces of his own
plain() {
	as_nobody unshare -Urmpf "$@"
}

# both PLAN - run the function once with $as empty, once with it "plain"
both() {
	as=''
	"$@"
	chown -R 65534:65534 R
	as=plain
	"$@"
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

# What is mounted, without / and /proc: where, how, which type and source.
MOUNTS='awk '\''$5 !~ "^/(proc)?$" {
	for (i = 7; $i != "-"; i++);
	print $5, $6, $(i + 1), $(i + 2)
}'\'' /proc/self/mountinfo'
POINTS='awk "{ print \$5 }" /proc/self/mountinfo | sort | tr "\n" " "'

# of PLACE WANTED OPTIONS - a tmpfs with these options of mount(8) has those
of_tmpfs() {
	run -0 newroot --proc /proc --mount tmpfs it /x "$2" R -- \
		sh -c "$MOUNTS"
	[ "$output" = "/x $1 tmpfs it" ] || { echo "$2: $output"; return 1; }
}

# refused TEXT WORD... - newroot ends with that line and 125
refused() {
	local text=$1

	shift
	fails 125 "newroot: $text" newroot "$@"
}

only_the_root() {
	shows '/ /proc ' "$POINTS"
	shows / 'pwd'
	shows 'bin dev etc proc root sys tmp usr' 'echo *'
}

@test "nothing of the host's is there but DIR, and that is the root and the cwd" {
	as_root
	both only_the_root
	[ "$(ls R)" = $'bin\ndev\netc\nproc\nroot\nsys\ntmp\nusr' ]
}

@test "DIR may be a mount point, a link, deep, and the working directory" {
	as_root
	ln -s R link
	cd R
	for dir in . ../link ../R/../link/ "$PWD"; do
		run -0 newroot "$dir" pwd
		[ "$output" = / ]
	done
	run -0 unshare -m sh -c 'mount --bind ../R ../R && newroot ../R ls -d /bin'
}

@test "DIR may be /" {
	as_root
	for as in '' plain; do
		run -0 $as newroot --tmpfs /mnt / sh -c 'pwd; ls /mnt; echo "$0"' "$PWD"
		[ "$output" = $'/\n'"$PWD" ]
	done
}

@test "DIR may be on a read-only file system" {
	as_root
	run -0 unshare -m sh -c 'mount --bind -o ro R R &&
		newroot --proc /proc R sh -c "(: >/x) 2>&- || echo ro"'
	[ "$output" = ro ]
}

@test "a caller with a mount namespace of its own keeps its mounts" {
	as_root
	run -0 unshare -m sh -c 'cat /proc/self/mountinfo >a
		newroot --tmpfs /x R true; cmp a /proc/self/mountinfo; pwd'
	[ "$output" = "$PWD" ]
}

@test "the command's status is that of newroot" {
	as_root
	run -7 newroot R sh -c 'exit 7'
	run -137 newroot R sh -c 'kill -9 $$'
}

@test "two dashes may be left out, or be before DIR" {
	as_root
	for words in 'R -- echo a' 'R echo a' '-- R -- echo a' '-- R echo a'; do
		# shellcheck disable=SC2086
		run -0 newroot $words
		[ "$output" = a ]
	done
	run -0 newroot R echo -- a
	[ "$output" = '-- a' ]
}

@test "a command that is not there is 127, one that cannot be executed 126" {
	as_root
	fails 127 "newroot: cannot execute 'nope': *" newroot R nope
	fails 127 "newroot: cannot execute '/bin/nope': *" newroot R /bin/nope
	: >R/bin/data
	fails 126 "newroot: cannot execute 'data': *" newroot R data
}

@test "a root that is no directory, or none, is refused" {
	as_root
	refused "cannot open root 'nope': *" nope true
	refused "cannot open root 'R/bin/sh': *" R/bin/sh true
	refused "cannot open root '': *" '' true
}

@test "DIR and COMMAND are wanted" {
	refused 'missing operand: want DIR \[--\] COMMAND \[ARG\]...; *'
	refused 'missing operand: *' R
	refused 'missing COMMAND; *' R --
}

@test "a plain user without a user namespace is told what to do" {
	as_root
	fails 125 "newroot: cannot make a mount namespace: not permitted (an unprivileged user calls 'ptyfork -r -m -- newroot ...')" \
		as_nobody newroot R true
}

@test "proc needs a pid namespace where root is not root, and that is said" {
	as_root
	fails 125 "newroot: cannot mount 'proc' at '/proc': not permitted (in a user namespace it takes a pid namespace of its own)" \
		as_nobody unshare -Urm newroot --proc /proc R true
}

the_short_forms() {
	shows '/p rw,nosuid,nodev,noexec,relatime proc proc' "$MOUNTS" --proc /p
	shows '/p rw,nosuid,nodev,relatime tmpfs tmpfs' "$MOUNTS" --tmpfs /p
	shows "$1" 'stat -c %a:%F /p' --tmpfs /p
	shows "$1" 'stat -c %a:%F /d/e' --dir /d/e
	shows '1:a b' 'readlink /link' --symlink '1:a b' /link
}

@test "--dir-try makes a directory, or goes on without it" {
	as_root
	shows /made/d 'echo /ma*/*' --dir-try /made/d
	shows '/proc/version 1' 'echo /proc/version $(echo /proc/version/*|wc -l)' \
		--proc /proc --dir-try /proc/version/d
}

@test "--proc, --tmpfs, --dir and --symlink make what they say" {
	as_root
	both the_short_forms 755:directory
}

@test "--mqueue mounts a new mqueue" {
	as_root
	as='unshare -i'
	shows '/q rw,nosuid,nodev,noexec,relatime mqueue mqueue' "$MOUNTS" \
		--mqueue /q
}

a_dev() {
	as="$as unshare -i"
	shows $'/dev/null:1:3\n/dev/tty:5:0\npts/ptmx\nptmx' \
		'stat -c %n:%t:%T /dev/null /dev/tty && readlink /dev/ptmx &&
		echo >/dev/null && cd /dev/pts && echo * && ls /dev/shm' --dev /dev
	shows '/ /dev /dev/mqueue /dev/pts /dev/shm /proc ' \
		"$POINTS | sed 's,/dev/[fnrtuz][a-z]* ,,g'" --dev /dev
}

@test "--dev makes a /dev, without a console where no terminal of it is there" {
	as_root
	both a_dev
}

what_is_bound() {
	shows hello 'cat /x/file && echo bye >/x/file' --bind src /x
	shows bye 'cat /y && (: >/y) 2>&1 && cat /y' --bind src/file /y
	echo hello >src/file
	shows hello 'cat /x/file; (echo bye >/x/file) 2>&- || true' \
		--ro-bind src /x
	shows 'rw,nodev ro,nodev rw ' "$MOUNTS | awk '{
		sub(\",relatime\", \"\", \$2); printf \"%s \", \$2 }'" \
		--bind src /a --ro-bind src /b --dev-bind src /c
}

@test "--bind, --ro-bind and --dev-bind bind files and directories of the host" {
	as_root
	mkdir -m 777 src
	echo hello >src/file
	chmod 666 src/file
	both what_is_bound
}

@test "--bind leaves the devices behind that --dev-bind has" {
	as_root
	mkdir src
	mknod -m 666 src/null c 1 3
	as=''
	shows denied '(: >/x/null) 2>&- || echo denied' --bind src /x
	shows denied '(: </x/null) 2>&- || echo denied' --ro-bind src /x
	shows '' ': >/x/null' --dev-bind src /x
}

@test "what is mounted below SRC is bound as well, and as SRC is" {
	as_root
	mkdir -p src/below
	run -0 unshare -m sh -c "mount -t tmpfs in src/below && : >src/below/file &&
		newroot --proc /proc --ro-bind src /x R -- sh -c '
		echo /x/below/*; (: >/x/below/new) 2>&- || echo ro'"
	[ "$output" = $'/x/below/file\nro' ]
}

@test "--bind of / does not have the root in it a second time" {
	as_root
	as=''
	run -0 inside "$POINTS" --tmpfs /tmp --bind / /host
	[[ $output == *' /host '* && $output != *" /host$PWD/R"* ]]
}

@test "the -try forms are content where there is no SRC, and make nothing" {
	as_root
	for option in --bind-try --ro-bind-try --dev-bind-try; do
		run -0 newroot $option nope /x $option R/bin /y R echo /x /y/sh
		[ "$output" = '/x /y/sh' ]
		[ ! -e R/x ]
		refused "cannot bind 'R/bin/sh/x': *" $option R/bin/sh/x /x R true
	done
	refused "cannot bind 'nope': *" --bind nope /x R true
	[ ! -e R/x ]
}

@test "options are followed in their order" {
	as_root
	as=''
	shows '/a /a/b /a/b/c' 'echo $(find /a)' --tmpfs /a --dir /a/b --dir /a/b/c
	shows '/a' 'echo $(find /a)' --dir /a/b --dir /a/b/c --tmpfs /a
	shows x 'readlink /a/b' --tmpfs /a --symlink y /b --symlink x /a/b
}

@test "options of mount(8) are those of the mount" {
	as_root
	of_tmpfs rw,relatime ''
	of_tmpfs rw,relatime defaults
	of_tmpfs ro,relatime ro
	of_tmpfs rw,relatime ro,rw
	of_tmpfs ro,nosuid,nodev,noexec,relatime noexec,nosuid,nodev,ro
	of_tmpfs rw,relatime nosuid,nodev,noexec,suid,dev,exec
	of_tmpfs rw,noatime noatime
	of_tmpfs rw strictatime
	of_tmpfs rw,nodiratime,relatime nodiratime
	of_tmpfs rw,relatime,nosymfollow nosymfollow
}

@test "the last of the options that say when a file was read counts" {
	as_root
	of_tmpfs rw,relatime noatime,atime
	of_tmpfs rw,noatime noatime,norelatime
	of_tmpfs rw,noatime noatime,nostrictatime
	of_tmpfs rw,relatime strictatime,nostrictatime
	of_tmpfs rw strictatime,atime
	of_tmpfs rw,noatime relatime,noatime
	of_tmpfs rw,noatime,nodiratime noatime,nodiratime,diratime,nodiratime
}

@test "the recursive options hold for a single mount as well, and win" {
	as_root
	of_tmpfs ro,nosuid,nodev,noexec,relatime rro,rnosuid,rnodev,rnoexec
	of_tmpfs ro,relatime rro,rw
	of_tmpfs rw,noatime strictatime,rnoatime
	of_tmpfs rw,relatime ro,rrw
}

@test "recursive options of a bind reach all that is mounted below" {
	as_root
	mkdir -p src/below
	run -0 unshare -m sh -c 'mount -t tmpfs in src/below &&
		newroot --proc /proc --mount none src /x rbind,rro,noexec,rnosuid \
		R -- awk '\''$5 ~ "^/x" { print $5, $6 }'\'' /proc/self/mountinfo'
	[ "$output" = $'/x ro,nosuid,noexec,relatime\n/x/below ro,nosuid,relatime' ]
	run -0 unshare -m sh -c 'mount -t tmpfs in src/below &&
		newroot --proc /proc --mount none src /x bind R -- ls /x/below &&
		newroot --proc /proc --mount bind src /x bind R -- awk '\''
		$5 ~ "^/x" { print $5 }'\'' /proc/self/mountinfo'
	[ "$output" = /x ]
}

@test "a mount has the propagation that is asked for, and is private else" {
	as_root
	for words in : private: rprivate: 'shared:shared:*' 'rshared:shared:*' \
		slave: rslave: unbindable:unbindable shared,private: \
		rshared,private: shared,rprivate:; do
		run -0 newroot --proc /proc --mount tmpfs it /x "${words%%:*}" R \
			awk '$5 == "/x" && $7 != "-" { print $7 }' \
			/proc/self/mountinfo
		# shellcheck disable=SC2053
		[[ $output == ${words#*:} ]] || { echo "$words $output"; false; }
	done
}

@test "what is mounted in a root that others share does not reach them" {
	as_root
	run -0 unshare -m sh -c 'mount -t tmpfs it R && mount --make-shared R &&
		mkdir R/tmp R/bin && cp /bin/busybox R/bin && \
		unshare -m --propagation unchanged \
			newroot --tmpfs /tmp R busybox true &&
		grep -c " $PWD/R" /proc/self/mountinfo'
	[ "$output" = 1 ]
}

@test "a bind of what others share is private" {
	as_root
	mkdir shared
	run -0 unshare -m sh -c 'mount -t tmpfs it shared &&
		mount --make-shared shared &&
		newroot --proc /proc --bind shared /x R cat /proc/self/mountinfo'
	[[ $output == *' /x '* ]]
	[[ $output != *shared:* ]]
}

@test "other options are the file system's" {
	as_root
	as=''
	shows $'1777\n20.0K' 'stat -c %a /x; busybox df -h /x |
		awk "NR == 2 { print \$2 }"' \
		--mount tmpfs it /x mode=1777,size=20k
	shows 'rw,sync,dirsync,mode=700' 'awk "\$5 == \"/x\" { print \$NF }" \
		/proc/self/mountinfo' --mount tmpfs it /x sync,dirsync,mode=700
}

@test "a proc hides what it is told to hide" {
	as_root
	run -0 newroot --mount proc proc /proc hidepid=invisible R \
		cat /proc/mounts
	[[ $output == *'hidepid=invisible'* ]]
	run -1 newroot --mount proc proc /proc subset=pid R ls -d /proc/sys
}

@test "what a file system refuses is said in its own words" {
	as_root
	refused "cannot mount 'tmpfs' at '/x': tmpfs: Bad value for 'size'" \
		--mount tmpfs it /x size=x R true
	refused "cannot mount 'tmpfs' at '/x': tmpfs: Unknown parameter 'x'" \
		--mount tmpfs it /x nosuid,x R true
	refused "cannot mount 'nofs' at '/x': no such file system" \
		--mount nofs it /x '' R true
	refused "cannot mount 'tmpfs' at '/x': tmpfs: Unknown parameter '\?\[J'" \
		--mount tmpfs it /x $'\e[J' R true
	[ ! -e R/x ]
}

@test "options that make no sense are refused before anything is done" {
	as_root
	refused "bad mount options 'ro,=x': a value without a name; *" \
		--dir /made --mount tmpfs it /x ro,=x R true
	refused "bad mount options '*': too many; *" \
		--mount tmpfs it /x "$(printf 'x,%.0s' {1..65})" R true
	refused "bad mount type 'none': it is for bind and rbind; *" \
		--mount none it /x ro R true
	refused "cannot bind 'R': option 'size=1' is not for binds" \
		--mount none R /x bind,size=1 R true
	refused 'option --mount wants TYPE SRC DST OPTS; *' --mount tmpfs it /x
	[ ! -e R/made ]
}

@test "a mount on the root itself becomes the root, and DIR stays empty" {
	as_root
	mkdir empty
	for path in / . /./; do
		run -0 newroot --tmpfs "$path" --ro-bind R/bin /bin --proc /proc \
			--symlink y /x empty sh -c "ls; $POINTS"
		[ "$output" = $'bin\nproc\nx\n/ /bin /proc ' ] ||
			{ echo "$path $output"; false; }
	done
	run -0 newroot --ro-bind / / --tmpfs /tmp empty sh -c \
		'(: >/x) 2>&- || echo ro; ls /tmp; pwd'
	[ "$output" = $'ro\n/' ]
	mkdir up work 'lo,wer'
	echo low >'lo,wer/file'
	cp -a R/bin 'lo,wer'
	run -0 unshare -m sh -c 'mount -t tmpfs x up && mkdir up/u up/w &&
		newroot --mount overlay x / "lowerdir=lo\\,wer,upperdir=up/u,workdir=up/w" \
		empty sh -c "cat /file; echo new >/file; cat /file" && cat up/u/file'
	[ "$output" = $'low\nnew\nnew' ]
	[ "$(cat 'lo,wer/file')" = low ]
	[ -z "$(ls empty)" ]
}

@test "what is masked is what the root has last" {
	as_root
	echo secret >R/etc/file
	run -0 newroot --bind R / --proc /proc --mask /etc/file --read-only R \
		sh -c 'stat -c %t:%T /etc/file; (: >/x) 2>&- || echo ro'
	[ "$output" = $'1:3\nro' ]
	refused "cannot mount at '/': it is the root itself" --dev / R true
	refused "cannot use '' in root 'R': *" --tmpfs '' R true
	run -0 newroot --bind R /tmp --tmpfs /tmp R ls /tmp
	[ -z "$output" ]
}

@test "--perms is the mode of the next tmpfs or directory" {
	as_root
	as=''
	shows $'1777 711 755 755' 'echo $(stat -c %a /a /b /c /d)' \
		--perms 1777 --tmpfs /a --perms 711 --dir /b --dir /c --tmpfs /d
	refused '--perms is for --tmpfs, --dir, --file, --bind-data and *' \
		--perms 755 --proc /proc R true
	refused '--perms needs --tmpfs, --dir, --file, --bind-data or *' --perms 755 R true
	for word in x 8 77777 ''; do
		refused 'bad --perms: want octal digits; *' --perms "$word" \
			--dir /x R true
	done
}

@test "files have the content of a descriptor, and DIR stays as it is" {
	as_root
	echo old >R/etc/here
	seq 30000 >big
	run -0 newroot --ro-bind-data 0 /etc/here --bind-data 3 /etc/new/y \
		--perms 0640 --ro-bind-data 4 /z --tmpfs /tmp R -- sh -c '
		wc -l </etc/here; cat /etc/new/y /z; stat -c %a /etc/here /etc/new/y /z
		echo x >/etc/here; echo other >/etc/new/y; cat /etc/new/y' \
		< <(cat big) 3< <(echo three) 4<<<four
	[ "$output" = "30000
three
four
600
600
640
sh: can't create /etc/here: Read-only file system
other" ]
	[ "$(cat R/etc/here)" = old ]
	[ ! -s R/etc/new/y ]
}

@test "a file from a descriptor is a mount that has nothing else in it" {
	as_root
	as='ptyfork -r -m -p --no-tty --'
	shows $'three\ntmpfs /etc/x tmpfs ro,nosuid,nodev' \
		'cat /etc/x; cut -d, -f1-3 /proc/mounts | grep /etc/x; cd /; pwd >/dev/null' \
		--ro-bind-data 3 /etc/x --proc /proc 3<<<three
}

@test "--file puts content into the root itself, and follows no link there" {
	as_root
	echo secret >outside
	ln -s ../../outside R/etc/link
	mkfifo R/etc/fifo
	newroot --file 3 /etc/link --perms 0700 --file 4 /etc/fifo R true \
		3<<<three 4<<<four
	[ "$(cat outside R/etc/link R/etc/fifo)" = $'secret\nthree\nfour' ]
	[ "$(stat -c '%F %a' R/etc/link R/etc/fifo | xargs)" = \
		'regular file 644 regular file 700' ]
	fails 125 "newroot: cannot replace '/etc': *" newroot --file 3 /etc R true 3<outside
}

@test "content of a descriptor that was not passed on is an error" {
	as_root
	for fd in 99 x -1 ''; do
		refused "cannot use fd '$fd': it was not passed on; *" \
			--ro-bind-data "$fd" /x R true
	done
	[ ! -e R/x ]
}

@test "an option after DIR, and words that an option took, are told" {
	refused "option '--proc' comes after DIR; *" R --proc /proc
	refused 'missing operand: want DIR \[--\] COMMAND \[ARG\]... (--bind took SRC DST); *' \
		--bind /usr R /bin/true
}

@test "a target that is missing is made, a file for a file" {
	as_root
	newroot --bind R/bin/sh /a/b/file --tmpfs c//d/ R -- true
	run -0 stat -c '%n %a %F %U' R/a R/a/b R/a/b/file R/c R/c/d
	[ "$output" = "R/a 755 directory root
R/a/b 755 directory root
R/a/b/file 644 regular empty file root
R/c 755 directory root
R/c/d 755 directory root" ]
}

@test "a target of the other kind is refused" {
	as_root
	refused "cannot use '/bin/sh' in root 'R': *" --tmpfs /bin/sh R true
	refused "cannot use '/bin/sh/x' in root 'R': *" --tmpfs /bin/sh/x R true
	refused "cannot use '/bin' in root 'R': *" --bind R/bin/sh /bin R true
	refused "cannot use '/bin/sh' in root 'R': *" --dir /bin/sh R true
	refused "cannot make link '/bin/cat' in root 'R': *" --symlink x /bin/cat R true
	run -0 newroot --symlink busybox /bin/cat R true
	refused "cannot make 'new/': *" --symlink x new/ R true
	[ ! -e R/new ]
}

@test "links in the root lead to places in the root" {
	as_root
	mkdir out
	ln -s "$PWD/out" R/abs
	ln -s ../../../../../../../.. R/up
	mkdir -p "R$PWD/out"
	as=''
	shows "/ /proc $PWD/out " "$POINTS" --tmpfs /abs
	shows '/ /etc /proc ' "$POINTS" --tmpfs /up/etc
	shows made 'ls /new' --dir /abs/a/made --symlink abs/a /new
	[ -z "$(ls out)" ]
}

@test "no link is followed to where the kernel's own files are to be" {
	as_root
	ln -s tmp R/link
	for words in '--proc /link' '--mqueue /link' '--dev /link/dev' \
		'--mount sysfs sysfs /link/x ro' '--proc /link/'; do
		# shellcheck disable=SC2086
		fails 125 "newroot: cannot * '/link*': *a symbolic link is on the way" \
			newroot $words R true
	done
}

@test "what a link to nowhere names is made, in the root" {
	as_root
	ln -s ../run/stub R/etc/resolv.conf
	ln -s "$PWD/out" R/abs
	ln -s ../../../../../../../../../there R/up
	ln -s down R/up2
	ln -s up R/down
	as=''
	echo hello >hello
	shows $'hello\nhello' 'cat /etc/resolv.conf /run/stub; ls /there/tmp' \
		--bind hello /etc/resolv.conf --tmpfs /abs/in --dir /up2/tmp
	[ "$(find R/run R/there "R$PWD/out" | sort | tr '\n' ' ')" = \
		"R/run R/run/stub R/there R/there/tmp R$PWD/out R$PWD/out/in " ]
	[ ! -e out ]
}

@test "a link to nowhere where the kernel's own files are to be is refused" {
	as_root
	ln -s nowhere R/dangling
	for option in --dev --devices; do
		refused "cannot use '/dangling' in root 'R': a symbolic link is on the way" \
			$option /dangling R true
	done
	for type in proc mqueue; do
		refused "cannot mount '$type' at '/dangling': must be mounted on ordinary directory, and a symbolic link is on the way" \
			--$type /dangling R true
	done
	refused "cannot mount 'sysfs' at '/dangling': must be mounted on ordinary directory, and a symbolic link is on the way" \
		--mount sysfs x /dangling ro R true
	[ ! -e R/nowhere ]
}

@test "a link to itself or into a process is refused" {
	as_root
	ln -s loop R/loop
	ln -s two R/one
	ln -s one R/two
	refused "cannot use '/one/x' in root 'R': *" --dir /one/x R true
	refused "cannot use '/loop/x' in root 'R': *" --dir /loop/x R true
	refused "cannot use '/proc/self/cwd/x' in root 'R': *" \
		--proc /proc --tmpfs /proc/self/cwd/x R true
}

@test "--mask hides a file and a directory, after all that is mounted" {
	as_root
	as=''
	echo secret >R/etc/file
	mkdir -p R/etc/dir/sub
	shows $'1:3\n/etc/dir' 'cat /etc/file; stat -c %t:%T /etc/file; find /etc/dir' \
		--mask /etc/dir --mask /etc/file --mask /nope
	shows '' 'ls /x' --mask /x --bind R/etc /x
}

@test "a file that is mounted is masked, or made read-only, where it is" {
	as_root
	as=''
	echo secret >file
	shows '1:3' 'cat /x; stat -c %t:%T /x' --bind file /x --mask /x
	shows 'secret' '(: >/x) 2>&- || cat /x' --bind file /x --readonly-path /x
}

@test "--readonly-path takes away writing there and below" {
	as_root
	as=''
	shows 'ro ro rw' 'for d in /x /x/y /tmp; do
		(: >$d/new) 2>&- && echo rw || echo ro; done | tr "\n" " " |
		sed "s/ $//"' --readonly-path /x --readonly-path /nope --tmpfs /x \
		--tmpfs /x/y
}

writing() {
	shows 'ro rw rw ' 'for d in / /x /dev; do
		(: >$d/new) 2>&- && echo rw || echo ro; done | tr "\n" " "
		echo >/dev/null' --read-only --tmpfs /x --dev /dev
	[ ! -e R/new ]
}

@test "a path below a file is not masked in silence" {
	as_root
	local option path

	echo secret >R/etc/file
	for option in --mask --readonly-path; do
		for path in /etc/file/ /etc/file/below; do
			refused "cannot use '$path' in root 'R': *ot a directory" \
				"$option" "$path" R true
		done
	done
}

@test "--read-only makes the root read-only, and no mount in it" {
	as_root
	both writing
}

@test "no descriptor of the host's gets in but those asked for" {
	as_root
	run -0 sh -c 'newroot --proc /proc R ls /proc/self/fd 3</ 4</'
	[ "${lines[*]}" = '0 1 2 3' ]
	run -0 newroot --proc /proc --preserve-fds 1 R sh -c \
		'cat <&3; [ ! -e /proc/$$/fd/4 ]' 3<<<x 4</
	[ "$output" = x ]
	fails 125 'newroot: cannot preserve fd 3: *' sh -c \
		'newroot --preserve-fds 1 R true 3<&-'
}

@test "no capability is inheritable inside, the umask stays" {
	as_root
	umask 026
	run -0 setpriv --inh-caps +chown,+kill --ambient-caps +chown \
		newroot --proc /proc R sh -c \
		'umask; grep -E "Cap(Inh|Amb)" /proc/self/status'
	[ "$output" = $'0026\nCapInh:\t0000000000000000\nCapAmb:\t0000000000000000' ]
}

@test "what newroot makes has its modes whatever the umask is" {
	as_root
	umask 077
	newroot --dir /a/b --bind R/bin/sh /file --tmpfs /t R -- true
	[ "$(stat -c %a R/a R/a/b R/file | tr '\n' ' ')" = '755 755 644 ' ]
}

@test "an older kernel is named as what it is" {
	needs strace
	fails 125 'newroot: cannot enter a root: it takes Linux 5.12' \
		strace -qq -o /dev/null -e trace=mount_setattr \
		-e inject=mount_setattr:error=ENOSYS newroot R true
}

# container OPTION... - what is on the terminal of one, and what is its console
container() {
	run -0 $as ptyfork --mount --pid --ipc --uts "$@"
	[ "$output" = $'/dev/pts/0\n88:0\n/dev/pts/0\n0 ptmx' ] ||
		{ echo "$*: $output"; return 1; }
}

LOOK='tty; stat -c %t:%T /dev/console; readlink /proc/self/fd/1;
	cd /dev/pts; echo *'

@test "under ptyfork the terminal is /dev/pts/0 and the console" {
	as_root
	as=''
	container -- newroot --proc /proc --dev /dev R -- sh -c "$LOOK"
	as=as_nobody
	chown -R 65534:65534 R
	container -r -- newroot --proc /proc --dev /dev R -- sh -c "$LOOK"
}

@test "it is the same with another program in between" {
	as_root
	as=''
	container -- env A=1 newroot --proc /proc --dev /dev R -- sh -c "$LOOK"
	as=as_nobody
	chown -R 65534:65534 R
	container -r -- env A=1 newroot --proc /proc --dev /dev R -- sh -c "$LOOK"
}

@test "without --dev the terminal is usable and has no name" {
	as_root
	run -0 ptyfork -m newroot R -- sh -c 'test -t 0 && ls /dev'
	[ -z "$output" ]
}

@test "a root can be entered in a root" {
	as_root
	rootfs R/inner
	run -0 newroot --proc /proc R newroot --proc /proc inner sh -c "$POINTS; pwd"
	[ "$output" = '/ /proc /' ]
}

@test "under ptyfork an error comes out at the caller, and nothing is left" {
	as_root
	fails 125 "newroot: cannot open root 'nope': *" ptyfork -m newroot nope true
	fails 127 "*: cannot execute 'nope': *" ptyfork -m newroot R nope
	fails 125 'newroot: cannot preserve fd 3: it was not passed on' \
		ptyfork -m newroot --preserve-fds 1 R true
	fails 125 "newroot: unknown option '--nope'; *" ptyfork -m newroot --nope
}

# bats test_tags=unsanitized
@test "a key of the caller's session is not found inside" {
	as_root
	cp "$HELPER" R/bin/helper
	run -0 "$HELPER" key put ours "$HELPER" key find ours
	run -1 "$HELPER" key put ours newroot R helper key find ours
	[ -z "$output" ]
	run -1 "$HELPER" key put ours ptyfork --join \
		"net=/proc/self/ns/net" -- "$HELPER" key find ours
}

# bats test_tags=unsanitized
@test "--no-ctty leaves no terminal to be typed at" {
	as_root
	cp "$HELPER" R/bin/helper
	for tool in 'confine --no-ctty --' 'newroot --no-ctty --devices /dev R'; do
		run -0 on_tty "$tool busybox sh -c '(: </dev/tty) 2>&- &&
			echo has || echo none'; $tool busybox tty; :"
		[[ ${lines[0]} == $'none\r' ]] || { echo "$tool: $output"; false; }
	done
	run -0 on_tty "confine -- busybox sh -c '(: </dev/tty) 2>&- &&
		echo has || echo none'; :"
	[ "$output" = $'has\r' ]
	# The root need have no /dev/tty.
	rm R/dev/tty
	run -0 on_tty "newroot --no-ctty --proc /proc R \
		busybox cut -d ' ' -f 7 /proc/self/stat; :"
	[ "$output" = $'0\r' ]
	# Where there is none, and where a session is led.
	run -0 setsid -w newroot --no-ctty R true
	run -0 ptyfork -- confine --no-ctty -- sh -c ': </dev/tty && echo has'
	[ "$output" = has ]
}

# bats test_tags=unsanitized
@test "a root that is no mount point cannot be left, and that is said" {
	as_root
	cp "$BIN/ptybox" R/bin/newroot
	cp -a R/bin R/tmp
	fails 125 "newroot: cannot cut mounts off from others (the present root is no mount point: a chroot?): *" \
		unshare -m sh -c 'mount --rbind /proc R/proc && chroot R newroot tmp true'
}
