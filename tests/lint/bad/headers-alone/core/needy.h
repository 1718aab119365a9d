/* needy.h - planted: needs a header that it does not include. */
uint64_t needy(void);
