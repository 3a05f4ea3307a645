#!/usr/bin/env bats
load lib
load rootfs

# lend LINES COMMAND... - as a plain user to whom /etc/subuid and /etc/subgid
# lend LINES; the host's files stay as they are
lend() {
	needs newuidmap newgidmap
	printf '%b\n' "$1" >lent
	export -f as_nobody
	unshare -m bash -c 'mount --bind lent /etc/subuid &&
		mount --bind lent /etc/subgid && as_nobody "$@"' bash "${@:2}"
}

# maps - a command that prints both maps, one range a line, single spaces
maps() {
	# shellcheck disable=SC2016
	echo 'for m in uid gid; do while read -r a b c; do echo $m $a $b $c
		done </proc/self/${m}_map; done'
}

@test "ptyfork --map-root-user makes a plain user root" {
	as_root
	for option in -r --map-root-user; do
		run -0 as_nobody ptyfork -U $option -- sh -c "id; $(maps)"
		[ "${lines[0]}" = 'uid=0(root) gid=0(root) groups=0(root)' ]
		[ "${lines[1]}" = 'uid 0 65534 1' ]
		[ "${lines[2]}" = 'gid 0 65534 1' ]
	done
}

@test "a plain user's command cannot drop a group that a file refuses" {
	as_root
	run -0 as_nobody ptyfork -U -r -- cat /proc/self/setgroups
	[ "$output" = deny ]
	run -127 as_nobody ptyfork -U -r -- setpriv --clear-groups true
	[[ $output == 'setpriv: '*groups* ]]
}

@test "a map option alone makes the user namespace" {
	as_root
	run -0 as_nobody ptyfork -r -- id -u
	[ "$output" = 0 ]
	run -0 ptyfork --uid-map 0:5:1 --gid-map 0:5:1 -- sh -c "$(maps)"
	[ "$output" = $'uid 0 5 1\ngid 0 5 1' ]
}

@test "ptyfork --map-current-user keeps the user's own ids" {
	as_root
	run -0 as_nobody ptyfork -U --map-current-user -- sh -c "id -u; $(maps)"
	[ "$output" = $'65534\nuid 65534 65534 1\ngid 65534 65534 1' ]
}

@test "ptyfork --user without a map leaves the ids without names" {
	as_root
	run -0 as_nobody ptyfork -U -- sh -c "cat /proc/self/?id_map"
	[ -z "$output" ]
}

@test "ptyfork --uid-map and --gid-map map ranges for root" {
	as_root
	run -0 ptyfork -U --uid-map 0:100000:1000,2000:0:1 \
		--gid-map 0:200000:1000 --gid-map 5000:5000:5 -- sh -c "$(maps)"
	[ "${lines[0]}" = 'uid 0 100000 1000' ]
	[ "${lines[1]}" = 'uid 2000 0 1' ]
	[ "${lines[2]}" = 'gid 0 200000 1000' ]
	[ "${lines[3]}" = 'gid 5000 5000 5' ]
}

@test "a command of a mapped root has no groups of the caller" {
	as_root
	run -0 setpriv --groups 5,6 ptyfork -U --uid-map 0:100000:10 \
		--gid-map 0:100000:10 -- id
	[ "$output" = 'uid=0(root) gid=0(root) groups=0(root)' ]
}

@test "ptyfork maps a user's own id to any id" {
	as_root
	run -0 as_nobody ptyfork -U --uid-map 5:65534:1 --gid-map 6:65534:1 -- \
		sh -c 'id -u; id -g'
	[ "$output" = $'5\n6' ]
}

@test "ptyfork maps users alone or groups alone" {
	as_root
	run -0 as_nobody ptyfork --uid-map 0:65534:1 -- sh -c "id -u; $(maps)"
	[ "$output" = $'0\nuid 0 65534 1' ]
	run -0 as_nobody ptyfork --gid-map 0:65534:1 -- sh -c "id -g; $(maps)"
	[ "$output" = $'0\ngid 0 65534 1' ]
}

