#!/usr/bin/env bats
# bats file_tags=slow
# Roots that were made to do harm: whatever is at the places that a container
# needs, the host stays as it is, and what starts has what it should have.
load lib
load rootfs

# What may be at a place. The first must do no harm, or a test tests nothing.
KINDS=(clean absolute relative data new loop dangling descriptor process self
	exe sysctl fifo socket directory plain device closed)

# What runs inside: what is the console, and of what is a mount?
LOOK='stat -c %t:%T /dev/console && cut -d" " -f4 /proc/self/mountinfo'

# $rootless says who starts the container: a user of his own namespace, or root
ROOTLESS=('' yes)

setup() {
	stage
	chmod 755 .
	mkdir -p host/out lent
	echo precious >host/data
	rootfs clean
	mkdir clean/{mnt,secret,work}
	chmod 777 clean/work
	exec 9<host
	before=$(state)
	options=(--proc /proc --dev /dev --bind lent /mnt --mask /secret)
	under=()
}

teardown() {
	rm -rf R clean
	leave_nothing
}

# state - what of the host a root could reach
state() {
	find host lent /dev/null /dev/zero -printf '%p %y %m %U:%G %s %T@ %l\n'
	cat host/data /proc/self/mountinfo /proc/sys/kernel/core_pattern
}

# hostile KIND PLACE - make what is at PLACE a thing of that kind
hostile() {
	[ "$1" != clean ] || return 0
	rm -rf "$2"
	mkdir -p "${2%/*}"
	case $1 in
	absolute) ln -s "$PWD/host/out" "$2" ;;
	relative) ln -s "../../../../../../../../..$PWD/host/out" "$2" ;;
	data) ln -s "$PWD/host/data" "$2" ;;
	new) ln -s "$PWD/host/out/new" "$2" ;;
	loop) ln -s "${2##*/}" "$2" ;;
	dangling) ln -s /nowhere/at/all "$2" ;;
	descriptor) ln -s /proc/self/fd/9/out "$2" ;;
	process) ln -s "/proc/1/root$PWD/host/out" "$2" ;;
	self) ln -s "/proc/self/root$PWD/host/out" "$2" ;;
	exe) ln -s /proc/self/exe "$2" ;;
	sysctl) ln -s /proc/sys/kernel/core_pattern "$2" ;;
	fifo) mkfifo "$2" ;;
	socket) "$HELPER" socket "$2" ;;
	directory) mkdir "$2" && echo >"$2/file" ;;
	plain) echo plain >"$2" ;;
	device) mknod "$2" c 1 5 ;;
	closed) mkdir -m 0 "$2" ;;
	*) return 1 ;;
	esac
}

# box COMMAND... - a container with R for its root, started under $under
box() {
	local who=() ns=(--mount --pid --ipc --uts)

	if [ -n "$rootless" ]; then
		who=(as_nobody)
		ns+=(--map-root-user --net)
	fi
	"${who[@]}" timeout 10 "${under[@]}" ptyfork "${ns[@]}" -- \
		newroot "${options[@]}" R -- "$@" </dev/null
}

# attempt COMMAND... - the same, with what it says in $output and $errors
attempt() {
	status=0
	output=$(box "$@" 2>errors) || status=$?
	errors=$(<errors)
	echo "$status: $output $errors"
}

# ends_well - did a container run as it should, or was it refused in a line?
ends_well() {
	case $status in
	0) [[ $output == 88:* && $output != *"$PWD/host"* && -z $errors ]] ;;
	12[567]) [[ $output$errors == *:* && $output$errors != *$'\n'* ]] ;;
	*) false ;;
	esac
}

# harmless PLACE COMMAND... - try all kinds of things at that place of the root
harmless() {
	local kind place=$1

	shift
	rm -rf R
	cp -al clean R
	for kind in "${KINDS[@]}"; do
		hostile "$kind" "R/$place"
		echo "$kind at $place, rootless: ${rootless:-no}"
		attempt "$@"
		ends_well
		[ "$kind" != clean ] || [ "$status" -eq 0 ]
		[ "$(state)" = "$before" ]
	done
}

