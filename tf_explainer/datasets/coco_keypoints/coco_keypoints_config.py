"""Which files of COCO's form are read."""

import dataclasses

from tf_explainer.datasets.crops import CropConfig


@dataclasses.dataclass(kw_only=True)
class CocoKeypointsConfig(CropConfig):
    """Settings of `coco_keypoints`.

    Attributes:
        train: JSON file to train on, relative to `manual_dir`; found as
            `annotations/*keypoints*train*.json` if None.
        test: JSON file to test on; found as `annotations/*keypoints*val*.json`
            if None. Where only one file is there, its images are divided.
        images: Folder with the images, relative to `manual_dir`; looked for
            in `manual_dir` and the folders in it if None.
        crowds: Keep annotations of crowds (`iscrowd`), which have one box for
            many objects.
    """

    train: str | None = None
    test: str | None = None
    images: str | None = None
    crowds: bool = False
