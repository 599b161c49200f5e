#include "training/trainer.h"

#include <cmath>
#include <csignal>

#include "data/digits.h"
#include "models/lenet.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "training/adam.h"
#include "training/reduce_lr_on_plateau.h"

using namespace helder;

namespace {

// Everything that a training run needs, on digits that the program draws.
struct Run {
  LeNet model;
  Adam optimizer{model.parameters(), {.lr = 1e-3}};
  ConstantLR schedule{optimizer};
  DataLoader train;
  DataLoader test{synthetic_digits(40, 2), {.batch_size = 20, .shuffle = false, .prefetch = 0}};
  ExponentialMovingAverage ema{model, {.decay = 0.9}};
  Trainer trainer;

  explicit Run(int64_t epochs, int64_t batch_size = 32, int64_t accumulate = 1, bool with_ema = false,
               const std::vector<TrainingWatcher*>& watchers = {})
      : train(synthetic_digits(160, 1), {.batch_size = batch_size, .prefetch = 0}),
        trainer(model, optimizer, schedule, train, test,
                {.epochs = epochs,
                 .architecture = "lenet",
                 .recipe = "{\"lr\":0.001}",
                 .show_progress = false,
                 .accumulate = accumulate,
                 .ema = with_ema ? &ema : nullptr,
                 .watchers = watchers}) {}
};

std::vector<double> weights(const Module& model) {
  std::vector<double> all;
  for (const Tensor& parameter : model.parameters()) {
    const auto values = parameter.to_vector<double>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace

TEST_CASE("a steady training step takes no memory from the system", "[training]") {
  // With more threads the count depends on how many of them happen to need scratch memory at one time.
  const int threads = num_threads();
  set_num_threads(1);
  manual_seed(1);
  Run run(3);
  REQUIRE(run.trainer.fit());
  set_num_threads(threads);
  REQUIRE(run.trainer.reports().size() == 3);
  CHECK(run.trainer.reports()[1].system_allocations == 0);
  CHECK(run.trainer.reports()[2].system_allocations == 0);
}

TEST_CASE("the reported losses are those of the images", "[training]") {
  manual_seed(1);
  Run run(1);
  REQUIRE(run.trainer.fit());
  const EpochReport& report = run.trainer.reports()[0];
  double mean = 0;
  for (double loss : run.trainer.step_losses()) {
    mean += loss / static_cast<double>(run.trainer.step_losses().size());  // 5 batches of equal size
  }
  CHECK(report.train_loss == Approx(mean));
  const Evaluation evaluation = evaluate(run.model, run.test);
  CHECK(report.test_loss == evaluation.loss);
  CHECK(report.test_accuracy == evaluation.accuracy);
  CHECK(evaluation.confusion.total() == 40);
  CHECK(evaluation.probabilities.sum().item() == Approx(40));
  CHECK(run.model.is_training());  // evaluate() put it back
}

// What it is told, as words.
struct Heard : TrainingWatcher {
  std::vector<std::string> words;
  void step_begins(int64_t step) override { words.push_back(fmt::format("begin {}", step)); }
  void gradients_ready(int64_t step) override { words.push_back(fmt::format("gradients {}", step)); }
  void step_done(const StepReport& r) override {
    words.push_back(fmt::format("done {} {}", r.step, r.learning_rate));
  }
  void epoch_done(const EpochReport& r, int64_t steps) override {
    words.push_back(fmt::format("epoch {} {}", r.epoch, steps));
  }
};

TEST_CASE("watchers hear of steps and epochs, and their numbers go on in a resumed run", "[training]") {
  manual_seed(1);
  Run first(1, 64, 2);  // 160 images: 3 batches, 2 steps
  REQUIRE(first.trainer.fit());
  Heard heard;
  Run second(2, 64, 2, false, {&heard});
  second.trainer.resume(first.trainer.checkpoint());
  REQUIRE(second.trainer.fit());
  CHECK(heard.words == std::vector<std::string>{"begin 3", "gradients 3", "done 3 0.001",  //
                                                "begin 4", "gradients 4", "done 4 0.001", "epoch 2 4"});
}

TEST_CASE("accumulated batches make the step of one large batch", "[training]") {
  // 160 images: steps of 48, 48, 48 and 16, from batches of 48, or of 16 three at a time and then one.
  manual_seed(1);
  Run large(2, 48);
  REQUIRE(large.trainer.fit());
  manual_seed(1);
  Run small(2, 16, 3);
  REQUIRE(small.trainer.fit());
  CHECK(large.trainer.steps_per_epoch() == 4);
  CHECK(small.trainer.steps_per_epoch() == 4);
  CHECK(small.schedule.steps_taken() == 8);
  const auto& losses = large.trainer.step_losses();
  REQUIRE(losses.size() == 8);
  REQUIRE(small.trainer.step_losses().size() == 8);
  for (size_t i = 0; i < losses.size(); ++i) {
    CHECK(small.trainer.step_losses()[i] == Approx(losses[i]).epsilon(1e-4));
  }
  const auto a = weights(large.model), b = weights(small.model);
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(a[i] - b[i]));
  }
  CHECK(worst < 5e-4);  // half a step of Adam's at most
  CHECK(small.trainer.reports()[1].train_loss == Approx(large.trainer.reports()[1].train_loss).epsilon(1e-3));
}

TEST_CASE("an interrupt in the midst of a step waits for its end; the resumed run is the same",
          "[training]") {
  manual_seed(1);
  Run whole(2, 16, 3, /*with_ema=*/true);
  REQUIRE(whole.trainer.fit());

  manual_seed(1);
  Run part(2, 16, 3, true);
  int calls = 0;
  part.model.register_forward_hook([&](const Module&, std::span<const Tensor>, const Tensor&) {
    if (++calls == 5) {  // the second batch of the second step
      std::raise(SIGINT);
    }
  });
  REQUIRE(!part.trainer.fit());
  CHECK(calls == 6);
  const Checkpoint checkpoint = part.trainer.checkpoint();
  CHECK(checkpoint.batch == 6);
  CHECK(part.schedule.steps_taken() == 2);

  manual_seed(99);
  Run resumed(2, 16, 3, true);
  resumed.trainer.resume(checkpoint);
  REQUIRE(resumed.trainer.fit());
  CHECK((weights(resumed.model) == weights(whole.model)));
  const auto averages = whole.ema.state_dict(), resumed_averages = resumed.ema.state_dict();
  for (size_t i = 0; i < averages.size(); ++i) {
    CHECK((averages[i].second.to_vector<double>() == resumed_averages[i].second.to_vector<double>()));
  }
  CHECK(resumed.trainer.reports()[0].train_loss == whole.trainer.reports()[0].train_loss);
}

TEST_CASE("an interrupt in the last batch of an epoch leaves a checkpoint that can be resumed",
          "[training]") {
  manual_seed(1);
  Run part(2, 32);
  int calls = 0;
  part.model.register_forward_hook([&](const Module&, std::span<const Tensor>, const Tensor&) {
    if (++calls == 5) {
      std::raise(SIGINT);
    }
  });
  REQUIRE(!part.trainer.fit());
  const Checkpoint checkpoint = part.trainer.checkpoint();
  CHECK(checkpoint.epoch == 1);
  CHECK(checkpoint.batch == 0);
  Run resumed(2, 32);
  resumed.trainer.resume(checkpoint);
  CHECK(resumed.trainer.fit());
}

TEST_CASE("with an average of the weights, that is what is evaluated", "[training]") {
  manual_seed(1);
  Run run(1, 32, 1, /*with_ema=*/true);
  REQUIRE(run.trainer.fit());
  CHECK(run.ema.updates() == 5);
  CHECK(!run.ema.applied());
  const double own = evaluate(run.model, run.test).loss;
  const AppliedAverage applied(run.ema);
  CHECK(run.trainer.reports()[0].test_loss == evaluate(run.model, run.test).loss);
  CHECK(run.trainer.reports()[0].test_loss != own);
}

TEST_CASE("the trainer tells ReduceLROnPlateau the test loss of each epoch", "[training]") {
  manual_seed(1);
  Run parts(1);
  ReduceLROnPlateau schedule(parts.optimizer, {.factor = 0.5, .patience = 0, .threshold = 0.9});
  Trainer trainer(parts.model, parts.optimizer, schedule, parts.train, parts.test,
                  {.epochs = 3, .recipe = "{}", .show_progress = false});
  REQUIRE(trainer.fit());
  CHECK(schedule.best() == trainer.reports()[0].test_loss);  // no epoch was ten times as good
  CHECK(parts.optimizer.lr() == Approx(0.25e-3));
  CHECK(schedule.steps_taken() == 15);

  Run other(1);
  ReduceLROnPlateau resumed(other.optimizer, {.factor = 0.5, .patience = 0, .threshold = 0.9});
  Trainer again(other.model, other.optimizer, resumed, other.train, other.test,
                {.epochs = 3, .recipe = "{}", .show_progress = false});
  again.resume(trainer.checkpoint());
  CHECK(resumed.best() == schedule.best());
  CHECK(other.optimizer.lr() == parts.optimizer.lr());
}

TEST_CASE("resume refuses what does not fit, and changes nothing", "[training]") {
  manual_seed(1);
  Run run(2);
  const Checkpoint good = run.trainer.checkpoint();
  const auto weights = run.model.conv1.weight.to_vector<float>();
  const auto refuses = [&](Checkpoint changed, const std::string& message) {
    CHECK_THROWS_WITH(run.trainer.resume(changed), message);
    CHECK((run.model.conv1.weight.to_vector<float>() == weights));
  };
  Checkpoint c = good;
  c.architecture = "cnn";
  refuses(c, "resume: the checkpoint is of 'cnn', but this model is 'lenet'");
  c = good;
  c.optimizer_name = "AdamW";
  refuses(c, "resume: the checkpoint was made with AdamW, but this run uses Adam");
  c = good;
  c.recipe = "{\"lr\":0.1}";
  refuses(c,
          "resume: the checkpoint was made with lr = 0.1, not 0.001; the same options give the same result");
  c = good;
  c.recipe = "not json";
  refuses(c, "resume: the checkpoint's recipe is not JSON");
  c = good;
  c.batch = 5;
  refuses(c, "resume: the checkpoint stands at epoch 0, batch 5, beyond 2 epochs of 5 batches");
  c = good;
  c.epoch = 1;
  refuses(c, "resume: the checkpoint reports 0 epochs but stands at 1");
  c = good;
  c.model.pop_back();
  refuses(c, "load_state_dict: the tensors do not fit this LeNet:\n  missing     fc3.bias [10]");
  c = good;
  c.optimizer.clear();
  for (auto& [name, tensor] : c.model) {
    tensor = tensor.clone().fill_(0);
  }
  refuses(c, "optimizer: the state has no 'steps'");
  c = good;
  c.schedule.clear();
  for (auto& [name, tensor] : c.model) {
    tensor = tensor.clone().fill_(0);
  }
  refuses(c, "schedule: the state has no 'step'");
  c = good;
  c.average = run.ema.state_dict();
  refuses(c, "resume: the checkpoint holds an average of the weights, but this run keeps none");
  Run in_threes(1, 32, 3);
  c = good;
  c.batch = 1;
  CHECK_THROWS_WITH(in_threes.trainer.resume(c),
                    "resume: the checkpoint stands at batch 1, within a step of 3 batches");
}
