/** What a fault does, after the door: at least one of these. */
import type { Duration } from "../base/units.ts";

export interface FaultEffects {
  /** Share of packets lost on top of what the path loses, per direction. */
  readonly loss?: { readonly share: number; readonly direction: "both" | "up" | "down" };
  /** Added to the round trip. */
  readonly delay?: Duration;
  /** Nothing passes: `drop` is silence, `reset` answers every connect with a refusal. Use `port` in `where` for one port. */
  readonly block?: "drop" | "reset";
  /** Exit IPs change and NAT state is lost once, when the fault begins. */
  readonly cutOver?: boolean;
  readonly natTimeout?: Duration;
  /** A gateway, server, line or centre stops: `silent` (packets vanish), `reset` (sockets closed), `drained` (clients told to go first). */
  readonly down?: "silent" | "reset" | "drained";
  /** Servers, machines of a tier or shards serve this many times slower; 1 is no fault. */
  readonly slow?: number;
  /** This many times as many people log in anew, or tasks come to an entry, per second; 1 is no fault. */
  readonly surge?: number;
  /** Client reports lost on the way to the scheduler, and how much later the others arrive. */
  readonly telemetry?: { readonly lost: number; readonly late: Duration };
  /** How often a host of workers crashes in an hour, on the average. */
  readonly crash?: number;
  /** A shard's primary is lost once, when the fault begins, and with it what its replica had not heard. */
  readonly failover?: boolean;
  /** Replicas are so much further behind. */
  readonly storeLag?: Duration;
  /** Share of blocks that the broker hands out once more while the first is worked on. */
  readonly redelivery?: number;
  /** Hosts' clocks are ahead by this. */
  readonly skew?: number;
}
