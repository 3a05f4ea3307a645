#!/usr/bin/env bats
# shellcheck disable=SC2016 # expanded by another shell
load lib
load rootfs

# dumped KEY CONFINE-OPTION... - what --dump says of KEY
dumped() {
	local key=$1

	shift
	confine "$@" --dump >dump
	sed -n "s/^$key //p" dump
}

# status_of KEY COMMAND... - what /proc says of KEY of a COMMAND's child
status_of() {
	local key=$1

	shift
	"$@" sed -n "s/^$key:[[:space:]]*//p" /proc/self/status
}

# as_user OPTION... - confine to a plain user
as_user() {
	confine --reuid 65534 --regid 65534 --clear-groups "$@"
}

# with_etc COMMAND... - run it where ./etc is /etc, or fail after a while
with_etc() {
	timeout 20 unshare -m sh -c 'mount --bind etc /etc && exec "$@"' sh "$@"
}

# insn CODE JT JF K - an instruction of a filter, as this machine has it
insn() {
	# shellcheck disable=SC2059 # the format is what is made
	printf "$(printf '\\x%02x' "$(($1 & 255))" "$(($1 >> 8))" "$2" "$3" \
		"$(($4 & 255))" "$(($4 >> 8 & 255))" "$(($4 >> 16 & 255))" \
		"$(($4 >> 24 & 255))")"
}

# filter ACTION NUMBER... - a filter with that action for some calls
filter() {
	local number action=$1 left

	shift
	left=$#
	insn 0x20 0 0 0
	for number; do
		insn 0x15 "$left" 0 "$number"
		left=$((left - 1))
	done
	insn 0x06 0 0 0x7fff0000
	insn 0x06 0 0 "$action"
}

EPERM=0x00050001 ENOSYS=0x00050026 NOTHING=0x00050000 KILL=0x80000000

# numbers - sets mkdir and own: the calls of mkdir(1), and those of confine;
# setresuid and setresgid
numbers() {
	case $(uname -m) in
	x86_64)
		mkdir='83 258' setresuid=117 setresgid=119
		own='116 117 119 126 79 80 95 157 436 33' ;;
	aarch64)
		mkdir=34 setresuid=147 setresgid=149
		own='159 147 149 91 17 49 166 167 436 24' ;;
	*) without 'the numbers of system calls are not known' ;;
	esac
}

@test "confine becomes its command, whose status is its own" {
	as_root
	run -7 confine sh -c 'echo $0; exit 7' word
	[ "$output" = word ]
	run -0 confine -- echo --dump
	[ "$output" = --dump ]
	fails 127 "confine: cannot execute 'nope': *" confine nope
	fails 126 "confine: cannot execute '/': *" confine /
}

@test "confine without a command, and --dump with one, are refused" {
	fails 125 'confine: missing operand: want *' confine --no-new-privs
	fails 125 'confine: --dump takes no command; *' confine --dump true
	fails 125 'confine: --hold and --preserve-fds are for a command; *' \
		confine --hold 3 --dump
}

@test "--reuid, --regid and --clear-groups set all ids" {
	as_root
	[ "$(status_of Uid confine --reuid 12)" = $'12\t12\t12\t12' ]
	run -0 as_user --dump
	[ "${lines[0]}" = 'uid 65534 65534 65534' ]
	[ "${lines[1]}" = 'gid 65534 65534 65534' ]
	[ "${lines[2]}" = 'groups none' ]
	[ "$(as_user id -u)" = 65534 ]
}

@test "--reuid and --regid take names" {
	as_root
	mkdir etc
	echo 'bob:x:1234:99:::' >etc/passwd
	echo 'crew:x:77:' >etc/group
	run -0 with_etc confine --reuid bob --regid crew --groups crew,5 --dump
	[ "${lines[0]}" = 'uid 1234 1234 1234' ]
	[ "${lines[1]}" = 'gid 77 77 77' ]
	[ "${lines[2]}" = 'groups 5,77' ]
}

@test "--reuid with a name leaves the groups alone" {
	as_root
	run -0 confine --groups 5,6 -- confine --reuid nobody --dump
	[ "${lines[0]}" = 'uid 65534 65534 65534' ]
	[ "${lines[1]}" = 'gid 0 0 0' ]
	[ "${lines[2]}" = 'groups 5,6' ]
}

