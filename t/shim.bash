# shim.bash - for the tests of ptyshim: one that runs in the background, with
# the log ./log and the directory ./d.
# shellcheck shell=bash

# shim ARG... - start ptyshim in the background, and note its pid in $shim. A
# job in the background ignores INT and QUIT otherwise.
shim() {
	env --default-signal ptyshim --dir d --log log "$@" 3>&- &
	shim=$!
	started+=" $shim"
}

# shim_ends STATUS - the shim ends with it, D/exit has it, and nothing else that
# it made is left
shim_ends() {
	ends "$1" "$shim"
	printf %s "$1" | cmp - d/exit
	nothing_left
}

# nothing_left - no process, and in d the pid, the exit status and the spool
nothing_left() {
	within 20 none_of_ours
	[ -z "$(find d -type p -o -type s)" ]
	[ -z "$(find d ! -name d ! -name pid ! -name exit ! -name spool)" ]
}

# said [STREAM] - what the CRI log has, put together again: P lines are parts.
# Every line is one that the kubelet takes.
said() {
	local date='[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}\.[0-9]{9}'

	if LC_ALL=C grep -avE "^$date(Z|[+-][0-9]{2}:[0-9]{2}) (stdout|stderr) [FP] " \
		log >&2; then
		return 1
	fi
	LC_ALL=C awk -v stream="${1:-std}" 'index($2, stream) == 1 {
		end = $3 == "F" ? "\n" : ""
		sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
		printf "%s%s", $0, end
	}' log
}

# said_cast - the output in an asciicast log, whose every line is valid JSON
said_cast() {
	jq -e -n 'input | .version == 2' log >/dev/null &&
		jq -j 'select(type == "array" and .[1] == "o") | .[2]' log
}

has() {
	grep -q "$1" "$2"
}

told() {
	[ -s "$1" ]
}

# detached - have ptyfork or the runtime gone, so that the command is a child of
# reap?
detached() {
	local parent

	[ -s d/pid ] || return 1
	parent=$(cut -d' ' -f4 "/proc/$(cat d/pid)/stat")
	[ "$(cat "/proc/$parent/comm")" = reap ]
}
