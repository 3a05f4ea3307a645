/* shares - the CPU shares of cgroup v1 as the weight of v2 */
#include "ocispec/shares.h"

/* log2, bit by bit: squaring doubles it. No libm is needed for this alone. */
static double binary_log(double x)
{
	double result = 0, bit = 1;

	for (; x >= 2; x /= 2)
		result += 1;
	for (int i = 0; i < 52; i++) {
		bit /= 2;
		x *= x;
		if (x >= 2) {
			x /= 2;
			result += bit;
		}
	}
	return result;
}

/* 10^x, by the series of exp(x ln 10) for a small part of it. */
static double power_of_ten(double x)
{
	const double y = x * 2.302585092994045684 / 64;
	double sum = 1, term = 1;

	for (int i = 1; i < 20; i++) {
		term *= y / i;
		sum += term;
	}
	for (int i = 0; i < 6; i++)
		sum *= sum;
	return sum;
}

uint64_t shares_weight(uint64_t shares)
{
	double l, weight;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = binary_log((double)shares);
	weight = power_of_ten((l * l + 125 * l) / 612 - 7.0 / 34);
	/* What is off by no more than the errors of these sums is whole. */
	return (uint64_t)(weight + 1 - 1e-9);
}
