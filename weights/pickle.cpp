#include "weights/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tensor/error.h"

namespace helder {
namespace {

// Instructions of one pickle, and places of its memory. A checkpoint takes some 40 for a tensor.
constexpr size_t kMostSteps = size_t{1} << 23;
constexpr int kHighestProtocol = 5;

// The instructions, by the names that Python gives them (Lib/pickle.py). Those that have their numbers as
// text (protocol 0) are not in files of tensors.
// clang-format off
enum Opcode : uint8_t {
  kMark = '(', kStop = '.', kPop = '0', kPopMark = '1', kDup = '2',
  kBinFloat = 'G', kBinInt = 'J', kBinInt1 = 'K', kBinInt2 = 'M', kNone = 'N', kBinPersId = 'Q',
  kReduce = 'R', kBinString = 'T', kShortBinString = 'U', kBinUnicode = 'X', kAppend = 'a', kBuild = 'b',
  kGlobal = 'c', kDict = 'd', kEmptyDict = '}', kAppends = 'e', kBinGet = 'h', kInst = 'i',
  kLongBinGet = 'j', kList = 'l', kEmptyList = ']', kObj = 'o', kBinPut = 'q', kLongBinPut = 'r',
  kSetItem = 's', kTuple = 't', kEmptyTuple = ')', kSetItems = 'u', kBinBytes = 'B', kShortBinBytes = 'C',
  kProto = 0x80, kNewObj = 0x81, kTuple1 = 0x85, kTuple2 = 0x86, kTuple3 = 0x87, kNewTrue = 0x88,
  kNewFalse = 0x89, kLong1 = 0x8a, kLong4 = 0x8b, kShortBinUnicode = 0x8c, kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e, kEmptySet = 0x8f, kAddItems = 0x90, kFrozenSet = 0x91, kNewObjEx = 0x92,
  kStackGlobal = 0x93, kMemoize = 0x94, kFrame = 0x95, kByteArray8 = 0x96,
};
// clang-format on

}  // namespace

// ---- values ----

// GLOBAL has both names as two lines of the pickle, STACK_GLOBAL as two texts.
std::string_view PickleNode::module() const {
  return parts.empty() ? text.substr(0, text.find('\n')) : parts[0]->text;
}

std::string_view PickleNode::name() const {
  return parts.empty() ? text.substr(text.find('\n') + 1) : parts[1]->text;
}

std::string PickleNode::path() const { return fmt::format("{}.{}", module(), name()); }

bool PickleNode::is_global(std::string_view module, std::string_view name) const {
  return kind == Kind::Global && this->module() == module && this->name() == name;
}

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
  const size_t end = bytes_.find('\n', next_);
  check(end != std::string_view::npos, "{}: the pickle ends within the instruction at byte {}", name_,
        instruction_);
  const std::string_view line = bytes_.substr(next_, end - next_);
  next_ = end + 1;
  return line;
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
      PickleNode* value = pop();
      PickleNode* key = pop();
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
      check(name->is(Kind::Text) && module->is(Kind::Text),
            "{}: the pickle's instruction at byte {} needs the name of a class", name_, instruction_);
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
        check(!values.empty(), "{}: the pickle's instruction at byte {} lacks a class", name_, instruction_);
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
      check(top()->is(Kind::Call), "{}: the pickle's instruction at byte {} gives attributes to no object",
            name_, instruction_);
      top()->parts[2] = state;
      break;
    }
    case kBinPersId: {
      PickleNode* id = pop();
      PickleNode* outside = make(Kind::Persistent);
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
  check(stack_.size() > (marks_.empty() ? 0 : marks_.back()),
        "{}: the pickle's instruction at byte {} takes a value from an empty stack", name_, instruction_);
  return stack_.back();
}

PickleNode* Pickle::pop() {
  PickleNode* node = top();
  stack_.pop_back();
  return node;
}

std::vector<PickleNode*> Pickle::pop_to_mark() {
  check(!marks_.empty(), "{}: the pickle's instruction at byte {} looks for a mark, and there is none", name_,
        instruction_);
  const auto mark = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleNode*> values(mark, stack_.end());
  stack_.erase(mark, stack_.end());
  marks_.pop_back();
  return values;
}

void Pickle::push_text(Kind kind, uint64_t length) {
  const std::string_view text = read_bytes(length);
  make(kind)->text = text;
}

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
  check(callee->is(Kind::Global) || callee->is(Kind::Call) || callee->is(Kind::Persistent),
        "{}: the pickle's instruction at byte {} calls what is neither a class nor a function", name_,
        instruction_);
  check(arguments->is(Kind::Tuple),
        "{}: the pickle's instruction at byte {} calls without a tuple of arguments", name_, instruction_);
  PickleNode* call = make(Kind::Call);
  call->parts = {callee, arguments, state, nullptr, nullptr};
}

void Pickle::add(PickleNode* to, const std::vector<PickleNode*>& values, Kind container) {
  check(container != Kind::Dict || values.size() % 2 == 0,
        "{}: the pickle's instruction at byte {} has a key without a value", name_, instruction_);
  if (to->is(Kind::Call)) {  // of a class like OrderedDict, say; its contents are a container of their own
    PickleNode*& contents = to->parts[container == Kind::Dict ? 3 : 4];
    if (contents == nullptr) {
      PickleNode& node = nodes_.emplace_back();
      node.kind = container == Kind::Dict ? Kind::Dict : Kind::List;
      contents = &node;
    }
    to = contents;
  } else {
    check(to->is(container), "{}: the pickle's instruction at byte {} adds to what cannot hold values", name_,
          instruction_);
  }
  to->parts.insert(to->parts.end(), values.begin(), values.end());
}

// ---- the memory ----

void Pickle::remember(uint64_t place) {
  check(place < kMostSteps, "{}: the pickle's instruction at byte {} uses place {} of its memory of {}",
        name_, instruction_, place, kMostSteps);
  PickleNode* value = top();
  if (place >= memo_.size()) {
    memo_.resize(place + 1, nullptr);
  }
  memo_count_ += memo_[place] == nullptr ? 1 : 0;
  memo_[place] = value;
}

void Pickle::recall(uint64_t place) {
  check(place < memo_.size() && memo_[place] != nullptr,
        "{}: the pickle's instruction at byte {} reads place {} of its memory, which is empty", name_,
        instruction_, place);
  push(memo_[place]);
}

}  // namespace helder
