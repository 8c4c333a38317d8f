"""The population in SimPy: a process for each client. Arguments: clients, simulated seconds (after 20 to warm up)."""
import json
import os
import random
import sys
import time

import simpy

n, seconds = int(float(sys.argv[1])), int(sys.argv[2])
uniform = random.Random(7).random
events = 0


def client(env):
    global events
    yield env.timeout(int(uniform() * 270000))
    while True:
        events += 1
        if uniform() >= 0.02:
            yield env.timeout(243000 + int(uniform() * 54001))
            continue
        yield env.timeout(500 + int(uniform() * 500))
        events += 1
        attempts = 1
        while uniform() < 0.1:
            half = min(500 << attempts, 30000)
            attempts = min(attempts + 1, 7)
            yield env.timeout(half + int(uniform() * half))
            events += 1
        yield env.timeout(243000 + int(uniform() * 54001))


env = simpy.Environment()
for _ in range(n):
    env.process(client(env))
env.run(until=20_000)
events = 0
start = time.process_time()
env.run(until=20_000 + seconds * 1000)
print(json.dumps({"events": events, "seconds": time.process_time() - start}), flush=True)
# Taking a million processes apart one by one is not what is measured.
os._exit(0)
