#!/usr/bin/env bats
load lib

# passes TYPE FDS BYTES ROOM HOW - one message through a pair of sockets
passes() {
	"$HELPER" pass "$@"
}

# report OUTCOME FDS BYTES - what passes says when nothing is wrong
report() {
	echo "$1: $2 fds, $3 bytes, 0 without close-on-exec, $2 more open"
}

@test "one to 253 descriptors arrive in one message, all close-on-exec" {
	for type in stream seqpacket dgram; do
		for n in 1 2 3 252 253; do
			run -0 passes "$type" "$n" 1 -1 -
			[ "$output" = "$(report message "$n" 1)" ]
		done
	done
}

@test "254 descriptors are more than a message can carry" {
	for type in stream seqpacket dgram; do
		run -1 passes "$type" 254 1 -1 -
		[ "$output" = 'not sent: EINVAL' ]
	done
}

@test "a payload of 4096 bytes arrives whole with its descriptors" {
	for type in stream seqpacket dgram; do
		run -0 passes "$type" 3 4096 -1 -
		[ "$output" = "$(report message 3 4096)" ]
	done
}

@test "a stream takes no descriptors without a byte, a packet does" {
	run -1 passes stream 1 0 -1 -
	[ "$output" = 'not sent: EINVAL' ]
	for type in seqpacket dgram; do
		run -0 passes "$type" 1 0 -1 -
		[ "$output" = "$(report message 1 0)" ]
	done
}

@test "a message without descriptors is a message with none" {
	for type in stream seqpacket dgram; do
		run -0 passes "$type" 0 5 -1 -
		[ "$output" = "$(report message 0 5)" ]
	done
}

@test "the end of a connection is told from an empty datagram" {
	for type in stream seqpacket; do
		run -0 passes "$type" 0 0 -1 end
		[ "$output" = "$(report end 0 0)" ]
	done
	run -0 passes dgram 0 0 -1 -
	[ "$output" = "$(report message 0 0)" ]
}

@test "a packet larger than the buffer is refused, not cut" {
	for type in seqpacket dgram; do
		run -1 passes "$type" 0 4097 -1 -
		[ "$output" = "$(report EMSGSIZE 0 0)" ]
	done
}

@test "a stream leaves what did not fit for the next call" {
	run -0 passes stream 0 4097 -1 -
	[ "$output" = "$(report message 0 4096)" ]
}

@test "where one descriptor of five is lost, all are closed and EMFILE it is" {
	for type in stream seqpacket dgram; do
		for room in 0 1 4; do
			run -1 passes "$type" 5 1 "$room" -
			[ "$output" = "$(report EMFILE 0 0)" ]
		done
		run -0 passes "$type" 5 1 5 -
		[ "$output" = "$(report message 5 1)" ]
	done
}

@test "credentials, a pidfd and a time beside the descriptors do no harm" {
	for n in 0 1 253; do
		run -0 passes stream "$n" 1 -1 beside
		[ "$output" = "$(report message "$n" 1)" ]
	done
}

@test "nothing to receive is a time limit that runs out" {
	run -1 passes stream 0 0 -1 -
	[ "$output" = "$(report ETIMEDOUT 0 0)" ]
}
