#include "examples/common/precision_flag.h"

namespace helder {

void add_precision_flag(CLI::App& app, MatmulPrecision& precision) {
  const std::map<std::string, MatmulPrecision> words = {
      {"fp32", MatmulPrecision::Highest}, {"tf32", MatmulPrecision::High}, {"bf16", MatmulPrecision::Medium}};
  app.add_option_function<std::string>(
         "--precision", [&precision, words](const std::string& word) { precision = words.at(word); },
         "in what matrices are multiplied: fp32, tf32 or bf16; the rest stays float32")
      ->check(CLI::IsMember({"fp32", "tf32", "bf16"}))
      ->default_str("fp32");
}

const char* name_of(MatmulPrecision precision) {
  return precision == MatmulPrecision::Highest ? "fp32"
         : precision == MatmulPrecision::High  ? "tf32"
                                               : "bf16";
}

}  // namespace helder
