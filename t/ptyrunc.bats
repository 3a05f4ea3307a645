#!/usr/bin/env bats
# ptyrunc: what has to hold whoever is killed, runs twice, or is hostile.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats and oci.bash set them
load lib
load oci

@test "a container is created, started, seen, killed and deleted" {
	create_box . 'echo up; exec sleep 60'
	box_is created
	[ ! -s out ]
	[ "$(stat -c %a "state/$box")" = 700 ]
	[ "$(find /sys/fs/cgroup -name "$box" -exec stat -c %a {} + |
		sort -u)" = 755 ]
	runtime start "$box"
	box_is running
	within 20 grep -qx up out
	run -0 runtime list
	[[ ${lines[1]} == "$box "*running*"$PWD/m"* ]]
	run -1 --separate-stderr runtime delete "$box"
	[[ $stderr == *'not stopped: running'* ]]
	runtime kill "$box" KILL
	within 20 box_is stopped
	runtime delete "$box"
	fails 1 "*does not exist" runtime state "$box"
}

@test "a container that was let go runs, though its start was killed then" {
	create_box . 'exec sleep 60'
	runtime start "$box"
	# That start would have removed it.
	gate --make "state/$box/gate"
	box_is running
	run -1 --separate-stderr runtime start "$box"
	[[ $stderr == *'cannot start an already running container' ]]
	runtime delete --force "$box"
	fails 1 "*does not exist" runtime state "$box"
}

@test "the same with busybox's ash and with bash, without PATH" {
	local shell tool words

	bundle m . 'exit 7'
	tool=$(command -v ptyrunc)
	mkdir bare
	for shell in mkdir rmdir rm sleep cat mv; do
		ln -s "$(command -v busybox)" "bare/$shell"
	done
	for shell in dash bash 'busybox ash'; do
		read -ra words <<<"$shell"
		words[0]=$(command -v "${words[0]}")
		run -7 env -u PATH "${words[@]}" "$tool" --root "$PWD/state" run -b m "$box" 3>&-
	done
}

@test "the terminal of a container goes to the console socket" {
	bundle m '.process.terminal = true |
		.process.consoleSize = {height: 11, width: 33}' 'tty; stty size'
	fdrecv con.sock </dev/null >out 3>&- &
	started=$!
	within 20 test -S con.sock
	runtime run -d -b m --console-socket con.sock "$box"
	within 20 grep -q '11 33' out
	[ "$(head -n 1 out | tr -d '\r')" = /dev/pts/0 ]
	ends 0 "$started"
}

