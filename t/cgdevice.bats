#!/usr/bin/env bats
# cgdevice, on real cgroups of both versions: /dev/null is c 1:3, zero 1:5,
# full 1:7, random 1:8, urandom 1:9.
load lib

setup() {
	stage
	as_root
	v1=$(hierarchy cgroup devices) v2=$(hierarchy cgroup2 .)
	box=$(basename "$BATS_TEST_TMPDIR")-$$
}

teardown() {
	kill_started
	# A test that was skipped has made none.
	for dir in ${box:+"$v1/$box" "$v2/$box"}; do
		[ ! -d "$dir/below" ] || within 20 rmdir "$dir/below"
		[ ! -d "$dir" ] || within 20 rmdir "$dir"
	done
	leave_nothing
}

# hierarchy TYPE OPTION - where that one is mounted
hierarchy() {
	local dir

	dir=$(findmnt -nt "$1" -o TARGET,OPTIONS | tr ' ' ' ' |
		awk -v want="$2" '("," $2 ",") ~ want { print $1; exit }')
	[ -n "$dir" ] || without "no $1 with $2"
	echo "$dir"
}

# boxes - make a cgroup in each hierarchy, and print them
boxes() {
	mkdir "$v1/$box" "$v2/$box"
	echo "$v1/$box $v2/$box"
}

# in_box DIR COMMAND... - run it in that cgroup
in_box() {
	local dir=$1

	shift
	ptyfork --no-tty --cgroup "$dir" -- "$@"
}

# usable DIR - what can be done there with some devices, in one line
usable() {
	# shellcheck disable=SC2016 # expanded in the cgroup
	in_box "$1" sh -c 'exec 2>errors
		for d in null zero full urandom; do
			can=
			(: </dev/$d) && can=r
			(: >/dev/$d) && can=${can}w
			(: <>/dev/$d) && can=${can}+
			printf "%s" "$d=$can "
		done
		mknod node c 1 3 && printf "made"
		rm -f node'
}

@test "a device may be used as the last rule about it says" {
	for dir in $(boxes); do
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full=rw+ urandom=rw+ made' ]
		cgdevice "$dir" deny a 'allow c 1:3 rw' allow c 1:9 r
		[ "$(usable "$dir")" = 'null=rw+ zero= full= urandom=r ' ]
		cgdevice "$dir" 'allow c 1:5' 'deny a' allow c 1:7 w allow c 1:3 \
			deny c 1:3 wm
		[ "$(usable "$dir")" = 'null=r zero= full=w urandom= ' ]
		cgdevice "$dir" deny c 1:5 deny c 1:9 r
		[ "$(usable "$dir")" = 'null=rw+ zero= full=rw+ urandom=w made' ]
		cgdevice "$dir" deny c 1:5 deny c 1:9 allow c 1:5
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full=rw+ urandom= made' ]
		cgdevice "$dir" allow a
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full=rw+ urandom=rw+ made' ]
	done
}

@test "types, numbers and accesses that a rule leaves out are all of them" {
	for dir in $(boxes); do
		cgdevice "$dir" deny a allow c '1:*' r
		[ "$(usable "$dir")" = 'null=r zero=r full=r urandom=r ' ]
		cgdevice "$dir" deny a allow c '*:5' allow c 1:3 m
		[ "$(usable "$dir")" = 'null= zero=rw+ full= urandom= made' ]
		cgdevice "$dir" deny a allow c
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full=rw+ urandom=rw+ made' ]
		cgdevice "$dir" deny a allow b
		[ "$(usable "$dir")" = 'null= zero= full= urandom= ' ]
		cgdevice "$dir" deny a allow a 1:3
		[ "$(usable "$dir")" = 'null=rw+ zero= full= urandom= made' ]
		cgdevice "$dir" allow a deny a r
		[ "$(usable "$dir")" = 'null=w zero=w full=w urandom=w made' ]
	done
}

@test "accesses that come from several rules hold together" {
	for dir in $(boxes); do
		cgdevice "$dir" deny a allow c '1:*' r allow c 1:3 w allow c '*:5' w
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full=r urandom=r ' ]
	done
}

