/** Distances between places. */

/* eslint-disable no-restricted-syntax -- sin, cos and asin may differ in their last bits between Node versions; the result
   is rounded to whole kilometres, which such a difference does not change. */

const EARTH_KM = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Returns the great-circle distance between two points in degrees of latitude and longitude, whole kilometres (haversine). */
export const distanceKm = (from: readonly [number, number], to: readonly [number, number]): number => {
  const [latitude, longitude] = [radians(to[0] - from[0]) / 2, radians(to[1] - from[1]) / 2];
  const a =
    Math.sin(latitude) * Math.sin(latitude) +
    Math.cos(radians(from[0])) * Math.cos(radians(to[0])) * Math.sin(longitude) * Math.sin(longitude);
  return Math.round(2 * EARTH_KM * Math.asin(Math.sqrt(a)));
};
