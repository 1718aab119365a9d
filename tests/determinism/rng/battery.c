/*
 * battery.c - tests of the generator that know its keys: are neighbouring names strangers to each
 * other?
 *
 * Usage: battery [LOG2_DRAWS [splitmix|philox|weak]]
 *
 * A battery that reads a stream of bits sees one order of the keys.  The product asks for draws in
 * every order, compares draws of neighbours with each other and takes the smallest of a fan-out, so
 * these tests do that, on keys as they occur: small counters and hashed names.  Each statistic is
 * turned into a standard normal z; the keys are fixed, so a run prints the same figures every time,
 * and a bound of 5 (6.5 for the largest of 18,000) is crossed by a defect, not by luck.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/base/sort.h"

#define Z_BOUND	    5.0
#define Z_MAX_BOUND 6.5 /* for the largest of many */
#define NODES	    64
#define FAN_OUT	    8

enum field { SEED, PURPOSE, ENTITY, INDEX, DESTINATION, FIELDS };

static const char *const field_names[FIELDS] = {"seed", "purpose", "entity", "index",
						"destination"};

struct key {
	uint64_t at[FIELDS];
};

struct battery {
	enum rh_rng_kind kind;
	bool is_weak; /* a mixer that must not pass, for the tests of these tests */
	uint64_t draws;
	uint64_t names[NODES];
	int failures;
};

/* The finaliser without its second half: looks random in its high bits. */
static uint64_t weak_absorb(uint64_t h, uint64_t x)
{
	uint64_t z = h + RH_RNG_G * (x + 1);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	return z ^ z >> 31;
}

static uint64_t absorb(const struct battery *battery, uint64_t h, uint64_t x)
{
	if (battery->is_weak)
		return weak_absorb(h, x);
	return rh_rng_absorb((struct rh_rng){battery->kind, 0}, h, x);
}

/* rh_rng_row, but for the weak mixer */
static uint64_t row_of(const struct battery *battery, const struct key *key)
{
	struct rh_rng rng = {battery->kind, key->at[SEED]};
	uint64_t h = 0;
	int i;

	if (!battery->is_weak)
		return rh_rng_row(rng, (uint32_t)key->at[PURPOSE], key->at[ENTITY], key->at[INDEX]);
	for (i = SEED; i < DESTINATION; i++)
		h = weak_absorb(h, key->at[i]);
	return h;
}

static uint64_t draw(struct battery *battery, const struct key *key)
{
	battery->draws++;
	return absorb(battery, row_of(battery, key), key->at[DESTINATION]);
}

/* Small counters, as in a short run of few nodes: neighbours in every field at once. */
static struct key small_key(uint64_t n)
{
	struct key key;

	key.at[DESTINATION] = n % FAN_OUT;
	key.at[ENTITY] = n / FAN_OUT % NODES;
	key.at[INDEX] = n / (FAN_OUT * NODES);
	key.at[PURPOSE] = RH_PURPOSE_LINK_DELAY;
	key.at[SEED] = 1;
	return key;
}

/* Names of nodes and a message id, as in the product. */
static struct key named_key(const struct battery *battery, uint64_t n)
{
	struct key key = small_key(n);

	key.at[DESTINATION] = battery->names[key.at[DESTINATION]];
	key.at[ENTITY] = battery->names[key.at[ENTITY]];
	key.at[INDEX] = rh_absorb(17, key.at[INDEX]);
	return key;
}

static void report(struct battery *battery, const char *test, const char *what, double z,
		   double bound)
{
	bool is_bad = !(fabs(z) <= bound);

	printf("%-10s %-43s z %7.3f  %s\n", test, what, z, is_bad ? "FAILED" : "ok");
	battery->failures += is_bad;
}

/* Wilson and Hilferty's cube root makes a chi-square nearly normal, for few degrees of freedom too.
 */
static double cube_root_z(double sum, double df)
{
	return (cbrt(sum / df) - (1 - 2 / (9 * df))) / sqrt(2 / (9 * df));
}

static double chi_square_z(const uint64_t *counts, size_t cells)
{
	double expected = 0;
	double sum = 0;
	size_t i;

	for (i = 0; i < cells; i++)
		expected += (double)counts[i] / (double)cells;
	for (i = 0; i < cells; i++)
		sum += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
	return cube_root_z(sum, (double)cells - 1);
}

/* How often each of 64 bits was set: a ripple-carry counter for all 64 columns at once. */
struct columns {
	uint64_t planes[40];
};

static void columns_add(struct columns *columns, uint64_t bits)
{
	size_t i;

	for (i = 0; bits != 0; i++) {
		uint64_t carry = columns->planes[i] & bits;

		columns->planes[i] ^= bits;
		bits = carry;
	}
}

