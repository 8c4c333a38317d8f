// The population on ns-3's simulator. Arguments: scheduler, clients, simulated seconds (after 20 to warm up).
#include "model.h"

#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

struct Client {
  uint32_t attempts, nth;
};
static std::vector<Client> clients;
static uint64_t events = 0;

static void fire(uint32_t who) {
  events++;
  Client &client = clients[who];
  ns3::Simulator::Schedule(ns3::MilliSeconds(live(who, client.nth++, client.attempts)), &fire, who);
}

int main(int, char **argv) {
  ns3::ObjectFactory factory;
  factory.SetTypeId("ns3::" + std::string(argv[1]) + "Scheduler");
  ns3::Simulator::SetScheduler(factory);
  const auto n = (uint32_t)atof(argv[2]);
  clients.resize(n);
  for (uint32_t who = 0; who < n; who++) ns3::Simulator::Schedule(ns3::MilliSeconds(firstDue(who)), &fire, who);
  ns3::Simulator::Stop(ns3::Seconds(20));
  ns3::Simulator::Run();
  ns3::Simulator::Stop(ns3::Seconds(atof(argv[3])));
  events = 0;
  const clock_t start = clock();
  ns3::Simulator::Run();
  const double took = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"events\": %llu, \"seconds\": %f}\n", (unsigned long long)events, took);
  fflush(stdout);
  // Taking a million events apart one by one is not what is measured.
  _Exit(0);
}
