#!/usr/bin/env bats
# Whoever gets our program to look at from inside of a root would like to
# replace it on the host. It is a copy that is attacked here.
# bats file_tags=unsanitized
# shellcheck disable=SC2016 # expanded by the command
load lib
load rootfs

setup() {
	stage
	chmod 777 .
	rootfs R
	mkdir tools
	original=$(command -v ptyfork)
	cp "$original" tools/ptybox
	for tool in confine fdrecv newroot ptyfork; do
		ln -s ptybox tools/$tool
	done
	PATH=tools:$PATH
	before=$(sha256sum <tools/ptybox)
}

unharmed() {
	[ "$(sha256sum <tools/ptybox)" = "$before" ]
}

# program PATH TEXT - put a program into the root
program() {
	printf '%s\n' '#!/bin/sh' "$2" >"R/$1"
	chmod 755 "R/$1"
}

# Who runs our program is in $p: get hold of it, and write to it as soon as it
# runs no more. What came of that is in /came.
OVERWRITE='exec 3<$p/exe
: >/opened
i=0
while [ $((i += 1)) -lt 200 ]; do
	why=$( (echo evil >/proc/self/fd/3) 2>&1) && break
	echo "$why" >>/came
	case $why in *busy*) sleep 0.05 ;; *) break ;; esac
done
echo tried >>/came'

# Ours is every program that knows that word. busybox does not.
LURK='echo up >/up
while :; do
	for p in /proc/[0-9]*; do
		grep -qs fdrecv $p/exe || continue
		export p
		sh /overwrite && exec sleep 60
	done
done'

# lurking - a container with one who waits for our program, its pid in $one; a
# program that is busy itself would protect it by that
lurking() {
	rm -f R/up R/came
	echo "$OVERWRITE" >R/overwrite
	"$original" --no-tty --mount --pid --kill-child -- newroot \
		--proc /proc R -- sh -c "$LURK" 3>&- &
	lurking=$!
	started+=" $!"
	within 20 test -e R/up
	one=$(pgrep -P "$lurking")
}

# caught WHY - the one in there did try, and this is why it did not get anywhere
caught() {
	within 20 grep -qs tried R/came
	kill -KILL "$lurking" || true
	cat R/came
	unharmed
	grep -q "$1" R/came
}

@test "who is in a container cannot replace the program of who joins it" {
	as_root
	ln -s /proc/self/exe R/bin/fdrecv
	lurking
	run -124 timeout 20 ptyfork --no-tty --target "$one" \
		-- /bin/fdrecv --timeout 1 /tmp/s
	caught 'Read-only file system'
}

# hunted COMMAND... - what runs our program meanwhile is met, and never written
hunted() {
	cat hunt
	grep -q 'met some' hunt
	run -1 grep -vxE 'up|met some|busy|Read-only file system' hunt
	unharmed
}

# prey - the words by which the hunter knows our program, and its time
prey() {
	stat -Lc '%d %i' tools/ptybox
	echo "${1:-4000}"
}

# hunting - a container with one who takes the read-only flag off the mount of
# any program of ours that it sees, its pid in $one
hunting() {
	rm -f hunt
	# shellcheck disable=SC2046 # words
	"$original" --no-tty --mount --pid --kill-child -- newroot \
		--proc /proc --dev /dev R -- confine --bounding-set=-all --no-new-privs \
		-- /helper unseal $(prey) >hunt 3>&- &
	hunting=$!
	started+=" $!"
	within 20 grep -qs up hunt
	one=$(pgrep -P "$hunting")
}

# joined WORD... - the administrator joins in that way, and starts what leads
# to our program once more
joined() {
	hunting
	"$@" || true
	ends 0 "$hunting"
	hunted
}

@test "a container with no rights does not make what joins it writable" {
	as_root
	cp "$HELPER" R/helper
	ln -s /proc/self/exe R/bin/fdrecv
	local words="timeout 20 ptyfork --target \$one"
	local confine="confine --bounding-set=-all --no-new-privs -- \
		/bin/fdrecv --timeout 1 /tmp/s"
	joined eval "$words --no-tty -- $confine"
	joined eval 'on_tty "'"PATH=tools:\$PATH $words -- $confine"'"'
	joined eval "fdrecv --timeout 20 s >out 3>&- & within 20 test -S s
		$words --console-socket s -- $confine"
}

