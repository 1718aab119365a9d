/* kernel.c - planted: an unstable sort and a logarithm in the kernel. */
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

double planted_kernel(int *values, double x);
double planted_kernel(int *values, double x)
{
	qsort(values, 4, sizeof(*values), by_value);
	return log(x);
}
