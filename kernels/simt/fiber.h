#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

/// A stack and a place in a program that is left and entered again: Boost.Context's two instructions' worth
/// of assembly, with what the address sanitizer has to be told. A switch saves the registers that a function
/// must keep on the stack, exchanges stack pointers and loads the others': about two nanoseconds, where
/// swapcontext() asks the kernel for signal masks.
namespace helder::simt {

class Fiber {
 public:
  /// A fiber that calls main(argument) when it is first entered. main must not return.
  Fiber(int index, void (*main)(void* argument), void* argument);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Forgets where the fiber was: entered again, it starts at main. What was on its stack is not destroyed.
  void restart();

  int thread = -1;  ///< of the block, that it runs

 private:
  friend class Caller;
  friend void switch_fiber(Fiber& from, Fiber& to);
  Fiber() = default;  // of a thread of the system: it has a stack
  static void begin(boost::context::detail::transfer_t transfer);
  void arrived(boost::context::detail::transfer_t transfer);

  boost::context::detail::fcontext_t context_ = nullptr;
  void (*main_)(void*) = nullptr;
  void* argument_ = nullptr;
  char* mapping_ = nullptr;
  size_t mapping_bytes_ = 0;
  size_t offset_ = 0;             // of the stack's top from the mapping's end
  const void* bottom_ = nullptr;  // what the sanitizer wants to know
  size_t bytes_ = 0;
  void* fake_stack_ = nullptr;
};

/// Leaves `from`, which runs, for `to`. Returns when somebody switches to `from` again.
void switch_fiber(Fiber& from, Fiber& to);

/// The thread of the system as a fiber.
class Caller : public Fiber {
 public:
  Caller() = default;
};

}  // namespace helder::simt