# Outside it would still be root, whatever it is called inside.
@test "root does not stay who it is in a namespace that does not map it" {
	as_root
	for maps in '--uid-map 1:100001:1000 --gid-map 0:100000:1000|user 65534' \
		'--uid-map 0:100000:10|group 65534' \
		'--gid-map 0:100000:10|user 65534' \
		'--uid-map 0:0:10 --gid-map 1:5:10|group 65534'; do
		# shellcheck disable=SC2086
		fails 125 "ptyfork: cannot stay ${maps#*|} in a user namespace that does not map it: *" \
			ptyfork ${maps%|*} -- touch ran
	done
	[ ! -e ran ]
	run -0 setpriv --groups 0,5,6 ptyfork --uid-map 0:0:9 --gid-map 0:0:6 -- id -G
	[ "$output" = '0 5' ]
	run -0 ptyfork --uid-map 3:0:9 --gid-map 0:100000:6 -- sh -c 'id -u; id -g'
	[ "$output" = $'3\n0' ]
}

@test "ptyfork maps the whole range of ids" {
	as_root
	run -0 ptyfork -U --uid-map 0:0:4294967295 --gid-map 0:0:4294967295 -- \
		sh -c "$(maps)"
	[ "$output" = $'uid 0 0 4294967295\ngid 0 0 4294967295' ]
}

@test "ptyfork refuses a map that is not INSIDE:OUTSIDE:COUNT" {
	for map in '' 0 0:1 0:1: :0:1 '0:0:1,' ,0:0:1 0:0:1,,1:1:1 0:0:1:1 \
		+0:0:1 ' 0:0:1' '0:0:1 ' -1:0:1 0:-1:1 0x0:0:1 0:1e3:1 0:0:a; do
		for option in --uid-map --gid-map; do
			fails 125 "ptyfork: bad $option '$map': *" \
				ptyfork -U "$option" "$map" -- touch ran
		done
	done
	[ ! -e ran ]
}

@test "ptyfork refuses a map with an id or a count that is out of range" {
	for map in 0:0:0 4294967295:0:1 0:4294967295:1 4294967294:0:2 \
		0:4294967294:2 0:0:4294967296 4294967296:0:1 0:4294967296:1 \
		18446744073709551616:0:1 0:99999999999999999999999999:1; do
		for option in --uid-map --gid-map; do
			fails 125 "ptyfork: bad $option '$map': want *" \
				ptyfork -U "$option" "$map" -- touch ran
		done
	done
	[ ! -e ran ]
}

@test "ptyfork refuses maps that overlap inside or outside" {
	for maps in '0:0:10 9:100:1' '0:0:10 100:9:1' '0:5:1,0:5:1 9:9:1' \
		'5:5:5 0:100:6' '5:5:5 100:0:6'; do
		fails 125 "ptyfork: bad --uid-map *: an id is mapped twice*" \
			ptyfork -U --uid-map "${maps% *}" \
			--uid-map "${maps#* }" -- touch ran
	done
	[ ! -e ran ]
}

# ranges N OUTSIDE - N ranges of one id each, from OUTSIDE up
ranges() {
	local i map=

	for ((i = 0; i < $1; i++)); do
		map+=,$i:$(($2 + i)):1
	done
	echo "${map#,}"
}

@test "ptyfork maps 340 ranges and refuses more" {
	as_root
	run -0 ptyfork -U --uid-map "$(ranges 340 1000)" --gid-map 0:0:1 -- \
		grep -c . /proc/self/uid_map
	[ "$output" = 340 ]
	fails 125 'ptyfork: bad --uid-map *' \
		ptyfork -U --uid-map "$(ranges 341 1000)" -- touch ran
	fails 125 'ptyfork: cannot write the user id map: *too long' \
		ptyfork -U --uid-map "$(ranges 340 1000000000)" -- touch ran
	[ ! -e ran ]
}

@test "newuidmap and newgidmap map the ranges that a plain user was lent" {
	as_root
	run -0 lend 'nobody:100000:65536' ptyfork -U \
		--uid-map 0:65534:1,1:100000:65536 \
		--gid-map 0:65534:1,1:100000:65536 -- sh -c "id -u; $(maps)"
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}${lines[2]}" = 'uid 0 65534 1uid 1 100000 65536' ]
	[ "${lines[3]}${lines[4]}" = 'gid 0 65534 1gid 1 100000 65536' ]
}

@test "ptyfork runs nothing where newuidmap or newgidmap refuses a range" {
	as_root
	for map in 'uid newuidmap user' 'gid newgidmap group'; do
		# shellcheck disable=SC2086
		set -- $map
		run -125 --separate-stderr lend 'nobody:100000:10' \
			ptyfork -U --"$1"-map 0:0:10 -- echo ran
		# shellcheck disable=SC2154
		[[ ${stderr_lines[0]} == "$2: "* ]]
		[ "${stderr_lines[1]}" = "ptyfork: cannot map $3 ids: $2 failed" ]
		[ -z "$output" ]
	done
}

