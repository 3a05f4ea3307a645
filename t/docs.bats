#!/usr/bin/env bats
# bats file_tags=slow
# shellcheck disable=SC2016 # expanded by another shell
load lib

# each COMMAND... - call it with each applet, and with the box that holds them
each() {
	local name names

	names=$(ptybox --list)
	[ -n "$names" ]
	for name in ptybox $names; do
		"$@" "$name" || { echo "not so for $name"; return 1; }
	done
}

# Each of these prints the options of an applet as one document names them,
# sorted, one a line.

in_help() {
	if [ "$1" = ptybox ]; then ptybox --help; else ptybox "$1" --help; fi |
		sed -nE 's/^  (-., |    )(--[a-z0-9-]+).*/\1 \2/p' | options
}

in_man() {
	ptybox --man "$1" | sed -n 's/^\.It Fl \([^-]\)/-\1/p; s/^\.It Fl -/--/p' |
		sed 's/Fl -/--/; s/Fl /-/' | options
}

in_bash() {
	ptybox --completion bash >completion
	bash -c '. ./completion; COMP_WORDS=("$1" -) COMP_CWORD=1; _ptybox
		printf "%s\n" "${COMPREPLY[@]}"' bash "$1" | options
}

in_zsh() {
	ptybox --completion zsh | sed -n "/^	$1)/,/;;/"'s/^			'\'\
'\(([^)]*)\|\*\)\?\(-[-a-zA-Z0-9]*\).*/\2/p' | options
}

in_fish() {
	ptybox --completion fish >completion
	fish -c 'source completion; complete -C "$argv -"' "$1" | cut -f 1 | options
}

# options - the options among the words of stdin
options() {
	grep -oE '(^|[ ,])--?[a-zA-Z0-9][-a-zA-Z0-9]*' | tr -d ' ,' | sort -u
}

same() {
	diff <(in_help "$2") <("$1" "$2")
}

@test "--help names some options, --help itself among them" {
	run -0 in_help winsz
	[ "${#lines[@]}" -gt 10 ]
	[[ " ${lines[*]} " == *' --help '* && " ${lines[*]} " == *' -p '* ]]
}

@test "the man page of each applet names the options that --help names" {
	each same in_man
}

# bats test_tags=once
@test "bash completes the options that --help names" {
	each same in_bash
}

# bats test_tags=once
@test "zsh completes the options that --help names" {
	each same in_zsh
}

# bats test_tags=once
@test "fish completes the options that --help names" {
	needs fish
	each same in_fish
}

in_order() {
	ptybox --list | grep -qx "$1" || return 0
	ptybox "$1" --help | sed -nE '/-[hV], --/d
		s/^  (-.), --.*/1 \1/p; s/^      (--[a-z0-9-]+).*/2 \1/p' >order
	sort -c order
}

@test "--help has the options in order, those with a letter first" {
	each in_order
	[ "$(wc -l <order)" -gt 5 ]
}

lines_fit() {
	"$@" --help >help
	! grep -nE '^.{81}' help
}

@test "--help is at most 80 columns wide" {
	names=$(ptybox --list)
	for name in $names; do
		lines_fit ptybox "$name"
	done
	lines_fit ptybox
}

lint() {
	ptybox --man "$1" >page
	mandoc -Tlint -W warning page
}

# bats test_tags=once
@test "mandoc finds nothing wrong with the man page of any applet" {
	needs mandoc
	each lint
}

@test "a man page has its sections, and the text of the applet unharmed" {
	needs mandoc
	ptybox --man winsz | mandoc -Tutf8 | sed 's/.\x08//g' >page
	for title in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
		grep -qx "$title" page
	done
	grep -qF 'winsz --pid 1234 40 120' page
	grep -qE '^ +124 +' page
}

@test "the man page of ptybox names the applets" {
	ptybox --man ptybox >page
	[ -n "$(ptybox --list)" ]
	for name in $(ptybox --list); do
		grep -qx "\.It Xr $name 1" page
	done
}

# bats test_tags=once
@test "bash, zsh and fish can read their completions" {
	for shell in bash zsh fish; do
		needs "$shell"
		ptybox --completion "$shell" >completion
		run -0 "$shell" -n completion
		[ -z "$output" ]
	done
}

# bats test_tags=once
@test "shellcheck finds nothing wrong with the completion of bash" {
	needs shellcheck
	ptybox --completion bash >completion
	run -0 shellcheck -s bash completion
}

