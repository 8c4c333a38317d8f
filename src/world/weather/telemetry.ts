/** Weather on the telemetry feed: reports of clients are lost on the way to the scheduler, and the others arrive late. */
import type { Telemetry } from "../population/telemetry.ts";
import type { WeatherEffect } from "./effect.ts";

export interface TelemetryParts {
  readonly telemetry: Pick<Telemetry, "extraLost" | "extraLateMs">;
}

/** Sets the loss and delay of reports: a report arrives if no fault loses it, and the delays of several faults add up. */
export const lostAndLateReports = ({ telemetry }: TelemetryParts): WeatherEffect => ({
  combine: (active) => {
    telemetry.extraLost = 1 - active.product((effects) => 1 - (effects.telemetry?.lost ?? 0));
    telemetry.extraLateMs = active.sum((effects) => (effects.telemetry?.late ?? 0) / 1_000);
  },
});
