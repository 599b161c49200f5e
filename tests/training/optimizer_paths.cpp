#include "tests/training/optimizer_paths.h"

#include <cmath>

#include "training/adagrad.h"
#include "training/adam.h"
#include "training/lion.h"
#include "training/muon.h"
#include "training/reduce_lr_on_plateau.h"
#include "training/rmsprop.h"
#include "training/sequential_lr.h"
#include "training/sgd.h"
#include "training/swa_lr.h"

namespace helder::testing {
namespace {

// One group of all parameters.
template <class O, class Options>
Path one(Options options) {
  return {[=](const Parameters& p) { return std::make_unique<O>(p, options); }};
}

// Groups of parameters [0, ends[0]), [ends[0], ends[1]), ..., with these options.
template <class O, class Options>
Path grouped(std::vector<int> ends, std::vector<Options> options) {
  return {[=](const Parameters& p) {
    std::vector<ParameterGroup<Options>> groups;
    int first = 0;
    for (size_t g = 0; g < ends.size(); ++g) {
      groups.push_back({Parameters(p.begin() + first, p.begin() + ends[g]), options[g]});
      first = ends[g];
    }
    return std::make_unique<O>(groups);
  }};
}

template <class S, class... Args>
Path scheduled(Path path, Args... args) {
  path.schedule = [=](Optimizer& o) { return std::make_unique<S>(o, args...); };
  return path;
}

Path sgd() { return one<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.9}); }

Path sgd_groups() {
  return grouped<SGD, SGDOptions>({2, 4}, {{.lr = 0.01, .momentum = 0.9}, {.lr = 0.02, .momentum = 0.9}});
}

}  // namespace

std::map<std::string, Path> optimizer_paths() {
  return {
      {"sgd", one<SGD>(SGDOptions{.lr = 0.01})},
      {"sgd momentum", sgd()},
      {"sgd nesterov, weight decay",
       one<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.8, .weight_decay = 0.1, .nesterov = true})},
      {"sgd dampening", one<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.9, .dampening = 0.5})},
      {"sgd maximize", one<SGD>(SGDOptions{.lr = 1e-4, .momentum = 0.5, .maximize = true})},
      {"sgd groups", grouped<SGD, SGDOptions>({1, 3, 4}, {{.lr = 0.02, .momentum = 0.9},
                                                          {.lr = 0.01, .weight_decay = 0.2},
                                                          {.lr = 0.01, .momentum = 0.9, .nesterov = true}})},
      {"adam", one<Adam>(AdamOptions{.lr = 0.05})},
      {"adam, weight decay",
       one<Adam>(AdamOptions{.lr = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = 0.1})},
      {"adam amsgrad", one<Adam>(AdamOptions{.lr = 0.05, .beta2 = 0.5, .amsgrad = true})},
      {"adam maximize", one<Adam>(AdamOptions{.lr = 0.01, .maximize = true})},
      {"adam groups",
       grouped<Adam, AdamOptions>({2, 4}, {{.lr = 0.1, .amsgrad = true}, {.lr = 0.02, .eps = 0.1}})},
      {"adamw", one<AdamW>(AdamWOptions{.lr = 0.05})},
      {"adamw amsgrad", one<AdamW>(AdamWOptions{.lr = 0.05, .beta2 = 0.5, .amsgrad = true})},
      {"adamw groups",
       grouped<AdamW, AdamWOptions>({2, 4}, {{.lr = 0.05}, {.lr = 0.01, .weight_decay = 0.5}})},
      {"rmsprop", one<RMSprop>(RMSpropOptions{.lr = 0.02})},
      {"rmsprop centered",
       one<RMSprop>(RMSpropOptions{.lr = 0.02, .alpha = 0.9, .weight_decay = 0.1, .centered = true})},
      {"rmsprop momentum", one<RMSprop>(RMSpropOptions{.lr = 0.01, .eps = 1e-3, .momentum = 0.7})},
      {"rmsprop groups", grouped<RMSprop, RMSpropOptions>(
                             {1, 4}, {{.lr = 0.005, .momentum = 0.9}, {.lr = 0.01, .centered = true}})},
      {"adagrad", one<Adagrad>(AdagradOptions{.lr = 0.2})},
      {"adagrad, decays",
       one<Adagrad>(AdagradOptions{
           .lr = 0.3, .lr_decay = 0.05, .weight_decay = 0.1, .initial_accumulator_value = 0.5})},
      {"adagrad groups", grouped<Adagrad, AdagradOptions>({2, 4}, {{.lr = 0.2}, {.lr = 0.05}})},
      {"lion", one<Lion>(LionOptions{.lr = 0.004})},
      {"lion, weight decay",
       one<Lion>(LionOptions{.lr = 0.004, .beta1 = 0.95, .beta2 = 0.98, .weight_decay = 0.3})},
      {"lion groups", grouped<Lion, LionOptions>({2, 4}, {{.lr = 0.004}, {.lr = 0.002}})},
      {"muon", one<Muon>(MuonOptions{.lr = 0.02})},
      {"muon, plain momentum",
       one<Muon>(MuonOptions{.lr = 0.02, .weight_decay = 0, .momentum = 0.8, .nesterov = false})},
      {"muon, as adamw", one<Muon>(MuonOptions{.lr = 0.05, .adjust_lr_fn = MuonAdjust::MatchRmsAdamW})},
      {"muon groups",
       grouped<Muon, MuonOptions>(
           {1, 2},
           {{.lr = 0.05}, {.lr = 0.02, .ns_steps = 3, .adjust_lr_fn = MuonAdjust::SpectralUnclamped}})},
  };
}

