// The plain population of the peers: a beat every 270 s ± 10 %, one in fifty lost, one attempt to connect in ten refused.
#pragma once
#include <cstdint>

// pcg3d (Jarzynski and Olano, JCGT 9(3), 2020), two words out.
inline void draw(uint32_t who, uint32_t nth, uint32_t &first, uint32_t &second) {
  uint32_t x = who * 1664525u + 1013904223u, y = nth * 1664525u + 1013904223u, z = 7 * 1664525u + 1013904223u;
  x += y * z, y += z * x, z += x * y;
  x ^= x >> 16, y ^= y >> 16, z ^= z >> 16;
  x += y * z, y += z * x;
  first = x, second = y;
}

inline uint32_t part(uint32_t word, uint32_t of) { return (uint64_t)word * of >> 32; }

// One event of one client: `attempts` is 0 online. Changes it and returns the delay to the next event, ms.
inline uint32_t live(uint32_t who, uint32_t nth, uint32_t &attempts) {
  uint32_t chance, spread;
  draw(who, nth, chance, spread);
  if (attempts == 0) {
    if (chance >= 85899346u) return 243000 + part(spread, 54001);
    attempts = 1;
    return 500 + part(spread, 500);
  }
  if (chance >= 429496730u) {
    attempts = 0;
    return 243000 + part(spread, 54001);
  }
  const uint32_t half = attempts < 6 ? 500u << attempts : 30000;
  if (attempts < 7) attempts++;
  return half + part(spread, half);
}

inline uint32_t firstDue(uint32_t who) {
  uint32_t chance, spread;
  draw(who, 0xffffffffu, chance, spread);
  return part(chance, 270000);
}
