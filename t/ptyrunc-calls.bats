#!/usr/bin/env bats
# ptyrunc as engines call it, beside other commands and other users.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats and oci.bash set them
load lib
load oci

@test "a create that goes wrong leaves the container of that name alone" {
	local count

	start_box . 'exec sleep 60'
	for count in -1 x 1x 99999999999999999999; do
		run -1 runtime create -b m --preserve-fds="$count" "$box"
		[ "$output" = 'ptyrunc: bad number of descriptors to preserve' ]
	done
	LISTEN_FDS=-1 run -1 runtime create -b m "$box"
	box_is running
	tools broken
	printf '#!/bin/sh\necho ocispec: no memory >&2\nexit 125\n' >broken/ocispec
	run -1 broken/ptyrunc --root state create -b m "$box" 3>&-
	[ "$output" = "ptyrunc: container with id exists: $box" ]
	box_is running
}

# beside TOOL ARG... - ptyrunc, whose container is deleted by another one before
# it runs that tool; or what that one does is in $other
beside() {
	local tool=$1 tools

	shift
	tools=$(dirname "$(command -v ptyrunc)")
	tools beside "$tool"
	cat >"beside/$tool" <<-END
		#!/bin/sh
		'$tools/ptyrunc' --root '$PWD/state' ${other:-delete --force $box} \
			</dev/null >/dev/null 2>&1
		exec '$tools/$tool' "\$@"
	END
	timeout 30 beside/ptyrunc --root state "$@" 3>&-
}

@test "two deletes at once are no error, and what else is beside one says so" {
	local tool

	for tool in cgroup gate; do
		create_box . 'exec sleep 60'
		run -0 beside "$tool" delete --force "$box"
		[ -z "$output" ]
		[ ! -e "state/$box" ]
	done
	start_box 'del(.linux.namespaces[] | select(.type == "pid"))' \
		'exec sleep 60'
	run -0 beside cgroup kill "$box" KILL
	[ -z "$output" ]
	start_box . 'exec sleep 60'
	run -1 beside cgroup pause "$box"
	[ "$output" = "ptyrunc: cannot pause container '$box': container '$box' does not exist" ]
	start_box . 'exec sleep 60'
	run -255 beside ocispec exec "$box" true
	[ "$output" = "ptyrunc: container '$box' does not exist" ]
	create_box . 'exec sleep 60'
	run -1 beside gate start "$box"
	[ "$output" = "ptyrunc: cannot start container '$box': container '$box' does not exist" ]
}

@test "a delete whose hooks take long leaves a new container of that name alone" {
	bundle m2 . 'exec sleep 60'
	cat >hook <<-END
		#!/bin/sh
		mkdir '$PWD/once' 2>/dev/null || exit 0
		{
			$(command -v ptyrunc) --root '$PWD/state' delete --force $box
			$(command -v ptyrunc) --root '$PWD/state' create -b '$PWD/m2' $box
		} </dev/null >/dev/null 2>&1
	END
	chmod +x hook
	create_box ".hooks.poststop = [{path: \"$PWD/hook\"}]" 'exec sleep 60'
	runtime delete --force "$box"
	[ -d once ]
	# Without its state it would be left by this test, too.
	[ -d "state/$box" ] || cgroup --group "$box" --kill --remove
	box_is created
}

@test "the state of another user is not read" {
	local command

	mkdir -p "state/$box"
	echo "touch '$PWD/x'" >"state/$box/plan"
	chown -R 65534 state
	for command in "state $box" "kill $box" "delete --force $box" \
		"create -b m $box" list; do
		# shellcheck disable=SC2086 # words
		run -1 runtime $command
		[[ $output == "ptyrunc: '"*"/state' is another user's" ]]
	done
	chown 0 state
	run -1 runtime state "$box"
	[[ $output == "ptyrunc: '"*"/state/$box' is another user's" ]]
	run -0 runtime list -q
	[ -z "$output" ]
	[ ! -e x ]
	rm -r "state/$box"
}

