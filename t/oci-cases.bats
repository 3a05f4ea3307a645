#!/usr/bin/env bats
# What OCI runtimes got wrong, one test a case: the specification read.
# shellcheck disable=SC2016 # scripts are for another shell to expand
# shellcheck disable=SC2154 # bats sets stderr
load lib
load oci

# replace FROM TO - change the text of ./m/config.json
replace() {
	local text

	text=$(<m/config.json)
	printf '%s\n' "${text//"$1"/$2}" >m/config.json
}

@test "1: an integer is digits in its range" {
	for value in -1 4294967296 '"5"'; do
		bundle m ".process.user.uid = $value"
		refused '*process.user.uid*'
	done
	for value in 5.0 1e1; do
		bundle m '.process.user.uid = 77077'
		replace 77077 "$value"
		refused '*process.user.uid*'
	done
}

@test "2: the last of a key counts, in any case" {
	bundle m . 'id -u'
	replace '"uid": 0' '"uid": 3, "uid": 5'
	runs 5
	replace '"uid": 3, "uid": 5' '"UID": 7'
	runs 7
}

@test "3: a byte order mark is refused" {
	bundle m
	printf '\357\273\277%s' "$(<m/config.json)" >bom
	mv bom m/config.json
	refused 'ptyrunc: *'
}

@test "4: words or a second document after the end are refused" {
	bundle m
	cp m/config.json config
	for more in x '{}'; do
		{ cat config && echo "$more"; } >m/config.json
		refused 'ptyrunc: *line *'
	done
}

@test "5: arguments are exact, the empty ones as well" {
	bundle m '.process.args = ["/bin/echo", "a\n\u0001é😀"]'
	runs $'a\n\001é😀'
	bundle m '.process.args = ["/bin/echo", "", "x"]'
	runs ' x'
}

@test "6: what is no UTF-8 is refused with line and column" {
	bundle m '.process.args = ["/bin/echo", "MARK"]'
	cp m/config.json config
	replace MARK '\ud800'
	refused 'ptyrunc: *line *column *'
	LC_ALL=C sed 's/MARK/\xff/' config >m/config.json
	refused 'ptyrunc: *line *column *'
}

@test "7: without a command, a root or a directory there is no container" {
	local filter

	for filter in '.process.args = []' '.process.args = [""]' \
		'del(.process)' 'del(.root)' 'del(.process.cwd)' \
		'.process.cwd = ""'; do
		bundle m "$filter"
		refused 'ptyrunc: *'
		run --separate-stderr runtime run -b m "$box"
		[ "$status" -ne 0 ]
		[ ! -e "state/$box" ]
	done
}

@test "8: a root that is a link to a directory is taken" {
	bundle m
	mv m/rootfs elsewhere
	ln -s ../elsewhere m/rootfs
	runs ran
}

@test "9: without linux and mounts there is nothing of them" {
	bundle m 'del(.linux, .mounts, .hostname)'
	runs ran
	bundle m 'del(.linux, .mounts) | .hostname = "other"'
	refused '*hostname*'
}

@test "10: versions 1.x are taken, and no others" {
	local version

	for version in 1.0.2-dev 1.0.0 1.99.0; do
		bundle m ".ociVersion = \"$version\""
		runs ran
	done
	bundle m '.ociVersion = "2.0.0"'
	refused '*ociVersion*'
	bundle m 'del(.ociVersion)'
	refused '*ociVersion*'
	# It is printed as it is, in what state says.
	bundle m '.ociVersion = "1.0.0-\",\"pid\":1,\"x\":\""'
	refused '*ociVersion*'
}

@test "11: a variable without a name or an = is refused" {
	bundle m '.process.env = ["PATH=/bin", "NOEQ"]'
	refused '*process.env*'
	bundle m '.process.env = ["=x"]'
	refused '*process.env*'
}

@test "12: without PATH nothing is found" {
	local filter

	for filter in '.process.env = ["A=b"]' '.process.env = ["PATH="]' \
		'del(.process.env)'; do
		bundle m "$filter | .process.args = [\"env\"]"
		refused '*o such file*'
	done
}

@test "13: HOME is / where passwd does not tell" {
	bundle m '.process.user.uid = 4711' 'echo $HOME'
	runs /
	echo root:x:0:0::/root: >m/rootfs/etc/passwd
	runs /
	ln -sf /no/where m/rootfs/etc/passwd
	runs /
	rm m/rootfs/etc/passwd
	mkdir m/rootfs/etc/passwd
	runs /
	rmdir m/rootfs/etc/passwd
	printf 'x\n\na:x:4711\nb:x:4711:0::/one:\nc:x:4711:0::/two:\n' \
		>m/rootfs/etc/passwd
	runs /one
}

