/*
 * syscalls - the numbers of the system calls, by name.
 *
 * Made from the kernel's headers of 6.1 (asm/unistd*.h) and the calls that came
 * up to 6.18; t/seccomp.bats compares it with the headers that are installed.
 * -1: the architecture has no such call. Sorted by name, as strcmp(3) has it.
 */
#ifndef OCISPEC_SYSCALLS_H
#define OCISPEC_SYSCALLS_H

/* Those of 32-bit ARM alone begin at 0xf0000 (asm/unistd.h, __ARM_NR_BASE);
 * here they begin at SYSCALLS_ARM, to fit ten bits. */
#define SYSCALLS_ARM 0x3e0

/* clang-format off */

/* X(NAME, X86_64, I386, X32 without its bit 30, AARCH64, ARM) */
#define SYSCALLS \
	X(_llseek, -1, 140, -1, -1, 140)				\
	X(_newselect, -1, 142, -1, -1, 142)				\
	X(_sysctl, 156, 149, -1, -1, 149)				\
	X(accept, 43, -1, 43, 202, 285)					\
	X(accept4, 288, 364, 288, 242, 366)				\
	X(access, 21, 33, 21, -1, 33)					\
	X(acct, 163, 51, 163, 89, 51)					\
	X(add_key, 248, 286, 248, 217, 309)				\
	X(adjtimex, 159, 124, 159, 171, 124)				\
	X(afs_syscall, 183, 137, 183, -1, -1)				\
	X(alarm, 37, 27, 37, -1, -1)					\
	X(arch_prctl, 158, 384, 158, -1, -1)				\
	X(arm_fadvise64_64, -1, -1, -1, -1, 270)			\
	X(arm_sync_file_range, -1, -1, -1, -1, 341)			\
	X(bdflush, -1, 134, -1, -1, 134)				\
	X(bind, 49, 361, 49, 200, 282)					\
	X(bpf, 321, 357, 321, 280, 386)					\
	X(break, -1, 17, -1, -1, -1)					\
	X(breakpoint, -1, -1, -1, -1, 993)				\
	X(brk, 12, 45, 12, 214, 45)					\
	X(cacheflush, -1, -1, -1, -1, 994)				\
	X(cachestat, 451, 451, 451, 451, 451)				\
	X(capget, 125, 184, 125, 90, 184)				\
	X(capset, 126, 185, 126, 91, 185)				\
	X(chdir, 80, 12, 80, 49, 12)					\
	X(chmod, 90, 15, 90, -1, 15)					\
	X(chown, 92, 182, 92, -1, 182)					\
	X(chown32, -1, 212, -1, -1, 212)				\
	X(chroot, 161, 61, 161, 51, 61)					\
	X(clock_adjtime, 305, 343, 305, 266, 372)			\
	X(clock_adjtime64, -1, 405, -1, -1, 405)			\
	X(clock_getres, 229, 266, 229, 114, 264)			\
	X(clock_getres_time64, -1, 406, -1, -1, 406)			\
	X(clock_gettime, 228, 265, 228, 113, 263)			\
	X(clock_gettime64, -1, 403, -1, -1, 403)			\
	X(clock_nanosleep, 230, 267, 230, 115, 265)			\
	X(clock_nanosleep_time64, -1, 407, -1, -1, 407)			\
	X(clock_settime, 227, 264, 227, 112, 262)			\
	X(clock_settime64, -1, 404, -1, -1, 404)			\
	X(clone, 56, 120, 56, 220, 120)					\
	X(clone3, 435, 435, 435, 435, 435)				\
	X(close, 3, 6, 3, 57, 6)					\
	X(close_range, 436, 436, 436, 436, 436)				\
	X(connect, 42, 362, 42, 203, 283)				\
	X(copy_file_range, 326, 377, 326, 285, 391)			\
	X(creat, 85, 8, 85, -1, 8)					\
	X(create_module, 174, 127, -1, -1, -1)				\
	X(delete_module, 176, 129, 176, 106, 129)			\
	X(dup, 32, 41, 32, 23, 41)					\
	X(dup2, 33, 63, 33, -1, 63)					\
	X(dup3, 292, 330, 292, 24, 358)					\
	X(epoll_create, 213, 254, 213, -1, 250)				\
	X(epoll_create1, 291, 329, 291, 20, 357)			\
	X(epoll_ctl, 233, 255, 233, 21, 251)				\
	X(epoll_ctl_old, 214, -1, -1, -1, -1)				\
	X(epoll_pwait, 281, 319, 281, 22, 346)				\
	X(epoll_pwait2, 441, 441, 441, 441, 441)			\
	X(epoll_wait, 232, 256, 232, -1, 252)				\
	X(epoll_wait_old, 215, -1, -1, -1, -1)				\
	X(eventfd, 284, 323, 284, -1, 351)				\
	X(eventfd2, 290, 328, 290, 19, 356)				\
	X(execve, 59, 11, 520, 221, 11)					\
	X(execveat, 322, 358, 545, 281, 387)				\
	X(exit, 60, 1, 60, 93, 1)					\
	X(exit_group, 231, 252, 231, 94, 248)				\
	X(faccessat, 269, 307, 269, 48, 334)				\
	X(faccessat2, 439, 439, 439, 439, 439)				\
	X(fadvise64, 221, 250, 221, 223, -1)				\
	X(fadvise64_64, -1, 272, -1, -1, -1)				\
	X(fallocate, 285, 324, 285, 47, 352)				\
	X(fanotify_init, 300, 338, 300, 262, 367)			\
	X(fanotify_mark, 301, 339, 301, 263, 368)			\
	X(fchdir, 81, 133, 81, 50, 133)					\
	X(fchmod, 91, 94, 91, 52, 94)					\
	X(fchmodat, 268, 306, 268, 53, 333)				\
	X(fchmodat2, 452, 452, 452, 452, 452)				\
	X(fchown, 93, 95, 93, 55, 95)					\
	X(fchown32, -1, 207, -1, -1, 207)				\
	X(fchownat, 260, 298, 260, 54, 325)				\
	X(fcntl, 72, 55, 72, 25, 55)					\
	X(fcntl64, -1, 221, -1, -1, 221)				\
	X(fdatasync, 75, 148, 75, 83, 148)				\
	X(fgetxattr, 193, 231, 193, 10, 231)				\
	X(file_getattr, 468, 468, 468, 468, 468)			\
	X(file_setattr, 469, 469, 469, 469, 469)			\
	X(finit_module, 313, 350, 313, 273, 379)			\
	X(flistxattr, 196, 234, 196, 13, 234)				\
	X(flock, 73, 143, 73, 32, 143)					\
	X(fork, 57, 2, 57, -1, 2)					\
	X(fremovexattr, 199, 237, 199, 16, 237)				\
	X(fsconfig, 431, 431, 431, 431, 431)				\
	X(fsetxattr, 190, 228, 190, 7, 228)				\
	X(fsmount, 432, 432, 432, 432, 432)				\
	X(fsopen, 430, 430, 430, 430, 430)				\
	X(fspick, 433, 433, 433, 433, 433)				\
	X(fstat, 5, 108, 5, 80, 108)					\
	X(fstat64, -1, 197, -1, -1, 197)				\
	X(fstatat64, -1, 300, -1, -1, 327)				\
	X(fstatfs, 138, 100, 138, 44, 100)				\
	X(fstatfs64, -1, 269, -1, -1, 267)				\
	X(fsync, 74, 118, 74, 82, 118)					\
	X(ftime, -1, 35, -1, -1, -1)					\
	X(ftruncate, 77, 93, 77, 46, 93)				\
	X(ftruncate64, -1, 194, -1, -1, 194)				\
	X(futex, 202, 240, 202, 98, 240)				\
	X(futex_requeue, 456, 456, 456, 456, 456)			\
	X(futex_time64, -1, 422, -1, -1, 422)				\
	X(futex_wait, 455, 455, 455, 455, 455)				\
	X(futex_waitv, 449, 449, 449, 449, 449)				\
	X(futex_wake, 454, 454, 454, 454, 454)				\
	X(futimesat, 261, 299, 261, -1, 326)				\
	X(get_kernel_syms, 177, 130, -1, -1, -1)			\
	X(get_mempolicy, 239, 275, 239, 236, 320)			\
	X(get_robust_list, 274, 312, 531, 100, 339)			\
	X(get_thread_area, 211, 244, -1, -1, -1)			\
	X(get_tls, -1, -1, -1, -1, 998)				\
	X(getcpu, 309, 318, 309, 168, 345)				\
	X(getcwd, 79, 183, 79, 17, 183)					\
	X(getdents, 78, 141, 78, -1, 141)				\
	X(getdents64, 217, 220, 217, 61, 217)				\
	X(getegid, 108, 50, 108, 177, 50)				\
	X(getegid32, -1, 202, -1, -1, 202)				\
	X(geteuid, 107, 49, 107, 175, 49)				\
	X(geteuid32, -1, 201, -1, -1, 201)				\
	X(getgid, 104, 47, 104, 176, 47)				\
	X(getgid32, -1, 200, -1, -1, 200)				\
	X(getgroups, 115, 80, 115, 158, 80)				\
	X(getgroups32, -1, 205, -1, -1, 205)				\
	X(getitimer, 36, 105, 36, 102, 105)				\
	X(getpeername, 52, 368, 52, 205, 287)				\
	X(getpgid, 121, 132, 121, 155, 132)				\
	X(getpgrp, 111, 65, 111, -1, 65)				\
	X(getpid, 39, 20, 39, 172, 20)					\
	X(getpmsg, 181, 188, 181, -1, -1)				\
	X(getppid, 110, 64, 110, 173, 64)				\
	X(getpriority, 140, 96, 140, 141, 96)				\
	X(getrandom, 318, 355, 318, 278, 384)				\
	X(getresgid, 120, 171, 120, 150, 171)				\
	X(getresgid32, -1, 211, -1, -1, 211)				\
	X(getresuid, 118, 165, 118, 148, 165)				\
	X(getresuid32, -1, 209, -1, -1, 209)				\
	X(getrlimit, 97, 76, 97, 163, -1)				\
	X(getrusage, 98, 77, 98, 165, 77)				\
	X(getsid, 124, 147, 124, 156, 147)				\
	X(getsockname, 51, 367, 51, 204, 286)				\
	X(getsockopt, 55, 365, 542, 209, 295)				\
	X(gettid, 186, 224, 186, 178, 224)				\
	X(gettimeofday, 96, 78, 96, 169, 78)				\
	X(getuid, 102, 24, 102, 174, 24)				\
	X(getuid32, -1, 199, -1, -1, 199)				\
	X(getxattr, 191, 229, 191, 8, 229)				\
	X(getxattrat, 464, 464, 464, 464, 464)				\
	X(gtty, -1, 32, -1, -1, -1)					\
	X(idle, -1, 112, -1, -1, -1)					\
	X(init_module, 175, 128, 175, 105, 128)				\
	X(inotify_add_watch, 254, 292, 254, 27, 317)			\
	X(inotify_init, 253, 291, 253, -1, 316)				\
	X(inotify_init1, 294, 332, 294, 26, 360)			\
	X(inotify_rm_watch, 255, 293, 255, 28, 318)			\
	X(io_cancel, 210, 249, 210, 3, 247)				\
	X(io_destroy, 207, 246, 207, 1, 244)				\
	X(io_getevents, 208, 247, 208, 4, 245)				\
	X(io_pgetevents, 333, 385, 333, 292, 399)			\
	X(io_pgetevents_time64, -1, 416, -1, -1, 416)			\
	X(io_setup, 206, 245, 543, 0, 243)				\
	X(io_submit, 209, 248, 544, 2, 246)				\
	X(io_uring_enter, 426, 426, 426, 426, 426)			\
	X(io_uring_register, 427, 427, 427, 427, 427)			\
	X(io_uring_setup, 425, 425, 425, 425, 425)			\
	X(ioctl, 16, 54, 514, 29, 54)					\
	X(ioperm, 173, 101, 173, -1, -1)				\
	X(iopl, 172, 110, 172, -1, -1)					\
	X(ioprio_get, 252, 290, 252, 31, 315)				\
	X(ioprio_set, 251, 289, 251, 30, 314)				\
	X(ipc, -1, 117, -1, -1, -1)					\
	X(kcmp, 312, 349, 312, 272, 378)				\
	X(kexec_file_load, 320, -1, 320, 294, 401)			\
	X(kexec_load, 246, 283, 528, 104, 347)				\
	X(keyctl, 250, 288, 250, 219, 311)				\
	X(kill, 62, 37, 62, 129, 37)					\
	X(landlock_add_rule, 445, 445, 445, 445, 445)			\
	X(landlock_create_ruleset, 444, 444, 444, 444, 444)		\
	X(landlock_restrict_self, 446, 446, 446, 446, 446)		\
	X(lchown, 94, 16, 94, -1, 16)					\
	X(lchown32, -1, 198, -1, -1, 198)				\
	X(lgetxattr, 192, 230, 192, 9, 230)				\
	X(link, 86, 9, 86, -1, 9)					\
	X(linkat, 265, 303, 265, 37, 330)				\
	X(listen, 50, 363, 50, 201, 284)				\
	X(listmount, 458, 458, 458, 458, 458)				\
	X(listxattr, 194, 232, 194, 11, 232)				\
	X(listxattrat, 465, 465, 465, 465, 465)				\
	X(llistxattr, 195, 233, 195, 12, 233)				\
	X(lock, -1, 53, -1, -1, -1)					\
	X(lookup_dcookie, 212, 253, 212, 18, 249)			\
	X(lremovexattr, 198, 236, 198, 15, 236)				\
	X(lseek, 8, 19, 8, 62, 19)					\
	X(lsetxattr, 189, 227, 189, 6, 227)				\
	X(lsm_get_self_attr, 459, 459, 459, 459, 459)			\
	X(lsm_list_modules, 461, 461, 461, 461, 461)			\
	X(lsm_set_self_attr, 460, 460, 460, 460, 460)			\
	X(lstat, 6, 107, 6, -1, 107)					\
	X(lstat64, -1, 196, -1, -1, 196)				\
	X(madvise, 28, 219, 28, 233, 220)				\
	X(map_shadow_stack, 453, 453, -1, 453, 453)			\
	X(mbind, 237, 274, 237, 235, 319)				\
	X(membarrier, 324, 375, 324, 283, 389)				\
	X(memfd_create, 319, 356, 319, 279, 385)			\
	X(memfd_secret, 447, 447, 447, 447, -1)				\
	X(migrate_pages, 256, 294, 256, 238, 400)			\
	X(mincore, 27, 218, 27, 232, 219)				\
	X(mkdir, 83, 39, 83, -1, 39)					\
	X(mkdirat, 258, 296, 258, 34, 323)				\
	X(mknod, 133, 14, 133, -1, 14)					\
	X(mknodat, 259, 297, 259, 33, 324)				\
	X(mlock, 149, 150, 149, 228, 150)				\
	X(mlock2, 325, 376, 325, 284, 390)				\
	X(mlockall, 151, 152, 151, 230, 152)				\
	X(mmap, 9, 90, 9, 222, -1)					\
	X(mmap2, -1, 192, -1, -1, 192)					\
	X(modify_ldt, 154, 123, 154, -1, -1)				\
	X(mount, 165, 21, 165, 40, 21)					\
	X(mount_setattr, 442, 442, 442, 442, 442)			\
	X(move_mount, 429, 429, 429, 429, 429)				\
	X(move_pages, 279, 317, 533, 239, 344)				\
	X(mprotect, 10, 125, 10, 226, 125)				\
	X(mpx, -1, 56, -1, -1, -1)					\
	X(mq_getsetattr, 245, 282, 245, 185, 279)			\
	X(mq_notify, 244, 281, 527, 184, 278)				\
	X(mq_open, 240, 277, 240, 180, 274)				\
	X(mq_timedreceive, 243, 280, 243, 183, 277)			\
	X(mq_timedreceive_time64, -1, 419, -1, -1, 419)			\
	X(mq_timedsend, 242, 279, 242, 182, 276)			\
	X(mq_timedsend_time64, -1, 418, -1, -1, 418)			\
	X(mq_unlink, 241, 278, 241, 181, 275)				\
	X(mremap, 25, 163, 25, 216, 163)				\
	X(mseal, 462, 462, 462, 462, 462)				\
	X(msgctl, 71, 402, 71, 187, 304)				\
	X(msgget, 68, 399, 68, 186, 303)				\
	X(msgrcv, 70, 401, 70, 188, 302)				\
	X(msgsnd, 69, 400, 69, 189, 301)				\
	X(msync, 26, 144, 26, 227, 144)					\
	X(munlock, 150, 151, 150, 229, 151)				\
	X(munlockall, 152, 153, 152, 231, 153)				\
	X(munmap, 11, 91, 11, 215, 91)					\
	X(name_to_handle_at, 303, 341, 303, 264, 370)			\
	X(nanosleep, 35, 162, 35, 101, 162)				\
	X(newfstatat, 262, -1, 262, 79, -1)				\
	X(nfsservctl, 180, 169, -1, 42, 169)				\
	X(nice, -1, 34, -1, -1, 34)					\
	X(oldfstat, -1, 28, -1, -1, -1)					\
	X(oldlstat, -1, 84, -1, -1, -1)					\
	X(oldolduname, -1, 59, -1, -1, -1)				\
	X(oldstat, -1, 18, -1, -1, -1)					\
	X(olduname, -1, 109, -1, -1, -1)				\
	X(open, 2, 5, 2, -1, 5)						\
	X(open_by_handle_at, 304, 342, 304, 265, 371)			\
	X(open_tree, 428, 428, 428, 428, 428)				\
	X(open_tree_attr, 467, 467, 467, 467, 467)			\
	X(openat, 257, 295, 257, 56, 322)				\
	X(openat2, 437, 437, 437, 437, 437)				\
	X(pause, 34, 29, 34, -1, 29)					\
	X(pciconfig_iobase, -1, -1, -1, -1, 271)			\
	X(pciconfig_read, -1, -1, -1, -1, 272)				\
	X(pciconfig_write, -1, -1, -1, -1, 273)				\
	X(perf_event_open, 298, 336, 298, 241, 364)			\
	X(personality, 135, 136, 135, 92, 136)				\
	X(pidfd_getfd, 438, 438, 438, 438, 438)				\
	X(pidfd_open, 434, 434, 434, 434, 434)				\
	X(pidfd_send_signal, 424, 424, 424, 424, 424)			\
	X(pipe, 22, 42, 22, -1, 42)					\
	X(pipe2, 293, 331, 293, 59, 359)				\
	X(pivot_root, 155, 217, 155, 41, 218)				\
	X(pkey_alloc, 330, 381, 330, 289, 395)				\
	X(pkey_free, 331, 382, 331, 290, 396)				\
	X(pkey_mprotect, 329, 380, 329, 288, 394)			\
	X(poll, 7, 168, 7, -1, 168)					\
	X(ppoll, 271, 309, 271, 73, 336)				\
	X(ppoll_time64, -1, 414, -1, -1, 414)				\
	X(prctl, 157, 172, 157, 167, 172)				\
	X(pread64, 17, 180, 17, 67, 180)				\
	X(preadv, 295, 333, 534, 69, 361)				\
	X(preadv2, 327, 378, 546, 286, 392)				\
	X(prlimit64, 302, 340, 302, 261, 369)				\
	X(process_madvise, 440, 440, 440, 440, 440)			\
	X(process_mrelease, 448, 448, 448, 448, 448)			\
	X(process_vm_readv, 310, 347, 539, 270, 376)			\
	X(process_vm_writev, 311, 348, 540, 271, 377)			\
	X(prof, -1, 44, -1, -1, -1)					\
	X(profil, -1, 98, -1, -1, -1)					\
	X(pselect6, 270, 308, 270, 72, 335)				\
	X(pselect6_time64, -1, 413, -1, -1, 413)			\
	X(ptrace, 101, 26, 521, 117, 26)				\
	X(putpmsg, 182, 189, 182, -1, -1)				\
	X(pwrite64, 18, 181, 18, 68, 181)				\
	X(pwritev, 296, 334, 535, 70, 362)				\
	X(pwritev2, 328, 379, 547, 287, 393)				\
	X(query_module, 178, 167, -1, -1, -1)				\
	X(quotactl, 179, 131, 179, 60, 131)				\
	X(quotactl_fd, 443, 443, 443, 443, 443)				\
	X(read, 0, 3, 0, 63, 3)						\
	X(readahead, 187, 225, 187, 213, 225)				\
	X(readdir, -1, 89, -1, -1, -1)					\
	X(readlink, 89, 85, 89, -1, 85)					\
	X(readlinkat, 267, 305, 267, 78, 332)				\
	X(readv, 19, 145, 515, 65, 145)					\
	X(reboot, 169, 88, 169, 142, 88)				\
	X(recv, -1, -1, -1, -1, 291)					\
	X(recvfrom, 45, 371, 517, 207, 292)				\
	X(recvmmsg, 299, 337, 537, 243, 365)				\
	X(recvmmsg_time64, -1, 417, -1, -1, 417)			\
	X(recvmsg, 47, 372, 519, 212, 297)				\
	X(remap_file_pages, 216, 257, 216, 234, 253)			\
	X(removexattr, 197, 235, 197, 14, 235)				\
	X(removexattrat, 466, 466, 466, 466, 466)			\
	X(rename, 82, 38, 82, -1, 38)					\
	X(renameat, 264, 302, 264, 38, 329)				\
	X(renameat2, 316, 353, 316, 276, 382)				\
	X(request_key, 249, 287, 249, 218, 310)				\
	X(restart_syscall, 219, 0, 219, 128, 0)				\
	X(rmdir, 84, 40, 84, -1, 40)					\
	X(rseq, 334, 386, 334, 293, 398)				\
	X(rt_sigaction, 13, 174, 512, 134, 174)				\
	X(rt_sigpending, 127, 176, 522, 136, 176)			\
	X(rt_sigprocmask, 14, 175, 14, 135, 175)			\
	X(rt_sigqueueinfo, 129, 178, 524, 138, 178)			\
	X(rt_sigreturn, 15, 173, 513, 139, 173)				\
	X(rt_sigsuspend, 130, 179, 130, 133, 179)			\
	X(rt_sigtimedwait, 128, 177, 523, 137, 177)			\
	X(rt_sigtimedwait_time64, -1, 421, -1, -1, 421)			\
	X(rt_tgsigqueueinfo, 297, 335, 536, 240, 363)			\
	X(sched_get_priority_max, 146, 159, 146, 125, 159)		\
	X(sched_get_priority_min, 147, 160, 147, 126, 160)		\
	X(sched_getaffinity, 204, 242, 204, 123, 242)			\
	X(sched_getattr, 315, 352, 315, 275, 381)			\
	X(sched_getparam, 143, 155, 143, 121, 155)			\
	X(sched_getscheduler, 145, 157, 145, 120, 157)			\
	X(sched_rr_get_interval, 148, 161, 148, 127, 161)		\
	X(sched_rr_get_interval_time64, -1, 423, -1, -1, 423)		\
	X(sched_setaffinity, 203, 241, 203, 122, 241)			\
	X(sched_setattr, 314, 351, 314, 274, 380)			\
	X(sched_setparam, 142, 154, 142, 118, 154)			\
	X(sched_setscheduler, 144, 156, 144, 119, 156)			\
	X(sched_yield, 24, 158, 24, 124, 158)				\
	X(seccomp, 317, 354, 317, 277, 383)				\
	X(security, 185, -1, 185, -1, -1)				\
	X(select, 23, 82, 23, -1, -1)					\
	X(semctl, 66, 394, 66, 191, 300)				\
	X(semget, 64, 393, 64, 190, 299)				\
	X(semop, 65, -1, 65, 193, 298)					\
	X(semtimedop, 220, -1, 220, 192, 312)				\
	X(semtimedop_time64, -1, 420, -1, -1, 420)			\
	X(send, -1, -1, -1, -1, 289)					\
	X(sendfile, 40, 187, 40, 71, 187)				\
	X(sendfile64, -1, 239, -1, -1, 239)				\
	X(sendmmsg, 307, 345, 538, 269, 374)				\
	X(sendmsg, 46, 370, 518, 211, 296)				\
	X(sendto, 44, 369, 44, 206, 290)				\
	X(set_mempolicy, 238, 276, 238, 237, 321)			\
	X(set_mempolicy_home_node, 450, 450, 450, 450, 450)		\
	X(set_robust_list, 273, 311, 530, 99, 338)			\
	X(set_thread_area, 205, 243, -1, -1, -1)			\
	X(set_tid_address, 218, 258, 218, 96, 256)			\
	X(set_tls, -1, -1, -1, -1, 997)				\
	X(setdomainname, 171, 121, 171, 162, 121)			\
	X(setfsgid, 123, 139, 123, 152, 139)				\
	X(setfsgid32, -1, 216, -1, -1, 216)				\
	X(setfsuid, 122, 138, 122, 151, 138)				\
	X(setfsuid32, -1, 215, -1, -1, 215)				\
	X(setgid, 106, 46, 106, 144, 46)				\
	X(setgid32, -1, 214, -1, -1, 214)				\
	X(setgroups, 116, 81, 116, 159, 81)				\
	X(setgroups32, -1, 206, -1, -1, 206)				\
	X(sethostname, 170, 74, 170, 161, 74)				\
	X(setitimer, 38, 104, 38, 103, 104)				\
	X(setns, 308, 346, 308, 268, 375)				\
	X(setpgid, 109, 57, 109, 154, 57)				\
	X(setpriority, 141, 97, 141, 140, 97)				\
	X(setregid, 114, 71, 114, 143, 71)				\
	X(setregid32, -1, 204, -1, -1, 204)				\
	X(setresgid, 119, 170, 119, 149, 170)				\
	X(setresgid32, -1, 210, -1, -1, 210)				\
	X(setresuid, 117, 164, 117, 147, 164)				\
	X(setresuid32, -1, 208, -1, -1, 208)				\
	X(setreuid, 113, 70, 113, 145, 70)				\
	X(setreuid32, -1, 203, -1, -1, 203)				\
	X(setrlimit, 160, 75, 160, 164, 75)				\
	X(setsid, 112, 66, 112, 157, 66)				\
	X(setsockopt, 54, 366, 541, 208, 294)				\
	X(settimeofday, 164, 79, 164, 170, 79)				\
	X(setuid, 105, 23, 105, 146, 23)				\
	X(setuid32, -1, 213, -1, -1, 213)				\
	X(setxattr, 188, 226, 188, 5, 226)				\
	X(setxattrat, 463, 463, 463, 463, 463)				\
	X(sgetmask, -1, 68, -1, -1, -1)					\
	X(shmat, 30, 397, 30, 196, 305)					\
	X(shmctl, 31, 396, 31, 195, 308)				\
	X(shmdt, 67, 398, 67, 197, 306)					\
	X(shmget, 29, 395, 29, 194, 307)				\
	X(shutdown, 48, 373, 48, 210, 293)				\
	X(sigaction, -1, 67, -1, -1, 67)				\
	X(sigaltstack, 131, 186, 525, 132, 186)				\
	X(signal, -1, 48, -1, -1, -1)					\
	X(signalfd, 282, 321, 282, -1, 349)				\
	X(signalfd4, 289, 327, 289, 74, 355)				\
	X(sigpending, -1, 73, -1, -1, 73)				\
	X(sigprocmask, -1, 126, -1, -1, 126)				\
	X(sigreturn, -1, 119, -1, -1, 119)				\
	X(sigsuspend, -1, 72, -1, -1, 72)				\
	X(socket, 41, 359, 41, 198, 281)				\
	X(socketcall, -1, 102, -1, -1, -1)				\
	X(socketpair, 53, 360, 53, 199, 288)				\
	X(splice, 275, 313, 275, 76, 340)				\
	X(ssetmask, -1, 69, -1, -1, -1)					\
	X(stat, 4, 106, 4, -1, 106)					\
	X(stat64, -1, 195, -1, -1, 195)					\
	X(statfs, 137, 99, 137, 43, 99)					\
	X(statfs64, -1, 268, -1, -1, 266)				\
	X(statmount, 457, 457, 457, 457, 457)				\
	X(statx, 332, 383, 332, 291, 397)				\
	X(stime, -1, 25, -1, -1, -1)					\
	X(stty, -1, 31, -1, -1, -1)					\
	X(swapoff, 168, 115, 168, 225, 115)				\
	X(swapon, 167, 87, 167, 224, 87)				\
	X(symlink, 88, 83, 88, -1, 83)					\
	X(symlinkat, 266, 304, 266, 36, 331)				\
	X(sync, 162, 36, 162, 81, 36)					\
	X(sync_file_range, 277, 314, 277, 84, -1)			\
	X(sync_file_range2, -1, -1, -1, -1, 341)			\
	X(syncfs, 306, 344, 306, 267, 373)				\
	X(sysfs, 139, 135, 139, -1, 135)				\
	X(sysinfo, 99, 116, 99, 179, 116)				\
	X(syslog, 103, 103, 103, 116, 103)				\
	X(tee, 276, 315, 276, 77, 342)					\
	X(tgkill, 234, 270, 234, 131, 268)				\
	X(time, 201, 13, 201, -1, -1)					\
	X(timer_create, 222, 259, 526, 107, 257)			\
	X(timer_delete, 226, 263, 226, 111, 261)			\
	X(timer_getoverrun, 225, 262, 225, 109, 260)			\
	X(timer_gettime, 224, 261, 224, 108, 259)			\
	X(timer_gettime64, -1, 408, -1, -1, 408)			\
	X(timer_settime, 223, 260, 223, 110, 258)			\
	X(timer_settime64, -1, 409, -1, -1, 409)			\
	X(timerfd_create, 283, 322, 283, 85, 350)			\
	X(timerfd_gettime, 287, 326, 287, 87, 354)			\
	X(timerfd_gettime64, -1, 410, -1, -1, 410)			\
	X(timerfd_settime, 286, 325, 286, 86, 353)			\
	X(timerfd_settime64, -1, 411, -1, -1, 411)			\
	X(times, 100, 43, 100, 153, 43)					\
	X(tkill, 200, 238, 200, 130, 238)				\
	X(truncate, 76, 92, 76, 45, 92)					\
	X(truncate64, -1, 193, -1, -1, 193)				\
	X(tuxcall, 184, -1, 184, -1, -1)				\
	X(ugetrlimit, -1, 191, -1, -1, 191)				\
	X(ulimit, -1, 58, -1, -1, -1)					\
	X(umask, 95, 60, 95, 166, 60)					\
	X(umount, -1, 22, -1, -1, -1)					\
	X(umount2, 166, 52, 166, 39, 52)				\
	X(uname, 63, 122, 63, 160, 122)					\
	X(unlink, 87, 10, 87, -1, 10)					\
	X(unlinkat, 263, 301, 263, 35, 328)				\
	X(unshare, 272, 310, 272, 97, 337)				\
	X(uprobe, 336, -1, -1, -1, -1)					\
	X(uretprobe, 335, -1, -1, -1, -1)				\
	X(uselib, 134, 86, -1, -1, 86)					\
	X(userfaultfd, 323, 374, 323, 282, 388)				\
	X(usr26, -1, -1, -1, -1, 995)					\
	X(usr32, -1, -1, -1, -1, 996)					\
	X(ustat, 136, 62, 136, -1, 62)					\
	X(utime, 132, 30, 132, -1, -1)					\
	X(utimensat, 280, 320, 280, 88, 348)				\
	X(utimensat_time64, -1, 412, -1, -1, 412)			\
	X(utimes, 235, 271, 235, -1, 269)				\
	X(vfork, 58, 190, 58, -1, 190)					\
	X(vhangup, 153, 111, 153, 58, 111)				\
	X(vm86, -1, 166, -1, -1, -1)					\
	X(vm86old, -1, 113, -1, -1, -1)					\
	X(vmsplice, 278, 316, 532, 75, 343)				\
	X(vserver, 236, 273, -1, -1, 313)				\
	X(wait4, 61, 114, 61, 260, 114)					\
	X(waitid, 247, 284, 529, 95, 280)				\
	X(waitpid, -1, 7, -1, -1, -1)					\
	X(write, 1, 4, 1, 64, 4)					\
	X(writev, 20, 146, 516, 66, 146)

