#pragma once

#include <cstddef>

// The parts of the page of curves.cpp that do not depend on the run.
namespace helder {

inline constexpr size_t kCurveColours = 4;  // .c0 to .c3 below

inline constexpr const char* kPageStart = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
)";

inline constexpr const char* kPageStyle = R"(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #fff; --text: #1c2430; --quiet: #5b6675; --line: #dfe3e9;
  --c0: #1d5fd1; --c1: #b94700; --c2: #0b7a53; --c3: #8a3ab9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --panel: #1a2029; --text: #e6eaf0; --quiet: #9aa6b6; --line: #2d3643;
    --c0: #7ab0ff; --c1: #ff9d5c; --c2: #5bd0a2; --c3: #d09cf2;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 1240px; margin: 0 auto; padding: 24px 16px 40px;
  background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif;
}
h1 { font-size: 24px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 16px; }
.where { float: right; color: var(--quiet); font-size: 14px; font-weight: 400; font-variant-numeric: tabular-nums; }
dl { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 14px 0 20px; }
dt { color: var(--quiet); font-size: 13px; }
dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px 8px; min-width: 0; }
.legend {
  display: flex; flex-wrap: wrap; gap: 0 20px; margin: 4px 0 6px; padding: 0; list-style: none;
  color: var(--quiet); font-size: 14px; min-height: 1.45em;
}
.legend i { display: inline-block; width: 16px; height: 3px; margin-right: 6px; vertical-align: 4px; border-radius: 2px; background: var(--c); }
.legend b { color: var(--text); font-weight: 600; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; overflow: visible; touch-action: pan-y; }
svg text { fill: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
.curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.points { stroke: var(--c); stroke-width: 7; stroke-linecap: round; }
.curve.faint { stroke-width: 1; }
.curve.faint, .faint i { opacity: .4; }
.cursor { stroke: var(--quiet); stroke-dasharray: 3 3; }
.panel p { color: var(--quiet); font-size: 14px; }
.wide { overflow-x: auto; }
.shares { border-collapse: separate; border-spacing: 2px; margin: 8px 0; font-size: 13px; font-variant-numeric: tabular-nums; }
.shares th { color: var(--quiet); font-weight: 400; text-align: right; padding: 2px 4px; }
.shares td {
  min-width: 34px; padding: 3px 5px; text-align: right; border-radius: 3px;
  background: color-mix(in srgb, var(--c1) var(--share, 0%), transparent);
}
.c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); }
@media (max-width: 520px) {
  svg text { font-size: 16px; }
  .panel { padding: 12px 10px 6px; }
}
footer { margin-top: 20px; color: var(--quiet); font-size: 13px; }
)";

// Pointing at a chart puts the values of the nearest points into its legend.
inline constexpr const char* kPageScript = R"(
for (const panel of document.querySelectorAll('.panel')) {
  const svg = panel.querySelector('svg');
  if (!svg) continue;
  const [left, right, low, high] = ['left', 'right', 'low', 'high'].map(key => Number(svg.dataset[key]));
  const curves = [...panel.querySelectorAll('.curve')].map(path => ({
    x: JSON.parse(path.dataset.x), y: JSON.parse(path.dataset.y),
    value: panel.querySelectorAll('.legend b')[path.dataset.index]}));
  const cursor = svg.querySelector('.cursor'), where = panel.querySelector('.where');
  svg.onpointermove = svg.onpointerdown = event => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const x = low + ((event.clientX - box.left) * scale - left) / (right - left) * (high - low);
    for (const curve of curves) {
      let near = 0;
      curve.x.forEach((other, i) => { if (Math.abs(other - x) < Math.abs(curve.x[near] - x)) near = i; });
      const y = curve.y[near];
      curve.value.textContent = y === null ? '-' : Number(y.toPrecision(4)) + panel.dataset.unit;
      curve.nearest = curve.x[near];
    }
    const nearest = curves.map(c => c.nearest).reduce((a, b) => Math.abs(b - x) < Math.abs(a - x) ? b : a);
    where.textContent = `${svg.dataset.xLabel} ${Number(nearest.toPrecision(4))}`;
    cursor.setAttribute('transform', `translate(${left + (nearest - low) / (high - low) * (right - left)})`);
    cursor.setAttribute('visibility', 'visible');
  };
  svg.onpointerleave = () => {
    cursor.setAttribute('visibility', 'hidden');
    for (const text of [where, ...panel.querySelectorAll('.legend b')]) text.textContent = '';
  };
}
)";

inline constexpr const char* kPageEnd = R"(<footer>Made by Helder.</footer>
<script>{script}</script>
</body>
</html>
)";

}  // namespace helder
