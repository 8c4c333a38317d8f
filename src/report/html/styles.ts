/** The style sheet of the page, light and dark, narrow and wide, for screen and paper. */
import { ROWS_A_CHART } from "../charts/chart.ts";
import { DARK, LIGHT, type Palette } from "../charts/palette.ts";

/** Tile colours from low to high loss, which differ in lightness too. */
const TILES_LIGHT = ["#eef3f8", "#d9e6f2", "#f7e8c3", "#f5cf8e", "#f0a962", "#e07b45", "#c24a33", "#8c1d2b"];
const TILES_DARK = ["#1f2936", "#2a3a4d", "#4a4329", "#6b5522", "#8f5f1f", "#b5602b", "#d9583f", "#ff8579"];
/** The class from which a tile is dark and its text light, or the other way round on a dark page. */
const INVERTED_FROM = { light: 5, dark: 6 };

const variables = (
  { background, text, muted, grid, window, published, held, broken, unknown, series }: Palette,
  tiles: readonly string[],
): string =>
  Object.entries({ background, text, muted, grid, window, published, held, broken, unknown, link: series[0] ?? text })
    .map(([name, color]) => `--${name}:${color};`)
    .concat(tiles.map((color, i) => `--loss-${String(i)}:${color};`))
    .join("");

const light = `color-scheme:light;--page:#f6f8fa;--inverted:#ffffff;${variables(LIGHT, TILES_LIGHT)}`;
const dark = `color-scheme:dark;--page:#0f141a;--inverted:#0f141a;${variables(DARK, TILES_DARK)}`;

const tileFills = TILES_LIGHT.map(
  (_, i) =>
    `.loss-${String(i)} rect{fill:var(--loss-${String(i)})}.swatch.loss-${String(i)}{background:var(--loss-${String(i)})}`,
).join("\n");
const invertedTiles = (from: number): string =>
  TILES_LIGHT.map((_, i) => `.loss-${String(i)} text`)
    .slice(from)
    .join(",");

/** Heights of interval charts by number of rows, as classes, because the content policy forbids style attributes. */
const intervalHeights = (row: number): string =>
  Array.from(
    { length: ROWS_A_CHART },
    (_, i) => `.canvas.rows-${String(i + 1)}{height:${String(112 + row * (i + 1))}px}`,
  ).join("\n");

