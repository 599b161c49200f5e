#include "autograd/ops/einsum.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("einsum: values and derivatives", "[ops][einsum]") {
  check_op("einsum", {
                         {"ij->ji", [](In x) { return einsum("ij->ji", {x[0]}); }},
                         {"ij->", [](In x) { return einsum("ij->", {x[0]}); }},
                         {"ij->j", [](In x) { return einsum("ij->j", {x[0]}); }},
                         {"ii", [](In x) { return einsum("ii", {x[0]}); }},
                         {"ii->i", [](In x) { return einsum("ii->i", {x[0]}); }},
                         {"iij->ij", [](In x) { return einsum("iij->ij", {x[0]}); }},
                         {"iji->j", [](In x) { return einsum("iji->j", {x[0]}); }},
                         {"iii->i", [](In x) { return einsum("iii->i", {x[0]}); }},
                         {"ijij->ij", [](In x) { return einsum("ijij->ij", {x[0]}); }},
                         {"ba", [](In x) { return einsum("ba", {x[0]}); }},
                         {"bA", [](In x) { return einsum("bA", {x[0]}); }},
                         {"...ij->...ji", [](In x) { return einsum("...ij->...ji", {x[0]}); }},
                         {"i...->...", [](In x) { return einsum("i...->...", {x[0]}); }},
                         {"i...j", [](In x) { return einsum("i...j", {x[0]}); }},
                         {"...->", [](In x) { return einsum("...->", {x[0]}); }},
                         {"->", [](In x) { return einsum("->", {x[0]}); }},
                         {"ij,jk->ik",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"ij,jk",
                          [](In x) {
                            return einsum("ij,jk", {x[0], x[1]});
                          }},
                         {"ij,jk->ki",
                          [](In x) {
                            return einsum("ij,jk->ki", {x[0], x[1]});
                          }},
                         {"ij,kj->ik",
                          [](In x) {
                            return einsum("ij,kj->ik", {x[0], x[1]});
                          }},
                         {"i,i->",
                          [](In x) {
                            return einsum("i,i->", {x[0], x[1]});
                          }},
                         {"i,j->ij",
                          [](In x) {
                            return einsum("i,j->ij", {x[0], x[1]});
                          }},
                         {"ij,ij->ij",
                          [](In x) {
                            return einsum("ij,ij->ij", {x[0], x[1]});
                          }},
                         {"ij,ij->i",
                          [](In x) {
                            return einsum("ij,ij->i", {x[0], x[1]});
                          }},
                         {"ij,ij",
                          [](In x) {
                            return einsum("ij,ij", {x[0], x[1]});
                          }},
                         {"bij,bjk->bik",
                          [](In x) {
                            return einsum("bij,bjk->bik", {x[0], x[1]});
                          }},
                         {"bhqd,bhkd->bhqk",
                          [](In x) {
                            return einsum("bhqd,bhkd->bhqk", {x[0], x[1]});
                          }},
                         {"bhqk,bhkd->bqhd",
                          [](In x) {
                            return einsum("bhqk,bhkd->bqhd", {x[0], x[1]});
                          }},
                         {"bqhd,bkhd->bhqk",
                          [](In x) {
                            return einsum("bqhd,bkhd->bhqk", {x[0], x[1]});
                          }},
                         {"nchw,oc->nohw",
                          [](In x) {
                            return einsum("nchw,oc->nohw", {x[0], x[1]});
                          }},
                         {"ij,k->k",
                          [](In x) {
                            return einsum("ij,k->k", {x[0], x[1]});
                          }},
                         {"ijk,jil->kl",
                          [](In x) {
                            return einsum("ijk,jil->kl", {x[0], x[1]});
                          }},
                         {"ij,->ij",
                          [](In x) {
                            return einsum("ij,->ij", {x[0], x[1]});
                          }},
                         {",",
                          [](In x) {
                            return einsum(",", {x[0], x[1]});
                          }},
                         {"iij,jk->ik",
                          [](In x) {
                            return einsum("iij,jk->ik", {x[0], x[1]});
                          }},
                         {"Ab,aB",
                          [](In x) {
                            return einsum("Ab,aB", {x[0], x[1]});
                          }},
                         {" i j , j k -> i k ",
                          [](In x) {
                            return einsum(" i j , j k -> i k ", {x[0], x[1]});
                          }},
                         {"1 stretches",
                          [](In x) {
                            return einsum("ij,ij->ij", {x[0], x[1]});
                          }},
                         {"1 stretches in a sum",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"1 on both sides",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"each stretches",
                          [](In x) {
                            return einsum("ij,ij->ij", {x[0], x[1]});
                          }},
                         {"sum over nothing",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"no rows",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"no batch",
                          [](In x) {
                            return einsum("bij,bjk->bik", {x[0], x[1]});
                          }},
                         {"batches",
                          [](In x) {
                            return einsum("...ij,...jk->...ik", {x[0], x[1]});
                          }},
                         {"batches broadcast",
                          [](In x) {
                            return einsum("...ij,...jk->...ik", {x[0], x[1]});
                          }},
                         {"batches on one side",
                          [](In x) {
                            return einsum("...ij,jk->...ik", {x[0], x[1]});
                          }},
                         {"batches in the middle",
                          [](In x) {
                            return einsum("i...j,j...->i...", {x[0], x[1]});
                          }},
                         {"batches without an arrow",
                          [](In x) {
                            return einsum("...i,...i", {x[0], x[1]});
                          }},
                         {"batches summed",
                          [](In x) {
                            return einsum("...i,...i->i", {x[0], x[1]});
                          }},
                         {"batches of nothing",
                          [](In x) {
                            return einsum("...i,...j->...ij", {x[0], x[1]});
                          }},
                         {"chain",
                          [](In x) {
                            return einsum("ij,jk,kl->il", {x[0], x[1], x[2]});
                          }},
                         {"bilinear",
                          [](In x) {
                            return einsum("bi,oij,bj->bo", {x[0], x[1], x[2]});
                          }},
                         {"one letter in all",
                          [](In x) {
                            return einsum("i,i,i->i", {x[0], x[1], x[2]});
                          }},
                         {"one letter in all, summed",
                          [](In x) {
                            return einsum("i,i,i->", {x[0], x[1], x[2]});
                          }},
                         {"outer",
                          [](In x) {
                            return einsum("i,j,k->kji", {x[0], x[1], x[2]});
                          }},
                         {"four",
                          [](In x) {
                            return einsum("ab,bc,cd,da->", {x[0], x[1], x[2], x[3]});
                          }},
                         {"real and constant",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"same twice",
                          [](In x) {
                            return einsum("ij,ik->jk", {x[0], x[0]});
                          }},
                         {"int64",
                          [](In x) {
                            return einsum("ij,jk->ik", {x[0], x[1]});
                          }},
                         {"int64 batch",
                          [](In x) {
                            return einsum("bij,bj->b", {x[0], x[1]});
                          }},
                     });
}

