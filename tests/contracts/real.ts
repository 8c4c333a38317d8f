/**
 * Tests against real services: they run when the service answers. When FIREDRILL_REQUIRE_SERVICES is 1, as CI has it, one that is away is a
 * failed test; else its tests are skipped.
 */
import { randomBytes } from "node:crypto";
import { describe, it } from "vitest";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { ServiceUnavailable, locate, type Service, type ServiceName } from "../../src/deploy/services.ts";

/** A prefix of this run's own, so that runs side by side on one service do not meet. */
export const ownName = (): string => `firedrill_test_${randomBytes(6).toString("hex")}`;

const knock = async (service: Service): Promise<void> => {
  switch (service.name) {
    case "redis":
      return void (await connectRedis(service)).disconnect();
    case "mysql":
      return (await connectMysql(service)).end();
    case "rabbitmq":
      return (await connectRabbit(service)).close();
  }
};

const awayOf = async (service: Service): Promise<ServiceUnavailable | undefined> => {
  try {
    await knock(service);
    return undefined;
  } catch (error) {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  }
};

/** `describe` for tests that need a service: run, skipped or failed. Call it at the top of a test file, and wait for it. */
export const describeReal = async (name: ServiceName, title: string, body: (service: Service) => void): Promise<void> =>
  describeAllReal([name], title, () => body(locate(name, process.env)));

/** As `describeReal`, for tests that need several. */
export const describeAllReal = async (
  names: readonly ServiceName[],
  title: string,
  body: () => void,
): Promise<void> => {
  const all = await Promise.all(names.map((name) => awayOf(locate(name, process.env))));
  const away = all.find((one) => one !== undefined);
  if (away === undefined) describe(title, body);
  else if (process.env["FIREDRILL_REQUIRE_SERVICES"] === "1")
    it(title, () => {
      throw away;
    });
  else describe.skip(title, body);
};
