/**
 * The parts of tasks in Redis, as the source text has it: a block is popped at random from the set of subscribers and put into a set of its own
 * in one script, so that a crash leaves each subscriber in one of the two. All keys of a part share a hash slot, so that they stay together on one
 * shard of a cluster while the parts of a task spread over all.
 */
import { randomUUID } from "node:crypto";
import type { Claimed, PartStatus, Reported } from "../../algorithms/push/claim.ts";
import { pack } from "../../algorithms/push/packing.ts";
import type { BlockName, TaskId } from "../../algorithms/push/task.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { PartContents, Parts } from "../ports.ts";
import { PRELUDE, Script, type Redis } from "./connection.ts";

/**
 * KEYS: source, filled, claims, finished, claim; of scripts that look at all claims the last is what their names begin with: they are in
 * the slot of the others. `claims` maps a block to "until left owner": the end of its lease, the number of members still to be
 * told, and the owner. `exchange` makes a list the members of a claim: they leave the source, and other members of the claim go
 * back to it. If they are known to be those of the claim, none is looked for in the source.
 */
const PART = `${PRELUDE}
local source, filled, claims, finished, claim = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local block, owner, lease = ARGV[1], ARGV[2], ARGV[3]
local function held()
  local value = redis.call('HGET', claims, block)
  if not value then return nil end
  local till, left, whose = string.match(value, '^(%d+) (%d+) (.*)$')
  return tonumber(till), left, whose
end
local function keep(left)
  redis.call('HSET', claims, block, whole(clock() + lease) .. ' ' .. left .. ' ' .. owner)
end
local function exchange(list, first, isKnown)
  local was = claim .. ':was'
  if redis.call('EXISTS', claim) == 1 then redis.call('RENAME', claim, was) end
  each('SADD', claim, list, first)
  local strays = redis.call('SDIFF', was, claim)
  each('SADD', source, strays, 1)
  if not isKnown or #strays > 0 then each('SREM', source, list, first) end
  redis.call('DEL', was)
end
`;

/** ARGV: block, owner, lease. */
const UNLESS_FINISHED = `${PART}
if redis.call('HEXISTS', finished, block) == 1 then return {'finished'} end
if redis.call('EXISTS', filled) == 0 then return {'unknown'} end
local till, left, whose = held()
`;

/** Leases are compared by the store's clock alone. */
const RESUMING = `${UNLESS_FINISHED}
if till and whose ~= owner and till > clock() then return {'busy', whole(till)} end
if till then
  keep(left)
  return {'yours', 0, redis.call('SMEMBERS', claim)}
end
`;

const RESUME = new Script(`${RESUMING}
return {'unknown'}`);

/** ARGV[4]: size. */
const CLAIM = new Script(`${RESUMING}
local members = redis.call('SPOP', source, ARGV[4])
each('SADD', claim, members, 1)
keep(#members)
return {'yours', 1, members}`);

/** ARGV[4] and on: members. A claim that was another's is never undone. */
const ADOPT = new Script(`${UNLESS_FINISHED}
if till and whose ~= owner then return {'busy', whole(till)} end
exchange(ARGV, 4)
keep(redis.call('SCARD', claim))
return {'yours', 1, redis.call('SMEMBERS', claim)}`);

/** ARGV[4] and on: the members told. */
const REPORT = new Script(`${PART}
local till, left, whose = held()
if whose ~= owner then return {'lost', whose and 0 or 1} end
each('SREM', claim, ARGV, 4)
left = redis.call('SCARD', claim)
keep(left)
return {'yours', left}`);

/** ARGV: block, and from 2 on members. Also before the part is filled. */
const RESTORE = new Script(`${PART}
if redis.call('HEXISTS', finished, block) == 1 or redis.call('HEXISTS', claims, block) == 1 then return 0 end
exchange(ARGV, 2)
redis.call('HSET', claims, block, whole(clock()) .. ' ' .. redis.call('SCARD', claim) .. ' ')
return 1`);

/** ARGV: block, the members packed, and from 3 on the members. The usual end is that all were reported. */
const FINISH = new Script(`${PART}
if redis.call('HSETNX', finished, block, ARGV[2]) == 0 then return 0 end
local isKnown = redis.call('HEXISTS', claims, block) == 1
if not isKnown or redis.call('EXISTS', claim) == 1 then exchange(ARGV, 3, isKnown) end
redis.call('HDEL', claims, block)
redis.call('DEL', claim)
return 1`);

/** KEYS[6]: what was brought in. */
const FILL = new Script(`${PART}
if redis.call('SETNX', filled, 1) == 0 then
  redis.call('DEL', KEYS[6])
elseif redis.call('EXISTS', KEYS[6]) == 1 then
  redis.call('PERSIST', KEYS[6])
  redis.call('RENAME', KEYS[6], source)
  for _, known in ipairs(redis.call('HKEYS', claims)) do
    redis.call('SDIFFSTORE', source, source, claim .. known)
  end
end
return redis.call('SCARD', source)`);

