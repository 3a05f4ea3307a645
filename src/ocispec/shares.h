/*
 * shares - the CPU shares of cgroup v1 as the weight of v2.
 */
#ifndef SHARES_H
#define SHARES_H

#include <stdint.h>

/*
 * shares_weight - the weight that is worth so many shares
 *
 * 2 to 262144 become 1 to 10000, and the default of the one, 1024, that of the
 * other, 100: ceil(10^((l^2 + 125 l)/612 - 7/34)), where l is log2(shares).
 *
 * Returns 1..10000.
 * Source: https://github.com/kubernetes/enhancements, KEP-2254 (2025).
 */
uint64_t shares_weight(uint64_t shares);

#endif