@test "14: a missing working directory is made" {
	local read_only

	for read_only in false true; do
		bundle m ".root.readonly = $read_only | .process.user.uid = 5 |
			.process.cwd = \"/no/where\"" \
			'pwd; stat -c "%u %a" /no /no/where'
		runs $'/no/where\n0 755\n0 755'
		rmdir m/rootfs/no/where m/rootfs/no
	done
}

@test "15: the directory is entered by root or by the user, as it can be" {
	bundle m '.process.cwd = "/d" | .process.user.uid = 5 |
		.process.user.gid = 5' pwd
	mkdir -m 700 m/rootfs/d
	runs /d
	bundle m '.process.cwd = "/d" | .process.user.uid = 0 |
		.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 9}] |
		.linux.gidMappings = [{containerID: 0, hostID: 100000, size: 9}] |
		.process.user.uid = 5 | del(.mounts[] | select(.type == "sysfs"))' pwd
	chown -R 100000:100000 m/rootfs
	chown 100005:100005 m/rootfs/d
	runs /d
	# Its owner is not mapped: root in there is not in its group, and has no
	# power over it.
	bundle m "$(jq -c '.process.user.gid = 5' m/config.json)" pwd
	chown 0:100005 m/rootfs/d
	chmod 710 m/rootfs/d
	runs /d
}

@test "16: a working directory that is a file is refused" {
	bundle m '.process.cwd = "/main"'
	refused '*/main*'
}

@test "17: groups are a set, and umask 0 is a value" {
	bundle m '.process.user.additionalGids = [0, 5, 5, 0, 7] |
		.process.user.umask = 0' 'id -G; umask'
	runs $'0 5 7\n0000'
}

@test "18: a limit that is there twice is refused" {
	bundle m '.process.rlimits = [
		{type: "RLIMIT_NOFILE", soft: 64, hard: 64},
		{type: "RLIMIT_NOFILE", soft: 65, hard: 65}]'
	refused '*process.rlimits*'
}

@test "19: a limit that is none is refused" {
	local limit

	for limit in '{type: "RLIMIT_NOFILE", soft: 65, hard: 64}' \
		'{type: "RLIMIT_FROB", soft: 6, hard: 64}' \
		'{type: "nofile", soft: 6, hard: 64}' \
		'{type: "RLIMIT_CORE", soft: -1, hard: -1}'; do
		bundle m ".process.rlimits = [$limit]"
		refused '*process.rlimits*'
	done
	bundle m '.process.rlimits = [
		{type: "RLIMIT_CORE", soft: 77077, hard: 77077}]'
	replace 77077 18446744073709551616
	refused '*process.rlimits*'
}

@test "20: the greatest limit is none" {
	bundle m '.process.rlimits = [
		{type: "RLIMIT_CORE", soft: 77077, hard: 77077}]' 'ulimit -c'
	replace 77077 18446744073709551615
	runs unlimited
}

@test "21: an unknown capability is a warning" {
	bundle m '.process.capabilities |= map_values(. + ["CAP_FROB"])'
	run -0 --separate-stderr runtime --log log run -b m "$box"
	[ "$output" = ran ]
	[[ $stderr == *CAP_FROB* ]]
	grep -q CAP_FROB log
}

@test "22: capabilities that another set forbids are refused" {
	bundle m '.process.capabilities.permitted = [] |
		.process.capabilities.effective = ["CAP_KILL"]'
	refused '*process.capabilities*'
	bundle m '.process.capabilities.bounding = [] |
		.process.capabilities.inheritable = ["CAP_KILL"]'
	refused '*process.capabilities*'
}

@test "23: without capabilities root has none" {
	bundle m 'del(.process.capabilities)' \
		'grep ^Cap /proc/self/status | cut -f2 | sort -u'
	runs 0000000000000000
}

@test "24: a destination is taken from the root and cleaned" {
	bundle m '.mounts += [
		{destination: "/a/../b/./c", type: "tmpfs", source: "tmpfs"},
		{destination: "/../../x", type: "tmpfs", source: "tmpfs"}]' \
		'grep -c " /b/c \| /x " /proc/self/mountinfo'
	runs 2
	bundle m '.mounts += [
		{destination: "data", type: "tmpfs", source: "tmpfs"}]' \
		'grep -c " /data " /proc/self/mountinfo'
	run -0 --separate-stderr runtime run -b m "$box"
	[ "$output" = 1 ]
	[[ $stderr == 'ptyrunc: warning: '*data* ]]
}

