#include "kernels/simt/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tensor/error.h"

#if defined(__SANITIZE_ADDRESS__)
#define HELDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HELDER_ASAN 1
#endif
#endif
#if HELDER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace helder::simt {

namespace {

namespace context = boost::context::detail;

// A kernel's frames are small. The sanitizer's have red zones around each variable.
#if HELDER_ASAN
constexpr size_t kStackBytes = 256 << 10;
#else
constexpr size_t kStackBytes = 64 << 10;
#endif

// Stacks whose tops were a power of two apart would all compete for the same few sets of each cache. So they
// are moved against each other by an odd number of cache lines.
constexpr size_t kColours = 61;
constexpr size_t kColourBytes = 5 * 64;

}  // namespace

Fiber::Fiber(int index, void (*main)(void*), void* argument) : main_(main), argument_(argument) {
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t colours = (kColours * kColourBytes + page - 1) / page * page;
  mapping_bytes_ = page + kStackBytes + colours;
  void* mapping = ::mmap(nullptr, mapping_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(mapping != MAP_FAILED, "simt: there is no memory for the stack of a thread ({} bytes)",
        mapping_bytes_);
  mapping_ = static_cast<char*>(mapping);
  ::mprotect(mapping_, page, PROT_NONE);  // an overflow stops the program, and touches nobody else
  offset_ = static_cast<size_t>(index) % kColours * kColourBytes;
  bottom_ = mapping_ + page;
  bytes_ = mapping_bytes_ - page - offset_;
  restart();
}

Fiber::~Fiber() {
  if (mapping_ != nullptr) {
#if HELDER_ASAN
    __asan_unpoison_memory_region(bottom_, bytes_);
#endif
    ::munmap(mapping_, mapping_bytes_);
  }
}

void Fiber::restart() {
#if HELDER_ASAN
  __asan_unpoison_memory_region(bottom_, bytes_);
  fake_stack_ = nullptr;
#endif
  thread = -1;
  context_ = context::make_fcontext(mapping_ + mapping_bytes_ - offset_, bytes_, &Fiber::begin);
}

namespace {
struct Switch {
  Fiber* from;
  Fiber* to;
};
}  // namespace

// What arrives is a Switch on the stack of the one that was left.
void Fiber::begin(context::transfer_t transfer) {
  Fiber* self = static_cast<Switch*>(transfer.data)->to;
  self->arrived(transfer);
  self->main_(self->argument_);
}

void Fiber::arrived(context::transfer_t transfer) {
  Fiber* from = static_cast<Switch*>(transfer.data)->from;
  from->context_ = transfer.fctx;
#if HELDER_ASAN
  const void* bottom;
  size_t bytes;
  __sanitizer_finish_switch_fiber(fake_stack_, &bottom, &bytes);
  if (from->mapping_ == nullptr) {  // the stack of a thread of the system
    from->bottom_ = bottom;
    from->bytes_ = bytes;
  }
#endif
}

void switch_fiber(Fiber& from, Fiber& to) {
  Switch message{&from, &to};
#if HELDER_ASAN
  __sanitizer_start_switch_fiber(&from.fake_stack_, to.bottom_, to.bytes_);
#endif
  from.arrived(context::jump_fcontext(to.context_, &message));
}

}  // namespace helder::simt