static uint64_t columns_count(const struct columns *columns, uint32_t bit)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(columns->planes); i++)
		count |= (columns->planes[i] >> bit & 1) << i;
	return count;
}

/*
 * Each bit of each field flipped: each bit of the draw must change in half of the trials.  Three
 * fields hold the count, so that a flip never leads to the key of another trial: pairs counted
 * twice would look like a defect.
 */
static void test_avalanche(struct battery *battery, enum field field, uint64_t trials)
{
	uint32_t width = field == PURPOSE ? 32 : 64;
	struct columns *columns = rh_alloc(width, sizeof(*columns));
	double worst = 0;
	double sum = 0;
	double cells = width * 64.0;
	char what[64];
	uint64_t n;
	uint32_t i;
	uint32_t bit;

	for (n = 0; n < trials; n++) {
		struct key key = {{1, RH_PURPOSE_LINK_DELAY, n, n, n}};
		uint64_t base = draw(battery, &key);

		for (i = 0; i < width; i++) {
			key.at[field] ^= UINT64_C(1) << i;
			columns_add(&columns[i], base ^ draw(battery, &key));
			key.at[field] ^= UINT64_C(1) << i;
		}
	}
	for (i = 0; i < width; i++) {
		for (bit = 0; bit < 64; bit++) {
			double z =
				(2.0 * (double)columns_count(&columns[i], bit) - (double)trials) /
				sqrt((double)trials);

			worst = fabs(z) > worst ? fabs(z) : worst;
			sum += z * z;
		}
	}
	free(columns);
	snprintf(what, sizeof(what), "%s, worst of %.0f bit pairs", field_names[field], cells);
	report(battery, "avalanche", what, worst, Z_MAX_BOUND);
	snprintf(what, sizeof(what), "%s, sum of squares", field_names[field]);
	report(battery, "avalanche", what, cube_root_z(sum, cells), Z_BOUND);
}

/* The neighbours whose draws are compared. */
#define NEIGHBOURS(X) \
	X("seed + 1", key->at[SEED]++) \
	X("purpose + 1", key->at[PURPOSE]++) \
	X("entity + 1", key->at[ENTITY]++) \
	X("index + 1", key->at[INDEX]++) \
	X("destination + 1", key->at[DESTINATION]++) \
	X("seed + G", key->at[SEED] += RH_RNG_G) \
	X("seed ^ G", key->at[SEED] ^= RH_RNG_G) \
	X("destination + G", key->at[DESTINATION] += RH_RNG_G) \
	X("entity + 1, destination - 1", (key->at[ENTITY]++, key->at[DESTINATION]--)) \
	X("index + 1, destination - 1", (key->at[INDEX]++, key->at[DESTINATION]--)) \
	X("entity ^ 1, destination ^ 1", (key->at[ENTITY] ^= 1, key->at[DESTINATION] ^= 1)) \
	X("entity and destination swapped", swap(key, ENTITY, DESTINATION)) \
	X("entity and index swapped", swap(key, ENTITY, INDEX)) \
	X("one bit of entity", key->at[ENTITY] ^= UINT64_C(1) << n % 64) \
	X("one bit of index", key->at[INDEX] ^= UINT64_C(1) << n % 64) \
	X("one bit of destination", key->at[DESTINATION] ^= UINT64_C(1) << n % 64)

static void swap(struct key *key, enum field a, enum field b)
{
	uint64_t spare = key->at[a];

	key->at[a] = key->at[b];
	key->at[b] = spare;
}

static const char *const neighbour_names[] = {
#define X(name, change) name,
	NEIGHBOURS(X)
#undef X
};

static void to_neighbour(struct key *key, size_t which, uint64_t n)
{
	size_t i = 0;

#define X(name, change) \
	if (which == i++) \
		change;
	NEIGHBOURS(X)
#undef X
}

static bool is_before(const struct key *a, const struct key *b)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i];
	}
	return false;
}