@test "nor what shares the pid namespace with a root, on a terminal" {
	as_root
	cp "$HELPER" R/helper
	for words in '--mount' '--mount --pid --init' \
		'--map-root-user --mount --pid --init'; do
		# shellcheck disable=SC2046 # words
		on_tty "PATH=tools:\$PATH ptyfork $words -- newroot --proc /proc \
			R -- /helper unseal $(prey 1000 | tr '\n' ' ')" |
			tr -d '\r' >hunt
		hunted
	done
}

@test "nor a chain of tools that are executed" {
	as_root
	cp "$HELPER" R/helper
	for words in '--mount' '--mount --pid --init'; do
		# shellcheck disable=SC2046,SC2086 # words
		timeout 20 ptyfork --no-tty $words -- tools/newroot --proc /proc R \
			-- /helper unseal $(prey 1000) >hunt
		cat hunt
		run -1 grep -xE 'written|unlocked' hunt
		unharmed
	done
}

@test "nor what joins its pid namespace alone and names tools by their path" {
	as_root
	cp "$HELPER" R/helper
	local words="timeout 20 ptyfork --no-tty --target \$one --pid --" \
		rights='--bounding-set=-all --no-new-privs --'
	joined eval "$words confine $rights tools/fdrecv --timeout 1 s"
	joined eval "$words tools/confine $rights tools/fdrecv --timeout 1 s"
	joined eval "$words confine $rights \$PWD/tools/ptyfork --no-tty sleep 1"
}

@test "nor newroot alone, whose container sees the processes of the host" {
	as_root
	cp "$HELPER" R/helper
	ln -s /proc/self/exe R/bin/fdrecv
	local confine="confine --bounding-set=-all --no-new-privs --"

	# shellcheck disable=SC2046,SC2086 # words
	"${original%/*}/newroot" --proc /proc --dev /dev R -- $confine \
		/helper unseal $(prey) >hunt 3>&- &
	hunting=$!
	started+=" $!"
	within 20 grep -qs up hunt
	for words in '' 'ptyfork --no-tty --mount --'; do
		for command in /bin/fdrecv fdrecv; do
			# shellcheck disable=SC2086 # words
			run -124 timeout 20 $words newroot --proc /proc R -- \
				$confine $command --timeout 0.3 /tmp/s
		done
	done
	ends 0 "$hunting"
	hunted
}

@test "on a kernel without views of files it is a copy in memory" {
	as_root
	needs strace
	ln -s /proc/self/exe R/bin/fdrecv
	lurking
	run -124 timeout 20 strace -qq -o trace -e trace=open_tree \
		-e inject=open_tree:error=ENOSYS ptyfork --no-tty --target "$one" \
		-- /bin/fdrecv --timeout 1 /tmp/s
	grep -q INJECTED trace
	caught 'Operation not permitted'
}

@test "a program that cannot be sealed does not run" {
	needs strace
	for words in '--mount newroot R' '--pid --init' "--target $$"; do
		# shellcheck disable=SC2086
		fails 125 '*: cannot seal this program: *' timeout 20 strace \
			-qq -o trace -e trace=open_tree,memfd_create \
			-e inject=open_tree,memfd_create:error=ENOSYS \
			ptyfork $words touch ran
	done
	[ ! -e R/ran ]
	[ ! -e ran ]
}

@test "without /proc there is no way to seal it, which is said" {
	as_root
	fails 125 'newroot: cannot seal this program: /proc is not mounted' \
		unshare -m sh -c 'umount -l /proc; PATH=tools:$PATH
		exec newroot R true'
	for words in '--pid --init' "--target $$"; do
		fails 125 'ptyfork: cannot seal this program: /proc is not mounted' \
			unshare -m sh -c "umount -l /proc; PATH=tools:\$PATH
			exec ptyfork $words true"
	done
}

