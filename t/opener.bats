#!/usr/bin/env bats
# What root may reach outside of a user namespace, and its root may not.
# shellcheck disable=SC2016 # expanded by another shell
load lib
load rootfs

setup() {
	as_root
	stage
	umask 022
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* .. .
	rootfs root
	chown -R 100000:100000 root
	mkdir -p home/data home/image
	echo hi >home/data/file
	# Not even with the ids of this process, which has none of its rights.
	chown 1234:1234 home
	chmod 700 home
}

# inside WORD... - run newroot in a user namespace
inside() {
	timeout 30 ptyfork --uid-map 0:100000:65536 --gid-map 0:100000:65536 \
		--mount --pid --no-tty -- newroot --proc /proc "$@" 3>&-
}

@test "a bind is of what only the caller reaches, by whichever path" {
	run -0 inside --bind "$PWD/home/data" /a --ro-bind home/data /b \
		--mount bind home/data/file /c rbind root -- \
		sh -c 'cat /a/file /b/file /c; id -u'
	[ "$output" = $'hi\nhi\nhi\n0' ]
	cd home
	run -0 inside --bind data/../data /a ../root -- cat /a/file
	[ "$output" = hi ]
}

@test "that is so in a user namespace that is joined, too" {
	timeout 60 ptyfork --uid-map 0:100000:65536 --gid-map 0:100000:65536 \
		--no-tty --pid-file pid -- sleep 60 3>&- &
	started=$!
	within 20 test -s pid
	run -0 timeout 30 ptyfork --join "user=/proc/$(<pid)/ns/user" --mount \
		--pid --no-tty -- newroot --proc /proc --bind home/data /a \
		root -- cat /a/file 3>&-
	[ "$output" = hi ]
	kill "$(<pid)"
	ends 143 "$started"
}

@test "the root may be there as well" {
	cp -a root home/image
	run -0 inside home/image/root -- sh -c 'echo in; id -u'
	[ "$output" = $'in\n0' ]
}

@test "what is not there is said, or left out, as anywhere" {
	fails 125 "newroot: cannot bind 'home/none': No such file or directory" \
		inside --bind home/none /a root -- true
	run -0 inside --bind-try home/none /a root -- ls /
	[[ $'\n'$output$'\n' != *$'\na\n'* ]]
	fails 125 "newroot: cannot bind 'home/data/file/x': Not a directory" \
		inside --bind home/data/file/x /a root -- true
}

@test "the process that opens is gone when the command runs" {
	mkfifo hold
	inside --bind home/data /a root -- cat <hold >out &
	started=$!
	exec 9>hold
	echo up >&9
	within 20 grep -q up out
	within 20 one_waits
	exec 9>&-
	ends 0 "$started"
}

# one_waits - of ptyfork there is the one that waits and no other
one_waits() {
	[ "$(comm -12 <(ours | sort) <(pgrep -x ptyfork | sort) | wc -l)" = 1 ]
}

@test "its mounts keep the options that the host gave them" {
	run -1 unshare --mount sh -c 'mount -t tmpfs -o ro t home/data
		exec timeout 30 ptyfork --uid-map 0:100000:65536 \
			--gid-map 0:100000:65536 --mount --pid --no-tty -- \
			newroot --bind home/data /a root -- \
			sh -c "mount -o remount,bind,rw /a 2>/dev/null
				touch /a/x 2>&1"'
	[[ $output == *'Read-only file system' ]]
}

@test "a caller that may not reach it does not" {
	chown -R 65534:65534 root
	fails 125 "newroot: cannot bind 'home/data': Permission denied" \
		as_nobody timeout 30 ptyfork -r --mount --no-tty -- newroot \
		--bind home/data /a root -- true
}

# bats test_tags=unsanitized
@test "its time runs out whatever signals the caller has blocked" {
	needs strace
	# The signal comes as it would once that time is over.
	fails 125 "newroot: cannot bind '$PWD/home/data': Permission denied" \
		timeout 30 strace -f -qqq -o trace -e trace=chroot \
		-e inject=chroot:signal=ALRM \
		env --block-signal=ALRM --ignore-signal=ALRM ptyfork \
		--uid-map 0:100000:65536 --gid-map 0:100000:65536 --mount \
		--pid --no-tty -- \
		newroot --proc /proc --bind "$PWD/home/data" /a root -- true
}