@test "--init-groups takes the user's groups, and a number is a user too" {
	as_root
	mkdir etc
	printf '%s\n' 'al:x:1:99:::' 'bob:x:1234:99:::' >etc/passwd
	printf '%s\n' 'a:x:5:al,bob' 'b:x:6:bobby,bo' 'c:x:7:bob' 'd:x:5:bob' \
		>etc/group
	[ "$(with_etc confine --reuid bob --init-groups --dump |
		sed -n 3p)" = 'groups 5,7,99' ]
	[ "$(with_etc confine --reuid 1234 --regid 8 --init-groups --dump |
		sed -n 3p)" = 'groups 5,7,8' ]
	fails 125 "confine: cannot find user '55' in '/etc/passwd'" \
		with_etc confine --reuid 55 --init-groups --dump
}

@test "--keep-groups lets --regid alone" {
	as_root
	run -0 confine --groups 5,6 -- confine --regid 9 --keep-groups --dump
	[ "${lines[1]}" = 'gid 9 9 9' ]
	[ "${lines[2]}" = 'groups 5,6' ]
}

@test "--regid without a word on groups is refused" {
	fails 125 'confine: --regid needs --groups, *' confine --regid 5 true
	fails 125 'confine: --groups, --clear-groups, * exclude each other; *' \
		confine --clear-groups --keep-groups true
	fails 125 'confine: --init-groups needs --reuid; *' \
		confine --init-groups true
}

@test "a plain user cannot become another, but can stay" {
	as_root
	fails 125 'confine: cannot become user 1: *' \
		as_nobody confine --reuid 1 true
	fails 125 'confine: cannot become group 1: *' \
		as_nobody confine --regid 1 --keep-groups true
	fails 125 'confine: cannot set the groups: *' \
		as_nobody confine --groups 1 true
	as_nobody confine --reuid 65534 --regid 65534 --clear-groups true
}

@test "every option for a number refuses what is none" {
	for n in -1 4294967295 4294967296 18446744073709551616 +1 ' 1' 1: :1 \
		0x0 1e3 ''; do
		for option in reuid groups umask hold preserve-fds; do
			fails 125 "confine: bad --$option *" \
				confine "--$option=$n" touch ran
		done
		fails 125 'confine: bad --regid *' \
			confine --clear-groups --regid "$n" touch ran
		[ "$n" = -1 ] || fails 125 'confine: bad --oom-score-adj *' \
			confine --oom-score-adj "$n" touch ran
	done
	[ ! -e ran ]
}

@test "a number gone wrong is no name, whatever /etc/passwd says" {
	as_root
	mkdir etc
	printf '%s:x:0:0:::\n' -1 +1 ' 1' 0x0 1e3 '' 1234 >etc/passwd
	for n in -1 +1 ' 1' 0x0 1e3 ''; do
		fails 125 "confine: bad --reuid '$n': want a number or a name; *" \
			with_etc confine --reuid "$n" --dump
	done
	run -0 with_etc confine --reuid 1234 --dump
	[ "${lines[0]}" = 'uid 1234 1234 1234' ]
}

@test "lines of /etc/passwd that are not whole are not used, the first that is counts" {
	as_root
	mkdir etc
	printf '%s\n' 'bob:x:4294967295:0:::' 'bob:x:0x0:0:::' 'bob:x::0:::' \
		'bob:x' 'bob' 'bob:x:0' 'bob:x: 0:0:::' ':x:0:0:::' >etc/passwd
	fails 125 "confine: cannot find user 'bob' in '/etc/passwd'" \
		with_etc confine --reuid bob --dump
	printf 'bob:x:0:0\0:::\nbob:x:71:0:::\nbob:x:0:0:::' >>etc/passwd
	[ "$(with_etc confine --reuid bob --dump | sed -n 1p)" = 'uid 71 71 71' ]
}

