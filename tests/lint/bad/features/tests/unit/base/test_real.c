/* test_real.c - planted. */
START_TEST(test_present)
