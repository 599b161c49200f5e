// The panel of one layer: what it costs, its numbers, its maps, its weights, and how an element came about.

const panel = document.getElementById('layer');
let shown = 0;  // counts panels: what is unpacked for an earlier one is not shown any more

function facts(list) {
  return make('dl', {}, ...list.filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, String(value)))));
}
function shapeText(shape) { return `[${shape.join(', ')}]`; }

async function showLayer(row) {
  document.getElementById('status').textContent = `Showing ${row.path}`;
  const turn = ++shown, entry = row.kind === 'call' ? page.calls[row.id] : page.ops[row.id];
  panel.replaceChildren(make('h2', {}, row.path), make('p', {className: 'quiet'}, entry.describe || `op ${entry.name}`));
  const saved = (entry.saved || []).map(s => `${s.name} ${shapeText(s.shape)}`).join(', ');
  panel.append(facts([
    ['Input', (entry.inputs || []).map(shapeText).join(' ')], ['Output', shapeText(entry.output)],
    ['Parameters', entry.parameters === undefined ? null : whole(entry.parameters)],
    ['Multiply-adds', entry.multiply_adds === undefined ? null : whole(entry.multiply_adds)],
    ['Receptive field', entry.field], ['Memory of results', size(entry.bytes)],
    ['Time', time(entry.seconds)], ['Time backwards', page.backward ? time(entry.backward_seconds) : null],
    ['Channels that are 0 everywhere', entry.dead ? `${entry.dead}` : entry.dead === 0 ? 'none' : null],
    ['Saturated', typeof entry.saturated === 'number' ? `${(100 * entry.saturated).toFixed(1)} %` : null],
    ['Kept for backward', saved]]));

  const charts = make('div', {className: 'charts'});
  if (entry.stats) charts.append(histogram('Activations', entry.stats));
  if (entry.gradient) charts.append(histogram('Gradient', entry.gradient, 'second'));
  for (const weight of entry.weights || []) {
    charts.append(histogram(`${weight.name} ${shapeText(weight.shape)}`, weight.stats));
    if (weight.gradient) charts.append(histogram(`Gradient of ${weight.name}`, weight.gradient, 'second'));
  }
  const attended = page.attention && page.attention.layers.find(layer => layer.path === row.path && row.kind === 'call');
  if (attended) panel.append(attentionSection(attended));
  if (entry.tensor === undefined) {
    panel.append(make('p', {className: 'quiet'}, 'Its tensors are not in this report.'), charts);
    panel.dataset.ready = row.path;
    return;
  }
  const section = make('section', {}, make('h3', {}, 'Output'));
  panel.append(section);
  const form = explainForm(entry.explain, entry.output);
  await addMaps(section, entry, form, turn);
  if (turn !== shown) return;
  panel.append(form, make('h3', {}, 'Statistics'), charts);
  for (const weight of entry.weights || [])
    if (weight.filters !== undefined) panel.append(await filterSection(weight));
  if (turn === shown) panel.dataset.ready = row.path;
}

// ---- maps ----

// Planes of an activation: its channels, or, of tokens, its features over the patches.
function mapsOf(t) {
  const a = page.attention, [, count, features] = t.shape;
  const [height, width] = a ? a.grid : [0, 0];
  if (t.shape.length === 3 && a && count === a.prefix + height * width && (t.exact || t.step === 1)) {
    const low = t.exact ? null : t.low[0], range = t.exact ? null : t.high[0] - t.low[0];
    const value = (d, r, c) => {
      const i = (a.prefix + r * width + c) * features + d;
      return t.exact ? t.values[i] : low + t.levels[i] / 255 * range;
    };
    return Array.from({length: features}, (_, d) => {
      let least = Infinity, most = -Infinity;
      for (let r = 0; r < height; ++r)
        for (let c = 0; c < width; ++c) {
          least = Math.min(least, value(d, r, c));
          most = Math.max(most, value(d, r, c));
        }
      return {rows: height, columns: width, low: least, high: most, name: `feature ${d}`,
              at: (r, c) => (value(d, r, c) - least) / (most - least || 1),
              index: (r, c) => [0, a.prefix + r * width + c, d]};
    });
  }
  return planes(t).map((plane, k) => ({...plane, name: t.shape.length === 4 ? `channel ${k}` : 'output',
      index: (r, c) => {
        const step = plane.step || 1, place = [];
        let rest = k;
        for (let d = t.shape.length - 3; d >= 0; --d) {
          place.unshift(rest % t.shape[d]);
          rest = Math.floor(rest / t.shape[d]);
        }
        return [...place, r * step, c * step].slice(-t.shape.length);
      }}));
}