# bash_completes WANTED WORD... - the last word completes to WANTED
bash_completes() {
	local wanted=$1

	shift
	ptybox --completion bash >completion
	run -0 bash -c '. ./completion; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_ptybox; echo "${COMPREPLY[*]}"' bash "$@"
	[ "$output" = "$wanted" ] || { echo "$*: $output"; return 1; }
}

# begins_all PID - that process was found, and others whose number begins so
begins_all() {
	[[ " $output " == *" $1 "* ]]
	[ "$(tr ' ' '\n' <<<"$output" | grep -cv "^$1")" = 0 ]
}

# bats test_tags=once
@test "bash completes the value of an option by what it is" {
	bash_completes 'stream seqpacket' fdsend --type s
	bash_completes TERM ptyfork --kill-child = TE
	bash_completes root confine --reuid root
	bash_completes 'net_bind_service net_broadcast' confine --bounding-set net_b
	bash_completes "$$" winsz -p $$ || begins_all "$$"
	bash_completes nofile= confine --rlimit no
	bash_completes 'fdrecv fdsend' ptybox --man fd
	bash_completes '1 1,2' ptyfork --tty 1
	bash_completes 'best-effort' confine --ionice b
	bash_completes 'fifo' confine --scheduler f
	bash_completes 'linux linux32' confine --personality lin
	bash_completes 'tsync' confine --seccomp-flags t
	bash_completes 'reset-on-fork reclaim' confine --sched-flags re
	bash_completes 'shared' newroot --propagation sh
	bash_completes 'r r+' fdsend --mode r
	bash_completes 'v1 v2' ocispec --cgroup v
	bash_completes 'poststart poststop' ocispec --hooks post
	bash_completes '' winsz --timeout 1
}

# bats test_tags=once
@test "bash completes an option" {
	bash_completes --console-socket ptyfork --con
	bash_completes --console-socket ./bin/ptyfork --con
	bash_completes --console-socket ptybox ptyfork --con
	bash_completes --console-socket ptyfork -m --size = 4x5 -t 3 --con
}

# bats test_tags=once
@test "bash completes no option where a value or a command belongs" {
	bash_completes '' ptyfork --size --con
	bash_completes '' ptyfork --size = --con
	bash_completes '' ptyfork -- --con
	bash_completes '' ptyfork ls --con
}

# bats test_tags=once
@test "bash completes the command after the options" {
	touch only-this && chmod +x only-this
	PATH=$PWD:$PATH bash_completes only-this ptyfork -m -t 3 only-th
	PATH=$PWD:$PATH bash_completes only-this ptyfork --raw -- only-th
	PATH=$PWD:$PATH bash_completes only-this fdrecv -i s -- only-th
	PATH=$PWD:$PATH bash_completes '' fdrecv -i only-th
}

# bats test_tags=once
@test "bash completes what comes after an option of several values" {
	touch only-this && chmod +x only-this
	bash_completes --symlink newroot --sym
	bash_completes --symlink newroot --bind a b --dev /dev --sym
	bash_completes '' newroot --bind --sym
	bash_completes '' newroot --bind a --sym
	PATH=$PWD:$PATH bash_completes only-this \
		newroot --mount a b c d --dev /dev . -- only-th
	PATH=$PWD:$PATH bash_completes '' newroot --bind a b only-th
}

# bats test_tags=once
@test "bash completes the applets of ptybox" {
	bash_completes ptyfork ptybox ptyf
	bash_completes --list ptybox --l
}

# bats test_tags=once
@test "the completion of bash is in force for ptybox and each applet" {
	[ -n "$(ptybox --list)" ]
	ptybox --completion bash >completion
	for name in ptybox $(ptybox --list); do
		run -0 bash -c '. ./completion; complete -p "$1"' bash "$name"
		[[ $output == *" -F _ptybox $name" ]]
	done
}

# fish_completes WANTED LINE - what fish offers for the line
fish_completes() {
	needs fish
	ptybox --completion fish >completion
	run -0 fish -c 'source completion; complete -C "$argv"' "$2"
	[ "$(cut -f 1 <<<"$output" | xargs)" = "$1" ] || { echo "$output"; return 1; }
}

# bats test_tags=once
@test "fish completes an option" {
	fish_completes --console-socket 'ptyfork --con'
	fish_completes --console-socket 'ptybox ptyfork --con'
	fish_completes --console-socket 'ptyfork -m --size 4x5 --con'
}

