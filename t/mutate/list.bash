# list.bash - the safeguards that run.sh takes out, and the tests that are to
# see it: plant TITLE FILE SED TEST...
# shellcheck shell=bash disable=SC2016 # sed programs are no shell's to expand

# What is left out makes no difference today, as there is a second wall: the
# propagation of mounts that are made private before, the seals of a copy that
# nobody else has, RESOLVE_NO_MAGICLINKS where RESOLVE_IN_ROOT implies it,
# child_orphan() before SIGPIPE, O_NOFOLLOW where what was opened is looked at.

# Descriptors are born close-on-exec, wherever one is born.
plant 'terminals pass an exec' lib/tty/pty.c 's/O_NOCTTY | O_CLOEXEC/O_NOCTTY/' \
	calls:close-on-exec
plant 'the pipe to a child passes an exec' lib/ns/child.c \
	's/p->go, O_CLOEXEC/p->go, 0/' calls:close-on-exec
plant 'the socket from a child passes an exec' lib/ns/child.c \
	's/SOCK_STREAM | SOCK_CLOEXEC/SOCK_STREAM/' calls:close-on-exec
plant 'the signalfd passes an exec' lib/base/wait.c 's/SFD_CLOEXEC | //' \
	calls:close-on-exec
plant 'what is received passes an exec' lib/sock/fdpass.c \
	's/MSG_CMSG_CLOEXEC | //' \
	fdpass:arrive.in.one calls:close-on-exec
plant 'a connection passes an exec' lib/sock/sock.c \
	's/type | SOCK_CLOEXEC/type/' calls:close-on-exec
plant 'an accepted connection passes an exec' lib/sock/sock.c \
	's/NULL, NULL, SOCK_CLOEXEC/NULL, NULL, 0/' calls:close-on-exec
plant 'a listening socket passes an exec' lib/sock/listen.c \
	's/type | SOCK_CLOEXEC/type/' calls:close-on-exec
plant 'the probe of a socket passes an exec' lib/sock/listen.c \
	's/SOCK_DGRAM | SOCK_CLOEXEC/SOCK_DGRAM/' calls:close-on-exec
plant 'the pipe to an init passes an exec' src/ptyfork/init.c \
	's/ends, O_CLOEXEC/ends, 0/' calls:close-on-exec
plant 'the root passes an exec' lib/root/root.c \
	's/^[ \t]*SYS_OPEN_TREE_CLONE |$/SYS_OPEN_TREE_CLONE);/; /^[ \t]*SYS_OPEN_TREE_CLOEXEC);/d' \
	calls:close-on-exec
plant 'a place in a root passes an exec' lib/root/root.c \
	's/O_PATH | O_CLOEXEC/O_PATH/' calls:close-on-exec
plant 'the working directory passes an exec' lib/chain/selfexe.c \
	's/O_RDONLY | O_CLOEXEC/O_RDONLY/' calls:close-on-exec
plant 'a process directory passes an exec' lib/proc/procdir.c \
	's/ | O_CLOEXEC//' calls:close-on-exec
plant 'a new file system passes an exec' lib/root/mounts.c \
	's/p->type, SYS_FSOPEN_CLOEXEC/p->type, 0/' calls:close-on-exec
plant 'a devpts passes an exec' lib/tty/devpts.c \
	's/fs, SYS_FSMOUNT_CLOEXEC/fs, 0/' calls:close-on-exec
plant 'a namespace passes an exec' lib/ns/ns.c \
	's/file, O_RDONLY | O_CLOEXEC/file, O_RDONLY/' calls:close-on-exec
plant 'the pid file passes an exec' lib/proc/pidfile.c 's/ | O_CLOEXEC//' \
	calls:close-on-exec
plant 'a description of our own passes an exec' lib/base/fd.c \
	's/O_NOCTTY | O_CLOEXEC/O_NOCTTY/' calls:close-on-exec fd
plant 'a descriptor that is moved up passes an exec' lib/base/fd.c \
	's/F_DUPFD_CLOEXEC/F_DUPFD/' calls:close-on-exec fdrecv fdsend

# Foreign text in a message.
plant 'a message has foreign text as it is' lib/base/format.c \
	's/if (o->quotes)/if (0)/' text:makes.of

# What is not to be followed, wherever somebody else may have put a link.
plant 'a link leads to a devpts' lib/tty/devpts.c \
	's/= SYS_RESOLVE_NO_SYMLINKS/= 0/' target:link
plant 'a devpts may be something else' lib/tty/devpts.c \
	's/fs.f_type != SYS_DEVPTS_MAGIC/0/' target:devpts
plant 'a file is mounted over the ptmx' lib/tty/pty.c \
	's/SYS_RESOLVE_BENEATH | SYS_RESOLVE_NO_XDEV/SYS_RESOLVE_BENEATH/' \
	target:mounted.over
plant 'a socket of another type of file is replaced' lib/sock/listen.c \
	's/!S_ISSOCK(st.st_mode)/0/' \
	sock:no.socket
plant 'a live socket is replaced' lib/sock/listen.c 's/else if (alive(path))/else if (0)/' \
	sock:live
plant 'any socket is removed at the end' lib/sock/listen.c \
	's/st.st_dev != s->dev || st.st_ino != s->ino/0/' sock:removed
plant 'a file named by a link is a table of users' lib/user/users.c \
	's/flags | O_NOFOLLOW/flags/' \
	confine:etc.passwd confine:openat2
plant 'a magic link is a table of users' lib/user/users.c \
	's/= SYS_RESOLVE_NO_MAGICLINKS/= 0/' \
	confine:etc.passwd confine:openat2
plant 'a FIFO is a table of users' lib/user/users.c \
	's/S_ISREG(st->st_mode) \&\&/1 \&\&/' \
	confine:etc.passwd confine:file.of.users
plant 'a table of users is opened before it is looked at' lib/user/users.c \
	's/if (!is_table(seen, \&st))/if (fstat(seen, \&st) < 0)/' \
	confine:file.of.users
plant 'a file of proc is a table of users' lib/user/users.c \
	's/fs.f_type != SYS_PROC_MAGIC/1/' confine:file.of.users
plant 'links lead out of a root' lib/root/root.c \
	's/resolve = SYS_RESOLVE_IN_ROOT/resolve = 0/' \
	newroot:link hostile-root:link
plant 'links are followed where they are an error' lib/root/root.c \
	's/resolve |= SYS_RESOLVE_NO_SYMLINKS/resolve |= 0/' \
	newroot:link hostile-root:hostile
plant 'a file of /proc is on another file system' lib/proc/procdir.c \
	's/return fstatfs(fd, \&fs) == 0 .*/return fstatfs(fd, \&fs) == 0;/' \
	idmap:proc
plant 'a part of /proc is taken for it' lib/proc/procdir.c \
	's/ || st.st_ino != PROC_ROOT//' \
	idmap:proc ns:process
plant 'a number of a process is reused' lib/proc/procdir.c 's/!lives(pidfd)/0/' \
	calls:not.joined

# Terminals do not become anybody's, but for the command's.
plant 'a terminal is taken over' lib/tty/pty.c 's/O_RDWR | O_NOCTTY/O_RDWR/' \
	calls:controlling
plant 'a terminal that is opened anew is taken over' lib/base/fd.c \
	's/O_NOCTTY | O_CLOEXEC/O_CLOEXEC/' calls:controlling
plant 'a named terminal is taken over' lib/tty/tty.c 's/O_NOCTTY | //' \
	winsz:take.a.terminal winsz:--pid.does
plant 'the console is taken over' src/newroot/terminal.c 's/O_RDWR | O_NOCTTY/O_RDWR/' \
	calls:controlling newroot:console
plant 'the command gets no controlling terminal' lib/tty/pty.c \
	's/return ioctl(slave, TIOCSCTTY, 0)/return 0/' ptyfork:session

# Messages with descriptors.
plant 'a lost descriptor is not noticed' lib/sock/fdpass.c \
	's/= msg->msg_flags \& MSG_CTRUNC/= false/' fdpass
