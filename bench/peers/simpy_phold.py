"""simpy_phold.py - PHOLD on SimPy: timeouts with callbacks, no processes.

usage: simpy_phold.py NODES EVENTS LOOKAHEAD     (LOOKAHEAD: in means of the delay, 0: none)

An event counts itself at its node and makes a timeout for one drawn at random, after the lookahead
and an exponential time with a mean of 1.  Prints CPU seconds and events.
"""
import random
import sys
import time

import simpy


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    nodes, last, lookahead = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    env = simpy.Environment()
    handled = [0] * nodes
    events = 0
    end = env.event()
    uniform = random.Random(1).random
    exponential = random.Random(2).expovariate

    def handle(timeout):
        nonlocal events
        handled[timeout.value] += 1
        events += 1
        if events == last:
            end.succeed()
        else:
            begin_timeout(int(uniform() * nodes))

    def begin_timeout(node):
        env.timeout(lookahead + exponential(1.0), node).callbacks.append(handle)

    for node in range(nodes):
        begin_timeout(node)
    begin = time.process_time()
    env.run(until=end)
    print(f"cpu_s={time.process_time() - begin:.6f} events={events}")


main()
