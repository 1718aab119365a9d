/* choose.c - planted: core decides by a model's name.  "pow" in a comment is none. */
#include <string.h>

#include "models/pow/pow.h"

int choose(const char *name);
int choose(const char *name)
{
	return strcmp(name, "pow") == 0 ? rh_pow_blocks() : 0;
}