@test "25: a destination that is a link stays in the root" {
	mkdir -p src
	echo inside >src/file
	bundle m ".mounts += [
		{destination: \"/l\", type: \"bind\", source: \"$PWD/src\", options: [\"bind\"]},
		{destination: \"/up\", type: \"bind\", source: \"$PWD/src\", options: [\"bind\"]},
		{destination: \"/dangling\", type: \"bind\", source: \"$PWD/src\", options: [\"bind\"]},
		{destination: \"/lost\", type: \"bind\", source: \"$PWD/src/file\", options: [\"bind\"]}]" \
		'cat /real/file /top/file /made/file /madetoo'
	mkdir m/rootfs/real m/rootfs/top
	ln -s /real m/rootfs/l
	ln -s ../../../../top m/rootfs/up
	ln -s /made m/rootfs/dangling
	ln -s /madetoo m/rootfs/lost
	runs $'inside\ninside\ninside\ninside'
	[ -d m/rootfs/made ]
	[ -f m/rootfs/madetoo ]
	[ ! -e /made ]
	[ ! -e /madetoo ]
}

@test "26: what cannot be mounted is refused" {
	mkdir -p src
	touch file src/here
	bundle m ".mounts += [{destination: \"/main\", source: \"$PWD/src\",
		options: [\"bind\"]}]"
	refused '*main*'
	bundle m ".mounts += [{destination: \"/tmp\", source: \"$PWD/file\",
		options: [\"bind\"]}]"
	refused '*tmp*'
	bundle m '.mounts += [{destination: "/tmp", source: "/no/where",
		options: ["bind"]}]'
	refused '*/no/where*o such file*'
	for type in '"bind"' '"none"' null; do
		bundle m ".mounts += [{destination: \"/mnt\", type: $type,
			source: \"$PWD/src\", options: [\"bind\"]}]" 'ls /mnt'
		runs here
	done
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\"}]" 'ls /mnt'
	runs here
}

@test "27: a tmpfs has the mode of the directory below, or its own" {
	bundle m '.mounts += [{destination: "/d", type: "tmpfs", source: "t"}]' \
		'stat -c "%a %u" /d'
	mkdir -m 711 m/rootfs/d
	runs '711 0'
	bundle m '.mounts += [{destination: "/d", type: "tmpfs", source: "t",
		options: ["mode=1700"]}]' 'stat -c "%a %u" /d'
	runs '1700 0'
}

@test "28: the last of opposite options wins, and unknown ones are refused" {
	mkdir -p src
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"bind\", \"ro\", \"rw\"]}]" \
		'touch /mnt/file && echo written'
	runs written
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"bind\", \"rw\", \"ro\"]}]" \
		'touch /mnt/file 2>/dev/null || echo ro'
	runs ro
	bundle m '.mounts += [{destination: "/mnt", type: "tmpfs", source: "t",
		options: ["frob"]}]'
	refused '*/mnt*'
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"bind\", \"frob\"]}]"
	run -0 --separate-stderr runtime run -b m "$box"
	[ "$output" = ran ]
	[[ $stderr == 'ptyrunc: warning: '*frob* ]]
}

@test "29: ro is for the upper mount, rro for all" {
	mkdir -p src/sub
	cat >inside <<-'END'
		mount -t tmpfs tmpfs src/sub
		exec ptyrunc --root state run -b m "$0"
	END
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"rbind\", \"ro\"]}]" \
		'touch /mnt/a 2>/dev/null || echo ro
		touch /mnt/sub/a 2>/dev/null && echo rw'
	run -0 unshare -m --propagation private sh -c "$(<inside)" "$box" 3>&-
	[ "$output" = $'ro\nrw' ]
	bundle m ".mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"rbind\", \"rro\"]}]" \
		'touch /mnt/sub/a 2>/dev/null || echo ro'
	run -0 unshare -m --propagation private sh -c "$(<inside)" "$box" 3>&-
	[ "$output" = ro ]
}

@test "30: tmpcopyup has the content, and leaves the image alone" {
	bundle m '.mounts += [{destination: "/etc", type: "tmpfs",
		source: "tmpfs", options: ["tmpcopyup"]}]' \
		'cat /etc/file; echo new >/etc/file; cat /etc/file'
	echo old >m/rootfs/etc/file
	runs $'old\nnew'
	[ "$(<m/rootfs/etc/file)" = old ]
}

