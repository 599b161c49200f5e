// The numbers of the report. Each tensor is text in a <script> of its own, which is unpacked when it is first asked for.

const page = JSON.parse(document.getElementById('data').textContent);
const unpacked = new Map();

// -> {shape, exact, channels, values, stored, levels, low, high}. `values` has the first `channels` channels of an activation
// [1,C,H,W], in row-major order, and all of any other tensor; where it is `exact` these are all there are. Of the others,
// `levels` are a picture.
function tensor(id) {
  if (!unpacked.has(id)) unpacked.set(id, unpack(document.getElementById('t' + id)));
  return unpacked.get(id);
}

async function unpack(element) {
  const note = JSON.parse(element.dataset.note), [exact, picture] = element.textContent.split(' ');
  const result = {...note};
  if (picture) result.levels = await inflated(picture);
  if (exact) {
    const bytes = await inflated(exact), count = bytes.length / 4, joined = new Uint8Array(bytes.length);
    for (let i = 0; i < count; ++i)
      for (let k = 0; k < 4; ++k) joined[4 * i + k] = bytes[k * count + i];
    result.values = new Float32Array(joined.buffer);
  } else if (note.made) {
    const sources = await Promise.all(note.made.from.map(tensor));
    const count = product(note.shape) / (note.shape.length === 4 ? note.shape[1] : 1) * note.channels;
    result.values = remade[note.made.op](sources.map(source => source.values), count, Math.fround(note.made.number));
  }
  return result;
}

async function inflated(text) {
  const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// What simple ops made, again, in the same float32: `count` values.
const remade = {
  relu: ([x], count) => x.slice(0, count).map(value => Math.max(value, 0)),
  relu6: ([x], count) => x.slice(0, count).map(value => Math.min(Math.max(value, 0), 6)),
  leaky_relu: ([x], count, slope) => x.slice(0, count).map(value => value > 0 ? value : value * slope),
  add: ([x, y], count) => x.slice(0, count).map((value, i) => value + y[i]),
  cat: (parts, count) => {
    const all = new Float32Array(count);
    let place = 0;
    for (const part of parts) {
      all.set(part, place);
      place += part.length;
    }
    return all;
  },
};

function noteOf(id) { return JSON.parse(document.getElementById('t' + id).dataset.note); }

function product(sizes) { return sizes.reduce((a, b) => a * b, 1); }

// The place of an element in row-major order.
function offset(shape, index) { return shape.reduce((sum, size, d) => sum * size + index[d], 0); }
