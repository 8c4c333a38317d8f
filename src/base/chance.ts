/** Chances as numbers out of 2^32, so that a chance and a word of a draw are compared as they are: it happens if the word is less. */

/** A chance that is certain: one more than the largest word. */
export const CHANCE_ONE = 4_294_967_296;

/** Returns a fraction from 0 to 1 as a chance. */
export const chanceOf = (fraction: number): number => fraction * CHANCE_ONE;

/** Returns a chance or a word as a fraction: exact, and below 1 for every word. */
export const fractionOf = (chance: number): number => chance / CHANCE_ONE;
