/* exit - the exit statuses of every tool */
#include <sys/wait.h>

#include "base/exit.h"

int exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
					: WEXITSTATUS(wait_status);
}
