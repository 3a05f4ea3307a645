#!/usr/bin/env bats
# cgroup, on the real hierarchies of this machine, whichever it has.
# shellcheck disable=SC2016 # expanded by another shell
load lib

setup() {
	stage
	as_root
	box=$(basename "$BATS_TEST_TMPDIR")-$$
	cgroup -g "/$box" --make --permitted || without 'makes no cgroup'
	[ -n "$(groups)" ] || without 'makes no cgroup'
	cgroup -g "/$box" --remove
}

teardown() {
	kill_started
	# A test that was skipped has made none.
	[ -z "${box-}" ] || [ -z "$(groups)" ] ||
		timeout 20 cgroup -g "/$box" --kill --remove 3>&-
	leave_nothing
}

# groups - the directories of the test's cgroup that there are
groups() {
	# Others may go while it looks.
	find /sys/fs/cgroup -type d \( -path "*/$box" -o -path "*/$box/*" \) \
		2>/dev/null || :
}

# v1 CONTROLLER - where that one's hierarchy is, if it is of version 1
v1() {
	[ -e "/sys/fs/cgroup/$1/tasks" ] || without "no $1 of version 1"
	echo "/sys/fs/cgroup/$1"
}

# frozen FILE WORD - say where it is told that the cgroup is frozen, and how
frozen() {
	if [ -e "/sys/fs/cgroup/freezer/$box/freezer.state" ]; then
		grep -qx FROZEN "/sys/fs/cgroup/freezer/$box/freezer.state"
	else
		grep -rqx 'frozen 1' --include=cgroup.events /sys/fs/cgroup/{,unified/}"$box"/
	fi 2>/dev/null
}

# fill SCRIPT - make the cgroup, and run a script of the shell in it
fill() {
	cgroup -g "/$box" --make
	cgroup -g "/$box" -- sh -c "$1" 3>&- &
	started=$!
}

# holds N - are there so many processes?
holds() {
	[ "$(cgroup -g "/$box" --list | wc -l)" = "$1" ]
}

@test "--parent ends it with the process that has called it" {
	fails 125 'cgroup: cannot go on: process 1 is not the parent' \
		cgroup -g "/$box" --make --parent 1
	[ -z "$(groups)" ]
	mkfifo idle
	sh -c 'cgroup -g "$0" --make --kill --parent $$ -- cat idle; :' \
		"/$box" 3>&- &
	started=$!
	within 10 holds 1
	cgroup=$(pgrep -P "$started")
	kill -KILL "$started"
	within 10 gone "$cgroup"
}

@test "the hierarchy that freezes is the first of the list" {
	run -0 cgroup -g "/$box" --make --print
	[[ ${lines[0]} == *freezer* ]] || [[ ${lines[0]} == unified* ]]
}

@test "--below goes down, in all hierarchies or in some" {
	local one

	run -0 cgroup -g "/$box/a/b" --make --print
	all=$output one=${lines[0]%% *}
	cgroup -g "/$box" --make --file list
	for path in a/b /a//b/; do
		run -0 cgroup -f list --below "$path" --print
		[ "${output//\/\///}" = "$all" ]
	done
	run -0 cgroup -f list --below a -b b --print
	[ "$output" = "$all" ]
	run -0 cgroup -f list --below "$one:a" --print
	[ "${lines[0]}" = "$(head -n 1 <<<"${all%/b}" | sed 's,/b$,,')" ]
	[ "$(tail -n +2 <<<"$output")" = "$(tail -n +2 list)" ]
	for path in .. a/../.. ../a; do
		fails 125 "cgroup: cannot go below the cgroup: $path is not a sub cgroup path" \
			cgroup -f list --below "$path" --print
	done
	fails 125 "cgroup: cannot go below the cgroup: adding pid to */$box/x/cgroup.procs: no such file or directory" \
		cgroup -f list --below x --print
	fails 125 'cgroup: cannot go below the cgroup: unknown controller frob:a' \
		cgroup -f list --below frob:a --print
	fails 125 'cgroup: --below and --make exclude each other; *' \
		cgroup -g "/$box" --make --below a
}

@test "--filter leaves the lines of its processes in a list of ps" {
	fill 'sleep 60 & wait'
	within 20 holds 2
	ps -eo ppid,pid,args | timeout 10 cgroup -g "/$box" --filter >seen
	[[ $(head -n 1 seen) == *PPID*PID*COMMAND ]]
	[ "$(sed 1d seen | wc -l)" = 2 ]
	run -0 cgroup -g "/$box" --list
	[ "$(sed 1d seen | awk '{ print $2 }' | sort)" = "$(sort <<<"$output")" ]
	run -0 cgroup -g "/$box" --filter <<<'A PID'
	[ "$output" = 'A PID' ]
	fails 125 "cgroup: cannot find the column PID: *" \
		cgroup -g "/$box" --filter <<<'A B'
}