plant 'a cut message is not noticed' lib/sock/fdpass.c \
	's/lost || (msg.msg_flags \& MSG_TRUNC)/lost/' fdpass
plant 'descriptors of a refused message stay open' lib/sock/fdpass.c \
	's/^\t\tfdpass_close(m);/\t\t;/' fdpass
plant 'any user may listen' lib/sock/sock.c 's/if (sock_peer_ok(\&who, uid))/if (1)/' \
	sock:another.user
plant 'a sender of no known user is waited after' src/fdrecv/server.c \
	's/who->uid == (uid_t)-1/false/' calls:is.not.known
plant 'a user who may not connect ends fdrecv' src/fdrecv/server.c \
	's/return SERVER_STRANGER;/return SERVER_REFUSED;/' fdrecv:peer-uid
plant 'any user may connect' lib/sock/sock.c \
	's/return who->uid == 0 || /return 1 || /' sock:another.user
plant 'a socket has the mode of the umask' lib/sock/listen.c \
	's/umask(0777 \& ~mode)/umask(0)/; s/fchmod(s->fd, mode)/0/' sock:umask
plant 'anything is a terminal' lib/tty/pty.c \
	's/fd_type(fd, \&mode, \&rdev) == 0 \&\& S_ISCHR(mode)/1/; s/^\t       rdev == makedev(PTMX_MAJOR, PTMX_MINOR)/\t       1/; s/pty_number(fd, \&number) == 0/1/' \
	fdrecv:--terminal

# What the command must not have.
plant 'descriptors leak' lib/base/fdkeep.c \
	's/^\t\treturn fd_close_range(first, last);/\t\treturn 0;/' \
	ptyfork:no.other.descriptor start:leaked
plant 'descriptors leak without close_range' lib/base/fd.c \
	's/^\t    sweep_listed(\&s) == 0)$/\t    1)/' fd:old.kernel
plant 'descriptors leak without /proc' lib/base/fd.c \
	's/^\t\ts->do_one(fd, s->data);/\t\t;/' fd:without./proc
plant 'the report stays open' lib/chain/chain.c \
	's/^\tlast = c->sync ? .*/\tlast = -1;/' \
	ptyfork:no.other.descriptor ptyfork:executed console:detached
plant 'ids are not checked' lib/cred/creds.c \
	's/r != uid || e != uid || s != uid/0/' confine:ids
plant 'groups are not checked' lib/cred/creds.c \
	's/r != gid || e != gid || s != gid/0/' confine:ids
plant 'root is not checked' lib/ns/userns_root.c \
	's/return [ug]id\[0\] | [ug]id\[1\] | [ug]id\[2\]/return 0/' \
	calls:did.not.become
plant 'groups stay' lib/cred/creds.c \
	's/if (sys_setgroups((size_t)c->n, c->groups) < 0)/if (0)/' confine:groups
plant 'groups stay in a user namespace' lib/ns/userns_root.c \
	's/if (sys_setgroups(0, NULL) == 0 ||/if (1 ||/' idmap:groups ns:groups
plant 'groups stay in a joined user namespace' lib/ns/ns.c \
	's/^\t(void)sys_setgroups(0, NULL);//' ns:groups
plant 'groups can be dropped in a user namespace' lib/ns/idwrite.c \
	's/fd_write(fd, "deny", strlen("deny")) < 0/0/' \
	idmap:drop
plant 'new privileges can be had' lib/cred/creds.c \
	's/c->no_new_privs \&\& prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0/0/' \
	confine:no-new-privs
plant 'capabilities stay in the bounding set' lib/cred/creds.c \
	's/c->has_bounding \&\& caps_bound(c->bounding) < 0/0/' confine:bounding
plant 'capabilities stay with another user' lib/cred/creds.c \
	's/if (any \&\& settle_caps(c, f) < 0)/if (0)/' confine:capabilities
plant 'a directory of another root is kept' lib/cred/creds.c \
	's/if (path\[0\] != .*/if (0)/' confine:outside
plant 'the binary can be written to' src/main.c \
	's/ \&\& selfexe_seal(argv, \&f) < 0/ \&\& 0/' \
	seal chain:pays.no
plant 'the view can be written to' lib/chain/selfexe.c \
	's/\.attr_set = SYS_MOUNT_ATTR_RDONLY/.attr_set = 0/' \
	seal
plant 'who joins can be looked into' lib/ns/nsfork.c \
	's/(void)prctl(PR_SET_DUMPABLE, 0)/(void)0/' \
	target:watches
plant 'a monitor can be looked into' src/ptyfork/monitor.c \
	's/(void)prctl(PR_SET_DUMPABLE, 0)/(void)0/' \
	ptyfork:stands.between
plant 'process 1 tells how it was made' src/ptyfork/init.c \
	's/^\twipe_words(how->words);//' init:tells
plant 'process 1 leads to the root it came from' src/ptyfork/init.c \
	's/if (leave_root() < 0)/if (0)/' \
	init:leads
plant 'process 1 has descriptors' src/ptyfork/init.c \
	's/fd_close_rest(0, ready) < 0/0/' \
	init:tells init:leads init:process.1
plant 'mounts reach the outside' lib/ns/ns.c 's/MS_REC | how/MS_REC | MS_SHARED/' \
	ns:shared ns:--propagation
plant 'mounts in a root reach the outside' src/newroot/newroot.c \
	's/cut_off(f) < 0 ||/0 ||/' \
	newroot:others.share newroot-dev:reaches.nobody
plant 'a shared root is shared while it is made' src/newroot/newroot.c \
	's/? MS_SLAVE\(.*\)MS_PRIVATE/? MS_SHARED\1MS_PRIVATE/' \
	newroot-dev:reaches.nobody
plant 'an id that is not mapped is kept' lib/ns/userns_root.c \
	's/return missing \&\& ids->strict ? keep_ids(f) : 0;/return 0;/' \
	idmap:does.not.stay ns:does.not.stay
plant 'a group that is not mapped is kept' lib/ns/userns_root.c \
	's/if (groups\[i\] != OVERFLOW_ID)/if (1)/' idmap:does.not.stay
plant 'a sysctl of the caller can be set' lib/ns/nsconf.c \
	's/if (flags \& kinds\[i\].flag)/if (1)/' ns:sysctl.refuses
plant 'a sysctl is outside of its directory' lib/ns/nsconf.c \
	's/is_plain_path(path) \&\&/1 \&\&/' ns:sysctl.refuses
plant 'keys of the caller are found in a root' src/newroot/newroot.c \
	's/if (keyring_new() < 0)/if (0)/' newroot:key
plant 'keys of the caller are found in a namespace' lib/ns/nsfork.c \
	's/if (keyring_new() < 0)/if (0)/' newroot:key
plant 'a terminal can be typed at' lib/tty/tty.c \
	's/return ioctl(fd, TIOCNOTTY)/return 0/' newroot:no-ctty
plant 'a device is whatever is there' src/newroot/node.c \
	's/^\tif ((st.st_mode \& S_IFMT) != n->type ||$/\tif (0 \&\&/' \
	newroot-dev:replaces
plant 'the device of the host can be changed' src/newroot/node.c \
	's/if (root_lock(clone, false) < 0)/if (0)/' hostile-root:mask.gives
plant 'a mask is looked for from the root' src/newroot/setup.c \
	's/^\t\tif (rest)/\t\tif (0)/' hostile-root:masked.or
plant 'a tmpfs stays writable' src/newroot/setup.c \
	's/t->places\[i\].lock \&\&/0 \&\&/' newroot-dev:when.all.is
plant 'a tmpfs where there was nothing is for root alone' src/newroot/tmpfs.c \
	's/has(o, "mode=") ? 0 : TMPFS_MODE/0/' newroot-dev:for.all.users
plant 'a terminal is of a devpts that the root has not' src/ptyfork/terminals.c \
	's/bool own = !r->l->caller_devpts/bool own = true/' ptyrunc:by.a.name \
	devpts:joined.mounts
