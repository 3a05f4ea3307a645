#!/usr/bin/env bats
# bats file_tags=slow
# The compiler of src/ocispec/seccomp.h. The oracle (t/seccomp) holds it against
# libseccomp; RANDOM_PROFILES says how many profiles it makes up.
load lib

RANDOM_PROFILES=${RANDOM_PROFILES:-1000}
OCI=$BATS_TEST_DIRNAME/oci
TOP=$BATS_TEST_DIRNAME/..

setup() {
	[ "$(uname -m)" = x86_64 ] ||
		without 'the numbers of its system calls are those of x86_64'
	stage
}

# oracle WORDS... - run it; it is built once, with the libc of libseccomp
oracle() {
	local built=$BATS_FILE_TMPDIR/oracle

	[ -x "$built" ] || build_oracle "$built"
	"$built" "$@"
}

build_oracle() {
	needs gcc
	echo '#include <seccomp.h>' | gcc -E - >/dev/null 2>&1 ||
		without 'the headers of libseccomp are not installed'
	"$TOP/t/seccomp/build.sh" "$1"
}

# numbers ARCH - NAME NUMBER of each system call in the kernel's headers
numbers() {
	local include=/usr/$1-linux-gnu$2/include options name number

	case $1 in
	x86_64) options=(-include "/usr/include/$1-linux-gnu/asm/unistd_64.h") ;;
	i386) options=(-include /usr/include/x86_64-linux-gnu/asm/unistd_32.h) ;;
	x32)
		options=(-D__X32_SYSCALL_BIT=0
			-include /usr/include/x86_64-linux-gnu/asm/unistd_x32.h)
		;;
	aarch64)
		include=/usr/aarch64-linux-gnu/include
		options=(-U__x86_64__ -D__aarch64__)
		;;
	arm)
		include=/usr/arm-linux-gnueabihf/include
		options=(-U__x86_64__ -D__ARM_EABI__)
		;;
	esac
	if [[ $1 = a* ]]; then
		[ -e "$include/asm/unistd.h" ] ||
			without "the kernel's headers of $1 are not installed"
		options+=(-nostdinc -isystem "$include" -include asm/unistd.h)
	fi
	gcc -E -dM "${options[@]}" -x c /dev/null |
		sed -nE 's/^#define (__(ARM_)?NR_)([a-z0-9_]+) .*/@\3 \1\3/p' >names
	gcc -E -P "${options[@]}" -x c names |
		sed -n 's/^@//p' | while read -r name number; do
			echo "$name $((number))"
		done | grep -vE '^(syscalls|arch_specific_syscall) ' | sort
}

# column N - NAME NUMBER of that column of the table
column() {
	sed -nE 's/^\tX\((.*)\).*/\1/p' "$TOP/src/ocispec/syscalls.h" |
		tr -d ' ' | awk -F, -v at="$1" 'NF == 6 && $at >= 0 {
			print $1, ($at >= 992 ? $at - 992 + 983040 : $at)
		}' | sort
}

# compiled PROFILE - the filter of that JSON into the file filter
compiled() {
	echo "$1" >profile
	"$HELPER" seccomp profile >filter
}

# under PROFILE COMMAND... - run it under that profile's filter
under() {
	compiled "$1"
	shift
	confine --no-new-privs --seccomp-filter filter -- "$@"
}

# refused PATH-AND-WHY PROFILE - it is not compiled, for that reason
refused() {
	echo "$2" >profile
	fails 1 "$1" "$HELPER" seccomp profile
}

# rules RULE... - a profile that permits all but these
rules() {
	local IFS=,

	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":['"$*"']}'
}

# rule NAME ACTION [ARGS] - one of them
rule() {
	echo '{"names":["'"$1"'"],"action":"SCMP_ACT_'"$2"'","args":['"${3-}"']}'
}

# is INDEX OPERATOR VALUE [VALUE] - a condition
is() {
	echo '{"index":'"$1"',"op":"SCMP_CMP_'"$2"'","value":'"$3"',"valueTwo":'"${4-0}}"
}

