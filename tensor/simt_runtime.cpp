#include "tensor/simt_runtime.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "tensor/parallel.h"

// Graphs hold what was enqueued, in order. An event is a point in time.
struct CUgraph_st {
  std::vector<std::function<void()>> work;
  std::vector<cudaStream_t> streams;  // that are captured into it: who began, and who waited for one of these
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};
struct CUstream_st {
  CUgraph_st* capture = nullptr;
};
struct CUevent_st {
  std::chrono::steady_clock::time_point time;
  bool recorded = false;
  bool timed = true;
  CUgraph_st* capture = nullptr;  // into which it was recorded last, perhaps long ago
};

namespace {

thread_local cudaError_t last_error = cudaSuccess;
thread_local std::vector<CUgraph_st*> captures;  // that this thread has begun and not ended
thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

cudaError_t result(cudaError_t error) {
  if (error != cudaSuccess) {
    last_error = error;
  }
  return error;
}
cudaError_t success_if(bool condition, cudaError_t error = cudaErrorInvalidValue) {
  return result(condition ? cudaSuccess : error);
}

constexpr size_t kAlignment = 256;  // as the documentation of cudaMalloc has it

size_t page_bytes(int name) {
  return static_cast<size_t>(::sysconf(name)) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

bool capturing(cudaStream_t stream) { return stream != nullptr && stream->capture != nullptr; }

// A thread that captures must not call what would wait or take memory, unless it says so.
bool unsafe_now() {
  return thread_mode != cudaStreamCaptureModeRelaxed &&
         std::any_of(captures.begin(), captures.end(),
                     [](const CUgraph_st* graph) { return graph->mode != cudaStreamCaptureModeRelaxed; });
}
cudaError_t unsafe_call() { return result(cudaErrorStreamCaptureUnsupported); }

}  // namespace

namespace helder::simt {

void enqueue(cudaStream_t stream, std::function<void()> work) {
  if (capturing(stream)) {
    stream->capture->work.push_back(std::move(work));
  } else {
    work();
  }
}

}  // namespace helder::simt

using helder::simt::enqueue;

// ---- errors and the device
// -----------------------------------------------------------------------------------------

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration:
      return "cudaErrorInvalidConfiguration";
    case cudaErrorInvalidDevice:
      return "cudaErrorInvalidDevice";
    case cudaErrorInvalidResourceHandle:
      return "cudaErrorInvalidResourceHandle";
    case cudaErrorNotReady:
      return "cudaErrorNotReady";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    case cudaErrorStreamCaptureUnsupported:
      return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureInvalidated:
      return "cudaErrorStreamCaptureInvalidated";
    case cudaErrorIllegalState:
      return "cudaErrorIllegalState";
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorInvalidResourceHandle:
      return "invalid resource handle";
    case cudaErrorNotReady:
      return "device not ready";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
    case cudaErrorStreamCaptureUnsupported:
      return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureInvalidated:
      return "operation failed due to a previous error during capture";
    case cudaErrorIllegalState:
      return "the operation cannot be performed in the present state";
  }
  return "unrecognized error code";
}

cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }
cudaError_t cudaPeekAtLastError() { return last_error; }

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}
cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) { return success_if(device == 0, cudaErrorInvalidDevice); }

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (device != 0) {
    return result(cudaErrorInvalidDevice);
  }
  *properties = {};
  std::strcpy(properties->name, "this processor (simt)");
  properties->totalGlobalMem = page_bytes(_SC_PHYS_PAGES);
  properties->sharedMemPerBlock = 48 << 10;
  properties->sharedMemPerBlockOptin = 99 << 10;
  properties->regsPerBlock = 65536;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = 1024;
  properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = 1024;
  properties->maxThreadsDim[2] = 64;
  properties->maxGridSize[0] = 2147483647;
  properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
  properties->major = 8;
  properties->multiProcessorCount = helder::num_threads();
  properties->l2CacheSize = 4 << 20;
  properties->maxThreadsPerMultiProcessor = 1024;
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() { return unsafe_now() ? unsafe_call() : cudaSuccess; }

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *free = page_bytes(_SC_AVPHYS_PAGES);
  *total = page_bytes(_SC_PHYS_PAGES);
  return cudaSuccess;
}

