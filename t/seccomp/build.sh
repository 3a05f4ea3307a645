#!/bin/sh
# build.sh FILE - build the oracle, with the libc that libseccomp has
set -eu
cd "$(dirname "$0")/../.."
exec gcc -std=c11 -D_GNU_SOURCE -O1 -iquote lib -iquote src -o "$1" \
	t/seccomp/*.c src/ocispec/seccomp.c src/ocispec/seccomp_bpf.c \
	src/ocispec/seccomp_calls.c lib/json/*.c lib/base/*.c -lseccomp