# bats test_tags=once
@test "the numbers of system calls are those of the kernel's headers" {
	local arch at=1

	needs gcc
	for arch in x86_64 i386 x32 aarch64 arm; do
		at=$((at + 1))
		numbers "$arch" >headers
		column "$at" >table
		[ "$(wc -l <headers)" -gt 300 ]
		# All of them are there; what else is there is newer than these.
		run grep -vxFf table headers
		[ -z "$output" ] || { echo "$arch: $output"; return 1; }
		[ "$(grep -vxFf headers table | awk '$2 < 451 && $1 !~ /^ur?e?t?probe/')" = "" ]
	done
}

# bats test_tags=once
@test "the table is sorted by name" {
	column 2 | cut -d' ' -f1 >names
	[ "$(wc -l <names)" -gt 300 ]
	sed -nE 's/^\tX\(([^,]*),.*/\1/p' "$TOP/src/ocispec/syscalls.h" |
		awk 'seen[$1]++ { exit } { print }' | LC_ALL=C sort -c
}

# bats test_tags=once
@test "real profiles do what libseccomp makes of them" {
	run -0 oracle "$OCI"/podman-run.json "$OCI"/ctr-run-seccomp.json \
		"$OCI"/buildah-run.json
	[ "${#lines[@]}" -eq 3 ]
	for line in "${lines[@]}"; do
		[[ $line = *" 0 rules merged wrongly"*" 0 young" ]]
	done
}

# bats test_tags=once
@test "profiles made up do what their rules say, and libseccomp, where it is right" {
	run -0 oracle --random 1 "$RANDOM_PROFILES"
	echo "$output"
	[ "${#lines[@]}" -eq 1 ]
}

# bats test_tags=once
@test "the kernel runs the filters of profiles made up as they are meant" {
	run -0 oracle --kernel 1 100
	echo "$output"
	[ "${#lines[@]}" -eq 1 ]
}

# bats test_tags=once
@test "a call of a real profile costs less than in libseccomp's filter" {
	run -0 oracle --cost "$OCI"/podman-run.json "$OCI"/ctr-run-seccomp.json
	[ "${#lines[@]}" -ge 6 ]
	printf '%s\n' "${lines[@]}" | awk '
		{ print }
		$(NF-5) >= $(NF-3) || $(NF-5) >= $(NF-1) || $(NF-4) >= $(NF-2) ||
			$(NF-4) >= $NF { bad = 1 }
		END { exit bad }'
}

@test "each action does what it says, on the kernel" {
	as_root
	local profile

	run -0 under "$(rules "$(rule getpriority ERRNO)")" "$HELPER" call 140
	[ "$output" = 'errno 1' ]
	profile=$(rules '{"names":["getpriority"],"action":"SCMP_ACT_ERRNO","errnoRet":0}')
	run -0 under "$profile" "$HELPER" call 140
	[ "$output" = 0 ]
	for action in KILL KILL_THREAD KILL_PROCESS TRAP; do
		run -159 ptyfork --no-tty -- confine --seccomp-filter <(
			compiled "$(rules "$(rule getpriority $action)")"
			cat filter) -- "$HELPER" call 140
	done
	for action in LOG ALLOW; do
		run -0 under "$(rules "$(rule getpriority $action)")" \
			"$HELPER" call 140
		[ "$output" = "$("$HELPER" call 140)" ]
	done
	# Nobody traces this.
	run -0 under "$(rules "$(rule getpriority TRACE)")" "$HELPER" call 140
	[ "$output" = 'errno 38' ]
}

@test "a profile without rules does its default action with every call" {
	as_root
	under '{"defaultAction":"SCMP_ACT_ALLOW"}' true
	run -159 ptyfork --no-tty -- confine --seccomp-filter <(
		compiled '{"defaultAction":"SCMP_ACT_KILL"}'
		cat filter) true
}

@test "a call that is younger than all that the profile names does not exist" {
	local allowed profile default

	needs jq
	allowed=$(jq -c '[.linux.seccomp.syscalls[] | select(.action ==
		"SCMP_ACT_ALLOW" and (.args // [] | length) == 0) | .names[]]' \
		"$OCI/podman-run.json")
	for default in '"SCMP_ACT_ERRNO"' '"SCMP_ACT_ERRNO","defaultErrnoRet":88' \
		'"SCMP_ACT_KILL_PROCESS"' '"SCMP_ACT_TRAP"'; do
		profile='{"defaultAction":'$default',"syscalls":[{"action":
			"SCMP_ACT_ALLOW","names":'$allowed'}]}'
		# The newest is set_mempolicy_home_node or older.
		for number in 451 500 0x3fffffff 0x40000000 0xffffffff; do
			run -0 under "$profile" "$HELPER" call "$number"
			[ "$output" = 'errno 38' ]
		done
	done
	# Up to it, the profile's own errno.
	profile=${profile/SCMP_ACT_TRAP\"/SCMP_ACT_ERRNO\",\"defaultErrnoRet\":88}
	run -0 under "$profile" "$HELPER" call 175
	[ "$output" = 'errno 88' ]
}

