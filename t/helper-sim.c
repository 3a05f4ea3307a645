/* helper-sim - the relay's core, driven without a kernel */
#include "helper.h"

int helper_sim(char **argv)
{
	(void)argv;
	return 0;
}
