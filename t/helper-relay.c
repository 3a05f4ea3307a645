/* helper-relay - the relay's output side through one schedule */
#include "relay.h"
#include "sim.h"

const char *sim_relay(unsigned long long seed)
{
	(void)seed;
	return 0;
}
