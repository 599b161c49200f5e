// The rest of the page: the picture with its heat, the likeliest classes, and the charts over all layers.

document.title = document.getElementById('title').textContent = page.title;
const best = page.classes.top[0];
document.getElementById('answer').textContent =
    `${best.name}: ${(100 * best.probability).toFixed(1)} %. Input ${shapeText(page.input)}` +
    (page.backward ? `. Gradients are those of -log P(${page.targetName})` : '');
if (page.boxes) {
  document.getElementById('answer').textContent = (page.boxes.length ? 'Found: ' + page.boxes.map(namedBox).join(', ') : 'Nothing found') +
      document.getElementById('answer').textContent.slice(document.getElementById('answer').textContent.indexOf('. Input'));
  document.getElementById('likely-title').textContent = 'Surest box of each class';
}
function namedBox(box) { return `${box.name} ${(100 * box.confidence).toFixed(0)} %`; }

// ---- the picture ----

const view = document.getElementById('view'), heatClass = document.getElementById('heat-class'),
      heatMethod = document.getElementById('heat-method');
for (const index of new Set(page.heat.maps.map(map => map.class)))
  heatClass.append(make('option', {value: index}, page.heat.maps.find(map => map.class === index).name));
heatMethod.append(make('option', {value: ''}, 'none'));
for (const method of new Set(page.heat.maps.map(map => map.method))) heatMethod.append(make('option', {value: method}, method));
if (page.attention && page.attention.rollout !== undefined) heatMethod.append(make('option', {value: 'rollout'}, 'attention rollout'));
heatMethod.value = page.heat.layer ? 'Grad-CAM' : 'saliency';
const showBoxes = make('input', {type: 'checkbox', id: 'show-boxes', checked: true});
if (page.boxes) heatClass.closest('.choices').append(make('label', {}, showBoxes, ' Boxes'));

// The boxes that were found, over the picture; those of the chosen class stand out.
function drawBoxes() {
  const context = view.getContext('2d'), unit = view.width / 300;
  context.font = `${13 * unit}px system-ui, sans-serif`;
  for (const {box: [left, top, right, bottom], ...found} of [...page.boxes].reverse()) {
    const x = left * view.width, y = top * view.height, ours = found.class === Number(heatClass.value);
    context.lineWidth = (ours ? 3 : 1.5) * unit;
    context.strokeStyle = ours ? '#ffd23e' : '#fff';
    context.strokeRect(x, y, (right - left) * view.width, (bottom - top) * view.height);
    if (!ours && found.confidence < 0.5) continue;
    const text = namedBox(found), width = context.measureText(text).width + 8 * unit;
    const at = {x: Math.min(Math.max(x, 0), view.width - width), y: Math.max(y, 18 * unit)};
    context.fillStyle = 'rgba(0,0,0,.75)';
    context.fillRect(at.x, at.y - 18 * unit, width, 18 * unit);
    context.fillStyle = ours ? '#ffd23e' : '#fff';
    context.fillText(text, at.x + 4 * unit, at.y - 5 * unit);
  }
}

async function drawHeat() {
  const method = heatMethod.value, map = page.heat.maps.find(m => m.class === Number(heatClass.value) && m.method === method);
  const note = document.getElementById('heat-note');
  let plane = null;
  if (map) {
    plane = planes(await tensor(map.tensor))[0];
    note.textContent = {'Grad-CAM': `Where ${page.heat.layer} speaks for the class`,
                        'saliency': 'Pixels whose change would change the score most',
                        'SmoothGrad': 'The same, averaged over noisy copies of the picture',
                        'occlusion': 'How much the probability falls when a window there is hidden'}[method] +
                       `: ${number(plane.low)} to ${number(plane.high)}`;
  } else if (method === 'rollout') {
    const [height, width] = page.attention.grid, t = planes(await tensor(page.attention.rollout))[0];
    const values = Array.from({length: height * width}, (_, k) => t.at(0, page.attention.prefix + k));
    const least = Math.min(...values), most = Math.max(...values);
    plane = {rows: height, columns: width, at: (r, c) => (values[r * width + c] - least) / (most - least || 1)};
    note.textContent = 'What reaches the first token through all layers of attention';
  } else {
    note.textContent = '';
  }
  await paintHeat(view, plane);
  view.classList.toggle('smooth', input.width > 100);
  if (page.boxes && showBoxes.checked) drawBoxes();
  view.setAttribute('aria-label', (plane ? `The input picture with ${method} for ${heatClass.selectedOptions[0].text}` : 'The input picture') +
                                  (page.boxes && showBoxes.checked ? `, and boxes: ${page.boxes.map(namedBox).join(', ')}` : ''));
  view.dataset.drawn = `${heatClass.value} ${method}`;
}
heatClass.onchange = heatMethod.onchange = showBoxes.onchange = drawHeat;
drawHeat();

for (const answer of page.classes.top) {
  const bar = make('i');
  bar.style.width = `${Math.max(100 * answer.probability, 0.5)}%`;
  const button = make('button', {className: 'likely', type: 'button', title: 'Explain this probability',
                                 onclick: () => showProbability(answer)},
                      make('span', {}, answer.name), make('span', {}, `${(100 * answer.probability).toFixed(1)} %`), bar);
  document.getElementById('likely').append(button);
}

// The softmax behind a probability, or the factors of a detector's score, as a layer of its own.
function showProbability(answer) {
  ++shown;
  const form = explainForm(page.classes.explain, page.classes.shape);
  panel.replaceChildren(make('h2', {}, page.boxes ? `Score of ${answer.name}` : `Probability of ${answer.name}`),
                        make('p', {className: 'quiet'}, page.boxes ? 'How sure the network is of its surest box of this class'
                                                                   : 'softmax: e^score over the sum of all classes'), form);
  panel.dataset.ready = page.classes.explain.kind;
  form.explainAt([0, answer.index]);
}