@test "nothing that is at a place of a hostile root does harm to the host" {
	as_root
	for rootless in "${ROOTLESS[@]}"; do
		for place in dev proc mnt secret; do
			harmless "$place" sh -c "$LOOK"
		done
	done
}

@test "nothing that is in a hostile /dev does harm, or is seen inside" {
	as_root
	rootless=
	for place in dev/{pts,ptmx,pts/ptmx,console,null,shm,mqueue,fd}; do
		harmless "$place" sh -c "$LOOK"
	done
}

@test "nothing that is in a hostile /dev does harm where devices are made in it" {
	as_root
	rootless=
	options=(--proc /proc --mount devpts devpts /dev/pts
		'newinstance,ptmxmode=0666' --devices /dev
		--device /dev/net/tun c 10:200 0666 0:0)
	for place in dev dev/{pts,console,null,fd,net}; do
		harmless "$place" sh -c "$LOOK"
	done
}

@test "a hostile /sys does no harm where sysfs is mounted" {
	as_root
	options+=(--mount sysfs sysfs /sys nosuid)
	for rootless in "${ROOTLESS[@]}"; do
		harmless sys sh -c "$LOOK"
	done
}

@test "a hostile working directory leads nowhere" {
	as_root
	for rootless in "${ROOTLESS[@]}"; do
		harmless work confine --chdir /work sh -c "$LOOK"
	done
}

@test "a hostile command leads nowhere" {
	as_root
	for rootless in "${ROOTLESS[@]}"; do
		harmless bin/env /bin/env sh -c "$LOOK"
	done
}

# Without a /dev of ours, so that the one of the root would be found.
@test "a mask is the null device itself, whatever the root calls that" {
	as_root
	options=(--proc /proc --mask /secret)
	rm -r clean/secret
	echo secret >clean/secret
	for rootless in "${ROOTLESS[@]}"; do
		rm -rf R
		cp -al clean R
		for kind in "${KINDS[@]}"; do
			hostile "$kind" R/dev/null
			attempt stat -c %t:%T /secret
			[ "$output" = 1:3 ]
		done
	done
}

# What is tried here is as it is already, or a failure would be the host's.
@test "a mask gives no way to change the device behind it" {
	as_root
	options=(--proc /proc --mask /secret)
	cp -a clean R
	rm -r R/secret
	echo secret >R/secret
	for change in "chmod $(stat -c %a /dev/null)" 'chown 0:0'; do
		# shellcheck disable=SC2086
		attempt busybox $change /secret
		[[ $status == 1 && $output == *"Read-only file system" ]]
		[ "$(state)" = "$before" ]
	done
}

@test "a place that is missing is made in the root, not where a link leads" {
	as_root
	options+=(--bind lent /work/a/b --tmpfs /work/c/d --dir /work/e/f
		--symlink target /work/g/h)
	for rootless in "${ROOTLESS[@]}"; do
		harmless work sh -c "$LOOK"
	done
}

# swapped PLACE - start containers while a place is a link, and is none again
swapped() {
	local swapper place=$1

	rm -rf R
	cp -al clean R
	ln -s "$PWD/host/out" trap
	"$HELPER" swap "R/$place" trap 3>&- & swapper=$!
	for ((i = 0; i < 30; i++)); do
		attempt sh -c "$LOOK"
		# A place may be the link again when the command looks.
		[ "$status" -eq 1 ] || ends_well
		[[ $output != *"$PWD/host"* ]]
	done
	# If it has ended by itself, nothing was tested.
	kill "$swapper" && ! wait "$swapper"
	rm -rf trap
	[ "$(state)" = "$before" ]
}

@test "a place that is exchanged for a link during the start does no harm" {
	options+=(--bind lent /work/a/b)
	for rootless in "${ROOTLESS[@]}"; do
		for place in dev proc mnt work; do
			swapped "$place"
		done
	done
}

