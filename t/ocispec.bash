# ocispec.bash - specs for the tests of ocispec, made of one that runs
# shellcheck shell=bash

SAMPLES=$BATS_TEST_DIRNAME/oci

# spec [FILTER] - write config.json: runc's default without a terminal, changed
# by that filter of jq
spec() {
	jq ".process.terminal = false | ${1:-.}" "$SAMPLES/runc-spec.json" \
		>config.json
}

# words [OPTION]... - the command line of config.json, a word a line
words() {
	run -0 --separate-stderr ocispec "$@" config.json
	# shellcheck disable=SC2154
	eval "set -- $output"
	printf '%s\n' "$@" >words
}

# has WORD... - these words follow each other on the command line
has() {
	local wanted

	printf -v wanted '%s\n' "$@"
	[[ $'\n'$(cat words)$'\n' == *$'\n'"$wanted"* ]] ||
		{ echo "not there: $*"; cat words; return 1; }
}

# has_no WORD... - they do not
has_no() {
	! has "$@" >/dev/null || { echo "there: $*"; return 1; }
}

# refused FILTER MESSAGE - such a spec is refused with that one line, a pattern
refused() {
	spec "$1"
	fails 1 "ocispec: $2" ocispec config.json
}