async function addMaps(section, entry, form, turn) {
  const t = await tensor(entry.tensor);
  if (turn !== shown) return;
  const maps = mapsOf(t);
  section.append(make('p', {className: 'quiet'},
      `${whole(maps.length)} map${maps.length === 1 ? '' : 's'}; dark is low, bright is high, each over its own range` +
      (!t.exact && t.step > 1 ? `; of ${t.step} rows and columns one is shown` : '')));
  const list = make('div', {className: 'maps'});
  for (const map of maps) {
    const range = `${map.name}: ${number(map.low)} to ${number(map.high)}`;
    const canvas = make('canvas', {className: 'map', role: 'img', title: range, 'aria-label': range});
    paint(canvas, map);
    const scale = Math.max(1, Math.min(76 / map.rows, 300 / map.columns, Math.max(76 / map.columns, 4)));
    canvas.style.width = `${Math.min(map.columns * scale, 300)}px`;
    canvas.style.height = `${Math.max(Math.min(map.rows * scale, 300), 16)}px`;
    canvas.onclick = event => {
      list.querySelector('.chosen')?.classList.remove('chosen');
      canvas.classList.add('chosen');
      const box = canvas.getBoundingClientRect();
      const r = Math.floor((event.clientY - box.top) / box.height * map.rows);
      const c = Math.floor((event.clientX - box.left) / box.width * map.columns);
      form.explainAt(map.index(Math.min(Math.max(r, 0), map.rows - 1), Math.min(Math.max(c, 0), map.columns - 1)));
    };
    list.append(make('figure', {}, canvas, make('figcaption', {}, `${short(map.low)} … ${short(map.high)}`)));
  }
  section.append(make('div', {className: 'strip'}, make('img', {src: page.picture, alt: 'The input picture'}), list));
}

async function filterSection(weight) {
  const t = await tensor(weight.filters), perFilter = Math.min(weight.shape[1], 8);
  const list = make('div', {className: 'maps'});
  planes(t).forEach((plane, k) => {
    const name = `filter ${Math.floor(k / perFilter)}, input ${k % perFilter}: ${number(plane.low)} to ${number(plane.high)}`;
    const canvas = make('canvas', {className: 'map filter', role: 'img', title: name, 'aria-label': name});
    paint(canvas, plane);
    canvas.style.width = canvas.style.height = '28px';
    list.append(canvas);
  });
  return make('section', {}, make('h3', {}, `Filters, ${weight.name}`),
              make('p', {className: 'quiet'}, `The first ${Math.min(weight.shape[0], 64)} of ${weight.shape[0]}, ` +
                                              `and of each the first ${perFilter} of ${weight.shape[1]} inputs`), list);
}

// ---- explain this number ----

function explainForm(spec, shape) {
  const section = make('section', {id: 'explain'}, make('h3', {}, 'Explain this number'));
  section.explainAt = () => {};
  if (!spec) {
    section.append(make('p', {className: 'quiet'}, 'There is no list of products for this kind of layer; those in it may have one.'));
    return section;
  }
  const {missing, channels} = explainable(spec);
  if (missing.length || (channels && !channels.length)) {
    section.append(make('p', {className: 'quiet'}, `Its ${missing.join(' and ') || 'output'} would make the page too large to be in it in full.`));
    return section;
  }
  const inputs = shape.map((size, d) => make('input', {type: 'number', min: 0, max: size - 1, value: 0, 'aria-label': `Index of dimension ${d}`}));
  const result = make('div', {id: 'explanation'});
  section.explainAt = async index => {
    inputs.forEach((input, d) => { input.value = index[d]; });
    result.replaceChildren(explanationOf(await explain(spec, index), index));
  };
  section.append(
      make('p', {className: 'quiet'}, 'Click a pixel of a map, or give its place: ' +
           (channels && channels.length < shape[spec.kind === 'linear' ? shape.length - 1 : 1]
                ? `of ${channels.length} output channels all that they are made of is in the page.` : '')),
      make('form', {className: 'choices', onsubmit: event => {
        event.preventDefault();
        section.explainAt(inputs.map((input, d) => Math.min(Math.max(Number(input.value) | 0, 0), shape[d] - 1)));
      }}, ...inputs, make('button', {type: 'submit'}, 'Explain')),
      result);
  return section;
}