@test "an ordinary user has containers, and hears what is not to be had" {
	mine() {
		as_nobody timeout 30 ptyrunc --root "$PWD/mine/state" "$@" 3>&-
	}
	mkdir mine
	root mine/rootfs
	chown -R 65534:65534 mine
	as_nobody ocispec --example --rootless |
		jq '.process |= (.terminal = false | .args = ["sleep", "60"])' \
			>mine/config.json
	mine create -b mine "$box" >out 2>&1
	mine start "$box"
	run -0 mine exec "$box" id -u
	[ "$output" = 0 ]
	run -1 mine pause "$box"
	[ "$output" = "ptyrunc: cannot pause container '$box': it has no cgroup" ]
	mine kill --all "$box" KILL
	within 20 mine_is_stopped
	mine delete "$box"
	[ -z "$(ls mine/state)" ]
}

@test "where no groups can be set, that of the process is no other" {
	mine() {
		as_nobody timeout 30 ptyrunc --root "$PWD/mine/state" "$@" 3>&-
	}
	mkdir mine
	root mine/rootfs
	as_nobody ocispec --example --rootless |
		jq '.process |= (.terminal = false | .args = ["sleep", "60"] |
			.user.additionalGids = [0])' >mine/config.json
	chown -R 65534:65534 mine
	mine run -d -b mine "$box" >out 2>&1
	jq '.process | .args = ["id"]' mine/config.json >p.json
	run -0 mine exec --process p.json "$box"
	[ "$output" = 'uid=0 gid=0' ]
	jq '.process | .user.additionalGids = [0, 5]' mine/config.json >p.json
	run -255 mine exec --process p.json "$box"
	[ "$output" = 'ptyrunc: user.additionalGids: no groups can be set in this user namespace' ]
	mine delete --force "$box"
}

mine_is_stopped() {
	[ "$(mine state "$box" | jq -r .status)" = stopped ]
}

@test "what a spec or a hook says is not taken for a warning" {
	bundle m '.process.rlimits = [{type: "a: warning: b", soft: 1, hard: 1}]'
	refused 'ptyrunc: process.rlimits*'
	bundle m '.hooks.prestart = [{path: "/bin/sh", args: ["sh", "-c",
		"echo sh: warning: the reason >&2; exit 3"]}]'
	refused "ptyrunc: '/bin/sh' ended with status 3*the reason*"
}

@test "without 0, 1 and 2 a container runs, and is removed" {
	bundle m . 'echo ran; echo ran >/tmp/ran; exit 3'
	run -3 timeout 30 ptyrunc --root state run -b m "$box" <&- 3>&-
	[ "$output" = ran ]
	[ ! -e "state/$box" ]
	rm m/rootfs/tmp/ran
	run -3 timeout 30 sh -c 'exec ptyrunc --root state run -b m "$0" \
		<&- >&- 2>&-' "$box" 3>&-
	[ -e m/rootfs/tmp/ran ]
	[ ! -e "state/$box" ]
}

@test "what is said about an update is never run" {
	start_box . 'exec sleep 60'
	tools warned
	cat >warned/ocispec <<-END
		#!/bin/sh
		echo 'ocispec: warning: \$(touch $PWD/x)' >&2
		exec '$(command -v ocispec)' "\$@"
	END
	run -0 --separate-stderr warned/ptyrunc --root state update \
		--pids-limit 20 "$box" 3>&-
	[[ $stderr == 'ptyrunc: warning: $(touch '* ]]
	[ ! -e x ]
	[ "$(runtime events --stats "$box" | jq .data.pids.limit)" = 20 ]
}

@test "run with hooks of start leaves the container of another create alone" {
	bundle m2 . 'exec sleep 60'
	bundle m '.hooks.poststart = [{path: "/bin/true"}]'
	other="create -b m2 $box" run -1 beside reap run -b m "$box"
	[ "$output" = "ptyrunc: container with id exists: $box" ]
	box_is created
}

@test "the options of runc that change nothing are taken, and --keep keeps" {
	bundle m . 'exit 3'
	run -3 runtime --debug --rootless=auto --criu x run --no-pivot \
		--no-new-keyring --no-subreaper --keep -b m "$box"
	[ -z "$output" ]
	box_is stopped
	fails 1 "ptyrunc: cannot kill container '$box': container not running" \
		runtime kill "$box" TERM
	runtime delete "$box"
	run -0 runtime delete --force "$box"
	[ -z "$output" ]
}

