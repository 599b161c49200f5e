#include "weights/pickle.h"

#include "tensor/error.h"
#include "tests/catch.h"

using namespace helder;
using Kind = PickleNode::Kind;

namespace {

// A pickle from its instructions, in which zero bytes may be.
template <size_t N>
std::string bytes(const char (&text)[N]) {
  return {text, N - 1};
}

// A pickle, and the bytes of which its values are parts.
struct Read {
  explicit Read(std::string program) : bytes(std::move(program)), pickle(bytes, "x") {}
  const PickleNode& value() const { return pickle.value(); }

  std::string bytes;
  Pickle pickle;
};

std::string refusal(const std::string& program) {
  try {
    const Pickle pickle(program, "x");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith("x: "));
    return std::string(error.what()).substr(3);
  }
  return "(accepted)";
}

std::string times(size_t count, const std::string& text) {
  std::string result;
  for (size_t i = 0; i < count; ++i) {
    result += text;
  }
  return result;
}

}  // namespace

TEST_CASE("pickle: constants", "[pickle]") {
  // (None, True, False, 255, 65535, -2, 2**40, -1, 2**80, 1.5, 'é', b'ab', '')
  const std::string program = bytes(
      "\x80\2(N\x88\x89K\xffM\xff\xffJ\xfe\xff\xff\xff\x8a\6\0\0\0\0\0\1\x8a\1\xff"
      "\x8a\x0b\0\0\0\0\0\0\0\0\0\0\1G\x3f\xf8\0\0\0\0\0\0X\2\0\0\0\xc3\xa9"
      "C\2abU\0t.rest");
  const Pickle pickle(program, "x");
  CHECK(pickle.size() == program.size() - 4);
  const PickleNode& tuple = pickle.value();
  REQUIRE(tuple.is(Kind::Tuple));
  REQUIRE(tuple.parts.size() == 13);
  const auto& v = tuple.parts;
  CHECK(v[0]->is(Kind::None));
  CHECK((v[1]->is(Kind::Bool) && v[1]->integer == 1));
  CHECK((v[2]->is(Kind::Bool) && v[2]->integer == 0));
  const std::vector<int64_t> integers = {255, 65535, -2, int64_t{1} << 40, -1};
  for (size_t i = 0; i < integers.size(); ++i) {
    CHECK((v[3 + i]->is(Kind::Int) && v[3 + i]->integer == integers[i]));
  }
  CHECK((v[8]->is(Kind::BigInt) && v[8]->text == bytes("\0\0\0\0\0\0\0\0\0\0\1")));
  CHECK((v[9]->is(Kind::Float) && v[9]->real == 1.5));
  CHECK((v[10]->is(Kind::Text) && v[10]->text == "é"));
  CHECK((v[11]->is(Kind::Bytes) && v[11]->text == "ab"));
  CHECK((v[12]->is(Kind::Text) && v[12]->text.empty()));
}

TEST_CASE("pickle: containers, and a memory that lets values be shared and contain themselves", "[pickle]") {
  const Read list(bytes("]q\0(h\0K\1K\2\x85K\3K\4\x86K\5K\6K\7\x87)e."));
  const PickleNode& l = list.value();
  REQUIRE((l.is(Kind::List) && l.parts.size() == 6));
  CHECK(l.parts[0] == &l);
  CHECK((l.parts[2]->is(Kind::Tuple) && l.parts[2]->parts.size() == 1));
  CHECK((l.parts[3]->parts.size() == 2 && l.parts[3]->parts[1]->integer == 4));
  CHECK((l.parts[4]->parts.size() == 3 && l.parts[4]->parts[0]->integer == 5));
  CHECK(l.parts[5]->parts.empty());

  const std::string program = bytes("}(K\1]\x94K\2h\0u\x8c\1aNs.");
  const Read dict(program);
  REQUIRE((dict.value().is(Kind::Dict) && dict.value().parts.size() == 6));
  CHECK(dict.value().parts[1] == dict.value().parts[3]);
  CHECK(dict.value().parts[4]->text == "a");

  CHECK(Read("(K\1K\2l.").value().is(Kind::List));
  CHECK(Read("(K\1K\2d.").value().is(Kind::Dict));
  CHECK(Read("\x8f(K\1K\2\x90.").value().parts.size() == 2);
  CHECK(Read("K\1K\2"
             "2"
             "0"
             "(N1"
             "(0"
             "0.")
            .value()
            .integer == 1);
}