@test "a cgroup is made in every hierarchy, and printed as it is listed" {
	umask 077
	run -0 cgroup -g "/$box/a" --make --print --file list
	[ "$output" = "$(cat list)" ]
	[ "$(stat -c %a list)" = 600 ]
	[ "${#lines[@]}" -gt 0 ]
	cut -d ' ' -f 2- list | sort >listed
	groups | grep "/a$" | sort | cmp - listed
	[ "$(xargs stat -c %a <listed | sort -u)" = 755 ]
	for line in "${lines[@]}"; do
		[[ $line == *" /sys/fs/cgroup/"*"/$box/a" ]]
	done
	cgroup --file list --remove
	run ! grep -q "/a$" <(groups)
}

@test "COMMAND runs in the cgroup, which is removed after it" {
	run -7 cgroup -g "/$box" -m -k -r -- sh -c 'sleep 60 & cat /proc/self/cgroup; exit 7' 3>&-
	# shellcheck disable=SC2154
	[ "$(grep -c "/$box\$" <<<"$output")" -gt 0 ]
	[ -z "$(groups)" ]
	run -143 cgroup -g "/$box" -m -r -- sh -c 'kill $$'
	run -127 cgroup -g "/$box" -m -r -- ./none
	[ -z "$(groups)" ]
}

@test "without anything to do after it, cgroup becomes COMMAND" {
	cgroup -g "/$box" --make
	run -0 sh -c 'echo $$; exec cgroup -g "$0" sh -c "echo \$\$; cat /proc/self/cgroup"' "/$box"
	[ "${lines[0]}" = "${lines[1]}" ]
	[[ $output == *"/$box"* ]]
}

@test "signals are passed on to COMMAND" {
	mkfifo up
	cgroup -g "/$box" -m -r -- sh -c 'trap "exit 9" TERM; : >up
		while :; do sleep 0.02; done' 3>&- &
	started=$!
	timeout 20 cat up
	kill -TERM "$started"
	ends 9 "$started"
	[ -z "$(groups)" ]
}

@test "a path is below the caller's cgroup, unless it begins with /" {
	cgroup -g "/$box" --make
	cgroup -g "/$box" -- cgroup -g b --make
	[ "$(groups | grep -c "/$box/b\$")" = "$(groups | grep -c "/$box\$")" ]
}

@test "what leads elsewhere, and the root, are refused" {
	for path in / . .. ./ a/.. ../a a/../b $'a\nb' ''; do
		fails 125 "cgroup: cannot use cgroup *: it is no path below the root" \
			cgroup -g "$path" --make
	done
	grep -E ' cgroup2? ' /proc/self/mounts >mounts
	while read -r _ dir _; do
		echo "x $dir" >list
		fails 125 "cgroup: cannot use cgroup '$dir': it is the root of its hierarchy" \
			cgroup -f list --kill
	done <mounts
	mkdir dir
	ln -s /sys/fs/cgroup link
	echo "x $PWD/dir" >list
	fails 125 "cgroup: cannot use cgroup '$PWD/dir': it is no cgroup" \
		cgroup -f list --remove
	[ -d dir ]
	echo "x $PWD/link" >list
	fails 125 "cgroup: cannot open cgroup *" cgroup -f list --kill
	printf 'half /sys/fs/cgroup/a line' >list
	cgroup -f list --kill --remove
	printf 'x /sys/fs/cgroup/../../%s\n' "$PWD/dir" >list
	cgroup -f list --remove
	[ -d dir ]
	# What comes last in it would not be seen.
	seq -f 'x /sys/fs/cgroup/no/%g' 4000 >list
	fails 125 "cgroup: cannot read 'list': Argument list too long" \
		cgroup -f list --kill
}

@test "one that is in use or frozen is not taken" {
	fill 'exec sleep 60'
	within 20 holds 1
	fails 1 "cgroup: cannot use '/sys/fs/cgroup/*/$box': it has processes already" \
		cgroup -g "/$box" --make --file list
	[ ! -e list ]
	cgroup -g "/$box" --kill
	cgroup -g "/$box" --make --freeze
	fails 1 "cgroup: cannot use '/sys/fs/cgroup/*/$box': the container's cgroup unexpectedly frozen" \
		cgroup -g "/$box" --make
	cgroup -g "/$box" --thaw
	cgroup -g "/$box" --make
}

