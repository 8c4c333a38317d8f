/** Draws the regions as a schematic grid of tiles, coloured by the judged figure or the loss. */
import { printFixed, printPlain } from "../../base/digits.ts";
import { metricOf } from "../../scenario/metrics.ts";
import type { RunDocument, RunPictures } from "../../study/document.ts";
import { causeOf, type DifferenceCause } from "../causes.ts";
import { labelOf } from "../labels.ts";
import { NO_BREAK, unitOfDifference } from "../numbers.ts";
import { section } from "./pieces.ts";
import { html, NOTHING, type Markup } from "./markup.ts";

type Tile = RunPictures["tiles"][number];

/** Lower edges of the colours, percent; fixed, so that two runs compare at a glance. Chosen around the 1–2 % of a normal day. */
const LOSS_EDGES = [0, 0.5, 1, 1.5, 2, 3, 5, 10] as const;

const WIDTH = 62;
const HEIGHT = 52;
const GAP = 5;
const DECIMALS = 2;
/** The change for the worse from which a tile is ringed: a share of the value without the fault, and for losses at least this percentage; chosen. */
const RING = { share: 0.2, percent: 0.1 };

/** What the map shows of one region. */
interface Shown extends Pick<Tile, "code" | "title" | "tile"> {
  readonly value: number | null;
  readonly noFault: number | null;
}

/** How the map shows its figure. */
interface MapScale {
  readonly title: string;
  readonly unit: string;
  /** Lower edges of the colours, ascending. */
  readonly edges: readonly number[];
  /** True if low values are bad. */
  readonly isHighBetter: boolean;
  readonly leastRing: number;
  readonly print: (value: number) => string;
}

const known = (tiles: readonly Shown[]): readonly number[] =>
  tiles.flatMap(({ value, noFault }) => [value, noFault].filter((one) => one !== null));

/** The least width of a colour, as a share of the greatest value: smaller differences are none to look at. Chosen. */
const STEP_LEAST = 0.01;

/** Returns at most as many edges as there are colours, from a round number below the values to one below the greatest. */
const edgesFor = (values: readonly number[]): readonly number[] => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const rough = Math.max((most - least) / (LOSS_EDGES.length - 1), STEP_LEAST * Math.abs(most)) || 1;
  const ten = Number(`1e${String(Math.floor(Math.log10(rough)))}`);
  const step = ([1, 2, 5].find((one) => one * ten >= rough) ?? 10) * ten;
  const first = Math.floor(least / step) * step;
  return LOSS_EDGES.map((_, i) => Number((first + i * step).toPrecision(12))).filter(
    (edge, i) => i === 0 || edge < most,
  );
};

const LOSS: MapScale = {
  title: "Packet loss",
  unit: "%",
  edges: LOSS_EDGES,
  isHighBetter: false,
  leastRing: RING.percent,
  print: (value) => printFixed(value, DECIMALS),
};

const scaleOf = (map: RunPictures["map"], tiles: readonly Shown[]): MapScale => {
  const values = known(tiles);
  if (map === undefined || values.length === 0) return LOSS;
  const edges = edgesFor(values);
  const decimals = Math.max(0, 1 - Math.floor(Math.log10((edges[1] ?? edges[0]! + 1) - edges[0]!)));
  return {
    title: labelOf(map),
    unit: map.unit,
    edges,
    isHighBetter: metricOf(map.parts.metric)?.better === "high",
    leastRing: 0,
    print: (value) => printFixed(value, decimals),
  };
};

/** Returns what the map shows: the judged figure if there is one, else the loss. */
const shownOf = ({ tiles, map }: Pick<RunPictures, "tiles" | "map">): readonly Shown[] =>
  tiles.map(({ code, title, tile, loss, noFault, value = null, valueNoFault = null }) =>
    map === undefined
      ? { code, title, tile, value: loss, noFault }
      : { code, title, tile, value, noFault: valueNoFault },
  );

const added = ({ value, noFault }: Shown): number | undefined =>
  value === null || noFault === null ? undefined : value - noFault;

const isHit = (tile: Shown, { leastRing, isHighBetter }: MapScale): boolean => {
  const more = added(tile);
  const worse = isHighBetter ? -(more ?? 0) : (more ?? 0);
  return worse > 0 && worse >= Math.max(leastRing, Math.abs(tile.noFault ?? 0) * RING.share);
};

/** Returns the number of a value's colour: the better, the paler. */
const colorOf = (place: number, { edges, isHighBetter }: MapScale): number =>
  isHighBetter ? edges.length - 1 - place : place;

const classOf = ({ value }: Shown, scale: MapScale): string =>
  value === null
    ? "none"
    : `loss-${String(
        colorOf(
          scale.edges.findLastIndex((edge) => value >= edge),
          scale,
        ),
      )}`;

const valueText = (value: number | null, { unit, print }: MapScale): string =>
  value === null ? "no data" : `${print(value)} ${unit}`.trimEnd();

