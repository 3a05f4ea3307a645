/* nothing - do nothing and end; with an argument, do nothing and stay */
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		(void)pause();
	return 0;
}
