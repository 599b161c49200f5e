#pragma once

#include <filesystem>
#include <string>

#include "data/detection_dataset.h"

namespace helder {

/// The part `train`, `val` or `test` of a data set for detectors, in a folder as COCO or as YOLO's trainers
/// have it. COCO's (data/coco_dataset.h) is known by one of these files, its pictures are in
///
///   annotations/instances_PART*.json, such as instances_val2017.json    val2017, images/val2017 or images
///   annotations/PART.json, PART.json                                    PART, images/PART or images
///   PART/_annotations.coco.json                                         PART
///
/// All else is read as load_yolo_folder does. Throws as the two.
DetectionDataset load_detection_folder(const std::filesystem::path& folder, const std::string& part);

}  // namespace helder