@test "ptyfork says which package has newuidmap where it is missing" {
	as_root
	tool=$(command -v ptyfork)
	setpriv=$(command -v setpriv)
	fails 125 'ptyfork: cannot run newuidmap (package uidmap): *' \
		env PATH=/none "$setpriv" --reuid 65534 --regid 65534 --clear-groups \
		"$tool" -U --uid-map 0:0:10 -- /bin/echo ran
}

@test "ptyfork --map-auto maps all that the user was lent, from 0 up" {
	as_root
	run -0 lend 'root:1:1\nnobody:100000:1000\n65534:300000:5' \
		ptyfork -U --map-auto -- sh -c "id; $(maps)"
	[[ ${lines[0]} == 'uid=0(root) gid=0(root) '* ]]
	[ "${lines[1]}${lines[2]}" = 'uid 0 100000 1000uid 1000 300000 5' ]
	[ "${lines[3]}${lines[4]}" = 'gid 0 100000 1000gid 1000 300000 5' ]
}

@test "ptyfork --map-auto goes around the ids that other options map" {
	as_root
	run -0 lend 'nobody:100000:1000' ptyfork -U -r --map-auto -- \
		sh -c "$(maps)"
	[ "${lines[0]}${lines[1]}" = 'uid 0 65534 1uid 1 100000 1000' ]
	run -0 lend 'nobody:100000:65536' ptyfork -U --map-current-user \
		--map-auto -- sh -c "id -u; $(maps)"
	[ "${lines[0]}" = 65534 ]
	[[ $output == *$'\nuid 0 100000 65534\nuid 65535 165534 2\ngid '* ]]
}

@test "ptyfork --map-auto passes over lines that are no ranges" {
	as_root
	run -0 lend '# nobody:1:1\n\nnobody\nnobody:5\nnobody:5:\nnobody:a:1
nobody:5:0\nnobody:4294967295:1\nnobody:4294967294:2\n:5:1\nnobody:700:3
nobody:700:3' ptyfork -U --map-auto -- sh -c "$(maps)"
	[ "$output" = $'uid 0 700 3\ngid 0 700 3' ]
}

@test "ptyfork --map-auto refuses a user who was lent nothing" {
	as_root
	fails 125 'ptyfork: cannot find ids of uid 65534 in /etc/subuid: *' \
		lend 'root:1:1' ptyfork -U --map-auto -- echo ran
}

# bats test_tags=unsanitized
@test "ptyfork runs nothing where a file system covers /proc or its map" {
	as_root
	hide='mount -t tmpfs hidden /proc; exec ptyfork -r -- echo ran'
	fails 125 'ptyfork: cannot find process *: /proc is something else' \
		unshare -m sh -c "$hide"
	cover='mount --bind /proc/1 /proc; exec ptyfork -r -- echo ran'
	fails 125 'ptyfork: cannot find process *: /proc is something else' \
		unshare -m sh -c "$cover"
}

@test "ptyfork maps the right process where /proc is of another pid namespace" {
	as_root
	run -0 ptyfork -p -- ptyfork -U --uid-map 0:0:7 --gid-map 0:0:8 -- \
		sh -c "$(maps)"
	[ "$output" = $'uid 0 0 7\ngid 0 0 8' ]
	run -0 lend 'nobody:100000:10' unshare -U -r -p -f ptyfork -U \
		--uid-map 0:0:1 --gid-map 0:0:1 -- sh -c 'cat /proc/self/uid_map'
	[ "$output" = '         0          0          1' ]
}

@test "a root and sources behind a private directory are found for mapped ids" {
	as_root
	mkdir -m 700 private
	rootfs private/R
	mkdir private/src
	echo hello >private/src/file
	chmod 755 . private/R private/src
	run -0 ptyfork -m -p --uid-map 0:100000:65536 --gid-map 0:100000:65536 \
		-- newroot --proc /proc --ro-bind private/src /tmp --bind-try \
		private/nope /usr private/R sh -c 'cat /tmp/file; id -u; pwd'
	[ "$output" = $'hello\n0\n/' ]
	fails 125 "newroot: cannot open root 'private/nope': *" \
		ptyfork -m --uid-map 0:100000:65536 --gid-map 0:100000:65536 \
		-- newroot private/nope true
	fails 125 "newroot: unknown option '--nope'; *" \
		ptyfork -m --uid-map 0:100000:65536 --gid-map 0:100000:65536 \
		-- newroot --nope private/R true
}
