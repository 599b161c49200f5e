/* What darknet.sh times: darknet, from a decoded picture to its boxes, as its own `detector test` does it.
 *
 *   darknet CFG WEIGHTS PICTURE COUNT      prints the least and the median of COUNT times, in milliseconds, and the boxes
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "darknet.h"

static const float threshold = 0.25F, overlap = 0.45F;

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The number of boxes, each counted for every class that it is surer of than the threshold. */
static int detect(network *net, image picture) {
  int count = 0, boxes = 0;
  image sized = resize_image(picture, net->w, net->h);
  network_predict(*net, sized.data);
  detection *found = get_network_boxes(net, picture.w, picture.h, threshold, 0.5F, 0, 1, &count, 0);
  const layer head = net->layers[net->n - 1];
  if (head.nms_kind == DEFAULT_NMS) {
    do_nms_sort(found, count, head.classes, overlap);
  } else {
    diounms_sort(found, count, head.classes, overlap, head.nms_kind, head.beta_nms);
  }
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < head.classes; ++k) {
      boxes += found[i].prob[k] > threshold;
    }
  }
  free_detections(found, count);
  free_image(sized);
  return boxes;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "darknet CFG WEIGHTS PICTURE COUNT\n");
    return 2;
  }
  network *net = load_network_custom(argv[1], argv[2], 0, 1);
  fuse_conv_batchnorm(*net);
  image picture = load_image_color(argv[3], 0, 0);
  const int count = atoi(argv[4]);
  double *times = malloc(sizeof(double) * (count > 0 ? count : 1));
  int boxes = detect(net, picture);
  for (int i = 0; i < count; ++i) {
    const double start = milliseconds();
    boxes = detect(net, picture);
    times[i] = milliseconds() - start;
  }
  qsort(times, count, sizeof(double), by_value);
  printf("times %.3f %.3f boxes %d\n", times[0], times[count / 2], boxes);
  return 0;
}
