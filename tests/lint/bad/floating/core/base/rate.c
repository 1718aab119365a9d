/* rate.c - planted: a decision by floating point.  A double spend in a comment is none. */
double rate(double a, double b, double c);
double rate(double a, double b, double c)
{
	return __builtin_fma(a, b, c) * b;
}