const STATUS = new Script(`${PART}
return {whole(clock()), redis.call('EXISTS', filled), redis.call('SCARD', source), redis.call('HGETALL', claims), redis.call('HKEYS', finished)}`);

const CLAIMED = new Script(`${PART}
local all = {}
for _, known in ipairs(redis.call('HKEYS', claims)) do
  all[#all + 1] = {known, redis.call('SMEMBERS', claim .. known)}
end
return all`);

/** What a crash while filling leaves behind goes away after this many seconds; chosen. */
const LEFT_BEHIND = 3_600;
/** Members a command; chosen so that one takes well under a millisecond of the store. */
const CHUNK = 1_000;

export class RedisParts implements Parts {
  readonly #redis: Redis;
  readonly #prefix: string;

  /** `prefix` keeps several installations on one Redis apart. */
  constructor(redis: Redis, prefix = "push") {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async fill(task: TaskId, part: number, members: readonly number[]): Promise<number> {
    const keys = this.#keys({ task, part });
    const bringing = `${this.#key(task, part)}:bringing:${randomUUID()}`;
    for (let from = 0; from < members.length; from += CHUNK) {
      const chunk = members.slice(from, from + CHUNK).map(String);
      const answers = await this.#redis.multi().sadd(bringing, chunk).expire(bringing, LEFT_BEHIND).exec();
      for (const [error] of answers ?? []) if (error !== null) throw error;
    }
    return Number(await FILL.run(this.#redis, [...keys, bringing], []));
  }

  async claim(name: BlockName, owner: string, size: number, lease: Duration): Promise<Claimed> {
    return claimed(await CLAIM.run(this.#redis, this.#keys(name), [name.block, owner, lease, size]));
  }

  async resume(name: BlockName, owner: string, lease: Duration): Promise<Claimed> {
    return claimed(await RESUME.run(this.#redis, this.#keys(name), [name.block, owner, lease]));
  }

  async adopt(name: BlockName, owner: string, members: readonly number[], lease: Duration): Promise<Claimed> {
    return claimed(await ADOPT.run(this.#redis, this.#keys(name), [name.block, owner, lease, ...members]));
  }

  async report(name: BlockName, owner: string, uins: readonly number[], lease: Duration): Promise<Reported> {
    const answer = await REPORT.run(this.#redis, this.#keys(name), [name.block, owner, lease, ...uins]);
    const [kind, number] = answer as ["yours" | "lost", number];
    return kind === "yours" ? { kind, left: number } : { kind, isForgotten: number === 1 };
  }

  async restore(name: BlockName, members: readonly number[]): Promise<void> {
    await RESTORE.run(this.#redis, this.#keys(name), [name.block, ...members]);
  }

  async finish(name: BlockName, members: readonly number[]): Promise<void> {
    await FINISH.run(this.#redis, this.#keys(name), [name.block, Buffer.from(pack(members)), ...members]);
  }

  async status(task: TaskId, part: number): Promise<PartStatus> {
    const answer = await STATUS.run(this.#redis, this.#keys({ task, part }), []);
    const [clock, filled, source, claims, finished] = answer as [string, number, number, string[], string[]];
    return {
      isFilled: filled === 1,
      source,
      claims: pairs(claims).map(([block, value]) => {
        const [until, left] = value.split(" ");
        return { block: Number(block), left: Number(left), isHeld: Number(until) > Number(clock) };
      }),
      finished: finished.map(Number),
    };
  }

  async contents(task: TaskId, part: number): Promise<PartContents> {
    const keys = this.#keys({ task, part });
    const claims = (await CLAIMED.run(this.#redis, keys, [])) as [string, string[]][];
    const finished = await this.#redis.hgetallBuffer(keys[3]!);
    return {
      claims: new Map(claims.map(([block, members]) => [Number(block), members.map(Number)])),
      finished: new Map(Object.entries(finished).map(([block, packed]) => [Number(block), new Uint8Array(packed)])),
    };
  }

  #key(task: TaskId, part: number): string {
    return `{${this.#prefix}:${task}:${String(part)}}`;
  }

  #keys({ task, part, block }: Omit<BlockName, "block"> & { readonly block?: number }): string[] {
    const key = this.#key(task, part);
    return [
      ...["source", "filled", "claims", "finished"].map((name) => `${key}:${name}`),
      `${key}:claim:${String(block ?? "")}`,
    ];
  }
}

const pairs = (flat: readonly string[]): (readonly [string, string])[] =>
  flat.flatMap((field, index) => (index % 2 === 0 ? [[field, flat[index + 1]!] as const] : []));

const claimed = (answer: unknown): Claimed => {
  const [kind, first, members] = answer as [Claimed["kind"], string | number, string[]];
  switch (kind) {
    case "finished":
    case "unknown":
      return { kind };
    case "busy":
      return { kind, until: Number(first) as Instant };
    case "yours":
      return { kind, members: members.map(Number), isNew: first === 1 };
  }
};