@test "a default that permits does so with younger calls, too" {
	local profile

	profile=$(rules "$(rule read ALLOW)" "$(rule getpriority ERRNO)")
	run -0 under "${profile/SCMP_ACT_ALLOW/SCMP_ACT_LOG}" "$HELPER" call 39
	[[ $output = [0-9]* ]]
}

@test "conditions of a rule are and, for one argument each a rule of its own" {
	local both twice

	# lseek with offset 5 and whence 9, or either.
	both=$(rules "$(rule lseek ERRNO "$(is 1 EQ 5),$(is 2 EQ 9)")")
	twice=$(rules "$(rule lseek ERRNO \
		"$(is 1 EQ 5),$(is 1 EQ 6),$(is 2 EQ 9)")")
	run -0 under "$both" "$HELPER" call 8 99 5 9
	[ "$output" = 'errno 1' ]
	for args in '5 0' '6 9' '6 0' '0x100000005 9'; do
		# shellcheck disable=SC2086 # two words
		run -0 under "$both" "$HELPER" call 8 99 $args
		[ "$output" = 'errno 9' ]
	done
	for args in '5 0' '6 0' '7 9'; do
		# shellcheck disable=SC2086
		run -0 under "$twice" "$HELPER" call 8 99 $args
		[ "$output" = 'errno 1' ]
	done
	run -0 under "$twice" "$HELPER" call 8 99 7 0
	[ "$output" = 'errno 9' ]
}

@test "of rules with different conditions for one call each holds" {
	as_root
	local profile

	profile=$(rules "$(rule lseek ERRNO "$(is 1 EQ 5)")" \
		"$(rule lseek KILL "$(is 2 EQ 9)")")
	run -0 under "$profile" "$HELPER" call 8 99 5 0
	[ "$output" = 'errno 1' ]
	run -159 ptyfork --no-tty -- confine --seccomp-filter filter -- \
		"$HELPER" call 8 99 0 9
	# Where both hold, it is the first.
	run -0 under "$profile" "$HELPER" call 8 99 5 9
	[ "$output" = 'errno 1' ]
}

@test "each operator compares 64 bits" {
	as_root
	local big=0x100000000 operator yes no

	while read -r operator yes no; do
		compiled "$(rules "$(rule lseek ERRNO \
			"$(is 1 "$operator" 4294967296)")")"
		for value in ${yes//,/ }; do
			run -0 confine --seccomp-filter filter -- "$HELPER" \
				call 8 99 "$value" 0
			[ "$output" = 'errno 1' ]
		done
		for value in ${no//,/ }; do
			run -0 confine --seccomp-filter filter -- "$HELPER" \
				call 8 99 "$value" 0
			[ "$output" = 'errno 9' ]
		done
	done <<-END
		EQ $big 0,0x100000001,0xffffffff
		NE 0,0x100000001,0x200000000 $big
		LT 0,0xffffffff $big,0x100000001,0xffffffff00000000
		LE 0,0xffffffff,$big 0x100000001,0xffffffff00000000
		GT 0x100000001,0xffffffff00000000 0,0xffffffff,$big
		GE $big,0x100000001,0xffffffff00000000 0,0xffffffff
	END
	# The first value is the mask.
	compiled "$(rules "$(rule lseek ERRNO \
		"$(is 1 MASKED_EQ 1095216660480 4294967296)")")"
	for value in 0x100000000 0x77000001ffffffff; do
		run -0 confine --seccomp-filter filter -- "$HELPER" \
			call 8 99 "$value" 0
		[ "$output" = 'errno 1' ]
	done
	run -0 confine --seccomp-filter filter -- "$HELPER" call 8 99 0x300000000 0
	[ "$output" = 'errno 9' ]
}

@test "unknown names are skipped, a rule that says what the default says as well" {
	local profile

	profile=$(rules '{"names":["no_such_call","getpriority"],"action":"SCMP_ACT_ERRNO"}')
	run -0 under "$profile" "$HELPER" call 140
	[ "$output" = 'errno 1' ]
	profile=$(rules "$(rule getpriority ALLOW)" "$(rule getpriority ERRNO)")
	run -0 under "$profile" "$HELPER" call 140
	[ "$output" = 'errno 1' ]
}

@test "flags are those of seccomp(2)" {
	echo '{"defaultAction":"SCMP_ACT_ALLOW","flags":["SECCOMP_FILTER_FLAG_LOG",
		"SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_TSYNC"]}' >profile
	run -0 --separate-stderr "$HELPER" seccomp profile
	# shellcheck disable=SC2154
	[ "$stderr" = 'flags 7' ]
}