/** The whole style sheet. */
export const STYLES = `
:root{${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}
:root[data-theme=dark]{${dark}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;overflow-wrap:break-word;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:12px;background:var(--background);padding:8px 12px;z-index:2}
.top{display:flex;justify-content:space-between;align-items:center;gap:16px}
.brand{font-weight:650;letter-spacing:.02em;color:var(--muted)}
h1{font-size:28px;line-height:1.2;margin:10px 0 6px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:20px;line-height:1.3;margin:0 0 14px}
h3{font-size:15px;margin:18px 0 8px}
.facts{color:var(--muted);margin:0 0 18px;overflow-wrap:anywhere}
button,select,input{font:inherit;color:inherit;background:var(--background);border:1px solid var(--grid);border-radius:8px;padding:6px 12px;min-height:36px}
button{cursor:pointer}
#theme,#copy{display:none}
.scripted #theme,.scripted #copy{display:inline-block}
.verdict{background:var(--background);border:1px solid var(--grid);border-left:6px solid var(--tone);border-radius:10px;padding:18px 22px;margin-bottom:18px}
.verdict .headline{font-size:19px;font-weight:650;margin:0}
.verdict .sign{color:var(--tone);margin-right:8px}
.verdict ul{margin:12px 0 0;padding-left:0;list-style:none}
.verdict li{margin:6px 0;overflow-wrap:anywhere}
.kind{display:inline-block;font-size:12px;font-weight:700;letter-spacing:.04em;color:var(--tone);border:1px solid var(--tone);border-radius:5px;padding:0 6px;margin-right:8px}
.story,.shows{margin:12px 0 0}
.held{--tone:var(--held)}.broken{--tone:var(--broken)}.unknown{--tone:var(--unknown)}
.badge{color:var(--tone);font-weight:650;white-space:nowrap}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:0 0 8px}
section{background:var(--background);border:1px solid var(--grid);border-radius:12px;padding:22px;margin:18px 0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:14px;margin:0;padding:0;list-style:none}
.cards li{border:1px solid var(--grid);border-radius:10px;padding:14px 16px;display:flex;flex-direction:column}
.cards .name{color:var(--muted);font-size:13.5px;line-height:1.35;margin:0 0 8px;min-height:4.05em}
.cards .value{font-size:25px;font-weight:650;line-height:1.2;letter-spacing:-.01em;margin:0;font-variant-numeric:tabular-nums}
.cards .small{color:var(--muted);font-size:13px;margin:2px 0 0;font-variant-numeric:tabular-nums}
.cards .caused{margin:8px 0 0;padding-top:8px;border-top:1px solid var(--grid);font-size:13.5px}
.map{display:grid;grid-template-columns:minmax(0,1.7fr) minmax(0,1fr);gap:26px;align-items:start}
.map svg{max-width:100%;height:auto;font:500 13px system-ui,sans-serif}
.tile text{text-anchor:middle;fill:var(--text)}
.tile .code{font-weight:700;font-size:14px}
.tile rect{stroke:transparent;stroke-width:3}
.tile.hit rect{stroke:var(--broken)}
.tile.none rect{fill:none;stroke:var(--muted);stroke-width:1;stroke-dasharray:4 3}
${tileFills}
${invertedTiles(INVERTED_FROM.light)}{fill:var(--inverted)}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]) .loss-5 text{fill:var(--text)}}
:root[data-theme=dark] .loss-5 text{fill:var(--text)}
.tile-legend{list-style:none;padding:0;margin:0 0 18px;font-size:13.5px;display:grid;grid-template-columns:1fr 1fr;gap:3px 12px}
.tile-legend li{display:flex;align-items:center;gap:8px}
.tile-legend .ring{grid-column:1/-1}
.swatch{flex:none;width:18px;height:14px;border-radius:4px;border:1px solid var(--grid)}
.swatch.hit{border:2px solid var(--broken)}
.worst{margin:0;padding-left:20px;font-size:14px}
.events{list-style:none;margin:0;padding:0}
.events>li{display:grid;grid-template-columns:74px 26px minmax(0,1fr);gap:0 8px;padding:7px 0;border-top:1px solid var(--grid)}
.events>li:first-child{border-top:0}
.events time{font-variant-numeric:tabular-nums;color:var(--muted)}
.mark{display:inline-flex;align-items:center;justify-content:center;width:21px;height:21px;border-radius:50%;background:var(--text);color:var(--background);font-size:12px;font-weight:700}
.events .what{overflow-wrap:anywhere}
.events .who{color:var(--muted)}
.decision .tag{font-weight:650;color:var(--published)}
.why{margin:3px 0 0;padding-left:18px;color:var(--muted);font-size:14px}
figure{margin:0 0 30px}
figure:last-of-type{margin-bottom:0}
figcaption{margin-bottom:8px}
figcaption h3{margin-top:0}
figcaption p{color:var(--muted);font-size:14px;margin:0}
.canvas{position:relative;height:360px;display:none}
${intervalHeights(78)}
.scripted .canvas{display:block}
.key{columns:2;column-gap:30px;list-style:none;padding:0;margin:0 0 26px;font-size:14px}
.key li{break-inside:avoid;display:grid;grid-template-columns:26px 62px minmax(0,1fr);gap:0 6px;padding:3px 0;overflow-wrap:anywhere}
.key time{color:var(--muted);font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
.wide:focus-visible{outline-offset:-3px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding-bottom:6px}
th,td{text-align:left;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid var(--grid)}
thead th{color:var(--muted);font-weight:600;font-size:13px;white-space:nowrap}
tbody th{font-weight:500;min-width:190px}
.sources{color:var(--muted);font-size:13px;margin:8px 0 12px;padding-left:24px}
figure td,td.number,th.number{text-align:right;white-space:nowrap}
td.asked{text-align:right;min-width:84px}
.range{color:var(--muted);font-size:13px;white-space:nowrap}
.note{color:var(--muted);font-size:13px}
code{font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.exact{display:block;color:var(--muted);font-size:11.5px}
details{margin:8px 0}
summary{cursor:pointer;color:var(--link);padding:4px 0}
details.group{border-top:1px solid var(--grid);margin:0;padding:4px 0}
details.group summary{color:var(--text);font-weight:600}
.filters{display:none;flex-wrap:wrap;gap:10px 14px;align-items:end;margin-bottom:12px}
.scripted .filters{display:flex}
.filters label{display:flex;flex-direction:column;font-size:13px;color:var(--muted)}
.filters input{width:min(320px,70vw)}
.method{padding-left:20px;margin:0}
.method li{margin:6px 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--window);border-radius:8px;padding:14px 16px;margin:0 0 12px}
footer{color:var(--muted);font-size:13px;padding-bottom:40px}
@media (max-width:760px){
header,main,footer{padding-left:14px;padding-right:14px}
section{padding:16px 14px}
.cards .name{min-height:0}
h1{font-size:23px}
.map{grid-template-columns:1fr}
.key{columns:1}
.events>li{grid-template-columns:60px 24px minmax(0,1fr);gap:0 4px}
.canvas{height:320px}
${intervalHeights(124)}
tbody th{min-width:150px}
.stack thead{display:none}
.stack tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));padding:6px 0;border-bottom:1px solid var(--grid)}
.stack th,.stack td{border:0;padding:4px 8px 4px 0;min-width:0;overflow-wrap:anywhere}
.stack tbody th{grid-column:1/-1}
.stack td.number,.stack td.asked{text-align:left;white-space:normal}
.stack td[data-label]::before{content:attr(data-label);display:block;color:var(--muted);font-size:12px}
.events .why{padding-left:14px}
}
@media print{
:root,:root[data-theme=dark]{${light}}
body{background:#fff;font-size:12px}
header,main,footer{max-width:none;padding:0}
section{border:0;padding:0;margin:22px 0;border-radius:0}
nav,.filters,#theme,#copy,.skip,.scripted #theme,.scripted #copy,.scripted .filters{display:none}
figure,.cards li,.events>li,tr,.verdict{break-inside:avoid}
h2,h3,figcaption{break-after:avoid}
.canvas{height:300px}
${intervalHeights(78)}
figure details,#regions details{display:none}
.wide{overflow:visible}
thead th{white-space:normal}
a{color:inherit;text-decoration:none}
summary{list-style:none;color:var(--muted)}
}
`;
