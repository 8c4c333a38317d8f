// The population on a streaming calendar in C++: records of four words move from bucket to bucket, nothing is looked up.
// Arguments: clients, simulated seconds.
#include "model.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

struct Record {
  uint32_t who, due, attempts, nth;
};

constexpr uint32_t CHUNK = 256, BUCKETS = 2048, BUCKET_MS = 250;
constexpr int32_t NONE = -1;

static Record *pool;
static std::vector<int32_t> following;
static int32_t head[BUCKETS], tail[BUCKETS], unused = NONE, used = 0;
// The record after the last: a multiple of CHUNK means no room.
static uint32_t end[BUCKETS];

static void append(const Record &record) {
  const uint32_t bucket = record.due / BUCKET_MS % BUCKETS;
  if (end[bucket] % CHUNK == 0) {
    int32_t chunk = unused;
    if (chunk == NONE) chunk = used++;
    else unused = following[chunk];
    following[chunk] = NONE;
    if (tail[bucket] == NONE) head[bucket] = chunk;
    else following[tail[bucket]] = chunk;
    tail[bucket] = chunk;
    end[bucket] = chunk * CHUNK;
  }
  pool[end[bucket]++] = record;
}

static uint64_t drain(uint32_t bucket) {
  uint64_t events = 0;
  while (head[bucket] != NONE) {
    int32_t chunk = head[bucket];
    const int32_t last = tail[bucket];
    const uint32_t lastEnd = end[bucket];
    head[bucket] = tail[bucket] = NONE;
    end[bucket] = 0;
    for (;;) {
      const uint32_t stop = chunk == last ? lastEnd : (chunk + 1) * CHUNK;
      for (uint32_t at = chunk * CHUNK; at < stop; at++) {
        Record record = pool[at];
        record.due += live(record.who, record.nth++, record.attempts);
        append(record);
        events++;
      }
      const int32_t next = following[chunk];
      following[chunk] = unused;
      unused = chunk;
      if (chunk == last) break;
      chunk = next;
    }
  }
  return events;
}

int main(int, char **argv) {
  const auto n = (uint32_t)atof(argv[1]);
  const int seconds = atoi(argv[2]), warm = n > 10000000 ? 20 : 600;
  const size_t chunks = n / CHUNK + 2 * BUCKETS;
  pool = (Record *)calloc(chunks * CHUNK, sizeof(Record));
  following.resize(chunks);
  for (uint32_t b = 0; b < BUCKETS; b++) head[b] = tail[b] = NONE;
  for (uint32_t who = 0; who < n; who++) append({who, firstDue(who), 0, 0});
  uint32_t bucket = 0;
  auto run = [&](int simulated) {
    uint64_t events = 0;
    for (int left = simulated * 1000 / (int)BUCKET_MS; left > 0; left--) events += drain(bucket++ % BUCKETS);
    return events;
  };
  run(warm);
  const clock_t start = clock();
  const uint64_t events = run(seconds);
  const double took = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"events\": %llu, \"seconds\": %f}\n", (unsigned long long)events, took);
}
