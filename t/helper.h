/*
 * helper - the tools of the test helper: NAME and what it takes.
 *
 * To add one, write "int helper_NAME(char **argv)" in a file t/helper*.c and a
 * line here. argv[0] is NAME and argv has at least as many words as are named
 * here, "..." aside; what is returned is the exit status.
 */
#ifndef HELPER_H
#define HELPER_H

#define HELPER_TOOLS                                                           \
	X(parse, "...")                                                        \
	X(bare, "...")                                                         \
	X(number, "TEXT MIN MAX")                                              \
	X(millis, "TEXT")                                                      \
	X(signal, "TEXT")                                                      \
	X(id, "TEXT")                                                          \
	X(quote, "TEXT")                                                       \
	X(format, "")                                                          \
	X(reduced, "MASK")                                                     \
	X(scribble, "NAME")                                                    \
	X(json, "")                                                            \
	X(json_find, "PATH")                                                   \
	X(json_typed, "TYPE")                                                  \
	X(json_string, "TEXT")                                                 \
	X(nameless, "FILE")                                                    \
	X(blocked, "COMMAND ...")                                              \
	X(mask, "")                                                            \
	X(sti, "...")                                                          \
	X(spy, "")                                                             \
	X(slaves, "DIR")                                                       \
	X(own, "FD")                                                           \
	X(close_rest, "KEEP LAST COMMAND ...")                                 \
	X(old_kernel, "COMMAND ...")                                           \
	X(lease, "FILE")                                                       \
	X(wait_fd, "FD MS")                                                    \
	X(modes, "MODES")                                                      \
	X(pixels, "...")                                                       \
	X(typeahead, "")                                                       \
	X(default_size, "")                                                    \
	X(prompt, "N")                                                         \
	X(foreground, "FD")                                                    \
	X(clock, "SECONDS COMMAND ...")                                        \
	X(frozen, "DIR COMMAND ...")                                           \
	X(sender, "TYPE SOCKET ...")                                           \
	X(mute, "SOCKET N")                                                    \
	X(with, "KIND COMMAND ...")                                            \
	X(open_fds, "")                                                        \
	X(cri, "FILE STREAM ...")                                              \
	X(cast, "FILE CODE")                                                   \
	X(inotify, "UID COMMAND ...")                                          \
	X(pass, "TYPE FDS BYTES ROOM HOW")                                     \
	X(orphan, "COMMAND ...")                                               \
	X(stuffed, "COMMAND ...")                                              \
	X(unclosable, "SOCKET KIND HOW N")                                     \
	X(full, "SOCKET")                                                      \
	X(manager, "SOCKET HOW")                                               \
	X(pidfd, "PID")                                                        \
	X(listening, "SOCKET COMMAND ...")                                     \
	X(sock_name, "TEXT HOW")                                               \
	X(pair, "COMMAND ...")                                                 \
	X(nonblock, "COMMAND ...")                                             \
	X(server, "SOCKET REQUEST TEXT ...")                                   \
	X(console, "SOCKET HOW")                                               \
	X(sim, "SEED N")                                                       \
	X(swap, "A B")                                                         \
	X(escape, "FILE")                                                      \
	X(unseal, "DEV INODE MS")                                              \
	X(socket, "FILE")                                                      \
	X(peer, "SOCKET HOW N")                                                \
	X(key, "HOW NAME ...")                                                 \
	X(seccomp, "FILE")                                                     \
	X(call, "NUMBER ...")                                                  \
	X(bpf_attach, "DIR FLAGS")                                             \
	X(bpf_list, "DIR")

#define X(name_, words_) int helper_##name_(char **argv);
HELPER_TOOLS
#undef X

#endif