/* X(NAME, THROUGH, N): on i386 also call N of socketcall(2) or ipc(2), linux/net.h
 * and linux/ipc.h. Sorted. */
#define SYSCALLS_MULTIPLEXED \
	X(accept, socketcall, 5)					\
	X(accept4, socketcall, 18)					\
	X(bind, socketcall, 2)						\
	X(connect, socketcall, 3)					\
	X(getpeername, socketcall, 7)					\
	X(getsockname, socketcall, 6)					\
	X(getsockopt, socketcall, 15)					\
	X(listen, socketcall, 4)					\
	X(msgctl, ipc, 14)						\
	X(msgget, ipc, 13)						\
	X(msgrcv, ipc, 12)						\
	X(msgsnd, ipc, 11)						\
	X(recv, socketcall, 10)						\
	X(recvfrom, socketcall, 12)					\
	X(recvmmsg, socketcall, 19)					\
	X(recvmsg, socketcall, 17)					\
	X(semctl, ipc, 3)						\
	X(semget, ipc, 2)						\
	X(semop, ipc, 1)						\
	X(semtimedop, ipc, 4)						\
	X(send, socketcall, 9)						\
	X(sendmmsg, socketcall, 20)					\
	X(sendmsg, socketcall, 16)					\
	X(sendto, socketcall, 11)					\
	X(setsockopt, socketcall, 14)					\
	X(shmat, ipc, 21)						\
	X(shmctl, ipc, 24)						\
	X(shmdt, ipc, 22)						\
	X(shmget, ipc, 23)						\
	X(shutdown, socketcall, 13)					\
	X(socket, socketcall, 1)					\
	X(socketpair, socketcall, 8)

/* clang-format on */

#endif
