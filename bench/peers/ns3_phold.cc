/*
 * ns3_phold.cc - PHOLD on ns-3's event scheduler: one event a node is waiting, always.
 *
 * usage: ns3_phold SCHEDULER NODES EVENTS LOOKAHEAD     (LOOKAHEAD: in means of the delay, 0: none)
 *
 * An event counts itself at its node and schedules one at a node drawn at random, after 1 ns, the
 * lookahead and an exponential time with a mean of a millisecond.  Prints CPU seconds and events.
 */
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <ns3/core-module.h>

namespace {

class Phold
{
      public:
	Phold(uint32_t nodes, uint64_t events, double lookahead)
	    : handled_(nodes), last_(events), base_ns_(1 + static_cast<int64_t>(lookahead * 1e6))
	{
	}

	void Begin()
	{
		for (uint32_t i = 0; i < handled_.size(); i++)
			ScheduleAt(i);
	}

	void Handle(uint32_t node)
	{
		handled_[node]++;
		if (++events == last_) {
			ns3::Simulator::Stop();
			return;
		}
		ScheduleAt(static_cast<uint32_t>((Draw() >> 32) * handled_.size() >> 32));
	}

	uint64_t events = 0;

      private:
	void ScheduleAt(uint32_t node)
	{
		const double uniform = static_cast<double>((Draw() >> 11) + 1) * 0x1p-53;
		const int64_t delay = base_ns_ + static_cast<int64_t>(-std::log(uniform) * 1e6);

		ns3::Simulator::Schedule(ns3::NanoSeconds(delay), &Phold::Handle, this, node);
	}

	/* splitmix64: cheaper than any of ns-3's own generators. */
	uint64_t Draw()
	{
		uint64_t z = state_ += UINT64_C(0x9E3779B97F4A7C15);

		z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
		return z ^ (z >> 31);
	}

	std::vector<uint64_t> handled_;
	uint64_t last_;
	int64_t base_ns_;
	uint64_t state_ = 1;
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
		std::fprintf(stderr, "usage: %s SCHEDULER NODES EVENTS LOOKAHEAD\n", argv[0]);
		return 2;
	}
	ns3::ObjectFactory scheduler;
	scheduler.SetTypeId("ns3::" + std::string(argv[1]) + "Scheduler");
	ns3::Simulator::SetScheduler(scheduler);

	Phold phold(static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10)),
		    std::strtoull(argv[3], nullptr, 10), std::strtod(argv[4], nullptr));
	phold.Begin();
	const double begin = CpuSeconds();
	ns3::Simulator::Run();
	const double cpu = CpuSeconds() - begin;

	std::printf("cpu_s=%.6f events=%" PRIu64 "\n", cpu, phold.events);
	ns3::Simulator::Destroy();
	return 0;
}
