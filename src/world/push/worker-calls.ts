/**
 * The calls of a slot to the stores, the limiter and the message service: each takes its time there and back, and the audit
 * hears of it at the moment at which it takes effect. A call that fails is answered with an input like any other.
 */
import type { Claimed, Hold } from "../../algorithms/push/claim.ts";
import { grantOf } from "../../algorithms/push/limiter.ts";
import type { WorkerEffect, WorkerInput } from "../../algorithms/push/messages.ts";
import { identity } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import type { EventQueue } from "../../engine/event-queue.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Audit } from "./audit.ts";
import type { Delivery } from "./broker.ts";
import type { LimiterKey } from "./limiters.ts";
import type { SimulatedMessageService } from "./message-service.ts";
import { type StoreCaller, type Lines, longestWay, type Stores } from "./stores.ts";

/** Effects of a worker that are answered. */
export type Asked = Exclude<WorkerEffect, { readonly kind: "acknowledge" | "return" | "reconcile" }>;

/** What a slot calls. */
export interface CallParts {
  readonly model: PushModel;
  readonly events: EventQueue;
  readonly lines: Lines;
  readonly stores: Stores;
  readonly limiter: LimiterKey;
  readonly service: SimulatedMessageService;
  readonly audit: Audit;
}

type Answer = (input: WorkerInput) => void;

/** The calls of one slot. */
export class WorkerCalls {
  readonly #parts: CallParts;
  readonly #owner: string;
  readonly #caller: StoreCaller;
  readonly #clock: { readonly skew: Duration };

  /** `owner` is the slot's name in the store; its host's clock is off by `skew`. */
  constructor(parts: CallParts, owner: string, clock: { readonly skew: Duration }) {
    this.#parts = parts;
    this.#owner = owner;
    this.#caller = { who: identity(owner), calls: 0 };
    this.#clock = clock;
  }

  /** Performs an effect of the machine that works on `delivery`, and answers later. */
  perform(effect: Asked, delivery: Delivery, answer: Answer): void {
    const { stores, model, events } = this.#parts;
    const { block } = delivery.name;
    const { store, records } = stores.part(delivery.name);
    switch (effect.kind) {
      case "look-up":
        this.#askRecords(() => ({ kind: "looked-up", record: records.get(block) }), answer);
        return;
      case "record":
        this.#askRecords(() => ({ kind: "recorded", record: records.record(block, effect.members) }), answer);
        return;
      case "record-finished":
        this.#askRecords(() => {
          records.finish(block, effect.members);
          return { kind: "record-is-finished" };
        }, answer);
        return;
      case "claim": {
        const size = model.workers.block;
        this.#claim(delivery, size, (hold) => stores.claim(delivery.name, { ...hold, size }), answer);
        return;
      }
      case "resume":
        this.#claim(delivery, 1, (hold) => store.resume(hold), answer);
        return;
      case "adopt": {
        const { members } = effect;
        this.#claim(delivery, members.length, (hold) => store.adopt({ ...hold, members }), answer);
        return;
      }
      case "grant":
        this.#grant(effect.want, answer);
        return;
      case "push":
        this.#push(delivery, effect.uins, answer);
        return;
      case "report":
        this.#report(delivery, effect.uins, answer);
        return;
      case "finish": {
        const finish = (): WorkerInput => {
          store.finish({ block, members: effect.members, now: events.now });
          return { kind: "finished" };
        };
        this.#askStore(delivery, effect.members.length, finish, answer);
        return;
      }
    }
  }

  #hold({ name }: Delivery): Hold {
    const { events, model } = this.#parts;
    return { block: name.block, owner: this.#owner, now: events.now, lease: model.workers.lease };
  }

  #askRecords(perform: () => WorkerInput, answer: Answer): void {
    this.#parts.stores.callRecords(this.#caller, perform, (input) => {
      answer(input?.value ?? { kind: "failed", what: "the records are away" });
    });
  }

  #askStore({ name }: Delivery, members: number, perform: () => WorkerInput, answer: Answer): void {
    const { stores } = this.#parts;
    stores.call(this.#caller, { shard: stores.part(name).shard, members }, perform, (input) => {
      answer(input ?? { kind: "failed", what: "the store is away" });
    });
  }

  #claim(delivery: Delivery, members: number, claim: (hold: Hold) => Claimed, answer: Answer): void {
    const perform = (): WorkerInput => {
      const claimed = claim(this.#hold(delivery));
      this.#parts.audit.claimed(this.#owner, delivery, claimed);
      return { kind: "claimed", answer: claimed };
    };
    this.#askStore(delivery, members, perform, answer);
  }

  /** Grants are shortened by the longest way to the service, so that what is pushed by them arrives in time. */
  #grant(want: number, answer: Answer): void {
    const { stores, limiter, events, model } = this.#parts;
    const asked = events.now;
    const jitter = (model.limiter.jitter - longestWay(model.service.latency)) as Duration;
    stores.call(
      this.#caller,
      { shard: stores.limiterShard, members: 1 },
      () => limiter.ask(want, events.now, this.#clock.skew),
      (reservation) => {
        answer(
          reservation === undefined
            ? { kind: "failed", what: "the limiter is away" }
            : { kind: "granted", grant: grantOf(reservation, { asked, answered: events.now, jitter }) },
        );
      },
    );
  }

  #push(delivery: Delivery, uins: readonly number[], answer: Answer): void {
    const { events, lines, model, service, stores, audit } = this.#parts;
    const { task } = stores.part(delivery.name);
    audit.pushes(this.#owner, uins);
    events.in(lines.way(this.#caller, model.service.latency), () => {
      const refused = service.arrive({ task, delivery, uins }, events.now);
      events.in(lines.way(this.#caller, model.service.latency), () => {
        answer({ kind: "pushed", refused });
      });
    });
  }

  #report(delivery: Delivery, uins: readonly number[], answer: Answer): void {
    const { stores, audit } = this.#parts;
    const part = stores.part(delivery.name);
    audit.reports(this.#owner);
    stores.call(
      this.#caller,
      { shard: part.shard, members: uins.length },
      () => {
        const reported = part.store.report({ ...this.#hold(delivery), uins });
        if (reported.kind === "yours") audit.wrote(part, uins);
        return reported;
      },
      (reported) => {
        audit.reported(this.#owner, reported);
        answer(
          reported === undefined
            ? { kind: "failed", what: "the store is away" }
            : { kind: "reported", answer: reported },
        );
      },
    );
  }
}