# What is left of a trace without the calls that no link can lead astray:
# openat2 that is confined, a single name in a directory that is open (none of
# these calls follows a link that has it), a descriptor, "." and "/" itself.
led_astray() {
	local safe='RESOLVE_NO_MAGICLINKS.*RESOLVE_(IN_ROOT|BENEATH)'

	safe+='|^(mkdir|mknod)at\([0-9]+, "[a-z]+"'
	safe+='|^symlinkat\("[^"]*", [0-9]+, "[a-z]+"'
	safe+='|^move_mount\([0-9]+, "", [0-9]+, "[a-z]*", [^S]*\)'
	safe+='|^open_tree\([0-9]+, "[0-9]+", .*AT_SYMLINK_NOFOLLOW'
	safe+='|^[a-z_]+\([0-9]+, "", .*AT_(EMPTY_PATH|STATX)'
	safe+='|^[a-z_0-9]+\((AT_FDCWD, )?"[./]"|^fsconfig\(|^execve\('
	grep -vE "$safe" "$1"
}

# bats test_tags=unsanitized
@test "in a root nothing is looked up but by openat2, and single names" {
	as_root
	needs strace
	under=(strace -ff -o trace -e trace=%file)
	options+=(--bind lent /work/a/b --mask /etc --readonly-path /proc/sys)
	cp -al clean R
	attempt true
	sed '1,/open.*"R"/d; /^execve/q' "$(grep -l pivot_root trace.*)" >inside
	[[ $status -eq 0 && $(wc -l <inside) -gt 30 ]]
	run -1 led_astray inside
}

@test "no descriptor of the caller leads out of the root" {
	rootless=
	cp -al clean R
	for ((fd = 0; fd < 64; fd++)); do
		for up in '' /..; do
			attempt confine --chdir "/proc/self/fd/$fd$up" \
				sh -c 'pwd; ls -a .; ls -a ../host'
			[[ $output$errors != *data* ]]
		done
	done
}

@test "no command is found by a descriptor of the caller" {
	as_root
	rootless=
	cp -al clean R
	mkdir tools
	cp clean/bin/busybox tools/sh
	exec 7<tools 8<tools/sh
	for word in /proc/self/fd/{0..63}{,/sh}; do
		attempt "$word" -c "echo out"
		[[ $status == 12[67] && -z $output ]]
	done
}

@test "a container has no descriptor but 0, 1 and 2" {
	as_root
	exec 7</ 8<host
	for rootless in "${ROOTLESS[@]}"; do
		rm -rf R
		cp -al clean R
		attempt sh -c 'ls -1 /proc/$$/fd; :'
		[ "$output" = $'0\n1\n2' ]
	done
}

@test "the way up ends at the root" {
	as_root
	up=$(printf '../%.0s' {1..40})
	for rootless in "${ROOTLESS[@]}"; do
		rm -rf R
		cp -al clean R
		attempt sh -c "pwd; cd $up; pwd; ls -1 $up"
		[ "$output" = "/"$'\n'"/"$'\n'"$(ls clean)" ]
	done
}

# bats test_tags=unsanitized
@test "a process that changes its root again does not come out" {
	as_root
	cp "$HELPER" clean/bin/helper
	for rootless in "${ROOTLESS[@]}"; do
		rm -rf R
		cp -al clean R
		chmod 777 R
		run -1 --separate-stderr box helper escape "$PWD/host/data"
		[ -z "$output$stderr" ]
	done
	# The helper does find the way where it is open.
	run -0 chroot R helper escape "$PWD/host/data"
}

# Whoever shares the tree moves the place of proc while a container starts.
@test "what is masked or read-only in proc is so wherever the root was moved" {
	as_root
	rootless=
	cp -al clean R
	mkdir R/trap
	"$HELPER" swap R/proc R/trap 3>&- & swapper=$!
	masked=
	for ((i = 0; i < 60; i++)); do
		mkfifo go
		newroot --proc /proc --mask /proc/version --readonly-path \
			/proc/sys R sh -c 'echo >&2; read x' <>go 2>said 3>&- & box=$!
		within 20 test -s said || gone "$box"
		# The swap may be seen by newroot itself: then it says so.
		grep -q newroot said || awk '$8 == "proc" && $4 == "/sys" {
			ro += $6 ~ /^ro/ } $4 == "/null" { mask++ }
			END { exit ro != 1 || mask != 1 }' "/proc/$box/mountinfo"
		grep -q newroot said || masked=yes
		# It has the FIFO open, or has ended.
		echo 1<>go
		wait "$box" || true
		rm go said
	done
	[ -n "$masked" ]
	kill "$swapper" && ! wait "$swapper"
}