# bats test_tags=once
@test "fish completes no option where a command belongs" {
	needs fish
	ptybox --completion fish >completion
	for line in 'ptyfork -- --con' 'ptyfork ls --con'; do
		run -0 fish -c 'source completion; complete -C "$argv"' "$line"
		[[ $output != *--console-socket* ]]
	done
}

# bats test_tags=once
@test "fish completes the command after the options" {
	touch only-this && chmod +x only-this
	PATH=$PWD:$PATH fish_completes only-this 'ptyfork -m -t 3 only-th'
	PATH=$PWD:$PATH fish_completes only-this 'ptyfork --raw -- only-th'
	PATH=$PWD:$PATH fish_completes only-this 'fdrecv -i s only-th'
	PATH=$PWD:$PATH fish_completes only-this 'fdrecv -i s -- only-th'
	fish_completes --list 'ptyfork -m ptybox --li'
}

# bats test_tags=once
@test "fish completes what comes after an option of several values" {
	touch only-this only-file && chmod +x only-this
	fish_completes --symlink 'newroot --sym'
	fish_completes --symlink 'newroot --bind a b --dev /dev --sym'
	fish_completes only-file 'newroot --bind only-f'
	fish_completes only-file 'newroot --bind a only-f'
	fish_completes '' 'newroot --bind a --sym'
	PATH=$PWD:$PATH fish_completes only-this \
		'newroot --mount a b c d --dev /dev . -- only-th'
	fish_completes --list 'newroot --bind a b . ptybox --li'
}

# bats test_tags=once
@test "fish completes the applets of ptybox" {
	fish_completes ptyfork 'ptybox ptyf'
}

# zsh_completes WANTED LINE - what the line is after zsh has completed it; its
# editor completes as soon as it starts
zsh_completes() {
	needs zsh
	ptybox --completion zsh >_ptybox
	cat >.zshrc <<-'E'
		fpath=($PWD $fpath)
		autoload -Uz compinit
		compinit -u -D
		zle-line-init() {
			BUFFER=$LINE CURSOR=$#LINE
			zle complete-word
			print -r -- "$BUFFER" >line
			exit
		}
		zle -N zle-line-init
	E
	rm -f line
	LINE=$2 ZDOTDIR=$PWD timeout 30 ptyfork -- zsh -d -i </dev/null >log
	[ "$(cat line)" = "$1" ] || { cat line log; return 1; }
}

# bats test_tags=once
@test "zsh completes an option" {
	zsh_completes 'ptyfork --console-socket=' 'ptyfork --console-s'
	zsh_completes 'ptyfork -m --size 4x5 --console-socket=' \
		'ptyfork -m --size 4x5 --console-s'
	zsh_completes 'ptyfork -- --console-s' 'ptyfork -- --console-s'
	zsh_completes 'ptybox --list ' 'ptybox --li'
	zsh_completes 'ptybox ptyfork ' 'ptybox ptyf'
}

# bats test_tags=once
@test "zsh completes the command after the options" {
	touch only-this && chmod +x only-this
	for line in 'ptyfork -m -t 3' 'ptyfork --raw --' 'fdrecv -i s --'; do
		PATH=$PWD:$PATH zsh_completes "$line only-this " "$line only-th"
		zsh_completes "$line ptybox --list " "$line ptybox --li"
	done
}

# bats test_tags=once
@test "zsh completes what comes after an option of several values" {
	touch only-this only-file && chmod +x only-this
	for line in 'newroot' 'newroot --mount a b c d --dev /dev'; do
		zsh_completes "$line --symlink " "$line --sym"
		zsh_completes "$line --bind only-file " "$line --bind only-f"
		zsh_completes "$line --bind a only-file " "$line --bind a only-f"
		zsh_completes "$line --bind a --sym" "$line --bind a --sym"
		PATH=$PWD:$PATH zsh_completes "$line . -- only-this " \
			"$line . -- only-th"
		zsh_completes "$line . ptybox --list " "$line . ptybox --li"
	done
}

@test "a shell without a completion is refused" {
	fails 125 "ptybox: bad --completion 'csh': want bash, zsh or fish; *" \
		ptybox --completion csh
}

# The scripts have man pages that are written by hand.