plant 'in a user namespace that is joined only its root opens paths' \
	src/ptyfork/ptyfork.c 's/ || plan->join.fd\[NS_USER\] >= 0) \&\&/) \&\&/' \
	opener:that.is.joined
plant 'the own group is one more that cannot be set' src/ocispec/process.c \
	's/if ((uint64_t)value_int(g) == own)/if (0)/' \
	ptyrunc-calls:no.groups.can.be.set
plant 'a device that is mounted there gets the owner that is wanted' \
	src/newroot/node.c 's/ || !root_one_mount(dir, fd)//' \
	newroot-dev:is.mounted.there
plant 'a root that was not entered is one' lib/root/root.c \
	's/if (check_root(r, f) < 0)/if (0)/' calls:noticed
plant 'the old root stays' lib/root/root.c \
	's/umount2(".", MNT_DETACH) < 0 || //' \
	newroot:nothing.of.the.host newroot:DIR
plant 'a mask covers nothing' src/newroot/maskpaths.c 's/if (root_attach(mask, place) < 0)/if (0)/' \
	newroot:--mask
plant 'a path below a file has no mask' src/newroot/maskpaths.c \
	's/return errno == ENOENT ? 0 : -1;/return errno == ENOENT || errno == ENOTDIR ? 0 : -1;/' \
	newroot:below.a.file

# What the caller left us.
plant 'the rights of a file are used' src/main.c 's/getauxval(AT_SECURE)/0/' \
	ptybox:set-user-ID start:privileges
plant 'an ignored SIGCHLD stays' src/main.c \
	's/signal(SIGCHLD, SIG_DFL) == SIG_ERR/0/' start:SIGCHLD ptybox:blocked
plant 'blocked signals stay' src/main.c \
	's/sigprocmask(SIG_SETMASK, \&none, NULL) < 0/0/' \
	ptybox:blocked start:blocked
plant 'closed descriptors stay' src/main.c 's/if (fd_stdio() < 0)/if (0)/' \
	ptybox:closed start:closed
plant 'argv may be empty' src/main.c 's/argc < 1 || !argv\[0\] || !argv\[0\]\[0\]/0/' \
	ptybox:argv
plant 'a hook ignores what we ignore' lib/base/exec.c \
	's/^\t\t(void)signal(sig, SIG_DFL);/\t\t;/' held:default.signals
plant 'a logged command ignores what we ignore' src/conlog/command.c \
	's/signal(SIGPIPE, g->had->pipe)/0/' conlog:ignores
plant 'the command is deaf to the keys' lib/base/exec.c \
	's/^\t\t(void)signal(keys\[i\], SIG_DFL);/\t\t;/' \
	start:keyboard
plant 'a caller gets non-blocking descriptors' lib/relay/nbio.c \
	's/^\town = fd_reopen(fd, flags);/\town = fd_reopen(fd, flags);\n\t(void)fcntl(fd, F_SETFL, O_NONBLOCK | fcntl(fd, F_GETFL));/' \
	relay:flags signals:blocking

# Nobody is left, nothing runs too early.
plant 'the command outlives ptyfork' lib/chain/chain.c \
	's/if (set_death_signal(sig, f) < 0)/if (0)/' relay:kill-child ns:kill-child
plant 'a detached init ends with ptyfork' src/ptyfork/init.c \
	's/if (prctl(PR_SET_PDEATHSIG, how->kill) < 0)/if (0)/' init:detached
plant 'a child outlives its server' src/fdrecv/receive.c \
	's/(prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != server)/0/' \
	fdrecv:still.shows
plant 'the command runs before its terminal is delivered' src/ptyfork/spawn.c \
	's/l->deliver || (noted \&\& !early)/false/' \
	console:runs chain:delivered
plant 'a held command does not wait' lib/chain/chain.c \
	's/if (c->held \&\& sync_hold(c->sync) < 0)/if (0)/' \
	console:runs chain:delivered
plant 'a killed ptyfork leaves the terminal raw' src/ptyfork/parent.c \
	's/restorer_start(\&restorer, \&r->user);/restorer = (struct restorer){ -1, 0 };/' \
	signals:leaves.the.terminal
plant 'the terminal stays raw' lib/relay/supervise.c \
	's/^\tuser_tty_restore(\&u->tty);//' signals:terminal.is.as.it.was
plant 'the first of two that ends takes the terminal from the other' \
	lib/tty/user_tty.c \
	's/c->lock < 0 || flock(c->lock, LOCK_EX | LOCK_NB) == 0/true/' \
	pager:two.at.once
plant 'a raw terminal is taken for as it was' lib/tty/tty_origin.c \
	's/!HAS_PLACE || !(in/true || !(in/' pager:two.at.once pager:killed
plant 'keys are taken from a pager' lib/relay/user_relay.c \
	's/user_tty_taken(\&u->tty)/false/' pager:left.to.a.pager
plant 'the terminal is raw before a pager finds it' lib/tty/user_tty.c \
	's/^\tc->lazy = .*/\tc->lazy = false;/' pager:pager pager:goes.on
plant 'the pid file of what did not run stays' src/ptyfork/pidfiles.c \
	's/^\t\tremove_file(\&p->pid, p->l->pid_file);/\t\t;/' \
	console:pid chain:pid.file
plant 'a bad pid file is left behind' lib/proc/pidfile.c \
	's/^\t(void)unlink(name);//' \
	exhaust:pid.file
plant 'a filter comes too early' lib/chain/chain.c \
	's/^\tif (c->filter \&\& seccomp_load/\tif (0 \&\& seccomp_load/' confine:filter

# No byte is lost.
plant 'the end of the command is the end of its output' lib/relay/relay.c \
	's/^\tr->gone = true;/\tr->gone = true;\n\tfor (int i = 0; i < r->outs; i++)\n\t\tr->out[i].state = RELAY_DRAINED;/' \
	relay:core relay:full.disk bytes:instant.exit
plant 'a terminal is not drained' lib/relay/relay_loop.c 's/ || l->relay.gone)$/)/' \
	relay:leaves.on relay:reader bytes:instant.exit
plant 'what a prompt flushed is lost' lib/relay/ptyinput.c \
	's/^\t\tptyinput_take_back(f);/\t\tacknowledge(f, f->waits);/' \
	prompt:key prompt:getpass
plant 'what was read before a flush is typed again' lib/relay/ptyinput.c \
	's/^\tif (read \&\& f->waits > 0)/\tif (0)/' prompt:getpass prompt:line.by.line
plant 'a flush is not seen while it is asked for reads' lib/tty/typeahead.c \
	's/^\tif (seen->flushed \&\& was_read(t))/\tif (0)/' prompt:with.it
plant 'a command gets all lines before it reads the first' lib/relay/ptyinput.c \
	's/= kind == PTYINPUT_DATA;/= 0;/' prompt:much.behind
plant 'a drain stops at a full sink' lib/relay/relay_loop.c \
	's/return drains(l) ? 0 : ms;/return 0;/' \
	relay:full.pipe
plant 'a half written piece is written again' lib/relay/relay_loop.c \
	's/relay_went(\&l->relay, i, (size_t)put)/relay_went(\&l->relay, i, put > 0 ? n : 0)/' \
	relay:slow.reader relay:stopped
plant 'a full disk is not told' lib/relay/supervise.c 's/^\t\treturn sink_fault(s, f);/\t\treturn 0;/' \
	relay:full
plant 'a read that is interrupted is an end' lib/relay/nbio.c \
	's/while (got < 0 \&\& errno == EINTR)/while (0)/' calls:interrupted
plant 'a write that is interrupted is an error' lib/relay/nbio.c \
	's/while (put < 0 \&\& errno == EINTR)/while (0)/' calls:interrupted
plant 'a read of ours that is interrupted is an error' lib/base/fd.c \
	's/while (got < 0 \&\& errno == EINTR)/while (0)/' calls:interrupted
plant 'a write of ours that is interrupted is an error' lib/base/fd.c \
	's/written < 0 \&\& errno == EINTR/0/' calls:interrupted