@test "an /etc/passwd that is no regular file neither blocks nor counts" {
	as_root
	mkdir etc
	mkfifo etc/passwd
	echo 'bob:x:0:0:::' >file
	fails 125 "confine: cannot read '/etc/passwd': it is no regular file" \
		with_etc confine --reuid bob true
	for target in /dev/zero /dev/ptmx nowhere /proc/self/fd/0; do
		ln -sf "$target" etc/passwd
		fails 125 "confine: cannot read '/etc/passwd'*" \
			with_etc confine --reuid bob true <file
	done
	rm etc/passwd
	truncate -s 1G etc/passwd
	fails 125 "confine: cannot read '/etc/passwd': *" \
		with_etc confine --reuid bob true
}

@test "all words are checked before the first change" {
	as_root
	needs strace
	fails 125 "confine: cannot find user 'nope' *" \
		confine --oom-score-adj 5 --chdir / --reuid nope true
	for mask in 022 8; do
		strace -fo "log$mask" -e prlimit64,setrlimit,setgroups,chdir \
			"$BIN/confine" --rlimit core=0 --groups 1 --chdir / \
			--umask "$mask" true || [ "$mask" = 8 ]
	done
	[ "$(grep -cE 'rlim_max=0|setgroups|chdir' log022)" = 3 ]
	run ! grep -E 'rlim_max=0|setgroups|chdir' log8
}

@test "--bounding-set names what stays, or what to add and remove" {
	as_root
	[ "$(dumped bounding --bounding-set=-all)" = none ]
	[ "$(dumped bounding --bounding-set none)" = none ]
	[ "$(dumped bounding --bounding-set chown,CAP_KILL,cap_7)" = \
		chown,kill,setuid ]
	[ "$(dumped bounding --bounding-set=-all,+net_raw)" = net_raw ]
	now=$(dumped bounding)
	[ "$(dumped bounding --bounding-set=-chown)" = "${now#chown,}" ]
	[ "$(status_of CapBnd confine --bounding-set kill)" = \
		0000000000000020 ]
}

@test "capabilities that are not there are refused" {
	fails 125 "confine: bad --inh-caps 'chwon': no capability 'chwon'; *" \
		confine --inh-caps chwon true
	for list in '' ',' 'all,' 5 cap_ cap_64 cap_-1 ++chown ' chown'; do
		fails 125 "confine: bad --bounding-set *" \
			confine --bounding-set "$list" true
	done
	fails 125 "confine: bad * this kernel has no capability 'cap_63'; *" \
		confine --ambient-caps cap_63 true
}

@test "a capability cannot be added to the bounding set" {
	as_root
	fails 125 "confine: cannot add 'kill' to the bounding set: *" \
		confine --bounding-set chown -- \
		confine --bounding-set +kill true
	fails 125 'confine: cannot drop from the bounding set: *' \
		as_nobody confine --bounding-set=-all true
}

@test "--inh-caps and --ambient-caps outlive another user and an empty bounding set" {
	as_root
	run -0 as_user --bounding-set=-all --inh-caps net_raw \
		--ambient-caps net_raw -- grep Cap /proc/self/status
	[ "$(cut -f 2 <<<"$output" | uniq -c | tr -s ' \n' ' ')" = \
		' 3 0000000000002000 1 0000000000000000 1 0000000000002000 ' ]
	[ "$(dumped ambient --inh-caps +kill --ambient-caps +kill)" = kill ]
	[ "$(dumped ambient)" = none ]
}

@test "an ambient capability has to be inheritable and permitted" {
	as_root
	fails 125 "confine: cannot add 'kill' to the ambient set: not in the inheritable set" \
		confine --ambient-caps kill true
	fails 125 "confine: cannot add 'kill' to the ambient set: not in the permitted set" \
		as_nobody confine --inh-caps kill --ambient-caps kill true
}

@test "inheritable and ambient capabilities stay unless something is said" {
	as_root
	confine --inh-caps kill --ambient-caps kill -- \
		confine --umask 0 --dump >dump
	grep -x 'inheritable kill' dump
	grep -x 'ambient kill' dump
}

@test "another user has no capabilities left, in a tool called in the same process too" {
	as_root
	[ "$(status_of CapPrm as_user)" = 0000000000000000 ]
	[ "$(as_user -- confine --dump | sed -n 5p)" = 'permitted none' ]
	[ "$(confine --bounding-set kill -- confine --dump | sed -n 5p)" = \
		'permitted kill' ]
}