function table(heads, lines) {
  return make('div', {className: 'terms', tabIndex: 0}, make('table', {},
      make('thead', {}, make('tr', {}, ...heads.map(head => make('th', {scope: 'col'}, head)))),
      make('tbody', {}, ...lines.map(line => make('tr', {}, ...line.map(cell => make('td', {}, cell)))))));
}

function explanationOf(result, index) {
  if (!result) return make('p', {className: 'quiet'}, 'What this output channel is made of is not in the page.');
  const equation = make('p', {className: 'equation'},
      `y[${index}] = ${number(result.sum)}, stored ${number(result.stored)}: ` +
      `${whole(result.terms.length)} product${result.terms.length === 1 ? '' : 's'}` +
      (result.constantName ? ` and the ${result.constantName} ${number(result.constant)}` : ''));
  equation.dataset.sum = result.sum;
  equation.dataset.stored = result.stored;
  const parts = [equation, ...result.steps.map(step => make('p', {className: 'quiet'}, step))];
  if (result.inputs)
    parts.push(table(['from', 'value', 'becomes'], result.inputs.map(x => [x.label, number(x.a), number(x.b)])));
  let sum = 0;
  parts.push(table(['term', 'value', 'times', 'product', 'sum so far'], result.terms.map(term => {
    sum += term.a * term.b;
    return [term.label, number(term.a), number(term.b), number(term.a * term.b), number(sum)];
  })));
  return make('div', {}, ...parts);
}

// ---- attention ----

function attentionSection(layer) {
  const a = page.attention, [heads, tokens] = noteOf(layer.tensor).shape;
  const picture = make('canvas', {role: 'img', className: 'attended'});
  picture.style.width = '260px';
  const head = make('select', {id: 'head', 'aria-label': 'Head'},
      make('option', {value: -1}, 'mean of heads'), ...Array.from({length: heads}, (_, k) => make('option', {value: k}, `head ${k}`)));
  const query = make('input', {type: 'number', id: 'query', min: 0, max: tokens - 1, value: 0, 'aria-label': 'Query token'});
  const note = make('p', {className: 'quiet'});
  const draw = async () => {
    const t = await tensor(layer.tensor), [height, width] = a.grid, chosen = Number(head.value);
    const row = Math.min(Math.max(Number(query.value) | 0, 0), tokens - 1);
    const all = planes(t), used = chosen < 0 ? all : [all[chosen]];
    const weight = k => used.reduce((sum, p) => sum + p.low + p.at(row, k) * (p.high - p.low), 0) / used.length;
    const values = Array.from({length: height * width}, (_, k) => weight(a.prefix + k));
    const most = Math.max(...values), least = Math.min(...values);
    const heat = {rows: height, columns: width, at: (r, c) => (values[r * width + c] - least) / (most - least || 1)};
    await paintHeat(picture, heat);
    drawGrid(picture, height, width, row - a.prefix);
    const name = row < a.prefix ? `special token ${row}` : `patch ${row - a.prefix}`;
    picture.setAttribute('aria-label', `Attention of ${name} over the picture`);
    note.textContent = `${name} looks at patches with ${number(least)} to ${number(most)} each`;
    picture.dataset.drawn = `${chosen} ${row}`;
  };
  picture.onclick = event => {
    const box = picture.getBoundingClientRect(), [height, width] = a.grid;
    query.value = a.prefix + Math.floor((event.clientY - box.top) / box.height * height) * width +
                  Math.floor((event.clientX - box.left) / box.width * width);
    draw();
  };
  head.onchange = query.onchange = draw;
  draw();
  return make('section', {}, make('h3', {}, 'Attention'), make('div', {className: 'choices'},
      make('label', {}, 'Head ', head), make('label', {}, 'Query token ', query)), picture, note);
}

function drawGrid(canvas, height, width, chosen) {
  const context = canvas.getContext('2d'), h = canvas.height / height, w = canvas.width / width;
  context.strokeStyle = 'rgba(255,255,255,.35)';
  context.lineWidth = 1;
  for (let r = 1; r < height; ++r) context.strokeRect(0, r * h, canvas.width, 0);
  for (let c = 1; c < width; ++c) context.strokeRect(c * w, 0, 0, canvas.height);
  if (chosen < 0) return;
  context.strokeStyle = '#fff';
  context.lineWidth = 3;
  context.strokeRect(chosen % width * w, Math.floor(chosen / width) * h, w, h);
}
