/*
 * keyring - the session keyring of this process.
 */
#ifndef KEYRING_H
#define KEYRING_H

/*
 * keyring_new - have a new and empty session keyring
 *
 * What inherits the caller's can read the keys in it, wherever it runs: neither
 * a root nor a namespace keeps them apart.
 *
 * Returns 0, also where the kernel has no keys or a filter forbids to ask for
 * them; -1 and errno from keyctl(2): EDQUOT, ENOMEM.
 * Source: session-keyring(7), keyctl_join_session_keyring(3).
 */
int keyring_new(void);

#endif
