/*
 * regions.c - six regions of the world: how far apart they are, how fast their lines are, and where
 * the nodes of known networks stand.
 *
 * The figures are those of the SimBlock simulator (Aoki et al., 2019), which took latencies from
 * published ping tables, bandwidth from speed tests, and positions from crawls of the networks.
 * Pings are round trips, yet the simulators that use these tables apply them as one-way delays; we
 * do the same, so that their results can be repeated.  A study that wants a physical network halves
 * them (`latencyIsRoundTrip` of the scenario).
 *
 * All three kinds of table use one order of regions: North America, Europe, South America,
 * Asia-Pacific, Japan, Australia.
 */
#include <string.h>

#include "core/scenario/topology.h"

#define SIX_REGIONS \
	{ \
		"na", "eu", "sa", "ap", "jp", "au" \
	}

static const struct rh_region_set region_sets[] = {
	{
		.name = "internet2019",
		.doc = "latency and bandwidth between six regions of the world in 2019",
		.count = 6,
		.regions = SIX_REGIONS,
		.latency_ms = {{32, 124, 184, 198, 151, 189},
			       {124, 11, 227, 237, 252, 294},
			       {184, 227, 88, 325, 301, 322},
			       {198, 237, 325, 85, 58, 198},
			       {151, 252, 301, 58, 12, 126},
			       {189, 294, 322, 198, 126, 16}},
		.up_bps = {19200000, 20700000, 5800000, 15700000, 10200000, 11300000},
		.down_bps = {52000000, 40000000, 18000000, 22800000, 22800000, 29900000},
	},
	{
		.name = "internet2015",
		.doc = "latency and bandwidth between six regions of the world in 2015",
		.count = 6,
		.regions = SIX_REGIONS,
		.latency_ms = {{36, 119, 255, 310, 154, 208},
			       {119, 12, 221, 242, 266, 350},
			       {255, 221, 137, 347, 256, 269},
			       {310, 242, 347, 99, 172, 278},
			       {154, 266, 256, 172, 9, 163},
			       {208, 350, 269, 278, 163, 22}},
		.up_bps = {4700000, 8100000, 1800000, 5300000, 3400000, 5200000},
		.down_bps = {25000000, 24000000, 6500000, 10000000, 17500000, 14000000},
	},
};

static const struct rh_distribution distributions[] = {
	{"bitcoin2015", "Bitcoin nodes in 2015", {3869, 5159, 113, 574, 119, 166}},
	{"bitcoin2019", "Bitcoin nodes in 2019", {3316, 4998, 90, 1177, 224, 195}},
	{"litecoin", "Litecoin nodes", {3661, 4791, 149, 1022, 238, 139}},
	{"dogecoin", "Dogecoin nodes", {3924, 4879, 212, 697, 106, 182}},
	{"ethereum2020", "Ethereum nodes in 2020", {3503, 3563, 100, 2358, 414, 62}},
	{"even", "the same share in each region", {1667, 1667, 1667, 1667, 1666, 1666}},
};

const struct rh_region_set *rh_region_set_at(uint32_t index)
{
	return index < RH_ARRAY_LEN(region_sets) ? &region_sets[index] : NULL;
}

const struct rh_distribution *rh_distribution_at(uint32_t index)
{
	return index < RH_ARRAY_LEN(distributions) ? &distributions[index] : NULL;
}

const struct rh_region_set *rh_region_set(const char *name)
{
	size_t i;

	RH_ASSERT(name != NULL);
	for (i = 0; i < RH_ARRAY_LEN(region_sets); i++)
		if (strcmp(region_sets[i].name, name) == 0)
			return &region_sets[i];
	return NULL;
}

const struct rh_distribution *rh_distribution(const char *name)
{
	size_t i;

	RH_ASSERT(name != NULL);
	for (i = 0; i < RH_ARRAY_LEN(distributions); i++)
		if (strcmp(distributions[i].name, name) == 0)
			return &distributions[i];
	return NULL;
}