@test "--no-new-privs is passed on" {
	[ "$(status_of NoNewPrivs confine --no-new-privs)" = 1 ]
	[ "$(dumped no-new-privs --no-new-privs)" = 1 ]
	[ "$(dumped no-new-privs)" = 0 ]
}

@test "--seccomp-filter loads a filter" {
	as_root
	numbers
	# shellcheck disable=SC2086 # numbers
	filter $EPERM $mkdir >program
	run -1 confine --seccomp-filter program mkdir dir
	[[ $output == *'Operation not permitted' ]]
	run -1 as_nobody confine --no-new-privs --seccomp-filter program \
		mkdir dir
	[ ! -e dir ]
	[ "$(dumped seccomp --seccomp-filter program)" = 2 ]
}

@test "a filter is loaded when everything else is done" {
	as_root
	numbers
	# shellcheck disable=SC2086
	filter $KILL $own >program
	as_user --seccomp-filter program --bounding-set=-all --chdir / \
		--umask 0 --no-new-privs -- true
	as_user --seccomp-filter program --bounding-set=-all --chdir / -- true
}

@test "ids that did not change are noticed" {
	as_root
	numbers
	filter $NOTHING "$setresuid" "$setresgid" >program
	fails 125 'confine: cannot become user 5: it is 0, 0, 0' \
		confine --seccomp-filter program "$BIN/confine" --reuid 5 true
	fails 125 'confine: cannot become group 5: it is 0, 0, 0' \
		confine --seccomp-filter program "$BIN/confine" --regid 5 \
		--clear-groups true
}

@test "without openat2 names are looked up, but through no link" {
	as_root
	mkdir etc
	echo 'bob:x:1234:99:::' >etc/passwd
	filter $ENOSYS 437 >program
	run -0 with_etc confine --seccomp-filter program -- "$BIN/confine" \
		--reuid bob --dump
	[ "${lines[0]}" = 'uid 1234 1234 1234' ]
	mv etc/passwd etc/other
	ln -s other etc/passwd
	with_etc confine --reuid bob true
	fails 125 "confine: cannot read '/etc/passwd': *" with_etc confine \
		--seccomp-filter program "$BIN/confine" --reuid bob true
}

@test "what a filter needs of root is gone in the command" {
	as_root
	filter $EPERM 9999 >program
	for option in --clear-groups --bounding-set=-all; do
		[ "$(status_of CapPrm confine --reuid 65534 "$option" \
			--seccomp-filter program)" = 0000000000000000 ]
	done
	[ "$(status_of CapPrm confine --bounding-set kill \
		--seccomp-filter program)" = 0000000000000020 ]
}

@test "a filter that cannot be loaded is refused" {
	as_root
	fails 125 "confine: cannot open filter 'nope': *" \
		confine --seccomp-filter nope true
	filter $EPERM 9999 >program
	fails 125 'confine: cannot load a seccomp filter without --no-new-privs: *' \
		as_nobody confine --seccomp-filter program true
	truncate -s 9 short
	truncate -s 32776 long
	for file in /dev/null short long /dev/zero; do
		fails 125 "confine: cannot use filter '$file': want *" \
			confine --seccomp-filter "$file" true
	done
	truncate -s 8 wrong
	fails 125 'confine: cannot load the seccomp filter: *' \
		confine --seccomp-filter wrong true
}

@test "--rlimit sets limits, both or each, in order" {
	as_root
	run -0 confine --rlimit nofile=64 --rlimit core=1:4294967296 \
		--rlimit cpu=5 --rlimit cpu=4 --rlimit stack=65536:unlimited \
		-- sh -c 'ulimit -Sn; ulimit -Hn; ulimit -t; ulimit -Hs'
	[ "$output" = $'64\n64\n4\nunlimited' ]
	confine --rlimit core=1:4294967296 --dump >dump
	grep -x 'rlimit core 1 4294967296' dump
	as_user --rlimit nofile=64 true
}