@test "a create as podman and conmon have it goes by what it read" {
	bundle m . 'env; exec sleep 60'
	env -u PATH XDG_RUNTIME_DIR= _OCI_SYNCPIPE=3 _OCI_STARTPIPE=4 \
		"$(command -v ptyrunc)" --root state --log-format=json \
		--log log create --bundle "$PWD/m" --pid-file pid "$box" \
		>out 2>&1 3>&-
	[ "$(<pid)" = "$(pid_of)" ]
	echo broken >m/config.json
	run -0 runtime start "$box"
	[ -z "$output" ]
	within 20 grep -q ^TERM=vt100 out
	run ! grep _OCI_ out
	run -0 runtime exec "$box" echo in
	[ "$output" = in ]
	run -0 runtime ps --format json "$box"
	[ "$output" = "[$(<pid)]" ]
	echo '{"pids": {"limit": 7}}' >resources
	runtime update --resources=resources "$box"
	[ "$(runtime events --stats "$box" | jq .data.pids.limit)" = 7 ]
	runtime kill "$box" 9
	within 20 box_is stopped
	runtime delete --force "$box"
	[ ! -s log ]
}

@test "an exec as conmon and containerd have it has a terminal" {
	local option

	start_box . 'exec sleep 60'
	jq '.process | .terminal = true | .args = ["sh", "-c", "tty; id -u"]' \
		m/config.json >process
	for option in '' --tty; do
		fdrecv con.sock </dev/null >shown 3>&- &
		started=$!
		within 20 test -S con.sock
		# shellcheck disable=SC2086 # a word or none
		run -0 runtime --log log --log-format json exec --process process \
			--console-socket con.sock --detach --pid-file pid \
			$option "$box"
		[ -z "$output" ]
		ends 0 "$started"
		[[ $(<shown) == /dev/pts/[0-9]*0* ]]
		[[ $(<pid) =~ ^[0-9]+$ ]]
		rm pid
	done
	run -255 runtime --log log --log-format json exec --process process \
		--detach "$box"
	[[ $(jq -r .msg log) == 'cannot allocate tty '* ]]
}

@test "the state is in /run for root, else below XDG_RUNTIME_DIR" {
	bundle m . 'exec sleep 60'
	run -0 unshare -m --propagation private sh -c '
		mount -t tmpfs tmpfs /run && exec 2>&1 &&
		XDG_RUNTIME_DIR= ptyrunc create -b m "$0" >/dev/null </dev/null
		stat -c "%n %a" /run/ptyrunc "/run/ptyrunc/$0"
		ptyrunc delete --force "$0"' "$box" 3>&-
	[ "$output" = "/run/ptyrunc 700"$'\n'"/run/ptyrunc/$box 700" ]
	mkdir -p xdg/ptyrunc/mine
	chown -R 65534 xdg
	run -0 as_nobody env XDG_RUNTIME_DIR="$PWD/xdg" ptyrunc list -q
	[ "$output" = mine ]
	# It is of the user that made it.
	as_nobody ocispec --plan xdg/ptyrunc/mine/plan - <m/config.json
	run -0 as_nobody env XDG_RUNTIME_DIR="$PWD/xdg" ptyrunc list
	[[ ${lines[1]} == "mine "*" $(id -un 65534)" ]]
	run -0 as_nobody env XDG_RUNTIME_DIR="$PWD/xdg" ptyrunc list -f json
	[ "$(jq -r '.[].owner' <<<"$output")" = "$(id -un 65534)" ]
	run -1 as_nobody env XDG_RUNTIME_DIR= ptyrunc list -q
	[[ $output == 'ptyrunc: no directory for the state: '* ]]
}

@test "state and list have what runc's have" {
	needs runc
	bundle m '.annotations = {a: "b"}' 'exec sleep 60'
	runtime create -b m "$box" >out 2>&1
	runc --root "$PWD/runc" create -b m "$box.runc" >out 2>&1 3>&-
	runtime state "$box" >ours
	runc --root "$PWD/runc" state "$box.runc" >theirs
	runtime list -f json >ours.list
	runc --root "$PWD/runc" list -f json >theirs.list
	runc --root "$PWD/runc" delete --force "$box.runc"
	[ "$(jq -c 'keys' ours)" = "$(jq -c 'keys' theirs)" ]
	[ "$(jq -c '.[0] | keys' ours.list)" = "$(jq -c '.[0] | keys' theirs.list)" ]
	# A runc that is static does not know the names of users.
	for key in ociVersion pid created id owner; do
		jq -S "del(.$key)" ours >x && mv x ours
		jq -S "del(.$key)" theirs >x && mv x theirs
	done
	diff ours theirs
}
