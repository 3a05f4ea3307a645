# oci.bash - bundles and containers for the tests of ptyrunc.
#
# All state is in the test's directory, and every container is called $box or
# begins with it: that name is its cgroup's, and no other's on this machine.
# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets status, output and stderr

box=ptyrunc-$$-${BATS_TEST_NUMBER:-0}

# oci_setup - go to the directory of the test, and look around
oci_setup() {
	stage
	as_root
	needs ptyrunc ocispec jq busybox
	oci_mounts >mounts.before
	cgroups_before=$(oci_cgroups)
	null_before=$(stat -c '%u %g %a' /dev/null)
	umask 022
	# Another user's root is entered by that user.
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* .. .
}

# oci_teardown - remove the containers; nothing else may be left, on the host
# least of all
oci_teardown() {
	kill_started
	# A test that was skipped has not looked around.
	[ -e mounts.before ] || return 0
	oci_remove
	[ "$(oci_cgroups)" = "$cgroups_before" ] || {
		echo "cgroups left: $(oci_cgroups)"
		return 1
	}
	within 20 oci_mounts_as_before || diff <(oci_mounts) mounts.before
	[ "$(stat -c '%u %g %a' /dev/null)" = "$null_before" ]
	leave_nothing
}

# A file that needs more has its own.
setup() {
	oci_setup
}

teardown() {
	oci_teardown
}

# oci_mounts - the host's, but those of tests that run beside
oci_mounts() {
	grep -v /bats-run- /proc/self/mountinfo
}

oci_mounts_as_before() {
	oci_mounts | cmp -s - mounts.before
}

oci_cgroups() {
	find /sys/fs/cgroup -type d -name "ptyrunc-$$-*" 2>/dev/null | sort
}

oci_remove() {
	local dir

	for dir in state*/*/; do
		[ -d "$dir" ] || continue
		timeout 20 ptyrunc --root "${dir%%/*}" delete --force \
			"$(basename "$dir")" 3>&- || true
	done
}

# runtime ARG... - ptyrunc, with its state in the test's directory
runtime() {
	timeout -k 5 30 ptyrunc --root "$BATS_TEST_TMPDIR/state" "$@" 3>&-
}

# root DIR - a root with busybox and nothing of the host's
root() {
	local tool

	mkdir -p "$1"/{bin,dev,etc,proc,root,sys,tmp}
	chmod 755 "$1"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for tool in awk cat chmod cut echo env false grep head hostname id kill \
		ln ls mkdir mount ps pwd readlink rm sed sh sleep sort stat \
		stty tail test touch tr true tty umount wc; do
		ln -sf busybox "$1/bin/$tool"
	done
}

# bundle DIR [FILTER [SCRIPT]] - runc's own example without a terminal, changed
# by a filter of jq; SCRIPT is /main, and what runs by default
bundle() {
	[ -d "$1/rootfs" ] || root "$1/rootfs"
	printf '%s\n' "${3:-echo ran}" >"$1/rootfs/main"
	ocispec --example | jq '.process.terminal = false |
		.process.args = ["sh", "/main"] |
		.process.env = ["PATH=/bin", "TERM=vt100"] |
		.hostname = "box" | .root.readonly = false |
		'"${2:-.}" >"$1/config.json"
}

# runs [WANTED] - run ./m; it prints that and ends with 0
runs() {
	run -0 --separate-stderr runtime run -b m "$box"
	[ -z "$stderr" ] || { echo "stderr: $stderr"; return 1; }
	[ $# -eq 0 ] || [ "$output" = "$1" ] || { echo "got: $output"; return 1; }
}

# refused PATTERN - create of ./m fails, says why, and leaves nothing
refused() {
	run ! --separate-stderr runtime create -b m "$box"
	# shellcheck disable=SC2053
	[[ $stderr == $1 ]] || { echo "stderr: $stderr"; return 1; }
	[ ! -e "state/$box" ]
	[ "$(oci_cgroups)" = "$cgroups_before" ]
	within 20 oci_mounts_as_before || diff <(oci_mounts) mounts.before
}

# box_is STATUS
box_is() {
	[ "$(runtime state "${2:-$box}" | jq -r .status)" = "$1" ]
}

pid_of() {
	runtime state "${1:-$box}" | jq .pid
}

# create_box [FILTER [SCRIPT]] - make ./m and create it; its output is in ./out
create_box() {
	bundle m "$@"
	runtime create -b m "$box" >out 2>err.out
}

# start_box [FILTER [SCRIPT]] - the same, and start it
start_box() {
	create_box "$@"
	runtime start "$box"
}

# tools DIR [TOOL] - our tools in a directory of their own, where a script that
# takes the place of TOOL can be put
tools() {
	rm -rf "$1"
	mkdir "$1"
	ln -s "$(dirname "$(command -v ptyrunc)")"/* "$1"
	rm -f "$1/${2:-ocispec}"
	: >"$1/${2:-ocispec}"
	chmod +x "$1/${2:-ocispec}"
}
