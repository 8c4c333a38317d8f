// HOLD on one of ns-3's schedulers, through its own interface. Arguments: scheduler, pending events, events to time.
#include <ns3/object-factory.h>
#include <ns3/scheduler.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

int main(int, char **argv) {
  ns3::ObjectFactory factory;
  factory.SetTypeId("ns3::" + std::string(argv[1]) + "Scheduler");
  const auto queue = factory.Create<ns3::Scheduler>();
  const auto n = (uint64_t)atof(argv[2]), events = (uint64_t)atof(argv[3]);
  std::vector<uint64_t> delays(65536);
  for (int i = 0; i < 65536; i++) delays[i] = llround(-log((i + 0.5) / 65536) * 1e9);
  uint32_t random = 1, uid = 0;
  auto delay = [&] { return delays[(random = random * 1664525u + 1013904223u) >> 16]; };
  for (uint64_t i = 0; i < n; i++) queue->Insert({nullptr, {delay(), uid++, 0}});
  auto hold = [&](uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
      ns3::Scheduler::Event event = queue->RemoveNext();
      event.key.m_ts += delay();
      event.key.m_uid = uid++;
      queue->Insert(event);
    }
  };
  hold(events / 2);
  const clock_t start = clock();
  hold(events);
  const double took = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"events\": %llu, \"seconds\": %f}\n", (unsigned long long)events, took);
}
