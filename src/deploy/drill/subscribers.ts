/** The subscribers of a drill: numbers that look like uins, spread below 2^32, each with an index. */
import { assert } from "../../base/assert.ts";
import { InvalidSetting } from "../services.ts";

const FIRST = 10_001;
/** Distance of two uins: prime, and chosen so that a million end below 2^32. */
const APART = 4_093;

/** Returns the uin of a subscriber, by its index from 0. */
export const uinOf = (index: number): number => FIRST + index * APART;

/** Returns the index of a uin among this many subscribers; undefined for other numbers. */
export const indexOf = (uin: number, subscribers: number): number | undefined => {
  const index = (uin - FIRST) / APART;
  return Number.isInteger(index) && index >= 0 && index < subscribers ? index : undefined;
};

/** Returns the uins of this many subscribers. */
export const allUins = (subscribers: number): readonly number[] => {
  assert(
    uinOf(subscribers) < 2 ** 32,
    () => `${String(subscribers)} subscribers do not fit into 32 bits: ask for at most ${String(MOST)}`,
  );
  return Array.from({ length: subscribers }, (_, index) => uinOf(index));
};

/** Subscribers of a drill by default. */
const USUAL = 1_000_000;
const MOST = Math.floor((2 ** 32 - 1 - FIRST) / APART);

/** Returns the number of subscribers that FIREDRILL_PUSH_SUBSCRIBERS asks for. Throws `InvalidSetting`. */
export const subscribersIn = (environment: Readonly<Record<string, string | undefined>>): number => {
  const text = environment["FIREDRILL_PUSH_SUBSCRIBERS"] ?? String(USUAL);
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new InvalidSetting(`FIREDRILL_PUSH_SUBSCRIBERS is "${text}": write a whole number from 1 to ${String(MOST)}`);
};
