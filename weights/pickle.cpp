#include "weights/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tensor/error.h"
#include "weights/pickle_opcodes.h"

namespace helder {

using namespace pickle_opcodes;

namespace {

// Instructions of one pickle, and places of its memory. A checkpoint takes some 40 for a tensor.
constexpr size_t kMostSteps = size_t{1} << 22;
constexpr size_t kMostLine = 1000;  // bytes in the name of a class
constexpr int kHighestProtocol = 5;

}  // namespace

// ---- the program ----

Pickle::Pickle(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) { run(); }

template <class T>
T Pickle::read() {
  T value;
  std::memcpy(&value, read_bytes(sizeof value).data(), sizeof value);
  return value;
}

std::string_view Pickle::read_bytes(uint64_t count) {
  check(count <= bytes_.size() - next_,
        "{}: the pickle ends within the instruction at byte {}, which needs {} more bytes", name_,
        instruction_, count - (bytes_.size() - next_));
  const std::string_view result = bytes_.substr(next_, count);
  next_ += count;
  return result;
}

std::string_view Pickle::read_line() {
  const size_t end = bytes_.substr(0, next_ + kMostLine).find('\n', next_);
  check(end != std::string_view::npos, "{}: the pickle ends within the instruction at byte {}", name_,
        instruction_);
  const std::string_view line = bytes_.substr(next_, end - next_);
  next_ = end + 1;
  return line;
}

void Pickle::expect(bool condition, const char* complaint) const {
  check(condition, "{}: the pickle's instruction at byte {} {}", name_, instruction_, complaint);
}

void Pickle::run() {
  for (size_t steps = 0; value_ == nullptr; ++steps) {
    check(next_ < bytes_.size(), "{}: the pickle ends without the instruction to stop", name_);
    check(steps < kMostSteps, "{}: the pickle has more than {} instructions", name_, kMostSteps);
    instruction_ = next_;
    step(read<uint8_t>());
  }
}

void Pickle::step(uint8_t opcode) {
  if (opcode == kStop) {
    value_ = pop();
  } else if (!step_constant(opcode) && !step_container(opcode) && !step_memo(opcode) &&
             !step_object(opcode)) {
    fail("{}: the pickle's instruction 0x{:02x} at byte {} is not supported", name_, opcode, instruction_);
  }
}

bool Pickle::step_constant(uint8_t opcode) {
  switch (opcode) {
    case kProto: {
      const int protocol = read<uint8_t>();
      check(protocol <= kHighestProtocol, "{}: the pickle is of protocol {}; up to {} are supported", name_,
            protocol, kHighestProtocol);
      break;
    }
    case kFrame: {  // how much to read at once: of no use in memory
      const uint64_t length = read<uint64_t>();
      check(length <= bytes_.size() - next_,
            "{}: the pickle is cut short: a frame of {} bytes, and there are {}", name_, length,
            bytes_.size() - next_);
      break;
    }
    case kNone:
      make(Kind::None);
      break;
    case kNewTrue:
    case kNewFalse:
      make(Kind::Bool)->integer = opcode == kNewTrue;
      break;
    case kBinInt:
      make(Kind::Int)->integer = read<int32_t>();
      break;
    case kBinInt1:
      make(Kind::Int)->integer = read<uint8_t>();
      break;
    case kBinInt2:
      make(Kind::Int)->integer = read<uint16_t>();
      break;
    case kLong1:
      push_integer(read<uint8_t>());
      break;
    case kLong4:
      push_integer(read<uint32_t>());
      break;
    case kBinFloat:  // the only number that is big-endian
      make(Kind::Float)->real = std::bit_cast<double>(__builtin_bswap64(read<uint64_t>()));
      break;
    case kShortBinString:
    case kShortBinUnicode:
      push_text(Kind::Text, read<uint8_t>());
      break;
    case kBinString:
    case kBinUnicode:
      push_text(Kind::Text, read<uint32_t>());
      break;
    case kBinUnicode8:
      push_text(Kind::Text, read<uint64_t>());
      break;
    case kShortBinBytes:
      push_text(Kind::Bytes, read<uint8_t>());
      break;
    case kBinBytes:
      push_text(Kind::Bytes, read<uint32_t>());
      break;
    case kBinBytes8:
    case kByteArray8:
      push_text(Kind::Bytes, read<uint64_t>());
      break;
    default:
      return false;
  }
  return true;
}

bool Pickle::step_container(uint8_t opcode) {
  switch (opcode) {
    case kMark:
      marks_.push_back(stack_.size());
      break;
    case kPop:
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
      } else {
        pop();
      }
      break;
    case kPopMark:
      pop_to_mark();
      break;
    case kDup:
      push(top());
      break;
    case kEmptyTuple:
      make(Kind::Tuple);
      break;
    case kTuple1:
    case kTuple2:
    case kTuple3:
      push_tuple(static_cast<size_t>(opcode - kTuple1 + 1));
      break;
    case kEmptyList:
      make(Kind::List);
      break;
    case kEmptyDict:
      make(Kind::Dict);
      break;
    case kEmptySet:
      make(Kind::Set);
      break;
    case kTuple: {
      auto values = pop_to_mark();
      make(Kind::Tuple)->parts = std::move(values);
      break;
    }
    case kList:
    case kFrozenSet:
    case kDict: {
      const auto values = pop_to_mark();
      const Kind kind = opcode == kList ? Kind::List : opcode == kDict ? Kind::Dict : Kind::Set;
      add(make(kind), values, kind);
      break;
    }
    case kAppend: {
      PickleNode* value = pop();
      add(top(), {value}, Kind::List);
      break;
    }
    case kSetItem: {
      PickleNode *value = pop(), *key = pop();
      add(top(), {key, value}, Kind::Dict);
      break;
    }
    case kAppends:
    case kSetItems:
    case kAddItems: {
      const auto values = pop_to_mark();
      add(top(), values, opcode == kAppends ? Kind::List : opcode == kSetItems ? Kind::Dict : Kind::Set);
      break;
    }
    default:
      return false;
  }
  return true;
}