@test "--rlimit refuses what is no limit" {
	for value in -1 18446744073709551616 18446744073709551615 +1 ' 1' 1: \
		:1 0x0 1e3 '' 1:2:3 unlimited1 2:1 unlimited:1; do
		fails 125 'confine: bad --rlimit *' \
			confine --rlimit "nofile=$value" true
	done
	for word in '' = nofile nope=1 NOFILE=1 =1; do
		fails 125 'confine: bad --rlimit *' confine --rlimit "$word" true
	done
}

@test "a limit above what is allowed is an error" {
	as_root
	run -125 as_nobody confine --rlimit core=0 -- \
		confine --rlimit core=1 true
	[[ $output == 'confine: cannot set limit core to 1:1: '* ]]
}

@test "--oom-score-adj is set before the rights for it go" {
	as_root
	[ "$(as_user --oom-score-adj 7 -- cat /proc/self/oom_score_adj)" = 7 ]
	[ "$(dumped oom-score-adj --oom-score-adj 1000 --rlimit nofile=64)" = \
		1000 ]
	for n in 1001 -1001 - --1 1-; do
		fails 125 "confine: bad --oom-score-adj '$n': want *" \
			confine --oom-score-adj "$n" true
	done
	fails 125 'confine: cannot set oom_score_adj to -1000: *' \
		as_nobody confine --oom-score-adj -1000 true
}

# scheduled OPTION... - how a command is, as chrt, ionice and taskset see it
scheduled() {
	run -0 confine "$@" -- sh -c 'chrt -p $$; ionice -p $$; nice
		grep Cpus_allowed_list /proc/$$/status'
	output=$(printf '%s\n' "${lines[@]##*:[[:blank:]]}")
}

@test "policy, nice value, I/O priority and CPUs are set" {
	as_root
	scheduled --scheduler batch --nice 7 --ionice best-effort:6 --cpu-list 0
	[ "$output" = $'SCHED_BATCH\n0\nprio 6\n7\n0' ]
	scheduled --nice -3 --ionice idle
	[[ $output == SCHED_OTHER$'\n0\nidle\n-3\n'* ]]
	scheduled --scheduler rr --sched-priority 9 --sched-flags reset-on-fork \
		--ionice realtime
	[[ $output == 'SCHED_RR|SCHED_RESET_ON_FORK'$'\n9\n'*'prio 4'$'\n'* ]]
	run -0 confine --scheduler deadline --sched-runtime 1000000 \
		--sched-deadline 5000000 --sched-period 10000000 \
		--sched-flags reset-on-fork -- cut -d ' ' -f 41 /proc/self/stat
	[ "$output" = 6 ]
}

@test "--personality is what uname says, and keeps other flags" {
	run -0 confine --personality linux32 -- uname -m
	[[ $output =~ ^(i.86|armv.*)$ ]]
	run -0 setarch --addr-no-randomize confine --personality linux32 -- \
		cat /proc/self/personality
	[ "$output" = 00040008 ]
	run -0 setarch linux32 confine --personality linux -- \
		cat /proc/self/personality
	[ "$output" = 00000000 ]
}

@test "what cannot be scheduled is refused before anything else" {
	for words in '--scheduler frob' '--scheduler fifo' '--nice 20' \
		'--nice -21' '--sched-priority 5' '--nice 1 --scheduler idle' \
		'--scheduler rr --sched-priority 100' '--sched-flags reset-on-fork' \
		'--scheduler rr --sched-priority 1 --sched-runtime 5' \
		'--scheduler other --sched-flags x' '--ionice idle:1' \
		'--ionice best-effort:8' '--ionice x' '--personality bsd' \
		'--cpu-list x' '--cpu-list 3-1' '--cpu-list 0,' '--cpu-list 9999' \
		'--scheduler deadline --sched-runtime -1'; do
		eval "run -125 confine --umask 0 $words -- touch ran"
		[[ $output == 'confine: '* ]]
		[ ! -e ran ]
	done
	fails 125 'confine: cannot choose the CPUs: Invalid argument' \
		confine --cpu-list 8191 -- true
}