plant 'a text that does not fit is cut' lib/base/fd.c \
	's/n == (ssize_t)size - 1/false/' cgroup:leads.elsewhere
plant 'a poll of ours that is interrupted is an error' lib/base/wait.c \
	's/(n < 0 \&\& errno == EINTR) || //' calls:interrupted
plant 'a poll of the relay that is interrupted is an error' lib/relay/relay_loop.c \
	's/ < 0 \&\& errno != EINTR)/ < 0)/' calls:interrupted
plant 'a message that is interrupted is lost' lib/sock/fdpass.c \
	's/(errno != EINTR \&\& errno != EAGAIN)/errno != EAGAIN/' calls:interrupted
plant 'a wait for the command that is interrupted is over' lib/relay/supervise.c \
	's/(pid < 0 \&\& errno == EINTR)/0/' calls:interrupted
plant 'a wait of the monitor that is interrupted is over' src/ptyfork/monitor.c \
	's/(pid < 0 \&\& errno == EINTR)/0/' calls:interrupted
plant 'a look at the terminal that is interrupted is unread input' lib/base/fd.c \
	's/(n < 0 \&\& errno == EINTR)/(0)/' calls:interrupted
plant 'a child of a server whose wait is interrupted is forgotten' src/fdrecv/children.c \
	's/pid < 0 \&\& errno == EINTR/0/' calls:waited.for.once
plant 'an acknowledgement that cannot be sent is no failure' src/fdrecv/client.c \
	's/return errmsg(f, errno, "cannot acknowledge.*/return 0;/' \
	calls:acknowledgement
plant 'a rename meanwhile is an error' lib/root/root.c \
	's/(errno != EAGAIN \&\& errno != EINTR)/1/' calls:rename

# What is done while COMMAND is held.
plant 'a command is not looked up' lib/chain/chain.c \
	's/(c->held || c->hold >= 0)/0/' held:looked.up chain:not.delivered
plant 'a directory is a command' lib/base/exec.c \
	's/return S_ISREG(st.st_mode)/return true/' held:looked.up
plant 'a hook that failed is none' src/ptyfork/hooks.c \
	's/WEXITSTATUS(status) == 0/true/' held:fails
plant 'a hook outlives a signal' src/ptyfork/hooks.c \
	's/(void)kill(-child, SIGKILL);/return -1;/' held:signal
plant 'a hook outlives ptyfork' src/ptyfork/hooks.c \
	's/PR_SET_PDEATHSIG, SIGKILL/PR_SET_PDEATHSIG, 0/' held:KILL
plant 'the tools run before the hooks' src/ptyfork/command.c \
	's/how->early \&\&/0 \&\&/' held:first.tool
plant 'a signal is an interrupted call' lib/base/wait.c \
	's/errno = ECANCELED/errno = EINTR/' fdsend:a.signal.ends held:a.signal
plant 'the view of the program stays in its namespace' lib/chain/selfexe.c \
	's/autofd view/int view/; s/SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC/SYS_OPEN_TREE_CLONE/' \
	seal:no.rights seal:shares
plant 'a limit of file sizes ends the copy' lib/chain/selfexe.c \
	's/(void)sigaction(SIGXFSZ, \&ignore, \&before);//' seal:limit
plant 'a tool that isolates passes everything on' src/ptyfork/ptyfork.c \
	's/!word \&\& !isolates(&j->a)/!word/' ptyfork:isolates
plant 'a list of descriptors is all' lib/base/fdkeep.c \
	's/^\treturn k->all;/\treturn true;/; s/k->at\[i\].first - 1, last) < 0/0, last) < 0/' \
	ptyfork:preserve
plant 'the relay keeps what the command was passed' src/ptyfork/parent.c \
	's/(void)fd_close_marked(false, -1);/(void)0;/' ptyfork:no.process.of.ours
plant 'an applet has what an exec would close' lib/chain/chain.c \
	's/(void)fd_close_marked(true, -1);/(void)0;/' \
	chain:no.descriptor.of.the.tools

plant 'an ignored signal is passed on' lib/relay/supervise.c \
	's/if (is_ignored(sig))/if (false)/' passing:as.ignored
plant 'what waits on a FIFO outlives its parent' lib/chain/chain.c \
	's/is_bound(c) ? SIGKILL : //' held:ends.what.waits
plant 'what waits on a FIFO has the terminal open' lib/chain/chain.c \
	's/if (c->keep.all)$/if (0)/' held:ends.what.waits
plant 'a command that hangs in its exec is not ended' lib/ns/child.c \
	's/^\t\t\tpass_shared(c, signals);/\t\t\t;/' passing:hangs.in.its.exec

# Other terminals.
plant 'a descriptor that never answers is asked' lib/tty/proc_tty.c \
	's/fd_type(pin, \&mode, \&rdev) < 0 || !S_ISCHR(mode)/fstat(pin, \&st) < 0 || !S_ISCHR(st.st_mode)/; s/^\t    rdev != s->tty/\t    (rdev = st.st_rdev) != s->tty/' \
	winsz:never.answer
plant 'the size of another terminal is the command'"'"'s' src/ptyfork/command.c \
	's/l->tty \&\& !(forget/0 \&\& !(forget/' ptyfork:LINES
plant 'who comes back sees nothing' lib/relay/attach.c \
	's/^\t(void)tty_resize(master, \&now);//' detach:drawn
plant 'a part of the detach keys is lost' lib/tty/detach_keys.c \
	's/^\t\tk->held = now;/\t\tk->held = now;\n\t\tout -= freed > 1;/' detach:begin
plant 'TERM is for the leader alone' lib/relay/supervise.c \
	's/bool whole = .*/bool whole = false \&\& (sig == SIGTERM ||/; s/^\t\t     sig == SIGQUIT;/\t\t     sig == SIGQUIT);/' \
	passing:whole signals:whole
plant 'a signal ends ptyfork before the modes are back' lib/relay/supervise.c \
	's/for (const int \*sig = passed; \*sig; sig++)/for (const int *sig = passed; 0; sig++)/' \
	passing:whichever signals:modes.are.back
plant 'a stop from inside stops ptyfork' src/ptyfork/monitor.c \
	's/return theirs \& .*/return theirs == 1;/' signals:inside
plant 'a lost status is waited for' lib/relay/supervise.c \
	's/if (pid < 0 \&\& errno != EINTR)/if (0)/' passing:lost
plant 'an ignored signal comes back' lib/base/exec.c \
	's/i = 0; keyboard \&\& i </i = 0; i </' start:without.a.terminal
plant 'a descriptor is announced to the process before' lib/chain/chain.c \
	's/setenv("LISTEN_PID", number, 1) == 0/true/' start:announced
plant 'what is not passed on is announced' lib/chain/chain.c \
	's/fdkeep_beyond(&announced, \&c->keep) < 0/true/' start:announced
plant 'a terminal of the caller is passed on' src/ptyfork/command.c \
	's/return isatty(fd) \&\& .*/return false;/' signals:type
# What cannot be closed is closed by nobody that serves.
plant 'a receiver that is dropped goes on' src/fdrecv/server.c \
	's/(void)kill(v->receiver, SIGKILL);//' hostile-close:drops.one
plant 'what is refused is closed by an exit' src/fdrecv/receive.c \
	's/client_abandon();/;/' hostile-close:fdrecv.refuses
plant 'a connection is closed with what is unread' lib/sock/sock.c \
	's/recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0/true/' \
	hostile-close:behind

# reap, and ptyshim around it.
plant 'any process is believed' src/reap.c \
	's/child || is_descendant(pid))/child || pid > 0)/' reap:believed
plant 'an old pid file is read' src/reap.c \
	's/pid_file \&\& unlink(pid_file) < 0/false \&\& unlink(pid_file) < 0/' \
	reap:old.pid.file
plant 'an orphan is reaped before its pid is known' src/reap.c \
	's/^\treturn named > 0;/\treturn true;/' reap:before.its.command
plant 'what is adopted is not reaped' src/reap.c \
	's/n < 0 || info.si_pid == 0 || /true || /' reap:zombie reap:end.first
