# box.sh - the rows of run.sh about containers
#
# The command inside is a static program that does nothing, as /bin/true: what
# is measured is the container. Nobody else has a new terminal for it: bwrap
# and the runtimes run with theirs left as it is, which spares them work.
# shellcheck shell=bash disable=SC2016,SC2154 # tmp is run.sh's; sh expands

box=ptybox-bench-$$
idle_box=
as_user=()
[ "$(id -u)" -ne 0 ] ||
	as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
# crun refuses the hybrid layout of cgroups, so it does not see the second half.
one_cgroup=(unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/unified ||
	umount /sys/fs/cgroup/unified; exec "$@"' -)

# bundle DIR ARG... - an OCI bundle of the root, its command with arguments, no
# more in it than our own container has
bundle() {
	local dir=$1 args='"/bin/true"'

	shift
	[ $# -eq 0 ] || args+=$(printf ', "%s"' "$@")
	mkdir "$dir"
	cat >"$dir/config.json" <<-END
	{
		"ociVersion": "1.0.2",
		"root": { "path": "$tmp/root" },
		"hostname": "box",
		"process": {
			"terminal": false,
			"user": { "uid": 0, "gid": 0 },
			"cwd": "/",
			"args": [ $args ],
			"noNewPrivileges": true
		},
		"mounts": [ {
			"destination": "/proc",
			"type": "proc",
			"source": "proc"
		}, {
			"destination": "/dev",
			"type": "tmpfs",
			"source": "tmpfs",
			"options": [ "nosuid", "mode=755" ]
		}, {
			"destination": "/dev/pts",
			"type": "devpts",
			"source": "devpts",
			"options": [ "newinstance", "ptmxmode=666", "mode=620" ]
		}, {
			"destination": "/dev/shm",
			"type": "tmpfs",
			"source": "shm",
			"options": [ "nosuid", "nodev", "noexec" ]
		}, {
			"destination": "/dev/mqueue",
			"type": "mqueue",
			"source": "mqueue",
			"options": [ "nosuid", "nodev", "noexec" ]
		} ],
		"linux": {
			"namespaces": [
				{ "type": "pid" }, { "type": "ipc" },
				{ "type": "uts" }, { "type": "mount" }
			]
		}
	}
	END
}

make_boxes() {
	chmod 755 "$tmp"
	mkdir -p "$tmp/root/bin" "$tmp/root/dev" "$tmp/root/proc"
	cp "$(command -v nothing)" "$tmp/root/bin/true"
	bundle "$tmp/bundle"
	bundle "$tmp/idle-bundle" "idle-$$"
}

# enter_box PTYFORK_OPTION... -- CONFINE_OPTION... - our container
enter_box() {
	local ways=()

	while [ "$1" != -- ]; do
		ways+=("$1")
		shift
	done
	enter ours ptyfork "${ways[@]}" --mount --pid --ipc --uts \
		--hostname box -- \
		newroot --proc /proc --dev /dev "$tmp/root" -- \
		confine "${@:2}" --no-new-privs -- /bin/true
}

# try_bwrap OPTION... - bwrap with the same in it, if it works here
try_bwrap() {
	try bwrap bwrap "$@" --unshare-pid --unshare-ipc --unshare-uts \
		--as-pid-1 --hostname box --bind "$tmp/root" / \
		--proc /proc --dev /dev --mqueue /dev/mqueue -- /bin/true
}

# Who it is inside.
own=(-- --reuid 1000 --regid 1000 --clear-groups --bounding-set=-all)

box_row() {
	local ratio

	enter_box "${own[@]}"
	enter bare bare-box "$tmp/root" /bin/true
	contest -n "$N"
	ratio=$(over "$(us ours)" "$(us bare)")
	set -- "$(with "$(us ours)" us)" "$(with "$(us bare)" us)" "$ratio"

	around=("${one_cgroup[@]}")
	enter_box "${own[@]}"
	try_bwrap
	try crun crun --root "$tmp/crun" run --bundle "$tmp/bundle" "$box"
	try runc runc --root "$tmp/runc" run --bundle "$tmp/bundle" "$box"
	contest -n "$((N / 10 + 1))"
	around=()
	row "a whole container, \`true\` inside" "$@" \
		'<= 1.7 x bare; bwrap >= 1.7x, crun >= 4x, runc >= 10x' \
		"$(met "$ratio" '<=' 1.7 \
			"$(over "$(us bwrap)" "$(us ours)")" '>=' 1.7 \
			"$(over "$(us crun)" "$(us ours)")" '>=' 4 \
			"$(over "$(us runc)" "$(us ours)")" '>=' 10)" \
		"$(peers ours bwrap crun runc)"
}

# What the read-only view of the binary takes is not there then.
read_only_box_row() {
	local ratio

	around=(unshare -m sh -c 'mount --bind "$0" "$0" &&
		mount -o remount,bind,ro "$0" && exec "$@"' "$BIN")
	enter_box "${own[@]}"
	enter bare bare-box "$tmp/root" /bin/true
	contest -n "$N"
	around=()
	ratio=$(over "$(us ours)" "$(us bare)")
	row 'the same, run from a read-only mount' "$(with "$(us ours)" us)" \
		"$(with "$(us bare)" us)" "$ratio" \
		'<= 1.5 x bare' "$(met "$ratio" '<=' 1.5)" ''
}

rootless_box_row() {
	local ratio

	around=("${as_user[@]}")
	enter_box --map-root-user -- --bounding-set=-all
	enter bare bare-box -U "$tmp/root" /bin/true
	try_bwrap --unshare-user --uid 0 --gid 0
	contest -n "$N"
	around=()
	ratio=$(over "$(us ours)" "$(us bare)")
	row 'the same, rootless' "$(with "$(us ours)" us)" \
		"$(with "$(us bare)" us)" "$ratio" \
		'<= 1.7 x bare; faster than bwrap' \
		"$(met "$ratio" '<=' 1.7 "$(us ours)" '<' "$(us bwrap)")" \
		"$(peers ours bwrap)"
}

# chains NAME TOOL - enter a chain of one and of five
chains() {
	local step=("$2" --no-new-privs)

	[ "$1" = setpriv ] || step+=(--)
	enter "$1 1" ptyfork -- "${step[@]}" nothing
	enter "$1 5" ptyfork -- "${step[@]}" "${step[@]}" "${step[@]}" \
		"${step[@]}" "${step[@]}" nothing
}

# link_of NAME - what one more of it costs
link_of() {
	[ -z "$(us "$1 1")" ] || [ -z "$(us "$1 5")" ] ||
		awk -v five="$(us "$1 5")" -v one="$(us "$1 1")" \
			'BEGIN { printf "%.1f", (five - one) / 4 }'
}

chain_row() {
	local each

	chains ours confine
	chains exec "$BIN/confine"
	! has setpriv || chains setpriv setpriv
	contest -n "$N"
	each=$(link_of ours)
	row "each further \`confine --\` in a chain" "$(with "$each" us)" '-' \
		'' '<= 40 us' "$(met "$each" '<=' 40)" \
		"executed by its path $(with "$(link_of exec)" us), setpriv $(
			with "$(link_of setpriv)" us)"
}

# start_idle RUNTIME - a container of it that does nothing and stays
start_idle() {
	has "$1" && "${around[@]}" "$1" --root "$tmp/$1" run --detach \
		--bundle "$tmp/idle-bundle" "$box" </dev/null >/dev/null 2>&1
}

# deduct NAME PEER... - take a figure off those of the peers
deduct() {
	local less name

	less=$(us "$1")
	shift
	for name; do
		awk -F'\t' -v OFS='\t' -v name="$name" -v less="${less:-0}" \
			'$1 == name { $2 -= less } 1' "$tmp/figures" \
			>"$tmp/deducted"
		mv "$tmp/deducted" "$tmp/figures"
	done
}

# idle_pid STARTER - PID 1 of the idle container, once it is there
idle_pid() {
	local n=0

	until pgrep -P "$1" -xf "/bin/true idle-$$" ||
		[ $((n += 1)) -eq 100 ]; do
		sleep 0.05
	done
}

target_row() {
	local name ratio

	bare-box "$tmp/root" /bin/true "idle-$$" </dev/null >/dev/null &
	idle_box=$(idle_pid "$!")
	enter ours ptyfork --target "$idle_box" -- /bin/true
	enter bare bare-enter "$idle_box" /bin/true
	contest -n "$N"
	ratio=$(over "$(us ours)" "$(us bare)")
	set -- "$(with "$(us ours)" us)" "$(with "$(us bare)" us)" "$ratio"

	# The runtimes want a terminal to copy to, which is taken off again.
	around=("${one_cgroup[@]}")
	enter ours ptyfork --target "$idle_box" -- /bin/true
	enter terminal ptyfork -- nothing
	for name in crun runc; do
		! start_idle $name || try $name ptyfork -- \
			$name --root "$tmp/$name" exec -t "$box" /bin/true
	done
	contest -n "$((N / 10 + 1))"
	deduct terminal crun runc
	around=()
	remove_boxes
	row "\`ptyfork --target PID -- true\`" "$@" \
		'<= 2.5 x bare; crun exec -t >= 3x, runc >= 10x' \
		"$(met "$ratio" '<=' 2.5 \
			"$(over "$(us crun)" "$(us ours)")" '>=' 3 \
			"$(over "$(us runc)" "$(us ours)")" '>=' 10)" \
		"$(peers ours crun runc)"
}

# lives ROW WANTED BUNDLE COMMAND [US] - a row of runtimes: what a shell does with
# rt, the runtime with its root, $1, the bundle, and $2, the name of a container;
# it is to take less than US, or than crun takes
lives() {
	local name title=$1 wanted=$2 bundle=$3 command=$4

	for name in ptyrunc crun runc; do
		try $name sh -c "rt() { \"\$r\" --root \"\$s\" \"\$@\"; }
			r=\$1 s=\$2; shift 2; $command" - $name "$tmp/$name" \
			"$tmp/$bundle" "$box"
	done
	contest -n "$((N / 10 + 1))"
	row "$title" "$(with "$(us ptyrunc)" us)" '-' '' "$wanted" \
		"$(met "$(us ptyrunc)" '<' "${5:-$(us crun)}")" \
		"$(peers ptyrunc crun runc)"
}

# life_rows - ptyrunc and the runtimes. crun refuses the hybrid layout.
life_rows() {
	local name

	around=("${one_cgroup[@]}")
	lives '`ptyrunc` create, start, delete' 'faster than crun' idle-bundle \
		'rt create --bundle "$1" "$2" && rt start "$2" &&
		rt delete --force "$2"'
	lives '`ptyrunc run`' 'faster than crun' bundle \
		'rt run --bundle "$1" "$2"'
	for name in ptyrunc crun runc; do
		start_idle $name
	done
	lives '`ptyrunc state`' '<= 5 ms' idle-bundle 'rt state "$2"' 5000
	remove_boxes
	around=()
	enter ours ocispec --plan - "$(dirname "$0")/../oci/podman-run.json"
	contest -n "$N"
	row "\`ocispec\` on podman's config" "$(with "$(us ours)" us)" '-' '' \
		'<= 2 ms' "$(met "$(us ours)" '<=' 2000)" ''
}

# remove_boxes - what is still there of containers
remove_boxes() {
	local name

	for name in ptyrunc crun runc; do
		[ ! -d "$tmp/$name/$box" ] || "${one_cgroup[@]}" $name \
			--root "$tmp/$name" delete --force "$box" \
			>/dev/null 2>&1
	done
	[ -z "$idle_box" ] || kill -KILL "$idle_box"
	idle_box=
}