TEST_CASE("einsum: threads change no bit", "[ops][einsum]") {
  check_threads({{"attention scores", {{4, 60, 2, 32}, {4, 70, 2, 32}}, [](In x) {
                    return einsum("bqhd,bkhd->bhqk", {x[0], x[1]});
                  }}});
}

TEST_CASE("einsum: errors", "[ops][einsum]") {
  check_errors({
      {"einsum: expected at least one operand", [] { einsum("->", {}); }},
      {"einsum: 'ij,jk' names 2 operands, but 1 were given",
       [] {
         einsum("ij,jk", {zeros({2, 3})});
       }},
      {"einsum: 'ij,' names 2 operands, but 1 were given",
       [] {
         einsum("ij,", {zeros({2, 3})});
       }},
      {"einsum: '%' at position 1 of 'i%->i' is neither a letter nor part of '...', ',' or '->'",
       [] {
         einsum("i%->i", {zeros({2, 3})});
       }},
      {"einsum: '.' at position 1 of 'i..j->ij' is neither a letter nor part of '...', ',' or '->'",
       [] {
         einsum("i..j->ij", {zeros({2, 3})});
       }},
      {"einsum: '-' at position 5 of 'ij->i->j' is neither a letter nor part of '...', ',' or '->'",
       [] {
         einsum("ij->i->j", {zeros({2, 3})});
       }},
      {"einsum: ',' at position 5 of 'ij->i,j' is neither a letter nor part of '...', ',' or '->'",
       [] {
         einsum("ij->i,j", {zeros({2, 3})});
       }},
      {"einsum: a second '...' for the same tensor at position 4 of '...i...'",
       [] {
         einsum("...i...", {zeros({2, 3})});
       }},
      {"einsum: operand 1 of 'ij,jkl' names 3 dimensions, but its shape is [3,4]",
       [] {
         einsum("ij,jkl", {zeros({2, 3}), zeros({3, 4})});
       }},
      {"einsum: operand 0 of 'ijk...' names at least 3 dimensions, but its shape is [2,3]",
       [] {
         einsum("ijk...", {zeros({2, 3})});
       }},
      {"einsum: subscript 'i' is twice in operand 0 of 'ii->i', but with sizes 3 and 2 (operand 0 is [3,2])",
       [] {
         einsum("ii->i", {zeros({3, 2})});
       }},
      {"einsum: subscript 'j' has size 4 in operand 1 of 'ij,jk->ik', but 3 before (operand 1 is [4,5])",
       [] {
         einsum("ij,jk->ik", {zeros({2, 3}), zeros({4, 5})});
       }},
      {"einsum: subscript '...' has size 4 in operand 1 of '...i,...i', but 3 before (operand 1 is [4,2])",
       [] {
         einsum("...i,...i", {zeros({3, 2}), zeros({4, 2})});
       }},
      {"einsum: output subscript 'k' is in no operand of 'ij->ik'",
       [] {
         einsum("ij->ik", {zeros({2, 3})});
       }},
      {"einsum: output subscript 'i' appears more than once in the output of 'ij->ii'",
       [] {
         einsum("ij->ii", {zeros({2, 3})});
       }},
      {"einsum: operand 1 is float64 but the first is float32",
       [] {
         einsum("i,i", {zeros({2}), zeros({2}, DType::Float64)});
       }},
      {"einsum: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] {
         einsum("i,i", {zeros({2}, DType::Bool), zeros({2}, DType::Bool)});
       }},
      {"einsum: a product on the way has 9 dimensions; at most 8 are supported",
       [] {
         einsum("abcde,fghi", {zeros({1, 1, 1, 1, 1}), zeros({1, 1, 1, 1})});
       }},
  });
}
