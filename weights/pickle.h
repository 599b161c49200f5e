#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace helder {

/// A value that a pickle describes. Plain data: what would be a class or a function is its name, and what
/// would be a call is a record of what would have been called, with what. Values may be shared, and may
/// contain themselves.
struct PickleNode {
  enum class Kind : uint8_t {
    None,
    Bool,
    Int,     ///< of up to 64 bits
    BigInt,  ///< `text`: little-endian two's complement
    Float,
    Text,
    Bytes,
    Tuple,
    List,
    Set,
    Dict,        ///< `parts`: key, value, key, value ...
    Global,      ///< a class or a function: module() and name()
    Call,        ///< what a class or a function would have made: callee(), arguments() ...
    Persistent,  ///< something outside the pickle; `parts`: its one id
  };

  Kind kind = Kind::None;
  int64_t integer = 0;                  ///< of a Bool or an Int
  double real = 0;                      ///< of a Float
  std::string_view text = {};           ///< a part of the pickle's bytes
  std::vector<PickleNode*> parts = {};  ///< elements; none is null, but for a Call

  bool is(Kind other) const { return kind == other; }

  // ---- a Global ----
  std::string_view module() const;
  std::string_view name() const;
  /// `module.name`.
  std::string path() const;
  bool is_global(std::string_view module, std::string_view name) const;

  // ---- a Call ----
  const PickleNode& callee() const { return *parts[0]; }
  const PickleNode& arguments() const { return *parts[1]; }
  const PickleNode* state() const { return parts[2]; }  ///< what the object's attributes would be; or null
  const PickleNode* items() const { return parts[3]; }  ///< a Dict, of what was put into it by key; or null
  const PickleNode* elements() const { return parts[4]; }  ///< a List, of what was appended to it; or null
};

/// Reads one pickle: Python's format for objects, protocols 1 to 5 (docs.python.org/3/library/pickletools).
///
/// A pickle is a program for a small machine with a stack and a memory. In Python, some of its instructions
/// import modules and call what is in them, with any arguments; a file can delete yours. This machine has no
/// such instructions: where Python would call, it notes down the call. It runs at most some millions of
/// instructions, each of which takes some bytes of memory, and none of which recurs.
///
/// Throws `Error`, starting with `name`, where the bytes are no such program.
class Pickle {
 public:
  /// Reads the pickle at the start of `bytes`, which must live as long as this.
  Pickle(std::string_view bytes, std::string name);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const PickleNode& value() const { return *value_; }
  /// How many bytes it took; what follows is another pickle, perhaps.
  size_t size() const { return next_; }
  /// All of its references to the outside.
  const std::vector<const PickleNode*>& persistent() const { return persistent_; }
  /// All classes and functions that it names.
  const std::vector<const PickleNode*>& globals() const { return globals_; }

 private:
  using Kind = PickleNode::Kind;

  void run();
  void step(uint8_t opcode);
  bool step_constant(uint8_t opcode);
  bool step_container(uint8_t opcode);
  bool step_memo(uint8_t opcode);
  bool step_object(uint8_t opcode);

  // ---- the program ----
  template <class T>
  T read();
  std::string_view read_bytes(uint64_t count);
  std::string_view read_line();

  // ---- the stack ----
  PickleNode* make(Kind kind);  // and pushes it
  PickleNode* push(PickleNode* node);
  PickleNode* pop();
  PickleNode* top();
  std::vector<PickleNode*> pop_to_mark();
  void push_text(Kind kind, uint64_t length);
  void push_integer(uint64_t bytes);
  void push_tuple(size_t count);
  void push_call(PickleNode* callee, PickleNode* arguments, PickleNode* state);
  void add(PickleNode* to, const std::vector<PickleNode*>& values, Kind container);

  // ---- the memory ----
  void remember(uint64_t place);
  void recall(uint64_t place);

  std::string_view bytes_;
  std::string name_;
  size_t next_ = 0;         // the byte to read
  size_t instruction_ = 0;  // the byte at which the one that runs began
  std::deque<PickleNode> nodes_;
  std::vector<PickleNode*> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::vector<PickleNode*> memo_;
  size_t memo_count_ = 0;
  std::vector<const PickleNode*> persistent_, globals_;
  const PickleNode* value_ = nullptr;
};

}  // namespace helder