static void test_pairs(struct battery *battery, size_t which, bool is_named, uint64_t pairs)
{
	static const struct {
		const char *name;
		uint32_t a;
		uint32_t b;
	} bytes[] = {{"high", 56, 56}, {"middle", 28, 28}, {"low", 0, 0}};
	const size_t cells = 65536;
	uint64_t *counts = rh_alloc(RH_ARRAY_LEN(bytes) * cells, sizeof(*counts));
	struct columns equal = {{0}};
	uint64_t used = 0;
	double sum = 0;
	char what[64];
	uint64_t n;
	size_t i;

	for (n = 0; n < pairs; n++) {
		struct key key = is_named ? named_key(battery, n) : small_key(n);
		struct key near = key;
		uint64_t a;
		uint64_t b;

		to_neighbour(&near, which, n);
		/* Swaps and flips lead there and back; each pair is to count once, and no key with
		 * itself. */
		if (!is_before(&key, &near))
			continue;
		a = draw(battery, &key);
		b = draw(battery, &near);
		used++;
		columns_add(&equal, ~(a ^ b));
		for (i = 0; i < RH_ARRAY_LEN(bytes); i++)
			counts[i * cells + (a >> bytes[i].a & 255) * 256 +
			       (b >> bytes[i].b & 255)]++;
	}
	for (i = 0; i < RH_ARRAY_LEN(bytes); i++) {
		snprintf(what, sizeof(what), "%s, %s byte", neighbour_names[which], bytes[i].name);
		report(battery, is_named ? "pairs/name" : "pairs", what,
		       chi_square_z(counts + i * cells, cells), Z_BOUND);
	}
	for (i = 0; i < 64; i++) {
		double z = (2.0 * (double)columns_count(&equal, (uint32_t)i) - (double)used) /
			   sqrt((double)used);

		sum += z * z;
	}
	snprintf(what, sizeof(what), "%s, equal bits", neighbour_names[which]);
	report(battery, is_named ? "pairs/name" : "pairs", what, cube_root_z(sum, 64), Z_BOUND);
	free(counts);
}

static uint64_t count_equal(uint64_t *draws, size_t count)
{
	uint64_t equal = 0;
	size_t i;

	rh_sort_u64(draws, count);
	for (i = 1; i < count; i++)
		equal += draws[i] == draws[i - 1];
	return equal;
}

/*
 * Among n draws cut to 2 log2(n) - 8 bits, 128 are expected to be equal to another, whichever bits
 * are kept; uncut, none.
 */
static void test_birthdays(struct battery *battery, bool is_named, uint32_t log2_count)
{
	size_t count = (size_t)1 << log2_count;
	uint32_t bits = 2 * log2_count - 8;
	uint64_t *draws = rh_alloc(count, sizeof(*draws));
	uint64_t *cut = rh_alloc(count, sizeof(*cut));
	static const char *const parts[] = {"low", "middle", "high"};
	double expected = 128;
	char what[64];
	uint32_t part;
	size_t i;

	for (i = 0; i < count; i++) {
		struct key key = is_named ? named_key(battery, i) : small_key(i);

		draws[i] = draw(battery, &key);
	}
	for (part = 0; part < 3; part++) {
		uint32_t shift = part * (64 - bits) / 2;

		for (i = 0; i < count; i++)
			cut[i] = draws[i] << (64 - bits - shift) >> (64 - bits);
		snprintf(what, sizeof(what), "%s, %s %u bits", is_named ? "names" : "counters",
			 parts[part], bits);
		/* twice the square root makes a Poisson count nearly normal */
		report(battery, "birthdays", what,
		       2 * (sqrt((double)count_equal(cut, count)) - sqrt(expected)), Z_BOUND);
	}
	snprintf(what, sizeof(what), "%s, 64 bits (none)", is_named ? "names" : "counters");
	report(battery, "birthdays", what, count_equal(draws, count) == 0 ? 0 : INFINITY, Z_BOUND);
	free(draws);
	free(cut);
}

/* Counters of the bulk test. */
struct bulk {
	uint64_t first[FAN_OUT]; /* place of the smallest draw of a fan-out */
	uint64_t order[24];	 /* order of the first four */
	uint64_t high[4096];	 /* top 12 bits */
	uint64_t low[4096];	 /* lowest 12 bits */
	uint64_t serial[4096];	 /* top 6 bits of a draw and of the one before it */
	uint64_t ones[65];	 /* number of bits set */
	uint64_t rare;		 /* below 2^44 */
	uint64_t fan_outs;
};

static void count_fan_out(struct bulk *bulk, const uint64_t draws[FAN_OUT])
{
	size_t smallest = 0;
	size_t order = 0;
	size_t i;
	size_t j;

	for (i = 0; i < FAN_OUT; i++) {
		smallest = draws[i] < draws[smallest] ? i : smallest;
		bulk->high[draws[i] >> 52]++;
		bulk->low[draws[i] & 4095]++;
		bulk->serial[draws[i] >> 58 << 6 | draws[(i + 1) % FAN_OUT] >> 58]++;
		bulk->ones[__builtin_popcountll(draws[i])]++;
		bulk->rare += draws[i] >> 44 == 0;
	}
	bulk->first[smallest]++;
	/* Lehmer code: for each of the four, how many of the later ones are smaller. */
	for (i = 0; i < 3; i++) {
		size_t smaller = 0;

		for (j = i + 1; j < 4; j++)
			smaller += draws[j] < draws[i];
		order = order * (4 - i) + smaller;
	}
	bulk->order[order]++;
	bulk->fan_outs++;
}