TEST_CASE("pickle: what would import and call in Python is noted down", "[pickle]") {
  // REDUCE, NEWOBJ, NEWOBJ_EX, INST and OBJ of os.system, with GLOBAL and STACK_GLOBAL.
  for (const std::string& program :
       {bytes("cos\nsystem\nX\2\0\0\0ls\x85R."), bytes("\x8c\2os\x8c\6system\x93\x8c\2ls\x85R."),
        bytes("cos\nsystem\nX\2\0\0\0ls\x85\x81."), bytes("cos\nsystem\nX\2\0\0\0ls\x85}\x92."),
        bytes("(X\2\0\0\0lsios\nsystem\n."), bytes("(cos\nsystem\nX\2\0\0\0lso.")}) {
    const Pickle pickle(program, "x");
    const PickleNode& call = pickle.value();
    REQUIRE(call.is(Kind::Call));
    CHECK(call.callee().is_global("os", "system"));
    CHECK(call.callee().path() == "os.system");
    REQUIRE(call.arguments().parts.size() == 1);
    CHECK(call.arguments().parts[0]->text == "ls");
    CHECK(pickle.globals() == std::vector<const PickleNode*>{&call.callee()});
  }
  // OrderedDict(); d['a'] = 1; d.note = 2; and a persistent id.
  const Read built(bytes("ccollections\nOrderedDict\n)R(X\1\0\0\0aK\1u}X\4\0\0\0noteK\2sb."));
  const PickleNode& dict = built.value();
  REQUIRE((dict.is(Kind::Call) && dict.items() != nullptr && dict.state() != nullptr));
  CHECK(dict.items()->parts[0]->text == "a");
  CHECK(dict.items()->parts[1]->integer == 1);
  CHECK(dict.state()->parts[0]->text == "note");
  CHECK(dict.elements() == nullptr);
  const Read outside(bytes("X\1\0\0\0kQ."));
  CHECK(outside.value().is(Kind::Persistent));
  CHECK(outside.value().parts[0]->text == "k");
  CHECK(outside.pickle.persistent() == std::vector<const PickleNode*>{&outside.value()});
}

