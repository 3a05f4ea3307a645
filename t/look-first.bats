#!/usr/bin/env bats
# What is to be a file or a FIFO is looked at before it is opened: to open a
# device can act. strace(1) shows what is opened.
# bats file_tags=unsanitized
load lib

setup() {
	as_root
	needs strace
	stage
}

# traced COMMAND... - run it; what it opens is in ./trace
traced() {
	timeout 20 strace -f -qq -o trace -e trace=open,openat,openat2 \
		-e signal=none "$@" 3>&- || true
}

# looked_at NAME - it was opened, if only for its place
looked_at() {
	grep -q "\"$1\", .*O_PATH" trace || { cat trace; return 1; }
	! grep "\"$1\", " trace | grep -v O_PATH
	! grep 'open.*"/proc/self/fd/' trace
}

@test "gate opens nothing but a FIFO" {
	mknod here c 1 7
	traced gate here
	looked_at here
}

@test "ptyfork --hold opens nothing but a FIFO" {
	mknod here c 1 7
	traced ptyfork --hold here --no-tty -- true
	looked_at here
}

@test "reap opens no pid file that is a device or a FIFO" {
	traced reap --pid-file here -- sh -c 'mknod here c 1 7'
	looked_at here
	rm here
	traced reap --pid-file here -- sh -c 'mkfifo here'
	looked_at here
}

@test "a pid file that has become a device is not opened" {
	traced ptyfork --no-tty --pid-file here -- \
		sh -c 'rm here; mknod here c 1 7'
	looked_at here
	[ -c here ]
}

@test "attach opens no device in the directory" {
	mkdir dir
	mknod dir/spool c 1 7
	traced attach --no-stdin dir
	looked_at spool
}

# keeps PLACE COMMAND... - COMMAND refuses to put a file there, and it stays
keeps() {
	local place=$1 before

	shift
	before=$(stat -c '%i %F %N' "$place")
	fails 125 "*: cannot * '$place': it is no regular file" \
		timeout 20 "$@" <regular
	[ "$(stat -c '%i %F %N' "$place")" = "$before" ]
	[ ! -e ran ]
}

@test "a file takes the place of no device, no FIFO and no link to one" {
	mkfifo fifo
	ln -s /dev/null device
	ln -s /proc/self/fd/0 descriptor
	ocispec --example >regular
	for place in fifo device descriptor; do
		for option in --pid-file --pid-start; do
			keeps "$place" ptyfork --no-tty "$option" "$place" -- \
				touch ran
		done
		keeps "$place" reap --pid-file "$place" -- touch ran
		keeps "$place" ocispec --plan "$place" -
		keeps "$place" ocispec --plan none --save "$place" -
	done
}

@test "a file takes the place of a file, in a directory with a descriptor" {
	ocispec --example >config.json
	echo old >file
	for name in name /proc/self/fd/7/name; do
		ln -sf file name
		run -0 timeout 20 ptyfork --no-tty --pid-file "$name" -- \
			cat name 7<.
		[[ $output =~ ^[0-9]+$ ]]
		ln -sf file name
		run -0 ocispec --plan "$name" config.json 7<.
		[ ! -L name ]
	done
	[ "$(cat file)" = old ]
}
