"""HOLD in SimPy, as its users write it: a process for each event. Arguments: processes, events to time."""
import json
import math
import sys
import time

import simpy

n, events = int(float(sys.argv[1])), int(float(sys.argv[2]))
delays = [round(-math.log((i + 0.5) / 65536) * 1e9) for i in range(65536)]
random = 1


def hold(env):
    global random
    while True:
        random = (random * 1664525 + 1013904223) & 0xFFFFFFFF
        yield env.timeout(delays[random >> 16])


env = simpy.Environment()
for _ in range(n):
    env.process(hold(env))
for _ in range(n + events // 2):
    env.step()
start = time.process_time()
for _ in range(events):
    env.step()
print(json.dumps({"events": events, "seconds": time.process_time() - start}))