@test "rules come from a file or standard input, those of the command line after" {
	printf '# first\n\n deny a\nallow\tc 1:3 rwm  \n  # more\nallow c 1:9 r' >rules
	for dir in $(boxes); do
		cgdevice -f rules "$dir"
		[ "$(usable "$dir")" = 'null=rw+ zero= full= urandom=r made' ]
		cgdevice --file - "$dir" allow c 1:5 <rules
		[ "$(usable "$dir")" = 'null=rw+ zero=rw+ full= urandom=r made' ]
	done
}

@test "bad rules are refused with one line, and change nothing" {
	local want="want allow or deny, a, b or c, MAJOR:MINOR, and some of rwm"

	for dir in $(boxes); do
		cgdevice "$dir" deny a allow c 1:3 rw
		for rule in frob 'frob a' allow deny 'deny x' 'deny c 1' 'deny c 1:' \
			'deny c :1' 'deny c 1:2:3' 'deny c -1:2' 'deny c 1:99999999999' \
			'deny c 0x1:2' 'deny c 1:3 rwx' 'deny c 1:3 rw m' \
			'deny c rw 1:3' 'deny cc 1:3' 'deny ** 1:3' 'a' 'ALLOW a'; do
			fails 125 "cgdevice: bad rule '${rule//\*/\\*}': $want" \
				cgdevice "$dir" "$rule"
		done
		fails 125 "cgdevice: bad rule 'deny c x': $want" \
			cgdevice "$dir" allow a deny c x allow c 1:3
		fails 125 "cgdevice: missing rules; try 'cgdevice --help'" \
			cgdevice "$dir"
		fails 125 "cgdevice: no rules in '/dev/null'; try 'cgdevice --help'" \
			cgdevice -f /dev/null "$dir"
		fails 125 "cgdevice: cannot open 'nope': *" cgdevice -f nope "$dir"
		printf 'allow a\ndeny c\0\n' >rules
		fails 125 "cgdevice: cannot read rules from 'rules': *" \
			cgdevice -f rules "$dir"
		fails 125 "cgdevice: cannot read rules from '.': *" \
			cgdevice -f . "$dir"
		head -c 300000 /dev/zero | tr '\0' '\n' >rules
		fails 125 "cgdevice: cannot read rules from 'rules': *" \
			cgdevice -f rules "$dir"
		for ((i = 0; i < 1001; i++)); do echo "allow c 1:$i"; done >rules
		fails 125 'cgdevice: cannot take more than 1000 rules: *' \
			cgdevice -f rules "$dir"
		[ "$(usable "$dir")" = 'null=rw+ zero= full= urandom= ' ]
	done
}

@test "a thousand rules can be set" {
	for ((i = 0; i < 999; i++)); do echo "allow c 1:$((i + 4)) r"; done >rules
	for dir in $(boxes); do
		cgdevice "$dir" deny a
		(echo deny a && cat rules) | cgdevice -f - "$dir"
		[ "$(usable "$dir")" = 'null= zero=r full=r urandom=r ' ]
	done
}

@test "what is no cgroup with devices is refused" {
	local other

	other=$(hierarchy cgroup pids)
	fails 125 "cgdevice: cannot use cgroup '/': it is no cgroup" \
		cgdevice / deny a
	fails 125 "cgdevice: cannot open cgroup '/etc/passwd': *" \
		cgdevice /etc/passwd deny a
	fails 125 "cgdevice: cannot open cgroup 'nope': *" cgdevice nope deny a
	fails 125 "cgdevice: cannot use cgroup '$other': it has no devices controller" \
		cgdevice "$other" deny a
}

