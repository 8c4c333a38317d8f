/** The subscribers of a drill: numbers that look like uins, spread below 2^32, from which their place can be told. */
import { assert } from "../../base/assert.ts";
import { Misset } from "../services.ts";

const FIRST = 10_001;
/** Odd and prime; chosen so that a million end below 2^32. */
const APART = 4_093;

export const uinOf = (index: number): number => FIRST + index * APART;

/** Which of so many subscribers a uin is; undefined for others. */
export const indexOf = (uin: number, subscribers: number): number | undefined => {
  const index = (uin - FIRST) / APART;
  return Number.isInteger(index) && index >= 0 && index < subscribers ? index : undefined;
};

export const allUins = (subscribers: number): readonly number[] => {
  assert(uinOf(subscribers) < 2 ** 32, () => `${String(subscribers)} subscribers leave 32 bits`);
  return Array.from({ length: subscribers }, (_, index) => uinOf(index));
};

/** Of a drill, if nobody says how many. */
const USUAL = 1_000_000;
const MOST = Math.floor((2 ** 32 - 1 - FIRST) / APART);

/** How many subscribers FIREDRILL_PUSH_SUBSCRIBERS wants. Throws `Misset`. */
export const subscribersIn = (environment: Readonly<Record<string, string | undefined>>): number => {
  const text = environment["FIREDRILL_PUSH_SUBSCRIBERS"] ?? String(USUAL);
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new Misset(`FIREDRILL_PUSH_SUBSCRIBERS is "${text}": write a whole number from 1 to ${String(MOST)}`);
};
