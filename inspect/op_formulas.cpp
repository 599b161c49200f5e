#include "inspect/op_formulas.h"

#include <algorithm>

namespace helder {
namespace {

// What is broadcast is summed again on the way back: `da = dy` is short for that.
constexpr OpFormula kFormulas[] = {
    // arithmetic
    {"add", "a b", "y = a + b", "da = dy,  db = dy"},
    {"sub", "a b", "y = a - b", "da = dy,  db = -dy"},
    {"mul", "a b", "y = a b", "da = dy b,  db = dy a"},
    {"div", "a b", "y = a / b", "da = dy / b,  db = -dy y / b"},
    {"pow", "a b", "y = a^b", "da = dy b a^(b-1),  db = dy y ln a"},
    {"neg", "x", "y = -x", "dx = -dy"},
    {"abs", "x", "y = |x|", "dx = dy sign(x)"},
    {"sign", "x", "y = -1, 0 or 1", "dx = 0"},
    {"floor", "x", "y = the largest integer <= x", "dx = 0"},
    {"ceil", "x", "y = the smallest integer >= x", "dx = 0"},
    {"round", "x", "y = the nearest integer, halves to the even one", "dx = 0"},
    {"clamp", "x", "y = x, but at least low and at most high", "dx = dy where low < x < high, else 0"},
    {"maximum", "a b", "y = the larger of a and b",
     "dy goes to the larger; half to each where they are equal"},
    {"minimum", "a b", "y = the smaller of a and b",
     "dy goes to the smaller; half to each where they are equal"},
    {"where", "c a b", "y = a where c holds, else b",
     "da = dy where c holds, else 0;  db the other way round"},
    {"lerp", "a b w", "y = a + w (b - a)", "da = dy (1 - w),  db = dy w,  dw = dy (b - a)"},

    // functions
    {"exp", "x", "y = e^x", "dx = dy y"},
    {"expm1", "x", "y = e^x - 1", "dx = dy (y + 1)"},
    {"log", "x", "y = ln x", "dx = dy / x"},
    {"log1p", "x", "y = ln(1 + x)", "dx = dy / (1 + x)"},
    {"sqrt", "x", "y = x^(1/2)", "dx = dy / (2 y)"},
    {"rsqrt", "x", "y = x^(-1/2)", "dx = -dy y^3 / 2"},
    {"reciprocal", "x", "y = 1 / x", "dx = -dy y^2"},
    {"sin", "x", "y = sin x", "dx = dy cos x"},
    {"cos", "x", "y = cos x", "dx = -dy sin x"},
    {"erf", "x", "y = 2/sqrt(pi) integral of e^(-t^2) from 0 to x", "dx = dy 2/sqrt(pi) e^(-x^2)"},

    // reductions
    {"sum", "x", "y = sum x", "dx = dy, stretched over what was summed"},
    {"mean", "x", "y = 1/n sum x", "dx = dy / n, stretched over what was averaged"},
    {"prod", "x", "y = product of x", "dx[k] = dy times the product of all x but x[k]"},
    {"var", "x", "y = 1/m sum (x - mean)^2,  m = n - correction", "dx = dy 2/m (x - mean)"},
    {"std", "x", "y = sqrt(1/m sum (x - mean)^2),  m = n - correction", "dx = dy (x - mean) / (m y)"},
    {"norm", "x", "y = (sum |x|^p)^(1/p)", "for p = 2:  dx = dy x / y"},
    {"logsumexp", "x", "y = ln sum e^x", "dx = dy softmax(x)"},
    {"cumsum", "x", "y[k] = sum of x[l] over l <= k", "dx[l] = sum of dy[k] over k >= l"},
    {"max along a dimension", "x", "y = x[index], the extreme one", "dx[index] = dy, else 0"},
    {"amax or amin", "x", "y = the extreme value",
     "dx = dy / c where x = y, c the number of such places; else 0"},

    // shapes
    {"reshape", "x", "y = the same elements in the same order", "dx = dy in x's shape"},
    {"transpose", "x", "y = x with two dimensions swapped", "dx = dy with the same two swapped"},
    {"permute", "x", "y = x with its dimensions in another order", "dx = dy with its dimensions put back"},
    {"slice", "x", "y = a part of x", "dx = dy in that part, else 0"},
    {"select", "x", "y = x at one index of a dimension", "dx = dy at that index, else 0"},
    {"expand", "x", "y = x, read several times along some dimensions",
     "dx = the sum of dy over the readings"},
    {"squeeze", "x", "y = x without dimensions of size 1", "dx = dy in x's shape"},
    {"unsqueeze", "x", "y = x with a new dimension of size 1", "dx = dy in x's shape"},
    {"diagonal", "x", "y = the diagonal of x", "dx = dy on the diagonal, else 0"},
    {"cat", "x0 x1 x2 x3 x4 x5 x6 x7", "y = the inputs, one behind the other",
     "each input gets the part of dy that it filled"},
    {"repeat", "x", "y = x in several tiles", "dx = the sum of dy over the tiles"},
    {"flip", "x", "y = x, reversed along some dimensions", "dx = dy, reversed along the same"},
    {"roll", "x", "y = x, rolled along some dimensions", "dx = dy, rolled back"},
    {"pad", "x", "y = x with a margin", "dx = the part of dy in which x lies"},
    {"tril or triu", "x", "y = a triangle of x, else 0", "dx = the same triangle of dy, else 0"},
    {"unfold", "x", "y = the windows of x, as columns",
     "dx = the sum of dy over the columns that an element is in"},
    {"fold", "x", "y = the sum of columns, each put into its window", "dx = the windows of dy, as columns"},
    {"clone", "x", "y = x, in memory of its own", "dx = dy"},
    {"to", "x", "y = x in another type", "dx = dy in x's type"},
    {"to_device", "x", "y = x on another device", "dx = dy on x's device"},

    // indexing
    {"index_select", "x index", "y[o,j,i] = x[o,index[j],i]", "dx[o,index[j],i] += dy[o,j,i]"},
    {"index_add", "x index source", "y = x;  y[o,index[j],i] += alpha source[o,j,i]",
     "dx = dy,  dsource[o,j,i] = alpha dy[o,index[j],i]"},
    {"index_put", "x values", "y = x, with values at the indices",
     "dx = dy, but 0 where written;  dvalues = dy there"},
    {"gather", "x index", "y[o,j,i] = x[o,index[o,j,i],i]", "dx[o,index[o,j,i],i] += dy[o,j,i]"},
    {"scatter", "x index src", "y = x;  y[o,index[o,j,i],i] = src[o,j,i]",
     "dx = dy, but 0 where written;  dsrc = dy there"},
    {"scatter_add", "x index src", "y = x;  y[o,index[o,j,i],i] += src[o,j,i]",
     "dx = dy,  dsrc[o,j,i] = dy[o,index[o,j,i],i]"},
    {"embedding", "index w", "y[n] = w[index[n]]", "dw[index[n]] += dy[n], but not for the padding"},

    // activations
    {"relu", "x", "y = max(x, 0)", "dx = dy where y > 0, else 0"},
    {"leaky_relu", "x", "y = x where x > 0, else slope x", "dx = dy where x > 0, else slope dy"},
    {"prelu", "x w", "y = x where x > 0, else w x",
     "dx = dy where x > 0, else w dy;  dw = sum of x dy where x <= 0"},
    {"relu6", "x", "y = x between 0 and 6", "dx = dy where 0 < y < 6, else 0"},
    {"hardtanh", "x", "y = x, but at least low and at most high", "dx = dy where low < x < high, else 0"},
    {"elu", "x", "y = x where x > 0, else alpha (e^x - 1)", "dx = dy where x > 0, else dy alpha e^x"},
    {"selu", "x", "y = scale x where x > 0, else scale alpha (e^x - 1)",
     "dx = dy scale where x > 0, else dy scale alpha e^x"},
    {"celu", "x", "y = x where x > 0, else alpha (e^(x/alpha) - 1)",
     "dx = dy where x > 0, else dy e^(x/alpha)"},
    {"gelu", "x", "y = x P(x), P the normal distribution, or its tanh approximation",
     "dx = dy (P(x) + x p(x)), p its density"},
    {"quick_gelu", "x", "y = x s(1.702 x),  s(x) = 1 / (1 + e^-x)",
     "dx = dy (s + 1.702 x s (1 - s)),  s = 1 / (1 + e^(-1.702 x))"},
    {"silu", "x", "y = x s(x),  s(x) = 1 / (1 + e^-x)", "dx = dy s (1 + x (1 - s)),  s = 1 / (1 + e^-x)"},
    {"mish", "x", "y = x tanh(ln(1 + e^x))",
     "dx = dy (w + x (1 - w^2) / (1 + e^-x)),  w = tanh(ln(1 + e^x))"},
    {"softplus", "x", "y = ln(1 + e^(beta x)) / beta", "dx = dy / (1 + e^(-beta x))"},
    {"softsign", "x", "y = x / (1 + |x|)", "dx = dy / (1 + |x|)^2"},
    {"sigmoid", "x", "y = 1 / (1 + e^-x)", "dx = dy y (1 - y)"},
    {"hardsigmoid", "x", "y = clamp(x + 3, 0, 6) / 6", "dx = dy / 6 where -3 < x < 3, else 0"},
    {"hardswish", "x", "y = x clamp(x + 3, 0, 6) / 6",
     "dx = 0 up to -3, dy from 3 on, dy (x/3 + 1/2) between"},
    {"tanh", "x", "y = tanh x", "dx = dy (1 - y^2)"},
    {"glu", "x", "y = a s(b), a and b the halves of x,  s(x) = 1 / (1 + e^-x)",
     "da = dy s,  db = dy a s (1 - s),  s = 1 / (1 + e^-b)"},
    {"softmax", "x", "y = e^x / sum e^x", "dx = y (dy - sum(dy y))"},
    {"log_softmax", "x", "y = x - ln sum e^x", "dx = dy - e^y sum(dy)"},

    // products
    {"matmul", "a b", "y = a b, of matrices", "da = dy b^T,  db = a^T dy"},
    {"linear", "x w b", "y = x w^T + b", "dx = dy w,  dw = dy^T x,  db = sum of dy's rows"},

    // convolution, pooling, sampling
    {"conv2d", "x w b",
     "y[n,o,i,j] = b[o] + sum over c,p,q of w[o,c,p,q] x[n, c, i stride + p dilation - padding, j ...]",
     "dx = w spread back over the windows,  dw[o,c,p,q] = sum over n,i,j of dy[n,o,i,j] x[n,c,...],  db = "
     "sum of dy"},
    {"conv_transpose2d", "x w b",
     "y = b + w[c,o,p,q] x[n,c,i,j] at i stride + p dilation - padding, summed over c",
     "dx = conv2d of dy with w,  dw = products of x and dy's windows,  db = sum of dy"},
    {"max_pool2d", "x", "y = max over the window", "dx = dy where the maximum was, else 0"},
    {"adaptive_max_pool2d", "x", "y = max over the window", "dx = dy where the maximum was, else 0"},
    {"avg_pool2d", "x", "y = mean over the window",
     "dx = the sum of dy / size over the windows that a pixel is in"},
    {"adaptive_avg_pool2d", "x", "y = mean over the window",
     "dx = the sum of dy / size over the windows that a pixel is in"},
    {"max_unpool2d", "x index", "y[index] = x, else 0", "dx = dy[index]"},
    {"interpolate", "x", "y = R x C^T, with weights R for rows and C for columns", "dx = R^T dy C"},
    {"grid_sample", "x grid", "y[p] = the pixels of x near grid[p], weighted by how near",
     "dx = dy spread with the same weights;  dgrid = dy times the slope of x there"},
    {"roi_align", "x", "y[k] = R x[n] S^T, with weights R and S of box k",
     "dx[n] = the sum of R^T dy[k] S over n's boxes"},

    // normalisation: h is x without its mean, over its deviation
    {"batch_norm", "x w b", "y = h w + b,  h = (x - mean) / sqrt(var + eps), a channel at a time",
     "dw = sum(dy h),  db = sum dy,  dx = dy w / deviation; in training less its mean and its part along h"},
    {"layer_norm", "x w b", "y = h w + b,  h = (x - mean) / sqrt(var + eps), over the last dimensions",
     "dw = sum(dy h),  db = sum dy,  dx = dy w / deviation, less its mean and its part along h"},
    {"group_norm", "x w b", "y = h w + b,  h = (x - mean) / sqrt(var + eps), a group at a time",
     "dw = sum(dy h),  db = sum dy,  dx = dy w / deviation, less its mean and its part along h"},
    {"rms_norm", "x w", "y = h w,  h = x / sqrt(mean(x^2) + eps)",
     "dw = sum(dy h),  dx = dy w / sqrt(...), less its part along h"},
    {"normalize", "x", "y = x / norm(x)", "dx = (dy - sum(dy y) dnorm/dx) / norm"},

    // attention
    {"scaled_dot_product_attention", "q k v mask", "y = softmax(q k^T scale + mask) v",
     "with P the softmax:  dv = P^T dy,  dS = P (dy v^T - sum(dy y)),  dq = dS k scale,  dk = dS^T q scale"},
    {"rotary_embedding", "x", "y = R x, a rotation of each pair of features",
     "dx = R^T dy, the rotation back"},

    // regularisers
    {"dropout", "x", "y = x mask / (1 - p)", "dx = dy mask / (1 - p), with the same mask"},
    {"drop_rows", "x", "y = x mask scale, a row at a time", "dx = dy mask scale, with the same mask"},

    // losses: of one element; their mean or sum is taken, and a mean divides dy by their number
    {"cross_entropy", "x target",
     "L = - sum over k of q[k] ln softmax(x)[k],  q = 1 at the label, or the target",
     "dx = dL (softmax(x) - q)"},
    {"nll_loss", "x", "L = -x[label]", "dx = -dL at the label, else 0"},
    {"binary_cross_entropy", "x t", "L = -t ln x - (1 - t) ln(1 - x)",
     "dx = dL (x - t) / (x (1 - x)),  dt = dL (ln(1 - x) - ln x)"},
    {"binary_cross_entropy_with_logits", "x t",
     "L = -t ln s(x) - (1 - t) ln(1 - s(x)),  s(x) = 1 / (1 + e^-x)",
     "dx = dL (1 / (1 + e^-x) - t),  dt = -dL x"},
    {"mse_loss", "x t", "L = (x - t)^2", "dx = 2 dL (x - t),  dt = -dx"},
    {"l1_loss", "x t", "L = |x - t|", "dx = dL sign(x - t),  dt = -dx"},
    {"huber_loss", "x t", "L = d^2/2 where |d| < delta, else delta (|d| - delta/2),  d = x - t",
     "dx = dL clamp(d, -delta, delta),  dt = -dx"},
    {"smooth_l1_loss", "x t", "L = d^2/(2 beta) where |d| < beta, else |d| - beta/2,  d = x - t",
     "dx = dL clamp(d / beta, -1, 1),  dt = -dx"},
};

}  // namespace

const OpFormula* formula_of(std::string_view op) {
  const auto* found = std::find_if(std::begin(kFormulas), std::end(kFormulas),
                                   [&](const OpFormula& formula) { return formula.op == op; });
  return found == std::end(kFormulas) ? nullptr : found;
}

std::span<const OpFormula> op_formulas() { return kFormulas; }

}  // namespace helder