@test "a policy is set before the rights for it go" {
	as_root
	run -0 confine --reuid 1000 --regid 1000 --clear-groups --nice -5 \
		--bounding-set=-all -- nice
	[ "$output" = -5 ]
}

@test "--umask sets the mask" {
	[ "$(confine --umask 027 -- sh -c umask)" = 0027 ]
	[ "$(dumped umask --umask 0)" = 0000 ]
	for mask in 8 1000 00000 0o7 rwx; do
		fails 125 "confine: bad --umask '$mask': want *" \
			confine --umask "$mask" true
	done
}

@test "--chdir enters a directory with the rights of before or after" {
	as_root
	chmod 755 .
	mkdir -m 700 root user
	chown 65534 user
	[ "$(confine --chdir user pwd)" = "$PWD/user" ]
	[ "$(as_user --chdir "$PWD/root" -- sh -c 'echo $PWD')" = "$PWD/root" ]
	[ "$(confine --bounding-set=-dac_override,-dac_read_search -- \
		confine --reuid 65534 --chdir user -- pwd)" = "$PWD/user" ]
	fails 125 "confine: cannot enter 'root': *" \
		as_nobody confine --chdir root true
	fails 125 "confine: cannot enter 'nope': *" confine --chdir nope true
}

@test "a working directory outside of the root is refused" {
	as_root
	mkdir old
	fails 125 'confine: cannot run here: the working directory is outside *' \
		unshare -m sh -c 'mount -t tmpfs x old && cd old &&
			umount -l . && exec confine true'
	exec 7</
	fails 125 'confine: cannot enter *' confine --chdir /proc/self/fd/64 true
	exec 7<&-
}

@test "--env and --clear-env make the environment" {
	run -0 confine --clear-env --env A=1 --env B= --env A=2=3 /usr/bin/env
	[ "$(sort <<<"$output")" = $'A=2=3\nB=' ]
	run -0 confine --env PATH=/nonexistent --env "X=$PATH" /usr/bin/env
	grep -qx "X=$PATH" <<<"$output"
	for word in '' = =x x; do
		fails 125 "confine: bad --env '$word': want NAME=VALUE; *" \
			confine --env "$word" true
	done
}

# waits PID - is it in a call with 7 as its first argument?
waits() {
	[[ $(cat "/proc/$1/syscall") == *' 0x7 '* ]]
}

@test "--hold waits for a byte just before the command" {
	as_root
	mkfifo fifo
	confine --reuid 65534 --hold 7 -- ls /proc/self/fd >out 7<>fifo \
		</dev/null 3>&- &
	pid=$!
	within 20 waits "$pid"
	[ ! -s out ]
	printf x 1<>fifo
	ends 0 "$pid"
	[ "$(tr '\n' ' ' <out)" = '0 1 2 3 ' ]
}

@test "--hold is an error where no byte comes" {
	fails 125 'confine: cannot go on: fd 7 ended without a byte' \
		confine --hold 7 touch ran 7</dev/null
	fails 125 'confine: cannot wait on fd 77: it was not passed on' \
		confine --hold 77 touch ran
	for fd in 0 2; do
		fails 125 "confine: bad --hold '$fd': want *" \
			confine --hold "$fd" touch ran
	done
	[ ! -e ran ]
}

@test "--preserve-fds passes descriptors on, the others are closed" {
	echo three >file
	[ "$(confine --preserve-fds 1 -- cat /dev/fd/3 3<file)" = three ]
	run -1 confine -- cat /dev/fd/4 4<file
	fails 125 'confine: cannot preserve fd 5: it was not passed on' \
		confine --preserve-fds 3 true 3<file 4<file 5<&-
}

@test "a descriptor that a tool before opened was not passed" {
	fails 125 'confine: cannot preserve fd 3: it was not passed on' \
		ptyfork confine --preserve-fds 1 true 3>&- </dev/null
	fails 125 'confine: cannot wait on fd 3: it was not passed on' \
		ptyfork confine --hold 3 true 3>&- </dev/null
}