# script_has - the commands of ptyrunc that its script knows, and "COMMAND
# OPTION" for what each of them parses
script_has() {
	local script=$BATS_TEST_DIRNAME/../bin/ptyrunc

	{
		printf 'main %s\n' -h --help # any command takes them
		sed -n '/^case $command in$/,/^esac/s/^\([a-z][-a-z |]*\)).*/\1/p' \
			"$script" | tr -d ' ' | tr '|' '\n' | grep -vx create-hooks
		awk -v q="'" '
			function take(words,  n, word) {
				for (n = split(words, word, " "); n; n--) {
					if (match(word[n], /[.!=@+]/) < 2)
						continue
					print command " --" substr(word[n], 1, RSTART - 1)
					if (length(word[n]) > RSTART)
						print command " -" substr(word[n], RSTART + 1)
				}
			}
			sub(/^command[_=]/, "") { command = $1; sub(/\(.*/, "", command) }
			at = index($0, "parse " q) { $0 = substr($0, at + 7); inside = 1 }
			inside {
				if (at = index($0, q)) {
					$0 = substr($0, 1, at - 1)
					inside = 0
				}
				take($0)
			}' "$script"
	} | sort -u
}

# help_has - the same as far as its --help names them
help_has() {
	ptyrunc --help | awk '
		/^Commands:/ { commands = 1; next }
		!commands {
			for (i = 1; i <= NF; i++)
				if ($i ~ /^--/) { sub(/,/, "", $i); print "main " $i }
			next
		}
		{ print $1 }
		{
			for (i = 2; i <= NF; i++)
				if ($i ~ /^\[-/) { gsub(/[][]/, "", $i); print $1 " " $i }
				else if ($(i - 1) == "ID,") print $i
		}' | sort -u
}

# page_has - the same of its man page; run has what create has
page_has() {
	awk '
		BEGIN { command = "main" }
		/^\.Ss / { command = $2; print command }
		/^\.It Fl / {
			for (i = 2; i < NF; i++)
				if ($i == "Fl") {
					print command " -" $(i + 1)
					if (command == "create") print "run -" $(i + 1)
				}
		}' "$BATS_TEST_DIRNAME/../bin/ptyrunc.1" | sort -u
}

@test "the man page of ptyrunc names each command, and each option it takes" {
	script_has >wanted
	[ "$(wc -l <wanted)" -gt 80 ]
	grep -qx 'exec -g' wanted
	grep -qx restore wanted
	page_has | diff wanted -
}

@test "the man page of ptyrunc names what --help names" {
	help_has >wanted
	[ "$(wc -l <wanted)" -gt 25 ]
	grep -qx 'main --log-format' wanted
	grep -qx 'delete -f' wanted
	grep -qx resume wanted
	page_has | comm -23 wanted - >missing
	diff missing /dev/null
}

@test "the man page and --help of ptyshim name the options that it takes" {
	local bin=$BATS_TEST_DIRNAME/../bin

	grep '^	-.*)' "$bin/ptyshim" | tr '\t' ' ' | options >wanted
	[ "$(wc -l <wanted)" -gt 10 ]
	ptyshim --help | sed -nE 's/^  (-., |    )(--[a-z0-9-]+).*/\1 \2/p' |
		options | diff wanted -
	awk '/^\.It Fl / {
		for (i = 2; i < NF; i++)
			if ($i == "Fl") print "-" $(i + 1)
	}' "$bin/ptyshim.1" | options | diff wanted -
}

# bats test_tags=once
@test "mandoc finds nothing wrong with the man pages of the scripts" {
	needs mandoc
	run -0 mandoc -Tlint -W warning "$BATS_TEST_DIRNAME"/../bin/*.1
	[ -z "$output" ]
}

# repo TARGET - make install or uninstall, of what is built; make takes no path
# with a blank
repo() {
	local repo=$BATS_TEST_DIRNAME/..

	MAKEFLAGS='' timeout 60 make -s -C "$repo" -o all "$@" \
		BIN="$(realpath --relative-to="$repo" "$BIN")" STRIP=true \
		DESTDIR="$PWD/a root" PREFIX=/usr
}

# bats test_tags=once
@test "make install has a man page for each tool and script, uninstall takes it" {
	needs make
	repo install
	pages='a root/usr/share/man/man1'
	(cd 'a root/usr/bin' && printf '%s.1\n' *) >wanted
	grep -qx ptyrunc.1 wanted
	grep -qx ptyshim.1 wanted
	(cd "$pages" && printf '%s\n' *) | diff wanted -
	# All of one date and version.
	sed -n '/^\.Dd/p; /^\.Os/p' "$pages/ptybox.1" >wanted
	[ "$(wc -l <wanted)" = 2 ]
	for name in ptyrunc ptyshim; do
		sed -n '/^\.Dd/p; /^\.Os/p' "$pages/$name.1" | diff wanted -
	done
	repo uninstall
	[ -z "$(find 'a root' ! -type d)" ]
}