bool Pickle::step_memo(uint8_t opcode) {
  switch (opcode) {
    case kBinPut:
      remember(read<uint8_t>());
      break;
    case kLongBinPut:
      remember(read<uint32_t>());
      break;
    case kMemoize:
      remember(memo_count_);
      break;
    case kBinGet:
      recall(read<uint8_t>());
      break;
    case kLongBinGet:
      recall(read<uint32_t>());
      break;
    default:
      return false;
  }
  return true;
}

// What would import and call in Python. Here it makes a record.
bool Pickle::step_object(uint8_t opcode) {
  switch (opcode) {
    case kGlobal: {
      const std::string_view module = read_line(), name = read_line();
      PickleNode* global = make(Kind::Global);
      global->text = {module.data(), module.size() + 1 + name.size()};
      globals_.push_back(global);
      break;
    }
    case kStackGlobal: {
      PickleNode *name = pop(), *module = pop();
      expect(name->is(Kind::Text) && module->is(Kind::Text), "needs the name of a class");
      PickleNode* global = make(Kind::Global);
      global->parts = {module, name};
      globals_.push_back(global);
      break;
    }
    case kReduce:
    case kNewObj: {
      PickleNode *arguments = pop(), *callee = pop();
      push_call(callee, arguments, nullptr);
      break;
    }
    case kNewObjEx: {  // the arguments that have names count as attributes
      PickleNode *named = pop(), *arguments = pop(), *callee = pop();
      push_call(callee, arguments, named);
      break;
    }
    case kInst:
    case kObj: {
      auto values = pop_to_mark();
      PickleNode* callee = nullptr;
      if (opcode == kInst) {
        step_object(kGlobal);
        callee = pop();
      } else {
        expect(!values.empty(), "lacks a class");
        callee = values.front();
        values.erase(values.begin());
      }
      make(Kind::Tuple)->parts = std::move(values);
      PickleNode* arguments = pop();
      push_call(callee, arguments, nullptr);
      break;
    }
    case kBuild: {
      PickleNode* state = pop();
      expect(top()->is(Kind::Call), "gives attributes to no object");
      top()->parts[2] = state;
      break;
    }
    case kBinPersId: {
      PickleNode *id = pop(), *outside = make(Kind::Persistent);
      outside->parts = {id};
      persistent_.push_back(outside);
      break;
    }
    default:
      return false;
  }
  return true;
}