@test "a container that has the host's /dev has its terminal by a name in it" {
	bundle m '.process.terminal = true | .mounts |= map(select(
			.destination | startswith("/dev") | not)) |
		.mounts += [{destination: "/dev", type: "bind",
			source: "/dev", options: ["rbind", "rprivate"]}]' \
		'tty; readlink /proc/self/fd/0'
	run -0 runtime run -b m "$box"
	[[ $output == /dev/pts/* ]]
	[ "${lines[0]}" = "${lines[1]}" ]
	# With a devpts of its own it is the first there, as ever.
	jq '.mounts += [{destination: "/dev/pts", type: "devpts",
		options: ["newinstance", "ptmxmode=0666"]}]' m/config.json >c
	mv c m/config.json
	run -0 runtime run -b m "$box"
	[ "${lines[0]%$'\r'}" = /dev/pts/0 ]
	[ "${lines[0]}" = "${lines[1]}" ]
}

@test "with a terminal nobody keeps the output of create" {
	bundle m '.process.terminal = true' 'exec sleep 60'
	fdrecv --keep s -- sh -c 'exec cat <&3' </dev/null >out 3>&- &
	started=$!
	within 20 test -S s
	run -0 timeout 10 sh -c 'ptyrunc --root state create -b m \
		--console-socket s "$0" 2>&1 | cat' "$box" 3>&-
	[ -z "$output" ]
	box_is created
	runtime delete --force "$box"
}

@test "a root with shared propagation leaks no mount" {
	bundle m '.linux.rootfsPropagation = "shared"' 'exec sleep 60'
	run -0 unshare -m --propagation shared sh -c '
		cat /proc/self/mountinfo >a
		ptyrunc --root state run -d -b m "$0" </dev/null >out 2>&1 &&
		cat /proc/self/mountinfo >b && cmp a b' "$box" 3>&-
	box_is running
}

@test "terminal and socket have to agree" {
	bundle m '.process.terminal = true'
	refused '*cannot allocate tty if runc will detach without setting console socket'
	bundle m
	run ! --separate-stderr runtime create -b m --console-socket s "$box"
	[[ $stderr == *'cannot use console socket'* ]]
}

@test "of ten creates of one id one wins, the others harm nothing" {
	local n won=0 pids=()

	bundle m . 'exec sleep 60'
	for n in 1 2 3 4 5 6 7 8 9 10; do
		runtime create -b m "$box" >/dev/null 2>"err$n" &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		! wait "$n" || won=$((won + 1))
	done
	[ "$won" = 1 ]
	[ "$(cat err* | grep -c 'with id exists')" = 9 ]
	box_is created
	runtime start "$box"
	box_is running
}

@test "a create that is killed leaves what delete --force removes" {
	local delay

	bundle m . 'exec sleep 60'
	for delay in 0.001 0.01 0.02 0.03 0.05 0.08; do
		ptyrunc --root "$PWD/state" create -b m "$box" \
			>/dev/null 2>&1 3>&- &
		sleep "$delay"
		kill -KILL $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		# ptyfork may still be at work: it ends, or is a container.
		within 20 gone_for_good
	done
}

# gone_for_good - is there nothing left, nor a process that could still make it?
gone_for_good() {
	runtime delete --force "$box" && none_of_ours && [ ! -e "state/$box" ] &&
		[ "$(oci_cgroups)" = "$cgroups_before" ]
}

@test "debris is stopped, and hides no other container" {
	start_box . 'exec sleep 60'
	mkdir state/debris state/debris2
	echo 'half a line' >state/debris2/cgroups
	run -0 runtime list -q
	[ "$output" = $'debris\ndebris2\n'"$box" ]
	# runc's is one line.
	[ "$(runtime list -f json | wc -l)" = 1 ]
	[ "$(runtime list -f json | jq -r '.[].id')" = "$output" ]
	[ "$(runtime state debris | jq -r .status)" = stopped ]
	runtime delete debris
	runtime delete --force debris2
	box_is running
}

@test "a container that is removed while it is looked at hides no other" {
	needs strace
	start_box . 'exec sleep 60'
	mkdir state/0
	cp "state/$box/plan" state/0
	run -0 --separate-stderr strace -qq -o trace -P "$PWD/state/0/plan" \
		-e inject=open,openat:error=ENOENT \
		ptyrunc --root "$PWD/state" list -q
	[ "$output" = 0$'\n'"$box" ]
	[ -z "$stderr" ]
	grep -q INJECTED trace
}

@test "a pid that is another's by now is not signalled" {
	local pid

	create_box . 'exec sleep 60'
	pid=$(pid_of)
	sleep 60 3>&- &
	started=$!
	echo "$started 7" >"state/$box/init"
	box_is stopped
	run ! runtime kill "$box" KILL
	runtime delete --force "$box"
	run ! gone "$started"
	within 20 gone "$pid"
}

@test "a zombie is a stopped container" {
	bundle m . 'exit 0'
	# A parent that does not wait.
	sh -c 'ptyrunc --root state create -b m "$0" >/dev/null && exec sleep 60' \
		"$box" 3>&- &
	started=$!
	within 20 box_is created
	runtime start "$box"
	within 20 box_is stopped
	runtime delete "$box"
}

@test "an id that is a path is refused by every command" {
	local id command

	mkdir -p state/inner precious
	for id in .. . '' a/b '../precious' $'a\nb' 'a b' '$(touch x)' ; do
		for command in state start kill delete pause resume ps exec \
			events 'delete --force'; do
			# shellcheck disable=SC2086 # words
			run ! runtime $command "$id" x
		done
		run ! runtime create -b m "$id"
	done
	[ -d precious ]
	[ -d state/inner ]
	[ ! -e x ]
	rmdir state/inner
	fails 1 "ptyrunc: invalid container id: 'a\\\\nb\\\\u001b'" \
		runtime state $'a\nb\e'
}

@test "a list that cannot be written is an error" {
	for format in table json; do
		run -1 --separate-stderr sh -c \
			'"$@" >/dev/full' sh timeout 20 ptyrunc --root state list \
			--format "$format"
	done
}

@test "hostile names of bundles and annotations stay words" {
	local name=$'m \'"$(touch x)\\\nend'

	bundle m '.annotations = {"a\n\"'"'"'$(touch x)": "`touch x`\n\\"}' \
		'exec sleep 60'
	mv m "$name"
	runtime create -b "$name" "$box" >out
	[ "$(runtime state "$box" | jq -r .bundle)" = "$PWD/$name" ]
	runtime state "$box" | jq -e '.annotations["a\n\"'"'"'$(touch x)"] ==
		"`touch x`\n\\"'
	[ "$(runtime list -f json | jq -r '.[0].bundle')" = "$PWD/$name" ]
	runtime start "$box"
	runtime exec "$box" true
	runtime delete --force "$box"
	[ ! -e x ]
}

@test "variables of the environment are not the script's" {
	opt_force=1 opt_log=$PWD/x cgroups="a $PWD" hooks_poststop='touch y' \
		words='--frob' problem=x failure=0 ran_hooks=1 held=1 \
		create_box . 'exec sleep 60'
	opt_force=1 run ! runtime delete "$box"
	box_is created
	[ ! -e x ]
	hooks_poststop="touch $PWD/y" runtime delete --force "$box"
	[ ! -e y ]
}

@test "a full disk is an error, and leaves nothing" {
	bundle m
	run ! unshare -m --propagation private sh -c '
		mkdir small && mount -t tmpfs -o size=4k,nr_inodes=3 tmpfs small &&
		ptyrunc --root small create -b m "$0"; s=$?
		ls small; exit $s' "$box" 3>&-
	[[ $output == *ptyrunc:* ]]
	[ "$(oci_cgroups)" = "$cgroups_before" ]
}

@test "a --log that cannot be opened is an error, and nothing is made" {
	bundle true
	for log in "$PWD" "$PWD/none/log"; do
		run ! --separate-stderr runtime --log "$log" run -b bundle "$box"
		[ "$stderr" = "ptyrunc: cannot open log file '$log'" ]
	done
	run ! runtime state "$box"
}

@test "errors are in --log, as JSON where that is wanted" {
	run ! runtime --log log --log-format json create -b none "$box"
	[ "$(jq -r .level log)" = error ]
	jq -e '.msg | test("none")' log
	[[ $(jq -r .time log) == "$(date -u +%Y)"-*Z ]]
	run ! runtime --log text create -b none "$box"
	[[ $(cat text) == 'time="'*'" level=error msg="'*none* ]]
}

@test "descriptors are passed as --preserve-fds says, and no others" {
	bundle m . 'ls /proc/self/fd; cat <&3; cat <&4'
	run -0 runtime_with_fds run --preserve-fds 2 -b m "$box"
	[[ $output == *$'\na\nb' ]]
	bundle m . '[ ! -e /proc/self/fd/4 ] && [ ! -e /proc/self/fd/5 ] && echo none'
	run -0 runtime_with_fds run -b m "$box"
	[ "$output" = none ]
	run ! ptyrunc --root state run --preserve-fds 2 -b m "$box" 3>&- 4>&-
	[[ $output == *'fd 3'* ]]
}

@test "any number of descriptors is passed on, without a terminal to relay" {
	bundle m . 'ls /proc/self/fd | wc -l; for n in 3 8 9; do cat <&$n; done;
		cat /proc/self/fd/14; exec sleep 60'
	# shellcheck disable=SC2094
	for n in 3 8 9 14; do
		echo "$n" >"f$n"
	done
	timeout 30 bash -c 'for n in 4 5 6 7 10 11 12 13; do
			eval "exec $n</dev/null"
		done
		exec ptyrunc --root "$PWD/state" run -d --preserve-fds 12 -b m "$0"' \
		"$box" 3<f3 8<f8 9<f9 14<f14 >out 2>&1
	within 20 grep -q 14 out
	# ls has the directory that it reads as well.
	[ "$(<out)" = $'16\n3\n8\n9\n14' ]
	runtime delete -f "$box"
	bundle m . 'for n in 3 4 5 6 7 8; do cat <&$n; done'
	run -0 timeout 30 ptyrunc --root state run --preserve-fds 6 -b m "$box" \
		3<f3 4<f3 5<f3 6<f3 7<f3 8<f8
	[ "$output" = $'3\n3\n3\n3\n3\n8' ]
	run ! runtime run --preserve-fds 7 -b m "$box"
	[ "$output" = 'ptyrunc: cannot preserve more than 6 descriptors without --detach' ]
}

runtime_with_fds() {
	timeout 30 ptyrunc --root "$PWD/state" "$@" 3< <(echo a) 4< <(echo b)
}

@test "a warning about an exec is said, and never run" {
	start_box . 'exec sleep 60'
	before=$(cd "state/$box" && echo *)
	jq '.process | .args = ["echo", "hi"] | .capabilities.bounding +=
		["$(touch x)`touch x`; touch x; CAP_X"]' m/config.json >process
	run -0 --separate-stderr runtime exec --process process "$box"
	[ "$output" = hi ]
	[[ $stderr == *'warning: '*'unknown capability'* ]]
	run -0 --separate-stderr runtime exec --cap CAP_FROB --cap '$(touch x)' \
		"$box" grep CapBnd /proc/self/status
	[[ $stderr == *'warning: '*"no capability 'CAP_FROB'"* ]]
	[ ! -e x ]
	runtime exec -d "$box" true
	run -255 runtime exec "$box" /none
	run -255 runtime exec -d "$box" /none
	run -255 runtime exec --process none "$box"
	[ "$(cd "state/$box" && echo *)" = "$before" ]
}

@test "a hook has the PATH of the runtime's caller" {
	bundle m '.hooks = {prestart: [{path: "/bin/sh", args: ["sh", "-c",
			"echo $PATH >>'"$PWD"'/path"]}]} |
		.hooks.createContainer = .hooks.prestart |
		.hooks.poststart = .hooks.prestart |
		.hooks.poststop = .hooks.prestart' 'echo ran'
	PATH="$PATH:/x y" runs ran
	[ "$(sort -u path)" = "$PATH:/x y" ]
	[ "$(wc -l <path)" -eq 4 ]
}

@test "the caller's groups are kept where an annotation says so" {
	bundle m '.annotations["run.oci.keep_original_groups"] = "1"' \
		'grep Groups /proc/self/status'
	run -0 setpriv --groups 5,77 ptyrunc --root state run -b m "$box"
	[ "$output" = $'Groups:\t5 77 ' ]
	bundle m '.annotations["run.oci.keep_original_groups"] = "1" |
		.process.user.additionalGids = [6]' \
		'grep Groups /proc/self/status'
	run -0 setpriv --groups 5,77 ptyrunc --root state run -b m "$box"
	[ "$output" = $'Groups:\t5 77 ' ]
}

@test "a container and its execs are scheduled as the spec says" {
	bundle m '.process.scheduler = {policy: "SCHED_BATCH", nice: 3} |
		.linux.personality = {domain: "LINUX32"} |
		.process.execCPUAffinity = {initial: "0", final: "0"}' \
		'cut -d " " -f 19,41 /proc/self/stat; cat /proc/self/personality;
			exec sleep 60'
	runtime run -d -b m "$box" >out
	within 20 grep -q 00000008 out
	[ "$(<out)" = $'3 3\n00000008' ]
	run -0 runtime exec "$box" sh -c 'cut -d " " -f 19,41 /proc/self/stat
		cat /proc/self/personality
		grep Cpus_allowed_list /proc/self/status'
	[ "$output" = $'3 3\n00000008\nCpus_allowed_list:\t0' ]
}

@test "--pidfd-socket has a pidfd of the process before it runs" {
	create_with_pidfd() {
		fdrecv pidfd.sock -- sh -c 'grep -E "^(Pid|NSpid):" /proc/self/fdinfo/3
			echo "$FDRECV_MESSAGE"' >got 3>&- &
		receiver=$!
		within 20 test -S pidfd.sock
		runtime "$@" --pidfd-socket pidfd.sock -b m "$box" >/dev/null
		ends 0 "$receiver"
	}
	bundle m . 'exec sleep 60'
	create_with_pidfd create
	[ "$(<got)" = $'Pid:\t'"$(pid_of)"$'\nNSpid:\t'"$(pid_of)"$'\nstandard' ] ||
		[ "$(<got)" = $'Pid:\t'"$(pid_of)"$'\nNSpid:\t'"$(pid_of)"$'\t1\nstandard' ]
	runtime start "$box"
	fdrecv exec.sock -- sh -c 'echo "$FDRECV_MESSAGE"' >got 3>&- &
	receiver=$!
	within 20 test -S exec.sock
	run -0 runtime exec --pidfd-socket exec.sock "$box" echo ran
	[ "$output" = ran ]
	ends 0 "$receiver"
	[ "$(<got)" = setns ]
	runtime delete -f "$box"
	run ! --separate-stderr runtime create --pidfd-socket none -b m "$box"
	[[ $stderr == *"cannot connect to 'none': No such file"* ]]
	[ ! -e "state/$box" ]
}

@test "events has one where the kernel kills for want of memory" {
	[ -e /sys/fs/cgroup/memory/memory.oom_control ] ||
		[ -e /sys/fs/cgroup/cgroup.controllers ] ||
		without 'needs a memory cgroup'
	start_box '.linux.resources.memory = {limit: 8388608}' 'exec sleep 60'
	ptyrunc --root state events --interval 1050ms "$box" >seen 3>&- &
	started=$!
	within 20 grep -q stats seen
	run ! grep -q oom seen
	runtime exec "$box" sh -c 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done' || true
	within 20 grep -qx '{"type":"oom","id":"'"$box"'"}' seen
	runtime kill "$box" KILL
	ends 0 "$started"
	[ "$(grep -c oom seen)" -le 2 ]
}

@test "run passes signals on, and has the status of the signal" {
	bundle m . 'trap "exit 9" TERM INT; echo up; while :; do sleep 0.02; done'
	# What is begun in the background ignores INT.
	for signal in TERM INT; do
		: >out
		env --default-signal ptyrunc --root "$PWD/state" run -b m "$box" \
			>out 3>&- &
		started=$!
		within 20 grep -q up out
		kill "-$signal" "$started"
		ends 9 "$started"
		[ ! -e "state/$box" ]
	done
}

@test "no signal is ignored in a container, whatever conmon ignores" {
	ignoring() {
		timeout 30 env --ignore-signal=HUP,PIPE,USR1 ptyrunc \
			--root "$PWD/state" "$@" 3>&-
	}
	# But for the two that libc keeps.
	none=$(env --default-signal grep SigIgn /proc/self/status)
	bundle m '.process.args = ["grep", "SigIgn", "/proc/self/status"]'
	run -0 --separate-stderr ignoring run -b m "$box"
	[ "$output" = "$none" ]
	bundle m . 'exec sleep 60'
	ignoring create -b m "$box" >out 2>&1
	ignoring start "$box"
	run -0 --separate-stderr ignoring exec "$box" sh -c \
		'exec grep -h SigIgn /proc/self/status /proc/1/status'
	[ "$output" = "$none"$'\n'"$none" ]
	runtime delete --force "$box"
}

@test "run with hooks of start has the status, and the terminal" {
	bundle m ".hooks.poststart = [{path: \"/bin/sh\",
		args: [\"sh\", \"-c\", \"cat >$PWD/after\"]}]" 'echo out; exit 7'
	run -7 runtime run -b m "$box"
	[ "$output" = out ]
	[ "$(jq -r .status after)" = running ]
	[ ! -e "state/$box" ]
	bundle m ".process.terminal = true |
		.hooks.poststart = [{path: \"/bin/true\"}]" 'tty; exit 7'
	run -7 runtime run -b m "$box"
	[ "${output%$'\r'}" = /dev/pts/0 ]
	[ "$(ls state)" = '' ]
}

@test "run with hooks of start does all that its options say" {
	bundle m '.hooks.poststart = [{path: "/bin/true"}] |
		.process.capabilities.bounding += ["CAP_FROB"]' \
		'cat <&3; cat <&4; [ ! -e /proc/self/fd/5 ] && echo none'
	fdrecv pidfd.sock -- grep ^Pid: /proc/self/fdinfo/3 >got 3>&- &
	receiver=$!
	within 20 test -S pidfd.sock
	run -0 --separate-stderr runtime_with_fds --log log run \
		--preserve-fds 2 --pid-file pid --pidfd-socket pidfd.sock \
		-b m "$box"
	[ "$output" = $'a\nb\nnone' ]
	ends 0 "$receiver"
	[ "$(<got)" = $'Pid:\t'"$(<pid)" ] || [ "$(<got)" = $'Pid:\t-1' ]
	grep -q CAP_FROB log
	[ "$(ls state)" = '' ]
	bundle m '.hooks.poststart = [{path: "/bin/false"}]' 'exec sleep 60'
	run ! --separate-stderr runtime --log log --log-format json run -b m "$box"
	[ "$(tail -n 1 log | jq -r .level)" = error ]
}

@test "run with hooks and a terminal ends where the container could not be made" {
	bundle m '.process.terminal = true |
		.hooks.createRuntime = [{path: "/bin/false"}] |
		.hooks.poststart = [{path: "/bin/true"}]'
	for n in 1 2 3; do
		run -1 runtime run -b m "$box"
		[ "$output" = "ptyrunc: '/bin/false' ended with status 1" ]
		[ ! -e "state/$box" ]
	done
	[ -z "$(ls state)" ]
}

@test "ps without a column of pids is an error that says so" {
	start_box . 'exec sleep 60'
	run -0 runtime ps "$box" -o pid,args
	[[ ${lines[1]} == *"$(pid_of) sleep 60" ]]
	fails 1 "ptyrunc: cannot find the column PID: *" runtime ps "$box" -o args
}

@test "with --cgroup-manager disabled it stays in the cgroups of its caller" {
	local hooks

	uncontrolled() {
		runtime --cgroup-manager disabled "$@"
	}
	for hooks in . '.hooks.poststart = [{path: "/bin/true"}]'; do
		bundle m "del(.linux.resources) | $hooks |
			.linux.namespaces -= [{type: \"cgroup\"}]" \
			'cat /proc/self/cgroup'
		run -0 --separate-stderr uncontrolled run -b m "$box"
		[ "$output" = "$(</proc/self/cgroup)" ]
	done
	echo 'exec sleep 60' >m/rootfs/main
	uncontrolled create -b m "$box" >out 2>&1
	uncontrolled start "$box"
	run -3 uncontrolled exec "$box" sh -c 'exit 3'
	fails 1 "ptyrunc: cannot pause container '$box': it has no cgroup" \
		uncontrolled pause "$box"
	[ "$(oci_cgroups)" = "$cgroups_before" ]
	uncontrolled kill "$box" KILL
	within 20 box_is stopped
	uncontrolled delete "$box"
	bundle m '.linux.resources.pids = {limit: 50}'
	fails 1 'ptyrunc: limits need a cgroup, *' uncontrolled run -b m "$box"
	[ "$(ls state)" = '' ]
	fails 1 "ptyrunc: invalid cgroup-manager 'frob'" \
		runtime --cgroup-manager frob list
}

@test "update changes limits, and stats show them" {
	start_box '.linux.resources.pids = {limit: 50}' 'exec sleep 60'
	runtime update --pids-limit 20 --memory 64M "$box"
	run -0 runtime events --stats "$box"
	[ "$(jq .data.pids.limit <<<"$output")" = 20 ]
	[ "$(jq .data.memory.usage.limit <<<"$output")" = 67108864 ]
	echo '{"pids": {"limit": 30}}' | runtime update -r - "$box"
	run -0 runtime events --stats "$box"
	[ "$(jq .data.pids.limit <<<"$output")" = 30 ]
}

@test "spec writes an example, once; features are JSON" {
	mkdir b
	runtime spec -b b
	jq -e .ociVersion b/config.json
	run ! runtime spec -b b
	mkdir c
	tools rel
	rm rel/ocispec
	ln -s "$(command -v ocispec)" rel
	run -0 env -u PATH rel/ptyrunc spec -b c
	cmp b/config.json c/config.json
	runtime features | jq -e .ociVersionMin
}

@test "what is not supported says so" {
	fails 1 "ptyrunc: checkpoint is not supported" runtime checkpoint x
	fails 1 "ptyrunc: restore is not supported" runtime restore x
	fails 1 "ptyrunc: No help topic for 'frob': *" runtime frob
	fails 1 "ptyrunc: unknown option --frob" runtime state --frob x
	run -0 runtime --version
	[[ ${lines[0]} == 'ptyrunc version '* ]]
	run -0 runtime --help
	[[ ${lines[1]} == *'ptyrunc - Open Container Initiative runtime'* ]]
	run -0 runtime kill --help
	[ "${lines[1]}" = '   ptyrunc kill' ]
}

@test "exec joins the process that was looked at, and no other of its pid" {
	needs strace
	bundle m . 'exec sleep 60'
	runtime run --detach -b m "$box" >out 2>&1
	run -0 strace -qq -fo calls -s 500 -e execve,execveat \
		ptyrunc --root state exec "$box" echo joined 3>&-
	[ "$output" = joined ]
	grep -qF -- "\"--target\", \"$(tr ' ' : <"state/$box/init")\"" calls
}

@test "exec on a terminal has the status, and 255 where nothing ran" {
	start_box . 'exec sleep 60'
	mkfifo idle
	run -5 timeout 20 ptyfork -- ptyrunc --root state exec "$box" \
		sh -c 'exit 5' <>idle 3>&-
	run -127 runtime exec "$box" sh -c 'exit 127'
	runtime exec --pid-file "a 'pid" "$box" true
	[[ $(od -An -c "a 'pid") =~ ^[\ 0-9]+$ ]]
	run -255 runtime exec --pid-file no/where "$box" true
	run -255 runtime --log log exec "$box" no-such-command
	grep -q no-such-command log
}
