/*
 * simgrid_phold.cpp - PHOLD on the timers of SimGrid's kernel: callbacks, no actors, no network.
 *
 * usage: simgrid_phold NODES EVENTS LOOKAHEAD     (LOOKAHEAD: in means of the delay, 0: none)
 *
 * An event counts itself at its node and sets a timer for one drawn at random, after the lookahead
 * and an exponential time with a mean of a millisecond.  Prints CPU seconds and events.
 */
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <unistd.h>
#include <vector>

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>

namespace {

double CpuSeconds()
{
	timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class Phold
{
      public:
	Phold(uint32_t nodes, uint64_t events, double lookahead)
	    : handled_(nodes), last_(events), base_s_(lookahead * 1e-3)
	{
	}

	void Begin()
	{
		for (uint32_t i = 0; i < handled_.size(); i++)
			SetTimer(i);
		begin_ = CpuSeconds();
	}

      private:
	void Handle(uint32_t node)
	{
		handled_[node]++;
		if (++events_ == last_)
			End();
		SetTimer(static_cast<uint32_t>((Draw() >> 32) * handled_.size() >> 32));
	}

	/* The engine cannot be stopped from a timer, so the process ends here. */
	[[noreturn]] void End()
	{
		std::printf("cpu_s=%.6f events=%" PRIu64 "\n", CpuSeconds() - begin_, events_);
		std::fflush(stdout);
		_exit(0);
	}

	void SetTimer(uint32_t node)
	{
		const double uniform = static_cast<double>((Draw() >> 11) + 1) * 0x1p-53;
		const double at =
			simgrid::s4u::Engine::get_clock() + base_s_ - std::log(uniform) * 1e-3;

		simgrid::kernel::timer::Timer::set(at, [this, node] { Handle(node); });
	}

	uint64_t Draw()
	{
		uint64_t z = state_ += UINT64_C(0x9E3779B97F4A7C15);

		z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
		return z ^ (z >> 31);
	}

	std::vector<uint64_t> handled_;
	uint64_t last_;
	double base_s_;
	double begin_ = 0;
	uint64_t events_ = 0;
	uint64_t state_ = 1;
};

} // namespace

int main(int argc, char **argv)
{
	simgrid::s4u::Engine engine(&argc, argv);

	if (argc != 4) {
		std::fprintf(stderr, "usage: %s NODES EVENTS LOOKAHEAD\n", argv[0]);
		return 2;
	}
	Phold phold(static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)),
		    std::strtoull(argv[2], nullptr, 10), std::strtod(argv[3], nullptr));

	/* Without an actor that waits, the engine ends at once. */
	simgrid::s4u::NetZone *zone = simgrid::s4u::create_full_zone("zone");
	simgrid::s4u::Host *host = zone->create_host("host", 1e9)->seal();
	zone->seal();
	simgrid::s4u::Actor::create("waiting", host,
				    [] { simgrid::s4u::this_actor::sleep_for(1e12); });
	phold.Begin();
	engine.run();
	return 1;
}