@test "version 1: an exception from an exception is an error that changes nothing" {
	mkdir "$v1/$box"
	fails 125 "cgdevice: cannot allow 'c 1:3 rwm' after 'c 1:\* rwm': *" \
		cgdevice "$v1/$box" deny c '1:*' allow c 1:3
	fails 125 "cgdevice: cannot deny 'c 1:3 rwm' after 'c 1:\* r': *" \
		cgdevice "$v1/$box" deny a allow c '1:*' r deny c 1:3
	[ "$(usable "$v1/$box")" = 'null=rw+ zero=rw+ full=rw+ urandom=rw+ made' ]
	# Another access, or none of the devices, is no such thing.
	cgdevice "$v1/$box" deny a allow c '1:*' r deny c 1:3 w deny c 2:3
	[ "$(cat "$v1/$box/devices.list")" = 'c 1:* r' ]
}

@test "version 1: what stays allowed is never forbidden for a moment" {
	mkdir "$v1/$box"
	cgdevice "$v1/$box" deny a allow c 1:3 rw allow c 1:5
	# shellcheck disable=SC2016
	in_box "$v1/$box" bash -c 'while [ ! -e stop ]; do
		: >/dev/null || touch failed
		: </dev/full && touch failed; done
		true' 2>errors 3>&- &
	started=$!
	for ((i = 0; i < 100; i++)); do
		cgdevice "$v1/$box" deny a allow c 1:3 rw allow c 1:9
		cgdevice "$v1/$box" deny a allow c 1:3 rw allow c 1:5
	done
	touch stop
	ends 0 $started
	[ ! -e failed ]
	[ "$(cat "$v1/$box/devices.list")" = $'c 1:3 rw\nc 1:5 rwm' ]
}

@test "version 1: cgroups below keep the default from changing, but not the exceptions" {
	mkdir "$v1/$box"
	cgdevice "$v1/$box" deny a allow c 1:3
	mkdir "$v1/$box/below"
	cgdevice "$v1/$box" deny a allow c 1:5
	[ "$(cat "$v1/$box/devices.list")" = 'c 1:5 rwm' ]
	fails 125 "cgdevice: cannot allow 'a' in '$v1/$box': *" \
		cgdevice "$v1/$box" deny c 1:5
	fails 125 "cgdevice: cannot allow 'c 1:3 rwm' in '$v1/$box/below': *" \
		cgdevice "$v1/$box/below" deny a allow c 1:3
}

@test "version 2: cgroups below are held to the rules as well" {
	mkdir "$v2/$box" "$v2/$box/below"
	cgdevice "$v2/$box" deny a allow c 1:3 allow c 1:5
	cgdevice "$v2/$box/below" deny c 1:5
	[ "$(usable "$v2/$box/below")" = 'null=rw+ zero= full= urandom= made' ]
	cgdevice "$v2/$box" deny a allow c 1:5
	[ "$(usable "$v2/$box/below")" = 'null= zero= full= urandom= ' ]
}

@test "version 2: an exception from an exception works" {
	mkdir "$v2/$box"
	cgdevice "$v2/$box" deny c '1:*' allow c 1:3 deny c 1:3 m
	[ "$(usable "$v2/$box")" = 'null=rw+ zero= full= urandom= ' ]
}

@test "version 2: one program is ours, and the others' stay and count" {
	mkdir "$v2/$box"
	"$HELPER" bpf_attach "$v2/$box" 2
	cgdevice "$v2/$box" deny c 1:5
	cgdevice "$v2/$box" deny c 1:9
	[ "$("$HELPER" bpf_list "$v2/$box" | sort)" = $'cgdevice\nother' ]
	[ "$(usable "$v2/$box")" = 'null=rw+ zero=rw+ full= urandom= made' ]
	cgdevice "$v2/$box" allow a
	[ "$("$HELPER" bpf_list "$v2/$box")" = other ]
	[ "$(usable "$v2/$box")" = 'null=rw+ zero=rw+ full= urandom=rw+ made' ]
}

@test "version 2: a program that allows no other is left alone, and said" {
	for flags in 0 1; do
		mkdir -p "$v2/$box"
		"$HELPER" bpf_attach "$v2/$box" "$flags"
		fails 125 "cgdevice: cannot attach a program to '$v2/$box': the one that is there allows no other" \
			cgdevice "$v2/$box" deny a
		[ "$("$HELPER" bpf_list "$v2/$box")" = other ]
		rmdir "$v2/$box"
	done
}

