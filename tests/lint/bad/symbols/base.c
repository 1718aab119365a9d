/* base.c - planted: the pure base asks for the time and the environment. */
#include <stdlib.h>
#include <time.h>

long planted(void);
long planted(void)
{
	return (long)time(NULL) + (getenv("HOME") != NULL);
}