@test "what a profile says wrongly is refused, with its path" {
	refused '.: want a member "defaultAction"' '{}'
	refused ".: want an object" '[]'
	refused "defaultAction: 'frob' is not known" '{"defaultAction":"frob"}'
	refused 'defaultAction: want a string' '{"defaultAction":5}'
	refused "architectures.1: 'x86' is not known" \
		'{"defaultAction":"SCMP_ACT_LOG","architectures":["SCMP_ARCH_MIPS","x86"]}'
	refused "flags.0: 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV' is not known" \
		'{"defaultAction":"SCMP_ACT_LOG","flags":["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]}'
	refused "syscalls.0.action: 'SCMP_ACT_FROB' is not known" \
		"$(rules "$(rule read FROB)")"
	refused 'syscalls.0.action: SCMP_ACT_NOTIFY is not supported' \
		"$(rules "$(rule read NOTIFY)")"
	refused "syscalls.1.args.0.op: 'SCMP_CMP_XX' is not known" \
		"$(rules "$(rule read LOG)" "$(rule read LOG "$(is 0 XX 1)")")"
	refused 'syscalls.0.args.0: want a member "op"' \
		"$(rules "$(rule read LOG '{"index":0}')")"
	refused 'syscalls.0.args.1.index: *' \
		"$(rules "$(rule read LOG "$(is 0 EQ 1),$(is 6 EQ 1)")")"
	refused 'syscalls.0.args.0.value: *' \
		"$(rules "$(rule read LOG "$(is 0 EQ -1)")")"
	refused 'syscalls.0.names: want the name of a system call' \
		"$(rules '{"names":[],"action":"SCMP_ACT_LOG"}')"
	refused 'syscalls.0: want the name of a system call' \
		"$(rules '{"action":"SCMP_ACT_LOG"}')"
	refused 'syscalls.0.names.0: want a string' \
		"$(rules '{"names":[5],"action":"SCMP_ACT_LOG"}')"
	refused 'listenerMetadata: want a listenerPath with it' \
		'{"defaultAction":"SCMP_ACT_LOG","listenerMetadata":"x"}'
}

@test "an errno is up to 4095, and for an action that takes one" {
	local rule='{"names":["read"],"action":"SCMP_ACT_X","errnoRet":N}'

	for n in 4096 65536 -1 1.0 '"1"'; do
		refused 'syscalls.0.errnoRet: *' \
			"$(rules "${rule/X\",\"errnoRet\":N/ERRNO\",\"errnoRet\":$n}")"
	done
	compiled "$(rules "${rule/X\",\"errnoRet\":N/ERRNO\",\"errnoRet\":4095}")"
	for action in ALLOW LOG KILL KILL_PROCESS KILL_THREAD TRAP; do
		refused "syscalls.0.errnoRet: SCMP_ACT_$action takes no errno" \
			"$(rules "${rule/X\",\"errnoRet\":N/$action\",\"errnoRet\":1}")"
	done
	refused 'defaultErrnoRet: SCMP_ACT_ALLOW takes no errno' \
		'{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1}'
}

@test "a filter that would be too long is an error" {
	local list i

	for ((i = 0; i < 1000; i++)); do
		list+=,$(rule read ERRNO "$(is 0 EQ "$((i << 32 | i))"),$(is 1 GT 7)")
	done
	refused '.: the filter would have more than 4096 instructions' \
		"$(rules "${list#,}")"
}
