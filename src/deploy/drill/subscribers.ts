/** The subscribers of a drill: numbers that look like uins, spread below 2^32, from which their place can be told. */
import { assert } from "../../base/assert.ts";

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