@test "values are written, the order does not matter, and a bad one is said" {
	local pids dir

	pids=$(groups_of pids.max)
	cgroup -g "/$box" --make -s pids.max=17
	dir=$(find /sys/fs/cgroup -path "*/$box/pids.max") || :
	[ "$(cat "$dir")" = 17 ] || [ -z "$pids" ]
	fails 125 "cgroup: cannot set 'pids.max' to 'x': Invalid argument" \
		cgroup -g "/$box" -s pids/pids.max=x
	for word in x =5 /=5; do
		fails 125 "cgroup: cannot set '$word': want FILE=VALUE" \
			cgroup -g "/$box" -s "$word"
	done
	fails 125 "cgroup: cannot set 'no.such' to '1': the cgroup has no such file, or its controller is not enabled there" \
		cgroup -g "/$box" -s no.such=1
	fails 125 "cgroup: cannot set '../pids.max' to '1': *" \
		cgroup -g "/$box" -s pids/../pids.max=1
	cgroup -g "/$box" --remove
	fails 125 'cgroup: cannot set *' cgroup -g "/$box" -m -s pids.max=x
	[ -z "$(groups)" ]
}

# groups_of FILE - where the root of a hierarchy knows that controller
groups_of() {
	[ ! -d "/sys/fs/cgroup/${1%%.*}" ] || echo v1
	! grep -qsw "${1%%.*}" /sys/fs/cgroup/cgroup.controllers || echo v2
}

@test "with swap, memory is limited in whichever order" {
	local dir

	dir=$(v1 memory)
	[ -e "$dir/memory.memsw.limit_in_bytes" ] || without 'no limit of swap'
	cgroup -g "$box" --make -s memory.memsw.limit_in_bytes=8192000 \
		-s memory.limit_in_bytes=4096000
	[ "$(cat "$(groups | grep memory)/memory.limit_in_bytes")" = 4096000 ]
}

@test "a new cpuset has what its parent has" {
	local dir

	dir=$(v1 cpuset)
	cgroup -g "/$box/a" --make
	cmp "$dir/cpuset.cpus" "$dir/$box/a/cpuset.cpus"
	cmp "$dir/cpuset.mems" "$dir/$box/a/cpuset.mems"
}

@test "rules of devices are those of cgdevice" {
	fails 125 "cgroup: bad rule 'deny q': *" \
		cgroup -g "/$box" -m -d 'deny q'
	fails 1 "cgroup: there is no cgroup *" cgroup -g "/$box" -l
	v1 devices
	run -1 cgroup -g "/$box" -m -r -d 'deny a' -d allow -d 'c 1:3 rwm' -- \
		sh -c 'echo x >/dev/null && echo x >/dev/zero || exit 1'
	[[ $output == *zero* ]]
	fails 125 "cgroup: bad *'frob'*" cgroup -g "/$box" -m -d frob
}

@test "processes are added, listed, stopped and go on" {
	sleep 60 3>&- &
	started=$!
	cgroup -g "/$box" --make --add "$started"
	run -0 cgroup -g "/$box" --list
	[ "$output" = "$started" ]
	cgroup -g "/$box" --freeze
	frozen
	cgroup -g "/$box" --thaw
	run ! frozen
	run -124 cgroup -g "/$box" --remove --timeout 0.1
	[[ $output == "cgroup: cannot remove cgroup '"*"': it has processes still" ]]
	fails 125 "cgroup: bad --add 'x': want a process" cgroup -g "/$box" --add x
}

@test "a fork bomb is ended, frozen or not, with the cgroups below" {
	cgroup -g "/$box" --make -s pids.max=60 2>/dev/null ||
		without 'no limit of processes'
	cgroup -g "/$box" -- sh -c 'b() { b & sleep 0.1; b; }; b' 2>/dev/null 3>&- &
	bomb=$!
	within 20 sh -c '[ "$(cgroup -g "/$0" --list | wc -l)" -gt 30 ]' "$box"
	cgroup -g "/$box" --kill --remove
	[ -z "$(groups)" ]
	within 20 gone "$bomb"
	fill 'sleep 60 & exec sleep 60'
	within 20 holds 2
	cgroup -g "/$box" --freeze --kill --remove
	[ -z "$(groups)" ]
}

