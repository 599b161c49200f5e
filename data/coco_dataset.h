#pragma once

#include <filesystem>

#include "data/detection_dataset.h"

namespace helder {

/// Pictures in a folder and the boxes that COCO's annotations (data/coco_json.h) put on them, in the order of
/// the pictures' numbers. Classes are numbered from 0 in the order of COCO's numbers, which have gaps. Where
/// the file knows a picture's size, boxes are cut off at its edges, and loading a picture of another size
/// throws; boxes without area, from which nothing can be learned, are left out.
///
/// Throws as load_coco_truth does, and where a picture has no name or is not in the folder.
DetectionDataset load_coco(const std::filesystem::path& annotations, const std::filesystem::path& pictures);

}  // namespace helder