const inWords = (tile: Shown, cause: DifferenceCause, scale: MapScale): string => {
  const more = added(tile);
  if (more === undefined) return `${tile.title}: ${valueText(tile.value, scale)}`;
  const change = `${more < 0 ? "" : "+"}${scale.print(more)}${NO_BREAK}${unitOfDifference(scale.unit)}`.trimEnd();
  return `${tile.title}: ${valueText(tile.value, scale)}, without ${cause} ${valueText(tile.noFault, scale)} (${change})`;
};

const drawn = (tile: Shown, cause: DifferenceCause, scale: MapScale): Markup => {
  const [column, row] = tile.tile;
  const [x, y] = [column * (WIDTH + GAP) + GAP, row * (HEIGHT + GAP) + GAP];
  const words = inWords(tile, cause, scale);
  return html`<g class="tile ${classOf(tile, scale)}${isHit(tile, scale) ? " hit" : ""}"
    ><title>${words}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="7"></rect
    ><text class="code" x="${x + WIDTH / 2}" y="${y + 22}">${tile.code.toUpperCase()}</text
    ><text x="${x + WIDTH / 2}" y="${y + 40}">${tile.value === null ? "–" : scale.print(tile.value)}</text></g
  >`;
};

const legend = (tiles: readonly Shown[], cause: DifferenceCause, scale: MapScale): Markup =>
  html`<ul class="tile-legend" aria-label="Colours of the tiles">
    ${scale.edges.map((edge, i) => {
      const next = scale.edges[i + 1];
      const range =
        next === undefined
          ? `${printPlain(edge)} ${scale.unit} and more`
          : `${printPlain(edge)}–${printPlain(next)} ${scale.unit}`;
      return html`<li><span class="swatch loss-${colorOf(i, scale)}"></span>${range}</li>`;
    })}
    ${
      tiles.every((tile) => added(tile) === undefined)
        ? NOTHING
        : html`<li class="ring">
            <span class="swatch hit"></span>ringed: a fifth or more ${scale.isHighBetter ? "taken" : "added"} by
            ${cause}
          </li>`
    }
  </ul>`;

/** Returns the tiles, worst first; those without data come last. */
const worst = (tiles: readonly Shown[], { isHighBetter }: MapScale): readonly Shown[] => {
  const badness = ({ value }: Shown): number => (value === null ? -Infinity : isHighBetter ? -value : value);
  return tiles.toSorted((a, b) => {
    const [one, other] = [badness(a), badness(b)];
    return one === other ? 0 : other - one;
  });
};

/** Returns the grid, the legend of its colours, and the same numbers as a table. */
const tileGrid = (tiles: readonly Shown[], cause: DifferenceCause, scale: MapScale): Markup => {
  const columns = tiles.map(({ tile }) => tile[0]);
  const rows = tiles.map(({ tile }) => tile[1]);
  const highest = worst(tiles, scale)
    .slice(0, 3)
    .map((tile) => inWords(tile, cause, scale))
    .join("; ");
  const [left, top] = [Math.min(...columns) * (WIDTH + GAP), Math.min(...rows) * (HEIGHT + GAP)];
  const width = (Math.max(...columns) + 1) * (WIDTH + GAP) + GAP - left;
  const height = (Math.max(...rows) + 1) * (HEIGHT + GAP) + GAP - top;
  return html`<div class="map">
      <svg
        width="${width}"
        viewBox="${left} ${top} ${width} ${height}"
        role="img"
        aria-label="${scale.title} by region. Worst: ${highest}."
      >
        ${tiles.map((tile) => drawn(tile, cause, scale))}
      </svg>
      <div>
        ${legend(tiles, cause, scale)}
        <h3>Worst regions</h3>
        <ol class="worst">
          ${worst(tiles, scale)
            .slice(0, 5)
            .map((tile) => html`<li>${inWords(tile, cause, scale)}</li>`)}
        </ol>
      </div>
    </div>
    <details>
      <summary>All regions as a table</summary>
      <div class="wide" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">region</th>
              <th scope="col">code</th>
              <th scope="col" class="number">${scale.title}</th>
              <th scope="col" class="number">without ${cause}</th>
            </tr>
          </thead>
          <tbody>
            ${worst(tiles, scale).map(
              (tile) =>
                html`<tr>
                  <th scope="row">${tile.title}</th>
                  <td>${tile.code}</td>
                  <td class="number">${valueText(tile.value, scale)}</td>
                  <td class="number">${valueText(tile.noFault, scale)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
};

/** Returns the section with the map; nothing without tiles. */
export const mapSection = (document: RunDocument, pictures: RunPictures): Markup => {
  const tiles = shownOf(pictures);
  const scale = scaleOf(pictures.map, tiles);
  const title = pictures.map === undefined ? "Packet loss by region, worst window" : `${scale.title}, by region`;
  return tiles.length === 0 ? NOTHING : section("regions", title, tileGrid(tiles, causeOf(document), scale));
};
