/*
 * ns3_gossip.cc - the flood of bench/models/gossip.h on ns-3's event scheduler, without its network.
 *
 * usage: ns3_gossip SCHEDULER MESSAGES PER_SECOND NODES     (SCHEDULER: Map, PriorityQueue, Heap, ...)
 *
 * An event is the arrival of one copy.  Prints CPU seconds of the run (set-up left out), arrivals,
 * first arrivals, and the sum of a hash over the first arrivals, which does not depend on order.
 * A neighbour that the graph names twice gets two copies here; the second is never a first one.
 */
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include <ns3/core-module.h>

namespace {

constexpr uint32_t kRegions = 6;
constexpr uint32_t kCycles = 4;
constexpr uint32_t kNobody = UINT32_MAX;
constexpr uint32_t kMillisecond = 1000000;

constexpr uint8_t kLatencyMs[kRegions][kRegions] = {
	{12, 45, 80, 95, 70, 90},   {45, 8, 100, 120, 115, 140}, {80, 100, 15, 150, 140, 155},
	{95, 120, 150, 20, 35, 60}, {70, 115, 140, 35, 6, 65},	 {90, 140, 155, 60, 65, 9},
};

uint64_t Mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

struct Neighbour {
	uint32_t node;
	uint32_t latency_ns;
};

class Flood
{
      public:
	Flood(uint32_t nodes, uint32_t messages)
	    : neighbours_(nodes), words_((messages + 63) / 64), heard_(size_t{nodes} * words_)
	{
		std::vector<uint32_t> order(nodes);

		for (uint32_t cycle = 0; cycle < kCycles; cycle++) {
			Shuffle(order, cycle);
			for (uint32_t i = 0; i < nodes; i++)
				Connect(order[i], order[(i + 1) % nodes]);
		}
	}

	void Arrive(uint32_t node, uint32_t message, uint32_t from)
	{
		uint64_t &word = heard_[size_t{node} * words_ + message / 64];
		uint64_t bit = UINT64_C(1) << (message % 64);
		uint64_t now = static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds());

		arrivals++;
		if (word & bit)
			return;
		word |= bit;
		firsts++;
		hash += Mix(now << 20 ^ uint64_t{node} << 40 ^ message ^ uint64_t{message} << 50);
		for (const Neighbour &to : neighbours_[node]) {
			if (to.node == from)
				continue;
			ns3::Simulator::Schedule(ns3::NanoSeconds(DelayNs(to, message, node)),
						 &Flood::Arrive, this, to.node, message, node);
		}
	}

	uint64_t arrivals = 0;
	uint64_t firsts = 0;
	uint64_t hash = 0;

      private:
	static void Shuffle(std::vector<uint32_t> &order, uint32_t cycle)
	{
		for (uint32_t i = 0; i < order.size(); i++)
			order[i] = i;
		for (uint32_t i = static_cast<uint32_t>(order.size()) - 1; i > 0; i--) {
			uint64_t draw = Mix(1 + cycle * UINT64_C(1000003) + i * UINT64_C(17));

			std::swap(order[i], order[draw % (i + 1)]);
		}
	}

	static uint32_t Region(uint32_t node)
	{
		return static_cast<uint32_t>(Mix(77 + node) % kRegions);
	}

	void Connect(uint32_t a, uint32_t b)
	{
		uint32_t latency_ns = kLatencyMs[Region(a)][Region(b)] * kMillisecond;

		neighbours_[a].push_back({b, latency_ns});
		neighbours_[b].push_back({a, latency_ns});
	}

	/* Latency, up to a quarter more by a hash of who sends what to whom, and a millisecond. */
	static uint32_t DelayNs(const Neighbour &to, uint32_t message, uint32_t from)
	{
		uint32_t h = (message * 0x9E3779B1U ^ from * 0x85EBCA77U) + to.node * 0xC2B2AE3DU;

		h = (h ^ h >> 16) * 0x7FEB352DU;
		h = (h ^ h >> 15) * 0x846CA68BU;
		return to.latency_ns + ((to.latency_ns >> 12) * (h >> 16) >> 6) + kMillisecond;
	}

	std::vector<std::vector<Neighbour>> neighbours_;
	uint32_t words_;
	std::vector<uint64_t> heard_; /* a bit for each node and message */
};

double CpuSeconds()
{
	timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

int main(int argc, char **argv)
{
	if (argc != 5) {
		std::fprintf(stderr, "usage: %s SCHEDULER MESSAGES PER_SECOND NODES\n", argv[0]);
		return 2;
	}
	const uint32_t messages = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10));
	const double per_second = std::strtod(argv[3], nullptr);
	const uint32_t nodes = static_cast<uint32_t>(std::strtoul(argv[4], nullptr, 10));

	ns3::ObjectFactory scheduler;
	scheduler.SetTypeId("ns3::" + std::string(argv[1]) + "Scheduler");
	ns3::Simulator::SetScheduler(scheduler);

	Flood flood(nodes, messages);
	for (uint32_t m = 0; m < messages; m++) {
		const int64_t at = static_cast<int64_t>(m * (1e9 / per_second)) + 1;

		ns3::Simulator::Schedule(ns3::NanoSeconds(at), &Flood::Arrive, &flood,
					 static_cast<uint32_t>(Mix(m + 12345) % nodes), m, kNobody);
	}
	const double begin = CpuSeconds();
	ns3::Simulator::Run();
	const double cpu = CpuSeconds() - begin;
	ns3::Simulator::Destroy();

	std::printf("cpu_s=%.6f events=%" PRIu64 " firsts=%" PRIu64 " hash=%016" PRIx64 "\n", cpu,
		    flood.arrivals, flood.firsts, flood.hash);
	return 0;
}
