/* pow.c - planted: here the name is at home. */
const char *rh_pow_name(void);
