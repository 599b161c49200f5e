// Pictures of numbers: feature maps, heat over the input, histograms.

function number(value) {
  if (value === null || value === undefined) return '-';
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(3) : String(+value.toPrecision(6));
}
function short(value) { return String(+value.toPrecision(2)); }
function whole(value) { return value.toLocaleString('en'); }
function size(bytes) { return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`; }
function time(seconds) { return `${(1e3 * seconds).toFixed(3)} ms`; }

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== 'role') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
function svg(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// From dark blue over green to yellow, by lightness: also readable without colours.
function colour(share) {
  const stops = [[33, 24, 66], [54, 80, 140], [40, 140, 130], [120, 195, 80], [250, 235, 90]];
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1), low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((value, k) => value + (place - low) * (stops[low + 1][k] - value));
}

// Planes of a tensor, its last two dimensions, as {rows, columns, low, high, at(row, column): share of the range}.
function planes(t) {
  const shape = t.exact ? t.shape : t.stored;
  const columns = shape.length ? shape[shape.length - 1] : 1, rows = shape.length > 1 ? shape[shape.length - 2] : 1;
  const count = product(shape) / (rows * columns) || 0, result = [];
  for (let k = 0; k < count; ++k) {
    const start = k * rows * columns;
    if (t.exact) {
      let low = Infinity, high = -Infinity;
      for (let i = start; i < start + rows * columns; ++i) {
        if (t.values[i] < low) low = t.values[i];
        if (t.values[i] > high) high = t.values[i];
      }
      const range = high > low ? high - low : 1;
      result.push({rows, columns, low, high, at: (r, c) => (t.values[start + r * columns + c] - low) / range});
    } else {
      result.push({rows, columns, low: t.low[k], high: t.high[k], step: t.step,
                   at: (r, c) => t.levels[start + r * columns + c] / 255});
    }
  }
  return result;
}

function paint(canvas, plane) {
  canvas.width = plane.columns;
  canvas.height = plane.rows;
  const context = canvas.getContext('2d'), pixels = context.createImageData(plane.columns, plane.rows);
  for (let r = 0, i = 0; r < plane.rows; ++r)
    for (let c = 0; c < plane.columns; ++c, i += 4) {
      const [red, green, blue] = colour(plane.at(r, c));
      pixels.data[i] = red;
      pixels.data[i + 1] = green;
      pixels.data[i + 2] = blue;
      pixels.data[i + 3] = 255;
    }
  context.putImageData(pixels, 0, 0);
}

// The input with a plane over it, smoothly; without one, the input alone.
const input = new Image();
input.src = page.picture;
async function paintHeat(canvas, plane) {
  await input.decode();
  canvas.width = Math.max(input.width, 224);
  canvas.height = Math.round(canvas.width * input.height / input.width);
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.drawImage(input, 0, 0, canvas.width, canvas.height);
  if (!plane) return;
  const heat = make('canvas');
  paint(heat, plane);
  context.globalAlpha = 0.55;
  context.imageSmoothingEnabled = true;
  context.drawImage(heat, 0, 0, canvas.width, canvas.height);
  context.globalAlpha = 1;
}

function histogram(caption, stats, kind = '') {
  const chart = svg('svg', {viewBox: `0 0 ${stats.bins.length} 30`, preserveAspectRatio: 'none', role: 'img',
                            'aria-label': `${caption}: from ${number(stats.min)} to ${number(stats.max)}`});
  const most = Math.max(...stats.bins, 1);
  stats.bins.forEach((count, i) => {
    const height = count ? Math.max(30 * count / most, 0.6) : 0;
    chart.append(svg('rect', {class: 'bar ' + kind, x: i, y: 30 - height, width: 0.92, height}));
  });
  return make('figure', {}, chart, make('figcaption', {},
      `${caption}: ${number(stats.min)} to ${number(stats.max)}, mean ${number(stats.mean)}, deviation ${number(stats.std)}` +
      (stats.zeros > 0 ? `, ${(100 * stats.zeros).toFixed(1)} % zeros` : '') +
      (stats.not_finite ? `, ${whole(stats.not_finite)} not finite` : '')));
}
