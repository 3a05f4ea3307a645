#!/usr/bin/env bats
# conlog.bats - what a terminal, a command or a pipe says, in a log

load lib

# bytes N - that many bytes of a long line without newline
bytes() {
	head -c "$1" /dev/zero | tr '\0' x
}

@test "a filter copies its input to its output and to the log" {
	seq 100000 >in
	conlog --log log <in >out
	cmp in out
	cmp in log
	printf 'more' | conlog --log log >out
	[ "$(tail -n 1 log)" = more ]
	[ "$(wc -c <log)" -eq $(($(wc -c <in) + 4)) ]
}

@test "a slow reader of a filter gets all of it, and so does the log" {
	seq 100000 >in
	conlog --log log <in | dd bs=8 status=none >out
	cmp in out
	cmp in log
}

@test "cri: a line is F, one without an end is P, an empty one keeps its blank" {
	printf 'one\n\ntwo\nopen' | conlog --log log --log-format cri >out
	"$HELPER" cri log stdout >said
	printf 'one\n\ntwo\nopen' | cmp - said
	run cut -d' ' -f 2- log
	[ "$output" = "stdout F one
stdout F 
stdout F two
stdout P open" ]
}

@test "cri: no record has more than 16384 bytes of content" {
	for n in 16383 16384 16385 32768 100000; do
		bytes "$n"
		echo
	done >in
	echo next >>in
	conlog --log log --log-format cri <in >out
	"$HELPER" cri log stdout | cmp - in
	# shellcheck disable=SC2016 # awk's own
	run -0 awk '{ print $3, length($0) - 40 }' log
	[ "${lines[0]}" = "F 16383" ]
	[ "${lines[1]}" = "F 16384" ]
	[ "${lines[2]}" = "P 16384" ]
	[ "${lines[3]}" = "F 1" ]
	[ "${lines[4]}" = "P 16384" ]
	[ "${lines[5]}" = "F 16384" ]
	[ "${lines[12]}" = "F 1696" ]
	[ "${lines[13]}" = "F 4" ]
}

@test "cri: no character is cut, wherever a record or a read ends" {
	# Shifted by each number of bytes, so that one lies across the limit.
	for shift in 0 1 2 3; do
		bytes "$shift"
		yes '😀é€' | head -c 40000 | tr -d '\n' | head -c 36000
		echo
	done >in
	conlog --log log --log-format cri <in >out
	"$HELPER" cri log stdout utf8 >said
	cmp in said
	# Read byte by byte, each after a pause that ends a part.
	printf '\303' >a
	printf '\251' >b
	{ cat a; read -rt 1.5 <> <(:) || true; cat b; } |
		conlog --log slow --log-format cri >out
	"$HELPER" cri slow stdout utf8 >said
	cat a b | cmp - said
}

@test "cri and raw: any byte but newline is content, and no UTF-8 goes on" {
	printf 'a\0b\033[1m\rc\vd\302\205e\342\200\250f\377\376\n' >in
	printf '2016-10-06T00:17:09.669794202Z stdout F forged\n' >>in
	conlog --log log --log-format cri <in >out
	"$HELPER" cri log stdout | cmp - in
	[ "$(wc -l <log)" -eq 2 ]
	conlog --log raw <in >out
	cmp in raw
}

@test "cri: behind a record that a killed one left cut the next is whole" {
	printf '2016-10-06T00:17:09.669794202Z stdout F cu' >log
	conlog --log log --log-format cri <<<next >out
	[ "$("$HELPER" cri log stdout)" = $'cu\nnext' ]
	cp log before
	conlog --log log --log-format cri <<<more >out
	[ "$("$HELPER" cri log stdout)" = $'cu\nnext\nmore' ]
	cmp -n "$(wc -c <before)" before log
	printf open >raw
	conlog --log raw <<<next >out
	[ "$(cat raw)" = opennext ]
}

@test "cri: a date is UTC, whatever TZ says" {
	local zone now

	for zone in '' UTC Europe/Berlin right/UTC '<+0530>-5:30' nonsense; do
		rm -f log
		echo x | TZ=$zone conlog --log log --log-format cri >out
		"$HELPER" cri log stdout >said
		now=$(date -d "$(cut -d' ' -f1 log)" +%s)
		[ $(($(date +%s) - now)) -le 60 ]
		[ $(($(date +%s) - now)) -ge 0 ]
	done
}

@test "cri: a prompt is in the log at once, and keys one by one are not" {
	mkfifo in
	exec 4<>in
	conlog --log log --log-format cri <in >out 3>&- 4>&- &
	filter=$!
	begin=$SECONDS
	printf '$ ' >&4
	within 20 grep -q 'stdout P \$ $' log
	for key in 1 2 3 4 5 6 7 8 9 0; do
		printf '%s' "$key" >&4
		read -rt 0.02 <> <(:) || true
	done
	exec 4>&-
	ends 0 "$filter"
	[ "$("$HELPER" cri log stdout)" = '$ 1234567890' ]
	# A part a second, and one for each of the two ends.
	[ "$(wc -l <log)" -le $((SECONDS - begin + 3)) ]
}

@test "a prompt is in the log at once, in any other format too" {
	for format in raw asciicast; do
		rm -f in
		mkfifo in
		exec 4<>in
		conlog --log "$format" --log-format "$format" <in >out \
			3>&- 4>&- &
		filter=$!
		printf '$ ' >&4
		within 20 grep -q '\$ ' "$format"
		exec 4>&-
		ends 0 "$filter"
	done
}

# second_part - begin a line and go on with it as soon as that is in the log:
# the rest is written a second after its beginning; $apart are the milliseconds
# between their dates
second_part() {
	rm -f in
	mkfifo in
	exec 4<>in
	conlog --log log --log-format cri <in >out 3>&- 4>&- &
	filter=$!
	printf one >&4
	within 20 grep -q 'stdout P one$' log
	printf two >&4
	within 20 grep -q 'stdout P two$' log
	exec 4>&-
	ends 0 "$filter"
	apart=$(cut -d' ' -f1 log | date -f - +%s%3N | head -2 |
		{ read -r one; read -r two; echo $((two - one)); })
	[ "$apart" -ge 0 ]
	rm log
	[ "$apart" -lt 900 ]
}

@test "cri: a date is when it was read, not when it was written" {
	# On a busy machine it may be read late as well.
	second_part || second_part || second_part
}

# bats test_tags=unsanitized
@test "a clock that is set back is seen in dates, not in times" {
	printf 'one\ntwo\n' >in
	"$HELPER" clock 3600 conlog --log cri --log-format cri <in >out
	# Byte by byte, which are reads of their own.
	mkfifo pipe
	"$HELPER" clock 3600 conlog --log log --log-format asciicast \
		<pipe >out 3>&- &
	filter=$!
	exec 4>pipe
	echo one >&4
	within 20 grep -q one log
	echo two >&4
	exec 4>&-
	ends 0 "$filter"
	[ "$(date -d "$(head -1 cri | cut -d' ' -f1)" +%s)" \
		-lt $(($(date +%s) - 3000)) ]
	"$HELPER" cast log o | cmp - in
	[ "$(sed -n '$s/^\[\([0-9]*\)\..*/\1/p' log)" -lt 60 ]
}

@test "what cannot be read is an error, and no end" {
	fails 125 'conlog: cannot read standard input: *' conlog --log log </
	fails 125 'conlog: cannot read a pipe: *' conlog --log log --stdout 7 7</
}

@test "a command's output and error are told apart, its status is ours" {
	run -3 --separate-stderr conlog --log log --log-format cri -- \
		sh -c 'seq 3; echo no >&2; seq 3; printf open >&2; exit 3'
	[ -z "$output$stderr" ]
	[ "$("$HELPER" cri log stdout)" = "$(seq 3; seq 3)" ]
	[ "$("$HELPER" cri log stderr)" = "$(printf 'no\nopen')" ]
	run -143 conlog --log log -- sh -c 'kill $$'
}

@test "a command's last output is in the log, as much as a pipe holds" {
	for log in 1 2 3 4 5 6 7 8 9 10; do
		conlog --log "$log" -- dd if=/dev/zero bs=60000 count=1 status=none
		[ "$(wc -c <"$log")" -eq 60000 ]
	done
}

@test "a command that cannot run is 127 or 126, and said on standard error" {
	fails 127 "conlog: cannot execute 'nosuch': No such file*" \
		conlog --log log --dir d -- nosuch
	[ "$(cat d/exit)" = 127 ]
	fails 126 "conlog: cannot execute '/': *" conlog --log log -- /
	[ ! -s log ]
}

@test "a command ignores what conlog's caller ignored, and blocks nothing" {
	look='grep -E "^Sig(Blk|Ign)" /proc/self/status'
	for ignored in '' 'HUP INT' 'HUP PIPE XFSZ'; do
		(
			# shellcheck disable=SC2086 # a list of words
			trap '' ${ignored:-0}
			sh -c "$look" >before
			conlog --log log -- sh -c "$look >after"
		)
		cmp before after
	done
}

@test "the end is the command's, though its child holds the pipe open" {
	run -4 timeout 10 conlog --log log --dir d -- \
		sh -c 'sleep 30 & echo $! >pid; echo said; exit 4'
	[ "$(cat log)" = said ]
	[ "$(cat d/exit)" = 4 ]
	kill "$(cat pid)"
}

@test "asciicast: the bytes come out as they went in, and it is JSON" {
	needs jq
	printf 'plain "quoted" \\ \016 \033[1m \b\f\t\r\n \177 \342\200\250 é😀' >in
	head -c 100000 /dev/zero >>in
	seq 20000 >>in
	conlog --log log --log-format asciicast <in >out
	"$HELPER" cast log o | cmp - in
	jq -c . <log >/dev/null
	run jq -r '[.version, .width > 0, .height > 0] | @csv' <(head -n 1 log)
	[ "$output" = '2,true,true' ]
}

@test "asciicast: where there is no terminal lines end as a terminal ends them" {
	conlog --log log --log-format asciicast -- \
		printf 'a\nb\r\n\n\rc\r\r\n\303\251\n'
	"$HELPER" cast log o >said
	printf 'a\r\nb\r\n\r\n\rc\r\r\n\303\251\r\n' | cmp - said
	rm log
	# What two events cut is one end.
	{ head -c 4095 /dev/zero | tr '\0' x; printf '\r\n\n'; } >in
	conlog --log log --log-format asciicast --stdout 5 5<in
	"$HELPER" cast log o >said
	{ head -c 4097 in; printf '\r\n'; } | cmp - said
}

@test "asciicast: what is no UTF-8 is U+FFFD, what a read cuts is put together" {
	printf 'a\377b\342\202c\360\237\230' | conlog --log log \
		--log-format asciicast >out
	[ "$("$HELPER" cast log o)" = "a�b�c�" ]
	rm log
	{ printf '\360\237'; read -rt 0.3 <> <(:) || true; printf '\230\200'; } |
		conlog --log log --log-format asciicast >out
	[ "$("$HELPER" cast log o)" = "😀" ]
}

@test "asciicast: asciinema plays it" {
	needs asciinema
	printf 'one\r\ntwo\r\n' | conlog --log log --log-format asciicast >out
	run -0 on_tty 'LC_ALL=C.UTF-8 asciinema cat log'
	[ "$output" = "$(printf 'one\r\ntwo\r')" ]
}

@test "asciicast: a recording that is there is moved away" {
	echo one | conlog --log log --log-format asciicast >out
	echo two | conlog --log log --log-format asciicast >out
	[ "$("$HELPER" cast log.1 o)" = one ]
	[ "$("$HELPER" cast log o)" = two ]
}

@test "asciicast: a start that fails moves no recording away" {
	run -3 conlog --log log --log-format asciicast --console-socket s -- \
		sh -c 'exit 3'
	[ ! -s log ]
	echo one | conlog --log log --log-format asciicast >out
	run -3 conlog --log log --log-format asciicast --console-socket s -- \
		sh -c 'exit 3'
	[ "$("$HELPER" cast log o)" = one ]
	[ ! -e log.1 ]
}

@test "a log stays below its size: renamed at a record's end, two are kept" {
	local format file

	seq -f 'line number %g' 20000 >in
	for format in raw cri; do
		rm -f log*
		(umask 0 && conlog --log log --log-format "$format" \
			--log-size-max 100k <in >out)
		[ "$(echo log*)" = "log log.1 log.2" ]
		[ "$(stat -c %a log log.1 log.2 | uniq)" = 640 ]
		for file in log log.1 log.2; do
			[ "$(wc -c <"$file")" -le 102400 ]
			if [ "$format" = cri ]; then
				"$HELPER" cri "$file" stdout
			else
				cat "$file"
			fi >"said.$file"
		done
		# Nothing is lost in between.
		cat said.log.2 said.log.1 said.log >said
		tail -n "$(wc -l <said)" in | cmp - said
		[ "$(wc -l <said)" -gt 3000 ]
	done
}

@test "asciicast: each file is whole by itself after it was renamed" {
	seq -f 'line number %g' 20000 >in
	conlog --log log --log-format asciicast --log-size-max 100k <in >out
	for file in log log.1 log.2; do
		[ "$(wc -c <"$file")" -le 102400 ]
		"$HELPER" cast "$file" o >"said.$file"
	done
	cat said.log.2 said.log.1 said.log >said
	tail -c "$(wc -c <said)" in | cmp - said
}

@test "the size of a log that is there counts" {
	seq 1000 >log
	echo more | conlog --log log --log-size-max 3000 >out
	[ "$(cat log)" = more ]
	[ "$(wc -l <log.1)" -eq 1000 ]
}

@test "a log that was renamed half by one that was killed is kept once" {
	seq 1000 >log
	ln log log.1
	echo older >log.2
	echo more | conlog --log log --log-size-max 3000 >out
	[ "$(cat log)" = more ]
	[ "$(wc -l <log.1)" -eq 1000 ]
	[ "$(cat log.2)" = older ]
}

@test "a log that cannot be renamed goes on, and that is said once" {
	mkdir log.1 log.new
	seq 1000 | fails 0 "conlog: cannot rename log 'log', it goes on: *" \
		sh -c 'conlog --log log --log-size-max 100 >out'
	seq 1000 | cmp - log
}

@test "copytruncate: the next record is at the new start" {
	mkfifo in
	exec 4<>in
	conlog --log log <in >out 3>&- 4>&- &
	filter=$!
	echo one >&4
	within 20 grep -q one log
	: >log
	echo two >&4
	within 20 grep -q two log
	exec 4>&-
	ends 0 "$filter"
	# A shell would not see NULs in front of it.
	echo two | cmp - log
}

@test "asciicast: after copytruncate there is a header again" {
	mkfifo in
	exec 4<>in
	conlog --log log --log-format asciicast <in >out 3>&- 4>&- &
	filter=$!
	echo one >&4
	within 20 grep -q one log
	: >log
	echo two >&4
	within 20 grep -q two log
	exec 4>&-
	ends 0 "$filter"
	[ "$("$HELPER" cast log o)" = two ]
}

@test "a new log is 0640 at the most" {
	(umask 0 && echo x | conlog --log log >out)
	[ "$(stat -c %a log)" = 640 ]
	(umask 077 && echo x | conlog --log log2 >out)
	[ "$(stat -c %a log2)" = 600 ]
}

@test "a full disk: undone, counted, said once; the output goes on" {
	as_root
	seq 100000 >in
	for format in raw cri asciicast; do
		mkdir "$format"
		# shellcheck disable=SC2016 # the inner shell expands it
		unshare -m sh -c '
			mount -t tmpfs -o size=100k tmpfs "$1" || exit 9
			conlog --log "$1/log" --log-format "$1" <in >out \
				2>"$1.err" || exit
			cp "$1/log" "$1.log"
		' sh "$format"
		cmp in out
		[ "$(wc -l <"$format.err")" -eq 2 ]
		grep -q "cannot write log .*: No space left" "$format.err"
		grep -qE 'goes on; [1-9][0-9]* bytes are not in it' "$format.err"
	done
	# What is there is whole: nothing but lines of the input, in order.
	"$HELPER" cri cri.log stdout >said
	[ "$(wc -l <said)" -gt 1000 ]
	sort -n -c said
	[ -z "$(comm -13 <(sort in) <(sort said))" ]
	"$HELPER" cast asciicast.log o >said
	[ "$(wc -l <said)" -gt 1000 ]
}

@test "a disk that is full from the start: the header comes first later" {
	as_root
	mkdir disk
	mkfifo in
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 --separate-stderr timeout 60 unshare -m bash -c '
		mount -t tmpfs -o size=100k tmpfs disk
		: >disk/log
		head -c 200k /dev/zero >disk/hog || true
		exec 4<>in
		conlog --log disk/log --log-format asciicast <in >out 2>err 4>&- &
		echo lost >&4
		until grep -q lost out; do read -rt 0.02 <> <(:) || true; done
		rm disk/hog
		echo kept >&4
		until grep -q kept out; do read -rt 0.02 <> <(:) || true; done
		exec 4>&-
		wait
		"$HELPER" cast disk/log o' 3>&-
	[ "$output" = kept ]
}

@test "SIGTERM ends a filter, and the log is whole" {
	mkfifo in
	exec 4<>in
	conlog --log log --log-format cri <in >out 3>&- 4>&- &
	filter=$!
	printf 'one\nopen' >&4
	within 20 grep -q open log
	printf 'more' >&4
	within 20 grep -q more out
	kill "$filter"
	ends 143 "$filter"
	exec 4>&-
	[ "$("$HELPER" cri log stdout)" = "$(printf 'one\nopenmore')" ]
}

@test "a reader of standard output that goes away ends a filter" {
	run -0 --separate-stderr timeout 10 bash -c '
		yes | { conlog --log log; echo $? >status; } | head -n 1'
	[ "$(cat status)" = 141 ]
	[ -z "$stderr" ]
}

@test "a call that makes no sense is refused" {
	fails 125 '*want --log, --dir or both*' conlog
	fails 125 '*bad --log-format*' conlog --log log --log-format xml
	fails 125 '*--log-input needs*' conlog --log log --log-input
	fails 125 '*bad --log-size-max*' conlog --log log --log-size-max 1x
	fails 125 '*bad --log-size-max*' conlog --log log --log-size-max 0
	fails 125 '*no pty master*' conlog --log log --fd 0
	fails 125 '*not open*' conlog --log log --stdout 77
	fails 125 '*COMMAND excludes*' conlog --log log --fd 0 -- true
	fails 125 '*--timeout needs*' conlog --log log --timeout 1
	fails 125 "*cannot open log 'no/log': No such*" conlog --log no/log
}