plant 'nothing is adopted' src/reap.c \
	's/prctl(PR_SET_CHILD_SUBREAPER, 1) < 0/false/' reap:becomes
plant 'a stop is an end' src/reap.c 's/pid, \&status, WNOHANG)/pid, \&status, WNOHANG | WUNTRACED)/' \
	reap:stopped
plant 'a key arrives twice' src/reap.c 's/SI_KERNEL \&\& sig != SIGHUP/SI_USER \&\& sig != SIGHUP/' \
	reap:once
plant 'a key stops the command alone' src/reap.c \
	's/^\tif (sig == SIGTSTP)/\tif (false)/' reap:stop.key
plant 'signals stay with reap' src/reap.c 's/sig != SIGCHLD \&\& !by_group/false/' \
	reap:passed.on
plant 'what nohup ignores is passed on' src/reap.c \
	's/ == 0 \&\& now.sa_handler != SIG_IGN;/ == 0;/' reap:nohup
plant 'the command has signals blocked' src/reap.c \
	's/^\t\tunblock_signals();/\t\t;/' reap:no.signal.blocked
plant 'no pid is success' src/reap.c \
	's/^\twarnx("cannot follow.*/\treturn 0;/' reap:not.believed
plant 'a command that fails leaves processes' src/reap.c \
	's/r.failed \&\& r.a.kill/false/' reap:leaves.nothing ptyshim:leaves.no
plant 'a container that failed to start is followed' src/reap.c \
	's/r->a.kill \&\& r->command.status != 0/false/' reap:pid.file.of
plant 'a command that succeeds is cleaned away' src/reap.c \
	's/r.failed \&\& r.a.kill/r.a.kill/' reap:succeeds
plant 'a grandchild is left' lib/proc/descendants.c \
	's/^\twhile (reap_ended()) {/\tif (reap_ended()) {/' reap:leaves.nothing
plant 'what a late runtime left stays' src/conlog/keeper.c \
	's/k->late \&\& k->plan->command/false/' ptyshim:never.comes
plant 'a pid file of the caller takes the place of the shim'"'"'s' bin/ptyshim \
	's/^\t\[ "\$kind" = other \] || refuse_ours "\$@"$/\t:/' \
	ptyshim:is.not.the.caller
plant 'USR1 ends the shim' src/conlog/keeper.c \
	's/plan->command \&\& command_pass_signals(k->signals) < 0/false/' ptyshim:signals
plant 'the words of a runtime are for the log alone' src/conlog/conlog.c \
	's/status > 0 \&\& a.show_failure/false/' ptyshim:starts.nothing
plant 'what ran is shown as a failure' src/conlog/conlog.c \
	's/access(a->show_failure, F_OK) == 0/false/' ptyshim:starts.nothing
plant 'a stopped command does not hear TERM' lib/relay/supervise.c \
	's/if (whole \&\& (!group || /if (0 \&\& (!group || /' joined:TERM
plant 'a child in namespaces that were joined is not watched' lib/ns/nsfork.c \
	's/^\telse if (a.pid > 0)$/\telse if (false)/' joined:KILL.of.ptyfork
plant 'a tool shows how the tools before it were called' lib/base/exec.c \
	's/^\tmemset(start, 0, .*$//' chain:the.last.command.shows
plant 'what may be a namespace is opened as a device' lib/ns/ns.c \
	's/open(file, O_PATH | O_CLOEXEC)/open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC)/' \
	ocispec-root:exists.and.is.of.its.type
plant 'a tool by its path is executed as it is' lib/chain/chain.c \
	's/^\tif (strchr(command.0., .*selfexe_is(command.0.))$/\tif (0)/' \
	seal:names.tools
plant 'reap waits for whatever has the number' src/reap.c \
	's/^\tif (r->pidfd < 0)$/\tif (1)/' reap:the.number.of.another
plant 'hook waits for what cannot end' src/hook.c \
	's/nsfork_reap_within(j->pid, NULL, END_MS)/nsfork_reap_within(j->pid, NULL, -1)/' \
	hostile-close:hook
plant 'pid files die with what kills ptyfork' src/ptyfork/pidfiles.c \
	's/^\tif (fd_read(link, .byte, 1) != 0 ||/\tif (fd_read(link, \&byte, 1) != 7 ||/' \
	held:leaves.no.pid.file
plant 'a pid file goes while the command runs' src/ptyfork/pidfiles.c \
	's/wait_fd(.forever, command, POLLIN) < 0/forever.deadline == 7/' \
	held:while.the.command
plant 'a pid file goes with the terminal of a command that goes on' \
	src/ptyfork/parent.c 's/^\tif (s.ended)$/\tif (true)/' console:goes.on.without
plant 'what keeps pid files is of the group that is killed' \
	lib/proc/outlive.c 's/^\t(void)setsid();$//' held:the.group
plant 'what watches a child is of the group that is killed' lib/ns/nsfork.c \
	's/^\toutlive();$//' joined:its.group
plant 'a child does not wait until it is watched' lib/ns/nsfork.c \
	's/if (fd_read(await, .byte, 1) != 1)/if (0)/' joined:runs.nothing
plant 'a signal is not taken once the command has ended' \
	lib/relay/supervise.c 's/event\[0\])$/event[0] \&\& !s->ended)/' \
	relay:costs.nothing relay:no.reader
plant 'a signal does not end a relay that waits for a reader' \
	lib/relay/supervise.c 's/s->cut = sig;/;/' relay:no.reader
plant 'a command that has ended is killed' src/ptyfork/parent.c \
	's/ \&\& !s->ended)/)/' relay:the.number
plant 'the end of a leader is told at every turn' lib/relay/attach.c \
	's/l->events\[1\] = -1;/;/' fdrecv:at.no.cost
plant 'SIGPIPE leaves a socket' lib/base/termsig.c \
	's/open_ends(5, more)/open_ends(4, more)/' \
	fdsend:as.cat fdrecv:message.that
plant 'proc is mounted at a name' lib/ns/ns.c \
	's/place < 0 ? -1 : make_proc()/-1; errno = ENOSYS/' ns:what.it.looked.up
plant 'what runs is taken for what did not start' lib/ns/child.c \
	's/fd_ready(c->report, POLLIN) > 0/0/' passing:starts.to.run
plant 'a start in a joined container has no limit' src/ptyfork/spawn.c \
	's/wait_until(limited ? /wait_until(0 ? /' joined:gives.up
plant 'the pid file of what ended stays' lib/proc/pidfile.c \
	's/p->there ? is_as_written(p, path) : 0/0/' console:go.with
plant 'a name of a cgroup that is cut off is used' src/ptyfork/nsplan.c \
	's/rest ? strstr(line, " \/") : NULL/strstr(line, " \/")/' ns:of.a.list
plant 'a pid file takes the place of /dev/null' lib/proc/pidfile.c \
	's/fd_replaceable(path) < 0/0/; s/fd_replaceable(path) == 0/1/' \
	look-first:no.device
plant 'reap removes /dev/null' src/reap.c \
	's/fd_replaceable(pid_file) < 0/0/' look-first:no.device
plant 'a plan takes the place of /dev/null' src/ocispec/publish.c \
	's/fd_replaceable(file) < 0/0/' look-first:no.device
plant 'a link to a descriptor is what the descriptor is' lib/base/fd.c \
	's/ = fd < 0 \&\& errno == ELOOP/ = false/' look-first:no.device
plant 'a pid file of another is removed' lib/proc/pidfile.c \
	's/p->there ? is_as_written(p, path) : 0/p->there/' console:go.with
# Sockets and their peers.
plant 'a hidden socket that may be in the making is swept' lib/sock/listen.c \
	's/time(NULL) - st.st_mtime < LEFT_SECS/0/' sock:swept
plant 'a hidden socket that lives is swept' lib/sock/listen.c \
	's/return !alive(path);/return true;/' sock:swept
plant 'a socket is bound where the path leads by now' lib/sock/listen.c \
	's/if (bind_masked(s->fd, \&addr, mode) == 0)/if (0)/' sock:looked.at
