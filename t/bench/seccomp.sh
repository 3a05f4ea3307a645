# seccomp.sh - the rows of run.sh about seccomp filters
#
# How many instructions of podman's default filter a system call runs, in the
# mean over all of x86_64; and how long two take that the kernel does not answer
# by itself: personality, whose argument is looked at, and init_module, which is
# refused.
# shellcheck shell=bash disable=SC2154 # tmp is run.sh's

build_oracle() {
	local build

	build=$(dirname "$0")/../seccomp/build.sh
	"$build" "$tmp/oracle" 2>/dev/null ||
		{ echo 'no libseccomp, left out: filters' >&2; return 1; }
}

seccomp_rows() {
	local config ours list tree call none

	build_oracle || return 0
	config=$(dirname "$0")/../oci/podman-run.json
	read -r _ _ _ ours _ list _ tree < <("$tmp/oracle" --cost "$config")
	row 'instructions of a filter that a system call runs' "$ours" - - \
		"<= libseccomp's" "$(met "$ours" '<=' "$list" "$ours" '<=' "$tree")" \
		"its list $list ($(over "$list" "$ours")x), its tree $tree ($(
			over "$tree" "$ours")x)"
	while read -r call none ours list tree; do
		row "system call $call under a filter" "$ours ns" \
			"$none ns without one" "$(over "$ours" "$none")" '' '' \
			"libseccomp's list $list ns, its tree $tree ns"
	done < <("$tmp/oracle" --time "$config")
}