// ---- the stack ----

PickleNode* Pickle::make(Kind kind) {
  PickleNode& node = nodes_.emplace_back();
  node.kind = kind;
  return push(&node);
}

PickleNode* Pickle::push(PickleNode* node) {
  stack_.push_back(node);
  return node;
}

PickleNode* Pickle::top() {
  expect(stack_.size() > (marks_.empty() ? 0 : marks_.back()), "takes a value from an empty stack");
  return stack_.back();
}

PickleNode* Pickle::pop() {
  PickleNode* node = top();
  stack_.pop_back();
  return node;
}

std::vector<PickleNode*> Pickle::pop_to_mark() {
  expect(!marks_.empty(), "looks for a mark, and there is none");
  const auto mark = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleNode*> values(mark, stack_.end());
  stack_.erase(mark, stack_.end());
  marks_.pop_back();
  return values;
}

void Pickle::push_text(Kind kind, uint64_t length) { make(kind)->text = read_bytes(length); }

void Pickle::push_integer(uint64_t bytes) {
  const std::string_view digits = read_bytes(bytes);
  if (bytes > sizeof(int64_t)) {
    make(Kind::BigInt)->text = digits;
    return;
  }
  const bool is_negative = !digits.empty() && (digits.back() & 0x80) != 0;
  int64_t value = is_negative ? -1 : 0;
  std::memcpy(&value, digits.data(), digits.size());  // little-endian; the bytes above stay the sign
  make(Kind::Int)->integer = value;
}

void Pickle::push_tuple(size_t count) {
  std::vector<PickleNode*> values(count);
  for (size_t i = count; i > 0; --i) {
    values[i - 1] = pop();
  }
  make(Kind::Tuple)->parts = std::move(values);
}

void Pickle::push_call(PickleNode* callee, PickleNode* arguments, PickleNode* state) {
  expect(callee->is(Kind::Global) || callee->is(Kind::Call) || callee->is(Kind::Persistent),
         "calls what is neither a class nor a function");
  expect(arguments->is(Kind::Tuple), "calls without a tuple of arguments");
  PickleNode* call = make(Kind::Call);
  call->parts = {callee, arguments, state, nullptr, nullptr};
}

void Pickle::add(PickleNode* to, const std::vector<PickleNode*>& values, Kind container) {
  expect(container != Kind::Dict || values.size() % 2 == 0, "has a key without a value");
  if (to->is(Kind::Call)) {  // of a class like OrderedDict, say; its contents are a container of their own
    PickleNode*& contents = to->parts[container == Kind::Dict ? 3 : 4];
    if (contents == nullptr) {
      PickleNode& node = nodes_.emplace_back();
      node.kind = container == Kind::Dict ? Kind::Dict : Kind::List;
      contents = &node;
    }
    to = contents;
  } else {
    expect(to->is(container), "adds to what cannot hold values");
  }
  to->parts.insert(to->parts.end(), values.begin(), values.end());
}

// ---- the memory ----

void Pickle::remember(uint64_t place) {
  check(place < kMostSteps, "{}: the pickle's instruction at byte {} uses place {} of its memory of {}",
        name_, instruction_, place, kMostSteps);
  if (place >= memo_.size()) {
    memo_.resize(place + 1, nullptr);
  }
  memo_count_ += memo_[place] == nullptr ? 1 : 0;
  memo_[place] = top();
}

void Pickle::recall(uint64_t place) {
  check(place < memo_.size() && memo_[place] != nullptr,
        "{}: the pickle's instruction at byte {} reads place {} of its memory, which is empty", name_,
        instruction_, place);
  push(memo_[place]);
}

}  // namespace helder