@test "very deep and very many cgroups below are removed" {
	local dir n

	cgroup -g "/$box" --make
	dir=$(groups | head -n 1)
	(cd "$dir" && for n in {1..150}; do mkdir d "e$n" && cd d; done)
	sleep 60 3>&- &
	started=$!
	find "$dir" -name e77 -exec sh -c 'echo "$1" >"$0/cgroup.procs"' \
		{} "$started" \;
	run -0 cgroup -g "/$box" --list
	[ "$output" = "$started" ]
	run -0 sh -c 'ulimit -n 20; cgroup -g "$0" --kill --remove' "/$box"
	[ -z "$(groups)" ]
	ends 137 "$started"
}

@test "another signal reaches every process once, frozen ones stay frozen" {
	fill 'trap "echo one >>got" USR1; : >ready; while :; do sleep 0.02; done'
	within 20 test -e ready
	cgroup -g "/$box" --kill=USR1
	within 20 grep -q one got
	[ "$(wc -l <got)" = 1 ]
	cgroup -g "/$box" --freeze
	cgroup -g "/$box" --kill=usr1
	frozen
	cgroup -g "/$box" --thaw
	within 20 sh -c '[ "$(wc -l <got)" = 2 ]'
	fails 125 "cgroup: bad --kill 'FROB': there is no such signal; *" \
		cgroup -g "/$box" --kill=FROB
}

@test "a signal reaches more processes than there may be descriptors" {
	local n enough=

	fill 'for i in 1 2 3 4 5 6 7 8; do
		sleep 60 & sleep 60 & sleep 60 & sleep 60 &
	done; wait'
	within 20 holds 33
	for n in {8..50}; do
		run sh -c 'ulimit -n "$0"; exec cgroup -g "$1" --kill=CONT' \
			"$n" "/$box"
		[[ $status:$output == 0: ||
			$enough$status:$output == '125:cgroup: cannot '* ]]
		[ "$status" != 0 ] || enough=${enough:-$n}
	done
	[ "$enough" -lt 40 ]
	run -0 sh -c 'ulimit -n "$0"; exec cgroup -g "$1" --kill=TERM' \
		"$enough" "/$box"
	within 20 holds 0
}

# bats test_tags=unsanitized
@test "a command that cannot be waited for is ended" {
	needs strace
	cgroup -g "/$box" --make
	fails 125 'cgroup: cannot wait for the command: *' \
		timeout 20 strace -f -qq -e signal=none -o /dev/null \
		-e trace=poll -e inject=poll:error=ENOMEM \
		cgroup -g "/$box" --remove -- sleep 60
	within 20 none_of_ours
}

@test "a process does not stop or end itself" {
	cgroup -g "/$box" --make
	for way in --freeze --kill --kill=TERM; do
		cgroup -g "/$box" -- sh -c 'exec cgroup -g "$0" "$1"' "/$box" \
			"$way" 2>said 3>&- &
		ends 1 "$!"
		grep -qx "cgroup: cannot act on cgroup '.*': this process is in it" said
	done
}

@test "a cgroup that is not there is a status of 1, in a list it is left out" {
	fails 1 "cgroup: there is no cgroup '/$box'" cgroup -g "/$box" --kill
	cgroup -g "/$box" --make --file list
	cgroup -f list --kill --remove
	cgroup -f list --kill --remove
	run -0 cgroup -f list --list
	[ -z "$output" ]
	fails 125 "cgroup: cannot read 'none': *" cgroup -f none --list
}

@test "--remove removes only what --make has made in that call" {
	cgroup -g "/$box" --make
	run -0 cgroup -g "/$box" -m -r true
	[ -n "$(groups)" ]
	cgroup -g "/$box" --remove
	[ -z "$(groups)" ]
}

@test "a plain user has no cgroup, or those that are permitted" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* .. .
	run -125 as_nobody cgroup -g "/$box" --make
	[[ $output == "cgroup: cannot make cgroup '"*"': "* ]]
	run -0 as_nobody cgroup -g "/$box" --make --permitted --print
	[ -z "$output" ]
	[ -z "$(groups)" ]
	cgroup -g "/$box" --make
	run -0 as_nobody cgroup -g "/$box" --make --permitted --print
	[ -z "$output" ]
	run -125 as_nobody cgroup -g "/$box" --remove
}

@test "a wrong call says so" {
	fails 125 'cgroup: missing --group or --file; *' cgroup --make
	fails 125 'cgroup: nothing to do; *' cgroup -g x
	fails 125 'cgroup: --group and --file together need --make; *' \
		cgroup -g x -f y -k
	fails 125 'cgroup: --permitted needs --make; *' \
		cgroup -g x --permitted -k
	fails 125 'cgroup: --freeze and --thaw exclude each other; *' \
		cgroup -g x --freeze --thaw
}
