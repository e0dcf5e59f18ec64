"""Any data set in the form of COCO's keypoints."""
