/**
 * The members of a block as bytes: sorted, the differences written with seven bits a byte (LEB128). A block of 5,000 out of a
 * million takes two bytes per subscriber; both stores keep it for as long as the task lives.
 * Met by: src/world/push/stores.ts
 */
import { assert } from "../../base/assert.ts";

/** Packs uins, in any order: whole numbers from 1 to 2^53 - 1 without repeats, else it throws. */
export const pack = (uins: readonly number[] | Uint32Array): Uint8Array => {
  const sorted = new Float64Array(uins).sort();
  const bytes = new Uint8Array(8 * sorted.length);
  let [last, length] = [0, 0];
  for (const uin of sorted) {
    assert(Number.isSafeInteger(uin) && uin > last, () => `packs ${String(uin)} after ${String(last)}`);
    let left = uin - last;
    last = uin;
    // Not by shifts: those cut off what is beyond 32 bits.
    for (; left >= 128; left = Math.floor(left / 128)) bytes[length++] = (left % 128) + 128;
    bytes[length++] = left;
  }
  return bytes.slice(0, length);
};

/** Returns the uins of `pack` in rising order. Throws if the bytes end inside a number. */
export const unpack = (bytes: Uint8Array): number[] => {
  const uins: number[] = [];
  let [uin, value, unit] = [0, 0, 1];
  for (const byte of bytes) {
    value += (byte % 128) * unit;
    unit *= 128;
    if (byte >= 128) continue;
    uin += value;
    uins.push(uin);
    [value, unit] = [0, 1];
  }
  assert(unit === 1, () => `the last of ${String(bytes.length)} packed bytes promises another`);
  return uins;
};
