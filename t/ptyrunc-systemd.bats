#!/usr/bin/env bats
# ptyrunc --systemd-cgroup, with a systemd that is process 1 of a container of
# ours: all cgroups that it knows are below the one called $box.
# shellcheck disable=SC2016 # expanded inside
# shellcheck disable=SC2154 # bats and oci.bash set them
load lib
load oci

setup() {
	local top=/sys/fs/cgroup

	oci_setup
	needs systemd-run systemctl nsenter
	[ -x /lib/systemd/systemd ] || without 'systemd is not installed'
	[ ! -e $top/unified ] || top+=/unified
	[ -e $top/cgroup.controllers ] || without 'no cgroups of version 2'
	mkdir "$top/$box"
	start_systemd "$top/$box"
}

# The cgroups in it are gone once its process 1 is.
teardown() {
	[ ! -s init ] || kill -KILL "$(cat init)" 2>/dev/null || true
	timeout 20 cgroup --group "/$box" --kill --remove || true
	oci_teardown
}

# start_systemd CGROUP - have it run in there; in its root are our tools and
# this directory, each where it is
start_systemd() {
	local dir tools

	tools=$(dirname "$(command -v ptyrunc)")
	mkdir -p system/{dev,etc/systemd/system,proc,run,sys,tmp,usr,var} \
		"system/$PWD" "system/$tools"
	for dir in bin lib lib64 sbin; do
		ln -s "usr/$dir" "system/$dir"
	done
	echo uninitialized >system/etc/machine-id
	cp /etc/passwd /etc/group system/etc
	printf '[Unit]\nDefaultDependencies=no\n' \
		>system/etc/systemd/system/none.target
	timeout -s KILL 120 ptyfork --no-tty --kill-child --pid-file init \
		-m -p -i -u -n -C --cgroup "$1" -- newroot --proc /proc \
		--dev /dev --mount sysfs sysfs /sys rw \
		--mount cgroup2 cgroup2 /sys/fs/cgroup rw --tmpfs /run \
		--ro-bind /usr /usr --ro-bind "$tools" "$tools" \
		--bind "$PWD" "$PWD" system -- env -i container=ptybox \
		SYSTEMD_PROC_CMDLINE=systemd.unified_cgroup_hierarchy=1 \
		/lib/systemd/systemd --unit=none.target --show-status=no \
		--log-target=console >log 2>&1 3>&- &
	started+=" $!"
	within 20 is_up
}

is_up() {
	[ -s init ] && inside systemctl is-active --quiet none.target 2>&-
}

# inside COMMAND... - run it there
inside() {
	timeout -k 1 20 nsenter --target "$(cat init)" --all --root \
		--wdns="$PWD" "$@" 3>&-
}

runtime() {
	inside ptyrunc --root "$PWD/state" --systemd-cgroup "$@"
}

oci_remove() {
	:
}

# property UNIT NAME - of that unit
property() {
	inside systemctl show --property "$2" --value "$1"
}

# gone_unit UNIT
gone_unit() {
	[ "$(property "$1" LoadState)" = not-found ]
}

# members CGROUP - the processes in that one of systemd's
members() {
	inside cat "/sys/fs/cgroup/$1/cgroup.procs"
}

