#!/usr/bin/env python3
"""Reads an event file with TensorBoard's own reader, and compares it with what the program wrote for machines.

    pip install tensorboard pillow
    ./helder mnist_cnn --arch lenet --train-images 640 --epochs 2 --tensorboard runs/a --json a.json
    python3 scripts/check_tensorboard.py runs/a --json a.json

Checks that every record is whole, every histogram's buckets hold as many elements as it says, and every picture has the
size that it says; with --json, that the losses and accuracies are those of the run. Exit code 1 when not.
"""

import argparse
import io
import json
import pathlib
import sys

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader

ALL = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0, "compressedHistograms": 1}
bad = []


def expect(condition, message):
    if not condition:
        bad.append(message)


def check_scalars(events, results):
    for tag in events.Tags()["scalars"]:
        values = events.Scalars(tag)
        print(f"  {tag:<40} {len(values):>5} values, the last {values[-1].value:.6g} at step {values[-1].step}")
        expect([v.step for v in values] == sorted({v.step for v in values}), f"{tag}: steps do not rise")
    if not results:
        return
    columns = {"Loss/step": results["step_losses"]}
    for tag, key in [("Loss/train", "train_loss"), ("Loss/test", "test_loss"), ("Accuracy/train", "train_accuracy"),
                     ("Accuracy/test", "test_accuracy")]:
        columns[tag] = [epoch[key] for epoch in results["epochs"]]
    for tag, expected in columns.items():
        got = [v.value for v in events.Scalars(tag)] if tag in events.Tags()["scalars"] else []
        expect(len(got) == len(expected) and np.allclose(got, np.float32(expected), rtol=0, atol=0),
               f"{tag}: {got[:3]}... are not the run's {expected[:3]}...")


def check_histograms(events):
    for tag in events.Tags()["histograms"]:
        for event in events.Histograms(tag):
            h = event.histogram_value
            expect(sum(h.bucket) == h.num, f"{tag} at step {event.step}: buckets hold {sum(h.bucket)} of {h.num}")
            expect(list(h.bucket_limit) == sorted(h.bucket_limit), f"{tag}: limits do not rise")
            expect(h.num == 0 or h.min <= h.sum / h.num <= h.max, f"{tag}: the mean lies outside")
        h = events.Histograms(tag)[-1].histogram_value
        print(f"  {tag:<40} {len(events.Histograms(tag)):>5} histograms, the last of {h.num:.0f} in"
              f" [{h.min:.4g}, {h.max:.4g}]")


def check_images(events):
    for tag in events.Tags()["images"]:
        for event in events.Images(tag):
            size = Image.open(io.BytesIO(event.encoded_image_string)).size
            expect(size == (event.width, event.height), f"{tag}: {size} is not {event.width}x{event.height}")
        print(f"  {tag:<40} {len(events.Images(tag)):>5} pictures of {event.width}x{event.height}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="with one event file in it")
    parser.add_argument("--json", type=pathlib.Path, help="what the program wrote with --json")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("events.out.tfevents.*"))
    if len(files) != 1:
        sys.exit(f"{arguments.folder} has {len(files)} event files, not one")
    records = len(list(RawEventFileLoader(str(files[0])).Load()))  # stops, and warns, at a wrong checksum
    events = EventAccumulator(str(files[0]), size_guidance=ALL)
    events.Reload()
    print(f"{files[0].name}: {records} records")
    check_scalars(events, json.loads(arguments.json.read_text()) if arguments.json else None)
    check_histograms(events)
    check_images(events)
    tags = events.Tags()
    read = 1 + sum(len(read(tag)) for kind, read in [("scalars", events.Scalars), ("histograms", events.Histograms),
                                                     ("images", events.Images)] for tag in tags[kind])
    expect(read == records, f"{records} records, but {read} were understood")
    for message in bad:
        print("WRONG:", message)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