std::map<std::string, Path> schedule_paths() {
  Path warm_up = sgd_groups();
  warm_up.schedule = [](Optimizer& o) {
    std::vector<std::unique_ptr<Schedule>> parts;
    parts.push_back(std::make_unique<LinearLR>(o, 0.1, 1, 10));
    parts.push_back(std::make_unique<CosineAnnealingLR>(o, 40));
    return std::make_unique<SequentialLR>(o, std::move(parts), std::vector<int64_t>{10});
  };
  const LambdaLR::Factor hyperbola = [](int64_t step) { return 1 / (1 + 0.1 * static_cast<double>(step)); };
  const std::vector<LambdaLR::Factor> two = {
      [](int64_t step) { return std::pow(0.9, static_cast<double>(step)); },
      [](int64_t step) { return step < 25 ? 1.0 : 0.1; }};
  return {
      {"step", scheduled<StepLR>(sgd_groups(), 15, 0.5)},
      {"multi step", scheduled<MultiStepLR>(sgd_groups(), std::vector<int64_t>{5, 20, 20, 40}, 0.5)},
      {"exponential", scheduled<ExponentialLR>(sgd_groups(), 0.95)},
      {"linear", scheduled<LinearLR>(sgd_groups(), 0.1, 0.8, 20)},
      {"linear, defaults", scheduled<LinearLR>(sgd_groups())},
      {"polynomial", scheduled<PolynomialLR>(sgd_groups(), 40, 2)},
      {"lambda", scheduled<LambdaLR>(sgd_groups(), hyperbola)},
      {"lambdas", scheduled<LambdaLR>(sgd_groups(), two)},
      {"cosine", scheduled<CosineAnnealingLR>(sgd_groups(), 50, 1e-4)},
      {"one cycle", scheduled<OneCycleLR>(sgd(), 0.02, 51)},
      {"one cycle groups", scheduled<OneCycleLR>(sgd_groups(), std::vector<double>{0.02, 0.005}, 51)},
      {"one cycle, adam",
       scheduled<OneCycleLR>(one<Adam>(AdamOptions{.lr = 0.05}), 0.1, 51,
                             OneCycleOptions{.pct_start = 0.2, .div_factor = 10, .final_div_factor = 100})},
      {"warm-up, then cosine", warm_up},
      {"plateau",
       scheduled<ReduceLROnPlateau>(sgd_groups(), ReduceLROnPlateauOptions{.factor = 0.5, .patience = 4})},
      {"plateau, cooldown",
       scheduled<ReduceLROnPlateau>(
           sgd_groups(),
           ReduceLROnPlateauOptions{.factor = 0.1, .patience = 2, .cooldown = 5, .min_lr = 1e-4})},
      {"plateau, maximum",
       scheduled<ReduceLROnPlateau>(sgd_groups(),
                                    ReduceLROnPlateauOptions{.mode = PlateauMode::Max,
                                                             .factor = 0.5,
                                                             .patience = 6,
                                                             .threshold = 0.01,
                                                             .threshold_mode = PlateauThreshold::Absolute})},
      {"swa", scheduled<SWALR>(sgd_groups(), 0.002, 20)},
      {"swa, linear", scheduled<SWALR>(sgd_groups(), 0.005, 10, Anneal::Linear)},
      {"swa, at once", scheduled<SWALR>(sgd_groups(), 0.002, 0)},
  };
}

}  // namespace helder::testing