plant 'a keeper outlives its terminal' src/fdsend/serve.c \
	's/master >= 0 \&\& await_peer/0 \&\& await_peer/' fdsend:hangs.up
plant 'a master is reopened, which is another terminal' src/fdsend/serve.c \
	's/if (pty_is_master(fd)) {/if (0) {/' fdsend:says
plant 'a program of --pair has all of ours' src/fdrecv/pair.c \
	's/(void)fd_close_rest(1, -1);//' fdrecv:one.end
plant 'the words of any command are looked at for tools' lib/chain/chain.c \
	's/\*words \&\& !ends_chain(words)/*words/' seal:another.command
plant 'the value of an option hides a tool' lib/chain/chain.c \
	's/words\[1\] \&\& \*words\[1\] != .-. \&\&/words[1] \&\&/' seal:another.command

# conlog and attach
plant 'the end does not wait for what is still to be read' \
	src/conlog/keeper.c 's/^\t\toutput_drain(.*$/\t\t;/' \
	conlog:as.much.as.a.pipe.holds
plant 'a terminal that was sent just before the end is lost' \
	src/conlog/keeper.c 's/^\t\tlook_last(k);$/\t\t;/' \
	conlog-dir:sent.before.the.end
plant 'a key at the terminal of the shim arrives twice' \
	src/conlog/keeper.c 's/info->ssi_code == SI_KERNEL/info->ssi_code == SI_USER/' \
	ptyshim:reaches.the.command.once
plant 'going raw drops what was typed ahead' lib/tty/user_tty.c \
	's/c->is_raw = tcsetattr(c->fd, TCSANOW, /c->is_raw = tcsetattr(c->fd, TCSAFLUSH, /' \
	attach:typed.before
plant 'what cannot be read is an end' src/conlog/output.c \
	's/^\t\to->unread = errno;$/\t\t;/' conlog:cannot.be.read
plant 'a directory that is about to be free is in use' src/conlog/dir.c \
	's/define FREE_MS 2000/define FREE_MS 0/' conlog-dir:a.directory.in.use
plant 'a directory is free before the names in it are removed' \
	src/conlog/dir.c \
	's/^\tspool_end(&d->spool);$/\tspool_end(\&d->spool); spool_close(\&d->spool);/' \
	conlog-dir:until.its.conlog
plant 'a console that came in time is late' src/conlog/keeper.c \
	'/may have come in time/{n;n;s/look_last(k)/(void)0/}' conlog-dir:came.in.time
plant 'a recording of pipes has stairs' src/conlog/keeper.c \
	's/^\t\tlog_plain(.*$/\t\t;/' conlog:no.terminal.lines
plant 'an end of line that is cut has two' src/conlog/cast.c \
	's/c->crlf \&\& !c->cr/c->crlf/' conlog:no.terminal.lines
plant 'what is killed half way through a rename does it again' \
	src/conlog/logfile.c 's/!has_name(l, first)/(!has_name(l, first) || true)/' \
	conlog:renamed.half
plant 'a record that was cut takes the next one with it' \
	src/conlog/logfile.c 's/^\tend_cut_record(l);$/\t;/' conlog:left.cut
plant 'a resize cuts a replay' src/attach/view.c \
	's/errno != ECANCELED || put_off_signals(v)/put_off_signals(v) || true/' \
	attach:resize.while
plant 'a start that fails moves a recording away' src/conlog/log.c \
	's/^\tif (l->begun)$/\tif (l->file.fd >= 0 \&\& l->format == LOG_CAST)/' \
	conlog:a.start.that.fails
plant 'a record that a full disk cut stays' src/conlog/logfile.c \
	's/^\tundo(l, put - kept);$//' conlog:a.full.disk
plant 'a character is cut at the end of a record' src/conlog/cri.c \
	's/end ? 0 : utf8_partial(c->line, c->n)/0/' conlog:no.character.is.cut
plant 'a recording that was emptied goes on without a header' \
	src/conlog/log.c 's/l->begun && !logfile_empty(&l->file)/l->begun/' \
	conlog:after.copytruncate
plant 'a directory in use is taken' lib/spool/spool.c \
	's/flock(fd, LOCK_EX | LOCK_NB) < 0/false/' \
	conlog-dir:a.directory.in.use
plant 'a terminal of any size is made' src/conlog/control.h \
	's/CONTROL_SIZE 1000/CONTROL_SIZE 70000/' conlog-dir:bad.control.lines
plant 'conlog closes itself what it refuses' src/conlog/receiver.c \
	's/^\treader = nsfork(0, -1);$/\treader = 0; if (fdpass_recv(call, \&m, \&w) == 1) fdpass_close(\&m); reader = -1;/' \
	hostile-close:conlog
plant 'an unfinished control line stays' src/conlog/input.c \
	's/\(define PARTIAL_MS *\)1000/\11000000/' conlog-dir:stays.unfinished
plant 'a replay fills the clipboard' src/attach/replay.c \
	's/!string_passes(e)/false/' attach:the.clipboard
plant 'what the output has set stays set' src/attach/view.c \
	's/^\tunsay_modes(v);$//' attach:a.late.viewer
plant 'without inotify nothing is seen' src/attach/view.c \
	's/v->wait == 0 && v->conn.news < 0/false/' \
	attach:without.an.inotify
plant 'what is pasted is dropped' src/attach/view.c \
	's/v->tty.interactive && wait_left(v->stuck) == 0/v->tty.interactive/' \
	attach:what.is.pasted
plant 'a command that takes no keys cannot be left' src/attach/view.c \
	's/\(define STUCK_MS *\)2000/\12000000/' attach:takes.none
plant 'the lines of a pipe are stairs' src/attach/view.c \
	's/ && !v->conn.head.plain &&/ \&\&/' attach:begin.at.the.left
plant 'each gap in the output is a message' src/attach/view.c \
	's/^\tif (wait_left(v->again) == 0)$/\tif (true)/' attach:slow.for.long
plant 'what was left out last is not said' src/attach/view.c \
	's/^\tsay_skipped(v);$/\t;/' attach:slow.for.long
plant 'half an image is text' src/attach/view.c \
	's/^\tat += replay_inside(.*$//' attach:inside.an.image
plant 'an image without an end hides all' src/attach/replay.c \
	's/e.state == ESCAPE_GROUND ? end - at : 0/end - at/' \
	attach:inside.an.image
plant 'what was not told was killed' src/attach/conn.c \
	's/errno == ENOENT && c->head.ended)$/false)/' \
	conlog-dir:an.end.without.a.status
plant 'a terminal that is open nowhere stops conlog' lib/base/fd.c \
	's/p.revents == POLLHUP)/false)/' conlog-dir:has.closed.wait
plant 'a terminal that is open nowhere keeps conlog busy' \
	src/conlog/keeper.c \
	's/input_waits(in) && !output_is_hung_up(.*);/input_waits(in);/' \
	conlog-dir:has.closed.wait
plant 'a terminal is lost for want of descriptors' src/conlog/keeper.c \
	's/check_spare(k, f) < 0/false/' conlog-dir:few.descriptors
plant 'a spool that was removed is written' lib/spool/spool.c \
	's/ || st.st_nlink == 0)/)/' conlog-dir:just.removed
plant 'a terminal is not put back after a SIGKILL' lib/tty/restorer.c \
	's/^\tif (!last.done)$/\tif (false)/' \
	attach:killed.by.SIGKILL detach:killed.by.SIGKILL winsz:killed.by.SIGKILL
plant 'a restorer takes a terminal from others' lib/tty/restorer.c \
	's/, tty->lock }/ }/' detach:stays.so

# What a user namespace does not reach is opened outside, by one that goes.
plant 'what only the caller reaches is not opened' lib/ns/opener.c \
	's/fd >= 0 || errno != EACCES || opener < 0/true/' \
	opener:whichever.path
plant 'the opener looks up from where it began' lib/ns/opener.c \
	's/fchdir(m->fds\[HERE\]) == 0/true/' opener:whichever.path
