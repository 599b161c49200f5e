#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/simt/engine.h"

/// Barriers and what the lanes of a warp do together, with CUDA's names. All lanes of the mask have to come,
/// all to the same line with the same mask.

inline void __syncthreads(helder::simt::Site where = helder::simt::Site::here()) {
  helder::simt::block_barrier("__syncthreads", helder::simt::Vote::None, 0, where);
}
inline int __syncthreads_and(int predicate, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::block_barrier("__syncthreads_and", helder::simt::Vote::And, predicate, where);
}
inline int __syncthreads_or(int predicate, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::block_barrier("__syncthreads_or", helder::simt::Vote::Or, predicate, where);
}
inline int __syncthreads_count(int predicate, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::block_barrier("__syncthreads_count", helder::simt::Vote::Count, predicate, where);
}
inline void __syncwarp(unsigned mask = 0xffffffffu, helder::simt::Site where = helder::simt::Site::here()) {
  helder::simt::warp_collective(
      mask, "__syncwarp", nullptr, [](void* const*, unsigned) {}, where);
}

/// The lanes that run at this moment: on fibers that is the calling one alone, which CUDA allows as well.
inline unsigned __activemask() { return 1u << helder::simt::lane_index(); }
inline void __threadfence_block() {}
inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
inline void __nanosleep(unsigned) {}

namespace helder::simt {

template <class T>
struct Shuffle {
  T value, result;
  unsigned source;  // lane
};

/// Gives each lane the value of its source lane.
template <class T>
T shuffle(const char* name, unsigned mask, const T& value, unsigned source, Site where) {
  Shuffle<T> mine{value, value, source};
  warp_collective(
      mask, name, &mine,
      [](void* const* operands, unsigned lanes) {
        for (unsigned lane = 0; lane < 32; ++lane) {
          if (lanes >> lane & 1) {
            Shuffle<T>& to = *static_cast<Shuffle<T>*>(operands[lane]);
            if (lanes >> to.source & 1) {
              to.result = static_cast<Shuffle<T>*>(operands[to.source])->value;
            }
          }
        }
      },
      where);
  if ((mask >> source & 1) == 0) {
    fail_source(name, source, mask, where);
  }
  return mine.result;
}

/// The set of the lanes whose predicate holds.
inline unsigned ballot(const char* name, unsigned mask, bool predicate, Site where) {
  struct Operand {
    bool predicate;
    unsigned result;
  } mine{predicate, 0};
  warp_collective(
      mask, name, &mine,
      [](void* const* operands, unsigned lanes) {
        unsigned votes = 0;
        for (unsigned lane = 0; lane < 32; ++lane) {
          if (lanes >> lane & 1) {
            votes |= unsigned(static_cast<Operand*>(operands[lane])->predicate) << lane;
          }
        }
        for (unsigned lane = 0; lane < 32; ++lane) {
          if (lanes >> lane & 1) {
            static_cast<Operand*>(operands[lane])->result = votes;
          }
        }
      },
      where);
  return mine.result;
}

/// The set of the lanes that have the same value as this one.
template <class T>
unsigned match(const char* name, unsigned mask, const T& value, Site where) {
  struct Operand {
    T value;
    unsigned result;
  } mine{value, 0};
  warp_collective(
      mask, name, &mine,
      [](void* const* operands, unsigned lanes) {
        for (unsigned to = 0; to < 32; ++to) {
          for (unsigned from = 0; from < 32 && (lanes >> to & 1); ++from) {
            if ((lanes >> from & 1) &&
                std::memcmp(&static_cast<Operand*>(operands[to])->value,
                            &static_cast<Operand*>(operands[from])->value, sizeof(T)) == 0) {
              static_cast<Operand*>(operands[to])->result |= 1u << from;
            }
          }
        }
      },
      where);
  return mine.result;
}

/// Lanes are shuffled in segments of `width`, a power of two. This one's bounds: [begin, begin + width).
inline unsigned segment(int width) { return lane_index() & ~(static_cast<unsigned>(width) - 1); }

template <class T>
concept Shuffled = std::is_arithmetic_v<T> || sizeof(T) == 2 || sizeof(T) == 4;

}  // namespace helder::simt

template <helder::simt::Shuffled T>
T __shfl_sync(unsigned mask, T value, int lane, int width = warpSize,
              helder::simt::Site where = helder::simt::Site::here()) {
  const unsigned source =
      helder::simt::segment(width) + (static_cast<unsigned>(lane) & static_cast<unsigned>(width - 1));
  return helder::simt::shuffle("__shfl_sync", mask, value, source, where);
}
template <helder::simt::Shuffled T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                 helder::simt::Site where = helder::simt::Site::here()) {
  const unsigned lane = helder::simt::lane_index();
  const unsigned source = lane >= helder::simt::segment(width) + delta ? lane - delta : lane;
  return helder::simt::shuffle("__shfl_up_sync", mask, value, source, where);
}
template <helder::simt::Shuffled T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                   helder::simt::Site where = helder::simt::Site::here()) {
  const unsigned lane = helder::simt::lane_index();
  const unsigned end = helder::simt::segment(width) + static_cast<unsigned>(width);
  const unsigned source = lane + delta < end ? lane + delta : lane;
  return helder::simt::shuffle("__shfl_down_sync", mask, value, source, where);
}
template <helder::simt::Shuffled T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = warpSize,
                  helder::simt::Site where = helder::simt::Site::here()) {
  const unsigned lane = helder::simt::lane_index();
  const unsigned other = lane ^ static_cast<unsigned>(lanes);
  const unsigned end = helder::simt::segment(width) + static_cast<unsigned>(width);
  return helder::simt::shuffle("__shfl_xor_sync", mask, value, other < end ? other : lane, where);
}

inline unsigned __ballot_sync(unsigned mask, int predicate,
                              helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::ballot("__ballot_sync", mask, predicate != 0, where);
}
inline int __any_sync(unsigned mask, int predicate, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::ballot("__any_sync", mask, predicate != 0, where) != 0;
}
inline int __all_sync(unsigned mask, int predicate, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::ballot("__all_sync", mask, predicate != 0, where) == mask;
}
template <class T>
unsigned __match_any_sync(unsigned mask, T value, helder::simt::Site where = helder::simt::Site::here()) {
  return helder::simt::match("__match_any_sync", mask, value, where);
}
template <class T>
unsigned __match_all_sync(unsigned mask, T value, int* all,
                          helder::simt::Site where = helder::simt::Site::here()) {
  *all = helder::simt::match("__match_all_sync", mask, value, where) == mask;
  return *all ? mask : 0;
}