// ---- memory
// --------------------------------------------------------------------------------------------------------

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  *memory = nullptr;
  if (unsafe_now()) {
    return unsafe_call();
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  // Not std::aligned_alloc, which wants a multiple of the alignment: the sanitizer is to know the end.
  if (::posix_memalign(memory, kAlignment, bytes) != 0) {
    *memory = nullptr;
    return result(cudaErrorMemoryAllocation);
  }
  std::memset(*memory, 0xff, bytes);  // NaN: who reads before anybody wrote shall see it
  return cudaSuccess;
}
cudaError_t cudaFree(void* memory) {
  if (unsafe_now()) {
    return unsafe_call();
  }
  std::free(memory);
  return cudaSuccess;
}
cudaError_t cudaMallocAsync(void** memory, size_t bytes, cudaStream_t stream) {
  // A node of a graph would have to keep its address over launches, which nobody here needs.
  return capturing(stream) ? result(cudaErrorStreamCaptureUnsupported) : cudaMalloc(memory, bytes);
}
cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  return capturing(stream) ? result(cudaErrorStreamCaptureUnsupported) : cudaFree(memory);
}
cudaError_t cudaMallocHost(void** memory, size_t bytes) { return cudaMalloc(memory, bytes); }
cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) { return cudaMalloc(memory, bytes); }
cudaError_t cudaFreeHost(void* memory) { return cudaFree(memory); }

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  return unsafe_now() ? unsafe_call() : cudaMemcpyAsync(to, from, bytes, kind, nullptr);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  if (bytes > 0 && (to == nullptr || from == nullptr)) {
    return result(cudaErrorInvalidValue);
  }
  if (bytes > 0) {
    enqueue(stream, [=] { std::memmove(to, from, bytes); });
  }
  return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind, cudaStream_t stream) {
  if (width > to_pitch || width > from_pitch) {
    return result(cudaErrorInvalidValue);
  }
  enqueue(stream, [=] {
    for (size_t row = 0; row < height; ++row) {
      std::memmove(static_cast<char*>(to) + row * to_pitch, static_cast<const char*>(from) + row * from_pitch,
                   width);
    }
  });
  return cudaSuccess;
}
cudaError_t cudaMemset(void* memory, int byte, size_t bytes) {
  return cudaMemsetAsync(memory, byte, bytes, nullptr);
}
cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t stream) {
  if (bytes > 0) {
    enqueue(stream, [=] { std::memset(memory, byte, bytes); });
  }
  return cudaSuccess;
}

// ---- streams and events
// ----------------------------------------------------------------------------------------------

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  *stream = new CUstream_st;
  return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) { return cudaStreamCreate(stream); }
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (stream == nullptr) {
    return result(cudaErrorInvalidResourceHandle);
  }
  if (stream->capture != nullptr && stream->capture->streams.front() == stream) {
    cudaGraph_t graph = nullptr;
    cudaStreamEndCapture(stream, &graph);
    delete graph;
  }
  delete stream;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return success_if(!capturing(stream), cudaErrorStreamCaptureUnsupported);
}
cudaError_t cudaStreamQuery(cudaStream_t stream) { return cudaStreamSynchronize(stream); }
// What was recorded has happened; or it will when the graph is launched, and then the stream is part of it.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  if (event == nullptr) {
    return result(cudaErrorInvalidResourceHandle);
  }
  if (std::find(captures.begin(), captures.end(), event->capture) != captures.end() && !capturing(stream)) {
    if (stream == nullptr) {
      return unsafe_call();
    }
    stream->capture = event->capture;
    event->capture->streams.push_back(stream);
  }
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, cudaEventDefault); }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  *event = new CUevent_st;
  (*event)->timed = (flags & cudaEventDisableTiming) == 0;
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return success_if(event != nullptr, cudaErrorInvalidResourceHandle);
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  if (event == nullptr) {
    return result(cudaErrorInvalidResourceHandle);
  }
  event->capture = capturing(stream) ? stream->capture : nullptr;
  if (event->capture == nullptr) {  // in a graph it is no work, only a place to wait for
    event->time = std::chrono::steady_clock::now();
    event->recorded = true;
  }
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event != nullptr && std::find(captures.begin(), captures.end(), event->capture) != captures.end()) {
    return unsafe_call();  // it belongs to what is being captured
  }
  return success_if(event != nullptr, cudaErrorInvalidResourceHandle);
}
cudaError_t cudaEventQuery(cudaEvent_t event) { return cudaEventSynchronize(event); }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  if (!start || !end || !start->recorded || !end->recorded || !start->timed || !end->timed) {
    return result(cudaErrorInvalidResourceHandle);
  }
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return cudaSuccess;
}

// ---- graphs
// ----------------------------------------------------------------------------------------------------------

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  if (stream == nullptr || stream->capture != nullptr) {  // the default stream cannot be captured
    return result(stream == nullptr ? cudaErrorStreamCaptureUnsupported : cudaErrorIllegalState);
  }
  stream->capture = new CUgraph_st;
  stream->capture->streams = {stream};
  stream->capture->mode = mode;
  captures.push_back(stream->capture);
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  if (!capturing(stream) || stream->capture->streams.front() != stream) {
    return result(cudaErrorIllegalState);
  }
  *graph = stream->capture;
  std::erase(captures, *graph);
  for (const cudaStream_t captured : (*graph)->streams) {
    captured->capture = nullptr;
  }
  return cudaSuccess;
}
cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  std::swap(thread_mode, *mode);
  return cudaSuccess;
}
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  *status = capturing(stream) ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  if (graph == nullptr) {
    return result(cudaErrorInvalidValue);
  }
  *executable = new CUgraphExec_st{graph->work};
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  if (executable == nullptr) {
    return result(cudaErrorInvalidValue);
  }
  for (const std::function<void()>& work : executable->work) {
    enqueue(stream, work);
  }
  return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  return cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}
