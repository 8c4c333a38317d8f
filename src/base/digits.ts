/**
 * Writes numbers as people do: thousands separated, one minus sign, and never a power of ten. The functions use only their
 * arguments and one another, as the report page has them as text.
 */

/** Writes a number with this many decimals, e.g. `−1,234.50`. */
export const printFixed = (value: number, decimals: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  // From there on numbers are whole, and `toFixed` would write powers of ten.
  const written = size < 1e21 ? size.toFixed(decimals) : BigInt(size).toString();
  const [whole = "0", fraction] = written.split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
};

/** Writes a number with all of its digits, e.g. `25,000` or `−0.2`. */
export const printPlain = (value: number): string => {
  const [mantissa = "", exponent] = value.toExponential().split("e");
  const digits = mantissa.split(".")[1]?.length ?? 0;
  return printFixed(value, Math.min(100, Math.max(0, digits - Number(exponent ?? 0))));
};

/** Writes a number with at most this many significant digits. */
export const printShort = (value: number, significant: number): string =>
  printPlain(Number(value.toPrecision(significant)));

/** A script that declares the functions above. */
export const DIGITS_SCRIPT = Object.entries({ printFixed, printPlain, printShort })
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");
