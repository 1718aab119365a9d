/* registry.c - planted: here too: "pow". */
static const char *const names[] = {"pow"};
