# rootfs.bash - a root for the tests: busybox and the directories that an image
# has, with nothing of the host's.
# shellcheck shell=bash

# rootfs DIR - make it. A test's root is one that a plain user can enter.
rootfs() {
	local tool

	mkdir -p "$1"/{bin,dev,etc,proc,root,sys,tmp,usr}
	chmod 755 "$1"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for tool in awk cat cut dd echo env false find grep head id kill ln ls \
		mkdir mknod mount mv od ps pwd readlink rm sed sh sleep sort \
		stat stty tail test touch tr true tty umount wc; do
		ln -sf busybox "$1/bin/$tool"
	done
}
