/*
 * The draws are frozen: every trace hash, seed and golden file hangs on them.  The values of the
 * table were computed by a second program in another language; Philox has the vectors that its
 * authors published with Random123.
 */
#include "core/base/rng.h"
#include "tests/lib/frame.h"

static const struct {
	uint64_t seed;
	uint32_t purpose;
	uint64_t entity;
	uint64_t index;
	uint64_t destination;
	uint64_t splitmix;
	uint64_t philox;
} frozen[] = {
	{0, 1, 0, 0, 0, UINT64_C(0x7D3ED32EDBFF2631), UINT64_C(0x143A25A1812EF576)},
	{1, 5, 0, 0, 0, UINT64_C(0x35DF2041087D60DB), UINT64_C(0xD236FE98D1AE3338)},
	{2, 5, 0, 0, 0, UINT64_C(0x24D7BDE162950EFD), UINT64_C(0x9368E29D05D0A514)},
	{1, 6, 0, 0, 0, UINT64_C(0xB6D4F18D07FDF86B), UINT64_C(0xA83C948EEB39CBA5)},
	{1, 5, 1, 0, 0, UINT64_C(0x1C345CF2F5DBA868), UINT64_C(0x8E0A8852ECDA1D56)},
	{1, 5, 0, 1, 0, UINT64_C(0xD08E94235F0735FC), UINT64_C(0x7EC3B90D19ADAABB)},
	{1, 5, 0, 0, 1, UINT64_C(0xEF0FAAAD6505E51D), UINT64_C(0x5B5959083673CA64)},
	{UINT64_MAX, 20, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_C(0x911EEB88ABD73EFA),
	 UINT64_C(0xE32E6E0BB984B593)},
	{7, 10, UINT64_C(0x123456789ABCDEF), UINT64_C(0xFEDCBA9876543210),
	 UINT64_C(0x8000000000000000), UINT64_C(0x67D5A676B45628A9), UINT64_C(0x05429754A126C58F)},
	{42, 4097, 123456789, UINT64_C(0x100000000), 3, UINT64_C(0x5AE0CDDE47829820),
	 UINT64_C(0x03DB49DA54D0EC65)},
};

START_TEST(frozen_draws)
{
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(frozen); i++) {
		struct rh_rng rng = {RH_RNG_SPLITMIX, frozen[i].seed};
		uint64_t row =
			rh_rng_row(rng, frozen[i].purpose, frozen[i].entity, frozen[i].index);

		ck_assert_uint_eq(rh_absorb(row, frozen[i].destination), frozen[i].splitmix);
		ck_assert_uint_eq(
			rh_draw2(rng, frozen[i].purpose, frozen[i].entity, frozen[i].index), row);
		ck_assert_uint_eq(rh_draw3(rng, frozen[i].purpose, frozen[i].entity,
					   frozen[i].index, frozen[i].destination),
				  frozen[i].splitmix);
		rng.kind = RH_RNG_PHILOX;
		ck_assert_uint_eq(rh_draw3(rng, frozen[i].purpose, frozen[i].entity,
					   frozen[i].index, frozen[i].destination),
				  frozen[i].philox);
	}
}
END_TEST

START_TEST(published_philox)
{
	static const struct {
		uint32_t counter[4];
		uint32_t key[2];
		uint32_t out[4];
	} known[] = {
		{{0, 0, 0, 0}, {0, 0}, {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}},
		{{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
		 {UINT32_MAX, UINT32_MAX},
		 {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}},
		{{0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344},
		 {0xA4093822, 0x299F31D0},
		 {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}},
	};
	uint32_t out[4];
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(known); i++) {
		rh_philox4x32_10(out, known[i].counter, known[i].key);
		ck_assert_mem_eq(out, known[i].out, sizeof(out));
	}
}
END_TEST

/* The finaliser can be undone, so absorb loses nothing: two destinations of a row never collide. */
static uint64_t unmix64(uint64_t z)
{
	z ^= z >> 31 ^ z >> 62;
	z *= UINT64_C(0x319642B2D24D8EC3); /* inverse of 0x94D049BB133111EB */
	z ^= z >> 27 ^ z >> 54;
	z *= UINT64_C(0x96DE1B173F119089); /* inverse of 0xBF58476D1CE4E5B9 */
	return z ^ z >> 30 ^ z >> 60;
}

START_TEST(absorb_is_a_bijection)
{
	const uint64_t inverse_g = UINT64_C(0xF1DE83E19937733D); /* of RH_RNG_G */
	uint64_t i;

	for (i = 0; i < 100000; i++) {
		uint64_t x = rh_absorb(14, i);
		uint64_t h = rh_absorb(15, i);

		ck_assert_uint_eq(unmix64(rh_mix64(x)), x);
		ck_assert_uint_eq((unmix64(rh_absorb(h, x)) - h) * inverse_g - 1, x);
	}
}
END_TEST

/* Numbers are part of every draw: a purpose keeps its own for ever.  New ones are added at the end.
 */
START_TEST(frozen_purposes)
{
	static const char *const names[] = {
		"TOPOLOGY_STUB",
		"TOPOLOGY_DEGREE",
		"TOPOLOGY_REGION",
		"TARGET",
		"LINK_DELAY",
		"LINK_LOSS",
		"LINK_DUPLICATE",
		"FAULT_DELAY",
		"UPLINK_ORDER",
		"TIE",
		"MINE",
		"BLOCK_SIZE",
		"BLOCK_NONCE",
		"VALIDATION_TIME",
		"COMPACT_FAILURE",
		"CLOCK_OFFSET",
		"WORKLOAD",
		"LINK_BASE",
		"NODE_BANDWIDTH",
		"TEST",
	};
	uint32_t i;
	uint32_t k;

	ck_assert_uint_ge(rh_purpose_count(), RH_ARRAY_LEN(names));
	for (i = 0; i < RH_ARRAY_LEN(names); i++)
		ck_assert_str_eq(rh_purpose_info(i + 1)->name, names[i]);
	for (i = 0; i < rh_purpose_count(); i++) {
		const struct rh_purpose_info *info = rh_purpose_at(i);

		ck_assert(info->levels == 2 || info->levels == 3);
		ck_assert_int_eq(strcmp(info->destination, "-") == 0, info->levels == 2);
		ck_assert(info->number != 0 && info->number < RH_PURPOSE_PLUGIN);
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(rh_purpose_at(k)->number, info->number);
	}
	ck_assert_ptr_null(rh_purpose_info(0));
	ck_assert_ptr_null(rh_purpose_info(RH_PURPOSE_PLUGIN));
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("rng");

	tcase_add_test(frame.tests, frozen_draws);
	tcase_add_test(frame.tests, published_philox);
	tcase_add_test(frame.tests, absorb_is_a_bijection);
	tcase_add_test(frame.tests, frozen_purposes);
	return frame_run(frame);
}
