/* base.c - planted: a counter that outlives its call, beside a constant and an excused variable. */
int planted_count(void);
const char *const *planted_names(void);
int excused_count(void);

int planted_count(void)
{
	static int calls;
	return ++calls;
}

const char *const *planted_names(void)
{
	static const char *const names[] = {"a", "b"};
	return names;
}

static int excused = 1;
int excused_count(void)
{
	return ++excused;
}