@test "a limit of file sizes is no end without a word" {
	as_root
	chown -R 65534:65534 R tools
	run -0 as_nobody sh -c 'ulimit -S -f 1; ptyfork -m -r --no-tty -- \
		newroot R sh -c "ulimit -f"'
	[ "$output" = 1 ]
	fails 125 'ptyfork: cannot seal this program: File too large' as_nobody \
		sh -c 'ulimit -f 1; exec ptyfork -m -r --no-tty -- newroot R true'
}

# image COMMAND... - run an image's command, without a pid namespace, so that
# what it starts goes on after its end
image() {
	rm -f R/came R/opened
	timeout 20 ptyfork --mount -- newroot --proc /proc R -- "$@"
}

@test "an image whose command is /proc/self/exe does not get at it" {
	as_root
	program attack "p=/proc/\$PPID; export p; trap '' HUP
		busybox setsid sh /overwrite >/out 2>&1 &
		n=0; until [ -e /opened ] || [ \$n = 200 ]; do
			sleep 0.05; n=\$((n + 1)); done"
	echo "$OVERWRITE" >R/overwrite
	ln -sf /proc/self/exe R/bin/ptyfork
	: >R/dev/null
	for _ in 1 2 3; do
		run -0 image /bin/ptyfork --no-tty /attack
		within 20 grep -qs tried R/came
		unharmed
		grep -q 'Read-only file system' R/came
	done
}

@test "an image whose programs are all our program runs nothing, and ends" {
	program bin/evil ''
	echo '#!/proc/self/exe' >R/bin/evil
	rm R/bin/sh
	ln -s /proc/self/exe R/bin/sh
	for command in /bin/evil /bin/sh /proc/self/exe; do
		run -125 image "$command" -c 'echo evil >/proc/self/exe'
		[ "${#lines[@]}" -eq 1 ]
		unharmed
	done
}

# says WHY COMMAND... - in there process 1's program cannot be changed
says() {
	local why=$1

	shift
	run "$@" sh -c 'chmod 777 /proc/1/exe; (: >>/proc/1/exe) 2>&-'
	[[ $output == *"$why" ]] || { echo "$*: $output"; return 1; }
	[ "$(stat -c %a tools/ptybox)" = 755 ]
	unharmed
}

@test "nobody in a container changes the program of its init" {
	as_root
	says 'Read-only file system' \
		timeout 20 ptyfork --mount-proc --pid --init
	says 'Read-only file system' timeout 20 ptyfork --mount --pid \
		--init -- newroot --proc /proc R
	chown -R 65534:65534 R
	says 'Operation not permitted' as_nobody timeout 20 ptyfork --mount \
		--pid --init --map-root-user -- newroot --proc /proc R
	# One's own program: what is changed there is the copy in memory.
	chown 65534 tools/ptybox
	says '' as_nobody timeout 20 ptyfork --mount --pid --init \
		--map-root-user -- newroot --proc /proc R
}

@test "what is sealed is called as ever" {
	as_root
	run -0 timeout 20 ptyfork --mount --pid --init -- newroot --proc /proc \
		R -- sh -c 'cat /proc/1/comm; tr "\0" "\n" </proc/1/cmdline |
			grep .'
	[ "$output" = $'init\nptyfork' ]
	fails 125 "newroot: missing operand: *; try 'newroot --help'" newroot R
	run -0 newroot --proc /proc R sh -c 'echo "$0 $*"' a 'b  c' ''
	[ "$output" = 'a b  c ' ]
}

@test "the words of another command are no tools to be sealed for" {
	needs strace
	for words in 'ptyfork -- echo newroot' 'confine -- echo newroot'; do
		# shellcheck disable=SC2086
		run -0 timeout 20 strace -f -qq -o trace -e trace=execveat $words
		[[ $output == newroot* ]]
		[ ! -s trace ]
	done
	as_root
	# "--" is a host name here.
	run -0 timeout 20 strace -f -qq -o trace -e trace=execveat ptyfork -m \
		--no-tty --hostname -- -u newroot R true
	grep -q execveat trace
}