// ---- over all layers ----

// A drawing that is stretched to the page's width, with what stands at its left and below it.
function scaled(left, drawing, below) {
  return make('div', {className: 'scaled'}, make('div', {className: 'left'}, ...left.map(text => make('span', {}, text))), drawing,
              make('span'), make('div', {className: 'below'}, ...below.map(text => make('span', {}, text))));
}

function timeLine() {
  const from = Math.min(...page.ops.map(op => op.start)), ends = page.ops.map(op => op.start + op.seconds);
  const backward = page.ops.filter(op => op.backward_seconds > 0);
  const to = Math.max(...ends, ...backward.map(op => op.backward_start + op.backward_seconds));
  const drawing = svg('svg', {viewBox: '0 0 1000 70', role: 'img', preserveAspectRatio: 'none', height: 90,
                              'aria-label': `Time line of ${page.ops.length} ops, ${time(to - from)} in all`});
  const bar = (op, i, start, seconds, y, kind) => {
    const rect = svg('rect', {class: `bar ${kind}`, x: 1000 * (start - from) / (to - from), y, height: 24,
                              width: Math.max(1000 * seconds / (to - from) - 0.3, 0.4)});
    const title = svg('title', {});
    title.textContent = `${op.call >= 0 ? page.calls[op.call].path + ' ' : ''}${op.name}: ${time(seconds)}`;
    rect.append(title);
    rect.onclick = () => {
      const row = rows.find(r => r.kind === 'op' && r.id === i) || rows.find(r => r.kind === 'call' && r.id === op.call);
      if (row) choose(row.index);
    };
    rect.style.cursor = 'pointer';
    drawing.append(rect);
  };
  page.ops.forEach((op, i) => bar(op, i, op.start, op.seconds, 4, ''));
  page.ops.forEach((op, i) => { if (op.backward_seconds > 0) bar(op, i, op.backward_start, op.backward_seconds, 38, 'second'); });
  const slowest = page.ops.map((op, i) => ({op, i})).sort((a, b) => b.op.seconds - a.op.seconds).slice(0, 5)
      .map(({op}) => `${op.call >= 0 ? page.calls[op.call].path : ''} ${op.name} ${time(op.seconds)}`).join('; ');
  document.getElementById('time-line').append(scaled(['forward', backward.length ? 'backward' : ''], drawing, ['0 ms', time(to - from)]),
      make('p', {className: 'quiet'}, `The slowest: ${slowest}`));
}

// How large gradients are from the input (left) to the output, on a logarithmic scale.
function gradientFlow() {
  const points = page.calls.map((call, i) => ({call, i})).filter(({call}) => call.leaf && call.gradient && call.gradient.norm > 0);
  if (!points.length) return;
  const logs = points.map(({call}) => Math.log10(call.gradient.norm / Math.sqrt(product(call.output))));
  const low = Math.floor(Math.min(...logs)), high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
  const drawing = svg('svg', {viewBox: '0 0 1000 120', height: 140, preserveAspectRatio: 'none', role: 'img',
                              'aria-label': `Root mean square of gradients by depth, from 1e${low} to 1e${high}`});
  points.forEach(({call, i}, k) => {
    const height = Math.max(116 * (logs[k] - low) / (high - low), 1), width = 1000 / points.length;
    const rect = svg('rect', {class: 'bar second', x: k * width, y: 118 - height, width: Math.max(width - 1, 0.5), height});
    const title = svg('title', {});
    title.textContent = `${call.path}: ${number(10 ** logs[k])}`;
    rect.append(title);
    rect.style.cursor = 'pointer';
    rect.onclick = () => choose(rows.find(r => r.kind === 'call' && r.id === i).index);
    drawing.append(rect);
  });
  const decades = Array.from({length: high - low + 1}, (_, k) => `1e${high - k}`);
  document.getElementById('gradient-flow').append(make('h2', {}, 'Gradient flow'),
      scaled(decades, drawing, [points[0].call.path, points[points.length - 1].call.path]),
      make('p', {className: 'quiet'}, "Root mean square of the gradient of each layer's output, on a logarithmic scale"));
}

// ---- position embeddings ----

async function positions() {
  if (!page.attention || page.attention.positions === undefined) return;
  const a = page.attention, [height, width] = a.grid, all = planes(await tensor(a.positions))[0];
  const canvas = make('canvas', {role: 'img', className: 'map', 'aria-label': 'Similarity of position embeddings'});
  const patch = make('input', {type: 'number', min: 0, max: height * width - 1, value: Math.floor(height / 2) * width + (width >> 1),
                               'aria-label': 'Patch'});
  canvas.style.width = '200px';
  const draw = () => {
    const row = Math.min(Math.max(Number(patch.value) | 0, 0), height * width - 1);
    paint(canvas, {rows: height, columns: width, at: (r, c) => all.at(row, r * width + c)});
  };
  patch.onchange = draw;
  draw();
  document.getElementById('picture').append(make('h3', {}, 'Position embeddings'),
      make('p', {className: 'quiet'}, `How alike each patch's is to that of one: ${number(all.low)} to ${number(all.high)} (cosine)`),
      make('div', {className: 'choices'}, make('label', {}, 'Patch ', patch)), canvas);
}

timeLine();
gradientFlow();
positions();
drawTree();
choose(0);
document.documentElement.dataset.ready = 'yes';
