/** How far packets travel. */

const EARTH_KM = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance between two points given as latitude and longitude in degrees, whole kilometres (haversine). */
export const distanceKm = (from: readonly [number, number], to: readonly [number, number]): number => {
  const [latitude, longitude] = [radians(to[0] - from[0]) / 2, radians(to[1] - from[1]) / 2];
  const a =
    Math.sin(latitude) * Math.sin(latitude) +
    Math.cos(radians(from[0])) * Math.cos(radians(to[0])) * Math.sin(longitude) * Math.sin(longitude);
  return Math.round(2 * EARTH_KM * Math.asin(Math.sqrt(a)));
};
