/** What a scenario's model says to the parts that measure people. */
import type { WorldModel } from "../scenario/scenario.ts";
import type { MeterPlan } from "./meter.ts";
import type { TelemetryPlan } from "./population/telemetry.ts";

/** Returns how clients report. */
export const telemetryPlan = ({ telemetry, scheduler }: WorldModel, seed: string, gateways: number): TelemetryPlan => ({
  seed,
  gateways,
  probesABeat: telemetry.probesABeat,
  batchRounds: Math.max(1, Math.round(telemetry.batch / scheduler.round)),
  lateMs: telemetry.late / 1_000,
  lost: telemetry.lost,
  explore: scheduler.explore,
  roundMs: scheduler.round / 1_000,
});

/** Returns what packets are counted by. */
export const meterPlan = ({ clients, telemetry }: WorldModel, seed: string): MeterPlan => ({
  seed,
  probesABeat: telemetry.probesABeat,
  messagesAnHour: clients.messagesAnHour,
  packetsAMessage: clients.packetsAMessage,
});
