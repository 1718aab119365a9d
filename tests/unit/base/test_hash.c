/* XXH3 gives the published values, and a digest depends on the fields it was fed, not on how they
 * were cut. */
#include "core/base/hash.h"
#include "tests/lib/frame.h"

static const struct {
	const char *text;
	uint64_t hash64;
	const char *hash128;
} known[] = {
	{"", UINT64_C(0x2D06800538D394C2), "99aa06d3014798d86001c324468d497f"},
	{"a", UINT64_C(0xE6C632B61E964E1F), "a96faf705af16834e6c632b61e964e1f"},
	{"abc", UINT64_C(0x78AF5F94892F3950), "06b05ab6733a618578af5f94892f3950"},
};

START_TEST(published_values)
{
	char text[RH_HASH_TEXT];
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(known); i++) {
		size_t len = strlen(known[i].text);

		ck_assert_uint_eq(rh_hash64(known[i].text, len), known[i].hash64);
		ck_assert_uint_eq(rh_name64(known[i].text), known[i].hash64);
		rh_hash128_text(text, rh_hash128(known[i].text, len));
		ck_assert_str_eq(text, known[i].hash128);
	}
}
END_TEST

START_TEST(fields_are_little_endian_bytes)
{
	static const uint8_t bytes[] = {0x78, 0x56, 0x34, 0x12, 0x08, 0x07, 0x06,
					0x05, 0x04, 0x03, 0x02, 0x01, 'x',  'y'};
	struct rh_digest *digest = rh_digest_new();
	struct rh_hash128 half;

	rh_digest_u32(digest, 0x12345678);
	half = rh_digest_value(digest);
	ck_assert(rh_hash128_eq(half, rh_hash128(bytes, 4)));
	rh_digest_u64(digest, UINT64_C(0x0102030405060708));
	rh_digest_bytes(digest, "xy", 2);
	rh_digest_bytes(digest, NULL, 0);
	ck_assert(rh_hash128_eq(rh_digest_value(digest), rh_hash128(bytes, sizeof(bytes))));
	ck_assert(!rh_hash128_eq(rh_digest_value(digest), half));
	rh_digest_reset(digest);
	rh_digest_u32(digest, 0x12345678);
	ck_assert(rh_hash128_eq(rh_digest_value(digest), half));
	rh_digest_free(digest);
}
END_TEST

START_TEST(cuts_do_not_matter)
{
	static uint8_t bytes[5000];
	struct rh_digest *digest = rh_digest_new();
	uint64_t state = 13;
	size_t at = 0;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)any(&state, 256);
	while (at < sizeof(bytes)) {
		size_t len = any(&state, 700);

		len = len < sizeof(bytes) - at ? len : sizeof(bytes) - at;
		rh_digest_bytes(digest, bytes + at, len);
		at += len;
		ck_assert(rh_hash128_eq(rh_digest_value(digest), rh_hash128(bytes, at)));
	}
	rh_digest_free(digest);
}
END_TEST

START_TEST(text_and_back)
{
	struct rh_hash128 hash = {UINT64_C(0x0123456789ABCDEF), UINT64_C(0xFEDCBA9876543210)};
	struct rh_hash128 back = {0, 0};
	char text[RH_HASH_TEXT];

	ck_assert_str_eq(rh_hash128_text(text, hash), "fedcba98765432100123456789abcdef");
	ck_assert(rh_hash128_parse(&back, text));
	ck_assert(rh_hash128_eq(back, hash));
	ck_assert(rh_hash128_parse(&back, "FEDCBA98765432100123456789ABCDEF"));
	ck_assert(rh_hash128_eq(back, hash));
	ck_assert(!rh_hash128_parse(&back, "fedcba98765432100123456789abcde"));
	ck_assert(!rh_hash128_parse(&back, "fedcba98765432100123456789abcdef0"));
	ck_assert(!rh_hash128_parse(&back, "gedcba98765432100123456789abcdef"));
	ck_assert(!rh_hash128_parse(&back, ""));
	ck_assert(rh_hash128_eq(back, hash)); /* untouched by failures */
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("hash");

	tcase_add_test(frame.tests, published_values);
	tcase_add_test(frame.tests, fields_are_little_endian_bytes);
	tcase_add_test(frame.tests, cuts_do_not_matter);
	tcase_add_test(frame.tests, text_and_back);
	return frame_run(frame);
}
