#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "kernels/simt/site.h"
#include "kernels/simt/vector_types.h"

/// Runs the threads of a CUDA grid on this processor: docs/simt.md. A block runs on one thread of the system,
/// each of its threads on a fiber, one at a time: from a barrier to the next, no other thread of its block
/// does anything.

// What a kernel reads; the engine sets them whenever another thread goes on.
extern constinit thread_local uint3 threadIdx;
extern constinit thread_local uint3 blockIdx;
extern constinit thread_local dim3 blockDim;
extern constinit thread_local dim3 gridDim;
inline constexpr int warpSize = 32;

namespace helder::simt {

/// The order in which the threads of a block get their turns. A kernel must compute the same in each.
enum class LaneOrder { Forward, Reversed, Shuffled };

struct Settings {
  LaneOrder order = LaneOrder::Forward;  ///< HELDER_SIMT_ORDER=forward|reversed|shuffled
  uint64_t seed = 0;                     ///< of the shuffle; HELDER_SIMT_SEED
  bool races = false;                    ///< report races in shared memory; HELDER_SIMT_RACES=1
};

/// What the environment says, until set_settings(). Not to be changed while a kernel runs.
Settings settings();
void set_settings(const Settings& settings);

struct Grid {
  dim3 grid;
  dim3 block;
  size_t shared_bytes = 0;  ///< dynamic shared memory
  std::string_view kernel;  ///< name, for messages
};

/// Calls `thread(arguments)` once for each thread of the grid; blocks are spread over num_threads() threads
/// of the system. Throws Error with the first block's trouble: a divergent barrier, a wrong mask, an
/// exception of the kernel.
void run(const Grid& grid, void (*thread)(const void* arguments), const void* arguments);

/// Where the calling thread is, for messages: "kernel matmul, block (0,1,0), thread (3,0,0)".
std::string describe_thread();

// ---- what the device functions are made of
// ---------------------------------------------------------------------------

enum class Vote { None, And, Or, Count };

/// All threads of the block wait here for each other. Returns the vote on `predicate`.
int block_barrier(const char* name, Vote vote, int predicate, Site where);

/// All lanes of `mask` wait here for each other, each with an operand of its own. The last to come calls
/// complete(operands, mask), in which operands[lane] is that of the lane; then all go on.
void warp_collective(unsigned mask, const char* name, void* operand,
                     void (*complete)(void* const* operands, unsigned mask), Site where);

/// Lane of the calling thread in its warp.
unsigned lane_index();

/// The block's `bytes` of shared memory that belong to the declaration at `where`: new and all 0xff for the
/// first thread that comes, the same for the others. `leave_shared` is called where the declaration's scope
/// ends.
struct SharedSlot;
SharedSlot* enter_shared(size_t bytes, size_t alignment, Site where);
void* shared_memory(const SharedSlot* slot);
void leave_shared(SharedSlot* slot);

/// Whether accesses to shared memory are to be told (Settings::races), and where they are. Throws Error for a
/// race.
bool tracks_shared();
void track_shared(const void* at, bool write, Site where);

/// The dynamic shared memory of the launch.
void* dynamic_shared_memory();
size_t dynamic_shared_bytes();

/// Throws Error, for the calling thread: "kernel k, block (..), thread (..), file.cu:12: message".
[[noreturn]] void fail_here(Site where, const std::string& message);
[[noreturn]] void fail_source(const char* name, unsigned source, unsigned mask, Site where);

}  // namespace helder::simt