@test "31: a file may be bound over one in proc, and none is made there" {
	echo 7 >seven
	bundle m ".mounts += [{destination: \"/proc/uptime\", type: \"bind\",
		source: \"$PWD/seven\", options: [\"bind\"]}]" 'cat /proc/uptime'
	runs 7
	bundle m ".mounts += [{destination: \"/proc/frob\", type: \"bind\",
		source: \"$PWD/seven\", options: [\"bind\"]}]"
	refused '*frob*'
}

@test "32: flags that are locked stay when the root becomes read-only" {
	bundle m '.root.readonly = true |
		.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 9}] |
		.linux.gidMappings = [{containerID: 0, hostID: 100000, size: 9}] |
		del(.mounts[] | select(.type == "sysfs"))' \
		'sed -n "s/^.* \/ \(ro,[a-z,]*\) .*/\1/p" /proc/self/mountinfo'
	chown -R 100000:100000 m/rootfs
	run -0 unshare -m --propagation private sh -c '
		mount -t tmpfs -o nosuid,nodev tmpfs /mnt && cp -a m /mnt/m &&
		exec ptyrunc --root state run -b /mnt/m "$0"' "$box" 3>&-
	[[ $output == ro,nosuid,nodev* ]]
}

@test "33: without a /dev of its own the image's has the devices" {
	bundle m 'del(.mounts[] | select(.destination | startswith("/dev")))' \
		'stat -c "%n %t:%T" /dev/null; readlink /dev/fd
			ls -d /dev/shm 2>/dev/null || echo none'
	runs $'/dev/null 1:3\n/proc/self/fd\nnone'
}

@test "34: masked paths are hidden, and skipped where there is nothing" {
	local list

	bundle m '.linux.maskedPaths = ["/no/where", "/etc/secret", "/d", "/e"] |
		.linux.readonlyPaths = ["/no/where", "/ro", "/etc/plain"]' \
		'cat /etc/secret; ls /d; touch /d/x 2>/dev/null || echo hidden
		touch /ro/x 2>/dev/null || echo ro
		(: >/etc/plain) 2>/dev/null || cat /etc/plain
		stat -c %d /d /e | sort -u | wc -l'
	mkdir m/rootfs/d m/rootfs/e m/rootfs/ro
	touch m/rootfs/d/file
	echo secret >m/rootfs/etc/secret
	echo plain >m/rootfs/etc/plain
	runs $'hidden\nro\nplain\n1'
	# What cannot be looked at may be there.
	ln -s loop m/rootfs/loop
	for list in maskedPaths readonlyPaths; do
		bundle m ".linux.$list = [\"/loop\"]"
		refused '*/loop*'
	done
}

@test "35: devices may be of any type that there is" {
	bundle m '.linux.devices = [
		{path: "/dev/pipe", type: "p", fileMode: 432},
		{path: "/dev/zap", type: "u", major: 1, minor: 5}]' \
		'stat -c "%F %a" /dev/pipe; stat -c "%F %t %T" /dev/zap'
	runs $'fifo 660\ncharacter special file 1 5'
	bundle m '.linux.devices = [{path: "/dev/z", type: "x", major: 1, minor: 5}]'
	refused '*linux.devices*'
}

@test "36: a slave root sees what the host mounts later" {
	mkdir -p src/sub
	bundle m ".linux.rootfsPropagation = \"rslave\" |
		.mounts += [{destination: \"/mnt\", type: \"bind\",
		source: \"$PWD/src\", options: [\"rbind\", \"rslave\"]}]" \
		'n=0
		echo ready >/mnt/up
		until [ -e /mnt/sub/late ] || [ $n = 500 ]; do
			sleep 0.02; n=$((n + 1))
		done
		[ -e /mnt/sub/late ] && echo seen
		rm /mnt/up
		while [ -e /mnt/sub/late ] && [ $n != 1000 ]; do
			sleep 0.02; n=$((n + 1))
		done
		[ -e /mnt/sub/late ] || echo gone'
	run -0 unshare -m --propagation private sh -c '
		mount -t tmpfs tmpfs src && mkdir src/sub && mount --make-shared src
		ptyrunc --root state run -b m "$0" >out &
		n=0
		until [ -e src/up ] || [ $n = 500 ]; do sleep 0.02; n=$((n + 1)); done
		mount -t tmpfs tmpfs src/sub && touch src/sub/late
		while [ -e src/up ] && [ $n != 1000 ]; do sleep 0.02; n=$((n + 1)); done
		umount --lazy src/sub
		wait; cat out' "$box" 3>&-
	[ "$output" = $'seen\ngone' ]
}
