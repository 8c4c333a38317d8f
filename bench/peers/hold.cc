// HOLD on std::priority_queue, by time and then first come, first served. Arguments: pending events, events to time.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Event {
  uint64_t time;
  uint32_t sequence, payload;
};
struct Later {
  bool operator()(const Event &a, const Event &b) const {
    return a.time > b.time || (a.time == b.time && a.sequence > b.sequence);
  }
};

int main(int, char **argv) {
  const auto n = (uint64_t)atof(argv[1]), events = (uint64_t)atof(argv[2]);
  std::vector<uint64_t> delays(65536);
  for (int i = 0; i < 65536; i++) delays[i] = llround(-log((i + 0.5) / 65536) * 1e9);
  std::vector<Event> room;
  room.reserve(n + 1);
  std::priority_queue<Event, std::vector<Event>, Later> queue(Later{}, std::move(room));
  uint32_t random = 1, sequence = 0;
  auto delay = [&] { return delays[(random = random * 1664525u + 1013904223u) >> 16]; };
  for (uint64_t i = 0; i < n; i++) queue.push({delay(), sequence++, (uint32_t)i});
  auto hold = [&](uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
      const Event event = queue.top();
      queue.pop();
      queue.push({event.time + delay(), sequence++, event.payload});
    }
  };
  hold(events / 2);
  const clock_t start = clock();
  hold(events);
  const double took = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"events\": %llu, \"seconds\": %f}\n", (unsigned long long)events, took);
}
