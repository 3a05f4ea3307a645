#!/usr/bin/env bats
# What lib/json makes of a document; the texts are those of RFC 8259 and of the
# suites that are made after it.
load lib

# reads TEXT [WANTED] - the document TEXT is taken, and written as WANTED, or
# as it was
reads() {
	run -0 "$HELPER" json < <(printf '%s' "$1")
	[ "$output" = "${2-$1}" ] || { echo "$1: $output"; return 1; }
}

# refuses TEXT LINE COLUMN WHY - TEXT, with printf's escapes, is refused there
refuses() {
	run -1 "$HELPER" json < <(printf '%b' "$1")
	[ "$output" = "line $2, column $3: $4" ] ||
		{ echo "$1: $output"; return 1; }
}

# repeat N TEXT - TEXT so often
repeat() {
	printf -- "$2%.0s" $(seq "$1")
}

@test "every kind of value is read and written as it was" {
	for text in null true false 0 -0 1 -1 1.5 -0.1e+10 1E5 12e-3 '""' '"a"' \
		'[]' '{}' '[[]]' '[{}]' '{"":[]}' '[1,[2,{"a":3,"b":[]},4],5]' \
		'{"a":{"b":{"c":[null,true,false]}}}' \
		123456789012345678901234567890123456789012345678901234567890; do
		reads "$text"
	done
}

@test "space is what JSON says it is, and is not needed" {
	reads $' \t\r\n[ 1 ,\t2\n, { "a" :\r 3 } ] \n' '[1,2,{"a":3}]'
	refuses '[1,\0142]' 1 4 'want a value'
	refuses '\0302\0240[]' 1 1 'want a value'
}

@test "escapes mean their characters" {
	reads '"\"\\\/\b\f\n\r\t"' '"\"\\/\b\f\n\r\t"'
	reads '"\u0041\u00e9\u20AC\ud83D\uDe00"' '"Aé€😀"'
	reads '"\u0001\u007f\u0080"' '"\u0001\u007f\u0080"'
}

@test "a character of any length is kept, the first and the last of each" {
	for character in $'\x7e' $'\xc2\xa0' $'\xdf\xbf' $'\xe0\xa0\x80' \
		$'\xed\x9f\xbf' $'\xee\x80\x80' $'\xef\xbf\xbf' \
		$'\xf0\x90\x80\x80' $'\xf4\x8f\xbf\xbf'; do
		reads "\"$character\""
	done
}

@test "what is no UTF-8 is refused, never changed" {
	for bytes in '\0200' '\0277' '\0300\0257' '\0301\0277' '\0340\0237\0277' \
		'\0355\0240\0200' '\0355\0277\0277' '\0360\0217\0277\0277' \
		'\0364\0220\0200\0200' '\0365\0200\0200\0200' '\0376' '\0377' \
		'\0303' '\0342\0202' '\0360\0237\0230' '\0303A'; do
		refuses "[\"a$bytes\"]" 1 4 'no valid UTF-8'
	done
	# Cut in the middle of a character, nothing is behind the end.
	refuses '"\0303' 1 2 'no valid UTF-8'
	refuses '{"\0377":1}' 1 3 'no valid UTF-8'
}

@test "half a surrogate pair is refused" {
	for half in ud800 udbff udc00 udfff 'ud800\\u0041' 'ud800\\ud800' \
		'udc00\\ud800' ud800x 'ud800\\n' 'ud800\\u'; do
		refuses "\"\\\\$half\"" 1 2 'a lone surrogate is no character'
	done
}

@test "a NUL is refused, written as an escape or as it is" {
	refuses '"a\\u0000b"' 1 3 '\u0000 is no character of a word'
	refuses '"a\0000b"' 1 3 'a control character in a string'
	refuses '[1]\0000' 1 4 'text after the end'
	refuses '\0000' 1 1 'want a value'
	refuses '[1\0000]' 1 3 "want a ',' or a ']'"
}

@test "an unknown escape and a control character in a string are refused" {
	for escape in x41 a "'" 0 U0041 v ' '; do
		refuses "\"\\\\$escape\"" 1 2 'unknown escape'
	done
	for escape in u u1 u12 u123 u123g u-123 'u 123' u123; do
		refuses "\"\\\\$escape\"" 1 2 \
			'want four hexadecimal digits after \u'
	done
	refuses '"a\nb"' 1 3 'a control character in a string'
	refuses '"\0037"' 1 2 'a control character in a string'
}

@test "a string without an end is refused where it begins" {
	refuses '["abc' 1 2 'a string without an end'
	refuses '"abc\\"' 1 1 'a string without an end'
	refuses '"' 1 1 'a string without an end'
	refuses "\"\\" 1 2 'unknown escape'
	refuses "'a'" 1 1 'want a value'
}