plant 'the opener stays' src/ptyfork/ptyfork.c \
	's/^\topener_end(&l->opener);$//' opener:is.gone

# A device in the place of a file is not opened.
plant 'what is no such file is opened before it is looked at' lib/base/fd.c \
	's/^\tif ((st.st_mode & S_IFMT) != type)$/\tif (0)/' look-first held:hold.waits

# A cgroup is that one and no other, and what is in it ends.
plant 'the root of a hierarchy is a cgroup like others' src/cgroup/groups.c \
	's/st.attributes & MOUNT_ROOT/false/' cgroup:leads.elsewhere
plant 'a path of a cgroup leads up' src/cgroup/groups.c \
	's/^\t       has_dots(path);/\t       false;/' cgroup:leads.elsewhere
plant 'what is no cgroup is taken for one' src/cgroup/groups.c \
	's/if (!is_cgroup(g->fd))/if (false)/' cgroup:leads.elsewhere
plant 'a cgroup with processes is taken' src/cgroup/groups.c \
	's/return "it has processes already"/return NULL/' cgroup:in.use
plant 'a cgroup that is frozen is taken' src/cgroup/groups.c \
	's/return "the container.s cgroup unexpectedly frozen"/return NULL/' cgroup:in.use
plant 'a process freezes itself' src/cgroup/members.c \
	's/if (!members_has(pids, getpid()))/if (true)/' cgroup:itself
plant 'a cgroup that was frozen goes on after a signal' src/cgroup/members.c \
	's/!was || signal == SIGKILL/true/' cgroup:stay.frozen
plant 'a limit is not tried again' src/cgroup/groups.c \
	's/(!again || again\[i\]) \&\&/again[i] \&\& 0 \&\&/' cgroup:order
plant 'remove takes what it has not made' src/cgroup/members.c \
	's/made \&\& !one->made/false/' cgroup:made.in.that.call
plant 'a failure leaves the cgroup that was made' src/cgroup/cgroup.c \
	's/^\tgroups_undo(g);$//' cgroup:a.bad.one
plant 'a signal goes to as many as there are descriptors for' \
	src/cgroup/members.c 's/close_batch(b, b->n - SPARE);/return 0;/' \
	cgroup:more.processes
plant 'a FIFO that a start left is a process that waits' bin/ptyrunc \
	's/^\telif is_held; then$/\telif true; then/' ptyrunc:start.was.killed
plant 'a gate that cannot be made leaves its directory' src/gate.c \
	's/(void)rmdir(dir);/;/' gate:one.caller
plant 'a directory of a gate is a link' src/gate.c \
	's/O_DIRECTORY | O_NOFOLLOW/O_DIRECTORY/' gate:remove
plant 'two open a gate at a time' src/gate.c \
	's/flock(fd, LOCK_EX | LOCK_NB) < 0/false/' gate:of.two.that.open
plant 'the byte of a gate that was killed is one too many' src/gate.c \
	's/!has_byte(fd) &&/(!has_byte(fd) || true) \&\&/' gate:was.killed

# What is taken of a process that is joined is no more than it has.
plant 'root in a container gets back what it has dropped' src/ptyfork/target.c \
	's/c->uid == 0 ? theirs->permitted : UINT64_MAX/UINT64_MAX/' \
	target-creds:by.an.exec
plant 'rights are taken into another user namespace' src/ptyfork/target.c \
	's/theirs.st_ino == st.st_ino \&\& theirs.st_dev == st.st_dev/1/' \
	target-creds:border
plant 'no_new_privs of a target is not taken' src/ptyfork/target.c \
	's/c->no_new_privs = strict != 0/c->no_new_privs = false/' \
	target-creds:user..groups.and
plant 'ids of another user namespace are taken as they are' \
	src/ptyfork/target.c 's/return !map || map_id/return !map || 1 || map_id/' \
	target-creds:in.its.user.namespace
plant 'descriptors announced to a target are believed' src/ptyfork/target.c \
	's/listen ? getenv(announced\[i\]) : NULL/NULL/; s/return value ? setenv(name, value, 1) : unsetenv(name)/return value ? setenv(name, value, 1) : 0/' \
	target-creds:announced
plant 'a cgroup above a namespace is looked for below it' lib/ns/cgroup_find.c \
	's/strncmp(path, "\/..", 3) == 0 ? NULL : path/path/' \
	target-creds:above.the.root
plant 'content of a descriptor goes through a link' src/newroot/content.c \
	's/^\tif (unlinkat(dir, name, 0) < 0/\tif (0/; s/O_CREAT | O_EXCL | O_NOFOLLOW/O_CREAT/' \
	newroot:follows.no.link.there
plant 'content that is to be read-only is not' src/newroot/content.c \
	's/lock \&\& root_lock(file, false) < 0/0/' newroot:DIR.stays
plant 'the end of a FIFO without writers is not seen' lib/relay/nbio.c \
	's/flags == O_RDONLY \&\& fd_ready(fd, 0) > 0/false/' prompt:FIFO
plant 'a terminal without a keyboard waits for keys' src/ptyfork/parent.c \
	's/^\t\topen_ended(&l->source);/\t\t(void)open_ended;/' prompt:no.terminal.to
plant 'a command has the /dev/null of another root' lib/chain/chain.c \
	's/is.mnt_id == here.mnt_id/1/' newroot-dev:is.the.root.s.own
plant 'what ocispec says in an exec is run' bin/ptyrunc \
	's/"\$dir\/config.json" \${1+--} "\$@" 2>"\$said"/"$dir\/config.json" ${1+--} "$@" 2>\&1/' \
	ptyrunc:never.run
plant 'a console socket may be one of our own descriptors' \
	src/ptyfork/ptyfork.c 's/!fd_passed(c->socket.fd)/false/' \
	console:whatever.has.its.number
plant 'a filter may be one of our own descriptors' lib/cred/seccomp.c \
	's/fd_passed(n) ? fd_above(n, 3)/1 ? fd_above(n, 3)/' \
	console:whatever.has.its.number
plant 'reap gives a root what it was given' src/reap.c \
	's/chain.loose = true/chain.loose = false/' passing:isolates
plant 'conlog gives a root what it was given' src/conlog/command.c \
	's/chain.loose = g->loose/chain.loose = false/' passing:isolates
plant 'ids are to be mapped in a user namespace' src/ocispec/root.c \
	's/if (has_user_namespace(s))/if (0)/' ocispec-root:has.its.ids.mapped
plant 'a command runs without its scheduler' src/confine/confine.c \
	's/sched_apply(&p->sched, &f) < 0/0/' confine:policy,.nice
plant 'a path below a cgroup leads up' src/cgroup/groups.c \
	's/^\tif (has_dots(path))/\tif (false)/' cgroup:below.goes.down
plant 'a process that has got the pid of another is as good' \
	lib/proc/procdir.c 's/began != (unsigned long long)start/false/' \
	ocispec-limits:until.the.process ns:at.that.time pidkill:another.time
plant 'an exec joins what has the pid by then' bin/ptyrunc \
	's/--target \$pid:\$start/--target $pid/' ptyrunc:was.looked.at
plant 'a cgroup that is removed has killed one more' src/ocispec/stats.c \
	's/if (n <= before)/if (n == before)/' ocispec-limits:until.the.process
plant 'a directory is taken that another has made' src/ocispec/ocispec.c \
	's/if (mkdir(dir, 0700) < 0)/if (mkdir(dir, 0700) < 0 \&\& errno != EEXIST)/' \
	ocispec-limits:must.be.new
plant 'a create takes back the container of another' bin/ptyrunc \
	's/^\t\tdie "container with id exists: \$id"$/\t\tfail_create "container with id exists: $id"/' \
	ptyrunc:of.one.id.one.wins
plant 'a cgroup is made for a caller that has died' src/cgroup/cgroup.c \
	's/prctl(PR_SET_PDEATHSIG, SIGKILL) < 0/0/' cgroup:parent.ends.it