# alone_in CGROUP - is the container's process all that is in the scope?
alone_in() {
	[ "$(members "$1")" = "$(pid_of)" ] &&
		[ -z "$(members "${1%/*}")$(members "${1%/*}/holder")" ]
}

@test "--systemd-cgroup makes a scope in the slice, until delete" {
	local scope=test.slice/libpod-$box.scope/container

	create_box '.linux.cgroupsPath = "test.slice:libpod:'"$box"'"' \
		'exec sleep 60'
	[ ! -s err.out ]
	within 20 alone_in "$scope"
	[ "$(property "libpod-$box.scope" Slice)" = test.slice ]
	[ "$(property "libpod-$box.scope" Delegate)" = yes ]
	[ "$(property "libpod-$box.scope" Description)" = "container $box" ]
	runtime start "$box"
	run -0 runtime exec "$box" cat /proc/self/cgroup
	[[ $output == *"0::/$scope" ]]
	runtime pause "$box"
	box_is paused
	runtime resume "$box"
	runtime kill "$box" KILL
	within 20 box_is stopped
	runtime delete "$box"
	gone_unit "libpod-$box.scope"
	inside test ! -e "/sys/fs/cgroup/${scope%/*}"
}

# In the scope itself systemd would set it anew.
@test "a limit is that of a cgroup in the scope" {
	local scope=/sys/fs/cgroup/test.slice/x-y.scope

	inside grep -qw hugetlb /sys/fs/cgroup/cgroup.controllers ||
		without 'no controller hugetlb in version 2'
	create_box '.linux.cgroupsPath = "test.slice:x:y" |
		.linux.resources.hugepageLimits = [
			{ pageSize: "2MB", limit: 4194304 } ]'
	[ "$(inside cat $scope/container/hugetlb.2MB.max)" = 4194304 ]
	[ "$(inside cat $scope/hugetlb.2MB.max)" != 4194304 ]
}

# being_removed CGROUP - is it gone, or systemd asked for that?
being_removed() {
	inside sh -c '[ ! -e "/sys/fs/cgroup/$0" ] || pgrep -x systemctl' "$1"
}

# Of one that goes while systemd does not look it never hears.
@test "a scope is ended before its cgroup is removed" {
	create_box '.linux.cgroupsPath = "test.slice:x:y"' 'exec sleep 60'
	kill -STOP "$(cat init)"
	runtime delete --force "$box" &
	pid=$!
	started+=" $pid"
	within 20 being_removed test.slice/x-y.scope
	kill -CONT "$(cat init)"
	ends 0 "$pid"
	within 20 gone_unit x-y.scope
}

@test "a scope whose container was removed at once can be made again" {
	bundle m '.linux.cgroupsPath = "test.slice:x:y"' 'cat /proc/self/cgroup'
	for _ in 1 2 3 4 5; do
		run -0 --separate-stderr runtime run -b m "$box"
		[ -z "$stderr" ]
		[[ $output == *"0::/test.slice/x-y.scope/container" ]]
		gone_unit x-y.scope
	done
}

@test "without a cgroupsPath the scope has ptyrunc's name and the usual slice" {
	bundle m 'del(.linux.cgroupsPath)' 'cat /proc/self/cgroup'
	run -0 runtime run -b m "$box"
	[[ $output == *"0::/system.slice/ptyrunc-$box.scope/container" ]]
}

@test "a container that cannot be created leaves no scope" {
	bundle m '.process.args = ["nosuch"] |
		.linux.cgroupsPath = "test.slice:x:y"'
	for _ in 1 2 3; do
		run ! --separate-stderr runtime create -b m "$box"
		[ "$stderr" = "ptyrunc: cannot execute 'nosuch': No such file or directory" ]
		gone_unit x-y.scope
		inside test ! -e /sys/fs/cgroup/test.slice/x-y.scope
	done
}

@test "another container's scope is neither shared nor stopped" {
	create_box '.linux.cgroupsPath = "test.slice:x:y"' 'exec sleep 60'
	run ! --separate-stderr runtime create -b m "$box-2"
	[[ $stderr == "ptyrunc: cannot make scope 'x-y.scope': "*' already '* ]]
	[ ! -e "state/$box-2" ]
	box_is created
	within 20 alone_in test.slice/x-y.scope/container
	runtime delete --force "$box"
	gone_unit x-y.scope
}

# as_user COMMAND... - run it as user 1000, in a cgroup of that user's systemd
as_user() {
	inside sh -c 'cd /sys/fs/cgroup/system.slice/user.service &&
		mkdir -p x && chown -R 1000 x && echo $$ >x/cgroup.procs &&
		cd "$0" && exec setpriv --reuid 1000 --regid 1000 --clear-groups \
		env XDG_RUNTIME_DIR=/run/user HOME=/ "$@"' "$PWD" "$@"
}

@test "the scope of a plain user is of that user's systemd" {
	inside systemd-run --quiet --unit=user -p User=1000 -p Delegate=yes \
		-p RuntimeDirectory=user -p Environment=XDG_RUNTIME_DIR=/run/user \
		/lib/systemd/systemd --user --unit=basic.target
	within 20 as_user systemctl --user is-active --quiet basic.target
	root m/rootfs
	as_user ocispec --example --rootless | jq '.process |= (.terminal = false |
		.args = ["cat", "/proc/self/cgroup"])' >m/config.json
	run -0 as_user ptyrunc --systemd-cgroup run -b m "$box"
	[[ $output == *"/user.service/app.slice/ptyrunc-$box.scope/container" ]]
	# As an engine calls it, in a user namespace.
	jq '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0' \
		m/config.json >config.json
	mv config.json m
	run -0 as_user unshare --user --map-root-user \
		ptyrunc --systemd-cgroup run -b m "$box"
	[[ $output == *"/user.service/app.slice/ptyrunc-$box.scope/container" ]]
	run -0 as_user systemctl --user list-units --plain --no-legend '*.scope'
	[[ $output != *ptyrunc* ]]
}

# pod ARG... - podman there, as it is where systemd has the cgroups
pod() {
	inside podman --root "$PWD/root" --runroot /run/pod \
		--tmpdir /run/pod/tmp --network-config-dir /run/pod/net \
		--storage-driver vfs --cgroup-manager systemd \
		--events-backend none --runtime "$(command -v ptyrunc)" "$@"
}

# bats test_tags=peer
@test "podman with --cgroup-manager systemd has its containers in scopes" {
	local id

	needs podman conmon dbus-daemon
	inside systemctl start dbus.service
	root R
	id=$(pod run -d --name "$box" --network none --pids-limit 0 \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
		--rootfs "$PWD/R" sleep 60 2>err.out) || { cat err.out; false; }
	[ "$(property "libpod-$id.scope" Slice)" = machine.slice ]
	members "machine.slice/libpod-$id.scope/container" >pids
	[ "$(wc -l <pids)" -eq 1 ]
	run -0 inside xargs -a pids -I PID cat /proc/PID/comm
	[ "$output" = sleep ]
	run -0 pod exec "$box" echo in
	[ "$output" = in ]
	pod rm --force --time 0 "$box"
	within 20 gone_unit "libpod-$id.scope"
}

@test "what is no SLICE:PREFIX:NAME is refused, and where systemd is not" {
	bundle m '.linux.cgroupsPath = "/x"'
	run ! --separate-stderr runtime create -b m "$box"
	[ "$stderr" = "ptyrunc: bad cgroupsPath '/x' for systemd: want SLICE:PREFIX:NAME" ]
	bundle m '.linux.cgroupsPath = "test.slice:x:y"'
	run ! --separate-stderr inside unshare --mount sh -c \
		'mount -t tmpfs tmpfs /run && exec "$@"' - ptyrunc --root state \
		--systemd-cgroup create -b m "$box"
	[[ $stderr == "ptyrunc: cannot make scope 'x-y.scope': "* ]]
	mkdir few
	ln -s "$(command -v busybox)" few/sh
	for tool in id ls mkdir rm; do
		ln -s sh "few/$tool"
	done
	run ! --separate-stderr env PATH="$PWD/few" "$(command -v timeout)" 20 \
		"$(command -v ptyrunc)" --root state --systemd-cgroup create \
		-b m "$box"
	[ "$stderr" = 'ptyrunc: --systemd-cgroup needs systemd-run: have the engine use cgroupfs' ]
	[ ! -e "state/$box" ]
}