@test "the terminal belongs to the user afterwards, and other files do not" {
	as_root
	ptyfork confine --reuid 65534 -- stat -Lc '%u %F' /dev/fd/0 </dev/null >out
	[ "$(cat out)" = '65534 character special file' ]
	script -qec 'exec confine --reuid 65534 -- stat -Lc %u /dev/fd/0' \
		/dev/null >out </dev/null
	[ "$(tr -d '\r' <out)" = 65534 ]
	touch file
	confine --reuid 65534 true <file >/dev/null
	[ "$(stat -c %u file)" = 0 ]
}

@test "the terminal of a session that another process leads is left alone" {
	as_root
	script -qec 'confine --reuid 65534 -- stat -Lc %u /dev/fd/0; :' \
		/dev/null >out </dev/null
	[ "$(tr -d '\r' <out)" = 0 ]
}

@test "--dump says what the kernel says" {
	as_root
	as_user --inh-caps kill --ambient-caps kill --dump >dump
	[ "$(sed 's/ .*//' dump | uniq | tr '\n' ' ')" = "uid gid groups \
inheritable permitted effective bounding ambient no-new-privs seccomp \
securebits umask cwd oom-score-adj rlimit " ]
	grep -x 'permitted kill' dump
	grep -x 'effective kill' dump
	grep -x "cwd $PWD" dump
	[ "$(grep -c '^rlimit ' dump)" = 16 ]
	[ "$(confine --bounding-set "$(sed -n 's/^bounding //p' dump)" --dump |
		sed -n 7p)" = "$(grep '^bounding' dump)" ]
}

@test "a directory's name cannot make a line of --dump" {
	mkdir $'a\nuid 0 0 0'
	run -0 confine --chdir $'a\nuid 0 0 0' --dump
	[ "$(grep -c '^uid' <<<"$output")" = 1 ]
	grep -qF 'a\x0auid\x200\x200\x200' <<<"$output"
}

@test "confine does not open what is no file of users, and reads none of proc" {
	as_root
	rootfs R
	mkfifo R/etc/passwd
	(echo x >R/etc/passwd) 2>/dev/null 3>&- &
	started=$!
	fails 125 "confine: cannot read '/etc/passwd': it is no regular file" \
		newroot R confine --reuid bob -- true
	# It would have gone on if a reader had come.
	kill -0 "$started"
	rm R/etc/passwd
	for file in /proc/version /proc/self/status /sys/kernel/uevent_seqnum; do
		ln -sf "$file" R/etc/passwd
		fails 125 "confine: cannot read '/etc/passwd': it is no regular file" \
			newroot --proc /proc --mount sysfs sysfs /sys '' R \
			confine --reuid bob -- true
	done
	rm R/etc/passwd
	echo 'bob:x:7:8::/:' >R/etc/other
	ln -s other R/etc/passwd
	for proc in --dir --proc; do
		run -0 newroot $proc /proc R confine --reuid bob -- id -u
		[ "$output" = 7 ]
	done
}

@test "confine says where there is no AppArmor and no SELinux, and runs nothing" {
	[ ! -e /sys/kernel/security/apparmor ] || without 'needs a kernel without AppArmor'
	fails 125 "confine: cannot set AppArmor profile 'x': *" \
		confine --apparmor-profile x -- touch ran
	fails 125 "confine: cannot set SELinux label 'a:b:c': *" \
		confine --selinux-label a:b:c -- touch ran
	[ ! -e ran ]
}

@test "--reset-env is the environment of a login, and --env comes after it" {
	as_root
	rootfs R
	cat >R/etc/passwd <<-'END'
		root:x:0:0::/root:/bin/ash
		bob:x:7:8::/home/bob:
		bare:x:9:9
	END
	run -0 env -i TERM=vt52 A=1 "$(type -p newroot)" R confine --reset-env \
		--env B=2 --reuid bob -- env
	[ "$(sort <<<"$output")" = "B=2
HOME=/home/bob
LOGNAME=bob
PATH=/usr/local/bin:/usr/bin:/bin
SHELL=/bin/sh
TERM=vt52
USER=bob" ]
	run -0 newroot R confine --reset-env -- sh -c 'echo "$SHELL $PATH"'
	[ "$output" = '/bin/ash /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' ]
	fails 125 "confine: cannot find user 77 in '/etc/passwd'" \
		newroot R confine --reset-env --reuid 77 -- env
}