plant 'an error behind many remarks is not seen' src/ocispec/ocispec.c \
	's/^\tif (report_full(r))$/\tif (0)/' ocispec:no.error.goes.unseen
plant 'what is not known takes the place of errors' src/ocispec/report.c \
	's/^\tif (r->unknown)$/\tif (1)/' ocispec:no.error.goes.unseen
plant 'exec stays in a cgroup that takes no process' bin/ptyrunc \
	's/^\t\[ -n "\$opt_cgroup" \] || find_sub_cgroup$//' \
	ptyrunc-v2:where.the.first.process.is
plant 'a cgroup has the controllers alone that it is limited with' \
	src/cgroup/groups.c 's/^\t\t\tenable_controllers(dir);$/\t\t\t;/' \
	ptyrunc-v2:limited.later
plant 'a new period takes the quota of the CPU away' \
	src/ocispec/resources.c 's/value_int(quota) : in->out->quota/value_int(quota) : 0/' \
	ocispec-limits:has.by.now
plant 'an update goes by the limits of long ago' src/ocispec/ocispec.c \
	's/^\t\tif (j->a.cgroup_file)$/\t\tif (0)/' ocispec-limits:has.by.now
plant 'a delete beside another one fails' bin/ptyrunc \
	's/on_cgroups --kill --remove || ! is_there ||/on_cgroups --kill --remove ||/' \
	ptyrunc-calls:two.deletes
plant 'a file that comes late keeps a directory' src/gate.c \
	's/^#define REMOVE_TRIES 16/#define REMOVE_TRIES 1/' gate:at.the.same.time
plant 'a plan that is gone ends the list' bin/ptyrunc \
	's/|| command \. "/|| . "/' ptyrunc:while.it.is.looked.at
plant 'run with hooks of start forgets the pid file' bin/ptyrunc \
	's/^\tpid_file=\${opt_pid_file:-\$dir.pid}$/\tpid_file=$dir.pid/' \
	ptyrunc:all.that.its.options.say
plant 'a command runs before what keeps its pid files is out of the group' \
	src/ptyfork/pidfiles.c 's/return await_keeper(p);/return 0;/' \
	held:out.of.the.group
plant 'a batch of processes keeps the last descriptors' src/cgroup/members.c \
	's/e->error != EMFILE ||/true ||/' cgroup:more.processes.than
plant 'a command that cannot be waited for goes on' src/cgroup/runner.c \
	's/return abandon(pid, e);/return errmsg(e, errno, "cannot wait for the command");/' \
	cgroup:cannot.be.waited
plant 'a part has the date at which it was written' src/conlog/cri.c \
	's/if (end ? c->n > 0 : cri_pending(c))/(void)clock_gettime(CLOCK_REALTIME, \&c->date);\n\tif (end ? c->n > 0 : cri_pending(c))/' \
	conlog:date.is.when
plant 'the times of a recording are of the wall clock' src/conlog/log.c \
	's/clock_gettime(CLOCK_MONOTONIC, /clock_gettime(CLOCK_REALTIME, /' \
	conlog:set.back
plant 'a create that goes wrong ends the container of that name' bin/ptyrunc \
	's/^\t\[ ! -e "\$dir" \] || die "container with id exists: \$id"$//' \
	ptyrunc-calls:leaves.the.container.of.that.name
plant 'what is no number of descriptors is counted' bin/ptyrunc \
	's/^\t\*\[!0123456789\]\* | ?????\*) die .*$/\t0) ;;/' \
	ptyrunc-calls:leaves.the.container.of.that.name
plant 'what a spec says is a warning' bin/ptyrunc \
	"s/^\\t\\t'warning: '\\*)\$/\\t\\t*'warning: '*)/" \
	ptyrunc-calls:not.taken.for.a.warning
plant 'the containers of another user are read' bin/ptyrunc \
	's/ || \[ -O "\$root" \] ||/ || true ||/' \
	ptyrunc-calls:the.state.of.another.user
plant 'a container of another user is read' bin/ptyrunc \
	's/ || \[ -O "\$dir" \] ||/ || true ||/' \
	ptyrunc-calls:the.state.of.another.user
plant 'a container of another user is listed' bin/ptyrunc \
	's/^\t\t\[ -O "\$entry" \] || continue$//' \
	ptyrunc-calls:the.state.of.another.user
plant 'run with hooks ends the container of another create' bin/ptyrunc \
	's/ || \[ ! -e "\$pid_file" \] || undo$/ || undo/' \
	ptyrunc-calls:of.another.create.alone
plant 'run without input leaves its container' bin/ptyrunc \
	's/^\[ -e \/proc\/self\/fd\/0 \] || exec <\/dev\/null$//' \
	ptyrunc-calls:without.0,.1.and.2
plant 'what ocispec says in an update is run' bin/ptyrunc \
	's/^\t\t\$words" 2>"\$said") || failed=1$/\t\t$words 2>\&1") || failed=1/' \
	ptyrunc-calls:about.an.update.is.never.run
plant 'an error beside a delete has no words' bin/ptyrunc \
	's/^\t\[ -d "\$dir" \] || problem=.*$//' \
	ptyrunc-calls:what.else.is.beside
plant 'what has no cgroup is paused' bin/ptyrunc \
	's/^\t\[ -s "\$dir\/cgroups" \] ||$/\ttrue ||/' \
	ptyrunc-calls:an.ordinary.user.has.containers
plant 'kill --all is for cgroups alone' bin/ptyrunc \
	's/ && \[ -s "\$dir\/cgroups" \]; then$/; then/' \
	ptyrunc-calls:an.ordinary.user.has.containers
plant 'a version may be followed by anything' src/ocispec/spec.c \
	's/!version\[strspn(version, rest)\]/rest[0]/' \
	ocispec:and.no.other oci-cases:1.x.are.taken
plant 'a slow delete removes the state of a new container' bin/ptyrunc \
	's/^\t\[ -z "\$start" \] || \[ "\$now" = "\$start" \] || return 0$//' \
	ptyrunc-calls:a.delete.whose.hooks
plant 'what is in a container ignores what a background job ignores' \
	bin/ptyrunc 's/^\twords="\$ptyfork_words --default-signals".*$/\twords=$ptyfork_words/' \
	ptyrunc:run.passes.signals
plant 'signals stay ignored without a terminal' src/ptyfork/command.c \
	'/^\tchain->default_signals = /d' start:default-signals
plant 'a scope stays when its cgroup is gone' bin/ptyrunc \
	's/|| stop_scope$/|| :/' ptyrunc-systemd:is.ended.before
plant 'what keeps a scope stays in it' bin/ptyrunc \
	's/pidkill --signal KILL \$holder || :/:/' ptyrunc-systemd:until.delete
plant 'a create stops the scope of another' bin/ptyrunc \
	'/^\tmanager=--user$/a\	echo "--system $unit" >"$dir/scope"' \
	ptyrunc-systemd:neither.shared
plant 'a file that is mounted is looked for below itself' src/newroot/setup.c \
	'/if (rest && !\*rest)/,/fd_above/d' newroot:a.file.that.is.mounted
plant 'a tmpfs with copies has the owner of what it covers' \
	src/newroot/tmpfs.c 's/has(o, "[ug]id=")/false/' newroot-dev:tmpcopyup.copies
plant 'maps that are none are left out' src/ocispec/root.c \
	's/report_error(s->report, found,/report_warning(s->report, found,/' \
	ocispec-root:by.an.option
plant 'the ptmx of the host is in a privileged container' src/ocispec/root.c \
	's/ || strcmp(spec_clean(path), "\/dev\/ptmx") == 0//' \
	ocispec-root:a.device.has.a.type
plant 'limits are dropped where there is no cgroup' bin/ptyrunc \
	's/^\t\*--set\*) fail_create.*$//' ptyrunc:disabled.it.stays
plant 'a container ignores what conmon ignores' lib/chain/chain.c \
	's/^\t\texec_defaults();$/\t\texec_signals(true);/' \
	start:default-signals ptyrunc:no.signal.is.ignored