@test "a number is one as JSON has it, or refused" {
	for number in 01 -01 00 - -a 1. 1.e5 1e 1e+ 1.5e -. 2.e3 1.2.; do
		run -1 "$HELPER" json < <(printf '[%s]' "$number")
		[[ $output == "line 1, column "* ]]
	done
	for number in .5 +1 NaN Infinity -Infinity 0x10 1_000 ١; do
		run -1 "$HELPER" json < <(printf '[%s]' "$number")
		[[ $output == "line 1, column "* ]]
	done
}

@test "there is one value, and nothing before or behind it" {
	refuses '' 1 1 'want a value, not the end'
	refuses ' \n ' 2 2 'want a value, not the end'
	refuses '{}{}' 1 3 'text after the end'
	refuses '[] x' 1 4 'text after the end'
	refuses '1 2' 1 3 'text after the end'
	refuses '[]]' 1 3 'text after the end'
	refuses '[] // end' 1 4 'text after the end'
	refuses '/**/ []' 1 1 'want a value'
}

@test "a byte order mark is refused" {
	refuses '\0357\0273\0277{}' 1 1 'want a value'
	refuses '\0377\0376{\0000}\0000' 1 1 'want a value'
}

@test "words that are nearly values are refused" {
	for word in nul tru fals True NULL undefined nan; do
		refuses "$word" 1 1 'want a value'
	done
	refuses nulls 1 5 'text after the end'
	refuses '[truex]' 1 6 "want a ',' or a ']'"
}

@test "arrays and objects have their commas, colons and ends" {
	refuses '[1,]' 1 4 'want a value'
	refuses '[,1]' 1 2 'want a value'
	refuses '[1,,2]' 1 4 'want a value'
	refuses '[1 2]' 1 4 "want a ',' or a ']'"
	refuses '[1}' 1 3 "want a ',' or a ']'"
	refuses '[1' 1 3 "want a ',' or a ']'"
	refuses '[' 1 2 'want a value, not the end'
	refuses '{"a":1,}' 1 8 'want a key in double quotes'
	refuses '{,}' 1 2 'want a key in double quotes'
	refuses '{1:1}' 1 2 'want a key in double quotes'
	refuses '{a:1}' 1 2 'want a key in double quotes'
	refuses '{' 1 2 'want a key in double quotes'
	refuses '{"a"}' 1 5 "want a ':' after the key"
	refuses '{"a":}' 1 6 'want a value'
	refuses '{"a":1 "b":2}' 1 8 "want a ',' or a '}'"
	refuses '{"a":1]' 1 7 "want a ',' or a '}'"
	refuses ']' 1 1 'want a value'
}

@test "an error names its line and its column" {
	refuses '{\n  "a": 1,\n  "b": x\n}' 3 8 'want a value'
	refuses '\n\n\n  ?' 4 3 'want a value'
	refuses '["\0303\0251",\r\nx]' 2 1 'want a value'
}

@test "a thousand levels are read, one more is refused" {
	reads "$(repeat 1000 '[')$(repeat 1000 ']')"
	refuses "$(repeat 1001 '[')" 1 1001 'nested too deeply'
	refuses "$(repeat 1001 '{"a":')" 1 5001 'nested too deeply'
	# What is closed again counts no more.
	reads "[$(repeat 2000 '[[]],')1]"
}

@test "eight MiB are read, one byte more is refused" {
	head -c 8388606 /dev/zero | tr '\0' a | sed '1s/^/"/;$s/$/"/' >big
	[ "$(stat -c %s big)" -eq 8388608 ]
	run -0 cmp big <(timeout 60 "$HELPER" json <big | tr -d '\n')
	printf ' ' >>big
	run -1 "$HELPER" json <big
	[ "$output" = 'more than 8388608 bytes' ]
	# Whatever comes without an end is not waited for.
	run -1 timeout 60 "$HELPER" json </dev/zero
	[ "$output" = 'more than 8388608 bytes' ]
}

@test "a document that comes bit by bit is the same one" {
	run -0 "$HELPER" json < <(printf '{"a"'; printf ':[1'; printf '2]}')
	[ "$output" = '{"a":[12]}' ]
}

@test "what cannot be read is no document" {
	run -1 "$HELPER" json </proc/self/mem
	[ "$output" = 'cannot read' ]
}

# finds DOCUMENT PATH WANTED - "PATH VALUE" is what json_find finds there
finds() {
	run -0 "$HELPER" json_find "$2" < <(printf '%s' "$1")
	[ "$output" = "$3" ] || { echo "$2: $output"; return 1; }
}

# finds_no DOCUMENT PATH ERRNO
finds_no() {
	run -1 "$HELPER" json_find "$2" < <(printf '%s' "$1")
	[ "$output" = "$3" ] || { echo "$2: $output"; return 1; }
}