TEST_CASE("pickle: programs that are none are refused", "[pickle]") {
  CHECK(refusal("") == "the pickle ends without the instruction to stop");
  CHECK(refusal("N") == "the pickle ends without the instruction to stop");
  CHECK(refusal(".") == "the pickle's instruction at byte 0 takes a value from an empty stack");
  CHECK(refusal("(.") == "the pickle's instruction at byte 1 takes a value from an empty stack");
  CHECK(refusal("N(\x85.") == "the pickle's instruction at byte 2 takes a value from an empty stack");
  CHECK(refusal("K") == "the pickle ends within the instruction at byte 0, which needs 1 more bytes");
  CHECK(refusal("NJ\1\1") == "the pickle ends within the instruction at byte 1, which needs 2 more bytes");
  CHECK(refusal("cos\nsystem") == "the pickle ends within the instruction at byte 0");
  CHECK(refusal("X\xff\xff\xff\xffhello") ==
        "the pickle ends within the instruction at byte 0, which needs 4294967290 more bytes");
  CHECK(refusal("\x8d\xff\xff\xff\xff\xff\xff\xff\xffhello") ==
        "the pickle ends within the instruction at byte 0, which needs 18446744073709551610 more bytes");
  CHECK(refusal("\x8b\xff\xff\xff\xff.") ==
        "the pickle ends within the instruction at byte 0, which needs 4294967294 more bytes");
  CHECK(refusal("\x95\xff\xff\xff\xff\xff\xff\xff\xffN.") ==
        "the pickle is cut short: a frame of 18446744073709551615 bytes, and there are 2");
  CHECK(refusal("\x80\6N.") == "the pickle is of protocol 6; up to 5 are supported");
  CHECK(refusal("t.") == "the pickle's instruction at byte 0 looks for a mark, and there is none");
  CHECK(refusal("}(Nu.") == "the pickle's instruction at byte 3 has a key without a value");
  CHECK(refusal("NNa.") == "the pickle's instruction at byte 2 adds to what cannot hold values");
  CHECK(refusal("]NNs.") == "the pickle's instruction at byte 3 adds to what cannot hold values");
  CHECK(refusal("}Na.") == "the pickle's instruction at byte 2 adds to what cannot hold values");
  CHECK(refusal("}(N\x90.") == "the pickle's instruction at byte 3 adds to what cannot hold values");
  CHECK(refusal("N)R.") == "the pickle's instruction at byte 2 calls what is neither a class nor a function");
  CHECK(refusal("cos\nsystem\nNR.") ==
        "the pickle's instruction at byte 12 calls without a tuple of arguments");
  CHECK(refusal("NN\x93.") == "the pickle's instruction at byte 2 needs the name of a class");
  CHECK(refusal("(o.") == "the pickle's instruction at byte 1 lacks a class");
  CHECK(refusal("]}b.") == "the pickle's instruction at byte 2 gives attributes to no object");
  // Numbers as text, extension codes and buffers outside the pickle.
  for (const std::string& program :
       {std::string("I1\n."), std::string("S'a'\n."), std::string("V1\n."), std::string("Pk\n."),
        std::string("p0\n."), std::string("g0\n."), std::string("F1\n."), std::string("L1L\n."),
        std::string("\x82\1."), std::string("\x97."), std::string("\x98."), std::string("\xff")}) {
    CHECK_THAT(refusal(program), ContainsSubstring("at byte 0 is not supported"));
  }
  CHECK(refusal("I1\n.") == "the pickle's instruction 0x49 at byte 0 is not supported");
}

TEST_CASE("pickle: its memory is bounded", "[pickle]") {
  CHECK(refusal("h\7.") == "the pickle's instruction at byte 0 reads place 7 of its memory, which is empty");
  CHECK(refusal("Nq\5h\4.") ==
        "the pickle's instruction at byte 3 reads place 4 of its memory, which is empty");
  CHECK(refusal("Nr\xff\xff\xff\xff.") ==
        "the pickle's instruction at byte 1 uses place 4294967295 of its memory of 4194304");
  CHECK(refusal("q\1.") == "the pickle's instruction at byte 0 takes a value from an empty stack");
}

TEST_CASE("pickle: instructions are bounded, nesting needs no stack", "[pickle]") {
  CHECK(refusal(times((1 << 22) + 1, "2").insert(0, "N")) == "the pickle has more than 4194304 instructions");
  // Lists in lists, a million deep: built, and freed, without recursion.
  CHECK(refusal(times(1'000'000, "]") + times(999'999, "a") + ".") == "(accepted)");
}

TEST_CASE("pickle: no beginning of a good one is accepted, or does harm", "[pickle]") {
  const std::string good = bytes(
      "\x80\2ccollections\nOrderedDict\n)R(X\1\0\0\0a(X\7\0\0\0storageNtQK\0\x85\x86u}b\x94]q\1a"
      "ios\nx\n.");
  for (size_t length = 0; length < good.size(); ++length) {
    CHECK(refusal(good.substr(0, length)) != "(accepted)");
  }
}
