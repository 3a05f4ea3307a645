#!/usr/bin/env bats
# bats file_tags=peer
# fdsend is ssh's ProxyCommand: it gives ssh a connection and is gone. The
# server has a network and a /run of its own, so nothing of the host is used.
# shellcheck disable=SC2154 # bats sets stderr
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs ssh ssh-keygen /usr/sbin/sshd busybox unshare nsenter
	ssh-keygen -q -t ed25519 -N '' -f host_key
	ssh-keygen -q -t ed25519 -N '' -f user_key
	configure
	serve
}

teardown() {
	# sshd writes its title over its environment: leave_nothing cannot see it.
	[ -z "${sshd:-}" ] || kill "$sshd" 2>/dev/null || true
	[ -z "${sshd:-}" ] || within 20 gone "$sshd"
	leave_nothing
}

configure() {
	cp user_key.pub authorized
	echo "box $(cat host_key.pub)" >known
	cat >sshd_config <<-END
	ListenAddress 127.0.0.1
	Port 2222
	PidFile none
	HostKey $PWD/host_key
	AuthorizedKeysFile $PWD/authorized
	StrictModes no
	UsePAM no
	PermitRootLogin yes
	PasswordAuthentication no
	END
	cat >ssh_config <<-END
	Host box
	User root
	IdentityFile $PWD/user_key
	IdentitiesOnly yes
	UserKnownHostsFile $PWD/known
	StrictHostKeyChecking yes
	ProxyUseFdpass yes
	ProxyCommand bash $PWD/dial
	END
	cat >dial <<-END
	exec 3<>/dev/tcp/127.0.0.1/2222
	exec fdsend fd:1 3
	END
}

# serve - start sshd, and wait until it listens
serve() {
	unshare -mn sh -c 'mount -t tmpfs -o mode=755 tmpfs /run &&
		mkdir /run/sshd && busybox ip link set lo up &&
		exec /usr/sbin/sshd -D -e -f sshd_config' 2>log 3>&- &
	sshd=$!
	within 20 grep -q 'Server listening' log ||
		without "sshd cannot be started: $(tail -n 1 log)"
}

# box COMMAND... - ssh to the server, from inside its network
box() {
	timeout -k 5 60 nsenter -t "$sshd" -n env SHELL=/bin/sh ssh -F ssh_config "$@" 3>&-
}

@test "ssh takes the connection that its ProxyCommand sends by fdsend" {
	run -9 box box 'echo hello; echo oops >&2; exit 9' </dev/null
	[ "$output" = $'hello\noops' ]
}

@test "four megabytes go through a connection that fdsend gave, and back" {
	head -c 4194304 /dev/urandom >data
	box box cat <data >back
	cmp data back
}

# names - of the programs that the test has running
names() {
	local pid

	for pid in $(ours); do
		cat "/proc/$pid/comm" 2>/dev/null || true
	done
}

@test "fdsend has ended while ssh goes on" {
	mkfifo in
	box box 'echo ready; cat' <in >out &
	client=$!
	exec 4>in
	within 20 grep -q ready out
	names >running
	grep -qx ssh running
	run ! grep -qx fdsend running
	exec 4>&-
	ends 0 "$client"
}

@test "ssh says with fdsend's line why it has no connection" {
	echo 'exec fdsend fd:1 9' >dial
	run -255 --separate-stderr box box true </dev/null
	[[ $stderr == 'fdsend: cannot '*9* ]]
}

@test "ssh gives up when fdsend has sent nothing" {
	echo 'exec fdsend --message= fd:1 3' >dial
	run -255 --separate-stderr box box true </dev/null
	[[ $stderr == 'fdsend: '* ]]
}

@test "a terminal that ptyfork made is the size of the one behind ssh" {
	run -0 timeout -k 5 60 ptyfork --size 31x99 -- nsenter -t "$sshd" -n \
		ssh -F ssh_config -tt box 'stty size; tty' </dev/null 3>&-
	[ "${lines[0]}" = '31 99' ]
	[[ ${lines[1]} == /dev/pts/* ]]
}
