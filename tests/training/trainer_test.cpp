#include "training/trainer.h"

#include "data/digits.h"
#include "models/lenet.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "training/adam.h"

using namespace helder;

namespace {

// Everything that a training run needs, on digits that the program draws.
struct Run {
  LeNet model;
  Adam optimizer{model.parameters(), {.lr = 1e-3}};
  ConstantLR schedule{optimizer};
  DataLoader train{synthetic_digits(160, 1), {.batch_size = 32, .prefetch = 0}};
  DataLoader test{synthetic_digits(40, 2), {.batch_size = 20, .shuffle = false, .prefetch = 0}};
  Trainer trainer;

  explicit Run(int64_t epochs, const std::string& architecture = "lenet")
      : trainer(model, optimizer, schedule, train, test,
                {.epochs = epochs,
                 .architecture = architecture,
                 .recipe = "{\"lr\":0.001}",
                 .show_progress = false}) {}
};

}  // namespace

TEST_CASE("a steady training step takes no memory from the system") {
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

TEST_CASE("the reported losses are those of the images") {
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

TEST_CASE("resume refuses what does not fit, and changes nothing") {
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
}
