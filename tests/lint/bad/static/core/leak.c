/* leak.c - planted: reads past an array and forgets a block. */
#include <stdlib.h>

int leak(void);
int leak(void)
{
	int values[4] = {0};
	char *block = malloc(8);
	(void)block;
	return values[4];
}
