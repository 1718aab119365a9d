/*
 * driver.c - a main for fuzz targets where the compiler brings no fuzzing engine.
 *
 * Replays the corpus of the target (tests/corpus/NAME, NAME being the program's own name), a
 * bounded number of mutations of it, and inputs of random bytes, all from a fixed seed: so
 * `make test` runs every target with any compiler, and always on the same inputs.  With arguments it replays those files only:
 * that is how a crash found by the real engine is repeated.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUTS_MAX	 4096
#define MUTATIONS_A_FILE 200
#define RANDOM_INPUTS	 2000
#define INPUT_BYTES_MAX	 (1 << 20)

static uint64_t random_state = 1;

static uint64_t random_next(void)
{
	uint64_t z = random_state += 0x9E3779B97F4A7C15U;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return z ^ (z >> 31);
}

/* Gives the target a block of exactly `len` bytes, so that a read past the end is seen. */
static void give(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = calloc(len ? len : 1, 1);
	if (!copy)
		abort();
	if (len)
		memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static size_t mutate(uint8_t *bytes, size_t len)
{
	unsigned rounds = 1 + (unsigned)(random_next() % 4);
	while (rounds-- > 0 && len > 0) {
		size_t at = (size_t)(random_next() % len);
		size_t run = 1 + (size_t)(random_next() % 8);
		switch (random_next() % 5) {
		case 0:
			bytes[at] ^= (uint8_t)(1U << (random_next() % 8));
			break;
		case 1:
			bytes[at] = (uint8_t)random_next();
			break;
		case 2:
			len = at; /* cut short */
			break;
		case 3: /* a run is taken out */
			if (at + run < len) {
				memmove(bytes + at, bytes + at + run, len - at - run);
				len -= run;
			}
			break;
		case 4: /* a run is said twice */
			if (at + run < len && len + run < INPUT_BYTES_MAX) {
				memmove(bytes + at + run, bytes + at, len - at);
				len += run;
			}
			break;
		}
	}
	return len;
}

static int replay(const char *path, unsigned mutations)
{
	static uint8_t original[INPUT_BYTES_MAX];
	static uint8_t changed[INPUT_BYTES_MAX];
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return 1;
	}
	size_t len = fread(original, 1, sizeof(original), file);
	fclose(file);
	give(original, len);
	for (unsigned i = 0; i < mutations; i++) {
		memcpy(changed, original, len);
		give(changed, mutate(changed, len));
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Bytes of no shape at all, short ones more often. */
static void give_random(unsigned count)
{
	uint8_t bytes[512];
	for (unsigned i = 0; i < count; i++) {
		size_t len = (size_t)(random_next() % (1 + random_next() % sizeof(bytes)));
		for (size_t j = 0; j < len; j++)
			bytes[j] = (uint8_t)random_next();
		give(bytes, len);
	}
}

static int replay_corpus(const char *folder)
{
	char *names[INPUTS_MAX];
	size_t count = 0;
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir)) && count < INPUTS_MAX;)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	if (dir)
		closedir(dir);
	qsort(names, count, sizeof(names[0]), by_name);
	int status = 0;
	for (size_t i = 0; i < count; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%.3000s/%.1000s", folder, names[i]);
		status |= replay(path, MUTATIONS_A_FILE);
		free(names[i]);
	}
	printf("%zu inputs of %s, each with %d mutations\n", count, folder, MUTATIONS_A_FILE);
	return status;
}

int main(int argc, char **argv)
{
	give((const uint8_t *)"", 0);
	if (argc > 1) {
		int status = 0;
		for (int i = 1; i < argc; i++)
			status |= replay(argv[i], 0);
		return status;
	}
	give_random(RANDOM_INPUTS);
	const char *slash = strrchr(argv[0], '/');
	char folder[4096];
	snprintf(folder, sizeof(folder), "tests/corpus/%s", slash ? slash + 1 : argv[0]);
	return replay_corpus(folder);
}
