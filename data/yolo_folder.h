#pragma once

#include <filesystem>
#include <string>

#include "data/detection_dataset.h"

namespace helder {

/// A folder of pictures with a text file each, as YOLO's trainers keep them: for `images/a/1.jpg` there is
/// `labels/a/1.txt`, with a line a thing,
///
///   class cx cy width height        the class from 0, the rest in parts of the picture's width and height
///
/// and none, or an empty one, where nothing is on the picture. A picture that is in no folder `images` has
/// its file beside it. Boxes are cut off at the picture's edges.
///
/// `path` is the folder or its `.yaml` file (data/yolo_yaml.h). `part`, one of train, val and test, is what
/// the yaml file calls so, else `images/PART`, else `PART/images`. Without it, all of `images` (or of the
/// folder, if there is none). The classes' names are those of the yaml file (`data.yaml`, or the only one),
/// else of the only file `*.names`, else of `classes.txt`. Only headers of pictures are read now.
///
/// Throws, with the file and line, where anything is missing or a line does not say a box.
DetectionDataset load_yolo_folder(const std::filesystem::path& path, const std::string& part = "");

}  // namespace helder