static void report_bulk(struct battery *battery, const struct bulk *bulk, const char *test)
{
	double draws = (double)bulk->fan_outs * FAN_OUT;
	double share = pow(2, -64);
	double sum = 0;
	double ones = 0;
	uint32_t i;

	report(battery, test, "place of the smallest", chi_square_z(bulk->first, FAN_OUT), Z_BOUND);
	report(battery, test, "order of four", chi_square_z(bulk->order, 24), Z_BOUND);
	report(battery, test, "top 12 bits", chi_square_z(bulk->high, 4096), Z_BOUND);
	report(battery, test, "lowest 12 bits", chi_square_z(bulk->low, 4096), Z_BOUND);
	report(battery, test, "two draws, 6 bits each", chi_square_z(bulk->serial, 4096), Z_BOUND);
	for (i = 0; i <= 64; i++) {
		ones += (double)bulk->ones[i] * i;
		sum += (double)bulk->ones[i] * (i - 32.0) * (i - 32.0);
		share = share * (64 - i) / (i + 1);
	}
	report(battery, test, "mean of set bits", (ones / draws - 32) / sqrt(16 / draws), Z_BOUND);
	/* the fourth central moment of a binomial of 64 halves is 760 */
	report(battery, test, "variance of set bits", (sum / draws - 16) / sqrt(504 / draws),
	       Z_BOUND);
	report(battery, test, "draws below 2^44",
	       2 * (sqrt((double)bulk->rare) - sqrt(draws / 1048576)), Z_BOUND);
}

/* The bulk of the draws, made as the product makes them: a row, then a draw for each destination.
 */
static void test_bulk(struct battery *battery, bool is_named, uint64_t fan_outs)
{
	struct bulk *bulk = rh_alloc(1, sizeof(*bulk));
	uint64_t n;
	size_t i;

	for (n = 0; n < fan_outs; n++) {
		uint64_t id = n / NODES / 4;
		uint64_t source = n % NODES;
		struct key key = {{n / NODES % 4, RH_PURPOSE_LINK_DELAY,
				   is_named ? battery->names[source] : source,
				   is_named ? rh_absorb(17, id) : id, 0}};
		uint64_t row = row_of(battery, &key);
		uint64_t draws[FAN_OUT];

		for (i = 0; i < FAN_OUT; i++) {
			uint64_t to = (source + 1 + i) % NODES;

			draws[i] = absorb(battery, row, is_named ? battery->names[to] : to);
		}
		battery->draws += FAN_OUT;
		count_fan_out(bulk, draws);
	}
	report_bulk(battery, bulk, is_named ? "bulk/name" : "bulk");
	free(bulk);
}

int main(int argc, char **argv)
{
	struct battery battery = {.kind = RH_RNG_SPLITMIX};
	unsigned log2_draws = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 24;
	uint64_t total;
	char name[32];
	size_t i;

	if (argc > 3 || log2_draws < 20 || log2_draws > 40) {
		fprintf(stderr, "usage: battery [20..40 [splitmix|philox|weak]]\n");
		return 2;
	}
	if (argc > 2 && strcmp(argv[2], "philox") == 0)
		battery.kind = RH_RNG_PHILOX;
	battery.is_weak = argc > 2 && strcmp(argv[2], "weak") == 0;
	for (i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "node-%zu", i);
		battery.names[i] = rh_name64(name);
	}
	total = UINT64_C(1) << log2_draws;
	/* A sixteenth for the avalanche, an eighth for pairs, some for birthdays, and the rest in
	 * bulk. */
	for (i = 0; i < FIELDS; i++)
		test_avalanche(&battery, (enum field)i, total / 16 / 288);
	for (i = 0; i < 2 * RH_ARRAY_LEN(neighbour_names); i++)
		test_pairs(&battery, i / 2, i % 2 != 0,
			   total / 8 / 4 / RH_ARRAY_LEN(neighbour_names));
	for (i = 0; i < 2; i++)
		test_birthdays(&battery, i != 0, log2_draws < 28 ? log2_draws - 4 : 24);
	total = battery.draws < total ? total - battery.draws : 0;
	for (i = 0; i < 2; i++)
		test_bulk(&battery, i != 0, total / 2 / FAN_OUT + 1);
	printf("%s: %llu draws, %d statistics out of bounds\n", argc > 2 ? argv[2] : "splitmix",
	       (unsigned long long)battery.draws, battery.failures);
	return battery.failures != 0;
}
