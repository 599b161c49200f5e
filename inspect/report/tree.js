// The modules and the ops in them, as a list that folds, with an arc for each value that goes past what lies between.

const rows = [];  // {kind, id, name, layer, depth, parent, children, open, first, last}

function addRow(row) {
  row.children = [];
  row.open = row.depth === 0;
  row.index = rows.push(row) - 1;
  if (row.parent >= 0) rows[row.parent].children.push(row.index);
  return row.index;
}

// The part of a path that the module around it does not have: `layers.12`, where no module `layers` is called.
function nameWithin(call) {
  const around = call.parent < 0 ? '' : page.calls[call.parent].path;
  return around && call.path.startsWith(around + '.') ? call.path.slice(around.length + 1) : call.path;
}

// In the order of the computation: a call's own ops stand between the calls in it.
function addCall(id, parent) {
  const call = page.calls[id];
  const index = addRow({kind: 'call', id, parent, depth: call.depth, first: call.first, last: call.last,
                        name: nameWithin(call), path: call.path || page.title,
                        layer: call.layer});
  if (call.leaf) return;
  const below = [];
  page.calls.forEach((other, i) => { if (other.parent === id) below.push([other.first, 0, i]); });
  for (let i = call.first; i < call.last; ++i) if (page.ops[i].call === id) below.push([i, 1, i]);
  below.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (const [, isOp, i] of below) {
    if (!isOp) addCall(i, index);
    else addRow({kind: 'op', id: i, parent: index, depth: call.depth + 1, first: i, last: i + 1, name: page.ops[i].name,
                 path: (call.path ? call.path + '.' : '') + page.ops[i].name, layer: 'op'});
  }
}
page.calls.forEach((call, i) => { if (call.parent < 0) addCall(i, -1); });

// At first as many levels are open as fit on a screen.
for (let depth = 1; depth < 9 && visibleRows().length < 25; ++depth) {
  const opened = rows.filter(row => row.depth === depth && row.children.length);
  opened.forEach(row => { row.open = true; });
  if (visibleRows().length > 45) opened.forEach(row => { row.open = false; });
}

const tree = document.getElementById('tree');
let chosen = 0, query = '';

function isHit(row) { return query !== '' && `${row.path} ${row.layer}`.toLowerCase().includes(query); }

function visibleRows() {
  const visible = [];
  const visit = index => {
    const row = rows[index];
    visible.push(row);
    if (row.open) row.children.forEach(visit);
  };
  rows.forEach((row, i) => { if (row.parent < 0) visit(i); });
  return visible;
}

function drawTree() {
  const visible = visibleRows();
  tree.replaceChildren(arcs(visible), ...visible.map(row => {
    const fold = row.children.length
        ? make('button', {className: 'fold', type: 'button', tabIndex: -1, 'aria-label': (row.open ? 'Fold ' : 'Unfold ') + row.path,
                          onclick: () => { row.open = !row.open; drawTree(); }}, row.open ? '▾' : '▸')
        : make('span', {className: 'fold'}, ' ');
    const name = make('button', {className: 'name', type: 'button', title: row.path, onclick: () => choose(row.index)},
                      make('b', {}, row.name || row.path), row.kind === 'op' ? '' : ' ' + (row.name ? row.layer : ''));
    name.dataset.row = row.index;
    if (row.children.length) name.setAttribute('aria-expanded', row.open);
    name.setAttribute('aria-current', row.index === chosen);
    name.tabIndex = row.index === (visible.includes(rows[chosen]) ? chosen : visible[0].index) ? 0 : -1;  // arrows move on
    const line = make('div', {className: `row ${row.kind}${isHit(row) ? ' hit' : ''}`}, fold, name);
    line.style.paddingLeft = `${12 * row.depth}px`;
    return line;
  }));
}

function arcs(visible) {
  const height = 26, drawing = svg('svg', {width: 34, height: height * visible.length, 'aria-hidden': 'true'});
  const placeOf = op => {  // of the row that an op is part of: the innermost, which is the last
    let place = -1;
    visible.forEach((row, i) => { if (row.first <= op && op < row.last) place = i; });
    return place;
  };
  const places = page.ops.map((_, i) => placeOf(i)), drawn = new Set();
  page.ops.forEach((op, i) => op.made_by.forEach(maker => {
    if (maker < 0) return;
    const from = places[maker], to = places[i], key = `${from} ${to}`;
    if (from < 0 || to <= from || drawn.has(key)) return;
    // Rows between, but for those that the target lies in.
    const between = visible.slice(from + 1, to).some(row => !(row.first <= i && i < row.last) && row.last > row.first);
    if (!between) return;
    drawn.add(key);
    const y1 = height * (from + 0.5), y2 = height * (to + 0.5), x = Math.max(2, 30 - 4 * Math.sqrt(to - from) * 2);
    drawing.append(svg('path', {d: `M33 ${y1}C${x} ${y1} ${x} ${y2} 33 ${y2}`}));
  }));
  return drawing;
}

function choose(index) {
  chosen = index;
  for (let row = rows[index]; row.parent >= 0; row = rows[row.parent]) rows[row.parent].open = true;
  drawTree();
  showLayer(rows[index]);
}

tree.addEventListener('keydown', event => {
  const index = Number(event.target.dataset?.row ?? -1);
  if (index < 0) return;
  const visible = visibleRows(), at = visible.findIndex(row => row.index === index);
  const focus = row => row && tree.querySelector(`[data-row="${row.index}"]`)?.focus();
  if (event.key === 'ArrowDown') focus(visible[at + 1]);
  else if (event.key === 'ArrowUp') focus(visible[at - 1]);
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    if (!rows[index].children.length) return;
    rows[index].open = event.key === 'ArrowRight';
    drawTree();
    focus(rows[index]);
  } else return;
  event.preventDefault();
});

document.getElementById('search').addEventListener('input', event => {
  query = event.target.value.trim().toLowerCase();
  const hits = rows.filter(isHit);
  for (const hit of hits)
    for (let row = hit; row.parent >= 0; row = rows[row.parent]) rows[row.parent].open = true;
  document.getElementById('found').textContent = query ? `${hits.length} found` : '';
  drawTree();
  if (hits.length) {
    const first = tree.querySelector('.hit .name');
    tree.scrollTop = first.offsetTop - 40;
  }
});
document.getElementById('search').addEventListener('keydown', event => {
  const hit = event.key === 'Enter' && rows.find(isHit);
  if (hit) choose(hit.index);
});
document.getElementById('unfold').onclick = () => { rows.forEach(row => { row.open = true; }); drawTree(); };
document.getElementById('fold').onclick = () => { rows.forEach(row => { row.open = row.depth === 0; }); drawTree(); };