@test "version 2: what both rules forbid is never allowed for a moment" {
	mkdir "$v2/$box"
	cgdevice "$v2/$box" deny c 1:7
	# shellcheck disable=SC2016
	in_box "$v2/$box" bash -c 'while [ ! -e stop ]; do
		: >/dev/null || touch failed
		: </dev/full && touch failed; done
		true' 2>errors 3>&- &
	started=$!
	for ((i = 0; i < 100; i++)); do
		cgdevice "$v2/$box" deny c 1:7 deny c 1:9
		cgdevice "$v2/$box" deny c 1:7 deny c 1:5
	done
	touch stop
	ends 0 $started
	[ ! -e failed ]
}

@test "version 2: many calls at once leave no more than one program each, the next one alone" {
	mkdir "$v2/$box"
	for ((i = 0; i < 10; i++)); do
		cgdevice "$v2/$box" deny a allow c "1:$i" 3>&- &
		started+=" $!"
	done
	for pid in $started; do
		ends 0 "$pid"
	done
	cgdevice "$v2/$box" deny c 1:5
	[ "$("$HELPER" bpf_list "$v2/$box")" = cgdevice ]
	[ "$(usable "$v2/$box")" = 'null=rw+ zero= full=rw+ urandom=rw+ made' ]
}

@test "an unprivileged user is refused" {
	for dir in $(boxes); do
		cgdevice "$dir" deny a allow c 1:3 rw
		fails 125 "cgdevice: cannot *: *" as_nobody "$(command -v cgdevice)" \
			"$dir" allow a
		[ "$(usable "$dir")" = 'null=rw+ zero= full= urandom= ' ]
	done
}

# broken CALL HOW N COMMAND... - run it with its Nth CALL gone wrong; what it
# says is in the file said. Fails where it made no such call.
broken() {
	local call=$1 how=$2 n=$3

	shift 3
	strace -o trace -e "trace=$call" -e "inject=$call:$how:when=$n" \
		"$@" 2>said || true
	[ "$(grep -cE "^$call\(" trace)" -ge "$n" ]
}

# bats test_tags=unsanitized
@test "version 2: whichever call fails, or is the last, the rules are the old or the new" {
	local n old='null=rw+ zero= full= urandom= ' new='null= zero=rw+ full= urandom= '

	needs strace
	mkdir "$v2/$box"
	for how in error=ENOMEM error=EPERM error=ENOENT signal=KILL; do
		cgdevice "$v2/$box" deny a allow c 1:3 rw
		for ((n = 1;; n++)); do
			broken bpf "$how" "$n" cgdevice "$v2/$box" deny a \
				allow c 1:5 rw || break
			[[ $how = signal=* ]] || [ "$(wc -l <said)" -le 1 ]
			# The third asks for the former program, which seems gone.
			if [ "$how $n" != "error=ENOENT 3" ]; then
				[ "$("$HELPER" bpf_list "$v2/$box")" = cgdevice ]
				[[ "$(usable "$v2/$box")" = "$old" ||
					"$(usable "$v2/$box")" = "$new" ]]
			fi
			cgdevice "$v2/$box" deny a allow c 1:3 rw
		done
		[ "$n" -gt 4 ]
	done
}

# bats test_tags=unsanitized
@test "version 1: whichever call fails, or is the last, nothing is allowed but the old and the new" {
	local n

	needs strace
	mkdir "$v1/$box"
	for call in openat read write; do
		for how in error=ENOMEM signal=KILL; do
			cgdevice "$v1/$box" deny a allow c 1:3 rw
			for ((n = 1;; n++)); do
				broken "$call" "$how" "$n" cgdevice "$v1/$box" \
					deny a allow c 1:5 rw || break
				[[ $how = signal=* ]] || [ "$(wc -l <said)" -le 1 ]
				run ! grep -vE '^c 1:[35] rw$' \
					"$v1/$box/devices.list"
				cgdevice "$v1/$box" deny a allow c 1:3 rw
			done
			[ "$n" -gt 1 ]
		done
	done
}