@test "a path leads through objects and arrays" {
	local doc='{"a":{"b c":[0,{"x.y":5,"":6}],"n":null}}'

	finds "$doc" '' ". $doc"
	finds "$doc" . ". $doc"
	finds "$doc" a.n 'a.n null'
	finds "$doc" 'a.b c.1.x.y' 'a."b c".1."x.y" 5'
	finds "$doc" 'a."b c".1."x.y"' 'a."b c".1."x.y" 5'
	finds "$doc" 'a."b c".1.""' 'a."b c".1."" 6'
	finds "$doc" 'a."b c".0' 'a."b c".0 0'
	for path in b a.b a.b.c 'a."b c".2' 'a."b c".-1' 'a."b c".x' a.n.x \
		'a."b c".99999999999999999999' 'a."b c".0.0' 'a."b c".4294967297'; do
		finds_no "$doc" "$path" ENOENT
	done
	finds_no "$doc" 'a."b c' EINVAL
	finds_no "$doc" 'a."b c"x' EINVAL
	finds_no "$doc" "a.\"b\\" EINVAL
}

@test "a path that was printed finds its value again" {
	finds '{"a\"b\\c":{"d":1}}' '"a\"b\\c".d' '"a\"b\\c".d 1'
}

@test "of keys that are the same the last one counts, the case aside" {
	finds '{"a":1,"a":2}' a 'a 2'
	finds '{"UID":1}' uid 'UID 1'
	run -0 "$HELPER" json_typed uint64 <<<'{"v":1,"V":2}'
	[ "$output" = '2 7 0 -' ]
	run -0 "$HELPER" json_typed uint64 <<<'{"V":1,"v":2}'
	[ "$output" = '2 7 0 -' ]
}

@test "the letters that Go takes for an s and a k are taken" {
	finds '{"ſYſCTL":1}' sysctl '"\xc5\xbfY\xc5\xbfCTL" 1'
	finds $'{"mas\xe2\x84\xaaed":1}' masked '"mas\xe2\x84\xaaed" 1'
	finds_no '{"sysctlé":1}' sysctl ENOENT
	finds_no '{"sysct":1}' sysctl ENOENT
}

@test "a path in a message is printable and short" {
	finds '{"a\u001b[31m":1}' $'a\033[31m' '"a\x1b[31m" 1'
	run -0 "$HELPER" json_find "$(repeat 300 a).b" \
		<<<"{\"$(repeat 300 a)\":{\"b\":1}}"
	[ "$output" = '....b 1' ]
}

# typed TYPE VALUE WANTED - json_typed's one line about {"v":VALUE}
typed() {
	local status=0

	[[ $3 != E* ]] || status=1
	run "-$status" "$HELPER" json_typed "$1" <<<"{\"v\":$2}"
	[ "$output" = "$3" ] || { echo "$1 $2: $output"; return 1; }
}

@test "an unsigned integer is exact in its range and digits alone" {
	local range='want an integer from 0 to 18446744073709551615'

	typed uint64 0 '0 7 0 -'
	typed uint64 18446744073709551615 '18446744073709551615 7 0 -'
	typed uint64 18446744073709551616 "ERANGE v: $range"
	typed uint64 99999999999999999999999 "ERANGE v: $range"
	for value in -1 -0 5.0 1e1 '"5"' true '[]' '{}'; do
		typed uint64 "$value" "EINVAL v: $range"
	done
	typed uint32 4294967295 '4294967295 7 0 -'
	typed uint32 4294967296 \
		'ERANGE v: want an integer from 0 to 4294967295'
}

@test "a signed integer is exact in its range and digits alone" {
	local range='want an integer from -9223372036854775808 to 9223372036854775807'

	typed int64 9223372036854775807 '7 9223372036854775807 0 -'
	typed int64 -9223372036854775808 '7 -9223372036854775808 0 -'
	typed int64 -0 '7 0 0 -'
	for value in 9223372036854775808 -9223372036854775809; do
		typed int64 "$value" "ERANGE v: $range"
	done
	for value in 1.0 -1e0 '"-1"' false; do
		typed int64 "$value" "EINVAL v: $range"
	done
}

@test "a value is of its type, absent, or null" {
	typed bool true '7 7 1 -'
	typed string '"a b"' '7 7 0 a b'
	typed bool '"true"' 'EINVAL v: want true or false'
	typed bool 1 'EINVAL v: want true or false'
	typed string 1 'EINVAL v: want a string'
	for type in uint64 int64 bool string; do
		typed "$type" null '7 7 0 -'
		run -0 "$HELPER" json_typed "$type" <<<'{}'
		[ "$output" = '7 7 0 -' ]
	done
}

@test "any bytes become a string that JSON allows" {
	run -0 "$HELPER" json_string $'a"b\\c\n\t\e\x7f\xc2\x9bé\xff\xc3'
	[ "$output" = '"a\"b\\c\n\t\u001b\u007f\u009bé��"' ]
	reads "$output" "$output"
}
