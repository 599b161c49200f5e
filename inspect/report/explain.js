// How one element of a layer's output came about: the numbers that it is made of, multiplied and added up again, in
// double precision. Each function takes what inspect/report_explain.cpp says of a layer, its tensors, and the element's
// index, and returns {terms: [{label, a, b}], steps: [text], constant}: the element is the sum of a * b and the constant.

const explainers = {
  conv2d(spec, t, [, o, i, j]) {
    const [, , height, width] = t.input.shape, [, perGroup, kh, kw] = t.weight.shape;
    const row = spec.channels.indexOf(o);
    if (row < 0) return null;
    const group = Math.floor(o / (t.output.shape[1] / spec.groups)), terms = [];
    for (let c = 0; c < perGroup; ++c)
      for (let p = 0; p < kh; ++p)
        for (let q = 0; q < kw; ++q) {
          const y = i * spec.stride[0] - spec.padding[0] + p * spec.dilation[0];
          const x = j * spec.stride[1] - spec.padding[1] + q * spec.dilation[1];
          if (y < 0 || y >= height || x < 0 || x >= width) continue;  // padding: 0
          const channel = group * perGroup + c;
          terms.push({label: `x[${channel},${y},${x}] w[${o},${c},${p},${q}]`,
                      a: t.input.values[offset(t.input.shape, [0, channel, y, x])],
                      b: t.weight.values[offset(t.weight.shape, [row, c, p, q])]});
        }
    return {terms, steps: ['y[o,i,j] = b[o] + sum of w[o,c,p,q] x[c, i stride + p - padding, ...]'],
            constant: t.bias ? t.bias.values[o] : 0, constantName: t.bias && 'bias'};
  },

  linear(spec, t, index) {
    const o = index[index.length - 1], row = spec.channels.indexOf(o), features = t.weight.shape[1];
    if (row < 0) return null;
    const start = offset(t.output.shape.slice(0, -1), index.slice(0, -1)) * features, terms = [];
    for (let k = 0; k < features; ++k)
      terms.push({label: `x[${k}] w[${o},${k}]`, a: t.input.values[start + k], b: t.weight.values[row * features + k]});
    return {terms, steps: ['y[o] = b[o] + sum of w[o,k] x[k]'], constant: t.bias ? t.bias.values[o] : 0,
            constantName: t.bias && 'bias'};
  },

  max_pool2d(spec, t, [, c, i, j]) {
    const seen = windowOf(spec, t.input, c, i, j);
    const best = seen.reduce((a, b) => b.value > a.value ? b : a);
    return {terms: seen.map(place => ({label: place.label, a: place.value, b: place === best ? 1 : 0})),
            steps: ['the largest of the window counts, the others do not'], constant: 0};
  },

  avg_pool2d(spec, t, [, c, i, j]) {
    const seen = windowOf(spec, t.input, c, i, j);
    // Windows that hang over the padding at the far end are cut there before they are counted.
    const cut = (k, d) => Math.min(k * spec.stride[d] - spec.padding[d] + spec.kernel[d],
                                   t.input.shape[2 + d] + spec.padding[d]) - (k * spec.stride[d] - spec.padding[d]);
    const count = spec.count_include_pad ? cut(i, 0) * cut(j, 1) : seen.length;
    return {terms: seen.map(place => ({label: place.label, a: place.value, b: 1 / count})),
            steps: [`the mean of ${count}`], constant: 0};
  },

  adaptive_avg_pool2d(spec, t, [, c, i, j]) {
    const [, , height, width] = t.input.shape, [, , rows, columns] = t.output.shape;
    const top = Math.floor(i * height / rows), bottom = Math.ceil((i + 1) * height / rows);
    const left = Math.floor(j * width / columns), right = Math.ceil((j + 1) * width / columns);
    return meanOf(t.input, c, top, bottom, left, right);
  },

  mean(spec, t, [, c]) { return meanOf(t.input, c, 0, t.input.shape[2], 0, t.input.shape[3]); },

  batch_norm(spec, t, index) {
    const c = index[1];
    return {terms: [{label: `x[${index.slice(1)}] scale[${c}]`, a: t.input.values[offset(t.input.shape, index)],
                     b: t.scale.values[c]}],
            steps: ['y = scale x + shift, scale = weight / sqrt(running_var + eps), shift = bias - running_mean scale'],
            constant: t.shift.values[c], constantName: 'shift'};
  },

  layer_norm(spec, t, index) {
    const features = t.input.shape[t.input.shape.length - 1], k = index[index.length - 1];
    const start = offset(t.input.shape, index) - k, x = t.input.values.slice(start, start + features);
    let sum = 0, squares = 0;
    for (const value of x) sum += value;
    const mean = sum / features;
    for (const value of x) squares += (value - mean) ** 2;
    const variance = squares / features, scale = t.weight.values[k] / Math.sqrt(variance + spec.eps);
    return {terms: [{label: `(x[${k}] - mean) weight / sqrt(variance + eps)`, a: x[k] - mean, b: scale}],
            steps: [`mean = ${number(sum)} / ${features} = ${number(mean)}`,
                    `variance = ${number(squares)} / ${features} = ${number(variance)}, eps = ${spec.eps}`,
                    `weight = ${number(t.weight.values[k])}`],
            inputs: [...x].map((value, i) => ({label: `x[${i}]`, a: value, b: (value - mean) ** 2})),
            constant: t.bias ? t.bias.values[k] : 0, constantName: 'bias'};
  },

  softmax(spec, t, index) {
    const classes = t.input.shape[t.input.shape.length - 1], k = index[index.length - 1];
    const start = offset(t.input.shape, index) - k, x = t.input.values.slice(start, start + classes);
    const largest = x.reduce((a, b) => Math.max(a, b));
    const powers = [...x].map(value => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return {terms: [{label: `e^(x[${k}] - max) / sum`, a: powers[k], b: 1 / sum}],
            steps: [`max = ${number(largest)}`, `sum of all e^(x - max) = ${number(sum)}`],
            inputs: powers.map((value, i) => ({label: `x[${i}]`, a: x[i], b: value})), constant: 0};
  },

  // A detector's score of a class; the sigmoids of the layer that the box is from are among its `Output`.
  box_score(spec, t, [, k]) {
    const box = spec.boxes[k];
    return {terms: [{label: 'objectness times P(class | there is a box)', a: box.objectness, b: box.probability}],
            steps: [`its surest box: ${box.layer}, anchor ${box.anchor}, row ${box.row}, column ${box.column} of the grid`],
            constant: 0};
  },

  attention(spec, t, [n, head, query, feature]) {
    const [, , keys, features] = t.key.shape, scores = [];
    for (let k = 0; k < keys; ++k) {
      let dot = 0;
      for (let e = 0; e < features; ++e)
        dot += t.query.values[offset(t.query.shape, [n, head, query, e])] *
               t.key.values[offset(t.key.shape, [n, head, k, e])];
      scores.push(dot * spec.scale);
    }
    const largest = Math.max(...scores), powers = scores.map(score => Math.exp(score - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return {terms: powers.map((power, k) => ({label: `weight[${k}] v[${k},${feature}]`, a: power / sum,
                                              b: t.value.values[offset(t.value.shape, [n, head, k, feature])]})),
            steps: ['weight = softmax over keys of q . k ' + number(spec.scale)],
            inputs: scores.map((score, k) => ({label: `q[${query}] . k[${k}] scale`, a: score, b: powers[k] / sum})),
            constant: 0};
  },
};

// The elements of a pooling's window that are in the picture.
function windowOf(spec, input, c, i, j) {
  const [, , height, width] = input.shape, [down, across] = spec.dilation || [1, 1], seen = [];
  for (let p = 0; p < spec.kernel[0]; ++p)
    for (let q = 0; q < spec.kernel[1]; ++q) {
      const y = i * spec.stride[0] - spec.padding[0] + p * down, x = j * spec.stride[1] - spec.padding[1] + q * across;
      if (y >= 0 && y < height && x >= 0 && x < width)
        seen.push({label: `x[${c},${y},${x}]`, value: input.values[offset(input.shape, [0, c, y, x])]});
    }
  return seen;
}

function meanOf(input, c, top, bottom, left, right) {
  const terms = [], count = (bottom - top) * (right - left);
  for (let y = top; y < bottom; ++y)
    for (let x = left; x < right; ++x)
      terms.push({label: `x[${c},${y},${x}]`, a: input.values[offset(input.shape, [0, c, y, x])], b: 1 / count});
  return {terms, steps: [`the mean of ${count}`], constant: 0};
}

const tensorFields = ['input', 'output', 'weight', 'bias', 'scale', 'shift', 'query', 'key', 'value'];

// Of these, an output channel needs no input channel but its own.
const channelwise = ['max_pool2d', 'avg_pool2d', 'adaptive_avg_pool2d', 'mean', 'batch_norm', 'attention'];

// -> {missing: the tensors of a layer that are not in the page, channels: the output channels that can be explained; null:
// all}. Where tensors are large only their first channels are in the page exactly.
function explainable(spec) {
  const missing = [];
  let limit = Infinity;
  for (const name of tensorFields) {
    if (!(name in spec) || (spec.kind === 'attention' && name === 'scale')) continue;
    const note = noteOf(spec[name]), isDepthwise = spec.kind === 'conv2d' && spec.groups > 1 && spec.groups === note.shape[1];
    if (note.exact) continue;
    if (note.channels && (name === 'output' || channelwise.includes(spec.kind) || isDepthwise))
      limit = Math.min(limit, note.channels * (isDepthwise && name === 'input' ? noteOf(spec.output).shape[1] / note.shape[1] : 1));
    else missing.push(name);
  }
  if (spec.boxes || (!spec.channels && limit === Infinity)) return {missing, channels: null};
  const all = spec.channels || Array.from({length: limit}, (_, k) => k);
  return {missing, channels: all.filter(channel => channel < limit)};
}

// -> {terms, steps, constant, sum, stored}, or null where this output channel's weights are not in the page.
async function explain(spec, index) {
  const {channels} = explainable(spec);
  if (channels && !channels.includes(index[spec.kind === 'linear' ? index.length - 1 : 1])) return null;
  const t = {};
  for (const name of tensorFields)
    if (name in spec && !(spec.kind === 'attention' && name === 'scale')) t[name] = await tensor(spec[name]);
  const result = explainers[spec.kind](spec, t, index);
  if (!result) return null;
  result.sum = result.terms.reduce((sum, term) => sum + term.a * term.b, 0) + result.constant;
  result.stored = t.output.values[offset(t.output.shape, index)];
  return result;
}
