// The numbers of the report. Each tensor is text in a <script> of its own, which is unpacked when it is first asked for.

const page = JSON.parse(document.getElementById('data').textContent);
const unpacked = new Map();

// -> {shape, exact, at(i): element i in row-major order, of exact ones; level(i), stored, low, high of the others}
function tensor(id) {
  if (!unpacked.has(id)) unpacked.set(id, unpack(document.getElementById('t' + id)));
  return unpacked.get(id);
}

async function unpack(element) {
  const note = JSON.parse(element.dataset.note);
  const packed = Uint8Array.from(atob(element.textContent), letter => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (!note.exact) return {...note, levels: bytes};
  const count = bytes.length / 4, joined = new Uint8Array(bytes.length);
  for (let i = 0; i < count; ++i)
    for (let k = 0; k < 4; ++k) joined[4 * i + k] = bytes[k * count + i];
  return {...note, values: new Float32Array(joined.buffer)};
}

function isExact(id) { return JSON.parse(document.getElementById('t' + id).dataset.note).exact; }

function product(sizes) { return sizes.reduce((a, b) => a * b, 1); }

// The place of an element in row-major order.
function offset(shape, index) { return shape.reduce((sum, size, d) => sum * size + index[d], 0); }
